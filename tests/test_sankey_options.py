"""What a Sankey picture shows: layers, groups, what is followed, bundles, colours, data for others.

The numbers are worked out by hand from one small works. The smelter makes 100 t a year and needs
2 t of alumina a tonne; its 10 t of dross give 5 t of alumina back and 5 t of slag that nobody
takes. So the refinery makes 195 t of alumina from 390 t of ore, with 195 t of mud for the yard.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import mfa
from mfa.show.report import report_page
from mfa.show.sankey.diagram import Sankey
from mfa.show.sankey.geometry import COLOURS, LOOKS, OTHER, Link
from mfa.show.sankey.labels import notes
from mfa.show.sankey.selection import Start, cut, follow

WORKS = """
scenario: works
label: {en: "Works <b>", zh: 工厂}
materials:
  rock: {kind: resource, composition: {Al2O3: 50 %, SiO2: 50 %}, price: 10 CNY/t, moisture: 20 %}
  ore: {label: {en: Ore, zh: 矿石}, kind: intermediate, composition: {Al2O3: 50 %, SiO2: 50 %}}
  coal: {kind: fuel, lhv: 20 GJ/t, carbon: 60 %, price: 800 CNY/t}
  alumina: {label: {en: Alumina, zh: 氧化铝}, kind: intermediate, composition: {Al2O3: 100 %}}
  mud: {kind: waste, waste: industrial-solid, composition: {SiO2: 100 %}}
  co2: {kind: emission, ghg: combustion}
  electricity: {kind: energy, unit: MWh, price: 500 CNY/MWh}
  metal: {kind: product, price: 20000 CNY/t}
  dross: {kind: waste, waste: hazardous, composition: {Al2O3: 50 %, other: 50 %}}
  slag: {kind: waste, waste: industrial-solid}
processes:
  mine: {site: pit, sector: mining, per: ore, inputs: {rock: 1 t/t}}
  refinery:
    {site: works, sector: metal, per: alumina, inputs: {ore: 2 t/t, coal: 0.5 t/t},
     outputs: {alumina: 1 t/t, mud: 1 t/t, co2: 1 t/t}}
  smelter:
    {site: works, sector: metal, per: metal, inputs: {alumina: 2 t/t, electricity: 14 MWh/t},
     outputs: {metal: 1 t/t, dross: 0.1 t/t}, system-cost: 1000 CNY/t}
  dross-mill: {sector: metal, per: dross, inputs: {dross: 1 t/t}, outputs: {alumina: 0.5 t/t, slag: 0.5 t/t}}
stocks:
  yard: {material: mud}
pools:
  ore: {givers: [mine]}
  alumina: {givers: [refinery]}
  dross: {takers: [dross-mill]}
  mud: {takers: [{stock: yard}]}
drive: {smelter: 100 t/a}
"""

MASS = {
    ("import", "mine", "rock"): 390.0,
    ("mine", "refinery", "ore"): 390.0,
    ("import", "refinery", "coal"): 97.5,
    ("refinery", "smelter", "alumina"): 195.0,
    ("refinery", "yard", "mud"): 195.0,
    ("refinery", "emission", "co2"): 195.0,
    ("smelter", "export", "metal"): 100.0,
    ("smelter", "dross-mill", "dross"): 10.0,
    ("dross-mill", "smelter", "alumina"): 5.0,
    ("dross-mill", "surplus", "slag"): 5.0,
}
WHOLE = sum(MASS.values())


def loaded(folder: Path, more: str = "") -> mfa.Scenario:
    file = folder / "works.yaml"
    file.write_text(WORKS + more, encoding="utf-8")
    return mfa.load(file)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> mfa.Result:
    return loaded(tmp_path_factory.mktemp("works")).solve()


def drawn(made: Sankey, layer: int = 0) -> dict[tuple[str, str, str], float]:
    """(source, target, material) → value above zero, the pieces of the boundary put together again."""
    shape = made.pictures[layer].geometry
    origin = {node.id: node.origin for node in shape.nodes}
    found: dict[tuple[str, str, str], float] = {}
    for link in (band.link for band in shape.bands if band.link.value):
        key = (origin[link.source], origin[link.target], link.material)
        found[key] = found.get(key, 0.0) + link.value
    return found


def told(made: Sankey) -> dict[str, float]:
    """What the legend says of flows that are not drawn."""
    return {remark.key: remark.value for remark in made.geometry.remarks}


# ---------------------------------------------------------------- layers
def test_mass_is_drawn_where_nothing_is_said(result: mfa.Result) -> None:
    made = result.sankey()
    assert drawn(made) == pytest.approx(MASS)
    assert (made.geometry.unit, told(made)) == ("t/a", {})


def layer_of(result: mfa.Result, **options: Any) -> tuple[str, Mapping[tuple[str, str, str], float]]:
    """In the unit of the layer, as on a page."""
    made = result.sankey(page=True, **options)
    return made.geometry.unit, drawn(made)


def test_layers_by_hand(result: mfa.Result) -> None:
    """Each layer counts one property in one unit, and leaves out what has none of it."""
    power = ("import", "smelter", "electricity")
    assert layer_of(result, layer="energy") == (
        "GJ/a",
        pytest.approx({("import", "refinery", "coal"): 1950.0, power: 5040.0}),
    )
    assert layer_of(result, layer="co2") == ("t/a", pytest.approx({("refinery", "emission", "co2"): 195.0}))
    assert layer_of(result, unit="MWh") == ("MWh/a", pytest.approx({power: 1400.0}))
    unit, wet = layer_of(result, layer="wet")
    assert (unit, wet["import", "mine", "rock"]) == ("t_wet/a", pytest.approx(390 / 0.8))
    assert wet["mine", "refinery", "ore"] == pytest.approx(390.0)
    unit, value = layer_of(result, layer="value")
    assert (unit, value["smelter", "export", "metal"]) == ("CNY/a", pytest.approx(2e6))
    assert ("mine", "refinery", "ore") not in value


def test_substance_layer(result: mfa.Result) -> None:
    """195 t of Al2O3 come with the rock and leave the refinery in the alumina; Al is 52.925 % of it."""
    unit, oxide = layer_of(result, layer="Al2O3")
    assert unit == "kg/a"
    for key in (("import", "mine", "rock"), ("mine", "refinery", "ore"), ("refinery", "smelter", "alumina")):
        assert oxide[key] == pytest.approx(195_000.0)
    assert oxide["dross-mill", "smelter", "alumina"] == pytest.approx(5_000.0)
    assert ("refinery", "yard", "mud") not in oxide
    _, metal = layer_of(result, layer="Al")
    assert metal["import", "mine", "rock"] == pytest.approx(195_000 * 2 * 26.9815 / 101.9613, rel=1e-4)
    # the smelter gets 200 t; its dross holds 5 t, the metal, of no composition, takes the rest
    assert oxide["smelter", "export", "metal"] == pytest.approx(195_000.0)


def test_cost_layer_closes(result: mfa.Result) -> None:
    """All that is paid, 3 900 + 78 000 + 700 000 + 100 000 CNY, leaves with products and losses."""
    unit, cost = layer_of(result, layer="cost")
    paid = sum(v for (source, _, _), v in cost.items() if source == "import")
    left = sum(v for (_, target, _), v in cost.items() if target in ("export", "yard", "surplus", "emission"))
    assert (unit, paid) == ("CNY/a", pytest.approx(881_900.0))
    assert left == pytest.approx(paid)
    # mud and alumina are of one mass, so each carries half of what ore and coal cost
    assert cost["refinery", "yard", "mud"] == pytest.approx(81_900 / 2)
    made = result.sankey(layer="cost")
    assert "labour, capital, services" in {band.name for band in made.geometry.bands}


def test_unit_on_paper_is_one_of_short_numbers(result: mfa.Result) -> None:
    """The largest flow, 390 t, stays in t; 195 000 kg of Al2O3 are 195 t; 7 TJ and 200 万元 read alike."""
    assert result.sankey().geometry.unit == "t/a"
    oxide = result.sankey(layer="Al2O3")
    assert (oxide.geometry.unit, drawn(oxide)["import", "mine", "rock"]) == ("t/a", pytest.approx(195.0))
    energy = drawn(result.sankey(layer="energy"))
    assert energy["import", "refinery", "coal"] == pytest.approx(1.95)
    value = result.sankey(layer="value", lang="zh")
    assert (value.geometry.unit, drawn(value)["smelter", "export", "metal"]) == (
        "万元/a",
        pytest.approx(200.0),
    )
    assert result.sankey(layer="value").geometry.unit == "million CNY/a"


def test_other_unit(result: mfa.Result) -> None:
    assert layer_of(result, unit="kt")[1]["smelter", "export", "metal"] == pytest.approx(0.1)
    unit, energy = layer_of(result, layer="energy", unit="tce")
    assert (unit, energy["import", "refinery", "coal"]) == ("tce/a", pytest.approx(1950 / 29.3076))


def test_layers_of_a_page_stand_on_the_same_nodes(result: mfa.Result, tmp_path: Path) -> None:
    """Each layer has its own values and unit, all have the columns and order of their union."""
    keys = ["mass", "Al2O3", "energy"]
    made = result.sankey(tmp_path / "a.html", layer=keys, by="sector")
    columns = [[(n.id, n.layer) for n in p.geometry.nodes] for p in made.pictures]
    assert columns[0] == columns[1] == columns[2]
    assert [p.geometry.unit for p in made.pictures] == ["t/a", "kg/a", "GJ/a"]
    for i, key in enumerate(keys):
        alone = result.sankey(layer=key, by="sector", page=True)
        assert drawn(made, i) == pytest.approx(drawn(alone))
        assert made.pictures[i].geometry.remarks == alone.geometry.remarks
        assert made.pictures[i].geometry.kinds == alone.geometry.kinds
    assert "Al2O3 content" in (tmp_path / "a.html").read_text(encoding="utf-8")
    with pytest.raises(mfa.Error, match="several layers"):
        made.save(tmp_path / "a.svg")


def test_small_flows_of_a_page_are_those_small_in_every_layer(result: mfa.Result) -> None:
    """Coal is a quarter of the largest mass, yet the larger part of what energy leaves after the power."""
    made = result.sankey(layer=["mass", "energy"], min_share="30 %")
    coal = ("import", "refinery", "coal")
    assert drawn(made, 0)[coal] == pytest.approx(97.5)
    assert drawn(made, 1)[coal] == pytest.approx(1950.0)
    assert coal not in drawn(result.sankey(min_share="30 %"))
    mass, energy = (p.geometry for p in made.pictures)
    assert (mass.bundled, mass.bundled_count) == (0.0, 0)
    assert (energy.bundled, energy.bundled_count) == (0.0, 0)


# ---------------------------------------------------------------- groups
def test_groups_leave_out_and_tell_what_is_inside(result: mfa.Result) -> None:
    made = result.sankey(by="sector")
    expected = {
        ("import", "sector:mining", "rock"): 390.0,
        ("sector:mining", "sector:metal", "ore"): 390.0,
        ("import", "sector:metal", "coal"): 97.5,
        ("sector:metal", "yard", "mud"): 195.0,
        ("sector:metal", "emission", "co2"): 195.0,
        ("sector:metal", "export", "metal"): 100.0,
        ("sector:metal", "surplus", "slag"): 5.0,
    }
    assert drawn(made) == pytest.approx(expected)
    assert told(made) == pytest.approx({"inside": 210.0})
    roles = {node.origin: node.role for node in made.geometry.nodes}
    assert (roles["surplus"], roles["yard"]) == ("surplus", "stock")


def test_inner_flows_as_loops(result: mfa.Result) -> None:
    """Shown as loops, nothing is left out: the sum is that of all links."""
    made = result.sankey(by="sector", loops=True)
    own = {k: v for k, v in drawn(made).items() if k[0] == k[1]}
    assert own == pytest.approx(
        {("sector:metal", "sector:metal", m): v for m, v in (("alumina", 200), ("dross", 10))}
    )
    assert sum(drawn(made).values()) == pytest.approx(WHOLE)
    assert told(made) == {}
    assert all(band.back for band in made.geometry.bands if band.link.source == band.link.target)


def test_process_without_the_tag_stands_alone(result: mfa.Result) -> None:
    made = result.sankey(by="site")
    assert {"site:pit", "site:works", "dross-mill"} <= {node.origin for node in made.geometry.nodes}
    assert told(made) == pytest.approx({"inside": 195.0})
    assert next(band for band in made.geometry.bands if band.link.source == "dross-mill").link.value == 5.0


@pytest.mark.parametrize("by", ["process", "chain", "site", "sector", "project", "enterprise"])
def test_every_grouping_keeps_the_sum_and_the_marks(result: mfa.Result, by: str) -> None:
    """Drawn + inside = all links; what is over stays red, the yard a stock."""
    made = result.sankey(by=by, min_share=0.02)
    assert sum(drawn(made).values()) + told(made).get("inside", 0.0) == pytest.approx(WHOLE)
    looks = {node.origin: LOOKS[node.role] for node in made.geometry.nodes}
    assert looks["surplus"].fill == "#cc3311"
    assert looks["yard"].round
    assert drawn(made)[next(k for k in drawn(made) if k[1] == "surplus")] == pytest.approx(5.0)


def test_shortage_is_hatched_in_every_grouping(tmp_path: Path) -> None:
    """Without a mine the ore is short, and the picture says so."""
    file = tmp_path / "short.yaml"
    file.write_text(
        WORKS.replace("  ore: {givers: [mine]}\n", "").replace("scenario: works", "scenario: short")
    )
    result = mfa.load(file).solve()
    for by in ("process", "site", "sector"):
        made = result.sankey(by=by, min_share=0.5)
        node = next(n for n in made.geometry.nodes if n.origin == "shortage")
        assert LOOKS[node.role].hatched
        assert node.value_out == pytest.approx(390.0)


# ---------------------------------------------------------------- what is followed
def test_focus_on_a_material(result: mfa.Result) -> None:
    """One step: the mud alone, with the rest of what the refinery gets and gives as «other»."""
    made = result.sankey(focus="mud", steps=1)
    expected = {
        ("refinery", "yard", "mud"): 195.0,
        ("rest-in", "refinery", OTHER): 487.5,
        ("refinery", "rest-out", OTHER): 390.0,
    }
    assert drawn(made) == pytest.approx(expected)
    assert told(made) == pytest.approx({"outside": WHOLE - 195.0})


def test_focus_follows_to_the_ends(result: mfa.Result) -> None:
    made = result.sankey(focus="mud")
    kept = {k: v for k, v in drawn(made).items() if k[2] != OTHER}
    assert set(kept) == {
        ("refinery", "yard", "mud"),
        ("mine", "refinery", "ore"),
        ("import", "mine", "rock"),
        ("import", "refinery", "coal"),
    }
    assert sum(kept.values()) + told(made)["outside"] == pytest.approx(WHOLE)


def test_focus_on_a_process_shows_its_loop(result: mfa.Result) -> None:
    """The dross mill turns back to the smelter: both are shown, and the loop closes."""
    flows = drawn(result.sankey(focus="dross-mill"))
    for key in (("smelter", "dross-mill", "dross"), ("dross-mill", "smelter", "alumina")):
        assert flows[key] == pytest.approx(MASS[key])
    assert flows["refinery", "smelter", "alumina"] == pytest.approx(195.0)
    assert ("refinery", "yard", "mud") not in flows


def test_way_between_two(result: mfa.Result) -> None:
    kept = {k: v for k, v in drawn(result.sankey(focus=["rock", "smelter"])).items() if k[2] != OTHER}
    wanted = [("import", "mine", "rock"), ("mine", "refinery", "ore"), ("refinery", "smelter", "alumina")]
    assert kept == pytest.approx({key: MASS[key] for key in wanted})
    with pytest.raises(mfa.Error, match="nothing flows from 'smelter' to 'mine'"):
        result.sankey(focus=["smelter", "mine"])
    with pytest.raises(mfa.Error, match="within 2 steps"):
        result.sankey(focus=["rock", "smelter"], steps=2)


def test_way_back_is_found(result: mfa.Result) -> None:
    """A recycle is a way as well where it is the only one."""
    kept = {k for k in drawn(result.sankey(focus=["dross", "smelter"])) if k[2] != OTHER}
    assert kept >= {("smelter", "dross-mill", "dross"), ("dross-mill", "smelter", "alumina")}


def test_focus_within_groups(result: mfa.Result) -> None:
    """A process stands for its group; a prefix tells a group from a process of the same name."""
    expected = drawn(result.sankey(by="sector", focus="sector:mining", steps=1))
    assert expected == drawn(result.sankey(by="sector", focus="mine", steps=1))
    assert expected["sector:mining", "sector:metal", "ore"] == pytest.approx(390.0)
    assert drawn(result.sankey(focus="surplus", steps=1))["dross-mill", "surplus", "slag"] == pytest.approx(
        5.0
    )


def test_focus_of_a_page_is_that_of_all_its_layers(result: mfa.Result) -> None:
    """The power of the smelter leads to the dross: the energy layer shows it, the coal as the rest."""
    made = result.sankey(layer=["mass", "energy"], focus="dross", steps=2)
    assert drawn(made, 0)["smelter", "dross-mill", "dross"] == pytest.approx(10.0)
    energy = {("import", "smelter", "electricity"): 5040.0, ("rest-in", "refinery", OTHER): 1950.0}
    assert drawn(made, 1) == pytest.approx(energy)
    assert {r.key: r.value for r in made.pictures[1].geometry.remarks} == pytest.approx({"outside": 1950.0})
    with pytest.raises(mfa.Error, match="in the layer 'co2' nothing is left"):
        result.sankey(layer=["mass", "co2"], focus="dross", steps=1)


def test_steps_count_from_the_start() -> None:
    """A chain a → b → … → f, followed from c: k steps show k flows on either side."""
    chain = [Link(x, y, "m", 1.0) for x, y in zip("abcde", "bcdef", strict=True)]
    for steps, wanted in (
        (1, {"bc", "cd"}),
        (2, {"ab", "bc", "cd", "de"}),
        (None, {"ab", "bc", "cd", "de", "ef"}),
    ):
        found = cut(chain, follow(chain, [Start("c")], steps))
        assert {x.source + x.target for x in found.links if "rest" not in x.source + x.target} == wanted
        assert found.outside == 5.0 - len(wanted)


# ---------------------------------------------------------------- bundles
def test_bundles_have_one_end_a_node_and_no_label(result: mfa.Result) -> None:
    """Below half of the largest flow: coal comes in, co2 goes out; each is alone and stays what it is.

    Metal is a product and keeps its name and its end.
    """
    made = result.sankey(min_share="51 %", without=["mud"])
    flows = drawn(made)
    assert sum(flows.values()) == pytest.approx(WHOLE - 195.0)
    assert (made.geometry.bundled, made.geometry.bundled_count) == (0.0, 0)
    assert flows["small-in", "refinery", "coal"] == pytest.approx(97.5)
    assert flows["refinery", "small-out", "co2"] == pytest.approx(195.0)
    assert flows["smelter", "export", "metal"] == pytest.approx(100.0)
    assert flows["dross-mill", "surplus", "slag"] == pytest.approx(5.0)
    assert {n.role for n in made.geometry.nodes if n.origin.startswith("small")} == {"small-in", "small-out"}
    small = next(n for n in made.geometry.nodes if n.role == "small-in")
    assert small.text.x0 == pytest.approx(small.text.x1)


def test_small_flow_joins_a_larger_one_of_the_same_pair(tmp_path: Path) -> None:
    """Two imports of one process: the small one ends where the large one does, not at an end of its own."""
    file = tmp_path / "pair.yaml"
    text = WORKS.replace("inputs: {rock: 1 t/t}", "inputs: {rock: 1 t/t, coal: 0.001 t/t}")
    file.write_text(text, encoding="utf-8")
    flows = drawn(mfa.load(file).solve().sankey(min_share="1 %"))
    assert flows["import", "mine", "coal"] == pytest.approx(0.39)
    assert not any(source == "small-in" for source, _, _ in flows)


# ---------------------------------------------------------------- the scenario's own wishes
SECTION = """
sankey:
  by: sector
  min-share: 60 %
  without: [co2]
  order: [metal, mining]
  colours: {ore: "#123456", waste: "#654321"}
  labels: {"sector:metal": {en: Metal works, zh: 冶炼}, yard: {en: The yard, zh: 堆场}}
"""


def test_section_of_the_scenario(tmp_path: Path) -> None:
    """What the file says holds where the call says nothing."""
    result = loaded(tmp_path, SECTION).solve()
    made = result.sankey()
    assert told(made) == pytest.approx({"left-out": 195.0, "inside": 210.0})
    assert made.geometry.min_share == pytest.approx(0.6)
    names = {node.origin: node.names for node in made.geometry.nodes}
    assert (names["sector:metal"], names["yard"]) == (("Metal works",), ("The yard",))
    kinds = {band.link.material: band.kind for band in made.geometry.bands}
    assert kinds["ore"] == "ore"
    assert made.geometry.colours["ore"] == "#123456"
    assert made.geometry.colours["waste"] == "#654321"
    assert made.geometry.colours["product"] == COLOURS["product"]
    again = result.sankey(by="process", min_share=0, without=[], colours={"waste": "#000000"})
    assert drawn(again) == pytest.approx(MASS)
    assert again.geometry.colours["waste"] == "#000000"
    assert {n.names for n in result.sankey(lang="zh").geometry.nodes} >= {("冶炼",), ("堆场",)}


def test_section_may_name_what_another_run_has(tmp_path: Path) -> None:
    """A section shared by scenarios names what a variant switches off and what other chains hold."""
    section = (
        "sankey: {without: [alumina, water], order: [pit, mine], labels: {pit: Pit, bayer-digestion: B}}\n"
    )
    more = "variants: {closed: {processes: {mine: {enabled: false}}, pools: {ore: {givers: []}}}}\n"
    loaded(tmp_path, section + more)
    result = mfa.load(tmp_path / "works.yaml", variants=["closed"]).solve()
    assert told(result.sankey(by="site")) == pytest.approx({"left-out": 200.0})


def test_own_colour_is_in_the_file_and_the_legend(tmp_path: Path) -> None:
    loaded(tmp_path, SECTION).solve().sankey(tmp_path / "a.svg", min_share=0)
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "#123456" in text
    assert ">Ore<" in text


@pytest.mark.parametrize("order", [["c", "b", "a"], ["b", "a", "c"]])
def test_order_is_the_asked_one(tmp_path: Path, order: list[str]) -> None:
    """Where nothing else decides, nodes stand as the order says."""
    text = "scenario: order\nmaterials:\n  f: {kind: resource}\n"
    text += "".join(f"  {k}-out: {{kind: product}}\n" for k in "abc") + "processes:\n"
    text += "".join(f"  {k}: {{per: {k}-out, inputs: {{f: 1 t/t}}}}\n" for k in "abc")
    text += "  feed: {per: f, outputs: {f: 1 t/t}}\npools: {f: {givers: [feed]}}\n"
    text += f"drive: {{a: 1 t/a, b: 1 t/a, c: 1 t/a}}\nsankey: {{order: [{', '.join(order)}]}}\n"
    file = tmp_path / "order.yaml"
    file.write_text(text, encoding="utf-8")
    result = mfa.load(file).solve()
    for options, wanted in (({}, order), ({"order": ["a", "c", "b"]}, ["a", "c", "b"])):
        made = result.sankey(**options)
        placed = sorted((n for n in made.geometry.nodes if n.origin in "abc"), key=lambda n: n.box.y0)
        assert [n.origin for n in placed] == wanted


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"layer": "Zz"}, "sankey-layer"),
        ({"layer": "Ga"}, "sankey-layer-empty"),
        ({"unit": "m3"}, "sankey-unit"),
        ({"layer": "energy", "unit": "t"}, "sankey-unit"),
        ({"by": "colour"}, "sankey-by"),
        ({"focus": "mudd"}, "sankey-focus"),
        ({"focus": ["ore", "mud", "metal"]}, "sankey-focus-count"),
        ({"focus": ["yard", "mine"]}, "sankey-path"),
        ({"steps": 0, "focus": "ore"}, "sankey-steps"),
        ({"steps": 2}, "sankey-steps-alone"),
        ({"without": ["rocks"]}, "drawing-unknown"),
        ({"order": ["nowhere"]}, "drawing-unknown"),
        ({"colours": {"ore": "red"}}, "drawing-colour"),
        ({"min_share": "5 t"}, "unit-ratio"),
        ({"min_share": 1.0}, "above-one"),
        (
            {"without": ["rock", "ore", "intermediate", "waste", "fuel", "product", "emission"]},
            "sankey-empty",
        ),
    ],
    ids=str,
)
def test_wrong_options_are_faults(result: mfa.Result, options: dict[str, Any], key: str) -> None:
    with pytest.raises(mfa.Error) as caught:
        result.sankey(**options)
    assert [fault.key for fault in caught.value.faults] == [key]
    assert str(caught.value) != caught.value.text("zh")


# ---------------------------------------------------------------- uncertainty
def test_spread_is_a_pale_edge_and_told(result: mfa.Result, tmp_path: Path) -> None:
    """With 39 t of 390 t uncertain, the dark core has nine tenths of the width, all along the band."""
    from mfa.show.sankey.print import captions, core

    spread = {("mine", "refinery", "ore"): 39.0, ("refinery", "smelter", "alumina"): 9.75}
    made = result.sankey(tmp_path / "a.svg", spread=spread)
    band = next(b for b in made.geometry.bands if b.link.material == "ore")
    assert made.geometry.spread[band.link] == 39.0
    inner = core(band, 39.0)
    assert inner is not None
    assert inner.width == pytest.approx(0.9 * band.width)
    assert inner.outline().start[1] - band.outline().start[1] == pytest.approx(0.05 * band.width)
    assert len(inner.outline().steps) == len(band.outline().steps)
    assert core(band, 400.0) is None
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "standard deviation" in text
    assert "Alumina ± 5 %" in [c.text for c in captions(made.geometry)]
    told_too = {x["material"]: x["sd"] for x in made.data()["links"] if "sd" in x}
    assert told_too == {"ore": 39.0, "alumina": 9.75}


# ---------------------------------------------------------------- data for other programs
def test_json_tells_what_the_picture_tells(result: mfa.Result) -> None:
    found = result.sankey_data(by="sector", min_share="1 %")
    assert json.loads(json.dumps(found)) == found
    assert (found["layer"], found["unit"]) == ("mass", "t/a")
    assert {"key": "inside", "value": pytest.approx(210.0), "names": ""} in found["remarks"]
    origin = {n["id"]: n["origin"] for n in found["nodes"]}
    flows = {(origin[x["source"]], origin[x["target"]], x["material"]): x["value"] for x in found["links"]}
    assert flows == pytest.approx(drawn(result.sankey(by="sector", min_share="1 %")))


@pytest.mark.parametrize("form", ["floweaver", "d3"])
def test_node_and_link_lists(result: mfa.Result, form: str) -> None:
    found = result.sankey_data(form)
    ids = [n["id"] for n in found["nodes"]]
    assert len(set(ids)) == len(ids)
    assert all({"id", "title"} <= set(n) for n in found["nodes"])
    assert all({x["source"], x["target"]} <= set(ids) for x in found["links"])
    assert sum(x["value"] for x in found["links"]) == pytest.approx(WHOLE)
    assert {x["type"] for x in found["links"]} == {m for _, _, m in MASS}
    if form == "floweaver":
        assert sorted(i for column in found["order"] for part in column for i in part) == sorted(ids)


def test_plotly(result: mfa.Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without plotly its figure is a dictionary; the indices lead to the labels."""
    monkeypatch.setitem(sys.modules, "plotly.graph_objects", None)
    found = result.sankey(lang="zh").to_plotly()
    assert found == result.sankey_data("plotly", lang="zh")
    trace = found["data"][0]
    link, labels = trace["link"], trace["node"]["label"]
    at = link["label"].index("矿石")
    assert link["value"][at] == pytest.approx(390.0)
    assert [labels[link[end][at]] for end in ("source", "target")] == ["mine", "refinery"]
    assert found["layout"]["title"]["text"] == "工厂"


def test_formats_by_name_only(result: mfa.Result) -> None:
    with pytest.raises(mfa.Error, match="did you mean 'plotly'"):
        result.sankey_data("ploty")
    with pytest.raises(mfa.Error, match="several layers"):
        result.sankey_data("json", layer=["mass", "Al"])


# ---------------------------------------------------------------- notebook
class Tags(HTMLParser):
    """The open elements of a text, and all that was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def checked(text: str) -> Tags:
    """The text is well formed and lets no markup through."""
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert not {"b", "script"} & set(tags.seen)
    return tags


def test_notebook_shows_what_things_are(tmp_path: Path) -> None:
    targets = "targets: {industrial-solid-waste-utilisation: {min: 50 %}}\n"
    scenario = loaded(tmp_path, targets + "variants: {more: {drive: {smelter: 200 t/a}}}\n")
    text = scenario._repr_html_()
    checked(text)
    for part in ("Works &lt;b&gt;", "processes: 4, pools: 10, stocks: 1", "more", "100 t/a", "≥ 50.00 %"):
        assert part in text
    result = scenario.solve()
    text = result._repr_html_()
    checked(text)
    # 200 t of mud and slag arise, none of it is used
    for part in ("0.00 %", "✗", "195", "slag: surplus", "5 t/a", "result.flows"):
        assert part in text
    assert (repr(scenario), repr(result)) == (
        "<Scenario 'works': 4 processes, 10 pools>",
        "<Result of 'works': 0 of 1 targets met>",
    )
    made = result.sankey()
    assert repr(made) == "<Sankey 'Works <b>': mass; 10 nodes, 10 bands>"
    assert checked(made._repr_svg_()).seen[0] == "svg"
    for frame in (made._repr_html_(), text):
        assert checked(frame).seen.count("iframe") == 1
    assert framed(made._repr_html_()) == made.page()
    assert framed(text).count("mfa sankey") == 1


def framed(text: str) -> str:
    """The page in a frame, as a browser takes it out of the attribute; the frame may run scripts alone."""
    found: list[dict[str, str | None]] = []

    class Frames(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend([dict(attrs)] * (tag == "iframe"))

    Frames().feed(text)
    (frame,) = found
    assert frame["sandbox"] == "allow-scripts allow-downloads"
    return frame["srcdoc"] or ""


def test_nothing_heavy_is_loaded_for_text(tmp_path: Path) -> None:
    """What a notebook shows of a scenario and a result needs neither matplotlib nor pandas."""
    loaded(tmp_path)
    code = (
        "import sys, mfa; s = mfa.load('works.yaml'); r = s.solve()\n"
        "s._repr_html_(); r._repr_html_(); repr(r)\n"
        "print([m for m in ('matplotlib', 'pandas', 'plotly') if m in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "[]"


# ---------------------------------------------------------------- command line
def test_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every option of the command reaches the picture."""
    from click.testing import CliRunner

    from mfa.cli import cli

    monkeypatch.chdir(tmp_path)
    loaded(tmp_path, SECTION)
    call = ["sankey", "works.yaml", "-o", "x.json", "--by", "site", "--without", "co2", "--layer", "Al2O3"]
    call += ["--unit", "t", "--min-share", "1 %", "--loops", "--focus", "ore", "--steps", "1"]
    call += ["--colour", "ore=#abcdef", "--order", "works", "--order", "pit", "--format", "json"]
    ended = CliRunner().invoke(cli, call, catch_exceptions=False)
    assert (ended.exit_code, ended.output.strip()) == (0, "x.json")
    found = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    assert (found["layer"], found["unit"]) == ("Al2O3", "t/a")
    ore = next(x for x in found["links"] if x["material"] == "ore")
    assert (ore["source"], ore["target"], ore["value"]) == ("site:pit", "site:works", pytest.approx(195.0))


def test_format_needs_a_data_file(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from mfa.cli import cli

    loaded(tmp_path)
    call = ["sankey", str(tmp_path / "works.yaml"), "-o", "x.svg", "--format", "d3"]
    assert CliRunner().invoke(cli, call).exit_code == 2


# ---------------------------------------------------------------- a run without mass
SUN = """
scenario: sun
materials:
  sun: {kind: energy, unit: GJ}
  electricity: {kind: energy, unit: MWh}
processes:
  field: {per: electricity, inputs: {sun: 18 GJ/MWh}, outputs: {electricity: 1 MWh/MWh}}
pools: {electricity: {takers: [{boundary: export}]}}
drive: {field: 100 MWh/a}
"""


def test_run_without_mass_shows_its_energy(tmp_path: Path) -> None:
    """100 MWh are 360 GJ out of 1 800 GJ of sun, 1 440 GJ are lost; the note says why it is energy."""
    path = tmp_path / "sun.yaml"
    path.write_text(SUN, encoding="utf-8")
    result = mfa.load(path).solve()
    made = result.sankey(page=True)
    assert (made.pictures[0].key, made.geometry.unit) == ("energy", "GJ/a")
    found = {(b.link.source, b.link.target): b.link.value for b in made.geometry.bands}
    assert sorted(found.values()) == pytest.approx([360.0, 1440.0, 1800.0])
    assert found["field", "loss@field@in"] == pytest.approx(1440.0)
    assert notes(made.geometry, "en") == [
        "nothing here is counted by mass; shown is: Energy",
        "losses: what a process that gives energy gets and does not pass on, its own use included, "
        "1\N{NO-BREAK SPACE}440 GJ/a in all",
    ]
    assert notes(made.geometry, "zh")[0] == "本次运行没有按质量计的物流，所示为：能量"
    assert result.sankey(unit="MWh").pictures[0].unit == "MWh"
    with pytest.raises(mfa.Error, match="nothing flows in the layer 'mass'"):
        result.sankey(layer="mass")
    assert "counted by mass" in report_page(result, result.remedies())


# ---------------------------------------------------------------- what groups are called
def test_chains_are_called_as_their_files_say(tmp_path: Path) -> None:
    """A chain, a sector and a site of one name: each has its own label, in the file and in a workbook."""
    (tmp_path / "chains").mkdir()
    works = "materials: {ore: {kind: resource}, metal: {kind: product}, tin: {kind: product}}\n"
    named = {
        "metal": "label: {en: Ore to metal, zh: 矿石→金属}\n" + works,
        "tin": "label: One language\n",
        "plain": "",
    }
    for name, head in named.items():
        text = f"chain: {name}\n{head}processes:\n  {name}-works: {{per: metal, inputs: {{ore: 1 t/t}}"
        more = ", site: metal, sector: plain}\n" if name == "metal" else "}\n"
        (tmp_path / "chains" / f"{name}.yaml").write_text(text + more, encoding="utf-8")
    scenario = """
scenario: park
chains: [metal, tin, plain]
drive: {metal-works: 1 t/a, tin-works: 1 t/a, plain-works: 1 t/a}
sankey: {labels: {metal: {en: The metal site, zh: 金属厂}, plain: {en: Plain trade, zh: 普通业}}}
"""
    path = tmp_path / "park.yaml"
    path.write_text(scenario, encoding="utf-8")
    mfa.load(path).export(tmp_path / "park.xlsx")
    for file in (path, tmp_path / "park.xlsx"):
        result = mfa.load(file).solve()
        called = {by: result.sankey(by=by).names for by in ("chain", "site", "sector")}
        assert called["chain"]["chain:metal"] == {"en": "Ore to metal", "zh": "矿石→金属"}
        assert called["chain"]["chain:tin"] == {"en": "One language", "zh": "One language"}
        assert called["chain"]["chain:plain"]["zh"] == "plain"  # the sector's label is not the chain's
        assert called["site"]["site:metal"]["zh"] == "金属厂"
        assert called["sector"]["sector:plain"]["zh"] == "普通业"
    own = scenario.replace("{labels: {", "{labels: {'chain:metal': {en: Mine, zh: 我}, ")
    path.write_text(own, encoding="utf-8")
    assert mfa.load(path).solve().sankey(by="chain").names["chain:metal"]["zh"] == "我"
