"""The numbers of many samples put straight into the network's arrays, without records of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mfa.engine.adding import adding, ints
from mfa.engine.batch import ARRAYS
from mfa.engine.compile import Compiled, Slot, slot
from mfa.engine.network import TAKER, Bools, Floats, Ints, Values
from mfa.parameters import Path
from mfa.parameters.values import balance_of, entry_at
from mfa.properties import ROUNDING
from mfa.studies.sampling.closing import unit_mass
from mfa.studies.sampling.drawn_systems import STANDING
from mfa.system import System, number

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

APART = ("moisture", "carbon", "co2-factor", "upstream-co2", "gwp", "price", "price-vat", "composition")
"""Properties of materials that neither a flow nor an account of waste goes by."""
OF_ACCOUNTS = ("operating", "tolerance", "value-added", "system-cost", "transfer")


class Filled(NamedTuple):
    """The values of many samples, and flows that would be negative: (process, field) → (sample,)."""

    values: Values
    negative: Mapping[tuple[str, tuple[str | int, ...]], Bools]


class Balances(NamedTuple):
    """Processes whose balance flow a drawn flow moves.

    Attributes
    ----------
    processes, at : their names, and the positions of their balance flows
    flows : the positions of their other flows
    lacks : (process, flow) adds up what the balance flow lacks; `adds` all that goes in and comes out
    """

    processes: tuple[str, ...]
    at: Ints
    flows: Ints
    lacks: csr_matrix
    adds: csr_matrix


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
            case Path("materials", key, ("lhv",)):  # tonnes say how far a product is taken, if it has some
                return self.system.materials[key].has_mass
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
        for array, (paths, at) in self._places.items():
            found = np.array([drawn[p] for p in paths])
            if array == "coefficient":
                below = found < 0
                for i in np.flatnonzero(below.any(axis=1)).tolist():
                    negative[paths[i].member, paths[i].field] = below[i]
                    found[i, below[i]] = STANDING
            made[array][at] = found
        self._close(made["coefficient"], drawn, negative)
        self._limits(made["limit"], drawn)
        made["external"] = np.zeros(made["external"].shape)
        for one, amount in zip(self.compiled.outside, made["outside"], strict=True):
            made["external"][one.pool] -= one.side * amount
        return Filled(Values(**made), negative)

    @cached_property
    def _places(self) -> Mapping[str, tuple[list[Path], Ints]]:
        """Array → the paths whose figures stand in it, and where."""
        found: dict[str, list[tuple[Path, int]]] = defaultdict(list)
        for path, where in self._slots.items():
            if where is not None:
                found[where.array].append((path, where.at))
        return {name: ([p for p, _ in mine], ints(at for _, at in mine)) for name, mine in found.items()}

    # ------------------------------------------------------------ balances
    @cached_property
    def _closing(self) -> Balances:
        """The balance flows that a drawn flow moves."""
        touched = {
            p.member for p in self.paths if p.section == "processes" and p.field[0] in ("inputs", "outputs")
        }
        s, number = self.compiled.structure, {}
        rows = zip(s.flow_process.tolist(), s.flow_side.tolist(), s.flow_pool.tolist(), strict=True)
        for i, (process, side, pool) in enumerate(rows):
            number[s.processes[process], "inputs" if side < 0 else "outputs", s.pools[pool]] = i
        processes: list[str] = []
        at: list[int] = []
        flows: list[tuple[int, int, float]] = []
        for key in sorted(touched):
            process = self.system.processes[key]
            balance = balance_of(process)
            if balance is None or (key, *balance) not in number:
                continue
            for side, recipe in (("inputs", process.inputs), ("outputs", process.outputs)):
                sign = 1.0 if side != balance[0] else -1.0
                mine = (number.get((key, side, m)) for m, c in recipe.items() if not c.balance)
                flows += [(len(at), i, sign) for i in mine if i is not None]
            processes.append(key)
            at.append(number[(key, *balance)])
        return Balances(
            tuple(processes),
            ints(at),
            ints(i for _, i, _ in flows),
            adding(ints(k for k, *_ in flows), len(at), np.array([w for *_, w in flows], float)),
            adding(ints(k for k, *_ in flows), len(at)),
        )

    def _close(
        self,
        coefficient: Floats,
        drawn: Mapping[Path, Floats],
        negative: dict[tuple[str, tuple[str | int, ...]], Bools],
    ) -> None:
        """Put in the balance flows, native units; where one is below 0 there is none (`closing_amount`)."""
        of = self._closing
        if not len(of.at):
            return
        mass = np.maximum(coefficient[of.flows] * self._masses(of.flows, drawn), 0.0)
        lacks, whole = np.asarray(of.lacks @ mass), np.asarray(of.adds @ mass)
        most = (whole + np.abs(lacks)) / 2  # the larger of what goes in and what comes out
        lacks = np.where(np.abs(lacks) <= ROUNDING * most, 0.0, lacks) / self._masses(of.at, drawn)
        below = lacks < 0
        for i in np.flatnonzero(below.any(axis=1)).tolist():
            negative[of.processes[i], ("balance",)] = below[i]
        coefficient[of.at] = np.where(below, STANDING, lacks)

    def _masses(self, flows: Ints, drawn: Mapping[Path, Floats]) -> Floats:
        """(flow, 1) or (flow, sample) tonnes in one native unit of the material of some flows."""
        pools = self.compiled.structure.flow_pool[flows]
        found = self._unit_mass[pools][:, None]
        moved = [p for p in drawn if p.section == "materials" and p.field in (("mass",), ("enthalpy",))]
        for path in moved:
            material = self.system.materials[path.member]
            mine = pools == self.compiled.structure.pools.index(path.member)
            if mine.any():
                found = np.where(mine[:, None], unit_mass(material, drawn), found)
        return np.asarray(found, np.float64)

    @cached_property
    def _unit_mass(self) -> Floats:
        return np.array([self.system.materials[m].unit_mass for m in self.compiled.structure.pools], float)

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
            free = np.maximum(most - heap, 0.0) if line.side == TAKER else heap
            limit[i] = np.minimum(written, free / s.span)
