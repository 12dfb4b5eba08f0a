"""The path that defines the answer: from nothing, piece by piece, to the given b.

The nets of a block move on net - F·level(net) = feed(t) + (a hair), t from 0 to 1, where
the feed is what drives and what comes from upstream, piecewise linear in t. Every piece
is affine (Katzenelson 1965, Bell Syst. Tech. J. 44(8):1505-1520). Amounts carry an
infinitely small second part, so that the start, where all nets are zero at once, is told
apart pool by pool: every net begins a hair short. A piece of positive length on which a
strongly connected block has no positive determinant is a recycle of gain >= 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mfa.engine.graph import components, reachable
from mfa.engine.model import Equations
from mfa.engine.network import Floats, Ints
from mfa.engine.pieces import Decision, Gap, Piece, piece
from mfa.engine.recycle import heaviest_cycle
from mfa.engine.state import GainError
from mfa.engine.wiring import Cluster, single

ZERO = 1e-12
NUDGE = 1e-9

Length = tuple[float, float]


class Lost(Exception):
    """The path did not arrive within its number of pieces."""


@dataclass(frozen=True)
class Trail:
    """Where a path led.

    Attributes
    ----------
    times : (knot,) from 0 to 1
    net : (knot, pool) nets of the block
    levels : process → (knot,) its level
    pieces : how many pieces there were
    """

    times: Floats
    net: Floats
    levels: dict[int, Floats]
    pieces: int


@dataclass(frozen=True)
class _Bound:
    """Where a piece ends: the cluster, its gap, and how far along the direction."""

    cluster: int
    gap: Gap
    length: Length


def follow(equations: Equations, pools: Ints, times: Floats, feeds: Floats) -> Trail:
    """Follow the path of one block.

    Parameters
    ----------
    pools : (k,) its pools; a cluster with one of them has all of them
    times : (knot,) where the feed bends, from 0 to 1
    feeds : (knot, k) nets when nothing listed in the block runs

    Raises
    ------
    GainError
        a recycle of gain >= 1 is reached
    Lost
        the path did not arrive
    """
    return _Path(equations, pools, times, feeds).run()


class _Path:
    """A point on the path, the piece it is on, and the way forward."""

    def __init__(self, equations: Equations, pools: Ints, times: Floats, feeds: Floats) -> None:
        self.equations, self.pools, self.times, self.feeds = equations, pools, times, feeds
        n = len(equations.wiring.structure.pools)
        self.net = np.zeros((n, 2))
        self.net[pools, 1] = -1.0
        self.position = np.full(n, -1, np.int64)
        self.position[pools] = np.arange(len(pools))
        self.scale = float(np.max(np.abs(feeds), initial=0.0)) or 1.0
        self.clusters = self._clusters()
        self.pieces = [self._piece(c, None) for c in range(len(self.clusters))]
        self.effects = [self._effects(c) for c in self.clusters]
        self.segment = 0
        self.t: Length = (float(times[0]), 0.0)
        self.trail: list[tuple[float, Floats, dict[int, float]]] = []

    def _clusters(self) -> list[Cluster]:
        wiring = self.equations.wiring
        tied = [c for c in wiring.clusters if (self.position[c.pools] >= 0).any()]
        inside = {int(p) for c in tied for p in c.pools}
        return tied + [single(wiring, int(p)) for p in self.pools if int(p) not in inside]

    def _piece(self, number: int, held: dict[Decision, int] | None) -> Piece:
        e, cluster = self.equations, self.clusters[number]
        return piece(e.wiring, e.values, e.cap, cluster, self.net[cluster.pools], held)

    def _effects(self, cluster: Cluster) -> Floats:
        """(k, process) F: what a unit of level moves in the pools of the block."""
        w, s = self.equations.wiring, self.equations.wiring.structure
        flows, start = w.firm_by_process
        matrix = np.zeros((len(self.pools), len(cluster.processes)))
        for i, process in enumerate(cluster.processes.tolist()):
            mine = flows[start[process] : start[process + 1]]
            row = self.position[s.flow_pool[mine]]
            np.add.at(matrix[:, i], row[row >= 0], self.equations.signed[mine][row >= 0])
        return matrix

    def _slopes(self) -> Floats:
        """(k, k) G = F·d level/d net on the present piece."""
        k = len(self.pools)
        matrix = np.zeros((k, k))
        for cluster, served, effects in zip(self.clusters, self.pieces, self.effects, strict=True):
            column = self.position[cluster.pools]
            gradient = [served.level[p][2:] for p in cluster.processes.tolist()]
            matrix[:, column] += effects @ np.array(gradient).reshape(-1, len(column))
        return matrix

    def run(self) -> Trail:
        """Walk to t = 1."""
        self._mark()
        crossed: tuple[int, Gap] | None = None
        limit = 200 + 40 * (sum(len(p.gaps) for p in self.pieces) + len(self.times))
        forward = True
        for number in range(limit):
            slopes = self._slopes()
            step, rate = self._direction(slopes, crossed, forward, number == 0)
            bound, knot = self._next(step), self._knot(rate)
            length = min(bound.length if bound else (np.inf, 0.0), knot)
            if length[0] > ZERO:
                self._judge(slopes, step)
            if not np.isfinite(length[0]):
                raise Lost(number)
            self.net[self.pools] += np.outer(step, length)
            self.t = (self.t[0] + rate * length[0], self.t[1] + rate * length[1])
            forward = rate > 0 or (rate == 0 and forward)
            if bound is not None and bound.length <= knot:
                crossed = self._cross(bound)
            else:
                crossed = None
                if not self._turn(rate):
                    return self._finished(number + 1)
            if length[0] > ZERO:
                self._mark()
        raise Lost(limit)

    def _rise(self) -> Floats:
        """(k,) d feed / d t on the present segment."""
        i = self.segment
        rise = (self.feeds[i + 1] - self.feeds[i]) / (self.times[i + 1] - self.times[i])
        return np.asarray(rise, np.float64)

    def _knot(self, rate: float) -> Length:
        """How far to the next bend of the feed."""
        if rate == 0:
            return (np.inf, 0.0)
        goal = float(self.times[self.segment + (rate > 0)])
        if rate < 0 and self.segment == 0:
            goal = -np.inf
        whole = (goal - self.t[0]) / rate
        return (max(whole, 0.0), -self.t[1] / rate)

    def _turn(self, rate: float) -> bool:
        """Go on to the neighbouring segment of the feed; False at the end."""
        step = 1 if rate > 0 else -1
        self.t = (float(self.times[self.segment + (rate > 0)]), 0.0)
        self.segment += step
        return self.segment < len(self.times) - 1

    def _direction(
        self, slopes: Floats, crossed: tuple[int, Gap] | None, forward: bool, first: bool
    ) -> tuple[Floats, float]:
        """(d net, d t) along the path, for the pools that the feed or the last crossing moves.

        The first direction is that of (adj(A)·rise, det A), which is how a path keeps its
        orientation; after a crossing it is the one that goes on beyond the bound.
        """
        k, rise = len(self.pools), self._rise()
        normal = self._normal(*crossed) if crossed else np.zeros(k)
        moving = np.flatnonzero(reachable(slopes, (rise != 0) | (normal != 0)))
        matrix = np.eye(len(moving)) - slopes[np.ix_(moving, moving)]
        step = np.zeros(k)
        if crossed is None:
            inner, rate = _along(matrix, rise[moving], forward, first)
        else:
            inner, rate = _beyond(matrix, rise[moving] / self.scale, normal[moving])
            rate /= self.scale
        step[moving] = inner
        return _normalised(step, rate, self.scale)

    def _normal(self, cluster: int, gap: Gap) -> Floats:
        normal = np.zeros(len(self.pools))
        normal[self.position[self.clusters[cluster].pools]] = gap.distance[2:]
        return normal

    def _next(self, step: Floats) -> _Bound | None:
        """The first bound along the direction, lengths compared with their small parts."""
        first: _Bound | None = None
        for number, (cluster, served) in enumerate(zip(self.clusters, self.pieces, strict=True)):
            move = step[self.position[cluster.pools]]
            for gap in served.gaps:
                rate = float(gap.distance[2:] @ move)
                if rate >= -ZERO * float(np.abs(gap.distance[2:]) @ np.abs(move)):
                    continue
                length = _length(gap.distance, rate, self.scale)
                if first is None or length < first.length:
                    first = _Bound(number, gap, length)
        return first

    def _cross(self, bound: _Bound) -> tuple[int, Gap]:
        """Flip the decision at the bound; every other decision is held."""
        for number, served in enumerate(self.pieces):
            held = dict(served.decisions)
            if number == bound.cluster:
                held[bound.gap.decision] = bound.gap.beyond
            self.pieces[number] = self._piece(number, held)
        return bound.cluster, bound.gap

    def _mark(self) -> None:
        """Note where the path is."""
        self.pieces = [self._piece(i, dict(p.decisions)) for i, p in enumerate(self.pieces)]
        levels = {p: float(amount[0]) for served in self.pieces for p, amount in served.level.items()}
        self.trail.append((self.t[0], self.net[self.pools, 0].copy(), levels))

    def _finished(self, pieces: int) -> Trail:
        if self.trail[-1][0] < self.times[-1]:
            self._mark()
        processes = self.trail[-1][2]
        return Trail(
            np.array([t for t, _, _ in self.trail]),
            np.array([n for _, n, _ in self.trail]),
            {p: np.array([levels[p] for _, _, levels in self.trail]) for p in processes},
            pieces,
        )

    def _judge(self, slopes: Floats, step: Floats) -> None:
        """Raise GainError where a block of the moving or standing nets has det <= 0."""
        alive = np.flatnonzero((np.abs(self.net[self.pools, 0]) > ZERO * self.scale) | (step != 0))
        inner = slopes[np.ix_(alive, alive)]
        for block in components(inner):
            matrix = inner[np.ix_(block, block)]
            determinant = float(np.linalg.det(np.eye(len(block)) - matrix))
            if determinant <= ZERO:
                cycle, gain = heaviest_cycle(self._edges(alive[block]))
                raise GainError(cycle, gain, 1.0 - determinant)

    def _edges(self, block: Ints) -> dict[tuple[int, int], tuple[int, float]]:
        """(pool, pool) → the process that carries most from one to the other, and how much."""
        inside = set(block.tolist())
        edges: dict[tuple[int, int], tuple[int, float]] = {}
        for cluster, served, effects in zip(self.clusters, self.pieces, self.effects, strict=True):
            for i, process in enumerate(cluster.processes.tolist()):
                for j, source in enumerate(self.position[cluster.pools].tolist()):
                    slope = float(served.level[process][2 + j])
                    if not slope or source not in inside:
                        continue
                    for target in np.flatnonzero(effects[:, i]).tolist():
                        gain = slope * float(effects[target, i])
                        key = (int(self.pools[source]), int(self.pools[target]))
                        if target in inside and abs(gain) > abs(edges.get(key, (0, 0.0))[1]):
                            edges[key] = (process, gain)
        return edges


def _along(matrix: Floats, rise: Floats, forward: bool, first: bool) -> tuple[Floats, float]:
    """Direction with the feed: (adj(A)·rise, det A) at the start, then on as before."""
    if not len(matrix):
        return np.zeros(0), 1.0
    sign = float(np.linalg.slogdet(matrix)[0])
    if sign == 0 or np.linalg.cond(matrix) > 1 / ZERO:
        nudged = matrix + NUDGE * np.eye(len(matrix))
        turn = float(np.linalg.slogdet(nudged)[0])
        return np.asarray(turn * np.linalg.solve(nudged, rise), np.float64), 0.0
    way = sign if first else (1.0 if forward else -1.0)
    return np.asarray(way * np.linalg.solve(matrix, rise), np.float64), way


def _beyond(matrix: Floats, rise: Floats, normal: Floats) -> tuple[Floats, float]:
    """Direction that leaves a bound with normal·step = -1; also where the matrix is singular."""
    m = len(matrix)
    bordered = np.zeros((m + 1, m + 1))
    bordered[:m, :m], bordered[:m, m], bordered[m, :m] = matrix, -rise, normal
    right = np.append(np.zeros(m), -1.0)
    try:
        solution = np.linalg.solve(bordered, right)
    except np.linalg.LinAlgError:
        solution = np.linalg.lstsq(bordered, right)[0]
    return solution[:m], float(solution[m])


def _length(distance: Floats, rate: float, scale: float) -> Length:
    """How far to a bound; a first part within rounding of zero is zero."""
    whole, small = -float(distance[0]) / rate, -float(distance[1]) / rate
    if abs(float(distance[0])) <= ZERO * scale:
        whole, small = 0.0, max(small, 0.0)
    return max(whole, 0.0), small


def _normalised(step: Floats, rate: float, scale: float) -> tuple[Floats, float]:
    """The direction with its fastest pool, or t, moving by about the scale of the feed."""
    size = max(float(np.max(np.abs(step), initial=0.0)) / scale, abs(rate)) or 1.0
    step = step / size
    step = np.where(np.abs(step) <= ZERO * scale, 0.0, step)
    return step, 0.0 if abs(rate) / size <= ZERO else rate / size
