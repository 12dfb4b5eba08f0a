"""A park built up from its recipes: level × coefficient, and what that leaves in each pool.

Reads the recipes and lists as they are written and the levels of one answer; no flow of the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from mfa.system import Coefficient, Pool, System

Amounts = dict[str, float]


class Border(NamedTuple):
    """An amount of a material that crosses the edge of the network, or goes to or from a stock."""

    material: str
    word: str
    amount: float


class Park:
    """Levels × recipes, and what that leaves in each pool."""

    def __init__(self, system: System, levels: Amounts) -> None:
        self.system, self.materials = system, system.materials
        self.made = {p.id: sides(p.outputs, levels[p.id]) for p in system.processes.values()}
        self.used = {p.id: sides(p.inputs, levels[p.id]) for p in system.processes.values()}
        self.borders = [b for pool in system.pools.values() for b in self._edges(pool)]

    def all_made(self, material: str) -> float:
        return sum(side.get(material, 0.0) for side in self.made.values())

    def all_used(self, material: str) -> float:
        return sum(side.get(material, 0.0) for side in self.used.values())

    def _edges(self, pool: Pool) -> list[Border]:
        m = pool.material
        sold, bought = (getattr(x.get(m), "value", 0.0) for x in (self.system.demand, self.system.supply))
        made, used = self.all_made(m) + bought, self.all_used(m) + sold
        net = made - used
        found = [Border(m, "export", sold), Border(m, "import", bought)]
        if abs(net) > 1e-11 * max(made, used):
            found += handed(pool, net, self.used) if net > 0 else [Border(m, asked(pool), -net)]
        return [b for b in found if b.amount > 0]

    def at(self, *words: str) -> list[Border]:
        return [
            b for b in self.borders if b.word in words or (b.word in self.system.stocks and "stock" in words)
        ]


def sides(recipe: Mapping[str, Coefficient], level: float) -> Amounts:
    return {m: c.figure.value * level for m, c in recipe.items()}


def handed(pool: Pool, left: float, used: dict[str, Amounts]) -> list[Border]:
    """What is over after all processes, to boundary and stocks in their order; the rest is surplus."""
    all_over = left + sum(used[e.node].get(pool.material, 0.0) for e in pool.takers if e.kind == "process")
    found = []
    for entry in (e for e in pool.takers if e.kind != "process"):
        bounds = [left]
        if entry.limit is not None:
            bounds.append(entry.limit.value)
        if entry.percent is not None:
            bounds.append(entry.percent.value * all_over)
        found.append(Border(pool.material, entry.node, min(bounds)))
        left -= min(bounds)
    return [*found, Border(pool.material, "surplus", left)]


def asked(pool: Pool) -> str:
    """Who gives what is short after all processes; none of these pools has two."""
    givers = [e for e in pool.givers if e.kind != "process"]
    assert len(givers) == 1, pool.material
    assert givers[0].limit is None, pool.material
    return givers[0].node
