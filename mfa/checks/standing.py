"""What the figures of a system stand on: a document that was read, a calculation, judgement."""

from __future__ import annotations

from collections import Counter

from mfa.system import Coefficient, Figure, System

KINDS = ("document", "computed", "memory", "judgement", "unsaid", "none")


def figures(system: System) -> list[Figure]:
    """The figures of a system that come from a source: coefficients, limits, drives, prices."""
    coefficients: list[Coefficient] = [
        c
        for p in system.processes.values()
        for c in (*p.inputs.values(), *p.outputs.values())
        if not c.reference
    ]
    found = [c.figure for c in coefficients]
    found += [p.capacity for p in system.processes.values() if p.capacity]
    found += [*system.drive.values(), *system.demand.values(), *system.supply.values()]
    entries = (e for p in system.pools.values() for e in (*p.takers, *p.givers))
    found += [f for e in entries for f in (e.limit, e.percent) if f is not None]
    found += [m.price for m in system.materials.values() if m.price]
    return found


def standing(system: System) -> Counter[str]:
    """Kind of source → how many figures stand on it.

    The kinds are those of `sources`: `document`, `computed`, `memory`, `judgement`; `unsaid` is a
    source that does not say which, `none` a figure without one.
    """
    return Counter(kind_of(system, f) for f in figures(system))


def kind_of(system: System, figure: Figure) -> str:
    """What a figure stands on, one of `KINDS`."""
    return (system.source_kinds.get(figure.source) or "unsaid") if figure.source else "none"
