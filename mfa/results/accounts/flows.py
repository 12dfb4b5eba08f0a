"""Solved arrays → the flows of a run, one a (material, source, target), and their links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from mfa.engine.compile import Compiled
from mfa.engine.network import TAKER, State
from mfa.properties import dry_share
from mfa.system import System

NEGLIGIBLE = 1e-12  # of the turnover of its pool: as the solver leaves out


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
    amounts: dict[tuple[str, str, str], float] = defaultdict(float)
    for material, source, target, amount in _parts(compiled, state):
        amounts[material, source, target] += amount
    turnover: dict[str, float] = defaultdict(float)
    for (material, source, _), amount in amounts.items():
        if source != pool_node(material):
            turnover[material] += amount
    return [
        Flow(m, s, t, a) for (m, s, t), a in sorted(amounts.items()) if a > NEGLIGIBLE * turnover[m] and a > 0
    ]


def _parts(compiled: Compiled, state: State) -> Iterable[tuple[str, str, str, float]]:
    s = compiled.structure
    amounts = compiled.values.coefficient * state.level[s.flow_process]
    for pool, process, side, amount in zip(
        s.flow_pool.tolist(), s.flow_process.tolist(), s.flow_side.tolist(), amounts.tolist(), strict=True
    ):
        material, node = s.pools[pool], s.processes[process]
        yield _directed(material, node, side < 0, amount)
    for line, entry, amount in zip(s.entries, compiled.entries, state.handed.tolist(), strict=True):
        if entry.kind != "process":
            yield _directed(s.pools[line.pool], entry.node, line.side == TAKER, amount)
    for outside, amount in zip(compiled.outside, compiled.values.outside.tolist(), strict=True):
        yield _directed(s.pools[outside.pool], outside.node, outside.side == TAKER, amount)
    for i, material in enumerate(s.pools):
        yield _directed(material, "surplus", True, float(state.surplus[i]))
        yield _directed(material, "shortage", False, float(state.shortage[i]))


def _directed(material: str, node: str, takes: bool, amount: float) -> tuple[str, str, str, float]:
    pool = pool_node(material)
    return (material, pool, node, amount) if takes else (material, node, pool, amount)


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
