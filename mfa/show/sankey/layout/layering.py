"""Which flows turn back, and in which column each node stands."""

from __future__ import annotations

from collections.abc import Mapping

import networkx as nx

from mfa.show.sankey.layout.linear_programs import Apart, cover, levels

Arc = tuple[str, str]


def back_arcs(weights: Mapping[Arc, float]) -> set[Arc]:
    """The arcs of least total weight that close every loop; arcs to itself are left out.

    Each strongly connected part is a problem of its own, so that a part with small
    flows is not lost in the tolerance of a part with large ones.
    """
    graph = nx.DiGraph([arc for arc in weights if arc[0] != arc[1]])
    found: set[Arc] = set()
    for part in nx.strongly_connected_components(graph):
        inside = graph.subgraph(part)
        if inside.number_of_edges():
            found |= _least_cut({arc: weights[arc] for arc in sorted(inside.edges)})
    return found


def _least_cut(weights: Mapping[Arc, float]) -> set[Arc]:
    """`back_arcs` of one part: a zero-one programme that learns the cycles it needs."""
    column = {arc: i for i, arc in enumerate(weights)}
    largest = max(weights.values())
    cost = [weight / largest for weight in weights.values()]
    sets: list[list[int]] = []
    cut: set[Arc] = set()
    while cycles := _cycles(weights, cut):
        sets += [[column[arc] for arc in cycle] for cycle in cycles]
        cut = {arc for arc, chosen in zip(weights, cover(cost, sets), strict=True) if chosen}
    return _needed(cut, weights)


def _cycles(weights: Mapping[Arc, float], cut: set[Arc]) -> list[list[Arc]]:
    """Cycles that remain when `cut` is taken away, one for each lightest arc removed."""
    graph = nx.DiGraph([arc for arc in weights if arc not in cut])
    cycles: list[list[Arc]] = []
    while True:
        try:
            cycle: list[Arc] = [(u, v) for u, v in nx.find_cycle(graph)]
        except nx.NetworkXNoCycle:
            return cycles
        cycles.append(cycle)
        graph.remove_edge(*min(cycle, key=lambda arc: (weights[arc], arc)))


def _needed(cut: set[Arc], weights: Mapping[Arc, float]) -> set[Arc]:
    """The cut without arcs whose weight was below the solver's tolerance and that close no loop."""
    graph = nx.DiGraph([arc for arc in weights if arc not in cut])
    graph.add_nodes_from(node for arc in cut for node in arc)
    needed = set()
    for arc in sorted(cut, key=lambda arc: (-weights[arc], arc)):
        if nx.has_path(graph, arc[1], arc[0]):
            needed.add(arc)
        else:
            graph.add_edge(*arc)
    return needed


def layers(weights: Mapping[Arc, float], back: set[Arc]) -> dict[str, int]:
    """The column of each node: forward flows go right, all flows as short as can be.

    Lengths are weighed by the fourth root of the flow, which lets neither the large
    flows nor the number of small ones decide alone.
    """
    nodes = sorted({node for arc in weights for node in arc})
    index = {node: i for i, node in enumerate(nodes)}
    largest = max(weights.values())
    cost = [1e-4] * len(nodes)
    apart = [Apart(-1, i, 0.0) for i in range(len(nodes))]
    for (source, target), weight in weights.items():
        turned = (source, target) in back
        pull = (weight / largest) ** 0.25 * (-1 if turned else 1)
        cost[index[target]] += pull
        cost[index[source]] -= pull
        if source != target and not turned:
            apart.append(Apart(index[source], index[target], 1.0))
    columns = levels(cost, apart, ())
    return {node: round(column) for node, column in zip(nodes, columns.tolist(), strict=True)}
