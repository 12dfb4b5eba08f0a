"""A merged scenario as one tree that needs no other file: chains resolved, lists as they are run."""

from __future__ import annotations

import re

from mfa.input.merge.assembly import SECTIONS, SIDES, Assembly
from mfa.input.merge.overrides import entries
from mfa.input.yaml.tree import Items, Node, Text, Tree, entry_name, texts
from mfa.system import Entry, System

WORD = re.compile(r"[a-z0-9-]+")
RESOLVED = (*SECTIONS, "pools", "sources", "chains", "extends", "variants", "levers", "set")
STOCK, PROCESS = "stock", "process"


def flat(assembly: Assembly, system: System) -> Tree:
    """The scenario without chains, `extends`, `variants`, `levers` and `set`, all laid together in it.

    A process keeps the chain that brought it under `chain`. Lists hold the entries of this
    run with their tiers; a side that nobody writes stays unwritten.
    """
    made = Tree(assembly.scenario.place)
    for key, node in assembly.scenario.items():
        if key not in RESOLVED:
            made.put(key, node)
    for section in SECTIONS:
        members: dict[str, Tree] = getattr(assembly, section)
        if members:
            made.put(section, _tree({key: _labelled(tree) for key, tree in members.items()}, made))
    processes = made.child("processes")
    for key in processes:
        _write_reference(processes.child(key), assembly)
    for key, chain in assembly.chain_of.items():
        if key in processes and chain:
            processes.child(key).put("chain", Text(chain, processes.child(key).place))
    made.put("pools", _pools(assembly, system, made))
    _leave_out(made, system)
    if assembly.chain_labels:
        made.put("sankey", _drawing(assembly))
    made.put("sources", _sources(assembly, system, made))
    return made


def _leave_out(made: Tree, system: System) -> None:
    """Take out the materials that nothing of the scenario touches or names."""
    materials = made.child("materials")
    named = {*system.materials}
    for path, text in texts(made):
        if path[0] != "materials":
            named.update(WORD.findall(" ".join((*map(str, path), text))))
    kept = {m for m in materials if m in named}
    while more := {str(materials.child(m).get("residue-of", m)) for m in kept} - kept:
        kept |= more
    nodes = {m: t for m, t in materials.items() if m in kept and isinstance(t, Tree)}
    made.put("materials", _tree(nodes, made))


def _tree(nodes: dict[str, Tree], at: Tree) -> Tree:
    made = Tree(at.place)
    for key, node in nodes.items():
        made.put(key, node)
    return made


def _labelled(tree: Tree) -> Tree:
    """A copy whose label, if it is one text, is written as that of one language."""
    made = tree.copy()
    if "label" in made:
        made.put("label", _in_languages(made["label"]))
    return made


def _in_languages(label: Node) -> Node:
    """A label by language; one text is that of English."""
    if not isinstance(label, Text):
        return label
    long = Tree(label.place)
    long.put("en", label)
    return long


def _drawing(assembly: Assembly) -> Tree:
    """The section `sankey` with the labels of the chains, which are no files any more."""
    made = assembly.scenario.child("sankey").copy()
    labels = made.child("labels").copy()
    for name, label in assembly.chain_labels.items():
        if f"chain:{name}" not in labels:
            labels.put(f"chain:{name}", _in_languages(label))
    made.put("labels", labels)
    return made


def _write_reference(process: Tree, assembly: Assembly) -> None:
    """Write out a reference that is left out: the lists that make it plain need not all be in the book."""
    per = str(process.get("per", ""))
    if not per or any(per in process.child(side) for side in ("inputs", "outputs")):
        return
    unit = str(assembly.materials[per].get("unit", "t"))
    outputs = process.child("outputs").copy()
    outputs.put(per, Text(f"1 {unit}/{unit}", process["per"].place))
    process.put("outputs", outputs)


def _sources(assembly: Assembly, system: System, at: Tree) -> Tree:
    """Each source once; one that chains define differently is cited as the run cites it."""
    made = Tree(at.place)
    for key, found in assembly.sources.items():
        if len(found) == 1 and isinstance(found[0], Tree):
            made.put(key, found[0])
            continue
        long = Tree(found[0].place)
        long.put("cite", Text(system.sources[key], found[0].place))
        if key in system.source_kinds:
            long.put("kind", Text(system.source_kinds[key], found[0].place))
        made.put(key, long)
    return made


def _pools(assembly: Assembly, system: System, at: Tree) -> Tree:
    nodes = _entry_nodes(assembly)
    made = Tree(at.place)
    for material, pool in system.pools.items():
        written = pool.written | {s for m, s, _ in assembly.fixed if m == material}
        sides = Tree(assembly.pools_at.get(material, at.place))
        for side in (s for s in SIDES if s in written):
            entries = pool.takers if side == "takers" else pool.givers
            listed = [_entry(e, nodes, assembly, material, side) for e in entries]
            sides.put(side, Items(listed, sides.place))
        if sides:
            made.put(material, sides)
    return made


def _entry_nodes(assembly: Assembly) -> dict[tuple[str, str], dict[str, Tree]]:
    """The written entries of every side by the name of their node, the scenario's before the chains'."""
    found: dict[tuple[str, str], dict[str, Tree]] = {}
    for sides in (assembly.sides, assembly.own_sides):
        for key, node in sides.items():
            for entry in entries(node):
                if isinstance(entry, Tree):
                    found.setdefault(key, {})[entry_name(entry)] = entry
    return found


def _entry(
    entry: Entry,
    nodes: dict[tuple[str, str], dict[str, Tree]],
    assembly: Assembly,
    material: str,
    side: str,
) -> Node:
    """An entry of the run: its node, its tier, and what was written of it."""
    kind = entry.kind if entry.kind in (PROCESS, STOCK) else "boundary"
    made = Tree(entry.place)
    made.put(kind, Text(entry.node, entry.place))
    made.put("tier", Text(str(entry.tier), entry.place))
    written = nodes.get((material, side), {}).get(entry.node)
    fixed = assembly.fixed.get((material, side, entry.node))
    for tree in (written, fixed):
        for key in ("fate", "limit", "share", "distance", "basis", "source", "note"):
            if tree is not None and key in tree:
                made.put(key, tree[key], tree.keys_at[key])
    return made
