"""Where each place of a column stands, so that bands run straight and labels have room."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from mfa.show.sankey.layout.linear_programs import Apart, Level, levels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mfa.show.sankey.layout.layered_graph import LayeredGraph

PASS_GAP = 5.0
"""Points between bars, labels and bands that pass. With 10 the shipped park is a quarter taller, with 2.5 its
labels are crossed by an eighth more."""
NODE_GAP = 9.0
"""Points between a bar and a band that passes it: as near, it would seem to belong to it."""
TURN_GAP = 13.0
"""Points beside the end of a lane, for the inside of its U-turn. Half or twice as many: height within 2 %."""
UPWARDS = 1e-5
"""Pull upwards, so that what nothing else holds has one place; far below every other weight."""
COMPACT = 0.15
"""What a point of the picture's height costs in bent widths. With 0.3 the shipped park is 3 % lower and the
flows of the red-mud scenario are bent by 4 % more, with 0.075 2 % taller and 4 % less."""
LEAST_PULL, LEAST_TURN_PULL = 0.03, 0.2
"""Share of the widest band that the thinnest pull with, so that these run straight too; at a U-turn more,
since what is enclosed there grows with it."""
PULL_PASSING = (1.0, 1.5, 4.0)
"""Factor of the pull by how many ends of a segment only pass: a kink amid a long band shows most."""


def heights(
    grid: LayeredGraph,
    rows: Sequence[Sequence[int]],
    port: Mapping[tuple[int, int, bool], float],
    label_height: Sequence[float],
    share: float = 1.0,
    stacked: Collection[int] = (),
) -> NDArray[np.float64]:
    """The middle of each place, by a linear programme.

    Least is the bent length of all bands, weighed by width and more where both ends
    are only passed through, together with the height of the whole picture. `share` is what
    the gaps between bars keep of their room; `stacked` are the nodes of which the label stands
    above the bar.
    """
    size = len(grid.layer)
    room = [*map(max, grid.height[: grid.real], label_height), *grid.height[grid.real :]]
    above, below = [each / 2 for each in room], [each / 2 for each in room]
    for i in stacked:
        below[i] = grid.height[i] / 2
        above[i] = below[i] + label_height[i]
    apart = _separations(grid, rows, above, below, share)
    for row in filter(None, rows):
        apart += [Apart(-1, row[0], above[row[0]]), Apart(row[-1], size, below[row[-1]])]
    return levels([*[UPWARDS] * size, COMPACT], apart, _bends(grid, port))[:size]


def _bends(grid: LayeredGraph, port: Mapping[tuple[int, int, bool], float]) -> list[Level]:
    """Pairs of places that would stand level, with the offset of their ports and the weight."""
    widest = max(edge.width for edge in grid.edges)
    found = []
    for segment in grid.segments:
        passed = (segment.left >= grid.real) + (segment.right >= grid.real)
        weight = (LEAST_PULL + grid.edges[segment.edge].width / widest) * PULL_PASSING[passed]
        offset = port.get((segment.left, segment.edge, True), 0.0)
        offset -= port.get((segment.right, segment.edge, False), 0.0)
        found.append(Level(segment.left, segment.right, offset, weight))
    for turn in grid.turns:
        found.append(Level(turn.lane, turn.node, 0.0, LEAST_TURN_PULL + grid.edges[turn.edge].width / widest))
    return found


def _separations(
    grid: LayeredGraph,
    rows: Sequence[Sequence[int]],
    above: Sequence[float],
    below: Sequence[float],
    share: float,
) -> list[Apart]:
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
            labels = below[upper] + above[lower]
            found.append(Apart(upper, lower, max(bars + share * gap, labels + share * PASS_GAP)))
    return found
