"""Greenhouse gases in volumes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parks import codes, solve, values

GAS = """
materials:
  gas: {kind: fuel, unit: Nm3, density: 0.7 kg/Nm3, lhv: 36 MJ/Nm3, composition: {C: 75 %, H: 25 %}}
  heat: {kind: energy, unit: GJ}
  flue: {kind: emission, unit: Nm3, density: 2 kg/Nm3, ghg: combustion, gwp: 3}
processes:
  boiler: {per: heat, inputs: {gas: 30 Nm3/GJ}, outputs: {flue: 20 Nm3/GJ}}
pools:
  heat: {takers: [{boundary: export}]}
"""


def test_gases_in_volumes_go_by_their_density(tmp_path: Path) -> None:
    """1000 GJ: 30 000 Nm3 × 0.7 kg × 75 % = 15 750 kg C; 20 000 Nm3 × 2 kg = 40 t × 3 = 120 t CO2 eq."""
    result = solve(tmp_path, GAS, "drive: {boiler: 1000 GJ/a}\nlayers: [C]\n")
    assert next(iter(result.layer("C").balances())).inputs == pytest.approx(15_750)
    assert values(result)["co2-scope-1-combustion"] == pytest.approx(120)


def test_gases_without_a_density_are_named(tmp_path: Path) -> None:
    chain = GAS.replace(" density: 2 kg/Nm3,", "").replace(" density: 0.7 kg/Nm3,", "")
    result = solve(tmp_path, chain, "drive: {boiler: 1000 GJ/a}\nlayers: [C]\n")
    assert "co2-scope-1-combustion" not in values(result)
    assert "flue" in codes(result)["uncounted"]
    assert "gas" in codes(result)["layer-gap"]
