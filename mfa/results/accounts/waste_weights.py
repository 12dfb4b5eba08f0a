"""The fates of wastes as weights of the amounts of a run: what each tonne that flows counts as.

Whose waste it is, which fates a process has, how far its products are taken and how far yards fill
what is used stay as in the run;
with these, `Ledger.counted` gives the fields of the wastes' `Account`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from mfa.engine.network import TAKER, Floats
from mfa.results.accounts.ledger import Ledger, Weights
from mfa.results.accounts.waste import FATE_WORDS, Outcome, entry_fate
from mfa.results.accounts.waste_flows import WasteAccounts
from mfa.system import Fate

OLD = "-from-storage"
FATES: tuple[Fate, ...] = ("utilisation", "disposal", "storage", "dumped")
MET: tuple[Outcome, ...] = ("utilisation", "disposal", "unsold")


class WasteWeights:
    """What is generated, and what met each fate, as weights.

    Parameters
    ----------
    sold : products count as taken in full, whatever the run does with them; all that takers use counts, less
        what is bought, which is exact where all that use a bought waste do so with one fate
    """

    def __init__(self, ledger: Ledger, *, sold: bool = False) -> None:
        self.ledger = ledger
        self.accounts = WasteAccounts(ledger)
        self.sold = sold
        self.shares = self._whole if sold else self.accounts.shares
        taken = [1.0 if sold else self.accounts.uptake[p.id] for p in ledger.processes]
        self.uptake = np.array(taken)

    @property
    def _whole(self) -> Mapping[str, Mapping[str, float]]:
        """Waste → waste that it comes from → its tonnes in a unit of the pool, as if nothing were bought."""
        books, made = self.accounts, dict[str, Mapping[str, float]]()
        for m in books.pools:
            own = sum(books.shares[m].values())
            scale = books.equal[m] / own if own > 0 else 0.0
            made[m] = {p: s * scale for p, s in books.shares[m].items()} or {books.root[m]: books.equal[m]}
        return made

    def of(self, parents: Iterable[str]) -> Mapping[str, Weights]:
        """Of some wastes with residues, t; by word: `generated`, `utilised`, `utilised-from-storage`."""
        words = ("generated", *FATE_WORDS.values(), *(f"{w}{OLD}" for w in FATE_WORDS.values()))
        found = dict.fromkeys(words, self.ledger.weights())
        for parent in parents:
            if parent in self.accounts.at:
                new = np.array([self.accounts.new(p.id, parent) for p in self.ledger.processes])
                made = self._flows(parent, out=True) * self.accounts.equal[parent] * new[self.ledger.process]
                found["generated"] += self.ledger.weights(flow=made)
                for word, weights in (*self._uses(parent), *self._old(parent)):
                    found[word] += weights
        return found

    def _family(self, parent: str) -> list[str]:
        books = self.accounts
        return [m for m in books.pools if parent in self.shares[m]]

    def _flows(self, material: str, *, out: bool) -> Floats:
        """(flow,) 1 for the outputs, or inputs, of a material."""
        b = self.ledger
        return np.where((b.pool == self.accounts.at[material]) & (b.out == out), 1.0, 0.0)

    def _uses(self, parent: str) -> Iterable[tuple[str, Weights]]:
        """What takers of a waste and its residues do with them, less what leaves processes as residue."""
        b = self.ledger
        for material in self._family(parent):
            weight = self.shares[material][parent]
            taken = self._flows(material, out=False) * weight
            fates = self._fates(material)
            for fate in FATES:
                at = np.array([fates.get(p.id, p.fate) == fate for p in b.processes], bool)
                yield from self._split(fate, taken * at[b.process])
                yield FATE_WORDS[fate], self._outside(material, fate) * weight
            if self.sold:
                yield FATE_WORDS["utilisation"], self._bought(material) * -weight
            yield from self._left(material, parent)

    def _bought(self, material: str) -> Weights:
        """What comes over the boundary."""
        b, pool = self.ledger, self.accounts.at[material]
        lines = zip(b.compiled.structure.entries, b.compiled.entries, strict=True)
        entry = [float(line.pool == pool and record.kind == "import") for line, record in lines]
        outside = [float((o.pool, o.node) == (pool, "import")) for o in b.compiled.outside]
        return b.weights(entry=np.array(entry, float), outside=np.array(outside, float))

    def _split(self, fate: Fate, flow: Floats) -> Iterable[tuple[str, Weights]]:
        """What processes use counts as far as their products are taken; the rest is unsold."""
        b = self.ledger
        if fate != "utilisation":
            yield FATE_WORDS[fate], b.weights(flow=flow)
            return
        sold = flow * self.uptake[b.process]
        yield FATE_WORDS[fate], b.weights(flow=sold)
        yield FATE_WORDS["unsold"], b.weights(flow=flow - sold)

    def _fates(self, material: str) -> dict[str, Fate]:
        """Process → the fate of its entry in the takers of a material."""
        b = self.ledger
        return {
            b.compiled.entries[i].node: entry_fate(b.system, b.compiled.entries[i])
            for i, side in self.accounts.listed[material]
            if side == TAKER and b.compiled.entries[i].kind == "process"
        }

    def _outside(self, material: str, fate: Fate) -> Weights:
        """What goes to a fate without a process: by a list, as a demand, or because nobody takes it."""
        b, pool = self.ledger, self.accounts.at[material]
        entry = np.zeros(len(b.compiled.entries))
        for i, side in self.accounts.listed[material]:
            record = b.compiled.entries[i]
            if side == TAKER and record.kind != "process" and entry_fate(b.system, record) == fate:
                entry[i] = 1.0
        sold = [
            float(fate == "utilisation" and (o.pool, o.side) == (pool, TAKER)) for o in b.compiled.outside
        ]
        surplus = np.zeros(len(b.materials))
        surplus[pool] = float(fate == "dumped")
        return b.weights(entry=entry, outside=np.array(sold, float), surplus=surplus)

    def _left(self, residue: str, parent: str) -> Iterable[tuple[str, Weights]]:
        """What leaves a process as a residue was not used there: it is off the fates of what it takes."""
        b, books = self.ledger, self.accounts
        made = self._flows(residue, out=True)
        shares: dict[Fate, Floats] = {fate: np.zeros(len(b.processes)) for fate in FATES}
        for i in np.unique(b.process[made > 0]).tolist():
            process = b.processes[i]
            mine = books.left_over(process.id, residue, parent)
            for fate, share in self._shares(process.id, parent).items() if mine else ():
                shares[fate][i] += mine * share
        for fate, off in shares.items():
            yield from self._split(fate, -made * off[b.process])

    def _shares(self, process: str, parent: str) -> Mapping[Fate, float]:
        """How the waste and residues that a process takes meet its fates; by its own where it is idle."""
        books, used = self.accounts, defaultdict[Fate, float](float)
        own = self.ledger.system.processes[process].fate
        for material in self._family(parent):
            amount = books.taken.get(material, {}).get(process, 0.0)
            fate = self._fates(material).get(process, own)
            used[fate] += amount * self.shares[material][parent]
        whole = sum(used.values())
        return {f: a / whole for f, a in used.items()} if whole > 0 else {own: 1.0}

    def _old(self, parent: str) -> Iterable[tuple[str, Weights]]:
        """What yards give, used and disposed of as in the run; what is neither went back into storage."""
        flow = self.accounts.flow(parent)
        sums: dict[Outcome, float] = dict.fromkeys(MET, 0.0)
        for use in flow.uses:
            if use.fate in sums:
                sums[use.fate] += use.amount
        taken, given = sum(sums.values()), self._given(parent)
        met = min(1.0, taken / flow.from_yards) if flow.from_yards > 0 else 1.0
        shares = {f: a / taken if taken > 0 else float(f == "utilisation") for f, a in sums.items()}
        yield f"utilised{OLD}", given * (met * shares["utilisation"])
        yield f"disposed{OLD}", given * (met * shares["disposal"])
        yield FATE_WORDS["unsold"], given * (-met * shares["unsold"])
        yield FATE_WORDS["storage"], given * (met - 1)

    def _given(self, parent: str) -> Weights:
        """What yards give of a waste and its residues, counted as the waste."""
        b, books = self.ledger, self.accounts
        entry, outside = np.zeros(len(b.compiled.entries)), np.zeros(len(b.compiled.outside))
        for material in (m for m in books.pools if books.root[m] == parent):
            for i, side in books.listed[material]:
                if side != TAKER and b.compiled.entries[i].kind == "stock":
                    entry[i] = books.equal[material]
            for i, o in enumerate(b.compiled.outside):
                if o.pool == books.at[material] and o.node in b.system.stocks:
                    outside[i] = books.equal[material]
        return b.weights(entry=entry, outside=outside)
