"""What stops a run, in words: recycles that feed themselves, blocks without an answer, lists."""

from __future__ import annotations

from collections.abc import Sequence

from mfa.engine.compile import Compiled
from mfa.engine.network import GainError, LostError, OrderError
from mfa.errors import Fault, Place
from mfa.system import System

NAMED = 8  # pools of a block that a message names


def gain_fault(system: System, compiled: Compiled, error: GainError) -> Fault:
    """A recycle that feeds itself, with its gain and that of its block."""
    cycle, place = _recycle(system, compiled, error.cycle)
    values = {"cycle": cycle, "gain": f"{error.gain:.4g}", "block": f"{error.block_gain:.4g}"}
    return Fault("recycle-gain", place, values)


def lost_fault(system: System, compiled: Compiled, error: LostError) -> Fault:
    """A block without a defined answer: its pools, and the heaviest cycle where there is one."""
    names = [compiled.structure.pools[p] for p in error.pools]
    more = f", … ({len(names)})" if len(names) > NAMED else ""
    values = {"pools": ", ".join(names[:NAMED]) + more}
    if not error.cycle:
        lists = (e.place for n in names for e in (*system.pools[n].takers, *system.pools[n].givers))
        return Fault("recycle-lost", next(lists, None), values)
    cycle, place = _recycle(system, compiled, error.cycle)
    return Fault("recycle-lost-cycle", place, {**values, "cycle": cycle, "gain": f"{error.gain:.4g}"})


def _recycle(system: System, compiled: Compiled, cycle: Sequence[int]) -> tuple[str, Place | None]:
    """The recycle in order, back to its first pool, and where its first process stands."""
    s = compiled.wiring.structure  # with the stocks that give back within the period
    names = [s.pools[n] if i % 2 == 0 else f"[{s.processes[n]}]" for i, n in enumerate(cycle)]
    node = s.processes[cycle[1]] if len(cycle) > 1 else ""
    member = system.processes.get(node) or system.stocks.get(node)
    place = member.place if member else None
    return " → ".join([*names, *names[:1]]), place


def order_fault(compiled: Compiled, error: OrderError) -> Fault:
    """Lists that contradict each other."""
    names = ", ".join(f"'{compiled.structure.processes[p]}'" for p in error.processes)
    at = [compiled.entries[e].place for e in error.entries]
    return Fault("several-orders", at[0], {"names": names, "other": at[-1]})
