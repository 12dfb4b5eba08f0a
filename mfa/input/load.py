"""A path → everything that its files say, merged and checked.

The way in: a file or an id is located, read, merged with what it extends and loads, laid over
with variants and settings, and made a checked system.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from mfa.checks import lists
from mfa.errors import Error, Fault, FaultWithoutPlace, Place
from mfa.input.kept_files import tree_of
from mfa.input.merge import library, merge, names
from mfa.input.merge.assembly import Assembly
from mfa.input.records import builder, replaced
from mfa.input.schema.fields import Label
from mfa.input.workbook.read import is_book, read_book
from mfa.input.yaml.reader import read
from mfa.input.yaml.tree import Items, Text, Tree
from mfa.system import System

HERE = Path(
    "here.yaml"
)  # names on the command line are looked for as if a file of the present folder had them


@dataclass(frozen=True)
class Loaded:
    """A scenario, or a chain alone: parsed, checked, unit-converted; equal where all that it says is.

    Attributes
    ----------
    system : the checked records
    path : the file it was loaded from
    files : every file that it was put together from
    variants, levers, settings : what was laid over the file; of levers the level picked of each
    variant_names, lever_levels : what the file offers: variants, and lever → its levels in their order
    is_chain : whether it is a chain alone, with nothing that drives it
    merged : what the files say, before `settings`; nothing is read again to change a figure
    """

    system: System
    path: Path
    files: tuple[Path, ...]
    merged: Assembly = field(repr=False, compare=False)
    variants: tuple[str, ...] = ()
    levers: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] | None = None
    variant_names: tuple[str, ...] = ()
    lever_levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_chain: bool = False

    def __hash__(self) -> int:
        laid = (sorted(self.levers.items()), sorted((self.settings or {}).items()))
        return hash((self.path, self.variants, *map(tuple, laid)))

    @property
    def assembly(self) -> Assembly:
        """What the files say, with `settings` laid over it."""
        return merge.with_settings(self.merged, self.settings or {})


def read_scenario(
    path: str | Path,
    variants: str | Sequence[str] | None = None,
    settings: Mapping[str, str] | None = None,
    levers: Mapping[str, str] | None = None,
) -> Loaded:
    """Everything that a scenario (or a chain alone) brings together; see `mfa.load`.

    Raises
    ------
    mfa.Error
        every fault of the files, each with its place; variants, levers or settings of another kind
    """
    chosen = as_names("variants", variants)
    laid, picked = paths_and_values(settings), levers_and_levels(levers)
    file = _locate(path)
    merged = _read_merged(file, chosen, picked, settings)
    assembly = merge.with_settings(merged, laid)
    system = checked(assembly)
    merged = replace(merged, forms=assembly.forms)  # with those of the lists, which `checked` added
    written = merged.scenario.child("levers")
    return Loaded(
        system,
        file,
        tuple(merged.files),
        merged,
        chosen,
        {k: str(v) for k, v in merged.picked.items()},
        settings,
        tuple(merged.scenario.child("variants")),
        {k: tuple(written.child(k).child("levels")) for k in written},
        "scenario" not in merged.scenario,
    )


def with_levels(loaded: Loaded, levels: Mapping[str, str]) -> Loaded:
    """The scenario read anew with levels of levers picked, over those that are picked already.

    Raises
    ------
    mfa.Error
        levels that do not go with what lies over the file
    """
    made = read_scenario(loaded.path, loaded.variants, loaded.settings, {**loaded.levers, **levels})
    system = replace(made.system, layers=loaded.system.layers, allocation=loaded.system.allocation)
    return replace(made, system=system)


def with_settings(loaded: Loaded, settings: Mapping[str, str]) -> tuple[System, Mapping[str, str]]:
    """The system with some figures set, by path, and all settings that then lie over the files.

    Its layers and its allocation stay; nothing is read again.

    Raises
    ------
    mfa.Error
        every path that names nothing and every value that cannot be; a chain alone
    """
    own = paths_and_values(settings)
    laid = {k: v for k, v in (loaded.settings or {}).items() if k not in own} | dict(own)
    if loaded.is_chain and laid:
        raise Error([not_scenario(loaded.path)])
    assembly = merge.with_settings(loaded.merged, laid)
    system = replaced.with_settings(loaded.system, assembly, own) or checked(assembly)
    layers = tuple(dict.fromkeys((*system.layers, *loaded.system.layers)))
    return replace(system, layers=layers, allocation=loaded.system.allocation), laid


def of_year(loaded: Loaded, year: int) -> System:
    """The system of another year, its quantities converted by the figures of that year.

    Its layers and its allocation stay; nothing is read from files again.

    Raises
    ------
    mfa.Error
        what the files say cannot be in that year
    """
    assembly = loaded.assembly
    assembly.scenario.pop("periods", None)
    assembly.scenario.put("year", Text(str(year), assembly.scenario.place))
    made = checked(assembly)
    return replace(made, layers=loaded.system.layers, allocation=loaded.system.allocation)


def with_variant(loaded: Loaded, name: str) -> System:
    """The system with one more of the variants that its file offers.

    Where the variant changes single figures and whole lists alone, and no lever lies over it, nothing
    is read again.

    Raises
    ------
    mfa.Error
        the variant has a fault, or does not go with the other variants and settings
    """
    variant = loaded.merged.scenario.child("variants").child(name)
    figures, sides = _figures(loaded.merged, variant), _sides(loaded.merged, variant)
    simple = not loaded.levers and variant.keys() <= {"label", "note", "pools", *FIGURES}
    if simple and figures is not None and sides is not None:
        merged = replace(loaded.merged, own_sides={**loaded.merged.own_sides, **sides})
        laid = figures | dict(loaded.settings or {})
        paths = [*laid, *(f"pools.{m}.{side}.any.limit" for m, side in sides)]
        made = replaced.with_settings(loaded.system, merge.with_settings(merged, laid), paths)
        if made:
            return made
    return read_scenario(loaded.path, (*loaded.variants, name), loaded.settings, loaded.levers).system


def without_setting(loaded: Loaded, path: str) -> System:
    """The system without one of the settings that were laid over its file; nothing is read again.

    Raises
    ------
    mfa.Error
        the others do not go without it
    """
    laid = {k: v for k, v in (loaded.settings or {}).items() if k != path}
    trees = merge.with_settings(loaded.merged, laid)
    return replaced.with_settings(loaded.system, trees, [path]) or checked(trees)


def without_own(loaded: Loaded, path: str) -> System:
    """The system without one line of `set` in its file, and without settings.

    Raises
    ------
    mfa.Error
        the others do not go without it
    """
    trees = merge.without_own(loaded.merged, path)
    return replaced.with_settings(loaded.system, trees, [path]) or checked(trees)


def without_variant(loaded: Loaded, name: str) -> System:
    """The system without one of the variants that were laid over its file, which is read again.

    Raises
    ------
    mfa.Error
        what else lies over the file does not go without it
    """
    variants = [v for v in loaded.variants if v != name]
    return read_scenario(loaded.path, variants, loaded.settings, loaded.levers).system


def without_lever(loaded: Loaded, lever: str) -> System:
    """The system with no level picked of a lever; the file is read again.

    Raises
    ------
    mfa.Error
        what else lies over the file does not go without it
    """
    levers = {k: v for k, v in loaded.levers.items() if k != lever}
    return read_scenario(loaded.path, loaded.variants, loaded.settings, levers).system


FIGURES = {"set": "{}", "drive": "{}.level", "demand": "demand.{}", "supply": "supply.{}"}
"""Sections whose members are single figures → their paths."""


def _figures(merged: Assembly, variant: Tree) -> dict[str, str] | None:
    """Path → quantity, of the figures of a variant.

    None where one is a schedule or says its basis, which a path does not set, or `set` comes after it.
    """
    found: dict[str, str] = {}
    for section, path in FIGURES.items():
        for key, node in variant.child(section).items():
            written = node.get("value") if isinstance(node, Tree) else node
            is_set = section != "set" and path.format(key) in merged.scenario.child("set")
            vouched = isinstance(node, Tree) and "basis" in node
            if is_set or vouched or not isinstance(written, Text):
                return None
            found[path.format(key)] = str(written)
    return found


def _sides(merged: Assembly, variant: Tree) -> dict[tuple[str, str], Items | Tree] | None:
    """The lists that a variant writes; None where it inserts into one, or writes one that nobody wrote."""
    found: dict[tuple[str, str], Items | Tree] = {}
    for material, pool in variant.child("pools").items():
        for side, node in pool.items() if isinstance(pool, Tree) else ():
            if not isinstance(node, Items) or (material, side) not in {**merged.sides, **merged.own_sides}:
                return None
            found[material, side] = node
    return found


def variant_label(loaded: Loaded, name: str) -> Mapping[str, str]:
    """What a variant is called, in both languages; its name where its file does not say."""
    written = loaded.merged.scenario.child("variants").child(name).get("label")
    return Label.model_validate(written).texts(name) if written is not None else {"en": name, "zh": name}


def as_names(what: str, given: str | Sequence[str] | None) -> tuple[str, ...]:
    """One name, several or none, as a tuple.

    Raises
    ------
    mfa.Error
        anything else
    """
    if given is None or isinstance(given, str):
        return () if given is None else (given,)
    if not isinstance(given, Iterable) or not all(isinstance(n, str) for n in given):
        raise Error([Fault("argument-names", None, {"what": what, "text": repr(given)[:60]})])
    return tuple(given)


def paths_and_values(given: Mapping[str, str] | None) -> Mapping[str, str]:
    """Paths and their quantities; none where nothing is given.

    Raises
    ------
    mfa.Error
        anything else
    """
    if given is not None and not isinstance(given, Mapping):
        values = {"text": repr(given)[:60], "example": "{'PROCESS.capacity': '2 Mt/a'}"}
        raise Error([Fault("argument-settings", None, values)])
    return given or {}


def levers_and_levels(given: Mapping[str, str] | None) -> Mapping[str, str]:
    """Levers and the level picked of each; none where nothing is given.

    Raises
    ------
    mfa.Error
        anything else
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(n, str) for pair in given.items() for n in pair):
        raise Error([Fault("argument-levers", None, {"text": repr(given)[:60]})])
    return given


def _read_merged(
    file: Path, variants: Sequence[str], levers: Mapping[str, str], settings: Mapping[str, str] | None
) -> Assembly:
    """The merged trees of a file, `settings` not yet laid over them.

    Raises
    ------
    mfa.Error
        faults of single files; variants, levers or settings for a chain alone
    """
    shown = library.shown(file)
    tree, chain_of = read_book(file, shown) if is_book(file) else (tree_of(file, shown, read), {})
    if not merge.is_chain(tree):
        assembly = merge.scenario(file, tree, variants, levers)
    elif variants or levers or settings:
        raise Error([not_scenario(file)])
    else:
        assembly = merge.chain(file, tree)
    assembly.chain_of.update(chain_of)
    return assembly


def checked(assembly: Assembly) -> System:
    """The system of merged trees, its lists checked.

    Raises
    ------
    mfa.Error
        every fault that the trees show
    """
    system = builder.system(assembly)
    lists.check_lists(system)
    return system


def not_scenario(file: Path) -> Fault:
    """That a chain alone takes no variants, levers and settings."""
    shown = library.shown(file)
    return Fault("chain-not-scenario", Place(shown, 1, 1), {"file": shown})


def _locate(path: str | Path) -> Path:
    """The file of a path, of the id of a scenario or chain beside or shipped, or of its label or alias.

    Raises
    ------
    mfa.Error
        there is none, or two bear that name
    """
    file = Path(path)
    if file.suffix in (".yaml", ".yml") or is_book(file) or os.path.lexists(file):
        return file
    faults = []
    for kind in names.KINDS if len(file.parts) == 1 else ():
        try:
            return library.find(str(path), kind, HERE)
        except FaultWithoutPlace as unplaced:
            faults.append(unplaced.at(None))
    found = names.find(str(path), HERE)
    if found is None and faults:
        raise Error(faults[:1])
    return found or file


def namesake(name: str) -> Path | None:
    """The chain that bears the id which is taken for that of a scenario; None where there is no such pair."""
    file = Path(name)
    if file.suffix in (".yaml", ".yml") or is_book(file) or os.path.lexists(file) or len(file.parts) > 1:
        return None
    with suppress(FaultWithoutPlace):
        found = [library.find(name, kind, HERE) for kind in names.KINDS]
        return found[1] if found[0] != found[1] else None
    return None
