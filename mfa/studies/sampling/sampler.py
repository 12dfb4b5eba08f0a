"""Samples of a scenario: figures drawn, all networks solved at once, what comes out of each kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from mfa.engine.batch import solve_batch, stacked
from mfa.engine.compile import Compiled
from mfa.engine.network import Floats
from mfa.errors import Error, Failure
from mfa.parameters import Path
from mfa.parameters.values import balance_of
from mfa.results.accounts.waste_plan import WastePlan
from mfa.results.accounts.waste_samples import WasteSamples
from mfa.results.indicators.target import Indicator
from mfa.results.indicators.waste_of_samples import WasteIndicators, are_waste
from mfa.results.run import Run, solve_compiled
from mfa.studies.sampling.batch_values import BatchValues
from mfa.studies.sampling.drawn_systems import DrawnSystems, Sample
from mfa.studies.sampling.draws import DrawPlan, Draws

FAILURE = "failure"
"""The code of a sample that no method solves."""
AT_ONCE = 64  # samples whose records and runs are held together: about 60 MB of a park
Reason = tuple[str, str]
"""Why a sample does not count: a code, and the path where one is to blame."""


@dataclass(frozen=True)
class Block:
    """Some samples.

    Attributes
    ----------
    drawn : (sample, path) the figures
    values : (sample, row) of the indicators, NaN where there is none
    met : (sample, row) whether their targets are met
    tables : table → (sample, row) the amounts of the rows that the central run has
    invalid : sample → why it does not count: a code, and the path where one is to blame
    held : path → how often its draw was held at a bound
    alone : how many were solved one by one
    """

    drawn: Floats
    values: Floats
    met: list[tuple[str | None, ...]]
    tables: Mapping[str, Floats]
    invalid: Mapping[int, Reason]
    held: Counter[str] = field(default_factory=Counter)
    alone: int = 0


class Sampler:
    """Draws and solves the samples of a system.

    Parameters
    ----------
    central : the run of the figures as they are written
    names : the indicators that are wanted; None is all that the central run has
    tables : whether the rows of flows, links and processes are wanted too
    """

    def __init__(self, central: Run, plan: DrawPlan, names: Sequence[str] | None, *, tables: bool) -> None:
        self.central, self.plan, self.all = central, plan, names is None
        self.names = tuple(r.name for r in central.indicator_list) if names is None else tuple(names)
        self.tables = TABLES if tables else {}

    @cached_property
    def row_keys(self) -> Sequence[tuple[str, float | None, float | None]]:
        """The rows of the indicators: a name, and its bounds, of which it may have several."""
        found = self.central.indicator_list if self.all else self.central.indicators_named(self._wanted)
        return [(r.name, r.minimum, r.maximum) for r in found]

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """The figures that are drawn or follow."""
        return tuple(self.plan.block(0, 4).values)

    @cached_property
    def _systems(self) -> DrawnSystems:
        return DrawnSystems(self.central.system, self.paths)

    def block(self, start: int, size: int) -> Block:
        """The samples from `start`, a multiple of 4."""
        draws = self.plan.block(start, size)
        return self._at_once(draws, start) if self.fast else self._by_records(draws, start)

    def runs(self, start: int, size: int) -> Iterator[tuple[int, Run | Reason]]:
        """(sample, its run or why there is none) of the samples from `start`, a multiple of 4."""
        draws = self.plan.block(start, size)
        drawn = np.array([draws.values[p] for p in self.paths]).reshape(len(self.paths), size).T
        wrong = {i: why for i in range(size) if (why := self._wrong(draws, i))}
        yield from wrong.items()
        for i, found, _ in self._solved([(i, drawn[i]) for i in range(size) if i not in wrong]):
            yield i, found

    @cached_property
    def fast(self) -> bool:
        """Whether nothing is wanted but the park's waste, and no record changes what that is counted by."""
        alone = not self.tables and not self.all and are_waste(self.names, self.central.wastes)
        return alone and self._filling.possible

    @cached_property
    def _wastes(self) -> WastePlan:
        return WastePlan(self.central.accounts.ledger)

    @cached_property
    def _filling(self) -> BatchValues:
        return BatchValues(self.central.system, self.central.compiled, self.paths, self.plan.names)

    def _at_once(self, draws: Draws, start: int) -> Block:
        """Samples whose networks and wastes are solved on arrays; what these leave goes one by one."""
        size = draws.size
        drawn = np.array([draws.values[p] for p in self.paths]).reshape(len(self.paths), size).T
        values = np.full((size, len(self.row_keys)), np.nan)
        met: list[list[str | None]] = []
        filled = self._filling.filled(draws.values, size)
        batch = solve_batch(self.central.compiled.wiring, filled.values)
        with np.errstate(all="ignore"):
            samples = WasteSamples(self._wastes, filled.values, batch)
            rows = WasteIndicators(samples, self.central.wastes)
            for k, key in enumerate(self.row_keys):
                values[:, k], words = rows.row(key)
                met.append(words)
        words_of: list[tuple[str | None, ...]] = list(zip(*met, strict=True)) if met else [()] * size
        left = batch.left | samples.open
        invalid = {i: why for i in range(size) if (why := self._wrong(draws, i))}
        for (process, where), below in filled.negative.items():
            runs = batch.level[self._process_at[process]] > 0
            for i in np.flatnonzero(below & runs & ~left).tolist():
                invalid.setdefault(i, ("sample-negative", self._flow(process, where)))
        alone = [i for i in np.flatnonzero(left).tolist() if i not in invalid]
        for i, found, _ in self._solved([(i, drawn[i]) for i in alone]):
            if isinstance(found, tuple):
                invalid[i] = found
                continue
            mine = self._rows_of(found)
            values[i] = [np.nan if r is None or r.value is None else r.value for r in mine]
            words_of[i] = tuple(r.met or None if r else None for r in mine)
        for i in invalid:
            values[i], words_of[i] = np.nan, (None,) * len(self.row_keys)
        held = Counter({self.plan.names[p]: n for p, n in draws.held.items()})
        numbered = {start + i: invalid[i] for i in sorted(invalid)}
        return Block(drawn, values, words_of, {}, numbered, held, len(alone))

    def _by_records(self, draws: Draws, start: int) -> Block:
        """Samples whose networks are solved at once, and of which everything else is made from records."""
        size = draws.size
        drawn = np.array([draws.values[p] for p in self.paths]).reshape(len(self.paths), size).T
        values = np.full((size, len(self.row_keys)), np.nan)
        met: list[tuple[str | None, ...]] = [(None,) * len(self.row_keys)] * size
        tables = {name: np.full((size, len(self._keys[name])), np.nan) for name in self.tables}
        wrong = {i: why for i in range(size) if (why := self._wrong(draws, i))}
        invalid = {start + i: why for i, why in wrong.items()}
        alone = 0
        for i, found, single in self._solved([(i, drawn[i]) for i in range(size) if i not in wrong]):
            alone += single
            if isinstance(found, tuple):
                invalid[start + i] = found
                continue
            mine = self._rows_of(found)
            values[i] = [np.nan if r is None or r.value is None else r.value for r in mine]
            met[i] = tuple(r.met or None if r else None for r in mine)
            for name, of in self.tables.items():
                amounts = of(found)
                tables[name][i] = [amounts.get(key, 0.0) for key in self._keys[name]]
        held = Counter({self.plan.names[p]: n for p, n in draws.held.items()})
        return Block(drawn, values, met, tables, dict(sorted(invalid.items())), held, alone)

    def _rows_of(self, run: Run) -> list[Indicator | None]:
        """(row,) the indicators of a sample; where it has none of a row by itself, it is asked for it."""
        found = run.indicator_list if self.all else run.indicators_named(self._wanted)
        rows = {(r.name, r.minimum, r.maximum): r for r in found}
        lacking = {key[0] for key in self.row_keys if key not in rows}
        if lacking:
            rows |= {(r.name, r.minimum, r.maximum): r for r in run.indicators_named(lacking)}
        return [rows.get(key) for key in self.row_keys]

    @cached_property
    def _wanted(self) -> frozenset[str]:
        return frozenset(self.names)

    @cached_property
    def _keys(self) -> Mapping[str, Sequence[tuple[str, ...]]]:
        return {name: list(of(self.central)) for name, of in self.tables.items()}

    def _wrong(self, draws: Draws, i: int) -> Reason | None:
        """Why a draw cannot be, before anything is solved."""
        for path, wrong in draws.invalid.items():
            if wrong[i]:
                return "sample-negative", self.plan.names[path]
        return None

    def _solved(self, drawn: Sequence[tuple[int, Floats]]) -> Iterator[tuple[int, Run | Reason, bool]]:
        """(sample, its run or why there is none, whether it was solved alone) of some samples' figures."""
        wiring, structure = self.central.compiled.wiring, self.central.compiled.structure
        for start in range(0, len(drawn), AT_ONCE):
            some = drawn[start : start + AT_ONCE]
            samples = [self._systems.sample(values) for _, values in some]
            made = [self.central.compiled.refilled(s.system) for s in samples]
            alike = [k for k, c in enumerate(made) if c.structure.same(structure)]
            batch = solve_batch(wiring, stacked([made[k].values for k in alike])) if alike else None
            at = {k: n for n, k in enumerate(alike)}
            for k, ((i, _), sample, compiled) in enumerate(zip(some, samples, made, strict=True)):
                n = at.get(k)
                if batch is not None and n is not None and not batch.left[n]:
                    yield i, self._judged(sample, Run(sample.system, compiled, batch.state(n))), False
                else:
                    yield i, self._alone(sample, compiled), True

    def _alone(self, sample: Sample, compiled: Compiled) -> Run | Reason:
        """The run of a sample by the plain solver, or why there is none."""
        try:
            return self._judged(sample, solve_compiled(sample.system, compiled))
        except Error as error:
            return error.faults[0].key, ""
        except Failure:
            return FAILURE, ""

    def _judged(self, sample: Sample, run: Run) -> Run | Reason:
        """The run, unless a flow would be negative of a process that runs in it."""
        for process, where in sample.negative:
            if run.state.level[self._process_at[process]] > 0:
                return "sample-negative", self._flow(process, where)
        return run

    @cached_property
    def _process_at(self) -> Mapping[str, int]:
        return {p: i for i, p in enumerate(self.central.compiled.structure.processes)}

    def _flow(self, process: str, where: tuple[str | int, ...]) -> str:
        at = balance_of(self.central.system.processes[process]) if where == ("balance",) else where
        return ".".join(map(str, (process, *(at or ()))))


# ---------------------------------------------------------------- the rows of other tables
def _flows(run: Run) -> dict[tuple[str, ...], float]:
    return {(f.material, f.source, f.target): f.amount for f in run.flow_list}


def _links(run: Run) -> dict[tuple[str, ...], float]:
    return {(f.material, f.source, f.target): f.amount for f in run.link_list}


def _processes(run: Run) -> dict[tuple[str, ...], float]:
    return {(p,): v for p, v in zip(run.compiled.structure.processes, run.state.level.tolist(), strict=True)}


TABLES: Mapping[str, Callable[[Run], dict[tuple[str, ...], float]]] = {
    "flows": _flows,
    "links": _links,
    "processes": _processes,
}
"""Table → the key and the amount of each of its rows."""
