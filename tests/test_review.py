"""Hard cases: loops without a way out, gases in volumes, doubtful groups, own indicators, comparisons."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import mfa
from mfa.comparing import compare
from tests.parks import codes, faults, load, solve, values


def met(result: mfa.Result) -> dict[str, str]:
    """Indicator with a target → what became of it."""
    return {r.name: r.met for r in result.indicator_list if r.aimed}


# ---------------------------------------------------------------- layers
COOLING = """
materials:
  ore: {kind: resource, composition: {Ga: 1 %, other: 99 %}}
  metal: {kind: product, composition: {Ga: 1 %, other: 99 %}}
  cold: {kind: intermediate}
  hot: {kind: intermediate}
processes:
  smelter: {per: metal, inputs: {ore: 1 t/t, cold: 10 t/t}, outputs: {hot: 10 t/t}}
  tower: {per: hot, inputs: {hot: 1 t/t}, outputs: {cold: 1 t/t}}
pools:
  hot: {takers: [tower]}
"""


@pytest.mark.parametrize("layer", ["Ga", "Cu"])
def test_a_cooling_loop_without_a_way_out_carries_nothing(tmp_path: Path, layer: str) -> None:
    """What comes in, 10 t × 1 %, leaves with the metal; nothing is there to gather in the loop."""
    result = solve(tmp_path, COOLING, f"drive: {{smelter: 10 t/a}}\nlayers: [{layer}]\n")
    flows = {(f.material, f.target): f.amount for f in result.layer(layer).flows(result.flow_list)}
    expected = {("ore", "pool:ore"): 100.0, ("ore", "smelter"): 100.0, ("metal", "pool:metal"): 100.0}
    expected[("metal", "export")] = 100.0
    assert flows == (pytest.approx(expected) if layer == "Ga" else {})
    assert "layer-gap" not in codes(result)


def test_what_a_closed_loop_does_not_account_for_is_a_residue(tmp_path: Path) -> None:
    """Metal of 0.5 % takes 50 of 100 kg: the rest is the smelter's residue, and the loop is named."""
    chain = COOLING.replace(
        "metal: {kind: product, composition: {Ga: 1 %", "metal: {kind: product, composition: {Ga: 0.5 %"
    )
    result = solve(tmp_path, chain, "drive: {smelter: 10 t/a}\nlayers: [Ga]\n")
    residue = {b.place: b.residue for b in result.layer("Ga").balances()}
    assert residue == pytest.approx({"smelter": 50.0, "park": 50.0})
    assert "hot" in codes(result)["layer-gap"]


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


# ---------------------------------------------------------------- unproven
PARK = """
materials:
  mud: {kind: waste, waste: industrial-solid}
  brick: {kind: product, price: 100 CNY/t}
  clay: {kind: resource}
  ore: {kind: resource}
  metal: {kind: product, price: 10 CNY/t}
processes:
  smelter: {per: metal, site: a, inputs: {ore: 2 t/t}, outputs: {mud: 1 t/t}, value-added: 10 %%}
  works: {per: brick, site: b, inputs: {mud: 1 t/t, clay: 1 t/t}, value-added: 30 %%}
pools:
  mud: {takers: [works]}
  clay: {givers: [%s]}
  brick: {takers: [{boundary: export, limit: none}]}
"""
AIMS = """
drive: {smelter: 50 t/a}
indicators:
  own: {numerator: [{material: mud, target: works}], denominator: [{material: mud, source: smelter}]}
targets:
  industrial-solid-waste-utilisation@site:a: {min: 50 %}
  industrial-solid-waste-utilised: {min: 10 t/a}
  industrial-solid-waste-dumped: {max: 10 t/a}
  industrial-solid-waste-stored: {max: 10 t/a}
  industrial-solid-waste-generated: {max: 60 t/a}
  value-added: {min: 1500 CNY/a}
  value-added@site:b: {min: 100 CNY/a}
  value-added@site:a: {min: 50 CNY/a}
  waste-intensity: {max: 1000 t/万元}
  sales: {min: 400 CNY/a}
  own: {min: 50 %}
"""


def test_targets_reached_with_a_missing_input_are_unproven(tmp_path: Path) -> None:
    """The works lack clay: what they use, and 1500 of 1550 CNY, are in doubt; 500 CNY of metal are not."""
    result = solve(tmp_path, PARK % "", AIMS)
    sure = {"industrial-solid-waste-generated", "value-added@site:a", "sales"}
    assert met(result) == {n: "true" if n in sure else "unproven" for n in met(result)}
    assert codes(result)["unproven"]


def test_the_same_targets_are_met_where_nothing_is_missing(tmp_path: Path) -> None:
    assert set(met(solve(tmp_path, PARK % "{boundary: import}", AIMS)).values()) == {"true"}


def test_a_ratio_that_is_no_share_may_have_a_target_above_one(tmp_path: Path) -> None:
    aim = "targets: {iso59020-water-recirculation: {min: 150 %}}\n"
    assert faults(tmp_path, PARK % "", "drive: {smelter: 1 t/a}\n" + aim) == []
    wrong = "targets: {industrial-solid-waste-utilisation: {min: 150 %}}\n"
    assert faults(tmp_path, PARK % "", wrong) == ["above-one"]


# ---------------------------------------------------------------- own indicators
def test_an_own_indicator_may_name_a_material_that_does_not_flow(tmp_path: Path) -> None:
    chain = PARK.replace("materials:", "materials:\n  spare: {kind: resource}") % ""
    own = "indicators: {own: {numerator: [{material: [spare, mud], source: process}]}}\n"
    assert values(solve(tmp_path, chain, "drive: {smelter: 5 t/a}\n" + own))["own"] == pytest.approx(5)


# ---------------------------------------------------------------- resources
def test_a_mine_in_the_park_extracts_main_resources(tmp_path: Path) -> None:
    """1000 t mined with 10 t of timber, 250 sold: 990 + 10 - 250 = 750 t; 1000 × 500 CNY × 30 % ÷ 750."""
    chain = """
    materials:
      coal: {kind: resource, price: 500 CNY/t}
      timber: {kind: resource}
      coke: {kind: intermediate}
    processes:
      mine: {per: coal, inputs: {timber: 0.01 t/t}, outputs: {coal: 1 t/t}, value-added: 30 %}
      ovens: {per: coal, inputs: {coal: 1 t/t}, outputs: {coke: 0.7 t/t}, value-added: 0 %}
    """
    scenario = "drive: {mine: 1000 t/a, ovens: 750 t/a}\npools: {coal: {takers: [{boundary: export}]}}\n"
    result = solve(tmp_path, chain, scenario)
    assert values(result)["resource-productivity"] == pytest.approx(1000 * 500 * 0.3 / 750)


# ---------------------------------------------------------------- nothing at all
def test_a_run_in_which_nothing_flows_has_every_table(tmp_path: Path) -> None:
    claims = "claims: [{indicator: energy-use, value: 3 tce/a}, {indicator: value-added, min: 1 CNY/a}]\n"
    result = solve(tmp_path, "materials: {a: {kind: product}}\nprocesses: {}\n", claims)
    json.dumps(result.to_json(), allow_nan=False)
    assert result.costs.leaving() == {}
    assert result.costs.centres() == []
    assert [v.word for v in mfa.audit(result).verdicts] == ["differs", "differs"]
    comparison = compare(result, result)
    assert comparison.main_indicators == []
    assert comparison.split([]) == []


# ---------------------------------------------------------------- comparing
def test_an_own_indicator_that_means_something_else_is_not_split(tmp_path: Path) -> None:
    """Weighted by 2 in the second run: 1 → 2 without any cause in the network."""
    base = AIMS.split("targets:", maxsplit=1)[0]
    a = solve(tmp_path / "a", PARK % "", base)
    twice = base.replace("target: works}", "target: works, weight: 2}").replace("50 t/a", "40 t/a")
    b = solve(tmp_path / "b", PARK % "", twice)
    comparison = compare(a, b)
    assert (values(a)["own"], values(b)["own"]) == (1, 2)
    assert comparison.split(["own"]) == []
    parts = comparison.split(["industrial-solid-waste-generated"])
    assert sum(p.change for p in parts) == pytest.approx(-10)


def test_a_rate_that_a_blend_does_not_have_is_not_split(tmp_path: Path) -> None:
    """No waste in the second run: the rate has no value there, and is not 0."""
    a = solve(tmp_path / "a", PARK % "", "drive: {smelter: 5 t/a}\n")
    b = solve(tmp_path / "b", "materials: {}\nprocesses: {}\n", "")
    assert compare(a, b).split(["industrial-solid-waste-utilisation"]) == []


def test_a_unit_that_differs_is_an_input(tmp_path: Path) -> None:
    a = load(tmp_path / "a", GAS, "drive: {boiler: 1000 GJ/a}\n").solve()
    megawatt = GAS.replace("unit: GJ", "unit: MWh").replace("/GJ}", "/MWh}")
    b = load(tmp_path / "b", megawatt, "drive: {boiler: 1000 MWh/a}\n").solve()
    assert ("heat.unit", "GJ", "MWh") in [(c.path, c.before, c.after) for c in compare(a, b).inputs]


# ---------------------------------------------------------------- auditing
YARD = """
materials:
  ore: {kind: resource}
  metal: {kind: product}
  mud: {kind: waste, waste: industrial-solid}
  brick: {kind: product}
processes:
  smelter: {per: metal, inputs: {ore: 2 t/t}, outputs: {mud: 1 t/t}}
  works: {per: brick, inputs: {mud: 1 t/t}, capacity: 100 t/a}
pools:
  mud: {takers: [works, {stock: yard}]}
stocks:
  yard: {material: mud}
"""


def test_claims_of_a_scenario_that_digs_out_a_yard(tmp_path: Path) -> None:
    """50 t made and 20 dug out: the works take 70, or 60 by another order, never 75; 25 are not dug."""
    scenario = """
    drive: {smelter: 50 t/a, yard: 20 t/a}
    stocks: {yard: {initial: 100 t}}
    claims:
      - {level: works, value: 70 t/a, tolerance: 0 %}
      - {level: works, value: 60 t/a, tolerance: 0 %}
      - {level: works, value: 75 t/a, tolerance: 0 %}
      - {flow: {material: mud, source: yard}, value: 25 t/a, tolerance: 0 %}
      - {indicator: industrial-solid-waste-utilised-from-storage, value: 20 t/a}
    """
    verdicts = [v.word for v in mfa.audit(solve(tmp_path, YARD, scenario)).verdicts]
    assert verdicts == ["holds", "dispatch", "contradicts", "contradicts", "holds"]


def test_parts_of_a_change_add_up_where_one_id_is_two_processes(tmp_path: Path) -> None:
    """`works` burns 10 t of coal in one scenario and takes mud in the other: 10 × 20 GJ → none."""
    burner = """
    materials:
      coal: {kind: fuel, lhv: 20 GJ/t}
      glass: {kind: product}
    processes:
      works: {per: glass, inputs: {coal: 1 t/t}}
    """
    a = solve(tmp_path / "a", burner, "drive: {works: 10 t/a}\n")
    b = solve(tmp_path / "b", PARK % "{boundary: import}", "drive: {smelter: 5 t/a}\n")
    change = -10 * 20 / 29.3076
    assert sum(s.change for s in compare(a, b).split(["energy-use"])) == pytest.approx(change)


def test_both_sides_of_a_pool_tied_to_different_lists(tmp_path: Path) -> None:
    """p5 takes g and c, p4 takes d and gives g, each least of two lists; c has nothing, so p5 stands."""
    chain = """
    materials: {c: {kind: waste}, d: {kind: waste}, e: {kind: waste}, g: {kind: waste}}
    processes:
      p0: {per: g, outputs: {g: 1 t/t}}
      p4: {per: g, inputs: {d: 2 t/t}}
      p5: {per: e, inputs: {g: 0.1 t/t, c: 2 t/t}, outputs: {e: 1 t/t}}
    pools:
      c: {takers: [p5]}
      d: {takers: [p4]}
      g: {takers: [p5], givers: [p4]}
    """
    result = solve(tmp_path, chain, "drive: {p0: 1 t/a}\n")
    level = dict(zip(result.compiled.structure.processes, result.state.level.tolist(), strict=True))
    assert level == {"p0": 1, "p4": 0, "p5": 0}
    assert result.pools.set_index("material").surplus["g"] == 1
