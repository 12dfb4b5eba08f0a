"""What flows carry with them: a substance, a cost. One linear solve on the solved network.

A pool mixes: every taker gets the mean of what suppliers bring. An output carries a share of
what the inputs of its process bring, a fixed amount, or both:
a_k = g_k + Σ over outputs f into k of (fixed_f + share_f · (extra_p + Σ over inputs of amount · a_m/s_m)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mfa.engine import linear
from mfa.engine.gather import gathered
from mfa.engine.network import Bools, Floats, Ints, Structure


@dataclass(frozen=True)
class Carried:
    """What is carried, in the unit of what was given.

    Attributes
    ----------
    flow : (flow,) by each input and output of a process
    mean : (pool,) per native unit of the pool
    into, out : (process,) what inputs and `extra` bring, what outputs take away
    """

    flow: Floats
    mean: Floats
    into: Floats
    out: Floats

    @property
    def residue(self) -> Floats:
        """(process,) what goes in and does not come out."""
        return self.into - self.out


def trace(
    structure: Structure,
    amount: Floats,
    given: Floats,
    known: Floats,
    share: Floats,
    fixed: Floats,
    extra: Floats,
) -> Carried:
    """Follow something through the network; of samples, every array has a last axis of samples.

    What samples have alike may have one of length 1; `flow_side` of the structure may have one too.

    Parameters
    ----------
    amount : (flow,) native units a year
    given : (pool,) what comes over the boundary and from stocks
    known : (pool,) the amount of all suppliers whose content is known; these are mixed
    share : (flow,) of each output, in what its process gets; 0 for inputs
    fixed : (flow,) carried by each output whatever goes in; 0 for inputs
    extra : (process,) brought by no input

    Raises
    ------
    mfa.engine.linear.Singular
        a loop that loses nothing keeps what it gets for ever
    """
    pools, processes = len(structure.pools), len(structure.processes)
    into = structure.flow_side < 0
    if amount.ndim > into.ndim:
        into = into[:, None]
    per = np.divide(1.0, known, out=np.zeros(known.shape), where=known > 0)
    weight = np.where(into, amount * per[structure.flow_pool], 0.0)
    start = given + gathered(fixed + share * extra[structure.flow_process], structure.flow_pool, pools)
    give, take = _pairs(structure.flow_process, _may(share, ~into), _may(weight, into))
    held = _held(
        pools, structure.flow_pool[give], structure.flow_pool[take], share[give] * weight[take], start
    )
    brought = weight * held[structure.flow_pool]
    got: Floats = extra + gathered(brought, structure.flow_process, processes)
    flow = np.where(into, brought, fixed + share * got[structure.flow_process])
    out = gathered(np.where(into, 0.0, flow), structure.flow_process, processes)
    return Carried(flow, held * per, got, out)


def _may(values: Floats, side: Bools) -> Ints:
    """The positions of what is above 0; of samples a whole side, so that none goes by what others are."""
    if values.ndim == 1:
        return np.flatnonzero(values > 0)
    return np.flatnonzero(side) if side.shape[1] == 1 else np.arange(len(values))


def _held(pools: int, rows: Ints, columns: Ints, values: Floats, start: Floats) -> Floats:
    """(pool,) what pools hold: one linear system, or one a sample of one pattern."""
    plan = linear.remembered_plan(pools, rows, columns)
    if start.ndim == 1:
        return linear.solve(plan, values, start)
    values = np.broadcast_to(values, (len(values), start.shape[1]))
    each = zip(values.T.copy(), start.T.copy(), strict=True)
    return np.array([linear.solve(plan, of, right) for of, right in each]).T


def _pairs(process: Ints, outputs: Ints, inputs: Ints) -> tuple[Ints, Ints]:
    """Every output with every input of its process."""
    inputs = inputs[np.argsort(process[inputs], kind="stable")]
    of = process[inputs]
    first = np.searchsorted(of, process[outputs], "left")
    count = np.searchsorted(of, process[outputs], "right") - first
    give = np.repeat(outputs, count)
    within = np.arange(len(give)) - np.repeat(np.cumsum(count) - count, count)
    return give, inputs[np.repeat(first, count) + within]
