"""The Chinese pages on the plan hold the figures of the English ones, in Chinese units (万t, 万m3, 万tce).

These are plan.md, park.md and audit.md in docs/zh. test_plan.py and test_plan_park.py compare the tables of
plan.md and park.md with runs, test_docs.py runs the commands of all pages.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"
BOTH = {
    name: tuple((DOCS / folder / f"{name}.md").read_text(encoding="utf-8") for folder in ("", "zh"))
    for name in ("plan", "park", "audit")
}
ENGLISH, CHINESE = BOTH["plan"]
FENCE = re.compile(r"^```.*?^```[ ]*$", re.MULTILINE | re.DOTALL)
TABLE = re.compile(r"(?:^\|.*\n)+", re.MULTILINE)
YEARS = ("2021", "2022", "2025", "2027", "2030", "2032", "2035")
HELD_TO_RUNS = ("scenario", "情景")
"""The first column of the table of results, of which test_plan_park.py holds every cell."""
Quantity = tuple[str, Decimal]
"""What is counted, and how much of it in its own unit: t, m3, tce, 元 …"""

UNITS: dict[str, tuple[str, str]] = {
    "tce per 万元": ("tce/万元", "1"),
    "tce/万元": ("tce/万元", "1"),
    "t CO2 per 万元": ("t CO2/万元", "1"),
    "t CO2/万元": ("t CO2/万元", "1"),
    "m3 per 万元": ("m3/万元", "1"),
    "m3/万元": ("m3/万元", "1"),
    "CNY per t": ("元/t", "1"),
    "CNY/t": ("元/t", "1"),
    "元/t": ("元/t", "1"),
    "Mtce": ("tce", "1e6"),
    "万tce": ("tce", "1e4"),
    "Mm3": ("m3", "1e6"),
    "万m3": ("m3", "1e4"),
    "m3": ("m3", "1"),
    "Mt": ("t", "1e6"),
    "万t": ("t", "1e4"),
    "kt": ("t", "1e3"),
    "t": ("t", "1"),
    "TWh": ("kWh", "1e9"),
    "GWh": ("kWh", "1e6"),
    "亿kWh": ("kWh", "1e8"),
    "Mm2": ("m2", "1e6"),
    "亿m2": ("m2", "1e8"),
    "万m2": ("m2", "1e4"),
    "亿元": ("元", "1e8"),
    "people": ("人", "1"),
    "persons": ("人", "1"),
    "万人": ("人", "1e4"),
    "km": ("km", "1"),
    "公里": ("km", "1"),
    "GW": ("MW", "1e3"),
    "MW": ("MW", "1"),
    "%": ("%", "1"),
    "points": ("points", "1"),
    "个百分点": ("points", "1"),
}
UNIT = r"(?<![A-Za-z])(?:{})(?![A-Za-z])".format("|".join(map(re.escape, UNITS)))
FIGURE = r"(?:\d{1,3}(?: \d{3})+(?!\d)|\d+(?:\.\d+)?)"
NUMBER = re.compile(rf"(?<![A-Za-z\d.])(?<!\d-)({FIGURE})(?!-\d)(?:\s?({UNIT}))?")
"""A number with its unit, if one follows; no digits of CO2, Al2O3, m3, 6-1."""

JOINED = re.compile(r"\s?(?:[,、和或到对–]|and|or|to|of)?\s?\+?")
"""Between numbers that share the unit of the last, as in «300 and 240 万t»."""


def quantities(text: str) -> list[Quantity]:
    """Every number of a text in its unit; «» where it has none."""
    found = list(NUMBER.finditer(text))
    units = [m[2] for m in found]
    for i, (one, following) in reversed(list(enumerate(pairwise(found)))):
        if units[i] is None and JOINED.fullmatch(text[one.end() : following.start()]):
            units[i] = units[i + 1]
    return [quantity(m[1], u) for m, u in zip(found, units, strict=True)]


def quantity(figure: str, unit: str | None) -> Quantity:
    kind, factor = UNITS[unit] if unit else ("", "1")
    return kind, Decimal(figure.replace(" ", "")) * Decimal(factor)


def tables(page: str) -> list[list[list[str]]]:
    """Cells of each table, its header first."""
    blocks = TABLE.findall(FENCE.sub("", page))
    rows = [[[c.strip() for c in line.strip("|").split("|")] for line in b.splitlines()] for b in blocks]
    return [[table[0], *table[2:]] for table in rows]


def unit_of(label: str) -> str | None:
    """The unit that the label of a row or of a table names."""
    found = re.search(rf"(?:, |，|^)({UNIT})", label)
    return found[1] if found else None


def figures(table: list[list[str]]) -> list[tuple[list[str], dict[str, Quantity]]]:
    """Scenario variants and figures by year of each row; a row without unit has that of the row above."""
    header, *body = table
    unit, rows = unit_of(header[0]), []
    for row in body:
        unit = unit_of(row[0]) or unit
        years = {
            h: quantity(number(c), "%" if c.endswith("%") else unit)
            for h, c in zip(header, row, strict=True)
            if by_years(header) and h in YEARS and c
        }
        rows.append((re.findall(r"`([\w-]+)`", row[0]), years))
    return rows


def by_years(header: list[str]) -> bool:
    """Whether the columns of a table that begin with a year are years alone."""
    return all(h in YEARS for h in header if h[:2] == "20")


def number(cell: str) -> str:
    found = re.fullmatch(rf"({FIGURE})(?: %)?", cell)
    assert found, f"no number: {cell}"
    return found[1]


def prose(page: str) -> str:
    """The text and the cells of tables that are no figure of a year; no blocks, links, variants."""
    text = FENCE.sub("", page)
    for block in TABLE.findall(text):
        header, *body = tables(block)[0]
        years = YEARS if by_years(header) else ()
        kept = [c for row in body for h, c in zip(header, row, strict=True) if h not in years]
        shown = [] if header[0] in HELD_TO_RUNS else [header[0], *kept]
        text = text.replace(block, "\n;\n".join(shown) + "\n")
    return bare(text)


def bare(text: str) -> str:
    """Without links, names of the model, numbers of lines and of chapters, 3D."""
    return re.sub(r"\]\([^)]*\)|`[^`]*`|^\d\. |chapter \d|3D", " ", text, flags=re.MULTILINE)


def strangers(chinese: str, english: str = ENGLISH) -> list[Quantity]:
    """Numbers in the text of a Chinese page that the English one does not have, in that unit.

    The English text may leave out «points» and «km» where they were said before.
    """
    shown = set(quantities(prose(english)))
    if english is ENGLISH:
        shown |= {q for table in tables(english) for _, years in figures(table) for q in years.values()}
    unitless = {amount for kind, amount in shown if kind == ""}
    return [
        (kind, amount)
        for kind, amount in quantities(prose(chinese))
        if (kind, amount) not in shown and not (kind in ("points", "km") and amount in unitless)
    ]


def words(table: list[list[str]], row: int) -> set[Quantity]:
    """The quantities of a row that are no figures of a year."""
    cells = [c for h, c in zip(table[0], table[row], strict=True) if h not in YEARS]
    return set(quantities(bare("\n;\n".join(cells))))


ROWS = [(i, j) for i, table in enumerate(tables(ENGLISH)) for j in range(len(table) - 1)]


def test_both_pages_have_the_same_tables() -> None:
    sizes = [
        [(len(t), t[0][1:5] if by_years(t[0]) else len(t[0])) for t in tables(page)]
        for page in (ENGLISH, CHINESE)
    ]
    assert sizes[0] == sizes[1]


@pytest.mark.parametrize(("table", "row"), ROWS)
def test_rows_hold_the_same_figures(table: int, row: int) -> None:
    english, chinese = (figures(tables(page)[table])[row] for page in (ENGLISH, CHINESE))
    assert chinese == english, tables(CHINESE)[table][row + 1][0]


@pytest.mark.parametrize("name", BOTH)
def test_numbers_in_the_text_are_those_of_the_english_page(name: str) -> None:
    english, chinese = BOTH[name]
    assert strangers(chinese, english) == []


@pytest.mark.parametrize("name", ["park", "audit"])
def test_rows_tell_the_same_numbers(name: str) -> None:
    """Row by row, what is no figure of a year: sizes, projects, limits, claims and verdicts."""
    pairs = list(zip(*map(tables, BOTH[name]), strict=True))
    assert len(pairs) >= 5
    for english, chinese in pairs:
        assert len(chinese) == len(english), chinese[0]
        for row in range(len(english)):
            if english[0][0] not in HELD_TO_RUNS:
                assert words(chinese, row) == words(english, row), chinese[row][0]


@pytest.mark.parametrize("name", BOTH)
def test_tables_of_the_plan_are_named_as_on_the_english_page(name: str) -> None:
    english, chinese = (set(re.findall(r"(?<![\d-])\d-\d(?![\d-])", prose(page))) for page in BOTH[name])
    assert english == chinese


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("氧化铝 240 万t/a、1480 万t/a、28 % 和 62 %，9.5 万人，1.5 万m3/d", []),
        ("氧化铝 2.4 万t/a", [("t", Decimal(24000))]),
        ("洗煤 1490 万t/a", [("t", Decimal(14900000))]),
        ("最高 99 %", [("%", Decimal(99))]),
        ("产值 116 亿元", [("元", Decimal("1.16e10"))]),
        ("污水厂 15 万m3/d", [("m3", Decimal(150000))]),
    ],
)
def test_a_wrong_number_is_found(text: str, wrong: list[Quantity]) -> None:
    assert strangers(text) == wrong


@pytest.mark.parametrize(
    ("name", "old", "new", "wrong"),
    [
        ("park", "生铁 38 万t/a", "生铁 39 万t/a", ("t", Decimal(390000))),
        ("park", "陶粒 400 万m3/a", "陶粒 410 万m3/a", ("m3", Decimal(4100000))),
        ("audit", "376 万t/a", "37.6 万t/a", ("t", Decimal(376000))),
        ("audit", "| 63.9–106 |", "| 63.9–107 |", ("", Decimal(107))),
    ],
)
def test_a_wrong_number_of_another_page_is_found(name: str, old: str, new: str, wrong: Quantity) -> None:
    english, chinese = BOTH[name]
    assert old in chinese
    assert strangers(chinese.replace(old, new), english) == [wrong]
