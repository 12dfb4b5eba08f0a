"""The font of all pictures: Latin, Greek and the GB 2312 han, so that Chinese shows on a bare machine."""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "fonts" / "NotoSansSC-subset.ttf"
OURS = ("Noto Sans SC", "DejaVu Sans")
GENERIC = "sans-serif"  # for readers of an SVG file who have none of the fonts
LIKED = (  # looked into first for what ours lack: sans-serif faces with many han
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Droid Sans Fallback",
    "Noto Sans CJK JP",
    "Arial Unicode MS",
)
UNFIT = ("Color Emoji", "Last Resort")  # bitmaps that cannot be drawn; boxes for everything

_lacking: ContextVar[set[str] | None] = ContextVar("lacking", default=None)


def families(text: str = "") -> tuple[str, ...]:
    """Font families to give to a matplotlib text, ours first, any sans-serif last.

    DejaVu Sans comes with matplotlib and fills in what the subset lacks, such as
    superscripts; both are registered on the first call. Installed fonts follow where `text`
    has characters that neither has.
    """
    files = (_register(), _dejavu())
    rest = set() if text.isascii() else _without(set(text), files)
    rest = {c for c in rest if unicodedata.category(c)[0] not in "CZ" and not "\ufe00" <= c <= "\ufe0f"}
    found: list[str] = []
    for name, file in _installed() if rest else ():
        left = _without(rest, [file])
        if left != rest:
            found.append(name)
            rest = left
        if not rest:
            break
    gathered = _lacking.get()
    if gathered is not None:
        gathered |= rest
    return (*OURS, *found, GENERIC)


@contextmanager
def noting() -> Iterator[set[str]]:
    """Gather the characters of texts drawn meanwhile that no installed font has."""
    found: set[str] = set()
    token = _lacking.set(found)
    try:
        yield found
    finally:
        _lacking.reset(token)


@contextmanager
def unwarned() -> Iterator[None]:
    """Keep matplotlib from warning of each character that no font has, once for every time it is drawn."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font", UserWarning)
        yield


def _without(characters: set[str], files: Iterable[str]) -> set[str]:
    """The characters that none of the font files has."""
    for file in files:
        characters = {c for c in characters if ord(c) not in _codes(file)}
    return characters


@cache
def _codes(file: str) -> frozenset[int]:
    """The code points of a font file; none of one that cannot be read."""
    from matplotlib.ft2font import FT2Font

    try:
        return frozenset(FT2Font(file).get_charmap())
    except (OSError, RuntimeError):
        return frozenset()


@cache
def _register() -> str:
    from matplotlib.font_manager import fontManager

    fontManager.addfont(FILE)
    return str(FILE)


@cache
def _dejavu() -> str:
    from matplotlib import get_data_path

    return str(Path(get_data_path(), "fonts", "ttf", "DejaVuSans.ttf"))


def _installed() -> list[tuple[str, str]]:
    """Family and file of all upright fonts on this computer, those that we like first."""
    from matplotlib.font_manager import fontManager

    rank = {name: i for i, name in enumerate(LIKED)}
    faces = {
        (f.name, f.fname)
        for f in fontManager.ttflist
        if f.style == "normal" and f.name not in OURS and not any(u in f.name for u in UNFIT)
    }
    return sorted(faces, key=lambda face: (rank.get(face[0], len(LIKED)), face))


def woff(text: str) -> bytes:
    """A web font with only the characters of `text`, for a page read where no font has them."""
    from io import BytesIO

    from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped] # fontTools carries no types
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    options = Options(layout_features=[], notdef_outline=True)
    with TTFont(FILE, lazy=True, recalcTimestamp=False) as font:
        subsetter = Subsetter(options)
        subsetter.populate(text=text)
        subsetter.subset(font)
        font.flavor = "woff"
        target = BytesIO()
        font.save(target)
    return target.getvalue()
