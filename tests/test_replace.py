"""`Scenario.replace`: what was read once is enough; files changed or gone meanwhile do not matter."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest

import mfa
from mfa.input.schema import validate

CHAIN = """chain: park
materials:
  ore: {kind: resource}
  metal: {kind: product}
  mud: {kind: waste, waste: industrial-solid, composition: {Ga: 0.01 %}}
  brick: {kind: product}
processes:
  works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, mud: 1 t/t}}
  kiln: {per: brick, inputs: {mud: 1 t/t}, capacity: 200 kt/a}
pools:
  mud: {takers: [kiln, paver, {boundary: deposit}]}
"""
OTHER = """chain: roads
materials: {road: {kind: product}}
processes: {paver: {per: road, inputs: {mud: 1 t/t}}}
"""
SCENARIO = """scenario: test
chains: [park]
drive: {works: 1 Mt/a}
set: {kiln.capacity: 300 kt/a}
variants:
  half: {drive: {works: 0.5 Mt/a}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "chains").mkdir()
    (tmp_path / "chains" / "park.yaml").write_text(CHAIN, encoding="utf-8")
    (tmp_path / "chains" / "roads.yaml").write_text(OTHER, encoding="utf-8")
    (tmp_path / "test.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


def used(scenario: mfa.Scenario) -> float:
    """What the kiln takes of the mud, kt/a."""
    return scenario.solve().wastes["mud"].account().utilised / 1e3


def test_layers_stay(folder: Path) -> None:
    """500 kt of mud hold 50 t of gallium, with the figure of before as with another."""
    scenario = mfa.load(folder / "test.yaml").with_layers(["Ga"])
    replaced = scenario.replace({"works.level": "0.5 Mt/a"})
    assert replaced.system.layers == ("Ga",)
    rows = replaced.solve().table("layers").rows
    found = {tuple(r[1:5]): r[5] for r in rows}
    assert found["Ga", "mud", "works", "pool:mud"] == pytest.approx(50e3)


def test_file_changed_meanwhile(folder: Path) -> None:
    """The drive of 1 Mt becomes 5 Mt in the file: what was loaded has 1 Mt still."""
    scenario = mfa.load(folder / "test.yaml")
    (folder / "test.yaml").write_text(SCENARIO.replace("1 Mt/a", "5 Mt/a"), encoding="utf-8")
    replaced = scenario.replace({"kiln.capacity": "700 kt/a"})
    assert replaced.system.drive["works"].value == pytest.approx(1e6)
    assert used(replaced) == pytest.approx(700)
    scenario.export(folder / "book.xlsx")
    assert mfa.load(folder / "book.xlsx").system.drive["works"].value == pytest.approx(1e6)


def test_files_gone_meanwhile(folder: Path) -> None:
    """No file is there any more, nor the chain that only has a name of the list."""
    scenario = mfa.load(folder / "test.yaml")
    shutil.rmtree(folder)
    assert used(scenario.replace({"kiln.capacity": "700 kt/a"})) == pytest.approx(700)


def test_order_of_what_is_laid_over(folder: Path) -> None:
    """The file's `set`, 300 kt, then settings, the last of them wins; the variant's 0.5 Mt stays."""
    scenario = mfa.load(folder / "test.yaml", variants=["half"], settings={"kiln.capacity": "100 kt/a"})
    assert used(mfa.load(folder / "test.yaml")) == pytest.approx(300)
    assert used(scenario) == pytest.approx(100)
    once = scenario.replace({"works.level": "0.05 Mt/a"})
    twice = once.replace({"works.level": "0.08 Mt/a"})
    assert [used(s) for s in (once, twice, scenario)] == pytest.approx([50, 80, 100])
    assert twice.settings == {"kiln.capacity": "100 kt/a", "works.level": "0.08 Mt/a"}
    assert twice.variants == ("half",)


def test_same_as_loading_with_settings() -> None:
    """The whole park: records equal to those of the files read again, places included."""
    over = {
        "bayer-digestion.inputs.bauxite": "2.5 t/t",
        "demand.alumina": "1 Mt/a",
        "price.alumina": "2500 CNY/t",
    }
    base = mfa.load("jiaokou-2025")
    assert base.replace(over).system == mfa.load("jiaokou-2025", settings=over).system
    assert base.replace({}).system == base.system


def test_faults_are_those_of_loading(folder: Path) -> None:
    """Several at once, in the words of `load`; a fault leaves nothing behind."""
    wrong = {"kiln.capacity": "3 GJ", "nothing.level": "1 t/a", "mud.takers.deposit.limit": "1 t"}
    scenario = mfa.load(folder / "test.yaml")
    with pytest.raises(mfa.Error) as loading:
        mfa.load(folder / "test.yaml", settings=wrong)
    with pytest.raises(mfa.Error) as replacing:
        scenario.replace(wrong)
    assert str(replacing.value) == str(loading.value)
    assert len(replacing.value.faults) == 3
    assert used(scenario.replace({})) == pytest.approx(300)


def test_chain_alone(folder: Path) -> None:
    """A chain has nothing to set."""
    with pytest.raises(mfa.Error, match=r"park.yaml:1:1"):
        mfa.load(folder / "chains" / "park.yaml").replace({"kiln.capacity": "1 t/a"})


def test_pickled(folder: Path) -> None:
    """Another process gets the scenario whole and can set figures too."""
    scenario = pickle.loads(pickle.dumps(mfa.load(folder / "test.yaml")))
    assert used(scenario.replace({"kiln.capacity": "700 kt/a"})) == pytest.approx(700)
    node = scenario.merged.scenario.child("set")["kiln.capacity"]
    assert (node.place.line, node.place.column) == (4, 22)


def test_no_member_is_validated_twice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes, materials and lists come from the chain's form; again only what was set is validated."""
    asked: list[str] = []
    plain = validate.validate

    def counted(form, tree, path=(), *, part=False):  # type: ignore[no-untyped-def]
        asked.append(form.__name__)
        return plain(form, tree, path, part=part)

    monkeypatch.setattr(validate, "validate", counted)
    scenario = mfa.load(folder / "test.yaml")
    members = [name for name in asked if name not in ("ScenarioForm", "ChainForm")]  # less whole files
    assert members == ["ProcessForm", "Quantity"]  # the kiln with the capacity of `set`; the drive
    asked.clear()
    scenario.replace({"works.level": "2 Mt/a"})
    assert asked == ["Quantity"]


def test_a_new_coefficient_leaves_what_an_output_is_left_of() -> None:
    """`residue-of: none` stays beside a coefficient that is set, by text or as a figure."""
    from mfa.parameters import with_value

    scenario = mfa.load("alumina-red-mud")
    before = scenario.system.processes["gangue-cfb-power"].outputs["cfb-fly-ash"]
    assert before.residue_of == ()
    path = "gangue-cfb-power.outputs.cfb-fly-ash"
    by_text = scenario.replace({path: "0.5 t/MWh"}).system
    for system in (by_text, with_value(scenario.system, path, 0.5)):
        assert system.processes["gangue-cfb-power"].outputs["cfb-fly-ash"].residue_of == ()
