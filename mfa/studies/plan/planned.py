"""A plan as it is told: decisions with what they bring, what binds, cost, and its run under merit orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from mfa.decisions import Decision
from mfa.engine.network import Floats
from mfa.results.reasons import Reason
from mfa.results.run import Run
from mfa.studies.consequences import Beside, Consequences
from mfa.studies.mixture import attempt
from mfa.studies.plan.plan_as_run import ROUNDING, figure_of, with_decided
from mfa.studies.plan.plan_model import PlanModel
from mfa.studies.plan.plan_orders import with_orders
from mfa.studies.plan.plan_rows import Origin, Rows
from mfa.studies.plan.plan_solver import Solved
from mfa.studies.plan.plan_sums import value_of_goal
from mfa.system import System

PRICE = 1e-9  # of the largest shadow price: what is less is none
DIFFERS = 1e-6  # of a level: plan and merit order run a process alike up to this


@dataclass(frozen=True)
class Choice:
    """A decided figure, native units.

    Attributes
    ----------
    today, value : without and with the plan
    investment, yearly : CNY once, and CNY a year of its life
    brings : what the planned scenario has with it and would not have without it, under the merit orders
    """

    decision: Decision
    today: float
    value: float
    investment: float
    yearly: float
    brings: Consequences | None


@dataclass(frozen=True)
class Shadow:
    """What one more of a binding constraint adds: of a target 1 of its unit, else a native unit."""

    origin: Origin
    price: float


@dataclass(frozen=True)
class ShadowOverYears:
    """What one more of a constraint in each of some periods, in which it binds, adds to the goal."""

    origin: Origin
    price: float
    periods: tuple[int, ...]


@dataclass(frozen=True)
class Difference:
    """A process that the merit orders run otherwise than the plan, and why."""

    process: str
    plan: float
    replay: float
    reason: Reason


@dataclass(frozen=True)
class Costs:
    """Of a run, CNY a year: what is built, bought, sold, and system cost."""

    capital: float
    purchases: float
    sales: float
    system: float

    @property
    def total(self) -> float:
        """What the plan minimises as `cost`."""
        return self.capital + self.purchases - self.sales + self.system


@dataclass(frozen=True)
class Planned:
    """A plan.

    Attributes
    ----------
    goals : each goal with its value
    choices : the decided figures
    shadows : binding constraints, the dearest first
    costs, today : of the plan, and of the scenario as it stands
    run : the plan as a run, priorities left aside
    system : the planned scenario
    replay : the same under its merit orders; None where that cannot be solved
    differences : processes that run otherwise then, the largest first
    exact : whether accounts and programme agree
    gap : how far the best that is not excluded may be, relative
    """

    goals: tuple[tuple[str, float], ...]
    choices: tuple[Choice, ...]
    shadows: tuple[Shadow, ...]
    costs: Costs
    today: Costs
    run: Run
    system: System
    replay: Run | None
    differences: tuple[Difference, ...]
    exact: bool
    gap: float

    @property
    def carried_out(self) -> bool:
        """Whether the merit orders run every process as the plan does."""
        return self.replay is not None and not self.differences

    @property
    def built(self) -> tuple[bool, ...]:
        """Of the yes/no decisions, which are yes."""
        return tuple(c.investment > 0 for c in self.choices if c.decision.is_binary)


def costs_of(run: Run, capital: float) -> Costs:
    """Purchases, sales and system cost of a run, by its accounts."""
    accounts = run.accounts
    system = float(run.costs.system.sum())
    return Costs(capital, accounts.purchases.total, accounts.sales.total, system)


@dataclass(frozen=True)
class Solution:
    """The best point of a programme, and what it is as a run.

    `agrees`: whether the accounts of the run count what the programme did.
    """

    model: PlanModel
    rows: Rows
    solved: Solved
    as_run: Run
    agrees: bool

    @property
    def x(self) -> Floats:
        """(variable,) its amounts."""
        return self.solved.x

    def goal(self, name: str) -> float:
        """A goal, of its task or another that is linear."""
        return value_of_goal(self.model.goal(name), self.x)

    def figure(self, number: int) -> float:
        """A decided figure, native units."""
        return figure_of(self.model, number, self.x)


def planned(found: Solution, *, brings: bool = True) -> Planned:
    """A solution with all that is told of it; `brings` are the dearest part of it."""
    model, as_run = found.model, found.as_run
    system = with_orders(as_run.system, [as_run], spare=model.spare)
    replay = attempt(system)
    capital = float(model.capital @ found.x)
    return Planned(
        tuple((name, found.goal(name)) for name, _ in model.task.goals),
        tuple(_choices(found, system, replay if brings else None)),
        tuple(_shadows(model, found.solved, found.rows)),
        costs_of(as_run, capital),
        costs_of(model.run, 0.0),
        as_run,
        system,
        replay,
        tuple(differences(as_run, replay)) if replay else (),
        found.agrees,
        found.solved.gap,
    )


def _choices(found: Solution, system: System, replay: Run | None) -> Iterator[Choice]:
    model, x = found.model, found.x
    for number, b in model.built.items():
        d = model.task.decide[number]
        columns = [c for c in (b.added, b.binary, *b.pieces) if c >= 0]
        yearly = float(sum(model.capital[c] * x[c] for c in columns))
        investment = float(yearly / model.annuity_of(d)) if yearly else 0.0
        value = found.figure(number)
        brings = None
        if replay is not None and abs(value - b.today) > ROUNDING * max(value, b.today):
            without = attempt(with_decided(system, d, b.today), replay.compiled)
            brings = Beside(without).consequences(replay) if without else None
        yield Choice(d, b.today, value, investment, yearly, brings)


def _shadows(model: PlanModel, solved: Solved, rows: Rows) -> Iterator[Shadow]:
    """What binds, by what one unit more of it adds to the goal.

    Targets stand first, drives last, since they are what the scenario is about and not what stands in its
    way; of one kind the dearest first, by all of its amount.
    """
    sign = -1.0 if model.task.maximise else 1.0
    found = []
    for i in np.flatnonzero(solved.dual).tolist():
        origin = rows.origins[i]
        if origin is None or origin.kind == "short":
            continue
        price, worth = price_of(model, origin, sign * float(solved.dual[i]), solved.x, rows.end(i))
        found.append((worth, Shadow(origin, price)))
    yield from (shadow for _, shadow in dearest(found))


S = TypeVar("S", "Shadow", "ShadowOverYears")


def dearest(found: Sequence[tuple[float, S]]) -> list[tuple[float, S]]:
    """Of prices with what all of their amount is worth, those above rounding in the order of telling."""
    largest = max((w for w, _ in found), default=0.0)
    kept = [pair for pair in found if pair[0] > PRICE * largest]
    place = {"target": 0, "drive": 2}
    return sorted(kept, key=lambda pair: (place.get(pair[1].origin.kind, 1), -pair[0]))


def price_of(model: PlanModel, origin: Origin, dual: float, x: Floats, end: float) -> tuple[float, float]:
    """What one more of a constraint adds, and all of its amount: of a target one of its unit."""
    if origin.kind != "target":
        return dual, abs(dual * max(abs(end), 1.0))
    price = _per_unit(model, origin, dual, x)
    return price, abs(price)


def _per_unit(model: PlanModel, origin: Origin, price: float, x: Floats) -> float:
    """What one more of a target's unit adds: of a ratio its row is multiplied by the denominator."""
    found = model.weighed(model.system.targets[int(origin.ids[0])].indicator)
    if found is None or found.bottom is None:
        return price
    return price * model.form(found.bottom).at(x) / found.scale


def differences(plan_run: Run, replay: Run) -> Iterator[Difference]:
    """Processes that the merit orders run otherwise, the largest difference in mass handled first."""
    names = plan_run.compiled.structure.processes
    planned = dict(zip(names, plan_run.state.level.tolist(), strict=True))
    found = []
    for name, level in zip(replay.compiled.structure.processes, replay.state.level.tolist(), strict=True):
        gap = abs(level - planned[name])
        if gap > DIFFERS * max(level, planned[name]):
            found.append((gap, Difference(name, planned[name], level, replay.reasons.of[name])))
    yield from (d for _, d in sorted(found, key=lambda pair: -pair[0]))
