"""Books of the wastes of many samples: what `WasteAccounts` answers for one run, as (sample,) arrays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.engine.network import Bools, Floats
from mfa.results.accounts.resources import Number
from mfa.results.accounts.waste import Account
from mfa.results.accounts.waste_plan import WastePlan
from mfa.results.accounts.waste_samples import FIELDS, WasteSamples


@dataclass(frozen=True)
class SampleBooks:
    """Whose waste the pools of many samples hold (`resources.Books`), who makes it, who takes it."""

    samples: WasteSamples

    @property
    def plan(self) -> WastePlan:
        """Where the wastes stand in the arrays."""
        return self.samples.plan

    @property
    def size(self) -> int:
        """How many samples there are."""
        return int(self.samples.size)

    @property
    def at(self) -> Mapping[str, int]:
        """Material → the position of its pool."""
        found: Mapping[str, int] = self.plan.central.at
        return found

    @cached_property
    def shares(self) -> Mapping[str, Mapping[str, Number]]:
        """Waste → waste that it comes from → own tonnes of that in one native unit of its pool."""
        found: dict[str, dict[str, Number]] = {m: {} for m in self.plan.pools}
        for (pool, root), row in self.plan.pairs.items():
            found[self.plan.pools[pool]][root] = self.samples.shares[row]
        return found

    @cached_property
    def own(self) -> Mapping[str, Number]:
        """Waste → share of its pool's supply that the park made or had in its yards."""
        equal = self.plan.central.equal
        return {
            m: np.minimum(1.0, sum(of.values()) / equal[m]) if equal[m] else 0.0
            for m, of in self.shares.items()
        }

    @cached_property
    def uptake(self) -> Mapping[str, Number]:
        """Process → share of its products that finds somebody."""
        return {p: self.samples.uptake[i] for p, i in self.plan.process_at.items()}

    @cached_property
    def _made(self) -> Mapping[str, Mapping[str, int]]:
        """Waste → process → row of what it makes of it."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for row, (process, pool) in enumerate(
            zip(self.plan.makers, self.plan.made_pool.tolist(), strict=True)
        ):
            found[self.plan.pools[pool]][process] = row
        return found

    @cached_property
    def _residue(self) -> Mapping[int, int]:
        """Row of what is made → number of the residue that it is."""
        return {row: r for r, row in enumerate(self.plan.residues.made.tolist())}

    @cached_property
    def _taken(self) -> Mapping[int, list[tuple[int, str]]]:
        """Number of a residue → rows of what is taken, and the waste that each is of."""
        found: dict[int, list[tuple[int, str]]] = defaultdict(list)
        numbers, _, pools = self.plan.residues.taken
        for k, (r, pool) in enumerate(zip(numbers.tolist(), pools.tolist(), strict=True)):
            found[r].append((k, self.plan.pools[pool]))
        return found

    def left_over(self, process: str, material: str, root: str) -> Number:
        """Own tonnes of a waste that a process hands on with one native unit of an output."""
        r = self._residue.get(self._made[material].get(process, -1))
        if r is None:
            return 0.0
        equal: Mapping[str, float] = self.plan.central.equal
        share, part = self.samples.left
        mine: Number = sum(part[k] / equal[m] * self.shares[m].get(root, 0.0) for k, m in self._taken[r])
        found: Number = equal[material] * share[r] * mine
        return found

    def made_by(self, waste: str) -> Mapping[str, Floats]:
        """Process → what it makes anew of a waste, native units a year."""
        found = {}
        for process, row in self._made.get(waste, {}).items():
            r, amount = self._residue.get(row), self.samples.amount[self.plan.made_flow[row]]
            found[process] = amount if r is None else amount * (1.0 - self.samples.left[0][r])
        return found

    def accounts(self, lacking: Mapping[str, Bools] | None = None) -> Mapping[str, Account]:
        """Waste → its account, each field (sample,); uses by `lacking` processes count as dumped."""
        of = self.samples.accounts(lacking)
        fields = [getattr(of, field) for field in FIELDS]
        return {m: Account(*(f[row] for f in fields)) for m, row in self.plan.wastes.items()}

    def takers(self, waste: str) -> Iterator[tuple[str, Floats]]:
        """Who takes a waste, and how much of it."""
        for (name, node, _), amount in zip(self.plan.uses.keys, self.samples.uses, strict=True):
            if name == waste:
                yield node, amount
