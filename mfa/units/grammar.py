"""The closed set of unit names: `units.txt`, whose values pint works out."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple

from mfa.errors import FaultWithoutPlace
from mfa.units.dimensions import PER_TIME, TEMPERATURE, TIME, Dims, power, times
from mfa.units.number import MEMO, MULTIPLES, echo, plain


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


TERM_LIMIT = 8
YEAR = 365 * 86400  # seconds
UNMULTIPLIED: frozenset[Dims] = frozenset({(), TIME, TEMPERATURE})  # no 万 and 亿 on these
TONS = frozenset({"ton", "tons", "Ton", "Tons", "TON", "TONS"})
MONTHS = frozenset({"month", "months", "mo", "月", "个月"})

_TERM = re.compile(r"(万亿|万|亿)?(.*?[^0-9^-])(?:\^?(-?[1-3]))?")
_WATT_HOUR = re.compile(r"([kMGT]?W) ?[·*] ?h(?![A-Za-z])")


class Part(NamedTuple):
    """What stands between two slashes, or before the first; not yet inverted."""

    text: str
    terms: tuple[Term, ...]
    factor: Fraction
    dims: Dims


class Unit(NamedTuple):
    """A parsed unit text; factors are in the base units of `units.txt`."""

    parts: tuple[Part, ...]
    factor: Fraction
    dims: Dims
    yearly: bool  # written per year
    share: bool  # a single %, ppm …


@lru_cache(MEMO)
def parse(unit: str) -> Unit:
    """Read a unit text: names joined by `·` or `*`, then names after slashes.

    Raises
    ------
    mfa.errors.Short
        A name is no unit, or the names are joined in another way.
    """
    form = _WATT_HOUR.sub(r"\1h", plain(unit).strip())
    if not form:
        return Unit((), Fraction(1), (), False, False)
    if not TONS.isdisjoint(re.split(r"[ /·*()]+", form)):
        raise FaultWithoutPlace("unit-ton", unit=echo(unit))
    above, *below = (_part(text, names, unit) for text, names in _sides(form, unit))
    factor = above.factor / _product(part.factor for part in below)
    dims = times([above.dims, *(power(part.dims, -1) for part in below)])
    yearly = Term(Fraction(1, YEAR), PER_TIME) in above.terms or any(
        Term(Fraction(YEAR), TIME) in part.terms for part in below
    )
    share = len(above.terms) == 1 and not below and not dims
    return Unit((above, *below), factor, dims, yearly, share)


def _sides(form: str, unit: str) -> Iterator[tuple[str, list[str]]]:
    """What stands between slashes, each side with its names; `/a` has none before its slash."""
    count = 0
    for index, text in enumerate(side.strip() for side in form.split("/")):
        if not index and not text:
            yield "1", []
            continue
        bracketed = index > 0 and text.startswith("(") and text.endswith(")")
        inner = text[1:-1] if bracketed else text
        names = [name.strip() for name in re.split("[·*]", inner)]
        count += len(names)
        # what is divided by in `a/b·c` is a matter of opinion, so it needs brackets
        if count > TERM_LIMIT or (index and len(names) > 1 and not bracketed):
            raise FaultWithoutPlace("unit-form", unit=echo(unit))
        yield text, names


def _part(text: str, names: Iterable[str], unit: str) -> Part:
    """The product of names; `unit` is the whole text, for messages."""
    terms = tuple(_term(name, unit) for name in names)
    return Part(text, terms, _product(t.factor for t in terms), times(t.dims for t in terms))


def _product(factors: Iterable[Fraction]) -> Fraction:
    """The product of factors."""
    return math.prod(factors, start=Fraction(1))


def _term(name: str, unit: str) -> Term:
    """Factor and dimension of a name with its power; `unit` is the whole text, for messages."""
    known = table()
    if name in known:
        return known[name]
    found = _TERM.fullmatch(name)
    if found is None:
        raise _unknown(name, unit)
    multiple, bare, raised = found.groups(default="")
    exponent = int(raised or 1)
    if bare not in known:  # Nm^3 is a name, not a power of Nm
        bare, exponent = bare + raised, 1
    if bare not in known or (multiple and known[bare].dims in UNMULTIPLIED):
        raise _unknown(name, unit)
    # 万m3 is 1e4 m3: the multiple is not raised with the name
    scale = known[bare].factor ** exponent * 10 ** MULTIPLES.get(multiple, 0)
    return Term(scale, power(known[bare].dims, exponent))


def _unknown(name: str, unit: str) -> FaultWithoutPlace:
    """The fault of a name that is no unit."""
    if name in MONTHS:
        return FaultWithoutPlace("unit-month", unit=echo(unit))
    if not name or re.search(r"[\s^(){}\[\]]", name):
        return FaultWithoutPlace("unit-form", unit=echo(unit))
    like = near(name)
    if not like and name[-1].isdigit():
        return FaultWithoutPlace("unit-form", unit=echo(unit))
    if like:
        return FaultWithoutPlace("unit-near", unit=echo(name), near=like)
    return FaultWithoutPlace("unit-unknown", unit=echo(name))
