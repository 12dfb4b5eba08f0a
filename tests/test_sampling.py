"""Samples: distributions, streams, sums that are kept, and that sample i is the single run of its figures."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import stats

import mfa
from mfa.cli import cli
from mfa.engine.network import Floats
from mfa.parameters import Path as At
from mfa.parameters import listed
from mfa.results.indicators.waste_of_samples import are_waste
from mfa.scenario import Scenario
from mfa.studies.sampling.draws import DrawPlan
from mfa.studies.sampling.sampler import Sampler
from mfa.studies.sampling.spread import Shape, quantile
from mfa.studies.sampling.statistics import Probability
from mfa.studies.sampling.table_rows import amounts, columns_of

Load = Callable[..., Scenario]

MILL = """
scenario: mill
chains: [plant]
drive: {mill: 100 t/a}
"""

PLANT = """
chain: plant
materials:
  log: {kind: resource}
  wet-log: {kind: resource, moisture: {value: 40 %, range: 30..50 %}}
  board: {kind: product}
  chips: {kind: product}
  dust: {kind: waste, waste: industrial-solid}
processes:
  mill:
    per: log
    inputs: {log: 1 t/t}
    outputs: {board: {value: 0.6 t/t, gsd: 1.2}, chips: {value: 0.1 t/t, gsd: 1.1}, dust: {balance: true}}
"""


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """A scenario over a chain of the text."""

    def made(chain: str, scenario: str = MILL) -> Scenario:
        (tmp_path / "plant.yaml").write_text(chain, encoding="utf-8")
        (tmp_path / "case.yaml").write_text(scenario, encoding="utf-8")
        return mfa.load(tmp_path / "case.yaml")

    return made


def drawing(scenario: Scenario, count: int = 4000, method: str = "random", seed: int = 1) -> DrawPlan:
    return DrawPlan(scenario.system, seed, method, count)  # type: ignore[arg-type]


def values(of: DrawPlan, name: str, count: int = 4000) -> Floats:
    """(sample,) of a figure by its short path."""
    at = {short: path for path, short in of.names.items()}
    return of.block(0, count).values[at[name]]


U = np.linspace(0.001, 0.999, 97)


@pytest.mark.parametrize(
    ("kind", "shape", "known"),
    [
        ("triangular", Shape(2.0, 1.0, 5.0), stats.triang(0.25, 1, 4)),
        ("triangular", Shape(1.0, 1.0, 5.0), stats.triang(0, 1, 4)),
        ("uniform", Shape(2.0, 1.0, 5.0), stats.uniform(1, 4)),
        ("pert", Shape(2.0, 1.0, 5.0), stats.beta(2, 4, 1, 4)),
        ("normal", Shape(1.0, sd=2.0), stats.truncnorm(-0.5, np.inf, 1, 2)),
        ("normal", Shape(0.9, sd=0.2, top=1.0), stats.truncnorm(-4.5, 0.5, 0.9, 0.2)),
        ("lognormal", Shape(3.0, gsd=1.4), stats.lognorm(math.log(1.4), scale=3)),
        ("beta", Shape(0.3, sd=0.1), stats.beta(6, 14)),  # mean 6/20, variance 6·14/(20²·21) = 0.01
    ],
)
def test_quantiles_are_those_of_the_distribution(kind: str, shape: Shape, known: stats.rv_continuous) -> None:
    """Every quantile function against scipy's own distribution of the same parameters."""
    np.testing.assert_allclose(quantile(kind, U, shape), known.ppf(U), rtol=1e-9, atol=1e-12)


def test_lognormal_of_a_share_is_cut_at_one() -> None:
    """No share is above 1, and below it the proportions of the lognormal stay."""
    shape, known = Shape(0.8, gsd=1.4, top=1.0), stats.lognorm(math.log(1.4), scale=0.8)
    np.testing.assert_allclose(quantile("lognormal", U, shape), known.ppf(U * known.cdf(1.0)), rtol=1e-9)


def test_choice_takes_each_alike() -> None:
    found = quantile("choice", U, Shape(1.0, choice=(1.0, 2.0, 5.0)))
    assert [found[i] for i in (0, 48, 96)] == [1.0, 2.0, 5.0]
    assert [int((found == v).sum()) for v in (1.0, 2.0, 5.0)] == [32, 33, 32]


def test_nothing_spreads_where_the_width_is_zero() -> None:
    """A range of no width, an sd of 0 and a gsd of 1 give the value itself."""
    for kind, shape in (
        ("triangular", Shape(2.0, 2.0, 2.0)),
        ("pert", Shape(2.0, 2.0, 2.0)),
        ("normal", Shape(2.0, sd=0.0)),
        ("lognormal", Shape(2.0)),
    ):
        np.testing.assert_allclose(quantile(kind, U, shape), 2.0, rtol=1e-12)


# ---------------------------------------------------------------- streams
@pytest.mark.parametrize("method", ["random", "sobol"])
def test_a_sample_is_the_same_however_many_are_drawn(load: Load, method: str) -> None:
    """Samples 8 to 11 of a block from 0 are those of a block from 8."""
    of = drawing(load(PLANT), method=method)
    whole, part = of.block(0, 16).values, drawing(load(PLANT), method=method).block(8, 4).values
    for path, drawn in whole.items():
        np.testing.assert_array_equal(drawn[8:12], part[path])


def test_draws_go_by_seed_and_path_alone(load: Load) -> None:
    """Another process, before or after, changes no draw of the others; another seed changes all."""
    before = values(drawing(load(PLANT)), "mill.outputs.board")
    saw = "  a-saw: {per: log, inputs: {log: 1 t/t}, outputs: {chips: {value: 1 t/t, cv: 5 %}}}\n"
    more = PLANT.replace("processes:\n", f"processes:\n{saw}")
    assert more != PLANT
    np.testing.assert_array_equal(before, values(drawing(load(more)), "mill.outputs.board"))
    other = values(drawing(load(PLANT), seed=2), "mill.outputs.board")
    assert abs(np.corrcoef(before, other)[0, 1]) < 0.05


def test_a_latin_hypercube_has_one_sample_in_each_part(load: Load) -> None:
    """Of 50 samples, one lies in each fiftieth of the distribution; two figures are in different orders."""
    of = drawing(load(PLANT), 50, "lhs")
    board, chips = values(of, "mill.outputs.board", 50), values(of, "mill.outputs.chips", 50)
    parts = stats.lognorm(math.log(1.2), scale=0.6).cdf(board) * 50
    assert sorted(parts.astype(int).tolist()) == list(range(50))
    assert abs(stats.spearmanr(board, chips).statistic) < 0.5


def test_sobol_is_nearer_the_mean_than_random_draws(load: Load) -> None:
    """1024 points of a Sobol sequence: the mean of a lognormal to 0.05 %; random draws miss it by 0.6 %."""
    found = values(drawing(load(PLANT), 1024, "sobol"), "mill.outputs.board", 1024)
    assert found.mean() == pytest.approx(0.6 * math.exp(math.log(1.2) ** 2 / 2), rel=5e-4)


def test_rank_correlation(load: Load) -> None:
    """The rank correlation is the written one, and each figure keeps its distribution."""
    text = f"{MILL}correlate: [[mill.outputs.board, mill.outputs.chips, -0.7]]\n"
    of = drawing(load(PLANT, text), 20_000)
    board, chips = values(of, "mill.outputs.board", 20_000), values(of, "mill.outputs.chips", 20_000)
    assert stats.spearmanr(board, chips).statistic == pytest.approx(-0.7, abs=0.02)
    assert stats.kstest(chips, stats.lognorm(math.log(1.1), scale=0.1).cdf).pvalue > 0.001


def test_figures_that_go_together_exactly(load: Load) -> None:
    """A rank correlation of 1 gives the same ranks."""
    text = f"{MILL}correlate: [[mill.outputs.board, mill.outputs.chips, 1]]\n"
    of = drawing(load(PLANT, text), 400)
    board, chips = values(of, "mill.outputs.board", 400), values(of, "mill.outputs.chips", 400)
    assert stats.spearmanr(board, chips).statistic == pytest.approx(1.0, abs=1e-4)


def test_correlations_that_no_figures_have(load: Load) -> None:
    chain = PLANT.replace("log: 1 t/t}", "log: 1 t/t, wet-log: {value: 0.1 t/t, cv: 5 %}}", 1)
    pairs = (("mill.outputs.board", "mill.outputs.chips"), ("mill.outputs.chips", "mill.inputs.wet-log"))
    lines = [f"[{a}, {b}, 0.9]" for a, b in pairs] + ["[mill.outputs.board, mill.inputs.wet-log, -0.9]"]
    scenario = load(chain, f"{MILL}correlate: [{', '.join(lines)}]\n")
    with pytest.raises(mfa.Error) as caught:
        scenario.solve(samples=10)
    assert [f.key for f in caught.value.faults] == ["correlate-impossible"]


def test_what_is_not_drawn_correlates_with_nothing(load: Load) -> None:
    scenario = load(PLANT, f"{MILL}correlate: [[mill.outputs.board, mill.inputs.log, 0.5]]\n")
    with pytest.raises(mfa.Error) as caught:
        scenario.solve(samples=10)
    found = [(f.key, f.values["path"]) for f in caught.value.faults]
    assert found == [("correlate-certain", "mill.inputs.log")]


# ---------------------------------------------------------------- sums that are kept
SPLIT = """
chain: plant
materials:
  log: {kind: resource}
  board: {kind: product}
  chips: {kind: product}
  dust: {kind: waste, waste: industrial-solid}
processes:
  mill:
    per: log
    inputs: {log: 1 t/t}
    outputs: {board: %s, chips: 0.3 t/t, dust: 0.2 t/t}
    split: [board, chips, dust]
"""


def test_the_rest_of_a_split_keeps_the_sum(load: Load) -> None:
    """The last part without an uncertainty is what the others leave; below 0, the sample does not count."""
    scenario = load(SPLIT % "{value: 0.5 t/t, range: 0.4..0.9 t/t}", f"{MILL}spreads: none\n")
    of = drawing(scenario)
    board, dust = values(of, "mill.outputs.board"), values(of, "mill.outputs.dust")
    np.testing.assert_allclose(board + 0.3 + dust, 1.0, atol=1e-15)
    result = scenario.solve(samples=400, seed=1)
    assert result.sampled is not None
    gone = int((dust[:400] < 0).sum())
    assert gone > 40
    assert result.sampled.invalid == {("sample-negative", "mill.outputs.dust"): gone}
    assert [w.code for w in result.sampled.warnings] == ["samples-invalid"]


def test_parts_by_concentration_are_dirichlet(load: Load) -> None:
    """Means are the written parts; the variance of a part is m(1 - m)/(concentration + 1)."""
    chain = SPLIT % "0.5 t/t" + "    concentration: 49\n"
    of = drawing(load(chain), 20_000)
    block = of.block(0, 20_000).values
    parts = np.array([block[At("processes", "mill", ("outputs", m))] for m in ("board", "chips", "dust")])
    np.testing.assert_allclose(parts.sum(axis=0), 1.0, rtol=1e-12)
    np.testing.assert_allclose(parts.mean(axis=1), [0.5, 0.3, 0.2], atol=0.002)
    np.testing.assert_allclose(parts.var(axis=1), [0.005, 0.0042, 0.0032], rtol=0.05)


TIER = """
chain: plant
materials: {ash: {kind: waste, waste: industrial-solid}, coal: {kind: fuel}, brick: {kind: product}}
processes:
  boiler: {per: coal, inputs: {coal: 1 t/t}, outputs: {ash: {value: 0.3 t/t, exact: true}}}
  kiln: {per: ash, inputs: {ash: 1 t/t}}
  road: {per: ash, inputs: {ash: 1 t/t}}
pools:
  ash:
    takers:
      - {process: kiln, tier: 1, share: {value: 2, range: 1..4}}
      - {process: road, tier: 1, share: 3}
"""


def test_weights_of_a_tier_keep_their_sum(load: Load) -> None:
    """Of 30 t, a kiln with weight w of 5 takes 6·w in every sample."""
    scenario = load(TIER, "scenario: case\nchains: [plant]\ndrive: {boiler: 100 t/a}\nspreads: none\n")
    of = drawing(scenario)
    weight, rest = values(of, "ash.takers.kiln.share"), values(of, "ash.takers.road.share")
    np.testing.assert_allclose(weight + rest, 5.0, rtol=1e-15)
    sampler = Sampler(scenario.solve(), of, [], tables=True)
    levels = sampler.block(0, 8).tables["processes", "level"]
    at = sampler.tables["processes"].index(("kiln",))
    np.testing.assert_allclose(levels[:, at], 6 * weight[:8], rtol=1e-12)


def test_a_composition_is_at_most_all(load: Load) -> None:
    """Drawn species that add up to more than all are brought to all; `other` is the rest."""
    shares = "C: {value: 50 %, range: 40..90 %}, H2O: {value: 40 %, range: 30..60 %}"
    chain = PLANT.replace("log: {kind: resource", f"log: {{kind: resource, composition: {{{shares}}}", 1)
    scenario = load(chain)
    of = drawing(scenario)
    carbon, water = values(of, "log.composition.C"), values(of, "log.composition.H2O")
    assert (carbon + water).max() == pytest.approx(1.0, abs=1e-12)
    assert ((carbon + water) < 0.999).any()


def test_a_drive_is_held_at_its_capacity(load: Load) -> None:
    """A drawn drive above the drawn capacity is that capacity, counted."""
    chain = PLANT + "    capacity: {value: 100 t/a, range: 90..110 t/a}\n"
    result = load(chain).solve(samples=200, seed=3)
    sampled = result.sampled
    assert sampled is not None
    at = list(sampled.paths).index("mill.level")
    capacity = sampled.drawn[:, list(sampled.paths).index("mill.capacity")]
    np.testing.assert_array_equal(sampled.drawn[:, at], np.minimum(capacity, 100.0))
    assert sampled.held["mill.level"] == int((capacity < 100).sum()) > 0


# ---------------------------------------------------------------- what depends on a drawn figure
def test_wet_amounts_follow_the_moisture(load: Load) -> None:
    """1 t of wet log at 40 % is 0.6 t dry; at a drawn moisture m it is 1 - m. So are its range's ends."""
    chain = PLANT.replace("log: 1 t/t}", "log: 1 t/t, wet-log: {value: 1 t_wet/t, exact: true}}", 1)
    of = drawing(load(chain))
    moisture, wet = values(of, "wet-log.moisture"), values(of, "mill.inputs.wet-log")
    np.testing.assert_allclose(wet, 1 - moisture, rtol=1e-12)
    wide = "wet-log: {value: 1 t_wet/t, range: 0.9..1.3 t_wet/t}"
    ranged = PLANT.replace("log: 1 t/t}", f"log: 1 t/t, {wide}}}", 1)
    of = drawing(load(ranged))
    apart = values(of, "mill.inputs.wet-log") / (1 - values(of, "wet-log.moisture"))
    assert stats.kstest(apart, stats.triang(0.25, 0.9, 0.4).cdf).pvalue > 0.001


def test_hours_density_and_heating_value(load: Load) -> None:
    """t/h by hours of operation, Nm3 by density, GJ by heating value: each as it is read from a file."""
    chain = """
chain: plant
materials:
  gas: {kind: fuel, density: {value: 0.7 kg/Nm3, range: 0.6..0.9 kg/Nm3}, lhv: {value: 35 MJ/Nm3, cv: 5 %}}
  log: {kind: resource}
  board: {kind: product}
processes:
  mill:
    per: board
    inputs: {log: {value: 1 t/t, exact: true}, gas: {value: 2 GJ/t, exact: true}}
    capacity: {value: 5 t/h, exact: true}
    operating: {value: 8000 h/a, range: 7000..8400 h/a}
"""
    of = drawing(load(chain, "scenario: case\nchains: [plant]\ndrive: {mill: 100 t/a}\n"))
    hours, density = values(of, "mill.operating"), values(of, "gas.density")
    np.testing.assert_allclose(values(of, "mill.capacity"), 5 * hours, rtol=1e-12)
    lhv = values(of, "gas.lhv")  # GJ/t, by the drawn density
    np.testing.assert_allclose(values(of, "mill.inputs.gas"), 2 / lhv, rtol=1e-12)
    per_volume = lhv * density * 1000  # MJ/Nm3
    assert per_volume.mean() == pytest.approx(35, rel=0.01)
    assert per_volume.std() == pytest.approx(1.75, rel=0.05)


# ---------------------------------------------------------------- which figures, and how wide
GUESSED = """
chain: plant
sources: {formula: {cite: "molar masses", kind: computed}}
materials: {lime: {kind: resource}, stone: {kind: product}, air: {kind: resource}, gas: {kind: emission}}
processes:
  kiln:
    per: lime
    inputs: {lime: 1 t/t, air: {value: 0.2 t/t, confidence: low}}
    outputs:
      stone: {value: 0.56 t/t, source: formula}
      gas: {value: 0.64 t/t, exact: true}
  saw:
    per: stone
    inputs: {lime: {value: 1.5 t/t, confidence: high}, air: {value: 0.1 t/t, confidence: medium}}
    outputs: {stone: 1 t/t, gas: 0.6 t/t}
"""
CASE = "scenario: case\nchains: [plant]\ndrive: {kiln: 10 t/a, saw: 10 t/a}\n"


def test_which_figures_are_spread_by_default(load: Load) -> None:
    """Never a reference, what is exact or computed, or what the scenario fixes; else by confidence."""
    found = {u.name: u.gsd for u in drawing(load(GUESSED, CASE)).uncertain}
    assert found == {
        "kiln.inputs.air": 1.4,
        "saw.inputs.lime": 1.05,
        "saw.inputs.air": 1.15,
        "saw.outputs.gas": 1.25,
    }
    other = load(GUESSED, f"{CASE}spreads: {{low: 10 %, none: 0 %}}\n")
    found = {u.name: u.gsd for u in drawing(other).uncertain}
    assert found == {"kiln.inputs.air": 1.1, "saw.inputs.lime": 1.05, "saw.inputs.air": 1.15}
    assert drawing(load(GUESSED, f"{CASE}spreads: none\n")).uncertain == ()
    sure = load(GUESSED, CASE.replace("kiln: 10 t/a", "kiln: {value: 10 t/a, confidence: low}"))
    assert "kiln.level" in {u.name for u in drawing(sure).uncertain}


def test_default_spreads_close_the_recipe(load: Load) -> None:
    """1.5 + 0.1 t in, 1 + 0.6 t out: in every sample as much comes out; what is sure moves least."""
    of = drawing(load(GUESSED, CASE))
    lime, air, gas = (values(of, f"saw.{n}") for n in ("inputs.lime", "inputs.air", "outputs.gas"))
    np.testing.assert_allclose(lime + air, 1 + gas, rtol=1e-12)
    sd = [np.log(x).std() for x in (lime, air, gas)]
    assert sd[0] < math.log(1.05)
    assert sd[1] == pytest.approx(math.log(1.15), rel=0.05)
    assert sd[2] < 0.8 * math.log(1.25)
    assert np.median(lime) == pytest.approx(1.5, rel=0.01)
    assert np.median(gas) == pytest.approx(0.6, rel=0.02)


def test_written_spreads_are_left_as_they_are(load: Load) -> None:
    """In a recipe with guesses, a written range keeps its distribution; the guesses and the balance move."""
    chain = GUESSED.replace("gas: 0.6 t/t", "gas: {balance: true}").replace(
        "lime: {value: 1.5 t/t, confidence: high}", "lime: {value: 1.5 t/t, range: 1.2..1.8 t/t}"
    )
    scenario = load(chain, CASE)
    of = drawing(scenario)
    lime = values(of, "saw.inputs.lime")
    assert stats.kstest(lime, stats.triang(0.5, 1.2, 0.6).cdf).pvalue > 0.001
    assert (lime + values(of, "saw.inputs.air") > 1).all()


# ---------------------------------------------------------------- samples are runs
def single(scenario: Scenario, of: DrawPlan, block: int, i: int) -> mfa.Result:
    """The run of the figures of one sample, each set by its path as text."""
    units = {name: p.unit for name, p in listed(scenario.system).items()}
    drawn = of.block(0, block).values
    followers = set(of.followers)
    settings = {
        name: _text(float(drawn[path][i]), _unit(scenario, path, units[name]))
        for path, name in of.names.items()
        if path in drawn and path not in followers
    }
    return scenario.replace(settings).solve()


def _text(value: float, unit: str) -> str:
    return f"{100 * value!r} %" if unit == "%" else f"{value!r} {unit}".strip()


def _unit(scenario: Scenario, path: At, unit: str) -> str:
    """The native unit of a figure, as text that files may say."""
    if path.section == "materials":
        m = scenario.system.materials[path.member]
        per = m.unit
        found = {"density": f"t/{m.density_unit}", "lhv": f"GJ/{per}", "mass": f"t/{per}", "enthalpy": "GJ/t"}
        found |= {"co2-factor": f"t/{per}", "upstream-co2": f"t/{per}"}
        return found.get(str(path.field[0]), "" if unit == "1" else unit)
    if path.section == "pools" and path.field[2] == "limit":
        entry = next(
            e
            for e in getattr(scenario.system.pools[path.member], str(path.field[0]))
            if e.node == path.field[1]
        )
        return "%" if entry.percent else unit
    return "" if unit == "1" else unit


@pytest.mark.parametrize("name", ["jiaokou-2030", "jiaokou-2025", "alumina-red-mud", "chain-magnesium"])
def test_a_sample_is_the_run_of_its_figures(name: str) -> None:
    """Indicators and tables of samples against runs of the same figures set one by one as text."""
    scenario = mfa.load(name)
    of = drawing(scenario, 8, seed=11)
    central = scenario.solve()
    sampler = Sampler(central, of, None, tables=True)
    block = sampler.block(0, 8)
    for i in (i for i in (0, 3, 7) if i not in block.invalid):
        run = single(scenario, of, 8, i)
        rows = {(r.name, r.minimum, r.maximum): r.value for r in run.indicators_named(set(sampler.names))}
        expected = np.array([np.nan if rows[k] is None else rows[k] for k in sampler.row_keys], float)
        np.testing.assert_allclose(block.values[i], expected, rtol=1e-9, atol=1e-9)
        assert sampler.tables.keys() >= {"flows", "links", "processes", "pools", "costs"}
        for table, keys in sampler.tables.items():
            for column, known in zip(columns_of(table), amounts(run, table, keys), strict=True):
                found = block.tables[table, column][i]
                np.testing.assert_allclose(found, known, rtol=1e-9, atol=1e-12 * np.abs(known).max(initial=0))


def test_a_product_of_lognormals(load: Load) -> None:
    """Two steps in a row: board is lognormal, with the product of medians and the sum of variances."""
    press = "  press: {per: chips, inputs: {chips: 1 t/t}, outputs: {board: {value: 0.5 t/t, gsd: 1.3}}}\n"
    chain = (
        PLANT.replace("processes:\n", f"processes:\n{press}").replace(
            "board: {value: 0.6 t/t, gsd: 1.2}, ", ""
        )
        + "pools: {chips: {takers: [press]}}\n"
    )
    result = load(chain, f"{MILL}spreads: none\n").solve(samples=4000, seed=5)
    sampled = result.sampled
    assert sampled is not None
    row = result.flows.set_index(["material", "source", "target"]).loc[("board", "press", "pool:board")]
    wide = math.hypot(math.log(1.1), math.log(1.3))
    known = stats.lognorm(wide, scale=100 * 0.1 * 0.5)
    assert row["amount"] == pytest.approx(5.0)
    assert row["mean"] == pytest.approx(known.mean(), abs=4 * known.std() / math.sqrt(4000))
    for column, p in (("p05", 0.05), ("p50", 0.5), ("p95", 0.95)):
        error = math.sqrt(p * (1 - p) / 4000) / known.pdf(known.ppf(p))
        assert row[column] == pytest.approx(known.ppf(p), abs=4 * error)


def test_a_balance_below_zero_counts_where_its_process_runs(load: Load) -> None:
    """A mill whose boards and chips may outweigh its logs; an idle twin of it makes no sample invalid."""
    chain = PLANT.replace("value: 0.6 t/t, gsd: 1.2", "value: 0.8 t/t, gsd: 1.1")
    twin = chain[chain.index("  mill:") :].replace("  mill:", "  twin:")
    result = load(chain + twin).solve(samples=400, seed=1)
    sampled = result.sampled
    assert sampled is not None
    paths = list(sampled.paths)
    board, chips = (sampled.drawn[:, paths.index(f"mill.outputs.{m}")] for m in ("board", "chips"))
    total = board + chips
    gone = int((total > 1).sum())
    assert 0 < gone < 80
    assert sampled.invalid == {("sample-negative", "mill.outputs.dust"): gone}
    assert np.isnan(sampled.values[total > 1]).all()


def test_too_many_invalid_samples_are_an_error(load: Load) -> None:
    with pytest.raises(mfa.Error) as caught:
        load(PLANT.replace("0.6 t/t, gsd: 1.2", "0.88 t/t, gsd: 1.2")).solve(samples=100)
    assert [f.key for f in caught.value.faults] == ["samples-invalid-many"]
    assert caught.value.faults[0].values["path"] == "mill.outputs.dust"


# ---------------------------------------------------------------- targets
AIMED = f"{MILL}spreads: none\ntargets: {{industrial-solid-waste-generated: {{max: 30 t/a}}}}\n"


def test_the_probability_of_a_target(load: Load) -> None:
    """Dust is 100 - 100·board - 10 of it: at most 30 t where board is at least 0.6, its median."""
    chain = PLANT.replace("chips: {value: 0.1 t/t, gsd: 1.1}", "chips: 0.1 t/t")
    result = load(chain, AIMED).solve(samples=2000, seed=7)
    row = result.indicators.loc["industrial-solid-waste-generated"]
    possible = stats.lognorm(math.log(1.2), scale=0.6)
    known = (possible.cdf(0.9) - 0.5) / possible.cdf(0.9)  # boards above 0.9 t are left out
    assert row["probability"] == pytest.approx(known, abs=4 * row["probability_error"])
    assert row["probability_error"] == pytest.approx(math.sqrt(known * (1 - known) / 2000), rel=0.05)


def test_until_an_error_is_reached(load: Load) -> None:
    """√(0.25/n) is 2 % at 625 samples: the third block of 256."""
    result = load(PLANT, AIMED).solve(until_error="2 %", seed=7)
    assert result.sampled is not None
    assert result.sampled.count == 768
    fewer = load(PLANT, AIMED).solve(samples=300, until_error=0.001)
    assert fewer.sampled is not None
    assert fewer.sampled.count == 300


def test_the_error_is_never_nothing() -> None:
    """All of 98 samples meet it: 1 ± √(0.99·0.01/100)."""
    found = Probability(98, 0, 98)
    assert found.value == 1.0
    assert found.error == pytest.approx(math.sqrt(0.99 * 0.01 / 100))


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"samples": 1}, "samples-count"),
        ({"samples": True}, "samples-count"),
        ({"samples": 10, "seed": -1}, "samples-seed"),
        ({"samples": 10, "method": "halton"}, "samples-method"),
        ({"until_error": "5 t"}, "samples-until"),
        ({"until_error": 1.5}, "samples-until"),
        ({"until_error": 0.1, "method": "lhs"}, "samples-until-lhs"),
        ({"until_error": 0.1}, "samples-until-target"),
    ],
)
def test_what_cannot_be_asked(load: Load, options: dict[str, object], key: str) -> None:
    with pytest.raises(mfa.Error) as caught:
        load(PLANT).solve(**options)  # type: ignore[arg-type]
    assert [f.key for f in caught.value.faults] == [key]


# ---------------------------------------------------------------- command line and files
def test_files_of_a_sampled_run(load: Load, tmp_path: Path) -> None:
    """Columns beside those of the run, the samples on demand, the seed in the manifest; the same twice."""
    load(PLANT, AIMED)
    outs = [tmp_path / "one", tmp_path / "two"]
    for out in outs:
        call = ["run", str(tmp_path / "case.yaml"), "--samples", "20", "--seed", "9", "--lang", "en"]
        done = CliRunner().invoke(cli, [*call, "--out", str(out), "--keep"])
        assert done.exit_code == 0, done.output
    assert "20 samples (random, seed 9): 2 figures spread as written, 0 by their confidence" in done.output
    with (outs[0] / "indicators.csv").open(encoding="utf-8") as file:
        rows = {r["indicator"]: r for r in csv.DictReader(file)}
    with (outs[0] / "samples.csv").open(encoding="utf-8") as file:
        samples = list(csv.DictReader(file))
    generated = [float(s["industrial-solid-waste-generated"]) for s in samples if not s["invalid"]]
    row = rows["industrial-solid-waste-generated"]
    assert float(row["mean"]) == pytest.approx(np.mean(generated), rel=1e-12)
    assert float(row["sd"]) == pytest.approx(np.std(generated, ddof=1), rel=1e-12)
    assert float(row["probability"]) == pytest.approx(np.mean([g <= 30 for g in generated]))
    dust = [100 - 100 * (float(s["mill.outputs.board"]) + float(s["mill.outputs.chips"])) for s in samples]
    assert generated == pytest.approx([d for d in dust if d >= 0])
    for name in ("indicators.csv", "flows.csv", "samples.csv"):
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()
    told = json.loads((outs[0] / "manifest.json").read_text(encoding="utf-8"))
    assert told["seed"] == 9
    assert told["sampling"] == {"samples": 20, "seed": 9, "method": "random", "until_error": None}


def test_samples_as_json(load: Load, tmp_path: Path) -> None:
    load(PLANT, AIMED)
    done = CliRunner().invoke(cli, ["run", str(tmp_path / "case.yaml"), "--samples", "8", "--json"])
    made = json.loads(done.output)
    assert made["samples"]["samples"] == 8
    assert made["samples"]["spread_as_written"] == 2
    assert "p95" in made["indicators"][0]


# ---------------------------------------------------------------- on arrays
@pytest.mark.parametrize("name", ["jiaokou-2025", "jiaokou-2030", "alumina-red-mud", "chain-annex"])
def test_wastes_on_arrays_are_those_of_the_runs(name: str) -> None:
    """Every indicator of the park's waste, and whether targets are met, against runs of the same samples."""
    scenario = mfa.load(name)
    central = scenario.solve()
    names = [r.name for r in central.indicator_list if are_waste([r.name], central.wastes)]
    assert len(names) >= 20
    sampler = Sampler(central, drawing(scenario, 16, seed=4), names, tables=False)
    assert sampler.fast
    draws = sampler.plan.block(0, 16)
    fast, slow = sampler._at_once(draws, 0), sampler._by_records(draws, 0)
    assert fast.invalid == slow.invalid
    assert fast.met == slow.met
    largest = np.nanmax(np.abs(slow.values))
    np.testing.assert_allclose(fast.values, slow.values, rtol=1e-9, atol=1e-12 * largest)


def test_what_records_change_is_not_worked_out_on_arrays(load: Load) -> None:
    """A drawn density of a product moves what counts as taken, so that every sample has records."""
    dense = "board: {kind: product, unit: m3, density: {value: 0.7 t/m3, cv: 5 %}}"
    chain = PLANT.replace("board: {kind: product}", dense).replace("0.6 t/t, gsd", "0.8 m3/t, gsd")
    scenario = load(chain)
    names = ["industrial-solid-waste-generated"]
    assert not Sampler(scenario.solve(), drawing(scenario), names, tables=False).fast
    assert Sampler(load(PLANT).solve(), drawing(load(PLANT)), names, tables=False).fast


def test_some_indicators_alone(load: Load) -> None:
    """The indicators that are asked for and the targets have statistics, the others none; flows neither."""
    name = "industrial-solid-waste-disposed"
    whole = load(PLANT, AIMED).solve(samples=64)
    part = load(PLANT, AIMED).solve(samples=64, indicators=name)
    for row in (name, "industrial-solid-waste-generated"):
        assert part.indicators.loc[row, "mean"] == pytest.approx(whole.indicators.loc[row, "mean"], rel=1e-9)
    assert part.indicators["mean"].notna().sum() == 2
    assert "mean" not in part.flows


def test_water_closes_by_itself(load: Load) -> None:
    """What goes round in a washery makes up for nothing: all that raw coal is beyond coal is gangue.

    The vapour was computed, and moves with the water that is drawn.
    """
    chain = (
        "chain: plant\nmaterials:\n  raw: {kind: resource}\n  coal: {kind: product}\n"
        "  gangue: {kind: waste, waste: industrial-solid}\n"
        "  water: {kind: water, composition: {H2O: 100 %}}\n"
        "  round: {kind: water, composition: {H2O: 100 %}}\n"
        "  vapour: {kind: emission, composition: {H2O: 100 %}}\n"
        "sources:\n  sum: {cite: what closes the water, kind: computed}\n"
        "processes:\n  washing:\n    per: coal\n"
        "    inputs: {raw: {value: 2 t/t, range: 1.5..3 t/t}, water: {value: 0.5 t/t, confidence: low},"
        " round: {value: 10 t/t, confidence: low}}\n"
        "    outputs: {coal: 1 t/t, gangue: {balance: true, confidence: medium}, round: {value: 10 t/t,"
        " confidence: low}, vapour: {value: 0.5 t/t, source: sum, confidence: medium}}\n"
        "pools: {coal: {takers: [{boundary: export, limit: none}]}}\n"
    )
    result = load(chain, "scenario: base\nchains: [plant]\ndrive: {washing: 1 t/a}\n").solve(samples=200)
    sampled = result.sampled
    assert sampled is not None
    at = {name: i for i, name in enumerate(sampled.paths)}
    raw, water, vapour = (
        sampled.drawn[:, at[f"washing.{name}"]] for name in ("inputs.raw", "inputs.water", "outputs.vapour")
    )
    gangue = sampled.values[:, [row[0] for row in sampled.rows].index("industrial-solid-waste-generated")]
    np.testing.assert_allclose(gangue, raw - 1, rtol=1e-10)
    into, out = (sampled.drawn[:, at[f"washing.{side}.round"]] for side in ("inputs", "outputs"))
    np.testing.assert_allclose(into + water, out + vapour, rtol=1e-10)
    assert min(np.std(water), np.std(vapour)) > 0.03
    assert np.std(into) > 1
    np.testing.assert_array_equal(into, out)
