"""The variants of a scenario side by side, and one figure varied from Python."""

import pandas as pd

import mfa

base = mfa.load("alumina-red-mud")
runs = {"base": base} | {v: mfa.load("alumina-red-mud", variants=[v]) for v in base.variant_names}

rows = {}
for name, scenario in runs.items():
    values = scenario.solve().indicators["value"]
    rows[name] = {
        "mud used, %": 100 * values["utilisation:red-mud"],
        "waste used, %": 100 * values["industrial-solid-waste-utilisation"],
        "stored, kt/a": values["industrial-solid-waste-stored"] / 1e3,
        "disposed, kt/a": values["industrial-solid-waste-disposed"] / 1e3,
    }
print(pd.DataFrame(rows).T.round(2).to_string())

print("\nroad base that may be sold, and the share of the mud that is used:")
for limit in ("0.1 Mt/a", "0.28 Mt/a", "0.48 Mt/a"):
    result = base.replace({"red-mud.takers.red-mud-road-base.limit": limit}).solve()
    print(f"  {limit:<10} {result.indicators.loc['utilisation:red-mud', 'value']:.2%}")
