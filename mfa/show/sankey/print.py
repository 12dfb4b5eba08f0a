"""What stands below a picture: the colours of the kinds shown, and notes."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, NamedTuple

from mfa.show.files import write_atomically
from mfa.show.fonts import families
from mfa.show.reproducible import reproducible
from mfa.show.sankey.geometry import ALPHA, COLOURS, LOOKS, Band, Box, Caption, Geometry, arrowhead
from mfa.show.sankey.labels import (
    BASELINE,
    CAPTION,
    FONT,
    LINE,
    halo,
    node_lines,
    notes,
    number,
    text_width,
    word,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mfa.show.sankey.geometry import Node

SWATCH, GAP, TALL = 14.0, 16.0, 18.0  # points of the legend: a colour, between entries, a line


class Entry(NamedTuple):
    """A text with its baseline's left end, and the kind whose colour stands before it."""

    text: str
    x: float
    y: float
    kind: str | None


def legend(geometry: Geometry, lang: str) -> tuple[list[Entry], float]:
    """The entries below the picture, in lines as wide as it, and the height with them."""
    entries: list[Entry] = []
    left, x, y = 12.0, 12.0, geometry.height + TALL
    for kind in geometry.kinds:
        text = word(kind, lang) if kind in COLOURS else geometry.names[kind]
        room = SWATCH + 5 + text_width(text, CAPTION) + GAP
        if x + room > geometry.width and x > left:
            x, y = left, y + TALL
        entries.append(Entry(text, x + SWATCH + 5, y, kind))
        x += room
    for text in notes(geometry, lang):
        room = text_width(text, CAPTION) + GAP
        long = room > geometry.width / 2
        if (long or x + room > geometry.width) and x > left:
            x, y = left, y + TALL
        entries.append(Entry(text, x, y, None))
        x += geometry.width if long else room  # a long one has its line to itself
    return entries, y + TALL / 2


PALE = 0.45 * ALPHA
"""How opaque the uncertain edge is."""

CORE = 1 - (1 - ALPHA) / (1 - PALE)
"""How opaque the core is, drawn over the edge: together as other bands are."""


def core(band: Band, sd: float) -> Band | None:
    """The band narrowed by half of `sd` on either side; None where nothing is left."""
    left = 1 - sd / band.link.value
    return replace(band, width=left * band.width) if left > 0 else None


def captions(geometry: Geometry) -> list[Caption]:
    """The names on the bands, with ± and the standard deviation per cent where there is room for it."""
    placed = [(band, band.caption) for band in geometry.bands if band.caption]
    if not geometry.spread:
        return [caption for _, caption in placed]
    fixed = [box for node in geometry.nodes for box in (node.bar, node.text)]
    found = []
    for band, caption in placed:
        sd = geometry.spread.get(band.link, 0.0)
        longer = replace(caption, text=f"{caption.text} ± {number(100 * sd / band.link.value)} %")
        others = [*fixed, *(_room(other) for _, other in placed if other is not caption)]
        fits = sd > 0 and not any(_room(longer).meets(box) for box in others)
        found.append(longer if fits else caption)
    return found


def _room(caption: Caption) -> Box:
    """The room of a name on a band."""
    wide, tall = text_width(caption.text, CAPTION) / 2, CAPTION / 2
    return Box(caption.x - wide, caption.y - tall, caption.x + wide, caption.y + tall)


INK = "#222222"
SOFT_INK = "#555555"
IDLE = "#c0c0c0"
PNG_DPI = 200
PNG_PIXELS = 8000  # of the longer side at most: some 100 MB in memory while it is drawn


def draw(geometry: Geometry, ax: Axes, lang: str = "en") -> None:
    """Draw a picture into any matplotlib axes; text grows and shrinks with them."""
    _, height = legend(geometry, lang)
    ax.set(xlim=(0, geometry.width), ylim=(height, 0), aspect="equal")
    ax.set_axis_off()
    size = _points_per_unit(ax, geometry.width, height)
    for band in geometry.bands:
        _draw_band(ax, band, geometry.colours[band.kind], geometry.spread.get(band.link, 0.0))
    for node in geometry.nodes:
        _draw_node(ax, node)
    for caption in captions(geometry):
        y = caption.y + 0.36 * CAPTION
        _write(ax, caption.text, caption.x, y, CAPTION * size, ha="center")
    for node in geometry.nodes:
        _draw_label(ax, node, geometry.unit, lang, size)
    _draw_legend(ax, geometry, lang, size)


def save(geometry: Geometry, path: str | FilePath, lang: str = "en") -> None:
    """Write a picture to a file; the format (.png, .svg, .pdf) is that of the name.

    The same geometry gives the same file: no dates or random ids are written, and
    text stays text in SVG and PDF.

    Raises
    ------
    Failure
        the file cannot be written
    """
    target = FilePath(path)
    write_atomically(target, _drawn(geometry, target.suffix.lower().removeprefix("."), lang))


def svg(geometry: Geometry, lang: str = "en") -> str:
    """A picture as an SVG element to stand inside a page."""
    text = _drawn(geometry, "svg", lang).decode()
    return text[text.index("<svg") :]


def _drawn(geometry: Geometry, kind: str, lang: str) -> bytes:
    from matplotlib.figure import Figure

    _, height = legend(geometry, lang)
    undated: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    with reproducible():
        figure = Figure(figsize=(geometry.width / 72, height / 72), facecolor="white")
        draw(geometry, figure.add_axes((0.0, 0.0, 1.0, 1.0)), lang)
        dpi = min(PNG_DPI, 72 * PNG_PIXELS / max(geometry.width, height))
        file = BytesIO()
        figure.savefig(file, format=kind, dpi=dpi, metadata=undated)
    return file.getvalue()


def _points_per_unit(ax: Axes, width: float, height: float) -> float:
    """How many points a unit of the geometry is on these axes."""
    figure = ax.get_figure(root=True)
    if figure is None:
        return 1.0
    extent = ax.get_window_extent()
    return min(extent.width / width, extent.height / height) * 72 / figure.dpi


def _draw_band(ax: Axes, band: Band, colour: str, sd: float) -> None:
    """A flow, paler at its edges where it is uncertain; on a return flow a head that shows its direction."""
    from matplotlib.patches import Polygon

    if sd:
        _fill(ax, band, colour, PALE)
    sure = core(band, sd) if sd else band
    if sure:
        _fill(ax, sure, colour, CORE if sd else ALPHA)
    if band.arrow:
        ax.add_patch(Polygon(arrowhead(band), closed=True, facecolor=colour, linewidth=0, zorder=1.5))


def _fill(ax: Axes, band: Band, colour: str, alpha: float) -> None:
    """The outline of a band, filled."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    start, steps = band.outline()
    vertices, codes = [start], [int(Path.MOVETO)]
    for command in steps:
        points = list(zip(command[::2], command[1::2], strict=True))
        vertices += points
        codes += [int(Path.LINETO if len(points) == 1 else Path.CURVE4)] * len(points)
    path = Path([*vertices, start], [*codes, int(Path.CLOSEPOLY)])
    ax.add_patch(PathPatch(path, facecolor=colour, alpha=alpha, linewidth=0))


def _draw_node(ax: Axes, node: Node) -> None:
    """The bar of a node, by its role; grey where nothing flows."""
    from matplotlib.patches import FancyBboxPatch, Rectangle

    look, box = LOOKS[node.role], node.bar
    place, wide, tall = (box.x0, box.y0), box.x1 - box.x0, box.y1 - box.y0
    fill, edge = (look.fill, look.edge) if node.value_in or node.value_out else (IDLE, IDLE)
    style: dict[str, Any] = {"facecolor": fill, "edgecolor": edge, "linewidth": 0.8, "zorder": 2}
    if look.round:
        ax.add_patch(FancyBboxPatch(place, wide, tall, boxstyle="round,pad=0,rounding_size=3", **style))
    else:
        ax.add_patch(Rectangle(place, wide, tall, hatch="/////" if look.hatched else None, **style))


def _draw_label(ax: Axes, node: Node, unit: str, lang: str, size: float) -> None:
    """Name and value beside a node, on a pale ground."""
    from matplotlib.patches import Rectangle

    ground = halo(node, unit, lang)
    wide, tall = ground.x1 - ground.x0, ground.y1 - ground.y0
    ax.add_patch(
        Rectangle((ground.x0, ground.y0), wide, tall, facecolor="white", alpha=0.6, linewidth=0, zorder=2.5)
    )
    x = node.text.x1 if node.text_left else node.text.x0
    lines = node_lines(node, unit, lang)
    for i, line in enumerate(lines):
        colour = LOOKS[node.role].text or (SOFT_INK if i == len(lines) - 1 else INK)
        side = "right" if node.text_left else "left"
        _write(ax, line, x, ground.y0 + (i + BASELINE) * LINE, FONT * size, ha=side, color=colour)


def _draw_legend(ax: Axes, geometry: Geometry, lang: str, size: float) -> None:
    """Colours and notes below the picture."""
    from matplotlib.patches import Rectangle

    for text, x, y, kind in legend(geometry, lang)[0]:
        if kind:
            corner = (x - SWATCH - 5, y - 0.8 * CAPTION)
            ax.add_patch(
                Rectangle(
                    corner, SWATCH, 0.9 * CAPTION, facecolor=geometry.colours[kind], alpha=ALPHA, linewidth=0
                )
            )
        _write(ax, text, x, y, CAPTION * size, color=SOFT_INK)


def _write(
    ax: Axes, text: str, x: float, y: float, size: float, *, ha: str = "left", color: str = INK
) -> None:
    """A line of plain text; `$` is a sign like any other."""
    family = list(families(text))
    ax.text(
        x,
        y,
        text,
        ha=ha,
        va="baseline",
        fontsize=size,
        color=color,
        fontfamily=family,
        parse_math=False,
        zorder=3,
    )
