"""Characters beyond the font of the pictures: another font that has them, else one note that names them."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]
from matplotlib.font_manager import fontManager

from mfa.cli import main
from mfa.show.fonts import GENERIC, OURS, families, noting

RARE = "\u5803\u9382"  # 堃 and 鎂: no characters of GB 2312
SCENARIO = f"""
scenario: rare
materials:
  ore: {{kind: resource, label: {{en: Ore, zh: {RARE}矿}}}}
  brick: {{kind: product, label: {{en: Brick, zh: 砖}}}}
processes:
  kiln: {{per: brick, inputs: {{ore: 1 t/t}}, label: {{en: Kiln, zh: {RARE[0]}窑}}}}
drive: {{kiln: 10 t/a}}
"""


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    """A scenario whose Chinese labels have two rare characters."""
    (tmp_path / "rare.yaml").write_text(SCENARIO, encoding="utf-8")
    return str(tmp_path / "rare.yaml")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer with no font but those that come with matplotlib."""
    faces = [f for f in fontManager.ttflist if "matplotlib" in f.fname or "mfa" in f.fname]
    monkeypatch.setattr(fontManager, "ttflist", faces)


@pytest.fixture
def han(tmp_path: Path, bare: None) -> str:
    """An installed font with the two characters."""
    glyphs = [".notdef", "one", "two"]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(glyphs)
    builder.setupCharacterMap({ord(RARE[0]): "one", ord(RARE[1]): "two"})
    pen = TTGlyphPen(None)
    for step, point in enumerate(((0, 0), (500, 0), (500, 700))):
        (pen.lineTo if step else pen.moveTo)(point)
    pen.closePath()
    drawn = pen.glyph()
    builder.setupGlyf(dict.fromkeys(glyphs, drawn))
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (1000, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Test Han", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(tmp_path / "han.ttf")
    fontManager.addfont(tmp_path / "han.ttf")
    return "Test Han"


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return int(ended.value.code or 0)


def test_ordinary_texts_have_the_ordinary_fonts() -> None:
    """Latin, Greek, GB 2312 han and superscripts ask for no other font: their pictures stay the same."""
    for text in ("", "Red mud", "α 赤泥 10⁻³ t → 铝", "a\nb"):
        with noting() as lacking:
            assert families(text) == (*OURS, GENERIC)
        assert lacking == set()


def test_an_installed_font_fills_in(han: str) -> None:
    """What ours lack is looked for in what is installed, for that text only."""
    with noting() as lacking:
        assert families(f"{RARE}矿") == (*OURS, han, GENERIC)
        assert families("矿") == (*OURS, GENERIC)
    assert lacking == set()


@pytest.mark.parametrize("command", ["sankey", "show", "chart", "run"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_one_note_names_what_no_font_has(
    command: str, lang: str, scenario: str, bare: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each character once, on stderr, in the language of the run; Python warns of nothing."""
    target = str(tmp_path / "picture.png")
    words = {
        "sankey": ["sankey", scenario, "-o", target],
        "show": ["show", scenario, "--picture", target],
        "chart": ["chart", "merit", scenario, "--of", "ore", "-o", target],
        "run": ["run", scenario, "--out", str(tmp_path / "out"), "--report"],
    }[command]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run(*words, "--lang", lang) == 0
    told = capsys.readouterr().err
    if lang == "zh":
        assert told == (
            f"本机字体均缺少字符 {RARE[0]} {RARE[1]}；图中以方框代替；"
            "请安装含有这些字符的字体（如 Noto Sans CJK），或改用其他字符\n"
        )
    else:
        assert told.count("\n") == (RARE[0] in told)


def test_nothing_is_told_where_a_font_has_them(
    scenario: str, han: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fallback leaves no note and no warning, and the SVG names it beside ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run("sankey", scenario, "-o", str(tmp_path / "a.svg"), "--lang", "zh") == 0
    assert capsys.readouterr().err == ""
    drawn = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "'Noto Sans SC', 'DejaVu Sans', 'Test Han'" in drawn
    assert f"{RARE[0]}窑" in drawn
