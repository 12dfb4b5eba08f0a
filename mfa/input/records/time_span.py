"""The years of a run: one year, or periods one after the other."""

from __future__ import annotations

from mfa import units
from mfa.errors import Fault, FaultWithoutPlace
from mfa.input.schema.forms import Periods as PeriodsForm
from mfa.input.schema.validate import validate
from mfa.input.yaml.tree import Text, Tree, place_of
from mfa.storage import Periods


def time_span(scenario: Tree, faults: list[Fault]) -> tuple[int | None, Periods | None]:
    """The first year, and the periods where there are any; both None where a scenario says neither."""
    year = scenario.get("year")
    if "periods" not in scenario:
        return (int(year) if isinstance(year, Text) else None), None
    tree = scenario["periods"]
    form, found = validate(PeriodsForm, tree, ("periods",))
    faults += found
    if form is None:
        return None, None
    if year is not None:
        faults.append(Fault("year-and-periods", scenario.keys_at["periods"], {"other": year.place}))
    if form.to < form.from_:
        values = {"first": form.from_, "last": form.to}
        faults.append(Fault("periods-order", place_of(tree, ("to",)), values))
    step = 1
    if form.step is not None:
        try:
            number, unit = units.split(form.step)
            years = units.scaled(number, units.factor(unit, "a"))
            if years < 1 or years != int(years):
                raise FaultWithoutPlace("periods-step", text=form.step[:60])
            step = int(years)
        except FaultWithoutPlace as unplaced:
            faults.append(unplaced.at(place_of(tree, ("step",))))
    return form.from_, Periods(form.from_, max(form.from_, form.to), step)
