"""Samples of the park (jiaokou-2030) and of linear systems, beside single solves and what others do.

`python -m benchmarks.sampling [PYTHON]`: PYTHON is an interpreter that has bw2calc; without it, no bw2calc.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import mfa
from benchmarks.sampled_systems import beside_others, large
from mfa.engine.batch import solve_batch, stacked
from mfa.engine.solver import solve_wired
from mfa.results.indicators.waste_of_samples import are_waste
from mfa.studies.sampling.draws import DrawPlan
from mfa.studies.sampling.sampled import Asked, sampled
from mfa.studies.sampling.sampler import Sampler
from mfa.studies.sweeps.crews import Crew

SCENARIO = Path(__file__).parent.parent / "scenarios" / "jiaokou-2030.yaml"
BLOCK, ROUNDS, SINGLE = 1024, 4, 32
WHOLE = 10_000


def _took(act: Callable[[], object]) -> float:
    """Processor time, s."""
    start = time.process_time()
    act()
    return time.process_time() - start


def of_the_park() -> None:
    scenario = mfa.load(SCENARIO)
    central = scenario.solve()
    plan = DrawPlan(scenario.system, 1, "random", BLOCK * ROUNDS)
    names = [r.name for r in central.indicator_list if are_waste([r.name], central.wastes)]
    sampler = Sampler(central, plan, names, tables=False)
    sampler.block(0, 4)  # what is worked out once
    whole = _took(lambda: [sampler.block(BLOCK * i, BLOCK) for i in range(ROUNDS)]) / (BLOCK * ROUNDS)
    draws = plan.block(0, BLOCK)
    draw = _took(lambda: plan.block(0, BLOCK)) / BLOCK
    filled = sampler._filling.filled(draws.values, BLOCK)
    wiring = central.compiled.wiring
    batch = _took(lambda: solve_batch(wiring, filled.values)) / BLOCK
    drawn = np.array([draws.values[p] for p in sampler.paths]).T[:SINGLE]
    made = [central.compiled.refilled(sampler._systems.sample(v).system) for v in drawn]
    single = _took(lambda: [solve_wired(wiring, c.values) for c in made]) / SINGLE
    one_by_one = _took(lambda: sampler._by_records(plan.block(0, SINGLE), 0)) / SINGLE
    together = solve_batch(wiring, stacked([c.values for c in made]))
    nets = np.array([solve_wired(wiring, c.values).net for c in made]).T
    error = float(np.max(np.abs(together.net - nets) / np.maximum(np.abs(nets), 1e-9 * np.abs(nets).max())))
    print(f"### Samples of a park: {len(sampler.paths)} figures drawn, {len(names)} indicators of waste\n")
    print("| step, processor time | ms a sample |\n|---|--:|")
    for name, seconds in (
        ("draw the figures", draw),
        ("solve, all samples at once", batch),
        ("solve, one by one", single),
        ("draw, solve, all waste indicators, on arrays", whole),
        ("draw, solve at once, all waste indicators from records", one_by_one),
    ):
        print(f"| {name} | {1e3 * seconds:.3f} |")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"\n{1 / whole:.0f} samples/s a core; at once ÷ one by one: solve {single / batch:.0f}, ", end="")
    print(f"with waste {one_by_one / whole:.0f}; largest difference {error:.0e}; {memory:.2f} GB\n")


def whole() -> None:
    """Samples of all waste indicators with their quantiles, figures kept, by one thread and two."""
    scenario = mfa.load(SCENARIO)
    central = scenario.solve()
    names = [r.name for r in central.indicator_list if are_waste([r.name], central.wastes)]
    print(f"### {WHOLE:,} samples of a park, {len(names)} indicators of waste with their quantiles\n")
    print("| threads | wall, s | processor, s |\n|--:|--:|--:|")
    for threads in (1, 2):
        asked = Asked(WHOLE, indicators=tuple(names), without=False, crew=Crew(threads))
        start, began = time.perf_counter(), time.process_time()
        found = sampled(central, asked)
        assert found.statistics[names[0]].p50 is not None
        took = time.perf_counter() - start, time.process_time() - began
        print(f"| {threads} | {took[0]:.2f} | {took[1]:.2f} |")
    print(f"\nlargest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB\n")


def report(python: str | None = None) -> None:
    of_the_park()
    whole()
    beside_others(python)
    large()


if __name__ == "__main__":
    report(*sys.argv[1:2])
