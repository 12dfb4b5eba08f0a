"""What stands beside the rate of utilisation, wherever it is shown."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import openpyxl
import pytest

import mfa
from mfa.show.charts.gauge import gauge
from mfa.show.charts.waste_fates import wastes as draw_wastes
from mfa.show.headline import headline_notes
from mfa.show.notebook import result_html
from mfa.show.report import report_page
from mfa.show.summary import Summary
from mfa.show.summary_rows import Split
from mfa.show.terminal.print_run import print_answer
from tests.parks import load, solve
from tests.test_uptake import BRICKS, RATE

DRIVE = "drive: {smelter: 350 kt/a}\n"
NOTE = (
    "240 kt/a of industrial solid waste does not count as used, since what is made of it finds no buyer "
    "(68.57 points of the rate). The largest part: 240 kt/a of slag in what crusher makes of it; "
    "of brick-feed 240 kt/a is left over"
)
# 100 kt of the feed's 350 kt are sold by word of a plan, 50 kt of slag are assumed to go elsewhere
TWO = BRICKS.replace(
    "takers: [crusher]", "takers: [{boundary: export, limit: 50 kt/a, basis: assumed}, crusher]"
)
STATED = TWO.replace("crusher: {per", "crusher: {basis: stated, per").replace(
    "limit: 110 kt/a", "limit: 100 kt/a"
)
SPLIT = (
    "Industrial solid waste utilised 42.86 %: 28.57 points by sizes that a statistic, a permit or the plan "
    "states, 14.29 points by sizes that are assumed here (mostly export 50 kt/a)"
)


def test_unsold_is_told_beside_the_rate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Terminal, report, notebook and workbook say how much is unsold and what is left over."""
    result = solve(tmp_path, BRICKS, DRIVE)
    assert headline_notes(Summary(result), "en") == [NOTE]
    assert headline_notes(Summary(result), "zh")[0].startswith("240 kt/a 工业固体废物不计入利用")
    print_answer(result, "en", None)
    printed = capsys.readouterr().out
    assert NOTE in " ".join(printed.split())
    assert ["waste", "generated", "utilised", "unsold", "disposed", "stored", "dumped", "rate"] in [
        line.split() for line in printed.splitlines()
    ]
    assert ["slag", "350,000", "110,000", "240,000", "0", "0", "0", "31.43", "%"] in [
        line.split() for line in printed.splitlines()
    ]
    assert NOTE in unescape(report_page(result, []))
    assert NOTE in unescape(result_html(result))
    assert "<td" in result_html(result)
    book = tmp_path / "book.xlsx"
    load(tmp_path, BRICKS, DRIVE).export(book)
    rows = [[c.value for c in row] for row in openpyxl.load_workbook(book)["Answer"].iter_rows()]
    assert NOTE in [row[0] for row in rows]
    (slag,) = [row for row in rows if row[0] == "slag"]
    assert slag[1:8] == pytest.approx([350e3, 110e3, 240e3, 0, 0, 0, 110 / 350])


def test_unsold_is_not_all_used(tmp_path: Path) -> None:
    """Every tonne of slag is taken, and yet the report does not say that all is used."""
    assert "All industrial solid waste is used" not in report_page(solve(tmp_path, BRICKS, DRIVE), [])
    sold = solve(tmp_path, BRICKS, "drive: {smelter: 100 kt/a}\n")
    assert "All industrial solid waste is used" in report_page(sold, [])


def test_unsold_in_the_charts(tmp_path: Path) -> None:
    """The bar has a piece of its own from 110 to 350 kt; the gauge of the rate says it below."""
    result = solve(tmp_path, BRICKS, DRIVE)
    ax = draw_wastes(result)
    (piece,) = [p for p in ax.patches if p.get_gid() == "unsold"]
    assert (piece.get_x(), piece.get_x() + piece.get_width()) == pytest.approx((110, 350))
    said = " ".join(t.get_text() for t in gauge(result, RATE).texts)
    assert "240 kt/a of industrial solid waste does not count as used" in said
    other = gauge(result, "industrial-solid-waste-stored")
    assert "unsold" not in " ".join(t.get_text() for t in other.texts)


def test_rate_is_split_by_who_vouches(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of 350 kt 100 are used by a plan (28.57 points) and 50 by assumption (14.29 points)."""
    result = solve(tmp_path, STATED, DRIVE)
    found = Summary(result).split
    assert found == Split(pytest.approx(100 / 350), pytest.approx(50 / 350), 0.0)
    assert found.rate == pytest.approx(150 / 350)
    print_answer(result, "en", None)
    assert SPLIT in capsys.readouterr().out
    assert SPLIT in unescape(report_page(result, []))


def test_what_no_file_says_is_told(tmp_path: Path) -> None:
    """The crusher has no basis, the buyer of slag has: 28.57 points are not said."""
    chain = TWO.replace("limit: 110 kt/a", "limit: 100 kt/a")
    note = headline_notes(Summary(solve(tmp_path, chain, DRIVE)), "en")[1]
    assert note.endswith(
        "42.86 %: 14.29 points by sizes that are assumed here (mostly export 50 kt/a), "
        "28.57 points by takers of which the files do not say"
    )
    assert Summary(solve(tmp_path, BRICKS, DRIVE)).split is None


@pytest.mark.parametrize("word", ["stated", "assumed"])
def test_basis_and_residue_survive_a_workbook(tmp_path: Path, word: str) -> None:
    """A park that went through a workbook has the same split, and the same word at an output."""
    chain = STATED.replace("basis: stated", f"basis: {word}").replace(
        "outputs: {brick-feed: 1 t/t}",
        "outputs: {brick-feed: 1 t/t, dust: {value: 0 t/t, residue-of: slag}}",
    )
    chain = chain.replace(
        "  brick: {kind: product}", "  brick: {kind: product}\n  dust: {kind: waste, waste: industrial-solid}"
    )
    scenario = load(tmp_path, chain, "drive: {smelter: {value: 350 kt/a, basis: measured}}\n")
    book = tmp_path / "book.xlsx"
    scenario.export(book)
    again, first = mfa.load(book).solve(), scenario.solve()
    assert Summary(again).split == Summary(first).split
    assert again.system.processes["crusher"].basis == word
    assert again.system.processes["crusher"].outputs["dust"].residue_of == ("slag",)
    assert again.system.drive["smelter"].basis == "measured"
    (bought,) = [e for e in again.system.pools["slag"].takers if e.kind == "export"]
    assert bought.basis == "assumed"


def test_several_parents_survive_a_workbook(tmp_path: Path) -> None:
    """A list at an output stands in one cell, parted by commas."""
    chain = """
    materials:
      ash: {kind: waste, waste: industrial-solid}
      slag: {kind: waste, waste: industrial-solid}
      blend: {kind: waste, waste: industrial-solid}
    processes:
      mixer:
        per: blend
        inputs: {ash: 0.6 t/t, slag: 0.4 t/t}
        outputs: {blend: {value: 1 t/t, residue-of: [ash, slag]}}
    """
    book = tmp_path / "book.xlsx"
    load(tmp_path, chain, "drive: {mixer: 1 kt/a}\n").export(book)
    assert "ash, slag" in [c.value for row in openpyxl.load_workbook(book)["Coefficients"] for c in row]
    assert mfa.load(book).system.processes["mixer"].outputs["blend"].residue_of == ("ash", "slag")
