"""One solve: net = b + F·level(net), by Newton where the answer is unique, else by the path.

Newton on all pools at once is tried first. Its end is the answer where a certificate
shows that there is only one: the spectral radius of the matrix of the largest absolute
slopes is below 1. Blocks without certificate, and all that moves them, follow the path;
blocks on which Newton cycles go on alone, with step halving, then by the path.
"""

from __future__ import annotations

import numpy as np

from mfa.engine import linear
from mfa.engine.model import Equations, Point
from mfa.engine.network import Bools, Floats, Ints, Structure, Values
from mfa.engine.path import Lost, follow
from mfa.engine.state import State
from mfa.engine.wiring import Pattern, Wiring, wire
from mfa.errors import Failure

STEPS = 30
SWEEPS = 40
SETTLED = 1e-21
GOOD = 1e-12
ACCEPTED = 1e-9
ROUNDING = 1e-12


def solve(structure: Structure, values: Values) -> State:
    """Solve a network once.

    Raises
    ------
    GainError
        a recycle whose gain is not below 1 is reached
    OrderError
        lists contradict each other
    Failure
        no method converged
    """
    return solve_wired(wire(structure), values)


def solve_wired(wiring: Wiring, values: Values) -> State:
    """Solve a wired network: the same wiring serves many values."""
    equations = Equations(wiring, values)
    pattern = wiring.pattern
    unsure = np.flatnonzero(_unsure(pattern, equations.steepest()))
    net = equations.b.copy()
    sweeps = 0
    if not wiring.clusters and not len(unsure):
        net, sweeps = _swept(equations, net)
    free = np.ones(len(net), bool)
    point, steps, pieces = equations.at(net), 0, 0
    for component in unsure.tolist():
        block = pattern.plan.component == component
        point, taken = _settled(equations, point, free & (pattern.plan.component < component))
        point, walked = _followed(equations, point, np.flatnonzero(block))
        free &= ~block
        steps, pieces = steps + taken, pieces + walked
    point, taken = _settled(equations, point, free)
    error = _error(point)
    if not error <= ACCEPTED:
        raise Failure(f"the network did not converge: residual {error:.3g} of the largest flow")
    steps += taken
    method = "path" if pieces else "newton" if steps else "sweeps"
    return _state(equations, point, sweeps + steps + pieces, method)


def _unsure(pattern: Pattern, steepest: Floats) -> Bools:
    """(component,) cyclic blocks whose largest slopes do not prove a single answer."""
    unsure = np.zeros(len(pattern.plan.cyclic), bool)
    if not pattern.plan.cyclic.any() or _contracts(pattern, steepest):
        return unsure
    for c in np.flatnonzero(pattern.plan.cyclic):
        _, slopes = _block(pattern, steepest, int(c))
        unsure[c] = bool(np.max(np.abs(np.linalg.eigvals(slopes))) >= 1.0 - 1e-9)
    return unsure


def _contracts(pattern: Pattern, steepest: Floats) -> bool:
    """Whether the spectral radius of the largest slopes is below 1: by column sums, else exactly."""
    sums = np.bincount(pattern.cols, steepest, minlength=pattern.plan.n)
    return bool(np.max(sums) < 1 - 1e-9) or linear.contraction(pattern.plan, steepest)


def _block(pattern: Pattern, slopes: Floats, component: int) -> tuple[Ints, Floats]:
    """The nodes of a component and the dense matrix of slopes between them."""
    nodes = np.flatnonzero(pattern.plan.component == component)
    inside = (pattern.plan.component[pattern.rows] == component) & (
        pattern.plan.component[pattern.cols] == component
    )
    matrix = np.zeros((len(nodes), len(nodes)))
    row, col = (np.searchsorted(nodes, x[inside]) for x in (pattern.rows, pattern.cols))
    np.add.at(matrix, (row, col), slopes[inside])
    return nodes, matrix


def _swept(equations: Equations, net: Floats) -> tuple[Floats, int]:
    """A start for Newton: net ← b + F·level(net), repeated while it contracts fast."""
    last = np.inf
    for sweep in range(SWEEPS):
        moved = equations.moved(net)
        change = float(np.max(np.abs(moved - net), initial=0.0))
        net = moved
        if change <= SETTLED * equations.scale or (sweep > 8 and change > 0.5 * last):
            break
        last = change
    return net, sweep + 1


def _error(point: Point, free: Bools | None = None) -> float:
    """The largest imbalance of a pool over what flows through it."""
    return float(np.max(point.error if free is None else point.error[free], initial=0.0))


def _settled(equations: Equations, point: Point, free: Bools) -> tuple[Point, int]:
    """The free pools solved, all others held: Newton on all at once, else block by block."""
    point, steps = _newton(equations, point, free)
    if _error(point, free) > GOOD:
        point, more = _block_by_block(equations, point, free)
        steps += more
    return point, steps


def _newton(equations: Equations, point: Point, free: Bools) -> tuple[Point, int]:
    """Full Newton steps on the free pools; stops when balanced or after STEPS."""
    pattern = equations.wiring.pattern
    inner = free[pattern.rows] & free[pattern.cols]
    for step in range(STEPS):
        if _error(point, free) <= GOOD:
            return point, step
        residual = np.where(free, point.residual, 0.0)
        try:
            move = linear.solve(pattern.plan, np.where(inner, equations.slopes(point.net), 0.0), residual)
        except linear.Singular:
            return point, step
        point = equations.at(point.net + move)
    return point, STEPS


def _block_by_block(equations: Equations, point: Point, free: Bools) -> tuple[Point, int]:
    """Solve the components one after the other, in topological order."""
    pattern = equations.wiring.pattern
    steps = 0
    for component in np.unique(pattern.plan.component[free]).tolist():
        nodes = np.flatnonzero((pattern.plan.component == component) & free)
        if np.max(point.error[nodes]) > GOOD:
            point, taken = _one_block(equations, point, nodes, component)
            steps += taken
    return point, steps


def _one_block(equations: Equations, point: Point, nodes: Ints, component: int) -> tuple[Point, int]:
    """Damped Newton on one block; a piece seen twice or a stuck residual goes to the path."""
    pattern = equations.wiring.pattern
    seen: set[bytes] = set()
    for step in range(STEPS):
        size = float(np.max(np.abs(point.residual[nodes])))
        if np.max(point.error[nodes]) <= GOOD:
            return point, step
        _, slopes = _block(pattern, equations.slopes(point.net), component)
        key = np.round(slopes, 12).tobytes()
        better = None if key in seen else _halved(equations, point, nodes, slopes, size)
        seen.add(key)
        if better is None:
            break
        point = better
    return _followed(equations, point, nodes)


def _followed(equations: Equations, point: Point, nodes: Ints) -> tuple[Point, int]:
    """A block put at the end of its path, fed by what the other pools are."""
    net = point.net.copy()
    net[nodes] = 0.0
    fed = equations.at(net).residual[nodes]
    try:
        net[nodes], pieces = follow(equations, nodes, fed, net)
    except Lost as lost:
        raise Failure("the path through a block of recycles did not arrive") from lost
    return equations.at(net), pieces


def _halved(equations: Equations, point: Point, nodes: Ints, slopes: Floats, size: float) -> Point | None:
    """A Newton step, halved until the block's residual falls; None if it does not."""
    try:
        move = np.linalg.solve(np.eye(len(nodes)) - slopes, point.residual[nodes])
    except np.linalg.LinAlgError:
        return None
    for _ in range(12):
        net = point.net.copy()
        net[nodes] += move
        tried = equations.at(net)
        if float(np.max(np.abs(tried.residual[nodes]))) < size * (1 - 1e-4):
            return tried
        move = move / 2
    return None


def _state(equations: Equations, point: Point, iterations: int, method: str) -> State:
    """The state, with what is only rounding of a pool's turnover taken for nothing."""
    w = equations.wiring
    turnover = np.maximum(np.abs(point.net), point.gross)
    handed = np.where(point.handed > ROUNDING * turnover[w.pool], point.handed, 0.0)
    level = point.level.copy()
    named = w.process >= 0
    most = np.zeros(len(level))
    np.maximum.at(most, w.process[named], handed[named])
    level[np.setdiff1d(w.process[named], np.flatnonzero(most))] = 0.0
    left = np.abs(point.net) - np.bincount(w.pool, handed, minlength=len(turnover))
    left = np.where(left > ROUNDING * turnover, left, 0.0)
    surplus, shortage = np.where(point.net > 0, left, 0.0), np.where(point.net < 0, left, 0.0)
    return State(point.net, level, handed, surplus, shortage, _error(point), iterations, method)
