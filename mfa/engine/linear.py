"""Solve ``(I - G) x = b`` again and again: the places of G's entries stay, their values change.

`plan` looks at the pattern once: it finds the loops (strongly connected components) and puts the
nodes in the order of the flow. `solve` takes the values.

* Up to `loops.NUMPY_UP_TO` nodes: from the sources on, node by node, a loop by LAPACK; no scipy.
* Above: SuperLU in the order of the flow, so that only loops are factorised (`elimination.py`), without
  pivots; loops that reach far, whose factors would fill in, by iteration.
* Where the residual of some node stays too large for the terms of its own equation, or a loop's answer
  for what feeds it: SuperLU with pivots.

The transposed system ``(I - G)ᵀ y = c`` is that of the transposed pattern with the same values:
``solve(plan(n, columns, rows), values, c)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from mfa.engine import loops
from mfa.engine.elimination import Elimination
from mfa.engine.loops import component_of_each
from mfa.engine.network import Bools, Floats, Ints

RESIDUAL = 1e-13
"""A larger residual, relative to the terms of its equation, calls for a correction; networks of 20 000 pools
stay below 1e-14."""
ROUNDS = 12
"""Corrections at most: of an iteration three settle large pools, some more the small ones beside them."""
EPS = float(np.finfo(np.float64).eps)
ROUNDINGS = 8
"""By how many EPS the terms of an equation may be wrong after a factorisation."""
SUSPECT = 1e6
"""An answer of a loop so many times what feeds it is tried again: below it rounding leaves nine digits."""
STAYS = 0.5
"""A sound answer moves by less than this share of itself; one that rounding made up moves by all of it."""
GOLDEN = 0.6180339887
"""The golden ratio's fractional part: its multiples fall evenly and never in a rhythm of the network."""
NEGATIVE = 0.25
"""Share of negative signs: half of them would cancel a null vector of one sign, none one that alternates."""
MOST_REMEMBERED = 50_000  # entries of a pattern whose plan is kept: some megabytes

Map = Callable[[Floats], Floats]


class Singular(Exception):
    """The equations of a loop have no unique solution."""


@dataclass(frozen=True)
class Step:
    """A node, or a loop, and what feeds it.

    Attributes
    ----------
    nodes : in the component
    links : (entry, row, column) from nodes before it
    inner : entries within it, their rows and columns counted in `nodes`; empty outside loops
    """

    nodes: list[int]
    links: list[tuple[int, int, int]]
    inner: tuple[Ints, Ints, Ints] | None


@dataclass(frozen=True)
class Plan:
    """Everything that follows from the places of the entries of G; made by `plan`.

    Attributes
    ----------
    n : number of nodes
    component : (n,) number of each node's strongly connected component, in the order of the flow:
        if ``G[i, j]`` is an entry (j feeds i) then ``component[j] <= component[i]``
    cyclic : (component,) the component has more than one node or feeds itself
    rows, columns : (entry,) each place once, by row
    merge : (given,) entry to which each given value adds
    into : entries that lead into a loop from outside
    way : how to solve
    """

    n: int
    component: Ints
    cyclic: Bools
    rows: Ints
    columns: Ints
    merge: Ints
    into: Ints
    way: Elimination | tuple[Step, ...]

    def merged(self, values: Floats) -> Floats:
        """(entry,) values with those of the same place added."""
        if np.shape(values) != self.merge.shape:
            raise ValueError(
                f"values have the shape {np.shape(values)}, the plan has {len(self.merge)} entries"
            )
        return np.bincount(self.merge, values, len(self.rows)).astype(np.float64, copy=False)

    def product(self, values: Floats, x: Floats) -> Floats:
        """``G x``; values merged, x (n,) or (n, k)."""
        fed = np.zeros_like(x)
        if len(values):
            first = np.flatnonzero(np.diff(self.rows, prepend=-1))
            part = (values if x.ndim == 1 else values[:, None]) * x[self.columns]
            fed[self.rows[first]] = np.add.reduceat(part, first, axis=0)
        return fed


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
    i, j = np.asarray(rows, np.int64).ravel(), np.asarray(cols, np.int64).ravel()
    _check(n, i, j)
    keys, merge = np.unique(i * n + j, return_inverse=True)
    i, j = keys // max(n, 1), keys % max(n, 1)
    component = component_of_each(n, i, j)
    cyclic = np.bincount(component) > 1
    cyclic[component[i[i == j]]] = True
    way: Elimination | tuple[Step, ...]
    way = _steps(component, cyclic, i, j) if n <= loops.NUMPY_UP_TO else Elimination.of(component, i, j)
    into = np.flatnonzero(cyclic[component[i]] & (component[i] != component[j]))
    return Plan(n, component, cyclic, i, j, merge, into, way)


def _check(n: int, rows: Ints, columns: Ints) -> None:
    """Refuse places that do not fit."""
    if len(rows) != len(columns):
        raise ValueError(f"{len(rows)} rows and {len(columns)} columns")
    both = np.concatenate([rows, columns])
    if both.min(initial=0) < 0 or both.max(initial=-1) >= n:
        raise ValueError(f"an entry is outside the {n} nodes")


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


def _steps(component: Ints, cyclic: Bools, rows: Ints, columns: Ints) -> tuple[Step, ...]:
    """The components one by one, in the order of the flow."""
    members: list[list[int]] = [[] for _ in cyclic]
    at = [0] * len(component)
    for node, number in enumerate(component.tolist()):
        at[node] = len(members[number])
        members[number].append(node)
    links: list[list[tuple[int, int, int]]] = [[] for _ in cyclic]
    inner: list[list[tuple[int, int, int]]] = [[] for _ in cyclic]
    of = component.tolist()
    for entry, (i, j) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
        if of[i] == of[j]:
            inner[of[i]].append((entry, at[i], at[j]))
        else:
            links[of[i]].append((entry, i, j))
    return tuple(
        Step(nodes, lead, (a[:, 0], a[:, 1], a[:, 2]) if loop else None)
        for nodes, lead, within, loop in zip(members, links, inner, cyclic.tolist(), strict=True)
        for a in [np.array(within, np.int64).reshape(-1, 3)]
    )


def solve(plan: Plan, values: Floats, b: Floats) -> Floats:
    """Solve ``(I - G) x = b``.

    Parameters
    ----------
    plan : the pattern of G
    values : (given,) in the order of the entries given to `plan`
    b : (n,) or (n, k)

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
    merged = plan.merged(values)
    side = np.array(b, np.float64)
    if side.ndim not in (1, 2) or len(side) != plan.n:
        raise ValueError(f"b has the shape {side.shape}, the plan has {plan.n} nodes")
    if not (np.isfinite(merged).all() and np.isfinite(side).all()):
        raise ValueError("a value or a right side is not finite")
    if plan.n == 0:
        return side
    try:
        x = _solved(plan, merged, side)
    except (RuntimeError, np.linalg.LinAlgError):  # "Factor is exactly singular", "Singular matrix"
        raise Singular from None
    if not np.isfinite(x).all():
        raise ValueError("the solution is too large")
    return x


def _solved(plan: Plan, values: Floats, b: Floats) -> Floats:
    """The solution; LinAlgError, RuntimeError or Singular if there is none."""
    way = plan.way
    if isinstance(way, Elimination):
        found = _quickly(plan, way, values, b)
        if found is not None:
            return found
        run = way.pivoted(values)
    else:
        run = partial(_along, way, values)
    x, _ = _refined(run, partial(plan.product, values), b, 1)
    suspects = _suspects(plan, values, b, x)
    if len(suspects) and not _stays(plan, values, x, run, suspects):
        raise Singular
    return x


def _quickly(plan: Plan, way: Elimination, values: Floats, b: Floats) -> Floats | None:
    """The solution without pivots; None where it does not settle, or rounding may have made it up."""
    try:
        run = way.quick(values)
    except RuntimeError:  # a pivot is 0
        return None
    x, settled = _refined(run, partial(plan.product, values), b, ROUNDS)
    return x if settled and not len(_suspects(plan, values, b, x)) else None


def _along(steps: tuple[Step, ...], values: Floats, b: Floats) -> Floats:
    """The solution, from the sources on; LinAlgError if singular."""
    value = values.tolist()
    x = b.tolist() if b.ndim == 1 else list(b.copy())
    for step in steps:
        for entry, i, j in step.links:
            x[i] += value[entry] * x[j]
        if step.inner is not None:
            entries, rows, columns = step.inner
            matrix = np.eye(len(step.nodes))
            matrix[rows, columns] -= values[entries]
            solved = np.linalg.solve(matrix, np.array([x[i] for i in step.nodes]))
            for i, found in zip(step.nodes, solved.tolist() if b.ndim == 1 else solved, strict=True):
                x[i] = found
    return np.array(x).reshape(b.shape)


def _refined(run: Map, times: Map, b: Floats, rounds: int) -> tuple[Floats, bool]:
    """Solve, look at the residual, and correct so often while it is not small; True if it was."""
    x = run(b)
    for _ in range(rounds):
        fed = times(x)
        size = RESIDUAL * (np.abs(b) + np.abs(x) + np.abs(fed))
        miss = b + fed - x
        if np.all(np.abs(miss) <= size):
            return x, True
        if not np.isfinite(miss).all():
            return x, False
        x = x + run(miss)
    return x, False


def _suspects(plan: Plan, values: Floats, b: Floats, x: Floats) -> Ints:
    """The loops whose answer is so large beside what feeds them that rounding may have made it up."""
    if not plan.cyclic.any():
        return np.empty(0, np.int64)
    answer, fed = _largest(x), _largest(b)
    into = plan.into
    fed = fed + np.bincount(plan.rows[into], np.abs(values[into]) * answer[plan.columns[into]], plan.n)
    of = plan.component
    return np.flatnonzero(plan.cyclic & (_most(of, answer) > SUSPECT * _most(of, fed)))


def _stays(plan: Plan, values: Floats, x: Floats, run: Map, suspects: Ints) -> bool:
    """Whether the answer of some loops stays when each equation is disturbed by the rounding of its terms."""
    answer = _largest(x)
    terms = answer + plan.product(np.abs(values), answer)
    sign = np.where(np.arange(plan.n) * GOLDEN % 1.0 < NEGATIVE, -1.0, 1.0)
    sizes = np.bincount(plan.component)
    moved = run(sign * ROUNDINGS * EPS / np.sqrt(sizes[plan.component]) * terms)
    most = _most(plan.component, np.abs(moved))[suspects]
    return bool(np.all(most <= STAYS * _most(plan.component, answer)[suspects]))


def _largest(x: Floats) -> Floats:
    """(n,) largest absolute value of each node."""
    largest: Floats = np.abs(x) if x.ndim == 1 else np.abs(x).max(axis=1, initial=0.0)
    return largest


def _most(component: Ints, amount: Floats) -> Floats:
    """(component,) largest of its nodes; amounts >= 0."""
    most = np.zeros(int(component.max()) + 1)
    np.maximum.at(most, component, amount)
    return most


def contraction(plan: Plan, values_abs: Floats) -> bool:
    """Whether the spectral radius of a nonnegative G is certainly < 1: what goes round dies out.

    The certificate is a vector ``v > 0`` with ``(I - G) v > 0``: the solution of
    ``(I - G) v = 1``. Its signs are checked with a margin above the rounding of the check itself,
    so True is a proof; False means that the radius is >= 1 or within rounding of it.

    Parameters
    ----------
    plan : the pattern of G
    values_abs : (given,) >= 0, in the order of the entries given to `plan`
    """
    merged = plan.merged(values_abs)
    if not np.all(merged >= 0.0):
        raise ValueError("a value is negative or not a number")
    try:
        v = solve(plan, values_abs, np.ones(plan.n))
    except (Singular, ValueError):  # or beyond the largest number
        return False
    if not np.all(v > 0.0):
        return False
    fed = plan.product(merged, v)
    widest = int(np.bincount(plan.rows).max(initial=0)) + int(np.bincount(plan.merge).max(initial=0))
    margin = (widest + 8) * EPS * (v + fed)
    return bool(np.all(v - fed > margin))
