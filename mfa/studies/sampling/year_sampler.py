"""Samples of a run over periods: each is a whole path, with one draw of its figures and stocks of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from mfa.engine.network import Floats
from mfa.parameters import Path
from mfa.results.run import Run
from mfa.studies.sampling.draws import Draws
from mfa.studies.sampling.sampler import AT_ONCE, Block, Reason
from mfa.studies.sampling.year_arrays import YearArrays
from mfa.studies.sampling.year_plans import YearPlan
from mfa.studies.sampling.year_records import YearRecords
from mfa.system import System

Row = tuple[str, float | None, float | None]
"""An indicator and its bounds."""
Words = tuple[str | None, ...]


class YearSampler:
    """Draws and solves the samples of the periods of a run.

    Parameters
    ----------
    system : with its periods, as it is read
    written : of each period, as written (`period_systems`)
    runs : of each period, of the figures as written
    plans : of each period
    names : the indicators that are wanted
    """

    def __init__(
        self,
        system: System,
        written: Sequence[System],
        runs: Sequence[Run],
        plans: Sequence[YearPlan],
        names: Sequence[str],
    ) -> None:
        self.plans, self.names = plans, frozenset(names)
        self.paths: list[tuple[Path, ...]] = [tuple(plan.block(0, 4).values) for plan in plans]
        self.rows: list[list[Row]] = [
            [(r.name, r.minimum, r.maximum) for r in run.indicators_named(self.names)] for run in runs
        ]
        self._records = YearRecords(system, written, runs, self.paths)
        self._arrays = YearArrays(system, written, runs, plans, self.paths, self.rows)

    @cached_property
    def fast(self) -> bool:
        """Whether all that is wanted can be had on arrays."""
        return self._arrays.possible

    def blocks(self, start: int, size: int) -> list[Block]:
        """Of each period, the samples from `start`, a multiple of 4."""
        draws = [plan.block(start, size) for plan in self.plans]
        drawn = [self._drawn(t, one) for t, one in enumerate(draws)]
        values = [np.full((size, len(rows)), np.nan) for rows in self.rows]
        met: list[list[Words]] = [[(None,) * len(rows)] * size for rows in self.rows]
        invalid: dict[int, Reason] = dict(self._impossible(draws))
        left = [i for i in range(size) if i not in invalid]
        if self.fast:
            found = self._arrays.blocks(draws)
            for t, block in enumerate(found):
                values[t], met[t] = block.values, list(block.met)
                for i, path in block.negative.items():
                    invalid.setdefault(i, ("sample-negative", path))
            left = [i for i in np.flatnonzero(found[-1].left).tolist() if i not in invalid]
        alone = set(left) if self.fast else set()
        for begin in range(0, len(left), AT_ONCE):
            some = {i: [d[i] for d in drawn] for i in left[begin : begin + AT_ONCE]}
            for t, period in enumerate(self._records.solved(some)):
                for i, run, single in period:
                    alone |= {i} if single else set()
                    if isinstance(run, tuple):
                        invalid[i] = run
                    else:
                        values[t][i], met[t][i] = self._row(t, run)
        for i in invalid:
            for t, rows in enumerate(self.rows):
                values[t][i], met[t][i] = np.nan, (None,) * len(rows)
        numbered = {start + i: invalid[i] for i in sorted(invalid)}
        return [
            Block(drawn[t], values[t], met[t], {}, numbered, self._held(t, one), len(alone))
            for t, one in enumerate(draws)
        ]

    def _drawn(self, t: int, draws: Draws) -> Floats:
        """(sample, path) the figures of a period."""
        paths = self.paths[t]
        return np.array([draws.values[p] for p in paths]).reshape(len(paths), draws.size).T

    def _held(self, t: int, draws: Draws) -> Counter[str]:
        return Counter({self.plans[t].names[p]: n for p, n in draws.held.items()})

    def _impossible(self, draws: Sequence[Draws]) -> Iterator[tuple[int, Reason]]:
        """Samples whose figures cannot be in some period, before anything is solved."""
        for plan, one in zip(self.plans, draws, strict=True):
            for path, wrong in one.invalid.items():
                yield from (
                    (i, ("sample-negative", plan.names[path])) for i in np.flatnonzero(wrong).tolist()
                )

    def _row(self, t: int, run: Run) -> tuple[Floats, Words]:
        """The values of a sample in a period, and whether targets are met."""
        rows = {(r.name, r.minimum, r.maximum): r for r in run.indicators_named(self.names)}
        mine = [rows.get(key) for key in self.rows[t]]
        values = [np.nan if r is None or r.value is None else r.value for r in mine]
        return np.array(values, np.float64), tuple(r.met or None if r else None for r in mine)
