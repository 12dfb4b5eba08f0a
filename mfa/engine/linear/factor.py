"""The values put in their places, ready to solve for one or more right sides."""

from __future__ import annotations

from typing import Any

import numpy as np

from mfa.engine.linear.batch import inverted
from mfa.engine.linear.block import BlockFactor
from mfa.engine.linear.sparse import filled
from mfa.engine.linear.sweep import Stage, Sweep
from mfa.engine.network import Floats


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
                self._add_bare(stage, x)
            for factor in large:
                nodes = factor.block.nodes
                x[order.exit[nodes]] = factor.solve(x[order.entry[nodes]])
        return x

    def _add_bare(self, stage: Stage, x: Floats) -> None:
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
