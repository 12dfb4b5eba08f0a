"""Tables → Parquet: typed columns, zstd, one file a table, ready for DuckDB, polars and Spark."""

from __future__ import annotations

import io
from typing import Any

from mfa.errors import Error, Fault
from mfa.results.tables import NUMBERS, Table

YEARS = ("period", "cohort")


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
        values = {"what": "--parquet", "package": "pyarrow", "extra": "parquet"}
        raise Error([Fault("extra-missing", None, values)]) from None
    return pyarrow


def parquet_bytes(table: Table) -> bytes:
    """A table as a Parquet file: years are int64, numbers float64, all else text; empty is null."""
    arrow = needed()
    columns = {
        name: arrow.array([row[i] for row in table.rows], _type(arrow, name))
        for i, name in enumerate(table.columns)
    }
    out = io.BytesIO()
    arrow.parquet.write_table(arrow.table(columns), out, compression="zstd")
    return out.getvalue()


def _type(arrow: Any, column: str) -> Any:
    if column in YEARS:
        return arrow.int64()
    return arrow.float64() if column in NUMBERS else arrow.string()
