"""What a sweep gives: a row for each point, and the table of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from mfa import catalogue
from mfa.catalogue import HEADLINE, WASTE_RATES
from mfa.errors import Error, Fault, FaultWithoutPlace, Place
from mfa.parameters import figure_at, listed, parse
from mfa.results.periods import periods_of
from mfa.results.tables import Table
from mfa.studies.sweeps.point_solver import Row
from mfa.studies.sweeps.points import Points
from mfa.system import System, Target


@dataclass(frozen=True)
class Swept:
    """The points of a sweep solved.

    Attributes
    ----------
    system : of a scenario near the points, for names and units
    names : the indicators, by id
    rows : (point,) as `points` counts them
    """

    system: System
    points: Points
    names: tuple[str, ...]
    rows: Sequence[Row]

    @cached_property
    def path_units(self) -> tuple[str | None, ...]:
        """The native unit of each path, empty for a plain number; None for words."""
        known = {parse(path, self.system): p.unit for path, p in listed(self.system).items()}
        found = [parse(axis.path, self.system) for axis in self.points.axes]
        return tuple(known.get(p, "") if p and figure_at(self.system, p) else None for p in found)

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The unit of each indicator."""
        s = self.system
        own = {i.id: i for i in s.indicators}
        return tuple(catalogue.unit(n, s.materials, s.processes, own) for n in self.names)

    def targets(self, name: str) -> list[Target]:
        """The targets on an indicator."""
        return [t for t in self.system.targets if t.indicator == name]

    @property
    def errors(self) -> Counter[str]:
        """Code → how many points have no solution for that reason."""
        return Counter(row.error for row in self.rows if row.error)

    @property
    def periods(self) -> tuple[int, ...]:
        """The first year of each period that a point runs through; of one year alone, that year."""
        return periods_of(self.system).starts

    def of_period(self, number: int) -> list[Row]:
        """(point,) the rows with the indicators of one of the periods."""
        mine = slice(number * len(self.names), (number + 1) * len(self.names))
        return [row._replace(values=row.values[mine], met=row.met[mine]) for row in self.rows]

    @property
    def last(self) -> list[Row]:
        """(point,) the rows with the indicators of the last period."""
        return self.of_period(len(self.periods) - 1)

    @cached_property
    def table(self) -> Table:
        """point, the varied paths, the indicators, `NAME met` of each that has a target, error.

        A unit stands in the name of its column: `kiln.capacity [t/a]`. Where a point runs through
        several years, a row each, with `period` after `point`.
        """
        paths = [_headed(a.path, u) for a, u in zip(self.points.axes, self.path_units, strict=True)]
        values = [_headed(n, u) for n, u in zip(self.names, self.units, strict=True)]
        aimed = [i for i, name in enumerate(self.names) if self.targets(name)]
        met = [f"{self.names[i]} met" for i in aimed]
        through = self.system.periods is not None
        rows = [
            (
                number,
                *([period] if through else ()),
                *row.inputs,
                *row.values,
                *_chosen(row, aimed),
                row.error,
            )
            for number, own in enumerate(zip(*map(self.of_period, range(len(self.periods))), strict=True))
            for period, row in zip(self.periods, own, strict=True)
        ]
        numbers = {*(p for p, u in zip(paths, self.path_units, strict=True) if u is not None), *values}
        heads = ("point", *(("period",) if through else ()))
        return Table("sweep", (*heads, *paths, *values, *met, "error"), rows, frozenset(numbers))


def _chosen(row: Row, aimed: Sequence[int]) -> tuple[str | None, ...]:
    """Whether the indicators with targets meet them."""
    return tuple(row.met[i] for i in aimed)


def _headed(name: str, unit: str | None) -> str:
    return f"{name} [{unit}]" if unit not in (None, "", "1") else name


def chosen(system: System, names: Sequence[str]) -> tuple[str, ...]:
    """The indicators of a sweep: those named, else those with targets, else the rates of its wastes.

    Raises
    ------
    mfa.Error
        a name that is none; none is named, and there is neither a target nor a waste
    """
    own = {i.id: i for i in system.indicators}
    faults = []
    for number, name in enumerate(names, 1):
        try:
            catalogue.unit(name, system.materials, system.processes, own)
        except FaultWithoutPlace as unplaced:
            faults.append(unplaced.at(Place("--indicator", number, 1)))
    if faults:
        raise Error(faults)
    found = tuple(dict.fromkeys(names or (t.indicator for t in system.targets)))
    found = found or tuple(_rates(system))
    if not found:
        raise Error([Fault("sweep-no-indicator", None, {"example": HEADLINE})])
    return found


def _rates(system: System) -> Iterator[str]:
    materials = system.materials.values()
    return (rate.id for rate in WASTE_RATES if any(rate.covers(m) for m in materials))
