"""Comparing two scenarios: inputs that differ, results, and Shapley's parts of a change."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mfa
from mfa.show.comparison_rows import InWords
from mfa.show.report import comparison_page
from mfa.show.terminal.print_comparison import print_comparison
from mfa.studies.compare import MOST_CAUSES, Share
from mfa.studies.mixture import single
from tests.parks import load, solve, values

PARK = """
materials:
  ore: {kind: resource}
  metal: {kind: product, price: 1000 CNY/t}
  mud: {kind: waste, waste: industrial-solid}
  brick: {kind: product}
  road: {kind: product}
processes:
  works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, mud: 1 t/t}, value-added: 30 %}
  kiln: {per: brick, inputs: {mud: 1 t/t}, outputs: {brick: 1 t/t}, capacity: 200 kt/a}
  paver: {per: road, inputs: {mud: 1 t/t}, outputs: {road: 1 t/t}, capacity: 100 kt/a}
pools:
  mud: {takers: [kiln, paver, {boundary: deposit}]}
"""
YEAR = "drive: {works: 1 Mt/a}\n"
RATE = "industrial-solid-waste-utilisation"


def both(folder: Path, one: str, two: str, chain: str = PARK) -> mfa.Comparison:
    return mfa.compare(solve(folder / "a", chain, one), solve(folder / "b", chain, two))


def parts(shares: list[Share]) -> dict[str, float]:
    return {s.cause: s.change for s in shares}


def test_a_scenario_with_itself(tmp_path: Path) -> None:
    """The same scenario twice, read from two folders: no input, no result and no cause differs."""
    found = both(tmp_path, YEAR, YEAR)
    assert (found.inputs, found.indicators, found.flows) == ([], [], [])
    assert found.split([RATE]) == []


def test_two_that_add_up(tmp_path: Path) -> None:
    """Kiln 200 → 500 kt, paver 100 → 300: 30 → 80 % of 1 Mt; 30 points by the one, 20 by the other."""
    over = YEAR + "processes: {kiln: {capacity: 500 kt/a}, paver: {capacity: 300 kt/a}}\n"
    found = both(tmp_path, YEAR, over)
    assert [(c.path, c.before, c.after, c.unit) for c in found.inputs] == [
        ("kiln.capacity", 200e3, 500e3, "t/a"),
        ("paver.capacity", 100e3, 300e3, "t/a"),
    ]
    change = {c.name: c for c in found.indicators}[RATE]
    assert (change.before, change.after) == (pytest.approx(0.3), pytest.approx(0.8))
    assert (change.absolute, change.relative) == (pytest.approx(0.5), pytest.approx(0.5 / 0.3))
    assert parts(found.split([RATE])) == pytest.approx({"processes:kiln": 0.3, "processes:paver": 0.2})


def test_two_that_stand_for_each_other(tmp_path: Path) -> None:
    """Either of two plants alone takes all the mud that is left, so that they share its 70 points equally."""
    over = YEAR + "processes: {kiln: {capacity: 2 Mt/a}, paver: {capacity: 2 Mt/a}}\n"
    assert parts(both(tmp_path, YEAR, over).split([RATE])) == pytest.approx(
        {"processes:kiln": 0.35, "processes:paver": 0.35}
    )


def test_two_that_need_each_other(tmp_path: Path) -> None:
    """Mud runs first to the kiln, 200 of a lower limit; only with limit and capacity raised it takes 600.

    Value: none 30 %, limit alone 30, capacity alone 30, both 70: 20 points each.
    """
    chain = PARK.replace("[kiln,", "[{process: kiln, limit: 200 kt/a},")
    over = """
    drive: {works: 1 Mt/a}
    processes: {kiln: {capacity: 600 kt/a}}
    pools: {mud: {takers: [{process: kiln, limit: 600 kt/a}, paver, {boundary: deposit}]}}
    """
    found = both(tmp_path, YEAR, over, chain)
    assert parts(found.split([RATE])) == pytest.approx({"processes:kiln": 0.2, "pools:mud": 0.2})
    assert [c.path for c in found.inputs] == ["kiln.capacity", "mud.takers.kiln.limit"]


def test_three_causes_by_hand(tmp_path: Path) -> None:
    """Drive 1 → 2 Mt, kiln 200 → 1 200, paver 100 → 1 200 kt, of the rate: v by capacity C and drive D.

    v(∅) 0.3, v(D) 0.15, v(K) 1, v(P) 1, v(KP) 1, v(DK) 0.65, v(DP) 0.7, v(DKP) 1. Shapley for the drive:
    ⅓·(-0.15) + ⅙·(-0.35) + ⅙·(-0.3) + ⅓·0 = -0.158333; kiln ⅓·0.7 + ⅙·0.5 + ⅙·0 + ⅓·0.3 = 0.416667.
    """
    over = "drive: {works: 2 Mt/a}\nprocesses: {kiln: {capacity: 1200 kt/a}, paver: {capacity: 1200 kt/a}}\n"
    found = parts(both(tmp_path, YEAR, over).split([RATE]))
    assert found["drive:works"] == pytest.approx(-0.15 / 3 - 0.35 / 6 - 0.3 / 6)
    assert found["processes:kiln"] == pytest.approx(0.7 / 3 + 0.5 / 6 + 0.3 / 3)
    assert found["processes:paver"] == pytest.approx(0.7 / 3 + 0.55 / 6 + 0.35 / 3)
    assert sum(found.values()) == pytest.approx(0.7)


def test_carbon_hours_and_tolerance_are_inputs(tmp_path: Path) -> None:
    """Properties that only some accounts and checks go by are told as well."""
    over = """
    materials: {mud: {carbon: 3 %}}
    processes: {works: {operating: 8000 h/a, tolerance: 2 %}}
    """
    found = {c.path: (c.before, c.after, c.unit) for c in both(tmp_path, YEAR, over).inputs}
    assert found["mud.carbon"] == (None, 0.03, "")
    assert found["works.operating"] == (None, 8000, "h/a")
    assert found["works.tolerance"] == (0.01, 0.02, "1")


def test_kinds_of_inputs(tmp_path: Path) -> None:
    """What a scenario can change is found: figures, prices, orders, tags, targets, factors, new plants."""
    over = """
    drive: {works: 1.5 Mt/a}
    demand: {brick: 10 kt/a}
    supply: {mud: 5 kt/a}
    factors: {grid-co2: 0.5 t/MWh}
    prices: {metal: 1100 CNY/t}
    targets: {industrial-solid-waste-utilisation: {min: 95 %}}
    materials: {mud: {moisture: 30 %}}
    processes:
      works: {inputs: {ore: 2.1 t/t}, value-added: 25 %, site: north}
      mill: {per: mud, inputs: {mud: 1 t/t}}
    pools: {mud: {takers: [paver, kiln, mill, {stock: yard}]}}
    stocks: {yard: {material: mud, capacity: 9 Mt}}
    """
    found = {c.path: (c.before, c.after) for c in both(tmp_path, YEAR, over).inputs}
    assert found["works.level"] == (1e6, 1.5e6)
    assert found["demand.brick"] == (None, 10e3)
    assert found["supply.mud"] == (None, 5e3)
    assert found["factors.grid-co2"] == (None, 0.5)
    assert found["price.metal"] == (1000, 1100)
    assert found[f"targets.{RATE}.min"] == (None, 0.95)
    assert found["mud.moisture"] == (None, pytest.approx(0.3))
    assert found["works.inputs.ore"] == (2, pytest.approx(2.1))
    assert found["works.value-added"] == (0.3, 0.25)
    assert found["works.site"] == (None, "north")
    assert found["mill"] == (None, "process")
    assert found["yard"] == (None, "stock")
    assert found["mud.takers"] == ("kiln → paver → deposit", "paver → kiln → mill → yard")
    assert "mill.inputs.mud" not in found  # part of the new process
    assert len(found) == 13


FIELDS = {
    "processes: {kiln: {enterprise: works}}": "kiln.enterprise",
    "processes: {kiln: {heat-pump: true}}": "kiln.heat-pump",
    "processes: {kiln: {fate: disposal}}": "kiln.fate",
    "processes: {kiln: {sector: bricks}}": "kiln.sector",
    'processes: {kiln: {project: "7"}}': "kiln.project",
    "processes: {kiln: {system-cost: 20 CNY/t}}": "kiln.system-cost",
    "processes: {works: {transfer: {Fe: {metal: 90 %}}}}": "works.transfer.Fe.metal",
    "materials: {metal: {price-vat: 13 %}}": "metal.price-vat",
    "materials: {metal: {lhv: 1 GJ/t}}": "metal.lhv",
    "materials: {metal: {renewable: true}}": "metal.renewable",
    "materials: {metal: {carrier: false}}": "metal.carrier",
    "materials: {metal: {composition: {Fe: 90 %}}}": "metal.composition.Fe",
    "materials: {ore: {main-resource: false}}": "ore.main-resource",
    "materials: {ore: {co2-factor: 0.4 t/t}}": "ore.co2-factor",
    "materials: {ore: {kind: fuel}}": "ore.kind",
    "materials: {mud: {waste: hazardous}}": "mud.waste",
    "materials: {smoke: {ghg: combustion}}": "smoke.ghg",
    "materials: {methane: {gwp: 28}}": "methane.gwp",
    "materials: {brook: {water: fresh}}": "brook.water",
    "pools: {mud: {takers: [{process: kiln, share: 2}, {process: paver, tier: 1}, {boundary: deposit}]}}": (
        "mud.takers.kiln.share"
    ),
    "pools: {mud: {takers: [kiln, paver, {boundary: deposit, fate: storage}]}}": "mud.takers.deposit.fate",
}


@pytest.mark.parametrize("over", list(FIELDS))
def test_no_input_is_overlooked(tmp_path: Path, over: str) -> None:
    """Whatever field of a material, process or list is another, the list of inputs names it."""
    chain = PARK.replace("outputs: {metal: 1 t/t,", "outputs: {metal: 1 t/t, smoke: 0 t/t, methane: 0 t/t,")
    chain = chain.replace("{ore: 2 t/t}", "{ore: 2 t/t, brook: 0 m3/t}").replace(
        "  road:",
        "  smoke: {kind: emission}\n  methane: {kind: emission, ghg: process, gwp: 25}\n"
        "  brook: {kind: water, unit: m3}\n  road:",
    )
    found = [c.path for c in both(tmp_path, YEAR, f"{YEAR}{over}\n", chain).inputs]
    assert FIELDS[over] in found


def test_result_of_one_run_only(tmp_path: Path) -> None:
    """A sum that only one run has counts as 0 in the other; a flow likewise, the largest change first."""
    chain = PARK + "  brick: {takers: [{boundary: export}]}\n"
    found = both(tmp_path, "", "drive: {works: 1 Mt/a}\n", chain)
    change = {c.name: c for c in found.indicators}
    assert (change["output-value"].before, change["output-value"].after) == (0, pytest.approx(1e9))
    assert change["output-value"].relative is None
    assert change[RATE].before is None
    assert change[RATE].absolute is None
    assert [c.name for c in found.flows][:2] == ["ore: import → works", "metal: works → export"]
    assert all(c.before == 0 for c in found.flows)
    assert found.split([RATE]) == []  # 0 ÷ 0 in the first run: nothing to split


def test_more_causes_than_orders_can_be_tried(tmp_path: Path) -> None:
    """Eight plants grow: the strongest five stand alone, three are the rest, and the parts add up."""
    plants = {f"plant-{i}": 10 * (i + 1) for i in range(8)}
    chain = PARK.replace(
        "pools:",
        "".join(f"  {p}: {{per: mud, inputs: {{mud: 1 t/t}}, capacity: 1 kt/a}}\n" for p in plants)
        + "pools:",
    ).replace("[kiln, paver,", f"[kiln, paver, {', '.join(plants)},")
    grown = ", ".join(f"{p}: {{capacity: {kt} kt/a}}" for p, kt in plants.items())
    found = parts(both(tmp_path, YEAR, f"{YEAR}processes: {{{grown}}}\n", chain).split([RATE]))
    assert len(found) == MOST_CAUSES
    expected = {f"processes:plant-{i}": (plants[f"plant-{i}"] - 1) / 1000 for i in range(3, 8)}
    assert found == pytest.approx({**expected, "rest": (10 + 20 + 30 - 3) / 1000})


def test_a_cause_that_takes_an_indicator_to_zero(tmp_path: Path) -> None:
    """Nobody takes the mud any more: 30 % → 0 % comes of its list, of none of the seven idle plants."""
    plants = [f"plant-{i}" for i in range(7)]
    chain = PARK.replace(
        "pools:",
        "".join(f"  {p}: {{per: ore, inputs: {{ore: 1 t/t}}, capacity: 1 kt/a}}\n" for p in plants)
        + "pools:",
    )
    grown = ", ".join(f"{p}: {{capacity: 2 kt/a}}" for p in plants)
    over = f"{YEAR}processes: {{{grown}}}\npools: {{mud: {{takers: [{{boundary: deposit}}]}}}}\n"
    found = both(tmp_path, YEAR, over, chain).split([RATE])
    assert parts(found) == pytest.approx({"pools:mud": -0.3, "rest": 0.0})


def test_indicators_of_the_accounts(tmp_path: Path) -> None:
    """Output of 10⁹ CNY times 1.1 by the price and 1.5 by the drive: 0.125 and 0.525 of 0.65."""
    over = "drive: {works: 1.5 Mt/a}\nprices: {metal: 1100 CNY/t}\n"
    found = both(tmp_path, YEAR, over)
    shares = parts(found.split(["output-value"]))
    # price 0.1 · (1 + 1.5)/2, drive 0.5 · (1 + 1.1)/2, in 10⁹ CNY
    assert shares == pytest.approx({"materials:metal": 0.125e9, "drive:works": 0.525e9})
    assert found.main_indicators == [RATE]


def test_main_indicators_are_the_targets(tmp_path: Path) -> None:
    """Targets of either scenario are split when nobody says which; those of groups are not."""
    target = "targets: {hazardous-waste-disposal: {min: 100 %}, sales@chain:park: {min: 1 CNY/a}}\n"
    assert both(tmp_path, YEAR, YEAR + target).main_indicators == ["hazardous-waste-disposal"]


def test_shipped_variant() -> None:
    """In the shipped scenario the parts of the change add up to it; beside them only who vouches differs."""
    base, other = (mfa.load("alumina-red-mud", variants=v).solve() for v in ([], ["market-limited"]))
    found = mfa.compare(base, other)
    shares = parts(found.split([RATE]))
    whole = values(other)[RATE] - values(base)[RATE]
    assert sum(shares.values()) == pytest.approx(whole, rel=1e-9)
    figures = [c.path for c in found.inputs if not c.path.endswith(".basis")]
    assert set(shares) == {f"processes:{path.removesuffix('.capacity')}" for path in figures}


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_parts_add_up(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever differs between two parks, the parts of each cause add up to the change exactly."""
    kt = st.sampled_from([0, 100, 200, 400, 800])

    def year() -> str:
        order = data.draw(st.permutations(["kiln", "paver"]))
        return (
            f"drive: {{works: {data.draw(kt)} kt/a}}\nsupply: {{mud: {data.draw(kt)} kt/a}}\n"
            f"processes: {{kiln: {{capacity: {data.draw(kt)} kt/a}},"
            f" paver: {{capacity: {data.draw(kt)} kt/a}}}}\n"
            f"pools: {{mud: {{takers: [{', '.join(order)}, {{boundary: deposit}}]}}}}\n"
        )

    found = both(tmp_path_factory.mktemp("parts"), year(), year())
    for name in (RATE, "industrial-solid-waste-utilised"):
        shares = found.split([name])
        one, two = (values(x).get(name) for x in (found.a, found.b))
        if shares:
            assert one is not None
            assert two is not None
            assert sum(s.change for s in shares) == pytest.approx(two - one, rel=1e-9, abs=1e-9)
        else:
            assert one is None or two is None or one == two or not found.inputs or name == RATE


def test_variants_of_one_scenario(tmp_path: Path) -> None:
    """A scenario and its variant differ by what the variant says."""
    variant = YEAR + "variants: {large: {processes: {kiln: {capacity: 900 kt/a}}}}\n"
    one = load(tmp_path, PARK, variant).solve()
    two = load(tmp_path, PARK, variant, variants=["large"]).solve()
    found = mfa.compare(one, two)
    assert [c.path for c in found.inputs] == ["kiln.capacity"]
    assert parts(found.split([RATE])) == pytest.approx({"processes:kiln": 0.7})


# ---------------------------------------------------------------- what a person reads
def test_flows_that_differ_where_no_indicator_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What one of two like customers takes goes to the other: no indicator moves, two flows do."""
    chain = """
    materials: {ore: {kind: intermediate}, part: {kind: intermediate}}
    processes:
      works: {per: part, inputs: {ore: 1 t/t}}
      one: {per: part, inputs: {part: 1 t/t}}
      two: {per: part, inputs: {part: 1 t/t}}
    pools: {ore: {givers: [{boundary: import}]}, part: {takers: [one, two]}}
    """
    year = "drive: {works: 10 t/a}\nlayers: [Ga]\npools: {part: {takers: [%s, %s]}}\n"
    found = both(tmp_path, year % ("one", "two"), year % ("two", "one"), chain)
    assert found.indicators == []
    print_comparison(found, [], ("a", "b"), "en")
    printed = capsys.readouterr().out
    assert "No result differs." not in printed
    assert "part: works → two" in printed
    assert "pool:" not in printed
    assert "No result differs." not in comparison_page(found, [], ("a", "b"), "en")


def test_layers_are_inputs(tmp_path: Path) -> None:
    """One scenario follows gallium, the other gallium and iron."""
    found = both(tmp_path, YEAR + "layers: [Ga]\n", YEAR + "layers: [Ga, Fe]\n")
    assert [(c.path, c.before, c.after) for c in found.inputs] == [("layers", "Ga", "Ga, Fe")]


LABELLED = """
materials:
  ore: {label: {en: Iron ore, zh: 铁矿石}, kind: resource}
  metal: {label: {en: Metal, zh: 金属}, kind: product, price: 1000 CNY/t}
  mud: {label: {en: Red mud, zh: 赤泥}, kind: waste, waste: industrial-solid}
  brick: {label: {en: Brick, zh: 砖}, kind: product}
  road: {label: {en: Road base, zh: 路基}, kind: product}
processes:
  works: {label: {en: Refinery, zh: 冶炼厂}, per: metal,
    inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, mud: 1 t/t}}
  kiln: {label: {en: Kiln, zh: 砖窑}, per: brick, project: "37",
    inputs: {mud: 1 t/t}, outputs: {brick: 1 t/t}, capacity: 200 kt/a}
  paver: {label: {en: Paver, zh: 铺路}, per: road, project: "37",
    inputs: {mud: 1 t/t}, outputs: {road: 1 t/t}, capacity: 100 kt/a}
pools:
  mud: {takers: [{boundary: deposit}]}
"""
IDS = ("works", "kiln", "paver", "mud.", RATE)


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", ("project 37 built: Kiln and Paver take Red mud", "Industrial solid waste utilised")),
        (
            "zh",
            (
                "建成项目37：砖窑和铺路利用赤泥",
                "工业固体废物综合利用率",
                "赤泥: 冶炼厂 → 砖窑",
                "赤泥 · 去向及次序",
            ),
        ),
    ],
)
def test_a_project_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str, expected: tuple[str, ...]
) -> None:
    """Both new takers of mud carry one project: that is the cause; names are labels, never ids."""
    over = YEAR + "pools: {mud: {takers: [kiln, paver, {boundary: deposit}]}}\n"
    found = both(tmp_path, YEAR, over, LABELLED)
    shares = found.shares([RATE])
    print_comparison(found, shares, ("a", "b"), lang)
    printed = capsys.readouterr().out
    page = comparison_page(found, shares, ("a", "b"), lang)
    for text in expected:
        assert text in printed
    assert all(text in page for text in expected[1:])  # a waterfall breaks its labels into lines
    assert not any(i in printed for i in IDS)


CAUSES = {
    # what the second scenario says → the cause in words
    "pools: {mud: {takers: [kiln, paver]}}": "who takes Red mud, in which order",  # and none to the landfill
    "pools: {mud: {givers: [{boundary: import}]}}": "who gives Red mud, in which order",
    "pools: {mud: {takers: [kiln], givers: [{boundary: import}]}}": (
        "who gives and who takes Red mud, in which order"
    ),
    "drive: {works: 2 Mt/a}": "how much Refinery makes",
    "drive: {kiln: 10 kt/a}": "project 37 built: Kiln",
    "processes: {works: {outputs: {mud: 1.1 t/t}}}": "the plant Refinery",
}


@pytest.mark.parametrize("over", list(CAUSES))
def test_causes_in_words(tmp_path: Path, over: str) -> None:
    """A list that loses a taker is no project built; a plant that nobody ran before is."""
    said = YEAR + over if "drive" not in over else over.replace("drive: {", "drive: {works: 1 Mt/a, ", 1)
    if over == "drive: {works: 2 Mt/a}":
        said = over
    found = both(tmp_path, YEAR, said + "\n", LABELLED)
    ((cause, *_),) = [[c.name for c in single(found.a.system, found.b.system)]]
    assert InWords(found, "en").cause(cause) == CAUSES[over]


def test_paths_and_orders_in_words(tmp_path: Path) -> None:
    """Steps of a path and members of an order stand with their labels, fields in the language."""
    over = (
        YEAR
        + "pools: {mud: {takers: [kiln, {boundary: deposit}]}}\nprocesses: {kiln: {capacity: 300 kt/a}}\n"
    )
    rows = InWords(both(tmp_path, YEAR, over, LABELLED), "zh").inputs()
    assert rows == [
        ("砖窑 · 产能", "200,000", "300,000", "t/a"),
        ("赤泥 · 去向及次序", "填埋", "砖窑 → 填埋", ""),
    ]


def test_money_and_ratios_above_one(tmp_path: Path) -> None:
    """10⁹ CNY are 10 亿元; a ratio that is no share is no percentage."""
    own = "indicators: {ore-per-metal: {numerator: [{material: ore, target: works}], "
    own += "denominator: [{material: metal, source: works}]}}\n"
    over = "drive: {works: 1.5 Mt/a}\nprocesses: {works: {inputs: {ore: 3 t/t}}}\n" + own
    found = both(tmp_path, YEAR + own, over)
    rows = {row[0]: row[1:] for row in InWords(found, "en").indicators()}
    assert rows["Output value [亿元/a]"] == ("10", "15", "+5", "+50.0")
    assert rows["ore-per-metal"] == ("2", "3", "+1", "+50.0")


def test_layers_that_differ(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Half of the copper of 100 t scrap at 1 % goes to steel, then a third: nothing else differs."""
    chain = """
    materials:
      scrap: {kind: resource, composition: {Cu: 1 %, Fe: 99 %}}
      steel: {kind: intermediate}
      dust: {kind: intermediate}
    processes:
      shredder: {per: scrap, inputs: {scrap: 1 t/t}, outputs: {steel: 0.9 t/t, dust: 0.1 t/t},
        transfer: {Cu: {steel: %s, dust: %s}}}
    pools: {steel: {takers: [{boundary: export}]}, dust: {takers: [{boundary: export}]}}
    """
    year = "drive: {shredder: 100 t/a}\nlayers: [Cu]\n"
    one = solve(tmp_path / "a", chain.replace("%s", "50 %"), year)
    two = solve(tmp_path / "b", chain.replace("%s", "40 %", 1).replace("%s", "60 %"), year)
    found = mfa.compare(one, two)
    assert (found.indicators, found.flows) == ([], [])
    changes = {c.name: (c.before, c.after, c.unit) for c in found.layers}
    assert changes == {
        "Cu: steel: shredder → export": (pytest.approx(500), pytest.approx(400), "kg/a"),
        "Cu: dust: shredder → export": (pytest.approx(500), pytest.approx(600), "kg/a"),
    }
    print_comparison(found, [], ("a", "b"), "en")
    printed = capsys.readouterr().out
    assert "No result differs." not in printed
    assert "Cu · steel: shredder → export [kg/a]" in printed
    assert "Cu · steel: shredder → export [kg/a]" in comparison_page(found, [], ("a", "b"), "en")
    assert len(found.to_json()["layers"]) == 2


def test_own_indicators_are_inputs_and_results(tmp_path: Path) -> None:
    """An indicator that one scenario alone defines has no value in the other, which is no 0."""
    own = "indicators: {mud-dumped: {numerator: [{material: mud, target: deposit}]}}\n"
    found = both(tmp_path, YEAR, YEAR + own)
    (only,) = found.inputs
    assert (only.path, only.before, only.after) == ("indicators.mud-dumped", None, "mud → deposit")
    (change,) = found.indicators
    assert (change.name, change.before, change.after) == ("mud-dumped", None, pytest.approx(700e3))
