"""A process with a delay: what it takes in a period comes out that much later, under way until then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import mfa
from mfa.result import Result
from mfa.scenario import Scenario

Write = Callable[..., Scenario]

ORCHARD = """
scenario: orchard
periods: {from: 2025, to: 2032}
materials:
  seedling: {kind: resource, carbon: 50 %}
  diesel: {kind: fuel, lhv: 42.7 GJ/t}
  fruit: {kind: product, carbon: 50 %}
  fumes: {kind: emission}
  husk: {kind: waste, waste: industrial-solid}
  meal: {kind: product}
processes:
  orchard:
    label: {en: Orchard, zh: 果园}
    per: fruit
    inputs: {seedling: 1.5 t/t, diesel: 0.1 t/t}
    outputs: {fumes: 0.1 t/t, husk: 0.5 t/t}
    delay: 2 a
  mill: {per: meal, inputs: {husk: 1 t/t}}
pools:
  fruit: {takers: [{boundary: export}]}
  fumes: {takers: [{boundary: emission}]}
  meal: {takers: [{boundary: export}]}
  husk: {takers: [mill]}
drive: {orchard: {2025: 10 kt/a, 2030: 20 kt/a}}
"""
LEVELS = {y: 10e3 + 2e3 * min(y - 2025, 5) for y in range(2025, 2033)}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A scenario of a text, some of which is replaced."""

    def made(text: str, *changes: tuple[str, str]) -> Scenario:
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "orchard.yaml").write_text(text, encoding="utf-8")
        return mfa.load(tmp_path / "orchard.yaml")

    return made


def amounts(result: Result, material: str, end: str) -> dict[int, float]:
    """Period → what of a material goes to or comes from an end."""
    flows = result.flows[(result.flows["material"] == material)]
    found = flows[(flows["source"] == end) | (flows["target"] == end)]
    return dict(zip(found["period"].tolist(), found["amount"].tolist(), strict=True))


@pytest.mark.parametrize("years", [1, 2, 3])
def test_what_is_taken_comes_out_that_much_later(write: Write, years: int) -> None:
    """Inputs in the year of the run, outputs `delay` years on; the stock holds the years between."""
    result = write(ORCHARD, ("delay: 2 a", f"delay: {years} a")).solve()
    assert amounts(result, "seedling", "orchard") == pytest.approx({y: 1.5 * v for y, v in LEVELS.items()})
    later = {y: LEVELS[y - years] for y in LEVELS if y - years in LEVELS}
    assert amounts(result, "fruit", "export") == pytest.approx(later, rel=1e-12)
    assert amounts(result, "fumes", "emission") == pytest.approx({y: 0.1 * v for y, v in later.items()})
    assert amounts(result, "husk", "mill") == pytest.approx({y: 0.5 * v for y, v in later.items()})
    table = result.stocks.set_index("period")
    for year in LEVELS:
        under_way = sum(1.6 * LEVELS[y] for y in range(year - years + 1, year + 1) if y in LEVELS)
        assert table.loc[year, "closing"] == pytest.approx(under_way, rel=1e-12)
    levels = result.processes[result.processes["process"] == "orchard"].set_index("period")["level"]
    assert levels.to_dict() == pytest.approx(LEVELS)  # of the year of taking


def test_mass_is_kept(write: Write) -> None:
    """In every balance; and over all years: taken = come out + still under way."""
    result = write(ORCHARD).solve()
    assert result.balances["error"].abs().max() < 1e-12
    taken = sum(1.6 * v for v in LEVELS.values())
    flows = result.flows
    out = flows[flows["target"].isin(["export", "emission"]) & (flows["material"] != "meal")]["amount"].sum()
    out += flows[flows["target"] == "mill"]["amount"].sum()
    last = result.stocks.set_index("period")["closing"][2032]
    assert out + last == pytest.approx(taken, rel=1e-12)


def test_longer_periods(write: Write) -> None:
    """Periods of two years and a delay of four: two periods on, the stock gains the amounts twice."""
    result = write(ORCHARD, ("to: 2032}", "to: 2032, step: 2 a}"), ("delay: 2 a", "delay: 4 a")).solve()
    means = {y: (LEVELS[y] + LEVELS[y + 1]) / 2 for y in range(2025, 2032, 2)}
    assert amounts(result, "fruit", "export") == pytest.approx({2029: means[2025], 2031: means[2027]})
    closing = result.stocks.set_index("period")["closing"]
    assert closing[2027] == pytest.approx(1.6 * 2 * (means[2025] + means[2027]))
    assert closing[2031] == pytest.approx(1.6 * 2 * (means[2029] + means[2031]))


def test_it_comes_out_by_the_recipe_that_it_was_taken_by(write: Write) -> None:
    """From 2027 the same seedlings give half the husk and more fruit: what was planted before does not."""
    result = write(
        ORCHARD,
        ("husk: 0.5 t/t", "husk: {2026: 0.5 t/t, 2027: 0.25 t/t, interpolate: step}"),
        ("seedling: 1.5 t/t", "seedling: {2026: 1.5 t/t, 2027: 1.25 t/t, interpolate: step}"),
    ).solve()
    husk = {y: (0.5 if y - 2 < 2027 else 0.25) * LEVELS[y - 2] for y in range(2027, 2033)}
    assert amounts(result, "husk", "mill") == pytest.approx(husk, rel=1e-12)
    assert amounts(result, "fruit", "export") == pytest.approx({y: LEVELS[y - 2] for y in husk}, rel=1e-12)
    assert result.balances["error"].abs().max() < 1e-12


def test_energy_counts_when_it_is_taken_and_carbon_when_it_comes_out(write: Write) -> None:
    """Diesel of each year is used in that year; the carbon of the husk is lost to nobody while under way."""
    result = write(ORCHARD).solve()
    rows = result.indicators["value"].fillna(0.0)
    for year, level in LEVELS.items():
        used = 0.1 * level * 42.7 / 29.3076  # GJ/t over GJ/tce
        assert rows[(year, "energy-use")] == pytest.approx(used, rel=1e-4)
        lost = (1.5 * 0.5 - 0.5) * LEVELS.get(year - 2, 0.0) * 44.01 / 12.011
        assert rows.get((year, "co2-by-carbon-balance"), 0.0) == pytest.approx(lost, rel=1e-4)


def test_waste_that_it_takes_is_used_when_it_takes_it(write: Write) -> None:
    """Compost: prunings lie for two years and become meal; they count as used in the year of taking."""
    text = ORCHARD.replace(
        "seedling: {kind: resource, carbon: 50 %}", "prunings: {kind: waste, waste: industrial-solid}"
    )
    text = text.replace("{seedling: 1.5", "{prunings: 1.5").replace(
        "  mill: {per: meal, inputs: {husk: 1 t/t}}\n",
        "  hedge: {per: prunings, outputs: {prunings: 1 t/t}}\n",
    )
    text = text.replace("husk: 0.5 t/t}", "meal: 0.5 t/t}").replace("  husk: {takers: [mill]}\n", "")
    text = text.replace("  husk: {kind: waste, waste: industrial-solid}\n", "").replace(
        "drive: {", "drive: {hedge: 100 kt/a, "
    )
    result = write(text).solve()
    generated = 100e3
    for year, level in LEVELS.items():
        value = result.indicators.loc[(year, "industrial-solid-waste-utilisation"), "value"]
        assert value == pytest.approx(1.5 * level / generated, rel=1e-9)


def test_samples_of_a_delay_are_single_runs(write: Write) -> None:
    """The stock and the outputs of each sample are its own."""
    text = ORCHARD.replace("seedling: 1.5 t/t", "seedling: {value: 1.5 t/t, range: 1.3..1.7 t/t}")
    text = text.replace("husk: 0.5 t/t", "husk: {balance: true}").replace(
        "periods:", "spreads: none\nperiods:"
    )
    scenario = write(text)
    name = "industrial-solid-waste-generated"
    result = scenario.solve(samples=8, indicators=[name])
    assert result.sampled_years is not None
    for i in range(8):
        figures = result.sampled_years.years[0].drawn[i].tolist()
        paths = result.sampled_years.years[0].paths
        assert paths == ["orchard.inputs.seedling"]
        husk = [(figures[0] + 0.1 - 1.1) * LEVELS.get(y - 2, 0.0) for y in LEVELS]
        found = [year.samples_of(name)[i] for year in result.sampled_years.years]
        np.testing.assert_allclose(found, husk, rtol=1e-9)


# ---------------------------------------------------------------- what cannot be, what has no effect
def test_in_one_year_it_has_no_effect_and_says_so(write: Write) -> None:
    result = write(ORCHARD, ("periods: {from: 2025, to: 2032}", "year: 2027")).solve()
    assert result.warnings["code"].tolist().count("delay-ignored") == 1
    flows = result.flows.set_index(["material", "target"])["amount"]
    assert flows[("fruit", "export")] == pytest.approx(LEVELS[2027])
    plain = write(
        ORCHARD, ("periods: {from: 2025, to: 2032}", "year: 2027"), ("    delay: 2 a\n", "")
    ).solve()
    assert plain.flows.equals(result.flows)


def test_what_is_under_way_has_a_name(write: Write) -> None:
    """In both languages, in the stock table."""
    system = write(ORCHARD).solve().system
    stock = system.stocks["orchard-under-way"]
    assert stock.label == {"en": "Orchard: under way", "zh": "果园：在途"}
    assert stock.delays == "orchard"


def test_a_comparison_names_the_delay(write: Write, tmp_path: Path) -> None:
    """Of two scenarios that differ in it alone it is the only input that changes."""
    write(ORCHARD)
    other = "scenario: later\nextends: orchard.yaml\nprocesses: {orchard: {delay: 3 a}}\n"
    (tmp_path / "later.yaml").write_text(other, encoding="utf-8")
    found = mfa.compare(str(tmp_path / "orchard.yaml"), str(tmp_path / "later.yaml")).inputs
    changed = [row.path for row in found if not row.path.startswith("orchard-")]
    assert changed == ["orchard.delay"]


def test_a_plan_over_years_has_no_delays(write: Write) -> None:
    """What it cannot reckon with is an error at its place, not a wrong plan."""
    plan = (
        "plan: {maximise: industrial-solid-waste-utilisation, decide: [{path: mill.capacity, max: 9 kt/a}]}\n"
    )
    with pytest.raises(mfa.Error, match=r"orchard\.yaml:\d+:\d+: 'orchard' has a delay"):
        write(ORCHARD + plan).plan()
