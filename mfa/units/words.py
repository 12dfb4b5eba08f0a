"""Dimensions in words, English and Chinese, for messages and lists."""

from __future__ import annotations

from collections.abc import Mapping

from mfa.errors import Short
from mfa.units.dims import Dims
from mfa.units.grammar import parse
from mfa.units.text import echo

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
    return in_words(parse(unit).dims)[0]


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
    """The words of one power; its sign is told by where they stand."""
    words = WORDS.get((base, power)) or WORDS.get((base, abs(power)))
    if words is None:
        english, chinese = WORDS[base, 1]
        return f"{english}^{abs(power)}", f"{chinese}^{abs(power)}"
    return words


def unlike(unit: str, have: Dims, want: Dims, to: str) -> Short:
    """The fault of a unit of another dimension than wanted."""
    if not unit.strip():
        return Short("unit-bare", unit=echo(to))
    (have_en, have_zh), (want_en, want_zh) = in_words(have), in_words(want)
    return Short(
        "unit-dimension",
        unit=echo(unit),
        have=have_en,
        have_zh=have_zh,
        want=want_en,
        want_zh=want_zh,
        to=echo(to) or "0.5",
    )
