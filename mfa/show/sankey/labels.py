"""Words, numbers and the room that text takes, the same on paper and on a page."""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from mfa.errors import message
from mfa.show.sankey.geometry import BOUNDARY, REST, SMALL, Box

if TYPE_CHECKING:
    from mfa.show.sankey.geometry import Geometry, Node

FONT = 11.0
CAPTION = 9.5
LINE = 1.22 * FONT  # from line to line
WRAP = 10.5 * FONT  # widest line of a label: ten han, some twenty letters
HALO = 0.97  # of the width of a label: its pale ground, which covers no band beside it
BASELINE = 0.79  # of a line, from its top
NAMES_SHOWN = 2

LANGS = ("en", "zh")
AMOUNT = "{amount}"
CLOSING = ("", *"）)、，。：；")
"""What starts no line."""


def word(key: str, lang: str, **values: object) -> str:
    """A word or sentence of pictures in `lang`; English for a language that is not there."""
    return message(f"sankey-{key}", values, lang if lang in LANGS else "en")


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
    if _han(char):
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
        if brk and text_width(line.rstrip()) > room and line[brk:] not in CLOSING:
            lines.append(line[:brk].strip())
            line, brk = line[brk:], 0
        counts = char == " " and line[-2:-1].isdigit()
        if (char in " ·、,(" and not counts) or _han(char):
            brk = len(line) - (char in "（(")
        if not brk and text_width(line) > 1.5 * room:
            brk = len(line) - 1
    return _whole([*lines, line.strip()] if line.strip() else lines or [""])


def _whole(lines: list[str]) -> list[str]:
    """The lines, the last with a second han character where it had but one."""
    if len(lines) < 2 or len(lines[-1]) != 1 or len(lines[-2]) < 3:
        return lines
    *others, upper, last = lines
    return [*others, upper[:-1].strip(), upper[-1] + last] if _han(last) and _han(upper[-1]) else lines


def _han(char: str) -> bool:
    """Whether a character is as wide as a han character."""
    return unicodedata.east_asian_width(char) in "WF"


def node_name(node: Node, lang: str) -> str:
    """What a node is called: a process by its name, the boundary by what crosses it."""
    return named(node.names, node.role, lang)


def named(names: tuple[str, ...], role: str, lang: str) -> str:
    """As `node_name`, from the parts; an empty name is that of a bundle."""
    if role in REST.values() or role in SMALL.values():
        return word("small" if role in SMALL.values() else "other", lang)
    if role not in BOUNDARY or (role == "stock" and len(names) == 1):
        return names[0]
    called = [name or word("other", lang) for name in names]
    comma, end = "、" if lang == "zh" else ", ", word(role, lang)
    fits = len(called) <= NAMES_SHOWN and text_width(comma.join([*called, end])) <= WRAP
    if len(called) > 1 and not fits:
        key = "and-more" if "" in names else "and-one" if len(names) == 2 else "and-others"
        return word(key, lang, name=called[0], count=len(names) - 1, role=end)
    joined = comma.join(called)
    return joined + (" " if lang != "zh" or joined[-1].isascii() else "") + end


def amounts(value_in: float, value_out: float, unit: str) -> str:
    """The value of a node: one figure, or what goes in and what comes out; 0 where nothing flows."""
    texts = [number(value) for value in (value_in, value_out) if value > 0] or [number(0.0)]
    return f"{texts[0]} {unit}" if len(set(texts)) == 1 else f"{texts[0]} → {texts[1]} {unit}"


def node_lines(node: Node, unit: str, lang: str) -> list[str]:
    """The lines of a node's label, the value last; none for the end of small flows."""
    if node.role in SMALL.values():
        return []
    return [*wrap(node_name(node, lang)), amounts(node.value_in, node.value_out, unit)]


def label_room(node: Node, unit: str) -> tuple[float, float]:
    """Width and height that a node's label needs in any language."""
    texts = [node_lines(node, unit, lang) for lang in LANGS]
    wide = max((text_width(line) for lines in texts for line in lines), default=0.0)
    return wide, LINE * max(map(len, texts))


def halo(node: Node, unit: str, lang: str) -> Box:
    """The pale ground of a node's label, which keeps it legible on bands."""
    lines = node_lines(node, unit, lang)
    wide, tall = max(map(text_width, lines), default=0.0) * HALO, LINE * len(lines)
    x = node.text.x1 - wide if node.text_left else node.text.x0
    y = (node.text.y0 + node.text.y1 - tall) / 2
    return Box(x - 2, y, x + wide + 2, y + tall)


class Note(NamedTuple):
    """A sentence about a picture; `{amount}` in it stands for `value`, in the picture's unit."""

    text: str
    value: float = 0.0


def remarks(geometry: Geometry, lang: str) -> list[Note]:
    """What a reader must know about the picture: bands not to scale, what is not drawn, flows bundled."""
    unscaled = [band.link for band in geometry.bands if not band.to_scale]
    found = [
        Note(word(key, lang))
        for key in ("thin", "own")
        if any((link.source == link.target) == (key == "own") for link in unscaled)
    ]
    for remark in geometry.remarks:
        names = remark.names.get(lang, "")
        found.append(Note(word(remark.key, lang, amount=AMOUNT, names=names), remark.value))
    if geometry.bundled_count:
        share = number(100 * geometry.min_share)
        text = word("bundled", lang, share=share, count=geometry.bundled_count, amount=AMOUNT)
        found.append(Note(text, geometry.bundled))
    if geometry.spread:
        found.append(Note(word("spread", lang)))
    return found


def notes(geometry: Geometry, lang: str) -> list[str]:
    """The remarks as they stand below a picture on paper."""
    return [
        note.text.replace(AMOUNT, f"{number(note.value)} {geometry.unit}") for note in remarks(geometry, lang)
    ]
