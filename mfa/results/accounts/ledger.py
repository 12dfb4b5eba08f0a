"""What every account is made from: amounts by process and by boundary, as arrays.

Accounts add up weighted amounts; a `Part` is such a sum together with what each process
brings to it, so that it can be split by chain, site, sector, project and enterprise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.engine.compile import Compiled
from mfa.engine.network import TAKER, Bools, Floats, Ints, State
from mfa.system import Material, Process, System

BOUNDARIES = ("import", "export", "emission", "deposit", "to-stock", "from-stock", "surplus", "shortage")
ENTERS = ("import", "from-stock", "shortage")
LEAVES = ("export", "emission", "deposit", "to-stock", "surplus")


@dataclass(frozen=True)
class Part:
    """A sum over the park and its parts by process; what no process brings is in the sum alone."""

    total: float
    by_process: Floats

    def __add__(self, other: Part) -> Part:
        return Part(self.total + other.total, self.by_process + other.by_process)


def whole(by_process: Floats) -> Part:
    """A sum that processes bring in full."""
    return Part(float(by_process.sum()), by_process)


@dataclass(frozen=True)
class Ledger:
    """The amounts of one run.

    Attributes
    ----------
    pool, process, side : (flow,) positions of every coefficient; side -1 input, +1 output
    amount : (flow,) native units a year
    """

    system: System
    compiled: Compiled
    state: State

    @property
    def pool(self) -> Ints:
        """(flow,) the pool of each coefficient."""
        return self.compiled.structure.flow_pool

    @property
    def process(self) -> Ints:
        """(flow,) the process of each coefficient."""
        return self.compiled.structure.flow_process

    @cached_property
    def amount(self) -> Floats:
        """(flow,) what flows, native units a year."""
        return self.compiled.values.coefficient * self.state.level[self.process]

    @cached_property
    def out(self) -> Bools:
        """(flow,) whether it is an output."""
        return self.compiled.structure.flow_side > 0

    @cached_property
    def signed(self) -> Floats:
        """(flow,) the amount, positive for an input."""
        return np.where(self.out, -self.amount, self.amount)

    @cached_property
    def materials(self) -> list[Material]:
        """(pool,) the material of each pool."""
        return [self.system.materials[m] for m in self.compiled.structure.pools]

    @cached_property
    def processes(self) -> list[Process]:
        """(process,) the records."""
        return [self.system.processes[p] for p in self.compiled.structure.processes]

    def per_pool(self, of: Callable[[Material], float | bool | None]) -> Floats:
        """(pool,) a property of each material, nothing as 0."""
        return np.array([float(of(m) or 0.0) for m in self.materials])

    def per_process(self, of: Callable[[Process], float | bool | None]) -> Floats:
        """(process,) a property of each process, nothing as 0."""
        return np.array([float(of(p) or 0.0) for p in self.processes])

    @cached_property
    def boundary(self) -> Mapping[str, Floats]:
        """Boundary → (pool,) what crosses it; see `BOUNDARIES`."""
        s = self.compiled.structure
        found = {name: np.zeros(len(s.pools)) for name in BOUNDARIES}
        for line, entry, amount in zip(
            s.entries, self.compiled.entries, self.state.handed.tolist(), strict=True
        ):
            if entry.kind == "stock":
                found["to-stock" if line.side == TAKER else "from-stock"][line.pool] += amount
            elif entry.kind != "process":
                found[entry.kind][line.pool] += amount
        for outside, amount in zip(self.compiled.outside, self.compiled.values.outside.tolist(), strict=True):
            name = outside.node if outside.node in BOUNDARIES else "from-stock"
            found[name][outside.pool] += amount
        found["surplus"] += self.state.surplus
        found["shortage"] += self.state.shortage
        return found

    @cached_property
    def entering(self) -> Floats:
        """(pool,) what comes over the boundary, from stocks, and what is short."""
        return sum((self.boundary[n] for n in ENTERS), np.zeros(len(self.materials)))

    @cached_property
    def leaving(self) -> Floats:
        """(pool,) what goes over the boundary, to stocks, and what is left over."""
        return sum((self.boundary[n] for n in LEAVES), np.zeros(len(self.materials)))

    def most(self, entry: int) -> float:
        """What an entry could hand over at most, native units a year: by limit, percentage, capacity."""
        line, values = self.compiled.structure.entries[entry], self.compiled.values
        caps = [float(values.limit[entry])]
        if math.isfinite(values.percent[entry]):
            caps.append(float(values.percent[entry] * abs(self.state.net[line.pool])))
        if line.process >= 0 and math.isfinite(values.capacity[line.process]):
            flow = self._flow_at[line.pool, line.process, -line.side]
            caps.append(float(values.capacity[line.process] * values.coefficient[flow]))
        return min(caps)

    @cached_property
    def _flow_at(self) -> Mapping[tuple[int, int, int], int]:
        """(pool, process, side) → the position of its coefficient."""
        s = self.compiled.structure
        keys = zip(s.flow_pool.tolist(), s.flow_process.tolist(), s.flow_side.tolist(), strict=True)
        return {key: i for i, key in enumerate(keys)}

    @cached_property
    def made(self) -> Floats:
        """(pool,) what processes make."""
        return self.gathered(np.where(self.out, self.amount, 0.0), self.pool, len(self.materials))

    def gathered(self, amounts: Floats, at: Ints, length: int) -> Floats:
        """Amounts added up by position."""
        return np.bincount(at, amounts, minlength=length).astype(np.float64, copy=False)

    def by_process(self, amounts: Floats) -> Floats:
        """(process,) amounts of flows added up."""
        return self.gathered(amounts, self.process, len(self.processes))

    def taken(self, weight: Floats) -> Floats:
        """(process,) inputs − outputs, each times the weight (pool,) of its material."""
        return self.by_process(self.signed * weight[self.pool])

    def inputs(self, weight: Floats) -> Floats:
        """(process,) inputs alone, weighted."""
        return self.by_process(np.where(self.out, 0.0, self.amount) * weight[self.pool])

    def outputs(self, weight: Floats) -> Floats:
        """(process,) outputs alone, weighted."""
        return self.by_process(np.where(self.out, self.amount, 0.0) * weight[self.pool])

    def makers(self, amounts: Floats) -> Floats:
        """(process,) amounts (pool,) shared among the processes that make each material."""
        share = np.divide(amounts, self.made, out=np.zeros_like(amounts), where=self.made > 0)
        return self.outputs(share)

    def crossing(self, name: str, weight: Floats) -> float:
        """What crosses a boundary, weighted (pool,)."""
        return float(self.boundary[name] @ weight)
