"""Levers: what people argue about, each with two to six levels of which a run picks one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from mfa.errors import Error, Fault, Place, nearest
from mfa.input.merge import library
from mfa.input.merge.inherit import laid_over
from mfa.input.yaml.tree import Text, Tree

FEWEST, MOST = 2, 6
OF_THE_LEVEL = ("label", "note")  # what a level says of itself, and not of the scenario


def with_levels(tree: Tree, asked: Mapping[str, str], path: Path) -> tuple[Tree, dict[str, Text]]:
    """The scenario with the levels that are asked for laid over it; lever → level, at its place.

    They are laid in the order in which the file has its levers, so that a combination is one run
    in whatever order it is asked for.

    Raises
    ------
    Error
        a lever with too few or too many levels; every lever and level that is not there
    """
    levers = tree.child("levers")
    faults = [*_counted(levers), *_missing(levers, asked, path)]
    if faults:
        raise Error(faults)
    picked: dict[str, Text] = {}
    for lever in (name for name in levers if name in asked):
        levels = levers.child(lever).child("levels")
        picked[lever] = Text(asked[lever], levels.keys_at[asked[lever]])
        tree = laid_over(tree, _overlay(levels.child(asked[lever])))
    return tree, picked


def _overlay(level: Tree) -> Tree:
    made = level.copy()
    for key in OF_THE_LEVEL:
        made.pop(key, None)
        made.keys_at.pop(key, None)
    return made


def _counted(levers: Tree) -> Iterator[Fault]:
    """Levers that leave no choice, or more than anybody can look through."""
    for name in levers:
        lever = levers.child(name)
        count = len(lever.child("levels"))
        if not FEWEST <= count <= MOST:
            values = {"name": name[:60], "count": count, "fewest": FEWEST, "most": MOST}
            yield Fault("lever-levels", lever.keys_at.get("levels", levers.keys_at[name]), values)


def _missing(levers: Tree, asked: Mapping[str, str], path: Path) -> Iterator[Fault]:
    for name, level in asked.items():
        if name not in levers:
            values = {"name": name[:60], "known": ", ".join(levers) or "none", "near": nearest(name, levers)}
            yield Fault("lever-missing", Place(library.shown(path), 1, 1), values)
            continue
        levels = levers.child(name).child("levels")
        if level not in levels:
            near = nearest(level, levels)
            values = {"lever": name[:60], "name": level[:60], "known": ", ".join(levels), "near": near}
            yield Fault("level-missing", levers.keys_at[name], values)
