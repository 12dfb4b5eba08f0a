"""Which nodes of a network are in loops: strongly connected components in the order of the flow."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mfa.engine.network import Ints

NUMPY_UP_TO = 400
"""Up to so many nodes scipy, which takes 0.3 s to import, is not used: a run of one chain needs none."""


def component_of_each(n: int, rows: Ints, columns: Ints) -> Ints:
    """Number the strongly connected components in the order of the flow.

    Parameters
    ----------
    n : number of nodes
    rows, columns : (entry,) ``columns[e]`` feeds ``rows[e]``

    Returns
    -------
    component : (n,) ``component[columns[e]] <= component[rows[e]]``
    """
    if n <= NUMPY_UP_TO:
        return _tarjan(n, rows, columns)
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(rows), dtype=np.int8)
    count, found = connected_components(
        csr_array((ones, (rows, columns)), shape=(n, n)), directed=True, connection="strong"
    )
    label = found.astype(np.int64)
    step = label[rows] - label[columns]
    if step.min(initial=0) >= 0:
        return label
    if step.max(initial=0) <= 0:
        return count - 1 - label
    return _tarjan(n, rows, columns)  # scipy promises no order


def _tarjan(n: int, rows: Ints, columns: Ints) -> Ints:
    """As `component_of_each`, in plain Python (Tarjan 1972, SIAM J. Comput. 1(2):146-160)."""
    follow: list[list[int]] = [[] for _ in range(n)]
    for i, j in zip(rows.tolist(), columns.tolist(), strict=True):
        follow[i].append(j)  # towards the sources, so that a source is closed first
    index, low, label = [-1] * n, [0] * n, [-1] * n
    stack: list[int] = []
    path: list[tuple[int, Iterator[int]]] = []
    seen = closed = 0

    def visit(node: int) -> None:
        nonlocal seen
        index[node] = low[node] = seen
        seen += 1
        stack.append(node)
        path.append((node, iter(follow[node])))

    def close(node: int) -> None:
        nonlocal closed
        while label[node] < 0:
            label[stack.pop()] = closed
        closed += 1

    for root in range(n):
        if index[root] < 0:
            visit(root)
        while path:
            node, rest = path[-1]
            for other in rest:
                if index[other] < 0:
                    visit(other)
                    break
                if label[other] < 0:
                    low[node] = min(low[node], index[other])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == index[node]:
                    close(node)
    return np.array(label, dtype=np.int64)
