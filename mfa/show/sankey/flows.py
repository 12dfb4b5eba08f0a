"""From flows as given to flows as drawn: summed, the boundary split, small ones bundled."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mfa.show.sankey.shapes import BOUNDARY, COLOURS, OTHER, Link

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
    """The flows to draw: boundary split, small ones bundled."""

    links: tuple[Link, ...]
    parts: Mapping[Link, tuple[Link, ...]]
    origins: Mapping[str, str]
    bundled: float
    count: int


def prepare(links: Sequence[Link], min_share: float) -> Flows:
    """The flows to draw, the same whatever the sequence of `links`."""
    return _bundle(_split(_merged(links)), min_share)


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


def _split(links: Sequence[Link]) -> tuple[list[Link], dict[str, str]]:
    """Boundary ids replaced by one id for each neighbour; the origin of every id."""
    origins: dict[str, str] = {}
    found = []
    for link in links:
        source = f"{link.source}@{link.target}@out" if link.source in BOUNDARY else link.source
        target = f"{link.target}@{link.source}@in" if link.target in BOUNDARY else link.target
        origins |= {source: link.source, target: link.target}
        found.append(replace(link, source=source, target=target))
    return found, origins


def _bundle(split: tuple[list[Link], dict[str, str]], min_share: float) -> Flows:
    """Small flows of each node pair made one; what is over or short always keeps its name."""
    links, origins = split
    limit = min_share * max((x.value for x in links if x.source != x.target), default=0.0)
    small: dict[tuple[str, str], list[Link]] = {}
    for link in links:
        if link.value < limit and not {origins[link.source], origins[link.target]} & NAMED:
            small.setdefault((link.source, link.target), []).append(link)
    bundled = [link for many in small.values() for link in many]
    gone = set(bundled)
    parts: dict[Link, tuple[Link, ...]] = {link: (link,) for link in links if link not in gone}
    for (source, target), many in small.items():
        parts[Link(source, target, OTHER, math.fsum(link.value for link in many))] = tuple(many)
    return Flows(
        tuple(sorted(parts)), parts, origins, math.fsum(link.value for link in bundled), len(bundled)
    )
