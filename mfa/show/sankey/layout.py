"""From flows to the geometry of a Sankey picture; nothing is drawn here."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from mfa.show.sankey import words
from mfa.show.sankey.captions import Wish, place, run
from mfa.show.sankey.flows import Flows, Names, prepare
from mfa.show.sankey.grid import Edge, build, ports
from mfa.show.sankey.heights import heights
from mfa.show.sankey.loops import back_arcs, layers
from mfa.show.sankey.ordering import arrange
from mfa.show.sankey.pipes import Corner, outline, samples
from mfa.show.sankey.routes import BAR, LABEL_GAP, Placed, columns, label_starts, path, reaches
from mfa.show.sankey.shapes import BOUNDARY, COLOURS, Band, Box, Geometry, Link, Node

__all__ = ["Band", "Geometry", "Link", "Node", "layout"]

THINNEST = 0.8
OWN_LOOP = 16.0
LEAST_FLOW_HEIGHT = 400.0
FLOW_HEIGHT_PER_COLUMN = 35.0
MARGIN = 10.0
HEAD = 9.0


def layout(
    links: Sequence[Link],
    *,
    labels: Mapping[str, str],
    unit: str,
    kinds: Mapping[str, str] | None = None,
    stocks: Collection[str] = (),
    min_share: float = 0.0,
    order: Sequence[str] = (),
) -> Geometry:
    """The geometry of a Sankey picture with return flows.

    Parameters
    ----------
    links
        Flows above zero, all in one unit. The ids in `BOUNDARY` may be shared by
        many flows; a piece of boundary is drawn beside every process it meets.
    labels
        Names of nodes and materials in the language of the picture; an id without
        one shows itself.
    unit
        The unit of all values.
    kinds
        Material → kind (a key of `COLOURS`); `intermediate` when not given.
    stocks
        Nodes drawn as stocks.
    min_share
        Flows below this share of the largest become one «other» flow per node pair,
        except to `surplus` and from `shortage`.
    order
        Node ids in the order in which they should stand when nothing else decides.

    Returns
    -------
    Geometry
        The same for the same flows in any sequence.
    """
    names = Names(labels, kinds or {})
    flows = prepare(links, min_share)
    ids = _in_order(flows, order)
    edges, scale, layer = _edges(flows, ids, names)
    nodes = _nodes(flows, ids, layer, names, frozenset(stocks))
    rooms = [words.label_room(node, unit) for node in nodes]
    grid = build(layer, _node_heights(edges, len(ids)), edges)
    rows = arrange(grid)
    port = ports(grid, rows)
    y = heights(grid, rows, port, [tall for _, tall in rooms])
    nodes, paths = _place(Placed(grid, rows, port, y), nodes, rooms)
    bands = _bands(grid.edges, paths, nodes, flows, names, scale)
    width, height = _extent(nodes, grid.edges, paths)
    return Geometry(
        nodes=tuple(nodes),
        bands=tuple(bands),
        width=width,
        height=height,
        unit=unit,
        scale=scale,
        min_share=min_share,
        bundled=flows.bundled,
        bundled_count=flows.count,
        names=dict(labels),
    )


def _in_order(flows: Flows, order: Sequence[str]) -> list[str]:
    """Node ids as asked for, a piece of boundary with its process, the rest by name."""
    rank = {node: i for i, node in enumerate(order)}
    last = len(rank)
    return sorted(flows.origins, key=lambda node: (min(rank.get(p, last) for p in node.split("@")[:2]), node))


def _node_heights(edges: Sequence[Edge], count: int) -> list[float]:
    """The widths of the bands at the fuller side of each node."""
    came, went = [0.0] * count, [0.0] * count
    for edge in edges:
        went[edge.source] += edge.width
        came[edge.target] += edge.width
    return [max(pair) for pair in zip(came, went, strict=True)]


def _edges(flows: Flows, ids: Sequence[str], names: Names) -> tuple[list[Edge], float, list[int]]:
    """Node pairs with their bands, the scale, and the column of each node."""
    pairs: dict[tuple[str, str], list[Link]] = {}
    for link in flows.links:
        pairs.setdefault((link.source, link.target), []).append(link)
    weights = {pair: math.fsum(link.value for link in many) for pair, many in pairs.items()}
    back = back_arcs(weights)
    layer = layers(weights, back)
    flow_height = max(LEAST_FLOW_HEIGHT, FLOW_HEIGHT_PER_COLUMN * (max(layer.values()) + 1))
    scale = flow_height / _tallest(weights, back, layer)
    index = {node: i for i, node in enumerate(ids)}
    kinds = list(COLOURS)
    edges = []
    for (source, target), many in sorted(
        pairs.items(), key=lambda item: (index[item[0][0]], index[item[0][1]])
    ):
        many.sort(key=lambda link: (kinds.index(names.kind(link.material)), link.material))
        broadest = OWN_LOOP / len(many) if source == target else math.inf
        widths = tuple(max(min(link.value * scale, broadest), THINNEST) for link in many)
        turned = source == target or (source, target) in back
        edges.append(Edge(index[source], index[target], tuple(many), widths, turned))
    return edges, scale, [layer[node] for node in ids]


def _tallest(
    weights: Mapping[tuple[str, str], float], back: set[tuple[str, str]], layer: Mapping[str, int]
) -> float:
    """The largest sum of flows that a gap between columns, or a node, carries.

    A node's loop to itself is left out: circulating water would dwarf all else.
    """
    sums: dict[object, float] = {}
    for (source, target), weight in weights.items():
        if source == target:
            continue
        low, high = sorted((layer[source], layer[target]))
        for key in [*range(low, high), ("out", source), ("in", target)]:
            sums[key] = sums.get(key, 0.0) + weight
    return max(sums.values(), default=max(weights.values()))


def _nodes(
    flows: Flows, ids: Sequence[str], layer: Sequence[int], names: Names, stocks: frozenset[str]
) -> list[Node]:
    """Nodes with their names and values; places come later, but the size of labels is known."""
    found = []
    for node, column in zip(ids, layer, strict=True):
        came = [link for link in flows.links if link.target == node]
        went = [link for link in flows.links if link.source == node]
        origin = flows.origins[node]
        role = origin if origin in BOUNDARY else "stock" if node in stocks else "process"
        called: tuple[str, ...] = (names.of(origin),)
        if origin in BOUNDARY:
            ranked = sorted([*came, *went], key=lambda link: (-link.value, link.material))
            called = tuple(names.of(link.material) for link in ranked)
        value_in, value_out = (math.fsum(link.value for link in side) for side in (came, went))
        empty = Box(0, 0, 0, 0)
        found.append(Node(node, origin, role, called, column, empty, empty, not came, value_in, value_out))
    return found


def _place(
    placed: Placed, nodes: Sequence[Node], rooms: Sequence[tuple[float, float]]
) -> tuple[list[Node], list[list[Corner]]]:
    """Nodes and paths in their final places, with a margin round all of them."""
    reach = reaches(placed)
    starts = label_starts(placed, reach, [tall for _, tall in rooms])
    boxed = _boxed(placed, nodes, rooms, starts, [0.0] * placed.grid.columns)
    x = columns(placed, reach, [(node.text_left, node.text) for node in boxed])
    boxed = _boxed(placed, nodes, rooms, starts, x)
    paths = [path(placed, edge, x, reach) for edge in range(len(placed.grid.edges))]
    low_x = min(box.x0 for node in boxed for box in (node.box, node.text))
    low_y = min(box.y0 for node in boxed for box in (node.box, node.text))
    for edge, points in zip(placed.grid.edges, paths, strict=True):
        low_x = min(low_x, *(corner.x - edge.width / 2 for corner in points))
        low_y = min(low_y, *(corner.y - edge.width / 2 for corner in points))
    by_x, by_y = MARGIN - low_x, MARGIN - low_y
    moved = [
        replace(node, box=node.box.moved(by_x, by_y), text=node.text.moved(by_x, by_y)) for node in boxed
    ]
    return moved, [[Corner(c.x + by_x, c.y + by_y, c.radius) for c in points] for points in paths]


def _boxed(
    placed: Placed,
    nodes: Sequence[Node],
    rooms: Sequence[tuple[float, float]],
    starts: Sequence[float],
    x: Sequence[float],
) -> list[Node]:
    """Nodes with their bars and the room of their labels beside them."""
    found = []
    for i, (node, (wide, tall)) in enumerate(zip(nodes, rooms, strict=True)):
        left, middle, half = x[node.layer], float(placed.y[i]), placed.grid.height[i] / 2
        start = left - LABEL_GAP - wide if node.text_left else left + BAR + starts[i]
        text = Box(start, middle - tall / 2, start + wide, middle + tall / 2)
        found.append(replace(node, box=Box(left, middle - half, left + BAR, middle + half), text=text))
    return found


def _extent(
    nodes: Sequence[Node], edges: Sequence[Edge], paths: Sequence[list[Corner]]
) -> tuple[float, float]:
    """Width and height of the picture, margin included."""
    boxes = [box for node in nodes for box in (node.box, node.text)]
    x, y = max(box.x1 for box in boxes), max(box.y1 for box in boxes)
    for edge, points in zip(edges, paths, strict=True):
        x = max(x, *(corner.x + edge.width / 2 for corner in points))
        y = max(y, *(corner.y + edge.width / 2 for corner in points))
    return x + MARGIN, y + MARGIN


def _bands(
    edges: Sequence[Edge],
    paths: Sequence[list[Corner]],
    nodes: Sequence[Node],
    flows: Flows,
    names: Names,
    scale: float,
) -> list[Band]:
    """Every flow as a band, the wide ones first so that thin ones lie on top."""
    bands, wishes = [], []
    for edge, points in zip(edges, paths, strict=True):
        offset = -edge.width / 2
        for link, width in zip(edge.links, edge.widths, strict=True):
            middle = samples(points, offset + width / 2)
            start, commands = outline(points, offset + width / 2, width)
            offset += width
            name = names.of(link.material)
            parts = flows.parts[link]
            arrow = _arrow(middle) if edge.back else None
            bands.append(
                Band(
                    link,
                    names.kind(link.material),
                    name,
                    width,
                    math.isclose(width, link.value * scale),
                    edge.back,
                    start,
                    commands,
                    None,
                    arrow,
                    parts,
                )
            )
            told = any(nodes[end].names == (name,) for end in (edge.source, edge.target))
            wishes.append(Wish("" if told else name, width, middle))
    taken = [box for node in nodes for box in (node.box, node.text)]
    taken += [Box(x - HEAD, y - HEAD, x + HEAD, y + HEAD) for x, y, _ in (b.arrow for b in bands if b.arrow)]
    captioned = [replace(band, caption=c) for band, c in zip(bands, place(wishes, taken), strict=True)]
    return sorted(captioned, key=lambda band: (-band.width, band.link))


def _arrow(middle: Sequence[tuple[float, float]]) -> tuple[float, float, int]:
    """The middle of a return flow's lane."""
    line = run(middle)
    x = float(line[0, 0] + line[-1, 0]) / 2
    return x, float(np.interp(x, line[:, 0], line[:, 1])), -1
