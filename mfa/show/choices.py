"""What there is to choose from: chains, scenarios with their variants and levers, indicators, units."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mfa import units
from mfa.catalogue import (
    ACCOUNTS,
    BY_ID,
    FOOTPRINT,
    PER_EMISSION,
    PER_SEWAGE,
    PER_WASTE,
    RECOVERY,
    WASTE_RATES,
    is_account,
    is_waste_rate,
)
from mfa.errors import LANGUAGES, Error, Fault, message, nearest
from mfa.input.merge import library, names
from mfa.input.merge.assembly import NEEDED
from mfa.input.merge.inherit import extended
from mfa.input.yaml.tree import Text, Tree

HERE = Path("here.yaml")
SHOWN = ("chains", "scenarios", "indicators", "units")  # the others are asked for: they are hundreds


@dataclass(frozen=True)
class Listed:
    """One thing to choose.

    Attributes
    ----------
    id : as commands and files write it
    label : what it is called in both languages; of a unit its kind
    aliases : further names of a chain
    file : where it is written
    kind : of a part, what it is: a `variant`, a `lever`, a `level`
    parts : of a scenario its variants and levers, of a lever its levels
    """

    id: str
    label: Mapping[str, str]
    aliases: tuple[str, ...] = ()
    file: str = ""
    kind: str = ""
    parts: tuple[Listed, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The same for `json.dumps`, parts by their kind (`variants`, `levers`, `levels`) and id."""
        made: dict[str, Any] = {"label": dict(self.label)}
        if self.aliases:
            made["aliases"] = list(self.aliases)
        if self.file:
            made["file"] = self.file
        for part in self.parts:
            made.setdefault(f"{part.kind}s", {})[part.id] = part.to_json()
        return made

    def matches(self, word: re.Pattern[str]) -> bool:
        """Whether it is called by a word: by its id, an alias, its label in either language."""
        return any(word.search(text.casefold()) for text in (self.id, *self.aliases, *self.label.values()))


def listing(what: str | None = None) -> dict[str, list[Listed]]:
    """Section → what it lists.

    Parameters
    ----------
    what : a section (`chains`, `scenarios`, `materials`, `processes`, `indicators`, `units`), or a word
        that ids, aliases or labels in either language begin with; None is every section but materials
        and processes

    Raises
    ------
    mfa.Error
        nothing is called by that word
    """
    if what is not None and what in SECTIONS:
        return {what: list(SECTIONS[what]())}
    everything = {key: list(make()) for key, make in SECTIONS.items() if what or key in SHOWN}
    if what is None:
        return everything
    found = {k: v for k, v in _found(everything, _pattern(what)).items() if v}
    if not found:
        called = [x.id for members in everything.values() for x in members]
        near = nearest(what, [*SECTIONS, *called])
        raise Error([Fault("list-nothing", None, {"word": what[:60], "near": near})])
    return found


def _pattern(word: str) -> re.Pattern[str]:
    """A word at the beginning of a word; Chinese has no such beginnings."""
    text = word.strip().casefold()
    return re.compile((r"(?<![a-z0-9])" if text.isascii() else "") + re.escape(text))


def _found(everything: Mapping[str, list[Listed]], word: re.Pattern[str]) -> dict[str, list[Listed]]:
    """What is called by a word: variants and levers as `SCENARIO+NAME`, of levers the levels meant."""
    made = {
        key: [x for x in members if x.matches(word)] for key, members in everything.items() if key != "units"
    }
    made["scenarios"] = [replace(x, parts=()) for x in made["scenarios"]]
    for scenario in everything["scenarios"]:
        for part in scenario.parts:
            levels = part.parts if part.matches(word) else tuple(x for x in part.parts if x.matches(word))
            if levels or part.matches(word):
                named = replace(part, id=f"{scenario.id}+{part.id}", file=scenario.file, parts=levels)
                made.setdefault(f"{part.kind}s", []).append(named)
    return made


# ---------------------------------------------------------------- files
def _chains() -> Iterator[Listed]:
    for one in names.files("chains", HERE).values():
        aliases = tuple(map(str, names.aliases(one.tree)))
        yield Listed(one.id, _label(one.tree), aliases, library.shown(one.file))


def _scenarios() -> Iterator[Listed]:
    for one in names.files("scenarios", HERE).values():
        try:
            tree = extended(one.file, one.tree, [])
        except Error:  # of its parents: what it says itself is shown
            tree = one.tree
        variants, levers = tree.child("variants"), tree.child("levers")
        parts = [_part("variant", k, variants.child(k)) for k in variants]
        for key in levers:
            levels = levers.child(key).child("levels")
            own = tuple(_part("level", k, levels.child(k)) for k in levels)
            parts.append(replace(_part("lever", key, levers.child(key)), parts=own))
        yield Listed(one.id, _label(tree), (), library.shown(one.file), "", tuple(parts))


def _part(kind: str, key: str, tree: Tree) -> Listed:
    return Listed(key, _label(tree), kind=kind)


def _members(noun: str, section: str) -> Callable[[], Iterable[Listed]]:
    """The materials or processes that files define, each once."""

    def make() -> Iterable[Listed]:
        found: dict[str, Listed] = {}
        for kind in reversed(names.KINDS):
            for one in names.files(kind, HERE).values():
                written = one.tree.child(section)
                for key in (k for k in written if NEEDED[noun] in written.child(k)):
                    here = Listed(key, _label(written.child(key)), (), library.shown(one.file))
                    found.setdefault(key, here)
        return found.values()

    return make


def _label(tree: Tree) -> dict[str, str]:
    """A label in both languages; empty where the file has none."""
    label = tree.get("label")
    if isinstance(label, Tree):
        texts = {lang: str(label[lang]) for lang in LANGUAGES if isinstance(label.get(lang), Text)}
        return {lang: texts.get(lang, next(iter(texts.values()), "")) for lang in LANGUAGES}
    return dict.fromkeys(LANGUAGES, str(label) if isinstance(label, Text) else "")


# ---------------------------------------------------------------- of the program
def _indicators() -> Iterator[Listed]:
    def called(key: str, name: str, unit: str = "", **values: str) -> Listed:
        shown = f" ({unit})" if unit else ""
        return Listed(name, {lang: message(f"indicator-{key}", values, lang) + shown for lang in LANGUAGES})

    material = {"material": "MATERIAL"}
    yield from (called(d.id, d.id) for d in WASTE_RATES)
    yield called("utilisation", f"{PER_WASTE}:MATERIAL", **material)
    yield from (called(d.id, d.id, d.unit) for d in ACCOUNTS)
    yield called("sewage-of", f"{PER_SEWAGE}:MATERIAL", **material)
    yield called("emission-of", f"{PER_EMISSION}:MATERIAL", "t/a", **material)
    yield called("recovery", f"{RECOVERY}:ELEMENT", element="ELEMENT")
    yield called("footprint", f"{FOOTPRINT}:MATERIAL", **material)
    amounts = (d for d in BY_ID.values() if not (is_account(d.id) or is_waste_rate(d.id)))
    yield from (called(d.id, d.id, d.unit) for d in amounts)


def _units() -> Iterator[Listed]:
    return (Listed(u, dict.fromkeys(LANGUAGES, units.dimension(u))) for u in units.names())


SECTIONS: Mapping[str, Callable[[], Iterable[Listed]]] = {
    "chains": _chains,
    "scenarios": _scenarios,
    "materials": _members("material", "materials"),
    "processes": _members("process", "processes"),
    "indicators": _indicators,
    "units": _units,
}
