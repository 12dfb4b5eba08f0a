"""Small parks written down in the tests: a chain and a scenario as text, loaded from files."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

import mfa


def load(folder: Path, chain: str, scenario: str = "", **options: Any) -> mfa.Scenario:
    """The scenario `test`, which loads the chain `park`; `options` go to `mfa.load`."""
    folder.mkdir(exist_ok=True)
    (folder / "park.yaml").write_text("chain: park\n" + textwrap.dedent(chain), encoding="utf-8")
    text = "scenario: test\nchains: [./park.yaml]\n" + textwrap.dedent(scenario)
    (folder / "test.yaml").write_text(text, encoding="utf-8")
    return mfa.load(folder / "test.yaml", **options)


def solve(folder: Path, chain: str, scenario: str = "", **options: Any) -> mfa.Result:
    """The solved scenario."""
    return load(folder, chain, scenario, **options).solve()


def values(result: mfa.Result) -> Mapping[str, Any]:
    """Indicator → value."""
    return {r.name: r.value for r in result.indicator_list}


def codes(result: mfa.Result) -> dict[str, str]:
    """Code of a warning → its English text; the last of a code wins."""
    return {f.code: f.text() for f in result.warning_list}


def faults(folder: Path, chain: str, scenario: str = "", **options: Any) -> list[str]:
    """The keys of the faults that loading ends in."""
    try:
        load(folder, chain, scenario, **options)
    except mfa.Error as error:
        return [f.key for f in error.faults]
    return []


# ---------------------------------------------------------------- at random
EIGHTHS = [i / 8 for i in range(1, 13)]
UNITS = {"electricity": "MWh", "water": "m3"}
TAGS = ("site: a", "site: b", "site: a, enterprise: x", "site: b, enterprise: x")
TEXTS = """
materials:
  ore: {kind: resource, price: 40 CNY/t, composition: {Ga: 0.5 %, Na2O: 10 %}}
  clay: {kind: resource, price: 10 CNY/t, composition: {Ga: 0.1 %}}
  coal: {kind: fuel, lhv: 0.75 tce/t, price: 500 CNY/t, composition: {C: 60 %}, co2-factor: 2 t/t}
  electricity: {kind: energy, unit: MWh, price: 600 CNY/MWh}
  water: {kind: water, unit: m3, water: fresh, price: 3 CNY/m3}
  gas: {kind: emission, ghg: combustion, composition: {CO2: 100 %}}
"""


@dataclass(frozen=True)
class RandomPark:
    """A park of a few processes in a row, each with a product, a waste that may go back, and a gas."""

    chain: str
    scenario: str


@st.composite
def random_parks(draw: st.DrawFn, *, closed: bool) -> RandomPark:
    """Parks whose flows, prices and shares are multiples of 1/8.

    Where `closed`, the transfer coefficients of every process add up to 1.
    """
    count = draw(st.integers(1, 4))
    eighth = st.sampled_from(EIGHTHS)
    materials, processes, pools = [], [], []
    for i in range(count):
        recycled = draw(st.sampled_from(["", *(f"w{j}" for j in range(count))]))
        inputs = {"ore" if i == 0 else f"m{i - 1}": draw(eighth), "coal": draw(eighth) / 8}
        inputs |= {draw(st.sampled_from(["ore", "clay"])): draw(eighth), "electricity": draw(eighth)}
        inputs |= {"water": draw(eighth)} if draw(st.booleans()) else {}
        inputs |= {recycled: draw(eighth) / 8} if recycled else {}
        product, waste = draw(eighth), draw(st.sampled_from(EIGHTHS[:4]))
        whole = 1.0 if closed else draw(st.sampled_from([0.5, 0.75, 1.0]))
        share = draw(st.sampled_from([0.25, 0.5, 0.75])) * whole
        tag = draw(st.sampled_from(TAGS))
        added = f", value-added: {draw(st.sampled_from([10, 25, 50]))} %" if draw(st.booleans()) else ""
        materials += [
            f"  m{i}: {{kind: product, price: {100 * product} CNY/t}}",
            f"  w{i}: {{kind: waste, waste: industrial-solid}}",
        ]
        outputs = f"m{i}: 1 t/t, w{i}: {waste} t/t, gas: {draw(eighth)} t/t"
        wanted = ", ".join(f"{k}: {v} {UNITS.get(k, 't')}/t" for k, v in inputs.items())
        transfer = f"transfer: {{Ga: {{m{i}: {share}, w{i}: {whole - share}}}, Na: {{m{i}: {whole}}}}}"
        processes.append(
            f"  p{i}: {{per: m{i}, {tag}{added}, system-cost: {draw(eighth)} CNY/t, "
            f"inputs: {{{wanted}}}, outputs: {{{outputs}}}, {transfer}}}"
        )
        taker = draw(st.sampled_from(["{boundary: deposit}", f"{{stock: y{i}}}", "{boundary: export}"]))
        pools.append(f"  w{i}: {{takers: [{taker}], givers: [{{boundary: import}}]}}")
        pools.append(f"  m{i}: {{takers: [{{boundary: export}}], givers: [p{i}]}}")
    stocks = [f"  y{i}: {{material: w{i}}}" for i in range(count)]
    text = "\n".join(
        [TEXTS.rstrip(), *materials, "processes:", *processes, "pools:", *pools, "stocks:", *stocks, ""]
    )
    return RandomPark(text, f"drive: {{p{count - 1}: {draw(eighth)} Mt/a}}\nlayers: [Ga, Na2O]\n")


# ---------------------------------------------------------------- parks that several modules share
TWO_SITES = """
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


MILL_MATERIALS = """
materials:
  ore: {kind: resource}
  glue: {kind: intermediate}
  mud: {kind: waste, waste: industrial-solid}
  metal: {kind: product}
  brick: {kind: product}
"""


MILL = f"""
chain: works
label: {{en: The works, zh: 工厂}}
sources: {{book: {{cite: a book}}}}
processes:
  mill: {{per: metal, inputs: {{ore: {{value: 2 t/t, source: book}}}}, outputs: {{mud: {{balance: true}}}}}}
  kiln: {{per: brick, inputs: {{mud: {{value: 1 t/t, source: book}}}}}}
pools:
  mud: {{takers: [{{process: press, tier: 1, share: 2}}, {{process: kiln, tier: 1}}]}}
  brick: {{takers: [{{boundary: export, limit: none}}]}}
{MILL_MATERIALS}
"""


PRESS = "chain: other\nprocesses: {press: {per: brick, inputs: {mud: 1 t/t}}}\n"


def mill_project(folder: Path, scenario: str) -> str:
    """A scenario beside two chains; its path."""
    (folder / "works.yaml").write_text(MILL, encoding="utf-8")
    (folder / "other.yaml").write_text(PRESS, encoding="utf-8")
    file = folder / "s.yaml"
    file.write_text(f"scenario: s\nchains: [./works]\n{scenario}", encoding="utf-8")
    return str(file)
