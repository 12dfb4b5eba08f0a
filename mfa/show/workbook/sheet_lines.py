"""A scenario's tree → the rows of the sheets; what no sheet holds goes to the sheet `Other`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mfa.input.workbook.sheets import (
    FIELD,
    HEAD_FIELDS,
    LISTED,
    LISTS,
    NOBODY,
    PAIRS,
    VALUE,
    Path,
    Sheet,
    all_sheets,
    filled,
    joined,
)
from mfa.input.yaml.tree import QUANTITY_KEYS, YEAR, Items, Node, Text, Tree, entry_name
from mfa.show.workbook.quantity_cells import Content, cells

MOST_DIGITS = 16  # a double holds whole numbers of fewer
Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class Line:
    """A row of a sheet: column → what the cell holds, and where the row was written."""

    cells: dict[str, Content]
    origin: str = ""


@dataclass
class Leaves:
    """The leaves of a tree, each handed out once."""

    tree: Tree
    taken: set[Steps] = field(default_factory=set)

    def take(self, path: Steps) -> Text | None:
        """The text at a path, marked as taken."""
        node = self.at(path)
        if not isinstance(node, Text) or path in self.taken:
            return None
        self.taken.add(path)
        return node

    def at(self, path: Steps) -> Node | None:
        """The node at a path."""
        node: Node | None = self.tree
        for step in path:
            if isinstance(node, Tree):
                node = node.get(str(step))
            elif isinstance(node, Items) and isinstance(step, int):
                node = node[step]
            else:
                return None
        return node

    def rest(self) -> Iterator[tuple[Steps, Node]]:
        """Every text, and every empty mapping or list, that nobody took."""
        yield from ((p, n) for p, n in _ends((), self.tree) if p not in self.taken)


def _ends(path: Steps, node: Node) -> Iterator[tuple[Steps, Node]]:
    if isinstance(node, Text) or not node:
        yield path, node
    elif isinstance(node, Tree):
        for key, inner in node.items():
            yield from _ends((*path, key), inner)
    else:
        for i, inner in enumerate(node):
            yield from _ends((*path, i), inner)


def lines(tree: Tree) -> dict[str, list[Line]]:
    """The rows of every input sheet, by its name."""
    leaves = Leaves(tree)
    found = {}
    for sheet in all_sheets():
        if sheet is LISTS:
            found[sheet.name] = _list_lines(leaves)
        elif sheet not in PAIRS:
            found[sheet.name] = list(_sheet_lines(sheet, leaves))
    rest = list(leaves.rest())
    for sheet in PAIRS:
        is_head = sheet is PAIRS[0]
        found[sheet.name] = [_pair(p, n) for p, n in rest if (p[0] in HEAD_FIELDS) == is_head]
    found[PAIRS[0].name].append(Line({FIELD: LISTED, VALUE: ", ".join(s.name for s in all_sheets())}))
    return found


def _pair(path: Steps, node: Node) -> Line:
    empty = "[]" if isinstance(node, Items) else "{}"
    value = _whole(node) if isinstance(node, Text) else empty
    return Line({FIELD: joined(path), VALUE: value}, str(node.place))


def _sheet_lines(sheet: Sheet, leaves: Leaves) -> Iterator[Line]:
    choices = {c.key: c.choices for c in sheet.keys if c.choices}
    for words in _matches(sheet.base, leaves.tree, choices):
        made: dict[str, Content] = dict(words)
        here = filled(sheet.base, words)
        node = leaves.at(here)
        if sheet.quantity:
            if node is None or not _is_quantity(node):
                continue
            made |= _quantity(here, node, sheet, leaves)
        for column, path in sheet.texts:
            found = leaves.take(filled(path, words))
            if found is not None:
                made[column.key] = str(found)
        if len(made) > len(words) or not sheet.quantity:
            yield Line(made, str(node.place) if node is not None else "")


def _matches(base: Path, tree: Tree, choices: dict[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """What the steps in braces can stand for, in the order of the tree."""
    if not base:
        yield {}
        return
    step, rest = base[0], base[1:]
    name = step[1:-1] if step.startswith("{") else ""
    for key in list(tree) if name else [step]:
        if name in choices and key not in choices[name]:
            continue
        inner = tree.get(key)
        if rest and isinstance(inner, Tree):
            for words in _matches(rest, inner, choices):
                yield ({name: key} | words) if name else words
        elif inner is not None and not rest:
            yield {name: key} if name else {}


def _is_quantity(node: Node) -> bool:
    """A text, or a mapping of which a row can hold at least the value."""
    return isinstance(node, Text) or (
        isinstance(node, Tree) and bool(node) and all(k in QUANTITY_KEYS or YEAR.match(k) for k in node)
    )


def _quantity(path: Steps, node: Node, sheet: Sheet, leaves: Leaves) -> dict[str, Content]:
    """The cells of a quantity, its leaves taken."""
    made = cells(node, {c.key for c in sheet.quantity})
    if isinstance(node, Text):
        leaves.take(path)
    elif isinstance(node, Tree):
        for key in made.taken:
            leaves.taken |= {end for end, _ in _ends((*path, key), node[key])}
    return made.cells


def _list_lines(leaves: Leaves) -> list[Line]:
    found: list[Line] = []
    for material, sides in leaves.tree.child("pools").items():
        assert isinstance(sides, Tree)
        for side, items in sides.items():
            head: dict[str, Content] = {"material": material, "side": side}
            assert isinstance(items, Items)
            if not items:
                leaves.taken.add(("pools", material, side))
                found.append(Line(head | {"node": NOBODY}, str(items.place)))
            for i, entry in enumerate(items):
                found += _entry_lines(head, ("pools", material, side, i), entry, leaves)
    return found


def _entry_lines(head: dict[str, Content], path: Steps, entry: Node, leaves: Leaves) -> list[Line]:
    """One row for what is said of the entry, and one for each figure of it; one where that is enough."""
    assert isinstance(entry, Tree)
    base = head | {"node": entry_name(entry), "tier": _whole(entry["tier"])}
    for key in ("process", "stock", "boundary", "tier"):
        leaves.take((*path, key))
    for key in ("fate",):
        found = leaves.take((*path, key))
        if found is not None:
            base[key] = str(found)
    own = {k: str(t) for k in ("basis", "source", "note") if (t := leaves.take((*path, k))) is not None}
    figures = [k for k in ("limit", "share", "distance") if k in entry]
    made = [Line({**base, **own}, str(entry.place))] if own or not figures else []
    for key in figures:
        more = _quantity((*path, key), entry[key], LISTS, leaves)
        made.append(Line(base | {"figure": key} | more, str(entry[key].place)))
    return made


def _whole(node: Node) -> Content:
    """A number where the text is that of a whole one, so that `05` stays a text."""
    text = str(node)
    return int(text) if len(text) < MOST_DIGITS and text.isdecimal() and text == str(int(text)) else text
