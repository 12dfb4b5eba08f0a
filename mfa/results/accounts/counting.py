"""What a flow counts as: its mass, wet mass, energy, value, CO2, or an element in it.

One factor per material, times its amount in the native unit. Elements here go by the
composition that each material declares; the layers of `layers.py` follow transfer
coefficients and mixing instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mfa.properties import element_shares, energy_content, greenhouse, layer, price
from mfa.system import Material

KG_PER_T = 1000.0


def factor(what: str) -> Callable[[Material], float | None]:
    """How much one native unit of a material counts; None where it has no such property.

    Parameters
    ----------
    what : `amount`, `mass` (t), `wet` (t), `energy` (GJ), `value` (CNY without VAT), `co2` (t),
        or an element or oxide (kg)

    Raises
    ------
    mfa.errors.Short
        it is none of these
    """
    if what in WAYS:
        return WAYS[what]
    found = layer(what)

    def content(material: Material) -> float | None:
        if not material.is_mass or not material.composition:
            return None
        return element_shares(material).get(found.element, 0.0) * found.per_element * KG_PER_T

    return content


def _mass(material: Material) -> float | None:
    return 1.0 if material.is_mass else None


def _wet(material: Material) -> float | None:
    return 1 / (1 - (material.moisture or 0.0)) if material.is_mass else None


WAYS: Mapping[str, Callable[[Material], float | None]] = {
    "amount": lambda m: 1.0,
    "mass": _mass,
    "wet": _wet,
    "energy": lambda m: energy_content(m) or None,
    "value": lambda m: price(m) or None,
    "co2": greenhouse,
}
