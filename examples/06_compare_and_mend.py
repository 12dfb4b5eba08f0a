"""Why the park uses more of its waste in 2030 than in 2025, and what would close the rest of the gap."""

import sys
from pathlib import Path

import mfa
from mfa.show.charts.waterfall import waterfall
from mfa.show.comparison_rows import InWords

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "out"
folder.mkdir(parents=True, exist_ok=True)
RATE = "industrial-solid-waste-utilisation"

# With the outlets for which the plan states no size, and gangue bought in.
VARIANTS = ["assumed-outlets", "washeries-outside"]
earlier, scenario = (mfa.load(f"jiaokou-{year}", variants=VARIANTS) for year in (2025, 2030))
before, after = earlier.solve(), scenario.solve()
then, now = before.indicators.loc[RATE, "value"], after.indicators.loc[RATE, "value"]
comparison = mfa.compare(before, after)
print(f"waste used: {then:.2%} in 2025, {now:.2%} in 2030; {len(comparison.inputs)} inputs differ")

# By cause, after Shapley: the parts add up to the whole change, in whatever order they are made.
shares = sorted(comparison.split([RATE]), key=lambda share: -abs(share.change))
words = InWords(comparison, "en")
steps = [(words.cause(share.cause), share.change) for share in shares]
for cause, change in steps:
    print(f"  {cause:<40} {100 * change:>+8.3f} %-points")
waterfall(steps, folder / "waterfall.png", start=("2025", then), end=("2030", now), heading="Waste utilised")

# Remedies: each way out alone, with the whole network solved again: what is within the written figures
# first, ceilings behind, all of them together last.
target = after.indicators.loc[RATE]
print(f"\n{target['min']:.0%} is asked, {target['distance_amount'] / 1e3:,.0f} kt/a are missing:")
ways = [remedy for remedy in after.remedies() if remedy.indicator == RATE]
largest = next(remedy for remedy in ways if remedy.ceiling)
for remedy in (*ways[:3], largest, ways[-1]):
    what = f"{remedy.way} {remedy.variant or remedy.node}".strip()
    print(f"  {what:<40} {remedy.amount / 1e3:>+8,.0f} kt/a → {remedy.value:.2%}")

# What the largest ceiling brings along tells why it is none; mend it by hand with half as much, and see.
print(f"  it sells {dict(largest.brings.sold)} and buys {dict(largest.brings.bought)}, t a year")
capacity = scenario.system.processes[largest.node].capacity.value
half = capacity * (1 + largest.after / largest.before) / 2
path = f"{largest.node}.capacity"
mended = scenario.replace({path: f"{half} t/a"}).solve()
print(f"\n{path} = {half / 1e3:,.1f} kt/a: {mended.indicators.loc[RATE, 'value']:.2%}")
