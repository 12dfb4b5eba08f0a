"""Bands of constant width along a path with rounded corners."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain, pairwise
from typing import NamedTuple

Point = tuple[float, float]
Command = tuple[float, ...]
"""A step of an outline: two numbers are a line to a point, six a cubic curve."""
_Piece = tuple[Point, ...]
"""A step of one side of a band: the two points of a line, or the four of a cubic curve."""

LEVEL = 0.05
"""Points of rise up to which a band is drawn level: no screen shows them."""
LONGEST_REACH = 0.42
"""Share of an S that each of its bends takes at most; the slanted line between keeps the rest, so that the
steepest S does not lean back."""


class Corner(NamedTuple):
    """A point of a path and the radius of the bend there; the ends have radius 0."""

    x: float
    y: float
    radius: float = 0.0


class Outline(NamedTuple):
    """A closed line: from `start` along `steps`, one side of a band, its end, and the other side back."""

    start: Point
    steps: tuple[Command, ...]


class Bend(NamedTuple):
    """A corner of a path, and how far from it on either side its arc begins and ends; 0 at the ends."""

    x: float
    y: float
    cut: float


def bend(x0: float, y0: float, x1: float, y1: float) -> list[Corner]:
    """The two corners of an S from (x0, y0) to (x1, y1), level at both ends, as round as fits."""
    run, rise = x1 - x0, y1 - y0
    if abs(rise) < LEVEL:
        return []
    reach = math.copysign(min((run * run + rise * rise) / (4 * abs(run)), LONGEST_REACH * abs(run)), run)
    angle = math.atan2(abs(rise), abs(run - 2 * reach))
    radius = abs(reach) / math.tan(angle / 2)
    return [Corner(x0 + reach, y0, radius), Corner(x1 - reach, y1, radius)]


class _Turn(NamedTuple):
    """A corner: where the bend starts and ends, the headings there, its radius, 1 to the right or −1.

    `arm` is how far the control points of the curve lie from its ends, in radii.
    """

    start: Point
    end: Point
    before: Point
    after: Point
    radius: float
    way: int
    arm: float


class Pipe:
    """A path with rounded corners, along which bands run side by side."""

    def __init__(self, path: Sequence[Corner]) -> None:
        headings = [_heading(a, b) for a, b in pairwise(path)]
        self.path = tuple(path)
        self._first, self._last = headings[0], headings[-1]
        self._turns = [_turn(*each) for each in zip(path[1:-1], headings, headings[1:], strict=False)]

    def bends(self) -> list[Bend]:
        """The ends and corners of the path, and how much of the lines to a corner its arc takes."""
        middle = [
            Bend(corner.x, corner.y, math.dist(corner[:2], turn.start))
            for corner, turn in zip(self.path[1:-1], self._turns, strict=True)
        ]
        first, last = self.path[0], self.path[-1]
        return [Bend(first.x, first.y, 0.0), *middle, Bend(last.x, last.y, 0.0)]

    def outline(self, offset: float, width: float) -> Outline:
        """The closed outline of a band beside the path.

        Parameters
        ----------
        offset
            How far the band's middle lies to the right of the path, seen in its direction.
        width
            The width of the band.
        """
        one = self._side(offset - width / 2)
        two = [piece[::-1] for piece in reversed(self._side(offset + width / 2))]
        steps = [*(piece[1:] for piece in one), two[0][:1], *(piece[1:] for piece in two)]
        return Outline(one[0][0], tuple(tuple(chain.from_iterable(step)) for step in steps))

    def samples(self, offset: float = 0.0) -> list[Point]:
        """Points along the line at `offset` from the path, close enough to measure by."""
        points = []
        for piece in self._side(offset):
            points.append(piece[0])
            if len(piece) == 4:
                points += [_cubic(piece, i / 8) for i in range(1, 8)]
            points.append(piece[-1])
        return points

    def _side(self, offset: float) -> list[_Piece]:
        """A line at constant distance to the right of the path (left when negative)."""
        at = _shift(self.path[0], self._first, offset)
        pieces: list[_Piece] = []
        for turn in self._turns:
            arc = _arc(turn, offset)
            if _apart(at, arc[0]):
                pieces.append((at, arc[0]))
            pieces.append(arc)
            at = arc[-1]
        end = _shift(self.path[-1], self._last, offset)
        if _apart(at, end) or not pieces:
            pieces.append((at, end))
        return pieces


def _apart(a: Point, b: Point) -> bool:
    """Whether a line between two points is long enough to be drawn."""
    return abs(a[0] - b[0]) + abs(a[1] - b[1]) > 0.01


def _turn(corner: Corner, before: Point, after: Point) -> _Turn:
    """The bend at a corner between two headings."""
    cross = before[0] * after[1] - before[1] * after[0]
    angle = math.atan2(cross, before[0] * after[0] + before[1] * after[1])
    tangent = corner.radius * math.tan(abs(angle) / 2)
    start = corner.x - before[0] * tangent, corner.y - before[1] * tangent
    end = corner.x + after[0] * tangent, corner.y + after[1] * tangent
    arm = 4 / 3 * math.tan(abs(angle) / 4)
    return _Turn(start, end, before, after, corner.radius, 1 if angle > 0 else -1, arm)


def _arc(turn: _Turn, offset: float) -> _Piece:
    """The cubic that stands for the arc at a corner, moved sideways by `offset`."""
    (x0, y0), (x1, y1), (bx, by), (ax, ay), radius, way, arm = turn
    arm *= max(radius - way * offset, 0.0)
    x0, y0 = x0 - by * offset, y0 + bx * offset
    x1, y1 = x1 - ay * offset, y1 + ax * offset
    return (x0, y0), (x0 + bx * arm, y0 + by * arm), (x1 - ax * arm, y1 - ay * arm), (x1, y1)


def _cubic(piece: _Piece, t: float) -> Point:
    """The point of a cubic curve at `t` between 0 and 1."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = piece
    a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    return a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3


def _heading(a: Corner, b: Corner) -> Point:
    """The direction from a to b, of length one."""
    length = math.dist((a.x, a.y), (b.x, b.y)) or 1.0
    return (b.x - a.x) / length, (b.y - a.y) / length


def _shift(point: Sequence[float], heading: Point, offset: float) -> Point:
    """A point moved to the right of a heading; `y` grows downwards."""
    return point[0] - heading[1] * offset, point[1] + heading[0] * offset
