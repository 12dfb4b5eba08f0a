"""Scenario files → one scenario: what is extended, the file itself, its variants."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from mfa.errors import Error, Fault, FaultWithoutPlace, Place, nearest
from mfa.input.kept_files import once, tree_of
from mfa.input.merge import library
from mfa.input.merge.assembly import Assembly
from mfa.input.merge.overrides import node_at
from mfa.input.schema.forms import LATER, ScenarioForm
from mfa.input.schema.validate import validate
from mfa.input.yaml.reader import read
from mfa.input.yaml.tree import Items, Text, Tree, merge
from mfa.parameters import Path as FigurePath
from mfa.parameters import parse
from mfa.parameters.path import MEMBERS


def extended(path: Path, tree: Tree, files: list[Path]) -> Tree:
    """A scenario file merged over those that it extends; adds what was read to `files`.

    Raises
    ------
    Error
        the faults of one file, a parent that is none, or one that extends itself
    """
    merged, read_files = once(("extended", path, id(tree)), tree, lambda: _extended(path, tree))
    files += read_files
    return merged


def _extended(path: Path, tree: Tree) -> tuple[Tree, list[Path]]:
    files: list[Path] = []
    layers: dict[Path, Tree] = {}
    named_at: Place | None = None
    while True:
        files.append(path)
        layers[library.real(path)] = tree
        if named_at and "chain" in tree and "scenario" not in tree:
            raise Error([Fault("scenario-is-chain", named_at, {"file": library.shown(path)})])
        parent = _parent(path, tree)
        if parent is None:
            break
        named_at = tree["extends"].place
        if library.real(parent) in layers:
            names = " → ".join(library.shown(p) for p in (*layers, parent))
            raise Error([Fault("extends-itself", named_at, {"names": names})])
        path, tree = parent, tree_of(parent, library.shown(parent), read)
    *above, merged = layers.values()
    for layer in reversed(above):
        merged = laid_over(merged, layer)
    return merged, files


def _parent(path: Path, tree: Tree) -> Path | None:
    """The file that a scenario extends."""
    form, faults = validate(ScenarioForm, tree, part=True)
    if faults or form is None:
        raise Error(faults)
    if form.extends is None:
        return None
    try:
        return library.find(form.extends, "scenarios", path)
    except FaultWithoutPlace as unplaced:
        raise Error([unplaced.at(tree["extends"].place)]) from None


class _Members(NamedTuple):
    """The members that one file writes."""

    materials: Tree
    processes: Tree
    stocks: Tree
    substances: Tree


def laid_over(base: Tree, layer: Tree) -> Tree:
    """Merge two scenarios; what the layer writes out also ends a `set` of the base, and its own is last."""
    base = _without_others(base, layer, ("year", "periods"))  # two ways to say what is run
    if "plan" in base and "plan" in layer:
        base = base.copy()
        plan = _without_others(base.child("plan"), layer.child("plan"), ("minimise", "maximise"))
        base.put("plan", plan, base.keys_at["plan"])
    members = _Members(*(layer.child(s) for s in MEMBERS))
    fixed = base.child("set").copy()
    for path in [p for p in fixed if _writes(layer, parse(p, members))]:
        del fixed[path], fixed.keys_at[path]
    if "set" in base:
        base = base.copy()
        base.put("set", fixed, base.keys_at["set"])
        for path in [p for p in layer.child("set") if p in fixed]:
            fixed[path] = fixed.pop(path)
    merged = merge(base, layer)
    assert isinstance(merged, Tree)
    return merged


def _without_others(base: Tree, layer: Tree, keys: tuple[str, ...]) -> Tree:
    """The base without the other keys, where the layer writes one of them: it takes their place."""
    written = [k for k in keys if k in layer]
    gone = [k for k in keys if k in base and k not in written] if len(written) == 1 else []
    if not gone:
        return base
    base = base.copy()
    for key in gone:
        del base[key], base.keys_at[key]
    return base


def _writes(layer: Tree, path: FigurePath | None) -> bool:
    """Whether a scenario writes the figure at a path in its own section."""
    if path is None:
        return False
    if path.section == "pools":
        side = node_at(layer, (path.section, path.member, *path.field[:1]))
        return side is not None and not (isinstance(side, Tree) and "insert" in side)
    return node_at(layer, (path.section, *((path.member,) if path.member else ()), *path.field)) is not None


def with_variant(tree: Tree, name: str, path: Path) -> Tree:
    """The scenario with one of its variants laid over it."""
    variants = tree.child("variants")
    if name not in variants:
        known = ", ".join(variants) or "none"
        values = {"name": name[:60], "known": known, "near": nearest(name, variants)}
        raise Error([Fault("variant-missing", Place(library.shown(path), 1, 1), values)])
    variant = variants[name]
    assert isinstance(variant, Tree)
    return laid_over(tree, variant)


def refuse_later(tree: Tree) -> None:
    """Parts of a scenario that this version does not run are faults, never ignored."""
    faults = [Fault("not-available", tree.keys_at[k], {"what": k}) for k in LATER if k in tree]
    if faults:
        raise Error(faults)


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
    parts = made.get("split")
    if isinstance(parts, Items):
        renamed = Items([names.get(str(p), p) if isinstance(p, Text) else p for p in parts], parts.place)
        made.put("split", renamed, made.keys_at["split"])
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
