"""Stocks over the years as areas: closed forms, the table of cohorts, what is refused."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from matplotlib.axes import Axes

import mfa
from mfa.show.charts.draw import draw
from mfa.show.charts.several_runs import Named
from mfa.show.charts.stock_areas import AGES

YEARS = range(2025, 2035)
SHAPE, SCALE = 2.0, 6.0
PARTS = """
scenario: parts
periods: {from: 2025, to: 2034}
materials:
  ore: {kind: resource}
  part: {kind: product}
  scrap: {kind: waste, waste: industrial-solid}
processes:
  foundry: {per: part, inputs: {ore: 1 t/t}}
stocks:
  in-use:
    label: {en: Parts in use, zh: 在用件}
    material: part
    becomes: scrap
    lifetime: {dist: weibull, shape: 2.0, scale: 6 a}
    initial: {2020: 60 t, 2022: 80 t}
  yard: {label: {en: Yard, zh: 堆场}, material: scrap, initial: 10 t, capacity: {2025: 300 t, 2034: 480 t}}
  unused: {material: part}
pools:
  part: {takers: [{stock: in-use}]}
  scrap: {takers: [{stock: yard}, {boundary: deposit}]}
drive: {foundry: {2025: 100 t/a, 2034: 190 t/a}}
"""


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> mfa.Result:
    file = tmp_path_factory.mktemp("parts") / "parts.yaml"
    file.write_text(PARTS, encoding="utf-8")
    return mfa.load(file).solve()


def chart(result: mfa.Result, *of: str, lang: str = "en") -> Axes:
    return draw("stocks", [Named(one, "parts") for one in result.each], of, None, lang)


def tall(ax: Axes) -> dict[str, dict[int, float]]:
    """Area → year → how tall it is there, in the unit of the axis, from the bottom up."""
    found: dict[str, dict[int, float]] = {}
    for area in ax.collections:
        (path,) = area.get_paths()
        at = {int(x): [y for z, y in path.vertices if z == x] for x, _ in path.vertices}
        found[str(area.get_gid())] = {x: max(ys) - min(ys) for x, ys in sorted(at.items())}
    return found


def left(cohort: int, year: int) -> float:
    """Of a Weibull lifetime, the share of what entered in mid-year that is left at the end of a year."""
    return math.exp(-(((year + 1 - cohort - 0.5) / SCALE) ** SHAPE))


def test_cohorts_are_areas_of_the_closed_form(parts: mfa.Result) -> None:
    """Ten years of entry in twos above what was there before, each as large as exp(−(a/λ)^k) leaves it."""
    found = tall(chart(parts))
    names = ["2020–2022", "2025–2026", "2027–2028", "2029–2030", "2031–2032", "2033–2034"]
    assert list(found) == names
    assert len(names) <= len(AGES)
    for year in YEARS:
        old = sum(amount * left(c, year) / left(c, 2024) for c, amount in ((2020, 60), (2022, 80)))
        assert found["2020–2022"][year] == pytest.approx(old)
        for first in range(2025, 2035, 2):
            entered = [c for c in (first, first + 1) if c <= year]
            hand = sum((100 + 10 * (c - 2025)) * left(c, year) for c in entered)
            assert found[f"{first}–{first + 1}"][year] == pytest.approx(hand, abs=1e-9)


def test_areas_add_up_to_the_stock(parts: mfa.Result) -> None:
    """What is drawn of a year is its closing in the table of stocks, and the sum of its cohorts."""
    found = tall(chart(parts, "in-use")).values()
    table = parts.stocks[parts.stocks["stock"] == "in-use"].set_index("period")["closing"]
    cohorts = parts.cohorts.groupby("period")["amount"].sum()
    for year in YEARS:
        drawn = sum(area[year] for area in found)
        assert drawn == pytest.approx(table[year]) == pytest.approx(cohorts[year])


@pytest.mark.parametrize(
    ("lang", "room", "full"), [("en", "room 300 t", "full in"), ("zh", "容量 300 t", "堆满")]
)
def test_yard_and_its_room(parts: mfa.Result, lang: str, room: str, full: str) -> None:
    """What lies there is opening and inflow together; the line is the room of each year, 20 t more each."""
    ax = chart(parts, "yard", lang=lang)
    (area,) = tall(ax).values()
    (line,) = (x for x in ax.get_lines() if x.get_gid() == "room")
    rooms = [300 + 20 * i for i in range(10)]
    assert [float(y) for y in line.get_ydata()] == pytest.approx([*rooms, rooms[-1]])
    gone = 0.0
    for year in YEARS:
        before = [(2020, 60 / left(2020, 2024)), (2022, 80 / left(2022, 2024))]
        born = [*before, *((c, 100.0 + 10 * (c - 2025)) for c in range(2025, year + 1))]
        gone = sum(a * ((left(c, 2024) if c < 2025 else 1.0) - left(c, year)) for c, a in born)
        assert area[year] == pytest.approx(min(10 + gone, rooms[year - 2025]))
    assert 10 + gone > rooms[-1]  # so that the room is reached
    said = [text.get_text() for text in ax.texts]
    assert room in said
    assert any(full in text for text in said)


def test_one_year_has_its_own_cohorts(parts: mfa.Result) -> None:
    """The result of a year has the rows of that year, the same as those of all years."""
    own, every = parts.year(2030).cohorts, parts.cohorts
    assert own.to_dict("records") == every[every["period"] == 2030].to_dict("records")
    assert set(own["cohort"]) == {2020, 2022, *range(2025, 2031)}


def test_refused(parts: mfa.Result, tmp_path: Path) -> None:
    """One year, no such stock, a stock of nothing, two scenarios."""
    with pytest.raises(mfa.Error, match="'stocks' draws a run through several years, and parts is of one"):
        parts.year(2030).chart("stocks", tmp_path / "one.svg")
    with pytest.raises(mfa.Error, match=r"no stock 'in-usse'; did you mean 'in-use'"):
        parts.chart("stocks", tmp_path / "no.svg", of="in-usse")
    with pytest.raises(mfa.Error, match="all amounts are zero"):
        parts.chart("stocks", tmp_path / "nothing.svg", of="unused")
    with pytest.raises(mfa.Error, match="'stocks' draws one run, 2 were given"):
        mfa.chart("stocks", [parts, parts], tmp_path / "two.svg")
    assert not list(tmp_path.iterdir())


def test_report_shows_stocks_in_use_first(parts: mfa.Result, tmp_path: Path) -> None:
    """The page has a chart of each stock that holds something, by year of entry or as a yard."""
    for lang, names in (("en", ("Parts in use", "Yard")), ("zh", ("在用件", "堆场"))):
        parts.report(tmp_path / "page.html", lang=lang)
        page = (tmp_path / "page.html").read_text(encoding="utf-8")
        places = [page.index(f'aria-label="{name}"') for name in names]
        assert places == sorted(places)
        assert "2020–2022" in page
