"""Where each waste goes: generated, utilised, disposed, stored, dumped, in tonnes a year.

Statistical terms follow the survey of emission sources (排放源统计调查制度): general
industrial solid waste generated G, utilised U (of which from earlier storage U₀), disposed
D (of which D₀), stored S, dumped X, tied by G = (U - U₀) + S + (D - D₀) + X.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, fields

from mfa.engine.compile import Compiled
from mfa.engine.network import TAKER, State
from mfa.properties import tonnes_per_unit
from mfa.system import Entry, Fate, System

SWEEPS = 100  # the share converges by the part that a waste's residues go round with, mostly at once
SETTLED = 1e-14  # of a share, which is at most 1: some roundings
FATE_WORDS: Mapping[Fate, str] = {
    "utilisation": "utilised",
    "disposal": "disposed",
    "storage": "stored",
    "dumped": "dumped",
}
"""What has been done with a waste of each fate: a field of `Account`."""


@dataclass(frozen=True)
class Account:
    """The fate of one waste, t a year; `utilised` and `disposed` include what storage gave."""

    generated: float = 0.0
    utilised: float = 0.0
    utilised_old: float = 0.0
    disposed: float = 0.0
    disposed_old: float = 0.0
    stored: float = 0.0
    dumped: float = 0.0

    def __add__(self, other: Account) -> Account:
        return Account(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def scaled(self, factor: float) -> Account:
        """A part of the account."""
        return Account(*(getattr(self, f.name) * factor for f in fields(self)))

    def counted(self, fates: Sequence[str]) -> float:
        """What a rate of these fates (`utilised`, `disposed`) has in its numerator."""
        return math.fsum(getattr(self, fate) for fate in fates)

    def to_count(self, fates: Sequence[str]) -> float:
        """What a rate of these fates has in its denominator: generated, and what storage gave to them."""
        return math.fsum((self.generated, *(getattr(self, f"{fate}_old") for fate in fates)))

    def rate(self, fates: Sequence[str]) -> float | None:
        """The share of what there was to count that met these fates; None for 0 ÷ 0."""
        return _ratio(self.counted(fates), self.to_count(fates))

    @property
    def utilisation(self) -> float | None:
        """R = U ÷ (G + U₀), 一般工业固体废物综合利用率; None for 0 ÷ 0.

        排放源统计调查制度, explanation of terms; 绿色园区评价要求; HJ 274.

        >>> round(Account(3.6, 2.7, 0.2, 0.6, stored=0.5).utilisation, 6)
        0.710526
        """
        return self.rate(("utilised",))

    @property
    def utilisation_and_disposal(self) -> float | None:
        """R = (U + D) ÷ (G + U₀ + D₀), 综合处置利用率; HJ 274-2015 no. 24.

        >>> round(Account(3.6, 2.7, 0.2, 0.6, stored=0.5).utilisation_and_disposal, 6)
        0.868421
        """
        return self.rate(("utilised", "disposed"))

    @property
    def disposal(self) -> float | None:
        """R = D ÷ (G + D₀), 危险废物处置率 (disposal alone).

        >>> round(Account(1200, 300, 0, 850, 50, 100).disposal, 4)
        0.68
        """
        return self.rate(("disposed",))

    @property
    def gap(self) -> float:
        """G - (U - U₀) - S - (D - D₀) - X: zero where nothing is lost."""
        used = self.utilised - self.utilised_old + self.disposed - self.disposed_old
        return self.generated - used - self.stored - self.dumped


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


@dataclass(frozen=True)
class Use:
    """What one taker does with one waste (or a residue of it), counted as the parent."""

    node: str
    amount: float
    fate: Fate


@dataclass(frozen=True)
class WasteFlow:
    """One waste with its residues over one year.

    Attributes
    ----------
    made : process → amount of the waste itself, t
    uses : by every taker, own waste only, net of the residues that a process makes
    from_yards : what yards gave, t of the parent
    tonnes : whether these amounts are tonnes; no density relates a count or another unit to them
    """

    material: str
    made: Mapping[str, float]
    uses: tuple[Use, ...]
    from_yards: float
    tonnes: bool = True

    @property
    def size(self) -> float:
        """What was made and what yards gave, t; a waste of size 0 does not arise."""
        return sum(self.made.values()) + self.from_yards

    def account(self, without: Set[str] = frozenset()) -> Account:
        """The account; uses by processes in `without` are not believed and count as dumped.

        What yards give is U₀ and D₀ as the takers' fates are, never more than is used and
        disposed of; the rest of it went from storage to storage and is taken off what is stored.
        """
        sums: dict[str, float] = defaultdict(float)
        for use in self.uses:
            sums["dumped" if use.node in without else use.fate] += use.amount
        used, disposed = sums["utilisation"], sums["disposal"]
        share = used / (used + disposed) if used + disposed > 0 else 0.0
        old = min(self.from_yards, used + disposed)
        return Account(
            sum(self.made.values()),
            used,
            old * share,
            disposed,
            old * (1 - share),
            sums["storage"] - (self.from_yards - old),
            sums["dumped"],
        )


def waste_flows(system: System, compiled: Compiled, state: State) -> dict[str, WasteFlow]:
    """Every waste that is no residue → where it goes."""
    books = WasteAccounts(system, compiled, state)
    parents = [m.id for m in system.materials.values() if m.waste and not m.residue_of]
    return {p: books.flow(p) for p in parents if p in system.pools}


def arising(
    system: System, wastes: Mapping[str, WasteFlow], waste_class: str | None = None
) -> list[tuple[str, Account]]:
    """The wastes that a table or chart of wastes shows, each with its account, the largest first.

    Those counted in tonnes of which anything was made or came out of a yard; of one class
    (`industrial-solid`, `hazardous`, `domestic`) or of all.
    """
    found = [
        (m, w)
        for m, w in wastes.items()
        if w.tonnes and w.size > 0 and waste_class in (None, system.materials[m].waste)
    ]
    return [(m, w.account()) for m, w in sorted(found, key=lambda pair: -pair[1].size)]


def _lineage(system: System, material: str) -> tuple[str, float]:
    """The waste that a residue comes from, however many steps back, and what 1 t counts as of it."""
    equal = 1.0
    while system.materials[material].residue_of:
        equal *= system.materials[material].parent_equivalent.value
        material = system.materials[material].residue_of
    return material, equal


def entry_fate(system: System, entry: Entry) -> Fate:
    """What an entry does with a waste: its own word, else that of its process, stock or boundary."""
    if entry.fate:
        return entry.fate
    if entry.kind == "process":
        return system.processes[entry.node].fate
    if entry.kind == "stock":
        return system.stocks[entry.node].fate
    return "utilisation" if entry.kind == "export" else "disposal" if entry.kind == "deposit" else "dumped"


@dataclass(frozen=True)
class Taker:
    """Who takes a material, how much, and what becomes of it."""

    node: str
    amount: float
    fate: Fate
    process: bool


class WasteAccounts:
    """Supplies and takers of the waste pools, and how much of each supply is the park's own."""

    def __init__(self, system: System, compiled: Compiled, state: State) -> None:
        self.system, self.compiled, self.state = system, compiled, state
        self.made, self.taken = self._recipes()
        self.at = {m: i for i, m in enumerate(compiled.structure.pools)}
        self.listed: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for i, line in enumerate(compiled.structure.entries):
            self.listed[compiled.structure.pools[line.pool]].append((i, line.side))
        self.outside: dict[tuple[str, str], float] = defaultdict(float)
        for fixed, amount in zip(compiled.outside, compiled.values.outside.tolist(), strict=True):
            self.outside[compiled.structure.pools[fixed.pool], fixed.node] += amount
        lines = {m.id: _lineage(system, m.id) for m in system.materials.values() if m.waste or m.residue_of}
        self.root = {m: root for m, (root, _) in lines.items()}
        self.equal = {
            m: equal * (tonnes_per_unit(system.materials[m]) or 1.0) for m, (_, equal) in lines.items()
        }
        self.made_by = {m: self.made.get(m, {}) for m in self.root if m in system.pools}
        self.taken_by = {m: self._takers(m) for m in self.made_by}
        self.own = self._own_shares()

    def _recipes(self) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
        """Material → running process → what it makes, and what it takes, native units a year."""
        made: dict[str, dict[str, float]] = defaultdict(dict)
        taken: dict[str, dict[str, float]] = defaultdict(dict)
        s = self.compiled.structure
        amounts = self.compiled.values.coefficient * self.state.level[s.flow_process]
        for pool, process, side, amount in zip(
            s.flow_pool.tolist(), s.flow_process.tolist(), s.flow_side.tolist(), amounts.tolist(), strict=True
        ):
            if amount > 0:
                (made if side > 0 else taken)[s.pools[pool]][s.processes[process]] = amount
        return made, taken

    def _from_yards(self, material: str) -> float:
        """What yards give: listed as givers, and driven."""
        listed = sum(
            float(self.state.handed[i])
            for i, side in self.listed[material]
            if side != TAKER and self.compiled.entries[i].kind == "stock"
        )
        driven = sum(
            a for (m, node), a in self.outside.items() if m == material and node in self.system.stocks
        )
        return listed + driven

    def _bought(self, material: str) -> float:
        """What comes over the boundary, and what is short (it exists for nobody)."""
        imported = sum(
            float(self.state.handed[i])
            for i, side in self.listed[material]
            if side != TAKER and self.compiled.entries[i].kind == "import"
        )
        supplied = self.outside.get((material, "import"), 0.0)
        return imported + supplied + float(self.state.shortage[self.at[material]])

    def _takers(self, material: str) -> list[Taker]:
        found = [t for i, side in self.listed[material] if side == TAKER for t in self._listed_taker(i)]
        named = {t.node for t in found if t.process}
        found += [
            Taker(p, amount, self.system.processes[p].fate, True)
            for p, amount in self.taken.get(material, {}).items()
            if p not in named
        ]
        found.append(Taker("export", self.outside.get((material, "export"), 0.0), "utilisation", False))
        found.append(Taker("surplus", float(self.state.surplus[self.at[material]]), "dumped", False))
        return [t for t in found if t.amount > 0]

    def _listed_taker(self, i: int) -> list[Taker]:
        entry, amount = self.compiled.entries[i], float(self.state.handed[i])
        return [Taker(entry.node, amount, entry_fate(self.system, entry), entry.kind == "process")]

    def _own_shares(self) -> dict[str, float]:
        """Material → share of its pool's supply that the park made or had in its yards.

        A residue is the park's own as far as the waste that it was made from was.
        """
        own = dict.fromkeys(self.made_by, 1.0)
        for _ in range(SWEEPS):
            change = 0.0
            for material, made in self.made_by.items():
                share = self._own_share(material, made, own)
                change = max(change, abs(share - own[material]))
                own[material] = share
            if change <= SETTLED:
                break
        return own

    def _own_share(self, material: str, made: Mapping[str, float], own: Mapping[str, float]) -> float:
        parts = {
            p: a * (self.input_share(p, self.root[material], own) if self.is_residue(material) else 1.0)
            for p, a in made.items()
        }
        mine = sum(parts.values()) + self._from_yards(material)
        whole = sum(made.values()) + self._from_yards(material) + self._bought(material)
        return mine / whole if whole > 0 else 0.0

    def is_residue(self, material: str) -> bool:
        """Whether it is what is left of another waste."""
        return bool(self.system.materials[material].residue_of)

    def input_share(self, process: str, parent: str, own: Mapping[str, float]) -> float:
        """How much of the family of `parent` that a process takes is the park's own."""
        taken = self._family_inputs(process, parent)
        whole = sum(taken.values())
        return sum(a * own[m] for m, a in taken.items()) / whole if whole > 0 else 1.0

    def _family_inputs(self, process: str, parent: str) -> dict[str, float]:
        """The waste and its residues that a process takes, counted as the waste."""
        return {
            m: self.taken.get(m, {}).get(process, 0.0) * self.equal[m]
            for m in self.system.processes[process].inputs
            if self.root.get(m) == parent and m in self.made_by
        }

    def flow(self, parent: str) -> WasteFlow:
        """The uses of a waste and its residues."""
        family = [m for m, root in self.root.items() if root == parent and m in self.made_by]
        uses: dict[tuple[str, Fate], float] = defaultdict(float)
        for material in family:
            for taker in self.taken_by[material]:
                uses[taker.node, taker.fate] += taker.amount * self.equal[material] * self.own[material]
        for material in family:
            if self.is_residue(material):
                self._take_off_residue(material, parent, uses)
        yards = sum(self._from_yards(m) * self.equal[m] for m in family)
        found = tuple(Use(node, amount, fate) for (node, fate), amount in uses.items())
        made = {p: a * self.equal[parent] for p, a in self.made_by[parent].items()}
        tonnes = all(tonnes_per_unit(self.system.materials[m]) is not None for m in family)
        return WasteFlow(parent, made, found, yards, tonnes)

    def _take_off_residue(self, material: str, parent: str, uses: dict[tuple[str, Fate], float]) -> None:
        """What leaves a process as a residue has not been utilised there."""
        for process, amount in self.made_by[material].items():
            mine = amount * self.equal[material] * self.input_share(process, parent, self.own)
            fates = [key for key in uses if key[0] == process]
            whole = sum(uses[key] for key in fates)
            for key in fates:
                uses[key] -= mine * uses[key] / whole if whole else 0.0
