"""One affine piece of the merit orders of a cluster, and the bounds where it ends.

Amounts are vectors `[value…, gradient…]`: `value` has one number, or two for an amount
a + b·ε with ε infinitely small (compared in that order); `gradient` has one number a
pool of the cluster. Each choice made on the way (which sign, which cap binds, who is
full) is a decision with a gap that stays >= 0 as long as the decision holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mfa.engine.network import TAKER, Floats, Values
from mfa.engine.wiring import Cluster, Step, Wiring

Decision = tuple[str, int, int]


@dataclass(frozen=True)
class Gap:
    """A decision, what it becomes beyond its bound, and the affine distance to it."""

    decision: Decision
    beyond: int
    distance: Floats


@dataclass(frozen=True)
class Piece:
    """What a cluster does on one piece.

    Attributes
    ----------
    level : process → its level as an affine amount
    handed : entry → the amount handed, affine
    whole : (pool, side) → what its list shares out, affine, with what givers brought beyond what was asked
    decisions : every choice by name, so that a later call can hold or flip it
    gaps : the bounds of the piece
    """

    level: Mapping[int, Floats]
    handed: Mapping[int, Floats]
    whole: Mapping[tuple[int, int], Floats]
    decisions: Mapping[Decision, int]
    gaps: tuple[Gap, ...]


def piece(
    wiring: Wiring,
    values: Values,
    cap: Floats,
    cluster: Cluster,
    net: Floats,
    held: Mapping[Decision, int] | None = None,
) -> Piece:
    """Serve a cluster in its order at the point `net`.

    Parameters
    ----------
    cap : (entry,) greatest amounts, pool's unit
    net : (cluster pool, k) the nets, k = 1 or 2 (with an infinitely small part)
    held : decisions to keep; without it they are made from the values
    """
    walk = _Walk(wiring, values, cap, cluster, net, held or {})
    for number, step in enumerate(cluster.steps):
        if step.process in wiring.structure.largest:
            walk.largest(number, step)
        elif step.process >= 0:
            walk.several(number, step)
        elif len(step.entries) == 1:
            walk.alone(number, step.entries[0])
        else:
            walk.shared(number, step)
    return Piece(walk.level, walk.handed, walk.whole, walk.decisions, tuple(walk.gaps))


class _Walk:
    """The state of one service: what is left in every list, and the decisions so far."""

    def __init__(
        self,
        wiring: Wiring,
        values: Values,
        cap: Floats,
        cluster: Cluster,
        net: Floats,
        held: Mapping[Decision, int],
    ) -> None:
        self.wiring, self.values, self.cap, self.held = wiring, values, cap, held
        self.k = net.shape[1]
        self.zero = np.zeros(self.k + len(cluster.pools))
        self.level: dict[int, Floats] = {}
        self.handed: dict[int, Floats] = {}
        self.decisions: dict[Decision, int] = {}
        self.gaps: list[Gap] = []
        self.left: dict[tuple[int, int], Floats] = {}
        self.whole: dict[tuple[int, int], Floats] = {}
        self._open(cluster, net)

    def _open(self, cluster: Cluster, net: Floats) -> None:
        """Give each list its pool's net where the sign is its own, nothing otherwise."""
        for i, pool in enumerate(cluster.pools.tolist()):
            amount = self.zero.copy()
            amount[: self.k] = net[i]
            amount[self.k + i] = 1.0
            positive = self._decide(("sign", pool, 0), 1 if _above_zero(net[i]) else 0)
            self.gaps.append(Gap(("sign", pool, 0), 1 - positive, amount if positive else -amount))
            for side in (1, -1):
                if (pool, side) in cluster.lists:
                    active = (side > 0) == bool(positive)
                    self.whole[pool, side] = side * amount if active else self.zero
                    self.left[pool, side] = self.whole[pool, side]

    def _decide(self, decision: Decision, choice: int) -> int:
        choice = self.held.get(decision, choice)
        self.decisions[decision] = choice
        return choice

    def _constant(self, number: float) -> Floats:
        amount = self.zero.copy()
        amount[0] = number
        return amount

    def _list(self, entry: int) -> tuple[int, int]:
        return int(self.wiring.pool[entry]), int(self.wiring.side[entry])

    def _first(self, decision: Decision, candidates: list[Floats]) -> int:
        """Which of some amounts is the least: a decision with a gap to each of the others."""
        order = min(range(len(candidates)), key=lambda i: tuple(candidates[i][: self.k]))
        chosen = self._decide(decision, order)
        for other, amount in enumerate(candidates):
            if other != chosen:
                self.gaps.append(Gap(decision, other, amount - candidates[chosen]))
        return chosen

    def _least(self, number: int, candidates: list[Floats]) -> Floats:
        return candidates[self._first(("least", number, 0), candidates)]

    def _bounds(self, entry: int) -> list[Floats]:
        """The entry's own caps, in its pool's unit."""
        bounds = []
        if np.isfinite(self.cap[entry]):
            bounds.append(self._constant(float(self.cap[entry])))
        if np.isfinite(self.values.percent[entry]):
            bounds.append(float(self.values.percent[entry]) * self.whole[self._list(entry)])
        return bounds

    def _give(self, entry: int, amount: Floats) -> None:
        self.handed[entry] = amount
        self.left[self._list(entry)] = self.left[self._list(entry)] - amount
        process = int(self.wiring.process[entry])
        if process >= 0:
            self.level[process] = amount / self.values.coefficient[self.wiring.flow[entry]]

    def alone(self, number: int, entry: int) -> None:
        """Hand an entry alone on its tier what is left, up to its caps."""
        self._give(entry, self._least(number, [self.left[self._list(entry)], *self._bounds(entry)]))

    def several(self, number: int, step: Step) -> None:
        """Run a process in several lists at the least that they allow."""
        candidates, coefficients = [], []
        for entry in step.entries:
            c = float(self.values.coefficient[self.wiring.flow[entry]])
            coefficients.append(c)
            candidates += [b / c for b in (self.left[self._list(entry)], *self._bounds(entry))]
        level = self._least(number, candidates)
        for entry, c in zip(step.entries, coefficients, strict=True):
            self._give(entry, level * c)
        self.level[step.process] = level

    def largest(self, number: int, step: Step) -> None:
        """Run a process at the largest that its giver lists ask; what it brings beyond goes to takers."""
        asks, whole = [], []
        per = [float(self.values.coefficient[self.wiring.flow[e]]) for e in step.entries]
        for i, entry in enumerate(step.entries):
            candidates = [self.left[self._list(entry)], *self._bounds(entry)]
            chosen = self._first(("ask", number, i), candidates)
            asks.append(candidates[chosen])
            whole.append(chosen == 0)
        top = self._first(("largest", number, 0), [-a / c for a, c in zip(asks, per, strict=True)])
        level = asks[top] / per[top]
        for i, (entry, c) in enumerate(zip(step.entries, per, strict=True)):
            if i == top:
                self._give(entry, asks[i])
            else:
                self._bring(("beyond", number, i), entry, level * c, whole[i])
        self.level[step.process] = level

    def _bring(self, decision: Decision, entry: int, amount: Floats, whole: bool) -> None:
        """Bring an amount that another list asked for; `whole`: at least all that is left is brought."""
        pool, side = self._list(entry)
        beyond = amount - self.left[pool, side]
        over = 1
        if not whole:
            over = self._decide(decision, int(_above_zero(beyond[: self.k])))
            self.gaps.append(Gap(decision, 1 - over, beyond if over else -beyond))
        self.handed[entry] = amount
        self.left[pool, side] = self.zero if over else -beyond
        if over and (pool, TAKER) in self.left:
            self.whole[pool, TAKER] = self.whole[pool, TAKER] + beyond
            self.left[pool, TAKER] = self.whole[pool, TAKER]

    def shared(self, number: int, step: Step) -> None:
        """Fill a tier: entries below the common water level keep their caps."""
        left = self.left[self._list(step.entries[0])]
        tier = [
            _Share(i, e, float(self.values.share[e]), self._cap_of_tier(number, i, e))
            for i, e in enumerate(step.entries)
        ]
        full = self._full(number, left, tier)
        rest = left - _total([s.cap for s in full], self.zero)
        unfilled = [s for s in tier if s not in full]
        if not unfilled:
            last = max(tier, key=lambda s: tuple(s.height[: self.k]))
            self.gaps.append(Gap(("full", number, last.position), 0, rest))
            for s in tier:
                self._give(s.entry, s.cap)
            return
        water = rest / sum(s.weight for s in unfilled)
        for s in tier:
            self._give(s.entry, s.cap if s in full else water * s.weight)
            gap = water - s.height if s in full else s.height - water
            self.gaps.append(Gap(("full", number, s.position), int(s not in full), gap))
        self.left[self._list(tier[0].entry)] = self.zero

    def _cap_of_tier(self, number: int, i: int, entry: int) -> Floats:
        bounds = self._bounds(entry)
        if len(bounds) < 2:
            return bounds[0] if bounds else self._constant(np.inf)
        first = int(tuple(bounds[1][: self.k]) < tuple(bounds[0][: self.k]))
        chosen = self._decide(("cap", number, i), first)
        self.gaps.append(Gap(("cap", number, i), 1 - chosen, bounds[1 - chosen] - bounds[chosen]))
        return bounds[chosen]

    def _full(self, number: int, left: Floats, tier: list[_Share]) -> list[_Share]:
        """The entries at their caps, found by raising the water level, or as held."""
        full: list[_Share] = []
        for s in sorted(tier, key=lambda s: tuple(s.height[: self.k])):
            rest = left - _total([f.cap for f in full], self.zero)
            water = rest / sum(o.weight for o in tier if o not in full)
            if tuple(s.height[: self.k]) > tuple(water[: self.k]):
                break
            full.append(s)
        return [s for s in tier if self._decide(("full", number, s.position), int(s in full))]


@dataclass(frozen=True, eq=False)
class _Share:
    """One entry of a shared tier; `height` is the water level at which it is full."""

    position: int
    entry: int
    weight: float
    cap: Floats

    @property
    def height(self) -> Floats:
        return self.cap / self.weight


def _total(amounts: list[Floats], zero: Floats) -> Floats:
    return np.asarray(np.sum([zero, *amounts], axis=0), np.float64)


def _above_zero(amount: Floats) -> bool:
    """Whether an amount a + b·ε is above zero."""
    return tuple(amount) > (0.0,) * len(amount)
