"""What becomes of the red mud of 2.4 Mt/a alumina? The shipped scenario in a few lines."""

import mfa

result = mfa.load("alumina-red-mud").solve()

made = result.flows.query("material == 'red-mud' and source == 'bayer-digestion'")["amount"].sum()
print(f"red mud made: {made / 1e6:.3f} Mt/a dry")

target = result.indicators.loc["industrial-solid-waste-utilisation"]
print(f"industrial solid waste utilised: {target['value']:.2%}, at least {target['min']:.0%} is asked")
print(f"met: {target['met']}; {target['distance_amount'] / 1e3:.1f} kt/a more are needed")

print("\nwhere the red mud goes, t/a:")
takers = result.links.query("material == 'red-mud'").groupby("target")["amount"].sum()
for taker, amount in takers.sort_values(ascending=False).items():
    print(f"  {taker:<24} {amount:>12,.0f}")
