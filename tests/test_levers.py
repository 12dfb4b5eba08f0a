"""Levers: the level that is picked lies over the variants and under what is set, everywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import mfa
from mfa.cli import main
from mfa.errors import message

CHAIN = """chain: mud
materials:
  ore: {kind: resource}
  metal: {kind: product}
  mud: {kind: waste, waste: industrial-solid}
  brick: {kind: product}
  tile: {kind: product}
processes:
  works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, mud: 1 t/t}}
  kiln: {per: brick, inputs: {mud: 1 t/t}, outputs: {brick: 1 t/t}, capacity: 300 kt/a}
  oven: {per: tile, inputs: {mud: 1 t/t}, outputs: {tile: 1 t/t}, capacity: 200 kt/a}
pools: {mud: {takers: [kiln, {stock: yard}]}}
stocks: {yard: {material: mud}}
"""
# 1 Mt of mud; the kiln takes 300 kt of it, the oven 200 kt where a level lists it
BASE = """scenario: base
label: {en: Base, zh: 基准}
chains: [mud]
drive: {works: 1 Mt/a}
variants:
  wide: {processes: {kiln: {capacity: 400 kt/a}}}
levers:
  outlets:
    label: {en: Outlets, zh: 出路}
    note: Who takes the mud.
    source: A plan
    levels:
      plan: {label: {en: as planned, zh: 按规划}, processes: {kiln: {capacity: 600 kt/a}}}
      tiles: {pools: {mud: {takers: [kiln, oven, {stock: yard}]}}}
      few: {set: {kiln.capacity: 50 kt/a}}
  size:
    levels:
      half: {drive: {works: 0.5 Mt/a}}
      tight: {processes: {kiln: {capacity: 450 kt/a}}}
"""
RATE = "industrial-solid-waste-utilisation"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "chains").mkdir()
    (tmp_path / "chains" / "mud.yaml").write_text(CHAIN, encoding="utf-8")
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "base.yaml"


def rate(scenario: mfa.Scenario) -> float:
    """The share of the mud that is used."""
    return float(scenario.solve().indicators.loc[RATE, "value"])


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(words)
    return int(end.value.code or 0)


@pytest.mark.parametrize(
    ("levers", "used"),
    [
        ({}, 0.3),
        ({"outlets": "plan"}, 0.6),
        ({"outlets": "tiles"}, 0.5),
        ({"outlets": "few"}, 0.05),
        ({"size": "half"}, 0.6),
        ({"outlets": "plan", "size": "half"}, 1.0),
        ({"outlets": "tiles", "size": "tight"}, 0.65),
    ],
)
def test_levels_picked(file: Path, levers: dict[str, str], used: float) -> None:
    """A level is laid over the file as a variant is; levels of several levers together."""
    assert rate(mfa.load(file, levers=levers)) == pytest.approx(used, rel=1e-12)


def test_order_is_that_of_the_file(file: Path) -> None:
    """Two levels that say one figure: the lever written later counts, whichever is asked for first."""
    for levers in ({"outlets": "plan", "size": "tight"}, {"size": "tight", "outlets": "plan"}):
        loaded = mfa.load(file, levers=levers)
        assert rate(loaded) == pytest.approx(0.45, rel=1e-12)
        assert list(loaded.levers.items()) == [("outlets", "plan"), ("size", "tight")]


def test_over_variants_and_under_settings(file: Path) -> None:
    """A level wins over a variant, a setting over both; a variant counts where no level says the figure."""
    both = mfa.load(file, variants="wide", levers={"outlets": "plan"})
    assert rate(both) == pytest.approx(0.6, rel=1e-12)
    assert rate(both.replace({"kiln.capacity": "100 kt/a"})) == pytest.approx(0.1, rel=1e-12)
    assert rate(mfa.load(file, variants="wide", levers={"outlets": "tiles"})) == pytest.approx(0.6, rel=1e-12)
    tried = {r.variant: r.after for r in aimed(both).remedies() if r.way == "variant"}
    assert tried == {}  # the level says the capacity of the kiln, whatever the variant would


def aimed(scenario: mfa.Scenario) -> mfa.Result:
    """The run with a target that it misses."""
    file = scenario.path
    file.write_text(BASE + f"targets: {{{RATE}: {{min: 99 %}}}}\n", encoding="utf-8")
    return mfa.load(file, levers=scenario.levers).solve()


def test_inherited(file: Path) -> None:
    """A child has its parent's levers; it adds a level, and changes one."""
    child = file.with_name("child.yaml")
    levels = (
        "{none: {pools: {mud: {takers: [{stock: yard}]}}}, plan: {processes: {kiln: {capacity: 700 kt/a}}}}"
    )
    child.write_text(
        f"scenario: child\nextends: base\nlevers: {{outlets: {{levels: {levels}}}}}\n", encoding="utf-8"
    )
    loaded = mfa.load(child)
    assert loaded.lever_levels == {"outlets": ("plan", "tiles", "few", "none"), "size": ("half", "tight")}
    assert rate(mfa.load(child, levers={"outlets": "none"})) == 0
    assert rate(mfa.load(child, levers={"outlets": "plan"})) == pytest.approx(0.7, rel=1e-12)


def test_what_the_run_is_called(file: Path) -> None:
    """The scenario's label, and after it the label of the lever with that of its level, or their names."""
    system = mfa.load(file, levers={"size": "half", "outlets": "plan"}).system
    assert system.label == {
        "en": "Base · Outlets: as planned · size: half",
        "zh": "基准 · 出路：按规划 · size：half",
    }


def test_origin_and_its_path(file: Path) -> None:
    """The level that is picked is shown at its place; its path takes the same level alone."""
    loaded = mfa.load(file, levers={"outlets": "plan"})
    shown = {line.path: line for line in loaded.origin()}
    assert [p for p in shown if p.startswith("levers")] == ["levers.outlets"]
    assert shown["levers.outlets"].value == "plan"
    assert shown["levers.outlets"].place.endswith("base.yaml:13:7")
    assert shown["processes.kiln.capacity"].place.endswith("base.yaml:13:77")
    assert rate(loaded.replace({"levers.outlets": "plan"})) == pytest.approx(0.6, rel=1e-12)
    with pytest.raises(mfa.Error, match="a lever is set"):
        loaded.replace({"levers.outlets": "tiles"})


def test_manifest(file: Path, tmp_path: Path) -> None:
    """The folder says what was picked, in the order of the file."""
    args = ["--lever", "size=half", "--lever", "outlets=few", "--lever", "outlets=plan"]
    assert call("run", str(file), *args, "--out", str(tmp_path / "out"), "--quiet") == 0
    found = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert list(found["levers"].items()) == [("outlets", "plan"), ("size", "half")]


@pytest.mark.parametrize(
    "words",
    [
        ["sankey", "base.yaml", "-o", "a.svg"],
        ["chart", "gauge", "base.yaml", "--of", RATE, "-o", "a.svg"],
        ["export", "base.yaml", "--xlsx", "a.xlsx"],
        ["show", "base.yaml"],
        ["audit", "base.yaml"],
        ["compare", "base.yaml"],
    ],
    ids=lambda w: w[0],
)
def test_every_command_takes_it(file: Path, words: list[str]) -> None:
    """Whatever takes a variant takes a level, and tells one that is not there."""
    assert call(*words, "--lever", "outlets=plan", "--quiet") == 0
    assert call(*words, "--lever", "outlets=paln", "--quiet") == 2


def test_compared(file: Path) -> None:
    """`base+outlets=plan` is the scenario with that level: 30 points more."""
    found = mfa.compare("base.yaml", "base.yaml+wide+outlets=plan")
    change = next(c for c in found.indicators if c.name == RATE)
    assert (change.before, change.after) == (pytest.approx(0.3), pytest.approx(0.6))
    assert mfa.compare(found.a, found.b).titles == ("base", "base+wide+outlets=plan")


def test_workbook(file: Path) -> None:
    """A workbook holds what the level makes of the scenario, and runs to the same rate without the lever."""
    mfa.load(file, levers={"outlets": "tiles"}).export(file.with_name("a.xlsx"))
    again = mfa.load(file.with_name("a.xlsx"))
    assert again.lever_levels == {}
    assert rate(again) == pytest.approx(0.5, rel=1e-12)


def test_check_tells_levels_not_picked(file: Path) -> None:
    """A fault in a level shows in `check`, with its place, and does not hide that of the next lever."""
    text = BASE.replace("kiln.capacity: 50 kt/a", "kiiln.capacity: 50 kt/a").replace(
        "works: 0.5", "wroks: 0.5"
    )
    file.write_text(text, encoding="utf-8")
    mfa.load(file)
    with pytest.raises(mfa.Error) as caught:
        mfa.check(file)
    assert [str(f.place).rpartition("base.yaml:")[2] for f in caught.value.faults] == ["15:19", "18:22"]


def test_form_of_a_level_not_picked(file: Path) -> None:
    """What no level can say is told when the file is read."""
    file.write_text(BASE.replace("few: {set", "few: {sett"), encoding="utf-8")
    with pytest.raises(mfa.Error, match=r"base.yaml:15:13: 'sett' is not a key of levers.outlets.levels.few"):
        mfa.load(file)


def test_lists_may_name_what_a_level_brings(file: Path) -> None:
    """A chain's list may name a process that only a level defines: it is passed over in the other runs."""
    chain = file.with_name("chains") / "mud.yaml"
    chain.write_text(CHAIN.replace("takers: [kiln,", "takers: [kiln, paver,"), encoding="utf-8")
    paver = "{processes: {paver: {per: brick, inputs: {mud: 1 t/t}, capacity: 100 kt/a}}}"
    file.write_text(BASE.replace("      few:", f"      paved: {paver}\n      few:"), encoding="utf-8")
    assert rate(mfa.load(file)) == pytest.approx(0.3, rel=1e-12)
    assert rate(mfa.load(file, levers={"outlets": "paved"})) == pytest.approx(0.4, rel=1e-12)


@pytest.mark.parametrize("given", ["outlets", ["outlets"], {"outlets": 1}])
def test_argument(file: Path, given: object) -> None:
    """Anything but a mapping of names is told."""
    load: Callable[..., object] = mfa.load
    with pytest.raises(mfa.Error) as caught:
        load(file, levers=given)
    assert str(caught.value) == message("argument-levers", {"text": repr(given)})
