"""Processes that are `like` another: a copy of its tree, materials renamed."""

from __future__ import annotations

from mfa.errors import Fault, nearest
from mfa.input.assembly import Assembly
from mfa.input.tree import Text, Tree, merge


def copy_likes(assembly: Assembly) -> None:
    """Resolve `like`: a copy of what the merged scenario leaves, materials renamed."""
    done: dict[str, Tree | None] = {}
    for key in list(assembly.processes):
        _copied(assembly, key, (), done)
    assembly.processes.update({k: t for k, t in done.items() if t is not None})


def _copied(
    assembly: Assembly, key: str, above: tuple[str, ...], done: dict[str, Tree | None]
) -> Tree | None:
    if key in done:
        return done[key]
    tree = assembly.processes[key]
    original = tree.get("like")
    done[key] = tree
    if not isinstance(original, Text):
        if "rename" in tree:
            assembly.faults.append(Fault("rename-without-like", tree.keys_at["rename"], {}))
            assembly.faulty.add(key)
        return tree
    if original in (*above, key):
        names = " → ".join((*above, key, original))
        assembly.faults.append(Fault("like-itself", original.place, {"names": names}))
        assembly.faulty.update((*above, key))
        return None
    if original not in assembly.processes:
        values = {"id": str(original), "near": nearest(original, assembly.processes)}
        if original not in assembly.faulty:
            assembly.faults.append(Fault("process-unknown", original.place, values))
        assembly.faulty.add(key)
        return None
    base = _copied(assembly, str(original), (*above, key), done)
    if original in assembly.faulty:
        assembly.faulty.add(key)
    elif base is not None:
        done[key] = _renamed(assembly, base, tree)
        assembly.chain_of.setdefault(key, assembly.chain_of.get(str(original), ""))
    return done[key]


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
