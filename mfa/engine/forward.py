"""The network served once from its sources on: a pool whose feeders are done is done in one go.

Strongly connected blocks are solved when they are reached, each as a network of its own.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from mfa.engine.block import block_of
from mfa.engine.coupled_lists import piece
from mfa.engine.equations import TRACE, Equations
from mfa.engine.network import Bools, Floats, GainError, Ints, LostError
from mfa.engine.newton import STEPS, solve_block
from mfa.engine.wiring import Cluster

SMALL = 12  # up to so many pools numbers one by one are quicker than arrays
BALANCED = 1e-14  # relative; stricter than GOOD, since what is downstream stands on it
CANCELLED = 1e-15  # a net below this share of what was added up is its rounding


def serve_forward(equations: Equations, unsure: Bools) -> tuple[Floats, int, int]:
    """The nets of all pools.

    Parameters
    ----------
    unsure : (component,) blocks that have to follow their path

    Returns
    -------
    net : (pool,)
    steps, pieces : Newton steps and pieces of paths in the blocks together

    Raises
    ------
    GainError, LostError
        as `solve_block`, with positions in this network
    """
    return _Forward(equations, unsure).run()


class _Forward:
    """The nets so far, with all that finished pools bring."""

    def __init__(self, equations: Equations, unsure: Bools) -> None:
        w = equations.wiring
        self.equations, self.unsure = equations, unsure
        self.net = equations.b.tolist()
        self.gross = np.abs(equations.b).tolist()
        self.tied = w.cluster_of.tolist()
        self.process, self.flow = w.process.tolist(), w.flow.tolist()
        self.coefficient, self.signed = equations.values.coefficient.tolist(), equations.signed.tolist()
        self.to = w.structure.flow_pool.tolist()
        flows, start = w.firm_by_process
        self.flows, self.start = flows.tolist(), start.tolist()

    def run(self) -> tuple[Floats, int, int]:
        """Go through the components in the order of the flow."""
        plan = self.equations.wiring.pattern.plan
        nodes = np.argsort(plan.component, kind="stable")
        begin = np.searchsorted(plan.component[nodes], np.arange(len(plan.cyclic) + 1)).tolist()
        clusters = self._last_reached(plan.component)
        order, steps, pieces = nodes.tolist(), 0, 0
        for component, block in enumerate(plan.cyclic.tolist()):
            members = order[begin[component] : begin[component + 1]]
            if block:
                solved, taken, walked = self._solved(component, np.array(members))
                steps, pieces = steps + taken, pieces + walked
            else:
                self._settle(members[0])
                solved = [self.net[members[0]]]
            self._hand_on(members, solved, clusters.get(component, ()))
        return np.array(self.net), steps, pieces

    def _hand_on(self, pools: list[int], nets: list[float], clusters: Sequence[Cluster]) -> None:
        """Serve the lists of finished pools, whose nets stay what they are."""
        for pool, net in zip(pools, nets, strict=True):
            if self.tied[pool] < 0:
                self._push(pool, net)
        for cluster in (None, *clusters):
            if cluster:
                self._push_cluster(cluster)
            for pool, net in zip(pools, nets, strict=True):
                self.net[pool] = net

    def _last_reached(self, component: Ints) -> dict[int, list[Cluster]]:
        """Component → the clusters whose last pool it holds."""
        found = defaultdict(list)
        for cluster in self.equations.wiring.clusters:
            found[int(component[cluster.pools].max())].append(cluster)
        return found

    def _settle(self, pool: int) -> None:
        if abs(self.net[pool]) <= CANCELLED * self.gross[pool]:
            self.net[pool] = 0.0

    def _push(self, pool: int, net: float) -> None:
        """Serve the lists of a plain pool; what its entries' processes move goes to their pools."""
        for entry, amount, _ in self.equations.merit.at_one(pool, net):
            if self.process[entry] >= 0:
                self._run(self.process[entry], amount / self.coefficient[self.flow[entry]])

    def _push_cluster(self, cluster: Cluster) -> None:
        e = self.equations
        net = np.array([self.net[p] for p in cluster.pools.tolist()])
        served = piece(e.wiring, e.values, e.cap, cluster, net[:, None])
        for process in cluster.processes.tolist():
            self._run(process, float(served.level[process][0]))

    def _run(self, process: int, level: float) -> None:
        for flow in self.flows[self.start[process] : self.start[process + 1]]:
            amount = self.signed[flow] * level
            self.net[self.to[flow]] += amount
            self.gross[self.to[flow]] += abs(amount)

    def _solved(self, component: int, nodes: Ints) -> tuple[list[float], int, int]:
        """A block, fed by what its pools have got so far."""
        for pool in nodes.tolist():
            self._settle(pool)
        if (
            len(nodes) <= SMALL
            and not self.unsure[component]
            and all(self.tied[p] < 0 for p in nodes.tolist())
        ):
            found = self._small(nodes.tolist())
            if found:
                return *found, 0
        wiring = self.equations.wiring
        block = wiring.blocks.get(component) or block_of(wiring, nodes)
        wiring.blocks[component] = block
        fed = np.array([self.net[p] for p in block.pools.tolist()])
        equations = Equations(block.wiring, block.values(self.equations.values, fed))
        try:
            net, steps, pieces = solve_block(equations, block.size, bool(self.unsure[component]))
        except (GainError, LostError) as error:
            raise error.moved(block.pools, block.processes) from None
        return net.tolist(), steps, pieces

    def _small(self, pools: list[int]) -> tuple[list[float], int] | None:
        """Newton pool by pool, which a few pools repay; None where it does not settle."""
        fed = [self.net[p] for p in pools]
        net = np.array(fed)
        for step in range(STEPS):
            slopes, miss, gross = self._around(pools, fed, net.tolist())
            if np.all(np.abs(miss) <= BALANCED * np.maximum(gross, TRACE * gross.max())):
                return net.tolist(), step
            try:
                net = net + np.linalg.solve(np.eye(len(pools)) - slopes, miss)
            except np.linalg.LinAlgError:
                break
        return None

    def _around(self, pools: list[int], fed: list[float], net: list[float]) -> tuple[Floats, Floats, Floats]:
        """(pool, pool) slopes, (pool,) imbalance and gross flow of a plain block at some nets."""
        at = {pool: i for i, pool in enumerate(pools)}
        slopes = [[0.0] * len(pools) for _ in pools]
        got, gross = list(fed), [abs(f) for f in fed]
        for j, pool in enumerate(pools):
            for entry, amount, slope in self.equations.merit.at_one(pool, net[j]):
                process = self.process[entry]
                for flow in self.flows[self.start[process] : self.start[process + 1]] if process >= 0 else ():
                    i = at.get(self.to[flow])
                    if i is not None:
                        moved = self.signed[flow] / self.coefficient[self.flow[entry]]
                        slopes[i][j] += moved * math.copysign(slope, net[j])
                        got[i] += moved * amount
                        gross[i] += abs(moved * amount)
        return np.array(slopes), np.array(got) - np.array(net), np.array(gross)
