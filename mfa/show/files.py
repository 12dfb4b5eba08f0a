"""Tables → files: CSV and a manifest, each file whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import platform
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mfa
from mfa.errors import Failure
from mfa.input import library
from mfa.results.tables import Table
from mfa.show.parquet import needed, parquet_bytes

if TYPE_CHECKING:
    from mfa.result import Result
    from mfa.scenario import Scenario

LIBRARIES = ("numpy", "scipy", "pint", "pydantic", "PyYAML", "molmass")


def write_atomically(path: Path, text: str | bytes) -> None:
    """Put a file in place in one step: a reader sees the old one or the new one.

    Raises
    ------
    Failure
        the file cannot be written
    """
    data = text.encode("utf-8") if isinstance(text, str) else text
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise Failure(f"cannot write {path}: {error.strerror or error}") from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def csv_text(table: Table) -> str:
    """A table as CSV: UTF-8, full double precision, empty cells empty, no index."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([["" if cell is None else cell for cell in row] for row in table.rows])
    return out.getvalue()


def write_run(
    result: Result, folder: Path, scenario: Scenario, command: Sequence[str] = (), *, parquet: bool = False
) -> list[Path]:
    """Write the tables and `manifest.json` into a folder, touching only these names.

    With `parquet` each table is also written as `NAME.parquet`.

    Raises
    ------
    mfa.Error
        `parquet` without pyarrow
    Failure
        a file cannot be written
    """
    if parquet:
        needed()
    written = []
    for name in result.written:
        table = result.table(name)
        path = folder / f"{name}.csv"
        write_atomically(path, csv_text(table))
        written.append(path)
        if parquet:
            path = folder / f"{name}.parquet"
            write_atomically(path, parquet_bytes(table))
            written.append(path)
    path = folder / "manifest.json"
    write_atomically(
        path, json.dumps(manifest(result, scenario, command), indent=2, ensure_ascii=False) + "\n"
    )
    return [*written, path]


def manifest(result: Result, scenario: Scenario, command: Sequence[str] = ()) -> dict[str, Any]:
    """What is needed to run the same again: versions, inputs with hashes, what was laid over them."""
    return {
        "scenario": result.system.name,
        "variants": list(scenario.variants),
        "set": dict(scenario.settings or {}),
        "command": list(command),
        "seed": None,
        "inputs": [{"file": library.shown(f), "sha256": _hash(f)} for f in scenario.files],
        "versions": {"mfa": mfa.__version__, "python": platform.python_version()}
        | {name: version(name) for name in LIBRARIES},
        "solver": {
            "method": result.state.method,
            "iterations": result.state.iterations,
            "residual": result.state.residual,
        },
    }


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
