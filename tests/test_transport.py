"""Transport between sites and over the boundary: a park of two sites by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import mfa
from tests.parks import codes, load, solve, values

PARK = """
materials:
  ore: {kind: resource, moisture: 20 %}
  gas: {kind: fuel, unit: Nm3, lhv: 30 MJ/Nm3}
  electricity: {kind: energy, unit: MWh}
  clinker: {kind: intermediate}
  brick: {kind: product}
  mud: {kind: waste, waste: industrial-solid, moisture: 50 %}
  dust: {kind: emission}
processes:
  kiln: {per: clinker, site: north, inputs: {ore: 1.6 t/t, gas: 9 Nm3/t, electricity: 1 MWh/t},
    outputs: {clinker: 1 t/t, mud: 0.5 t/t, dust: 0.1 t/t}}
  mill: {per: clinker, site: north, inputs: {ore: 1.5 t/t}, outputs: {clinker: 1 t/t, mud: 0.5 t/t}}
  press: {per: brick, site: south, inputs: {clinker: 0.8 t/t, mud: 0.2 t/t}, outputs: {brick: 1 t/t}}
pools:
  ore: {givers: [{boundary: import, distance: 30 km}]}
  clinker: {takers: [press]}
  brick: {takers: [{boundary: export, distance: 100 km}]}
  mud: {takers: [{stock: yard, distance: 2000 m}]}
stocks:
  yard: {material: mud}
"""
DRIVE = "drive: {kiln: 6 kt/a, mill: 2 kt/a}\n"
SITES = "sites: {south: {distances: {north: 12 km}}}\n"
FREIGHT = "factors: {freight: 0.5 CNY/t/km, freight-co2: 60 g/t/km}\n"
# dry kt a year: ore 9.6 + 3, clinker 6 + 2 = 8, brick 8 / 0.8 = 10, mud 4 made, 2 taken, 2 into the yard
ORE, CLINKER, BRICK, TAKEN, YARD = 12.6e3 / 0.8 * 30, 8e3 * 12, 10e3 * 100, 2e3 / 0.5 * 12, 2e3 / 0.5 * 2
WORK = ORE + CLINKER + BRICK + TAKEN + YARD


def test_by_hand(tmp_path: Path) -> None:
    """Wet tonnes × km: ore 472 500, clinker 96 000, bricks 1 000 000, mud 48 000 and 8 000 t·km."""
    result = solve(tmp_path, PARK, DRIVE + SITES + FREIGHT)
    found = values(result)
    assert pytest.approx(1_624_500) == WORK
    assert found["transport"] == pytest.approx(WORK)
    assert found["freight-cost"] == pytest.approx(WORK * 0.5)
    assert found["freight-co2"] == pytest.approx(WORK * 60e-6)
    assert found["co2"] == pytest.approx(6e3 * 0.7096)  # of the power alone: lorries stand outside the scopes
    assert "distance-unknown" not in codes(result)


def test_table(tmp_path: Path) -> None:
    """A row a link; nothing piped or wired, nothing within a site."""
    result = solve(tmp_path, PARK, DRIVE + SITES + FREIGHT)
    table = result.table("transport").frame()
    expected = "period material source target wet_amount distance transport cost co2"
    assert " ".join(table.columns) == expected
    by = table.groupby("material").transport.sum()
    assert dict(by) == pytest.approx({"ore": ORE, "clinker": CLINKER, "brick": BRICK, "mud": TAKEN + YARD})
    kiln = table[(table.material == "clinker") & (table.source == "kiln")].iloc[0]
    assert (kiln.target, kiln.wet_amount, kiln.distance) == ("press", pytest.approx(6e3), 12)
    assert (kiln.transport, kiln.cost, kiln.co2) == pytest.approx((72e3, 36e3, 4.32))
    assert "transport" in result.written


def test_what_nobody_states_is_listed(tmp_path: Path) -> None:
    """Without the sites their links have no distance, count nothing and are named; without any, silence."""
    result = solve(tmp_path, PARK, DRIVE)
    assert values(result)["transport"] == pytest.approx(ORE + BRICK + YARD)
    table = result.table("transport").frame()
    assert set(table[table.distance.isna()].material) == {"clinker", "mud"}
    assert codes(result)["distance-unknown"] == (
        "no distance is stated for 4 links, counted as nothing: clinker kiln → press, mud kiln → press, "
        "clinker mill → press, mud mill → press; write 'distances' of the sites, or 'distance' of the entry"
    )
    bare = PARK
    for text in (", distance: 30 km", ", distance: 100 km", ", distance: 2000 m"):
        bare = bare.replace(text, "")
    silent = solve(tmp_path, bare, DRIVE)
    assert "distance-unknown" not in codes(silent)
    assert "transport" not in silent.written
    assert "transport" not in values(silent)


def test_defaults_and_target(tmp_path: Path) -> None:
    """0.45 CNY/t/km and 60 g/t/km where the scenario says nothing; a target in a unit of its own."""
    aims = "targets: {transport: {max: 1.6 Mt·km/a}, freight-cost: {max: 100 万元/a}}\n"
    result = solve(tmp_path, PARK, DRIVE + SITES + aims)
    rows = result.indicators
    assert rows.loc["transport", "met"] == "false"
    assert rows.loc["freight-cost", "value"] == pytest.approx(WORK * 0.45)
    assert rows.loc["freight-cost", "met"] == "true"
    assert rows.loc["freight-co2", "value"] == pytest.approx(WORK * 60e-6)


def test_distances_are_figures(tmp_path: Path) -> None:
    """They can be set by path, are compared, and stand in a workbook."""
    scenario = load(tmp_path, PARK, DRIVE + SITES)
    farther = scenario.replace(
        {"sites.south.distances.north": "20 km", "ore.givers.import.distance": "40 km"}
    )
    result = farther.solve()
    expected = WORK + (CLINKER + TAKEN) * 8 / 12 + ORE * 10 / 30
    assert values(result)["transport"] == pytest.approx(expected)
    found = mfa.compare(scenario.solve(), result)
    assert {c.path for c in found.inputs} == {"sites.south.distances.north", "ore.givers.import.distance"}
    farther.export(tmp_path / "park.xlsx")
    assert values(mfa.load(tmp_path / "park.xlsx").solve())["transport"] == pytest.approx(expected)
