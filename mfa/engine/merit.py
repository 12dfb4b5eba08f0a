"""Merit orders served for all plain lists at once: net amounts → handed amounts and slopes.

Strict order: entry k gets clip(|net| - what the entries before it took, 0, its cap).
Entries on one tier share by weight until one is full; what it cannot take goes to the
others in their proportion (water-filling).
"""

from __future__ import annotations

import numpy as np

from mfa.engine.network import Floats, Ints, Values
from mfa.engine.wiring import Rank, Wiring


def caps(wiring: Wiring, values: Values) -> Floats:
    """(entry,) the tighter of the entry's limit and its process's capacity, pool's unit."""
    own = np.full(len(wiring.process), np.inf)
    named = wiring.process >= 0
    own[named] = values.capacity[wiring.process[named]] * values.coefficient[wiring.flow[named]]
    return np.asarray(np.minimum(values.limit, own), np.float64)


def serve(wiring: Wiring, values: Values, cap: Floats, net: Floats) -> tuple[Floats, Floats]:
    """Serve every plain list.

    Returns
    -------
    handed : (entry,) amount, pool's unit a year; 0 for entries of clusters
    slope : (entry,) d handed / d |net| of its pool
    """
    service = _Service(wiring, values, cap, net)
    for rank in wiring.ranks:
        service.alone(rank.alone)
        service.shared(rank)
    return service.handed, service.slope


class _Service:
    """What is left of every net while its list is served rank by rank."""

    def __init__(self, wiring: Wiring, values: Values, cap: Floats, net: Floats) -> None:
        self.wiring, self.values, self.cap, self.net = wiring, values, cap, net
        self.left = np.abs(net)
        self.left_slope = np.ones(len(net))
        self.handed = np.zeros(len(wiring.pool))
        self.slope = np.zeros(len(wiring.pool))

    def alone(self, entry: Ints) -> None:
        """Serve the entries that stand alone on their tier, all pools at once."""
        entry = entry[self.net[self.wiring.pool[entry]] * self.wiring.side[entry] > 0]
        pool = self.wiring.pool[entry]
        rest, rest_slope = self.left[pool], self.left_slope[pool]
        own, percent = self.cap[entry], self.values.percent[entry]
        by_share = percent * np.abs(self.net[pool])
        free = (rest <= own) & (rest <= by_share)
        use_share = ~free & (by_share < own)
        taken = np.where(free, rest, np.where(use_share, by_share, own))
        rate = np.where(free, rest_slope, np.where(use_share, percent, 0.0))
        self.handed[entry], self.slope[entry] = taken, rate
        self.left[pool] = np.where(free, 0.0, rest - taken)
        self.left_slope[pool] = np.where(free, 0.0, rest_slope - rate)

    def shared(self, rank: Rank) -> None:
        """Serve the tiers on which several entries share."""
        ends = np.append(rank.tier_start, len(rank.shared))[1:]
        for start, end in zip(rank.tier_start.tolist(), ends.tolist(), strict=True):
            entry = rank.shared[start:end]
            pool = int(self.wiring.pool[entry[0]])
            if self.net[pool] * self.wiring.side[entry[0]] > 0:
                self._tier(entry, pool)

    def _tier(self, entry: Ints, pool: int) -> None:
        amount, percent = abs(float(self.net[pool])), self.values.percent[entry]
        use_share = percent * amount < self.cap[entry]
        own = np.where(use_share, percent * amount, self.cap[entry])
        own_slope = np.where(use_share, percent, 0.0)
        weight = self.values.share[entry]
        taken, rate = fill(float(self.left[pool]), float(self.left_slope[pool]), weight, own, own_slope)
        self.handed[entry], self.slope[entry] = taken, rate
        self.left[pool] -= taken.sum()
        self.left_slope[pool] -= rate.sum()


def fill(
    amount: float, amount_slope: float, weight: Floats, cap: Floats, cap_slope: Floats
) -> tuple[Floats, Floats]:
    """Water-filling of one tier: who is full keeps its cap, the rest shares by weight.

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
