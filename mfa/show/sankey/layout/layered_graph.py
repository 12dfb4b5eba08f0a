"""The layered graph: nodes in their columns, long flows as chains of places between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from mfa.show.sankey.geometry import Link


@dataclass(frozen=True)
class Edge:
    """All flows from one node to another, drawn side by side."""

    source: int
    target: int
    links: tuple[Link, ...]
    widths: tuple[float, ...]
    back: bool

    @cached_property
    def width(self) -> float:
        """The width of all its bands together."""
        return sum(self.widths)


@dataclass(frozen=True)
class Segment:
    """The piece of an edge between two neighbouring columns."""

    left: int
    right: int
    edge: int


@dataclass(frozen=True)
class Turn:
    """The U-turn of a return flow in a column: from the lane to the node it hugs."""

    lane: int
    node: int
    edge: int
    right: bool


@dataclass(frozen=True)
class LayeredGraph:
    """Places by number: first the `real` nodes, then where long edges pass a column.

    `chains` holds the places each edge passes, from its source to its target,
    without the two ends.
    """

    real: int
    layer: tuple[int, ...]
    height: tuple[float, ...]
    edges: tuple[Edge, ...]
    chains: tuple[tuple[int, ...], ...]
    segments: tuple[Segment, ...]
    turns: tuple[Turn, ...]

    @cached_property
    def columns(self) -> int:
        """How many columns there are."""
        return max(self.layer) + 1


def build(layer: Sequence[int], height: Sequence[float], edges: Sequence[Edge]) -> LayeredGraph:
    """The grid of nodes in given columns, with places added for every edge that needs them.

    A forward edge passes the columns between its ends; a return edge has a lane
    through all columns from its source to its target, both included.
    """
    layers, heights = list(layer), list(height)
    chains: list[tuple[int, ...]] = []
    segments: list[Segment] = []
    turns: list[Turn] = []
    for number, edge in enumerate(edges):
        a, b = layer[edge.source], layer[edge.target]
        passed = range(a, b - 1, -1) if edge.back else range(a + 1, b)
        chain = tuple(range(len(layers), len(layers) + len(passed)))
        layers += passed
        heights += [edge.width] * len(passed)
        chains.append(chain)
        if edge.back:
            turns.append(Turn(chain[0], edge.source, number, right=True))
            turns.append(Turn(chain[-1], edge.target, number, right=False))
            stops: tuple[int, ...] = chain[::-1]
        else:
            stops = (edge.source, *chain, edge.target)
        segments += [Segment(left, right, number) for left, right in pairwise(stops)]
    return LayeredGraph(
        len(layer), tuple(layers), tuple(heights), tuple(edges), tuple(chains), tuple(segments), tuple(turns)
    )


def ports(grid: LayeredGraph, rows: Sequence[Sequence[int]]) -> Mapping[tuple[int, int, bool], float]:
    """Where each edge meets its nodes: (node, edge, right side) → offset from the node's middle.

    From the top: return flows with their lane above (nearest lane outermost), then
    forward flows by where they come from or go to, then return flows with their lane
    below, set against the node's lower end.
    """
    place = {item: i for row in rows for i, item in enumerate(row)}
    sides: dict[tuple[int, bool], list[tuple[int, float, int]]] = {}
    for turn in grid.turns:
        above = place[turn.lane] < place[turn.node]
        sides.setdefault((turn.node, turn.right), []).append(
            (0 if above else 2, -place[turn.lane], turn.edge)
        )
    for segment in grid.segments:
        if segment.left < grid.real:
            sides.setdefault((segment.left, True), []).append((1, place[segment.right], segment.edge))
        if segment.right < grid.real:
            sides.setdefault((segment.right, False), []).append((1, place[segment.left], segment.edge))
    found: dict[tuple[int, int, bool], float] = {}
    for (node, right), met in sides.items():
        widths = [grid.edges[edge].width for _, _, edge in sorted(met)]
        top = -grid.height[node] / 2
        slack = grid.height[node] - sum(widths)
        for (group, _, edge), width in zip(sorted(met), widths, strict=True):
            found[node, edge, right] = top + width / 2 + (slack if group == 2 else 0.0)
            top += width
    return found
