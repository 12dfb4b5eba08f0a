"""Audit of claims: every verdict and every minimal set in a tiny park, by hand.

Works: 1 t metal from 2 t ore (1.9 to 2.2) gives 1 t mud (0.9 to 1.1), of which pavers take 800 kt first and
kilns up to 500 kt; nothing else takes or brings mud but the yard.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import mfa
from mfa.properties import price
from mfa.results.accounts.value import WORTHLESS
from mfa.studies.audit import Audit, Conflict, Verdict
from mfa.studies.lp.constraints import LinearForm
from mfa.studies.lp.measures import Measures, Quantity
from mfa.studies.lp.programme import Programme
from tests.parks import solve

PARK = """
materials:
  ore: {kind: resource, composition: {Fe: 30 %}}
  metal: {kind: product, composition: {Fe: 60 %}, price: {value: 1000 CNY/t, range: 900..1200 CNY/t}}
  mud: {kind: waste, waste: industrial-solid}
  dust: {kind: emission}
  brick: {kind: product, price: 100 CNY/t}
  road: {kind: product}
  spare: {kind: product}
processes:
  works: {per: metal, site: south, tolerance: 50 %, value-added: {value: 25 %, range: 20..30 %},
    inputs: {ore: {value: 2 t/t, range: 1.9..2.2 t/t}},
    outputs: {metal: 1 t/t, mud: {value: 1 t/t, range: 0.9..1.1 t/t}}}
  paver: {per: road, inputs: {mud: 1 t/t}, outputs: {road: 1 t/t}, capacity: 800 kt/a}
  kiln: {per: brick, site: north, inputs: {mud: 1 t/t}, outputs: {brick: 1 t/t}, capacity: 500 kt/a}
pools:
  mud: {takers: [paver, kiln, {stock: yard}]}
stocks:
  yard: {material: mud}
"""
YEAR = "drive: {works: 1 Mt/a}\n"
# In the run: ore 2 Mt, mud 1 Mt, road 800 kt, brick 200 kt, output 1.02 × 10⁹ CNY of which 0.25 × 10⁹ added.
ORE = "flow: {material: ore, target: works}"
UTILISED = "indicator: industrial-solid-waste-utilisation"


def audit(folder: Path, *claims: str, year: str = YEAR) -> Audit:
    listed = "".join(f"  - {{{c}}}\n" for c in claims)
    return mfa.audit(solve(folder, PARK, f"{year}claims:\n{listed}" if claims else year))


def verdict(folder: Path, claim: str) -> Verdict:
    (found,) = audit(folder, claim).verdicts
    return found


def numbers(conflict: Conflict) -> set[int]:
    return {c.number for c in conflict.claims}


WORDS = {
    # claim → the model's figure and the word
    "level: works, value: 1 Mt/a": (1e6, "holds"),
    "level: works, value: 1.04 Mt/a": (1e6, "holds"),  # within 5 %
    "level: works, value: 1.04 Mt/a, tolerance: 1 %": (1e6, "contradicts"),  # it is driven
    "level: works, min: 0.9 Mt/a, max: 1.1 Mt/a": (1e6, "holds"),
    "level: works, min: 1 Mt/a": (1e6, "holds"),
    "capacity: kiln, value: 500 kt/a": (500e3, "holds"),
    "capacity: kiln, value: 50 万t/a": (500e3, "holds"),
    "capacity: kiln, value: 300 kt/a": (500e3, "differs"),
    "capacity: works, value: 300 kt/a": (None, "no-value"),
    f"{ORE}, value: 2.1 Mt/a, tolerance: 0 %": (2e6, "weak"),
    f"{ORE}, value: 2.3 Mt/a, tolerance: 0 %": (2e6, "contradicts"),
    f"{ORE}, max: 1.9 Mt/a": (2e6, "weak"),
    f"{ORE}, max: 1.8 Mt/a": (2e6, "contradicts"),
    "flow: {material: mud, target: kiln}, value: 200 kt/a": (200e3, "holds"),
    "flow: {material: mud, target: kiln}, value: 400 kt/a": (200e3, "dispatch"),
    "flow: {material: mud, target: kiln}, value: 600 kt/a": (200e3, "contradicts"),
    "level: kiln, value: 450 kt/a": (200e3, "dispatch"),
    "level: paver, min: 900 kt/a": (800e3, "contradicts"),
    "flow: {material: mud, target: yard}, value: 300 kt/a": (0, "dispatch"),
    "flow: {material: ore, source: import}, value: 2 Mt/a": (2e6, "holds"),
    f"{UTILISED}, value: 100 %": (1, "holds"),
    f"{UTILISED}, value: 80 %": (1, "dispatch"),
    "indicator: output-value, value: 10.2 亿元/a": (1.02e9, "holds"),
    "indicator: output-value, value: 11.5 亿元/a": (1.02e9, "weak"),  # metal at 1 200
    "indicator: output-value, value: 50 亿元/a": (1.02e9, "contradicts"),
    "indicator: 'output-value@site:north', value: 2000 万元/a": (20e6, "holds"),
    "indicator: value-added, value: 3.4 亿元/a": (0.25e9, "weak"),  # 0.30 × 1 200
    "sum: [output-value, value-added], value: 12.7 亿元/a": (1.27e9, "holds"),
    "indicator: energy-use, value: 5 ktce/a": (0, "contradicts"),
    "indicator: energy-intensity, value: 0.5 tce/万元": (0, "contradicts"),
    "indicator: output-value, value: 12.4 亿元/a, tolerance: 0 %": (
        1.02e9,
        "weak",
    ),  # metal at 1 200, kilns full
    "indicator: industrial-solid-waste-utilised, value: 1.08 Mt/a, tolerance: 0 %": (1e6, "weak"),
    "indicator: recovery:Ga, value: 80 %": (None, "no-value"),
    "indicator: recovery:Fe, value: 90 %": (1, "differs"),
    "indicator: hazardous-waste-disposal, value: 100 %": (None, "no-value"),
    "not-modelled: money of banks, value: 300 亿元": (None, "not-modelled"),
    "indicator: circular-material-use, value: 36 %, tolerance: 0 %": (1 / 3, "weak"),  # 1.1 ÷ (1.9 + 1.1)
    "indicator: circular-material-use, value: 90 %": (1 / 3, "contradicts"),
}


@pytest.mark.parametrize("claim", list(WORDS))
def test_verdict(tmp_path: Path, claim: str) -> None:
    """Each claim has the model's figure beside it and the word that its arithmetic asks for."""
    model, word = WORDS[claim]
    found = verdict(tmp_path, claim)
    assert found.word == word
    assert found.model == (None if model is None else pytest.approx(model))


def test_every_word_is_tried() -> None:
    """The table above has every verdict that there is."""
    every = {"holds", "dispatch", "weak", "contradicts", "differs", "not-modelled", "no-value"}
    assert {w for _, w in WORDS.values()} == every


def test_possible_range(tmp_path: Path) -> None:
    """With every process as in the run, ore can be 1.9 to 2.2 Mt, and the output 0.92 to 1.22 × 10⁹ CNY."""
    ore = verdict(tmp_path, f"{ORE}, value: 2.1 Mt/a, tolerance: 0 %")
    assert (ore.low, ore.high) == (pytest.approx(1.9e6), pytest.approx(2.2e6))
    output = verdict(tmp_path, "indicator: output-value, value: 50 亿元/a")
    assert (output.low, output.high) == (pytest.approx(0.92e9), pytest.approx(1.22e9))


def test_reason_says_how_far_off(tmp_path: Path) -> None:
    """The reason names the model's part of the claim: 2 of 2.5 Mt are 0.8 of it."""
    found = verdict(tmp_path, f"{ORE}, value: 2.5 Mt/a")
    assert found.reason.key == "audit-contradicts"
    assert found.reason.text().startswith("the model gives 0.8 of it")
    modelled = verdict(tmp_path, "not-modelled: money of banks, value: 300 亿元")
    assert modelled.reason.text() == "not modelled: money of banks"
    assert modelled.reason.text("zh").endswith("money of banks")
    assert modelled.claim.text == "300 亿元"


def test_claims_that_agree(tmp_path: Path) -> None:
    """Claims that can all hold, elsewhere than the run as well, make no set."""
    found = audit(
        tmp_path, "level: works, value: 2 Mt/a", f"{ORE}, value: 4 Mt/a", "level: kiln, value: 500 kt/a"
    )
    assert found.conflicts == ()
    assert not found.passes  # but the scenario drives works at 1 Mt
    assert audit(tmp_path, "level: works, value: 1 Mt/a").passes
    assert audit(tmp_path).passes


def test_one_that_cannot_hold(tmp_path: Path) -> None:
    """600 kt of a kiln of 500: a set of one, only because of its capacity."""
    (conflict,) = audit(tmp_path, "level: works, value: 1 Mt/a", "level: kiln, min: 600 kt/a").conflicts
    assert (numbers(conflict), conflict.limits) == ({2}, True)


def test_two_that_exclude_each_other(tmp_path: Path) -> None:
    """1 Mt metal takes at most 2.2 Mt ore, so not 3: a set of two by the recipe; 2.2 can be."""
    claims = ["level: works, value: 1 Mt/a, tolerance: 0 %", "level: kiln, value: 200 kt/a"]
    (conflict,) = audit(tmp_path, *claims, f"{ORE}, value: 3 Mt/a, tolerance: 0 %").conflicts
    assert (numbers(conflict), conflict.limits) == ({1, 3}, False)
    assert audit(tmp_path, *claims, f"{ORE}, value: 2.2 Mt/a, tolerance: 0 %").conflicts == ()


def test_three_that_exclude_each_other(tmp_path: Path) -> None:
    """Pavers 800 and kilns 500 kt need 1.3 Mt mud; works that make 1 give at most 1.1: any two can hold."""
    claims = [
        "level: paver, value: 800 kt/a, tolerance: 0 %",
        "level: works, value: 1 Mt/a, tolerance: 0 %",
        f"{ORE}, max: 9 Mt/a",
        "level: kiln, value: 500 kt/a, tolerance: 0 %",
    ]
    (conflict,) = audit(tmp_path, *claims).conflicts
    assert (numbers(conflict), conflict.limits) == ({1, 2, 4}, False)
    for left_out in (0, 1, 3):
        assert audit(tmp_path, *(c for i, c in enumerate(claims) if i != left_out)).conflicts == ()


def test_ratio_against_a_capacity(tmp_path: Path) -> None:
    """2 Mt metal give at least 1.8 Mt mud, of which 1.3 Mt can be used: 72 %; 95 % breaks on capacities."""
    works = "level: works, value: 2 Mt/a, tolerance: 0 %"
    (conflict,) = audit(tmp_path, works, f"{UTILISED}, min: 95 %").conflicts
    assert (numbers(conflict), conflict.limits) == ({1, 2}, True)
    assert audit(tmp_path, works, f"{UTILISED}, min: 72 %").conflicts == ()
    assert len(audit(tmp_path, works, f"{UTILISED}, min: 73 %").conflicts) == 1


def test_several_sets(tmp_path: Path) -> None:
    """Two quarrels that have nothing to do with each other are two sets."""
    found = audit(
        tmp_path,
        "level: works, value: 1 Mt/a, tolerance: 0 %",
        f"{ORE}, value: 5 Mt/a",
        "level: kiln, min: 900 kt/a",
        "level: paver, value: 100 kt/a",
    )
    assert {frozenset(numbers(c)) for c in found.conflicts} == {frozenset({1, 2}), frozenset({3})}
    assert not found.passes


def test_output_by_prices(tmp_path: Path) -> None:
    """1 Mt metal at 900 to 1 200 with up to 500 kt brick at 100: 0.9 to 1.25 × 10⁹ CNY, so not 1.3."""
    works = "level: works, value: 1 Mt/a, tolerance: 0 %"
    high = "indicator: output-value, min: 13 亿元/a"
    (conflict,) = audit(tmp_path, works, high).conflicts
    assert (numbers(conflict), conflict.limits) == (
        {1, 2},
        True,
    )  # more bricks could be sold, with more kilns
    assert audit(tmp_path, works, "indicator: output-value, min: 12.4 亿元/a").conflicts == ()


def test_claim_on_what_the_run_does_not_touch(tmp_path: Path) -> None:
    """A material without flows counts 0; the claim is judged, not stumbled over."""
    found = verdict(tmp_path, "flow: {material: spare, target: export}, value: 1 Mt/a")
    assert found.model == 0
    assert found.word in ("differs", "contradicts")


def test_run_with_a_shortage(tmp_path: Path) -> None:
    """A run that is short of something keeps no programme: claims differ, without a reason why."""
    year = "drive: {works: 1 Mt/a}\npools: {ore: {givers: [{boundary: import, limit: 1 Mt/a}]}}\n"
    (found,) = audit(tmp_path, f"{ORE}, value: 3 Mt/a", year=year).verdicts
    assert (found.model, found.word) == (pytest.approx(2e6), "differs")


# ---------------------------------------------------------------- forms against the tables of shipped runs
def point(result: mfa.Result, programme: Programme) -> np.ndarray:
    """The run as values of the programme's variables."""
    ledger, at = result.accounts.ledger, programme.starts
    x = np.zeros(at["end"])
    x[: at["flow"]] = result.state.level
    x[at["flow"] : at["value"]] = ledger.amount
    worth = ledger.per_pool(lambda m: 0.0 if m.kind in WORTHLESS else price(m))
    value = ledger.amount * result.accounts.value.shares * worth[ledger.pool]
    share = ledger.per_process(lambda p: p.value_added.value if p.value_added else 0.0)
    x[at["value"] : at["added"]] = value
    x[at["added"] : at["entry"]] = value * share[ledger.process]
    structure = result.compiled.structure
    of_boundary = [line.process < 0 for line in structure.entries]
    x[at["entry"] : at["demand"]] = np.where(of_boundary, result.state.handed, 0.0)
    pools = {m: i for i, m in enumerate(structure.pools)}
    for kind, figures in (("demand", result.system.demand), ("supply", result.system.supply)):
        for material, figure in figures.items():
            x[at[kind] + pools[material]] = figure.value
    x[at["surplus"] : at["end"]] = result.state.surplus
    return x


def at_point(form: LinearForm, x: np.ndarray) -> float:
    return sum(x[c] * w for c, w in zip(form.columns, form.weights, strict=True))


def figure(quantity: Quantity, x: np.ndarray) -> float | None:
    top = at_point(quantity.top, x)
    if quantity.bottom is None:
        return top
    bottom = at_point(quantity.bottom, x)
    return top / bottom * quantity.scale if bottom else None


@pytest.mark.parametrize(("name", "least"), [("alumina-red-mud", 15), ("jiaokou-2025", 30)])
def test_forms_are_the_indicators(name: str, least: int) -> None:
    """At the run the linear form of each indicator gives it, and the run keeps every constraint."""
    result = mfa.load(name).solve()
    programme = Programme(result.accounts.ledger, ranged=False, levels="driven")
    forms, x = Measures(programme), point(result, programme)
    matrix, low, high = programme.matrix
    rows = matrix @ (x / programme.scale)
    assert np.maximum(low - rows, rows - high).max() < 1e-5
    compared = 0
    for row in result.indicator_list:
        quantity = forms.indicator(row.name)
        if quantity is None or row.value is None:
            continue
        assert figure(quantity, x) == pytest.approx(row.value, rel=1e-9, abs=1e-9), row.name
        compared += 1
    assert compared >= least
