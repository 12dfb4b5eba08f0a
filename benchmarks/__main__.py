"""Run all benchmarks: `python -m benchmarks [--quick]`."""

from __future__ import annotations

import sys

from benchmarks import (
    linear,
    park,
    plans,
    reading,
    sampling,
    sankey,
    size,
    solver,
    startup,
    whole_answers,
    years,
)

startup.report()
print()
solver.report("--quick" in sys.argv)
print()
park.report()
print()
park.accounts()
print()
plans.report()
print()
sampling.report()
print()
whole_answers.report(1000)
print()
linear.main()
print()
reading.main()
print()
size.report(size.POOLS[:2] if "--quick" in sys.argv else size.POOLS)
print()
sankey.report()
print()
years.stocks_beside_flodym(None)
years.park()
