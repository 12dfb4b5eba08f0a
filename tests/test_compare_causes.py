"""Changes that cannot be split by cause, inputs that are units, claims of yards."""

from __future__ import annotations

from pathlib import Path

import pytest

import mfa
from mfa.comparing import compare
from tests.parks import AIMS, TWO_SITES, load, solve, values

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


def test_an_own_indicator_that_means_something_else_is_not_split(tmp_path: Path) -> None:
    """Weighted by 2 in the second run: 1 → 2 without any cause in the network."""
    base = AIMS.split("targets:", maxsplit=1)[0]
    a = solve(tmp_path / "a", TWO_SITES % "", base)
    twice = base.replace("target: works}", "target: works, weight: 2}").replace("50 t/a", "40 t/a")
    b = solve(tmp_path / "b", TWO_SITES % "", twice)
    comparison = compare(a, b)
    assert (values(a)["own"], values(b)["own"]) == (1, 2)
    assert comparison.split(["own"]) == []
    parts = comparison.split(["industrial-solid-waste-generated"])
    assert sum(p.change for p in parts) == pytest.approx(-10)


def test_a_rate_that_a_blend_does_not_have_is_not_split(tmp_path: Path) -> None:
    """No waste in the second run: the rate has no value there, and is not 0."""
    a = solve(tmp_path / "a", TWO_SITES % "", "drive: {smelter: 5 t/a}\n")
    b = solve(tmp_path / "b", "materials: {}\nprocesses: {}\n", "")
    assert compare(a, b).split(["industrial-solid-waste-utilisation"]) == []


def test_a_unit_that_differs_is_an_input(tmp_path: Path) -> None:
    a = load(tmp_path / "a", GAS, "drive: {boiler: 1000 GJ/a}\n").solve()
    megawatt = GAS.replace("unit: GJ", "unit: MWh").replace("/GJ}", "/MWh}")
    b = load(tmp_path / "b", megawatt, "drive: {boiler: 1000 MWh/a}\n").solve()
    assert ("heat.unit", "GJ", "MWh") in [(c.path, c.before, c.after) for c in compare(a, b).inputs]


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
    b = solve(tmp_path / "b", TWO_SITES % "{boundary: import}", "drive: {smelter: 5 t/a}\n")
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
