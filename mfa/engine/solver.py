"""One solve: net = b + F·level(net), all pools at once where that arrives, else from the sources on.

All at once are sweeps and Newton steps, for networks in which every block is proven to have
one answer. What that leaves out of balance (deep chains, whose pieces would change pool by
pool) and networks with a block that is not proven are served forward, block by block.
"""

from __future__ import annotations

import numpy as np

from mfa.engine.equations import GOOD, Equations, Point
from mfa.engine.forward import serve_forward
from mfa.engine.network import Bools, Floats, State, Structure, Values
from mfa.engine.newton import STEPS, newton
from mfa.engine.unique import unsure_blocks
from mfa.engine.wiring import Wiring, wire
from mfa.errors import Failure

SWEEPS = 40  # what halves the change with each takes no more to get to rounding
SETTLED = 1e-21  # of the largest amount: small pools are to settle too, a change of zero is the usual end
ACCEPTED = 1e-9  # relative residual, looser than GOOD: a solution that rounds badly is better than none
ROUNDING = 1e-12  # of a pool's turnover: what is left over or handed on below this is rounding
LEAST = 1e-20  # of the largest amount, whatever the units: the rounding of loops that stand still
LARGEST = 1e300  # sums of amounts up to here stay numbers
TOO_LARGE = f"drives and coefficients give amounts beyond {LARGEST:.0e}"


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
    with np.errstate(over="ignore", invalid="ignore"):  # judged by `_in_range`
        _in_range(equations, equations.b)
        unsure = unsure_blocks(wiring.pattern, equations.steepest())
        try:
            point, iterations, method = _solved(equations, unsure)
        except (ValueError, OverflowError):  # beyond the largest number on the way
            raise Failure(TOO_LARGE) from None
        _in_range(equations, np.maximum(np.abs(point.net), point.gross))
        error = equations.error(point)
        if not np.max(error, initial=0.0) <= ACCEPTED:
            raise Failure(_not_balanced(equations, error))
        return _state(equations, point, iterations, method)


def _solved(equations: Equations, unsure: Bools) -> tuple[Point, int, str]:
    """The solution, the number of iterations and the method."""
    iterations = 0
    if not unsure.any():
        point, sweeps, steps = _at_once(equations)
        iterations = sweeps + steps
        if np.max(equations.error(point), initial=0.0) <= GOOD:
            return point, iterations, "newton" if steps else "sweeps"
    net, steps, pieces = serve_forward(equations, unsure)
    return equations.at(net), iterations + steps + pieces, "path" if pieces else "newton"


def _in_range(equations: Equations, amounts: Floats) -> None:
    """Refuse amounts too large to be added up."""
    beyond = np.flatnonzero(~(np.abs(amounts) < LARGEST))
    if len(beyond):
        raise Failure(f"{TOO_LARGE}, at {equations.wiring.structure.pools[beyond[0]]}")


def _at_once(equations: Equations) -> tuple[Point, int, int]:
    """All pools together: sweeps where no process stands in several lists, then Newton."""
    net, sweeps = equations.b, 0
    if not equations.wiring.clusters:
        net, sweeps = _swept(equations, net)
    point, steps = newton(equations, equations.at(net))
    return point, sweeps, steps


def _not_balanced(equations: Equations, error: Floats) -> str:
    """Which pool is furthest from its balance, and by how much."""
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
    """The state, with what is only rounding taken for nothing."""
    w = equations.wiring
    turnover = np.maximum(np.abs(point.net), point.gross)
    nothing = np.maximum(ROUNDING * turnover, LEAST * np.max(turnover, initial=0.0))
    handed, level = _above(w, point, nothing)
    for _ in range(STEPS):  # what only dust feeds is dust
        nothing[equations.gross(level) < ROUNDING * turnover] = np.inf
        cleared, less = _above(w, point, nothing)
        if np.array_equal(level, less):
            break
        handed, level = cleared, less
    net = np.where(np.isinf(nothing), 0.0, point.net)
    left = net - np.bincount(w.pool, w.side * handed, minlength=len(turnover))
    left = np.where(np.abs(left) > nothing, left, 0.0)
    surplus, shortage = np.maximum(left, 0.0), np.maximum(-left, 0.0)
    error = float(np.max(equations.error(point), initial=0.0))
    return State(net, level, handed, surplus, shortage, error, iterations, method)


def _above(wiring: Wiring, point: Point, nothing: Floats) -> tuple[Floats, Floats]:
    """What is handed above `nothing` (pool,), and the levels of the processes that then run."""
    handed = np.where(point.handed > nothing[wiring.pool], point.handed, 0.0)
    named = wiring.process >= 0
    listed, running = np.zeros(len(point.level), bool), np.zeros(len(point.level), bool)
    listed[wiring.process[named]] = True
    running[wiring.process[named & (handed > 0)]] = True
    return handed, np.where(listed & ~running, 0.0, point.level)
