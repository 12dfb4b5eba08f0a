"""Distributions by their quantile functions: a probability in (0, 1) → the figure, native units."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from mfa.engine.network import Floats

Number = float | Floats


@dataclass(frozen=True)
class Shape:
    """The numbers of a distribution, each one figure, (sample,) figures, or (figure, 1) of many figures.

    Attributes
    ----------
    value : mode of triangular and pert, mean of normal and beta, median of lognormal
    low, high : ends of triangular, uniform and pert
    sd : standard deviation of the normal before it is cut at 0, and of the beta
    gsd : geometric standard deviation of the lognormal
    top : what the figure cannot be above; a share is at most 1
    choice : equally likely values
    """

    value: Number
    low: Number = 0.0
    high: Number = 0.0
    sd: Number = 0.0
    gsd: Number = 1.0
    top: Number = math.inf
    choice: tuple[Number, ...] = ()


def quantile(kind: str, u: Floats, shape: Shape) -> Floats:
    """The figures at probabilities `u`, (sample,) or (figure, sample).

    Parameters
    ----------
    kind : `triangular`, `uniform`, `pert`, `normal`, `lognormal`, `beta` or `choice`

    Examples
    --------
    >>> quantile("triangular", np.array([0.25, 0.75]), Shape(1.0, 0.0, 2.0)).round(6).tolist()
    [0.707107, 1.292893]
    """
    return np.asarray(QUANTILES[kind](u, shape), np.float64)


def _triangular(u: Floats, s: Shape) -> Floats:
    width, left = np.subtract(s.high, s.low), np.subtract(s.value, s.low)
    share = np.divide(left, width, out=np.zeros(np.shape(width)), where=np.greater(width, 0))
    rising = np.add(s.low, np.sqrt(u * width * left))
    return np.where(u <= share, rising, s.high - np.sqrt((1 - u) * width * (width - left)))


def _uniform(u: Floats, s: Shape) -> Floats:
    return np.asarray(s.low + u * np.subtract(s.high, s.low))


def _pert(u: Floats, s: Shape) -> Floats:
    """Beta on the range with its mode at the value, weight 4 (Malcolm et al. 1959)."""
    from scipy.special import betaincinv

    width = np.maximum(np.subtract(s.high, s.low), np.finfo(float).tiny)
    rise = 4 * np.subtract(s.value, s.low) / width
    return np.asarray(s.low + width * betaincinv(1 + rise, 5 - rise, u))


def _normal(u: Floats, s: Shape) -> Floats:
    """Normal cut at 0 and at the top, probabilities of the rest scaled to 1."""
    from scipy.special import ndtr, ndtri

    sd = np.maximum(s.sd, np.finfo(float).tiny)
    below, above = ndtr(-np.divide(s.value, sd)), ndtr((s.top - s.value) / sd)
    drawn = s.value + sd * ndtri(below + u * (above - below))
    return np.clip(drawn, 0.0, s.top)


def _lognormal(u: Floats, s: Shape) -> Floats:
    """Lognormal, cut at the top."""
    from scipy.special import ndtr, ndtri

    wide = np.log(s.gsd)
    if not np.any(wide):
        return np.broadcast_to(s.value, u.shape)
    most = ndtr(np.log(s.top / np.maximum(s.value, np.finfo(float).tiny)) / wide)
    return np.minimum(s.value * np.exp(wide * ndtri(u * most)), s.top)


def _beta(u: Floats, s: Shape) -> Floats:
    """Beta on 0 to 1 by mean and standard deviation."""
    from scipy.special import betaincinv

    size = s.value * np.subtract(1, s.value) / np.maximum(np.square(s.sd), np.finfo(float).tiny) - 1
    return np.asarray(betaincinv(s.value * size, np.subtract(1, s.value) * size, u))


def _choice(u: Floats, s: Shape) -> Floats:
    drawn = np.minimum((u * len(s.choice)).astype(np.int64), len(s.choice) - 1)
    values = np.array([np.broadcast_to(c, u.shape) for c in s.choice])
    return np.asarray(np.take_along_axis(values, drawn[None], axis=0)[0], np.float64)


QUANTILES: Mapping[str, Callable[[Floats, Shape], Floats]] = {
    "triangular": _triangular,
    "uniform": _uniform,
    "pert": _pert,
    "normal": _normal,
    "lognormal": _lognormal,
    "beta": _beta,
    "choice": _choice,
}
