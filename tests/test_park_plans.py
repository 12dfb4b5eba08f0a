"""The shipped plans of the park: their numbers, checked by running the planned scenarios from files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import mfa
from mfa.planning import Plan
from mfa.planning_years import YearsPlan
from mfa.studies.plan.plan_conflicts import is_possible
from mfa.studies.plan.plan_model import PlanModel

PAGE = Path(__file__).parent.parent / "docs" / "plan.md"
RATE = "industrial-solid-waste-utilisation"
INVEST = {  # CNY for a tonne a year, as the files write it
    "red-mud-ceramsite": 132.0,
    "ceramsite-panel-line": 132.0,
    "low-carbon-binder": 132.0,
    "red-mud-road-base": 30.0,
    "gangue-brick-making": 96.0,
    "tailings-brick-making": 96.0,
    "magnesium-slag-brick-making": 220.0,
    "slag-block-carbonation": 220.0,
    "desulfuriser-milling": 42.0,
}
# year, variant → 亿元 invested, as docs/plan.md prints it
INVESTED = {
    ("2025", ""): 7.18,
    ("2025", "ore-reading"): 7.82,
    ("2025", "washeries-outside"): 6.92,
    ("2030", ""): 7.22,
    ("2030", "ore-reading"): 7.89,
    ("2030", "washeries-outside"): 7.05,
}


@cache
def planned(year: str, variant: str) -> Plan:
    variants = ["assumed-outlets", *([variant] if variant else [])]
    return mfa.load(f"jiaokou-{year}-plan", variants=variants).plan()


@pytest.mark.parametrize(("year", "variant"), INVESTED)
def test_what_95_per_cent_takes(year: str, variant: str, tmp_path: Path) -> None:
    """The least investment, by sizes times prices; and the park would run that way, from the file."""
    found = planned(year, variant)
    assert found.best is not None
    sizes = {c.decision.path.removesuffix(".capacity"): c.value for c in found.best.choices}
    assert sum(INVEST[p] * s for p, s in sizes.items()) / 1e8 == pytest.approx(
        INVESTED[year, variant], abs=0.005
    )
    assert found.best.exact
    assert found.best.carried_out
    file = tmp_path / "planned.yaml"
    found.write(file)
    variants = ["assumed-outlets", *([variant] if variant else []), "plan"]
    scenario = mfa.load(file, variants=variants)
    result = scenario.solve()
    assert result.indicators.loc[RATE, "value"] == pytest.approx(0.95, abs=1e-6)
    assert result.targets_met
    largest = max(sizes, key=lambda p: sizes[p] * INVEST[p])
    less = scenario.replace({f"{largest}.capacity": f"{sizes[largest] * 0.99!r} t/a"}).solve()
    assert not less.targets_met  # it is no larger than it must be


def test_when_95_per_cent_is_built(tmp_path: Path) -> None:
    """What is built each year, by sizes times prices, as the page prints it; the file runs as planned."""
    found = mfa.load("jiaokou-2022-2035-plan", variants=["assumed-outlets"]).plan()
    assert isinstance(found, YearsPlan)
    assert found.best is not None
    assert found.best.exact
    assert found.best.carried_out
    sizes = {p.removesuffix(".capacity"): v for p, v in found.values.items()}
    sums = {y: sum(INVEST[p] * v[y] for p, v in sizes.items()) / 1e8 for y in found.best.periods}
    built = {y: sums[y] - sums.get(y - 1, 0.0) for y in sums}
    lines = PAGE.read_text("utf-8").splitlines()
    row = next(line for line in lines if line.startswith("| invested, 亿元 | 7.4"))
    told = [float(cell) for cell in row.split("|")[2:-1]]
    assert [built[y] for y in range(2030, 2036)] == pytest.approx(told[:-1], abs=0.005)
    assert sums[2035] == pytest.approx(told[-1], abs=0.005)
    assert max(built[y] for y in range(2022, 2030)) == pytest.approx(0, abs=1e-9)
    file = tmp_path / "planned.yaml"
    found.write(file)
    result = mfa.load(file, variants=["assumed-outlets", "plan"]).solve()
    rates = [result.year(y).indicators.loc[RATE, "value"] for y in range(2030, 2036)]
    assert min(rates) == pytest.approx(0.95, abs=1e-6)
    assert result.targets_met


@pytest.mark.parametrize("year", ["2025", "2030"])
def test_buyers_within_reach_do_not_take_it(year: str) -> None:
    """No plan where no product sells more than buyers within reach take: a set, of which none is too much."""
    found = planned(year, "buyers-within-reach")
    assert found.contradiction is not None
    members, model = found.contradiction.members, PlanModel(found.run)
    named = {(o.kind, o.ids) for o in members}
    paths = [d.path for d in found.system.plan.decide]
    assert ("target", ("0",)) in named
    assert ("drive", ("coal-washing",)) in named
    assert ("most", (str(paths.index("gangue-brick-making.capacity")),)) in named
    assert not is_possible(model, model.rows, members)
    for left_out in members:
        assert is_possible(model, model.rows, [m for m in members if m != left_out]), left_out


def test_the_page_says_the_same() -> None:
    """The table of docs/plan.md holds the numbers above."""
    text = PAGE.read_text(encoding="utf-8")
    for year in ("2025", "2030"):
        row = " | ".join(f"{INVESTED[year, v]:.2f}" for v in ("", "ore-reading", "washeries-outside"))
        assert f"| {year} | {row} |" in text


ROAD = 100_000 / 17  # t of base for a kilometre, as of the 17 km of `assumed-outlets`


def test_the_sizes_and_prices_in_the_text() -> None:
    """Sizes, what they bring along and shadow prices of 2030, as the sentences of docs/plan.md print them."""
    best = planned("2030", "").best
    assert best is not None
    size = {c.decision.path.removesuffix(".capacity"): c.value / 1e6 for c in best.choices}
    brick = size["tailings-brick-making"] + size["gangue-brick-making"]
    blocks = size["slag-block-carbonation"] + size["magnesium-slag-brick-making"]
    brings = {c.decision.path.removesuffix(".capacity"): c.brings for c in best.choices if c.brings}
    point = {s.origin.ids[0]: s.price / 100 / 1e8 for s in best.shadows if s.origin.kind == "target"}
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    road, sorbent = size["red-mud-road-base"], size["desulfuriser-milling"]
    brick_co2, ceramsite_co2 = (brings[p].co2 / 1e6 for p in ("tailings-brick-making", "red-mud-ceramsite"))
    for sentence in (
        f"{road:.2f} Mt/a red-mud road base, {brick:.2f} Mt/a brick of tailings and gangue, ",
        f" {size['red-mud-ceramsite']:.2f} Mt/a ceramsite, {sorbent:.2f} Mt/a sorbent and {blocks:.2f} Mt/a",
        f"are {road * 1e6 / ROAD:.0f} km of a base",
        f"The brick adds {brick_co2:.1f} Mt/a CO2, the ceramsite {ceramsite_co2:.1f} Mt/a",
        f"of the 95 costs {point['0']:.3f} 亿元 a year, ",
        f"of the 100 % utilised or disposed {point['1']:.3f} 亿元",
    ):
        assert sentence in text
