"""Chain files → an assembly: their members, lists and sources; clashes between them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mfa.errors import Error, Fault, FaultWithoutPlace, Place
from mfa.input.kept_files import tree_of
from mfa.input.merge import library
from mfa.input.merge.assembly import NOUNS, SECTIONS, SIDES, Assembly, other_kind
from mfa.input.schema.forms import ChainForm
from mfa.input.schema.validate import FormCache
from mfa.input.seen_files import see
from mfa.input.yaml.reader import read
from mfa.input.yaml.tree import Items, Tree


def add_chains(assembly: Assembly) -> None:
    """Load every chain that the scenario names, each once."""
    names = assembly.scenario.get("chains")
    seen: dict[Path, Place] = {}
    for text in names if isinstance(names, Items) else ():
        try:
            file = library.find(str(text), "chains", _home(assembly, text.place))
        except FaultWithoutPlace as unplaced:
            assembly.faults.append(unplaced.at(text.place))
            continue
        if library.real(file) in seen:
            values = {"name": str(text), "other": seen[library.real(file)]}
            assembly.faults.append(Fault("chain-twice", text.place, values))
            continue
        seen[library.real(file)] = text.place
        load_chain(assembly, file, text.place)


def _home(assembly: Assembly, place: Place) -> Path:
    """The file that a place lies in."""
    return next((f for f in assembly.files if library.shown(f) == place.file), assembly.beside)


def load_chain(assembly: Assembly, file: Path, named_at: Place, tree: Tree | None = None) -> None:
    """A chain file (its tree, where it is read already), and the shared materials beside it."""
    shared = file.parent / f"{library.SHARED}.yaml"
    see(shared)
    loaded = {library.real(f) for f in assembly.files}
    has_shared = shared.is_file() and library.real(shared) != library.real(file)
    for each in (shared, file) if has_shared else (file,):
        if library.real(each) in loaded:
            continue
        assembly.files.append(each)
        try:
            found = tree if tree is not None and each is file else tree_of(each, library.shown(each), read)
        except Error as error:
            assembly.faults.extend(error.faults)
            continue
        if "scenario" in found and "chain" not in found:
            assembly.faults.append(Fault("chain-is-scenario", named_at, {"file": library.shown(each)}))
            continue
        form, faults = assembly.forms.validate(ChainForm, found)
        if form is None:
            assembly.faults.extend(faults)
        else:
            _keep(assembly.forms, form, found)
            _take(assembly, found)


def _keep(forms: FormCache, form: ChainForm, tree: Tree) -> None:
    """Remember the forms of a chain's members and lists, which are validated with it."""
    for section in SECTIONS:
        for key, member in getattr(form, section).items():
            forms.keep(tree.child(section)[key], member)
    for key, pool in form.pools.items():
        sides = tree.child("pools").child(key)
        for side in (s for s in SIDES if s in sides):
            forms.keep(sides[side], getattr(pool, side))


def _take(assembly: Assembly, tree: Tree) -> None:
    """Add a chain's members; two chains that say different things about one clash."""
    name = str(tree["chain"])
    if "label" in tree:
        assembly.chain_labels[name] = tree["label"]
    for key, source in tree.child("sources").items():
        known_sources = assembly.sources.setdefault(key, [])
        if source not in known_sources:
            known_sources.append(source)
    for section, noun in zip(SECTIONS, NOUNS, strict=True):
        known: dict[str, Tree] = getattr(assembly, section)
        written = tree.child(section)
        for key, node in written.items():
            assert isinstance(node, Tree)
            if noun == "stock" and "initial" in node:
                values = {"stock": key}
                assembly.faults.append(Fault("chain-initial", node.keys_at["initial"], values))
            if key in known:
                _clash(assembly, noun, key, node, known[key])
            elif other_kind(assembly, section, key) is not None:
                other = other_kind(assembly, section, key)
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


MOST_NAMES = 12  # in one line


def borrowed(assembly: Assembly) -> list[Fault]:
    """The shipped materials that files outside the library name and no file of theirs defines, in one note.

    Whoever lists the shipped file among the chains knows of them.
    """
    listed = assembly.scenario.get("chains")
    if isinstance(listed, Items) and library.SHARED in listed:
        return []
    shared = library.shown(library.shipped("chains") / f"{library.SHARED}.yaml")
    at_home = {library.shown(f) for f in assembly.files if library.is_shipped(f)}
    mentions = (m for tree in assembly.processes.values() for m in _mentions(tree))
    named = {material for material, place in mentions if place.file not in at_home}
    kinds = {m: assembly.materials[m].get("kind") for m in named & assembly.materials.keys()}
    found = sorted(m for m, kind in kinds.items() if kind is not None and kind.place.file == shared)
    if not found:
        return []
    more = ", …" if len(found) > MOST_NAMES else ""
    values = {"names": ", ".join(found[:MOST_NAMES]) + more, "count": len(found)}
    return [Fault("from-library", None, values)]


def _mentions(process: Tree) -> Iterator[tuple[str, Place]]:
    """The materials that a recipe names, and where."""
    for side in ("inputs", "outputs"):
        yield from process.child(side).keys_at.items()
    if "per" in process:
        yield str(process["per"]), process["per"].place


def add_library(assembly: Assembly) -> None:
    """Take the materials that the processes name and no chain defines from the shipped file."""
    trees = assembly.processes.values()
    wanted = {m for t in trees for s in ("inputs", "outputs") for m in t.child(s)}
    wanted |= {str(t["per"]) for t in trees if "per" in t}
    file = library.shipped("chains") / f"{library.SHARED}.yaml"
    loaded = {library.real(f) for f in assembly.files}
    if not wanted - assembly.materials.keys() or not file.is_file() or library.real(file) in loaded:
        return
    tree = tree_of(file, library.shown(file), read)
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
        for name in tree.child("substances"):
            assembly.substances.setdefault(name, tree.child("substances").child(name))
