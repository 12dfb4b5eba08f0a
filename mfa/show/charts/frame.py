"""The frame of charts that are rows of bars: names at the left, figures at the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from mfa.show.charts.style import BODY, GRID, INK, SMALL, SOFT, Look, beside, canvas, dress, title, write
from mfa.show.sankey.labels import text_width, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 504.0  # points: seven inches, the width of text on A4
ROW = 24.0  # points from bar to bar: two lines of a name
NAME_ROOM = 150.0  # points that a name may be wide before it is broken
THICK = 0.62  # of a row: bars apart by half their thickness
FOOT = 46.0  # points below the bars, for the axis and its name
HEAD, BARE_HEAD = 50.0, 36.0  # points above, with the line of the scenario and without


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
    legend: bool = False,
) -> Axes:
    """Axes with one row a name; row i stands at y = i, downwards.

    Parameters
    ----------
    legend : whether room is left below for `legend_line`
    """
    lines = [[row.name] if row.head else wrap(row.name, NAME_ROOM) for row in rows]
    names = [
        text_width(part, BODY) for row, many in zip(rows, lines, strict=True) if not row.head for part in many
    ]
    left = max(names, default=0.0) + 18
    tall = max([ROW, *(12.0 * len(many) + 4 for many in lines)])
    foot = FOOT + (16 if legend else 0)
    own = ax is None
    top = HEAD if note else BARE_HEAD
    made = canvas(ax, WIDTH, tall * len(rows) + foot + top, (left, 16, foot, top))
    dress(made, x_label=x_label)
    made.set_ylim(len(rows) - 0.5, -0.5)
    shown = [i for i, row in enumerate(rows) if not row.head]
    made.set_yticks(shown, ["\n".join(lines[i]) for i in shown])
    made.tick_params(axis="y", length=0, labelsize=BODY, labelcolor=INK)
    for label in made.get_yticklabels():
        label.set_parse_math(False)
    made.grid(axis="x", color=GRID, linewidth=0.8)
    made.set_axisbelow(True)
    for i, row in enumerate(rows):
        if row.head:
            _heading(made, i, row.name, left if own else 0.0)
    title(made, heading, note, left=left - 10 if own else 0.0)
    return made


def _heading(ax: Axes, at: int, text: str, left: float) -> None:
    from matplotlib.transforms import offset_copy

    shifted = offset_copy(
        ax.get_yaxis_transform(), ax.get_figure(root=True), x=10 - left, y=0, units="points"
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


GAP = 5.0  # points between a bar and its words


def place(ax: Axes, words: Sequence[Words], low: float, high: float) -> None:
    """Set the range of x so that bars from `low` to `high` and all words fit, and write the words.

    The axis ends where the bars do, at the next tick: what lies beyond is room for words.
    """
    bars = low, high
    figure = ax.get_figure(root=True)
    assert figure is not None
    points = ax.get_window_extent().width * 72 / figure.dpi
    for _ in range(40):
        per = (high - low) / points
        reach = [(w.x, (GAP + text_width(w.text, BODY)) * per * (-1 if w.before else 1)) for w in words]
        new_low = min([low, *(x + more for x, more in reach)])
        new_high = max([high, *(x + more for x, more in reach)])
        if new_low >= low and new_high <= high:
            break
        low, high = new_low, new_high
    ax.set_xlim(low, high)
    _end_axis(ax, *bars)
    for w in words:
        beside(
            ax,
            w.text,
            (w.x, w.row),
            (-GAP if w.before else GAP, 0),
            ha="right" if w.before else "left",
            va="center",
            color=w.colour,
            bbox={"facecolor": "white", "linewidth": 0, "pad": 0.8},
        )


def _end_axis(ax: Axes, low: float, high: float) -> None:
    """Ticks and axis from the last tick at or below `low` to the first at or above `high`, if in sight."""
    left, right = ax.get_xlim()
    inside = [float(t) for t in ax.get_xticks() if left <= t <= right]
    first = max((t for t in inside if t <= low), default=left)
    last = min((t for t in inside if t >= high), default=right)
    ax.set_xticks([t for t in inside if first <= t <= last])
    ax.spines["bottom"].set_bounds(first, last)


def legend_line(ax: Axes, looks: Sequence[tuple[str, Look]]) -> None:
    """What the fills mean, in a line below the axis."""
    from matplotlib.patches import Patch

    handles = [
        Patch(
            facecolor=look.colour,
            edgecolor="white" if look.hatch else look.colour,
            hatch=look.hatch or None,
            label=name,
            linewidth=0,
        )
        for name, look in looks
    ]
    ax.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0, 0),
        bbox_transform=_below(ax),
        ncols=len(handles),
        frameon=False,
        borderaxespad=0,
        prop={"family": ax.yaxis.get_tick_params()["labelfontfamily"], "size": SMALL},
        handlelength=1.6,
        columnspacing=1.4,
    )


def _below(ax: Axes) -> Any:
    from matplotlib.transforms import offset_copy

    return offset_copy(ax.transAxes, ax.get_figure(root=True), x=0, y=-36, units="points")
