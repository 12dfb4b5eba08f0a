"""What only the finished system shows: lists of processes in several of them, sources.

Gives faults for what stops a run, and findings for what `check` reports.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from mfa.errors import Error, Fault
from mfa.system import Entry, Pool, Process, Side, System


@dataclass(frozen=True)
class Place:
    """Where a process stands: the pool, the side and the entry."""

    material: str
    side: Side
    entry: Entry


def check_lists(system: System) -> None:
    """Raise the faults of processes in several lists.

    Raises
    ------
    Error
        such a process shares its tier, two of them wait for each other through one pool, or one
        that serves the largest takes something
    """
    lists = places(system)
    several = {p for p, found in lists.items() if len(found) > 1}
    faults = [f for p in several for f in _sharing(p, lists[p], system)]
    faults += [f for pool in system.pools.values() for f in _waiting(pool, several, lists, system)]
    faults += [f for p in system.processes.values() for f in _taking(p, lists.get(p.id, []))]
    if faults:
        raise Error(faults)


def places(system: System) -> dict[str, list[Place]]:
    """Process → every list that it stands in."""
    found: dict[str, list[Place]] = defaultdict(list)
    for pool in system.pools.values():
        sides: tuple[tuple[Side, tuple[Entry, ...]], ...] = (("takers", pool.takers), ("givers", pool.givers))
        for side, entries in sides:
            for entry in entries:
                if entry.kind == "process":
                    found[entry.node].append(Place(pool.material, side, entry))
    return found


def _sharing(process: str, found: list[Place], system: System) -> list[Fault]:
    faults = []
    for place in found:
        entries = getattr(system.pools[place.material], place.side)
        mates = [e for e in entries if e.tier == place.entry.tier and e.node != process]
        if mates:
            other = next(p for p in found if p is not place)
            values = {
                "process": process,
                "material": place.material,
                "mate": mates[0].node,
                "also": f"{other.side} of {other.material}",
                "other": other.entry.place,
            }
            faults.append(Fault("several-shares-tier", place.entry.place, values))
    return faults


def _taking(process: Process, found: list[Place]) -> list[Fault]:
    """A process that serves the largest of what is asked, among takers, who are not asked."""
    if process.serves != "largest":
        return []
    return [
        Fault(
            "serves-taker",
            place.entry.place,
            {"process": process.id, "material": place.material, "other": process.place},
        )
        for place in found
        if place.side == "takers"
    ]


def serving_few(system: System) -> list[Fault]:
    """Processes that serve the largest and stand in no two lists; a driven one stands in none."""
    listed = places(system)
    counts = {p.id: len(listed.get(p.id, ())) for p in system.processes.values() if p.serves == "largest"}
    return [
        Fault("serves-few", system.processes[p].place, {"process": p, "id": p, "count": n})
        for p, n in counts.items()
        if n < 2 and p not in system.drive
    ]


def _waiting(pool: Pool, several: set[str], lists: dict[str, list[Place]], system: System) -> list[Fault]:
    """Two processes in several lists, in series through a pool that only they fill and empty."""
    if not pool.takers or not pool.givers:
        return []
    if not all(e.node in several for e in (*pool.takers, *pool.givers)):
        return []
    if any(system.processes[e.node].serves == "largest" for e in pool.givers):  # others ask of it too
        return []
    listed = {(e.node, "inputs") for e in pool.takers} | {(e.node, "outputs") for e in pool.givers}
    firm = [
        p.id
        for p in system.processes.values()
        for side, recipe in (("inputs", p.inputs), ("outputs", p.outputs))
        if pool.material in recipe and (p.id, side) not in listed and (p.id in system.drive or p.id in lists)
    ]
    outside = pool.material in system.demand or pool.material in system.supply
    driven = any(s in system.drive and system.stocks[s].material == pool.material for s in system.stocks)
    if firm or outside or driven:
        return []
    giver, taker = pool.givers[0], pool.takers[0]
    values = {"giver": giver.node, "taker": taker.node, "material": pool.material, "other": giver.place}
    return [Fault("several-in-series", taker.place, values)]


def idle(system: System) -> list[str]:
    """Processes that nothing drives: neither `drive` nor any list."""
    listed = places(system)
    return [p for p in system.processes if p not in system.drive and p not in listed]


def without_source(system: System) -> list[Fault]:
    """Coefficients and rates of exchange that say nothing of where they come from."""
    rates = [
        Fault("no-source-rate", f.place, {"id": k}) for k, f in system.currencies.items() if not f.source
    ]
    return rates + [
        Fault("no-source", c.figure.place, {"process": p.id, "side": side, "material": m})
        for p in system.processes.values()
        for side, recipe in (("inputs", p.inputs), ("outputs", p.outputs))
        for m, c in recipe.items()
        if not c.reference and not c.balance and not c.figure.source
    ]


def outside_bounds(system: System) -> list[Fault]:
    """Balance flows outside the range written beside them."""
    found = []
    for p in system.processes.values():
        for m, c in (*p.inputs.items(), *p.outputs.items()):
            f = c.figure
            if c.balance and f.low is not None and f.high is not None and not f.low <= f.value <= f.high:
                values = {
                    "process": p.id,
                    "material": m,
                    "value": f"{f.value:.6g}",
                    "range": f"{f.low:g}..{f.high:g}",
                }
                found.append(Fault("balance-outside", f.place, values))
    return found


def sold_without_limit(system: System) -> list[Fault]:
    """Products made from waste that are exported with no limit written."""
    from_waste = {
        m
        for p in system.processes.values()
        if any(system.materials[i].waste or system.materials[i].residue_of for i in p.inputs)
        for m in p.outputs
        if system.materials[m].kind == "product"
    }
    return [
        Fault("sold-without-limit", e.place, {"material": m})
        for m in system.pools
        if m in from_waste
        for e in system.pools[m].takers
        if e.kind == "export" and not (e.limit or e.percent or e.unlimited)
    ]


def whole_year(system: System) -> list[str]:
    """Processes whose capacity or drive is written per hour, per day or in W without `operating`."""
    from mfa import units
    from mfa.errors import FaultWithoutPlace

    found = []
    for process in system.processes.values():
        figures = [f for f in (process.capacity, system.drive.get(process.id)) if f]
        for figure in figures:
            try:
                hourly = units.uses_operating(units.split(figure.text)[1])
            except FaultWithoutPlace:
                continue
            if hourly and process.operating_hours is None:
                found.append(process.id)
                break
    return found
