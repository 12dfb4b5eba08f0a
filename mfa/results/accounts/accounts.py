"""All accounts of a run together, and the indicators made from them.

An indicator is one sum, or one sum over another; both are `Part`s, so that each indicator
also stands for every chain, site, sector, project and enterprise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.engine.network import Floats
from mfa.properties import tonnes_per_unit
from mfa.results.accounts.carbon import Carbon
from mfa.results.accounts.energy import Energy
from mfa.results.accounts.ledger import Ledger, Part, whole
from mfa.results.accounts.resources import Resources
from mfa.results.accounts.value import Value
from mfa.results.accounts.water import Water

TEN_THOUSAND = 1e4


class Accounts:
    """The accounts of one run, each made when first asked for."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.energy = Energy(ledger)
        self.carbon = Carbon(ledger, self.energy)
        self.water = Water(ledger)
        self.value = Value(ledger)
        self.resources = Resources(ledger)

    @cached_property
    def energy_use(self) -> Part:
        """At calorific value, tce."""
        return self.energy.use(self.energy.calorific)

    @cached_property
    def energy_equivalent(self) -> Part:
        """At equivalent value, tce."""
        return self.energy.use(self.energy.equivalent)

    @cached_property
    def scope_1(self) -> Part:
        """Combustion and process, t CO2 equivalent."""
        return self.carbon.scope_1("combustion") + self.carbon.scope_1("process")

    @cached_property
    def co2(self) -> Part:
        """Scopes 1 and 2, biogenic apart."""
        return self.scope_1 + self.carbon.scope_2()

    @cached_property
    def waste(self) -> Part:
        """General industrial solid waste that processes generate, t."""
        weight = self.ledger.per_pool(
            lambda m: tonnes_per_unit(m) if m.waste == "industrial-solid" and not m.residue_of else 0.0
        )
        return whole(self.ledger.outputs(weight))

    def alone(self, total: float) -> Part:
        """A sum that no process is known to bring a part of."""
        return Part(total, np.full(len(self.ledger.processes), np.nan))


@dataclass(frozen=True)
class Spec:
    """How an indicator is made: a sum, over another where there is one, times `scale`.

    `weight` tells what the numerator counts of each material: a process that takes some of it
    and lacks an input makes a reached bound unproven. `tonnes`: the numerator is a tonnage
    that can be missing. `grouped`: it also means something for a part of the park.
    """

    top: Callable[[Accounts], Part]
    bottom: Callable[[Accounts], Part] | None = None
    scale: float = 1.0
    weight: Callable[[Accounts], Floats] | None = None
    tonnes: bool = False
    grouped: bool = True

    def value(self, top: float, bottom: float | None) -> float | None:
        """The figure of two sums; None for 0 ÷ 0 and for what is not known."""
        if bottom is None:
            return None if np.isnan(top) else top * self.scale
        if np.isnan(top) or np.isnan(bottom) or bottom <= 0:
            return None
        return top / bottom * self.scale


def _added(a: Accounts) -> Part:
    return a.value.added


def _fresh_and_reused(a: Accounts) -> Part:
    return a.water.fresh + a.water.reused


def _reused(a: Accounts) -> Part:
    return a.water.reused + a.water.circulated


def _again(a: Accounts) -> Floats:
    return a.water.kind("reused") + a.water.kind("circulating")


def _linear(a: Accounts) -> Part:
    return a.alone(a.resources.linear_inflow)


SPECS: Mapping[str, Spec] = {
    "energy-use": Spec(lambda a: a.energy_use, weight=lambda a: a.energy.calorific),
    "energy-use-equivalent": Spec(lambda a: a.energy_equivalent, weight=lambda a: a.energy.equivalent),
    "energy-use-renewable": Spec(lambda a: a.energy.renewable),
    "energy-intensity": Spec(
        lambda a: a.energy_use, _added, TEN_THOUSAND, weight=lambda a: a.energy.calorific
    ),
    "energy-intensity-equivalent": Spec(
        lambda a: a.energy_equivalent, _added, TEN_THOUSAND, weight=lambda a: a.energy.equivalent
    ),
    "energy-productivity": Spec(_added, lambda a: a.energy_use),
    "co2": Spec(lambda a: a.co2, weight=lambda a: a.energy.calorific, tonnes=True),
    "co2-scope-1": Spec(lambda a: a.scope_1, tonnes=True),
    "co2-scope-1-combustion": Spec(lambda a: a.carbon.scope_1("combustion"), tonnes=True),
    "co2-scope-1-process": Spec(lambda a: a.carbon.scope_1("process"), tonnes=True),
    "co2-biogenic": Spec(lambda a: a.carbon.scope_1("biogenic"), tonnes=True),
    "co2-scope-2": Spec(lambda a: a.carbon.scope_2(), weight=lambda a: a.energy.calorific, tonnes=True),
    "co2-combustion-by-factor": Spec(lambda a: a.carbon.by_factor(combustion=True), tonnes=True),
    "co2-process-by-factor": Spec(lambda a: a.carbon.by_factor(combustion=False), tonnes=True),
    "co2-intensity": Spec(lambda a: a.co2, _added, TEN_THOUSAND, weight=lambda a: a.energy.calorific),
    "fresh-water": Spec(lambda a: a.water.fresh),
    "reused-water": Spec(lambda a: a.water.reused),
    "circulating-water": Spec(lambda a: a.water.circulated),
    "industrial-water-reuse": Spec(_reused, lambda a: a.water.fresh + _reused(a), weight=_again, tonnes=True),
    "industrial-water-reuse-without-circulation": Spec(
        lambda a: a.water.reused, _fresh_and_reused, weight=lambda a: a.water.kind("reused"), tonnes=True
    ),
    "reclaimed-water-use": Spec(
        lambda a: a.water.reclaimed, lambda a: a.water.treated(bought=True), tonnes=True, grouped=False
    ),
    "sewage-treatment": Spec(
        lambda a: a.water.treated(),
        lambda a: a.water.sewage(),
        weight=lambda a: a.water.kind("sewage"),
        tonnes=True,
    ),
    "water-intensity": Spec(lambda a: a.water.fresh, _added, TEN_THOUSAND),
    "water-productivity": Spec(_added, lambda a: a.water.fresh),
    "output-value": Spec(lambda a: a.value.output),
    "value-added": Spec(_added),
    "sales": Spec(lambda a: a.value.sales),
    "purchases": Spec(lambda a: a.value.purchases),
    "waste-intensity": Spec(lambda a: a.waste, _added, TEN_THOUSAND),
    "resource-productivity": Spec(_added, lambda a: a.resources.main),
    "circular-material-use": Spec(
        lambda a: a.alone(a.resources.circular[0]), lambda a: a.alone(a.resources.circular[1])
    ),
    "iso59020-recycled-inflow": Spec(
        lambda a: a.alone(a.resources.recycled_inflow), lambda a: a.alone(a.resources.inflow)
    ),
    "iso59020-renewable-inflow": Spec(
        lambda a: a.alone(a.resources.renewable_inflow), lambda a: a.alone(a.resources.inflow)
    ),
    "iso59020-recycled-outflow": Spec(
        lambda a: a.alone(a.resources.recycled_outflow), lambda a: a.alone(a.resources.outflow)
    ),
    "iso59020-renewable-energy": Spec(lambda a: a.energy.renewable, lambda a: a.energy_use, grouped=False),
    "iso59020-water-recirculation": Spec(_reused, lambda a: a.water.fresh),
    "iso59020-material-productivity": Spec(lambda a: a.value.sales, _linear),
}


def sewage(material: str) -> Spec:
    """Treatment of one kind of sewage."""
    return Spec(
        lambda a: a.water.treated(material),
        lambda a: a.water.sewage(material),
        weight=lambda a: a.water.kind("sewage", material),
        tonnes=True,
    )
