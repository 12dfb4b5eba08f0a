"""Substance layers: hand-solved recycles and mixtures, molar masses, and what is conserved.

Molar masses, g/mol: H 1.00794, O 15.9994, Na 22.98977, Al 26.98154, Si 28.0855, Ga 69.723.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import mfa
from mfa.cli import cli
from mfa.errors import FaultWithoutPlace
from mfa.properties import layer
from tests.parks import codes, load, solve, values

HYDROGEN, OXYGEN, NA, AL, GA = 1.00794, 15.9994, 22.98977, 26.98154, 69.723
NA2O, AL2O3, NAOH = 2 * NA + OXYGEN, 2 * AL + 3 * OXYGEN, NA + OXYGEN + HYDROGEN
MASSES = 2e-5  # atomic masses differ in the last digits from table to table


def flows(result: mfa.Result, name: str) -> dict[tuple[str, str, str], float]:
    """(material, source, target) → kg a year of a layer."""
    return {(f.material, f.source, f.target): f.amount for f in result.layer(name).flows(result.flow_list)}


def balances(result: mfa.Result, name: str) -> dict[str, tuple[float, float, float]]:
    """Place → inputs, outputs, residue."""
    return {b.place: (b.inputs, b.outputs, b.residue) for b in result.layer(name).balances()}


# ---------------------------------------------------------------- a recycle
GALLIUM = """
materials:
  bauxite: {kind: resource, composition: {Ga: 70 ppm}}
  alumina: {kind: product}
  mud: {kind: waste, waste: industrial-solid}
  liquor: {kind: intermediate}
  spent-liquor: {kind: intermediate}
  gallium: {kind: product}
processes:
  digestion: {per: alumina, inputs: {bauxite: 2 t/t, spent-liquor: 5 t/t},
    outputs: {alumina: 1 t/t, mud: 1 t/t, liquor: 5 t/t},
    transfer: {Ga: {liquor: 70 %, mud: 30 %}}}
  recovery-plant: {per: liquor, inputs: {liquor: 1 t/t},
    outputs: {gallium: 0.01 kg/t, spent-liquor: 0.99999 t/t},
    transfer: {Ga: {gallium: 40 %, spent-liquor: 60 %}}}
pools:
  mud: {takers: [{boundary: deposit}]}
  liquor: {takers: [recovery-plant]}
  spent-liquor: {givers: [{boundary: import}]}
  gallium: {takers: [{boundary: export}]}
"""
YEAR = "drive: {digestion: 1 Mt/a}\nlayers: [Ga]\n"


def test_recycle(tmp_path: Path) -> None:
    """Ga 140 t a year come in with 2 Mt of 70 ppm; liquor L = 0.7·(140 + 0.6·L): L = 0.7·140 ÷ 0.58.

    0.7·0.6 = 0.42 goes round, so a geometric series 1 + 0.42 + 0.42² …. 0.4·L is recovered: 48.276 % of 140;
    mud takes 0.3·(140 + 0.6·L), the rest. A hundredth of a per mille of spent liquor is bought without
    content, and counts as none.
    """
    result = solve(tmp_path, GALLIUM, YEAR)
    liquor = 0.7 * 140e3 / 0.58
    found = flows(result, "Ga")
    assert found["bauxite", "import", "pool:bauxite"] == pytest.approx(140e3)
    assert found["liquor", "digestion", "pool:liquor"] == pytest.approx(liquor, rel=1e-9)
    assert found["spent-liquor", "pool:spent-liquor", "digestion"] == pytest.approx(0.6 * liquor, rel=1e-9)
    assert found["gallium", "pool:gallium", "export"] == pytest.approx(0.4 * liquor, rel=1e-9)
    assert found["mud", "pool:mud", "deposit"] == pytest.approx(0.3 * (140e3 + 0.6 * liquor), rel=1e-9)
    assert values(result)["recovery:Ga"] == pytest.approx(0.4 * liquor / 140e3, rel=1e-9)
    assert "spent-liquor" in codes(result)["layer-gap"]


def test_recycle_without_a_gap(tmp_path: Path) -> None:
    """The same where all liquor comes back: the closed form to rounding, and no warning."""
    chain = GALLIUM.replace("0.01 kg/t, spent-liquor: 0.99999 t/t", "0.01 kg/t, spent-liquor: 1 t/t")
    result = solve(tmp_path, chain, YEAR)
    liquor = 0.7 * 140e3 / 0.58
    assert flows(result, "Ga")["gallium", "pool:gallium", "export"] == pytest.approx(0.4 * liquor)
    assert values(result)["recovery:Ga"] == pytest.approx(0.28 / 0.58)
    assert "layer-gap" not in codes(result)
    found = balances(result, "Ga")
    assert found["digestion"] == pytest.approx((140e3 + 0.6 * liquor, 140e3 + 0.6 * liquor, 0), abs=1e-6)
    assert found["recovery-plant"] == pytest.approx((liquor, liquor, 0), abs=1e-6)
    assert found["park"] == pytest.approx((140e3, 140e3, 0), abs=1e-6)


def test_what_transfers_leave_over_is_a_residue(tmp_path: Path) -> None:
    """Coefficients of 60 and 30 %: 10 % of what enters digestion is a row of its own, spread over nothing."""
    chain = GALLIUM.replace("0.99999 t/t", "1 t/t").replace("liquor: 70 %", "liquor: 60 %")
    found = balances(solve(tmp_path, chain, YEAR), "Ga")
    entering = 140e3 / (1 - 0.6 * 0.6)
    assert found["digestion"] == pytest.approx((entering, 0.9 * entering, 0.1 * entering))
    assert found["recovery-plant"][2] == pytest.approx(0, abs=1e-6)
    assert found["park"][2] == pytest.approx(0.1 * entering)


def test_loop_that_keeps_everything(tmp_path: Path) -> None:
    """If nothing leaves a loop, there is no steady state: a fault that says so, with exit code 2."""
    chain = GALLIUM.replace("0.99999 t/t", "1 t/t").replace("liquor: 70 %, mud: 30 %", "liquor: 100 %")
    chain = chain.replace("gallium: 40 %, spent-liquor: 60 %", "spent-liquor: 100 %")
    with pytest.raises(mfa.Error) as caught:
        solve(tmp_path, chain, YEAR).to_json()
    assert "Ga" in str(caught.value)


def test_recovery_target(tmp_path: Path) -> None:
    """A target on recovery needs no layer in the list; 0.28 ÷ 0.58 = 48.28 % misses 50 by 1.72 points."""
    chain = GALLIUM.replace("0.99999 t/t", "1 t/t")
    scenario = "drive: {digestion: 1 Mt/a}\ntargets: {recovery:Ga: {min: 50 %}}\n"
    row = solve(tmp_path, chain, scenario).indicators.loc["recovery:Ga"]
    assert row["met"] == "false"
    assert row["distance"] == pytest.approx(0.28 / 0.58 - 0.5)


def test_no_recovery_of_what_does_not_come_in(tmp_path: Path) -> None:
    """Nothing holds indium: there is no recovery of it, rather than none."""
    assert (
        values(solve(tmp_path, GALLIUM, "drive: {digestion: 1 Mt/a}\nlayers: [In]\n"))["recovery:In"] is None
    )


# ---------------------------------------------------------------- elements and oxides
def test_oxide_of_a_layer() -> None:
    """Kilograms of the layer per kg of the element, by molar masses."""
    assert layer("Na2O").per_element == pytest.approx(NA2O / (2 * NA), rel=MASSES)
    assert layer("Al2O3").per_element == pytest.approx(AL2O3 / (2 * AL), rel=MASSES)
    assert layer("Ga2O3").per_element == pytest.approx((2 * GA + 3 * OXYGEN) / (2 * GA), rel=MASSES)
    assert layer("NaOH") == ("NaOH", "Na", pytest.approx(NAOH / NA, rel=MASSES))
    assert layer("O") == ("O", "O", 1)
    assert layer("H2") == ("H2", "H", pytest.approx(1))
    for name in ("NaAlO2", "CaCO3", "H2O", "Xx", "", "alumina"):
        with pytest.raises(FaultWithoutPlace, match="not a layer"):
            layer(name)


LYE = """
materials:
  lye: {kind: resource, composition: {NaOH: 50 %}}
  soda: {kind: resource, composition: {Na2O: 58 %}}
  glass: {kind: product}
processes:
  furnace: {per: glass, inputs: {lye: 0.4 t/t, soda: 0.6 t/t}, outputs: {glass: 1 t/t}}
"""


def test_compositions_of_several_species(tmp_path: Path) -> None:
    """1 000 t: lye 400 t × 50 % NaOH and soda 600 t × 58 % Na2O, counted as Na2O, as Na and as NaOH."""
    result = solve(tmp_path, LYE, "drive: {furnace: 1 kt/a}\n")
    sodium = 200e3 * NA / NAOH + 348e3 * 2 * NA / NA2O
    for name, per in (("Na", 1), ("Na2O", NA2O / (2 * NA)), ("NaOH", NAOH / NA)):
        glass = flows(result, name)["glass", "pool:glass", "export"]
        assert glass == pytest.approx(sodium * per, rel=MASSES)
    soda = flows(result, "Na2O")["soda", "pool:soda", "furnace"]
    assert soda == pytest.approx(348e3)


# ---------------------------------------------------------------- who gets what
MIXING = """
materials:
  rich: {kind: resource, composition: {Fe: 60 %}}
  poor: {kind: resource, composition: {Fe: 20 %}}
  pellet: {kind: intermediate}
  gas: {kind: emission, composition: {N2: 100 %}}
  iron: {kind: product}
  slag: {kind: waste, waste: industrial-solid, composition: {Fe: 10 %}}
processes:
  rich-mill: {per: pellet, capacity: 300 kt/a,
    inputs: {rich: 1.2 t/t}, outputs: {pellet: 1 t/t, gas: 0.2 t/t}}
  poor-mill: {per: pellet, inputs: {poor: 1 t/t}, outputs: {pellet: 1 t/t}}
  furnace: {per: iron, inputs: {pellet: 2 t/t}, outputs: {iron: 1 t/t, slag: 1 t/t}}
  dryer: {per: pellet, inputs: {pellet: 1 t/t}, outputs: {pellet: 1 t/t}}
pools:
  pellet: {givers: [rich-mill, poor-mill], takers: [{boundary: export}]}
  slag: {takers: [{boundary: deposit}]}
"""


def test_pools_mix(tmp_path: Path) -> None:
    """300 kt pellets of 72 % Fe (1.2 × 60) and 500 kt of 20 %: every taker gets the mean, 39.5 %.

    The furnace takes 600 kt with 237 kt Fe and gives 300 kt slag of 10 %; iron, the only output without a
    composition, takes the other 207 kt. Demand for 200 kt pellets takes 79 kt.
    """
    result = solve(tmp_path, MIXING, "drive: {furnace: 300 kt/a}\ndemand: {pellet: 200 kt/a}\nlayers: [Fe]\n")
    found = flows(result, "Fe")
    assert found["pellet", "rich-mill", "pool:pellet"] == pytest.approx(216e6)
    assert found["pellet", "poor-mill", "pool:pellet"] == pytest.approx(100e6)
    assert found["pellet", "pool:pellet", "furnace"] == pytest.approx(600e6 * 0.395)
    assert found["pellet", "pool:pellet", "export"] == pytest.approx(200e6 * 0.395)
    assert found["slag", "pool:slag", "deposit"] == pytest.approx(30e6)
    assert found["iron", "pool:iron", "export"] == pytest.approx(207e6)
    assert all(key[0] != "gas" for key in found)
    assert balances(result, "Fe")["park"] == pytest.approx((316e6, 316e6, 0), abs=1e-3)
    links = {(f.source, f.target): f.amount for f in result.layer("Fe").links(result.flow_list)}
    assert links["rich-mill", "furnace"] == pytest.approx(216e6 * 600 / 800)


def test_compositions_that_do_not_agree_leave_a_residue(tmp_path: Path) -> None:
    """Iron said to be 60 % Fe holds 180 of the 207 kt: 27 kt are not accounted for, negative at 70 %."""
    for share, residue in ((0.6, 27e6), (0.7, -3e6)):
        chain = MIXING.replace(
            "iron: {kind: product}", f"iron: {{kind: product, composition: {{Fe: {share}}}}}"
        )
        result = solve(tmp_path, chain, "drive: {furnace: 300 kt/a}\ndemand: {pellet: 200 kt/a}\n")
        assert balances(result, "Fe")["furnace"][2] == pytest.approx(residue)
        assert balances(result, "Fe")["park"][2] == pytest.approx(residue)


def test_two_outputs_without_composition(tmp_path: Path) -> None:
    """Which of iron and slag the rest is in, nothing says: both are named, and the rest is a residue."""
    chain = MIXING.replace(", composition: {Fe: 10 %}}", "}")
    result = solve(tmp_path, chain, "drive: {furnace: 300 kt/a}\nlayers: [Fe]\n")
    assert "iron, slag" in codes(result)["layer-gap"]
    # 600 kt pellets: 300 of 72 % and 300 of 20 %
    assert balances(result, "Fe")["furnace"] == pytest.approx((276e6, 0, 276e6))


def test_unknown_supplier_of_a_mixed_pool(tmp_path: Path) -> None:
    """Pellets bought without composition beside 300 kt with 216 kt Fe: counted as none, and named.

    The furnace gets 216 kt in its 600 kt, half of what it would get if they were as the others are.
    """
    chain = MIXING.replace("[rich-mill, poor-mill]", "[rich-mill, {boundary: import}]")
    result = solve(tmp_path, chain, "drive: {furnace: 300 kt/a}\nlayers: [Fe]\n")
    found = flows(result, "Fe")
    assert found["pellet", "pool:pellet", "furnace"] == pytest.approx(216e6)
    assert ("pellet", "import", "pool:pellet") not in found
    assert "pellet" in codes(result)["layer-gap"]
    assert balances(result, "Fe")["park"][2] == pytest.approx(0, abs=1e-3)


def test_unknown_maker_of_a_mixed_pool(tmp_path: Path) -> None:
    """The same where a process with two such outputs makes them: 60 kt Fe of its ore are a residue."""
    chain = MIXING.replace("{poor: 1 t/t}, outputs: {", "{poor: 1 t/t}, outputs: {dust: 0.5 t/t, ").replace(
        "  iron: {kind", "  dust: {kind: waste}\n  iron: {kind"
    )
    result = solve(tmp_path, chain, "drive: {furnace: 300 kt/a}\nlayers: [Fe]\n")
    assert flows(result, "Fe")["pellet", "pool:pellet", "furnace"] == pytest.approx(216e6)
    every = balances(result, "Fe")
    assert every["poor-mill"] == pytest.approx((60e6, 0, 60e6))
    assert every["park"][2] == pytest.approx(60e6)
    assert "dust, pellet" in codes(result)["layer-gap"] or "pellet, dust" in codes(result)["layer-gap"]


def test_unknown_waste_in_a_loop(tmp_path: Path) -> None:
    """Of 1 t waste that goes back 0.8 t is bought without content: no gallium comes of it.

    Ga 1 kt·5 kg: waste carries w = 0.75·(5 + w), if none of it leaves: 15 t, the product a third of that.
    """
    chain = """
    materials:
      ore: {kind: resource, composition: {Ga: 0.5 %}}
      metal: {kind: product}
      dross: {kind: waste}
    processes:
      works: {per: metal, inputs: {ore: 1 t/t, dross: 1 t/t}, outputs: {metal: 1 t/t, dross: 0.2 t/t},
        transfer: {Ga: {metal: 25 %, dross: 75 %}}}
    pools: {dross: {givers: [{boundary: import}]}}
    """
    found = flows(solve(tmp_path, chain, "drive: {works: 1 kt/a}\n"), "Ga")
    assert found["dross", "works", "pool:dross"] == pytest.approx(15e3)
    assert found["metal", "pool:metal", "export"] == pytest.approx(5e3)


def test_layers_of_the_tables(tmp_path: Path) -> None:
    """`layers` and `layer_balances` are written where layers are listed, and hold the same numbers."""
    scenario = load(tmp_path, MIXING, "drive: {furnace: 300 kt/a}\n").with_layers(["Fe", "Fe2O3", "Fe"])
    result = scenario.solve()
    assert {"layers", "layer_balances"} <= set(result.written)
    assert result.table("layers").columns == (
        "period",
        "layer",
        "material",
        "source",
        "target",
        "amount",
        "unit",
    )
    frame = result.table("layers").frame()
    assert set(frame["layer"]) == {"Fe", "Fe2O3"}
    assert set(frame["unit"]) == {"kg/a"}
    iron = frame[frame["layer"] == "Fe"].set_index(["material", "source", "target"])["amount"]
    assert iron["iron", "pool:iron", "export"] == pytest.approx(276e6 - 30e6)
    park = result.table("layer_balances").frame().set_index(["layer", "place"]).loc[("Fe", "park")]
    assert (park["inputs"], park["outputs"], park["residue"]) == pytest.approx((276e6, 276e6, 0), abs=1e-3)
    assert "layers" not in load(tmp_path, MIXING, "drive: {furnace: 300 kt/a}\n").solve().written


def test_unknown_layers(tmp_path: Path) -> None:
    """Names that are no layers are faults, one each, wherever they are asked for."""
    scenario = load(tmp_path, MIXING, "drive: {furnace: 300 kt/a}\n")
    with pytest.raises(mfa.Error) as caught:
        scenario.with_layers(["Fe", "iron", "FeTiO3"])
    assert [f.key for f in caught.value.faults] == ["layer-unknown", "layer-unknown"]
    with pytest.raises(mfa.Error):
        scenario.solve().layer("iron")


# ---------------------------------------------------------------- more than fits
CONCENTRATE = """
materials:
  ore: {kind: resource, composition: {Fe: 50 %, Cu: 6 %, other: 44 %}}
  concentrate: {kind: product}
  tailings: {kind: waste, waste: industrial-solid}
processes:
  mill: {per: concentrate, inputs: {ore: 10 t/t}, outputs: {concentrate: 1 t/t, tailings: 9 t/t},
    transfer: {Fe: {concentrate: 90 %, tailings: 10 %}, Cu: {concentrate: 80 %, tailings: 20 %}}}
pools:
  tailings: {takers: [{boundary: deposit}]}
"""


def impossible(folder: Path, chain: str, layers: str) -> list[tuple[str, float, str]]:
    """Place, amount and text of each warning that the layers do not fit; 1 kt of concentrate a year."""
    result = solve(folder, chain, f"drive: {{mill: 1 kt/a}}\nlayers: [{layers}]\n")
    found = (w for w in result.warning_list if w.code == "layer-impossible")
    return [(w.place, w.amount or 0.0, w.text()) for w in found]


@pytest.mark.parametrize("name", ["Fe", "Fe2O3"])
def test_more_of_an_element_than_mass(tmp_path: Path, name: str) -> None:
    """90 % of the 5 kt Fe in 10 kt ore are 4.5 kt, in 1 kt of concentrate: 3.5 too much, as Fe or oxide."""
    ((place, amount, text),) = impossible(tmp_path, CONCENTRATE, name)
    assert (place, amount) == ("mill", pytest.approx(3500))
    assert text.startswith("mill puts 4,500 t/a of Fe into concentrate, which has room for 1,000 t/a; ")


def test_more_of_all_followed_elements_than_mass(tmp_path: Path) -> None:
    """Fe 700 t and Cu 480 t fit each into 1 kt, together they do not: 180 t too much; each alone is fine."""
    chain = CONCENTRATE.replace(
        "Fe: {concentrate: 90 %, tailings: 10 %}", "Fe: {concentrate: 14 %, tailings: 86 %}"
    )
    ((place, amount, text),) = impossible(tmp_path, chain, "Fe, Cu")
    assert (place, amount) == ("mill", pytest.approx(180))
    assert "1,180 t/a of Fe + Cu into concentrate" in text
    assert impossible(tmp_path, chain, "Fe") == impossible(tmp_path, chain, "Cu") == []


ROOM = {  # composition of the concentrate → t Cu a year for which there is no room: 480 t come into 1 kt
    "Fe: 30 %, Cu: 20 %, other: 50 %": 0,
    "Fe: 60 %, Cu: 20 %, other: 20 %": 80,
    "Fe: 90 %, Cu: 10 %": 380,
    "CuO: 30 %, Fe: 70 %": 480 - 300 * 63.546 / (63.546 + OXYGEN),
    "Fe: 52.4 %, other: 47.6 %": 0,  # 4 t too much are less than half a per cent of the mass: rounding
}


@pytest.mark.parametrize("composition", list(ROOM))
def test_more_of_an_element_than_a_composition_leaves(tmp_path: Path, composition: str) -> None:
    """An element can be its own share and what the composition calls other; the rest is taken."""
    chain = CONCENTRATE.replace("{kind: product}", f"{{kind: product, composition: {{{composition}}}}}")
    found = impossible(tmp_path, chain, "Cu")
    assert [a for _, a, _ in found] == (
        [pytest.approx(ROOM[composition], rel=1e-4)] if ROOM[composition] else []
    )


def test_strict_check_fails_on_it(tmp_path: Path) -> None:
    """`check --strict` ends with 1 and names the process at its place; own indicators follow Cu too."""
    load(tmp_path, CONCENTRATE, "drive: {mill: 1 kt/a}\nlayers: [Fe]\n")
    (fault,) = (f for f in mfa.check(tmp_path / "test.yaml").strict_faults if f.key == "layer-impossible")
    assert fault.text().split(": ")[0].endswith("park.yaml:8:9")
    done = CliRunner().invoke(cli, ["check", "--strict", str(tmp_path / "test.yaml")])
    assert done.exit_code == 1
    assert "mill puts 4,500 t/a of Fe into concentrate" in done.output
    own = "indicators: {own: {count: Cu, numerator: [{material: concentrate, target: export}]}}\n"
    chain = CONCENTRATE.replace("Cu: 6 %, other: 44 %", "Cu: 16 %, other: 34 %")
    result = solve(tmp_path, chain, f"drive: {{mill: 1 kt/a}}\n{own}")
    assert "mill puts 1,280 t/a of Cu into concentrate" in codes(result)["layer-impossible"]


# ---------------------------------------------------------------- shipped scenarios
@pytest.mark.parametrize("name", ["Ga", "Na2O", "Al2O3", "Fe2O3", "Mg"])
def test_layers_of_the_park_balance(name: str, shipped: mfa.Result) -> None:
    """In the whole park every pool gives what it gets, and the park's residue is that of its processes."""
    result = shipped
    into: dict[str, float] = {}
    out: dict[str, float] = {}
    for (material, source, _), amount in flows(result, name).items():
        side = out if source.startswith("pool:") else into
        side[material] = side.get(material, 0.0) + amount
    size = max(into.values())
    assert out == pytest.approx(into, rel=1e-9, abs=1e-9 * size)
    every = balances(result, name)
    residues = sum(v[2] for k, v in every.items() if k != "park")
    assert every["park"][2] == pytest.approx(residues, abs=1e-9 * size)


@pytest.fixture(scope="module")
def shipped() -> Any:
    return mfa.load("jiaokou-2025").solve()
