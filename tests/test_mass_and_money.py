"""What weighs though it is not counted in tonnes, and prices in other money than CNY."""

from __future__ import annotations

from pathlib import Path

import pytest

import mfa
from mfa.parameters.listing import listed
from tests.parks import load, solve, values

BOARD = """
sources: {own: {cite: "By hand"}}
materials:
  gypsum: {kind: resource, composition: {CaSO4(H2O)2: 100 %}, price: 20 USD/t}
  steam: {kind: energy, unit: GJ, enthalpy: 2.5 GJ/t, composition: {H2O: 100 %}, price: 3 EUR/GJ}
  condensate: {kind: water, composition: {H2O: 100 %}}
  vapour: {kind: emission, composition: {H2O: 100 %}}
  board: {kind: product, unit: m2, mass: 9 kg/m2, composition: {CaSO4(H2O)2: 100 %}, price: 1 USD/m2}
processes:
  mill:
    per: board
    inputs: {gypsum: {value: 9 kg/m2, source: own}, steam: {value: 2 kg/m2, source: own}}
    outputs: {condensate: {value: 1.5 kg/m2, source: own}, vapour: {balance: true}}
    capacity: 2 t/h
pools:
  board: {takers: [{boundary: export}]}
  condensate: {takers: [{boundary: export}]}
"""
RATES = "currencies: {USD: {value: 7.1 CNY, source: bank}, EUR: {value: 7.6 CNY, source: bank}}\n"
SCENARIO = 'sources: {bank: "Bank, day"}\ndrive: {mill: 9 kt/a}\n' + RATES


def test_tonnes_of_what_is_counted_otherwise(tmp_path: Path) -> None:
    """9 kt of 9 kg/m2 are 1e6 m2; 2 kg of steam are 5 MJ; vapour is 9 + 2 - 9 - 1.5 = 0.5 kg/m2."""
    result = solve(tmp_path, BOARD, SCENARIO)
    mill = result.system.processes["mill"]
    assert mill.capacity is not None
    assert mill.capacity.value == pytest.approx(2 * 8760 / 0.009)
    assert mill.inputs["steam"].figure.value == pytest.approx(0.002 * 2.5)  # GJ/m2
    assert mill.outputs["vapour"].figure.value == pytest.approx(0.0005)
    amounts = {(f.material, f.source): f for f in result.link_list}
    assert amounts["board", "mill"].amount == pytest.approx(1e6)
    assert amounts["steam", "import"].amount == pytest.approx(5000)
    wet = {(f["material"], f["source"]): f["wet_amount"] for f in result.flows.to_dict("records")}
    assert wet["board", "mill"] == pytest.approx(9000)
    assert wet["steam", "import"] == pytest.approx(2000)


def test_it_takes_part_in_every_balance(tmp_path: Path) -> None:
    """Mass and each element close, and no warning says that a good has no mass."""
    (tmp_path / "board.yaml").write_text(
        "chain: board\n"
        + BOARD.replace(", price: 20 USD/t", "")
        .replace(", price: 3 EUR/GJ", "")
        .replace(", price: 1 USD/m2", "")
    )
    check = mfa.check(tmp_path / "board.yaml")
    assert {c.layer: c.error for c in check.closures} == {
        layer: pytest.approx(0, abs=1e-12) for layer in ("mass", "Ca", "S", "O", "H")
    }
    result = solve(tmp_path, BOARD, SCENARIO + "layers: [Ca]\n")
    park = next(b for b in result.layer("Ca").balances() if b.place == "park")
    assert park.inputs == pytest.approx(9000 * 40.078 / 172.171 * 1000, rel=1e-4)  # kg, of gypsum
    assert park.residue == pytest.approx(0, abs=1e-6)


def test_costs_go_by_its_tonnes(tmp_path: Path) -> None:
    """Boards (9 kg) carry all costs: water and vapour carry none; 9 kg x 142 CNY/t + 5 MJ x 22.8 CNY/GJ."""
    carried = solve(tmp_path, BOARD, SCENARIO).costs.carried
    assert carried.flow.max() == pytest.approx(1e6 * (0.009 * 20 * 7.1 + 0.005 * 3 * 7.6))


def test_other_money(tmp_path: Path) -> None:
    """Prices are in CNY at the rates of the scenario, and follow them."""
    scenario = load(tmp_path, BOARD, SCENARIO)
    assert scenario.system.materials["gypsum"].price.value == pytest.approx(142)  # type: ignore[union-attr]
    assert values(scenario.solve())["output-value"] == pytest.approx(7.1e6)
    dearer = load(tmp_path, BOARD, SCENARIO, settings={"currencies.USD": "8 CNY"})
    assert values(dearer.solve())["output-value"] == pytest.approx(8e6)
    assert listed(scenario.system)["currencies.EUR"].value == pytest.approx(7.6)
    million = load(tmp_path, BOARD, SCENARIO + "prices: {board: 0.0002 万美元/m2, gypsum: 1 CNY/t}\n")
    assert million.system.materials["board"].price.value == pytest.approx(14.2)  # type: ignore[union-attr]


def test_a_rate_wants_a_source(tmp_path: Path) -> None:
    load(tmp_path, BOARD, SCENARIO.replace(", source: bank", "", 1))
    found = [f.text().partition("test.yaml:")[2] for f in mfa.check(tmp_path / "test.yaml").strict_faults]
    assert found == ["5:27: the rate of USD has no source; cite one, with its day or year"]
