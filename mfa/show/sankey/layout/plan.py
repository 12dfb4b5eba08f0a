"""What of a picture stays when amounts change: which node stands in which column, in which order."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from mfa.show.sankey.geometry import COLOURS, Link
from mfa.show.sankey.layout.crossings import arrange
from mfa.show.sankey.layout.layered_graph import Edge, LayeredGraph, build
from mfa.show.sankey.layout.layering import back_arcs, layers
from mfa.show.sankey.selection import Flows, Names, prepare

THINNEST = 0.8
"""Width of a band in points below which it would not be seen; such bands are not to scale.
With 1.6 the crossings of the shipped park cost 40 % more, with 0.4 20 % less."""
OWN_LOOP = 6.0
"""Widest that all flows of a node to itself are drawn: circulating water would dwarf all else, and a bar
stands for what goes in and comes out."""
LEAST_FLOW_HEIGHT, FLOW_HEIGHT_PER_COLUMN = 400.0, 35.0
"""Points of the largest sum of flows side by side: more for more columns, to keep the picture's shape. With
half as much for a column 26 bands of the shipped park have room for a name, not 47, on a page 15 % lower;
with twice 95, on one a quarter taller."""


@dataclass(frozen=True)
class Pair:
    """All flows from one node to another, by the numbers of the nodes; `back` turns against the columns."""

    source: int
    target: int
    materials: tuple[str, ...]
    back: bool


@dataclass(frozen=True)
class Plan:
    """The lasting part of a picture: nodes by number with their columns, pairs of nodes, rows from the top.

    `rows` are the places of each column as in `Grid`. It is made by `plan` and used by `relayout`.
    """

    flows: Flows
    names: Names
    unit: str
    stocks: frozenset[str]
    min_share: float
    ids: tuple[str, ...]
    layer: tuple[int, ...]
    pairs: tuple[Pair, ...]
    rows: tuple[tuple[int, ...], ...]


def plan(
    links: Sequence[Link],
    *,
    labels: Mapping[str, str],
    unit: str,
    kinds: Mapping[str, str] | None = None,
    stocks: Collection[str] = (),
    min_share: float = 0.0,
    order: Sequence[str] = (),
    pinned: Sequence[str] = (),
    hide: bool = False,
) -> Plan:
    """Columns and order for some flows; the parameters are those of `layout`.

    For a picture of several years or layers give the flows of all of them, each with
    its largest value, and draw each with `relayout`. With `hide` processes of which every flow is
    small are left out.
    """
    names = Names(labels, kinds or {})
    flows = prepare(links, min_share, names, hide=hide)
    ids = _in_order(flows, [*pinned, *order])
    sums: dict[tuple[str, str], list[Link]] = {}
    for link in flows.links:
        sums.setdefault((link.source, link.target), []).append(link)
    weights = {pair: math.fsum(link.value for link in many) for pair, many in sums.items()}
    back = back_arcs(weights)
    layer = layers(weights, back)
    index = {node: i for i, node in enumerate(ids)}
    kinds_shown = list(COLOURS)
    pairs = []
    for (source, target), many in sorted(sums.items(), key=lambda item: tuple(map(index.get, item[0]))):
        many.sort(key=lambda link: (kinds_shown.index(names.kind(link.material)), link.material))
        turned = source == target or (source, target) in back
        pairs.append(Pair(index[source], index[target], tuple(link.material for link in many), turned))
    made = Plan(
        flows,
        names,
        unit,
        frozenset(stocks),
        min_share,
        tuple(ids),
        tuple(layer[node] for node in ids),
        tuple(pairs),
        (),
    )
    grid = gridded(made, flows, fitting(made, flows))
    rows = arrange(grid, [index[node] for node in dict.fromkeys(pinned) if node in index])
    return replace(made, rows=tuple(map(tuple, rows)))


def _in_order(flows: Flows, order: Sequence[str]) -> list[str]:
    """Node ids as asked for, a piece of boundary with its process, the rest by name."""
    rank: dict[str, int] = {}
    for node in order:
        rank.setdefault(node, len(rank))
    last = len(rank)
    return sorted(flows.origins, key=lambda node: (min(rank.get(p, last) for p in node.split("@")[:2]), node))


def with_amounts(flows: Flows, links: Sequence[Link]) -> Flows:
    """The same flows with other values; those that are not among `links` are zero.

    Raises
    ------
    ValueError
        a flow that the plan does not have, a value below zero or not finite, no value above zero
    """
    found: dict[tuple[str, str, str], float] = {}
    for link in links:
        if not (link.value >= 0 and math.isfinite(link.value)):
            raise ValueError(
                f"flow of {link.material} from {link.source} to {link.target}: {link.value} is below zero"
            )
        key = link.source, link.target, link.material
        found[key] = found.get(key, 0.0) + link.value
    unnamed = [replace(x, value=found.get((x.source, x.target, x.material), 0.0)) for x in flows.unnamed]
    parts: dict[Link, tuple[Link, ...]] = {}
    small: set[Link] = set()
    for drawn, given in flows.parts.items():
        now = tuple(replace(p, value=found.pop((p.source, p.target, p.material), 0.0)) for p in given)
        parts[replace(drawn, value=math.fsum(p.value for p in now))] = now
        small |= {new for new, old in zip(now, given, strict=True) if old in flows.small}
    hidden = tuple(replace(x, value=found.pop((x.source, x.target, x.material), 0.0)) for x in flows.hidden)
    if found:
        source, target, material = min(found)
        raise ValueError(f"flow of {material} from {source} to {target} is not in the plan")
    if not any(link.value for link in parts):
        raise ValueError("no flow above zero to draw")
    return Flows(
        tuple(sorted(parts)), parts, flows.origins, frozenset(small), hidden, flows.gone, tuple(unnamed)
    )


def fitting(plan: Plan, flows: Flows, height: float | None = None) -> float:
    """Points a unit: the largest sum of flows that a gap or a node carries gets the height of the picture."""
    number = {node: i for i, node in enumerate(plan.ids)}
    sums: dict[object, float] = {}
    for link in flows.links:
        if link.source == link.target:
            continue  # circulating water would dwarf all else
        source, target = number[link.source], number[link.target]
        low, high = sorted((plan.layer[source], plan.layer[target]))
        for key in [*range(low, high), ("out", source), ("in", target)]:
            sums[key] = sums.get(key, 0.0) + link.value
    tallest = max(sums.values(), default=0.0) or max(link.value for link in flows.links)
    usual = max(LEAST_FLOW_HEIGHT, FLOW_HEIGHT_PER_COLUMN * (max(plan.layer) + 1))
    return min(usual, height or math.inf) / tallest


def gridded(plan: Plan, flows: Flows, scale: float) -> LayeredGraph:
    """The grid of a plan with its bands as wide as the flows are."""
    found = {(link.source, link.target, link.material): link for link in flows.links}
    edges = []
    for pair in plan.pairs:
        ends = plan.ids[pair.source], plan.ids[pair.target]
        links = tuple(found[(*ends, material)] for material in pair.materials)
        broadest = OWN_LOOP / len(links) if pair.source == pair.target else math.inf
        widths = tuple(link.value and max(min(link.value * scale, broadest), THINNEST) for link in links)
        edges.append(Edge(pair.source, pair.target, links, widths, pair.back))
    return build(plan.layer, _node_heights(edges, len(plan.ids)), edges)


def _node_heights(edges: Sequence[Edge], count: int) -> list[float]:
    """The widths of the bands at the fuller side of each node."""
    came, went = [0.0] * count, [0.0] * count
    for edge in edges:
        went[edge.source] += edge.width
        came[edge.target] += edge.width
    return [max(pair) for pair in zip(came, went, strict=True)]
