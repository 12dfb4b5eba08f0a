"""CO2 by scope, and by the statutory factors beside it.

Scope 1 are the greenhouse gases that leave the park, each times its warming potential,
from combustion, from processes, and biogenic (kept apart). Scope 2 is bought electricity
and heat times the grid's and the guidelines' factor. The factor method, AD·LHV·CC·OF·44/12
(NDRC and MEE sector guidelines, GB/T 32151), takes what is used up of each fuel or carbonate
times its `co2-factor`. A third row takes the carbon that goes into processes less what comes
out in goods, whatever the recipes say of gases.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mfa.engine.network import Floats
from mfa.properties import CO2_PER_C, carbon_content, greenhouse, is_carrier, is_electricity
from mfa.results.accounts.energy import Energy, factor
from mfa.results.accounts.ledger import Ledger, Part
from mfa.system import number

CLOSES = 1.01  # carbon out over in up to which a process is no source of carbon: the tolerance of recipes


@dataclass(frozen=True)
class Carbon:
    """The carbon account of one run, t CO2 equivalent a year."""

    ledger: Ledger
    energy: Energy

    def scope_1(self, origin: str) -> Part:
        """Greenhouse gases of one origin that leave: combustion, process or biogenic."""
        weight = self.ledger.per_pool(lambda m: greenhouse(m) if m.ghg == origin else 0.0)
        return self.ledger.shared("emission", weight, self.ledger.makers)

    def scope_2(self) -> Part:
        """Bought electricity and heat times their factors; shared by who uses them, net.

        >>> round(400_000 * 0.7096)  # MWh times t/MWh
        283840
        """
        system = self.ledger.system
        power = self.ledger.per_pool(lambda m: is_electricity(m) and not m.renewable)
        heat = self.ledger.per_pool(
            lambda m: m.kind == "energy" and not is_electricity(m) and not m.renewable
        )
        bought = self._bought(power, factor(system, "grid-co2"))
        return bought + self._bought(heat, factor(system, "heat-co2"))

    def _bought(self, chosen: Floats, per_unit: float) -> Part:
        bought = self.ledger.crossing("import", chosen) * per_unit
        used = np.maximum(self.ledger.taken(chosen).by_process, 0.0)
        whole = self.ledger.added(used)
        return bought.split(used * np.divide(bought.total, whole, out=np.zeros_like(whole), where=whole > 0))

    def by_factor(self, *, combustion: bool) -> Part:
        """Σ (import + own extraction - export - stock gain) × factor; fuels, or carbonates.

        >>> round(120_000 * 20.934 * 0.0261 * 0.93 * 44 / 12, 3)  # raw coal, t
        223577.632
        """
        weight = self.ledger.per_pool(lambda m: number(m.co2_factor) * (is_carrier(m) is combustion))
        return self.energy.use(weight)

    def by_balance(self) -> Part:
        """Σ (carbon in − carbon out in goods) × 44.01/12.011, t CO2: emissions are not taken off.

        A process that gives more carbon in goods than it takes (a mine, an orchard) wins it from nature
        and counts nothing. What leaves as emission and is none by its kind (gas that is flared) counts.

        >>> round(3_600 * 0.55 * 44.01 / 12.011, 1)  # coal that a kiln burns, t
        7255.0
        """
        b = self.ledger
        content = b.per_pool(lambda m: carbon_content(m).known * CO2_PER_C)
        goods = content * b.per_pool(lambda m: m.kind != "emission")
        into, out = b.possibly(b.inputs(content)), b.possibly(b.outputs(goods))
        kept = b.of_processes(b.taken(goods), np.where(out <= into * CLOSES, 1.0, 0.0))
        return kept + b.shared("emission", goods, b.makers)

    def difference(self) -> float:
        """CO2 of scope 1 by recipes − by statutory factors, t; other gases, which have none, left out."""
        gases = self.ledger.per_pool(
            lambda m: (
                greenhouse(m) if np.all(m.gwp.value == 1) and m.ghg in ("combustion", "process") else 0.0
            )
        )
        by_factor = self.by_factor(combustion=True).total + self.by_factor(combustion=False).total
        return self.ledger.crossing("emission", gases).total - by_factor
