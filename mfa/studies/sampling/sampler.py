"""Samples of a scenario: figures drawn, all networks solved at once, what comes out of each kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from mfa.engine.batch import solve_batch, stacked
from mfa.engine.compile import Compiled
from mfa.engine.network import Bools, Floats
from mfa.errors import Error, Failure
from mfa.parameters import Path
from mfa.results.accounts.waste_plan import WastePlan
from mfa.results.indicators.indicators_of_samples import on_arrays
from mfa.results.indicators.target import Indicator
from mfa.results.run import Run, solve_compiled
from mfa.studies.sampling.answers import Answers
from mfa.studies.sampling.batch_values import BatchValues
from mfa.studies.sampling.drawn_systems import DrawnSystems, Sample, flow_name
from mfa.studies.sampling.draws import DrawPlan, Draws
from mfa.studies.sampling.table_rows import Rows, amounts, columns_of, keys_of

FAILURE = "failure"
"""The code of a sample that no method solves."""
CASES = {"lhv": 0.0, "value-added": 0.0, "gwp": 1.0}
"""Properties → the value that an account takes for another kind of thing: no fuel, a grid, CO2."""
AT_ONCE = 64  # samples whose records and runs are held together: about 60 MB of a park
AMOUNT = "amount"  # the one column of a further table
Amounts = Callable[[Run], dict[tuple[str, ...], float]]
"""What the rows of a table are in a run, by their keys."""
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
    tables : (table, column) → (sample, row) the amounts of the rows that the central run has
    invalid : sample → why it does not count: a code, and the path where one is to blame
    held : path → how often its draw was held at a bound
    alone : how many were solved one by one
    """

    drawn: Floats
    values: Floats
    met: list[tuple[str | None, ...]]
    tables: Mapping[tuple[str, str], Floats]
    invalid: Mapping[int, Reason]
    held: Counter[str] = field(default_factory=Counter)
    alone: int = 0


class Sampler:
    """Draws and solves the samples of a system.

    Parameters
    ----------
    central : the run of the figures as they are written
    names : the indicators that are wanted; None is all that the central run has
    tables : whether the rows of the other tables are wanted too
    more : further tables, made from records: the key and the amount of each row that a run has
    """

    def __init__(
        self,
        central: Run,
        plan: DrawPlan,
        names: Sequence[str] | None,
        *,
        tables: bool,
        more: Mapping[str, Amounts] | None = None,
    ) -> None:
        self.central, self.plan, self.all = central, plan, names is None
        self.names = tuple(r.name for r in central.indicator_list) if names is None else tuple(names)
        self._with_tables, self.more = tables, more or {}

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
        return (
            self._at_once(draws, start) if self.fast and not _mixed(draws) else self._by_records(draws, start)
        )

    def runs(self, start: int, size: int) -> Iterator[tuple[int, Run | Reason]]:
        """(sample, its run or why there is none) of the samples from `start`, a multiple of 4."""
        draws = self.plan.block(start, size)
        drawn = np.array([draws.values[p] for p in self.paths]).reshape(len(self.paths), size).T
        wrong = {i: why for i in range(size) if (why := self.wrong(draws, i))}
        yield from wrong.items()
        for i, found, _ in self._solved([(i, drawn[i]) for i in range(size) if i not in wrong]):
            yield i, found

    @cached_property
    def fast(self) -> bool:
        """Whether the drawn figures change nothing but arrays, and nothing is wanted that needs records."""
        return self._filling.possible and not self.more

    @cached_property
    def _wastes(self) -> WastePlan:
        return WastePlan(self.central.accounts.ledger)

    @cached_property
    def _filling(self) -> BatchValues:
        return BatchValues(self.central.system, self.central.compiled, self.paths, self.plan.names)

    def _at_once(self, draws: Draws, start: int) -> Block:
        """Samples whose networks and answers are worked out on arrays; what these leave goes one by one."""
        found = _Found(self, draws, start)
        filled = self._filling.filled(draws.values, draws.size)
        batch = solve_batch(self.central.compiled.wiring, filled.values)
        with np.errstate(all="ignore"):
            system = self._systems.together(draws.values)
            answers = Answers(self.central, self._wastes, system, filled.values, batch)
            for k in self._array_rows:
                found.values[:, k], words = answers.row(self.row_keys[k])
                if any(words):
                    found.words[k] = words
            for name, keys in self.tables.items():
                found.put(name, answers.table(name, keys))
        left = batch.left | answers.open
        for (process, where), below in filled.negative.items():
            runs = batch.level[self._process_at[process]] > 0
            for i in np.flatnonzero(below & runs & ~left).tolist():
                found.invalid.setdefault(i, ("sample-negative", self._flow(process, where)))
        rest = [k for k in range(len(self.row_keys)) if k not in self._array_rows]
        if rest:
            for i, run, _ in self._solved(found.valid(~left)):
                found.take(i, run, rest, ())
        for i, run, _ in self._solved(found.valid(left)):
            found.alone += 1
            found.take(i, run, range(len(self.row_keys)), list(self.tables))
        return found.block()

    @cached_property
    def _array_rows(self) -> frozenset[int]:
        """The rows of the indicators that are worked out on arrays."""
        system, wastes = self.central.system, self.central.wastes
        return frozenset(k for k, row in enumerate(self.row_keys) if on_arrays(row, system, wastes))

    def _by_records(self, draws: Draws, start: int) -> Block:
        """Samples whose networks are solved at once, and of which everything else is made from records."""
        found = _Found(self, draws, start)
        for i, run, single in self._solved(found.valid(np.ones(draws.size, bool))):
            found.alone += single
            found.take(i, run, range(len(self.row_keys)), list(self.tables))
        return found.block()

    def rows_of(self, run: Run, rows: Iterable[int]) -> list[Indicator | None]:
        """The indicators of a sample; where it has none of a row by itself, it is asked for it."""
        keys = [self.row_keys[k] for k in rows]
        every = self.all and len(keys) == len(self.row_keys)
        found = run.indicator_list if every else run.indicators_named({key[0] for key in keys})
        at = {(r.name, r.minimum, r.maximum): r for r in found}
        lacking = {key[0] for key in keys if key not in at}
        if lacking:
            at |= {(r.name, r.minimum, r.maximum): r for r in run.indicators_named(lacking)}
        return [at.get(key) for key in keys]

    @cached_property
    def _wanted(self) -> frozenset[str]:
        return frozenset(self.names)

    @cached_property
    def tables(self) -> Rows:
        """The rows of tables that are wanted: those that the central run has."""
        names = [n for n in self.central.written if columns_of(n)] if self._with_tables else []
        return {name: keys_of(self.central.table(name)) for name in names}

    @cached_property
    def more_keys(self) -> Mapping[str, Sequence[tuple[str, ...]]]:
        """The rows of the further tables that the central run has."""
        return {name: list(of(self.central)) for name, of in self.more.items()}

    def wrong(self, draws: Draws, i: int) -> Reason | None:
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
        return flow_name(self.central.system, process, where)


class _Found:
    """What is found of some samples, until all of it is there."""

    def __init__(self, sampler: Sampler, draws: Draws, start: int) -> None:
        self.sampler, self.draws, self.start, self.alone = sampler, draws, start, 0
        size, paths = draws.size, sampler.paths
        self.drawn = np.array([draws.values[p] for p in paths]).reshape(len(paths), size).T
        self.values = np.full((size, len(sampler.row_keys)), np.nan)
        self.words: dict[int, list[str | None]] = {}
        self.tables = {
            (name, column): np.full((size, len(keys)), np.nan)
            for name, keys in sampler.tables.items()
            for column in columns_of(name)
        }
        self.tables |= {
            (name, AMOUNT): np.full((size, len(keys)), np.nan) for name, keys in sampler.more_keys.items()
        }
        self.invalid: dict[int, Reason] = {i: why for i in range(size) if (why := sampler.wrong(draws, i))}

    def valid(self, among: Bools) -> list[tuple[int, Floats]]:
        """Samples that may count, with their figures."""
        return [(i, self.drawn[i]) for i in np.flatnonzero(among).tolist() if i not in self.invalid]

    def put(self, table: str, amounts: Floats) -> None:
        """The amounts (column, row, sample) of a table."""
        for column, of in zip(columns_of(table), amounts, strict=True):
            self.tables[table, column][:] = of.T

    def take(self, i: int, run: Run | Reason, rows: Sequence[int], tables: Sequence[str]) -> None:
        """What the run of a sample has in some rows and tables, or why it does not count."""
        if isinstance(run, tuple):
            self.invalid[i] = run
            return
        for k, row in zip(rows, self.sampler.rows_of(run, rows) if rows else (), strict=True):
            self.values[i, k] = np.nan if row is None or row.value is None else row.value
            if row is not None and row.met:
                self.words.setdefault(k, [None] * self.draws.size)[i] = row.met
            elif k in self.words:
                self.words[k][i] = None
        for name in tables:
            for column, of in zip(
                columns_of(name), amounts(run, name, self.sampler.tables[name]), strict=True
            ):
                self.tables[name, column][i] = of
        for name, keys in self.sampler.more_keys.items():
            found = self.sampler.more[name](run)
            self.tables[name, AMOUNT][i] = [found.get(key, 0.0) for key in keys]

    def block(self) -> Block:
        """All of it; samples that do not count have nothing."""
        size, out = self.draws.size, sorted(self.invalid)
        self.values[out] = np.nan
        for of in self.tables.values():
            of[out] = np.nan
        met = [self._met(i) for i in range(size)]
        alike = {words: words for words in met}
        held = Counter({self.sampler.plan.names[p]: n for p, n in self.draws.held.items()})
        invalid = {self.start + i: self.invalid[i] for i in out}
        words = [alike[of] for of in met]
        return Block(self.drawn, self.values, words, self.tables, invalid, held, self.alone)

    def _met(self, i: int) -> tuple[str | None, ...]:
        """(row,) whether the targets of a sample are met."""
        made: list[str | None] = [None] * self.values.shape[1]
        for k, words in self.words.items() if i not in self.invalid else ():
            made[k] = words[i]
        return tuple(made)


def _mixed(draws: Draws) -> bool:
    """Whether a figure is in some samples alone what an account takes for another kind of thing."""
    for path, values in draws.values.items():
        case = CASES.get(str(path.field[0]) if path.field else "")
        if case is not None and 0 < np.count_nonzero(values == case) < len(values):
            return True
    return False
