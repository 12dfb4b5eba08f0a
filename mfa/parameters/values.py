"""Get and set: the figure of a system at a path, and the system with another one there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from mfa.errors import FaultWithoutPlace
from mfa.parameters.path import OF_MATERIAL, OF_PROCESS, SIDES, Path, Step, parse
from mfa.properties import OTHER, closing_amount
from mfa.system import Coefficient, Entry, Figure, Material, Process, System

R = TypeVar("R")
BOUNDS = {"min": "least", "max": "most"}


def get(system: System, text: str) -> float:
    """The figure at a path, in the native unit that `listed` tells.

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        the system has no figure there
    """
    return _known(system, text)[1].value


def with_value(system: System, text: str, value: float) -> System:
    """The system with another value at a path, in its native unit; it is not uncertain any more.

    The `balance` flow of a process closes its mass again. Amounts that were written by wet mass,
    volume or energy stay as they are when moisture, density or heating value change.

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        the system has no figure there, or the balance flow would be negative
    """
    path, old = _known(system, text)
    return with_figure(system, path, Figure(value, f"{value:.12g}", source=old.source))


def _known(system: System, text: str) -> tuple[Path, Figure]:
    path = parse(text, system)
    figure = figure_at(system, path) if path else None
    if path is None or figure is None:
        raise FaultWithoutPlace("path-unknown", path=text[:120], near="")
    return path, figure


def figure_at(system: System, path: Path) -> Figure | None:
    """The figure at a path; None where there is none."""
    match path:
        case Path("drive" | "demand" | "supply" | "factors" as section, key, ()):
            rates: Mapping[str, Figure] = getattr(system, section)
            return rates.get(key)
        case Path("prices", key, ()):
            return system.materials[key].price if key in system.materials else None
        case Path("targets", key, (bound,)):
            found = [
                getattr(t, BOUNDS.get(str(bound), ""), None) for t in system.targets if t.indicator == key
            ]
            return found[0] if found else None
        case Path("materials", key, field) if key in system.materials:
            return _of_material(system.materials[key], field)
        case Path("processes", key, field) if key in system.processes:
            return _of_process(system.processes[key], field)
        case Path("stocks", key, ("initial" | "capacity" as name,)) if key in system.stocks:
            amount: Figure | None = getattr(system.stocks[key], name)
            return amount
        case Path("pools", _, (_, _, what)):
            entry = entry_at(system, path)
            return _of_entry(entry, what) if entry else None
    return None


def entry_at(system: System, path: Path) -> Entry | None:
    """The entry of a list that a path names by its node."""
    pool = system.pools.get(path.member)
    if path.field[0] not in SIDES:
        return None
    entries: tuple[Entry, ...] = getattr(pool, str(path.field[0]), ())
    return next((e for e in entries if e.node == path.field[1]), None)


def _attribute(name: Step) -> str:
    return {"operating": "operating_hours"}.get(str(name), str(name).replace("-", "_"))


def _of_material(material: Material, field: tuple[Step, ...]) -> Figure | None:
    match field:
        case ("composition", str(species)):
            return material.composition.get(species)
        case (name,) if name in OF_MATERIAL:
            of_material: Figure | None = getattr(material, _attribute(name))
            return of_material
    return None


def _of_process(process: Process, field: tuple[Step, ...]) -> Figure | None:
    match field:
        case ("inputs" | "outputs" as side, str(material)):
            recipe: Mapping[str, Coefficient] = getattr(process, side)
            return recipe[material].figure if material in recipe else None
        case ("transfer", str(element), str(output)):
            return process.transfer.get(element, {}).get(output)
        case (name,) if name in OF_PROCESS:
            of_process: Figure | None = getattr(process, _attribute(name))
            return of_process
    return None


def _of_entry(entry: Entry, what: Step) -> Figure | None:
    if what == "limit":
        return entry.limit or entry.percent
    if what == "distance":
        return entry.distance
    return entry.share if what == "share" else None


def with_figure(system: System, path: Path, figure: Figure) -> System:
    """The system with another figure at a path that it has one at; a `balance` flow closes again.

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        the balance flow would be negative
    """
    section, key, field = path
    if section == "prices":
        section, field = "materials", ("price",)
    made: object = figure
    if section == "targets":
        bound = BOUNDS[str(field[0])]
        targets = (_replaced(t, bound, figure) if t.indicator == key else t for t in system.targets)
        return replace(system, targets=tuple(targets))
    if section == "materials":
        made = _material_with(system.materials[key], field, figure)
    elif section == "processes":
        made = _process_with(system.processes[key], field, figure, system.materials)
    elif section == "stocks":
        made = _replaced(system.stocks[key], str(field[0]), figure)
    elif section == "pools":
        side, node, what = (str(f) for f in field)
        pool = system.pools[key]
        entries = (_entry_with(e, what, figure) if e.node == node else e for e in getattr(pool, side))
        made = _replaced(pool, side, tuple(entries))
    return _replaced(system, section, {**getattr(system, section), key: made})


def _replaced(record: R, name: str, value: object) -> R:
    return replace(record, **{name: value})  # type: ignore[type-var]


def _material_with(material: Material, field: tuple[Step, ...], figure: Figure) -> Material:
    name = _attribute(field[0])
    if name != "composition":
        return _replaced(material, name, figure)
    shares = {**material.composition, str(field[1]): figure}
    if field[1] != OTHER:  # what is not named makes it 100 % again
        named = {s: v for s, v in shares.items() if s != OTHER}
        rest = 1 - sum(f.value for f in named.values())
        shares = named | ({OTHER: Figure(rest)} if rest > 0 else {})
    return replace(material, composition=shares)


def _process_with(
    process: Process, field: tuple[Step, ...], figure: Figure, materials: Mapping[str, Material]
) -> Process:
    name = _attribute(field[0])
    if name == "transfer":
        element, output = str(field[1]), str(field[2])
        shares = {**process.transfer[element], output: figure}
        return replace(process, transfer={**process.transfer, element: shares})
    if name not in ("inputs", "outputs"):
        return _replaced(process, name, figure)
    recipe: Mapping[str, Coefficient] = getattr(process, name)
    material = str(field[1])
    old = recipe[material]
    made = Coefficient(figure, reference=old.reference, residue_of=old.residue_of)
    return closed(_replaced(process, name, {**recipe, material: made}), materials)


def balance_of(process: Process) -> tuple[str, str] | None:
    """Side and material of the flow that closes the mass of a process."""
    sides: tuple[tuple[str, Mapping[str, Coefficient]], ...] = (
        ("inputs", process.inputs),
        ("outputs", process.outputs),
    )
    return next(((s, m) for s, recipe in sides for m, c in recipe.items() if c.balance), None)


def closed(process: Process, materials: Mapping[str, Material]) -> Process:
    """The process with its `balance` flow computed from the others.

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        it would be negative
    """
    at = balance_of(process)
    if at is None:
        return process
    side, material = at
    recipe: Mapping[str, Coefficient] = getattr(process, side)
    value = closing_amount(process.id, side, material, process.inputs, process.outputs, materials)
    flow = replace(recipe[material], figure=replace(recipe[material].figure, value=value))
    return _replaced(process, side, {**recipe, material: flow})


def _entry_with(entry: Entry, what: str, figure: Figure) -> Entry:
    if what in ("share", "distance"):
        return _replaced(entry, what, figure)
    return replace(entry, percent=figure) if entry.percent else replace(entry, limit=figure)
