"""Quantities of a file → figures in native units; the only place where units end."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from mfa import units
from mfa.errors import Fault, FaultWithoutPlace, Place, nearest
from mfa.input.schema.fields import ID, Quantity
from mfa.input.yaml.tree import Node, place_of
from mfa.system import Figure, Material

Factor = Callable[[str], float]
MOST_HINTS = 200  # looking for the nearest name costs up to 25 ms; nobody reads more
NO_PROPERTY = ("unit-no-moisture", "unit-no-density", "unit-no-lhv")
FOLLOWS = ("unit-dimension", *NO_PROPERTY)


@dataclass
class Reader:
    """Reads quantities, gathering faults at their places.

    `year` is the one year of the run, for quantities given as a schedule; `faulty` are
    materials with a fault of their own, so that conversions by them need not be reported again.
    """

    year: int | None
    sources: frozenset[str]
    faults: list[Fault]
    faulty: set[str] = field(default_factory=set)
    hints: dict[str, str] = field(default_factory=dict)

    def unknown_material(self, name: str, place: Place, materials: Iterable[str]) -> None:
        """The fault of a material that nobody defines; past `MOST_HINTS` names without a hint."""
        if name not in self.hints and len(self.hints) < MOST_HINTS:
            self.hints[name] = nearest(name, materials)
        values = {"id": name[:60], "near": self.hints.get(name, "")}
        self.faults.append(Fault("material-unknown", place, values))

    @contextmanager
    def about(self, *materials: str) -> Iterator[None]:
        """Leave out what only follows from a fault of one of these materials."""
        start = len(self.faults)
        yield
        if self.faulty.intersection(materials):
            self.faults[start:] = [f for f in self.faults[start:] if f.key not in FOLLOWS]

    def figure(
        self, quantity: Quantity, node: Node, factor: Factor, *, signed: bool = False
    ) -> Figure | None:
        """The quantity in the unit that `factor` (unit text → factor) leads to, or None if faulty."""
        place = place_of(node, ("value",))
        if quantity.balance:
            self.faults.append(Fault("balance-elsewhere", place_of(node, ("balance",), key=True), {}))
            return None
        start = len(self.faults)
        value = self._value(quantity, node, factor, signed)
        if any(f.key in NO_PROPERTY for f in self.faults[start:]):
            return None
        text = quantity.value or f"{value:.12g}"
        made = self._uncertain(quantity, node, factor, value, place, text)
        return made if value == value else None

    def ratio(self, quantity: Quantity, node: Node, *, most: float = 1.0) -> Figure | None:
        """A share of one: `8 %`, `0.08`; at most `most`."""
        found = self.figure(quantity, node, _share)
        if found and found.value > most:
            self.faults.append(Fault("above-one", found.place, {"text": _cut(found.text)}))
            return None
        return found

    def _number(self, text: str, factor: Factor) -> float:
        number, unit = units.split(text)
        try:
            return scaled(number, factor(unit))
        except FaultWithoutPlace as unplaced:
            raise _whole(unplaced, text, number) from None

    def _value(self, quantity: Quantity, node: Node, factor: Factor, signed: bool) -> float:
        """The written value, or the schedule's value in the year of the run; NaN where it is faulty."""
        if not quantity.years:
            return self._one(quantity.value or "", place_of(node, ("value",)), factor, signed)
        if self.year is None:
            self.faults.append(Fault("schedule-without-year", node.place, {}))
        points = sorted(
            (int(y), self._one(t, place_of(node, (y,)), factor, signed)) for y, t in quantity.years.items()
        )
        if self.year is None or any(v != v for _, v in points):
            return math.nan
        earlier = [p for p in points if p[0] <= self.year] or points[:1]
        later = [p for p in points if p[0] > self.year]
        start = earlier[-1]
        if quantity.interpolate == "step" or not later or start[0] > self.year:
            return start[1]
        share = (self.year - start[0]) / (later[0][0] - start[0])
        return start[1] + share * (later[0][1] - start[1])

    def _one(self, text: str, place: Place, factor: Factor, signed: bool) -> float:
        """One number in the wanted unit; NaN, and a fault, where it is none."""
        try:
            value = self._number(text, factor)
            if value < 0 and not signed:
                raise FaultWithoutPlace("negative", text=_cut(text))
        except FaultWithoutPlace as unplaced:
            self.faults.append(unplaced.at(place))
            return math.nan
        return value + 0.0  # no negative zero

    def _uncertain(
        self, quantity: Quantity, node: Node, factor: Factor, value: float, place: Place, text: str
    ) -> Figure:
        low = high = sd = gsd = None
        dist = ""
        if quantity.range is not None:
            low, high = self._range(quantity, node, factor, value)
            dist = quantity.dist or "triangular"
        if quantity.sd is not None:
            sd, dist = self._spread(quantity.sd, node, "sd", factor), "normal"
        if quantity.cv is not None:
            sd, dist = self._spread(quantity.cv, node, "cv", _share) * value, "normal"
        if quantity.gsd is not None:
            gsd, dist = self._spread(quantity.gsd, node, "gsd", _plain), "lognormal"
            if gsd < 1:
                self.faults.append(
                    Fault("gsd-below-one", place_of(node, ("gsd",)), {"text": _cut(quantity.gsd)})
                )
        return Figure(
            value,
            text,
            place,
            dist,
            low,
            high,
            sd,
            gsd,
            self.source(quantity.source, node),
            quantity.confidence or "",
            quantity.note,
        )

    def bounds(self, quantity: Quantity, node: Node, factor: Factor) -> tuple[float, float] | None:
        """The range of a `balance` flow, a bound that is tested."""
        if quantity.range is None:
            return None
        try:
            low, high, unit = units.split_range(quantity.range)
            return scaled(low, factor(unit)), scaled(high, factor(unit))
        except FaultWithoutPlace as unplaced:
            self.faults.append(unplaced.at(place_of(node, ("range",))))
            return None

    def _range(self, quantity: Quantity, node: Node, factor: Factor, value: float) -> tuple[float, float]:
        found = self.bounds(quantity, node, factor)
        if found is None:
            return value, value
        if (value < found[0] or value > found[1]) and not quantity.years:
            values = {
                "text": _cut(quantity.value or ""),
                "range": _cut(quantity.range or ""),
                "other": place_of(node, ("value",)),
            }
            self.faults.append(Fault("outside-range", place_of(node, ("range",)), values))
        if found[0] < 0:
            place = place_of(node, ("range",))
            self.faults.append(Fault("negative", place, {"text": _cut(quantity.range or "")}))
        return found

    def _spread(self, text: str, node: Node, key: str, factor: Factor) -> float:
        try:
            value = self._number(text, factor)
            if value < 0:
                raise FaultWithoutPlace("negative", text=_cut(text))
            return value
        except FaultWithoutPlace as unplaced:
            self.faults.append(unplaced.at(place_of(node, (key,))))
            return 1.0

    def source(self, name: str, node: Node) -> str:
        """A source's id, or free words; an id that no `sources:` defines is a fault."""
        if name and ID.match(name) and name not in self.sources:
            values = {"id": name[:60], "near": nearest(name, self.sources)}
            self.faults.append(Fault("source-unknown", place_of(node, ("source",)), values))
        return name


def scaled(number: float, factor: float) -> float:
    """Number × factor, rounded once where the factor is one over a whole number.

    >>> scaled(95, 0.01), 95 * 0.01
    (0.95, 0.9500000000000001)
    """
    whole = round(1 / factor) if 0 < factor < 1 else 0
    return number / whole if whole and 1 / whole == factor else number * factor


def _whole(unplaced: FaultWithoutPlace, text: str, number: float) -> FaultWithoutPlace:
    """A fault of a unit, said of the whole quantity: '2 Mt' in place of 'Mt'."""
    if "example" not in unplaced.values:
        return unplaced
    example = f"{number:.12g} {unplaced.values['example']}"
    return FaultWithoutPlace(unplaced.key, **{**unplaced.values, "unit": _cut(text), "example": example})


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


def _share(unit: str) -> float:
    return units.ratio(f"1 {unit}" if unit else "1")


def _plain(unit: str) -> float:
    if unit:
        raise FaultWithoutPlace("unit-not-wanted", unit=_cut(unit))
    return 1.0


def basis(material: Material) -> units.Basis:
    """What the unit room must know of a material."""
    return units.Basis(
        material.unit, material.moisture, material.density, material.density_unit, material.lhv
    )
