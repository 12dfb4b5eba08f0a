"""Bands of constant width along a path with rounded corners."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from mfa.show.sankey.shapes import Command

Point = tuple[float, float]


class Corner(NamedTuple):
    """A point of a path and the radius of the bend there; the ends have radius 0."""

    x: float
    y: float
    radius: float = 0.0


class _Piece(NamedTuple):
    """A step of one side of a band: the points of a line (one) or of a cubic curve (three)."""

    start: Point
    rest: tuple[Point, ...]


def bend(x0: float, y0: float, x1: float, y1: float) -> list[Corner]:
    """The two corners of an S from (x0, y0) to (x1, y1), level at both ends, as round as fits."""
    run, rise = x1 - x0, y1 - y0
    if abs(rise) < 0.05:
        return []
    reach = math.copysign(min((run * run + rise * rise) / (4 * abs(run)), 0.42 * abs(run)), run)
    angle = math.atan2(abs(rise), abs(run - 2 * reach))
    radius = abs(reach) / math.tan(angle / 2)
    return [Corner(x0 + reach, y0, radius), Corner(x1 - reach, y1, radius)]


def outline(path: Sequence[Corner], offset: float, width: float) -> tuple[Point, tuple[Command, ...]]:
    """The closed outline of a band beside a path.

    Parameters
    ----------
    path
        The middle of the whole edge, from source to target.
    offset
        How far the band's middle lies to the right of the path, seen in its direction.
    width
        The width of the band.
    """
    one = _side(path, offset - width / 2)
    two = _reverse(_side(path, offset + width / 2))
    commands = [piece.rest for piece in one]
    commands.append((two[0].start,))
    commands += [piece.rest for piece in two]
    flat = tuple(tuple(value for point in rest for value in point) for rest in commands)
    return one[0].start, flat


def samples(path: Sequence[Corner], offset: float = 0.0) -> list[Point]:
    """Points along the line at `offset` from the path, close enough to measure by."""
    points = []
    for piece in _side(path, offset):
        points.append(piece.start)
        if len(piece.rest) == 3:
            points += [_cubic(piece, i / 8) for i in range(1, 8)]
        points.append(piece.rest[-1])
    return points


def _cubic(piece: _Piece, t: float) -> Point:
    """The point of a cubic curve at `t` between 0 and 1."""
    factors = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    x, y = (sum(f * p[i] for f, p in zip(factors, (piece.start, *piece.rest), strict=True)) for i in (0, 1))
    return x, y


def _side(path: Sequence[Corner], offset: float) -> list[_Piece]:
    """A line at constant distance to the right of the path (left when negative)."""
    at = _shift(path[0], _heading(path[0], path[1]), offset)
    pieces: list[_Piece] = []
    for before, corner, after in zip(path, path[1:], path[2:], strict=False):
        start, *rest = _arc(before, corner, after, offset)
        if math.dist(at, start) > 0.01:
            pieces.append(_Piece(at, (start,)))
        pieces.append(_Piece(start, tuple(rest)))
        at = rest[-1]
    end = _shift(path[-1], _heading(path[-2], path[-1]), offset)
    if math.dist(at, end) > 0.01 or not pieces:
        pieces.append(_Piece(at, (end,)))
    return pieces


def _arc(before: Corner, corner: Corner, after: Corner, offset: float) -> list[Point]:
    """The cubic that stands for the arc at a corner, moved sideways by `offset`."""
    first, second = _heading(before, corner), _heading(corner, after)
    turn = math.atan2(
        first[0] * second[1] - first[1] * second[0], first[0] * second[0] + first[1] * second[1]
    )
    tangent = corner.radius * math.tan(abs(turn) / 2)
    radius = max(corner.radius - (offset if turn > 0 else -offset), 0.0)
    start = _shift(Corner(corner.x - first[0] * tangent, corner.y - first[1] * tangent), first, offset)
    end = _shift(Corner(corner.x + second[0] * tangent, corner.y + second[1] * tangent), second, offset)
    arm = radius * 4 / 3 * math.tan(abs(turn) / 4)
    return [
        start,
        (start[0] + first[0] * arm, start[1] + first[1] * arm),
        (end[0] - second[0] * arm, end[1] - second[1] * arm),
        end,
    ]


def _heading(a: Corner, b: Corner) -> Point:
    """The direction from a to b, of length one."""
    length = math.dist((a.x, a.y), (b.x, b.y)) or 1.0
    return (b.x - a.x) / length, (b.y - a.y) / length


def _shift(point: Corner, heading: Point, offset: float) -> Point:
    """A point moved to the right of a heading; `y` grows downwards."""
    return point.x - heading[1] * offset, point.y + heading[0] * offset


def _reverse(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The same side walked back."""
    return [_Piece(piece.rest[-1], (*piece.rest[-2::-1], piece.start)) for piece in reversed(pieces)]
