"""Flows and links of many samples: (sample,) amounts of each material, source and target."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np

from mfa.engine.network import Floats, Ints
from mfa.results.accounts.flows import NEGLIGIBLE, Ends, Flow, amounts_of, ends, pool_node
from mfa.results.accounts.ledger import Ledger


class FlowSamples:
    """The flows of the samples of a ledger: what `flows` and `links` are for one run.

    Attributes
    ----------
    keys : (flow,) material, source, target of all that may flow, sorted
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        parts = ends(ledger.compiled)
        self.keys: Sequence[Ends] = sorted(set(parts))
        self.at: Mapping[Ends, int] = {key: i for i, key in enumerate(self.keys)}
        self._of = np.array([self.at[key] for key in parts], np.int64)
        pools = {m: i for i, m in enumerate(ledger.compiled.structure.pools)}
        self._pool: Ints = np.array([pools[m] for m, _, _ in self.keys], np.int64)
        self._leaves = np.array([source == pool_node(m) for m, source, _ in self.keys], bool)

    @cached_property
    def amount(self) -> Floats:
        """(flow, sample) native units a year; what is below rounding of its pool is 0."""
        b = self.ledger
        found = b.gathered(amounts_of(b.compiled, b.state), self._of, len(self.keys))
        turnover = self._per_pool(np.where(self._leaves[:, None], 0.0, found))
        return np.where((found > NEGLIGIBLE * turnover[self._pool]) & (found > 0), found, 0.0)

    def _per_pool(self, amounts: Floats) -> Floats:
        return self.ledger.gathered(amounts, self._pool, len(self.ledger.materials))

    @cached_property
    def _given(self) -> Floats:
        """(pool, sample) what all suppliers bring."""
        return self._per_pool(np.where(self._leaves[:, None], 0.0, self.amount))

    def of(self, keys: Iterable[Ends]) -> Floats:
        """(row, sample) the amounts of some flows."""
        return self.amount[[self.at[key] for key in keys]]

    def links(self, keys: Sequence[Ends]) -> Floats:
        """(row, sample) the amounts of some links: s_i·d_j ÷ Σs."""
        into = [self.at[m, source, pool_node(m)] for m, source, _ in keys]
        out = [self.at[m, pool_node(m), target] for m, _, target in keys]
        whole = self._given[self._pool[into]]
        found = self.amount[into] * self.amount[out]
        return np.divide(found, whole, out=np.zeros(found.shape), where=whole > 0)

    @cached_property
    def flow_list(self) -> list[Flow]:
        """Every flow that some sample has; its amount is (sample,)."""
        rows = zip(self.keys, self.amount, strict=True)
        return [Flow(*key, amount) for key, amount in rows if np.any(amount)]

    @cached_property
    def link_list(self) -> list[Flow]:
        """Every link that some sample has; its amount is (sample,)."""
        suppliers: dict[str, list[str]] = defaultdict(list)
        takers: dict[str, list[str]] = defaultdict(list)
        for flow in self.flow_list:
            leaves = flow.source == pool_node(flow.material)
            (takers if leaves else suppliers)[flow.material].append(flow.target if leaves else flow.source)
        keys = [(m, s, t) for m, given in suppliers.items() for s in given for t in takers[m]]
        rows = zip(keys, self.links(keys), strict=True)
        return [Flow(*key, amount) for key, amount in rows if np.any(amount)]

    @cached_property
    def supplied(self) -> tuple[Floats, Floats]:
        """(pool, sample) supply without shortage, and demand without surplus."""
        short = np.array([s == "shortage" for _, s, _ in self.keys], bool)
        over = np.array([t == "surplus" for _, _, t in self.keys], bool)
        into, out = ~self._leaves & ~short, self._leaves & ~over
        return self._per_pool(self.amount * into[:, None]), self._per_pool(self.amount * out[:, None])
