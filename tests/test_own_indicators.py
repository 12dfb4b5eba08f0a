"""Indicators that a scenario defines: sums, ratios, weights, ways of counting, groups, faults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import mfa
from tests.parks import codes, faults, solve, values

OXYGEN, ALUMINIUM = 15.9994, 26.98154

PARK = """
materials:
  bauxite: {kind: resource, moisture: 20 %, composition: {Al2O3: 60 %}, price: 300 CNY/t}
  coal: {kind: fuel, lhv: 20 GJ/t, price: 565 CNY/t, price-vat: 13 %}
  electricity: {kind: energy, unit: MWh, price: 500 CNY/MWh}
  alumina: {kind: product, price: 3000 CNY/t, composition: {Al2O3: 98 %}}
  iron: {kind: product}
  mud: {kind: waste, waste: industrial-solid, moisture: 50 %}
  sludge: {kind: waste, waste: hazardous}
  methane: {kind: emission, ghg: process, gwp: 28}
  dust: {kind: emission}
  brick: {kind: product}
processes:
  refinery: {per: alumina, site: south, sector: aluminium, project: "1, 2",
    inputs: {bauxite: 2 t/t, coal: 0.3 t/t, electricity: 250 kWh/t},
    outputs: {alumina: 1 t/t, mud: 1 t/t, sludge: 0.02 t/t, methane: 1 kg/t, dust: {balance: true}}}
  ironworks: {per: iron, site: north, project: "2",
    inputs: {coal: 0.5 t/t, electricity: 100 kWh/t}, outputs: {iron: 1 t/t, mud: 0.5 t/t}}
  kiln: {per: brick, site: north, inputs: {mud: 1 t/t}, outputs: {brick: 1 t/t}, capacity: 300 kt/a}
pools:
  mud: {takers: [kiln, {stock: yard}]}
  sludge: {takers: [{boundary: deposit}]}
stocks:
  yard: {material: mud}
"""
YEAR = "drive: {refinery: 800 kt/a, ironworks: 400 kt/a}\n"
# Mud 800 + 200 = 1 000 kt, of which the kiln takes 300 and the yard 700. Coal 240 + 200 = 440 kt.


def own(folder: Path, definition: str, more: str = "") -> mfa.Result:
    return solve(folder, PARK, f"{YEAR}{more}indicators: {{own: {definition}}}\n")


def row(folder: Path, definition: str) -> tuple[Any, str]:
    """Value and unit of an indicator `own`."""
    found = next(r for r in own(folder, definition).indicator_list if r.name == "own")
    return found.value, found.unit


SUMS = {
    # a material from where or to where
    "{numerator: [{material: mud, source: refinery}]}": (800e3, "t/a"),
    "{numerator: [{material: mud, source: process}]}": (1000e3, "t/a"),
    "{numerator: [{material: mud, target: [kiln, yard]}]}": (1000e3, "t/a"),
    "{numerator: [{material: coal, source: import}]}": (440e3, "t/a"),
    "{numerator: [{material: electricity, target: process}]}": (240e3, "MWh/a"),
    # groups, kinds and classes of waste
    "{numerator: [{material: coal, target: 'site:north'}]}": (200e3, "t/a"),
    "{numerator: [{material: coal, target: 'project:2'}]}": (440e3, "t/a"),
    "{numerator: [{material: coal, target: 'project:1'}]}": (240e3, "t/a"),
    "{numerator: [{material: coal, target: 'sector:aluminium'}]}": (240e3, "t/a"),
    "{numerator: [{material: coal, target: 'chain:park'}]}": (440e3, "t/a"),
    "{numerator: [{kind: product, target: export}]}": (1500e3, "t/a"),
    "{numerator: [{kind: [product, fuel], source: [refinery, import]}]}": (800e3 + 440e3, "t/a"),
    "{numerator: [{waste: hazardous, source: process}]}": (16e3, "t/a"),
    "{numerator: [{kind: waste, waste: industrial-solid, source: process}]}": (1000e3, "t/a"),
    "{numerator: [{kind: waste, material: [mud, coal], source: process}]}": (1000e3, "t/a"),
    # both ends: what one process gives another; the kiln gets 800 of each 1 000 t mud from the refinery
    "{numerator: [{material: mud, source: refinery, target: kiln}]}": (240e3, "t/a"),
    "{numerator: [{material: mud, source: 'site:north', target: 'site:north'}]}": (60e3, "t/a"),
    "{numerator: [{material: coal, source: import, target: ironworks}]}": (200e3, "t/a"),
    # weights and several selectors
    "{numerator: [{material: coal, target: process, weight: 0.7143}]}": (440e3 * 0.7143, "t/a"),
    "{numerator: [{material: mud, source: process}, {material: mud, target: kiln, weight: -1}]}": (
        700e3,
        "t/a",
    ),
    # ways of counting
    "{count: mass, numerator: [{material: mud, target: yard}]}": (700e3, "t/a"),
    "{count: wet, numerator: [{material: mud, target: yard}]}": (1400e3, "t_wet/a"),
    "{count: wet, numerator: [{material: coal, target: process}]}": (440e3, "t_wet/a"),
    "{count: energy, numerator: [{material: [coal, electricity], target: process}]}": (8.8e6 + 864e3, "GJ/a"),
    "{count: value, numerator: [{material: [coal, bauxite], source: import}]}": (220e6 + 480e6, "CNY/a"),
    "{count: co2, numerator: [{kind: emission, target: emission}]}": (800 * 28, "t/a"),
    "{count: Al2O3, numerator: [{material: bauxite, source: import}]}": (960e6, "kg Al2O3/a"),
}


@pytest.mark.parametrize("definition", list(SUMS))
def test_sums(tmp_path: Path, definition: str) -> None:
    """Every way to choose and to count flows gives the sum that stands beside it."""
    value, unit = SUMS[definition]
    found = row(tmp_path, definition)
    assert found[0] == pytest.approx(value)
    assert found[1] == unit


def test_element_of_an_oxide(tmp_path: Path) -> None:
    """Aluminium in the bauxite: 960 kt Al2O3 × 2·26.98154 ÷ 101.9613."""
    value, unit = row(tmp_path, "{count: Al, numerator: [{material: bauxite, source: import}]}")
    assert value == pytest.approx(960e6 * 2 * ALUMINIUM / (2 * ALUMINIUM + 3 * OXYGEN), rel=2e-5)
    assert unit == "kg Al/a"


def test_ratio_of_like_amounts(tmp_path: Path) -> None:
    """Mud in bricks over mud made: 300 ÷ 1 000, unit 1; Al2O3 in alumina over that in bauxite: 784 ÷ 960."""
    mud = "numerator: [{material: mud, target: kiln}], denominator: [{material: mud, source: process}]"
    assert row(tmp_path, f"{{{mud}}}") == (pytest.approx(0.3), "1")
    oxide = """{count: Al2O3, numerator: [{material: alumina, source: refinery}],
      denominator: [{material: bauxite, target: process}]}"""
    assert row(tmp_path, oxide) == (pytest.approx(784 / 960), "1")


def test_ratio_of_unlike_amounts(tmp_path: Path) -> None:
    """Energy of the refinery a tonne of alumina: 0.3 × 20 + 0.25 × 3.6 = 6.9 GJ/t."""
    definition = """{label: {en: Refinery energy, zh: 氧化铝单耗},
      numerator: [{material: [coal, electricity], target: refinery, count: energy}],
      denominator: [{material: alumina, source: refinery}]}"""
    assert row(tmp_path, definition) == (pytest.approx(6.9), "GJ/t")


def test_nothing_below(tmp_path: Path) -> None:
    """A denominator of 0 leaves the indicator empty; a target on it is then not met."""
    definition = (
        "{numerator: [{material: mud, target: kiln}], denominator: [{material: mud, target: export}]}"
    )
    result = own(tmp_path, definition, "targets: {own: {min: 10 %}}\n")
    assert values(result)["own"] is None
    assert not result.targets_met


def test_target_on_an_indicator_of_its_own(tmp_path: Path) -> None:
    """6.9 GJ/t against «at most 0.25 tce/t», 7.3269 GJ/t: met; against «at most 200 kgce/t», 5.86: missed."""
    definition = """{numerator: [{material: [coal, electricity], target: refinery, count: energy}],
      denominator: [{material: alumina, source: refinery}]}"""
    for bound, met in (("0.25 tce/t", "true"), ("200 kgce/t", "false")):
        result = own(tmp_path, definition, f"targets: {{own: {{max: {bound}}}}}\n")
        assert result.indicators.loc["own", "met"] == met
    share = "{numerator: [{material: mud, target: kiln}], denominator: [{material: mud, source: process}]}"
    frame = own(tmp_path, share, "targets: {own: {min: 40 %}}\n").indicators
    assert (frame.loc["own", "met"], frame.loc["own", "distance"]) == ("false", pytest.approx(-0.1))
    many = own(tmp_path, share, "targets: {own: {max: 150 %}}\n").indicators  # a ratio may be above 1
    assert many.loc["own", "met"] == "true"


def test_what_cannot_be_counted_is_named(tmp_path: Path) -> None:
    """Bricks have no price and mud no composition: counted as nothing, with a warning that says so."""
    result = own(tmp_path, "{count: value, numerator: [{kind: product, target: export}]}")
    assert values(result)["own"] == pytest.approx(2.4e9)
    assert codes(result)["uncounted"] == "indicator own: no value known, counted as nothing (2): brick, iron"
    result = own(tmp_path, "{count: Al2O3, numerator: [{material: [mud, bauxite], target: process}]}")
    assert values(result)["own"] == pytest.approx(960e6)
    assert codes(result)["uncounted"] == "indicator own: no Al2O3 known, counted as nothing (1): mud"


FAULTS = {
    "{}": ["indicator-empty"],
    "{numerator: []}": ["indicator-empty"],
    "{numerator: [{material: mud}]}": ["selector-ends"],
    "{numerator: [{material: muds, source: kiln}]}": ["selector-unknown"],
    "{numerator: [{material: mud, source: kilns}, {material: mud, target: 'site:west'}]}": [
        "selector-unknown"
    ]
    * 2,
    "{numerator: [{waste: nuclear, source: kiln}]}": ["selector-unknown"],
    "{numerator: [{material: [mud, electricity], target: process}]}": ["indicator-units"],
    "{numerator: [{material: mud, source: kiln, count: heat}]}": ["count-unknown"],
    "{numerator: [{material: mud, source: kiln, weight: 2 t}]}": ["unit-not-wanted"],
    "{numerator: [{material: mud, source: kiln}], count: NaAlO2}": ["count-unknown"],
    "{numerator: [{material: mud, source: kiln, colour: red}]}": ["key-unknown"],
}


@pytest.mark.parametrize("definition", list(FAULTS))
def test_faults(tmp_path: Path, definition: str) -> None:
    """Each faulty definition gives its faults, and a target on it none of its own."""
    scenario = f"{YEAR}indicators: {{own: {definition}}}\ntargets: {{own: {{min: 5 GJ/t}}}}\n"
    assert faults(tmp_path, PARK, scenario) == FAULTS[definition]


@pytest.mark.parametrize(
    "name",
    ["energy-use", "industrial-solid-waste-utilisation", "hazardous-waste-stored", "circular-material-use"],
)
def test_names_of_built_in_indicators_are_taken(tmp_path: Path, name: str) -> None:
    """An indicator of one's own cannot stand in for one that is there."""
    scenario = f"{YEAR}indicators: {{{name}: {{numerator: [{{material: mud, target: kiln}}]}}}}\n"
    assert faults(tmp_path, PARK, scenario) == ["indicator-taken"]


def test_groups_of_an_indicator_of_its_own(tmp_path: Path) -> None:
    """An own indicator names its flows itself: there is no @site of it."""
    scenario = f"{YEAR}indicators: {{own: {{numerator: [{{material: mud, target: kiln}}]}}}}\n"
    scenario += "targets: {'own@site:north': {min: 1 t/a}}\n"
    assert faults(tmp_path, PARK, scenario) == ["indicator-unknown"]
