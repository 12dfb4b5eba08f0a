"""Linear programmes over everything that a system allows: what is possible, and how far off a claim is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from mfa.engine.network import Floats
from mfa.errors import Failure
from mfa.studies.constraints import Constraints, Form

REACHED = 1e-7
TIME_LIMIT = 20.0  # s; the slowest of the 2 100 programmes of the shipped plan takes 0.06 s
SOLVED, OUT_OF_TIME, IMPOSSIBLE, ENDLESS = 0, 1, 2, 3
DECIDED = (SOLVED, IMPOSSIBLE, ENDLESS)


class Undecided(Exception):
    """A programme was not solved within `TIME_LIMIT`."""


@dataclass(frozen=True)
class Bound:
    """`low <= form <= high`; `size` is what a violation is measured against."""

    form: Form
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

    def extreme(self, form: Form, sign: float) -> float | None:
        """The least (sign 1) or greatest (sign -1) value of a form; None where there is no end.

        Raises
        ------
        Undecided
            it takes too long
        """
        row = self.stacked([form]).toarray().ravel() * sign
        found = self._solved(row)
        return sign * float(found.fun or 0.0) + 0.0 if found.status == SOLVED else None

    def _solved(self, cost: Floats, rows: sp.spmatrix | None = None, least: Floats | None = None) -> Any:
        """Minimise, with rows + slack at least `least` beside the constraints; HiGHS, by scipy."""
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
