"""Figures set by their path, in the merged trees: `set`, `--set`, `Scenario.replace`.

Setting one fixes a value: it has no uncertainty any more, but keeps its source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mfa.errors import FaultWithoutPlace, Place, nearest
from mfa.input.schema.forms import EntryForm, ScenarioForm
from mfa.input.schema.validate import known_keys, validate
from mfa.input.yaml.tree import (
    BARE,
    KEPT,
    LISTED,
    QUANTITY_KEYS,
    UNCERTAINTY_KEYS,
    YEAR,
    Items,
    Node,
    Text,
    Tree,
    entry_name,
    is_quantity,
)
from mfa.parameters import Path, parse
from mfa.parameters.path import MEMBERS, QUANTITIES, RATES, SECTIONS, Step
from mfa.system import BOUNDARY_SYNONYMS

if TYPE_CHECKING:
    from mfa.input.merge.assembly import Assembly

BOUNDARY = ("import", "export", "emission", "deposit")
CHECKED_LATER = (
    *QUANTITIES,
    "indicators",
    "claims",
    "sankey",
    "brief",
    "plan",
    "pareto",
)  # when the system is built


def fix(assembly: Assembly, text: str, node: object, place: Place) -> None:
    """Set what stands at a path.

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        the path names nothing, or the value is not one
    """
    value = _value(node, text)
    path = parse(text, assembly)
    whole = _whole(assembly, text, path)
    if whole is not None:
        _set_whole(assembly, path, text, whole, value)
        return
    if path is None or not _leads(assembly, path):
        raise FaultWithoutPlace("path-unknown", path=text[:120], near=_near(assembly, text))
    try:
        _set(assembly, path, value, place)
    except LookupError:
        raise FaultWithoutPlace("path-unknown", path=text[:120], near="") from None


def _whole(assembly: Assembly, text: str, path: Path | None) -> Items | Tree | None:
    """The list, or the mapping of several values, that a path names; None where it names one value."""
    node: Node | None = None
    if path is not None and path.section == "levers":  # of which none is set
        return None
    if path is None or path.section not in (*MEMBERS, "pools"):
        node = node_at(assembly.scenario, text.split("."))
    elif path.section == "pools" and len(path.field) == 1:
        key = (path.member, str(path.field[0]))
        node = assembly.own_sides.get(key, assembly.sides.get(key))
    elif path.section in MEMBERS:
        node = node_at(getattr(assembly, path.section).get(path.member), path.field)
    one = isinstance(node, Tree) and (is_quantity(node) or node.keys() & {"en", "zh", "cite"})
    return None if isinstance(node, Text) or one else node


def _set_whole(
    assembly: Assembly, path: Path | None, text: str, whole: Items | Tree, value: Text | Tree
) -> None:
    """Leave what is empty empty, or let nobody take or give; no other list or mapping is one value."""
    if not whole and value == ("[]" if isinstance(whole, Items) else "{}"):
        return
    if path is None or path.section != "pools" or value != "[]":
        raise FaultWithoutPlace("set-whole", path=text[:120])
    assembly.own_sides[path.member, str(path.field[0])] = Items([], value.place)


def _set(assembly: Assembly, path: Path, value: Text | Tree, place: Place) -> None:
    section, member, field = path
    if section == "pools":
        if member not in assembly.materials:
            near = nearest(member, assembly.materials)
            raise FaultWithoutPlace("material-unknown", id=member[:60], near=near)
        _set_entry(assembly, path, value, place)
    elif section in MEMBERS:
        members: dict[str, Tree] = getattr(assembly, section)
        if section == "processes" and field[0] in ("inputs", "outputs"):
            _of_recipe(members[member], path)
        made = _placed(members[member], field, value, place)
        assert isinstance(made, Tree)
        members[member] = made
    else:
        _set_in_scenario(assembly, section, ((member,) if member else ()) + field, value, place)


def _leads(assembly: Assembly, path: Path) -> bool:
    """Whether files may have something at a path."""
    section, member, field = path
    if section == "pools":
        side, *rest = field or ("",)
        rest = rest[1:] if rest[:1] == ["insert"] else rest
        if not rest or side not in known_keys(ScenarioForm, ("pools", member)):
            return False
        return isinstance(rest[0], int) if len(rest) == 1 else rest[1] in known_keys(EntryForm, ())
    if section in MEMBERS and (member not in getattr(assembly, section) or not field):
        return False
    if section == "drive" and member not in assembly.processes and member not in assembly.stocks:
        return False
    steps = (section, *((member,) if member else ()), *field)
    tree = getattr(assembly, section)[member] if section in MEMBERS else assembly.scenario
    if node_at(tree, field if section in MEMBERS else steps) is not None:
        return True
    levels = ((known_keys(ScenarioForm, steps[:i]), steps[i]) for i in range(len(steps)))
    return all(not known or step in known or YEAR.match(str(step)) for known, step in levels)


def _near(assembly: Assembly, text: str) -> str:
    """The path that may have been meant, or the id that it may have begun with."""
    head, *rest = text.split(".")
    known = [*assembly.processes, *assembly.stocks, *assembly.materials, *RATES]
    if head in MEMBERS and rest:
        members: dict[str, Tree] = getattr(assembly, head)
        if rest[0] not in members:
            return nearest(rest[0], members)
        fields = known_keys(ScenarioForm, (head, rest[0]))
        return nearest(text, [f"{head}.{rest[0]}.{f}" for f in fields])
    if head not in known:
        return nearest(head, [*known, *SECTIONS]) if head not in SECTIONS else ""
    fields = ["initial", "capacity", "level"] if head in assembly.stocks else ["level", "capacity"]
    recipe = assembly.processes.get(head)
    flows = [f"{side}.{m}" for side in ("inputs", "outputs") if recipe for m in recipe.child(side)]
    return nearest(text, [f"{head}.{f}" for f in (*fields, *flows)])


def _value(node: object, path: str) -> Text | Tree:
    """A quantity without uncertainty: one text, or a mapping with `value` or years."""
    if isinstance(node, Tree) and is_quantity(node) and "balance" not in node:
        if any(k in node for k in UNCERTAINTY_KEYS):
            raise FaultWithoutPlace("set-uncertain", path=path[:120])
        return node
    if not isinstance(node, Text) or not node.strip():
        raise FaultWithoutPlace("set-value", path=path[:120])
    return node


def _of_recipe(tree: Tree, path: Path) -> None:
    """A flow that is set must be one of the recipe."""
    side, *rest = (str(f) for f in path.field)
    recipe = tree.child(side)
    if rest and rest[0] not in recipe:
        near = nearest(rest[0], recipe)
        raise FaultWithoutPlace("set-coefficient", process=path.member, side=side, id=rest[0][:60], near=near)


def _set_in_scenario(
    assembly: Assembly, section: str, steps: tuple[Step, ...], value: Text | Tree, place: Place
) -> None:
    """Set something that only a scenario has; what no later phase checks is checked here."""
    tree = assembly.scenario
    if section == "levers":
        if assembly.picked.get(".".join(map(str, steps))) != value:
            raise FaultWithoutPlace("set-levers")
        return
    if section == "chains":
        if node_at(tree, (section, *steps)) != value:
            raise FaultWithoutPlace("set-chains")
        return
    node = _placed(tree.get(section), steps, value, place)
    if section not in CHECKED_LATER or not steps:
        alone = Tree(tree.place)
        alone.put("scenario", tree["scenario"])
        alone.put(section, node, place)
        _, faults = validate(ScenarioForm, alone)
        assembly.faults.extend(faults)
        if faults:
            return
    tree.put(section, node, tree.keys_at.get(section, place))
    twin = {"year": "periods", "periods": "year"}.get(section)
    if twin in tree:  # two ways to say what is run: the later one holds
        del tree[str(twin)], tree.keys_at[str(twin)]
    if section == "sources" and isinstance(node, Tree):
        assembly.sources.update({k: [v] for k, v in node.items()})


def node_at(node: Node | None, steps: Sequence[Step]) -> Node | None:
    """What stands at the steps below a node; None where nothing does."""
    while steps and node is not None:
        key, used = _next(node, steps)
        if isinstance(node, Items):
            node = node[key] if isinstance(key, int) and 0 <= key < len(node) else None
        else:
            node = node.get(str(key)) if isinstance(node, Tree) else None
        steps = steps[used:]
    return node


def _next(node: Node, steps: Sequence[Step]) -> tuple[Step, int]:
    """The key or position that the first of the steps name, and how many they are: keys may have dots."""
    if isinstance(node, Items):
        return (steps[0] - 1 if isinstance(steps[0], int) else steps[0]), 1
    if isinstance(node, Tree):
        key = str(steps[0])
        for used in range(1, len(steps)):
            if key in node:
                return key, used
            key += f"[{steps[used]}]" if isinstance(steps[used], int) else f".{steps[used]}"
        if key in node:
            return key, len(steps)
    return steps[0], 1


def _placed(node: Node | None, steps: Sequence[Step], value: Text | Tree, place: Place) -> Node:
    """A copy of a node with the value at the steps below it.

    Raises
    ------
    LookupError
        nothing can stand there
    """
    if not steps:
        return _over(node, value)
    if isinstance(node, Text):
        node = _long(node, steps[0])
    key, used = _next(node if node is not None else Tree(place), steps)
    if isinstance(node, Items):
        if not isinstance(key, int) or not 0 <= key < len(node):
            raise LookupError(key)
        made = [*node[:key], _placed(node[key], steps[1:], value, place), *node[key + 1 :]]
        return Items(made, node.place)
    if isinstance(key, int):
        raise LookupError(key)
    tree = node.copy() if isinstance(node, Tree) else Tree(place)
    rest = steps[used:]
    at = tree.keys_at.get(key, place) if rest else place
    tree.put(key, _placed(tree.get(key), rest, value, place), at)
    return tree


def _over(old: Node | None, value: Text | Tree) -> Node:
    """A value in place of an old one, of which it keeps `KEPT`; of an entry only its node is another."""
    if isinstance(old, Tree) and BARE in old:
        entry = old.copy()
        entry.put(BARE, value)
        return entry
    kept = [k for k in KEPT if isinstance(old, Tree) and k in old]
    if not isinstance(old, Tree) or not kept or not is_quantity(old):
        return value
    long = value.copy() if isinstance(value, Tree) else Tree(value.place)
    if isinstance(value, Text):
        long.put("value", value)
    for key in (k for k in kept if k not in long):
        long.put(key, old[key])
    return long


def _long(text: Text, step: Step) -> Tree:
    """The long form of a short quantity or name, of which one key is to be set."""
    made = Tree(text.place)
    if step in QUANTITY_KEYS:
        made.put("value", text)
    elif step in ("en", "zh"):
        made.put("en", text)
        made.put("zh", text)
    elif step == "cite":
        made.put("cite", text)
    else:
        raise LookupError(step)
    return made


def _set_entry(assembly: Assembly, path: Path, value: Text | Tree, place: Place) -> None:
    """Set something of an entry in the list that the run goes by."""
    material, (side, *steps) = path.member, path.field
    name, key = str(steps[0]), (material, str(side))
    own, chain = assembly.own_sides.get(key), assembly.sides.get(key)
    if own is None and chain is None and name in BOUNDARY:
        fixed = assembly.fixed.get((*key, name), Tree(place))
        made = _placed(fixed, steps[1:], value, place)
        assert isinstance(made, Tree)
        assembly.fixed[*key, name] = made
        return
    for sides, node in ((assembly.own_sides, own), (assembly.sides, chain if _goes_by(own) else None)):
        found = _with_entry(node, steps, value, place) if node is not None else None
        if found is not None:
            sides[key] = found
            return
    names = [entry_name(e) for node in (own, chain if _goes_by(own) else None) if node for e in entries(node)]
    at = next((s for s in steps if isinstance(s, int)), None)
    shown = name[:60] if at is None else f"[{at}]"
    near = nearest(BOUNDARY_SYNONYMS.get(name, name), names or BOUNDARY)
    raise FaultWithoutPlace("set-entry", material=material, side=side, id=shown, near=near)


def _goes_by(own: Items | Tree | None) -> bool:
    """Whether the chain's list counts: the scenario writes none, only entries to be put into it."""
    return own is None or (isinstance(own, Tree) and LISTED not in own)


def _with_entry(
    side: Items | Tree, steps: Sequence[Step], value: Text | Tree, place: Place
) -> Items | Tree | None:
    """A copy of a list, or of insertions, with one entry changed; None where it has no such entry."""
    if isinstance(side, Items):
        at = _position(side, steps[0])
        if at is None:
            return None
        entry = side[at]
        if isinstance(entry, Text) and len(steps) > 1:
            entry = Tree(entry.place)
            entry.put(BARE, side[at])
        return Items([*side[:at], _placed(entry, steps[1:], value, place), *side[at + 1 :]], side.place)
    for key, rest in _lists(steps):
        written = side.get(key)
        found = _with_entry(written, rest, value, place) if isinstance(written, Items) else None
        if found is not None:
            made = side.copy()
            made.put(key, found, side.keys_at[key])
            return made
    return None


def _lists(steps: Sequence[Step]) -> Iterator[tuple[str, Sequence[Step]]]:
    """Where an entry may be that the steps name, and what they say from there on."""
    if steps[0] == "insert":
        yield "insert", steps[1:]
        return
    if not isinstance(steps[0], int):
        yield "insert", steps
    yield LISTED, steps


def _position(side: Items, step: Step) -> int | None:
    """Where an entry stands in a list: by its place, counted from 1, or by its node."""
    if isinstance(step, int):
        return step - 1 if 0 < step <= len(side) else None
    names = [entry_name(e) for e in side]
    return names.index(step) if step in names else None


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
