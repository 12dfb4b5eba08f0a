"""The closed set of unit names: `units.txt`, whose values pint works out."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from fractions import Fraction
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple

from mfa.units.dims import Dims
from mfa.units.text import MEMO


class Term(NamedTuple):
    """One unit name with its power: factor and dimension are those of the power."""

    factor: Fraction
    dims: Dims


@cache
def table() -> Mapping[str, Term]:
    """Every name of `units.txt` with its factor and dimension, as pint gives them."""
    import pint

    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(None, non_int_type=Fraction)
    lines = [[field.strip() for field in line.split("=")] for line in _lines()]
    # without the other names: pint has its own opinion of which may be one
    registry.load_definitions([f"{name} = {value}" for name, value, *_ in lines])
    terms: dict[str, Term] = {}
    for name, _, *others in lines:
        scale, base = registry.get_root_units(registry.UnitsContainer({name: Fraction(1)}))
        powers: Mapping[str, Any] = base.dimensionality
        dims = tuple(sorted((root.strip("[]"), int(power)) for root, power in powers.items()))
        exact: Any = scale
        terms.update(dict.fromkeys((name, *others), Term(Fraction(exact), dims)))
    return terms


def _lines() -> list[str]:
    """The lines of `units.txt` that define a unit."""
    text = resources.files("mfa.units").joinpath("units.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def names() -> list[str]:
    """Every unit name that is understood, as `units.txt` lists them (万 and 亿 go before any)."""
    return sorted(table())


@lru_cache(MEMO)
def near(name: str) -> str:
    """The unit name most like a wrong one, or nothing rather than one of another size."""
    known = table()
    prefixed = name[1:] in known
    if len(name) > 20 or (prefixed and name[0] in "mM"):  # mega or milli: not ours to guess
        return ""
    found = [one for one in known if one.lower() == name.lower()]
    if not found and not prefixed and not name[-1].isdigit():
        found = difflib.get_close_matches(name, known, 1, 0.7)
    return found[0] if found else ""
