"""Words, numbers and the room that text takes, the same on paper and on a page."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from mfa.errors import message
from mfa.show.magnitudes import LADDERS
from mfa.show.sankey.geometry import BOUNDARY, FONT, LOSS, REST, SMALL, WRAP, Box

if TYPE_CHECKING:
    from mfa.show.sankey.geometry import Geometry, Node

CAPTION = 10.25  # of names on bands and of the legend: 6.5 pt where labels have 7 pt
LINE = 1.22 * FONT  # from line to line
BASELINE = 0.79  # of a line, from its top
NAMES_SHOWN = 2
SMALL_SHOWN = 5  # products that a note names: two lines of a column
LEAST = 0.01  # of the unit of a picture: three digits of less have zeros before them

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
    """A name in lines of about `room`, broken at spaces or between han, in a very long word at a hyphen."""
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
            brk = line.rfind("-", 1, -1) + 1 or len(line) - 1
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
    return named(node.names, node.role, lang, every=node.sells_products)


def named(names: tuple[str, ...], role: str, lang: str, *, every: bool = False) -> str:
    """As `node_name`, from the parts; an empty name is that of a bundle. `every` leaves no name out."""
    if role in REST.values() or role in SMALL.values():
        return word("small" if role in SMALL.values() else "other", lang)
    if role == LOSS:
        return word(LOSS, lang)
    if role not in BOUNDARY or (role == "stock" and len(names) == 1):
        return names[0]
    called = [name or word("other", lang) for name in names]
    comma, end = "、" if lang == "zh" else ", ", word(role, lang)
    fits = len(called) <= NAMES_SHOWN and text_width(comma.join([*called, end])) <= WRAP
    if len(called) > 1 and not fits and not every:
        key = "and-more" if "" in names else "and-one" if len(names) == 2 else "and-others"
        return word(key, lang, name=called[0], count=len(names) - 1, role=end)
    joined = comma.join(called)
    return joined + (" " if lang != "zh" or joined[-1].isascii() else "") + end


def amounts(value_in: float, value_out: float, unit: str, *, bare: bool = False, signed: bool = False) -> str:
    """The value of a node: one figure, or what goes in and what comes out; 0 where nothing flows.

    `bare` figures leave out a unit that stands elsewhere, but for those that want a smaller one;
    `signed` ones are changes.

    >>> amounts(3.1, 3.1, "Mt/a"), amounts(3.1, 2.0, "Mt/a", bare=True), amounts(0.0, 5e-5, "Mt/a", bare=True)
    ('3.1 Mt/a', '3.1 → 2', '50 t/a')
    """
    values = [v for v in (value_in, value_out) if v] or [0.0]
    found = list(dict.fromkeys(short(v, unit, signed=signed) for v in values))
    said = {own for _, own in found}
    if len(said) == 1:
        tail = "" if bare and said == {unit} else found[0][1]
        return f"{' → '.join(text for text, _ in found)} {tail}".strip()
    return " → ".join(text if bare and own == unit else f"{text} {own}".strip() for text, own in found)


def short(value: float, unit: str, *, signed: bool = False) -> tuple[str, str]:
    """A value and its unit: a smaller one where less than a hundredth of the given one is to be said."""
    if signed:
        text, own = short(abs(value), unit)
        return f"{'+' if value > 0 else '−' if value < 0 else ''}{text}", own
    if not 0 < value < LEAST:
        return number(value), unit
    name, slash, per = unit.partition("/")
    steps = next((s for of in LADDERS.values() for s in of.values() if name in dict(s)), ())
    sizes = dict(steps)
    native = value * sizes.get(name, 1.0)
    fitting = [(own, size) for own, size in steps if native >= size]
    own, size = fitting[-1] if fitting else (steps[0] if steps else (name, 1.0))
    return number(native / size), f"{own}{slash}{per}"


def node_lines(node: Node, unit: str, lang: str, room: float = WRAP, *, bare: bool = False) -> list[str]:
    """The lines of a node's label, none wider than `room` where words allow it; the values last.

    The end of small flows has none.
    """
    if node.role in SMALL.values():
        return []
    return [*wrap(node_name(node, lang), room), *value_lines(node, unit, lang, room, bare=bare)]


def value_lines(node: Node, unit: str, lang: str, room: float = WRAP, *, bare: bool = False) -> list[str]:
    """What goes in and comes out, and what circulates."""
    lines = wrap_amounts(amounts(node.value_in, node.value_out, unit, bare=bare, signed=node.changes), room)
    if node.circulating > 0:
        amount = amounts(0.0, node.circulating, unit, bare=bare)
        lines += wrap(word("circulating", lang, amount=amount), room)
    return lines


def wrap_amounts(text: str, room: float) -> list[str]:
    """The two amounts below each other where they do not fit beside."""
    first, arrow, second = text.partition(" → ")
    fits = room >= WRAP or text_width(text) <= room
    return [text] if fits or not arrow else [first, f"→ {second}"]


def label_room(node: Node, unit: str, room: float = WRAP, *, bare: bool = False) -> tuple[float, float]:
    """Width and height that a node's label needs in any language."""
    texts = [node_lines(node, unit, lang, room, bare=bare) for lang in LANGS]
    wide = max((text_width(line) for lines in texts for line in lines), default=0.0)
    return wide, LINE * max(map(len, texts))


def filled(node: Node, unit: str, lang: str, room: float = WRAP, *, bare: bool = False) -> Box:
    """The part of its room that a node's label fills in one language."""
    lines = node_lines(node, unit, lang, room, bare=bare)
    wide, tall = max(map(text_width, lines), default=0.0), LINE * len(lines)
    x = node.text.x1 - wide if node.text_left else node.text.x0
    y = (node.text.y0 + node.text.y1 - tall) / 2
    return Box(x, y, x + wide, y + tall)


class Note(NamedTuple):
    """A sentence about a picture; `{amount}` in it stands for `value`, in the picture's unit.

    In a picture of several runs the amounts of the others are `further`.
    """

    text: str
    value: float = 0.0
    further: tuple[float, ...] = ()


def remarks(geometry: Geometry, lang: str, *, every: bool = False) -> list[Note]:
    """What a reader must know about the picture: bands not to scale, what is not drawn, flows bundled.

    `every` names all products without a label, not the largest alone.
    """
    unscaled = [band.link for band in geometry.bands if not band.to_scale]
    found = [
        Note(word(key, lang))
        for key in ("thin", "own")
        if any((link.source == link.target) == (key == "own") for link in unscaled)
    ]
    for remark in geometry.remarks:
        names = remark.names.get(lang, "")
        text = word(remark.key, lang, amount=AMOUNT, names=names)
        found.append(Note(text, remark.value, remark.further))
    found += _small_notes(geometry, lang, every=every)
    if geometry.spread:
        found.append(Note(word("spread", lang)))
    if geometry.origin:
        found.append(Note(geometry.origin))
    return found


def _small_notes(geometry: Geometry, lang: str, *, every: bool) -> list[Note]:
    """The processes, products and flows that are too small to stand for themselves."""
    found = []
    panels = geometry.panels or (geometry,)

    def told(text: str, amounts: Sequence[float]) -> None:
        found.append(Note(text, amounts[0], tuple(amounts[1:])))

    if geometry.hidden_nodes:
        text = word("hidden", lang, count=len(geometry.hidden_nodes), amount=AMOUNT)
        told(text, [p.hidden for p in panels])
    if geometry.unnamed:
        text = word("small-products", lang, names=_products(panels, lang, every=every), amount=AMOUNT)
        told(text, [math.fsum(link.value for link in p.unnamed) for p in panels])
    if geometry.bundled_count:
        share = number(100 * geometry.min_share)
        text = word("bundled", lang, share=share, count=geometry.bundled_count, amount=AMOUNT)
        told(text, [p.bundled for p in panels])
    return found


def _products(panels: Sequence[Geometry], lang: str, *, every: bool) -> str:
    """The products without a label, the largest flow first; of many the largest and how many more."""
    ranked = sorted((x for p in panels for x in p.unnamed), key=lambda link: (-link.value, link.material))
    called = list(dict.fromkeys(panels[0].names.get(link.material, link.material) for link in ranked))
    comma = "、" if lang == "zh" else ", "
    if every or len(called) <= SMALL_SHOWN + 1:
        return comma.join(called)
    names, more = comma.join(called[:SMALL_SHOWN]), len(called) - SMALL_SHOWN
    return word("and-more-products", lang, names=names, count=more)


def notes(geometry: Geometry, lang: str, *, every: bool = False) -> list[str]:
    """The remarks as they stand below a picture on paper, of several runs with their amounts in turn."""
    return [
        text.replace(AMOUNT, f"{' | '.join(map(number, (value, *further)))} {geometry.unit}")
        for text, value, further in remarks(geometry, lang, every=every)
    ]
