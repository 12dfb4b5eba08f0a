"""How far products of many samples are taken: what `uptake.py` does, on (sample,) arrays.

The shares are one linear system with a matrix a sample and one pattern. What does not go in a ring is
worked out step by step in the order of the pattern; each ring is a small dense system a sample.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mfa.engine import linear
from mfa.engine.adding import adding
from mfa.engine.batch import BatchState
from mfa.engine.network import TAKER, Bools, Floats, Ints, Values
from mfa.properties import energy_content, tonnes_per_unit
from mfa.results.accounts.ledger import Ledger
from mfa.results.accounts.uptake import KEPT, WHOLE, is_product

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

CELLS = 4_000_000  # of the dense systems that are solved at once: 32 MB


@dataclass(frozen=True)
class Turn:
    """Unknowns that are worked out together, since none of them goes by another, or all do.

    Attributes
    ----------
    unknowns : their positions
    rows : (link,) positions of the links that lead to them from elsewhere
    adds : (unknown, link) adds these up
    ring : whether they go by each other
    inner : (link,) of a ring each: link, unknown, unknown that it goes by
    """

    unknowns: Ints
    rows: Ints
    adds: csr_matrix
    ring: bool
    inner: tuple[Ints, Ints, Ints]


class UptakePlan:
    """Positions of what is taken by whom: processes are unknowns 0 … n - 1, pools those after."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        s = ledger.compiled.structure
        self.processes, self.pools = len(s.processes), len(s.pools)
        goods = ledger.per_pool(is_product) > 0
        self.makes = np.flatnonzero(ledger.out & goods[ledger.pool])
        self.takes = np.flatnonzero(~ledger.out & goods[ledger.pool])
        self.content = self._content()
        self.adds_made = adding(ledger.process[self.makes], self.processes)
        self.adds_taken = adding(ledger.pool[self.takes], self.pools)

    def _content(self) -> Floats:
        """(made, 1) what a product weighs by: mass, where its process makes none energy, else its units."""
        b = self.ledger
        process, pool = b.process[self.makes], b.pool[self.makes]
        left, found = np.ones(self.processes, bool), np.zeros(len(self.makes))
        for content in (tonnes_per_unit, energy_content, lambda material: 1.0):
            part = b.per_pool(content)[pool]
            mine = left & (np.bincount(process, part, self.processes) > 0)
            found = np.where(mine[process], part, found)
            left &= ~mine
        return found[:, None]

    @cached_property
    def leaving(self) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
        """Entries by which a pool is left, with their pools; those taken for certain; demands."""
        b, c = self.ledger, self.ledger.compiled
        entries, sure = [], []
        for i, (line, entry) in enumerate(zip(c.structure.entries, c.entries, strict=True)):
            if line.side != TAKER or entry.kind == "process":
                continue
            entries.append((i, line.pool))
            kept = entry.kind == "stock" and b.materials[line.pool].kind in KEPT
            used = entry.kind == "deposit" and entry.fate == "utilisation"
            if entry.kind == "export" or kept or used:
                sure.append((i, line.pool))
        fixed = [(i, one.pool) for i, one in enumerate(c.outside) if one.node == "export"]
        made = []
        for found in (entries, sure, fixed):
            table = np.array(found, np.int64).reshape(-1, 2)
            made += [table[:, 0].copy(), table[:, 1].copy()]
        return tuple(made)  # type: ignore[return-value]

    @cached_property
    def links(self) -> tuple[Ints, Ints]:
        """(link,) unknown, unknown that it goes by: of what is made, then of what is taken."""
        b, n = self.ledger, self.processes
        rows = np.concatenate([b.process[self.makes], n + b.pool[self.takes]])
        columns = np.concatenate([n + b.pool[self.makes], b.process[self.takes]])
        return rows, columns

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """The unknowns in an order in which each comes after those that it goes by."""
        return tuple(self._turns())

    def _turns(self) -> Iterator[Turn]:
        rows, columns = self.links
        n = self.processes + self.pools
        plan = linear.plan(n, rows, columns)
        depth = _depths(rows, columns, plan.component, plan.cyclic)
        for d in range(int(depth.max(initial=-1)) + 1):
            here = depth == d
            alone = np.flatnonzero(here & ~plan.cyclic[plan.component])
            if len(alone):
                yield self._turn(alone, False)
            for block in np.unique(plan.component[here & plan.cyclic[plan.component]]).tolist():
                yield self._turn(np.flatnonzero(plan.component == block), True)

    def _turn(self, unknowns: Ints, ring: bool) -> Turn:
        rows, columns = self.links
        place = np.full(self.processes + self.pools, -1, np.int64)
        place[unknowns] = np.arange(len(unknowns))
        mine = np.flatnonzero(place[rows] >= 0)
        inside = mine[place[columns[mine]] >= 0] if ring else mine[:0]
        outer = np.setdiff1d(mine, inside)
        inner = inside, place[rows[inside]], place[columns[inside]]
        return Turn(unknowns, outer, adding(place[rows[outer]], len(unknowns)), ring, inner)


def _depths(rows: Ints, columns: Ints, component: Ints, cyclic: Bools) -> Ints:
    """(unknown,) the longest way to it, in components; those of a component have one depth."""
    deep = np.zeros(len(cyclic), np.int64)
    order = np.argsort(component[rows], kind="stable")
    for i, j in zip(component[rows[order]].tolist(), component[columns[order]].tolist(), strict=True):
        if i != j:
            deep[i] = max(deep[i], deep[j] + 1)
    found: Ints = deep[component]
    return found


class UptakeSamples:
    """The uptake of many samples.

    Attributes
    ----------
    process : (process, sample) share of its products that finds somebody (`uptake.py`)
    open : (sample,) samples of which a ring has no solution
    """

    def __init__(self, plan: UptakePlan, values: Values, state: BatchState, amount: Floats) -> None:
        self.plan, self.values, self.state = plan, values, state
        self.open = np.zeros(amount.shape[1], bool)
        found = self._solved(*self._system(amount))[: plan.processes]
        self.process = np.where(found > 1.0 - WHOLE, 1.0, np.maximum(found, 0.0))

    def _system(self, amount: Floats) -> tuple[Floats, Floats]:
        """(link, sample) shares, and (unknown, sample) what is taken for certain, of x = fixed + M·x."""
        p, b = self.plan, self.plan.ledger
        part = self.values.coefficient[p.makes] * p.content
        whole = np.asarray(p.adds_made @ part)
        weight = _ratio(part, whole[b.process[p.makes]])
        taken = amount[p.takes]
        outflow = np.asarray(p.adds_taken @ taken)
        sure = np.zeros(outflow.shape)
        entries, pools, sure_entries, sure_pools, fixed, fixed_pools = p.leaving
        np.add.at(outflow, pools, self.state.handed[entries])
        np.add.at(sure, sure_pools, self.state.handed[sure_entries])
        np.add.at(outflow, fixed_pools, self.values.outside[fixed])
        np.add.at(sure, fixed_pools, self.values.outside[fixed])
        outflow += self.state.surplus
        share = _ratio(taken, outflow[b.pool[p.takes]])
        certain = np.where(outflow > 0, _ratio(sure, outflow), 1.0)
        idle = np.where(whole > 0, 0.0, 1.0)
        return np.concatenate([weight, share]), np.concatenate([idle, certain])

    def _solved(self, links: Floats, x: Floats) -> Floats:
        columns = self.plan.links[1]
        for turn in self.plan.turns:
            if len(turn.rows):
                x[turn.unknowns] += turn.adds @ (links[turn.rows] * x[columns[turn.rows]])
            if turn.ring:
                x[turn.unknowns] = self._ring(turn, links, x[turn.unknowns])
        return x

    def _ring(self, turn: Turn, links: Floats, fixed: Floats) -> Floats:
        """(unknown, sample) of a ring, given what comes from elsewhere; 0 where nothing does."""
        size, count = len(turn.unknowns), fixed.shape[1]
        found = np.zeros((count, size))
        for start in range(0, count, max(1, CELLS // size**2)):
            some = slice(start, start + max(1, CELLS // size**2))
            right = np.where(self.state.left[some], 0.0, fixed[:, some]).T
            matrix = np.zeros((len(right), size, size))
            link, to, by = turn.inner
            np.add.at(matrix.transpose(1, 2, 0), (to, by), links[link, some])
            matrix[self.state.left[some]] = 0.0
            reached = _reached(matrix > 0, right > 0)
            matrix *= reached[:, :, None] & reached[:, None, :]
            found[some] = self._each(np.eye(size) - matrix, right, some.start)
        return found.T

    def _each(self, matrix: Floats, right: Floats, start: int) -> Floats:
        try:
            return np.asarray(np.linalg.solve(matrix, right[:, :, None])[:, :, 0])
        except np.linalg.LinAlgError:
            sure = np.linalg.matrix_rank(matrix) == matrix.shape[1]
            self.open[start : start + len(right)] |= ~sure
            matrix[~sure] = np.eye(matrix.shape[1])
            return np.asarray(np.linalg.solve(matrix, right[:, :, None])[:, :, 0])


def _reached(links: Bools, certain: Bools) -> Bools:
    """(sample, unknown) which lead to somebody who takes for certain."""
    reached = certain
    while True:
        more = reached | (links & reached[:, None, :]).any(axis=2)
        if (more == reached).all():
            return more
        reached = more


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)
