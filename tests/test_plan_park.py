"""The tables of docs/park.md, docs/zh/park.md and of both READMEs' part on the park are those of runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import mfa
from tests.test_plan import BOTH, RATE, ROWS, YEARS, Of, missing, number_of, solved, tables, value

ROOT = Path(__file__).parent.parent
PARK = (ROOT / "docs" / "park.md").read_text(encoding="utf-8")
CHINESE_PARK = (ROOT / "docs" / "zh" / "park.md").read_text(encoding="utf-8")
PAGES = {
    "docs/park.md": PARK,
    "docs/zh/park.md": CHINESE_PARK,
    "README.md": (ROOT / "README.md").read_text(encoding="utf-8").partition("## The whole park")[2],
    "README.zh.md": (ROOT / "README.zh.md").read_text(encoding="utf-8").partition("## 整个园区")[2],
}


def waste(name: str) -> Of:
    return value(f"industrial-solid-waste-{name}", 1e6)


COLUMNS: dict[str, Of] = {
    "generated Mt/a": waste("generated"),
    "utilised Mt/a": waste("utilised"),
    "unsold Mt/a": waste("unsold"),
    "disposed Mt/a": waste("disposed"),
    "stored Mt/a": waste("stored"),
    "utilisation": value(RATE, 0.01),
    "to 95 %, Mt/a": missing(RATE),
    "utilisation and disposal": value(BOTH, 0.01),
    "to 100 %, Mt/a": missing(BOTH),
}


def moved(material: str, source: str = "", target: str = "") -> Of:
    """What a source gives into a pool, or a target takes out of it, in millions a year."""

    def of(result: mfa.Result) -> float:
        flows = [f for f in result.flow_list if f.material == material]
        return sum(f.amount for f in flows if (f.source == source if source else f.target == target)) / 1e6

    return of


TRADE: dict[str, Of] = {
    "bauxite mined (all of the county's, for all who use it)": moved("bauxite", source="bauxite-mining"),
    "bauxite bought": moved("bauxite", source="import"),
    "clean coal sold": moved("clean-coal", target="export"),
    "coke sold": moved("coke", target="export"),
    "fly ash bought": moved("chp-fly-ash", source="import"),
    "slag bought": moved("bf-slag", source="import"),
    "ferrosilicon bought": moved("ferrosilicon", source="import"),
    "grid power, TWh/a": moved("grid-import", source="import"),
    "sewage past the works": moved("sewage-influent", target="emission"),
}
TARGETS: dict[str, Of] = {
    "`industrial-water-reuse`": value("industrial-water-reuse", 0.01),
    "`industrial-water-reuse-without-circulation`": value("industrial-water-reuse-without-circulation", 0.01),
    "`sewage-treatment`": value("sewage-treatment", 0.01),
    "`reclaimed-water-use`": value("reclaimed-water-use", 0.01),
    "`hazardous-waste-utilisation-and-disposal`": value("hazardous-waste-utilisation-and-disposal", 0.01),
    "`energy-intensity`, 当量, tce/万元": value("energy-intensity"),
    "`energy-intensity-equivalent`, 等价, tce/万元": value("energy-intensity-equivalent"),
    "`water-intensity`, m3/万元": value("water-intensity"),
    "`output-value`, 亿元/a": value("output-value", 1e8),
    "`value-added`, 亿元/a": value("value-added", 1e8),
}

IN_CHINESE: dict[str, tuple[str, float]] = {
    "产生": ("generated Mt/a", 100),
    "利用": ("utilised Mt/a", 100),
    "待消纳": ("unsold Mt/a", 100),
    "处置": ("disposed Mt/a", 100),
    "贮存": ("stored Mt/a", 100),
    "综合利用率": ("utilisation", 1),
    "距 95 % 还差": ("to 95 %, Mt/a", 100),
    "综合处置利用率": ("utilisation and disposal", 1),
    "距 100 % 还差": ("to 100 %, Mt/a", 100),
    "开采铝土矿（全县的矿，供各处使用）": ("bauxite mined (all of the county's, for all who use it)", 100),
    "外购铝土矿": ("bauxite bought", 100),
    "外售洗精煤": ("clean coal sold", 100),
    "外售焦炭": ("coke sold", 100),
    "外购粉煤灰": ("fly ash bought", 100),
    "外购高炉水渣": ("slag bought", 100),
    "外购硅铁": ("ferrosilicon bought", 100),
    "外购网电，亿kWh/a": ("grid power, TWh/a", 10),
    "污水厂未能接纳的污水": ("sewage past the works", 100),
    "`industrial-water-reuse` 工业用水重复利用率": ("`industrial-water-reuse`", 1),
    "`industrial-water-reuse-without-circulation` 同上，不计循环水": (
        "`industrial-water-reuse-without-circulation`",
        1,
    ),
    "`sewage-treatment` 污水处理率": ("`sewage-treatment`", 1),
    "`reclaimed-water-use` 中水回用率": ("`reclaimed-water-use`", 1),
    "`hazardous-waste-utilisation-and-disposal` 危险废物利用处置率": (
        "`hazardous-waste-utilisation-and-disposal`",
        1,
    ),
    "`energy-intensity` 单位增加值能耗（当量值），tce/万元": ("`energy-intensity`, 当量, tce/万元", 1),
    "`energy-intensity-equivalent` 单位增加值能耗（等价值），tce/万元": (
        "`energy-intensity-equivalent`, 等价, tce/万元",
        1,
    ),
    "`water-intensity` 单位增加值新水用量，m3/万元": ("`water-intensity`, m3/万元", 1),
    "`output-value` 工业总产值，亿元/a": ("`output-value`, 亿元/a", 1),
    "`value-added` 工业增加值，亿元/a": ("`value-added`, 亿元/a", 1),
}
"""A column or row of the Chinese page: the English one, and how many 万t, 亿kWh make one of its units."""


def known(name: str) -> Of | None:
    """What a column or row shows, by its name in either language."""
    english, units = IN_CHINESE.get(name, (name, 1))
    of = {**ROWS, **TRADE, **TARGETS, **COLUMNS}.get(english)
    return (lambda result: of(result) * units) if of else None


def variants(cell: str) -> list[str]:
    return re.findall(r"`([\w-]+)`", cell)


def of_row(row: str, year: str) -> float:
    """A named row, else the rate with the variants in backticks."""
    of = known(row)
    return of(solved(year)) if of else value(RATE, 0.01)(solved(year, *variants(row)))


def wrong(cell: str, fresh: float, where: str) -> list[str]:
    number = number_of(cell)
    told = f"{fresh:.{len(number.partition('.')[2])}f}"
    return [] if told == number else [f"{where}: {number} on the page, {told} in the run"]


def of_years(page: str, year: str) -> list[str]:
    """What is wrong in the column of a year, in every table of a page that has one."""
    found: list[str] = []
    for header, *body in tables(page):
        for row in body if year in header else ():
            cell = row[header.index(year)]
            if re.match(r"\d", cell):
                found += wrong(cell, of_row(row[0], year), row[0])
    return found


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("page", PAGES)
def test_columns_of_a_year(page: str, year: str) -> None:
    found = of_years(PAGES[page], year)
    assert not found, f"{page}, {year}:\n" + "\n".join(found)


def results(page: str) -> list[list[str]]:
    """The table that has one row a scenario and its variants."""
    return next(t for t in tables(page) if t[0][0] in ("scenario", "情景"))


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("page", ["docs/park.md", "docs/zh/park.md"])
def test_results_of_a_year(page: str, year: str) -> None:
    header, *body = results(PAGES[page])
    rows = [row for row in body if row[0] == year]
    assert len(rows) >= 5
    found: list[str] = []
    for row in rows:
        result = solved(year, *variants(row[1]))
        for name, cell in zip(header[2:], row[2:], strict=True):
            of = known(name)
            assert of, name
            found += wrong(cell, of(result), f"{row[1]}, {name}")
    assert not found, f"{page}, {year}:\n" + "\n".join(found)


def test_both_pages_on_the_park_have_the_same_rows() -> None:
    """Which variants, years and empty cells: the figures themselves are held to the runs."""

    def shape(page: str) -> list[list[tuple[list[str], list[bool]]]]:
        return [
            [(variants(row[0]) if "2021" in table[0] else [], [bool(c) for c in row]) for row in table]
            for table in tables(page)
        ]

    assert shape(CHINESE_PARK) == shape(PARK)
    english, chinese = ([(row[0], variants(row[1])) for row in results(p)[1:]] for p in (PARK, CHINESE_PARK))
    assert chinese == english
    assert {name for t in tables(CHINESE_PARK) for row in t for name in row} >= set(IN_CHINESE)


def test_every_taker_of_waste_has_a_basis() -> None:
    """No point of the rate is used by somebody of whom the files do not say who vouches for him."""
    for year in YEARS:
        for variant in ("at-capacity",) if year == "2021" else ("assumed-outlets", "market-limited"):
            result = solved(year, variant)
            wastes = [m for m in result.wastes if result.system.materials[m].waste == "industrial-solid"]
            uses = [u for m in wastes for u in result.wastes[m].uses if u.fate == "utilisation"]
            assert [u.node for u in uses if u.amount > 1e-6 and not u.basis] == [], (year, variant)


@pytest.mark.parametrize(("level", "mud"), [("low", 25), ("middle", 30), ("recipe", 40)])
def test_the_share_of_mud_in_ceramsite(level: str, mud: float) -> None:
    """% of the dry feed: the mud is that of the level, ash is 25 and tailings 22, gangue is the rest."""
    scenario = mfa.load("jiaokou-2030", levers={"ceramsite-mud": level})
    recipe = scenario.system.processes["red-mud-ceramsite"].inputs
    feed = {m: recipe[m].figure.value for m in ("red-mud", "chp-fly-ash", "bauxite-tailings", "coal-gangue")}
    shares = {m: round(100 * v / sum(feed.values()), 1) for m, v in feed.items()}
    assert shares == {"red-mud": mud, "chp-fly-ash": 25, "bauxite-tailings": 22, "coal-gangue": 53 - mud}
