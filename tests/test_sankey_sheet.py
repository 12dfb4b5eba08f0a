"""Pictures on a sheet: of its size, letters above a floor, nothing on another, all that is bundled told."""

from __future__ import annotations

import itertools
import math
import struct
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure

from mfa.errors import Error
from mfa.show.paper_size import LEAST_IN_PRINT
from mfa.show.sankey.geometry import FONT, Geometry, Link, is_bundle
from mfa.show.sankey.heading import stacked
from mfa.show.sankey.labels import CAPTION, node_lines, notes
from mfa.show.sankey.layout.fit import Unfit, fitted
from mfa.show.sankey.layout.layout import layout, relayout, spaced
from mfa.show.sankey.layout.plan import Plan, plan
from mfa.show.sankey.layout.spacing import Spacing
from mfa.show.sankey.legend import legend
from mfa.show.sankey.print import draw, save
from mfa.show.sankey.sheet import sheet_of
from tests.sankey_measures import captions, park, trodden

SHEETS = {purpose: sheet_of(for_=purpose) for purpose in ("paper", "column", "slide")}
SIZES = [(5, 7), (6, 14), (8, 12), (9, 24), (12, 16), (14, 30), (17, 25), (20, 40), (25, 40)] * 3
SIZES += [(40, 70), (60, 120), (120, 300)]
CASES = list(itertools.product(("paper", "column"), range(len(SIZES))))
LABELS = {"p0": "氧化铝厂(拜耳法)", "p1": "Red-mud desulfurisation and dealkalisation", "m0": "Bauxite"}
KINDS = {"m0": "resource", "m1": "product", "m2": "waste", "m3": "product"}


MOST_COLUMNS = {"paper": 10, "column": 5}
"""Columns whose labels stand side by side: 6.3 times the size of the letters each, nine letters and a gap."""


def drawn(made: Plan, spacing: Spacing) -> Geometry:
    """One picture of a plan, as `sankey` draws it."""
    return spaced(made, made.unit, spacing)


@cache
def picture_of(purpose: str, seed: int) -> Geometry:
    """The picture; a test ends where one of many columns does not fit, which it must say."""
    try:
        return _picture(purpose, seed)
    except Unfit as unfit:
        wide, columns = unfit.width, max(node.layer for node in unfit.made.nodes) + 1
    if wide > (SHEETS[purpose].width or 0.0) and columns > MOST_COLUMNS[purpose]:
        pytest.skip(f"rightly refused: {columns} columns, {MOST_COLUMNS[purpose]} stand side by side")
    raise AssertionError(f"{columns} columns on {wide} points")


def _picture(purpose: str, seed: int) -> Geometry:
    return fitted(
        park(seed, *SIZES[seed]),
        SHEETS[purpose],
        lambda made: legend(made, "en")[1],
        drawn,
        labels=LABELS,
        kinds=KINDS,
        unit="t/a",
    )


@pytest.mark.parametrize(("purpose", "seed"), CASES)
def test_picture_has_the_size_of_its_sheet_and_nothing_lies_on_another(purpose: str, seed: int) -> None:
    picture, sheet = picture_of(purpose, seed), SHEETS[purpose]
    points = sheet.font / FONT
    assert picture.width * points == pytest.approx({"paper": 17.0, "column": 8.5}[purpose] * 72 / 2.54)
    assert legend(picture, "en")[1] * points <= sheet.tallest
    for a, b in itertools.permutations(picture.nodes, 2):
        assert not a.text.meets(b.bar), (a.id, b.id)
        assert not a.box.meets(b.box), (a.id, b.id)
    for one, two in itertools.combinations([*captions(picture), *(node.text for node in picture.nodes)], 2):
        assert not one.meets(two)
    for node in picture.nodes:
        assert node.text.x0 >= 0
        assert node.text.x1 <= picture.width
        assert node.text.y0 >= 0
        assert node.text.y1 <= picture.height
    assert trodden(picture) == []


@pytest.mark.parametrize(("purpose", "seed"), CASES)
def test_what_is_bundled_is_what_is_missing(purpose: str, seed: int) -> None:
    picture = picture_of(purpose, seed)
    shown = [band for band in picture.bands if not is_bundle(band.link.material)]
    bundles = [band for band in picture.bands if is_bundle(band.link.material)]
    given = math.fsum(link.value for link in park(seed, *SIZES[seed]))
    missing = given - math.fsum(band.link.value for band in shown)
    assert picture.bundled + picture.hidden == pytest.approx(missing, abs=1e-9 * given)
    assert picture.bundled_count == sum(len(band.parts) for band in bundles)
    assert picture.bundled == pytest.approx(math.fsum(band.link.value for band in bundles))
    assert all(len(band.parts) > 1 for band in bundles)


def test_no_letter_is_below_the_floor() -> None:
    """The smallest letters are those of names on bands and of the legend."""
    for purpose in ("paper", "column"):
        assert SHEETS[purpose].font * min(FONT, CAPTION) / FONT >= LEAST_IN_PRINT


# ---------------------------------------------------------------- what is asked for
@pytest.mark.parametrize(
    ("asked", "points"),
    [("17cm", 481.89), ("170 mm", 481.89), ("6.5in", 468.0), ("241pt", 241.0), ("8.5 cm", 240.94)],
)
def test_lengths_are_read(asked: str, points: float) -> None:
    """An inch is 2.54 cm and 72 points."""
    sheet = sheet_of(width=asked)
    assert sheet.width == pytest.approx(points, abs=0.01)
    assert (sheet.font, sheet.height) == (7.0, None)


def test_a_purpose_is_a_sheet_that_others_change() -> None:
    sheet = sheet_of(for_="slide", font="20pt")
    assert (sheet.font, sheet.height) == (20.0, SHEETS["slide"].height)
    assert sheet_of().width is None


@pytest.mark.parametrize(
    ("asked", "key", "text"),
    [
        ({"width": "17"}, "paper-length", "width: '17' is no length"),
        ({"width": "0cm"}, "paper-range", "width: '0cm' cannot be drawn"),
        ({"width": "17 furlongs"}, "paper-length", "such as '17cm'"),
        ({"for_": "papper"}, "paper-purpose", "did you mean 'paper'?"),
        ({"text": "path"}, "sheet-text", "one of text, paths was expected"),
        ({"dpi": 0}, "paper-dpi", "0 is out of range"),
        ({"height": "10cm"}, "sheet-no-width", "a width was expected"),
        ({"for_": "column", "font": "6pt"}, "paper-font", "at least 6.5 pt"),
    ],
)
def test_what_is_no_sheet_is_refused(asked: dict[str, Any], key: str, text: str) -> None:
    with pytest.raises(Error, match=text.replace("?", r"\?")) as caught:
        sheet_of(**asked)
    assert [fault.key for fault in caught.value.faults] == [key]


# ---------------------------------------------------------------- files
LINKS = [
    Link("import", "mill", "bauxite", 100.0),
    Link("mill", "export", "alumina", 40.0),
    Link("mill", "export", "gallium", 0.01),
    Link("mill", "yard", "red mud", 59.0),
    Link("mill", "mill", "liquor", 900.0),
]
NAMED = {"alumina": "Alumina", "gallium": "Gallium & indium", "red mud": "赤泥"}
OF = {"bauxite": "resource", "alumina": "product", "gallium": "product", "red mud": "waste"}


def small() -> Geometry:
    return layout(LINKS, labels=NAMED, kinds=OF, unit="t/a")


def test_svg_tells_what_each_part_is(tmp_path: Path) -> None:
    """Each band and bar is a group with an id and a title; nothing is clipped; text stays text."""
    save(small(), tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    titled = {g.get("id"): t.text for g in root.iter(f"{space}g") for t in g.findall(f"{space}title")}
    assert len(titled) == len(LINKS) + len(small().nodes)
    assert titled["flow.import-mill-out.mill.bauxite"] == "bauxite: bauxite import → mill, 100 t/a"
    assert "Gallium & indium: mill → Alumina, Gallium & indium export, 0.01 t/a" in titled.values()
    assert "clip-path" not in text
    assert text.count("sans-serif") == text.count("<text ")
    assert "赤泥" in "".join(root.itertext())


def test_letters_become_paths_on_demand(tmp_path: Path) -> None:
    save(small(), tmp_path / "a.svg", sheet=sheet_of(text="paths"))
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "<text " not in text
    assert "<title>" in text


def test_same_picture_is_the_same_file(tmp_path: Path) -> None:
    for ending in ("svg", "pdf", "png"):
        for name in ("a", "b"):
            save(small(), tmp_path / f"{name}.{ending}", "zh", sheet_of(text="text"))
        assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def test_png_has_the_pixels_asked_for(tmp_path: Path) -> None:
    """17 cm at 100 pixels an inch are 669 pixels."""
    sheet = sheet_of(width="17cm", height="12cm", dpi=100)
    made = fitted(LINKS, sheet, lambda each: legend(each, "en")[1], drawn, labels=NAMED, kinds=OF, unit="t/a")
    save(made, tmp_path / "a.png", sheet=sheet)
    head = (tmp_path / "a.png").read_bytes()[16:24]
    assert struct.unpack(">II", head) == (669, 472)
    with pytest.raises(Error, match="does not fit into memory"):
        save(replace(made, width=4000.0), tmp_path / "b.png", sheet=sheet_of(width="90cm", dpi=1200))
    assert not (tmp_path / "b.png").exists()


def test_waste_and_losses_are_hatched() -> None:
    """Grey print tells orange from green by the hatch alone."""
    figure = Figure()
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    draw(small(), axes)
    hatched = {str(patch.get_gid()): patch.get_hatch() for patch in axes.patches if patch.get_gid()}
    assert hatched["flow.mill.yard.red-mud"]
    assert not hatched["flow.mill.export-mill-in-product.alumina"]


# ---------------------------------------------------------------- what bars and labels say
def test_bar_stands_for_its_number() -> None:
    """900 t/a that circulate are in neither the number nor, but for a loop of 6 points, the bar."""
    picture = small()
    mill = next(node for node in picture.nodes if node.id == "mill")
    assert node_lines(mill, "t/a", "en") == ["mill", "100 → 99 t/a", "900 t/a circulating"]
    assert mill.box.y1 - mill.box.y0 - 100.0 * picture.scale <= 6.0 + 1e-9


def test_products_are_named_always() -> None:
    """Gallium is a hundred-thousandth of the bauxite, below every share, and still named where it leaves."""
    picture = layout(LINKS, labels=NAMED, kinds=OF, unit="t/a", min_share=0.1)
    sold = next(node for node in picture.nodes if node.sells_products)
    assert node_lines(sold, "t/a", "en")[:2] == ["Alumina, Gallium &", "indium export"]


def test_product_that_has_no_room_is_named_below() -> None:
    links = [*LINKS, Link("mill", "export", "vanadium", 0.02)]
    of = {**OF, "vanadium": "product"}
    made = plan(links, labels=NAMED, kinds=of, unit="t/a", min_share=0.1, hide=True)
    told = notes(spaced(made, "t/a"), "en")
    assert (
        "products too small to be named in the picture: vanadium, Gallium & indium, 0.03 t/a in all" in told
    )
    assert "2 flows below 10 % of the largest bundled, 0.03 t/a in all" in told


def test_of_many_small_products_the_largest_are_named_below_and_all_in_a_caption() -> None:
    """Seven at 0.07 to 0.01 t/a with the gallium of 0.01: five names, two others, 0.28 t/a."""
    small = [f"p{i}" for i in range(2, 8)]
    links = [*LINKS, *(Link("mill", "export", name, int(name[1]) / 100) for name in small)]
    of = {**OF, **dict.fromkeys(small, "product")}
    made = spaced(plan(links, labels=NAMED, kinds=of, unit="t/a", min_share=0.1, hide=True), "t/a")
    before = "products too small to be named in the picture: p7, p6, p5, p4, p3"
    assert f"{before} and 2 others, 0.28 t/a in all" in notes(made, "en")
    assert f"{before}, p2, Gallium & indium, 0.28 t/a in all" in notes(made, "en", every=True)
    assert "图中未标名的小量产品：p7、p6、p5、p4、p3和其他 2 种，共 0.28 t/a" in notes(made, "zh")


def test_small_flows_of_several_runs_are_told_for_each() -> None:
    """All flows of the second are threefold; 0.5 t/a go into the dryer and out of it, which is not drawn."""
    more = [
        ("mill", "export", "vanadium", 0.02),
        ("mill", "dryer", "x", 0.5),
        ("dryer", "emission", "y", 0.5),
    ]
    links = [*LINKS, *(Link(*each) for each in more)]
    of = {**OF, "vanadium": "product"}
    made = plan(links, labels=NAMED, kinds=of, unit="t/a", min_share=0.1, hide=True)
    threefold = [replace(link, value=3 * link.value) for link in links]
    told = notes(stacked([relayout(made, each) for each in (links, threefold)]), "en")
    first = (
        "processes of smaller flows not drawn: 1, with 0.5 | 1.5 t/a among themselves and over the boundary"
    )
    assert told[-3:] == [
        first,
        "products too small to be named in the picture: vanadium, Gallium & indium, 0.03 | 0.09 t/a in all",
        "2 flows below 10 % of the largest bundled, 0.03 | 0.09 t/a in all",
    ]


def test_each_kind_of_goods_leaves_at_its_own_bar() -> None:
    links = [*LINKS, Link("mill", "export", "red mud", 1.0)]
    nodes = layout(links, labels=NAMED, kinds=OF, unit="t/a").nodes
    assert {node.id for node in nodes if node.role == "export"} == {
        "export@mill@in@product",
        "export@mill@in@waste",
    }


def test_bundle_of_one_is_that_flow_and_of_one_kind_keeps_it() -> None:
    links = [
        Link("a", "b", "m", 100.0),
        Link("b", "c", "slag", 1.0),
        Link("a", "c", "slag", 1.0),
        Link("a", "c", "ash", 2.0),
        Link("b", "d", "ash", 1.0),
        Link("b", "d", "steam", 2.0),
    ]
    of = {"slag": "waste", "ash": "waste", "steam": "energy"}
    picture = layout(links, labels={}, kinds=of, unit="t/a", min_share=0.05)
    found = {(b.link.source, b.link.target): (b.link.material, b.kind) for b in picture.bands}
    assert found["b", "c"] == ("slag", "waste")
    assert found["a", "c"] == ("*other:waste", "waste")
    assert found["b", "d"] == ("*other", "other")
    assert (picture.bundled, picture.bundled_count) == (6.0, 4)
