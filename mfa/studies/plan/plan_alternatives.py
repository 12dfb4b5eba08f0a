"""Other plans: the next best that say yes and no otherwise, and what lies between the best of two goals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mfa.errors import FaultWithoutPlace
from mfa.results.run import Run
from mfa.studies.plan.plan_model import PlanModel
from mfa.studies.plan.plan_variables import Row
from mfa.studies.plan.planner import Planned, plan

NEAR = 1e-9  # relative: by how much the other goal may miss its best at an end of a front


@dataclass(frozen=True)
class Point:
    """A plan of a front: the values of both goals."""

    values: tuple[float, float]
    planned: Planned


@dataclass(frozen=True)
class Front:
    """Plans of which none is better in one goal without being worse in the other."""

    names: tuple[str, str]
    points: tuple[Point, ...]


def alternatives(run: Run, best: Planned, count: int) -> tuple[Planned, ...]:
    """The next best plans, each with other yes/no decisions than all before it, the best first.

    No-good cuts: of a plan with the answers z*, at least one answer must be another,
    Σ over yes (1 − z) + Σ over no z ≥ 1.

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        alternatives are asked for and nothing is a yes or no
    """
    model = PlanModel(run)
    columns = [b.binary for b in model.built.values() if b.binary >= 0]
    if count > 0 and not columns:
        raise FaultWithoutPlace("plan-no-binary")
    found, cuts = [best], list[Row]()
    while len(found) <= count:
        answers = found[-1].built
        terms = [(c, -1.0 if yes else 1.0) for c, yes in zip(columns, answers, strict=True)]
        cuts.append(Row(terms, 1.0 - sum(answers), np.inf))
        further = plan(run, cuts)
        if not isinstance(further, Planned):
            break
        found.append(further)
    return tuple(found[1:])


def front(run: Run, one: str, two: str, count: int) -> Front:
    """Points of least `one` for evenly spaced bounds on `two`, from the best of the one to that of the other.

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        a goal that is no linear sum
    """
    ends = [_least(run, one, ()), _least(run, two, ())]
    if not all(isinstance(e, Planned) for e in ends):
        return Front((one, two), ())
    of_two = [_worth(run, two, p) for p in ends if isinstance(p, Planned)]
    low = _lexicographic(run, one, two, of_two[1])
    points = []
    for bound in np.linspace(of_two[0], of_two[1], count).tolist():
        at_end = bound == of_two[1]
        found = low if at_end else _least(run, one, [_bound(run, two, bound)])
        if isinstance(found, Planned):
            points.append(Point((_worth(run, one, found), _worth(run, two, found)), found))
    return Front((one, two), tuple(points))


def _lexicographic(run: Run, one: str, two: str, best: float) -> Planned | None:
    """Least `one` among the plans that are best in `two`."""
    found = _least(run, one, [_bound(run, two, best + NEAR * max(abs(best), 1.0))])
    return found if isinstance(found, Planned) else None


def _aimed(run: Run, name: str) -> Run:
    """The same run, its plan to be least in one goal."""
    task = replace(run.system.plan, goals=((name, 1.0),), maximise=False)
    return Run(replace(run.system, plan=task), run.compiled, run.state)


def _least(run: Run, name: str, more: Sequence[Row]) -> Planned | None:
    found = plan(_aimed(run, name), more)
    return found if isinstance(found, Planned) else None


def _bound(run: Run, name: str, most: float) -> Row:
    """At most so much of a goal."""
    form, bottom, scale = PlanModel(run).goal(name)
    row, end = form.row, most - form.constant
    if bottom is not None:
        row = form.row - bottom.row * (most / scale)
        end = bottom.constant * most / scale - form.constant
    return Row([(int(i), float(row[i])) for i in np.flatnonzero(row)], -np.inf, end)


def _worth(run: Run, name: str, planned: Planned) -> float:
    """A goal of a plan, by its accounts."""
    if name == "cost":
        return planned.costs.total
    if name == "capital":
        return planned.costs.capital
    model = PlanModel(run)
    found = model.weighed(name)
    if found is None:
        raise FaultWithoutPlace("plan-goal", name=name[:80])
    ledger = planned.run.accounts.ledger
    top = ledger.counted(found.top)
    return top if found.bottom is None else top / ledger.counted(found.bottom) * found.scale
