"""What is varied → the points of a sweep: every combination of some lists, or the rows of a table."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice
from pathlib import Path

from mfa import units
from mfa.errors import Error, Fault, FaultWithoutPlace, Place
from mfa.input.load import Loaded, not_scenario, with_settings
from mfa.input.yaml.reader import file_text
from mfa.parameters import parse
from mfa.parameters.values import entry_at
from mfa.system import System

VARY = "--vary"
LEVERS = "levers."  # before the name of a lever, which takes its levels
MOST_POINTS = 1_000_000  # their rows are held in memory until the table is written
MOST_UNITS = 200  # and words of one path that are tried
SPACED = re.compile(r"(.*\.\..*):\s*([^:\s]*)\s*")
# of a figure beside others that a point may change too: such a point has no solution, others may have one
OF_COMBINATIONS = ("drive-above-capacity", "stock-exhausted", "stock-overfull")


@dataclass(frozen=True)
class Axis:
    """A path that is varied and the quantities that it takes, as they are written.

    `lines` are where each is written in `file`; all in one where there is one line.
    """

    path: str
    texts: tuple[str, ...]
    file: str
    lines: tuple[int, ...]
    column: int = 1

    def place(self, number: int) -> Place:
        """Where a quantity is written."""
        return Place(self.file, self.lines[min(number, len(self.lines) - 1)], self.column)


@dataclass(frozen=True)
class Points:
    """The points of a sweep, counted from 0; `grid`: all combinations, the last axis varied fastest."""

    axes: tuple[Axis, ...]
    grid: bool

    def __len__(self) -> int:
        return self._sizes[0] if self.axes else 0

    @cached_property
    def _sizes(self) -> tuple[int, ...]:
        """How many points there are to one quantity of the axis before each axis, and then 1."""
        if not self.grid:
            return (len(self.axes[0].texts),)
        return tuple(math.prod(len(a.texts) for a in self.axes[i:]) for i in range(len(self.axes) + 1))

    @cached_property
    def without_levers(self) -> Points:
        """The axes that are figures."""
        return Points(tuple(a for a in self.axes if not a.path.startswith(LEVERS)), self.grid)

    def settings(self, number: int) -> dict[str, str]:
        """Path → quantity of a point, as `Scenario.replace` takes it."""
        if not self.grid:
            return {a.path: a.texts[number] for a in self.axes}
        sizes = self._sizes
        return {a.path: a.texts[number % sizes[i] // sizes[i + 1]] for i, a in enumerate(self.axes)}


def of_levers(loaded: Loaded) -> tuple[Axis, ...]:
    """An axis for each lever of a scenario, with its levels in their order.

    Raises
    ------
    mfa.Error
        the scenario has no levers
    """
    if not loaded.lever_levels:
        raise Error([Fault("sweep-no-levers", None, {"name": loaded.system.name})])
    levers = enumerate(loaded.lever_levels.items(), 1)
    return tuple(Axis(f"{LEVERS}{name}", levels, "--levers", (i,)) for i, (name, levels) in levers)


def from_variations(vary: Iterable[tuple[str, str]], levers: tuple[Axis, ...] = ()) -> Points:
    """Points from paths and what they take: `0.1..0.5 Mt/a:20` (evenly spaced), or `a, b, c`.

    `levers` are axes before them, varied slowest.

    Raises
    ------
    mfa.Error
        every variation that is none, each at its number; too many points
    """
    axes, faults = list[Axis](), list[Fault]()
    for number, (path, text) in enumerate(vary, 1):
        try:
            axes.append(Axis(path, tuple(_quantities(text)), VARY, (number,)))
        except FaultWithoutPlace as unplaced:
            faults.append(unplaced.at(Place(VARY, number, 1)))
    if faults:
        raise Error(faults)
    axes[:0] = levers
    if not axes:
        raise Error([Fault("sweep-nothing", None)])
    count = math.prod(len(a.texts) for a in axes)
    if count > MOST_POINTS:
        raise Error([Fault("sweep-many", None, {"count": f"{count:,}", "most": f"{MOST_POINTS:,}"})])
    return Points(tuple(axes), grid=True)


def _quantities(text: str) -> Iterator[str]:
    spaced = SPACED.fullmatch(text)
    if spaced:
        yield from _spaced(*spaced.groups())
        return
    found = [part.strip() for part in re.split("[,，]", text)]
    if ".." in text or not all(found):
        raise FaultWithoutPlace("sweep-vary", text=text[:60])
    yield from found


def _spaced(text: str, steps: str) -> Iterator[str]:
    """Quantities evenly spaced between the ends of a range, in the unit that it is written in."""
    if not re.fullmatch("[0-9]{1,9}", steps) or not 2 <= int(steps) <= MOST_POINTS:
        raise FaultWithoutPlace("sweep-steps", text=steps[:20], most=f"{MOST_POINTS:,}")
    low, high, unit = units.split_range(text)
    first, last, count = Fraction(repr(low)), Fraction(repr(high)), int(steps)
    for i in range(count):  # exact until it is rounded once: 0.3, not 0.30000000000000004
        yield f"{float(first + (last - first) * Fraction(i, count - 1))!r} {unit}".strip()


def from_table(path: Path) -> Points:
    """Points from a CSV file: its header row holds paths, each row below the quantities of a point.

    Raises
    ------
    mfa.Error
        every fault of the file, at its line and cell
    """
    name = str(path)
    reader = csv.reader(io.StringIO(file_text(path, name), newline=""))
    rows: list[tuple[int, list[str]]] = []
    for row in reader:
        if any(cell.strip() for cell in row):
            rows.append((reader.line_num, [cell.strip() for cell in row]))
    if len(rows) < 2:
        raise Error([Fault("sweep-table-empty", Place(name, 1, 1))])
    (head_at, head), body = rows[0], rows[1:]
    if len(body) > MOST_POINTS:
        raise Error([Fault("sweep-many", None, {"count": f"{len(body):,}", "most": f"{MOST_POINTS:,}"})])
    faults = [
        Fault("sweep-table-head", Place(name, head_at, i)) for i, cell in enumerate(head, 1) if not cell
    ]
    for at, row in body:
        if len(row) != len(head):
            counts = {"count": len(row), "head": len(head)}
            faults.append(Fault("sweep-table-row", Place(name, at, 1), counts))
            continue
        faults += [Fault("sweep-table-cell", Place(name, at, i)) for i, c in enumerate(row, 1) if not c]
    if faults:
        raise Error(faults)
    lines = tuple(at for at, _ in body)
    columns = zip(*(row for _, row in body), strict=True)
    axes = (Axis(p, texts, name, lines, i) for i, (p, texts) in enumerate(zip(head, columns, strict=True), 1))
    return Points(tuple(axes), grid=False)


def check(points: Points, loaded: Loaded) -> None:
    """Set each path as any setting is, before anything is solved.

    Of each path the first quantity of every unit is tried, the least and the greatest: what is
    between two that a figure can be, it can be too. A point whose figures do not go together (a
    drive above a capacity) is no fault of the sweep; it has no solution.

    Raises
    ------
    mfa.Error
        a path or quantity that cannot be, where it is written; a path that is varied twice; a chain alone
    """
    if loaded.is_chain:
        raise Error([not_scenario(loaded.path)])
    faults: list[Fault] = []
    seen: dict[object, str] = {}
    for axis in points.axes:
        found = parse(axis.path, loaded.system) or axis.path
        if found in seen:
            values = {"path": axis.path[:120], "other": seen[found][:120]}
            faults.append(Fault("sweep-twice", axis.place(0), values))
        seen.setdefault(found, axis.path)
        faults += _faults(axis, points.settings(0), loaded)
    if faults:
        raise Error(faults)


def base(points: Points, loaded: Loaded) -> tuple[System, Mapping[str, str]]:
    """A system that the points are near, the first or the last, and its settings; else the scenario's."""
    for number in (0, len(points) - 1):
        settings = points.settings(number)
        try:
            return with_settings(loaded, settings)[0], settings
        except Error:  # its figures do not go together
            continue
    return loaded.system, {}


def _faults(axis: Axis, first: Mapping[str, str], loaded: Loaded) -> Iterator[Fault]:
    """The faults of one path; the first of its quantities that is faulty in a way is told."""
    told: set[str] = set()
    kinds: dict[bool, str] = {}
    for number in _telling(axis.texts):
        text = axis.texts[number]
        made = _set(axis.path, {**first, axis.path: text}, loaded)
        if isinstance(made, System):
            kinds.setdefault(_is_share(made, axis.path), text)
            values = {"path": axis.path[:120], "one": next(iter(kinds.values()))[:40], "other": text[:40]}
            made = [Fault("sweep-kinds", None, values)] if len(kinds) > 1 else []
        for fault in made:
            if fault.key not in told:
                told.add(fault.key)
                yield Fault(fault.key, axis.place(number), fault.values)
        if "path-unknown" in told:
            return


def _telling(texts: Sequence[str]) -> list[int]:
    """The first, least and greatest of each unit, by position; of words, each one."""
    found: dict[str, dict[float, int]] = {}
    for i, text in enumerate(texts):
        try:
            number, unit = units.split(text)
        except FaultWithoutPlace:
            number, unit = 0.0, f"word {text}"
        found.setdefault(unit, {}).setdefault(number, i)
    ends = ((next(iter(n.values())), n[min(n)], n[max(n)]) for n in found.values())
    return sorted({i for many in islice(ends, MOST_UNITS) for i in many})


def _set(path: str, settings: Mapping[str, str], loaded: Loaded) -> System | list[Fault]:
    """The system with some settings, or what is wrong with that of one path by itself."""
    try:
        return with_settings(loaded, settings)[0]
    except Error as error:
        lines = [*(k for k in loaded.settings or {} if k not in settings), *settings]
        set_here = ((f, f.place.line) for f in error.faults if f.place and f.place.file == "--set")
        return [f for f, n in set_here if lines[n - 1] == path and f.key not in OF_COMBINATIONS]


def _is_share(system: System, text: str) -> bool:
    """Whether a limit is a share of its pool, so that its figure has another unit than an amount."""
    path = parse(text, system)
    if path is None or path.section != "pools" or path.field[2:] != ("limit",):
        return False
    entry = entry_at(system, path)
    return entry is not None and entry.percent is not None


def told(points: Points) -> Mapping[str, object]:
    """The points as a record of their inputs tells them."""
    return {"grid": points.grid, "axes": [[a.path, a.texts] for a in points.axes]}
