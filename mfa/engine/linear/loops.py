"""Small loops inverted together as dense blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mfa.engine.linear.pattern import PADDED, SMALL, Graph, Links, Loops, Singular, determined
from mfa.engine.network import Floats, Ints

INVERSES_PER_ENTRY = 4.0
"""So many numbers of inverses there may be for each entry of the network, which a run reads as well."""


@dataclass(frozen=True)
class Batch:
    """All loops of about one size.

    Attributes
    ----------
    size : nodes a loop after filling up with the identity
    blame : (loop,) component to name when a loop is singular
    edges, slots : (entry,) place of the entry among all values and in the stacked blocks
    start : first place of the inverses in the buffer of all inverses
    inverses : entries of the inverses between nodes, with their places in that buffer
    """

    size: int
    blame: Ints
    edges: Ints
    slots: Ints
    start: int
    inverses: Links

    @property
    def stop(self) -> int:
        """End of the inverses in the buffer."""
        return self.start + len(self.blame) * self.size**2


def size_of_small(loops: Loops, entries: int) -> int:
    """Size up to which loops are inverted densely: the inverses must not outgrow the network."""
    sizes = loops.sizes[loops.cyclic].astype(float)
    small = SMALL
    while small > 8 and (sizes[sizes <= small] ** 2).sum() > INVERSES_PER_ENTRY * entries + SMALL**2:
        small //= 2
    return small


def batches(graph: Graph, edges: Ints, loops: Loops, small: int, blame: Ints) -> tuple[Batch, ...]:
    """All loops up to `small` nodes.

    Parameters
    ----------
    edges : entries of `graph` that take part
    loops : components of the graph of `edges`
    blame : (n,) component to name when a loop is singular
    """
    inner = edges[loops.within]
    dense = loops.cyclic & (loops.sizes <= small)
    found: list[Batch] = []
    below = start = 0
    for size in PADDED:
        labels = np.flatnonzero(dense & (loops.sizes > below) & (loops.sizes <= size))
        if len(labels):
            found.append(_batch(graph, inner, loops, labels, size, start, blame))
            start = found[-1].stop
        below = size
    return tuple(found)


def _batch(
    graph: Graph, inner: Ints, loops: Loops, labels: Ints, size: int, start: int, blame: Ints
) -> Batch:
    """The loops `labels`; `inner`: entries within loops."""
    number = np.full(len(loops.sizes), -1, dtype=np.int64)
    number[labels] = np.arange(len(labels))
    block = number[loops.label[graph.rows[inner]]]
    edges, block = inner[block >= 0], block[block >= 0]
    places = loops.begin[labels][:, None] + np.arange(size)
    members = loops.nodes[np.minimum(places, graph.n - 1)]  # (loop, size)
    local = np.empty(graph.n, dtype=np.int64)
    real = np.arange(size) < loops.sizes[labels][:, None]
    local[members[real]] = np.nonzero(real)[1]
    slots = (block * size + local[graph.rows[edges]]) * size + local[graph.columns[edges]]
    which, i, j = np.nonzero(real[:, :, None] & real[:, None, :])
    inverses = Links(members[which, i], members[which, j], start + (which * size + i) * size + j)
    return Batch(size, blame[members[:, 0]], edges, slots, start, inverses)


def inverted(batch: Batch, values: Floats) -> Floats:
    """(loop, size, size) inverse of ``I - G`` of the loops of one batch, or `Singular`."""
    size = batch.size
    terms = np.zeros(len(batch.blame) * size**2)
    terms[batch.slots] = values[batch.edges]
    blocks = -terms.reshape(-1, size, size)
    places = np.arange(size)
    blocks[:, places, places] += 1.0
    inverse = _inverse(batch, blocks)
    terms = np.abs(terms, out=terms).reshape(blocks.shape)
    terms[:, places, places] += 1.0
    bad = ~determined(inverse, terms)
    if bad.any():
        raise Singular(int(batch.blame[np.argmax(bad)]))
    return inverse


def _inverse(batch: Batch, blocks: Floats) -> Floats:
    """Inverse of each block, infinite or `Singular` if there is none."""
    inverse: Any
    if batch.size == 1:
        with np.errstate(divide="ignore"):
            inverse = 1.0 / blocks
    else:
        try:
            inverse = np.linalg.inv(blocks)
        except np.linalg.LinAlgError as fault:
            raise Singular(_first_without_inverse(batch, blocks)) from fault
    every: Floats = inverse
    return every


def _first_without_inverse(batch: Batch, blocks: Floats) -> int:
    """Component of the first block that has no inverse."""
    for component, block in zip(batch.blame.tolist(), blocks, strict=True):
        try:
            np.linalg.inv(block)
        except np.linalg.LinAlgError:
            return int(component)
    raise AssertionError("each block alone has an inverse")
