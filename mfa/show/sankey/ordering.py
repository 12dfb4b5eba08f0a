"""The order of the places in each column, with few and thin crossings."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

import networkx as nx
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfa.show.sankey.grid import Grid

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

STARTS = 3
SWEEPS = 4
ROUNDS = 12
KICKS = 60
KICK_SIZES = (2, 4, 8, 16, 32)
ENCLOSED = 0.15
"""What a U-turn round a node costs, beyond the flows that it crosses there."""


class Arcs(NamedTuple):
    """The segments between a column and the next, and their weights."""

    left: Ints
    right: Ints
    weight: Floats


class Tie(NamedTuple):
    """A lane end and its node, and what a U-turn from one to the other pays for each place between."""

    lane: int
    node: int
    toll: Floats


class Problem(NamedTuple):
    """What the order is judged by."""

    gaps: list[Arcs]
    ties: list[list[Tie]]
    size: int


def arrange(grid: Grid) -> list[list[int]]:
    """The places of each column from top to bottom.

    Parts of the graph that share no flow stand below each other, the largest on top.
    """
    problem = _problem(grid)
    graph = nx.Graph()
    graph.add_nodes_from(range(len(grid.layer)))
    graph.add_edges_from((s.left, s.right) for s in grid.segments)
    graph.add_edges_from((t.lane, t.node) for t in grid.turns)
    parts = [sorted(part) for part in nx.connected_components(graph)]
    parts.sort(key=lambda part: (-sum(grid.height[i] for i in part), part))
    rows: list[list[int]] = [[] for _ in range(grid.columns)]
    for part in parts:
        rows = [row + more for row, more in zip(rows, _best(part, grid, problem), strict=True)]
    return rows


def _problem(grid: Grid) -> Problem:
    """Weights as square roots of widths, so that thin flows count too."""
    widths = np.array([edge.width for edge in grid.edges])
    weights = np.sqrt(widths / widths.max())
    size = len(grid.layer)
    gaps = []
    for column in range(grid.columns - 1):
        inside = [s for s in grid.segments if grid.layer[s.left] == column]
        gaps.append(
            Arcs(
                np.array([s.left for s in inside], dtype=np.int64),
                np.array([s.right for s in inside], dtype=np.int64),
                weights[[s.edge for s in inside]],
            )
        )
    ties: list[list[Tie]] = [[] for _ in range(grid.columns)]
    for turn in grid.turns:
        column = grid.layer[turn.node]
        toll = np.where(np.arange(size) < grid.real, ENCLOSED, ENCLOSED / 3) * weights[turn.edge] ** 0.5
        gap = column if turn.right else column - 1
        if 0 <= gap < len(gaps):
            ends = gaps[gap].left if turn.right else gaps[gap].right
            np.add.at(toll, ends, np.minimum(gaps[gap].weight, weights[turn.edge]))
        ties[column].append(Tie(turn.lane, turn.node, toll))
    return Problem(gaps, ties, size)


def _best(part: list[int], grid: Grid, problem: Problem) -> list[list[int]]:
    """The best order of one part: a few starts, then kicks that are kept when they help."""
    chance = random.Random(len(part))
    best: list[list[int]] = []
    least = np.inf
    for start in range(STARTS):
        rows: list[list[int]] = [[] for _ in range(grid.columns)]
        for item in chance.sample(part, len(part)) if start else part:
            rows[grid.layer[item]].append(item)
        _sweep(rows, problem)
        best, least = _better(rows, problem, best, least)
    neighbours = _neighbours(part, grid)
    for _ in range(KICKS if len(part) > 2 else 0):
        group = _group(part, neighbours, chance)
        best, least = _better(_kicked(best, group, chance.random()), problem, best, least)
    return best


def _better(
    rows: list[list[int]], problem: Problem, best: list[list[int]], least: float
) -> tuple[list[list[int]], float]:
    """The sifted rows and their cost if they beat the best so far."""
    _settle(rows, problem)
    cost = _cost(rows, problem)
    return (rows, cost) if cost < least - 1e-9 else (best, least)


def _neighbours(part: list[int], grid: Grid) -> dict[int, list[int]]:
    """The places that each place is joined to."""
    found: dict[int, list[int]] = {item: [] for item in part}
    pairs = [(s.left, s.right) for s in grid.segments] + [(t.lane, t.node) for t in grid.turns]
    for a, b in pairs:
        if a in found:
            found[a].append(b)
            found[b].append(a)
    return found


def _group(part: list[int], neighbours: dict[int, list[int]], chance: random.Random) -> set[int]:
    """A random connected group of places."""
    size = chance.choice(KICK_SIZES)
    edge = [chance.choice(part)]
    group = set(edge)
    while edge and len(group) < size:
        near = edge.pop(chance.randrange(len(edge)))
        fresh = [item for item in neighbours[near] if item not in group][: size - len(group)]
        group.update(fresh)
        edge += fresh
    return group


def _kicked(rows: list[list[int]], group: set[int], height: float) -> list[list[int]]:
    """The rows with a group moved to one relative height."""
    found = []
    for row in rows:
        rest = [item for item in row if item not in group]
        at = round(height * len(rest))
        found.append([*rest[:at], *(item for item in row if item in group), *rest[at:]])
    return found


def _sweep(rows: list[list[int]], problem: Problem) -> None:
    """Barycentre sweeps to and fro."""
    place = _places(rows, problem.size)
    columns = range(len(rows))
    for _ in range(SWEEPS):
        for column in [*columns, *columns[::-1]]:
            _by_barycentre(rows, column, place, problem)


def _settle(rows: list[list[int]], problem: Problem) -> None:
    """Sift until no move helps."""
    place = _places(rows, problem.size)
    columns = range(len(rows))
    for turn in range(ROUNDS):
        moved = False
        for column in columns if turn % 2 else columns[::-1]:
            moved |= _sift(rows, column, place, problem)
        if not moved:
            return


def _places(rows: list[list[int]], size: int) -> Floats:
    """The relative height of every place."""
    place = np.zeros(size)
    for row in rows:
        place[row] = _spread(row)
    return place


def _spread(row: list[int]) -> Floats:
    """Positions of a row spread over the unit interval."""
    return (np.arange(len(row)) + 0.5) / max(len(row), 1)


def _by_barycentre(rows: list[list[int]], column: int, place: Floats, problem: Problem) -> None:
    """Sort a column by the weighted mean place of the neighbours on both sides."""
    row = rows[column]
    total, weight = 1e-6 * place, np.full(problem.size, 1e-6)
    for gap in (column - 1, column):
        if 0 <= gap < len(problem.gaps):
            arcs = problem.gaps[gap]
            own, other = (arcs.right, arcs.left) if gap < column else (arcs.left, arcs.right)
            np.add.at(total, own, arcs.weight * place[other])
            np.add.at(weight, own, arcs.weight)
    for tie in problem.ties[column]:
        total[tie.lane] += place[tie.node]
        weight[tie.lane] += 1.0
    mean = total / weight
    row.sort(key=lambda item: (mean[item], place[item]))
    place[row] = _spread(row)


def _sift(rows: list[list[int]], column: int, place: Floats, problem: Problem) -> bool:
    """Try each place of a column at every position; whether any moved."""
    row = rows[column]
    items = sorted(row)
    local = {item: i for i, item in enumerate(items)}
    crossing = _crossing(column, np.array(items), place, problem)
    ties = [tie for tie in problem.ties[column] if tie.lane in local]
    moved = False
    for item in items:
        at = row.index(item)
        others = row[:at] + row[at + 1 :]
        index = [local[other] for other in others]
        above = np.concatenate([[0.0], np.cumsum(crossing[index, local[item]])])
        below = np.concatenate([[0.0], np.cumsum(crossing[local[item], index])])
        cost = above + below[-1] - below
        for tie in ties:
            cost += _tie_cost(tie, item, others)
        target = int(np.argmin(cost))
        if cost[target] < cost[at] - 1e-9:
            row[:] = [*others[:target], item, *others[target:]]
            moved = True
    place[row] = _spread(row)
    return moved


def _crossing(column: int, items: Ints, place: Floats, problem: Problem) -> Floats:
    """What two places of a column cost when the first stands above the second."""
    total = np.zeros((len(items), len(items)))
    for gap in (column - 1, column):
        if not 0 <= gap < len(problem.gaps):
            continue
        arcs = problem.gaps[gap]
        own, other = (arcs.right, arcs.left) if gap < column else (arcs.left, arcs.right)
        used = np.isin(own, items)
        far, weight = place[other[used]], arcs.weight[used]
        pairs = np.minimum(weight[:, None], weight) * (far < far[:, None])
        member = (items[:, None] == own[used]).astype(float)
        total += member @ pairs @ member.T
    return total


def _tie_cost(tie: Tie, item: int, others: list[int]) -> Floats:
    """What a tie pays for `item` at each position among the others."""
    positions = np.arange(len(others) + 1)
    if item in (tie.lane, tie.node):
        fixed = others.index(tie.node if item == tie.lane else tie.lane)
        toll = np.concatenate([[0.0], np.cumsum(tie.toll[others])])
        spent: Floats = np.abs(toll[positions] - toll[fixed + (positions > fixed)])
        return spent
    first, last = sorted((others.index(tie.lane), others.index(tie.node)))
    between: Floats = ((positions > first) & (positions <= last)) * tie.toll[item]
    return between


def _cost(rows: list[list[int]], problem: Problem) -> float:
    """The weight of all crossings and of all that U-turns enclose."""
    place = _places(rows, problem.size)
    total = 0.0
    for column, row in enumerate(rows):
        inside = set(row)
        if column < len(problem.gaps):
            arcs = problem.gaps[column]
            used = np.isin(arcs.left, row)
            near, far, weight = place[arcs.left[used]], place[arcs.right[used]], arcs.weight[used]
            crossed = (near[:, None] < near) & (far[:, None] > far)
            total += float((np.minimum(weight[:, None], weight) * crossed).sum())
        for tie in problem.ties[column]:
            if tie.lane in inside:
                first, last = sorted((row.index(tie.lane), row.index(tie.node)))
                total += float(tie.toll[row[first + 1 : last]].sum())
    return total
