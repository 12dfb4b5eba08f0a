"""The pages say what the program does: their files are written, their commands and code run.

In README.md, README.zh.md, docs/*.md and docs/zh/*.md, page by page in a folder of its own:

* a ```yaml block that begins with `# file: PATH` is written to PATH; any other one must be YAML;
* a ```console or ```bash block: lines `$ mfa …`, `$ cd DIR` and `$ echo $?` are run, and where lines of
  output follow they must be the output; `…` stands for the rest of a line, or, alone, for any lines.
  A command must end with 0 unless `$ echo $?` follows it;
* ```python blocks are run in one namespace.

README.zh.md and the pages in docs/zh/ show what is printed in Chinese: each command has `--lang zh`.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

import mfa
from mfa.cli import main
from mfa.input.yaml.reader import parse

ROOT = Path(__file__).parent.parent
CHINESE = sorted([ROOT / "README.zh.md", *(ROOT / "docs" / "zh").glob("*.md")])
PAGES = sorted(p for p in [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *CHINESE] if p.exists())
LINKED = sorted([*PAGES, *(ROOT / "docs" / "chains").glob("*.md"), ROOT / "CONTRIBUTING.md"])
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```[ ]*$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# file: (\S+)\n")
LINK = re.compile(r"\]\(([^)\s]+)\)")
COMMAND = re.compile(r"^\$ (mfa .*)$", re.MULTILINE)
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


@dataclass
class Reader:
    """Goes through one page as its reader would."""

    page: Path
    names: dict[str, object] = field(default_factory=dict)
    code: int = 0

    def read(self) -> None:
        text = self.page.read_text(encoding="utf-8")
        for found in FENCE.finditer(text):
            kind, block = found.groups()
            line = text.count("\n", 0, found.start()) + 2
            if kind == "yaml":
                self.file(block, line)
            elif kind in ("console", "bash"):
                self.commands(block, line)
            elif kind == "python":
                exec(compile("\n" * (line - 1) + block, str(self.page), "exec"), self.names)

    def file(self, block: str, line: int) -> None:
        written = FILE.match(block)
        if written is None:
            parse(block, f"{self.page.name} line {line}")
            return
        path = Path.cwd() / written[1]
        assert path.resolve().is_relative_to(Path.cwd()), f"{self.page.name}:{line}: {written[1]}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block, encoding="utf-8")

    def commands(self, block: str, line: int) -> None:
        parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
        for number, part in enumerate(parts):
            command, _, expected = part.partition("\n")
            output = self.command(command)
            if output is None:
                continue
            where = f"{self.page.name}, block at line {line}: $ {command}"
            followed = parts[number + 1 : number + 2]
            if not (followed and followed[0].startswith("echo $?")):
                assert self.code == 0, f"{where}\nends with {self.code}:\n{output}"
            if expected.strip():
                assert matches(expected, output), f"{where}\nprints\n{output}\nnot\n{expected}"

    def command(self, command: str) -> str | None:
        """The output of a command, None where the line is not ours to run."""
        words = shlex.split(command)
        if words[:1] == ["cd"]:
            os.chdir(words[1])
            return None
        if words == ["echo", "$?"]:
            code, self.code = self.code, 0
            return f"{code}\n"
        if words[:1] != ["mfa"]:
            return None
        self.code, output = run(words)
        return output


def run(words: list[str]) -> tuple[int, str]:
    """Exit code and output of a command."""
    out, given = io.StringIO(), sys.argv
    sys.argv = words
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            main(words[1:])
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    finally:
        sys.argv = given
    raise AssertionError("main ends with SystemExit")


def matches(expected: str, output: str) -> bool:
    """Whether an output is the expected one; `…` is a wildcard, spaces at line ends do not count."""
    pattern = ""
    for line in tidy(expected):
        pattern += r"(?:.*\n)*?" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + "\n"
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in tidy(output))) is not None


def tidy(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]


def named(page: Path) -> str:
    """The path of a page inside the project, as tests are told apart by it."""
    return page.relative_to(ROOT).as_posix()


def anchor(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_page_does_what_it_says(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Reader(page).read()


@pytest.mark.parametrize("page", CHINESE, ids=named)
def test_chinese_pages_ask_for_chinese(page: Path) -> None:
    commands = COMMAND.findall(page.read_text(encoding="utf-8"))
    assert commands
    assert [c for c in commands if "--lang zh" not in c] == []


def solved(page: Path, folder: Path) -> dict[str, pd.DataFrame]:
    """The links of every scenario of a page, and of each of its variants."""
    os.chdir(folder)
    reader = Reader(page)
    for kind, block in FENCE.findall(page.read_text(encoding="utf-8")):
        if kind == "yaml":
            reader.file(block, 0)
    found = {}
    for path in sorted(Path("scenarios").glob("*.yaml")):
        for variants in [(), *((name,) for name in mfa.load(path).variant_names)]:
            found["+".join([path.stem, *variants])] = mfa.load(path, variants=list(variants)).solve().links
    return found


def test_the_cookbook_holds_the_same_models_in_both_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "en").mkdir()
    (tmp_path / "zh").mkdir()
    english = solved(ROOT / "docs" / "cookbook.md", tmp_path / "en")
    chinese = solved(ROOT / "docs" / "zh" / "cookbook.md", tmp_path / "zh")
    assert list(english) == list(chinese)
    assert len(english) > 14
    for name, links in english.items():
        pd.testing.assert_frame_equal(links, chinese[name], rtol=1e-12)


def test_readme_holds_the_same_files_in_both_languages() -> None:
    pages = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md")]
    english, chinese = ([block for kind, block in FENCE.findall(page) if kind == "yaml"] for page in pages)
    assert english
    assert english == chinese


@pytest.mark.parametrize("page", LINKED, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, heading = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{page.name}: {link}"
        if heading and target.suffix == ".md":
            anchors = {anchor(h) for h in HEADING.findall(FENCE.sub("", target.read_text(encoding="utf-8")))}
            assert heading in anchors, f"{page.name}: {link}"


@pytest.mark.parametrize(
    ("expected", "output", "same"),
    [
        ("a\nb\n", "a  \nb\n\n", True),
        ("a …\n", "a 1 2\n", True),
        ("…\nc\n", "a\nb\nc\n", True),
        ("a\n…\nc\n", "a\nc\n", True),
        ("a\n", "a\nb\n", False),
        ("a.c\n", "abc\n", False),
    ],
)
def test_wildcards(expected: str, output: str, same: bool) -> None:
    assert matches(expected, output) is same
