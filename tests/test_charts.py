"""Charts: what is drawn is what was calculated by hand, words stand apart, files keep their text."""

from __future__ import annotations

import functools
import itertools
import math
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from PIL import Image

import mfa
from mfa.charting import titles
from mfa.results.indicators.target import Indicator
from mfa.show.chart_kinds import KINDS, SAMPLED
from mfa.show.charts.distribution import distribution, edges
from mfa.show.charts.draw import draw
from mfa.show.charts.gauge import gauge
from mfa.show.charts.merit_order import merit, order
from mfa.show.charts.several_runs import Named
from mfa.show.charts.style import LOOKS
from mfa.show.charts.tornado import tornado
from mfa.show.charts.waste_fates import heaps, wastes
from mfa.show.charts.waterfall import waterfall
from mfa.show.charts.years import spaced, years
from mfa.show.paper_size import paper_size
from mfa.show.summary import Summary
from mfa.show.text import scenario_line

CASES = Path(__file__).parent / "cases"
UTILISED = "industrial-solid-waste-utilisation"
LANGUAGES = ("en", "zh")
NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


def solved(case: str, *variants: str) -> mfa.Result:
    return mfa.load(CASES / case / "scenario.yaml", variants=variants).solve()


def words(ax: Axes) -> list[str]:
    """All that is written on a chart but the numbers of the axes."""
    return [t.get_text() for t in ax.texts] + [t.get_text() for t in ax.get_yticklabels()]


def text(ax: Axes) -> str:
    return " | ".join(words(ax)).replace(NBSP, " ")


def spans(ax: Axes, gid: str) -> list[tuple[float, float]]:
    """Start and end of the bars of this name."""
    bars = [p for p in ax.patches if p.get_gid() == gid]
    return [(p.get_x(), p.get_x() + p.get_width()) for p in bars]


def ends(ax: Axes, gid: str) -> list[float]:
    (found,) = spans(ax, gid)
    return list(found)


def boxes(figure: Figure) -> list[tuple[str, Any]]:
    """Every written word with the box that it takes in the picture, in pixels."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    found = []
    for label in figure.findobj(Text):
        if label.get_visible() and label.get_text().strip():
            extent = Text.get_window_extent(label, renderer)
            if isinstance(label, Annotation) or _shown(label, figure, extent):
                found.append((label.get_text(), extent))
    return found


def _shown(label: Text, figure: Figure, extent: Any) -> bool:
    """Marks of an axis beyond its ends are there, but not drawn."""
    ax = figure.axes[0]
    low, high = sorted(ax.get_xlim())
    wide, tall = sorted(ax.get_ylim())
    if label in ax.get_xticklabels():
        return low <= label.get_position()[0] <= high
    if label in ax.get_yticklabels():
        return wide <= label.get_position()[1] <= tall
    return label not in ax.get_xticklabels(minor=True)


def apart(ax: Axes) -> None:
    """No word lies on another, and none leaves the page."""
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    found = boxes(figure)
    assert found
    for (a, one), (b, other) in itertools.combinations(found, 2):
        wide = min(one.x1, other.x1) - max(one.x0, other.x0)
        tall = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert wide < 1.0 or tall < 1.0, f"«{a}» lies on «{b}»"
    for name, box in found:
        assert min(box.x0, box.y0) >= -1, name
        assert box.x1 <= figure.bbox.width + 1, name
        assert box.y1 <= figure.bbox.height + 1, name


# ---------------------------------------------------------------- gauge
@pytest.mark.parametrize("lang", LANGUAGES)
def test_gauge_missed(lang: str) -> None:
    """R = 150/200 = 75 % of at least 80 %: 5 points, 0.8 · 200 - 150 = 10 kt/a."""
    ax = gauge(solved("unproven", "missed"), UTILISED, lang=lang)
    assert ends(ax, "value") == pytest.approx([0, 75])
    assert ends(ax, "gap") == pytest.approx([75, 80])
    said = text(ax)
    for part in ("75.0 %", "≥ 80.0 %", "✗", "5.00", "10 kt/a"):
        assert part in said
    assert ("10 kt/a more must be utilised" in said) == (lang == "en")
    apart(ax)


def test_gauge_unproven() -> None:
    """95 % of at least 80 %, but only with the block plant, which lacks cement."""
    ax = gauge(solved("unproven"), UTILISED)
    assert "? reached only with the help of processes that lack an input: block-plant (lacks cement)" in text(
        ax
    )
    assert spans(ax, "gap") == []
    apart(ax)


def test_gauge_met() -> None:
    """95 % of at least 80 %: 15 points to spare."""
    ax = gauge(solved("unproven", "enough-cement"), UTILISED)
    assert "✓ target met, 15.00 points to spare" in text(ax)


def test_gauge_at_its_bound() -> None:
    """The bound itself; and 0.003 points above it, which two decimals do not show."""
    for value, said in ((0.9, "✓ target met exactly"), (0.90003, "less than 0.01 points to spare")):
        row = Indicator(UTILISED, value, "1", 0.9, None, "true")
        assert said in text(gauge(stand_in(row), UTILISED))


def test_gauge_without_target_or_value() -> None:
    """No target: the value alone, 40.275 %."""
    ax = gauge(solved("percentage"), UTILISED)
    assert "40.3 %" in text(ax)
    assert "no target set" in text(ax)
    empty = stand_in(Indicator(UTILISED, None, "1", 0.9))
    assert "no value (0 ÷ 0)" in text(gauge(empty, UTILISED))


def stand_in(*rows: Indicator) -> Any:
    """A run with indicators of the test's own."""
    return SimpleNamespace(system=solved("percentage").system, indicator_list=list(rows), wastes={})


def test_gauge_above_its_bound() -> None:
    """1.2 Mt/a where at most 0.9 is allowed: 0.3 Mt/a over, also where there is a lower bound as well."""
    name = "industrial-solid-waste-stored"
    rows = [Indicator(name, 1.2e6, "t/a", low, 9e5, "false", 3e5) for low in (None, 1e5)]
    for row in rows:
        ax = gauge(stand_in(row), name)
        assert "✗ target missed, 0.3 Mt/a over" in text(ax)
        assert ends(ax, "gap") == pytest.approx([0.9, 1.2])
        assert "≤ 0.9 Mt/a" in text(ax)


def test_gauge_of_nothing() -> None:
    """An indicator that the run has not is a fault with a hint."""
    with pytest.raises(mfa.Error, match=f"did you mean '{UTILISED}'"):
        gauge(solved("percentage"), UTILISED + "n")


@pytest.mark.parametrize(("lang", "said"), [("en", "Park, 2025"), ("zh", "园区（2025 年）")])
def test_year_stands_once(lang: str, said: str) -> None:
    """The year is added to a name that does not hold it."""
    for name, year, line in (("Park", 2025, said), ("Park 2025", 2025, None), ("Park", 0, None)):
        label = {"en": name, "zh": name.replace("Park", "园区")}
        system: Any = SimpleNamespace(label=label, year=year)
        assert scenario_line(system, lang) == (line or label[lang])


# ---------------------------------------------------------------- wastes
@pytest.mark.parametrize("lang", LANGUAGES)
def test_wastes(lang: str) -> None:
    """1 Mt mud: 0.2 sold, 0.3 backfilled, 0.1 in the pit, 0.05 lost and 0.35 left lying."""
    ax = wastes(solved("fates"), lang=lang)
    found = {fate: ends(ax, fate) for fate in LOOKS if fate != "unsold"}
    expected = {"utilised": [0, 0.2], "disposed": [0.2, 0.5], "stored": [0.5, 0.6], "dumped": [0.6, 1.0]}
    for fate, span in expected.items():
        assert found[fate] == pytest.approx(span), fate
    assert "1 Mt/a" in text(ax)
    assert "20.0 %" in text(ax)
    apart(ax)


@pytest.mark.parametrize("most", [3, 6, 12, 100])
def test_wastes_bundled(most: int) -> None:
    """However many bars, their sum is all that arose, and all but the last fall in size."""
    result = mfa.load("jiaokou-2025").solve()
    whole = math.fsum(u.amount for w in result.wastes.values() if w.tonnes for u in w.uses)
    drawn_from_yards = math.fsum(w.from_yards for w in result.wastes.values() if w.tonnes)
    assert drawn_from_yards == 0
    found = heaps(result, "en", most, None)
    assert math.fsum(h.total for h in found) == pytest.approx(whole, rel=1e-12)
    assert len(found) <= most
    sizes = [h.total for h in found[: most - 1]]
    assert sizes == sorted(sizes, reverse=True)
    count = sum(h.total > 0 for h in heaps(result, "en", 1000, None))
    assert (found[-1].name == f"other ({count - most + 1})") == (count > most)


def test_wastes_of_a_class() -> None:
    """Hazardous waste alone: no bar of red mud; a run without any has nothing to draw."""
    result = mfa.load("alumina-red-mud").solve()
    names = {h.name for h in heaps(result, "en", 12, "hazardous")}
    assert names == {"Spent resin"}
    with pytest.raises(mfa.Error, match="nothing to draw"):
        wastes(solved("percentage"), waste_class="hazardous")


def test_wastes_tell_that_hazardous_waste_is_among_them() -> None:
    """Said where all classes are drawn together, and only there."""
    result = mfa.load("alumina-red-mud").solve()
    assert "hazardous waste included" in text(wastes(result))
    alone = text(wastes(result, waste_class="industrial-solid"))
    assert "Industrial solid waste by source and fate" in alone
    assert "hazardous" not in alone
    assert "hazardous" not in text(wastes(solved("fates")))


@pytest.mark.parametrize("case", ["fates", "percentage"])
def test_axis_ends_with_the_bars(case: str) -> None:
    """No tick beyond the first that is no less than the longest bar."""
    ax = wastes(solved(case))
    longest = max(end for fate in LOOKS for _, end in spans(ax, fate))
    ticks = list(ax.get_xticks())
    assert sum(tick >= longest for tick in ticks) <= 1
    assert ax.spines["bottom"].get_bounds()[1] >= longest


# ---------------------------------------------------------------- merit order
def test_merit_surplus() -> None:
    """Ash 200: mortar 50 in no list, blocks 10 and export 13.7 % of 150 (both full), landfill the rest."""
    ax = merit(solved("percentage"), "ash")
    assert ends(ax, "boiler") == pytest.approx([0, 200])
    stairs = {"mortar-plant": 50, "block-plant": 60, "export": 80.55, "deposit": 200}
    start = 0.0
    for node, end in stairs.items():
        assert ends(ax, node) == pytest.approx([start, end]), node
        start = end
    said = text(ax)
    for part in ("50 kt/a", "10 of 10 kt/a: full", "20.5 of 20.5 kt/a: full", "119 kt/a, no limit"):
        assert part in said
    apart(ax)


def test_merit_room_left() -> None:
    """120 kt slag: road full at 24, blocks at 20, wool at 40, export at 10 %; of 60 kt wool gets 24 of 40."""
    found = {p.node: p for p in order(solved("tiers", "more"), "slag").answered}
    expected = {"road-plant": 24e3, "block-plant": 20e3, "wool-plant": 40e3, "export": 12e3, "heap": 24e3}
    assert {n: p.amount for n, p in found.items()} == pytest.approx(expected)
    assert {n for n, p in found.items() if p.full} == set(expected) - {"heap"}
    less = {p.node: p for p in order(solved("tiers"), "slag").answered}
    assert less["wool-plant"].amount == pytest.approx(24e3)
    assert less["wool-plant"].cap == pytest.approx(40e3)
    assert not less["wool-plant"].full
    ax = merit(solved("tiers"), "slag")
    assert ends(ax, "room wool-plant") == pytest.approx([36, 36 + 40])
    assert "24 of 40 kt/a" in text(ax)


def test_merit_left_over() -> None:
    """Of 1 Mt mud 0.35 finds no taker: the last bar, from 0.65 to 1."""
    ax = merit(solved("fates"), "mud")
    assert ends(ax, "surplus") == pytest.approx([0.65, 1.0])
    apart(ax)


def test_merit_short() -> None:
    """15 kt cement are needed, 10 can be bought, 5 are short."""
    ax = merit(solved("unproven"), "cement")
    assert ends(ax, "block-plant") == pytest.approx([0, 15])
    assert ends(ax, "import") == pytest.approx([0, 10])
    assert ends(ax, "shortage") == pytest.approx([10, 15])
    assert "Given, in order" in text(ax)
    apart(ax)


@pytest.mark.parametrize("name", ["alumina-red-mud", "jiaokou-2025"])
def test_merit_balances(name: str) -> None:
    """In every pool what is there and what becomes of it are equal."""
    result = mfa.load(name).solve()
    for material in result.system.pools:
        found = order(result, material)
        sides = [math.fsum(p.amount for p in side) for side in (found.given, found.answered)]
        assert sides[0] == pytest.approx(sides[1], rel=1e-8, abs=1e-9), material


def test_merit_faults() -> None:
    """A pool that is not there, and one through which nothing flows."""
    with pytest.raises(mfa.Error, match="did you mean 'ash'"):
        merit(solved("percentage"), "ashh")
    with pytest.raises(mfa.Error, match="nothing to draw"):
        merit(mfa.load("alumina-red-mud").solve(), "phosphogypsum")


# ---------------------------------------------------------------- waterfall
STEPS = [("second line", 0.12), ("road base without a market", -0.05), ("larger mill", 0.031)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_waterfall(lang: str) -> None:
    """80 % + 12 - 5 + 3.1 = 90.1 %; each bar begins where the one before it ended."""
    ax = waterfall(STEPS, start=("2025", 0.8), end=("2030", 0.901), lang=lang)
    expected = [[80, 92], [87, 92], [87, 90.1]]
    for i, span in enumerate(expected, 1):
        assert ends(ax, f"step {i}") == pytest.approx(span)
    assert ends(ax, "total 4")[1] == pytest.approx(90.1)
    for part in ("80.0 %", "+12.00", f"{MINUS}5.00", "+3.10", "90.1 %"):
        assert part in text(ax)
    assert ("axis does not start at zero" in text(ax)) == (lang == "en")
    apart(ax)


def test_waterfall_from_zero() -> None:
    """Changes as large as the value itself are drawn on an axis from zero, also below it."""
    ax = waterfall([("a", 1.2e5), ("b", -3e5)], start=("A", 1e5), end=("B", -0.8e5), unit="t/a")
    assert ends(ax, "total 0") == pytest.approx([0, 100])
    assert sorted(ends(ax, "total 3")) == pytest.approx([-80, 0])
    assert ends(ax, "step 2") == pytest.approx([-80, 220])
    apart(ax)


def test_waterfall_of_slivers() -> None:
    """Three changes below a thousandth of the axis are one bar: 0.02 - 0.03 + 0.01 = 0 points."""
    small = [("a", 2e-4), ("b", -3e-4), ("c", 1e-4)]
    ax = waterfall([*small[:1], ("mill", 0.3), *small[1:]], start=("A", 0.5), end=("B", 0.8))
    assert ends(ax, "step 1") == pytest.approx([50, 80])
    assert ends(ax, "step 2") == pytest.approx([80, 80])
    assert "other (3)" in text(ax)
    assert "±0.00 points" in text(ax)
    one = waterfall([("a", -4e-5), ("mill", 0.3)], start=("A", 0.5), end=("B", 0.79996))
    assert ends(one, "step 1") == pytest.approx([49.996, 50])
    assert "±0.00 points" in text(one)
    apart(ax)


@pytest.mark.parametrize("error", [1e-6, -1e-6, math.nan])
def test_waterfall_must_add_up(error: float) -> None:
    """A gap of a millionth is no rounding."""
    with pytest.raises(ValueError, match="add up"):
        waterfall(STEPS, start=("2025", 0.8), end=("2030", 0.901 + error))


# ---------------------------------------------------------------- tornado
def test_tornado() -> None:
    """The widest stands on top; ends on one side share the row; small ones are counted."""
    rows = [("small", 0.89, 0.90), ("wide", 0.82, 0.95), ("turned", 0.93, 0.87), ("one side", 0.86, 0.88)]
    rows += [(f"x{i}", 0.896, 0.898) for i in range(5)]
    ax = tornado(rows, central=0.897, indicator="R", most=4)
    labels = [t.get_text() for t in ax.get_yticklabels()]
    assert labels == ["wide", "turned", "one side", "small"]
    assert ends(ax, "low 0") == pytest.approx([82, 89.7])
    assert ends(ax, "high 0") == pytest.approx([89.7, 95])
    assert ends(ax, "low 1") == pytest.approx([89.7, 93])
    assert ends(ax, "low 2") == pytest.approx([86, 89.7])
    assert "86.0 | 88.0" in text(ax)
    assert "central value 89.7 %; 5 further inputs move it by 0.20 points or less" in text(ax)
    apart(ax)


def test_tornado_of_nothing() -> None:
    with pytest.raises(ValueError, match="finite"):
        tornado([], central=0.5, indicator="R")
    with pytest.raises(ValueError, match="finite"):
        tornado([("a", 0.1, math.nan)], central=0.5, indicator="R")


# ---------------------------------------------------------------- distribution
@pytest.mark.parametrize("lang", LANGUAGES)
def test_distribution(lang: str) -> None:
    """101 equal steps from 0.90 to 1.00, 51 of them at or above 0.95; the median is 0.95."""
    values = [0.9 + i / 1000 for i in range(101)]
    ax = distribution([*values, math.nan], indicator="R", minimum=0.95 - 1e-12, lang=lang)
    said = text(ax)
    for part in ("50.5 %", "101", "95.0 %", "90.5"):
        assert part in said
    bins = [p for p in ax.patches if (p.get_gid() or "").startswith("bin ")]
    assert math.fsum(p.get_height() for p in bins) == pytest.approx(100)
    met = math.fsum(p.get_height() for p in bins if p.get_hatch() is None)
    assert met == pytest.approx(100 * 51 / 101)
    apart(ax)


def test_distribution_cumulative() -> None:
    """Ten values 0 … 9 against at most 6.5: seven keep it, at the bound stand 70 %."""
    ax = distribution(list(range(10)), indicator="R", maximum=6.5, unit="t/a", cumulative=True)
    assert "70.0 % of 10 samples meet ≤ 6.5 t/a" in text(ax)
    (curve,) = [line for line in ax.lines if line.get_drawstyle() == "steps-post"]
    assert curve.get_xdata()[-1] == 9
    assert curve.get_ydata()[-1] == 100
    (dot,) = [line for line in ax.lines if line.get_marker() == "o"]
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (6.5, 70)
    apart(ax)


def test_bins_end_at_the_bound() -> None:
    """A bin never lies on both sides of the bound, and together they hold all samples."""
    values = np.sort(np.random.default_rng(7).normal(0.9, 0.03, 500))
    at = edges(values, 0.95)
    assert np.min(np.abs(at - 0.95)) < 1e-15
    assert at[0] <= values[0]
    assert at[-1] >= values[-1]
    assert np.allclose(np.diff(at), at[1] - at[0])


def test_distribution_of_one_value_or_none() -> None:
    assert "100.0 %" in text(distribution([0.5, 0.5], indicator="R", minimum=0.5))
    with pytest.raises(ValueError, match="no sample"):
        distribution([math.nan], indicator="R")


# ---------------------------------------------------------------- years
SERIES = {
    "utilised": {2021: 1e6, 2025: 2e6, 2030: 3e6},
    "disposed": {2021: 1e6, 2025: 2e5, 2030: 1e5},
    "stored": {2021: 3e6, 2025: 2e6, 2030: 3e4},
    "dumped": {2021: 3e4, 2025: 2e4, 2030: 0.0},
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_years_stacked(lang: str) -> None:
    """Each area lies on the one before it; at the end stand 3, 3.1, 3.13 and 3.13 Mt/a."""
    ax = years(SERIES, heading="Fates", unit="t/a", areas=True, lang=lang)
    tops = {}
    for area in ax.collections:
        path = area.get_paths()[0].vertices
        tops[area.get_gid()] = max(y for x, y in path if x == 2030)
    assert tops == pytest.approx({"utilised": 3, "disposed": 3.1, "stored": 3.13, "dumped": 3.13})
    assert ("综合利用\n3 Mt/a" in text(ax)) == (lang == "zh")
    apart(ax)


def test_years_lines() -> None:
    """Lines with gaps, names at their ends, and a target that rises."""
    series = {"A": {2021: 0.4, 2025: None, 2030: 0.96}, "B": {2021: 0.45, 2025: 0.6, 2030: 0.97}}
    ax = years(series, heading="Way", target={2021: 0.6, 2025: 0.8, 2030: 0.8})
    lines = {line.get_gid(): line for line in ax.lines}
    assert list(lines["B"].get_ydata()) == pytest.approx([45, 60, 97])
    assert math.isnan(lines["A"].get_ydata()[1])
    assert list(lines["target"].get_ydata()) == pytest.approx([60, 80, 80, 80])
    assert "A\n96.0 %" in text(ax)
    assert "B\n97.0 %" in text(ax)
    assert "target ≥ 60.0 %" in text(ax)
    assert "≥ 80.0 %" in text(ax)
    assert lines["A"].get_marker() != lines["B"].get_marker()
    assert lines["A"].get_linestyle() != lines["B"].get_linestyle()
    apart(ax)


def test_years_cannot_stack_gaps() -> None:
    with pytest.raises(ValueError, match="every year"):
        years({"A": {2021: 1.0, 2025: None}}, heading="", areas=True)
    with pytest.raises(ValueError, match="every year"):
        years({"A": {2021: 1.0}, "B": {2025: 1.0}}, heading="", areas=True)
    with pytest.raises(ValueError, match="nothing"):
        years({"A": {2021: None}}, heading="")
    with pytest.raises(ValueError, match="told apart"):
        years({str(i): {2021: 1.0} for i in range(8)}, heading="")


def test_spaced_keeps_rooms_apart() -> None:
    """Rooms never overlap, whatever is wanted; a lone one stands where it wants to."""
    chance = np.random.default_rng(3)
    for _ in range(200):
        count = int(chance.integers(1, 8))
        wanted, rooms = np.sort(chance.uniform(0, 60, count)), chance.uniform(5, 20, count)
        found = spaced(wanted.tolist(), rooms.tolist())
        for i in range(count - 1):
            assert found[i + 1] - found[i] >= (rooms[i] + rooms[i + 1]) / 2 - 1e-9
    assert spaced([7.0], [20.0]) == [7.0]


# ---------------------------------------------------------------- all of them
def test_colours_differ_in_grey() -> None:
    """Fates that lie side by side differ in brightness or in hatching."""
    looks = list(LOOKS.values())
    assert len({look.hatch for look in looks}) == len(looks)
    assert len({look.colour for look in looks}) == len(looks)


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
def test_files(tmp_path: Path, ending: str) -> None:
    """Every format is written, twice the same; text in an SVG is text, and no global setting has moved."""
    before = dict(mpl.rcParams)
    result = solved("percentage")
    files = [tmp_path / f"{i}{ending}" for i in range(2)]
    for file in files:
        merit(result, "ash", file, lang="zh")
    assert files[0].read_bytes() == files[1].read_bytes()
    assert dict(mpl.rcParams) == before
    if ending == ".svg":
        assert "优先次序：ash" in re.sub(r"<[^>]+>", "", files[0].read_text(encoding="utf-8"))


def test_other_ending(tmp_path: Path) -> None:
    with pytest.raises(mfa.Error, match="no ending that is drawn"):
        wastes(solved("fates"), tmp_path / "a.bmp")


@pytest.mark.parametrize("name", ["alumina-red-mud", "jiaokou-2025"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_shipped_scenarios(name: str, lang: str) -> None:
    """Labels of real length, in both languages: no glyph is missing (a warning is an error), none overlap."""
    result = mfa.load(name).solve()
    apart(gauge(result, UTILISED, lang=lang))
    apart(wastes(result, lang=lang))
    for material in ("red-mud", "electricity", "alumina"):
        apart(merit(result, material, lang=lang))


def test_given_axes() -> None:
    """A chart drawn on given axes leaves the rest of the figure alone."""
    figure = Figure(figsize=(12, 8))
    left, right = figure.subplots(1, 2)
    assert wastes(solved("fates"), ax=left) is left
    assert figure.axes == [left, right]
    assert not right.texts


def test_dollars_are_dollars() -> None:
    """`$` in a label is no formula."""
    ax = tornado([("price, $/t $x$", 0.1, 0.2)], central=0.15, indicator="$R$ and $")
    apart(ax)
    assert "$R$ and $" in text(ax)


# ---------------------------------------------------------------- sizes
PARK = ("jiaokou-2021", "jiaokou-2025", "jiaokou-2030", "jiaokou-2035")
MUD = ("alumina-red-mud", "alumina-red-mud+market-limited", "alumina-red-mud+eco-cement-kiln")
CALLS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "gauge": (PARK[1:2], ()),
    "targets": (PARK[3:], ()),
    "wastes": (PARK[1:2], ()),
    "merit": (PARK[1:2], ("red-mud",)),
    "costs": (PARK[1:2], ()),
    "distribution": (MUD[:1], ()),
    "waterfall": (MUD[:2], ()),
    "years": (PARK, ("industrial-solid",)),
    "stocks": (("jiaokou-2022-2035+assumed-outlets+parts-return",), ()),
    "tornado": (MUD, ()),
}


@functools.cache
def run_of(name: str) -> mfa.Result:
    from mfa.comparing import solved as solve

    return solve(name)


@functools.cache
def samples_of(name: str) -> mfa.Result:
    return mfa.load(name).solve(samples=256, indicators=UTILISED)


def drawn(kind: str, size: str, lang: str) -> Axes:
    names, of = CALLS[kind]
    runs = [samples_of(name) if kind in SAMPLED else run_of(name) for name in names]
    named = zip(runs, titles(runs, lang), strict=True)
    called = [Named(one, name, one.sampled) for run, name in named for one in run.each]
    return draw(kind, called, of, None, lang, paper_size(size))


def test_every_kind_is_tried() -> None:
    """The kinds that there are, and those below."""
    assert set(CALLS) == set(KINDS)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("size", "cm"), [("paper", 17.0), ("column", 8.5)])
@pytest.mark.parametrize("kind", CALLS)
def test_charts_of_a_journal(kind: str, size: str, cm: float, lang: str) -> None:
    """As wide as asked, no type under 6.5 pt, no word on another or off the page."""
    ax = drawn(kind, size, lang)
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    assert figure.get_figwidth() * 2.54 == pytest.approx(cm)
    shown = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    assert min(t.get_fontsize() for t in shown) >= 6.5
    apart(ax)


def test_a_height_is_kept_or_refused() -> None:
    """Rows are spread over the height asked for; one that holds fewer rows says what would do."""
    case = [Named(solved("unproven", "missed"), "")]
    ax = draw("wastes", case, (), None, "en", paper_size(width="12cm", height="9cm"))
    figure = ax.get_figure(root=True)
    assert figure is not None
    assert figure.get_figheight() * 2.54 == pytest.approx(9.0)
    with pytest.raises(
        mfa.Error, match=r"12 rows do not fit into this height; give --height [\d.]+ cm"
    ) as low:
        draw("wastes", [Named(run_of(PARK[1]), "")], (), None, "en", paper_size(height="4cm"))
    needed = re.search(r"--height ([\d.]+ cm)", str(low.value))
    assert needed
    assert draw("wastes", [Named(run_of(PARK[1]), "")], (), None, "en", paper_size(height=needed[1]))


def test_a_chart_that_cannot_be_so_narrow_says_so() -> None:
    """Bars would be gone."""
    with pytest.raises(mfa.Error, match=r"no room for bars at this width; give a larger --width"):
        draw("costs", [Named(run_of(PARK[1]), "")], (), None, "en", paper_size(width="5cm", font="9pt"))


def test_dots_of_a_png(tmp_path: Path) -> None:
    """8.5 cm at 300 dots per inch are 1003.9 dots."""
    solved("unproven").chart("targets", tmp_path / "x.png", for_="column")
    with Image.open(tmp_path / "x.png") as picture:
        assert picture.size[0] in (1003, 1004)


# ---------------------------------------------------------------- targets, costs, several runs
def test_targets_are_shares_of_their_bounds() -> None:
    """75 % of at least 80 % is 93.75 % of the bound."""
    ax = draw("targets", [Named(solved("unproven", "missed"), "")], (), None, "en")
    assert ends(ax, f"target {UTILISED}") == pytest.approx([0, 93.75])
    assert "✗ 75.00 % (≥ 80.00 %)" in text(ax)


def test_costs_are_those_of_the_table() -> None:
    """The bar of a process ends at the sum of what the table `costs` says that it gets."""
    run = run_of(MUD[0])
    ax = draw("costs", [Named(run, "")], (), None, "en")
    table = run.table("costs")
    of = [table.columns.index(f"{part}_cost") for part in ("material", "energy", "system")]
    sums = sorted((math.fsum(float(row[i]) for i in of) for row in table.rows), reverse=True)[:12]
    bars = [p for p in ax.patches if p.get_gid() in ("material", "energy", "system")]
    assert max(p.get_x() + p.get_width() for p in bars) * 1e6 == pytest.approx(sums[0], rel=1e-9)
    assert len(ax.get_yticklabels()) == len(sums)


def test_years_stack_what_the_runs_say() -> None:
    """The last area's top is all waste of the last year; the years are those of the scenarios."""
    ax = drawn("years", "paper", "en")
    tops = [max(float(y) for _, y in c.get_paths()[0].vertices) for c in ax.collections]
    assert max(tops) * 1e6 == pytest.approx(max(_fates_sum(n) for n in PARK))
    assert [t.get_text() for t in ax.get_xticklabels()] == ["2021", "2025", "2030", "2035"]


def _fates_sum(name: str) -> float:
    total = Summary(run_of(name)).wastes("industrial-solid").total
    return math.fsum(getattr(total, fate) for fate in LOOKS)


def test_tornado_of_scenarios() -> None:
    """Each run's bar leads from the first run's value to its own."""
    ax = drawn("tornado", "paper", "en")
    base, limited, kiln = (100 * run_of(n).indicators.value[UTILISED] for n in MUD)
    assert ends(ax, "run 0") == pytest.approx(sorted([base, limited]))
    assert ends(ax, "run 1") == pytest.approx(sorted([base, kiln]))


REFUSED: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    r"'pie' is no chart; one of gauge, .* was expected": ("pie", MUD[:1], ()),
    r"'merit' draws one run, 2 were given; what it is of is named by --of": ("merit", MUD[:2], ()),
    r"'waterfall' draws two runs, 1 were given": ("waterfall", MUD[:1], ()),
    r"'years' draws two runs or more, 1 was given": ("years", PARK[:1], ()),
    r"'gauge' takes at most 1 names by --of, 2 were given": ("gauge", PARK[:1], ("a", "b")),
    r"'merit' needs a material, such as --of red-mud": ("merit", PARK[:1], ()),
    r"are both of the year 2025": ("years", (PARK[1], PARK[1]), ()),
    r"no indicator 'industrial-solid-waste-utilization'; did you mean": (
        "tornado",
        MUD[:2],
        ("industrial-solid-waste-utilization",),
    ),
    r"one axis shows up to 7 indicators of one unit; these have 1, t/a": (
        "years",
        PARK[:2],
        (UTILISED, "co2"),
    ),
    r"the indicator is the same in": ("waterfall", (MUD[0], MUD[0]), ()),
}


@pytest.mark.parametrize("says", REFUSED)
def test_refused(says: str) -> None:
    """What a chart cannot be made of, in one sentence."""
    kind, names, of = REFUSED[says]
    with pytest.raises(mfa.Error, match=says):
        mfa.chart(kind, [run_of(n) for n in names], "x.svg", of=of)  # type: ignore[arg-type]
    assert not Path("x.svg").exists()


def test_scenario_without_targets_or_prices() -> None:
    """Nothing to draw is an error that says what to give."""
    with pytest.raises(mfa.Error, match="the scenario has no targets to draw"):
        draw("targets", [Named(run_of("chain-water"), "")], (), None, "en")


MUD_YEARS = """
scenario: mud
periods: {from: 2022, to: 2026}
materials:
  ore: {kind: resource}
  metal: {kind: product}
  bricks: {kind: product}
  mud: {kind: waste, waste: industrial-solid}
processes:
  smelter: {per: metal, inputs: {ore: 2 t/t}, outputs: {mud: 1 t/t}}
  kiln: {per: bricks, inputs: {mud: 1 t/t}, capacity: {2022: 0 t/a, 2024: 40 t/a}}
pools: {mud: {takers: [kiln, {boundary: deposit}]}}
drive: {smelter: 100 t/a}
targets: {industrial-solid-waste-utilisation: {min: 35 %}}
variants:
  early: {label: {en: Early kiln, zh: 早建}, set: {kiln.capacity: 80 t/a}}
  late: {label: {en: No aim, zh: 无}, targets: {industrial-solid-waste-utilisation: {min: 50 %}}}
"""


def test_runs_through_years_are_a_line_each(tmp_path: Path) -> None:
    """By hand: the kiln takes 0, 20, 40, 40, 40 of 100, or 80 in each year; 35 % is the bound of both."""
    file = tmp_path / "mud.yaml"
    file.write_text(MUD_YEARS, encoding="utf-8")
    runs = [mfa.load(file).solve(), mfa.load(file, variants=["early"]).solve()]
    called = [
        Named(one, name) for run, name in zip(runs, titles(runs, "en"), strict=True) for one in run.each
    ]
    ax = draw("years", called, (), None, "en")
    lines = {line.get_gid(): [float(y) for y in line.get_ydata()] for line in ax.get_lines()}
    assert lines["mud"] == pytest.approx([0, 20, 40, 40, 40])
    assert lines["Early kiln"] == pytest.approx([80] * 5)
    assert lines["target"] == pytest.approx([35] * 6)
    apart(ax)
    with pytest.raises(mfa.Error, match="are both of the year 2022"):
        draw("years", called, ("industrial-solid",), None, "en")


def test_bounds_that_differ_are_not_drawn(tmp_path: Path) -> None:
    """A line with 35 % and one with 50 % as their targets have no bound in common."""
    file = tmp_path / "mud.yaml"
    file.write_text(MUD_YEARS, encoding="utf-8")
    runs = [mfa.load(file).solve(), mfa.load(file, variants=["late"]).solve()]
    called = [Named(one, n) for run, n in zip(runs, "ab", strict=True) for one in run.each]
    assert "target" not in {line.get_gid() for line in draw("years", called, (), None, "en").get_lines()}
    with pytest.raises(mfa.Error, match="8 scenarios are more lines than can be told apart"):
        draw("years", [Named(one, n) for n in "abcdefgh" for one in runs[0].each], (), None, "en")
