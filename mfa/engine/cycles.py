"""Graphs given by small dense matrices: what reaches what, and strongly connected blocks."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice, pairwise, product

import numpy as np
import numpy.typing as npt

from mfa.engine import linear
from mfa.engine.equations import Equations
from mfa.engine.network import GIVER, TAKER, Floats, Ints, Structure, Values
from mfa.engine.wiring import wire


def reachable(slopes: Floats, start: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which nodes the start nodes move, directly or through others; slopes[i, j]: j moves i."""
    linked = slopes != 0
    seen = start.copy()
    front = start
    while front.any():
        front = linked[:, front].any(axis=1) & ~seen
        seen |= front
    return seen


def components(slopes: Floats) -> list[Ints]:
    """The blocks with a cycle: strongly connected sets, and single nodes that move themselves."""
    rows, cols = np.nonzero(slopes)
    plan = linear.plan(len(slopes), rows.astype(np.int64), cols.astype(np.int64))
    return [np.flatnonzero(plan.component == c) for c in np.flatnonzero(plan.cyclic)]


MOST_CYCLES = 20_000  # 0.2 s of looking; their number can be exponential, and the message names one


def heaviest_cycle(
    edges: Mapping[tuple[int, int], tuple[int, float]],
) -> tuple[tuple[int, ...], float]:
    """The cycle with the largest product of gains.

    Parameters
    ----------
    edges : (pool, pool) → (process that links them, gain)

    Returns
    -------
    cycle : (pool, process, pool, process, …), beginning at its smallest pool
    gain : product of the gains around it
    """
    import networkx as nx

    graph = nx.DiGraph(list(edges))
    best: tuple[float, list[int]] = (-1.0, [])
    for nodes in islice(nx.simple_cycles(graph), MOST_CYCLES):
        gain = 1.0
        for pair in pairwise([*nodes, nodes[0]]):
            gain *= edges[pair][1]
        best = max(best, (gain, _from_smallest(nodes)))
    gain, nodes = best
    ring = pairwise([*nodes, nodes[0]]) if nodes else ()
    return tuple(n for pair in ring for n in (pair[0], edges[pair][0])), gain


def _from_smallest(nodes: list[int]) -> list[int]:
    at = nodes.index(min(nodes))
    return nodes[at:] + nodes[:at]


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
        effects = [(s.flow_pool[f], float(equations.signed[f])) for f in mine.tolist()]
        asked_by = [(int(w.pool[entry]), 1.0), *_beside(equations, entry)]
        for (pool, part), (target, moved) in product(asked_by, effects):
            key, gain = (pool, int(target)), part * per * moved
            if abs(gain) > abs(edges.get(key, (0, 0.0))[1]):
                edges[key] = (process, gain)
    return edges


def _beside(equations: Equations, entry: int) -> list[tuple[int, float]]:
    """Pools that move a taker by asking a joint producer that serves the largest, and how much each does."""
    w, coefficient = equations.wiring, equations.values.coefficient
    if w.side[entry] != TAKER:
        return []
    found = []
    for giver in np.flatnonzero((w.pool == w.pool[entry]) & (w.side == GIVER)).tolist():
        if int(w.process[giver]) not in w.structure.largest:
            continue
        for other in np.flatnonzero((w.process == w.process[giver]) & (w.pool != w.pool[entry])).tolist():
            part = -float(coefficient[w.flow[giver]]) / float(coefficient[w.flow[other]])
            found.append((int(w.pool[other]), part))
    return found
