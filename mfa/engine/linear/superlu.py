"""A set of nodes solved by a general factorisation: SuperLU, or LAPACK in a small network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from mfa.engine.linear import pattern
from mfa.engine.linear.pattern import EPS, ROUNDINGS, Graph, Int32s, Loops, Singular
from mfa.engine.network import Floats, Ints

GOLDEN = 0.6180339887
"""The golden ratio's fractional part: its multiples fall evenly and never in a rhythm of the network."""
NEGATIVE = 0.25
"""Share of negative signs: half of them would cancel a null vector of one sign, none one that alternates."""
SUSPECT = 1e6
"""An answer so many times its right side is tried again: below it rounding leaves nine digits."""
STAYS = 0.5
"""A sound answer moves by less than this share of itself; one that rounding made up moves by all of it."""


@dataclass(frozen=True)
class Block:
    """The places of the entries among some nodes in compressed columns.

    Attributes
    ----------
    nodes : (size,) node in the order of elimination
    component : component to blame
    edges, slots : (entry,) place of the entry among all values and in the matrix
    diagonal : (size,) places of the diagonal in the matrix
    indices, indptr : compressed columns
    natural : the order of `nodes` reduces fill already
    by_lapack : solved by numpy, so that scipy is not needed
    """

    nodes: Ints
    component: int
    edges: Ints
    slots: Ints
    diagonal: Ints
    indices: Int32s
    indptr: Int32s
    natural: bool
    by_lapack: bool

    @classmethod
    def among(cls, graph: Graph, nodes: Ints, component: int, edges: Ints, natural: bool = False) -> Block:
        """Find the places of `edges`, all of which are within `nodes`."""
        size = len(nodes)
        place = np.full(graph.n, -1, dtype=np.int64)
        place[nodes] = np.arange(size)
        diagonal = np.arange(size) * (size + 1)
        slots = place[graph.columns[edges]] * size + place[graph.rows[edges]]
        keys, back = np.unique(np.concatenate([diagonal, slots]), return_inverse=True)
        return cls(
            nodes=nodes,
            component=component,
            edges=edges,
            slots=back[size:],
            diagonal=back[:size],
            indices=(keys % size).astype(np.int32),
            indptr=np.searchsorted(keys, np.arange(size + 1) * size).astype(np.int32),
            natural=natural,
            by_lapack=graph.n <= pattern.DENSE_UP_TO,
        )

    def sparse(self, values: Floats) -> Any:
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
        matrix = np.eye(size)
        column = np.repeat(np.arange(size), np.diff(self.indptr))
        matrix[self.indices[self.slots], column[self.slots]] -= values[self.edges]
        return matrix


def loop_block(graph: Graph, nodes: Ints, component: int, edges: Ints) -> Block:
    """A large loop, in an order of elimination with little fill."""
    block = Block.among(graph, nodes, component, edges)
    if block.by_lapack:
        return block
    ordered = np.empty_like(nodes)
    ordered[_fill_rank(block)] = nodes
    return Block.among(graph, ordered, component, edges, natural=True)


def whole_block(graph: Graph, loops: Loops) -> Block:
    """All nodes: the loops in the order of the flow, each in an order with little fill."""
    component = int(np.argmax(np.where(loops.cyclic, loops.sizes, 0)))
    inner = Block.among(graph, np.arange(graph.n), component, np.flatnonzero(loops.within))
    nodes = np.lexsort((_fill_rank(inner), loops.label))
    return Block.among(graph, nodes, component, np.arange(len(graph.rows)), natural=True)


def _fill_rank(block: Block) -> Ints:
    """(size,) rank of each node in an order of elimination with little fill."""
    values = np.zeros(block.edges.max(initial=-1) + 1)
    values[block.edges] = 0.5 / max(1, len(block.edges))  # the diagonal dominates
    rank: Ints = superlu(block, values, m_matrix=True).perm_c.astype(np.int64)
    return rank


def superlu(block: Block, values: Floats, m_matrix: bool) -> Any:
    """SuperLU's factors, or `Singular`."""
    from scipy.sparse.linalg import splu

    try:
        return splu(
            block.sparse(values),
            permc_spec="NATURAL" if block.natural else "COLAMD",
            diag_pivot_thresh=0.0 if m_matrix else 1.0,
            options={"Equil": False},
        )
    except RuntimeError as fault:  # "Factor is exactly singular"
        raise Singular(block.component) from fault


def lapack(block: Block, matrix: Floats, side: Floats) -> Floats:
    """x, shaped as `side`, or `Singular`."""
    try:
        return np.linalg.solve(matrix, side).astype(np.float64, copy=False)
    except np.linalg.LinAlgError as fault:
        raise Singular(block.component) from fault


class BlockFactor:
    """A block with its values."""

    def __init__(self, block: Block, values: Floats, m_matrix: bool) -> None:
        self.block, self.values = block, values
        self._invert: Callable[[Floats], Floats]
        if block.by_lapack:
            self._invert = partial(lapack, block, block.dense(values))
        else:
            self._invert = superlu(block, values, m_matrix).solve

    def solve(self, side: Floats) -> Floats:
        """The solution at the block's nodes, or `Singular` if rounding may have made it up.

        An answer much larger than its right side is suspect. Then the right side is disturbed by
        rounding of the size that the terms of the equations have; a sound answer stays.
        """
        answer = self._invert(side)
        if not np.isfinite(answer).all():
            raise Singular(self.block.component)
        largest = np.abs(answer).max()
        if largest > SUSPECT * np.abs(side).max():
            moved = self._invert(side + self._rounding(answer)) - answer
            if not np.all(np.abs(moved) <= STAYS * largest):
                raise Singular(self.block.component)
        return answer

    def _rounding(self, answer: Floats) -> Floats:
        """Rounding of the terms of each equation, shaped as `answer`.

        The signs go by the golden ratio, most of them positive: neither kind of near null vector
        cancels.
        """
        size = len(answer)
        matrix = self.block.dense(self.values) if self.block.by_lapack else self.block.sparse(self.values)
        sign = np.where(np.arange(size) * GOLDEN % 1.0 < NEGATIVE, -1.0, 1.0)
        share: Floats = ROUNDINGS * EPS / np.sqrt(size) * (abs(matrix) @ np.abs(answer))
        return share * (sign if answer.ndim == 1 else sign[:, None])

    def solve_all(self, b: Floats) -> Floats:
        """The solution, when the block has all nodes."""
        answer = np.empty_like(b)
        answer[self.block.nodes] = self.solve(b[self.block.nodes])
        return answer
