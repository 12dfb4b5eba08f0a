"""HiGHS for the programme of a plan: the best point, and what one unit more of each constraint is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
    gap : how far the best that is not excluded may be, relative
    """

    status: str
    x: Floats
    value: float
    dual: Floats
    gap: float = 0.0


@dataclass(frozen=True)
class Programme:
    """minimise cost @ x, low <= matrix @ x <= high, bottom <= x <= top, some x whole."""

    matrix: Any
    low: Floats
    high: Floats
    bottom: Floats
    top: Floats
    whole: tuple[int, ...] = ()

    def solved(self, cost: Floats) -> Solved:
        """Solve it: whole numbers first, at a tolerance that HiGHS is sure at, then the rest with them fixed.

        Where no rest goes with the whole numbers that were found, they are looked for more closely.

        Raises
        ------
        mfa.Failure
            HiGHS gives no answer
        """
        if not self.whole:
            return self._run(cost, self.bottom, self.top, (), TOLERANCE)
        at = list(self.whole)
        for tolerance in WHOLE_TOLERANCES:
            found = self._run(cost, self.bottom, self.top, self.whole, tolerance)
            if found.status in ("infeasible", "endless") or not found.x.any():
                return found
            bottom, top = self.bottom.copy(), self.top.copy()
            bottom[at] = top[at] = np.round(found.x[at])
            again = self._run(cost, bottom, top, (), TOLERANCE)
            if again.status == "optimal":
                return Solved(found.status, again.x, again.value, again.dual, found.gap)
        return Solved("infeasible", found.x, found.value, found.dual)

    def _run(
        self, cost: Floats, bottom: Floats, top: Floats, whole: tuple[int, ...], tolerance: float
    ) -> Solved:
        scale, rows = self._scales
        size = max(float(np.abs(cost * scale).max(initial=0.0)), 1e-300)
        matrix = sp.csr_matrix(sp.diags(rows) @ self.matrix @ sp.diags(scale))
        solver = silent_solver(
            matrix, (self.low * rows, self.high * rows), (bottom / scale, top / scale), cost * scale / size
        )
        for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
            solver.setOptionValue(name, tolerance)
        if whole:
            kinds = np.full(len(whole), highspy.HighsVarType.kInteger)
            solver.changeColsIntegrality(len(whole), np.array(whole, np.int32), kinds)
            solver.setOptionValue("mip_feasibility_tolerance", tolerance)
            solver.setOptionValue("mip_rel_gap", GAP)
        solver.setOptionValue("time_limit", TIME_LIMIT)
        for options in AGAIN:
            for name, value in options.items():
                solver.setOptionValue(name, value)
            solver.run()
            if solver.getModelStatus() in STATUS:
                break
            solver.clearSolver()
        return self._answer(solver, cost, scale, rows, size)

    def _answer(self, solver: Any, cost: Floats, scale: Floats, rows: Floats, size: float) -> Solved:
        status = solver.getModelStatus()
        if status not in STATUS:
            raise Failure(f"the plan's programme was not solved: {solver.modelStatusToString(status)}")
        found = solver.getSolution()
        x = np.array(found.col_value, np.float64) * scale if len(found.col_value) else np.zeros(len(scale))
        dual = np.array(found.row_dual, np.float64) if len(found.row_dual) else np.zeros(len(rows))
        gap = float(solver.getInfo().mip_gap)
        return Solved(
            STATUS[status], x, float(cost @ x), dual * rows * size, gap if np.isfinite(gap) else 0.0
        )

    @property
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
