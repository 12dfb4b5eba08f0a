"""Schedules: the system of one period, every figure of it that goes by years at its value there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from mfa.errors import Error, Fault, FaultWithoutPlace, Place
from mfa.parameters.values import closed
from mfa.storage import Lifetime
from mfa.system import Figure, Process, System

SECTIONS = (
    *("materials", "processes", "pools", "stocks", "drive", "demand", "supply", "factors", "sites"),
    *("targets", "indicators"),
)
PRICES = ("price", "price_vat")  # of a material: no other figure is converted by them
RECIPE = ("inputs", "outputs")
PLAIN = (str, int, float, bool, type(None), Place, Lifetime)  # without schedules; a lifetime's goes by entry

Step = str | int


class Spot(NamedTuple):
    """Where a schedule stands: attributes, keys and places in tuples that lead to it, and the schedule."""

    steps: tuple[Step, ...]
    figure: Figure


@dataclass(frozen=True)
class Schedules:
    """The figures of a system that go by years.

    Attributes
    ----------
    spots : each of them
    listed : of them, the coefficients that a list goes by, which must not be 0
    converting : one that other figures are converted by (a moisture, operating hours, a currency), so
        that these must be read again for each period; None where there is none
    """

    system: System
    spots: tuple[Spot, ...]
    listed: frozenset[tuple[Step, ...]]
    converting: Figure | None

    def at(self, years: Sequence[int]) -> System:
        """The system of a period: of each figure the mean over the period's years.

        Raises
        ------
        mfa.Error
            a `balance` flow would be negative, or a coefficient that a list goes by is 0
        """
        made: Any = self.system
        for spot in self.spots:
            figure = _figure(spot.figure, years)
            if spot.steps in self.listed and figure.value <= 0:
                raise Error([_zero(spot, years[0])])
            made = _put(made, spot.steps, figure)
        recipes = dict.fromkeys(str(s.steps[1]) for s in self.spots if _is_coefficient(s.steps))
        processes = {key: self._closed(made.processes[key], years[0]) for key in recipes}
        made = replace(made, processes={**made.processes, **processes}) if processes else made
        system: System = replace(made, year=years[0], span=len(years), periods=None)
        return system

    def _closed(self, process: Process, year: int) -> Process:
        """The process with its `balance` flow closing its mass."""
        try:
            return closed(process, self.system.materials)
        except FaultWithoutPlace as unplaced:
            told = Fault(unplaced.key, None, unplaced.values)
            values = {"fault": told.text("en"), "fault_zh": told.text("zh"), "year": year}
            raise Error([Fault("in-year", process.place, values)]) from None


def schedules(system: System) -> Schedules:
    """The schedules of a system."""
    spots = tuple(s for name in SECTIONS for s in _spots(getattr(system, name), (name,)))
    coefficients = {s.steps for s in spots if _is_coefficient(s.steps)}
    listed = {
        ("processes", e.node, side, pool.material, "figure")
        for pool in (system.pools.values() if coefficients else ())
        for side, entries in (("inputs", pool.takers), ("outputs", pool.givers))
        for e in entries
    }
    money = (f for f in system.currencies.values() if f.years)
    converting = next(money, next((s.figure for s in spots if _converts(s.steps)), None))
    return Schedules(system, spots, frozenset(coefficients & listed), converting)


def _is_coefficient(steps: tuple[Step, ...]) -> bool:
    return steps[0] == "processes" and steps[2] in RECIPE


def _converts(steps: tuple[Step, ...]) -> bool:
    """Whether other figures are converted by that one."""
    if steps[0] == "materials":
        return steps[2] not in PRICES
    return steps[0] == "processes" and steps[2] == "operating_hours"


def _zero(spot: Spot, year: int) -> Fault:
    _, process, _, material, _ = spot.steps
    return Fault("listed-zero", spot.figure.place, {"process": process, "material": material, "year": year})


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a kind of record; none where it is no record."""
    return tuple(f.name for f in fields(kind)) if is_dataclass(kind) else ()


def _spots(what: object, steps: tuple[Step, ...]) -> Iterator[Spot]:
    """The schedules in a record, a mapping or a tuple."""
    if isinstance(what, Figure):
        if what.years:
            yield Spot(steps, what)
        return
    inner: Iterator[tuple[Step, object]]
    if isinstance(what, Mapping):
        inner = iter(what.items())
    elif isinstance(what, tuple):
        inner = enumerate(what)
    else:
        kind: Any = type(what)
        inner = ((name, getattr(what, name)) for name in _names(kind))
    for step, value in inner:
        if value and not isinstance(value, PLAIN):
            yield from _spots(value, (*steps, step))


def _put(what: Any, steps: tuple[Step, ...], figure: Figure) -> Any:
    """The same with another figure at a spot."""
    if not steps:
        return figure
    step, *rest = steps
    if isinstance(what, Mapping):
        return {**what, step: _put(what[step], tuple(rest), figure)}
    if isinstance(what, tuple) and isinstance(step, int):
        return (*what[:step], _put(what[step], tuple(rest), figure), *what[step + 1 :])
    return replace(what, **{str(step): _put(getattr(what, str(step)), tuple(rest), figure)})


def _figure(figure: Figure, years: Sequence[int]) -> Figure:
    """A schedule's figure of a period; a deviation that was written as a share goes with the value."""
    value = sum(map(figure.at, years)) / len(years)
    sd = figure.sd
    if sd is not None and figure.value and any(w.part == "cv" for w in figure.written):
        sd *= value / figure.value
    return replace(figure, value=value, sd=sd)
