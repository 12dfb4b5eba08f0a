"""What is done with each set of values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mfa.engine.linear import limits
from mfa.engine.linear.block import Block, BlockFactor
from mfa.engine.linear.factor import SweepFactor
from mfa.engine.linear.graph import Loops
from mfa.engine.linear.hubs import Torn, TornFactor
from mfa.engine.linear.planning import Plan
from mfa.engine.linear.singular import Singular
from mfa.engine.linear.sweep import Sweep
from mfa.engine.network import Floats

Map = Callable[[Floats], Floats]


def solve(plan: Plan, values: Floats, b: Floats, *, m_matrix: bool = False) -> Floats:
    """Solve ``(I - G) x = b``.

    Parameters
    ----------
    plan : the pattern of G
    values : (given,) in the order of the entries given to `plan`
    b : (n,) or (n, k)
    m_matrix : G is known to be >= 0 with spectral radius < 1 (see `contraction`), so that large
        loops need no search for pivots

    Returns
    -------
    x : shaped as b

    Raises
    ------
    Singular
        if the equations of a loop have no unique solution
    ValueError
        if a shape does not fit, or a number is not finite
    """
    merged = plan.entries.merged(values)
    side = np.ascontiguousarray(b, dtype=np.float64)
    if side.ndim not in (1, 2) or len(side) != plan.n:
        raise ValueError(f"b has the shape {side.shape}, the plan has {plan.n} nodes")
    if plan.n == 0:
        return side.copy()
    times = plan.entries.product(merged)
    way = plan.way
    if isinstance(way, Sweep):
        return _refined(SweepFactor(way, merged, m_matrix).solve, times, side)[0]
    if isinstance(way, Torn):
        x = _solve_torn(way, merged, m_matrix, times, side)
        if x is not None:
            return x
        way = way.whole
    try:
        return _refined(BlockFactor(way, merged, m_matrix).solve_all, times, side)[0]
    except Singular:
        raise Singular(_culprit(plan, merged)) from None


def _refined(run: Map, times: Map, b: Floats) -> tuple[Floats, bool]:
    """Solve, look at the residual, and correct once if it is not small; True if it was."""
    x = run(b)
    fed = times(x)
    size = np.abs(b)
    size += np.abs(x)
    size += np.abs(fed)
    fed -= x
    fed += b
    size *= limits.RESIDUAL
    if bool(np.all(np.abs(fed) <= size)):
        return x, True
    if not np.isfinite(fed).all():
        raise ValueError("a value or a right side is not finite, or the solution is too large")
    return x + run(fed), False


def _solve_torn(torn: Torn, values: Floats, m_matrix: bool, times: Map, b: Floats) -> Floats | None:
    """The solution; None if the rest without its hubs cannot be solved well."""
    try:
        x, small = _refined(TornFactor(torn, values, m_matrix).solve, times, b)
    except (Singular, np.linalg.LinAlgError):
        return None
    if not small:
        miss = np.abs(b - x + times(x)).max()
        small = bool(miss <= limits.FORGIVEN * max(np.abs(b).max(), np.abs(x).max()))
    return x if small else None


def _culprit(plan: Plan, values: Floats) -> int:
    """Component that makes the whole singular, looking at the largest first."""
    graph = plan.entries.graph
    loops = Loops.labelled(graph, plan.component, True)
    inner = np.flatnonzero(loops.within)
    of = loops.label[graph.rows[inner]]
    inner, of = inner[np.argsort(of, kind="stable")], np.sort(of)
    cyclic = np.flatnonzero(plan.cyclic)
    for label in cyclic[np.argsort(-loops.sizes[cyclic], kind="stable")].tolist():
        nodes = loops.members(label)
        edges = inner[np.searchsorted(of, label) : np.searchsorted(of, label + 1)]
        try:
            BlockFactor(Block.among(graph, nodes, label, edges), values, False).solve(np.ones(len(nodes)))
        except Singular:
            return int(label)
    return int(cyclic[0])
