"""Primary resources, circular material use, and the flows that ISO 59020 asks for.

主要资源产出率 = value added ÷ main resources bought or extracted (发改环资〔2016〕2749号).
Main resources are what a park imports of kind resource or fuel, unless a material says
`main-resource: false` (air, overburden) or `true`. CMU = U ÷ (DMC + U) (Eurostat
cei_srm030): U is waste recovered as material, not as energy and not as backfill, less the
waste bought for it, plus the waste sold. ISO 59020:2024: shares of inflow and outflow by mass.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.engine.network import Floats
from mfa.results.accounts.ledger import Ledger, Part
from mfa.results.accounts.waste_flows import WasteAccounts
from mfa.system import Material, Process

OUTSIDE = ("water", "emission", "energy")


def is_main(material: Material) -> bool:
    """Whether it counts as a main resource."""
    if material.main_resource is not None:
        return material.main_resource
    return material.is_mass and material.kind in ("resource", "fuel")


def is_secondary(material: Material) -> bool:
    """Whether it comes from waste: a waste, or what is left of one."""
    return bool(material.waste or material.residue_of)


def is_counted(material: Material) -> bool:
    """Whether it counts as material: a mass, but not water, energy, emissions, nor what nature gives.

    Air and overburden say `main-resource: false` and have no price; bought goods have one.
    """
    free = material.main_resource is False and material.price is None
    return material.is_mass and material.kind not in OUTSIDE and not free


@dataclass(frozen=True)
class Resources:
    """The material account of one run, t a year."""

    ledger: Ledger

    @cached_property
    def main(self) -> Part:
        """Main resources bought or extracted, less what is sold on."""
        weight = self.ledger.per_pool(lambda m: is_main(m) and m.is_mass)
        b, won = self.ledger, self._extraction(weight)
        total = b.crossing("import", weight) + float(won.sum()) - b.crossing("export", weight)
        return Part(total, b.taken(weight) + won)

    def _extraction(self, weight: Floats) -> Floats:
        """(process,) what is won from nature: what a process makes beyond all material that it takes."""
        return np.maximum(self.ledger.outputs(weight) - self.ledger.inputs(self._where(lambda m: True)), 0.0)

    @cached_property
    def inflow(self) -> float:
        """All material that enters."""
        return self.ledger.crossing("import", self._where(lambda m: True))

    @cached_property
    def recycled_inflow(self) -> float:
        """Wastes and residues that enter."""
        return self.ledger.crossing("import", self._where(is_secondary))

    @cached_property
    def renewable_inflow(self) -> float:
        """Renewable material that enters."""
        return self.ledger.crossing("import", self._where(lambda m: m.renewable))

    @cached_property
    def outflow(self) -> float:
        """All material that leaves or is left over, emissions apart."""
        return sum(
            self.ledger.crossing(n, self._where(lambda m: True)) for n in ("export", "deposit", "surplus")
        )

    @cached_property
    def recycled_outflow(self) -> float:
        """Wastes and residues that leave to be used elsewhere."""
        return self.ledger.crossing("export", self._where(is_secondary))

    @property
    def linear_inflow(self) -> float:
        """Inflow that is neither recycled nor renewable."""
        both = self.ledger.crossing("import", self._where(lambda m: is_secondary(m) and m.renewable))
        return self.inflow - self.recycled_inflow - self.renewable_inflow + both

    @cached_property
    def books(self) -> WasteAccounts:
        """Who makes and takes each waste, and how much of it is the park's own."""
        return WasteAccounts(self.ledger)

    @cached_property
    def recovered(self) -> float:
        """RCV less the waste bought for it: the park's own waste that is used as material.

        What goes into processes of fate utilisation, without energy recovery, less what is left
        of the same waste there. A new waste that a recovery plant makes takes nothing off, what
        goes into products that nobody takes is not recovered.
        """
        system = self.ledger.system
        useful = (
            p
            for p in system.processes.values()
            if p.fate == "utilisation" and system.materials[p.per].kind != "energy"
        )
        return math.fsum(self._recovered(p) for p in useful)

    def _recovered(self, process: Process) -> float:
        """Own waste that a process takes, less what is left of it there, as far as its products are taken."""
        books, materials, name = self.books, self.ledger.system.materials, process.id
        taken = math.fsum(
            books.taken.get(m, {}).get(name, 0.0) * share
            for m in process.inputs
            if m in books.shares and is_counted(materials[m])
            for share in books.shares[m].values()
        )
        left = math.fsum(
            books.made.get(m, {}).get(name, 0.0) * books.left_over(name, m, root)
            for m in process.outputs
            if m in books.shares and is_counted(materials[m])
            for root in books.shares[m]
        )
        return max(taken - left, 0.0) * books.uptake[name]

    @property
    def circular(self) -> tuple[float, float]:
        """U and DMC + U of the circular material use rate; U counts the park's own waste alone.

        U = RCV - waste bought for recovery + waste sold: bought waste is in RCV and off again,
        what of it is resold or dumped is in neither.
        """
        export, own, pools = self.ledger.boundary["export"], self.books.own, self.ledger.materials
        sold = (
            a * own[m.id]
            for m, a in zip(pools, export.tolist(), strict=True)
            if m.id in own and is_counted(m)
        )
        used = self.recovered + math.fsum(sold)
        return used, self._consumption + used

    @property
    def _consumption(self) -> float:
        """DMC: primary material bought or extracted, less raw materials sold."""
        primary = self._where(lambda m: not is_secondary(m))
        raw = self._where(lambda m: is_main(m) and not is_secondary(m))
        won = float(self._extraction(raw).sum())
        return self.ledger.crossing("import", primary) + won - self.ledger.crossing("export", raw)

    def _where(self, test: Callable[[Material], bool]) -> Floats:
        return self.ledger.per_pool(lambda m: is_counted(m) and test(m))
