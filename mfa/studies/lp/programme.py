"""Which of many bounds can hold together: one linear programme, asked again and again.

Every bound may be violated at a cost. A bound that does not matter costs nothing, so that another
choice of bounds only changes costs: the last solution stays possible, and HiGHS goes on from it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp

from mfa.engine.network import Floats
from mfa.errors import Failure
from mfa.studies.lp.constraints import Constraints
from mfa.studies.lp.linear_form import LinearForm

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
        self._solver = silent_solver(
            whole,
            (np.append(low, least), np.append(high, free)),
            (np.append(bottom, np.zeros(len(sides))), np.append(top, free)),
        )
        self._solver.setOptionValue("simplex_strategy", PRIMAL)  # the last solution stays possible

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


def silent_solver(
    matrix: Any, rows: tuple[Floats, Floats], box: tuple[Floats, Floats], cost: Floats | None = None
) -> Any:
    """A HiGHS model of sparse rows, their ends, those of the columns, and costs."""
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    model.col_cost_ = np.zeros(matrix.shape[1]) if cost is None else cost
    model.row_lower_, model.row_upper_ = rows
    model.col_lower_, model.col_upper_ = box
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    model.a_matrix_.index_ = matrix.indices.astype(np.int32)
    model.a_matrix_.value_ = matrix.data
    solver: Any = _Silent()  # type: ignore[no-untyped-call]
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.passModel(model)
    return solver


REACHED = 1e-7  # what HiGHS lets a row miss by default
TIME_LIMIT = 20.0  # s; the slowest of the 2 100 programmes of the shipped plan takes 0.06 s
SOLVED, OUT_OF_TIME, IMPOSSIBLE, ENDLESS = 0, 1, 2, 3
DECIDED = (SOLVED, IMPOSSIBLE, ENDLESS)


MOST_STEPS = 30  # Dinkelbach's steps square their error; those of the shipped plan take at most six
RATIO_ROUNDING = 1e-9  # a ratio's steps below this are rounding of the programme


class Undecided(Exception):
    """A programme was not solved within `TIME_LIMIT`."""


@dataclass(frozen=True)
class Bound:
    """`low <= form <= high`; `size` is what a violation is measured against."""

    form: LinearForm
    low: float | None
    high: float | None
    size: float


class Programme(Constraints):
    """The constraints of one system, with something to ask of them."""

    def violation(self, wanted: list[Bound]) -> float:
        """The least sum of relative violations of some bounds; 0 where all can hold together.

        Raises
        ------
        mfa.Failure
            the solver gives no answer
        Undecided
            it takes too long
        """
        ends_of = [(b, sign, end) for b in wanted for sign, end in ((1.0, b.low), (-1.0, b.high))]
        sides = [(b, sign, end) for b, sign, end in ends_of if end is not None]
        factor = np.array([sign / b.size for b, sign, _ in sides])
        rows = sp.diags(factor) @ self.stacked([b.form for b, _, _ in sides])
        least = factor * np.array([end for _, _, end in sides])
        cost = np.concatenate([np.zeros(self.starts["end"]), np.ones(len(sides))])
        found = self._solved(cost, rows, least)
        if found.status not in DECIDED:
            raise Failure(f"the audit's linear programme was not solved: {found.message}")
        return float(found.fun or 0.0) if found.status == SOLVED else float("inf")

    @cached_property
    def possible(self) -> bool:
        """Whether the constraints hold together at all; not where the scenario has a shortage.

        Raises
        ------
        Undecided
            it takes too long
        """
        return bool(self._solved(np.zeros(self.starts["end"])).status == SOLVED)

    def extreme(self, form: LinearForm, sign: float) -> float | None:
        """The least (sign 1) or greatest (sign -1) value of a form; None where there is no end.

        Raises
        ------
        Undecided
            it takes too long
        """
        row = self.stacked([form]).toarray().ravel() * sign
        found = self._solved(row)
        return sign * float(found.fun or 0.0) + 0.0 if found.status == SOLVED else None

    def extreme_ratio(self, top: LinearForm, bottom: LinearForm, sign: float) -> float | None:
        """The least (sign 1) or greatest (sign -1) value of top ÷ bottom; None where it is not found.

        Dinkelbach (1967): the best of top - r · bottom gives the next r, until it gains nothing.

        Raises
        ------
        Undecided
            it takes too long
        """
        forms = self.stacked([top, bottom])
        ratio: float | None = None
        for _ in range(MOST_STEPS):
            one = top if ratio is None else top.minus(bottom, ratio)
            found = self._solved(self.stacked([one]).toarray().ravel() * sign)
            if found.status != SOLVED:
                return None
            above, below = forms @ found.x
            if below <= 0:
                return None
            if ratio is not None and abs(above / below - ratio) <= RATIO_ROUNDING:
                return float(ratio)
            ratio = float(above / below)
        return ratio

    def _solved(self, cost: Floats, rows: sp.spmatrix | None = None, least: Floats | None = None) -> Any:
        """Minimise, with rows + slack at least `least` beside the constraints; HiGHS, by scipy."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        matrix, low, high = self.matrix
        bottom, top = self.box
        if rows is not None and least is not None:
            blocks: Any = [[matrix, None], [rows, sp.identity(len(least))]]
            matrix = sp.csr_matrix(sp.bmat(blocks))
            low, high = np.append(low, least), np.append(high, np.full(len(least), np.inf))
            bottom, top = np.append(bottom, np.zeros(len(least))), np.append(top, np.full(len(least), np.inf))
        within, box = LinearConstraint(matrix, low, high), Bounds(bottom, top)
        found = milp(cost, constraints=within, bounds=box, options={"time_limit": TIME_LIMIT})
        if found.status not in (SOLVED, ENDLESS, OUT_OF_TIME):
            # presolve may call impossible what rounding made so
            again = milp(
                cost,
                constraints=within,
                bounds=box,
                options={"time_limit": TIME_LIMIT, "presolve": False},
            )
            found = again if again.status in (*DECIDED, OUT_OF_TIME) else found
        if found.status == OUT_OF_TIME:
            raise Undecided
        return found
