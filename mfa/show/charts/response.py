"""How indicators respond to what a sweep varies: lines over one figure, a map over two."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mfa.engine.network import Floats, Ints
from mfa.errors import Error, Fault
from mfa.parameters import parse
from mfa.show.charts.style import (
    BODY,
    GRID,
    INK,
    SMALL,
    SOFT,
    Scale,
    beside,
    canvas,
    dress,
    finish,
    remarks,
    title,
    word,
)
from mfa.show.charts.years import COLOURS, DASHES, name_ends, value_range
from mfa.show.fonts import families
from mfa.show.sankey.labels import text_width, wrap
from mfa.show.text import indicator_name, path_name, scenario_line
from mfa.studies.sweeps.swept import Swept

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh

WIDTH, PANEL, NAME_ROOM = 504.0, 300.0, 120.0  # points
LEFT, FOOT, HEAD = 46.0, 40.0, 60.0
MOST_EMPTY = 4  # cells of a map for each point: points of a table that lie anyhow fill no map
COLOUR_BAR = 92.0  # points at the right of a map


def check(found: Swept) -> None:
    """Refuse a sweep that no picture shows; no point has to be solved for it.

    Raises
    ------
    mfa.Error
        neither one nor two figures are varied, words are, lines that could not be told apart, or
        points that are on no grid
    """
    axes = found.points.axes
    if len(axes) > 2:
        raise Error([Fault("sweep-picture-paths", None, {"count": len(axes)})])
    words = [a.path for a, unit in zip(axes, found.path_units, strict=True) if unit is None]
    if words:
        raise Error([Fault("sweep-picture-words", None, {"path": words[0][:120]})])
    if len(axes) == 1:
        most = max(found.units.count(unit) for unit in found.units)
        if most > len(COLOURS):
            raise Error([Fault("sweep-picture-lines", None, {"count": most, "most": len(COLOURS)})])
    elif math.prod(len(set(a.texts)) for a in axes) > MOST_EMPTY * len(found.points):
        raise Error([Fault("sweep-picture-grid", None)])


def response(found: Swept, path: str | Path | None = None, *, lang: str = "en") -> list[Axes]:
    """Draw a sweep: lines of all indicators over one figure, a map of the first over two.

    Indicators of one unit share axes; a target is a line. Where a point has no value, nothing is drawn.

    Raises
    ------
    mfa.Error
        as `check`; no point has a value
    """
    check(found)
    if not any(v is not None for row in found.last for v in row.values):
        raise Error([Fault("sweep-picture-empty", None)])
    made = _lines(found, lang) if len(found.points.axes) == 1 else [_map(found, lang)]
    finish(made[0], path)
    return made


def _column(found: Swept, which: int) -> Floats:
    """(point,) the values of an indicator; NaN where there is none."""
    return np.array([math.nan if r.values[which] is None else r.values[which] for r in found.last], float)


def _input(found: Swept, which: int) -> Floats:
    """(point,) the values of a varied figure; NaN where it could not be read."""
    inputs = (r.inputs[which] for r in found.rows)
    return np.array([x if isinstance(x, float) else math.nan for x in inputs])


def _axis(found: Swept, which: int, lang: str) -> tuple[Floats, Scale, str]:
    """The values of a varied figure, their scale and the name of the axis."""
    values = _input(found, which)
    scale = Scale.of([x for x in values.tolist() if not math.isnan(x)], found.path_units[which] or "")
    name = path_name([found.system], found.points.axes[which].path, lang)
    return values, scale, f"{name}, {scale.unit}" if scale.unit else name


def _note(found: Swept, lang: str) -> str:
    """The scenario, and how many points have no solution."""
    lost = sum(found.errors.values())
    parts = [scenario_line(found.system, lang)]
    parts += [word("unsolved", lang, count=f"{lost:,}", all=f"{len(found.rows):,}")] if lost else []
    return remarks(parts, lang)


def _bounds(found: Swept, name: str) -> list[tuple[str, float]]:
    """The bounds of an indicator, with their signs; none where targets are what is varied."""
    varied = (parse(a.path, found.system) for a in found.points.axes)
    if any(p is not None and p.section == "targets" for p in varied):
        return []
    ends = ((("≥", t.minimum), ("≤", t.maximum)) for t in found.targets(name))
    return [(sign, bound) for pair in ends for sign, bound in pair if bound is not None]


# ---------------------------------------------------------------- lines over one figure
def _lines(found: Swept, lang: str) -> list[Axes]:
    """A panel for each unit, one below the other."""
    x, scale, label = _axis(found, 0, lang)
    order = np.argsort(x, kind="stable")
    groups = {unit: [i for i, u in enumerate(found.units) if u == unit] for unit in found.units}
    names = {n: wrap(indicator_name(found.system, n, lang), NAME_ROOM) for n in found.names}
    right = 30 + max(text_width(part, BODY) for many in names.values() for part in many)
    panels = _panels(len(groups), right)
    for ax, (unit, members) in zip(panels, groups.items(), strict=True):
        _panel(ax, found, unit, members, (x * scale.factor, order), label, names, lang)
    title(
        panels[0], word("response", lang, path=label.rpartition(",")[0] or label), _note(found, lang), left=36
    )
    return panels


def _panels(count: int, right: float) -> list[Axes]:
    tall = PANEL * count
    first = canvas(None, WIDTH, tall, (LEFT, right, tall - PANEL + FOOT, HEAD))
    figure = first.get_figure(root=True)
    assert figure is not None
    wide = (WIDTH - LEFT - right) / WIDTH
    rooms = [
        (LEFT / WIDTH, (tall - PANEL * (i + 1) + FOOT) / tall, wide, 200 / tall) for i in range(1, count)
    ]
    return [first, *(figure.add_axes(room) for room in rooms)]


def _panel(
    ax: Axes,
    found: Swept,
    unit: str,
    members: Sequence[int],
    at: tuple[Floats, Ints],
    label: str,
    names: dict[str, list[str]],
    lang: str,
) -> None:
    """The lines of the indicators of one unit, named at their ends, with their targets."""
    x, order = at
    values = {found.names[i]: _column(found, i)[order] for i in members}
    bounds = [b for name in values for b in _bounds(found, name)]
    known = [v for y in values.values() for v in y.tolist() if not math.isnan(v)]
    scale = Scale.of([*known, *(b for _, b in bounds)], unit)
    dress(ax, x_label=label, y_label=scale.unit)
    ax.spines["left"].set_visible(True)
    ax.spines["left"].set_color(SOFT)
    ax.grid(axis="y", color=GRID, linewidth=0.8)
    ends = []
    for i, (name, y) in enumerate(values.items()):
        style = {"color": COLOURS[i], "linestyle": DASHES[i % len(DASHES)], "linewidth": 1.8}
        ax.plot(x[order], y * scale.factor, gid=name, **style)
        last = [v for v in y.tolist() if not math.isnan(v)][-1:]
        ends += [(name, last[0] * scale.factor, last[0], COLOURS[i])] if last else []
    ax.margins(x=0.0)
    ax.set_ylim(*value_range(scale, known, [], [b for _, b in bounds]))
    _targets(ax, bounds, scale, lang)
    name_ends(ax, ends, names, scale)


def _targets(ax: Axes, bounds: Sequence[tuple[str, float]], scale: Scale, lang: str) -> None:
    for sign, bound in dict.fromkeys(bounds):
        ax.axhline(bound * scale.factor, color=INK, linewidth=1.0, gid="target")
        text = word("target", lang, bound=f"{sign} {scale.text(bound)}")
        place = 0.0, bound * scale.factor
        beside(ax, text, place, (4, 3), xycoords=ax.get_yaxis_transform(), fontsize=SMALL, color=SOFT)


# ---------------------------------------------------------------- a map over two
def _map(found: Swept, lang: str) -> Axes:
    """The first indicator in colours, the bounds of its targets as lines."""
    (x, x_scale, x_label), (y, y_scale, y_label) = _axis(found, 0, lang), _axis(found, 1, lang)
    columns, lines = np.unique(x[~np.isnan(x)]), np.unique(y[~np.isnan(y)])
    cells = np.full((len(lines), len(columns)), math.nan)
    known = ~(np.isnan(x) | np.isnan(y))
    value = _column(found, 0)
    cells[np.searchsorted(lines, y[known]), np.searchsorted(columns, x[known])] = value[known]
    name = found.names[0]
    scale = Scale.of([v for v in value.tolist() if not math.isnan(v)], found.units[0])
    ax = canvas(None, WIDTH, 360.0, (64.0, COLOUR_BAR, FOOT + 6, HEAD))
    dress(ax, x_label=x_label, y_label=y_label)
    ax.set_facecolor(GRID)
    across, up = columns * x_scale.factor, lines * y_scale.factor
    mesh = ax.pcolormesh(_edges(across), _edges(up), cells * scale.factor, cmap="viridis", gid=name)
    _contours(ax, found, (across, up, cells * scale.factor), scale)
    _colour_bar(ax, mesh, scale)
    title(ax, indicator_name(found.system, name, lang), _note(found, lang), left=54)
    return ax


def _edges(middles: Floats) -> Floats:
    """The edges of cells around their middles."""
    if len(middles) == 1:
        half = abs(float(middles[0])) / 2 or 0.5
        return np.array([middles[0] - half, middles[0] + half])
    between = (middles[1:] + middles[:-1]) / 2
    first, last = 2 * middles[0] - between[0], 2 * middles[-1] - between[-1]
    return np.concatenate([[first], between, [last]])


def _contours(ax: Axes, found: Swept, drawn: tuple[Floats, Floats, Floats], scale: Scale) -> None:
    """Where the value is just at a bound."""
    across, up, cells = drawn
    for sign, bound in _bounds(found, found.names[0]):
        level = bound * scale.factor
        inside = np.nanmin(cells) < level < np.nanmax(cells)
        if inside and min(cells.shape) > 1:
            line = ax.contour(across, up, np.ma.masked_invalid(cells), [level], colors=[INK], linewidths=1.4)
            ax.clabel(line, fmt={level: f"{sign} {scale.text(bound)}"}, fontsize=SMALL)


def _colour_bar(ax: Axes, mesh: QuadMesh, scale: Scale) -> None:
    figure = ax.get_figure(root=True)
    assert figure is not None
    place = ax.get_position()
    side = figure.add_axes((place.x1 + 14 / WIDTH, place.y0, 12 / WIDTH, place.height))
    figure.colorbar(mesh, cax=side)
    dress(side, y_label=scale.unit)
    side.yaxis.set_label_position("right")
    side.yaxis.label.set_fontfamily(list(families(scale.unit)))
