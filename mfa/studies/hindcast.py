"""Hindcast: what a run gives for past years beside the statistics of these years, and how far off it is.

Bias is the mean of model less statistic, the mean absolute error that of its size: the two say
whether a model is off one way, or scatters. A figure that the model has from the statistic itself
tests nothing and is in neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import fsum

from mfa.results.run import Run
from mfa.studies.audit import is_stated
from mfa.studies.claimed import value_of
from mfa.system import Claim


@dataclass(frozen=True)
class Point:
    """A statistic of one year and the model's figure for it, in the unit of the claim's quantity.

    `put_in`: the model has that figure as an input.
    """

    claim: Claim
    year: int
    model: float | None
    put_in: bool

    @property
    def statistic(self) -> float | None:
        """The stated figure; of bounds alone, the model's figure if it is within, else the nearer bound."""
        c = self.claim
        if c.value is not None or self.model is None:
            return c.value
        return max(self.model if c.high is None else min(self.model, c.high), c.low or 0.0)

    @property
    def difference(self) -> float | None:
        """Model less statistic."""
        if self.model is None or self.statistic is None:
            return None
        return self.model - self.statistic

    @property
    def within(self) -> bool:
        """Whether the model's figure is within the claim's tolerance or bounds."""
        c, x = self.claim, self.model
        return x is not None and (c.low is None or x >= c.low) and (c.high is None or x <= c.high)


@dataclass(frozen=True)
class Score:
    """One quantity over its years: native unit of the quantity."""

    points: tuple[Point, ...]

    @cached_property
    def tested(self) -> tuple[Point, ...]:
        """The points that test the model: it has a figure, and not from the statistic."""
        return tuple(p for p in self.points if not p.put_in and p.difference is not None)

    @property
    def bias(self) -> float | None:
        """Mean of model less statistic; None where nothing is tested."""
        return self._mean([p.difference or 0.0 for p in self.tested])

    @property
    def mean_absolute_error(self) -> float | None:
        """Mean size of model less statistic; None where nothing is tested."""
        return self._mean([abs(p.difference or 0.0) for p in self.tested])

    @property
    def mean_statistic(self) -> float | None:
        """Mean of the statistics that test: what the two are a share of."""
        return self._mean([p.statistic or 0.0 for p in self.tested])

    def _mean(self, values: Sequence[float]) -> float | None:
        return fsum(values) / len(values) if values else None


def hindcast(runs: Sequence[Run]) -> tuple[Score, ...]:
    """Score the claims with a year against the runs of these years: one score a quantity, in their order.

    Parameters
    ----------
    runs : of all years, in order
    """
    found: dict[tuple[str, tuple[str, ...]], list[Point]] = {}
    for claim in runs[-1].system.claims:
        if claim.year is None or claim.kind == "none":
            continue
        run = next((r for r in runs if r.system.period <= claim.year < r.system.period + r.system.span), None)
        if run is None:  # another year was asked for
            continue
        model = value_of(run, claim)
        put_in = model is not None and is_stated(run, claim, model)
        found.setdefault((claim.kind, claim.names), []).append(Point(claim, claim.year, model, put_in))
    return tuple(Score(tuple(sorted(points, key=lambda p: p.year))) for points in found.values())
