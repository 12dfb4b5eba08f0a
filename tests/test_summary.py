"""The answer of a run as numbers: a small park and a yard dug out, every figure worked out by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import mfa
from mfa.results.accounts.waste import Account, Leftover
from mfa.show.charts.merit_order import merit
from mfa.show.report import report_page
from mfa.show.summary import OWN, Summary
from mfa.show.summary_rows import FullTaker, Unused
from mfa.show.terminal.print_run import print_answer
from mfa.show.text import node_name
from tests.parks import solve

CHAIN = """
materials:
  ore: {kind: resource, composition: {Ga: 0.1 %}}
  power: {kind: energy, unit: MWh}
  metal: {kind: product, price: 1000 CNY/t, price-year: 2021}
  mud: {kind: waste, waste: industrial-solid}
  ash: {kind: waste, waste: industrial-solid}
  oil: {kind: waste, waste: hazardous}
  brick: {kind: product}
processes:
  smelter:
    per: metal
    site: north
    value-added: 30 %
    inputs: {ore: {value: 2.2 t/t, source: works, confidence: low}, power: 3 MWh/t}
    outputs: {mud: {value: 1 t/t, source: works}, ash: 0.2 t/t, oil: 0.01 t/t}
  kiln: {per: brick, site: south, inputs: {mud: 1 t/t}}
pools:
  mud: {takers: [{process: kiln, limit: 500 t/a}, {stock: heap}]}
  ash: {takers: [{boundary: deposit}]}
  oil: {takers: [{boundary: deposit}]}
  brick: {takers: [{boundary: export, limit: 450 t/a}]}
stocks: {heap: {material: mud}}
"""
SCENARIO = """
sources: {works: {cite: The works}}
drive: {smelter: 1000 t/a}
layers: [Ga]
targets: {industrial-solid-waste-utilisation: {min: 95 %}}
indicators: {bricks: {numerator: [{material: brick, target: export}]}}
"""


@pytest.fixture(scope="module")
def park(tmp_path_factory: pytest.TempPathFactory) -> mfa.Result:
    return solve(tmp_path_factory.mktemp("park"), CHAIN, SCENARIO)


def test_targets_and_what_hinders(park: mfa.Result) -> None:
    """Of 1000 mud the kiln takes 500 and sells 450 of its bricks: 450 ÷ 1200 = 37.5 %; the heap takes 500."""
    summary = Summary(park)
    assert [(r.name, r.met) for r in summary.targets] == [("industrial-solid-waste-utilisation", "false")]
    assert summary.targets[0].value == pytest.approx(450 / 1200)
    assert not park.targets_met
    assert summary.unused == (
        Unused("mud", "heap", "storage", 500.0),
        Unused("ash", "deposit", "disposal", 200.0),
        Unused("mud", "kiln", "unsold", pytest.approx(50.0)),
    )
    (unsold,) = summary.unsold_wastes
    assert (unsold.material, unsold.node, unsold.amount) == ("mud", "kiln", pytest.approx(50.0))
    assert unsold.leftover == Leftover("kiln", "brick", pytest.approx(50.0))
    largest = summary.largest_unused
    assert largest is not None
    assert (largest.material, largest.amount, largest.places) == (
        "mud",
        pytest.approx(550.0),
        (summary.unused[0], summary.unused[2]),
    )
    assert largest.share == pytest.approx(55 / 75)
    assert summary.full_takers == (FullTaker("mud", "kiln", 500.0),)
    (ways,) = Summary(park, park.remedies()).ways  # more bricks need a buyer, less mud none
    assert [(r.way, r.node, r.after) for r in ways.single] == [
        ("less", "smelter", 750.0),
        ("sell", "export", pytest.approx(500.0)),
    ]
    assert ways.together is not None
    assert ways.together.value == pytest.approx(1000 / 1200)


def test_wastes_of_one_class_and_of_all(park: mfa.Result) -> None:
    """The largest first; the rest and the sum are accounts like each row."""
    summary = Summary(park)
    solid = summary.wastes("industrial-solid")
    assert [w.material for w in solid.rows] == ["mud", "ash"]
    assert solid.total == Account(1200.0, 450.0, 0.0, 200.0, 0.0, 500.0, 0.0, pytest.approx(50.0))
    assert solid.rest(1) == Account(200.0, disposed=200.0)
    assert solid.rest(2) == Account()
    assert [w.material for w in summary.wastes("hazardous").rows] == ["oil"]
    assert [w.material for w in summary.wastes().rows] == ["mud", "ash", "oil"]
    assert summary.wastes("domestic").rows == ()


def test_what_crosses_the_boundary(park: mfa.Result) -> None:
    """2.2 · 1000 ore, 3 · 1000 MWh behind it though it is more; 450 of 500 bricks find a buyer."""
    summary = Summary(park)
    assert [(f.material, f.amount) for f in summary.crossing("import")] == [("ore", 2200), ("power", 3000)]
    assert [(f.material, f.amount) for f in summary.crossing("export")] == [("metal", 1000), ("brick", 450)]
    assert [(f.material, f.amount) for f in summary.unsold] == [("brick", 50)]
    assert summary.gaps == summary.unsold


def test_indicators(park: mfa.Result) -> None:
    """3000 MWh · 0.1229 tce, · 0.7096 t CO2; 1000 t · 1000 CNY/t, 30 % of it added; the own one last."""
    summary = Summary(park)
    values = {r.name: r.value for r in summary.key_figures}
    assert values == pytest.approx(
        {
            "energy-use": 368.7,
            "energy-use-equivalent": 901.5,
            "co2": 2128.8,
            "co2-scope-2": 2128.8,
            "output-value": 1e6,
            "value-added": 3e5,
        }
    )
    names = {r.name for r in summary.accounts}
    assert names > set(values)
    assert "energy-productivity" not in names  # the tables hold it, the terminal does not print it
    assert [*summary.topics] == ["waste", "energy", "carbon", "water", "value", "resources", OWN]
    assert [(r.name, r.value) for r in summary.topics[OWN]] == [("bricks", 450)]
    assert summary.topics["resources"][-1].name == "recovery:Ga"
    assert summary.factors["electricity-calorific"] == 0.1229
    assert summary.price_years == (2021,)


def test_mass_balance(park: mfa.Result) -> None:
    """A smelter makes 2.21 of 2.2: 10 t come from nowhere, so that 2200 enter and 2210 leave."""
    balance = Summary(park).mass_balance
    assert {k: v for k, v in balance.entering.items() if v} == {"import": 2200}
    leaving = {"export": 1450, "landfilled": 210, "to-stock": 500, "surplus": 50}
    assert {k: v for k, v in balance.leaving.items() if v} == leaving
    assert balance.unclosed == pytest.approx(-10)
    assert balance.total_in == balance.total_out == 2200
    assert not balance.closes
    assert Summary(park).open_recipes == ()  # half a per cent is within the tolerance


DEPOSITS = """
materials:
  ore: {kind: product}
  rock: {kind: waste}
  mud: {kind: waste, waste: industrial-solid}
  paste: {kind: product}
processes:
  mine: {per: ore, outputs: {rock: 3 t/t, mud: 1 t/t, paste: 0.5 t/t}}
pools:
  ore: {takers: [{boundary: export}]}
  rock: {takers: [{boundary: deposit}]}
  mud: {takers: [{boundary: deposit}]}
  paste: {takers: [{boundary: deposit}]}
"""


def test_what_is_put_into_the_ground_is_told_apart(tmp_path: Path) -> None:
    """Stripped rock has no statutory class, paste is no waste: neither is landfilled waste."""
    leaving = Summary(solve(tmp_path, DEPOSITS, "drive: {mine: 100 t/a}\n")).mass_balance.leaving
    assert (leaving["unclassed"], leaving["landfilled"], leaving["filled-in"]) == (300, 100, 50)


def test_groups(park: mfa.Result) -> None:
    """All value and waste is made in the north; the south makes none, nothing lies outside both."""
    groups = Summary(park).groups("site")
    assert groups is not None
    north = groups.rows[0]
    assert north.name == "north"
    assert north.amounts["value-added"] == pytest.approx(3e5)
    assert north.rate == groups.whole.rate == pytest.approx(450 / 1200)
    assert groups.whole.amounts["co2"] == pytest.approx(2128.8)
    assert not any(groups.apart.values())
    assert Summary(park).groups("sector") is None


def test_layers_sources_and_warnings(park: mfa.Result) -> None:
    """2.2 t Ga enter and none is found again; ten figures: two by the works, one of them low."""
    summary = Summary(park)
    (gallium,) = summary.layers
    assert (gallium.name, gallium.leaving) == ("Ga", 0.0)
    assert (gallium.entering, gallium.residue) == (pytest.approx(2.2), pytest.approx(2.2))
    assert gallium.share == pytest.approx(1)
    assert [(s.cite, dict(s.figures)) for s in summary.sources] == [
        ("", {"": 8}),
        ("The works", {"low": 1, "": 1}),
    ]
    assert dict(summary.trust) == {"": 9, "low": 1}
    assert [w.code for w in summary.warnings] == ["unsold", "unpriced", "layer-gap"]
    assert summary.noted == ()


DUG = """
materials:
  metal: {kind: product}
  mud: {kind: waste, waste: industrial-solid}
  ash: {kind: waste, waste: industrial-solid}
  road: {kind: product}
processes:
  smelter: {per: metal, site: north, outputs: {mud: 1 t/t, ash: 1 t/t}}
  road-base: {per: road, inputs: {mud: 1 t/t}}
pools: {mud: {takers: [road-base]}, metal: {takers: [{boundary: export, limit: none}]}}
stocks: {yard: {material: mud}}
"""


def test_a_yard_dug_out(tmp_path: Path) -> None:
    """Nothing is made; 300 kt come out of the yard and are used: all of U is U₀, ash does not arise."""
    scenario = "drive: {smelter: 0 t/a, yard: 300 kt/a}\nstocks: {yard: {initial: 1 Mt}}\n"
    result = solve(tmp_path, DUG, scenario)
    summary = Summary(result)
    assert [w.material for w in summary.wastes().rows] == ["mud"]
    assert summary.wastes("industrial-solid").total == Account(utilised=3e5, utilised_old=3e5)
    assert summary.unused == ()
    assert summary.largest_unused is None
    assert summary.full_takers == ()
    assert result.targets_met  # there are no targets
    assert summary.ways == ()
    balance = summary.mass_balance
    assert (balance.entering["from-stock"], balance.leaving["export"]) == (3e5, 3e5)
    assert balance.closes


# ---------------------------------------------------------------- where two places said different things
VOLUME = """
materials:
  metal: {kind: product}
  sludge: {kind: waste, waste: industrial-solid, unit: m3, density: 2 t/m3}
  brick: {kind: product}
processes:
  smelter: {per: metal, outputs: {sludge: 1 m3/t}}
  kiln: {per: brick, inputs: {sludge: 0.5 m3/t}}
pools: {sludge: {takers: [{process: kiln, limit: 300 m3/a}, {boundary: deposit}]}}
"""
AIM = "targets: {industrial-solid-waste-utilisation: {min: 95 %}}\n"


def test_a_full_taker_is_told_in_the_unit_of_its_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """300 m3/a of sludge, which the terminal called 300 t/a; what is left, 700 m3 of 2 t, is a tonnage."""
    result = solve(tmp_path, VOLUME, "drive: {smelter: 1000 t/a}\n" + AIM)
    summary = Summary(result)
    assert summary.full_takers == (FullTaker("sludge", "kiln", 300.0),)
    assert summary.unused == (Unused("sludge", "deposit", "disposal", 1400.0),)
    print_answer(result, "en", None)
    assert "Full takers of sludge: kiln (300 m3/a)" in capsys.readouterr().out


def test_equal_amounts_stand_in_one_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of mud and ash 100 each are not used: by name, in the terminal as in the report."""
    result = solve(
        tmp_path, DUG.replace("takers: [road-base]", "takers: []"), "drive: {smelter: 100 t/a}\n" + AIM
    )
    assert [u.material for u in Summary(result).unused] == ["ash", "mud"]
    print_answer(result, "en", None)
    rows = re.findall(r"^(ash|mud) +surplus, no taker", capsys.readouterr().out, re.MULTILINE)
    assert rows == ["ash", "mud"]
    page = report_page(result, result.remedies())
    assert re.findall(r"<td[^>]*>(ash|mud)</td><td[^>]*>surplus", re.sub(r">\s+<", "><", page)) == rows


def test_a_rate_of_nothing_is_a_dash(tmp_path: Path) -> None:
    """Copper is made and no waste arises: 0 ÷ 0 is no rate, in the table of sites as in those of wastes."""
    chain = DUG.replace("  smelter:", "  refinery: {per: copper, site: north}\n  smelter:")
    chain = chain.replace("materials:\n", "materials:\n  copper: {kind: product, price: 5 CNY/t}\n")
    result = solve(tmp_path, chain, "drive: {refinery: 100 t/a, smelter: 0 t/a}\n")
    groups = Summary(result).groups("site")
    assert groups is not None
    assert groups.whole.rate is None
    rows = re.findall(r"<tr.*?</tr>", report_page(result, result.remedies()), re.DOTALL)
    cells = [re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", row) for row in rows]
    assert [row[-1] for row in cells if row[0] == "all" and len(row) == 7] == ["–"]


def test_a_boundary_has_one_name(park: mfa.Result) -> None:
    """What the table of unused waste calls landfill, the merit order beside it calls landfill too."""
    assert node_name(park.system, "deposit", "en") == "landfill"
    assert node_name(park.system, "deposit", "zh") == "填埋"
    axes = merit(park, "ash")
    assert "landfill" in " ".join(t.get_text() for t in axes.get_yticklabels())
    for boundary in ("import", "shortage"):
        assert node_name(park.system, boundary, "zh") != node_name(park.system, boundary, "en")
