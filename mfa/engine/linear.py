"""Solve ``(I - G) x = b`` again and again: the places of G's entries stay, their values change.

A network of material flows is a shallow acyclic graph with small recycle loops. `plan` looks at the
pattern once: it finds the loops (strongly connected components), puts everything in the order of
the flow and writes down where each value goes. `solve` then inverts the small loops in batches and
runs once through the network in that order; no general factorisation is needed. What the pattern
decides:

* loops up to `SMALL` nodes are inverted as dense blocks;
* a few hubs (an electricity or steam pool) that tie large parts of the network into one loop are
  torn out, the rest is solved as above and the hubs follow from a small dense system;
* a large loop without such hubs goes to SuperLU, in an order found once;
* a chain so deep that going through it stage by stage would be slow is one triangular solve.

Up to `BARE` nodes numpy is enough and scipy is not imported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from mfa.engine.network import Floats, Ints

Bools = npt.NDArray[np.bool_]

BARE = 400
"""Up to this many nodes scipy is not used."""
SMALL = 64
"""Up to this many nodes a loop is inverted as a dense block."""
PADDED = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, SMALL)
"""Sizes to which dense blocks are filled up with the identity, so that few batches suffice."""
TEARS = 24
"""At most this many hubs are torn out."""
RESIDUAL = 1e-12
"""A larger residual, relative to the terms of its equation, calls for a step of refinement."""
FORGIVEN = 1e-11
"""With a larger residual after refinement hubs are not torn out but left to SuperLU."""
EPS = float(np.finfo(np.float64).eps)


class Singular(Exception):
    """A loop whose equations have no unique solution.

    Attributes
    ----------
    component : number of the strongly connected component, as in `Plan.component`
    """

    def __init__(self, component: int) -> None:
        super().__init__(component)
        self.component = component


@dataclass(frozen=True)
class _Lu:
    """A set of nodes that goes to SuperLU: the places of its entries in compressed columns.

    Attributes
    ----------
    nodes : (size,) node in the order of elimination
    component : component to blame
    edges, slots : (entry,) place of the entry among all values and in the matrix
    diagonal : (size,) places of the diagonal in the matrix
    indices, indptr : compressed columns
    natural : the order of `nodes` reduces fill already
    bare : solved by numpy instead
    """

    nodes: Ints
    component: int
    edges: Ints
    slots: Ints
    diagonal: Ints
    indices: npt.NDArray[np.int32]
    indptr: npt.NDArray[np.int32]
    natural: bool
    bare: bool = False

    def matrix(self, values: Floats) -> Any:
        """``I - G`` of these nodes, (size, size), compressed columns."""
        from scipy.sparse import csc_array

        data = np.zeros(len(self.indices))
        data[self.diagonal] = 1.0
        data[self.slots] -= values[self.edges]
        size = len(self.nodes)
        return csc_array((data, self.indices, self.indptr), shape=(size, size))

    def dense(self, values: Floats) -> Floats:
        """``I - G`` of these nodes, (size, size)."""
        size = len(self.nodes)
        block = np.eye(size)
        column = np.repeat(np.arange(size), np.diff(self.indptr))
        np.subtract.at(block, (self.indices[self.slots], column[self.slots]), values[self.edges])
        return block

    def factor(self, values: Floats, m_matrix: bool) -> Any:
        """SuperLU's factors, or `Singular`."""
        if self.bare:
            return _Dense(self, values)
        from scipy.sparse.linalg import splu

        try:
            return splu(
                self.matrix(values),
                permc_spec="NATURAL" if self.natural else "COLAMD",
                diag_pivot_thresh=0.0 if m_matrix else 1.0,
                options={"Equil": False},
            )
        except RuntimeError as fault:  # "Factor is exactly singular"
            raise Singular(self.component) from fault


class _Dense:
    """A large loop of a small network: LAPACK instead of SuperLU, so that scipy is not needed."""

    def __init__(self, block: _Lu, values: Floats) -> None:
        self.component = block.component
        self.matrix = block.dense(values)

    def solve(self, side: Floats) -> Floats:
        """x, shaped as `side`, or `Singular`."""
        try:
            answer: Any = np.linalg.solve(self.matrix, side)
        except np.linalg.LinAlgError as fault:
            raise Singular(self.component) from fault
        solved: Floats = answer
        return solved


@dataclass(frozen=True)
class _Batch:
    """All loops of about one size, inverted together.

    Attributes
    ----------
    size, count : nodes a loop after filling up with the identity, number of loops
    labels : (count,) their components
    edges, slots : (entry,) place of the entry among all values and in the stacked blocks
    start : first place of the inverses in the buffer after the values
    """

    size: int
    count: int
    labels: Ints
    edges: Ints
    slots: Ints
    start: int


@dataclass(frozen=True)
class _Stage:
    """Unknowns that depend only on those of earlier stages.

    Attributes
    ----------
    first, last : the unknowns
    begin, end : their entries
    rows, starts : (row with entries,) unknown, and its first entry counted from `begin`
    matrix : (last - first, unknowns) compressed rows, structure only; None without scipy
    large : positions in `_Sweep.large` of the loops to be solved after this stage
    """

    first: int
    last: int
    begin: int
    end: int
    rows: Ints
    starts: Ints
    matrix: Any
    large: tuple[int, ...]


@dataclass(frozen=True)
class _Sweep:
    """The order of one run through the network.

    A node outside loops is one unknown. A node of a loop is two: what reaches the loop there from
    outside (``y = b + G_off x``), and its solution (``x = (I - G_loop)^-1 y``). Written so, the
    inverses are entries like all others and the whole system is strictly triangular.

    Attributes
    ----------
    entry, exit : (n,) position of y and of x of each node
    count : number of unknowns
    indices, indptr, gather : strictly lower triangular matrix by rows, and where the values come
        from: (all values, inverses)[gather]
    inverses : length of all inverses together
    stages : empty if `deep`
    deep : the triangular matrix is solved at once; its rows then hold the unit diagonal last
    """

    entry: Ints
    exit: Ints
    count: int
    indices: npt.NDArray[np.int32]
    indptr: npt.NDArray[np.int32]
    gather: Ints
    inverses: int
    batches: tuple[_Batch, ...]
    large: tuple[_Lu, ...]
    stages: tuple[_Stage, ...]
    deep: bool


@dataclass(frozen=True)
class _Torn:
    """The hubs torn out of the network.

    Attributes
    ----------
    nodes : (hub,)
    from_row, from_hub, from_edge : entries that lead from a hub to the rest
    to_hub, to_column, to_edge : entries that lead from the rest to a hub
    at_row, at_column, at_edge : entries between hubs
    """

    nodes: Ints
    from_row: Ints
    from_hub: Ints
    from_edge: Ints
    to_hub: Ints
    to_column: Ints
    to_edge: Ints
    at_row: Ints
    at_column: Ints
    at_edge: Ints


@dataclass(frozen=True)
class Plan:
    """Everything that follows from the places of the entries of G; made by `plan`.

    Attributes
    ----------
    n : number of nodes
    component : (n,) number of each node's strongly connected component, in the order of the flow:
        if ``G[i, j]`` is an entry (j feeds i) then ``component[j] <= component[i]``
    cyclic : (component,) the component has more than one node or feeds itself
    method : "sweep", "deep", "torn" or "lu", see the module
    """

    n: int
    component: Ints
    cyclic: Bools
    method: str
    _given: int
    _merge: Ints | None
    _rows: Ints
    _columns: Ints
    _order: Ints
    _pattern: Any
    _widest: int
    _sweep: _Sweep | None
    _torn: _Torn | None
    _whole: _Lu | None


# --- what is done once ---------------------------------------------------------------------------


def _tarjan(n: int, rows: Ints, columns: Ints) -> Ints:
    """(n,) component of each node, in the order of the flow; plain Python for small networks."""
    follow: list[list[int]] = [[] for _ in range(n)]
    for i, j in zip(rows.tolist(), columns.tolist(), strict=True):
        follow[i].append(j)  # towards the sources, so that a source is closed first
    index, low, label = [-1] * n, [0] * n, [-1] * n
    stack: list[int] = []
    seen = closed = 0
    for root in range(n):
        if index[root] >= 0:
            continue
        index[root] = low[root] = seen
        seen += 1
        stack.append(root)
        path = [(root, iter(follow[root]))]
        while path:
            node, rest = path[-1]
            for other in rest:
                if index[other] < 0:
                    index[other] = low[other] = seen
                    seen += 1
                    stack.append(other)
                    path.append((other, iter(follow[other])))
                    break
                if label[other] < 0:
                    low[node] = min(low[node], index[other])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == index[node]:
                    while True:
                        other = stack.pop()
                        label[other] = closed
                        if other == node:
                            break
                    closed += 1
    return np.array(label, dtype=np.int64)


def _components(n: int, rows: Ints, columns: Ints) -> tuple[Ints, bool]:
    """(n,) component of each node, and whether the numbers follow the flow."""
    if n <= BARE:
        return _tarjan(n, rows, columns), True
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    graph = csr_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(n, n))
    count, found = connected_components(graph, directed=True, connection="strong")
    label = found.astype(np.int64)
    step = label[rows] - label[columns]
    if len(step) == 0 or step.min() >= 0:
        return label, True
    if step.max() <= 0:
        return count - 1 - label, True
    return label, False


def _levels(weight: Ints, source: Ints, target: Ints, ordered: bool, limit: float) -> Ints | None:
    """Longest path to each component.

    Parameters
    ----------
    weight : (component,) steps a component takes
    source, target : (entry,) components it leads from and to, never the same
    ordered : component numbers follow the flow
    limit : give up (None) beyond this many rounds

    Returns
    -------
    level : (component,)
    """
    count = len(weight)
    if ordered and count <= BARE:
        long = [0] * count
        steps = weight.tolist()
        by_source = np.argsort(source, kind="stable")
        for a, z in zip(source[by_source].tolist(), target[by_source].tolist(), strict=True):
            long[z] = max(long[z], long[a] + steps[a])
        return np.array(long, dtype=np.int64)
    level = np.zeros(count, dtype=np.int64)
    by_source = np.argsort(source, kind="stable")
    target = target[by_source]
    degree = np.bincount(source, minlength=count)
    begin = np.cumsum(degree) - degree
    waiting = np.bincount(target, minlength=count)
    ready = np.flatnonzero(waiting == 0)
    rounds = 0
    while len(ready):
        rounds += 1
        if rounds > limit:
            return None
        many = degree[ready]
        total = int(many.sum())
        if total == 0:
            break
        place = np.repeat(begin[ready] - np.cumsum(many) + many, many) + np.arange(total)
        reached = target[place]
        np.maximum.at(level, reached, np.repeat(level[ready] + weight[ready], many))
        np.subtract.at(waiting, reached, 1)
        ready = np.unique(reached[waiting[reached] == 0])
    return level


def _lu(nodes: Ints, component: int, rows: Ints, columns: Ints, edges: Ints, n: int, natural: bool) -> _Lu:
    """Places of the entries `edges` (all within `nodes`) in compressed columns."""
    size = len(nodes)
    place = np.full(n, -1, dtype=np.int64)
    place[nodes] = np.arange(size)
    diagonal = np.arange(size) * (size + 1)
    keys, slots = np.unique(
        np.concatenate([diagonal, place[columns[edges]] * size + place[rows[edges]]]), return_inverse=True
    )
    indptr = np.searchsorted(keys, np.arange(size + 1) * size).astype(np.int32)
    return _Lu(
        nodes, component, edges, slots[size:], slots[:size], (keys % size).astype(np.int32), indptr, natural
    )


def _fill_order(block: _Lu, entries: int) -> Ints:
    """(size,) rank of each node of a large loop in an order of elimination with little fill."""
    values = np.zeros(entries)
    values[block.edges] = 0.5 / max(1, len(block.edges))
    try:
        factors = block.factor(values, m_matrix=True)
    except Singular:  # cannot be: the diagonal dominates
        return np.arange(len(block.nodes))
    rank: Ints = factors.perm_c.astype(np.int64)
    return rank


def _tear(n: int, rows: Ints, columns: Ints, label: Ints, small: int) -> Ints | None:
    """(hub,) nodes without which all loops are small, or None if that takes too many."""
    keep = np.arange(len(rows))
    torn: list[Ints] = []
    count = 0
    while True:
        size = np.bincount(label)
        large = size > small
        if not large.any():
            return np.concatenate(torn) if torn else np.empty(0, dtype=np.int64)
        inside = label[rows[keep]] == label[columns[keep]]
        inside &= large[label[rows[keep]]]
        keep = keep[inside]
        arrive = np.bincount(rows[keep], minlength=n)
        leave = np.bincount(columns[keep], minlength=n)
        strength = arrive * leave
        best = np.zeros(len(size), dtype=np.int64)
        np.maximum.at(best, label, strength)
        hubs = np.flatnonzero(large[label] & (strength > 0) & (2 * strength > best[label]))
        if len(hubs) > TEARS:  # no hub stands out: one of each loop
            hubs = np.flatnonzero(large[label] & (strength > 0) & (strength == best[label]))
            hubs = hubs[np.unique(label[hubs], return_index=True)[1]]
        count += len(hubs)
        if count > TEARS:
            return None
        torn.append(hubs)
        out = np.zeros(n, dtype=np.bool_)
        out[hubs] = True
        keep = keep[~(out[rows[keep]] | out[columns[keep]])]
        label, _ = _components(n, rows[keep], columns[keep])


def _small(sizes: Ints, entries: int) -> int:
    """Size up to which loops are inverted densely: the inverses must not outgrow the network."""
    small = SMALL
    while small > 8 and float((sizes[sizes <= small].astype(float) ** 2).sum()) > 4.0 * entries + SMALL**2:
        small //= 2
    return small


def _compile(
    n: int,
    rows: Ints,
    columns: Ints,
    edges: Ints,
    label: Ints,
    ordered: bool,
    blame: Ints,
    small: int,
    total: int,
) -> _Sweep | None:
    """The order of one run through the entries `edges`; None if SuperLU should take it all.

    Parameters
    ----------
    n : number of nodes
    rows, columns : (entry,) of all entries
    edges : entries that take part
    label : (n,) components of the graph of `edges`
    ordered : their numbers follow the flow
    blame : (n,) component to name when a loop is singular
    small : size up to which a loop is inverted densely
    total : number of all entries
    """
    row, column = rows[edges], columns[edges]
    into, out_of = label[row], label[column]
    within = into == out_of
    sizes = np.bincount(label)
    cyclic = sizes > 1
    cyclic[into[within]] = True
    first = np.zeros(len(sizes), dtype=np.int64)
    first[label[::-1]] = np.arange(n)[::-1]  # a node of each component
    large_labels = np.flatnonzero(sizes > small)
    if n > BARE and len(large_labels) > 8 + n // 5000:
        return None
    inner = cyclic[label]
    count = n + int(inner.sum())
    limit = np.inf if n <= BARE or len(large_labels) or not ordered else 50 + count / 150
    level = _levels(1 + cyclic.astype(np.int64), out_of[~within], into[~within], ordered, limit)
    if level is None or level.max(initial=0) >= limit:
        deep = True
        key = 2 * label
    else:
        deep = False
        key = level[label]
        if len(large_labels) and int(key.max(initial=0)) > 200 + count / 20:
            return None
    again = np.flatnonzero(inner)
    keys = np.concatenate([key, key[again] + 1])
    order = np.argsort(keys, kind="stable")
    position = np.empty(count, dtype=np.int64)
    position[order] = np.arange(count)
    entry, leave = position[:n].copy(), position[:n].copy()
    leave[again] = position[n:]

    # the entries: couplings between components, then the inverses
    t_row = [entry[row[~within]]]
    t_column = [leave[column[~within]]]
    t_from = [edges[~within]]
    by_label = np.argsort(label, kind="stable")
    begin = np.cumsum(sizes) - sizes
    local = np.empty(n, dtype=np.int64)
    local[by_label] = np.arange(n) - np.repeat(begin, sizes)
    batches = []
    start = 0
    dense = cyclic & (sizes <= small)
    edge_size = np.where(within & dense[into], sizes[into], 0)
    below = 0
    for size in PADDED:
        labels = np.flatnonzero(dense & (sizes > below) & (sizes <= size))
        if len(labels):
            number = np.full(len(sizes), -1, dtype=np.int64)
            number[labels] = np.arange(len(labels))
            mine = np.flatnonzero((edge_size > below) & (edge_size <= size))
            slots = (number[into[mine]] * size + local[row[mine]]) * size + local[column[mine]]
            members = by_label[np.minimum(begin[labels][:, None] + np.arange(size), n - 1)]  # (count, size)
            real = np.arange(size) < sizes[labels][:, None]
            pairs = real[:, :, None] & real[:, None, :]
            t_row.append(np.broadcast_to(leave[members][:, :, None], pairs.shape)[pairs])
            t_column.append(np.broadcast_to(entry[members][:, None, :], pairs.shape)[pairs])
            t_from.append(total + start + np.flatnonzero(pairs))
            batches.append(_Batch(size, len(labels), blame[first[labels]], edges[mine], slots, start))
            start += pairs.size
        below = size
    if deep:
        t_row.append(np.arange(count))
        t_column.append(np.arange(count))
        t_from.append(np.full(count, total + start, dtype=np.int64))
    all_rows, all_columns = np.concatenate(t_row), np.concatenate(t_column)
    by_row = np.argsort(all_rows * count + all_columns, kind="stable")
    indices = all_columns[by_row].astype(np.int32)
    gather = np.concatenate(t_from)[by_row]
    indptr = np.concatenate([[0], np.cumsum(np.bincount(all_rows, minlength=count))]).astype(np.int32)

    large: list[_Lu] = []
    after: dict[int, list[int]] = {}
    for which in large_labels.tolist():
        members = by_label[begin[which] : begin[which] + sizes[which]]
        mine = edges[within & (into == which)]
        block = _lu(members, int(blame[members[0]]), rows, columns, mine, n, False)
        if n <= BARE:
            block = replace(block, bare=True)
        else:
            nodes = np.empty_like(members)
            nodes[_fill_order(block, total)] = members
            block = _lu(nodes, block.component, rows, columns, mine, n, True)
        after.setdefault(int(key[members[0]]), []).append(len(large))
        large.append(block)

    stages: list[_Stage] = []
    if not deep:
        sorted_keys = keys[order]
        bounds = np.searchsorted(sorted_keys, np.arange(int(sorted_keys.max(initial=-1)) + 2)).tolist()
        for stage, (a, z) in enumerate(pairwise(bounds)):
            pointer = indptr[a : z + 1]
            if pointer[0] == pointer[-1] and stage not in after:
                continue
            filled = np.flatnonzero(np.diff(pointer))
            matrix = None
            if n > BARE and pointer[0] != pointer[-1]:
                from scipy.sparse import csr_array

                held = slice(int(pointer[0]), int(pointer[-1]))
                matrix = csr_array(
                    (np.zeros(held.stop - held.start), indices[held], pointer - pointer[0]),
                    shape=(z - a, count),
                )
            stages.append(
                _Stage(
                    a,
                    z,
                    int(pointer[0]),
                    int(pointer[-1]),
                    a + filled,
                    (pointer[:-1][filled] - pointer[0]).astype(np.int64),
                    matrix,
                    tuple(after.get(stage, ())),
                )
            )
    return _Sweep(
        entry,
        leave,
        count,
        indices,
        indptr,
        gather,
        start,
        tuple(batches),
        tuple(large),
        tuple(stages),
        deep,
    )


def plan(n: int, rows: Ints, cols: Ints) -> Plan:
    """Look at the pattern of G once.

    Parameters
    ----------
    n : number of nodes
    rows, cols : (given,) places of the entries; the values of one place named twice add

    Returns
    -------
    plan : for `solve` and `contraction`

    Examples
    --------
    >>> once = plan(3, [1, 2, 1], [0, 1, 2])  # 0 feeds 1, and 1 and 2 feed each other
    >>> once.component.tolist(), once.cyclic.tolist()
    ([0, 1, 1], [False, True])
    >>> solve(once, np.array([1.0, 0.5, 0.5]), np.array([3.0, 0.0, 0.0])).tolist()
    [3.0, 4.0, 2.0]
    """
    row, column = np.asarray(rows, dtype=np.int64).ravel(), np.asarray(cols, dtype=np.int64).ravel()
    if len(row) != len(column):
        raise ValueError(f"{len(row)} rows and {len(column)} columns")
    if len(row) and not (min(row.min(), column.min()) >= 0 and max(row.max(), column.max()) < n):
        raise ValueError(f"an entry is outside the {n} nodes")
    given = len(row)
    keys, back = np.unique(row * n + column, return_inverse=True)
    if len(keys) < given:
        merge: Ints | None = back
        row, column = keys // n, keys % n
        order = np.arange(len(keys))
    else:
        merge = None
        order = np.argsort(back)
    total = len(row)
    label, ordered = _components(n, row, column)
    within = label[row] == label[column]
    if not ordered:
        between = np.flatnonzero(~within)
        level = _levels(
            np.ones(int(label.max()) + 1, dtype=np.int64),
            label[column[between]],
            label[row[between]],
            False,
            np.inf,
        )
        assert level is not None  # no limit was set
        renumber = np.empty(len(level), dtype=np.int64)
        renumber[np.argsort(level, kind="stable")] = np.arange(len(level))
        label = renumber[label]
    sizes = np.bincount(label)
    cyclic = sizes > 1
    cyclic[label[row[within]]] = True

    everything = np.arange(total)
    sweep: _Sweep | None
    torn: _Torn | None = None
    whole: _Lu | None = None
    small = _small(sizes[cyclic], total + n)
    hubs = np.empty(0, dtype=np.int64)
    if n > BARE and (sizes > small).any():
        found = _tear(n, row, column, label, small)
        hubs = hubs if found is None else found
    if len(hubs):
        number = np.full(n, -1, dtype=np.int64)
        number[hubs] = np.arange(len(hubs))
        is_row, is_column = number[row] >= 0, number[column] >= 0
        rest = np.flatnonzero(~is_row & ~is_column)
        inner, follows = _components(n, row[rest], column[rest])
        sweep = _compile(n, row, column, rest, inner, follows, label, small, total)
        away, home = np.flatnonzero(~is_row & is_column), np.flatnonzero(is_row & ~is_column)
        both = np.flatnonzero(is_row & is_column)
        if sweep is not None:
            torn = _Torn(
                hubs,
                sweep.entry[row[away]],
                number[column[away]],
                away,
                number[row[home]],
                sweep.exit[column[home]],
                home,
                number[row[both]],
                number[column[both]],
                both,
            )
            culprit = int(label[hubs[0]])
            whole = _lu(np.arange(n), culprit, row, column, everything, n, False)
    else:
        sweep = _compile(n, row, column, everything, label, True, label, small, total)
    if sweep is None:
        nodes = np.arange(n)
        culprit = int(np.argmax(np.where(cyclic, sizes, 0)))
        block = _lu(nodes, culprit, row, column, np.flatnonzero(within), n, False)
        rank = _fill_order(block, total)
        nodes = np.lexsort((rank, label))
        whole = _lu(nodes, culprit, row, column, everything, n, True)
    pattern = None
    pointer = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=n))]).astype(np.int32)
    if n > BARE:
        from scipy.sparse import csr_array

        pattern = csr_array((np.zeros(total), column[order].astype(np.int32), pointer), shape=(n, n))
    widest = int(np.bincount(np.asarray(rows, dtype=np.int64).ravel()).max(initial=0))
    method = "lu" if sweep is None else "torn" if torn is not None else "deep" if sweep.deep else "sweep"
    return Plan(
        n, label, cyclic, method, given, merge, row, column, order, pattern, widest, sweep, torn, whole
    )


# --- what is done with each set of values --------------------------------------------------------


def _inverses(batch: _Batch, values: Floats) -> Floats:
    """(count, size, size) inverse of ``I - G`` of the loops of one batch, or `Singular`."""
    size = batch.size
    terms = np.zeros(batch.count * size * size)
    terms[batch.slots] = values[batch.edges]
    blocks = -terms.reshape(batch.count, size, size)
    places = np.arange(size)
    blocks[:, places, places] += 1.0
    inverse: Any
    if size == 1:
        with np.errstate(divide="ignore"):
            inverse = 1.0 / blocks
    else:
        try:
            inverse = np.linalg.inv(blocks)
        except np.linalg.LinAlgError:
            for label, block in zip(batch.labels.tolist(), blocks, strict=True):
                try:
                    np.linalg.inv(block)
                except np.linalg.LinAlgError as fault:
                    raise Singular(label) from fault
            raise
    terms = np.abs(terms, out=terms).reshape(blocks.shape)
    terms[:, places, places] += 1.0
    bad = ~_determined(inverse, terms)
    if bad.any():
        raise Singular(int(batch.labels[np.argmax(bad)]))
    checked: Floats = inverse
    return checked


def _determined(inverse: Floats, terms: Floats) -> Bools:
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
    enough: Bools = np.asarray(gain.max(axis=-1) * 8 * inverse.shape[-1] * EPS < 1.0)
    return enough


def _vouch(block: _Lu, factors: Any, values: Floats, side: Floats, answer: Floats) -> None:
    """Raise `Singular` if rounding may have made up the answer of a large loop.

    An answer much larger than its right side is suspect. Then the right side is disturbed by
    rounding of the size that the terms of the equations have; a sound answer stays.
    """
    if not np.isfinite(answer).all():
        raise Singular(block.component)
    if np.abs(answer).max() <= 1e6 * np.abs(side).max():
        return
    matrix = block.dense(values) if block.bare else block.matrix(values)
    terms = abs(matrix) @ np.abs(answer)
    # signs by the golden ratio, most of them positive: neither kind of near null vector cancels
    sign = np.where(np.arange(len(side)) * 0.6180339887 % 1.0 < 0.25, -1.0, 1.0)
    share = 8 * EPS / np.sqrt(len(side)) * terms
    disturbed = factors.solve(side + share * (sign if side.ndim == 1 else sign[:, None]))
    if not np.all(np.abs(disturbed - answer) <= 0.5 * np.abs(answer).max()):
        raise Singular(block.component)


def _with(pattern: Any, data: Floats) -> Any:
    """A sparse matrix of the same pattern; as `copy.copy`, in a tenth of the time."""
    matrix = object.__new__(type(pattern))
    matrix.__dict__.update(pattern.__dict__)
    matrix.data = data
    return matrix


class _Factor:
    """The values in their places: one run through the network solves for one or more right sides."""

    def __init__(self, sweep: _Sweep, values: Floats, m_matrix: bool) -> None:
        self.sweep, self.values = sweep, values
        total = len(values)
        held = np.empty(total + sweep.inverses + 1)
        held[:total] = values
        held[-1] = 1.0
        for batch in sweep.batches:
            begin = total + batch.start
            held[begin : begin + batch.count * batch.size**2] = _inverses(batch, values).ravel()
        if sweep.deep:  # I - T, T strictly triangular
            held[:-1] *= -1.0
        self.data = held[sweep.gather]
        self.large = [block.factor(values, m_matrix) for block in sweep.large]
        self.matrices: list[Any] = []
        self.triangle: Any = None
        if sweep.deep:
            from scipy.sparse import csr_array

            shape = (sweep.count, sweep.count)
            self.triangle = csr_array((self.data, sweep.indices, sweep.indptr), shape=shape).tocsc()
            return
        for stage in sweep.stages:
            matrix = stage.matrix
            if matrix is not None:
                matrix = _with(matrix, self.data[stage.begin : stage.end])
            self.matrices.append(matrix)

    def run(self, x: Floats) -> Floats:
        """Solve in place.

        Parameters
        ----------
        x : (count,) or (count, k), the right side at `entry`, 0 elsewhere
        """
        sweep = self.sweep
        if sweep.deep:
            from scipy.sparse.linalg import spsolve_triangular

            solved: Floats = spsolve_triangular(
                self.triangle, x, lower=True, unit_diagonal=True, overwrite_A=True, overwrite_b=True
            )
            return solved
        for stage, matrix in zip(sweep.stages, self.matrices, strict=True):
            if matrix is not None:
                x[stage.first : stage.last] += matrix @ x
            elif len(stage.rows):
                part = x[sweep.indices[stage.begin : stage.end]]
                data = self.data[stage.begin : stage.end]
                part *= data if x.ndim == 1 else data[:, None]
                x[stage.rows] += np.add.reduceat(part, stage.starts, axis=0)
            for which in stage.large:
                block = sweep.large[which]
                side = x[sweep.entry[block.nodes]]
                answer = self.large[which].solve(side)
                _vouch(block, self.large[which], self.values, side, answer)
                x[sweep.exit[block.nodes]] = answer
        return x

    def solve(self, b: Floats) -> Floats:
        """x, shaped as b."""
        sweep = self.sweep
        x = np.zeros((sweep.count, *b.shape[1:]))
        x[sweep.entry] = b
        return self.run(x)[sweep.exit]


class _TornFactor:
    """As `_Factor`, with the hubs from a small dense system."""

    def __init__(self, plan: Plan, values: Floats, m_matrix: bool) -> None:
        assert plan._torn is not None
        assert plan._sweep is not None
        from scipy.sparse import csr_array

        torn = self.torn = plan._torn
        self.rest = _Factor(plan._sweep, values, m_matrix)
        count, hubs = plan._sweep.count, len(torn.nodes)
        side = np.zeros((count, hubs))
        side[torn.from_row, torn.from_hub] = values[torn.from_edge]
        self.spread = self.rest.run(side)
        self.collect = csr_array((values[torn.to_edge], (torn.to_hub, torn.to_column)), shape=(hubs, count))
        core = np.eye(hubs)
        core[torn.at_row, torn.at_column] -= values[torn.at_edge]
        core -= np.asarray(self.collect @ self.spread)
        terms = np.eye(hubs) + np.asarray(abs(self.collect) @ np.abs(self.spread))
        terms[torn.at_row, torn.at_column] += np.abs(values[torn.at_edge])
        inverse: Any = np.linalg.inv(core)
        self.inverse: Floats = inverse
        if not _determined(self.inverse, terms).all():
            raise np.linalg.LinAlgError("the hubs are not determined")

    def solve(self, b: Floats) -> Floats:
        """x, shaped as b."""
        torn, sweep = self.torn, self.rest.sweep
        x = np.zeros((sweep.count, *b.shape[1:]))
        x[sweep.entry] = b
        x[sweep.entry[torn.nodes]] = 0.0
        x = self.rest.run(x)
        hubs = self.inverse @ (b[torn.nodes] + self.collect @ x)
        x += self.spread @ hubs
        answer = x[sweep.exit]
        answer[torn.nodes] = hubs
        return answer


def _whole(block: _Lu, values: Floats, m_matrix: bool) -> Callable[[Floats], Floats]:
    """Solve everything by SuperLU."""
    factors = block.factor(values, m_matrix)

    def run(b: Floats) -> Floats:
        answer = np.empty_like(b)
        side = b[block.nodes]
        solved = factors.solve(side)
        _vouch(block, factors, values, side, solved)
        answer[block.nodes] = solved
        return answer

    return run


def _culprit(plan: Plan, values: Floats) -> int:
    """Component that makes the whole singular."""
    inner = np.flatnonzero(plan.component[plan._rows] == plan.component[plan._columns])
    of = plan.component[plan._rows[inner]]
    inner, of = inner[np.argsort(of, kind="stable")], np.sort(of)
    by_label = np.argsort(plan.component, kind="stable")
    begin = np.searchsorted(plan.component[by_label], np.arange(len(plan.cyclic) + 1))
    cyclic = np.flatnonzero(plan.cyclic)
    for label in cyclic[np.argsort(-np.diff(begin)[cyclic], kind="stable")].tolist():
        nodes = by_label[begin[label] : begin[label + 1]]
        edges = inner[np.searchsorted(of, label) : np.searchsorted(of, label + 1)]
        block = _lu(nodes, label, plan._rows, plan._columns, edges, plan.n, False)
        try:
            _whole(replace(block, nodes=np.arange(len(nodes))), values, False)(np.ones(len(nodes)))
        except Singular:
            return int(label)
    return int(cyclic[0])


def _product(plan: Plan, values: Floats) -> Callable[[Floats], Floats]:
    """``x -> G x`` with merged values."""
    if plan._pattern is not None:
        matrix = _with(plan._pattern, values[plan._order])
        return lambda x: matrix @ x

    def bare(x: Floats) -> Floats:
        part = x[plan._columns]
        part *= values if x.ndim == 1 else values[:, None]
        if x.ndim == 1:
            total: Floats = np.bincount(plan._rows, weights=part, minlength=plan.n).astype(
                np.float64, copy=False
            )
            return total
        result = np.zeros_like(x)
        np.add.at(result, plan._rows, part)
        return result

    return bare


def _merged(plan: Plan, values: Floats) -> Floats:
    """(entry,) values with those of the same place added."""
    checked = np.ascontiguousarray(values, dtype=np.float64)
    if checked.shape != (plan._given,):
        raise ValueError(f"values have the shape {checked.shape}, the plan has {plan._given} entries")
    if plan._merge is None:
        return checked
    return np.bincount(plan._merge, weights=checked).astype(np.float64, copy=False)


def _refined(
    run: Callable[[Floats], Floats], times: Callable[[Floats], Floats], b: Floats
) -> tuple[Floats, bool]:
    """Solve, look at the residual, and correct once if it is not small; True if it was."""
    x = run(b)
    fed = times(x)
    size = np.abs(b)
    size += np.abs(x)
    size += np.abs(fed)
    fed -= x
    fed += b
    size *= RESIDUAL
    if bool(np.all(np.abs(fed) <= size)):
        return x, True
    if not np.isfinite(fed).all():
        raise ValueError("a value or a right side is not finite, or the solution is too large")
    return x + run(fed), False


def solve(plan: Plan, values: Floats, b: Floats, *, m_matrix: bool = False) -> Floats:
    """Solve ``(I - G) x = b``.

    Parameters
    ----------
    plan : the pattern of G
    values : (given,) in the order of the entries given to `plan`
    b : (n,) or (n, k)
    m_matrix : G is known to be >= 0 with spectral radius < 1 (see `contraction`), so that large
        loops need no search for pivots

    Returns
    -------
    x : shaped as b

    Raises
    ------
    Singular
        if the equations of a loop have no unique solution
    ValueError
        if a shape does not fit, or a number is not finite
    """
    merged = _merged(plan, values)
    side = np.ascontiguousarray(b, dtype=np.float64)
    if side.ndim not in (1, 2) or len(side) != plan.n:
        raise ValueError(f"b has the shape {side.shape}, the plan has {plan.n} nodes")
    if plan.n == 0:
        return side.copy()
    times = _product(plan, merged)
    if plan._torn is not None:
        try:
            x, small = _refined(_TornFactor(plan, merged, m_matrix).solve, times, side)
        except (Singular, np.linalg.LinAlgError):  # of the rest without its hubs
            small = False
        else:
            if not small:
                miss = np.abs(side - x + times(x)).max()
                small = bool(miss <= FORGIVEN * max(np.abs(side).max(), np.abs(x).max()))
        if small:
            return x
    elif plan._sweep is not None:
        return _refined(_Factor(plan._sweep, merged, m_matrix).solve, times, side)[0]
    assert plan._whole is not None  # one of the two is always there
    try:
        return _refined(_whole(plan._whole, merged, m_matrix), times, side)[0]
    except Singular:
        raise Singular(_culprit(plan, merged)) from None


def contraction(plan: Plan, values_abs: Floats) -> bool:
    """Whether the spectral radius of a nonnegative G is certainly < 1.

    The certificate is a vector ``v > 0`` with ``(I - G) v > 0``: the solution of
    ``(I - G) v = 1``. Its signs are checked with a margin above the rounding of the check itself,
    so True is a proof; False means that the radius is >= 1 or within rounding of it.

    Parameters
    ----------
    plan : the pattern of G
    values_abs : (given,) >= 0, in the order of the entries given to `plan`
    """
    merged = _merged(plan, values_abs)
    if not np.all(merged >= 0.0):
        raise ValueError("a value is negative or not a number")
    try:
        v = solve(plan, values_abs, np.ones(plan.n))
    except (Singular, ValueError):  # or beyond the largest number
        return False
    if not np.all(v > 0.0):
        return False
    fed = _product(plan, merged)(v)
    margin = (plan._widest + 8) * EPS * (v + fed)
    return bool(np.all(v - fed > margin))
