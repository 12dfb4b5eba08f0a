"""Paths to single figures: `bayer-refinery.inputs.bauxite`, `red-mud.takers.yard.limit`.

The same paths serve `set`, `--set` and every study. Setting one fixes a value: it has no
uncertainty any more, but keeps its source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa.errors import FaultWithoutPlace, Place, nearest
from mfa.input.yaml.tree import BARE, LISTED, UNCERTAINTY_KEYS, Items, Node, Text, Tree, is_quantity

if TYPE_CHECKING:
    from mfa.input.merge.assembly import Assembly

RATES = {"demand": "demand", "supply": "supply", "price": "prices"}
NODES = ("process", "stock", "boundary", BARE)
BOUNDARY = ("import", "export", "emission", "deposit")


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
        raise FaultWithoutPlace("path-unknown", path=path[:120], near=_near(assembly, path, head))


def _near(assembly: Assembly, path: str, head: str) -> str:
    """The path that may have been meant, or the id that it may have begun with."""
    known = [*assembly.processes, *assembly.stocks, *assembly.materials, *RATES]
    if head not in known:
        return nearest(head, known)
    fields = ["initial", "capacity", "level"] if head in assembly.stocks else ["level", "capacity"]
    recipe = assembly.processes.get(head)
    flows = [f"{side}.{m}" for side in ("inputs", "outputs") if recipe for m in recipe.child(side)]
    return nearest(path, [f"{head}.{f}" for f in (*fields, *flows)])


def _value(node: object, path: str) -> Text | Tree:
    """A quantity without uncertainty: one text, or a mapping with `value` or years."""
    if isinstance(node, Tree) and is_quantity(node) and "balance" not in node:
        if any(k in node for k in UNCERTAINTY_KEYS):
            raise FaultWithoutPlace("set-uncertain", path=path[:120])
        return node
    if not isinstance(node, Text) or not node.strip():
        raise FaultWithoutPlace("set-value", path=path[:120])
    return node


def _known(name: str, known: dict[str, Tree], key: str) -> None:
    if name not in known:
        raise FaultWithoutPlace(key, id=name[:60], near=nearest(name, known))


def _put(tree: Tree, section: str, key: str, value: Node, place: Place) -> None:
    inner = tree.child(section).copy()
    inner.put(key, value, place)
    tree.put(section, inner, tree.keys_at.get(section, place))


def _with(tree: Tree, key: str, value: Text | Tree, place: Place) -> Tree:
    made = tree.copy()
    old = tree.get(key)
    if isinstance(old, Tree) and "source" in old:
        long = value.copy() if isinstance(value, Tree) else Tree(value.place)
        if isinstance(value, Text):
            long.put("value", value)
        if "source" not in long:
            long.put("source", old["source"])
        made.put(key, long, place)
    else:
        made.put(key, value, place)
    return made


def _set_coefficient(
    assembly: Assembly, process: str, rest: list[str], value: Text | Tree, place: Place
) -> None:
    tree = assembly.processes[process]
    recipe = tree.child(rest[0])
    if rest[1] not in recipe:
        raise FaultWithoutPlace(
            "set-coefficient", process=process, side=rest[0], id=rest[1][:60], near=nearest(rest[1], recipe)
        )
    made = tree.copy()
    made.put(rest[0], _with(recipe, rest[1], value, place), tree.keys_at[rest[0]])
    assembly.processes[process] = made


def _set_entry(assembly: Assembly, material: str, rest: list[str], value: Text | Tree, place: Place) -> None:
    """Set a figure of an entry in the list that the run goes by."""
    side, name, what = rest
    own, chain = assembly.own_sides.get((material, side)), assembly.sides.get((material, side))
    if own is None and chain is None and name in BOUNDARY:
        fixed = assembly.fixed.get((material, side, name), Tree(place))
        assembly.fixed[material, side, name] = _with(fixed, what, value, place)
        return
    names: list[str] = []
    if own is not None:
        found = _with_entry(own, name, what, value, place, names)
        if found is not None:
            assembly.own_sides[material, side] = found
            return
    if chain is not None and isinstance(own, Tree | None) and LISTED not in (own or ()):
        found = _with_entry(chain, name, what, value, place, names)
        if found is not None:
            assembly.sides[material, side] = found
            return
    raise FaultWithoutPlace(
        "set-entry", material=material, side=side, id=name[:60], near=nearest(name, names)
    )


def _with_entry(
    side: Items | Tree, name: str, what: str, value: Text | Tree, place: Place, names: list[str]
) -> Items | Tree | None:
    """A copy of a list, or of insertions, with a figure of one entry set; None where it has no such entry."""
    if isinstance(side, Tree):
        for key in ("insert", LISTED):
            entries = side.get(key)
            if not isinstance(entries, Items):
                continue
            found = _with_entry(entries, name, what, value, place, names)
            if found is not None:
                made = side.copy()
                made.put(key, found, side.keys_at[key])
                return made
        return None
    written = [entry_name(e) for e in side]
    names += written
    if name not in written:
        return None
    at = written.index(name)
    return Items([*side[:at], _with(_long(side[at]), what, value, place), *side[at + 1 :]], side.place)


def listed_at(assembly: Assembly) -> dict[tuple[str, str, str], Place]:
    """(node, material, side) → where a list, of whichever file, names the node."""
    return {
        (entry_name(entry), material, side): entry.place
        for sides in (assembly.sides, assembly.own_sides)
        for (material, side), node in sides.items()
        for entry in entries(node)
    }


def entries(side: Items | Tree) -> list[Node]:
    """The written entries of a list, or those inserted and those of the list that they are put into."""
    if isinstance(side, Items):
        return list(side)
    return [entry for items in side.values() if isinstance(items, Items) for entry in items]


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
    made.put(BARE, entry)
    return made
