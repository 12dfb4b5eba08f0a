"""Hindcast: statistics of several years beside the run of these years, scored by hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path

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
