"""From flows to the geometry of a Sankey picture; nothing is drawn here."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mfa.show.sankey import labels
from mfa.show.sankey.curves import Corner, Pipe
from mfa.show.sankey.geometry import ENDS, Band, Box, Geometry, Link, Node, is_bundle
from mfa.show.sankey.layout.bands import bands
from mfa.show.sankey.layout.coordinates import heights
from mfa.show.sankey.layout.label_places import cleared
from mfa.show.sankey.layout.layered_graph import ports
from mfa.show.sankey.layout.plan import Plan, fitting, gridded, plan, with_amounts
from mfa.show.sankey.layout.routing import BAR, LABEL_GAP, Placed, floor, label_starts, path, reaches
from mfa.show.sankey.layout.spacing import LOOSE, Spacing, Stacked

if TYPE_CHECKING:
    from mfa.show.sankey.selection import Flows

    Rooms = Sequence[tuple[float, float]]

__all__ = ["Band", "Geometry", "Link", "Node", "Plan", "layout", "plan", "relayout"]

MARGIN = 10.0  # points round the picture
NOWHERE = Box(0, 0, 0, 0)


def layout(
    links: Sequence[Link],
    *,
    labels: Mapping[str, str],
    unit: str,
    kinds: Mapping[str, str] | None = None,
    stocks: Collection[str] = (),
    min_share: float = 0.0,
    order: Sequence[str] = (),
    pinned: Sequence[str] = (),
    translated: Mapping[str, str] | None = None,
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
    pinned
        Node ids: of two in one column the one named first stands higher, always.
    translated
        Names in another language that the picture can change to: labels keep room for these too.

    Returns
    -------
    Geometry
        The same for the same flows in any sequence.

    Raises
    ------
    ValueError
        A value is not above zero, or there is no flow.
    """
    made = plan(
        links,
        labels=labels,
        unit=unit,
        kinds=kinds,
        stocks=stocks,
        min_share=min_share,
        order=order,
        pinned=pinned,
    )
    return spaced(made, unit, translated=translated)


def spaced(
    plan: Plan, unit: str, spacing: Spacing = LOOSE, *, translated: Mapping[str, str] | None = None
) -> Geometry:
    """The picture of a plan with the room that `spacing` gives to its parts; else as `layout`."""
    scale = fitting(plan, plan.flows, spacing.flows)
    return _geometry(plan, plan.flows, unit, scale, translated, spacing)


def relayout(
    plan: Plan,
    links: Sequence[Link],
    *,
    unit: str | None = None,
    scale: float | None = None,
    translated: Mapping[str, str] | None = None,
    spacing: Spacing = LOOSE,
) -> Geometry:
    """The same picture with other amounts: columns and order stay, heights and widths are new.

    Parameters
    ----------
    plan
        What `plan` made of these flows and perhaps more.
    links
        Flows of the plan, with source, target and material as they were given to it.
        Those left out, or zero, are kept as bands of no width in their place.
    unit
        The unit of the values, when it is not that of the plan.
    scale
        Points a unit; a scale of its own when not given. With that of another geometry
        the widths of both compare.
    translated
        As in `layout`.
    spacing
        The room of its parts.

    Raises
    ------
    ValueError
        A flow that the plan does not have, a value below zero, or no value above zero.
    """
    flows = with_amounts(plan.flows, links)
    if scale is None:
        scale = fitting(plan, flows, spacing.flows)
    return _geometry(plan, flows, unit or plan.unit, scale, translated, spacing)


def _geometry(
    plan: Plan,
    flows: Flows,
    unit: str,
    scale: float,
    translated: Mapping[str, str] | None,
    spacing: Spacing,
) -> Geometry:
    """A plan drawn with the amounts of `flows`."""
    nodes = _nodes(plan, flows, spacing.stacked)
    rooms = _rooms(plan, flows, unit, nodes, translated, spacing)
    grid = gridded(plan, flows, scale)
    port = ports(grid, plan.rows)
    y = heights(grid, plan.rows, port, [tall for _, tall in rooms], spacing.apart, _stacked(nodes))
    nodes, paths = _place(Placed(grid, plan.rows, port, y), nodes, rooms, spacing)
    width, height = _extent(nodes, [edge.width for edge in grid.edges], paths)
    return Geometry(
        nodes=tuple(nodes),
        bands=bands(grid.edges, list(map(Pipe, paths)), nodes, flows, plan.names, scale),
        width=width,
        height=height,
        unit=unit,
        scale=scale,
        min_share=plan.min_share,
        bundled=flows.bundled,
        bundled_count=flows.count,
        names=dict(plan.names.labels),
        wrap=spacing.wrap,
        hidden=math.fsum(link.value for link in flows.hidden),
        hidden_nodes=flows.gone,
        unnamed=flows.unnamed,
        says_unit=spacing.units,
    )


def _rooms(
    plan: Plan,
    flows: Flows,
    unit: str,
    nodes: Sequence[Node],
    translated: Mapping[str, str] | None,
    spacing: Spacing,
) -> Rooms:
    """Width and height of each node's label: the larger of both languages where there are two."""
    rooms = [labels.label_room(node, unit, spacing.wrap, bare=not spacing.units) for node in nodes]
    if translated is None:
        return rooms
    others = _nodes(replace(plan, names=replace(plan.names, labels=translated)), flows)
    return [
        (max(wide, more_wide), max(tall, more_tall))
        for (wide, tall), (more_wide, more_tall) in zip(
            rooms,
            (labels.label_room(node, unit, spacing.wrap, bare=not spacing.units) for node in others),
            strict=True,
        )
    ]


def _stacked(nodes: Sequence[Node]) -> list[int]:
    """The nodes of which the label stands above the bar."""
    return [i for i, node in enumerate(nodes) if node.stacked]


def _nodes(plan: Plan, flows: Flows, stacked: Stacked = "none") -> list[Node]:
    """Nodes with their names and values; places come later, but the size of labels is known."""
    last = max(plan.layer)
    came: dict[str, list[Link]] = {node: [] for node in plan.ids}
    went: dict[str, list[Link]] = {node: [] for node in plan.ids}
    for link in flows.links:
        came[link.target].append(link)
        went[link.source].append(link)
    found = []
    for node, column in zip(plan.ids, plan.layer, strict=True):
        origin = flows.origins[node]
        role = origin if origin in ENDS else "stock" if node in plan.stocks else "process"
        called: tuple[str, ...] = (plan.names.of(origin),)
        if origin in ENDS:
            crossing = [*came[node], *went[node]]
            flowing = [link for link in crossing if link.value > 0] or crossing
            ranked = sorted(flowing, key=lambda x: (is_bundle(x.material), -x.value, x.material))
            called = tuple(plan.names.of(link.material) for link in ranked)
        own = math.fsum(link.value for link in came[node] if link.source == node)
        into, out = (math.fsum(x.value for x in side[node] if x.source != x.target) for side in (came, went))
        outer = column == last or (column == 0 and not came[node])
        above = stacked == "all" or (stacked == "outer" and outer)
        left = column == last and stacked == "outer" if above else not came[node]
        found.append(Node(node, origin, role, called, column, NOWHERE, NOWHERE, left, into, out, own, above))
    return found


def _place(
    placed: Placed, nodes: Sequence[Node], rooms: Rooms, spacing: Spacing
) -> tuple[list[Node], list[list[Corner]]]:
    """Nodes and paths in their final places, with a margin round all of them."""
    reach = reaches(placed)
    starts = label_starts(placed, reach, [tall for _, tall in rooms])
    boxes = _boxes(placed, nodes, rooms, starts, [0.0] * placed.grid.columns)
    text = [(node.text_left, label) for node, (_, label) in zip(nodes, boxes, strict=True)]
    ground = floor(placed, reach, text, spacing)
    boxes = _boxes(placed, nodes, rooms, starts, ground.x)
    paths = [path(placed, edge, ground, reach) for edge in range(len(placed.grid.edges))]
    boxes = cleared(boxes, placed.grid.edges, list(map(Pipe, paths)), _stacked(nodes))
    half = [edge.width / 2 for edge in placed.grid.edges]
    low_x = min(box.x0 for pair in boxes for box in pair)
    low_y = min(box.y0 for pair in boxes for box in pair)
    for wide, points in zip(half, paths, strict=True):
        low_x = min(low_x, *(corner.x - wide for corner in points))
        low_y = min(low_y, *(corner.y - wide for corner in points))
    by_x, by_y = MARGIN - low_x, MARGIN - low_y
    moved = [
        replace(node, box=box.moved(by_x, by_y), text=text.moved(by_x, by_y))
        for node, (box, text) in zip(nodes, boxes, strict=True)
    ]
    return moved, [[Corner(c.x + by_x, c.y + by_y, c.radius) for c in points] for points in paths]


def _boxes(
    placed: Placed, nodes: Sequence[Node], rooms: Rooms, starts: Sequence[float], x: Sequence[float]
) -> list[tuple[Box, Box]]:
    """The bar of each node and the room of its label beside it."""
    found = []
    for i, (node, (wide, tall)) in enumerate(zip(nodes, rooms, strict=True)):
        left, middle, half = x[node.layer], float(placed.y[i]), placed.grid.height[i] / 2
        start = left - LABEL_GAP - wide if node.text_left else left + BAR + starts[i]
        text = Box(start, middle - tall / 2, start + wide, middle + tall / 2)
        if node.stacked:
            start = left + BAR - wide if node.text_left else left
            text = Box(start, middle - half - tall, start + wide, middle - half)
        found.append((Box(left, middle - half, left + BAR, middle + half), text))
    return found


def _extent(
    nodes: Sequence[Node], widths: Sequence[float], paths: Sequence[list[Corner]]
) -> tuple[float, float]:
    """Width and height of the picture, margin included."""
    boxes = [box for node in nodes for box in (node.box, node.text)]
    x, y = max(box.x1 for box in boxes), max(box.y1 for box in boxes)
    for width, points in zip(widths, paths, strict=True):
        x = max(x, *(corner.x + width / 2 for corner in points))
        y = max(y, *(corner.y + width / 2 for corner in points))
    return x + MARGIN, y + MARGIN
