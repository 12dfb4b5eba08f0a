"""One run through the network, written down: all that the pattern decides about it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from mfa.engine.linear import limits
from mfa.engine.linear.batch import Batch, batches
from mfa.engine.linear.block import Block, loop_block
from mfa.engine.linear.graph import Graph, Loops
from mfa.engine.linear.order import Order, order_of
from mfa.engine.linear.sparse import Int32s, Links, pattern, pointers
from mfa.engine.network import Ints


@dataclass(frozen=True)
class Triangle:
    """Strictly lower triangular matrix of the unknowns by rows.

    Attributes
    ----------
    indices, indptr : compressed rows; of a deep order they hold the unit diagonal last
    gather : where the values come from: (all values, inverses, 1)[gather]
    """

    indices: Int32s
    indptr: Int32s
    gather: Ints


@dataclass(frozen=True)
class Stage:
    """Unknowns that depend only on those of earlier stages.

    Attributes
    ----------
    first, last : the unknowns
    begin, end : their entries
    columns : (entry,) unknown
    rows, starts : (row with entries,) unknown, and its first entry counted from `begin`
    matrix : (last - first, unknowns) compressed rows, structure only; None without scipy
    large : loops to be solved after this stage
    """

    first: int
    last: int
    begin: int
    end: int
    columns: Int32s
    rows: Ints
    starts: Ints
    matrix: Any
    large: tuple[Block, ...]


@dataclass(frozen=True)
class Sweep:
    """The order of one run, and where each value goes.

    Attributes
    ----------
    order : of the unknowns
    triangle : how each depends on those before it
    batches : loops inverted densely
    stages : empty if the order is deep
    """

    order: Order
    triangle: Triangle
    batches: tuple[Batch, ...]
    stages: tuple[Stage, ...]


def sweep_through(graph: Graph, edges: Ints, loops: Loops, small: int, blame: Ints) -> Sweep | None:
    """The order of one run through the entries `edges`; None if SuperLU should take it all.

    Parameters
    ----------
    graph : all entries
    edges : those that take part
    loops : components of the graph of `edges`
    small : size up to which a loop is inverted densely
    blame : (n,) component to name when a loop is singular
    """
    part = graph.only(edges)
    order = order_of(part, loops, small)
    if order is None:
        return None
    dense = batches(graph, edges, loops, small, blame)
    triangle = _triangle(part, edges, loops, order, dense, len(graph.rows))
    if order.deep:
        return Sweep(order, triangle, dense, ())
    large = [
        loop_block(graph, loops.members(label), int(blame[loops.members(label)[0]]), inner)
        for label in np.flatnonzero(loops.sizes > small).tolist()
        for inner in [edges[loops.within & (loops.label[part.rows] == label)]]
    ]
    return Sweep(order, triangle, dense, _stages(order, triangle, large, graph.n > limits.DENSE_UP_TO))


def _triangle(
    part: Graph, edges: Ints, loops: Loops, order: Order, dense: tuple[Batch, ...], total: int
) -> Triangle:
    """The couplings between components and the inverses of loops; `total`: number of all values."""
    across = np.flatnonzero(~loops.within)
    links = [Links(order.entry[part.rows[across]], order.exit[part.columns[across]], edges[across])]
    for batch in dense:
        rows, columns, places = batch.inverses
        links.append(Links(order.exit[rows], order.entry[columns], total + places))
    if order.deep:
        unit = total + (dense[-1].stop if dense else 0)
        every = np.arange(order.count)
        links.append(Links(every, every, np.full(order.count, unit)))
    rows, columns, sources = map(np.concatenate, zip(*links, strict=True))
    by_row = np.argsort(rows * order.count + columns, kind="stable")
    return Triangle(columns[by_row].astype(np.int32), pointers(rows, order.count), sources[by_row])


def _stages(order: Order, triangle: Triangle, large: list[Block], scipy: bool) -> tuple[Stage, ...]:
    """All stages at which something happens."""
    after: dict[int, list[Block]] = {}
    for block in large:
        after.setdefault(int(order.stage[order.entry[block.nodes[0]]]), []).append(block)
    bounds = np.searchsorted(order.stage, np.arange(int(order.stage.max(initial=-1)) + 2)).tolist()
    return tuple(
        _stage(first, last, triangle, tuple(after.get(number, ())), scipy)
        for number, (first, last) in enumerate(pairwise(bounds))
        if number in after or triangle.indptr[first] < triangle.indptr[last]
    )


def _stage(first: int, last: int, triangle: Triangle, large: tuple[Block, ...], scipy: bool) -> Stage:
    """The stage of the unknowns from `first` to before `last`."""
    pointer = triangle.indptr[first : last + 1]
    begin, end = int(pointer[0]), int(pointer[-1])
    columns, pointer = triangle.indices[begin:end], pointer - begin
    held = np.flatnonzero(np.diff(pointer))
    matrix = None
    if scipy and len(held):
        matrix = pattern(columns, pointer, len(triangle.indptr) - 1)
    starts = pointer[held].astype(np.int64)
    return Stage(first, last, begin, end, columns, first + held, starts, matrix, large)
