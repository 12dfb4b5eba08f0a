"""Views of a run: one process, one material, shares from start to end, water and common pools.

Two mines feed a works, half and half. A tonne of metal takes two of ore and 0.1 of scrap, which
comes back from the metal that is cut: the cutter makes 0.9 of parts and 0.1 of scrap of a tonne.
Both draw 5 t of circulating water a tonne, and give it back.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mfa
from mfa.cli import main
from mfa.results.accounts.flows import Flow
from mfa.show.sankey.diagram import Sankey
from mfa.studies.traced import traced
from tests.parks import load

CHAIN = """
materials:
  ore: {label: {en: Ore, zh: 矿石}, kind: resource}
  gangue: {kind: waste, waste: industrial-solid}
  metal: {label: {en: Metal, zh: 金属}, kind: intermediate}
  parts: {kind: product}
  scrap: {kind: waste}
  slag: {kind: waste, waste: industrial-solid}
  cooling: {kind: water, water: circulating}
  wash: {kind: water}
  air: {kind: resource, common: true}
processes:
  north: {label: {en: North mine, zh: 北矿}, per: ore, outputs: {ore: 1 t/t, gangue: 0.5 t/t}}
  south: {per: ore, outputs: {ore: 1 t/t}}
  works:
    {label: {en: Works, zh: 冶炼厂}, per: metal,
     inputs: {ore: 2 t/t, scrap: 0.1 t/t, cooling: 5 t/t, wash: 1 t/t},
     outputs: {metal: 1 t/t, slag: 1.1 t/t, cooling: 5 t/t}}
  cutter:
    {per: metal, inputs: {metal: 1 t/t, cooling: 5 t/t, air: 0.2 t/t},
     outputs: {parts: 0.9 t/t, scrap: 0.1 t/t, cooling: 5 t/t}}
stocks:
  heap: {material: slag}
pools:
  ore: {givers: [{process: north, tier: 1, share: 1}, {process: south, tier: 1, share: 1}]}
  metal: {takers: [cutter]}
  scrap: {takers: [works]}
  slag: {takers: [{stock: heap}]}
  parts: {takers: [{boundary: export, limit: none}]}
  cooling: {givers: [{boundary: import}]}
  wash: {givers: [{boundary: import}]}
  air: {givers: [{boundary: import}]}
"""
SCENARIO = "drive: {works: 100 t/a}\n"


@pytest.fixture
def result(tmp_path: Path) -> mfa.Result:
    return load(tmp_path, CHAIN, SCENARIO).solve()


def drawn(made: Sankey) -> dict[tuple[str, str, str], float]:
    origin = {n.id: n.origin for n in made.geometry.nodes}
    return {
        (origin[b.link.source], origin[b.link.target], b.link.material): b.link.value
        for b in made.geometry.bands
        if b.link.value
    }


def told(made: Sankey) -> dict[str, float]:
    return {r.key: r.value for r in made.geometry.remarks}


# ---------------------------------------------------------------- water and common pools
def test_a_picture_of_goods_has_neither_water_nor_common_pools(result: mfa.Result) -> None:
    """1 000 t go round, 20 t of air react, 100 t of water are used: all told, none drawn."""
    made = result.sankey()
    assert not {m for _, _, m in drawn(made)} & {"cooling", "wash", "air"}
    assert told(made) == pytest.approx({"pools": 1020.0, "dry": 100.0})


def test_common_pools_as_stubs_lead_from_no_plant_to_the_other(result: mfa.Result) -> None:
    """Each plant's own 500 t in and out; the links of the run would carry half of them to the other plant."""
    links = {(f.source, f.target) for f in result.link_list if f.material == "cooling"}
    assert ("works", "cutter") in links
    made = result.sankey(pools="stubs", water=True)
    cooling = {k[:2]: v for k, v in drawn(made).items() if k[2] == "cooling"}
    assert cooling == pytest.approx(
        {
            ("common-in", "works"): 500.0,
            ("works", "common-out"): 500.0,
            ("common-in", "cutter"): 500.0,
            ("cutter", "common-out"): 500.0,
        }
    )
    assert drawn(made)["import", "works", "wash"] == pytest.approx(100.0)


def test_without_water_means_all_of_it(result: mfa.Result) -> None:
    """Of whatever kind; asked for, the name stands in the note."""
    made = result.sankey(without=["water"], pools="stubs")
    assert not {m for _, _, m in drawn(made)} & {"cooling", "wash"}
    assert told(made)["left-out"] == pytest.approx(1100.0)


def test_a_run_of_water_alone_is_drawn(tmp_path: Path) -> None:
    """A water works would be an empty picture."""
    chain = """
    materials: {raw: {kind: water}, clean: {kind: water}}
    processes: {filter: {per: clean, inputs: {raw: 1 t/t}, outputs: {clean: 1 t/t}}}
    pools: {clean: {takers: [{boundary: export}]}}
    """
    made = load(tmp_path, chain, "drive: {filter: 10 t/a}").solve().sankey()
    assert drawn(made) == pytest.approx(
        {("import", "filter", "raw"): 10.0, ("filter", "export", "clean"): 10.0}
    )


# ---------------------------------------------------------------- one process, one material
def test_one_process_shows_every_input_and_output_by_name(result: mfa.Result) -> None:
    """Common pools and water too, each with where it comes from or goes to and its amount."""
    made = result.sankey(process="works")
    named = sorted((n.names[0], n.value_in + n.value_out) for n in made.geometry.nodes if n.id != "works")
    assert [name for name, _ in named] == [
        *("Metal to cutter", "Ore from North mine", "Ore from south"),
        *(
            "cooling, common pool",
            "cooling, common pool",
            "scrap from cutter",
            "slag to heap",
            "wash, import",
        ),
    ]
    assert [v for _, v in named] == pytest.approx([100, 100, 100, 500, 500, 10, 110, 100])
    works = next(n for n in made.geometry.nodes if n.id == "works")
    assert (works.value_in, works.value_out) == (pytest.approx(810.0), pytest.approx(710.0))
    zh = {n.names[0] for n in result.sankey(process="works", lang="zh").geometry.nodes}
    assert {"矿石（来自北矿）", "金属（去往cutter）"} <= zh


def test_one_material(result: mfa.Result) -> None:
    """The ways of the ore, nothing else."""
    assert drawn(result.sankey(only="ore")) == pytest.approx(
        {("north", "works", "ore"): 100.0, ("south", "works", "ore"): 100.0}
    )


def test_focus_without_the_rest(result: mfa.Result) -> None:
    """What else the nodes get and give is told, not drawn."""
    whole = drawn(result.sankey(focus="scrap", steps=1))
    bare = result.sankey(focus="scrap", steps=1, rest=False)
    assert "rest-in" in {end for key in whole for end in key[:2]}
    assert set(drawn(bare)) == {("cutter", "works", "scrap"), *(k for k in drawn(bare) if k[2] == "metal")}
    assert told(bare)["outside"] > 0


# ---------------------------------------------------------------- shares
def test_shares_by_hand(result: mfa.Result) -> None:
    """Of what the works gets from outside half is of the north; the scrap that comes back is, too.

    Works: 100 of the north, 100 of the south, 10 of scrap in, so a half of everything it makes.
    """
    made = result.sankey(focus="north", traced=True)
    found = drawn(made)
    assert found["north", "works", "ore"] == pytest.approx(100.0)
    assert found["works", "cutter", "metal"] == pytest.approx(50.0)
    assert found["cutter", "works", "scrap"] == pytest.approx(5.0)
    assert found["cutter", "export", "parts"] == pytest.approx(45.0)
    assert found["works", "heap", "slag"] == pytest.approx(55.0)
    assert ("south", "works", "ore") not in found
    ends = {(s.node, s.material): (s.amount, s.share) for s in made.shares()}
    assert ends["export", "parts"] == (pytest.approx(45.0), pytest.approx(45 / 150))
    assert ends["", ""] == (pytest.approx(150.0), 1.0)  # ore and gangue


def test_shares_upstream_and_between(result: mfa.Result) -> None:
    """Of what goes into the cutter, 100 t, 0.9 becomes parts; the tenth goes round once more.

    t = 0.9/1.0 at the cutter directly, and what returns as scrap gets there by the works' share.
    Works: metal 100 of 210 t; so t_w = 100/210 · t_c, t_c = 0.9 + 0.1 · t_w.
    """
    cutter = 0.9 / (1 - 0.1 * 100 / 210)
    made = drawn(result.sankey(focus="parts", traced="up"))
    assert made["works", "cutter", "metal"] == pytest.approx(100 * cutter)
    assert made["north", "works", "ore"] == pytest.approx(100 * cutter * 100 / 210)
    both = drawn(result.sankey(focus=["north", "parts"], traced=True))
    assert both["works", "cutter", "metal"] == pytest.approx(50 * cutter)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_shares_of_all_sources_make_the_whole(data: Any) -> None:
    """Traced from each entry of a random network that conserves, all parts of a flow add up to it."""
    size = data.draw(st.integers(2, 6))
    shares = np.array([[data.draw(st.floats(0, 1)) for _ in range(size)] for _ in range(size)])
    shares *= 0.8 / np.maximum(shares.sum(axis=1, keepdims=True), 1.0)
    entry = np.array([data.draw(st.floats(0.5, 5)) for _ in range(size)])
    through = np.linalg.solve(np.eye(size) - shares.T, entry)
    flows = [Flow("m", "import", f"p{i}", float(entry[i])) for i in range(size)]
    flows += [
        Flow("m", f"p{i}", f"p{j}", float(through[i] * shares[i, j]))
        for i in range(size)
        for j in range(size)
        if shares[i, j] > 1e-9
    ]
    flows += [Flow("m", f"p{i}", "export", float(through[i] * (1 - shares[i].sum()))) for i in range(size)]
    sums: dict[tuple[str, str], float] = {}
    for i in range(size):
        found = traced(flows, lambda f, i=i: f.source == "import" and f.target == f"p{i}", None)
        assert sum(found.ends.values()) == pytest.approx(found.whole)  # nothing is lost on the way
        for f in found.flows:
            sums[f.source, f.target] = sums.get((f.source, f.target), 0.0) + f.amount
    for f in flows:
        if f.amount > 1e-6:
            assert sums[f.source, f.target] == pytest.approx(f.amount, rel=1e-6)


# ---------------------------------------------------------------- what cannot be
@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"process": "ore"}, "sankey-process"),
        ({"process": "wroks"}, "sankey-process"),
        ({"process": "works", "only": "ore"}, "sankey-one-view"),
        ({"only": "orr"}, "drawing-unknown"),
        ({"traced": True}, "sankey-traced-alone"),
        ({"traced": "sideways", "focus": "ore"}, "sankey-traced-way"),
        ({"pools": "pipes"}, "sankey-pools-how"),
    ],
)
def test_faults(result: mfa.Result, options: dict[str, Any], key: str) -> None:
    with pytest.raises(mfa.Error) as caught:
        result.sankey(**options)
    assert [f.key for f in caught.value.faults] == [key]


def test_command_prints_the_shares(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where what comes from the north ends, with what it is of all that the north gives."""
    load(tmp_path, CHAIN, SCENARIO)
    with pytest.raises(SystemExit) as end:
        main(
            [
                "sankey",
                str(tmp_path / "test.yaml"),
                "-o",
                str(tmp_path / "a.svg"),
                "--focus",
                "north",
                "--traced",
            ]
        )
    assert not end.value.code
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["slag", "heap", "55", "36.67", "%"]
    assert lines[-3].split()[-2:] == ["100.00", "%"]


def test_no_two_entries_of_a_legend_have_one_colour() -> None:
    """Electricity and middlings have the colours of their kinds; what is left of these is paler."""
    shape = mfa.load("jiaokou-2030").solve().sankey(layer="energy", by="sector").geometry
    assert {"energy", "electricity", "fuel", "middlings"} <= {*shape.kinds}
    assert len({shape.colours[kind] for kind in shape.kinds}) == len(shape.kinds)
