"""Remedies of missed targets: in a tiny park every way's gain is a hand sum."""

from __future__ import annotations

from pathlib import Path

import pytest

import mfa
from mfa.input.load import with_variant
from mfa.show.report import report_page
from mfa.show.terminal.print_remedies import print_remedies, remedies_table
from mfa.show.text import remedy_name
from mfa.studies.mixture import attempt
from mfa.studies.remedies import Remedy, by_target
from tests.parks import load, solve

PARK = """
materials:
  ore: {kind: resource}
  stone: {kind: resource}
  metal: {kind: product}
  lime: {kind: intermediate}
  mud: {kind: waste, waste: industrial-solid}
  brick: {kind: product}
  road: {kind: product}
  binder: {kind: product}
processes:
  works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, mud: 1 t/t}}
  lime-kiln: {per: lime, inputs: {stone: 1 t/t}, outputs: {lime: 1 t/t}}
  brick-works: {per: brick, inputs: {mud: 1 t/t}, outputs: {brick: 1 t/t}, capacity: 200 kt/a}
  mixer: {per: binder, inputs: {mud: 0.5 t/t, lime: 0.5 t/t}, outputs: {binder: 1 t/t}, capacity: 500 kt/a}
  paver: {per: road, inputs: {mud: 1 t/t}, outputs: {road: 1 t/t}, capacity: 400 kt/a}
  fill: {per: mud, inputs: {mud: 1 t/t}, fate: disposal}
pools:
  mud:
    takers:
      - {process: brick-works, limit: 150 kt/a}
      - {boundary: export, limit: 100 kt/a}
      - mixer
      - {stock: yard}
  lime: {takers: [mixer, {boundary: export}]}
stocks:
  yard: {material: mud}
"""
YEAR = """
drive: {works: 1 Mt/a, lime-kiln: 60 kt/a}
targets: {industrial-solid-waste-utilisation: {min: 95 %}}
"""
# Mud 1 000 kt: bricks 150, sold 100, the mixer 60 (60 kt lime give 120 kt binder), yard 690: 31 %.
BASE = 0.31


def ways(result: mfa.Result) -> dict[tuple[str, str], Remedy]:
    return {(r.way, r.node): r for r in result.remedies()}


def test_every_way_by_hand(tmp_path: Path) -> None:
    """Bricks without limit take the yard's 690 kt as well, 100 %; so do sales; others keep what they have.

    The paver can start with 400 kt: 71 %. With lime bought the mixer runs at its capacity: 250 instead of
    60 kt mud, 50 %. All together: 100 %. The fill would dispose of mud: no way to a rate of utilisation.
    A quarter less metal leaves 750 kt of mud, of which the same 310 kt are used.
    """
    result = solve(tmp_path, PARK, YEAR)
    found = ways(result)
    expected = {
        ("raise", "brick-works"): (150, 840, 1.0, "true"),
        ("raise", "export"): (100, 790, 1.0, "true"),
        ("start", "paver"): (0, 400, 0.71, "false"),
        ("buy", "mixer"): (60, 250, 0.5, "false"),
        ("all", ""): (0, 0, 1.0, "true"),
        ("less", "works"): (1000, 750, 310 / 750, "false"),
    }
    assert set(found) == set(expected)
    for key, (before, after, value, met) in expected.items():
        remedy = found[key]
        assert remedy.value == pytest.approx(value), key
        assert remedy.gain == pytest.approx(value - BASE), key
        used = 0 if key[0] == "less" else (value - BASE) * 1e6
        assert remedy.amount == pytest.approx(used, abs=1e-3), key
        assert remedy.met == met, key
        if key[0] != "all":
            assert (remedy.before, remedy.after) == (
                pytest.approx(before * 1e3),
                pytest.approx(after * 1e3),
            ), key
    assert found["buy", "mixer"].lacking == "lime"


def test_within_what_is_written_first_then_ceilings(tmp_path: Path) -> None:
    """The paver (71 %), the mixer (50 %) and less metal (41 %) stay within what is written.

    Bricks grow from 150 to 840 kt, sales from 100 to 790, more than three times; all has them in it.
    """
    found = solve(tmp_path, PARK, YEAR).remedies()
    assert [r.way for r in found] == ["start", "buy", "less", "raise", "raise", "all"]
    assert [r.ceiling for r in found] == [False, False, False, True, True, True]
    assert [r.within for r in found] == [True, True, True, False, False, False]
    (ways,) = by_target(found)
    assert [r.node for r in ways.measures] == ["paver", "mixer", "works"]
    assert [r.node for r in ways.ceilings] == ["brick-works", "export"]


def test_up_to_three_times_is_no_ceiling(tmp_path: Path) -> None:
    """Of 460 kt of mud the yard has 150 left: bricks grow from 150 to 300 kt, twice; of 1 Mt, 5.6 times.

    The mud sold grows from 100 to 250 kt, 2.5 times.
    """
    found = ways(solve(tmp_path, PARK, YEAR.replace("1 Mt/a", "460 kt/a")))
    assert found["raise", "brick-works"].after == pytest.approx(300e3)
    assert not found["raise", "brick-works"].ceiling
    assert found["raise", "export"].after == pytest.approx(250e3)
    assert not found["raise", "export"].ceiling
    assert not found["raise", "export"].within


PRICED = PARK.replace("  brick: {kind: product}", "  brick: {kind: product, price: 50 CNY/t}")
PRICED = PRICED.replace(
    "  stone:",
    "  clay: {kind: resource, price: 20 CNY/t}\n  electricity: {kind: energy, unit: MWh}\n  stone:",
)
BAKED = "inputs: {mud: 1 t/t}, outputs: {brick: 1 t/t}"
EATS = "inputs: {mud: 1 t/t, clay: %s t/t, electricity: 0.1 MWh/t}, outputs: {brick: 1 t/t}"


def test_what_it_brings_along(tmp_path: Path) -> None:
    """690 kt more mud make 690 kt brick at 50 CNY; at 0.5 t clay of 20 CNY and 0.1 MWh each.

    So 345 kt of clay and 69 GWh more: 69 000 MWh · 0.1229 tce, 34.5 kt CO2 at 0.5 t/MWh, and
    690 000 · (50 - 10) = 27.6 million CNY.
    """
    scenario = YEAR + "factors: {grid-co2: 0.5 t/MWh}\n"
    found = ways(solve(tmp_path, PRICED.replace(BAKED, EATS % "0.5"), scenario))
    brings = found["raise", "brick-works"].brings
    assert [(m, round(a)) for m, a in brings.sold] == [("brick", 690_000)]
    assert [(m, round(a)) for m, a in brings.bought] == [("clay", 345_000)]
    assert brings.money == pytest.approx(27.6e6)
    assert brings.energy == pytest.approx(69e3 * 0.1229)
    assert brings.co2 == pytest.approx(34.5e3)
    assert brings.unsold == pytest.approx(0, abs=1e-3)
    assert found["start", "paver"].brings.money is None  # nobody says what a road is worth
    assert found["all", ""].brings.energy > 0


def test_who_buys_more_than_he_uses_is_a_ceiling(tmp_path: Path) -> None:
    """From 150 to 300 kt of mud is not three times: with 0.9 t clay a measure, with 1.1 t a ceiling."""
    few = YEAR.replace("1 Mt/a", "460 kt/a")
    for clay, ceiling in (("0.9", False), ("1.1", True)):
        chain = PRICED.replace(BAKED, EATS % clay)
        assert ways(solve(tmp_path, chain, few))["raise", "brick-works"].ceiling is ceiling


def test_idle_without_a_capacity_is_a_ceiling(tmp_path: Path) -> None:
    """The paver's 400 kt are written; where nothing is, it is tried at all that is left, 690 kt."""
    assert ways(solve(tmp_path, PARK, YEAR))["start", "paver"].size == pytest.approx(400e3)
    chain = PARK.replace("outputs: {road: 1 t/t}, capacity: 400 kt/a}", "outputs: {road: 1 t/t}}")
    paver = ways(solve(tmp_path, chain, YEAR))["start", "paver"]
    assert paver.ceiling
    assert paver.size == pytest.approx(690e3)


CRUSHED = """
materials:
  ore: {kind: resource}
  metal: {kind: product}
  mud: {kind: waste, waste: industrial-solid}
  feed: {kind: product}
  brick: {kind: product}
processes:
  works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, mud: 1 t/t}}
  crusher: {per: feed, inputs: {mud: 1 t/t}, outputs: {feed: 1 t/t}, capacity: 350 kt/a}
  kiln: {per: brick, inputs: {feed: 1 t/t}, outputs: {brick: 1 t/t}, capacity: 110 kt/a}
pools:
  mud: {takers: [crusher, {boundary: deposit}]}
  feed: {takers: [kiln]}
"""


def test_a_product_without_a_buyer(tmp_path: Path) -> None:
    """Of 350 kt feed the kiln takes 110: 11 % of 1 Mt mud is used.

    The crusher's capacity is no remedy, since it makes feed that nobody takes; a buyer of the other
    240 kt is one: 35 %.
    """
    scenario = "drive: {works: 1 Mt/a}\ntargets: {industrial-solid-waste-utilisation: {min: 50 %}}\n"
    result = solve(tmp_path, CRUSHED, scenario)
    found = ways(result)
    assert set(found) == {("sell", "export"), ("less", "works"), ("all", "")}
    sell = found["sell", "export"]
    assert (sell.material, sell.ceiling) == ("feed", False)
    assert (sell.before, sell.after) == (0, pytest.approx(240e3))
    assert sell.value == pytest.approx(0.35)
    assert [(m, round(a)) for m, a in sell.brings.sold] == [("feed", 240_000)]
    assert sell.brings.unsold == pytest.approx(-240e3)
    assert found["all", ""].value == pytest.approx(1)  # crusher without limit, and all feed sold
    assert not found["all", ""].ceiling  # the crusher grows from 350 to 1 000 kt
    poor = solve(tmp_path, CRUSHED.replace("350", "300"), scenario)
    assert ways(poor)["all", ""].ceiling  # 3.3 times, though the crusher alone is no remedy
    assert remedy_name(result.system, sell, "en") == "a buyer for the feed that nobody takes: 240 kt/a more"


def test_less_of_what_makes_the_waste(tmp_path: Path) -> None:
    """310 of 1 000 kt are used: 35 % with a drive of 310 ÷ 0.35 = 886 kt, found to 0.1 % of 1 Mt."""
    less = ways(solve(tmp_path, PARK, YEAR.replace("95 %", "35 %")))["less", "works"]
    assert less.path == "works.level"
    assert less.met == "true"
    assert less.after == pytest.approx(310e3 / 0.35, abs=1e3)
    assert less.after <= 310e3 / 0.35


def test_less_goes_by_what_the_maker_runs_for(tmp_path: Path) -> None:
    """Mud comes of smelting, smelting runs for the plates that are demanded: a quarter less of those."""
    chain = PARK.replace("metal: {kind: product}", "metal: {kind: intermediate}\n  plate: {kind: product}")
    chain = chain.replace(
        "  lime-kiln:", "  mill: {per: plate, inputs: {metal: 1 t/t}, outputs: {plate: 1 t/t}}\n  lime-kiln:"
    )
    chain = chain.replace("pools:\n", "pools:\n  metal: {givers: [works]}\n  plate: {givers: [mill]}\n")
    scenario = YEAR.replace("drive: {works: 1 Mt/a, ", "demand: {plate: 1 Mt/a}\ndrive: {")
    less = next(r for r in solve(tmp_path, chain, scenario).remedies() if r.way == "less")
    assert (less.path, less.node) == ("demand.plate", "plate")
    assert (less.before, less.after) == (pytest.approx(1e6), pytest.approx(750e3))
    assert less.value == pytest.approx(310 / 750)


def test_the_whole_of_a_written_range(tmp_path: Path) -> None:
    """Limit 150 kt of at most 180: 34 %; mud 1 t/t of at least 0.8: 310 ÷ 800."""
    chain = PARK.replace("limit: 150 kt/a", "limit: {value: 150 kt/a, range: 100..180 kt/a}")
    chain = chain.replace(
        "{metal: 1 t/t, mud: 1 t/t}", "{metal: 1 t/t, mud: {value: 1 t/t, range: 0.8..1.1 t/t}}"
    )
    found = {r.path: r for r in solve(tmp_path, chain, YEAR).remedies() if r.way == "range"}
    assert set(found) == {"mud.takers.brick-works.limit", "works.outputs.mud"}
    limit, mud = found["mud.takers.brick-works.limit"], found["works.outputs.mud"]
    assert (limit.before, limit.after, limit.unit) == (pytest.approx(150e3), pytest.approx(180e3), "t/a")
    assert limit.value == pytest.approx(0.34)
    assert (mud.before, mud.after, mud.unit) == (1, pytest.approx(0.8), "t/t")
    assert mud.value == pytest.approx(310 / 800)
    assert limit.within
    assert mud.within


VARIANTS = """
variants:
  half: {label: {en: Half the metal, zh: 金属减半}, drive: {works: {value: 500 kt/a, note: half}}}
  more: {drive: {works: 2 Mt/a}}
  roads: {pools: {mud: {takers: [paver, {stock: yard}]}}}
  large: {processes: {brick-works: {capacity: 300 kt/a}}, set: {mud.takers.brick-works.limit: 300 kt/a}}
"""


def test_variants_that_raise_the_rate(tmp_path: Path) -> None:
    """310 of 500 kt; road 400 and 60 by the mixer's lime, 460 of 1 000; bricks 300, so 460 again.

    Twice the metal raises nothing.
    """
    result = solve(tmp_path, PARK, YEAR + VARIANTS)
    found = {r.variant: r for r in result.remedies() if r.way == "variant"}
    values = {k: r.value for k, r in found.items()}
    assert values == {"half": pytest.approx(0.62), "roads": pytest.approx(0.46), "large": pytest.approx(0.46)}
    assert found["half"].label == {"en": "Half the metal", "zh": "金属减半"}
    assert found["roads"].label == {"en": "roads", "zh": "roads"}
    assert remedy_name(result.system, found["half"], "zh") == "金属减半（变体 half）"
    chosen = solve(tmp_path, PARK, YEAR + VARIANTS, variants=["half"])
    assert "half" not in {r.variant for r in chosen.remedies()}


@pytest.mark.parametrize("name", ["half", "more", "roads", "large"])
def test_a_variant_is_what_loading_it_gives(tmp_path: Path, name: str) -> None:
    """Laid over what is loaded, with a setting that comes last, as read again from the file."""
    settings = {"works.level": "600 kt/a"}
    base = load(tmp_path, PARK, YEAR + VARIANTS, settings=settings)
    again = load(tmp_path, PARK, YEAR + VARIANTS, settings=settings, variants=[name]).solve()
    run = attempt(with_variant(base, name))
    assert run is not None
    assert run.flow_list == again.flow_list
    assert run.wastes == again.wastes


@pytest.mark.slow
@pytest.mark.parametrize("name", ["jiaokou-2025", "jiaokou-2035", "alumina-red-mud"])
def test_every_shipped_variant_is_what_loading_it_gives(name: str) -> None:
    """The same for all variants of a large scenario."""
    base = mfa.load(name)
    for variant in base.variant_names:
        run = attempt(with_variant(base, variant))
        assert run is not None
        again = mfa.load(name, variants=[variant]).solve()
        assert run.flow_list == again.flow_list, variant
        assert run.wastes == again.wastes, variant


def test_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Measures, then ceilings with all together; under each table what they bring along; so in the report."""
    result = solve(tmp_path, PARK, YEAR)
    found = result.remedies()
    print_remedies(result, found, "en")
    text = capsys.readouterr().out
    first, _, last = text.partition("Ceilings, not measures as they stand")
    assert "1. paver: start using mud (idle now, tried at 400 kt/a)" in first
    assert "to sell: road 400 kt/a" in first
    assert "works: 25.00 % less, since mud comes from it" in first
    assert "1. brick-works: take all mud that is left (no limit)" in last
    assert (
        "every outlet and idle process without any limit, all at once (ceiling: not a measure as it stands)"
        in last
    )
    page = report_page(result, found)
    assert "Ceiling, not a measure as it stands: " in page
    assert "Ceilings, not measures as they stand" in page
    table = remedies_table(result, found)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert [r["ceiling"] for r in rows] == ["false"] * 3 + ["true"] * 3
    assert rows[0]["sold"] == "road 400000"
    assert rows[0]["size"] == pytest.approx(400e3)


def test_the_run_itself_is_not_changed(tmp_path: Path) -> None:
    """Trying the ways leaves the result as it was."""
    result = solve(tmp_path, PARK, YEAR)
    before = result.to_json()
    result.remedies()
    assert result.to_json() == before


def test_target_of_one_waste_and_of_disposal(tmp_path: Path) -> None:
    """The same ways for `utilisation:mud`; utilisation and disposal counts both in its value."""
    scenario = """
    drive: {works: 1 Mt/a, lime-kiln: 60 kt/a}
    targets:
      utilisation:mud: {min: 60 %}
      industrial-solid-waste-utilisation-and-disposal: {min: 40 %}
    """
    found = solve(tmp_path, PARK, scenario).remedies()
    values = {(r.indicator, r.way, r.node): (r.value, r.met) for r in found}
    assert values["utilisation:mud", "start", "paver"] == (pytest.approx(0.71), "true")
    both = "industrial-solid-waste-utilisation-and-disposal"
    assert values[both, "buy", "mixer"] == (pytest.approx(0.5), "true")


def test_nothing_to_mend(tmp_path: Path) -> None:
    """Targets that are met, upper bounds, and targets on other things have no remedies."""
    drives = "drive: {works: 1 Mt/a, lime-kiln: 60 kt/a}\n"
    assert solve(tmp_path, PARK, drives).remedies() == []
    for target in (
        "industrial-solid-waste-utilisation: {min: 30 %}",
        "industrial-solid-waste-utilisation: {max: 10 %}",
        "output-value: {min: 1 CNY/a}",
    ):
        assert solve(tmp_path, PARK, f"{drives}targets: {{{target}}}\n").remedies() == []


def test_residue_that_nobody_takes(tmp_path: Path) -> None:
    """Tailings of a separation, 900 kt of the mud's 1 000: sold up to 100 kt, or all."""
    chain = """
    materials:
      ore: {kind: resource}
      metal: {kind: product}
      iron: {kind: product}
      mud: {kind: waste, waste: industrial-solid}
      tailings: {kind: waste, waste: industrial-solid, residue-of: mud}
    processes:
      works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, mud: 1 t/t}}
      separation: {per: mud, inputs: {mud: 1 t/t}, outputs: {iron: 0.1 t/t, tailings: 0.9 t/t}}
    pools:
      mud: {takers: [separation]}
      tailings: {takers: [{boundary: export, limit: 100 kt/a}, {boundary: deposit}]}
    """
    scenario = "drive: {works: 1 Mt/a}\ntargets: {industrial-solid-waste-utilisation: {min: 95 %}}\n"
    only, less = solve(tmp_path, chain, scenario).remedies()[::-1]
    assert (only.way, only.material, only.node) == ("raise", "tailings", "export")
    assert less.value == pytest.approx((75 + 100) / 750)  # iron of 750 kt, and the same sales
    assert (only.before, only.after) == (pytest.approx(100e3), pytest.approx(900e3))
    assert only.value == pytest.approx(1)
    assert only.gain == pytest.approx(0.8)


def test_reached_only_by_who_lacks_an_input(tmp_path: Path) -> None:
    """A mixer that asks for lime which lacks makes the target unproven: lime is no way, its limit none.

    With a target of 20 % the run is unproven: 250 of 1 000 sold and bricks, without the mixer 25 %: proven.
    """
    chain = PARK.replace("lime: {takers: [mixer, {boundary: export}]}", "lime: {givers: []}")
    chain = chain.replace("  lime-kiln: {per: lime, inputs: {stone: 1 t/t}, outputs: {lime: 1 t/t}}\n", "")
    for bound, met in ((45, "unproven"), (20, "true")):
        scenario = f"drive: {{works: 1 Mt/a}}\ntargets: {{utilisation:mud: {{min: {bound} %}}}}\n"
        result = solve(tmp_path, chain, scenario)
        assert result.indicators.loc["utilisation:mud", "met"] == met
        found = ways(result)
        if met == "true":
            assert found == {}
        else:
            assert found["start", "paver"].met == "true"  # 250 + 400 are proven
            assert found["start", "paver"].value == pytest.approx(0.9)
