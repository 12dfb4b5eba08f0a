"""Samples of a run over periods on arrays: networks, wastes and stocks of all samples at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from mfa.engine import batch_returns
from mfa.engine.batch import BatchState, solve_batch
from mfa.engine.cohorts import Cohorts
from mfa.engine.compile import Slot, slot
from mfa.engine.network import TAKER, Bools, Floats, Values
from mfa.parameters import Path
from mfa.results.accounts.waste_plan import WastePlan
from mfa.results.accounts.waste_samples import WasteSamples
from mfa.results.indicators.waste_of_samples import WasteIndicators, are_waste
from mfa.results.periods import SPENT, periods_of
from mfa.results.run import Run
from mfa.storage import Periods
from mfa.studies.sampling.batch_values import BatchValues
from mfa.studies.sampling.drawn_systems import flow_name
from mfa.studies.sampling.draws import Draws
from mfa.studies.sampling.year_plans import YearPlan
from mfa.system import System, number

Rows = Sequence[tuple[str, float | None, float | None]]


@dataclass(frozen=True)
class YearBlock:
    """Some samples in one period.

    Attributes
    ----------
    values : (sample, row)
    met : (sample, row)
    left : (sample,) those that arrays give no answer for
    negative : sample → the path of a flow that would be negative
    """

    values: Floats
    met: list[tuple[str | None, ...]]
    left: Bools
    negative: Mapping[int, str]


class HeapArrays:
    """What lies in each stock of each sample from one period to the next: `Heaps` on arrays."""

    def __init__(self, system: System, periods: Periods, drawn: Mapping[Path, Floats], size: int) -> None:
        stocks = system.stocks.values()
        self.span, self.size = periods.step, size
        self.yards = {
            s.id: _of(drawn, _heap(s.id), number(s.initial), size) for s in stocks if not s.lifetime
        }
        self.in_use = [s for s in stocks if s.lifetime]
        many = [s for s in self.in_use for _ in range(size)]
        self.cohorts = Cohorts(many, periods) if many else None

    def drawn(self, written: Mapping[Path, Floats]) -> Mapping[Path, Floats]:
        """The drawn figures with what lies in yards at the opening in place of what lay there at first."""
        return {**written, **{_heap(key): heap for key, heap in self.yards.items()}}

    def filled(self, run: Run, system: System, drawn: Mapping[Path, Floats], values: Values) -> Values:
        """The values with what stocks give and must take.

        Parameters
        ----------
        run : of the written figures, whose network the samples share
        system : of the period, as written
        """
        outside = values.outside.copy()
        at = {(o.node, o.side): i for i, o in enumerate(run.compiled.outside)}
        for key, heap in self.yards.items():
            if key in system.drive:
                asked = _of(drawn, Path("drive", key), system.drive[key].value, self.size)
                outside[at[key, -TAKER]] = np.minimum(asked, heap / self.span)
        for n, stock in enumerate(self.in_use):
            opening, leaving, at_once = self._in_use(n)
            gives = leaving / self.span
            if stock.id in system.drive:
                held = _of(drawn, Path("drive", stock.id), system.drive[stock.id].value, self.size)
                inflow = np.maximum(held - (opening - leaving), 0.0) / self.span / (1 - at_once)
                outside[at[stock.id, TAKER]] = inflow
                gives = gives + at_once * inflow
            outside[at[stock.id, -TAKER]] = gives
        external = np.zeros(values.external.shape)
        for one, amount in zip(run.compiled.outside, outside, strict=True):
            external[one.pool] -= one.side * amount
        return replace(values, outside=outside, external=external)

    def _in_use(self, n: int) -> tuple[Floats, Floats, Floats]:
        """(sample,) opening, what leaves, the share that leaves at once, of a stock in use."""
        assert self.cohorts is not None
        mine = slice(n * self.size, (n + 1) * self.size)
        return self.cohorts.opening[mine], self.cohorts.leaving[mine], self.cohorts.at_once[mine]

    def close(self, run: Run, values: Values, state: BatchState, left: Bools) -> None:
        """Take over what a period leaves behind; in samples without an answer nothing moves."""
        into = {key: np.zeros(self.size) for key in run.system.stocks}
        out = {key: np.zeros(self.size) for key in run.system.stocks}
        lines = zip(run.compiled.structure.entries, run.compiled.entries, state.handed, strict=True)
        for line, entry, amount in lines:
            if entry.kind == "stock":
                (into if line.side == TAKER else out)[entry.node] += amount
        for one, amount in zip(run.compiled.outside, values.outside, strict=True):
            if one.node in into:
                (into if one.side == TAKER else out)[one.node] += amount
        for flows in (into, out):
            for key, amount in flows.items():
                flows[key] = np.where(left, 0.0, amount)
        for key, heap in self.yards.items():
            closing = heap + (into[key] - out[key]) * self.span
            spent = closing <= SPENT * (heap + into[key] * self.span)
            self.yards[key] = np.where(spent, 0.0, closing)
        if self.cohorts is not None:
            self.cohorts.enter(np.concatenate([into[s.id] for s in self.in_use]) * self.span)


def _heap(stock: str) -> Path:
    return Path("stocks", stock, ("initial",))


def _of(drawn: Mapping[Path, Floats], path: Path, absent: float, size: int) -> Floats:
    """(sample,) a figure as drawn, or as it is written."""
    return np.array(np.broadcast_to(drawn.get(path, absent), (size,)), np.float64)


@dataclass(frozen=True)
class YearArrays:
    """Solves samples of all periods on arrays.

    Attributes
    ----------
    system : with its periods, as it is read
    written, runs, plans, paths, rows : of each period, as `YearRecords` has them; the rows of indicators
    """

    system: System
    written: Sequence[System]
    runs: Sequence[Run]
    plans: Sequence[YearPlan]
    paths: Sequence[tuple[Path, ...]]
    rows: Sequence[Rows]

    @cached_property
    def possible(self) -> bool:
        """Whether nothing is wanted but the park's waste, and no record changes what that is counted by.

        What is under way in a process with a delay goes by its whole recipe, so that it needs records.
        """
        if any(p.delay for p in self.system.processes.values()):
            return False
        names = [[name for name, _, _ in rows] for rows in self.rows]
        waste = all(are_waste(n, run.wastes) for n, run in zip(names, self.runs, strict=True))
        return waste and all(f.possible for f in self._filling)

    @cached_property
    def _filling(self) -> list[BatchValues]:
        """Of each period what fills its network; where figures stand is found once for networks alike."""
        heaps = {_heap(k): f"stocks.{k}.initial" for k, s in self.system.stocks.items() if not s.lifetime}
        known: dict[Path, Slot | None] = {}
        found: list[BatchValues] = []
        for run, plan, paths in zip(self.runs, self.plans, self.paths, strict=True):
            names = {**{p: plan.names[p] for p in paths}, **heaps}
            if found and not run.compiled.structure.same(found[-1].compiled.structure):
                known = {}
            new = {p: slot(run.compiled, run.system, name) for p, name in names.items() if p not in known}
            known = {**known, **new}
            made = BatchValues(run.system, run.compiled, tuple(names), names)
            vars(made)["_slots"] = {p: known[p] for p in names}
            found.append(made)
        return found

    def blocks(self, draws: Sequence[Draws]) -> list[YearBlock]:
        """Of each period, the samples of some draws of that period."""
        size = draws[0].size
        heaps = HeapArrays(self.written[0], periods_of(self.system), draws[0].values, size)
        left = np.zeros(size, bool)
        found = []
        for t, run in enumerate(self.runs):
            drawn = heaps.drawn(draws[t].values)
            filled = self._filling[t].filled(drawn, size)
            values = heaps.filled(run, self.written[t], drawn, filled.values)
            returns = run.compiled.returns
            batch = solve_batch(run.compiled.wiring, batch_returns.with_shares(values, returns))
            state, values = batch_returns.without_shares(batch, values, returns)
            left = left | state.left
            block = self._judged(t, values, state, left)
            left = block.left
            negative = self._negative(t, filled.negative, state, left)
            found.append(replace(block, negative=negative))
            heaps.close(run, values, state, left)
        return found

    @cached_property
    def _wastes(self) -> list[WastePlan]:
        return [WastePlan(run.accounts.ledger) for run in self.runs]

    def _judged(self, t: int, values: Values, state: BatchState, left: Bools) -> YearBlock:
        """The indicators of a period, and the samples whose sums do not settle."""
        made = np.full((len(left), len(self.rows[t])), np.nan)
        met: list[list[str | None]] = []
        with np.errstate(all="ignore"):
            samples = WasteSamples(self._wastes[t], values, state)
            rows = WasteIndicators(samples, self.runs[t].wastes)
            for k, key in enumerate(self.rows[t]):
                made[:, k], words = rows.row(key)
                met.append(words)
        return YearBlock(
            made, [tuple(row[i] for row in met) for i in range(len(left))], left | samples.open, {}
        )

    def _negative(
        self,
        t: int,
        below: Mapping[tuple[str, tuple[str | int, ...]], Bools],
        state: BatchState,
        left: Bools,
    ) -> dict[int, str]:
        """Samples in which a flow would be negative of a process that runs."""
        at = {p: i for i, p in enumerate(self.runs[t].compiled.structure.processes)}
        found: dict[int, str] = {}
        for (process, where), wrong in below.items():
            for i in np.flatnonzero(wrong & (state.level[at[process]] > 0) & ~left).tolist():
                found.setdefault(i, flow_name(self.system, process, where))
        return found
