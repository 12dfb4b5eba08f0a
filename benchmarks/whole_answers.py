"""Whole answers of samples of the park (jiaokou-2030): indicators and tables, on arrays and run by run."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import mfa
from mfa.studies.sampling.draws import DrawPlan
from mfa.studies.sampling.sampled import Asked, Sampled, sampled
from mfa.studies.sampling.sampler import Sampler

SCENARIO = Path(__file__).parent.parent / "scenarios" / "jiaokou-2030.yaml"
SINGLE = 32


def _took(act: Callable[[], object]) -> float:
    """Processor time of all threads, s."""
    start = time.process_time()
    act()
    return time.process_time() - start


def report(samples: int) -> None:
    """Print the table."""
    central = mfa.load(SCENARIO).solve()
    few = Sampler(central, DrawPlan(central.system, 1, "random", SINGLE), None, tables=True)
    one_by_one = _took(lambda: few._by_records(few.plan.block(0, SINGLE), 0)) / SINGLE
    found: list[Sampled] = []
    took = _took(lambda: found.append(sampled(central, Asked(samples, without=False))))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    rows = sum(len(of) for of in found[0].tables.values())
    print(f"### Whole answers: {len(found[0].rows)} indicators, {rows} amounts in tables of each sample\n")
    print("| step, processor time | ms a sample |\n|---|--:|")
    print(f"| draw, solve, all of it on arrays, statistics | {1e3 * took / samples:.2f} |")
    print(f"| draw, solve at once, all of it from records | {1e3 * one_by_one:.0f} |")
    times = one_by_one * samples / took
    print(f"\n{samples} samples: {took:.1f} s of a processor, {memory:.2f} GB; {times:.0f} times")


if __name__ == "__main__":
    report(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
