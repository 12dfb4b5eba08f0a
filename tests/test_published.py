"""Examples of other programs as scenarios of ours (`tests/published`), and published cases of uncertainty."""

from __future__ import annotations

import csv
import math
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


# ---------------------------------------------------------------- uncertainty
WEIGHTS = (0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0)
FIRST = (0.716192169, 0.179048042, 0.0236757742, 0.00716192169) + (7.16192169e-05,) * 4
TOTAL = (0.787144127, 0.242198193, 0.0343169102, 0.0104603871) + (1.04949052e-04,) * 4
"""The g-function of Sobol' with the weights of Saltelli and Sobol' (1995), indices as SALib gives them."""


@pytest.fixture
def g_function(tmp_path: Path) -> mfa.Scenario:
    """Eight works in a row whose yields are the factors of the g-function, times 0.4.

    Of a uniform x, |4x - 2| is uniform on 0 to 2, so that a factor (|4x - 2| + a)/(1 + a) is uniform
    on a/(1 + a) to (2 + a)/(1 + a).
    """
    last = len(WEIGHTS)
    lines = ["scenario: g", "year: 2025", "spreads: none", "materials:", "  m0: {kind: resource}"]
    lines += [f"  m{i}: {{kind: product}}" for i in range(1, last)]
    lines += [
        f"  m{last}: {{kind: waste, waste: industrial-solid}}",
        "  dust: {kind: emission}",
        "processes:",
    ]
    for i, a in enumerate(WEIGHTS):
        low, high = 0.4 * a / (1 + a), 0.4 * (2 + a) / (1 + a)
        value = f"{{value: 0.4 t/t, range: {low!r}..{high!r} t/t, dist: uniform}}"
        made = f"{{m{i + 1}: {value}, dust: {{balance: true}}}}"
        lines.append(f"  w{i + 1}: {{per: m{i}, inputs: {{m{i}: 1 t/t}}, outputs: {made}}}")
    lines += ["drive: {w1: 1 Mt/a}", "pools:"]
    lines += [f"  m{i}: {{takers: [w{i + 1}]}}" for i in range(1, last)]
    lines += [f"  m{last}: {{takers: [{{boundary: deposit}}]}}"]
    file = tmp_path / "g.yaml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return mfa.load(file)


MADE = "industrial-solid-waste-generated"


def test_g_function_from_samples(g_function: mfa.Scenario) -> None:
    """First-order indices of the product of eight yields, within their errors."""
    found = g_function.sensitivity(indicators=MADE, samples=8000, seed=4).frame.set_index(["by", "name"])
    for i, known in enumerate(FIRST, 1):
        row = found.loc[("figure", f"w{i}.outputs.m{i}")]
        assert row["share"] == pytest.approx(known, abs=4 * row["error"]), i
        assert row["error"] < 0.02


def test_g_function_by_design(g_function: mfa.Scenario) -> None:
    """First-order and total indices of Saltelli's design, within their errors."""
    pytest.importorskip("SALib")
    made = g_function.sensitivity(method="sobol", indicators=MADE, by="figure", samples=20_480, seed=4)
    found = made.frame.set_index("name")
    for i, (first, total) in enumerate(zip(FIRST, TOTAL, strict=True), 1):
        row = found.loc[f"w{i}.outputs.m{i}"]
        assert row["first"] == pytest.approx(first, abs=max(2 * row["first_error"], 1e-4)), i
        assert row["total"] == pytest.approx(total, abs=max(2 * row["total_error"], 1e-4)), i


def test_sum_of_four_uniform_flows(tmp_path: Path) -> None:
    """Observations that are not normal: the sum of four uniform flows is that of Irwin and Hall.

    Up to x = 1 it is x⁴/24, and 1 - (4 - x)⁴/24 from 3 on: 5 % lie below the fourth root of 1.2.
    """
    works = [
        f"  w{i}: {{per: ore, inputs: {{ore: 1 t/t}}, outputs: "
        "{mud: {value: 0.5 t/t, range: 0..1 t/t, dist: uniform}, gas: {balance: true}}}"
        for i in range(4)
    ]
    text = "\n".join(
        [
            "scenario: sum", "year: 2025", "spreads: none",
            "materials:", "  ore: {kind: resource}", "  mud: {kind: waste, waste: industrial-solid}",
            "  gas: {kind: emission}", "processes:", *works,
            "drive: {w0: 1 t/a, w1: 1 t/a, w2: 1 t/a, w3: 1 t/a}",
            "pools: {mud: {takers: [{boundary: deposit}]}}", "",
        ]
    )  # fmt: skip
    file = tmp_path / "sum.yaml"
    file.write_text(text, encoding="utf-8")
    count = 8000
    result = mfa.load(file).solve(samples=count, seed=7, indicators=MADE)
    row = result.indicators.loc[MADE]
    assert row["mean"] == pytest.approx(2.0, abs=4 * math.sqrt(1 / 3 / count))
    assert row["sd"] == pytest.approx(math.sqrt(1 / 3), rel=4 * math.sqrt(1 / (2 * count)))
    low = 1.2**0.25  # x⁴/24 = 5 %
    density = low**3 / 6
    error = math.sqrt(0.05 * 0.95 / count) / density
    assert row["p05"] == pytest.approx(low, abs=4 * error)
    assert row["p95"] == pytest.approx(4 - low, abs=4 * error)
    assert row["p50"] == pytest.approx(2.0, abs=4 * math.sqrt(0.25 / count) / (2 / 3))
