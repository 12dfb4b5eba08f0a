"""Small parks solved with pencil and paper: each folder of `cases` shows its sums in NOTE.md.

`flows.csv` is the whole answer of `scenario.yaml`, `flows-NAME.csv` that of its variant NAME;
`indicators.csv`, `stocks.csv` and `links.csv`, where they are there, likewise.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import mfa

CASES = Path(__file__).parent / "cases"
FILES = sorted(f for f in CASES.glob("*/*.csv"))
NUMBERS = {
    "amount",
    "wet_amount",
    "opening",
    "inflow",
    "outflow",
    "closing",
    "value",
    "distance",
    "distance_amount",
}


@cache
def solved(case: Path, variant: str) -> mfa.Result:
    return mfa.load(case / "scenario.yaml", variants=[variant] if variant else []).solve()


def rows(file: Path) -> list[dict[str, Any]]:
    """The rows of a hand-written table, numbers as floats, empty cells as None."""
    with file.open(encoding="utf-8", newline="") as handle:
        found = list(csv.DictReader(handle))
    return [{k: cell(k, v) for k, v in row.items()} for row in found]


def cell(column: str, text: str) -> Any:
    if text == "":
        return None
    if column == "period":
        return int(text)
    return float(text) if column in NUMBERS else text


def same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """Every cell of a row: numbers to 1e-9, the rest exactly."""
    assert list(found) == list(expected)
    for column, value in expected.items():
        if isinstance(value, float):
            assert found[column] == pytest.approx(value, rel=1e-9, abs=1e-12), (column, expected)
        else:
            assert found[column] == value, (column, expected)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}-{f.stem}")
def test_answer_is_the_hand_solution(file: Path) -> None:
    """The table of the run is the one that was worked out by hand, row by row."""
    name, _, variant = file.stem.partition("-")
    table = solved(file.parent, variant).table(name)
    found = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    expected = rows(file)
    if name == "indicators":  # only some rows and columns of it are worked out
        by_name = {row["indicator"]: row for row in found}
        assert {row["indicator"] for row in expected} <= set(by_name)
        found = [{k: by_name[row["indicator"]][k] for k in row} for row in expected]
    assert len(found) == len(expected)
    for have, want in zip(found, expected, strict=True):
        same(have, want)


@pytest.mark.parametrize("case", sorted({f.parent for f in FILES}), ids=lambda f: f.name)
def test_every_variant_is_worked_out(case: Path) -> None:
    """Each case has its note, its flows, and flows of every variant that it offers."""
    assert (case / "NOTE.md").read_text(encoding="utf-8").strip()
    assert (case / "flows.csv").is_file()
    for variant in mfa.load(case / "scenario.yaml").variant_names:
        assert (case / f"flows-{variant}.csv").is_file()


@pytest.mark.parametrize("case", sorted({f.parent for f in FILES}), ids=lambda f: f.name)
def test_recipes_of_the_cases_close(case: Path) -> None:
    """The cases are parks that could be: every recipe closes within its tolerance."""
    assert [c for c in solved(case, "").closures if not c.closes] == []
