"""Layers of a run → pictures: what is left to draw, laid out, named and coloured, and its legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import mfa
from mfa.catalogue import GROUPS
from mfa.errors import Error, Fault
from mfa.show.paper_size import POINTS
from mfa.show.sankey.common import end_names
from mfa.show.sankey.geometry import COLOURS, LOSS, LOST, Geometry, Link
from mfa.show.sankey.heading import headed
from mfa.show.sankey.labels import LANGS, word
from mfa.show.sankey.measure import SYSTEM_COST, Counted
from mfa.show.sankey.picture_options import Options
from mfa.show.sankey.sheet import FREE, Sheet
from mfa.show.sankey.shown import Shown, kind_of, together
from mfa.show.text import scenario_line
from mfa.studies.traced import Traced
from mfa.system import Kind, System

ELECTRIC = ("MWh", "kWh", "GWh")
FUELS = ("#333333", "#8c510a", "#0072b2", "#7b3294")
HEATS = ("#cc79a7", "#56b4e9", "#009e73")
"""Colours of fuels, and of heat and other energy, the largest first (after Okabe & Ito and ColorBrewer)."""
PALE = {"energy": "#f7e7b0", "fuel": "#a6a6a6"}
"""Colours of the smaller carriers, where the larger ones have those of their kinds."""
LEAST_CARRIER = 0.02  # of the largest, below which a carrier has the colour of its kind

Names = Mapping[str, Mapping[str, str]]
Spread = Mapping[tuple[str, str, str], float]


@dataclass(frozen=True)
class Picture:
    """One layer of a run as a picture.

    `label` is the layer in words, `traced` what was traced; of several runs `period` is the one shown.
    """

    key: str
    label: Mapping[str, str]
    unit: str
    geometry: Geometry
    traced: Traced | None = None
    period: str = ""


@dataclass(frozen=True)
class Frame:
    """What a picture is drawn for, and what stands around it.

    With `both` labels keep room for the longer of both languages, as a page needs it; `titled` pictures
    say above what they are and below where their numbers come from.
    """

    lang: str
    both: bool = False
    sheet: Sheet = FREE
    titled: bool = False


def pictures(
    counted: Sequence[Counted],
    chosen: Sequence[Shown],
    system: System,
    choice: Options,
    names: Names,
    frame: Frame,
    spread: Spread,
) -> tuple[Picture, ...]:
    """Each layer as a picture; several stand on the same nodes.

    Raises
    ------
    mfa.Error
        a picture does not fit its sheet
    """
    shapes = _geometries(counted, chosen, system, choice, names, frame)
    return tuple(
        replace(_picture(each, shape, system, choice, spread), traced=s.traced)
        for each, shape, s in zip(counted, shapes, chosen, strict=True)
    )


def _picture(
    counted: Counted, geometry: Geometry, system: System, choice: Options, spread: Spread
) -> Picture:
    """One layer with its label, its colours and what is uncertain in it."""
    label = {lang: counted.label(lang) for lang in LANGS}
    made = replace(coloured(geometry, counted, system, choice), spread=_spread(geometry, spread))
    return Picture(counted.key, label, counted.unit, made)


def coloured(geometry: Geometry, counted: Counted, system: System, choice: Options) -> Geometry:
    """The picture in its colours: of kinds, of the carriers of energy, and those asked for."""
    return _coloured(geometry, {**carriers(counted, system), **choice.colours})


def _geometries(
    counted: Sequence[Counted],
    chosen: Sequence[Shown],
    system: System,
    choice: Options,
    names: Names,
    frame: Frame,
) -> list[Geometry]:
    """One layer laid out by itself, or several over the same columns, each to its own scale."""
    from mfa.show.sankey.layout.layout import relayout, spaced
    from mfa.show.sankey.layout.plan import Plan, plan
    from mfa.show.sankey.layout.spacing import LOOSE, Spacing

    translated = translations(names, frame)
    options = plan_options([system], counted[0], choice, names, frame.lang)
    if len(chosen) > 1:
        made = plan(together([s.links for s in chosen]), **options)
        return [
            replace(relayout(made, s.links, unit=f"{c.unit}/a", translated=translated), remarks=s.remarks)
            for c, s in zip(counted, chosen, strict=True)
        ]

    def drawn(plan: Plan, spacing: Spacing) -> Geometry:
        tight = replace(spacing, units=not frame.titled)
        shape = spaced(plan, options["unit"], tight, translated=translated)
        shape = replace(shape, remarks=chosen[0].remarks)
        return framed(shape, counted[0], system, choice, names, frame) if frame.titled else shape

    if frame.sheet.width:
        return [on_sheet(chosen[0].links, drawn, frame, options)]
    return [drawn(plan(chosen[0].links, **options), LOOSE)]


def translations(names: Names, frame: Frame) -> Mapping[str, str] | None:
    """The names in the other language, where labels keep room for them."""
    other = next(each for each in LANGS if each != frame.lang)
    return {key: texts[other] for key, texts in names.items()} if frame.both else None


def plan_options(
    systems: Sequence[System], counted: Counted, choice: Options, names: Names, lang: str
) -> dict[str, Any]:
    """What a plan of the flows of some runs is made with."""
    kinds: dict[str, str] = {k: m.kind for s in systems for k, m in s.materials.items()}
    return {
        "labels": {key: texts[lang] for key, texts in names.items()},
        "unit": f"{counted.unit}/a",
        "kinds": {**kinds, SYSTEM_COST: "other", LOST: LOSS},
        "stocks": {stock for s in systems for stock in s.stocks},
        "min_share": choice.min_share,
        "order": choice.order,
        "pinned": choice.pinned,
    }


def framed(
    shape: Geometry, counted: Counted, system: System, choice: Options, names: Names, frame: Frame
) -> Geometry:
    """The picture under its title, with where its numbers come from."""
    title = scenario_line(system, frame.lang)
    if choice.node:
        title = f"{names[choice.node][frame.lang]} · {title}"
    layer = f"{counted.label(frame.lang)}, {shape.unit}"
    origin = word("origin", frame.lang, name=system.name, version=mfa.__version__)
    return headed(replace(shape, origin=origin), title, layer)


def on_sheet(links: Sequence[Link], draw: Any, frame: Frame, options: Mapping[str, Any]) -> Geometry:
    """A picture that fits its sheet.

    Raises
    ------
    mfa.Error
        it does not fit; the fault says what it would take
    """
    from mfa.show.sankey.layout.fit import SHARES, Unfit, fitted
    from mfa.show.sankey.legend import legend

    sheet = frame.sheet
    try:
        return fitted(links, sheet, lambda made: legend(made, frame.lang)[1], draw, **options)
    except Unfit as unfit:
        values = {
            "columns": max(node.layer for node in unfit.made.nodes) + 1,
            "boxes": len(unfit.made.nodes),
            "share": f"{100 * SHARES[-1]:g} %",
            "font": f"{sheet.font:g} pt",
            "size": _centimetres(unfit.width, unfit.height),
            "sheet": _centimetres(sheet.width or 0.0, sheet.tallest),
        }
        raise Error([Fault("sheet-unfit", None, values)]) from None


def _centimetres(width: float, height: float) -> str:
    return f"{width / POINTS['cm']:.1f} × {height / POINTS['cm']:.1f} cm"


def names(system: System, choice: Options, chosen: Sequence[Shown]) -> Names:
    """What every node, material and end of a flow is called, in both languages."""
    members: dict[str, Any] = {**system.materials, **system.stocks, **system.processes}
    own = system.sankey.labels
    found: dict[str, Mapping[str, str]] = {k: m.label for k, m in members.items()}
    found |= {k: texts for k, texts in own.items() if k in members and k not in system.materials}
    for drawn in {*choice.of.values()}:
        kind, _, tag = drawn.partition(":")
        bare = None if kind == "chain" and tag in _other_tags(system) else own.get(tag)
        found[drawn] = own.get(drawn) or bare or dict.fromkeys(LANGS, tag)
    found[LOST] = {each: word(LOSS, each) for each in LANGS}
    found[SYSTEM_COST] = {each: word("system-cost", each) for each in LANGS}
    for one in chosen:
        found |= end_names(one.ends, found, choice.node)
    return found


def _other_tags(system: System) -> set[str]:
    """Every site, sector, project and enterprise: a label of that name is theirs, not a chain's."""
    return {str(getattr(p, kind)) for p in system.processes.values() for kind in GROUPS if kind != "chain"}


def carriers(counted: Counted, system: System) -> Mapping[str, str]:
    """A colour for each of the larger carriers of the energy layer; pale ones for the others."""
    if counted.key != "energy":
        return {}
    sums: dict[str, float] = {}
    for link in counted.links:
        sums[link.material] = sums.get(link.material, 0.0) + link.value
    least = LEAST_CARRIER * max(sums.values(), default=0.0)
    carriers = {m: v for m, v in sums.items() if v >= least and kind_of(system, m) in ("energy", "fuel")}
    ranked = sorted(carriers, key=lambda m: (-carriers[m], m))
    power = [m for m in ranked if system.materials[m].unit in ELECTRIC]
    fuels = [m for m in ranked if system.materials[m].kind == "fuel"]
    others = [m for m in ranked if m not in power and m not in fuels]
    sets = (power[:1], (COLOURS["energy"],)), (fuels, FUELS), (others, HEATS)
    found = {m: colour for those, colours in sets for m, colour in zip(those, colours, strict=False)}
    return {**PALE, **found} if found else {}


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
