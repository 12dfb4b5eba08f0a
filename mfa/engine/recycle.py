"""The heaviest cycle of a block, so that a recycle can be named in order."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice, pairwise

MOST_CYCLES = 20_000


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
