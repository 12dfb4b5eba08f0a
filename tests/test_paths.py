"""Paths: short and long forms, what `show --origin` prints can be set, get and set on a system."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pytest

import mfa
from mfa.engine.compile import compile_system, filled, slot
from mfa.errors import FaultWithoutPlace
from mfa.input.load import checked
from mfa.input.merge import merge
from mfa.input.records import replaced
from mfa.input.schema.forms import LATER, ScenarioForm
from mfa.parameters import get, listed, parse, with_value
from mfa.parameters.path import SECTIONS
from mfa.system import Figure, System

CHAIN = """chain: park
materials:
  ore: {kind: resource, moisture: 10 %, price: 50 CNY/t, composition: {SiO2: 20 %}}
  metal: {kind: product}
  mud: {kind: waste, waste: industrial-solid, moisture: 30 %}
  gas: {kind: emission}
  brick: {kind: product}
processes:
  works:
    per: metal
    inputs: {ore: {value: 2 t/t, range: 1.8..2.2 t/t, source: survey}}
    outputs: {metal: 1 t/t, mud: 0.6 t/t, gas: {balance: true}}
    transfer: {Ga: {mud: 60 %}}
  kiln: {per: brick, inputs: {mud: 1 t/t}, capacity: 200 kt/a}
  paver: {per: brick, inputs: {mud: 0.5 t/t}}
pools:
  mud:
    takers:
      [kiln, {process: paver, tier: 2, share: 3}, {stock: yard, tier: 2}, {boundary: deposit, limit: 10 %}]
stocks:
  yard: {material: mud, capacity: 5 Mt}
"""
SCENARIO = """scenario: test
chains: [park]
year: 2025
sources: {"survey 2.1": {cite: A survey}, survey: A survey}
drive: {works: {value: 1 Mt/a, source: survey}}
supply: {mud: 20 kt/a}
factors: {grid-co2: 0.6 t/MWh}
targets: {industrial-solid-waste-utilisation: {min: 50 %}}
stocks: {yard: {initial: 1 Mt}}
claims: [{label: Metal, level: works, value: 1 Mt/a}]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "chains").mkdir()
    (tmp_path / "chains" / "park.yaml").write_text(CHAIN, encoding="utf-8")
    (tmp_path / "test.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path / "test.yaml"


def plain(record: object) -> object:
    """A record without places, texts and what is uncertain about its figures."""
    if isinstance(record, Figure):
        return record.value, record.source
    if isinstance(record, Mapping):
        return [(k, plain(v)) for k, v in record.items()]
    if is_dataclass(record) and not isinstance(record, type):
        return [
            (f.name, plain(getattr(record, f.name)))
            for f in fields(record)
            if f.name not in ("place", "notes")
        ]
    return [plain(r) for r in record] if isinstance(record, tuple) else record


def settable(name: str) -> dict[str, str]:
    lines = [x for x in mfa.load(name).origin() if x.value not in ("[]", "{}", "")]
    return {x.path: x.value for x in lines}


# ---------------------------------------------------------------- the grammar
@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("works.level", "drive.works"),
        ("kiln.capacity", "processes.kiln.capacity"),
        ("kiln.capacity", "processes.kiln.capacity.value"),
        ("works.inputs.ore", "processes.works.inputs.ore"),
        ("works.transfer.Ga.mud", "processes.works.transfer.Ga.mud"),
        ("ore.moisture", "materials.ore.moisture"),
        ("ore.composition.SiO2", "materials.ore.composition.SiO2"),
        ("mud.takers.deposit.limit", "pools.mud.takers.deposit.limit"),
        ("yard.initial", "stocks.yard.initial"),
        ("price.ore", "prices.ore"),
    ],
)
def test_short_and_long_are_one(file: Path, short: str, long: str) -> None:
    """Both forms lead to one place, with `value` of the long form of a quantity or without."""
    system = mfa.load(file).system
    assert parse(short, system) == parse(long, system) is not None


def test_names_of_sections_and_fields(tmp_path: Path) -> None:
    """A process called `processes`, and a material called `value`, do not lead astray."""
    text = """scenario: odd
materials: {value: {kind: resource}, stone: {kind: product}}
processes: {processes: {per: stone, inputs: {value: 2 t/t}, capacity: 3 t/a}}
drive: {processes: 1 t/a}
"""
    (tmp_path / "odd.yaml").write_text(text, encoding="utf-8")
    scenario = mfa.load(tmp_path / "odd.yaml")
    for path in ("processes.inputs.value", "processes.processes.inputs.value"):
        assert get(scenario.system, path) == 2
        assert (
            scenario.replace({path: "4 t/t"}).system.processes["processes"].inputs["value"].figure.value == 4
        )
    assert get(scenario.system, "processes.capacity") == 3


@pytest.mark.parametrize("text", ["", ".", "works", "works.", "works..level", "works[1", "nowhere.capacity"])
def test_no_paths(file: Path, text: str) -> None:
    """What is no path, or begins with nothing that is there, leads nowhere."""
    assert parse(text, mfa.load(file).system) is None
    with pytest.raises(FaultWithoutPlace, match="leads nowhere"):
        get(mfa.load(file).system, text)


def test_sections_are_those_of_a_file() -> None:
    """Every section of a scenario has paths, but for those that say which files and settings there are."""
    known = {f.alias or n for n, f in ScenarioForm.model_fields.items()}
    assert known - set(SECTIONS) == {"extends", "variants", "set", *LATER}
    assert set(SECTIONS) <= known


# ---------------------------------------------------------------- what --origin prints
@pytest.mark.parametrize("name", ["alumina-red-mud", "jiaokou-2025"])
def test_what_origin_prints_can_be_set(name: str) -> None:
    """Set to the values that they have, all paths leave the system as it is."""
    scenario = mfa.load(name)
    again = checked(merge.with_settings(scenario.merged, settable(name)))
    assert plain(again) == plain(scenario.system)


def test_each_line_of_origin_alone() -> None:
    """Every line printed for a large scenario and a small one is taken: words, years, empty lists too.

    That the system stays as it is, is seen of all lines together, and of each alone in the small park above.
    """
    for name, fewest in (("jiaokou-2025", 10_000), ("chain-iron", 1000)):
        scenario = mfa.load(name)
        lines = scenario.origin()
        assert len(lines) > fewest
        assert {"year", "label.zh", "chains[1]"} <= {x.path for x in lines}
        for line in lines:
            faults = merge.with_settings(scenario.merged, {line.path: line.value}).faults
            assert faults == [], line


def test_levels_and_empty_sections(file: Path) -> None:
    """What is empty is printed and taken too, and the picked level of a lever."""
    file.write_text(SCENARIO + "prices: {}\nlayers: []\nlevers: {l: {levels: {a: {}, b: {}}}}\n", "utf-8")
    base = mfa.load(file, levers={"l": "b"})
    shown = {x.path: x.value for x in base.origin()}
    assert (shown["prices"], shown["layers"], shown["levers.l"]) == ("{}", "[]", "b")
    for path in ("prices", "layers", "levers.l"):
        assert plain(base.replace({path: shown[path]}).system) == plain(base.system)


def test_a_list_emptied(file: Path) -> None:
    """`[]` lets nobody take the mud: all 620 kt and what is supplied are left over."""
    for path in ("pools.mud.takers", "mud.takers"):
        run = mfa.load(file, settings={path: "[]"}).solve()
        assert run.pools.set_index("material").surplus["mud"] == pytest.approx(620e3)


@pytest.mark.parametrize(
    "path", ["works.inputs", "processes.kiln", "mud.takers", "drive", "chains", "claims", "sources"]
)
def test_lists_and_mappings_are_no_values(file: Path, path: str) -> None:
    """A value in place of several is told, and which kinds of field there are to set."""
    with pytest.raises(mfa.Error, match=r"one value was expected \(a quantity, a word, a text, a year\)"):
        mfa.load(file, settings={path: "3"})


@pytest.mark.parametrize("path", ["layers", "indicators", "sankey"])
def test_sections_that_are_not_there(file: Path, path: str) -> None:
    """A value for a section that the file does not have is told by its form."""
    with pytest.raises(mfa.Error, match=f"{path} is not a (list|mapping)"):
        mfa.load(file, settings={path: "3"})


def test_another_value_changes_that_figure_alone(file: Path) -> None:
    """Nine tenths of each written figure, by the path that is printed: it is that, all others are as before.

    But for the flow that closes the mass of its process, and what is left of a composition.
    """
    base = mfa.load(file)
    before = {parse(k, base.system): x for k, x in listed(base.system).items() if isinstance(x.value, float)}
    follows = {"works.inputs.ore": {"works.outputs.gas"}, "works.outputs.mud": {"works.outputs.gas"}}
    follows |= {"ore.composition.SiO2": {"ore.composition.other"}}
    listed_as = {"materials.ore.price": "price.ore"}
    listed_as |= {"pools.mud.takers[2].share": "mud.takers.paver.share"}
    listed_as |= {"pools.mud.takers[4].limit": "mud.takers.deposit.limit"}
    tried = []
    for path, text in settable(str(file)).items():
        number = re.match(r"[0-9.]+", text)
        place = parse(listed_as.get(path, path), base.system)
        if place not in before or number is None or path.endswith((".basis", ".source")):
            continue
        own = before[place].path
        if own == "works.outputs.metal":  # the reference, which is 1 by definition
            continue
        less = base.replace({path: f"{float(number[0]) * 0.9:g}{text[number.end() :]}"})
        after = {parse(k, less.system): x for k, x in listed(less.system).items()}
        assert after[place].value == pytest.approx(0.9 * before[place].value, rel=1e-12)  # type: ignore[operator]
        changed = {x.path for at, x in before.items() if after[at] != x} - {own}
        assert changed == follows.get(own, set()), path
        tried.append(own)
    wanted = {"works.level", "supply.mud", "kiln.capacity", "works.transfer.Ga.mud", "paver.inputs.mud"}
    wanted |= {"ore.moisture", "price.ore", "mud.takers.paver.share", "mud.takers.deposit.limit"}
    wanted |= {"yard.initial", "yard.capacity", "factors.grid-co2", *follows}
    assert wanted <= set(tried)
    assert "targets.industrial-solid-waste-utilisation.min" in tried


def test_each_path_alone(file: Path) -> None:
    """The same, one path after the other; a place in a list, a key with a dot, a claim."""
    base = mfa.load(file)
    paths = settable(str(file))
    for path in (
        "pools.mud.takers[2].share",
        "pools.mud.takers[1]",
        "sources.survey 2.1.cite",
        "claims[1].value",
    ):
        assert path in paths
    for path, value in paths.items():
        assert plain(base.replace({path: value}).system) == plain(base.system), path


def test_words_and_figures_set_by_long_paths(file: Path) -> None:
    """Figures and words come out as they are set, and a figure that fixes a value keeps its source."""
    given = {
        "processes.works.inputs.ore.value": "3 t/t",
        "processes.works.transfer.Ga.mud": "70 %",
        "processes.kiln.site": "north",
        "materials.mud.kind": "intermediate",
        "materials.ore.composition.SiO2": "30 %",
        "pools.mud.takers[2].share": "4",
        "pools.mud.takers[4].limit": "20 %",
        "stocks.yard.fate": "disposal",
        "targets.industrial-solid-waste-utilisation.min": "90 %",
        "factors.grid-co2": "0.5 t/MWh",
        "drive.works": "2 Mt/a",
        "claims[1].value": "7 Mt/a",
        "year": "2030",
        "label.en": "Another",
        "sources.survey.cite": "B",
    }
    system = mfa.load(file).replace(given).system
    ore = system.processes["works"].inputs["ore"].figure
    assert (ore.value, ore.source, ore.low) == (3, "survey", None)
    assert system.processes["works"].outputs["gas"].figure.value == pytest.approx(3 - 1 - 0.6)
    assert get(system, "works.transfer.Ga.mud") == 0.7
    assert system.processes["kiln"].site == "north"
    assert system.materials["mud"].kind == "intermediate"
    assert get(system, "ore.composition.SiO2") == 0.3
    assert get(system, "ore.composition.other") == pytest.approx(0.7)
    assert get(system, "mud.takers.paver.share") == 4
    assert get(system, "mud.takers.deposit.limit") == 0.2
    assert system.stocks["yard"].fate == "disposal"
    assert system.targets[0].minimum == 0.9
    assert get(system, "factors.grid-co2") == 0.5
    assert (system.drive["works"].value, system.drive["works"].source) == (2e6, "survey")
    assert system.claims[0].value == 7e6
    assert (system.year, system.label["en"], system.sources["survey"]) == (2030, "Another", "B")


def test_fault_of_a_setting_has_its_place(file: Path) -> None:
    """A text where a number is meant, by a long path, is told at its place among the settings."""
    with pytest.raises(mfa.Error) as caught:
        mfa.load(file, settings={"year": "2026", "materials.ore.moisture": "much"})
    (fault,) = caught.value.faults
    assert str(fault.place) == "--set:2:1"


def test_a_child_ends_a_long_setting(file: Path) -> None:
    """What a child writes out ends a `set` of its parent by the long path; the child's own `set` is last."""
    base = file.with_name("base.yaml")
    base.write_text(
        SCENARIO.replace("test", "base")
        + "set: {processes.kiln.capacity: 1 t/a, drive.works: 3 t/a, works.level: 4 t/a}\n",
        encoding="utf-8",
    )
    child = """scenario: child
extends: base.yaml
processes: {kiln: {capacity: 5 t/a}}
set: {drive.works: 7 t/a}
"""
    file.with_name("child.yaml").write_text(child, encoding="utf-8")
    assert get(mfa.load(base).system, "works.level") == 4
    system = mfa.load(file.with_name("child.yaml")).system
    assert (get(system, "kiln.capacity"), get(system, "works.level")) == (5, 7)


# ---------------------------------------------------------------- on a system
@pytest.mark.parametrize("name", ["alumina-red-mud", "jiaokou-2025"])
def test_every_listed_figure_can_be_got_and_set(name: str) -> None:
    """Each has a path, and set to half its value it has half."""
    system = mfa.load(name).system
    numbers = {p: x.value for p, x in listed(system).items() if isinstance(x.value, float)}
    assert len(numbers) > 1000
    for path, value in numbers.items():
        assert get(system, path) == value
        if value and "outputs" not in path and "inputs" not in path:
            assert get(with_value(system, path, value / 2), path) == value / 2


def test_mass_closes_again(file: Path) -> None:
    """3 t of ore for 1 t of metal and 0.6 t of mud leave 1.4 t of gas; 1 t does not suffice."""
    system = mfa.load(file).system
    changed: System = with_value(system, "works.inputs.ore", 3)
    assert get(changed, "works.outputs.gas") == pytest.approx(1.4)
    assert changed.processes["works"].inputs["ore"].figure.source == "survey"
    with pytest.raises(FaultWithoutPlace, match="gas"):
        with_value(system, "works.inputs.ore", 1)


# ---------------------------------------------------------------- slots of the network
def test_slots(file: Path) -> None:
    """Each kind of figure that the network has stands where its own number is; others stand nowhere."""
    system = mfa.load(file).system
    compiled = compile_system(system)
    found = {
        "works.level": ("driven", 1e6),
        "supply.mud": ("outside", 20e3),
        "kiln.capacity": ("capacity", 200e3),
        "paver.inputs.mud": ("coefficient", 0.5),
        "works.inputs.ore": ("coefficient", 2),
        "pools.mud.takers.paver.share": ("share", 3),
        "mud.takers.deposit.limit": ("percent", 0.1),
        "mud.takers.kiln.limit": ("limit", float("inf")),
    }
    for path, (array, value) in found.items():
        where = slot(compiled, system, path)
        assert where is not None
        assert where.array == array
        assert getattr(compiled.values, array)[where.at] == value
    for path in (
        "price.ore",
        "ore.composition.SiO2",
        "yard.initial",
        "mud.takers.yard.limit",
        "demand.metal",
    ):
        assert slot(compiled, system, path) is None


def test_filled_slots(file: Path) -> None:
    """2.5 t of ore in place of 2 make 0.9 t of gas of 0.4; 30 kt of mud are supplied in place of 20."""
    system = mfa.load(file).system
    compiled = compile_system(system)
    slots = {p: slot(compiled, system, p) for p in ("works.inputs.ore", "works.outputs.gas", "supply.mud")}
    ore, gas, mud = (s for s in slots.values() if s)
    values = filled(compiled, {ore: 2.5, mud: 30e3})
    assert values.coefficient[gas.at] == pytest.approx(0.9)
    assert values.external[compiled.structure.pools.index("mud")] == 30e3
    assert compiled.values.coefficient[gas.at] == pytest.approx(0.4)


def test_slots_of_the_park() -> None:
    """A number in its slot makes the values that the changed system has, for every figure of the park."""
    system = mfa.load("jiaokou-2025").system
    compiled = compile_system(system)
    slots = {p: slot(compiled, system, p) for p, x in listed(system).items() if isinstance(x.value, float)}
    known = {p: s for p, s in slots.items() if s}
    assert len(known) > 1500
    for path, where in list(known.items())[::40]:
        value = get(system, path)
        assert getattr(compiled.values, where.array)[where.at] == value
        want = compile_system(with_value(system, path, value * 1.001)).values
        have = filled(compiled, {where: value * 1.001})
        for field in fields(want):
            one, two = getattr(have, field.name), getattr(want, field.name)
            assert np.allclose(one, two, rtol=1e-12, atol=0, equal_nan=True), (path, field.name)


# ---------------------------------------------------------------- replace in memory
def test_replaced_in_memory_is_loaded(file: Path) -> None:
    """What is made from the system before is what loading with the settings gives."""
    base = mfa.load(file)
    given = {
        "kiln.capacity": "300 kt/a",
        "works.inputs.ore": "2.1 t/t",
        "works.level": "0.8 Mt/a",
        "works.transfer.Ga.mud": "0.5",
        "mud.takers.paver.share": "2",
        "mud.takers.deposit.limit": "5 kt/a",
        "yard.capacity": "6 Mt",
        "supply.mud": "25 kt/a",
        "price.ore": "60 CNY/t",
        "ore.composition.SiO2": "10 %",
        "factors.grid-co2": "0.7 t/MWh",
        "targets.industrial-solid-waste-utilisation.min": "60 %",
    }
    for path, text in given.items():
        trees = merge.with_settings(base.merged, {path: text})
        made = replaced.with_settings(base.system, trees, [path])
        assert made == mfa.load(file, settings={path: text}).system != base.system
    assert base.replace(given).system == mfa.load(file, settings=given).system


def test_what_reaches_further_is_built_whole(file: Path) -> None:
    """Wet amounts, words that lists and groups go by, a flow of 0: all is built again."""
    base = mfa.load(file)
    for path, text in {
        "mud.moisture": "40 %",
        "materials.mud.kind": "product",
        "processes.kiln.site": "north",
        "paver.inputs.mud": "0 t/t",
        "kiln.level": "1 t/a",
        "year": "2030",
        "demand.metal": "1 t/a",
    }.items():
        trees = merge.with_settings(base.merged, {path: text})
        assert replaced.with_settings(base.system, trees, [path]) is None


def test_faults_of_replacing(file: Path) -> None:
    """A capacity below the drive, a negative rest and a full yard are told as they are of a file."""
    base = mfa.load(file)
    given = {"works.capacity": "1 kt/a", "yard.capacity": "1 t"}
    for settings in ({p: t} for p, t in given.items()):
        with pytest.raises(mfa.Error) as replacing:
            base.replace(settings)
        with pytest.raises(mfa.Error) as loading:
            mfa.load(file, settings=settings)
        assert replacing.value.text() == loading.value.text() != ""
    with pytest.raises(mfa.Error, match="gas"):
        base.replace({"works.inputs.ore": "1 t/t"})


@pytest.mark.parametrize(("name", "every"), [("alumina-red-mud", 13), ("jiaokou-2025", 200)])
def test_replaced_in_memory_of_shipped(name: str, every: int) -> None:
    """Figures of the shipped scenarios, replaced in memory, give the loaded system, or no system as there."""
    base = mfa.load(name)
    numbers = [(p, x) for p, x in listed(base.system).items() if isinstance(x.value, float) and x.unit]
    for path, parameter in numbers[::every]:
        unit = "" if parameter.unit == "1" else parameter.unit
        text = f"{parameter.value * 0.98:.10g} {unit}".strip()
        trees = merge.with_settings(base.merged, {path: text})
        made = replaced.with_settings(base.system, trees, [path])
        try:
            loaded = checked(trees)
        except mfa.Error:
            loaded = None
        assert made is None or made == loaded, path


def test_last_setting_counts(file: Path) -> None:
    """The later of two settings of one figure counts, in whichever form it is written."""
    one = mfa.load(file).replace({"kiln.capacity": "1 t/a"}).replace({"processes.kiln.capacity": "2 t/a"})
    assert get(one.system, "kiln.capacity") == 2
    assert get(one.replace({"kiln.capacity": "3 t/a"}).system, "kiln.capacity") == 3


def test_wiring_is_kept_where_the_network_is_the_same(file: Path) -> None:
    """Another capacity solves the wired network; a flow of 0 makes another network."""
    base = mfa.load(file)
    base.solve()
    for path, text, same in (
        ("kiln.capacity", "10 kt/a", True),
        ("works.inputs.ore", "2.2 t/t", True),
        ("works.outputs.gas", "0 t/t", False),
    ):
        other = base.replace({path: text})
        result = other.solve()
        assert (other._compiled.wiring is base._compiled.wiring) is same
        fresh = mfa.load(file, settings={path: text}).solve()
        assert result.table("flows").rows == fresh.table("flows").rows
