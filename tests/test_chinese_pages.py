"""The reference pages in Chinese say what the English ones say; test_docs.py runs both.

Section by section they have the same words of the program, rows, examples, links and numbers.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"
PAGES = (
    "accounts",
    "chain-files",
    "charts",
    "compare",
    "planning",
    "results",
    "sankey",
    "scenario-files",
    "seek",
    "uncertainty",
    "workbook",
    "years",
)
IN_OTHER_UNITS = ("audit", "park")
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```[ ]*$", re.MULTILINE | re.DOTALL)
TABLE = re.compile(r"(?:^\|.*\n)+", re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^)\s]*)\)")
NUMBER = re.compile(r"(?<![A-Za-z\d.])\d+(?:[ .]\d+)*(?![A-Za-z\d])")

IN_WORDS = re.compile(r"[Ss]copes? \d(?: and \d)?|10⁴ CNY")
"""范围一, 范围二, 万元."""


def sections(page: str) -> list[str]:
    """The page cut at its headings, without the blocks and the link to the other language."""
    text = re.sub(r"^\[(?:中文|English)\]\(.*\)\n", "", FENCE.sub("", page), flags=re.MULTILINE)
    return re.split(r"^#+ .*\n", text, flags=re.MULTILINE)[1:]


def headings(page: str) -> list[int]:
    """How deep each heading stands."""
    return [len(marks) for marks in re.findall(r"^(#+) ", FENCE.sub("", page), re.MULTILINE)]


def code(text: str) -> list[str]:
    """What a text has between backticks, in whichever order, blanks and line ends alike."""
    return sorted({" ".join(word.split()) for word in CODE.findall(text)})


def rows(section: str) -> list[list[list[str]]]:
    """Of each table, the words of the program in each row, its header left out."""
    return [[code(row) for row in table.splitlines()[2:]] for table in TABLE.findall(section)]


def leads_to(section: str) -> list[str]:
    """The pages and pictures that a section links to, of either language; «» for the page itself."""
    return sorted({Path(link.partition("#")[0]).stem.removesuffix(".zh") for link in LINK.findall(section)})


def numbers(section: str) -> set[str]:
    """The numbers of a section outside code and links, those left out that Chinese writes in words."""
    return set(NUMBER.findall(IN_WORDS.sub("", LINK.sub("]", CODE.sub("", section)))))


def blocks(page: str) -> list[tuple[str, str]]:
    """The examples without comments; of the commands neither their language nor what they print."""
    return [(kind, example(kind, block)) for kind, block in FENCE.findall(page)]


def example(kind: str, block: str) -> str:
    if kind == "console":
        return "\n".join(re.findall(r"^\$ .*$", block, re.MULTILINE)).replace(" --lang zh", "")
    return re.sub(r"[ ]*# (?!file: ).*$", "", block, flags=re.MULTILINE)


def differing(english: str, chinese: str) -> list[str]:
    """Where two pages do not say the same."""
    found = ["headings"] if headings(english) != headings(chinese) else []
    for number, (one, other) in enumerate(zip_longest(blocks(english), blocks(chinese)), start=1):
        found += [f"block {number}: {one} | {other}"] if one != other else []
    for number, (one, other) in enumerate(zip(sections(english), sections(chinese), strict=False), start=1):
        where = f"section {number}"
        found += [f"{where}: {word}" for word in sorted({*code(one)} ^ {*code(other)})]
        found += [f"{where}: number {figure}" for figure in sorted(numbers(one) - numbers(other))]
        found += [f"{where}: rows"] if rows(one) != rows(other) else []
        found += [f"{where}: links"] if leads_to(one) != leads_to(other) else []
    return found


def read(name: str) -> tuple[str, str]:
    pages = (DOCS / f"{name}.md", DOCS / "zh" / f"{name}.md")
    english, chinese = (page.read_text(encoding="utf-8") for page in pages)
    return english, chinese


@pytest.mark.parametrize("name", PAGES)
def test_both_languages_say_the_same(name: str) -> None:
    english, chinese = read(name)
    assert len(sections(english)) >= 3
    assert differing(english, chinese) == []


@pytest.mark.parametrize("name", IN_OTHER_UNITS)
def test_pages_on_the_plan_differ_in_their_numbers_alone(name: str) -> None:
    """Their numbers stand in 万t, 亿kWh …: test_plan_chinese.py and test_plan_park.py hold them."""
    assert [told for told in differing(*read(name)) if ": number " not in told] == []


@pytest.mark.parametrize("name", [*PAGES, *IN_OTHER_UNITS])
def test_each_language_links_to_the_other(name: str) -> None:
    english, chinese = read(name)
    assert f"[中文](zh/{name}.md)" in english.splitlines()[:4]
    assert f"[English](../{name}.md)" in chinese.splitlines()[:4]


PAGE = """\
# One

A `word`, 8760 h and a [link](units.md#rates).

| field | |
|---|---|
| `kind` | `waste` |
| `unit` | at most 3 |

```yaml
a: 1  # said
```

## Two

```console
$ mfa list --lang zh
nothing
```
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("# said", "# 说明", []),
        ("nothing", "没有", []),
        (" --lang zh", "", []),
        ("(units.md#rates)", "(../units.md#速率)", []),
        ("`word`", "`ward`", ["section 1: ward", "section 1: word"]),
        ("8760 h", "8760 h 和 5", []),
        ("8760 h", "第8760时", []),
        ("8760 h", "8766 h", ["section 1: number 8760"]),
        ("at most 3", "至多 4", ["section 1: number 3"]),
        ("| `kind` | `waste` |\n", "| `waste` | |\n| `kind` | |\n", ["section 1: rows"]),
        ("units.md", "errors.md", ["section 1: links"]),
        ("a: 1", "a: 2", ["block 1: ('yaml', 'a: 1\\n') | ('yaml', 'a: 2\\n')"]),
        ("## Two", "### 二", ["headings"]),
    ],
)
def test_what_would_differ_is_told(old: str, new: str, told: list[str]) -> None:
    assert old in PAGE
    assert differing(PAGE, PAGE.replace(old, new)) == told
