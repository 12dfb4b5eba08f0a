"""What figures stand on: kinds of sources, their counts in check and report, what may be above low."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

import mfa
from mfa.checks.standing import figures, kind_of, standing
from mfa.show.text import standing_text
from tests.test_chains import CHAINS

KILN = """
chain: kiln
sources:
  paper: {cite: A paper, kind: document}
  book: {cite: A book, kind: memory}
  sums: {cite: Sums, kind: computed}
  guess: {cite: None, kind: judgement}
  works: Own measurements
materials:
  stone: {kind: resource}
  clay: {kind: resource}
  coal: {kind: fuel, unit: t}
  ash: {kind: resource}
  sand: {kind: resource}
  brick: {kind: product, price: 90 CNY/t}
processes:
  kiln:
    per: brick
    inputs:
      stone: {value: 0.3 t/t, source: paper}
      clay: {value: 0.2 t/t, source: book}
      coal: {value: 0.1 t/t, source: sums}
      ash: {value: 0.1 t/t, source: guess}
      sand: {balance: true}
    outputs: {brick: 1 t/t}
    capacity: {value: 5 kt/a, source: works}
"""


def kiln(folder: Path) -> Path:
    """A kiln whose seven figures stand on six things."""
    file = folder / "kiln.yaml"
    file.write_text(KILN)
    return file


def test_each_figure_is_counted_once_by_what_it_stands_on(tmp_path: Path) -> None:
    """By hand: four inputs, the balance (computed), the capacity (not said), the price (without a source)."""
    report = mfa.check(kiln(tmp_path))
    expected = {"document": 1, "memory": 1, "computed": 2, "judgement": 1, "unsaid": 1, "none": 1}
    assert standing(report.system) == expected
    assert report.to_json()["figures"] == expected


def test_the_line_in_both_languages() -> None:
    """Kinds in a fixed order, none of which is 0."""
    counts = Counter(judgement=2, document=1)
    assert standing_text(counts, "en") == "Figures: 3; 1 on a document that was read, 2 on judgement"
    assert standing_text(counts, "zh") == "数值共 3 个：1 个据已读文献、2 个为判断"


def test_a_kind_that_is_none_is_a_fault(tmp_path: Path) -> None:
    """Place, what is wrong and what was expected."""
    file = kiln(tmp_path)
    file.write_text(KILN.replace("kind: memory", "kind: hearsay"))
    with pytest.raises(mfa.Error) as caught:
        mfa.check(file)
    (fault,) = caught.value.faults
    assert fault.place
    assert fault.place.line == 5
    assert re.search("hearsay.*document", fault.text())


def test_the_page_on_confidence_has_the_shares_of_the_park() -> None:
    """The table of `docs/chains/confidence.md`, in percent of the figures of 2030, within half a point."""
    page = Path("docs/chains/confidence.md").read_text("utf-8")
    table = re.findall(r"^\| .*\| ([\d.]+) \|$", page.split("## How the rows stand")[1], re.MULTILINE)
    counts = standing(mfa.load("jiaokou-2030").system)
    kinds = ("judgement", "computed", "document", "memory", "unsaid")
    shares = [100 * counts[kind] / counts.total() for kind in kinds]
    assert [float(x) for x in table] == pytest.approx(shares, abs=0.5)


SCENARIOS = sorted(Path("scenarios").glob("*.yaml"))


@pytest.mark.parametrize("file", [*CHAINS, *SCENARIOS], ids=lambda path: path.stem)
def test_no_document_is_never_above_low(file: Path) -> None:
    """Of every chain and scenario: judgement and what was cited from memory is low, a balance never high."""
    system = mfa.load(file).system
    for figure in figures(system):
        kind = kind_of(system, figure)
        if kind in ("judgement", "memory"):
            assert figure.confidence == "low", (figure.place, figure.source)
        if figure.source == "balance":
            assert figure.confidence != "high", figure.place


@pytest.mark.parametrize("file", [*CHAINS, *SCENARIOS], ids=lambda path: path.stem)
def test_kind_agrees_with_the_citation(file: Path) -> None:
    """«No document», «from memory» alone and «not verified» are no document; «abstract» was read."""
    system = mfa.load(file).system
    for name, cite in system.sources.items():
        kind = system.source_kinds.get(name)
        if "no document" in cite:
            assert kind == "judgement", name
        elif "not verified" in cite or cite.endswith("(from memory)"):
            assert kind == "memory", name
        elif "(abstract" in cite:
            assert kind == "document", name
