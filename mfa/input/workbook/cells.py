"""Sheets of a workbook → cells as texts that know their place; nothing is interpreted here.

openpyxl reads them, since it alone tells the number format: a cell that shows `95 %` holds 0.95.
"""

from __future__ import annotations

import io
import stat
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from mfa.errors import Error, Fault, FaultWithoutPlace, Place
from mfa.input.seen_files import see
from mfa.input.yaml.reader import CONTROL, LARGEST_FILE

LARGEST_UNPACKED = 8 * LARGEST_FILE
MB = 2**20
MOST_ROWS, MOST_COLUMNS = 1_048_576, 256  # no scenario is wider; a file may claim anything


class CellPlace(Place):
    """A cell of a workbook: `file` is FILE:SHEET, `line` the row; shown as FILE:SHEET!D17."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{self.file}!{letters(self.column)}{self.line}"


def letters(column: int) -> str:
    """The letters of a column counted from 1.

    >>> letters(1), letters(26), letters(27), letters(703)
    ('A', 'Z', 'AA', 'AAA')
    """
    made = ""
    while column:
        column, rest = divmod(column - 1, 26)
        made = chr(65 + rest) + made
    return made


@dataclass(frozen=True)
class Cell:
    """What a cell says as text; `number` where it holds a number, `percent` where it shows one × 100.

    `fault` is what keeps it from saying anything, reported only where the cell is read.
    """

    text: str
    place: CellPlace
    number: bool = False
    percent: bool = False
    fault: Fault | None = None

    @property
    def hundredfold(self) -> str:
        """The number that a percent cell shows: `95` of 0.95, without rounding."""
        return _digits(float(Decimal(self.text).scaleb(2)))


Row = dict[int, Cell]


@dataclass(frozen=True)
class Grid:
    """The filled cells of one sheet, row by row, columns counted from 1."""

    name: str
    place: CellPlace
    rows: tuple[Row, ...]


def read_grids(path: Path, shown: str, wanted: Callable[[str], bool]) -> dict[str, Grid]:
    """The cells of every sheet whose name is wanted, in the order of the workbook.

    Raises
    ------
    Error
        the file is not a workbook
    """
    try:
        return _grids(_bytes(path, shown), shown, wanted)
    except FaultWithoutPlace as unplaced:
        raise Error([unplaced.at(Place(shown, 1, 1))]) from None


def _bytes(path: Path, shown: str) -> bytes:
    """The file, or a Short that says why it cannot be a workbook."""
    see(path)
    try:
        kind = path.stat()
        if not stat.S_ISREG(kind.st_mode):
            raise FaultWithoutPlace("file-not-regular", file=shown)
        if kind.st_size > LARGEST_FILE:
            raise FaultWithoutPlace("file-too-large", file=shown, limit=LARGEST_FILE // MB)
        raw = path.read_bytes()
    except FileNotFoundError:
        raise FaultWithoutPlace("book-missing", file=shown) from None
    except OSError as error:
        raise FaultWithoutPlace("file-unreadable", file=shown, reason=error.strerror or str(error)) from None
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except zipfile.BadZipFile:
        raise FaultWithoutPlace("book-not-workbook", file=shown) from None
    if size > LARGEST_UNPACKED:
        raise FaultWithoutPlace("book-too-large", file=shown, limit=LARGEST_UNPACKED // MB)
    return raw


def _grids(raw: bytes, shown: str, wanted: Callable[[str], bool]) -> dict[str, Grid]:
    try:
        book = _opened(raw, values=True)
        names = [str(page.title) for page in book.worksheets]  # charts have no cells
        formulas = _opened(raw, values=False) if _has_formulas(raw) else None
        return {n: _grid(n, book, formulas, f"{shown}:{n}") for n in names if wanted(n)}
    except Exception as error:  # a damaged file can make the library raise anything
        if isinstance(error, MemoryError):
            raise
        raise FaultWithoutPlace("book-not-workbook", file=shown) from None


def _opened(raw: bytes, *, values: bool) -> Any:
    """The workbook with the values of its formulas, or with the formulas themselves."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # parts that it does not know, such as drop-down lists of Excel
        return openpyxl.load_workbook(
            io.BytesIO(raw), read_only=True, data_only=values, keep_links=False, rich_text=False
        )


def _filled(sheet: Any) -> Iterator[Any]:
    """The cells that hold something."""
    sheet.reset_dimensions()  # what a file says of its own size need not be true
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for row in sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS):
            yield from (cell for cell in row if cell.value is not None)


def _grid(name: str, book: Any, formulas: Any, file: str) -> Grid:
    """One sheet; formulas that no program has computed yet look empty there, and become faults."""
    cells = {(c.row, c.column): _cell(c, CellPlace(file, c.row, c.column)) for c in _filled(book[name])}
    for cell in _filled(formulas[name]) if formulas else ():
        if cell.data_type == "f" and (cell.row, cell.column) not in cells:
            place = CellPlace(file, cell.row, cell.column)
            cells[cell.row, cell.column] = Cell("", place, fault=Fault("book-cell-formula", place, {}))
    rows: dict[int, Row] = {}
    for (row, column), made in sorted(cells.items()):
        if made.text or made.fault:
            rows.setdefault(row, {})[column] = made
    return Grid(name, CellPlace(file, 1, 1), tuple(rows.values()))


def _cell(cell: Any, place: CellPlace) -> Cell:
    """One cell as text, or with the fault that it holds an error of Excel or a date."""
    value = cell.value
    if cell.data_type == "e":
        return Cell("", place, fault=Fault("book-cell-error", place, {"text": str(value)}))
    if isinstance(value, bool):
        return Cell("true" if value else "false", place)
    if isinstance(value, int | float):
        percent = "%" in str(cell.number_format)
        return Cell(repr(float(value)) if percent else _digits(float(value)), place, True, percent)
    if not isinstance(value, str):
        return Cell("", place, fault=Fault("book-cell-date", place, {"text": str(value)}))
    bad = CONTROL.search(value)
    if bad:
        return Cell("", place, fault=Fault("file-control", place, {"code": f"{ord(bad[0]):02X}"}))
    return Cell(value.strip(), place)


def _digits(number: float) -> str:
    """A number in the fewest digits that give it back.

    >>> _digits(5.0), _digits(0.1), _digits(1e-7)
    ('5', '0.1', '1e-07')
    """
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _has_formulas(raw: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        parts = [n for n in packed.namelist() if n.startswith("xl/worksheets/") and n.endswith(".xml")]
        return any(b"<f>" in text or b"<f " in text for text in map(packed.read, parts))
