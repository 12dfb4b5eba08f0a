"""The frame of charts that are rows of bars: names at the left, figures at the right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from mfa.errors import Error, Fault
from mfa.show.charts.style import (
    BODY,
    GRID,
    INK,
    LINE,
    MARGIN,
    SMALL,
    SOFT,
    Look,
    asked_height,
    beside,
    broken,
    canvas,
    dress,
    head_room,
    page_width,
    pt,
    title,
    type_pt,
    write,
)
from mfa.show.paper_size import POINTS
from mfa.show.sankey.labels import text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW = 24.0  # points from bar to bar: two lines of a name
NAME_ROOM = 150.0  # points that a name may be wide before it is broken
NAME_SHARE = 0.36  # of the page, at most, so that a narrow one has room for bars
THICK = 0.62  # of a row: bars apart by half their thickness
FOOT = 46.0  # points below the bars, for the axis and its name
KEY = 16.0  # points of a line of the legend
LEAST_BARS = 0.2  # of the axes: shorter bars could not be compared


class Row(NamedTuple):
    """A row of bars, or with `head` a heading above rows."""

    name: str
    head: bool = False


def frame(
    ax: Axes | None,
    rows: Sequence[Row],
    *,
    heading: str,
    note: str = "",
    x_label: str = "",
    legend: Sequence[tuple[str, Look]] = (),
) -> Axes:
    """Axes with one row a name; row i stands at y = i, downwards.

    Parameters
    ----------
    legend : what the fills mean, for the lines below the axis

    Raises
    ------
    mfa.Error
        the height asked for does not hold the rows
    """
    own = ax is None
    room = min(pt(NAME_ROOM), NAME_SHARE * page_width() - pt(18)) if own else pt(NAME_ROOM)
    lines = [[row.name] if row.head else broken(row.name, room) for row in rows]
    names = [
        text_width(part, type_pt(BODY))
        for row, many in zip(rows, lines, strict=True)
        if not row.head
        for part in many
    ]
    left = max(names, default=0.0) + pt(18)
    keys = _in_lines(legend, own)
    foot, top = pt(FOOT + KEY * len(keys)), head_room(heading, note)
    least = max([pt(ROW), *(LINE * type_pt(BODY) * len(many) + pt(4) for many in lines)])
    tall = _pitch(least, len(rows), foot + top)
    made = canvas(ax, page_width(), tall * len(rows) + foot + top, (left, pt(MARGIN), foot, top))
    dress(made, x_label=x_label)
    made.set_ylim(len(rows) - 0.5, -0.5)
    shown = [i for i, row in enumerate(rows) if not row.head]
    made.set_yticks(shown, ["\n".join(lines[i]) for i in shown])
    made.tick_params(axis="y", length=0, labelsize=type_pt(BODY), labelcolor=INK)
    for label in made.get_yticklabels():
        label.set_parse_math(False)
    made.grid(axis="x", color=GRID, linewidth=pt(0.8))
    made.set_axisbelow(True)
    for i, row in enumerate(rows):
        if row.head:
            _heading(made, i, row.name, left if own else 0.0)
    title(made, heading, note, left=left - pt(10) if own else 0.0, own=own)
    beyond = len(keys) > 1 or sum(map(_key_width, legend)) > page_width() - left - pt(MARGIN)
    _legend(made, keys, left - pt(10) if own and beyond else 0.0)
    return made


def _pitch(least: float, count: int, rest: float) -> float:
    """From row to row, points: what the height asked for leaves, or what the names take."""
    height = asked_height()
    if height is None:
        return least
    if least * count + rest > height:
        needed = f"{math.ceil(10 * (least * count + rest) / POINTS['cm']) / 10:g} cm"
        raise Error([Fault("chart-low", None, {"count": count, "needed": needed})])
    return (height - rest) / count


def _key_width(entry: tuple[str, Look]) -> float:
    """The points of an entry of the legend, with its fill and what parts it from the next."""
    return text_width(entry[0], type_pt(SMALL)) + 4 * type_pt(SMALL)


def _in_lines(legend: Sequence[tuple[str, Look]], own: bool) -> list[list[tuple[str, Look]]]:
    """The entries of a legend in lines that the page holds."""
    room = page_width() - 2 * pt(MARGIN) if own else math.inf
    lines: list[list[tuple[str, Look]]] = []
    used = 0.0
    for entry in legend:
        wide = _key_width(entry)
        if not lines or used + wide > room:
            lines.append([])
            used = 0.0
        lines[-1].append(entry)
        used += wide
    return lines


def _heading(ax: Axes, at: int, text: str, left: float) -> None:
    from matplotlib.transforms import offset_copy

    shifted = offset_copy(
        ax.get_yaxis_transform(), ax.get_figure(root=True), x=pt(10) - left, y=0, units="points"
    )
    write(ax, 0, at + 0.15, text, transform=shifted, color=SOFT, fontsize=SMALL)


def bar(ax: Axes, row: float, start: float, length: float, look: Look, **options: Any) -> None:
    """A piece of bar; hatches are white, so that the colour stays."""
    style: dict[str, Any] = {"color": look.colour, "height": THICK, "linewidth": 0.0} | options
    if look.hatch:
        style |= {"facecolor": style.pop("color"), "edgecolor": "white", "hatch": look.hatch}
    ax.barh(row, length, left=start, **style)


class Words(NamedTuple):
    """A text that starts (or with `before` ends) some points from an amount on the x axis."""

    x: float
    row: float
    text: str
    before: bool = False
    colour: str = INK


GAP = 5.0  # points of the usual chart, between a bar and its words


def place(ax: Axes, words: Sequence[Words], low: float, high: float) -> None:
    """Set the range of x so that bars from `low` to `high` and all words fit, and write the words.

    The axis ends where the bars do, at the next tick: what lies beyond is room for words, which stand
    in two lines where bars would get too short.

    Raises
    ------
    mfa.Error
        names and figures leave no room for bars
    """
    left, right = _range(ax, words, low, high)
    if high - low < LEAST_BARS * (right - left):
        words = [w._replace(text=_in_two(w.text)) for w in words]
        left, right = _range(ax, words, low, high)
    if 0 < high - low < LEAST_BARS * (right - left):
        raise Error([Fault("chart-narrow", None, {})])
    ax.set_xlim(left, right)
    _end_axis(ax, low, high)
    for w in words:
        beside(
            ax,
            w.text,
            (w.x, w.row),
            (-GAP if w.before else GAP, 0),
            ha="right" if w.before else "left",
            va="center",
            color=w.colour,
            bbox={"facecolor": "white", "linewidth": 0, "pad": pt(0.8)},
        )


def _range(ax: Axes, words: Sequence[Words], low: float, high: float) -> tuple[float, float]:
    """The range of x in which bars and words fit."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    points = ax.get_window_extent().width * 72 / figure.dpi
    size = type_pt(BODY)
    rooms = [pt(GAP) + max(text_width(part, size) for part in w.text.split("\n")) for w in words]
    for _ in range(40):
        per = (high - low) / points
        reach = [w.x + (-room if w.before else room) * per for w, room in zip(words, rooms, strict=True)]
        new_low, new_high = min([low, *reach]), max([high, *reach])
        if new_low >= low and new_high <= high:
            break
        low, high = new_low, new_high
    return low, high


def _in_two(text: str) -> str:
    """A text in two lines of about one length."""
    parts = broken(text, text_width(text, type_pt(BODY)) / 2)
    return "\n".join([parts[0], "".join(parts[1:]) if len(parts) < 3 else " ".join(parts[1:])])


def _end_axis(ax: Axes, low: float, high: float) -> None:
    """Ticks and axis from the last tick at or below `low` to the first at or above `high`, if in sight."""
    left, right = ax.get_xlim()
    inside = [float(t) for t in ax.get_xticks() if left <= t <= right]
    first = max((t for t in inside if t <= low), default=left)
    last = min((t for t in inside if t >= high), default=right)
    ax.set_xticks([t for t in inside if first <= t <= last])
    ax.spines["bottom"].set_bounds(first, last)


def _legend(ax: Axes, lines: Sequence[Sequence[tuple[str, Look]]], left: float) -> None:
    """What the fills mean, in lines below the axis that start `left` points before it."""
    from matplotlib.patches import Patch

    for i, line in enumerate(lines):
        handles = [
            Patch(
                facecolor=look.colour,
                edgecolor="white" if look.hatch else look.colour,
                hatch=look.hatch or None,
                label=name,
                linewidth=0,
            )
            for name, look in line
        ]
        made = ax.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(0, 0),
            bbox_transform=_below(ax, -left, -pt(36 + KEY * i)),
            ncols=len(handles),
            frameon=False,
            borderaxespad=0,
            prop={"family": ax.yaxis.get_tick_params()["labelfontfamily"], "size": type_pt(SMALL)},
            handlelength=1.6,
            columnspacing=1.4,
        )
        if i + 1 < len(lines):  # the axes keep only the last by themselves
            ax.add_artist(made)


def _below(ax: Axes, x: float, y: float) -> Any:
    from matplotlib.transforms import offset_copy

    return offset_copy(ax.transAxes, ax.get_figure(root=True), x=x, y=y, units="points")
