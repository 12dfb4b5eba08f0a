"""Where each place of a column stands, so that bands run straight and labels have room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from mfa.show.sankey.programme import Programme

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mfa.show.sankey.grid import Grid

PASS_GAP = 5.0
NODE_GAP = 9.0
TURN_GAP = 13.0
UPWARDS = 1e-5
COMPACT = 0.15


def heights(
    grid: Grid,
    rows: Sequence[Sequence[int]],
    port: Mapping[tuple[int, int, bool], float],
    label_height: Sequence[float],
) -> NDArray[np.float64]:
    """The middle of each place, by a linear programme.

    Least is the bent length of all bands, weighed by width and more where both ends
    are only passed through, together with the height of the whole picture.
    """
    size, bends = len(grid.layer), _bends(grid, port)
    total = size + len(bends)
    programme = Programme()
    for upper, lower, gap in _separations(grid, rows, label_height):
        programme.at_least(gap, [(lower, 1.0), (upper, -1.0)])
    for bent, (a, b, offset, _) in enumerate(bends, start=size):
        programme.at_least(offset, [(a, -1.0), (b, 1.0), (bent, 1.0)])
        programme.at_least(-offset, [(a, 1.0), (b, -1.0), (bent, 1.0)])
    half = [max(grid.height[i], label_height[i] if i < grid.real else 0.0) / 2 for i in range(size)]
    for row in filter(None, rows):
        programme.at_least(half[row[-1]], [(total, 1.0), (row[-1], -1.0)])
    cost = [*[UPWARDS] * size, *(weight for *_, weight in bends), COMPACT]
    return programme.solve(cost, lower=[*half, *[0.0] * (len(bends) + 1)])[:size]


def _bends(grid: Grid, port: Mapping[tuple[int, int, bool], float]) -> list[tuple[int, int, float, float]]:
    """Pairs of places that would stand level, with the offset of their ports and the weight."""
    widest = max(edge.width for edge in grid.edges)
    found = []
    for segment in grid.segments:
        passed = (segment.left >= grid.real) + (segment.right >= grid.real)
        weight = (0.03 + grid.edges[segment.edge].width / widest) * (1.0, 1.5, 4.0)[passed]
        offset = port.get((segment.left, segment.edge, True), 0.0)
        offset -= port.get((segment.right, segment.edge, False), 0.0)
        found.append((segment.left, segment.right, offset, weight))
    for turn in grid.turns:
        found.append((turn.lane, turn.node, 0.0, 0.2 + grid.edges[turn.edge].width / widest))
    return found


def _separations(
    grid: Grid, rows: Sequence[Sequence[int]], label_height: Sequence[float]
) -> list[tuple[int, int, float]]:
    """The least distance of the middles of neighbours in a column.

    A label may stand out over its node; a lane keeps room for the inside of its U-turn.
    """
    ends = {turn.lane for turn in grid.turns}
    found = []
    for row in rows:
        for upper, lower in pairwise(row):
            bars = (grid.height[upper] + grid.height[lower]) / 2
            room = [max(grid.height[i], label_height[i] if i < grid.real else 0.0) for i in (upper, lower)]
            gap = TURN_GAP if {upper, lower} & ends else NODE_GAP
            if upper >= grid.real and lower >= grid.real:
                gap = PASS_GAP
            found.append((upper, lower, max(bars + gap, sum(room) / 2 + PASS_GAP)))
    return found
