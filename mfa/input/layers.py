"""Scenario files → one scenario: what is extended, the file itself, its variants."""

from __future__ import annotations

from pathlib import Path

from mfa.errors import Error, Fault, Place, Short, nearest
from mfa.input import library
from mfa.input.paths import RATES
from mfa.input.reading import read
from mfa.input.schema import LATER, ScenarioForm
from mfa.input.tree import Node, Tree, merge
from mfa.input.validate import validate


def extended(path: Path, tree: Tree, files: list[Path]) -> Tree:
    """A scenario file merged over those that it extends; adds what was read to `files`.

    Raises
    ------
    Error
        the faults of one file, a parent that is none, or one that extends itself
    """
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
        path, tree = parent, read(parent, library.shown(parent))
    *above, merged = layers.values()
    for layer in reversed(above):
        merged = _laid_over(merged, layer)
    return merged


def _parent(path: Path, tree: Tree) -> Path | None:
    """The file that a scenario extends."""
    form, faults = validate(ScenarioForm, tree, part=True)
    if faults or form is None:
        raise Error(faults)
    if form.extends is None:
        return None
    try:
        return library.find(form.extends, "scenarios", path)
    except Short as short:
        raise Error([short.at(tree["extends"].place)]) from None


def _laid_over(base: Tree, layer: Tree) -> Tree:
    """Merge two scenarios; what the layer writes out also ends a `set` of the base."""
    fixed = base.child("set").copy()
    for path in [p for p in fixed if _writes(layer, p.split("."))]:
        del fixed[path], fixed.keys_at[path]
    if "set" in base:
        base = base.copy()
        base.put("set", fixed, base.keys_at["set"])
    merged = merge(base, layer)
    assert isinstance(merged, Tree)
    return merged


def _writes(layer: Tree, steps: list[str]) -> bool:
    """Whether a scenario writes the figure at a path in its own section."""
    head, rest = steps[0], steps[1:]
    if head in RATES and len(rest) == 1:
        return rest[0] in layer.child(RATES[head])
    if rest[:1] in (["takers"], ["givers"]):
        side = layer.child("pools").child(head).get(rest[0])
        return side is not None and not (isinstance(side, Tree) and "insert" in side)
    if rest == ["level"]:
        return head in layer.child("drive")
    node: Node | None = layer.child("processes").get(head) or layer.child("stocks").get(head)
    for step in rest:
        node = node.get(step) if isinstance(node, Tree) else None
    return node is not None


def with_variant(tree: Tree, name: str, path: Path) -> Tree:
    """The scenario with one of its variants laid over it."""
    variants = tree.child("variants")
    if name not in variants:
        known = ", ".join(variants) or "none"
        values = {"name": name[:60], "known": known, "near": nearest(name, variants)}
        raise Error([Fault("variant-missing", Place(library.shown(path), 1, 1), values)])
    variant = variants[name]
    assert isinstance(variant, Tree)
    return _laid_over(tree, variant)


def refuse_later(tree: Tree) -> None:
    """Parts of a scenario that this version does not run are faults, never ignored."""
    faults = [Fault("not-available", tree.keys_at[k], {"what": k}) for k in ("periods", *LATER) if k in tree]
    if faults:
        raise Error(faults)
