"""Can the figures of a plan all be true? Three of these cannot, though any two of them can."""

import tempfile
from pathlib import Path

import mfa

CHAIN = """
chain: brickworks
materials:
  gangue: {kind: waste, waste: industrial-solid}
  raw-coal: {kind: resource}
  clean-coal: {kind: product, price: {value: 900 CNY/t, range: 700..1200 CNY/t}}
  clay: {kind: resource}
  brick: {kind: product, price: 320 CNY/t}
processes:
  washery:
    per: clean-coal
    inputs: {raw-coal: 1.25 t/t}
    outputs: {clean-coal: 1 t/t, gangue: {balance: true}}
    project: coal
  kiln:
    per: brick
    inputs: {gangue: 0.8 t/t, clay: {balance: true}}
    outputs: {brick: 1 t/t}
pools:
  gangue: {takers: [kiln, {boundary: deposit}]}
"""
# A claim ties one figure of the plan to one quantity of the model; 5 % of tolerance if none is written.
PLAN = """
scenario: plan
chains: [./brickworks.yaml]
drive: {washery: 100 万t/a}
claims:
  - {label: {en: Clean coal}, level: washery, value: 100 万t/a}
  - {label: {en: All gangue is used}, indicator: "utilisation:gangue", min: 100 %}
  - {label: {en: Bricks that the county buys}, level: kiln, max: 25 万t/a}
  - {label: {en: Output value of coal}, indicator: "output-value@project:coal", value: 9.6 亿元/a}
  - {label: {en: Jobs}, not-modelled: the model has no people, value: "400"}
"""

with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    (folder / "brickworks.yaml").write_text(CHAIN, encoding="utf-8")
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    audit = mfa.audit(mfa.load(folder / "plan.yaml").solve())

for verdict in audit.verdicts:
    claim = verdict.claim
    model = "nothing" if verdict.model is None else f"{verdict.model:,.10g} {claim.unit}"
    print(f"{verdict.word:<13} {claim.label['en']:<28} {claim.text:>12}   model: {model.removesuffix(' 1')}")
    if verdict.low is not None and verdict.high is not None:
        print(f"{'':<13} possible: {verdict.low:,.0f} to {verdict.high:,.0f}")

# A set is minimal: leave out any one of its claims, and the others can hold together.
for conflict in audit.conflicts:
    print("\ncannot hold together,", "given the limits:" if conflict.limits else "by recipes alone:")
    print("  " + "\n  ".join(claim.label["en"] for claim in conflict.claims))
