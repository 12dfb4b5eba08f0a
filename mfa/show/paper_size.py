"""How large a picture is on paper: lengths as people write them, and the usual sizes by name."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from mfa.errors import Error, Fault, nearest

LENGTH = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(\D*?)\s*")
POINTS: Mapping[str, float] = {
    "pt": 1.0,
    "mm": 72 / 25.4,
    "cm": 72 / 2.54,
    "in": 72.0,
    "m": 72 / 0.0254,
    "磅": 1.0,
    "毫米": 72 / 25.4,
    "厘米": 72 / 2.54,
    "英寸": 72.0,
}
LONGEST = 14400.0  # points: a PDF page cannot be longer (ISO 32000-1, annex C)
SHORTEST = 72.0  # points: an inch; below it no picture has room for words
FONTS = 3.0, 200.0  # points
DOTS = 36.0, 2400.0  # a screen from afar, and an imagesetter
LEAST_IN_PRINT = 6.5  # points: journals ask for lettering of 6 to 8 pt at final size


@dataclass(frozen=True)
class PaperSize:
    """The room of a picture, in points of 1/72 inch; None is as much as it takes.

    `font_pt` is the size of labels; no text may be smaller than `least_pt`. `dpi` are the dots of a PNG.
    """

    width_pt: float | None
    height_pt: float | None
    font_pt: float
    dpi: float
    least_pt: float = 0.0


NATURAL = PaperSize(None, None, 9.0, 200.0)
NAMED: Mapping[str, PaperSize] = {
    "paper": PaperSize(17 * POINTS["cm"], None, 7.5, 300.0, LEAST_IN_PRINT),  # both columns of a journal
    "column": PaperSize(8.5 * POINTS["cm"], None, 7.0, 300.0, LEAST_IN_PRINT),  # one of them
    "slide": PaperSize(30 * POINTS["cm"], 14 * POINTS["cm"], 14.0, 150.0),  # 16:9, below its title
    "poster": PaperSize(80 * POINTS["cm"], None, 24.0, 150.0),  # A0 upright, within its margins
    "screen": PaperSize(25.4 * POINTS["cm"], None, 9.0, 192.0),  # 960 px of CSS, twice as many dots
}


def paper_size(
    purpose: str | None = None,
    *,
    width: str | float | None = None,
    height: str | float | None = None,
    font: str | float | None = None,
    dpi: float | None = None,
) -> PaperSize | None:
    """The size asked for; None where nothing is asked.

    Parameters
    ----------
    purpose : `paper`, `column`, `slide`, `poster` or `screen`; the others change what it says
    width, height : such as `17cm`, `170 mm`, `6.7in` or `480pt`; a number is points
    font : size of labels, such as `7pt`
    dpi : dots per inch of a PNG

    Raises
    ------
    mfa.Error
        each value that is no length, no purpose, out of range, or a font too small for print
    """
    if (purpose, width, height, font, dpi) == (None,) * 5:
        return None
    faults: list[Fault] = []
    if purpose is not None and purpose not in NAMED:
        values = {"name": purpose[:40], "known": ", ".join(NAMED), "near": nearest(purpose, NAMED)}
        faults.append(Fault("paper-purpose", None, values))
    basis = NAMED.get(purpose or "", NATURAL)
    edge = SHORTEST, LONGEST
    made = PaperSize(
        _length("width", width, edge, basis.width_pt, faults),
        _length("height", height, edge, basis.height_pt, faults),
        _length("font", font, FONTS, basis.font_pt, faults) or basis.font_pt,
        basis.dpi if dpi is None else dpi,
        basis.least_pt,
    )
    if not DOTS[0] <= made.dpi <= DOTS[1]:
        values = {"value": f"{made.dpi:g}", "low": f"{DOTS[0]:g}", "high": f"{DOTS[1]:g}"}
        faults.append(Fault("paper-dpi", None, values))
    if made.font_pt < made.least_pt:
        values = {"value": f"{made.font_pt:g}", "least": f"{made.least_pt:g}", "name": str(purpose)}
        faults.append(Fault("paper-font", None, values))
    if faults:
        raise Error(faults)
    return made


def _length(
    option: str,
    asked: str | float | None,
    edges: tuple[float, float],
    otherwise: float | None,
    faults: list[Fault],
) -> float | None:
    """The length asked for, in points; a fault where it cannot be."""
    if asked is None:
        return otherwise
    try:
        found = points(asked, option) if isinstance(asked, str) else float(asked)
    except Error as error:
        faults += error.faults
        return otherwise
    if not edges[0] <= found <= edges[1]:  # not a number is no length either
        values = {"option": option, "text": str(asked)[:40], "low": f"{edges[0]:g}", "high": f"{edges[1]:g}"}
        faults.append(Fault("paper-range", None, values))
    return found


def points(text: str, option: str = "length") -> float:
    """A length in points of 1/72 inch.

    >>> [round(points(text), 3) for text in ("17cm", "170 mm", "6.7in", "480pt")]
    [481.89, 481.89, 482.4, 480.0]

    Raises
    ------
    mfa.Error
        no number with a unit of length
    """
    found = LENGTH.fullmatch(text)
    unit = found.group(2).lower() if found else ""
    if found is None or unit not in POINTS or math.isinf(float(found.group(1))):
        known = ", ".join(u for u in POINTS if u.isascii())
        raise Error([Fault("paper-length", None, {"option": option, "text": text[:40], "known": known})])
    return float(found.group(1)) * POINTS[unit]
