"""A slow second solver in exact fractions: the judge of the fast one.

It shares no code with the package. `all_answers` tries every combination of linear pieces,
`path_answer` follows the defining path with a symbolic hair, `fixed_point` iterates.
Floats are read as the decimal that Python prints, so 0.1 is one tenth.

A network is `net - (firm flows at level(net)) = b`. `respond` evaluates level(net) with nothing
but sums and the question «is this at most that?», so that one text serves plain fractions and
affine forms; which answers the question got is what makes a linear piece.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from graphlib import TopologicalSorter
from typing import Any

import networkx as nx
import numpy as np

from mfa.engine.network import GIVER, TAKER, Structure, Values

ZERO, ONE = Fraction(0), Fraction(1)
Vector = list[Fraction]
Matrix = list[Vector]
Hairy = tuple[Fraction, Fraction]  # a + b·hair, compared like a tuple
AtMost = Callable[[Any, Any], bool]


class Gain(Exception):
    """The path crosses a piece of positive length with a block whose determinant is not positive."""

    def __init__(self, block: tuple[int, ...], determinant: Fraction) -> None:
        super().__init__(block, determinant)
        self.block = block
        self.determinant = determinant


class Ambiguous(Exception):
    """The path meets a corner that it may leave in several ways, so nothing is defined there."""


def exact(number: float) -> Fraction | None:
    """Return the decimal that is printed for `number`, None for infinity."""
    return None if math.isinf(number) else Fraction(repr(float(number)))


# ---------------------------------------------------------------- the network in fractions
@dataclass(frozen=True)
class Group:
    """What is served in one go: one tier of one list, or a process with all its lists."""

    entries: tuple[int, ...]
    several: bool


@dataclass(frozen=True)
class Place:
    """One list entry with its numbers."""

    pool: int
    side: int
    process: int
    coefficient: Fraction
    limit: Fraction | None
    percent: Fraction | None
    share: Fraction


@dataclass(frozen=True)
class Model:
    """A network in fractions.

    `parts` are sets of pools whose lists can be answered without looking at other pools;
    `firm` are the rows (pool, process, signed coefficient) that count in a net.
    """

    size: int
    places: tuple[Place, ...]
    parts: tuple[tuple[Group, ...], ...]
    firm: tuple[tuple[int, int, Fraction], ...]
    capacity: tuple[Fraction | None, ...]
    driven: tuple[Fraction | None, ...]
    largest: frozenset[int]
    b: tuple[Fraction, ...]


def model_of(structure: Structure, values: Values) -> Model:
    """Return the network in fractions, lists in the order in which they are served."""
    coefficients = {
        (int(pool), int(process), int(side)): Fraction(repr(float(value)))
        for pool, process, side, value in zip(
            structure.flow_pool, structure.flow_process, structure.flow_side, values.coefficient, strict=True
        )
    }
    places = tuple(
        Place(
            entry.pool,
            entry.side,
            entry.process,
            coefficients[entry.pool, entry.process, -entry.side] if entry.process >= 0 else ONE,
            exact(values.limit[i]),
            exact(values.percent[i]),
            Fraction(repr(float(values.share[i]))),
        )
        for i, entry in enumerate(structure.entries)
    )
    listed = {(place.pool, place.process, -place.side) for place in places}
    firm = tuple((m, p, side * c) for (m, p, side), c in coefficients.items() if (m, p, side) not in listed)
    driven = tuple(None if math.isnan(level) else exact(level) for level in values.driven)
    b = [Fraction(repr(float(amount))) for amount in values.external]
    for pool, process, signed in firm:
        b[pool] += signed * (driven[process] or ZERO)
    capacity = tuple(exact(c) for c in values.capacity)
    parts = served(places, [entry.tier for entry in structure.entries], structure.largest)
    return Model(
        len(structure.pools), places, parts, firm, capacity, driven, frozenset(structure.largest), tuple(b)
    )


def served(
    places: Sequence[Place], tiers: Sequence[int], largest: frozenset[int]
) -> tuple[tuple[Group, ...], ...]:
    """Return the groups of all lists in one consistent order, split into independent parts."""
    lists: dict[tuple[int, int, int], list[int]] = {}
    homes: dict[int, list[int]] = {}
    for i, place in enumerate(places):
        lists.setdefault((place.pool, place.side, tiers[i]), []).append(i)
        homes.setdefault(place.process, []).append(i)
    several = {process for process, found in homes.items() if process >= 0 and len(found) > 1}
    groups: dict[tuple[int, ...], Group] = {}
    order: TopologicalSorter[tuple[int, ...]] = TopologicalSorter()
    links = nx.Graph()
    before: dict[tuple[int, int], tuple[int, ...]] = {}
    for (pool, side, _), found in sorted(lists.items(), key=lambda item: item[0]):
        process = places[found[0]].process
        shared = process in several
        if shared and len(found) > 1:
            raise ValueError("a process in several lists stands alone on its tier")
        key = tuple(homes[process]) if shared else tuple(found)
        groups[key] = Group(key, shared)
        order.add(key, *([before[pool, side]] if (pool, side) in before else []))
        before[pool, side] = key
        links.add_edges_from((("pool", pool), key) for pool in [pool])
        if side == TAKER:
            for giver in {q.process for q in places if (q.pool, q.side) == (pool, GIVER)} & largest & several:
                order.add(key, tuple(homes[giver]))
    rank = {key: k for k, key in enumerate(order.static_order())}
    parts = []
    for component in nx.connected_components(links):
        keys = sorted((key for key in component if key in rank), key=rank.__getitem__)
        parts.append(tuple(groups[key] for key in keys))
    return tuple(parts)


# ---------------------------------------------------------------- how lists answer a net
def least(candidates: Sequence[Any], at_most: AtMost) -> Any:
    """Return the smallest of the candidates."""
    found = candidates[0]
    for other in candidates[1:]:
        found = found if at_most(found, other) else other
    return found


def respond(
    model: Model, net: Sequence[Any], at_most: AtMost, groups: Sequence[Group]
) -> tuple[dict[int, Any], dict[int, Any]]:
    """Return the level of every listed process of `groups` and the amount handed to every entry."""
    zero = net[0] * ZERO
    level: dict[int, Any] = {}
    handed: dict[int, Any] = {}
    pools = sorted({model.places[i].pool for group in groups for i in group.entries})
    over = {m: at_most(zero, net[m]) for m in pools}
    left: dict[tuple[int, int], Any] = {
        (m, TAKER if over[m] else GIVER): net[m] if over[m] else net[m] * -ONE for m in pools
    }
    size = dict(left)

    def caps(i: int) -> list[Any]:
        place = model.places[i]
        found = [] if place.limit is None else [zero + place.limit]
        whole = size.get((place.pool, place.side), zero)
        return found if place.percent is None else [*found, whole * place.percent]

    def capacity(i: int) -> list[Any]:
        place = model.places[i]
        most = model.capacity[place.process] if place.process >= 0 else None
        return [] if most is None else [zero + most * place.coefficient]

    def several(entries: Sequence[int]) -> None:
        process = model.places[entries[0]].process
        keys = [(model.places[i].pool, model.places[i].side) for i in entries]
        runs = zero
        if all(key in left for key in keys):
            asked = [
                amount * (ONE / model.places[i].coefficient)
                for i, key in zip(entries, keys, strict=True)
                for amount in [left[key], *caps(i)]
            ]
            most = model.capacity[process]
            runs = least(asked if most is None else [*asked, zero + most], at_most)
        level[process] = runs
        for i, key in zip(entries, keys, strict=True):
            handed[i] = runs * model.places[i].coefficient
            if key in left:
                left[key] = left[key] - handed[i]

    def largest(entries: Sequence[int]) -> None:
        process = model.places[entries[0]].process
        runs = zero
        for i in entries:
            key = model.places[i].pool, GIVER
            if key in left:
                asked = least([left[key], *caps(i)], at_most) * (ONE / model.places[i].coefficient)
                runs = asked if at_most(runs, asked) else runs
        most = model.capacity[process]
        level[process] = runs = runs if most is None else least([runs, zero + most], at_most)
        for i in entries:
            pool = model.places[i].pool
            handed[i] = rest = runs * model.places[i].coefficient
            if (pool, GIVER) in left:
                if at_most(rest, left[pool, GIVER]):
                    left[pool, GIVER] = left[pool, GIVER] - rest
                    continue
                rest = rest - left[pool, GIVER]
                left[pool, GIVER] = zero
            left[pool, TAKER] = size[pool, TAKER] = left.get((pool, TAKER), zero) + rest

    def tier(entries: Sequence[int]) -> None:
        key = (model.places[entries[0]].pool, model.places[entries[0]].side)
        amount, waiting = left.get(key, zero), list(entries)
        share = {i: model.places[i].share for i in entries}
        full: dict[int, Any] = {}
        for i in entries:
            bounds = [*caps(i), *capacity(i)]
            if bounds:
                full[i] = least(bounds, at_most)
        while waiting:
            weight = sum((share[i] for i in waiting), ZERO)
            tight = [i for i in waiting if i in full]
            first = tight[0] if tight else None
            for i in tight[1:]:
                if not at_most(full[first] * (ONE / share[first]), full[i] * (ONE / share[i])):
                    first = i
            if key not in left or first is None or at_most(amount * (share[first] / weight), full[first]):
                for i in waiting:
                    handed[i] = amount * (share[i] / weight)
                amount = zero
                break
            handed[first] = full[first]
            amount = amount - full[first]
            waiting.remove(first)
        if key in left:
            left[key] = amount
        for i in entries:
            if model.places[i].process >= 0:
                level[model.places[i].process] = handed[i] * (ONE / model.places[i].coefficient)

    for group in groups:
        serve = several if group.several else tier
        (largest if model.places[group.entries[0]].process in model.largest else serve)(group.entries)
    return level, handed


@dataclass(frozen=True)
class Answer:
    """One exact solution."""

    net: tuple[Fraction, ...]
    level: tuple[Fraction, ...]
    handed: tuple[Fraction, ...]
    pieces: int = 0


def answer_at(model: Model, net: Sequence[Fraction], pieces: int = 0) -> Answer:
    """Return all levels and amounts that belong to the nets."""
    level = [amount or ZERO for amount in model.driven]
    handed = [ZERO] * len(model.places)
    for groups in model.parts:
        levels, amounts = respond(model, net, lambda a, b: a <= b, groups)
        for process, amount in levels.items():
            level[process] = amount
        for i, amount in amounts.items():
            handed[i] = amount
    return Answer(tuple(net), tuple(level), tuple(handed), pieces)


def firm_nets(model: Model, level: Sequence[Fraction]) -> Vector:
    """Return b plus the firm flows of the processes that are not driven."""
    nets = list(model.b)
    for pool, process, signed in model.firm:
        if model.driven[process] is None and level[process]:
            nets[pool] += signed * level[process]
    return nets


def holds(model: Model, answer: Answer) -> bool:
    """Say whether the nets are what the levels make of them, to the last digit."""
    return firm_nets(model, answer.level) == list(answer.net)


# ---------------------------------------------------------------- linear pieces
@dataclass(frozen=True)
class Affine:
    """slope · net + base."""

    slope: tuple[Fraction, ...]
    base: Fraction

    def __add__(self, other: Affine | Fraction) -> Affine:
        if isinstance(other, Fraction):
            return Affine(self.slope, self.base + other)
        return Affine(tuple(map(sum, zip(self.slope, other.slope, strict=True))), self.base + other.base)

    def __sub__(self, other: Affine) -> Affine:
        return self + other * -ONE

    def __mul__(self, factor: Fraction) -> Affine:
        return Affine(tuple(s * factor for s in self.slope), self.base * factor)

    def at(self, net: Sequence[Fraction]) -> Fraction:
        return self.base + dot(self.slope, net)

    def hairy(self, point: Sequence[Hairy]) -> Hairy:
        return self.at([p[0] for p in point]), dot(self.slope, [p[1] for p in point])


def dot(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    """Return the scalar product."""
    return sum((a * b for a, b in zip(left, right, strict=True) if a and b), ZERO)


@dataclass(frozen=True)
class Piece:
    """Where all `gaps` are >= 0, firm flows of the part are `slopes` · net + `base`."""

    gaps: tuple[Affine, ...]
    slopes: tuple[tuple[Fraction, ...], ...]
    base: tuple[Fraction, ...]


def implied(gap: Affine, known: Sequence[Affine]) -> bool:
    """Say whether the gap is >= 0 because one of the known gaps is."""
    lead = next(k for k, s in enumerate(gap.slope) if s)
    for other in known:
        if not other.slope[lead]:
            continue
        ratio = gap.slope[lead] / other.slope[lead]
        if ratio > 0 and gap.base >= ratio * other.base and gap.slope == (other * ratio).slope:
            return True
    return False


def pieces(
    model: Model,
    groups: Sequence[Group],
    point: Sequence[Hairy] | None,
    fixed: dict[int, Fraction] | None = None,
) -> list[Piece]:
    """Return the linear pieces of a part: all of them, or those that contain the point."""
    size, fixed = model.size, fixed or {}
    net = [
        Affine((ZERO,) * size, fixed[m])
        if m in fixed
        else Affine(tuple(ONE if k == m else ZERO for k in range(size)), ZERO)
        for m in range(size)
    ]
    found, pending = [], [[]]
    while pending:
        found.append(_one_piece(model, groups, point, net, pending.pop(), pending))
    return found


def _one_piece(
    model: Model,
    groups: Sequence[Group],
    point: Sequence[Hairy] | None,
    net: Sequence[Affine],
    prefix: list[bool],
    pending: list[list[bool]],
) -> Piece:
    """Return the piece of one row of choices and put the choices not taken on `pending`."""
    gaps: list[Affine] = []
    taken: list[bool] = []

    def at_most(low: Affine, high: Affine) -> bool:
        gap = high - low
        if not any(gap.slope):
            return gap.base >= 0
        if implied(gap, gaps):
            return True
        if point is None and implied(gap * -ONE, gaps):
            return False
        value = gap.hairy(point) if point is not None else (ZERO, ZERO)
        if value == (0, 0):
            if len(taken) >= len(prefix):
                pending.append([*taken, False])
                taken.append(True)
            else:
                taken.append(prefix[len(taken)])
            choice = taken[-1]
        else:
            choice = value > (0, 0)
        gaps.append(gap if choice else gap * -ONE)
        return choice

    levels, _ = respond(model, net, at_most, groups)
    total = [net[0] * ZERO for _ in net]
    for pool, process, signed in model.firm:
        if process in levels:
            total[pool] = total[pool] + levels[process] * signed
    return Piece(tuple(gaps), tuple(t.slope for t in total), tuple(t.base for t in total))


# ---------------------------------------------------------------- linear algebra
def solve_exact(
    matrix: Sequence[Sequence[Fraction]], right: Sequence[Fraction]
) -> tuple[Fraction, Vector | None]:
    """Return the determinant and the solution (None where it is 0)."""
    size = len(matrix)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    determinant = ONE
    for k in range(size):
        pivot = next((i for i in range(k, size) if rows[i][k]), None)
        if pivot is None:
            return ZERO, None
        if pivot != k:
            rows[k], rows[pivot], determinant = rows[pivot], rows[k], -determinant
        determinant *= rows[k][k]
        rows[k] = [v / rows[k][k] for v in rows[k]]
        for i in range(size):
            if i != k and rows[i][k]:
                factor = rows[i][k]
                rows[i] = [v - factor * w for v, w in zip(rows[i], rows[k], strict=True)]
    return determinant, [row[-1] for row in rows]


def det(matrix: Sequence[Sequence[Fraction]]) -> Fraction:
    """Return the determinant."""
    return solve_exact(matrix, [ZERO] * len(matrix))[0]


def adjugate_times(matrix: Matrix, right: Sequence[Fraction]) -> Vector:
    """Return adj(matrix) · right by Cramer: column k replaced by the right-hand side."""
    size = range(len(matrix))
    return [det([[right[i] if j == k else matrix[i][j] for j in size] for i in size]) for k in size]


def jacobian(found: Sequence[Piece], size: int) -> tuple[Matrix, Vector]:
    """Return I - slopes and the sum of the constant parts."""
    matrix = [
        [(ONE if i == k else ZERO) - sum((p.slopes[i][k] for p in found), ZERO) for k in range(size)]
        for i in range(size)
    ]
    return matrix, [sum((p.base[i] for p in found), ZERO) for i in range(size)]


def blocks(matrix: Matrix, pools: Sequence[int]) -> Iterator[tuple[tuple[int, ...], Fraction]]:
    """Give the strongly connected blocks among the pools with their determinants."""
    graph = nx.DiGraph()
    graph.add_nodes_from(pools)
    graph.add_edges_from((k, i) for i in pools for k in pools if i != k and matrix[i][k])
    for component in nx.strongly_connected_components(graph):
        block = tuple(sorted(component))
        yield block, det([[matrix[i][k] for k in block] for i in block])


# ---------------------------------------------------------------- (a) all answers
def all_answers(structure: Structure, values: Values, most: int = 200_000) -> list[Answer]:
    """Return every isolated solution, by trying all combinations of pieces.

    Combinations are sieved in floats and confirmed in fractions. Pieces with determinant 0
    hold no isolated solution of their own.
    """
    model = model_of(structure, values)
    choices = [pieces(model, groups, None) for groups in model.parts]
    count = math.prod(len(c) for c in choices)
    if count > most:
        raise ValueError(f"{count} combinations of pieces")
    nets: set[tuple[Fraction, ...]] = set()
    for combination in sieve(model, choices):
        matrix, base = jacobian(combination, model.size)
        _, net = solve_exact(matrix, [b + c for b, c in zip(model.b, base, strict=True)])
        if net is not None and all(gap.at(net) >= 0 for piece in combination for gap in piece.gaps):
            nets.add(tuple(net))
    answers = [answer_at(model, net) for net in sorted(nets)]
    assert all(holds(model, answer) for answer in answers)
    return answers


def sieve(model: Model, choices: Sequence[Sequence[Piece]]) -> Iterator[tuple[Piece, ...]]:
    """Give the combinations that hold in floats, within a tolerance."""
    size = model.size
    slopes = [np.array([p.slopes for p in c], dtype=float) for c in choices]
    bases = [np.array([p.base for p in c], dtype=float) for c in choices]
    index = np.array(list(itertools.product(*(range(len(c)) for c in choices))), dtype=int)
    index = index.reshape(math.prod(len(c) for c in choices), len(choices))
    matrix = np.broadcast_to(np.eye(size), (len(index), size, size)).copy()
    right = np.broadcast_to(np.array(model.b, dtype=float), (len(index), size)).copy()
    for j in range(len(choices)):
        matrix -= slopes[j][index[:, j]]
        right += bases[j][index[:, j]]
    good = np.abs(np.linalg.det(matrix)) > 1e-12
    net = np.linalg.solve(np.where(good[:, None, None], matrix, np.eye(size)), right[:, :, None])[:, :, 0]
    slack = 1e-9 * (1 + np.abs(net).max(axis=1))
    for j, options in enumerate(choices):
        for i, piece in enumerate(options):
            here = np.flatnonzero(good & (index[:, j] == i))
            if piece.gaps and len(here):
                slope = np.array([g.slope for g in piece.gaps], dtype=float)
                gap = net[here] @ slope.T + np.array([g.base for g in piece.gaps], dtype=float)
                good[here] &= (gap >= -slack[here, None]).all(axis=1)
    for row in index[good]:
        yield tuple(options[i] for options, i in zip(choices, row, strict=True))


# ---------------------------------------------------------------- (b) the defining path
@dataclass(frozen=True)
class Ray:
    """A way to leave a point: nets move by `step`, t by `climb`, while the gaps stay >= 0."""

    step: tuple[Fraction, ...]
    climb: Fraction
    gaps: tuple[Affine, ...]
    matrix: Matrix


def reached(matrix: Matrix, b: Sequence[Fraction]) -> list[int]:
    """Return the pools that b reaches through the slopes; all others stand still."""
    found = [m for m, amount in enumerate(b) if amount]
    for m in found:
        found.extend(k for k in range(len(b)) if matrix[k][m] and k not in found)
    return sorted(found)


def oriented(matrix: Matrix, b: Sequence[Fraction]) -> tuple[tuple[Fraction, ...], Fraction]:
    """Return the direction of the path: t climbs where the determinant is positive.

    This is (adj(J)·b, det J) up to a positive factor, on the pools that b reaches.
    """
    pools = reached(matrix, b)
    inner = [[matrix[i][k] for k in pools] for i in pools]
    right = [b[i] for i in pools]
    determinant, moved = solve_exact(inner, right)
    sign = Fraction((determinant > 0) - (determinant < 0))
    moved = [v * sign for v in moved] if moved is not None else adjugate_times(inner, right)
    step = [ZERO] * len(b)
    for pool, value in zip(pools, moved, strict=True):
        step[pool] = value
    return tuple(step), sign


def rays(
    model: Model, point: Sequence[Hairy], b: Sequence[Fraction], fixed: dict[int, Fraction] | None
) -> list[Ray]:
    """Return the oriented ways out of the point, each once."""
    found: dict[tuple[tuple[Fraction, ...], Fraction], Ray] = {}
    for combination in itertools.product(*(pieces(model, groups, point, fixed) for groups in model.parts)):
        matrix, _ = jacobian(combination, model.size)
        if fixed:
            for i, k in itertools.product(range(model.size), repeat=2):
                if i in fixed or k in fixed:
                    matrix[i][k] = ONE if i == k else ZERO
        step, climb = oriented(matrix, b)
        gaps = tuple(gap for piece in combination for gap in piece.gaps)
        tied = [gap for gap in gaps if gap.hairy(point) == (0, 0)]
        if all(dot(gap.slope, step) >= 0 for gap in tied) and (any(step) or climb):
            found.setdefault((step, climb), Ray(step, climb, gaps, matrix))
    return list(found.values())


def length_of(ray: Ray, point: Sequence[Hairy], t: Hairy) -> tuple[Hairy | None, bool]:
    """Return how far the ray leads (None: for ever), and whether it ends at t = 1."""
    length: Hairy | None = None
    for gap in ray.gaps:
        fall = -dot(gap.slope, ray.step)
        if fall > 0:
            value = gap.hairy(point)
            here = (value[0] / fall, value[1] / fall)
            length = here if length is None else min(length, here)
    if ray.climb > 0:
        rest = ((ONE - t[0]) / ray.climb, -t[1] / ray.climb)
        if length is None or rest <= length:
            return rest, True
    return length, False


def follow(
    model: Model,
    b: Sequence[Fraction],
    fixed: dict[int, Fraction] | None = None,
    most: int = 120,
    start_upwards: bool = False,
) -> tuple[Vector, int]:
    """Follow the path and return the nets at its end and the number of pieces."""
    point: list[Hairy] = [(ZERO, ZERO if fixed and m in fixed else -ONE) for m in range(model.size)]
    t: Hairy = (ZERO, ZERO)
    for count in range(most):
        if not any(b):
            return [p[0] for p in point], count
        ways = rays(model, point, b, fixed)
        if len(ways) != 1:
            raise Ambiguous(f"{len(ways)} ways out after {count} pieces")
        ray = ways[0]
        if start_upwards and count == 0 and ray.climb < 0:
            ray = Ray(tuple(-s for s in ray.step), -ray.climb, ray.gaps, ray.matrix)
        length, ended = length_of(ray, point, t)
        if length is None or length[0] > 0:
            judge(ray, point, fixed)
        if length is None:
            raise Ambiguous("the path leads nowhere although all determinants are positive")
        point = [(p[0] + length[0] * s, p[1] + length[1] * s) for p, s in zip(point, ray.step, strict=True)]
        t = (t[0] + length[0] * ray.climb, t[1] + length[1] * ray.climb)
        if ended:
            return [p[0] for p in point], count + 1
    raise Ambiguous("the path does not end")


def judge(ray: Ray, point: Sequence[Hairy], fixed: dict[int, Fraction] | None) -> None:
    """Raise Gain if a block of the pools that are not 0 along the ray is not positive."""
    alive = [m for m in range(len(point)) if not (fixed and m in fixed) and (point[m][0] or ray.step[m])]
    for block, determinant in blocks(ray.matrix, alive):
        if determinant <= 0:
            raise Gain(block, determinant)


def path_answer(structure: Structure, values: Values, start_upwards: bool = False) -> Answer:
    """Return the defined answer: the end of one path over the whole network."""
    model = model_of(structure, values)
    net, count = follow(model, model.b, start_upwards=start_upwards)
    answer = answer_at(model, net, count)
    assert holds(model, answer)
    return answer


def block_answer(structure: Structure, values: Values) -> Answer:
    """Return the answer with one path a strongly connected block, in topological order.

    What the blocks before give is part of a block's b.
    """
    model = model_of(structure, values)
    graph = nx.DiGraph()
    graph.add_nodes_from(range(model.size))
    for groups in model.parts:
        inside = {model.places[i].pool for group in groups for i in group.entries}
        processes = {model.places[i].process for group in groups for i in group.entries}
        touched = {pool for pool, process, _ in model.firm if process in processes}
        graph.add_edges_from(itertools.product(inside, touched))
    net, count = [ZERO] * model.size, 0
    condensed = nx.condensation(graph)
    for node in nx.topological_sort(condensed):
        block = set(condensed.nodes[node]["members"])
        rest = {m: net[m] for m in range(model.size) if m not in block}
        quiet = [net[m] if m in rest else ZERO for m in range(model.size)]
        push = firm_nets(model, answer_at(model, quiet).level)
        moved, pieces_seen = follow(model, [push[m] if m in block else ZERO for m in range(model.size)], rest)
        count += pieces_seen
        for m in block:
            net[m] = moved[m]
    answer = answer_at(model, net, count)
    assert holds(model, answer)
    return answer


# ---------------------------------------------------------------- (c) fixed point
def slope_radius(structure: Structure, values: Values) -> float:
    """Return a bound of the spectral radius of the matrix of the largest absolute slopes.

    Below 1 the answer is unique and the fixed point converges.
    """
    model = model_of(structure, values)
    total = np.zeros((model.size, model.size))
    for groups in model.parts:
        left = {
            (place.pool, place.side): np.eye(model.size)[place.pool].copy()
            for group in groups
            for place in (model.places[i] for i in group.entries)
        }
        for group in groups:
            steep = _steepest(model, group, left)
            for pool, process, signed in model.firm:
                if process in steep:
                    total[pool] += abs(float(signed)) * steep[process]
    return float(max(abs(np.linalg.eigvals(total)))) if model.size else 0.0


def _steepest(model: Model, group: Group, left: dict[tuple[int, int], Any]) -> dict[int, Any]:
    """Return the largest slopes of the levels of a group, and widen what is left behind it."""
    steep: dict[int, Any] = {}
    for i in group.entries:
        place = model.places[i]
        left[place.pool, place.side][place.pool] += float(place.percent or 0)
    for i in group.entries:
        place = model.places[i]
        slope = left[place.pool, place.side] / float(place.coefficient)
        if place.process >= 0:
            steep[place.process] = np.maximum(slope, steep.get(place.process, 0.0))
    if group.several:
        for i in group.entries:
            place = model.places[i]
            left[place.pool, place.side] += float(place.coefficient) * steep[place.process]
            if place.process in model.largest and (place.pool, TAKER) in left:
                left[place.pool, TAKER] += left[place.pool, GIVER]
    return steep


def fixed_point(structure: Structure, values: Values, damping: Fraction = ONE, most: int = 1500) -> Answer:
    """Return the limit of net <- net + damping·(b + firm flows - net), to about 1e-13."""
    model = model_of(structure, values)
    net = [ZERO] * model.size
    for count in range(most):
        answer = answer_at(model, net, count)
        wanted = firm_nets(model, answer.level)
        size = max([ONE, *(abs(amount) for amount in wanted)])
        if all(abs(a - b) <= size * Fraction(1, 10**14) for a, b in zip(wanted, net, strict=True)):
            return answer
        net = [
            (old + damping * (new - old)).limit_denominator(10**18)
            for old, new in zip(net, wanted, strict=True)
        ]
    raise Ambiguous("the fixed point does not converge")


# ---------------------------------------------------------------- plain Newton, to be beaten
def plain_newton(structure: Structure, values: Values, most: int = 60) -> str:
    """Return how undamped Newton from net = b ends: found, cycle, singular or lost."""
    model = model_of(structure, values)
    net, seen = list(model.b), set()
    for _ in range(most):
        point = [(value, ZERO) for value in net]
        matrix, base = jacobian([pieces(model, groups, point)[0] for groups in model.parts], model.size)
        _, moved = solve_exact(matrix, [b + c for b, c in zip(model.b, base, strict=True)])
        if moved is None:
            return "singular"
        if moved == net or holds(model, answer_at(model, moved)):
            return "found"
        if tuple(moved) in seen:
            return "cycle"
        seen.add(tuple(moved))
        net = moved
    return "lost"
