"""Dimensions: powers of the base dimensions of `units.txt`, and their products."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mfa.errors import FaultWithoutPlace
from mfa.units.number import echo

Dims = tuple[tuple[str, int], ...]  # base dimension and power, sorted, none of power 0

MASS: Dims = (("mass", 1),)
WET: Dims = (("wet_mass", 1),)
ENERGY: Dims = (("energy", 1),)
TIME: Dims = (("time", 1),)
MONEY: Dims = (("currency", 1),)
CURRENCIES: Mapping[Dims, str] = {  # money other than CNY
    (("euro", 1),): "EUR",
    (("dollar", 1),): "USD",
    (("sterling", 1),): "GBP",
    (("yen", 1),): "JPY",
    (("hong_kong_dollar", 1),): "HKD",
    (("australian_dollar", 1),): "AUD",
    (("rouble", 1),): "RUB",
    (("won", 1),): "KRW",
    (("rupee", 1),): "INR",
}
PER_TIME: Dims = (("time", -1),)
TEMPERATURE: Dims = (("temperature", 1),)


def power(dims: Dims, exponent: int) -> Dims:
    """The dimension of a power."""
    return tuple((base, own * exponent) for base, own in dims)


def times(factors: Iterable[Dims]) -> Dims:
    """The dimension of a product.

    >>> times([MASS, PER_TIME, TIME])
    (('mass', 1),)
    """
    total: dict[str, int] = {}
    for dims in factors:
        for base, exponent in dims:
            total[base] = total.get(base, 0) + exponent
    return tuple(sorted((base, exponent) for base, exponent in total.items() if exponent))


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
    **{(dims[0][0], 1): (f"money in {code}", code) for dims, code in CURRENCIES.items()},
    ("person", 1): ("persons", "人数"),
    ("person", -1): ("person", "人数"),
    ("piece", 1): ("pieces", "件数"),
    ("piece", -1): ("piece", "件数"),
    ("temperature", 1): ("temperature difference", "温差"),
}


def in_words(dims: Dims) -> tuple[str, str]:
    """A dimension in words, English and Chinese."""
    if not dims:
        return "dimensionless", "无量纲"
    above = [_words_of(base, power) for base, power in dims if power > 0]
    below = [_words_of(base, power) for base, power in dims if power < 0]
    english = "·".join(w[0] for w in above) + "".join(f" per {w[0]}" for w in below)
    chinese = ("·".join(w[1] for w in above) or "1") + "".join(f"/{w[1]}" for w in below)
    return english.strip(), chinese


def _words_of(base: str, power: int) -> tuple[str, str]:
    """The words of one power; where they stand gives its sign."""
    words = WORDS.get((base, power)) or WORDS.get((base, abs(power)))
    if words is None:
        english, chinese = WORDS[base, 1]
        return f"{english}^{abs(power)}", f"{chinese}^{abs(power)}"
    return words


def unlike(unit: str, have: Dims, want: Dims, to: str) -> FaultWithoutPlace:
    """The fault of a unit of another dimension than wanted."""
    if not unit.strip():
        return FaultWithoutPlace("unit-bare", to=echo(to), example=echo(to))
    (have_en, have_zh), (want_en, want_zh) = in_words(have), in_words(want)
    return FaultWithoutPlace(
        "unit-dimension",
        unit=echo(unit),
        have=have_en,
        have_zh=have_zh,
        want=want_en,
        want_zh=want_zh,
        to=echo(to) or "0.5",
    )
