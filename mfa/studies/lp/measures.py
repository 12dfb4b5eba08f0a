"""The quantities that claims name, as linear forms in the variables of a programme.

Levels and flows are variables. An indicator is a sum of weighted amounts over another; the weights are
those of the accounts, so what an account decides by looking at the run (who nets what, whose waste it
is) is kept as in the run. Output value and value added have variables of their own, since prices and
shares lie in ranges.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.catalogue import Definition, definition, members_of
from mfa.engine.network import TAKER, Floats
from mfa.properties import WAYS
from mfa.results.accounts.accounts import Accounts
from mfa.results.accounts.ledger import Weights
from mfa.results.accounts.value import passes_on
from mfa.results.accounts.waste_weights import OLD, WasteWeights
from mfa.studies.lp.linear_form import LinearForm, total
from mfa.studies.lp.programme import Programme
from mfa.system import Claim, CustomIndicator, Process, Selector

WORTH = {"output_value": "value", "value_added": "added"}  # sums with variables of their own


@dataclass(frozen=True)
class Quantity:
    """What a claim is about: one form, or one over another times `scale`.

    `pooled`: it sets what some processes take against what others make, so that it says something
    only where pools balance.
    """

    top: LinearForm
    bottom: LinearForm | None = None
    scale: float = 1.0
    pooled: bool = False


class Measures:
    """The linear forms of one programme."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.ledger = programme.ledger
        self.accounts = Accounts(self.ledger)

    def of(self, claim: Claim) -> Quantity | None:
        """The form of a claim; None where its quantity is not linear in the flows, or nothing can flow."""
        if not self.programme.starts["end"]:
            return None
        if claim.kind == "level":
            i = list(self.programme.system.processes).index(claim.names[0])
            return Quantity(LinearForm((self.programme.column("level", i),), (1.0,)))
        if claim.kind == "flow":
            return Quantity(self._form(self.ledger.between(*claim.names)))
        if claim.kind != "indicators":
            return None
        parts = [self.indicator(name) for name in claim.names]
        if any(p is None for p in parts) or not parts:
            return None
        known = [p for p in parts if p is not None]
        if len(known) == 1:
            return known[0]
        if any(p.bottom for p in known):
            return None
        return Quantity(total([p.top for p in known]), pooled=any(p.pooled for p in known))

    def indicator(self, name: str) -> Quantity | None:
        """The form of an indicator, its group included; of groups only what processes are worth."""
        head, _, group = name.partition("@")
        own = next((o for o in self.programme.system.indicators if o.id == head), None)
        if own is not None:
            return self._own(own)
        found = definition(head)
        if found is None or (group and WORTH.get(found.numerator) is None) or (group and found.denominator):
            return None
        if found.fates:
            return self._waste(head, found)
        material = head.partition(":")[2]
        top = self._sum(found.numerator, material, group)
        if top is None or not found.denominator:
            return None if top is None else Quantity(top)
        bottom = self._sum(found.denominator, material, group)
        return None if bottom is None else Quantity(top, bottom, found.scale)

    def _sum(self, name: str, material: str, group: str) -> LinearForm | None:
        """A sum of the catalogue; None where it has no weights."""
        if not name:
            return None
        if name in WORTH:
            return self._worth(WORTH[name], self._members(group))
        weights = self.accounts.sum(name, material).weights
        return None if weights is None else self._form(weights)

    def _own(self, indicator: CustomIndicator) -> Quantity | None:
        """An indicator that the scenario defines, where each selector names one end and counts no layer."""
        sides = [self._selected(s) for s in (indicator.numerator, indicator.denominator)]
        if sides[0] is None or sides[1] is None:
            return None
        return Quantity(sides[0], sides[1] if indicator.denominator else None)

    def _selected(self, selectors: Sequence[Selector]) -> LinearForm | None:
        found = self.ledger.weights()
        for s in selectors:
            if (s.sources is not None and s.targets is not None) or s.count not in WAYS:
                return None
            count = WAYS[s.count]
            for material in sorted(s.materials & set(self.ledger.compiled.structure.pools)):
                per = s.weight.value * (count(self.programme.system.materials[material]) or 0.0)
                for node in sorted(s.sources or s.targets or ()):
                    ends = (node, "") if s.sources is not None else ("", node)
                    found += self.ledger.between(material, *ends) * per
        return self._form(found)

    def _members(self, group: str) -> Floats:
        """(process,) 1 for the members of a group, of everything without one."""
        kind, _, member = group.partition(":")

        def belongs(p: Process) -> float:
            return float(not group or member in members_of(p, kind))

        return self.ledger.per_process(belongs)

    def _worth(self, kind: str, members: Floats) -> LinearForm:
        b = self.ledger
        makes = members * b.per_process(lambda p: not passes_on(p))
        columns = tuple(
            self.programme.column(kind, f) for f in np.flatnonzero(b.out & (makes[b.process] > 0)).tolist()
        )
        return LinearForm(columns, (1.0,) * len(columns))

    def _form(self, weights: Weights) -> LinearForm:
        """Weights as a form; nothing is short in a programme, so a shortage has no variable."""
        columns: list[int] = []
        found: list[float] = []
        for kind, weight in (("flow", weights.flow), ("entry", weights.entry), ("surplus", weights.surplus)):
            at = np.flatnonzero(weight).tolist()
            columns += (self.programme.column(kind, i) for i in at)
            found += (float(weight[i]) for i in at)
        for i in np.flatnonzero(weights.outside).tolist():
            columns.append(self._outside[i])
            found.append(float(weights.outside[i]))
        return LinearForm(tuple(columns), tuple(found))

    @cached_property
    def _outside(self) -> list[int]:
        """(outside,) the column of each supply, demand and what a stock gives or takes."""
        dug = {(one.node, one.side): i for i, one in enumerate(self.programme.dug)}
        return [
            self.programme.column("dug", dug[o.node, o.side])
            if (o.node, o.side) in dug
            else self.programme.column("demand" if o.side == TAKER else "supply", o.pool)
            for o in self.ledger.compiled.outside
        ]

    @cached_property
    def _wastes(self) -> WasteWeights:
        return WasteWeights(self.ledger)

    def _waste(self, name: str, found: Definition) -> Quantity | None:
        """A rate or an amount of a class of waste, or the rate of one waste."""
        if found.waste_class:
            flows = self._wastes.accounts.flow
            of_class = (
                m.id for m in self.ledger.materials if m.waste == found.waste_class and not m.residue_of
            )
            amounts = self._wastes.of([m for m in of_class if flows(m).tonnes])
        else:
            amounts = self._wastes.of([name.partition(":")[2]])

        def form(words: Iterable[str]) -> LinearForm:
            return self._form(sum((amounts[w] for w in words), self.ledger.weights()))

        if found.unit != "1":
            return Quantity(form(found.fates), pooled=found.fates != ("generated",))
        bottom = form(("generated", *(f"{w}{OLD}" for w in found.fates)))
        return Quantity(form(found.fates), bottom, pooled=True)
