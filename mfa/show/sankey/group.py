"""Processes put together by a tag: chain, site, sector, project or enterprise."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mfa.input.indicators import GROUPS
from mfa.records import System
from mfa.show.sankey.shapes import Link

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
