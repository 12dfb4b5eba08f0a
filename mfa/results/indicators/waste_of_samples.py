"""Indicators of solid waste of many samples: values, and whether targets on them are met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from mfa.catalogue import BY_ID, PER_WASTE, WASTE_AMOUNTS, WASTE_CLASSES, WASTE_RATES, Definition
from mfa.engine.adding import adding
from mfa.engine.network import Bools, Floats
from mfa.results.accounts.waste import Account, WasteFlow
from mfa.results.accounts.waste_samples import FIELDS, WasteSamples
from mfa.results.indicators.target_samples import Row, Words, holds, judged_samples, unaimed
from mfa.results.indicators.waste_rates import UTILISED, covered

RATES = {rate.id: rate for rate in WASTE_RATES}
AMOUNTS = {
    f"{name}-{word}": (f"{name}-generated", field)
    for name in WASTE_CLASSES.values()
    for field, word in zip(FIELDS, WASTE_AMOUNTS, strict=True)
}


def are_waste(names: Sequence[str], wastes: Mapping[str, WasteFlow]) -> bool:
    """Whether some indicators are all of the park's waste alone."""
    per = (n.partition(":") for n in names if n not in RATES and n not in AMOUNTS)
    return all(head == PER_WASTE and material in wastes for head, _, material in per)


class WasteIndicators:
    """The indicators of the wastes of many samples."""

    def __init__(self, samples: WasteSamples, wastes: Mapping[str, WasteFlow]) -> None:
        self.samples, self.wastes = samples, wastes
        self._totals: dict[tuple[tuple[str, ...], bool], Account] = {}

    @cached_property
    def _lacking(self) -> Mapping[str, Bools]:
        """Process → (sample,) whether it runs and one of its inputs is in shortage."""
        s, state = self.samples.plan.structure, self.samples.state
        short = {m: a > 0 for m, a in zip(s.pools, state.shortage, strict=True) if np.any(a > 0)}
        found = {}
        for process, level in zip(self.samples.plan.ledger.processes, state.level, strict=True):
            missing = [short[m] for m in process.inputs if m in short]
            if missing:
                found[process.id] = np.any(missing, axis=0) & (level > 0)
        return found

    @cached_property
    def _all(self) -> Account:
        return self.samples.accounts()

    @cached_property
    def _sure(self) -> Account:
        """What is left when takers that lack an input are not believed."""
        return self.samples.accounts(self._lacking)

    def row(self, row: Row) -> tuple[Floats, Words]:
        """(sample,) values, NaN where there is none, and whether the bounds are kept."""
        members, fates, field = self._of(row[0])
        total = self._total(members, sure=False)
        value = value_of(total, fates, field)
        if unaimed(row):
            return value, [None] * len(value)
        doubted = self._total(members, sure=True)
        sure = value_of(doubted, fates, field)
        if field == "stored":  # what is not believed to be used may just as well be stored
            sure = value + doubted.dumped - total.dumped
        return value, judged_samples(value, row, holds(sure, row) | ~self._doubtful(members))

    def _of(self, name: str) -> tuple[tuple[str, ...], Sequence[str], str]:
        """The wastes of an indicator, and its fates, or the field that it adds up."""
        if name in RATES:
            return self._covered(RATES[name]), RATES[name].fates, ""
        if name in AMOUNTS:
            group, field = AMOUNTS[name]
            return self._covered(BY_ID[group]), (), field
        return (name.partition(":")[2],), UTILISED, ""

    def _covered(self, rate: Definition) -> tuple[str, ...]:
        return tuple(w.material for w in covered(self.samples.plan.system, self.wastes, rate))

    def _total(self, members: tuple[str, ...], *, sure: bool) -> Account:
        """The accounts of some wastes together, each field (sample,)."""
        if (members, sure) not in self._totals:
            of = self._sure if sure else self._all
            rows = [self.samples.plan.wastes[m] for m in members]
            adds = adding(np.zeros(len(rows), np.int64), 1)
            fields = (np.asarray(adds @ getattr(of, field)[rows])[0] for field in FIELDS)
            self._totals[members, sure] = Account(*fields)
        return self._totals[members, sure]

    def _doubtful(self, members: Sequence[str]) -> Bools:
        """(sample,) whether a process that lacks an input takes some of the wastes."""
        found = np.zeros(self.samples.size, bool)
        for (waste, node, _), amount in zip(self.samples.plan.uses.keys, self.samples.uses, strict=True):
            if node in self._lacking and waste in members:
                found |= self._lacking[node] & (amount > 0)
        return found


def value_of(account: Account, fates: Sequence[str], field: str) -> Floats:
    """A field of an account, or the rate of some fates."""
    if field:
        return np.asarray(getattr(account, field), np.float64)
    top = sum(getattr(account, fate) for fate in fates)
    bottom = account.generated + sum(getattr(account, f"{fate}_old") for fate in fates)
    rate = np.divide(top, bottom, out=np.full(np.shape(bottom), np.nan), where=np.greater(bottom, 0))
    return np.asarray(rate, np.float64)
