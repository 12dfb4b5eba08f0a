"""The geometry of Sankey pictures, measured from nodes and outlines alone, and what it is computed with."""

from __future__ import annotations

import itertools
import math
import random
from functools import cache

import numpy as np
import pytest
from scipy.optimize import linprog

from mfa.show.sankey.geometry import Geometry, Link, is_bundle
from mfa.show.sankey.labels import node_lines, text_width
from mfa.show.sankey.layout.layering import back_arcs, layers
from mfa.show.sankey.layout.layout import layout, relayout
from mfa.show.sankey.layout.linear_programs import Apart, Level, levels
from mfa.show.sankey.layout.plan import plan
from tests.sankey_measures import captions, crosses, distance, meets, middle, narrowest, park, sides, trodden

SIZES = [(5, 7), (6, 14), (8, 12), (9, 24), (12, 16), (14, 30), (17, 25), (20, 40), (25, 40)] * 3
SIZES += [(40, 70), (60, 120), (120, 300)]
SEEDS = range(len(SIZES))
LABELS = {"p0": "氧化铝厂(拜耳法)"}


@cache
def picture_of(seed: int) -> Geometry:
    return layout(park(seed, *SIZES[seed]), labels=LABELS, unit="t", min_share=0.001)


@pytest.mark.parametrize("seed", SEEDS)
def test_labels_lie_apart_and_inside(seed: int) -> None:
    picture = picture_of(seed)
    for a, b in itertools.permutations(picture.nodes, 2):
        assert not a.text.meets(b.bar), (a.id, b.id)
        assert not a.box.meets(b.box), (a.id, b.id)
    for node in picture.nodes:
        assert node.text.x0 >= 0
        assert node.text.y0 >= 0
        assert node.text.x1 <= picture.width
        assert node.text.y1 <= picture.height
    for one, two in itertools.combinations([*captions(picture), *(node.text for node in picture.nodes)], 2):
        assert not one.meets(two)


@pytest.mark.parametrize("seed", SEEDS)
def test_bands_keep_their_width_at_every_turn(seed: int) -> None:
    for band in picture_of(seed).bands:
        assert narrowest(band) >= 0.6, band.link


@pytest.mark.parametrize("seed", SEEDS)
def test_no_band_runs_under_a_node_that_is_not_its_own(seed: int) -> None:
    assert trodden(picture_of(seed)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_node_is_as_tall_as_the_bands_of_its_fuller_side(seed: int) -> None:
    picture = picture_of(seed)
    for node in picture.nodes:
        came = [band for band in picture.bands if band.link.target == node.id]
        went = [band for band in picture.bands if band.link.source == node.id]
        sums = [sum(band.width for band in side) for side in (came, went)]
        assert node.box.y1 - node.box.y0 == pytest.approx(max(sums))
        own = sum(band.link.value for band in came if band.link.source == node.id)
        assert node.circulating == pytest.approx(own)
        assert node.value_in == pytest.approx(sum(band.link.value for band in came) - own)
        assert node.value_out == pytest.approx(sum(band.link.value for band in went) - own)
    for band in picture.bands:
        if band.to_scale:
            assert band.width == pytest.approx(band.link.value * picture.scale)


@pytest.mark.parametrize("seed", SEEDS)
def test_bands_leave_and_reach_their_nodes_side_by_side(seed: int) -> None:
    picture = picture_of(seed)
    nodes = {node.id: node for node in picture.nodes}
    taken: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for band in picture.bands:
        one, two = sides(band)
        source, target = nodes[band.link.source].box, nodes[band.link.target].box
        for side, ends, x, box in (
            ("out", (one[0], two[-1]), source.x1, source),
            ("in", (one[-1], two[0]), target.x0, target),
        ):
            low, high = sorted(float(end[1]) for end in ends)
            assert {round(float(end[0]) - x, 1) for end in ends} == {0.0}
            assert box.y0 - 0.02 <= low <= high <= box.y1 + 0.02
            taken.setdefault((band.link.source if side == "out" else band.link.target, side), []).append(
                (low, high)
            )
    for spans in taken.values():
        for (_, high), (low, _) in itertools.pairwise(sorted(spans)):
            assert high <= low + 0.05


@pytest.mark.parametrize("seed", SEEDS)
def test_same_picture_whatever_the_sequence_of_flows(seed: int) -> None:
    links = park(seed, *SIZES[seed])
    random.Random(1).shuffle(links)
    assert layout(links, labels=LABELS, unit="t", min_share=0.001) == picture_of(seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_forward_bands_go_right_and_return_bands_have_an_arrow(seed: int) -> None:
    picture = picture_of(seed)
    layer = {node.id: node.layer for node in picture.nodes}
    for band in picture.bands:
        assert (layer[band.link.target] > layer[band.link.source]) != band.back
        assert (band.arrow is not None) == band.back


@pytest.mark.parametrize("seed", range(20))
def test_bundling_loses_no_flow(seed: int) -> None:
    links = park(seed, *SIZES[seed])
    picture = layout(links, labels={}, unit="t", min_share=0.02)
    assert sum(band.link.value for band in picture.bands) == pytest.approx(sum(link.value for link in links))
    bundles = [band for band in picture.bands if is_bundle(band.link.material)]
    assert all(len(band.parts) > 1 for band in bundles)
    assert picture.bundled == pytest.approx(sum(band.link.value for band in bundles))
    assert picture.bundled_count == sum(len(band.parts) for band in bundles)
    assert len({(band.link.source, band.link.target) for band in bundles}) == len(bundles)


@pytest.mark.parametrize("seed", range(8))
def test_tree_has_no_crossing(seed: int) -> None:
    """A tree can be drawn in columns without a crossing, so the picture has none."""
    chance = random.Random(seed)
    links = [Link(f"n{chance.randrange(i)}", f"n{i}", "m", 10 ** chance.uniform(0, 2)) for i in range(1, 30)]
    lines = [middle(band) for band in layout(links, labels={}, unit="t").bands]
    assert not any(crosses(one, two) for one, two in itertools.combinations(lines, 2))


def test_steep_bands_beside_each_other_do_not_touch() -> None:
    """Thin sources on the left, tall targets on the right: every band climbs, none runs into another."""
    links = [Link(f"a{i}", f"b{i}", "m", 3.0) for i in range(8)]
    links += [Link(f"c{i}", f"b{i}", "m", 60.0) for i in range(8)]
    links += [Link("root", f"a{i}", "m", 3.0) for i in range(8)]
    bands = layout(links, labels={}, unit="t").bands
    lines = {band.link: middle(band) for band in bands}
    for one, two in itertools.combinations(bands, 2):
        if not {one.link.source, one.link.target} & {two.link.source, two.link.target}:
            line, other = lines[one.link], lines[two.link]
            if not crosses(line, other):
                assert distance(line, other).min() > 0.95 * (one.width + two.width) / 2, (one.link, two.link)


def test_loop_hugs_its_processes() -> None:
    links = [Link(f"p{i}", f"p{i + 1}", "m", 100.0) for i in range(6)]
    links += [Link("p3", "p2", "return", 10.0), Link("p1", "x", "side", 40.0), Link("p4", "y", "side", 40.0)]
    picture = layout(links, labels={}, unit="t")
    nodes = {node.id: node for node in picture.nodes}
    points = np.concatenate(sides(next(band for band in picture.bands if band.back)))
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
    for one, two in itertools.combinations(map(middle, back), 2):
        assert distance(one, two).min() > 0.95 * back[0].width


def test_gap_widens_for_broad_bands_that_cross() -> None:
    links = [Link(f"c{i}", f"c{i + 1}", "m", 1.0) for i in range(30)]
    links += [Link(a, b, "m", 250.0) for a in "ab" for b in "xy"]
    for band in layout(links, labels={}, unit="").bands:
        one, two = sides(band)
        assert distance(one, two).min() >= 0.9 * band.width


def test_loop_to_itself_is_drawn_beside_its_node() -> None:
    picture = layout([Link("a", "b", "m", 5.0), Link("b", "b", "own", 2.0)], labels={}, unit="t")
    band = next(band for band in picture.bands if band.link.material == "own")
    node = next(node for node in picture.nodes if node.id == "b")
    points = np.concatenate(sides(band))
    assert band.back
    assert points[:, 0].min() < node.box.x0
    assert points[:, 0].max() > node.box.x1
    assert points[:, 1].min() < node.box.y0 or points[:, 1].max() > node.box.y1
    assert layout([Link("a", "a", "own", 2.0)], labels={}, unit="t").bands[0].back
    huge = layout([Link("a", "b", "m", 5.0), Link("b", "b", "own", 2e5)], labels={}, unit="t")
    assert huge.bands[0].link.material == "m"


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
    for node in imports:
        target = next(band.link.target for band in picture.bands if band.link.source == node.id)
        assert nodes[target].layer == node.layer + 1
    assert {node.role for node in picture.nodes} == {"process", "import", "surplus", "shortage"}


def columns_of(picture: Geometry) -> dict[int, list[str]]:
    """The nodes of each column from the top."""
    found: dict[int, list[str]] = {}
    for node in sorted(picture.nodes, key=lambda node: node.box.y0 + node.box.y1):
        found.setdefault(node.layer, []).append(node.id)
    return found


def test_stock_has_its_role_and_order_breaks_ties() -> None:
    links = [Link("a", x, "m", 1.0) for x in ("u", "v", "w")]
    picture = layout(links, labels={}, unit="t", stocks=["v"], order=["w", "v", "u"])
    assert columns_of(picture)[1] == ["w", "v", "u"]
    assert {node.id: node.role for node in picture.nodes}["v"] == "stock"


@pytest.mark.parametrize("seed", range(10))
def test_pinned_nodes_stand_in_their_order(seed: int) -> None:
    """Whatever it costs in crossings; nodes of different parts are held together too."""
    links = [*park(seed, *SIZES[seed]), Link("x", "y", "m", 5.0)]
    pinned = sorted({end for link in links for end in (link.source, link.target) if end[0] in "pxy"})
    random.Random(seed).shuffle(pinned)
    for column in columns_of(layout(links, labels={}, unit="t", pinned=[*pinned, "nobody"])).values():
        asked = [node for node in column if node in pinned]
        assert asked == sorted(asked, key=pinned.index)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_value_must_be_above_zero(value: float) -> None:
    with pytest.raises(ValueError, match="m from a to b"):
        layout([Link("a", "b", "m", value)], labels={}, unit="t")
    with pytest.raises(ValueError, match="no flow"):
        layout([], labels={}, unit="t")


@pytest.mark.parametrize("seed", [0, 7, 16, 26, 28])
def test_relayout_of_the_same_flows_is_the_same_picture(seed: int) -> None:
    links = park(seed, *SIZES[seed])
    made = plan(links, labels=LABELS, unit="t", min_share=0.001)
    assert relayout(made, links) == picture_of(seed)


@pytest.mark.parametrize("seed", [1, 7, 8, 17, 26, 27])
def test_relayout_keeps_columns_and_order(seed: int) -> None:
    chance = random.Random(seed)
    links = park(seed, *SIZES[seed])
    made = plan(links, labels=LABELS, unit="t")
    before = relayout(made, links)
    still = {links[0].source, links[0].target}
    changed = [
        Link(x.source, x.target, x.material, x.value * chance.choice([0.0, 0.3, 1.0, 20.0]))
        for x in links
        if not {x.source, x.target} & still
    ]
    after = relayout(made, changed, unit="GJ", scale=before.scale)
    assert after.unit == "GJ"
    assert after.scale == before.scale
    assert {node.id: node.layer for node in after.nodes} == {node.id: node.layer for node in before.nodes}
    assert columns_of(after) == columns_of(before)
    assert {(b.link.source, b.link.target, b.link.material, b.back) for b in after.bands} == {
        (b.link.source, b.link.target, b.link.material, b.back) for b in before.bands
    }
    zero = [band for band in after.bands if band.link.value == 0]
    assert zero
    for band in after.bands:
        assert (band.width == 0) == (band.link.value == 0)
        assert band.width == 0 or narrowest(band) >= 0.6
    idle = next(node for node in after.nodes if node.id == links[0].source)
    assert idle.box.y0 == pytest.approx(idle.box.y1)
    for a, b in itertools.combinations(after.nodes, 2):
        assert not a.text.meets(b.text)
    assert trodden(after) == []
    assert sum(b.link.value for b in after.bands) == pytest.approx(sum(x.value for x in changed))


def test_label_stands_beside_a_thin_band_not_on_it() -> None:
    """The flow through b is a thousandth of the other: its line leaves b where the label would stand."""
    links = [Link("a", "b", "m", 1.0), Link("b", "c", "m", 1.0), Link("a", "d", "m", 1000.0)]
    picture = layout(links, labels={}, unit="t")
    b = next(node for node in picture.nodes if node.id == "b")
    assert b.text.y1 <= b.bar.y0 or b.text.y0 >= b.bar.y1
    assert abs((b.text.y0 + b.text.y1) - (b.bar.y0 + b.bar.y1)) / 2 < 2 * (b.text.y1 - b.text.y0)
    for band in picture.bands:
        for x, y in np.vstack(sides(band, 200)):
            assert not (b.text.x0 < x < b.text.x1 and b.text.y0 < y < b.text.y1), band.link


def test_labels_have_room_for_both_languages() -> None:
    """The longer name decides, whichever language the picture is laid out in."""
    links = [Link("import", "a", "m", 2.0), Link("a", "b", "m", 2.0)]
    short, long = {"a": "Mill"}, {"a": "Fluidised-bed"}
    room = {}
    for name, labels, translated in (("one", short, None), ("en", short, long), ("zh", long, short)):
        picture = layout(links, labels=labels, unit="t", translated=translated)
        box = next(node.text for node in picture.nodes if node.id == "a")
        room[name] = box.x1 - box.x0
    assert room["one"] < text_width("Fluidised-bed")
    assert room["en"] == pytest.approx(room["zh"])
    assert room["en"] >= text_width("Fluidised-bed")


def test_relayout_keeps_bundles() -> None:
    links = [Link("a", "b", "m", 100.0), Link("a", "b", "x", 0.5), Link("a", "b", "y", 0.25)]
    made = plan(links, labels={}, unit="t", min_share=0.01)
    after = relayout(made, [Link("a", "b", "m", 10.0), Link("a", "b", "y", 2.0)])
    assert {band.link.material: band.link.value for band in after.bands} == {
        "m": 10.0,
        "*other:intermediate": 2.0,
    }
    assert after.bundled == 2.0
    assert after.bundled_count == 1


def test_relayout_refuses_what_it_cannot_draw() -> None:
    made = plan([Link("a", "b", "m", 1.0)], labels={}, unit="t")
    with pytest.raises(ValueError, match="flow of x from a to b is not in the plan"):
        relayout(made, [Link("a", "b", "x", 1.0)])
    with pytest.raises(ValueError, match="below zero"):
        relayout(made, [Link("a", "b", "m", -1.0)])
    with pytest.raises(ValueError, match="no flow above zero"):
        relayout(made, [Link("a", "b", "m", 0.0)])


@pytest.mark.parametrize("seed", range(20))
def test_least_weight_turns_back(seed: int) -> None:
    """Against all orders of five nodes."""
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


@pytest.mark.parametrize("seed", range(10))
def test_columns_make_flows_as_short_as_can_be(seed: int) -> None:
    """Against all placements of five nodes in five columns."""
    chance = random.Random(seed)
    arcs = [arc for arc in itertools.combinations("abcde", 2) if chance.random() < 0.6]
    weights = {arc: 10 ** chance.uniform(-1, 2) for arc in [("a", "b"), *arcs]}
    pull = {arc: (weight / max(weights.values())) ** 0.25 for arc, weight in weights.items()}
    nodes = sorted({node for arc in weights for node in arc})

    def cost(column: dict[str, int]) -> float:
        return sum(p * (column[b] - column[a]) for (a, b), p in pull.items())

    placements = (
        dict(zip(nodes, at, strict=True)) for at in itertools.product(range(len(nodes)), repeat=len(nodes))
    )
    least = min(cost(at) for at in placements if all(at[b] > at[a] for a, b in weights))
    found = layers(weights, set())
    assert all(found[b] > found[a] for a, b in weights)
    assert cost(found) == pytest.approx(least, abs=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_levels_are_those_of_the_plain_programme(seed: int) -> None:
    """The dual flow problem against the primal, written out with one variable for each difference."""
    chance = random.Random(seed)
    size, pairs = 12, 15
    cost = [1.0] * size
    apart = [Apart(-1, 0, 2.0)] + [Apart(i, i + 1, chance.uniform(1, 5)) for i in range(5)]
    apart += [Apart(-1, 6, 2.0)] + [Apart(i, i + 1, chance.uniform(1, 5)) for i in range(6, 11)]
    level = [
        Level(chance.randrange(6), chance.randrange(6, 12), chance.uniform(-9, 9), chance.uniform(1, 30))
        for _ in range(pairs)
    ]
    found = levels(cost, apart, level)
    rows, limits = [], []
    for upper, lower, gap in apart:
        row = np.zeros(size + pairs)
        row[lower] -= 1
        if upper >= 0:
            row[upper] += 1
        rows.append(row)
        limits.append(-gap)
    for i, (one, other, offset, _) in enumerate(level):
        for sign in (1, -1):
            row = np.zeros(size + pairs)
            row[one], row[other], row[size + i] = sign, -sign, -1
            rows.append(row)
            limits.append(-sign * offset)
    plain = linprog([*cost, *(x.weight for x in level)], A_ub=np.array(rows), b_ub=limits)
    spent = sum(found) + sum(x.weight * abs(found[x.one] - found[x.other] + x.offset) for x in level)
    assert spent == pytest.approx(plain.fun)
    assert all(found[x.lower] - (found[x.upper] if x.upper >= 0 else 0) >= x.gap - 1e-7 for x in apart)


def test_measures_see_what_is_wrong() -> None:
    """A band is found to cover a box put on it, and not one beside it."""
    picture = layout([Link("a", "b", "m", 1.0)], labels={}, unit="t")
    band, (a, b) = picture.bands[0], picture.nodes
    x, y = (a.box.x1 + b.box.x0) / 2, (a.box.y0 + a.box.y1) / 2
    assert meets(band, type(a.box)(x - 2, y - 2, x + 2, y + 2))
    assert not meets(band, type(a.box)(x - 2, a.box.y1 + 2, x + 2, a.box.y1 + 6))
