"""One solve: net = b + F·level(net), by Newton where the answer is unique, else by the path.

Newton on all pools at once is tried first. Its end is the answer where a certificate
shows that there is only one: the spectral radius of the matrix of the largest absolute
slopes is below 1. Blocks without certificate, and all that moves them, follow the path;
blocks on which Newton cycles go on alone, with step halving, then by the path.
"""

from __future__ import annotations

import numpy as np

from mfa.engine import linear, path
from mfa.engine.model import Equations, Point
from mfa.engine.network import Bools, Floats, Ints, Structure, Values
from mfa.engine.state import State
from mfa.engine.wiring import Pattern, Wiring, wire
from mfa.errors import Failure

STEPS = 30
CONVERGED = 1e-13
ACCEPTED = 1e-9


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
    unsure = _unsure(pattern, equations.steepest())
    free = np.ones(len(wiring.structure.pools), bool)
    net = equations.b.copy()
    pieces = 0
    if unsure.any():
        closure = np.flatnonzero(_movers(pattern, unsure))
        net[closure], pieces = path.follow(equations, closure, equations.b[closure], net)
        free[closure] = False
    point, steps = _newton(equations, net, free)
    if _error(equations, point) > CONVERGED:
        point, more = _block_by_block(equations, point, free)
        steps += more
    point, polish = _polished(equations, point)
    return _state(equations, point, steps + pieces + polish, "path" if pieces else "newton")


def _unsure(pattern: Pattern, steepest: Floats) -> Bools:
    """(component,) cyclic blocks whose largest slopes do not prove a single answer."""
    unsure = np.zeros(len(pattern.plan.cyclic), bool)
    if not pattern.plan.cyclic.any() or linear.contraction(pattern.plan, steepest):
        return unsure
    for c in np.flatnonzero(pattern.plan.cyclic):
        _, slopes = _block(pattern, steepest, int(c))
        unsure[c] = bool(np.max(np.abs(np.linalg.eigvals(slopes))) >= 1.0 - 1e-9)
    return unsure


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


def _movers(pattern: Pattern, unsure: Bools) -> Bools:
    """(pool,) the pools of unsure blocks and all that move them, upstream."""
    marked = unsure[pattern.plan.component]
    while True:
        upstream = np.zeros_like(marked)
        upstream[pattern.cols[marked[pattern.rows]]] = True
        grown = marked | upstream | np.isin(pattern.plan.component, pattern.plan.component[upstream])
        if (grown == marked).all():
            return marked
        marked = grown


def _error(equations: Equations, point: Point) -> float:
    """The largest imbalance of a pool over the largest amount."""
    largest = max(equations.scale, float(np.max(np.abs(point.handed), initial=0.0)))
    return float(np.max(np.abs(point.residual), initial=0.0)) / largest


def _newton(equations: Equations, net: Floats, free: Bools) -> tuple[Point, int]:
    """Full Newton steps on the free pools; stops when balanced or after STEPS."""
    pattern = equations.wiring.pattern
    inner = free[pattern.rows] & free[pattern.cols]
    point = equations.at(net)
    for step in range(STEPS):
        residual = np.where(free, point.residual, 0.0)
        if _error(equations, point) <= CONVERGED or not free.any():
            return point, step
        try:
            move = linear.solve(pattern.plan, np.where(inner, point.slopes, 0.0), residual)
        except linear.Singular:
            return point, step
        point = equations.at(point.net + move)
    return point, STEPS


def _block_by_block(equations: Equations, point: Point, free: Bools) -> tuple[Point, int]:
    """Solve the components one after the other, in topological order."""
    pattern = equations.wiring.pattern
    steps = 0
    for component in range(len(pattern.plan.cyclic)):
        nodes = np.flatnonzero((pattern.plan.component == component) & free)
        if not len(nodes) or np.max(np.abs(point.residual[nodes])) <= CONVERGED * equations.scale:
            continue
        point, taken = _one_block(equations, point, nodes, component)
        steps += taken
    return point, steps


def _one_block(equations: Equations, point: Point, nodes: Ints, component: int) -> tuple[Point, int]:
    """Damped Newton on one block; a piece seen twice or a stuck residual goes to the path."""
    pattern = equations.wiring.pattern
    seen: set[bytes] = set()
    for step in range(STEPS):
        size = float(np.max(np.abs(point.residual[nodes])))
        if size <= CONVERGED * equations.scale:
            return point, step
        _, slopes = _block(pattern, point.slopes, component)
        key = np.round(slopes, 12).tobytes()
        better = None if key in seen else _halved(equations, point, nodes, slopes, size)
        seen.add(key)
        if better is None:
            break
        point = better
    fed = _fed_from_outside(equations, point, nodes, component)
    net = point.net.copy()
    try:
        net[nodes], pieces = path.follow(equations, nodes, fed, point.net)
    except path.Lost as lost:
        raise Failure(f"a block of {len(nodes)} pools did not converge") from lost
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


def _fed_from_outside(equations: Equations, point: Point, nodes: Ints, component: int) -> Floats:
    """(node,) net amounts of a block when none of its own lists moves anything."""
    still = point.net.copy()
    still[nodes] = 0.0
    return equations.at(still).residual[nodes]


def _polished(equations: Equations, point: Point) -> tuple[Point, int]:
    """One more Newton step on the final piece where rounding of the path left a residual."""
    error = _error(equations, point)
    if error > CONVERGED:
        better, steps = _newton(equations, point.net, np.ones(len(point.net), bool))
        if _error(equations, better) < error:
            point = better
            return _accepted(equations, point), min(steps, 1)
    return _accepted(equations, point), 0


def _accepted(equations: Equations, point: Point) -> Point:
    error = _error(equations, point)
    if not error <= ACCEPTED:
        raise Failure(f"the network did not converge: residual {error:.3g} of the largest flow")
    return point


def _state(equations: Equations, point: Point, iterations: int, method: str) -> State:
    w = equations.wiring
    n = len(point.net)
    served = np.bincount(w.pool, point.handed, minlength=n) if len(w.pool) else np.zeros(n)
    left = np.maximum(np.abs(point.net) - served, 0.0)
    left[left <= 1e-12 * np.abs(point.net)] = 0.0
    surplus = np.where(point.net > 0, left, 0.0)
    shortage = np.where(point.net < 0, left, 0.0)
    return State(
        point.net,
        point.level,
        point.handed,
        surplus,
        shortage,
        _error(equations, point),
        iterations,
        method,
    )
