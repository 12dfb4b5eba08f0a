"""The park as a bipartite networkx graph: pools and processes alternate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa.results.accounts.flows import pool_node
from mfa.system import System

if TYPE_CHECKING:
    import networkx as nx


def graph(system: System) -> nx.DiGraph:
    """The directed graph of a system.

    Nodes carry `kind` (pool, process, stock, boundary) and `label` (en, zh); an edge of a
    recipe carries `coefficient` (native units per unit of the reference) and `unit`; an
    edge of a list carries `tier`.
    """
    import networkx as nx

    made: nx.DiGraph = nx.DiGraph(name=system.name)
    for m in system.pools:
        material = system.materials[m]
        made.add_node(pool_node(m), kind="pool", label=dict(material.label), unit=material.unit)
    for p in system.processes.values():
        made.add_node(p.id, kind="process", label=dict(p.label))
        per = system.materials[p.per].unit
        for m, c in p.inputs.items():
            unit = f"{system.materials[m].unit}/{per}"
            made.add_edge(pool_node(m), p.id, coefficient=c.figure.value, unit=unit)
        for m, c in p.outputs.items():
            unit = f"{system.materials[m].unit}/{per}"
            made.add_edge(p.id, pool_node(m), coefficient=c.figure.value, unit=unit)
    _add_lists(made, system)
    return made


def _add_lists(made: nx.DiGraph, system: System) -> None:
    """Stocks and the boundary, which only the lists and the outer demands connect."""
    for m, pool in system.pools.items():
        for entries, takes in ((pool.takers, True), (pool.givers, False)):
            for e in entries:
                if e.kind != "process":
                    made.add_node(e.node, kind="stock" if e.kind == "stock" else "boundary")
                    ends = (pool_node(m), e.node) if takes else (e.node, pool_node(m))
                    made.add_edge(*ends, tier=e.tier)
    for m in system.demand:
        made.add_node("export", kind="boundary")
        made.add_edge(pool_node(m), "export")
    for m in system.supply:
        made.add_node("import", kind="boundary")
        made.add_edge("import", pool_node(m))
