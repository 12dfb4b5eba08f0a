"""Primary resources, circular material use, and the flows that ISO 59020 asks for.

主要资源产出率 = value added ÷ main resources bought or extracted (发改环资〔2016〕2749号).
Main resources are what a park imports of kind resource or fuel, unless a material says
`main-resource: false` (air, overburden) or `true`. CMU = U ÷ (DMC + U) (Eurostat
cei_srm030): U is waste recovered as material, not as energy and not as backfill, less the
waste bought for it, plus the waste sold. ISO 59020:2024: shares of inflow and outflow by mass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from mfa.engine.network import TAKER, Floats
from mfa.results.accounts.ledger import Ledger, Part
from mfa.results.accounts.waste_flows import WasteAccounts
from mfa.system import Material, Process

Number = float | Floats
"""A figure of a run, or (sample,) figures of many."""


class Books(Protocol):
    """Whose waste the pools of a run, or of many samples, hold (`WasteAccounts`)."""

    @property
    def at(self) -> Mapping[str, int]:
        """Material → the position of its pool."""

    @property
    def shares(self) -> Mapping[str, Mapping[str, Number]]:
        """Waste → waste that it comes from → own tonnes of that in one native unit of its pool."""

    @property
    def own(self) -> Mapping[str, Number]:
        """Waste → share of its pool's supply that the park made or had in its yards."""

    @property
    def uptake(self) -> Mapping[str, Number]:
        """Process → share of its products that finds somebody."""

    def left_over(self, process: str, material: str, root: str) -> Number:
        """Own tonnes of a waste that a process hands on with one native unit of an output."""


OUTSIDE = ("water", "emission", "energy")


def is_main(material: Material) -> bool:
    """Whether it counts as a main resource."""
    if material.main_resource is not None:
        return material.main_resource
    return material.has_mass and material.kind in ("resource", "fuel")


def is_secondary(material: Material) -> bool:
    """Whether it comes from waste: a waste, or what is left of one."""
    return bool(material.waste or material.residue_of)


def is_counted(material: Material) -> bool:
    """Whether it counts as material: a mass, but not water, energy, emissions, nor what nature gives.

    Air and overburden say `main-resource: false` and have no price; bought goods have one.
    """
    free = material.main_resource is False and material.price is None
    return material.has_mass and material.kind not in OUTSIDE and not free


@dataclass(frozen=True)
class Resources:
    """The material account of one run, t a year.

    `books_of` makes the books of its wastes: who makes and takes each, and how much is the park's own.
    """

    ledger: Ledger
    books_of: Callable[[Ledger], Books] = WasteAccounts

    @cached_property
    def main(self) -> Part:
        """Main resources bought or extracted, less what is sold on."""
        weight = self.ledger.per_pool(lambda m: is_main(m) * m.unit_mass)
        b, won = self.ledger, self._extraction(weight)
        used = b.crossing("import", weight) + won - b.crossing("export", weight)
        return used.split(b.taken(weight).by_process + won.by_process)

    def _extraction(self, weight: Floats) -> Part:
        """What is won from nature: what a process makes beyond all material that it takes."""
        won = self.ledger.outputs(weight) - self.ledger.inputs(self._where(lambda m: True))
        return self.ledger.of_processes(won, np.where(self.ledger.possibly(won) > 0, 1.0, 0.0))

    @cached_property
    def inflow(self) -> Part:
        """All material that enters."""
        return self.ledger.crossing("import", self._where(lambda m: True))

    @cached_property
    def recycled_inflow(self) -> Part:
        """Wastes and residues that enter."""
        return self.ledger.crossing("import", self._where(is_secondary))

    @cached_property
    def renewable_inflow(self) -> Part:
        """Renewable material that enters."""
        return self.ledger.crossing("import", self._where(lambda m: m.renewable))

    @cached_property
    def outflow(self) -> Part:
        """All material that leaves or is left over, emissions apart."""
        export, deposit, surplus = (
            self.ledger.crossing(n, self._where(lambda m: True)) for n in ("export", "deposit", "surplus")
        )
        return export + deposit + surplus

    @cached_property
    def recycled_outflow(self) -> Part:
        """Wastes and residues that leave to be used elsewhere."""
        return self.ledger.crossing("export", self._where(is_secondary))

    @property
    def linear_inflow(self) -> Part:
        """Inflow that is neither recycled nor renewable."""
        both = self.ledger.crossing("import", self._where(lambda m: is_secondary(m) and m.renewable))
        return self.inflow - self.recycled_inflow - self.renewable_inflow + both

    @cached_property
    def books(self) -> Books:
        """Who makes and takes each waste, and how much of it is the park's own."""
        return self.books_of(self.ledger)

    @cached_property
    def recovered(self) -> Part:
        """RCV less the waste bought for it: the park's own waste that is used as material.

        What goes into processes of fate utilisation, without energy recovery, less what is left
        of the same waste there. A new waste that a recovery plant makes takes nothing off, what
        goes into products that nobody takes is not recovered.
        """
        system, weight = self.ledger.system, self.ledger.zeros(len(self.ledger.pool))
        for i, process in enumerate(self.ledger.processes):
            if process.fate == "utilisation" and system.materials[process.per].kind != "energy":
                for flow, share in self._recovered(i, process):
                    weight[flow] = share * self.ledger.materials[self.ledger.pool[flow]].unit_mass
        return self.ledger.flows(weight)

    def _recovered(self, number: int, process: Process) -> Iterator[tuple[int, Number]]:
        """Own waste that a process takes, less what is left of it there, as far as its products are taken.

        By flow, native units: inputs count, residues that are left take off; nothing where more is left.
        """
        b, books, name = self.ledger, self.books, process.id
        found: list[tuple[int, Number]] = []
        for side, recipe, sign in ((-TAKER, process.inputs, 1.0), (TAKER, process.outputs, -1.0)):
            for m in (m for m in recipe if m in books.shares and is_counted(b.system.materials[m])):
                flow = b.flow_at.get((books.at[m], number, side))
                if flow is None:  # a coefficient of 0
                    continue
                own = (
                    sum(books.shares[m].values())
                    if sign > 0
                    else sum(books.left_over(name, m, root) for root in books.shares[m])
                )
                found.append((flow, sign * own * books.uptake[name]))
        gains = sum(b.possible[f] * share for f, share in found) > 0
        yield from ((f, np.where(gains, share, 0.0)) for f, share in found)

    @property
    def circular(self) -> tuple[Part, Part]:
        """U and DMC + U of the circular material use rate; U counts the park's own waste alone.

        U = RCV - waste bought for recovery + waste sold: bought waste is in RCV and off again,
        what of it is resold or dumped is in neither.
        """
        own = self.books.own
        sold = self.ledger.per_pool(lambda m: own.get(m.id, 0.0) * m.unit_mass if is_counted(m) else 0.0)
        used = self.recovered + self.ledger.crossing("export", sold)
        return used, self._consumption + used

    @property
    def _consumption(self) -> Part:
        """DMC: primary material bought or extracted, less raw materials sold."""
        primary = self._where(lambda m: not is_secondary(m))
        raw = self._where(lambda m: is_main(m) and not is_secondary(m))
        won = self._extraction(raw)
        return self.ledger.crossing("import", primary) + won - self.ledger.crossing("export", raw)

    def _where(self, test: Callable[[Material], bool]) -> Floats:
        return self.ledger.per_pool(lambda m: m.unit_mass if is_counted(m) and test(m) else 0.0)
