"""What follows from a `Structure` alone: which flows are firm, who is served when.

Built once a structure. Plain lists (no process of theirs stands in another list) are
laid out by rank, so that all pools are served at once with arrays; lists tied together
by a process in several of them form a `Cluster`, served step by step.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from mfa.engine import linear
from mfa.engine.network import GIVER, TAKER, Bools, Ints, OrderError, Structure

if TYPE_CHECKING:
    from mfa.engine.block import Block

Key = tuple[int, int]


@dataclass(frozen=True)
class Rank:
    """The entries at one place of the plain lists, which are sorted by falling depth.

    Attributes
    ----------
    entry : (lists that deep,) the entry alone on its tier there, -1 where a tier is shared
    shared : (number of the list, its entries) of the tiers that are shared
    """

    entry: Ints
    shared: tuple[tuple[int, Ints], ...]


@dataclass(frozen=True)
class Step:
    """One turn of a cluster: the entries of a process in several lists, or of one tier."""

    entries: tuple[int, ...]
    process: int


@dataclass(frozen=True)
class Cluster:
    """Lists that share processes, in one order of service that agrees with all of them."""

    pools: Ints
    processes: Ints
    lists: tuple[tuple[int, int], ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Pattern:
    """Where the slope matrix d(F·level)/d net can be non-zero.

    Attributes
    ----------
    plan : how its linear systems are solved
    rows, cols : (slot,) pool moved, pool that moves it
    slot : (pair,) the slot each effect adds to: `Wiring.effects`, then per cluster each
        effect for each pool of the cluster
    """

    plan: linear.Plan
    rows: Ints
    cols: Ints
    slot: Ints


@dataclass(frozen=True)
class Wiring:
    """The derived form of a structure; see the fields' comments for shapes."""

    structure: Structure
    pool: Ints  # (entry,) whose list
    side: Ints  # (entry,) +1 taker, -1 giver
    process: Ints  # (entry,) -1 for stock or boundary
    flow: Ints  # (entry,) the coefficient that turns the amount into a level, -1 without process
    firm: Ints  # positions of the firm flows of listed and driven processes
    list_pool: Ints  # (list,) pool of each plain list
    list_side: Ints  # (list,) +1 takers, -1 givers
    ranks: tuple[Rank, ...]
    tiers: Mapping[Key, list[list[int]]]  # the tiers of each plain list, by (pool, side)
    clusters: tuple[Cluster, ...]

    @cached_property
    def plain(self) -> Ints:
        """Entries of processes in plain lists, in the order of the ranks."""
        parts = [e for r in self.ranks for e in (r.entry[r.entry >= 0], *(shared for _, shared in r.shared))]
        entries = np.concatenate(parts) if parts else np.zeros(0, np.int64)
        return entries[self.process[entries] >= 0]

    @cached_property
    def blocks(self) -> dict[int, Block]:
        """Component → its block as a network of its own, for those that were needed so far."""
        return {}

    @cached_property
    def cluster_of(self) -> Ints:
        """(pool,) the cluster that the pool stands in, -1 for none."""
        found = np.full(len(self.structure.pools), -1, np.int64)
        for number, cluster in enumerate(self.clusters):
            found[cluster.pools] = number
        return found

    @cached_property
    def _by_pool(self) -> tuple[Ints, Ints]:
        """Entries sorted by pool, and (pool + 1,) where each pool begins."""
        order = np.argsort(self.pool, kind="stable")
        return order, np.searchsorted(self.pool[order], np.arange(len(self.structure.pools) + 1))

    def entries_at(self, pools: Ints) -> Ints:
        """The entries of the lists of some pools."""
        order, start = self._by_pool
        found = [order[start[p] : start[p + 1]] for p in pools.tolist()]
        return np.concatenate(found) if found else order[:0]

    @cached_property
    def firm_by_process(self) -> tuple[Ints, Ints]:
        """Firm flows sorted by process: positions, and (process + 1,) where each begins."""
        s = self.structure
        owner = s.flow_process[self.firm]
        order = np.argsort(owner, kind="stable")
        start = np.searchsorted(owner[order], np.arange(len(s.processes) + 1))
        return self.firm[order], start

    @cached_property
    def firm_apart(self) -> Bools:
        """(process,) whether no two of its firm flows go to one pool."""
        flows, s = self.firm_by_process[0], self.structure
        owner, pool = s.flow_process[flows], s.flow_pool[flows]
        order = np.lexsort((pool, owner))
        twice = (np.diff(owner[order]) == 0) & (np.diff(pool[order]) == 0)
        found = np.ones(len(s.processes), bool)
        found[owner[order[1:]][twice]] = False
        return found

    @cached_property
    def firm_by_pool(self) -> tuple[Ints, Ints]:
        """Firm flows sorted by pool: positions, and (pool + 1,) where each begins."""
        pool = self.structure.flow_pool[self.firm]
        order = np.argsort(pool, kind="stable")
        return self.firm[order], np.searchsorted(pool[order], np.arange(len(self.structure.pools) + 1))

    @cached_property
    def beside_asks(self) -> Ints:
        """Listed flows that may bring more than their list asks: of processes that serve the largest."""
        return self.flow[np.isin(self.process, list(self.structure.largest))]

    @cached_property
    def effects(self) -> tuple[Ints, Ints]:
        """(pair,) a plain entry and a firm flow of its process: who moves what."""
        return self._pairs(self.plain, self.process[self.plain])

    @cached_property
    def joint_effects(self) -> tuple[Ints, Ints, Ints, Ints]:
        """The effects put together by (entry, pool), for the largest slopes.

        Returns
        -------
        joint : (pair,) the joint effect that an effect is part of
        order : (joint effect,) sorted by slot
        start : where each slot begins in that order
        slot : (slot with effects,)
        """
        entry, flow = self.effects
        key = entry * len(self.structure.pools) + self.structure.flow_pool[flow]
        unique, joint = np.unique(key, return_inverse=True)
        slot = np.zeros(len(unique), np.int64)
        slot[joint] = self.pattern.slot[: len(entry)]
        order = np.argsort(slot, kind="stable")
        found, start = np.unique(slot[order], return_index=True)
        return joint, order, start, found

    @cached_property
    def cluster_effects(self) -> tuple[tuple[Ints, Ints], ...]:
        """Per cluster (pair,): position in `cluster.processes`, and a firm flow of it."""
        return tuple(self._pairs(np.arange(len(c.processes)), c.processes) for c in self.clusters)

    def _pairs(self, items: Ints, processes: Ints) -> tuple[Ints, Ints]:
        flows, start = self.firm_by_process
        count = start[processes + 1] - start[processes]
        item = np.repeat(items, count)
        offset = np.arange(len(item)) - np.repeat(np.cumsum(count) - count, count)
        return item, flows[np.repeat(start[processes], count) + offset]

    @cached_property
    def pattern(self) -> Pattern:
        """The places of the slope matrix and its linear plan."""
        s = self.structure
        entry, flow = self.effects
        to, by = [s.flow_pool[flow]], [self.pool[entry]]
        for cluster, (_, flows) in zip(self.clusters, self.cluster_effects, strict=True):
            to.append(np.repeat(s.flow_pool[flows], len(cluster.pools)))
            by.append(np.tile(cluster.pools, len(flows)))
        n = len(s.pools)
        key = np.concatenate(by) * n + np.concatenate(to)
        unique, slot = np.unique(key, return_inverse=True)
        rows, cols = unique % n, unique // n
        return Pattern(linear.plan(n, rows, cols), rows, cols, slot)


def wire(structure: Structure) -> Wiring:
    """Derive the wiring.

    Raises
    ------
    OrderError
        where lists contradict each other about processes that stand in several of them
    """
    pool, side, process, tier = _columns(structure)
    flow = _listed_flows(structure, pool, side, process)
    firm = np.setdiff1d(np.arange(len(structure.flow_pool)), flow[flow >= 0])
    groups = _tiers(pool, side, tier)
    tied = _tied_lists(pool, side, process)
    tied = {k: tied[v] for k in groups for v in (k, (k[0], -k[1])) if v in tied}
    plain = sorted((k for k in groups if k not in tied), key=lambda k: -len(groups[k]))
    list_pool, list_side = np.array(plain, np.int64).reshape(-1, 2).T.copy()
    ranks = _ranks([groups[k] for k in plain])
    clusters = _clusters({k: v for k, v in groups.items() if k in tied}, tied, process, structure.largest)
    tiers = {k: groups[k] for k in plain}
    return Wiring(structure, pool, side, process, flow, firm, list_pool, list_side, ranks, tiers, clusters)


def _columns(s: Structure) -> tuple[Ints, Ints, Ints, Ints]:
    table = np.array([(e.pool, e.side, e.process, e.tier) for e in s.entries], np.int64).reshape(-1, 4)
    return table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy(), table[:, 3].copy()


def _listed_flows(s: Structure, pool: Ints, side: Ints, process: Ints) -> Ints:
    """(entry,) position of the input a taker is fed with, of the output a giver gives."""
    n = len(s.pools)
    flow_key = (s.flow_process * n + s.flow_pool) * 2 + (s.flow_side > 0)
    order = np.argsort(flow_key)
    wanted = (process * n + pool) * 2 + (side != TAKER)
    at = np.searchsorted(flow_key[order], wanted)
    found = order[np.minimum(at, len(order) - 1)] if len(order) else np.zeros(len(pool), np.int64)
    return np.where(process >= 0, found, -1)


def _tiers(pool: Ints, side: Ints, tier: Ints) -> dict[Key, list[list[int]]]:
    """(pool, side) → its tiers in order, each a list of entries."""
    order = np.lexsort((np.arange(len(pool)), tier, side, pool))
    groups: dict[Key, list[list[int]]] = defaultdict(list)
    last: tuple[int, int, int] | None = None
    for entry, p, s, t in zip(
        order.tolist(), pool[order].tolist(), side[order].tolist(), tier[order].tolist(), strict=True
    ):
        if last != (p, s, t):
            groups[p, s].append([])
            last = (p, s, t)
        groups[p, s][-1].append(entry)
    return groups


def _tied_lists(pool: Ints, side: Ints, process: Ints) -> dict[Key, int]:
    """Lists that share a process with another → the number of their cluster."""
    lists_of: dict[int, list[Key]] = defaultdict(list)
    named = np.flatnonzero(process >= 0)
    count = np.bincount(process[named], minlength=1)
    for entry in named[count[process[named]] > 1].tolist():
        lists_of[int(process[entry])].append((int(pool[entry]), int(side[entry])))
    parent: dict[Key, Key] = {}

    def root(key: Key) -> Key:
        while parent[key] != key:
            parent[key] = key = parent[parent[key]]
        return key

    for lists in lists_of.values():
        for key in lists:
            parent.setdefault(key, key)
            parent[root(key)] = root(lists[0])
    for pool_of, side_of in list(parent):  # both sides of a pool go by the same net
        if (pool_of, -side_of) in parent:
            parent[root((pool_of, side_of))] = root((pool_of, -side_of))
    numbers = {r: i for i, r in enumerate(dict.fromkeys(root(k) for k in parent))}
    return {k: numbers[root(k)] for k in parent}


def _ranks(lists: Sequence[list[list[int]]]) -> tuple[Rank, ...]:
    """Place by place through lists sorted by falling depth."""
    ranks = []
    for r in range(len(lists[0]) if lists else 0):
        tiers = [t[r] for t in lists if len(t) > r]
        alone = [t[0] if len(t) == 1 else -1 for t in tiers]
        shared = tuple((i, np.array(t, np.int64)) for i, t in enumerate(tiers) if len(t) > 1)
        ranks.append(Rank(np.array(alone, np.int64), shared))
    return tuple(ranks)


def _clusters(
    groups: dict[Key, list[list[int]]], tied: dict[Key, int], process: Ints, largest: frozenset[int]
) -> tuple[Cluster, ...]:
    members: dict[int, dict[Key, list[list[int]]]] = defaultdict(dict)
    for key, tiers in groups.items():
        members[tied[key]][key] = tiers
    return tuple(
        _cluster(lists, process, np.array(sorted({pool for pool, _ in lists}), np.int64), largest)
        for lists in members.values()
    )


def single(wiring: Wiring, pool: int) -> Cluster:
    """The lists of one plain pool as a cluster of their own."""
    mine = wiring.entries_at(np.array([pool]))
    tier = np.array([wiring.structure.entries[e].tier for e in mine.tolist()], np.int64)
    groups = _tiers(wiring.pool[mine], wiring.side[mine], tier)
    lists = {k: [[int(mine[e]) for e in t] for t in tiers] for k, tiers in groups.items()}
    return _cluster(lists, wiring.process, np.array([pool], np.int64))


def _cluster(
    lists: dict[Key, list[list[int]]], process: Ints, pools: Ints, largest: frozenset[int] = frozenset()
) -> Cluster:
    named = [int(process[e]) for tiers in lists.values() for t in tiers for e in t if process[e] >= 0]
    several = {p for p, count in Counter(named).items() if count > 1}
    steps = _order(lists, process, several, largest)
    return Cluster(pools, np.array(sorted(set(named)), np.int64), tuple(sorted(lists)), steps)


def _order(
    lists: dict[Key, list[list[int]]], process: Ints, several: set[int], largest: frozenset[int]
) -> tuple[Step, ...]:
    """One order of service that agrees with every list (Kahn), or an OrderError.

    Takers come after the givers that may bring them more than was asked.
    """
    entries: dict[object, list[int]] = defaultdict(list)
    after: dict[object, set[object]] = defaultdict(set)
    nodes: dict[Key, list[object]] = {}
    for key, tiers in lists.items():
        owners = [int(process[t[0]]) if len(t) == 1 else -1 for t in tiers]
        nodes[key] = [p if p in several else (key, rank) for rank, p in enumerate(owners)]
        for node, tier in zip(nodes[key], tiers, strict=True):
            entries[node] += tier
    for (pool, side), mine in nodes.items():
        for previous, node in pairwise(mine):
            after[previous].add(node)
        if side == TAKER:
            for giver in largest.intersection(n for n in nodes.get((pool, GIVER), ()) if isinstance(n, int)):
                after[giver].add(mine[0])
    waiting = Counter(n for found in after.values() for n in found)
    ready = deque(n for n in entries if not waiting[n])
    steps = []
    while ready:
        node = ready.popleft()
        steps.append(Step(tuple(entries[node]), node if isinstance(node, int) else -1))
        for following in after[node]:
            waiting[following] -= 1
            if not waiting[following]:
                ready.append(following)
    if len(steps) < len(entries):
        raise _contradiction([n for n in entries if waiting[n] > 0], after, entries)
    return tuple(steps)


def _contradiction(
    stuck: Sequence[object], after: dict[object, set[object]], entries: dict[object, list[int]]
) -> OrderError:
    """Walk back among the steps that wait for each other until one comes again."""
    before = {n: next((m for m in stuck if n in after[m]), None) for n in stuck}
    walk: list[object] = []
    node: object = stuck[0]
    while node is not None and node not in walk:
        walk.append(node)
        node = before[node]
    ring = walk[walk.index(node) :][::-1] if node is not None else walk
    named = [n for n in ring if isinstance(n, int)]
    return OrderError(tuple(named), tuple(e for n in named for e in entries[n]))
