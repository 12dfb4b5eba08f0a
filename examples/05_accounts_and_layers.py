"""Energy, CO2, water and value of a whole park, site by site; where its gallium goes; what losses cost."""

import sys
from pathlib import Path

import pandas as pd

import mfa

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "out"
folder.mkdir(parents=True, exist_ok=True)
result = mfa.load("jiaokou-2025").solve()

# Every account also stands for each site: `co2@site:smelter` is the smelter's part of `co2`.
ACCOUNTS = {"energy-use": "ktce", "co2": "kt CO2", "fresh-water": "1000 m3", "output-value": "million CNY"}
value = result.indicators["value"]
sites = {
    name.partition("@site:")[2]: [value.get(f"{account}@site:{site}", 0.0) for account in ACCOUNTS]
    for name in value.index
    if (site := name.partition("@site:")[2])
}
table = pd.DataFrame(sites, index=list(ACCOUNTS)).T.sort_values("co2", ascending=False)
table.loc["without a site"] = [value[account] for account in ACCOUNTS] - table.sum()  # burners of bought gas
table.loc["whole park"] = [value[account] for account in ACCOUNTS]
scale = [1e-3, 1e-3, 1e-3, 1e-6]
print((table * scale).set_axis(list(ACCOUNTS.values()), axis=1).round(2).to_string())

# A layer is kg a year of an element or oxide on every flow. `residue` is what the recipes lose track of.
for name, label in (("Ga", "gallium"), ("Al2O3", "alumina")):
    layer = result.layer(name)
    enters = layer.park.inputs / 1e3
    print(f"\n{label}: {enters:,.1f} t/a enter, unaccounted {layer.park.residue / layer.park.inputs:+.2%}")
    print(f"  in products richer than the feed: {layer.recovery:.2%}")
    ways = pd.DataFrame(layer.links(result.flow_list))
    ends = ways[ways["target"].isin(["export", "deposit", "emission", "red-mud-yard"])]
    for (material, target), kg in ends.groupby(["material", "target"])["amount"].sum().nlargest(4).items():
        print(f"  {material:<20} → {target:<12} {kg / 1e3:>12,.1f} t/a")
    result.sankey(folder / f"{label}.png", layer=name, by="sector", min_share="1 %")

# Material flow cost accounting: waste carries the cost of what was bought to make it.
costs = result.costs
print(f"\nbought for {costs.bought / 1e6:,.0f} million CNY; losses carry away {costs.lost / 1e6:,.0f}:")
lost = {way: cost for way, cost in costs.leaving().items() if way[1] != "export"}
for (material, target), cost in sorted(lost.items(), key=lambda pair: -pair[1])[:5]:
    print(f"  {material:<20} → {target:<12} {cost / 1e6:>8,.1f} million CNY")
