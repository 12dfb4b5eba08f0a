"""The equations net = b + F·level(net) at one set of values: residual and slopes.

Puts the plain lists (arrays) and the clusters (step by step) together; the Newton and
the path method both stand on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.engine import merit
from mfa.engine.network import Floats, Values
from mfa.engine.pieces import piece
from mfa.engine.wiring import Cluster, Wiring


@dataclass(frozen=True)
class Point:
    """The lists served at some net amounts.

    Attributes
    ----------
    net, level, handed : (pool,), (process,), (entry,)
    residual : (pool,) b + F·level - net
    slopes : (slot,) d(F·level)/d net in the order of the wiring's pattern
    """

    net: Floats
    level: Floats
    handed: Floats
    residual: Floats
    slopes: Floats


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
    def cap(self) -> Floats:
        """(entry,) greatest amount each entry takes or gives."""
        return merit.caps(self.wiring, self.values)

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
        s, firm = self.wiring.structure, self.wiring.firm
        amounts = self.signed[firm] * level[s.flow_process[firm]]
        return np.bincount(s.flow_pool[firm], amounts, minlength=len(s.pools))

    def at(self, net: Floats) -> Point:
        """Serve all lists at these net amounts."""
        w = self.wiring
        handed, slope = merit.serve(w, self.values, self.cap, net)
        level = self.driven.copy()
        plain = w.plain
        level[w.process[plain]] = handed[plain] / self.values.coefficient[w.flow[plain]]
        entry, _ = w.effects
        weights = [self._per_amount * (slope[entry] * w.side[entry])]
        for cluster, (item, flows) in zip(w.clusters, w.cluster_effects, strict=True):
            gradient = np.zeros((len(cluster.processes), len(cluster.pools)))
            served = piece(w, self.values, self.cap, cluster, net[cluster.pools][:, None])
            for e, amount in served.handed.items():
                handed[e] = amount[0]
            for i, process in enumerate(cluster.processes.tolist()):
                level[process] = served.level[process][0]
                gradient[i] = served.level[process][1:]
            weights.append((self.signed[flows][:, None] * gradient[item]).ravel())
        pattern = w.pattern
        slopes = np.bincount(pattern.slot, np.concatenate(weights), minlength=len(pattern.rows))
        residual = self.b + self.firm_net(level - self.driven) - net
        return Point(net, level, handed, residual, slopes)

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
        w, s = self.wiring, self.wiring.structure
        slot = w.pattern.slot
        entry, flow = w.effects
        best = np.zeros(len(w.pattern.rows))
        if len(entry):
            effect, index = np.unique(entry * len(s.pools) + s.flow_pool[flow], return_inverse=True)
            total = np.bincount(index, self._per_amount)
            where = np.zeros(len(effect), np.int64)
            where[index] = slot[: len(entry)]
            np.maximum.at(best, where, np.abs(total))
        done = len(entry)
        for cluster, (item, flows) in zip(w.clusters, w.cluster_effects, strict=True):
            bound = self._cluster_bound(cluster)
            count = len(flows) * len(cluster.pools)
            np.add.at(
                best, slot[done : done + count], (np.abs(self.signed[flows])[:, None] * bound[item]).ravel()
            )
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
            else:
                for e, most in zip(step.entries, allowed, strict=True):
                    if w.process[e] >= 0:
                        bound[int(w.process[e])] = most
        return np.array([bound[p] for p in cluster.processes.tolist()]).reshape(-1, len(column))
