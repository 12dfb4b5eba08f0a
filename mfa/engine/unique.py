"""Which blocks have one answer for certain: the largest slopes that any piece can give die out."""

from __future__ import annotations

import numpy as np

from mfa.engine import linear
from mfa.engine.network import Bools, Floats, Ints
from mfa.engine.wiring import Pattern

BELOW_ONE = 1.0 - 1e-9  # a proof must hold in spite of the rounding of the slopes
ROUNDS = 60  # enough for blocks of a few pools; long cycles go on to a solve


def unsure_blocks(pattern: Pattern, steepest: Floats) -> Bools:
    """(component,) cyclic blocks whose largest slopes do not prove a single answer.

    The proof is a spectral radius below 1: of the column sums, else of max (G v)_i / v_i for
    some v > 0 (Collatz–Wielandt), by power iteration, else by solving for v.

    Parameters
    ----------
    steepest : (slot,) largest absolute slopes, in the order of the pattern
    """
    component, blocks = pattern.plan.component, len(pattern.plan.cyclic)
    slot = np.flatnonzero(component[pattern.rows] == component[pattern.cols])
    sums = np.bincount(pattern.cols[slot], steepest[slot], minlength=pattern.plan.n)
    unsure = np.zeros(blocks, bool)
    if not pattern.plan.cyclic.any():
        return unsure
    np.logical_or.at(unsure, component, sums >= BELOW_ONE)
    slot = slot[unsure[component[pattern.rows[slot]]]]
    if len(slot):
        unsure &= _bounded(pattern, slot, steepest[slot]) >= BELOW_ONE
        slot = slot[unsure[component[pattern.rows[slot]]]]
    for block, inside in _by_block(component[pattern.rows[slot]], slot):
        unsure[block] = not _dies_out(pattern.rows[inside], pattern.cols[inside], steepest[inside])
    return unsure


def _bounded(pattern: Pattern, slot: Ints, slopes: Floats) -> Floats:
    """(component,) upper bounds of the radius by power iteration on I + G."""
    rows, cols, component = pattern.rows[slot], pattern.cols[slot], pattern.plan.component
    nodes = np.unique(rows)
    best = np.full(len(pattern.plan.cyclic), np.inf)
    v = np.ones(pattern.plan.n)
    for _ in range(ROUNDS):
        fed = np.bincount(rows, slopes * v[cols], minlength=pattern.plan.n)
        bound = np.zeros(len(best))
        np.maximum.at(bound, component[nodes], fed[nodes] / v[nodes])
        best = np.minimum(best, bound)
        if np.all(best[component[nodes]] < BELOW_ONE):
            break
        v = v + fed
        largest = np.zeros(len(best))
        np.maximum.at(largest, component[nodes], v[nodes])
        v[nodes] = np.maximum(v[nodes] / largest[component[nodes]], 1e-100)
    return best


def _by_block(block: Ints, slot: Ints) -> list[tuple[int, Ints]]:
    """The slots of each block."""
    order = np.argsort(block, kind="stable")
    found, start = np.unique(block[order], return_index=True)
    stop = np.append(start, len(order))[1:]
    return [(int(b), slot[order[i:j]]) for b, i, j in zip(found, start.tolist(), stop.tolist(), strict=True)]


def _dies_out(rows: Ints, cols: Ints, slopes: Floats) -> bool:
    """Whether the spectral radius of one block is below BELOW_ONE."""
    nodes = np.unique(rows)
    plan = linear.plan(len(nodes), np.searchsorted(nodes, rows), np.searchsorted(nodes, cols))
    return linear.contraction(plan, slopes / BELOW_ONE)
