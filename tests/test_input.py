"""What the files say is what the run gets: merging, defaults, lists, paths and units, by hand."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

import mfa
from mfa.system import Coefficient, Entry, System

CHAIN = """
chain: plant
sources: {iai: "IAI (2022)", plan: {cite: "The plan", url: "https://example.org"}}
materials:
  bauxite: {kind: resource, moisture: 8 %}
  alumina: {kind: intermediate, price: 2600 CNY/t}
  red-mud: {kind: waste, waste: industrial-solid, moisture: 30 %}
  electricity: {kind: energy, unit: MWh}
  gas: {kind: fuel, density: 0.754 kg/Nm3, lhv: 36 MJ/Nm3, carbon: 74 %}
  brick: {kind: product}
processes:
  refinery:
    per: alumina
    inputs:
      bauxite: {value: 2.05 t/t, range: 1.9..2.4 t/t, source: iai, note: mean}
      electricity: {value: 245 kWh/t, sd: 20 kWh/t, source: iai}
    outputs:
      red-mud: {value: 1 t/t, cv: 10 %, source: iai}
    capacity: {value: 3 Mt/a, source: plan}
  brick-works: {per: brick, inputs: {red-mud: 0.4 t/t, gas: 60 Nm3/t}}
  road-works: {per: red-mud, inputs: {red-mud: 1 t/t}}
pools:
  alumina: {takers: [{boundary: export}]}
  red-mud: {takers: [brick-works, {stock: yard}]}
stocks:
  yard: {material: red-mud, capacity: 40 Mt}
"""

Load = Callable[..., mfa.Scenario]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Writes a scenario (and other files) beside the plant and loads it."""
    (tmp_path / "chains").mkdir()

    def loaded(
        text: str,
        files: Mapping[str, str] | None = None,
        variants: Sequence[str] = (),
        settings: Mapping[str, str] | None = None,
    ) -> mfa.Scenario:
        written = {"chains/plant.yaml": CHAIN, "main.yaml": text, **(files or {})}
        for name, words in written.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(words, encoding="utf-8")
        return mfa.load(tmp_path / "main.yaml", variants=variants, settings=settings)

    return loaded


def keys(act: Callable[[], object]) -> list[str]:
    """The keys of the faults that an act ends in."""
    with pytest.raises(mfa.Error) as caught:
        act()
    return [f.key for f in caught.value.faults]


def entries(system: System, material: str, side: str = "takers") -> list[tuple[str, int]]:
    return [(e.node, e.tier) for e in getattr(system.pools[material], side)]


def entry(system: System, material: str, node: str) -> Entry:
    pool = system.pools[material]
    return next(e for e in (*pool.takers, *pool.givers) if e.node == node)


def bauxite(system: System) -> Coefficient:
    return system.processes["refinery"].inputs["bauxite"]


SCENARIO = "scenario: main\nchains: [plant]\n"


def test_chain_alone(load: Load, tmp_path: Path) -> None:
    """A chain loads by itself, in native units, with its spreads."""
    load(SCENARIO)
    system = mfa.load(tmp_path / "chains" / "plant.yaml").system
    refinery = system.processes["refinery"]
    power, mud = refinery.inputs["electricity"].figure, refinery.outputs["red-mud"].figure
    assert (power.value, power.sd, power.dist) == (0.245, 0.02, "normal")
    assert (mud.value, mud.sd, mud.dist) == (1, 0.1, "normal")
    figure = bauxite(system).figure
    assert (figure.low, figure.high, figure.dist, figure.source) == (1.9, 2.4, "triangular", "iai")
    assert refinery.capacity is not None
    assert refinery.capacity.value == 3e6
    assert refinery.outputs["alumina"].reference
    assert system.sources == {"iai": "IAI (2022)", "plan": "The plan"}


# Merging (§7).


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("2.2 t/t", (2.2, "", None, None, None, "iai", "")),
        ("{value: 2.2 t/t}", (2.2, "triangular", 1.9, 2.4, None, "iai", "mean")),
        ("{sd: 0.1 t/t}", (2.05, "normal", None, None, 0.1, "iai", "mean")),
        ("{cv: 10 %}", (2.05, "normal", None, None, 0.205, "iai", "mean")),
        ("{value: 2 t/t, range: 1..3 t/t, dist: uniform}", (2, "uniform", 1, 3, None, "iai", "mean")),
        ("{range: 1..3 t/t}", (2.05, "triangular", 1, 3, None, "iai", "mean")),
        ("{source: plan, note: new}", (2.05, "triangular", 1.9, 2.4, None, "plan", "new")),
        ("2050 kg/t", (2.05, "", None, None, None, "iai", "")),
    ],
)
@pytest.mark.parametrize("by", ["scenario", "child", "variant"])
def test_merged_coefficient(
    by: str, written: str, wanted: tuple[float | str | None, ...], load: Load
) -> None:
    """A scalar replaces all but the source, a mapping merges, a spread replaces whichever there was."""
    own = f"processes: {{refinery: {{inputs: {{bauxite: {written}}}}}}}\n"
    if by == "scenario":
        system = load(SCENARIO + own).system
    elif by == "child":
        system = load(f"scenario: main\nextends: base\n{own}", {"scenarios/base.yaml": SCENARIO}).system
    else:
        system = load(f"{SCENARIO}variants: {{v: {{{own.strip()}}}}}\n", variants=["v"]).system
    f = bauxite(system).figure
    found = (f.value, f.dist, f.low, f.high, f.sd, f.source, f.note)
    assert found == tuple(pytest.approx(w, rel=1e-14) if isinstance(w, float) else w for w in wanted)


@pytest.mark.parametrize(
    ("parent", "child", "wanted"),
    [
        ("{value: 1 Mt/a, source: plan}", "{2020: 1 Mt/a, 2030: 2 Mt/a}", 1.5e6),
        ("{2020: 1 Mt/a, 2030: 2 Mt/a}", "3 Mt/a", 3e6),
        ("{2020: 1 Mt/a, 2030: 2 Mt/a}", "{2030: 3 Mt/a}", 2e6),
        ("{2020: 1 Mt/a, 2030: 2 Mt/a}", "{value: 0.5 Mt/a}", 0.5e6),
        ("{2020: 1 Mt/a, 2030: 2 Mt/a}", "{interpolate: step}", 1e6),
    ],
)
def test_merged_schedule(parent: str, child: str, wanted: float, load: Load) -> None:
    """Schedules merge by year; a value takes the place of a schedule and the other way round."""
    base = f"{SCENARIO}year: 2025\nprocesses: {{refinery: {{capacity: {parent}}}}}\n"
    own = f"scenario: main\nextends: base\nprocesses: {{refinery: {{capacity: {child}}}}}\n"
    capacity = load(own, {"scenarios/base.yaml": base}).system.processes["refinery"].capacity
    assert capacity is not None
    assert capacity.value == wanted


def test_balance_over_value(load: Load) -> None:
    """A child's `balance: true` takes the value and its spread away, and keeps the source."""
    text = f"{SCENARIO}processes: {{refinery: {{outputs: {{red-mud: {{balance: true}}}}}}}}\n"
    mud = load(text).system.processes["refinery"].outputs["red-mud"]
    assert (mud.balance, mud.figure.sd, mud.figure.source) == (True, None, "iai")
    assert mud.figure.value == pytest.approx(1.05, rel=1e-15)


def test_extends_merges_deeply_and_lists_replace(load: Load) -> None:
    """Mappings of three generations merge by key; a list is taken whole from the youngest."""
    files = {
        "scenarios/old.yaml": f"""{SCENARIO}year: 2020
drive: {{refinery: 1 Mt/a}}
demand: {{brick: 1 kt/a, alumina: 2 kt/a}}
pools: {{red-mud: {{takers: [road-works]}}, brick: {{takers: []}}}}
""",
        "scenarios/middle.yaml": "scenario: middle\nextends: old\ndemand: {brick: 3 kt/a}\n"
        "pools: {red-mud: {takers: [{stock: yard}], givers: [{boundary: import}]}}\n",
    }
    text = "scenario: main\nextends: scenarios/middle.yaml\nyear: 2030\nstocks: {yard: {initial: 2 Mt}}\n"
    scenario = load(text, files)
    system = scenario.system
    assert system.year == 2030
    assert system.drive["refinery"].value == 1e6
    assert {k: f.value for k, f in system.demand.items()} == {"brick": 3000, "alumina": 2000}
    assert entries(system, "red-mud") == [("yard", 1)]
    assert entries(system, "red-mud", "givers") == [("import", 1)]
    assert entries(system, "brick") == []
    assert system.name == "main"
    assert system.stocks["yard"].initial is not None
    assert [f.name for f in scenario.files] == ["main.yaml", "middle.yaml", "old.yaml", "plant.yaml"]


def test_chains_of_a_parent_are_looked_up_beside_the_parent(load: Load) -> None:
    """A relative path is read from the file that writes it, also through `extends`."""
    files = {
        "elsewhere/base.yaml": "scenario: base\nchains: [./own.yaml]\n",
        "elsewhere/own.yaml": "chain: own\nmaterials: {a: {kind: product}}\nprocesses: {p: {per: a}}\n",
    }
    assert "p" in load("scenario: main\nextends: elsewhere/base.yaml\n", files).system.processes


def test_variants_in_order(load: Load) -> None:
    """Variants lie over the file one after the other, later ones win."""
    text = f"""{SCENARIO}drive: {{refinery: 1 Mt/a}}
variants:
  two: {{drive: {{refinery: 2 Mt/a}}, demand: {{brick: 1 kt/a}}}}
  three: {{drive: {{refinery: 3 Mt/a}}}}
"""

    def level(*names: str) -> float:
        return load(text, variants=names).system.drive["refinery"].value

    assert (level(), level("two"), level("two", "three"), level("three", "two")) == (1e6, 2e6, 3e6, 2e6)
    assert load(text, variants=["two", "three"]).system.demand["brick"].value == 1000


def test_later_layers_over_set(load: Load) -> None:
    """What a child or a variant writes out is not undone by the `set` of the file below it."""
    text = f"""{SCENARIO}set: {{refinery.capacity: 2 Mt/a, refinery.level: 1 Mt/a, demand.brick: 1 kt/a}}
variants:
  more: {{processes: {{refinery: {{capacity: 2.5 Mt/a}}}}, drive: {{refinery: 2.2 Mt/a}}}}
"""
    system = load(text, variants=["more"]).system
    refinery = system.processes["refinery"]
    assert refinery.capacity is not None
    assert (refinery.capacity.value, system.drive["refinery"].value) == (2.5e6, 2.2e6)
    assert system.demand["brick"].value == 1000


# Paths (§7).

PATHS: dict[str, tuple[str, Callable[[System], object], object]] = {
    "refinery.level": ("2 Mt/a", lambda s: s.drive["refinery"].value, 2e6),
    "refinery.capacity": ("240 万t/a", lambda s: s.processes["refinery"].capacity.value, 2.4e6),
    "refinery.inputs.bauxite": (
        "2.2 t/t",
        lambda s: (bauxite(s).figure.value, bauxite(s).figure.dist),
        (2.2, ""),
    ),
    "refinery.outputs.red-mud": (
        "0.9 t/t",
        lambda s: s.processes["refinery"].outputs["red-mud"].figure.value,
        0.9,
    ),
    "red-mud.takers.yard.limit": ("1 Mt/a", lambda s: entry(s, "red-mud", "yard").limit.value, 1e6),
    "red-mud.takers.brick-works.limit": (
        "40 %",
        lambda s: entry(s, "red-mud", "brick-works").percent.value,
        0.4,
    ),
    "alumina.takers.export.limit": ("none", lambda s: entry(s, "alumina", "export").unlimited, True),
    "brick.takers.export.limit": ("5 kt/a", lambda s: entry(s, "brick", "export").limit.value, 5000),
    "electricity.givers.import.limit": (
        "1 GWh/a",
        lambda s: entry(s, "electricity", "import").limit.value,
        1000,
    ),
    "yard.initial": ("12 Mt", lambda s: s.stocks["yard"].initial.value, 12e6),
    "yard.capacity": ("50 Mt", lambda s: s.stocks["yard"].capacity.value, 50e6),
    "price.alumina": ("3000 CNY/t", lambda s: s.materials["alumina"].price.value, 3000),
    "demand.brick": ("5 kt/a", lambda s: s.demand["brick"].value, 5000),
    "supply.bauxite": ("5 kt/a", lambda s: s.supply["bauxite"].value, 5000),
}


@pytest.mark.parametrize("path", list(PATHS))
@pytest.mark.parametrize("by", ["set", "--set", "variant", "mapping"])
def test_paths(by: str, path: str, load: Load) -> None:
    """Every form of path sets its figure, in the file, in a variant and on the command line."""
    value, look, wanted = PATHS[path]
    written = f"set: {{{path}: {value}}}"
    if by == "set":
        system = load(f"{SCENARIO}{written}\n").system
    elif by == "mapping":
        system = load(f"{SCENARIO}set: {{{path}: {{value: {value}, source: a talk}}}}\n").system
    elif by == "variant":
        system = load(f"{SCENARIO}variants: {{v: {{{written}}}}}\n", variants=["v"]).system
    else:
        system = load(SCENARIO, settings={path: value}).system
    assert look(system) == wanted


def test_set_keeps_the_source_and_drops_the_spread(load: Load) -> None:
    """`set` fixes a value: no spread any more, the old source unless it gives one."""
    figure = bauxite(load(f"{SCENARIO}set: {{refinery.inputs.bauxite: 2.2 t/t}}\n").system).figure
    assert (figure.value, figure.dist, figure.source, figure.low) == (2.2, "", "iai", None)
    text = f"{SCENARIO}set: {{refinery.inputs.bauxite: {{value: 2.3 t/t, source: plan}}}}\n"
    assert bauxite(load(text).system).figure.source == "plan"


def test_set_of_a_schedule(load: Load) -> None:
    """A figure may be set to a schedule."""
    text = f"{SCENARIO}year: 2025\nset: {{refinery.inputs.bauxite: {{2020: 2 t/t, 2030: 3 t/t}}}}\n"
    figure = bauxite(load(text).system).figure
    assert (figure.value, figure.source) == (2.5, "iai")


def test_command_line_lies_over_set(load: Load) -> None:
    """`--set` wins over the file's `set`, and over a variant."""
    text = f"{SCENARIO}set: {{refinery.level: 1 Mt/a}}\nvariants: {{v: {{drive: {{refinery: 2 Mt/a}}}}}}\n"
    system = load(text, variants=["v"], settings={"refinery.level": "2.5 Mt/a"}).system
    assert system.drive["refinery"].value == 2.5e6


def test_set_of_one_pool_leaves_the_other(load: Load) -> None:
    """A list shared by an alias is set in the pool that the path names, and in no other."""
    text = f"""{SCENARIO}
materials: {{other: {{kind: waste}}}}
demand: {{other: 1 t/a}}
pools:
  brick: {{takers: &sold [{{boundary: export}}]}}
  other: {{takers: *sold}}
set: {{brick.takers.export.limit: 5 kt/a}}
"""
    system = load(text).system
    assert entry(system, "brick", "export").limit is not None
    assert entry(system, "other", "export").limit is None


def test_set_in_a_list_that_is_replaced(load: Load) -> None:
    """An entry that only the chain's replaced list has cannot be set."""
    pools = "pools: {red-mud: {takers: [brick-works]}}\n"
    text = f"{SCENARIO}{pools}set: {{red-mud.takers.yard.limit: 1 Mt/a}}\n"
    assert keys(lambda: load(text)) == ["set-entry"]


def test_set_an_inserted_entry(load: Load) -> None:
    """An inserted entry, and one of the list that it is put into, can both be set."""
    text = f"""{SCENARIO}pools: {{red-mud: {{takers: {{insert: [{{process: road-works, before: yard}}]}}}}}}
set: {{red-mud.takers.road-works.limit: 1 Mt/a, red-mud.takers.yard.limit: 2 Mt/a}}
"""
    system = load(text).system
    assert entry(system, "red-mud", "road-works").limit.value == 1e6
    assert entry(system, "red-mud", "yard").limit.value == 2e6


# Lists (§3).


@pytest.mark.parametrize(
    ("insert", "wanted"),
    [
        ("{process: road-works, before: brick-works}", [("road-works", 1), ("brick-works", 2), ("yard", 3)]),
        ("{process: road-works, before: yard}", [("brick-works", 1), ("road-works", 2), ("yard", 3)]),
        ("{process: road-works, after: brick-works}", [("brick-works", 1), ("road-works", 2), ("yard", 3)]),
        ("{process: road-works, after: yard}", [("brick-works", 1), ("yard", 2), ("road-works", 3)]),
        ("{process: road-works, after: yard, tier: 2}", [("brick-works", 1), ("yard", 2), ("road-works", 2)]),
        ("{boundary: deposit, before: yard, tier: 7}", [("brick-works", 1), ("yard", 2), ("deposit", 7)]),
    ],
)
def test_insert(insert: str, wanted: list[tuple[str, int]], load: Load) -> None:
    """An insertion stands on a tier of its own beside the entry it names, or on the tier it writes."""
    text = f"{SCENARIO}pools: {{red-mud: {{takers: {{insert: [{insert}]}}}}}}\n"
    assert entries(load(text).system, "red-mud") == wanted


def test_insert_beside_a_tier(load: Load) -> None:
    """Before or after an entry that shares its tier means before or after the whole tier."""
    takers = "[{process: brick-works, tier: 3}, {stock: yard, tier: 3}]"
    base = f"{SCENARIO}pools: {{red-mud: {{takers: {takers}}}}}"
    own = "scenario: main\nextends: base\npools: {red-mud: {takers: {insert: [{boundary: deposit, %s}]}}}\n"
    files = {"scenarios/base.yaml": base}
    before = load(own % "before: yard", files).system
    assert entries(before, "red-mud") == [("deposit", 3), ("brick-works", 4), ("yard", 4)]
    after = load(own % "after: brick-works", files).system
    assert entries(after, "red-mud") == [("brick-works", 3), ("yard", 3), ("deposit", 4)]


def test_insert_into_a_default_side(load: Load) -> None:
    """An insertion may stand beside the entry that a kind has by default."""
    text = f"{SCENARIO}pools: {{brick: {{takers: {{insert: [{{boundary: deposit, after: export}}]}}}}}}\n"
    assert entries(load(text).system, "brick") == [("export", 1), ("deposit", 2)]


DEFAULTS = {
    "resource": (["import"], []),
    "fuel": (["import"], []),
    "energy": (["import"], []),
    "water": (["import"], []),
    "product": ([], ["export"]),
    "emission": ([], ["emission"]),
    "intermediate": ([], []),
    "waste": ([], []),
}


@pytest.mark.parametrize("kind", list(DEFAULTS))
@pytest.mark.parametrize("made", [False, True])
def test_defaults(kind: str, made: bool, load: Load) -> None:
    """A side nobody writes is that of §3.2: what a loaded process makes is not imported by itself."""
    unit = ", unit: MWh" if kind == "energy" else ""
    one = "MWh/MWh" if unit else "t/t"
    maker = f"\n  maker: {{per: m, outputs: {{m: 1 {one}}}, enabled: {str(made).lower()}}}"
    text = f"""scenario: main
materials: {{m: {{kind: {kind}{unit}}}, p: {{kind: intermediate}}}}
processes:
  user: {{per: p, inputs: {{m: 1 {"MWh" if unit else "t"}/t}}}}{maker}
"""
    system = load(text).system
    givers, takers = DEFAULTS[kind]
    assert [n for n, _ in entries(system, "m", "givers")] == ([] if made else givers)
    assert [n for n, _ in entries(system, "m")] == takers
    assert system.pools["m"].written == frozenset()


@pytest.mark.parametrize("side", ["takers", "givers"])
def test_nobody(side: str, load: Load) -> None:
    """`takers: []` says nobody, also where the kind would have somebody."""
    material = "brick" if side == "takers" else "bauxite"
    system = load(f"{SCENARIO}pools: {{{material}: {{{side}: []}}}}\n").system
    assert entries(system, material, side) == []
    assert system.pools[material].written == {side}


OTHER = """
chain: other
materials: {red-mud: {kind: waste, waste: industrial-solid, moisture: 30 %}, tile: {kind: product}}
processes: {tile-works: {per: tile, inputs: {red-mud: 0.2 t/t}}}
"""


def test_entries_that_are_no_part_of_the_run(load: Load) -> None:
    """A chain's list skips what another chain, not loaded, knows; its tiers are judged as written."""
    listed = CHAIN.replace("[brick-works, {stock: yard}]", "[brick-works, tile-works, {stock: yard}]")
    files = {"chains/plant.yaml": listed, "chains/other.yaml": OTHER}
    assert entries(load(SCENARIO, files).system, "red-mud") == [("brick-works", 1), ("yard", 3)]
    both = load("scenario: main\nchains: [plant, other]\n", files).system
    assert entries(both, "red-mud") == [("brick-works", 1), ("tile-works", 2), ("yard", 3)]
    own = f"{SCENARIO}pools: {{red-mud: {{takers: [tile-works]}}}}\n"
    assert keys(lambda: load(own, files)) == ["entry-not-in-run"]


def test_entries_known_nowhere(load: Load) -> None:
    """An id that no chain, scenario or variant knows is refused, also in a chain's list."""
    files = {"chains/plant.yaml": CHAIN.replace("[brick-works, {", "[brick-works, tile-works, {")}
    assert keys(lambda: load(SCENARIO, files)) == ["entry-unknown"]
    variants = "variants: {v: {processes: {tile-works: {per: brick, inputs: {red-mud: 1 t/t}}}}}\n"
    assert entries(load(SCENARIO + variants, files).system, "red-mud") == [("brick-works", 1), ("yard", 3)]
    # a scenario beside it that misspells an id does not make it known
    files["stray.yaml"] = "scenario: stray\nprocesses: {tile-works: {per: brick}}\n"
    assert keys(lambda: load(SCENARIO, files)) == ["entry-unknown"]


def test_two_chains_write_one_side(load: Load) -> None:
    """It is an error unless they agree, or the scenario writes that side."""
    pool = "pools: {red-mud: {takers: [%s]}}\n"
    files = {"chains/other.yaml": OTHER + pool % "tile-works"}
    both = "scenario: main\nchains: [plant, other]\n"
    assert keys(lambda: load(both, files)) == ["side-twice"]
    own = "pools: {red-mud: {takers: [tile-works, brick-works]}}\n"
    assert entries(load(both + own, files).system, "red-mud") == [("tile-works", 1), ("brick-works", 2)]
    files = {"chains/other.yaml": OTHER + pool % "brick-works, {stock: yard}"}
    assert entries(load(both, files).system, "red-mud") == [("brick-works", 1), ("yard", 2)]


def test_a_material_in_two_chains(load: Load) -> None:
    """Two chains may define one material in the same words only."""
    both = "scenario: main\nchains: [plant, other]\n"
    assert load(both, {"chains/other.yaml": OTHER}).system.materials["red-mud"].moisture.value == 0.3
    files = {"chains/other.yaml": OTHER.replace("moisture: 30 %", "moisture: 25 %")}
    assert keys(lambda: load(both, files)) == ["defined-twice"]


def test_shared_materials(load: Load) -> None:
    """`materials.yaml` beside a chain is read with it, and may be named as well."""
    files = {
        "chains/materials.yaml": "chain: materials\nmaterials: {slag: {kind: waste, moisture: 5 %}}\n",
        "chains/other.yaml": "chain: other\nprocesses: {dump: {per: slag, inputs: {slag: 1 t/t}}}\n",
    }
    for names in ("other", "materials, other", "other, materials"):
        system = load(f"scenario: main\nchains: [{names}]\n", files).system
        assert system.materials["slag"].moisture.value == 0.05


def test_sources_of_two_chains(load: Load) -> None:
    """One id with two citations keeps both."""
    files = {"chains/other.yaml": OTHER + 'sources: {iai: "IAI (2015)", own: Own}\n'}
    sources = load("scenario: main\nchains: [plant, other]\n", files).system.sources
    assert sources == {"iai": "IAI (2022); IAI (2015)", "own": "Own", "plan": "The plan"}


def test_disabled(load: Load) -> None:
    """A disabled process does not exist: no list has it, and what it made may be imported again."""
    system = load(f"{SCENARIO}processes: {{brick-works: {{enabled: false}}}}\n").system
    assert "brick-works" not in system.processes
    assert entries(system, "red-mud") == [("yard", 2)]


def test_driven_leaves_the_lists_of_the_chains(load: Load) -> None:
    """A drive takes a process out of a chain's list with a note that shows both places."""
    system = load(f"{SCENARIO}drive: {{brick-works: 1 kt/a}}\n").system
    assert entries(system, "red-mud") == [("yard", 2)]
    assert [n.key for n in system.notes] == ["driven-leaves-list"]
    assert "main.yaml:3:9" in system.notes[0].text()
    assert system.notes[0].place is not None
    assert system.notes[0].place.file.endswith("plant.yaml")


def test_driven_and_listed(load: Load) -> None:
    """A drive and a place in the scenario's own list is an error, also through `insert` and `extends`."""
    drive = "drive: {road-works: 1 kt/a}\n"
    own = "pools: {red-mud: {takers: [road-works]}}\n"
    inserted = "pools: {red-mud: {takers: {insert: [{process: road-works, before: yard}]}}}\n"
    assert keys(lambda: load(SCENARIO + drive + own)) == ["driven-and-listed"]
    assert keys(lambda: load(SCENARIO + drive + inserted)) == ["driven-and-listed"]
    files = {"scenarios/base.yaml": SCENARIO + own}
    assert keys(lambda: load(f"scenario: main\nextends: base\n{drive}", files)) == ["driven-and-listed"]


def test_driven_yard(load: Load) -> None:
    """A driven yard leaves the chains' giver lists and stays as a taker."""
    giving = CHAIN.replace("{stock: yard}]}", "{stock: yard}], givers: [{stock: yard}]}")
    text = f"{SCENARIO}drive: {{yard: 0.3 Mt/a}}\nstocks: {{yard: {{initial: 12 Mt}}}}\n"
    system = load(text, {"chains/plant.yaml": giving}).system
    assert entries(system, "red-mud", "givers") == []
    assert entries(system, "red-mud") == [("brick-works", 1), ("yard", 2)]
    assert system.drive["yard"].value == 3e5


def test_limits(load: Load) -> None:
    """A limit is a rate (wet too), a percentage, or `none` written out; a day counts 1/365 of the year."""
    text = f"""{SCENARIO}pools:
  red-mud:
    takers:
      - {{process: brick-works, limit: 1.4 Mt_wet/a}}
      - {{process: road-works, limit: {{value: 40 %, range: 30..50 %}}, tier: 4}}
      - {{boundary: export, limit: none, tier: 7, share: 2}}
      - {{boundary: deposit, tier: 7, share: 0.5, fate: disposal}}
      - {{stock: yard, limit: 100 t/d}}
"""
    takers = load(text).system.pools["red-mud"].takers
    assert [(e.node, e.tier, e.share.value) for e in takers] == [
        ("brick-works", 1, 1),
        ("road-works", 4, 1),
        ("export", 7, 2),
        ("deposit", 7, 0.5),
        ("yard", 8, 1),
    ]
    wet, part, free, dump, yard = takers
    assert wet.limit is not None
    assert wet.limit.value == pytest.approx(0.98e6, rel=1e-15)
    assert part.percent is not None
    assert (part.limit, part.percent.value, part.percent.low, part.percent.high) == (None, 0.4, 0.3, 0.5)
    assert (free.limit, free.percent, free.unlimited) == (None, None, True)
    assert (dump.fate, dump.unlimited) == ("disposal", False)
    assert yard.limit is not None
    assert yard.limit.value == 36_500


# Copies (§7).


def test_like(load: Load) -> None:
    """A copy takes what the merged scenario leaves, renamed, `per` too, and stands in no list."""
    text = f"""{SCENARIO}materials: {{mud-south: {{kind: waste}}, alumina-south: {{kind: product}}}}
processes:
  refinery: {{capacity: 2 Mt/a, site: north}}
  south:
    like: refinery
    site: south
    rename: {{red-mud: mud-south, alumina: alumina-south}}
    inputs: {{bauxite: 2.2 t/t}}
  works-south: {{like: brick-works}}
set: {{south.outputs.mud-south: 0.8 t/t}}
"""
    system = load(text).system
    north, south = system.processes["refinery"], system.processes["south"]
    assert (south.per, south.site, north.site) == ("alumina-south", "south", "north")
    assert south.capacity is not None
    assert south.capacity.value == 2e6
    assert list(south.outputs) == ["mud-south", "alumina-south"]
    assert south.outputs["mud-south"].figure.value == 0.8
    assert north.outputs["red-mud"].figure.value == 1
    figure = south.inputs["bauxite"].figure
    assert (figure.value, figure.source, figure.dist) == (2.2, "iai", "")
    assert bauxite(system).figure.value == 2.05
    assert entries(system, "red-mud") == [("brick-works", 1), ("yard", 2)]


def test_like_of_a_copy(load: Load) -> None:
    """A copy of a copy takes both renamings, whichever is written first."""
    text = f"""{SCENARIO}materials: {{m1: {{kind: waste}}, m2: {{kind: waste}}}}
processes:
  third: {{like: second, rename: {{m1: m2}}}}
  second: {{like: refinery, rename: {{red-mud: m1}}}}
"""
    processes = load(text).system.processes
    found = [next(iter(processes[p].outputs)) for p in ("refinery", "second", "third")]
    assert found == ["red-mud", "m1", "m2"]


def test_rename_exchanges(load: Load) -> None:
    """Two materials may change places in a copy."""
    text = f"{SCENARIO}processes: {{s: {{like: brick-works, rename: {{red-mud: bauxite}}}}}}\n"
    assert list(load(text).system.processes["s"].inputs) == ["bauxite", "gas"]


# Quantities (§5, §6, §10).


@pytest.mark.parametrize(
    ("year", "schedule", "wanted"),
    [
        (2020, "{2022: 1 Mt/a, 2026: 2 Mt/a}", 1e6),
        (2022, "{2022: 1 Mt/a, 2026: 2 Mt/a}", 1e6),
        (2023, "{2022: 1 Mt/a, 2026: 2 Mt/a}", 1.25e6),
        (2026, "{2022: 1 Mt/a, 2026: 2 Mt/a}", 2e6),
        (2040, "{2026: 2 Mt/a, 2022: 1 Mt/a}", 2e6),
        (2025, "{interpolate: step, 2022: 1 Mt/a, 2026: 2 Mt/a}", 1e6),
        (2026, "{interpolate: step, 2022: 1 Mt/a, 2026: 2 Mt/a}", 2e6),
        (2020, "{interpolate: step, 2022: 1 Mt/a, 2026: 2 Mt/a}", 1e6),
        (2024, "{2022: 1 Mt/a, 2026: 200 万t/a}", 1.5e6),
        (2024, "{2022: 1 Mt/a}", 1e6),
    ],
)
def test_schedule(year: int, schedule: str, wanted: float, load: Load) -> None:
    """A schedule is linear between its years, held outside them, or jumps."""
    system = load(f"{SCENARIO}year: {year}\ndrive: {{refinery: {schedule}}}\n").system
    assert system.drive["refinery"].value == pytest.approx(wanted, rel=1e-15)


@pytest.mark.parametrize(
    ("operating", "capacity", "wanted"),
    [
        ("310 d/a", "100 t/d", 31_000),
        ("310 d/a", "10 t/h", 74_400),
        ("7000 h/a", "10 t/h", 70_000),
        ("7000 h/a", "70 kt/a", 70_000),
        ("", "10 t/h", 87_600),
    ],
)
def test_operating(operating: str, capacity: str, wanted: float, load: Load) -> None:
    """Capacities and drives per hour and day count the hours that the process runs."""
    hours = f", operating: {operating}" if operating else ""
    text = f"""{SCENARIO}processes: {{refinery: {{capacity: {capacity}{hours}}}}}
drive: {{refinery: {capacity}}}
demand: {{alumina: 1 t/h}}
"""
    system = load(text).system
    found = system.processes["refinery"].capacity
    assert found is not None
    assert (found.value, system.drive["refinery"].value) == (wanted, wanted)
    assert system.demand["alumina"].value == 8760


def test_power(load: Load) -> None:
    """A capacity in MW counts the operating hours too."""
    text = f"""{SCENARIO}processes:
  chp: {{per: electricity, inputs: {{gas: 200 Nm3/MWh}}, capacity: 100 MW, operating: 5000 h/a}}
"""
    chp = load(text).system.processes["chp"]
    assert chp.capacity is not None
    assert chp.capacity.value == 500_000
    assert chp.inputs["gas"].figure.value == pytest.approx(0.1508, rel=1e-14)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("2 t/t", 2),
        ("2000 kg/t", 2),
        ("2.5 t_wet/t", 2.3),
        ("2 kg/kg", 2),
        ("200 %", 2),
    ],
)
def test_wet(written: str, wanted: float, load: Load) -> None:
    """A wet coefficient is dried by the material's moisture."""
    text = f"{SCENARIO}processes: {{refinery: {{inputs: {{bauxite: {written}}}}}}}\n"
    assert bauxite(load(text).system).figure.value == pytest.approx(wanted, rel=1e-15)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("60 Nm3/t", 60 * 0.754e-3),
        ("2.16 GJ/t", 60 * 0.754e-3),
        ("45 kg/t", 0.045),
        ("0.6 MWh/t", 60 * 0.754e-3),
    ],
)
def test_density_and_heating_value(written: str, wanted: float, load: Load) -> None:
    """A fuel may be written as volume or as energy: 36 MJ/Nm3 and 0.754 kg/Nm3 give 60 Nm3 = 2.16 GJ."""
    text = f"{SCENARIO}processes: {{brick-works: {{inputs: {{gas: {written}}}}}}}\n"
    gas = load(text).system.processes["brick-works"].inputs["gas"]
    assert gas.figure.value == pytest.approx(wanted, rel=1e-14)


def test_balance(load: Load) -> None:
    """A balance flow closes the mass of its process; energy has no part in it."""
    text = f"""{SCENARIO}materials: {{vapour: {{kind: emission}}}}
processes:
  refinery: {{outputs: {{red-mud: {{balance: true, range: 0.5..1.6 t/t}}, vapour: 0.28 t/t}}}}
"""
    mud = load(text).system.processes["refinery"].outputs["red-mud"]
    assert mud.balance
    assert mud.figure.value == pytest.approx(2.05 - 1 - 0.28, rel=1e-14)
    assert (mud.figure.low, mud.figure.high) == (0.5, 1.6)


def test_balance_of_an_input(load: Load) -> None:
    """A balance flow among the inputs is what the outputs lack."""
    text = f"{SCENARIO}processes: {{refinery: {{inputs: {{bauxite: {{balance: true}}}}}}}}\n"
    assert bauxite(load(text).system).figure.value == 2


@pytest.mark.parametrize(
    "written", ["", "alumina: 1 t/t", "alumina: 1000 kg/t", "alumina: {value: 1 t/t, source: iai}"]
)
def test_reference(written: str, load: Load) -> None:
    """The reference may be left out, or stand with exactly 1 in any unit."""
    text = f"{SCENARIO}processes: {{refinery: {{outputs: {{{written}}}}}}}\n"
    flow = load(text).system.processes["refinery"].outputs["alumina"]
    assert (flow.reference, flow.figure.value) == (True, 1)


def test_reference_among_the_inputs(load: Load) -> None:
    """`per` may name an input; a material on both sides is referred to its output."""
    text = f"""{SCENARIO}processes:
  melt: {{per: alumina, inputs: {{alumina: 0.1 t/t, bauxite: 1 t/t}}, outputs: {{alumina: 1 t/t}}}}
"""
    processes = load(text).system.processes
    assert "red-mud" not in processes["road-works"].outputs
    assert processes["road-works"].inputs["red-mud"].reference
    melt = processes["melt"]
    assert (melt.outputs["alumina"].reference, melt.inputs["alumina"].reference) == (True, False)
    assert melt.inputs["alumina"].figure.value == 0.1


def test_composition(load: Load) -> None:
    """What a composition leaves up to 100 % is `other`."""
    text = """scenario: main
materials:
  a: {kind: resource, composition: {Al2O3: 63 %, SiO2: 0.115, Fe2O3: 70000 ppm}}
  b: {kind: resource, composition: {CaO: 100 %}}
  c: {kind: resource, composition: {CaO: 90 %, other: 4 %}}
  d: {kind: resource}
processes: {p: {per: a, inputs: {b: 1 t/t, c: 1 t/t, d: 1 t/t}, outputs: {a: 1 t/t}}}
"""
    materials = load(text).system.materials
    shares = {k: {s: f.value for s, f in m.composition.items()} for k, m in materials.items()}
    assert shares["a"] == pytest.approx(
        {"Al2O3": 0.63, "SiO2": 0.115, "Fe2O3": 0.07, "other": 0.185}, rel=1e-14
    )
    assert shares["b"] == {"CaO": 1}
    assert shares["c"] == pytest.approx({"CaO": 0.9, "other": 0.1}, rel=1e-14)
    assert shares["d"] == {}


def test_composition_of_rounded_shares(load: Load) -> None:
    """Published shares may add up to 100.5 %; with more the last of them is a fault."""
    text = """scenario: main
materials: {{a: {{kind: product, composition: {{Fe: 60 %, SiO2: 30 %, CaO: {share}}}}}}}
processes: {{p: {{per: a}}}}
"""
    assert "other" not in load(text.format(share="10.5 %")).system.materials["a"].composition
    with pytest.raises(mfa.Error) as caught:
        load(text.format(share="10.6 %"))
    (fault,) = caught.value.faults
    assert (fault.key, fault.values["total"]) == ("composition-sum", "100.6")
    assert fault.place is not None
    assert fault.place.column == text.format(share="").splitlines()[1].index("CaO") + 1


def test_a_label_is_one_line(load: Load) -> None:
    """Line breaks in a label would tear tables and pictures apart."""
    text = 'scenario: main\nlabel: "a\\nb"\nmaterials: {m: {kind: product, label: {zh: "泥\\n\\n饼 "}}}\n'
    system = load(f"{text}processes: {{p: {{per: m}}}}\n").system
    assert system.label == {"en": "a b", "zh": "a b"}
    assert system.materials["m"].label["zh"] == "泥 饼"


def test_residues_of_residues(load: Load) -> None:
    """A residue of a residue whose own parent nothing of the run touches is still accounted to it."""
    text = """scenario: main
drive: {sorter: 3 t/a}
materials:
  rest: {kind: waste, residue-of: sand}
  sand: {kind: waste, waste: industrial-solid, residue-of: mud}
  mud: {kind: waste, waste: industrial-solid}
  brick: {kind: product}
processes: {sorter: {per: brick, inputs: {rest: 1 t/t}, outputs: {brick: 1 t/t}}}
"""
    scenario = load(text)
    assert list(scenario.system.materials) == ["rest", "sand", "mud", "brick"]
    assert scenario.solve().written


def test_long_lines_of_references(tmp_path: Path) -> None:
    """Files that extend one another, and processes that are like another, beyond any depth of calls."""
    deep = sys.getrecursionlimit() + 200
    for i in range(deep):
        (tmp_path / f"s{i}.yaml").write_text(f"scenario: s{i}\nextends: s{i + 1}.yaml\n")
    copies = "".join(f"  p{deep - i}: {{like: p{deep - i - 1}}}\n" for i in range(deep))
    (tmp_path / f"s{deep}.yaml").write_text(
        f"scenario: last\nyear: 2031\nmaterials: {{b: {{kind: product}}}}\n"
        f"processes:\n{copies}  p0: {{per: b, capacity: 7 t/a}}\n"
    )
    system = mfa.load(tmp_path / "s0.yaml").system
    assert (system.name, system.year, len(system.processes)) == ("s0", 2031, deep + 1)
    last = system.processes[f"p{deep}"].capacity
    assert last is not None
    assert last.value == 7


def test_residue(load: Load) -> None:
    """A residue names its parent and how much of it a tonne stands for."""
    text = f"""{SCENARIO}materials:
  left: {{kind: waste, residue-of: red-mud, parent-equivalent: 1.13 t/t}}
  rest: {{kind: waste, residue-of: red-mud}}
processes: {{sieve: {{per: left, inputs: {{red-mud: 1.2 t/t}}, outputs: {{left: 1 t/t, rest: 0.2 t/t}}}}}}
"""
    materials = load(text).system.materials
    assert (materials["left"].residue_of, materials["left"].parent_equivalent.value) == ("red-mud", 1.13)
    assert materials["rest"].parent_equivalent.value == 1


def test_prices_and_factors(load: Load) -> None:
    """The scenario's prices lie over those of the materials; factors come in their own units."""
    text = f"""{SCENARIO}prices: {{alumina: 3000 CNY/t, brick: 5 万元/t}}
factors: {{electricity-equivalent: 0.3005 kgce/kWh, grid-co2: 0.7096 t/MWh}}
"""
    system = load(text).system
    assert system.materials["alumina"].price is not None
    assert system.materials["alumina"].price.value == 3000
    assert system.materials["brick"].price is not None
    assert system.materials["brick"].price.value == 50_000
    assert {k: f.value for k, f in system.factors.items()} == pytest.approx(
        {"electricity-equivalent": 0.3005, "grid-co2": 0.7096}, rel=1e-14
    )
    assert load(SCENARIO).system.materials["alumina"].price.value == 2600


def test_plain_words_stay_words(load: Load) -> None:
    """`no`, `on`, `1:30`, `012` and `~` are texts where a text is wanted."""
    text = f"{SCENARIO}processes: {{refinery: {{site: no, sector: 1:30, project: 012, label: on}}}}\n"
    refinery = load(text).system.processes["refinery"]
    assert (refinery.site, refinery.sector, refinery.project) == ("no", "1:30", "012")
    assert refinery.label == {"en": "on", "zh": "on"}


@pytest.mark.parametrize("zero", ["0 t/t", "-0 t/t", "0.0 t/t", "0e5 t/t"])
def test_zero(zero: str, load: Load) -> None:
    """A zero is a zero, without a sign."""
    text = f"{SCENARIO}processes: {{refinery: {{inputs: {{bauxite: {zero}}}}}}}\n"
    assert str(bauxite(load(text).system).figure.value) == "0.0"


# Parts that are not there yet (§10 to §14).

LATER = {
    "measurements": "measurements: [{flow: {material: red-mud, source: refinery}, value: 1 Mt/a, sd: 5 %}]",
    "recipe": "processes: {mix: {recipe: none, inputs: [bauxite], outputs: [brick]}}",
}


@pytest.mark.parametrize("part", list(LATER))
def test_not_available_yet(part: str, load: Load) -> None:
    """A part that is not built yet is an error that says so; in a variant, where the variant is used."""
    assert keys(lambda: load(f"{SCENARIO}{LATER[part]}\n")) == ["not-available"]
    text = f"{SCENARIO}variants: {{v: {{{LATER[part]}}}}}\n"
    assert load(text)
    assert keys(lambda: load(text, variants=["v"])) == ["not-available"]


# The examples of the model.

EXAMPLE_CHAIN = """
chain: bayer-alumina
label: {en: Bauxite to alumina, zh: 铝土矿→氧化铝}
sources:
  iai-2022: {cite: "International Aluminium Institute (2022), Life cycle inventory, data for 2019"}
materials:
  bauxite: {label: {en: Bauxite, zh: 铝土矿}, kind: resource, moisture: 8 %,
    composition: {Al2O3: 63 %, SiO2: 11.5 %, Fe2O3: 7 %, TiO2: 2.8 %, H2O: 13.5 %, other: 2.2 %}}
  alumina: {label: {en: Alumina, zh: 氧化铝}, kind: intermediate,
    composition: {Al2O3: 99.4 %, other: 0.6 %}, price: 2600 CNY/t}
  red-mud: {label: {en: Red mud, zh: 赤泥}, kind: waste, waste: industrial-solid, code: SW07, moisture: 30 %}
  water-vapour: {label: {en: Water vapour, zh: 水蒸气}, kind: emission, composition: {H2O: 100 %}}
  electricity: {label: {en: Electricity, zh: 电力}, kind: energy, unit: MWh}
processes:
  bayer-refinery:
    label: {en: Alumina refinery, zh: 氧化铝厂}
    site: shuangchi                       # free tags for grouping: site, sector, project
    per: alumina                          # the reference material
    inputs:
      bauxite:     {value: 2.05 t/t, range: 1.9..2.4 t/t, source: iai-2022}
      electricity: {value: 245 kWh/t, sd: 20 kWh/t, source: iai-2022}
    outputs:
      alumina: 1 t/t
      water-vapour: {value: 0.28 t/t, source: iai-2022}
      red-mud: {balance: true, range: 0.5..1.6 t/t}
    capacity: 3 Mt/a                      # optional, of the reference material
pools:
  alumina: {takers: [{boundary: export}]}
  red-mud: {takers: [road-base, {stock: red-mud-yard}]}
stocks:
  red-mud-yard: {material: red-mud}
"""
EXAMPLE_USES = """
chain: red-mud-use
materials:
  red-mud: {label: {en: Red mud, zh: 赤泥}, kind: waste, waste: industrial-solid, code: SW07, moisture: 30 %}
  road: {kind: product}
  ingot: {kind: product}
  cement: {kind: product}
  iron: {kind: product}
  steam: {kind: energy, unit: GJ}
  coal: {kind: fuel, lhv: 20 GJ/t, carbon: 55 %}
processes:
  road-base: {per: road, inputs: {red-mud: 0.8 t/t}, capacity: 1 Mt/a}
  iron-recovery: {per: iron, inputs: {red-mud: 5 t/t}}
  eco-cement: {per: cement, inputs: {red-mud: 0.1 t/t}}
  captive-chp: {per: steam, inputs: {coal: 60 kg/GJ}}
  smelter: {per: ingot, inputs: {alumina: 1.92 t/t}}
"""
EXAMPLE_MINE = """
chain: my-chain
materials: {clay: {kind: resource}}
processes: {clay-pit: {per: clay, outputs: {clay: 1 t/t}}}
"""
EXAMPLE_BASE = (
    "scenario: jiaokou-base\nyear: 2020\ndrive: {bayer-refinery: 1 Mt/a}\nchains: [bayer-alumina]\n"
)
EXAMPLE = """
scenario: jiaokou-2025
label: {en: Jiaokou in 2025, zh: 交口2025}
extends: jiaokou-base.yaml                # deep merge, the child wins; lists replace
year: 2025
chains: [bayer-alumina, red-mud-use, ./my-chain.yaml]
drive:
  bayer-refinery: 2.4 Mt/a                # of its reference material
demand:
  ingot: 50 kt/a
materials:
  steam-south: {kind: energy, unit: GJ}
processes:
  road-base: {capacity: 1.2 Mt/a}         # any field of the chain may be overridden
  chp-south: {like: captive-chp, site: south, rename: {steam: steam-south}}
pools:
  red-mud:
    takers:
      - {process: iron-recovery, limit: 0.5 Mt/a}
      - {process: eco-cement, tier: 2, share: 2}
      - {process: road-base,  tier: 2, share: 1}
      - {stock: red-mud-yard}
stocks:
  red-mud-yard: {material: red-mud, initial: 12 Mt}
prices: {alumina: 2600 CNY/t}             # over those of the materials
factors: {electricity-equivalent: 0.3005 kgce/kWh, grid-co2: 0.7096 t/MWh}
set:                                      # by path
  bayer-refinery.inputs.bauxite: 2.2 t/t
targets:
  industrial-solid-waste-utilisation: {min: 95 %, source: "plan, table 6-1"}
variants:
  more-road-base: {processes: {road-base: {capacity: 2 Mt/a}}}
"""


def test_example_of_the_model(tmp_path: Path) -> None:
    """The chain and the scenario that the model shows load, solve and mean what it says."""
    files = {
        "chains/bayer-alumina.yaml": EXAMPLE_CHAIN,
        "chains/red-mud-use.yaml": EXAMPLE_USES,
        "scenarios/my-chain.yaml": EXAMPLE_MINE,
        "scenarios/jiaokou-base.yaml": EXAMPLE_BASE,
        "scenarios/jiaokou-2025.yaml": EXAMPLE,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    scenario = mfa.load(tmp_path / "scenarios" / "jiaokou-2025.yaml", variants=["more-road-base"])
    system = scenario.system
    refinery = system.processes["bayer-refinery"]
    assert system.period == 2025
    assert system.drive["bayer-refinery"].value == 2.4e6
    assert refinery.outputs["red-mud"].figure.value == pytest.approx(2.2 - 1.28, rel=1e-14)
    assert system.processes["road-base"].capacity is not None
    assert system.processes["road-base"].capacity.value == 2e6
    assert (system.processes["chp-south"].per, system.processes["chp-south"].site) == ("steam-south", "south")
    assert entries(system, "red-mud") == [
        ("iron-recovery", 1),
        ("eco-cement", 2),
        ("road-base", 2),
        ("red-mud-yard", 3),
    ]
    assert [e.share.value for e in system.pools["red-mud"].takers] == [1, 2, 1, 1]
    assert (system.targets[0].minimum, system.targets[0].source) == (0.95, "plan, table 6-1")
    assert "clay-pit" in system.processes
    assert scenario.solve().flows is not None
    alone = mfa.load(tmp_path / "chains" / "bayer-alumina.yaml").system
    assert entries(alone, "red-mud") == [("red-mud-yard", 2)]


def test_scenario_named_like_its_chain(load: Load) -> None:
    """A scenario that bears the name of its chain does not find itself."""
    files = {"chains/main.yaml": CHAIN.replace("chain: plant", "chain: main")}
    assert "refinery" in load("scenario: main\nchains: [main]\n", files).system.processes


def test_assembly_raises_its_faults(load: Load, tmp_path: Path) -> None:
    """Faults of merging are raised with the assembly, together with those of its figures."""
    load(SCENARIO)
    (tmp_path / "main.yaml").write_text(
        f"{SCENARIO}set: {{nowhere.capacity: 1 t}}\ndemand: {{brick: 1 ton/a}}\n"
    )
    assert keys(lambda: mfa.load(tmp_path / "main.yaml")) == ["path-unknown", "unit-ton"]


def test_chain_is_found_by_the_id_that_it_gives_itself(tmp_path: Path) -> None:
    """`chains: [foo]` finds `chain: foo` in a file of another name, after files of that name."""
    (tmp_path / "chains").mkdir()
    (tmp_path / "chains" / "bar.yaml").write_text(
        "chain: foo\nmaterials: {m: {kind: product}}\n", encoding="utf-8"
    )
    (tmp_path / "s.yaml").write_text("scenario: s\nchains: [foo]\nsupply: {m: 1 t/a}\n", encoding="utf-8")
    loaded = mfa.load(tmp_path / "s.yaml")
    assert [f.name for f in loaded.files] == ["s.yaml", "bar.yaml"]


def test_text_replaces_a_coefficient_whole_through_three_layers(tmp_path: Path) -> None:
    """A scenario's text ends the chain's confidence; a variant's range joins the scenario's value."""
    (tmp_path / "c.yaml").write_text(
        "chain: c\nsources: {s1: {cite: x}}\nmaterials: {ore: {kind: resource}, m: {kind: product}}\n"
        "processes: {p: {per: m, inputs: {ore: "
        "{value: 1 t/t, range: 0.5..2 t/t, source: s1, confidence: high}}}}\n",
        encoding="utf-8",
    )
    (tmp_path / "s.yaml").write_text(
        "scenario: s\nchains: [c]\nprocesses: {p: {inputs: {ore: 1.1 t/t}}}\n"
        "variants: {v: {processes: {p: {inputs: {ore: {range: 1..1.2 t/t}}}}}}\n",
        encoding="utf-8",
    )
    figure = mfa.load(tmp_path / "s.yaml", variants=["v"]).system.processes["p"].inputs["ore"].figure
    assert (figure.value, figure.low, figure.high) == (1.1, 1.0, 1.2)
    assert (figure.source, figure.confidence) == ("s1", "")


def test_insertions_of_two_variants_are_both_there(load: Load) -> None:
    """Neither takes the place of the other; an entry that both insert stands where the later one says."""
    text = f"""{SCENARIO}
variants:
  roads: {{pools: {{red-mud: {{takers: {{insert: [{{process: road-works, before: brick-works}}]}}}}}}}}
  tip: {{pools: {{red-mud: {{takers: {{insert: [{{boundary: deposit, before: yard}}]}}}}}}}}
  late: {{pools: {{red-mud: {{takers: {{insert: [{{process: road-works, after: yard}}]}}}}}}}}
"""
    both = entries(load(text, variants=["roads", "tip"]).system, "red-mud")
    assert both == [("road-works", 1), ("brick-works", 2), ("deposit", 3), ("yard", 4)]
    last = entries(load(text, variants=["roads", "tip", "late"]).system, "red-mud")
    assert last == [("brick-works", 1), ("deposit", 2), ("yard", 3), ("road-works", 4)]
