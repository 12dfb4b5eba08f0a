"""The tables of docs/plan.md that go year by year: what is utilised, and what lies in yards.

test_plan_chinese.py holds the Chinese page to the English one, the code of the page when a yard is full.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

import mfa

PAGE = (Path(__file__).parent.parent / "docs" / "plan.md").read_text(encoding="utf-8")
RATE = "industrial-solid-waste-utilisation"
YARDS = {
    "red mud": "red-mud-yard",
    "de-ironed mud": "red-mud-deironed-yard",
    "magnesium slag": "magnesium-slag-yard",
}
"""What lies in a yard, by its name on the page, and the yard."""


def tables() -> list[list[list[str]]]:
    """Cells of each table whose columns are years from 2022 on, its header first."""
    blocks = re.findall(r"(?:^\|.*\n)+", PAGE, re.MULTILINE)
    rows = [[[c.strip() for c in line.strip("|").split("|")] for line in b.splitlines()] for b in blocks]
    return [[table[0], *table[2:]] for table in rows if table[0][1:2] == ["2022"]]


@cache
def solved(*variants: str) -> mfa.Result:
    return mfa.load("jiaokou-2022-2035", variants=variants).solve()


def variants_of(row: str) -> list[str]:
    return re.findall(r"`([\w-]+)`", row)


def cells(table: list[list[str]]) -> list[tuple[str, int, str]]:
    """Row, year and number of each cell."""
    header, *body = table
    assert body
    pairs = [(row[0], h, c) for row in body for h, c in zip(header, row, strict=True)]
    return [(name, int(h), c) for name, h, c in pairs if re.fullmatch(r"20\d\d", h)]


def test_what_is_utilised() -> None:
    """The rate of each year is what is used over what is generated, by the flows of that year."""
    utilised, _ = tables()
    for row, year, cell in cells(utilised):
        one = solved(*variants_of(row)).year(year)
        assert cell == f"{100 * one.indicators.value[RATE]:.0f}", (row, year)


@pytest.mark.parametrize("name", YARDS)
def test_what_lies_in_yards(name: str) -> None:
    """What came in and was not dug out in all years up to then, added up from the flows."""
    _, yards = tables()
    found = [cell for cell in cells(yards) if cell[0].split(",")[0] == name]
    assert len(found) == 12
    for row, year, cell in found:
        flows = solved(*variants_of(row)).flows.query(f"period <= {year}")
        into, out = (flows[flows[end] == YARDS[name]]["amount"].sum() for end in ("target", "source"))
        assert cell == f"{(into - out) / 1e6:.1f}", (row, year)


def test_hardly_any_mud_is_added() -> None:
    """From 2029 to 2031 the yard with assumed outlets gains less than 1 % of what lies in it."""
    stocks = solved("assumed-outlets").stocks
    mud = stocks[stocks["stock"] == "red-mud-yard"].set_index("period")["closing"]
    assert mud[2031] - mud[2028] > 0
    assert mud[2031] - mud[2029] < 0.01 * mud[2029]
