"""Which of many bounds can hold together: one linear programme, asked again and again.

Every bound may be violated at a cost. A bound that does not matter costs nothing, so that another
choice of bounds only changes costs: the last solution stays possible, and HiGHS goes on from it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp

from mfa.engine.network import Floats
from mfa.errors import Failure
from mfa.studies.programme import TIME_LIMIT, Bound, Programme, Undecided

PRIMAL = 4  # HiGHS: the primal simplex method


class Elastic:
    """The constraints of a programme with bounds that may be violated.

    Parameters
    ----------
    groups : the bounds of each claim, in order
    """

    def __init__(self, programme: Programme, groups: Sequence[Sequence[Bound]]) -> None:
        sides = [
            (g, b, sign, end)
            for g, bounds in enumerate(groups)
            for b in bounds
            for sign, end in ((1.0, b.low), (-1.0, b.high))
            if end is not None
        ]
        self._group = np.array([g for g, _, _, _ in sides], np.int64)
        factor = np.array([sign / b.size for _, b, sign, _ in sides])
        least = factor * np.array([end for _, _, _, end in sides])
        rows = sp.diags(factor) @ programme.stacked([b.form for _, b, _, _ in sides])
        matrix, low, high = programme.matrix
        blocks: Any = [[matrix, None], [rows, sp.identity(len(sides))]]
        whole = sp.csr_matrix(sp.bmat(blocks))
        bottom, top = programme.box
        self._first = len(bottom)
        free = np.full(len(sides), highspy.kHighsInf)
        self._solver = _solver(
            whole,
            (np.append(low, least), np.append(high, free)),
            (np.append(bottom, np.zeros(len(sides))), np.append(top, free)),
        )

    def violation(self, chosen: Collection[int]) -> float:
        """The least sum of relative violations of the chosen groups; 0 where they can hold together.

        Raises
        ------
        mfa.Failure
            HiGHS gives no answer
        Undecided
            it takes too long
        """
        cost = np.isin(self._group, list(chosen)).astype(np.float64)
        columns = np.arange(self._first, self._first + len(cost), dtype=np.int32)
        self._solver.changeColsCost(len(cost), columns, cost)
        if self._run() != highspy.HighsModelStatus.kOptimal:
            self._solver.clearSolver()  # from nothing, in case the last solution leads astray
            status = self._run()
            if status != highspy.HighsModelStatus.kOptimal:
                named = self._solver.modelStatusToString(status)
                raise Failure(f"the audit's linear programme was not solved: {named}")
        return float(self._solver.getInfo().objective_function_value)

    def _run(self) -> Any:
        """Solve, and give the status."""
        spent = self._solver.getRunTime()  # HiGHS limits the time of all runs together
        self._solver.setOptionValue("time_limit", spent + TIME_LIMIT)
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kTimeLimit:
            raise Undecided
        return status


class _Silent(highspy.Highs):
    """A solver that says nothing: HiGHS prints who it is when callbacks are enabled, before it is asked."""

    def enableCallbacks(self) -> None:
        """Enable them, the output switched off before."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _solver(matrix: Any, rows: tuple[Floats, Floats], box: tuple[Floats, Floats]) -> Any:
    """A HiGHS model without costs."""
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    model.col_cost_ = np.zeros(matrix.shape[1])
    model.row_lower_, model.row_upper_ = rows
    model.col_lower_, model.col_upper_ = box
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    model.a_matrix_.index_ = matrix.indices.astype(np.int32)
    model.a_matrix_.value_ = matrix.data
    solver: Any = _Silent()  # type: ignore[no-untyped-call]
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("simplex_strategy", PRIMAL)  # the last solution stays possible, not optimal
    solver.passModel(model)
    return solver
