"""The Sankey picture on paper: its files, its text and its colours."""

from __future__ import annotations

import itertools
import warnings
from pathlib import Path

import matplotlib as mpl
import numpy as np

from mfa.show.sankey.geometry import ALPHA, COLOURS, LESS, MORE, Link
from mfa.show.sankey.labels import filled, named, node_lines, wrap
from mfa.show.sankey.layout.layout import layout, relayout
from mfa.show.sankey.layout.plan import plan
from mfa.show.sankey.print import draw, save
from tests.sankey_measures import park


def test_svg_has_text_files_repeat_and_settings_stay(tmp_path: Path) -> None:
    before = dict(mpl.rcParams)
    picture = layout(park(1, 6, 14), labels={"p0": "赤泥堆场 $x$ <b>"}, unit="t")
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


def test_node_without_flows_is_drawn_with_zero(tmp_path: Path) -> None:
    """In a year in which b stands still its label says so; nothing that is drawn lacks a figure."""
    made = plan([Link("a", "b", "m", 1.0), Link("a", "c", "m", 3.0)], labels={}, unit="t/a")
    picture = relayout(made, [Link("a", "c", "m", 3.0)])
    lines = {node.id: node_lines(node, "t/a", "en") for node in picture.nodes}
    assert lines == {"a": ["a", "3 t/a"], "b": ["b", "0 t/a"], "c": ["c", "3 t/a"]}
    save(picture, tmp_path / "a.svg")
    assert "0 t/a" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_what_crosses_is_named_and_counted() -> None:
    """One name, two that fit, one of two, one of many; a bundle has no count."""
    long = "Oxygen from air (reacting)"
    assert named(("Ore",), "import", "en") == "Ore import"
    assert named(("Ore", "Coal"), "import", "en") == "Ore, Coal import"
    assert named((long, "Ore"), "import", "en") == f"{long} and 1 other: import"
    assert named(("Ore", "Coal", "Lime"), "export", "en") == "Ore and 2 others: export"
    assert named(("Ore", "Coal", ""), "export", "en") == "Ore and others: export"
    assert named(("矿石", "煤", "石灰"), "export", "zh") == "矿石和其他 2 种：外售"


def test_no_han_character_stands_alone() -> None:
    """Eleven characters where ten have room: nine and two, not ten and one."""
    assert wrap("一二三四五六七八九十百", 110.0) == ["一二三四五六七八九", "十百"]
    assert wrap("一二三四五六七八九十", 110.0) == ["一二三四五六七八九十"]


def test_number_stays_with_what_it_counts() -> None:
    """There is room for «Oxygen from air and 12», but the twelve belong to the others."""
    assert wrap("Oxygen from air and 12 others", 125.0) == ["Oxygen from air and", "12 others"]
    assert wrap("热电粉煤灰和其他 6 种：外购", 110.0) == ["热电粉煤灰和其他", "6 种：外购"]


def test_labels_fit_their_room_as_drawn() -> None:
    from matplotlib.figure import Figure

    picture = layout(
        park(2, 8, 12),
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
            assert drawn[line].width <= filled(node, "t", "en").x1 - filled(node, "t", "en").x0 + 1


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
            if len({a, b} & {MORE, LESS}) == 1:
                continue  # those stand in a picture of their own
            assert np.linalg.norm(seen[a] - seen[b]) > 8.5, (name, a, b)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear sRGB."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ rgb
    f = np.cbrt(np.maximum(xyz / [0.9505, 1.0, 1.089], 1e-6))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])
