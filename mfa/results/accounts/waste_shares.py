"""The linear systems behind accounts of wastes gone through backwards: whose waste a pool holds, uptake.

What the shares of pools and of products are worth becomes what amounts and coefficients are worth, with the
systems of `waste_flows.py` and `uptake.py` transposed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from mfa.engine import linear
from mfa.engine.network import TAKER, Floats
from mfa.results.accounts.ledger import Ledger
from mfa.results.accounts.uptake import ways_out
from mfa.results.accounts.waste_flows import WasteAccounts

EQUAL = 1e-9  # of an amount: what two cases differ by less stands between them


@dataclass(frozen=True)
class Residue:
    """Of an output the share left of wastes that are taken.

    Attributes
    ----------
    flow : of the output
    taken : waste → its flow into the process
    made : (waste, flow) of the outputs that are left together; none where it is stated whose residue it is
    whole, whole_made : tonnes of the wastes taken and of the outputs made, per unit of level
    """

    flow: int
    share: float
    taken: Mapping[str, int]
    made: tuple[tuple[str, int], ...]
    whole: float
    whole_made: float


class Shares:
    """What everything is worth so far.

    Attributes
    ----------
    amount, coefficient, kinks : (flow,); entry, outside, surplus, shortage : as in `Weights`
    uptake : (process,) how far its products are taken
    share, whole : (process, waste) → the share of its output that is left of others, tonnes of these
    whose_of : (pool, waste) → own tonnes of the waste in a unit of the pool
    """

    def __init__(
        self, ledger: Ledger, books: WasteAccounts, found: Mapping[tuple[str, str], Residue]
    ) -> None:
        b = ledger
        self.b, self.books, self.found, self.u = b, books, found, books.taken_up.process
        self.process_at = {p: i for i, p in enumerate(b.compiled.structure.processes)}
        self.amount, self.coefficient = np.zeros(len(b.pool)), np.zeros(len(b.pool))
        self.kinks = np.zeros(len(b.pool))
        self.entry, self.outside = np.zeros(len(b.compiled.entries)), np.zeros(len(b.compiled.outside))
        self.surplus, self.shortage = np.zeros(len(b.materials)), np.zeros(len(b.materials))
        self.uptake = np.zeros(len(b.processes))
        self.share: dict[tuple[str, str], float] = defaultdict(float)
        self.whole: dict[tuple[str, str], float] = defaultdict(float)
        self.whose_of: dict[tuple[str, str], float] = defaultdict(float)
        self.made_by: dict[str, list[tuple[str, int]]] = defaultdict(list)
        s = b.compiled.structure
        for flow in np.flatnonzero(b.out).tolist():
            self.made_by[s.pools[b.pool[flow]]].append((s.processes[b.process[flow]], flow))

    def from_yards_of(self, material: str, worth: float) -> None:
        """What yards give of a material is worth that much."""
        c = self.b.compiled
        for i, side in self.books.listed[material]:
            if side != TAKER and c.entries[i].kind == "stock":
                self.entry[i] += worth
        for i, one in enumerate(c.outside):
            if one.pool == self.books.at[material] and one.node in self.b.system.stocks:
                self.outside[i] += worth

    # ------------------------------------------------------------ whose waste a pool holds
    def whose(self) -> None:
        """Back through A = T·A + B to amounts, coefficients and shares of residues."""
        books = self.books
        at = {m: i for i, m in enumerate(books.pools)}
        roots = sorted({r for _, r in self.whose_of})
        if not roots:
            return
        side = np.zeros((len(at), len(roots)))
        for (m, r), worth in self.whose_of.items():
            side[at[m], roots.index(r)] = worth
        links = list(self._links())
        rows = np.array([at[m] for m, *_ in links], np.int64)
        columns = np.array([at[t] for _, t, *_ in links], np.int64)
        values = np.array([v for *_, v in links], float)
        plan = linear.remembered_plan(len(at), columns, rows)
        found = linear.solve(plan, values, side)
        for m, i in at.items():
            self._of_pool(m, found[i], roots)

    def _links(self) -> Iterator[tuple[str, str, float]]:
        """(waste, waste that it is left of, T) where there is anything of both."""
        books = self.books
        for m in books.pools:
            for parent, share in books.handed_on(m):
                if books.shares[m] and books.shares[parent]:
                    yield m, parent, share

    def _of_pool(self, material: str, worth: Floats, roots: list[str]) -> None:
        """Back from the shares of one pool: (root,) what they are worth."""
        books, supply, equal = self.books, self.books.supply(material), self.books.equal[material]
        if supply <= 0 or not worth.any():
            return
        root = books.root[material]
        mine = float(worth[roots.index(root)]) if root in roots else 0.0
        per, total = mine * equal / supply, 0.0
        self.from_yards_of(material, per)
        total += books.from_yards(material) * per
        for process, flow in self.made_by[material]:
            amount, found = float(self.b.amount[flow]), self.found.get((process, material))
            new = 1.0 - (found.share if found else 0.0)
            self.amount[flow] += per * new
            total += per * new * amount
            if found:
                self.share[process, material] -= per * amount
                total += self._handed_on(process, material, worth, roots, supply)
        self._supplied(material, -total / supply)

    def _handed_on(
        self, process: str, material: str, worth: Floats, roots: list[str], supply: float
    ) -> float:
        """Back from what a residue carries on, a·E·share·c ÷ (W·supply); what the link is worth in all."""
        found, books, c = self.found[process, material], self.books, self.b.compiled.values.coefficient
        amount, equal, total = float(self.b.amount[found.flow]), books.equal[material], 0.0
        for t, flow in found.taken.items():
            link = sum(float(w) * books.shares[t].get(r, 0.0) for w, r in zip(worth, roots, strict=True))
            per = equal / (found.whole * supply)
            value = link * amount * found.share * float(c[flow]) * per
            self.amount[found.flow] += link * found.share * float(c[flow]) * per
            self.share[process, material] += link * amount * float(c[flow]) * per
            self.coefficient[flow] += link * amount * found.share * per
            self.whole[process, material] -= value / found.whole
            total += value
        return total

    def _supplied(self, material: str, worth: float) -> None:
        """All that comes into a pool is worth that much."""
        c, pool = self.b.compiled, self.books.at[material]
        for _, flow in self.made_by[material]:
            self.amount[flow] += worth
        self.from_yards_of(material, worth)
        for i, side in self.books.listed[material]:
            if side != TAKER and c.entries[i].kind == "import":
                self.entry[i] += worth
        for i, one in enumerate(c.outside):
            if (one.pool, one.node) == (pool, "import"):
                self.outside[i] += worth
        self.shortage[pool] += worth

    # ------------------------------------------------------------ shares of residues, uptake
    def residues(self) -> None:
        """Back from the shares of outputs that are left of wastes, min(1, W ÷ M), to the recipes."""
        books = self.books
        for key, found in self.found.items():
            whole, share = self.whole[key], self.share[key]
            if found.made and found.whole_made > 0:
                if abs(found.whole - found.whole_made) <= EQUAL * found.whole_made:
                    self.kinks[[f for _, f in found.made] + list(found.taken.values())] = 1.0
                elif found.whole < found.whole_made:
                    whole += share / found.whole_made
                    for m, flow in found.made:
                        self.coefficient[flow] -= share * found.share / found.whole_made * books.equal[m]
            for m, flow in found.taken.items():
                self.coefficient[flow] += whole * books.equal[m]

    def products(self) -> None:
        """Back from how far products are taken, x = fixed + M·x, to what leaves each pool, and recipes."""
        b, up = self.b, self.books.taken_up
        n, m = len(b.processes), len(b.materials)
        if not self.uptake.any():
            return
        makes, taking = up.weight > 0, up.share > 0
        rows = np.concatenate([b.process[makes], n + b.pool[taking]])
        columns = np.concatenate([n + b.pool[makes], b.process[taking]])
        values = np.concatenate([up.weight[makes], up.share[taking]])
        there = np.concatenate([up.process, up.pool]) > 0
        kept = np.where(there[rows] & there[columns], values, 0.0)
        plan = linear.remembered_plan(n + m, columns, rows)
        worth = linear.solve(plan, kept, np.append(self.uptake, np.zeros(m)))
        process, pool = np.where(there, worth, 0.0)[:n], np.where(there, worth, 0.0)[n:]
        of_weight = np.where(makes, process[b.process] * up.pool[b.pool], 0.0)
        mean = b.by_process(of_weight * up.weight)
        c = b.compiled.values.coefficient
        self.coefficient += np.where(makes, up.weight / c * (of_weight - mean[b.process]), 0.0)
        per = np.divide(pool, up.outflow, out=np.zeros(m), where=up.outflow > 0)
        gone = -per * up.pool
        self.amount += np.where(taking, per[b.pool] * up.process[b.process], 0.0)
        self.amount += np.where(b.out, 0.0, gone[b.pool])
        self.surplus += gone
        leaves, sure, sold = ways_out(b)
        self.entry += np.where(leaves, gone[b.entry_pool], 0.0) + np.where(sure, per[b.entry_pool], 0.0)
        self.outside += np.where(sold, (gone + per)[b.outside_pool], 0.0)
