"""What a plan counts: indicators and cost as linear forms over its variables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.engine.network import Floats
from mfa.parameters import Path
from mfa.results.accounts.ledger import Weights
from mfa.studies.lp.weighed_sums import Weighed, WeighedSums
from mfa.studies.plan.plan_variables import PlanVariables
from mfa.system import Target


@dataclass(frozen=True)
class Form:
    """A linear form over the variables: `row @ x + constant`."""

    row: Floats
    constant: float

    def at(self, x: Floats) -> float:
        """Its value."""
        return float(self.row @ x + self.constant)


Goal = tuple[Form, Form | None, float]


def value_of_goal(goal: Goal, x: Floats) -> float:
    """What a sum, or one over another times a factor, is at a point."""
    top, bottom, scale = goal
    return top.at(x) if bottom is None else top.at(x) / bottom.at(x) * scale


class PlanSums(PlanVariables):
    """The sums of one scenario."""

    @cached_property
    def sums(self) -> WeighedSums:
        """The indicators as weights, all that is used counted whole."""
        return WeighedSums(self.ledger, sold=True)

    def form(self, weights: Weights) -> Form:
        """Weights of amounts as a form over the variables."""
        s, n, lines = self.structure, len(self.columns.low), self.lines
        row: Floats = np.bincount(s.flow_process, weights.flow * self.values.coefficient, n).astype(float)
        row += np.bincount(lines.column, weights.entry * lines.factor, minlength=n)
        row[self.surplus : self.shortage] += weights.surplus
        row[self.shortage : self.shortage + len(s.pools)] += weights.shortage
        constant = 0.0
        amounts = self.values.outside.tolist()
        each = zip(self.run.compiled.outside, weights.outside, amounts, strict=True)
        for i, (outside, weight, amount) in enumerate(each):
            if i in self.leaving:
                row[self.leaving[i]] += float(weight)
                continue
            section = "demand" if outside.node == "export" else "supply"
            number = self.decided.get(Path(section, s.pools[outside.pool]))
            if number is None or outside.node not in ("export", "import"):
                constant += float(weight) * amount
            else:
                for column, w in self.value_of(number):
                    row[column] += w * float(weight)
        return Form(row, constant)

    def weighed(self, name: str) -> Weighed | None:
        """An indicator, or what is imported or left over of a material; None where it is not linear."""
        if name not in self._weighed:
            self._weighed[name] = self._weigh(name)
        return self._weighed[name]

    @cached_property
    def _weighed(self) -> dict[str, Weighed | None]:
        return {}

    def _weigh(self, name: str) -> Weighed | None:
        head, _, material = name.partition(":")
        if head in ("import", "surplus") and material in self.structure.pools:
            here = np.where(np.array(self.structure.pools) == material, 1.0, 0.0)
            return Weighed(self.ledger.crossing(head, here).weights or self.ledger.weights())
        return self.sums.indicator(name)

    @cached_property
    def capital(self) -> Floats:
        """(variable,) CNY a year for what is built."""
        return np.array(self.columns.cost)

    @cached_property
    def operating(self) -> Form:
        """Purchases − sales + system cost, CNY a year."""
        money = self.form(self._money("purchases") - self._money("sales"))
        row = money.row.copy()
        row[: self.levels] += self.ledger.per_process(lambda p: p.system_cost.value if p.system_cost else 0.0)
        return Form(row, money.constant)

    def _money(self, name: str) -> Weights:
        return self.sums.sum(name, "") or self.ledger.weights()

    def goal(self, name: str) -> Goal:
        """What is to be least or most: a form, or one over another times a factor."""
        if name == "cost":
            return Form(self.operating.row + self.capital, self.operating.constant), None, 1.0
        if name == "capital":
            return Form(self.capital, 0.0), None, 1.0
        found = self.weighed(name)
        assert found is not None
        bottom = None if found.bottom is None else self.form(found.bottom)
        return self.form(found.top), bottom, found.scale

    @property
    def not_linear(self) -> tuple[Target, ...]:
        """Targets that are no sum or ratio of sums, which the plan leaves out."""
        return tuple(t for t in self.system.targets if self.weighed(t.indicator) is None)
