"""One run through the network: what the pattern decides about it, and its values put in their places."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from mfa.engine.linear import pattern
from mfa.engine.linear.loops import Batch, batches, inverted
from mfa.engine.linear.pattern import (
    Graph,
    Int32s,
    Links,
    Loops,
    Order,
    filled,
    order_of,
    pointers,
    structure,
)
from mfa.engine.linear.superlu import Block, BlockFactor, loop_block
from mfa.engine.network import Floats, Ints


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
    return Sweep(order, triangle, dense, _stages(order, triangle, large, graph.n > pattern.DENSE_UP_TO))


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
        matrix = structure(columns, pointer, len(triangle.indptr) - 1)
    starts = pointer[held].astype(np.int64)
    return Stage(first, last, begin, end, columns, first + held, starts, matrix, large)


class SweepFactor:
    """A sweep with its values."""

    def __init__(self, sweep: Sweep, values: Floats, m_matrix: bool) -> None:
        self.sweep = sweep
        self._data = _data(sweep, values)
        if sweep.order.deep:
            self._triangle = self._unit_triangle()
            return
        self._steps = [
            (stage, self._matrix(stage), [BlockFactor(block, values, m_matrix) for block in stage.large])
            for stage in sweep.stages
        ]

    def solve(self, b: Floats) -> Floats:
        """x, shaped as b."""
        order = self.sweep.order
        x = np.zeros((order.count, *b.shape[1:]))
        x[order.entry] = b
        return self.run(x)[order.exit]

    def run(self, x: Floats) -> Floats:
        """Solve in place.

        Parameters
        ----------
        x : (unknown,) or (unknown, k), the right side at `Order.entry`, 0 elsewhere
        """
        return self._at_once(x) if self.sweep.order.deep else self._by_stages(x)

    def _at_once(self, x: Floats) -> Floats:
        from scipy.sparse.linalg import spsolve_triangular

        solved: Floats = spsolve_triangular(
            self._triangle, x, lower=True, unit_diagonal=True, overwrite_A=True, overwrite_b=True
        )
        return solved

    def _by_stages(self, x: Floats) -> Floats:
        order = self.sweep.order
        for stage, matrix, large in self._steps:
            if matrix is not None:
                x[stage.first : stage.last] += matrix @ x
            elif len(stage.rows):
                self._add_by_numpy(stage, x)
            for factor in large:
                nodes = factor.block.nodes
                x[order.exit[nodes]] = factor.solve(x[order.entry[nodes]])
        return x

    def _add_by_numpy(self, stage: Stage, x: Floats) -> None:
        """Add what reaches the unknowns of a stage, without scipy."""
        part = x[stage.columns]
        data = self._data[stage.begin : stage.end]
        part *= data if x.ndim == 1 else data[:, None]
        x[stage.rows] += np.add.reduceat(part, stage.starts, axis=0)

    def _matrix(self, stage: Stage) -> Any:
        """The stage's matrix with its values; None without scipy."""
        return None if stage.matrix is None else filled(stage.matrix, self._data[stage.begin : stage.end])

    def _unit_triangle(self) -> Any:
        """``I - T``, T strictly triangular, by columns."""
        from scipy.sparse import csr_array

        triangle, count = self.sweep.triangle, self.sweep.order.count
        return csr_array((self._data, triangle.indices, triangle.indptr), shape=(count, count)).tocsc()


def _data(sweep: Sweep, values: Floats) -> Floats:
    """(entry of the triangle,) the values and inverses; of ``I - T`` if the order is deep."""
    total = len(values)
    inverses = sweep.batches[-1].stop if sweep.batches else 0
    held = np.empty(total + inverses + 1)
    held[:total] = values
    for batch in sweep.batches:
        held[total + batch.start : total + batch.stop] = inverted(batch, values).ravel()
    if sweep.order.deep:
        held *= -1.0
    held[-1] = 1.0
    return held[sweep.triangle.gather]
