"""What a YAML file says, untyped: texts, mappings and lists that know their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from mfa.errors import Place

QUANTITY_KEYS = frozenset(
    (
        *("value", "balance", "range", "dist", "sd", "cv", "gsd", "source", "note", "confidence"),
        *("interpolate", "residue-of", "basis", "choice", "exact"),
    )
)
KEPT = ("source", "residue-of")  # what a new value does not change of an old one
UNCERTAINTY_KEYS = ("range", "dist", "sd", "cv", "gsd", "choice", "exact")
YEAR = re.compile(r"[12][0-9]{3}\Z")

# Keys of normalised short forms. No file can write them: it may not hold a NUL.
HIDDEN = "\0"
BARE: Final = "\0id"
LISTED: Final = "\0list"
NODES = ("process", "stock", "boundary", BARE)
YEARS: Final = "\0years"


class Text(str):
    """A scalar as written; the field that wants it decides its type."""

    __slots__ = ("place",)
    place: Place

    def __new__(cls, text: str, place: Place) -> Text:
        """A text and where it begins."""
        made = super().__new__(cls, text)
        made.place = place
        return made

    def __reduce__(self) -> tuple[type[Text], tuple[str, Place]]:
        """What a copy (pickle, deepcopy) is made from."""
        return Text, (str(self), self.place)


class Items(list["Node"]):
    """A list and where it begins."""

    __slots__ = ("place",)

    def __init__(self, items: Iterable[Node], place: Place) -> None:
        super().__init__(items)
        self.place = place


class Tree(dict[str, "Node"]):
    """A mapping, where it begins, and where each key stands.

    `whole` marks a coefficient put together over a text: it replaces one below it whole.
    """

    __slots__ = ("keys_at", "place", "whole")

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.keys_at: dict[str, Place] = {}
        self.whole = False

    def put(self, key: str, node: Node, at: Place | None = None) -> None:
        """Set a key together with its place (of the value where the key has none)."""
        self[key] = node
        self.keys_at[key] = at or node.place

    def copy(self) -> Tree:
        """A shallow copy that keeps the places."""
        made = Tree(self.place)
        made.update(self)
        made.keys_at.update(self.keys_at)
        made.whole = self.whole
        return made

    def child(self, key: str) -> Tree:
        """The mapping under a key, or an empty one at this place."""
        found = self.get(key)
        return found if isinstance(found, Tree) else Tree(self.place)


Node = Text | Items | Tree


def place_of(node: Node, path: Sequence[str | int], *, key: bool = False) -> Place:
    """The place of the value (or key) at a path; of the nearest ancestor that is there.

    Steps of the path that the file does not have (made by normalising a short form) are
    passed over.
    """
    place = node.place
    for step in path:
        if isinstance(node, Tree) and str(step) in node:
            place = node.keys_at[str(step)]
            node = node[str(step)]
            if not key:
                place = node.place
        elif isinstance(node, Items) and isinstance(step, int) and step < len(node):
            node = node[step]
            place = node.place
    return place


def merge(parent: Node, child: Node) -> Node:
    """Deep merge: the child wins, mappings by key, lists replace.

    A text over a coefficient's mapping replaces it but keeps its source; a child's
    uncertainty replaces the parent's, whichever it was.
    """
    if isinstance(child, Tree) and "insert" in child and isinstance(parent, Items | Tree):
        return _with_insert(parent, child)
    if isinstance(parent, Tree) and isinstance(child, Tree):
        return _merge_trees(parent, child)
    if isinstance(parent, Tree) and isinstance(child, Text) and is_quantity(parent):
        return _short_over_long(parent, child)
    if isinstance(parent, Text) and isinstance(child, Tree) and is_quantity(child):
        whole = Tree(child.place)
        whole.put("value", parent)
        whole.whole = True
        return _merge_trees(whole, child)
    return child


def is_quantity(tree: Tree) -> bool:
    """Whether a mapping is the long form of a quantity, or a schedule."""
    return bool(tree) and all(k in QUANTITY_KEYS or YEAR.match(k) for k in tree)


def years(tree: Tree) -> list[str]:
    """The keys of a mapping that are years."""
    return [k for k in tree if YEAR.match(k)]


def _short_over_long(parent: Tree, child: Text) -> Tree:
    made = Tree(child.place)
    made.put("value", child)
    for key in (k for k in KEPT if k in parent):
        made.put(key, parent[key], parent.keys_at[key])
    return made


def _merge_trees(parent: Tree, child: Tree) -> Tree:
    made = parent.copy()
    if child.whole:
        _drop(made, [k for k in made if k not in KEPT])
        made.whole = True
    if is_quantity(parent) or is_quantity(child):
        if any(k in child for k in UNCERTAINTY_KEYS):
            _drop(made, UNCERTAINTY_KEYS)
        if "balance" in child:
            _drop(made, ("dist", "sd", "cv", "gsd"))
        if "value" in child or "balance" in child:
            _drop(made, ("value", "balance", "interpolate", *years(made)))
        elif years(child):
            _drop(made, ("value", "balance"))
    for key, node in child.items():
        made.put(key, merge(parent[key], node) if key in made else node, child.keys_at[key])
    return made


def _drop(tree: Tree, keys: Iterable[str]) -> None:
    for key in keys:
        tree.pop(key, None)
        tree.keys_at.pop(key, None)


def _with_insert(parent: Items | Tree, child: Tree) -> Tree:
    """Keep the list that the insertions are put into beside them, and what is put into it already.

    What both insert is put where the child says.
    """
    made = child.copy()
    if isinstance(parent, Items):
        made.put(LISTED, parent)
        return made
    if LISTED in parent:
        made.put(LISTED, parent[LISTED])
    before, own = parent.get("insert"), child["insert"]
    if isinstance(before, Items) and isinstance(own, Items):
        named = {entry_name(entry) for entry in own}
        kept = [entry for entry in before if entry_name(entry) not in named]
        made.put("insert", Items([*kept, *own], own.place), child.keys_at["insert"])
    return made


def entry_name(entry: Node) -> str:
    """The id or boundary word that a list entry names."""
    if isinstance(entry, Text):
        return str(entry)
    named = [entry[k] for k in NODES if isinstance(entry, Tree) and k in entry]
    return str(named[0]) if named else ""


def texts(node: Node) -> Iterator[tuple[tuple[str | int, ...], Text]]:
    """Every text of a tree with its path, in the order of the file."""
    stack: list[tuple[tuple[str | int, ...], Node]] = [((), node)]
    while stack:
        path, here = stack.pop()
        if isinstance(here, Text):
            yield path, here
        elif isinstance(here, Tree):
            stack += [(path if k.startswith(HIDDEN) else (*path, k), v) for k, v in reversed(here.items())]
        else:
            stack += [((*path, i), v) for i, v in reversed(list(enumerate(here)))]
