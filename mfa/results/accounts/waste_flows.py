"""Whose waste is in each pool, and what becomes of it.

What a process makes of waste is new waste, or what is left of waste that it took: a residue is
never generated anew, its maker has used only the rest, and whoever takes it takes that much of
the parent. So a pool holds shares of several wastes: those that its makers generate, and those
whose residues they hand on; what is bought is nobody's. The shares are one linear system.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.checks.residues import parents_of
from mfa.engine import linear
from mfa.engine.network import TAKER, Bools, Floats
from mfa.properties import tonnes_per_unit
from mfa.results.accounts.ledger import Ledger
from mfa.results.accounts.uptake import Uptake, uptake
from mfa.results.accounts.waste import Leftover, Use, WasteFlow, entry_fate
from mfa.system import Fate, Process, System

AT_ONCE = 64  # right sides solved together: 64 columns of 100 000 pools are 50 MB


@dataclass(frozen=True)
class Taker:
    """Who takes a material, how much (native units a year), what becomes of it, who vouches for it."""

    node: str
    amount: float
    fate: Fate
    process: bool
    basis: str = ""


@dataclass(frozen=True)
class Residue:
    """What of an output is left of waste that its process took.

    Attributes
    ----------
    share : of the output; the rest is new waste
    taken : waste → tonnes of it that the process takes a unit of its level, among those it is left of
    """

    share: float
    taken: Mapping[str, float]


class WasteAccounts:
    """Supplies and takers of the waste pools of one run, and whose waste they hold.

    Attributes
    ----------
    made, taken : material → running process → what it makes, and takes, native units a year
    equal : waste → tonnes of the waste it comes from that one native unit counts as
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.system, self.compiled = ledger, ledger.system, ledger.compiled
        self.at = {m: i for i, m in enumerate(self.compiled.structure.pools)}
        self.made, self.taken = self._amounts(self.ledger.amount)
        self._outputs, self._inputs = self._amounts(self.compiled.values.coefficient)
        self.listed: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for i, line in enumerate(self.compiled.structure.entries):
            self.listed[self.compiled.structure.pools[line.pool]].append((i, line.side))
        self.outside: dict[tuple[str, str], float] = defaultdict(float)
        for fixed, amount in zip(self.compiled.outside, self.compiled.values.outside.tolist(), strict=True):
            self.outside[self.compiled.structure.pools[fixed.pool], fixed.node] += amount
        wastes = [m for m in self.system.materials.values() if m.waste or m.residue_of]
        lines = {m.id: _lineage(self.system, m.id) for m in wastes}
        self.root = {m: root for m, (root, _) in lines.items()}
        self.equal = {
            m: equal * (tonnes_per_unit(self.system.materials[m]) or 1.0) for m, (_, equal) in lines.items()
        }
        self.pools = [m for m in self.root if m in self.at]

    def _amounts(self, amounts: Floats) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
        """Material → process → what it makes, and what it takes, of amounts (flow,)."""
        made: dict[str, dict[str, float]] = defaultdict(dict)
        taken: dict[str, dict[str, float]] = defaultdict(dict)
        s, b = self.compiled.structure, self.ledger
        for pool, process, out, amount in zip(
            b.pool.tolist(), b.process.tolist(), b.out.tolist(), amounts.tolist(), strict=True
        ):
            if amount > 0:
                (made if out else taken)[s.pools[pool]][s.processes[process]] = amount
        return made, taken

    def from_yards(self, material: str) -> float:
        """What yards give of a material: listed as givers, and driven; native units a year."""
        handed = self.ledger.state.handed
        listed = sum(
            float(handed[i])
            for i, side in self.listed[material]
            if side != TAKER and self.compiled.entries[i].kind == "stock"
        )
        return listed + self._dug.get(material, 0.0)

    @cached_property
    def _dug(self) -> dict[str, float]:
        """Material → what yards are driven to give."""
        found: dict[str, float] = defaultdict(float)
        for (material, node), amount in self.outside.items():
            if node in self.system.stocks:
                found[material] += amount
        return found

    def _bought(self, material: str) -> float:
        """What comes over the boundary, and what is short (it exists for nobody)."""
        state = self.ledger.state
        imported = sum(
            float(state.handed[i])
            for i, side in self.listed[material]
            if side != TAKER and self.compiled.entries[i].kind == "import"
        )
        supplied = self.outside.get((material, "import"), 0.0)
        return imported + supplied + float(state.shortage[self.at[material]])

    def takers(self, material: str) -> list[Taker]:
        """Who takes a material, in the order of its list; then who takes it as a side input."""
        found = [self._listed_taker(i) for i, side in self.listed[material] if side == TAKER]
        named = {t.node for t in found if t.process}
        for p, amount in self.taken.get(material, {}).items():
            if p not in named:
                process = self.system.processes[p]
                found.append(Taker(p, amount, process.fate, True, self._basis(process)))
        found.append(Taker("export", self.outside.get((material, "export"), 0.0), "utilisation", False))
        left = float(self.ledger.state.surplus[self.at[material]])
        found.append(Taker("surplus", left, "dumped", False))
        return [t for t in found if t.amount > 0]

    def _listed_taker(self, i: int) -> Taker:
        entry, amount = self.compiled.entries[i], float(self.ledger.state.handed[i])
        fate = entry_fate(self.system, entry)
        basis: str = entry.basis
        if entry.kind == "process" and not basis:
            basis = self._basis(self.system.processes[entry.node])
        return Taker(entry.node, amount, fate, entry.kind == "process", basis)

    def _basis(self, process: Process) -> str:
        """Who vouches for a process's size: its own word, else that of its drive."""
        driven = self.system.drive.get(process.id)
        return process.basis or (driven.basis if driven else "")

    def residue(self, process: str, material: str) -> Residue | None:
        """What of an output is left of waste that the process takes; None where all of it is new."""
        record = self.system.processes[process]
        parents = parents_of(self.system, record, material)
        if parents is None:
            return None
        taken = {m: self._inputs.get(m, {}).get(process, 0.0) * self.equal[m] for m in parents.taken}
        whole = sum(taken.values())
        if whole <= 0:
            return None
        if parents.stated:
            return Residue(1.0, taken)
        made = sum(self._outputs.get(m, {}).get(process, 0.0) * self.equal[m] for m in parents.together)
        return Residue(min(1.0, whole / made) if made > 0 else 1.0, taken)

    @cached_property
    def residues(self) -> dict[tuple[str, str], Residue]:
        """(process, waste) → what of it is left of other waste."""
        found = ((p, m, self.residue(p, m)) for m in self.pools for p in self._outputs.get(m, {}))
        return {(p, m): r for p, m, r in found if r is not None}

    def new(self, process: str, material: str) -> float:
        """Of what a process makes of a waste, the share that is new."""
        found = self.residues.get((process, material))
        return 1.0 if found is None else 1.0 - found.share

    def arises(self, material: str) -> bool:
        """Whether some process may make a waste anew, or none makes it at all."""
        makers = self._outputs.get(material, {})
        return not makers or any(self.new(p, material) > 0 for p in makers)

    @cached_property
    def shares(self) -> dict[str, dict[str, float]]:
        """Waste → waste that it comes from → own tonnes of that in one native unit of its pool.

        A = T·A + B: T by residues of other pools, B by what is made anew and what yards give.
        """
        at = {m: i for i, m in enumerate(self.pools)}
        rows, columns, values = [], [], []
        sources: dict[str, dict[int, float]] = defaultdict(dict)
        for m in self.pools:
            for root, amount in self._origins(m):
                sources[root][at[m]] = sources[root].get(at[m], 0.0) + amount
            for parent, share in self.handed_on(m):
                rows.append(at[m])
                columns.append(at[parent])
                values.append(share)
        found: dict[str, dict[str, float]] = {m: {} for m in self.pools}
        handed_on = set(columns)
        linked = [r for r, mine in sources.items() if handed_on.intersection(mine)]
        for root in sources.keys() - set(linked):
            for i, amount in sources[root].items():
                found[self.pools[i]][root] = amount
        links = np.array(rows, np.int64), np.array(columns, np.int64)
        for start in range(0, len(linked), AT_ONCE):
            some = linked[start : start + AT_ONCE]
            for i, j, amount in _spread(len(at), links, np.array(values), [sources[r] for r in some]):
                found[self.pools[i]][some[j]] = amount
        return found

    def supply(self, material: str) -> float:
        """All that comes into a pool, native units a year."""
        made = sum(self.made.get(material, {}).values())
        return made + self.from_yards(material) + self._bought(material)

    def _origins(self, material: str) -> Iterator[tuple[str, float]]:
        """(waste, own tonnes a native unit of the pool) by what is made anew and what yards give."""
        supply = self.supply(material)
        if supply <= 0:
            return
        new = sum(a * self.new(p, material) for p, a in self.made.get(material, {}).items())
        own = (new + self.from_yards(material)) * self.equal[material] / supply
        if own > 0:
            yield self.root[material], own

    def handed_on(self, material: str) -> Iterator[tuple[str, float]]:
        """(waste taken, share of its own tonnes that one native unit of the pool carries on)."""
        supply = self.supply(material)
        for process, amount in self.made.get(material, {}).items():
            found = self.residues.get((process, material))
            if found is None:
                continue
            whole = sum(found.taken.values())
            left = amount * self.equal[material] * found.share
            for parent, taken in found.taken.items():
                if taken > 0:
                    yield parent, left * taken / self.equal[parent] / whole / supply

    @cached_property
    def families(self) -> dict[str, list[str]]:
        """Waste → the pools that hold some of it, its own among them, in their order."""
        found: dict[str, list[str]] = defaultdict(list)
        for m in self.pools:
            for root in {m: None, **self.shares[m]}:
                found[root].append(m)
        return dict(found)

    @cached_property
    def own(self) -> dict[str, float]:
        """Waste → share of its pool's supply that the park made or had in its yards."""
        return {
            m: min(1.0, sum(of.values()) / self.equal[m]) if self.equal[m] else 0.0
            for m, of in self.shares.items()
        }

    @cached_property
    def taken_up(self) -> Uptake:
        """How far the products of processes are taken."""
        return uptake(self.ledger)

    @cached_property
    def uptake(self) -> dict[str, float]:
        """Process → share of its products that finds somebody."""
        return dict(zip(self.compiled.structure.processes, self.taken_up.process.tolist(), strict=True))

    @cached_property
    def _leftovers(self) -> dict[str, Leftover | None]:
        """Process whose products are not all taken → what is left over."""
        low = np.flatnonzero(self.taken_up.process < 1.0).tolist()
        return {self.compiled.structure.processes[i]: self.taken_up.leftover(i) for i in low}

    def left_over(self, process: str, material: str, root: str) -> float:
        """Own tonnes of a waste that a process hands on with one native unit of an output."""
        found = self.residues.get((process, material))
        if found is None:
            return 0.0
        whole = sum(found.taken.values())
        mine = sum(t / self.equal[m] * self.shares[m].get(root, 0.0) for m, t in found.taken.items())
        return self.equal[material] * found.share * mine / whole

    def flow(self, waste: str) -> WasteFlow:
        """Where a waste goes, its residues counted as it."""
        family = self.families[waste]
        uses: dict[tuple[str, Fate, str], float] = defaultdict(float)
        for m in family:
            own = self.shares[m].get(waste, 0.0)
            for taker in self.takers(m) if own else ():
                uses[taker.node, taker.fate, taker.basis] += taker.amount * own
        for m in family:
            for process, amount in self.made.get(m, {}).items():
                self._take_off(uses, process, amount * self.left_over(process, m, waste))
        yards = sum(self.from_yards(m) * self.equal[m] for m in family if self.root[m] == waste)
        made = {
            p: a * self.equal[waste] * new
            for p, a in self.made.get(waste, {}).items()
            if (new := self.new(p, waste)) > 0
        }
        return WasteFlow(waste, made, tuple(self._sold(uses)), yards, self.in_tonnes(waste))

    def in_tonnes(self, waste: str) -> bool:
        """Whether the tonnes of a waste and its residues are known."""
        members = self.families.get(waste, ())
        return all(tonnes_per_unit(self.system.materials[m]) is not None for m in members)

    def _take_off(self, uses: dict[tuple[str, Fate, str], float], process: str, left: float) -> None:
        """What leaves a process as a residue has not been utilised there."""
        mine = [key for key in uses if key[0] == process] if left else []
        whole = sum(uses[key] for key in mine)
        for key in mine:
            uses[key] -= left * uses[key] / whole if whole else 0.0

    def _sold(self, uses: Mapping[tuple[str, Fate, str], float]) -> Iterator[Use]:
        """What processes use counts as far as their products are taken; the rest is unsold."""
        for (node, fate, basis), amount in uses.items():
            u = self.uptake.get(node, 1.0) if fate == "utilisation" else 1.0
            yield Use(node, amount * u, fate, basis)
            if u < 1.0:
                yield Use(node, amount * (1.0 - u), "unsold", basis, self._leftovers[node])


def waste_flows(ledger: Ledger) -> dict[str, WasteFlow]:
    """Every waste that some process may make anew, or that none makes → where it goes."""
    accounts = WasteAccounts(ledger)
    parents = [m.id for m in ledger.system.materials.values() if m.waste and not m.residue_of]
    return {p: accounts.flow(p) for p in parents if p in accounts.at and accounts.arises(p)}


def _spread(
    n: int,
    links: tuple[np.ndarray, np.ndarray],
    values: np.ndarray,
    sources: list[dict[int, float]],
) -> Iterator[tuple[int, int, float]]:
    """(pool, source, amount) of A = T·A + B, a column of B a source; what no source reaches stays 0."""
    side = np.zeros((n, len(sources)))
    for j, mine in enumerate(sources):
        side[list(mine), j] = list(mine.values())
    rows, columns = links
    reached: Bools = np.asarray(side.any(axis=1))
    while True:
        more = reached.copy()
        more[rows[reached[columns]]] = True
        if (more == reached).all():
            break
        reached = more
    kept = np.where(reached[rows] & reached[columns], values, 0.0)
    found = linear.solve(linear.remembered_plan(n, rows, columns), kept, side)
    for i, j in zip(*np.nonzero(found), strict=True):
        yield int(i), int(j), float(found[i, j])


def _lineage(system: System, material: str) -> tuple[str, float]:
    """The waste that a residue comes from, however many steps back, and what 1 t counts as of it."""
    equal = 1.0
    while system.materials[material].residue_of:
        equal *= system.materials[material].parent_equivalent.value
        material = system.materials[material].residue_of
    return material, equal
