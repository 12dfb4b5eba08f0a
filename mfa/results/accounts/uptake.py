"""How far what a process makes is taken: u, the share of its products that find somebody.

A waste that is ground to brick feed is used as far as somebody takes the feed. σ of a pool is
the share of what leaves it that is taken: by export, demand and stocks of goods in full, by a
process q as far as its own products are taken, u(q), by deposit only where an entry says that
this is use, by emission, surplus and yards of intermediates not at all. u of a process is the
mean of σ over its products, weighted by their mass (by energy where none has a mass). A
process that makes nothing but waste, emissions or water has u = 1. All u together are one
linear system; in a ring of processes that nobody outside takes anything from, u = 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mfa.engine import linear
from mfa.engine.network import TAKER, Bools, Floats, Ints
from mfa.properties import energy_content, tonnes_per_unit
from mfa.results.accounts.ledger import Ledger
from mfa.results.accounts.waste import Leftover
from mfa.system import Material

WHOLE = 1e-9  # what is taken up to this is all taken: looser than any rounding, closer than any figure
NO_PRODUCT = ("waste", "emission", "water")
KEPT = (
    "product",
    "resource",
    "fuel",
    "energy",
)  # a stock of these is for sale later; of an intermediate, not


@dataclass(frozen=True)
class Uptake:
    """How far products are taken.

    Attributes
    ----------
    process : (process,) u, between 0 and 1
    pool : (pool,) σ, between 0 and 1
    outflow : (pool,) all that leaves it, native units a year
    weight : (flow,) of an output, its share of what its process makes of products
    share : (flow,) of an input, its share of the outflow of its pool
    """

    ledger: Ledger
    process: Floats
    pool: Floats
    outflow: Floats
    weight: Floats
    share: Floats

    def leftover(self, process: int) -> Leftover | None:
        """The product that is left over most where what a process makes is not all taken.

        A product that others make into something nobody takes leads on to that.
        """
        found, seen = None, {-1}
        while process not in seen:
            seen.add(process)
            untaken = np.where(self.ledger.process == process, self.weight, 0.0)
            untaken = untaken * (1.0 - self.pool)[self.ledger.pool]
            if not untaken.any():
                break
            maker, pool = process, int(self.ledger.pool[np.argmax(untaken)])
            amount = float(self.outflow[pool] * (1.0 - self.pool[pool]))
            found = Leftover(self.ledger.processes[maker].id, self.ledger.materials[pool].id, amount)
            process = self._fails_most(pool)
        return found

    def _fails_most(self, pool: int) -> int:
        """The process through which most of a pool is not taken; -1 where more has no taker at all."""
        through = np.where(self.ledger.pool == pool, self.share, 0.0)
        through = through * (1.0 - self.process)[self.ledger.process]
        if not len(through) or through.max() < 1.0 - self.pool[pool] - through.sum():
            return -1
        return int(self.ledger.process[np.argmax(through)]) if through.max() > 0 else -1


def uptake(ledger: Ledger) -> Uptake:
    """How far what each process makes is taken.

    Examples
    --------
    350 kt of waste are crushed to feed, of which a kiln takes 110 kt and sells its bricks: the
    kiln has u = 1, the crusher 110 ÷ 350 = 0.314.
    """
    n, m = len(ledger.processes), len(ledger.materials)
    goods = ledger.per_pool(is_product) > 0
    weight = _weights(ledger, goods)
    outflow, sure = _outflows(ledger)
    taking = ~ledger.out & goods[ledger.pool] & (ledger.amount > 0)
    share = np.where(taking, ledger.amount / np.where(outflow > 0, outflow, 1.0)[ledger.pool], 0.0)
    makes = weight > 0
    # unknowns: u of the processes, then σ of the pools
    rows = np.concatenate([ledger.process[makes], n + ledger.pool[taking]])
    columns = np.concatenate([n + ledger.pool[makes], ledger.process[taking]])
    values = np.concatenate([weight[makes], share[taking]])
    fixed = np.zeros(n + m)
    fixed[:n] = np.bincount(ledger.process[makes], minlength=n) == 0
    fixed[n:] = np.where(outflow > 0, sure / np.where(outflow > 0, outflow, 1.0), 1.0)
    found = taken_up(rows, columns, values, fixed)
    return Uptake(ledger, found[:n], found[n:], outflow, weight, share)


def taken_up(rows: Ints, columns: Ints, values: Floats, fixed: Floats) -> Floats:
    """The shares that are taken, x = fixed + M·x; 0 where nothing fixed is reached."""
    there = values > 0
    reached = _reached(rows[there], columns[there], fixed > 0)
    kept = np.where(reached[rows] & reached[columns], values, 0.0)
    found = linear.solve(linear.remembered_plan(len(fixed), rows, columns), kept, fixed)
    return np.where(found > 1.0 - WHOLE, 1.0, np.maximum(found, 0.0))


def is_product(material: Material) -> bool:
    """Whether somebody has to take a material for what it is made of to count as used; no residue is one."""
    return material.kind not in NO_PRODUCT and not (material.waste or material.residue_of)


def _weights(ledger: Ledger, goods: Bools) -> Floats:
    """(flow,) of each output that is a product, its share of what its process makes of products."""
    n = len(ledger.processes)
    coefficient = np.where(ledger.out & goods[ledger.pool], ledger.compiled.values.coefficient, 0.0)
    left = np.ones(n, bool)
    weight = np.zeros(len(coefficient))
    for content in (tonnes_per_unit, energy_content, lambda material: 1.0):
        part = coefficient * ledger.per_pool(content)[ledger.pool]
        whole = ledger.by_process(part)
        mine = left & (whole > 0)
        weight += np.where(mine[ledger.process], part / np.where(whole > 0, whole, 1.0)[ledger.process], 0.0)
        left &= ~mine
    return weight


def _outflows(ledger: Ledger) -> tuple[Floats, Floats]:
    """(pool,) all that leaves it, and how much of that is taken for certain, whoever takes the rest."""
    m = len(ledger.materials)
    outflow = ledger.gathered(np.where(ledger.out, 0.0, ledger.amount), ledger.pool, m)
    leaves, sure_of, sold = ways_out(ledger)
    handed, fixed = ledger.state.handed, ledger.compiled.values.outside
    sure = np.zeros(m)
    for amounts, pool, goes, surely in (
        (handed, ledger.entry_pool, leaves, sure_of),
        (fixed, ledger.outside_pool, sold, sold),
    ):
        np.add.at(outflow, pool, np.where(goes, amounts, 0.0))
        np.add.at(sure, pool, np.where(surely, amounts, 0.0))
    return outflow + ledger.state.surplus, sure


def ways_out(ledger: Ledger) -> tuple[Bools, Bools, Bools]:
    """(entry,) what leaves pools without a process, what of it is surely taken; (outside,) what is sold."""
    leaves, sure = np.zeros(len(ledger.compiled.entries), bool), np.zeros(len(ledger.compiled.entries), bool)
    lines = zip(ledger.compiled.structure.entries, ledger.compiled.entries, strict=True)
    for i, (line, entry) in enumerate(lines):
        if line.side != TAKER or entry.kind == "process":
            continue
        leaves[i] = True
        kept = entry.kind == "stock" and ledger.materials[line.pool].kind in KEPT
        sure[i] = entry.kind == "export" or kept or (entry.kind == "deposit" and entry.fate == "utilisation")
    return leaves, sure, np.array([o.node == "export" for o in ledger.compiled.outside], bool)


def _reached(rows: Ints, columns: Ints, certain: Bools) -> Bools:
    """Which unknowns lead to somebody who takes for certain; row depends on column."""
    reached = certain.copy()
    while True:
        more = np.zeros(len(reached), bool)
        more[rows[reached[columns]]] = True
        if not (more & ~reached).any():
            return reached
        reached |= more
