"""The Sankey page in a browser: what pointer, keys, filter and table do."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from mfa.show.sankey.geometry import Link
from mfa.show.sankey.layout.layout import layout
from mfa.show.sankey.page import Layer, page
from tests.browser.smelter import (
    EVIL,
    band,
    bright,
    finished,
    middle,
    node,
    rows,
    smelter,
    tip,
)
from tests.browser.waiting import wait

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    Open = Callable[[str], Page]


# ---------------------------------------------------------------- text, network, policy
def test_labels_stay_text(open_page: Open) -> None:
    tab = open_page(smelter())
    assert tab.locator("h1").text_content() == f"Smelter {EVIL}\u2028"
    assert tab.title().startswith("Smelter </script><b>")
    assert tab.locator("b").count() == 0
    assert tab.locator("#material-list span", has_text="</script>").text_content() == EVIL


def test_policy_stops_what_is_not_of_the_page(browser: Browser, tmp_path: Path) -> None:
    """A script put in later does not run, and not even a picture without an address is loaded."""
    file = tmp_path / "page.html"
    file.write_text(smelter(), encoding="utf-8")
    tab = browser.new_page()
    tab.goto(file.as_uri())
    tab.evaluate("""() => {
        window.blocked = [];
        addEventListener("securitypolicyviolation", (event) => window.blocked.push(event.effectiveDirective));
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
        new Image().src = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
    }""")
    wait(tab, "window.blocked.length === 2")
    assert sorted(tab.evaluate("window.blocked")) == ["img-src", "script-src-elem"]
    assert tab.evaluate("window.ran") is None
    tab.close()


# ---------------------------------------------------------------- pointer
def test_tip_of_a_band(open_page: Open) -> None:
    tab = open_page(smelter())
    with finished(tab):
        tab.mouse.move(*middle(tab, band(tab, "Concentrate")))
    assert tip(tab) == [
        "Concentrate",
        "Mill → Smelter",
        "600 kt/a",
        "54.5 % of all out of Mill",
        "92.3 % of all into Smelter",
    ]
    with finished(tab):
        tab.mouse.move(3, 3)
    assert tab.locator("#tip").is_hidden()


def test_tip_of_a_node(open_page: Open) -> None:
    tab = open_page(smelter())
    with finished(tab):
        tab.locator(f"[data-node='{node(tab, 'Mill')}'] .bar").hover()
    assert tip(tab) == ["Mill", "in 1.1 Mt/a (flows: 2)", "out 1.1 Mt/a (flows: 2)"]


def test_click_follows_up_and_down(open_page: Open) -> None:
    """The kiln neither feeds the mill nor is fed by it, unless slag is followed round."""
    tab = open_page(smelter())
    all_flows = bright(tab)
    assert len(all_flows) == 9
    with finished(tab):
        tab.locator(f"[data-node='{node(tab, 'Mill')}'] .bar").click()
    kiln = {"Limestone import: Limestone", "Kiln: =Lime", f"Kiln: {EVIL}"}
    assert bright(tab) == all_flows - kiln
    followed = "Flows followed: 6; nodes upstream: 2, downstream: 4."
    sums = "in 1.1 Mt/a (flows: 2), out 1.1 Mt/a (flows: 2)"
    assert tab.locator("#live").text_content() == f"Mill, {sums}. {followed}"
    with finished(tab):
        tab.locator("#loops").check()
    assert bright(tab) == all_flows - {f"Kiln: {EVIL}"}
    with finished(tab):
        tab.keyboard.press("Escape")
    assert bright(tab) == all_flows


def test_click_on_a_band_follows_it(open_page: Open) -> None:
    tab = open_page(smelter())
    with finished(tab):
        tab.mouse.click(*middle(tab, band(tab, "Tailings")))
    assert bright(tab) == {"Ore import: Ore", "Smelter: Slag", "Mill: Tailings"}


def test_size_and_drag(open_page: Open) -> None:
    tab = open_page(smelter())
    wide = "svg.getBoundingClientRect().width"
    before = tab.evaluate(wide)
    for _ in range(5):
        with finished(tab):
            tab.locator("#closer").click()
    assert tab.evaluate(wide) == pytest.approx(before * 1.4**5, rel=0.01)
    left, box = tab.evaluate("view.scrollLeft"), tab.locator("#view").bounding_box()
    assert box is not None
    tab.mouse.move(box["x"] + 300, box["y"] + 200)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 240, box["y"] + 200)
    tab.mouse.up()
    assert tab.evaluate("view.scrollLeft") == pytest.approx(left + 60, abs=2)
    assert tab.evaluate("chosen") is None
    with finished(tab):
        tab.locator("#fit").click()
    assert tab.evaluate(wide) == pytest.approx(before)


def test_keys_change_the_size_but_not_while_one_writes(open_page: Open) -> None:
    tab = open_page(smelter())
    wide = "svg.getBoundingClientRect().width"
    before = tab.evaluate(wide)
    for key, times in (("+", 1.4), ("+", 1.4**2), ("-", 1.4), ("0", 1.0)):
        with finished(tab):
            tab.keyboard.press(key)
        assert tab.evaluate(wide) == pytest.approx(before * times, rel=0.01)
    tab.locator("#search").press("+")
    assert tab.evaluate(wide) == pytest.approx(before)
    assert tab.locator("#search").input_value() == "+"


def test_large_picture_starts_whole_with_legible_names(open_page: Open) -> None:
    """Sixty works in a row are wider than any window; the names that stand are of 9 px, on no other."""
    links = [Link(f"w{i:02}", f"w{i + 1:02}", "m", 1.0) for i in range(60)]
    geometry = layout([*links, Link("import", "w30", "m", 5.0)], labels={}, unit="t/a")
    tab = open_page(page({"en": "Row", "zh": "行"}, [Layer("mass", {"en": "", "zh": ""}, geometry)], {}))
    assert geometry.width > 3000
    assert tab.evaluate("svg.getBoundingClientRect().width") <= tab.evaluate("view.clientWidth")
    boxes = tab.evaluate("""() => {
        const written = nodes.filter((x) => x.box && !x.label.classList.contains("hushed"));
        return written.map((x) => {
            const box = x.label.querySelector("rect").getBoundingClientRect();
            return [box.left, box.top, box.right, box.bottom, x.box.tall];
        });
    }""")
    lines = [(bottom - top) / tall for _, top, _, bottom, tall in boxes]
    assert min(lines) * 11 == pytest.approx(9, abs=0.05)
    for (a, b, c, d, _), (e, f, g, h, _) in combinations(boxes, 2):
        assert min(c, g) - max(a, e) < 0.5 or min(d, h) - max(b, f) < 0.5
    greatest = tab.evaluate("standing().find((n) => nodeName(n) === 'w30')")
    assert "hushed" not in (tab.locator(f"[data-node='{greatest}'] > g").get_attribute("class") or "")
    told = tab.locator("#names-shown").text_content() or ""
    assert told.startswith(f"Names shown: {len(boxes)} of ")
    with finished(tab):
        tab.keyboard.press("+")
    assert tab.evaluate("svg.getBoundingClientRect().width") > tab.evaluate("view.clientWidth")
    with finished(tab):
        tab.locator("#fit").click()
    assert tab.evaluate("svg.getBoundingClientRect().width") <= tab.evaluate("view.clientWidth")


# ---------------------------------------------------------------- filter, table
def test_filter_acts_on_picture_and_table(open_page: Open) -> None:
    tab = open_page(smelter())
    with finished(tab):
        tab.locator("#flows summary").click()
    assert len(rows(tab)) == 9
    assert rows(tab)[0] == ["import", "Mill", "Ore", "1\u00a0000\u00a0000"]
    with finished(tab):
        tab.locator("#material-list input").nth(
            tab.evaluate(
                "[...byId('material-list').children].findIndex((x) => x.textContent.startsWith('Ore'))"
            )
        ).uncheck()
    assert "Ore import: Ore" not in bright(tab)
    assert [row[2] for row in rows(tab)][:2] == ["Concentrate", "Tailings"]
    assert tab.locator("#flows-shown").text_content() == "8 of 9"
    assert tab.locator("#materials-shown").text_content() == "7 of 8"
    with finished(tab):
        tab.locator("#legend button", has_text="waste").click()
    assert {"Mill: Tailings", "Smelter: Slag"} & bright(tab) == set()
    with finished(tab):
        tab.locator("#all").click()
    assert len(bright(tab)) == 9
    with finished(tab):
        tab.locator("#material-search").fill("lime")
    assert tab.locator("#material-list li:visible span").all_text_contents() == ["Limestone", "=Lime"]
    with finished(tab):
        tab.locator("#none").click()
    assert len(bright(tab)) == 7


def test_table_sorts_and_is_copied(open_page: Open) -> None:
    tab = open_page(smelter())
    with finished(tab):
        tab.locator("#flows summary").click()
    with finished(tab):
        tab.locator("#columns button").nth(2).click()
    assert tab.locator("#columns th").nth(2).get_attribute("aria-sort") == "ascending"
    assert [row[2] for row in rows(tab)][2:5] == ["=Lime", "Concentrate", "Limestone"]
    with finished(tab):
        tab.locator(f"[data-node='{node(tab, 'Kiln')}'] .bar").click()
    with finished(tab):
        tab.locator("#copy").click()
    lines = tab.evaluate("navigator.clipboard.readText()").replace("\r", "").strip().split("\n")
    assert lines[0] == "From\tTo\tMaterial\tAmount\tUnit"
    assert "Kiln\tSmelter\t'=Lime\t50000\tt/a" in lines
    assert len(lines) == 1 + 6
    assert tab.locator("#live").text_content() == (
        "Rows copied: 6. Kiln, in 80 kt/a (flows: 1), out 80 kt/a (flows: 2). "
        "Flows followed: 6; nodes upstream: 1, downstream: 5."
    )


# ---------------------------------------------------------------- keyboard, search
def test_keyboard_walks_along_flows(open_page: Open) -> None:
    tab = open_page(smelter())
    heard = "document.activeElement.getAttribute('aria-label')"
    stops = tab.locator("#view [tabindex='0']")
    assert stops.count() == 1
    stops.focus()
    with finished(tab):
        tab.keyboard.press("Home")
    first = tab.evaluate(heard)
    while not tab.evaluate(heard).startswith("Ore import"):
        with finished(tab):
            tab.keyboard.press("ArrowDown")
    for key, said in [
        ("ArrowRight", "Ore; Ore import → Mill; 1 Mt/a"),
        ("ArrowRight", "Mill; in 1.1 Mt/a (flows: 2); out 1.1 Mt/a (flows: 2)"),
        ("ArrowRight", "Concentrate; Mill → Smelter; 600 kt/a"),
        ("ArrowDown", "Tailings; Mill → Tailings deposit; 500 kt/a"),
        ("ArrowUp", "Concentrate; Mill → Smelter; 600 kt/a"),
        ("ArrowRight", "Smelter; in 650 kt/a (flows: 2); out 650 kt/a (flows: 3)"),
        ("ArrowLeft", "Concentrate; Mill → Smelter; 600 kt/a"),
        ("ArrowLeft", "Mill; in 1.1 Mt/a (flows: 2); out 1.1 Mt/a (flows: 2)"),
    ]:
        with finished(tab):
            tab.keyboard.press(key)
        assert tab.evaluate(heard) == said
    with finished(tab):
        tab.keyboard.press("Enter")
    assert "Flows followed: 6" in (tab.locator("#live").text_content() or "")
    with finished(tab):
        tab.keyboard.press(" ")
    assert len(bright(tab)) == 9
    with finished(tab):
        tab.keyboard.press("Home")
    assert tab.evaluate(heard) == first
    assert stops.count() == 1


def test_every_control_is_reached_by_tab(open_page: Open) -> None:
    tab = open_page(smelter())
    met = []
    for _ in range(40):
        tab.keyboard.press("Tab")
        met.append(tab.evaluate("(({id, dataset}) => id || Object.keys(dataset)[0])(document.activeElement)"))
    for name in (
        "unit",
        "search",
        "loops",
        "closer",
        "farther",
        "fit",
        "material-search",
        "all",
        "none",
        "node",
    ):
        assert name in met, name


def test_search_finds_goes_there_and_goes_on(open_page: Open) -> None:
    tab = open_page(smelter())
    tab.locator("#search").fill("EMISSION")
    for at in (1, 2, 1):
        with finished(tab):
            tab.keyboard.press("Enter")
        assert (tab.locator("#live").text_content() or "").startswith(f"Found {at} of 2. </script>")
        assert tab.locator(".node.chosen").count() == 1
    tab.locator("#search").fill("nowhere")
    with finished(tab):
        tab.keyboard.press("Enter")
    told = tab.locator("#live").text_content() or ""
    assert told.startswith("No process has ‘nowhere’ in its name. </script>")  # and who is followed still
