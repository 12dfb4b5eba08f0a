"""A small smelter whose numbers are worked out by hand, as a page, and what a test does to that page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from mfa.show.sankey.geometry import Geometry, Link
from mfa.show.sankey.layout.layout import layout
from mfa.show.sankey.page import Layer, page
from tests.browser.waiting import wait

if TYPE_CHECKING:
    from playwright.sync_api import Page

    Open = Callable[[str], Page]

EVIL = '</script><b>"&<!--'
LABELS = {
    "mill": ("Mill", "选矿厂"),
    "smelter": ("Smelter", "冶炼厂"),
    "kiln": ("Kiln", "石灰窑"),
    "ore": ("Ore", "矿石"),
    "concentrate": ("Concentrate", "精矿"),
    "tailings": ("Tailings", "尾矿"),
    "slag": ("Slag", "炉渣"),
    "limestone": ("Limestone", "石灰石"),
    "lime": ("=Lime", "石灰"),
    "metal": ("Metal", "金属"),
    "gas": (EVIL, EVIL),
    "power": ("Power", "电力"),
}
NAMES = {key: {"en": en, "zh": zh} for key, (en, zh) in LABELS.items()}
KINDS = {"tailings": "waste", "slag": "waste", "ore": "resource", "metal": "product", "power": "energy"}
MASS = [
    Link("import", "mill", "ore", 1e6),
    Link("mill", "smelter", "concentrate", 6e5),
    Link("mill", "deposit", "tailings", 5e5),
    Link("smelter", "mill", "slag", 1e5),
    Link("import", "kiln", "limestone", 8e4),
    Link("kiln", "smelter", "lime", 5e4),
    Link("kiln", "emission", "gas", 3e4),
    Link("smelter", "export", "metal", 4.5e5),
    Link("smelter", "emission", "gas", 1e5),
]
ENERGY = [Link("import", "mill", "power", 2e4), Link("import", "smelter", "power", 3e6)]


@cache
def drawn(links: tuple[Link, ...], unit: str, factor: float = 1.0) -> Geometry:
    scaled = [Link(x.source, x.target, x.material, factor * x.value) for x in links]
    return layout(scaled, labels={k: en for k, (en, _) in LABELS.items()}, unit=unit, kinds=KINDS)


def smelter(lang: str = "en") -> str:
    layers = [
        Layer("mass", {"en": "Mass", "zh": "质量"}, drawn(tuple(MASS), "t/a")),
        Layer("energy", {"en": "Energy", "zh": "能量"}, drawn(tuple(ENERGY), "GJ/a")),
    ]
    return page({"en": f"Smelter {EVIL}\u2028", "zh": "冶炼"}, layers, NAMES, lang)


@contextmanager
def finished(tab: Page) -> Iterator[None]:
    """Waits until the page has finished what is done inside."""
    before = int(tab.locator("body").get_attribute("data-step") or 0)
    yield
    wait(tab, f"document.body.dataset.step >= {before + 1}")


def still(tab: Page) -> None:
    """No change of layers runs any more."""
    wait(tab, "shape === layer.shape")


def node(tab: Page, name: str) -> int:
    return int(tab.locator(f'.node[aria-label^="{name};"]').get_attribute("data-node") or -1)


def band(tab: Page, material: str) -> int:
    """The number of the first band of a material."""
    code = "(name) => links.findIndex((x) => materialName(x.material) === name)"
    return int(tab.evaluate(code, material))


def middle(tab: Page, link: int) -> tuple[float, float]:
    """A point of the window in the middle of a band."""
    code = """(i) => {
        const path = links[i].path, at = path.getPointAtLength(path.getTotalLength() / 2);
        const point = at.matrixTransform(path.getScreenCTM());
        return [point.x, point.y];
    }"""
    x, y = tab.evaluate(code, link)
    return x, y


def bright(tab: Page) -> set[str]:
    """The materials of the bands that are neither hidden nor faded."""
    code = """() => links.filter((x) => !/gone|faded/.test(x.path.getAttribute("class")))
        .map((x) => `${nodeName(x.source)}: ${materialName(x.material)}`)"""
    return set(tab.evaluate(code))


def tip(tab: Page) -> list[str]:
    assert tab.locator("#tip").is_visible()
    return tab.locator("#tip p").all_text_contents()


def rows(tab: Page) -> list[list[str]]:
    return [
        line.locator("td").all_text_contents() for line in tab.locator("#rows tr").all() if line.is_visible()
    ]
