"""`mfa.check`: sources, and the faults of every variant."""

from __future__ import annotations

from pathlib import Path

import pytest

import mfa
from tests.parks import codes, load, mill_project, solve


def test_balance_flow_needs_no_source(tmp_path: Path) -> None:
    """A balance stands in place of a coefficient: there is nothing to cite."""
    assert mfa.check(mill_project(tmp_path, "drive: {mill: 10 t/a}\n")).strict_faults == ()


def test_check_shows_the_faults_of_all_variants(tmp_path: Path) -> None:
    """A fault in one variant does not hide that of the next."""
    variants = "variants:\n  v: {drive: {milll: 1 t/a}}\n  w: {set: {kiln.capacity: 3 MWh/a}}\n"
    with pytest.raises(mfa.Error) as caught:
        mfa.check(mill_project(tmp_path, f"drive: {{mill: 1 t/a}}\n{variants}"))
    assert [f.place and f.place.line for f in caught.value.faults] == [5, 6]


OWN = """
materials:
  mud: {kind: waste, waste: industrial-solid}
  brick: {kind: product}
processes: {kiln: {per: brick, inputs: {clay: 0.5 t/t, river-sand: 0.1 t/t, mud: 0.4 t/t}}}
"""
NOTE = "from the shipped materials: {}; a material that the project defines itself goes before"


def notes(scenario: Path) -> list[str]:
    """The note on shipped materials as `check` and `run` tell it; both the same."""
    checked = [f.text() for f in mfa.check(scenario).warnings if f.key == "from-library"]
    solved = mfa.load(scenario).solve().warning_list
    assert checked == [w.text() for w in solved if w.code == "from-library"]
    return checked


def test_materials_of_the_library_are_named(tmp_path: Path) -> None:
    """What nobody in the project defines is told in one line; what is, in any file of it, is not."""
    load(tmp_path, OWN, "drive: {kiln: 1 t/a}\n")
    file = tmp_path / "test.yaml"
    assert notes(file) == [NOTE.format("clay, river-sand (2)")]
    (tmp_path / "materials.yaml").write_text("chain: materials\nmaterials: {clay: {kind: resource}}\n")
    assert notes(file) == [NOTE.format("river-sand (1)")]
    file.write_text(file.read_text() + "materials: {river-sand: {kind: resource}}\n")
    assert notes(file) == []


def test_materials_that_a_shipped_chain_brings_are_named_too(tmp_path: Path) -> None:
    """The shipped file comes with a shipped chain; whoever lists it knows, as shipped scenarios do."""
    load(tmp_path, OWN, "drive: {kiln: 1 t/a}\n")
    file = tmp_path / "test.yaml"
    text = file.read_text()
    file.write_text(text.replace("./park.yaml", "./park.yaml, iron"))
    assert notes(file) == [NOTE.format("clay, river-sand (2)")]
    file.write_text(text.replace("./park.yaml", "./park.yaml, materials"))
    assert notes(file) == []
    assert mfa.load("alumina-red-mud").system.notes == ()


DRIER = """
materials:
  feed: {kind: intermediate}
  sand: {kind: resource}
  dry: {kind: product}
processes: {drier: {per: feed, inputs: {sand: 0.2 t/t}, outputs: {dry: 0.7 t/t}}}
"""


def test_a_reference_taken_as_an_output_is_told_where_the_recipe_is_open(tmp_path: Path) -> None:
    """0.2 t in, 0.7 + 1 t out: 1.5 of 1.7 too much; nothing is said of it where feed is an input."""
    load(tmp_path, DRIER, "drive: {drier: 1 t/a}\n")
    words = "feed was taken as an output, since the recipe leaves it out; write it under inputs (feed: 1 t/t)"
    opened = [f.text() for f in mfa.check(tmp_path / "test.yaml").strict_faults if "not close" in f.text()]
    assert len(opened) == 1
    assert "mass -88.24%" in opened[0]
    assert words in opened[0]
    assert words in codes(mfa.load(tmp_path / "test.yaml").solve())["recipe-open"]
    result = solve(tmp_path, DRIER.replace("{sand:", "{feed: 1 t/t, sand:"), "drive: {drier: 1 t/a}\n")
    assert "mass +41.67%" in codes(result)["recipe-open"]
    assert "taken as an output" not in codes(result)["recipe-open"]
