"""What the figures of a system stand on: a document that was read, a calculation, judgement."""

from __future__ import annotations

from collections import Counter

from mfa.system import Coefficient, Figure, System

KINDS = ("document", "computed", "memory", "judgement", "unsaid", "none")


def figures(system: System) -> list[Figure]:
    """The figures of a system that come from a source: coefficients, limits, drives, prices."""
    found = [c.figure for c in _coefficients(system)]
    found += [p.capacity for p in system.processes.values() if p.capacity]
    found += [*system.drive.values(), *system.demand.values(), *system.supply.values()]
    entries = (e for p in system.pools.values() for e in (*p.takers, *p.givers))
    found += [f for e in entries for f in (e.limit, e.percent) if f is not None]
    found += [m.price for m in system.materials.values() if m.price]
    return found


def standing(system: System) -> Counter[str]:
    """Kind of source → how many figures stand on it, one of `KINDS` each.

    The kinds are those of `sources`: `document`, `computed`, `memory`, `judgement`; `unsaid` is a
    source that does not say which, `none` a figure without one. A balance flow without a source is
    computed.
    """
    counts = Counter(kind_of(system, f) for f in figures(system))
    bare = sum(c.balance and not c.figure.source for c in _coefficients(system))
    return counts - Counter(none=bare) + Counter(computed=bare)


def kind_of(system: System, figure: Figure) -> str:
    """What a figure stands on by its source alone, one of `KINDS`."""
    return (system.source_kinds.get(figure.source) or "unsaid") if figure.source else "none"


def _coefficients(system: System) -> list[Coefficient]:
    """All but the references, which are 1 by definition."""
    sides = (side for p in system.processes.values() for side in (p.inputs, p.outputs))
    return [c for side in sides for c in side.values() if not c.reference]
