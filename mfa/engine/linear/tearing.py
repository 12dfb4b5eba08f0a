"""Hubs torn out of the network: what is left has small loops only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mfa.engine.linear.pattern import MOST_TORN, Graph, Links, Loops, components, determined
from mfa.engine.linear.superlu import Block
from mfa.engine.linear.sweep import Sweep, SweepFactor, sweep_through
from mfa.engine.network import Bools, Floats, Ints

LIKE_THE_STRONGEST = 0.5
"""Nodes with more than this share of the most paths are hubs with it: fewer rounds, each a new search."""


@dataclass(frozen=True)
class Torn:
    """The hubs, and the rest.

    Attributes
    ----------
    nodes : (hub,)
    rest : a run through the network without them
    leaving : entries that lead from a hub (column) to an unknown of the rest (row)
    entering : entries that lead from an unknown of the rest (column) to a hub (row)
    between : entries between hubs
    whole : the whole network, for values with which the rest cannot be solved
    """

    nodes: Ints
    rest: Sweep
    leaving: Links
    entering: Links
    between: Links
    whole: Block


def hubs_of(graph: Graph, loops: Loops, small: int) -> Ints:
    """(hub,) nodes without which all loops are small, or none if that takes too many."""
    hubs = np.empty(0, dtype=np.int64)
    while (large := loops.sizes > small).any():
        label = loops.label
        graph = graph.only(np.flatnonzero(loops.within & large[label[graph.rows]]))
        more = _strongest(graph, label, large)
        if len(hubs) + len(more) > MOST_TORN:
            return np.empty(0, dtype=np.int64)
        hubs = np.concatenate([hubs, more])
        out = np.zeros(graph.n, dtype=np.bool_)
        out[more] = True
        graph = graph.only(np.flatnonzero(~(out[graph.rows] | out[graph.columns])))
        loops = components(graph)
    return hubs


def _strongest(graph: Graph, label: Ints, large: Bools) -> Ints:
    """Nodes of large loops with the most paths through them; `graph`: the entries within."""
    arrive = np.bincount(graph.rows, minlength=graph.n)
    leave = np.bincount(graph.columns, minlength=graph.n)
    strength = arrive * leave
    best = np.zeros(len(large), dtype=np.int64)
    np.maximum.at(best, label, strength)
    through = large[label] & (strength > 0)
    hubs = np.flatnonzero(through & (strength > LIKE_THE_STRONGEST * best[label]))
    if len(hubs) > MOST_TORN:  # no hub stands out: one of each loop
        hubs = np.flatnonzero(through & (strength == best[label]))
        hubs = hubs[np.unique(label[hubs], return_index=True)[1]]
    return hubs


def without_hubs(graph: Graph, loops: Loops, hubs: Ints, small: int) -> Torn | None:
    """Tear out the hubs; None if SuperLU should take it all."""
    number = np.full(graph.n, -1, dtype=np.int64)
    number[hubs] = np.arange(len(hubs))
    row, column = number[graph.rows], number[graph.columns]
    kept = np.flatnonzero((row < 0) & (column < 0))
    rest = sweep_through(graph, kept, components(graph.only(kept)), small, loops.label)
    if rest is None:
        return None
    away, home = np.flatnonzero((row < 0) & (column >= 0)), np.flatnonzero((row >= 0) & (column < 0))
    both = np.flatnonzero((row >= 0) & (column >= 0))
    component = int(loops.label[hubs[0]])
    return Torn(
        nodes=hubs,
        rest=rest,
        leaving=Links(rest.order.entry[graph.rows[away]], column[away], away),
        entering=Links(row[home], rest.order.exit[graph.columns[home]], home),
        between=Links(row[both], column[both], both),
        whole=Block.among(graph, np.arange(graph.n), component, np.arange(len(graph.rows))),
    )


class TornFactor:
    """As `SweepFactor`, with the hubs from a small dense system."""

    def __init__(self, torn: Torn, values: Floats, m_matrix: bool) -> None:
        from scipy.sparse import csr_array

        self.torn = torn
        self._rest = SweepFactor(torn.rest, values, m_matrix)
        hubs, count = len(torn.nodes), torn.rest.order.count
        rows, columns, sources = torn.leaving
        side = np.zeros((count, hubs))
        side[rows, columns] = values[sources]
        self._spread = self._rest.run(side)
        rows, columns, sources = torn.entering
        self._collect: Any = csr_array((values[sources], (rows, columns)), shape=(hubs, count))
        self._inverse = self._core_inverse(values)

    def _core_inverse(self, values: Floats) -> Floats:
        """(hub, hub), or LinAlgError."""
        rows, columns, sources = self.torn.between
        unit = np.eye(len(self.torn.nodes))
        core = unit.copy()
        core[rows, columns] -= values[sources]
        core -= np.asarray(self._collect @ self._spread)
        terms = unit + np.asarray(abs(self._collect) @ np.abs(self._spread))
        terms[rows, columns] += np.abs(values[sources])
        inverse = np.linalg.inv(core).astype(np.float64, copy=False)
        if not determined(inverse, terms).all():
            raise np.linalg.LinAlgError("the hubs are not determined")
        return inverse

    def solve(self, b: Floats) -> Floats:
        """x, shaped as b."""
        nodes, order = self.torn.nodes, self.torn.rest.order
        x = np.zeros((order.count, *b.shape[1:]))
        x[order.entry] = b
        x[order.entry[nodes]] = 0.0
        x = self._rest.run(x)
        hubs = self._inverse @ (b[nodes] + self._collect @ x)
        x += self._spread @ hubs
        answer = x[order.exit]
        answer[nodes] = hubs
        return answer
