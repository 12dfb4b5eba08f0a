"""What is printed as GitHub-flavoured Markdown: lines become paragraphs, items and headings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

import click

STYLE = re.compile(r"\x1b\[([0-9;]*)m")
BOLD, PLAIN = "1", "0"
MARKS = re.compile(r"([\\`*_\[\]<>|~])")
OPENING = re.compile(r"([#+-]|\d+[.)])(?= )")  # what makes a line a heading or an item
NUMBERED = re.compile(r"\d+\. ")
NESTED = 4  # columns from which an item belongs to the one above


class Markdown:
    """A page that is printed as it is told; blocks stand apart, items of a list do not."""

    def __init__(self) -> None:
        self._last = ""

    def line(self, text: str) -> None:
        """A line, its styles as those of a terminal; an indented one is an item of a list."""
        for each in text.split("\n"):
            plain = STYLE.sub("", each)
            body = plain.strip()
            indent = len(plain) - len(plain.lstrip())
            if body and indent:
                self._item(each, body, indent)
            elif body:
                self._put("block", _heading(body) if _is_bold(each) else OPENING.sub(r"\\\1", _inline(each)))

    def _item(self, styled: str, body: str, indent: int) -> None:
        """An item, numbered where it says so."""
        deep = "   " if indent >= NESTED and self._last == "item" and not NUMBERED.match(body) else ""
        sign = "" if NUMBERED.match(body) else "- "
        self._put("item", f"{deep}{sign}{_inline(styled)}")

    def table(
        self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], left: Collection[int]
    ) -> None:
        """A table under its heading; the columns of `left` are text, the rest numbers."""
        if title:
            self._put("block", _heading(title))
        rules = ["---" if i in left else "--:" for i in range(len(columns))]
        lines = [_row(map(_escaped, columns)), _row(rules), *(_row(map(_escaped, row)) for row in rows)]
        self._put("block", "\n".join(lines))

    def _put(self, kind: str, text: str) -> None:
        apart = self._last and not (kind == self._last == "item")
        click.echo(f"\n{text}" if apart else text)
        self._last = kind


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(c.strip() for c in cells)} |"


def _heading(text: str) -> str:
    return f"### {_escaped(text)}"


def _is_bold(styled: str) -> bool:
    """Whether all of a line is bold."""
    return all(code == BOLD for code, part in _parts(styled) if part.strip())


def _inline(styled: str) -> str:
    """A line with what is bold between stars; colours are for terminals."""
    return "".join(
        f"**{_escaped(part)}**" if code == BOLD and part.strip() else _escaped(part)
        for code, part in _parts(styled)
    ).strip()


def _parts(styled: str) -> list[tuple[str, str]]:
    """The style and the text of each part of a line."""
    first, *more = STYLE.split(styled)
    return [(PLAIN, first), *zip(more[::2], more[1::2], strict=True)]


def _escaped(text: str) -> str:
    """A text of which Markdown makes nothing else, in one line."""
    return MARKS.sub(r"\\\1", " ".join(text.split("\n")))
