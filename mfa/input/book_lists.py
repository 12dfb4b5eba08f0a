"""The sheet of lists → the lists of the pools.

A row is an entry, or one figure of it: an entry with a limit and a share takes two rows.
Rows go by their tiers, so that a sorted sheet says the same.
"""

from __future__ import annotations

from mfa.errors import Fault
from mfa.input.book_cells import Cell
from mfa.input.book_rows import Growing, Rows, quantity, text
from mfa.input.book_sheets import NOBODY
from mfa.input.tree import BARE, Items, Text, Tree
from mfa.records import BOUNDARY_WORDS

OF_ENTRY = ("tier", "fate")
OF_EITHER = ("source", "note")  # the entry's where a row has no figure


def take_lists(rows: Rows, growing: Growing) -> None:
    """Put every list of the sheet into the tree."""
    found: dict[tuple[str, str], dict[str, Tree]] = {}
    first: dict[tuple[str, str], dict[str, Cell]] = {}
    for row in rows.rows:
        side = row["material"].text, row["side"].text
        entries = found.setdefault(side, {})
        first.setdefault(side, row)
        node = row["node"]
        if node.text != NOBODY:
            entry = entries.setdefault(node.text, _entry(node))
            _add(entry, row, rows, growing)
    for (material, name), entries in found.items():
        row = first[material, name]
        items = Items(_ordered(list(entries.values())), row["node"].place)
        places = row["material"].place, row["side"].place
        growing.put(("pools", material, name), items, row["node"].place, places)


def _entry(node: Cell) -> Tree:
    made = Tree(node.place)
    made.put("boundary" if node.text in BOUNDARY_WORDS else BARE, Text(node.text, node.place))
    return made


def _add(entry: Tree, row: dict[str, Cell], rows: Rows, growing: Growing) -> None:
    """Lay one row over its entry; two rows that disagree are a fault."""
    for key in OF_ENTRY:
        if key in row:
            _put(entry, key, text(row[key]), row[key], growing)
    filled = [k for k in ("value", "unit", "low", "high", "sd", "cv", "gsd") if k in row]
    if "figure" in row or filled:
        figure = row["figure"].text if "figure" in row else "limit"
        _put(entry, figure, quantity(rows, row), row["node"], growing)
        return
    for key in OF_EITHER:
        if key in row:
            _put(entry, key, text(row[key]), row[key], growing)


def _put(entry: Tree, key: str, node: Tree | Text | Items, cell: Cell, growing: Growing) -> None:
    if key not in entry:
        entry.put(key, node)
    elif entry[key] != node or key not in OF_ENTRY:
        values = {"path": key, "other": entry[key].place}
        growing.faults.append(Fault("book-twice", cell.place, values))


def _ordered(entries: list[Tree]) -> list[Tree]:
    """By tier where every entry writes one, else as the rows stand."""
    tiers = [str(e.get("tier", "")) for e in entries]
    if not all(t.isdecimal() for t in tiers):
        return entries
    return [e for _, e in sorted(zip(tiers, entries, strict=True), key=lambda pair: int(pair[0]))]
