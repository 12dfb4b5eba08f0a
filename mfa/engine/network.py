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
    largest : processes in several giver lists that run at the largest that these ask, not the least
    """

    pools: tuple[str, ...]
    processes: tuple[str, ...]
    flow_pool: Ints
    flow_process: Ints
    flow_side: Ints
    entries: tuple[ListEntry, ...]
    largest: frozenset[int] = frozenset()

    def same(self, other: Structure) -> bool:
        """Whether two networks connect the same things in the same order."""
        mine = (self.pools, self.processes, self.entries, self.largest)
        names = mine == (other.pools, other.processes, other.entries, other.largest)
        flows = ((self.flow_pool, other.flow_pool), (self.flow_process, other.flow_process))
        sides = (self.flow_side, other.flow_side)
        return names and all(np.array_equal(a, b) for a, b in (*flows, sides))


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


@dataclass(frozen=True, eq=False)
class State:
    """The solution of one network; its arrays cannot be written, since every table is made from them.

    Attributes
    ----------
    net : (pool,) firm supply - firm demand, native units a year
    level : (process,) units of the reference a year
    handed : (entry,) amount given to or by each list entry, pool's unit a year, >= 0
    surplus, shortage : (pool,) what no entry takes or gives, >= 0
    residual : largest imbalance of a pool over the largest flow
    iterations : sweeps, Newton steps and pieces of the path together
    method : "sweeps" where repetition alone arrived, "newton", or "path" where a block took it
    """

    net: Floats
    level: Floats
    handed: Floats
    surplus: Floats
    shortage: Floats
    residual: float
    iterations: int
    method: str

    def __post_init__(self) -> None:
        read_only(self.net, self.level, self.handed, self.surplus, self.shortage)


class GainError(Exception):
    """A recycle whose gain is not below 1 is reached.

    Attributes
    ----------
    cycle : the heaviest cycle as (pool, process, pool, process, …), back to its first pool
    gain : product of the slopes around it
    block_gain : 1 - det(I - slopes) of the strongly connected block
    """

    def __init__(self, cycle: tuple[int, ...], gain: float, block_gain: float) -> None:
        super().__init__(cycle, gain, block_gain)
        self.cycle = cycle
        self.gain = gain
        self.block_gain = block_gain

    def moved(self, pools: Ints, processes: Ints) -> GainError:
        """The same with the positions that the pools and processes of a block have in the whole."""
        return GainError(_moved(self.cycle, pools, processes), self.gain, self.block_gain)


class LostError(Exception):
    """The path through a block of recycles does not arrive, so that nothing defines its answer.

    Attributes
    ----------
    pools : of the block
    cycle : its heaviest cycle on the last piece as (pool, process, …), empty where there is none
    gain : product of the slopes around it
    """

    def __init__(self, pools: tuple[int, ...], cycle: tuple[int, ...], gain: float) -> None:
        super().__init__(pools, cycle, gain)
        self.pools = pools
        self.cycle = cycle
        self.gain = gain

    def moved(self, pools: Ints, processes: Ints) -> LostError:
        """The same with the positions that the pools and processes of a block have in the whole."""
        own = tuple(int(pools[p]) for p in self.pools)
        return LostError(own, _moved(self.cycle, pools, processes), self.gain)


def _moved(cycle: tuple[int, ...], pools: Ints, processes: Ints) -> tuple[int, ...]:
    """(pool, process, …) of a block in the positions of the whole."""
    return tuple(int((processes if i % 2 else pools)[at]) for i, at in enumerate(cycle))


class OrderError(Exception):
    """Lists contradict each other about two processes that stand in several lists.

    Attributes
    ----------
    processes : the processes of the contradiction, in the order of the first list
    entries : the entries (positions) that disagree
    """

    def __init__(self, processes: tuple[int, ...], entries: tuple[int, ...]) -> None:
        super().__init__(processes, entries)
        self.processes = processes
        self.entries = entries
