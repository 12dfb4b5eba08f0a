"""A chain and a scenario of one's own, written, checked and run in five minutes."""

import tempfile
from pathlib import Path

import mfa

CHAIN = """
chain: brickworks
materials:
  gangue: {label: {en: Coal gangue, zh: 煤矸石}, kind: waste, waste: industrial-solid, moisture: 5 %}
  raw-coal: {kind: resource}
  clean-coal: {kind: product}
  clay: {kind: resource}
  brick: {kind: product}
processes:
  washery:
    per: clean-coal
    inputs: {raw-coal: 1.25 t/t}
    outputs: {clean-coal: 1 t/t, gangue: {balance: true}}
  kiln:
    per: brick
    inputs: {gangue: 0.8 t/t, clay: {balance: true}}
    outputs: {brick: 1 t/t}
    capacity: 200 kt/a
pools:
  gangue: {takers: [kiln, {stock: heap}]}
stocks:
  heap: {material: gangue}
"""
SCENARIO = """
scenario: first
year: 2025
chains: [./brickworks.yaml]
drive: {washery: 100 万t/a}
targets:
  industrial-solid-waste-utilisation: {min: 70 %}
"""

with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    (folder / "brickworks.yaml").write_text(CHAIN, encoding="utf-8")
    (folder / "first.yaml").write_text(SCENARIO, encoding="utf-8")

    report = mfa.check(str(folder / "first.yaml"))
    for closure in report.closures:
        if closure.layer == "mass":
            print(f"{closure.process}: {closure.inputs:g} t in, {closure.outputs:g} t out")

    scenario = mfa.load(folder / "first.yaml")
    result = scenario.solve()
    result.write(folder / "out")
    print(result.flows[["material", "source", "target", "amount", "wet_amount"]].to_string(index=False))
    print(result.indicators.loc["industrial-solid-waste-utilisation", ["value", "met", "distance_amount"]])
    print(sorted(file.name for file in (folder / "out").iterdir()))

    try:
        scenario.replace({"kiln.capacity": "300 ton/a"})
    except mfa.Error as error:
        print(error)
