"""Examples of other programs as scenarios of ours (`tests/published`), and published cases of uncertainty."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

import mfa

PUBLISHED = Path(__file__).parent / "published"


@cache
def solved(case: str) -> mfa.Result:
    return mfa.load(PUBLISHED / case / "scenario.yaml").solve()


def rows(case: str, name: str) -> list[dict[str, str]]:
    with (PUBLISHED / case / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def flow(case: str, period: int, material: str, source: str, target: str) -> float:
    frame = solved(case).flows.reset_index()
    here = (frame["period"] == period) & (frame["material"] == material)
    return float(frame[here & (frame["source"] == source) & (frame["target"] == target)]["amount"].sum())


def stock(case: str, period: int, name: str, column: str = "closing") -> float:
    frame = solved(case).stocks
    return float(frame[(frame["period"] == period) & (frame["stock"] == name)][column].item())


@pytest.mark.parametrize("case", sorted(f.name for f in PUBLISHED.iterdir() if f.is_dir()))
def test_nothing_is_left_over_or_short(case: str) -> None:
    """No example needs a warning, and each stock keeps its mass over the years."""
    assert solved(case).warnings.empty
    for _, row in solved(case).stocks.iterrows():
        assert row["closing"] == pytest.approx(row["opening"] + row["inflow"] - row["outflow"], rel=1e-12)


# ---------------------------------------------------------------- dynamics
def test_boats_of_relog() -> None:
    """RELOG's recurrence, five years of returns that build boats again within the year, to five decimals."""
    found = rows("relog-boats", "published.csv")
    assert len(found) == 35
    for row in found:
        amount = flow("relog-boats", int(row["period"]), row["material"], row["source"], row["target"])
        assert amount == pytest.approx(float(row["t"]), abs=5.1e-6), row


def test_stocks_of_flodym() -> None:
    """Eight printed digits of the vehicles; the other two as flodym computes them."""
    for row in rows("flodym-stocks", "published.csv"):
        off = 5.1e-9 if row["from"] == "printed" else 1e-11
        assert stock("flodym-stocks", int(row["period"]), row["stock"]) == pytest.approx(
            float(row["closing"]), abs=off
        ), row


def test_recovery_of_odym() -> None:
    """B = D/(1 - α), d = α b, c = D, with D = 0 … 30 and α = 2/34 … 32/34: a gain of 17 in the last year."""
    for i in range(31):
        year, alpha = 1980 + i, (2 + i) / 34
        through = i / (1 - alpha)
        for expected, material, source, target in (
            (through, "good", "first", "pool:good"),
            (alpha * through, "metal", "second", "pool:metal"),
            (i, "output", "pool:output", "export"),
        ):
            amount = flow("odym-recovery", year, material, source, target)
            assert amount == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_demanded_stock_of_odym() -> None:
    """Twelve printed digits of what must come in."""
    for row in rows("odym-demand", "published.csv"):
        found = stock("odym-demand", int(row["period"]), "parts", "inflow")
        assert found == pytest.approx(float(row["inflow"]), abs=5.1e-13), row


ALLOYS = {
    "sysenv => shredder": [("machines", "pool:machines", "shredder")],
    "sysenv => demolition": [("buildings", "pool:buildings", "demolition")],
    "shredder => remelting": [("machine-scrap", "shredder", "pool:machine-scrap")],
    "shredder => sysenv": [("shredder-residue", "pool:shredder-residue", "deposit")],
    "demolition => remelting": [("building-scrap", "demolition", "pool:building-scrap")],
    "demolition => landfills": [("rubble", "pool:rubble", "landfills")],
    "remelting => slag piles": [("slag", "pool:slag", "slag-piles")],
    "remelting => sysenv": [("steel", "pool:steel", "export")],
}
"""Flows of the example and ours."""


def test_alloys_of_odym() -> None:
    """Iron, copper and manganese on every flow, and the mass of all three on the landfill."""
    table = solved("odym-alloys").table("layers")
    found = {row[:5]: row[5] for row in table.rows}
    landfill: dict[int, float] = {}
    for row in rows("odym-alloys", "computed.csv"):
        year, element, expected = int(row["period"]), row["element"], float(row["t"])
        if row["flow"] == "stock landfills":
            landfill[year] = landfill.get(year, 0.0) + expected
            continue
        kg = sum(found.get((year, element, *ours), 0.0) for ours in ALLOYS[row["flow"]])
        assert kg == pytest.approx(1000 * expected, rel=1e-11, abs=1e-9), row
    for year, expected in landfill.items():
        assert stock("odym-alloys", year, "landfills") == pytest.approx(expected, rel=1e-11)


def test_regions_of_odym() -> None:
    """Nine countries, each with its lifetime, without trade: stocks and what leaves them."""
    for row in rows("odym-regions", "computed.csv"):
        for column in ("closing", "outflow"):
            found = stock("odym-regions", int(row["period"]), row["stock"], column)
            assert found == pytest.approx(float(row[column]), rel=2e-11, abs=1e-12), row
