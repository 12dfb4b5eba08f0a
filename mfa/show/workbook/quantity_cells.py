"""A quantity → the cells of its row: the number apart from its unit, wherever that loses nothing."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

from mfa import units
from mfa.errors import FaultWithoutPlace
from mfa.input.workbook.sheets import BALANCE, INTERPOLATE
from mfa.input.yaml.tree import YEAR, Items, Node, Text, Tree

Content = str | int | float
_NUMBER = r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_VALUE = re.compile(rf"({_NUMBER}) *(.*)")
_RANGE = re.compile(rf"({_NUMBER}) *\.\.\.? *({_NUMBER}) *(.*)")


TEXTS = (
    *("dist", "cv", "gsd", "choice", "exact", "source", "confidence"),
    *("basis", "residue-of", "note"),
)


@dataclass(frozen=True)
class Cells:
    """The cells of a quantity by column, and the keys of its mapping that they say."""

    cells: dict[str, Content]
    taken: frozenset[str]


def cells(node: Node, columns: Set[str]) -> Cells:
    """The row of a quantity; keys for which there is no column stay untaken."""
    if isinstance(node, Text):
        node, text = Tree(node.place), node
        node.put("value", text)
    assert isinstance(node, Tree)
    made: dict[str, Content] = {}
    written = [k for k in node if k == "value" or YEAR.match(k)]
    unit = next((u for k in written if (u := _split(str(node[k]))[1])), "")
    for key in written:
        made[key] = _in_unit(str(node[key]), unit)
    if str(node.get("balance", "")) == "true":
        made["value"] = BALANCE
        found = _RANGE.fullmatch(str(node.get("range", "")).strip())
        unit = found[3] if found else ""
    if unit:
        made["unit"] = unit
    made |= _bounds(str(node["range"]), unit) if "range" in node else {}
    for key in (*TEXTS, INTERPOLATE):
        if key in node and (key in columns or key == INTERPOLATE):
            one = node[key]
            made[key] = ", ".join(map(str, one)) if isinstance(one, Items) else str(one)
    if "sd" in node:
        made["sd"] = _in_unit(str(node["sd"]), unit)
    taken = {k for k in node if k in made} | ({"balance"} if made.get("value") == BALANCE else set())
    if "low" in made:
        taken.add("range")
    return Cells(made, frozenset(taken))


def _split(text: str) -> tuple[Content, str]:
    """Number and unit of a text as two cells; the whole text and no unit where they would differ."""
    found = _VALUE.fullmatch(text.strip())
    if not found:
        return text, ""
    number = as_number(found[1])
    try:
        same = units.split(f"{number!r} {found[2]}".strip()) == units.split(text)
    except FaultWithoutPlace:
        same = False
    return (number, found[2]) if same else (text, "")


def _in_unit(text: str, unit: str) -> Content:
    """The number alone of a text in the unit of the row, else the whole text."""
    number, own = _split(text)
    return number if own == unit else text


def _bounds(text: str, unit: str) -> dict[str, Content]:
    """`low` and `high` in the unit of the row; a range in another unit stands whole in `low`."""
    found = _RANGE.fullmatch(text.strip())
    if found and found[3] == unit:
        low, high = as_number(found[1]), as_number(found[2])
        try:
            if units.split_range(f"{low!r}..{high!r} {unit}".strip()) == units.split_range(text):
                return {"low": low, "high": high}
        except FaultWithoutPlace:
            pass
    return {"low": text}


def as_number(text: str) -> int | float:
    """A number of a text, whole where it is written so and a double holds it.

    >>> as_number("5"), as_number("0.20")
    (5, 0.2)
    """
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else float(text)
