"""Shares of variance from samples that are there: how far the mean goes with each figure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mfa.engine.network import Floats

GROUPS = 20  # of samples, each left out once, from which the error of an index is worked out
FEWEST, MOST = 3, 40  # classes
INSIDE = 1e-12  # of 0 and 1: a normal score has ends
SEEN = 3.0  # errors above 0 that an index must be to be taken out of the noise of others
MOST_SEEN = 40  # figures that are: two numbers each are fitted to the samples
POINTS = (np.arange(200) + 0.5) / 200  # within a class, over which moments are averaged


class Index(NamedTuple):
    """A share of the variance, with its standard error; it may be below 0 where it is nothing."""

    value: float
    error: float


def class_count(samples: int) -> int:
    """How many classes: by the cube root of the number of samples, which balances noise against bias."""
    return int(min(max(round(0.7 * samples ** (1 / 3)), FEWEST), MOST))


def index_of(replicates: Floats) -> Index:
    """The first of some replicates and its standard error by the others, a jackknife over groups.

    The replicates of several independent figures may be added before.
    """
    less = replicates[1:]
    error = np.sqrt((GROUPS - 1) / GROUPS * np.sum((less - less.mean()) ** 2))
    return Index(float(replicates[0]), float(error))


def first_order(u: Floats, y: Floats, of: Floats, certainty: float = 1.0) -> Floats:
    """The share of a variance that falls away, on average, when a figure becomes known.

    By all samples, and by all but one of 20 groups each (`index_of`).

    Parameters
    ----------
    u : (sample,) its probabilities, uniform in 0 to 1
    y : (sample,) what it explains, with or without what others do
    of : (sample,) what the variance is of
    certainty : how well it becomes known: the correlation, in normal scores, of two draws that agree
        with what was found out; 1 is exactly

    Notes
    -----
    Var(E[Y|X])/Var(Y), the first-order index, from given data (Plischke, Borgonovo and Smith 2013,
    European Journal of Operational Research 226:536-550): samples fall into classes of equal
    probability. Where they take the mean of a class, here a line over the normal score is fitted in
    each, since 10 means miss 4 % of a normal's variance. What is explained is too large by the errors of the
    fit, which are taken off, as the ε² of Kelley (1935) does for means. With certainty ρ the lines are
    weighed by the joint distribution of two such draws, so that Var(E[Y|T]) comes out, T being what is
    found out.
    """
    count = class_count(len(y))
    found = _explained(_sums(u, y, count), _gram(count, round(certainty, 6)))
    group = np.arange(len(of)) % GROUPS
    many, first = np.bincount(group, minlength=GROUPS), np.bincount(group, of - of.mean(), GROUPS)
    second = np.bincount(group, (of - of.mean()) ** 2, GROUPS)
    n, s, q = (np.concatenate([[p.sum()], p.sum() - p]) for p in (many, first, second))
    shares: Floats = found / ((q - s**2 / n) / (n - 1))
    return shares


def _sums(u: Floats, y: Floats, count: int) -> Floats:
    """(n x x² y xy y², set, class) sums over all samples, and over all but one group each."""
    from scipy.special import ndtri

    at = np.minimum((u * count).astype(np.int64), count - 1)
    x = ndtri(np.clip(u, INSIDE, 1 - INSIDE)) - _middles(count)[at]
    cell = np.arange(len(y)) % GROUPS * count + at
    columns = (np.ones(len(y)), x, x * x, y, x * y, y * y)
    parts = np.array([np.bincount(cell, c, GROUPS * count).reshape(GROUPS, count) for c in columns])
    whole = parts.sum(axis=1, keepdims=True)
    return np.concatenate([whole, whole - parts], axis=1)


def _middles(count: int) -> Floats:
    from scipy.special import ndtri

    made: Floats = ndtri((np.arange(count) + 0.5) / count)
    return made


def _explained(sums: Floats, gram: Floats) -> Floats:
    """(set,) the variance of the lines, the errors of their fit taken off."""
    n, x, xx, y, xy, yy = sums
    n = np.maximum(n, 1.0)
    spread = xx - x * x / n
    flat = spread <= 1e-12 * np.maximum(xx, 1e-300)  # one sample, or none: no line
    slope = np.where(flat, 0.0, (xy - x * y / n) / np.where(flat, 1.0, spread))
    at_0 = (y - slope * x) / n
    left = (yy - at_0 * y - slope * xy).sum(axis=1)
    noise = left / np.maximum(n.sum(axis=1) - 2 * n.shape[1], 1.0)
    of_slope = np.where(flat, 0.0, 1 / np.where(flat, 1.0, spread))
    mean = x / n
    fit = np.concatenate([at_0, slope], axis=1)
    count = n.shape[1]
    here = np.arange(count)
    errors = ((1 / n + mean**2 * of_slope) * gram[here, here]).sum(axis=1)
    errors += (of_slope * gram[count + here, count + here]).sum(axis=1)
    errors -= 2 * (mean * of_slope * gram[here, count + here]).sum(axis=1)
    made: Floats = np.einsum("si,ij,sj->s", fit, gram, fit) - noise * errors
    return made


@lru_cache(maxsize=256)
def _gram(count: int, certainty: float) -> Floats:
    """(1 and x of each class)² covariances of two draws in normal scores with a correlation.

    Over T, what both have in common: given it a draw is normal about √ρ·T with variance 1 - ρ, so that
    its moments in a class are those of a normal between two ends.
    """
    from scipy.special import ndtr, ndtri

    t = ndtri(((np.arange(count)[:, None] + POINTS) / count).ravel())
    low, high = (ndtri((np.arange(count) + k) / count) for k in (0, 1))
    if certainty >= 1:
        inside = (t[:, None] > low) & (t[:, None] <= high)
        moments = np.hstack([inside, np.where(inside, t[:, None] - _middles(count), 0.0)])
    else:
        mean, sd = np.sqrt(certainty) * t[:, None], np.sqrt(1 - certainty)
        a, b = (low - mean) / sd, (high - mean) / sd
        chance = ndtr(b) - ndtr(a)
        density = (np.exp(-0.5 * a**2) - np.exp(-0.5 * b**2)) / np.sqrt(2 * np.pi)
        moments = np.hstack([chance, (mean - _middles(count)) * chance + sd * density])
    whole = moments.mean(axis=0)
    return np.asarray(moments.T @ moments / len(t) - np.outer(whole, whole), np.float64)


def indices(
    u: Sequence[Floats], y: Floats, certainties: Sequence[float] | None = None, *, independent: bool = True
) -> list[Floats]:
    """First-order indices of all figures, in replicates (`first_order`).

    Parameters
    ----------
    u : (figure, sample) their probabilities
    certainties : (figure,) see `first_order`
    independent : whether no figures are correlated

    Notes
    -----
    What the figures explain that are clearly seen is taken off before the others are looked at: to
    independent figures it is noise alone, and a thousand figures add up to much of that. It is a
    regression on their normal scores and the squares of these.
    """
    if not np.ptp(y) > 0:
        return [np.zeros(1 + GROUPS)] * len(u)
    known = certainties or [1.0] * len(u)
    first = [index_of(first_order(one, y, y)) for one in u]
    seen = [i for i, f in enumerate(first) if f.value > SEEN * f.error] if independent else []
    seen = sorted(seen, key=lambda i: -first[i].value)[: min(MOST_SEEN, len(y) // GROUPS)]
    parts = _parts([u[i] for i in seen], y)
    left = y - y.mean() - sum(parts.values(), np.zeros(len(y)))
    own = {i: parts[k] for k, i in enumerate(seen)}
    return [first_order(one, left + own[i] if i in own else left, y, known[i]) for i, one in enumerate(u)]


def _parts(u: Sequence[Floats], y: Floats) -> dict[int, Floats]:
    """(figure) → (sample,) what a regression on its normal score and the square of that gives it."""
    from scipy.special import ndtri

    if not u:
        return {}
    scores = [ndtri(np.clip(one, 1e-9, 1 - 1e-9)) for one in u]
    columns = np.array([c for z in scores for c in (z, z * z - 1)]).T
    columns -= columns.mean(axis=0)
    found, *_ = np.linalg.lstsq(columns, y - y.mean(), rcond=None)
    return {k: columns[:, 2 * k : 2 * k + 2] @ found[2 * k : 2 * k + 2] for k in range(len(u))}
