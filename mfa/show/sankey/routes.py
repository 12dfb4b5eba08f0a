"""Where columns stand and along which path each edge runs between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from mfa.show.sankey.pipes import Corner, bend
from mfa.show.sankey.shapes import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfa.show.sankey.grid import Grid, Turn

BAR = 12.0
INSIDE = 5.0
NEST_GAP = 3.0
LABEL_GAP = 5.0
LEAST_GAP = 56.0
STEEP = 0.6
WIDEST_STEEP = 150.0
SLIM_TURN = 22.0


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


def columns(placed: Placed, reach: Mapping[Turn, float], text: Sequence[tuple[bool, Box]]) -> list[float]:
    """The left edge of each column: gaps as wide as bands, U-turns and labels want them.

    `text` has, for every node, whether its label stands left of it, and where, were
    its column at 0.
    """
    grid, x = placed.grid, [0.0]
    for column in range(grid.columns - 1):
        outs = [
            reach[t] + grid.edges[t.edge].width / 2
            for t in grid.turns
            if t.right and grid.layer[t.node] == column
        ]
        ins = [
            reach[t] + grid.edges[t.edge].width / 2
            for t in grid.turns
            if not t.right and grid.layer[t.node] == column + 1
        ]
        turns = max(outs, default=0.0) + max(ins, default=0.0) + 2 * INSIDE
        gap = max(LEAST_GAP, turns, _band_gap(placed, column), _label_gap(placed, column, text))
        x.append(x[-1] + BAR + gap)
    return x


def _band_gap(placed: Placed, column: int) -> float:
    """Room for the bends of a gap: no band narrower inside its bend, no needless steepness."""
    gap = 0.0
    for segment in placed.grid.segments:
        if placed.grid.layer[segment.left] == column:
            width = placed.grid.edges[segment.edge].width
            rise = abs(
                placed.end(segment.left, segment.edge, True) - placed.end(segment.right, segment.edge, False)
            )
            if rise > 0.05:
                gap = max(gap, 1.05 * width + 2 * INSIDE, min(STEEP * (width + rise), WIDEST_STEEP))
    return gap


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


def path(placed: Placed, edge: int, x: Sequence[float], reach: Mapping[Turn, float]) -> list[Corner]:
    """The middle of an edge from its source to its target."""
    if placed.grid.edges[edge].back:
        return _back_path(placed, edge, x, reach)
    grid, it = placed.grid, placed.grid.edges[edge]
    stops = [it.source, *grid.chains[edge], it.target]
    points = [Corner(x[grid.layer[it.source]] + BAR, placed.end(it.source, edge, True))]
    for a, b in pairwise(stops):
        right, left = x[grid.layer[a]] + BAR, x[grid.layer[b]]
        points += bend(right, placed.end(a, edge, True), left, placed.end(b, edge, False))
    return [*points, Corner(x[grid.layer[it.target]], placed.end(it.target, edge, False))]


def _back_path(placed: Placed, edge: int, x: Sequence[float], reach: Mapping[Turn, float]) -> list[Corner]:
    """Out of the source, round into the lane, back along it, and round into the target."""
    grid, y = placed.grid, placed.y
    chain = grid.chains[edge]
    out, into = (turn for turn in grid.turns if turn.edge == edge)
    first = x[grid.layer[out.node]] + BAR
    last = x[grid.layer[into.node]]
    start, end = placed.end(out.node, edge, True), placed.end(into.node, edge, False)
    points = [Corner(first, start), *_corners(first + reach[out], start, float(y[chain[0]]), reach[out])]
    for a, b in pairwise(chain):
        points += bend(x[grid.layer[a]], float(y[a]), x[grid.layer[b]] + BAR, float(y[b]))
    points += _corners(last - reach[into], float(y[chain[-1]]), end, reach[into])
    return [*points, Corner(last, end)]


def _corners(x: float, y0: float, y1: float, reach: float) -> list[Corner]:
    """The two quarter bends of a U-turn whose upright part stands at `x`."""
    radius = min(abs(y1 - y0) / 2, reach)
    return [Corner(x, y0, radius), Corner(x, y1, radius)]
