"""The lists of a cluster gone through backwards: what a small change of each number is worth.

Forwards a list is served step by step (`coupled_lists.py`), each time by the least of a few bounds.
Backwards, with these choices held, the worth of what is handed out becomes the worth of what bound it: what
was left in the list, a limit, a capacity, a percentage, and in the end the net of the pool (reverse
accumulation: Griewank & Walther, Evaluating Derivatives, ch. 3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mfa.engine.coupled_lists import Decision, Piece
from mfa.engine.network import TAKER, Floats, Values
from mfa.engine.wiring import Cluster, Step, Wiring

Seeds = Mapping[Decision, Sequence[tuple[int, float]]]
"""Decision → what it would become beyond its bound, and the worth of the distance to that."""
LEFT, CAP, PERCENT = "left", "cap", "percent"


@dataclass(frozen=True)
class Worths:
    """What a unit of each number is worth; arrays that are added to, shapes as in `Values`."""

    coefficient: Floats
    capacity: Floats
    limit: Floats
    percent: Floats
    share: Floats

    @classmethod
    def nothing(cls, values: Values) -> Worths:
        """Zeros."""
        arrays = (values.coefficient, values.capacity, values.limit, values.percent, values.share)
        return cls(*(np.zeros(len(a)) for a in arrays))


class Backward:
    """One cluster, or one plain pool, with the choices made at a solution.

    Parameters
    ----------
    cap : (entry,) the tighter of limit and capacity, pool's unit
    served : the cluster served at the solution
    """

    def __init__(self, wiring: Wiring, values: Values, cap: Floats, cluster: Cluster, served: Piece) -> None:
        self.wiring, self.values, self.cap, self.cluster, self.served = wiring, values, cap, cluster, served

    def worth(self, level: Floats, handed: Floats, into: Worths, seeds: Seeds) -> Floats:
        """(cluster pool,) what a unit of each net is worth.

        Parameters
        ----------
        level, handed : (process,), (entry,) what these are worth
        into : what the numbers are worth; added to
        """
        return _Way(self, level, handed, into, seeds).back()


class _Way:
    """One way back: what is left in every list, and what it shares out, is worth so far."""

    def __init__(self, of: Backward, level: Floats, handed: Floats, into: Worths, seeds: Seeds) -> None:
        self.wiring, self.values, self.cap = of.wiring, of.values, of.cap
        self.cluster, self.served = of.cluster, of.served
        self.level, self.handed, self.into, self.seeds = level, handed, into, seeds
        self.left: dict[tuple[int, int], float] = defaultdict(float)
        self.whole: dict[tuple[int, int], float] = defaultdict(float)

    def back(self) -> Floats:
        """From the last step to the nets."""
        for number in range(len(self.cluster.steps) - 1, -1, -1):
            step = self.cluster.steps[number]
            if step.process in self.wiring.structure.largest:
                self._largest(number, step)
            elif step.process >= 0:
                self._several(number, step)
            elif len(step.entries) == 1:
                self._alone(number, step.entries[0])
            else:
                self._shared(number, step)
        return np.array([self._net(pool) for pool in self.cluster.pools.tolist()])

    def _net(self, pool: int) -> float:
        positive = self.served.decisions["sign", pool, 0]
        side = 1 if positive else -1
        found = side * (self.left[pool, side] + self.whole[pool, side])
        return found + sum(side * r for _, r in self.seeds.get(("sign", pool, 0), ()))

    def key(self, entry: int) -> tuple[int, int]:
        """The list that an entry stands in."""
        return int(self.wiring.pool[entry]), int(self.wiring.side[entry])

    def amount(self, entry: int) -> float:
        """What an entry is handed."""
        return float(self.served.handed[entry][0])

    def bounds(self, entry: int) -> list[str]:
        """The entry's own caps, in the order of the service."""
        own = (np.isfinite(self.cap[entry]), np.isfinite(self.values.percent[entry]))
        return [kind for kind, there in zip((CAP, PERCENT), own, strict=True) if there]

    def bound(self, entry: int, kind: str, worth: float) -> None:
        """A bound of an entry is worth that much."""
        key, v, into = self.key(entry), self.values, self.into
        if kind == LEFT:
            self.left[key] += worth
        elif kind == PERCENT:
            into.percent[entry] += worth * float(self.served.whole[key][0])
            self.whole[key] += worth * float(v.percent[entry])
        elif v.limit[entry] <= self.cap[entry]:
            into.limit[entry] += worth
        else:
            flow, process = int(self.wiring.flow[entry]), int(self.wiring.process[entry])
            into.capacity[process] += worth * float(v.coefficient[flow])
            into.coefficient[flow] += worth * float(v.capacity[process])

    def _given(self, entry: int) -> float:
        """What the amount of an entry is worth: itself, what it leaves less, the level that it makes."""
        worth = float(self.handed[entry]) - self.left[self.key(entry)]
        process = int(self.wiring.process[entry])
        if process < 0:
            return worth
        flow = int(self.wiring.flow[entry])
        c, level = float(self.values.coefficient[flow]), float(self.level[process])
        self.into.coefficient[flow] -= level * self.amount(entry) / c**2
        return worth + level / c

    def seeded(self, decision: Decision) -> list[tuple[int, float]]:
        """(candidate, worth) of the distances of a choice of the least."""
        chosen = self.served.decisions[decision]
        return [pair for other, r in self.seeds.get(decision, ()) for pair in ((other, r), (chosen, -r))]

    def _alone(self, number: int, entry: int) -> None:
        decision, kinds = ("least", number, 0), [LEFT, *self.bounds(entry)]
        worth = self._given(entry)
        for at, w in ((self.served.decisions[decision], worth), *self.seeded(decision)):
            self.bound(entry, kinds[at], w)

    def _several(self, number: int, step: Step) -> None:
        level = float(self.served.level[step.process][0])
        worth = float(self.level[step.process])
        for entry in step.entries:
            flow = int(self.wiring.flow[entry])
            given = float(self.handed[entry]) - self.left[self.key(entry)]
            worth += given * float(self.values.coefficient[flow])
            self.into.coefficient[flow] += given * level
        candidates = [(e, kind) for e in step.entries for kind in (LEFT, *self.bounds(e))]
        decision = ("least", number, 0)
        for at, w in ((self.served.decisions[decision], worth), *self.seeded(decision)):
            self._per_level(*candidates[at], w, level)

    def _per_level(self, entry: int, kind: str, worth: float, level: float) -> None:
        """The level that a bound allows is worth that much."""
        flow = int(self.wiring.flow[entry])
        c = float(self.values.coefficient[flow])
        self.into.coefficient[flow] -= worth * level / c
        self.bound(entry, kind, worth / c)

    def _largest(self, number: int, step: Step) -> None:
        level, decisions = float(self.served.level[step.process][0]), self.served.decisions
        top, worth = decisions["largest", number, 0], float(self.level[step.process])
        for i in range(len(step.entries) - 1, -1, -1):
            entry = step.entries[i]
            flow = int(self.wiring.flow[entry])
            if i == top:
                given = float(self.handed[entry]) - self.left[self.key(entry)]
            else:
                given = self._brought(("beyond", number, i), entry)
            worth += given * float(self.values.coefficient[flow])
            self.into.coefficient[flow] += given * level
        asks = [(top, worth)]
        asks += [(at, -w) for at, w in self.seeded(("largest", number, 0))]
        for i, w in asks:
            entry = step.entries[i]
            kinds = [LEFT, *self.bounds(entry)]
            self._per_level(entry, kinds[decisions["ask", number, i]], w, level)
        for i, entry in enumerate(step.entries):
            kinds = [LEFT, *self.bounds(entry)]
            for at, w in self.seeded(("ask", number, i)):
                self.bound(entry, kinds[at], w)

    def _brought(self, decision: Decision, entry: int) -> float:
        """What an amount that another list asked for is worth."""
        key, worth = self.key(entry), float(self.handed[entry])
        over = self.served.decisions.get(decision, 1)
        if not over:
            worth -= self.left[key]
        else:
            takers = (key[0], TAKER)
            beyond = 0.0
            if takers in self.cluster.lists:
                beyond = self.whole[takers] + self.left[takers]
                self.whole[takers], self.left[takers] = beyond, 0.0
            worth += beyond
            self.left[key] = -beyond
        for _, r in self.seeds.get(decision, ()):
            signed = r if over else -r
            worth += signed
            self.left[key] -= signed
        return worth

    def _shared(self, number: int, step: Step) -> None:
        tier = _Tier(self, number, step)
        key = self.key(step.entries[0])
        given = [self._given(e) for e in step.entries]
        if not tier.open:
            for i, worth in enumerate(given):
                tier.cap(i, worth)
            for i in range(len(given)):
                for _, r in self.seeds.get(("full", number, i), ()):
                    self.left[key] += r
                    for j in range(len(given)):
                        tier.cap(j, -r)
            return
        given = [worth + self.left[key] for worth in given]  # nothing is left, whoever takes it
        self.left[key] = 0.0
        for i, worth in enumerate(given):
            if i in tier.open:
                tier.weighed(i, worth * tier.water)
                tier.level(worth * tier.weight[i])
            else:
                tier.cap(i, worth)
        for i in range(len(given)):
            for _, r in self.seeds.get(("full", number, i), ()):
                signed = r if i in tier.open else -r
                tier.level(-signed)
                tier.weighed(i, -signed * tier.water / tier.weight[i])
                tier.cap(i, signed / tier.weight[i])


class _Tier:
    """A shared tier on the way back: entries at their cap, and the water level of the others."""

    def __init__(self, way: _Way, number: int, step: Step) -> None:
        self.way, self.number, self.entries = way, number, step.entries
        self.weight = [float(way.values.share[e]) for e in step.entries]
        full = way.served.decisions
        self.open = [i for i in range(len(step.entries)) if not full["full", number, i]]
        self.whole = sum(self.weight[i] for i in self.open)
        at = self.open[0] if self.open else 0
        self.water = way.amount(step.entries[at]) / self.weight[at]
        for i in range(len(step.entries)):
            for chosen, worth in way.seeded(("cap", number, i)) if self._both(i) else ():
                way.bound(step.entries[i], (CAP, PERCENT)[chosen], worth)

    def _both(self, i: int) -> bool:
        return len(self.way.bounds(self.entries[i])) > 1

    def cap(self, i: int, worth: float) -> None:
        """The cap of an entry is worth that much; none is never reached."""
        kinds = self.way.bounds(self.entries[i])
        if kinds:
            at = self.way.served.decisions["cap", self.number, i] if len(kinds) > 1 else 0
            self.way.bound(self.entries[i], kinds[at], worth)

    def weighed(self, i: int, worth: float) -> None:
        """The weight of an entry is worth that much."""
        self.way.into.share[self.entries[i]] += worth

    def level(self, worth: float) -> None:
        """The water level, rest ÷ weights of the open entries, is worth that much."""
        key = self.way.key(self.entries[0])
        self.way.left[key] += worth / self.whole
        for i in range(len(self.entries)):
            if i in self.open:
                self.weighed(i, -worth * self.water / self.whole)
            else:
                self.cap(i, -worth / self.whole)
