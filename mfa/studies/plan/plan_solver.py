"""HiGHS for the programme of a plan: the best point, and what one unit more of each constraint is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp

from mfa.engine.network import Floats
from mfa.errors import Failure
from mfa.studies.lp.programme import silent_solver

TOLERANCE = 1e-9  # of the scaled programme, for bounds and duals
WHOLE_TOLERANCES = (1e-6, 1e-8)  # of whole numbers; closer, HiGHS calls possible plans impossible
GAP = 1e-9  # relative: a plan within it of the best is the best
TIME_LIMIT = 60.0  # s; the plans of the park take under a second
LARGEST = 1e3  # of the scaled programme: 1e-12 of it is TOLERANCE
_Model = highspy.HighsModelStatus
STATUS = {
    _Model.kOptimal: "optimal",
    _Model.kInfeasible: "infeasible",
    _Model.kUnbounded: "endless",
    _Model.kUnboundedOrInfeasible: "infeasible",
    _Model.kTimeLimit: "out-of-time",
}
Ends = tuple[Floats, Floats]
AGAIN: tuple[Mapping[str, str | float], ...] = (  # where HiGHS breaks down, at once or at these tolerances
    {},
    {"presolve": "off"},
    {"presolve": "choose", "primal_feasibility_tolerance": 1e-7, "dual_feasibility_tolerance": 1e-7},
    {"presolve": "off", "mip_feasibility_tolerance": 1e-7},
)


@dataclass(frozen=True)
class Solved:
    """The answer of a programme.

    Attributes
    ----------
    status : `optimal`, `infeasible`, `endless`, or `out-of-time`
    x : (variable,) the best point
    value : of the objective there
    dual : (row,) by how much the objective grows with one more of a row's bound, whole numbers held
    reduced : (variable,) and with one more of a variable that is held at a bound
    gap : how far the best that is not excluded may be, relative
    """

    status: str
    x: Floats
    value: float
    dual: Floats
    reduced: Floats
    gap: float = 0.0


@dataclass(frozen=True)
class Programme:
    """minimise cost @ x, low <= matrix @ x <= high, bottom <= x <= top, some x whole.

    Asked again with other costs or ends, HiGHS goes on from where it was.
    """

    matrix: Any
    low: Floats
    high: Floats
    bottom: Floats
    top: Floats
    whole: tuple[int, ...] = ()

    def solved(self, cost: Floats, rows: Ends | None = None, box: Ends | None = None) -> Solved:
        """Solve it: whole numbers first, at a tolerance that HiGHS is sure at, then the rest with them fixed.

        Where no rest goes with the whole numbers that were found, they are looked for more closely.

        Parameters
        ----------
        rows, box : ends of rows and of columns, where they are others than those of the programme

        Raises
        ------
        mfa.Failure
            HiGHS gives no answer
        """
        bottom, top = box or (self.bottom, self.top)
        rows = rows or (self.low, self.high)
        if not self.whole:
            return self._run(self._plain, cost, rows, (bottom, top), TOLERANCE)
        at = list(self.whole)
        for tolerance in WHOLE_TOLERANCES:
            found = self._run(self._mixed, cost, rows, (bottom, top), tolerance)
            if found.status in ("infeasible", "endless") or not found.x.any():
                return found
            least, most = bottom.copy(), top.copy()
            least[at] = most[at] = np.round(found.x[at])
            again = self._run(self._plain, cost, rows, (least, most), TOLERANCE)
            if again.status == "optimal":
                return replace(again, status=found.status, gap=found.gap)
        return Solved("infeasible", found.x, found.value, found.dual, found.reduced)

    def is_possible(self, rows: Ends) -> bool:
        """Whether something keeps to other ends of the rows; without whole numbers first, which is quick.

        Raises
        ------
        mfa.Failure
            HiGHS gives no answer
        """
        cost = np.zeros(len(self.bottom))
        if self._run(self._plain, cost, rows, (self.bottom, self.top), TOLERANCE).status != "optimal":
            return False
        return not self.whole or self.solved(cost, rows).status == "optimal"

    @cached_property
    def _plain(self) -> Any:
        """HiGHS with the programme, whole numbers let go."""
        scale, rows = self._scales
        matrix = sp.csr_matrix(sp.diags(rows) @ self.matrix @ sp.diags(scale))
        return silent_solver(
            matrix, (self.low * rows, self.high * rows), (self.bottom / scale, self.top / scale)
        )

    @cached_property
    def _mixed(self) -> Any:
        """HiGHS with the programme, some columns whole."""
        scale, rows = self._scales
        matrix = sp.csr_matrix(sp.diags(rows) @ self.matrix @ sp.diags(scale))
        solver = silent_solver(
            matrix, (self.low * rows, self.high * rows), (self.bottom / scale, self.top / scale)
        )
        kinds = np.full(len(self.whole), highspy.HighsVarType.kInteger)
        solver.changeColsIntegrality(len(self.whole), np.array(self.whole, np.int32), kinds)
        solver.setOptionValue("mip_rel_gap", GAP)
        return solver

    def _run(self, solver: Any, cost: Floats, rows: Ends, box: Ends, tolerance: float) -> Solved:
        scale, row_scale = self._scales
        size = max(float(np.abs(cost * scale).max(initial=0.0)), 1e-300)
        columns, lines = np.arange(len(scale), dtype=np.int32), np.arange(len(row_scale), dtype=np.int32)
        solver.changeColsCost(len(columns), columns, cost * scale / size)
        solver.changeColsBounds(len(columns), columns, box[0] / scale, box[1] / scale)
        solver.changeRowsBounds(len(lines), lines, rows[0] * row_scale, rows[1] * row_scale)
        asked = {"presolve": "choose", "mip_feasibility_tolerance": tolerance}
        asked |= dict.fromkeys(("primal_feasibility_tolerance", "dual_feasibility_tolerance"), tolerance)
        for options in AGAIN:
            asked |= options
            for name, value in asked.items():
                solver.setOptionValue(name, value)
            solver.setOptionValue("time_limit", solver.getRunTime() + TIME_LIMIT)  # of all runs together
            solver.run()
            if solver.getModelStatus() in STATUS:
                break
            solver.clearSolver()
        return self._answer(solver, cost, scale, row_scale, size)

    def _answer(self, solver: Any, cost: Floats, scale: Floats, rows: Floats, size: float) -> Solved:
        status = solver.getModelStatus()
        if status not in STATUS:
            raise Failure(f"the plan's programme was not solved: {solver.modelStatusToString(status)}")
        found = solver.getSolution()
        x = np.array(found.col_value, np.float64) * scale if len(found.col_value) else np.zeros(len(scale))
        dual = np.array(found.row_dual, np.float64) if len(found.row_dual) else np.zeros(len(rows))
        reduced = np.array(found.col_dual, np.float64) if len(found.col_dual) else np.zeros(len(scale))
        gap = float(solver.getInfo().mip_gap)
        return Solved(
            STATUS[status],
            x,
            float(cost @ x),
            dual * rows * size,
            reduced / scale * size,
            gap if np.isfinite(gap) else 0.0,
        )

    @cached_property
    def _scales(self) -> tuple[Floats, Floats]:
        """What one unit of each column and row of the solved programme is.

        The largest amount that is fixed becomes `LARGEST`, so that tolerances are small beside it and large
        beside rounding; whole numbers stay as they are, rows are divided by their largest term.
        """
        fixed = self.low[np.isfinite(self.low)]
        largest = float(np.abs(fixed).max(initial=0.0))
        scale = np.full(len(self.top), max(largest / LARGEST, 1e-3))
        scale[list(self.whole)] = 1.0
        scaled = abs(self.matrix @ sp.diags(scale))
        size = scaled.max(axis=1).toarray().ravel() if self.matrix.shape[0] else np.zeros(0)
        return scale, 1 / np.maximum(size, 1e-300)
