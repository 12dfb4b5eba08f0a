"""Quantities of a file → figures in native units; the only place where units end."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from mfa import units
from mfa.errors import Fault, FaultWithoutPlace, Place, nearest
from mfa.input.schema.fields import ID, Quantity
from mfa.input.yaml.tree import Node, place_of
from mfa.properties import Factor, reconverted
from mfa.system import Figure, Written

MOST_HINTS = 200  # looking for the nearest name costs up to 25 ms; nobody reads more
NO_PROPERTY = ("unit-no-moisture", "unit-no-density", "unit-no-lhv", "unit-no-mass")
FOLLOWS = ("unit-dimension", *NO_PROPERTY)


@dataclass
class Reader:
    """Reads quantities, gathering faults at their places.

    `year` is the one year of the run, for quantities given as a schedule; `substances` are what
    the files declare beside formulas; `computed` are sources whose figures are exact; `faulty` are
    materials with a fault of their own, so that conversions by them need not be reported again.
    """

    year: int | None
    sources: frozenset[str]
    faults: list[Fault]
    faulty: set[str] = field(default_factory=set)
    hints: dict[str, str] = field(default_factory=dict)
    rates: tuple[tuple[str, float], ...] = ()
    substances: frozenset[str] = frozenset()
    computed: frozenset[str] = frozenset()

    @property
    def money(self) -> units.Basis:
        """What amounts of money are converted by: the rates of other currencies."""
        return units.Basis("CNY", rates=self.rates)

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
        if quantity.balance:
            self.faults.append(Fault("balance-elsewhere", place_of(node, ("balance",), key=True), {}))
            return None
        start = len(self.faults)
        value, points = self._points(quantity, node, factor, signed)
        if any(f.key in NO_PROPERTY for f in self.faults[start:]):
            return None
        dist, spread = self._spread(quantity, node, factor, value)
        made = Figure(
            value,
            quantity.value or f"{value:.12g}",
            place_of(node, ("value",)),
            dist,
            gsd=self._gsd(quantity.gsd, node) if quantity.gsd is not None else None,
            source=self.source(quantity.source, node),
            confidence=quantity.confidence or "",
            note=quantity.note,
            basis=quantity.basis or "",
            interpolate=quantity.interpolate or "linear",
            written=(*points, *spread),
            exact=bool(quantity.exact) or (quantity.source in self.computed and not dist),
        )
        if value != value:
            return None
        found = reconverted(made, factor, self.year) if spread or quantity.years else made
        if dist == "beta" and not _can_be_beta(found):
            values = {"sd": _cut(quantity.sd or quantity.cv or ""), "text": _cut(found.text)}
            place = place_of(node, ("sd" if quantity.sd else "cv",))
            self.faults.append(Fault("beta-wide", place, values))
        return found

    def ratio(self, quantity: Quantity, node: Node, *, most: float = 1.0) -> Figure | None:
        """A share of one: `8 %`, `0.08`; at most `most`."""
        found = self.figure(quantity, node, units.ratio_factor)
        beyond = found and self.point(quantity, node, found, lambda value: value > most)
        if beyond:
            self.faults.append(Fault("above-one", beyond[0], {"text": _cut(beyond[1])}))
            return None
        return found

    def point(
        self, quantity: Quantity, node: Node, figure: Figure, wrong: Callable[[float], bool]
    ) -> tuple[Place | None, str] | None:
        """Place and text of the first value that is wrong of a figure or its schedule; None where none is."""
        if not figure.years:
            return (figure.place, figure.text) if wrong(figure.value) else None
        at = next((str(year) for year, value in figure.years if wrong(value)), None)
        return (place_of(node, (at,)), quantity.years[at]) if at else None

    def _number(self, part: str, text: str, factor: Factor) -> tuple[Written, float]:
        """A number as it is written, and in the wanted unit."""
        number, unit = units.split(text)
        try:
            return Written(part, number, unit), units.scaled(number, factor(unit))
        except FaultWithoutPlace as unplaced:
            raise _whole(unplaced, text, number) from None

    def _points(
        self, quantity: Quantity, node: Node, factor: Factor, signed: bool
    ) -> tuple[float, Sequence[Written]]:
        """The value, of a schedule that of the run's year, and what is written; NaN where it is faulty."""
        if not quantity.years:
            found = self._one("value", quantity.value or "", place_of(node, ("value",)), factor, signed)
            return (found[1], (found[0],)) if found else (math.nan, ())
        if self.year is None:
            self.faults.append(Fault("schedule-without-year", node.place, {}))
        points = [self._one(y, t, place_of(node, (y,)), factor, signed) for y, t in quantity.years.items()]
        known = sorted(p for p in points if p)
        if self.year is None or len(known) < len(points):
            return math.nan, ()
        years = tuple((int(written.part), value) for written, value in known)
        schedule = Figure(math.nan, years=years, interpolate=quantity.interpolate or "linear")
        return schedule.at(self.year), [written for written, _ in known]

    def _one(
        self, part: str, text: str, place: Place, factor: Factor, signed: bool = False
    ) -> tuple[Written, float] | None:
        """One number, as written and in the wanted unit; None, and a fault, where it is none."""
        try:
            written, value = self._number(part, text, factor)
            if value < 0 and not signed:
                raise FaultWithoutPlace("negative", text=_cut(text))
        except FaultWithoutPlace as unplaced:
            self.faults.append(unplaced.at(place))
            return None
        return written, value + 0.0  # no negative zero

    def _spread(
        self, quantity: Quantity, node: Node, factor: Factor, value: float
    ) -> tuple[str, tuple[Written, ...]]:
        """The distribution, and what is written of its width in a unit."""
        if quantity.range is not None:
            return quantity.dist or "triangular", self._range(quantity, node, factor, value)
        for part, text, of in (("sd", quantity.sd, factor), ("cv", quantity.cv, units.ratio_factor)):
            if text is not None:
                found = self._one(part, text, place_of(node, (part,)), of)
                return quantity.dist or "normal", found[:1] if found else ()
        if quantity.choice:
            places = enumerate(quantity.choice)
            all_ = [self._one(f"choice{i}", t, place_of(node, ("choice", i)), factor) for i, t in places]
            return "choice", tuple(one[0] for one in all_ if one)
        return "lognormal" if quantity.gsd is not None else "", ()

    def _gsd(self, text: str, node: Node) -> float | None:
        place = place_of(node, ("gsd",))
        found = self._one("gsd", text, place, _plain)
        if found and found[1] < 1:
            self.faults.append(Fault("gsd-below-one", place, {"text": _cut(text)}))
        return found[1] if found else None

    def bounds(self, quantity: Quantity, node: Node, factor: Factor) -> tuple[Written, ...]:
        """The two ends of the written range, if there is one without fault."""
        if quantity.range is None:
            return ()
        try:
            low, high, unit = units.split_range(quantity.range)
            units.scaled(low, factor(unit))
            return Written("low", low, unit), Written("high", high, unit)
        except FaultWithoutPlace as unplaced:
            self.faults.append(unplaced.at(place_of(node, ("range",))))
            return ()

    def _range(self, quantity: Quantity, node: Node, factor: Factor, value: float) -> tuple[Written, ...]:
        """The ends of a range that its value lies in."""
        found = self.bounds(quantity, node, factor)
        if not found:
            return ()
        low, high = (units.scaled(w.number, factor(w.unit)) for w in found)
        if (value < low or value > high) and not quantity.years:
            values = {
                "text": _cut(quantity.value or ""),
                "range": _cut(quantity.range or ""),
                "other": place_of(node, ("value",)),
            }
            self.faults.append(Fault("outside-range", place_of(node, ("range",)), values))
        if low < 0:
            place = place_of(node, ("range",))
            self.faults.append(Fault("negative", place, {"text": _cut(quantity.range or "")}))
        return found

    def source(self, name: str, node: Node) -> str:
        """A source's id, or free words; an id that no `sources:` defines is a fault."""
        if name and ID.match(name) and name not in self.sources:
            values = {"id": name[:60], "near": nearest(name, self.sources)}
            self.faults.append(Fault("source-unknown", place_of(node, ("source",)), values))
        return name


def _can_be_beta(figure: Figure) -> bool:
    """Whether a mean and a standard deviation are those of some beta distribution on 0 to 1."""
    mean, sd = figure.value, figure.sd
    return 0 < mean < 1 and (sd is None or sd**2 < mean * (1 - mean))


def _whole(unplaced: FaultWithoutPlace, text: str, number: float) -> FaultWithoutPlace:
    """A fault of a unit, said of the whole quantity: '2 Mt' in place of 'Mt'."""
    if "example" not in unplaced.values:
        return unplaced
    example = f"{number:.12g} {unplaced.values['example']}"
    return FaultWithoutPlace(unplaced.key, **{**unplaced.values, "unit": _cut(text), "example": example})


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


def _plain(unit: str) -> float:
    if unit:
        raise FaultWithoutPlace("unit-not-wanted", unit=_cut(unit))
    return 1.0
