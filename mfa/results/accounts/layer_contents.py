"""How much of a layer single flows carry, and whether the layer knows it.

A layer counts what it does not know as none. Here it is told apart: a content is known where the
material declares it, or where all that it is made from is known and the process says where it goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.engine.network import Bools
from mfa.results.accounts.flows import Flow, pool_node
from mfa.results.accounts.ledger import Ledger
from mfa.results.accounts.substances import NEGLIGIBLE, Substance


@dataclass(frozen=True)
class LayerContents:
    """The contents of the flows and links of one solved layer."""

    layer: Substance

    @property
    def _ledger(self) -> Ledger:
        return self.layer.ledger

    def of(self, flow: Flow) -> float | None:
        """What a flow, or a link without pools, carries of the layer, kg a year; None where not known."""
        pool, b = self._pool_at[flow.material], self._ledger
        process = self._process_at.get(flow.source)
        if flow.source == pool_node(flow.material):
            known, per = not self._doubtful[pool], float(self.layer.carried.mean[pool])
        elif process is not None:
            at = b.flow_at[pool, process, 1]
            known = not (self._bare[at] or (self._drawn[at] and self._unsure[process]))
            per = float(self.layer.carried.flow[at] / b.amount[at])
        else:
            known = bool(self.layer.compositions.declared[pool])
            per = float(self.layer.content[pool])
        return flow.amount * per if known else None

    def gaps(self, flows: Iterable[Flow]) -> list[str]:
        """The materials without a composition that keep the contents of some flows from being known."""
        b = self._ledger
        left, seen, found = [self._pool_at[f.material] for f in flows], set[int](), set[int]()
        while left:
            pool = left.pop()
            if pool in seen or not self._doubtful[pool]:
                continue
            seen.add(pool)
            into = b.out & (b.pool == pool) & (b.amount > 0)
            if self._brought[pool] or self._bare[into].any():
                found.add(pool)
            makers = np.unique(b.process[into & self._drawn & self._unsure[b.process]])
            taken = ~b.out & (b.amount > 0) & np.isin(b.process, makers)
            left += np.unique(b.pool[taken]).tolist()
        return [b.materials[p].id for p in sorted(found)]

    @cached_property
    def _pool_at(self) -> Mapping[str, int]:
        return {m.id: i for i, m in enumerate(self._ledger.materials)}

    @cached_property
    def _process_at(self) -> Mapping[str, int]:
        return {p.id: i for i, p in enumerate(self._ledger.processes)}

    @cached_property
    def _drawn(self) -> Bools:
        """(flow,) running outputs whose content comes from the inputs of their process."""
        b = self._ledger
        gives, share = self.layer.transferred
        undeclared = self.layer.rest | ~self.layer.compositions.declared[b.pool]
        drawn: Bools = b.out & (b.amount > 0) & np.where(gives[b.process], share > 0, undeclared)
        return drawn

    @cached_property
    def _bare(self) -> Bools:
        """(flow,) of these, those that nothing gives a part of what their process has left."""
        b, carried = self._ledger, self.layer.carried
        gives, _ = self.layer.transferred
        left = np.abs(carried.residue) > NEGLIGIBLE * np.abs(carried.into)
        bare: Bools = self._drawn & ~gives[b.process] & ~self.layer.rest & left[b.process]
        return bare

    @cached_property
    def _brought(self) -> Bools:
        """(pool,) what comes over the boundary or from stocks without a composition."""
        brought: Bools = (self._ledger.entering > 0) & ~self.layer.compositions.declared
        return brought

    @cached_property
    def _doubtful(self) -> Bools:
        """(pool,) whether anything in it is of unknown content: grown from the gaps along the flow."""
        b = self._ledger
        doubtful = self._brought.copy()
        doubtful[b.pool[self._bare]] = True
        while True:
            more = doubtful.copy()
            more[b.pool[self._drawn & self._takers(doubtful)[b.process]]] = True
            if (more == doubtful).all():
                return doubtful
            doubtful = more

    @cached_property
    def _unsure(self) -> Bools:
        """(process,) whether it takes anything of unknown content."""
        return self._takers(self._doubtful)

    def _takers(self, pools: Bools) -> Bools:
        """(process,) whether it takes from one of some pools."""
        b = self._ledger
        taken = np.where(b.out, 0.0, b.amount) * pools[b.pool]
        takers: Bools = b.by_process(taken) > 0
        return takers
