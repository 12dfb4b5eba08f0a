"""Samples of the park (jiaokou-2030): waste indicators on arrays, and a loop of single solves in one run."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import mfa
from mfa.engine.batch import solve_batch, stacked
from mfa.engine.solver import solve_wired
from mfa.results.indicators.waste_of_samples import are_waste
from mfa.studies.sampling.draws import DrawPlan
from mfa.studies.sampling.sampler import Sampler

SCENARIO = Path(__file__).parent.parent / "scenarios" / "jiaokou-2030.yaml"
BLOCK, ROUNDS, SINGLE = 256, 4, 32


def _took(act: Callable[[], object]) -> float:
    """Processor time, s."""
    start = time.process_time()
    act()
    return time.process_time() - start


def report() -> None:
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
    print(f"with waste {one_by_one / whole:.0f}; largest difference {error:.0e}; {memory:.2f} GB")


if __name__ == "__main__":
    report()
