"""Many samples of one network solved at once: the same orders, every number a row of samples.

Pools are served in the order of the flow, as `forward.py` does for one sample; each operation works
on (sample,) arrays. Blocks of recycles are repeated until they stand still. Samples in which a block
is not proven to have one answer, does not settle, or does not balance are left to the plain solver.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mfa.engine.batch_lists import BatchCluster, serve, steepest_of_cluster
from mfa.engine.equations import TRACE
from mfa.engine.forward import CANCELLED
from mfa.engine.network import Bools, Floats, Ints, State, Values
from mfa.engine.solver import ACCEPTED, LARGEST, LEAST, ROUNDING
from mfa.engine.unique import BELOW_ONE
from mfa.engine.wiring import Cluster, Wiring

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SWEEPS = 600  # of a block; recycles of gain 0.95 stand still after that
STILL = 1e-15  # of what flows through a pool: a change below it is rounding
DUST = 6  # rounds in which what only dust feeds becomes dust; the plain solver takes no more

ARRAYS = ("coefficient", "external", "driven", "capacity", "limit", "percent", "share", "outside")


def stacked(values: Sequence[Values]) -> Values:
    """Values of many samples as one: every array (n, sample)."""
    return Values(**{name: np.array([getattr(v, name) for v in values]).T.copy() for name in ARRAYS})


@dataclass(frozen=True)
class BatchState:
    """The solutions of many samples.

    Attributes
    ----------
    net, surplus, shortage : (pool, sample)
    level : (process, sample)
    handed : (entry, sample)
    residual : (sample,) largest imbalance of a pool over what flows through it
    sweeps : of the blocks of recycles together
    left : (sample,) samples that are left to the plain solver; their columns say nothing
    """

    net: Floats
    level: Floats
    handed: Floats
    surplus: Floats
    shortage: Floats
    residual: Floats
    sweeps: int
    left: Bools

    def state(self, sample: int) -> State:
        """The solution of one sample."""
        arrays = (self.net, self.level, self.handed, self.surplus, self.shortage)
        net, level, handed, surplus, shortage = (a[:, sample].copy() for a in arrays)
        residual = float(self.residual[sample])
        return State(net, level, handed, surplus, shortage, residual, self.sweeps, "sweeps")


def solve_batch(wiring: Wiring, values: Values) -> BatchState:
    """Solve a wired network for many samples.

    Parameters
    ----------
    values : every array with a last axis of samples (`stacked`)
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _Batch(wiring, values).solved()


class _Batch:
    """The nets so far of all samples, with all that finished pools bring."""

    def __init__(self, wiring: Wiring, values: Values) -> None:
        self.wiring, self.values = wiring, values
        s = wiring.structure
        self.size = values.coefficient.shape[1]
        self.signed = s.flow_side[:, None] * values.coefficient
        self.cap = self._caps()
        self.level = np.nan_to_num(values.driven)
        self.handed = np.zeros((len(s.entries), self.size))
        self.left = np.zeros(self.size, bool)
        self.sweeps = 0
        firm = self._firm_amounts(self.level)
        self.net = values.external + self._per_pool(firm)
        self.gross = np.abs(values.external) + self._per_pool(np.abs(firm))
        self.process = wiring.process.tolist()
        self.flow = wiring.flow.tolist()
        self.to = s.flow_pool.tolist()
        flows, start = wiring.firm_by_process
        self.flows = [flows[start[p] : start[p + 1]].tolist() for p in range(len(s.processes))]

    def _caps(self) -> Floats:
        """(entry, sample) the tighter of limit and capacity, pool's unit."""
        w, v = self.wiring, self.values
        own = np.full(v.limit.shape, np.inf)
        named = w.process >= 0
        own[named] = v.capacity[w.process[named]] * v.coefficient[w.flow[named]]
        return np.asarray(np.minimum(v.limit, own), np.float64)

    @cached_property
    def _into(self) -> csr_matrix:
        """(pool, firm flow) 1 where the flow is one of the pool."""
        from scipy.sparse import csr_matrix

        s, firm = self.wiring.structure, self.wiring.firm
        at = (s.flow_pool[firm], np.arange(len(firm)))
        return csr_matrix((np.ones(len(firm)), at), shape=(len(s.pools), len(firm)))

    def _firm_amounts(self, level: Floats) -> Floats:
        firm = self.wiring.firm
        found: Floats = self.signed[firm] * level[self.wiring.structure.flow_process[firm]]
        return found

    def _per_pool(self, amounts: Floats) -> Floats:
        return np.asarray(self._into @ amounts, np.float64)

    # ------------------------------------------------------------ the way through
    def solved(self) -> BatchState:
        """Go through the components in the order of the flow, then judge what came out."""
        plan = self.wiring.pattern.plan
        nodes = np.argsort(plan.component, kind="stable")
        begin = np.searchsorted(plan.component[nodes], np.arange(len(plan.cyclic) + 1)).tolist()
        last = self._last_reached(plan.component)
        order = nodes.tolist()
        for component, block in enumerate(plan.cyclic.tolist()):
            members = order[begin[component] : begin[component + 1]]
            for pool in members:
                self._settle(pool)
            if block:
                self._repeat(members)
            self._hand_on(members, last.get(component, ()))
        return self._state()

    def _last_reached(self, component: Ints) -> Mapping[int, list[Cluster]]:
        """Component → the clusters whose last pool it holds."""
        found = defaultdict(list)
        for cluster in self.wiring.clusters:
            found[int(component[cluster.pools].max())].append(cluster)
        return found

    def _settle(self, pool: int) -> None:
        self.net[pool][np.abs(self.net[pool]) <= CANCELLED * self.gross[pool]] = 0.0

    def _hand_on(self, pools: Sequence[int], clusters: Sequence[Cluster]) -> None:
        """Serve the lists of finished pools, whose nets stay what they are."""
        nets = self.net[pools]
        for process, level in list(self._levels(pools, clusters)):
            self._run(process, level)
        self.net[pools] = nets

    def _run(self, process: int, level: Floats) -> None:
        self.level[process] = level
        if not level.any():
            return
        for flow in self.flows[process]:
            amount = self.signed[flow] * level
            self.net[self.to[flow]] += amount
            self.gross[self.to[flow]] += np.abs(amount)

    def _levels(self, pools: Sequence[int], clusters: Sequence[Cluster]) -> Iterator[tuple[int, Floats]]:
        """The processes that plain lists of some pools and some clusters run, with their levels."""
        tied = self.wiring.cluster_of
        for pool in pools:
            if tied[pool] < 0:
                self.handed[self.wiring.entries_at(np.array([pool]))] = 0.0
                for entry, amount in self._served(pool):
                    self.handed[entry] = amount
                    if self.process[entry] >= 0:
                        yield self.process[entry], amount / self.values.coefficient[self.flow[entry]]
        for cluster in clusters:
            found = BatchCluster(self.wiring, self.values, self.cap, cluster, self.net[cluster.pools])
            for entry, amount in found.handed.items():
                self.handed[entry] = amount
            yield from found.level.items()

    def _served(self, pool: int) -> Iterator[tuple[int, Floats]]:
        for side in (1, -1):
            tiers = self.wiring.tiers.get((pool, side), ())
            whole = np.maximum(side * self.net[pool], 0.0)
            if tiers:
                yield from serve(tiers, whole, self.cap, self.values)

    # ------------------------------------------------------------ recycles
    def _repeat(self, pools: Sequence[int]) -> None:
        """Repeat a block until every sample stands still; what does not is left."""
        clusters = self._clusters_of(pools)
        self.left |= ~self._proven(pools, clusters)
        at = {pool: i for i, pool in enumerate(pools)}
        fed, gross = self.net[pools].copy(), self.gross[pools].copy()
        for _ in range(SWEEPS):
            self.sweeps += 1
            got, through = fed.copy(), gross.copy()
            for process, level in self._levels(pools, clusters):
                for flow in self.flows[process]:
                    i = at.get(self.to[flow])
                    if i is not None:
                        amount = self.signed[flow] * level
                        got[i] += amount
                        through[i] += np.abs(amount)
            open_ = np.abs(got - self.net[pools]) > STILL * np.maximum(through, TRACE * through.max(axis=0))
            self.net[pools] = got
            moving = open_.any(axis=0) & ~self.left
            if not moving.any():
                break
        self.left |= moving
        self.gross[pools] = through

    def _clusters_of(self, pools: Sequence[int]) -> list[Cluster]:
        """The clusters that move one of these pools, or have one of them."""
        own = set(pools)
        return [
            c
            for c in self.wiring.clusters
            if own.intersection(c.pools.tolist())
            or any(self.to[f] in own for p in c.processes.tolist() for f in self.flows[p])
        ]

    def _proven(self, pools: Sequence[int], clusters: Sequence[Cluster]) -> Bools:
        """(sample,) whether the largest slopes of a block die out, so that it has one answer."""
        at = {pool: i for i, pool in enumerate(pools)}
        best = np.zeros((len(pools), len(pools), self.size))
        for j, pool in enumerate(pools):
            for entry in self.wiring.entries_at(np.array([pool])).tolist():
                if self.wiring.cluster_of[pool] < 0 and self.process[entry] >= 0:
                    for i, effect in self._effects(self.process[entry], at).items():
                        per = np.abs(effect / self.values.coefficient[self.flow[entry]])
                        best[i, j] = np.maximum(best[i, j], per)
        for cluster in clusters:
            bounds = steepest_of_cluster(self.wiring, self.values, cluster)
            for process, bound in bounds.items():
                for flow in (f for f in self.flows[process] if self.to[f] in at):
                    for k, pool in enumerate(cluster.pools.tolist()):
                        if pool in at:
                            best[at[self.to[flow]], at[pool]] += np.abs(self.signed[flow]) * bound[k]
        sure: Bools = best.sum(axis=0).max(axis=0) < BELOW_ONE
        doubtful = np.flatnonzero(~sure & np.isfinite(best).all(axis=(0, 1)))
        if len(doubtful):
            radius = np.abs(np.linalg.eigvals(best[:, :, doubtful].transpose(2, 0, 1))).max(axis=1)
            sure[doubtful] = radius < BELOW_ONE
        return sure

    def _effects(self, process: int, at: Mapping[int, int]) -> Mapping[int, Floats]:
        """Position in the block → what one unit of a process moves there."""
        found: dict[int, Floats] = {}
        for flow in self.flows[process]:
            i = at.get(self.to[flow])
            if i is not None:
                found[i] = found.get(i, 0.0) + self.signed[flow]
        return found

    # ------------------------------------------------------------ what came out
    def _state(self) -> BatchState:
        """The states, with what is only rounding taken for nothing, as the plain solver does."""
        w, s = self.wiring, self.wiring.structure
        gross = self._gross(self.level)
        residual = self.values.external + self._per_pool(self._firm_amounts(self.level)) - self.net
        floor = np.maximum(TRACE * gross.max(axis=0, initial=0.0), LEAST)
        error = (np.abs(residual) / np.maximum(gross, floor)).max(axis=0, initial=0.0)
        turnover = np.maximum(np.abs(self.net), gross)
        largest = turnover.max(axis=0, initial=0.0)
        left = self.left | ~(error <= ACCEPTED) | ~(largest <= LARGEST)
        nothing = np.maximum(ROUNDING * turnover, LEAST * largest)
        handed, level = self._above(self.handed, self.level, nothing)
        for _ in range(DUST):
            nothing[self._gross(level) < ROUNDING * turnover] = np.inf
            cleared, less = self._above(self.handed, self.level, nothing)
            if np.array_equal(level, less):
                break
            handed, level = cleared, less
        else:
            left |= (level != less).any(axis=0)
        net = np.where(np.isinf(nothing), 0.0, self.net)
        rest = net.copy()
        np.subtract.at(rest, w.pool, w.side[:, None] * handed)
        rest = np.where(np.abs(rest) > nothing, rest, 0.0)
        assert len(rest) == len(s.pools)
        return BatchState(
            net, level, handed, np.maximum(rest, 0.0), np.maximum(-rest, 0.0), error, self.sweeps, left
        )

    def _gross(self, level: Floats) -> Floats:
        """(pool, sample) all that flows into and out of each pool whatever its own list asks."""
        found = np.abs(self.values.external) + self._per_pool(np.abs(self._firm_amounts(level)))
        beside, s = self.wiring.beside_asks, self.wiring.structure
        np.add.at(found, s.flow_pool[beside], self.values.coefficient[beside] * level[s.flow_process[beside]])
        return found

    def _above(self, handed: Floats, level: Floats, nothing: Floats) -> tuple[Floats, Floats]:
        """What is handed above `nothing` (pool, sample), and the levels of the processes that then run."""
        w = self.wiring
        kept = np.where(handed > nothing[w.pool], handed, 0.0)
        named = np.flatnonzero(w.process >= 0)
        running = np.zeros(level.shape, bool)
        np.logical_or.at(running, w.process[named], kept[named] > 0)
        listed = np.zeros(len(level), bool)
        listed[w.process[named]] = True
        return kept, np.where(listed[:, None] & ~running, 0.0, level)
