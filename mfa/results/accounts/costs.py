"""Material flow cost accounting (ISO 14051): what products and losses cost.

Every process is a quantity centre. What its inputs carry and its own system cost go to its
outputs in proportion to their mass: products carry their part on, losses (wastes) theirs.
Emissions and water carry nothing, because the air and water in them cost nothing, unless the
reference is all that there is (a well). Where a process makes energy, energy content takes the
place of mass, so that ash does not share the cost of heat. One linear solve, recycle loops included.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.engine.network import Bools, Floats
from mfa.engine.tracing import Carried, trace
from mfa.properties import energy_content, price
from mfa.results.accounts.ledger import LEAVES, Ledger
from mfa.system import Material

FREE = ("emission", "water")


@dataclass(frozen=True)
class CentreCost:
    """A quantity centre, CNY a year: what it gets, and what products and losses carry away."""

    process: str
    material: float
    energy: float
    system: float
    products: float
    losses: float


@dataclass(frozen=True)
class Costs:
    """The cost layer of one run, CNY a year without VAT."""

    ledger: Ledger

    @cached_property
    def system(self) -> Floats:
        """(process,) labour, capital and services: `system-cost` × level."""
        per_unit = self.ledger.per_process(lambda p: p.system_cost.value if p.system_cost else 0.0)
        return per_unit * self.ledger.state.level

    @cached_property
    def shares(self) -> Floats:
        """(flow,) of each output in the cost of its process."""
        b = self.ledger
        energies = b.per_pool(lambda m: m.kind == "energy")
        power = b.outputs(energies).by_process > 0
        by_energy = b.per_pool(lambda m: 0.0 if m.kind in FREE else energy_content(m))
        by_mass = b.per_pool(lambda m: 0.0 if m.kind in FREE else m.unit_mass)
        weight = np.where(b.out, b.amount, 0.0) * np.where(
            power[b.process], by_energy[b.pool], by_mass[b.pool]
        )
        weight = self._or_reference(weight)
        weight = weight * self._has_way_out(weight)[b.pool]
        total = b.by_process(weight)[b.process]
        return np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)

    def _or_reference(self, weight: Floats) -> Floats:
        """Where all outputs are water or emissions the reference carries the cost, or else their mass."""
        b = self.ledger
        bare = (b.by_process(weight) == 0)[b.process] & b.out
        pairs = zip(b.process.tolist(), b.pool.tolist(), strict=True)
        reference = b.column(np.array([b.processes[p].per == b.materials[m].id for p, m in pairs], bool))
        first = np.where(bare & reference, b.amount, 0.0)
        rest = (b.by_process(weight + first) == 0)[b.process] & b.out
        mass = b.per_pool(lambda m: m.unit_mass)
        found: Floats = weight + first + np.where(rest, b.amount * mass[b.pool], 0.0)
        return found

    def _has_way_out(self, weight: Floats) -> Bools:
        """(pool,) whether any of it, or of what is made from it, leaves; costs in other loops go nowhere."""
        b = self.ledger
        found: Bools = b.leaving > 0
        while True:
            gives = b.by_process(np.where(found[b.pool], weight, 0.0)) > 0
            takes = ~b.out & (b.amount > 0) & gives[b.process]
            more = found | (b.gathered(takes, b.pool, len(found)) > 0)
            if (more == found).all():
                return found
            found = more

    @cached_property
    def carried(self) -> Carried:
        """The solved costs."""
        b = self.ledger
        prices = b.per_pool(price)
        return trace(
            b.compiled.structure,
            b.amount,
            b.entering * prices,
            b.made + b.entering,
            self.shares,
            b.column(np.zeros(len(b.pool))),
            self.system,
        )

    @property
    def bought(self) -> float:
        """What the park pays: purchases, what stocks give at its price, and system costs."""
        b = self.ledger
        return float(b.entering @ b.per_pool(price)) + float(self.system.sum())

    def leaving(self) -> dict[tuple[str, str], float]:
        """(material, boundary) → the cost that leaves with it."""
        b, mean = self.ledger, self.carried.mean
        found = {
            (m.id, n): float(b.boundary[n][i] * mean[i]) for n in LEAVES for i, m in enumerate(b.materials)
        }
        return {k: v for k, v in found.items() if v}

    @property
    def lost(self) -> float:
        """The cost that leaves with what is no product: everything but exports that are no waste."""
        kinds = {m.id: m for m in self.ledger.materials}
        return sum(v for (m, n), v in self.leaving().items() if n != "export" or _is_loss(kinds[m]))

    @cached_property
    def by_centre(self) -> tuple[Floats, ...]:
        """(process,) of each kind of `CentreCost`."""
        b, carried = self.ledger, self.carried
        energy = b.per_pool(lambda m: m.kind in ("energy", "fuel"))
        loss = b.per_pool(_is_loss)
        into = np.where(b.out, 0.0, carried.flow)
        out = np.where(b.out, carried.flow, 0.0)
        return (
            b.by_process(into * (1 - energy[b.pool])),
            b.by_process(into * energy[b.pool]),
            self.system,
            b.by_process(out * (1 - loss[b.pool])),
            b.by_process(out * loss[b.pool]),
        )

    def centres(self) -> list[CentreCost]:
        """Every running process."""
        names, columns = self.ledger.compiled.structure.processes, self.by_centre
        rows = zip(names, *(c.tolist() for c in columns), strict=True)
        return [CentreCost(*row) for row in rows if any(row[1:])]


def _is_loss(material: Material) -> bool:
    """Whether it is no product: waste, emission, water."""
    return material.kind in ("waste", "emission", "water")
