"""One point of a sweep after the other: figures put in, the network solved, the indicators asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np

from mfa.engine.compile import Compiled, Slot, compile_system, filled, slot
from mfa.engine.network import OrderError, Values
from mfa.errors import Error, Failure, FaultWithoutPlace
from mfa.input.load import Loaded, of_year, with_levels, with_settings
from mfa.input.merge import merge
from mfa.input.records.replaced import figure_alone
from mfa.parameters import Path, figure_at, parse, with_figure
from mfa.results.periods import periods_of, solve_periods
from mfa.results.run import Run, solve_compiled
from mfa.studies.sweeps.crews import CHUNK
from mfa.studies.sweeps.points import LEVERS, Points, base
from mfa.system import Figure, System

FAILURE = "failure"
"""The code of a point that no method solves."""
MOST_FIGURES = 20_000  # that are kept as read; a table may have millions
ROUNDING = 1e-12  # by which a drive may be above a capacity, as when files are checked


class Row(NamedTuple):
    """A point solved.

    Of several periods, `values` and `met` are those of the first, then those of the next and so on.
    `inputs` are the varied figures in native units (words as written, None where a figure that
    cannot be has no number), `values` and `met` those of the indicators, `error` the code of why
    there are none.
    """

    inputs: tuple[float | str | None, ...]
    values: tuple[float | None, ...]
    met: tuple[str | None, ...]
    error: str | None = None


@dataclass(frozen=True)
class Task:
    """What a process needs to solve any point: the scenario, its points, the indicators by name.

    `base` is a system near the points, `laid` what is set in it.
    """

    loaded: Loaded
    points: Points
    base: System
    laid: Mapping[str, str]
    names: tuple[str, ...]

    def solver(self) -> Callable[[int], list[Row]]:
        """What solves the points from one on, `CHUNK` of them."""
        whole = len(self.points.without_levers.axes) == len(self.points.axes)
        solver = point_solver(self) if whole else LeverSolver(self)
        return lambda start: solver.rows(range(start, min(start + CHUNK, len(self.points))))


class PointSolver:
    """Solves the points of a task; what they share is made once.

    Where each path stands alone in the values of the network, these are filled again and the
    network is solved as it is. Else, and for a point that the network may not be the same for,
    figures are set as any setting is, and the system is compiled.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self.base = task.base
        self._figures: dict[tuple[str, str], Figure | None] = {}
        self._inputs: dict[tuple[str, str], float | str | None] = {}

    @cached_property
    def _compiled(self) -> Compiled:
        return compile_system(self.base)

    @cached_property
    def _slots(self) -> Mapping[str, Slot] | None:
        """Path → where it stands in the values; None where one of them stands nowhere alone."""
        found = {a.path: self._slot(a.path) for a in self.task.points.axes}
        slots = {path: where for path, where in found.items() if where}
        return slots if len(slots) == len(found) else None

    def _slot(self, path: str) -> Slot | None:
        known = _known(self.base, path)
        if known.section == "drive" and known.member in self.base.stocks:
            return None  # a yard gives what it holds and no more
        return slot(self._compiled, self.base, path)

    def rows(self, numbers: Sequence[int]) -> list[Row]:
        """The rows of some points."""
        return [self.row(self.task.points.settings(n)) for n in numbers]

    def row(self, settings: Mapping[str, str]) -> Row:
        """The row of one point."""
        inputs = tuple(map(self._input, settings, settings.values()))
        none = (None,) * len(self.task.names)
        try:
            run = solve_compiled(*(self._refilled(settings) or self._replaced(settings)))
            return Row(inputs, *self._indicators(run))
        except Error as error:
            return Row(inputs, none, none, error.faults[0].key)
        except OrderError:
            return Row(inputs, none, none, "several-orders")
        except Failure:
            return Row(inputs, none, none, FAILURE)

    def _refilled(self, settings: Mapping[str, str]) -> tuple[System, Compiled] | None:
        """The system of a point and its network by new values alone; None where that may not be enough."""
        if self._slots is None:
            return None
        system, numbers = self.base, dict[Slot, float]()
        for path, text in settings.items():
            figure = self._figure(path, text)
            if figure is None:
                return None
            try:
                system = with_figure(system, _known(system, path), figure)
            except FaultWithoutPlace:  # a balance below 0
                return None
            numbers[self._slots[path]] = figure.value
        values = filled(self._compiled, numbers)
        return (system, self._compiled.with_values(values)) if _same_network(values) else None

    def _replaced(self, settings: Mapping[str, str]) -> tuple[System, Compiled]:
        """The system of a point with its figures set, and its network, wired already where it can be."""
        system, _ = with_settings(self.task.loaded, settings)
        self._compiled.wiring  # noqa: B018  which `refilled` hands on
        return system, self._compiled.refilled(system)

    def _figure(self, path: str, text: str) -> Figure | None:
        """The figure that a quantity is; None where it is not one figure alone."""
        key = path, text
        if key not in self._figures:
            if len(self._figures) >= MOST_FIGURES:
                self._figures.clear()
                self._inputs.clear()
            loaded = self.task.loaded
            others = {**(loaded.settings or {}), **self.task.laid}
            others.pop(path, None)
            trees = merge.with_settings(loaded.merged, {**others, path: text})
            self._figures[key] = figure_alone(self.base, trees, path)
        return self._figures[key]

    def _input(self, path: str, text: str) -> float | str | None:
        """A varied figure in its native unit, or a word as it is written."""
        key = path, text
        if key not in self._inputs:
            self._inputs[key] = self._read(path, text)
        return self._inputs[key]

    def _read(self, path: str, text: str) -> float | str | None:
        figure = self._figure(path, text)
        if figure is not None:
            return figure.value
        if figure_at(self.base, _known(self.base, path)) is None:
            return text
        try:
            system, _ = with_settings(self.task.loaded, {path: text})
        except Error:  # it goes with no other figures of the scenario
            return None
        read = figure_at(system, _known(system, path))
        return read.value if read else None

    def _indicators(self, run: Run) -> tuple[tuple[float | None, ...], tuple[str | None, ...]]:
        """Values of the indicators, and whether their targets are met."""
        names = self.task.names
        found = {row.name: (row.value, row.met or None) for row in run.indicators_named(names)}
        rows = [found.get(name, (None, None)) for name in names]
        return tuple(value for value, _ in rows), tuple(met for _, met in rows)


class YearsSolver(PointSolver):
    """Solves the points of a scenario with periods: each is a run through all of them."""

    _like: Compiled | None = None

    def row(self, settings: Mapping[str, str]) -> Row:
        """The row of one point."""
        inputs = tuple(map(self._input, settings, settings.values()))
        none = (None,) * (len(self.task.names) * len(periods_of(self.base).starts))
        try:
            system, laid = with_settings(self.task.loaded, settings)
            loaded = replace(self.task.loaded, system=system, settings=laid)
            runs = solve_periods(system, partial(of_year, loaded), self._like).runs
        except Error as error:
            return Row(inputs, none, none, error.faults[0].key)
        except Failure:
            return Row(inputs, none, none, FAILURE)
        self._like = self._like or runs[0].compiled
        found = [self._indicators(run) for run in runs]
        values = tuple(v for of, _ in found for v in of)
        return Row(inputs, values, tuple(m for _, of in found for m in of))


def point_solver(task: Task) -> PointSolver:
    """What solves the points of a task without levers."""
    return (YearsSolver if task.base.carries else PointSolver)(task)


class LeverSolver:
    """Solves the points of a task that go over levels of levers: the scenario is read once a combination."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self._levels: Mapping[str, str] = {}
        self._solver: PointSolver | None = None
        self._error = ""

    def rows(self, numbers: Sequence[int]) -> list[Row]:
        """The rows of some points."""
        return [self._row(self.task.points.settings(n)) for n in numbers]

    def _row(self, settings: Mapping[str, str]) -> Row:
        levels = {p.removeprefix(LEVERS): t for p, t in settings.items() if p.startswith(LEVERS)}
        rest = {p: t for p, t in settings.items() if not p.startswith(LEVERS)}
        self._turn(levels)
        if self._solver is None:
            none = (None,) * (len(self.task.names) * len(periods_of(self.task.base).starts))
            return Row((*levels.values(), *(None for _ in rest)), none, none, self._error)
        row = self._solver.row(rest)
        return row._replace(inputs=(*levels.values(), *row.inputs))

    def _turn(self, levels: Mapping[str, str]) -> None:
        """Read the scenario with some levels, where they are others than before."""
        if levels == self._levels:
            return
        loaded, rest = self.task.loaded, self.task.points.without_levers
        self._levels, self._solver = levels, None
        try:
            made = with_levels(loaded, levels)
        except Error as error:
            self._error = error.faults[0].key
            return
        self._solver = point_solver(Task(made, rest, *base(rest, made), self.task.names))


def _known(system: System, text: str) -> Path:
    """The place of a path that was set before."""
    return parse(text, system) or Path("")


def _same_network(values: Values) -> bool:
    """Whether a network with these values is the same, and no drive is above a capacity."""
    above = values.driven > values.capacity * (1 + ROUNDING)
    return bool(np.all(values.coefficient > 0) and not np.any(above))
