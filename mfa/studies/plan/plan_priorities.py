"""The priorities of lists that a plan does not decide, as constraints with yes/no variables.

A process (or an entry without one) stands where the merit order leaves it when at least one of these holds:
it is at its capacity; it takes or gives its limit in a list; in a list nothing is left for those after it.
A pool either hands out or asks, not both. Shares within a tier stay free.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from mfa.engine.network import GIVER, TAKER, Bools, Floats, Ints
from mfa.parameters import Path
from mfa.studies.plan.plan_rows import Row, Rows
from mfa.studies.plan.plan_variables import SIDE, PlanVariables

MOST_GROWTH = 20.0  # times what a pool handles today or could by what is written; no plan is beyond
LEAST_HANDLED = 1e-4  # of the largest pool: what stands empty today may come into use


class Priorities:
    """The constraints of one scenario; its yes/no variables are added to those of the plan."""

    def __init__(self, variables: PlanVariables) -> None:
        self.v = variables
        self.lines = variables.lines
        self.most = MOST_GROWTH * self._handled()

    def _handled(self) -> Floats:
        """(pool,) what goes through it today, or could by what is written or decided."""
        v, s = self.v, self.v.structure
        b = v.run.accounts.ledger
        capacity = v.values.capacity
        sizes = np.where(np.isfinite(capacity), np.maximum(capacity, b.state.level), b.state.level)
        for path, number in v.decided.items():
            if path.section in ("processes", "drive"):
                i = s.processes.index(path.member)
                sizes[i] = max(sizes[i], v.task.decide[number].high)
        could = np.bincount(s.flow_pool, v.values.coefficient * sizes[s.flow_process], minlength=len(s.pools))
        found = np.maximum(b.made + b.entering, could)
        floor: Floats = np.maximum(found, LEAST_HANDLED * float(found.max(initial=1.0)))
        return floor

    def rows(self) -> Iterator[Rows]:
        """All of them."""
        yield self._sides()
        held = self._held_entries
        by_capacity = self._capacities(np.unique(self.lines.process[held]))
        by_limit = self._limits(held)
        alone = self._alone(held, set(by_capacity), set(by_limit))
        yield self._exhausted(held[alone], np.full(int(alone.sum()), -1))
        several = held[~alone]
        exhausted = self.v.columns.add_yes_no(len(several))
        yield self._exhausted(several, exhausted)
        yield Rows.of(self._full_processes(by_capacity))
        yield from self._full_entries(by_limit)
        yield self._one_holds(several, exhausted, by_capacity, by_limit)

    def _sides(self) -> Rows:
        """A pool hands out, or asks: nobody gives what is left over."""
        v, lines = self.v, self.lines
        pools = np.unique(lines.pool[lines.side == GIVER])
        sides = v.columns.add_yes_no(len(pools))
        row = np.full(len(v.structure.pools), -1)
        row[pools] = np.arange(len(pools))
        takers, givers = ((lines.side == side) & (row[lines.pool] >= 0) for side in (TAKER, GIVER))
        n = len(pools)
        parts = [
            (row[lines.pool[takers]], lines.column[takers], lines.factor[takers]),
            (np.arange(n), v.surplus + pools, 1.0),
            (np.arange(n), sides, -self.most[pools]),
            (n + row[lines.pool[givers]], lines.column[givers], lines.factor[givers]),
            (n + np.arange(n), sides, self.most[pools]),
        ]
        return Rows.linked(parts, -np.inf, np.append(np.zeros(n), self.most[pools]), 2 * n)

    @cached_property
    def _held_entries(self) -> Ints:
        """Entries of lists that are kept; not of processes whose place in a decided list is open.

        Nor of stocks of several periods: how much they have room for is decided with the other periods.
        """
        v, lines = self.v, self.lines
        decided = {d.order for d in v.task.decide if d.is_list}
        names = v.structure.pools
        pairs = zip(lines.pool.tolist(), lines.side.tolist(), strict=True)
        free = np.array([(names[pool], SIDE[side]) in decided for pool, side in pairs], bool)
        open_ = np.isin(lines.process, lines.process[free & (lines.process >= 0)])
        return np.flatnonzero(~free & ~open_ & ~v.of_heaps)

    def _capacities(self, processes: Ints) -> dict[int, int]:
        """Process that a capacity may hold → its column «it is full»."""
        v = self.v
        awake = {v.structure.processes.index(p.member) for p in v.decided if p.section == "processes"}
        at = [i for i in processes.tolist() if i >= 0 and (i in awake or np.isfinite(v.values.capacity[i]))]
        return dict(zip(at, v.columns.add_yes_no(len(at)).tolist(), strict=True))

    def _limits(self, held: Ints) -> dict[int, int]:
        """Entry that a limit may hold → its column «it has all of it»."""
        bound = np.isfinite(self.v.limits) | np.isfinite(self.v.values.percent)
        bound[list(self.v.decided_limits())] = True
        at = held[bound[held]].tolist()
        return dict(zip(at, self.v.columns.add_yes_no(len(at)).tolist(), strict=True))

    def _alone(self, held: Ints, at_capacity: set[int], at_limit: set[int]) -> Bools:
        """(held,) whether nothing else can hold an entry than that nothing is left for those after it."""
        process = self.lines.process[held]
        places = np.bincount(process[process >= 0], minlength=len(self.v.structure.processes))
        pairs = zip(held.tolist(), process.tolist(), strict=True)
        return np.array(
            [e not in at_limit and (p < 0 or (p not in at_capacity and places[p] == 1)) for e, p in pairs],
            bool,
        )

    def _exhausted(self, entries: Ints, columns: Ints) -> Rows:
        """Nothing is left for those after an entry: always where its column is -1, else where that is 1."""
        v, lines, n = self.v, self.lines, len(entries)
        pool, answered = lines.pool[entries], columns >= 0
        left = np.where(lines.side[entries] == TAKER, v.surplus, v.shortage) + pool
        row, later = self._later(entries)
        at = np.flatnonzero(answered)
        parts = [
            (row, lines.column[later], lines.factor[later]),
            (np.arange(n), left, 1.0),
            (at, columns[at], self.most[pool[at]]),
        ]
        return Rows.linked(parts, -np.inf, np.where(answered, self.most[pool], 0.0), n)

    def _later(self, entries: Ints) -> tuple[Ints, Ints]:
        """Pairs: the number of an entry, and one on a later tier of the same list."""
        lines = self.lines
        order = np.lexsort((lines.tier, lines.side, lines.pool))
        same_list, same_tier = self._run_ends(order, by_tier=False), self._run_ends(order, by_tier=True)
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        first, end = same_tier[place[entries]], same_list[place[entries]]
        count = end - first
        row = np.repeat(np.arange(len(entries)), count)
        within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        return row, order[np.repeat(first, count) + within]

    def _run_ends(self, order: Ints, *, by_tier: bool) -> Ints:
        """(place,) in sorted order, where the list of a place, or its tier, ends."""
        lines = self.lines
        keys = [lines.pool[order], lines.side[order], *([lines.tier[order]] if by_tier else [])]
        changes = np.any([np.diff(k) != 0 for k in keys], axis=0) if len(order) else np.zeros(0, bool)
        ends = np.append(np.flatnonzero(changes) + 1, len(order))
        return ends[np.searchsorted(ends, np.arange(len(order)), side="right")]

    def _full_processes(self, full: dict[int, int]) -> Iterator[Row]:
        """Level at least the capacity, where that is the answer."""
        v = self.v
        for process, column in full.items():
            number = v.decided.get(Path("processes", v.structure.processes[process], ("capacity",)))
            if number is None:
                yield Row([(process, 1.0), (column, -float(v.values.capacity[process]))], 0.0, np.inf)
            else:
                high = v.task.decide[number].high
                size = [(c, -w) for c, w in v.value_of(number)]
                yield Row([(process, 1.0), *size, (column, -high)], -high, np.inf)

    def _full_entries(self, full: dict[int, int]) -> Iterator[Rows]:
        """Amount at least the limit, where that is the answer."""
        v, lines, decided = self.v, self.lines, self.v.decided_limits()
        at = np.array([e for e in full if e not in decided and np.isfinite(v.limits[e])], np.int64)
        rows, columns = np.arange(len(at)), np.array([full[e] for e in at.tolist()], np.int64)
        parts = [(rows, lines.column[at], lines.factor[at]), (rows, columns, -v.limits[at])]
        yield Rows.linked(parts, 0.0, np.inf, len(at))
        known = set(at.tolist())
        yield Rows.of(self._full_entry(e, c, decided.get(e)) for e, c in full.items() if e not in known)

    def _full_entry(self, e: int, full: int, number: int | None) -> Row:
        """The same where the limit is decided, or a percentage."""
        v, lines = self.v, self.lines
        pool, side = int(lines.pool[e]), int(lines.side[e])
        if number is not None:
            high = v.task.decide[number].high
            size = [(c, -w) for c, w in v.value_of(number)]
            return Row([*v.amount(e), *size, (full, -high)], -high, np.inf)
        most, percent = float(self.most[pool]), float(v.values.percent[e])
        left = (v.surplus if side == TAKER else v.shortage) + pool
        mine = np.flatnonzero((lines.pool == pool) & (lines.side == side)).tolist()
        whole = [t for other in mine for t in v.amount(other)]
        share = [(c, -w * percent) for c, w in [*whole, (left, 1.0)]]
        return Row([*v.amount(e), *share, (full, -most)], -most, np.inf)

    def _one_holds(
        self, entries: Ints, exhausted: Ints, by_capacity: dict[int, int], by_limit: dict[int, int]
    ) -> Rows:
        """One of what can hold a process, or an entry without one, does."""
        process = self.lines.process[entries]
        group = np.where(process >= 0, process, len(self.v.structure.processes) + entries)
        names, row = np.unique(group, return_inverse=True)
        limited = np.array([e in by_limit for e in entries.tolist()], bool)
        capped = [(i, by_capacity[p]) for i, p in enumerate(names.tolist()) if p in by_capacity]
        parts = [
            (row, exhausted, 1.0),
            (row[limited], np.array([by_limit[e] for e in entries[limited].tolist()], np.int64), 1.0),
            (np.array([i for i, _ in capped], np.int64), np.array([c for _, c in capped], np.int64), 1.0),
        ]
        return Rows.linked(parts, 1.0, np.inf, len(names))
