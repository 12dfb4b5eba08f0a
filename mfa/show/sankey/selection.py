"""From flows as given to flows as drawn: summed, the boundary split, small ones bundled."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from mfa.catalogue import GROUPS
from mfa.show.sankey.geometry import (
    COLOURS,
    ENDS,
    OF_KIND,
    OTHER,
    OUTSIDE,
    REST,
    SMALL,
    Link,
    is_bundle,
)
from mfa.show.sankey.layout.layering import back_arcs
from mfa.system import System

NAMED = {"surplus", "shortage"}


@dataclass(frozen=True)
class Names:
    """What nodes and materials are called, and the kind of each material."""

    labels: Mapping[str, str]
    kinds: Mapping[str, str]

    def of(self, key: str) -> str:
        """The label of a node or material; empty for a bundle."""
        return "" if is_bundle(key) else " ".join(self.labels.get(key, key).split()) or key

    def kind(self, material: str) -> str:
        """The kind of a material, that of a bundle of one kind, `intermediate` when not given."""
        if is_bundle(material):
            return material.removeprefix(OF_KIND) if material != OTHER else "other"
        kind = self.kinds.get(material, "intermediate")
        return kind if kind in COLOURS else "other"


@dataclass(frozen=True)
class Flows:
    """The flows to draw: boundary split, small ones bundled.

    `parts` are the flows as given behind each flow drawn, `origins` the id as given of each
    node; `small` are the flows as given that are bundled because they are small, `hidden` those
    that are not drawn since they touch none but the `gone` nodes, `unnamed` the products among
    the small and hidden ones that are sold.
    """

    links: tuple[Link, ...]
    parts: Mapping[Link, tuple[Link, ...]]
    origins: Mapping[str, str]
    small: frozenset[Link]
    hidden: tuple[Link, ...] = ()
    gone: tuple[str, ...] = ()
    unnamed: tuple[Link, ...] = ()

    @property
    def bundled(self) -> float:
        """The sum of the small flows."""
        return _sum(self.small)

    @property
    def count(self) -> int:
        """How many flows are bundled because they are small."""
        return sum(link.value > 0 for link in self.small)


def prepare(links: Sequence[Link], min_share: float, names: Names, *, hide: bool = False) -> Flows:
    """The flows to draw, the same whatever the sequence of `links`.

    Flows below `min_share` of the largest become one a node pair; those over the boundary one
    for what a node gets and one for what it gives, whichever boundary it is, unless a larger
    flow crosses there too. What is over or short always keeps its name, and so does a product that
    is sold. A bundle of one kind keeps that kind, a bundle of one flow is that flow. Flows from and
    to what is not followed are one a node as well, whatever their size.

    Parameters
    ----------
    hide : nodes of which every flow is small are left out, their flows ending as small ones, and
        small products are bundled too
    """
    whole = _merged(links)
    limit = min_share * max((x.value for x in whole if x.source != x.target), default=0.0)
    gone = _gone(whole, limit) if hide else set()
    outside = gone | {*ENDS}
    hidden = [x for x in whole if {x.source, x.target} & gone and {x.source, x.target} <= outside]
    drawn = [x for x in whole if x not in set(hidden)]
    small = _small(drawn, limit, names, products=hide)
    kept = {_ends_of(_split(x, names)) for x in drawn if x not in small}
    short = {x for x in small if {x.source, x.target} & gone or _ends_of(_split(x, names)) not in kept}
    gathered: dict[tuple[str, str, str], list[Link]] = {}
    origins: dict[str, str] = {}
    for link in drawn:
        moved = _short_ended(link, gone) if link in short else link
        placed = _split(moved, names)
        origins |= {placed.source: moved.source, placed.target: moved.target}
        bundled = link in small or {moved.source, moved.target} & {*REST.values()}
        key = placed.source, placed.target, OTHER if bundled else link.material
        gathered.setdefault(key, []).append(link)
    parts = {}
    for (source, target, material), many in gathered.items():
        called = _bundle(many, names) if material == OTHER and small.issuperset(many) else material
        parts[Link(source, target, called, _sum(many))] = tuple(many)
    gathered_links = frozenset(x for link, many in parts.items() if is_bundle(link.material) for x in many)
    unnamed = {x for x in (*short, *hidden, *(gathered_links & small)) if _sold(x, names)}
    return Flows(
        tuple(sorted(parts)),
        parts,
        origins,
        gathered_links & small,
        tuple(hidden),
        tuple(sorted(gone)),
        tuple(sorted(unnamed)),
    )


def _sold(link: Link, names: Names) -> bool:
    """Whether a flow is a product that leaves for sale."""
    return link.target == "export" and names.kind(link.material) == "product"


def _ends_of(link: Link) -> tuple[str, str]:
    return link.source, link.target


def _bundle(many: Sequence[Link], names: Names) -> str:
    """The material that a bundle of small flows is drawn as."""
    kinds = {names.kind(link.material) for link in many}
    if len(many) == 1:
        return many[0].material
    return OF_KIND + kinds.pop() if len(kinds) == 1 else OTHER


def _gone(links: Sequence[Link], limit: float) -> set[str]:
    """The nodes of which every flow is small; not those that lack something or have it over."""
    kept = {end for x in links if x.value >= limit or {x.source, x.target} & NAMED for end in _ends_of(x)}
    return {end for x in links for end in _ends_of(x)} - kept - {*ENDS}


def _sum(links: Iterable[Link]) -> float:
    return math.fsum(link.value for link in links)


def _merged(links: Sequence[Link]) -> list[Link]:
    """Flows of the same material between the same nodes summed, in a fixed sequence."""
    sums: dict[tuple[str, str, str], list[float]] = {}
    for link in links:
        if not (link.value > 0 and math.isfinite(link.value)):
            raise ValueError(
                f"flow of {link.material} from {link.source} to {link.target}: {link.value} is not above zero"
            )
        sums.setdefault((link.source, link.target, link.material), []).append(link.value)
    if not sums:
        raise ValueError("no flow above zero to draw")
    return [Link(*key, math.fsum(values)) for key, values in sorted(sums.items())]


def _small(links: Sequence[Link], limit: float, names: Names, *, products: bool) -> frozenset[Link]:
    """The flows below a limit, the products that are sold among them only where `products`."""
    kept = NAMED | {*REST.values()}
    return frozenset(
        x
        for x in links
        if x.value < limit and not {x.source, x.target} & kept and (products or not _sold(x, names))
    )


def _short_ended(link: Link, gone: Collection[str]) -> Link:
    """A small flow over the boundary, or from or to what is gone, its end made that of small flows."""
    short = {*OUTSIDE, *gone}
    source = SMALL["in"] if link.source in short else link.source
    target = SMALL["out"] if link.target in short else link.target
    return replace(link, source=source, target=target)


def _split(link: Link, names: Names) -> Link:
    """Boundary ids replaced by one id for each neighbour, and for each kind of what is sold."""
    source = f"{link.source}@{link.target}@out" if link.source in ENDS else link.source
    target = f"{link.target}@{link.source}@in" if link.target in ENDS else link.target
    if link.target == "export":
        target += f"@{names.kind(link.material)}"
    return replace(link, source=source, target=target)


PROCESS = "process"
WAYS = (PROCESS, *GROUPS)


@dataclass(frozen=True)
class Grouped:
    """Flows between groups, and the sum of those inside them."""

    links: tuple[Link, ...]
    inside: float


def groups(system: System, by: str) -> Mapping[str, str]:
    """Process → the id of its group, `site:alumina`; a process without the tag stands alone."""
    if by == PROCESS:
        return {}
    tags = {p.id: str(getattr(p, by)).strip() for p in system.processes.values()}
    return {process: f"{by}:{tag}" for process, tag in tags.items() if tag}


def group(links: Sequence[Link], of: Mapping[str, str], *, loops: bool = False) -> Grouped:
    """Flows with every node replaced by its group.

    A flow from a group to itself is left out and counted, or kept as a loop where `loops`.
    """
    kept, inside = [], []
    for link in links:
        source, target = (of.get(end, end) for end in (link.source, link.target))
        if source == target and link.source in of and not loops:
            inside.append(link.value)
        else:
            kept.append(replace(link, source=source, target=target))
    return Grouped(tuple(kept), math.fsum(inside))


Key = tuple[str, str, str]
"""Source, target and material of a flow."""

Ends = Callable[[Link], tuple[str, str]]
"""The end of a flow that is met first, and the other one."""


class Start(NamedTuple):
    """What is followed: a node, or all flows of a material."""

    id: str
    is_material: bool = False


@dataclass(frozen=True)
class Followed:
    """The flows that are followed, the others at their nodes ending at `REST`; the sum of the others."""

    links: tuple[Link, ...]
    outside: float


def follow(links: Sequence[Link], starts: Sequence[Start], steps: int | None = None) -> set[Key]:
    """The flows that lead to a start and away from it, or from the first of two starts to the second.

    Return flows, the smallest that close a loop, are not followed round: in a park that recycles,
    everything else would lead to everything. They are drawn where they run back from
    what lies downstream to what lies upstream.

    Parameters
    ----------
    steps : how many flows in a row at most; the start's own flows are the first. Between two
        starts: the length of the longest way shown
    """
    back = _return_flows(links)
    if len(starts) == 1:
        kept = _around(links, starts[0], back, steps)
    else:
        kept = _between(links, starts, back, steps) or _between(links, starts, set(), steps)
    return {_key(x) for x in kept}


def cut(links: Sequence[Link], followed: Collection[Key], *, rest: bool = True) -> Followed:
    """The flows that are followed, and with `rest` what else the nodes on their way get and give.

    What is over or short at these nodes keeps its name.
    """
    nodes = {end for source, target, _ in followed for end in (source, target)} - {*OUTSIDE}
    kept = tuple(x for x in links if _key(x) in followed)
    others = [x for x in links if _key(x) not in followed]
    shown = [y for x in others for y in _ends(x, nodes)] if rest else []
    named = {x for x in shown if {x.source, x.target} & NAMED}
    outside = math.fsum(x.value for x in others if x not in named)
    return Followed((*kept, *shown), outside) if kept else Followed((), outside)


def _key(link: Link) -> Key:
    return link.source, link.target, link.material


def _return_flows(links: Sequence[Link]) -> set[Link]:
    """The flows of least sum that close all loops."""
    weights: dict[tuple[str, str], float] = {}
    for x in links:
        weights[x.source, x.target] = weights.get((x.source, x.target), 0.0) + x.value
    turned = back_arcs(weights)
    return {x for x in links if (x.source, x.target) in turned}


def _around(links: Sequence[Link], start: Start, back: set[Link], steps: int | None) -> set[Link]:
    """The flows down- and upstream of a start, and the returns from the one to the other."""
    most = math.inf if steps is None else steps
    down, up = (
        {x for x, number in _distances(links, start, ends, back).items() if number <= most}
        for ends in (_down, _up)
    )
    below = {x.target for x in down - back} - {*OUTSIDE}
    above = {x.source for x in up - back} - {*OUTSIDE}
    return down | up | {x for x in back if x.source in below and x.target in above}


def _between(links: Sequence[Link], starts: Sequence[Start], back: set[Link], steps: int | None) -> set[Link]:
    """The flows on the ways from the first start to the second that pass neither of them twice."""
    first, last = starts
    own = {start.id for start in starts if start.is_material}
    again = [x for x in links if x.material not in own and (x.target == first.id or x.source == last.id)]
    passed = back.union(again)
    way = [x for x in links if x not in passed]
    down, up = _distances(way, first, _down), _distances(way, last, _up)
    most = math.inf if steps is None else steps
    return {x for x in way if x in down and x in up and down[x] + up[x] - 1 <= most}


def _down(link: Link) -> tuple[str, str]:
    return link.source, link.target


def _up(link: Link) -> tuple[str, str]:
    return link.target, link.source


def _distances(
    links: Sequence[Link], start: Start, ends: Ends, back: Collection[Link] = ()
) -> dict[Link, int]:
    """Flow → its distance from the start in one direction; the boundary and `back` lead no further."""
    leaving: dict[str, list[Link]] = {}
    for link in links:
        leaving.setdefault(ends(link)[0], []).append(link)
    own = [x for x in links if x.material == start.id]
    front = own if start.is_material else leaving.get(start.id, [])
    found: dict[Link, int] = {}
    number = 1
    while front:
        found |= dict.fromkeys(front, number)
        reached = {ends(x)[1] for x in front if x not in back} - {*OUTSIDE}
        front = [
            y for node in sorted(reached) for y in leaving.get(node, []) if y not in found and y not in back
        ]
        number += 1
    return found


def _ends(link: Link, nodes: set[str]) -> Iterable[Link]:
    """A flow that is not followed, at those of its ends that are shown; what is over or short as it is."""
    if {link.source, link.target} & NAMED:
        if {link.source, link.target} & nodes:
            yield link
        return
    if link.source in nodes:
        yield replace(link, target=REST["out"])
    if link.target in nodes:
        yield replace(link, source=REST["in"])
