"""Footprints of products: joint products and loops solved by hand, and what every park conserves."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings

import mfa
from mfa.cli import main
from mfa.results.accounts.footprint import MEASURES, RULES
from mfa.system import Allocation
from tests.parks import RandomPark, faults, load, random_parks, solve, values

GRID = "factors: {grid-co2: 0.5 t/MWh}\n"
JOINT = """
materials:
  feed: {kind: resource, upstream-co2: 0.4 t/t}
  electricity: {kind: energy, unit: MWh}
  light: {kind: product, lhv: 10 GJ/t, carrier: false, price: 100 CNY/t}
  heavy: {kind: product, lhv: 30 GJ/t, carrier: false, price: 900 CNY/t}
  slag: {kind: waste, waste: industrial-solid}
  gas: {kind: emission, ghg: process}
processes:
  splitting: {per: light, inputs: {feed: 2 t/t, electricity: 1 MWh/t},
    outputs: {light: 1 t/t, heavy: 0.5 t/t, slag: 0.3 t/t, gas: 0.2 t/t}}
pools:
  slag: {takers: [{boundary: deposit}]}
"""
DRIVE = "drive: {splitting: 1 kt/a}\n"


@pytest.mark.parametrize(
    ("rule", "light", "heavy"),
    [
        ("mass", 1 / 1.5, 1 / 1.5),
        ("energy", 10 / 25, 30 / 25),
        ("value", 100 / 550, 900 / 550),
        ("main", 1.0, 0.0),
    ],
)
def test_joint_products(tmp_path: Path, rule: Allocation, light: float, heavy: float) -> None:
    """A tonne of light brings 0.2 itself, 2 × 0.4 with the feed and 0.5 with the power: 1.5 t CO2.

    With it 0.5 t of heavy: 1.5 t, 10 + 15 GJ, 100 + 450 CNY; 0.1229 tce and 0.3 t of slag are shared alike.
    """
    result = solve(tmp_path, JOINT, DRIVE + GRID)
    for name, share in (("light", light), ("heavy", heavy)):
        found = result.footprint(name, allocation=rule)
        assert found.co2 == pytest.approx(1.5 * share)
        assert found.energy == pytest.approx(0.1229 * share)
        assert found.waste == pytest.approx(0.3 * share)
    assert result.footprint("slag", allocation=rule).co2 == 0


def test_the_word_of_a_process_comes_first(tmp_path: Path) -> None:
    """`allocation: main` of the process stands whatever the run asks for."""
    chain = JOINT.replace("per: light,", "per: light, allocation: main,")
    scenario = load(tmp_path, chain, DRIVE + GRID)
    for rule in RULES:
        assert scenario.with_allocation(rule).solve().footprint("light").co2 == pytest.approx(1.5)
    assert load(tmp_path, JOINT, DRIVE + GRID).solve().footprint("light").co2 == pytest.approx(1.0)


def test_magnesium_keeps_its_burden_when_its_slag_is_sold() -> None:
    """Slag at 5 CNY/t is under 1 % of what the reduction makes in money, and takes no more, by any rule."""
    alone = mfa.load("jiaokou-2030").solve().footprint("magnesium-ingot", allocation="mass")
    sold = mfa.load("jiaokou-2030", variants=["assumed-outlets"]).solve()
    slag = sold.footprint("magnesium-slag", allocation="mass")
    assert slag.amount > 0
    assert 0 < slag.co2 < 0.1
    assert sold.footprint("magnesium-ingot", allocation="mass").co2 == pytest.approx(alone.co2, rel=0.02)


def test_waste_that_is_sold_at_a_price_is_a_product(tmp_path: Path) -> None:
    """1.5 t over 1 + 0.5 + 0.3 t; given away without a price it carries nothing."""
    sold = JOINT.replace("{boundary: deposit}", "{boundary: export}")
    assert solve(tmp_path, sold, DRIVE + GRID).footprint("slag").co2 == 0
    priced = sold.replace("waste: industrial-solid}", "waste: industrial-solid, price: 20 CNY/t}")
    result = solve(tmp_path, priced, DRIVE + GRID)
    assert result.footprint("slag").co2 == pytest.approx(1.5 / 1.8)
    assert result.footprint("light").co2 == pytest.approx(1.5 / 1.8)


LOOP = """
materials:
  ore: {kind: resource}
  metal: {kind: intermediate}
  sheet: {kind: product, price: 1000 CNY/t}
  scrap: {kind: intermediate, price: 100 CNY/t}
  gas: {kind: emission, ghg: process}
processes:
  furnace: {per: metal, inputs: {ore: 0.8 t/t, scrap: 0.2 t/t}, outputs: {metal: 1 t/t, gas: 0.4 t/t}}
  rolling: {per: sheet, inputs: {metal: 1.25 t/t}, outputs: {sheet: 1 t/t, scrap: 0.25 t/t}}
pools:
  metal: {givers: [furnace]}
"""


@pytest.mark.parametrize(
    ("rule", "metal", "scrap"), [("mass", 0.5, 0.5), ("value", 0.41, 0.05), ("main", 0.4, 0.0)]
)
def test_recycle_loop(tmp_path: Path, rule: Allocation, metal: float, scrap: float) -> None:
    """Metal is x = 0.4 + 0.2 s; of 1.25 x scrap gets a fifth by mass, 25/1025 by value, nothing at all.

    s = x, s = 1.25 x · 25/1025 ÷ 0.25, s = 0. All that leaves is the sheet: 1.25 × 0.4 = 0.5 in any case.
    """
    result = solve(tmp_path, LOOP, "drive: {rolling: 1 kt/a}\n")
    assert result.footprint("metal", allocation=rule).co2 == pytest.approx(metal)
    assert result.footprint("scrap", allocation=rule).co2 == pytest.approx(scrap)
    assert result.footprint("sheet", allocation=rule).co2 == pytest.approx(0.5)


SERVED = """
materials:
  ore: {kind: resource}
  electricity: {kind: energy, unit: MWh}
  raw-water: {kind: water, unit: m3}
  water: {kind: water, water: fresh, unit: m3}
  sewage: {kind: water, water: sewage, unit: m3, density: 1 t/m3}
  sludge: {kind: waste, waste: industrial-solid}
  metal: {kind: product}
  alloy: {kind: product}
  vapour: {kind: emission}
processes:
  well: {per: water, inputs: {raw-water: 1 m3/m3, electricity: 2 MWh/m3}, outputs: {water: 1 m3/m3}}
  mill: {per: metal, inputs: {ore: 1 t/t, water: 3 m3/t}, outputs: {metal: 1 t/t, sewage: 2 m3/t}}
  melt: {per: alloy, inputs: {ore: 1 t/t}, outputs: {alloy: 1 t/t, sewage: 1 m3/t}}
  works: {per: sewage, inputs: {sewage: 1 m3/m3, electricity: 1 MWh/m3}, outputs: {sludge: 0.1 t/m3}}
  drier: {per: sludge, inputs: {sludge: 1 t/t, electricity: 5 MWh/t}, outputs: {vapour: 1 t/t}}
pools:
  water: {givers: [well]}
  sewage: {takers: [works]}
  sludge: {takers: [drier]}
"""


def test_treatment_is_charged_to_who_made_the_waste(tmp_path: Path) -> None:
    """At 0.5 t/MWh: water 1 t/m3; drying 2.5 t/t, so sewage 0.5 + 0.1 × 2.5 = 0.75 t/m3.

    Metal: 3 × 1 + 2 × 0.75 = 4.5; alloy 0.75. Sewage and sludge leave nothing behind.
    """
    result = solve(tmp_path, SERVED, "drive: {mill: 2 kt/a, melt: 1 kt/a}\n" + GRID)
    assert result.footprint("water").co2 == pytest.approx(1.0)
    assert result.footprint("metal").co2 == pytest.approx(4.5)
    assert result.footprint("alloy").co2 == pytest.approx(0.75)
    assert {r.product for r in result.footprints().rows} == {"metal", "alloy"}
    assert sum(r.amount * r.co2 for r in result.footprints().rows) == pytest.approx(values(result)["co2"])


def test_waste_treated_for_others_is_a_row_of_its_own(tmp_path: Path) -> None:
    """Half of the sludge is brought in: 10 t of own from 100 m3, 10 from outside at 2.5 t/t."""
    supply = "drive: {melt: 100 t/a}\nsupply: {sludge: 10 t/a}\n"
    result = solve(tmp_path, SERVED, supply + GRID)
    rows = {(r.product, r.boundary): (r.amount, r.co2) for r in result.footprints().rows}
    assert rows[("sludge", "import")] == pytest.approx((10, 2.5))
    assert rows[("alloy", "export")] == pytest.approx((100, 0.75))


def upstream(result: mfa.Result) -> float:
    """CO2 of what is bought, t a year, from the table of flows; what is short counts as bought."""
    factors = {k: m.upstream_co2.value for k, m in result.system.materials.items() if m.upstream_co2}
    bought = (f for f in result.flow_list if f.source in ("import", "shortage"))
    return sum(f.amount * factors.get(f.material, 0.0) for f in bought)


def assert_conserved(result: mfa.Result) -> None:
    """What leaves carries all that the park brings, and that is what the accounts say."""
    account = values(result)
    for rule in RULES:
        found = result.footprints(rule)
        for measure in MEASURES:
            summed = sum(row.amount * getattr(row, measure) for row in found.rows)
            assert summed == pytest.approx(found.total[measure], rel=1e-9, abs=1e-9)
        assert found.total["co2"] == pytest.approx(account["co2"] + upstream(result), rel=1e-9)
        assert found.total["energy"] == pytest.approx(account["energy-use"], rel=1e-9)
        assert found.total["waste"] == pytest.approx(result.accounts.waste.total, rel=1e-9)


@pytest.mark.parametrize("name", ["alumina-red-mud", "jiaokou-2025", "chain-magnesium"])
def test_the_shipped_parks_conserve(name: str) -> None:
    """Scopes 1 and 2 and upstream, the energy used and the waste generated all stand in the products."""
    assert_conserved(mfa.load(name).solve())


@settings(max_examples=25, deadline=None)
@given(random_parks(closed=True))
def test_random_parks_conserve(park: RandomPark) -> None:
    """So they do in parks at random, with wastes that go back, are dumped, stored and sold."""
    with tempfile.TemporaryDirectory() as folder:
        assert_conserved(solve(Path(folder), park.chain, park.scenario))


def test_target(tmp_path: Path) -> None:
    """`footprint:heavy` is judged in t/t, in any unit of it, and follows the rule of the run."""
    aims = "targets: {footprint:heavy: {max: 1200 kg/t}}\n"
    scenario = load(tmp_path, JOINT, DRIVE + GRID + aims)
    row = scenario.solve().indicators.loc["footprint:heavy"]
    assert (row["value"], row["unit"], row["max"], row["met"]) == (pytest.approx(1.0), "t/t", 1.2, "true")
    by_value = scenario.with_allocation("value").solve().indicators.loc["footprint:heavy"]
    assert by_value["value"] == pytest.approx(1.5 * 900 / 550)
    assert by_value["met"] == "false"
    assert "footprint:heavy" not in values(solve(tmp_path, JOINT, DRIVE + GRID))
    assert faults(tmp_path, JOINT, DRIVE + aims.replace("heavy", "haevy")) == ["indicator-unknown"]


def test_table_when_asked(tmp_path: Path) -> None:
    """One row a product; without a rule no table, and figures that are set anew keep the rule."""
    scenario = load(tmp_path, JOINT, DRIVE + GRID)
    assert "footprints" not in scenario.solve().written
    asked = scenario.with_allocation("main")
    result = asked.replace({"splitting.level": "2 kt/a"}).solve()
    table = result.table("footprints")
    assert table.columns == ("period", "product", "boundary", "amount", "unit", "co2", "energy", "waste")
    assert [r[:5] for r in table.rows] == [
        (1, "heavy", "export", 1000.0, "t/a"),
        (1, "light", "export", 2000.0, "t/a"),
    ]
    assert table.rows[1][5:] == pytest.approx((1.5, 0.1229, 0.3))
    assert "footprints" in result.written


def test_command(tmp_path: Path) -> None:
    """`mfa run --allocation value --out` writes footprints.csv."""
    load(tmp_path, JOINT, DRIVE + GRID)
    with pytest.raises(SystemExit) as ended:
        main(["run", str(tmp_path / "test.yaml"), "--allocation", "value", "--out", str(tmp_path / "out")])
    assert not ended.value.code
    lines = (tmp_path / "out" / "footprints.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "period,product,boundary,amount,unit,co2,energy,waste"
    assert float(lines[1].split(",")[5]) == pytest.approx(1.5 * 900 / 550)


def test_faults(tmp_path: Path) -> None:
    """A rule and a product that there are not."""
    result = solve(tmp_path, JOINT, DRIVE)
    with pytest.raises(mfa.Error) as wrong:
        result.footprint("light", allocation="mas")  # type: ignore[arg-type]
    assert str(wrong.value) == (
        "'mas' is not a rule of allocation; did you mean 'mass'?; one of mass, energy, value, main was "
        "expected; write one of these"
    )
    assert "不是分配规则" in wrong.value.faults[0].text("zh")
    with pytest.raises(mfa.Error) as unknown:
        result.footprint("lihgt")
    assert str(unknown.value) == (
        "'lihgt' is not a material of this run; did you mean 'light'?; something that is made or bought was "
        "expected; correct the name"
    )
    assert "不是本次运行中的物质" in unknown.value.faults[0].text("zh")
    assert faults(tmp_path, JOINT.replace("per: light", "per: light, allocation: mas")) == ["choice"]
