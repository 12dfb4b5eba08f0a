"""From flows as given to flows as drawn: summed, the boundary split, small ones bundled."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mfa.show.sankey.shapes import BOUNDARY, COLOURS, ENDS, OTHER, REST, SMALL, Link

NAMED = {"surplus", "shortage"}


@dataclass(frozen=True)
class Names:
    """What nodes and materials are called, and the kind of each material."""

    labels: Mapping[str, str]
    kinds: Mapping[str, str]

    def of(self, key: str) -> str:
        """The label of a node or material; empty for a bundle."""
        return "" if key == OTHER else " ".join(self.labels.get(key, key).split()) or key

    def kind(self, material: str) -> str:
        """The kind of a material, `other` for a bundle, `intermediate` when not told."""
        kind = "other" if material == OTHER else self.kinds.get(material, "intermediate")
        return kind if kind in COLOURS else "other"


@dataclass(frozen=True)
class Flows:
    """The flows to draw: boundary split, small ones bundled.

    `parts` are the flows as given behind each flow drawn, `origins` the id as given of each
    node; `small` are the flows as given that are bundled because they are small.
    """

    links: tuple[Link, ...]
    parts: Mapping[Link, tuple[Link, ...]]
    origins: Mapping[str, str]
    small: frozenset[Link]

    @property
    def bundled(self) -> float:
        """The sum of the small flows."""
        return _sum(self.small)

    @property
    def count(self) -> int:
        """How many flows are bundled because they are small."""
        return sum(link.value > 0 for link in self.small)


def prepare(links: Sequence[Link], min_share: float) -> Flows:
    """The flows to draw, the same whatever the sequence of `links`.

    Flows below `min_share` of the largest become one a node pair; those over the boundary one
    for what a node gets and one for what it gives, whichever boundary it is, unless a larger
    flow crosses there too. What is over or short always keeps its name. Flows from and to
    what is not followed are one a node as well, whatever their size.
    """
    whole = _merged(links)
    small = _small(whole, min_share)
    kept = {(x.source, x.target) for x in whole if x not in small}
    rests = {*REST.values()}
    gathered: dict[Link, list[Link]] = {}
    origins: dict[str, str] = {}
    for link in whole:
        moved = _short_ended(link) if link in small and (link.source, link.target) not in kept else link
        placed = _split(moved)
        origins |= {placed.source: moved.source, placed.target: moved.target}
        if link in small or {moved.source, moved.target} & rests:
            placed = replace(placed, material=OTHER)
        gathered.setdefault(replace(placed, value=0.0), []).append(link)
    parts = {replace(key, value=_sum(many)): tuple(many) for key, many in gathered.items()}
    return Flows(tuple(sorted(parts)), parts, origins, frozenset(small))


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


def _small(links: Sequence[Link], min_share: float) -> set[Link]:
    """The flows below a share of the largest that runs from one node to another."""
    limit = min_share * max((x.value for x in links if x.source != x.target), default=0.0)
    told = NAMED | {*REST.values()}
    return {x for x in links if x.value < limit and not {x.source, x.target} & told}


def _short_ended(link: Link) -> Link:
    """A small flow over the boundary, its end there made the common one of small flows."""
    source = SMALL["in"] if link.source in BOUNDARY else link.source
    target = SMALL["out"] if link.target in BOUNDARY else link.target
    return replace(link, source=source, target=target)


def _split(link: Link) -> Link:
    """Boundary ids replaced by one id for each neighbour."""
    source = f"{link.source}@{link.target}@out" if link.source in ENDS else link.source
    target = f"{link.target}@{link.source}@in" if link.target in ENDS else link.target
    return replace(link, source=source, target=target)
