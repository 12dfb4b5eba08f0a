"""Whole runs of large files, stage by stage: deep chains, wide networks, far recycles of 10³ to 10⁵ pools.

    python -m benchmarks.size [POOLS ...]

A deep chain hands what it gets from pool to pool, two in three steps capped; in a wide network
strands of 25 pools lie side by side, one step in two is capped and some lead back upstream; far
recycles are those of `benchmarks/networks.py`, a process a pool.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import mfa
from benchmarks.networks import far_recycles

STRAND = 25
POOLS = (1_000, 10_000, 100_000)
MATERIAL = "  m%d: {label: {en: Material, zh: 物料}, kind: intermediate}\n"
STEP = "  p%d: {per: m%d, inputs: {m%d: 1 t/t}, outputs: {m%d: %.4f t/t}%s}\n"
SPREAD = "  p%d: {per: m%d, inputs: {m%d: 1 t/t}, outputs: {%s}%s}\n"


def deep(pools: int) -> tuple[str, str]:
    """A chain file of one long chain, and what is supplied."""
    rng = random.Random(0)
    caps = [f", capacity: {rng.randrange(20, 120)} t/a" if i % 3 else "" for i in range(pools)]
    steps = [STEP % (i, i, i, i + 1, 0.9999, caps[i]) for i in range(pools - 1)]
    return _chain(pools, steps), ", ".join(f"m{i}: 100 t/a" for i in range(0, pools, 5))


def wide(pools: int) -> tuple[str, str]:
    """A chain file of short strands side by side, and what is supplied."""
    rng = random.Random(0)
    steps = []
    for i in range(pools):
        start = i - i % STRAND
        length = min(STRAND, pools - start)
        target = start + (i % STRAND + rng.choice((1, 1, 2, 3, -2))) % length
        cap = f", capacity: {rng.randrange(5, 60)} t/a" if i % 2 else ""
        steps.append(STEP % (i, i, i, target, rng.uniform(0.1, 0.9), cap))
    return _chain(pools, steps), ", ".join(f"m{i}: {rng.randrange(10, 100)} t/a" for i in range(0, pools, 4))


def far(pools: int) -> tuple[str, str]:
    """A chain file of recycles that reach far, and what is supplied."""
    structure, values = far_recycles(pools)
    outputs: list[dict[int, float]] = [{} for _ in structure.processes]
    given = np.flatnonzero(structure.flow_side > 0)
    for f in given.tolist():
        of = outputs[structure.flow_process[f]]
        pool = int(structure.flow_pool[f])
        of[pool] = of.get(pool, 0.0) + float(values.coefficient[f])
    steps = []
    for i, (of, most) in enumerate(zip(outputs, values.capacity.tolist(), strict=True)):
        made = ", ".join(f"m{pool}: {share:.4f} t/t" for pool, share in of.items())
        steps.append(SPREAD % (i, i, i, made, f", capacity: {most:.2f} t/a" if most < np.inf else ""))
    supply = [f"m{i}: {t:.2f} t/a" for i, t in enumerate(values.external.tolist()) if t > 0]
    return _chain(len(structure.pools), steps), ", ".join(supply)


def _chain(pools: int, steps: list[str]) -> str:
    materials = [MATERIAL % i for i in range(pools)]
    lists = [f"  m{i}: {{takers: [p{i}]}}\n" for i in range(len(steps))]
    return "".join(["chain: large\nmaterials:\n", *materials, "processes:\n", *steps, "pools:\n", *lists])


def row(name: str, chain: str, supply: str) -> str:
    """One run: processor seconds to read, to compile and solve, to make all tables."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "large.yaml").write_text(chain, encoding="utf-8")
        scenario = Path(folder, "run.yaml")
        text = f"scenario: run\nchains: [./large.yaml]\nsupply: {{{supply}}}\n"
        scenario.write_text(text, encoding="utf-8")
        start = time.process_time()
        loaded = mfa.load(scenario)
        read = time.process_time()
        result = loaded.solve()
        solved = time.process_time()
        for table in result.written:
            result.table(table)
        made = time.process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    times = " | ".join(f"{t:.2f}" for t in (read - start, solved - read, made - solved, made - start))
    return f"| {name} | {len(chain) / 1e6:.1f} | {times} | {memory:.1f} | {result.state.method} |"


def report(sizes: tuple[int, ...] = POOLS) -> None:
    print("### Whole runs\n")
    print("| network | MB | read, s | solve, s | tables, s | all, s | peak GB | method |")
    print("|---|--:|--:|--:|--:|--:|--:|---|")
    for pools in sizes:
        print(row(f"deep chain, {pools:,} pools", *deep(pools)), flush=True)
        print(row(f"wide, {pools:,} pools", *wide(pools)), flush=True)
        print(row(f"far recycles, {pools:,} pools", *far(pools)), flush=True)


if __name__ == "__main__":
    report(tuple(int(n) for n in sys.argv[1:]) or POOLS)
