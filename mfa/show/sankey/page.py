"""The picture as inline SVG, and as one HTML file that works without a network."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from importlib import resources
from string import Template
from typing import TYPE_CHECKING

from mfa.show.fonts import woff
from mfa.show.sankey.legend import SWATCH, legend
from mfa.show.sankey.shapes import ALPHA, COLOURS, LOOKS, OTHER, arrowhead
from mfa.show.sankey.words import (
    BASELINE,
    CAPTION,
    FONT,
    LINE,
    amounts,
    halo,
    node_lines,
    node_name,
    number,
    word,
)

if TYPE_CHECKING:
    from mfa.show.sankey.shapes import Band, Geometry, Node

INK = "#222"
SOFT_INK = "#555"
PARTS_SHOWN = 12
FACES = "'Noto Sans SC','PingFang SC','Microsoft YaHei',system-ui,sans-serif"
HATCH = (
    '<defs><pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)">'
    '<rect width="4" height="4" fill="#fff"/><rect width="1.4" height="4" fill="#cc3311"/></pattern></defs>'
)


def page(geometry: Geometry, lang: str = "en", *, title: str = "", embed_font: bool = False) -> str:
    """One HTML page: the picture, a tooltip on everything, the flows of a node followed on a click.

    With `embed_font` the characters that occur come with the page, for readers
    without a Chinese font.
    """
    files = resources.files("mfa.show.sankey")
    html, css, js = (
        files.joinpath(f"page.{name}").read_text(encoding="utf-8") for name in ("html", "css", "js")
    )
    picture = svg(geometry, lang)
    heading, advice = title or word("title", lang), word("help", lang)
    if embed_font:
        css = _font_face(picture + heading + advice) + css
    return Template(html).substitute(
        lang="zh-Hans" if lang == "zh" else escape(lang),
        title=escape(heading),
        help=escape(advice),
        css=css,
        js=js,
        svg=picture,
    )


def _font_face(text: str) -> str:
    """A style rule that carries the font with the characters of `text`."""
    source = f"data:font/woff;base64,{b64encode(woff(text)).decode('ascii')}"
    return f'@font-face {{ font-family: "Noto Sans SC"; src: url({source}) format("woff"); }}\n'


def svg(geometry: Geometry, lang: str = "en") -> str:
    """The picture as an SVG element, its text as text."""
    entries, height = legend(geometry, lang)
    index = {node.id: i for i, node in enumerate(geometry.nodes)}
    names = {node.id: node_name(node, lang) for node in geometry.nodes}
    bands = list(enumerate(geometry.bands))
    parts = [
        f'<svg class="sankey" xmlns="http://www.w3.org/2000/svg"'
        f' viewBox="0 0 {_n(geometry.width)} {_n(height)}"'
        f' font-family="{FACES}" font-size="{_n(FONT)}" role="img" aria-label="{word("title", lang)}">',
        HATCH,
        *(_band(band, geometry, index, names, lang) for band in geometry.bands),
        *(_head(i, band) for i, band in bands if band.arrow),
        *(_caption(i, band) for i, band in bands if band.caption),
        *(_node(index[node.id], node, geometry.unit, lang) for node in geometry.nodes),
        *(_entry(text, x, y, kind) for text, x, y, kind in entries),
        "</svg>",
    ]
    return "\n".join(parts)


def _n(value: float) -> str:
    """A coordinate, to a tenth of a point."""
    return f"{value:.1f}".removesuffix(".0")


def _band(band: Band, geometry: Geometry, index: dict[str, int], names: dict[str, str], lang: str) -> str:
    """A flow as a path with what the tooltip says."""
    d = f"M{_n(band.start[0])} {_n(band.start[1])}" + "".join(
        ("L" if len(c) == 2 else "C") + " ".join(map(_n, c)) for c in band.outline
    )
    s, t = index[band.link.source], index[band.link.target]
    back = ' data-back="1"' if band.back else ""
    tip = escape(_tip(band, geometry, names, lang))
    return (
        f'<path class="band" tabindex="0" data-s="{s}" data-t="{t}"'
        f' data-kind="{band.kind}"{back} data-tip="{tip}"'
        f' fill="{COLOURS[band.kind]}" fill-opacity="{ALPHA}" d="{d}Z"/>'
    )


def _tip(band: Band, geometry: Geometry, names: dict[str, str], lang: str) -> str:
    """Material, ends and value of a flow; of a bundle also what is in it."""
    lines = [
        band.name or word("other", lang),
        f"{names[band.link.source]} → {names[band.link.target]}",
        f"{number(band.link.value)} {geometry.unit}",
    ]
    if band.link.material == OTHER:
        parts = sorted(band.parts, key=lambda part: (-part.value, part.material))
        for part in parts[:PARTS_SHOWN]:
            lines.append(f"{geometry.names.get(part.material, part.material)}  {number(part.value)}")
        if len(parts) > PARTS_SHOWN:
            lines.append("…")
    return "\n".join(lines)


def _head(i: int, band: Band) -> str:
    """The arrow on a return flow."""
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in arrowhead(band))
    style = f'fill="{COLOURS[band.kind]}" pointer-events="none"'
    return f'<polygon class="mark" data-band="{i}" points="{points}" {style}/>'


def _caption(i: int, band: Band) -> str:
    """A material's name on its band."""
    if band.caption is None:
        return ""
    x, y = band.caption.x, band.caption.y + 0.36 * CAPTION
    style = f' class="mark" data-band="{i}" font-size="{CAPTION}" text-anchor="middle" pointer-events="none"'
    return _text(band.caption.text, x, y, INK, style)


def _node(i: int, node: Node, unit: str, lang: str) -> str:
    """The bar of a node and its label."""
    look, bar, ground = LOOKS[node.role], node.bar, halo(node, unit, lang)
    lines = node_lines(node, unit, lang)
    x, anchor = (node.text.x1, ' text-anchor="end"') if node.text_left else (node.text.x0, "")
    tip = escape(_node_tip(node, unit, lang))
    rounded = ' rx="3"' if look.round else ""
    room = _n(node.text.x1 - node.text.x0)
    fill = "url(#hatch)" if look.hatched else look.fill
    parts = [
        f'<g class="node" tabindex="0" data-i="{i}" data-room="{room}" data-tip="{tip}">',
        _rect(bar.x0, bar.y0, bar.x1, bar.y1, f'class="bar" fill="{fill}" stroke="{look.edge}"{rounded}'),
        _rect(ground.x0, ground.y0, ground.x1, ground.y1, 'class="ground" fill="#fff" fill-opacity=".6"'),
    ]
    for k, line in enumerate(lines):
        colour = look.text or (SOFT_INK if k == len(lines) - 1 else INK)
        parts.append(_text(line, x, ground.y0 + (k + BASELINE) * LINE, colour, anchor))
    return "".join([*parts, "</g>"])


def _node_tip(node: Node, unit: str, lang: str) -> str:
    """Name of a node, and what goes in and out."""
    if node.value_in and node.value_out:
        sums = [
            f"{word(key, lang)} {number(value)} {unit}"
            for key, value in (("in", node.value_in), ("out", node.value_out))
        ]
    else:
        sums = [amounts(node.value_in, node.value_out, unit)]
    return "\n".join([node_name(node, lang), *sums])


def _entry(text: str, x: float, y: float, kind: str | None) -> str:
    """A colour or a note of the legend."""
    written = _text(text, x, y, SOFT_INK, f' font-size="{CAPTION}"')
    if kind is None:
        return written
    left = x - SWATCH - 5
    swatch = _rect(
        left,
        y - 0.8 * CAPTION,
        left + SWATCH,
        y + 0.1 * CAPTION,
        f'fill="{COLOURS[kind]}" fill-opacity="{ALPHA}"',
    )
    return f'<g class="key" tabindex="0" data-kind="{kind}">{swatch}{written}</g>'


def _rect(x0: float, y0: float, x1: float, y1: float, style: str) -> str:
    """A rectangle."""
    return f'<rect x="{_n(x0)}" y="{_n(y0)}" width="{_n(x1 - x0)}" height="{_n(y1 - y0)}" {style}/>'


def _text(text: str, x: float, y: float, colour: str, more: str = "") -> str:
    """A line of text."""
    return f'<text x="{_n(x)}" y="{_n(y)}" fill="{colour}"{more}>{escape(text)}</text>'
