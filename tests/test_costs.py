"""Material flow costs: hand-solved quantity centres, and what random parks conserve.

Also here, on the same random parks: the accounts of all sites add up to the park's, and layers
lose nothing on the way.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mfa
from mfa.properties import price
from mfa.results.accounts.costs import CentreCost
from tests.parks import RandomPark, random_parks, solve, values

MILL = """
materials:
  ore: {kind: resource, price: 113 CNY/t, price-vat: 13 %}
  electricity: {kind: energy, unit: MWh, price: 600 CNY/MWh}
  water: {kind: water, unit: m3, price: 5 CNY/m3}
  air: {kind: resource, main-resource: false}
  metal: {kind: product, price: 1000 CNY/t}
  tailings: {kind: waste, waste: industrial-solid, price: 20 CNY/t}
  dust: {kind: emission}
processes:
  mill: {per: metal, system-cost: 50 CNY/t,
    inputs: {ore: 1.25 t/t, electricity: 500 kWh/t, water: 2 m3/t, air: 0.1 t/t},
    outputs: {metal: 1 t/t, tailings: 0.25 t/t, dust: 0.1 t/t}}
pools:
  tailings: {takers: [{boundary: deposit}]}
"""


def centres(result: mfa.Result) -> dict[str, CentreCost]:
    return {c.process: c for c in result.costs_list}


def test_quantity_centre(tmp_path: Path) -> None:
    """1 t: ore 125 (100 without VAT), water 10, electricity 300, system 50 = 485; metal 1 : tailings 0.25.

    So 388 go with the metal and 97 with the tailings, whatever these are worth; dust carries nothing.
    """
    result = solve(tmp_path, MILL, "drive: {mill: 1 kt/a}\n")
    mill = centres(result)["mill"]
    assert mill.material == pytest.approx(135e3)
    assert mill.energy == pytest.approx(300e3)
    assert mill.system == pytest.approx(50e3)
    assert mill.products == pytest.approx(388e3)
    assert mill.losses == pytest.approx(97e3)
    leaving = result.costs.leaving()
    assert leaving == pytest.approx({("metal", "export"): 388e3, ("tailings", "deposit"): 97e3})
    assert result.costs.bought == pytest.approx(485e3)
    assert result.costs.lost == pytest.approx(97e3)


def test_table_of_costs(tmp_path: Path) -> None:
    """The table `costs` is written where anything is bought at a price, and holds every centre."""
    result = solve(tmp_path, MILL, "drive: {mill: 1 kt/a}\n")
    assert "costs" in result.written
    table = result.table("costs")
    expected = "period process material_cost energy_cost system_cost product_cost loss_cost unit"
    assert list(table.columns) == expected.split()
    assert table.rows[0] == (1, "mill", *(pytest.approx(x * 1e3) for x in (135, 300, 50, 388, 97)), "CNY/a")
    free = MILL
    for words in (", price: 113 CNY/t, price-vat: 13 %", ", price: 600 CNY/MWh", ", price: 5 CNY/m3"):
        free = free.replace(words, "")
    free = free.replace(", system-cost: 50 CNY/t", "")
    assert "costs" not in solve(tmp_path, free, "drive: {mill: 1 kt/a}\n").written


def test_scrap_goes_round(tmp_path: Path) -> None:
    """Parts of 1.25 t metal, 0.25 of it scrap remelted at 40 CNY/t, beside 1 t bought at 1000.

    Metal costs c: 1.25·c = 1000 + 0.25·c + 0.25·40, so c = 1010; the part, 0.8 of 1.25·c, 1010 CNY.
    """
    chain = """
    materials:
      metal: {kind: intermediate, price: 1000 CNY/t}
      scrap: {kind: waste}
      part: {kind: product}
    processes:
      shop: {per: part, inputs: {metal: 1.25 t/t}, outputs: {part: 1 t/t, scrap: 0.25 t/t}}
      remelting: {per: metal, inputs: {scrap: 1 t/t}, outputs: {metal: 1 t/t}, system-cost: 40 CNY/t}
    pools:
      scrap: {takers: [remelting]}
      metal: {givers: [{boundary: import}]}
    """
    result = solve(tmp_path, chain, "drive: {shop: 1 kt/a}\n")
    assert result.costs.leaving() == pytest.approx({("part", "export"): 1010e3})
    found = centres(result)
    assert found["shop"].material == pytest.approx(1262.5e3)
    assert found["shop"].products == pytest.approx(1010e3)
    assert found["shop"].losses == pytest.approx(252.5e3)
    assert found["remelting"].material == pytest.approx(252.5e3)
    assert found["remelting"].products == pytest.approx(262.5e3)


def test_energy_takes_the_place_of_mass(tmp_path: Path) -> None:
    """A boiler's cost goes to 16 GJ heat and 0.1 t char of 10 GJ/t, 16 : 1; ash gets none."""
    chain = """
    materials:
      coal: {kind: fuel, lhv: 20 GJ/t, price: 680 CNY/t}
      heat: {kind: energy, unit: GJ}
      char: {kind: product, lhv: 10 GJ/t}
      ash: {kind: waste, waste: industrial-solid}
      gas: {kind: emission}
    processes:
      boiler: {per: coal, inputs: {coal: 1 t/t},
        outputs: {heat: 16 GJ/t, char: 0.1 t/t, ash: 0.2 t/t, gas: {balance: true}}}
    pools:
      heat: {takers: [{boundary: export}]}
      ash: {takers: [{boundary: deposit}]}
    """
    result = solve(tmp_path, chain, "drive: {boiler: 1 kt/a}\n")
    assert result.costs.leaving() == pytest.approx({("heat", "export"): 640e3, ("char", "export"): 40e3})
    assert centres(result)["boiler"].energy == pytest.approx(680e3)


def test_water_goes_round_for_nothing(tmp_path: Path) -> None:
    """Two processes that hand each other all their water: a loop without end, and yet costs can be said.

    The pump's 100 × 30 CNY have no way out, so that nobody carries them; the mill's are as without it.
    """
    pump = "  pump: {per: warm, system-cost: 30 CNY/m3, inputs: {warm: 1 m3/m3}, outputs: {cold: 1 m3/m3}}\n"
    cooler = "  cooler: {per: cold, inputs: {cold: 1 m3/m3}, outputs: {warm: 1 m3/m3}}\n"
    chain = MILL.replace("pools:", f"{pump}{cooler}pools:")
    chain = chain.replace(
        "  air:", "  warm: {kind: water, unit: m3}\n  cold: {kind: water, unit: m3}\n  air:"
    )
    result = solve(tmp_path, chain, "drive: {mill: 1 kt/a, pump: 100 m3/a, cooler: 100 m3/a}\n")
    assert result.costs.leaving() == pytest.approx(
        {("metal", "export"): 388e3, ("tailings", "deposit"): 97e3}
    )
    assert result.costs.bought == pytest.approx(485e3 + 3e3)
    pump_cost = centres(result)["pump"]
    assert (pump_cost.system, pump_cost.products, pump_cost.losses) == (3000, 0, 0)


# ---------------------------------------------------------------- random parks
ADDITIVE = (
    "energy-use",
    "energy-use-equivalent",
    "co2-scope-1",
    "co2-scope-1-combustion",
    "co2-scope-2",
    "co2",
    "co2-combustion-by-factor",
    "fresh-water",
    "output-value",
    "value-added",
    "purchases",
)
few = settings(max_examples=40, deadline=None)


def solved(park: RandomPark) -> mfa.Result:
    with tempfile.TemporaryDirectory() as folder:
        return solve(Path(folder), park.chain, park.scenario)


@few
@given(random_parks(closed=False))
def test_sites_add_up_to_the_park(park: RandomPark) -> None:
    """The parts of two sites add up to the park's sum, and a single chain is the park."""
    result = solved(park)
    found = values(result)
    for name in (n for n in ADDITIVE if found.get(n) is not None):
        total = found[name]
        sites = sum(found.get(f"{name}@site:{s}") or 0.0 for s in "ab")
        assert sites == pytest.approx(total, rel=1e-9), name
        assert found[f"{name}@chain:park"] == pytest.approx(total, rel=1e-9), name


@few
@given(random_parks(closed=True))
def test_layers_lose_nothing(park: RandomPark) -> None:
    """With transfer coefficients that add up to 1, gallium in = gallium out everywhere, recycles included.

    Sodium leaves with the products and wastes to 1 as well; carbon leaves with the gas by composition.
    """
    result = solved(park)
    for name in ("Ga", "Na2O"):
        every = {b.place: b for b in result.layer(name).balances()}
        size = every["park"].inputs
        assert size > 0
        for place, balance in every.items():
            assert balance.residue == pytest.approx(0, abs=1e-9 * size), (name, place)
        assert all(f.amount > 0 for f in result.layer(name).flows(result.flow_list))


@few
@given(random_parks(closed=False), st.sampled_from(["Ga", "Na2O", "C", "O"]))
def test_pools_of_a_layer_balance(park: RandomPark, name: str) -> None:
    """Every pool gives what it gets, and what the park does not give back are its processes' residues."""
    result = solved(park)
    layer = result.layer(name)
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for flow in layer.flows(result.flow_list):
        sums[flow.material][flow.source.startswith("pool:")] += flow.amount
    size = max((abs(a) for pair in sums.values() for a in pair), default=1.0)
    for material, (into, out) in sums.items():
        assert out == pytest.approx(into, abs=1e-9 * size), material
    every = {b.place: b.residue for b in layer.balances()}
    park_residue = every.pop("park")
    assert park_residue == pytest.approx(sum(every.values()), abs=1e-9 * size)


@few
@given(random_parks(closed=False))
def test_costs_lose_nothing(park: RandomPark) -> None:
    """What is bought, with system costs, leaves again; each centre hands on what it gets."""
    result = solved(park)
    costs = result.costs
    assert sum(costs.leaving().values()) == pytest.approx(costs.bought, rel=1e-9)
    for centre in result.costs_list:
        into = centre.material + centre.energy + centre.system
        assert centre.products + centre.losses == pytest.approx(into, rel=1e-9)
    prices = {m.id: price(m) for m in result.system.materials.values()}
    bought = sum(f.amount * prices[f.material] for f in result.flow_list if f.source == "import")
    system = sum(c.system for c in result.costs_list)
    assert costs.bought == pytest.approx(bought + system, rel=1e-9)
