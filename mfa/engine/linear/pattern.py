"""What the pattern of G says: strongly connected components and the order of the unknowns along the flow.

A node outside loops is one unknown. A node of a loop is two: what reaches the loop there from
outside (``y = b + G_off x``), and its solution (``x = (I - G_loop)^-1 y``). Written so, the
inverses of the loops are entries like all others and the whole system is strictly triangular.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mfa.engine.network import Bools, Floats, Ints

DENSE_UP_TO = 400
"""Up to this many nodes scipy, which takes 0.4 s to import, is not used; at 300 nodes numpy is as fast."""
SMALL = 64
"""Up to this many nodes a loop is inverted densely; 20 000 pools take up to four times as long at 16,
alike from 32 to 256."""
PADDED = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, SMALL)
"""Sizes to which blocks are filled up with the identity: few batches, little filling; 20 000 pools take
a third longer with powers of 4, a tenth with every size."""
MOST_TORN = 24
"""At most this many hubs are torn out, each a right side more; parks have some four (power, steam, water)."""
RESIDUAL = 1e-12
"""A larger residual, relative to the terms of its equation, calls for a step of refinement; networks of
20 000 pools stay below 1e-14."""
RESIDUAL_AFTER_TEARING = 1e-11
"""With a larger one after refinement hubs are left to SuperLU: ten times what refinement should reach."""
EPS = float(np.finfo(np.float64).eps)
ROUNDINGS = 8
"""By how many EPS, for each unknown, the terms of an equation may be wrong after a factorisation."""
STAGES, UNKNOWNS_PER_STAGE = 50, 150
"""More stages than this, and one more for so many unknowns, are one triangular solve: a stage costs calls
from Python. A quarter or four times as many change the times of 2000 and 20 000 pools by a third at most."""
LARGE_LOOPS, NODES_PER_LARGE_LOOP = 8, 5000
"""With more large loops than this SuperLU takes the whole network: each would be a call of its own."""
DEEP_STAGES, UNKNOWNS_PER_DEEP_STAGE = 200, 20
"""With a large loop and more stages than this SuperLU takes the whole network: one triangular solve is
not possible then."""


class Singular(Exception):
    """A loop whose equations have no unique solution.

    Attributes
    ----------
    component : number of the strongly connected component, as in `Plan.component`
    """

    def __init__(self, component: int) -> None:
        super().__init__(component)
        self.component = component


def determined(inverse: Floats, terms: Floats) -> Bools:
    """Whether rounding leaves anything of an inverse.

    The diagonal of ``|inverse| terms`` bounds by how much the rounding of the terms is multiplied.
    Unlike a condition number it does not change with the units of the unknowns.

    Parameters
    ----------
    inverse : (..., size, size)
    terms : (..., size, size) sums of the absolute terms of each entry of the matrix

    Returns
    -------
    determined : (...,)
    """
    gain = np.einsum("...ij,...ji->...i", np.abs(inverse), terms)
    enough: Bools = np.asarray(gain.max(axis=-1) * ROUNDINGS * inverse.shape[-1] * EPS < 1.0)
    return enough


Int32s = npt.NDArray[np.int32]


class Links(NamedTuple):
    """Entries of a matrix, and where their values are found.

    Attributes
    ----------
    rows, columns : (link,)
    sources : (link,) position in an array of values
    """

    rows: Ints
    columns: Ints
    sources: Ints


def pointers(rows: Ints, count: int) -> Int32s:
    """(count + 1,) first entry of each row, for entries sorted by row."""
    return np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=count))]).astype(np.int32)


def structure(indices: Int32s, indptr: Int32s, columns: int) -> Any:
    """A sparse matrix by rows, to be `filled`."""
    from scipy.sparse import csr_array

    return csr_array((np.zeros(len(indices)), indices, indptr), shape=(len(indptr) - 1, columns))


def filled(structure: Any, data: Floats) -> Any:
    """A sparse matrix of the same structure; as `copy.copy`, in a tenth of the time."""
    matrix = object.__new__(type(structure))
    matrix.__dict__.update(structure.__dict__)
    matrix.data = data
    return matrix


@dataclass(frozen=True)
class Graph:
    """The places of G's entries, each once.

    Attributes
    ----------
    n : number of nodes
    rows, columns : (entry,) ``columns[e]`` feeds ``rows[e]``
    """

    n: int
    rows: Ints
    columns: Ints

    def only(self, edges: Ints) -> Graph:
        """The graph of these entries."""
        return Graph(self.n, self.rows[edges], self.columns[edges])


@dataclass(frozen=True)
class Loops:
    """The strongly connected components of a graph; see `components`.

    Attributes
    ----------
    label : (n,) component of each node
    ordered : the numbers follow the flow
    within : (entry,) does not leave its component
    sizes : (component,) number of nodes
    cyclic : (component,) has more than one node or feeds itself
    """

    label: Ints
    ordered: bool
    within: Bools
    sizes: Ints
    cyclic: Bools

    @classmethod
    def labelled(cls, graph: Graph, label: Ints, ordered: bool) -> Loops:
        """The components with these numbers."""
        within = label[graph.rows] == label[graph.columns]
        sizes = np.bincount(label)
        cyclic = sizes > 1
        cyclic[label[graph.rows[within]]] = True
        return cls(label, ordered, within, sizes, cyclic)

    @cached_property
    def nodes(self) -> Ints:
        """(n,) nodes by component."""
        return np.argsort(self.label, kind="stable")

    @cached_property
    def begin(self) -> Ints:
        """(component,) position in `nodes` of the first of each component."""
        first: Ints = np.cumsum(self.sizes) - self.sizes
        return first

    def members(self, component: int) -> Ints:
        """(size,) nodes of a component."""
        first = self.begin[component]
        return self.nodes[first : first + self.sizes[component]]


def components(graph: Graph) -> Loops:
    """The components as found, in the order of the flow or not."""
    if graph.n <= DENSE_UP_TO:
        return Loops.labelled(graph, _tarjan(graph), True)
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(graph.rows), dtype=np.int8)
    matrix = csr_array((ones, (graph.rows, graph.columns)), shape=(graph.n, graph.n))
    count, found = connected_components(matrix, directed=True, connection="strong")
    label = found.astype(np.int64)
    step = label[graph.rows] - label[graph.columns]
    if step.min(initial=0) >= 0:
        return Loops.labelled(graph, label, True)
    if step.max() <= 0:
        return Loops.labelled(graph, count - 1 - label, True)
    return Loops.labelled(graph, label, False)


def components_in_order(graph: Graph) -> Loops:
    """The components, numbered in the order of the flow."""
    loops = components(graph)
    if loops.ordered:
        return loops
    level = levels(graph, loops, np.ones(len(loops.sizes), dtype=np.int64))
    number = np.empty(len(level), dtype=np.int64)
    number[np.argsort(level, kind="stable")] = np.arange(len(level))
    return Loops.labelled(graph, number[loops.label], True)


def _tarjan(graph: Graph) -> Ints:
    """(n,) component of each node, in the order of the flow; plain Python for small networks."""
    follow: list[list[int]] = [[] for _ in range(graph.n)]
    for i, j in zip(graph.rows.tolist(), graph.columns.tolist(), strict=True):
        follow[i].append(j)  # towards the sources, so that a source is closed first
    index, low, label = [-1] * graph.n, [0] * graph.n, [-1] * graph.n
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

    for root in range(graph.n):
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


def levels(graph: Graph, loops: Loops, weight: Ints, limit: float = np.inf) -> Ints:
    """Longest path to each component.

    Parameters
    ----------
    weight : (component,) steps a component takes, at least 1
    limit : once a level reaches it the others no longer matter and may be too low

    Returns
    -------
    level : (component,)
    """
    between = np.flatnonzero(~loops.within)
    source, target = loops.label[graph.columns[between]], loops.label[graph.rows[between]]
    by_source = np.argsort(source, kind="stable")
    source, target = source[by_source], target[by_source]
    if loops.ordered and len(weight) <= DENSE_UP_TO:
        return _levels_one_by_one(weight, source, target)
    return _levels_in_rounds(weight, source, target, limit)


def _levels_one_by_one(weight: Ints, source: Ints, target: Ints) -> Ints:
    """As `levels`, entries sorted by source in the order of the flow; plain Python."""
    level = [0] * len(weight)
    steps = weight.tolist()
    for a, z in zip(source.tolist(), target.tolist(), strict=True):
        level[z] = max(level[z], level[a] + steps[a])
    return np.array(level, dtype=np.int64)


def _levels_in_rounds(weight: Ints, source: Ints, target: Ints, limit: float) -> Ints:
    """As `levels`, entries sorted by source: in each round all whose sources are done."""
    count = len(weight)
    level = np.zeros(count, dtype=np.int64)
    degree = np.bincount(source, minlength=count)
    begin = np.cumsum(degree) - degree
    waiting = np.bincount(target, minlength=count)
    ready = np.flatnonzero(waiting == 0)
    while len(ready) and level[ready].max() < limit:
        many = degree[ready]
        place = np.repeat(begin[ready] - np.cumsum(many) + many, many) + np.arange(many.sum())
        reached = target[place]
        np.maximum.at(level, reached, np.repeat(level[ready] + weight[ready], many))
        np.subtract.at(waiting, reached, 1)
        ready = np.unique(reached[waiting[reached] == 0])
    return level


@dataclass(frozen=True)
class Order:
    """The unknowns, sorted by the stage at which they are known.

    Attributes
    ----------
    entry, exit : (n,) position of y and of x of each node
    stage : (unknown,) ascending
    deep : so many stages that the triangular matrix is solved at once
    """

    entry: Ints
    exit: Ints
    stage: Ints
    deep: bool

    @property
    def count(self) -> int:
        """Number of unknowns."""
        return len(self.stage)


def order_of(graph: Graph, loops: Loops, small: int) -> Order | None:
    """The order of a run; None if SuperLU should take it all.

    Parameters
    ----------
    graph : the entries that take part
    loops : its components
    small : size up to which a loop is inverted densely
    """
    inner = np.flatnonzero(loops.cyclic[loops.label])
    count = graph.n + len(inner)
    large = int((loops.sizes > small).sum())
    scipy = graph.n > DENSE_UP_TO
    if scipy and large > LARGE_LOOPS + graph.n // NODES_PER_LARGE_LOOP:
        return None
    most = STAGES + count / UNKNOWNS_PER_STAGE
    limit = most if scipy and loops.ordered and not large else np.inf
    level = levels(graph, loops, 1 + loops.cyclic.astype(np.int64), limit)
    deepest = int(level.max(initial=0))
    if scipy and large and deepest > DEEP_STAGES + count / UNKNOWNS_PER_DEEP_STAGE:
        return None
    deep = deepest >= limit
    return _sorted(2 * loops.label if deep else level[loops.label], inner, deep)


def _sorted(stage: Ints, inner: Ints, deep: bool) -> Order:
    """Sort the unknowns.

    Parameters
    ----------
    stage : (n,) of y of each node
    inner : nodes of loops; their x is known one stage after y
    """
    n = len(stage)
    stages = np.concatenate([stage, stage[inner] + 1])
    by_stage = np.argsort(stages, kind="stable")
    position = np.empty_like(by_stage)
    position[by_stage] = np.arange(len(by_stage))
    leave = position[:n].copy()
    leave[inner] = position[n:]
    return Order(position[:n].copy(), leave, stages[by_stage], deep)
