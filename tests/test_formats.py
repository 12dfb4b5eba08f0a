"""`--format`: JSON, annotations of GitHub and Markdown, of the same numbers and words as the text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mfa.errors import Place
from mfa.show.terminal.annotations import Annotation
from mfa.show.terminal.table import bold, coloured, dim, laid_out, line, table
from tests.test_cli import Runner, chinese
from tests.test_cli_studies import CHAIN, SCENARIO

CALLS = {
    "run": ["run", "base.yaml"],
    "check": ["check", "park.yaml", "base.yaml"],
    "audit": ["audit", "base.yaml"],
    "compare": ["compare", "base.yaml", "--variant", "large"],
}
COMMAND = re.compile(r"::(error|warning|notice)(?: file=([^,]+),line=(\d+),col=(\d+))?::([^\n]+)\Z")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Runner:
    """The command line, called in a folder with a small park."""
    monkeypatch.chdir(tmp_path)
    Path("park.yaml").write_text(CHAIN, encoding="utf-8")
    Path("base.yaml").write_text(SCENARIO, encoding="utf-8")
    return Runner(capsys)


def annotations(out: str) -> list[tuple[str, str, str]]:
    """Level, `file:line` and message of each line."""
    found = [COMMAND.match(text) for text in out.splitlines()]
    assert all(found), out
    return [(m[1], f"{m[2]}:{m[3]}" if m[2] else "", m[5]) for m in found if m]


def cells(page: str) -> list[list[str]]:
    """The rows of all tables of a page, without their rules."""
    rows = [text[2:-2].split(" | ") for text in page.splitlines() if text.startswith("| ")]
    return [row for row in rows if not set("".join(row)) <= {"-", ":"}]


# ---------------------------------------------------------------- the option
@pytest.mark.parametrize("name", CALLS)
def test_json_is_its_synonym(run: Runner, name: str) -> None:
    """`--format json` is `--json`, also both together; another form with --json is an error of use."""
    asked = run(*CALLS[name], "--format", "json")
    assert asked == run(*CALLS[name], "--json") == run(*CALLS[name], "--json", "--format", "json")
    assert run(*CALLS[name], "--format", "text") == run(*CALLS[name])
    for other in ("text", "md", "github"):
        ended = run(*CALLS[name], "--json", "--format", other)
        assert (ended.code, ended.out) == (2, "")
        assert "'--format json'" in ended.err


@pytest.mark.parametrize("form", ["json", "github", "md"])
def test_exit_codes_stay(run: Runner, form: str) -> None:
    """What does not hold is 1 in each form."""
    assert run("run", "base.yaml", "--require-targets", "--format", form).code == 1
    assert run("audit", "base.yaml", "--strict", "--format", form).code == 1
    assert run("check", "park.yaml", "--strict", "--format", form).code == 1
    assert run("run", "base.yaml", "--format", form).code == 0


# ---------------------------------------------------------------- Markdown
@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_markdown_has_the_words_of_the_text(run: Runner, name: str, lang: str) -> None:
    """Without its marks the page is the text, word by word, in the same order."""
    text = run(*CALLS[name], "--lang", lang).out
    page = run(*CALLS[name], "--lang", lang, "--format", "md").out
    assert "| --- |" in page
    bare = re.sub(r"\\([\\`*_\[\]<>|~])", r"\1", page)
    bare = re.sub(r"^(### |- |   - )|^\|[-: |]+$|\*\*", "", bare, flags=re.MULTILINE)
    assert bare.replace("|", " ").split() == text.replace("|", " ").split()


def test_markdown_of_a_run(run: Runner) -> None:
    """1 Mt/a of mud, a kiln for 400 kt/a: 40 %, 550 kt/a short of 95 %; a heading over each table."""
    page = run("run", "base.yaml", "--format", "md").out
    assert page.startswith("**base** · base\n\n✗ ")
    assert "40.00 % (at least 95.00 %)" in page
    assert "\n\n### Solid waste, t/a dry\n\n| waste | generated |" in page
    assert ["mud", "1,000,000", "400,000", "0", "600,000", "0", "0", "40.00 %"] in cells(page)
    assert len({len(row) for row in cells(page) if row[0] in ("mud", "all", "waste")}) == 2


def test_markdown_of_names_with_signs(run: Runner) -> None:
    """A label cannot make a column, a tag or a style of its own."""
    label = "M|u*d* <b>[x](y)_z_`"
    Path("park.yaml").write_text(
        CHAIN.replace("mud: {kind", f'mud: {{label: "{label}", kind'), encoding="utf-8"
    )
    page = run("run", "base.yaml", "--format", "md").out
    assert r"| M\|u\*d\* \<b\>\[x\](y)\_z\_\` | 1,000,000 |" in page
    assert label not in page


def test_markdown_layout(capsys: pytest.CaptureFixture[str]) -> None:
    """Paragraphs apart, indented lines as items, numbered ones with what belongs to them below."""
    with laid_out(markdown=True):
        line(bold("Head"))
        line(bold("name"), " · rest", "\n")
        line(coloured("one", "red"))
        line()
        line("  ", coloured("!", "yellow"), " first")
        line("  ", dim("second"))
        line("  1. numbered")
        line("     below")
        line("# no heading\n- no item\n3. no number")
        table("Title", ["", "n"], [("a", "1")])
    assert capsys.readouterr().out == (
        "### Head\n\n**name** · rest\n\none\n\n- ! first\n- second\n1. numbered\n   - below\n\n"
        "\\# no heading\n\n\\- no item\n\n\\3. no number\n\n### Title\n\n|  | n |\n| --- | --: |\n| a | 1 |\n"
    )
    line(bold("plain"))
    assert capsys.readouterr().out == "plain\n"


# ---------------------------------------------------------------- GitHub
def test_annotations_of_a_run(run: Runner) -> None:
    """The missed target at its line, an error where targets are required; a met one is a notice."""
    level, place, text = annotations(run("run", "base.yaml", "--format", "github").out)[0]
    assert (level, place) == ("warning", "base.yaml:4")
    assert "40.00 %25 (at least 95.00 %25)" in text
    required = annotations(run("run", "base.yaml", "--format", "github", "--require-targets").out)
    assert required[0][:2] == ("error", "base.yaml:4")
    assert {level for level, *_ in required[1:]} <= {"warning"}
    met = run("run", "base.yaml", "--format", "github", "--set", "kiln.capacity=1 Mt/a")
    assert annotations(met.out)[0][:2] == ("notice", "base.yaml:4")
    assert chinese(run("run", "base.yaml", "--format", "github", "--lang", "zh").out)


def test_annotations_of_several_years(run: Runner) -> None:
    """A missed target is one annotation with a line for each year that misses it; a met one is apart."""
    Path("years.yaml").write_text(
        "scenario: years\nextends: ./base.yaml\nperiods: {from: 2025, to: 2027}\n"
        "processes: {kiln: {capacity: {2025: 0.4 Mt/a, 2026: 0.7 Mt/a, 2027: 1 Mt/a}}}\n",
        encoding="utf-8",
    )
    found = annotations(run("run", "years.yaml", "--format", "github", "--require-targets").out)
    (level, place, text), *others = found
    assert (level, place) == ("error", "base.yaml:4")
    lines = text.split("%0A")
    assert [line[:5] for line in lines] == ["2025:", "2026:"]
    assert "40.00 %25 (at least" in lines[0]
    assert "70.00 %25 (at least" in lines[1]
    (met,) = (words for level, place, words in others if level == "notice")
    assert met.startswith("2027: ")
    ranks = [("error", "warning", "notice").index(level) for level, *_ in found]
    assert ranks == sorted(ranks)


def test_annotations_of_warnings_are_at_what_they_name(run: Runner) -> None:
    """A recipe that does not close is annotated where the process is written."""
    text = CHAIN.replace("inputs: {ore: 2 t/t}", "inputs: {ore: 3 t/t}")
    Path("park.yaml").write_text(text, encoding="utf-8")
    found = annotations(run("run", "base.yaml", "--format", "github").out)
    assert ("warning", "park.yaml:8") in {(level, place) for level, place, words in found if "works" in words}


def test_annotations_of_a_check(run: Runner) -> None:
    """What lacks a source is a warning, with --strict an error; what has no line is of the file."""
    plain = annotations(run("check", "park.yaml", "--format", "github").out)
    strict = annotations(run("check", "park.yaml", "--format", "github", "--strict").out)
    assert {level for level, *_ in plain} == {"warning"}
    errors = {p for level, p, _ in strict if level == "error"}
    assert errors == {"park.yaml:8", "park.yaml:9", "park.yaml:6"}  # two recipes; sold without limit
    assert ("warning", "park.yaml:1") in {(level, place) for level, place, w in strict if "idle" in w}
    quiet = run("check", "park.yaml", "--format", "github", "--strict", "--quiet")
    assert annotations(quiet.out) == [one for one in strict if one[0] == "error"]
    assert (quiet.code, quiet.err) == (1, "")


def test_annotations_of_an_audit_and_a_comparison(run: Runner) -> None:
    """The claim that contradicts and the set that clashes at the claim; 40 → 70 % as a notice."""
    found = annotations(run("audit", "base.yaml", "--format", "github", "--strict").out)
    assert [(level, place) for level, place, _ in found] == [("error", "base.yaml:7")] * 2
    assert "kiln" in found[0][2]
    assert "%0A2 level kiln: ≥ 600 kt/a" in found[1][2]
    changes = annotations(run(*CALLS["compare"], "--format", "github").out)
    assert len(changes) == 1
    assert changes[0][0] == "notice"
    assert "40.00 %25 → 70.00 %25 (+30.00)" in changes[0][2]
    same = annotations(run("compare", "base.yaml", "base.yaml", "--format", "github").out)
    assert [words for _, _, words in same] == ["base.yaml → base.yaml: No result differs."]


def test_commands_are_escaped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the rules of GitHub: % and line ends in messages, : and , in properties too."""
    monkeypatch.chdir(tmp_path)
    Path("a,b.yaml").touch()
    made = Annotation("error", "50 %: x,\r\ny::z", Place("a,b.yaml", 3, 7)).command()
    assert made == "::error file=a%2Cb.yaml,line=3,col=7::50 %25: x,%0D%0Ay::z"
    assert Annotation("notice", "x", Place("--set", 1, 1)).command() == "::notice::--set:1:1: x"


# ---------------------------------------------------------------- faults
@pytest.mark.parametrize("name", CALLS)
def test_faults(run: Runner, name: str) -> None:
    """Exit code 2 in each form: annotations on stdout alone, a list on a page, JSON as ever."""
    text = SCENARIO.replace("1 Mt/a}", "1 Mt}").replace("95 %", "95 kg")
    Path("base.yaml").write_text(text, encoding="utf-8")
    call = ["check", "base.yaml"] if name == "check" else CALLS[name]
    said = run(*call)
    assert (said.code, said.out) == (2, "")
    github = run(*call, "--format", "github")
    assert (github.code, github.err) == (2, "")
    found = annotations(github.out)
    assert [one[:2] for one in found] == [("error", "base.yaml:3"), ("error", "base.yaml:4")]
    messages = [re.sub(r"^\S+:\d+:\d+: ", "", words) for words in said.err.splitlines()]
    assert [words.replace("%25", "%") for *_, words in found] == messages
    page = run(*call, "--format", "md")
    assert (page.code, page.err) == (2, said.err)
    assert page.out.startswith("### Faults (2)\n\n- base.yaml:3:")
