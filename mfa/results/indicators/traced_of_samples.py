"""What is traced through the network of many samples: recoveries, footprints, and the layers of tables."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from mfa.catalogue import RECOVERY
from mfa.engine.network import Bools, Floats
from mfa.properties import layer
from mfa.results.accounts.accounts import Accounts
from mfa.results.accounts.flow_samples import FlowSamples
from mfa.results.accounts.flows import pool_node
from mfa.results.accounts.footprint import MEASURES, Footprints
from mfa.results.accounts.ledger import ENTERS
from mfa.results.accounts.substances import NEGLIGIBLE, Compositions, Substance
from mfa.results.indicators.target_samples import Row, Words, judged_samples, unaimed


class TracedSamples:
    """Substances and burdens of the samples of a ledger; each layer is solved when first asked for."""

    def __init__(self, accounts: Accounts, flows: FlowSamples) -> None:
        self.accounts, self.ledger, self.flows = accounts, accounts.ledger, flows
        self.size = self.ledger.size or 0
        self._layers: dict[str, Substance] = {}

    def row(self, row: Row) -> tuple[Floats, Words]:
        """(sample,) values, NaN where there is none, and whether the bounds are kept."""
        family, _, member = row[0].partition(":")
        value = self._recovered(member) if family == RECOVERY else self._footprint(member)
        if unaimed(row):
            return value, [None] * self.size
        return value, judged_samples(value, row, np.ones(self.size, bool))

    def _recovered(self, name: str) -> Floats:
        return np.asarray(self.layer(name).recovered, np.float64)

    def _footprint(self, material: str) -> Floats:
        """(sample,) t CO2 equivalent in one native unit; NaN where there is none of it."""
        b, pools = self.ledger, self.ledger.compiled.structure.pools
        if material not in pools:
            return np.full(self.size, np.nan)
        pool = pools.index(material)
        there = (b.made + b.entering)[pool] > 0
        return np.where(there, self._footprints.carried["co2"].mean[pool], np.nan)

    @cached_property
    def _footprints(self) -> Footprints:
        return Footprints(self.accounts, self.ledger.system.allocation or "mass")

    @cached_property
    def _compositions(self) -> Compositions:
        return Compositions(self.ledger)

    def layer(self, name: str) -> Substance:
        """A layer by its name: an element, an oxide, a declared substance."""
        if name not in self._layers:
            self._layers[name] = Substance(layer(name, self.ledger.system.substances), self._compositions)
        return self._layers[name]

    # ------------------------------------------------------------ rows of tables
    def footprints(self, keys: Sequence[tuple[str, ...]]) -> Floats:
        """(column, row, sample) amount, CO2, energy and waste of products over boundaries."""
        b, found = self.ledger, self._footprints
        at = {m: i for i, m in enumerate(b.compiled.structure.pools)}
        made = np.zeros((1 + len(MEASURES), len(keys), self.size))
        for row, (product, boundary) in enumerate(keys):
            pool = at[product]
            amount, served = b.boundary[boundary][pool], found.served[pool]
            there: Bools = (amount > 0) & (served if boundary in ENTERS else ~served)
            means = (found.carried[measure].mean[pool] for measure in MEASURES)
            for column, values in enumerate((amount, *means)):
                made[column, row] = np.where(there, values, 0.0)
        return made

    def layers(self, keys: Sequence[tuple[str, ...]]) -> Floats:
        """(1, row, sample) kg a year of layers on flows."""
        carried = {name: self._on_flows(name) for name in dict.fromkeys(key[0] for key in keys)}
        at = self.flows.at
        rows = [carried[name][at[material, source, target]] for name, material, source, target in keys]
        return np.array(rows).reshape(1, len(keys), self.size)

    def _on_flows(self, name: str) -> Floats:
        """(flow, sample) what flows carry; what is rounding of the largest is 0 (`Substance.flows`)."""
        of, s = self.layer(name), self.ledger.compiled.structure
        pools = {m: i for i, m in enumerate(s.pools)}
        at = [pools[m] for m, _, _ in self.flows.keys]
        enters = np.array([[target == pool_node(m)] for m, _, target in self.flows.keys], bool)
        found = self.flows.amount * np.where(enters, of.content[at], of.carried.mean[at])
        inner = zip(s.flow_pool.tolist(), s.flow_process.tolist(), s.flow_side.tolist(), strict=True)
        for flow, (pool, process, side) in enumerate(inner):
            material, node = s.pools[pool], s.processes[process]
            ends = (node, pool_node(material)) if side > 0 else (pool_node(material), node)
            row = self.flows.at[material, *ends]
            found[row] = np.where(self.flows.amount[row] > 0, of.carried.flow[flow], 0.0)
        floor = NEGLIGIBLE * np.abs(found).max(axis=0, initial=0.0)
        return np.where(np.abs(found) > floor, found, 0.0)

    def balances(self, keys: Sequence[tuple[str, ...]]) -> Floats:
        """(column, row, sample) inputs, outputs and residue of layers in processes and the park."""
        at = {p: i for i, p in enumerate(self.ledger.compiled.structure.processes)}
        made = np.zeros((3, len(keys), self.size))
        for row, (name, place) in enumerate(keys):
            carried = self.layer(name).carried
            if place in at:
                into, out = carried.into[at[place]], carried.out[at[place]]
            else:
                into, out = self.layer(name).crossing
            made[:, row] = into, out, into - out
        return made
