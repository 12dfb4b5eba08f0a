"""The fates of wastes as weights of the amounts of a run: what each tonne that flows counts as.

Whose waste it is, which fates a process has and how far yards fill what is used stay as in the run;
with these, `Ledger.counted` gives the fields of the wastes' `Account`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from mfa.engine.network import TAKER, Floats
from mfa.results.accounts.ledger import Ledger, Weights
from mfa.results.accounts.waste import FATE_WORDS, WasteAccounts, entry_fate
from mfa.system import Fate

OLD = "-from-storage"


class WasteWeights:
    """What is generated, and what met each fate, as weights."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.accounts = WasteAccounts(ledger.system, ledger.compiled, ledger.state)

    def of(self, parents: Iterable[str]) -> Mapping[str, Weights]:
        """Of some wastes with residues, t; by word: `generated`, `utilised`, `utilised-from-storage`."""
        words = ("generated", *FATE_WORDS.values(), *(f"{w}{OLD}" for w in FATE_WORDS.values()))
        found = dict.fromkeys(words, self.ledger.weights())
        for parent in parents:
            if parent in self.accounts.made_by:
                made = self._flows(parent, out=True) * self.accounts.equal[parent]
                found["generated"] += self.ledger.weights(flow=made)
                for word, weights in (*self._uses(parent), *self._old(parent)):
                    found[word] += weights
        return found

    def _family(self, parent: str) -> list[str]:
        books = self.accounts
        return [m for m, root in books.root.items() if root == parent and m in books.made_by]

    def _flows(self, material: str, *, out: bool) -> Floats:
        """(flow,) 1 for the outputs, or inputs, of a material."""
        b = self.ledger
        return np.where((b.pool == self.accounts.at[material]) & (b.out == out), 1.0, 0.0)

    def _uses(self, parent: str) -> Iterable[tuple[str, Weights]]:
        """What takers of a waste and its residues do with them, less what leaves processes as residue."""
        b, books = self.ledger, self.accounts
        for material in self._family(parent):
            weight = books.equal[material] * books.own[material]
            taken = self._flows(material, out=False) * weight
            fates = self._fates(material)
            for fate, word in FATE_WORDS.items():
                at = np.array([fates.get(p.id, p.fate) == fate for p in b.processes], bool)
                yield word, b.weights(flow=taken * at[b.process]) + self._outside(material, fate) * weight
            if books.is_residue(material):
                yield from self._left(material, parent)

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
        made = self._flows(residue, out=True) * books.equal[residue]
        shares: dict[str, Floats] = {word: np.zeros(len(b.processes)) for word in FATE_WORDS.values()}
        for i in np.unique(b.process[made > 0]).tolist():
            process = b.processes[i]
            mine = books.input_share(process.id, parent, books.own)
            for fate, share in self._shares(process.id, parent).items():
                shares[FATE_WORDS[fate]][i] += mine * share
        for word, off in shares.items():
            yield word, b.weights(flow=-made * off[b.process])

    def _shares(self, process: str, parent: str) -> Mapping[Fate, float]:
        """How the waste and residues that a process takes meet its fates; by its own where it is idle."""
        books, used = self.accounts, defaultdict[Fate, float](float)
        own = self.ledger.system.processes[process].fate
        for material in self._family(parent):
            amount = books.taken.get(material, {}).get(process, 0.0)
            fate = self._fates(material).get(process, own)
            used[fate] += amount * books.equal[material] * books.own[material]
        whole = sum(used.values())
        return {f: a / whole for f, a in used.items()} if whole > 0 else {own: 1.0}

    def _old(self, parent: str) -> Iterable[tuple[str, Weights]]:
        """What yards give, used and disposed of as in the run; what is neither went back into storage."""
        account, whole = self.accounts.flow(parent).account(), self.accounts.flow(parent).from_yards
        old = account.utilised_old + account.disposed_old
        used = account.utilised_old / old if old > 0 else 1.0
        met = old / whole if whole > 0 else 1.0
        given = self._given(parent)
        yield f"utilised{OLD}", given * (met * used)
        yield f"disposed{OLD}", given * (met * (1 - used))
        yield FATE_WORDS["storage"], given * (met - 1)

    def _given(self, parent: str) -> Weights:
        """What yards give of a waste and its residues, counted as the waste."""
        b, books = self.ledger, self.accounts
        entry, outside = np.zeros(len(b.compiled.entries)), np.zeros(len(b.compiled.outside))
        for material in self._family(parent):
            for i, side in books.listed[material]:
                if side != TAKER and b.compiled.entries[i].kind == "stock":
                    entry[i] = books.equal[material]
            for i, o in enumerate(b.compiled.outside):
                if o.pool == books.at[material] and o.node in b.system.stocks:
                    outside[i] = books.equal[material]
        return b.weights(entry=entry, outside=outside)
