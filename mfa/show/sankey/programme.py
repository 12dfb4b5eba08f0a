"""A small linear programme: rows are added one by one, HiGHS solves it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Programme:
    """Rows of the form Σ factor·x ≥ limit."""

    def __init__(self) -> None:
        self._cells: list[tuple[int, int, float]] = []
        self._limits: list[float] = []

    def at_least(self, limit: float, terms: Iterable[tuple[int, float]]) -> None:
        """Add a row; `terms` are pairs of a variable's number and its factor."""
        self._cells += [(len(self._limits), column, factor) for column, factor in terms]
        self._limits.append(limit)

    def solve(
        self,
        cost: Sequence[float] | NDArray[np.float64],
        lower: Sequence[float] | NDArray[np.float64] | float = 0.0,
        upper: float = np.inf,
        *,
        whole: bool = False,
    ) -> NDArray[np.float64]:
        """The variables of least cost within bounds, in whole numbers if asked for."""
        prices = np.asarray(cost, dtype=float)
        rows, columns, factors = zip(*self._cells, strict=True) if self._cells else ((), (), ())
        shape = (len(self._limits), prices.size)
        matrix = csr_array((np.array(factors, dtype=float), (rows, columns)), shape=shape)
        answer = milp(
            prices,
            constraints=[LinearConstraint(matrix, self._limits, np.inf)] if self._limits else [],
            integrality=np.full(prices.size, int(whole)),
            bounds=Bounds(lower, upper),
            options={"mip_rel_gap": 0.0},
        )
        if answer.x is None:
            raise ArithmeticError(f"no layout found: {answer.message}")
        return np.asarray(answer.x, dtype=float)
