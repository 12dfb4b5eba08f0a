"""Which processes lack an input in which of many samples, so that what they do is in doubt."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

import numpy as np

from mfa.engine.network import Bools
from mfa.results.accounts.ledger import Ledger


class LackingSamples:
    """The processes of many samples that run though one of their inputs is in shortage (`Run.lacking`)."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    @cached_property
    def _short(self) -> Mapping[str, Bools]:
        """Material → (sample,) whether some of it is missing; only where it ever is."""
        b = self.ledger
        pairs = zip(b.compiled.structure.pools, b.state.shortage, strict=True)
        return {m: short for m, amount in pairs if np.any(short := amount > 0)}

    @cached_property
    def first(self) -> Mapping[str, Mapping[str, Bools]]:
        """Process → input → (sample,) whether it is the first that the running process lacks."""
        found: dict[str, dict[str, Bools]] = {}
        for process, level in zip(self.ledger.processes, self.ledger.state.level, strict=True):
            open_ = level > 0
            for m in (m for m in process.inputs if m in self._short):
                found.setdefault(process.id, {})[m] = open_ & self._short[m]
                open_ = open_ & ~self._short[m]
        return found

    @cached_property
    def of(self) -> Mapping[str, Bools]:
        """Process → (sample,) whether it lacks an input."""
        return {p: np.logical_or.reduce(list(by.values())) for p, by in self.first.items()}

    @cached_property
    def lacks(self) -> Bools:
        """(process, sample) whether it lacks an input."""
        return self.needs(None)

    def needs(self, materials: Collection[str] | None) -> Bools:
        """(process, sample) whether the first input that it lacks is one of some materials, or any."""
        found = self.ledger.zeros(len(self.ledger.processes)) > 0
        at = {p.id: i for i, p in enumerate(self.ledger.processes)}
        for process, by in self.first.items():
            for m, lacks in by.items():
                if materials is None or m in materials:
                    found[at[process]] |= lacks
        return found
