"""From boxes and arcs to places and paths, in points; y grows downwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import networkx as nx
import numpy as np
from scipy.optimize import linprog

from mfa.errors import Failure
from mfa.show.flowsheet.boxes import PORT_PITCH, Arc, Box, Parts, text_room
from mfa.show.sankey.layout.coordinates import heights
from mfa.show.sankey.layout.crossings import arrange
from mfa.show.sankey.layout.layered_graph import Edge, LayeredGraph, Segment, build, ports
from mfa.show.sankey.layout.layering import back_arcs
from mfa.show.sankey.layout.linear_programs import TIME_LIMIT

GAP, SLANT, WIDEST_GAP = 34.0, 0.16, 150.0  # points between columns: least, more for each point of rise, most
TURN, NEXT_TURN = 10.0, 4.0  # points that a U-turn stands out, and each further one
ROUND = 4 / 3  # a cubic whose control points lie so far out reaches 3/4 of it: exactly `reach`
WIDEST_PITCH = {
    "process": 26.0,
    "pool": 14.0,
    "stock": 14.0,
}  # points between arcs at a box
BETWEEN = 26.0  # points between parts that share no arc
SHAPE = 1.4  # width over height of the page that parts are packed on: a sheet of A4 lying
MARGIN = 14.0  # points

Point = tuple[float, float]


class Piece(NamedTuple):
    """A step of a path: a line to its last point, or with three points a cubic curve."""

    points: tuple[Point, ...]


@dataclass(frozen=True)
class Placed:
    """A box with its left upper corner and its size."""

    box: Box
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Line:
    """An arc as drawn: its path, and the end of its text on the side of the process.

    `text_right` is the right end of the text (at an input), else its left end is meant.
    `arrow` is the middle of the lane of a recycle, which runs to the left.
    """

    arc: Arc
    start: Point
    pieces: tuple[Piece, ...]
    text: Point | None
    text_right: bool
    back: bool
    arrow: Point | None


@dataclass(frozen=True)
class Drawing:
    """All that is drawn, and its size."""

    boxes: tuple[Placed, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


def layout(parts: Parts) -> Drawing:
    """The places of all boxes and the paths of all arcs; parts that share no arc are packed on a page."""
    graph = nx.Graph()
    graph.add_nodes_from(box.id for box in parts.boxes)
    graph.add_edges_from((a.source, a.target) for a in parts.arcs)
    drawings = []
    for members in nx.connected_components(graph):
        boxes = tuple(b for b in parts.boxes if b.id in members)
        arcs = tuple(a for a in parts.arcs if a.source in members)
        drawings.append(_component(Parts(boxes, arcs)))
    return _packed(drawings)


def _component(parts: Parts) -> Drawing:
    """The drawing of boxes that hang together."""
    if not parts.arcs:
        (box,) = parts.boxes
        return Drawing((Placed(box, 0.0, 0.0, box.width, box.height(0)),), (), box.width, box.height(0))
    roles = {box.id: box.role for box in parts.boxes}
    layer, back = layers(parts.arcs, roles)
    index = {box.id: i for i, box in enumerate(parts.boxes)}
    edges = [
        Edge(index[a.source], index[a.target], (), (1.0,), (a.source, a.target) in back) for a in parts.arcs
    ]
    tall = [box.height(_busier(box.id, parts.arcs)) for box in parts.boxes]
    grid = build([layer[box.id] for box in parts.boxes], tall, edges)
    rows = arrange(grid)
    offsets = _ports(grid, rows, parts.boxes)
    y = heights(grid, rows, offsets, tall).tolist()
    return _drawn(_Plan(parts, grid, offsets, y))


def _busier(box: str, arcs: Sequence[Arc]) -> int:
    """How many arcs meet the side of a box that more of them meet."""
    return max(sum(a.source == box for a in arcs), sum(a.target == box for a in arcs))


def _ports(
    grid: LayeredGraph, rows: Sequence[Sequence[int]], boxes: Sequence[Box]
) -> dict[tuple[int, int, bool], float]:
    """Where arcs meet their boxes, evenly spaced: (box, edge, right side) → offset from its middle."""
    sides: dict[tuple[int, bool], list[tuple[float, int]]] = {}
    for (box, edge, right), offset in ports(grid, rows).items():
        sides.setdefault((box, right), []).append((offset, edge))
    found = {}
    for (box, right), met in sides.items():
        role = boxes[box].role
        pitch = min(WIDEST_PITCH[role], grid.height[box] / (len(met) + 1))
        pitch = max(pitch, PORT_PITCH[role] if len(met) > 1 else 0.0)
        lower = 3.0 if role == "process" else 0.0  # texts stand above their lines
        for i, (_, edge) in enumerate(sorted(met)):
            found[box, edge, right] = (i - (len(met) - 1) / 2) * pitch + lower
    return found


class _Plan(NamedTuple):
    """A component whose heights are known."""

    parts: Parts
    grid: LayeredGraph
    offsets: Mapping[tuple[int, int, bool], float]
    y: list[float]

    def port(self, box: int, edge: int, right: bool) -> float:
        """The height at which an edge meets a box."""
        return self.y[box] + self.offsets[box, edge, right]


class _Columns(NamedTuple):
    """Left and right end of each column, where its boxes begin, how wide they are; the U-turns."""

    left: list[float]
    right: list[float]
    inner_left: list[float]
    wide: list[float]
    reach: Mapping[tuple[int, bool], float]


def _drawn(plan: _Plan) -> Drawing:
    columns = _columns(plan)
    placed = []
    for i, box in enumerate(plan.parts.boxes):
        tall = plan.grid.height[i]
        x = columns.inner_left[plan.grid.layer[i]]
        wide = columns.wide[plan.grid.layer[i]] if box.role != "stock" else box.width
        placed.append(Placed(box, x, plan.y[i] - tall / 2, wide, tall))
    lines = [_line(plan, columns, placed, e) for e in range(len(plan.parts.arcs))]
    return _moved(Drawing(tuple(placed), tuple(lines), 0.0, 0.0), 0.0, 0.0)


def _columns(plan: _Plan) -> _Columns:
    """Columns as wide as their boxes and the texts beside them; gaps for curves and U-turns."""
    grid, boxes, arcs = plan.grid, plan.parts.boxes, plan.parts.arcs
    before, after = [0.0] * grid.columns, [0.0] * grid.columns
    wide = [0.0] * grid.columns
    for i, box in enumerate(boxes):
        wide[grid.layer[i]] = max(wide[grid.layer[i]], box.width)
    for edge, arc in zip(grid.edges, arcs, strict=True):
        for end, sides in ((edge.target, before), (edge.source, after)):
            if boxes[end].role != "pool":
                sides[grid.layer[end]] = max(sides[grid.layer[end]], text_room(arc))
    reach, turned = _reaches(plan)
    left, right, inner = [0.0], [], []
    for c in range(grid.columns):
        inner.append(left[c] + before[c])
        right.append(inner[c] + wide[c] + after[c])
        rise = max((_rise(plan, s) for s in grid.segments if grid.layer[s.left] == c), default=0.0)
        gap = min(GAP + SLANT * rise, WIDEST_GAP)
        left.append(right[c] + max(gap, turned.get((c, True), 0.0) + turned.get((c + 1, False), 0.0) + 8.0))
    return _Columns(left, right, inner, wide, reach)


def _rise(plan: _Plan, segment: Segment) -> float:
    """How far a segment climbs between two columns."""
    ends = ((segment.left, True), (segment.right, False))
    y0, y1 = (plan.port(at, segment.edge, right) if at < plan.grid.real else plan.y[at] for at, right in ends)
    return abs(y1 - y0)


def _reaches(plan: _Plan) -> tuple[dict[tuple[int, bool], float], dict[tuple[int, bool], float]]:
    """How far each U-turn stands out, short ones inside long ones; and the farthest a column side."""
    sides: dict[tuple[int, bool], list[tuple[float, int]]] = {}
    for turn in plan.grid.turns:
        span = abs(plan.y[turn.lane] - plan.port(turn.node, turn.edge, turn.right))
        sides.setdefault((plan.grid.layer[turn.node], turn.right), []).append((span, turn.edge))
    reach, most = {}, {}
    for (column, right), turns in sides.items():
        for k, (_, edge) in enumerate(sorted(turns)):
            reach[edge, right] = TURN + NEXT_TURN * k
        most[column, right] = TURN + NEXT_TURN * (len(turns) - 1)
    return reach, most


def _line(plan: _Plan, columns: _Columns, placed: Sequence[Placed], number: int) -> Line:
    """The path of an arc, with the place of its text."""
    grid, arc, edge = plan.grid, plan.parts.arcs[number], plan.grid.edges[number]
    source, target = placed[edge.source], placed[edge.target]
    y0, y1 = plan.port(edge.source, number, True), plan.port(edge.target, number, False)
    start, end = (source.x + source.width, y0), (target.x, y1)
    a, b = grid.layer[edge.source], grid.layer[edge.target]
    path = [Piece(((columns.right[a], y0),))]
    arrow = None
    if edge.back:
        lanes = [plan.y[place] for place in grid.chains[number]]
        path.append(_turn((columns.right[a], y0), lanes[0], columns.reach[number, True]))
        for k, c in enumerate(range(a, b - 1, -1)):
            if k:
                path.append(_curve((columns.left[c + 1], lanes[k - 1]), (columns.right[c], lanes[k])))
            path.append(Piece(((columns.left[c], lanes[k]),)))
        path.append(_turn((columns.left[b], lanes[-1]), y1, -columns.reach[number, False]))
        middle = len(lanes) // 2
        arrow = ((columns.left[a - middle] + columns.right[a - middle]) / 2, lanes[middle])
    else:
        y = y0
        for c, place in zip(range(a + 1, b), grid.chains[number], strict=True):
            path.append(_curve((columns.right[c - 1], y), (columns.left[c], plan.y[place])))
            y = plan.y[place]
            path.append(Piece(((columns.right[c], y),)))
        path.append(_curve((columns.right[b - 1], y), (columns.left[b], y1)))
    path.append(Piece((end,)))
    at_end = target.box.role != "pool"
    text = (end[0] - 7.0, y1) if at_end else (start[0] + 3.0, y0)
    return Line(arc, start, tuple(path), text if arc.text else None, at_end, edge.back, arrow)


def _curve(a: Point, b: Point) -> Piece:
    """From one column to the next, level at both ends."""
    middle = (a[0] + b[0]) / 2
    return Piece(((middle, a[1]), (middle, b[1]), b))


def _turn(a: Point, y: float, reach: float) -> Piece:
    """Out by `reach` and back at another height."""
    out = a[0] + ROUND * reach
    return Piece(((out, a[1]), (out, y), (a[0], y)))


def _moved(drawing: Drawing, x: float, y: float) -> Drawing:
    """The drawing with its left upper corner at (x, y); its size made from what it holds."""
    low_x, low_y, high_x, high_y = _extent(drawing)
    by_x, by_y = x - low_x, y - low_y
    boxes = tuple(replace(p, x=p.x + by_x, y=p.y + by_y) for p in drawing.boxes)
    lines = tuple(_line_moved(line, by_x, by_y) for line in drawing.lines)
    return Drawing(boxes, lines, high_x - low_x, high_y - low_y)


def _extent(drawing: Drawing) -> tuple[float, float, float, float]:
    points = [(p.x, p.y) for p in drawing.boxes]
    points += [(p.x + p.width, p.y + p.height) for p in drawing.boxes]
    points += [point for line in drawing.lines for piece in line.pieces for point in piece.points]
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _line_moved(line: Line, x: float, y: float) -> Line:
    def moved(point: Point) -> Point:
        return point[0] + x, point[1] + y

    return replace(
        line,
        start=moved(line.start),
        pieces=tuple(Piece(tuple(map(moved, piece.points))) for piece in line.pieces),
        text=moved(line.text) if line.text else None,
        arrow=moved(line.arrow) if line.arrow else None,
    )


def _packed(drawings: Sequence[Drawing]) -> Drawing:
    """Drawings side by side on one page, the largest first, each as high up as it finds room."""
    ranked = sorted(drawings, key=lambda d: (-d.width * d.height, d.boxes[0].box.id))
    area = sum((d.width + BETWEEN) * (d.height + BETWEEN) for d in ranked)
    page = max([(SHAPE * area) ** 0.5, *(d.width for d in ranked)])
    taken: list[tuple[float, float, float, float]] = []
    boxes: list[Placed] = []
    lines: list[Line] = []
    for drawing in ranked:
        x, y = _room(taken, drawing, page)
        taken.append((x, y, x + drawing.width + BETWEEN, y + drawing.height + BETWEEN))
        moved = _moved(drawing, x + MARGIN, y + MARGIN)
        boxes += moved.boxes
        lines += moved.lines
    wide, tall = max(r[2] for r in taken), max(r[3] for r in taken)
    return Drawing(tuple(boxes), tuple(lines), wide - BETWEEN + 2 * MARGIN, tall - BETWEEN + 2 * MARGIN)


def _room(taken: Sequence[tuple[float, float, float, float]], drawing: Drawing, page: float) -> Point:
    """The highest free place on the page, the leftmost of these."""
    wide, tall = drawing.width, drawing.height
    xs = sorted({0.0, *(r[2] for r in taken)})
    ys = sorted({0.0, *(r[3] for r in taken)})
    for y in ys:
        for x in xs:
            right, low = x + wide + BETWEEN, y + tall + BETWEEN
            free = all(right <= r[0] or x >= r[2] or low <= r[1] or y >= r[3] for r in taken)
            if free and (x + wide <= page or x == 0.0):
                return x, y
    return 0.0, ys[-1]


MAIN, ALONG, ASIDE = 8.0, 3.0, 1.0
"""What it costs to turn an arc back: a main product, an intermediate or product, anything else."""

FORWARD = {"intermediate", "product"}
LEFTWARDS = 1e-4  # so that what nothing else holds has one place; far below every other weight


def weights(arcs: Sequence[Arc]) -> dict[tuple[str, str], float]:
    """How much each arc should run from left to right."""
    return {(a.source, a.target): MAIN if a.main else ALONG if a.kind in FORWARD else ASIDE for a in arcs}


def layers(arcs: Sequence[Arc], roles: Mapping[str, str]) -> tuple[dict[str, int], set[tuple[str, str]]]:
    """The layer of each box, from 0, and the arcs that turn back; there is at least one arc.

    Least is the weighed length of all arcs. With a process in layer 2r and a pool in layer
    2r + 1 both r are whole numbers that differ by at least 0 or 1 along an arc, so the
    programme is totally unimodular.
    """
    weight = weights(arcs)
    back = back_arcs(weight)
    index = {box: i for i, box in enumerate(roles)}
    cost = np.full(len(index), LEFTWARDS)
    rows, least = [], []
    for (source, target), pull in weight.items():
        turned = (source, target) in back
        row = np.zeros(len(index))
        row[index[source]], row[index[target]] = (1.0, -1.0) if not turned else (-1.0, 1.0)
        cost -= pull * row
        if not turned:
            rows.append(row)
            least.append(-float(roles[source] == "pool"))
    answer = linprog(cost, A_ub=np.array(rows), b_ub=least, options={"time_limit": TIME_LIMIT})
    if not answer.success or answer.x is None:
        raise Failure(f"no layout found: {answer.message}")
    ranks = zip(roles, answer.x.tolist(), strict=True)
    found = {box: 2 * round(rank) + (roles[box] == "pool") for box, rank in ranks}
    first = min(found.values())
    return {box: layer - first for box, layer in found.items()}, back
