"""Accounts of wastes of many samples at once: what `waste_flows.py` does, on (row, sample) arrays.

Whose waste a pool holds is a linear system with a matrix a sample; it is summed up term by term
(A = B + T·B + T²·B …), which ends where residues of residues do.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from mfa.engine.batch import BatchState
from mfa.engine.network import Bools, Floats, Values
from mfa.results.accounts.uptake_samples import UptakeSamples
from mfa.results.accounts.waste import Account
from mfa.results.accounts.waste_plan import FATES, WastePlan

TERMS = 200  # of the sums; a recycle that keeps 0.9 of a residue is at rounding after that
STILL = 1e-16  # of what is summed: a term below it is rounding
FIELDS = tuple(Account.__dataclass_fields__)


class WasteSamples:
    """The wastes of many samples of one network.

    Parameters
    ----------
    plan : the positions, whose records and orders the samples share
    values, state : (…, sample) figures and solutions

    Attributes
    ----------
    amount : (flow, sample) what flows, native units a year
    open : (sample,) samples whose sums do not settle
    """

    def __init__(self, plan: WastePlan, values: Values, state: BatchState) -> None:
        self.plan, self.values, self.state = plan, values, state
        self.amount: Floats = values.coefficient * state.level[plan.structure.flow_process]
        self.size = self.amount.shape[1]
        self.open = np.zeros(self.size, bool)
        self._arrays = {
            "flow": self.amount,
            "entry": state.handed,
            "outside": values.outside,
            "surplus": state.surplus,
        }

    # ------------------------------------------------------------ supplies
    @cached_property
    def yards(self) -> Floats:
        """(waste pool, sample) what yards give, native units a year."""
        rows, adds = self.plan.yards
        return np.asarray(adds @ rows.of(self._arrays))

    @cached_property
    def _per_supply(self) -> Floats:
        """(waste pool, sample) 1 ÷ what comes in; 0 where nothing does."""
        rows, adds = self.plan.bought
        supply = self.plan.adds_made @ self.amount[self.plan.made_flow] + adds @ rows.of(self._arrays)
        supply = supply + self.yards + self.state.shortage[self.plan.pool_at]
        return np.asarray(np.divide(1.0, supply, out=np.zeros(supply.shape), where=supply > 0))

    # ------------------------------------------------------------ residues and shares
    @cached_property
    def left(self) -> tuple[Floats, Floats]:
        """(residue, sample) share that is left of wastes taken, and (taken, sample) the parts of these."""
        of, equal, coefficient = self.plan.residues, self.plan.equal, self.values.coefficient
        r, flow, pool = of.taken
        taken = coefficient[flow] * equal[pool]
        whole, made = np.zeros((2, len(of.made), self.size))
        np.add.at(whole, r, taken)
        together, flow, pool = of.together
        np.add.at(made, together, coefficient[flow] * equal[pool])
        ratio = np.divide(whole, made, out=np.ones(whole.shape), where=made > 0)
        share = np.where(of.stated, 1.0, np.minimum(1.0, ratio)) * (whole > 0)
        part = np.divide(taken, whole[r], out=np.zeros(taken.shape), where=whole[r] > 0)
        return share, part

    @cached_property
    def new(self) -> Floats:
        """(waste pool, sample) what is made anew, native units a year."""
        made = self.amount[self.plan.made_flow]
        made[self.plan.residues.made] *= 1.0 - self.left[0]
        return np.asarray(self.plan.adds_made @ made)

    @cached_property
    def _handed_on(self) -> Floats:
        """(taken, sample) what a unit of own tonnes of what is taken leaves in residues, tonnes a year."""
        of, (share, part) = self.plan.residues, self.left
        r, _, parent = of.taken
        made = of.made[r]
        amount = self.amount[self.plan.made_flow[made]] * self.plan.equal[self.plan.made_pool[made]]
        found: Floats = amount * share[r] * part / self.plan.equal[parent]
        return found

    @cached_property
    def shares(self) -> Floats:
        """(pair, sample) own tonnes of a waste in one native unit of a pool."""
        p = self.plan
        made = np.zeros((len(p.pairs), self.size))
        made[: len(p.pools)] = (self.new + self.yards) * p.equal * self._per_supply
        to, by, taken = p.links
        if not len(to):
            return made
        link = self._handed_on[taken] * self._per_supply[p.pair_pool[to]]
        still, term = STILL * p.equal[p.pair_pool], made
        for _ in range(TERMS):
            following = np.zeros(made.shape)
            np.add.at(following, to, link * term[by])
            term = np.where(np.abs(following) > still, following, 0.0)
            if not term.any():
                return made
            made = made + term
        self.open |= (np.abs(term) > 0).any(axis=0)
        return made

    # ------------------------------------------------------------ accounts
    @cached_property
    def uptake(self) -> Floats:
        """(process, sample) share of its products that finds somebody."""
        found = UptakeSamples(self.plan.uptake, self.values, self.state, self.amount)
        self.open |= found.open
        return found.process

    @cached_property
    def uses(self) -> Floats:
        """(use, sample) own tonnes, less what leaves processes as a residue."""
        of = self.plan.uses
        found = np.asarray(of.adds @ (of.sources.of(self._arrays) * self.shares[of.pair]))
        if not len(of.off):
            return found
        by, taken = self.plan.links[1][of.off], self.plan.links[2][of.off]
        left = np.asarray(of.adds_off @ (self._handed_on[taken] * self.shares[by]))
        whole = np.asarray(of.adds_taker @ found)
        off = np.divide(left, whole, out=np.zeros(whole.shape), where=whole != 0)
        found[of.cut] *= 1.0 - off[of.taker[of.cut]]
        return found

    @cached_property
    def _taken_up(self) -> Floats:
        """(use, sample) how far what it goes into is taken; 1 where that does not count."""
        of, u = self.plan.uses, np.ones(self.uses.shape)
        sold = np.flatnonzero(of.process >= 0)
        u[sold] = self.uptake[of.process[sold]]
        return u

    @cached_property
    def _generated(self) -> Floats:
        own = self.plan.own_pool
        found: Floats = (self.new * self.plan.equal)[own]
        found[own < 0] = 0.0
        return found

    @cached_property
    def _from_yards(self) -> Floats:
        return np.asarray(self.plan.adds_yards @ (self.yards * self.plan.equal))

    def accounts(self, lacking: Mapping[str, Bools] | None = None) -> Account:
        """The accounts of all wastes, each field (waste, sample); uses by `lacking` processes are dumped."""
        of, uses = self.plan.uses, self.uses
        doubted = np.zeros(uses.shape)
        rows = [i for i, (_, node, _) in enumerate(of.keys) if lacking and node in lacking]
        if rows:
            assert lacking is not None
            unsure = np.array([lacking[of.keys[i][1]] for i in rows])
            doubted[rows] = np.where(unsure, uses[rows], 0.0)
            uses = uses - doubted
        sold = uses * self._taken_up
        shape = (len(self.plan.wastes), len(FATES), self.size)
        used, disposed, stored, dumped = (of.by_fate @ sold).reshape(shape).transpose(1, 0, 2)
        unsold = np.asarray(of.by_waste @ (uses - sold))
        dumped = dumped + of.by_waste @ doubted
        taken = used + disposed + unsold
        old = np.minimum(self._from_yards, taken)
        share = np.divide(old, taken, out=np.zeros(taken.shape), where=taken > 0)
        fields = (
            *(self._generated, used, used * share, disposed, disposed * share),
            *(stored - (self._from_yards - old), dumped, unsold - unsold * share),
        )
        return Account(*fields)  # type: ignore[arg-type]
