"""What one native unit of a material holds: mass, energy, value, carbon, elements.

Quantities are converted into native units by these properties, and again where one of them
changes. Layers are elements, elements counted as one of their oxides, or substances that a file
declares because they are no formula (ash, fibre).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from mfa import units
from mfa.errors import FaultWithoutPlace, nearest
from mfa.system import GJ_PER, Coefficient, Figure, Material, known, number

Factor = Callable[[str], float]

SIDE = frozenset(("O", "H"))


class Layer(NamedTuple):
    """A layer: its name, the element behind it, and kg of the layer per kg of the element.

    A declared substance stands for itself.
    """

    name: str
    element: str
    per_element: float


def layer(name: str, substances: Collection[str] = ()) -> Layer:
    """The layer of a name: an element (`Ga`), an oxide or hydroxide of one (`Na2O`), a declared substance.

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        the name is none of these

    Examples
    --------
    >>> layer("Ga")
    Layer(name='Ga', element='Ga', per_element=1.0)
    >>> round(layer("Al2O3").per_element, 4), round(layer("Na2O").per_element, 4)
    (1.8895, 1.348)
    >>> layer("ash", ["ash"])
    Layer(name='ash', element='ash', per_element=1.0)
    """
    if name in substances:
        return Layer(name, name, 1.0)
    found = dict(elements(name) or ())
    named = [e for e in found if e not in SIDE] if len(found) > 1 else list(found)
    if len(named) != 1:
        raise FaultWithoutPlace("layer-unknown", text=name[:60], near=nearest(name, substances))
    return Layer(name, named[0], 1 / found[named[0]])


OTHER = "other"
CONVERTS = ("moisture", "density", "lhv", "mass", "enthalpy")  # what converting amounts of a material goes by
ISOTOPE = re.compile(r"[0-9]")  # of symbols: COD and BOD are measured in water, no compounds of deuterium


@lru_cache(4096)
def is_formula(text: str) -> bool:
    """Whether a text is a chemical formula."""
    return elements(text) is not None


@lru_cache(4096)
def elements(species: str) -> tuple[tuple[str, float], ...] | None:
    """The elements of a species and their mass fractions, or None if it is no formula."""
    import molmass

    if not re.fullmatch(r"[A-Z][A-Za-z0-9()]{0,79}", species):
        return None
    try:
        formula = molmass.Formula(
            species, parse_groups=False, parse_oligos=False, parse_arithmetic=False, allow_empty=False
        )
        found = tuple((symbol, part.fraction) for symbol, part in formula.composition().items())
    except (molmass.FormulaError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return None if any(ISOTOPE.match(symbol) for symbol, _ in found) else found


def element_shares(material: Material) -> dict[str, float]:
    """Mass fraction of each element, and of each declared substance, that the composition names."""
    found: dict[str, float] = {}
    for species, share in material.composition.items():
        for element, fraction in (elements(species) or ((species, 1.0),)) if species != OTHER else ():
            found[element] = found.get(element, 0.0) + share.value * fraction
    return found


def unresolved_parts(material: Material, of: str) -> list[str]:
    """The parts of a composition that may hold an element or a declared substance without saying so.

    That is `other`; an element may also be in every declared substance.
    """
    inside = is_formula(of)
    return [s for s in material.composition if s == OTHER or (inside and not is_formula(s))]


def unresolved(material: Material, of: str) -> float:
    """The mass fraction that these parts are, all where there is no composition."""
    if not material.composition:
        return 1.0
    return sum(material.composition[s].value for s in unresolved_parts(material, of))


def energy_content(material: Material) -> float:
    """GJ per native unit: of an energy its own, else the lower heating value."""
    return GJ_PER.get(material.unit) or number(material.lhv)


def tonnes_per_unit(material: Material) -> float | None:
    """Tonnes in one native unit, by the density where it is a volume; None where nothing says.

    Of properties that are (sample,) arrays, as many tonnes.
    """
    if material.is_mass:
        return 1.0
    drawn = [n for n in CONVERTS if isinstance(number(getattr(material, n)), np.ndarray)]
    if drawn:
        rows = zip(*(getattr(material, n).value.tolist() for n in drawn), strict=True)
        made = [tonnes_per_unit(replace(material, **_figures(drawn, row))) for row in rows]
        return None if None in made else np.array(made)  # type: ignore[return-value]
    try:
        return 1 / units.amount_factor("t", basis(material))
    except FaultWithoutPlace:
        return None


def _figures(names: Collection[str], values: Collection[float]) -> dict[str, Any]:
    return {n: Figure(v) for n, v in zip(names, values, strict=True)}


def greenhouse(material: Material) -> float | None:
    """CO2 equivalent, t, in one native unit of a greenhouse gas; None for what is none or has no tonnes."""
    tonnes = tonnes_per_unit(material) if material.ghg else None
    return None if tonnes is None else tonnes * material.gwp.value


CO2_PER_C = 44.01 / 12.011  # t CO2 from 1 t of carbon, by molar masses


class CarbonContent(NamedTuple):
    """Carbon in one native unit: `known`, t, and the `unresolved` part of it of which nothing is known.

    `unresolved` is a fraction of the amount; where it is not 0 there may be carbon beyond what is known.
    """

    known: float
    unresolved: float


def carbon_content(material: Material) -> CarbonContent:
    """The carbon in one native unit: by its `carbon`, else by composition; CO2 of a gas with `ghg` alone."""
    if material.kind == "energy":
        return CarbonContent(0.0, 0.0)
    tonnes = tonnes_per_unit(material)
    if tonnes is None:
        return CarbonContent(0.0, 1.0)
    if material.carbon is not None:
        return CarbonContent(material.carbon.value * tonnes, 0.0)
    if material.composition:
        shares = element_shares(material)
        hidden = 0.0 if "C" in shares else unresolved(material, "C")
        return CarbonContent(shares.get("C", 0.0) * tonnes, hidden)
    if material.ghg and bool(np.all(material.gwp.value == 1)):
        return CarbonContent(tonnes / CO2_PER_C, 0.0)
    return CarbonContent(0.0, 0.0 if material.kind == "water" else 1.0)


def price(material: Material) -> float:
    """CNY per native unit without VAT; 0 where no price is known."""
    return material.price.value / (1 + material.price_vat.value) if material.price else 0.0


GJ_PER_TCE = 29.3076  # GB/T 2589-2020: 7000 kcal/kg


def is_carrier(material: Material) -> bool:
    """Whether a material counts as energy: fuels, energies, and what has a heating value."""
    if not material.carrier or material.kind == "emission":
        return False
    return material.kind in ("energy", "fuel") or bool(np.any(number(material.lhv) > 0))  # also of samples


def is_electricity(material: Material) -> bool:
    """Whether it is electricity: an energy counted in MWh."""
    return material.kind == "energy" and material.unit == "MWh"


ROUNDING = 1e-12  # of the larger side: what sums of decimal figures leave over


def closing_amount(
    process: str,
    side: str,
    name: str,
    inputs: Mapping[str, Coefficient],
    outputs: Mapping[str, Coefficient],
    materials: Mapping[str, Material],
) -> float:
    """What a side of a recipe lacks to close the mass: the `balance` flow, native units.

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        it would be negative
    """
    into, out = (
        sum(c.figure.value * materials[m].unit_mass for m, c in recipe.items() if not c.balance)
        for recipe in (inputs, outputs)
    )
    value = out - into if side == "inputs" else into - out
    if abs(value) <= ROUNDING * max(into, out):
        return 0.0
    if value < 0:
        amounts = {"value": f"{value:.6g}", "into": f"{into:.6g}", "out": f"{out:.6g}"}
        values = {"process": process, "material": name, **amounts}
        per = next((m for m, c in outputs.items() if c.is_assumed), None)
        if side == "inputs" or per is None:
            raise FaultWithoutPlace("balance-negative", **values)
        raise FaultWithoutPlace("balance-negative-per", per=per, unit=materials[per].unit, **values)
    return value / materials[name].unit_mass


def dry_share(material: Material) -> float:
    """Dry mass in the wet mass."""
    return 1 - number(material.moisture)


KG_PER_T = 1000.0


def per_unit(what: str) -> Callable[[Material], float | None]:
    """How much one native unit of a material counts; None where it has no such property.

    Parameters
    ----------
    what : `amount`, `mass` (t), `wet` (t), `energy` (GJ), `value` (CNY without VAT), `co2` (t),
        or an element or oxide (kg)

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        it is none of these
    """
    if what in WAYS:
        return WAYS[what]
    found = layer(what)

    def content(material: Material) -> float | None:
        if not material.unit_mass or not material.composition:
            return None
        share = element_shares(material).get(found.element, 0.0)
        return material.unit_mass * share * found.per_element * KG_PER_T

    return content


def _mass(material: Material) -> float | None:
    return _some(material.unit_mass)


def _wet(material: Material) -> float | None:
    return _some(material.unit_mass / dry_share(material))


def _some(value: float) -> float | None:
    """A property, None for nothing."""
    return value if np.any(value) else None


WAYS: Mapping[str, Callable[[Material], float | None]] = {
    "amount": lambda m: 1.0,
    "mass": _mass,
    "wet": _wet,
    "energy": lambda m: _some(energy_content(m)),
    "value": lambda m: _some(price(m)),
    "co2": greenhouse,
}


def basis(material: Material) -> units.Basis:
    """What converting amounts of a material goes by."""
    return units.Basis(
        material.unit,
        known(material.moisture),
        known(material.density),
        material.density_unit,
        known(material.lhv),
        None if material.is_mass else material.unit_mass or None,
    )


def reconverted(figure: Figure, factor: Factor, year: int | None = None) -> Figure:
    """A figure in native units from what was written, by a conversion that may have changed.

    Parameters
    ----------
    factor : unit text → what one of it is in the native unit, by the properties of now
    year : the year whose point of a schedule is the value; None keeps the value of a schedule

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        a written unit does not lead to the native one

    Examples
    --------
    >>> from mfa.system import Written
    >>> written = Figure(700.0, "1000 t_wet", written=(Written("value", 1000.0, "t_wet"),))
    >>> reconverted(written, lambda unit: units.amount_factor(unit, units.Basis(moisture=0.4))).value
    600.0
    """
    native = {
        w.part: units.scaled(w.number, (units.ratio_factor if w.part == "cv" else factor)(w.unit)) + 0.0
        for w in figure.written
    }
    years = tuple((int(part), value) for part, value in native.items() if part.isdigit())
    value = native.get("value", figure.value)
    if years and year is not None:
        value = replace(figure, years=years).at(year)
    sd = native["cv"] * value if "cv" in native else native.get("sd", figure.sd)
    low, high = native.get("low", figure.low), native.get("high", figure.high)
    choice = tuple(value for part, value in native.items() if part.startswith("choice")) or figure.choice
    return replace(figure, value=value, years=years, low=low, high=high, sd=sd, choice=choice)
