"""System → network: the one place where names become positions.

Takes the checked records; gives the structure, the values and, for the way back, which
record each entry and flow came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mfa.engine.network import GIVER, TAKER, ListEntry, Structure, Values, read_only
from mfa.system import Entry, Figure, System


@dataclass(frozen=True, slots=True)
class Outside:
    """A fixed amount that enters a pool (`side` GIVER) or leaves it (TAKER).

    `node` is `import` for a supply, `export` for a demand, or the id of a driven yard.
    """

    pool: int
    node: str
    side: int


@dataclass(frozen=True)
class Compiled:
    """A network with the records behind its entries.

    Attributes
    ----------
    entries : (entry,) the record of each list entry, in the order of the structure
    outside : (outside,) what each supply, demand and driven yard is
    """

    structure: Structure
    values: Values
    entries: tuple[Entry, ...]
    outside: tuple[Outside, ...] = ()


def compile_system(system: System) -> Compiled:
    """The network of a system."""
    pools, processes = tuple(system.pools), tuple(system.processes)
    pool_at = {m: i for i, m in enumerate(pools)}
    process_at = {p: i for i, p in enumerate(processes)}
    flows = [
        (pool_at[m], process_at[p.id], side, c.figure.value)
        for p in system.processes.values()
        for side, recipe in ((-1, p.inputs), (1, p.outputs))
        for m, c in recipe.items()
        if c.figure.value > 0
    ]
    lines = [
        (ListEntry(pool_at[m], side, e.tier, process_at[e.node] if e.kind == "process" else -1), e)
        for m, pool in system.pools.items()
        for side, entries in ((TAKER, pool.takers), (GIVER, pool.givers))
        for e in entries
    ]
    table = np.array([f[:3] for f in flows], np.int64).reshape(-1, 3)
    structure = Structure(
        pools,
        processes,
        table[:, 0].copy(),
        table[:, 1].copy(),
        table[:, 2].copy(),
        tuple(line for line, _ in lines),
    )
    coefficients = np.array([f[3] for f in flows], float)
    records = tuple(e for _, e in lines)
    sides = [line.side for line, _ in lines]
    outside, fixed = _outside(system, pool_at)
    external = np.zeros(len(pools))
    np.add.at(external, [o.pool for o in outside], [-o.side * a for o, a in zip(outside, fixed, strict=True)])
    values = Values(
        coefficient=coefficients,
        external=external,
        driven=_numbers(system.drive, processes, np.nan),
        capacity=_numbers({p.id: p.capacity for p in system.processes.values()}, processes, np.inf),
        limit=np.array([_limit(e, s, system) for e, s in zip(records, sides, strict=True)], float),
        percent=np.array([e.percent.value if e.percent else np.inf for e in records], float),
        share=np.array([e.share.value for e in records], float),
        outside=np.array(fixed, float),
    )
    read_only(structure.flow_pool, structure.flow_process, structure.flow_side)
    read_only(*vars(values).values())
    return Compiled(structure, values, records, outside)


def _numbers(figures: Mapping[str, Figure | None], names: tuple[str, ...], absent: float) -> np.ndarray:
    found = [figures.get(n) for n in names]
    return np.array([f.value if f else absent for f in found], float)


def _outside(system: System, pool_at: Mapping[str, int]) -> tuple[tuple[Outside, ...], list[float]]:
    """What the scenario supplies, demands and digs out of yards, each with its amount."""
    found = [(Outside(pool_at[m], "import", GIVER), f.value) for m, f in system.supply.items()]
    found += [(Outside(pool_at[m], "export", TAKER), f.value) for m, f in system.demand.items()]
    found += [
        (Outside(pool_at[system.stocks[k].material], k, GIVER), f.value)
        for k, f in system.drive.items()
        if k in system.stocks
    ]
    return tuple(o for o, _ in found), [a for _, a in found]


def _limit(entry: Entry, side: int, system: System) -> float:
    """The written limit; a yard also takes or gives no more than its room or its heap (Δt = 1 a)."""
    written = entry.limit.value if entry.limit else np.inf
    if entry.kind != "stock":
        return written
    stock = system.stocks[entry.node]
    heap = stock.initial.value if stock.initial else 0.0
    room = stock.capacity.value - heap if stock.capacity else np.inf
    return float(min(written, room if side == TAKER else heap))
