"""Merit orders served for all plain lists at once: net amounts → handed amounts and slopes.

Strict order: entry k gets clip(|net| - what the entries before it took, 0, its cap).
Entries on one tier share by weight until one is full; what it cannot take goes to the
others in their proportion (water-filling).
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from mfa.engine.network import Floats, Ints, Values
from mfa.engine.wiring import Rank, Wiring


class Merit:
    """The plain lists of a network with their caps at one set of values."""

    def __init__(self, wiring: Wiring, values: Values) -> None:
        self.wiring, self.values = wiring, values
        self.per_rank = [(rank, self._at(self.cap, rank, 0.0), self._percent(rank)) for rank in wiring.ranks]

    @cached_property
    def cap(self) -> Floats:
        """(entry,) the tighter of the entry's limit and its process's capacity, pool's unit."""
        w, v = self.wiring, self.values
        own = np.full(len(w.process), np.inf)
        named = w.process >= 0
        own[named] = v.capacity[w.process[named]] * v.coefficient[w.flow[named]]
        return np.asarray(np.minimum(v.limit, own), np.float64)

    @staticmethod
    def _at(of_entry: Floats, rank: Rank, absent: float) -> Floats:
        return np.append(of_entry, absent)[rank.entry]

    def _percent(self, rank: Rank) -> Floats | None:
        found = self._at(self.values.percent, rank, np.inf)
        return found if np.isfinite(found).any() else None

    def handed(self, net: Floats) -> Floats:
        """(entry,) amounts, pool's unit a year; 0 for entries of clusters."""
        whole = self._whole(net)
        left = whole.copy()
        handed = np.zeros(len(self.wiring.pool) + 1)
        for rank, cap, percent in self.per_rank:
            n = len(rank.entry)
            taken = np.minimum(left[:n], cap)
            if percent is not None:
                taken = np.minimum(taken, _times(percent, whole[:n]))
            left[:n] -= taken
            handed[rank.entry] = taken
            for number, entry in rank.shared:
                shares, _ = self._tier(entry, float(whole[number]), float(left[number]), 1.0)
                handed[entry] = shares
                left[number] = max(left[number] - shares.sum(), 0.0)
        return handed[:-1]

    def slopes(self, net: Floats) -> Floats:
        """(entry,) d handed / d |net| of its pool; 0 for entries of clusters."""
        whole = self._whole(net)
        left, steep = whole.copy(), (whole > 0).astype(np.float64)
        slope = np.zeros(len(self.wiring.pool) + 1)
        for rank, cap, percent in self.per_rank:
            n = len(rank.entry)
            taken = np.minimum(left[:n], cap)
            rate = np.where(left[:n] <= cap, steep[:n], 0.0)
            if percent is not None:
                by_share = _times(percent, whole[:n])
                rate = np.where(by_share < taken, np.where(steep[:n] > 0, percent, 0.0), rate)
                taken = np.minimum(taken, by_share)
            steep[:n] -= rate
            left[:n] -= taken
            slope[rank.entry] = rate
            for number, entry in rank.shared:
                shares, rates = self._tier(
                    entry, float(whole[number]), float(left[number]), float(steep[number])
                )
                slope[entry] = rates if whole[number] > 0 else 0.0
                left[number] = max(left[number] - shares.sum(), 0.0)
                steep[number] -= rates.sum()
        return slope[:-1]

    def at_one(self, pool: int, net: float) -> list[tuple[int, float, float]]:
        """The entries of one plain pool that get or give something: amount and slope, as above."""
        w, (cap, percent) = self.wiring, self._by_entry
        whole = left = abs(net)
        steep = 1.0
        found: list[tuple[int, float, float]] = []
        for tier in w.tiers.get((pool, 1 if net > 0 else -1), ()):
            if left <= 0.0:
                break
            if len(tier) > 1:
                shares, rates = self._tier(np.array(tier), whole, left, steep)
                served = list(zip(tier, shares.tolist(), rates.tolist(), strict=True))
            else:
                bound, rate = min((cap[tier[0]], 0.0), (percent[tier[0]] * whole, percent[tier[0]]))
                served = [(tier[0], *((left, steep) if left <= bound else (bound, rate)))]
            found += served
            left = max(left - sum(s[1] for s in served), 0.0)
            steep -= sum(s[2] for s in served)
        return found

    @cached_property
    def _by_entry(self) -> tuple[list[float], list[float]]:
        """Caps and percentages as numbers of Python, which are quicker one by one."""
        return self.cap.tolist(), self.values.percent.tolist()

    def _whole(self, net: Floats) -> Floats:
        """(list,) |net| where it has the sign of the list, else 0."""
        w = self.wiring
        return np.maximum(net[w.list_pool] * w.list_side, 0.0)

    def _tier(self, entry: Ints, whole: float, left: float, steep: float) -> tuple[Floats, Floats]:
        """The amounts and slopes of one shared tier."""
        percent = self.values.percent[entry]
        by_share = _times(percent, np.full(len(entry), whole))
        use_share = by_share < self.cap[entry]
        own = np.where(use_share, by_share, self.cap[entry])
        own_slope = np.where(use_share, percent, 0.0)
        return fill(left, steep, self.values.share[entry], own, own_slope)


def _times(percent: Floats, whole: Floats) -> Floats:
    """What a percentage of the whole is; no percentage (inf) is no bound, also of nothing."""
    bound = np.full(len(whole), np.inf)
    np.multiply(percent, whole, out=bound, where=np.isfinite(percent))
    return bound


def fill(
    amount: float, amount_slope: float, weight: Floats, cap: Floats, cap_slope: Floats
) -> tuple[Floats, Floats]:
    """Water-filling of one tier: entries at their cap keep it, the others share the rest by weight.

    >>> fill(10.0, 1.0, np.array([2.0, 1.0]), np.array([4.0, np.inf]), np.zeros(2))[0].tolist()
    [4.0, 6.0]
    """
    full = np.zeros(len(weight), bool)
    for entry in np.argsort(cap / weight, kind="stable"):
        rest = amount - cap[full].sum()
        if cap[entry] / weight[entry] > rest / weight[~full].sum():
            break
        full[entry] = True
    if full.all():
        return cap.copy(), cap_slope.copy()
    open_weight = weight[~full].sum()
    rest, rest_slope = amount - cap[full].sum(), amount_slope - cap_slope[full].sum()
    taken = np.where(full, cap, rest * weight / open_weight)
    return taken, np.where(full, cap_slope, rest_slope * weight / open_weight)
