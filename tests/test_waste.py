"""Accounts of solid waste: the statutory formulas, worked examples, and the identity on random parks.

G = (U - U₀) + S + (D - D₀) + X + V; R_u = U ÷ (G + U₀); R_ud = (U + D) ÷ (G + U₀ + D₀).
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mfa
from mfa.results.accounts.waste import Account, Use, WasteFlow
from mfa.show.charts.waste_fates import heaps
from mfa.show.charts.waste_fates import wastes as draw_wastes
from mfa.show.notebook import result_html
from mfa.show.report import report_page
from mfa.show.terminal.print_run import print_answer

# 3.60 Mt made, 2.70 used of which 0.20 from the yard, 0.60 disposed of, nothing dumped
EXAMPLE = Account(generated=3.60, utilised=2.70, utilised_old=0.20, disposed=0.60, stored=0.50)
# Lüliang 2023, 10⁴ t: «处置利用量» is what was used, the difference of the fates to G came from old storage
LULIANG = Account(generated=9349.7375, utilised=1806.7125, disposed=5736.3967, stored=1862.3337)
HAZARDOUS = Account(generated=1200, utilised=300, disposed=850, disposed_old=50, stored=100)


def per_cent(value: float) -> Any:
    """A printed percentage of four decimals."""
    return pytest.approx(value / 100, abs=5.1e-7)


def run(folder: Path, chain: str, scenario: str, **options: Any) -> mfa.Result:
    """Solve a park written down in the test."""
    (folder / "park.yaml").write_text("chain: park\n" + textwrap.dedent(chain), encoding="utf-8")
    text = "scenario: test\nchains: [./park.yaml]\n" + textwrap.dedent(scenario)
    (folder / "test.yaml").write_text(text, encoding="utf-8")
    return mfa.load(folder / "test.yaml", **options).solve()


def values(result: mfa.Result) -> Mapping[str, Any]:
    return {r.name: r.value for r in result.indicator_list}


# ---------------------------------------------------------------- the formulas
def test_stored_closes_the_identity() -> None:
    """T1a: stored = G - (U - U₀) - D = 3.60 - 2.50 - 0.60 = 0.50 leaves no gap; any other does."""
    assert EXAMPLE.gap == pytest.approx(0, abs=1e-12)
    assert Account(3.60, 2.70, 0.20, 0.60, stored=0.45).gap == pytest.approx(0.05)


def test_utilisation_has_old_storage_on_both_sides() -> None:
    """T1b: 2.70 / 3.80, neither 2.70 / 3.60 nor 2.50 / 3.60."""
    assert EXAMPLE.utilisation == per_cent(71.0526)
    assert EXAMPLE.utilisation != pytest.approx(2.70 / 3.60, abs=1e-3)
    assert EXAMPLE.utilisation != pytest.approx(2.50 / 3.60, abs=1e-3)


def test_utilisation_and_disposal() -> None:
    """T1c: 3.30 / 3.80."""
    assert EXAMPLE.utilisation_and_disposal == per_cent(86.8421)


def test_utilisation_from_the_yard_rises_slowly() -> None:
    """T1d: 0.91 Mt more of fresh waste reach 95 %, of the yard 18.2 Mt are needed."""
    assert Account(3.60, 2.70 + 0.91, 0.20, stored=0.19).utilisation == pytest.approx(0.95)
    assert Account(3.60, 2.70 + 18.2, 0.20 + 18.2).utilisation == pytest.approx(0.95)
    assert Account(3.60, 2.70 + 0.91, 0.20 + 0.91).utilisation < 0.80


def test_utilisation_of_a_separation_is_net() -> None:
    """T1e: 1 t into a separation that gives 0.0543 t of product has utilised 5.43 %, not 51.3954 %."""
    uses = (Use("separation", 1 - 0.9457, "utilisation"), Use("yard", 0.9457, "storage"))
    account = WasteFlow("mud", {"refinery": 1.0}, uses, 0.0).account()
    assert account.utilisation == per_cent(5.43)
    assert account.gap == pytest.approx(0, abs=1e-12)
    assert account.utilisation != pytest.approx(0.513954, abs=1e-3)


def test_waste_per_value_added() -> None:
    """T1f: 2.80 Mt of 75 × 10⁸ CNY value added are 3.7333 t a 10⁴ CNY."""
    made = Account(1.9e6) + Account(0.9e6)
    assert made.generated / 750_000 == pytest.approx(3.7333, abs=5e-5)


def test_luliang_2023() -> None:
    """T1g: the bulletin's 19.3237 and 61.3536 %; with 55.7054 from old storage 19.2092 and 80.1994 %."""
    assert LULIANG.utilisation == per_cent(19.3237)
    assert LULIANG.disposal == per_cent(61.3536)
    assert LULIANG.gap == pytest.approx(-55.7054, abs=5e-5)
    closed = LULIANG + Account(utilised_old=55.7054)
    assert closed.gap == pytest.approx(0, abs=5e-5)
    assert closed.utilisation == per_cent(19.2092)
    assert closed.utilisation_and_disposal == per_cent(80.1994)


def test_luliang_kinds_are_summed_in_tonnes() -> None:
    """T1g: the rate of several wastes is that of their sums, 19.0013 %, never the mean, 29.45 %."""
    mud = Account(generated=1603.9225, utilised=36.1598)
    assert mud.utilisation == per_cent(2.2545)
    rest = Account(generated=9152.1243 - 1603.9225, utilised=1739.0197 - 36.1598)
    assert (mud + rest).utilisation == per_cent(19.0013)
    assert sum((25, 4.7, 2.3, 13.7, 34, 97)) / 6 == pytest.approx(29.45)
    means = [a.utilisation for a in (mud, rest) if a.utilisation is not None]
    assert sum(means) / 2 != pytest.approx(0.190013, abs=1e-3)


def test_hazardous_waste() -> None:
    """T1h: used and disposed 1 150 / 1 250, disposed alone 850 / 1 250, stored 100."""
    assert HAZARDOUS.gap == 0
    assert HAZARDOUS.utilisation_and_disposal == pytest.approx(0.92)
    assert HAZARDOUS.disposal == pytest.approx(0.68)


def test_hazardous_waste_all_handed_over() -> None:
    """T1i: 800 made, 800 disposed of, nothing old: 100 %."""
    account = Account(generated=800, disposed=800)
    assert (account.disposal, account.utilisation_and_disposal, account.gap) == (1.0, 1.0, 0.0)


def test_rate_above_one_needs_a_wrong_denominator() -> None:
    """Hazardous waste of 2020, 76.305 of 72.818 Mt, is 104.8 % only while old storage is left out."""
    assert Account(72.818, 76.305).utilisation == pytest.approx(1.048, abs=1e-3)
    assert Account(72.818, 76.305, utilised_old=76.305 - 72.818).utilisation == pytest.approx(1)


def test_nothing_over_nothing_is_empty() -> None:
    """0 ÷ 0 has no value, 0 of something is 0."""
    assert Account().utilisation is None
    assert Account().disposal is None
    assert Account().utilisation_and_disposal is None
    assert Account(1.0).utilisation == 0


# ---------------------------------------------------------------- the same as parks
PARK = """
materials:
  ore: {kind: resource}
  alumina: {kind: product}
  coal: {kind: fuel}
  steam: {kind: energy, unit: GJ}
  gas: {kind: emission}
  iron: {kind: product}
  red-mud: {kind: waste, waste: industrial-solid}
  ash: {kind: waste, waste: industrial-solid}
  slag: {kind: waste, waste: industrial-solid}
  road: {kind: product}
  block: {kind: product}
processes:
  refinery: {per: alumina, site: south, sector: aluminium, inputs: {ore: 2 t/t},
    outputs: {alumina: 1 t/t, red-mud: 1 t/t}}
  boiler: {per: coal, site: south, sector: energy, inputs: {coal: 1 t/t},
    outputs: {steam: 20 GJ/t, ash: 0.25 t/t, gas: {balance: true}}}
  furnace: {per: iron, site: north, sector: iron, inputs: {ore: 1.3 t/t},
    outputs: {iron: 1 t/t, slag: 0.3 t/t}}
  road-base: {per: road, inputs: {red-mud: 1 t/t}, outputs: {road: 1 t/t}, capacity: 2.5 Mt/a}
  block-plant: {per: block, inputs: {ash: 1 t/t}, outputs: {block: 1 t/t}, capacity: 0.2 Mt/a}
pools:
  steam: {takers: [{boundary: export}]}
  red-mud: {takers: [road-base, {stock: mud-yard}]}
  ash: {takers: [block-plant, {boundary: deposit}]}
  slag: {takers: [{boundary: deposit}]}
stocks:
  mud-yard: {material: red-mud}
"""
YEAR = """
drive: {refinery: 2.8 Mt/a, boiler: 2 Mt/a, furnace: 1 Mt/a, mud-yard: 0.2 Mt/a}
stocks:
  mud-yard: {material: red-mud, initial: 30 Mt}
targets:
  industrial-solid-waste-utilisation: {min: 95 %}
  industrial-solid-waste-utilisation-and-disposal: {min: 100 %}
  utilisation:ash: {min: 50 %}
"""


def test_example_as_a_park(tmp_path: Path) -> None:
    """T1a-d: mud 2.80 + 0.20 dug out, ash 0.50, slag 0.30; roads 2.5, blocks 0.2, landfill 0.6."""
    result = run(tmp_path, PARK, YEAR)
    found = values(result)
    assert found["industrial-solid-waste-generated"] == pytest.approx(3.6e6)
    assert found["industrial-solid-waste-utilised"] == pytest.approx(2.7e6)
    assert found["industrial-solid-waste-utilised-from-storage"] == pytest.approx(0.2e6)
    assert found["industrial-solid-waste-disposed"] == pytest.approx(0.6e6)
    assert found["industrial-solid-waste-disposed-from-storage"] == 0
    assert found["industrial-solid-waste-stored"] == pytest.approx(0.5e6)
    frame = result.indicators
    target = frame.loc["industrial-solid-waste-utilisation"]
    assert target["value"] == per_cent(71.0526)
    assert target["met"] == "false"
    assert target["distance"] == per_cent(71.0526 - 95)
    assert target["distance_amount"] == pytest.approx(0.91e6)
    both = frame.loc["industrial-solid-waste-utilisation-and-disposal"]
    assert both["value"] == per_cent(86.8421)
    assert both["distance_amount"] == pytest.approx(0.5e6)


def test_more_from_the_yard_as_a_park(tmp_path: Path) -> None:
    """T1d: with roads for all of it, 18.2 Mt more from the yard just reach 95 %; 18.1 do not."""
    for more, met in ((18.2, "true"), (18.1, "false")):
        over = {"mud-yard.level": f"{0.2 + more} Mt/a", "road-base.capacity": f"{2.5 + more} Mt/a"}
        row = run(tmp_path, PARK, YEAR, settings=over).indicators.loc["industrial-solid-waste-utilisation"]
        assert row["met"] == met
        assert row["value"] == pytest.approx((2.7 + more) / (3.8 + more))


def test_lower_bound(tmp_path: Path) -> None:
    """«At least 50 %» is met from 250 kt of 500 on, and missed below by the tonnes that lack."""
    for capacity, met, distance, lacking in (
        ("0.25 Mt/a", "true", 0.0, 0),
        ("0.3 Mt/a", "true", 0.1, 0),
        ("0.1 Mt/a", "false", -0.3, 150_000),
    ):
        row = run(tmp_path, PARK, YEAR, settings={"block-plant.capacity": capacity}).indicators.loc[
            "utilisation:ash"
        ]
        assert row["met"] == met
        assert row["distance"] == pytest.approx(distance, abs=1e-9)
        assert row["distance_amount"] == pytest.approx(lacking)


def test_upper_bound_alone(tmp_path: Path) -> None:
    """«At most 30 %» is missed by a value above it, by the tonnes that are too much."""
    target = "targets: {utilisation:ash: {max: 30 %}}\n"
    row = run(tmp_path, PARK, YEAR.split("targets:", maxsplit=1)[0] + target).indicators.loc[
        "utilisation:ash"
    ]
    assert (row["met"], row["max"]) == ("false", pytest.approx(0.3))
    assert row["distance"] == pytest.approx(0.4 - 0.3)
    assert row["distance_amount"] == pytest.approx(50_000)


def test_rows_of_sites_and_sectors(tmp_path: Path) -> None:
    """Each site and sector answers for what it makes: south mud and ash, north slag."""
    found = values(run(tmp_path, PARK, YEAR))
    name = "industrial-solid-waste-utilisation"
    # south: (2.5 + 0.2) / (2.8 + 0.2 + 0.5), aluminium: 2.5 / 3.0, energy: 0.2 / 0.5, north: none of 0.3
    assert found[f"{name}@site:south"] == pytest.approx(2.7 / 3.5)
    assert found[f"{name}@site:north"] == 0
    assert found[f"{name}@sector:aluminium"] == pytest.approx(2.5 / 3.0)
    assert found[f"{name}@sector:energy"] == pytest.approx(0.4)
    assert found[f"{name}@chain:park"] == pytest.approx(found[name])
    both = f"{name}-and-disposal"
    assert found[f"{both}@site:north"] == pytest.approx(1)
    assert found[f"{both}@site:south"] == pytest.approx(3.0 / 3.5)


def test_separation_as_a_park(tmp_path: Path) -> None:
    """T1e: the tailings keep the mud's name: utilised 5.43 %, generated 1 Mt, not 1.9457."""
    chain = """
    materials:
      ore: {kind: resource}
      alumina: {kind: product}
      red-mud: {kind: waste, waste: industrial-solid}
      tailings: {kind: waste, waste: industrial-solid, residue-of: red-mud}
      concentrate: {kind: product}
    processes:
      refinery: {per: alumina, inputs: {ore: 2 t/t}, outputs: {alumina: 1 t/t, red-mud: 1 t/t}}
      separation: {per: red-mud, inputs: {red-mud: 1 t/t},
        outputs: {concentrate: 0.0543 t/t, tailings: {balance: true}}}
    pools:
      red-mud: {takers: [separation]}
      tailings: {takers: [{stock: yard}]}
    stocks:
      yard: {material: tailings}
    """
    found = values(run(tmp_path, chain, "drive: {refinery: 1 Mt/a}\n"))
    assert found["industrial-solid-waste-utilisation"] == per_cent(5.43)
    assert found["utilisation:red-mud"] == per_cent(5.43)
    assert found["industrial-solid-waste-generated"] == pytest.approx(1e6)
    assert found["industrial-solid-waste-stored"] == pytest.approx(0.9457e6)


def test_residue_of_a_residue(tmp_path: Path) -> None:
    """A residue of a residue is counted as the waste that both come from, by the product of the equivalents.

    1 Mt mud → 0.1 concentrate, 0.9 tailings → 0.09 pigment, 0.72 rest (1 t counts as 1.1 t of tailings).
    Stored 0.72 × 1.1 = 0.792; used 1 - 0.9 = 0.1 in the separation and 0.9 - 0.792 = 0.108 in the milling.
    """
    chain = """
    materials:
      ore: {kind: resource}
      alumina: {kind: product}
      red-mud: {kind: waste, waste: industrial-solid}
      tailings: {kind: waste, waste: industrial-solid, residue-of: red-mud}
      rest: {kind: waste, waste: industrial-solid, residue-of: tailings, parent-equivalent: 1.1}
      concentrate: {kind: product}
      pigment: {kind: product}
      dust: {kind: emission}
    processes:
      refinery: {per: alumina, inputs: {ore: 2 t/t}, outputs: {alumina: 1 t/t, red-mud: 1 t/t}}
      separation: {per: red-mud, inputs: {red-mud: 1 t/t}, outputs: {concentrate: 0.1 t/t, tailings: 0.9 t/t}}
      milling: {per: tailings, inputs: {tailings: 1 t/t},
        outputs: {pigment: 0.1 t/t, rest: 0.8 t/t, dust: {balance: true}}}
    pools:
      red-mud: {takers: [separation]}
      tailings: {takers: [milling]}
      rest: {takers: [{stock: yard}]}
    stocks:
      yard: {material: rest}
    """
    result = run(tmp_path, chain, "drive: {refinery: 1 Mt/a}\n")
    assert list(result.wastes) == ["red-mud"]
    account = result.wastes["red-mud"].account()
    assert account.generated == pytest.approx(1e6)
    assert account.stored == pytest.approx(0.792e6)
    assert account.utilised == pytest.approx(0.208e6)
    used = {u.node: u.amount for u in result.wastes["red-mud"].uses if u.fate == "utilisation"}
    assert used == pytest.approx({"separation": 0.1e6, "milling": 0.108e6})


def test_residue_that_counts_as_more_than_its_waste(tmp_path: Path) -> None:
    """0.9 t residue at 1.5 t of waste a t are 1.35 t from 1 t: warned of, with process and amount."""
    chain = """
    materials:
      ore: {kind: resource}
      metal: {kind: product}
      slag: {kind: waste, waste: industrial-solid}
      rest: {kind: waste, waste: industrial-solid, residue-of: slag, parent-equivalent: 1.5}
      grit: {kind: product}
    processes:
      works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, slag: 1 t/t}}
      sieve: {per: slag, inputs: {slag: 1 t/t}, outputs: {grit: 0.1 t/t, rest: 0.9 t/t}}
    pools:
      slag: {takers: [sieve]}
      rest: {takers: [{boundary: deposit}]}
    """
    found = {f.code: f for f in run(tmp_path, chain, "drive: {works: 1 kt/a}\n").warning_list}
    assert found["residue-above-waste"].place == "sieve"
    assert found["residue-above-waste"].amount == pytest.approx(350)


def test_luliang_red_mud_as_a_park(tmp_path: Path) -> None:
    """T1g: 1 603.9225 × 10⁴ t of mud, 36.1598 used: 1 487.567 × 10⁴ t more for 95 %."""
    scenario = """
    drive: {refinery: 16.039225 Mt/a}
    pools:
      red-mud: {takers: [{process: road-base, limit: 36.1598 万t/a}, {stock: mud-yard}]}
    targets: {utilisation:red-mud: {min: 95 %}}
    """
    row = run(tmp_path, PARK, scenario).indicators.loc["utilisation:red-mud"]
    assert row["value"] == per_cent(2.2545)
    assert row["distance_amount"] == pytest.approx(1487.567e4, abs=5)


def test_hazardous_waste_as_a_park(tmp_path: Path) -> None:
    """T1i: what a licensed plant takes is disposed of; hazardous waste is outside the industrial rate."""
    chain = """
    materials:
      anode: {kind: resource}
      metal: {kind: product}
      lining: {kind: waste, waste: hazardous}
    processes:
      pot: {per: metal, inputs: {anode: 1.008 t/t}, outputs: {metal: 1 t/t, lining: 8 kg/t}}
    pools:
      lining: {takers: [{boundary: deposit}]}
    """
    found = values(run(tmp_path, chain, "drive: {pot: 100 kt/a}\n"))
    assert found["hazardous-waste-disposal"] == pytest.approx(1)
    assert found["hazardous-waste-utilisation-and-disposal"] == pytest.approx(1)
    assert found["hazardous-waste-generated"] == pytest.approx(800)
    assert "industrial-solid-waste-utilisation" not in found


def test_yard_that_gives_more_than_is_used(tmp_path: Path) -> None:
    """Dug out 1.0, used 0.4, the rest back to the yard: U₀ is at most U, and stored is net."""
    over = {"refinery.level": "0 t/a", "mud-yard.level": "1 Mt/a", "road-base.capacity": "0.4 Mt/a"}
    account = run(tmp_path, PARK, YEAR, settings=over).wastes["red-mud"].account()
    assert (account.utilised, account.utilised_old) == (pytest.approx(0.4e6), pytest.approx(0.4e6))
    assert account.stored == pytest.approx(0, abs=1e-6)
    assert account.gap == pytest.approx(0, abs=1e-6)
    assert account.utilisation == pytest.approx(1)


def test_target_on_a_waste_that_does_not_arise(tmp_path: Path) -> None:
    """A target on 0 ÷ 0 is neither met nor missed: value, met and distance are empty."""
    row = run(tmp_path, PARK, YEAR, settings={"boiler.level": "0 t/a"}).indicators.loc["utilisation:ash"]
    assert row[["value", "met", "distance", "distance_amount"]].isna().all()
    assert row["min"] == pytest.approx(0.5)


# ---------------------------------------------------------------- random parks
RANDOM = """
materials:
  ore: {{kind: resource}}
  metal: {{kind: product}}
  mud: {{kind: waste, waste: industrial-solid}}
  tails: {{kind: waste, waste: industrial-solid, residue-of: mud, parent-equivalent: {equal}}}
  rest: {{kind: waste, waste: industrial-solid, residue-of: tails, parent-equivalent: {rest_equal}}}
  ash: {{kind: waste, waste: industrial-solid}}
  spoil: {{kind: waste, waste: hazardous}}
  iron: {{kind: product}}
  brick: {{kind: product}}
  fill: {{kind: product}}
processes:
  east: {{per: metal, site: east, sector: a, inputs: {{ore: 2.75 t/t}},
    outputs: {{metal: 1 t/t, mud: 1.5 t/t, ash: 0.25 t/t}}}}
  west: {{per: metal, site: west, sector: a, inputs: {{ore: 2.5 t/t}},
    outputs: {{metal: 1 t/t, mud: 1 t/t, spoil: 0.5 t/t}}}}
  separation: {{per: mud, inputs: {{mud: 1 t/t}}, outputs: {{iron: {iron} t/t, tails: {{balance: true}}}}}}
  brickworks: {{per: brick, inputs: {{ash: 0.25 t/t, mud: 0.25 t/t, ore: 0.5 t/t}},
    outputs: {{brick: 1 t/t}}}}
  milling: {{per: tails, inputs: {{tails: 1 t/t}}, outputs: {{iron: 0.05 t/t, rest: 0.95 t/t}}}}
  mixing: {{per: fill, inputs: {{rest: 0.8 t/t, mud: 0.4 t/t}}, outputs: {{fill: 1 t/t, tails: 0.2 t/t}}}}
  filling: {{per: fill, fate: disposal, inputs: {{tails: 1 t/t}}, outputs: {{fill: 1 t/t}}}}
pools:
  mud: {{takers: [{mud}]}}
  tails: {{takers: [{tails}]}}
  rest: {{takers: [{rest}]}}
  ash: {{takers: [{ash}]}}
  spoil:
    takers:
      - {{boundary: export, limit: 10 kt/a}}
      - {{boundary: deposit, limit: 20 kt/a}}
      - {{stock: spoil-yard}}
stocks:
  mud-yard: {{material: mud}}
  tails-yard: {{material: tails}}
  spoil-yard: {{material: spoil}}
"""
limits = st.sampled_from(["", ", limit: 20 kt/a", ", limit: 5 kt/a", ", limit: 30 %"])
fates = st.sampled_from(["", ", fate: utilisation", ", fate: disposal", ", fate: storage"])
kilotonnes = st.integers(0, 80)


@st.composite
def lists(draw: Any, *nodes: str) -> str:
    """The nodes in some order, some of them left out, each with or without limit and fate."""
    chosen = [n for n in draw(st.permutations(nodes)) if draw(st.integers(0, 4))]
    return ", ".join(f"{{{n}{draw(limits)}{draw(fates)}}}" for n in chosen)


@st.composite
def parks(draw: Any) -> tuple[str, str]:
    iron = draw(st.sampled_from([0.05, 0.25, 0.5]))
    equal = draw(st.sampled_from([1, 0.8, 1 / (1 - iron)]))
    chain = RANDOM.format(
        iron=iron,
        equal=f"{equal:.12g}",
        rest_equal=draw(st.sampled_from([1, 0.9, 1.05])),
        mud=draw(lists("process: separation", "boundary: export", "boundary: deposit", "stock: mud-yard")),
        tails=draw(lists("process: filling", "process: milling", "stock: tails-yard", "boundary: emission")),
        rest=draw(lists("process: mixing", "boundary: export", "boundary: deposit")),
        ash=draw(lists("process: brickworks", "boundary: deposit")),
    )
    scenario = f"""
drive: {{east: {draw(kilotonnes)} kt/a, west: {draw(kilotonnes)} kt/a, mud-yard: {draw(kilotonnes)} kt/a,
  tails-yard: {draw(kilotonnes)} kt/a}}
supply: {{mud: {draw(kilotonnes)} kt/a, tails: {draw(kilotonnes)} kt/a, ash: {draw(kilotonnes)} kt/a}}
stocks:
  mud-yard: {{material: mud, initial: 1 Mt}}
  tails-yard: {{material: tails, initial: 1 Mt}}
"""
    return chain, scenario


@settings(max_examples=60, deadline=None, derandomize=True)
@given(park=parks())
def test_identity_on_random_parks(park: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """G = (U - U₀) + S + (D - D₀) + X for every waste, whatever the lists, fates and purchases."""
    result = run(tmp_path_factory.mktemp("park"), *park)
    for account in (w.account() for w in result.wastes.values()):
        size = account.generated + account.utilised + account.disposed + account.dumped + 1
        assert abs(account.gap) < 1e-9 * size
        assert -1e-9 * size <= account.utilised_old <= account.utilised + 1e-9 * size
        assert -1e-9 * size <= account.disposed_old <= account.disposed + 1e-9 * size
        assert account.dumped >= -1e-9 * size
    assert not [f for f in result.warning_list if f.code == "identity"]
    generated(result)
    groups(result)


def generated(result: mfa.Result) -> None:
    """G is what processes put out of wastes that are no residue, and nothing else."""
    sums: dict[str, float] = {}
    for f in result.flow_list:
        material = result.system.materials[f.material]
        if f.source in result.system.processes and material.waste and not material.residue_of:
            sums[material.waste] = sums.get(material.waste, 0.0) + f.amount
    found = values(result)
    for waste, name in (("industrial-solid", "industrial-solid-waste"), ("hazardous", "hazardous-waste")):
        assert found[f"{name}-generated"] == pytest.approx(sums.get(waste, 0.0), abs=1e-6)


def groups(result: mfa.Result) -> None:
    """A group's rate is that of its share of each waste's account; all groups together are the park."""
    accounts = {m: w.account() for m, w in result.wastes.items() if m in ("mud", "ash")}
    found = values(result)
    for site in ("east", "west"):
        used = whole = 0.0
        for material, account in accounts.items():
            made = {p: a for p, a in result.wastes[material].made.items() if a > 0}
            share = made.get(site, 0.0) / sum(made.values()) if made else 0.0
            used += share * account.utilised
            whole += share * (account.generated + account.utilised_old)
        value = found.get(f"industrial-solid-waste-utilisation@site:{site}")
        assert value == (pytest.approx(used / whole) if whole else None)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(park=parks(), kt=st.integers(1, 500))
def test_bought_in_waste_is_in_no_account(
    park: tuple[str, str], kt: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """However much mud is bought, all fates together stay what the park itself has made."""
    chain, scenario = park
    before = run(tmp_path_factory.mktemp("a"), chain, scenario)
    amount = before.system.supply["mud"].value + 1000 * kt
    after = run(tmp_path_factory.mktemp("b"), chain, scenario, settings={"supply.mud": f"{amount} t/a"})
    old, new = (r.wastes["mud"].account() for r in (before, after))
    assert new.generated == pytest.approx(old.generated)
    for a in (old, new):
        fates = a.utilised - a.utilised_old + a.disposed - a.disposed_old + a.stored + a.dumped
        assert fates == pytest.approx(old.generated, abs=1e-6)


def test_doubtful_uses_do_not_count() -> None:
    """What a process without enough of an input takes counts as dumped when a target is proven."""
    uses = (Use("sure", 6.0, "utilisation"), Use("lame", 3.0, "utilisation"), Use("yard", 1.0, "storage"))
    waste = WasteFlow("mud", {"refinery": 10.0}, uses, 0.0)
    assert waste.account().utilisation == pytest.approx(0.9)
    assert waste.account({"lame"}).utilisation == pytest.approx(0.6)
    assert waste.account({"lame"}).gap == pytest.approx(0)


# ---------------------------------------------------------------- where they are shown
DUG = """
materials:
  alumina: {kind: product}
  mud: {label: Old mud, kind: waste, waste: industrial-solid}
  slag: {label: Old slag, kind: waste, waste: industrial-solid}
  ash: {label: No ash, kind: waste, waste: industrial-solid}
  road: {kind: product}
processes:
  boiler: {per: alumina, outputs: {ash: 1 t/t, mud: 1 t/t, slag: 1 t/t}}
  road-base: {per: road, inputs: {mud: 1 t/t}}
pools:
  mud: {takers: [road-base]}
stocks:
  mud-yard: {material: mud}
  slag-yard: {material: slag}
"""


def test_yards_dug_out_are_shown_everywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is made; 300 kt of mud dug out and used, 100 kt of slag dug out and left: two rows, and U₀."""
    scenario = """
    drive: {boiler: 0 t/a, mud-yard: 300 kt/a, slag-yard: 100 kt/a}
    stocks: {mud-yard: {initial: 1 Mt}, slag-yard: {initial: 1 Mt}}
    """
    result = run(tmp_path, DUG, scenario)
    mud = ("Old mud", "0", "300,000", "300,000", "0", "0", "0", "0", "100.00 %")
    slag = ("Old slag", "0", "0", "0", "0", "0", "-100,000", "100,000", "–")
    print_answer(result, "en", None)
    printed = [re.split(r"  +", line.strip()) for line in capsys.readouterr().out.splitlines()]
    assert [r for r in printed if r[0].startswith("Old") and len(r) == 9] == [list(mud), list(slag)]
    cells = re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", report_page(result, result.remedies()))
    assert "|".join((*mud, *slag)) in "|".join(cells)
    assert re.findall(r"<td[^>]*>([^<]*)</td>", result_html(result))[:18] == [*mud, *slag]
    assert [h.name for h in heaps(result, "en", 9, None)] == ["Old mud", "Old slag"]
    result_book = tmp_path / "book.xlsx"
    mfa.load(tmp_path / "test.yaml").export(result_book)
    sheet = openpyxl.load_workbook(result_book)["Answer"]
    cells = [[c.value for c in row[:9]] for row in sheet.iter_rows() if str(row[0].value).startswith("Old")]
    assert cells[:2] == [
        ["Old mud", 0, 300000, 300000, 0, 0, 0, 0, 1],
        ["Old slag", 0, 0, 0, 0, 0, -100000, 100000, None],
    ]
    draw_wastes(result, tmp_path / "chart.svg")
