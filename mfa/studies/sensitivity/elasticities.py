"""Derivatives of indicators by every figure of the system: exact, or from whole solves a small step aside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from mfa.engine.network import Floats
from mfa.errors import Error, Failure
from mfa.parameters import Path, get, listed, parse, with_value
from mfa.parameters.values import balance_of
from mfa.results.indicators.waste_of_samples import are_waste
from mfa.results.run import Run, solve_compiled
from mfa.studies.sampling.batch_values import BatchValues
from mfa.studies.sampling.draws import DrawPlan
from mfa.studies.sampling.uncertain import figures
from mfa.studies.sensitivity.designed import Change, ChangePlan, Progress, solved
from mfa.studies.sensitivity.gradients import Gradients
from mfa.studies.sensitivity.path_moves import moves
from mfa.system import Coefficient

STEP = 1e-5  # of a figure: a difference of 1e-12 over it is known to 1e-7, its own curvature to 1e-10
KINK = 1e-3  # of the larger of both sides' derivatives by which they differ only where something bends
ALIKE = 9  # digits of elasticities that are in order; less is rounding
NOTHING = 1e-6  # an elasticity: less is rounding


class Slope(NamedTuple):
    """How an indicator moves with one figure, all others and the lists as they are.

    Attributes
    ----------
    value, unit : of the figure, native
    derivative : the shadow value: of the indicator per native unit, mean of both sides
    elasticity : per cent of the indicator per per cent of the figure; None where the indicator is 0
    below, above : the derivative on each side; None where the system cannot be there
    kink : the process that is held by something else on one side, where both differ; else the process or
        material of which a bound is reached just here
    closes : the flow that takes up what is changed, where the recipe has one
    how : `exact`, or `differences` of whole solves
    """

    indicator: str
    path: str
    value: float
    unit: str
    derivative: float
    elasticity: float | None
    below: float | None
    above: float | None
    kink: str
    closes: str
    how: str


def slopes(central: Run, names: Sequence[str], progress: Progress = lambda n, of: None) -> list[Slope]:
    """The derivatives of some indicators by every figure that moves them, the largest elasticity first.

    Coefficients, capacities, limits, shares, rates, properties, prices and factors that are not 0, but
    for those that no waste goes by where all indicators are of waste. A figure changes alone, in its
    native unit, and the balance flow of its recipe closes; what is written by a property does not move
    with it. Derivatives are exact, by one transposed solve for each indicator (`Gradients`). Where a figure
    moves something that is on a bound, and of indicators that have no exact ones, they are differences of
    whole solves over 1e-5 of the figure, on both sides.
    """
    system = central.system
    plan = DrawPlan(system, 0, "random", 0)
    network = BatchValues(system, central.compiled, (), plan.names)
    paths = [p for _, p, f in figures(system) if f.value and not _follows(central, p)]
    if are_waste(names, central.wastes):
        paths = [p for p in paths if not network.is_apart(p)]
    made, left, bound = _exactly(central, names, {p: plan.names[p] for p in paths}, network, progress)
    for some in _alike(central, plan, [p for p in paths if left[p]]):
        changes = [Change(p, plan.central(p) * (1 + s * STEP)) for p in some for s in (-1, 1)]
        count = len(changes) + 1  # the last is as written
        changing = ChangePlan(system, 0, "random", count, changes)
        found = solved(central, changing, names, count, progress)
        for name in names:
            row = [r[0] for r in found.rows].index(name)
            sides = _of(central, name, found.values[:, row], [plan.names[p] for p in some])
            wanted = {plan.names[p]: p for p in some if name in left[p]}
            made += [_named(s, bound.get(wanted[s.path])) for s in sides if s.path in wanted]
    return sorted(
        made, key=lambda s: (names.index(s.indicator), -round(abs(s.elasticity or 0), ALIKE), s.path)
    )


def _named(slope: Slope, bound: Callable[[], str] | None) -> Slope:
    """A slope that bends, with what is on its bound where no process is held otherwise."""
    bends = _bends(slope.below, slope.above)
    return slope._replace(kink=bound()) if bends and not slope.kink and bound else slope


def _exactly(
    central: Run, names: Sequence[str], paths: Mapping[Path, str], network: BatchValues, progress: Progress
) -> tuple[list[Slope], dict[Path, Collection[str]], dict[Path, Callable[[], str]]]:
    """The exact slopes; path → the indicators of which it has none; path → what is on its bound there.

    Parameters
    ----------
    paths : path → as people write it
    """
    gradients = Gradients(central)
    known = {n: g for n in names if (g := gradients.of(n)) is not None}
    units = {p: found.unit for p, found in listed(central.system).items()}
    made: list[Slope] = []
    left: dict[Path, Collection[str]] = {}
    bound: dict[Path, Callable[[], str]] = {}
    for number, (path, text) in enumerate(paths.items(), 1):
        progress(number, len(paths))
        value = get(central.system, text)
        moved = moves(central, text, value, list(known), apart=network.is_apart(path)) if known else None
        left[path] = [n for n in names if n not in known] if moved else names
        if moved is None:
            continue
        for name, gradient in known.items():
            if gradients.bends(moved.numbers, value, gradient.kinks):
                left[path] = [*left[path], name]
                bound[path] = partial(gradients.bound, moved.numbers, value)
                continue
            slope = moved.through(gradient.by) + moved.direct.get(name, 0.0)
            if abs(slope * value) > NOTHING * (abs(gradient.value) or 1.0):
                elasticity = slope * value / gradient.value if gradient.value else None
                sides, closes = (slope, slope), _closing(central, text)
                unit = units.get(text, "")
                made.append(Slope(name, text, value, unit, slope, elasticity, *sides, "", closes, "exact"))
    return made, left, bound


def _follows(central: Run, path: Path) -> bool:
    """Whether a figure is a reference or closes a recipe."""
    match path:
        case Path("processes", key, ("inputs" | "outputs" as side, str(material))):
            one: Coefficient = getattr(central.system.processes[key], side)[material]
            return one.balance or one.reference
    return False


def _alike(central: Run, plan: DrawPlan, paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Figures that the arrays of the network hold, and others, whose systems are made one by one."""
    alone = [p for p in paths if not BatchValues(central.system, central.compiled, (p,), plan.names).possible]
    yield from (some for some in ([p for p in paths if p not in set(alone)], alone) if some)


def _of(central: Run, name: str, y: Floats, paths: Sequence[str]) -> Iterator[Slope]:
    """The slopes of an indicator: (2·path + 1,) below and above each figure, then as written."""
    middle = float(y[-1])
    units = {p: found.unit for p, found in listed(central.system).items()}
    for i, path in enumerate(paths):
        value = get(central.system, path)
        below = _known((middle - float(y[2 * i])) / (STEP * value))
        above = _known((float(y[2 * i + 1]) - middle) / (STEP * value))
        there = [x for x in (below, above) if x is not None]
        if not there or max(map(abs, there)) * abs(value) <= NOTHING * (abs(middle) or 1.0):
            continue
        slope = sum(there) / len(there)
        elasticity = slope * value / middle if middle else None
        kink = _kink(central, path, value) if _bends(below, above) else ""
        closes = _closing(central, path)
        sides = below, above
        unit = units.get(path, "")
        yield Slope(name, path, value, unit, slope, elasticity, *sides, kink, closes, "differences")


def _closing(central: Run, text: str) -> str:
    """The path of the balance flow of a coefficient's process; empty where nothing closes."""
    path = parse(text, central.system)
    if path is None or path.section != "processes" or path.field[0] not in ("inputs", "outputs"):
        return ""
    balance = balance_of(central.system.processes[path.member])
    return f"{path.member}.{'.'.join(balance)}" if balance else ""


def _known(x: float) -> float | None:
    """None where a side cannot be: a rest below 0, a recycle of gain 1."""
    return None if np.isnan(x) else x


def _bends(below: float | None, above: float | None) -> bool:
    if below is None or above is None:
        return True
    return abs(above - below) > KINK * max(abs(above), abs(below))


def _kink(central: Run, path: str, value: float) -> str:
    """The first process that something else holds on one side of a figure than on the other."""
    held = []
    for side in (-1, 1):
        try:
            system = with_value(central.system, path, value * (1 + side * STEP))
            run = solve_compiled(system, central.compiled.refilled(system))
        except (Error, Failure):
            return ""
        held.append({p: (r.held, r.material) for p, r in run.reasons.of.items()})
    return next((p for p in held[0] if held[0][p] != held[1][p]), "")
