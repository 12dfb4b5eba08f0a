"""Recycles of gain >= 1 that stand ready, whether or not a run reaches them."""

from __future__ import annotations

import numpy as np

from mfa.engine.model import Equations
from mfa.engine.network import Ints, Structure, Values
from mfa.engine.recycle import heaviest_cycle
from mfa.engine.wiring import wire


def standing_recycles(structure: Structure, values: Values) -> list[tuple[tuple[int, ...], float]]:
    """The heaviest cycle of each block, where every entry on it hands on all that it gets.

    Returns
    -------
    list of (cycle, gain) : cycle as (pool, process, …), gain >= 1
    """
    equations = Equations(wire(structure), values)
    plan = equations.wiring.pattern.plan
    if not plan.cyclic.any():
        return []
    edges = _edges(equations)
    found = []
    for c in np.flatnonzero(plan.cyclic):
        members = set(np.flatnonzero(plan.component == c).tolist())
        inner = {k: v for k, v in edges.items() if k[0] in members and k[1] in members}
        cycle, gain = heaviest_cycle(inner) if inner else ((), 0.0)
        if gain >= 1 - 1e-12:
            found.append((cycle, gain))
    return found


def _edges(equations: Equations) -> dict[tuple[int, int], tuple[int, float]]:
    """(pool, pool) → the process with the strongest effect, per unit handed to it."""
    w, s = equations.wiring, equations.wiring.structure
    edges: dict[tuple[int, int], tuple[int, float]] = {}
    flows, start = w.firm_by_process
    for entry in np.flatnonzero(w.process >= 0).tolist():
        process = int(w.process[entry])
        mine: Ints = flows[start[process] : start[process + 1]]
        per = float(w.side[entry]) / float(equations.values.coefficient[w.flow[entry]])
        for flow in mine.tolist():
            key = (int(w.pool[entry]), int(s.flow_pool[flow]))
            gain = per * float(equations.signed[flow])
            if abs(gain) > abs(edges.get(key, (0, 0.0))[1]):
                edges[key] = (process, gain)
    return edges
