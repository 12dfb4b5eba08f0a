"""The font of all pictures: Latin, Greek and the GB 2312 han, so that Chinese shows on a bare machine."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "fonts" / "NotoSansSC-subset.ttf"


@cache
def families() -> tuple[str, ...]:
    """Font families to give to a matplotlib text, ours first, registered on the first call.

    DejaVu Sans comes with matplotlib and fills in what the subset lacks, such as
    superscripts.
    """
    from matplotlib.font_manager import fontManager

    fontManager.addfont(FILE)
    return ("Noto Sans SC", "DejaVu Sans")


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
