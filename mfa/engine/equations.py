"""The equations net = b + F·level(net) at one set of values: residual and slopes.

Puts the plain lists (arrays) and the clusters (step by step) together; the Newton and
the path method both stand on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.engine.coupled_lists import piece
from mfa.engine.merit import Merit
from mfa.engine.network import TAKER, Floats, Values
from mfa.engine.wiring import Cluster, Wiring

SMALLEST = 1e-300  # above what underflows, so that nothing is divided by zero
TRACE = 1e-9  # flows below this share of the largest are beyond any data; 1e-7 and 1e-12 answer alike
GOOD = 1e-12  # relative residual of a solution: what some thousand roundings leave of 16 digits
SERVED = 0.004  # GOOD of it is 18 roundings of an amount that a list divides


@dataclass(frozen=True)
class Point:
    """The lists served at some net amounts.

    Attributes
    ----------
    net, level, handed : (pool,), (process,), (entry,)
    residual : (pool,) b + F·level - net
    gross : (pool,) all that flows firmly into and out of a pool, the measure of its residual
    """

    net: Floats
    level: Floats
    handed: Floats
    residual: Floats
    gross: Floats

    def error(self, least: Floats | float = 0.0) -> Floats:
        """(pool,) residual over gross flow, or over `least` where that is more.

        Flows below TRACE of the largest count as that much.
        """
        floor = max(TRACE * float(np.max(self.gross, initial=0.0)), SMALLEST)
        return np.abs(self.residual) / np.maximum(self.gross, np.maximum(least, floor))


@dataclass(frozen=True)
class Equations:
    """One network with one set of values."""

    wiring: Wiring
    values: Values

    @cached_property
    def signed(self) -> Floats:
        """(flow,) the coefficient, negative for an input."""
        return self.wiring.structure.flow_side * self.values.coefficient

    @cached_property
    def merit(self) -> Merit:
        """The plain lists at these values."""
        return Merit(self.wiring, self.values)

    @property
    def cap(self) -> Floats:
        """(entry,) greatest amount each entry takes or gives."""
        return self.merit.cap

    @cached_property
    def driven(self) -> Floats:
        """(process,) level of the driven processes, 0 elsewhere."""
        return np.nan_to_num(self.values.driven)

    @cached_property
    def b(self) -> Floats:
        """(pool,) net amounts when nothing but the driven processes runs."""
        return self.values.external + self.firm_net(self.driven)

    @cached_property
    def scale(self) -> float:
        """The largest known amount, against which residuals are measured."""
        return float(np.max(np.abs(self.b), initial=0.0)) or 1.0

    def firm_net(self, level: Floats) -> Floats:
        """(pool,) what the firm flows at these levels add up to."""
        return self._per_pool(self._firm_amounts(level))

    def _firm_amounts(self, level: Floats) -> Floats:
        firm = self.wiring.firm
        return self.signed[firm] * level[self.wiring.structure.flow_process[firm]]

    def _per_pool(self, amounts: Floats) -> Floats:
        s = self.wiring.structure
        found = np.bincount(s.flow_pool[self.wiring.firm], amounts, minlength=len(s.pools))
        return found.astype(np.float64, copy=False)

    def at(self, net: Floats) -> Point:
        """Serve all lists at these net amounts."""
        w = self.wiring
        handed = self.merit.handed(net)
        level = self.driven.copy()
        plain = w.plain
        level[w.process[plain]] = handed[plain] / self.values.coefficient[w.flow[plain]]
        for cluster in w.clusters:
            served = piece(w, self.values, self.cap, cluster, net[cluster.pools][:, None])
            for e, amount in served.handed.items():
                handed[e] = amount[0]
            for process in cluster.processes.tolist():
                level[process] = served.level[process][0]
        amounts = self._firm_amounts(level)
        residual = self.values.external + self._per_pool(amounts) - net
        return Point(net, level, handed, residual, self.gross(level))

    def gross(self, level: Floats) -> Floats:
        """(pool,) all that flows into and out of each pool at these levels whatever its own list asks."""
        found = np.abs(self.values.external) + self._per_pool(np.abs(self._firm_amounts(level)))
        beside, s = self.wiring.beside_asks, self.wiring.structure
        np.add.at(found, s.flow_pool[beside], self.values.coefficient[beside] * level[s.flow_process[beside]])
        return found

    def error(self, point: Point) -> Floats:
        """(pool,) the imbalance over what flows through the pool.

        A trickle out of a large pool is known no better than the large pool's amounts are
        rounded: where it matters, these count with SERVED.
        """
        error = point.error()
        if np.max(error, initial=0.0) <= GOOD:
            return error
        return point.error(SERVED * self._divided(point))

    def _divided(self, point: Point) -> Floats:
        """(pool,) what would reach it if each running entry were handed all that its pool has."""
        w, s = self.wiring, self.wiring.structure
        run = np.flatnonzero((w.process >= 0) & (point.handed > 0))
        has = np.maximum(np.abs(point.net), np.bincount(w.pool, point.handed, minlength=len(point.net)))
        most = has[w.pool[run]] / self.values.coefficient[w.flow[run]]
        level = np.bincount(w.process[run], most, minlength=len(s.processes)).astype(np.float64, copy=False)
        return self._per_pool(np.abs(self._firm_amounts(level)))

    def slopes(self, net: Floats) -> Floats:
        """(slot,) d(F·level)/d net in the order of the wiring's pattern."""
        w, gradients = self.wiring, []
        for cluster in w.clusters:
            served = piece(w, self.values, self.cap, cluster, net[cluster.pools][:, None])
            gradient = np.array([served.level[p][1:] for p in cluster.processes.tolist()])
            gradients.append(gradient.reshape(-1, len(cluster.pools)))
        return self.slopes_of(self.merit.slopes(net) * w.side, gradients)

    def slopes_of(self, rate: Floats, gradients: Sequence[Floats]) -> Floats:
        """(slot,) d(F·level)/d net of given slopes of the lists.

        Parameters
        ----------
        rate : (entry,) d handed / d net of its pool, of plain lists
        gradients : per cluster (process, pool), d level / d net
        """
        w = self.wiring
        entry, _ = w.effects
        weights = [self._per_amount * rate[entry]]
        for gradient, (item, flows) in zip(gradients, w.cluster_effects, strict=True):
            weights.append((self.signed[flows][:, None] * gradient[item]).ravel())
        found = np.bincount(w.pattern.slot, np.concatenate(weights), minlength=len(w.pattern.rows))
        return found.astype(np.float64, copy=False)

    def moved(self, net: Floats) -> Floats:
        """(pool,) b + F·level(net) of a network without clusters, slopes left out."""
        entry, flow = self.wiring.effects
        amounts = self._per_amount * self.merit.handed(net)[entry]
        return self.b + np.bincount(self.wiring.structure.flow_pool[flow], amounts, minlength=len(net))

    @cached_property
    def _per_amount(self) -> Floats:
        """(pair,) what a tonne handed to a plain entry moves in a pool."""
        entry, flow = self.wiring.effects
        return self.signed[flow] / self.values.coefficient[self.wiring.flow[entry]]

    def steepest(self) -> Floats:
        """(slot,) the largest absolute slope that any choice of pieces can give.

        On a plain list the slopes of the entries are shares that add up to at most 1, so the
        largest single effect bounds them; in a cluster the bounds of the lists add up.
        """
        w = self.wiring
        slot = w.pattern.slot
        entry, _ = w.effects
        best = np.zeros(len(w.pattern.rows))
        if len(entry):
            joint, order, start, found = w.joint_effects
            total = np.abs(np.bincount(joint, self._per_amount))
            best[found] = np.maximum.reduceat(total[order], start)
        done = len(entry)
        for cluster, (item, flows) in zip(w.clusters, w.cluster_effects, strict=True):
            bound = self._cluster_bound(cluster)
            count = len(flows) * len(cluster.pools)
            effect = np.abs(self.signed[flows])[:, None] * bound[item]
            np.add.at(best, slot[done : done + count], effect.ravel())
            done += count
        return best

    def _cluster_bound(self, cluster: Cluster) -> Floats:
        """(process, pool) bounds of |d level / d net| in a cluster, step by step."""
        w = self.wiring
        column = {p: i for i, p in enumerate(cluster.pools.tolist())}
        left = {key: np.eye(len(column))[column[key[0]]] for key in cluster.lists}
        bound = {p: np.zeros(len(column)) for p in cluster.processes.tolist()}
        for step in cluster.steps:
            lists = [(int(w.pool[e]), int(w.side[e])) for e in step.entries]
            per = [float(self.values.coefficient[f]) if f >= 0 else 1.0 for f in w.flow[list(step.entries)]]
            allowed = [left[k] / c for k, c in zip(lists, per, strict=True)]
            if step.process >= 0:
                bound[step.process] = np.max(allowed, axis=0)
                for key, c in zip(lists, per, strict=True):
                    left[key] = left[key] + c * bound[step.process]
                    takers = (key[0], TAKER)
                    if step.process in w.structure.largest and takers in left:
                        left[takers] = left[takers] + left[key]
            else:
                for e, most in zip(step.entries, allowed, strict=True):
                    if w.process[e] >= 0:
                        bound[int(w.process[e])] = most
        return np.array([bound[p] for p in cluster.processes.tolist()]).reshape(-1, len(column))
