"""The sheet that a Sankey picture has to fit, and how its letters are written."""

from __future__ import annotations

from dataclasses import dataclass

from mfa.errors import Error, Fault, nearest
from mfa.show.paper_size import NATURAL, POINTS, PaperSize, paper_size

TEXTS = ("text", "paths")
TALLEST = 23 * POINTS["cm"]  # of a page of A4, with room for a caption below

FONT_OF_A_WIDTH = 7.0  # points where only a width is given: a Sankey picture has many words


@dataclass(frozen=True)
class Sheet:
    """A size, or none: then the picture takes the room that it wants.

    `text` says whether an SVG file has its letters as `text` or as `paths`.
    """

    size: PaperSize | None = None
    text: str = "text"

    @property
    def width(self) -> float | None:
        """Points, None where it is free."""
        return self.size.width_pt if self.size else None

    @property
    def height(self) -> float | None:
        """Points, None where it is free up to `tallest`."""
        return self.size.height_pt if self.size else None

    @property
    def font(self) -> float:
        """Points of the letters of a label."""
        return (self.size or NATURAL).font_pt

    @property
    def tallest(self) -> float:
        """Points that the picture may be high: a page, or a wider sheet in the proportion of one."""
        return self.height or max(TALLEST, (self.width or 0.0) * 2**0.5)


FREE = Sheet()
"""A picture of any size."""


def sheet_of(
    *,
    for_: str | None = None,
    width: str | None = None,
    height: str | None = None,
    font: str | None = None,
    dpi: int | None = None,
    text: str = "text",
) -> Sheet:
    """The sheet that is asked for; all but `text` as of `paper_size`.

    Raises
    ------
    mfa.Error
        what is no size or form of letters, and a height or size of letters without a width
    """
    letters = FONT_OF_A_WIDTH if font is None and width is not None and for_ is None else font
    size = paper_size(for_, width=width, height=height, font=letters, dpi=dpi)
    if text not in TEXTS:
        values = {"text": str(text)[:40], "known": ", ".join(TEXTS), "near": nearest(str(text), TEXTS)}
        raise Error([Fault("sheet-text", None, values)])
    if size and size.width_pt is None and (height or font):
        raise Error([Fault("sheet-no-width", None)])
    return Sheet(size, text)
