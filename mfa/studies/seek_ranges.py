"""Which figures are varied when a bound is sought, and how far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mfa.engine.network import GIVER, TAKER
from mfa.parameters import parse
from mfa.results.run import Run
from mfa.studies.lp.constraints import bounds
from mfa.studies.mixture import attempt
from mfa.system import Entry, Figure, System

MOST_FACTOR = 10.0  # of a coefficient, drive or property without a written range; beyond it is another park
MOST_WEIGHT = 1e3  # of a share: more leaves the others of its tier next to nothing


def ends(run: Run, path: str, figure: Figure) -> tuple[float, float]:
    """From where to where a figure is sought: as far as it makes a difference, or as it is another park."""
    found, today = parse(path, run.system), figure.value
    assert found is not None
    written = bounds(figure)
    match found:
        case ("processes", key, ("capacity",)):
            driven = run.system.drive.get(key)  # no drive may be above a capacity
            return driven.value if driven else 0.0, max(today, written[1], _unbound(run, key))
        case ("pools", key, (side, node, "limit")):
            entry = _entry(run.system, key, str(side), str(node))
            if entry is not None and entry.percent:
                return 0.0, 1.0
            return 0.0, max(today, written[1], _unlimited(run, key, str(side), str(node)))
        case ("pools", _, (_, _, "share")):
            return today / MOST_WEIGHT, today * MOST_WEIGHT
        case ("drive", key, ()) if key in run.system.processes:
            capacity = run.system.processes[key].capacity
            return 0.0, capacity.value if capacity else today * MOST_FACTOR
        case ("drive" | "demand" | "supply", _, ()):
            return 0.0, today * MOST_FACTOR
    if written[0] < written[1]:
        return written
    return today / MOST_FACTOR, today * MOST_FACTOR


def _unbound(run: Run, process: str) -> float:
    """The level at which a process would run without a capacity; 0 where that has no solution."""
    record = replace(run.system.processes[process], capacity=None)
    then = attempt(replace(run.system, processes={**run.system.processes, process: record}))
    if then is None:
        return 0.0
    return float(then.state.level[then.compiled.structure.processes.index(process)])


def _unlimited(run: Run, material: str, side: str, node: str) -> float:
    """What an entry would be handed without its limit; 0 where that has no solution."""
    pool = run.system.pools[material]
    open_ = tuple(replace(e, limit=None) if e.node == node else e for e in getattr(pool, side))
    changed = replace(pool, takers=open_) if side == "takers" else replace(pool, givers=open_)
    then = attempt(replace(run.system, pools={**run.system.pools, material: changed}))
    if then is None:
        return 0.0
    s, sign = then.compiled.structure, TAKER if side == "takers" else GIVER
    at = next(
        i
        for i, (line, entry) in enumerate(zip(s.entries, then.compiled.entries, strict=True))
        if (s.pools[line.pool], line.side, entry.node) == (material, sign, node)
    )
    return float(then.state.handed[at])


def _entry(system: System, material: str, side: str, node: str) -> Entry | None:
    entries: Sequence[Entry] = getattr(system.pools[material], side)
    return next((e for e in entries if e.node == node), None)


# ---------------------------------------------------------------- what may be varied
def candidates(run: Run) -> Iterator[str]:
    """Every capacity, limit, level and share, and the coefficients of what runs; no reference flow."""
    system = run.system
    yield from (f"{k}.level" for k, f in system.drive.items() if k in system.processes and f.value)
    yield from (f"demand.{k}" for k in system.demand)
    yield from (f"supply.{k}" for k in system.supply)
    yield from (f"{p.id}.capacity" for p in system.processes.values() if p.capacity)
    for pool in system.pools.values():
        for side, entries in (("takers", pool.takers), ("givers", pool.givers)):
            yield from _of_list(f"{pool.material}.{side}", entries)
    running = zip(run.compiled.structure.processes, run.state.level.tolist(), strict=True)
    for process in (system.processes[p] for p, level in running if level > 0):
        for way, recipe in (("inputs", process.inputs), ("outputs", process.outputs)):
            for material, c in recipe.items():
                if not (c.reference or c.balance) and c.figure.value > 0:
                    yield f"{process.id}.{way}.{material}"


def _of_list(path: str, entries: Iterable[Entry]) -> Iterator[str]:
    listed_entries = list(entries)
    for entry in listed_entries:
        if entry.limit or entry.percent:
            yield f"{path}.{entry.node}.limit"
        if sum(e.tier == entry.tier for e in listed_entries) > 1:
            yield f"{path}.{entry.node}.share"
