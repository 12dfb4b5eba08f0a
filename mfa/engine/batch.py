"""Many samples of one network solved at once: the same orders, every number a row of samples.

Pools are served in the order of the flow, as `forward.py` does for one sample; each operation works
on (sample,) arrays. Blocks of recycles are repeated until they stand still. Samples in which a block
is not proven to have one answer, does not settle, or does not balance are left to the plain solver.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mfa.engine.adding import adding
from mfa.engine.batch_lists import BatchCluster, Bounds, serve, slopes, steepest_of_cluster
from mfa.engine.equations import TRACE
from mfa.engine.forward import CANCELLED
from mfa.engine.network import Bools, Floats, Ints, State, Values
from mfa.engine.solver import ACCEPTED, LARGEST, LEAST, ROUNDING
from mfa.engine.unique import BELOW_ONE
from mfa.engine.wiring import Cluster, Wiring

SWEEPS = 600  # of a block; recycles of gain 0.95 stand still after that
JUMPS = 3  # sweeps of a block that end in a step of Newton's method; lists bend in few places
SMALL = 12  # pools: of larger blocks the dense solves cost what the sweeps do that they save
STILL = 1e-15  # of what flows through a pool: a change below it is rounding
CACHED = 2**17  # amounts: 1 MB
WIDE = 12  # flows: from there on gathering their rows costs less than as many calls
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
        self.bounds = Bounds(self._caps(), values.percent)
        self.level = np.nan_to_num(values.driven)
        self.handed = np.zeros((len(s.entries), self.size))
        self.left = np.zeros(self.size, bool)
        self.sweeps = 0
        self.net, self.gross = values.external.copy(), np.abs(values.external)
        self.side = s.flow_side.tolist()
        self.process = wiring.process.tolist()
        self.flow = wiring.flow.tolist()
        self.to = s.flow_pool.tolist()
        self.tied = wiring.cluster_of.tolist()
        flows, start = wiring.firm_by_process
        self.flows = [flows[start[p] : start[p + 1]].tolist() for p in range(len(s.processes))]
        self.wide = {p for p in np.flatnonzero(wiring.firm_apart).tolist() if start[p + 1] - start[p] >= WIDE}
        for process in np.flatnonzero(self.level.any(axis=1)).tolist():
            self._run(process, self.level[process])

    def _caps(self) -> Floats:
        """(entry, sample) the tighter of limit and capacity, pool's unit."""
        w, v = self.wiring, self.values
        own = np.full(v.limit.shape, np.inf)
        named = w.process >= 0
        own[named] = v.capacity[w.process[named]] * v.coefficient[w.flow[named]]
        return np.asarray(np.minimum(v.limit, own), np.float64)

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
        handed: list[tuple[int, Floats]] = []
        for process, level in list(self._levels(pools, clusters, handed)):
            self._run(process, level)
        for entry, amount in handed:
            self.handed[entry] = amount
        self.net[pools] = nets

    def _run(self, process: int, level: Floats) -> None:
        self.level[process] = level
        if not level.any():
            return
        if process in self.wide:
            self._bring_wide(process, level)
            return
        for flow in self.flows[process]:
            self._bring(flow, level, self.net[self.to[flow]], self.gross[self.to[flow]])

    def _bring_wide(self, process: int, level: Floats) -> None:
        """What `_bring` does for all flows of a process, of which no two go to one pool."""
        found, start = self.wiring.firm_by_process
        flows, s = found[start[process] : start[process + 1]], self.wiring.structure
        pools = s.flow_pool[flows]
        amount = self.values.coefficient[flows]
        amount *= level
        self.gross[pools] += amount
        amount *= s.flow_side[flows][:, None]
        self.net[pools] += amount

    def _bring(self, flow: int, level: Floats, net: Floats, gross: Floats) -> None:
        """Add what a flow brings to its pool at some levels, with its sign and without, in place."""
        amount = self.values.coefficient[flow] * level
        gross += amount
        if self.side[flow] > 0:
            net += amount
        else:
            net -= amount

    def _levels(
        self,
        pools: Sequence[int],
        clusters: Sequence[Cluster],
        handed: list[tuple[int, Floats]] | None = None,
    ) -> Iterator[tuple[int, Floats]]:
        """The processes that plain lists of some pools and some clusters run, with their levels.

        Parameters
        ----------
        handed : gets the entries with what is handed by each
        """
        for pool in pools:
            if self.tied[pool] < 0:
                for entry, amount in self._served(pool):
                    if handed is not None:
                        handed.append((entry, amount))
                    if self.process[entry] >= 0:
                        yield self.process[entry], amount / self.values.coefficient[self.flow[entry]]
        for cluster in clusters:
            found = BatchCluster(self.wiring, self.values, self.bounds, cluster, self.net[cluster.pools])
            if handed is not None:
                handed += found.handed.items()
            yield from found.level.items()

    def _served(self, pool: int) -> Iterator[tuple[int, Floats]]:
        for side in (1, -1):
            tiers = self.wiring.tiers.get((pool, side))
            if tiers:
                net = self.net[pool]
                whole = np.maximum(net if side > 0 else -net, 0.0)
                yield from serve(tiers, whole, self.bounds, self.values.share)

    # ------------------------------------------------------------ recycles
    def _repeat(self, pools: Sequence[int]) -> None:
        """Repeat a block until every sample stands still, each by itself; what does not is left."""
        clusters = self._clusters_of(pools)
        self.left |= ~self._proven(pools, clusters)
        at = {pool: i for i, pool in enumerate(pools)}
        inside: dict[int, list[tuple[int, int]]] = {}
        fed, gross = self.net[pools].copy(), self.gross[pools].copy()
        moving, last = ~self.left, gross
        jumps = JUMPS if len(pools) <= SMALL and not clusters and self._singly(pools) else 0
        for sweep in range(SWEEPS):
            self.sweeps += 1
            got, through = fed.copy(), gross.copy()
            for process, level in self._levels(pools, clusters):
                if process not in inside:
                    mine = ((flow, at.get(self.to[flow])) for flow in self.flows[process])
                    inside[process] = [(flow, i) for flow, i in mine if i is not None]
                for flow, i in inside[process]:
                    self._bring(flow, level, got[i], through[i])
            open_ = np.abs(got - self.net[pools]) > STILL * np.maximum(through, TRACE * through.max(axis=0))
            now = moving & open_.any(axis=0)
            if sweep < jumps and now.any():
                got = np.where(now, self.net[pools] + self._jump(pools, inside, got, now), got)
            self.net[pools] = np.where(moving, got, self.net[pools])
            last = np.where(moving, through, last)
            moving = now
            if not moving.any():
                break
        self.left |= moving
        self.gross[pools] = last

    def _singly(self, pools: Sequence[int]) -> bool:
        """Whether no tier of the lists of some pools is shared."""
        tiers = (t for pool in pools for side in (1, -1) for t in self.wiring.tiers.get((pool, side), ()))
        return all(len(tier) == 1 for tier in tiers)

    def _jump(
        self, pools: Sequence[int], inside: Mapping[int, Sequence[tuple[int, int]]], got: Floats, now: Bools
    ) -> Floats:
        """(pool, sample) a step of Newton's method, to where the block stands still if no list bends."""
        size, change = len(pools), got - self.net[pools]
        slope = np.zeros((size, size, self.size))
        for j, pool in enumerate(pools):
            for side in (1, -1):
                tiers = self.wiring.tiers.get((pool, side), ())
                whole = np.maximum(side * self.net[pool], 0.0)
                for entry, share in slopes(tiers, whole, self.bounds):
                    process = self.process[entry]
                    if inside.get(process):  # a process that no sample reaches has no slope either
                        level = side * share / self.values.coefficient[self.flow[entry]]
                        for flow, i in inside[process]:
                            slope[i, j] += self.side[flow] * self.values.coefficient[flow] * level
        slope[:, :, ~now] = 0.0
        matrix = np.eye(size) - slope.transpose(2, 0, 1)
        try:
            return np.asarray(np.linalg.solve(matrix, change.T[:, :, None])[:, :, 0].T)
        except np.linalg.LinAlgError:  # of a sample that balances nowhere; the others are repeated
            return change

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
                            best[at[self.to[flow]], at[pool]] += self.values.coefficient[flow] * bound[k]
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
                found[i] = found.get(i, 0.0) + self.side[flow] * self.values.coefficient[flow]
        return found

    # ------------------------------------------------------------ what came out
    def _state(self) -> BatchState:
        """The states, with what is only rounding taken for nothing, as the plain solver does."""
        w, s = self.wiring, self.wiring.structure
        gross, brought = self._through(self.level)
        residual = self.values.external + brought - self.net
        floor = np.maximum(TRACE * gross.max(axis=0, initial=0.0), LEAST)
        error = (np.abs(residual) / np.maximum(gross, floor)).max(axis=0, initial=0.0)
        turnover = np.maximum(np.abs(self.net), gross)
        largest = turnover.max(axis=0, initial=0.0)
        left = self.left | ~(error <= ACCEPTED) | ~(largest <= LARGEST)
        nothing = np.maximum(ROUNDING * turnover, LEAST * largest)
        handed, level = self._above(self.handed, self.level, nothing)
        for _ in range(DUST):
            if not np.array_equal(level, self.level):
                gross, _ = self._through(level)
            nothing[gross < ROUNDING * turnover] = np.inf
            cleared, less = self._above(self.handed, self.level, nothing)
            if np.array_equal(level, less):
                break
            handed, level = cleared, less
        else:
            left |= (level != less).any(axis=0)
        net = np.where(np.isinf(nothing), 0.0, self.net)
        rest = net - adding(w.pool, len(s.pools), w.side.astype(float)) @ handed
        rest = np.where(np.abs(rest) > nothing, rest, 0.0)
        return BatchState(
            net, level, handed, np.maximum(rest, 0.0), np.maximum(-rest, 0.0), error, self.sweeps, left
        )

    def _through(self, level: Floats) -> tuple[Floats, Floats]:
        """(pool, sample) what flows in and out whatever its own list asks, added up; and in less out.

        Pool by pool, as many at once as stay in the cache of a processor.
        """
        w, s = self.wiring, self.wiring.structure
        gross, net = np.abs(self.values.external), np.zeros((len(s.pools), self.size))
        flows, start = w.firm_by_pool
        most = max(1, CACHED // self.size)
        first = 0
        while first < len(s.pools):
            last = max(first + 1, int(np.searchsorted(start, start[first] + most, side="right")) - 1)
            some = flows[start[first] : start[last]]
            amount = self.values.coefficient[some]
            amount *= level[s.flow_process[some]]
            to, count = s.flow_pool[some] - first, last - first
            gross[first:last] += adding(to, count) @ amount
            net[first:last] = adding(to, count, s.flow_side[some].astype(float)) @ amount
            first = last
        beside = w.beside_asks
        np.add.at(gross, s.flow_pool[beside], self.values.coefficient[beside] * level[s.flow_process[beside]])
        return gross, net

    def _above(self, handed: Floats, level: Floats, nothing: Floats) -> tuple[Floats, Floats]:
        """What is handed above `nothing` (pool, sample), and the levels of the processes that then run."""
        w = self.wiring
        kept = np.where(handed > nothing[w.pool], handed, 0.0)
        named = np.flatnonzero(w.process >= 0)
        process = w.process[named]
        running = np.asarray(adding(process, len(level)) @ (kept[named] > 0).astype(float)) > 0
        listed = np.zeros(len(level), bool)
        listed[process] = True
        return kept, np.where(listed[:, None] & ~running, 0.0, level)
