"""Times of `mfa.engine.linear` beside PARDISO, SuperLU and a Neumann series, on networks like parks.

    python -m benchmarks.linear [--quick]

Prints a Markdown table of processor times, of all threads. Every solver gets the same new values in
every repeat; the shortest of the repeats counts. What a solver's interface lets it do once for a
pattern is not in the time: `plan` here, PARDISO's phase 11 there (the time is phases 22 and 33;
"lean" is without scaling, matching and refinement, which these matrices do not need).
`scipy.sparse.linalg.splu` has no such option: its column ordering (COLAMD) is in its time. It gets
the matrix ready in compressed columns, PARDISO and the series in compressed rows; ours starts from
the plain values. The series x = b + G b + G² b + … ends where its last term is 1e-13 of each node's x.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy
from scipy.sparse import coo_array, eye_array
from scipy.sparse.linalg import splu

from benchmarks.networks import far_recycles
from mfa.engine.linear import plan, solve

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LENGTH = 25
"""Pools of a chain."""


@dataclass(frozen=True)
class Network:
    n: int
    rows: Ints
    columns: Ints


def distinct(n: int, rows: Ints, columns: Ints) -> Network:
    keys = np.unique(rows * n + columns)
    return Network(n, keys // n, keys % n)


def park(n: int, rng: np.random.Generator) -> Network:
    """Chains of 25 pools; each feeds 1–4 others downstream in its own or a neighbouring chain.

    7 % of the pools are in recycle loops of 2–8 pools.
    """
    count = n // LENGTH
    n = count * LENGTH
    node = np.arange(n)
    feeds = np.repeat(node, rng.integers(1, 5, n))
    chain = (feeds // LENGTH + rng.choice([0, 0, 0, -1, 1], len(feeds))) % count
    place = feeds % LENGTH + rng.integers(1, 7, len(feeds))
    inside = place < LENGTH
    rows, columns = (chain * LENGTH + place)[inside], feeds[inside]
    size = rng.integers(2, 9, int(0.07 * n / 5))
    start = rng.integers(0, count, len(size)) * LENGTH + rng.integers(0, LENGTH - size + 1)
    ring = (
        np.repeat(start, size - 1)
        + np.arange((size - 1).sum())
        - np.repeat(np.cumsum(size - 1) - size + 1, size - 1)
    )
    rows = np.concatenate([rows, ring + 1, start])
    columns = np.concatenate([columns, ring, start + size - 1])
    return distinct(n, rows, columns)


def hubs(n: int, rng: np.random.Generator, count: int = 4) -> Network:
    """The park with pools like electricity or steam: 2 % of the pools feed them, 40 % take from them."""
    base = park(n, rng)
    n = base.n
    pools = rng.choice(n, count, replace=False)
    takers, givers = rng.integers(0, n, 4 * n // 10), rng.integers(0, n, n // 50)
    rows = np.concatenate([base.rows, takers, rng.choice(pools, len(givers))])
    columns = np.concatenate([base.columns, rng.choice(pools, len(takers)), givers])
    return distinct(n, rows, columns)


def deep(n: int, rng: np.random.Generator) -> Network:
    """One chain through all pools with couplings up to 50 downstream and loops of 2–4 pools."""
    feeds = np.repeat(np.arange(n), 3)
    rows = np.concatenate([feeds + rng.integers(1, 51, len(feeds)), np.arange(1, n)])
    columns = np.concatenate([feeds, np.arange(n - 1)])
    loops = np.arange(0, n - 200, 200)
    rows, columns = (
        np.concatenate([rows, loops]),
        np.concatenate([columns, loops + rng.integers(1, 4, len(loops))]),
    )
    inside = rows < n
    return distinct(n, rows[inside], columns[inside])


def scattered(n: int, rng: np.random.Generator) -> Network:
    """Each pool feeds three others anywhere after it; 2 % of them close a loop with a neighbour."""
    feeds = np.repeat(np.arange(n - 1), 3)
    rows = rng.integers(feeds + 1, n)
    back = rng.choice(n - 1, n // 50, replace=False)
    name = rng.permutation(n)
    return distinct(
        n,
        name[np.concatenate([rows, back, back + 1])],
        name[np.concatenate([feeds, back + 1, back])],
    )


def knot(n: int, rng: np.random.Generator) -> Network:
    """The park in which 3 % of the pools feed a pool anywhere: a large loop without a hub."""
    base = park(n, rng)
    n = base.n
    back = rng.choice(n, 3 * n // 100, replace=False)
    rows = np.concatenate([base.rows, rng.integers(0, n, len(back))])
    return distinct(n, rows, np.concatenate([base.columns, back]))


def far(n: int, rng: np.random.Generator) -> Network:
    """Twenty layers; each pool feeds three of the next, half of them one of the layer before."""
    structure, _ = far_recycles(n, int(rng.integers(2**31)))
    given = structure.flow_side > 0
    return distinct(
        len(structure.pools), structure.flow_pool[given], structure.flow_process[given]
    )  # process i takes from pool i


FAMILIES: dict[str, Callable[[int, np.random.Generator], Network]] = {
    "park": park,
    "park with hubs": hubs,
    "deep": deep,
    "scattered": scattered,
    "knot": knot,
    "far recycles": far,
}


OTHERS = ("PARDISO", "PARDISO lean", "COLAMD", "series")


@dataclass
class Result:
    plan: float
    way: str
    largest: int
    seconds: dict[str, float] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    differs: float = 0.0

    def clock(self, name: str, run: Callable[[], Floats]) -> Floats:
        begin = time.process_time()
        x = run()
        self.seconds[name] = min(self.seconds.get(name, np.inf), time.process_time() - begin)
        return x


def draw(network: Network, rng: np.random.Generator) -> Floats:
    """Values >= 0; a tenth of what enters a pool leaves the network."""
    values = rng.random(len(network.rows)) + 0.05
    return 0.9 * values / np.bincount(network.columns, weights=values, minlength=network.n)[network.columns]


SLOW = 4.0
"""Seconds after which a solver is not asked for the other repeats, nor for ten times the nodes."""


LEAN = {1: 1, 2: 3, 10: 13, 21: 1, 24: 1}
"""PARDISO's parameters without scaling, matching and refinement; nested dissection in parallel."""


def pardiso(
    rows: Any, parameters: dict[int, int]
) -> tuple[Callable[[Any, Floats], Floats], Callable[[], None]]:
    """Numeric factorisation and solution only (the analysis is done here), and what frees its memory."""
    from pypardiso import PyPardisoSolver

    solver = PyPardisoSolver(mtype=11)
    for number, value in parameters.items():
        solver.set_iparm(number, value)
    solver.set_phase(11)
    solver._call_pardiso(rows, np.zeros((rows.shape[0], 1)))

    def run(rows: Any, b: Floats) -> Floats:
        solver.set_phase(22)
        solver._call_pardiso(rows, b)
        solver.set_phase(33)
        return np.ravel(solver._call_pardiso(rows, b))

    return run, lambda: solver.free_memory(everything=True)


def superlu(columns: Any, b: Floats) -> Floats:
    x: Floats = splu(columns).solve(b)
    return x


TERMS = 5_000
"""A series of more terms is given up."""


def series(rows: Any, b: Floats) -> Floats:
    """The Neumann series, from ``I - G`` by rows."""
    fed = eye_array(len(b), format="csr") - rows
    term, x = b, b.copy()
    for _ in range(TERMS):
        term = fed @ term
        x += term
        if np.all(np.abs(term) <= 1e-13 * np.abs(x)):
            return x
    return np.full(len(b), np.nan)


def measure(network: Network, repeats: int, skip: dict[str, str], rng: np.random.Generator) -> Result:
    """Shortest seconds of each solver on the same values; `skip`: solvers not to ask, and why."""
    n = network.n
    begin = time.perf_counter()
    once = plan(n, network.rows, network.columns)
    way = once.way
    name = "node by node" if isinstance(way, tuple) else "factors" if way.near is None else "iteration"
    result = Result(time.perf_counter() - begin, name, int(np.bincount(once.component).max()))
    ready: dict[str, tuple[Callable[[Any, Floats], Floats], Callable[[], None]]] = {}
    result.missing.update(skip)
    for _ in range(repeats):
        values, b = draw(network, rng), rng.random(n)
        rows = (eye_array(n) - coo_array((values, (network.rows, network.columns)), shape=(n, n))).tocsr()
        rows.sort_indices()
        columns = rows.tocsc()
        x = result.clock("ours", partial(solve, once, values, b))
        others = []
        for name, parameters in (("PARDISO", {}), ("PARDISO lean", LEAN)):
            if name in result.missing:
                continue
            try:
                if name not in ready:
                    ready[name] = pardiso(rows, parameters)
                others.append(result.clock(name, partial(ready[name][0], rows, b)))
            except ImportError:
                result.missing[name] = "pypardiso is not installed"
        if "COLAMD" not in result.missing:
            others.append(result.clock("COLAMD", partial(superlu, columns, b)))
        if "series" not in result.missing:
            others.append(result.clock("series", partial(series, rows, b)))
        for other in others:
            result.differs = max(result.differs, float(np.max(np.abs(x - other) / np.abs(other))))
        for name, seconds in result.seconds.items():
            if seconds > SLOW:
                result.missing.setdefault(name, "")
    for _, free in ready.values():
        free()
    return result


def compare(sizes: tuple[int, ...], repeats: int) -> None:
    print(
        "| network | n | entries | largest loop | by | plan, s | ours, ms |"
        + "".join(f" {name}, ms | / ours |" for name in OTHERS)
        + " largest relative difference |\n|---|--:|--:|--:|---|--:|--:|"
        + "--:|--:|" * len(OTHERS)
        + "--:|"
    )
    for name, family in FAMILIES.items():
        skip: dict[str, str] = {}
        for n in sizes:
            rng = np.random.default_rng(n)
            network = family(n, rng)
            r = measure(network, repeats, skip, rng)
            ours = r.seconds["ours"]
            cells = [name, str(network.n), str(len(network.rows)), str(r.largest), r.way]
            cells += [f"{r.plan:.2f}", f"{1e3 * ours:.2f}"]
            for other in OTHERS:
                if other in r.seconds:
                    cells += [f"{1e3 * r.seconds[other]:.1f}", f"{r.seconds[other] / ours:.1f}"]
                    if r.seconds[other] > SLOW:
                        skip[other] = f"not asked: {r.seconds[other]:.0f} s at {n}"
                else:
                    cells += [r.missing[other], "–"]
            print("| " + " | ".join([*cells, f"{r.differs:.0e}"]) + " |", flush=True)


def main() -> None:
    """Print the table; with --quick for 20 000 nodes and two repeats only."""
    quick = "--quick" in sys.argv
    print(
        f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}, "
        f"{os.cpu_count()} processors, {platform.machine()}\n"
    )
    compare((20_000,) if quick else (2_000, 20_000, 200_000), 2 if quick else 5)


if __name__ == "__main__":
    main()
