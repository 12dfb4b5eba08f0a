"""Runs through several years: schedules, yards that fill and are dug, stocks in use, what the tables say."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
from click.testing import CliRunner

import mfa
from mfa.cli import cli

Load = Callable[..., mfa.Scenario]

MUD = """
scenario: mud
periods: {from: 2022, to: 2026}
materials:
  ore: {kind: resource}
  metal: {kind: product}
  bricks: {kind: product}
  mud: {kind: waste, waste: industrial-solid}
processes:
  smelter: {per: metal, inputs: {ore: 2 t/t}, outputs: {mud: 1 t/t}}
  kiln: {per: bricks, inputs: {mud: 1 t/t}, capacity: {2022: 0 t/a, 2024: 40 t/a}}
pools:
  mud: {takers: [kiln, {stock: old}, {stock: new}]}
stocks:
  old: {material: mud, initial: 100 t, capacity: 250 t}
  new: {material: mud, capacity: 1 kt}
drive: {smelter: 100 t/a}
targets: {industrial-solid-waste-utilisation: {min: 35 %}}
"""

USE = """
scenario: use
periods: {from: 2005, to: 2009}
materials:
  part: {kind: product}
  scrap: {kind: intermediate}
stocks:
  cars: {material: part, becomes: scrap, lifetime: {dist: normal, mean: 5 a, sd: 1.5 a, inflow_at: end}}
pools: {part: {takers: [{stock: cars}]}}
"""


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """A scenario of its own text."""

    def loaded(text: str, **over: object) -> mfa.Scenario:
        file = tmp_path / "main.yaml"
        file.write_text(text, encoding="utf-8")
        return mfa.load(file, **over)  # type: ignore[arg-type]

    return loaded


def column(result: mfa.Result, table: str, key: str, member: str, value: str) -> list[float]:
    """A column of a member over the years."""
    frame = getattr(result, table)
    return [float(x) for x in frame[frame[key] == member][value]]


# ---------------------------------------------------------------- schedules and yards
def test_a_full_yard_overflows_to_the_next(load: Load) -> None:
    """By hand: kiln 0, 20, 40, 40, 40; the old yard 100 → 200, then 50 of 80, full in 2023; then the new."""
    result = load(MUD).solve()
    assert column(result, "stocks", "stock", "old", "opening") == [100, 200, 250, 250, 250]
    assert column(result, "stocks", "stock", "old", "inflow") == [100, 50, 0, 0, 0]
    assert column(result, "stocks", "stock", "old", "closing") == [200, 250, 250, 250, 250]
    assert column(result, "stocks", "stock", "new", "inflow") == [0, 30, 60, 60, 60]
    assert column(result, "stocks", "stock", "new", "closing") == [0, 30, 90, 150, 210]
    assert column(result, "processes", "process", "kiln", "capacity") == [0, 20, 40, 40, 40]
    rates = result.indicators.xs("industrial-solid-waste-utilisation", level="indicator")
    assert rates["value"].tolist() == pytest.approx([0, 0.2, 0.4, 0.4, 0.4], abs=1e-15)
    assert rates["met"].tolist() == ["false", "false", "true", "true", "true"]
    assert not result.targets_met
    assert result.year(2024).targets_met


def test_digging_ends_where_the_yard_is_empty(load: Load) -> None:
    """45 t/a are dug from 100 t: 45, 45, 10, 0; what cannot be given is told, the kiln is short."""
    text = MUD.replace("  smelter: {per", "  smelter: {capacity: 0 t/a, per").replace(
        "drive: {smelter: 100 t/a}", "drive: {old: 45 t/a, kiln: 45 t/a}"
    )
    text = text.replace("capacity: {2022: 0 t/a, 2024: 40 t/a}", "capacity: 60 t/a").replace("[kiln, {", "[{")
    result = load(text).solve()
    assert column(result, "stocks", "stock", "old", "outflow") == [45, 45, 10, 0, 0]
    assert column(result, "stocks", "stock", "old", "opening") == [100, 55, 10, 0, 0]
    found = result.warnings[result.warnings["code"] == "yard-exhausted"]
    assert found["period"].tolist() == [2024, 2025, 2026]
    assert found["amount"].tolist() == [35, 45, 45]


def test_each_year_is_the_single_year(load: Load) -> None:
    """A year by itself, its stocks opened by hand with what the year before left, gives the same tables."""
    result = load(MUD).solve()
    opened = {2022: "100 t", 2023: "200 t", 2024: "250 t"}
    for year, heap in opened.items():
        text = MUD.replace("periods: {from: 2022, to: 2026}", f"year: {year}").replace(
            "100 t, cap", f"{heap}, cap"
        )
        new = {2024: "30 t"}.get(year, "0 t")
        text = text.replace("new: {material: mud,", f"new: {{material: mud, initial: {new},")
        alone, among = load(text).solve(), result.year(year)
        for name in ("flows", "links", "processes", "pools", "stocks", "indicators", "balances"):
            one, other = getattr(alone, name), getattr(among, name)
            assert one.equals(other), name


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{2022: 10 t/a, 2026: 50 t/a}", [10, 20, 30, 40, 50]),
        ("{2023: 10 t/a, 2025: 30 t/a}", [10, 10, 20, 30, 30]),
        ("{interpolate: step, 2023: 10 t/a, 2025: 30 t/a}", [10, 10, 10, 30, 30]),
        ("{2020: 10 t/a, 2030: 20 t/a}", [12, 13, 14, 15, 16]),
    ],
)
def test_schedules(load: Load, written: str, expected: list[float]) -> None:
    """Linear between its years and held outside them, or in steps."""
    result = load(MUD.replace("smelter: 100 t/a", f"smelter: {written}")).solve()
    assert column(result, "processes", "process", "smelter", "level") == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    "laid",
    [
        "set: {smelter.level: {2022: 10 t/a, 2026: 50 t/a}}",
        "variants: {v: {drive: {smelter: {2022: 10 t/a, 2026: 50 t/a}}}}",
        "levers: {l: {levels: {v: {set: {smelter.level: {2022: 10 t/a, 2026: 50 t/a}}}, w: {}}}}",
    ],
)
def test_schedules_laid_over(load: Load, laid: str) -> None:
    """A schedule in `set`, in a variant and in a level of a lever."""
    over = {"variants": {"variants": ["v"]}, "levers": {"levers": {"l": "v"}}}.get(
        laid[: laid.index(":")], {}
    )
    result = load(f"{MUD}{laid}\n", **over).solve()
    assert column(result, "processes", "process", "smelter", "level") == [10, 20, 30, 40, 50]


def test_schedules_of_every_kind_of_figure(load: Load) -> None:
    """Coefficients (the balance closes again), shares, limits, prices, demand, targets: at 2024, half-way."""
    text = """
scenario: kinds
periods: {from: 2022, to: 2026}
materials:
  ore: {kind: resource, price: {2022: 10 CNY/t, 2026: 30 CNY/t}}
  metal: {kind: product}
  slag: {kind: waste, waste: industrial-solid}
processes:
  smelter: {per: metal, inputs: {ore: {2022: 2 t/t, 2026: 4 t/t}}, outputs: {slag: {balance: true}}}
  a: {per: slag, inputs: {slag: 1 t/t}}
  b: {per: slag, inputs: {slag: 1 t/t}}
pools:
  metal: {givers: [smelter]}
  slag:
    takers:
      - {boundary: deposit, limit: {2022: 0 t/a, 2026: 10 t/a}}
      - {process: a, tier: 2, share: {2022: 1, 2026: 3}}
      - {process: b, tier: 2, share: 1}
demand: {metal: {2022: 10 t/a, 2026: 20 t/a}}
targets: {industrial-solid-waste-utilisation: {min: {2022: 70 %, 2026: 90 %}}}
""".replace("per: slag, inputs: {slag: 1 t/t}", "per: slag, inputs: {slag: 1 t/t}, outputs: {}")
    year = load(text).solve().year(2024)
    flows = year.flows.set_index(["material", "source", "target"])["amount"]
    assert flows["ore", "import", "pool:ore"] == 45  # 15 t of metal at 3 t/t
    assert flows["slag", "smelter", "pool:slag"] == 30
    assert flows["slag", "pool:slag", "deposit"] == 5
    assert flows["slag", "pool:slag", "a"] == pytest.approx(25 * 2 / 3, abs=1e-12)
    assert year.system.materials["ore"].price.value == 20
    assert year.indicators.loc["industrial-solid-waste-utilisation", "min"] == pytest.approx(0.8, abs=1e-15)


def test_a_moisture_that_changes(load: Load) -> None:
    """10 wet tonnes at 10 %, 15 %, 20 % moisture are 9, 8.5 and 8 dry ones, as in single years."""
    text = """
scenario: wet
periods: {from: 2022, to: 2024}
materials:
  ore: {kind: resource, moisture: {2022: 10 %, 2024: 20 %}}
  metal: {kind: product}
processes:
  mill: {per: ore, inputs: {ore: 1 t/t}, outputs: {metal: 1 t/t}}
drive: {mill: 10 t_wet/a}
"""
    result = load(text).solve()
    assert column(result, "processes", "process", "mill", "level") == pytest.approx([9, 8.5, 8], abs=1e-14)
    ore = result.flows[result.flows["target"] == "mill"]
    assert ore["wet_amount"].tolist() == pytest.approx([10, 10, 10], abs=1e-13)


def test_longer_periods(load: Load) -> None:
    """Two years a period: means of what changes, yards fill at Δt = 2 and take no more than their room."""
    text = MUD.replace("to: 2026}", "to: 2027, step: 2 a}")
    result = load(text).solve()
    assert result.stocks["period"].unique().tolist() == [2022, 2024, 2026]
    assert column(result, "processes", "process", "kiln", "capacity") == [10, 40, 40]  # (0 + 20)/2
    assert column(result, "stocks", "stock", "old", "inflow") == [75, 0, 0]  # 150 t of room in two years
    assert column(result, "stocks", "stock", "old", "closing") == [250, 250, 250]
    assert column(result, "stocks", "stock", "new", "inflow") == [15, 60, 60]
    assert column(result, "stocks", "stock", "new", "closing") == [30, 150, 270]
    assert result.year(2025).system.period == 2024


def test_old_mud_counts_in_the_statutory_rate(load: Load) -> None:
    """U ÷ (G + U₀): 30 t of new mud and 20 t dug, all burnt to bricks: 50 ÷ (30 + 20)."""
    text = MUD.replace("smelter: 100 t/a", "smelter: 30 t/a, old: 20 t/a").replace(
        "{2022: 0 t/a, 2024: 40 t/a}", "60 t/a"
    )
    result = load(text).solve()
    rates = result.indicators.xs("industrial-solid-waste-utilisation", level="indicator")["value"]
    assert rates.tolist() == pytest.approx([1] * 5, abs=1e-15)
    assert column(result, "stocks", "stock", "old", "closing") == [80, 60, 40, 20, 0]
    half = load(text.replace("60 t/a", "40 t/a")).solve().year(2022)
    assert half.indicators.loc["industrial-solid-waste-utilisation", "value"] == pytest.approx(
        40 / 50, abs=1e-15
    )


def test_year_or_periods_by_inheritance(load: Load, tmp_path: Path) -> None:
    """A child that says `periods` ends its parent's `year`, and the other way round."""
    (tmp_path / "parent.yaml").write_text(
        MUD.replace("periods: {from: 2022, to: 2026}", "year: 2025"), encoding="utf-8"
    )
    years = load("scenario: child\nextends: parent.yaml\nperiods: {from: 2024, to: 2025}\n")
    assert years.solve().stocks["period"].unique().tolist() == [2024, 2025]
    (tmp_path / "parent.yaml").write_text(MUD, encoding="utf-8")
    assert load("scenario: child\nextends: parent.yaml\nyear: 2024\n").solve().system.period == 2024


def test_periods_set_by_path(load: Load) -> None:
    """`periods.to` is set like any figure, and a `year` that is set ends the periods."""
    assert load(MUD, settings={"periods.to": "2023"}).solve().stocks["period"].unique().tolist() == [
        2022,
        2023,
    ]
    assert load(MUD).replace({"year": "2025"}).solve().system.period == 2025


def test_stocks_in_use_set_by_path(load: Load) -> None:
    """Lifetimes and cohorts are set by the paths that `show --origin` prints."""
    old = "dist: fixed, mean: 6 a, inflow_at: end}, initial: {2000: 5 t, 2004: 40 t}"
    base = load(USE.replace("dist: normal, mean: 5 a, sd: 1.5 a, inflow_at: end}", old))
    assert column(base.solve(), "stocks", "stock", "cars", "closing")[:2] == [45, 40]  # 2000 + 6 ends in 2006
    longer = base.replace({"cars.lifetime.mean": "7 a"}).solve()
    assert column(longer, "stocks", "stock", "cars", "closing")[:3] == [45, 45, 40]
    more = base.replace({"stocks.cars.initial.2004": "20 t"}).solve()
    assert column(more, "stocks", "stock", "cars", "closing")[:2] == [25, 20]
    with pytest.raises(mfa.Error, match="one of fixed, normal"):
        base.replace({"cars.lifetime.dist": "uniform"})
    with pytest.raises(mfa.Error, match="does not say one lifetime"):
        base.replace({"cars.lifetime.dist": "normal"})


# ---------------------------------------------------------------- stocks in use
def test_odym_stock_driven_from_an_initial_stock(load: Load) -> None:
    """ODYM, tests/test_dynamic_stock_model.py: 3, 5, 2, 4 of four ages, then 18 and 20 to be held."""
    text = USE.replace(
        "inflow_at: end}}", "inflow_at: end}, initial: {2001: 3 t, 2002: 5 t, 2003: 2 t, 2004: 4 t}}"
    )
    result = load(f"{text}drive: {{cars: {{2005: 18 t, 2006: 20 t}}}}\n".replace(", pools", "")
                  .replace("pools: {part: {takers: [{stock: cars}]}}\n", "")).solve()  # fmt: skip
    assert column(result, "stocks", "stock", "cars", "closing") == pytest.approx(
        [18, 20, 20, 20, 20], abs=1e-13
    )
    assert column(result, "stocks", "stock", "cars", "inflow") == pytest.approx(
        [4.93639364, 3.87383821, 2.78892598, 3.36324466, 3.66568266], abs=5e-9
    )
    last = result.cohorts[result.cohorts["period"] == 2009]
    assert last["cohort"].tolist() == list(range(2001, 2010))
    assert last["amount"].tolist() == pytest.approx(
        [
            0.07510039,
            0.46667297,
            0.5069268,
            2.00085849,
            3.68999109,
            3.5205007,
            2.72547754,
            3.35036215,
            3.66410986,
        ],
        abs=5e-9,
    )
    # what it takes is demand of its pool, which nobody meets here, and what leaves is supply of the other
    shortage = result.pools[result.pools["material"] == "part"]["shortage"]
    assert shortage.tolist() == pytest.approx(column(result, "stocks", "stock", "cars", "inflow"), abs=1e-12)
    surplus = result.pools[result.pools["material"] == "scrap"]["surplus"]
    assert surplus.tolist() == pytest.approx(column(result, "stocks", "stock", "cars", "outflow"), abs=1e-12)


@pytest.mark.parametrize("dist", ["weibull", "gamma", "lognormal", "normal"])
def test_stock_driven_undoes_inflow_driven(load: Load, dist: str) -> None:
    """The inflows that a stock came from come out again where the stock is demanded."""
    text = USE.replace(
        "dist: normal, mean: 5 a, sd: 1.5 a, inflow_at: end", f"dist: {dist}, mean: 4 a, sd: 2 a"
    )
    text = text.replace("to: 2009", "to: 2024")
    rng = np.random.default_rng(5)
    inflow = [float(x) for x in 100 + 20 * rng.random(20)]
    series = ", ".join(f"{2005 + i}: {x!r} t/a" for i, x in enumerate(inflow))
    result = load(f"{text}supply: {{part: {{{series}}}}}\n").solve()
    held = column(result, "stocks", "stock", "cars", "closing")
    series = ", ".join(f"{2005 + i}: {x!r} t" for i, x in enumerate(held))
    back = load(
        text.replace("pools: {part: {takers: [{stock: cars}]}}\n", f"drive: {{cars: {{{series}}}}}\n")
    ).solve()
    assert column(back, "stocks", "stock", "cars", "inflow") == pytest.approx(inflow, rel=1e-10)


def test_a_demanded_stock_that_is_too_large(load: Load) -> None:
    """Of 10 t that stay for years 2 t are to be held: nothing enters, and what is too much is told."""
    text = USE.replace(
        "dist: normal, mean: 5 a, sd: 1.5 a, inflow_at: end}",
        "dist: fixed, mean: 90 a}, initial: {2004: 10 t}",
    )
    text = text.replace("pools: {part: {takers: [{stock: cars}]}}", "drive: {cars: 2 t}")
    result = load(text).solve()
    assert column(result, "stocks", "stock", "cars", "closing") == [10] * 5
    found = result.warnings[result.warnings["code"] == "stock-too-large"]
    assert found["amount"].tolist() == [8] * 5


def test_returns_close_within_the_period(load: Load) -> None:
    """Half of what enters returns in the same year and is remelted into it: x = s + ½·y·x, by hand."""
    text = """
scenario: loop
periods: {from: 2020, to: 2022}
materials:
  metal: {kind: intermediate}
  part: {kind: product}
  scrap: {kind: intermediate}
processes:
  caster: {per: part, inputs: {metal: 1 t/t}}
  remelter: {per: scrap, inputs: {scrap: 1 t/t}, outputs: {metal: 0.8 t/t, dross: 0.2 t/t}}
pools:
  metal: {takers: [caster]}
  part: {takers: [{stock: cans}]}
  scrap: {takers: [remelter]}
stocks:
  cans: {material: part, becomes: scrap, lifetime: {table: [50 %, 50 %]}}
supply: {metal: 60 t/a}
""".replace("  scrap: {kind: intermediate}\n", "  scrap: {kind: intermediate}\n  dross: {kind: waste}\n")
    result = load(text).solve()
    # x_t = 60 + 0.8·(½ x_t + ½ x_{t−1}) → x_t = (60 + 0.4·x_{t−1}) ÷ 0.6
    expected, before = [], 0.0
    for _ in range(3):
        before = (60 + 0.4 * before) / 0.6
        expected.append(before)
    assert column(result, "stocks", "stock", "cans", "inflow") == pytest.approx(expected, rel=1e-12)
    assert column(result, "processes", "process", "caster", "level") == pytest.approx(expected, rel=1e-12)
    links = result.links.set_index(["period", "material", "source", "target"])["amount"]
    assert links[2020, "part", "caster", "cans"] == pytest.approx(100, rel=1e-12)
    assert links[2020, "scrap", "cans", "remelter"] == pytest.approx(50, rel=1e-12)
    pools = result.pools
    assert (pools["supply"] + pools["shortage"]).tolist() == pytest.approx(
        (pools["demand"] + pools["surplus"]).tolist(), rel=1e-12
    )


def test_gain_of_a_loop_through_a_stock_is_told(load: Load) -> None:
    """A recycle through a stock in use that makes more than it takes is an error that names the stock."""
    text = """
scenario: gain
periods: {from: 2020, to: 2022}
materials: {metal: {kind: intermediate}, part: {kind: product}, scrap: {kind: intermediate}}
processes:
  caster: {per: part, inputs: {metal: 1 t/t}}
  remelter: {per: scrap, inputs: {scrap: 1 t/t}, outputs: {metal: 1.2 t/t}}
pools: {metal: {takers: [caster]}, part: {takers: [{stock: cans}]}, scrap: {takers: [remelter]}}
stocks: {cans: {material: part, becomes: scrap, lifetime: {table: [90 %]}}}
supply: {metal: 60 t/a}
"""
    with pytest.raises(mfa.Error, match=r"\[cans\].*gain 1.08"):
        load(text).solve()


def test_one_year_with_a_stock_in_use(load: Load) -> None:
    """A scenario of one year takes what its cohorts give: Weibull by mean and deviation, ages 3.5 and 4.5."""
    text = USE.replace("periods: {from: 2005, to: 2009}", "year: 2005").replace(
        "dist: normal, mean: 5 a, sd: 1.5 a, inflow_at: end}",
        "dist: weibull, shape: 2, scale: 6 a}, initial: {2001: 30 t}",
    )
    result = load(text).solve()
    left = scipy.stats.weibull_min(2, scale=6).sf
    assert column(result, "stocks", "stock", "cars", "outflow") == pytest.approx(
        [30 * (1 - left(4.5) / left(3.5))]
    )
    assert list(result.indicators.index.names) == ["indicator"]


# ---------------------------------------------------------------- how it is shown
def test_tables_have_periods(load: Load, tmp_path: Path) -> None:
    """Every table has a column `period`, the indicators are indexed by it; files and JSON say the same."""
    result = load(MUD).solve()
    for name in result.written:
        table = result.table(name)
        assert table.columns[0] == "period"
        assert table.rows == sorted(table.rows, key=lambda row: row[0]), name
    assert list(result.indicators.index.names) == ["period", "indicator"]
    assert result.to_json()["periods"] == [2022, 2023, 2024, 2025, 2026]
    result.write(tmp_path / "out", cohorts=True)
    with (tmp_path / "out" / "stocks.csv").open(encoding="utf-8") as file:
        assert [row["period"] for row in csv.DictReader(file)] == [
            str(y) for y in range(2022, 2027) for _ in range(2)
        ]
    assert (tmp_path / "out" / "cohorts.csv").read_text() == "period,stock,cohort,amount,unit\n"


def test_run_prints_years(load: Load, tmp_path: Path) -> None:
    """The sentence of each target, the table of years, the year when a yard is full; one year with --year."""
    load(MUD)
    file = str(tmp_path / "main.yaml")
    shown = CliRunner().invoke(cli, ["run", file])
    assert shown.exit_code == 0, shown.output
    assert "at least 35.00 %: reached from 2024; 40.00 % in 2026" in shown.output
    assert "full in 2023" in shown.output
    rows = [line.split() for line in shown.output.splitlines()]
    assert ["2022", "2023", "2024", "2025", "2026"] in rows
    one = CliRunner().invoke(cli, ["run", file, "--year", "2023"])
    assert "20.00 % (at least 35.00 %)" in one.output
    chinese = CliRunner().invoke(cli, ["run", file, "--lang", "zh"])
    assert "自 2024 年起达到" in chinese.output
    asked = CliRunner().invoke(cli, ["run", file, "--require-targets", "--quiet"])
    assert asked.exit_code == 1
    asked = CliRunner().invoke(cli, ["run", file, "--require-targets", "--quiet", "--year", "2026"])
    assert asked.exit_code == 0
    none = CliRunner().invoke(cli, ["run", file, "--year", "2036"])
    assert none.exit_code == 2


@pytest.mark.parametrize(
    ("aim", "sentence"),
    [("0 %", "met in every year"), ("45 %", "not reached; 40.00 % in 2026"), ("15 %", "reached from 2023")],
)
def test_sentences_of_targets(load: Load, tmp_path: Path, aim: str, sentence: str) -> None:
    """Met always, never, from a year on."""
    load(MUD.replace("35 %", aim))
    assert sentence in CliRunner().invoke(cli, ["run", str(tmp_path / "main.yaml")]).output


def test_a_target_that_is_lost_again(load: Load, tmp_path: Path) -> None:
    """A target that rises above what is reached says until when it was met."""
    load(MUD.replace("min: 35 %", "min: {2024: 35 %, 2026: 50 %}"))
    shown = CliRunner().invoke(cli, ["run", str(tmp_path / "main.yaml")]).output
    told = (
        "the bound of each year (at the end at least 50.00 %): met for the last time in 2024; 40.00 % in 2026"
    )
    assert told in shown


def test_a_sweep_is_a_run_through_all_years_a_point(load: Load) -> None:
    """A row a point and year, the same as the runs of the points; the years themselves are not varied."""
    scenario = load(MUD)
    rate = "industrial-solid-waste-utilisation"
    table = scenario.sweep({"smelter.level": ["100 t/a", "200 t/a"]}, indicators=[rate], processes=1)
    years = [run.system.period for run in scenario.solve().runs]
    assert table["period"].tolist() == years * 2
    for point, amount in enumerate((100, 200)):
        runs = scenario.replace({"smelter.level": f"{amount} t/a"}).solve().runs
        alone = [run.indicators_named({rate})[0].value for run in runs]
        mine = table[table["point"] == point]
        assert mine[rate].tolist() == alone
        assert set(mine["smelter.level [t/a]"]) == {amount}
    assert table[rate].nunique() > 2
    with pytest.raises(mfa.Error, match="says which years are run"):
        scenario.sweep({"year": ["2025", "2026"]})


# ---------------------------------------------------------------- pictures, workbooks, studies
def test_charts_over_years(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The indicator's line and its target, and the fates of waste, have the values of the tables."""
    from mfa.show.charts import several_runs

    drawn: list[dict[str, Any]] = []

    def keep(series: object, path: object, **options: object) -> None:
        drawn.append({"series": series, **options})

    monkeypatch.setattr(several_runs, "years", keep)
    result = load(MUD).solve()
    result.chart("years", tmp_path / "a.png")
    result.chart("years", tmp_path / "b.png", "industrial-solid")
    mfa.chart("years", result, tmp_path / "c.png")
    (line,) = drawn[0]["series"].values()
    assert line == pytest.approx({2022: 0, 2023: 0.2, 2024: 0.4, 2025: 0.4, 2026: 0.4}, abs=1e-15)
    assert drawn[0]["target"] == dict.fromkeys(range(2022, 2027), 0.35)
    fates = drawn[1]["series"]
    assert fates["utilised"] == {2022: 0, 2023: 20, 2024: 40, 2025: 40, 2026: 40}
    assert fates["stored"] == {2022: 100, 2023: 80, 2024: 60, 2025: 60, 2026: 60}
    assert drawn[2]["series"] == drawn[0]["series"]


def test_page_has_a_slider_over_the_years(load: Load, tmp_path: Path) -> None:
    """A Sankey page of several years holds each of them; a printed picture and `--year` show one."""
    load(MUD)
    file, page = str(tmp_path / "main.yaml"), tmp_path / "flows.html"
    assert CliRunner().invoke(cli, ["sankey", file, "-o", str(page)]).exit_code == 0
    text = page.read_text(encoding="utf-8")
    assert all(str(year) in text for year in range(2022, 2027))
    one = CliRunner().invoke(cli, ["sankey", file, "-o", str(page), "--year", "2023"])
    assert one.exit_code == 0, one.output
    assert "2026" not in page.read_text(encoding="utf-8")


def test_workbook_of_years(load: Load, tmp_path: Path) -> None:
    """A workbook has all years, and gives the same numbers again."""
    text = f"{USE}supply: {{part: {{2005: 4 t/a, 2009: 8 t/a}}}}\n"
    text = text.replace("inflow_at: end}}", "inflow_at: end}, initial: {2003: 5 t, 2004: 6 t}}")
    result = load(text).export(tmp_path / "book.xlsx")
    again = mfa.load(tmp_path / "book.xlsx").solve()
    for name in ("flows", "stocks", "cohorts", "indicators"):
        assert getattr(again, name).equals(getattr(result, name)), name


def test_audit_of_a_year_with_a_stock_in_use(load: Load) -> None:
    """Claims are judged in the year asked for, what a stock in use gives being there."""
    text = f"""{USE.replace("dist: normal, mean: 5 a, sd: 1.5 a, inflow_at: end", "dist: fixed, mean: 2 a")}
processes: {{remelter: {{per: scrap, inputs: {{scrap: 1 t/t}}, outputs: {{metal: 1 t/t}}}}}}
supply: {{part: {{2005: 10 t/a, 2009: 50 t/a}}}}
claims:
  - {{flow: {{material: scrap, source: cars}}, value: 20 t/a}}
  - {{level: remelter, value: 26 t/a}}
""".replace("scrap: {kind: intermediate}", "scrap: {kind: intermediate}\n  metal: {kind: product}")
    text = text.replace("pools: {part:", "pools: {scrap: {takers: [remelter]}, part:")
    result = load(text).solve()
    scrap = result.flows[(result.flows["source"] == "cars")].set_index("period")["amount"]
    assert scrap.to_dict() == {2007: 10, 2008: 20, 2009: 30}  # what entered two years before
    found = mfa.audit(result.year(2008))
    flow, level = found.verdicts
    assert (flow.word, flow.model, level.word) == ("holds", pytest.approx(20, abs=1e-12), "contradicts")
    # nothing but what comes back can be remelted
    assert (level.low, level.high) == (pytest.approx(20, rel=1e-6), pytest.approx(20, rel=1e-6))


def test_a_variant_among_the_remedies_of_a_year(load: Load) -> None:
    """A variant is tried through all years, and told of the year that is asked for."""
    text = f"{MUD}variants: {{early: {{processes: {{kiln: {{capacity: 60 t/a}}}}}}}}\n"
    year = load(text).solve().year(2023)
    variants = [r for r in year.remedies() if "early" in repr(r)]
    assert variants, year.remedies()


def test_compare_takes_the_last_year(load: Load) -> None:
    """Two runs through several years are compared in their last one."""
    one = load(MUD).solve()
    other = load(MUD).replace({"kiln.capacity": "60 t/a"}).solve()
    changed = {c.name: (c.before, c.after) for c in mfa.compare(one, other).indicators}
    assert changed["industrial-solid-waste-utilisation"] == pytest.approx((0.4, 0.6))


def test_a_bound_missed_by_a_hair_is_told_apart(tmp_path: Path) -> None:
    """99.9999 of 100 t are used: not 100.00 %, which would look as if it were met."""
    text = MUD.replace("min: 35 %", "min: 100 %").replace("{2022: 0 t/a, 2024: 40 t/a}", "99.9999 t/a")
    file = tmp_path / "hair.yaml"
    file.write_text(text, encoding="utf-8")
    shown = CliRunner().invoke(cli, ["run", str(file)]).output
    assert "at least 100.0000 %: not reached; 99.9999 % in 2026" in shown


def test_check_closes_the_recipes_of_all_years(tmp_path: Path) -> None:
    """A coefficient that goes by years closes in the first year and not from 2027 on, which is told once."""
    text = """
scenario: drift
periods: {from: 2025, to: 2030}
sources: {s: {cite: "a source"}}
materials:
  ore: {kind: resource}
  metal: {kind: product}
  slag: {kind: waste, waste: industrial-solid}
processes:
  smelter:
    per: metal
    inputs: {ore: {value: 2 t/t, source: s}}
    outputs: {slag: {2026: 1 t/t, 2030: 1.2 t/t, source: s}}
  other: {per: metal, inputs: {ore: {value: 1 t/t, source: s}}}
drive: {smelter: 1 t/a}
"""
    (tmp_path / "drift.yaml").write_text(text, encoding="utf-8")
    found = mfa.check(tmp_path / "drift.yaml").strict_faults
    told = [f.text("en") for f in found if f.key == "in-year"]
    assert len(told) == 1
    # 2027: 1.05 t of slag and 1 t of metal of 2 t of ore, 0.05 too much over the larger side
    assert "drift.yaml:11:5: in 2027: smelter does not close" in told[0]
    assert "-2.44 %" in told[0].replace("%", " %").replace("  ", " ")
    assert not [f for f in found if f.key == "recipe-open"]
