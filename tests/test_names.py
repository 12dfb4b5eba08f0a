"""How chains and scenarios are found: by id past a file of the other kind, by alias, by label."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import mfa
from mfa.cli import main

CHAIN = """chain: {id}
label: {{en: Own Mud, zh: 自家泥浆}}
aliases: [Mud left, 泥巴]
materials: {{mud: {{kind: waste}}, ore: {{kind: resource}}}}
processes: {{{id}-works: {{per: mud, inputs: {{ore: 1 t/t}}, outputs: {{mud: 1 t/t}}}}}}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chains").mkdir()
    return tmp_path


def write(name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(words)
    return int(end.value.code or 0)


# ---------------------------------------------------------------- one id, two kinds
@pytest.mark.parametrize("name", ["mud", "mud.yaml"])
def test_chain_behind_a_scenario_of_its_name(here: Path, name: str) -> None:
    """`chains: [mud]` beside a scenario mud.yaml finds the chain, from that scenario and from another."""
    write("chains/mud.yaml", CHAIN.format(id="mud"))
    write("mud.yaml", f"scenario: mud\nchains: [{name}]\ndrive: {{mud-works: 1 t/a}}\n")
    write("other.yaml", f"scenario: other\nchains: [{name}]\ndrive: {{mud-works: 2 t/a}}\n")
    assert mfa.load("mud.yaml").system.processes.keys() == {"mud-works"}
    assert mfa.load("other.yaml").system.drive["mud-works"].value == 2


def test_shipped_chain_behind_a_scenario_of_its_name(here: Path) -> None:
    """The chain of the library is found past a scenario, also one written in braces."""
    for head in ("scenario: water\nchains: [water]\n", "{scenario: water, chains: [water]}\n"):
        write("water.yaml", head)
        files = [f.name for f in mfa.load("water.yaml").files]
        assert files.count("water.yaml") == 2


def test_scenario_behind_a_chain_of_its_name(here: Path) -> None:
    """`extends: mud` beside a chain mud.yaml finds the scenario."""
    (here / "scenarios").mkdir()
    write("chains/mud.yaml", CHAIN.format(id="mud"))
    write("mud.yaml", CHAIN.format(id="mud"))
    write("scenarios/mud.yaml", "scenario: mud\nchains: [mud]\ndrive: {mud-works: 3 t/a}\n")
    write("child.yaml", "scenario: child\nextends: mud\n")
    assert mfa.load("child.yaml").system.drive["mud-works"].value == 3


def test_nothing_else_of_that_name(here: Path) -> None:
    """Where there is only a file of the other kind, that is what is told."""
    write("lone.yaml", "scenario: lone\n")
    write("asks.yaml", "scenario: asks\nchains: [lone]\n")
    with pytest.raises(mfa.Error, match=r"'lone\.yaml' is a scenario; a chain was expected"):
        mfa.load("asks.yaml")
    write("itself.yaml", "scenario: itself\nchains: [itself]\n")
    with pytest.raises(mfa.Error, match="there is no chain 'itself'"):
        mfa.load("itself.yaml")


def test_commands_prefer_the_scenario_and_say_so(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """run, show and check take the scenario; show and check name the chain's file; a path is plain."""
    write("chains/mud.yaml", CHAIN.format(id="mud"))
    write("mud.yaml", "scenario: mud\nchains: [mud]\ndrive: {mud-works: 1 t/a}\n")
    assert mfa.load("mud").is_chain is False
    assert call("run", "mud", "--quiet") == 0
    for command in ("show", "check"):
        assert call(command, "mud", "--json") == 0
        said = capsys.readouterr()
        assert "name 'chains/mud.yaml' for the chain" in said.err
        assert "drive" not in said.err
        assert json.loads(said.out)
        assert call(command, "chains/mud.yaml", "--quiet") == call(command, "mud", "--quiet") == 0
        assert capsys.readouterr().err == ""


# ---------------------------------------------------------------- aliases and labels
@pytest.mark.parametrize("name", ["mud left", "MUD LEFT", "泥巴", "own mud", "自家泥浆"])
def test_by_alias_and_label(here: Path, name: str) -> None:
    """A chain answers to its aliases and to its label in either language, in any case."""
    write("chains/own.yaml", CHAIN.format(id="own"))
    assert mfa.load(name).path == Path("chains/own.yaml").absolute()
    assert call("check", "own", "--quiet") == 0


def test_an_id_comes_first(here: Path) -> None:
    """An alias never hides a chain that has it as its id, nor a scenario's label one that is a path."""
    write("chains/one.yaml", CHAIN.format(id="one").replace("泥巴]", "two]"))
    write(
        "chains/two.yaml",
        CHAIN.format(id="two").replace("aliases", "note").replace("[Mud left, 泥巴]", "N"),
    )
    assert mfa.load("two").path.name == "two.yaml"
    with pytest.raises(mfa.Error) as caught:
        mfa.check("one")
    (fault,) = caught.value.faults
    assert (fault.key, fault.values["id"], fault.values["twin"]) == ("name-twice", "one", "two")


def test_scenario_by_its_label(here: Path) -> None:
    """A scenario is found by its label, before a chain of that alias."""
    write("chains/own.yaml", CHAIN.format(id="own"))
    write("base.yaml", "scenario: base\nlabel: {en: Mud Left, zh: 基准}\nchains: [own]\n")
    assert mfa.load("mud left").path.name == mfa.load("基准").path.name == "base.yaml"


def test_a_copy_of_a_chain_is_no_rival(here: Path) -> None:
    """The project's own copy of a shipped chain is used in its place, and claims no alias twice."""
    shipped = mfa.load("acer").path.read_text(encoding="utf-8")
    write("chains/acer.yaml", shipped)
    assert mfa.load("elm").path == here / "chains" / "acer.yaml"
    assert call("check", "acer", "--quiet") == 0


@pytest.mark.parametrize(
    ("name", "chain"),
    [
        ("elm", "acer"),
        ("Maple", "acer"),
        ("元宝枫", "acer"),
        ("acer-truncatum", "acer"),
        ("赤泥", "red-mud-use"),
        ("red mud", "red-mud-use"),
        ("led", "sapphire-led"),
        ("原镁", "magnesium"),
        ("沙棘", "sea-buckthorn"),
    ],
)
def test_shipped_aliases(here: Path, name: str, chain: str) -> None:
    """What people type for the chains of the library."""
    assert mfa.load(name).path.stem == chain


def test_no_alias_of_the_library_is_claimed_twice(here: Path) -> None:
    """Every shipped chain but the shared materials has aliases, each of one chain alone and no id."""
    found = mfa.listing("chains")["chains"]
    called = [text.casefold() for chain in found for text in (chain.id, *chain.aliases)]
    assert [name for name in called if called.count(name) > 1] == []
    assert [chain.id for chain in found if not chain.aliases] == ["materials"]


# ---------------------------------------------------------------- what there is
SCENARIO = """scenario: base
label: {en: A base case, zh: 基准}
chains: [own]
variants: {wide: {label: {en: Wide road, zh: 宽路}}}
levers:
  outlets:
    label: {en: Outlets, zh: 出路}
    levels: {plan: {label: {en: as planned, zh: 按规划}}, road: {year: 2030}}
"""


def test_listed_scenarios(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A scenario with its variants and levers, also those of the one that it extends, in both languages."""
    write("base.yaml", SCENARIO)
    write("child.yaml", "scenario: child\nextends: base\nvariants: {narrow: {year: 2030}}\n")
    found = {x.id: x for x in mfa.listing("scenarios")["scenarios"]}
    assert [(p.kind, p.id) for p in found["child"].parts] == [
        ("variant", "wide"),
        ("variant", "narrow"),
        ("lever", "outlets"),
    ]
    assert found["base"].to_json() == {
        "label": {"en": "A base case", "zh": "基准"},
        "file": "base.yaml",
        "variants": {"wide": {"label": {"en": "Wide road", "zh": "宽路"}}},
        "levers": {
            "outlets": {
                "label": {"en": "Outlets", "zh": "出路"},
                "levels": {
                    "plan": {"label": {"en": "as planned", "zh": "按规划"}},
                    "road": {"label": {"en": "", "zh": ""}},
                },
            }
        },
    }
    assert call("list", "scenarios") == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    at = lines.index("base A base case · 基准 (base.yaml)")
    assert lines[at + 1 : at + 5] == [
        "variant wide Wide road · 宽路",
        "lever outlets Outlets · 出路",
        "plan as planned · 按规划",
        "road",
    ]


@pytest.mark.parametrize(
    ("word", "section", "name"),
    [
        ("泥巴", "chains", "own"),
        ("LEFT", "chains", "own"),
        ("基准", "scenarios", "base"),
        ("宽路", "variants", "base+wide"),
        ("outlets", "levers", "base+outlets"),
        ("按规划", "levers", "base+outlets"),
        ("slime", "materials", "slime"),
        ("own-works", "processes", "own-works"),
        ("能源", "indicators", "energy-use"),
        ("elm", "chains", "acer"),
        ("赤泥", "materials", "red-mud"),
        ("赤泥", "processes", "red-mud-ceramsite"),
    ],
)
def test_listed_by_a_word(here: Path, word: str, section: str, name: str) -> None:
    """Whatever is called by a word, in either language, wherever it is written."""
    write("chains/own.yaml", CHAIN.format(id="own"))
    write("base.yaml", SCENARIO + "materials: {slime: {kind: waste}}\n")
    assert name in [x.id for x in mfa.listing(word)[section]]


def test_words_begin_where_words_begin(here: Path) -> None:
    """`elm` is in no overwhelming and no helmet; of a lever only the levels that are meant are shown."""
    write("chains/own.yaml", CHAIN.format(id="own").replace("泥巴]", "helmet, overwhelming]"))
    write("base.yaml", SCENARIO)
    assert [x.id for x in mfa.listing("elm")["chains"]] == ["acer"]
    (lever,) = mfa.listing("按规划")["levers"]
    assert [level.id for level in lever.parts] == ["plan"]


def test_nothing_by_that_word(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A word that nothing is called by is told, with the name that may have been meant."""
    assert call("list", "bayer-alumnia") == 2
    assert "did you mean 'bayer-alumina'" in capsys.readouterr().err
