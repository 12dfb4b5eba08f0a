"""Energy: what the park uses of fuels, electricity and heat, in tonnes of coal equivalent.

综合能耗 (GB/T 2589-2020, clause 5): E = Σ eᵢ·pᵢ over the energy carriers that the park
buys or extracts, less what it sells and lays in stock. At calorific value (当量) electricity
counts 0.1229 kgce/kWh and heat 34.12 kgce/GJ (annex A); at equivalent value (等价)
electricity counts what its generation takes. Fuels count by their lower heating value,
1 kgce = 29.3076 MJ.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.catalogue import FACTORS
from mfa.engine.network import Floats
from mfa.properties import GJ_PER_TCE, energy_content, is_carrier
from mfa.results.accounts.ledger import Ledger, Part
from mfa.system import Material, System

WINS_ALL = 2.0  # out over in: coal mines and wells are above 10, recipes that convert energy hardly above 1
SURPLUS_OF_ENERGY = 1 + 1e-9  # more out than in, but for rounding: energy from the surroundings


def factor(system: System, name: str) -> float:
    """A factor of the scenario, or its default."""
    figure = system.factors.get(name)
    return figure.value if figure else FACTORS[name].default


@dataclass(frozen=True)
class Energy:
    """The energy account of one run."""

    ledger: Ledger

    @cached_property
    def calorific(self) -> Floats:
        """(pool,) tce in one native unit, electricity at calorific value."""
        return self._content(factor(self.ledger.system, "electricity-calorific"))

    @cached_property
    def equivalent(self) -> Floats:
        """(pool,) tce in one native unit, electricity at equivalent value."""
        return self._content(factor(self.ledger.system, "electricity-equivalent"))

    def _content(self, electricity: float) -> Floats:
        heat = factor(self.ledger.system, "heat-calorific")

        def content(m: Material) -> float:
            if not is_carrier(m):
                return 0.0
            if m.kind == "energy":
                return electricity if m.unit == "MWh" else heat
            return energy_content(m) / GJ_PER_TCE

        return self.ledger.per_pool(content)

    def use(self, weight: Floats) -> Part:
        """Σ (import + own extraction - export - stock gain) × coefficient, and its parts.

        A process brings inputs - outputs, and what it extracts; what is made and then thrown
        away counts with its makers. What is short is used as well: who lacks it runs in full.
        """
        b = self.ledger
        extracted = self.extraction(weight)
        used = b.crossing("import", weight) + b.crossing("shortage", weight) + extracted
        used += b.crossing("from-stock", weight) - b.crossing("to-stock", weight)
        used -= b.crossing("export", weight)
        discarded = sum((b.boundary[n] for n in ("emission", "deposit", "surplus")), b.zeros(len(weight)))
        parts = b.taken(weight).by_process + extracted.by_process + b.makers(discarded * weight)
        return used.split(parts)

    def extraction(self, weight: Floats) -> Part:
        """What is won from nature: outputs of processes that give more energy than they take.

        A heat pump wins only what it gives beyond what it takes. So does what gives less than twice as
        much: no mine takes that much, but a washery may whose recipe does not close to the last per cent.
        """
        b = self.ledger
        energy_out, energy_in = (b.possibly(side(self.calorific)) for side in (b.outputs, b.inputs))
        wins = energy_out > energy_in * SURPLUS_OF_ENERGY
        passes = (b.per_process(lambda p: p.heat_pump) > 0) | (energy_out < energy_in * WINS_ALL)
        won = b.outputs(weight) - b.of_processes(b.inputs(weight), np.where(passes, 1.0, 0.0))
        return b.of_processes(won, np.where(wins & (b.possibly(won) > 0), 1.0, 0.0))

    @cached_property
    def renewable(self) -> Part:
        """The part of the use that wind, sun, water and plants give, at calorific value."""
        return self.use(self.calorific * self.ledger.per_pool(lambda m: m.renewable))
