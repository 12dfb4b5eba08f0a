"""A plan as a run: its amounts as the state of a network, so that its numbers are those of the accounts."""

from __future__ import annotations

import numpy as np

from mfa.decisions import Decision
from mfa.engine.compile import compile_system
from mfa.engine.network import Floats, State
from mfa.parameters import parse, with_figure
from mfa.results.run import Run
from mfa.studies.plan.plan_model import PlanModel
from mfa.system import Figure, System

ROUNDING = 1e-9  # of the largest amount: what is less is none


def plan_as_run(model: PlanModel, x: Floats) -> Run:
    """The amounts of a plan as the state of a network, for the accounts."""
    x = cleaned(model, x)
    system = _with_figures(model, x)
    return Run(system, compile_system(system), state_of(model, x))


def cleaned(model: PlanModel, x: Floats) -> Floats:
    """The amounts without what is rounding."""
    largest = float(np.abs(x[: model.shortage]).max(initial=0.0))
    found: Floats = np.where(np.abs(x) < ROUNDING * largest, 0.0, x)
    return found


def state_of(model: PlanModel, x: Floats) -> State:
    """The amounts of a plan as the state of its network."""
    s, lines = model.structure, model.lines
    handed = x[lines.column] * lines.factor
    surplus = np.maximum(x[model.surplus : model.shortage], 0.0)
    shortage = np.maximum(x[model.shortage : model.shortage + len(s.pools)], 0.0)
    net: Floats = surplus - shortage
    net += np.bincount(lines.pool, lines.side * handed, minlength=len(s.pools))
    level = np.maximum(x[: model.levels], 0.0)
    return State(net, level, np.maximum(handed, 0.0), surplus, shortage, 0.0, 0, "plan")


def _with_figures(model: PlanModel, x: Floats) -> System:
    system = model.system
    for number in model.built:
        system = with_decided(system, model.task.decide[number], figure_of(model, number, x))
    return system


def with_decided(system: System, decision: Decision, value: float) -> System:
    """The system with a decided figure set."""
    path = parse(decision.path, system)
    assert path is not None
    return with_figure(system, path, Figure(value, f"{value:.12g}", decision.place))


def figure_of(model: PlanModel, number: int, x: Floats) -> float:
    """A decided figure; a capacity or limit is what the plan needs, and no less than today's.

    Of a plan for many draws it is all that is built, since other draws use more of it.
    """
    d, b = model.task.decide[number], model.built[number]
    value = sum(float(w * x[c]) for c, w in model.value_of(number))
    path = parse(d.path, model.system)
    assert path is not None
    if path.section in ("drive", "demand", "supply"):
        return max(value, 0.0)
    if model.spare:
        return value
    used = sum(float(w * x[c]) for c, w in model.used(path))
    least = d.low if b.binary < 0 or x[b.binary] > 0.5 else 0.0
    return max(min(b.today, d.high), min(used, value), least)
