"""Where a figure may lie: its written range, two standard deviations, or what its confidence allows."""

from __future__ import annotations

from mfa.records import Figure

TWO_SD = 2.0
SPREAD = {"low": (0.5, 2.0), "medium": (0.8, 1.25)}
HAIR = 1e-8


def bounds(figure: Figure) -> tuple[float, float]:
    """The range of a figure: as written, or two standard deviations; else its value alone."""
    if figure.low is not None and figure.high is not None:
        return figure.low, figure.high
    if figure.sd is not None:
        return max(figure.value - TWO_SD * figure.sd, 0.0), figure.value + TWO_SD * figure.sd
    if figure.gsd is not None:
        return figure.value / figure.gsd**2, figure.value * figure.gsd**2
    return figure.value, figure.value


def hair(figure: Figure) -> tuple[float, float]:
    """A fixed figure with room for rounding, which a solver's presolve does not forgive."""
    return figure.value * (1 - HAIR), figure.value * (1 + HAIR)


def trusted(figure: Figure) -> tuple[float, float]:
    """The range of a price or share: where none is written, its confidence widens it."""
    low, high = bounds(figure)
    if low == high:
        factors = SPREAD.get(figure.confidence, (1.0, 1.0))
        return figure.value * factors[0], figure.value * factors[1]
    return low, high
