"""Exact derivatives at a solution: one transposed linear solve for each sum, whatever the number of figures.

At the solution net = b + F·level(net) each list keeps the choices that it made (which bound holds, who is
full), so that everything is smooth. What the amounts of a run are worth to a sum is carried back through the
lists to the nets, through (I - G)ᵀ to all pools, and from there to every coefficient, capacity, limit,
percentage, share, driven level and amount from outside. Where a choice is on its bound, the derivative is
that of the choice that is made; the figures that move such a bound are found with one more solve
(`Adjoint.near`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.engine import linear
from mfa.engine.backward import Backward, Seeds, Worths
from mfa.engine.coupled_lists import Decision, Piece, piece
from mfa.engine.equations import Equations
from mfa.engine.network import Floats, State, Values
from mfa.engine.wiring import Cluster, Wiring, single

NEAR = 1e-9  # of what flows through the pools: a choice nearer to its bound is on it
IDLE = 1e-3  # of the largest turnover, as what a pool through which nothing flows is measured by
MOVED = 1e-9  # of that measure per relative change of a figure: less is rounding
SEED = 20  # of the weights of the distances, any numbers in general position


@dataclass(frozen=True)
class Kink:
    """A choice that is on its bound.

    Attributes
    ----------
    pool : (of the list)
    entry : whose bound it is; -1 where the net of the pool is 0
    choice : `sign`, `least`, `ask`, `largest`, `beyond`, `full` or `cap`, as in `coupled_lists.py`
    """

    pool: int
    entry: int
    choice: str


class Adjoint:
    """The lists of a network as they are served at a solution.

    Attributes
    ----------
    solves : transposed linear systems solved so far
    """

    def __init__(self, wiring: Wiring, values: Values, state: State) -> None:
        self.wiring, self.values, self.state = wiring, values, state
        self.equations = Equations(wiring, values)
        self.solves = 0
        still = np.flatnonzero(np.abs(state.net) <= NEAR * self.turnover)  # a surplus or a shortage begins
        alone = [p for p in np.union1d(wiring.pool, still).tolist() if wiring.cluster_of[p] < 0]
        self.clusters = [*wiring.clusters, *(single(wiring, p) for p in alone)]
        self.served = [self._piece(c) for c in self.clusters]
        self._back = [
            Backward(wiring, values, self.equations.cap, c, s)
            for c, s in zip(self.clusters, self.served, strict=True)
        ]

    def _piece(self, cluster: Cluster) -> Piece:
        e = self.equations
        return piece(self.wiring, self.values, e.cap, cluster, self.state.net[cluster.pools][:, None])

    # ------------------------------------------------------------ derivatives
    def of(
        self,
        *,
        flow: Floats | None = None,
        entry: Floats | None = None,
        surplus: Floats | None = None,
        shortage: Floats | None = None,
    ) -> Values:
        """What a unit of each number is worth to Σ weight · amount, with one solve.

        Parameters
        ----------
        flow : (flow,) weights of what goes into and comes out of processes
        entry : (entry,) of what is handed to or by each place of a list
        surplus, shortage : (pool,) of what is left over and what is missing

        Returns
        -------
        derivatives in the places of the numbers; `external` by pool, `driven` 0 of processes that no drive
        sets, `outside` empty, since the network knows their sums alone

        Raises
        ------
        mfa.engine.linear.Singular
            a small change has no small answer: a recycle of gain 1
        """
        s, state = self.wiring.structure, self.state
        worth = np.zeros(len(s.flow_pool)) if flow is None else flow
        level = self._per_process(worth * self.values.coefficient)
        left = np.zeros(len(s.pools))
        left += np.where(state.surplus > 0, 0.0 if surplus is None else surplus, 0.0)
        left -= np.where(state.shortage > 0, 0.0 if shortage is None else shortage, 0.0)
        handed = -self.wiring.side * left[self.wiring.pool] + (0.0 if entry is None else entry)
        return self._solved(worth, level, handed, left, [{} for _ in self.clusters])

    def _solved(
        self, flow: Floats, level: Floats, handed: Floats, left: Floats, seeds: Sequence[Seeds]
    ) -> Values:
        s, v, firm = self.wiring.structure, self.values, self.wiring.firm
        direct = left + self._through(level, handed, Worths.nothing(v), seeds)
        net = linear.solve(self._plan, self._slopes, direct)
        self.solves += 1
        carried = np.zeros(len(s.flow_pool))
        carried[firm] = s.flow_side[firm] * net[s.flow_pool[firm]]
        level = level + self._per_process(carried * v.coefficient)
        into = Worths.nothing(v)
        self._through(level, handed, into, seeds)
        coefficient = into.coefficient + (carried + flow) * self.state.level[s.flow_process]
        listed = np.zeros(len(s.processes), bool)
        listed[self.wiring.process[self.wiring.process >= 0]] = True
        driven = np.where(np.isnan(v.driven) | listed, 0.0, level)
        return Values(coefficient, net, driven, into.capacity, into.limit, into.percent, into.share)

    def _through(self, level: Floats, handed: Floats, into: Worths, seeds: Sequence[Seeds]) -> Floats:
        """(pool,) what the nets are worth through the lists that they serve."""
        found = np.zeros(len(self.wiring.structure.pools))
        for cluster, back, mine in zip(self.clusters, self._back, seeds, strict=True):
            found[cluster.pools] += back.worth(level, handed, into, mine)
        return found

    def _per_process(self, amounts: Floats) -> Floats:
        s = self.wiring.structure
        return np.bincount(s.flow_process, amounts, minlength=len(s.processes)).astype(np.float64, copy=False)

    @cached_property
    def _plan(self) -> linear.Plan:
        """For the transposed system: who is moved and who moves change places."""
        pattern = self.wiring.pattern
        return linear.remembered_plan(len(self.wiring.structure.pools), pattern.cols, pattern.rows)

    @cached_property
    def _slopes(self) -> Floats:
        """(slot,) d(F·level)/d net with the choices held, in the order of the wiring's pattern."""
        rate = np.zeros(len(self.wiring.pool))
        tied = self.served[: len(self.wiring.clusters)]
        for served in self.served[len(tied) :]:
            for e, amount in served.handed.items():
                rate[e] = amount[1]
        gradients = [
            np.array([served.level[p][1:] for p in cluster.processes.tolist()]).reshape(
                -1, len(cluster.pools)
            )
            for cluster, served in zip(self.clusters, tied, strict=False)
        ]
        return self.equations.slopes_of(rate, gradients)

    # ------------------------------------------------------------ kinks
    @cached_property
    def turnover(self) -> Floats:
        """(pool,) what flows through."""
        gross = self.equations.gross(self.state.level)
        return np.asarray(np.maximum(np.abs(self.state.net), gross), np.float64)

    @cached_property
    def kinks(self) -> Sequence[Kink]:
        """The choices that are on their bound."""
        both = [Kink(int(self.wiring.pool[e]), e, "cap") for e in self._equal]
        return [self._kink(c, d) for c, d, _, _ in self._near] + both

    @cached_property
    def _equal(self) -> list[int]:
        """Entries held by a limit and by a capacity at once."""
        w, v, cap = self.wiring, self.values, self.equations.cap
        own = np.full(len(cap), np.inf)
        named = w.process >= 0
        own[named] = v.capacity[w.process[named]] * v.coefficient[w.flow[named]]
        there = np.isfinite(own) & np.isfinite(v.limit)
        apart = np.where(there, own, 0.0) - np.where(there, v.limit, 0.0)
        held = self.state.handed >= cap * (1 - NEAR)
        return np.flatnonzero(there & held & (np.abs(apart) <= NEAR * cap)).tolist()

    @cached_property
    def _near(self) -> Sequence[tuple[int, Decision, int, float]]:
        """(cluster, decision, what it becomes, measure of its distance) of the choices on their bound."""
        least = IDLE * float(np.max(self.turnover, initial=0.0))
        found = []
        for number, (cluster, served) in enumerate(zip(self.clusters, self.served, strict=True)):
            flows = self.turnover[cluster.pools]
            for gap in served.gaps:
                distance, steep = float(gap.distance[0]), np.abs(gap.distance[1:])
                if distance <= NEAR * float(steep @ flows):
                    measure = float(steep @ np.maximum(flows, least)) or max(least, 1.0)
                    found.append((number, gap.decision, gap.beyond, measure))
        return found

    @cached_property
    def _full_drives(self) -> list[int]:
        """Driven processes that run at their capacity, which no drive may be above."""
        v = self.values
        with np.errstate(invalid="ignore"):
            full = np.abs(v.driven - v.capacity) <= NEAR * np.abs(v.driven)
        return np.flatnonzero(full & (v.driven > 0)).tolist()

    def _kink(self, cluster: int, decision: Decision) -> Kink:
        choice, number, which = decision
        if choice == "sign":
            return Kink(number, -1, choice)
        entries = self.clusters[cluster].steps[number].entries
        entry = entries[which] if choice in ("ask", "beyond", "full", "cap") else entries[0]
        return Kink(int(self.wiring.pool[entry]), int(entry), choice)

    def near(self, flow: Floats | None = None) -> Values:
        """How much a unit of each number moves the choices that are on their bound, with one solve.

        Each distance is measured by what flows there and has a weight of its own, so that a number that
        moves any of them moves their sum.

        Parameters
        ----------
        flow : (flow,) weights of amounts that add up to the distances of others, measured likewise
        """
        weights = np.random.default_rng(SEED).uniform(1.0, 2.0, len(self._near))
        weights *= np.random.default_rng(SEED + 1).choice([-1.0, 1.0], len(weights))
        found = self._moving(
            weights, np.zeros(len(self.wiring.structure.flow_pool)) if flow is None else flow
        )
        at = self._full_drives
        found.driven[at] += 1 / self.values.driven[at]
        found.capacity[at] -= 1 / self.values.driven[at]
        for e in self._equal:
            flow, process = self.wiring.flow[e], self.wiring.process[e]
            weight = 1 / (self.equations.cap[e] or 1.0)
            found.limit[e] -= weight
            found.capacity[process] += weight * self.values.coefficient[flow]
            found.coefficient[flow] += weight * self.values.capacity[process]
        return found

    def _moving(self, weights: Floats, flow: Floats) -> Values:
        """What a unit of each number moves Σ weight · distance by, of the choices on their bound."""
        seeds: list[dict[Decision, list[tuple[int, float]]]] = [defaultdict(list) for _ in self.clusters]
        for (cluster, decision, beyond, measure), weight in zip(self._near, weights.tolist(), strict=True):
            if weight:
                seeds[cluster][decision].append((beyond, weight / measure))
        s = self.wiring.structure
        level = self._per_process(flow * self.values.coefficient)
        return self._solved(flow, level, np.zeros(len(s.entries)), np.zeros(len(s.pools)), seeds)

    @cached_property
    def near_each(self) -> Sequence[tuple[Kink, Values]]:
        """Each choice that is on its bound, with how much a unit of each number moves it; a solve each."""
        none = np.zeros(len(self.wiring.structure.flow_pool))
        one = np.eye(len(self._near))
        return [(self._kink(c, d), self._moving(one[i], none)) for i, (c, d, _, _) in enumerate(self._near)]
