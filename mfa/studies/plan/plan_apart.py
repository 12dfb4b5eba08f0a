"""Near-optimal plans that differ most: what can be decided otherwise at next to the same price.

Modelling to generate alternatives (Brill, Chang & Hopkins 1982): within a slack of the best, a further plan
is as far as it can be from the nearest of those before it. The distance is the sum over the decisions of how
far they are apart, each as a share of what it may be, so that it lies between 0 and their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mfa.engine.network import Floats
from mfa.errors import FaultWithoutPlace
from mfa.parameters import parse
from mfa.studies.plan.plan_conflicts import Contradiction
from mfa.studies.plan.plan_model import PlanModel
from mfa.studies.plan.plan_rows import Row, Terms
from mfa.studies.plan.plan_variables import Columns
from mfa.studies.plan.planned import Planned, Solution, planned
from mfa.studies.plan.planner import Planner

SLACK = 0.05  # of the best, where nothing is written: what plans of this kind are commonly allowed
SAME = 1e-6  # of what a decision may be: plans that are no farther apart are the same


@dataclass(frozen=True)
class Apart:
    """Near-optimal plans.

    Attributes
    ----------
    slack : relative: how much worse than the best they may be
    plans : each with its distance from the nearest of those before it, the best among them
    """

    slack: float
    plans: tuple[tuple[float, Planned], ...]


@dataclass(frozen=True)
class _Size:
    """A decision as plans are told apart by it: `terms` stand for it, of `span` at most."""

    terms: Terms
    span: float


def apart(planner: Planner, best: Solution, count: int, slack: float = SLACK) -> Apart:
    """Plans that are within a slack of the best and differ most.

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        a goal that is a ratio, which has no bound on a sum of goals
    """
    model = planner.model
    if any(model.goal(name)[1] is not None for name, _ in model.task.goals):
        raise FaultWithoutPlace("plan-apart-ratio")
    found, made = [best], list[tuple[float, Planned]]()
    while len(made) < count:
        columns, rows = model.columns.copied(), [_within(model, best, slack)]
        sizes = list(_sizes(model, columns, rows))
        distance = columns.add(0.0, float(len(sizes)))
        for one in found:
            rows += _beyond(sizes, list(_figures(model, one.x)), columns, distance)
        further = planner.best(rows, columns=columns, most=distance)
        if isinstance(further, Contradiction) or further.x[distance] <= SAME:
            break
        found.append(further)
        made.append((float(further.x[distance]), planned(further, brings=False)))
    return Apart(slack, tuple(made))


def _within(model: PlanModel, best: Solution, slack: float) -> Row:
    """The goals no worse than the best by more than the slack."""
    sign = -1.0 if model.task.maximise else 1.0
    row, constant = np.zeros(len(model.columns.low)), 0.0
    for name, weight in model.task.goals:
        form = model.goal(name)[0]
        row, constant = row + sign * weight * form.row, constant + sign * weight * form.constant
    value = float(row @ best.x[: len(row)] + constant)
    most = value + slack * abs(value) - constant
    return Row([(int(i), float(row[i])) for i in np.flatnonzero(row)], -np.inf, most)


def _sizes(model: PlanModel, columns: Columns, rows: list[Row]) -> Iterator[_Size]:
    """What plans are told apart by; of a capacity or limit what is used of it beyond today's.

    Else what is paid for and stands idle would be a difference.
    """
    for number, b in model.built.items():
        d = model.task.decide[number]
        path = parse(d.path, model.system)
        assert path is not None
        if path.section in ("drive", "demand", "supply"):
            yield _Size(model.value_of(number), max(d.high - d.low, SAME))
            continue
        used, room = model.used(path), max(d.high - b.today, SAME)
        if b.today <= 0:
            yield _Size(used, room)
            continue
        beyond, more = columns.add(0.0, room), int(columns.add_yes_no(1)[0])
        less = [(c, -w) for c, w in used]
        rows += [
            Row([(beyond, 1.0), *less], -b.today, np.inf),
            Row([(beyond, 1.0), *less, (more, b.today)], -np.inf, 0.0),  # of which nothing is used today
            Row([(beyond, 1.0), (more, -room)], -np.inf, 0.0),
        ]
        yield _Size([(beyond, 1.0)], room)


def _figures(model: PlanModel, x: Floats) -> Iterator[float]:
    """What the same are in a plan."""
    for number, b in model.built.items():
        path = parse(model.task.decide[number].path, model.system)
        assert path is not None
        is_amount = path.section in ("drive", "demand", "supply")
        terms = model.value_of(number) if is_amount else model.used(path)
        value = sum(w * float(x[c]) for c, w in terms)
        yield value if is_amount else max(value - b.today, 0.0)


def _beyond(sizes: Sequence[_Size], other: Sequence[float], columns: Columns, distance: int) -> Iterator[Row]:
    """The distance is at most the sum of how far each size is from that of another plan.

    |s − s*| by a yes/no for the side: at most s − s* where it is 0, at most s* − s where it is 1.
    """
    gaps = []
    for size, figure in zip(sizes, other, strict=True):
        there = figure / size.span
        here = [(c, w / size.span) for c, w in size.terms]
        gap, below = columns.add(0.0, 1.0), int(columns.add_yes_no(1)[0])
        yield Row([(gap, 1.0), *((c, -w) for c, w in here), (below, -2.0)], -np.inf, -there)
        yield Row([(gap, 1.0), *here, (below, 2.0)], -np.inf, there + 2.0)
        gaps.append(gap)
    yield Row([(distance, 1.0), *((g, -1.0) for g in gaps)], -np.inf, 0.0)
