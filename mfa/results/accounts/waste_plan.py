"""Where the wastes of a network stand in its arrays: worked out once, for any number of samples.

Each table of rows below is what `waste_flows.py` walks through by name for one run; with positions,
the accounts of many samples are a few products of gathered rows (`waste_samples.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mfa.checks.residues import parents_of
from mfa.engine.adding import adding, ints
from mfa.engine.network import TAKER, Bools, Floats, Ints
from mfa.results.accounts.ledger import Ledger
from mfa.results.accounts.uptake_samples import UptakePlan
from mfa.results.accounts.waste import entry_fate
from mfa.results.accounts.waste_flows import WasteAccounts
from mfa.system import Fate

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

FATES: tuple[Fate, ...] = ("utilisation", "disposal", "storage", "dumped")
ARRAYS = ("flow", "entry", "outside", "surplus")
Source = tuple[str, int]
"""An array of amounts, and a row of it."""
UseKey = tuple[str, str, Fate]
"""Waste, who takes it, what becomes of it."""


class Rows(NamedTuple):
    """Rows taken from several arrays of amounts one after the other.

    Attributes
    ----------
    at : array → its rows, in the order of `ARRAYS`
    to : (row,) where each belongs, in that order
    """

    at: dict[str, Ints]
    to: list[int]

    def of(self, arrays: dict[str, Floats]) -> Floats:
        """(row, sample) the amounts."""
        return np.concatenate([arrays[name][rows] for name, rows in self.at.items()])


def rows(found: Iterable[tuple[Source, int]]) -> Rows:
    """Sources with where each belongs, sorted by array."""
    by: dict[str, list[tuple[int, int]]] = {name: [] for name in ARRAYS}
    for (name, row), to in found:
        by[name].append((row, to))
    at = {name: ints(a for a, _ in mine) for name, mine in by.items()}
    return Rows(at, [to for mine in by.values() for _, to in mine])


class WastePlan:
    """The positions of the wastes of a network.

    Attributes
    ----------
    pools : the waste pools; `equal` (waste pool,) tonnes of the waste it comes from in a unit of each
    made_flow, made_pool : (made,) flows that make waste, and the waste pools they go to
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.system, self.structure = ledger, ledger.system, ledger.compiled.structure
        self.central = WasteAccounts(ledger)
        self.pools = self.central.pools
        self.equal = np.array([self.central.equal[m] for m in self.pools]).reshape(-1, 1)
        self.pool_at = ints(self.central.at[m] for m in self.pools)
        self._number = {m: i for i, m in enumerate(self.pools)}
        self.process_at = {p: i for i, p in enumerate(self.structure.processes)}
        made, self._taken = self._flows()
        found = [(f, self._number[m], p) for m in self.pools for p, f in made[m].items()]
        self.made_flow, self.made_pool = ints(f for f, _, _ in found), ints(m for _, m, _ in found)
        self.makers = [p for _, _, p in found]
        self.uptake = UptakePlan(ledger)

    def _flows(self) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
        """Material → process → its flow, of outputs and of inputs."""
        made: dict[str, dict[str, int]] = defaultdict(dict)
        taken: dict[str, dict[str, int]] = defaultdict(dict)
        s = self.structure
        each = zip(s.flow_pool.tolist(), s.flow_process.tolist(), s.flow_side.tolist(), strict=True)
        for flow, (pool, process, side) in enumerate(each):
            (made if side > 0 else taken)[s.pools[pool]][s.processes[process]] = flow
        return made, taken

    # ------------------------------------------------------------ supplies
    @cached_property
    def adds_made(self) -> csr_matrix:
        """(waste pool, made) adds up what is made."""
        return adding(self.made_pool, len(self.pools))

    def _supplies(self, kind: str) -> Rows:
        """What comes into waste pools from yards (`stock`), or over the boundary (`import`)."""
        c = self.ledger.compiled
        listed = (
            (("entry", i), n)
            for n, m in enumerate(self.pools)
            for i, side in self.central.listed[m]
            if side != TAKER and c.entries[i].kind == kind
        )
        number = {at: n for n, at in enumerate(self.pool_at.tolist())}
        fixed = (
            (("outside", i), number[one.pool])
            for i, one in enumerate(c.outside)
            if one.pool in number
            and (one.node in self.system.stocks if kind == "stock" else one.node == "import")
        )
        return rows((*listed, *fixed))

    @cached_property
    def yards(self) -> tuple[Rows, csr_matrix]:
        """What yards give, and the matrix that adds it up by waste pool."""
        found = self._supplies("stock")
        return found, adding(ints(found.to), len(self.pools))

    @cached_property
    def bought(self) -> tuple[Rows, csr_matrix]:
        """What comes over the boundary, and the matrix that adds it up by waste pool."""
        found = self._supplies("import")
        return found, adding(ints(found.to), len(self.pools))

    # ------------------------------------------------------------ residues
    @cached_property
    def residues(self) -> Residues:
        """What of some made waste is left of other waste."""
        equal, number = self.central.equal, self._number
        made: list[int] = []
        stated: list[bool] = []
        taken: list[tuple[int, int, int]] = []
        together: list[tuple[int, int, int]] = []
        flow_of = {(p, m): f for p, m, f in zip(self.makers, self._names(), self.made_flow, strict=True)}
        for i, (p, m) in enumerate(zip(self.makers, self._names(), strict=True)):
            parents = parents_of(self.system, self.system.processes[p], m)
            if parents is None:
                continue
            flows = [(self._taken[of][p], number[of]) for of in parents.taken if p in self._taken[of]]
            if not any(equal[self.pools[of]] for _, of in flows):
                continue
            r = len(made)
            made.append(i)
            stated.append(parents.stated)
            taken += [(r, f, of) for f, of in flows]
            beside = ((flow_of.get((p, of)), number[of]) for of in parents.together)
            together += [(r, int(f), of) for f, of in beside if f is not None]
        return Residues(
            ints(made), np.array(stated, bool).reshape(-1, 1), _columns(taken), _columns(together)
        )

    def _names(self) -> list[str]:
        return [self.pools[m] for m in self.made_pool.tolist()]

    # ------------------------------------------------------------ whose waste it is
    @cached_property
    def pairs(self) -> dict[tuple[int, str], int]:
        """(waste pool, waste that some of it may be) → its row; the first are each pool with its own."""
        found = {(m, self.central.root[name]): m for m, name in enumerate(self.pools)}
        links = list(self._links())
        while True:
            new = {(m, r) for m, parent, _ in links for of, r in found if of == parent} - found.keys()
            if not new:
                return found
            for key in sorted(new):
                found[key] = len(found)

    def _links(self) -> Iterator[tuple[int, int, int]]:
        """(waste pool, waste pool whose residue it gets, row of what is taken)."""
        made = self.residues.made
        for k, (r, _, parent) in enumerate(zip(*(a.tolist() for a in self.residues.taken), strict=True)):
            yield int(self.made_pool[made[r]]), parent, k

    @cached_property
    def links(self) -> tuple[Ints, Ints, Ints]:
        """(link,) a pair that gets a residue, the pair that it is of, the row of what is taken."""
        found = [
            (self.pairs[m, root], row, k)
            for m, parent, k in self._links()
            for (of, root), row in self.pairs.items()
            if of == parent
        ]
        return _columns(found)

    @cached_property
    def pair_pool(self) -> Ints:
        """(pair,) its waste pool."""
        return ints(m for m, _ in self.pairs)

    @cached_property
    def wastes(self) -> dict[str, int]:
        """Waste, or pool that stands for itself → its row in the accounts."""
        names = (*self.pools, *(root for _, root in self.pairs))
        return {name: i for i, name in enumerate(dict.fromkeys(names))}

    @cached_property
    def adds_yards(self) -> csr_matrix:
        """(waste, waste pool) adds up yards of a waste and of its residues."""
        return adding(ints(self.wastes[self.central.root[m]] for m in self.pools), len(self.wastes))

    @cached_property
    def own_pool(self) -> Ints:
        """(waste,) its own waste pool."""
        return ints(self._number.get(name, -1) for name in self.wastes)

    # ------------------------------------------------------------ uses
    @cached_property
    def uses(self) -> Uses:
        """Who may take which waste."""
        keys: dict[UseKey, int] = {}
        found: list[tuple[Source, tuple[int, int]]] = []
        for (m, waste), pair in self.pairs.items():
            for node, fate, source in self._takers(self.pools[m]):
                use = keys.setdefault((waste, node, fate), len(keys))
                found.append((source, (use, pair)))
        numbered = rows((source, i) for i, (source, _) in enumerate(found))
        use_of, pair_of = (ints(found[i][1][k] for i in numbered.to) for k in (0, 1))
        taker = {key: i for i, key in enumerate(dict.fromkeys((w, n) for w, n, _ in keys))}
        of_taker = ints(taker[w, n] for w, n, _ in keys)
        off = [
            (taker[key], i)
            for i, (out, k) in enumerate(zip(self.links[0].tolist(), self.links[2].tolist(), strict=True))
            if (key := (self._root_of[out], self.makers[self.residues.made[self.residues.taken[0][k]]]))
            in taker
        ]
        process = ints(self.process_at.get(n, -1) if fate == "utilisation" else -1 for _, n, fate in keys)
        return Uses(
            tuple(keys),
            numbered,
            pair_of,
            adding(use_of, len(keys)),
            of_taker,
            adding(of_taker, len(taker)),
            ints(i for _, i in off),
            adding(ints(t for t, _ in off), len(taker)),
            np.flatnonzero(np.isin(of_taker, [t for t, _ in off])),
            process,
            adding(ints(self.wastes[w] * len(FATES) + FATES.index(f) for w, _, f in keys), self._cells),
            adding(ints(self.wastes[w] for w, _, _ in keys), len(self.wastes)),
        )

    @property
    def _cells(self) -> int:
        return len(self.wastes) * len(FATES)

    @cached_property
    def _root_of(self) -> Sequence[str]:
        return [root for _, root in self.pairs]

    def _takers(self, material: str) -> Iterator[tuple[str, Fate, Source]]:
        """Who takes a material, what becomes of it, where the amount stands."""
        named = set()
        for i, side in self.central.listed[material]:
            if side == TAKER:
                entry = self.ledger.compiled.entries[i]
                if entry.kind == "process":
                    named.add(entry.node)
                yield entry.node, entry_fate(self.system, entry), ("entry", i)
        for p, flow in self._taken[material].items():
            if p not in named:
                yield p, self.system.processes[p].fate, ("flow", flow)
        at = self.central.at[material]
        for i, fixed in enumerate(self.ledger.compiled.outside):
            if fixed.pool == at and fixed.node == "export":
                yield "export", "utilisation", ("outside", i)
        yield "surplus", "dumped", ("surplus", at)


class Residues(NamedTuple):
    """Made wastes that are left of wastes that their process takes.

    Attributes
    ----------
    made : (residue,) row of what is made
    stated : (residue, 1) whether a file says that all of it is
    taken : (taken,) residue, input flow, its waste pool
    together : (…,) residue, output flow, its waste pool: what is left together
    """

    made: Ints
    stated: Bools
    taken: tuple[Ints, Ints, Ints]
    together: tuple[Ints, Ints, Ints]


class Uses(NamedTuple):
    """Who may take which waste.

    Attributes
    ----------
    keys : (use,) waste, node, fate
    sources, pair : (part,) amounts, and the pair whose share of them counts
    adds : (use, part) adds them up
    taker : (use,) number of its waste and node; `adds_taker` (taker, use)
    off : (residue,) links of which the taker hands a residue on; `adds_off` (taker, residue)
    cut : uses by takers that do
    process : (use,) whose products must be taken for it to be use, -1 where that does not count
    by_fate : (waste · fate, use) adds up by fate; `by_waste` (waste, use)
    """

    keys: tuple[UseKey, ...]
    sources: Rows
    pair: Ints
    adds: csr_matrix
    taker: Ints
    adds_taker: csr_matrix
    off: Ints
    adds_off: csr_matrix
    cut: Ints
    process: Ints
    by_fate: csr_matrix
    by_waste: csr_matrix


def _columns(found: Sequence[tuple[int, int, int]]) -> tuple[Ints, Ints, Ints]:
    table = np.array(found, np.int64).reshape(-1, 3)
    return table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy()
