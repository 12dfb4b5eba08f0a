"""Every flow as a band with its caption and arrow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mfa.show.sankey.curves import Pipe
from mfa.show.sankey.geometry import Band, Box
from mfa.show.sankey.layout.label_places import TALL, Wish, place, run

if TYPE_CHECKING:
    from mfa.show.sankey.geometry import Node
    from mfa.show.sankey.layout.layered_graph import Edge
    from mfa.show.sankey.selection import Flows, Names

HEAD = 9.0  # points round an arrow head that captions keep clear of: the largest head reaches 8


def bands(
    edges: Sequence[Edge],
    pipes: Sequence[Pipe],
    nodes: Sequence[Node],
    flows: Flows,
    names: Names,
    scale: float,
) -> tuple[Band, ...]:
    """Every flow as a band, the wide ones first so that thin ones lie on top."""
    made, wishes = [], []
    for edge, pipe in zip(edges, pipes, strict=True):
        labelled = {nodes[edge.source].names, nodes[edge.target].names}
        offset = -edge.width / 2
        for link, width in zip(edge.links, edge.widths, strict=True):
            middle = offset + width / 2
            offset += width
            name = names.of(link.material)
            band = Band(
                link=link,
                kind=names.kind(link.material),
                name=name,
                width=width,
                to_scale=math.isclose(width, link.value * scale),
                back=edge.back,
                path=pipe.path,
                offset=middle,
                caption=None,
                arrow=_arrow(pipe, middle) if edge.back and width else None,
                parts=flows.parts[link],
            )
            made.append(band)
            wanted = width >= TALL and (name,) not in labelled
            wishes.append(Wish(name, width, pipe.samples(middle)) if wanted else Wish("", width, ()))
    captions = place(wishes, _taken(nodes, made))
    captioned = [replace(b, caption=c) if c else b for b, c in zip(made, captions, strict=True)]
    return tuple(sorted(captioned, key=lambda band: (-band.width, band.link)))


def _arrow(pipe: Pipe, offset: float) -> tuple[float, float, int]:
    """The middle of a return flow's lane."""
    line = run(pipe.samples(offset))
    x = float(line[0, 0] + line[-1, 0]) / 2
    return x, float(np.interp(x, line[:, 0], line[:, 1])), -1


def _taken(nodes: Sequence[Node], made: Sequence[Band]) -> list[Box]:
    """What captions must keep clear of: bars, labels and arrow heads."""
    boxes = [box for node in nodes for box in (node.box, node.text)]
    heads = [band.arrow for band in made if band.arrow]
    return boxes + [Box(x - HEAD, y - HEAD, x + HEAD, y + HEAD) for x, y, _ in heads]
