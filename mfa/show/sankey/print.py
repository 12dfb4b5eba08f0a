"""A picture drawn by matplotlib: into axes, or to a file of the size of its sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from io import BytesIO
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from mfa.errors import Error, Fault
from mfa.show.files import write_atomically
from mfa.show.fonts import families
from mfa.show.reproducible import reproducible
from mfa.show.sankey.geometry import (
    ALPHA,
    FONT,
    HATCHES,
    LOOKS,
    Band,
    Box,
    Caption,
    Geometry,
    arrowhead,
)
from mfa.show.sankey.labels import (
    BASELINE,
    CAPTION,
    LINE,
    filled,
    node_lines,
    node_name,
    number,
    text_width,
    value_lines,
    word,
)
from mfa.show.sankey.legend import BAR, SCALE, SWATCH, legend, round_amount
from mfa.show.sankey.sheet import FREE, Sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mfa.show.sankey.geometry import Node

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
OUTLINE = 0.8  # points of the line round a bar
HATCH_LINE = 0.6  # points of the lines of a hatch
DARKER = 0.5  # share of the light of a band that the lines of its hatch keep
HALO, HALO_ALPHA = 2.4, 0.8  # points of the pale line round letters, and how opaque it is
PNG_DPI = 200
PNG_PIXELS = 8000  # of the longer side where nobody says: some 100 MB in memory while it is drawn
MOST_PIXELS = 20_000  # of the longer side of what is asked for


def draw(geometry: Geometry, ax: Axes, lang: str = "en", *, haloed: bool = True) -> None:
    """Draw a picture into any matplotlib axes; all of it grows and shrinks with them.

    `haloed` letters have a pale line round them, which is drawn as outlines.
    """
    _, height = legend(geometry, lang)
    _onto(ax, geometry, lang, (geometry.width, height), haloed=haloed)


def _onto(ax: Axes, geometry: Geometry, lang: str, size: tuple[float, float], *, haloed: bool) -> None:
    """A picture on axes that show `size` of it."""
    ax.set(xlim=(0, size[0]), ylim=(size[1], 0), aspect="equal")
    ax.set_axis_off()
    pen = _Pen(ax, _points_per_unit(ax, *size), haloed)
    with reproducible({"hatch.linewidth": HATCH_LINE * pen.size}):
        _draw_all(pen, geometry, lang)


def _draw_all(pen: _Pen, geometry: Geometry, lang: str) -> None:
    """Bands, bars, names and legend, each with a name in SVG files."""
    ids = _Ids()
    for band in geometry.bands:
        name = ids.of("flow", band.link.source, band.link.target, band.link.material)
        _draw_band(pen, band, geometry.colours[band.kind], geometry.spread.get(band.link, 0.0), name)
    for node in geometry.nodes:
        _draw_node(pen, node, ids.of("node", node.id))
    for caption in captions(geometry):
        pen.write(caption.text, caption.x, caption.y + 0.36 * CAPTION, CAPTION, ha="center")
    for node in geometry.nodes:
        _draw_label(pen, node, geometry, lang)
    for text, x, y, size, bold in geometry.headings:
        pen.write(text, x, y, size, color=INK if bold else SOFT_INK)
    _draw_legend(pen, geometry, lang)


def save(geometry: Geometry, path: str | FilePath, lang: str = "en", sheet: Sheet = FREE) -> None:
    """Write a picture to a file; the format (.png, .svg, .pdf) is that of the name.

    The same geometry gives the same file: no dates or random ids are written, and
    text stays text in SVG and PDF unless the sheet says otherwise.

    Raises
    ------
    Failure
        the file cannot be written
    mfa.Error
        more pixels than fit into memory are asked for
    """
    target = FilePath(path)
    write_atomically(target, _drawn(geometry, target.suffix.lower().removeprefix("."), lang, sheet))


def svg(geometry: Geometry, lang: str = "en", sheet: Sheet = FREE) -> str:
    """A picture as an SVG element to stand inside a page."""
    text = _drawn(geometry, "svg", lang, sheet).decode()
    return text[text.index("<svg") :]


def _drawn(geometry: Geometry, kind: str, lang: str, sheet: Sheet) -> bytes:
    from matplotlib.figure import Figure

    _, height = legend(geometry, lang)
    points = sheet.font / FONT if sheet.width else 1.0
    height = max(height, (sheet.height or 0.0) / points)
    inches = geometry.width * points / 72, height * points / 72
    undated: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    as_text = sheet.text == "text"
    with reproducible(
        {"hatch.linewidth": HATCH_LINE * points} | ({} if as_text else {"svg.fonttype": "path"})
    ):
        figure = Figure(figsize=inches, facecolor="white")
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        _onto(axes, geometry, lang, (geometry.width, height), haloed=kind != "svg" or not as_text)
        file = BytesIO()
        figure.savefig(file, format=kind, dpi=_dpi(max(inches), kind, sheet), metadata=undated)
    return (
        _annotated(file.getvalue().decode(), geometry, lang, points).encode()
        if kind == "svg"
        else file.getvalue()
    )


def _dpi(inches: float, kind: str, sheet: Sheet) -> float:
    """Pixels an inch: as asked for, else as many as a picture of any size can have."""
    if sheet.size is None or kind != "png":
        return min(PNG_DPI, PNG_PIXELS / inches)
    if sheet.size.dpi * inches > MOST_PIXELS:
        values = {
            "dpi": f"{sheet.size.dpi:g}",
            "cm": f"{2.54 * inches:.0f}",
            "most": int(MOST_PIXELS / inches),
        }
        raise Error([Fault("sheet-pixels", None, values)])
    return sheet.size.dpi


def _points_per_unit(ax: Axes, width: float, height: float) -> float:
    """How many points a unit of the geometry is on these axes."""
    figure = ax.get_figure(root=True)
    if figure is None:
        return 1.0
    extent = ax.get_window_extent()
    return min(extent.width / width, extent.height / height) * 72 / figure.dpi


class _Ids:
    """Names of the parts of an SVG file, each once, of the signs that such a name may have."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def of(self, *parts: str) -> str:
        """A name made of what the part is."""
        name = base = ".".join(re.sub(r"[^\w-]+", "-", part).strip("-") for part in parts)
        number = 1
        while name in self._used:
            number += 1
            name = f"{base}.{number}"
        self._used.add(name)
        return name


def _titles(geometry: Geometry, lang: str) -> Iterator[tuple[str, str]]:
    """The name of each band and bar in an SVG file, and what a reader is told of it."""
    ids, called = _Ids(), {node.id: node_name(node, lang) for node in geometry.nodes}
    for band in geometry.bands:
        x = band.link
        what = band.name or word("other", lang)
        amount = f"{number(x.value)} {geometry.unit}"
        text = f"{what}: {called[x.source]} → {called[x.target]}, {amount}"
        yield ids.of("flow", x.source, x.target, x.material), text
    for node in geometry.nodes:
        yield ids.of("node", node.id), ", ".join([called[node.id], *value_lines(node, geometry.unit, lang)])


def _annotated(text: str, geometry: Geometry, lang: str, points: float) -> str:
    """An SVG file with a title in each band and bar, and a pale line round its letters.

    matplotlib writes neither: its own pale line turns letters into outlines.
    """
    titles: Mapping[str, str] = dict(_titles(geometry, lang))
    halo = f"stroke: #fff; stroke-width: {HALO * points:.2f}px; stroke-opacity: {HALO_ALPHA}; "

    def titled(found: re.Match[str]) -> str:
        title = titles.get(found[1])
        return found[0] if title is None else f"{found[0]}\n<title>{escape(title, quote=False)}</title>"

    return re.sub(r'<g id="([^"]+)">', titled, text).replace(
        '<text style="', f'<text style="paint-order: stroke; {halo}'
    )


@dataclass(frozen=True)
class _Pen:
    """Axes to draw on, the points that a unit of the picture has there, and whether letters have a halo."""

    ax: Axes
    size: float
    haloed: bool

    def add(self, patch: Any, name: str | None = None) -> None:
        """Put a patch onto the axes, with a name in SVG files; nothing is clipped, all lies inside."""
        self.ax.add_patch(patch)
        patch.set_clip_on(False)
        patch.set_gid(name)

    def write(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        *,
        ha: str = "left",
        color: str = INK,
        on_white: bool = False,
    ) -> None:
        """A line of plain text; `$` is a sign like any other. On white it needs no halo."""
        from matplotlib.patheffects import withStroke

        style: dict[str, Any] = {
            "ha": ha,
            "va": "baseline",
            "fontsize": size * self.size,
            "fontfamily": list(families(text)),
            "parse_math": False,
        }
        if self.haloed and not on_white:  # below, so that the letters themselves stay text
            stroke = withStroke(linewidth=HALO * self.size, foreground="white", alpha=HALO_ALPHA)
            self.ax.text(x, y, text, color="white", path_effects=[stroke], zorder=2.9, **style)
        self.ax.text(x, y, text, color=color, zorder=3, **style)


def _draw_band(pen: _Pen, band: Band, colour: str, sd: float, name: str) -> None:
    """A flow, paler at its edges where it is uncertain; on a return flow a head that shows its direction."""
    from matplotlib.patches import Polygon

    if sd:
        _fill(pen, band, colour, PALE)
    sure = core(band, sd) if sd else band
    if sure:
        _fill(pen, sure, colour, CORE if sd else ALPHA, name)
    if band.arrow:
        pen.add(Polygon(arrowhead(band), closed=True, facecolor=colour, linewidth=0, zorder=1.5))


def _fill(pen: _Pen, band: Band, colour: str, alpha: float, name: str | None = None) -> None:
    """The outline of a band, filled, and hatched where its kind is."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    start, steps = band.outline()
    vertices, codes = [start], [int(Path.MOVETO)]
    for command in steps:
        points = list(zip(command[::2], command[1::2], strict=True))
        vertices += points
        codes += [int(Path.LINETO if len(points) == 1 else Path.CURVE4)] * len(points)
    path = Path([*vertices, start], [*codes, int(Path.CLOSEPOLY)])
    pen.add(PathPatch(path, **_filling(band.kind, colour, alpha)), name)


def _darker(colour: str) -> tuple[float, ...]:
    """A colour for lines on a band of another: an SVG file makes both equally pale."""
    return tuple(DARKER * int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))


def _filling(kind: str, colour: str, alpha: float) -> dict[str, Any]:
    """How an area of a kind is filled, and hatched where grey print would not tell it."""
    hatch = HATCHES.get(kind)
    lines: Any = _darker(colour) if hatch else "none"
    return {"facecolor": (colour, alpha), "linewidth": 0, "hatch": hatch, "edgecolor": lines}


def _draw_node(pen: _Pen, node: Node, name: str) -> None:
    """The bar of a node, by its role; grey where nothing flows."""
    from matplotlib.patches import FancyBboxPatch, Rectangle

    look, box = LOOKS[node.role], node.bar
    place, wide, tall = (box.x0, box.y0), box.x1 - box.x0, box.y1 - box.y0
    flows = node.value_in or node.value_out or node.circulating
    fill, edge = (look.fill, look.edge) if flows else (IDLE, IDLE)
    style: dict[str, Any] = {
        "facecolor": fill,
        "edgecolor": edge,
        "linewidth": OUTLINE * pen.size,
        "zorder": 2,
    }
    if look.round:
        pen.add(FancyBboxPatch(place, wide, tall, boxstyle="round,pad=0,rounding_size=3", **style), name)
    else:
        pen.add(Rectangle(place, wide, tall, hatch="/////" if look.hatched else None, **style), name)


def _draw_label(pen: _Pen, node: Node, geometry: Geometry, lang: str) -> None:
    """Name and values beside a node."""
    room = filled(node, geometry.unit, lang, geometry.wrap, bare=not geometry.says_unit)
    x = node.text.x1 if node.text_left else node.text.x0
    lines = node_lines(node, geometry.unit, lang, geometry.wrap, bare=not geometry.says_unit)
    values = len(value_lines(node, geometry.unit, lang, geometry.wrap, bare=not geometry.says_unit))
    for i, line in enumerate(lines):
        colour = LOOKS[node.role].text or (SOFT_INK if i >= len(lines) - values else INK)
        side = "right" if node.text_left else "left"
        pen.write(line, x, room.y0 + (i + BASELINE) * LINE, FONT, ha=side, color=colour)


def _draw_legend(pen: _Pen, geometry: Geometry, lang: str) -> None:
    """Colours and notes below the picture."""
    from matplotlib.patches import Rectangle

    for text, x, y, kind in legend(geometry, lang)[0]:
        if kind == SCALE:
            tall = round_amount(geometry.scale) * geometry.scale
            pen.add(Rectangle((x - BAR - 5, y + 0.2 * CAPTION - tall), BAR, tall, facecolor=INK, linewidth=0))
        elif kind:
            corner, colour = (x - SWATCH - 5, y - 0.8 * CAPTION), geometry.colours[kind]
            hatch = HATCHES.get(kind)
            look: dict[str, Any] = {"facecolor": (colour, ALPHA), "linewidth": 0, "hatch": hatch}
            pen.add(
                Rectangle(corner, SWATCH, 0.9 * CAPTION, edgecolor=(colour, 1.0) if hatch else "none", **look)
            )
        pen.write(text, x, y, CAPTION, color=SOFT_INK, on_white=True)
