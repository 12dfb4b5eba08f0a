"""Plans between the best of one aim and the best of another: none is better in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mfa.decisions import Aim, FrontTask
from mfa.results.run import Run
from mfa.studies.plan.plan_model import PlanModel
from mfa.studies.plan.plan_rows import Row
from mfa.studies.plan.planned import Planned, Solution, planned
from mfa.studies.plan.planner import Planner, check_goals

NEAR = 1e-9  # relative: by how much one aim may miss its bound, so that rounding does not make it impossible


@dataclass(frozen=True)
class Point:
    """A plan of a front: the values of both aims."""

    values: tuple[float, float]
    planned: Planned


@dataclass(frozen=True)
class Front:
    """Plans of which none is better in one aim without being worse in the other.

    `freed`: indicators whose targets do not bind in it, since they are aims.
    """

    aims: tuple[Aim, Aim]
    points: tuple[Point, ...]
    freed: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, str]:
        """What the aims are."""
        return self.aims[0].name, self.aims[1].name


def front(run: Run, task: FrontTask) -> Front:
    """Points best in the first aim for evenly spaced bounds on the second (the ε-constraint method).

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        an aim that is no linear sum or ratio of sums
    mfa.Failure
        the solver gives no answer
    """
    one, two = task.aims
    freed = tuple(
        dict.fromkeys(t.indicator for t in run.system.targets if t.indicator in (one.name, two.name))
    )
    targets = tuple(t for t in run.system.targets if t.indicator not in freed)
    planner = Planner(Run(replace(run.system, targets=targets), run.compiled, run.state))
    for aim in task.aims:
        check_goals(planner.model, [aim.name])
    ends = [_end(planner, one, two), _end(planner, two, one)]
    if ends[0] is None or ends[1] is None:
        return Front(task.aims, (), freed)
    first, last = ends[0].goal(two.name), ends[1].goal(two.name)
    inner = [_bounded(planner, one, two, b) for b in np.linspace(first, last, task.points)[1:-1].tolist()]
    found: Sequence[Solution | None] = [ends[0], *inner, ends[1]]
    if abs(last - first) <= NEAR * max(abs(first), abs(last)):
        found = ends[:1]
    cheapest = [_cheapest(planner, task.aims, f) for f in found if f is not None]
    points = (Point((f.goal(one.name), f.goal(two.name)), planned(f, brings=False)) for f in cheapest)
    return Front(task.aims, tuple(points), freed)


def _end(planner: Planner, aim: Aim, other: Aim) -> Solution | None:
    """The best of one aim, among which the best of the other."""
    best = planner.best(aim=aim)
    return _bounded(planner, other, aim, best.goal(aim.name)) if isinstance(best, Solution) else None


def _cheapest(planner: Planner, aims: tuple[Aim, Aim], found: Solution) -> Solution:
    """Of the plans that are as good in both aims, that with the least investment: others may be arbitrary."""
    bounds = [bound_on(planner.model, a, _worse(a, found.goal(a.name))) for a in aims]
    best = planner.best(bounds, aim=Aim("capital"))
    return best if isinstance(best, Solution) else found


def _worse(aim: Aim, value: float) -> float:
    """A bound that rounding does not make impossible."""
    return value + (-1.0 if aim.maximise else 1.0) * NEAR * max(abs(value), 1.0)


def _bounded(planner: Planner, aim: Aim, other: Aim, bound: float) -> Solution | None:
    """The best of one aim, the other being at least as good as a bound."""
    found = planner.best([bound_on(planner.model, other, _worse(other, bound))], aim=aim)
    return found if isinstance(found, Solution) else None


def bound_on(model: PlanModel, aim: Aim, bound: float) -> Row:
    """An aim at least as good as a bound; a ratio is multiplied by its denominator."""
    form, bottom, scale = model.goal(aim.name)
    row, end = form.row, bound - form.constant
    if bottom is not None:
        row = form.row - bottom.row * (bound / scale)
        end = bottom.constant * bound / scale - form.constant
    terms = [(int(i), float(row[i])) for i in np.flatnonzero(row)]
    return Row(terms, end, np.inf) if aim.maximise else Row(terms, -np.inf, end)
