"""Newton's way to net = b + F·level(net): full steps, halved ones, and the path where they do not arrive."""

from __future__ import annotations

import numpy as np

from mfa.engine import linear
from mfa.engine.equations import GOOD, Equations, Point
from mfa.engine.network import Floats
from mfa.engine.path_following import follow

STEPS = 30  # what settles takes fewer than ten, what needs more goes round; 15 and 60 answer alike
PACE = 5  # so many steps separate pieces that settle everywhere from those that settle pool by pool
HALVINGS = 12  # down to 1/4096 of a step; what still does not fall is left to the path
POLISHED = 12  # steps; ten orders of magnitude between the pools of a block took up to six
NEAR = 1e-6  # of the largest net: a longer step would leave the answer
FALLEN = 1 - 1e-4  # a residual below this share of the last one has fallen


def newton(equations: Equations, point: Point) -> tuple[Point, int]:
    """Full steps; stops when balanced, after STEPS, or when hardly any pool comes into balance."""
    open_pools: list[int] = []
    for step in range(STEPS):
        open_pools.append(int(np.count_nonzero(equations.error(point) > GOOD)))
        if not open_pools[-1] or _hopeless(open_pools):
            return point, step
        move = _move(equations, point)
        if move is None:
            return point, step
        point = equations.at(point.net + move)
    return point, STEPS


def _hopeless(open_pools: list[int]) -> bool:
    """Whether PACE steps have not even halved the number of open pools."""
    return len(open_pools) > PACE and 2 * open_pools[-1] > open_pools[-1 - PACE]


def _move(equations: Equations, point: Point) -> Floats | None:
    """The step that would balance all pools on the present piece; None where there is none."""
    try:
        return linear.solve(equations.wiring.pattern.plan, equations.slopes(point.net), point.residual)
    except linear.Singular:
        return None


def solve_block(equations: Equations, size: int, unsure: bool) -> tuple[Floats, int, int]:
    """The nets of a block's own pools, which are the first of its network.

    Parameters
    ----------
    size : number of the block's own pools
    unsure : its answer is the end of its path; else any method may be used

    Returns
    -------
    net : (size,)
    steps, pieces : Newton steps, pieces of the path

    Raises
    ------
    GainError
        a recycle of gain >= 1 is reached
    LostError
        the path did not arrive
    """
    point, steps, pieces = equations.at(equations.b), 0, 0
    if not unsure:
        point, steps = newton(equations, point)
        if np.max(equations.error(point)) > GOOD:
            point, more = _damped(equations, point)
            steps += more
    if unsure or np.max(equations.error(point)) > GOOD:
        rest = np.append(np.zeros(size), equations.b[size:])
        net, pieces = follow(equations, np.arange(size), equations.at(rest).residual[:size], rest)
        point = _polished(equations, equations.at(np.append(net, equations.b[size:])))
    return point.net[:size], steps, pieces


def _polished(equations: Equations, point: Point) -> Point:
    """The end of a path without the rounding of the way, in pools that are small beside others too.

    These settle one after another, each from the rounding of those before it, so that the worst
    error may rise on the way; the best point counts.
    """
    best, least = point, float(np.max(point.error()))
    for _ in range(POLISHED):
        move = _move(equations, point)
        if move is None or np.max(np.abs(move)) > NEAR * np.max(np.abs(point.net)):
            break
        point = equations.at(point.net + move)
        error = float(np.max(point.error()))
        if error >= least and least <= GOOD:
            break
        if error < least:
            best, least = point, error
    return best


def _damped(equations: Equations, point: Point) -> tuple[Point, int]:
    """Steps halved until the residual falls; ends on a piece seen twice or a residual that stays."""
    seen: set[bytes] = set()
    for step in range(STEPS):
        key = np.round(equations.slopes(point.net), 12).tobytes()
        if np.max(equations.error(point)) <= GOOD or key in seen:
            return point, step
        seen.add(key)
        better = _halved(equations, point)
        if better is None:
            return point, step
        point = better
    return point, STEPS


def _halved(equations: Equations, point: Point) -> Point | None:
    """A step, halved until the residual falls; None if it does not."""
    move = _move(equations, point)
    if move is None:
        return None
    size = float(np.max(np.abs(point.residual)))
    for _ in range(HALVINGS):
        tried = equations.at(point.net + move)
        if float(np.max(np.abs(tried.residual))) < size * FALLEN:
            return tried
        move = move / 2
    return None
