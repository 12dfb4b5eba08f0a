"""Larger units that a reader can choose, as they are used in each language."""

from __future__ import annotations

from collections.abc import Mapping

Rungs = tuple[tuple[str, float], ...]

LADDERS: Mapping[str, Mapping[str, Rungs]] = {
    "t": {
        "en": (("t", 1.0), ("kt", 1e3), ("Mt", 1e6)),
        "zh": (("t", 1.0), ("万t", 1e4), ("亿t", 1e8)),
    },
    "kg": {
        "en": (("kg", 1.0), ("t", 1e3), ("kt", 1e6)),
        "zh": (("kg", 1.0), ("t", 1e3), ("万t", 1e7)),
    },
    "GJ": {
        "en": (("GJ", 1.0), ("TJ", 1e3), ("PJ", 1e6)),
        "zh": (("GJ", 1.0), ("万GJ", 1e4), ("亿GJ", 1e8)),
    },
    "MWh": {
        "en": (("MWh", 1.0), ("GWh", 1e3), ("TWh", 1e6)),
        "zh": (("MWh", 1.0), ("万kWh", 10.0), ("亿kWh", 1e5)),
    },
    "CNY": {
        "en": (("CNY", 1.0), ("million CNY", 1e6)),
        "zh": (("元", 1.0), ("万元", 1e4), ("亿元", 1e8)),
    },
    "万元": {
        "en": (("10⁴ CNY", 1.0), ("million CNY", 1e2)),
        "zh": (("万元", 1.0), ("亿元", 1e4)),
    },
}


def rungs(unit: str, lang: str) -> list[tuple[str, float]]:
    """Units to choose from, each with how much of `unit` one of it is, the smallest first.

    >>> rungs("t/a", "zh")
    [('t/a', 1.0), ('万t/a', 10000.0), ('亿t/a', 100000000.0)]
    >>> rungs("person/a", "en")
    [('person/a', 1.0)]
    """
    base, slash, per = unit.partition("/")
    ladder = LADDERS.get(base, {}).get(lang, ((base, 1.0),))
    return [(name + slash + per, factor) for name, factor in ladder]
