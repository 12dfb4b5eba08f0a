"""The path through several blocks: each alone, fed by those upstream as they follow theirs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mfa.engine import linear
from mfa.engine.model import Equations
from mfa.engine.network import Bools, Floats, Ints
from mfa.engine.path import Trail, follow

STRAIGHT = 1e-12


@dataclass(frozen=True)
class _Ramp:
    """A piecewise linear function of t."""

    times: Floats
    heights: Floats

    def at(self, times: Floats) -> Floats:
        """Its values."""
        return np.interp(times, self.times, self.heights)


def follow_all(equations: Equations, closure: Bools) -> tuple[Floats, int]:
    """Follow the path of all marked pools, upstream blocks first.

    Parameters
    ----------
    closure : (pool,) marked pools; whatever moves one of them is marked too

    Returns
    -------
    net : (pool,) at the end of the path, 0 for pools that are not marked
    pieces : how many pieces there were

    Raises
    ------
    GainError, Lost
        as `path.follow`
    """
    net, pieces = np.zeros(len(closure)), 0
    levels: dict[int, _Ramp] = {}
    for pools in _blocks(equations, closure):
        trail = follow(equations, pools, *_feed(equations, pools, levels))
        net[pools] = trail.net[-1]
        pieces += trail.pieces
        levels.update(_ramps(trail))
    return net, pieces


def _blocks(equations: Equations, closure: Bools) -> list[Ints]:
    """Blocks in topological order; pools that a process ties together are one block."""
    pattern = equations.wiring.pattern
    rows, cols = [pattern.rows], [pattern.cols]
    for cluster in equations.wiring.clusters:
        ring = np.append(cluster.pools, cluster.pools[:1])
        rows.append(ring[1:])
        cols.append(ring[:-1])
    joined = linear.plan(len(closure), np.concatenate(rows), np.concatenate(cols))
    order = np.argsort(joined.component, kind="stable")
    marked = order[closure[order]]
    cuts = np.flatnonzero(np.diff(joined.component[marked])) + 1
    return [np.sort(block) for block in np.split(marked, cuts) if len(block)]


def _feed(equations: Equations, pools: Ints, levels: dict[int, _Ramp]) -> tuple[Floats, Floats]:
    """What reaches a block from the driven processes and from upstream, over t."""
    w, s = equations.wiring, equations.wiring.structure
    position = np.full(len(s.pools), -1, np.int64)
    position[pools] = np.arange(len(pools))
    firm = w.firm[position[s.flow_pool[w.firm]] >= 0]
    fed = [(int(f), levels[int(s.flow_process[f])]) for f in firm if int(s.flow_process[f]) in levels]
    times = np.unique(np.concatenate([[0.0, 1.0], *(ramp.times for _, ramp in fed)]))
    feeds = np.outer(times, equations.b[pools])
    for flow, ramp in fed:
        feeds[:, position[s.flow_pool[flow]]] += equations.signed[flow] * ramp.at(times)
    return times, feeds


def _ramps(trail: Trail) -> dict[int, _Ramp]:
    """The levels over t, without the knots on which they do not bend."""
    made = {}
    for process, heights in trail.levels.items():
        if np.max(np.abs(heights)) == 0:
            continue
        between = np.interp(trail.times[1:-1], trail.times[[0, -1]], heights[[0, -1]])
        straight = np.allclose(between, heights[1:-1], rtol=STRAIGHT, atol=STRAIGHT * np.max(np.abs(heights)))
        keep = [0, -1] if straight else slice(None)
        made[process] = _Ramp(trail.times[keep], heights[keep])
    return made
