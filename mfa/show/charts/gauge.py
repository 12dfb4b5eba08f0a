"""An indicator beside its bound: how far off, in points and in tonnes."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mfa.catalogue import HEADLINE
from mfa.errors import Error, Fault, nearest
from mfa.results.run import Run
from mfa.show.charts.style import (
    BLUE,
    INK,
    MARGIN,
    SMALL,
    SOFT,
    VERMILION,
    Scale,
    beside,
    broken,
    canvas,
    dress,
    finish,
    head_room,
    listed,
    page_width,
    pt,
    title,
    type_pt,
    word,
    write,
)
from mfa.show.headline import unsold_note
from mfa.show.sankey.labels import text_width
from mfa.show.summary import Summary
from mfa.show.text import indicator_name, material_name, node_name, scenario_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mfa.results.indicators.target import Indicator

LINE = 14.0  # points of the usual chart from line to line
TALL, FIGURES = 0.56, 15.0
EXACT = 1e-9  # relative: a value at its bound
STATES = {"true": ("✓", BLUE), "false": ("✗", VERMILION), "unproven": ("?", "#9a6a00")}


def gauge(
    result: Run,
    indicator: str,
    path: str | Path | None = None,
    *,
    ax: Axes | None = None,
    lang: str = "en",
) -> Axes:
    """Draw the value of an indicator, its bounds and the distance to them.

    Raises
    ------
    mfa.Error
        the run has no such indicator
    """
    rows = [row for row in result.indicator_list if row.name == indicator]
    if not rows:
        known = [row.name for row in result.indicator_list]
        values = {"name": indicator[:60], "near": nearest(indicator, known)}
        raise Error([Fault("chart-indicator", None, values)])
    scale = Scale.of(
        [x for r in rows for x in (r.value, r.minimum, r.maximum) if x is not None], rows[0].unit
    )
    verdicts = [line for row in rows for line in _verdict(row, result, scale, lang)]
    if indicator == HEADLINE:
        verdicts += [(line, SOFT) for line in _lines(unsold_note(Summary(result), lang))]
    foot = pt(44 + LINE * len(verdicts))
    left = pt(MARGIN) + text_width(_figures(rows[0], scale), type_pt(FIGURES)) + pt(10)
    heading, note = indicator_name(result.system, indicator, lang), scenario_line(result.system, lang)
    top = head_room(heading, note)
    made = canvas(ax, page_width(), pt(54) + foot + top, (left, pt(MARGIN + 6), foot, top))
    dress(made, x_label=scale.unit)
    indent = left - pt(MARGIN) if ax is None else 0.0
    title(made, heading, note, left=indent, own=ax is None)
    _bar(made, rows, scale)
    for i, (text, colour) in enumerate(verdicts):
        beside(
            made, text, (0, 0), (-indent / pt(1.0), -44 - LINE * i), xycoords="axes fraction", color=colour
        )
    return finish(made, path)


def _bar(ax: Axes, rows: list[Indicator], scale: Scale) -> None:
    """The bar of the value on its track, the bounds as lines, what is missing or too much hatched."""
    value = (rows[0].value or 0.0) * scale.factor
    bounds = [
        (s, b * scale.factor) for r in rows for s, b in (("≥", r.minimum), ("≤", r.maximum)) if b is not None
    ]
    low, high = _range(value, [b for _, b in bounds], scale)
    ax.set(xlim=(low, high), ylim=(0, 1.4), yticks=[])
    ax.barh(0.5, high - low, left=low, height=TALL, color="#efefef", linewidth=0)
    ax.barh(0.5, value, height=TALL, color=BLUE, linewidth=0, gid="value")
    for row in rows:
        bound = _missed(row)
        if bound is not None:
            start, end = sorted((value, bound * scale.factor))
            style: dict[str, Any] = {"facecolor": "white", "edgecolor": VERMILION, "hatch": "////"}
            ax.barh(0.5, end - start, left=start, height=TALL, linewidth=0, gid="gap", **style)
    beside(
        ax,
        _figures(rows[0], scale),
        (0, 0.5),
        (-10, 0),
        xycoords=ax.get_yaxis_transform(),
        ha="right",
        va="center",
        fontsize=FIGURES,
    )
    for sign, bound in bounds:
        ax.plot([bound, bound], [0.1, 0.93], color=INK, linewidth=pt(2), solid_capstyle="butt", clip_on=False)
        side = "right" if bound > 0.8 * high else "center"
        text = f"{sign} {scale.text(bound / scale.factor)}"
        write(ax, bound, 0.97, text, ha=side, va="bottom", fontsize=SMALL, color=SOFT)


def _figures(row: Indicator, scale: Scale) -> str:
    return "–" if row.value is None else scale.text(row.value)


def _range(value: float, bounds: list[float], scale: Scale) -> tuple[float, float]:
    """Shares on a track from 0 to 100 % or more, other values with a tenth to spare."""
    most = max([value, *bounds])
    return min(0.0, value, *bounds), max(100.0, most) if scale.unit == "%" else 1.1 * most or 1.0


def _missed(row: Indicator) -> float | None:
    """The bound that the value does not keep."""
    if row.value is None or row.met != "false":
        return None
    return row.minimum if row.minimum is not None and row.value < row.minimum else row.maximum


def _verdict(row: Indicator, result: Run, scale: Scale, lang: str) -> list[tuple[str, str]]:
    """The sentence about one bound, in lines, with its colour."""
    if row.value is None:
        return [(word("no-value", lang), SOFT)]
    if row.minimum is None and row.maximum is None:
        return [(word("no-target", lang), SOFT)]
    sign, colour = STATES[row.met]
    say = {"true": _met, "false": _short, "unproven": _doubt}[row.met]
    lines = _lines(f"{sign} {say(row, result, scale, lang)}")
    return [(line, colour if i == 0 else SOFT) for i, line in enumerate(lines)]


def _lines(text: str) -> list[str]:
    """A sentence in lines as wide as the chart; none of no sentence."""
    return broken(text, page_width() - 2 * pt(MARGIN))


def _distance(row: Indicator, bound: float, scale: Scale, lang: str) -> str:
    assert row.value is not None
    text = scale.change(abs(row.value - bound), lang)
    if not text.startswith("±"):
        return text.lstrip("+")
    return word("less-than", lang, distance=word("points", lang, value="0.01"))


def _met(row: Indicator, result: Run, scale: Scale, lang: str) -> str:
    nearest_bound = min(
        (b for b in (row.minimum, row.maximum) if b is not None), key=lambda b: abs((row.value or 0.0) - b)
    )
    if math.isclose(row.value or 0.0, nearest_bound, rel_tol=EXACT):
        return word("gauge-met-exactly", lang)
    return word("gauge-met", lang, distance=_distance(row, nearest_bound, scale, lang))


def _short(row: Indicator, result: Run, scale: Scale, lang: str) -> str:
    """How far off, in the unit of the indicator and in tonnes."""
    bound = _missed(row)
    assert bound is not None
    side = "min" if bound == row.minimum else "max"
    said = word(f"gauge-missed-{side}", lang, distance=_distance(row, bound, scale, lang))
    if row.distance_amount is None:
        return said
    amount = Scale.of([row.distance_amount], "t/a").text(row.distance_amount)
    return said + word(f"gauge-more-{side}", lang, amount=amount, done=_achieved(row.name, lang))


def _doubt(row: Indicator, result: Run, scale: Scale, lang: str) -> str:
    """Which processes lack what."""
    system = result.system
    if row.holes:
        return word("gauge-unproven-carbon", lang)
    names = [
        word("lacks", lang, node=node_name(system, p, lang), material=material_name(system, m, lang))
        for p, m in row.doubtful
    ]
    return word("gauge-unproven", lang, names=listed(names, lang))


def _achieved(name: str, lang: str) -> str:
    """What must be done with the amount that is missing."""
    for key in ("utilisation-and-disposal", "disposal", "utilisation"):
        if key in name:
            return word(f"deed-{key}", lang)
    return word("deed-other", lang)
