"""What stands below a picture: the colours of the kinds shown, and notes."""

from __future__ import annotations

import math
from typing import NamedTuple

from mfa.show.sankey.geometry import COLOURS, FONT, Geometry
from mfa.show.sankey.labels import CAPTION, notes, number, text_width, word, wrap

SWATCH, GAP, TALL = 14.0, 16.0, 18.0  # points of the legend: a colour, between entries, a line
BAR, MOST_SCALE = 4.0, 16.0  # points of the bar of scale: its breadth, its greatest height
NOTE_LINE = 1.3 * CAPTION  # from line to line of one note


SCALE = "*scale"
"""In place of a kind: an upright bar as high as a round amount is wide."""


class Entry(NamedTuple):
    """A text with its baseline's left end, and the kind whose colour stands before it."""

    text: str
    x: float
    y: float
    kind: str | None


def round_amount(scale: float) -> float:
    """The largest of 1, 2, 5, 10 … that a band no wider than a line of the legend stands for.

    >>> round_amount(10.0), round_amount(3.0), round_amount(0.007)
    (1.0, 5.0, 2000.0)
    """
    most = MOST_SCALE / scale
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= most)


def legend(geometry: Geometry, lang: str) -> tuple[list[Entry], float]:
    """The entries below the picture, in lines as wide as it, and the height with them."""
    entries: list[Entry] = []
    left, x, y = 12.0, 12.0, geometry.height + TALL
    for kind in geometry.kinds:
        text = word(kind, lang) if kind in COLOURS else geometry.names[kind]
        room = SWATCH + 5 + text_width(text, CAPTION) + GAP
        if x + room > geometry.width and x > left:
            x, y = left, y + TALL
        entries.append(Entry(text, x + SWATCH + 5, y, kind))
        x += room
    text = f"{number(round_amount(geometry.scale))} {geometry.unit}"
    room = BAR + 5 + text_width(text, CAPTION) + GAP
    if x + room > geometry.width and x > left:
        x, y = left, y + TALL
    entries.append(Entry(text, x + BAR + 5, y, SCALE))
    x += room
    for text in notes(geometry, lang):
        room = text_width(text, CAPTION) + GAP
        long = room > geometry.width / 2
        if (long or x + room > geometry.width) and x > left:
            x, y = left, y + TALL
        lines = wrap(text, (geometry.width - 2 * left) * FONT / CAPTION) if long else [text]
        for line in lines:
            entries.append(Entry(line, x, y, None))
            y += NOTE_LINE if line is not lines[-1] else 0.0
        x += geometry.width if long else room  # a long one has its line to itself
    return entries, y + TALL / 2
