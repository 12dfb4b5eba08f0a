"""The tables of a run: columns and rows, ready for CSV, JSON and pandas."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfa.checks.closure import Closure
from mfa.checks.lists import places
from mfa.engine.compile import Compiled
from mfa.engine.network import TAKER, State
from mfa.results.accounts.costs import CentreCost
from mfa.results.accounts.energy import factor
from mfa.results.accounts.flows import Flow, wet
from mfa.results.accounts.footprint import Footprint
from mfa.results.accounts.substances import Balance
from mfa.results.accounts.transport import Transport
from mfa.results.indicators.target import Indicator
from mfa.results.warnings import RunWarning
from mfa.system import System

if TYPE_CHECKING:
    import pandas as pd

Cell = str | int | float | None
NUMBERS = frozenset(
    (
        *("amount", "wet_amount", "level", "capacity", "use", "supply", "demand", "surplus", "shortage"),
        *("opening", "inflow", "outflow", "closing", "value", "min", "max", "distance", "distance_amount"),
        *("inputs", "outputs", "error", "residue", "material_cost", "energy_cost", "system_cost"),
        *("product_cost", "loss_cost", "co2", "energy", "waste"),
        *("distance", "transport", "cost"),
    )
)


@dataclass(frozen=True)
class Table:
    """Named columns and rows; an empty cell is None, `numbers` are the columns of numbers."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    numbers: Collection[str] = NUMBERS

    def frame(self) -> pd.DataFrame:
        """The table as a DataFrame with a plain index; columns of numbers are float."""
        import pandas as pd

        made = pd.DataFrame(list(self.rows), columns=list(self.columns))
        return made.astype({c: "float64" for c in self.columns if c in self.numbers})


def flows(system: System, found: Iterable[Flow]) -> Table:
    """period, material, source, target, amount, unit, wet_amount."""
    rows = [
        (system.period, f.material, f.source, f.target, f.amount, _unit(system, f.material), wet(system, f))
        for f in found
    ]
    columns = ("period", "material", "source", "target", "amount", "unit", "wet_amount")
    return Table("flows", columns, rows)


def links(system: System, found: Iterable[Flow]) -> Table:
    """period, material, source, target, amount, unit."""
    rows = [
        (system.period, f.material, f.source, f.target, f.amount, _unit(system, f.material)) for f in found
    ]
    return Table("links", ("period", "material", "source", "target", "amount", "unit"), rows)


def processes(system: System, compiled: Compiled, state: State) -> Table:
    """period, process, level, unit, capacity, use, driver."""
    listed = places(system)
    rows: list[tuple[Cell, ...]] = []
    limits = compiled.values.capacity.tolist()
    for process, level, most in zip(system.processes.values(), state.level.tolist(), limits, strict=True):
        capacity = most if process.capacity else None
        use = level / capacity if capacity else None
        lists = [f"{p.side[:-1]} of {p.material}" for p in listed.get(process.id, [])]
        driver = "drive" if process.id in system.drive else "; ".join(lists) or "idle"
        rows.append((system.period, process.id, level, _unit(system, process.per), capacity, use, driver))
    columns = ("period", "process", "level", "unit", "capacity", "use", "driver")
    return Table("processes", columns, sorted(rows, key=lambda r: str(r[1])))


def pools(system: System, compiled: Compiled, state: State, found: Iterable[Flow]) -> Table:
    """period, material, supply, demand, surplus, shortage, unit; supply + shortage = demand + surplus."""
    supply, demand = dict.fromkeys(system.pools, 0.0), dict.fromkeys(system.pools, 0.0)
    for flow in found:
        if flow.source != "shortage" and flow.target != "surplus":
            side = demand if flow.source.startswith("pool:") else supply
            side[flow.material] += flow.amount
    rows = [
        (
            system.period,
            m,
            supply[m],
            demand[m],
            float(state.surplus[i]),
            float(state.shortage[i]),
            _unit(system, m),
        )
        for i, m in enumerate(compiled.structure.pools)
    ]
    columns = ("period", "material", "supply", "demand", "surplus", "shortage", "unit")
    return Table("pools", columns, sorted(rows, key=lambda r: str(r[1])))


def stocks(system: System, compiled: Compiled, state: State) -> Table:
    """period, stock, opening, inflow, outflow, closing, unit; closing = opening + (in - out)·years."""
    into, out = dict.fromkeys(system.stocks, 0.0), dict.fromkeys(system.stocks, 0.0)
    for entry, line, amount in zip(
        compiled.entries, compiled.structure.entries, state.handed.tolist(), strict=True
    ):
        if entry.kind == "stock":
            (into if line.side == TAKER else out)[entry.node] += amount
    for outside, amount in zip(compiled.outside, compiled.values.outside.tolist(), strict=True):
        if outside.node in system.stocks:
            (into if outside.side == TAKER else out)[outside.node] += amount
    rows: list[tuple[Cell, ...]] = []
    for key, stock in sorted(system.stocks.items()):
        opening = stock.initial.value if stock.initial else 0.0
        unit = system.materials[stock.material].unit
        closing = opening + (into[key] - out[key]) * system.span
        rows.append((system.period, key, opening, into[key], out[key], closing, unit))
    columns = ("period", "stock", "opening", "inflow", "outflow", "closing", "unit")
    return Table("stocks", columns, rows)


def indicators(system: System, rows: Iterable[Indicator]) -> Table:
    """period, indicator, value, unit, min, max, met, distance, distance_amount."""
    made = [
        (
            system.period,
            r.name,
            r.value,
            r.unit,
            r.minimum,
            r.maximum,
            r.met or None,
            r.distance,
            r.distance_amount,
        )
        for r in rows
    ]
    columns = ("period", "indicator", "value", "unit", "min", "max", "met", "distance", "distance_amount")
    return Table("indicators", columns, made)


def balances(closures: Iterable[Closure]) -> Table:
    """process, layer, inputs, outputs, error, per unit of the reference; empty where not checkable."""
    rows = [(c.process, c.layer, c.inputs, c.outputs, c.error) for c in closures]
    return Table("balances", ("process", "layer", "inputs", "outputs", "error"), rows)


def layers(system: System, found: Iterable[tuple[str, Iterable[Flow]]]) -> Table:
    """period, layer, material, source, target, amount, unit: kg a year of each layer on each flow."""
    rows = [
        (system.period, name, f.material, f.source, f.target, f.amount, "kg/a")
        for name, flows in found
        for f in flows
    ]
    return Table("layers", ("period", "layer", "material", "source", "target", "amount", "unit"), rows)


def layer_balances(system: System, found: Iterable[Balance]) -> Table:
    """period, layer, place, inputs, outputs, residue, unit; place is a process, or `park`."""
    rows = [(system.period, b.layer, b.place, b.inputs, b.outputs, b.residue, "kg/a") for b in found]
    columns = ("period", "layer", "place", "inputs", "outputs", "residue", "unit")
    return Table("layer_balances", columns, rows)


def costs(system: System, found: Iterable[CentreCost]) -> Table:
    """period, process, material_cost, energy_cost, system_cost, product_cost, loss_cost, unit."""
    rows = [
        (system.period, c.process, c.material, c.energy, c.system, c.products, c.losses, "CNY/a")
        for c in found
    ]
    kinds = ("material_cost", "energy_cost", "system_cost", "product_cost", "loss_cost")
    return Table("costs", ("period", "process", *kinds, "unit"), rows)


def footprints(system: System, found: Iterable[Footprint]) -> Table:
    """period, product, boundary, amount, unit, co2, energy, waste: t, tce and t per native unit."""
    rows = [
        (system.period, f.product, f.boundary, f.amount, _unit(system, f.product), f.co2, f.energy, f.waste)
        for f in found
    ]
    columns = ("period", "product", "boundary", "amount", "unit", "co2", "energy", "waste")
    return Table("footprints", columns, rows)


def transport(system: System, found: Transport) -> Table:
    """period, material, source, target, wet_amount, distance, transport, cost, co2: t, km, t·km, CNY, t."""
    price, co2 = factor(system, "freight"), factor(system, "freight-co2")
    rows = [
        (
            *(system.period, h.material, h.source, h.target, h.tonnes, h.distance, h.work),
            *((None, None) if h.work is None else (h.work * price, h.work * co2)),
        )
        for h in found.hauls
    ]
    ends = ("period", "material", "source", "target")
    return Table("transport", (*ends, "wet_amount", "distance", "transport", "cost", "co2"), rows)


def warnings(system: System, found: Iterable[RunWarning], lang: str = "en") -> Table:
    """period, code, place, amount, unit, text."""
    rows = [(system.period, f.code, f.place, f.amount, f.unit or None, f.text(lang)) for f in found]
    return Table("warnings", ("period", "code", "place", "amount", "unit", "text"), rows)


def _unit(system: System, material: str) -> str:
    return f"{system.materials[material].unit}/a"
