"""The quantities that claims name, as linear forms in the variables of a programme.

Levels and flows are variables. An indicator is a sum of weighted amounts over another; the weights are
those of the accounts, so what an account decides by looking at the run (who nets what, whose waste it
is) is kept as in the run. Output value and value added have variables of their own, since prices and
shares lie in ranges.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.catalogue import Definition, definition, members_of
from mfa.engine.network import TAKER, Floats
from mfa.results.accounts.ledger import Weights
from mfa.results.accounts.value import passes_on
from mfa.studies.lp.linear_form import LinearForm, total
from mfa.studies.lp.programme import Programme
from mfa.studies.lp.weighed_sums import WeighedSums
from mfa.system import Claim, Process

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
        found = definition(head)
        if found is not None and (found.numerator in WORTH or found.denominator in WORTH):
            return self._with_worth(head, found, group)
        weighed = None if group else self.sums.indicator(head)
        if weighed is None:
            return None
        bottom = None if weighed.bottom is None else self._form(weighed.bottom)
        return Quantity(self._form(weighed.top), bottom, weighed.scale, weighed.pooled)

    def _with_worth(self, head: str, found: Definition, group: str) -> Quantity | None:
        """An indicator that counts value, which has variables of its own."""
        if group and (found.denominator or found.numerator not in WORTH):
            return None
        material = head.partition(":")[2]
        top = self._sum(found.numerator, material, group)
        if top is None or not found.denominator:
            return None if top is None else Quantity(top)
        bottom = self._sum(found.denominator, material, group)
        return None if bottom is None else Quantity(top, bottom, found.scale)

    def _sum(self, name: str, material: str, group: str) -> LinearForm | None:
        """A sum of the catalogue; None where it has no weights."""
        if name in WORTH:
            return self._worth(WORTH[name], self._members(group))
        weights = self.sums.sum(name, material)
        return None if weights is None else self._form(weights)

    @cached_property
    def sums(self) -> WeighedSums:
        """The same as weights, without variables of their own."""
        return WeighedSums(self.ledger)

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
