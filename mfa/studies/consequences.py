"""What a measure brings along: the run of the changed park minus the run as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mfa.catalogue import SOLID
from mfa.properties import tonnes_per_unit
from mfa.results.run import Run
from mfa.system import Material

MOST_NAMED = 3  # materials of a list; with more nobody sees which matter
Amounts = tuple[tuple[str, float], ...]
ROUNDING = 1e-9  # of all that crosses; what changes by less differs by the order of sums


@dataclass(frozen=True)
class Consequences:
    """What comes with a measure, a year, against the run as it is; minus is less.

    Attributes
    ----------
    sold, bought : the materials of which most more leaves or enters, largest first, each with how
        much more, t; their buyers and suppliers have to be found
    bought_mass : all mass of which more enters, t
    energy : energy use at calorific value, tce
    co2 : scopes 1 and 2, t
    money : sales minus purchases, CNY without VAT; None where one of `sold` (but waste) or of
        `bought` has no price
    unsold : industrial solid waste in products that nobody takes, t
    """

    sold: Amounts
    bought: Amounts
    bought_mass: float
    energy: float
    co2: float
    money: float | None
    unsold: float


class Beside:
    """A run that others are set beside."""

    def __init__(self, base: Run) -> None:
        self.base = base
        self.tonnes: dict[str, float] = {}

    def consequences(self, then: Run) -> Consequences:
        """What is different in `then`, a run of the changed park."""
        sold, bought = self._more(then, "export"), self._more(then, "import")
        a, b = self.base.accounts, then.accounts
        named = sold[:MOST_NAMED], bought[:MOST_NAMED]
        return Consequences(
            *named,
            sum(amount for _, amount in bought),
            b.energy_use.total - a.energy_use.total,
            b.co2.total - a.co2.total,
            _money(self.base, then, *named),
            _unsold(then) - _unsold(self.base),
        )

    def _more(self, then: Run, side: Literal["export", "import"]) -> Amounts:
        """Masses of which more leaves or enters, the largest first, t a year."""
        before, after = self._crossing(self.base, side), self._crossing(then, side)
        least = ROUNDING * sum(before.values())
        found = [(m, a - before.get(m, 0.0)) for m, a in after.items() if a - before.get(m, 0.0) > least]
        return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0])))

    def _crossing(self, run: Run, side: Literal["export", "import"]) -> dict[str, float]:
        """Material → what leaves or enters, t a year; water, air and what has no mass apart."""
        there = (f for f in run.flow_list if (f.target if side == "export" else f.source) == side)
        amounts = {f.material: f.amount * self._tonnes(run.system.materials[f.material]) for f in there}
        return {m: a for m, a in amounts.items() if a > 0}

    def _tonnes(self, material: Material) -> float:
        """Tonnes in a native unit that somebody has to be found for; 0 where nobody has."""
        if material.id not in self.tonnes:
            tonnes = None if _is_free(material) else tonnes_per_unit(material)
            self.tonnes[material.id] = tonnes or 0.0
        return self.tonnes[material.id]


def _is_free(material: Material) -> bool:
    """Water, and what comes out of the air: nobody has to be found for it."""
    from_air = material.main_resource is False and material.price is None
    return material.kind == "water" or bool(material.water) or from_air


def _money(base: Run, then: Run, sold: Amounts, bought: Amounts) -> float | None:
    """How much more sales exceed purchases; a waste without a price is handed over for nothing."""
    materials = then.system.materials
    paid = [materials[m] for m, _ in sold if materials[m].kind != "waste"] + [materials[m] for m, _ in bought]
    priced = any(m.price for m in materials.values())
    if not priced or any(m.price is None for m in paid):
        return None
    return _margin(then) - _margin(base)


def _margin(run: Run) -> float:
    return run.accounts.sales.total - run.accounts.purchases.total


def _unsold(run: Run) -> float:
    """Industrial solid waste in products that nobody takes, t a year."""
    solid = (w for m, w in run.wastes.items() if w.tonnes and run.system.materials[m].waste == SOLID)
    return sum(u.amount for w in solid for u in w.uses if u.fate == "unsold")
