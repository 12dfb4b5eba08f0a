"""Files that are read once for several runs of them: their trees, and the forms and records made of these."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from mfa.input.schema.validate import FormCache
from mfa.input.yaml.tree import Tree

R = TypeVar("R")


@dataclass(frozen=True)
class Kept:
    """What was read meanwhile: (file, name in messages) → tree, the forms of all nodes, what else was made.

    What was made is known by all that it is made from, nodes by identity, and holds that alive.
    """

    trees: dict[tuple[Path, str], Tree] = field(default_factory=dict)
    forms: FormCache = field(default_factory=FormCache)
    made: dict[tuple[object, ...], tuple[Any, object]] = field(default_factory=dict)


_kept: ContextVar[Kept | None] = ContextVar("kept", default=None)


@contextmanager
def files_kept() -> Iterator[None]:
    """In this block each file is read once, however many scenarios and variants are loaded from it.

    What is saved to a file meanwhile is not seen.
    """
    token = _kept.set(_kept.get() or Kept())
    try:
        yield
    finally:
        _kept.reset(token)


def tree_of(file: Path, name: str, read: Callable[[Path, str], Tree]) -> Tree:
    """The tree of a file, read where it is not known."""
    kept = _kept.get()
    if kept is None:
        return read(file, name)
    if (file, name) not in kept.trees:
        kept.trees[file, name] = read(file, name)
    return kept.trees[file, name]


def once(
    key: tuple[object, ...],
    holds: object,
    make: Callable[[], R],
    sound: Callable[[], bool] = lambda: True,
) -> R:
    """What is made from all that `key` tells, made where it is not known.

    Parameters
    ----------
    holds : the nodes and records whose identities are in `key`, which stay alive with it
    make : makes it; it is not changed afterwards
    sound : whether what was made has no fault, which would be told once only
    """
    kept = _kept.get()
    known = None if kept is None else kept.made.get(key)
    if known is not None:
        found: R = known[0]
        return found
    made = make()
    if kept is not None and made is not None and sound():
        kept.made[key] = (made, holds)
    return made


def forms() -> FormCache:
    """The forms of the nodes that are known; none outside such a block."""
    kept = _kept.get()
    return FormCache() if kept is None else kept.forms
