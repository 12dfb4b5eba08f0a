"""Figures that are written by a property of a material, and move with it when that is drawn.

A coefficient in `t_wet/t` goes by moisture, a limit in `Nm3/a` by density, a price per GJ by the
heating value, a capacity in `t/h` by hours of operation. Every such conversion is a product of
powers of properties; the powers are found by converting with a property changed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from mfa import units
from mfa.engine.network import Floats
from mfa.errors import FaultWithoutPlace
from mfa.parameters import Path, figure_at, with_figure
from mfa.properties import Factor, basis
from mfa.studies.sampling.spread import Number
from mfa.system import Figure, Material, System, number

PROPERTIES = ("moisture", "density", "mass", "enthalpy", "lhv")  # in the order in which they go by others
CHANGED = 0.75  # of a property: what shows by which power a conversion goes with it
MONEY = ("system-cost", "price")

Drawn = Mapping[Path, tuple[float, Floats]]
"""Property → its figure of the system, and the (sample,) drawn ones."""


def rank(path: Path) -> int:
    """Where a figure comes in the order of drawing: what others are written by comes first."""
    if path.section == "materials" and path.field[0] in PROPERTIES:
        return PROPERTIES.index(str(path.field[0]))
    hours = path.section == "processes" and path.field == ("operating",)
    return 0 if hours else len(PROPERTIES)


def ratio(system: System, path: Path, unit: str, drawn: Drawn) -> Number:
    """(sample,) what one written unit of a figure is, over what it is in the system; 1 where it stays."""
    found: Number = 1.0
    for of, power in _powers(system, path, unit, drawn.keys()):
        before, after = drawn[of]
        by = (1 - after) / (1 - before) if of.field == ("moisture",) else after / before
        found = found * by**power
    return found


def _powers(system: System, path: Path, unit: str, of: Collection[Path]) -> Iterator[tuple[Path, int]]:
    """The drawn properties that a conversion goes by, each with its power."""
    for one in _basis_of(system, path):
        if one not in of or one == path:
            continue
        figure = figure_at(system, one)
        assert figure is not None
        changed = with_figure(system, one, Figure(_changed(one, figure.value)))
        before, after = _converted(system, path, unit), _converted(changed, path, unit)
        if before and after and before != after:
            yield one, round(math.log(after / before) / math.log(CHANGED))


def _changed(path: Path, value: float) -> float:
    return 1 - CHANGED * (1 - value) if path.field == ("moisture",) else CHANGED * value


def _converted(system: System, path: Path, unit: str) -> float | None:
    try:
        return factor_of(system, path)(unit)
    except FaultWithoutPlace:
        return None  # a bare share among figures with units


def _basis_of(system: System, path: Path) -> Iterator[Path]:
    """The properties and hours that a figure may be written by."""
    names = dict.fromkeys(_materials(system, path))
    yield from (Path("materials", m, (p,)) for m in names for p in PROPERTIES)
    process = path.member if path.section in ("processes", "drive") else ""
    if process in system.processes and path.field in ((), ("capacity",)):
        yield Path("processes", process, ("operating",))


def _materials(system: System, path: Path) -> Iterator[str]:
    section, key, field = path
    match section:
        case "materials" | "demand" | "supply" | "pools" | "prices":
            yield key
        case "stocks":
            yield system.stocks[key].material
        case "drive":
            yield system.processes[key].per if key in system.processes else system.stocks[key].material
        case "processes":
            yield system.processes[key].per
            if field[0] in ("inputs", "outputs"):
                yield str(field[1])


def factor_of(system: System, path: Path) -> Factor:
    """Unit text → what one of it is in the native unit of a figure, as files are read.

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        by the function that is returned: the unit does not lead to the native one
    """
    key, materials = path.member, system.materials
    match path:
        case Path("processes", _, ("inputs" | "outputs", str(name))):
            per = basis(materials[system.processes[key].per])
            return partial(units.coefficient_factor, of=basis(materials[name]), per=per)
        case Path("processes", _, ("capacity",)):
            return _rate(materials[system.processes[key].per], system.processes[key].operating_hours)
        case Path("processes", _, ("system-cost",)):
            per = basis(materials[system.processes[key].per])
            return partial(units.coefficient_factor, of=_money(system), per=per)
        case Path("drive", _, ()) if key in system.processes:
            return _rate(materials[system.processes[key].per], system.processes[key].operating_hours)
        case Path("drive", _, ()):
            return _rate(materials[system.stocks[key].material], None)
        case Path("demand" | "supply", _, ()):
            return _rate(materials[key], None)
        case Path("pools", _, (_, _, "limit")):
            return _rate(materials[key], None)
        case Path("stocks", _, _):
            return partial(units.amount_factor, basis=basis(materials[system.stocks[key].material]))
        case Path("prices", _, ()) | Path("materials", _, ("price",)):
            return partial(units.coefficient_factor, of=_money(system), per=basis(materials[key]))
        case Path("materials", _, ("lhv",)):
            bare = replace(basis(materials[key]), lhv=None)
            return partial(units.coefficient_factor, of=units.Basis("GJ"), per=bare)
        case Path("materials", _, ("co2-factor" | "upstream-co2",)):
            return partial(units.coefficient_factor, of=units.Basis("t"), per=basis(materials[key]))
    return lambda unit: 1.0


def _rate(of: Material, hours: Figure | None) -> Factor:
    kind, operating = basis(of), number(hours, units.YEAR_HOURS)
    return lambda unit: units.rate_factor(unit, kind, operating)


def _money(system: System) -> units.Basis:
    return units.Basis("CNY", rates=tuple((code, f.value) for code, f in system.currencies.items()))


def follows(system: System, path: Path, figure: Figure, drawn: Collection[Path]) -> bool:
    """Whether a figure that is not drawn itself moves with a drawn property."""
    parts = {w.unit for w in figure.written if w.part == "value" or w.part.isdigit()}
    return any(True for unit in parts for _ in _powers(system, path, unit, drawn))


def moves(system: System, path: Path, figure: Figure, drawn: Collection[Path]) -> bool:
    """Whether any number of a figure, its range and deviation among them, moves with a drawn property."""
    return any(True for unit in {w.unit for w in figure.written} for _ in _powers(system, path, unit, drawn))


Convert = Callable[[str], Number]


def parts(figure: Figure, by: Convert) -> Mapping[str, Number]:
    """The value and the numbers of its uncertainty by the properties drawn, native units.

    Parameters
    ----------
    by : unit text → what one of it is over what it is in the system (`ratio`)
    """
    unit = {w.part: w.unit for w in figure.written}
    own = next((w.unit for w in figure.written if w.part == "value" or w.part.isdigit()), "")
    made: dict[str, Number] = {"value": figure.value * by(own)}
    if figure.low is not None and figure.high is not None:
        made["low"], made["high"] = figure.low * by(unit["low"]), figure.high * by(unit["high"])
    if figure.sd is not None:
        made["sd"] = figure.sd * (by(own) if "cv" in unit else by(unit["sd"]))
    made |= {f"choice{i}": c * by(unit[f"choice{i}"]) for i, c in enumerate(figure.choice)}
    return {k: v if isinstance(v, float) else np.asarray(v) for k, v in made.items()}
