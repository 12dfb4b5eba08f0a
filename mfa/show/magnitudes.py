"""Units as people read them: the step of a ladder that suits an amount, in SI prefixes or in 万 and 亿."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

Units = Literal["si", "zh"]
Ladder = tuple[tuple[str, float], ...]

LADDERS: Mapping[str, Mapping[Units, Ladder]] = {
    "t": {
        "si": (("t", 1.0), ("kt", 1e3), ("Mt", 1e6)),
        "zh": (("t", 1.0), ("万t", 1e4), ("亿t", 1e8)),
    },
    "tce": {
        "si": (("tce", 1.0), ("ktce", 1e3), ("Mtce", 1e6)),
        "zh": (("tce", 1.0), ("万tce", 1e4), ("亿tce", 1e8)),
    },
    "kg": {
        "si": (("kg", 1.0), ("t", 1e3), ("kt", 1e6)),
        "zh": (("kg", 1.0), ("t", 1e3), ("万t", 1e7)),
    },
    "GJ": {
        "si": (("GJ", 1.0), ("TJ", 1e3), ("PJ", 1e6)),
        "zh": (("GJ", 1.0), ("万GJ", 1e4), ("亿GJ", 1e8)),
    },
    "MWh": {
        "si": (("MWh", 1.0), ("GWh", 1e3), ("TWh", 1e6)),
        "zh": (("MWh", 1.0), ("万kWh", 10.0), ("亿kWh", 1e5)),
    },
    "m3": {"si": (("m3", 1.0),), "zh": (("m3", 1.0), ("万m3", 1e4), ("亿m3", 1e8))},
    "Nm3": {"si": (("Nm3", 1.0),), "zh": (("Nm3", 1.0), ("万Nm3", 1e4), ("亿Nm3", 1e8))},
    "m2": {"si": (("m2", 1.0),), "zh": (("m2", 1.0), ("万m2", 1e4))},
    "CNY": {
        "si": (("CNY", 1.0), ("million CNY", 1e6)),
        "zh": (("元", 1.0), ("万元", 1e4), ("亿元", 1e8)),
    },
    "万元": {
        "si": (("10⁴ CNY", 1.0), ("million CNY", 1e2)),
        "zh": (("万元", 1.0), ("亿元", 1e4)),
    },
}
"""Native unit → the larger units of it that are used, each with how many of the native one it is."""

_UNITS: ContextVar[Units | None] = ContextVar("units", default=None)


@contextmanager
def written_in(units: Units) -> Iterator[None]:
    """Write amounts in SI prefixes (`si`: kt, Mt, GWh) or in 万 and 亿 (`zh`) while this lasts."""
    before = _UNITS.set(units)
    try:
        yield
    finally:
        _UNITS.reset(before)


@contextmanager
def written_for(lang: str) -> Iterator[None]:
    """Write amounts as readers of a language expect, unless somebody has chosen already."""
    with written_in(_UNITS.get() or units_of(lang)):
        yield


def units_of(lang: str) -> Units:
    """The units that readers of a language expect."""
    return "zh" if lang == "zh" else "si"


def units() -> Units:
    """The units in which amounts are written now."""
    return _UNITS.get() or "si"


def ladder(unit: str) -> Ladder:
    """The units that an amount of a native unit is written in now, the smallest first.

    >>> ladder("MWh"), ladder("person")
    ((('MWh', 1.0), ('GWh', 1000.0), ('TWh', 1000000.0)), (('person', 1.0),))
    """
    return LADDERS.get(unit, {}).get(units(), ((unit, 1.0),))


def step(value: float, unit: str) -> tuple[str, float]:
    """The unit that suits an amount or a rate, and how many of the given one it is.

    >>> step(2_706_769.1, "t/a"), step(12.0, "t/a"), step(5.0, "person/a")
    (('Mt/a', 1000000.0), ('t/a', 1.0), ('person/a', 1.0))
    >>> with written_in("zh"):
    ...     step(2_706_769.1, "t/a"), step(3e5, "MWh/a")
    (('万t/a', 10000.0), ('亿kWh/a', 100000.0))
    """
    native, slash, per = unit.partition("/")
    steps = ladder(native)
    name, size = next((s for s in reversed(steps) if abs(value) >= s[1]), steps[0])
    return f"{name}{slash}{per}", size
