"""What every account is made from: amounts by process and by boundary, as arrays.

Accounts add up weighted amounts; a `Part` is such a sum together with what each process
brings to it, so that it can be split by chain, site, sector, project and enterprise, and
with its weights, so that it can be a row of a linear programme.

A ledger holds one run, or many samples of one network at once: then arrays of amounts have a last
axis of samples, what is alike in all of them has one of length 1, and drawn figures of the records
are (sample,) arrays. So one statement of what counts serves both.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from mfa.engine.batch import BatchState
from mfa.engine.compile import Compiled
from mfa.engine.gather import gathered
from mfa.engine.network import GIVER, TAKER, Bools, Floats, Ints, State
from mfa.system import Material, Process, System

BOUNDARIES = ("import", "export", "emission", "deposit", "to-stock", "from-stock", "surplus", "shortage")
ENTERS = ("import", "from-stock", "shortage")
ROUNDING = 1e-12  # of what is given: what is beyond an ask by less is rounding
LEAVES = ("export", "emission", "deposit", "to-stock", "surplus")


@dataclass(frozen=True)
class Weights:
    """What a sum counts of each amount of a run: the sum is Σ weight · amount.

    Attributes
    ----------
    flow : (flow,) of what goes into and comes out of processes
    entry : (entry,) of what is handed to or by each place of a list
    outside : (outside,) of supplies and demands of the scenario, and of yards that it digs out
    surplus, shortage : (pool,) of what is left over and what is missing
    """

    flow: Floats
    entry: Floats
    outside: Floats
    surplus: Floats
    shortage: Floats

    def __add__(self, other: Weights) -> Weights:
        return Weights(*(a + b for a, b in zip(self.arrays, other.arrays, strict=True)))

    def __sub__(self, other: Weights) -> Weights:
        return self + other * -1.0

    def __mul__(self, factor: float) -> Weights:
        return Weights(*(a * factor for a in self.arrays))

    @property
    def arrays(self) -> tuple[Floats, ...]:
        """Flow, entry, outside, surplus, shortage."""
        return self.flow, self.entry, self.outside, self.surplus, self.shortage


@dataclass(frozen=True)
class Part:
    """A sum over the park and its parts by process; what no process brings is in the sum alone.

    Of samples, `total` is (sample,), and `by_process` and the weights have an axis of samples.

    `weights` give the total of the run. A sum that is not linear in the amounts (who takes more than
    it gives, which share of a pool is fresh) keeps in them the case and the shares of the run; there
    are none where a sum is not known.
    """

    total: float
    by_process: Floats
    weights: Weights | None = None

    def __add__(self, other: Part) -> Part:
        known = self.weights is not None and other.weights is not None
        weights = self.weights + other.weights if known else None  # type: ignore[operator]
        return Part(self.total + other.total, self.by_process + other.by_process, weights)

    def __mul__(self, factor: float) -> Part:
        weights = None if self.weights is None else self.weights * factor
        return Part(self.total * factor, self.by_process * factor, weights)

    def __sub__(self, other: Part) -> Part:
        return self + other * -1.0

    def split(self, by_process: Floats) -> Part:
        """The same sum with other parts of the processes."""
        return replace(self, by_process=by_process)


@dataclass(frozen=True)
class Ledger:
    """The amounts of one run, or of many samples of one network.

    Attributes
    ----------
    pool, process, side : (flow,) positions of every coefficient; side -1 input, +1 output
    amount : (flow,) native units a year; of samples (flow, sample), and so on
    """

    system: System
    compiled: Compiled
    state: State | BatchState

    @cached_property
    def size(self) -> int | None:
        """How many samples it holds; None where it holds one run."""
        level = self.state.level
        return None if level.ndim == 1 else level.shape[1]

    def column(self, values: np.ndarray) -> Any:
        """(n,) what is alike in all samples, so that it goes with (n, sample)."""
        return values if self.size is None else values[:, None]

    def zeros(self, length: int) -> Floats:
        """(length,) nothing, in every sample."""
        return np.zeros(length if self.size is None else (length, self.size))

    def added(self, amounts: Floats) -> Any:
        """The sum of amounts (n,): a number, or one a sample, in the order of the rows."""
        if self.size is None:
            return float(amounts.sum())
        return gathered(amounts, np.zeros(len(amounts), np.int64), 1)[0]

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
    def possible(self) -> Floats:
        """(flow,) what flows, and what would flow at idle processes at level 1: it decides their cases."""
        level = self.state.level
        found: Floats = self.compiled.values.coefficient * np.where(level > 0, level, 1.0)[self.process]
        return found

    @cached_property
    def out(self) -> Bools:
        """(flow,) whether it is an output."""
        found: Bools = self.column(self.compiled.structure.flow_side > 0)
        return found

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

    def per_pool(self, of: Callable[[Material], Floats | float | bool | None]) -> Floats:
        """(pool,) a property of each material, nothing as 0."""
        return self.figures([of(m) for m in self.materials])

    def per_process(self, of: Callable[[Process], float | bool | None]) -> Floats:
        """(process,) a property of each process, nothing as 0."""
        return self.figures([of(p) for p in self.processes])

    def figures(self, found: Sequence[Floats | float | bool | None]) -> Floats:
        """(n,) figures, nothing as 0; of samples (n, sample) where some of them are drawn."""
        if self.size is None:
            return np.array([float(v or 0.0) for v in found])
        made = np.zeros((len(found), self.size if any(isinstance(v, np.ndarray) for v in found) else 1))
        for row, value in zip(made, found, strict=True):
            row[:] = 0.0 if value is None else value
        return made

    @cached_property
    def boundary(self) -> Mapping[str, Floats]:
        """Boundary → (pool,) what crosses it; see `BOUNDARIES`."""
        s = self.compiled.structure
        found = {name: self.zeros(len(s.pools)) for name in BOUNDARIES}
        for names, pools, amounts in (
            (self._entry_at, self.entry_pool, self.state.handed),
            (self._outside_at, self.outside_pool, self.compiled.values.outside),
        ):
            for name in np.unique(names[names != ""]).tolist():
                at = names == name
                found[name] += self.gathered(amounts[at], pools[at], len(s.pools))
        found["surplus"] += self.state.surplus
        found["shortage"] += self.state.shortage
        return found

    @cached_property
    def entering(self) -> Floats:
        """(pool,) what comes over the boundary, from stocks, and what is short."""
        return sum((self.boundary[n] for n in ENTERS), self.zeros(len(self.materials)))

    @cached_property
    def leaving(self) -> Floats:
        """(pool,) what goes over the boundary, to stocks, and what is left over."""
        return sum((self.boundary[n] for n in LEAVES), self.zeros(len(self.materials)))

    def most(self, entry: int) -> float:
        """What an entry could hand over at most, native units a year: by limit, percentage, capacity."""
        line, values = self.compiled.structure.entries[entry], self.compiled.values
        caps = [float(values.limit[entry])]
        if math.isfinite(values.percent[entry]):
            caps.append(float(values.percent[entry] * self._whole(line.pool, line.side)))
        if line.process >= 0 and math.isfinite(values.capacity[line.process]):
            flow = self.flow_at[line.pool, line.process, -line.side]
            caps.append(float(values.capacity[line.process] * values.coefficient[flow]))
        return min(caps)

    def _whole(self, pool: int, side: int) -> float:
        """What a list of a pool shares out: |net|, for takers with what is given beyond what was asked."""
        beyond = float(self.state.net[pool] + self.given[pool]) if side == TAKER else 0.0
        return beyond if beyond > ROUNDING * self.given[pool] else abs(float(self.state.net[pool]))

    @cached_property
    def given(self) -> Floats:
        """(pool,) what its giver list gives."""
        s = self.compiled.structure
        giver = self.column(np.array([e.side == GIVER for e in s.entries], bool))
        return self.gathered(np.where(giver, self.state.handed, 0.0), self.entry_pool, len(s.pools))

    @cached_property
    def flow_at(self) -> Mapping[tuple[int, int, int], int]:
        """(pool, process, side) → the position of its coefficient."""
        s = self.compiled.structure
        keys = zip(s.flow_pool.tolist(), s.flow_process.tolist(), s.flow_side.tolist(), strict=True)
        return {key: i for i, key in enumerate(keys)}

    @cached_property
    def made(self) -> Floats:
        """(pool,) what processes make."""
        return self.gathered(np.where(self.out, self.amount, 0.0), self.pool, len(self.materials))

    def gathered(self, amounts: np.ndarray, at: Ints, length: int) -> Floats:
        """Amounts added up by position."""
        return gathered(amounts, at, length)

    def by_process(self, amounts: Floats) -> Floats:
        """(process,) amounts of flows added up."""
        return self.gathered(amounts, self.process, len(self.processes))

    def weights(
        self,
        *,
        flow: Floats | None = None,
        entry: Floats | None = None,
        outside: Floats | None = None,
        surplus: Floats | None = None,
        shortage: Floats | None = None,
    ) -> Weights:
        """The weights of a sum; kinds of amounts that are left out do not count."""
        b, pools = self.compiled, len(self.materials)
        sizes = (len(self.pool), len(b.entries), len(b.outside), pools, pools)
        given = (flow, entry, outside, surplus, shortage)
        none = (self.column(np.zeros(n)) for n in sizes)
        return Weights(*(n if w is None else w for n, w in zip(none, given, strict=True)))

    def counted(self, weights: Weights) -> float:
        """Σ weight · amount."""
        state, outside = self.state, self.compiled.values.outside
        amounts = (self.amount, state.handed, outside, state.surplus, state.shortage)
        sums = (self.added(w * a) for w, a in zip(weights.arrays, amounts, strict=True))
        return sum(sums)  # type: ignore[no-any-return]

    def flows(self, weight: Floats) -> Part:
        """What processes move, weighted (flow,): a sum that they bring in full."""
        by_process = self.by_process(self.amount * weight)
        return Part(self.added(by_process), by_process, self.weights(flow=weight))

    def taken(self, weight: Floats) -> Part:
        """Inputs − outputs, each times the weight (pool,) of its material."""
        return self.flows(np.where(self.out, -1.0, 1.0) * weight[self.pool])

    def inputs(self, weight: Floats) -> Part:
        """Inputs alone, weighted (pool,)."""
        return self.flows(np.where(self.out, 0.0, weight[self.pool]))

    def outputs(self, weight: Floats) -> Part:
        """Outputs alone, weighted (pool,)."""
        return self.flows(np.where(self.out, weight[self.pool], 0.0))

    def of_processes(self, part: Part, factor: Floats) -> Part:
        """A sum that processes bring in full, of each what a factor (process,) leaves."""
        by_process = part.by_process * factor + 0.0  # no negative zero
        weights = part.weights and self.weights(flow=part.weights.flow * factor[self.process])
        return Part(self.added(by_process), by_process, weights)

    def possibly(self, part: Part) -> Floats:
        """(process,) what processes bring to a sum, idle ones at level 1."""
        weight = self.column(np.zeros(len(self.pool))) if part.weights is None else part.weights.flow
        return self.by_process(self.possible * weight)

    def makers(self, amounts: Floats) -> Floats:
        """(process,) amounts (pool,) shared among the processes that make each material."""
        return self.outputs(_share(amounts, self.made)).by_process

    def takers(self, amounts: Floats) -> Floats:
        """(process,) amounts (pool,) shared among the processes that take each material."""
        used = self.gathered(np.where(self.out, 0.0, self.amount), self.pool, len(self.materials))
        return self.inputs(_share(amounts, used)).by_process

    def crossing(self, name: str, weight: Floats) -> Part:
        """What crosses a boundary, weighted (pool,); no process brings a part of it."""
        total = self.added(self.boundary[name] * weight)
        return Part(total, self.column(np.zeros(len(self.processes))), self._at_boundary(name, weight))

    def shared(self, name: str, weight: Floats, among: Callable[[Floats], Floats]) -> Part:
        """What crosses a boundary, weighted (pool,), shared among its makers or its takers."""
        amounts = self.boundary[name] * weight
        return Part(self.added(amounts), among(amounts), self._at_boundary(name, weight))

    def _at_boundary(self, name: str, weight: Floats) -> Weights:
        return self.weights(
            entry=np.where(self.column(self._entry_at == name), weight[self.entry_pool], 0.0),
            outside=np.where(self.column(self._outside_at == name), weight[self.outside_pool], 0.0),
            surplus=weight if name == "surplus" else None,
            shortage=weight if name == "shortage" else None,
        )

    @cached_property
    def entry_pool(self) -> Ints:
        """(entry,) the pool of each place of a list."""
        return np.array([line.pool for line in self.compiled.structure.entries], np.int64)

    @cached_property
    def outside_pool(self) -> Ints:
        """(outside,) the pool of each supply, demand and yard dug out."""
        return np.array([o.pool for o in self.compiled.outside], np.int64)

    @cached_property
    def _entry_at(self) -> np.ndarray:
        """(entry,) the boundary that each place of a list is; empty for a process."""

        def boundary(kind: str, side: int) -> str:
            stock = "to-stock" if side == TAKER else "from-stock"
            return {"process": "", "stock": stock}.get(kind, kind)

        pairs = zip(self.compiled.structure.entries, self.compiled.entries, strict=True)
        return np.array([boundary(e.kind, line.side) for line, e in pairs], str)

    @cached_property
    def _outside_at(self) -> np.ndarray:
        """(outside,) the boundary that each supply, demand and driven stock crosses."""
        stock = {TAKER: "to-stock", GIVER: "from-stock"}
        found = [o.node if o.node in BOUNDARIES else stock[o.side] for o in self.compiled.outside]
        return np.array(found, str)

    def between(self, material: str, source: str, target: str) -> Weights:
        """What goes from a node into the pool of a material, or from the pool to a node, each as 1."""
        s, side, node = self.compiled.structure, GIVER if source else TAKER, source or target
        pool = s.pools.index(material) if material in s.pools else -1
        here = np.arange(len(s.pools)) == pool
        named = np.array([p == node for p in s.processes], bool)
        entries = zip(s.entries, self.compiled.entries, strict=True)
        entry = [line.side == side and line.process < 0 and e.node == node for line, e in entries]
        outside = [(o.side, o.node) == (side, node) for o in self.compiled.outside]
        return self.weights(
            flow=np.where(here[self.pool] & (self.out == bool(source)) & named[self.process], 1.0, 0.0),
            entry=np.where(here[self.entry_pool] & np.array(entry, bool), 1.0, 0.0),
            outside=np.where(here[self.outside_pool] & np.array(outside, bool), 1.0, 0.0),
            surplus=here * float(target == "surplus"),
            shortage=here * float(source == "shortage"),
        )


def _share(amounts: Floats, whole: Floats) -> Floats:
    """(pool,) amounts over all of it; 0 of nothing."""
    return np.divide(amounts, whole, out=np.zeros_like(amounts), where=whole > 0)
