"""Hindcast: statistics of several years beside the run of these years, scored by hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from statistics import fmean

import pytest
from click.testing import CliRunner

import mfa
from mfa.cli import cli

PLANT = """
scenario: plant
periods: {from: 2018, to: 2021}
sources: {yearbook: {cite: The yearbook}}
materials:
  ore: {kind: resource}
  metal: {kind: product}
  mud: {label: {en: Mud, zh: 泥}, kind: waste, waste: industrial-solid}
processes:
  smelter: {per: metal, inputs: {ore: 2.5 t/t}, outputs: {mud: 1.5 t/t}}
pools: {mud: {takers: [{process: kiln, limit: 20 %}, {boundary: deposit}]}}
drive: {smelter: {interpolate: step, 2018: 100 t/a, 2020: 200 t/a, source: yearbook}}
claims:
  - {label: {en: Metal, zh: 金属}, level: smelter, value: 100 t/a, year: 2018, source: yearbook}
  - {label: {en: Mud made, zh: 产泥}, flow: {material: mud, source: smelter}, value: 140 t/a, year: 2018}
  - {flow: {material: mud, source: smelter}, value: 160 t/a, year: 2019}
  - {flow: {material: mud, source: smelter}, value: 290 t/a, year: 2021}
  - {flow: {material: mud, source: smelter}, value: 250 t/a, year: 2020}
  - {label: {en: Ore, zh: 矿}, flow: {material: ore, source: import}, max: 240 t/a, year: 2019}
  - {indicator: industrial-solid-waste-utilisation, value: 25 %, tolerance: 30 %, year: 2021}
  - {label: {en: Of any year, zh: 不限}, level: smelter, value: 1 t/a}
"""
PLANT = PLANT.replace("pools:", "  kiln: {per: mud, inputs: {mud: 1 t/t}}\npools:")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plant.yaml"
    path.write_text(PLANT, encoding="utf-8")
    return path


def test_scores_by_hand(file: Path) -> None:
    """Mud is 150, 150, 300, 300: +10, -10, +50, +10 beside the statistics; mean +15, mean size 20, of 210."""
    metal, mud, ore, rate = mfa.hindcast(mfa.load(file).solve()).scores
    assert [p.year for p in mud.points] == [2018, 2019, 2020, 2021]
    assert [p.difference for p in mud.points] == pytest.approx([10, -10, 50, 10])
    assert mud.bias == pytest.approx(15)
    assert mud.mean_absolute_error == pytest.approx(20)
    assert mud.mean_statistic == pytest.approx(210)
    assert [p.within for p in mud.points] == [False, False, False, True]  # 5 % of 290 are 14.5
    assert rate.bias == pytest.approx(-0.05)
    # of a bound: 250 t beside at most 240
    assert (ore.points[0].statistic, ore.points[0].difference) == (240, pytest.approx(10))
    # put in from the statistic: nothing is tested
    assert metal.points[0].put_in
    assert (metal.tested, metal.bias, metal.mean_absolute_error) == ((), None, None)


def test_the_years_are_audited_one_by_one(file: Path) -> None:
    """An audit of one year judges the claims on it and those that say none."""
    run = mfa.load(file).solve()
    assert [v.claim.number for v in mfa.audit(run.year(2019)).verdicts] == [3, 6, 8]
    assert [v.claim.number for v in mfa.audit(run).verdicts] == [4, 7, 8]  # the last year
    assert [[p.year for p in s.points] for s in mfa.hindcast(run.year(2020)).scores] == [[2020]]


def test_command(file: Path, tmp_path: Path) -> None:
    """Screen, tables, JSON, and the exit code of `--strict`."""
    run = CliRunner().invoke
    shown = run(cli, ["audit", str(file), "--years", "--out", str(tmp_path / "out")])
    assert shown.exit_code == 0, shown.output
    assert "over 4 years: bias 15 t/a (7.14 %), mean absolute error 20 t/a (9.52 %)" in shown.output
    assert "put in, tests nothing" in shown.output
    with (tmp_path / "out" / "scores.csv").open(encoding="utf-8-sig") as text:
        rows = list(csv.DictReader(text))
    assert [(r["quantity"], r["tested"]) for r in rows][1] == ("flow mud smelter", "4")
    zh = run(cli, ["audit", str(file), "--years", "--lang", "zh"]).output
    assert "4 年：偏差 15 t/a（7.14 %），平均绝对误差 20 t/a（9.52 %）" in zh
    assert run(cli, ["audit", str(file), "--years", "--strict", "--quiet"]).exit_code == 1
    made = json.loads(run(cli, ["audit", str(file), "--years", "--json"]).output)
    assert [r["difference"] for r in made["hindcast"] if r["claim"] == 2] == pytest.approx([10])


ALUMINA = [7.519, 12.918, 18.547, 21.781, 22.895, 28.95505, 34.077611, 37.696321, 44.375731, 49.269, 56.768]
ENERGY = [220668, 304839, 473357, 508717, 443820, 538014, 567065, 646122, 688855, 686594, 710985]
METAL = [7.806, 9.349, 12.588, 13.105, 12.964, 16.194484, 18.061725, 20.267471, 22.04607, 27.5174]
POWER = [113765, 137402, 181783, 187179, 183713, 226383, 251293, 280583, 302913, 374127]
"""China by year, Mt and TJ from 2005 to 2015, Mt and GWh to 2014: International Aluminium Institute."""


def test_alumina_and_aluminium_of_china() -> None:
    """By hand: 13.45 MWh of power a tonne of metal; what a tonne of alumina burns, less the power it gives.

    A tonne takes 1.5165 t of hydrate and of liquor, so 1.5165 · (2.45 + 1.7) GJ steam and
    1.5165 · (82 + 52) + 22 kWh; with it come 65.17 · 1.5165 · 0.214 / 1.04 g of gallium, at 150 GJ and
    55 MWh a tonne. A GJ of steam burns 61.9 kg of coal at 22.83 GJ/t and gives 50 kWh; power counts
    0.1229 kgce/kWh.
    """
    power, energy = mfa.hindcast(mfa.load("china-aluminium-2005-2015").solve()).scores
    assert [p.year for p in power.tested] == list(range(2005, 2015))  # that of 2015 is of direct current
    assert [p.statistic for p in power.tested] == pytest.approx([1e3 * x for x in POWER], rel=1e-12)  # MWh
    off = [13.45e6 * made - 1e3 * used for made, used in zip(METAL, POWER, strict=True)]
    assert [p.difference for p in power.tested] == pytest.approx(off, rel=1e-9)
    assert power.bias == pytest.approx(fmean(off), rel=1e-9)
    assert power.mean_absolute_error == pytest.approx(-fmean(off), rel=1e-9)  # too low in every year

    gallium = 65.17e-6 * 1.5165 * 0.214 / 1.04
    steam = 1.5165 * (2.45 + 1.7) + 150 * gallium
    kwh = 0.1229 * 29.3076 / 1000  # GJ
    bought = 1.5165 * (82 + 52) + 22 + 55e3 * gallium - 50 * steam
    tonne = 0.0619 * 22.83 * steam + kwh * bought + 0.064844 * 46.62
    assert tonne == pytest.approx(11.602, abs=5e-4)
    off = [tonne * made * 1e6 - 1e3 * used for made, used in zip(ALUMINA, ENERGY, strict=True)]
    assert [p.year for p in energy.tested] == list(range(2005, 2016))
    assert [29.3076 * (p.difference or 0.0) for p in energy.tested] == pytest.approx(off, rel=1e-6)
    assert 29.3076 * (energy.bias or 0.0) == pytest.approx(fmean(off), rel=1e-6)
    assert 29.3076 * (energy.mean_absolute_error or 0.0) == pytest.approx(-fmean(off), rel=1e-6)
