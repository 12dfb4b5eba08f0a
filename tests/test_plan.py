"""docs/plan.md is true: its tables are those of runs made here, and its text quotes only what it shows.

test_docs.py runs the commands and the code of the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import mfa

PAGE = (Path(__file__).parent.parent / "docs" / "plan.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```.*?^```[ ]*$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"(?<![\w.-])\d+(?:\.\d+)?(?![\w.]*\d)")
YEARS = ("2021", "2025", "2030", "2035")
RATE = "industrial-solid-waste-utilisation"
BOTH = f"{RATE}-and-disposal"
Of = Callable[[mfa.Result], float]

# What the text quotes: not results of a run.
YEARS_AND_PROJECTS = "2021 2022 2025 2030 2035 3 4 22 27 31 36 37"
TABLES_TARGETS_STANDARDS = "6 7 9 95 100 70 7119 14051"
STATED_FIGURES = "38 2 14.8 11.8 240 34.56 30 50 250 300 2.5 2.8 20 10 15 000 2.4 120 60 22"
SAMPLES = "1 024"
OUTLETS = "3.00 4.24 1.23 0.50 0.19 510 1.6 0.011 0.024"  # of mfa plan: held by test_park_plans.py
INVESTMENT = "6.04 132 96 220 42"  # CNY for a tonne a year, and the size of project 37, as the files say
LESS = "1.36 262 3.5 18.9 12.3 10.2 4.5 94.0 0.45 0.08 0.63 0.12 3.1"  # less-made: held there too
FRONT = "7.35 6 0.04 0.15 12.39"
PLANNED = {
    *f"{YEARS_AND_PROJECTS} {TABLES_TARGETS_STANDARDS} {STATED_FIGURES} {SAMPLES}".split(),
    *f"{OUTLETS} {INVESTMENT} {LESS} {FRONT}".split(),
}


@cache
def solved(year: str, *variants: str) -> mfa.Result:
    return mfa.load(f"jiaokou-{year}", variants=list(variants)).solve()


def value(name: str, unit: float = 1.0) -> Of:
    """An indicator in multiples of a unit."""
    return lambda result: result.indicators.value[name] / unit


def missing(name: str) -> Of:
    """What is missing to a target, Mt a year."""
    return lambda result: result.indicators.distance_amount[name] / 1e6


def unused(*wastes: str) -> Of:
    """Generated and not utilised, Mt a year; without names, of all industrial solid waste."""

    def of(result: mfa.Result) -> float:
        every = {m: w.account() for m, w in result.wastes.items() if _counts(result, m)}
        chosen = [every[m] for m in (wastes or every) if m in every]
        return sum(a.stored + a.disposed + a.dumped for a in chosen) / 1e6

    return of


def _counts(result: mfa.Result, material: str) -> bool:
    return result.system.materials[material].waste == "industrial-solid"


def vouched() -> Of:
    """What is used by takers whose size a statistic or the plan states, % of what is generated."""

    def of(result: mfa.Result) -> float:
        uses = [u for m, w in result.wastes.items() if _counts(result, m) for u in w.uses]
        used = sum(u.amount for u in uses if u.fate == "utilisation" and u.basis in ("measured", "stated"))
        return float(100 * used / result.indicators.value["industrial-solid-waste-generated"])

    return of


def rest(*wastes: str) -> Of:
    """What is not utilised of all others."""
    return lambda result: unused()(result) - unused(*wastes)(result)


def carried(layer: str, unit: float, chosen: Callable[[str, str, str], bool]) -> Of:
    """A layer on the flows chosen by material, source and target, in multiples of a unit (kg)."""

    def of(result: mfa.Result) -> float:
        flows = result.layer(layer).flows(result.flow_list)
        return sum(f.amount for f in flows if chosen(f.material, f.source, f.target)) / unit

    return of


def is_wasted(_material: str, _source: str, target: str) -> bool:
    return target == "deposit" or target.endswith("-yard")


def is_sold(_material: str, _source: str, target: str) -> bool:
    return target == "export"


def is_bought(_material: str, source: str, _target: str) -> bool:
    return source == "import"


def amount(material: str, target: str) -> Of:
    """What goes from a pool to a target, Mt a year."""
    return lambda result: sum(
        f.amount / 1e6 for f in result.flow_list if f.material == material and f.target == target
    )


PLAN = "the plan alone"
GANGUE = ("coal-gangue",)
MUD = ("red-mud", "red-mud-concentrate")
TAILINGS = ("bauxite-tailings",)
ASH = ("chp-fly-ash", "chp-bottom-ash", "cfb-fly-ash", "cfb-bottom-ash")
SLAG = ("magnesium-slag",)
ROWS: dict[str, Of] = {
    "by what a statistic or the plan states": vouched(),
    "solid waste generated, Mt/a": value("industrial-solid-waste-generated", 1e6),
    "utilised (95 %)": value(RATE, 0.01),
    "missing to 95 %, Mt/a": missing(RATE),
    "utilised or disposed (100 %)": value(BOTH, 0.01),
    "missing to 100 %, Mt/a": missing(BOTH),
    "hazardous waste utilised or disposed (100 %)": value("hazardous-waste-utilisation-and-disposal", 0.01),
    "coal gangue": unused(*GANGUE),
    "red mud": unused(*MUD),
    "flotation tailings": unused(*TAILINGS),
    "ash": unused(*ASH),
    "magnesium slag": unused(*SLAG),
    "all others": rest(*GANGUE, *MUD, *TAILINGS, *ASH, *SLAG),
    "energy, 当量 calorific, Mtce/a": value("energy-use", 1e6),
    "energy, 等价 equivalent, Mtce/a": value("energy-use-equivalent", 1e6),
    "CO2, scope 1, Mt/a": value("co2-scope-1", 1e6),
    "the same by statutory factors": lambda r: (
        value("co2-combustion-by-factor", 1e6)(r) + value("co2-process-by-factor", 1e6)(r)
    ),
    "CO2, scope 2, Mt/a": lambda r: r.indicators.value.get("co2-scope-2", 0.0) / 1e6,
    "fresh water, Mm3/a": value("fresh-water", 1e6),
    "water reused (70 %), circulation counted": value("industrial-water-reuse", 0.01),
    "water reused, circulation not counted": value("industrial-water-reuse-without-circulation", 0.01),
    "sewage that enters treatment (100 %)": value("sewage-treatment", 0.01),
    "of it past the works, Mt/a": amount("sewage-influent", "emission"),
    "output value, 亿元/a": value("output-value", 1e8),
    "of it clean coal of the washeries": value("output-value@enterprise:washeries", 1e8),
    "value added, 亿元/a": value("value-added", 1e8),
    "tce per 万元, 当量": value("energy-intensity"),
    "tce per 万元, 等价": value("energy-intensity-equivalent"),
    "t CO2 per 万元": value("co2-intensity"),
    "m3 per 万元": value("water-intensity"),
    "CNY per t of main resources": value("resource-productivity"),
    "paid for what is bought, 亿元/a": lambda r: r.costs.bought / 1e8,
    "of it lost with waste, 亿元/a": lambda r: r.costs.lost / 1e8,
    "gallium that enters, t/a": carried("Ga", 1e3, is_bought),
    "sold as gallium and GaAs": carried(
        "Ga", 1e3, lambda m, s, t: t == "export" and m in ("gallium", "gaas-crystal")
    ),
    "lost in the hydrate": carried("Ga", 1e3, lambda m, s, t: m == "gallium-in-hydrate" and t == "emission"),
    "in yards, landfill and backfill": carried("Ga", 1e3, is_wasted),
    "Al2O3 that enters, Mt/a": carried("Al2O3", 1e9, is_bought),
    "sold in whatever holds it": carried("Al2O3", 1e9, is_sold),
    "Al2O3 in yards, landfill and backfill": carried("Al2O3", 1e9, is_wasted),
}
# Rows that state a figure of the plan, not of a run.
STATED = ("the plan: output value", "the plan: value added")


def tables(page: str) -> list[list[list[str]]]:
    """Cells of each table of a page, its header first."""
    blocks = re.findall(r"(?:^\|.*\n)+", FENCE.sub("", page), re.MULTILINE)
    rows = [[[c.strip(" *") for c in line.strip("|").split("|")] for line in b.splitlines()] for b in blocks]
    return [[table[0], *table[2:]] for table in rows]


def cells() -> list[tuple[str, str, str]]:
    """Row, year, cell of every number of the tables by single years.

    test_plan_years.py has those that go year by year, the code of the page those of samples.
    """
    found = []
    for header, *body in tables(PAGE):
        if any(h[:2] == "20" and h not in YEARS for h in header):
            continue
        for row in body:
            if row[0] not in STATED:
                pairs = zip(header, row, strict=True)
                found += [(row[0], h, c) for h, c in pairs if h in YEARS and re.match(r"[\d.]", c)]
    return found


def number_of(cell: str) -> str:
    return cell.split(maxsplit=1)[0]


def of_run(row: str, year: str) -> float:
    """What a cell ought to say: a named row, or the rate of the variants in backticks."""
    if row in ROWS:
        return ROWS[row](solved(year))
    return value(RATE, 0.01)(solved(year, *variants_of(row)))


def variants_of(row: str) -> list[str]:
    """The variants in backticks of a row; «the same with» adds to the row of the highest rate."""
    named = re.findall(r"`([\w-]+)`", row)
    return [*variants_of(highest_row()), *named] if row.startswith("the same with") else named


def highest_row() -> str:
    return next(row for row, _, _ in cells() if row.startswith("highest"))


def test_every_row_is_known() -> None:
    named = {row for row, _, _ in cells()}
    assert set(ROWS) <= named
    assert all(row in ROWS or row == PLAN or "`" in row for row in named), named - set(ROWS)


@pytest.mark.parametrize("year", YEARS)
def test_tables_are_those_of_a_run(year: str) -> None:
    wrong = []
    for row, at, cell in cells():
        if at == year:
            number = number_of(cell)
            fresh = f"{of_run(row, year):.{len(number.partition('.')[2])}f}"
            if fresh != number:
                wrong.append(f"{row}: {number} on the page, {fresh} in the run")
    assert not wrong, f"docs/plan.md, {year}:\n" + "\n".join(wrong)


def test_figures_in_the_text_are_shown_on_the_page() -> None:
    blocks, lines = FENCE.findall(PAGE), re.findall(r"^\|.*$", PAGE, re.MULTILINE)
    shown = {*NUMBER.findall("\n".join([*blocks, *lines])), *PLANNED}
    text = re.sub(r"\]\([^)]*\)|`[^`]*`|^\|.*$|^#.*$|^\d\. ", "", FENCE.sub("", PAGE), flags=re.MULTILINE)
    alone = [n for n in NUMBER.findall(text) if n not in shown]
    assert not alone, f"neither in a block nor in a table of docs/plan.md: {alone}"


def test_the_ore_reading_takes_in_two_million_tonnes() -> None:
    """The drive of the variant is worked out from the recipes; where they change it has to follow."""
    levels = solved("2025", "ore-reading").processes.set_index("process").level
    assert levels["low-grade-bauxite-mining"] == pytest.approx(2e6, rel=2e-3)


DECISIONS = (
    ("assumed-outlets", "market-limited"),
    ("backfill-counts", ""),
    ("washeries-outside", "washeries-clean-coal"),
    ("road-base-100-km", ""),
)
"""The four decisions of the page, each with its favourable and its unfavourable end."""


def test_no_decision_widens_the_range_of_2030() -> None:
    """Each decision turned round makes the highest rate lower, and the lowest no lower."""

    def rate(*ends: int) -> float:
        names = [pair[end] for pair, end in zip(DECISIONS, ends, strict=True)]
        return value(RATE, 0.01)(solved("2030", *filter(None, names)))

    for i in range(len(DECISIONS)):
        one = [int(k == i) for k in range(len(DECISIONS))]
        assert rate(*one) < rate(0, 0, 0, 0)
        assert rate(*(1 - e for e in one)) >= rate(1, 1, 1, 1)
    shown = {
        row: float(c) for row, at, c in cells() if at == "2030" and row.startswith(("lowest", "highest"))
    }
    assert sorted(shown.values()) == [round(rate(1, 1, 1, 1)), round(rate(0, 0, 0, 0))]


def test_all_enters_that_leaves() -> None:
    """Gallium is conserved: what the recipes do not account for stays below 3 % in every year."""
    for year in YEARS:
        park = solved(year).layer("Ga").park
        assert abs(park.residue) < 0.03 * park.inputs
