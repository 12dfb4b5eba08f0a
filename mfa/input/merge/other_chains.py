"""What there is outside a run: names in chain files that the run does not load.

A chain's list may name a process of a chain that is not loaded. Whether it exists is looked up
in the texts first, and only files that hold the name are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from mfa.errors import Error
from mfa.input.kept_files import tree_of
from mfa.input.merge import library
from mfa.input.merge.assembly import Assembly
from mfa.input.seen_files import see
from mfa.input.yaml.reader import read
from mfa.input.yaml.tree import Tree

SECTIONS = ("processes", "stocks")
CHAIN = re.compile(r"""^["']?chain["']?\s*:""", re.MULTILINE)


class OtherChains:
    """The chain files beside, above and shipped, and the variants and levels of the scenario."""

    def __init__(self, assembly: Assembly) -> None:
        self.assembly = assembly
        self._read: dict[Path, Tree | None] = {}

    def has_node(self, name: str) -> bool:
        """Whether a process or stock of this name is defined anywhere."""
        if name in self.assembly.processes or name in self.assembly.stocks:
            return True
        tree = self.assembly.scenario
        levels = [tree.child("levers").child(lever).child("levels") for lever in tree.child("levers")]
        overlays = [tree, *tree.child("variants").values(), *(o for each in levels for o in each.values())]
        if any(name in o.child(s) for o in overlays if isinstance(o, Tree) for s in SECTIONS):
            return True
        return self._asked("node", name, self._defines)

    def _defines(self, name: str) -> bool:
        key = re.compile(rf"""(?<![a-z0-9-]){re.escape(name)}["']?\s*:|^\s*\? """, re.MULTILINE)
        files = (f for f, text in self._texts.items() if key.search(text))
        return any(name in tree.child(s) for f in files if (tree := self._tree(f)) for s in SECTIONS)

    def has_name(self, name: str) -> bool:
        """Whether a name, of whatever kind, stands in any chain file; a tag may say `site:NAME`."""
        return self._asked("name", name.rpartition(":")[2], self._mentions)

    def _mentions(self, name: str) -> bool:
        word = re.compile(rf"(?<![a-z0-9-]){re.escape(name)}(?![a-z0-9-])")
        return any(word.search(text) for text in self._texts.values())

    def _asked(self, question: str, name: str, look: Callable[[str], bool]) -> bool:
        """The answer to a question, looked up once for an assembly and all its copies."""
        asked = self.assembly.asked
        if (question, name) not in asked:
            asked[question, name] = look(name)
        return asked[question, name]

    @cached_property
    def _texts(self) -> dict[Path, str]:
        """The text of every chain file in the folders where chains are looked for."""
        found = {}
        for folder in library.folders("chains", self.assembly.beside):
            see(folder)
            for file in sorted((*folder.glob("*.yaml"), *folder.glob("*.yml"))):
                see(file)
                with suppress(OSError, UnicodeDecodeError):
                    text = file.read_text(encoding="utf-8")
                    if CHAIN.search(text):
                        found[file] = text
        return found

    def _tree(self, file: Path) -> Tree | None:
        """A chain file's tree; None where it is none or cannot be read."""
        if file not in self._read:
            self._read[file] = None
            with suppress(Error):
                tree = tree_of(file, library.shown(file), read)
                self._read[file] = tree if "chain" in tree else None
        return self._read[file]
