"""Water and common pools: what a picture of goods leaves out, or draws at each process alone.

A link from a supplier to a taker of a common pool is a share of what all give and all take, not a pipe.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from mfa.show.sankey.geometry import BOUNDARY, COMMON, Link
from mfa.show.sankey.labels import LANGS, word
from mfa.system import Material, System

Pools = Literal["left-out", "stubs"]
PURE = 0.999  # of its mass: what holds less water is a solution or a wet solid
WATER = "water"


def is_water(material: Material) -> bool:
    """Whether it is water whatever its kind: taken from the ground, used, moisture, vapour."""
    water = material.composition.get("H2O")
    return material.kind == WATER or (water is not None and water.value >= PURE)


def is_common(material: Material) -> bool:
    """Whether all plants draw from one pool of it, so that no flow leads from one to the other."""
    return material.common or material.water == "circulating"


def commons(system: System) -> frozenset[str]:
    """The materials of common pools."""
    return frozenset(m.id for m in system.materials.values() if is_common(m))


def waters(system: System) -> frozenset[str]:
    """The materials that are water."""
    return frozenset(m.id for m in system.materials.values() if is_water(m))


def stubs(links: Iterable[Link], common: frozenset[str]) -> list[Link]:
    """Every flow of a common pool cut in two: into the pool, and out of it; the boundary stays."""
    sums: dict[tuple[str, str, str], list[float]] = {}
    kept = []
    for x in links:
        if x.material not in common or {x.source, x.target} & {*BOUNDARY}:
            kept.append(x)
            continue
        for ends in ((x.source, COMMON["out"]), (COMMON["in"], x.target)):
            sums.setdefault((*ends, x.material), []).append(x.value)
    return kept + [Link(*key, math.fsum(parts)) for key, parts in sums.items()]


def around(links: Sequence[Link], node: str) -> tuple[list[Link], dict[str, tuple[str, str]]]:
    """Every input and output of one node, each with an end of its own.

    Returns
    -------
    list of Link
        with the ends renamed `*in:MATERIAL@NODE`, `*out:MATERIAL@NODE`
    dict
        end → the material and the node that it stands for
    """
    ends: dict[str, tuple[str, str]] = {}
    found = []
    for x in links:
        if x.target == node:
            end = f"*in:{x.material}@{x.source}"
            ends[end] = x.material, x.source
            found.append(replace(x, source=end))
        if x.source == node:
            end = f"*out:{x.material}@{x.target}"
            ends[end] = x.material, x.target
            found.append(replace(x, target=end))
    return found, ends


def end_names(
    ends: Mapping[str, tuple[str, str]], called: Mapping[str, Mapping[str, str]], node: str
) -> dict[str, dict[str, str]]:
    """End of `around` → its name in both languages: the material, and where it comes from or goes to."""
    return {
        end: {lang: _end_name(end, material, other, called, lang, own=other == node) for lang in LANGS}
        for end, (material, other) in ends.items()
    }


def _end_name(
    end: str, material: str, other: str, called: Mapping[str, Mapping[str, str]], lang: str, *, own: bool
) -> str:
    what = called[material][lang]
    if other in BOUNDARY:
        return word("of-boundary", lang, material=what, node=word(other, lang))
    side = "from" if end.startswith("*in:") else "to"
    name = word("itself", lang) if own else called.get(other, {}).get(lang, other)
    return word(side, lang, material=what, node=name)
