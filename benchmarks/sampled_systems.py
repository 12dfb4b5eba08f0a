"""Samples of a linear system beside what else solves them, and of a network of 20 000 processes.

The system is x = d + A·x with a matrix a sample: each of n activities makes one product and takes some
eight others, most of them from activities further down its strand, a few back up it; every coefficient is
lognormal. bw2calc runs in an interpreter of its own: `python -m benchmarks.sampling [PYTHON]`.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from mfa.engine.batch import solve_batch
from mfa.engine.network import GIVER, Floats, ListEntry, Structure, Values
from mfa.engine.wiring import Wiring, wire
from mfa.studies.sampling.spread import Shape, quantile

STRAND = 25  # activities, of which the last feed the first: no park recycles further
GSD, INPUTS, LOOPED = 1.1, 8, 0.02
GAIN = 0.8  # of what an activity makes goes into all of its inputs
SIZES, SAMPLES = (150, 300), 1024
REACHES = (4 * STRAND, STRAND // 2)  # how far down the strand inputs come from
TERM = 1e-13  # of the demand: the Neumann series ends there
LARGE, WIDE, BLOCKS = 20_000, 30, (32, 64)

BW2CALC = """
import json, sys, time, warnings
import numpy as np
warnings.simplefilter("ignore")
import bw2calc, bw_processing
given = np.load(sys.argv[1])
count = int(sys.argv[2])
row, column, value, demand = (given[k] for k in ("row", "column", "value", "demand"))
n = len(demand)
kinds = np.zeros(n + len(value), dtype=bw_processing.UNCERTAINTY_DTYPE)
kinds["uncertainty_type"][:n], kinds["loc"][:n] = 0, 1.0
kinds["uncertainty_type"][n:], kinds["loc"][n:] = 2, np.log(value)
kinds["scale"][n:] = np.log(float(given["gsd"]))
for name in ("shape", "minimum", "maximum"):
    kinds[name] = np.nan
kinds["scale"][:n] = np.nan
places = np.zeros(n + len(value), dtype=bw_processing.INDICES_DTYPE)
places["row"] = np.concatenate([np.arange(n), row]) + 1
places["col"] = np.concatenate([np.arange(n), column]) + 1
package = bw_processing.create_datapackage()
package.add_persistent_vector(
    matrix="technosphere_matrix", name="technosphere", indices_array=places,
    data_array=np.concatenate([np.ones(n), value]),
    flip_array=np.concatenate([np.zeros(n, bool), np.ones(len(value), bool)]), distributions_array=kinds)
flows = np.zeros(n, dtype=bw_processing.INDICES_DTYPE)
flows["row"], flows["col"] = 1, np.arange(n) + 1
package.add_persistent_vector(
    matrix="biosphere_matrix", name="biosphere", indices_array=flows, data_array=np.ones(n))
asked = {int(i) + 1: float(demand[i]) for i in np.flatnonzero(demand)}
lca = bw2calc.LCA(demand=asked, data_objs=[package], use_distributions=True, seed_override=1)
lca.lci()
start = time.process_time()
totals = []
for _ in range(count):
    next(lca)
    totals.append(float(lca.supply_array.sum()))
print(json.dumps({"seconds": (time.process_time() - start) / count, "mean": float(np.mean(totals))}))
"""


class Technosphere:
    """A system: who takes what of whom, medians of the coefficients, what is asked for."""

    def __init__(self, activities: int, inputs: int, reach: int, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        by = np.repeat(np.arange(activities), inputs)
        down = by + rng.integers(1, reach, len(by))
        up = by // STRAND * STRAND + rng.integers(0, STRAND, len(by))
        of = np.where(rng.random(len(by)) < LOOPED, up, down)
        pairs = np.unique(np.column_stack([of, by])[(of != by) & (of < activities)], axis=0)
        self.count, self.row, self.column = activities, pairs[:, 0], pairs[:, 1]
        self.value = rng.uniform(0.5, 1.5, len(pairs)) * GAIN / inputs
        self.demand = np.where(np.arange(activities) < STRAND, 10.0, 0.0)

    @property
    def structure(self) -> Structure:
        """A pool a product, whose list asks its activity for what is missing."""
        n = self.count
        return Structure(
            tuple(f"m{i}" for i in range(n)),
            tuple(f"p{i}" for i in range(n)),
            np.concatenate([np.arange(n), self.row]),
            np.concatenate([np.arange(n), self.column]),
            np.concatenate([np.ones(n, np.int64), np.full(len(self.row), -1)]),
            tuple(ListEntry(i, GIVER, 1, i) for i in range(n)),
        )

    def drawn(self, samples: int, kind: str = "lognormal", seed: int = 1) -> Floats:
        """(coefficient, sample) about the medians, the same for the same seed."""
        u = np.random.default_rng(seed).random((len(self.value), samples))
        value = self.value[:, None]
        return quantile(kind, u, Shape(value, 0.8 * value, 1.2 * value, gsd=np.full_like(value, GSD)))

    def values(self, drawn: Floats) -> Values:
        """The numbers of the network."""
        n, samples = self.count, drawn.shape[1]
        none = np.full((n, samples), np.inf)
        ones = np.ones((n, samples))
        return Values(
            np.concatenate([ones, drawn]),
            np.repeat(-self.demand[:, None], samples, axis=1),
            np.full((n, samples), np.nan),
            *(none, none, none, ones, np.zeros((0, samples))),
        )

    def ours(self, wiring: Wiring, drawn: Floats) -> Floats:
        """(activity, sample) levels by the network."""
        state = solve_batch(wiring, self.values(drawn))
        assert not state.left.any()
        return state.level

    def neumann(self, drawn: Floats) -> Floats:
        """D + A·d + A²·d …, all samples at once: sparse, with the sums as one product."""
        from scipy.sparse import csr_matrix

        entries = len(self.row)
        adds = csr_matrix((np.ones(entries), (self.row, np.arange(entries))), shape=(self.count, entries))
        term = np.repeat(self.demand[:, None], drawn.shape[1], axis=1)
        found = term.copy()
        while term.max() > TERM * self.demand.max():
            term = adds @ (drawn * term[self.column])
            found += term
        return found

    def one_by_one(self, drawn: Floats) -> Floats:
        """`numpy.linalg.solve` in a loop."""
        matrix, found = np.eye(self.count), np.empty((self.count, drawn.shape[1]))
        for i in range(drawn.shape[1]):
            matrix[self.row, self.column] = -drawn[:, i]
            found[:, i] = np.linalg.solve(matrix, self.demand)
        return found


def fastest(act: Callable[[], object], repeats: int = 3) -> float:
    """Least processor time of some runs, s."""
    best = np.inf
    for _ in range(repeats):
        start = time.process_time()
        act()
        best = min(best, time.process_time() - start)
    return best


def bw2calc(system: Technosphere, python: str, count: int = 200) -> tuple[float, float]:
    """Processor seconds a sample by Brightway's LCA with distributions, and the mean of all supplies."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "system.npz"
        arrays = {"row": system.row, "column": system.column, "value": system.value, "demand": system.demand}
        np.savez(file, gsd=GSD, **arrays)
        command = [python, "-c", BW2CALC, str(file), str(count)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    return told["seconds"], told["mean"]


def beside_others(python: str | None) -> None:
    print("### Samples of a linear system: processor time a sample, µs, one core\n")
    print("| activities × coefficients, reach | draw | solve, ours | Neumann, numpy ", end="")
    print("| numpy.linalg.solve | bw2calc, whole |\n|---|--:|--:|--:|--:|--:|")
    for size, reach in ((size, reach) for size in SIZES for reach in REACHES):
        system = Technosphere(size, INPUTS, reach)
        wiring = wire(system.structure)
        drawn = system.drawn(SAMPLES)
        few = drawn[:, :64]
        ours, neumann = system.ours(wiring, drawn), system.neumann(drawn)
        error = max(np.abs(ours - neumann).max(), np.abs(ours[:, :64] - system.one_by_one(few)).max())
        assert error < 1e-9 * ours.max(), error
        draw = fastest(lambda s=system: s.drawn(SAMPLES)) / SAMPLES  # type: ignore[misc]
        mine = fastest(lambda s=system, w=wiring, d=drawn: s.ours(w, d)) / SAMPLES  # type: ignore[misc]
        series = fastest(lambda s=system, d=drawn: s.neumann(d)) / SAMPLES  # type: ignore[misc]
        single = fastest(lambda s=system, d=few: s.one_by_one(d)) / few.shape[1]  # type: ignore[misc]
        cells = [f"{1e6 * draw:.0f}", f"{1e6 * mine:.0f}"]
        cells += [f"{1e6 * t:.0f} (**{t / mine:.1f}×**)" for t in (series, single)]
        if python is None:
            cells.append("–")
        else:
            whole, mean = bw2calc(system, python)
            assert abs(mean - ours.sum(axis=0).mean()) < 0.01 * mean
            cells.append(f"{1e6 * whole:.0f} (**{whole / (mine + draw):.0f}×**)")
        print(f"| {size} × {len(system.row)}, {reach} | {' | '.join(cells)} |")
    print()


def large() -> None:
    system = Technosphere(LARGE, WIDE, 8 * STRAND)
    wiring = wire(system.structure)
    print(f"### Samples of {LARGE:,} processes, {len(system.row) + LARGE:,} coefficients\n")
    print("| together | draw, lognormal, ms a sample | draw, triangular | solve ", end="")
    print("| whole samples a second |\n|--:|--:|--:|--:|--:|")
    for samples in BLOCKS:
        lognormal = fastest(lambda n=samples: system.drawn(n), 2) / samples  # type: ignore[misc]
        triangular = fastest(lambda n=samples: system.drawn(n, "triangular"), 2) / samples  # type: ignore[misc]
        drawn = system.drawn(samples)
        solve = fastest(lambda d=drawn: system.ours(wiring, d), 2) / samples  # type: ignore[misc]
        rates = f"{1 / (solve + lognormal):.0f} and {1 / (solve + triangular):.0f}"
        print(f"| {samples} | {1e3 * lognormal:.1f} | {1e3 * triangular:.1f} | {1e3 * solve:.1f} | {rates} |")
    print()
