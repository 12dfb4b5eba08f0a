"""The report of a run and of a comparison: what it answers, that it stands alone, that text stays text."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

import mfa
from mfa.catalogue import ACCOUNTS, WASTE_RATES
from mfa.show.report import comparison_page, report_page
from mfa.show.summary import figures
from mfa.show.text import clause

PARK = """
scenario: park
label: {en: "A <b>park</b> & more", zh: 某园区}
year: 2025
sources: {works: {cite: "Works </script><b>"}}
materials:
  ore: {label: {en: Ore, zh: 矿}, kind: resource}
  metal: {label: {en: Metal, zh: 金属}, kind: product, price: 1000 CNY/t, price-year: 2021}
  mud: {label: {en: Mud, zh: 泥}, kind: waste, waste: industrial-solid}
  ash: {label: {en: Ash, zh: 灰}, kind: waste, waste: industrial-solid}
  brick: {label: {en: Brick, zh: 砖}, kind: product}
processes:
  smelter:
    label: {en: Smelter, zh: 冶炼厂}
    per: metal
    inputs: {ore: {value: 2.2 t/t, source: works, confidence: low}}
    outputs: {mud: {value: 1 t/t, source: works}, ash: {value: 0.2 t/t, source: works}}
    value-added: 30 %
  kiln: {label: {en: Kiln, zh: 窑}, per: brick, inputs: {mud: {value: 1 t/t, source: works}}}
drive: {smelter: 1000 t/a}
pools:
  mud: {takers: [{process: kiln, limit: 500 t/a}, {stock: heap}]}
  ash: {takers: [{boundary: deposit}]}
  brick: {takers: [{boundary: export, limit: none}]}
stocks: {heap: {material: mud, label: {en: Heap, zh: 堆场}}}
targets: {industrial-solid-waste-utilisation: {min: 95 %}}
variants: {more: {pools: {mud: {takers: [{process: kiln, limit: 800 t/a}, {stock: heap}]}}}}
"""


def reported(result: mfa.Result, lang: str, about: dict[str, object] | None = None) -> str:
    return report_page(result, result.remedies(), lang, about)


@pytest.fixture(scope="module")
def park(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("park") / "park.yaml"
    path.write_text(PARK, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def page(park: Path) -> str:
    return reported(mfa.load(park).solve(), "en", {"command": ["mfa", "run"]})


def words(page: str) -> str:
    """The text of a page as a person reads it."""
    bare = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", bare)))


def test_answer_comes_first(page: str) -> None:
    """1000 t of mud and 200 t of ash arise, 500 are used: 41.67 %, 0.95 · 1200 - 500 = 640 t are missing.

    Of the 700 t not used 500 are mud on the heap; without the kiln's limit 1000 of 1200 t are used.
    """
    text = words(page)
    answer = text[: text.index("What is not used")]
    assert "41.67 % (at least 95.00 %): 53.33 percentage points short, 640 t/a more are needed" in answer
    assert (
        "The largest unused waste is Mud: 500 t/a, 71.43 % of all that is not used (Heap 500 t/a)" in answer
    )
    assert "Kiln: take all Mud that is left (no limit) 83.33 % +41.67" in answer
    assert "14.29 % of low confidence" in answer  # one of seven figures


def test_sections_and_numbers(page: str) -> None:
    """Output value 1000 t · 1000 CNY, of which 30 % are added; every recipe closes."""
    text = words(page)
    for title in ("Targets", "Flows", "Solid waste by kind and fate", "Balances", "Sources and confidence"):
        assert title in text
    assert re.search(r"Output value 0\.01 亿元/a", text)
    assert re.search(r"Value added 0\.003 亿元/a", text)
    assert "Every recipe closes within its tolerance." in text
    assert re.search(r"Works </script><b> 4 1 3", text)  # four figures: one low, three unstated
    assert '"command"' in text


def test_stands_alone(page: str) -> None:
    """No script, nothing loaded from elsewhere; the page forbids both."""
    assert "<script" not in page
    addresses = set(re.findall(r'(?:src|href)="([^"#][^"]*)"', page))
    assert addresses == set()
    outside = set(re.findall(r"https?://[^\"' )<]+", page))
    assert outside <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "default-src 'none'" in page
    assert page.count("<svg") == page.count('<svg role="img" aria-label=')


def test_labels_stay_text(page: str) -> None:
    """What YAML says never becomes markup."""
    assert "A &lt;b&gt;park&lt;/b&gt; &amp; more" in page
    assert "<b>" not in page


def test_ids_are_unique(page: str) -> None:
    """Charts share a page without sharing ids, and every reference has its target."""
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for name in re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', page):
        assert (name[0] or name[1]) in ids


def test_same_every_time(park: Path, page: str) -> None:
    """The same run gives the same page."""
    assert reported(mfa.load(park).solve(), "en", {"command": ["mfa", "run"]}) == page


def test_chinese(park: Path) -> None:
    """In Chinese no English sentence is left, and the page says which Chinese it is."""
    page = reported(mfa.load(park).solve(), "zh")
    assert '<html lang="zh-Hans">' in page
    text = words(page)
    assert "最大的未利用废物是泥" in text
    assert "More" not in text
    assert not re.search(r"\b(the|largest|without|which)\b", text)


def test_every_met_target_needs_no_remedy(park: Path) -> None:
    """With all waste used the report says so and offers nothing."""
    settings = {"mud.takers.kiln.limit": "1 kt/a", "smelter.outputs.ash": "0 t/t"}
    result = mfa.load(park, settings=settings).solve()
    text = words(report_page(result, result.remedies()))
    assert "All industrial solid waste is used." in text
    assert "What each way alone would add" not in text


def test_comparison_page(park: Path) -> None:
    """From 500 to 800 of 1200 t: 41.67 to 66.67 %, 25 points, all of them by the order of mud."""
    a, b = mfa.load(park).solve(), mfa.load(park, variants=["more"]).solve()
    comparison = mfa.compare(a, b)
    shares = comparison.split(comparison.main_indicators)
    text = words(comparison_page(comparison, shares, ("park", "park+more")))
    assert "Inputs that differ (1)" in text
    assert re.search(r"Mud · takers · Kiln · limit 500 800 t/a", text)
    assert re.search(r"Industrial solid waste utilised 41\.67 % 66\.67 % \+25\.00 \+60\.0", text)
    assert "+25.00 points" in text


def test_every_indicator_has_a_formula() -> None:
    """The report can say of each indicator how it is made."""
    for name in (
        *(d.id for d in (*ACCOUNTS, *WASTE_RATES)),
        "utilisation:red-mud",
        "recovery:Ga",
        "sewage-treatment:sewage",
    ):
        assert clause(name).formula, name


def test_formulas_have_their_words_in_both_languages() -> None:
    """Symbols stay; in Chinese no English word is left in a formula, every field is filled."""
    symbols = "GWP|CO2|CF4|LHV|DMC|AD|CC|OF|kgce|kWh|GJ|max"
    for name in (*(d.id for d in (*ACCOUNTS, *WASTE_RATES)), "utilisation:red-mud", "recovery:Ga"):
        en, zh = clause(name, "en"), clause(name, "zh")
        assert "{" not in "".join((*en, *zh)), name
        assert not re.search("[A-Za-z]{2,}", re.sub(symbols, "", zh.formula)), name
        assert not re.search("[\u4e00-\u9fff]", en.formula), name
    assert clause("value-added", "zh").formula == "Σ 总产值 · 增加值率"
    assert clause("value-added@site:a").formula == "Σ output value · share of value added"


def test_figures_are_all_that_have_a_source(park: Path) -> None:
    """Four coefficients (the reference is none), the limit of the kiln, the drive and one price."""
    assert len(figures(mfa.load(park).system)) == 4 + 1 + 1 + 1


THROUGH_YEARS = """
scenario: mud
label: {en: Mud, zh: 泥}
periods: {from: 2022, to: 2026}
materials:
  ore: {kind: resource}
  metal: {kind: product}
  bricks: {kind: product}
  mud: {kind: waste, waste: industrial-solid}
processes:
  smelter: {per: metal, inputs: {ore: 2 t/t}, outputs: {mud: 1 t/t}}
  kiln: {per: bricks, inputs: {mud: 1 t/t}, capacity: {2022: 0 t/a, 2024: 40 t/a}}
pools: {mud: {takers: [kiln, {stock: old}, {stock: new}]}}
stocks:
  old: {label: {en: Old yard, zh: 老堆场}, material: mud, initial: 100 t, capacity: 250 t}
  new: {label: {en: New yard, zh: 新堆场}, material: mud}
drive: {smelter: 100 t/a}
targets: {industrial-solid-waste-utilisation: {min: 35 %}}
"""


def test_report_goes_over_all_years(tmp_path: Path) -> None:
    """By hand: the kiln takes 0, 20, 40 of 100 t; the old yard 100 → 200 → 250, the new one the rest."""
    file = tmp_path / "mud.yaml"
    file.write_text(THROUGH_YEARS, encoding="utf-8")
    result = mfa.load(file).solve()
    said = (("en", "reached from 2024", "full in 2023"), ("zh", "自 2024 年起达到", "2023 年堆满"))
    for lang, reached, full in said:
        result.report(tmp_path / "page.html", lang=lang)
        page = (tmp_path / "page.html").read_text(encoding="utf-8")
        text = words(page)
        assert reached in text
        assert "0.00 % 20.00 % 40.00 % 40.00 % 40.00 %" in text
        assert f"100 t 200 t 250 t 250 t 250 t 250 t 250 t {full}" in text
        assert "0 t 0 t 30 t 90 t 150 t 210 t" in text
        assert "mud · 2022–2026" in text
        assert page.split('id="last-year"')[0].count("<svg") == 4  # target, wastes by fate, two yards
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
    result.year(2023).report(tmp_path / "one.html")
    one = (tmp_path / "one.html").read_text(encoding="utf-8")
    assert "Over the years" not in one
    assert "mud · 2023" in words(one)


def test_years_of_the_report_lead_to_their_flows(tmp_path: Path) -> None:
    """The heads of both tables over years lead to a year that the slider beside has; without it to none."""
    file = tmp_path / "mud.yaml"
    file.write_text(THROUGH_YEARS, encoding="utf-8")
    result = mfa.load(file).solve()
    result.write(tmp_path / "out", report=True, sankey=True)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    links = re.findall(r'<th [^>]*><a href="sankey\.html#year=(\d+)">(\d+)</a></th>', page)
    assert links == [(year, year) for year in ("2022", "2023", "2024", "2025", "2026")] * 2
    flows = (tmp_path / "out" / "sankey.html").read_text(encoding="utf-8")
    found = re.search(r'id="data"[^>]*>(.*?)</script>', flows, re.DOTALL)
    assert found
    assert {layer["period"] for layer in json.loads(found[1])["layers"]} == {year for year, _ in links}
    result.write(tmp_path / "out", report=True)
    assert "sankey.html" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
