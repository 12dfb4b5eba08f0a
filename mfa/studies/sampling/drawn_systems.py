"""A sample of a system: the records with the figures of one draw, recipes closed again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from mfa.engine.network import Floats
from mfa.errors import FaultWithoutPlace
from mfa.parameters import Path
from mfa.parameters.values import balance_of, closed
from mfa.properties import OTHER
from mfa.storage import Stock
from mfa.system import Coefficient, Entry, Figure, Material, Pool, Process, System

RECIPE = ("inputs", "outputs")
STANDING = 1e-9  # native units: stands for a balance below 0 of a process that must not run then
Fields = Mapping[tuple[str | int, ...], Any]
"""Field → its figure, or the (sample,) figures of many samples."""


class Sample(NamedTuple):
    """A system with drawn figures, and the flows that would be negative, by process and field.

    They have next to nothing instead: where the process runs, the sample cannot be.
    """

    system: System
    negative: tuple[tuple[str, tuple[str | int, ...]], ...]


@dataclass(frozen=True)
class DrawnSystems:
    """Makes the systems of samples; members without a drawn figure are those of the system."""

    system: System
    paths: tuple[Path, ...]

    @cached_property
    def _mass_moves(self) -> frozenset[str]:
        """Materials whose mass in a native unit is drawn, so that recipes close otherwise."""
        masses = (("mass",), ("enthalpy",))
        return frozenset(p.member for p in self.paths if p.section == "materials" and p.field in masses)

    @cached_property
    def _closing(self) -> frozenset[str]:
        """Processes without drawn flows that close otherwise since a material does."""
        return frozenset(
            p.id
            for p in self.system.processes.values()
            if balance_of(p) and self._mass_moves.intersection((*p.inputs, *p.outputs))
        )

    def together(self, values: Mapping[Path, Floats]) -> System:
        """The system of all samples at once, drawn figures as (sample,) arrays; recipes as they are written.

        Accounts take the coefficients from the ledger, where recipes are closed.
        """
        by = _by_member(values.items())
        s = self.system
        apart = {
            k: {f: v for f, v in fields.items() if f[0] not in RECIPE}
            for k, fields in by["processes"].items()
        }
        processes = {k: _process(s.processes[k], fields) for k, fields in apart.items() if fields}
        return replace(
            s,
            materials=self._materials(by),
            processes={**s.processes, **processes},
            pools={**s.pools, **{k: _pool(s.pools[k], f) for k, f in by["pools"].items()}},
            stocks={**s.stocks, **{k: _stock(s.stocks[k], f) for k, f in by["stocks"].items()}},
            factors=_rates(s.factors, by["factors"]),
        )

    def _materials(self, by: ByMember) -> dict[str, Material]:
        materials = dict(self.system.materials)
        for key in {**by["materials"], **by["prices"]}:
            materials[key] = _material(materials[key], by["materials"][key], by["prices"][key].get(()))
        return materials

    def sample(self, values: Iterable[float]) -> Sample:
        """The system with the figures of the paths."""
        by = _by_member(zip(self.paths, map(float, values), strict=True))
        s, materials = self.system, self._materials(by)
        processes = dict(s.processes)
        negative: list[tuple[str, tuple[str | int, ...]]] = []
        for key in {**by["processes"], **dict.fromkeys(self._closing)}:
            fields = by["processes"][key]
            below = [f for f, v in fields.items() if v < 0]  # of a split, the rest
            made = _process(processes[key], {**fields, **dict.fromkeys(below, STANDING)})
            try:
                processes[key] = closed(made, materials)
            except FaultWithoutPlace:
                processes[key], below = _standing(made), [*below, ("balance",)]
            negative += [(key, field) for field in below]
        made_ = replace(
            s,
            materials=materials,
            processes=processes,
            pools={**s.pools, **{k: _pool(s.pools[k], f) for k, f in by["pools"].items()}},
            stocks={**s.stocks, **{k: _stock(s.stocks[k], f) for k, f in by["stocks"].items()}},
            drive=_rates(s.drive, by["drive"]),
            demand=_rates(s.demand, by["demand"]),
            supply=_rates(s.supply, by["supply"]),
            factors=_rates(s.factors, by["factors"]),
        )
        return Sample(made_, tuple(negative))


ByMember = Mapping[str, Mapping[str, dict[tuple[str | int, ...], Any]]]
"""Section → member → field → its drawn figure; nothing where none is drawn."""


def _by_member(values: Iterable[tuple[Path, Any]]) -> ByMember:
    by: ByMember = defaultdict(lambda: defaultdict(dict))
    for (section, member, field), value in values:
        by[section][member][field] = value
    return by


def flow_name(system: System, process: str, where: tuple[str | int, ...]) -> str:
    """The path of a flow of a process, of its balance flow where `where` says that."""
    at = balance_of(system.processes[process]) if where == ("balance",) else where
    return ".".join(map(str, (process, *(at or ()))))


def _figure(figure: Figure, value: float) -> Figure:
    """A figure with a drawn value; it is not uncertain any more."""
    return Figure(
        value,
        figure.text,
        figure.place,
        source=figure.source,
        confidence=figure.confidence,
        basis=figure.basis,
        written=figure.written,
    )


def _rates(figures: Mapping[str, Figure], drawn: Mapping[str, Fields]) -> Mapping[str, Figure]:
    return {**figures, **{k: _figure(figures[k], f[()]) for k, f in drawn.items()}}


def _material(material: Material, fields: Fields, price: float | None) -> Material:
    changed: dict[str, object] = {}
    shares = {str(f[1]): v for f, v in fields.items() if f[0] == "composition"}
    if shares:
        named = {s: _figure(f, shares.get(s, f.value)) for s, f in material.composition.items() if s != OTHER}
        rest = np.maximum(1 - sum(f.value for f in named.values()), 0.0)
        other = material.composition.get(OTHER)
        changed["composition"] = named | (
            {OTHER: _figure(other, rest if rest.ndim else float(rest))} if other else {}
        )
    for field, value in fields.items():
        if field[0] != "composition":
            name = str(field[0]).replace("-", "_")
            changed[name] = _figure(getattr(material, name), value)
    if price is not None and material.price:
        changed["price"] = _figure(material.price, price)
    return replace(material, **changed)  # type: ignore[arg-type]


def _process(process: Process, fields: Fields) -> Process:
    changed: dict[str, object] = {}
    recipes = {"inputs": dict(process.inputs), "outputs": dict(process.outputs)}
    transfer = {k: dict(v) for k, v in process.transfer.items()}
    for field, value in fields.items():
        name = str(field[0])
        if name in recipes:
            of = str(field[1])
            old = recipes[name][of]
            recipes[name][of] = Coefficient(
                _figure(old.figure, value), old.balance, old.reference, old.residue_of
            )
        elif name == "transfer":
            of, output = str(field[1]), str(field[2])
            transfer[of][output] = _figure(transfer[of][output], value)
        else:
            attribute = {"operating": "operating_hours"}.get(name, name.replace("-", "_"))
            changed[attribute] = _figure(getattr(process, attribute), value)
    return replace(process, **recipes, transfer=transfer, **changed)  # type: ignore[arg-type]


def _standing(process: Process) -> Process:
    """The process with next to nothing of its balance flow, so that the network stays what it is."""
    at = balance_of(process)
    assert at is not None
    side, material = at
    recipe = dict(getattr(process, side))
    recipe[material] = replace(recipe[material], figure=_figure(recipe[material].figure, STANDING))
    return replace(process, **{side: recipe})  # type: ignore[arg-type]


def _stock(stock: Stock, fields: Fields) -> Stock:
    changed = {str(f[0]): _figure(getattr(stock, str(f[0])), v) for f, v in fields.items()}
    return replace(stock, **changed)  # type: ignore[arg-type]


def _pool(pool: Pool, fields: Fields) -> Pool:
    made = pool
    for side in ("takers", "givers"):
        mine = {(str(f[1]), str(f[2])): v for f, v in fields.items() if f[0] == side}
        if mine:
            entries: tuple[Entry, ...] = getattr(made, side)
            made = replace(made, **{side: tuple(_entry(e, mine) for e in entries)})  # type: ignore[arg-type]
    return made


def _entry(entry: Entry, drawn: Mapping[tuple[str, str], float]) -> Entry:
    changed: dict[str, Figure] = {}
    for (node, what), value in drawn.items():
        if node == entry.node:
            name = "percent" if what == "limit" and entry.percent else what
            changed[name] = _figure(getattr(entry, name), value)
    return replace(entry, **changed)  # type: ignore[arg-type]
