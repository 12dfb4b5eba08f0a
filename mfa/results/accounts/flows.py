"""Solved arrays → the flows of a run, one a (material, source, target), and their links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from mfa.engine.batch import BatchState
from mfa.engine.compile import Compiled
from mfa.engine.network import TAKER, Floats, State
from mfa.properties import dry_share
from mfa.system import System

NEGLIGIBLE = 1e-12  # of the turnover of its pool: as the solver leaves out
Ends = tuple[str, str, str]
"""Material, source, target."""


@dataclass(frozen=True, slots=True)
class Flow:
    """An amount of a material per year from a source to a target, native units."""

    material: str
    source: str
    target: str
    amount: float


def pool_node(material: str) -> str:
    """The name of a pool among the nodes."""
    return f"pool:{material}"


def flows(compiled: Compiled, state: State) -> list[Flow]:
    """Every flow between a pool and a process, stock or the boundary, > 0, sorted."""
    amounts: dict[Ends, float] = defaultdict(float)
    for key, amount in zip(ends(compiled), amounts_of(compiled, state).tolist(), strict=True):
        amounts[key] += amount
    turnover: dict[str, float] = defaultdict(float)
    for (material, source, _), amount in amounts.items():
        if source != pool_node(material):
            turnover[material] += amount
    return [
        Flow(m, s, t, a) for (m, s, t), a in sorted(amounts.items()) if a > NEGLIGIBLE * turnover[m] and a > 0
    ]


def ends(compiled: Compiled) -> list[Ends]:
    """(part,) material, source and target of all that may flow; some have the same."""
    s = compiled.structure
    rows = zip(s.flow_pool.tolist(), s.flow_process.tolist(), s.flow_side.tolist(), strict=True)
    found = [_directed(s.pools[pool], s.processes[process], side < 0) for pool, process, side in rows]
    found += [
        _directed(s.pools[line.pool], entry.node, line.side == TAKER)
        for line, entry in zip(s.entries, compiled.entries, strict=True)
        if entry.kind != "process"
    ]
    found += [_directed(s.pools[o.pool], o.node, o.side == TAKER) for o in compiled.outside]
    found += [_directed(material, "surplus", True) for material in s.pools]
    return found + [_directed(material, "shortage", False) for material in s.pools]


def amounts_of(compiled: Compiled, state: State | BatchState) -> Floats:
    """(part,) or (part, sample) the amounts of `ends`, native units a year."""
    values = compiled.values
    outer = np.array([entry.kind != "process" for entry in compiled.entries], bool)
    inner = values.coefficient * state.level[compiled.structure.flow_process]
    return np.concatenate([inner, state.handed[outer], values.outside, state.surplus, state.shortage])


def _directed(material: str, node: str, takes: bool) -> Ends:
    pool = pool_node(material)
    return (material, pool, node) if takes else (material, node, pool)


def links(found: Iterable[Flow]) -> list[Flow]:
    """Flows without pools: supplier i → taker j carries s_i·d_j ÷ Σs of its pool."""
    suppliers: dict[str, dict[str, float]] = defaultdict(dict)
    takers: dict[str, dict[str, float]] = defaultdict(dict)
    for flow in found:
        if flow.source == pool_node(flow.material):
            takers[flow.material][flow.target] = flow.amount
        else:
            suppliers[flow.material][flow.source] = flow.amount
    made = []
    for material, given in suppliers.items():
        whole = sum(given.values())
        for source, s in given.items():
            made += [Flow(material, source, t, s * d / whole) for t, d in takers[material].items()]
    return sorted((f for f in made if f.amount > 0), key=lambda f: (f.material, f.source, f.target))


def far_end(flow: Flow) -> str:
    """Where a flow comes from or goes to beside its pool."""
    return flow.target if flow.source == pool_node(flow.material) else flow.source


def wet(system: System, flow: Flow) -> float | None:
    """The amount with its moisture; the same for a mass without; nothing for other units."""
    material = system.materials[flow.material]
    return flow.amount * material.unit_mass / dry_share(material) if material.unit_mass else None
