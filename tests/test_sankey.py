"""The Sankey picture: what must hold of its geometry, its files and its page."""

from __future__ import annotations

import itertools
import math
import random
import re
import warnings
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

from mfa.show.fonts import woff
from mfa.show.sankey.layout import layout
from mfa.show.sankey.loops import back_arcs
from mfa.show.sankey.page import page
from mfa.show.sankey.paper import draw, save
from mfa.show.sankey.shapes import ALPHA, BOUNDARY, COLOURS, OTHER, Band, Box, Geometry, Link
from mfa.show.sankey.words import CAPTION, halo, node_lines, text_width

SEEDS = range(30)
LABELS = {"p0": "氧化铝厂(拜耳法)"}


def network(seed: int) -> list[Link]:
    """A small park with recycle flows, self-loops, a shared boundary and values over five decades."""
    chance = random.Random(seed)
    count = chance.randrange(3, 10)
    links = []
    for i in range(chance.randrange(count, 3 * count)):
        a, b = chance.randrange(count), chance.randrange(count)
        if chance.random() < 0.8:
            a, b = min(a, b), max(a, b)
        links.append(Link(f"p{a}", f"p{b}", f"m{i % 7}", 10 ** chance.uniform(-1, 4)))
    for process in sorted({end for link in links for end in (link.source, link.target)}):
        side = chance.choice(BOUNDARY)
        value = 10 ** chance.uniform(-1, 4)
        if side in ("import", "shortage"):
            links.append(Link(side, process, "m0", value))
        else:
            links.append(Link(process, side, chance.choice(["m1", "m2"]), value))
    return links


@cache
def picture_of(seed: int) -> Geometry:
    return layout(network(seed), labels=LABELS, unit="t", min_share=0.001)


def polygon(band: Band) -> tuple[np.ndarray, np.ndarray]:
    """The two long sides of a band's outline, sampled finely."""
    at = np.array(band.start)
    steps = []
    for command in band.outline:
        points = np.array([at, *np.reshape(command, (-1, 2))])
        t = np.linspace(0, 1, 12)[:, None]
        if len(points) == 2:
            steps.append((1 - t) * points[0] + t * points[1])
        else:
            factors = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
            steps.append(sum(f * p for f, p in zip(factors, points, strict=True)))
        at = points[-1]
    half = len(steps) // 2
    return np.concatenate(steps[:half]), np.concatenate(steps[half + 1 :])


def distance(points: np.ndarray, line: np.ndarray) -> np.ndarray:
    """The distance of points from a polyline."""
    a, d = line[:-1], np.diff(line, axis=0)
    length = np.maximum((d**2).sum(axis=1), 1e-12)
    t = np.clip(((points[:, None] - a) * d).sum(axis=2) / length, 0, 1)
    return np.asarray(np.linalg.norm(points[:, None] - (a + t[..., None] * d), axis=2).min(axis=1))


@pytest.mark.parametrize("seed", SEEDS)
def test_labels_lie_apart_and_inside(seed: int) -> None:
    nodes = picture_of(seed).nodes
    for a, b in itertools.permutations(nodes, 2):
        assert not a.text.meets(b.bar), (a.id, b.id)
        assert not a.box.meets(b.box), (a.id, b.id)
    for node in nodes:
        assert node.text.x0 >= 0
        assert node.text.y0 >= 0
        assert node.text.x1 <= picture_of(seed).width
        assert node.text.y1 <= picture_of(seed).height
    captions = [band.caption for band in picture_of(seed).bands if band.caption]
    rooms = [
        Box(c.x - text_width(c.text, CAPTION) / 2, c.y - 5, c.x + text_width(c.text, CAPTION) / 2, c.y + 5)
        for c in captions
    ]
    for one, two in itertools.combinations([*rooms, *(node.text for node in nodes)], 2):
        assert not one.meets(two)


@pytest.mark.parametrize("seed", SEEDS)
def test_bands_keep_their_width_at_every_turn(seed: int) -> None:
    for band in picture_of(seed).bands:
        one, two = polygon(band)
        narrowest = min(distance(one, two).min(), distance(two, one).min())
        assert narrowest >= 0.6 * band.width, band.link


@pytest.mark.parametrize("seed", SEEDS)
def test_no_band_runs_under_a_node(seed: int) -> None:
    picture = picture_of(seed)
    for band in picture.bands:
        points = np.concatenate(polygon(band))
        for node in picture.nodes:
            box = node.box
            inside = (points[:, 0] > box.x0 + 0.1) & (points[:, 0] < box.x1 - 0.1)
            inside &= (points[:, 1] > box.y0 + 0.1) & (points[:, 1] < box.y1 - 0.1)
            assert not inside.any(), (band.link, node.id)


@pytest.mark.parametrize("seed", SEEDS)
def test_node_is_as_tall_as_the_bands_of_its_fuller_side(seed: int) -> None:
    picture = picture_of(seed)
    for node in picture.nodes:
        came = [band for band in picture.bands if band.link.target == node.id]
        went = [band for band in picture.bands if band.link.source == node.id]
        sums = [sum(band.width for band in side) for side in (came, went)]
        assert node.box.y1 - node.box.y0 == pytest.approx(max(sums))
        assert node.value_in == pytest.approx(sum(band.link.value for band in came))
        assert node.value_out == pytest.approx(sum(band.link.value for band in went))
    for band in picture.bands:
        if band.to_scale:
            assert band.width == pytest.approx(band.link.value * picture.scale)


@pytest.mark.parametrize("seed", SEEDS)
def test_bands_end_at_their_nodes(seed: int) -> None:
    picture = picture_of(seed)
    nodes = {node.id: node for node in picture.nodes}
    for band in picture.bands:
        one, two = polygon(band)
        source, target = nodes[band.link.source].box, nodes[band.link.target].box
        for ends, x, box in (([one[0], two[-1]], source.x1, source), ([one[-1], two[0]], target.x0, target)):
            for end in ends:
                assert end[0] == pytest.approx(x, abs=0.02)
                assert box.y0 - 0.02 <= end[1] <= box.y1 + 0.02


@pytest.mark.parametrize("seed", SEEDS)
def test_same_picture_whatever_the_sequence_of_flows(seed: int) -> None:
    links = network(seed)
    random.Random(1).shuffle(links)
    assert layout(links, labels=LABELS, unit="t", min_share=0.001) == picture_of(seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_bundling_loses_no_flow(seed: int) -> None:
    links = network(seed)
    picture = layout(links, labels={}, unit="t", min_share=0.02)
    assert sum(band.link.value for band in picture.bands) == pytest.approx(sum(link.value for link in links))
    bundles = [band for band in picture.bands if band.link.material == OTHER]
    assert picture.bundled == pytest.approx(sum(band.link.value for band in bundles))
    assert picture.bundled_count == sum(len(band.parts) for band in bundles)
    assert len({(band.link.source, band.link.target) for band in bundles}) == len(bundles)
    largest = max((b.link.value for b in picture.bands if b.link.source != b.link.target), default=0.0)
    for band in picture.bands:
        ends = band.link.source.split("@")[0], band.link.target.split("@")[0]
        assert band in bundles or band.link.value >= 0.02 * largest or {"surplus", "shortage"} & {*ends}


@pytest.mark.parametrize("seed", range(20))
def test_least_weight_turns_back(seed: int) -> None:
    chance = random.Random(seed)
    nodes = "abcde"
    weights = {
        arc: 10 ** chance.uniform(-1, 2) for arc in itertools.permutations(nodes, 2) if chance.random() < 0.5
    }
    cost = min(
        sum(weight for (a, b), weight in weights.items() if order.index(a) > order.index(b))
        for order in itertools.permutations(nodes)
    )
    assert sum(weights[arc] for arc in back_arcs(weights)) == pytest.approx(cost)


def test_flow_far_below_the_others_still_closes_its_loop() -> None:
    weights = {("a", "b"): 1e9, ("b", "c"): 1e9, ("c", "a"): 1e-3, ("c", "d"): 1.0}
    assert back_arcs(weights) == {("c", "a")}


@pytest.mark.parametrize("seed", SEEDS)
def test_forward_bands_go_right_and_return_bands_have_an_arrow(seed: int) -> None:
    picture = picture_of(seed)
    layer = {node.id: node.layer for node in picture.nodes}
    for band in picture.bands:
        ahead = layer[band.link.target] > layer[band.link.source]
        assert ahead != band.back
        assert (band.arrow is not None) == band.back


def test_loop_hugs_its_processes() -> None:
    links = [Link(f"p{i}", f"p{i + 1}", "m", 100.0) for i in range(6)]
    links += [Link("p3", "p2", "return", 10.0), Link("p1", "x", "side", 40.0), Link("p4", "y", "side", 40.0)]
    picture = layout(links, labels={}, unit="t")
    nodes = {node.id: node for node in picture.nodes}
    band = next(band for band in picture.bands if band.back)
    points = np.concatenate(polygon(band))
    low, high = (f(nodes[p].box.y0 for p in ("p2", "p3")) for f in (min, max))
    assert points[:, 0].min() > nodes["p1"].box.x1
    assert points[:, 0].max() < nodes["p4"].box.x0
    reach = nodes["p2"].box.y1 - nodes["p2"].box.y0 + 60
    assert points[:, 1].min() > low - 60
    assert points[:, 1].max() < high + reach


def test_loops_of_one_node_nest_without_crossing() -> None:
    links = [Link(f"p{i}", f"p{i + 1}", "m", 100.0) for i in range(6)]
    links += [Link(f"p{i}", "p1", "back", 10.0) for i in (2, 3, 4, 5)]
    back = [band for band in layout(links, labels={}, unit="t").bands if band.back]
    assert len(back) == 4
    middles = [(one + two[::-1]) / 2 for one, two in map(polygon, back)]
    for one, two in itertools.combinations(middles, 2):
        assert distance(one, two).min() > 0.95 * back[0].width


def test_gap_widens_for_broad_bands_that_cross() -> None:
    links = [Link(f"c{i}", f"c{i + 1}", "m", 1.0) for i in range(30)]
    links += [Link(a, b, "m", 250.0) for a in "ab" for b in "xy"]
    for band in layout(links, labels={}, unit="").bands:
        one, two = polygon(band)
        assert distance(one, two).min() >= 0.9 * band.width


def test_loop_to_itself_is_drawn_beside_its_node() -> None:
    picture = layout([Link("a", "b", "m", 5.0), Link("b", "b", "own", 2.0)], labels={}, unit="t")
    band = next(band for band in picture.bands if band.link.material == "own")
    node = next(node for node in picture.nodes if node.id == "b")
    points = np.concatenate(polygon(band))
    assert band.back
    assert points[:, 0].min() < node.box.x0
    assert points[:, 0].max() > node.box.x1
    assert points[:, 1].min() < node.box.y0 or points[:, 1].max() > node.box.y1
    assert layout([Link("a", "a", "own", 2.0)], labels={}, unit="t").bands[0].back
    huge = layout([Link("a", "b", "m", 5.0), Link("b", "b", "own", 2e5)], labels={}, unit="t")
    assert max(band.width for band in huge.bands) == next(
        b.width for b in huge.bands if b.link.material == "m"
    )


def test_boundary_is_split_beside_its_processes() -> None:
    links = [
        Link("import", "refinery", "bauxite", 5.0),
        Link("import", "refinery", "coal", 2.0),
        Link("import", "smelter", "coal", 1.0),
        Link("refinery", "smelter", "alumina", 2.0),
        Link("smelter", "surplus", "steam", 0.5),
        Link("shortage", "smelter", "anodes", 0.5),
    ]
    picture = layout(links, labels={"bauxite": "Bauxite"}, unit="kt", order=["refinery", "smelter"])
    nodes = {node.id: node for node in picture.nodes}
    imports = [node for node in picture.nodes if node.role == "import"]
    assert [node_lines(node, "kt", "en")[0] for node in imports] == ["Bauxite, coal import", "coal import"]
    assert [node_lines(node, "kt", "zh") for node in imports] == [
        ["Bauxite、coal 外购", "7 kt"],
        ["coal 外购", "1 kt"],
    ]
    for node in imports:
        target = next(band.link.target for band in picture.bands if band.link.source == node.id)
        assert nodes[target].layer == node.layer + 1
    assert {node.role for node in picture.nodes} == {"process", "import", "surplus", "shortage"}


def test_stock_has_its_role_and_order_breaks_ties() -> None:
    links = [Link("a", x, "m", 1.0) for x in ("u", "v", "w")]
    picture = layout(links, labels={}, unit="t", stocks=["v"], order=["w", "v", "u"])
    placed = sorted((node for node in picture.nodes if node.layer == 1), key=lambda node: node.box.y0)
    assert [node.id for node in placed] == ["w", "v", "u"]
    assert [node.role for node in placed] == ["process", "stock", "process"]


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_value_must_be_above_zero(value: float) -> None:
    with pytest.raises(ValueError, match="m from a to b"):
        layout([Link("a", "b", "m", value)], labels={}, unit="t")
    with pytest.raises(ValueError, match="no flow"):
        layout([], labels={}, unit="t")


class Reader(HTMLParser):
    """Collects the elements, attributes and texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


EVIL = '</script><b>"&'


def test_page_is_offline_and_keeps_labels_as_text() -> None:
    links = [*network(3), Link("p0", "evil", "<i>m", 9e4)]
    text = page(layout(links, labels={"evil": EVIL}, unit="t"), "en", title=EVIL)
    reader = Reader()
    reader.feed(text)
    addresses = set(re.findall(r"\w+://[^\s\"'<>]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert not {"b", "i", "link", "img", "iframe", "use"} & set(reader.tags)
    assert not {"src", "href", "xlink:href"} & {name for name, _ in reader.attributes}
    assert any("</script><b>" in piece for piece in reader.texts)
    assert reader.tags.count("script") == 1
    assert len(text.encode()) < 300_000


def test_page_shows_every_band_with_name_and_value() -> None:
    picture = layout(network(5), labels={"m1": "赤泥"}, unit="t", min_share=0.01)
    reader = Reader()
    reader.feed(page(picture, "zh"))
    tips = [value for name, value in reader.attributes if name == "data-tip" and value]
    assert len(tips) == len(picture.bands) + len(picture.nodes)
    assert any(tip.startswith("赤泥\n") for tip in tips)
    assert any(tip.startswith("其他\n") for tip in tips)
    assert "已合并小于最大流 1 % 的流" in "".join(reader.texts)


def test_page_can_carry_its_font() -> None:
    picture = layout([Link("a", "b", "m", 1.0)], labels={"a": "赤泥㶲"}, unit="t")
    text = page(picture, "zh", embed_font=True)
    assert "data:font/woff;base64," in text
    assert len(text.encode()) < 100_000
    assert woff("赤") == woff("赤")


def test_svg_has_text_files_repeat_and_settings_stay(tmp_path: Path) -> None:
    before = dict(mpl.rcParams)
    picture = layout(network(1), labels={"p0": "赤泥堆场 $x$ <b>"}, unit="t")
    for name in ("a.svg", "b.svg", "a.pdf", "b.pdf", "a.png"):
        save(picture, tmp_path / name, "zh")
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "<text" in text
    assert "赤泥堆场 $x$ &lt;b&gt;" in text
    assert text == (tmp_path / "b.svg").read_text(encoding="utf-8")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    assert (tmp_path / "a.png").stat().st_size > 5000
    assert dict(mpl.rcParams) == before


def test_chinese_is_drawn_without_a_missing_glyph(tmp_path: Path) -> None:
    han = "镓铟锗铼铍铊钪镧㶲赤泥氧化铝₂³⁻→℃·µηΔ"
    picture = layout(
        [Link("a", "b", "m", 1.0), Link("import", "a", "m", 2.0)],
        labels={"a": han, "m": "铝土矿"},
        unit="万t",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        save(picture, tmp_path / "a.png", "zh")
        save(picture, tmp_path / "a.pdf", "zh")


def test_labels_fit_their_room_as_drawn() -> None:
    from matplotlib.figure import Figure

    picture = layout(
        network(2),
        labels={"p1": "Wide WWW Mill of Many Words, Ltd", "p2": "氧化铝厂(拜耳法)二期工程"},
        unit="t",
    )
    figure = Figure(figsize=(picture.width / 72, (picture.height + 40) / 72), dpi=72)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    draw(picture, axes, "en")
    drawn = {text.get_text(): text.get_window_extent() for text in axes.texts}
    for node in picture.nodes:
        for line in node_lines(node, "t", "en"):
            assert drawn[line].width <= node.text.x1 - node.text.x0 + 1
            assert drawn[line].width <= halo(node, "t", "en").x1 - halo(node, "t", "en").x0 + 1


def test_colours_differ_for_colour_blind_eyes() -> None:
    """Bands of any two kinds keep a distance as seen with each colour blindness (Machado et al. 2009)."""
    eyes = {
        "normal": "1 0 0 0 1 0 0 0 1",
        "protan": ".152286 1.052583 -.204868 .114503 .786281 .099216 -.003882 -.048116 1.051998",
        "deutan": ".367322 .860646 -.227968 .280085 .672501 .047413 -.01182 .04294 .968881",
        "tritan": "1.255528 -.076749 -.178779 -.078411 .930809 .147602 .004733 .691367 .3039",
    }
    linear = {
        kind: np.array([ALPHA * int(code[i : i + 2], 16) / 255 + 1 - ALPHA for i in (1, 3, 5)]) ** 2.2
        for kind, code in COLOURS.items()
    }
    for name, numbers in eyes.items():
        matrix = np.array(numbers.split(), dtype=float).reshape(3, 3)
        seen = {kind: lab(np.clip(matrix @ rgb, 0, 1)) for kind, rgb in linear.items()}
        for a, b in itertools.combinations(seen, 2):
            assert np.linalg.norm(seen[a] - seen[b]) > 8.5, (name, a, b)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear sRGB."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ rgb
    f = np.cbrt(np.maximum(xyz / [0.9505, 1.0, 1.089], 1e-6))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])
