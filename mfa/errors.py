"""Faults: what is wrong in the input, where, and how to mend it.

Inner code raises `Short` (a message key and its values); the code that knows the
place turns it into a `Fault`; a whole phase gathers its faults into one `Error`.
The texts, English and Chinese, stand in `mfa/messages/*.toml`, one entry a key.
"""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from importlib import resources
from typing import NamedTuple

NEAREST_LIMIT = 500  # names that a misspelt one is compared with: 25 ms
LANGUAGES = ("en", "zh")
_HINT = re.compile(r"; did you mean '(.*)'\?")
UNPRINTED = ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")


class Place(NamedTuple):
    """A position in a file, line and column counted from 1; `file` may be `--set`."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """All message templates: key → {"en": …, "zh": …}, read once when first needed."""
    texts: dict[str, Mapping[str, str]] = {}
    for entry in sorted(resources.files("mfa").joinpath("messages").iterdir(), key=lambda f: f.name):
        if entry.name.endswith(".toml"):
            texts.update(tomllib.loads(entry.read_text(encoding="utf-8")))
    return texts


def message(key: str, values: Mapping[str, object], lang: str = "en") -> str:
    """The text of message `key` in `lang`, its `{names}` filled from `values`.

    In Chinese a value `name_zh` stands in for `name`, and the hint of `nearest` is translated.

    Raises
    ------
    mfa.Error
        there are no texts in `lang`
    """
    check_language(lang)
    words = {k: one_line(str(v)) for k, v in values.items()}
    if lang == "zh":
        words |= {k.removesuffix("_zh"): v for k, v in words.items() if k.endswith("_zh")}
        words |= {k: _HINT.sub("；是否应为“\\1”？", v) for k, v in words.items() if k == "near"}
    return catalogue()[key][lang].format_map(words)


def check_language(lang: str) -> None:
    """Refuse a language that has no texts.

    Raises
    ------
    mfa.Error
        it is none of `LANGUAGES`
    """
    if lang not in LANGUAGES:
        raise Error([Fault("argument-lang", None, {"text": str(lang)[:40], "known": ", ".join(LANGUAGES)})])


def one_line(text: str) -> str:
    r"""A text from a file fit for one line: signs that are not printed become `�`.

    >>> one_line("red\nmud")
    'red�mud'
    """
    if text.isprintable():
        return text
    return "".join("�" if unicodedata.category(c) in UNPRINTED else c for c in text)


class FaultWithoutPlace(Exception):
    """One fault without its place, raised by inner code for the boundary to complete."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def __str__(self) -> str:
        return message(self.key, self.values)

    def __reduce__(self) -> tuple[Callable[[], FaultWithoutPlace], tuple[()]]:
        return partial(type(self), self.key, **self.values), ()  # args alone would lose the values

    def at(self, place: Place | None) -> Fault:
        """The same fault at a place."""
        return Fault(self.key, place, self.values)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: a message key, its values and the place in the input."""

    key: str
    place: Place | None
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, lang: str = "en") -> str:
        """`FILE:LINE:COLUMN: message`, or the message alone where no file is to blame."""
        words = self.words(lang)
        return f"{one_line(str(self.place))}: {words}" if self.place else words

    def words(self, lang: str = "en") -> str:
        """The message alone, for who shows the place apart."""
        return message(self.key, self.values, lang)


class Error(Exception):
    """Bad input: every fault of one phase, in the order of their places."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        unique = {(f.key, f.place, f.text()): f for f in faults}
        ordered = sorted(unique.values(), key=lambda f: f.place or Place("", 0, 0))
        self.faults: tuple[Fault, ...] = tuple(ordered)
        super().__init__("\n".join(f.text() for f in self.faults))

    def __reduce__(self) -> tuple[type[Error], tuple[tuple[Fault, ...]]]:
        return type(self), (self.faults,)  # args are the text, from which no fault can be made

    def text(self, lang: str = "en") -> str:
        """One line a fault, in English or Chinese."""
        return "\n".join(f.text(lang) for f in self.faults)


class Failure(Exception):
    """The program, not the input, failed: no convergence, a full disk."""


def missing_extra(what: str, package: str, extra: str) -> Error:
    """The error of an option whose package, which an extra brings, is not installed."""
    return Error([Fault("extra-missing", None, {"what": what, "package": package, "extra": extra})])


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like `name`, as a hint `; did you mean 'x'?`, or nothing.

    >>> nearest("red-mudd", ["red-mud", "alumina"])
    "; did you mean 'red-mud'?"
    >>> nearest("zzz", ["red-mud"])
    ''
    """
    found = closest(name, known)
    return f"; did you mean '{found}'?" if found else ""


def closest(name: str, known: Iterable[str]) -> str:
    """The known name most like `name`; empty where none is."""
    names = list(known)
    if len(names) > NEAREST_LIMIT:  # a hint is worth little time
        names = [n for n in names if n[:1] == name[:1] and abs(len(n) - len(name)) < 3][:NEAREST_LIMIT]
    bare = {n.replace("-", "").replace("_", ""): n for n in names}
    found = difflib.get_close_matches(name, names, 1, 0.6) or [
        bare[n] for n in difflib.get_close_matches(name.replace("-", ""), list(bare), 1, 0.7)
    ]
    return found[0] if found else ""
