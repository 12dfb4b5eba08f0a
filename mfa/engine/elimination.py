"""A large system by SuperLU: the nodes in the order of the flow, far-reaching loops by iteration.

In that order the matrix is block lower triangular, so that only loops are factorised. A loop whose
factors would fill in is left out of the factors; they then precondition BiCGSTAB (van der Vorst
1992, SIAM J. Sci. Stat. Comput. 13(2):631-644).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from mfa.engine.network import Bools, Floats, Ints

SMALL = 8
"""Loops up to this many nodes are not put into an order with little fill."""
FACTORED = 1000
"""Up to this many nodes a loop is factorised whatever fills in: a tenth of a second at worst."""
FILL = 30
"""So many numbers an entry the factors of a larger loop may have."""
PANEL = 1
"""Columns that SuperLU takes together: hardly any look alike here; its default takes three times as long."""
STEPS, GAINED = 300, 1e-6
"""Steps of an iteration at most, and by what it brings the residual down before the residual is looked at."""

Int32s = npt.NDArray[np.int32]
Map = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Columns:
    """The places of some entries of ``I - G`` in compressed columns, the nodes in another order.

    Attributes
    ----------
    entries : (some entry,) which of all
    slots, diagonal : (some entry,), (n,) their places and those of the diagonal
    indices, indptr : compressed columns
    """

    entries: Ints
    slots: Ints
    diagonal: Ints
    indices: Int32s
    indptr: Int32s

    @classmethod
    def of(cls, place: Ints, rows: Ints, columns: Ints, entries: Ints) -> Columns:
        """Find the places; `place`: (n,) of each node."""
        n = len(place)
        diagonal = np.arange(n) * (n + 1)
        slots = place[columns[entries]] * n + place[rows[entries]]
        keys, back = np.unique(np.concatenate([diagonal, slots]), return_inverse=True)
        return cls(
            entries=entries,
            slots=back[n:],
            diagonal=back[:n],
            indices=(keys % n).astype(np.int32),
            indptr=np.searchsorted(keys, np.arange(n + 1) * n).astype(np.int32),
        )

    def matrix(self, values: Floats) -> Any:
        """``I - G``, (n, n); `values`: of all entries."""
        from scipy.sparse import csc_array

        data = np.zeros(len(self.indices))
        data[self.diagonal] = 1.0
        data[self.slots] -= values[self.entries]
        n = len(self.diagonal)
        return csc_array((data, self.indices, self.indptr), shape=(n, n))


@dataclass(frozen=True)
class Elimination:
    """How a large system is solved.

    Attributes
    ----------
    order : (n,) nodes in the order of elimination
    whole : all entries
    near : without those of loops whose factors would fill in; None if there is no such loop
    """

    order: Ints
    whole: Columns
    near: Columns | None

    @classmethod
    def of(cls, component: Ints, rows: Ints, columns: Ints) -> Elimination:
        """Look at the pattern; `component`: (n,) in the order of the flow."""
        n = len(component)
        within = component[rows] == component[columns]
        sizes = np.bincount(component)
        far = _far(component, sizes, rows, columns, within)
        rank = np.arange(n)
        if ((sizes > SMALL) & ~far).any():
            rank = _rank(n, rows, columns, np.flatnonzero(within & ~far[component[rows]]))
        order = np.lexsort((rank, component))
        place = np.empty(n, np.int64)
        place[order] = np.arange(n)
        near = None
        if far.any():
            near = Columns.of(place, rows, columns, np.flatnonzero(~(within & far[component[rows]])))
        return cls(order, Columns.of(place, rows, columns, np.arange(len(rows))), near)

    def quick(self, values: Floats) -> Map:
        """The solution for a right side (n,) or (n, k), nearly: the residual is to be looked at.

        Without a search for pivots, which a network that only hands on does not need; where there
        are far-reaching loops, by iteration, which may not settle. `RuntimeError` if a pivot is 0.
        """
        if self.near is None:
            return partial(self._moved, _superlu(self.whole.matrix(values), "NATURAL", 0.0).solve)
        near = _superlu(self.near.matrix(values), "NATURAL", 0.0).solve
        return partial(self._moved, partial(_bicgstab, self.whole.matrix(values).tocsr().__matmul__, near))

    def pivoted(self, values: Floats) -> Map:
        """As `quick`, with pivots and without iteration; `RuntimeError` if singular.

        Against the flow the matrix is block upper triangular, so that pivots stay within their loops.
        """
        matrix = self.whole.matrix(values)[::-1][:, ::-1].tocsc()
        run = _superlu(matrix, "NATURAL" if self.near is None else "COLAMD", 1.0).solve
        return partial(self._moved, lambda b: run(b[::-1])[::-1])

    def _moved(self, run: Map, b: Floats) -> Floats:
        x = np.empty_like(b)
        x[self.order] = run(b[self.order])
        return x


def _superlu(matrix: Any, order: Literal["COLAMD", "NATURAL"], threshold: float) -> Any:
    """SuperLU's factors; `threshold`: how small a pivot may be beside the largest of its column."""
    from scipy.sparse.linalg import splu

    options = {"Equil": False}
    return splu(matrix, permc_spec=order, diag_pivot_thresh=threshold, panel_size=PANEL, options=options)


def _bicgstab(times: Map, near: Map, b: Floats) -> Floats:
    """BiCGSTAB for all right sides together.

    Scipy's takes one, and its scalar products wait for threads of BLAS where the machine is busy.
    """
    x, start, rest = np.zeros_like(b), b, b
    along, rho = b, _dot(b, b)
    aim = GAINED**2 * rho
    for _ in range(STEPS):
        ahead = near(along)
        moved = times(ahead)
        alpha = _ratio(rho, _dot(start, moved))
        rest = rest - alpha * moved
        beside = near(rest)
        turned = times(beside)
        omega = _ratio(_dot(turned, rest), _dot(turned, turned))
        x += alpha * ahead + omega * beside
        rest = rest - omega * turned
        if np.all(_dot(rest, rest) <= aim):
            break
        last, rho = rho, _dot(start, rest)
        along = rest + _ratio(rho, last) * _ratio(alpha, omega) * (along - omega * moved)
    return x


def _dot(a: Floats, b: Floats) -> Floats:
    """Scalar product of each right side."""
    product: Floats = np.einsum("i...,i...->...", a, b)
    return product


def _ratio(a: Floats, b: Floats) -> Floats:
    """The quotient, 0 where b is 0."""
    return np.divide(a, b, out=np.zeros_like(b), where=b != 0)


def _rank(n: int, rows: Ints, columns: Ints, entries: Ints) -> Ints:
    """(n,) rank of each node in an order of elimination with little fill (COLAMD)."""
    values = np.full(len(rows), 0.5 / max(1, len(entries)))  # the diagonal dominates
    matrix = Columns.of(np.arange(n), rows, columns, entries).matrix(values)
    rank: Ints = _superlu(matrix, "COLAMD", 0.0).perm_c.astype(np.int64)
    return rank


def _far(component: Ints, sizes: Ints, rows: Ints, columns: Ints, within: Bools) -> Bools:
    """(component,) loops whose factors would fill in.

    The envelope in the order of reverse Cuthill–McKee bounds the fill (George & Liu 1981, Computer
    Solution of Large Sparse Positive Definite Systems, ch. 4).
    """
    far = sizes > FACTORED
    if not far.any():
        return far
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    n = len(component)
    inner = np.flatnonzero(within & far[component[rows]])
    i, j = rows[inner], columns[inner]
    ones = np.ones(2 * len(inner), np.int8)
    both = csr_array((ones, (np.concatenate([i, j]), np.concatenate([j, i]))), shape=(n, n))
    place = np.empty(n, np.int64)
    place[reverse_cuthill_mckee(both, symmetric_mode=True)] = np.arange(n)
    reach = np.zeros(n, np.int64)
    np.maximum.at(reach, np.concatenate([i, j]), np.concatenate([place[i] - place[j], place[j] - place[i]]))
    fill = 2.0 * np.bincount(component, reach)
    return far & (fill > FILL * np.bincount(component[i], minlength=len(sizes)))
