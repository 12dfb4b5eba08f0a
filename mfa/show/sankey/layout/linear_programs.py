"""The two kinds of linear programme that a layout needs, solved by HiGHS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from mfa.errors import Failure

TIME_LIMIT = 60.0  # s; those of the shipped park take less than one

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Apart(NamedTuple):
    """`lower` stands at least `gap` further on than `upper`; a variable of number −1 stands at 0."""

    upper: int
    lower: int
    gap: float


class Level(NamedTuple):
    """`one` + `offset` and `other` stand level, or cost `weight` for each step of difference."""

    one: int
    other: int
    offset: float
    weight: float


def levels(cost: Sequence[float], apart: Sequence[Apart], level: Sequence[Level]) -> Floats:
    """The variables that keep apart, with the least Σ cost·x + Σ weight·|x_one − x_other + offset|.

    Solved as the dual problem, a flow of least cost with one row a variable, which
    takes a tenth of the time; the variables are the shadow prices of its rows. They
    are whole numbers where all gaps and offsets are.
    """
    size = len(cost)
    upper, lower, gap = np.array(apart).reshape(-1, 3).T
    one, other, offset, weight = np.array(level).reshape(-1, 4).T
    count = len(gap) + len(offset)
    tails, heads = np.concatenate([upper, one]), np.concatenate([lower, other])
    rows, columns = np.concatenate([tails, heads]).astype(np.int64), np.tile(np.arange(count), 2)
    factors = np.repeat([1.0, -1.0], count)
    used = rows >= 0
    matrix = csr_array((factors[used], (rows[used], columns[used])), shape=(size, count))
    least = np.concatenate([np.zeros(len(gap)), -weight])
    most = np.concatenate([np.full(len(gap), np.inf), weight])
    answer = linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrix
        -np.concatenate([gap, offset]),
        A_eq=matrix,
        b_eq=-np.asarray(cost, dtype=float),
        bounds=np.column_stack([least, most]),
        method="highs-ds",
        options={"time_limit": TIME_LIMIT, "presolve": False, "simplex_dual_edge_weight_strategy": "devex"},
    )
    if not answer.success:
        raise Failure(f"no layout found: {answer.message}")
    return np.asarray(answer.eqlin.marginals, dtype=float)


def cover(cost: Sequence[float], sets: Sequence[Sequence[int]]) -> NDArray[np.bool_]:
    """The things of least cost of which every set has at least one."""
    rows = np.repeat(np.arange(len(sets)), [len(members) for members in sets])
    columns = np.concatenate([np.asarray(members, dtype=np.int64) for members in sets])
    matrix = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(sets), len(cost)))
    answer = milp(
        np.asarray(cost, dtype=float),
        constraints=LinearConstraint(matrix, 1.0, np.inf),
        integrality=np.ones(len(cost), dtype=np.int64),
        bounds=Bounds(0.0, 1.0),
        options={"time_limit": TIME_LIMIT, "mip_rel_gap": 0.0},
    )
    if not answer.success:  # what is only half searched would be another picture each time
        raise Failure(f"no layout found: {answer.message}")
    chosen: NDArray[np.bool_] = answer.x > 0.5
    return chosen
