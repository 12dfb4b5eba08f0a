"""The compiled network: names become positions here and nowhere else.

Takes arrays without names; gives `Structure` (fixed sparsity and orders, built once a
scenario) and `Values` (the numbers that a year, a sample or a seek changes).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

TAKER, GIVER = 1, -1


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One place in a pool's list. `process` is -1 for a stock or the boundary."""

    pool: int
    side: int
    tier: int
    process: int = -1


@dataclass(frozen=True)
class Structure:
    """Who is connected with whom; no number of it changes with the values.

    Attributes
    ----------
    pools, processes : names, position = index
    flow_pool, flow_process, flow_side : (flow,) one row a coefficient; side -1 input, +1 output
    entries : the lists; per pool and side in order of tier, tiers within one list comparable
    """

    pools: tuple[str, ...]
    processes: tuple[str, ...]
    flow_pool: Ints
    flow_process: Ints
    flow_side: Ints
    entries: tuple[ListEntry, ...]


@dataclass(frozen=True)
class Values:
    """The numbers of one run, native units a year.

    Attributes
    ----------
    coefficient : (flow,) > 0 per unit of the process's level
    external : (pool,) supply - demand from outside, fixed: the sum of `outside` with its signs
    driven : (process,) fixed level, NaN where the process is not driven
    capacity : (process,) greatest level, inf where there is none
    limit : (entry,) greatest amount, pool's unit, inf where there is none
    percent : (entry,) greatest fraction of |net|, inf where there is none
    share : (entry,) weight within a tier
    outside : (outside,) each supply, demand and driven yard; the solver needs their sums alone
    """

    coefficient: Floats
    external: Floats
    driven: Floats
    capacity: Floats
    limit: Floats
    percent: Floats
    share: Floats
    outside: Floats = field(default_factory=lambda: np.zeros(0))


def read_only(*arrays: Floats | Ints) -> None:
    """Lock arrays that are handed out, so that no reader changes what others read."""
    for array in arrays:
        array.setflags(write=False)
