"""The layered graph as strands, and what each strand pays at every height.

A strand is a node, or all the places of one long edge: it has one height rank for the
whole picture, so that long bands keep their level and cross others only near their ends.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import networkx as nx
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfa.show.sankey.layout.layered_graph import LayeredGraph

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

ENCLOSED = 0.15
"""What a U-turn round a node costs, beyond the flows that it crosses there. With half or twice as much the
crossings of the shipped park cost 6 or 13 % more and those of the red-mud scenario 3 or 6 %."""


class Steps(NamedTuple):
    """How a strand's cost changes on its way down.

    When it passes below the strand `at`, it pays `price`, with the sign of rank `one` − rank `other`.
    """

    at: Ints
    one: Ints
    other: Ints
    price: Floats


class Strands(NamedTuple):
    """All strands with their steps; `of` is the strand of each place, `near` the strands that one meets."""

    of: Ints
    steps: list[Steps]
    near: list[list[int]]


class _Arcs(NamedTuple):
    """Segments by strand: left end, right end, weight."""

    left: Ints
    right: Ints
    weight: Floats


def strands(grid: LayeredGraph) -> Strands:
    """The strands of a grid. Crossings of two flows cost the square root of the thinner one's width."""
    of = np.arange(len(grid.layer))
    count = grid.real
    for chain in grid.chains:
        if chain:
            of[list(chain)] = count
            count += 1
    found: list[list[Steps]] = [[] for _ in range(count)]
    arcs = _arcs(grid, of)
    for gap in arcs:
        _cross(gap, found)
    _turn(grid, of, arcs, found)
    near: list[set[int]] = [set() for _ in range(count)]
    for a, b in [(s.left, s.right) for s in grid.segments] + [(t.lane, t.node) for t in grid.turns]:
        near[of[a]].add(int(of[b]))
        near[of[b]].add(int(of[a]))
    return Strands(of, [_joined(many) for many in found], [sorted(ends - {i}) for i, ends in enumerate(near)])


def _weights(grid: LayeredGraph) -> Floats:
    """Square roots of widths, so that thin flows count too."""
    widths = np.array([edge.width for edge in grid.edges])
    roots: Floats = np.sqrt(widths / widths.max())
    return roots


def _arcs(grid: LayeredGraph, of: Ints) -> list[_Arcs]:
    """The segments of each gap between columns."""
    weights = _weights(grid)
    inside: list[list[tuple[int, int, float]]] = [[] for _ in range(grid.columns - 1)]
    for s in grid.segments:
        inside[grid.layer[s.left]].append((int(of[s.left]), int(of[s.right]), float(weights[s.edge])))
    found = []
    for gap in inside:
        table = np.array(gap, dtype=float).reshape(-1, 3)
        found.append(_Arcs(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2]))
    return found


def _cross(gap: _Arcs, found: list[list[Steps]]) -> None:
    """The crossings in one gap, charged to the strands that could avoid them."""
    level = gap.left == gap.right
    bent = _Arcs(*(part[~level] for part in gap))
    for left, right, weight in zip(*(part.tolist() for part in gap), strict=True):
        if left == right:
            _between(left, bent.left, bent.right, np.minimum(bent.weight, weight), found)
            continue
        thin = np.minimum(gap.weight, weight)
        for end, far, ends, fars in (
            (left, right, gap.left, gap.right),
            (right, left, gap.right, gap.left),
        ):
            other = ends != end
            found[end].append(Steps(ends[other], fars[other], np.full(other.sum(), far), thin[other]))


def _between(strand: int, one: Ints, two: Ints, price: Floats, found: list[list[Steps]]) -> None:
    """A strand pays where it lies between two others."""
    found[strand].append(Steps(one, two, one, price))
    found[strand].append(Steps(two, one, two, price))


def _turn(grid: LayeredGraph, of: Ints, arcs: Sequence[_Arcs], found: list[list[Steps]]) -> None:
    """What lies between a lane's end and its node is enclosed or crossed by the U-turn."""
    weights = _weights(grid)
    inside: list[list[int]] = [[] for _ in range(grid.columns)]
    for place, layer in enumerate(grid.layer):
        inside[layer].append(int(of[place]))
    held: dict[int, list[tuple[int, int, float]]] = {}
    for turn in grid.turns:
        column, weight = grid.layer[turn.node], float(weights[turn.edge])
        gap = column if turn.right else column - 1
        lane, node = int(of[turn.lane]), turn.node
        toll = np.zeros(len(found))
        toll[: grid.real], toll[grid.real :] = ENCLOSED, ENCLOSED / 3
        toll *= weight**0.5
        if 0 <= gap < len(arcs):
            ends = arcs[gap].left if turn.right else arcs[gap].right
            np.add.at(toll, ends, np.minimum(arcs[gap].weight, weight))
        others = np.array([s for s in inside[column] if s not in (lane, node)], dtype=np.int64)
        for end, far in ((lane, node), (node, lane)):
            found[end].append(Steps(others, others, np.full(len(others), far), toll[others]))
        for other in others.tolist():
            held.setdefault(other, []).append((lane, node, float(toll[other])))
    for other, many in held.items():
        table = np.array(many)
        _between(other, table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2], found)


def _joined(many: Iterable[Steps]) -> Steps:
    """Several lists of steps as one."""
    parts = list(zip(*many, strict=True))
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Steps(none, none, none, np.zeros(0))
    return Steps(*(np.concatenate(part) for part in parts))


EFFORT = 150
"""How many times strands are sifted, for each strand. Half as many give the shipped pictures as they are."""
MOST_WORK = 40_000_000
FIXED_WORK = 500
"""A bound of the work of all sifting, in steps of the strands; what one sifting takes besides its steps."""
ROUNDS = 10
"""Siftings of all strands at most; most end earlier. With 5 or 20 the shipped park's crossings cost ± 3 %."""
GATHERINGS = 4
"""Rounds of moves that cost nothing; with 2 or 8 the crossings of the shipped park change by 0.2 %."""
AFRESH = 3
"""Orders that are built anew from nothing before groups are moved; 6 find no better one for the park."""
PERTURBATION_SIZES = (2, 4, 8, 16, 32)
"""Strands of a group that is moved: from a pair to a whole work with all its flows."""
NEIGHBOURS = 20
"""Strands beside a group that are sifted after it; 10 and 40 find other orders, for the park the same."""
LEAST_GAIN = 1e-9
"""A smaller gain is rounding, and would let the search go round."""


def arrange(grid: LayeredGraph, pinned: Sequence[int] = ()) -> list[list[int]]:
    """The places of each column from top to bottom.

    One order of all strands is sought, by sifting (each strand tried at every height)
    and by taking out connected groups and putting them back, kept when that helps.
    Of two `pinned` nodes in one column the one named first stands higher. Parts of the
    graph that share no flow stand below each other, the largest on top.
    """
    made = strands(grid)
    search = _Search(made, _first_order(grid, pinned), _pinned_beside(grid, pinned))
    search.settle(range(search.count), ROUNDS)
    steps = sum(len(each.at) for each in made.steps) / search.count
    search.perturb(min(EFFORT * search.count, round(MOST_WORK / (FIXED_WORK + steps))))
    search.gather()
    part = _parts(grid, pinned)
    rows: list[list[int]] = [[] for _ in range(grid.columns)]
    for place, layer in enumerate(grid.layer):
        rows[layer].append(place)
    for row in rows:
        row.sort(key=lambda place: (part[place], search.rank[made.of[place]]))
    return rows


def _parts(grid: LayeredGraph, pinned: Sequence[int]) -> list[int]:
    """For each place, which connected part it belongs to, counted from the largest."""
    graph = nx.Graph()
    graph.add_nodes_from(range(len(grid.layer)))
    graph.add_edges_from((s.left, s.right) for s in grid.segments)
    graph.add_edges_from((t.lane, t.node) for t in grid.turns)
    graph.add_edges_from(pairwise(pinned))
    parts = [sorted(part) for part in nx.connected_components(graph)]
    parts.sort(key=lambda part: (-sum(grid.height[i] for i in part), part))
    number = [0] * len(grid.layer)
    for i, part in enumerate(parts):
        for place in part:
            number[place] = i
    return number


def _first_order(grid: LayeredGraph, pinned: Sequence[int]) -> Ints:
    """Strands as the nodes are numbered, long edges between their ends, pinned nodes in their order."""
    keys: list[float] = [*range(grid.real)]
    for node, key in zip(pinned, sorted(pinned), strict=True):
        keys[node] = key
    long = [edge for edge, chain in zip(grid.edges, grid.chains, strict=True) if chain]
    keys += [(keys[edge.source] + keys[edge.target]) / 2 for edge in long]
    return np.argsort(keys, kind="stable")


def _pinned_beside(grid: LayeredGraph, pinned: Sequence[int]) -> dict[int, tuple[Ints, Ints]]:
    """For each pinned node, those of its column that must stand above it and those below."""
    found = {}
    for i, node in enumerate(pinned):
        sides = (
            [p for p in side if grid.layer[p] == grid.layer[node]] for side in (pinned[:i], pinned[i + 1 :])
        )
        above, below = (np.array(side, dtype=np.int64) for side in sides)
        found[node] = (above, below)
    return found


class _Search:
    """An order of strands that is improved in place; every change gives what it costs."""

    def __init__(self, made: Strands, order: Ints, beside: dict[int, tuple[Ints, Ints]]) -> None:
        self.steps, self.near = made.steps, made.near
        self.count = len(order)
        self.order = order
        self.rank = np.empty_like(order)
        self.rank[order] = np.arange(self.count)
        self._beside = beside
        self._random = random.Random(0)
        self._sifted = 0

    def settle(self, those: Sequence[int], rounds: int) -> float:
        """Sift some strands until none moves; the change of cost."""
        total = 0.0
        for _ in range(rounds):
            change = sum(map(self._sift, those))
            total += change
            if change > -LEAST_GAIN:
                break
        return total

    def gather(self) -> None:
        """Move strands towards those that they meet, as far as that costs nothing."""
        for _ in range(GATHERINGS):
            for strand in range(self.count):
                self._sift(strand, near=True)

    def perturb(self, effort: int) -> None:
        """Move groups, settle what is round them, and undo what has not helped."""
        for turn in range(effort):
            if self._sifted > effort:
                break
            afresh = turn < AFRESH
            group = [*range(self.count)] if afresh else self._group(self._random.choice(PERTURBATION_SIZES))
            self._random.shuffle(group)
            before = self.order.copy(), self.rank.copy()
            change = self._afresh(group) if afresh or turn % 2 else self._together(group)
            change += self.settle([*group, *self._neighbours(group)], ROUNDS if afresh else 2)
            if change > -LEAST_GAIN:
                self.order, self.rank = before
        self.settle(range(self.count), ROUNDS)

    def _group(self, size: int) -> list[int]:
        """A random connected group of strands."""
        draw = self._random
        edge = [draw.randrange(self.count)]
        group = set(edge)
        while edge and len(group) < size:
            near = self.near[edge.pop(draw.randrange(len(edge)))]
            fresh = [strand for strand in near if strand not in group]
            draw.shuffle(fresh)
            group.update(fresh[: size - len(group)])
            edge += fresh
        return sorted(group)

    def _neighbours(self, group: Sequence[int]) -> list[int]:
        """Some of the strands that a group meets."""
        neighbours = sorted({near for strand in group for near in self.near[strand]}.difference(group))
        return self._random.sample(neighbours, min(NEIGHBOURS, len(neighbours)))

    def _afresh(self, group: Sequence[int]) -> float:
        """Take a group out and put its strands back one by one, each where it then costs least."""
        there = np.ones(self.count, dtype=bool)
        there[group] = False
        change = 0.0
        for strand in group:
            there[strand] = True
            change += self._sift(strand, there)
        return change

    def _together(self, group: Sequence[int]) -> float:
        """Move a group, in its order, to a random height."""
        slot = self._random.randrange(self.count + 1)
        change = 0.0
        for strand in sorted(group, key=lambda strand: int(self.rank[strand])):
            low, high = self._range(strand)
            slot = min(max(slot, low), high)
            curve = self._curve(strand, None)[0]
            change += float(curve[slot] - curve[self.rank[strand]])
            self._move(strand, slot)
            slot = int(self.rank[strand]) + 1
        return change

    def _sift(self, strand: int, there: Bools | None = None, near: bool = False) -> float:
        """Move a strand to where it costs least beside those that are there; the change of cost.

        Of several such places it takes the nearest to the strands that it meets, with
        `near` also when the cost stays as it is.
        """
        full, seen = self._curve(strand, there)
        rank = self.rank[strand]
        low, high = self._range(strand)
        least = seen[low : high + 1].min()
        if not near and least >= seen[rank] - LEAST_GAIN:
            return 0.0
        slots = low + np.flatnonzero(seen[low : high + 1] < least + LEAST_GAIN)
        slot = int(slots[np.abs(slots - self._middle(strand)).argmin()])
        change = float(full[slot] - full[rank])
        self._move(strand, slot)
        return change

    def _middle(self, strand: int) -> float:
        """Between the ranks of the strands that a strand meets, before the next one below."""
        near = self.near[strand]
        return float(np.median(self.rank[near])) + 0.5 if near else float(self.rank[strand])

    def _curve(self, strand: int, there: Bools | None) -> tuple[Floats, Floats]:
        """What a strand costs before each rank and after the last, up to a constant, beside all and some."""
        self._sifted += 1
        at, one, other, price = self.steps[strand]
        rank = self.rank
        place, change = rank[at] + 1, price * np.sign(rank[one] - rank[other])
        full: Floats = np.bincount(place, weights=change, minlength=self.count + 1).cumsum()
        if there is None:
            return full, full
        change = change * (there[at] & there[one] & there[other])
        return full, np.bincount(place, weights=change, minlength=self.count + 1).cumsum()

    def _range(self, strand: int) -> tuple[int, int]:
        """The first and last rank before which a strand may be put."""
        if strand not in self._beside:
            return 0, self.count
        above, below = self._beside[strand]
        low = self.rank[above].max(initial=-1) + 1
        return int(low), int(self.rank[below].min(initial=self.count))

    def _move(self, strand: int, slot: int) -> None:
        """Put a strand before the one that has rank `slot`."""
        order, rank = self.order, int(self.rank[strand])
        if slot < rank:
            order[slot + 1 : rank + 1] = order[slot:rank].copy()
            order[slot] = strand
            self.rank[order[slot : rank + 1]] = np.arange(slot, rank + 1)
        elif slot > rank + 1:
            order[rank : slot - 1] = order[rank + 1 : slot].copy()
            order[slot - 1] = strand
            self.rank[order[rank:slot]] = np.arange(rank, slot)
