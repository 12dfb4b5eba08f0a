"""YAML text → a tree with places; nothing is typed, executed or expanded on the way.

Built from the events of libyaml with a stack of its own, so that depth, aliases and size
are bounded before anything is built. All text stays text (`no`, `012`, `1:30`).
"""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import Any

import yaml

from mfa.errors import Error, Fault, FaultWithoutPlace, Place
from mfa.input.seen_files import see
from mfa.input.yaml.tree import Items, Node, Text, Tree

LARGEST_FILE = 64 * 1024 * 1024  # bytes; all that is shipped has less than one
DEEPEST = 50  # levels; a scenario has some ten
MOST_ALIASED = 100_000  # values that aliases repeat: beyond it a small file unfolds into gigabytes
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
NEARBY = 100  # letters before a fault in which its cause is looked for
SYNTAX = {
    "yaml-deep": "nesting depth",
    "yaml-quote": "cannot start any token",
    "yaml-bracket": "parsing a flow (sequence|mapping)",
    "yaml-open-quote": "quoted scalar; found unexpected end",
    "yaml-colon": "mapping values are not allowed",
    "yaml-colon-missing": "simple key; could not find expected ':'",
}
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: Path, shown: str | None = None) -> Tree:
    """The tree of a YAML file.

    Parameters
    ----------
    path : the file
    shown : its name in messages, by default the path as given

    Raises
    ------
    Error
        every fault of the file that its YAML alone shows
    """
    name = shown or str(path)
    return parse(file_text(path, name), name)


def file_text(path: Path, name: str) -> str:
    """The text of a file, UTF-8; `name` stands for it in places.

    Raises
    ------
    Error
        it cannot be read, is too large or is no text
    """
    try:
        return _load(path, name)
    except FaultWithoutPlace as unplaced:
        raise Error([unplaced.at(Place(name, 1, 1))]) from None


def parse(text: str, name: str) -> Tree:
    """The tree of YAML text; `name` stands for the file in its places."""
    builder = _Builder(name)
    try:
        for event in yaml.parse(text, Loader=Loader):
            builder.take(event)
    except yaml.YAMLError as error:
        wrong = _syntax(error, text, name)
        builder.faults = [*(f for f in builder.faults if _is_before(f, wrong)), wrong]
    except RecursionError:
        builder.faults.append(Fault("yaml-deep", Place(name, 1, 1), {"limit": DEEPEST}))
    except _Stop:
        pass
    if not builder.faults and not isinstance(builder.root, Tree):
        builder.faults.append(Fault("yaml-not-mapping", Place(name, 1, 1), {}))
    if builder.faults:
        raise Error(builder.faults)
    assert isinstance(builder.root, Tree)
    return builder.root


def _load(path: Path, name: str) -> str:
    """The file's text, or a Short that says why it can't be text."""
    see(path)
    try:
        kind = path.stat()
        if not stat.S_ISREG(kind.st_mode):
            raise FaultWithoutPlace("file-not-regular", file=name)
        if kind.st_size > LARGEST_FILE:
            raise FaultWithoutPlace("file-too-large", file=name, limit=LARGEST_FILE // 2**20)
        raw = path.read_bytes()
    except FileNotFoundError:
        raise FaultWithoutPlace("file-missing", file=name) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FaultWithoutPlace("file-unreadable", file=name, reason=reason) from None
    return _decoded(raw, name)


def _decoded(raw: bytes, name: str) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw[:200].count(0) * 3 > len(raw[:200]):
        raise FaultWithoutPlace("file-utf16", file=name)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        raise Error([Fault("file-not-utf8", Place(name, line, column), {})]) from None
    bad = CONTROL.search(text)
    if bad:
        raise Error(
            [Fault("file-control", _place_in(text, bad.start(), name), {"code": f"{ord(bad[0]):02X}"})]
        )
    return text


def _place_in(text: str, index: int, name: str) -> Place:
    start = text.rfind("\n", 0, index) + 1
    return Place(name, text.count("\n", 0, index) + 1, index - start + 1)


def _syntax(error: yaml.YAMLError, text: str, name: str) -> Fault:
    """Our own words for libyaml's errors: the place, and the likely cause."""
    mark, start = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    mark = mark or start
    if mark is None:
        return Fault("yaml-syntax", Place(name, 1, 1), {})
    place = Place(name, mark.line + 1, mark.column + 1)
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    if re.search(r"\[[^\[\]]*\]\s*\Z", line[max(0, mark.column - NEARBY) : mark.column]):
        return Fault("yaml-range", place, {})
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return Fault("yaml-tab", place, {})
    words = f"{getattr(error, 'context', '')}; {getattr(error, 'problem', '')}"
    key = next((k for k, pattern in SYNTAX.items() if re.search(pattern, words)), "yaml-syntax")
    if key in ("yaml-bracket", "yaml-open-quote", "yaml-colon-missing") and start is not None:
        place = Place(name, start.line + 1, start.column + 1)
    return Fault(key, place, {"limit": DEEPEST})


def _tag(tag: str) -> str:
    """A tag as it was written."""
    return tag.replace("tag:yaml.org,2002:", "!!")[:40]


def _is_before(fault: Fault, wrong: Fault) -> bool:
    """Whether a fault stands on an earlier line than one of syntax, and so does not follow from it."""
    return fault.place is None or wrong.place is None or fault.place.line < wrong.place.line


class _Stop(Exception):
    """The rest of the file is not worth reading."""


class _Builder:
    """Puts events together; one open mapping or list a level of the stack."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root: Node | None = None
        self.faults: list[Fault] = []
        self.stack: list[Tree | Items] = []
        self.key: tuple[str, Place] | None = None
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.open: dict[int, tuple[str, int]] = {}
        self.count = 0
        self.aliased = 0
        self.documents = 0

    def take(self, event: Any) -> None:
        """One event of the parser."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._scalar(event)
        elif kind is yaml.MappingStartEvent:
            self._start(event, Tree(self._at(event)))
        elif kind is yaml.SequenceStartEvent:
            self._start(event, Items((), self._at(event)))
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._end()
        elif kind is yaml.AliasEvent:
            self._alias(event)
        elif kind is yaml.DocumentStartEvent:
            self.documents += 1
            if self.documents > 1:
                self._fault("yaml-documents", self._at(event))
                raise _Stop

    def _at(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self.name, mark.line + 1, mark.column + 1)

    def _fault(self, key: str, place: Place, **values: object) -> None:
        self.faults.append(Fault(key, place, values))

    def _scalar(self, event: Any) -> None:
        place = self._at(event)
        self.count += 1
        if event.tag is not None and event.tag != "!":
            self._fault("yaml-tag", place, tag=_tag(event.tag))
        top = self.stack[-1] if self.stack else None
        if event.style == '"':
            self._printable(event.value, place)
        if isinstance(top, Tree) and self.key is None:
            self._key(event.value, place, top)
            return
        if event.value == "" and event.style in (None, ""):
            self._empty(place, top)
        node = Text(event.value, place)
        if event.anchor:
            self.anchors[event.anchor] = (node, 1)
        self._add(node)

    def _printable(self, text: str, place: Place) -> None:
        r"""Escapes such as `\0` may not bring in what the file itself may not hold."""
        bad = CONTROL.search(text)
        if bad:
            self._fault("file-control", place, code=f"{ord(bad[0]):02X}")

    def _key(self, key: str, place: Place, tree: Tree) -> None:
        if key == "<<":
            self._fault("yaml-merge-key", place)
        if key in tree:
            self._fault("yaml-duplicate", place, name=key[:60], other=tree.keys_at[key])
        self.key = (key, place)

    def _empty(self, place: Place, top: Tree | Items | None) -> None:
        if isinstance(top, Tree) and self.key is not None:
            self._fault("yaml-empty", self.key[1], name=self.key[0][:60])
        elif top is not None:
            self._fault("yaml-empty-item", place)

    def _start(self, event: Any, node: Tree | Items) -> None:
        self.count += 1
        if event.tag is not None and event.tag != "!":
            self._fault("yaml-tag", node.place, tag=_tag(event.tag))
        top = self.stack[-1] if self.stack else None
        if isinstance(top, Tree) and self.key is None:
            self._fault("yaml-complex-key", node.place)
            raise _Stop
        if len(self.stack) >= DEEPEST:
            self._fault("yaml-deep", node.place, limit=DEEPEST)
            raise _Stop
        self._add(node)
        if event.anchor:
            self.open[id(node)] = (event.anchor, self.count)
            self.anchors[event.anchor] = (node, -1)
        self.stack.append(node)
        self.key = None

    def _end(self) -> None:
        node = self.stack.pop()
        opened = self.open.pop(id(node), None)
        if opened:
            self.anchors[opened[0]] = (node, self.count - opened[1] + 1)
        self.key = None

    def _alias(self, event: Any) -> None:
        place = self._at(event)
        known = self.anchors.get(event.anchor)
        if known is None or (isinstance(self.stack[-1], Tree) and self.key is None):
            self._fault("yaml-alias", place)
            raise _Stop
        node, size = known
        if size < 0:
            self._fault("yaml-recursive", place, name=event.anchor[:40])
            raise _Stop
        self.aliased += size
        self.count += size
        if self.aliased > MOST_ALIASED:
            self._fault("yaml-bomb", place, limit=MOST_ALIASED)
            raise _Stop
        self._add(node)

    def _add(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if isinstance(top, Tree):
            assert self.key is not None
            key, place = self.key
            if key not in top:
                top.put(key, node, place)
            self.key = None
        else:
            top.append(node)
