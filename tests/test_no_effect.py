"""What is laid over a scenario and changes no result is told, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

import mfa

CHAIN = """chain: mud
sources: {survey: A survey}
materials:
  ore: {kind: resource, price: 50 CNY/t}
  metal: {kind: product, price: {value: 900 CNY/t, source: survey}}
  mud: {kind: waste, waste: industrial-solid, moisture: 20 %}
  brick: {kind: product, price: 80 CNY/t}
  tile: {kind: product}
  gas: {kind: emission}
processes:
  works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, mud: 1 t/t}}
  kiln: {per: brick, inputs: {mud: 2 t/t}, outputs: {brick: 1 t/t, gas: 1 t/t}, capacity: 100 kt/a}
  oven: {per: tile, inputs: {mud: 1 t/t}, outputs: {tile: 1 t/t}, capacity: 200 kt/a}
pools: {mud: {takers: [kiln, {stock: yard}]}}
stocks: {yard: {material: mud, capacity: 9 Mt}}
"""
# 1 Mt of mud: 200 kt into 100 kt of the kiln's reference, 800 kt into the yard; the oven stands idle
BASE = """scenario: base
chains: [mud]
drive: {works: 1 Mt/a}
stocks: {yard: {initial: 3 Mt}}
targets: {industrial-solid-waste-utilisation: {min: 10 %}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "chains").mkdir()
    (tmp_path / "chains" / "mud.yaml").write_text(CHAIN, encoding="utf-8")
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    return tmp_path / "base.yaml"


def told(result: mfa.Result, lang: str = "en") -> list[str]:
    """The words of what changes nothing."""
    return [w.text(lang) for w in result.warning_list if w.code == "no-effect"]


QUIET = {
    "kiln.capacity": "90 kt/a",  # 180 kt instead of 200
    "mud.takers.kiln.limit": "150 kt/a",
    "works.level": "0.9 Mt/a",
    "works.inputs.ore": "2.1 t/t",
    "price.brick": "81 CNY/t",  # output value
    "mud.moisture": "30 %",  # the wet amounts
    "yard.initial": "4 Mt",  # what the yard closes with
    "yard.fate": "disposal",
    "processes.kiln.basis": "stated",  # who vouches for the rate
    "processes.kiln.sector": "building",  # a group of its own
    "processes.oven.enabled": "false",  # one row and one idle process less
    "targets.industrial-solid-waste-utilisation.min": "30 %",
    "year": "2030",
    "label": "Another",
    "sources.survey.cite": "A better survey",
    "materials.metal.price.source": "A ledger",
}


@pytest.mark.parametrize("path", QUIET)
def test_what_changes_a_result_is_not_told(file: Path, path: str) -> None:
    """A flow, a price, a stock, a target, a group; and words, which are not there to change a result."""
    assert told(mfa.load(file, settings={path: QUIET[path]}).solve()) == []


REASONS = {
    ("kiln.capacity", "0.1 Mt/a"): "it says what is there without it",
    ("metal.price", "900 CNY/t"): "it says what is there without it",
    ("materials.mud.kind", "waste"): "it says what is there without it",
    ("works.capacity", "2 Mt/a"): "the limit is not reached (works: 1,000,000 t/a of 2 Mt/a)",
    ("yard.capacity", "8 Mt"): "the limit is not reached (yard: 800,000 t/a of 8 Mt)",
    ("mud.takers.yard.limit", "900 kt/a"): "the limit is not reached (yard: 800,000 t/a of 900 kt/a)",
    ("brick.takers.export.limit", "300 kt/a"): "the limit is not reached (export: 100,000 t/a of 300 kt/a)",
    ("oven.capacity", "400 kt/a"): "nothing comes to oven",
    ("oven.inputs.mud", "1.2 t/t"): "",
    ("price.tile", "7 CNY/t"): "no tile flows",
    ("tile.takers.export.limit", "1 kt/a"): "nothing comes to export",
    ("factors.heat-co2", "0.2 t/GJ"): "",
}


@pytest.mark.parametrize(("path", "value"), REASONS)
def test_reasons(file: Path, path: str, value: str) -> None:
    """The sentence names the setting, and says why where that is plain."""
    (line,) = told(mfa.load(file, settings={path: value}).solve()) or [""]
    reason = REASONS[path, value]
    if path == "oven.inputs.mud":  # its recipe does not close any more, which is a result
        assert line == ""
    else:
        assert line == f"--set {path} changes no result" + (f": {reason}" if reason else "")


def test_several(file: Path) -> None:
    """Each is judged with the others there: a later setting of the same figure, two that are one limit."""
    first = {"kiln.capacity": "50 kt/a", "processes.kiln.capacity": "70 kt/a"}
    assert told(mfa.load(file, settings=first).solve()) == [
        "--set kiln.capacity changes no result: 'processes.kiln.capacity' sets the same figure after it"
    ]
    both = {"kiln.capacity": "70 kt/a", "mud.takers.kiln.limit": "140 kt/a", "ore.price": "51 CNY/t"}
    assert len(told(mfa.load(file, settings=both).solve())) == 2  # 70 kt of brick are 140 kt of mud


def test_by_replace_and_with_layers(file: Path) -> None:
    """`replace` is told as `--set` is, and layers and footprints asked for beside do not hide it."""
    scenario = mfa.load(file).replace({"works.capacity": "2 Mt/a"}).with_layers("Fe").with_allocation("mass")
    assert len(told(scenario.solve())) == 1
    (line,) = told(scenario.solve(), "zh")
    assert line == "--set works.capacity 不改变任何结果：未达到上限（works：1,000,000 t/a，上限 2 Mt/a）"


OVERLAYS = """variants:
  same: {drive: {works: 1 Mt/a}}
  named: {label: Named}
  roomy: {processes: {works: {capacity: 2 Mt/a}}}
  half: {drive: {works: 0.5 Mt/a}}
levers:
  size: {levels: {full: {drive: {works: 1 Mt/a}}, half: {drive: {works: 0.5 Mt/a}}}}
set:
  yard.capacity: 8 Mt
  kiln.capacity: 120 kt/a
"""


def test_variants_and_levels(file: Path) -> None:
    """Those without which the run is the same; a variant under a level that says the same figure."""
    file.write_text(BASE + OVERLAYS, encoding="utf-8")
    run = mfa.load(file, variants=["same", "named", "roomy"], levers={"size": "full"}).solve()
    assert told(run) == [
        "variant same changes no result: it says what is there without it",
        "variant named changes no result: it says what is there without it",
        "variant roomy changes no result: the limit is not reached (works: 1,000,000 t/a of 2 Mt/a)",
        "--lever size=full changes no result: it says what is there without it",
    ]
    run = mfa.load(file, variants=["half"], levers={"size": "half"}).solve()
    assert len(told(run)) == 2
    assert told(mfa.load(file, variants=["half"]).solve()) == []
    file.write_text(BASE + "variants: {iron: {layers: [Fe]}}\n", encoding="utf-8")
    assert told(mfa.load(file, variants=["iron"]).solve()) == []  # it brings the tables of the layer


def test_check_tells_it_of_the_file(file: Path) -> None:
    """All variants and levels of a file, and its own `set`; `--strict` does not mind."""
    file.write_text(BASE + OVERLAYS, encoding="utf-8")
    found = mfa.check(file)
    lines = [f.text() for f in found.warnings if f.key.startswith("no-effect")]
    assert [line.partition(" changes")[0] for line in lines] == [
        "variant same",
        "variant named",
        "variant roomy",
        "--lever size=full",
        "'set: yard.capacity'",
    ]
    assert lines[-1].endswith("the limit is not reached (yard: 760,000 t/a of 8 Mt)")
    assert not any(f.key.startswith("no-effect") for f in found.strict_faults)


def test_nothing_more_is_solved_without_settings(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run with nothing laid over its file is solved once."""
    result = mfa.load(file).solve()
    monkeypatch.setattr("mfa.studies.no_effect.solve_compiled", lambda *given: pytest.fail("solved again"))
    assert told(result) == []
