"""The park from 2022 to 2035 beside the scenarios of its dated years, and what only the run of years has."""

from __future__ import annotations

from pathlib import Path

import pytest

import mfa

FOLDER = Path(__file__).parent.parent / "scenarios"
YEARS = FOLDER / "jiaokou-2022-2035.yaml"
VARIANTS: list[tuple[str, ...]] = [
    (),
    ("assumed-outlets",),
    ("market-limited", "washeries-clean-coal"),
    ("assumed-outlets", "backfill-counts", "road-base-100-km"),
    ("no-new-sinks", "ore-reading"),
]


@pytest.mark.slow
@pytest.mark.parametrize("variants", VARIANTS, ids="+".join)
def test_dated_years_are_the_scenarios_of_these_years(variants: tuple[str, ...]) -> None:
    """Every flow and indicator of 2025, 2030 and 2035 is that of the scenario of that year."""
    years = mfa.load(YEARS, variants=variants).solve()
    for year in (2025, 2030, 2035):
        one = mfa.load(FOLDER / f"jiaokou-{year}.yaml", variants=variants).solve()
        found = years.year(year)
        flows = {(f.material, f.source, f.target): f.amount for f in one.flow_list}
        assert {(f.material, f.source, f.target): f.amount for f in found.flow_list} == pytest.approx(
            flows, rel=1e-9
        )
        values = {r.name: r.value for r in found.indicator_list if "@" not in r.name}
        for row in one.indicator_list:
            if row.value is not None and "@" not in row.name:
                assert values[row.name] == pytest.approx(row.value, rel=1e-9, abs=1e-12), row.name


def test_yards_add_up_what_the_years_leave() -> None:
    """What lies in each yard at the end is what was there and came in all years, and the first fills once."""
    result = mfa.load(YEARS, variants=["assumed-yards"]).solve()
    stocks = result.stocks
    for name, rows in stocks.groupby("stock"):
        whole = rows["opening"].iloc[0] + (rows["inflow"] - rows["outflow"]).sum()
        assert rows["closing"].iloc[-1] == pytest.approx(whole, rel=1e-12), name
    first = stocks[stocks["stock"] == "red-mud-yard"].set_index("period")["closing"]
    second = stocks[stocks["stock"] == "red-mud-yard-2"].set_index("period")["closing"]
    assert (first.loc[2031], first.loc[2032]) == (pytest.approx(14.70e6, rel=5e-3), 15e6)
    assert second.loc[2031] == 0
    assert second.loc[2035] == pytest.approx(2.102e6, rel=1e-3)
    # the second yard has what a yard without limit would have beyond its 15 Mt
    endless = mfa.load(YEARS).solve().stocks
    last = endless[(endless["stock"] == "red-mud-yard") & (endless["period"] == 2035)]["closing"].iloc[0]
    assert second.loc[2035] == pytest.approx(5e6 + last - 15e6, rel=1e-9)


def test_castings_come_back() -> None:
    """A fifth of 50 kt/a of castings is in use; what returns is what their Weibull lives let go."""
    from scipy.stats import weibull_min

    from mfa.engine.lifetimes import weibull_shape

    result = mfa.load(YEARS, variants=["assumed-outlets", "parts-return"]).solve()
    rows = result.stocks[result.stocks["stock"] == "magnesium-parts-in-use"].set_index("period")
    inflow = [10e3 * min((year - 2021) / 4, 1) for year in range(2022, 2036)]
    assert rows["inflow"].tolist() == pytest.approx(inflow, rel=1e-9)
    from math import gamma

    shape = weibull_shape(4 / 12)
    left = weibull_min(shape, scale=12 / gamma(1 + 1 / shape)).sf
    held = sum(amount * left(13 - i + 0.5) for i, amount in enumerate(inflow))
    assert rows["closing"].loc[2035] == pytest.approx(held, rel=1e-9)
    scrap = result.flows[(result.flows["source"] == "magnesium-parts-in-use")].set_index("period")["amount"]
    assert scrap.loc[2035] == pytest.approx(rows["outflow"].loc[2035], rel=1e-12)
