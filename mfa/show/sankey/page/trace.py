"""The middle of a drawn band, found again from its outline: a page sends a third of the numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from mfa.show.sankey.geometry import Band, Command

Point = tuple[float, float]


class Bend(NamedTuple):
    """A corner of a path, and how far from it on either side its arc begins and ends; 0 at the ends."""

    x: float
    y: float
    cut: float


def trace(band: Band) -> list[Bend]:
    """The path of a band's middle, from source to target.

    An outline is one side, a line across the end, and the other side walked back;
    both sides have the same steps, so the middle lies halfway between them.
    """
    half = len(band.outline) // 2
    across = band.outline[half]
    one = _steps(band.start, band.outline[:half])
    two = [step[::-1] for step in _steps((across[0], across[1]), band.outline[half + 1 :])[::-1]]
    middle = [[_halfway(p, q) for p, q in zip(a, b, strict=True)] for a, b in zip(one, two, strict=True)]
    first, last = middle[0][0], middle[-1][-1]
    return [Bend(*first, 0.0), *(_corner(step) for step in middle if len(step) == 4), Bend(*last, 0.0)]


def offset(band: Band, other: Band) -> float:
    """How far `band` lies to the right of `other`, seen in their direction; both share one path."""
    (x0, y0, _), (x1, y1, _), *_ = trace(other)
    x, y, _ = trace(band)[0]
    length = math.dist((x0, y0), (x1, y1)) or 1.0
    return ((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)) / length


def _steps(at: Point, commands: Sequence[Command]) -> list[list[Point]]:
    """Each command with the point it starts from."""
    steps = []
    for command in commands:
        steps.append([at, *zip(command[::2], command[1::2], strict=True)])
        at = steps[-1][-1]
    return steps


def _halfway(p: Point, q: Point) -> Point:
    return (p[0] + q[0]) / 2, (p[1] + q[1]) / 2


def _corner(arc: Sequence[Point]) -> Bend:
    """Where the tangents at both ends of an arc meet."""
    start, leaving, arriving, end = arc
    first = math.atan2(leaving[1] - start[1], leaving[0] - start[0])
    second = math.atan2(end[1] - arriving[1], end[0] - arriving[0])
    turn = math.remainder(second - first, math.tau)
    cut = math.dist(start, end) / 2 / math.cos(turn / 2)
    return Bend(start[0] + cut * math.cos(first), start[1] + cut * math.sin(first), cut)
