"""Plan a pattern once, solve with each set of values, and prove that a cycle of shares dies out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np

from mfa.engine.linear import pattern
from mfa.engine.linear.loops import size_of_small
from mfa.engine.linear.pattern import (
    EPS,
    RESIDUAL,
    RESIDUAL_AFTER_TEARING,
    Graph,
    Loops,
    Singular,
    components_in_order,
    filled,
    pointers,
    structure,
)
from mfa.engine.linear.superlu import Block, BlockFactor, whole_block
from mfa.engine.linear.sweep import Sweep, SweepFactor, sweep_through
from mfa.engine.linear.tearing import Torn, TornFactor, hubs_of, without_hubs
from mfa.engine.network import Bools, Floats, Ints

MOST_REMEMBERED = 50_000  # entries of a pattern whose plan is kept: some megabytes


@dataclass(frozen=True)
class Entries:
    """The places of the values.

    Attributes
    ----------
    given : number of values given
    merge : (given,) entry of `graph` to which each value adds; None if each has its own, in order
    graph : each place once
    order : (entry,) entries by row
    pattern : compressed rows, structure only; None without scipy
    widest : largest number of values given in one row
    """

    given: int
    merge: Ints | None
    graph: Graph
    order: Ints
    pattern: Any
    widest: int

    @classmethod
    def at(cls, n: int, rows: Ints, columns: Ints) -> Entries:
        """Entries at these places of n nodes."""
        _check(n, rows, columns)
        keys, back = np.unique(rows * n + columns, return_inverse=True)
        widest = int(np.bincount(rows).max(initial=0))
        merge: Ints | None
        if len(keys) < len(rows):
            graph, merge, order = Graph(n, keys // n, keys % n), back, np.arange(len(keys))
        else:
            graph, merge, order = Graph(n, rows, columns), None, np.argsort(back)
        matrix = None
        if n > pattern.DENSE_UP_TO:
            matrix = structure(graph.columns[order].astype(np.int32), pointers(graph.rows, n), n)
        return cls(len(rows), merge, graph, order, matrix, widest)

    def merged(self, values: Floats) -> Floats:
        """(entry,) values with those of the same place added."""
        checked = np.ascontiguousarray(values, dtype=np.float64)
        if checked.shape != (self.given,):
            raise ValueError(f"values have the shape {checked.shape}, the plan has {self.given} entries")
        if self.merge is None:
            return checked
        return np.bincount(self.merge, weights=checked).astype(np.float64, copy=False)

    def product(self, values: Floats) -> Callable[[Floats], Floats]:
        """``x -> G x`` with merged values."""
        if self.pattern is None:
            return partial(_product_by_numpy, self.graph, values)
        times: Callable[[Floats], Floats] = filled(self.pattern, values[self.order]).__matmul__
        return times


def _check(n: int, rows: Ints, columns: Ints) -> None:
    """Refuse places that do not fit."""
    if len(rows) != len(columns):
        raise ValueError(f"{len(rows)} rows and {len(columns)} columns")
    both = np.concatenate([rows, columns])
    if both.min(initial=0) < 0 or both.max(initial=-1) >= n:
        raise ValueError(f"an entry is outside the {n} nodes")


def _product_by_numpy(graph: Graph, values: Floats, x: Floats) -> Floats:
    """``G x`` without scipy."""
    if x.ndim == 1:
        part = values * x[graph.columns]
        return np.bincount(graph.rows, weights=part, minlength=graph.n).astype(np.float64, copy=False)
    result = np.zeros_like(x)
    np.add.at(result, graph.rows, values[:, None] * x[graph.columns])
    return result


@dataclass(frozen=True)
class Plan:
    """Everything that follows from the places of the entries of G; made by `plan`.

    Attributes
    ----------
    n : number of nodes
    component : (n,) number of each node's strongly connected component, in the order of the flow:
        if ``G[i, j]`` is an entry (j feeds i) then ``component[j] <= component[i]``
    cyclic : (component,) the component has more than one node or feeds itself
    entries : where the values go
    way : how to solve
    """

    n: int
    component: Ints
    cyclic: Bools
    entries: Entries
    way: Sweep | Torn | Block

    @property
    def method(self) -> str:
        """One of "sweep", "deep", "torn" and "lu", see the package."""
        if isinstance(self.way, Sweep):
            return "deep" if self.way.order.deep else "sweep"
        return "torn" if isinstance(self.way, Torn) else "lu"


def plan(n: int, rows: Ints, cols: Ints) -> Plan:
    """Look at the pattern of G once.

    Parameters
    ----------
    n : number of nodes
    rows, cols : (given,) places of the entries; the values of one place named twice add

    Returns
    -------
    plan : for `solve` and `contraction`

    Examples
    --------
    >>> from mfa.engine.linear import solve
    >>> once = plan(3, [1, 2, 1], [0, 1, 2])  # 0 feeds 1, and 1 and 2 feed each other
    >>> once.component.tolist(), once.cyclic.tolist()
    ([0, 1, 1], [False, True])
    >>> solve(once, np.array([1.0, 0.5, 0.5]), np.array([3.0, 0.0, 0.0])).tolist()
    [3.0, 4.0, 2.0]
    """
    entries = Entries.at(
        n, np.asarray(rows, dtype=np.int64).ravel(), np.asarray(cols, dtype=np.int64).ravel()
    )
    loops = components_in_order(entries.graph)
    return Plan(n, loops.label, loops.cyclic, entries, _way(entries.graph, loops))


def remembered_plan(n: int, rows: Ints, cols: Ints) -> Plan:
    """As `plan`; of the last patterns that are not large, made once.

    The accounts of a park have the same few patterns at every point of a sweep.
    """
    if len(rows) > MOST_REMEMBERED:
        return plan(n, rows, cols)
    return _remembered(n, np.asarray(rows, np.int64).tobytes(), np.asarray(cols, np.int64).tobytes())


@lru_cache(8)
def _remembered(n: int, rows: bytes, cols: bytes) -> Plan:
    return plan(n, np.frombuffer(rows, np.int64), np.frombuffer(cols, np.int64))


def _way(graph: Graph, loops: Loops) -> Sweep | Torn | Block:
    """How to solve."""
    small = size_of_small(loops, len(graph.rows) + graph.n)
    hubs = hubs_of(graph, loops, small) if graph.n > pattern.DENSE_UP_TO else np.empty(0, dtype=np.int64)
    way: Sweep | Torn | None
    if len(hubs):
        way = without_hubs(graph, loops, hubs, small)
    else:
        way = sweep_through(graph, np.arange(len(graph.rows)), loops, small, loops.label)
    return whole_block(graph, loops) if way is None else way


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
    size *= RESIDUAL
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
        small = bool(miss <= RESIDUAL_AFTER_TEARING * max(np.abs(b).max(), np.abs(x).max()))
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


def contraction(plan: Plan, values_abs: Floats) -> bool:
    """Whether the spectral radius of a nonnegative G is certainly < 1.

    The certificate is a vector ``v > 0`` with ``(I - G) v > 0``: the solution of
    ``(I - G) v = 1``. Its signs are checked with a margin above the rounding of the check itself,
    so True is a proof; False means that the radius is >= 1 or within rounding of it.

    Parameters
    ----------
    plan : the pattern of G
    values_abs : (given,) >= 0, in the order of the entries given to `plan`
    """
    merged = plan.entries.merged(values_abs)
    if not np.all(merged >= 0.0):
        raise ValueError("a value is negative or not a number")
    try:
        v = solve(plan, values_abs, np.ones(plan.n))
    except (Singular, ValueError):  # or beyond the largest number
        return False
    if not np.all(v > 0.0):
        return False
    fed = plan.entries.product(merged)(v)
    margin = (plan.entries.widest + 8) * EPS * (v + fed)
    return bool(np.all(v - fed > margin))
