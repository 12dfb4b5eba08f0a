"""Sensitivity by closed forms: shares of variance, what to find out next, derivatives, ranges, designs."""

from __future__ import annotations

import builtins
import csv
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import stats
from scipy.special import ndtri

import mfa
from mfa.cli import cli
from mfa.scenario import Scenario
from mfa.studies.sampling.statistics import Probability
from mfa.studies.sensitivity.elasticities import slopes
from mfa.studies.sensitivity.given_data import Index, first_order, index_of, indices
from mfa.studies.sensitivity.gradients import Gradients
from mfa.studies.sensitivity.one_by_one import Bar
from mfa.studies.sensitivity.shares import Explained, Share, to_learn

RATE = "industrial-solid-waste-utilisation"
MADE = "industrial-solid-waste-generated"
CHIPS, DUST, SIZE = math.log(1.3), math.log(1.4), math.log(1.1)
"""Standard deviations of the logarithms of three figures."""

CHAIN = """
chain: plant
sources: {one: {cite: Trials}, other: {cite: Weighing}}
materials:
  log: {kind: resource}
  chips: {kind: intermediate}
  dust: {kind: waste, waste: industrial-solid}
  brick: {kind: product}
processes:
  mill: {per: log, inputs: {log: 1 t/t}, outputs: {chips: {value: 0.5 t/t, gsd: 1.3, source: one}}}
  press: {per: chips, inputs: {chips: 1 t/t}, outputs: {dust: {value: 0.2 t/t, gsd: 1.4, source: other}}}
  kiln:
    per: brick
    inputs: {dust: 1 t/t}
    outputs: {brick: 1 t/t}
    capacity: {value: 1 t/a, gsd: 1.1, source: other}
pools:
  chips: {takers: [press]}
  dust: {takers: [kiln, {boundary: deposit}]}
  brick: {takers: [{boundary: export, limit: none}]}
"""
CASE = "scenario: case\nchains: [plant]\ndrive: {mill: 100 t/a}\nspreads: none\n"
AIMED = f"{CASE}targets: {{{MADE}: {{max: 12 t/a}}}}\n"
RANGED = (
    CHAIN.replace("gsd: 1.3,", "range: 0.4..0.8 t/t,")
    .replace("gsd: 1.4,", "range: 0.1..0.25 t/t,")
    .replace(", gsd: 1.1,", ",")
)
Load = Callable[..., Scenario]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """A scenario over a chain of the text; the mill's dust is drive · chips · dust."""
    monkeypatch.chdir(tmp_path)

    def made(scenario: str = CASE, chain: str = CHAIN) -> Scenario:
        (tmp_path / "plant.yaml").write_text(chain, encoding="utf-8")
        (tmp_path / "case.yaml").write_text(scenario, encoding="utf-8")
        return mfa.load(tmp_path / "case.yaml")

    return made


# ---------------------------------------------------------------- given data
def test_ishigami_among_figures_that_do_nothing() -> None:
    """S = 0.3139, 0.4424, 0 (Ishigami and Homma 1990, a = 7, b = 0.1), and next to 0 of 200 others in all."""
    rng = np.random.default_rng(3)
    u = rng.random((203, 20_000))
    x = np.pi * (2 * u[:3] - 1)
    y = np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])
    a, b = 7.0, 0.1
    variance = a**2 / 8 + b * np.pi**4 / 5 + b**2 * np.pi**8 / 18 + 0.5
    known = [(0.5 * (1 + b * np.pi**4 / 5) ** 2) / variance, a**2 / 8 / variance, 0.0]
    assert [round(k, 4) for k in known] == [0.3139, 0.4424, 0.0]
    found = [index_of(r) for r in indices(list(u), y)]
    for index, value in zip(found, known, strict=False):
        assert index.value == pytest.approx(value, abs=max(4 * index.error, 0.01))
    others = found[3:]
    assert sum(i.value for i in others) == pytest.approx(0, abs=4 * math.hypot(*(i.error for i in others)))


def test_what_is_clearly_seen_is_taken_out_of_the_noise_of_others() -> None:
    """Of y = 3·z1 + z2 the second has 1/10; its noise is less once the first is known."""
    u = np.random.default_rng(8).random((2, 2000))
    z = ndtri(u)
    y = 3 * z[0] + z[1]
    alone, together = index_of(first_order(u[1], y, y)), index_of(indices(list(u), y)[1])
    assert together.value == pytest.approx(0.1, abs=4 * together.error)
    assert together.error < 0.4 * alone.error


def test_what_is_found_out_to_a_correlation() -> None:
    """Hermite polynomials of degree k keep ρ^k of their variance (Mehler 1866)."""
    u = np.random.default_rng(5).random(40_000)
    z = ndtri(u)
    for y, power in ((z, 1), (z**2 - 1, 2)):
        for rho in (0.9, 0.5):
            found = index_of(first_order(u, y, y, rho))
            assert found.value * y.var() / power == pytest.approx(rho**power, rel=0.01)


def test_the_error_is_the_spread_over_seeds() -> None:
    found = []
    for seed in range(60):
        u = np.random.default_rng(seed).random((2, 1000))
        y = ndtri(u[0]) + ndtri(u[1])
        found.append(index_of(first_order(u[0], y, y)))
    spread = np.std([f.value for f in found], ddof=1)
    assert np.mean([f.value for f in found]) == pytest.approx(0.5, abs=0.02)
    assert np.mean([f.error for f in found]) == pytest.approx(spread, rel=0.3)


# ---------------------------------------------------------------- from samples
def share(*wide: float, of: float = math.hypot(CHIPS, DUST)) -> float:
    """Of the variance of a product of lognormals: Var(E[Y|X]) is e^{s²} - 1 of each over all."""
    return math.expm1(math.hypot(*wide) ** 2) / math.expm1(of**2)


def test_shares_of_a_product(load: Load) -> None:
    """Dust made is 100 · chips · dust: figures and documents alone explain what the formula says."""
    found = load().sensitivity(indicators=MADE, samples=8000, seed=2).frame.set_index(["by", "name"])
    for name, wide in (("mill.outputs.chips", CHIPS), ("press.outputs.dust", DUST)):
        row = found.loc[("figure", name)]
        assert row["share"] == pytest.approx(share(wide), abs=max(4 * row["error"], 0.02))
    kiln = found.loc[("figure", "kiln.capacity")]
    assert kiln["share"] == pytest.approx(0, abs=4 * kiln["error"])
    for by, name in (("document", "one"), ("process", "mill")):
        assert found.loc[(by, name), "share"] == found.loc[("figure", "mill.outputs.chips"), "share"]
    parts = found.loc["figure"]["share"].sum()
    assert found.loc[("chain", "plant"), "share"] == pytest.approx(parts, rel=1e-12)
    assert 0.9 < parts < 1.0  # what both do together is left


def certain(wide: float) -> float:
    """What is left to know of a figure at a spread of 5 %: ρ = 1 - (ln 1.05 / s)²."""
    return 1 - (math.log(1.05) / wide) ** 2


def test_what_to_find_out_next(load: Load) -> None:
    """Known to `high`, of ln X with s² = h² + t² the part t² is learnt; both of two documents, too."""
    found = load(AIMED).sensitivity(samples=8000, seed=4, next_=True).frame.set_index(["by", "name"])
    doubt = math.log(12 / 10) / math.hypot(CHIPS, DUST)
    chance = stats.norm.cdf(doubt)
    cases = (("figure", "mill.outputs.chips", CHIPS), ("figure", "press.outputs.dust", DUST))
    for by, name, wide in (*cases, ("document", "one", CHIPS), ("document", "other", DUST)):
        row, learnt = found.loc[(by, name)], wide * math.sqrt(certain(wide))
        left = math.sqrt(1 - share(learnt))
        assert row["sd_falls"] == pytest.approx(1 - left, abs=max(4 * row["sd_falls_error"], 0.01))
        r = learnt**2 / (CHIPS**2 + DUST**2)
        both = stats.multivariate_normal([0, 0], [[1, r], [r, 1]]).cdf([doubt, doubt])
        falls = (both - chance**2) / (chance * (1 - chance))
        assert row["doubt_falls"] == pytest.approx(falls, abs=max(4 * row["doubt_falls_error"], 0.02))


def test_samples_that_are_there_are_taken(load: Load) -> None:
    """Those of a sampled run give the same as drawing them again; whatever was drawn with it."""
    result = load(AIMED).solve(samples=1000, seed=9)
    again = load(AIMED).solve().sensitivity(samples=1000, seed=9).frame
    assert result.sensitivity().frame.equals(again)


def test_a_balance_that_is_drawn_by_its_confidence_counts(load: Load) -> None:
    """The flow that closes a recipe has a draw of its own where spreads are by confidence."""
    chain = CHAIN.replace("0.2 t/t, gsd: 1.4, source: other}", "0.2 t/t}, board: {balance: true}").replace(
        "  brick: {kind: product}", "  brick: {kind: product}\n  board: {kind: product}"
    )
    case = CASE.replace("spreads: none\n", "spreads: {none: 20 %}\n")
    found = load(case, chain).sensitivity(indicators=MADE, samples=2000).frame.set_index(["by", "name"])
    names = found.loc["figure"].index
    assert {"press.outputs.board", "press.outputs.dust"} <= set(names)
    assert found.loc["figure"]["share"].sum() == pytest.approx(1, abs=0.1)


def test_only_as_many_samples_as_there_is_room_for(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a sampled run with more, the first are taken, and it says how many."""
    result = load(AIMED).solve(samples=1024, seed=9)
    monkeypatch.setattr("mfa.studies.sensitivity.shares.MOST_CELLS", 3 * 512)
    found = result.sensitivity()
    assert found.explained[0].samples == 512
    assert found.frame.equals(result.sensitivity(samples=512, seed=9).frame)


# ---------------------------------------------------------------- derivatives
def test_elasticities_by_hand(load: Load) -> None:
    """Utilised is capacity/(drive · chips · dust): 1, -1, -1, -1; per unit that over the figure."""
    found = load().sensitivity(method="local", indicators=RATE).frame.set_index("path")
    rate = 1 / (100 * 0.5 * 0.2)
    for path, value, power in (
        ("kiln.capacity", 1, 1),
        ("mill.level", 100, -1),
        ("mill.outputs.chips", 0.5, -1),
        ("press.outputs.dust", 0.2, -1),
    ):
        assert found.loc[path, "elasticity"] == pytest.approx(power, abs=1e-6)
        assert found.loc[path, "derivative"] == pytest.approx(power * rate / value, rel=1e-6)
        assert found.loc[path, "kink"] == ""
    inputs = {"press.inputs.chips", "kiln.inputs.dust"}  # of what they use, one follows and one decides
    assert found.loc["kiln.inputs.dust", "elasticity"] == pytest.approx(1, abs=1e-6)
    assert (
        set(found.index)
        <= {"kiln.capacity", "mill.level", "mill.outputs.chips", "press.outputs.dust"} | inputs
    )


def test_a_kink_has_two_slopes_and_a_name(load: Load) -> None:
    """A kiln that is just large enough: smaller it loses as much, larger it gains nothing."""
    found = load(CASE, CHAIN.replace("value: 1 t/a, gsd", "value: 10 t/a, gsd"))
    row = found.sensitivity(method="local", indicators=RATE).frame.set_index("path").loc["kiln.capacity"]
    assert (row["below"], row["above"]) == (pytest.approx(0.1, rel=1e-6), pytest.approx(0, abs=1e-9))
    assert row["kink"] == "kiln"


def test_a_balance_takes_up_the_change(load: Load) -> None:
    """Less chips is more dust where dust closes the recipe: 100 · (1 - chips + 0.2 · chips) of it."""
    closing = "gsd: 1.3, source: one}, dust: {balance: true}}"
    scenario = load(CASE, CHAIN.replace("gsd: 1.3, source: one}}", closing))
    found = scenario.sensitivity(method="local", indicators=MADE).frame.set_index("path")
    assert found.loc["mill.outputs.chips", "derivative"] == pytest.approx(-80, rel=1e-6)
    assert found.loc["mill.outputs.chips", "closes"] == "mill.outputs.dust"


def test_first_order_propagation(load: Load) -> None:
    """√Σ(Y·sd/x)², to samples of so wide lognormals not the same."""
    (row,) = load().sensitivity(method="gaussian", indicators=MADE, samples=4000).rows
    spread = math.hypot(*(stats.lognorm(s).std() for s in (CHIPS, DUST)))
    assert row.sd == pytest.approx(10 * spread, rel=5e-3)  # 400 points a figure cut its tails
    known = stats.lognorm(math.hypot(CHIPS, DUST), scale=10)
    assert row.sampled_sd == pytest.approx(known.std(), abs=4 * row.error)
    assert row.nonlinear
    narrow = CHAIN.replace("gsd: 1.3", "gsd: 1.01").replace("gsd: 1.4", "gsd: 1.01")
    (row,) = load(CASE, narrow).sensitivity(method="gaussian", indicators=MADE, samples=4000).rows
    assert not row.nonlinear


def test_the_first_order_of_a_run_by_hand(load: Load) -> None:
    """Dust 10 t: its sd is 10·√Σ(sd/x)², without a sample; with samples both stand beside each other."""
    result = load().solve(gaussian=True, indicators=MADE)
    (row,) = result.gaussian
    spread = math.hypot(*(stats.lognorm(s).std() for s in (CHIPS, DUST)))
    assert (row.value, row.sd) == (pytest.approx(10), pytest.approx(10 * spread, rel=5e-3))
    assert (row.mean, row.sampled_sd, row.nonlinear) == (None, None, False)
    assert (row.exact, row.differences) == (3, 0)
    assert result.to_json()["gaussian"][0]["sd"] == row.sd
    (row,) = load().solve(gaussian=True, samples=4000, indicators=MADE).gaussian
    assert row.nonlinear
    assert row.sampled_sd == pytest.approx(stats.lognorm(math.hypot(CHIPS, DUST), scale=10).std(), rel=0.1)
    ended = CliRunner().invoke(cli, ["run", "case.yaml", "--gaussian", "--indicator", MADE])
    assert "Spread to first order" in ended.output
    assert "exact derivatives of 3 figures; differences of whole solves for 0" in ended.output


def test_slopes_are_exact_by_one_transposed_solve_each(load: Load) -> None:
    """Dust is drive · chips · dust, the rate capacity over it: to the last digits; one solve for kinks."""
    scenario = load()
    found = scenario.sensitivity(method="local", indicators=[MADE, RATE])
    assert {r.how for r in found.rows} == {"exact"}
    slopes = {(r.indicator, r.path): r.derivative for r in found.rows}
    assert slopes[MADE, "mill.outputs.chips"] == pytest.approx(20, rel=1e-13)
    assert slopes[MADE, "press.outputs.dust"] == pytest.approx(50, rel=1e-13)
    assert slopes[RATE, "kiln.capacity"] == pytest.approx(0.1, rel=1e-13)
    assert slopes[RATE, "mill.level"] == pytest.approx(-1 / 1000, rel=1e-13)
    gradients = Gradients(scenario.solve())
    for name in (MADE, RATE):
        assert gradients.of(name) is not None
    assert gradients.near is not None
    assert gradients.solves == 3


@pytest.mark.parametrize(
    ("name", "asked"),
    [("alumina-red-mud", [RATE]), ("chain-coal", [RATE, "co2", "output-value"])],
)
def test_exact_slopes_are_those_of_whole_solves(
    name: str, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole chains, from every figure to a rate of waste, CO2, output value: differences as second method."""
    run = mfa.load(name).solve()
    exact = {(r.indicator, r.path): r for r in slopes(run, asked)}
    monkeypatch.setattr(Gradients, "of", lambda self, name: None)
    others = {(r.indicator, r.path): r for r in slopes(run, asked)}
    assert {r.how for r in others.values()} == {"differences"}
    assert sum(r.how == "exact" for r in exact.values()) > 0.6 * len(exact)
    small = 1e-5  # rows of elasticities that stand at the bound of what is listed
    assert all(abs((exact.get(k) or others[k]).elasticity or 0) < small for k in exact.keys() ^ others.keys())
    for key in exact.keys() & others.keys():
        one, two = exact[key].elasticity, others[key].elasticity
        assert (one or 0) == pytest.approx(two or 0, rel=1e-6, abs=1e-7), key


def test_at_a_kink_both_sides_are_differences(load: Load) -> None:
    """The kiln holds just the dust there is: less of it is all used, more is not."""
    found = load(CASE, CHAIN.replace("capacity: {value: 1 t/a", "capacity: {value: 10 t/a"))
    rows = {r.path: r for r in found.sensitivity(method="local", indicators=RATE).rows}
    row = rows["kiln.capacity"]
    assert (row.how, row.below, row.above) == ("differences", pytest.approx(0.1, rel=1e-4), 0)
    assert row.kink == "kiln"


def test_what_goes_round_is_counted_and_not_listed(load: Load) -> None:
    """Water in and out of the press: neither side changes alone; the table has both."""
    more = "  board: {kind: waste, waste: industrial-solid}\n  water: {kind: resource}"
    chain = (
        CHAIN.replace("{chips: 1 t/t}, outputs: {", "{chips: 1 t/t, water: 5 t/t}, outputs: {water: 5 t/t, ")
        .replace("source: other}}}", "source: other}, board: {balance: true}}}")
        .replace("  brick: {kind: product}", f"  brick: {{kind: product}}\n{more}")
    )
    found = load(CASE, chain).sensitivity(method="local", indicators=MADE)
    slopes = found.frame.set_index("path").elasticity
    assert slopes["press.inputs.water"] == pytest.approx(-slopes["press.outputs.water"])
    ended = CliRunner().invoke(cli, ["sensitivity", "case.yaml", "--method", "local", "--indicator", MADE])
    assert "Not shown: 2 coefficients" in ended.output
    assert "water" not in ended.output


def test_a_step_that_cannot_be_is_counted(load: Load) -> None:
    """Chips are all of the log, so that more of them leaves less than nothing for boards."""
    chain = CHAIN.replace(
        "chips: {value: 0.5 t/t, gsd: 1.3, source: one}",
        "chips: {value: 1 t/t, range: 0.8..1.001 t/t, source: one}, board: {balance: true}",
    ).replace("  brick: {kind: product}", "  brick: {kind: product}\n  board: {kind: product}")
    (row,) = load(CASE, chain).sensitivity(method="gaussian", indicators=MADE, samples=500).rows
    assert row.left_out == 1
    assert row.sd == pytest.approx(20 * stats.lognorm(DUST).std(), rel=5e-3)  # of the press alone


# ---------------------------------------------------------------- ranges and designs
def test_a_tornado_by_hand(load: Load, tmp_path: Path) -> None:
    """Ends of ranges one by one: 100 · 0.5 · (0.1 … 0.25), then 100 · (0.4 … 0.8) · 0.2."""
    found = load(CASE, RANGED).sensitivity(method="tornado", indicators=MADE)
    assert [tuple(r)[1:] for r in found.rows] == [
        ("mill.outputs.chips", 0.4, 0.8, pytest.approx(8), pytest.approx(16)),
        ("press.outputs.dust", 0.1, 0.25, pytest.approx(5), pytest.approx(12.5)),
    ]
    for name in ("t.svg", "t.png"):
        found.picture(tmp_path / name)
    text = (tmp_path / "t.svg").read_text(encoding="utf-8")
    assert "Sensitivity: Industrial solid waste generated" in text
    assert "mill · outputs · chips" in text


def test_bars_on_one_side_reach_from_the_middle() -> None:
    assert Bar("x", "p", 0, 1, 2.0, 3.0).effect(1.0) == 2.0
    assert Bar("x", "p", 0, 1, None, None).effect(1.0) == 0.0


def test_sobol_of_a_product(load: Load) -> None:
    """Alone e^{s²} - 1 over all; with others 1 less what the others explain alone."""
    made = load().sensitivity(method="sobol", indicators=MADE, by="figure", samples=20_000, seed=3)
    assert made.solves == 2048 * 5  # the largest power of 2 that 20 000 allows, figures and 2
    found = made.frame.set_index("name")
    for name, wide, other in (("mill.outputs.chips", CHIPS, DUST), ("press.outputs.dust", DUST, CHIPS)):
        row = found.loc[name]
        assert row["first"] == pytest.approx(share(wide), abs=max(2 * row["first_error"], 0.01))
        assert row["total"] == pytest.approx(1 - share(other), abs=max(2 * row["total_error"], 0.01))
    assert found.loc["kiln.capacity", "total"] == 0.0


def test_sobol_by_document(load: Load) -> None:
    """The capacity does nothing, so that each document is one figure."""
    found = (
        load().sensitivity(method="sobol", indicators=MADE, samples=20_000, seed=3).frame.set_index("name")
    )
    assert set(found.index) == {"one", "other"}
    assert found.loc["one", "first"] == pytest.approx(share(CHIPS), abs=2 * found.loc["one", "first_error"])


def test_morris_of_a_linear_answer(load: Load) -> None:
    """Made of one uniform figure: its effect over 98 % of its range is 100 · 0.2 · 0.98 · 0.4, always."""
    chain = RANGED.replace("range: 0.4..0.8 t/t", "range: 0.4..0.8 t/t, dist: uniform").replace(
        "range: 0.1..0.25 t/t, ", ""
    )
    made = load(CASE, chain).sensitivity(method="morris", indicators=MADE, by="figure", samples=40)
    (row,) = made.rows
    assert (row.mu, row.mu_star, row.sigma) == (
        pytest.approx(7.84),
        pytest.approx(7.84),
        pytest.approx(0, abs=1e-9),
    )


# ---------------------------------------------------------------- what cannot be asked
CORRELATED = f"{CASE}correlate: [[mill.outputs.chips, press.outputs.dust, 0.5]]\n"


@pytest.mark.parametrize(
    ("case", "options", "key"),
    [
        (CASE, {"method": "fast"}, "sensitivity-method"),
        (CASE, {"by": "sector"}, "sensitivity-by"),
        (CASE, {"method": "local", "next_": True}, "sensitivity-next"),
        (CASE, {"samples": 1}, "samples-count"),
        (CASE, {"samples": 20}, "sensitivity-few"),
        (CASE, {"method": "sobol", "samples": 8}, "sensitivity-solves"),
        (CASE, {"method": "morris", "samples": 8}, "sensitivity-solves"),
        (CORRELATED, {"next_": True}, "sensitivity-correlated"),
        (CORRELATED, {"method": "sobol"}, "sensitivity-correlated"),
    ],
)
def test_what_cannot_be_asked(load: Load, case: str, options: dict[str, Any], key: str) -> None:
    with pytest.raises(mfa.Error) as caught:
        load(case).sensitivity(indicators=MADE, **options)
    assert [f.key for f in caught.value.faults] == [key]


def test_one_year_only(load: Load) -> None:
    with pytest.raises(mfa.Error) as caught:
        load(f"{CASE}periods: {{from: 2025, to: 2026}}\n").sensitivity(indicators=MADE)
    assert [f.key for f in caught.value.faults] == ["sample-years"]


@pytest.mark.parametrize("method", ["samples", "tornado", "sobol", "morris"])
def test_nothing_is_uncertain(load: Load, method: Any) -> None:
    chain = CHAIN.replace("gsd: 1.3, ", "").replace("gsd: 1.4, ", "").replace(", gsd: 1.1", "")
    with pytest.raises(mfa.Error) as caught:
        load(CASE, chain).sensitivity(indicators=MADE, method=method)
    assert [f.key for f in caught.value.faults] == ["sensitivity-certain"]


def test_salib_is_not_installed(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("SALib"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(mfa.Error) as caught:
        load().sensitivity(indicators=MADE, method="sobol")
    assert caught.value.faults[0].values["extra"] == "sensitivity"


# ---------------------------------------------------------------- the command
def test_the_command(load: Load, tmp_path: Path) -> None:
    """Text in both languages, JSON and CSV with the same rows; a picture only of a tornado."""
    load(AIMED)
    call = ["sensitivity", "case.yaml", "--samples", "500"]
    found = CliRunner().invoke(cli, [*call, "--next", "--out", "s.csv"])
    assert found.exit_code == 0, found.output
    assert "The documents that matter most" in found.output
    assert "other: Weighing" in found.output
    assert "What to find out next" in found.output
    chinese = CliRunner().invoke(cli, [*call, "--lang", "zh"]).output
    assert "影响最大的文献" in chinese
    told = json.loads(CliRunner().invoke(cli, [*call, "--next", "--json"]).output)
    with (tmp_path / "s.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [float(r["share"]) for r in rows] == pytest.approx([r["share"] for r in told["sensitivity"]])
    assert told["indicators"][0]["samples"] == 500
    refused = CliRunner().invoke(cli, [*call, "--picture", "x.svg"])
    assert refused.exit_code == 2
    for method in ("local", "tornado", "gaussian", "morris", "sobol"):
        for lang in ("en", "zh"):
            ended = CliRunner().invoke(cli, [*call, "--method", method, "--lang", lang])
            assert ended.exit_code == 0, ended.output


def test_the_spread_says_what_to_find_out_where_the_doubt_is_too_small() -> None:
    """A target met in 1 % of the samples leaves a doubt that is all noise; one figure spreads clearly."""
    shares = [
        Share("y", "figure", "a", "", 0.4, 0.03, 0.23, 0.02, 0.015, 0.05),  # doubt within its error
        Share("y", "figure", "b", "", 0.0, 0.03, 0.00, 0.02, -0.004, 0.01),
    ]
    rare = Explained("y", 400, 0.76, 0.09, Probability(4, 0, 400), Index(0.4, 0.03), shares)
    assert [s.name for s in to_learn(rare, "figure", 5)] == ["a"]
    assert [s.name for s in rare.clear_next(5)] == ["a"]
    sure = shares[1]._replace(doubt_falls=0.3, doubt_falls_error=0.01)
    even = replace(rare, shares=[shares[0], sure])
    assert [s.name for s in to_learn(even, "figure", 5)] == ["b"]
    assert [s.name for s in even.clear_next(5)] == ["b"]
