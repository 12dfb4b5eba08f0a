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
    boxes = list(taken)
    found: list[Caption | None] = [None] * len(wishes)
    for i in sorted(range(len(wishes)), key=lambda i: (-wishes[i].width, i)):
        wish = wishes[i]
        if not wish.text or wish.width < TALL:
            continue
        half = text_width(wish.text, CAPTION) / 2 + PAD
        for x, y in _level_stretches(run(wish.points), half, (wish.width - TALL) / 2):
            box = Box(x - half, y - TALL / 2, x + half, y + TALL / 2)
            if not any(box.meets(other) for other in boxes):
                boxes.append(box)
                found[i] = Caption(wish.text, x, y)
                break
    return found


def run(points: Sequence[Point]) -> NDArray[np.float64]:
    """The part of a band that runs one way, by growing x: a return flow's lane, else all of it."""
    array = np.array(points)
    if array[0, 0] < array[-1, 0]:
        return array
    first, last = int(array[:, 0].argmax()), int(array[:, 0].argmin())
    return array[first : last + 1][::-1]


def _level_stretches(line: NDArray[np.float64], half: float, slack: float) -> list[Point]:
    """Middles of stretches of length `2 half` that stay within `slack`, level and central ones first."""
    x, y = line.T
    found = []
    for middle in np.arange(x[0] + half, x[-1] - half, STEP):
        inside = (x > middle - half) & (x < middle + half)
        edge = np.interp([middle - half, middle + half], x, y)
        low = min(edge.min(), y[inside].min(initial=np.inf))
        high = max(edge.max(), y[inside].max(initial=-np.inf))
        if (high - low) / 2 <= slack:
            aside = abs(middle - (x[0] + x[-1]) / 2) / 10
            found.append((round(float(high - low + aside), 1), float(middle), float(low + high) / 2))
    return [(x, y) for _, x, y in sorted(found)]
