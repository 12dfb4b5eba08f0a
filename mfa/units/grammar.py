"""The grammar of units: names with powers, `·` and `*` between them, slashes, brackets."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from mfa.errors import Short
from mfa.units.dims import PER_TIME, TEMPERATURE, TIME, Dims, power, times
from mfa.units.number import MULTIPLES
from mfa.units.table import Term, near, table
from mfa.units.text import MEMO, echo, plain

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
        raise Short("unit-ton", unit=echo(unit))
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
            raise Short("unit-form", unit=echo(unit))
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


def _unknown(name: str, unit: str) -> Short:
    """The fault of a name that is no unit."""
    if name in MONTHS:
        return Short("unit-month", unit=echo(unit))
    if not name or re.search(r"[\s^(){}\[\]]", name):
        return Short("unit-form", unit=echo(unit))
    like = near(name)
    if not like and name[-1].isdigit():
        return Short("unit-form", unit=echo(unit))
    if like:
        return Short("unit-near", unit=echo(name), near=like)
    return Short("unit-unknown", unit=echo(name))
