"""Footprints of products (ISO 14067, gate to gate): CO2, energy and waste per unit of what is sold.

A process gets what its inputs carry and what it emits, uses up or generates itself, and hands it to
its products by the rule of allocation. Bought inputs carry their factors: electricity and heat those
of scope 2, every material its `upstream-co2`. Wastes, emissions and water carry nothing, unless they
are sold at a price. What treats a waste or sewage and makes no product is charged to those who made
it; a well hands on to its water. One linear solve a measure, recycle loops included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import get_args

import numpy as np

from mfa.engine.network import Bools, Floats
from mfa.engine.tracing import Carried, trace
from mfa.errors import Error, Fault, nearest
from mfa.properties import energy_content, is_electricity, price, tonnes_per_unit
from mfa.results.accounts.accounts import Accounts
from mfa.results.accounts.energy import factor
from mfa.results.accounts.ledger import ENTERS, LEAVES, Ledger
from mfa.system import Allocation, Material, number

FREE = ("waste", "emission", "water")
MEASURES = ("co2", "energy", "waste")
RULES: tuple[Allocation, ...] = get_args(Allocation)


def check_allocation(rule: str | None) -> None:
    """Whether a rule of allocation is one; None is.

    Raises
    ------
    mfa.Error
        it is none
    """
    if rule is not None and rule not in RULES:
        values = {"given": str(rule)[:60], "known": ", ".join(RULES), "near": nearest(str(rule), RULES)}
        raise Error([Fault("allocation-unknown", None, values)])


@dataclass(frozen=True)
class Footprint:
    """What one unit of a product carries, and how much of it crosses a boundary in a year.

    `co2` in t CO2 equivalent, `energy` in tce, `waste` in t, each per native unit of the product; of
    samples (sample,) arrays.
    """

    product: str
    boundary: str
    amount: float
    co2: float
    energy: float
    waste: float


@dataclass(frozen=True)
class Footprints:
    """The footprints of one run under one rule; `rule` holds where a process has no `allocation`."""

    accounts: Accounts
    rule: Allocation

    @property
    def ledger(self) -> Ledger:
        """The amounts that they go by."""
        return self.accounts.ledger

    @cached_property
    def products(self) -> Bools:
        """(pool,) what carries: no waste, emission or water, unless it is sold at a price."""
        b = self.ledger
        sold = (b.boundary["export"] > 0) & (b.per_pool(price) > 0)
        return np.asarray(b.column(np.array([m.kind not in FREE for m in b.materials], bool)) | sold)

    @cached_property
    def _by_rule(self) -> Floats:
        """(flow,) what each product of a process counts under its rule; by mass where that is nothing."""
        b = self.ledger
        made = np.where(b.out & self.products[b.pool], b.amount, 0.0)
        rules: Mapping[str, Floats] = {
            "mass": made * self._mass,
            "energy": made * b.per_pool(energy_content)[b.pool],
            "value": made * b.per_pool(price)[b.pool],
            "main": np.where(self._reference, made, 0.0),
        }
        asked = b.column(np.array([p.allocation or self.rule for p in b.processes])[b.process])
        weight = np.select([asked == r for r in rules], list(rules.values()))
        for other in (rules["mass"], made):
            weight = np.where((b.by_process(weight) > 0)[b.process], weight, other)
        return weight

    @cached_property
    def _mass(self) -> Floats:
        """(flow,) tonnes in a unit; GJ where a process is counted by the energy that it makes."""
        b = self.ledger
        power = b.per_process(lambda p: b.system.materials[p.per].kind == "energy") > 0
        tonnes, energy = b.per_pool(tonnes_per_unit), b.per_pool(energy_content)
        found: Floats = np.where(power[b.process], energy[b.pool], tonnes[b.pool])
        return found

    @cached_property
    def _reference(self) -> Bools:
        """(flow,) the reference of each process."""
        b = self.ledger
        pairs = zip(b.process.tolist(), b.pool.tolist(), strict=True)
        found: Bools = b.column(np.array([b.processes[p].per == b.materials[m].id for p, m in pairs], bool))
        return found

    @cached_property
    def _treated(self) -> Bools:
        """(flow,) wastes and sewage that a process without a product takes."""
        b = self.ledger
        bare = b.by_process(self._by_rule) == 0
        refuse = b.per_pool(lambda m: m.kind == "waste" or m.water == "sewage") > 0
        found: Bools = ~b.out & (b.amount > 0) & bare[b.process] & refuse[b.pool] & ~self.products[b.pool]
        return found

    @cached_property
    def served(self) -> Bools:
        """(pool,) wastes that some process treats: what that brings goes back to their makers."""
        b = self.ledger
        found: Bools = b.gathered(self._treated.astype(float), b.pool, len(b.materials)) > 0
        return found

    @cached_property
    def _gives(self) -> Bools:
        """(flow,) whether it carries out of its process: outputs, and wastes treated the other way."""
        b = self.ledger
        return np.where(self.served[b.pool], self._treated, b.out)

    @cached_property
    def shares(self) -> Floats:
        """(flow,) of what a process gets, the part that each flow carries on."""
        b = self.ledger
        tonnes = b.amount * b.per_pool(tonnes_per_unit)[b.pool]
        weight = self._by_rule
        outputs = b.out & ~self.served[b.pool]
        for chosen, by in (
            (self._treated, tonnes),
            (self._treated, b.amount),
            (outputs & self._reference, b.amount),  # a well
            (outputs, tonnes),  # a flare
        ):
            bare = (b.by_process(weight) == 0)[b.process]
            weight = np.where(bare & chosen, by, weight)
        weight = weight * self._has_way_out(weight)[b.pool]
        total = b.by_process(weight)[b.process]
        return np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)

    def _has_way_out(self, weight: Floats) -> Bools:
        """(pool,) whether what it carries leaves somewhere; a closed loop would keep it for ever."""
        b = self.ledger
        found: Bools = np.where(self.served, b.entering, b.leaving) > 0
        gets = ~self._gives & (self._passing > 0)
        while True:
            hands = b.by_process(np.where(found[b.pool], weight, 0.0)) > 0
            more = found | (b.gathered(gets & hands[b.process], b.pool, len(found)) > 0)
            if (more == found).all():
                return found
            found = more

    @cached_property
    def _passing(self) -> Floats:
        """(flow,) amounts that take something with them: who only uses a treated waste takes nothing."""
        b = self.ledger
        return np.where(self.served[b.pool] & ~b.out & ~self._treated, 0.0, b.amount)

    @cached_property
    def given(self) -> Floats:
        """(pool,) t CO2 equivalent that comes over the boundary and from stocks."""
        system = self.ledger.system
        grid, heat = factor(system, "grid-co2"), factor(system, "heat-co2")

        def per_unit(m: Material) -> float:
            bought = 0.0
            if m.kind == "energy" and not m.renewable:
                bought = grid if is_electricity(m) else heat
            return bought + number(m.upstream_co2)

        return np.where(self.served, 0.0, self.ledger.entering * self.ledger.per_pool(per_unit))

    @cached_property
    def own(self) -> Mapping[str, Floats]:
        """Measure → (process,) what processes emit (scope 1), use up of energy, and generate of waste."""
        accounts = self.accounts
        parts = (accounts.scope_1, accounts.energy_use, accounts.waste)
        return {measure: part.by_process for measure, part in zip(MEASURES, parts, strict=True)}

    @cached_property
    def carried(self) -> Mapping[str, Carried]:
        """Measure → the solved burdens, a year."""
        b, none = self.ledger, self.ledger.zeros(len(self.ledger.materials))
        structure = replace(b.compiled.structure, flow_side=np.where(self._gives, 1, -1))
        known, zero = b.made + b.entering, b.column(np.zeros(len(b.pool)))
        return {
            measure: trace(
                structure,
                self._passing,
                self.given if measure == "co2" else none,
                known,
                self.shares,
                zero,
                self.own[measure],
            )
            for measure in MEASURES
        }

    def of(self, material: str, boundary: str = "export") -> Footprint:
        """What one unit of a material carries; the amount is what crosses the boundary in a year."""
        b = self.ledger
        pool = b.compiled.structure.pools.index(material)
        means = (self.carried[measure].mean[pool] for measure in MEASURES)
        found = (b.boundary[boundary][pool], *means)
        return Footprint(material, boundary, *(float(a) if a.ndim == 0 else a for a in found))

    @cached_property
    def rows(self) -> list[Footprint]:
        """All that takes a burden with it: sold, laid in stock, left over; wastes treated for others."""
        return list(self._rows())

    def _rows(self) -> Iterator[Footprint]:
        b = self.ledger
        for pool in np.argsort([m.id for m in b.materials]).tolist():
            for boundary in ENTERS if self.served[pool] else LEAVES:
                row = self.of(b.materials[pool].id, boundary)
                if row.amount > 0 and (self.products[pool] or row.co2 or row.energy or row.waste):
                    yield row

    @property
    def total(self) -> Mapping[str, float]:
        """Measure → all that the park brings to its products: its own, and that of what it buys."""
        made = {measure: float(self.own[measure].sum()) for measure in MEASURES}
        return {**made, "co2": made["co2"] + float(self.given.sum())}
