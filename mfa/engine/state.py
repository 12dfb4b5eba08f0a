"""What a solve returns, and how it fails: numbers and positions, no names."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from mfa.engine.network import Floats, Ints


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
        for each in fields(self):
            if isinstance(array := getattr(self, each.name), np.ndarray):
                array.setflags(write=False)


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
