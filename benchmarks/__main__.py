"""Run all benchmarks: `python -m benchmarks [--quick]`."""

from __future__ import annotations

import sys

from benchmarks import linear, reading, solver, startup

startup.report()
print()
solver.report("--quick" in sys.argv)
print()
linear.main()
print()
reading.main()
