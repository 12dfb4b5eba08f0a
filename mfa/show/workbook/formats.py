"""The paper of a workbook: formats, widths, and a worksheet that keeps every digit."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from mfa.errors import Error, Fault

MOST_ROWS = 1_048_576  # of a sheet
MOST_LETTERS = 32_767  # of a cell
STATES = {"true": ("#C6EFCE", "#006100"), "false": ("#FFC7CE", "#9C0006"), "unproven": ("#FFEB9C", "#7F6000")}
WIDEST, NARROWEST = 60, 10
AMOUNT = "[>=1000]#,##0;[>=1]#,##0.00;General"
LOOKED_AT = 500  # rows that decide a column's width


class Exact(Worksheet):  # type: ignore[misc]
    """A worksheet whose numbers read back to the same double; the library's own keep 16 digits."""

    def _xml_number_element(self, number: float, attributes: Sequence[tuple[str, Any]] = ()) -> None:
        written = "".join(f' {key}="{value}"' for key, value in attributes)
        self.fh.write(f"<c{written}><v>{number!r}</v></c>")


class Paper:
    """A workbook being written, and its formats.

    Texts never become formulas or links, whatever they begin with.
    """

    def __init__(self, target: Any) -> None:
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.book = Workbook(target, {"in_memory": True, "nan_inf_to_errors": True, **options})

    def sheet(self, name: str, colour: str) -> Any:
        """A new sheet with a coloured tab."""
        sheet = self.book.add_worksheet(name, worksheet_class=Exact)
        sheet.set_tab_color(colour)
        sheet.set_landscape()
        sheet.set_paper(8)  # A3
        sheet.fit_to_pages(1, 0)
        return sheet

    @cached_property
    def title(self) -> Any:
        """The first line of a sheet."""
        return self.book.add_format({"bold": True, "font_size": 13})

    @cached_property
    def help(self) -> Any:
        """What a column means."""
        look = {"italic": True, "font_color": "#555555", "text_wrap": True, "valign": "top", "font_size": 9}
        return self.book.add_format(look)

    @cached_property
    def head(self) -> Any:
        """The header of a column."""
        look = {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1}
        return self.book.add_format({**look, "border_color": "#BBBBBB"})

    @cached_property
    def remark_head(self) -> Any:
        """The header of a column that is not read back."""
        look = {"bold": True, "bg_color": "#D9D9D9", "font_color": "#555555", "border": 1}
        return self.book.add_format({**look, "border_color": "#BBBBBB"})

    @cached_property
    def text(self) -> Any:
        """A cell that keeps what is typed as text: `1-2` is no date, `05` no number."""
        return self.book.add_format({"num_format": "@"})

    @cached_property
    def unit(self) -> Any:
        """A text beside a number, set off from it."""
        return self.book.add_format({"num_format": "@", "indent": 1})

    @cached_property
    def remark(self) -> Any:
        """A cell that is not read back."""
        return self.book.add_format({"font_color": "#7F7F7F", "num_format": "@"})

    @cached_property
    def value(self) -> Any:
        """A number that people are meant to change; General, so that a typed `9%` stays a percentage."""
        return self.book.add_format({"bg_color": "#FFF8DC", "border": 1, "border_color": "#E5DDBE"})

    @cached_property
    def amount(self) -> Any:
        """A result, shown short; the cell holds every digit."""
        return self.book.add_format({"num_format": AMOUNT})

    @cached_property
    def share(self) -> Any:
        """A ratio, shown per cent."""
        return self.book.add_format({"num_format": "0.00%"})

    @cached_property
    def bold(self) -> Any:
        """A sum, or a heading inside a sheet."""
        return self.book.add_format({"bold": True})

    @cached_property
    def bold_amount(self) -> Any:
        """A sum."""
        return self.book.add_format({"bold": True, "num_format": AMOUNT, "top": 1})

    @cached_property
    def states(self) -> dict[str, Any]:
        """Colours of targets: met, missed, unproven."""
        return {k: self.book.add_format({"bg_color": b, "font_color": f}) for k, (b, f) in STATES.items()}


def width(text: str) -> int:
    """Columns that a text takes; a han takes two.

    >>> width("赤泥 t/a")
    8
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def column_width(cells: Sequence[object]) -> int:
    """The width of a column that shows its longest cell, within bounds."""
    longest = max((width(shown(c)) for c in cells[:LOOKED_AT]), default=0)
    return min(max(longest + 2, NARROWEST), WIDEST)


def shown(cell: object) -> str:
    """About what Excel shows of a cell."""
    return f"{cell:,.3f}".rstrip("0").rstrip(".") if isinstance(cell, float) else str(cell or "")


def fits(name: str, rows: int) -> None:
    """Whether a sheet can hold so many rows, header included.

    Raises
    ------
    Error
        it cannot, and nothing is cut off quietly
    """
    if rows > MOST_ROWS:
        raise Error([Fault("book-too-many-rows", None, {"sheet": name, "rows": rows, "most": MOST_ROWS})])


def put(sheet: Any, row: int, column: int, cell: object, look: Any) -> None:
    """Write one cell: numbers as numbers, all else as text.

    Raises
    ------
    Error
        the text is longer than a cell of Excel can be
    """
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        text = str(cell)
        if len(text) > MOST_LETTERS:
            values = {"sheet": sheet.get_name(), "most": MOST_LETTERS, "text": text[:60]}
            raise Error([Fault("book-text-too-long", None, values)])
        sheet.write_string(row, column, text, look)
    else:
        sheet.write_number(row, column, cell, look)
