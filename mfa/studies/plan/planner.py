"""Plans: the best choice of figures, and whether the accounts agree with what the programme counts.

The programme knows recipes, balances, capacities and limits, but no priorities. Its answer is put into
the accounts as if it were a run, so that every number of the plan is one of the accounts; where an account
decides by looking at a run (who nets what), the programme is solved again with what it decides there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mfa.decisions import MONEY, Aim
from mfa.engine.network import Floats
from mfa.errors import Failure, FaultWithoutPlace
from mfa.results.run import Run
from mfa.studies.plan.plan_as_run import plan_as_run
from mfa.studies.plan.plan_conflicts import Contradiction, contradiction, programme_of
from mfa.studies.plan.plan_model import PlanModel
from mfa.studies.plan.plan_rows import Row, Rows
from mfa.studies.plan.plan_solver import Programme, Solved
from mfa.studies.plan.plan_sums import value_of_goal
from mfa.studies.plan.plan_variables import Columns
from mfa.studies.plan.planned import Solution, costs_of

MOST_ROUNDS = 8  # of solving again with the accounts of the plan; those of the park need two
MOST_STEPS = 30  # of Dinkelbach for a ratio, which square their error
RATIO = 1e-10  # relative: steps of a ratio below it are rounding
AGREES = 1e-7  # relative: sums of the programme and of the accounts
MORE_HAIR = 30.0  # times more is asked of a target that rounding missed
HAIR = 1e-6  # relative: a target missed by less is missed by rounding


class Planner:
    """The plans of one scenario: its programme is built once, and asked under further constraints.

    Parameters
    ----------
    run : the scenario as it stands, solved
    spare : whether what is built beyond what the plan itself uses is kept, for draws that use it

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        a goal that is not linear, or a ratio beside other goals
    """

    def __init__(self, run: Run, *, spare: bool = False) -> None:
        self.run = run
        self.model = PlanModel(run, spare=spare)
        check_goals(self.model, [name for name, _ in self.model.task.goals])

    def best(
        self,
        more: Sequence[Row] = (),
        aim: Aim | None = None,
        columns: Columns | None = None,
        most: int = -1,
    ) -> Solution | Contradiction:
        """The best plan under further constraints, or why there is none.

        Parameters
        ----------
        aim : a goal in the place of those of the task
        columns : the variables with further ones that only the further constraints know
        most : a variable to be most, in the place of any goal

        Raises
        ------
        mfa.errors.FaultWithoutPlace
            a goal without an end
        mfa.Failure
            the solver gives no answer
        """
        model = self.model
        if aim:
            model = model.aimed_at(((aim.name, 1.0),), maximise=aim.maximise)
        model = model.with_columns(columns) if columns else model
        for round_ in range(MOST_ROUNDS):
            rows = Rows.joined([model.rows, Rows.of(more)])
            programme = programme_of(model, rows)
            solved = _farthest(programme, most) if most >= 0 else _best(model, programme)
            if solved.status == "infeasible":
                return contradiction(model, more)
            refuse_unanswered(solved)
            as_run = plan_as_run(model, solved.x)
            agrees = accounts_agree(model, solved.x, as_run)
            if (agrees and not missed_by_a_hair(as_run)) or round_ == MOST_ROUNDS - 1:
                break
            model = model.weighed_by(as_run, model.hair * MORE_HAIR if agrees else model.hair)
        task = self.model.task
        self.model = model.aimed_at(task.goals, maximise=task.maximise).with_columns(self.model.columns)
        return Solution(model, rows, solved, as_run, agrees)


def refuse_unanswered(solved: Solved) -> None:
    """Refuse the answer of a programme that has no best point, or none was found.

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        a goal without an end
    mfa.Failure
        nothing was found in the time that there is
    """
    if solved.status == "endless":
        raise FaultWithoutPlace("plan-endless")
    if solved.status == "out-of-time" and not solved.x.any():
        raise Failure("no plan was found in the time that there is")


def missed_by_a_hair(run: Run) -> bool:
    """Whether a target is missed by no more than rounding."""
    aimed = run.indicators_named({t.indicator for t in run.system.targets})
    missed = (r for r in aimed if r.met == "false")
    return any(abs(r.distance or 0.0) <= HAIR * max(abs(r.value or 0.0), 1.0) for r in missed)


def check_goals(model: PlanModel, names: Sequence[str]) -> None:
    """Whether goals are linear, a ratio only alone.

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        one that is not
    """
    for name in names:
        found = None if name in MONEY else model.weighed(name)
        if name not in MONEY and found is None:
            raise FaultWithoutPlace("plan-goal", name=name[:80])
        if found is not None and found.bottom is not None and len(names) > 1:
            raise FaultWithoutPlace("plan-ratio", name=name[:80])


# ---------------------------------------------------------------- solving
def _farthest(programme: Programme, column: int) -> Solved:
    """The point where one variable is largest."""
    cost = np.zeros(len(programme.bottom))
    cost[column] = -1.0
    return programme.solved(cost)


def _best(model: PlanModel, programme: Programme) -> Solved:
    """The best point of the programme; a ratio by Dinkelbach's steps."""
    sign = -1.0 if model.task.maximise else 1.0
    goals = [(model.goal(name), weight) for name, weight in model.task.goals]
    ratio = next((g for g, _ in goals if g[1] is not None), None)
    if ratio is None or ratio[1] is None:
        return programme.solved(sign * sum((w * g[0].row for g, w in goals), np.zeros(len(model.capital))))
    top, bottom, at = ratio[0], ratio[1], 0.0
    solved = programme.solved(sign * top.row)
    for _ in range(MOST_STEPS):
        if solved.status != "optimal" or bottom.at(solved.x) <= 0:
            break
        before, at = at, top.at(solved.x) / bottom.at(solved.x)
        if abs(at - before) <= RATIO * max(abs(at), 1.0):
            break
        solved = programme.solved(sign * (top.row - at * bottom.row))
    # of a difference that is about 0 at the best, HiGHS tells the gap against that
    return replace(solved, gap=solved.gap * abs(solved.value) / max(abs(top.at(solved.x)), 1e-300))


# ---------------------------------------------------------------- whether the accounts agree
def accounts_agree(model: PlanModel, x: Floats, as_run: Run) -> bool:
    """Whether the accounts of the plan count its targets and goals as the programme did."""
    names = [*(t.indicator for t in model.system.targets), *(n for n, _ in model.task.goals)]
    told = {r.name: r.value for r in as_run.indicators_named(set(names))}
    for name in names:
        value, counted = told.get(name), name not in MONEY and model.weighed(name) is not None
        if counted and value is not None and not _alike(value_of_goal(model.goal(name), x), value):
            return False
    return _alike(model.operating.at(x), costs_of(as_run, 0.0).total)


def _alike(one: float, two: float) -> bool:
    return abs(one - two) <= AGREES * max(abs(one), abs(two), 1e-12)
