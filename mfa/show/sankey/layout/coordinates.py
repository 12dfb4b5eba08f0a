"""Where each place of a column stands, so that bands run straight and labels have room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from mfa.show.sankey.layout.linear_programs import Apart, Level, levels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mfa.show.sankey.layout.layered_graph import LayeredGraph

PASS_GAP = 5.0
NODE_GAP = 9.0
TURN_GAP = 13.0
UPWARDS = 1e-5
COMPACT = 0.15


def heights(
    grid: LayeredGraph,
    rows: Sequence[Sequence[int]],
    port: Mapping[tuple[int, int, bool], float],
    label_height: Sequence[float],
) -> NDArray[np.float64]:
    """The middle of each place, by a linear programme.

    Least is the bent length of all bands, weighed by width and more where both ends
    are only passed through, together with the height of the whole picture.
    """
    size = len(grid.layer)
    room = [*map(max, grid.height[: grid.real], label_height), *grid.height[grid.real :]]
    apart = _separations(grid, rows, room)
    for row in filter(None, rows):
        apart += [Apart(-1, row[0], room[row[0]] / 2), Apart(row[-1], size, room[row[-1]] / 2)]
    return levels([*[UPWARDS] * size, COMPACT], apart, _bends(grid, port))[:size]


def _bends(grid: LayeredGraph, port: Mapping[tuple[int, int, bool], float]) -> list[Level]:
    """Pairs of places that would stand level, with the offset of their ports and the weight."""
    widest = max(edge.width for edge in grid.edges)
    found = []
    for segment in grid.segments:
        passed = (segment.left >= grid.real) + (segment.right >= grid.real)
        weight = (0.03 + grid.edges[segment.edge].width / widest) * (1.0, 1.5, 4.0)[passed]
        offset = port.get((segment.left, segment.edge, True), 0.0)
        offset -= port.get((segment.right, segment.edge, False), 0.0)
        found.append(Level(segment.left, segment.right, offset, weight))
    for turn in grid.turns:
        found.append(Level(turn.lane, turn.node, 0.0, 0.2 + grid.edges[turn.edge].width / widest))
    return found


def _separations(grid: LayeredGraph, rows: Sequence[Sequence[int]], room: Sequence[float]) -> list[Apart]:
    """The least distance of the middles of neighbours in a column.

    A label may stand out over its node; a lane keeps room for the inside of its U-turn.
    """
    ends = {turn.lane for turn in grid.turns}
    found = []
    for row in rows:
        for upper, lower in pairwise(row):
            bars = (grid.height[upper] + grid.height[lower]) / 2
            gap = TURN_GAP if {upper, lower} & ends else NODE_GAP
            if upper >= grid.real and lower >= grid.real:
                gap = PASS_GAP
            found.append(Apart(upper, lower, max(bars + gap, (room[upper] + room[lower]) / 2 + PASS_GAP)))
    return found
