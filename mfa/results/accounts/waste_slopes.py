"""What each amount of a run is worth to an account of wastes: its exact derivatives, gone through backwards.

Whose waste a pool holds, what leaves a process as a residue and how far products are taken depend on the
flows themselves (`waste_flows.py`, `uptake.py`). Here the same formulas are differentiated from the account
back to the amounts, with the two linear systems transposed; cases (a residue is all that is left, yards give
more than is used) stay as in the run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.checks.residues import parents_of
from mfa.engine.network import TAKER, Floats
from mfa.results.accounts.ledger import Ledger, Weights
from mfa.results.accounts.waste import entry_fate
from mfa.results.accounts.waste_flows import WasteAccounts
from mfa.results.accounts.waste_shares import EQUAL, Residue, Shares


@dataclass(frozen=True)
class AccountSlopes:
    """The derivatives of an indicator, or of a sum of fields of `Account`.

    Attributes
    ----------
    weights : by each amount of the run
    coefficient : (flow,) by each coefficient beyond the amounts that it moves
    kinks : (flow,) coefficients at which a case of the account changes; all of them where a yard gives
        exactly what is used
    """

    weights: Weights
    coefficient: Floats
    kinks: Floats


class WasteSlopes:
    """Derivatives of the accounts of wastes of one run."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.books = ledger, WasteAccounts(ledger)
        self.process_at = {p: i for i, p in enumerate(ledger.compiled.structure.processes)}

    def of(self, wastes: Iterable[str], worth: Mapping[str, float]) -> AccountSlopes:
        """Of Σ worth · field of the accounts of some wastes, added up.

        Parameters
        ----------
        worth : field of `Account` → what a tonne of it is worth
        """
        back = _Back(self.ledger, self.books, self.residues)
        for waste in wastes:
            if waste in self.books.at:
                back.account(waste, worth)
        back.whose()
        back.residues()
        back.products()
        b, c = self.ledger, back
        weights = b.weights(
            flow=c.amount, entry=c.entry, outside=c.outside, surplus=c.surplus, shortage=c.shortage
        )
        return AccountSlopes(weights, c.coefficient, c.kinks)

    @cached_property
    def residues(self) -> Mapping[tuple[str, str], Residue]:
        """(process, waste) → what of it is left of other waste, by the flows behind it."""
        return dict(self._residues())

    def _residues(self) -> Iterator[tuple[tuple[str, str], Residue]]:
        books, b = self.books, self.ledger
        coefficient = b.compiled.values.coefficient
        for (process, material), found in books.residues.items():
            p, at = self.process_at[process], books.at
            parents = parents_of(books.system, books.system.processes[process], material)
            assert parents is not None
            flows = {m: b.flow_at.get((at[m], p, -1)) for m in found.taken if m in at}
            taken = {m: f for m, f in flows.items() if f is not None}
            outputs = ((m, b.flow_at.get((at[m], p, 1))) for m in parents.together if m in at)
            made = () if parents.stated else tuple((m, f) for m, f in outputs if f is not None)
            whole = sum(float(coefficient[f]) * books.equal[m] for m, f in taken.items())
            whole_made = sum(float(coefficient[f]) * books.equal[m] for m, f in made)
            flow = b.flow_at[at[material], p, 1]
            yield (process, material), Residue(flow, found.share, taken, made, whole, whole_made)


class _Back(Shares):
    """What everything is worth so far, from the accounts of some wastes on."""

    def account(self, waste: str, worth: Mapping[str, float]) -> None:
        """From the fields of the account of a waste to uses, yards and what is generated."""
        uses, left = self._uses(waste), self._left(waste)
        sums: dict[str, float] = defaultdict(float)
        for (node, fate), terms in uses.items():
            amount = sum(x * a for x, _, _, a, _ in terms) * self._kept(uses, left, node)
            u = self._u(node, fate)
            sums[fate] += amount * u
            sums["unsold"] += amount * (1 - u)
        by_fate, yards, generated = self._fields(waste, sums, worth)
        self._yards(waste, yards)
        for process, flow in self.made_by[waste]:
            found, equal = self.found.get((process, waste)), self.books.equal[waste]
            self.amount[flow] += generated * equal * (1 - (found.share if found else 0.0))
            if found:
                self.share[process, waste] -= generated * equal * float(self.b.amount[flow])
        self._back_to_uses(waste, uses, left, by_fate)

    def _u(self, node: str, fate: str) -> float:
        at = self.process_at.get(node)
        return float(self.u[at]) if fate == "utilisation" and at is not None else 1.0

    def _given(self, waste: str) -> float:
        family = [m for m in self.books.pools if self.books.root[m] == waste]
        return sum(self.books.from_yards(m) * self.books.equal[m] for m in family)

    def _fields(
        self, waste: str, sums: Mapping[str, float], worth: Mapping[str, float]
    ) -> tuple[dict[str, float], float, float]:
        """Fate → what its sum is worth, what yards give is worth, what is generated is worth."""
        w: dict[str, float] = defaultdict(float, worth)
        given = self._given(waste)
        used, disposed, unsold = (sums[k] for k in ("utilisation", "disposal", "unsold"))
        taken = used + disposed + unsold
        share, per_taken = (min(given, taken) / taken, 1 / taken) if taken > 0 else (0.0, 0.0)
        of_share = used * w["utilised_old"] + disposed * w["disposed_old"] - unsold * w["unsold"]
        old, whole, yards = w["stored"] + of_share * per_taken, -of_share * share * per_taken, -w["stored"]
        if given < taken:
            yards += old
        else:
            whole += old
        if given > 0 and abs(given - taken) <= EQUAL * taken:
            self.kinks[:] = 1.0
        by_fate = {
            "utilisation": w["utilised"] + w["utilised_old"] * share + whole,
            "disposal": w["disposed"] + w["disposed_old"] * share + whole,
            "unsold": w["unsold"] * (1 - share) + whole,
            "storage": w["stored"],
            "dumped": w["dumped"],
        }
        return by_fate, yards, w["generated"]

    def _yards(self, waste: str, worth: float) -> None:
        for material in (m for m in self.books.pools if self.books.root[m] == waste):
            self.from_yards_of(material, worth * self.books.equal[material])

    def _uses(self, waste: str) -> dict[tuple[str, str], list[tuple[float, Floats, int, float, str]]]:
        """(node, fate) → (amount, the array and place of what it is worth, own tonnes in it, pool)."""
        c, books = self.b.compiled, self.books
        made: dict[tuple[str, str], list[tuple[float, Floats, int, float, str]]] = defaultdict(list)
        for m in books.families[waste]:
            own, pool, named = books.shares[m].get(waste, 0.0), books.at[m], set()
            for i, side in books.listed[m]:
                if side == TAKER:
                    record = c.entries[i]
                    if record.kind == "process":
                        named.add(record.node)
                    fate = entry_fate(self.b.system, record)
                    made[record.node, fate].append((float(self.b.state.handed[i]), self.entry, i, own, m))
            for flow in np.flatnonzero((self.b.pool == pool) & ~self.b.out).tolist():
                process = self.b.processes[self.b.process[flow]]
                if process.id not in named:
                    amount = float(self.b.amount[flow])
                    made[process.id, process.fate].append((amount, self.amount, flow, own, m))
            for i, one in enumerate(c.outside):
                if (one.pool, one.node) == (pool, "export"):
                    amount = float(c.values.outside[i])
                    made["export", "utilisation"].append((amount, self.outside, i, own, m))
            left = float(self.b.state.surplus[pool])
            made["surplus", "dumped"].append((left, self.surplus, pool, own, m))
        return made

    def _left(self, waste: str) -> dict[str, list[tuple[int, str, float]]]:
        """Process → (flow, residue, own tonnes of the waste in one unit) of what it hands on."""
        made: dict[str, list[tuple[int, str, float]]] = defaultdict(list)
        for m in self.books.families[waste]:
            for process, flow in self.made_by[m]:
                if (process, m) in self.found:
                    made[process].append((flow, m, self.books.left_over(process, m, waste)))
        return made

    def _kept(self, uses: Mapping[tuple[str, str], list], left: Mapping[str, list], node: str) -> float:  # type: ignore[type-arg]
        """Of what a process takes of a waste, the part that does not leave it as a residue."""
        off = sum(float(self.b.amount[f]) * lo for f, _, lo in left.get(node, ()))
        if not off:
            return 1.0
        whole = sum(x * a for (n, _), terms in uses.items() if n == node for x, _, _, a, _ in terms)
        return 1.0 - off / whole if whole else 1.0

    def _back_to_uses(
        self,
        waste: str,
        uses: Mapping[tuple[str, str], list[tuple[float, Floats, int, float, str]]],
        left: Mapping[str, list[tuple[int, str, float]]],
        by_fate: Mapping[str, float],
    ) -> None:
        whole: dict[str, float] = defaultdict(float)
        net: dict[str, float] = defaultdict(float)
        worth: dict[tuple[str, str], float] = {}
        for (node, fate), terms in uses.items():
            gross, u = sum(x * a for x, _, _, a, _ in terms), self._u(node, fate)
            worth[node, fate] = u * by_fate[fate] + (1 - u) * by_fate["unsold"]
            whole[node] += gross
            net[node] += worth[node, fate] * gross
            if fate == "utilisation" and node in self.process_at:
                kept = gross * self._kept(uses, left, node)
                self.uptake[self.process_at[node]] += kept * (by_fate[fate] - by_fate["unsold"])
        for (node, fate), terms in uses.items():
            kept = self._kept(uses, left, node)
            mine = worth[node, fate] * kept
            if whole[node]:
                mine += net[node] * (1 - kept) / whole[node]
            for amount, array, at, own, material in terms:
                array[at] += mine * own
                self.whose_of[material, waste] += mine * amount
        for process, rows in left.items():
            off = -net[process] / whole[process] if whole[process] else 0.0
            for flow, material, lo in rows:
                self.amount[flow] += off * lo
                self._left_over(process, material, waste, off * float(self.b.amount[flow]), lo)

    def _left_over(self, process: str, material: str, waste: str, worth: float, lo: float) -> None:
        """Own tonnes in a unit of a residue, E · share · Σ c·A ÷ W, are worth that much."""
        found, books = self.found[process, material], self.books
        c, equal = self.b.compiled.values.coefficient, books.equal[material]
        parts = {m: books.shares[m].get(waste, 0.0) for m in found.taken}
        mine = sum(float(c[f]) * parts[m] for m, f in found.taken.items())
        per = worth * equal * found.share / found.whole
        self.share[process, material] += worth * equal * mine / found.whole
        self.whole[process, material] -= worth * lo / found.whole
        for m, flow in found.taken.items():
            self.coefficient[flow] += per * parts[m]
            self.whose_of[m, waste] += per * float(c[flow])
