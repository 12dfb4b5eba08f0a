"""Indicators that are sums of the accounts, or ratios of two, of many samples: of the park and its groups."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mfa.catalogue import Definition, definition
from mfa.engine.network import Bools, Floats
from mfa.results.accounts.accounts import Accounts
from mfa.results.accounts.ledger import Part
from mfa.results.indicators.evaluate import memberships
from mfa.results.indicators.lacking_samples import LackingSamples
from mfa.results.indicators.target_samples import Row, Words, holds, judged_samples, unaimed

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Sums = tuple[Floats, Floats | None]
"""(sample,) numerator and denominator."""


class SumIndicators:
    """The indicators of `catalogue.ACCOUNTS` and of single emissions and sewages, of many samples."""

    def __init__(self, accounts: Accounts, lacking: LackingSamples) -> None:
        self.accounts, self.lacking = accounts, lacking
        self._parts: dict[tuple[str, str], Part] = {}
        self._groups: dict[tuple[str, str], Floats] = {}

    def row(self, row: Row) -> tuple[Floats, Words]:
        """(sample,) values, NaN where there is none, and whether the bounds are kept."""
        name, least, _ = row
        found = definition(name)
        assert found is not None
        sums = self._sums(found, name)
        value = _value(found, *sums)
        if unaimed(row):
            return value, [None] * len(value)
        members = self._members(name.partition("@")[2])
        lacks, sure = self._doubts(found, name, members, sums, lower=least is not None)
        proven = np.logical_not(lacks.any(axis=0))
        if sure is not None:
            proven |= holds(sure, row)
        return value, judged_samples(value, row, proven)

    def _sums(self, found: Definition, name: str) -> Sums:
        head, _, group = name.partition("@")
        material = head.partition(":")[2]
        top = self._sum(found.numerator, material, group)
        return top, self._sum(found.denominator, material, group) if found.denominator else None

    def _part(self, name: str, material: str) -> Part:
        if (name, material) not in self._parts:
            self._parts[name, material] = self.accounts.sum(name, material)
        return self._parts[name, material]

    def _sum(self, name: str, material: str, group: str) -> Floats:
        part = self._part(name, material)
        if not group:
            return self._wide(part.total)
        if (name, material) not in self._groups:
            self._groups[name, material] = np.asarray(self._adds @ part.by_process, np.float64)
        return self._wide(self._groups[name, material][self._at[group]])

    def _wide(self, values: Floats | float) -> Floats:
        """(sample,) also where all samples have the same."""
        return np.broadcast_to(values, (self.accounts.ledger.size or 1,))

    @cached_property
    def _memberships(self) -> tuple[list[str], Floats]:
        return memberships(self.accounts)

    @cached_property
    def _adds(self) -> csr_matrix:
        """(group, process) who belongs to a group."""
        from scipy.sparse import csr_matrix

        return csr_matrix(self._memberships[1])

    @cached_property
    def _at(self) -> dict[str, int]:
        return {group: i for i, group in enumerate(self._memberships[0])}

    def _members(self, group: str) -> Bools:
        """(process, 1) who belongs to a group; all without one."""
        if not group:
            return np.ones((len(self.accounts.ledger.processes), 1), bool)
        found: Bools = self._memberships[1][self._at[group]][:, None] > 0
        return found

    def _doubts(
        self, found: Definition, name: str, members: Bools, sums: Sums, *, lower: bool
    ) -> tuple[Bools, Floats | None]:
        """(process, sample) members that make a bound unproven, and the sure values (`evaluate._doubts`)."""
        lacks, (top, bottom), b = members & self.lacking.lacks, sums, self.accounts.ledger
        material = name.partition("@")[0].partition(":")[2]
        if found.weight:
            weight = self.accounts.weight(found.weight, material)
            counted = {m.id for m, w in zip(b.materials, weight, strict=True) if np.any(w)}
            taken = b.inputs(weight).by_process
            lacks = lacks & (self.lacking.needs(counted) | (taken > 0))
            return lacks, _value(found, top - b.added(taken * lacks), bottom) if lower else None
        if lower:
            brought = self._part(found.numerator, material).by_process
            lacks = lacks & (brought > 0)
            return lacks, _value(found, top - b.added(np.where(lacks, brought, 0.0)), bottom)
        if bottom is not None:
            brought = self._part(found.denominator, material).by_process
            lacks = lacks & (brought > 0)
            return lacks, _value(found, top, bottom - b.added(np.where(lacks, brought, 0.0)))
        return np.zeros(lacks.shape, bool), None


def _value(found: Definition, top: Floats, bottom: Floats | None) -> Floats:
    """(sample,) the figure of two sums; NaN for 0 ÷ 0 and for what is not known."""
    if bottom is None:
        return top * found.scale
    ratio = np.divide(top, bottom, out=np.full(bottom.shape, np.nan), where=bottom > 0)
    return np.asarray(ratio * found.scale, np.float64)
