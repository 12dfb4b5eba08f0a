"""Indicators as weights of amounts: one sum, or one over another.

The weights are those of the accounts, so what an account decides by looking at the run (who nets what, whose
waste it is) is kept as in the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from mfa.catalogue import Definition, definition
from mfa.properties import WAYS
from mfa.results.accounts.accounts import Accounts
from mfa.results.accounts.ledger import Ledger, Weights
from mfa.results.accounts.waste_weights import OLD, WasteWeights
from mfa.system import CustomIndicator, Selector


@dataclass(frozen=True)
class Weighed:
    """An indicator: a sum, or `top` over `bottom` times `scale`.

    `pooled`: it sets what some processes take against what others make, so that it says something
    only where pools balance.
    """

    top: Weights
    bottom: Weights | None = None
    scale: float = 1.0
    pooled: bool = False


class WeighedSums:
    """The indicators of one run as weights.

    Parameters
    ----------
    sold : products count as taken in full, so that all that is used counts as used
    """

    def __init__(self, ledger: Ledger, *, sold: bool = False) -> None:
        self.ledger, self.sold = ledger, sold
        self.accounts = Accounts(ledger)
        self._found: dict[tuple[str, bool], Mapping[str, Weights]] = {}

    def indicator(self, name: str) -> Weighed | None:
        """An indicator of the whole park; None where it has no weights."""
        own = next((o for o in self.ledger.system.indicators if o.id == name), None)
        if own is not None:
            return self._own(own)
        found = definition(name)
        if found is None or "@" in name:
            return None
        if found.fates:
            return self._waste(name, found)
        material = name.partition(":")[2]
        top = self.sum(found.numerator, material)
        if top is None or not found.denominator:
            return None if top is None else Weighed(top * found.scale)
        bottom = self.sum(found.denominator, material)
        return None if bottom is None else Weighed(top, bottom, found.scale)

    def sum(self, name: str, material: str) -> Weights | None:
        """A sum of the catalogue; None where it has no weights."""
        return self.accounts.sum(name, material).weights if name else None

    def _own(self, indicator: CustomIndicator) -> Weighed | None:
        """An indicator that the scenario defines, where each selector names one end and counts no layer."""
        top, bottom = (self._selected(s) for s in (indicator.numerator, indicator.denominator))
        if top is None or bottom is None:
            return None
        return Weighed(top, bottom if indicator.denominator else None)

    def _selected(self, selectors: Sequence[Selector]) -> Weights | None:
        found = self.ledger.weights()
        for s in selectors:
            if (s.sources is not None and s.targets is not None) or s.count not in WAYS:
                return None
            count = WAYS[s.count]
            for material in sorted(s.materials & set(self.ledger.compiled.structure.pools)):
                per = s.weight.value * (count(self.ledger.system.materials[material]) or 0.0)
                for node in sorted(s.sources or s.targets or ()):
                    ends = (node, "") if s.sources is not None else ("", node)
                    found += self.ledger.between(material, *ends) * per
        return found

    @cached_property
    def _wastes(self) -> WasteWeights:
        return WasteWeights(self.ledger, sold=self.sold)

    def _amounts(self, name: str, *, whole: bool) -> Mapping[str, Weights]:
        """What is generated and met each fate: of a class of waste, or of one."""
        if (name, whole) not in self._found:
            wastes, mine = self._wastes, [name]
            if whole:
                of_class = (m.id for m in self.ledger.materials if m.waste == name and not m.residue_of)
                mine = [m for m in of_class if wastes.accounts.in_tonnes(m)]
            self._found[name, whole] = wastes.of(mine)
        return self._found[name, whole]

    def _waste(self, name: str, found: Definition) -> Weighed:
        """A rate or an amount of a class of waste, or the rate of one waste."""
        amounts = self._amounts(found.waste_class or name.partition(":")[2], whole=bool(found.waste_class))

        def weights(words: Iterable[str]) -> Weights:
            return sum((amounts[w] for w in words), self.ledger.weights())

        if found.unit != "1":
            return Weighed(weights(found.fates), pooled=found.fates != ("generated",))
        bottom = weights(("generated", *(f"{w}{OLD}" for w in found.fates)))
        return Weighed(weights(found.fates), bottom, pooled=True)
