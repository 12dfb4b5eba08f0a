"""Lines and tables, laid out for a terminal (Chinese counted as wide), or as a page of Markdown."""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import click

from mfa.show.stream import sayable
from mfa.show.terminal.markdown import Markdown

GAP = "  "
NARROWEST = 12  # a name cut shorter is no longer known
_page: ContextVar[Markdown | None] = ContextVar("page", default=None)


@contextmanager
def laid_out(*, markdown: bool) -> Iterator[None]:
    """Lay out what is printed meanwhile as one page of Markdown, or for a terminal."""
    token = _page.set(Markdown() if markdown else None)
    try:
        yield
    finally:
        _page.reset(token)


def line(*parts: str) -> None:
    """Print a line; colours only on a terminal, and none where NO_COLOR is set."""
    page = _page.get()
    if page is not None:
        page.line("".join(parts))
    else:
        click.echo("".join(parts), color=False if os.environ.get("NO_COLOR") else None)


def bold(text: str) -> str:
    """A heading."""
    return click.style(text, bold=True)


def dim(text: str) -> str:
    """Something less important."""
    return click.style(text, dim=True)


def coloured(text: str, colour: str) -> str:
    """Text in green, red or yellow."""
    return click.style(text, fg=colour)


def table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    left: int = 1,
    *,
    last_left: bool = False,
) -> None:
    """A titled table; the first `left` columns (and the last, if asked) are text, the rest numbers.

    On a terminal, or where COLUMNS is set, the widest texts are cut until a row fits.
    """
    text_at = {*range(left), *([len(columns) - 1] if last_left else [])}
    page = _page.get()
    if page is not None:
        page.table(title, columns, rows, text_at)
        return
    cells = [tuple(map(sayable, row)) for row in (columns, *rows)]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(columns))]
    _fit(widths, text_at, shutil.get_terminal_size((0, 0)).columns)
    if title:
        line(bold(title))
    for number, row in enumerate(cells):
        padded = [_padded(_cut(cell, widths[i]), widths[i], i in text_at) for i, cell in enumerate(row)]
        text = GAP.join(padded).rstrip()
        line(text if number else dim(text))
    line()


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _fit(widths: list[int], text_at: Collection[int], room: int) -> None:
    """Make the widest texts narrower until a row has room; 0 is room for anything."""
    while room and sum(widths) + len(GAP) * (len(widths) - 1) > room:
        widest = max(text_at, key=lambda i: widths[i])
        if widths[widest] <= NARROWEST:
            break
        widths[widest] -= 1


def _cut(text: str, width: int) -> str:
    """A text of at most so many columns; `…` stands for what is left out."""
    if _width(text) <= width:
        return text
    sign = sayable("…")
    while _width(text) + len(sign) > width:
        text = text[:-1]
    return text.rstrip() + sign


def _padded(text: str, width: int, left: bool) -> str:
    space = " " * (width - _width(text))
    return text + space if left else space + text
