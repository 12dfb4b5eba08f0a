"""A strongly connected block as a network of its own, fed by what the finished pools upstream are."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mfa.engine.network import Floats, Ints, ListEntry, Structure, Values
from mfa.engine.wiring import Wiring, wire


@dataclass(frozen=True)
class Block:
    """The lists that move the pools of a block, and where they stand in the whole network.

    Attributes
    ----------
    pools : the block's own, then finished ones that stand in a cluster with them
    size : number of its own pools
    processes, flows, entries : positions in the whole network
    wiring : of the block alone
    """

    pools: Ints
    size: int
    processes: Ints
    flows: Ints
    entries: Ints
    wiring: Wiring

    def values(self, whole: Values, fed: Floats) -> Values:
        """The numbers of the block; `fed`: what reaches its own pools, and the nets of the finished ones."""
        return replace(
            whole,
            coefficient=whole.coefficient[self.flows],
            external=fed,
            driven=np.full(len(self.processes), np.nan),
            capacity=whole.capacity[self.processes],
            limit=whole.limit[self.entries],
            percent=whole.percent[self.entries],
            share=whole.share[self.entries],
        )


def block_of(wiring: Wiring, nodes: Ints) -> Block:
    """Cut out the block of these pools; a cluster comes along where it moves one of them."""
    s = wiring.structure
    flows, start = wiring.firm_by_process
    own = set(nodes.tolist())
    numbers = np.unique(wiring.cluster_of[nodes])
    clusters = [wiring.clusters[c] for c in numbers[numbers >= 0].tolist()]
    clusters = [
        c
        for c in clusters
        if any(own.intersection(s.flow_pool[flows[start[p] : start[p + 1]]].tolist()) for p in c.processes)
    ]
    tied = np.array(sorted({int(p) for c in clusters for p in c.pools}), np.int64)
    plain = nodes[wiring.cluster_of[nodes] < 0]
    pools = np.concatenate([nodes, np.setdiff1d(tied, nodes)])
    entries = np.sort(wiring.entries_at(np.concatenate([plain, tied])))
    processes = np.unique(wiring.process[entries])
    processes = processes[processes >= 0]
    firm = np.concatenate([flows[start[p] : start[p + 1]] for p in processes.tolist()] or [flows[:0]])
    firm = firm[np.isin(s.flow_pool[firm], nodes)]
    listed = wiring.flow[entries]
    kept = np.sort(np.concatenate([firm, listed[listed >= 0]]))
    return Block(pools, len(nodes), processes, kept, entries, wire(_part(s, pools, processes, kept, entries)))


def _part(s: Structure, pools: Ints, processes: Ints, flows: Ints, entries: Ints) -> Structure:
    """The structure of these pools, processes, flows and entries alone, renumbered."""
    pool_at = {p: i for i, p in enumerate(pools.tolist())}
    process_at = {p: i for i, p in enumerate(processes.tolist())} | {-1: -1}
    rows = [s.entries[e] for e in entries.tolist()]
    return Structure(
        tuple(s.pools[p] for p in pools.tolist()),
        tuple(s.processes[p] for p in processes.tolist()),
        np.array([pool_at[p] for p in s.flow_pool[flows].tolist()], np.int64),
        np.array([process_at[p] for p in s.flow_process[flows].tolist()], np.int64),
        s.flow_side[flows],
        tuple(ListEntry(pool_at[e.pool], e.side, e.tier, process_at[e.process]) for e in rows),
        frozenset(process_at[p] for p in s.largest if p in process_at),
    )
