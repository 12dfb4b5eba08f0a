"""The input sheets: what every column means, then the rows, ready to be edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mfa.errors import catalogue, message
from mfa.input.workbook.sheets import INTERPOLATE, REMARK, Column, Sheet, all_sheets
from mfa.input.yaml.tree import YEAR
from mfa.show.workbook.formats import Paper, column_width, fits, put
from mfa.show.workbook.sheet_lines import Line

TAB = "#1F4E79"
HELP_ROW, HEAD_ROW, FIRST_ROW = 1, 2, 3
SPARE_ROWS = 200  # rows below the last that also get the drop-down lists
LABEL, ORIGIN = f"{REMARK} label", f"{REMARK} from"
NUMBERS = ("value", "low", "high", "sd", "tier")
MOST_CHOICES = 255  # letters that a drop-down list may have in all
HELP_HEIGHT = 72


def write_inputs(paper: Paper, found: Mapping[str, list[Line]], labels: Mapping[str, str], lang: str) -> None:
    """Write every input sheet.

    Parameters
    ----------
    found : sheet → its rows
    labels : id → its name in words, shown beside it
    """
    counts = {name: len(rows) for name, rows in found.items()}
    for sheet in all_sheets():
        _write(paper, sheet, found[sheet.name], labels, counts, lang)


def _write(
    paper: Paper,
    sheet: Sheet,
    rows: list[Line],
    labels: Mapping[str, str],
    counts: Mapping[str, int],
    lang: str,
) -> None:
    columns = _columns(sheet, rows, labels)
    fits(sheet.name, FIRST_ROW + len(rows))
    page = paper.sheet(sheet.name, TAB)
    page.write_string(0, 0, message(f"sheet-{sheet.name}", {}, lang), paper.title)
    page.set_row(HELP_ROW, HELP_HEIGHT)
    cells = [[_cell(line, c.key, sheet, labels) for c in columns] for line in rows]
    for at, column in enumerate(columns):
        _head(paper, page, at, sheet, column, lang)
        look = _look(paper, column)
        wide = column_width([column.key + "  ", *(row[at] for row in cells)])
        page.set_column(at, at, wide, None if _is_number(column.key) else look)
        for i, row in enumerate(cells):
            if row[at] != "":
                put(page, FIRST_ROW + i, at, row[at], look)
            elif column.key == "value":
                page.write_blank(FIRST_ROW + i, at, None, look)
        _choices(page, at, column, len(rows), counts)
    last = max(FIRST_ROW + len(rows) - 1, FIRST_ROW)
    page.autofilter(HEAD_ROW, 0, last, len(columns) - 1)
    page.freeze_panes(FIRST_ROW, len(sheet.keys))
    page.ignore_errors({"number_stored_as_text": f"A1:XFD{last + SPARE_ROWS}"})


def _columns(sheet: Sheet, rows: Sequence[Line], labels: Mapping[str, str]) -> list[Column]:
    """The columns of a sheet, with years where something is given year by year, and remarks."""
    made = [*sheet.keys, *sheet.beside]
    if sheet.quantity and any(_label(line, sheet, labels) for line in rows):
        made.append(Column(LABEL))
    years = sorted({key for line in rows for key in line.cells if YEAR.match(key)})
    for column in sheet.quantity:
        made.append(column)
        if years and column.key == "unit":
            made += [*map(Column, years), Column(INTERPOLATE, ("linear", "step"))]
    return [*made, *(c for c, path in sheet.texts if path), Column(ORIGIN)]


def _cell(line: Line, key: str, sheet: Sheet, labels: Mapping[str, str]) -> object:
    if key == ORIGIN:
        return line.origin
    return _label(line, sheet, labels) if key == LABEL else line.cells.get(key, "")


def _label(line: Line, sheet: Sheet, labels: Mapping[str, str]) -> str:
    """The names of what a row is about."""
    names = (labels.get(str(line.cells.get(c.key, "")), "") for c in sheet.keys)
    return " · ".join(n for n in names if n)


def _look(paper: Paper, column: Column) -> Any:
    if _is_number(column.key):
        return paper.value
    if _is_remark(column):
        return paper.remark
    return paper.unit if column.key == "unit" else paper.text


def _is_remark(column: Column) -> bool:
    return column.key.startswith(REMARK)


def _is_number(key: str) -> bool:
    return key in NUMBERS or YEAR.match(key) is not None


def _head(paper: Paper, page: Any, at: int, sheet: Sheet, column: Column, lang: str) -> None:
    """The header of a column, its meaning above it, and a comment with what may stand in it."""
    meaning = column_meaning(sheet, column, lang)
    page.write_string(HELP_ROW, at, meaning, paper.help)
    page.write_string(HEAD_ROW, at, column.key, paper.remark_head if _is_remark(column) else paper.head)
    words = [meaning]
    if column.choices:
        words.append(message("book-one-of", {"choices": ", ".join(column.choices)}, lang))
    if column.names:
        words.append(message("book-named-in", {"sheet": column.names}, lang))
    if not _is_remark(column):
        page.write_comment(HEAD_ROW, at, "\n".join(words), {"x_scale": 2, "y_scale": 1.2})


def column_meaning(sheet: Sheet, column: Column, lang: str) -> str:
    """What a column means: in this sheet, else in every sheet."""
    key = "year" if YEAR.match(column.key) else column.key.removeprefix(REMARK).strip().replace(" ", "-")
    own = f"column-{sheet.name}-{key}"
    return message(own if own in catalogue() else f"column-{key}", {}, lang)


def _choices(page: Any, at: int, column: Column, rows: int, counts: Mapping[str, int]) -> None:
    """A drop-down list: of the only texts allowed, or of the ids of another sheet as a help."""
    last = FIRST_ROW + rows + SPARE_ROWS
    if column.choices and len(",".join(column.choices)) <= MOST_CHOICES:
        options = {"validate": "list", "source": list(column.choices)}
        page.data_validation(FIRST_ROW, at, last, at, options)
    elif column.names and counts.get(column.names):
        span = f"={column.names}!$A${FIRST_ROW + 1}:$A${FIRST_ROW + counts[column.names] + SPARE_ROWS}"
        page.data_validation(
            FIRST_ROW, at, last, at, {"validate": "list", "source": span, "show_error": False}
        )
