"""What leaves a stock in use in the period of its entry: solved with the network, as a process would be.

The solver sees such a stock as a process that takes its material and gives a share of it back
as what it becomes. Everybody else sees the stock, and the amount among what comes from outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mfa.engine.network import State, Structure, Values, read_only


class Return(NamedTuple):
    """A stock in use: the entry that feeds it, where its outflow stands, the share that leaves at once.

    `entry` is a position among the entries, `outside` one among what comes from outside, `pool`
    that of what the stock becomes.
    """

    stock: str
    entry: int
    outside: int
    pool: int
    share: float


def alike(one: Sequence[Return], other: Sequence[Return]) -> bool:
    """Whether two networks give back in the same places."""
    return [r[:-1] for r in one] == [r[:-1] for r in other]


def returning(structure: Structure, returns: Sequence[Return]) -> Structure:
    """The structure with a process for each stock that gives back within the period."""
    if not returns:
        return structure
    s, count = structure, len(structure.processes)
    entries = list(s.entries)
    for i, one in enumerate(returns):
        entries[one.entry] = replace(entries[one.entry], process=count + i)
    ends = [pool for one in returns for pool in (s.entries[one.entry].pool, one.pool)]
    return Structure(
        s.pools,
        (*s.processes, *(one.stock for one in returns)),
        np.append(s.flow_pool, np.array(ends, np.int64)),
        np.append(s.flow_process, np.repeat(count + np.arange(len(returns)), 2)),
        np.append(s.flow_side, np.tile([-1, 1], len(returns))),
        tuple(entries),
        s.largest,
    )


def with_shares(values: Values, returns: Sequence[Return]) -> Values:
    """The values that go with that structure."""
    if not returns:
        return values
    return replace(
        values,
        coefficient=np.append(values.coefficient, [c for one in returns for c in (1.0, one.share)]),
        driven=np.append(values.driven, np.full(len(returns), np.nan)),
        capacity=np.append(values.capacity, np.full(len(returns), np.inf)),
    )


def without_shares(state: State, values: Values, returns: Sequence[Return]) -> tuple[State, Values]:
    """The state of the network proper, and its values with what was given back among what is outside."""
    if not returns:
        return state, values
    outside, external = values.outside.copy(), values.external.copy()
    for one in returns:
        amount = one.share * state.handed[one.entry]
        outside[one.outside] += amount
        external[one.pool] += amount
    read_only(outside, external)
    level = state.level[: -len(returns)].copy()
    return replace(state, level=level), replace(values, outside=outside, external=external)
