"""The Sankey page in a browser: what is shown is said, and a view is kept as address, picture and command."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from PIL import Image

import mfa
from mfa.cli import cli
from tests.browser.smelter import band, bright, finished, middle, node, smelter
from tests.browser.waiting import wait

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    Open = Callable[[str], Page]

SVG = "{http://www.w3.org/2000/svg}"


def told(tab: Page) -> str:
    return tab.locator("#live").text_content() or ""


def uncheck(tab: Page, material: str) -> None:
    with finished(tab):
        tab.locator("#material-list li", has_text=material).first.locator("input").uncheck()


# ---------------------------------------------------------------- what is shown is said
def test_line_below_is_true_after_each_step(open_page: Open) -> None:
    """Nine flows, two of them slag and tailings; hiding, following and going back are told as they are."""
    tab = open_page(smelter())
    whole = "All flows of this picture are shown: 9."
    assert told(tab) == whole
    with finished(tab):
        tab.locator("#legend button", has_text="waste").click()
    hidden = "Shown: 7 of 9 flows; hidden materials: 2 (Tailings, Slag)."
    assert told(tab) == hidden
    with finished(tab):
        tab.locator(f"[data-node='{node(tab, 'Kiln')}'] .bar").click()
    assert told(tab).startswith("Kiln, in 80 kt/a (flows: 1), out 80 kt/a (flows: 2). Flows followed: 5;")
    assert told(tab).endswith(hidden)
    with finished(tab):
        tab.keyboard.press("Escape")
    assert told(tab) == hidden
    with finished(tab):
        tab.get_by_role("button", name="中文").click()
    assert told(tab) == "显示 7 / 9 条流；隐藏物料 2 种（尾矿、炉渣）。"
    with finished(tab):
        tab.locator("#legend button[aria-pressed='false']").click()
    assert told(tab) == "已显示本图全部 9 条流。"


def test_a_tapped_band_tells_its_amount(browser: Browser, tmp_path: Path) -> None:
    """On a phone of 390 px: nothing is wider than the window, controls are 44 px, a tap tells the amount."""
    file = tmp_path / "page.html"
    file.write_text(smelter(), encoding="utf-8")
    size = {"width": 390, "height": 844}
    context = browser.new_context(viewport=size, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    tab = context.new_page()
    tab.goto(file.as_uri())
    wait(tab, "document.body.dataset.step > 0")
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    for button in tab.locator("button:visible, select:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["height"], box["width"]) >= 44
    with finished(tab):
        tab.touchscreen.tap(*middle(tab, band(tab, "Tailings")))
    assert told(tab).startswith("Tailings, Mill → Tailings deposit, 500 kt/a. ")
    assert tab.locator("#live").is_visible()
    context.close()


def test_materials_are_sorted_by_amount_or_name(open_page: Open) -> None:
    tab = open_page(smelter())
    names = tab.locator("#material-list span")
    assert names.all_text_contents()[:3] == ["Ore", "Concentrate", "Tailings"]
    assert tab.locator("#material-list em").first.text_content() == "1 Mt/a"
    with finished(tab):
        tab.locator("#largest").click()
    assert names.all_text_contents()[1:4] == ["=Lime", "Concentrate", "Limestone"]


# ---------------------------------------------------------------- the address
def test_address_brings_the_view_back(open_page: Open) -> None:
    """Another tab at the same address shows the same: language, hidden materials, what is followed."""
    tab = open_page(smelter())
    uncheck(tab, "Slag")
    with finished(tab):
        tab.locator(f"[data-node='{node(tab, 'Kiln')}'] .bar").click()
    with finished(tab):
        tab.get_by_role("button", name="中文").click()
    with finished(tab):
        tab.locator("#largest").click()
    address, before = tab.url, (told(tab), bright(tab))
    assert address.endswith("#lang=zh&without=slag&node=kiln&sort=name")
    tab.goto("about:blank")
    tab.goto(address)
    wait(tab, "document.body.dataset.step > 0")
    assert (told(tab), bright(tab)) == before
    assert tab.url == address
    with finished(tab):
        tab.evaluate("location.hash = 'layer=energy'")
    wait(tab, "shape === layer.shape")
    assert bright(tab) == {"Power import: Power"}


def test_address_with_strange_names_says_so(open_page: Open) -> None:
    tab = open_page(smelter())
    with finished(tab):
        tab.evaluate("location.hash = 'without=gold,slag&layer=Au'")
    assert "what this page does not have: Au, gold." in told(tab)
    assert "hidden materials: 1 (Slag)" in told(tab)


# ---------------------------------------------------------------- pictures
def test_saved_svg_is_the_view(open_page: Open, tmp_path: Path) -> None:
    """The bands that are shown are in it, with title and what is hidden; no class, no script."""
    tab = open_page(smelter())
    uncheck(tab, "Slag")
    with tab.expect_download() as saved:
        tab.locator("#save-svg").click()
    assert saved.value.suggested_filename.endswith("-mass.svg")
    file = tmp_path / "view.svg"
    saved.value.save_as(file)
    root = ElementTree.parse(file).getroot()
    assert len([p for p in root.iter(f"{SVG}path") if p.get("stroke-width")]) == 8
    said = [t.text for t in root.iter(f"{SVG}text")]
    assert any("· Mass" in (t or "") for t in said)
    assert "Shown: 8 of 9 flows; hidden materials: 1 (Slag)." in said
    assert not [e for e in root.iter() if e.get("class") or e.tag.endswith("script")]
    assert "Saved: Smelter" in told(tab)


def test_saved_png_has_300_dots_an_inch(open_page: Open, tmp_path: Path) -> None:
    """As wide as the SVG at 300 dpi, not blank, and the line says so."""
    tab = open_page(smelter())
    wide = float(tab.evaluate("shape[0][0]")) + 24
    with finished(tab), tab.expect_download() as saved:
        tab.locator("#save-png").click()
    file = tmp_path / "view.png"
    saved.value.save_as(file)
    with Image.open(file) as picture:
        assert picture.size[0] == pytest.approx(wide * 300 / 72, abs=6)
        assert len(picture.convert("RGB").resize((200, 200)).getcolors(40000) or []) > 50
    assert f"{picture.size[0]} × {picture.size[1]} pixels, 300 dpi." in told(tab)


def test_dark_mode(open_page: Open) -> None:
    """Names are light on dark; a saved picture is for paper all the same."""
    tab = open_page(smelter())
    colour = "getComputedStyle(nodes.find((n) => n.box).label.querySelector('text')).fill"
    assert tab.evaluate(colour) == "rgb(34, 34, 34)"
    tab.emulate_media(color_scheme="dark")
    assert tab.evaluate(colour) == "rgb(230, 230, 230)"
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(27, 28, 30)"
    assert 'fill="#222"' in tab.evaluate("asSvg()")
    tab.emulate_media(media="print", color_scheme="dark")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


# ---------------------------------------------------------------- the command
def test_command_makes_the_view_again(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run as it stands, it writes a picture; its data have the flows that the page shows."""
    monkeypatch.chdir(tmp_path)
    result = mfa.load("alumina-red-mud").solve()
    made = result.sankey(without=["water"], min_share="1 %", page=True)
    tab = open_page(made.page())
    with finished(tab):
        tab.locator("#legend button", has_text="emission").click()
    with finished(tab):
        tab.locator("#show-command").click()
    text = tab.locator("#command").text_content() or ""
    assert text == (
        "mfa sankey alumina-red-mud --without water --min-share '1 %' "
        "-o picture.svg --layer mass --without emission"
    )
    assert tab.evaluate("navigator.clipboard.readText()") == text
    assert told(tab).startswith("The command that makes this view is copied. Shown: ")
    words = [word.replace("picture.svg", "picture.json") for word in shlex.split(text)[1:]]
    cli.main(words, standalone_mode=False)
    code = "links.filter((_, i) => drawn(i)).map((x) => data.ids.materials[x.material])"
    shown = set(tab.evaluate(code))
    drawn = json.loads((tmp_path / "picture.json").read_text(encoding="utf-8"))
    materials = {link["material"] for link in drawn["links"]}
    assert {m for m in shown if not m.startswith("*")} <= materials
    assert not {m for m in materials if m.startswith("co2")}
