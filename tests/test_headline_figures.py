"""`docs/chains/headline-figures.md` against the files: value, range, source, confidence, what each moves."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import mfa
from mfa.parameters import figure_at, parse
from mfa.system import Figure

PAGE = Path("docs/chains/headline-figures.md")
RATE = "industrial-solid-waste-utilisation"


class Row(NamedTuple):
    """One row of the table."""

    number: str
    path: str
    written: str
    moves: str
    run: str
    source: str
    confidence: str
    read: str
    outcome: str


def _rows() -> list[Row]:
    lines = re.findall(r"^\| \d+ \| `.*\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return [Row(*(cell.strip(" `") for cell in line.strip("|").split(" | "))) for line in lines]


ROWS = _rows()


@cache
def scenario(run: str) -> mfa.Scenario:
    """The scenario that a row names: «2030 assumed», «2030 alone»."""
    year, kind = run.split()
    return mfa.load(f"jiaokou-{year}", variants=["assumed-outlets"] if kind == "assumed" else [])


@cache
def rate(run: str) -> float:
    """The rate of that run, in percent."""
    return 100 * scenario(run).solve().indicators.value[RATE]


def figure(row: Row) -> Figure:
    """The figure of a row as its files have it."""
    system = scenario(row.run).system
    path = parse(row.path, system)
    found = figure_at(system, path) if path else None
    assert found is not None, row.path
    return found


def ends(row: Row) -> list[str]:
    """The two values that it is set to: its range, or 10 % below and above."""
    value, unit, *span = row.written.split(" ", 2)
    if span:
        return [f"{end} {unit}" for end in span[0].strip("()").split("..")]
    return [f"{float(value) * f:.9g} {unit}" for f in (0.9, 1.1)]


def test_sixty_rows_in_order() -> None:
    """Numbered 1 to 60, each figure once, the one that moves most first."""
    assert [int(r.number) for r in ROWS] == list(range(1, 61))
    assert len({r.path for r in ROWS}) == 60
    moves = [float(r.moves) for r in ROWS]
    assert moves == sorted(moves, reverse=True)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.path)
def test_row_is_what_the_files_say(row: Row) -> None:
    """Value with its unit, range, source, confidence."""
    found = figure(row)
    value, unit, *span = row.written.split(" ", 2)
    assert found.text == f"{value} {unit}"
    if span:
        low, high = (float(x) for x in span[0].strip("()").split(".."))
        scale = found.value / float(value)
        assert found.low == pytest.approx(low * scale)
        assert found.high == pytest.approx(high * scale)
    else:
        assert (found.low, found.high) == (None, None)
    assert found.source == row.source
    assert (found.confidence or "–") == row.confidence


@pytest.mark.parametrize("row", ROWS[:12], ids=lambda row: row.path)
def test_it_moves_the_rate_as_much_as_the_page_says(row: Row) -> None:
    """Set to either end and solved again; the first rows stand for all."""
    changed = [
        100 * scenario(row.run).replace({row.path: end}).solve().indicators.value[RATE] for end in ends(row)
    ]
    most = max(abs(c - rate(row.run)) for c in changed)
    assert most == pytest.approx(float(row.moves), rel=0.05, abs=0.02)


def test_what_no_document_stands_for_is_called_so() -> None:
    """A row of judgement or memory says «ours» or «open» and is low; a confirmed one names a document."""
    for row in ROWS:
        kind = scenario(row.run).system.source_kinds.get(row.source)
        if kind in ("judgement", "memory"):
            assert row.confidence == "low"
            assert re.search(r"\b(ours?|open|confirmed in size)\b", row.outcome), row.path
