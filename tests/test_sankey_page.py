"""The Sankey page as text: what is in it, how it is kept apart from markup, and what it may do."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from html.parser import HTMLParser
from importlib import resources

import numpy as np
import pytest

from mfa.show.fonts import woff
from mfa.show.magnitudes import LADDERS
from mfa.show.sankey.curves import Pipe
from mfa.show.sankey.geometry import Geometry, Link
from mfa.show.sankey.layout.layout import layout
from mfa.show.sankey.page import PARTS, Layer, page
from tests.sankey_measures import sides

EVIL = '</script><b>"&<!--'
MASS = {"en": "Mass", "zh": "质量"}
LINKS = [
    Link("import", "mill", "ore", 100.0),
    Link("mill", "smelter", "ore", 60.0),
    Link("mill", "smelter", "flux", 30.0),
    Link("smelter", "mill", "slag", 10.0),
    Link("mill", "export", "dust", 0.2),
    Link("mill", "export", "mud", 0.1),
    Link("smelter", "smelter", "water", 5.0),
]


class Reader(HTMLParser):
    """Collects the elements, attributes and texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def picture(min_share: float = 0.0, unit: str = "t/a") -> Geometry:
    return layout(LINKS, labels={}, unit=unit, min_share=min_share)


def made(title: str = "Mill", name: str = "Mill", min_share: float = 0.0, **options: bool) -> str:
    names = {"mill": {"en": name, "zh": "选矿厂"}}
    return page({"en": title, "zh": "矿山"}, [Layer("mass", MASS, picture(min_share))], names, **options)


def block(text: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    data: dict[str, object] = json.loads(found[1])
    return data


# ---------------------------------------------------------------- markup, network, policy
def test_labels_are_text_and_nothing_is_asked_for() -> None:
    text = made(EVIL + "\u2028", EVIL)
    reader = Reader(text)
    assert set(re.findall(r"\w+://[^\s\"'<>]+", text)) <= {"http://www.w3.org/2000/svg"}
    assert not {"b", "link", "img", "iframe", "use", "object"} & set(reader.tags)
    assert not {"src", "href", "style", "onclick", "onload"} & {name for name, _ in reader.attributes}
    assert reader.tags.count("script") == 2
    assert text.count("<!--") == 0
    assert "\u2028" not in text.split("</h1>")[1]
    assert [EVIL, "选矿厂"] in block(text)["names"]  # type: ignore[operator]


def test_policy_names_the_script_and_the_style_by_their_hashes() -> None:
    text = made()
    policy = next(v for n, v in Reader(text).attributes if n == "content" and v and "default-src" in v)
    for tag in ("script", "style"):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert len(inside) == 1
        digest = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_page_can_carry_its_font() -> None:
    text = made(name="赤泥㶲", embed_font=True)
    assert "data:font/woff;base64," in text
    assert "data:font/woff;base64," not in made(name="赤泥㶲")
    assert len(text.encode()) < 250_000
    assert woff("赤") == woff("赤")


def test_scripts_are_short_and_write_no_markup() -> None:
    files = resources.files("mfa.show.sankey.page")
    for part in PARTS:
        text = files.joinpath(part).read_text(encoding="utf-8")
        assert len(text.splitlines()) < 300, part
        assert "innerHTML" not in text, part
        assert set(re.findall(r"url\([^)]*\)", text)) <= {"url(#hatch)"}, part


# ---------------------------------------------------------------- words and units
def test_every_word_that_the_page_uses_is_there_and_none_besides() -> None:
    files = resources.files("mfa.show.sankey.page")
    text = "".join(files.joinpath(part).read_text(encoding="utf-8") for part in PARTS)
    used = set(re.findall(r'data-(?:word|label|hint)="([\w-]+)"', text))
    used |= set(re.findall(r'\b(?:word|part)\("([\w-]+)"', text)) | {"noscript"}
    used |= {
        key for group in re.findall(r'\[((?:"[a-z]+"(?:, )?)+)\]', text) for key in re.findall(r"\w+", group)
    }
    words = block(made())["words"]
    assert isinstance(words, dict)
    assert set(words["en"]) == set(words["zh"])
    assert set(words["en"]) <= used


def test_larger_units_are_the_same_amounts_in_both_languages() -> None:
    """A rung that stands in both languages has one factor; rungs rise by at least ten."""
    for unit, ladder in LADDERS.items():
        si, zh = dict(ladder["si"]), dict(ladder["zh"])
        assert all(si[name] == zh[name] for name in si.keys() & zh.keys()), unit
        for rungs in ladder.values():
            factors = [factor for _, factor in rungs]
            assert factors[0] == 1
            assert all(b >= 10 * a for a, b in itertools.pairwise(factors)), unit
    assert dict(LADDERS["t"]["zh"])["万t"] == 10_000
    assert dict(LADDERS["MWh"]["zh"])["亿kWh"] * 1000 == 1e8


# ---------------------------------------------------------------- numbers
def test_path_of_a_page_lies_between_the_sides() -> None:
    """A band of the page is the path of its pair, moved by its offset: the middle of its outline on paper."""
    for band in picture().bands:
        one, two = sides(band)
        path = Pipe(band.path).bends()
        for end, ahead, middle in (
            (path[0], path[1], one[0] + two[-1]),
            (path[-1], path[-2], one[-1] + two[0]),
        ):
            assert np.hypot(*(middle / 2 - end[:2])) == pytest.approx(abs(band.offset), abs=0.01)
            assert (middle / 2 - end[:2]) @ (np.array(ahead[:2]) - end[:2]) == pytest.approx(0, abs=0.01)
        assert all(bend.cut >= 0 for bend in path)


def test_bands_side_by_side_are_half_their_widths_apart() -> None:
    bands = {band.link.material: band for band in picture().bands if band.link.target == "smelter"}
    ore, flux = bands["ore"], bands["flux"]
    assert abs(flux.offset - ore.offset) == pytest.approx((ore.width + flux.width) / 2, abs=0.01)
    assert ore.path == flux.path


def test_amounts_and_parts_of_bundles_are_all_there() -> None:
    data = block(made(min_share=0.01))
    layer = data["layers"][0]  # type: ignore[index]
    assert sum(layer["values"]) == pytest.approx(205.3)
    names = [row[0] for row in data["names"]]  # type: ignore[attr-defined]
    parts = [row for rows in layer["parts"].values() for row in rows]
    assert [(names[s], names[t], names[m], value) for s, t, m, value in parts] == [
        ("Mill", "export", "dust", 0.2),
        ("Mill", "export", "mud", 0.1),
    ]
    assert any(band.link.material == "*other:intermediate" for band in picture(0.01).bands)
    text = "2 flows below 1 % of the largest bundled, {amount} in all"
    assert layer["notes"]["en"][-1] == [text, 0.3]
    assert "已合并" in layer["notes"]["zh"][-1][0]


def test_layers_share_nodes_and_leave_out_what_does_not_flow() -> None:
    energy = layout([Link("import", "mill", "power", 7.0)], labels={}, unit="GJ/a")
    layers = [Layer("mass", MASS, picture()), Layer("energy", {"en": "Energy", "zh": "能量"}, energy)]
    data = block(page(MASS, layers, {}))
    mass, heat = data["layers"]  # type: ignore[misc]
    assert len(mass["nodes"]) == len(heat["nodes"]) == len(data["nodes"])  # type: ignore[arg-type]
    assert sum(map(bool, heat["nodes"])) == 2
    assert [value for value in heat["values"] if value] == [7]
    assert [value for value in mass["values"] if not value] == [0]
