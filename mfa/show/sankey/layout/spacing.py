"""How much room the parts of a picture get: as much as reads best, or less where a sheet is small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mfa.show.sankey.geometry import FONT, WRAP

Stacked = Literal["none", "outer", "all"]


@dataclass(frozen=True)
class Spacing:
    """What gives way where a picture has to fit.

    Parameters
    ----------
    wrap : the widest line of a label, in points
    gaps : what gaps between columns keep of the room that bands want to bend in
    apart : what bars keep of the room between them and to what passes
    flows : points of the largest sum of flows side by side; None is as many as the columns want
    over : labels reach over the next columns where nothing stands
    stacked : labels stand above their bars, not beside them: none, those of the outer columns, or all
    more : points added to each gap between columns
    units : labels say the unit
    """

    wrap: float = WRAP
    gaps: float = 1.0
    apart: float = 1.0
    flows: float | None = None
    over: bool = False
    stacked: Stacked = "none"
    more: float = 0.0
    units: bool = True


LOOSE = Spacing()
"""What a picture has that takes the room it wants."""

STEPS: tuple[tuple[float, float, float, float, Stacked], ...] = (
    (10.5, 1.0, 1.0, 0.50, "none"),
    (8.5, 1.0, 1.0, 0.50, "none"),
    (7.0, 1.0, 1.0, 0.50, "none"),
    (7.0, 0.7, 1.0, 0.45, "none"),
    (6.0, 0.5, 1.0, 0.40, "none"),
    (6.0, 0.5, 1.0, 0.40, "outer"),
    (6.0, 0.4, 0.7, 0.32, "outer"),
    (10.5, 0.4, 0.5, 0.30, "none"),
    (8.7, 0.4, 0.6, 0.30, "all"),
    (7.5, 0.4, 0.6, 0.30, "all"),
    (6.0, 0.4, 0.6, 0.30, "all"),
    (5.2, 0.3, 0.7, 0.25, "all"),
    (4.6, 0.2, 0.5, 0.15, "all"),
)
"""What gives way in turn: lines of labels in ems, gaps between columns, gaps between bars, the height of the
flows as a share of the sheet's width, the room for labels beside bars. Labels first: they take most of the
width. The long lines in between are for height: two years
below each other then bundle from 10 % on, not 15 %."""


def spacings(width: float) -> list[Spacing]:
    """The steps for a sheet of this width, from the loosest."""
    return [
        Spacing(ems * FONT, gaps, apart, flows * width, over=True, stacked=stacked)
        for ems, gaps, apart, flows, stacked in STEPS
    ]
