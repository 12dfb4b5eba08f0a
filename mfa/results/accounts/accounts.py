"""All accounts of a run together: the sums that indicators are made of, by the names of the catalogue.

A sum is a `Part`, so that what is made of it also stands for every chain, site, sector,
project and enterprise.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from mfa.engine.network import Floats
from mfa.properties import tonnes_per_unit
from mfa.results.accounts.carbon import Carbon
from mfa.results.accounts.energy import Energy
from mfa.results.accounts.ledger import Ledger, Part
from mfa.results.accounts.resources import Books, Resources
from mfa.results.accounts.transport import Transport
from mfa.results.accounts.value import Value
from mfa.results.accounts.waste_flows import WasteAccounts
from mfa.results.accounts.water import Water


class Accounts:
    """The accounts of one run, or of many samples, each made when first asked for.

    `books_of` makes the books of the wastes, which samples keep on arrays.
    """

    def __init__(self, ledger: Ledger, books_of: Callable[[Ledger], Books] = WasteAccounts) -> None:
        self.ledger = ledger
        self.energy = Energy(ledger)
        self.carbon = Carbon(ledger, self.energy)
        self.water = Water(ledger)
        self.value = Value(ledger)
        self.resources = Resources(ledger, books_of)
        self.haulage = Transport(ledger)

    def sum(self, name: str, material: str = "") -> Part:
        """A sum by its name in the catalogue; of sewage, of one material where one is named."""
        found = getattr(self, f"_{name}" if material else name)
        part: Part = found(material) if material else found
        return part

    def weight(self, name: str, material: str = "") -> Floats:
        """(pool,) what a sum counts of each material, by its name in the catalogue."""
        match name:
            case "calorific":
                return self.energy.calorific
            case "equivalent":
                return self.energy.equivalent
            case "used_again":
                return self.water.kind("reused") + self.water.kind("circulating")
            case _:
                return self.water.kind(name, material)

    @cached_property
    def energy_use(self) -> Part:
        """At calorific value, tce."""
        return self.energy.use(self.energy.calorific)

    @cached_property
    def energy_equivalent(self) -> Part:
        """At equivalent value, tce."""
        return self.energy.use(self.energy.equivalent)

    @property
    def energy_renewable(self) -> Part:
        """Of the energy used, what wind, sun, water and plants give, tce."""
        return self.energy.renewable

    @cached_property
    def scope_1_combustion(self) -> Part:
        """Greenhouse gases of combustion that leave, t CO2 equivalent."""
        return self.carbon.scope_1("combustion")

    @cached_property
    def scope_1_process(self) -> Part:
        """Greenhouse gases of processes that leave, t CO2 equivalent."""
        return self.carbon.scope_1("process")

    @cached_property
    def scope_1(self) -> Part:
        """Combustion and process, t CO2 equivalent."""
        return self.scope_1_combustion + self.scope_1_process

    @cached_property
    def biogenic(self) -> Part:
        """Greenhouse gases from plants, outside the scopes, t CO2 equivalent."""
        return self.carbon.scope_1("biogenic")

    @cached_property
    def scope_2(self) -> Part:
        """Bought electricity and heat times their factors, t CO2 equivalent."""
        return self.carbon.scope_2()

    @cached_property
    def co2(self) -> Part:
        """Scopes 1 and 2, biogenic apart."""
        return self.scope_1 + self.scope_2

    @cached_property
    def combustion_by_factor(self) -> Part:
        """Fuels used up times their statutory factors, t CO2."""
        return self.carbon.by_factor(combustion=True)

    @cached_property
    def process_by_factor(self) -> Part:
        """Carbonates used up times their statutory factors, t CO2."""
        return self.carbon.by_factor(combustion=False)

    @cached_property
    def co2_by_balance(self) -> Part:
        """Carbon in minus carbon out in goods, t CO2."""
        return self.carbon.by_balance()

    @cached_property
    def emitted(self) -> Part:
        """Emissions of all kinds that leave, t."""
        return self._emitted()

    def _emitted(self, material: str = "") -> Part:
        """What leaves of one emission, t; of all without a name."""
        chosen = [m.id for m in self.ledger.materials if m.kind == "emission" and material in ("", m.id)]
        weight = self.ledger.per_pool(lambda m: tonnes_per_unit(m) if m.id in chosen else 0.0)
        return self.ledger.shared("emission", weight, self.ledger.makers)

    @property
    def fresh_water(self) -> Part:
        """V_i, m3."""
        return self.water.fresh

    @property
    def reused_water(self) -> Part:
        """V_r without circulating cooling water, m3."""
        return self.water.reused

    @property
    def circulating_water(self) -> Part:
        """Cooling water that goes round, m3."""
        return self.water.circulated

    @cached_property
    def water_used_again(self) -> Part:
        """V_r, m3."""
        return self.water.reused + self.water.circulated

    @cached_property
    def water_used(self) -> Part:
        """V_i + V_r, m3."""
        return self.water.fresh + self.water_used_again

    @cached_property
    def fresh_and_reused_water(self) -> Part:
        """V_i + V_r without circulating cooling water, m3."""
        return self.water.fresh + self.water.reused

    @property
    def reclaimed_water(self) -> Part:
        """Reclaimed water that processes use, m3."""
        return self.water.reclaimed

    @cached_property
    def sewage(self) -> Part:
        """Sewage generated, m3."""
        return self.water.sewage()

    @cached_property
    def sewage_treated(self) -> Part:
        """Own sewage treated, m3."""
        return self.water.treated()

    @cached_property
    def sewage_treated_bought_too(self) -> Part:
        """Sewage treated, that from outside included, m3."""
        return self.water.treated(bought=True)

    def _sewage(self, material: str) -> Part:
        """Sewage of one kind."""
        return self.water.sewage(material)

    def _sewage_treated(self, material: str) -> Part:
        """Treated sewage of one kind."""
        return self.water.treated(material)

    @property
    def output_value(self) -> Part:
        """CNY without VAT."""
        return self.value.output

    @property
    def value_added(self) -> Part:
        """CNY; unknown where no process states a share."""
        return self.value.added

    @property
    def sales(self) -> Part:
        """CNY without VAT."""
        return self.value.sales

    @property
    def purchases(self) -> Part:
        """CNY without VAT."""
        return self.value.purchases

    @property
    def transport(self) -> Part:
        """Tonne-kilometres."""
        return self._park(self.haulage.work)

    @property
    def freight_cost(self) -> Part:
        """CNY."""
        return self._park(self.haulage.cost)

    @property
    def freight_co2(self) -> Part:
        """CO2 of lorries, outside the scopes, t."""
        return self._park(self.haulage.co2)

    @cached_property
    def waste(self) -> Part:
        """General industrial solid waste that processes generate, t."""
        weight = self.ledger.per_pool(
            lambda m: tonnes_per_unit(m) if m.waste == "industrial-solid" and not m.residue_of else 0.0
        )
        return self.ledger.outputs(weight)

    @property
    def main_resources(self) -> Part:
        """Bought or extracted, t."""
        return self.resources.main

    @property
    def circular_use(self) -> Part:
        """U of the circular material use rate, t."""
        return self._park(self.resources.circular[0])

    @property
    def circular_and_domestic_use(self) -> Part:
        """DMC + U, t."""
        return self._park(self.resources.circular[1])

    @property
    def inflow(self) -> Part:
        """All material that enters, t."""
        return self._park(self.resources.inflow)

    @property
    def recycled_inflow(self) -> Part:
        """Wastes and residues that enter, t."""
        return self._park(self.resources.recycled_inflow)

    @property
    def renewable_inflow(self) -> Part:
        """Renewable material that enters, t."""
        return self._park(self.resources.renewable_inflow)

    @property
    def linear_inflow(self) -> Part:
        """Inflow that is neither recycled nor renewable, t."""
        return self._park(self.resources.linear_inflow)

    @property
    def outflow(self) -> Part:
        """All material that leaves, t."""
        return self._park(self.resources.outflow)

    @property
    def recycled_outflow(self) -> Part:
        """Wastes and residues that leave to be used, t."""
        return self._park(self.resources.recycled_outflow)

    def _park(self, part: Part) -> Part:
        """A sum that no process is known to bring a part of."""
        return part.split(self.ledger.column(np.full(len(self.ledger.processes), np.nan)))
