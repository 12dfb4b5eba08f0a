"""Seek: the smallest change of one figure that brings an indicator to a bound.

The indicator is a piecewise smooth function of the figure. Whole solves along both directions from today's
value bracket the first place where the bound is reached, Brent's method closes in on it to the last digits,
also at a kink or a jump. Where no place is found, the best is refined, and the run there says why.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from mfa.catalogue import PER_WASTE, is_waste_rate
from mfa.engine.compile import compile_system
from mfa.errors import Error
from mfa.input.load import Loaded, with_settings
from mfa.parameters import Path, figure_at, listed, parse
from mfa.results.indicators.target import holds
from mfa.results.run import Run, solve_compiled
from mfa.studies.lp.constraints import bounds
from mfa.studies.mixture import attempt
from mfa.studies.seek_ranges import candidates, ends
from mfa.studies.seek_scan import scanned
from mfa.studies.sweeps.point_solver import PointSolver, Task
from mfa.studies.sweeps.points import Axis, Points
from mfa.studies.trials import Trial, outlets, wastes_left
from mfa.system import Figure, Target

STEPS = 48  # whole solves each way of one figure; a rise and fall between two of them may stay unseen
FEW_STEPS = 6  # values each way of each of hundreds of figures
WIDE = 8.0  # a range beyond this factor is stepped through by factors, a narrower one evenly
UNMOVED = 1e-12  # of an indicator: a change by less is rounding
REFINED = 1e-10  # of the range: how closely the best value is found where the bound is not reached
MOST_BLOCKED = 5  # pools that are named; with more nobody sees which matter


@dataclass(frozen=True)
class Found:
    """What seeking with one figure gave, in native units.

    Attributes
    ----------
    path, unit : the figure
    today : what it is in the scenario
    low, high : between which values it was sought
    written : whether the figure has a written range
    value : the nearest value to `today` that reaches the bound; None where none does
    reached : the indicator there
    best, at : the best value of the indicator where the bound is not reached, and the figure then
    """

    path: str
    unit: str
    today: float
    low: float
    high: float
    written: bool
    value: float | None
    reached: float | None
    best: float | None
    at: float
    within: bool = False

    @property
    def change(self) -> float:
        """By how much the figure changes, as a share of today's; of 0 it is endless."""
        if self.value is None:
            return math.inf
        return abs(self.value - self.today) / self.today if self.today else math.inf


@dataclass(frozen=True)
class Blocked:
    """A material that is left over where the indicator is best, and each way that would take more of it."""

    material: str
    amount: float
    ways: tuple[Trial, ...]


class _Varied(NamedTuple):
    """A figure that is varied, with its place and native unit."""

    path: str
    place: Path
    figure: Figure
    unit: str


class Seeker:
    """Asks one scenario again and again for one indicator.

    Parameters
    ----------
    loaded : the scenario
    aim : the bound that is to be reached
    """

    def __init__(self, loaded: Loaded, aim: Target) -> None:
        self.loaded, self.aim = loaded, aim
        self.sign = 1.0 if aim.minimum is not None else -1.0
        bound = aim.minimum if aim.minimum is not None else aim.maximum
        assert bound is not None
        self.bound = bound

    @cached_property
    def run(self) -> Run:
        """The scenario as it stands, solved."""
        return solve_compiled(self.loaded.system, compile_system(self.loaded.system))

    @cached_property
    def now(self) -> float | None:
        """The indicator as the scenario stands."""
        return self._value_of(self.run)

    def _value_of(self, run: Run) -> float | None:
        rows = run.indicators_named([self.aim.indicator])
        return next((r.value for r in rows if r.name == self.aim.indicator), None)

    @cached_property
    def units(self) -> dict[object, str]:
        """Path → native unit of every figure that is listed."""
        system = self.loaded.system
        return {parse(path, system): p.unit for path, p in listed(system).items()}

    def one(self, path: str, low: float | None = None, high: float | None = None) -> Found | None:
        """The smallest change of one figure; None where the path has no figure today.

        Parameters
        ----------
        low, high : between which values; by default as far as it makes a difference
        """
        varied = self._figure(path)
        if varied is None:
            return None
        figure = varied.figure
        far = ends(self.run, path, figure)
        far = (far[0] if low is None else low, far[1] if high is None else high)
        line = _Line(self.loaded, self.aim, path, varied.unit, figure.value, self.now)
        return line.found(far, STEPS, bounds(figure))

    def all(self, told: Callable[[int, int], None]) -> list[Found]:
        """Every capacity, limit, level, share and coefficient alone, the best first.

        All values of all figures are solved together; where the bound is reached, whole solves close in.
        Those that reach the bound within their written range stand first, then those that reach it,
        by relative change; then those that do not, the best first.
        """
        figures = [f for p in candidates(self.run) if (f := self._figure(p)) is not None]
        ranges = {f.path: ends(self.run, f.path, f.figure) for f in figures}
        asked = [(f.path, f.place, [*_values(f.figure.value, ranges[f.path], FEW_STEPS)]) for f in figures]
        known = scanned(self.run, self.aim.indicator, asked, told)
        made = []
        for f in figures:
            line = _Line(self.loaded, self.aim, f.path, f.unit, f.figure.value, self.now)
            line.known |= known[f.path]
            line.scanned = set(known[f.path])
            made.append(line.found(ranges[f.path], FEW_STEPS, bounds(f.figure)))
        return sorted(made, key=lambda f: (f.value is None, not f.within, f.change, self._missing(f), f.path))

    def _missing(self, found: Found) -> float:
        return self.sign * (self.bound - found.best) if found.best is not None else 0.0

    def _figure(self, path: str) -> _Varied | None:
        """The figure at a path; None where there is none today."""
        place = parse(path, self.loaded.system)
        figure = figure_at(self.loaded.system, place) if place else None
        if place is None or figure is None:
            return None
        return _Varied(path, place, figure, self.units.get(place, ""))

    def at(self, found: Found) -> Run | None:
        """The run with a figure at the value where the indicator is best, or reaches the bound."""
        where = found.at if found.value is None else found.value
        try:
            system, _ = with_settings(self.loaded, {found.path: text_of(where, found.unit)})
        except Error:
            return None
        return attempt(system)

    def blocked(self, run: Run) -> tuple[Blocked, ...]:
        """What is left over in a run, the most first, with what would take more of it."""
        name = self.aim.indicator
        if not (is_waste_rate(name) or name.startswith(f"{PER_WASTE}:")):
            return ()
        ways = list(outlets(run, name))
        made = []
        for waste in wastes_left(run, name)[:MOST_BLOCKED]:
            left = sum(u.amount for u in run.wastes[waste].uses if u.fate != "utilisation")
            family = {waste, *(m.id for m in run.system.materials.values() if m.residue_of == waste)}
            made.append(Blocked(waste, left, tuple(t for t in ways if t.material in family)))
        unsold = tuple(t for t in ways if t.way == "sell")
        return tuple(made) + tuple(Blocked(t.material, 0.0, (t,)) for t in unsold)


class _Line:
    """One figure: the indicator along it."""

    def __init__(
        self, loaded: Loaded, aim: Target, path: str, unit: str, today: float, now: float | None
    ) -> None:
        self.aim, self.path, self.unit, self.today = aim, path, unit, today
        self.sign = 1.0 if aim.minimum is not None else -1.0
        bound = aim.minimum if aim.minimum is not None else aim.maximum
        self.bound = bound or 0.0
        points = Points((Axis(path, (text_of(today, unit),), "--vary", (1,)),), grid=True)
        self.solver = PointSolver(Task(loaded, points, loaded.system, {}, (aim.indicator,)))
        self.known: dict[float, float | None] = {today: now}
        self.scanned: set[float] = set()

    def value(self, x: float) -> float | None:
        """The indicator at a value of the figure; None where the network has no solution."""
        if x not in self.known:
            self.known[x] = self.solver.row({self.path: text_of(x, self.unit)}).values[0]
        return self.known[x]

    def reaches(self, x: float) -> bool:
        """Whether the bound is reached there."""
        value = self.value(x)
        return value is not None and holds(value, self.aim)

    def gap(self, x: float) -> float:
        """By how much the bound is missed (negative) or passed; where there is no solution, missed."""
        value = self.value(x)
        return -math.inf if value is None else self.sign * (value - self.bound)

    def found(self, far: tuple[float, float], steps: int, written: tuple[float, float]) -> Found:
        """The nearest value to today's that reaches the bound, else where the indicator is best."""
        low, high = far
        is_ranged = written[0] < written[1]
        start = min(max(self.today, low), high)
        roots = [r for end in (low, high) if (r := self.first(start, end, steps)) is not None]
        near = min(roots, key=lambda x: abs(x - self.today), default=None)
        at = near if near is not None else self.best(low, high)
        within = near is not None and is_ranged and written[0] <= near <= written[1]
        value, best = (None, self.value(at)) if near is None else (near, None)
        reached = self.value(at) if near is not None else None
        return Found(self.path, self.unit, self.today, low, high, is_ranged, value, reached, best, at, within)

    def best(self, low: float, high: float) -> float:
        """Of the values that are known, the nearest to today's where the indicator is best."""
        known = [x for x in self.known if low <= x <= high]
        top = max(map(self.gap, known), default=-math.inf)
        equal = (x for x in known if self.gap(x) >= top - UNMOVED * max(1.0, abs(self.bound)))
        return min(equal, key=lambda x: (abs(x - self.today), x), default=self.today)

    def first(self, start: float, end: float, steps: int) -> float | None:
        """The first value from `start` towards `end` that reaches the bound."""
        if self.reaches(start):
            return start
        if start == end:
            return None
        before = start
        for x in between(start, end, steps):
            if self.reaches(x) and self.surely(before, x):
                return self.root(before, x)
            before = x
        if steps == FEW_STEPS:
            return None
        peak = self.peak(start, end)
        return self.root(start, peak) if peak is not None and self.reaches(peak) else None

    def surely(self, *places: float) -> bool:
        """Whether the last of some places reaches the bound by whole solves too, not as scanned alone."""
        for x in self.scanned.intersection(places):
            self.scanned.remove(x)
            del self.known[x]
        return self.reaches(places[-1])

    def peak(self, start: float, end: float) -> float | None:
        """Where the indicator is best next to the best of the values that are known, refined."""
        from scipy.optimize import minimize_scalar

        low, high = sorted((start, end))
        known = sorted(x for x in self.known if low <= x <= high and math.isfinite(self.gap(x)))
        if len(known) < 3:
            return None
        i = max(range(len(known)), key=lambda j: self.gap(known[j]))
        around = known[max(i - 1, 0)], known[min(i + 1, len(known) - 1)]
        options: Any = {"xatol": REFINED * max(abs(high - low), 1e-300)}
        sought = minimize_scalar(lambda x: -max(self.gap(float(x)), -1e300), bounds=around, options=options)
        return float(sought.x)

    def root(self, missed: float, reached: float) -> float:
        """The place between one value that misses the bound and one that reaches it, on the latter's side."""
        from scipy.optimize import brentq

        if self.gap(reached) <= 0:  # but for rounding, just here
            return reached
        if not math.isfinite(self.gap(missed)):
            return self.halved(missed, reached)
        size = max(abs(missed), abs(reached))
        x = float(brentq(self.gap, missed, reached, xtol=1e-15 * size, rtol=1e-15, maxiter=200))
        step = math.copysign(1e-16 * size, reached - missed)
        while not self.reaches(x) and (reached - x) * step > 0:
            x, step = x + step, step * 2
        return x if self.reaches(x) else reached

    def halved(self, missed: float, reached: float) -> float:
        """The same where beyond the first value nothing can be solved."""
        while True:
            middle = (missed + reached) / 2
            if middle in (missed, reached):
                return reached
            if self.reaches(middle):
                reached = middle
            else:
                missed = middle


def text_of(value: float, unit: str) -> str:
    """A figure as files write it, every digit kept."""
    return f"{value!r} {unit}" if unit not in ("", "1") else repr(value)


def _values(today: float, far: tuple[float, float], steps: int) -> Iterator[float]:
    """The values of a figure that are looked at, both ways from today's."""
    start = min(max(today, far[0]), far[1])
    yield start
    for end in far:
        if end != start:
            yield from between(start, end, steps)


def between(start: float, end: float, steps: int) -> Iterator[float]:
    """Values from one to another: by factors where they are far apart, else evenly; the last is the end."""
    far = start > 0 and end > 0 and max(end / start, start / end) > WIDE
    for i in range(1, steps):
        share = i / steps
        yield start * (end / start) ** share if far else start + (end - start) * share
    yield end
