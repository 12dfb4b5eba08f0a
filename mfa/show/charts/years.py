"""Indicators or fates over the years, as lines or stacked areas, with their target."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mfa.show.charts.style import (
    BLUE,
    BODY,
    GREEN,
    GRID,
    INK,
    LOOKS,
    ORANGE,
    PURPLE,
    SKY,
    SMALL,
    SOFT,
    VERMILION,
    Look,
    Scale,
    beside,
    broken,
    canvas,
    dress,
    finish,
    head_room,
    page_height,
    page_width,
    pt,
    title,
    type_pt,
    word,
)
from mfa.show.sankey.labels import text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 300.0  # points of the usual chart
NAME_ROOM, NAME_SHARE = 120.0, 0.32  # points that a name at a line may take, and of the page at most
COLOURS = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, INK)
MARKS = ("o", "s", "^", "D", "v", "P", "X")
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (5, 1.5, 1.5, 1.5)))
HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "++++", "----")

PALE = 0.2  # so that a line, a target and the grid are seen through a band

Series = Mapping[str, Mapping[int, float | None]]
Bands = Mapping[str, Mapping[int, tuple[float, float]]]


def years(
    series: Series,
    path: str | Path | None = None,
    *,
    heading: str,
    note: str = "",
    unit: str = "1",
    areas: bool = False,
    target: float | Mapping[int, float] | None = None,
    at_most: bool = False,
    bands: Bands | None = None,
    looks: Mapping[str, Look] | None = None,
    bound_word: Literal["target", "room"] = "target",
    ax: Axes | None = None,
    lang: str = "en",
) -> Axes:
    """Draw one or several series over the years.

    Parameters
    ----------
    series : name → year → value in `unit`; None is a gap in a line; a name that is a fate
        (`utilised`, `disposed`, `stored`, `dumped`) is drawn and called as in `wastes`
    areas : stack them, the first at the bottom
    target : a bound for all years, or year → bound
    at_most : whether the target is an upper bound
    bands : name of a line → year → the two values between which it is filled pale
    looks : name of an area → its fill, in place of the usual ones
    bound_word : what the bound is called; a room is written without a sign

    Raises
    ------
    ValueError
        nothing to draw, more series than can be told apart, or areas with gaps or negative values
    """
    _check(series, areas)
    when = sorted({year for values in series.values() for year in values})
    bounds = target if isinstance(target, Mapping) else {} if target is None else dict.fromkeys(when, target)
    tops = [math.fsum(v.get(y) or 0.0 for v in series.values()) for y in when] if areas else []
    lone = [x for v in series.values() for x in v.values() if x is not None]
    lone += [x for of in (bands or {}).values() for ends in of.values() for x in ends]
    scale = Scale.of([*tops, *lone, *bounds.values()], unit)
    room = min(pt(NAME_ROOM), NAME_SHARE * page_width())
    names = {n: broken(word(f"fate-{n}", lang) if n in LOOKS else n, room) for n in series}
    right = pt(30) + max(text_width(part, type_pt(BODY)) for many in names.values() for part in many)
    made = _framed(ax, (pt(46), right, pt(40), head_room(heading, note) + pt(8)), scale)
    ends = _areas(made, series, when, scale, looks or {}) if areas else _lines(made, series, scale)
    _bands(made, series, bands or {}, scale)
    _years_axis(made, when)
    made.set_ylim(*value_range(scale, lone, tops, list(bounds.values())))
    if bounds:
        sign = "" if bound_word == "room" else "≤ " if at_most else "≥ "
        _bound(made, bounds, scale, (bound_word, sign), lang)
    name_ends(made, ends, names, scale)
    title(made, heading, note, left=pt(36) if ax is None else 0, own=ax is None)
    return finish(made, path)


def _framed(ax: Axes | None, margins: tuple[float, float, float, float], scale: Scale) -> Axes:
    """Axes with a vertical scale on their left and lines across."""
    made = canvas(ax, page_width(), page_height(HEIGHT), margins)
    dress(made, y_label=scale.unit)
    made.spines["left"].set_visible(True)
    made.spines["left"].set_color(SOFT)
    made.grid(axis="y", color=GRID, linewidth=pt(0.8))
    made.set_axisbelow(True)
    return made


def _check(series: Series, areas: bool) -> None:
    if not any(x is not None for values in series.values() for x in values.values()):
        raise ValueError("there is nothing to draw")
    if len(series) > len(COLOURS):
        raise ValueError(f"more than {len(COLOURS)} series cannot be told apart; bundle some")
    if areas:
        when = {year for values in series.values() for year in values}
        if any((values.get(y) is None or (values[y] or 0.0) < 0) for values in series.values() for y in when):
            raise ValueError("stacked areas need a value of at least zero for every year")


def value_range(
    scale: Scale, lone: Sequence[float], tops: Sequence[float], bounds: Sequence[float]
) -> tuple[float, float]:
    """The y axis starts at zero and, for shares below 100 %, ends there."""
    high = max([*lone, *tops, *bounds, 0.0]) * scale.factor
    low = min([*lone, *bounds, 0.0]) * scale.factor
    if scale.unit == "%" and 50 < high <= 100:
        return 1.08 * low, 104.0
    return 1.08 * low, 1.08 * high or 1.0


def _years_axis(ax: Axes, when: Sequence[int]) -> None:
    """Only years that are given have a mark; every n-th has its number, as the axis has room."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    points = ax.get_window_extent().width * 72 / figure.dpi
    wide = text_width(str(when[-1]), type_pt(SMALL)) + pt(8)
    every = max(math.ceil(len(when) / 12), math.ceil(len(when) * wide / points))
    shown = [year for i, year in enumerate(when) if i % every == 0]
    ax.set_xticks(shown, [str(year) for year in shown])
    span = max(when[-1] - when[0], 1)
    ax.set_xlim(when[0] - 0.02 * span, when[-1] + 0.02 * span)


def _lines(ax: Axes, series: Series, scale: Scale) -> list[tuple[str, float, float, str]]:
    """Lines with marks; (name, y, value, colour) of their ends."""
    ends = []
    for i, (name, values) in enumerate(series.items()):
        points = [(y, math.nan if v is None else v * scale.factor) for y, v in sorted(values.items())]
        colour = _look(name, i).colour
        ax.plot(
            *zip(*points, strict=True),
            color=colour,
            linestyle=DASHES[i % len(DASHES)],
            marker=MARKS[i],
            markersize=pt(5),
            linewidth=pt(1.8),
            gid=name,
            clip_on=False,
        )
        last = next(y for _, y in reversed(points) if not math.isnan(y))
        ends.append((name, last, last / scale.factor, colour))
    return ends


def _bands(ax: Axes, series: Series, bands: Bands, scale: Scale) -> None:
    """Pale areas behind the lines, each in the colour of its line."""
    for i, name in enumerate(series):
        found = sorted(bands.get(name, {}).items())
        if found:
            low, high = ([ends[k] * scale.factor for _, ends in found] for k in (0, 1))
            years_, colour = [year for year, _ in found], _look(name, i).colour
            ax.fill_between(years_, low, high, color=colour, alpha=PALE, linewidth=0, gid=f"band {name}")


def _look(name: str, i: int) -> Look:
    """The look of a fate, or of the i-th series."""
    return LOOKS.get(name) or Look(COLOURS[i], HATCHES[i])


def _areas(
    ax: Axes, series: Series, when: Sequence[int], scale: Scale, looks: Mapping[str, Look]
) -> list[tuple[str, float, float, str]]:
    """Stacked areas, hatched so that they differ in grey; names stand at the middle of their ends."""
    base = [0.0] * len(when)
    ends = []
    for i, (name, values) in enumerate(series.items()):
        look = looks.get(name) or _look(name, i)
        top = [b + (values[y] or 0.0) * scale.factor for b, y in zip(base, when, strict=True)]
        ax.fill_between(
            when,
            base,
            top,
            facecolor=look.colour,
            edgecolor="white",
            linewidth=pt(0.6),
            hatch=look.hatch or None,
            gid=name,
        )
        ends.append((name, (base[-1] + top[-1]) / 2, values[when[-1]] or 0.0, INK))
        base = top
    return ends


def _bound(ax: Axes, bounds: Mapping[int, float], scale: Scale, called: tuple[str, str], lang: str) -> None:
    """A bound as a stepped line; its value, after its sign, stands where it begins and where it changes."""
    key, sign = called
    when = sorted(bounds)
    values = [bounds[y] * scale.factor for y in when]
    low, high = ax.get_xlim()
    x = [low, *when[1:]]
    ax.step([*x, high], [*values, values[-1]], where="post", color=INK, linewidth=pt(1.0), gid=key)
    for i, y in enumerate(when):
        if i and values[i] == values[i - 1]:
            continue
        text = sign + scale.text(bounds[y])
        beside(
            ax,
            text if i else word(key, lang, bound=text),
            (x[i], values[i]),
            (4, 3),
            fontsize=SMALL,
            color=SOFT,
        )


def name_ends(
    ax: Axes, ends: Sequence[tuple[str, float, float, str]], names: Mapping[str, list[str]], scale: Scale
) -> None:
    """Names and last values at the right, moved apart where they would meet."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    low, high = ax.get_ylim()
    per = (high - low) / (ax.get_window_extent().height * 72 / figure.dpi)
    ranked = sorted(ends, key=lambda end: end[1])
    rooms = [1.25 * type_pt(BODY) * (len(names[name]) + 1) for name, *_ in ranked]
    middles = spaced([y / per for _, y, _, _ in ranked], rooms)
    for (name, y, value, colour), middle in zip(ranked, middles, strict=True):
        text = "\n".join([*names[name], scale.text(value)])
        beside(
            ax,
            text,
            (1, y),
            (8, (middle * per - y) / per / pt(1.0)),
            xycoords=ax.get_yaxis_transform(),
            va="center",
            color=colour,
            arrowprops={
                "arrowstyle": "-",
                "color": SOFT,
                "linewidth": pt(0.6),
                "shrinkA": 0,
                "shrinkB": 0,
                "relpos": (0, 0.5),
            },
        )


def spaced(wanted: Sequence[float], rooms: Sequence[float]) -> list[float]:
    """Middles as near as can be to those wanted (ascending) with the rooms not overlapping.

    >>> spaced([0.0, 1.0, 50.0], [10.0, 10.0, 10.0])
    [-4.5, 5.5, 50.0]
    """
    groups: list[tuple[list[float], list[float]]] = []
    for want, room in zip(wanted, rooms, strict=True):
        groups.append(([want], [room]))
        while len(groups) > 1 and _top(groups[-2]) > _bottom(groups[-1]):
            wants, many = groups.pop()
            groups[-1] = (groups[-1][0] + wants, groups[-1][1] + many)
    return [m for group in groups for m in _middles(group)]


def _middles(group: tuple[list[float], list[float]]) -> list[float]:
    """The rooms of a group stacked so that the mean of what is wanted is kept."""
    wants, rooms = group
    offsets = [sum(rooms[:i]) + rooms[i] / 2 for i in range(len(rooms))]
    start = sum(w - o for w, o in zip(wants, offsets, strict=True)) / len(wants)
    return [start + offset for offset in offsets]


def _top(group: tuple[list[float], list[float]]) -> float:
    return _middles(group)[-1] + group[1][-1] / 2


def _bottom(group: tuple[list[float], list[float]]) -> float:
    return _middles(group)[0] - group[1][0] / 2
