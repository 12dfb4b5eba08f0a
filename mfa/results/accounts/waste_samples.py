"""Accounts of wastes of many samples at once: what `waste_flows.py` does, on (sample,) arrays.

Whose waste a pool holds and how far products are taken are linear systems with a matrix a sample;
they are summed up term by term (A = B + T·B + T²·B …), which ends where residues of residues do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mfa.checks.residues import parents_of
from mfa.engine.batch import BatchState
from mfa.engine.network import TAKER, Bools, Floats, Ints, Values
from mfa.properties import energy_content, tonnes_per_unit
from mfa.results.accounts.ledger import Ledger
from mfa.results.accounts.uptake import KEPT, WHOLE, is_product, taken_up
from mfa.results.accounts.waste import Account, entry_fate
from mfa.results.accounts.waste_flows import WasteAccounts
from mfa.system import Fate

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

TERMS = 200  # of the sums; a recycle that keeps 0.9 of a residue is at rounding after that
FEW_TERMS = 40  # of how far products are taken; then it is quicker to solve what is left sample by sample
STILL = 1e-16  # of what is summed: a term below it is rounding
FIELDS = tuple(Account.__dataclass_fields__)


class Residues(NamedTuple):
    """Of an output: the share that is left of wastes taken, and how much of each a unit of level takes."""

    share: Floats
    taken: Mapping[str, Floats]
    whole: Floats


class WasteSamples:
    """The wastes of many samples of one network.

    Parameters
    ----------
    ledger : of the central run, whose records and orders the samples share
    values, state : (…, sample) figures and solutions

    Attributes
    ----------
    open : (sample,) samples whose sums do not settle
    """

    def __init__(self, ledger: Ledger, values: Values, state: BatchState) -> None:
        self.ledger, self.values, self.state = ledger, values, state
        self.system, self.structure = ledger.system, ledger.compiled.structure
        self.central = WasteAccounts(ledger)
        self.amount: Floats = values.coefficient * state.level[self.structure.flow_process]
        self.size = self.amount.shape[1]
        self.open = np.zeros(self.size, bool)
        self.at = self.central.at
        self.process_at = {p: i for i, p in enumerate(self.structure.processes)}
        self.made, self.taken = self._flows()
        self._known: dict[str, dict[tuple[str, Fate], Floats]] = {}

    def _flows(self) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
        """Material → process → its flow, of outputs and of inputs."""
        made: dict[str, dict[str, int]] = defaultdict(dict)
        taken: dict[str, dict[str, int]] = defaultdict(dict)
        s = self.structure
        rows = zip(s.flow_pool.tolist(), s.flow_process.tolist(), s.flow_side.tolist(), strict=True)
        for flow, (pool, process, side) in enumerate(rows):
            (made if side > 0 else taken)[s.pools[pool]][s.processes[process]] = flow
        return made, taken

    def _nothing(self) -> Floats:
        return np.zeros(self.size)

    # ------------------------------------------------------------ supplies
    def _entries(self, material: str, kind: str) -> Iterator[Floats]:
        """What the givers of a kind give."""
        for i, side in self.central.listed[material]:
            if side != TAKER and self.ledger.compiled.entries[i].kind == kind:
                yield self.state.handed[i]

    def _outside(self, material: str) -> Iterator[tuple[str, Floats]]:
        for i, fixed in enumerate(self.ledger.compiled.outside):
            if fixed.pool == self.at[material]:
                yield fixed.node, self.values.outside[i]

    def from_yards(self, material: str) -> Floats:
        """What yards give, native units a year."""
        driven = (a for node, a in self._outside(material) if node in self.system.stocks)
        return sum((*self._entries(material, "stock"), *driven), self._nothing())

    def _supply(self, material: str) -> Floats:
        made = (self.amount[f] for f in self.made[material].values())
        bought = (a for node, a in self._outside(material) if node == "import")
        parts = (*made, *self._entries(material, "import"), *bought)
        start: Floats = self.from_yards(material) + self.state.shortage[self.at[material]]
        return sum(parts, start)

    # ------------------------------------------------------------ residues and shares
    @cached_property
    def residues(self) -> Mapping[tuple[str, str], Residues]:
        """(process, waste) → what of it is left of other waste."""
        found = {}
        for m in self.central.pools:
            for p in self.made[m]:
                one = self._residue(p, m)
                if one is not None:
                    found[p, m] = one
        return found

    def _residue(self, process: str, material: str) -> Residues | None:
        parents = parents_of(self.system, self.system.processes[process], material)
        flows = {m: self.taken[m].get(process) for m in parents.taken} if parents else {}
        equal, coefficient = self.central.equal, self.values.coefficient
        taken = {m: coefficient[f] * equal[m] for m, f in flows.items() if f is not None}
        whole = sum(taken.values(), self._nothing())
        if parents is None or not (whole > 0).all():
            return None
        if parents.stated:
            return Residues(np.ones(self.size), taken, whole)
        outputs = ((m, self.made[m].get(process)) for m in parents.together)
        made = sum((coefficient[f] * equal[m] for m, f in outputs if f is not None), self._nothing())
        return Residues(np.minimum(1.0, whole / made), taken, whole)

    def _new(self, process: str, material: str) -> Floats | float:
        found = self.residues.get((process, material))
        return 1.0 if found is None else 1.0 - found.share

    @cached_property
    def shares(self) -> Mapping[str, Mapping[str, Floats]]:
        """Waste → waste that it comes from → own tonnes of that in one native unit of its pool."""
        pools, root, equal = self.central.pools, self.central.root, self.central.equal
        term: dict[str, dict[str, Floats]] = {m: {} for m in pools}
        on: dict[str, list[tuple[str, Floats]]] = defaultdict(list)
        for m in pools:
            supply = self._supply(m)
            per = np.divide(1.0, supply, out=np.zeros(self.size), where=supply > 0)
            new = sum((self.amount[f] * self._new(p, m) for p, f in self.made[m].items()), self._nothing())
            term[m][root[m]] = (new + self.from_yards(m)) * equal[m] * per
            for p, f in self.made[m].items():
                found = self.residues.get((p, m))
                if found is not None:
                    left = self.amount[f] * equal[m] * found.share * per / found.whole
                    on[m] += [(parent, left * t / equal[parent]) for parent, t in found.taken.items()]
        made = {m: dict(of) for m, of in term.items()}
        for _ in range(TERMS):
            term = self._next(term, on)
            if not any(a.any() for of in term.values() for a in of.values()):
                return made
            for m, of in term.items():
                for r, a in of.items():
                    made[m][r] = made[m].get(r, 0.0) + a
        self._close(term)
        return made

    def _next(
        self, term: Mapping[str, Mapping[str, Floats]], on: Mapping[str, Sequence[tuple[str, Floats]]]
    ) -> dict[str, dict[str, Floats]]:
        """What one more step hands on; what is rounding is nothing."""
        made: dict[str, dict[str, Floats]] = defaultdict(dict)
        for m, links in on.items():
            for parent, share in links:
                for r, a in term.get(parent, {}).items():
                    made[m][r] = made[m].get(r, 0.0) + share * a
        equal = self.central.equal
        return {
            m: {r: np.where(np.abs(a) > STILL * equal[m], a, 0.0) for r, a in of.items()}
            for m, of in made.items()
        }

    def _close(self, term: Mapping[str, Mapping[str, Floats]]) -> None:
        for of in term.values():
            for a in of.values():
                self.open |= np.abs(a) > 0

    @cached_property
    def families(self) -> Mapping[str, list[str]]:
        """Waste → the pools that hold some of it, its own among them."""
        found: dict[str, list[str]] = defaultdict(list)
        for m in self.central.pools:
            for r in {m: None, **self.shares[m]}:
                found[r].append(m)
        return found

    def _left_over(self, process: str, material: str, root: str) -> Floats | None:
        """Own tonnes of a waste that a process hands on with one native unit of an output."""
        found = self.residues.get((process, material))
        if found is None:
            return None
        equal = self.central.equal
        parts = (t / equal[m] * self.shares[m].get(root, 0.0) for m, t in found.taken.items())
        return equal[material] * found.share * sum(parts, self._nothing()) / found.whole

    # ------------------------------------------------------------ how far products are taken
    @cached_property
    def uptake(self) -> Floats:
        """(process, sample) share of its products that finds somebody (`uptake.py`)."""
        s, b = self.structure, self.ledger
        goods = b.per_pool(is_product) > 0
        n, m = len(s.processes), len(s.pools)
        to_process, to_pool = _gather(s.flow_process, n), _gather(s.flow_pool, m)
        weight = self._weights(goods, to_process)
        outflow, sure = self._outflows(to_pool)
        per = np.divide(1.0, outflow, out=np.zeros(outflow.shape), where=outflow > 0)
        taking = ~b.out & goods[b.pool]
        share = np.where(taking[:, None], self.amount * per[b.pool], 0.0)
        makes = np.asarray((to_process @ (weight > 0)).astype(float))
        u_term = np.where(makes > 0, 0.0, 1.0)
        sigma_term = np.where(outflow > 0, sure * per, 1.0)
        u, sure_of = u_term.copy(), (u_term, sigma_term)
        for _ in range(FEW_TERMS):
            u_term, sigma_term = (
                to_process @ (weight * sigma_term[b.pool]),
                to_pool @ (share * u_term[b.process]),
            )
            u_term = np.where(u_term > STILL, u_term, 0.0)
            sigma_term = np.where(sigma_term > STILL, sigma_term, 0.0)
            u += u_term
            if not (u_term.any() or sigma_term.any()):
                break
        open_ = (u_term > 0).any(axis=0) | (sigma_term > 0).any(axis=0)
        makes_, takes = (weight > 0).any(axis=1), (share > 0).any(axis=1)
        rows = np.concatenate([b.process[makes_], n + b.pool[takes]])
        columns = np.concatenate([n + b.pool[makes_], b.process[takes]])
        for i in np.flatnonzero(open_).tolist():
            values = np.concatenate([weight[makes_, i], share[takes, i]])
            fixed = np.concatenate([sure_of[0][:, i], sure_of[1][:, i]])
            u[:, i] = taken_up(rows, columns, values, fixed)[:n]
        return np.where(u > 1.0 - WHOLE, 1.0, u)

    def _weights(self, goods: Bools, to_process: csr_matrix) -> Floats:
        """(flow, sample) of each product, its share of what its process makes of products."""
        b = self.ledger
        coefficient = np.where((b.out & goods[b.pool])[:, None], self.values.coefficient, 0.0)
        left = np.ones(len(self.structure.processes), bool)
        weight = np.zeros(coefficient.shape)
        for content in (tonnes_per_unit, energy_content, lambda material: 1.0):
            part = coefficient * b.per_pool(content)[b.pool][:, None]
            whole = np.asarray(to_process @ part)
            mine = left & (whole > 0).all(axis=1)
            share = np.divide(part, whole[b.process], out=np.zeros(part.shape), where=whole[b.process] > 0)
            weight += np.where(mine[b.process][:, None], share, 0.0)
            left &= ~mine
        return weight

    def _outflows(self, to_pool: csr_matrix) -> tuple[Floats, Floats]:
        """(pool, sample) all that leaves it, and how much of that is taken for certain."""
        b, c = self.ledger, self.ledger.compiled
        outflow = np.asarray(to_pool @ np.where(b.out[:, None], 0.0, self.amount))
        sure = np.zeros(outflow.shape)
        for line, entry, amount in zip(self.structure.entries, c.entries, self.state.handed, strict=True):
            if line.side != TAKER or entry.kind == "process":
                continue
            outflow[line.pool] += amount
            kept = entry.kind == "stock" and b.materials[line.pool].kind in KEPT
            used = entry.kind == "deposit" and entry.fate == "utilisation"
            if entry.kind == "export" or kept or used:
                sure[line.pool] += amount
        for fixed, amount in zip(c.outside, self.values.outside, strict=True):
            if fixed.node == "export":
                outflow[fixed.pool] += amount
                sure[fixed.pool] += amount
        return outflow + self.state.surplus, sure

    # ------------------------------------------------------------ accounts
    def _takers(self, material: str) -> Iterator[tuple[str, Fate, Floats]]:
        """Who takes a material, what becomes of it, how much."""
        named = set()
        for i, side in self.central.listed[material]:
            if side == TAKER:
                entry = self.ledger.compiled.entries[i]
                if entry.kind == "process":
                    named.add(entry.node)
                yield entry.node, entry_fate(self.system, entry), self.state.handed[i]
        for p, flow in self.taken[material].items():
            if p not in named:
                yield p, self.system.processes[p].fate, self.amount[flow]
        for node, amount in self._outside(material):
            if node == "export":
                yield "export", "utilisation", amount
        yield "surplus", "dumped", self.state.surplus[self.at[material]]

    def uses(self, waste: str) -> dict[tuple[str, Fate], Floats]:
        """(node, fate) → own tonnes, less what leaves processes as a residue."""
        if waste not in self._known:
            self._known[waste] = self._net_uses(waste)
        return self._known[waste]

    def _net_uses(self, waste: str) -> dict[tuple[str, Fate], Floats]:
        uses: dict[tuple[str, Fate], Floats] = defaultdict(self._nothing)
        family = self.families[waste]
        for m in family:
            own = self.shares[m].get(waste)
            if own is None:
                continue
            for node, fate, amount in self._takers(m):
                uses[node, fate] = uses[node, fate] + amount * own
        for m in family:
            for process, flow in self.made[m].items():
                left = self._left_over(process, m, waste)
                mine = [key for key in uses if key[0] == process]
                if left is None or not mine:
                    continue
                whole = sum((uses[key] for key in mine), self._nothing())
                off = np.divide(self.amount[flow] * left, whole, out=self._nothing(), where=whole != 0)
                for key in mine:
                    uses[key] = uses[key] * (1.0 - off)
        return uses

    def account(self, waste: str, lacking: Mapping[str, Bools] | None = None) -> Account:
        """The account of a waste, each field (sample,); uses by `lacking` processes count as dumped."""
        sums: dict[str, Floats] = defaultdict(self._nothing)
        for (node, fate), whole in self.uses(waste).items():
            believed = ~lacking[node] if lacking and node in lacking else np.ones(self.size, bool)
            sums["dumped"] = sums["dumped"] + np.where(believed, 0.0, whole)
            amount, sells = np.where(believed, whole, 0.0), fate == "utilisation" and node in self.process_at
            u = self.uptake[self.process_at[node]] if sells else 1.0
            sums[fate] = sums[fate] + amount * u
            sums["unsold"] = sums["unsold"] + amount * (1.0 - u)
        used, disposed, unsold = sums["utilisation"], sums["disposal"], sums["unsold"]
        family = [m for m in self.families[waste] if self.central.root[m] == waste]
        yards = sum((self.from_yards(m) * self.central.equal[m] for m in family), self._nothing())
        made = (self.amount[f] * self._new(p, waste) for p, f in self.made[waste].items())
        generated = sum(made, self._nothing()) * self.central.equal[waste]
        taken = used + disposed + unsold
        old = np.minimum(yards, taken)
        share = np.divide(old, taken, out=self._nothing(), where=taken > 0)
        fields = (
            *(generated, used, used * share, disposed, disposed * share),
            *(sums["storage"] - (yards - old), sums["dumped"], unsold - unsold * share),
        )
        return Account(*fields)  # type: ignore[arg-type]


def _gather(at: Ints, length: int) -> csr_matrix:
    """A matrix that adds up (flow, …) by position."""
    from scipy.sparse import csr_matrix

    n = len(at)
    return csr_matrix((np.ones(n), (at, np.arange(n))), shape=(length, n))
