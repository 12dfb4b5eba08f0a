"""Indicators of the waste that chains, sites, sectors, projects and enterprises make, of many samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from mfa.catalogue import GROUPS, WASTE_AMOUNTS, Definition, definition, members_of
from mfa.engine.network import Bools, Floats
from mfa.results.accounts.sample_books import SampleBooks
from mfa.results.accounts.waste import Account, WasteFlow
from mfa.results.accounts.waste_samples import FIELDS
from mfa.results.indicators.lacking_samples import LackingSamples
from mfa.results.indicators.target_samples import Row, Words, holds, judged_samples, unaimed
from mfa.results.indicators.waste_of_samples import value_of
from mfa.results.indicators.waste_rates import covered


class GroupedWaste:
    """The waste of groups: of each waste the share that a group makes, as its pool is (`waste_rates`)."""

    def __init__(self, books: SampleBooks, wastes: Mapping[str, WasteFlow], lacking: LackingSamples) -> None:
        self.books, self.wastes, self.lacking = books, wastes, lacking
        self.system = books.plan.system
        self._totals: dict[tuple[tuple[str, ...], str, bool], Account] = {}

    def row(self, row: Row) -> tuple[Floats, Words]:
        """(sample,) values, NaN where there is none, and whether the bounds are kept."""
        base, _, group = row[0].partition("@")
        found = definition(row[0])
        assert found is not None
        members, field = self._of(base, found), ""
        if found.unit != "1":
            field = FIELDS[WASTE_AMOUNTS.index(found.fates[0])]
        total = self._total(members, group, sure=False)
        value = value_of(total, found.fates, field)
        if unaimed(row):
            return value, [None] * len(value)
        doubted = self._total(members, group, sure=True)
        sure = value_of(doubted, found.fates, field)
        if field == "stored":  # what is not believed to be used may just as well be stored
            sure = value + doubted.dumped - total.dumped
        return value, judged_samples(value, row, holds(sure, row) | ~self._doubtful(members, group))

    def _of(self, base: str, found: Definition) -> tuple[str, ...]:
        one = base.partition(":")[2]
        if one:
            return (one,) if one in self.wastes else ()
        return tuple(w.material for w in covered(self.system, self.wastes, found))

    def _total(self, members: tuple[str, ...], group: str, *, sure: bool) -> Account:
        """The account of what a group makes of some wastes, each field (sample,)."""
        key = members, group, sure
        if key not in self._totals:
            shares, accounts = self._shares(group), self._sure if sure else self._accounts
            sums = [np.zeros(self.books.size) for _ in FIELDS]
            for m in (m for m in members if m in shares):
                for i, field in enumerate(FIELDS):
                    sums[i] += getattr(accounts[m], field) * shares[m]
            self._totals[key] = Account(*sums)  # type: ignore[arg-type]
        return self._totals[key]

    @cached_property
    def _accounts(self) -> Mapping[str, Account]:
        return self.books.accounts()

    @cached_property
    def _sure(self) -> Mapping[str, Account]:
        return self.books.accounts(self.lacking.of)

    def _shares(self, group: str) -> Mapping[str, Floats]:
        """Waste that a group makes → (sample,) its share of all that is made of it."""
        return self._by_group.get(group, {})

    @cached_property
    def _by_group(self) -> Mapping[str, Mapping[str, Floats]]:
        found: dict[str, dict[str, Floats]] = {}
        for waste in self.wastes:
            made = self.books.made_by(waste)
            whole = sum(made.values(), np.zeros(self.books.size))
            per = np.divide(1.0, whole, out=np.zeros(whole.shape), where=whole > 0)
            for process, amount in made.items():
                for group in self._groups_of(process):
                    mine = found.setdefault(group, {})
                    mine[waste] = mine.get(waste, 0.0) + amount * per
        return found

    def _groups_of(self, process: str) -> Sequence[str]:
        record = self.system.processes[process]
        return [f"{kind}:{member}" for kind in GROUPS for member in members_of(record, kind)]

    def _doubtful(self, members: tuple[str, ...], group: str) -> Bools:
        """(sample,) whether a process that lacks an input takes some of the wastes that a group makes."""
        found, shares = np.zeros(self.books.size, bool), self._shares(group)
        for m in (m for m in members if m in shares):
            for node, amount in self.books.takers(m):
                if node in self.lacking.of:
                    found |= self.lacking.of[node] & (amount > 0) & (shares[m] > 0)
        return found
