"""The picture of a chain: every coefficient once, nothing on top of anything, recycles turned back."""

from __future__ import annotations

import itertools
import re
import textwrap
from functools import cache
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D

import mfa
from mfa.results.accounts.flows import pool_node
from mfa.show.charts.style import DPI
from mfa.show.flowsheet.arrangement import Line, Placed
from mfa.show.flowsheet.boxes import LINE, coefficient
from mfa.show.flowsheet.flowsheet import chain_picture
from mfa.show.flowsheet.matplotlib_page import HEAD, Page, draw
from mfa.system import System

ROOT = Path(__file__).parent.parent
CHAINS = [f.stem for f in sorted((ROOT / "chains").glob("*.yaml")) if f.stem != "materials"]
LANGUAGES = ("en", "zh")


@cache
def system_of(name: str) -> System:
    return mfa.load(ROOT / "chains" / f"{name}.yaml").system if name in CHAINS else mfa.load(name).system


@cache
def picture_of(name: str, lang: str = "en") -> Page:
    return chain_picture(system_of(name), lang=lang)


def park(folder: Path, chain: str) -> System:
    """A chain written down in the test."""
    file = folder / "park.yaml"
    file.write_text("chain: park\n" + textwrap.dedent(chain), encoding="utf-8")
    return mfa.load(file).system


LOOP = """
materials:
  ore: {kind: resource}
  metal: {kind: intermediate}
  sheet: {kind: product}
  scrap: {kind: intermediate}
  slag: {kind: waste, waste: industrial-solid}
  power: {kind: energy, unit: MWh}
processes:
  melting:
    per: metal
    inputs: {ore: 1.5 t/t, scrap: 0.2 t/t, power: 82 kWh/t}
    outputs: {metal: 1 t/t, slag: 0.7 t/t}
    capacity: 2.5 Mt/a
  rolling: {per: sheet, inputs: {metal: 1.25 t/t}, outputs: {sheet: 1 t/t, scrap: 250 kg/t}}
  slag-use: {per: slag, inputs: {slag: 1 t/t}, outputs: {}, tolerance: 100 %}
pools:
  ore: {givers: [{boundary: import}]}
  power: {givers: [{boundary: import}]}
  sheet: {takers: [{boundary: export}]}
  slag: {takers: [{process: slag-use, limit: 100 kt/a}, {stock: heap}]}
  scrap: {takers: [{boundary: export}]}
stocks:
  heap: {material: slag}
"""


# ---------------------------------------------------------------- content
def test_coefficients_stand_at_their_arrows(tmp_path: Path) -> None:
    """Inner materials at the arrows, the others as lines of the box, each with its unit."""
    picture = chain_picture(park(tmp_path, LOOP))
    arrows = {(n.arc.source, n.arc.target): n.arc.text for n in picture.drawing.lines}
    assert arrows == {
        ("pool:scrap", "melting"): "0.2 t/t",
        ("melting", "pool:metal"): "1 t/t",
        ("melting", "pool:slag"): "0.7 t/t",
        ("pool:metal", "rolling"): "1.25 t/t",
        ("rolling", "pool:scrap"): "0.25 t/t",
        ("pool:slag", "slag-use"): "① 1 t/t",
        ("pool:slag", "heap"): "②",
    }
    box = box_of(picture, "melting").box
    assert box.notes == ("per t of metal", "capacity 2.5 Mt/a")
    assert [(s.material, " ".join(s.lines).replace("\xa0", " "), s.enters, s.marks) for s in box.streams] == [
        ("ore", "ore 1.5 t/t", True, ("import",)),
        ("power", "power 82 kWh/t", True, ("import",)),
    ]
    (sold,) = box_of(picture, "rolling").box.streams
    assert (sold.material, sold.enters, sold.marks) == ("sheet", False, ("export",))
    (edge,) = box_of(picture, "pool:scrap").box.streams
    assert edge.lines == ("exported",)


def test_recycle_turns_back(tmp_path: Path) -> None:
    """Metal runs to the right; of the loop of scrap one arc runs back below or above all its boxes."""
    picture = chain_picture(park(tmp_path, LOOP))
    back = [n for n in picture.drawing.lines if n.back]
    assert [n.arc.material for n in back] == ["scrap"]
    (line,) = back
    assert line.arrow is not None
    for name in ("melting", "pool:metal", "rolling"):
        placed = box_of(picture, name)
        assert not placed.y <= line.arrow[1] <= placed.y + placed.height
    x = [box_of(picture, name).x for name in ("melting", "pool:metal", "rolling")]
    assert x == sorted(x)


def box_of(picture: Page, name: str) -> Placed:
    (found,) = [p for p in picture.drawing.boxes if p.box.id == name]
    return found


@pytest.mark.parametrize("name", CHAINS)
def test_every_coefficient_once(name: str) -> None:
    """Each input and output of each recipe is an arrow or a line of its box, never both, never lost."""
    system, picture = system_of(name), picture_of(name)
    shown = []
    for line in picture.drawing.lines:
        for end, enters in ((line.arc.target, True), (line.arc.source, False)):
            if end in system.processes:
                shown.append((end, line.arc.material, enters))
    for placed in picture.drawing.boxes:
        if placed.box.role == "process":
            shown += [(placed.box.id, s.material, s.enters) for s in placed.box.streams]
    expected = [
        (p.id, m, enters)
        for p in system.processes.values()
        for recipe, enters in ((p.inputs, True), (p.outputs, False))
        for m in recipe
    ]
    assert sorted(shown) == sorted(expected)


@pytest.mark.parametrize("name", CHAINS)
def test_written_coefficients(name: str) -> None:
    """What is written is the figure of the recipe, read back with its unit, to three figures."""
    system, picture = system_of(name), picture_of(name)
    for line in picture.drawing.lines:
        ends = (line.arc.source, line.arc.target)
        process = next((system.processes[e] for e in ends if e in system.processes), None)
        if process is None:
            continue
        recipe = process.inputs if process.id == ends[1] else process.outputs
        material, per = system.materials[line.arc.material].unit, system.materials[process.per].unit
        written = line.arc.text.split(" ", 1)[1] if line.arc.text[0] in "①②③④⑤⑥⑦⑧⑨⑩(" else line.arc.text
        number, unit = written.replace("\xa0", "").rsplit(" ", 1)
        factor = {"kg": 1e-3, "g": 1e-6, "kWh": 1e-3, "MJ": 1e-3}.get(unit.split("/")[0], 1.0)
        value = float(number.replace("×10", "e").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
        assert unit.split("/", 1)[1] == per
        assert factor != 1.0 or unit.split("/")[0] == material
        assert value * factor == pytest.approx(recipe[line.arc.material].figure.value, rel=5.1e-3)


def test_units_of_coefficients() -> None:
    """A tenth of a tonne is a number to read, less is kilograms, less than one of these is grams."""
    cases = [
        (0.1, "t", "0.1 t/t"),
        (0.0999, "t", "99.9 kg/t"),
        (1e-3, "t", "1 kg/t"),
        (9e-4, "t", "900 g/t"),
        (55, "MWh", "55 MWh/t"),
    ]
    for value, unit, written in [*cases, (0.25, "GJ", "250 MJ/t"), (35.04, "piece", "35 piece/t")]:
        assert coefficient(value, unit, "t") == written


def test_boundary_of_a_pool_in_order() -> None:
    """Bought bauxite is second to the mine; the yard of the concentrate's mud hangs on its pool."""
    picture = picture_of("bayer-alumina")
    (bought,) = box_of(picture, "pool:bauxite").box.streams
    assert (bought.lines, bought.marks, bought.enters) == (("② imported",), ("import",), True)
    yards = [n.arc for n in picture.drawing.lines if n.arc.target == "red-mud-concentrate-yard"]
    assert [a.source for a in yards] == ["pool:red-mud-concentrate"]


def test_utilities_of_all_are_lines() -> None:
    """Power is no box with arrows to everything, but a line with its mark in every process that needs it."""
    picture = picture_of("alumina-red-mud")
    assert not [p for p in picture.drawing.boxes if p.box.id == "pool:electricity"]
    made = {p for p, c in system_of("alumina-red-mud").processes.items() if "electricity" in c.inputs}
    shown = {
        p.box.id
        for p in picture.drawing.boxes
        for s in p.box.streams
        if s.material == "electricity" and s.enters
    }
    assert shown == made
    marks = {s.marks for p in picture.drawing.boxes for s in p.box.streams if s.material == "electricity"}
    assert marks == {("network",)}
    assert any(note.what == "mark network" for note in picture.notes)


# ---------------------------------------------------------------- layout
@pytest.mark.parametrize("name", [*CHAINS, "alumina-red-mud"])
def test_boxes_stand_apart(name: str) -> None:
    """No two boxes touch, all lie on the page, and no arrow runs through a box that it does not belong to."""
    picture = picture_of(name)
    boxes = picture.drawing.boxes
    for a, b in itertools.combinations(boxes, 2):
        apart = a.x + a.width < b.x or b.x + b.width < a.x or a.y + a.height < b.y or b.y + b.height < a.y
        assert apart, (a.box.id, b.box.id)
    for p in boxes:
        assert min(p.x, p.y) >= 0
        assert p.x + p.width <= picture.width
        assert p.y + p.height + HEAD <= picture.height
    left, top = np.array([(p.x, p.y) for p in boxes]).T
    right, low = np.array([(p.x + p.width, p.y + p.height) for p in boxes]).T
    for line in picture.drawing.lines:
        x, y = np.array(points(line)).T[..., None]
        inside = (left + 0.5 < x) & (x < right - 0.5) & (top < y) & (y < low)
        assert not inside.any(), line.arc


def points(line: Line) -> list[tuple[float, float]]:
    """Points along a path, some ten for each step."""
    at, found = line.start, []
    for piece in line.pieces:
        steps = [k / 12 for k in range(13)]
        if len(piece.points) == 1:
            (b,) = piece.points
            found += [(at[0] + t * (b[0] - at[0]), at[1] + t * (b[1] - at[1])) for t in steps]
        else:
            p, q, b = piece.points
            for t in steps:
                w = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
                corners = (at, p, q, b)
                found.append(tuple(sum(k * c[i] for k, c in zip(w, corners, strict=True)) for i in (0, 1)))
        at = piece.points[-1]
    return found


@pytest.mark.parametrize("name", [*CHAINS, "alumina-red-mud"])
def test_arrows_join_their_boxes(name: str) -> None:
    """An arrow begins at the right side of its source and ends at the left side of its target."""
    picture = picture_of(name)
    placed = {p.box.id: p for p in picture.drawing.boxes}
    for line in picture.drawing.lines:
        source, target = placed[line.arc.source], placed[line.arc.target]
        end = line.pieces[-1].points[-1]
        assert line.start[0] == pytest.approx(source.x + source.width)
        assert end[0] == pytest.approx(target.x)
        assert source.y <= line.start[1] <= source.y + source.height
        assert target.y <= end[1] <= target.y + target.height
        assert line.back == (target.x < source.x + source.width)


@pytest.mark.parametrize("name", [*CHAINS, "alumina-red-mud"])
def test_only_loops_turn_back(name: str) -> None:
    """Without the recycles nothing goes round; each recycle closes a loop of its own."""
    lines = picture_of(name).drawing.lines
    onward = nx.DiGraph((n.arc.source, n.arc.target) for n in lines if not n.back)
    assert nx.is_directed_acyclic_graph(onward)
    for line in lines:
        if line.back:
            assert nx.has_path(onward, line.arc.target, line.arc.source), line.arc


@pytest.mark.parametrize("name", CHAINS)
def test_pools_and_processes_alternate(name: str) -> None:
    """The graph is bipartite: every arrow joins a pool and something that is none."""
    system = system_of(name)
    for line in picture_of(name).drawing.lines:
        ends = {line.arc.source, line.arc.target}
        assert pool_node(line.arc.material) in ends
        assert len(ends & (set(system.processes) | set(system.stocks))) == 1


def test_the_same_twice() -> None:
    assert chain_picture(system_of("magnesium")) == picture_of("magnesium")


# ---------------------------------------------------------------- on paper
def written(picture: Page) -> list[tuple[str, Any]]:
    """Every text drawn, with its box in units of the picture, at the resolution that files have."""
    figure = Figure(figsize=(picture.width / 72, picture.height / 72), dpi=DPI)
    ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    draw(picture, ax)
    ax.apply_aspect()
    renderer = FigureCanvasAgg(figure).get_renderer()
    shrink = Affine2D().scale(72 / DPI)
    return [(t.get_text(), t.get_window_extent(renderer).transformed(shrink)) for t in ax.texts]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", [*CHAINS, "alumina-red-mud"])
def test_no_text_on_another(name: str, lang: str) -> None:
    """As rendered, no text meets another or leaves the page; a missing glyph is a warning, so an error."""
    picture = picture_of(name, lang)
    found = written(picture)
    x0, y0, x1, y1 = np.array([(b.x0, b.y0, b.x1, b.y1) for _, b in found]).T
    wide = np.minimum(x1[:, None], x1) - np.maximum(x0[:, None], x0)
    tall = np.minimum(y1[:, None], y1) - np.maximum(y0[:, None], y0)
    # the box of a text holds room for ascenders and descenders, a fifth of a line
    met = np.argwhere(np.triu((wide > 0.5) & (tall > 0.25 * LINE), 1))
    assert not len(met), [(found[i][0], found[j][0]) for i, j in met]
    for text, box in found:
        assert box.x0 >= 0, text
        assert box.x1 <= picture.width, text
        assert box.y0 >= 0, text
        assert box.y1 <= picture.height, text


def test_chinese_is_chinese() -> None:
    """Names and words are those of the language."""
    texts = {t for t, _ in written(picture_of("bayer-alumina", "zh"))}
    for part in ("铝土矿→氧化铝 · bayer-alumina", "氢氧化铝焙烧", "产能 3 Mt/a", "循环"):
        assert part in texts


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
def test_files(tmp_path: Path, ending: str) -> None:
    """Each format is written, twice the same."""
    files = [tmp_path / f"{i}{ending}" for i in range(2)]
    for file in files:
        chain_picture(system_of("water"), file, lang="zh")
    assert files[0].read_bytes() == files[1].read_bytes()
    if ending == ".svg":
        texts = re.findall(r"<text[^>]*>([^<]+)</text>", files[0].read_text(encoding="utf-8"))
        assert system_of("water").processes["karst-well"].label["zh"] in texts


def test_faults(tmp_path: Path) -> None:
    """An ending that is not drawn, and a chain without processes."""
    with pytest.raises(mfa.Error, match="no ending that is drawn"):
        chain_picture(system_of("water"), tmp_path / "water.gif")
    with pytest.raises(mfa.Error, match="no process to draw"):
        chain_picture(mfa.load(ROOT / "chains" / "materials.yaml").system)


def test_given_axes() -> None:
    """Drawn on the left of two axes, the right ones stay empty."""
    figure = Figure(figsize=(16, 4))
    left, right = figure.subplots(1, 2)
    chain_picture(system_of("coal"), ax=left)
    assert left.texts
    assert not right.texts


# ---------------------------------------------------------------- one process, what runs, sizes
def test_one_process_and_who_else_is_at_its_pools() -> None:
    """Its own arcs alone; the pool of red mud names the yard, third in its list, and counts the rest."""
    whole = mfa.load("jiaokou-2025")
    picture = whole.picture(process="bayer-digestion")
    boxes = {p.box.id: p.box for p in picture.drawing.boxes}
    assert [b.role for b in boxes.values()].count("process") == 1
    arcs = [line.arc for line in picture.drawing.lines]
    assert {end for a in arcs for end in (a.source, a.target)} == set(boxes)
    mud = [" ".join(s.lines) for s in boxes["pool:red-mud"].streams]
    takers = whole.system.pools["red-mud"].takers
    assert next(e.tier for e in takers if e.node == "red-mud-yard") == 3
    assert "③ Red-mud yard" in mud
    users = [p for p in whole.system.processes.values() if "red-mud" in p.inputs]
    assert f"and {len(users) + 1 - 8} others" in mud
    idle = {s.node for s in boxes["pool:red-mud"].streams} & picture.idle
    assert "red-mud-road-base" in idle
    assert "red-mud-yard" not in idle
    with pytest.raises(mfa.Error, match="'bayer-digestio' to draw; did you mean 'bayer-digestion'"):
        whole.picture(process="bayer-digestio")


def test_what_does_not_run_is_grey(tmp_path: Path) -> None:
    """Just what has no flow in the run: an idle process and its arcs; a chain alone has no run."""
    scenario = mfa.load("jiaokou-2025")
    picture = scenario.picture()
    flows = scenario.solve().flows
    running = {*flows.source, *flows.target}
    boxes = {p.box.id for p in picture.drawing.boxes}
    assert picture.idle == boxes - running
    assert "pidgeon-horizontal" not in picture.idle
    figure = Figure(figsize=(30, 30))
    draw(picture, figure.add_axes((0, 0, 1, 1)))
    name = scenario.system.processes[next(k for k in sorted(picture.idle) if k in scenario.system.processes)]
    grey = {t.get_color() for t in figure.axes[0].texts if t.get_text() == name.label["en"]}
    assert grey <= {"#9a9a9a"}
    assert "does not run in this scenario" in {n.text for n in picture.notes}
    assert mfa.load("aluminium").picture().idle == frozenset()


def test_a_flowsheet_fits_its_width_or_says_what_does(tmp_path: Path) -> None:
    """All of it by one factor: at 17 cm the smallest of its type, 7.5 pt of its own, is 6.5 pt or more."""
    scenario = mfa.load("jiaokou-2025")
    file = tmp_path / "bayer.svg"
    scenario.picture(file, process="bayer-digestion", for_="paper")
    text = file.read_text(encoding="utf-8")
    (wide,) = re.findall(r'<svg[^>]* width="([\d.]+)pt"', text)
    assert float(wide) <= 17 / 2.54 * 72 + 0.01
    sizes = [float(x) for x in re.findall(r"font(?:-size)?: ?([\d.]+)px", text)]
    assert sizes
    assert min(sizes) >= 6.5
    with pytest.raises(mfa.Error, match=r"smallest text would be [\d.]+ pt, 6\.5 pt was expected; it takes"):
        scenario.picture(tmp_path / "park.svg", for_="paper")
    assert not (tmp_path / "park.svg").exists()
