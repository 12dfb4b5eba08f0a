"""Tables → Parquet: typed columns, zstd, one file a table, ready for DuckDB, polars and Spark."""

from __future__ import annotations

import csv
import errno
import io
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from typing import Any

from mfa.errors import Failure, missing_extra
from mfa.results.tables import Cell, Table
from mfa.show.file_lock import locked

WHOLE = ("period", "cohort", "point", "sample")


def needed() -> Any:
    """pyarrow, which the extra [parquet] brings.

    Raises
    ------
    mfa.Error
        it is not installed
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise missing_extra("--parquet", "pyarrow", "parquet") from None
    return pyarrow


def parquet_bytes(table: Table) -> bytes:
    """A table as a Parquet file: years and points int64, numbers float64, all else text; empty is null."""
    arrow = needed()
    columns = {
        name: arrow.array([row[i] for row in table.rows], _type(arrow, name, table))
        for i, name in enumerate(table.columns)
    }
    out = io.BytesIO()
    arrow.parquet.write_table(arrow.table(columns), out, compression="zstd")
    return out.getvalue()


def _type(arrow: Any, column: str, table: Table) -> Any:
    if column in WHOLE:
        return arrow.int64()
    return arrow.float64() if column in table.numbers else arrow.string()


# what makes a formula of a cell in a spreadsheet; the wide signs do where Chinese or Japanese is set
FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
NUMBER = re.compile(r"[+-]?[0-9.]*(e[+-]?[0-9]+)?", re.IGNORECASE)  # the sign alone too


def write_atomically(path: Path, text: str | bytes) -> None:
    """Put a file in place in one step: a reader sees the old one or the new one.

    Missing folders are made. An old file keeps its mode; a link is followed.

    Raises
    ------
    Failure
        the file cannot be written, or another process is writing it
    """
    with writing(path):
        target = Path(os.path.realpath(path))
        with made(target.parent), locked(target.with_name(f".{target.name}.mfa"), path) as file:
            fill(file, text, target)
            if sys.platform == "win32":  # an open file cannot be moved there
                file.close()
            Path(file.name).replace(target)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What the system refuses while the block runs is a failure to write `path`."""
    try:
        yield
    except OSError as error:
        raise Failure(f"cannot write {path}: {error.strerror or error}") from None


@contextmanager
def made(folder: Path) -> Iterator[None]:
    """Make a folder with those above it; where the block fails, those that are new go again."""
    missing = [f for f in (folder, *folder.parents) if not os.path.lexists(f)]
    try:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None
        yield
    except BaseException:
        for new in missing:
            with suppress(OSError):
                new.rmdir()
        raise


def fill(file: FileIO, text: str | bytes, target: Path) -> None:
    """Write what `target` is to hold into another file, which gets the mode of the old `target`.

    Raises
    ------
    OSError
        the disk is full, or `target` may not be replaced: protected, a folder, a device
    """
    if target.exists():
        mode = target.stat().st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "not a regular file")
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        Path(file.name).chmod(stat.S_IMODE(mode))
    left = memoryview(text.encode("utf-8") if isinstance(text, str) else text)
    while left:
        left = left[file.write(left) :]


def csv_text(table: Table) -> str:
    """A table as CSV: UTF-8, full double precision, empty cells empty, no index, no formulas."""
    lines = _Lines()
    writer = csv.writer(lines, lineterminator="\r\n")  # so that cells with either sign are quoted
    writer.writerow(table.columns)
    writer.writerows([[_cell(cell) for cell in row] for row in table.rows])
    return "".join(lines)


class _Lines(list[str]):
    """Takes what csv writes, line by line, and ends each with a line feed alone."""

    def write(self, line: str) -> None:
        self.append(line.removesuffix("\r\n") + "\n")


def _cell(cell: Cell) -> Cell:
    """A cell as a spreadsheet may read it: text that it would take for a formula gets an apostrophe."""
    if cell is None:
        return ""
    if isinstance(cell, str) and FORMULA.match(cell) and not NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
