"""Statistics of samples: moments, quantiles, and the probability of a target with its error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mfa.engine.network import Floats

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
COLUMNS = ("mean", "sd", "p05", "p25", "p50", "p75", "p95")


class Statistics(NamedTuple):
    """What the samples of one figure say; None where none of them has a value."""

    mean: float | None
    sd: float | None
    p05: float | None
    p25: float | None
    p50: float | None
    p75: float | None
    p95: float | None


NOTHING = Statistics(*(None,) * 7)


def statistics(samples: Floats) -> list[Statistics]:
    """Of each column of (sample, figure); NaN is no value.

    `sd` is the estimate with n - 1; quantiles lie between the two samples next to them (Hyndman and
    Fan 1996, no. 7).

    >>> statistics(np.array([[1.0], [2.0], [4.0]]))[0].p50
    2.0
    """
    there = ~np.isnan(samples)
    kept = samples[there.any(axis=1)]
    if len(kept) < 2:
        return [_of(samples[:, i]) for i in range(samples.shape[1])]
    whole = np.flatnonzero(~np.isnan(kept).any(axis=0))
    found = {int(i): one for i, one in zip(whole, _together(kept[:, whole]), strict=True)}
    return [found[i] if i in found else _of(samples[:, i]) for i in range(samples.shape[1])]


def _together(samples: Floats) -> list[Statistics]:
    """Of columns without gaps."""
    turned = np.ascontiguousarray(samples.T)
    mean, sd = turned.mean(axis=1), turned.std(axis=1, ddof=1)
    quantiles = np.quantile(turned, QUANTILES, axis=1)
    return [Statistics(*row) for row in zip(*(a.tolist() for a in (mean, sd, *quantiles)), strict=True)]


def _of(column: Floats) -> Statistics:
    found = column[~np.isnan(column)]
    if not len(found):
        return NOTHING
    sd = float(np.std(found, ddof=1)) if len(found) > 1 else None
    return Statistics(float(np.mean(found)), sd, *np.quantile(found, QUANTILES).tolist())


@dataclass(frozen=True)
class Probability:
    """How often a target is met, of the samples that count.

    Attributes
    ----------
    met, unproven, samples : counts
    """

    met: int
    unproven: int
    samples: int

    @property
    def value(self) -> float:
        """The share of samples that meet it for certain."""
        return self.met / self.samples if self.samples else math.nan

    @property
    def error(self) -> float:
        """Its Monte Carlo standard error, √(p(1 - p)/n).

        With one sample more on each side, so that it is not 0 where all or none meet it: n + 2 and
        p = (met + 1)/(n + 2), which is the sd of p given the samples under a flat prior, within 1/n.
        """
        n = self.samples + 2
        p = (self.met + 1) / n
        return math.sqrt(p * (1 - p) / n)


def probability(met: Sequence[str | None]) -> Probability:
    """Of the words that samples give a target: `true`, `false`, `unproven`, None where it has no value."""
    return Probability(sum(m == "true" for m in met), sum(m == "unproven" for m in met), len(met))
