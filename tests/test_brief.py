"""The one page for those who decide, on a park worked out by hand."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from shutil import which

import pytest

import mfa
from mfa.cli import main
from mfa.errors import Place
from mfa.input.kept_files import files_kept
from mfa.presentation import Condition, OpenDecision
from mfa.show.brief_curve import CurveInWords
from mfa.show.brief_rows import BriefInWords
from mfa.studies.brief import unknown_variants
from tests.parks import load

# 1 Mt/a of ore leaves 0.4 Mt/a of slag. The brickworks makes a tonne of brick of half a tonne
# of slag; buyers take 0.2 Mt/a of brick, in the good case 0.6: 25 and 75 % of the slag are used.
CHAIN = """
materials:
  ore: {kind: resource}
  metal: {kind: product}
  slag: {kind: waste, waste: industrial-solid}
  sand: {kind: resource}
  brick: {kind: product}
processes:
  smelter:
    per: ore
    inputs: {ore: 1 t/t}
    outputs: {metal: 0.6 t/t, slag: 0.4 t/t}
  brickworks:
    per: brick
    inputs: {slag: 0.5 t/t, sand: 0.5 t/t}
    outputs: {brick: 1 t/t}
pools:
  slag: {takers: [{process: brickworks, basis: assumed}, {stock: heap}]}
stocks:
  heap: {material: slag}
"""
NOW = """
spreads: none
drive: {smelter: 1 Mt/a}
year: 2025
targets: {industrial-solid-waste-utilisation: {min: 70 %}}
processes: {brickworks: {capacity: 0.2 Mt/a}}
"""
VARIANTS = """
variants:
  second-kiln: {label: {en: A second kiln, zh: 二号窑}, processes: {brickworks: {capacity: 0.6 Mt/a}}}
  no-kiln: {processes: {brickworks: {capacity: 0 Mt/a}}}
"""
BRIEF = """
brief:
  scenarios: [./before.yaml]
  conditions:
    - label: {en: as it is, zh: 现状}
    - {label: {en: with a second kiln, zh: 二号窑}, variants: [second-kiln]}
  decisions:
    - label: {en: Whether to sweep, zh: 是否清扫}
      worse: []
      better: []
    - label: {en: How many kilns, zh: 几座窑}
      worse: [no-kiln]
      better: [second-kiln]
      advice: {en: build it, zh: 建}
"""


def park(folder: Path, brief: str = BRIEF) -> mfa.Scenario:
    """The scenario of 2025 with its brief; 2021 ran at half its size, and offers no variant."""
    load(folder, CHAIN, NOW)
    before = NOW.replace("1 Mt/a", "0.5 Mt/a").replace("2025", "2021")
    (folder / "before.yaml").write_text("scenario: before\nchains: [./park.yaml]\n" + before)
    return load(folder, CHAIN, NOW + VARIANTS + brief)


def test_years_conditions_decisions_and_sales(tmp_path: Path) -> None:
    """By hand: 0.1 of 0.2 and of 0.4 Mt/a are used, with a second kiln 0.3 of 0.4, without any none."""
    made = mfa.brief(park(tmp_path))
    assert [r.system.period for r in made.years] == [2021, 2025]
    rates = [[v and v.value for v in row.values] for row in made.rows]
    assert rates == [[pytest.approx(0.5), pytest.approx(0.25)], [None, pytest.approx(0.75)]]
    assert [(w.worse, w.better) for w in made.weighed] == [
        (pytest.approx(0.25), pytest.approx(0.25)),
        (0.0, pytest.approx(0.75)),
    ]
    assert made.range == (0.0, pytest.approx(0.75))
    assert [(row.condition.label["en"], run.system.period) for row, run in made.reached] == [
        ("with a second kiln", 2025)
    ]
    assert {s.material: list(s.amounts) for s in made.sales} == {
        "brick": [pytest.approx(200_000), pytest.approx(600_000)]
    }


def test_the_sentences(tmp_path: Path) -> None:
    """What moves most comes first, rates are whole per cent, and what is assumed stands beside them."""
    words = BriefInWords(mfa.brief(park(tmp_path)), "en")
    assert words.answer() == [
        "Industrial solid waste utilised in 2025: 0 to 75 %, as the decisions below fall. Target: ≥ 70 %.",
        "The target is reached under: with a second kiln (2025).",
        "First: build it",
    ]
    assert words.rates()[1] == [("as it is", "50", "25", "25"), ("with a second kiln", "", "75 ✓", "75")]
    assert [row[0] for row in words.decisions()] == ["How many kilns", "Whether to sweep"]
    assert words.sales()[1] == [("brick", "0.20", "0.60")]


UNCERTAIN = "capacity: {value: 0.6 Mt/a, range: RANGE, dist: uniform}"


@pytest.mark.parametrize(
    ("spread", "met", "en", "zh"),
    [
        ("0.5..0.7 Mt/a", 350, "; the best of 2025 does with P = 0.", "；2025年条件最好时达到的概率为 0."),
        ("0.58..0.7 Mt/a", 500, "; the best of 2025 does in all 500 draws.", "数值抽样 500 次全部达到。"),
        ("0.4..0.61 Mt/a", 119, "; the best of 2025 does with P = 0.", "；2025年条件最好时达到的概率为 0."),
    ],
)  # fmt: skip
def test_the_chance_of_the_best_condition(
    tmp_path: Path, spread: str, met: int, en: str, zh: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By hand: 70 % of 0.4 Mt/a of slag need 0.56 Mt/a of brick: at least so large must the kiln be."""
    scenario = park(tmp_path)
    text = scenario.path.read_text()
    assert "capacity: 0.6 Mt/a" in text
    scenario.path.write_text(text.replace("capacity: 0.6 Mt/a", UNCERTAIN.replace("RANGE", spread)))
    made = mfa.brief(mfa.load(scenario.path))
    chance = made.chance
    assert chance
    assert chance.condition.variants == ("second-kiln",)
    assert chance.found.samples == 500
    assert chance.found.met == pytest.approx(met, abs=4 * 500**0.5 / 2 if met < 500 else 0)
    for lang, said in (("en", en), ("zh", zh)):
        assert said in BriefInWords(made, lang).answer()[1]
    assert BriefInWords(made, "en").spread() == "P: 500 draws of 1 figures, 0 spread by their confidence"
    told = made.to_json()["chance"]
    assert (told["variants"], told["met"]) == (["second-kiln"], chance.found.met)
    assert told["spread_by_default"] == 0
    with pytest.raises(SystemExit):
        main(["brief", str(scenario.path)])
    assert "P: 500 draws of 1 figures" in capsys.readouterr().out


def test_no_draw_meets_the_target(tmp_path: Path) -> None:
    """Buyers for 0.6 Mt/a of brick at most use 75 % of the slag, 80 % are asked for: none, in words."""
    scenario = park(tmp_path)
    text = scenario.path.read_text().replace("min: 70 %", "min: 80 %")
    text = text.replace("capacity: 0.6 Mt/a", UNCERTAIN.replace("RANGE", "0.5..0.63 Mt/a"))
    scenario.path.write_text(text)
    words = BriefInWords(mfa.brief(mfa.load(scenario.path)), "en")
    said = "No condition reaches the target in any year; the best of 2025 does in none of 500 draws."
    assert words.answer()[1] == said


THROUGH = """
scenario: through
extends: ./test.yaml
periods: {from: 2025, to: 2028}
processes: {brickworks: {capacity: {2025: 0.2 Mt/a, 2027: 0.4 Mt/a, 2028: 0.6 Mt/a}}}
stocks: {heap: {capacity: 0.72 Mt}}
pools: {slag: {takers: [{process: brickworks, basis: assumed}, {stock: heap}, {boundary: deposit}]}}
"""


def test_the_curve_of_the_years(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By hand: brick of 0.2, 0.3, 0.4, 0.6 Mt/a uses half of it, 0.1 … 0.3 of 0.4 Mt/a of slag.

    The heap gets 0.3, 0.25 and, of 0.2, the 0.17 that it has room for: full in 2027. With a second kiln,
    0.6 Mt/a in every year, 0.1 Mt/a are left.
    """
    scenario = park(tmp_path, BRIEF)
    (tmp_path / "through.yaml").write_text(THROUGH)
    text = (tmp_path / "test.yaml").read_text().replace("brief:\n", "brief:\n  curve: ./through.yaml\n")
    (tmp_path / "test.yaml").write_text(text)
    made = mfa.brief(mfa.load(scenario.path))
    curve = CurveInWords(BriefInWords(made, "en"))
    assert curve.table() == (
        ["", "2025", "2026", "2027", "2028"],
        [("as it is", "25", "38", "50", "75"), ("with a second kiln", "75", "75", "75", "75")],
    )
    assert curve.bounds == dict.fromkeys((2025, 2026, 2027, 2028), 0.7)
    assert curve.yards() == "In yards at the end of 2028 (as it is): heap 720 kt (full in 2027)."
    told = made.to_json()["curves"][0]
    assert told["values"][2026] == pytest.approx(0.375)
    assert told["stocks"]["heap"] == pytest.approx({2025: 300e3, 2026: 550e3, 2027: 720e3, 2028: 720e3})
    made.write(tmp_path / "b.html", lang="zh")
    page = (tmp_path / "b.html").read_text(encoding="utf-8")
    assert "逐年变化" in page
    assert page.count("<svg ") == 1
    assert "2027 年堆满" in page
    with pytest.raises(SystemExit):
        main(["brief", str(scenario.path)])
    assert "Year by year, %" in capsys.readouterr().out


def test_a_curve_of_one_year_is_none(tmp_path: Path) -> None:
    """The scenario must run through several years."""
    scenario = park(tmp_path, BRIEF.replace("brief:", "brief:\n  curve: ./before.yaml"))
    with pytest.raises(mfa.Error, match=r"yaml:\d+:10: 'before' does not run through several years"):
        mfa.brief(scenario)


def test_without_the_section_it_tells_the_variants(tmp_path: Path) -> None:
    """Each variant is a condition, called by its label."""
    made = mfa.brief(park(tmp_path, ""))
    assert [(r.condition.label["zh"], r.values[0] and r.values[0].value) for r in made.rows] == [
        ("test", pytest.approx(0.25)),
        ("二号窑", pytest.approx(0.75)),
        ("no-kiln", 0.0),
    ]


@pytest.mark.parametrize(
    ("name", "laid"),
    [
        ("jiaokou-2030", [(), ("assumed-outlets",), ("market-limited", "washeries-clean-coal"), ()]),
        ("jiaokou-2025", [("market-limited",), ("assumed-outlets", "backfill-counts")]),
        ("alumina-red-mud", [("market-limited",), (), ("eco-cement-kiln",)]),
    ],
)
def test_what_is_read_once_is_what_is_read_anew(name: str, laid: list[tuple[str, ...]]) -> None:
    """Variants over files that are kept are equal, figure by figure and place by place, to single loads."""
    alone = [mfa.load(name, variants=variants) for variants in laid]
    with files_kept():
        mfa.load("jiaokou-2030")  # what another scenario made of the same files is in nobody's way
        together = [mfa.load(name, variants=variants) for variants in laid]
    for one, other in zip(alone, together, strict=True):
        assert one.system == other.system
        assert one.files == other.files
        assert (one.merged.scenario, one.variant_names) == (other.merged.scenario, other.variant_names)


def test_faults_are_told_each_time(tmp_path: Path) -> None:
    """Neither a fault of a recipe nor one of a source stays with the first that meets it."""
    load(tmp_path, CHAIN, NOW)
    path = tmp_path / "test.yaml"
    broken = path.read_text() + "variants: {bad: {materials: {slag: {moisture: 30 %, source: nowhere}}}}\n"
    path.write_text(broken)
    with files_kept():
        for _ in range(2):
            assert mfa.load(path).system
            with pytest.raises(mfa.Error, match="nowhere"):
                mfa.load(path, variants="bad")


def test_faults(tmp_path: Path) -> None:
    """A variant that no year has, a target that is none, no target at all: each with what to do."""
    wrong = park(tmp_path, BRIEF.replace("[second-kiln]}", "[second-klin]}"))
    with pytest.raises(
        mfa.Error,
        match=r"yaml:\d+:7: no scenario .* variant 'second-klin'; did you mean 'second-kiln'",
    ):
        mfa.brief(wrong)
    with pytest.raises(mfa.Error, match="no target on 'co2'"):
        park(tmp_path, "brief: {indicator: co2}\n")
    with pytest.raises(mfa.Error, match="has no target"):
        mfa.brief(load(tmp_path, CHAIN, "drive: {smelter: 1 Mt/a}"))


def test_unknown_variants_are_those_that_no_year_offers() -> None:
    """One year is enough."""
    label = {"en": "", "zh": ""}
    here = Place("x.yaml", 1, 1)
    rows = (Condition(label, ("a", "b"), here), OpenDecision(label, ("c",), ("a",), label, here))
    assert unknown_variants(rows, {"x": ["a"], "y": ["b"]}) == [(rows[1], "c")]


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON the numbers, with a file the page."""
    park(tmp_path)
    with pytest.raises(SystemExit) as end:
        main(["brief", str(tmp_path / "test.yaml"), "--json"])
    assert not end.value.code
    told = json.loads(capsys.readouterr().out)
    assert told["conditions"][1] == {"variants": ["second-kiln"], "values": {"2025": pytest.approx(0.75)}}
    with pytest.raises(SystemExit):
        main(["brief", str(tmp_path / "test.yaml"), "--lang", "zh", "-o", str(tmp_path / "b.html")])
    page = (tmp_path / "b.html").read_text(encoding="utf-8")
    assert "二号窑" in page
    assert "75 ✓" in page
    assert "http" not in page.replace("http-equiv", "")


@pytest.mark.slow
@pytest.mark.skipif(which("chromium") is None, reason="prints the page with Chromium, which is not there")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_of_the_park_is_one_sheet(tmp_path: Path, lang: str) -> None:
    """Printed by a browser it has one page."""
    mfa.brief("jiaokou").write(tmp_path / "b.html", lang=lang)
    printed = tmp_path / "b.pdf"
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'user'}",
         "--no-pdf-header-footer", f"--print-to-pdf={printed}", (tmp_path / "b.html").as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert printed.read_bytes().count(b"/Type /Page\n") == 1
