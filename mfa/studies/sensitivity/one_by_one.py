"""One figure after the other: at both ends of its written range, and a small step aside."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from mfa.engine.network import Floats
from mfa.errors import Error, Fault
from mfa.results.run import Run
from mfa.studies.sampling.draws import DrawPlan
from mfa.studies.sensitivity.designed import Outputs, Progress, laid, solved
from mfa.studies.sensitivity.factors import Factor, factors

TAILS = (0.05, 0.95)  # of a distribution without ends
SCORE = 1e-3  # a step of a normal score: rounding is 1e-9 of it, curvature 1e-6
WIDE = 3.0  # errors of the sampled sd by which the other differs only where the answer bends
ENDED = ("triangular", "uniform", "pert")


class Bar(NamedTuple):
    """An indicator at both ends of a figure's range, all others as written.

    Attributes
    ----------
    low, high : of the figure, native units: its range, or the 5 and 95 % of its distribution
    at_low, at_high : the indicator there; None where that cannot be
    """

    indicator: str
    path: str
    low: float
    high: float
    at_low: float | None
    at_high: float | None

    def effect(self, central: float) -> float:
        """How far it moves the indicator at most."""
        ends = [x for x in (self.at_low, self.at_high) if x is not None]
        return max((abs(a - b) for a in (*ends, central) for b in (*ends, central)), default=0.0)


class Propagated(NamedTuple):
    """The spread of an indicator to first order, beside that of its samples.

    Attributes
    ----------
    value : as the figures are written
    sd : of the sum of all figures' effects, each its derivative times its standard deviation
    mean, sampled_sd, error : of the samples, with the standard error of that sd
    nonlinear : whether both differ by more than sampling explains
    left_out : figures a step aside of which cannot be, so that they are not in `sd`
    """

    indicator: str
    value: float
    sd: float
    mean: float
    sampled_sd: float
    error: float
    nonlinear: bool
    left_out: int


def bars(
    central: Run, names: Sequence[str], progress: Progress = lambda n, of: None
) -> dict[str, tuple[float, list[Bar]]]:
    """Indicator → its value as written, and a bar for each figure with a written uncertainty.

    Each is a whole solve, with all that goes by the figure: what is written by it, the rest of its
    split, the balance of its recipe. The largest effect first; figures that move nothing are left out.

    Raises
    ------
    mfa.Error
        no figure has a written uncertainty
    """
    plan = DrawPlan(central.system, 0, "random", 0)
    drawn = factors(plan)
    wanted = [f for f in drawn if not f.by_default and f.kind != "gamma"]
    if not wanted:
        raise Error([Fault("sensitivity-certain", None)])
    ends = [_ends(f) for f in wanted]
    changes = [(f.key, u) for f, both in zip(wanted, ends, strict=True) for u in both]
    found = _moved(central, plan, drawn, changes, names, progress)
    made = {}
    for name in names:
        y = _column(found, name)
        middle = float(y[-1])
        rows = []
        for i, (factor, both) in enumerate(zip(wanted, ends, strict=True)):
            low, high = factor.at(np.array(both)).tolist()
            at = [None if math.isnan(v) else float(v) for v in y[2 * i : 2 * i + 2]]
            rows.append(Bar(name, factor.name, low, high, at[0], at[1]))
        moving = [b for b in rows if b.effect(middle) > 1e-9 * abs(middle)]
        made[name] = middle, sorted(moving, key=lambda b: (-b.effect(middle), b.path))
    return made


def _ends(factor: Factor) -> tuple[float, float]:
    """The probabilities of both ends of a figure."""
    if factor.kind == "choice":
        half = 0.5 / len(factor.figure.choice)
        return half, 1 - half
    return (0.0, 1.0) if factor.kind in ENDED else TAILS


def _column(found: Outputs, name: str) -> Floats:
    column: Floats = found.values[:, [r[0] for r in found.rows].index(name)]
    return column


def _moved(
    central: Run,
    plan: DrawPlan,
    drawn: Sequence[Factor],
    changes: Sequence[tuple[str, float]],
    names: Sequence[str],
    progress: Progress,
) -> Outputs:
    """The indicators with one figure at another probability in each sample; in the last as written."""
    count = len(changes) + 1
    u: Mapping[str, Floats] = {f.key: np.full(count, f.central) for f in drawn}
    for i, (key, probability) in enumerate(changes):
        u[key][i] = probability
    return solved(central, laid(plan, u), names, count, progress)


def propagated(
    central: Run, names: Sequence[str], sampled: Outputs, progress: Progress = lambda n, of: None
) -> list[Propagated]:
    """The spread of indicators to first order: √Σ(∂f/∂x·sd(x))², figures independent.

    Derivatives by differences at the figures as written, with all that goes by a figure, as in
    samples; of a choice, over its first and last value. The error of the sampled sd is
    sd·√((k - 1 + 2/(n - 1))/(4n)), k being the kurtosis.
    """
    from scipy.special import ndtr, ndtri

    plan = DrawPlan(central.system, 0, "random", 0)
    drawn = factors(plan)
    sides = [
        _ends(f) if f.kind == "choice" else [float(ndtr(ndtri(f.central) + s * SCORE)) for s in (-1, 1)]
        for f in drawn
    ]
    changes = [(f.key, u) for f, both in zip(drawn, sides, strict=True) for u in both]
    found = _moved(central, plan, drawn, changes, names, progress)
    made = []
    for name in names:
        y = _column(found, name)
        effects = []
        for i, (factor, both) in enumerate(zip(drawn, sides, strict=True)):
            low, high = factor.at(np.array(both)).tolist()
            change = float(y[2 * i + 1] - y[2 * i])
            effects.append(change / (high - low) * factor.sd if high > low else 0.0)
        known = [e for e in effects if not math.isnan(e)]
        less = len(effects) - len(known)
        made.append(_beside(name, float(y[-1]), math.hypot(*known), _column(sampled, name), less))
    return made


def _beside(name: str, value: float, sd: float, samples: Floats, left_out: int) -> Propagated:
    there = samples[~np.isnan(samples)]
    n = len(there)
    mean, spread = float(np.mean(there)), float(np.std(there, ddof=1))
    if not spread:
        return Propagated(name, value, sd, mean, 0.0, 0.0, sd > 0, left_out)
    kurtosis = float(np.mean((there - mean) ** 4)) / spread**4
    error = spread * math.sqrt(max(kurtosis - 1, 0.0) / (4 * n))
    bends = abs(sd - spread) > WIDE * error
    return Propagated(name, value, sd, mean, spread, error, bends, left_out)
