"""The numbers of many samples put straight into the network's arrays, without records of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mfa.engine.batch import ARRAYS
from mfa.engine.compile import Compiled, Slot, slot
from mfa.engine.network import TAKER, Bools, Floats, Values
from mfa.parameters import Path
from mfa.parameters.values import balance_of, entry_at
from mfa.properties import ROUNDING
from mfa.studies.sampling.closing import unit_mass
from mfa.studies.sampling.drawn_systems import STANDING
from mfa.system import Process, System, number

APART = ("moisture", "carbon", "co2-factor", "upstream-co2", "gwp", "price", "price-vat", "composition")
"""Properties of materials that neither a flow nor an account of waste goes by."""
OF_ACCOUNTS = ("operating", "tolerance", "value-added", "system-cost", "transfer")


class Filled(NamedTuple):
    """The values of many samples, and flows that would be negative: (process, field) → (sample,)."""

    values: Values
    negative: Mapping[tuple[str, tuple[str | int, ...]], Bools]


@dataclass(frozen=True)
class BatchValues:
    """Fills the values of one network by drawn figures.

    Attributes
    ----------
    names : path → as people write it
    """

    system: System
    compiled: Compiled
    paths: tuple[Path, ...]
    names: Mapping[Path, str]

    @cached_property
    def possible(self) -> bool:
        """Whether the arrays of the network are all that the drawn figures change, for accounts of waste."""
        return all(self._slots[p] is not None or self.is_apart(p) for p in self.paths)

    @cached_property
    def _slots(self) -> Mapping[Path, Slot | None]:
        return {p: slot(self.compiled, self.system, self.names[p]) for p in self.paths}

    def stands(self, path: Path) -> bool:
        """Whether the figure at a path stands in the network's arrays."""
        return self._slots[path] is not None

    def is_apart(self, path: Path) -> bool:
        """Whether neither a flow nor an account of waste goes by the figure at a path."""
        match path:
            case Path("materials", _, field):
                return field[0] in APART
            case Path("prices" | "factors" | "stocks"):
                return True
            case Path("processes", _, field):
                return field[0] in OF_ACCOUNTS
            case Path("pools", _, (_, _, "limit")):
                entry = entry_at(self.system, path)
                return entry is not None and entry.kind == "stock"
            case Path("pools", _, (_, _, "distance")):
                return True
        return False

    def filled(self, drawn: Mapping[Path, Floats], size: int) -> Filled:
        """The values of the samples."""
        base = self.compiled.values
        made = {n: np.repeat(getattr(base, n)[:, None], size, axis=1) for n in ARRAYS}
        negative: dict[tuple[str, tuple[str | int, ...]], Bools] = {}
        for path, found in drawn.items():
            where = self._slots[path]
            if where is None:
                continue
            below = (found < 0) & (where.array == "coefficient")
            if below.any():
                negative[path.member, path.field] = below
            made[where.array][where.at] = np.where(below, STANDING, found)
        for process, at in self._closing:
            lacks = _lacking(process, self.system, drawn, size)
            if np.any(lacks < 0):
                negative[process.id, ("balance",)] = lacks < 0
            made["coefficient"][at] = np.where(lacks < 0, STANDING, lacks)
        self._limits(made["limit"], drawn)
        made["external"] = np.zeros(made["external"].shape)
        for one, amount in zip(self.compiled.outside, made["outside"], strict=True):
            made["external"][one.pool] -= one.side * amount
        return Filled(Values(**made), negative)

    @cached_property
    def _closing(self) -> list[tuple[Process, int]]:
        """Processes whose balance flow a drawn flow moves, each with the position of that flow."""
        touched = {
            p.member for p in self.paths if p.section == "processes" and p.field[0] in ("inputs", "outputs")
        }
        found = []
        for key in sorted(touched):
            balance = balance_of(self.system.processes[key])
            at = slot(self.compiled, self.system, f"{key}.{'.'.join(balance)}") if balance else None
            if at is not None:
                found.append((self.system.processes[key], at.at))
        return found

    def _limits(self, limit: Floats, drawn: Mapping[Path, Floats]) -> None:
        """What yards take and give: their written limit, and no more than their room or their heap."""
        s = self.system
        for i, (line, entry) in enumerate(
            zip(self.compiled.structure.entries, self.compiled.entries, strict=True)
        ):
            if entry.kind != "stock":
                continue
            stock, side = s.stocks[entry.node], "takers" if line.side == TAKER else "givers"
            pool = self.compiled.structure.pools[line.pool]
            heap = drawn.get(Path("stocks", stock.id, ("initial",)), number(stock.initial))
            most = drawn.get(Path("stocks", stock.id, ("capacity",)), number(stock.capacity, np.inf))
            at = Path("pools", pool, (side, entry.node, "limit"))
            written = drawn.get(at, np.inf) if entry.percent else drawn.get(at, number(entry.limit, np.inf))
            limit[i] = np.minimum(written, most - heap if line.side == TAKER else heap)


def _lacking(process: Process, system: System, drawn: Mapping[Path, Floats], size: int) -> Floats:
    """(sample,) the balance flow of a process, native units; below 0: there is none (`closing_amount`)."""
    sums = {"inputs": np.zeros(size), "outputs": np.zeros(size)}
    balance = balance_of(process)
    assert balance is not None
    for side, recipe in (("inputs", process.inputs), ("outputs", process.outputs)):
        for name, coefficient in recipe.items():
            if not coefficient.balance:
                value = drawn.get(Path("processes", process.id, (side, name)), coefficient.figure.value)
                mass = value * unit_mass(system.materials[name], drawn)
                sums[side] = sums[side] + np.maximum(mass, 0.0)
    into, out = sums["inputs"], sums["outputs"]
    value = out - into if balance[0] == "inputs" else into - out
    value = np.where(np.abs(value) <= ROUNDING * np.maximum(into, out), 0.0, value)
    return np.asarray(value / unit_mass(system.materials[balance[1]], drawn), np.float64)
