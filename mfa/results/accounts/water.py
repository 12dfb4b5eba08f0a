"""Water: fresh intake, reuse, circulation, sewage and its treatment, m3 a year.

工业用水重复利用率 R = V_r ÷ (V_i + V_r) (GB/T 7119-2018, GB/T 12452-2022, HJ 274): V_r is
water used again, V_i fresh water taken. A process counted in persons is a household, not
industry, and stays outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.engine.network import TAKER, Floats
from mfa.results.accounts.ledger import Ledger, Part, Weights

TREATED = ("utilisation", "disposal")


@dataclass(frozen=True)
class Water:
    """The water account of one run; a tonne is a cubic metre."""

    ledger: Ledger

    def kind(self, water: str, material: str = "") -> Floats:
        """(pool,) 1 for water of a kind, of all or one material."""
        return self.ledger.per_pool(lambda m: m.water == water and material in ("", m.id))

    @cached_property
    def industry(self) -> Floats:
        """(process,) 1 for industry, 0 for households."""
        system = self.ledger.system
        return self.ledger.per_process(lambda p: system.materials[p.per].unit != "person")

    @cached_property
    def primary(self) -> Floats:
        """(pool,) of each fresh water, the share that is fresh: what is made of reused water is not."""
        b = self.ledger
        again = b.inputs(self.kind("reused") + self.kind("circulating") + self.kind("sewage")).by_process > 0
        remade = b.gathered(np.where(b.out & again[b.process], b.amount, 0.0), b.pool, len(b.materials))
        supply = b.made + b.boundary["import"] + b.boundary["from-stock"]
        share = np.divide(remade, supply, out=np.zeros_like(supply), where=supply > 0)
        primary: Floats = self.kind("fresh") * (1 - share)
        return primary

    @cached_property
    def fresh(self) -> Part:
        """V_i: fresh water that industry takes; what a process passes on is taken by the next."""
        return self._net(self.primary, self.industry)

    @cached_property
    def remaking(self) -> Weights:
        """Derivatives of V_i by the amounts through the fresh shares of pools, beside its weights."""
        b = self.ledger
        again = b.inputs(self.kind("reused") + self.kind("circulating") + self.kind("sewage")).by_process > 0
        supply = b.made + b.boundary["import"] + b.boundary["from-stock"]
        chosen = self.industry * (b.possibly(b.taken(self.primary)) > 0)
        taken = b.gathered(b.signed * chosen[b.process], b.pool, len(b.materials))
        per = np.divide(taken * self.kind("fresh"), supply, out=np.zeros_like(supply), where=supply > 0)
        made = (per * (1 - self.primary))[b.pool] - np.where(again[b.process], per[b.pool], 0.0)
        found = b.weights(flow=np.where(b.out, made, 0.0))
        for boundary in ("import", "from-stock"):
            entering = b.crossing(boundary, per * (1 - self.primary)).weights
            assert entering is not None
            found += entering
        return found

    @cached_property
    def circulated(self) -> Part:
        """Cooling water that goes round, counted each time."""
        return self.ledger.of_processes(self.ledger.inputs(self.kind("circulating")), self.industry)

    @cached_property
    def reused(self) -> Part:
        """V_r without the circulating cooling water."""
        return self.ledger.of_processes(self.ledger.inputs(self.kind("reused")), self.industry)

    @cached_property
    def reclaimed(self) -> Part:
        """Reclaimed water used: reused water that processes take beyond what they give back."""
        return self._net(self.kind("reused"), 1.0)

    def sewage(self, material: str = "") -> Part:
        """Sewage generated, of all or one material: what processes make."""
        return self.ledger.outputs(self.kind("sewage", material))

    def _net(self, weight: Floats, chosen: Floats | float) -> Part:
        """What chosen processes (process,) take beyond what they give back."""
        taken = self.ledger.taken(weight)
        return self.ledger.of_processes(taken, np.where(self.ledger.possibly(taken) > 0, chosen, 0.0))

    @cached_property
    def own(self) -> Floats:
        """(pool,) share of a pool's supply that processes of the park make."""
        b = self.ledger
        supply = b.made + b.entering
        return np.divide(b.made, supply, out=np.zeros_like(supply), where=supply > 0)

    def treated(self, material: str = "", *, bought: bool = False) -> Part:
        """Sewage that processes take, or that an entry with a fate hands to treatment elsewhere.

        Sewage from outside lifts nothing; with `bought` it counts as well.
        """
        b, chosen = self.ledger, self.kind("sewage", material)
        weight = chosen if bought else chosen * self.own
        lines = zip(b.compiled.structure.entries, b.compiled.entries, strict=True)
        treats = [n.side == TAKER and e.kind != "process" and e.fate in TREATED for n, e in lines]
        handed = b.column(np.array(treats, float)) > 0
        taken = b.gathered(np.where(b.out, 0.0, b.amount), b.pool, len(chosen))
        taken += b.gathered(np.where(handed, b.state.handed, 0.0), b.entry_pool, len(chosen))
        taken *= weight
        weights = b.weights(
            flow=np.where(b.out, 0.0, weight[b.pool]), entry=np.where(handed, weight[b.entry_pool], 0.0)
        )
        return Part(b.added(taken), b.makers(np.minimum(taken, b.made * chosen)), weights)
