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
from mfa.show.terminal.print_audit import claims_table, conflicts_table, print_audit
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
    "level: works, value: 1 Mt/a": (1e6, "stated"),  # it is driven at that
    "level: works, value: 1.04 Mt/a": (1e6, "holds"),  # within 5 %
    "level: works, value: 1.04 Mt/a, tolerance: 1 %": (1e6, "contradicts"),  # it is driven
    "level: works, min: 0.9 Mt/a, max: 1.1 Mt/a": (1e6, "holds"),
    "level: works, min: 1 Mt/a": (1e6, "stated"),
    "level: paver, value: 800 kt/a": (800e3, "stated"),  # full: its capacity is written
    "level: paver, value: 810 kt/a": (800e3, "holds"),
    "capacity: kiln, value: 500 kt/a": (500e3, "stated"),
    "capacity: kiln, value: 50 万t/a": (500e3, "stated"),
    "capacity: kiln, value: 490 kt/a": (500e3, "holds"),
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
    every = {"holds", "stated", "dispatch", "weak", "contradicts", "differs", "not-modelled", "no-value"}
    assert {w for _, w in WORDS.values()} == every


def test_possible_range(tmp_path: Path) -> None:
    """With every process as in the run, ore can be 1.9 to 2.2 Mt, and the output 0.92 to 1.22 × 10⁹ CNY."""
    ore = verdict(tmp_path, f"{ORE}, value: 2.1 Mt/a, tolerance: 0 %")
    assert (ore.low, ore.high) == (pytest.approx(1.9e6), pytest.approx(2.2e6))
    output = verdict(tmp_path, "indicator: output-value, value: 50 亿元/a")
    assert (output.low, output.high) == (pytest.approx(0.92e9), pytest.approx(1.22e9))


STATED = """
materials:
  tower: {kind: product, unit: piece, price: {value: 2 亿元/piece, source: plan}}
  mast: {kind: product, unit: piece, price: {value: 2 亿元/piece, source: market}}
processes:
  tower-works: {per: tower, outputs: {tower: 1 piece/piece}, project: "19"}
  mast-works: {per: mast, outputs: {mast: 1 piece/piece}, project: "20"}
"""
WORDS_OF_SOURCE = {
    # price and number of the plan; another's price; another's claim; a claim that cites nothing
    "indicator: 'output-value@project:19', value: 60 亿元/a, source: plan": "stated",
    "indicator: 'output-value@project:20', value: 60 亿元/a, source: plan": "holds",
    "indicator: 'output-value@project:19', value: 60 亿元/a, source: market": "holds",
    "indicator: 'output-value@project:19', value: 60 亿元/a": "holds",
    "indicator: output-value, value: 120 亿元/a, source: plan": "holds",
    # driven at 30 by the plan, which elsewhere says 31: its own figure still
    "level: tower-works, value: 31 piece/a, source: plan": "stated",
    "level: tower-works, value: 31 piece/a": "holds",
}


@pytest.mark.parametrize("claim", list(WORDS_OF_SOURCE))
def test_as_stated_by_its_source(tmp_path: Path, claim: str) -> None:
    """30 pieces at 2 亿元, both of the plan, are 60 亿元 of the plan: nothing is tested."""
    drive = ", ".join(f"{p}: {{value: 30 piece/a, source: plan}}" for p in ("tower-works", "mast-works"))
    sources = "sources: {plan: {cite: Plan}, market: {cite: Market}}"
    (found,) = mfa.audit(
        solve(tmp_path, STATED, f"{sources}\ndrive: {{{drive}}}\nclaims: [{{{claim}}}]\n")
    ).verdicts
    assert found.word == WORDS_OF_SOURCE[claim]


def test_what_is_as_stated_fails_nothing(tmp_path: Path) -> None:
    """A figure that is put in contradicts nothing."""
    assert audit(tmp_path, "capacity: kiln, value: 500 kt/a").passes


def test_range_of_a_rate(tmp_path: Path) -> None:
    """0.9 to 1.1 Mt mud, of which pavers take 800 and kilns 500 kt at most, the yard any part: 0 to 100 %.

    Without the yard's freedom, a kiln of 100 kt: 900 of 900 kt at the best, so 100 %; of 950 at least 94.7.
    """
    found = verdict(tmp_path, f"{UTILISED}, value: 80 %")
    assert (found.low, found.high) == (pytest.approx(0.0), pytest.approx(1.0))
    chain = PARK.replace("capacity: 500 kt/a", "capacity: 100 kt/a").replace(
        "range: 0.9..1.1", "range: 0.95..1.1"
    )
    year = f"{YEAR}claims: [{{{UTILISED}, min: 95 %}}]\n"
    (found,) = mfa.audit(solve(tmp_path / "less", chain, year)).verdicts
    assert (found.word, found.high) == ("contradicts", pytest.approx(900 / 950))


UNITS = {
    # claim → the unit of the row, what the model gives in it
    "level: works, value: 90 万t/a": ("万t/a", 100),
    "level: works, value: 0.9 Mt/a": ("Mt/a", 1),
    "indicator: output-value, value: 9 亿元/a": ("亿元/a", 10.2),
    f"{UTILISED}, min: 95 %": ("%", 100),
    f"{ORE}, max: 6000 t/d": ("t/d", 2e6 / 365),
    "level: works, min: 90 万t/a, max: 2 Mt/a": ("万t/a", 100),
}


@pytest.mark.parametrize("claim", list(UNITS))
def test_one_unit_a_row(tmp_path: Path, claim: str) -> None:
    """Stated, model and range stand in the unit in which the claim is written."""
    unit, model = UNITS[claim]
    found = claims_table(audit(tmp_path, claim))
    row = dict(zip(found.columns, found.rows[0], strict=True))
    assert (row["unit"], row["model"]) == (unit, pytest.approx(model))
    ends = [row[k] for k in ("low", "high") if row[k] is not None]
    assert all(0.05 * model < e < 20 * model for e in ends)


def test_note_and_unit_on_the_screen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A reader sees where the figure stands, and both figures alike."""
    print_audit(audit(tmp_path, 'level: works, value: 70 万t/a, note: "p. 9"'), "test", "en")
    (row,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("contradicts "))
    assert row.split()[-1] == "9"
    assert "70 万t/a" in row
    assert "100 万t/a" in row


def test_capacity_and_output_are_two_things(tmp_path: Path) -> None:
    """A kiln of 500 kt that burns 200 may be both; two sizes of one kiln may not."""
    sizes = ["capacity: kiln, value: 500 kt/a", "level: kiln, value: 200 kt/a"]
    assert audit(tmp_path, *sizes).conflicts == ()
    assert audit(tmp_path, "level: kiln, value: 480 kt/a", "capacity: kiln, max: 100 kt/a").conflicts == ()
    (conflict,) = audit(tmp_path, *sizes, "capacity: kiln, value: 400 kt/a").conflicts
    assert (numbers(conflict), conflict.because) == ({1, 3}, "twice")
    assert audit(tmp_path, "capacity: kiln, value: 500 kt/a", "capacity: kiln, min: 450 kt/a").conflicts == ()


def test_what_matters_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of eleven claims that cannot hold, each alone, the eight furthest from the model are printed."""
    claims = [f"level: kiln, min: {kt} kt/a" for kt in range(600, 1700, 100)]  # the model: 200
    found = audit(tmp_path, *claims)
    stated = [c.claims[0].low for c in found.conflicts]
    assert stated == sorted(stated, reverse=True)
    assert len(stated) == 11
    assert found.conflicts[0].gap == pytest.approx(8)
    print_audit(found, "test", "en")
    printed = capsys.readouterr().out
    assert "  8. " in printed
    assert "  9. " not in printed
    assert "and 3 more" in printed
    assert len(conflicts_table(found).rows) == 11


def test_open_recipe_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """60 t in, 59 t out: open by 1.67 % of a tolerance of 1. What the run does can hold, and is told."""
    chain = """
    materials: {ore: {kind: resource}, metal: {kind: product}}
    processes: {works: {per: metal, inputs: {ore: 60 t/t}, outputs: {metal: 59 t/t}}}
    """
    chain = chain.replace("60 t/t", "1.0169491525423728 t/t").replace("59 t/t", "1 t/t")
    year = (
        "drive: {works: 1 Mt/a}\nclaims: [{level: works, value: 1 Mt/a}, {level: works, value: 1.02 Mt/a}]\n"
    )
    found = mfa.audit(solve(tmp_path, chain, year))
    assert [v.word for v in found.verdicts] == ["stated", "holds"]
    assert found.conflicts == ()
    assert [(c.process, c.error) for c in found.opened] == [("works", pytest.approx(1 / 60))]
    print_audit(found, "test", "en")
    assert "the recipe of works is open by 1.67 %" in capsys.readouterr().out


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
