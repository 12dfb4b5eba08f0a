"""Rows of sheets → nodes of a scenario's tree, each at the place of its cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mfa.errors import Fault, Place, nearest
from mfa.input.workbook.cells import Cell, CellPlace, Grid
from mfa.input.workbook.sheets import BALANCE, INTERPOLATE, NOBODY, REMARK, Column, Path, Sheet
from mfa.input.yaml.tree import BARE, YEAR, Items, Node, Text, Tree
from mfa.system import BOUNDARY_WORDS

MOST_HEADS = 20  # rows above the header that are looked through
UNLIMITED = "none"
RESIDUE_OF = "residue-of"
CHOICE = "choice"
FLAT = ("dist", CHOICE, "exact", "source", "confidence", "basis", RESIDUE_OF, "note", INTERPOLATE)


@dataclass
class Rows:
    """The rows of one sheet by column, and where its header stands."""

    sheet: Sheet
    head: dict[str, CellPlace]
    rows: list[dict[str, Cell]]

    def place(self, key: str, row: dict[str, Cell]) -> CellPlace:
        """The cell of a row in a column, filled or not."""
        line = next(iter(row.values())).place.line
        at = self.head.get(key) or next(iter(self.head.values()))
        return CellPlace(at.file, line, at.column)


def rows_of(sheet: Sheet, grid: Grid, faults: list[Fault]) -> Rows:
    """The rows below the header; faults of headers, and of rows that do not say what they are about."""
    needed = {c.key for c in sheet.keys}
    at = next((i for i, r in enumerate(grid.rows[:MOST_HEADS]) if needed <= _texts(r)), None)
    if at is None:
        columns = ", ".join(c.key for c in sheet.keys)
        if grid.rows:
            faults.append(Fault("book-no-header", grid.place, {"sheet": sheet.name, "columns": columns}))
        return Rows(sheet, {}, [])
    names = _header(sheet, grid.rows[at], faults)
    rows = []
    for cells in grid.rows[at + 1 :]:
        row = {names[column]: cell for column, cell in cells.items() if column in names}
        wrong = [cell.fault for cell in row.values() if cell.fault]
        wrong += _of_keys(sheet, row, names) if row and not wrong else []
        faults += wrong
        if row and not wrong:
            rows.append(row)
    head = {name: CellPlace(grid.place.file, 1, column) for column, name in names.items()}
    return Rows(sheet, head, rows)


def _of_keys(sheet: Sheet, row: dict[str, Cell], names: dict[int, str]) -> list[Fault]:
    """What keeps a row from saying where it belongs."""
    first = next(iter(row.values())).place
    lacking = [c.key for c in sheet.keys if c.key not in row]
    if lacking:
        column = next(c for c, name in names.items() if name == lacking[0])
        place = CellPlace(first.file, first.line, column)
        return [Fault("book-cell-empty", place, {"column": lacking[0]})]
    closed = [c for c in sheet.closed if c.key in row and row[c.key].text not in c.choices]
    return [_wrong(c, row[c.key]) for c in closed]


def _wrong(column: Column, cell: Cell) -> Fault:
    """A text that the column does not allow."""
    values = {"path": column.key, "given": cell.text[:60], "choices": ", ".join(column.choices)}
    return Fault("choice", cell.place, {**values, "near": nearest(cell.text, column.choices)})


def _texts(row: dict[int, Cell]) -> set[str]:
    return {cell.text for cell in row.values()}


def _header(sheet: Sheet, row: dict[int, Cell], faults: list[Fault]) -> dict[int, str]:
    """Column → name, remarks left out."""
    known = [c.key for c in sheet.columns]
    names: dict[int, str] = {}
    for column, cell in row.items():
        name = cell.text
        if cell.fault:
            faults.append(cell.fault)
        elif name.startswith(REMARK):
            continue
        elif name in names.values():
            faults.append(Fault("book-column-twice", cell.place, {"name": name[:60]}))
        elif name in known or (sheet.quantity and (name == INTERPOLATE or YEAR.match(name))):
            names[column] = name
        else:
            values = {"name": name[:60], "known": ", ".join(known), "near": nearest(name, known)}
            faults.append(Fault("book-column", cell.place, values))
    return names


@dataclass
class Growing:
    """A tree that grows leaf by leaf; two cells for one leaf are a fault."""

    root: Tree
    faults: list[Fault] = field(default_factory=list)

    def put(self, path: Path, node: Node, at: Place, keys_at: Sequence[Place] = ()) -> None:
        """Put a node at a path; `keys_at` are the places of its last keys, `at` of all others."""
        places = [at] * (len(path) - len(keys_at)) + list(keys_at)
        tree = self.member(path[:-1], places[:-1])
        if tree is not None and path[-1] not in tree:
            tree.put(path[-1], node, places[-1])
        elif tree is not None:
            self._twice(at, path, tree[path[-1]])

    def member(self, path: Path, places: Sequence[Place]) -> Tree | None:
        """The mapping at a path, made where it is lacking; None, and a fault, where a text stands there."""
        tree = self.root
        for step, place in zip(path, places, strict=True):
            if step not in tree:
                tree.put(step, Tree(place), place)
            inner = tree[step]
            if not isinstance(inner, Tree):
                self._twice(places[-1], path, inner)
                return None
            tree = inner
        return tree

    def _twice(self, at: Place, path: Path, other: Node) -> None:
        values = {"path": "/".join(path)[:120], "other": other.place}
        self.faults.append(Fault("book-twice", at, values))


def text(cell: Cell) -> Text:
    """A cell as a scalar: `95 %` of one that shows a percentage."""
    return Text(f"{cell.hundredfold} %" if cell.percent else cell.text, cell.place)


def quantity(rows: Rows, row: dict[str, Cell]) -> Node:
    """The quantity of a row: one text, or a mapping where anything beside the value is filled."""
    unit = row["unit"].text if "unit" in row else ""
    made = Tree(rows.place("value", row))
    value = row.get("value")
    if value is not None and value.text == BALANCE:
        made.put("balance", Text("true", value.place))
    elif value is not None:
        made.put("value", Text(_with_unit(value, unit), value.place))
    for key, cell in row.items():
        if YEAR.match(key) or key == "sd":
            made.put(key, Text(_in_unit(cell, unit), cell.place))
    _range(made, row, unit)
    for key in ("cv", "gsd"):
        if key in row:
            made.put(key, text(row[key]))
    inner = {c.key for c in rows.sheet.quantity} | {INTERPOLATE}
    for key in FLAT:
        if key in row and key in inner:
            one = _ids(row[key]) if key in (RESIDUE_OF, CHOICE) else text(row[key])
            made.put(key, Items([one], one.place) if key == CHOICE and isinstance(one, Text) else one)
    return made["value"] if set(made) == {"value"} else made


def _ids(cell: Cell) -> Text | Items:
    """One id or quantity, or a list of those that commas part."""
    parts = [Text(part.strip(), cell.place) for part in cell.text.split(",")]
    return parts[0] if len(parts) == 1 else Items(parts, cell.place)


def _with_unit(cell: Cell, unit: str) -> str:
    """Value and unit as one text; where the value brings another unit too, units will refuse it."""
    if cell.percent and unit in ("", "%"):
        return f"{cell.hundredfold} %"
    if not unit or cell.text == UNLIMITED or cell.text.endswith(unit):
        return cell.text
    return f"{cell.text} {unit}"


def _in_unit(cell: Cell, unit: str) -> str:
    """A further number of the row in its unit; a text is taken as it stands, with a unit of its own."""
    return _with_unit(cell, unit) if cell.number else cell.text


def _range(made: Tree, row: dict[str, Cell], unit: str) -> None:
    """`low` and `high` as one range in the unit of the row, or as `low` alone writes it whole."""
    low, high = row.get("low"), row.get("high")
    if low is None and high is None:
        return
    first = low or high
    assert first is not None
    if low is not None and high is None and ".." in low.text:
        made.put("range", Text(low.text, first.place))
        return
    start, end = ("" if c is None else _in_unit(c, unit) for c in (low, high))
    ending = unit or "%" * (end[-1:] == "%")
    made.put("range", Text(f"{start.removesuffix(ending).strip()}..{end}", first.place))


def lists(tree: Tree) -> Node:
    """A tree whose steps `[1]`, `[2]` … become the items of lists, in their order."""
    for key, node in tree.items():
        if isinstance(node, Tree):
            tree[key] = lists(node)
    if not tree or not all(k[:1] == "[" and k[-1:] == "]" and k[1:-1].isdecimal() for k in tree):
        return tree
    return Items((tree[k] for k in sorted(tree, key=lambda k: int(k[1:-1]))), tree.place)


OF_ENTRY = ("tier", "fate")
OF_EITHER = ("basis", "source", "note")  # the entry's where a row has no figure


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
