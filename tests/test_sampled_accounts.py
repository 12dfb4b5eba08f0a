"""Whole answers of samples on arrays: indicators and tables, against single runs and by hand."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import mfa
from mfa.engine.network import Floats
from mfa.results.run import Run
from mfa.scenario import Scenario
from mfa.studies.sampling.draws import DrawPlan
from mfa.studies.sampling.sampler import Block, Sampler
from mfa.studies.sampling.table_rows import columns_of
from mfa.system import Allocation
from tests.parks import solve

Load = Callable[[str, str], Scenario]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """A scenario over a chain of the text."""

    def made(chain: str, scenario: str) -> Scenario:
        (tmp_path / "plant.yaml").write_text(f"chain: plant\n{chain}", encoding="utf-8")
        (tmp_path / "case.yaml").write_text(f"scenario: case\nchains: [plant]\n{scenario}", encoding="utf-8")
        return mfa.load(tmp_path / "case.yaml")

    return made


def sampler_of(scenario: Scenario, count: int = 32, seed: int = 4) -> Sampler:
    return Sampler(scenario.solve(), DrawPlan(scenario.system, seed, "random", count), None, tables=True)


def assert_alike(fast: Block, slow: Block) -> None:
    """Every indicator, target and table of two blocks: on arrays, and run by run from records."""
    assert fast.invalid == slow.invalid
    assert fast.met == slow.met
    _close(fast.values, slow.values)
    assert fast.tables.keys() == slow.tables.keys()
    for key, known in slow.tables.items():
        differs = key == ("layer_balances", "residue")  # of inputs, from outputs that may be the same
        _close(fast.tables[key], known, slow.tables["layer_balances", "inputs"] if differs else known)


def _close(found: Floats, known: Floats, of: Floats | None = None) -> None:
    """To 1e-9 of each figure; what is rounding of the largest of its row is nothing."""
    np.testing.assert_array_equal(np.isnan(found), np.isnan(known))
    floor = 1e-12 * np.nan_to_num(np.abs(known if of is None else of)).max(axis=0, initial=0)
    assert (np.nan_to_num(np.abs(found - known)) <= 1e-9 * np.nan_to_num(np.abs(known)) + floor).all()


# ---------------------------------------------------------------- against single runs
@pytest.mark.parametrize("name", ["jiaokou-2030", "jiaokou-2025", "alumina-red-mud", "chain-water"])
def test_answers_on_arrays_are_those_of_the_runs(name: str) -> None:
    """Every indicator, target and table of 12 samples, and every one of them on arrays."""
    sampler = sampler_of(mfa.load(name), 12)
    assert sampler.fast
    draws = sampler.plan.block(0, 12)
    assert_alike(sampler._at_once(draws, 0), sampler._by_records(draws, 0))
    assert len(sampler._array_rows) == len(sampler.row_keys)


MATERIALS = """
  ore: {kind: resource, price: {value: 100 CNY/t, cv: 10 %}}
  coal: {kind: fuel, lhv: {value: 22 GJ/t, range: 20..24 GJ/t}, carbon: {value: 55 %, range: 50..60 %},
    price: 700 CNY/t, co2-factor: {value: 2 t/t, cv: 5 %}}
  electricity: {kind: energy, unit: MWh, price: {value: 500 CNY/MWh, cv: 5 %}}
  heat: {kind: energy, unit: GJ}
  water: {kind: water, water: fresh}
  sewage: {kind: water, water: sewage}
  reused: {kind: water, water: reused}
  co2: {kind: emission, ghg: combustion}
  so2: {kind: emission}"""
PROCESSES = """
  boiler: {per: heat, inputs: {coal: {value: 0.06 t/GJ, cv: 6 %}}, outputs: {heat: 1 GJ/GJ,
    co2: {value: 0.1 t/GJ, cv: 5 %}, so2: 1 kg/GJ}, site: energy, value-added: {value: 20 %, range: 10..30 %}}
  treatment: {per: reused, inputs: {sewage: {value: 1.2 t/t, cv: 4 %}}, outputs: {reused: 1 t/t},
    site: water, system-cost: {value: 2 CNY/t, cv: 20 %}}"""
POOLS = """
  heat: {givers: [boiler]}
  sewage: {takers: [{process: treatment, limit: 60 %}]}
  reused: {takers: [{boundary: export, limit: none}]}"""
SCENARIO = """
stocks: {yard: {material: w0, initial: {value: 40 kt, cv: 10 %}, capacity: 400 kt}}
targets:
  industrial-solid-waste-utilisation: {min: 40 %}
  energy-use: {max: 900 tce/a}
  fresh-water: {max: 40000 m3/a}
  sold: {min: 10 kt/a}
indicators:
  sold: {count: mass, numerator: [{kind: product, target: export}]}
  fuel-share: {count: energy, numerator: [{material: coal, source: import, target: boiler}],
    denominator: [{material: [coal, electricity], target: process}]}
"""


def generated(seed: int) -> tuple[str, str]:
    """A park of ten processes drawn at random: wastes and residues, fuels, heat, water, prices, groups."""
    pick = random.Random(seed)
    materials, processes = [MATERIALS], [PROCESSES]
    pools = [f"  water: {{givers: [{{boundary: import, limit: {pick.choice((20, 400))} kt/a}}]}}"]
    for i in range(8):
        kind = pick.choice(("product", "intermediate"))
        price = f", price: {{value: {pick.randint(50, 900)} CNY/t, cv: 10 %}}" if kind == "product" else ""
        materials.append(f"  m{i}: {{kind: {kind}{price}}}")
        bulk = ", bulk: true" if pick.random() < 0.5 else ""
        of_class = pick.choice(("industrial-solid", "hazardous"))
        materials.append(f"  w{i}: {{kind: waste, waste: {of_class}{bulk}}}")
        feed = pick.choice(["ore", *(f"{m}{j}" for m in "mw" for j in range(i))])
        into = f"{{value: {pick.uniform(1.1, 1.6):.3f} t/t, gsd: 1.08}}"
        power, water = "electricity: {value: 0.1 MWh/t, cv: 10 %}", "water: {value: 2 t/t, cv: 5 %}"
        side = pick.choice([power, water, "heat: 0.5 GJ/t"])
        more = ", sewage: {value: 0.5 t/t, cv: 5 %}" if side.startswith("water") else ""
        group = f"site: s{i % 3}, sector: {pick.choice('ab')}, enterprise: e{i % 2}"
        share = ", value-added: {value: 25 %, range: 20..30 %}" if pick.random() < 0.7 else ""
        parent = feed if pick.random() < 0.5 else "none"
        residue = f", residue-of: {parent}" if feed[0] == "w" else ""
        waste = f"w{i}: {{value: {pick.uniform(0.1, 0.4):.3f} t/t, gsd: 1.1{residue}}}"
        processes.append(
            f"  p{i}: {{per: m{i}, inputs: {{{feed}: {into}, {side}}},"
            f" outputs: {{m{i}: 1 t/t, {waste}{more}}},"
            f" capacity: {{value: {pick.randint(20, 90) if i else 80} kt/a, cv: 15 %}}, {group}{share}}}"
        )
        if feed != "ore":
            takers = f"{{process: p{i}, limit: {pick.randint(30, 90)} %}}"
            end = "{boundary: deposit}" if feed[0] == "w" else "{boundary: export}"
            pools.append(f"  {feed}: {{takers: [{takers}, {end}]}}")
    pools = [POOLS, *{line.split(":")[0]: line for line in pools}.values()]
    chain = "\n".join(["materials:", *materials, "processes:", *processes, "pools:", *pools, ""])
    return chain, f"drive: {{p0: {pick.randint(30, 60)} kt/a}}{SCENARIO}"


@pytest.mark.parametrize("seed", range(12))
def test_answers_of_generated_parks(load: Load, seed: int) -> None:
    """Random parks whose heating values, carbon, prices and shares of value added are drawn as well."""
    sampler = sampler_of(load(*generated(seed)), 16)
    assert sampler.fast
    draws = sampler.plan.block(0, 16)
    assert {p.field[0] for p in draws.values if p.section == "materials"} >= {"lhv", "carbon", "co2-factor"}
    assert_alike(sampler._at_once(draws, 0), sampler._by_records(draws, 0))


# ---------------------------------------------------------------- targets in doubt
KILN = """
materials:
  ore: {kind: resource, price: 100 CNY/t}
  metal: {kind: product, price: 1000 CNY/t}
  mud: {kind: waste, waste: industrial-solid}
  brick: {kind: product, price: 300 CNY/t}
  coal: {kind: fuel, lhv: 20 GJ/t}
  additive: {kind: resource}
processes:
  works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, mud: 1 t/t}, site: north}
  kiln:
    per: brick
    inputs: {mud: 1 t/t, coal: 0.1 t/t, additive: {value: 0.1 t/t, gsd: 1.2}}
    outputs: {brick: 1 t/t}
    site: south
    value-added: 30 %
pools:
  additive: {givers: [{boundary: import, limit: 9 t/a}]}
  mud: {takers: [{process: kiln, limit: 90 %}, {boundary: deposit}]}
"""
AIMS = {
    "industrial-solid-waste-utilisation": "{min: 50 %}",
    "industrial-solid-waste-utilisation@site:north": "{min: 50 %}",
    "industrial-solid-waste-utilised": "{min: 50 t/a}",
    "utilisation:mud": "{min: 50 %}",
    "output-value@site:south": "{min: 1000 CNY/a}",
    "value-added": "{min: 100 CNY/a}",
    "energy-intensity": "{max: 1000 tce/万元}",
    "bricks": "{min: 10 t/a}",
}


def test_targets_that_a_process_without_its_input_meets(load: Load) -> None:
    """90 t of brick take 9 t of additive, lognormally: where more is asked, the kiln lacks some of it."""
    targets = "".join(f"  {name}: {aim}\n" for name, aim in AIMS.items())
    own = "indicators: {bricks: {count: mass, numerator: [{material: brick, source: kiln}]}}\n"
    scenario = load(KILN, f"drive: {{works: 100 t/a}}\nspreads: none\n{own}targets:\n{targets}")
    sampler = sampler_of(scenario, 64)
    draws = sampler.plan.block(0, 64)
    fast = sampler._at_once(draws, 0)
    assert_alike(fast, sampler._by_records(draws, 0))
    (drawn,) = draws.values.values()
    rows = {row[0]: k for k, row in enumerate(sampler.row_keys)}
    for name in AIMS:
        words = np.array([met[rows[name]] for met in fast.met])
        np.testing.assert_array_equal(words == "unproven", drawn > 0.1 * (1 + 1e-12), name)
        assert set(words) == {"true", "unproven"}


# ---------------------------------------------------------------- by hand
WASHERY = """
materials:
  raw: {kind: fuel, lhv: {value: 20 GJ/t, range: 18..22 GJ/t}}
  clean: {kind: fuel, lhv: 29 GJ/t}
  stone: {kind: waste, waste: industrial-solid}
processes:
  washery: {per: clean, inputs: {raw: 1.5 t/t}, outputs: {clean: 1 t/t, stone: {balance: true}}}
pools: {clean: {takers: [{boundary: export}]}, stone: {takers: [{boundary: deposit}]}}
"""


def test_a_washery_wins_no_coal(load: Load) -> None:
    """1.5 t of raw coal of h GJ/t, 1 t of 29 GJ/t out: what comes out beyond 1.5·h is won, none is used.

    Use is max(0, 1.5·h − 29), not the 29 GJ that a mine of clean coal would win.
    """
    sampler = sampler_of(load(WASHERY, "drive: {washery: 100 t/a}\nspreads: none\n"), 256)
    assert sampler.fast
    draws = sampler.plan.block(0, 256)
    (h,) = draws.values.values()
    block = sampler.block(0, 256)
    use = block.values[:, [row[0] for row in sampler.row_keys].index("energy-use")]
    assert 0.2 < np.mean(1.5 * h < 29) < 0.5
    np.testing.assert_allclose(use, 100 * np.maximum(0, 1.5 * h - 29) / 29.3076, atol=1e-9)


@pytest.mark.parametrize(("coal", "used"), [(0.4, 0.1), (0.6, 0.0), (1.2, 0.5)])
def test_what_gives_more_than_it_takes_as_written(tmp_path: Path, coal: float, used: float) -> None:
    """A pit takes 0.5 tce of diesel and gives `coal` tce: less is a loss, up to twice a gain, else it mines.

    All of the coal is sold. Use = 0.5 + won − sold: 0.5 + 0 − 0.4; 0.5 + 0.1 − 0.6; 0.5 + 1.2 − 1.2.
    """
    chain = f"""
    materials:
      diesel: {{kind: fuel, lhv: 29.3076 GJ/t}}
      coal: {{kind: fuel, lhv: 29.3076 GJ/t}}
      rock: {{kind: resource}}
    processes:
      pit: {{per: rock, inputs: {{rock: 1 t/t, diesel: 0.5 t/t}}, outputs: {{coal: {coal} t/t}}}}
    pools: {{coal: {{takers: [{{boundary: export}}]}}}}
    """
    result = solve(tmp_path, chain, "drive: {pit: 1 t/a}\n")
    (row,) = result.indicators_named(["energy-use"])
    assert row.value == pytest.approx(used, abs=1e-12)


WIND = """
materials:
  wind: {kind: energy, unit: MWh, renewable: true}
  electricity: {kind: energy, unit: MWh}
  heat: {kind: energy, unit: MWh}
processes:
  park: {per: electricity, inputs: {wind: 1 MWh/MWh}, outputs: {electricity: 1 MWh/MWh}}
  boiler: {per: heat, inputs: {electricity: 1.25 MWh/MWh}, outputs: {heat: 1 MWh/MWh}}
pools: {electricity: {takers: [{boundary: export}]}, heat: {takers: [{boundary: export}]}}
"""


def test_default_spreads_keep_energy_that_closes(load: Load) -> None:
    """A wind farm gives what it takes in every sample; a boiler that loses a fifth is as unsure as it is."""
    plan = DrawPlan(load(WIND, "drive: {park: 10 MWh/a, boiler: 1 MWh/a}\n").system, 1, "random", 256)
    drawn = {p.member: v for p, v in plan.block(0, 256).values.items() if p.field[0] == "inputs"}
    np.testing.assert_allclose(drawn["park"], 1.0, rtol=1e-12)
    assert np.std(np.log(drawn["boiler"])) == pytest.approx(np.log(1.25), rel=0.15)


def test_prices_and_shares_that_are_drawn(load: Load) -> None:
    """Value added is Σ amount · price · share, CO2 by factor coal · factor, of every sample."""
    chain = """
materials:
  ore: {kind: resource}
  coal: {kind: fuel, lhv: 20 GJ/t, co2-factor: {value: 2 t/t, cv: 10 %}}
  metal: {kind: product, price: {value: 500 CNY/t, cv: 20 %}, price-vat: 13 %}
processes:
  works: {per: metal, inputs: {ore: 1 t/t, coal: {value: 0.3 t/t, cv: 10 %}}, outputs: {metal: 1 t/t},
    value-added: {value: 30 %, range: 20..40 %}, site: north}
"""
    sampler = sampler_of(load(chain, "drive: {works: 1000 t/a}\nspreads: none\n"), 64)
    names = {name: path for path, name in sampler.plan.names.items()}
    values, block = sampler.plan.block(0, 64).values, sampler.block(0, 64)
    at = {row[0]: k for k, row in enumerate(sampler.row_keys)}
    worth = 1000 * values[names["price.metal"]] / 1.13
    share, coal = values[names["works.value-added"]], 1000 * values[names["works.inputs.coal"]]
    for name, known in {
        "output-value": worth,
        "value-added": worth * share,
        "value-added@site:north": worth * share,
        "co2-combustion-by-factor": coal * values[names["coal.co2-factor"]],
        "energy-intensity": coal * 20 / 29.3076 / (worth * share) * 1e4,
    }.items():
        np.testing.assert_allclose(block.values[:, at[name]], known, rtol=1e-12)


# ---------------------------------------------------------------- tables
def test_statistics_stand_beside_their_rows(load: Load) -> None:
    """Where only one figure is drawn, the mean of each row that it does not touch is the row itself."""
    result = load(KILN, "drive: {works: 100 t/a}\nspreads: none\n").solve(samples=64, seed=1)
    for name in ("processes", "flows", "links"):
        table = getattr(result, name)
        amount = "level" if name == "processes" else "amount"
        fixed = table["material"] != "additive" if "material" in table else table["process"] != ""
        np.testing.assert_allclose(table[fixed]["mean"], table[fixed][amount], rtol=1e-12)
    pools = result.pools.set_index("material")
    assert pools.loc["additive", "shortage"] == 0
    assert pools.loc["additive", "shortage_mean"] > 0
    into = pools["supply_mean"] + pools["shortage_mean"]
    np.testing.assert_allclose(into, pools["demand_mean"] + pools["surplus_mean"], rtol=1e-12)
    costs = result.table("costs").frame().set_index("process")
    names = [f"{kind}_{n}" for kind in columns_of("costs") for n in ("mean", "sd", "p05", "p50", "p95")]
    assert set(names) <= set(costs.columns)
    into = costs["material_cost_mean"] + costs["energy_cost_mean"] + costs["system_cost_mean"]
    np.testing.assert_allclose(into, costs["product_cost_mean"] + costs["loss_cost_mean"], rtol=1e-9)


@pytest.mark.parametrize("name", ["jiaokou-2025", "alumina-red-mud"])
def test_a_sample_is_the_same_in_every_block(name: str) -> None:
    """To the last bit: 13 samples together, and the last of them alone or with four before it."""
    sampler = sampler_of(mfa.load(name), 13)
    whole = sampler.block(0, 13)
    for start, size in ((12, 1), (8, 5)):
        part = sampler.block(start, size)
        np.testing.assert_array_equal(part.values, whole.values[start:])
        assert part.met == whole.met[start:]
        for key, amounts in part.tables.items():
            np.testing.assert_array_equal(amounts, whole.tables[key][start:])


def test_groups_add_up_in_every_sample(load: Load) -> None:
    """Every process of a generated park with a site: the sites together have the park's output value."""
    chain, scenario = generated(5)
    sampler = sampler_of(load(chain, scenario), 32)
    block = sampler.block(0, 32)
    at = {row[0]: k for k, row in enumerate(sampler.row_keys)}
    for name in ("output-value", "energy-use"):
        sites = [k for row, k in at.items() if row.startswith(f"{name}@site:")]
        np.testing.assert_allclose(block.values[:, sites].sum(axis=1), block.values[:, at[name]], rtol=1e-9)
        assert sites


TRACED = """
extends: {name}
layers: [Fe, Na2O, Ga]
targets: {{'footprint:alumina': {{max: 2 t/t}}, 'recovery:Fe': {{min: 1 %}}}}
"""


@pytest.mark.parametrize(("name", "rule"), [("alumina-red-mud", "mass"), ("jiaokou-2025", "value")])
def test_traced_answers_are_those_of_the_runs(tmp_path: Path, name: str, rule: Allocation) -> None:
    """Layers, their balances, recoveries and footprints of samples, each a linear solve on their networks."""
    text = TRACED.format(name=name)
    (tmp_path / "case.yaml").write_text(f"scenario: case\n{text}", encoding="utf-8")
    result = mfa.load(tmp_path / "case.yaml").solve()
    central = Run(replace(result.system, allocation=rule), result.compiled, result.state)
    sampler = Sampler(central, DrawPlan(central.system, 4, "random", 8), None, tables=True)
    assert {"layers", "layer_balances", "footprints"} <= set(sampler.tables)
    assert len(sampler._array_rows) == len(sampler.row_keys)
    draws = sampler.plan.block(0, 8)
    assert_alike(sampler._at_once(draws, 0), sampler._by_records(draws, 0))
