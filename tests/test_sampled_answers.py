"""Samples in the answers: report, distribution, comparison, audit and Sankey, against closed forms."""

from __future__ import annotations

import csv
import html
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes

import mfa
from mfa import sampling
from mfa.comparing import Comparison
from mfa.show.charts.draw import draw
from mfa.show.charts.several_runs import Named
from mfa.show.report import report_page
from mfa.studies.sampling.paired import PairedChange
from mfa.studies.sensitivity.given_data import Index, index_of, indices
from mfa.studies.sensitivity.shares import Explained, Share
from tests.test_cli import Runner

UTILISED = "industrial-solid-waste-utilisation"
WORKS = """
scenario: works
label: {en: Works, zh: 工厂}
sources: {trials: {cite: Trials}}
materials:
  ore: {label: {en: Ore, zh: 矿}, kind: resource}
  metal: {label: {en: Metal, zh: 金属}, kind: product}
  mud: {label: {en: Mud, zh: 泥}, kind: waste, waste: industrial-solid}
  lime: {label: {en: Lime, zh: 石灰}, kind: resource}
  brick: {label: {en: Brick, zh: 砖}, kind: product}
processes:
  smelter:
    per: metal
    inputs: {ore: {value: <value>, range: <ore>, dist: uniform, source: trials}}
    outputs: {metal: 1 t/t, mud: {balance: true}}
  kiln:
    per: brick
    inputs: {mud: {value: 0.9 t/t, confidence: medium}, lime: {value: 0.1 t/t, confidence: low}}
    outputs: {brick: 1 t/t}
    capacity: <capacity>
drive: {smelter: 1 Mt/a}
pools:
  mud: {takers: [kiln, {boundary: deposit}]}
  brick: {takers: [{boundary: export, limit: none}]}
targets: {industrial-solid-waste-utilisation: {min: 95 %}}
indicators:
  landfill: {label: {en: Landfill, zh: 填埋}, numerator: [{material: mud, target: deposit}]}
<more>
"""
Write = Callable[..., Path]
MET = (0.9 / 0.95 - 0.8) / 0.6
"""P(0.9 ÷ mud >= 0.95) of mud uniform on 0.8 to 1.4 Mt/a, of which the kiln takes 0.9."""


@pytest.fixture
def works(tmp_path: Path) -> Write:
    """The works of docs/uncertainty.md with what of it is given."""

    def write(
        name: str = "works",
        ore: str = "1.8..2.4",
        value: str = "2",
        capacity: str = "1 Mt/a",
        more: str = "",
    ) -> Path:
        text = WORKS
        for mark, given in (
            ("<ore>", f"{ore} t/t"),
            ("<value>", f"{value} t/t"),
            ("<capacity>", capacity),
            ("<more>", more),
        ):
            text = text.replace(mark, given)
        path = tmp_path / f"{name}.yaml"
        path.write_text(text.replace("scenario: works", f"scenario: {name}"), encoding="utf-8")
        return path

    return write


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Runner:
    """The command line, called in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return Runner(capsys)


def plain(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


# ---------------------------------------------------------------- report
def test_report_of_samples(works: Write) -> None:
    """P by written ranges alone is that of a uniform; with default spreads, of every sample by hand."""
    result = mfa.load(works()).solve(samples=4096, method="sobol", indicators=UTILISED)
    sampled = result.sampled
    assert sampled is not None
    at = {path: i for i, path in enumerate(sampled.paths)}
    ore, mud = (sampled.drawn[:, at[p]] for p in ("smelter.inputs.ore", "kiln.inputs.mud"))
    rates = np.minimum(1.0, mud / (ore - 1))
    said = plain(report_page(result, [], "en", None, sampled))
    with_defaults = f"{np.mean(rates >= 0.95):.3f} ± 0.007"
    assert f"at least 95.00 % with probability {with_defaults}; {MET:.3f} ± 0.007 by written" in said
    assert f"met with P = {with_defaults}" in said
    assert "1 figures spread as written, 2 by their confidence" in said
    assert "4096 of 4096 samples that count" in said
    low, high = np.quantile(rates, (0.05, 0.95))
    assert re.search(
        rf"Industrial solid waste utilised 90.00 % .* {100 * low:.2f} % .* {100 * high:.2f} %", said
    )
    assert "no range was computed" not in said


def test_report_of_a_uniform(works: Write) -> None:
    """With `spreads: none` the 5 % quantile of 0.9 ÷ mud is 0.9 ÷ (0.8 + 0.95 · 0.6) = 65.69 %."""
    result = mfa.load(works(more="spreads: none")).solve(samples=4096, method="lhs", indicators=UTILISED)
    said = plain(report_page(result, [], "en", None, result.sampled))
    assert f"with probability {MET:.3f} ± 0.007" in said
    assert "by written ranges alone" not in said
    assert re.search(r"Industrial solid waste utilised 90\.00 % \S+ % \S+ % 65\.69 % ", said)
    assert "1 of them were drawn as written and 0 by their confidence" in said


def test_narrow_misses_are_told(works: Write) -> None:
    """With a kiln of 1 or 1.0555 Mt/a the rate is 90 % or 94.995 %: half of the samples miss 95 % by 5e-5."""
    sizes = "{value: 1 Mt/a, choice: [1 Mt/a, 1.0555 Mt/a]}"
    file = works(ore="1.9999999999..2.0000000001", capacity=sizes, more="spreads: none")
    result = mfa.load(file).solve(samples=100, method="lhs", indicators=UTILISED)
    said = plain(report_page(result, [], "en", None, result.sampled))
    assert "with probability 0.000 ± 0.010 (50.0 % of the samples miss it by less" in said


def test_report_says_what_decides(works: Write) -> None:
    """Of the mud that the kiln leaves, ore decides alone; with a wide capacity of another document, two do.

    Rate = min(c, mud) ÷ mud and so on are no sums, but the landfill of an amount is: mud less 0.9 c where
    the kiln is full. With c uniform as widely as mud each is half of the variance.
    """
    aimed = "{ore: {value: 2.4 t/t, range: 2.2..2.6 t/t, dist: uniform, source: trials}}"
    target = "targets: {landfill: {max: 0.6 Mt/a}}\n"
    capacity = "{value: 1 Mt/a, range: <c>, dist: uniform, source: offer}"

    def page(c: str, lang: str = "en") -> str:
        path = works(capacity=capacity.replace("<c>", c), more="spreads: none")
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"targets: .*\n", target, text)
        text = re.sub(r"inputs: \{ore: .*", f"inputs: {aimed}", text)
        text = text.replace("{cite: Trials}", "{cite: Trials}, offer: {cite: Offer}")
        path.write_text(text, encoding="utf-8")
        result = mfa.load(path).solve(samples=500, seed=2)
        assert result.sampled is not None
        return html.unescape(report_page(result, [], lang, None, result.sampled))

    one = page("1..1.00001 Mt/a")
    assert "One document decides: trials: Trials. Its figures carry" in one
    assert 'id="decides"' in one
    both = page("0.7778..1.2222 Mt/a")  # 0.9 of it has the width of the ore
    found = re.search(r"2 documents decide: (trials|offer)[^.]*\. Their figures carry ([0-9.]+)", both)
    assert found
    assert float(found[2]) == pytest.approx(100, abs=16)  # four errors
    shares = re.findall(r'scope="row">(?:trials: Trials|offer: Offer)</th>.*?<td>([0-9.]+) % ±', both)
    assert [float(s) for s in shares] == [pytest.approx(50, abs=16)] * 2
    assert "2 篇文献起决定作用" in page("0.7778..1.2222 Mt/a", "zh")
    plain = report_page(mfa.load(works()).solve(), [])
    assert 'id="decides"' not in plain


def test_what_does_nothing_is_not_named() -> None:
    """Of 300 figures that the answer does not depend on, none is named in nearly every run of samples."""
    named, seeds = 0, 20
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        u, y = rng.random((300, 400)), rng.standard_normal(400)
        shares = [
            Share("y", "figure", str(i), "", *index_of(first)) for i, first in enumerate(indices(list(u), y))
        ]
        shares.sort(key=lambda s: -s.share)
        one = Explained("y", 400, 0.0, 1.0, None, Index(0.0, 0.0), shares)
        named += bool(one.clear("figure", 10))
    assert named <= 4  # 1 of 20 at 5 %: 5 or more in one of 400 such tests


def test_report_of_a_plain_run(works: Write) -> None:
    """Without samples no probability stands there, and that no range was computed does."""
    said = plain(report_page(mfa.load(works()).solve(), [], "en"))
    assert "no range was computed" in said
    assert "probability" not in said
    assert "How sure it is" not in said


def test_report_tells_samples_that_do_not_count(works: Write, run: Runner) -> None:
    """Ore below 1 t/t leaves no mud: of ore uniform on 0.99 to 2.99, 1 in 200 samples cannot be."""
    file = str(works(ore="0.99..2.99", more="spreads: none"))
    asked = [
        "--samples",
        "1000",
        "--method",
        "lhs",
        "--indicator",
        UTILISED,
        "--report",
        "--out",
        "out",
        "--lang",
        "zh",
        "--quiet",
    ]
    assert run("run", file, *asked).code == 0
    said = plain(Path("out/report.html").read_text(encoding="utf-8"))
    assert "由 1000 个样本中计入的 995 个得出" in said
    assert "5 个样本不计入；不能为负或无解之处：smelter.outputs.mud (5)" in said


# ---------------------------------------------------------------- distribution
def line_at(ax: Axes, gid: str) -> float:
    (found,) = [x for x in ax.lines if x.get_gid() == gid]
    return float(np.asarray(found.get_xdata())[0])


CLAIMS = """
claims:
  - {flow: {material: mud, source: smelter}, value: 1.1 Mt/a, tolerance: 0 %}
  - {flow: {material: mud, source: smelter}, value: 1.388 Mt/a, tolerance: 0 %}
  - {flow: {material: mud, source: smelter}, value: 1.38 Mt/a, tolerance: 10 %}
  - {flow: {material: mud, source: smelter}, value: 150 万t/a}
  - {level: smelter, value: 1.2 Mt/a}
  - {indicator: industrial-solid-waste-utilisation, min: 95 %}
  - {sum: [industrial-solid-waste-generated, industrial-solid-waste-utilised], min: 1 Mt/a}
  - {capacity: kiln, value: 2 Mt/a}
  - {not-modelled: no tax here, value: 3 亿元/a}
"""
PLACES = {
    # number → (share below, share above, where): mud is uniform on 0.8 to 1.4 Mt/a, of which 0.9 is used
    1: (1 / 2, 1 / 2, "within"),
    2: (0.588 / 0.6, 0.012 / 0.6, "tail"),
    3: ((1.242 - 0.8) / 0.6, 0, "within"),  # its tolerance of 10 % begins at 1.242 Mt/a
    4: (1, 0, "outside"),  # 1.425 Mt/a and more
    5: (1, 0, "fixed"),
    6: (1 - MET, 0, "within"),
    7: (0, 0, "within"),  # 1.6 Mt/a at least
    8: (1, 0, "outside"),
}


def test_claims_among_samples(works: Write, tmp_path: Path, run: Runner) -> None:
    """Each claim's place is that in the uniform distribution; JSON and table have it, verdicts stay."""
    ranged = "{value: 1 Mt/a, range: 0.9..1.1 Mt/a, dist: uniform}"
    path = works(capacity="1 Mt/a", more="spreads: none" + CLAIMS)
    n, plain = 1500, mfa.audit(str(path))
    found = mfa.audit(str(path), samples=n, seed=7)
    assert found.verdicts == plain.verdicts
    assert plain.placed is None
    assert found.placed is not None
    for number, placed in found.placed.claims.items():
        below, above, where = PLACES[number]
        if number == 8:  # nothing draws the capacity here
            where = "fixed"
        assert placed.where == where, number
        assert placed.below.value == pytest.approx(below, abs=4 * math.sqrt(0.25 / n))
        assert placed.above.value == pytest.approx(above, abs=4 * math.sqrt(0.25 / n))
    assert set(found.placed.claims) == set(PLACES)  # what is not modelled has no place
    mud = found.placed.claims[1].statistics
    assert mud.p05 == pytest.approx(0.83e6, abs=0.02e6)
    drawn = mfa.audit(str(works("drawn", capacity=ranged, more=CLAIMS)), samples=100)
    assert drawn.placed is not None
    assert drawn.placed.claims[8].where == "outside"
    told = found.to_json()
    assert told["samples"]["valid"] == n
    row = told["claims"][3]  # in the unit of the claim
    assert (row["place"], row["below"], row["unit"]) == ("outside", 1.0, "万t/a")
    assert row["p95"] == pytest.approx(137, abs=2)
    assert told["claims"][8]["place"] is None
    run("audit", str(path), "--samples", "200", "--out", str(tmp_path / "out"))
    with (tmp_path / "out" / "claims.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [r["place"] for r in rows] == [*(p if n != 8 else "fixed" for n, (_, _, p) in PLACES.items()), ""]


def test_claims_among_samples_on_the_screen(works: Write, run: Runner) -> None:
    """Those that no sample reaches come first, with what that says; bands are in the unit of the claim."""
    text = run("audit", str(works(more=CLAIMS)), "--samples", "400").out
    lines = [line.split("  ")[0] for line in text[text.index("place ") :].splitlines()[1:]]
    assert lines[0] == "outside all samples"
    assert " 万t/a" in text
    assert "below 0.0075 (95 % sure)" in text  # 1 - 0.05^(1/400)
    assert "在全部样本之外" in run("audit", str(works(more=CLAIMS)), "--samples", "4", "--lang", "zh").out


def test_distribution_of_a_run(works: Write) -> None:
    """Bars add up to all samples, those that meet the target to P; lines stand at bound and written value."""
    result = mfa.load(works(more="spreads: none")).solve(samples=4096, method="lhs", indicators=UTILISED)
    ax = draw("distribution", [Named(result, "", result.sampled)], (), None, "en")
    bins = [p for p in ax.patches if (p.get_gid() or "").startswith("bin ")]
    assert sum(p.get_height() for p in bins) == pytest.approx(100)
    met = sum(p.get_height() for p in bins if p.get_hatch() is None)
    assert met == pytest.approx(100 * MET, abs=100 / 4096)
    assert line_at(ax, "target") == pytest.approx(95)
    assert line_at(ax, "as written") == pytest.approx(90)
    assert any(f"with probability {MET:.3f} ± 0.007" in t.get_text() for t in ax.texts)


def test_chart_draws_the_samples(works: Write, run: Runner) -> None:
    """The command samples what is named; samples that lack or are of no use are told."""
    file = str(works())
    asked = ["chart", "distribution", file, "-o", "x.svg", "--of", "landfill"]
    assert run(*asked, "--samples", "64", "--seed", "3", "--for", "column", "--lang", "zh").code == 0
    assert "分布：填埋" in Path("x.svg").read_text(encoding="utf-8")
    lacking = run(*asked)
    assert (lacking.code, "add '--samples 1000'" in lacking.err) == (2, True)
    useless = run("chart", "gauge", file, "-o", "x.svg", "--samples", "64")
    assert (useless.code, "'--samples' goes with distribution" in useless.err) == (2, True)
    unknown = run(*asked[:-1], "no-such", "--samples", "64")
    assert (unknown.code, "no indicator 'no-such'" in unknown.err) == (2, True)


# ---------------------------------------------------------------- comparison
BASE, MORE = "1 Mt/a", "1.2 Mt/a"


def change_of(found: Comparison, name: str) -> PairedChange:
    assert found.paired is not None
    return next(c for c in found.paired.changes if c.name == name)


def test_pairs_differ_by_one_constant_alone(works: Write) -> None:
    """The kiln takes 0.9 t/t of mud: 0.2 Mt/a more of it take 0.18 Mt/a off the landfill in every pair.

    Mud is uniform on 1.2 to 1.6 Mt/a, more than either kiln takes, so landfill is spread by 0.4/√12 in both;
    the rate gains 0.18 ÷ mud, whose mean is 0.18 ln(1.6/1.2) ÷ 0.4 and which lies on 0.18/1.6 to 0.18/1.2.
    """
    one, two = (works(n, "2.2..2.6", "2.4", c, "spreads: none") for n, c in (("a", BASE), ("b", MORE)))
    found = mfa.compare(str(one), str(two), samples=2000, seed=5, indicators="landfill")
    landfill, rate = change_of(found, "landfill"), change_of(found, UTILISED)
    assert landfill.pairs == 2000
    assert landfill.change.mean == pytest.approx(-180_000, rel=1e-12)
    assert landfill.change.sd == pytest.approx(0, abs=1e-6)
    assert landfill.better is None
    assert landfill.rises.met == 0
    assert found.paired is not None
    for run in (found.paired.a, found.paired.b):
        assert run.statistics["landfill"].sd == pytest.approx(400_000 / 12**0.5, rel=0.03)
    mean, gains = 0.18 * math.log(1.6 / 1.2) / 0.4, 0.18 / (1.2 + 0.4 * np.array([0.95, 0.05]))
    assert rate.change.mean == pytest.approx(mean, abs=4 * 0.011 / 2000**0.5)
    assert (rate.change.p05, rate.change.p95) == pytest.approx(gains, abs=0.001)
    assert rate.better is not None
    assert (rate.better.value, rate.better.samples) == (1.0, 2000)
    assert (found.paired.shared, found.paired.apart) == (1, (0, 0))


def test_pairs_by_hand_and_targets_met(works: Write) -> None:
    """Of mud on 0.8 to 1.4, the small kiln meets 95 % below 0.9/0.95, the large one below 1.08/0.95.

    Where mud is at most 0.9 both use all of it and neither is better: P(better) = 1 - 0.1/0.6.
    """
    one, two = (works(n, capacity=c, more="spreads: none") for n, c in (("a", BASE), ("b", MORE)))
    found = mfa.compare(str(one), str(two), samples=4000)
    rate = change_of(found, UTILISED)
    assert rate.better is not None
    for chance, known in ((rate.better, 5 / 6), (rate.met[0], MET), (rate.met[1], (1.08 / 0.95 - 0.8) / 0.6)):
        assert chance is not None
        assert chance.value == pytest.approx(known, abs=4 * chance.error)
    before, after = (mfa.load(p).solve(samples=4000, indicators=UTILISED) for p in (one, two))
    assert before.sampled is not None
    assert after.sampled is not None
    change = after.sampled.samples_of(UTILISED) - before.sampled.samples_of(UTILISED)
    assert rate.change.sd == pytest.approx(float(np.std(change, ddof=1)), rel=1e-12)


def test_compare_prints_and_writes_pairs(works: Write, run: Runner) -> None:
    """0.9 → 1 of the rate as written are 10 points; the table holds what Python gives; both languages."""
    one, two = (str(works(n, capacity=c, more="spreads: none")) for n, c in (("a", BASE), ("b", MORE)))
    ended = run("compare", one, two, "--samples", "200", "--seed", "2", "--out", "out", "--html")
    assert ended.code == 0, ended.err
    assert "200 pairs of samples (seed 2), 200 of which count: 1 figures drawn alike in both" in ended.out
    with Path("out/paired.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    rate = change_of(mfa.compare(one, two, samples=200, seed=2), UTILISED)
    assert rate.better is not None
    assert float(row["mean"]) == rate.change.mean
    assert float(row["better"]) == rate.better.value
    assert "P(better)" in Path("out/compare.html").read_text(encoding="utf-8")
    chinese = run("compare", one, two, "--samples", "200", "--lang", "zh").out
    assert "更好的概率" in chinese
    unknown = run("compare", one, two, "--samples", "200", "--indicator", "no-such")
    assert unknown.code == 2


def test_of_several_the_first_is_sampled_once(
    works: Write, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three scenarios take three sampled runs, and each pair says what it says alone."""
    files = [
        str(works(n, capacity=c, more="spreads: none"))
        for n, c in (("a", BASE), ("b", MORE), ("c", BASE.replace("1 Mt", "0.8 Mt")))
    ]
    alone = [json.loads(run("compare", files[0], f, "--samples", "64", "--json").out)[0] for f in files[1:]]
    seen: list[str] = []
    with_samples = sampling.with_samples

    def counted(result: mfa.Result, *rest: Any) -> Any:
        seen.append(result.system.name)
        return with_samples(result, *rest)

    monkeypatch.setattr(sampling, "with_samples", counted)
    together = json.loads(run("compare", *files, "--samples", "64", "--json").out)
    assert seen == ["a", "b", "c"]
    assert together == alone


def test_an_indicator_that_one_run_lacks_has_no_pairs(works: Write, tmp_path: Path) -> None:
    """Landfill is defined in one scenario alone: no change, no probability, nothing invented."""
    one = works("a", more="spreads: none")
    two = tmp_path / "b.yaml"
    text = one.read_text(encoding="utf-8").replace("scenario: a", "scenario: b")
    two.write_text(re.sub(r"indicators:\n.*\n", "", text), encoding="utf-8")
    landfill = change_of(mfa.compare(str(one), str(two), samples=64, indicators="landfill"), "landfill")
    assert (landfill.pairs, landfill.change.mean, landfill.after) == (0, None, None)


# ---------------------------------------------------------------- Sankey
def test_edges_of_a_sankey(works: Write, run: Runner) -> None:
    """Ore is uniform on 1.8 to 2.4 Mt/a: sd 0.6/√12 Mt/a, written in the picture's unit; metal has none."""
    file = works(more="spreads: none")
    result = mfa.load(file).solve(samples=2000)
    made = result.sankey(spread="samples")
    drawn = {band.link.material: made.geometry.spread.get(band.link) for band in made.geometry.bands}
    largest = max(band.link.value for band in made.geometry.bands)
    assert drawn["ore"] == pytest.approx(0.6 / 12**0.5 * largest / 2, rel=0.03)  # ore, 2 Mt/a, is the largest
    assert drawn["metal"] is None
    assert run("sankey", str(file), "--samples", "64", "-o", "x.svg").code == 0
    assert "one standard deviation" in Path("x.svg").read_text(encoding="utf-8")
    refused = run("sankey", str(file), "--samples", "64", "-o", "x.svg", "--layer", "value")
    assert refused.code == 2
    assert run("sankey", str(file), str(file), "--samples", "64", "-o", "x.svg").code == 2
    with pytest.raises(mfa.Error, match="no samples of its flows"):
        mfa.load(file).solve(samples=64, indicators=UTILISED).sankey(spread="samples")
