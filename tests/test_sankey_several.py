"""Several runs on one layout and scale, and what differs between two.

A works of 100 t a year of metal: 200 t of ore in, 100 t of slag to the heap. In the later year it
makes 150 t, and a brickworks takes 60 t of the 150 t of slag.
"""

from __future__ import annotations

import csv
from hashlib import sha256
from pathlib import Path

import pytest

import mfa
from mfa.cli import main
from mfa.show.sankey.diagram import Sankey
from mfa.show.sankey.labels import amounts, node_lines, notes
from tests.parks import load

CHAIN = """
materials:
  ore: {label: {en: Ore, zh: 矿石}, kind: resource}
  metal: {kind: product}
  slag: {kind: waste, waste: industrial-solid}
  brick: {kind: product}
processes:
  works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, slag: 1 t/t}}
  brickworks: {per: brick, inputs: {slag: 1 t/t}, outputs: {brick: 1 t/t}, capacity: 0 t/a}
stocks:
  heap: {material: slag}
pools:
  slag: {takers: [brickworks, {stock: heap}]}
  metal: {takers: [{boundary: export, limit: none}]}
  brick: {takers: [{boundary: export, limit: none}]}
"""


@pytest.fixture
def two(tmp_path: Path) -> list[mfa.Result]:
    first = load(tmp_path / "a", CHAIN, "year: 2025\ndrive: {works: 100 t/a}\n")
    more = "year: 2030\ndrive: {works: 150 t/a}\nprocesses: {brickworks: {capacity: 60 t/a}}\n"
    return [first.solve(), load(tmp_path / "b", CHAIN, more).solve()]


def drawn(made: Sankey, panel: str = "") -> dict[tuple[str, str, str], float]:
    origin = {n.id: n.origin for n in made.geometry.nodes}
    return {
        (origin[b.link.source], origin[b.link.target], b.link.material): b.link.value
        for b in made.geometry.bands
        if b.link.value and b.link.source.startswith(panel)
    }


def test_panels_have_one_scale_and_their_own_amounts(two: list[mfa.Result], tmp_path: Path) -> None:
    """A tonne is as wide in both, columns are the same, and each panel says its year."""
    made = mfa.sankey(two, tmp_path / "two.svg")
    assert drawn(made, "0|") == pytest.approx(
        {("import", "works", "ore"): 200, ("works", "export", "metal"): 100, ("works", "heap", "slag"): 100}
    )
    assert drawn(made, "1|")["works", "brickworks", "slag"] == pytest.approx(60)
    assert drawn(made, "1|")["works", "heap", "slag"] == pytest.approx(90)
    bands = [b for b in made.geometry.bands if b.to_scale and b.link.value]
    assert {round(b.width / b.link.value, 6) for b in bands} == {round(made.geometry.scale, 6)}
    columns = [{n.origin: n.layer for n in made.geometry.nodes if n.id.startswith(p)} for p in ("0|", "1|")]
    assert columns[0] == columns[1]
    assert [h.text for h in made.geometry.headings] == [
        *("test, 2025", "Mass, t/a"),
        *("test, 2030", "Mass, t/a"),
    ]
    text = (tmp_path / "two.svg").read_text(encoding="utf-8")
    assert text.count(">waste<") == 1


def test_panels_stand_below_each_other(two: list[mfa.Result]) -> None:
    """No part of one lies in the other."""
    shape = mfa.sankey(two).geometry
    low = max(n.text.y1 for n in shape.nodes if n.id.startswith("0|"))
    high = min(n.text.y0 for n in shape.nodes if n.id.startswith("1|"))
    heading = shape.headings[2]
    assert low < heading.y - heading.size
    assert heading.y < high


def test_what_is_left_out_is_told_for_each_run(two: list[mfa.Result]) -> None:
    """Slag of 100 t in the first year and 150 t in the second, in panels and in a difference."""
    told = "left out: Slag, 100 | 150 t/a in all"
    assert told in notes(mfa.sankey(two, without=["slag"]).geometry, "en")
    assert told in notes(mfa.sankey(two, without=["slag"], difference=True).geometry, "en")


def test_page_has_a_slider_on_one_scale(two: list[mfa.Result], tmp_path: Path) -> None:
    """A layer a run, the same columns, the same points a tonne."""
    made = mfa.sankey(two, tmp_path / "years.html")
    assert [p.period for p in made.pictures] == ["test, 2025", "test, 2030"]
    assert made.pictures[0].geometry.scale == made.pictures[1].geometry.scale
    assert '"period":"test, 2030"' in (tmp_path / "years.html").read_text(encoding="utf-8")


def test_difference_by_hand(two: list[mfa.Result]) -> None:
    """More ore, metal and brick; 10 t less slag on the heap."""
    made = mfa.sankey(two, difference=True)
    assert drawn(made) == pytest.approx(
        {
            ("import", "works", "more:ore"): 100,
            ("works", "export", "more:metal"): 50,
            ("works", "brickworks", "more:slag"): 60,
            ("works", "heap", "less:slag"): 10,
            ("brickworks", "export", "more:brick"): 60,
        }
    )
    lines = {n.origin: node_lines(n, "t/a", "en", bare=True)[-1] for n in made.geometry.nodes}
    assert (lines["heap"], lines["brickworks"], lines["works"]) == ("−10", "+60", "+100")
    assert made.geometry.kinds == ("more", "less")
    assert amounts(-0.5, 2e-4, "Mt/a", bare=True, signed=True) == "−0.5 → +200 t/a"


def test_faults(two: list[mfa.Result]) -> None:
    """One run alone, a difference of three, of equal ones; a name that no run has."""
    for runs, options, key in (
        (two[:1], {}, "sankey-several"),
        ([*two, two[0]], {"difference": True}, "sankey-several"),
        ([two[0], two[0]], {"difference": True}, "sankey-same"),
        (two, {"focus": "nothing"}, "sankey-focus"),
    ):
        with pytest.raises(mfa.Error) as caught:
            mfa.sankey(runs, **options)
        assert [f.key for f in caught.value.faults] == [key]


def test_command(two: list[mfa.Result], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Names one after the other; one sheet of paper for both."""
    files = [str(r.loaded.path) for r in two]
    with pytest.raises(SystemExit) as end:
        main(["sankey", *files, "-o", str(tmp_path / "two.pdf"), "--for", "column"])
    assert not end.value.code
    with pytest.raises(SystemExit) as end:
        main(["sankey", *files, "-o", str(tmp_path / "d.svg"), "--difference", "--lang", "zh"])
    assert not end.value.code
    assert "增加" in (tmp_path / "d.svg").read_text(encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        main(["sankey", *files, "-o", str(tmp_path / "x.svg"), "--set", "works.level=1 t/a"])
    assert end.value.code == 2
    assert "--set" in capsys.readouterr().err


def test_caption_and_table_beside_a_picture(
    two: list[mfa.Result], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is drawn, its unit, what it was made from with hashes; the flows as rows that add up."""
    file = two[1].loaded.path
    with pytest.raises(SystemExit) as end:
        main(["sankey", str(file), "-o", str(tmp_path / "a.svg"), "--caption"])
    assert not end.value.code
    assert [Path(x).name for x in capsys.readouterr().out.split()] == ["a.svg", "a.caption.txt", "a.csv"]
    text = (tmp_path / "a.caption.txt").read_text(encoding="utf-8")
    assert text.startswith("test. Mass, t/a. Bands are as wide as their flows. ")
    assert sha256(file.read_bytes()).hexdigest() in text
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()))
    got = {(r["material"], r["target"]): float(r["amount"]) for r in rows}
    assert got["slag", "brickworks"] == pytest.approx(60)
    assert sum(v for (m, _), v in got.items() if m == "slag") == pytest.approx(150)
    with pytest.raises(SystemExit) as end:
        main(["sankey", str(file), "-o", str(tmp_path / "a.html"), "--caption"])
    assert end.value.code == 2
