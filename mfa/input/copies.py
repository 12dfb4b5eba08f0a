"""Processes that are `like` another: a copy of its tree, materials renamed."""

from __future__ import annotations

from mfa.errors import Fault, nearest
from mfa.input.assembly import Assembly
from mfa.input.tree import Text, Tree, merge


def copy_likes(assembly: Assembly) -> None:
    """Resolve `like`: a copy of what the merged scenario leaves, materials renamed."""
    done: dict[str, Tree] = {}
    for key in list(assembly.processes):
        line = _originals(assembly, key, done)
        for each in reversed(line):
            done[each] = _copied(assembly, each, line, done)
    assembly.processes.update(done)


def _originals(assembly: Assembly, key: str, done: dict[str, Tree]) -> tuple[str, ...]:
    """A process, what it is a copy of, what that is a copy of, and so on, as far as not done."""
    line: dict[str, None] = {}
    while key in assembly.processes and key not in done and key not in line:
        line[key] = None
        key = str(assembly.processes[key].get("like", ""))
    return tuple(line)


def _copied(assembly: Assembly, key: str, line: tuple[str, ...], done: dict[str, Tree]) -> Tree:
    """The tree of a process whose original, unless it goes round in a circle, is done."""
    tree = assembly.processes[key]
    original = tree.get("like")
    if not isinstance(original, Text):
        if "rename" in tree:
            assembly.faults.append(Fault("rename-without-like", tree.keys_at["rename"], {}))
            assembly.faulty.add(key)
        return tree
    if original not in assembly.processes:
        values = {"id": str(original), "near": nearest(original, assembly.processes)}
        if original not in assembly.faulty:
            assembly.faults.append(Fault("process-unknown", original.place, values))
        assembly.faulty.add(key)
        return tree
    if original not in done:
        names = " → ".join((*line, original))
        assembly.faults.append(Fault("like-itself", original.place, {"names": names}))
        assembly.faulty.update(line)
        return tree
    if original in assembly.faulty:
        assembly.faulty.add(key)
        return tree
    assembly.chain_of.setdefault(key, assembly.chain_of.get(str(original), ""))
    return _renamed(assembly, done[original], tree)


def _renamed(assembly: Assembly, base: Tree, own: Tree) -> Tree:
    names = own.child("rename")
    used = {*base.child("inputs"), *base.child("outputs"), str(base.get("per", ""))}
    for old in names:
        if old not in used:
            values = {"id": old, "near": nearest(old, used)}
            assembly.faults.append(Fault("rename-unknown", names.keys_at[old], values))
    made = base.copy()
    for side in ("inputs", "outputs"):
        if side in made:
            made.put(side, _renamed_recipe(assembly, made.child(side), names), made.keys_at[side])
    per = made.get("per")
    if isinstance(per, Text) and per in names:
        made.put("per", Text(str(names[per]), names[per].place), made.keys_at["per"])
    rest = own.copy()
    for key in ("like", "rename"):
        rest.pop(key, None)
        rest.keys_at.pop(key, None)
    merged = merge(made, rest)
    assert isinstance(merged, Tree)
    merged.place = own.place
    return merged


def _renamed_recipe(assembly: Assembly, recipe: Tree, names: Tree) -> Tree:
    made = Tree(recipe.place)
    for material, node in recipe.items():
        new = names.get(material)
        name, place = (str(new), new.place) if new is not None else (material, recipe.keys_at[material])
        if name in made:
            here, other = (place, made.keys_at[name]) if new is not None else (made.keys_at[name], place)
            assembly.faults.append(Fault("rename-clash", here, {"id": name, "other": other}))
        made.put(name, node, place)
    return made
