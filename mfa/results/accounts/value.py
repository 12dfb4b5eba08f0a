"""Value: output value, value added, sales and purchases, CNY a year without VAT.

工业总产值 goes by the factory method: an enterprise counts what it makes and hands out, not
what it uses itself. Here an enterprise is what a process names as its `enterprise`, else its
`site`, else the process alone. Wastes and emissions have no output value, and a process whose
share of value added is 0 (a grid) only hands on the product of others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.engine.network import Floats
from mfa.properties import price
from mfa.results.accounts.ledger import Ledger, Part
from mfa.system import Process

WORTHLESS = ("waste", "emission")
JUST = 1e-9  # of what an enterprise makes: what it hands out by less, it does not hand out


def passes_on(process: Process) -> bool:
    """Whether it only hands on what others made (a grid, a pipe): its share of value added is 0."""
    return process.value_added is not None and bool(np.all(process.value_added.value == 0))


@dataclass(frozen=True)
class Value:
    """The value account of one run."""

    ledger: Ledger

    @cached_property
    def prices(self) -> Floats:
        """(pool,) prices without VAT."""
        return self.ledger.per_pool(price)

    @cached_property
    def shares(self) -> Floats:
        """(flow,) of each output, the share that its enterprise hands out instead of using it."""
        b, n = self.ledger, len(self.ledger.materials)
        key = self.enterprise[b.process] * n + b.pool
        found, at = np.unique(key, return_inverse=True)
        made = b.gathered(np.where(b.out, b.amount, 0.0), at, len(found))
        net = np.maximum(-b.gathered(b.signed, at, len(found)), 0.0)
        share = np.divide(net, made, out=np.zeros_like(net), where=made > 0)
        return np.where(b.out, share[at], 0.0)

    @cached_property
    def output(self) -> Part:
        """Σ over enterprises and materials of max(0, made - used) × price."""
        b = self.ledger
        worth = b.per_pool(lambda m: 0.0 if m.kind in WORTHLESS else price(m))
        producer = b.per_process(lambda p: not passes_on(p))
        by_process = b.by_process(b.amount * self.shares * worth[b.pool])
        handed = Part(b.added(by_process), by_process, b.weights(flow=self.shares * worth[b.pool]))
        return b.of_processes(handed, producer)

    def slopes(self, *, added: bool) -> tuple[Floats, Floats]:
        """(flow,) derivatives of output value, or value added, by the amounts; and what stands at its bound.

        Of an enterprise and a material the sum is p·net·M ÷ made with M = Σ amount · share added. The second
        array is Σ (made - used) ÷ made over those of which an enterprise uses just what it makes, by the
        amounts, each with a weight of its own.
        """
        b, n = self.ledger, len(self.ledger.materials)
        worth = b.per_pool(lambda m: 0.0 if m.kind in WORTHLESS else price(m))[b.pool]
        factor = b.per_process(lambda p: not passes_on(p))
        if added:
            factor *= b.per_process(lambda p: p.value_added.value if p.value_added else 0.0)
        _, at = np.unique(self.enterprise[b.process] * n + b.pool, return_inverse=True)
        amount, sign = np.where(b.out, b.amount, 0.0), np.where(b.out, 1.0, -1.0)

        def each(amounts: Floats) -> Floats:
            return np.bincount(at, amounts).astype(np.float64, copy=False)[at]

        made, net, counted = each(amount), -each(b.signed), each(amount * factor[b.process])
        per = np.divide(1.0, made, out=np.zeros(len(at)), where=made > 0)
        slope = np.where(b.out, factor[b.process] * net * per - net * counted * per**2, 0.0)
        slope += sign * counted * per
        just = (np.abs(net) <= JUST * made) & (worth > 0) & (made > 0)
        apart = np.where(just, sign * per * (1 + at % 97 / 97), 0.0)
        return np.where((net > 0) & ~just, worth * slope, 0.0), apart

    @property
    def enterprise(self) -> np.ndarray:
        """(process,) the number of its enterprise."""
        names = [p.enterprise or p.site or f"\0{p.id}" for p in self.ledger.processes]
        number = {name: i for i, name in enumerate(dict.fromkeys(names))}
        return np.array([number[n] for n in names], np.int64)

    @cached_property
    def added(self) -> Part:
        """Value added: the share `value-added` of each process's output value; NaN where none has one."""
        share = self.ledger.per_process(lambda p: p.value_added.value if p.value_added else 0.0)
        if not any(p.value_added for p in self.ledger.processes):
            return Part(np.nan, np.full_like(share, np.nan))
        return self.ledger.of_processes(self.output, share)

    @cached_property
    def uncovered(self) -> Floats:
        """(process,) output value of processes without a share of value added."""
        bare = self.ledger.per_process(lambda p: p.value_added is None)
        return self.output.by_process * bare

    @cached_property
    def on_placeholders(self) -> Floats:
        """(process,) output value of the processes that stand for projects without a founded recipe."""
        return self.output.by_process * self.ledger.per_process(lambda p: p.placeholder)

    @cached_property
    def sales(self) -> Part:
        """What is exported, at its price."""
        return self.ledger.shared("export", self.prices, self.ledger.makers)

    @cached_property
    def purchases(self) -> Part:
        """What is imported, at its price; shared by who takes it."""
        return self.ledger.shared("import", self.prices, self.ledger.takers)

    @property
    def years(self) -> list[int]:
        """The price years of what has an output value."""
        b = self.ledger
        running = {int(i) for i in b.pool[b.out & (b.amount > 0)]}
        found = {m.price_year for i, m in enumerate(b.materials) if i in running and m.price}
        return sorted(y for y in found if y is not None)
