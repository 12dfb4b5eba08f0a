"""Runs of a changed system, which may have become unsolvable."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from mfa.engine.compile import Compiled, compile_system
from mfa.engine.network import GainError, LostError, OrderError
from mfa.engine.solver import solve_wired
from mfa.engine.wiring import wire
from mfa.errors import Failure
from mfa.results.run import Run
from mfa.storage import Stock
from mfa.system import Entry, Pool, Process, System


def attempt(system: System, like: Compiled | None = None) -> Run | None:
    """The run of a changed system; None where the change makes it unsolvable.

    `like`: a network that may be the same but for its values, whose wiring is then used.
    """
    compiled = compile_system(system) if like is None else like.refilled(system)
    try:
        wiring = wire(compiled.structure) if compiled.returns else compiled.wiring
        return Run(system, compiled, solve_wired(wiring, compiled.values))
    except (GainError, LostError, OrderError, Failure):
        return None


T = TypeVar("T")
SECTIONS = ("processes", "pools", "drive", "demand", "supply", "stocks", "materials", "factors", "sites")
COARSE = {
    "processes": "all-processes",
    "pools": "all-pools",
    "drive": "drives",
    "demand": "drives",
    "supply": "drives",
    "stocks": "all-pools",
    "materials": "properties",
    "factors": "properties",
    "sites": "properties",
}


@dataclass(frozen=True)
class Cause:
    """Parts of a system that change together: (section, id) pairs under one name."""

    name: str
    parts: frozenset[tuple[str, str]]


def single(a: System, b: System) -> list[Cause]:
    """Every part that differs between two systems, as a cause of its own."""
    parts = [(section, key) for section in SECTIONS for key in _differing(a, b, section)]
    return [Cause(f"{section}:{key}", frozenset([(section, key)])) for section, key in parts]


def by_kind(found: Sequence[Cause]) -> list[Cause]:
    """Causes put together by what they are: processes, pools, drives, properties."""
    kinds: dict[str, frozenset[tuple[str, str]]] = {}
    for cause in found:
        (section, _), *_ = cause.parts
        kinds[COARSE[section]] = kinds.get(COARSE[section], frozenset()) | cause.parts
    return [Cause(kind, parts) for kind, parts in kinds.items()]


def together(found: Sequence[Cause], name: str) -> Cause:
    """Several causes as one."""
    return Cause(name, frozenset().union(*(c.parts for c in found)))


def _differing(a: System, b: System, section: str) -> list[str]:
    one: Mapping[str, object] = getattr(a, section)
    two: Mapping[str, object] = getattr(b, section)
    return [k for k in {**one, **two} if _plain(one.get(k)) != _plain(two.get(k))]


def _plain(record: object) -> object:
    """A record without where it was written."""
    if isinstance(record, Pool):
        return tuple(tuple(_plain(e) for e in side) for side in (record.takers, record.givers))
    if isinstance(record, Entry):
        limits = tuple(f.value if f else None for f in (record.limit, record.percent, record.distance))
        return record.node, record.kind, record.tier, record.share.value, record.fate, limits
    return replace(record, place=None) if hasattr(record, "place") else record  # type: ignore[type-var]


def blend(a: System, b: System, taken: Collection[Cause]) -> System:
    """System `a` with the parts of some causes as in `b`."""
    chosen = {part for cause in taken for part in cause.parts}
    processes = _mixed(a.processes, b.processes, "processes", chosen)
    stocks = _mixed(a.stocks, b.stocks, "stocks", chosen)
    materials = {**b.materials, **a.materials}
    materials |= {k: b.materials[k] for s, k in chosen if s == "materials" and k in b.materials}
    pools = {**b.pools, **a.pools}
    pools |= {k: b.pools[k] for s, k in chosen if s == "pools" and k in b.pools}
    for node in stocks.values():
        pools.setdefault(node.material, Pool(node.material, (), ()))
    drive = _mixed(a.drive, b.drive, "drive", chosen)
    drive = {k: v for k, v in drive.items() if k in processes or k in stocks}
    return replace(
        a,
        materials=materials,
        processes=processes,
        stocks=stocks,
        pools={k: _fitting(p, processes, stocks, drive) for k, p in pools.items()},
        drive=drive,
        demand=_mixed(a.demand, b.demand, "demand", chosen),
        supply=_mixed(a.supply, b.supply, "supply", chosen),
        factors=_mixed(a.factors, b.factors, "factors", chosen),
        sites=_mixed(a.sites, b.sites, "sites", chosen),
        targets=(),
        claims=(),
    )


def _mixed(
    one: Mapping[str, T], two: Mapping[str, T], section: str, chosen: Collection[tuple[str, str]]
) -> dict[str, T]:
    """The members of a section, in the order of the first."""
    made = {}
    for key in {**one, **two}:
        source = two if (section, key) in chosen else one
        if key in source:
            made[key] = source[key]
    return made


def _fitting(
    pool: Pool, processes: Mapping[str, Process], stocks: Mapping[str, Stock], drive: Collection[str]
) -> Pool:
    """A pool without entries whose process or stock is not there, has none of it, or is driven."""

    def fits(entry: Entry, side: str) -> bool:
        if entry.kind == "process":
            process = processes.get(entry.node)
            return process is not None and pool.material in getattr(process, side) and entry.node not in drive
        if entry.kind == "stock":
            stock = stocks.get(entry.node)
            dug = side == "outputs" and entry.node in drive
            return stock is not None and stock.material == pool.material and not dug
        return True

    takers = tuple(e for e in pool.takers if fits(e, "inputs"))
    return replace(pool, takers=takers, givers=tuple(e for e in pool.givers if fits(e, "outputs")))
