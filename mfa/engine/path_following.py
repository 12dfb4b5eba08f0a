"""The path that defines the answer: from nothing, piece by piece, to the given b.

The nets of a block move on net - F·level(net) = t·b + ε, t from 0 to 1, where b is
what drives the block and what comes from upstream. Every piece is affine (Katzenelson
1965, Bell Syst. Tech. J. 44(8):1605-1620). Amounts carry an infinitely small second part,
so that the start, where all nets are zero at once, is separated pool by pool: every net
begins short by its own multiple of ε. A piece of positive length on which a strongly connected block has no
positive determinant is a recycle of gain >= 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

import numpy as np

from mfa.engine.coupled_lists import Decision, Gap, Piece, piece
from mfa.engine.cycles import components, heaviest_cycle, reachable
from mfa.engine.equations import Equations
from mfa.engine.network import Floats, GainError, Ints, LostError
from mfa.engine.wiring import Cluster, single

ZERO = 1e-12  # relative; below it an amount, a rate or a determinant is rounding
ROUND = 3  # rounding may bring a piece back once or twice, a path that goes round for ever

Length = tuple[float, float]


@dataclass(frozen=True)
class _Bound:
    """Where a piece ends: the cluster, its gap, the gap's slopes, and how far along the direction."""

    cluster: int
    gap: Gap
    normal: Floats
    length: Length


@dataclass(frozen=True)
class _Gaps:
    """The gaps of one cluster on its piece, `at` + `slope` · net.

    Attributes
    ----------
    gaps : as the piece has them
    at : (gap, 2) at net = 0, whole and small part
    slope : (gap, k)
    """

    gaps: tuple[Gap, ...]
    at: Floats
    slope: Floats


def follow(equations: Equations, pools: Ints, b: Floats, fixed: Floats) -> tuple[Floats, int]:
    """Follow the path of one block.

    Parameters
    ----------
    pools : (k,) its pools
    b : (k,) their nets when nothing listed in the block runs
    fixed : (pool,) nets of all other pools

    Returns
    -------
    net : (k,) at the end of the path
    pieces : how many pieces there were

    Raises
    ------
    GainError
        a recycle of gain >= 1 is reached
    LostError
        the path did not arrive
    """
    return _Path(equations, pools, b, fixed).run()


class _Path:
    """A point on the path, the piece it is on, and the way forward."""

    def __init__(self, equations: Equations, pools: Ints, b: Floats, fixed: Floats) -> None:
        self.equations, self.pools, self.b = equations, pools, b
        self.net = np.column_stack([fixed, np.zeros(len(fixed))])
        self.net[pools] = [0.0, -1.0]
        self.position = np.full(len(fixed), -1, np.int64)
        self.position[pools] = np.arange(len(pools))
        self.scale = float(np.max(np.abs(b), initial=0.0)) or 1.0
        self.clusters = self._clusters()
        self.effects = [self._effects(c) for c in self.clusters]
        self.slopes = np.zeros((len(pools), len(pools)))
        self.pieces: list[Piece] = []
        self.gaps: list[_Gaps] = []
        for number in range(len(self.clusters)):
            self.pieces.append(self._piece(number, None))
            self.gaps.append(self._gaps(number))
            self._place_slopes(number)

    def _clusters(self) -> list[Cluster]:
        wiring = self.equations.wiring
        tied = [c for c in wiring.clusters if (self.position[c.pools] >= 0).any()]
        inside = {int(p) for c in tied for p in c.pools}
        return tied + [single(wiring, int(p)) for p in self.pools if int(p) not in inside]

    def _piece(self, number: int, held: Mapping[Decision, int] | None) -> Piece:
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

    def _place_slopes(self, number: int) -> None:
        """G = F·d level/d net in the columns of one cluster's pools."""
        cluster, served = self.clusters[number], self.pieces[number]
        column = self.position[cluster.pools]
        gradient = [served.level[p][2:] for p in cluster.processes.tolist()]
        block = self.effects[number] @ np.array(gradient).reshape(-1, len(column))
        self.slopes[:, column[column >= 0]] = block[:, column >= 0]

    def _gaps(self, number: int) -> _Gaps:
        """The gaps of one cluster as functions of the block's nets."""
        gaps, column = self.pieces[number].gaps, self.position[self.clusters[number].pools]
        distance = np.array([g.distance for g in gaps]).reshape(len(gaps), -1)
        slope = np.zeros((len(gaps), len(self.pools)))
        slope[:, column[column >= 0]] = distance[:, 2:][:, column >= 0]
        return _Gaps(gaps, distance[:, :2] - slope @ self.net[self.pools], slope)

    def run(self) -> tuple[Floats, int]:
        """Walk to t = 1."""
        t: Length = (0.0, 0.0)
        crossed: _Bound | None = None
        seen: Counter[tuple[tuple[int, ...], ...]] = Counter()
        turning: list[Piece] | None = None
        for pieces in count(1):
            step, rate = self._direction(crossed)
            if rate < 0 and turning is None:
                turning = list(self.pieces)
            bound = self._next(step)
            end = ((1.0 - t[0]) / rate, -t[1] / rate) if rate > 0 else (np.inf, 0.0)
            length = min(bound.length if bound else (np.inf, 0.0), end)
            if length[0] > ZERO:
                self._judge(step)
            key = tuple(tuple(p.decisions.values()) for p in self.pieces)
            seen[key] += 1
            if not np.isfinite(length[0]) or seen[key] > ROUND:
                break
            self.net[self.pools] += np.outer(step, length)
            if bound is None or end < bound.length:
                return self.net[self.pools, 0].copy(), pieces
            t = (t[0] + rate * length[0], t[1] + rate * length[1])
            self._cross(bound)
            crossed = bound
        raise self._lost(turning or self.pieces)

    def _lost(self, turning: list[Piece]) -> LostError:
        """The error that names what turns the path back: the first piece on which t falls."""
        self.pieces = turning
        for number in range(len(self.clusters)):
            self._place_slopes(number)
        every = np.arange(len(self.pools))
        error = self._without_end(every)
        cycle, gain = (error.cycle, error.gain) if error else heaviest_cycle(self._edges(every))
        return LostError(tuple(self.pools.tolist()), cycle if gain > 0 else (), gain)

    def _direction(self, crossed: _Bound | None) -> tuple[Floats, float]:
        """(d net, d t) along the path, for the pools that b or the last crossing moves.

        The first direction is that of (adj(A)·b, det A), so that t climbs where det A > 0;
        after a crossing it is the one that goes on beyond the bound.
        """
        k = len(self.pools)
        normal = crossed.normal if crossed else np.zeros(k)
        moving = np.flatnonzero(reachable(self.slopes, (self.b != 0) | (normal != 0)))
        matrix = np.eye(len(moving)) - self.slopes[np.ix_(moving, moving)]
        rise = self.b[moving] / self.scale
        step = np.zeros(k)
        step[moving], rate = _beyond(matrix, rise, normal[moving]) if crossed else _first(matrix, rise)
        return _normalised(step, rate / self.scale, self.scale)

    def _next(self, step: Floats) -> _Bound | None:
        """The first bound along the direction, lengths compared with their small parts."""
        first: _Bound | None = None
        net = self.net[self.pools]
        slope = np.concatenate([g.slope for g in self.gaps])
        rate = slope @ step
        near = np.flatnonzero(rate < -ZERO * (np.abs(slope) @ np.abs(step)))
        distance = np.concatenate([g.at for g in self.gaps])[near] + slope[near] @ net
        owner = np.repeat(np.arange(len(self.gaps)), [len(g.gaps) for g in self.gaps])
        begin = np.searchsorted(owner, owner[near])
        for at, apart, first_of in zip(near.tolist(), distance, begin.tolist(), strict=True):
            length = _length(apart, float(rate[at]), self.scale)
            if first is None or length < first.length:
                cluster = int(owner[at])
                gap = self.gaps[cluster].gaps[at - first_of]
                first = _Bound(cluster, gap, slope[at], length)
        return first

    def _cross(self, bound: _Bound) -> None:
        """Flip the decision at the bound; every other decision is held."""
        number = bound.cluster
        held = dict(self.pieces[number].decisions)
        held[bound.gap.decision] = bound.gap.beyond
        self.pieces[number] = self._piece(number, held)
        self.gaps[number] = self._gaps(number)
        self._place_slopes(number)

    def _judge(self, step: Floats) -> None:
        """Raise GainError where a block of the moving or standing nets has det <= 0."""
        alive = np.flatnonzero((np.abs(self.net[self.pools, 0]) > ZERO * self.scale) | (step != 0))
        error = self._without_end(alive)
        if error:
            raise error

    def _without_end(self, alive: Ints) -> GainError | None:
        """The first strongly connected block among some pools whose det is not above 0."""
        inner = self.slopes[np.ix_(alive, alive)]
        for block in components(inner):
            matrix = inner[np.ix_(block, block)]
            determinant = float(np.linalg.det(np.eye(len(block)) - matrix))
            if determinant <= ZERO:
                return GainError(*heaviest_cycle(self._edges(alive[block])), 1.0 - determinant)
        return None

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


def _first(matrix: Floats, rise: Floats) -> tuple[Floats, float]:
    """(adj(A)·b, det A) up to a positive factor; t stands still where A is singular."""
    if not len(matrix):
        return np.zeros(0), 1.0
    sign = float(np.linalg.slogdet(matrix)[0])
    if sign != 0 and np.linalg.cond(matrix) < 1 / ZERO:
        return np.asarray(sign * np.linalg.solve(matrix, rise), np.float64), sign
    left, size, right = np.linalg.svd(matrix)
    others = np.divide(size[-1], size, out=np.zeros(len(size)), where=size > 0)
    others[-1] = 1.0  # adj of the singular values, over the product of all but the last
    along = np.linalg.det(left) * np.linalg.det(right) * (right.T @ (others * (left.T @ rise)))
    return np.where(np.abs(along) > 1e3 * ZERO * np.max(np.abs(along)), along, 0.0), 0.0


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
