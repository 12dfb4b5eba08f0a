"""What stands below a picture: the colours of the kinds shown, and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mfa.show.sankey.shapes import COLOURS
from mfa.show.sankey.words import CAPTION, notes, text_width, word

if TYPE_CHECKING:
    from mfa.show.sankey.shapes import Geometry

SWATCH = 14.0
GAP = 16.0
TALL = 18.0


class Entry(NamedTuple):
    """A text with its baseline's left end, and the kind whose colour stands before it."""

    text: str
    x: float
    y: float
    kind: str | None


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
    for text in notes(geometry, lang):
        room = text_width(text, CAPTION) + GAP
        long = room > geometry.width / 2
        if (long or x + room > geometry.width) and x > left:
            x, y = left, y + TALL
        entries.append(Entry(text, x, y, None))
        x += geometry.width if long else room  # a long one has its line to itself
    return entries, y + TALL / 2
