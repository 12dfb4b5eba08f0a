"""How long what enters a stock stays: the share of a cohort that is left at an age."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mfa.engine.network import Floats, Ints
from mfa.storage import Lifetime
from mfa.system import Figure, number

NARROWEST, WIDEST = 0.02, 1e4  # shapes of Weibull that are searched: sd from 2e23 means down to 1.3e-4


class Parameters(NamedTuple):
    """The two parameters of a distribution, (cohort, stock); the second is unused where there is one."""

    first: Floats
    second: Floats


def survival(dist: str, age: Floats, first: Floats, second: Floats) -> Floats:
    """The share of a cohort that is left at an age.

    Parameters
    ----------
    dist : `fixed`, `normal`, `folded-normal`, `lognormal`, `weibull` or `gamma`
    age : years; at exactly a fixed life the cohort is gone
    first, second : as `parameters` gives them, of shapes that go with `age`

    Notes
    -----
    normal: 1 − Φ((a − μ)/σ), not cut off at age 0, as ODYM and flodym have it; folded normal:
    of |X|, X normal with mean μ and deviation σ; lognormal: 1 − Φ((ln a − m)/s); Weibull:
    exp(−(a/λ)^k); gamma: Q(k, a/θ).

    Examples
    --------
    >>> survival("fixed", np.array([9.5, 10.0]), np.array(10.0), np.array(0.0)).tolist()
    [1.0, 0.0]
    """
    from scipy.special import gammaincc, ndtr

    older = np.maximum(age, 0.0)
    if dist == "fixed":
        found = np.where(age < first, 1.0, 0.0)
    elif dist == "normal":
        found = ndtr((first - age) / second)
    elif dist == "folded-normal":
        found = ndtr((first - older) / second) + ndtr(-(first + older) / second)
    elif dist == "lognormal":
        with np.errstate(divide="ignore"):
            found = ndtr((first - np.log(older)) / second)
    elif dist == "weibull":
        found = np.exp(-((older / second) ** first))
    else:
        found = gammaincc(first, older / second)
    return np.asarray(found, np.float64)


def varies(lifetime: Lifetime) -> bool:
    """Whether a lifetime depends on the year of entry."""
    figures = (lifetime.mean, lifetime.sd, lifetime.shape, lifetime.scale)
    return any(f is not None and f.years for f in figures)


def parameters(lifetimes: Sequence[Lifetime], years: Ints) -> Parameters:
    """The parameters (cohort, stock) of lifetimes of one kind by their years of entry (cohort, stock).

    (1, stock) where none depends on the year of entry.

    Notes
    -----
    fixed: its years; normal and folded normal: μ, σ of the normal; lognormal: m = ln μ − s²/2,
    s² = ln(1 + σ²/μ²); Weibull: shape, scale; gamma: shape μ²/σ², scale σ²/μ.
    """
    by_shape, dist = lifetimes[0].shape is not None, lifetimes[0].dist
    one = _values([x.shape if by_shape else x.mean for x in lifetimes], years)
    two = _values([x.scale if by_shape else x.sd for x in lifetimes], years)
    if by_shape or dist in ("fixed", "normal", "folded-normal"):
        return Parameters(one, two)
    if dist == "lognormal":
        spread = np.log1p((two / one) ** 2)
        return Parameters(np.log(one) - spread / 2, np.sqrt(spread))
    if dist == "gamma":
        return Parameters((one / two) ** 2, two**2 / one)
    from scipy.special import gamma

    shape: Floats = np.vectorize(weibull_shape, otypes=[float])(two / one)
    return Parameters(shape, one / gamma(1 + 1 / shape))


def _values(figures: Sequence[Figure | None], years: Ints) -> Floats:
    """(cohort, stock) the figures by year of entry, 0 where there is none; (1, stock) where none varies."""
    if not any(f is not None and f.years for f in figures):
        return np.array([[number(f) for f in figures]])
    by_stock = zip(figures, years.T.tolist(), strict=True)
    return np.array([[f.at(y) if f else 0.0 for y in own] for f, own in by_stock]).T


@lru_cache(1024)
def weibull_shape(variation: float) -> float:
    """The shape k of the Weibull distribution with a coefficient of variation: Γ(1+2/k)/Γ(1+1/k)² = 1 + v².

    >>> round(weibull_shape(1.0), 12)
    1.0
    """
    from scipy.optimize import brentq
    from scipy.special import gammaln

    def excess(shape: float) -> float:
        return float(gammaln(1 + 2 / shape) - 2 * gammaln(1 + 1 / shape) - np.log1p(variation**2))

    return float(brentq(excess, NARROWEST, WIDEST, xtol=1e-14, rtol=1e-14))
