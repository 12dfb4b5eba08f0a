"""Files → one merged tree: extends, variants, chains, overrides, copies, `set`.

Order of precedence, later wins: chains, the scenario that is extended, the scenario, its
variants in the order asked for, the levels picked of its levers, its `set`, the `--set` of
the command line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mfa.errors import Error, Fault, FaultWithoutPlace, Place, nearest
from mfa.input.kept_files import once
from mfa.input.merge import library
from mfa.input.merge.assembly import NEEDED, NOUNS, SECTIONS, SIDES, Assembly, other_kind
from mfa.input.merge.chains import add_chains, add_library, load_chain
from mfa.input.merge.inherit import copy_likes, extended, refuse_later, with_variant
from mfa.input.merge.levers import with_levels
from mfa.input.merge.overrides import fix
from mfa.input.schema.forms import ScenarioForm
from mfa.input.schema.validate import validate
from mfa.input.yaml.tree import Items, Text, Tree, merge


def scenario(
    path: Path, tree: Tree, variants: Sequence[str] = (), levers: Mapping[str, str] | None = None
) -> Assembly:
    """Everything that a scenario file brings together.

    Faults of its overrides and its `set` stay in the assembly, to be raised together with
    what else the merged files show.

    Raises
    ------
    Error
        every fault of the files
    """
    files: list[Path] = []
    tree = extended(path, tree, files)
    for name in variants:
        tree = with_variant(tree, name, path)
    tree, picked = with_levels(tree, levers or {}, path)
    refuse_later(tree)
    merged, faults = validate(ScenarioForm, tree, part=True)
    if faults or merged is None:
        raise Error(faults)
    assembly = Assembly(tree.copy(), path, files=files, picked=picked)
    add_chains(assembly)
    if assembly.faults:
        raise Error(assembly.faults)
    _add_scenario(assembly)
    copy_likes(assembly)
    add_library(assembly)
    return _with_own(assembly)


def _with_own(assembly: Assembly, left_out: str = "") -> Assembly:
    """The trees with the scenario's own `set` laid over them, but for one path of it."""
    written = assembly.scenario.child("set")
    made = replace(assembly.copy(), unset=assembly) if written else assembly
    for at, node in written.items():
        if at != left_out:
            _set(made, at, node, written.keys_at[at])
    return made


def without_own(assembly: Assembly, path: str) -> Assembly:
    """The trees without one line of the scenario's own `set`; its faults stay in them."""
    return _with_own(assembly.unset or assembly, path)


def with_settings(assembly: Assembly, settings: Mapping[str, str]) -> Assembly:
    """A copy with the settings of the command line, path → quantity, laid over everything.

    Their faults stay in the copy.
    """
    made = assembly.copy()
    for number, (path, text) in enumerate(settings.items(), 1):
        place = Place("--set", number, 1)
        _set(made, str(path), Text(str(text).strip(), place), place)
    return made


def chain(path: Path, tree: Tree) -> Assembly:
    """A chain file alone, as if a scenario without drive had loaded it."""
    place = Place(library.shown(path), 1, 1)
    assembly = Assembly(Tree(place), path)
    load_chain(assembly, path, place, tree)
    if assembly.faults:
        raise Error(assembly.faults)
    for key in ("chain", "label"):
        if key in tree:
            assembly.scenario.put(key, tree[key], tree.keys_at[key])
    add_library(assembly)
    return assembly


def is_chain(tree: Tree) -> bool:
    """Whether a file is a chain (it says `chain:`), else it is taken for a scenario."""
    if "chain" in tree and "scenario" in tree:
        raise Error([Fault("file-both", tree.keys_at["scenario"], {})])
    if "chain" not in tree and "scenario" not in tree:
        raise Error([Fault("file-neither", tree.place, {})])
    return "chain" in tree


def _add_scenario(assembly: Assembly) -> None:
    """Lay the scenario's own members over those of the chains."""
    tree = assembly.scenario
    for section, noun in zip(SECTIONS, NOUNS, strict=True):
        known: dict[str, Tree] = getattr(assembly, section)
        written = tree.child(section)
        for key, node in written.items():
            assert isinstance(node, Tree)
            if key not in known and not {NEEDED[noun], "like", "recipe"} & node.keys():
                _unknown_override(assembly, noun, key, written.keys_at[key], known)
                continue
            known[key] = _merged(known[key], node) if key in known else node
            twin = other_kind(assembly, section, key)
            if twin is not None:
                assembly.faulty.add(key)
                assembly.faults.append(Fault("id-twice", written.keys_at[key], {"id": key, "other": twin}))
    assembly.sources.update({k: [v] for k, v in tree.child("sources").items()})
    for material, pool in tree.child("pools").items():
        assert isinstance(pool, Tree)
        assembly.pools_at[material] = tree.child("pools").keys_at[material]
        for side in (s for s in SIDES if s in pool):
            node = pool[side]
            assert isinstance(node, Items | Tree)
            assembly.own_sides[material, side] = node


def _merged(parent: Tree, child: Tree) -> Tree:
    made = once(("merged", id(parent), id(child)), (parent, child), lambda: merge(parent, child))
    assert isinstance(made, Tree)
    return made


def _unknown_override(
    assembly: Assembly, noun: str, key: str, place: Place, known: Mapping[str, Tree]
) -> None:
    """Some fields of a member that no chain has: a misspelt id, or a definition that lacks a field."""
    near = nearest(key, known)
    values = {"noun": noun, "noun_zh": NOUNS[noun], "id": key, "key": NEEDED[noun], "near": near}
    assembly.faults.append(Fault("override-unknown", place, values))
    assembly.faulty.add(key)


def _set(assembly: Assembly, path: str, node: object, place: Place) -> None:
    try:
        fix(assembly, path, node, place)
    except FaultWithoutPlace as unplaced:
        assembly.faults.append(unplaced.at(place))
