"""Paths to single figures: `bayer-refinery.inputs.bauxite`, `red-mud.takers.yard.limit`.

The same paths serve `set`, `--set` and every study. Setting one fixes a value: it has no
uncertainty any more, but keeps its source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa.errors import Place, Short, nearest
from mfa.input.tree import Items, Node, Text, Tree, is_quantity

if TYPE_CHECKING:
    from mfa.input.assemble import Assembly

RATES = {"demand": "demand", "supply": "supply", "price": "prices"}
NODES = ("process", "stock", "boundary", "id")


def fix(assembly: Assembly, path: str, node: object, place: Place) -> None:
    """Set the figure at a path.

    Raises
    ------
    Short
        the path names nothing, or the value is not one
    """
    value = _value(node, path)
    steps = path.split(".")
    head, rest = steps[0], steps[1:]
    if head in RATES and len(rest) == 1:
        _known(rest[0], assembly.materials, "material-unknown")
        _put(assembly.scenario, RATES[head], rest[0], value, place)
    elif len(rest) == 3 and rest[0] in ("takers", "givers") and rest[2] in ("limit", "share"):
        _known(head, assembly.materials, "material-unknown")
        _set_entry(assembly, head, rest, value, place)
    elif head in assembly.stocks and rest in (["initial"], ["capacity"]):
        assembly.stocks[head] = _with(assembly.stocks[head], rest[0], value, place)
    elif rest == ["level"] and (head in assembly.processes or head in assembly.stocks):
        _put(assembly.scenario, "drive", head, value, place)
    elif head in assembly.processes and rest == ["capacity"]:
        assembly.processes[head] = _with(assembly.processes[head], "capacity", value, place)
    elif head in assembly.processes and len(rest) == 2 and rest[0] in ("inputs", "outputs"):
        _set_coefficient(assembly, head, rest, value, place)
    else:
        known = [*assembly.processes, *assembly.stocks, *assembly.materials, *RATES]
        raise Short("path-unknown", path=path[:120], near=nearest(head, known) if head not in known else "")


def _value(node: object, path: str) -> Text:
    if isinstance(node, Tree):
        value = node.get("value")
        if is_quantity(node) and isinstance(value, Text) and not {*node} - {"value", "source", "note"}:
            return value
        raise Short("set-uncertain", path=path[:120])
    if not isinstance(node, Text) or not node.strip():
        raise Short("set-value", path=path[:120])
    return node


def _known(name: str, known: dict[str, Tree], key: str) -> None:
    if name not in known:
        raise Short(key, id=name[:60], near=nearest(name, known))


def _put(tree: Tree, section: str, key: str, value: Node, place: Place) -> None:
    inner = tree.child(section).copy()
    inner.put(key, value, place)
    tree.put(section, inner, tree.keys_at.get(section, place))


def _with(tree: Tree, key: str, value: Text, place: Place) -> Tree:
    made = tree.copy()
    old = tree.get(key)
    if isinstance(old, Tree) and "source" in old:
        long = Tree(value.place)
        long.put("value", value)
        long.put("source", old["source"])
        made.put(key, long, place)
    else:
        made.put(key, value, place)
    return made


def _set_coefficient(assembly: Assembly, process: str, rest: list[str], value: Text, place: Place) -> None:
    tree = assembly.processes[process]
    recipe = tree.child(rest[0])
    if rest[1] not in recipe:
        raise Short(
            "set-coefficient", process=process, side=rest[0], id=rest[1][:60], near=nearest(rest[1], recipe)
        )
    made = tree.copy()
    made.put(rest[0], _with(recipe, rest[1], value, place), tree.keys_at[rest[0]])
    assembly.processes[process] = made


def _set_entry(assembly: Assembly, material: str, rest: list[str], value: Text, place: Place) -> None:
    side, name, what = rest
    for sides in (assembly.own_sides, assembly.sides):
        node = sides.get((material, side))
        lists = (
            [node] if isinstance(node, Items) else [node.get("entries"), node.get("insert")] if node else []
        )
        for entries in lists:
            for i, entry in enumerate(entries if isinstance(entries, Items) else ()):
                if entry_name(entry) == name:
                    assert isinstance(entries, Items)
                    entries[i] = _with(_long(entry), what, value, place)
                    return
    raise Short("set-entry", material=material, side=side, id=name[:60])


def entry_name(entry: Node) -> str:
    """The id or boundary word that a list entry names."""
    if isinstance(entry, Text):
        return str(entry)
    named = [entry[k] for k in NODES if isinstance(entry, Tree) and k in entry]
    return str(named[0]) if named else ""


def _long(entry: Node) -> Tree:
    if isinstance(entry, Tree):
        return entry
    made = Tree(entry.place)
    made.put("id", entry)
    return made
