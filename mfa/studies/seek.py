"""Seek: the smallest change of one figure that brings an indicator to a bound.

The indicator is a piecewise smooth function of the figure. Whole solves along both directions from today's
value bracket the first place where the bound is reached, Brent's method closes in on it to the last digits,
also at a kink or a jump. Where no place is found, the best is refined, and the run there says why.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from mfa.catalogue import PER_WASTE, is_waste_rate
from mfa.engine.compile import compile_system
from mfa.engine.network import GIVER, TAKER
from mfa.errors import Error
from mfa.input.load import Loaded, with_settings
from mfa.parameters import figure_at, listed, parse
from mfa.results.indicators.target import holds
from mfa.results.run import Run, solve_compiled
from mfa.studies.lp.constraints import bounds
from mfa.studies.mixture import attempt
from mfa.studies.sweeps.point_solver import PointSolver, Task
from mfa.studies.sweeps.points import Axis, Points
from mfa.studies.trials import Trial, outlets, wastes_left
from mfa.system import Entry, Figure, System, Target

STEPS = 48  # whole solves each way of one figure; a rise and fall between two of them may stay unseen
FEW_STEPS = 6  # of each of hundreds of figures
WIDE = 8.0  # a range beyond this factor is stepped through by factors, a narrower one evenly
MOST_FACTOR = 10.0  # of a coefficient, drive or property without a written range; beyond it is another park
MOST_WEIGHT = 1e3  # of a share: more leaves the others of its tier next to nothing
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
        return self._sought(path, STEPS, low, high)

    def all(self, told: Callable[[int, int], None]) -> list[Found]:
        """Every capacity, limit, level, share and coefficient alone, the best first.

        Those that reach the bound within their written range stand first, then those that reach it,
        by relative change; then those that do not, the best first.
        """
        paths = list(_candidates(self.run))
        made = []
        for number, path in enumerate(paths, 1):
            found = self._sought(path, FEW_STEPS, None, None)
            told(number, len(paths))
            if found is not None:
                made.append(found)
        return sorted(made, key=lambda f: (f.value is None, not f.within, f.change, self._missing(f), f.path))

    def _missing(self, found: Found) -> float:
        return self.sign * (self.bound - found.best) if found.best is not None else 0.0

    def _sought(self, path: str, steps: int, low: float | None, high: float | None) -> Found | None:
        system = self.loaded.system
        place = parse(path, system)
        figure = figure_at(system, place) if place else None
        if place is None or figure is None:
            return None
        unit = self.units.get(place, "")
        ends = _ends(self.run, path, figure)
        ends = (ends[0] if low is None else low, ends[1] if high is None else high)
        line = _Line(self.loaded, self.aim, path, unit, figure.value, self.now)
        return line.found(ends, steps, bounds(figure))

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

    def found(self, ends: tuple[float, float], steps: int, written: tuple[float, float]) -> Found:
        """The nearest value to today's that reaches the bound, else where the indicator is best."""
        low, high = ends
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
        if start == end or (steps == FEW_STEPS and self.is_unmoved(start, end)):
            return None
        before = start
        for x in _between(start, end, steps):
            if self.reaches(x):
                return self.root(before, x)
            before = x
        if steps == FEW_STEPS:
            return None
        peak = self.peak(start, end)
        return self.root(start, peak) if peak is not None and self.reaches(peak) else None

    def is_unmoved(self, start: float, end: float) -> bool:
        """Whether the far end gives the same value: one that only moves between is not looked for."""
        one, two = self.value(start), self.value(end)
        return one is not None and two is not None and abs(one - two) <= UNMOVED * max(1.0, abs(one))

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


def _between(start: float, end: float, steps: int) -> Iterator[float]:
    """Values from one to another: by factors where they are far apart, else evenly; the last is the end."""
    far = start > 0 and end > 0 and max(end / start, start / end) > WIDE
    for i in range(1, steps):
        share = i / steps
        yield start * (end / start) ** share if far else start + (end - start) * share
    yield end


# ---------------------------------------------------------------- how far a figure is varied
def _ends(run: Run, path: str, figure: Figure) -> tuple[float, float]:
    """From where to where a figure is sought: as far as it makes a difference, or as it is another park."""
    found, today = parse(path, run.system), figure.value
    assert found is not None
    written = bounds(figure)
    match found:
        case ("processes", key, ("capacity",)):
            return 0.0, max(today, written[1], _unbound(run, key))
        case ("pools", key, (side, node, "limit")):
            entry = _entry(run.system, key, str(side), str(node))
            if entry is not None and entry.percent:
                return 0.0, 1.0
            return 0.0, max(today, written[1], _unlimited(run, key, str(side), str(node)))
        case ("pools", _, (_, _, "share")):
            return today / MOST_WEIGHT, today * MOST_WEIGHT
        case ("drive", key, ()) if key in run.system.processes:
            capacity = run.system.processes[key].capacity
            return 0.0, capacity.value if capacity else today * MOST_FACTOR
        case ("drive" | "demand" | "supply", _, ()):
            return 0.0, today * MOST_FACTOR
    if written[0] < written[1]:
        return written
    return today / MOST_FACTOR, today * MOST_FACTOR


def _unbound(run: Run, process: str) -> float:
    """The level at which a process would run without a capacity; 0 where that has no solution."""
    record = replace(run.system.processes[process], capacity=None)
    then = attempt(replace(run.system, processes={**run.system.processes, process: record}))
    if then is None:
        return 0.0
    return float(then.state.level[then.compiled.structure.processes.index(process)])


def _unlimited(run: Run, material: str, side: str, node: str) -> float:
    """What an entry would be handed without its limit; 0 where that has no solution."""
    pool = run.system.pools[material]
    open_ = tuple(replace(e, limit=None) if e.node == node else e for e in getattr(pool, side))
    changed = replace(pool, takers=open_) if side == "takers" else replace(pool, givers=open_)
    then = attempt(replace(run.system, pools={**run.system.pools, material: changed}))
    if then is None:
        return 0.0
    s, sign = then.compiled.structure, TAKER if side == "takers" else GIVER
    at = next(
        i
        for i, (line, entry) in enumerate(zip(s.entries, then.compiled.entries, strict=True))
        if (s.pools[line.pool], line.side, entry.node) == (material, sign, node)
    )
    return float(then.state.handed[at])


def _entry(system: System, material: str, side: str, node: str) -> Entry | None:
    entries: Sequence[Entry] = getattr(system.pools[material], side)
    return next((e for e in entries if e.node == node), None)


# ---------------------------------------------------------------- what may be varied
def _candidates(run: Run) -> Iterator[str]:
    """Every capacity, limit, level and share, and the coefficients of what runs; no reference flow."""
    system = run.system
    yield from (f"{k}.level" for k, f in system.drive.items() if k in system.processes and f.value)
    yield from (f"demand.{k}" for k in system.demand)
    yield from (f"supply.{k}" for k in system.supply)
    yield from (f"{p.id}.capacity" for p in system.processes.values() if p.capacity)
    for pool in system.pools.values():
        for side, entries in (("takers", pool.takers), ("givers", pool.givers)):
            yield from _of_list(f"{pool.material}.{side}", entries)
    running = zip(run.compiled.structure.processes, run.state.level.tolist(), strict=True)
    for process in (system.processes[p] for p, level in running if level > 0):
        for way, recipe in (("inputs", process.inputs), ("outputs", process.outputs)):
            for material, c in recipe.items():
                if not (c.reference or c.balance) and c.figure.value > 0:
                    yield f"{process.id}.{way}.{material}"


def _of_list(path: str, entries: Iterable[Entry]) -> Iterator[str]:
    listed_entries = list(entries)
    for entry in listed_entries:
        if entry.limit or entry.percent:
            yield f"{path}.{entry.node}.limit"
        if sum(e.tier == entry.tier for e in listed_entries) > 1:
            yield f"{path}.{entry.node}.share"
