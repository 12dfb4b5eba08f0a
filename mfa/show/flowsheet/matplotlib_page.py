"""The picture of a chain drawn with matplotlib."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from mfa.show.charts.style import INK, SOFT, write
from mfa.show.flowsheet.arrangement import Drawing, Line, Placed
from mfa.show.flowsheet.boxes import LINE, MARK_ROOM, NAME, NAME_LINE, PAD, SMALL, Mark, Stream, word
from mfa.show.sankey.geometry import COLOURS as BAND_COLOURS
from mfa.show.sankey.labels import text_width
from mfa.show.sankey.labels import word as kind_word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {**BAND_COLOURS, "water": "#3f9fc9", "energy": "#c79a0a"}
"""The colours of the kinds, those too light for a thin line made darker."""

HEAD, FOOT_LINE, FONT = 34.0, 16.0, 8.5
LEAST_WIDTH = 420.0  # points: the legend wants so many
STROKE, HEAD_SIZE, MARK, PALE = 1.2, 4.5, 2.6, 0.16  # points, points, points, opacity of a ground
DASH = (0, (5, 2))
IDLE, IDLE_INK, IDLE_GROUND = "#cfcfcf", "#9a9a9a", "#fbfbfb"  # what does not run
BASELINE = 0.75  # of a line, from its top
MARKS: tuple[Mark, ...] = ("import", "export", "emission", "deposit", "network", "process", "open")


class Note(NamedTuple):
    """An entry of the legend: a text after a swatch of a kind, a mark or a recycle."""

    text: str
    x: float
    y: float
    what: str


class Page(NamedTuple):
    """The whole picture in points: title, drawing, legend."""

    title: str
    drawing: Drawing
    notes: tuple[Note, ...]
    width: float
    height: float
    idle: frozenset[str] = frozenset()


def page(drawing: Drawing, title: str, lang: str, idle: Collection[str] = (), remark: str = "") -> Page:
    """The drawing with its title above and its legend below.

    Parameters
    ----------
    idle : boxes, and processes that a pool names, that are drawn grey, since nothing flows there
    remark : a sentence at the end of the legend
    """
    width = max(drawing.width, LEAST_WIDTH, text_width(title, 13) + 28)
    grey = frozenset(idle)
    last = [(remark, "")] if remark else []
    last += [(word("idle", lang), "idle")] if grey else []
    notes, height = _legend(drawing, lang, width, last)
    return Page(title, drawing, notes, width, height, grey)


def _legend(
    drawing: Drawing, lang: str, width: float, last: Sequence[tuple[str, str]]
) -> tuple[tuple[Note, ...], float]:
    """What the colours and marks shown mean, in lines as wide as the page."""
    kinds = {line.arc.kind for line in drawing.lines}
    streams = [s for p in drawing.boxes for s in p.box.streams]
    kinds |= {s.kind for s in streams}
    marks = {m for s in streams for m in s.marks}
    texts = [(kind_word(k, lang), k) for k in COLOURS if k in kinds]
    texts += [(word(m, lang), f"mark {m}") for m in MARKS if m in marks]
    if any(line.back for line in drawing.lines):
        texts.append((word("recycle", lang), "recycle"))
    if any(text.startswith(("①", "②", "③")) for text in _ranked(drawing)):
        texts.append((word("rank", lang), ""))
    texts += last
    notes, x, y = [], 14.0, HEAD + drawing.height + 10
    for text, what in texts:
        room = 20 + text_width(text, FONT) + 12
        if x + room > width and x > 14.0:
            x, y = 14.0, y + FOOT_LINE
        notes.append(Note(text, x, y, what))
        x += room if what else room - 20
    return tuple(notes), y + FOOT_LINE


def _ranked(drawing: Drawing) -> list[str]:
    """All texts that may begin with a place in a list."""
    texts = [line.arc.text for line in drawing.lines]
    return texts + [t for p in drawing.boxes if p.box.role == "pool" for s in p.box.streams for t in s.lines]


def draw(picture: Page, ax: Axes) -> None:
    """Draw the picture into any axes; text grows and shrinks with them."""
    ax.set(xlim=(0, picture.width), ylim=(picture.height, 0), aspect="equal")
    ax.set_axis_off()
    pen = _Pen(ax, _points_per_unit(ax, picture), picture.idle)
    pen.text(picture.title, 14, 22, 13.0)
    faint = pen._replace(faint=True)
    for line in picture.drawing.lines:
        _draw_line(faint if {line.arc.source, line.arc.target} & picture.idle else pen, line)
    for placed in picture.drawing.boxes:
        _draw_box(faint if placed.box.id in picture.idle else pen, placed)
    for note in picture.notes:
        _draw_note(pen, note)


def _points_per_unit(ax: Axes, picture: Page) -> float:
    figure = ax.get_figure(root=True)
    if figure is None:
        return 1.0
    extent = ax.get_window_extent()
    return min(extent.width / picture.width, extent.height / picture.height) * 72 / figure.dpi


class _Pen(NamedTuple):
    """Axes, how many points a unit of the picture is on them, what is `idle`; `faint` draws all in grey."""

    ax: Axes
    size: float
    idle: frozenset[str] = frozenset()
    faint: bool = False

    def colour(self, colour: str) -> str:
        """The colour, or grey."""
        return IDLE if self.faint else colour

    def text(self, text: str, x: float, y: float, size: float, **options: Any) -> None:
        """A line of text with its baseline at y."""
        if self.faint:
            options["color"] = IDLE_INK
        write(self.ax, x, y, text, fontsize=size * self.size, **{"va": "baseline", "zorder": 4, **options})

    def polygon(self, points: Sequence[tuple[float, float]], **options: Any) -> None:
        """A closed shape."""
        from matplotlib.patches import Polygon

        if "linewidth" in options:
            options["linewidth"] *= self.size
        self.ax.add_patch(Polygon(list(points), closed=True, **options))


def _draw_line(pen: _Pen, line: Line) -> None:
    """An arc with its head, a recycle dashed and with a head on its lane, and its text."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    vertices, codes = [line.start], [int(Path.MOVETO)]
    for piece in line.pieces:
        vertices += piece.points
        codes += [int(Path.LINETO if len(piece.points) == 1 else Path.CURVE4)] * len(piece.points)
    moved = [(x, y + HEAD) for x, y in vertices]
    colour = pen.colour(COLOURS[line.arc.kind])
    dash = DASH if line.back else "-"
    style: dict[str, Any] = {"facecolor": "none", "edgecolor": colour, "linewidth": STROKE * pen.size}
    pen.ax.add_patch(PathPatch(Path(moved, codes), linestyle=dash, capstyle="butt", zorder=1, **style))
    _head(pen, *moved[-1], 1, colour)
    if line.arc.double:
        _head(pen, *moved[0], -1, colour)
    if line.arrow:
        _head(pen, line.arrow[0] - HEAD_SIZE, line.arrow[1] + HEAD, -1, colour)
    if line.text:
        x, y = line.text
        side = "right" if line.text_right else "left"
        pen.text(line.arc.text, x, y + HEAD - 2.2, SMALL, ha=side)


def _head(pen: _Pen, x: float, y: float, way: int, colour: str) -> None:
    """An arrowhead with its tip at a point."""
    back, half = x - way * HEAD_SIZE * 1.3, HEAD_SIZE * 0.5
    pen.polygon([(x, y), (back, y - half), (back, y + half)], facecolor=colour, linewidth=0, zorder=2)


def _draw_box(pen: _Pen, placed: Placed) -> None:
    """A box with its name, notes and streams."""
    box = placed.box
    _frame(pen, placed)
    y = placed.y + HEAD + PAD
    x = placed.x + (PAD if box.role == "process" else placed.width / 2)
    side = "left" if box.role == "process" else "center"
    lines = NAME_LINE * len(box.name) + LINE * (len(box.notes) + sum(len(s.lines) for s in box.streams))
    if box.role != "process":
        y += (placed.height - 2 * PAD - lines) / 2
    for text in box.name:
        pen.text(text, x, y + BASELINE * NAME_LINE, NAME, ha=side)
        y += NAME_LINE
    for text in box.notes:
        pen.text(text, x, y + BASELINE * LINE, SMALL, ha=side, color=SOFT)
        y += LINE
    if box.streams and box.role == "process":
        y += PAD
        at = y - PAD / 2
        pen.polygon(
            [(placed.x, at), (placed.x + placed.width, at)], edgecolor="#bbbbbb", linewidth=0.6, zorder=3
        )
    for stream in box.streams:
        _draw_stream(pen, placed, stream, y)
        y += LINE * len(stream.lines)


def _frame(pen: _Pen, placed: Placed) -> None:
    """The outline of a box by its role: sharp corners, round ones, or the double sides of a yard."""
    from matplotlib.patches import FancyBboxPatch

    box = placed.box
    edge = pen.colour(COLOURS.get(box.kind, SOFT))
    corner, pool = (placed.x, placed.y + HEAD), box.role == "pool"
    patch = FancyBboxPatch(
        corner,
        placed.width,
        placed.height,
        boxstyle=f"round,pad=0,rounding_size={min(9.0, placed.height / 2)}" if pool else "square,pad=0",
        facecolor=IDLE_GROUND if pen.faint else "#f4f4f4" if box.role == "process" else _pale(edge),
        edgecolor=edge,
        linewidth=0.9 * pen.size,
        zorder=2.5,
    )
    pen.ax.add_patch(patch)
    if box.role == "stock":
        for x in (placed.x + 3, placed.x + placed.width - 3):
            ends = [(x, corner[1]), (x, corner[1] + placed.height)]
            pen.polygon(ends, edgecolor=edge, linewidth=0.9, zorder=2.6)


def _pale(colour: str) -> tuple[float, ...]:
    """A colour thinned with white, so that ink is legible on it."""
    from matplotlib.colors import to_rgb

    return tuple(1 - PALE * (1 - c) for c in to_rgb(colour))


def _draw_stream(pen: _Pen, placed: Placed, stream: Stream, y: float) -> None:
    """A stream at the side where it enters or leaves, its marks at the edge of the box."""
    pen = pen._replace(faint=pen.faint or stream.node in pen.idle)
    way = 1 if stream.enters else -1
    edge = placed.x if stream.enters else placed.x + placed.width
    middle = y + LINE / 2
    colour = pen.colour(COLOURS[stream.kind])
    for k, mark in enumerate(stream.marks):
        _draw_mark(pen, mark, edge + way * (PAD + 2 + MARK_ROOM * k), middle, colour)
    for text in stream.lines:
        side = "left" if stream.enters else "right"
        pen.text(text, edge + way * (PAD + stream.indent), y + BASELINE * LINE, SMALL, ha=side, color=INK)
        y += LINE


def _draw_mark(pen: _Pen, mark: str, x: float, y: float, colour: str) -> None:
    """The sign of a side of the boundary."""
    m = MARK
    shapes = {
        "import": [(x - m, y - m), (x + m, y), (x - m, y + m)],
        "export": [(x - m, y - m), (x + m, y), (x - m, y + m)],
        "emission": [(x - m, y + m), (x, y - m), (x + m, y + m)],
        "deposit": [(x - m, y - m), (x, y + m), (x + m, y - m)],
        "network": [(x - m, y), (x, y - m), (x + m, y), (x, y + m)],
        "process": [(x - m, y - m / 2), (x + m, y - m / 2), (x + m, y + m / 2), (x - m, y + m / 2)],
        "open": [(x - m, y - m), (x + m, y - m), (x + m, y + m), (x - m, y + m)],
    }
    fill = "white" if mark in ("open", "export") else colour
    pen.polygon(shapes[mark], facecolor=fill, edgecolor=colour, linewidth=0.9, zorder=4)


def _draw_note(pen: _Pen, note: Note) -> None:
    """An entry of the legend."""
    middle = note.y - 3.0
    if note.what in COLOURS:
        ends = [(note.x, middle), (note.x + 14, middle)]
        pen.polygon(ends, edgecolor=COLOURS[note.what], linewidth=3.0, zorder=2)
    elif note.what == "recycle":
        ends = [(note.x, middle), (note.x + 16, middle)]
        pen.polygon(ends, edgecolor=SOFT, linewidth=STROKE, linestyle=DASH, zorder=2)
    elif note.what == "idle":
        left, right, up, down = note.x, note.x + 14, middle - 4, middle + 4
        ends = [(left, up), (right, up), (right, down), (left, down)]
        pen.polygon(ends, facecolor=IDLE_GROUND, edgecolor=IDLE, linewidth=0.9, zorder=2)
    elif note.what:
        _draw_mark(pen, note.what.removeprefix("mark "), note.x + 10, middle, SOFT)
    pen.text(note.text, note.x + (20 if note.what else 0), note.y, FONT, color=SOFT)
