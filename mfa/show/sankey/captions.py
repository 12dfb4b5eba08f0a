"""Material names on the bands that have room for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mfa.show.sankey.shapes import Box, Caption
from mfa.show.sankey.words import CAPTION, text_width

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfa.show.sankey.pipes import Point

STEP = 6.0
PAD = 4.0
TALL = 1.15 * CAPTION


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
    count = int(2 * half / STEP) + 2
    grid = np.arange(x[0], x[-1], STEP)
    if len(grid) < count:
        return np.zeros((0, 2))
    heights = np.lib.stride_tricks.sliding_window_view(np.interp(grid, x, y), count)
    low, high = heights.min(axis=1), heights.max(axis=1)
    middle = grid[: len(low)] + (count - 1) * STEP / 2
    aside = np.round(high - low + np.abs(middle - (x[0] + x[-1]) / 2) / 10, 1)
    fits = np.flatnonzero((high - low) / 2 <= slack)
    best = fits[np.lexsort((middle[fits], aside[fits]))]
    return np.column_stack([middle, (low + high) / 2])[best]
