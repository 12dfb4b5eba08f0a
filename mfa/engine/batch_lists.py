"""Merit orders of many samples at once: plain lists tier by tier, clusters step by step.

What `merit.py` and `coupled_lists.py` do for one sample, without slopes; amounts are (sample,) arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from mfa.engine.network import TAKER, Floats, Values
from mfa.engine.wiring import Cluster, Step, Wiring

Key = tuple[int, int]


class Bounds:
    """The most that entries take: a cap, or a percentage of what their list shares out.

    Attributes
    ----------
    free : whether an entry has neither in any sample, so that it takes all there is
    """

    def __init__(self, cap: Floats, percent: Floats) -> None:
        self._cap, self._percent = cap, percent
        shared = np.asarray(np.isfinite(percent).any(axis=1))
        uncapped = np.asarray(np.isinf(cap).all(axis=1))
        self._shared: list[bool] = shared.tolist()
        self.free: list[bool] = (~shared & uncapped).tolist()

    def of(self, entry: int, whole: Floats) -> Floats:
        """(sample,) the most of `whole`."""
        most: Floats = self._cap[entry]
        if not self._shared[entry]:
            return most
        percent = self._percent[entry]
        written = np.isfinite(percent)
        by_share = np.where(written, np.where(written, percent, 0.0) * whole, np.inf)
        return np.asarray(np.minimum(most, by_share), np.float64)

    def slope(self, entry: int, whole: Floats) -> Floats | float:
        """(sample,) how the most grows with `whole`: the percentage where that binds, else not."""
        if not self._shared[entry]:
            return 0.0
        percent = self._percent[entry]
        written = np.isfinite(percent)
        share = np.where(written, percent, 0.0)
        return np.where(written & (share * whole <= self._cap[entry]), share, 0.0)


def slopes(tiers: Sequence[Sequence[int]], whole: Floats, bounds: Bounds) -> Iterator[tuple[int, Floats]]:
    """The entries of a list of single entries with how much of one more of `whole` each gets."""
    left, rest = whole, (whole > 0).astype(float)
    for (entry,) in tiers:
        if bounds.free[entry]:
            yield entry, rest
            break
        most = bounds.of(entry, whole)
        mine = np.where(left <= most, rest, bounds.slope(entry, whole) * (whole > 0))
        yield entry, mine
        left, rest = left - np.minimum(left, most), rest - mine


def serve(
    tiers: Sequence[Sequence[int]], whole: Floats, bounds: Bounds, share: Floats
) -> Iterator[tuple[int, Floats]]:
    """The entries of a list with what each gets of `whole` (sample,).

    Parameters
    ----------
    share : (entry, sample) weights within a tier
    """
    left = whole
    for number, tier in enumerate(tiers):
        if number and not left.any():
            break
        if len(tier) == 1:
            if bounds.free[tier[0]]:
                yield tier[0], left
                break
            taken = np.minimum(left, bounds.of(tier[0], whole))
            yield tier[0], taken
            left = left - taken
        else:
            most = np.array([bounds.of(e, whole) for e in tier])
            shares = fill(left, share[list(tier)], most)
            yield from zip(tier, shares, strict=True)
            left = np.maximum(left - shares.sum(axis=0), 0.0)


def fill(amount: Floats, weight: Floats, cap: Floats) -> Floats:
    """(entry, sample) water-filling of one tier, as `merit.fill`.

    >>> fill(np.array([10.0]), np.array([[2.0], [1.0]]), np.array([[4.0], [np.inf]])).ravel().tolist()
    [4.0, 6.0]
    """
    full = np.zeros(cap.shape, bool)
    height = cap / weight
    for _ in range(len(cap)):
        open_ = np.where(full, 0.0, weight).sum(axis=0)
        rest = amount - np.where(full, cap, 0.0).sum(axis=0)
        water = np.divide(rest, open_, out=np.full(rest.shape, -np.inf), where=open_ > 0)
        more = ~full & (height <= water)
        if not more.any():
            break
        full |= more
    open_ = np.where(full, 0.0, weight).sum(axis=0)
    rest = amount - np.where(full, cap, 0.0).sum(axis=0)
    water = np.divide(rest, open_, out=np.zeros(rest.shape), where=open_ > 0)
    return np.where(full, cap, water * weight)


class BatchCluster:
    """A cluster served in its order at the nets of all samples.

    Attributes
    ----------
    level : process → (sample,) its level
    handed : entry → (sample,) the amount handed
    """

    def __init__(self, wiring: Wiring, values: Values, bounds: Bounds, cluster: Cluster, net: Floats) -> None:
        self.wiring, self.values, self.bounds = wiring, values, bounds
        self.level: dict[int, Floats] = {}
        self.handed: dict[int, Floats] = {}
        self.left: dict[Key, Floats] = {}
        self.whole: dict[Key, Floats] = {}
        for i, pool in enumerate(cluster.pools.tolist()):
            for side in (1, -1):
                if (pool, side) in cluster.lists:
                    self.whole[pool, side] = self.left[pool, side] = np.maximum(side * net[i], 0.0)
        for step in cluster.steps:
            self._serve(step)

    def _serve(self, step: Step) -> None:
        if step.process in self.wiring.structure.largest:
            self._largest(step)
        elif step.process >= 0:
            self._several(step)
        elif len(step.entries) == 1:
            entry = step.entries[0]
            self._give(entry, self._allowed(entry))
        else:
            self._shared(step)

    def _list(self, entry: int) -> Key:
        return int(self.wiring.pool[entry]), int(self.wiring.side[entry])

    def _coefficient(self, entry: int) -> Floats:
        found: Floats = self.values.coefficient[self.wiring.flow[entry]]
        return found

    def _bound(self, entry: int) -> Floats:
        return self.bounds.of(entry, self.whole[self._list(entry)])

    def _allowed(self, entry: int) -> Floats:
        return np.minimum(self.left[self._list(entry)], self._bound(entry))

    def _give(self, entry: int, amount: Floats) -> None:
        self.handed[entry] = amount
        self.left[self._list(entry)] = self.left[self._list(entry)] - amount
        process = int(self.wiring.process[entry])
        if process >= 0:
            self.level[process] = amount / self._coefficient(entry)

    def _several(self, step: Step) -> None:
        """Run a process in several lists at the least that they allow."""
        level = np.min([self._allowed(e) / self._coefficient(e) for e in step.entries], axis=0)
        for entry in step.entries:
            self._give(entry, level * self._coefficient(entry))
        self.level[step.process] = level

    def _largest(self, step: Step) -> None:
        """Run a process at the largest that its lists ask; what it brings beyond goes to takers."""
        asks = [self._allowed(e) for e in step.entries]
        level = np.max([a / self._coefficient(e) for a, e in zip(asks, step.entries, strict=True)], axis=0)
        for entry in step.entries:
            pool, side = self._list(entry)
            amount = level * self._coefficient(entry)
            beyond = amount - self.left[pool, side]
            self.handed[entry] = amount
            self.left[pool, side] = np.maximum(-beyond, 0.0)
            if (pool, TAKER) in self.left:
                over = np.maximum(beyond, 0.0)
                more = over > 0
                self.whole[pool, TAKER] = self.whole[pool, TAKER] + over
                self.left[pool, TAKER] = np.where(more, self.whole[pool, TAKER], self.left[pool, TAKER])
        self.level[step.process] = level

    def _shared(self, step: Step) -> None:
        left = self.left[self._list(step.entries[0])]
        shares = fill(
            left, self.values.share[list(step.entries)], np.array([self._bound(e) for e in step.entries])
        )
        for entry, amount in zip(step.entries, shares, strict=True):
            self._give(entry, amount)
        key = self._list(step.entries[0])
        self.left[key] = np.maximum(left - shares.sum(axis=0), 0.0)


def steepest_of_cluster(wiring: Wiring, values: Values, cluster: Cluster) -> Mapping[int, Floats]:
    """Process → (cluster pool, sample) bounds of |d level / d net|, as `Equations.steepest` makes them."""
    size = values.coefficient.shape[1]
    pools = cluster.pools.tolist()
    left = {key: np.zeros((len(pools), size)) for key in cluster.lists}
    for (pool, _), bound in left.items():
        bound[pools.index(pool)] = 1.0
    made = {p: np.zeros((len(pools), size)) for p in cluster.processes.tolist()}
    for step in cluster.steps:
        lists = [(int(wiring.pool[e]), int(wiring.side[e])) for e in step.entries]
        per = [
            values.coefficient[wiring.flow[e]] if wiring.flow[e] >= 0 else np.ones(size) for e in step.entries
        ]
        allowed = [left[k] / c for k, c in zip(lists, per, strict=True)]
        if step.process < 0:
            for e, most in zip(step.entries, allowed, strict=True):
                if wiring.process[e] >= 0:
                    made[int(wiring.process[e])] = most
            continue
        made[step.process] = np.max(allowed, axis=0)
        for key, c in zip(lists, per, strict=True):
            left[key] = left[key] + c * made[step.process]
            takers = (key[0], TAKER)
            if step.process in wiring.structure.largest and takers in left:
                left[takers] = left[takers] + left[key]
    return made
