"""What one aim costs in another: the plans of a front, numbered, with what each decides otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mfa.decisions import MONEY
from mfa.show.charts.style import (
    BLUE,
    BODY,
    GRID,
    INK,
    LINE,
    MARGIN,
    SMALL,
    SOFT,
    Scale,
    beside,
    broken,
    canvas,
    dress,
    finish,
    head_room,
    page_width,
    pt,
    title,
    type_pt,
    word,
    write,
)
from mfa.show.plan_words import Words
from mfa.show.text import scenario_line
from mfa.studies.plan.plan_front import Front
from mfa.system import System

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL = 230.0  # points of the axes
LEFT, AXIS = 60.0, 52.0  # points at the left, and below the axes for their numbers and name
GAP = 3.0  # points between the entries of the list
LARGE_MONEY = 1e6  # CNY: from here on in 1e8 CNY, as in tables


def trade_off(system: System, front: Front, path: str | Path | None = None, *, lang: str = "en") -> Axes:
    """Draw a front: the first aim across, the second up, a number at each plan and its changes below.

    Targets on an aim, which do not bind in the front, are lines.

    Raises
    ------
    mfa.Error
        an ending that is not drawn
    """
    words = Words(system, lang)
    across, up = (_scale(words, front, i) for i in (0, 1))
    entries = _entries(words, front)
    left, heading, note = pt(LEFT), word("trade-off", lang), scenario_line(system, lang)
    shown = [broken(text, page_width() - 2 * pt(MARGIN) - pt(18), SMALL) for text in entries]
    listed = sum(LINE * type_pt(SMALL) * len(lines) + pt(GAP) for lines in shown)
    foot, top = pt(AXIS) + listed + pt(MARGIN), head_room(heading, note)
    tall = pt(PANEL) + foot + top
    ax = canvas(None, page_width(), tall, (left, pt(MARGIN) + pt(20), foot, top))
    labels = [f"{words.aim(aim)}, {scale.unit}" for aim, scale in zip(front.aims, (across, up), strict=True)]
    dress(ax, x_label=labels[0], y_label=labels[1])
    ax.spines["left"].set_visible(True)
    ax.spines["left"].set_color(SOFT)
    ax.grid(color=GRID, linewidth=pt(0.8))
    ax.set_axisbelow(True)
    _plans(ax, front, across, up)
    _targets(ax, system, front, (across, up), lang)
    _list(ax, shown, left, tall - foot - top)
    title(ax, heading, note, left=left - pt(MARGIN))
    return finish(ax, path)


def _scale(words: Words, front: Front, which: int) -> Scale:
    """The unit of an aim that suits its values."""
    values = [p.values[which] for p in front.points]
    if front.names[which] in MONEY:
        large = max(map(abs, values)) >= LARGE_MONEY
        return Scale(1e-8, "亿元/a") if large else Scale(1e-4, "万元/a")
    return Scale.of(values, words.goal_unit(front.names[which]))


def _plans(ax: Axes, front: Front, across: Scale, up: Scale) -> None:
    """The plans in their order; the number stands on the side away from the line."""
    x = [p.values[0] * across.factor for p in front.points]
    y = [p.values[1] * up.factor for p in front.points]
    ax.plot(x, y, color=BLUE, linewidth=pt(1.8), marker="o", markersize=pt(5), gid="front")
    ax.margins(0.08, 0.12)
    rises = len(y) > 1 and (y[-1] - y[0]) * (x[-1] - x[0]) > 0
    for i, place in enumerate(zip(x, y, strict=True), 1):
        beside(ax, str(i), place, (-4 if rises else 4, 4), ha="right" if rises else "left", fontsize=BODY)


def _targets(ax: Axes, system: System, front: Front, scales: tuple[Scale, Scale], lang: str) -> None:
    """A line where a target on an aim would bind, if it is in sight."""
    for which, (name, scale) in enumerate(zip(front.names, scales, strict=True)):
        low, high = ax.get_ylim() if which else ax.get_xlim()
        for t in system.targets:
            for sign, bound in (("≥", t.minimum), ("≤", t.maximum)):
                if t.indicator != name or bound is None or not low < bound * scale.factor < high:
                    continue
                at, text = bound * scale.factor, word("target", lang, bound=f"{sign} {scale.text(bound)}")
                draw = ax.axhline if which else ax.axvline
                draw(at, color=INK, linewidth=pt(1.0), gid="target")
                place = (0.0, at) if which else (at, 1.0)
                coords = ax.get_yaxis_transform() if which else ax.get_xaxis_transform()
                away = (4, 3) if which else (4, -9)
                beside(ax, text, place, away, xycoords=coords, fontsize=SMALL, color=SOFT)


def _entries(words: Words, front: Front) -> list[str]:
    """What each plan decides otherwise than the one before it, the first than today."""
    before = [c.today for c in front.points[0].planned.choices]
    found = []
    for point in front.points:
        found.append(words.changes(point.planned.choices, before) or "–")
        before = [c.value for c in point.planned.choices]
    return found


def _list(ax: Axes, entries: list[list[str]], left: float, height: float) -> None:
    """The entries below the axes, each with its number."""
    from matplotlib.transforms import offset_copy

    down = height + pt(AXIS)
    for i, lines in enumerate(entries, 1):
        for text, start in ((str(i), pt(MARGIN)), ("\n".join(lines), pt(MARGIN) + pt(18))):
            at = offset_copy(
                ax.transAxes, ax.get_figure(root=True), x=start - left, y=height - down, units="points"
            )
            write(ax, 0, 0, text, transform=at, va="top", fontsize=SMALL, color=INK, clip_on=False)
        down += LINE * type_pt(SMALL) * len(lines) + pt(GAP)
