"""Labels moved up or down beside their bars to where the fewest edges of bands run through them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mfa.show.sankey.shapes import Box
from mfa.show.sankey.words import LINE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfa.show.sankey.grid import Edge
    from mfa.show.sankey.pipes import Pipe

    Points = NDArray[np.float64]

STEP = 3.0
"""Distance of the points along an edge that are counted."""
AWAY = 0.15
"""Points on edges that a step of one point away from the middle of the bar is worth."""
BESIDE = 1.0
INKED = 0.85
"""Of the room of a label, which is that of its longest line in any language."""


def cleared(
    boxes: Sequence[tuple[Box, Box]], edges: Sequence[Edge], pipes: Sequence[Pipe]
) -> list[tuple[Box, Box]]:
    """Bars with their labels, each label where the bands leave most room.

    A label stays beside its bar, from just above it to just below, and meets no bar and
    no other label.
    """
    found = list(boxes)
    points = _edge_points(edges, pipes)
    for i, (bar, text) in enumerate(found):
        if not len(_inside(points, _inked(bar, text))):
            continue
        spots = _spots(bar, text)
        around = Box(text.x0, spots[0].y0, text.x1, spots[-1].y1)
        fixed = [box for j, pair in enumerate(found) if j != i for box in pair if box.meets(around)]
        free = [text] + [spot for spot in spots if not any(map(spot.meets, fixed))]
        found[i] = bar, min(free, key=partial(_cost, points, bar, text))
    return found


def _spots(bar: Box, text: Box) -> list[Box]:
    """Places of a label beside its bar, by half lines, and flush with the ends of the bar."""
    highest, lowest = bar.y0 - BESIDE - text.y1, bar.y1 + BESIDE - text.y0
    count = math.ceil((lowest - highest) / (LINE / 2))
    steps = [highest + (lowest - highest) * k / count for k in range(count + 1)]
    return [text.moved(0.0, y) for y in sorted([*steps, bar.y0 - text.y0, bar.y1 - text.y1])]


def _cost(points: Points, bar: Box, text: Box, spot: Box) -> float:
    return len(_inside(points, _inked(bar, spot))) + AWAY * abs(spot.y0 - text.y0)


def _inked(bar: Box, text: Box) -> Box:
    """The part of a label's room that its text most often fills, seen from the bar."""
    wide = INKED * (text.x1 - text.x0)
    if text.x1 < bar.x0:
        return replace(text, x0=text.x1 - wide)
    return replace(text, x1=text.x0 + wide)


def _inside(points: Points, box: Box) -> Points:
    first, last = np.searchsorted(points[:, 0], (box.x0, box.x1))
    points = points[first:last]
    y = points[:, 1]
    return points[(y > box.y0) & (y < box.y1)]


def _edge_points(edges: Sequence[Edge], pipes: Sequence[Pipe]) -> Points:
    """Points along both sides of every band that has a width, by growing x."""
    found = [np.zeros((0, 2))]
    for edge, pipe in zip(edges, pipes, strict=True):
        offset = -edge.width / 2
        for width in filter(None, edge.widths):
            found += [_dense(pipe.samples(side)) for side in (offset, offset + width)]
            offset += width
    points = np.vstack(found)
    return points[np.argsort(points[:, 0], kind="stable")]


def _dense(line: Sequence[tuple[float, float]]) -> Points:
    """Points at even distances along a line."""
    x, y = np.array(line).T
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    at = np.arange(0.0, along[-1], STEP)
    return np.column_stack([np.interp(at, along, x), np.interp(at, along, y)])
