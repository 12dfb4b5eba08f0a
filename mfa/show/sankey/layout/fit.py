"""A picture that fits a sheet: labels, gaps and at last the smallest flows give way until it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mfa.show.sankey.geometry import FONT, Geometry, Link
from mfa.show.sankey.layout.plan import Plan, plan
from mfa.show.sankey.layout.spacing import Spacing, spacings
from mfa.show.sankey.sheet import Sheet

SHARES = (0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3)
"""Shares of the largest flow below which flows are bundled, in turn; more would hide what matters."""
STRETCHES = 6  # labels take a part of the gaps, so that each stretch leaves a rest
NEAR = 0.5  # points of the width that may stay blank

Tall = Callable[[Geometry], float]
"""The height of a picture with what stands below it."""

Draw = Callable[[Plan, Spacing], Geometry]
"""A plan drawn with the room that a spacing gives."""


class Unfit(Exception):
    """A picture that fits no way: `made` is the tightest, `width` and `height` the points that it takes."""

    def __init__(self, made: Geometry, width: float, height: float) -> None:
        super().__init__(made, width, height)
        self.made, self.width, self.height = made, width, height

    def __str__(self) -> str:
        return f"{self.width:.0f} × {self.height:.0f} points"


def fitted(
    links: Sequence[Link], sheet: Sheet, tall: Tall, draw: Draw, *, min_share: float = 0.0, **options: Any
) -> Geometry:
    """The picture of a plan of `links` that fits the sheet with the least given way.

    `options` are those of `plan`; `draw` makes the picture, or several below each other.

    What labels and gaps may lose is given up before any flow is bundled; of the shares at which a
    picture fits the smallest is taken, and then the loosest spacing.

    Raises
    ------
    Unfit
        with the largest share it is still too wide or too high
    """
    job = _Fitting(links, sheet, tall, draw, min_share, options)
    chosen = job.first_that_fits()
    spacing, made = next((s, g) for s in job.steps if job.fits(g := job.drawn(chosen, s)))
    return job.stretched(chosen, spacing, made)


@dataclass
class _Fitting:
    """The search for a picture of some flows on a sheet; plans and pictures are made once."""

    links: Sequence[Link]
    sheet: Sheet
    tall: Tall
    draw: Draw
    min_share: float
    options: Mapping[str, Any]
    plans: dict[tuple[float, bool], Plan] = field(default_factory=dict)
    made: dict[tuple[tuple[float, bool], Spacing], Geometry] = field(default_factory=dict)

    @property
    def unit_points(self) -> float:
        """Points of the sheet that a point of the geometry takes."""
        return self.sheet.font / FONT

    @property
    def width(self) -> float:
        """The width of the sheet in points of the geometry."""
        return (self.sheet.width or 0.0) / self.unit_points

    @property
    def steps(self) -> list[Spacing]:
        """The spacings from the loosest."""
        return spacings(self.width)

    def height(self, made: Geometry) -> float:
        """The height with what stands below, in points of the sheet."""
        return self.tall(replace(made, width=self.width)) * self.unit_points

    def fits(self, made: Geometry) -> bool:
        """Whether a picture stands on the sheet."""
        return made.width <= self.width + NEAR and self.height(made) <= self.sheet.tallest

    def drawn(self, tried: tuple[float, bool], spacing: Spacing) -> Geometry:
        """The picture of the flows from a share on; nodes with smaller ones alone may be left out."""
        share, hide = tried
        if tried not in self.plans:
            self.plans[tried] = plan(self.links, min_share=share, hide=hide, **self.options)
        if (tried, spacing) not in self.made:
            self.made[tried, spacing] = self.draw(self.plans[tried], spacing)
        return self.made[tried, spacing]

    def fits_somehow(self, tried: tuple[float, bool]) -> bool:
        """Whether a picture of these flows fits with any spacing; the narrowest is not the lowest."""
        if self.drawn(tried, self.steps[-1]).width > self.width + NEAR:
            return False
        return any(self.fits(self.drawn(tried, spacing)) for spacing in reversed(self.steps))

    def first_that_fits(self) -> tuple[float, bool]:
        """What is asked for if that fits, else the smallest share that does."""
        asked = self.min_share, False
        if self.fits_somehow(asked):
            return asked
        tries = [(share, True) for share in (self.min_share, *SHARES) if share >= max(self.min_share, 1e-9)]
        low, high = 0, len(tries)
        while low < high:
            middle = (low + high) // 2
            if self.fits_somehow(tries[middle]):
                high = middle
            else:
                low = middle + 1
        if low == len(tries):
            made = self.drawn(tries[-1], self.steps[-1])
            raise Unfit(made, made.width * self.unit_points, self.height(made))
        return tries[low]

    def stretched(self, chosen: tuple[float, bool], spacing: Spacing, made: Geometry) -> Geometry:
        """The picture with its gaps drawn out to the width of the sheet."""
        gaps = max(node.layer for node in made.nodes)
        for _ in range(STRETCHES if gaps else 0):
            if (left := self.width - made.width) < NEAR:
                break
            spacing = replace(spacing, more=spacing.more + left / gaps)
            wider = self.drawn(chosen, spacing)
            if not self.fits(wider):
                break
            made = wider
        return replace(made, width=self.width)
