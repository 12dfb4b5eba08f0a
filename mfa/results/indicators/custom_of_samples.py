"""The indicators that a scenario defines, of many samples; those that count a layer have none here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mfa.engine.network import Bools, Floats
from mfa.properties import WAYS
from mfa.results.accounts.flow_samples import FlowSamples
from mfa.results.accounts.flows import Flow
from mfa.results.accounts.layer_contents import LayerContents
from mfa.results.indicators.custom import ChosenFlows
from mfa.results.indicators.lacking_samples import LackingSamples
from mfa.results.indicators.target_samples import Row, Words, holds, judged_samples, unaimed
from mfa.system import CustomIndicator, Selector


class CustomSamples:
    """Weighted sums over the flows of many samples."""

    def __init__(self, flows: FlowSamples, lacking: LackingSamples) -> None:
        self.lacking, self.size = lacking, flows.ledger.size or 0
        system = flows.ledger.system
        self.own = {one.id: one for one in system.indicators}
        self.chosen = ChosenFlows(system.materials, flows.flow_list, lambda: flows.link_list, _no_layer)

    def row(self, row: Row) -> tuple[Floats, Words]:
        """(sample,) values, NaN where there is none, and whether the bounds are kept."""
        one = self.own[row[0]]
        value = self._value(one, {})
        if unaimed(row):
            return value, [None] * len(value)
        lacking = {} if row[1] is None else self._lacking(one)
        doubtful = np.any(list(lacking.values()), axis=0) if lacking else np.zeros(self.size, bool)
        return value, judged_samples(value, row, ~doubtful | holds(self._value(one, lacking), row))

    def _value(self, one: CustomIndicator, without: dict[str, Bools]) -> Floats:
        """The sum or ratio, its numerator without flows that touch a node in samples where it is left out."""
        top = self._sum(one.numerator, without)
        if not one.denominator:
            return top
        bottom = self._sum(one.denominator, {})
        found: Floats = np.divide(top, bottom, out=np.full(self.size, np.nan), where=bottom != 0)
        return found

    def _sum(self, selectors: Sequence[Selector], without: dict[str, Bools]) -> Floats:
        total = np.zeros(self.size)
        for selector in selectors:
            for flow in self.chosen.chosen(selector):
                counted = self.chosen.counted(selector.count, flow)
                if counted is not None:
                    out = [without[n] for n in _ends(flow) if n in without]
                    kept = np.where(np.any(out, axis=0), 0.0, counted) if out else counted
                    total = total + selector.weight.value * kept
        return total

    def _lacking(self, one: CustomIndicator) -> dict[str, Bools]:
        """Process that the numerator counts → (sample,) whether it lacks an input (`ChosenFlows.lacking`)."""
        found: dict[str, Bools] = {}
        for selector in (s for s in one.numerator if s.weight.value > 0):
            for flow in self.chosen.chosen(selector):
                for node in (n for n in _ends(flow) if n in self.lacking.of):
                    there = self.lacking.of[node] & (np.asarray(flow.amount) > 0)
                    found[node] = found[node] | there if node in found else there
        return found


def counts_no_layer(one: CustomIndicator) -> bool:
    """Whether an indicator counts by properties of materials alone."""
    return all(s.count in WAYS for s in (*one.numerator, *one.denominator))


def _ends(flow: Flow) -> tuple[str, str]:
    return flow.source, flow.target


def _no_layer(name: str) -> LayerContents:
    raise AssertionError(f"no layer of samples: {name}")
