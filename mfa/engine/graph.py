"""Graphs given by small dense matrices: what reaches what, and strongly connected blocks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mfa.engine import linear
from mfa.engine.network import Floats, Ints


def reachable(slopes: Floats, start: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which nodes the start nodes move, directly or through others; slopes[i, j]: j moves i."""
    linked = slopes != 0
    seen = start.copy()
    front = start
    while front.any():
        front = linked[:, front].any(axis=1) & ~seen
        seen |= front
    return seen


def components(slopes: Floats) -> list[Ints]:
    """The blocks with a cycle: strongly connected sets, and single nodes that move themselves."""
    rows, cols = np.nonzero(slopes)
    plan = linear.plan(len(slopes), rows.astype(np.int64), cols.astype(np.int64))
    return [np.flatnonzero(plan.component == c) for c in np.flatnonzero(plan.cyclic)]
