"""What stands over a picture on paper, and several pictures below each other on one sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from mfa.show.sankey.curves import Corner
from mfa.show.sankey.geometry import FONT, Band, Caption, Geometry, Heading, Link, Node
from mfa.show.sankey.labels import wrap

LEFT = 12.0  # points from the left edge, as in the legend
TITLE, SUBTITLE = 1.25, 1.0  # sizes of letters, of those of labels
LEADING = 1.3  # from line to line, of the size of letters
BELOW = 0.6 * FONT  # between the heading and the picture
APART = 1.2 * FONT  # between pictures below each other
BOLD = 1.08  # how much wider bold letters are


def headed(geometry: Geometry, title: str, subtitle: str = "") -> Geometry:
    """The picture with its title above it, in lines no wider than it."""
    headings: list[Heading] = []
    y = 0.0
    for text, size, bold in ((title, TITLE * FONT, True), (subtitle, SUBTITLE * FONT, False)):
        room = (geometry.width - 2 * LEFT) * FONT / size / (BOLD if bold else 1.0)
        for line in wrap(text, room) if text else []:
            y += LEADING * size
            headings.append(Heading(line, LEFT, y, size, bold))
    moved = _moved(geometry, y + BELOW)
    return replace(moved, headings=(*headings, *moved.headings))


def stacked(parts: Sequence[Geometry]) -> Geometry:
    """Pictures on one layout and scale below each other as one, which has one legend."""
    first, y = parts[0], 0.0
    nodes: list[Node] = []
    bands: list[Band] = []
    headings: list[Heading] = []
    for number, part in enumerate(parts):
        moved = _renamed(_moved(part, y), f"{number}|")
        nodes += moved.nodes
        bands += moved.bands
        headings += moved.headings
        y = moved.height + APART
    return replace(
        first,
        nodes=tuple(nodes),
        bands=tuple(bands),
        headings=tuple(headings),
        width=max(p.width for p in parts),
        height=y - APART,
        bundled=math.fsum(p.bundled for p in parts),
        bundled_count=max(p.bundled_count for p in parts),
        hidden=math.fsum(p.hidden for p in parts),
        panels=tuple(parts),
        names={k: v for p in parts for k, v in p.names.items()},
        spread={},
    )


def _moved(geometry: Geometry, y: float) -> Geometry:
    """The picture further down on a higher sheet."""
    return replace(
        geometry,
        nodes=tuple(replace(n, box=n.box.moved(0, y), text=n.text.moved(0, y)) for n in geometry.nodes),
        bands=tuple(_moved_band(b, y) for b in geometry.bands),
        headings=tuple(h._replace(y=h.y + y) for h in geometry.headings),
        height=geometry.height + y,
    )


def _moved_band(band: Band, y: float) -> Band:
    caption, arrow = band.caption, band.arrow
    return replace(
        band,
        path=tuple(Corner(c.x, c.y + y, c.radius) for c in band.path),
        caption=caption and Caption(caption.text, caption.x, caption.y + y),
        arrow=arrow and (arrow[0], arrow[1] + y, arrow[2]),
    )


def _renamed(geometry: Geometry, before: str) -> Geometry:
    """The picture with ids that no other on the sheet has."""

    def link(x: Link) -> Link:
        return replace(x, source=before + x.source, target=before + x.target)

    return replace(
        geometry,
        nodes=tuple(replace(n, id=before + n.id) for n in geometry.nodes),
        bands=tuple(replace(b, link=link(b.link)) for b in geometry.bands),
    )
