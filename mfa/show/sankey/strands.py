"""The layered graph as strands, and what each strand pays at every height.

A strand is a node, or all the places of one long edge: it has one height rank for the
whole picture, so that long bands keep their level and cross others only near their ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfa.show.sankey.grid import Grid

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ENCLOSED = 0.15
"""What a U-turn round a node costs, beyond the flows that it crosses there."""


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


def strands(grid: Grid) -> Strands:
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


def _weights(grid: Grid) -> Floats:
    """Square roots of widths, so that thin flows count too."""
    widths = np.array([edge.width for edge in grid.edges])
    roots: Floats = np.sqrt(widths / widths.max())
    return roots


def _arcs(grid: Grid, of: Ints) -> list[_Arcs]:
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
    """The crossings in one gap, told to the strands that could avoid them."""
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


def _turn(grid: Grid, of: Ints, arcs: Sequence[_Arcs], found: list[list[Steps]]) -> None:
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
