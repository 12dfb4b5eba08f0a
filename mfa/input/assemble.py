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
from mfa.input.paths import RATES, fix
from mfa.input.reading import read
from mfa.input.schema import LATER, ChainForm, ScenarioForm
from mfa.input.tree import Items, Node, Text, Tree, merge
from mfa.input.validate import validate

SECTIONS = ("materials", "processes", "stocks")
SIDES = ("takers", "givers")
NOUNS = {"material": "物质", "process": "过程", "stock": "存量"}
NEEDED = {"material": "kind", "process": "per", "stock": "material"}


@dataclass(frozen=True)
class Assembly:
    """The merged trees of one run, every value still at the place where it was written.

    Attributes
    ----------
    scenario : the merged scenario (drive, demand, targets …)
    materials, processes, stocks : id → tree, chains and scenario merged
    sides : (material, side) → the written list, by chains
    own_sides : (material, side) → the written list or insertions, by the scenario
    pools_at : material → where its pool is written first
    fixed : (material, side, boundary word) → what `set` says of an entry of a side nobody writes
    faulty : processes that could not be put together
    sources : id → its definition; several where chains define one id differently
    chain_of : process → the chain that brought it
    files : every file read, in order
    beside : the file against which further names are looked up
    """

    scenario: Tree
    beside: Path
    materials: dict[str, Tree] = field(default_factory=dict)
    processes: dict[str, Tree] = field(default_factory=dict)
    stocks: dict[str, Tree] = field(default_factory=dict)
    sources: dict[str, list[Node]] = field(default_factory=dict)
    sides: dict[tuple[str, str], Items | Tree] = field(default_factory=dict)
    own_sides: dict[tuple[str, str], Items | Tree] = field(default_factory=dict)
    pools_at: dict[str, Place] = field(default_factory=dict)
    fixed: dict[tuple[str, str, str], Tree] = field(default_factory=dict)
    faulty: set[str] = field(default_factory=set)
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
    tree = _extended(path, files)
    for name in variants:
        tree = _with_variant(tree, name, path)
    _refuse_later(tree)
    merged, faults = validate(ScenarioForm, tree, part=True)
    if faults or merged is None:
        raise Error(faults)
    assembly = Assembly(tree, path, files=files)
    _add_chains(assembly)
    if assembly.faults:
        raise Error(assembly.faults)
    _add_scenario(assembly)
    _copy_likes(assembly)
    _add_library(assembly)
    _apply_settings(assembly, settings or {})
    if assembly.faults:
        from mfa.input.build import system

        system(assembly)  # raises them together with what else the files show
    return assembly


def chain(path: Path) -> Assembly:
    """A chain file alone, as if a scenario without drive had loaded it."""
    assembly = Assembly(Tree(Place(library.shown(path), 1, 1)), path)
    _load_chain(assembly, path, Place(library.shown(path), 1, 1))
    if assembly.faults:
        raise Error(assembly.faults)
    _add_library(assembly)
    return assembly


def is_chain(path: Path) -> bool:
    """Whether a file is a chain (it says `chain:`), else it is taken for a scenario."""
    tree = _keep(path)
    if "chain" in tree and "scenario" in tree:
        raise Error([Fault("file-both", tree.keys_at["scenario"], {})])
    if "chain" not in tree and "scenario" not in tree:
        raise Error([Fault("file-neither", tree.place, {})])
    return "chain" in tree


_kept: dict[tuple[Path, int, int], Tree] = {}


def _keep(path: Path) -> Tree:
    """Read a file and keep its tree for the `_read` that follows; one file at a time."""
    tree = read(path, library.shown(path))
    _kept.clear()
    _kept[_stamp(path)] = tree
    return tree


def _read(path: Path) -> Tree:
    """The tree of a file, as kept if the file is still the same."""
    try:
        kept = _kept.pop(_stamp(path), None)
    except (OSError, ValueError):
        kept = None
    return kept if kept is not None else read(path, library.shown(path))


def _stamp(path: Path) -> tuple[Path, int, int]:
    stat = path.stat()
    return library.real(path), stat.st_mtime_ns, stat.st_size


def _extended(
    path: Path, files: list[Path], above: tuple[Path, ...] = (), named_at: Place | None = None
) -> Tree:
    """A scenario file merged over the one that it extends."""
    tree = _read(path)
    files.append(path)
    if above and "chain" in tree and "scenario" not in tree:
        values = {"file": library.shown(path)}
        raise Error([Fault("scenario-is-chain", named_at, values)])
    form, faults = validate(ScenarioForm, tree, part=True)
    if faults or form is None:
        raise Error(faults)
    if form.extends is None:
        return tree
    text = tree["extends"]
    try:
        parent = library.find(form.extends, "scenarios", path)
    except Short as short:
        raise Error([short.at(text.place)]) from None
    chain = (*above, library.real(path))
    if library.real(parent) in chain:
        names = " → ".join(library.shown(p) for p in (*chain, parent))
        raise Error([Fault("extends-itself", text.place, {"names": names})])
    return _laid_over(_extended(parent, files, chain, text.place), tree)


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


def _with_variant(tree: Tree, name: str, path: Path) -> Tree:
    variants = tree.child("variants")
    if name not in variants:
        known = ", ".join(variants) or "none"
        values = {"name": name[:60], "known": known, "near": nearest(name, variants)}
        raise Error([Fault("variant-missing", Place(library.shown(path), 1, 1), values)])
    variant = variants[name]
    assert isinstance(variant, Tree)
    return _laid_over(tree, variant)


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
            file = library.find(str(text), "chains", _home(assembly, text.place))
        except Short as short:
            assembly.faults.append(short.at(text.place))
            continue
        if library.real(file) in seen:
            values = {"name": str(text), "other": seen[library.real(file)]}
            assembly.faults.append(Fault("chain-twice", text.place, values))
            continue
        seen[library.real(file)] = text.place
        _load_chain(assembly, file, text.place)


def _home(assembly: Assembly, place: Place) -> Path:
    """The file that a place lies in."""
    return next((f for f in assembly.files if library.shown(f) == place.file), assembly.beside)


def _load_chain(assembly: Assembly, file: Path, named_at: Place) -> None:
    """A chain file, and the shared materials that lie beside it."""
    shared = file.parent / f"{library.SHARED}.yaml"
    loaded = {library.real(f) for f in assembly.files}
    has_shared = shared.is_file() and library.real(shared) != library.real(file)
    for each in (shared, file) if has_shared else (file,):
        if library.real(each) in loaded:
            continue
        assembly.files.append(each)
        try:
            tree = _read(each)
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
            _take(assembly, tree)


def _take(assembly: Assembly, tree: Tree) -> None:
    """Add a chain's members; two chains that say different things about one clash."""
    name = str(tree["chain"])
    for key, source in tree.child("sources").items():
        known_sources = assembly.sources.setdefault(key, [])
        if source not in known_sources:
            known_sources.append(source)
    for section, noun in zip(SECTIONS, ("material", "process", "stock"), strict=True):
        known: dict[str, Tree] = getattr(assembly, section)
        written = tree.child(section)
        for key, node in written.items():
            assert isinstance(node, Tree)
            if noun == "stock" and "initial" in node:
                values = {"stock": key}
                assembly.faults.append(Fault("chain-initial", node.keys_at["initial"], values))
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
        assembly.pools_at.setdefault(material, tree.child("pools").keys_at[material])
        for side in (s for s in SIDES if s in pool):
            _take_side(assembly, material, side, pool)


def _other_kind(assembly: Assembly, section: str, key: str) -> Place | None:
    """Processes and stocks share one name space."""
    twin = {"processes": assembly.stocks, "stocks": assembly.processes}.get(section, {})
    return twin[key].place if key in twin else None


def _clash(assembly: Assembly, noun: str, key: str, node: Tree, known: Tree) -> None:
    """A second definition is a fault unless it says the same."""
    differing = [k for k in dict.fromkeys((*node, *known)) if node.get(k) != known.get(k)]
    if not differing:
        return
    field_ = differing[0]
    values = {
        "noun": noun,
        "noun_zh": NOUNS[noun],
        "id": key,
        "field": field_,
        "other": known.keys_at.get(field_, known.place),
    }
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
    for section, noun in zip(SECTIONS, NOUNS, strict=True):
        known: dict[str, Tree] = getattr(assembly, section)
        written = tree.child(section)
        for key, node in written.items():
            assert isinstance(node, Tree)
            if key not in known and not {NEEDED[noun], "like", "recipe"} & node.keys():
                _unknown_override(assembly, noun, key, written.keys_at[key], known)
                continue
            merged = merge(known[key], node) if key in known else node
            assert isinstance(merged, Tree)
            known[key] = merged
            twin = _other_kind(assembly, section, key)
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


def _unknown_override(
    assembly: Assembly, noun: str, key: str, place: Place, known: Mapping[str, Tree]
) -> None:
    """Some fields of a member that no chain has: a misspelt id, or a definition that lacks a field."""
    near = nearest(key, known)
    values = {"noun": noun, "noun_zh": NOUNS[noun], "id": key, "key": NEEDED[noun], "near": near}
    assembly.faults.append(Fault("override-unknown", place, values))
    assembly.faulty.add(key)


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
        made.put("per", Text(str(names[per]), per.place), made.keys_at["per"])
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


def _add_library(assembly: Assembly) -> None:
    """Take the materials that the processes name and no chain defines from the shipped file."""
    trees = assembly.processes.values()
    wanted = {m for t in trees for s in ("inputs", "outputs") for m in t.child(s)}
    wanted |= {str(t["per"]) for t in trees if "per" in t}
    file = library.shipped("chains") / f"{library.SHARED}.yaml"
    loaded = {library.real(f) for f in assembly.files}
    if not wanted - assembly.materials.keys() or not file.is_file() or library.real(file) in loaded:
        return
    tree = read(file, library.shown(file))
    shared = tree.child("materials")
    added = False
    while missing := [m for m in wanted - assembly.materials.keys() if m in shared]:
        added = True
        assembly.materials.update({m: shared.child(m) for m in missing})
        wanted |= {str(shared.child(m).get("residue-of", m)) for m in missing}
    if added:
        assembly.files.append(file)
        for name, source in tree.child("sources").items():
            assembly.sources.setdefault(name, [source])


def _apply_settings(assembly: Assembly, settings: Mapping[str, str]) -> None:
    """The scenario's `set`, then the command line's `--set`."""
    written = assembly.scenario.child("set")
    for path, node in written.items():
        _set(assembly, path, node, written.keys_at[path])
    for number, (path, text) in enumerate(settings.items(), 1):
        place = Place("--set", number, 1)
        _set(assembly, str(path), Text(str(text).strip(), place), place)


def _set(assembly: Assembly, path: str, node: object, place: Place) -> None:
    try:
        fix(assembly, path, node, place)
    except Short as short:
        assembly.faults.append(short.at(place))
