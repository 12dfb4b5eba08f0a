"""The entries of G as they are given: values of one place add, and ``G x``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from mfa.engine.linear import limits
from mfa.engine.linear.graph import Graph
from mfa.engine.linear.sparse import filled, pattern, pointers
from mfa.engine.network import Floats, Ints


@dataclass(frozen=True)
class Entries:
    """The places of the values.

    Attributes
    ----------
    given : number of values given
    merge : (given,) entry of `graph` to which each value adds; None if each has its own, in order
    graph : each place once
    order : (entry,) entries by row
    pattern : compressed rows, structure only; None without scipy
    widest : largest number of values given in one row
    """

    given: int
    merge: Ints | None
    graph: Graph
    order: Ints
    pattern: Any
    widest: int

    @classmethod
    def at(cls, n: int, rows: Ints, columns: Ints) -> Entries:
        """Entries at these places of n nodes."""
        _check(n, rows, columns)
        keys, back = np.unique(rows * n + columns, return_inverse=True)
        widest = int(np.bincount(rows).max(initial=0))
        merge: Ints | None
        if len(keys) < len(rows):
            graph, merge, order = Graph(n, keys // n, keys % n), back, np.arange(len(keys))
        else:
            graph, merge, order = Graph(n, rows, columns), None, np.argsort(back)
        matrix = None
        if n > limits.DENSE_UP_TO:
            matrix = pattern(graph.columns[order].astype(np.int32), pointers(graph.rows, n), n)
        return cls(len(rows), merge, graph, order, matrix, widest)

    def merged(self, values: Floats) -> Floats:
        """(entry,) values with those of the same place added."""
        checked = np.ascontiguousarray(values, dtype=np.float64)
        if checked.shape != (self.given,):
            raise ValueError(f"values have the shape {checked.shape}, the plan has {self.given} entries")
        if self.merge is None:
            return checked
        return np.bincount(self.merge, weights=checked).astype(np.float64, copy=False)

    def product(self, values: Floats) -> Callable[[Floats], Floats]:
        """``x -> G x`` with merged values."""
        if self.pattern is None:
            return partial(_bare_product, self.graph, values)
        times: Callable[[Floats], Floats] = filled(self.pattern, values[self.order]).__matmul__
        return times


def _check(n: int, rows: Ints, columns: Ints) -> None:
    """Refuse places that do not fit."""
    if len(rows) != len(columns):
        raise ValueError(f"{len(rows)} rows and {len(columns)} columns")
    both = np.concatenate([rows, columns])
    if both.min(initial=0) < 0 or both.max(initial=-1) >= n:
        raise ValueError(f"an entry is outside the {n} nodes")


def _bare_product(graph: Graph, values: Floats, x: Floats) -> Floats:
    """``G x`` without scipy."""
    if x.ndim == 1:
        part = values * x[graph.columns]
        return np.bincount(graph.rows, weights=part, minlength=graph.n).astype(np.float64, copy=False)
    result = np.zeros_like(x)
    np.add.at(result, graph.rows, values[:, None] * x[graph.columns])
    return result
