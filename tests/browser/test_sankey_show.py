"""The Sankey page in a browser: layers, units, languages, periods, paper, and the bands as drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import mfa
from mfa.show.sankey.diagram import sankey
from mfa.show.sankey.geometry import Link
from mfa.show.sankey.layout.layout import layout
from mfa.show.sankey.page import Layer, page
from tests.browser.smelter import (
    MASS,
    NAMES,
    band,
    bright,
    drawn,
    finished,
    middle,
    node,
    rows,
    smelter,
    still,
    tip,
)
from tests.browser.waiting import wait

if TYPE_CHECKING:
    from playwright.sync_api import Page

    Open = Callable[[str], Page]


# ---------------------------------------------------------------- layers, units, languages, periods
def test_layers_change_with_and_without_motion(open_page: Open) -> None:
    tab = open_page(smelter())
    for motion in ("no-preference", "reduce"):
        tab.emulate_media(reduced_motion=motion)
        for name, amounts in (("Energy", ["20 TJ/a", "3 PJ/a"]), ("Mass", ["1.1 Mt/a", "650 kt/a"])):
            with finished(tab):
                tab.get_by_label(name, exact=True).check()
            still(tab)
            wait(tab, "markPlace.childElementCount >= layer.heads.length")
            for each, amount in zip(("Mill", "Smelter"), amounts, strict=True):
                label = tab.locator(f"[data-node='{node(tab, each)}'] text")
                assert label.all_text_contents() == [each, amount]
            assert tab.locator(".band:not(.gone)").count() == (2 if name == "Energy" else 9)
            assert tab.locator(".node:not(.gone)").count() == (4 if name == "Energy" else 9)


def test_what_is_followed_stays_when_the_layer_changes(open_page: Open) -> None:
    tab = open_page(smelter())
    with finished(tab):
        tab.locator(f"[data-node='{node(tab, 'Kiln')}'] .bar").click()
    with finished(tab):
        tab.locator(f"[data-node='{node(tab, 'Mill')}'] .bar").click()
    with finished(tab):
        tab.get_by_label("Energy", exact=True).check()
    still(tab)
    assert bright(tab) == {"Power import: Power"}
    assert tab.locator("#live").text_content() == (
        "Mill, in 20 TJ/a (flows: 1). Flows followed: 1; nodes upstream: 1, downstream: 0."
    )


def test_units(open_page: Open) -> None:
    tab = open_page(smelter())
    with finished(tab):
        tab.locator("#flows summary").click()
    for unit, amount in (("kt/a", "1\u00a0000"), ("Mt/a", "1"), ("t/a", "1\u00a0000\u00a0000")):
        with finished(tab):
            tab.locator("#unit").select_option(label=unit)
        assert rows(tab)[0][3] == amount
        assert tab.locator("#columns th").nth(3).text_content() == f"Amount, {unit} ↓"
        label = tab.locator(f"[data-node='{node(tab, 'Ore import')}'] text").all_text_contents()
        assert label[-1] == f"{amount} {unit}"


def test_notes_are_in_the_unit_of_the_bands(open_page: Open) -> None:
    """Three dusts of 400 t are below 1 % of 200 kt: 1.2 kt in all."""
    links = [
        Link("mill", "kiln", "lime", 2e5),
        *(Link("kiln", "export", f"dust {i}", 400.0) for i in range(3)),
    ]
    bundled = layout(links, labels={}, unit="t/a", min_share=0.01)
    tab = open_page(page({"en": "Mill", "zh": "厂"}, [Layer("mass", {"en": "", "zh": ""}, bundled)], {}))
    note = tab.locator("#notes li").last
    assert note.text_content() == "3 flows below 1 % of the largest bundled, 1.2 kt/a in all"
    with finished(tab):
        tab.locator("#unit").select_option(label="t/a")
    assert (note.text_content() or "").replace("\u00a0", " ").endswith("1 200 t/a in all")


def test_language_changes_without_reload(open_page: Open) -> None:
    tab = open_page(smelter())
    tab.evaluate("window.same = true")
    with finished(tab):
        tab.locator("#languages button").nth(1).click()
    assert tab.evaluate("window.same")
    assert tab.locator("html").get_attribute("lang") == "zh-Hans"
    assert tab.locator("h1").text_content() == "冶炼"
    assert tab.get_by_label("能量").count() == 1
    assert tab.locator(f"[data-node='{node(tab, '选矿厂')}'] text").all_text_contents() == [
        "选矿厂",
        "110 万t/a",
    ]
    assert tab.locator(f"[data-node='{node(tab, '矿石外购')}'] text").all_text_contents() == [
        "矿石外购",
        "100 万t/a",
    ]
    with finished(tab):
        tab.locator("#languages button").first.click()
    assert tab.locator("#copy").text_content() == "Copy as TSV"


def test_words_of_both_languages_are_all_used(open_page: Open) -> None:
    """No text is left empty, and no field is left unfilled, in either language."""
    tab = open_page(smelter("zh"))
    for button in (0, 1):
        with finished(tab):
            tab.locator("#languages button").nth(button).click()
        for item in tab.locator("[data-word]").all():
            assert item.text_content(), item.get_attribute("data-word")
        text = tab.locator("body").inner_text()
        assert "{" not in text
        assert "undefined" not in text


def test_periods_have_a_slider(open_page: Open) -> None:
    label = {"en": "Mass", "zh": "质量"}
    layers = [
        Layer("mass", label, drawn(tuple(MASS), "t/a", factor), period)
        for period, factor in (("2025", 1.0), ("2030", 2.0), ("2035", 4.0))
    ]
    tab = open_page(page(label, layers, NAMES))
    assert tab.locator("#year").is_visible()
    tab.locator("#year").focus()
    with finished(tab):
        tab.keyboard.press("End")
    still(tab)
    assert tab.locator("#year-shown").text_content() == "2035"
    assert tab.locator(f"[data-node='{node(tab, 'Mill')}'] text").last.text_content() == "4.4 Mt/a"
    tab = open_page(smelter())
    assert tab.locator("#year").is_hidden()


def test_uncertain_bands_have_a_core(open_page: Open) -> None:
    """A standard deviation of a fifth leaves four fifths of the width in full colour."""
    plain = drawn(tuple(MASS), "t/a")
    metal = next(each for each in plain.bands if each.link.material == "metal")
    told = replace(plain, spread={metal.link: 9e4})
    tab = open_page(page({"en": "x", "zh": "x"}, [Layer("mass", NAMES["ore"], told)], NAMES))
    core = tab.locator(".core")
    assert core.count() == 1
    assert float(core.get_attribute("stroke-width") or 0) == pytest.approx(0.8 * metal.width, abs=0.1)
    with finished(tab):
        tab.mouse.move(*middle(tab, band(tab, "Metal")))
    assert tip(tab)[2] == "450 kt/a ± 90 kt/a"


def test_bundles_tell_what_is_in_them(open_page: Open) -> None:
    links = [*MASS, Link("mill", "smelter", "flux", 60.0), Link("mill", "smelter", "sand", 40.0)]
    bundled = layout(links, labels={}, unit="t/a", min_share=0.001)
    tab = open_page(page({"en": "x", "zh": "x"}, [Layer("mass", NAMES["ore"], bundled)], NAMES))
    with finished(tab):
        tab.mouse.move(*middle(tab, band(tab, "other intermediate")))
    assert tip(tab)[2:] == [
        "100 t/a",
        "0.00909 % of all out of Mill",
        "0.0154 % of all into Smelter",
        "· flux 60 t/a",
        "· sand 40 t/a",
    ]
    tab.locator("#flows summary").click()
    wait(tab, "byId('rows').children.length > 0")  # leaving the band is finished before the table is
    assert [row[2:] for row in rows(tab)][-2:] == [["flux", "60"], ["sand", "40"]]


# ---------------------------------------------------------------- paper, geometry, size
def test_print_hides_controls_and_fits_a_landscape_page(open_page: Open) -> None:
    tab = open_page(smelter())
    tab.emulate_media(media="print")
    for name in ("#controls", "aside", "#help", "#flows"):
        assert tab.locator(name).is_hidden(), name
    assert tab.locator("svg").is_visible()
    paper = tab.pdf(prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")
    assert paper.count(b"/Type /Page\n") == 1


@pytest.fixture(scope="module")
def red_mud() -> mfa.Result:
    return mfa.load("alumina-red-mud").solve()


def test_script_draws_the_bands_that_paper_shows(open_page: Open, red_mud: mfa.Result) -> None:
    """The middle of every band in the page lies between the two sides of its outline on paper."""
    made = sankey(red_mud)
    tab = open_page(page(made.title, [Layer("mass", made.title, made.geometry)], made.names))
    code = """() => links.map((x) => {
        const length = x.path.getTotalLength();
        const points = [...Array(41).keys()].map((k) => x.path.getPointAtLength(length * k / 40));
        return [Number(x.path.getAttribute("stroke-width")), points.map((p) => [p.x, p.y])];
    })"""
    shown = tab.evaluate(code)
    assert len(shown) == len(made.geometry.bands)
    for each, (wide, points) in zip(made.geometry.bands, shown, strict=True):
        assert wide == pytest.approx(each.width, abs=0.06)
        sides = outline_points(*each.outline())
        apart = np.linalg.norm(np.array(points)[:, None] - sides[None], axis=2).min(axis=1)
        assert apart.max() < each.width / 2 + 1.0, each.link
        assert apart.min() > each.width / 2 - 1.0 or each.width > 40, each.link


def outline_points(start: tuple[float, float], outline: tuple[tuple[float, ...], ...]) -> np.ndarray:
    """Points along an outline without its two ends, at most about half a point apart."""
    at, found = np.array(start), []
    for command in outline:
        ends = np.array([at, *np.reshape(command, (-1, 2))])
        t = np.linspace(0, 1, 2 + int(2 * np.abs(np.diff(ends, axis=0)).sum()))[:, None]
        if len(ends) == 2:
            found.append((1 - t) * ends[0] + t * ends[1])
        else:
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
            found.append(sum(w * p for w, p in zip(weights, ends, strict=True)))
        at = ends[-1]
    del found[len(outline) // 2]
    return np.concatenate(found)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_labels_are_whole_and_keep_to_their_room(open_page: Open, red_mud: mfa.Result, lang: str) -> None:
    """In the language of the run every label fits its room; in the other it is at least not cut."""
    made = sankey(red_mud, lang=lang, page=True)
    tab = open_page(page(made.title, [Layer("mass", made.title, made.geometry)], made.names, lang))
    code = """() => standing().filter((n) => !nodes[n].role.startsWith("small")).map((n) => {
        const lines = [...nodes[n].label.querySelectorAll("text")];
        const widest = Math.max(...lines.map((line) => line.getComputedTextLength()));
        const named = lines.slice(0, -1).map((line) => line.textContent).join("");
        return [named, nodeName(n), widest - Math.abs(layer.shape[1][n][6])];
    })"""
    for button, other in (("en", lang == "zh"), ("zh", lang == "en")):
        with finished(tab):
            tab.locator(f"[data-lang={button}]").click()
        for written, name, over in tab.evaluate(code):
            assert written.replace(" ", "") == name.replace(" ", "")
            assert other or over < 4, name


@pytest.mark.slow
def test_whole_park_with_two_layers_is_small(open_page: Open) -> None:
    made = sankey(mfa.load("jiaokou-2025").solve(), layer=["mass", "energy"], min_share=0.0)
    layers = [Layer(p.key, p.label, p.geometry) for p in made.pictures]
    html = page(made.title, layers, made.names)
    assert len(page(made.title, layers[:1], made.names).encode()) < 300_000
    assert len(html.encode()) < 400_000
    tab = open_page(html)
    for at, picture in reversed([*enumerate(made.pictures)]):
        with finished(tab):
            tab.locator("[name=layer]").nth(at).check()
        still(tab)
        flowing = [each for each in picture.geometry.bands if each.link.value > 0]
        assert tab.locator(".band:not(.gone)").count() == len(flowing)
