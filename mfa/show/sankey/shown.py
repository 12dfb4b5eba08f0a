"""Which links of each layer a picture shows, and the remarks on the others."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from mfa.errors import Error, Fault
from mfa.results.accounts.flows import Flow
from mfa.show.sankey.common import around, commons, stubs, waters
from mfa.show.sankey.geometry import Link, Remark
from mfa.show.sankey.labels import LANGS, word
from mfa.show.sankey.measure import Counted
from mfa.show.sankey.picture_options import Options
from mfa.show.sankey.selection import Followed, Key, Start, cut, follow, group
from mfa.studies.traced import Chosen, Traced, traced
from mfa.system import Kind, System

MASSES = ("mass", "wet")
"""The layers in which water would dwarf all else."""


@dataclass(frozen=True)
class Shown:
    """One layer as it is drawn: `ends` are those of a picture of one node, `traced` what was traced."""

    links: Sequence[Link]
    remarks: tuple[Remark, ...]
    ends: Mapping[str, tuple[str, str]]
    traced: Traced | None = None


@dataclass(frozen=True)
class _Part:
    """One layer on its way: the links that are left, and what is told of the others."""

    counted: Counted
    links: Sequence[Link]
    remarks: tuple[Remark, ...] = ()
    traced: Traced | None = None


def shown(counted: Sequence[Counted], system: System, choice: Options) -> list[Shown]:
    """For each layer the links that are drawn, and the remarks on the others.

    Raises
    ------
    mfa.Error
        nothing of a layer is left, or nothing flows from the one thing to the other
    """
    parts = [_without(_Part(c, c.links), system, choice) for c in counted]
    if choice.traced:
        parts = [_traced(p, system, choice) for p in parts]
    parts = [_grouped(p, choice) for p in parts]
    if choice.node:
        return [_around(p, choice) for p in parts]
    if choice.starts and not choice.traced:
        keys = follow(together([p.links for p in parts]), choice.starts, choice.steps)
        if not keys and len(choice.starts) == 2:
            raise Error([_no_way(choice)])
        parts = [_followed(p, keys, choice) for p in parts]
    return [Shown(_some(p.links, p), p.remarks + p.counted.remarks, {}, p.traced) for p in parts]


def _nothing(part: _Part) -> Fault:
    return Fault("sankey-empty", None, {"text": part.counted.key[:60]})


def _some(links: Sequence[Link], part: _Part) -> Sequence[Link]:
    if not links:
        raise Error([Fault("sankey-empty", None, {"text": part.counted.key[:60]})])
    return links


def together(layers: Sequence[Sequence[Link]]) -> list[Link]:
    """Every flow of several layers with the largest share that it has in any of them."""
    found: dict[Key, float] = {}
    for links in layers:
        largest = max((x.value for x in links if x.source != x.target), default=1.0)
        for x in links:
            key = x.source, x.target, x.material
            found[key] = max(found.get(key, 0.0), x.value / largest)
    return [Link(*key, share) for key, share in found.items()]


# ---------------------------------------------------------------- what is left out
def _without(part: _Part, system: System, choice: Options) -> _Part:
    """The layer without what was asked away, water, and common pools drawn from plant to plant."""
    water, common = waters(system), commons(system)
    wanted = {*choice.only, *(s.id for s in choice.starts if s.is_material)}
    if choice.only:
        part = replace(part, links=[x for x in part.links if x.material in wanted])
    left = {*choice.without, *(water if "water" in choice.without else ())}
    gone = {x.material for x in part.links if {x.material, kind_of(system, x.material)} & left}
    part = _take(part, gone, "left-out", _called(system, [*choice.without]))
    if not choice.node and choice.pools == "left-out":
        pools = common - wanted
        part = _take(part, pools, "pools", _called(system, sorted({x.material for x in part.links} & pools)))
    else:
        part = replace(part, links=stubs(part.links, common))
    if _is_dry(part, water - wanted, choice):
        part = _take(part, water - wanted, "dry", {})
    return part


def _is_dry(part: _Part, water: frozenset[str], choice: Options) -> bool:
    """Whether water is left out: where nobody asks, from masses of something else."""
    if choice.water is not None:
        return not choice.water
    masses = part.counted.key in MASSES and not choice.node
    return masses and any(x.material not in water for x in part.links)


def _take(part: _Part, materials: set[str] | frozenset[str], key: str, names: Mapping[str, str]) -> _Part:
    """The layer without some materials, told with their amount."""
    kept = [x for x in part.links if x.material not in materials]
    gone = math.fsum(x.value for x in part.links if x.material in materials)
    more = (Remark(key, gone, names),) if gone > 0 else ()
    return replace(part, links=kept, remarks=part.remarks + more)


def kind_of(system: System, material: str) -> str:
    """The kind of a material; `other` of what is none, such as labour."""
    return system.materials[material].kind if material in system.materials else "other"


def _called(system: System, given: Sequence[str]) -> Mapping[str, str]:
    """Materials by their labels, kinds by their words; not what only another run has."""
    found = {}
    for lang in LANGS:
        words = {key: m.label[lang] for key, m in system.materials.items()}
        words |= {kind: word(kind, lang) for kind in get_args(Kind)}
        named = [words[n][:1].upper() + words[n][1:] for n in given if n in words]
        found[lang] = ("、" if lang == "zh" else ", ").join(named)
    return found


# ---------------------------------------------------------------- groups, focus, one node
def _grouped(part: _Part, choice: Options) -> _Part:
    made = group(part.links, choice.of, loops=choice.loops)
    more = (Remark("inside", made.inside),) if made.inside > 0 else ()
    return replace(part, links=made.links, remarks=part.remarks + more)


def _followed(part: _Part, keys: set[Key], choice: Options) -> _Part:
    """The layer cut to what is followed."""
    found: Followed = cut(part.links, keys, rest=choice.rest)
    more = (Remark("outside", found.outside),) if found.outside > 0 else ()
    return replace(part, links=found.links, remarks=part.remarks + more)


def _around(part: _Part, choice: Options) -> Shown:
    """The layer at one node."""
    links, ends = around(part.links, choice.node)
    return Shown(_some(links, part), part.remarks + part.counted.remarks, ends)


def _no_way(choice: Options) -> Fault:
    """Nothing flows from the one thing to the other."""
    source, target = (start.id for start in choice.starts)
    steps = f" within {choice.steps} steps" if choice.steps else ""
    steps_zh = f"（{choice.steps} 步以内）" if choice.steps else ""
    values = {"source": source, "target": target, "steps": steps, "steps_zh": steps_zh}
    return Fault("sankey-path", None, values)


# ---------------------------------------------------------------- shares
def _traced(part: _Part, system: System, choice: Options) -> _Part:
    """The layer with what of each flow comes from the start, and goes to the end where there are two."""
    flows = [Flow(x.material, x.source, x.target, x.value) for x in part.links]
    ways = [_chosen(s, choice, outgoing=not i) for i, s in enumerate(choice.starts)]
    down = ways[0] if not choice.upstream else None
    up = ways[-1] if choice.upstream or len(ways) == 2 else None
    found = traced(flows, down, up)
    if not found.flows:
        raise Error([_no_way(choice) if len(ways) == 2 else _nothing(part)])
    links = [Link(f.source, f.target, f.material, f.amount) for f in found.flows]
    told = Remark(_way_key(choice), found.whole, _starts_named(system, choice))
    return replace(part, links=links, traced=found, remarks=(*part.remarks, told))


def _way_key(choice: Options) -> str:
    """The remark that says which part of every flow is shown."""
    if len(choice.starts) == 2:
        return "traced-between"
    return "traced-up" if choice.upstream else "traced-down"


def _starts_named(system: System, choice: Options) -> Mapping[str, str]:
    """Starts by their labels, in both languages."""
    members: dict[str, Any] = {**system.processes, **system.stocks, **system.materials}
    called = {s.id: members[s.id].label if s.id in members else {} for s in choice.starts}
    return {lang: " → ".join(c.get(lang, key) for key, c in called.items()) for lang in LANGS}


def _chosen(start: Start, choice: Options, *, outgoing: bool) -> Chosen:
    """Whether a flow leaves a start, or reaches an end; a material is both."""
    if start.is_material:
        return lambda f: f.material == start.id
    of = choice.of
    if outgoing and not choice.upstream:
        return lambda f: of.get(f.source, f.source) == start.id != of.get(f.target, f.target)
    return lambda f: of.get(f.target, f.target) == start.id != of.get(f.source, f.source)
