"""Files → one merged tree: extends, variants, chains, overrides, copies, `set`.

Order of precedence, later wins: chains, the scenario that is extended, the scenario, its
variants in the order asked for, its `set`, the `--set` of the command line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mfa.errors import Error, Fault, Place, Short, nearest
from mfa.input import library
from mfa.input.paths import fix
from mfa.input.reading import read, scalar
from mfa.input.schema import LATER, ChainForm, ScenarioForm
from mfa.input.tree import Items, Node, Text, Tree, merge
from mfa.input.validate import validate

SECTIONS = ("materials", "processes", "stocks")
SIDES = ("takers", "givers")


@dataclass(frozen=True)
class Assembly:
    """The merged trees of one run, every value still at the place where it was written.

    Attributes
    ----------
    scenario : the merged scenario (drive, demand, targets …)
    materials, processes, stocks : id → tree, chains and scenario merged
    sides : (material, side) → the written list, by chains
    own_sides : (material, side) → the written list or insertions, by the scenario
    chain_of : process → the chain that brought it
    files : every file read, in order
    beside : the file against which further names are looked up
    """

    scenario: Tree
    beside: Path
    materials: dict[str, Tree] = field(default_factory=dict)
    processes: dict[str, Tree] = field(default_factory=dict)
    stocks: dict[str, Tree] = field(default_factory=dict)
    sources: dict[str, Node] = field(default_factory=dict)
    sides: dict[tuple[str, str], Items | Tree] = field(default_factory=dict)
    own_sides: dict[tuple[str, str], Items | Tree] = field(default_factory=dict)
    chain_of: dict[str, str] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def scenario(path: Path, variants: Sequence[str] = (), settings: Mapping[str, str] | None = None) -> Assembly:
    """Everything that a scenario file brings together.

    Raises
    ------
    Error
        every fault of the files and of their merging
    """
    files: list[Path] = []
    tree = _extended(path, files, ())
    for name in variants:
        tree = _with_variant(tree, name, path)
    _refuse_later(tree)
    merged, faults = validate(ScenarioForm, tree)
    if faults or merged is None:
        raise Error(faults)
    assembly = Assembly(tree, path, files=files)
    _add_chains(assembly)
    _add_scenario(assembly)
    _copy_likes(assembly)
    _apply_settings(assembly, settings or {})
    if assembly.faults:
        raise Error(assembly.faults)
    return assembly


def chain(path: Path) -> Assembly:
    """A chain file alone, as if a scenario without drive had loaded it."""
    assembly = Assembly(Tree(Place(library.shown(path), 1, 1)), path)
    _load_chain(assembly, path, Place(library.shown(path), 1, 1))
    if assembly.faults:
        raise Error(assembly.faults)
    return assembly


def is_chain(path: Path) -> bool:
    """Whether a file is a chain (it says `chain:`), else it is taken for a scenario."""
    tree = read(path, library.shown(path))
    if "chain" in tree and "scenario" in tree:
        raise Error([Fault("file-both", tree.keys_at["scenario"], {})])
    if "chain" not in tree and "scenario" not in tree:
        raise Error([Fault("file-neither", tree.place, {})])
    return "chain" in tree


def _extended(path: Path, files: list[Path], above: tuple[Path, ...]) -> Tree:
    """A scenario file merged over the one that it extends."""
    tree = read(path, library.shown(path))
    files.append(path)
    form, faults = validate(ScenarioForm, tree)
    if faults or form is None:
        raise Error(faults)
    if form.extends is None:
        return tree
    text = tree["extends"]
    try:
        parent = library.find(form.extends, "scenarios", path)
    except Short as short:
        raise Error([short.at(text.place)]) from None
    chain = (*above, path.resolve())
    if parent.resolve() in chain:
        names = " → ".join(library.shown(p) for p in (*chain, parent))
        raise Error([Fault("extends-itself", text.place, {"names": names})])
    base = _extended(parent, files, chain)
    merged = merge(base, tree)
    assert isinstance(merged, Tree)
    return merged


def _with_variant(tree: Tree, name: str, path: Path) -> Tree:
    variants = tree.child("variants")
    if name not in variants:
        known = ", ".join(variants) or "none"
        values = {"name": name[:60], "known": known, "near": nearest(name, variants)}
        raise Error([Fault("variant-missing", Place(library.shown(path), 1, 1), values)])
    merged = merge(tree, variants[name])
    assert isinstance(merged, Tree)
    return merged


def _refuse_later(tree: Tree) -> None:
    """Parts of a scenario that this version does not run are faults, never ignored."""
    faults = [Fault("not-available", tree.keys_at[k], {"what": k}) for k in ("periods", *LATER) if k in tree]
    if faults:
        raise Error(faults)


def _add_chains(assembly: Assembly) -> None:
    names = assembly.scenario.get("chains")
    seen: dict[Path, Place] = {}
    for text in names if isinstance(names, Items) else ():
        try:
            file = library.find(str(text), "chains", assembly.beside)
        except Short as short:
            assembly.faults.append(short.at(text.place))
            continue
        if file.resolve() in seen:
            values = {"name": str(text), "other": seen[file.resolve()]}
            assembly.faults.append(Fault("chain-twice", text.place, values))
            continue
        seen[file.resolve()] = text.place
        _load_chain(assembly, file, text.place)


def _load_chain(assembly: Assembly, file: Path, named_at: Place) -> None:
    """A chain file, and the shared materials that lie beside it."""
    shared = file.parent / f"{library.SHARED}.yaml"
    loaded = {f.resolve() for f in assembly.files}
    for each in (shared, file) if shared.is_file() and shared.resolve() != file.resolve() else (file,):
        if each.resolve() in loaded:
            continue
        assembly.files.append(each)
        try:
            tree = read(each, library.shown(each))
        except Error as error:
            assembly.faults.extend(error.faults)
            continue
        if "scenario" in tree and "chain" not in tree:
            assembly.faults.append(Fault("chain-is-scenario", named_at, {"file": library.shown(each)}))
            continue
        _, faults = validate(ChainForm, tree)
        if faults:
            assembly.faults.extend(faults)
        else:
            _take(assembly, tree, is_shared=each is shared)


def _take(assembly: Assembly, tree: Tree, *, is_shared: bool) -> None:
    """Add a chain's members; two chains that say different things about one clash."""
    name = str(tree["chain"])
    for key, source in tree.child("sources").items():
        assembly.sources.setdefault(key, source)
    for section, noun in zip(SECTIONS, ("material", "process", "stock"), strict=True):
        known: dict[str, Tree] = getattr(assembly, section)
        written = tree.child(section)
        for key, node in written.items():
            assert isinstance(node, Tree)
            if key in known:
                _clash(assembly, noun, key, node, known[key])
            elif _other_kind(assembly, section, key) is not None:
                other = _other_kind(assembly, section, key)
                assembly.faults.append(Fault("id-twice", written.keys_at[key], {"id": key, "other": other}))
            else:
                known[key] = node
                if section == "processes":
                    assembly.chain_of[key] = name
    for material, pool in tree.child("pools").items():
        assert isinstance(pool, Tree)
        for side in (s for s in SIDES if s in pool):
            _take_side(assembly, material, side, pool)


def _other_kind(assembly: Assembly, section: str, key: str) -> Place | None:
    """Processes and stocks share one name space."""
    twin = {"processes": assembly.stocks, "stocks": assembly.processes}.get(section, {})
    return twin[key].place if key in twin else None


def _clash(assembly: Assembly, noun: str, key: str, node: Tree, known: Tree) -> None:
    """A second definition is a fault unless a material is said twice in the same way."""
    differing = [k for k in dict.fromkeys((*node, *known)) if node.get(k) != known.get(k)]
    if noun == "material" and not differing:
        return
    field_ = differing[0] if differing else "per"
    values = {"noun": noun, "id": key, "field": field_, "other": known.keys_at.get(field_, known.place)}
    assembly.faults.append(Fault("defined-twice", node.keys_at.get(field_, node.place), values))


def _take_side(assembly: Assembly, material: str, side: str, pool: Tree) -> None:
    node = pool[side]
    own = assembly.scenario.child("pools").child(material)
    if isinstance(node, Tree):
        assembly.faults.append(Fault("insert-in-chain", pool.keys_at[side], {}))
    elif (material, side) in assembly.sides and side not in own:
        other = assembly.sides[material, side]
        if other != node:
            values = {"material": material, "side": side, "other": other.place}
            assembly.faults.append(Fault("side-twice", pool.keys_at[side], values))
    elif isinstance(node, Items):
        assembly.sides[material, side] = node


def _add_scenario(assembly: Assembly) -> None:
    """Lay the scenario's own members over those of the chains."""
    tree = assembly.scenario
    for section in SECTIONS:
        known: dict[str, Tree] = getattr(assembly, section)
        written = tree.child(section)
        for key, node in written.items():
            assert isinstance(node, Tree)
            merged = merge(known[key], node) if key in known else node
            assert isinstance(merged, Tree)
            known[key] = merged
            twin = _other_kind(assembly, section, key)
            if twin is not None:
                assembly.faults.append(Fault("id-twice", written.keys_at[key], {"id": key, "other": twin}))
    assembly.sources.update(tree.child("sources"))
    for material, pool in tree.child("pools").items():
        assert isinstance(pool, Tree)
        for side in (s for s in SIDES if s in pool):
            node = pool[side]
            assert isinstance(node, Items | Tree)
            assembly.own_sides[material, side] = node


def _copy_likes(assembly: Assembly) -> None:
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
        return tree
    if original in (*above, key):
        names = " → ".join((*above, key, original))
        assembly.faults.append(Fault("like-itself", original.place, {"names": names}))
        return None
    if original not in assembly.processes:
        values = {"id": str(original), "near": nearest(original, assembly.processes)}
        assembly.faults.append(Fault("process-unknown", original.place, values))
        return None
    base = _copied(assembly, str(original), (*above, key), done)
    if base is not None:
        done[key] = _renamed(assembly, base, tree)
        assembly.chain_of.setdefault(key, assembly.chain_of.get(str(original), ""))
    return done[key]


def _renamed(assembly: Assembly, base: Tree, own: Tree) -> Tree:
    names = own.child("rename")
    used = {*base.child("inputs"), *base.child("outputs")}
    for old in names:
        if old not in used:
            values = {"id": old, "near": nearest(old, used)}
            assembly.faults.append(Fault("rename-unknown", names.keys_at[old], values))
    made = base.copy()
    for side in ("inputs", "outputs"):
        if side in made:
            recipe = Tree(made.child(side).place)
            for material, node in made.child(side).items():
                recipe.put(str(names.get(material, material)), node, made.child(side).keys_at[material])
            made.put(side, recipe, made.keys_at[side])
    per = made.get("per")
    if isinstance(per, Text) and per in names:
        made.put("per", Text(str(names[per]), per.place), made.keys_at["per"])
    rest = own.copy()
    for key in ("like", "rename"):
        rest.pop(key, None)
        rest.keys_at.pop(key, None)
    merged = merge(made, rest)
    assert isinstance(merged, Tree)
    merged.place = own.place
    return merged


def _apply_settings(assembly: Assembly, settings: Mapping[str, str]) -> None:
    """The scenario's `set`, then the command line's `--set`."""
    written = assembly.scenario.child("set")
    for path, node in written.items():
        _set(assembly, path, node, written.keys_at[path])
    for number, (path, text) in enumerate(settings.items(), 1):
        place = Place("--set", number, 1)
        try:
            node = scalar(text, "--set")
        except Error:
            node = Text(text, place)
        _set(assembly, path, Text(str(node) if isinstance(node, Text) else text, place), place)


def _set(assembly: Assembly, path: str, node: object, place: Place) -> None:
    try:
        fix(assembly, path, node, place)
    except Short as short:
        assembly.faults.append(short.at(place))
