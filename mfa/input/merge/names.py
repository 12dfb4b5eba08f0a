"""What chains and scenarios are called beside their ids: aliases and labels, in either language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mfa.errors import Error, Fault
from mfa.input.merge import library
from mfa.input.yaml.reader import read
from mfa.input.yaml.tree import Items, Text, Tree

KINDS: tuple[library.Folder, ...] = ("scenarios", "chains")
WORDS = {"scenarios": ("scenario", "情景"), "chains": ("chain", "产业链")}


class Named(NamedTuple):
    """A chain or scenario that a name may mean: its id as files and commands write it, and what it says."""

    id: str
    file: Path
    tree: Tree


def files(kind: library.Folder, beside: Path) -> dict[str, Named]:
    """Every readable file of a kind by its id; of two that bear one id, that which is used."""
    found: dict[str, Named] = {}
    for folder in library.folders(kind, beside):
        for file in sorted(folder.glob("*.yaml")):
            try:
                tree = read(file, library.shown(file))
            except Error:
                continue
            if kind[:-1] in tree:
                found.setdefault(file.stem, Named(file.stem, file, tree))
    return found


def find(name: str, beside: Path) -> Path | None:
    """The file of the scenario, else of the chain, that bears a name as its label or alias.

    Raises
    ------
    Error
        two of them bear it
    """
    wanted = name.strip().casefold()
    for kind in KINDS:
        bearers = [(one, text) for one in files(kind, beside).values() for text in _called(one.tree)]
        found = [(one, text) for one, text in bearers if text.strip().casefold() == wanted]
        if len({one.id for one, _ in found}) > 1:
            raise Error(_claims(kind, found))
        if found:
            return found[0][0].file
    return None


def claimed(file: Path) -> list[Fault]:
    """The aliases of a chain that another chain has too, or has as its id."""
    known = files("chains", file)
    own = known.get(file.stem)
    if own is None or library.real(own.file) != library.real(file):
        return []
    bearers: dict[str, list[tuple[Named, Text]]] = defaultdict(list)
    for one in known.values():
        for text in (_id(one), *aliases(one.tree)):
            bearers[text.strip().casefold()].append((one, text))
    mine = {text.strip().casefold() for text in aliases(own.tree)}
    return [fault for key in mine if len(bearers[key]) > 1 for fault in _claims("chains", bearers[key])]


def aliases(tree: Tree) -> list[Text]:
    """What a chain is called beside its label."""
    written = tree.get("aliases")
    return [a for a in written if isinstance(a, Text)] if isinstance(written, Items) else []


def _called(tree: Tree) -> Iterator[Text]:
    label = tree.get("label")
    yield from aliases(tree)
    if isinstance(label, Tree):
        yield from (text for text in label.values() if isinstance(text, Text))
    elif isinstance(label, Text):
        yield label


def _id(one: Named) -> Text:
    return Text(one.id, one.tree["chain"].place)


def _claims(kind: library.Folder, found: list[tuple[Named, Text]]) -> list[Fault]:
    """That the first of several files bears a name that another one bears too."""
    (first, text), *others = found
    noun, noun_zh = WORDS[kind]
    return [
        Fault(
            "name-twice",
            text.place,
            {
                "name": str(text)[:60],
                "noun": noun,
                "noun_zh": noun_zh,
                "id": first.id,
                "twin": twin.id,
                "other": other.place,
            },
        )
        for twin, other in others
        if twin.id != first.id
    ]
