"""A draw of a scenario as a plan meets it: by how much its targets are missed with some sizes, and slopes.

Sizes are given; everything else (who takes how much) may be another in each draw. What is missed is the least
sum of what targets lack and of what is left over of products made of waste (as in a plan, none may be): a
linear programme, whose value is convex in the sizes, so that its slopes bound it from below everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from mfa.engine.network import Floats, Ints
from mfa.results.run import Run
from mfa.studies.plan.plan_as_run import plan_as_run
from mfa.studies.plan.plan_model import PlanModel
from mfa.studies.plan.plan_rows import Row, Rows
from mfa.studies.plan.plan_solver import Programme

ROUNDING = 1e-6  # relative: by how much a draw may miss its own programme
LEAST = 1e3  # native units a year: what is left over is measured by no less than a small works makes
ENOUGH = 1e-6  # of what a target is measured by: what is missed by less is met


@dataclass(frozen=True)
class Miss:
    """What the targets of a draw lack with some sizes.

    Attributes
    ----------
    amount : the sum over targets, each as a share of its denominator or bound, and over products left over,
        each as a share of what is made; inf where nothing is possible
    slopes : (size,) by how much it grows with one more of a size
    """

    amount: float
    slopes: Floats

    @property
    def met(self) -> bool:
        """Whether the targets hold."""
        return self.amount <= ENOUGH


class DrawnPlan:
    """The programme of one draw, priorities left aside, in which targets may be missed.

    Parameters
    ----------
    run : the draw of the scenario as it stands, solved
    sizes : the columns of what is decided, the same in all draws
    """

    def __init__(self, run: Run, sizes: Ints) -> None:
        task = replace(run.system.plan, keeps_priorities=False)
        self.model = PlanModel(Run(replace(run.system, plan=task), run.compiled, run.state))
        self.sizes = sizes
        self._x: Floats | None = None
        self._programme = self._elastic()

    def _elastic(self) -> Programme:
        """Targets may be missed, and of products made of waste something may be left over, at a price."""
        rows, c = self.model.rows, self.model.columns
        soft = np.array(
            [i for i, o in enumerate(rows.origins) if o is not None and o.kind in ("target", "taken")],
            np.int64,
        )
        sign = np.where(np.isfinite(rows.low[soft]), 1.0, -1.0) * self._measures(rows, soft)
        slack: Any = sp.csr_matrix((sign, (soft, np.arange(len(soft)))), (len(rows), len(soft)))
        matrix = sp.csr_matrix(sp.hstack([rows.matrix(len(c.low)), slack]))
        bottom, top = np.zeros(len(soft)), np.full(len(soft), np.inf)
        high = np.maximum(rows.high, self._as_it_stands(rows))
        return Programme(matrix, rows.low, high, np.append(c.low, bottom), np.append(c.high, top))

    def _as_it_stands(self, rows: Rows) -> Floats:
        """(row,) what the draw as it stands has of what today bounds, so that it fits its programme."""
        state = self.model.run.state
        entries = np.where(self.model.lines.process < 0, state.handed, 0.0)
        parts = [state.level, entries, state.surplus, state.shortage]
        x = np.zeros(len(self.model.columns.low))
        x[: sum(map(len, parts))] = np.concatenate(parts)
        amounts = np.bincount(rows.at, rows.weight * x[rows.column], minlength=len(rows))
        today = np.array([o is not None and o.kind in ("sold", "short") for o in rows.origins], bool)
        return np.where(today, amounts * (1 + ROUNDING), -np.inf)

    def _measures(self, rows: Rows, soft: Ints) -> Floats:
        """(soft row,) what a miss is measured by: a denominator or bound, or all that there is."""
        ledger, found = self.model.ledger, []
        made = dict(zip(self.model.structure.pools, (ledger.made + ledger.entering).tolist(), strict=True))
        for i in soft.tolist():
            origin = rows.origins[i]
            assert origin is not None
            if origin.kind == "taken":
                found.append(max(made[origin.ids[0]], LEAST))
                continue
            weighed = self.model.weighed(self.model.system.targets[int(origin.ids[0])].indicator)
            size = abs(float(rows.low[i] if np.isfinite(rows.low[i]) else rows.high[i]))
            if weighed is not None and weighed.bottom is not None:
                size = ledger.counted(weighed.bottom)
            found.append(max(float(size), 1.0))
        return np.array(found)

    @property
    def least(self) -> float:
        """What the targets lack at least, whatever the sizes within their bounds."""
        return self._solved(None).amount

    def miss(self, values: Floats) -> Miss:
        """What the targets lack where the sizes are these."""
        return self._solved(values)

    def _solved(self, values: Floats | None) -> Miss:
        p = self._programme
        bottom, top = p.bottom.copy(), p.top.copy()
        if values is not None:
            bottom[self.sizes] = top[self.sizes] = values
        cost = np.zeros(len(bottom))
        cost[len(self.model.columns.low) :] = 1.0
        found = p.solved(cost, box=(bottom, top))
        if found.status != "optimal":
            return Miss(np.inf, np.zeros(len(self.sizes)))
        self._x = found.x[: len(self.model.columns.low)]
        return Miss(max(found.value, 0.0), found.reduced[self.sizes])

    def weigh(self) -> None:
        """Count amounts as the accounts of the last answer do, not as those of the draw as it stands."""
        if self._x is not None:
            self.model = self.model.weighed_by(plan_as_run(self.model, self._x), self.model.hair)
            self._programme = self._elastic()


def cut(miss: Miss, sizes: Mapping[int, tuple[float, float]], at: Floats, answer: int) -> Row:
    """What holds of the sizes of any plan whose targets hold in a draw: miss + slopes · (s − s*) ≤ 0.

    Parameters
    ----------
    sizes : column → its least and largest value
    at : (size,) where the miss was found
    answer : the column that is 1 where the targets need not hold in the draw; -1 where they must
    """
    terms = [(c, s) for c, s in zip(sizes, miss.slopes.tolist(), strict=True) if s]
    there = float(miss.slopes @ at)
    if answer < 0:
        return Row(terms, -np.inf, there - miss.amount)
    ends = np.array(list(sizes.values()))
    largest = float(np.maximum(miss.slopes * ends[:, 0], miss.slopes * ends[:, 1]).sum())
    most = max(miss.amount + largest - there, 0.0)
    return Row([*terms, (answer, -most)], -np.inf, there - miss.amount)
