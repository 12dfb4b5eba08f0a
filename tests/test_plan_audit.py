"""The audit of the Jiaokou plan against tonnage × price ÷ (1 + VAT), worked out here by hand.

Tonnages and output values are those of the plan (its annex, tables 6-1 and 9-1, chapters 2 and 7);
prices and their ranges are those printed in `chains/materials.yaml`. Nothing here is read from the program.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import mfa
from mfa.studies.audit import Audit, Verdict, audit

VAT = 1.13
FOOD_VAT = 1.09  # agricultural goods
E8 = 1e8
ROUGH = 0.2  # tolerance of an output value
HOURS_OF_WIND, HOURS_OF_SUN = 2190, 1331.5
MODULES = 2880 * 54.1  # t/a: 2.88 GW at 54.1 t/MW
SEPARATOR = 1e8 * 11.05e-6  # t/a: 1e8 m2 at 11.05 g/m2

# claim: what the plan states, 1e8 CNY/a; tonnage; price with VAT, its low and high end; the verdict
BY_PRICE: dict[str, tuple[float, float, float, float, float, str]] = {
    "Project 3: electrolytic aluminium, output value": (30, 5e5, 18500, 14450, 23750, "contradicts"),
    # a price of low confidence without range: half to double
    "Project 5: Al-Mg composites, output value": (3.9, 1e4, 20500, 10250, 41000, "weak"),
    "Project 9: precision castings, output value": (1.3, 18e3, 14000, 9000, 30000, "weak"),
    "Project 10: castings, output value": (6.5, 315e3, 8000, 6500, 12000, "contradicts"),
    "Project 16: wind power, output value": (2.8, 20 * HOURS_OF_WIND, 430, 380, 600, "contradicts"),
    "Project 17: photovoltaic power, output value": (9, 200 * HOURS_OF_SUN, 430, 380, 600, "contradicts"),
    "Project 18: photovoltaic power on backfill, output value": (
        6.5,
        100 * HOURS_OF_SUN,
        430,
        380,
        600,
        "contradicts",
    ),
    "Project 20: metal hydride storage, output value": (0.6, 5e3, 60e3, 40e3, 200e3, "contradicts"),
    "Project 21: separator, output value": (1, SEPARATOR, 199100, 72400, 253400, "weak"),
    "Project 23: solar glass, output value": (22, 5e4, 3300, 2375, 5375, "contradicts"),
    "Project 24: solar cells and modules, output value": (18, MODULES, 33270, 28650, 38820, "contradicts"),
    "Project 31: 3D-printing park, output value": (2.5, 1e6, 13000, 9750, 18200, "contradicts"),
}

# what the plan says and the run computes alike
HELD = (
    "Power of the ironworks",
    "Water that may be used in the county",
    "Hazardous waste disposed",
    "Industrial water reused",
    "Project 4: coal tar",
    "Revenue of all enterprises, 2021",
    "Output value of the zone, 2021",
    "Industrial value added, 2021",
    "Coal washed by the ironworks",
    "Raw coal of nine washeries, table 2-1",
)

# what the plan says and the run takes over: sizes, and goods at the plan's own worth
PUT_IN = (
    "Capacity of the refinery, p. 8",
    "Bauxite mined",
    "Cast pig iron",
    "Power made from gangue",
    "Sewage works, long term",
    "Project 3: electrolytic aluminium, tonnage",
    "Project 4: coke",
    "Project 12: prefabricated buildings, output value",
    "Project 17: photovoltaic power, size",
    "Project 19: pumped storage, output value",
    "Project 22: wind turbines, output value",
    "Project 27: nervonic acid, tonnage",
    "Project 30: wellness centre, output value",
    "Project 31: new material for printing, tonnage",
    "Project 32: data centre, output value",
)

# the second figure of a pair, or a reading that the run does not follow
REFUSED = (
    "Clean coal of nine washeries, table 2-1",
    "Magnesium slag recovered",
    "High-temperature aluminium material, as ore that goes in",
    "Bauxite of the county meets demand: none bought",
    "Cast pig iron with the furnace that moves in",
    "Power made, table 4-3",
    "Industrial output value",
    "Industrial solid waste utilised",
    "Industrial solid waste utilised or disposed",
    "Al-Mg materials, output value",
    "Smart manufacturing, output value",
    "New energy, output value",
    "High tech, output value",
    "Project 2: sapphire, tonnage",
    "Project 4: coking plant",
    "Project 24: the glass is made in the zone",
    "Project 36: iron from red mud, output value",
)

# shares of value added and prices of oil, acid and crystal are too loose to judge
OPEN = (
    "Industrial value added",
    "Bio-health, output value",
    "Project 4: Mg-Al alloy with coking, output value",
    "Project 27: Acer truncatum, output value",
)

PAIRS = (
    ("Capacity of the refinery, p. 7", "Capacity of the refinery, p. 8"),
    (
        "High-temperature aluminium material, as product",
        "High-temperature aluminium material, as ore that goes in",
    ),
    ("Cast pig iron", "Cast pig iron with the furnace that moves in"),
    ("Power made from gangue", "Power made, table 4-3"),
    ("Project 2: sapphire, tonnage", "Project 2: sapphire, output value"),
    ("Project 3: electrolytic aluminium, tonnage", "Project 3: electrolytic aluminium, output value"),
    ("Project 4: coke", "Project 4: coking plant"),
    ("Project 10: castings, tonnage", "Project 10: castings, output value"),
    ("Project 16: wind power, size", "Project 16: wind power, output value"),
    ("Project 17: photovoltaic power, size", "Project 17: photovoltaic power, output value"),
    (
        "Project 18: photovoltaic power on backfill, size",
        "Project 18: photovoltaic power on backfill, output value",
    ),
    ("Project 20: metal hydride storage, tonnage", "Project 20: metal hydride storage, output value"),
    ("New energy, output value", "Project 22: wind turbines, output value"),
    ("Project 23: solar glass, tonnage", "Project 23: solar glass, output value"),
    ("Project 24: solar cells and modules, size", "Project 24: solar cells and modules, output value"),
    ("Clean coal of nine washeries, table 2-1", "Raw coal of nine washeries, table 2-1"),
    ("Bio-health, output value", "Project 27: Acer truncatum, output value"),
    ("Project 31: new material for printing, tonnage", "Project 31: 3D-printing park, output value"),
)


@cache
def audited(variant: str = "") -> Audit:
    return audit(mfa.load("jiaokou-claims", variants=[variant] if variant else []).solve())


def verdict(label: str, variant: str = "") -> Verdict:
    return next(v for v in audited(variant).verdicts if v.claim.label["en"] == label)


def sets(variant: str = "") -> set[frozenset[str]]:
    return {frozenset(c.label["en"] for c in found.claims) for found in audited(variant).conflicts}


def word(stated: float, low: float, model: float, high: float) -> str:
    """Holds within the tolerance; too weak where the possible range reaches the tolerance; else refused."""
    least, most = stated * (1 - ROUGH), stated * (1 + ROUGH)
    if least <= model <= most:
        return "holds"
    return "weak" if low <= most and high >= least else "contradicts"


@pytest.mark.parametrize("label", BY_PRICE)
def test_an_output_value_is_tonnage_times_price(label: str) -> None:
    """By-products of a plant move its output value by less than 2 %."""
    stated, tonnage, *prices, expected = BY_PRICE[label]
    model, low, high = (tonnage * p / VAT for p in prices)
    found = verdict(label)
    assert found.model == pytest.approx(model, rel=0.02)
    assert found.word == expected == word(stated * E8, low, model, high)
    if found.word != "holds":
        assert (found.low, found.high) == (pytest.approx(low, rel=0.02), pytest.approx(high, rel=0.02))


@pytest.mark.parametrize(
    ("labels", "expected"),
    [(HELD, "holds"), (PUT_IN, "stated"), (REFUSED, "contradicts"), (OPEN, "weak")],
    ids=["held", "put in", "no", "open"],
)
def test_words(labels: tuple[str, ...], expected: str) -> None:
    assert {label: verdict(label).word for label in labels} == dict.fromkeys(labels, expected)


def test_the_plants_that_ran_in_2021_are_worth_its_revenue() -> None:
    """Grog 2 Mt at 1 500 and iron 0.38 Mt at 4 000 CNY/t with VAT: 26.55 + 13.45, where 34.56 are stated."""
    found = verdict("Revenue of all enterprises, 2021")
    assert found.model == pytest.approx((2e6 * 1500 + 380e3 * 4000) / VAT, rel=0.005)
    assert found.model / 34.564244e8 == pytest.approx(1.16, abs=0.01)
    # with the refinery running the same revenue would be far too little, at its lowest price too
    assert 2.4e6 * 2300 / VAT > 1.2 * 34.564244e8


def test_nothing_of_a_plant_that_stood_still_is_set_against_2021() -> None:
    """Revenue, output and value added of 2021 count neither refinery nor gangue power station."""
    of_2021 = [v.claim for v in audited().verdicts if "2021" in v.claim.label["en"]]
    assert len(of_2021) == 3
    for claim in of_2021:
        assert not any("alumina" in str(part) or "power" in str(part) for part in claim.names)


def test_new_energy_is_five_times_its_target() -> None:
    """Projects 16 to 24, two of them (19 and 22) at the plan's own worth."""
    own = 60e8 + 250e8
    power = (20 * HOURS_OF_WIND + 300 * HOURS_OF_SUN) * 430
    goods = 5e3 * 60e3 + SEPARATOR * 199100 + 5e4 * 3300 + MODULES * 33270
    assert verdict("New energy, output value").model == pytest.approx(own + (power + goods) / VAT, rel=1e-3)
    narrow = verdict("New energy, output value", "without-19-and-22")
    assert (narrow.model, narrow.word) == (pytest.approx((power + goods) / VAT, rel=1e-3), "weak")


def test_turbines_leave_too_little_of_the_total() -> None:
    """250 less 5 % and alumina at its lowest price are 284 of at most 360: a set needs more claims."""
    both = {"Industrial output value", "Project 22: wind turbines, output value"}
    assert 0.95 * 250e8 + 0.95 * 2.4e6 * 2300 / VAT < 300e8 * (1 + ROUGH)
    assert both not in sets()
    assert any(both < found for found in sets())


def test_acer_is_half_of_what_is_stated() -> None:
    """60 t acid take 2 217 t of the 7 500 t oil; tea 200 t. Prices reach up to 1.7 times.

    Cake 1.83 x 1.028 x 7 500 t, 0.72 t in a tonne of feed.
    """
    feed = 1.83 * 1.028 * 7500 / 0.72
    value = 5283 * 180e3 / FOOD_VAT + (60 * 12e6 + 200 * 120e3) / VAT + feed * 3200
    found = verdict("Project 27: Acer truncatum, output value")
    assert found.model == pytest.approx(value, rel=0.02)
    assert found.high == pytest.approx(1.7 * value, rel=0.02)


def test_iron_from_red_mud_is_a_ninth_of_what_is_stated() -> None:
    """1 Mt mud gives 65.7 kt concentrate at 345 CNY/t; all 3.09 Mt mud would give three times that."""
    found = verdict("Project 36: iron from red mud, output value")
    assert found.model == pytest.approx(1e6 * 0.0657 * 345 / VAT, rel=1e-3)
    assert found.high == pytest.approx(1e6 * 0.08 * 690 / VAT, rel=1e-3)  # 30 to 80 kg/t, price doubled


def test_glass_of_the_zone_covers_less_than_half_of_its_modules() -> None:
    """38.9 t glass per MW: 112 kt for 2.88 GW, of which 50 kt are made."""
    found = verdict("Project 24: the glass is made in the zone")
    assert found.model == pytest.approx(2880 * 38.9 - 50e3, rel=1e-3)
    trio = {"Project 23: solar glass, tonnage", "Project 24: solar cells and modules, size"}
    assert frozenset({*trio, "Project 24: the glass is made in the zone"}) in sets()


def test_ore_of_the_county_makes_less_than_a_third_of_the_alumina() -> None:
    """1.5165 t hydrate per t alumina, 1.4324 t ore per t hydrate: 5.21 Mt, of which 1.46 are mined."""
    found = verdict("Bauxite of the county meets demand: none bought")
    assert found.model == pytest.approx(2.4e6 * 1.5165 * 1.4324 - 1.46e6, rel=0.002)
    assert found.low is not None
    assert 1.05e4 < found.low < found.model  # far above the 10 kt that «none» may be, in any dispatch


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: p[1])
def test_pairs_that_cannot_hold_together(pair: tuple[str, str]) -> None:
    assert frozenset(pair) in sets()


def test_rates_that_cannot_be_reached_say_how_far_they_go() -> None:
    """Between the least and the most that any dispatch gives lies the run, and not the claim."""
    for rate, least in (
        ("Industrial solid waste utilised", 0.95),
        ("Industrial solid waste utilised or disposed", 1),
    ):
        found = verdict(rate)
        assert found.low is not None
        assert found.high is not None
        assert 0 <= found.low < found.model < found.high < least


def test_a_refinery_that_stands_still_has_a_capacity_and_little_revenue() -> None:
    """No set holds a capacity and a revenue, an output or a rate: they are different quantities."""
    for found in audited().conflicts:
        kinds = {c.kind for c in found.claims}
        assert kinds == {"capacity"} or "capacity" not in kinds


def test_counts_of_the_page() -> None:
    """The verdicts and sets that docs/audit.md counts."""
    counted = Counter(v.word for v in audited().verdicts)
    page = (Path(__file__).parent.parent / "docs" / "audit.md").read_text(encoding="utf-8")
    assert f"{counted['holds']} holds, {counted['stated']} as stated" in page
    assert f"({len(audited().conflicts)} sets; …" in page
    assert (counted["stated"], counted["holds"]) == (32, 23)


def test_reserve_projects() -> None:
    """Refractories, separator powder and sea buckthorn fit; the solid-waste base is worth three times."""
    fits = {
        "Project 6: alumina for separators, output value": (3e3 * 20e3 / VAT, "holds"),
        "Project 8: refractories, output value": (1e5 * 2300 / VAT, "holds"),
        "Project 13: high-end castings, output value": (2e5 * 8000 / VAT, "weak"),
        "Project 40: organic fertiliser, output value": (7e4 * 1150, "weak"),
        "Project 37: solid-waste base, output value": (
            (2e6 * 240 + (3.2e6 - 0.84e6 * 40 / 84) * 300 + 0.84e6 * 892.9) / VAT,
            "contradicts",
        ),
    }
    for label, (model, expected) in fits.items():
        found = verdict(label, "reserve")
        assert found.word == expected, label
        assert found.model == pytest.approx(model, rel=0.03), label
    assert verdict("Project 29: sea buckthorn, output value", "reserve").word == "holds"
