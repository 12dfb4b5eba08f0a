"""Several runs on one layout and one scale: below each other, behind a slider, or as a difference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Unpack

import mfa
from mfa.errors import Error, Fault, check_language
from mfa.results.run import Run
from mfa.show.magnitudes import written_for
from mfa.show.sankey.compose import (
    Frame,
    Names,
    Picture,
    coloured,
    names,
    on_sheet,
    plan_options,
    translations,
)
from mfa.show.sankey.diagram import DATA, Asked, Sankey, sheet_and_rest
from mfa.show.sankey.geometry import LESS, MORE, Geometry, Link, Node, Remark
from mfa.show.sankey.heading import headed, stacked
from mfa.show.sankey.labels import LANGS, word
from mfa.show.sankey.measure import Counted, count, count_default, short_unit
from mfa.show.sankey.picture_options import Options, choose
from mfa.show.sankey.shown import Shown, shown
from mfa.show.text import scenario_line

Key = tuple[str, str, str]
NOISE = 1e-9  # of a flow: two solves of the same differ by less


@dataclass(frozen=True)
class _Part:
    """One run, counted and chosen as the picture asks."""

    run: Run
    title: str
    counted: Counted
    choice: Options
    shown: Shown


def side_by_side(
    runs: Sequence[Run],
    path: str | Path | None = None,
    *,
    titles: Sequence[str] = (),
    difference: bool = False,
    page: bool = False,
    lang: str = "en",
    layer: str = "",
    unit: str | None = None,
    **asked: Unpack[Asked],
) -> Sankey:
    """Runs on one layout and one scale.

    A page (.html) has a slider; on paper they stand below each other with one legend.

    Parameters
    ----------
    runs : at least two, in their order
    titles : what each is called; by default its scenario and year
    difference : of two, what is more in the second and what is less, as one picture
    page : a slider, as for files that are pages, where no path is given
    layer, unit, asked : as of `sankey`

    Raises
    ------
    mfa.Error
        as of `sankey`; fewer than two runs, or a difference of more than two
    """
    check_language(lang)
    if len(runs) < 2 or (difference and len(runs) != 2):
        raise Error([Fault("sankey-several", None, {"count": len(runs)})])
    sheet, rest = sheet_and_rest(asked)
    paged = page or Path(path or "").suffix in DATA
    frame = Frame(lang, both=paged, sheet=sheet, titled=not paged)
    parts = _parts(runs, titles, layer, unit, frame, rest)
    called: dict[str, Mapping[str, str]] = {}
    for part in reversed(parts):
        called |= names(part.run.system, part.choice, [part.shown])
    drawn = _difference(parts, called, frame) if difference else _pictures(parts, called, frame)
    title = _heading([p.title for p in parts], runs, lang)
    made = Sankey(dict.fromkeys(LANGS, title), lang, tuple(drawn), called, frame.sheet)
    if path is not None:
        made.save(path)
    return made


def _heading(titles: Sequence[str], runs: Sequence[Run], lang: str) -> str:
    """What all runs are called together: of the years of one scenario, its name and the first and last."""
    labels = {run.system.label[lang] for run in runs}
    years = [str(run.system.year) for run in runs]
    if len(labels) == 1 and list(titles) == years:
        return f"{labels.pop()}, {years[0]}–{years[-1]}"
    return " | ".join(titles)


def _parts(
    runs: Sequence[Run],
    titles: Sequence[str],
    layer: str,
    unit: str | None,
    frame: Frame,
    asked: Mapping[str, Any],
) -> list[_Part]:
    """Each run counted in one unit, that in which the largest flow of all is a short number."""
    choices = _choices(runs, asked)
    counted = [count(r, layer, unit) if layer else count_default(r, unit) for r in runs]
    if unit is None and not frame.both:
        with written_for(frame.lang):
            counted = _short(counted)
    called = titles or [scenario_line(r.system, frame.lang) for r in runs]
    return [
        _Part(r, title, c, choice, shown([c], r.system, choice)[0])
        for r, title, c, choice in zip(runs, called, counted, choices, strict=True)
    ]


def _choices(runs: Sequence[Run], asked: Mapping[str, Any]) -> list[Options]:
    """The options of each run; a name that only other runs have is none of its own.

    Raises
    ------
    mfa.Error
        a name that no run has
    """
    found: list[Options | None] = []
    faults: list[Fault] = []
    for run in runs:
        try:
            found.append(choose(run.system, **asked))
        except Error as error:
            found.append(None)
            faults = faults or list(error.faults)
    known = next((c for c in found if c is not None), None)
    if known is None:
        raise Error(faults)
    return [c or known for c in found]


def _short(counted: Sequence[Counted]) -> list[Counted]:
    """All in the unit in which the largest flow is a short number."""
    largest = max((x.value for c in counted for x in c.links if x.source != x.target), default=1.0)
    name, share = short_unit(counted[0].unit, largest)
    return [
        replace(
            c,
            unit=name,
            links=tuple(replace(x, value=x.value * share) for x in c.links),
            factor=c.factor * share,
            remarks=tuple(replace(r, value=r.value * share) for r in c.remarks),
        )
        for c in counted
    ]


def _union(parts: Sequence[_Part]) -> list[Link]:
    """Every flow of any run with its largest amount."""
    found: dict[Key, float] = {}
    for part in parts:
        for key, value in _sums(part.shown.links).items():
            found[key] = max(found.get(key, 0.0), value)
    return [Link(*key, value) for key, value in sorted(found.items())]


def _sums(links: Sequence[Link]) -> dict[Key, float]:
    sums: dict[Key, list[float]] = {}
    for x in links:
        sums.setdefault((x.source, x.target, x.material), []).append(x.value)
    return {key: math.fsum(values) for key, values in sums.items()}


# ---------------------------------------------------------------- side by side
def _pictures(parts: Sequence[_Part], called: Names, frame: Frame) -> list[Picture]:
    """A picture a run for a page; for paper one that holds all of them."""
    from mfa.show.sankey.layout.layout import relayout
    from mfa.show.sankey.layout.plan import Plan, fitting, plan
    from mfa.show.sankey.layout.spacing import LOOSE, Spacing

    union = _union(parts)
    options = _options(parts, called, frame)
    translated = translations(called, frame)

    def each(made: Plan, spacing: Spacing) -> list[Geometry]:
        scale = fitting(made, made.flows, spacing.flows and spacing.flows / len(parts))
        return [
            replace(
                relayout(made, p.shown.links, scale=scale, translated=translated, spacing=spacing),
                remarks=p.shown.remarks,
            )
            for p in parts
        ]

    def all_of(made: Plan, spacing: Spacing) -> Geometry:
        shapes = each(made, replace(spacing, units=False))
        named = zip(shapes, parts, strict=True)
        whole = stacked([headed(s, p.title, _layer(p, s, frame)) for s, p in named])
        return replace(whole, remarks=_told(parts), origin=_origin(parts, frame))

    if frame.both:
        shapes = each(plan(union, **options), LOOSE)
        return [_picture(p, s, p.title) for p, s in zip(parts, shapes, strict=True)]
    if frame.sheet.width:
        return [_picture(parts[0], on_sheet(union, all_of, frame, options))]
    return [_picture(parts[0], all_of(plan(union, **options), LOOSE))]


def _options(parts: Sequence[_Part], called: Names, frame: Frame) -> dict[str, Any]:
    systems = [p.run.system for p in parts]
    return plan_options(systems, parts[0].counted, parts[0].choice, called, frame.lang)


def _picture(part: _Part, shape: Geometry, period: str = "") -> Picture:
    label = {lang: part.counted.label(lang) for lang in LANGS}
    made = coloured(shape, part.counted, part.run.system, part.choice)
    return Picture(part.counted.key, label, part.counted.unit, made, period=period)


def _layer(part: _Part, shape: Geometry, frame: Frame) -> str:
    return f"{part.counted.label(frame.lang)}, {shape.unit}"


def _origin(parts: Sequence[_Part], frame: Frame) -> str:
    scenarios = ", ".join(dict.fromkeys(p.run.system.name for p in parts))
    return word("origin", frame.lang, name=scenarios, version=mfa.__version__)


def _told(parts: Sequence[_Part]) -> tuple[Remark, ...]:
    """The remarks of all runs, each once with its amounts in turn and the names of the largest."""
    found: dict[str, Remark] = {}
    for remark in (r for p in parts for r in p.shown.remarks):
        if remark.key not in found or remark.value > found[remark.key].value:
            found[remark.key] = remark
    sums = {key: [_amount(p, key) for p in parts] for key in found}
    return tuple(
        replace(remark, value=sums[key][0], further=tuple(sums[key][1:])) for key, remark in found.items()
    )


def _amount(part: _Part, key: str) -> float:
    return math.fsum(r.value for r in part.shown.remarks if r.key == key)


# ---------------------------------------------------------------- difference
def _difference(parts: Sequence[_Part], called: dict[str, Mapping[str, str]], frame: Frame) -> list[Picture]:
    """What is more in the second run and what is less, each flow as wide as that is."""
    from mfa.show.sankey.layout.layout import spaced
    from mfa.show.sankey.layout.plan import Plan, plan
    from mfa.show.sankey.layout.spacing import LOOSE, Spacing

    a, b = (_sums(p.shown.links) for p in parts)
    changes = {k: b.get(k, 0.0) - a.get(k, 0.0) for k in sorted({*a, *b})}
    links = [
        Link(*key[:2], f"{MORE if change > 0 else LESS}:{key[2]}", abs(change))
        for key, change in changes.items()
        if abs(change) > NOISE * max(a.get(key, 0.0), b.get(key, 0.0))
    ]
    if not links:
        raise Error([Fault("sankey-same", None, {"a": parts[0].title[:60], "b": parts[1].title[:60]})])
    for x in links:
        called[x.material] = called[x.material.partition(":")[2]]
    options = _options(parts, called, frame)
    options["kinds"] |= {x.material: x.material.partition(":")[0] for x in links}
    title = word("difference", frame.lang, a=parts[0].title, b=parts[1].title)

    def drawn(made: Plan, spacing: Spacing) -> Geometry:
        tight = replace(spacing, units=False)
        shape = spaced(made, options["unit"], tight, translated=translations(called, frame))
        shape = replace(shape, nodes=tuple(_net(n, shape) for n in shape.nodes))
        shape = replace(shape, remarks=_told(parts), origin=_origin(parts, frame))
        return headed(shape, title, _layer(parts[0], shape, frame))

    shape = (
        on_sheet(links, drawn, frame, options) if frame.sheet.width else drawn(plan(links, **options), LOOSE)
    )
    return [_picture(parts[0], shape)]


def _net(node: Node, shape: Geometry) -> Node:
    """A node with the changes of what it gets and gives, less taken from more."""
    links = [(b.link, b.link.value if b.kind == MORE else -b.link.value) for b in shape.bands]
    into = _sum([v for x, v in links if x.target == node.id != x.source])
    out = _sum([v for x, v in links if x.source == node.id != x.target])
    return replace(node, value_in=into, value_out=out, changes=True)


def _sum(values: Sequence[float]) -> float:
    """The sum of changes, 0 where more and less make up for each other."""
    total = math.fsum(values)
    return total if abs(total) > NOISE * max(map(abs, values), default=0.0) else 0.0
