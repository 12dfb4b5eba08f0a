"""Words, numbers and the room that text takes, the same on paper and on a page."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mfa.show.sankey.shapes import BOUNDARY, Box

if TYPE_CHECKING:
    from mfa.show.sankey.shapes import Geometry, Node

FONT = 11.0
CAPTION = 9.5
LINE = 1.22 * FONT
WRAP = 10.5 * FONT
HALO = 0.97
BASELINE = 0.79
NAMES_SHOWN = 2
LEGEND_LINE = 20.0

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "import": "import",
        "export": "export",
        "emission": "emission",
        "deposit": "deposit",
        "surplus": "surplus",
        "shortage": "shortage",
        "stock": "stock",
        "other": "other",
        "resource": "resource",
        "intermediate": "intermediate",
        "product": "product",
        "waste": "waste",
        "energy": "energy",
        "fuel": "fuel",
        "water": "water",
        "in": "in",
        "out": "out",
        "thin": "thinnest bands not to scale",
        "own": "loops from a node to itself not to scale",
        "left-out": "left out: {names}, {value} {unit} in all",
        "bundled": "{count} flows below {share} % of the largest bundled, {value} {unit} in all",
        "title": "Material flows",
        "help": "point at a band or node; click a node to follow its flows",
    },
    "zh": {
        "import": "外购",
        "export": "外销",
        "emission": "排放",
        "deposit": "堆存",
        "surplus": "过剩",
        "shortage": "短缺",
        "stock": "库存",
        "other": "其他",
        "resource": "资源",
        "intermediate": "中间品",
        "product": "产品",
        "waste": "固废",
        "energy": "能源",
        "fuel": "燃料",
        "water": "水",
        "in": "入",
        "out": "出",
        "thin": "最细的流不按比例",
        "own": "节点自循环不按比例",
        "left-out": "未画出：{names}，共 {value} {unit}",
        "bundled": "已合并小于最大流 {share} % 的流 {count} 条，共 {value} {unit}",
        "title": "物质流",
        "help": "指向流或节点查看数值；点击节点追踪上下游",
    },
}


def word(key: str, lang: str) -> str:
    """A fixed word in `lang`; English for a language that is not there."""
    return WORDS.get(lang, WORDS["en"])[key]


def number(value: float) -> str:
    r"""A value with three significant figures.

    >>> [number(x) for x in (0.0, 0.04567, 9.999, 99.96, 4_199_600.0, 2.5e-7, 3e12)]
    ['0', '0.0457', '10', '100', '4\xa0200\xa0000', '2.5×10⁻⁷', '3×10¹²']
    """
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    rounded = round(value, 2 - exponent)
    if not -5 < exponent < 10:
        mantissa = f"{rounded / 10.0**exponent:.2f}".rstrip("0").rstrip(".")
        return f"{mantissa}×10{str(exponent).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
    if abs(rounded) >= 100:
        return f"{rounded:,.0f}".replace(",", "\N{NO-BREAK SPACE}")
    return f"{rounded:.{max(2 - exponent, 0)}f}".rstrip("0").rstrip(".")


def text_width(text: str, size: float = FONT) -> float:
    """The room a line takes, on the generous side for any sans-serif face."""
    return size * sum(map(_advance, text))


def _advance(char: str) -> float:
    """The width of a character in ems."""
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    if char in " \N{NO-BREAK SPACE}":
        return 0.24
    if char in "iljtfrI.,:;'|!()[]/-":
        return 0.37
    return 1.0 if char in "mwMW@%→" else 0.68 if char.isupper() else 0.575


def wrap(text: str, room: float = WRAP) -> list[str]:
    """A name in lines of about `room`, broken at spaces or between han, inside a word if it is very long."""
    lines, line, brk = [], "", 0
    for char in text:
        line += char
        if char in " ·、,(" or unicodedata.east_asian_width(char) in "WF":
            brk = len(line) - (char in "（(")
        if not brk and text_width(line) > 1.5 * room:
            brk = len(line) - 1
        if text_width(line) > room and brk and len(line) > brk:
            lines.append(line[:brk].strip())
            line, brk = line[brk:], 0
    return [*lines, line.strip()] if line.strip() else lines or [""]


def node_name(node: Node, lang: str) -> str:
    """What a node is called: a process by its name, the boundary by what crosses it."""
    return named(node.names, node.role, lang)


def named(names: tuple[str, ...], role: str, lang: str) -> str:
    """As `node_name`, from the parts."""
    if role not in BOUNDARY or (role == "stock" and len(names) == 1):
        return names[0]
    called = [name or word("other", lang) for name in names[:NAMES_SHOWN]]
    comma = "、" if lang == "zh" else ", "
    while len(called) > 1 and text_width(comma.join([*called, word(role, lang)])) > WRAP:
        called.pop()
    joined = comma.join(called)
    if len(names) > len(called):
        joined += "等" if lang == "zh" else comma + "…"
    return joined + (" " if lang != "zh" or joined[-1].isascii() else "") + word(role, lang)


def amounts(value_in: float, value_out: float, unit: str) -> str:
    """The value of a node: one figure, or what goes in and what comes out."""
    texts = [number(value) for value in (value_in, value_out) if value > 0]
    return f"{texts[0]} {unit}" if len(set(texts)) == 1 else f"{texts[0]} → {texts[1]} {unit}"


def node_lines(node: Node, unit: str, lang: str) -> list[str]:
    """The lines of a node's label, the value last."""
    return [*wrap(node_name(node, lang)), amounts(node.value_in, node.value_out, unit)]


def label_room(node: Node, unit: str) -> tuple[float, float]:
    """Width and height that a node's label needs in any language."""
    texts = [node_lines(node, unit, lang) for lang in WORDS]
    return max(text_width(line) for lines in texts for line in lines), LINE * max(map(len, texts))


def halo(node: Node, unit: str, lang: str) -> Box:
    """The pale ground of a node's label, which keeps it legible on bands."""
    lines = node_lines(node, unit, lang)
    wide, tall = max(map(text_width, lines)) * HALO, LINE * len(lines)
    x = node.text.x1 - wide if node.text_left else node.text.x0
    y = (node.text.y0 + node.text.y1 - tall) / 2
    return Box(x - 2, y, x + wide + 2, y + tall)


def notes(geometry: Geometry, lang: str) -> list[str]:
    """What a reader must know about the picture: bands not to scale, flows bundled."""
    lines = []
    unscaled = [band.link for band in geometry.bands if not band.to_scale]
    for key in ("thin", "own"):
        if any((link.source == link.target) == (key == "own") for link in unscaled):
            lines.append(word(key, lang))
    if geometry.left_out:
        value = number(geometry.left_out_value)
        lines.append(word("left-out", lang).format(names=geometry.left_out, value=value, unit=geometry.unit))
    if geometry.bundled_count:
        lines.append(
            word("bundled", lang).format(
                share=number(100 * geometry.min_share),
                count=geometry.bundled_count,
                value=number(geometry.bundled),
                unit=geometry.unit,
            )
        )
    return lines
