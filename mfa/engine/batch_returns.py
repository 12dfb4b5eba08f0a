"""What leaves stocks in use in the period of its entry: `returns.py` on (…, sample) arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mfa.engine.batch import BatchState
from mfa.engine.network import Floats, Values
from mfa.engine.returns import Return


def with_shares(values: Values, returns: Sequence[Return]) -> Values:
    """The values of the network that the solver sees: a process more for each stock that gives back."""
    if not returns:
        return values
    size = values.coefficient.shape[1]
    shares = [c for one in returns for c in (1.0, one.share)]
    return replace(
        values,
        coefficient=_below(values.coefficient, shares, size),
        driven=_below(values.driven, [np.nan] * len(returns), size),
        capacity=_below(values.capacity, [np.inf] * len(returns), size),
    )


def _below(array: Floats, rows: Sequence[float], size: int) -> Floats:
    return np.concatenate([array, np.repeat(np.array(rows)[:, None], size, axis=1)])


def without_shares(state: BatchState, values: Values, returns: Sequence[Return]) -> tuple[BatchState, Values]:
    """The states of the network proper, and its values with what was given back among what is outside."""
    if not returns:
        return state, values
    outside, external = values.outside.copy(), values.external.copy()
    for one in returns:
        amount = one.share * state.handed[one.entry]
        outside[one.outside] += amount
        external[one.pool] += amount
    level = state.level[: -len(returns)]
    return replace(state, level=level), replace(values, outside=outside, external=external)
