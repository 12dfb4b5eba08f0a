"""Where in a gap between columns each steep band goes up or down, so that parallel ones lie apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mfa.show.sankey.curves import LEVEL, LONGEST_REACH, Corner, bend
from mfa.show.sankey.geometry import Box
from mfa.show.sankey.layout.spacing import LOOSE, Spacing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfa.show.sankey.layout.layered_graph import LayeredGraph, Segment, Turn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TRACK_STEEP = 40.0
"""Points of rise from which a band is steep and gets a track. With 20 the red-mud scenario is 4 % wider,
with 80 11 % narrower and has 13 names on bands instead of 18."""
APART = 3.0
"""Points between steep bands side by side."""
ROUND = 0.72
"""Half a track in widths of its band: the S then has ROUNDEST times the width to bend in."""
LEAST_HALF = 24.0
"""Half a track of thin bands: with 48 the shipped park is 10 % wider, with 12 its labels are crossed
4 % more."""
WIDEST = 320.0
"""Points that the tracks of a gap may take; with 640 the shipped park is 6 % wider, with 160 9 % narrower,
and the labels of the red-mud scenario are crossed 18 % more."""
PLACES = 9
"""Shifts of the tracks that are tried in a gap; 18 save less than 1 % of the crossed labels."""


class Rise(NamedTuple):
    """A band that changes height in a gap: its ends, left and right, and its width."""

    left: float
    right: float
    width: float


class Track(NamedTuple):
    """The part of a gap in which a band bends, measured from the gap's left side."""

    start: float
    stop: float


class Channel(NamedTuple):
    """The tracks of a gap (none for a band that may use all of it) and the width that they need."""

    tracks: list[Track | None]
    width: float

    def moved(self, by: float) -> Channel:
        """All tracks shifted to the right."""
        return Channel(
            [track and Track(track.start + by, track.stop + by) for track in self.tracks], self.width
        )


def channel(rises: Sequence[Rise], share: float = 1.0) -> Channel:
    """Tracks for the steep bands of a gap, and for those that run beside or across them.

    Of two that go down side by side the lower bends first, of two that go up the upper:
    so neither passes through the other. Bands that share no height share a track. `share` is
    what is left of the room that tracks of thin bands and all tracks together may take.
    """
    if not rises:
        return Channel([], 0.0)
    table = np.array(rises)
    left, right, width = table.T
    half = np.maximum(ROUND * width, share * LEAST_HALF)
    broad = _broad(table, half).tolist()
    beside = _sharing_height(table)
    down = (right > left).tolist()
    placed: dict[int, float] = {}
    turns = np.flatnonzero([bool(those) for those in beside]).tolist()
    for i in sorted(turns, key=lambda i: (down[i], -left[i] if down[i] else left[i], i)):
        first, taken = float(half[i]), []
        for j in beside[i]:
            if j in placed:
                apart = broad[i] + broad[j] + APART
                taken.append((placed[j], apart))
                if down[i] == down[j] and (left[j] < left[i]) == (right[j] < right[i]):
                    first = max(first, placed[j] + apart)
        placed[i] = _free(first, taken)
    middle = np.full(len(rises), np.nan)
    middle[list(placed)] = list(placed.values())
    used = ~np.isnan(middle)
    if not used.any():
        return Channel([None] * len(rises), 0.0)
    middle = _within(middle, half, used, share * WIDEST)
    tracks = [
        Track(float(m - h), float(m + h)) if u else None for m, h, u in zip(middle, half, used, strict=True)
    ]
    return Channel(tracks, max(track.stop for track in tracks if track))


def _sharing_height(table: Floats) -> list[list[int]]:
    """For each band those that share heights with it, one of the two being steep."""
    left, right, width = table.T
    low = np.minimum(left, right) - width / 2 - 1
    high = np.maximum(left, right) + width / 2 + 1
    steep = np.abs(right - left) > TRACK_STEEP
    shared = (low[:, None] < high) & (low < high[:, None]) & (steep[:, None] | steep)
    np.fill_diagonal(shared, False)
    return [np.flatnonzero(row).tolist() for row in shared]


def _broad(table: Floats, half: Floats) -> Floats:
    """How far each band reaches to either side where it climbs: more where it does so aslant."""
    left, right, width = table.T
    tall, run = np.abs(right - left), 2 * half
    flat = run - 2 * np.minimum((run * run + tall * tall) / (4 * run), LONGEST_REACH * run)
    found: Floats = np.minimum(width / 2 * np.hypot(tall, flat) / tall, half)
    return found


def _free(first: float, taken: Sequence[tuple[float, float]]) -> float:
    """The first place from `first` on that keeps its distance from all that are taken."""
    at = first
    for place, apart in sorted(taken, key=sum):
        if abs(place - at) < apart - 1e-9:
            at = place + apart
    return at


def _within(middle: Floats, half: Floats, used: NDArray[np.bool_], widest: float) -> Floats:
    """The tracks drawn together where they would need too much room."""
    need = float((middle + half)[used].max())
    if need <= widest:
        return middle
    start = half[used].min()
    last = float(middle[used].max())
    squeezed: Floats = np.maximum(
        start + (middle - start) * max(widest - start, 0.0) / max(last - start, 1e-9), half
    )
    return squeezed


def settled(lane: Channel, rises: Sequence[Rise], run: float, labels: Sequence[Box]) -> Channel:
    """The tracks shifted within a gap of width `run` to where they cut the fewest labels."""
    slack = run - lane.width
    if slack <= 0 or not any(lane.tracks):
        return lane
    shifts = [slack * i / (PLACES - 1) for i in range(PLACES)]
    spans = [
        ((t.start + t.stop) / 2, r.width / 2, min(r.left, r.right), max(r.left, r.right))
        for t, r in zip(lane.tracks, rises, strict=True)
        if t
    ]
    middle, half, low, high = np.array(spans).T[:, :, None]
    x0, y0, x1, y1 = np.array([(b.x0, b.y0, b.x1, b.y1) for b in labels] or [(0.0, 0.0, 0.0, 0.0)]).T
    tall = (low < y1) & (y0 < high)
    cut = [int((tall & (middle + by - half < x1) & (x0 < middle + by + half)).sum()) for by in shifts]
    best = min(range(PLACES), key=lambda i: (cut[i], abs(i - PLACES // 2), i))
    return lane.moved(shifts[best])


BAR = 12.0
"""Points that a bar is wide."""
STOCK_MORE = 3.0
"""Points that the bar of a stock stands out on either side."""
INSIDE, NEST_GAP, LABEL_GAP = 5.0, 3.0, 5.0
"""Points inside the innermost U-turn of a node, between nested ones, and before a label."""
LEAST_GAP = 56.0
"""Points between columns at least; labels want more nearly everywhere: 28 or 112 hardly change a picture."""
STEEP, WIDEST_STEEP = 0.6, 150.0
"""Gap that a bend wants, as a share of its width and rise, and at most; half or twice as much changes the
width of the shipped pictures by 1 % at most, since tracks and labels want more."""
SLIM_TURN = 22.0
"""Points up to which a U-turn stands between a bar and its label; a label starts over a broader one."""
ROUNDEST = 1.43
"""Widths of a band that its S bends in, so that the inside of the bend keeps a radius of 0.1 widths: the
middle has 0.42 · 1.43 = 0.6. Where the bends meet before, it is (run² + rise²) / (4 rise)."""


@dataclass(frozen=True)
class Placed:
    """A grid with its order, ports and heights settled; what routes are made from."""

    grid: LayeredGraph
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


def floor(
    placed: Placed,
    reach: Mapping[Turn, float],
    text: Sequence[tuple[bool, Box]],
    spacing: Spacing = LOOSE,
) -> Floor:
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
        lane = channel(rises, spacing.gaps)
        bends = (_bend_room(r, t, spacing.gaps) for r, t in zip(rises, lane.tracks, strict=True))
        gap = max([LEAST_GAP * spacing.gaps, turns[column], lane.width + 2 * INSIDE, *bends])
        labels = _reached(placed, x, text) if spacing.over else x[-1] + BAR + _label_gap(placed, column, text)
        gap = max(gap, labels - x[-1] - BAR) + spacing.more
        lane = settled(lane.moved(INSIDE), rises, gap - 2 * INSIDE, _labels(placed, column, text, gap))
        left = x[-1] + BAR
        for (segment, _), track in zip(bent, lane.tracks, strict=True):
            if track:
                tracks[segment.left, segment.right] = Track(left + track.start, left + track.stop)
        x.append(left + gap)
    return Floor(x, tracks)


def _reached(placed: Placed, x: Sequence[float], text: Sequence[tuple[bool, Box]]) -> float:
    """The least place of the next column of which no bar or label meets one of the columns before it."""
    layer, height = placed.grid.layer, placed.grid.height
    boxes = []
    for i, (_, label) in enumerate(text):
        middle, half = float(placed.y[i]), max(height[i] / 2, 1.0)
        bar = Box(-STOCK_MORE, middle - half, BAR + STOCK_MORE, middle + half)
        boxes.append((layer[i], (bar, label) if label.x1 > label.x0 else (bar,)))
    placed_before = [(box.moved(x[c], 0.0)) for c, both in boxes if c < len(x) for box in both]
    coming = [box for c, both in boxes if c == len(x) for box in both]
    before = np.array([(b.x1, b.y0, b.y1) for b in placed_before])
    after = np.array([(b.x0, b.y0, b.y1) for b in coming]).reshape(-1, 3)
    shared = (before[:, None, 1] < after[None, :, 2]) & (after[None, :, 1] < before[:, None, 2])
    needed = before[:, None, 0] - after[None, :, 0] + LABEL_GAP
    return float(needed[shared].max(initial=x[-1] + BAR))


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


def _bend_room(rise: Rise, track: Track | None, share: float = 1.0) -> float:
    """The gap that a bend wants which may use all of it: no narrower inside, no needless steepness."""
    if track:
        return 0.0
    width, tall = rise.width, abs(rise.right - rise.left)
    least = math.sqrt(2.4 * width * tall - tall * tall) if tall < 1.2 * width else ROUNDEST * width
    return max(least, 1.05 * width + 2 * INSIDE, share * min(STEEP * (width + tall), WIDEST_STEEP))


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
