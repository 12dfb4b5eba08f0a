"""Exact derivatives of indicators by every number of the network: one transposed solve for each.

What each amount of the run is worth to an indicator are the weights of its sums; of a ratio those of both, so
that one solve serves it. Of wastes, whose accounts go by the flows themselves, they are differentiated
(`waste_slopes.py`), as is what enterprises hand out (`value.py`). Of other sums the weights are held against
the account at amounts a little aside: where they are not its derivatives (a share of a pool is fresh), there
is no exact answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from mfa.catalogue import BY_ID, WASTE_AMOUNTS, Definition, definition
from mfa.engine import linear
from mfa.engine.adjoint import MOVED, NEAR, Adjoint
from mfa.engine.network import Floats, Values
from mfa.results.accounts.ledger import Weights
from mfa.results.accounts.waste import Account
from mfa.results.accounts.waste_slopes import AccountSlopes, WasteSlopes
from mfa.results.indicators.waste_rates import FIELDS, covered
from mfa.results.run import Run
from mfa.studies.lp.weighed_sums import WeighedSums

VALUE = ("output_value", "value_added")
FRESH = ("fresh_water", "water_used", "fresh_and_reused_water")
ASIDE = 1e-5  # of each amount: the square of it is below AGREES, rounding over it too
AGREES = 1e-7  # of what the amounts move a sum by: weights that fit closer are its derivatives
SEED = 7  # of the directions in which amounts are moved, any in general position


@dataclass(frozen=True)
class Gradient:
    """The derivatives of an indicator.

    Attributes
    ----------
    value : the indicator
    by : derivatives in the places of the numbers, `outside` of each supply and demand alone
    kinks : (flow,) coefficients at which the account itself bends
    """

    value: float
    by: Values
    kinks: Floats


class Gradients:
    """The derivatives of the indicators of one run."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @property
    def solves(self) -> int:
        """Transposed linear systems solved so far."""
        return self.adjoint.solves

    @cached_property
    def adjoint(self) -> Adjoint:
        """The lists as the run serves them."""
        c = self.run.compiled
        return Adjoint(c.wiring, c.values, self.run.state)

    def of(self, name: str) -> Gradient | None:
        """The derivatives of an indicator; None where they cannot be had exactly."""
        if self.run.compiled.returns:
            return None  # of a share that leaves within the period the wiring is another one
        value = self._values([name])[0]
        if value is None:
            return None
        found = self._worth(name, value)
        if found is None:
            return None
        w = found.weights
        try:
            by = self.adjoint.of(flow=w.flow, entry=w.entry, surplus=w.surplus, shortage=w.shortage)
        except linear.Singular:
            return None
        by = replace(by, coefficient=by.coefficient + found.coefficient)
        return Gradient(value, self._outside(by, w.outside), found.kinks)

    @cached_property
    def near(self) -> Values | None:
        """How much a unit of each number moves lists that are on a bound; None where nothing is known."""
        if self.run.compiled.returns:
            return None
        try:
            return self._outside(self.adjoint.near(self._apart), 0.0)
        except linear.Singular:
            return None

    def bends(self, moved: Sequence[tuple[str, int, float]], value: float, kinks: Floats) -> bool:
        """Whether a figure moves anything that is on a bound.

        Parameters
        ----------
        moved : array and place of each number that it moves, and by how much a unit
        value : the figure
        kinks : of the account (`Gradient`)
        """
        near = self.near
        if near is None:
            return True
        total = sum(float(getattr(near, array)[at]) * by for array, at, by in moved)
        apart = any(array == "coefficient" and kinks[at] for array, at, _ in moved)
        return apart or abs(total * value) > MOVED

    def bound(self, moved: Sequence[tuple[str, int, float]], value: float) -> str:
        """What is on its bound and moved by a figure: a process, else a material; empty where nothing is.

        Parameters
        ----------
        moved, value : as in `bends`
        """
        c, v = self.run.compiled, self.run.compiled.values
        for array, at, _ in moved:
            if array in ("driven", "capacity") and v.driven[at] >= v.capacity[at] * (1 - NEAR):
                return c.structure.processes[at]
        for kink, found in self.adjoint.near_each:
            by = self._outside(found, 0.0)
            if abs(value * sum(float(getattr(by, a)[at]) * d for a, at, d in moved)) > MOVED:
                process = c.structure.entries[kink.entry].process if kink.entry >= 0 else -1
                return c.structure.processes[process] if process >= 0 else c.structure.pools[kink.pool]
        return ""

    def _outside(self, by: Values, weights: Floats | float) -> Values:
        """Derivatives by each amount from outside, from those by the nets of the pools."""
        outside = self.run.compiled.outside
        carried = np.array([-o.side * by.external[o.pool] for o in outside], float)
        return replace(by, outside=carried + weights)

    # ------------------------------------------------------------ what amounts are worth
    def _worth(self, name: str, value: float) -> AccountSlopes | None:
        found = definition(name)
        if found is not None and found.fates and "@" not in name:
            return self._of_wastes(name, found)
        weights = None if "@" in name else self._of_sums(name)
        none = np.zeros(len(self.run.compiled.values.coefficient))
        if weights is None:
            return None
        if self._counts_value(found):
            return AccountSlopes(weights, none, none)
        if not self._agrees(name, weights, recipes=False):
            return None
        return AccountSlopes(weights, none, none if self._agrees(name, weights, recipes=True) else none + 1)

    @staticmethod
    def _counts_value(found: Definition | None) -> bool:
        return found is not None and bool({found.numerator, found.denominator} & set(VALUE))

    @cached_property
    def _apart(self) -> Floats:
        """(flow,) weights of what enterprises hand out, where they use just what they make."""
        return self.run.accounts.value.slopes(added=False)[1]

    @cached_property
    def _wastes(self) -> WasteSlopes:
        return WasteSlopes(self.run.accounts.ledger)

    def _of_wastes(self, name: str, found: Definition) -> AccountSlopes | None:
        """Of a rate or an amount of a class of waste, or the rate of one waste."""
        wastes = self.run.wastes
        one = name.partition(":")[2]
        rate = found if not found.waste_class or found.unit == "1" else _of_class(found)
        members = [wastes[one]] if one in wastes else covered(self.run.system, wastes, rate)
        total = sum((w.account() for w in members), Account())
        names = [w.material for w in members]
        if found.unit != "1":
            return self._wastes.of(names, {FIELDS[WASTE_AMOUNTS.index(found.fates[0])]: 1.0})
        whole = total.to_count(found.fates)
        if whole <= 0:
            return None
        less = -total.counted(found.fates) / whole**2
        worth = {"generated": less, **{f"{fate}_old": less for fate in found.fates}}
        return self._wastes.of(names, worth | dict.fromkeys(found.fates, 1 / whole))

    def _of_sums(self, name: str) -> Weights | None:
        """The weights of a sum, or of one over another at their present size."""
        ledger, found = self.run.accounts.ledger, definition(name)
        weighed = WeighedSums(ledger).indicator(name)
        if weighed is None:
            return None
        top, bottom = weighed.top, weighed.bottom
        whole = ledger.counted(bottom) if bottom is not None else 1.0
        part = ledger.counted(top)
        if not whole:
            return None
        if found is not None and found.numerator in FRESH:
            top = top + self.run.accounts.water.remaking
        if found is not None and found.denominator in FRESH and bottom is not None:
            bottom = bottom + self.run.accounts.water.remaking
        if found is not None and found.numerator in VALUE:
            top = self._of_value(found.numerator) * (1.0 if bottom is not None else found.scale)
        if found is not None and found.denominator in VALUE:
            bottom = self._of_value(found.denominator)
        if bottom is None:
            return top
        return top * (weighed.scale / whole) - bottom * (weighed.scale * part / whole**2)

    def _of_value(self, name: str) -> Weights:
        """What amounts are worth to output value or value added."""
        slopes, _ = self.run.accounts.value.slopes(added=name == "value_added")
        return self.run.accounts.ledger.weights(flow=slopes)

    def _agrees(self, name: str, weights: Weights, *, recipes: bool) -> bool:
        """Whether weights are the derivatives of an account: all amounts moved, each by its own share.

        Parameters
        ----------
        recipes : coefficients are moved too, not levels alone
        """
        c, s, dice = self.run.compiled, self.run.state, np.random.default_rng(SEED)
        level, coefficient = dice.normal(size=len(s.level)), dice.normal(size=len(c.values.coefficient))
        coefficient *= float(recipes)
        handed, outside = dice.normal(size=len(s.handed)), dice.normal(size=len(c.outside))
        surplus, shortage = dice.normal(size=(2, len(s.net)))
        amount = c.values.coefficient * s.level[c.structure.flow_process]
        parts = [
            weights.flow * amount * (coefficient + level[c.structure.flow_process]),
            weights.entry * s.handed * handed,
            weights.outside * c.values.outside * outside,
            weights.surplus * s.surplus * surplus,
            weights.shortage * s.shortage * shortage,
        ]
        sides = []
        for step in (ASIDE, -ASIDE):
            moved = replace(
                s,
                level=s.level * (1 + step * level),
                handed=s.handed * (1 + step * handed),
                surplus=s.surplus * (1 + step * surplus),
                shortage=s.shortage * (1 + step * shortage),
            )
            figures = replace(
                c.values,
                coefficient=c.values.coefficient * (1 + step * coefficient),
                outside=c.values.outside * (1 + step * outside),
            )
            sides.append(_named(Run(self.run.system, c.with_values(figures), moved), [name])[0])
        if sides[0] is None or sides[1] is None:
            return False
        change = (sides[0] - sides[1]) / (2 * ASIDE)
        size = sum(float(np.abs(p).sum()) for p in parts)
        return abs(change - sum(float(p.sum()) for p in parts)) <= AGREES * size

    def _values(self, names: Sequence[str]) -> list[float | None]:
        return _named(self.run, names)


def _of_class(found: Definition) -> Definition:
    """The amount that says which wastes an amount counts."""
    return BY_ID[found.id.removesuffix(f"-{found.fates[0]}") + "-generated"]


def _named(run: Run, names: Sequence[str]) -> list[float | None]:
    """The values of some indicators of a run."""
    found = {r.name: r.value for r in run.indicators_named(names)}
    return [found.get(n) for n in names]
