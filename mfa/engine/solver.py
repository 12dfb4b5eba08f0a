"""One solve: net = b + F·level(net), all pools at once where that arrives, else from the sources on.

All at once are sweeps and Newton steps, for networks in which every block is proven to have
one answer. What that leaves out of balance (deep chains, whose pieces would change pool by
pool) and networks with a block that is not proven are served forward, block by block.
"""

from __future__ import annotations

import numpy as np

from mfa.engine.forward import serve_forward
from mfa.engine.model import GOOD, Equations, Point
from mfa.engine.network import Floats, Structure, Values
from mfa.engine.newton import newton
from mfa.engine.state import State
from mfa.engine.unique import unsure_blocks
from mfa.engine.wiring import Wiring, wire
from mfa.errors import Failure

SWEEPS = 40
SETTLED = 1e-21
ACCEPTED = 1e-9
ROUNDING = 1e-12


def solve(structure: Structure, values: Values) -> State:
    """Solve a network once.

    Raises
    ------
    GainError
        a recycle whose gain is not below 1 is reached
    LostError
        the path through a block of recycles does not arrive
    OrderError
        lists contradict each other
    Failure
        no method converged
    """
    return solve_wired(wire(structure), values)


def solve_wired(wiring: Wiring, values: Values) -> State:
    """Solve a wired network: the same wiring serves many values."""
    equations = Equations(wiring, values)
    unsure = unsure_blocks(wiring.pattern, equations.steepest())
    point, sweeps, steps, pieces = equations.at(equations.b), 0, 0, 0
    if not unsure.any():
        point, sweeps, steps = _at_once(equations)
    if unsure.any() or np.max(equations.error(point), initial=0.0) > GOOD:
        net, more, pieces = serve_forward(equations, unsure)
        point, steps = equations.at(net), steps + more
    error = float(np.max(equations.error(point), initial=0.0))
    if not error <= ACCEPTED:
        raise Failure(_not_balanced(equations, point))
    method = "path" if pieces else "newton" if steps else "sweeps"
    return _state(equations, point, sweeps + steps + pieces, method)


def _at_once(equations: Equations) -> tuple[Point, int, int]:
    """All pools together: sweeps where no process stands in several lists, then Newton."""
    net, sweeps = equations.b, 0
    if not equations.wiring.clusters:
        net, sweeps = _swept(equations, net)
    point, steps = newton(equations, equations.at(net))
    return point, sweeps, steps


def _not_balanced(equations: Equations, point: Point) -> str:
    """Which pool is furthest from its balance, and by how much."""
    error = equations.error(point)
    worst = int(np.argmax(np.where(np.isnan(error), np.inf, error)))
    name = equations.wiring.structure.pools[worst]
    return f"the network did not converge: {name} is out of balance by {error[worst]:.3g} of its flow"


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
    return State(
        point.net,
        level,
        handed,
        surplus,
        shortage,
        float(np.max(equations.error(point), initial=0.0)),
        iterations,
        method,
    )
