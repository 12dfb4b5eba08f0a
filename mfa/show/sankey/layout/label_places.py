"""Material names on the bands that have room for them."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mfa.show.sankey.geometry import Box, Caption
from mfa.show.sankey.labels import CAPTION, LINE, text_width

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfa.show.sankey.curves import Point

CAPTION_STEP = 6.0  # points between the places that are tried along a band: half a letter more or less
PAD = 4.0  # points of a band before and after its name
TALL = 1.15 * CAPTION  # a line with what letters reach below it


class Wish(NamedTuple):
    """A name, the width of its band and points along the band's middle."""

    text: str
    width: float
    points: Sequence[Point]


def place(wishes: Sequence[Wish], taken: Sequence[Box]) -> list[Caption | None]:
    """A caption for each band where one fits clear of labels, nodes and other captions.

    The widest band chooses first, and takes a level stretch near its middle.
    """
    boxes = np.array([(box.x0, box.y0, box.x1, box.y1) for box in taken]).reshape(-1, 4)
    found: list[Caption | None] = [None] * len(wishes)
    for i in sorted(range(len(wishes)), key=lambda i: (-wishes[i].width, i)):
        wish = wishes[i]
        if not wish.text or wish.width < TALL:
            continue
        half = text_width(wish.text, CAPTION) / 2 + PAD
        spots = _level_stretches(run(wish.points), half, (wish.width - TALL) / 2)
        if not len(spots):
            continue
        reach = np.array([half, TALL / 2])
        room = np.hstack([spots - reach, spots + reach])
        whole = np.concatenate([room[:, :2].min(axis=0), room[:, 2:].max(axis=0)])[None]
        close = boxes[_meet(whole, boxes)[0]]
        free = np.flatnonzero(~_meet(room, close).any(axis=1))
        if len(free):
            boxes = np.vstack([boxes, room[free[0]]])
            x, y = spots[free[0]].tolist()
            found[i] = Caption(wish.text, x, y)
    return found


def _meet(some: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of some rectangles share an area with which of the others."""
    ax0, ay0, ax1, ay1 = some.T[:, :, None]
    bx0, by0, bx1, by1 = others.T
    shared: NDArray[np.bool_] = (ax0 < bx1) & (bx0 < ax1) & (ay0 < by1) & (by0 < ay1)
    return shared


def run(points: Sequence[Point]) -> NDArray[np.float64]:
    """The part of a band that runs one way, by growing x: a return flow's lane, else all of it."""
    array = np.array(points)
    if array[0, 0] < array[-1, 0]:
        return array
    first, last = int(array[:, 0].argmax()), int(array[:, 0].argmin())
    return array[first : last + 1][::-1]


def _level_stretches(line: NDArray[np.float64], half: float, slack: float) -> NDArray[np.float64]:
    """Middles (x, y) of stretches of length `2 half` within `slack`, level and central ones first."""
    x, y = line.T
    count = int(2 * half / CAPTION_STEP) + 2
    grid = np.arange(x[0], x[-1], CAPTION_STEP)
    if len(grid) < count:
        return np.zeros((0, 2))
    heights = np.lib.stride_tricks.sliding_window_view(np.interp(grid, x, y), count)
    low, high = heights.min(axis=1), heights.max(axis=1)
    middle = grid[: len(low)] + (count - 1) * CAPTION_STEP / 2
    aside = np.round(high - low + np.abs(middle - (x[0] + x[-1]) / 2) / 10, 1)
    fits = np.flatnonzero((high - low) / 2 <= slack)
    best = fits[np.lexsort((middle[fits], aside[fits]))]
    return np.column_stack([middle, (low + high) / 2])[best]


if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfa.show.sankey.curves import Pipe
    from mfa.show.sankey.layout.layered_graph import Edge

    Points = NDArray[np.float64]

STEP = 3.0
"""Distance of the points along an edge that are counted."""
AWAY = 0.15
"""Points on edges that a step of one point away from the middle of the bar is worth. Half and twice as many
leave the crossed labels of the shipped pictures within 0.1 %."""
BESIDE = 1.0
"""Points between a bar and a label just above or below it."""
INKED = 0.85
"""Of the room of a label, which is that of its longest line in any language."""


def cleared(
    boxes: Sequence[tuple[Box, Box]],
    edges: Sequence[Edge],
    pipes: Sequence[Pipe],
    stay: Collection[int] = (),
) -> list[tuple[Box, Box]]:
    """Bars with their labels, each label where the bands leave most room.

    A label stays beside its bar, from just above it to just below, and meets no bar and
    no other label. Those of `stay` are left where they are.
    """
    found = list(boxes)
    points = _edge_points(edges, pipes)
    for i, (bar, text) in enumerate(found):
        if i in stay or not len(_inside(points, _inked(bar, text))):
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
