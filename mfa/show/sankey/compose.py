"""Layers of a run → pictures: what is left to draw, laid out, named and coloured, and its legend."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from mfa.catalogue import GROUPS
from mfa.errors import Error, Fault
from mfa.show.sankey.geometry import COLOURS, Geometry, Link, Remark
from mfa.show.sankey.labels import LANGS, word
from mfa.show.sankey.measure import SYSTEM_COST, Counted
from mfa.show.sankey.picture_options import Options
from mfa.show.sankey.selection import Followed, Grouped, Key, cut, follow, group
from mfa.system import Kind, System

Names = Mapping[str, Mapping[str, str]]
Spread = Mapping[tuple[str, str, str], float]
Selected = tuple[Sequence[Link], tuple[Remark, ...]]


@dataclass(frozen=True)
class Picture:
    """One layer of a run as a picture; `label` is the layer in words."""

    key: str
    label: Mapping[str, str]
    unit: str
    geometry: Geometry


def pictures(
    counted: Sequence[Counted],
    system: System,
    choice: Options,
    names: Names,
    lang: str,
    spread: Spread,
    *,
    both: bool = False,
) -> tuple[Picture, ...]:
    """Each layer as a picture; several stand on the same nodes.

    Parameters
    ----------
    both : labels keep room for the longer of both languages, as a page needs it

    Raises
    ------
    mfa.Error
        nothing of a layer is left to draw
    """
    chosen = _chosen(counted, system, choice)
    drawn = [links for links, _ in chosen]
    shapes = _geometries(counted, drawn, system, choice, names, lang, both)
    return tuple(
        _picture(each, replace(shape, remarks=remarks), choice, spread)
        for each, shape, (_, remarks) in zip(counted, shapes, chosen, strict=True)
    )


def _picture(counted: Counted, geometry: Geometry, choice: Options, spread: Spread) -> Picture:
    """One layer with its label, its colours and what is uncertain in it."""
    label = {lang: counted.label(lang) for lang in LANGS}
    coloured = _coloured(geometry, choice.colours)
    return Picture(counted.key, label, counted.unit, replace(coloured, spread=_spread(geometry, spread)))


def _geometries(
    counted: Sequence[Counted],
    chosen: Sequence[Sequence[Link]],
    system: System,
    choice: Options,
    names: Names,
    lang: str,
    both: bool,
) -> list[Geometry]:
    """One layer laid out by itself, or several over the same columns, each to its own scale."""
    from mfa.show.sankey.layout.layout import layout, relayout
    from mfa.show.sankey.layout.plan import plan

    other = next(each for each in LANGS if each != lang)
    translated = {key: texts[other] for key, texts in names.items()} if both else None
    options: dict[str, Any] = {
        "labels": {key: texts[lang] for key, texts in names.items()},
        "unit": f"{counted[0].unit}/a",
        "kinds": {**{k: m.kind for k, m in system.materials.items()}, SYSTEM_COST: "other"},
        "stocks": set(system.stocks),
        "min_share": choice.min_share,
        "order": choice.order,
        "pinned": choice.pinned,
    }
    if len(chosen) == 1:
        return [layout(chosen[0], translated=translated, **options)]
    made = plan(_union(chosen), **options)
    return [
        relayout(made, links, unit=f"{c.unit}/a", translated=translated)
        for c, links in zip(counted, chosen, strict=True)
    ]


def _union(layers: Sequence[Sequence[Link]]) -> list[Link]:
    """Every flow of several layers with the largest share that it has in any of them."""
    found: dict[tuple[str, str, str], float] = {}
    for links in layers:
        sums: dict[tuple[str, str, str], float] = {}
        for x in links:
            key = x.source, x.target, x.material
            sums[key] = sums.get(key, 0.0) + x.value
        largest = max((v for (source, target, _), v in sums.items() if source != target), default=1.0)
        for key, value in sums.items():
            found[key] = max(found.get(key, 0.0), value / largest)
    return [Link(*key, share) for key, share in found.items()]


def _chosen(counted: Sequence[Counted], system: System, choice: Options) -> list[Selected]:
    """For each layer the flows that are left to draw, and the remarks on the others."""
    left = {*choice.without}
    kept = [[x for x in c.links if not {x.material, _kind(system, x.material)} & left] for c in counted]
    grouped = [group(links, choice.of, loops=choice.loops) for links in kept]
    keys: set[Key] | None = None
    if choice.starts:
        keys = follow(_union([g.links for g in grouped]), choice.starts, choice.steps)
        if not keys and len(choice.starts) == 2:
            raise Error([_no_way(choice)])
    return [_told(*three, keys, system, choice) for three in zip(counted, kept, grouped, strict=True)]


def _told(
    counted: Counted,
    kept: Sequence[Link],
    grouped: Grouped,
    keys: set[Key] | None,
    system: System,
    choice: Options,
) -> Selected:
    """One layer, cut to the flows that are followed."""
    found = Followed(grouped.links, 0.0) if keys is None else cut(grouped.links, keys)
    if not found.links:
        raise Error([Fault("sankey-empty", None, {"text": counted.key[:60]})])
    remarks = [Remark("inside", grouped.inside), Remark("outside", found.outside)]
    if len(kept) < len(counted.links):
        gone = math.fsum(x.value for x in counted.links) - math.fsum(x.value for x in kept)
        remarks.insert(0, Remark("left-out", gone, _left_out(system, choice)))
    return found.links, (*(r for r in remarks if r.value > 0), *counted.remarks)


def _no_way(choice: Options) -> Fault:
    """Nothing flows from the one thing to the other."""
    source, target = (start.id for start in choice.starts)
    steps = f" within {choice.steps} steps" if choice.steps else ""
    steps_zh = f"（{choice.steps} 步以内）" if choice.steps else ""
    values = {"source": source, "target": target, "steps": steps, "steps_zh": steps_zh}
    return Fault("sankey-path", None, values)


def _kind(system: System, material: str) -> str:
    return system.materials[material].kind if material in system.materials else "other"


def _left_out(system: System, choice: Options) -> Mapping[str, str]:
    """What is left out, by its label or the word of its kind; not what only another run has."""
    found = {}
    for lang in LANGS:
        words = {key: m.label[lang] for key, m in system.materials.items()}
        words |= {kind: word(kind, lang) for kind in get_args(Kind)}
        named = [words[n][:1].upper() + words[n][1:] for n in choice.without if n in words]
        found[lang] = ("、" if lang == "zh" else ", ").join(named)
    return found


def names(system: System, choice: Options) -> Names:
    """What every node and material is called, in both languages."""
    members: dict[str, Any] = {**system.materials, **system.stocks, **system.processes}
    own = system.sankey.labels
    found: dict[str, Mapping[str, str]] = {k: m.label for k, m in members.items()}
    found |= {k: texts for k, texts in own.items() if k in members and k not in system.materials}
    for drawn in {*choice.of.values()}:
        kind, _, tag = drawn.partition(":")
        bare = None if kind == "chain" and tag in _other_tags(system) else own.get(tag)
        found[drawn] = own.get(drawn) or bare or dict.fromkeys(LANGS, tag)
    found[SYSTEM_COST] = {each: word("system-cost", each) for each in LANGS}
    return found


def _other_tags(system: System) -> set[str]:
    """Every site, sector, project and enterprise: a label of that name is theirs, not a chain's."""
    return {str(getattr(p, kind)) for p in system.processes.values() for kind in GROUPS if kind != "chain"}


def _coloured(geometry: Geometry, colours: Mapping[str, str]) -> Geometry:
    """The colours asked for; a material with its own stands in the legend under its name."""
    shown = {band.link.material for band in geometry.bands}
    own = {k: c for k, c in colours.items() if k in shown and k not in get_args(Kind)}
    kinds = {k: c for k, c in colours.items() if k in COLOURS}
    bands = tuple(replace(b, kind=b.link.material) if b.link.material in own else b for b in geometry.bands)
    return replace(geometry, bands=bands, colours={**COLOURS, **kinds, **own})


def _spread(geometry: Geometry, spread: Spread) -> Mapping[Link, float]:
    """Drawn flow → standard deviation, for the flows that have one."""
    origin = {node.id: node.origin for node in geometry.nodes}
    found = {}
    for link in (band.link for band in geometry.bands):
        sd = spread.get((origin[link.source], origin[link.target], link.material))
        if sd:
            found[link] = sd
    return found
