"""A workbook → the tree of a scenario that stands alone, every value at its cell.

What comes out is what the YAML reader gives, so that everything behind it is the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from mfa.errors import Error, Fault, Place, closest, nearest
from mfa.input.workbook.cells import Grid, read_grids
from mfa.input.workbook.rows import MOST_HEADS, Growing, Rows, lists, quantity, rows_of, take_lists, text
from mfa.input.workbook.sheets import (
    CHAIN,
    FIELD,
    LISTED,
    LISTS,
    PAIRS,
    VALUE,
    Sheet,
    all_sheets,
    filled,
    is_private,
    steps,
)
from mfa.input.yaml.reader import DEEPEST
from mfa.input.yaml.tree import Items, Node, Text, Tree

ENDINGS = (".xlsx", ".xlsm")


class Book(NamedTuple):
    """The tree of a scenario, and the chain that each process came from."""

    tree: Tree
    chain_of: dict[str, str]


def is_book(path: Path) -> bool:
    """Whether a file is read as a workbook."""
    return path.suffix.lower() in ENDINGS


def read_book(path: Path, shown: str | None = None) -> Book:
    """The scenario in a workbook.

    Parameters
    ----------
    path : the file, `.xlsx`
    shown : its name in messages, by default the path as given

    Raises
    ------
    Error
        every fault that the sheets alone show
    """
    name = shown or str(path)
    grids = read_grids(path, name, lambda sheet: not is_private(sheet))
    growing = Growing(Tree(Place(name, 1, 1)), [])
    for sheet in all_sheets():
        if sheet.name in grids:
            _take(sheet, grids[sheet.name], growing)
    tree = growing.root
    faults = growing.faults + _sheet_names(grids, tree.pop(LISTED, None), name)
    if faults:
        raise Error(faults)
    for key, node in tree.items():
        tree[key] = lists(node) if isinstance(node, Tree) else node
    return Book(tree, _chains(tree))


def _sheet_names(grids: Mapping[str, Grid], listed: Node | None, shown: str) -> list[Fault]:
    """Sheets that are not known; those that are not there though the workbook needs or lists them."""
    known = {s.name for s in all_sheets()}
    absent = [s for s in all_sheets() if s.name not in grids]
    faults = []
    for name, grid in grids.items():
        if name not in known and grid.rows:
            meant = _meant(grid, absent)
            near = nearest(meant.name, [meant.name]) if meant else ""
            faults.append(Fault("book-sheet", grid.place, {"name": name[:60], "near": near}))
            absent = [s for s in absent if s is not meant]
    lost = {s.name for s in absent}
    if PAIRS[0].name in lost:
        faults.append(Fault("book-no-scenario", Place(shown, 1, 1), {"sheet": PAIRS[0].name}))
    if isinstance(listed, Text):
        named = (name.strip() for name in listed.split(","))
        faults += [Fault("book-sheet-missing", listed.place, {"name": n}) for n in named if n in lost]
    return faults


def _meant(grid: Grid, absent: Sequence[Sheet]) -> Sheet | None:
    """The absent sheet that an unknown one must be: by its name, else by its header."""
    near = closest(grid.name, [s.name for s in absent])
    heads = [{cell.text for cell in row.values()} for row in grid.rows[:MOST_HEADS]]
    shared = {s: max((_columns_shared(s, head) for head in heads), default=0) for s in absent}
    by_header = max(absent, key=lambda s: shared[s], default=None)
    if by_header and not shared[by_header]:
        by_header = None
    return next((s for s in absent if s.name == near), by_header)


def _columns_shared(sheet: Sheet, head: set[str]) -> int:
    """How many columns of a sheet a row names, if all those that every row must fill are among them."""
    if not {c.key for c in sheet.keys} <= head:
        return 0
    return len(head & {c.key for c in sheet.columns})


def _take(sheet: Sheet, grid: Grid, growing: Growing) -> None:
    rows = rows_of(sheet, grid, growing.faults)
    if sheet is LISTS:
        take_lists(rows, growing)
    elif sheet in PAIRS:
        _take_pairs(rows, growing)
    else:
        _take_rows(rows, growing)


def _take_rows(rows: Rows, growing: Growing) -> None:
    """Rows that stand each for one place of the tree."""
    sheet = rows.sheet
    for row in rows.rows:
        words = {key: cell.text for key, cell in row.items()}
        here = filled(sheet.base, words)
        places = [row[s[1:-1]].place for s in sheet.base if s.startswith("{")]
        if sheet.quantity:
            last = places[-1:] if sheet.base[-1].startswith("{") else []
            growing.put(here, quantity(rows, row), row[sheet.keys[0].key].place, last)
        else:
            growing.member(here, [places[0]] * len(here))
        for column, path in sheet.texts:
            if column.key in row:
                cell = row[column.key]
                growing.put(filled(path, words), text(cell), cell.place)


def _take_pairs(rows: Rows, growing: Growing) -> None:
    """Rows that name their place in the tree themselves."""
    for row in rows.rows:
        cell = row.get(VALUE)
        if cell is None:
            growing.faults.append(Fault("book-cell-empty", rows.place(VALUE, row), {"column": VALUE}))
            continue
        path, place = steps(row[FIELD].text), row[FIELD].place
        if len(path) > DEEPEST:
            growing.faults.append(Fault("yaml-deep", place, {"limit": DEEPEST}))
            continue
        empty: dict[str, Node] = {"[]": Items((), cell.place), "{}": Tree(cell.place)}
        growing.put(path, empty.get(cell.text, text(cell)), place)


def _chains(tree: Tree) -> dict[str, str]:
    """Take the chain of each process out of the tree, where no form has a place for it."""
    found = {}
    for key, node in tree.child(CHAIN[0]).items():
        chain = node.pop(CHAIN[-1], None) if isinstance(node, Tree) else None
        if isinstance(chain, Text):
            found[key] = str(chain)
    return found
