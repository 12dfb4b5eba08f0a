"""Tables as Parquet: the same rows, typed, and a clear word where pyarrow is not installed."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import mfa
from mfa.cli import main
from mfa.results.tables import NUMBERS, Table
from mfa.show.files import parquet_bytes


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return int(ended.value.code or 0)


@pytest.mark.parametrize("name", ["chain-water", "alumina-red-mud"])
def test_files_hold_the_tables(name: str, tmp_path: Path) -> None:
    """Every table stands beside its CSV with the same rows; years are whole, amounts double, ids text."""
    result = mfa.load(name).solve()
    result.write(tmp_path, parquet=True)
    assert {p.stem for p in tmp_path.glob("*.parquet")} == {p.stem for p in tmp_path.glob("*.csv")}
    for table in result.written:
        read = pq.read_table(tmp_path / f"{table}.parquet")
        expected = result.table(table)
        assert read.column_names == list(expected.columns)
        assert [tuple(row.values()) for row in read.to_pylist()] == [tuple(r) for r in expected.rows]
        for field in read.schema:
            kind = "int64" if field.name == "period" else "double" if field.name in NUMBERS else "string"
            assert str(field.type) == kind, (table, field.name)


def test_compressed_with_zstd(tmp_path: Path) -> None:
    """The codec is the one that every reader of Parquet knows and that packs well."""
    mfa.load("chain-water").solve().write(tmp_path, parquet=True)
    group = pq.ParquetFile(tmp_path / "flows.parquet").metadata.row_group(0)
    assert {group.column(i).compression for i in range(group.num_columns)} == {"ZSTD"}


def test_empty_cells_and_tables_keep_their_types(tmp_path: Path) -> None:
    """Empty is null, and a table without rows still says what its columns hold."""
    file = tmp_path / "t.parquet"
    file.write_bytes(parquet_bytes(Table("t", ("period", "amount", "met"), [(2025, None, None)])))
    assert pq.read_table(file).to_pylist() == [{"period": 2025, "amount": None, "met": None}]
    file.write_bytes(parquet_bytes(Table("t", ("period", "amount", "met"), [])))
    assert [str(f.type) for f in pq.read_table(file).schema] == ["int64", "double", "string"]


def test_without_pyarrow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The extra is named, the exit code is 2 and nothing is written."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert run("run", "chain-water", "--out", str(tmp_path / "out"), "--parquet") == 2
    assert "pip install 'circular-mfa[parquet]'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_needs_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    """Parquet goes into files, so a folder has to be named."""
    assert run("run", "chain-water", "--parquet") == 2
    assert "--out DIR" in capsys.readouterr().err
