"""The fates of wastes as weights of the amounts of a run: what each tonne that flows counts as.

Whose waste it is, which fates a process has, how far its products are taken and how far yards fill
what is used stay as in the run;
with these, `Ledger.counted` gives the fields of the wastes' `Account`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mfa.engine.network import TAKER
from mfa.results.accounts.ledger import Ledger, Weights
from mfa.results.accounts.waste import FATE_WORDS, Outcome, entry_fate
from mfa.results.accounts.waste_flows import WasteAccounts
from mfa.system import Fate, Process

OLD = "-from-storage"
WORDS = ("generated", *FATE_WORDS.values(), *(f"{w}{OLD}" for w in FATE_WORDS.values()))
MET: tuple[Outcome, ...] = ("utilisation", "disposal", "unsold")


class _Flows(NamedTuple):
    """Material → positions of the coefficients of those who make it, and who take it."""

    outputs: Mapping[str, list[int]]
    inputs: Mapping[str, list[int]]


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
        found = {word: self.ledger.weights() for word in WORDS}
        for parent in parents:
            if parent in self.accounts.at:
                self._generated(found["generated"], parent)
                for material in self._family(parent):
                    weight = self.shares[material][parent]
                    for f in self._flows.inputs[material]:
                        self._use(found, self._fate(material, f), f, weight)
                    self._outside(found, material, weight)
                    self._left(found, material, parent)
                self._old(found, parent)
        return found

    def _generated(self, sums: Weights, parent: str) -> None:
        """What processes make anew."""
        for f in self._flows.outputs[parent]:
            new = self.accounts.new(self._process(f).id, parent)
            sums.flow[f] += self.accounts.equal[parent] * new

    @cached_property
    def _members(self) -> Mapping[str, list[str]]:
        """Waste → the pools that hold some of it."""
        found = defaultdict[str, list[str]](list)
        for m in self.accounts.pools:
            for parent in self.shares[m]:
                found[parent].append(m)
        return found

    def _family(self, parent: str) -> list[str]:
        return self._members.get(parent, [])

    @cached_property
    def _flows(self) -> _Flows:
        """The positions of the outputs, and inputs, of each material."""
        b, sides = self.ledger, _Flows(defaultdict(list), defaultdict(list))
        names = b.compiled.structure.pools
        for f, (pool, out) in enumerate(zip(b.pool.tolist(), b.out.tolist(), strict=True)):
            (sides.outputs if out else sides.inputs)[names[pool]].append(f)
        return sides

    def _process(self, f: int) -> Process:
        return self.ledger.processes[int(self.ledger.process[f])]

    def _use(self, sums: Mapping[str, Weights], fate: Fate, f: int, weight: float) -> None:
        """What a process uses counts as far as its products are taken; the rest is unsold."""
        if fate != "utilisation":
            sums[FATE_WORDS[fate]].flow[f] += weight
            return
        sold = weight * float(self.uptake[self.ledger.process[f]])
        sums[FATE_WORDS[fate]].flow[f] += sold
        sums[FATE_WORDS["unsold"]].flow[f] += weight - sold

    def _fate(self, material: str, f: int) -> Fate:
        """What the taker of a material does with it: as its entry in the list says, else as its process."""
        process = self._process(f)
        return self._listed_fates.get((material, process.id), process.fate)

    @cached_property
    def _listed_fates(self) -> Mapping[tuple[str, str], Fate]:
        """(material, process) → the fate of its entry in the takers of the material."""
        b = self.ledger
        return {
            (material, b.compiled.entries[i].node): entry_fate(b.system, b.compiled.entries[i])
            for material in self.accounts.pools
            for i, side in self.accounts.listed.get(material, ())
            if side == TAKER and b.compiled.entries[i].kind == "process"
        }

    def _outside(self, sums: Mapping[str, Weights], material: str, weight: float) -> None:
        """What meets a fate without a process: by a list, as a demand, or because nobody takes it.

        With products that count as taken in full, what comes over the boundary is off what is used.
        """
        b, pool, used = self.ledger, self.accounts.at[material], sums[FATE_WORDS["utilisation"]]
        for i, side in self.accounts.listed.get(material, ()):
            record = b.compiled.entries[i]
            if side == TAKER and record.kind != "process":
                sums[FATE_WORDS[entry_fate(b.system, record)]].entry[i] += weight
            elif self.sold and record.kind == "import":
                used.entry[i] -= weight
        for i in self._crossings.get(pool, ()):
            outside = b.compiled.outside[i]
            if outside.side == TAKER:
                used.outside[i] += weight
            if self.sold and outside.node == "import":
                used.outside[i] -= weight
        sums[FATE_WORDS["dumped"]].surplus[pool] += weight

    @cached_property
    def _crossings(self) -> Mapping[int, list[int]]:
        """Pool → the supplies, demands and driven stocks at it."""
        found = defaultdict[int, list[int]](list)
        for i, outside in enumerate(self.ledger.compiled.outside):
            found[outside.pool].append(i)
        return found

    def _left(self, sums: Mapping[str, Weights], residue: str, parent: str) -> None:
        """What leaves a process as a residue was not used there: it is off the fates of what it takes."""
        for f in self._flows.outputs[residue]:
            process = self._process(f).id
            mine = self.accounts.left_over(process, residue, parent)
            for fate, share in self._shares(process, parent).items() if mine else ():
                self._use(sums, fate, f, -mine * share)

    def _shares(self, process: str, parent: str) -> Mapping[Fate, float]:
        """How the waste and residues that a process takes meet its fates; by its own where it is idle."""
        books, used = self.accounts, defaultdict[Fate, float](float)
        own = self.ledger.system.processes[process].fate
        for material in self._family(parent):
            amount = books.taken.get(material, {}).get(process, 0.0)
            fate = self._listed_fates.get((material, process), own)
            used[fate] += amount * self.shares[material][parent]
        whole = sum(used.values())
        return {f: a / whole for f, a in used.items()} if whole > 0 else {own: 1.0}

    def _old(self, sums: dict[str, Weights], parent: str) -> None:
        """What yards give, used and disposed of as in the run; what is neither went back into storage."""
        given = self._given(parent)
        if not (given.entry.any() or given.outside.any()):
            return
        flow = self.accounts.flow(parent)
        met_by: dict[Outcome, float] = dict.fromkeys(MET, 0.0)
        for use in flow.uses:
            if use.fate in met_by:
                met_by[use.fate] += use.amount
        taken = sum(met_by.values())
        met = min(1.0, taken / flow.from_yards) if flow.from_yards > 0 else 1.0
        shares = {f: a / taken if taken > 0 else float(f == "utilisation") for f, a in met_by.items()}
        sums[f"utilised{OLD}"] += given * (met * shares["utilisation"])
        sums[f"disposed{OLD}"] += given * (met * shares["disposal"])
        sums[FATE_WORDS["unsold"]] += given * (-met * shares["unsold"])
        sums[FATE_WORDS["storage"]] += given * (met - 1)

    def _given(self, parent: str) -> Weights:
        """What yards give of a waste and its residues, counted as the waste."""
        b, books = self.ledger, self.accounts
        entry, outside = np.zeros(len(b.compiled.entries)), np.zeros(len(b.compiled.outside))
        for material in (m for m in books.pools if books.root[m] == parent):
            for i, side in books.listed[material]:
                if side != TAKER and b.compiled.entries[i].kind == "stock":
                    entry[i] = books.equal[material]
            for i in self._crossings.get(books.at[material], ()):
                if b.compiled.outside[i].node in b.system.stocks:
                    outside[i] = books.equal[material]
        return b.weights(entry=entry, outside=outside)
