"""Plan: the best choice of figures, run again under the merit orders.

The programme knows recipes, balances, capacities and limits, but no priorities. Its answer is put into
the accounts as if it were a run, so that every number of the plan is one of the accounts; where an account
decides by looking at a run (who nets what), the programme is solved again with what it decides there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mfa.decisions import MONEY, Decision
from mfa.engine.compile import compile_system
from mfa.engine.network import Floats, State
from mfa.errors import Failure, FaultWithoutPlace
from mfa.parameters import parse, with_figure
from mfa.results.reasons import Reason
from mfa.results.run import Run
from mfa.studies.consequences import Beside, Consequences
from mfa.studies.mixture import attempt
from mfa.studies.plan.plan_conflicts import Contradiction, contradiction, programme_of
from mfa.studies.plan.plan_model import AIMED, PlanModel
from mfa.studies.plan.plan_orders import with_orders
from mfa.studies.plan.plan_solver import Solved
from mfa.studies.plan.plan_sums import Form
from mfa.studies.plan.plan_variables import Origin, Row
from mfa.system import Figure, System

MOST_ROUNDS = 8  # of solving again with the accounts of the plan; those of the park need two
MOST_STEPS = 30  # of Dinkelbach for a ratio, which square their error
RATIO = 1e-10  # relative: steps of a ratio below it are rounding
AGREES = 1e-7  # relative: sums of the programme and of the accounts
ROUNDING = 1e-9  # of the largest amount: what is less is none
PRICE = 1e-9  # of the largest shadow price: what is less is none
MORE_HAIR = 30.0  # times more is asked of a target that rounding missed
HAIR = 1e-6  # relative: a target missed by less is missed by rounding
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


def plan(run: Run, more: Sequence[Row] = ()) -> Planned | Contradiction:
    """The best plan of a scenario, or why there is none.

    Parameters
    ----------
    run : the scenario as it stands, solved
    more : further constraints

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        a goal that is not linear, a ratio beside other goals, or a goal without an end
    mfa.Failure
        the solver gives no answer
    """
    _check_goals(PlanModel(run))
    weighing, hair = None, AIMED
    for round_ in range(MOST_ROUNDS):
        model = PlanModel(run, weighing, hair)
        solved = _best(model, more)
        if solved.status == "infeasible":
            return contradiction(model, more)
        if solved.status == "endless":
            raise FaultWithoutPlace("plan-endless")
        if solved.status == "out-of-time" and not solved.x.any():
            raise Failure("no plan was found in the time that there is")
        as_run = _as_run(model, solved.x)
        agree = _agree(model, solved.x, as_run)
        if (agree and not _missed_by_a_hair(as_run)) or round_ == MOST_ROUNDS - 1:
            break
        weighing, hair = as_run, hair * MORE_HAIR if agree else hair
    return _planned(model, solved, as_run, more)


def _missed_by_a_hair(run: Run) -> bool:
    """Whether a target is missed by no more than rounding."""
    missed = (r for r in run.indicator_list if r.met == "false")
    return any(abs(r.distance or 0.0) <= HAIR * max(abs(r.value or 0.0), 1.0) for r in missed)


def _check_goals(model: PlanModel) -> None:
    names = [name for name, _ in model.task.goals]
    for name in names:
        found = None if name in MONEY else model.weighed(name)
        if name not in MONEY and found is None:
            raise FaultWithoutPlace("plan-goal", name=name[:80])
        if found is not None and found.bottom is not None and len(names) > 1:
            raise FaultWithoutPlace("plan-ratio", name=name[:80])


# ---------------------------------------------------------------- solving
def _best(model: PlanModel, more: Sequence[Row]) -> Solved:
    """The best point of the programme; a ratio by Dinkelbach's steps."""
    programme = programme_of(model, [*model.rows, *more])
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
    return solved


def _value(form: Form, bottom: Form | None, scale: float, x: Floats) -> float:
    return form.at(x) if bottom is None else form.at(x) / bottom.at(x) * scale


# ---------------------------------------------------------------- the plan as a run
def _as_run(model: PlanModel, x: Floats) -> Run:
    """The amounts of a plan as the state of a network, for the accounts."""
    s = model.structure
    x = np.where(np.abs(x) < ROUNDING * float(np.abs(x[: model.shortage]).max(initial=0.0)), 0.0, x)
    system = _with_figures(model, x)
    compiled = compile_system(system)
    handed = np.zeros(len(s.entries))
    for e in range(len(s.entries)):
        handed[e] = sum(w * x[c] for c, w in model.amount(e))
    surplus = np.maximum(x[model.surplus : model.shortage], 0.0)
    shortage = np.maximum(x[model.shortage : model.shortage + len(s.pools)], 0.0)
    net = surplus - shortage
    for line, amount in zip(s.entries, handed.tolist(), strict=True):
        net[line.pool] += line.side * amount
    level = np.maximum(x[: model.levels], 0.0)
    return Run(
        system, compiled, State(net, level, np.maximum(handed, 0.0), surplus, shortage, 0.0, 0, "plan")
    )


def _with_figures(model: PlanModel, x: Floats) -> System:
    system = model.system
    for number in model.built:
        system = _with_one(system, model.task.decide[number], _figure(model, number, x))
    return system


def _with_one(system: System, decision: Decision, value: float) -> System:
    path = parse(decision.path, system)
    assert path is not None
    return with_figure(system, path, Figure(value, f"{value:.12g}", decision.place))


def _figure(model: PlanModel, number: int, x: Floats) -> float:
    """A decided figure; a capacity or limit is what the plan needs, and no less than today's."""
    d, b = model.task.decide[number], model.built[number]
    value = sum(float(w * x[c]) for c, w in model.value_of(number))
    path = parse(d.path, model.system)
    assert path is not None
    if path.section in ("drive", "demand", "supply"):
        return max(value, 0.0)
    used = sum(float(w * x[c]) for c, w in model.used(path))
    least = d.low if b.binary < 0 or x[b.binary] > 0.5 else 0.0
    return max(min(b.today, d.high), min(used, value), least)


def _agree(model: PlanModel, x: Floats, as_run: Run) -> bool:
    """Whether the accounts of the plan count its targets and goals as the programme did."""
    names = [*(t.indicator for t in model.system.targets), *(n for n, _ in model.task.goals)]
    told = {r.name: r.value for r in as_run.indicators_named(set(names))}
    for name in names:
        found = None if name in MONEY else model.weighed(name)
        value = told.get(name)
        if found is not None and value is not None:
            bottom = None if found.bottom is None else model.form(found.bottom)
            if not _alike(_value(model.form(found.top), bottom, found.scale, x), value):
                return False
    money = costs_of(as_run, 0.0)
    return _alike(model.operating.at(x), money.total)


def _alike(one: float, two: float) -> bool:
    return abs(one - two) <= AGREES * max(abs(one), abs(two), 1e-12)


def costs_of(run: Run, capital: float) -> Costs:
    """Purchases, sales and system cost of a run, by its accounts."""
    accounts = run.accounts
    system = float(run.costs.system.sum())
    return Costs(capital, accounts.purchases.total, accounts.sales.total, system)


# ---------------------------------------------------------------- what is told of it
def _planned(model: PlanModel, solved: Solved, as_run: Run, more: Sequence[Row]) -> Planned:
    x = solved.x
    goals = []
    for name, _ in model.task.goals:
        top, bottom, scale = model.goal(name)
        goals.append((name, _value(top, bottom, scale, x)))
    system = with_orders(as_run, model)
    replay = attempt(system)
    capital = float(model.capital @ x)
    return Planned(
        tuple(goals),
        tuple(_choices(model, x, system, replay)),
        tuple(_shadows(model, solved, [*model.rows, *more])),
        costs_of(as_run, capital),
        costs_of(model.run, 0.0),
        as_run,
        system,
        replay,
        tuple(_differences(as_run, replay)) if replay else (),
        _agree(model, x, as_run),
        solved.gap,
    )


def _choices(model: PlanModel, x: Floats, system: System, replay: Run | None) -> Iterator[Choice]:
    share = model.capital
    for number, b in model.built.items():
        d = model.task.decide[number]
        columns = [c for c in (b.added, b.binary, *b.pieces) if c >= 0]
        yearly = float(sum(share[c] * x[c] for c in columns))
        investment = float(yearly / model.annuity_of(d)) if yearly else 0.0
        value = _figure(model, number, x)
        brings = None
        if replay is not None and abs(value - b.today) > ROUNDING * max(value, b.today):
            without = attempt(_with_one(system, d, b.today))
            brings = Beside(without).consequences(replay) if without else None
        yield Choice(d, b.today, value, investment, yearly, brings)


def _shadows(model: PlanModel, solved: Solved, rows: Sequence[Row]) -> Iterator[Shadow]:
    """What binds, by what one unit more of it adds to the goal.

    Targets stand first, drives last, since they are what the scenario is about and not what stands in its
    way; of one kind the dearest first, by all of its amount.
    """
    sign = -1.0 if model.task.maximise else 1.0
    found = []
    for row, dual in zip(rows, solved.dual.tolist(), strict=True):
        ends = [e for e in (row.low, row.high) if np.isfinite(e)]
        if row.origin is None or row.origin.kind == "short" or not ends:
            continue
        price, size = sign * dual, max(abs(ends[0]), 1.0)
        if row.origin.kind == "target":
            price, size = _per_unit(model, row.origin, price, solved.x), 1.0
        found.append((abs(price * size), Shadow(row.origin, price)))
    largest = max((w for w, _ in found), default=0.0)
    kept = [pair for pair in found if pair[0] > PRICE * largest]
    place = {"target": 0, "drive": 2}
    kept.sort(key=lambda pair: (place.get(pair[1].origin.kind, 1), -pair[0]))
    yield from (shadow for _, shadow in kept)


def _per_unit(model: PlanModel, origin: Origin, price: float, x: Floats) -> float:
    """What one more of a target's unit adds: of a ratio its row is multiplied by the denominator."""
    found = model.weighed(model.system.targets[int(origin.ids[0])].indicator)
    if found is None or found.bottom is None:
        return price
    return price * model.form(found.bottom).at(x) / found.scale


def _differences(plan_run: Run, replay: Run) -> Iterator[Difference]:
    """Processes that the merit orders run otherwise, the largest difference in mass handled first."""
    names = plan_run.compiled.structure.processes
    planned = dict(zip(names, plan_run.state.level.tolist(), strict=True))
    found = []
    for name, level in zip(replay.compiled.structure.processes, replay.state.level.tolist(), strict=True):
        gap = abs(level - planned[name])
        if gap > DIFFERS * max(level, planned[name]):
            found.append((gap, Difference(name, planned[name], level, replay.reasons.of[name])))
    yield from (d for _, d in sorted(found, key=lambda pair: -pair[0]))
