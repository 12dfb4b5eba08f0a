"""Samples over years: each is a whole path, the single run of its figures over all years; chances by year."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import mfa
from mfa.cli import cli
from mfa.result import Result
from mfa.scenario import Scenario
from mfa.studies.sampling.sampled_years import SampledYears

Write = Callable[..., Scenario]
RATE = "industrial-solid-waste-utilisation"

WORKS = """
scenario: works
periods: {from: 2025, to: 2032}
spreads: none
materials:
  ore: {kind: resource}
  metal: {kind: intermediate}
  casting: {kind: product}
  scrap: {kind: intermediate}
  brick: {kind: product}
  slag: {kind: waste, waste: industrial-solid}
processes:
  smelter: {per: metal, inputs: {ore: {value: 2 t/t, gsd: 1.1}}, outputs: {slag: {balance: true}}}
  remelter: {per: metal, inputs: {scrap: 1.1 t/t}, outputs: {slag: {balance: true}}}
  foundry: {per: casting, inputs: {metal: 1 t/t}}
  brick-works: {per: brick, inputs: {slag: {value: 1 t/t, range: 0.8..1.2 t/t}}, capacity: 60 kt/a}
stocks:
  slag-yard: {material: slag, initial: {value: 100 kt, range: 50..150 kt}, capacity: 250 kt}
  second-yard: {material: slag}
  in-use:
    material: casting
    becomes: scrap
    lifetime: {dist: weibull, mean: 3 a, sd: 1 a}
    initial: {2021: 120 kt}
pools:
  metal: {givers: [smelter]}
  casting: {takers: [{stock: in-use, limit: 40 %}, {boundary: export}]}
  scrap: {takers: [remelter]}
  brick: {takers: [{boundary: export, limit: none}]}
  slag: {takers: [brick-works, {stock: slag-yard}, {stock: second-yard}], givers: [{stock: slag-yard}]}
drive:
  foundry: {value: 80 kt/a, range: 50..110 kt/a}
targets:
  industrial-solid-waste-utilisation: {min: 70 %}
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A scenario of a text, some of which is replaced."""

    def made(text: str, *changes: tuple[str, str]) -> Scenario:
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "works.yaml").write_text(text, encoding="utf-8")
        return mfa.load(tmp_path / "works.yaml")

    return made


def drawn(result: Result, period: int, sample: int) -> dict[str, float]:
    """The figures of a sample in a period, by path."""
    sampled = result.year(period).sampled
    assert sampled is not None
    return dict(zip(sampled.paths, sampled.drawn[sample].tolist(), strict=True))


def values(result: Result, name: str) -> np.ndarray:
    """(period, sample) of an indicator."""
    assert result.sampled_years is not None
    return np.array([year.samples_of(name) for year in result.sampled_years.years])


def again(scenario: Scenario, result: Result, sample: int, units: dict[str, str]) -> Result:
    """The single run over all years with the figures of a sample."""
    figures = drawn(result, 2025, sample)
    assert figures.keys() == units.keys()
    return scenario.replace({p: f"{v!r} {units[p]}" for p, v in figures.items()}).solve()


UNITS = {
    "smelter.inputs.ore": "t/t",
    "brick-works.inputs.slag": "t/t",
    "foundry.level": "t/a",
    "slag-yard.initial": "t",
}


@pytest.mark.parametrize("indicators", [(), ("co2",)], ids=["arrays", "records"])
def test_a_sample_is_the_single_run_of_its_figures(write: Write, indicators: tuple[str, ...]) -> None:
    """In every year, to 1e-9, with yards that fill and run dry and its own scrap that comes back."""
    scenario = write(WORKS)
    result = scenario.solve(samples=24, seed=3, indicators=indicators)
    found = values(result, RATE)
    assert (
        np.unique(found.round(9), axis=1).shape[1] > 15
    )  # else the samples would agree whatever they carried
    for i in range(0, 24, 3):
        single = again(scenario, result, i, UNITS)
        alone = [run.indicators_named({RATE})[0].value for run in single.runs]
        np.testing.assert_allclose(found[:, i], alone, rtol=1e-9)


def test_arrays_and_records_give_the_same(write: Write) -> None:
    """Two ways through: one on (sample,) arrays, one by a system and a run of each sample and year."""
    scenario = write(WORKS)
    one, other = scenario.solve(samples=40), scenario.solve(samples=40, indicators=["co2"])
    np.testing.assert_allclose(values(one, RATE), values(other, RATE), rtol=1e-9)
    assert values(other, "co2").shape == (8, 40)


@pytest.mark.parametrize("step", [1, 2])
def test_a_driven_yard_runs_dry_in_the_year_of_its_own_heap(write: Write, step: int) -> None:
    """The yard of sample i lasts heap ÷ 30 kt/a years; what it gives is old waste, all of it used."""
    text = WORKS.replace("drive:\n", "drive:\n  slag-yard: 30 kt/a\n")
    text = text.replace(
        ", {stock: slag-yard}, {stock: second-yard}], givers: [{stock: slag-yard}]", ", {stock: second-yard}]"
    )
    text = text.replace("to: 2032}", f"to: 2032, step: {step} a}}").replace(
        "capacity: 60 kt/a", "capacity: 900 kt/a"
    )
    scenario = write(text)
    names = [f"industrial-solid-waste-{word}" for word in ("utilised", "generated")]
    result = scenario.solve(samples=16, indicators=names)
    found = values(result, names[0]) - values(result, names[1])
    for i in range(16):
        heap = drawn(result, 2025, i)["slag-yard.initial"]
        gone = [min(30e3, max(heap - 30e3 * step * t, 0) / step) for t in range(8 // step)]
        np.testing.assert_allclose(found[:, i], gone, rtol=1e-9, atol=1e-6)


def test_a_stock_that_must_hold_an_amount_is_fed_in_each_sample(write: Write) -> None:
    """Stock-driven, of a drawn amount: each sample is its single run."""
    scenario = write(
        WORKS,
        ("drive:\n", "drive:\n  in-use: {value: 200 kt, range: 150..260 kt}\n"),
        (
            "casting: {takers: [{stock: in-use, limit: 40 %}, {boundary: export}]}",
            "casting: {takers: [{boundary: export}]}",
        ),
    )
    result = scenario.solve(samples=12, seed=5)
    for i in range(0, 12, 3):
        single = again(scenario, result, i, {**UNITS, "in-use.level": "t"})
        alone = [run.indicators_named({RATE})[0].value for run in single.runs]
        np.testing.assert_allclose(values(result, RATE)[:, i], alone, rtol=1e-9)


# ---------------------------------------------------------------- schedules
RAMP = ("capacity: 60 kt/a", "capacity: {2026: 0 t/a, 2030: 80 kt/a, range: 40..120 kt/a}")


def test_a_schedule_is_drawn_by_one_factor(write: Write) -> None:
    """Range around the largest point: 0.5 to 1.5 of it; so of every year's value, the same in all years."""
    result = write(WORKS, RAMP).solve(samples=50)
    path = "brick-works.capacity"
    written = {2027: 20e3, 2028: 40e3, 2029: 60e3, 2030: 80e3, 2032: 80e3}
    factors = np.array([[drawn(result, y, i)[path] / v for i in range(50)] for y, v in written.items()])
    np.testing.assert_allclose(factors, np.broadcast_to(factors[0], factors.shape), rtol=1e-12)
    assert 0.5 <= factors.min() < 0.7
    assert 1.3 < factors.max() <= 1.5
    assert path not in drawn(result, 2025, 0)  # it is 0 for certain
    for i in (0, 7):
        figures = {p: v for p, v in drawn(result, 2027, i).items() if p != path}
        assert figures == {p: v for p, v in drawn(result, 2032, i).items() if p != path}
        laid = {p: f"{v!r} {UNITS[p]}" for p, v in figures.items()}
        ramp = f"capacity: {{2026: 0 t/a, 2030: {80e3 * factors[0, i]} t/a}}"
        single = write(WORKS, ("capacity: 60 kt/a", ramp)).replace(laid).solve()
        alone = [run.indicators_named({RATE})[0].value for run in single.runs]
        np.testing.assert_allclose(values(result, RATE)[:, i], alone, rtol=1e-9)


def test_a_cv_that_begins_at_nothing_spreads_later(write: Write) -> None:
    """Cv 10 % of each year's value, whatever the first year's was: one factor, with a deviation of 0.1."""
    scenario = write(
        WORKS, ("capacity: 60 kt/a", "capacity: {2025: 0 t/a, 2026: 60 kt/a, 2030: 90 kt/a, cv: 10 %}")
    )
    result = scenario.solve(samples=400, method="sobol")
    later = np.array([drawn(result, 2026, i)["brick-works.capacity"] for i in range(400)])
    last = np.array([drawn(result, 2032, i)["brick-works.capacity"] for i in range(400)])
    np.testing.assert_allclose(last / later, 1.5, rtol=1e-12)
    assert np.std(later) / 60e3 == pytest.approx(0.1, rel=0.03)


def test_a_schedule_whose_largest_point_is_outside_its_range_is_told(write: Write) -> None:
    scenario = write(
        WORKS, ("capacity: 60 kt/a", "capacity: {2026: 0 t/a, 2030: 80 kt/a, range: 40..70 kt/a}")
    )
    with pytest.raises(mfa.Error, match=r"the value '80000' .* lies outside its range '40000..70000'"):
        scenario.solve(samples=4)


# ---------------------------------------------------------------- when a target is reached
SURE = """
scenario: sure
periods: {from: 2025, to: 2030}
spreads: none
materials:
  feed: {kind: resource}
  good: {kind: product}
  brick: {kind: product}
  ash: {kind: waste, waste: industrial-solid}
processes:
  plant: {per: good, inputs: {feed: 2 t/t}, outputs: {ash: {balance: true}}}
  kiln: {per: brick, inputs: {ash: 1 t/t}, capacity: {2025: 0 t/a, 2030: 100 kt/a, range: 50..150 kt/a}}
stocks: {yard: {material: ash}}
pools:
  good: {takers: [{boundary: export}]}
  brick: {takers: [{boundary: export, limit: none}]}
  ash: {takers: [kiln, {stock: yard}]}
drive: {plant: 100 kt/a}
targets:
  industrial-solid-waste-utilisation: {min: 70 %}
"""


def triangle(x: float) -> float:
    """P(X ≤ x) of the triangular distribution from 0.5 over 1 to 1.5."""
    return 0.0 if x <= 0.5 else 2 * (x - 0.5) ** 2 if x <= 1 else 1 - 2 * (1.5 - x) ** 2 if x < 1.5 else 1.0


def test_chances_are_those_of_the_distribution(write: Write) -> None:
    """The rate of year y is f·(y − 2025)/5, f triangular about 1: P(≥ 70 %) = 1 − F(3.5/(y − 2025))."""
    result = write(SURE).solve(samples=4096, method="sobol")
    table = result.table("reached").frame().set_index("period")
    for year in range(2025, 2031):
        share = 1 - triangle(3.5 / (year - 2025)) if year > 2025 else 0.0
        assert table.loc[year, "probability"] == pytest.approx(share, abs=2e-3)
        assert table.loc[year, "reached_by"] == table.loc[year, "probability"]  # the capacity only grows
        assert table.loc[year, "lasting_from"] == table.loc[year, "probability"]
        n, p = 4098, (round(share * 4096) + 1) / 4098
        assert table.loc[year, "probability_error"] == pytest.approx(math.sqrt(p * (1 - p) / n), abs=2e-4)


def test_reached_once_is_not_reached_for_good(write: Write) -> None:
    """The kiln grows to 2028 and shrinks again: 70 % once f ≥ 0.7 in 2028, for good never below 2030's."""
    scenario = write(SURE, ("2025: 0 t/a, 2030: 100 kt/a,", "2025: 0 t/a, 2028: 100 kt/a, 2030: 60 kt/a,"))
    result = scenario.solve(samples=4096, method="sobol")
    found = result.table("reached").frame().set_index("period")
    top, last = 1 - triangle(0.7), 1 - triangle(0.7 / 0.6)
    assert found.loc[2027, "reached_by"] == pytest.approx(1 - triangle(1.05), abs=2e-3)
    assert found.loc[[2028, 2029, 2030], "reached_by"].to_numpy() == pytest.approx([top] * 3, abs=2e-3)
    assert found.loc[2030, "probability"] == pytest.approx(last, abs=2e-3)
    assert found.loc[2029, "lasting_from"] == pytest.approx(last, abs=2e-3)
    assert found.loc[2027, "lasting_from"] == pytest.approx(
        last, abs=2e-3
    )  # f ≥ 7/6 does for 2/3 f ≥ 0.7 too
    assert found.loc[2026, "lasting_from"] == 0


def test_what_default_spreads_do_stands_beside(write: Write) -> None:
    """Without a written spread the rate is 60 % for certain; by its confidence it is spread."""
    scenario = write(
        SURE,
        ("spreads: none", "spreads: {low: 50 %}"),
        (
            "capacity: {2025: 0 t/a, 2030: 100 kt/a, range: 50..150 kt/a}",
            "capacity: {value: 60 kt/a, confidence: low}",
        ),
        ("feed: 2 t/t", "feed: {value: 2 t/t, exact: true}"),
        ("ash: 1 t/t", "ash: {value: 1 t/t, exact: true}"),
    )
    table = scenario.solve(samples=2000, method="lhs").table("reached").frame()
    from scipy.stats import norm

    known = 1 - norm.cdf(math.log(0.7 / 0.6) / math.log(1.5))
    assert table["probability"].to_numpy() == pytest.approx([known] * 6, abs=2e-3)
    assert set(table["probability_as_written"]) == {0.0}


def test_a_sample_that_cannot_be_in_one_year_counts_in_none(write: Write) -> None:
    """From 2030 the plant takes less feed than it makes good in about a tenth of the samples."""
    scenario = write(
        SURE, ("feed: 2 t/t", "feed: {2029: 2 t/t, 2030: 1.13 t/t, interpolate: step, cv: 10 %}")
    )
    result = scenario.solve(samples=400)
    sampled = result.sampled_years
    assert isinstance(sampled, SampledYears)
    assert 20 < sampled.count - sampled.valid < 80
    assert list(sampled.invalid) == [("sample-negative", "plant.outputs.ash")]
    for year in sampled.years:
        assert np.isnan(year.samples_of(RATE)).sum() == sampled.count - sampled.valid


# ---------------------------------------------------------------- what is shown
def test_the_park_year_by_year_is_its_single_runs() -> None:
    """Three samples of the park, two years each: heaps and figures of its own."""
    scenario = mfa.load("jiaokou-2022-2035", variants=["assumed-yards"])
    result = scenario.solve(samples=4, seed=2)
    assert result.sampled_years is not None
    assert result.sampled_years.valid >= 3
    records = scenario.solve(samples=4, seed=2, indicators=["co2"])
    np.testing.assert_allclose(values(result, RATE), values(records, RATE), rtol=1e-9)


def test_tables_files_and_json(write: Write, tmp_path: Path) -> None:
    """Indicators of all years have their statistics; `reached` is a table; samples are kept by year."""
    result = write(SURE).solve(samples=40, keep=True)
    frame = result.indicators
    spread = frame.loc[(2030, RATE)]
    assert spread["p05"] < spread["p50"] < spread["p95"]
    assert spread["probability"] > 0
    result.write(tmp_path / "out", keep=True)
    rows = (tmp_path / "out" / "samples.csv").read_text().splitlines()
    assert rows[0].startswith("sample,period,invalid,path,")
    assert len(rows) == 1 + 6 * 40
    told = json.loads(json.dumps(result.to_json()))["samples"]
    assert told["samples"] == 40
    assert len(told["reached"]) == 6
    assert (tmp_path / "out" / "reached.csv").read_text().count("\n") == 7
    assert result.year(2030).sampled is result.sampled_years.years[5]  # type: ignore[union-attr]


def test_a_stock_in_use_in_one_year_is_sampled_too(write: Write) -> None:
    """A scenario of one year: its samples are those of a run of one year."""
    result = write(WORKS, ("periods: {from: 2025, to: 2032}", "year: 2025")).solve(samples=8)
    assert result.sampled is not None
    assert result.sampled_years is None
    assert result.sampled.samples_of(RATE).shape == (8,)


def test_the_command_prints_when_it_is_reached(write: Write, tmp_path: Path) -> None:
    write(SURE)
    done = CliRunner().invoke(cli, ["run", str(tmp_path / "works.yaml"), "--samples", "64"])
    assert done.exit_code == 0, done.output
    assert "64 samples" in done.output
    assert "2030" in done.output


def test_figures_that_are_converted_by_another_of_the_year(write: Write) -> None:
    """Wet ash whose moisture grows: the same wet figure in all years, and samples as single runs."""
    scenario = write(
        SURE,
        ("ash: {kind: waste,", "ash: {kind: waste, moisture: {2025: 10 %, 2030: 40 %},"),
        ("inputs: {ash: 1 t/t}", "inputs: {ash: {value: 1 t_wet/t, range: 0.8..1.2 t_wet/t}}"),
        ("capacity: {2025: 0 t/a, 2030: 100 kt/a, range: 50..150 kt/a}", "capacity: 60 kt/a"),
    )
    result = scenario.solve(samples=8)
    path = "kiln.inputs.ash"
    for i in range(8):
        dry = [drawn(result, y, i)[path] for y in range(2025, 2031)]
        wet = [d / (0.9 - 0.06 * k) for k, d in enumerate(dry)]
        np.testing.assert_allclose(wet, wet[0], rtol=1e-12)
        assert 0.8 <= wet[0] <= 1.2
        single = scenario.replace({path: f"{wet[0]!r} t_wet/t"}).solve()
        alone = [run.indicators_named({RATE})[0].value for run in single.runs]
        np.testing.assert_allclose(values(result, RATE)[:, i], alone, rtol=1e-9)


def test_correlated_figures_of_which_one_is_nothing_at_first(write: Write) -> None:
    """The copula is that of all years: the figure that begins later is drawn by it, the other as before."""
    more = "correlate: [[kiln.capacity, kiln.inputs.ash, 1]]\nspreads: none"
    scenario = write(
        SURE, ("spreads: none", more), ("ash: 1 t/t}", "ash: {value: 1 t/t, range: 0.5..1.5 t/t}}")
    )
    result = scenario.solve(samples=16)
    for i in range(16):
        factor = drawn(result, 2030, i)["kiln.capacity"] / 100e3
        for year in (2025, 2027, 2030):  # both are triangular from 0.5 to 1.5 about 1, and of rank 1
            assert drawn(result, year, i)["kiln.inputs.ash"] == pytest.approx(factor, rel=1e-6)


def test_a_comparison_and_charts_show_samples_of_the_years(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pairs are of the last year, in which a kiln of 60 kt makes the rate better where f is below 0.6."""
    write(SURE)
    (tmp_path / "small.yaml").write_text(
        "scenario: small\nextends: works.yaml\nset: {kiln.capacity: 60 kt/a}\n", encoding="utf-8"
    )
    a, b = str(tmp_path / "works.yaml"), str(tmp_path / "small.yaml")
    paired = mfa.compare(a, b, samples=512).paired
    assert paired is not None
    (change,) = paired.changes
    assert change.pairs == 512
    below = 1 - change.rises.value  # rises where f < 0.6
    assert below == pytest.approx(1 - triangle(0.6), abs=0.02)

    from mfa.show.charts import several_runs

    kept: list[dict[str, object]] = []
    monkeypatch.setattr(several_runs, "years", lambda *given, **options: kept.append(options))
    mfa.chart("years", a, tmp_path / "band.png", samples=64)
    (band,) = kept[0]["bands"].values()  # type: ignore[attr-defined]
    result = mfa.load(a).solve(samples=64)
    spread = result.indicators.loc[(2030, RATE)]
    assert band[2030] == (spread["p05"], spread["p95"])
    mfa.chart("years", [a, b], tmp_path / "bands.png", samples=64)  # each line has its own
    one, two = kept[1]["bands"].values()  # type: ignore[attr-defined]
    assert one[2030] == band[2030]
    assert two[2030] != band[2030]
    mfa.chart("distribution", a, tmp_path / "spread.png", samples=64)
    assert (tmp_path / "spread.png").stat().st_size > 1000


def test_a_sankey_has_no_samples_over_years(write: Write, tmp_path: Path) -> None:
    write(SURE)
    asked = ["sankey", str(tmp_path / "works.yaml"), "--samples", "8", "-o", str(tmp_path / "a.svg")]
    done = CliRunner().invoke(cli, asked)
    assert done.exit_code == 2
    assert "goes by the samples of one year" in done.output + done.stderr
