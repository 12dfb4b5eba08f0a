"""All indicators of many samples at once, row by row; those that arrays do not hold are told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

from mfa.catalogue import FOOTPRINT, RECOVERY, definition
from mfa.engine.network import Floats
from mfa.results.accounts.accounts import Accounts
from mfa.results.accounts.flow_samples import FlowSamples
from mfa.results.accounts.ledger import Ledger
from mfa.results.accounts.sample_books import SampleBooks
from mfa.results.accounts.waste import WasteFlow
from mfa.results.carbon_gaps import ON_SCOPE_1
from mfa.results.indicators.custom_of_samples import CustomSamples, counts_no_layer
from mfa.results.indicators.lacking_samples import LackingSamples
from mfa.results.indicators.sums_of_samples import SumIndicators
from mfa.results.indicators.target_samples import Row, Words
from mfa.results.indicators.traced_of_samples import TracedSamples
from mfa.results.indicators.waste_groups_of_samples import GroupedWaste
from mfa.results.indicators.waste_of_samples import WasteIndicators, are_waste
from mfa.system import System


def on_arrays(row: Row, system: System, wastes: Collection[str]) -> bool:
    """Whether the row of an indicator is worked out on arrays.

    Not so: what counts a layer, which has to be known; targets on the CO2 of scope 1, whose proof looks at
    the recipes of every sample.
    """
    name, least, most = row
    own = next((o for o in system.indicators if o.id == name), None)
    if own is not None:
        return counts_no_layer(own)
    found, head = definition(name), name.partition("@")[0]
    if found is None:
        return False
    if _is_traced(name):
        return True
    if found.fates:
        return ":" not in head or head.partition(":")[2] in wastes
    aimed = least is not None or most is not None
    return bool(found.numerator) and not (aimed and found.numerator in ON_SCOPE_1)


class IndicatorSamples:
    """The indicators of the samples of a ledger.

    Parameters
    ----------
    waste : those of the park's waste
    wastes : of the central run
    """

    def __init__(
        self, ledger: Ledger, books: SampleBooks, waste: WasteIndicators, wastes: Mapping[str, WasteFlow]
    ) -> None:
        self.ledger, self.books, self.waste, self.wastes = ledger, books, waste, wastes
        self.lacking = LackingSamples(ledger)
        self.flows = FlowSamples(ledger)
        self._own = {one.id for one in ledger.system.indicators}

    def row(self, row: Row) -> tuple[Floats, Words]:
        """(sample,) values, NaN where there is none, and whether the bounds are kept."""
        name = row[0]
        if name in self._own:
            return self._custom.row(row)
        if are_waste([name], self.wastes):
            return self.waste.row(row)
        if _is_traced(name):
            return self.traced.row(row)
        found = definition(name)
        return (self._grouped if found and found.fates else self._sums).row(row)

    @cached_property
    def accounts(self) -> Accounts:
        """The accounts of the samples."""
        books = self.books  # not through self: a circle would keep every block until the next collection
        return Accounts(self.ledger, lambda ledger: books)

    @cached_property
    def traced(self) -> TracedSamples:
        """What is traced through the network."""
        return TracedSamples(self.accounts, self.flows)

    @cached_property
    def _sums(self) -> SumIndicators:
        return SumIndicators(self.accounts, self.lacking)

    @cached_property
    def _grouped(self) -> GroupedWaste:
        return GroupedWaste(self.books, self.wastes, self.lacking)

    @cached_property
    def _custom(self) -> CustomSamples:
        return CustomSamples(self.flows, self.lacking)


def _is_traced(name: str) -> bool:
    return name.startswith((f"{RECOVERY}:", f"{FOOTPRINT}:"))
