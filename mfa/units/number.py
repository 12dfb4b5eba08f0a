"""A user's text, made plain for reading and harmless for a message."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from fractions import Fraction

from mfa.errors import FaultWithoutPlace

TEXT_LIMIT = 200
ECHO_LIMIT = 60
MEMO = 1 << 14  # how many texts each memo of this package keeps

_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")
_SIGNS = str.maketrans({**dict.fromkeys("⋅∙•・", "·"), "−": "-", "∕": "/", "⁄": "/"})


def plain(text: str) -> str:
    """Compatibility forms (full width, ㎥, ℃) made plain, raised digits made `^` powers.

    Other characters that would turn into digits (½, ①, ₂) stay, so that nothing becomes a
    different number.

    Raises
    ------
    mfa.errors.Short
        The text is too long.

    Examples
    --------
    >>> plain("５ ㎥"), plain("t·a⁻¹"), plain("½")
    ('5 m3', 't·a^-1', '½')
    """
    if len(text) > TEXT_LIMIT:
        raise FaultWithoutPlace("number-size", text=echo(text))
    if text.isascii():
        return text
    text = _RAISED.sub(_lowered, text)
    return "".join(c if c.isascii() else _compatible(c) for c in text).translate(_SIGNS)


def _lowered(raised: re.Match[str]) -> str:
    """Raised digits as a power: `m³` → `m3`, `a⁻¹` → `a^-1`, and `5²` → `5^2`, not 52."""
    before = raised.string[: raised.start()]
    joint = "" if before[-1:].isalpha() and raised[0].isdigit() else "^"
    return joint + unicodedata.normalize("NFKC", raised[0])


def _compatible(char: str) -> str:
    """The plain form of a character, or itself where that would make it a number."""
    form = unicodedata.normalize("NFKC", char)
    if form != char and not ("０" <= char <= "９") and re.search("[0-9]", form) and not form[0].isalpha():
        return char
    return form


def echo(text: str) -> str:
    """A user's text fit for one line of a message."""
    shown = "".join(c if c.isprintable() else "�" for c in text[: ECHO_LIMIT + 1])
    return shown if len(shown) <= ECHO_LIMIT else shown[: ECHO_LIMIT - 1] + "…"


NUMBER_LIMIT = 40
MULTIPLES: Mapping[str, int] = {"万": 4, "亿": 8, "万亿": 12}  # powers of ten

_UNSIGNED = r"(?:[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
_MULTIPLE = r"(?:[ ]*(万亿|万|亿))?"
_UNIT = r"(?:[A-Za-zμ°%‰/\u4e00-\u9fff].*)?"
_QUANTITY = re.compile(rf"((?>[+-]?(?:{_UNSIGNED}|\.[0-9]+(?:[eE][+-]?[0-9]+)?))){_MULTIPLE}[ ]*({_UNIT})")
_RANGE = re.compile(
    rf"((?>[+-]?{_UNSIGNED})){_MULTIPLE}[ ]*\.{{2,3}}[ ]*((?>[+-]?{_UNSIGNED})){_MULTIPLE}[ ]*({_UNIT})"
)
_GROUPED = re.compile(r"[+-]?[0-9]+(?:[ ,_'’][0-9]{3})+(?:\.[0-9]+)?(?![0-9,_])")


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
    form = text if text.isascii() and len(text) <= TEXT_LIMIT else plain(text)
    found = _QUANTITY.fullmatch(form.strip())
    if found is None:
        raise _bad_number(text, form.strip())
    number, multiple, unit = found.groups()
    return _number(number, multiple), unit


def as_written(text: str) -> tuple[float, str]:
    """Number and unit of a quantity with its `万` or `亿` left in the unit; 0 and no unit where it is none.

    >>> as_written("50 万t/a"), as_written("as set")
    ((50.0, '万t/a'), (0.0, ''))
    """
    found = _QUANTITY.fullmatch(plain(text).strip())
    if found is None:
        return 0.0, ""
    number, multiple, unit = found.groups()
    return _number(number), f"{multiple or ''}{unit}"


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
    form = plain(text).strip()
    found = _RANGE.fullmatch(form)
    if found is None:
        if form[:1] in ("[", "("):
            raise FaultWithoutPlace("number-range-list", text=echo(text))
        raise FaultWithoutPlace("number-range", text=echo(text))
    low_text, low_multiple, high_text, high_multiple, unit = found.groups()
    low = _number(low_text, low_multiple or high_multiple)
    high = _number(high_text, high_multiple)
    if low > high:
        raise FaultWithoutPlace("number-range-order", text=echo(text), low=short(low), high=short(high))
    return low, high, unit


def _number(number: str, multiple: str | None = None) -> float:
    """The value of a number text that has the right form."""
    if len(number) > NUMBER_LIMIT:
        raise FaultWithoutPlace("number-size", text=echo(number))
    if multiple:  # into the exponent, so that the value is rounded once
        mantissa, _, exponent = number.lower().partition("e")
        value = float(f"{mantissa}e{int(exponent or 0) + MULTIPLES[multiple]}")
    else:
        value = float(number)
    if value in (math.inf, -math.inf) or (not value and re.search("[1-9]", re.split("[eE]", number)[0])):
        raise FaultWithoutPlace("number-size", text=echo(number))
    return value


def _bad_number(text: str, form: str) -> FaultWithoutPlace:
    """The fault of a text that does not begin with one plain number."""
    grouped = _GROUPED.match(form)
    if grouped:
        joined = re.sub("[ ,_'’]", "", grouped[0])
        return FaultWithoutPlace("number-grouped", text=echo(text), number=echo(joined))
    return FaultWithoutPlace("number-form", text=echo(text))


def rounded(exact: Fraction, text: str) -> float:
    """An exact value rounded once; `text` is what it came from, for the message."""
    try:
        value = float(exact)
    except OverflowError:
        value = math.inf
    if value == math.inf or (exact and not value):
        raise FaultWithoutPlace("number-size", text=echo(text))
    return value


def scaled(number: float, factor: float) -> float:
    """Number × factor, rounded once where the factor is one over a whole number.

    >>> scaled(95, 0.01), 95 * 0.01
    (0.95, 0.9500000000000001)
    """
    whole = round(1 / factor) if 0 < factor < 1 else 0
    return number / whole if whole and 1 / whole == factor else number * factor


def short(value: float) -> str:
    """A number in at most 12 digits.

    >>> short(0.35), short(2.4e6)
    ('0.35', '2.4e6')
    """
    if value == 0 or 1e-4 <= abs(value) < 1e5 or not math.isfinite(value):
        return f"{value:.12g}"
    mantissa, exponent = f"{value:.11e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


GROUPED_TO = 1e15  # from here on digits are none of the figure's
FIXED_FROM = 1e-6  # smaller figures are easier to read with a power of ten
NOTHING = 1e-9  # of amounts a year in any native unit: rounding of a solve


def readable(value: float, more: int = 0) -> str:
    """A figure of any size and sign as people read it: thousands apart, about four digits, or `more`.

    >>> readable(2706769.1), readable(0.35), readable(-12345.6), readable(1.23456e-5), readable(0.0001234)
    ('2,706,769', '0.35', '-12,346', '0.00001235', '0.0001234')
    >>> readable(-1.49e-11), readable(999.96), readable(2e300)
    ('0', '1,000', '2e+300')
    """
    size = abs(value)
    if size < NOTHING * 10.0**-more:
        return "0"
    digits = max(3 + more - math.floor(math.log10(size)), 0) if FIXED_FROM <= size < 1000 else more
    if not FIXED_FROM <= size < GROUPED_TO:
        return f"{value:.{4 + more}g}"
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text and size < 1000 else text
