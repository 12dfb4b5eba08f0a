"""Quantities as people write them: `240 万t/a`, `245 kWh/t`, `1.9..2.4 t/t`.

A small grammar splits a text into a number and unit names; the names are the closed set of
`units.txt`. pint reads that file and gives the factor and the dimension of single names, and
never sees a user's text. Factors are kept a unit text, exact fractions until the end.
"""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple

from mfa.errors import Error, Short

__all__ = [
    "Basis",
    "Quantity",
    "amount_factor",
    "coefficient_factor",
    "dimension",
    "factor",
    "quantity",
    "rate_factor",
    "ratio",
    "split",
    "split_range",
    "uses_operating",
]

TEXT_LIMIT = 200
NUMBER_LIMIT = 40
ECHO_LIMIT = 60
TERM_LIMIT = 8
MEMO = 1 << 14

YEAR = 365 * 86400
YEAR_HOURS = 8760.0
NM3_IN_SM3 = Fraction(29315, 27315)  # the same gas at 20 °C and at 0 °C

Dims = tuple[tuple[str, int], ...]  # base dimension and power, sorted, none of power 0

MASS: Dims = (("mass", 1),)
WET: Dims = (("wet_mass", 1),)
ENERGY: Dims = (("energy", 1),)
TIME: Dims = (("time", 1),)
UNMULTIPLIED: frozenset[Dims] = frozenset({(), TIME, (("temperature", 1),)})  # no 万 and 亿 on these
VOLUMES: Mapping[Dims, str] = {
    (("length", 3),): "m3",
    (("norm_volume", 1),): "Nm3",
    (("standard_volume", 1),): "Sm3",
}

WORDS: Mapping[tuple[str, int], tuple[str, str]] = {
    ("mass", 1): ("mass", "质量"),
    ("wet_mass", 1): ("wet mass", "湿质量"),
    ("energy", 1): ("energy", "能量"),
    ("time", 1): ("time", "时间"),
    ("length", 1): ("length", "长度"),
    ("length", 2): ("area", "面积"),
    ("length", 3): ("volume", "体积"),
    ("norm_volume", 1): ("gas volume at 0 °C", "标准体积(0 °C)"),
    ("standard_volume", 1): ("gas volume at 20 °C", "气体体积(20 °C)"),
    ("currency", 1): ("money", "货币"),
    ("person", 1): ("persons", "人数"),
    ("person", -1): ("person", "人数"),
    ("piece", 1): ("pieces", "件数"),
    ("piece", -1): ("piece", "件数"),
    ("temperature", 1): ("temperature difference", "温差"),
}

MULTIPLES: Mapping[str, int] = {"万": 4, "亿": 8, "万亿": 12}
TONS = frozenset({"ton", "tons", "Ton", "Tons", "TON", "TONS"})
MONTHS = frozenset({"month", "months", "mo", "月", "个月"})

_UNSIGNED = r"(?:[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
_MULTIPLE = r"(?:[ ]*(万亿|万|亿))?"
_UNIT = r"(?:[A-Za-zμ°%‰/\u4e00-\u9fff].*)?"
_QUANTITY = re.compile(rf"((?>[+-]?(?:{_UNSIGNED}|\.[0-9]+(?:[eE][+-]?[0-9]+)?))){_MULTIPLE}[ ]*({_UNIT})")
_RANGE = re.compile(
    rf"((?>[+-]?{_UNSIGNED})){_MULTIPLE}[ ]*\.{{2,3}}[ ]*((?>[+-]?{_UNSIGNED})){_MULTIPLE}[ ]*({_UNIT})"
)
_GROUPED = re.compile(r"[+-]?[0-9]+(?:[ ,_'’][0-9]{3})+(?:\.[0-9]+)?(?![0-9,_])")
_TERM = re.compile(r"(万亿|万|亿)?(.*?[^0-9^-])(?:\^?(-?[1-3]))?")
_WATT_HOUR = re.compile(r"([kMG]?W) ?[·*] ?h(?![A-Za-z])")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")
_SIGNS = str.maketrans({**dict.fromkeys("⋅∙•・", "·"), "−": "-", "∕": "/", "⁄": "/"})


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its unit.

    Attributes
    ----------
    magnitude
        The number, in `unit`.
    unit
        A unit text, `t/a`; empty for a bare number.
    """

    magnitude: float
    unit: str

    def to(self, unit: str) -> Quantity:
        """The same quantity in another unit.

        Raises
        ------
        mfa.errors.Error
            A name is no unit, the dimensions differ, or the result is out of range.

        Examples
        --------
        >>> print(quantity("240 万t/a").to("Mt/a"))
        2.4 Mt/a
        """
        try:
            target = _plain(unit).strip()
            value = _float(Fraction(self.magnitude) * _factor(self.unit, target), str(self))
        except Short as short:
            raise Error([short.at(None)]) from None
        except (OverflowError, ValueError):  # the magnitude is inf or nan
            raise Error([Short("number-size", text=str(self.magnitude)).at(None)]) from None
        return Quantity(value, target)

    def __str__(self) -> str:
        return f"{_short(self.magnitude)} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Basis:
    """What is known of a material, for converting amounts of it.

    Attributes
    ----------
    unit
        Its native unit.
    moisture
        Water in the wet mass, kg/kg.
    density
        Tonnes per `density_unit`.
    density_unit
        `m3`, `Nm3` or `Sm3`.
    lhv
        Lower heating value, GJ per native unit, or per t where the native unit is a mass.
    """

    unit: str = "t"
    moisture: float | None = None
    density: float | None = None
    density_unit: str = ""
    lhv: float | None = None


def quantity(text: str) -> Quantity:
    """Read one quantity; a `万` or `亿` before the unit goes into the number.

    Parameters
    ----------
    text
        A number and its unit, such as `240 万t/a`.

    Raises
    ------
    mfa.errors.Error
        The text is no quantity; the one fault has no place.

    Examples
    --------
    >>> quantity("240 万t/a")
    Quantity(magnitude=2400000.0, unit='t/a')
    >>> print(quantity("240 万t/a"))
    2.4e6 t/a
    """
    try:
        value, unit = split(text)
        _parse(unit)
    except Short as short:
        raise Error([short.at(None)]) from None
    return Quantity(value, unit)


def split(text: str) -> tuple[float, str]:
    """Number and unit text of a quantity; the unit is not looked up yet.

    Parameters
    ----------
    text
        Such as `2.05 t/t`, `0.3`, `5万元/亩`.

    Raises
    ------
    mfa.errors.Short
        The text does not begin with one plain number, or the number is out of range.

    Examples
    --------
    >>> split("2.05 t/t")
    (2.05, 't/t')
    >>> split("0.3")
    (0.3, '')
    >>> split("1.5 亿m³")
    (150000000.0, 'm3')
    """
    plain = text if text.isascii() and len(text) <= TEXT_LIMIT else _plain(text)
    found = _QUANTITY.fullmatch(plain.strip())
    if found is None:
        raise _bad_number(text, plain.strip())
    number, multiple, unit = found.groups()
    return _number(number, multiple), unit


def split_range(text: str) -> tuple[float, float, str]:
    """Low end, high end and unit text of a range; a `万` or `亿` after the high end counts for both.

    Parameters
    ----------
    text
        Such as `1.9..2.4 t/t`.

    Raises
    ------
    mfa.errors.Short
        The text is no range, or its low end lies above the high end.

    Examples
    --------
    >>> split_range("1.9..2.4 t/t")
    (1.9, 2.4, 't/t')
    >>> split_range("200..240 万t/a")
    (2000000.0, 2400000.0, 't/a')
    """
    plain = _plain(text).strip()
    found = _RANGE.fullmatch(plain)
    if found is None:
        if plain[:1] in ("[", "("):
            raise Short("number-range-list", text=_echo(text))
        raise Short("number-range", text=_echo(text))
    low_text, low_multiple, high_text, high_multiple, unit = found.groups()
    low = _number(low_text, low_multiple or high_multiple)
    high = _number(high_text, high_multiple)
    if low > high:
        raise Short("number-range-order", text=_echo(text), low=_short(low), high=_short(high))
    return low, high, unit


def factor(unit: str, to: str) -> float:
    """What one `unit` is in `to`.

    Raises
    ------
    mfa.errors.Short
        A name is no unit, or the two are of different dimensions.

    Examples
    --------
    >>> factor("万t/a", "t/a")
    10000.0
    >>> factor("kcal/kg", "tce/t") * 7000
    1.0
    """
    return _factor_float(unit, to)


def dimension(unit: str) -> str:
    """The dimension of a unit in words.

    Raises
    ------
    mfa.errors.Short
        A name is no unit.

    Examples
    --------
    >>> dimension("kWh/t"), dimension("t/a"), dimension("ha"), dimension("%")
    ('energy per mass', 'mass per time', 'area', 'dimensionless')
    """
    return _words(_parse(unit).dims)[0]


def amount_factor(unit: str, basis: Basis) -> float:
    """What an amount of one `unit` is in the native unit of a material.

    Wet mass, volume and energy are converted by the material's moisture, density and lower
    heating value.

    Raises
    ------
    mfa.errors.Short
        A name is no unit, the dimension is not that of the material, or the property that
        would relate the two is not known.

    Examples
    --------
    >>> amount_factor("Mt_wet", Basis(moisture=0.3))
    700000.0
    >>> amount_factor("Nm3", Basis(density=0.000754, density_unit="Nm3"))
    0.000754
    """
    return _amount_float(unit, basis)


def coefficient_factor(unit: str, of: Basis, per: Basis) -> float:
    """What one `unit` is in native units of a material per native unit of another.

    The two sides of the `/` are converted apart, each as an amount of its own material;
    a fraction such as `%` stands for t/t between two masses.

    Raises
    ------
    mfa.errors.Short
        There is no unit or not exactly one `/`, or a side is no amount of its material.

    Examples
    --------
    >>> coefficient_factor("kWh/t", of=Basis("MWh"), per=Basis())
    0.001
    """
    return _coefficient_float(unit, of, per)


def rate_factor(unit: str, of: Basis, hours: float | None = None) -> float:
    """What a rate of one `unit` is in native units per year.

    Parameters
    ----------
    unit
        An amount per time (`Mt/a`, `t/h`) or a power (`MW`).
    of
        The material.
    hours
        Operating time, h/a; scales rates that are not written per year. None is 8760.

    Raises
    ------
    mfa.errors.Short
        The unit is no rate, or its amount is none of this material.

    Examples
    --------
    >>> rate_factor("t/h", Basis(), 8000)
    8000.0
    >>> 100 * rate_factor("MW", Basis("MWh"), 310 * 24)
    744000.0
    """
    return _rate_float(unit, of, hours)


def uses_operating(unit: str) -> bool:
    """Whether `rate_factor` scales this unit by operating hours: per h, per d, or a power.

    Raises
    ------
    mfa.errors.Short
        A name is no unit.

    Examples
    --------
    >>> uses_operating("t/d"), uses_operating("MW"), uses_operating("t/a")
    (True, True, False)
    """
    parsed = _parse(unit)
    return ("time", -1) in parsed.dims and not parsed.yearly


def ratio(text: str) -> float:
    """A share as a fraction of 1: a bare number, or one in %, wt%, ‰, ppm or ppb.

    Raises
    ------
    mfa.errors.Short
        The text is no number, or has any other unit.

    Examples
    --------
    >>> ratio("8 %"), ratio("0.08"), ratio("70 ppm"), ratio("80 wt%")
    (0.08, 0.08, 7e-05, 0.8)
    """
    value, unit = split(text)
    if not unit:
        return value
    parsed = _parse(unit)
    if not parsed.share:
        raise Short("unit-ratio", unit=_echo(unit))
    return value / float(1 / parsed.factor)  # 1/factor is a whole number: rounded once


class _Term(NamedTuple):
    """One unit name with its power: factor and dimension are those of the power."""

    factor: Fraction
    dims: Dims


class _Part(NamedTuple):
    """What stands between two slashes, or before the first; not yet inverted."""

    text: str
    factor: Fraction
    dims: Dims


class _Unit(NamedTuple):
    """A parsed unit text; factors are in the base units of `units.txt`."""

    parts: tuple[_Part, ...]
    factor: Fraction
    dims: Dims
    yearly: bool  # written per year
    share: bool  # a single %, ppm …


@cache
def _table() -> Mapping[str, _Term]:
    """Every name of `units.txt` with its factor and dimension, as pint gives them."""
    import pint

    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(None, non_int_type=Fraction)
    text = resources.files("mfa").joinpath("units.txt").read_text(encoding="utf-8")
    registry.load_definitions(text.splitlines())
    table: dict[str, _Term] = {}
    for name in registry:
        scale, base = registry.get_root_units(registry.UnitsContainer({name: Fraction(1)}))
        powers: Mapping[str, Any] = base.dimensionality
        dims = tuple(sorted((root.strip("[]"), int(power)) for root, power in powers.items()))
        exact: Any = scale
        table[name] = _Term(Fraction(exact), dims)
    return table


def _power(dims: Dims, power: int) -> Dims:
    """The dimension of a power."""
    return tuple((base, exponent * power) for base, exponent in dims)


def _product(factors: Iterable[Fraction]) -> Fraction:
    """The product of factors."""
    return math.prod(factors, start=Fraction(1))


def _times(factors: Iterable[Dims]) -> Dims:
    """The dimension of a product."""
    total: dict[str, int] = {}
    for dims in factors:
        for base, exponent in dims:
            total[base] = total.get(base, 0) + exponent
    return tuple(sorted((base, exponent) for base, exponent in total.items() if exponent))


def _lowered(raised: re.Match[str]) -> str:
    """Raised digits as a power: `m³` → `m3`, `a⁻¹` → `a^-1`, and `5²` → `5^2`, not 52."""
    before = raised.string[: raised.start()]
    joint = "" if before[-1:].isalpha() and raised[0].isdigit() else "^"
    return joint + unicodedata.normalize("NFKC", raised[0])


def _plain(text: str) -> str:
    """Compatibility forms (full width, ㎥, ℃) made plain, raised digits made `^` powers.

    Other characters that would turn into digits (½, ①, ₂) stay, so that nothing becomes a
    different number.
    """
    if len(text) > TEXT_LIMIT:
        raise Short("number-size", text=_echo(text))
    if text.isascii():
        return text
    text = _RAISED.sub(_lowered, text)
    plain = []
    for char in text:
        form = char if char.isascii() else unicodedata.normalize("NFKC", char)
        if form != char and not ("０" <= char <= "９") and re.search("[0-9]", form) and not form[0].isalpha():
            form = char
        plain.append(form)
    return "".join(plain).translate(_SIGNS)


@lru_cache(MEMO)
def _parse(unit: str) -> _Unit:
    """Read a unit text: names joined by `·` or `*`, then names after slashes."""
    plain = _WATT_HOUR.sub(r"\1h", _plain(unit).strip())
    if not plain:
        return _Unit((), Fraction(1), (), False, False)
    if _words_of(plain) & TONS:
        raise Short("unit-ton", unit=_echo(unit))
    parts: list[_Part] = []
    yearly = False
    count = 0
    for index, text in enumerate(side.strip() for side in plain.split("/")):
        if not index and not text:
            parts.append(_Part("1", Fraction(1), ()))
            continue
        bracketed = index > 0 and text.startswith("(") and text.endswith(")")
        inner = text[1:-1] if bracketed else text
        names = [name.strip() for name in re.split("[·*]", inner)]
        count += len(names)
        # what is divided by in `a/b·c` is a matter of opinion, so it needs brackets
        if count > TERM_LIMIT or (index and len(names) > 1 and not bracketed):
            raise Short("unit-form", unit=_echo(unit))
        terms = [_term(name, unit) for name in names]
        sign = -1 if index else 1
        yearly = yearly or any(
            _power(term.dims, sign) == (("time", -1),) and term.factor**sign == Fraction(1, YEAR)
            for term in terms
        )
        parts.append(_Part(text, _product(t.factor for t in terms), _times(t.dims for t in terms)))
    total = parts[0].factor / _product(part.factor for part in parts[1:])
    dims = _times([parts[0].dims, *(_power(part.dims, -1) for part in parts[1:])])
    share = count == 1 and len(parts) == 1 and not dims
    return _Unit(tuple(parts), total, dims, yearly, share)


def _words_of(text: str) -> set[str]:
    """The bare words of a unit text."""
    return set(re.split(r"[ /·*()]+", text))


def _term(name: str, unit: str) -> _Term:
    """Factor and dimension of a name with its power; `unit` is the whole text, for messages."""
    table = _table()
    if name in table:
        return table[name]
    found = _TERM.fullmatch(name)
    if found is None:
        raise _unknown(name, unit)
    multiple, bare, raised = found.groups(default="")
    power = int(raised or 1)
    if bare not in table:  # Nm^3 is a name, not a power of Nm
        bare, power = bare + raised, 1
    if bare not in table or (multiple and table[bare].dims in UNMULTIPLIED):
        raise _unknown(name, unit)
    # 万m3 is 1e4 m3: the multiple is not raised with the name
    scale = table[bare].factor ** power * 10 ** MULTIPLES.get(multiple, 0)
    return _Term(scale, _power(table[bare].dims, power))


def _unknown(name: str, unit: str) -> Short:
    """The fault of a name that is no unit."""
    if name in MONTHS:
        return Short("unit-month", unit=_echo(unit))
    if not name or re.search(r"[\s^(){}\[\]]", name):
        return Short("unit-form", unit=_echo(unit))
    near = _near(name)
    if not near and name[-1].isdigit():
        return Short("unit-form", unit=_echo(unit))
    if near:
        return Short("unit-near", unit=_echo(name), near=near)
    return Short("unit-unknown", unit=_echo(name))


@lru_cache(MEMO)
def _near(name: str) -> str:
    """The unit name most like a wrong one, or nothing rather than one of another size."""
    table = _table()
    prefixed = name[1:] in table
    if len(name) > 20 or (prefixed and name[0] in "mM"):  # mega or milli: not ours to guess
        return ""
    found = [known for known in table if known.lower() == name.lower()]
    if not found and not prefixed and not name[-1].isdigit():
        found = difflib.get_close_matches(name, table, 1, 0.7)
    return found[0] if found else ""


@lru_cache(MEMO)
def _factor(unit: str, to: str) -> Fraction:
    """What one `unit` is in `to`, exactly."""
    have, want = _parse(unit), _parse(to)
    if have.dims != want.dims:
        raise _unlike(unit, have.dims, want.dims, to)
    return have.factor / want.factor


@lru_cache(MEMO)
def _factor_float(unit: str, to: str) -> float:
    """The memo of `factor`."""
    return _float(_factor(unit, to), unit)


def _tonnes(volume: str, basis: Basis) -> Fraction | None:
    """Tonnes in one m3, Nm3 or Sm3 of a material, None where its density does not say."""
    if basis.density is None or not 0 < basis.density < math.inf:
        return None
    density = Fraction(basis.density)
    if volume == basis.density_unit:
        return density
    return {("Nm3", "Sm3"): density * NM3_IN_SM3, ("Sm3", "Nm3"): density / NM3_IN_SM3}.get(
        (volume, basis.density_unit)
    )


def _amount(text: str, scale: Fraction, dims: Dims, basis: Basis, rate: bool = False) -> Fraction:
    """An amount of `scale` base units in native units; `rate`: it comes from one, for messages."""
    native = _parse(basis.unit)
    if dims == native.dims:
        return scale / native.factor
    volume, native_volume = VOLUMES.get(dims), VOLUMES.get(native.dims)
    is_mass = native.dims == MASS
    if is_mass and dims == WET:
        if basis.moisture is None or not 0 <= basis.moisture < 1:
            raise Short("unit-no-moisture", unit=_echo(text))
        return scale * (1 - Fraction(basis.moisture)) / native.factor
    if dims == ENERGY and (is_mass or native_volume):
        if basis.lhv is None or not 0 < basis.lhv < math.inf:
            raise Short("unit-no-lhv", unit=_echo(text), native="t" if is_mass else _echo(basis.unit))
        amount = scale / (Fraction(basis.lhv) * 10**9)
        return amount / native.factor if is_mass else amount
    gases = {volume, native_volume} == {"Nm3", "Sm3"}
    if gases or (volume and is_mass) or (native_volume and dims == MASS):
        have = _tonnes(volume, basis) if volume else Fraction(1)
        want = _tonnes(native_volume, basis) if native_volume else Fraction(1)
        if have is None or want is None:
            missing = native_volume if have is not None else volume
            raise Short("unit-no-density", unit=_echo(text), native=_echo(basis.unit), volume=missing)
        return scale * have / want / native.factor
    if rate:
        raise _unlike(text, _over_time(dims), _over_time(native.dims), f"{basis.unit}/a")
    raise _unlike(text, dims, native.dims, basis.unit)


@lru_cache(MEMO)
def _amount_float(unit: str, basis: Basis) -> float:
    """The memo of `amount_factor`."""
    parsed = _parse(unit)
    return _float(_amount(unit.strip(), parsed.factor, parsed.dims, basis), unit)


@lru_cache(MEMO)
def _coefficient_float(unit: str, of: Basis, per: Basis) -> float:
    """The memo of `coefficient_factor`."""
    parsed = _parse(unit)
    if not parsed.parts:
        raise Short("unit-bare", unit=_echo(f"{of.unit}/{per.unit}"))
    if parsed.share and _parse(of.unit).dims == MASS == _parse(per.unit).dims:
        return _float(parsed.factor * _parse(per.unit).factor / _parse(of.unit).factor, unit)
    if len(parsed.parts) != 2 or not parsed.parts[0].dims:
        raise Short("unit-coefficient", unit=_echo(unit), of=_echo(of.unit), per=_echo(per.unit))
    above, below = (
        _amount(part.text, part.factor, part.dims, b) for part, b in zip(parsed.parts, (of, per), strict=True)
    )
    return _float(above / below, unit)


@lru_cache(MEMO)
def _rate_float(unit: str, of: Basis, hours: float | None) -> float:
    """The memo of `rate_factor`."""
    parsed = _parse(unit)
    if not parsed.parts:
        raise Short("unit-bare", unit=_echo(f"{of.unit}/a"))
    if not any(base == "time" for base, _ in parsed.dims):
        have, have_zh = _words(parsed.dims)
        raise Short(
            "unit-no-time",
            unit=_echo(unit),
            have=have,
            have_zh=have_zh,
            example=_echo(f"{unit.strip()}/a" if parsed.dims else f"{of.unit}/a"),
        )
    seconds = Fraction(YEAR) if parsed.yearly else Fraction(YEAR_HOURS if hours is None else hours) * 3600
    dims = _times([parsed.dims, TIME])
    return _float(_amount(unit.strip(), parsed.factor * seconds, dims, of, rate=True), unit)


def _over_time(dims: Dims) -> Dims:
    """The dimension of a rate."""
    return _times([dims, (("time", -1),)])


def _words(dims: Dims) -> tuple[str, str]:
    """A dimension in words, English and Chinese."""
    above: list[tuple[str, str]] = []
    below: list[tuple[str, str]] = []
    for base, power in dims:
        words = WORDS.get((base, power)) or WORDS.get((base, abs(power)))
        if words is None:
            plain = WORDS[base, 1]
            words = f"{plain[0]}^{abs(power)}", f"{plain[1]}^{abs(power)}"
        (above if power > 0 else below).append(words)
    if not dims:
        return "dimensionless", "无量纲"
    english = "·".join(w[0] for w in above) + "".join(f" per {w[0]}" for w in below)
    chinese = ("·".join(w[1] for w in above) or "1") + "".join(f"/{w[1]}" for w in below)
    return english.strip(), chinese


def _unlike(unit: str, have: Dims, want: Dims, to: str) -> Short:
    """The fault of a unit of another dimension than wanted."""
    if not unit.strip():
        return Short("unit-bare", unit=_echo(to))
    (have_en, have_zh), (want_en, want_zh) = _words(have), _words(want)
    return Short(
        "unit-dimension",
        unit=_echo(unit),
        have=have_en,
        have_zh=have_zh,
        want=want_en,
        want_zh=want_zh,
        to=_echo(to) or "0.5",
    )


def _number(number: str, multiple: str | None = None) -> float:
    """The value of a number text that has the right form."""
    if len(number) > NUMBER_LIMIT:
        raise Short("number-size", text=_echo(number))
    if multiple:  # into the exponent, so that the value is rounded once
        mantissa, _, exponent = number.lower().partition("e")
        value = float(f"{mantissa}e{int(exponent or 0) + MULTIPLES[multiple]}")
    else:
        value = float(number)
    if value in (math.inf, -math.inf) or (not value and re.search("[1-9]", re.split("[eE]", number)[0])):
        raise Short("number-size", text=_echo(number))
    return value


def _bad_number(text: str, plain: str) -> Short:
    """The fault of a text that does not begin with one plain number."""
    grouped = _GROUPED.match(plain)
    if grouped:
        joined = re.sub("[ ,_'’]", "", grouped[0])
        return Short("number-grouped", text=_echo(text), number=_echo(joined))
    return Short("number-form", text=_echo(text))


def _float(exact: Fraction, text: str) -> float:
    """An exact value rounded once; `text` is what it came from, for the message."""
    try:
        value = float(exact)
    except OverflowError:
        value = math.inf
    if value == math.inf or (exact and not value):
        raise Short("number-size", text=_echo(text))
    return value


def _short(value: float) -> str:
    """A number in at most 12 digits: `0.35`, `2.4e6`."""
    if value == 0 or 1e-4 <= abs(value) < 1e5 or not math.isfinite(value):
        return f"{value:.12g}"
    mantissa, exponent = f"{value:.11e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def _echo(text: str) -> str:
    """A user's text fit for one line of a message."""
    shown = "".join(c if c.isprintable() else "�" for c in text[: ECHO_LIMIT + 1])
    return shown if len(shown) <= ECHO_LIMIT else shown[: ECHO_LIMIT - 1] + "…"


def names() -> list[str]:
    """Every unit name that is understood, as `units.txt` lists them (万 and 亿 go before any)."""
    return sorted(_table())
