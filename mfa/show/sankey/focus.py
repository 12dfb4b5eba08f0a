"""What lies up- and downstream of something, or between two things; the rest is bundled."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from mfa.show.sankey.flows import NAMED
from mfa.show.sankey.loops import back_arcs
from mfa.show.sankey.shapes import BOUNDARY, REST, Link

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


def cut(links: Sequence[Link], followed: Collection[Key]) -> Followed:
    """The flows that are followed, and the rest of what the nodes on their way get and give.

    What is over or short at these nodes keeps its name.
    """
    nodes = {end for source, target, _ in followed for end in (source, target)} - {*BOUNDARY}
    kept = tuple(x for x in links if _key(x) in followed)
    others = [x for x in links if _key(x) not in followed]
    shown = [y for x in others for y in _ends(x, nodes)]
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
        {x for x, number in _numbers(links, start, ends, back).items() if number <= most}
        for ends in (_down, _up)
    )
    below = {x.target for x in down - back} - {*BOUNDARY}
    above = {x.source for x in up - back} - {*BOUNDARY}
    return down | up | {x for x in back if x.source in below and x.target in above}


def _between(links: Sequence[Link], starts: Sequence[Start], back: set[Link], steps: int | None) -> set[Link]:
    """The flows on the ways from the first start to the second that pass neither of them twice."""
    first, last = starts
    own = {start.id for start in starts if start.is_material}
    again = [x for x in links if x.material not in own and (x.target == first.id or x.source == last.id)]
    passed = back.union(again)
    way = [x for x in links if x not in passed]
    down, up = _numbers(way, first, _down), _numbers(way, last, _up)
    most = math.inf if steps is None else steps
    return {x for x in way if x in down and x in up and down[x] + up[x] - 1 <= most}


def _down(link: Link) -> tuple[str, str]:
    return link.source, link.target


def _up(link: Link) -> tuple[str, str]:
    return link.target, link.source


def _numbers(links: Sequence[Link], start: Start, ends: Ends, back: Collection[Link] = ()) -> dict[Link, int]:
    """Flow → how manieth it is from the start in one direction; the boundary and `back` lead no further."""
    leaving: dict[str, list[Link]] = {}
    for link in links:
        leaving.setdefault(ends(link)[0], []).append(link)
    own = [x for x in links if x.material == start.id]
    front = own if start.is_material else leaving.get(start.id, [])
    found: dict[Link, int] = {}
    number = 1
    while front:
        found |= dict.fromkeys(front, number)
        reached = {ends(x)[1] for x in front if x not in back} - {*BOUNDARY}
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
