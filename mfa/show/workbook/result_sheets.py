"""The results: every table of a run on a sheet of its own, named as everywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mfa.errors import catalogue, message
from mfa.results.run import Run
from mfa.results.tables import Cell
from mfa.show.workbook.formats import Paper, column_width, fits, put

TAB = "#548235"
HELP_ROW, HEAD_ROW, FIRST_ROW = 1, 2, 3
HELP_HEIGHT = 36
SHARES = ("use", "error")


def write_results(paper: Paper, result: Run, lang: str) -> None:
    """Write the tables; their columns are those of the CSV files."""
    for name in result.written:
        table = result.table(name, lang)
        rows = [tuple(row) for row in table.rows]
        fits(name, FIRST_ROW + len(rows))
        page = paper.sheet(name, TAB)
        page.write_string(0, 0, _words(f"table-{name}", lang) or name, paper.title)
        page.set_row(HELP_ROW, HELP_HEIGHT)
        for at, column in enumerate(table.columns):
            _column(paper, page, at, name, column, [row[at] for row in rows], lang)
        page.autofilter(HEAD_ROW, 0, max(FIRST_ROW + len(rows) - 1, FIRST_ROW), len(table.columns) - 1)
        page.freeze_panes(FIRST_ROW, 2)
        if "met" in table.columns:
            colour_states(paper, page, FIRST_ROW, table.columns.index("met"), len(rows))


def _column(paper: Paper, page: Any, at: int, table: str, column: str, cells: list[Cell], lang: str) -> None:
    page.write_string(HELP_ROW, at, meaning(table, column, lang), paper.help)
    page.write_string(HEAD_ROW, at, column, paper.head)
    page.set_column(at, at, column_width([column + "  ", *(c for c in cells if c is not None)]))
    for i, cell in enumerate(cells):
        if cell is None:
            continue
        look = paper.text if isinstance(cell, str) else paper.share if column in SHARES else paper.amount
        put(page, FIRST_ROW + i, at, cell, look if not isinstance(cell, int) else None)


def meaning(table: str, column: str, lang: str) -> str:
    """What a column of a table means; nothing where its name says it."""
    return _words(f"result-{table}-{column}", lang) or _words(f"result-{column}", lang)


def _words(key: str, lang: str) -> str:
    return message(key, {}, lang) if key in catalogue() else ""


def colour_states(
    paper: Paper, page: Any, first: int, column: int, rows: int, words: Mapping[str, str] | None = None
) -> None:
    """Colour the cells that say whether a target is met; `words` are the texts of the states there."""
    for state, look in paper.states.items():
        text = words[state] if words else state
        rule = {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": look}
        page.conditional_format(first, column, first + max(rows, 1) - 1, column, rule)
