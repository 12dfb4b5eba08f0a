"""The priorities of lists that a plan does not decide, as constraints with yes/no variables.

A process (or an entry without one) stands where the merit order leaves it when at least one of these holds:
it is at its capacity; it takes or gives its limit in a list; in a list nothing is left for those after it.
A pool either hands out or asks, not both. Shares within a tier stay free.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from mfa.engine.network import TAKER, Floats
from mfa.parameters import Path
from mfa.studies.plan.plan_variables import PlanVariables, Row, Terms

MOST_GROWTH = 20.0  # times what a pool handles today or could by what is written; no plan is beyond
LEAST_HANDLED = 1e-4  # of the largest pool: what stands empty today may come into use


class Priorities:
    """The constraints of one scenario; its yes/no variables are added to those of the plan."""

    def __init__(self, variables: PlanVariables) -> None:
        self.v, s = variables, variables.structure
        self.lists: dict[tuple[int, int], list[int]] = defaultdict(list)
        for e, line in enumerate(s.entries):
            self.lists[line.pool, line.side].append(e)
        decided = {d.order for d in variables.task.decide if d.is_list}
        names = {TAKER: "takers", -TAKER: "givers"}
        self.free = {key for key in self.lists if (s.pools[key[0]], names[key[1]]) in decided}
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

    def rows(self) -> Iterator[Row]:
        """All of them."""
        yield from self._sides()
        groups: dict[object, list[int]] = defaultdict(list)
        for key, entries in self.lists.items():
            for e in entries:
                process = self.v.structure.entries[e].process
                if key not in self.free:
                    groups[process if process >= 0 else ("entry", e)].append(e)
        for entries in groups.values():
            process = self.v.structure.entries[entries[0]].process
            in_free = any(
                self.v.structure.entries[e].process == process for key in self.free for e in self.lists[key]
            )
            if (
                process < 0 or not in_free
            ):  # one whose place in a decided list is open stands where that puts it
                yield from self._held(process, entries)

    def _sides(self) -> Iterator[Row]:
        """A pool hands out, or asks: nobody gives what is left over."""
        v = self.v
        for pool in range(len(v.structure.pools)):
            if (pool, -TAKER) not in self.lists:
                continue
            side = v.columns.add(0.0, 1.0, whole=True)
            keys = (pool, TAKER), (pool, -TAKER)
            handed, given = ([t for e in self.lists.get(k, ()) for t in v.amount(e)] for k in keys)
            yield Row([*handed, (v.surplus + pool, 1.0), (side, -self.most[pool])], -np.inf, 0.0)
            yield Row([*given, (side, self.most[pool])], -np.inf, self.most[pool])

    def _held(self, process: int, entries: list[int]) -> Iterator[Row]:
        """One of what can hold a process, or an entry, does."""
        v, answers = self.v, Terms()
        if process >= 0:
            yield from self._at_capacity(process, answers)
        for e in entries:
            yield from self._at_limit(e, answers)
            later, left = self._later(e)
            pool = v.structure.entries[e].pool
            if len(entries) == 1 and not answers:
                yield Row([*later, (left, 1.0)], -np.inf, 0.0)
                return
            exhausted = v.columns.add(0.0, 1.0, whole=True)
            most = self.most[pool]
            yield Row([*later, (left, 1.0), (exhausted, most)], -np.inf, most)
            answers.append((exhausted, 1.0))
        yield Row(answers, 1.0, np.inf)

    def _at_capacity(self, process: int, answers: Terms) -> Iterator[Row]:
        """Level at least the capacity, where that is the answer."""
        v = self.v
        name = v.structure.processes[process]
        number = v.decided.get(Path("processes", name, ("capacity",)))
        capacity = float(v.values.capacity[process])
        if number is None and not np.isfinite(capacity):
            return
        full = v.columns.add(0.0, 1.0, whole=True)
        answers.append((full, 1.0))
        if number is None:
            yield Row([(process, 1.0), (full, -capacity)], 0.0, np.inf)
        else:
            high = v.task.decide[number].high
            size = [(c, -w) for c, w in v.value_of(number)]
            yield Row([(process, 1.0), *size, (full, -high)], -high, np.inf)

    def _at_limit(self, e: int, answers: Terms) -> Iterator[Row]:
        """Amount at least the limit, where that is the answer."""
        v, line = self.v, self.v.structure.entries[e]
        side = "takers" if line.side == TAKER else "givers"
        node = v.run.compiled.entries[e].node
        number = v.decided.get(Path("pools", v.structure.pools[line.pool], (side, node, "limit")))
        limit, percent = float(v.values.limit[e]), float(v.values.percent[e])
        if number is None and not np.isfinite(limit) and not np.isfinite(percent):
            return
        full = v.columns.add(0.0, 1.0, whole=True)
        answers.append((full, 1.0))
        most = self.most[line.pool]
        if number is not None:
            high = v.task.decide[number].high
            size = [(c, -w) for c, w in v.value_of(number)]
            yield Row([*v.amount(e), *size, (full, -high)], -high, np.inf)
        elif np.isfinite(limit):
            yield Row([*v.amount(e), (full, -limit)], 0.0, np.inf)
        else:
            left = (v.surplus if line.side == TAKER else v.shortage) + line.pool
            whole = [t for other in self.lists[line.pool, line.side] for t in v.amount(other)]
            share = [(c, -w * percent) for c, w in [*whole, (left, 1.0)]]
            yield Row([*v.amount(e), *share, (full, -most)], -most, np.inf)

    def _later(self, e: int) -> tuple[Terms, int]:
        """What those on later tiers of the same list get, and what is left over or short."""
        line = self.v.structure.entries[e]
        others = (o for o in self.lists[line.pool, line.side] if self.v.structure.entries[o].tier > line.tier)
        left = self.v.surplus if line.side == TAKER else self.v.shortage
        return [t for o in others for t in self.v.amount(o)], left + line.pool
