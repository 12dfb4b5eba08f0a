"""Where columns stand and along which path each edge runs between them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mfa.show.sankey.pipes import Corner, bend
from mfa.show.sankey.shapes import Box
from mfa.show.sankey.tracks import Rise, Track, channel, settled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfa.show.sankey.grid import Grid, Segment, Turn

BAR = 12.0
INSIDE = 5.0
NEST_GAP = 3.0
LABEL_GAP = 5.0
LEAST_GAP = 56.0
STEEP = 0.6
WIDEST_STEEP = 150.0
SLIM_TURN = 22.0
ROUNDEST = 1.43
LEVEL = 0.05


@dataclass(frozen=True)
class Placed:
    """A grid with its order, ports and heights settled; what routes are made from."""

    grid: Grid
    rows: Sequence[Sequence[int]]
    port: Mapping[tuple[int, int, bool], float]
    y: NDArray[np.float64]

    def end(self, node: int, edge: int, right: bool) -> float:
        """The height at which an edge meets a node or passes a place."""
        return float(self.y[node]) + self.port.get((node, edge, right), 0.0)


def reaches(placed: Placed) -> dict[Turn, float]:
    """How far the middle of each U-turn stands out from its column; nested ones further out."""
    found: dict[Turn, float] = {}
    spans: dict[tuple[int, bool], list[tuple[float, float, float]]] = {}
    for turn in sorted(placed.grid.turns, key=lambda t: (np.ptp(_span(placed, t)), t.edge, t.right)):
        width = placed.grid.edges[turn.edge].width
        low, high = _span(placed, turn)
        side = spans.setdefault((placed.grid.layer[turn.node], turn.right), [])
        met = [out for a, b, out in side if a < high + width / 2 and low - width / 2 < b]
        reach = max([INSIDE, *(out + NEST_GAP for out in met)]) + width / 2
        side.append((low - width / 2, high + width / 2, reach + width / 2))
        found[turn] = reach
    return found


def label_starts(placed: Placed, reach: Mapping[Turn, float], tall: Sequence[float]) -> list[float]:
    """How far from its bar each node's label starts: beyond slim U-turns beside it, over broad ones."""
    starts = [LABEL_GAP] * placed.grid.real
    for turn, out in reach.items():
        low, high = _span(placed, turn)
        half = placed.grid.edges[turn.edge].width / 2
        beside = low - half < placed.y[turn.node] + tall[turn.node] / 2
        beside = beside and placed.y[turn.node] - tall[turn.node] / 2 < high + half
        if turn.right and beside and out + half < SLIM_TURN:
            starts[turn.node] = max(starts[turn.node], out + half + LABEL_GAP)
    return starts


def _span(placed: Placed, turn: Turn) -> tuple[float, float]:
    """The upper and lower middle of a U-turn."""
    low, high = sorted((float(placed.y[turn.lane]), placed.end(turn.node, turn.edge, turn.right)))
    return low, high


class Floor(NamedTuple):
    """The left edge of each column, and the track of each segment that does not bend over its whole gap."""

    x: list[float]
    tracks: dict[tuple[int, int], Track]


def floor(placed: Placed, reach: Mapping[Turn, float], text: Sequence[tuple[bool, Box]]) -> Floor:
    """Columns and tracks: gaps as wide as bands, U-turns and labels want them.

    `text` has, for every node, whether its label stands left of it, and where, were
    its column at 0.
    """
    grid = placed.grid
    x, tracks = [0.0], {}
    inside: list[list[Segment]] = [[] for _ in range(grid.columns)]
    for segment in grid.segments:
        inside[grid.layer[segment.left]].append(segment)
    turns = _turn_rooms(placed, reach)
    for column in range(grid.columns - 1):
        bent = [(segment, rise) for segment in inside[column] if (rise := _rise(placed, segment))]
        rises = [rise for _, rise in bent]
        lane = channel(rises)
        gap = max(LEAST_GAP, turns[column], lane.width + 2 * INSIDE, _label_gap(placed, column, text))
        gap = max([gap, *map(_bend_room, rises, lane.tracks)])
        lane = settled(lane.moved(INSIDE), rises, gap - 2 * INSIDE, _labels(placed, column, text, gap))
        left = x[-1] + BAR
        for (segment, _), track in zip(bent, lane.tracks, strict=True):
            if track:
                tracks[segment.left, segment.right] = Track(left + track.start, left + track.stop)
        x.append(left + gap)
    return Floor(x, tracks)


def _turn_rooms(placed: Placed, reach: Mapping[Turn, float]) -> list[float]:
    """The room that U-turns need in each gap, those of its left and those of its right column."""
    columns = placed.grid.columns
    out, into = [0.0] * columns, [0.0] * (columns + 1)
    for turn, far in reach.items():
        side = out if turn.right else into
        column = placed.grid.layer[turn.node]
        side[column] = max(side[column], far + placed.grid.edges[turn.edge].width / 2)
    return [a + b + 2 * INSIDE for a, b in zip(out, into[1:], strict=True)]


def _rise(placed: Placed, segment: Segment) -> Rise | None:
    """How a segment changes height; none if it is level."""
    left, right = placed.end(segment.left, segment.edge, True), placed.end(segment.right, segment.edge, False)
    return Rise(left, right, placed.grid.edges[segment.edge].width) if abs(right - left) > LEVEL else None


def _bend_room(rise: Rise, track: Track | None) -> float:
    """The gap that a bend wants which may use all of it: no narrower inside, no needless steepness."""
    if track:
        return 0.0
    width, tall = rise.width, abs(rise.right - rise.left)
    least = math.sqrt(2.4 * width * tall - tall * tall) if tall < 1.2 * width else ROUNDEST * width
    return max(least, 1.05 * width + 2 * INSIDE, min(STEEP * (width + tall), WIDEST_STEEP))


def _labels(placed: Placed, column: int, text: Sequence[tuple[bool, Box]], gap: float) -> list[Box]:
    """The labels that stand in a gap, measured from its left side."""
    layer = placed.grid.layer
    return [
        box.moved(gap if left else -BAR, 0.0)
        for i, (left, box) in enumerate(text)
        if layer[i] == (column + 1 if left else column)
    ]


def _label_gap(placed: Placed, column: int, text: Sequence[tuple[bool, Box]]) -> float:
    """Room for the labels to the right of a column, and for those to the left of the next beside them."""
    layer = placed.grid.layer
    right = [box for i, (left, box) in enumerate(text) if not left and layer[i] == column]
    left = [box for i, (left, box) in enumerate(text) if left and layer[i] == column + 1]
    out, into = [box.x1 - BAR for box in right], [-box.x0 for box in left]
    alone = max([*out, *into], default=0.0)
    facing = [
        a + b
        for a, upper in zip(out, right, strict=True)
        for b, lower in zip(into, left, strict=True)
        if upper.y0 < lower.y1 and lower.y0 < upper.y1
    ]
    return LABEL_GAP + max([alone, *facing])


def path(placed: Placed, edge: int, floor: Floor, reach: Mapping[Turn, float]) -> list[Corner]:
    """The middle of an edge from its source to its target."""
    if placed.grid.edges[edge].back:
        return _back_path(placed, edge, floor, reach)
    grid, it, x = placed.grid, placed.grid.edges[edge], floor.x
    stops = [it.source, *grid.chains[edge], it.target]
    points = [Corner(x[grid.layer[it.source]] + BAR, placed.end(it.source, edge, True))]
    for a, b in pairwise(stops):
        start, stop = floor.tracks.get((a, b), (x[grid.layer[a]] + BAR, x[grid.layer[b]]))
        points += bend(start, placed.end(a, edge, True), stop, placed.end(b, edge, False))
    return [*points, Corner(x[grid.layer[it.target]], placed.end(it.target, edge, False))]


def _back_path(placed: Placed, edge: int, floor: Floor, reach: Mapping[Turn, float]) -> list[Corner]:
    """Out of the source, round into the lane, back along it, and round into the target."""
    grid, x, y = placed.grid, floor.x, placed.y
    chain = grid.chains[edge]
    out, into = (turn for turn in grid.turns if turn.edge == edge)
    first = x[grid.layer[out.node]] + BAR
    last = x[grid.layer[into.node]]
    start, end = placed.end(out.node, edge, True), placed.end(into.node, edge, False)
    points = [Corner(first, start), *_corners(first + reach[out], start, float(y[chain[0]]), reach[out])]
    for a, b in pairwise(chain):
        stop, begin = floor.tracks.get((b, a), (x[grid.layer[b]] + BAR, x[grid.layer[a]]))
        points += bend(begin, float(y[a]), stop, float(y[b]))
    points += _corners(last - reach[into], float(y[chain[-1]]), end, reach[into])
    return [*points, Corner(last, end)]


def _corners(x: float, y0: float, y1: float, reach: float) -> list[Corner]:
    """The two quarter bends of a U-turn whose upright part stands at `x`."""
    radius = min(abs(y1 - y0) / 2, reach)
    return [Corner(x, y0, radius), Corner(x, y1, radius)]
