"""Flows that are uncertain: a pale edge of one standard deviation, and ± beside the name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mfa.show.sankey.shapes import ALPHA, Band, Box, Caption, Command, Geometry
from mfa.show.sankey.words import CAPTION, number, text_width

PALE = 0.45 * ALPHA
"""How opaque the uncertain edge is."""

CORE = 1 - (1 - ALPHA) / (1 - PALE)
"""How opaque the core is, drawn over the edge: together as other bands are."""


def core(band: Band, sd: float) -> Band | None:
    """The band narrowed by half of `sd` on either side; None where nothing is left.

    An outline is one side, a line across the end, the other side walked back, with the same
    steps on both sides: the core lies between matching points.
    """
    left = 1 - sd / band.link.value
    if left <= 0:
        return None
    inset = (1 - left) / 2
    flat = [*band.start, *(number for command in band.outline for number in command)]
    points = list(zip(flat[::2], flat[1::2], strict=True))
    facing = points[::-1]
    moved = [
        (x + inset * (u - x), y + inset * (v - y)) for (x, y), (u, v) in zip(points, facing, strict=True)
    ]
    return _narrowed(band, moved, left)


def _narrowed(band: Band, points: Sequence[tuple[float, float]], left: float) -> Band:
    """A band with its outline through other points."""
    at, outline = 1, []
    for command in band.outline:
        steps = points[at : at + len(command) // 2]
        outline.append(tuple(number for point in steps for number in point))
        at += len(command) // 2
    made: tuple[Command, ...] = tuple(outline)
    return replace(band, start=points[0], outline=made, width=left * band.width)


def captions(geometry: Geometry) -> list[Caption]:
    """The names on the bands, with ± and the standard deviation per cent where there is room for it."""
    placed = [(band, band.caption) for band in geometry.bands if band.caption]
    if not geometry.spread:
        return [caption for _, caption in placed]
    fixed = [box for node in geometry.nodes for box in (node.bar, node.text)]
    found = []
    for band, caption in placed:
        sd = geometry.spread.get(band.link, 0.0)
        longer = replace(caption, text=f"{caption.text} ± {number(100 * sd / band.link.value)} %")
        others = [*fixed, *(_room(other) for _, other in placed if other is not caption)]
        fits = sd > 0 and not any(_room(longer).meets(box) for box in others)
        found.append(longer if fits else caption)
    return found


def _room(caption: Caption) -> Box:
    """The room of a name on a band."""
    wide, tall = text_width(caption.text, CAPTION) / 2, CAPTION / 2
    return Box(caption.x - wide, caption.y - tall, caption.x + wide, caption.y + tall)
