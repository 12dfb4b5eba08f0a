"""Joint producers that give less than they could, since another of their lists asks for no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mfa.engine.compile import Compiled
from mfa.engine.network import GIVER, State
from mfa.system import System

FULL = 1 - 1e-9  # of a bound: looser than any rounding, closer than any figure


@dataclass(frozen=True)
class HeldBack:
    """A process that could give `more` of a material, native units a year; `lists` ask for no more."""

    process: str
    more: float
    lists: tuple[str, ...]


def held_back(system: System, compiled: Compiled, state: State) -> Mapping[str, HeldBack]:
    """Material that is short → the joint producer among its givers that could give most more.

    Joint producers stand in several giver lists and in no taker list, and serve the least.
    """
    s, found = compiled.structure, dict[str, HeldBack]()
    entries_of: dict[int, list[int]] = defaultdict(list)
    for at, line in enumerate(s.entries):
        if line.process >= 0:
            entries_of[line.process].append(at)
    for process, mine in entries_of.items():
        if len(mine) < 2 or process in s.largest or any(s.entries[e].side != GIVER for e in mine):
            continue
        if not any(state.shortage[s.entries[e].pool] > 0 for e in mine):
            continue
        room = {e: _room(compiled, state, e, process) for e in mine}
        lists = tuple(s.pools[s.entries[e].pool] for e in mine if _asks_no_more(compiled, state, e))
        for e in mine if lists else ():
            material = s.pools[s.entries[e].pool]
            better = material not in found or room[e] > found[material].more
            if room[e] > 0 and material not in lists and better:
                found[material] = HeldBack(s.processes[process], room[e], lists)
    return {m: h for m, h in found.items() if state.shortage[s.pools.index(m)] > 0}


def _room(compiled: Compiled, state: State, entry: int, process: int) -> float:
    """What its limit and its process's capacity leave, the pool's unit."""
    s, v, line = compiled.structure, compiled.values, compiled.structure.entries[entry]
    own = (s.flow_process == process) & (s.flow_pool == line.pool) & (s.flow_side > 0)
    most = float(v.capacity[process] * v.coefficient[np.flatnonzero(own)[0]])
    most = min(most, _limit(compiled, state, entry))
    given = float(state.handed[entry])
    return most - given if given < most * FULL else 0.0


def _limit(compiled: Compiled, state: State, entry: int) -> float:
    v, pool = compiled.values, compiled.structure.entries[entry].pool
    percent = float(v.percent[entry])
    part = percent * abs(float(state.net[pool])) if np.isfinite(percent) else np.inf
    return min(float(v.limit[entry]), part)


def _asks_no_more(compiled: Compiled, state: State, entry: int) -> bool:
    """Whether nothing is left of the ask behind it, or its limit in this list is reached."""
    line = compiled.structure.entries[entry]
    behind = [
        float(a)
        for e, a in zip(compiled.structure.entries, state.handed.tolist(), strict=True)
        if (e.pool, e.side) == (line.pool, line.side) and e.tier > line.tier
    ]
    limit = _limit(compiled, state, entry)
    limited = np.isfinite(limit) and state.handed[entry] >= limit * FULL
    return bool(limited or sum(behind) + float(state.shortage[line.pool]) <= 0)
