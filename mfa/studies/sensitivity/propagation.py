"""The spread of indicators to first order, from derivatives at the figures as they are written.

Each figure's effect is what a small step of it moves, over the step, times its standard deviation. What a
step moves in the network is read off the conversion of the draws alone, as samples go through it: with all
that is written by a figure, the rest of its split, the balance of its recipe. What that is worth is exact, by
one transposed solve for each indicator. Whole solves a step to both sides stand in where there is no such
derivative: at kinks, of choices, of what accounts count by, and of indicators without exact ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from mfa.engine.adjoint import MOVED
from mfa.engine.batch import ARRAYS
from mfa.engine.network import Bools, Floats
from mfa.results.indicators.waste_of_samples import are_waste
from mfa.results.run import Run
from mfa.studies.sampling.batch_values import BatchValues
from mfa.studies.sampling.draws import DrawPlan
from mfa.studies.sensitivity.designed import LEAST, Outputs, Progress, laid
from mfa.studies.sensitivity.factors import Factor, factors
from mfa.studies.sensitivity.gradients import Gradient, Gradients
from mfa.studies.sensitivity.one_by_one import column, ends, moved
from mfa.studies.sweeps.crews import EVERYBODY, Crew

AT_ONCE = 256  # samples converted together, a multiple of 4, where streams can be entered
SCORE = 1e-3  # a step of a normal score: rounding is 1e-9 of it, curvature 1e-6
WIDE = 3.0  # errors of the sampled sd by which the other differs only where the answer bends
Probabilities = Mapping[str, Floats]


class Propagated(NamedTuple):
    """The spread of an indicator to first order, beside that of its samples where there are some.

    Attributes
    ----------
    value : as the figures are written, which is the mean to first order
    sd : of the sum of all figures' effects, each its derivative times its standard deviation
    mean, sampled_sd, error : of the samples, with the standard error of that sd
    nonlinear : whether both differ by more than sampling explains
    left_out : figures a step aside of which cannot be, so that they are not in `sd`
    exact, differences : how many figures' effects are from exact derivatives, and from whole solves
    """

    indicator: str
    value: float
    sd: float
    mean: float | None
    sampled_sd: float | None
    error: float | None
    nonlinear: bool
    left_out: int
    exact: int
    differences: int


def propagated(
    central: Run,
    names: Sequence[str],
    sampled: Outputs | None = None,
    progress: Progress = lambda n, of: None,
    crew: Crew = EVERYBODY,
) -> list[Propagated]:
    """The spread of indicators to first order: √Σ(∂f/∂x·sd(x))², figures independent.

    Of a choice the derivative is the change over its first and last value. The error of the sampled sd is
    sd·√((k - 1 + 2/(n - 1))/(4n)), k being the kurtosis.
    """
    plan = DrawPlan(central.system, 0, "random", 0)
    drawn = factors(plan)
    steps = [_step(f) for f in drawn]
    exact = _Exact(central, plan, drawn, steps).changes(names)
    left = sorted({i for name in names for i in np.flatnonzero(np.isnan(exact[name])).tolist()})
    changes = [(drawn[i].key, u) for i in left for u in steps[i]]
    solved = moved(central, plan, drawn, changes, names, progress, crew)
    made = []
    for name in names:
        y, known = column(solved, name), exact[name]
        change, by_solves = known.copy(), np.isnan(known)
        for k, i in enumerate(left):
            if by_solves[i]:
                change[i] = y[2 * k + 1] - y[2 * k]
        effects = [_effect(f, s, float(c)) for f, s, c in zip(drawn, steps, change, strict=True)]
        there = [e for e in effects if not math.isnan(e)]
        counts = len(effects) - len(there), int((~by_solves).sum()), int(by_solves.sum())
        samples = None if sampled is None else column(sampled, name)
        made.append(_beside(name, float(y[-1]), math.hypot(*there), samples, counts))
    return made


def _step(factor: Factor) -> tuple[float, float]:
    """The probabilities a step below and above a figure as it is written; of a choice, both ends."""
    from scipy.special import ndtr, ndtri

    if factor.kind == "choice":
        return ends(factor)
    score = float(ndtri(factor.central))
    return float(ndtr(score - SCORE)), float(ndtr(score + SCORE))


def _effect(factor: Factor, step: tuple[float, float], change: float) -> float:
    """What one standard deviation of a figure moves."""
    low, high = factor.at(np.array(step)).tolist()
    return change / (high - low) * factor.sd if high > low else 0.0


class _Exact:
    """What steps of figures move, without solving anything but the transposed systems."""

    def __init__(
        self, central: Run, plan: DrawPlan, drawn: Sequence[Factor], steps: Sequence[tuple[float, float]]
    ) -> None:
        self.central, self.plan, self.drawn, self.steps = central, plan, drawn, steps
        self.gradients = Gradients(central)

    def changes(self, names: Sequence[str]) -> dict[str, Floats]:
        """Indicator → (figure,) what its step moves it by; NaN where whole solves have to say."""
        nothing = np.full(len(self.drawn), np.nan)
        known = {n: g for n in names if (g := self.gradients.of(n)) is not None}
        found = {n: nothing.copy() for n in names}
        near = self.gradients.near if known else None
        if near is None or not self.drawn:
            return found
        u = {f.key: np.full(2 * len(self.drawn), f.central) for f in self.drawn}
        for i, (f, step) in enumerate(zip(self.drawn, self.steps, strict=True)):
            u[f.key][2 * i : 2 * i + 2] = step
        waste = are_waste(names, self.central.wastes)
        relative = np.array([self._relative(f, s) for f, s in zip(self.drawn, self.steps, strict=True)])
        for start, numbers, clear in self._blocks(u, waste=waste):
            at = slice(start, start + len(clear))
            still = np.abs(_through(near, numbers)) <= MOVED * relative[at]
            for name, gradient in known.items():
                good = clear & still & ~_bends(gradient, numbers)
                found[name][at] = np.where(good, _through(gradient.by, numbers), np.nan)
        return found

    @staticmethod
    def _relative(factor: Factor, step: tuple[float, float]) -> float:
        """How large a step is beside the figure; 0 of a choice, which has no derivative."""
        low, high = factor.at(np.array(step)).tolist()
        size = max(abs(low), abs(high))
        return abs(high - low) / size if size and factor.kind != "choice" else 0.0

    def _blocks(self, u: Probabilities, *, waste: bool) -> list[tuple[int, Mapping[str, Floats], Bools]]:
        """(first figure, array → (n, figure) what steps move, which figures these numbers say all of)."""
        plan = laid(self.plan, u)
        paths = tuple(plan.block(0, LEAST).values)
        filling = BatchValues(self.central.system, self.central.compiled, paths, plan.names)
        made = []
        for start in range(0, 2 * len(self.drawn), AT_ONCE):
            size = min(AT_ONCE, 2 * len(self.drawn) - start)
            draws = plan.block(start, max(size, LEAST))
            filled = filling.filled({p: draws.values[p] for p in paths}, max(size, LEAST))
            clear = np.ones(size // 2, bool)
            for path in paths:
                if filling.stands(path) or (waste and filling.is_apart(path)):
                    continue
                values = draws.values[path][:size]
                clear &= values[0::2] == values[1::2]
            for below in (*filled.negative.values(), *draws.invalid.values()):
                clear &= ~(below[0:size:2] | below[1:size:2])
            made.append((start // 2, _stepped(filled.values, size), clear))
        return made


def _stepped(values: object, size: int) -> Mapping[str, Floats]:
    """Array → (n, figure) what it has above less what it has below."""
    found = {}
    for name in ARRAYS:
        array = getattr(values, name)[:, :size]
        low, high = array[:, 0::2], array[:, 1::2]
        there = np.isfinite(low) & np.isfinite(high)
        found[name] = np.where(there, high, 0.0) - np.where(there, low, 0.0)
    return found


def _through(by: object, numbers: Mapping[str, Floats]) -> Floats:
    """(figure,) what steps are worth; what comes from outside counts one by one, not as sums of pools."""
    names = (n for n in ARRAYS if n != "external")
    total: Floats = sum((getattr(by, n) @ numbers[n] for n in names), np.zeros(numbers["share"].shape[1]))
    return total


def _bends(gradient: Gradient, numbers: Mapping[str, Floats]) -> Bools:
    """(figure,) whether a step moves a coefficient at which the account itself bends."""
    found: Bools = (numbers["coefficient"][gradient.kinks > 0] != 0).any(axis=0)
    return found


def _beside(
    name: str, value: float, sd: float, samples: Floats | None, counts: tuple[int, int, int]
) -> Propagated:
    if samples is None:
        return Propagated(name, value, sd, None, None, None, False, *counts)
    there = samples[~np.isnan(samples)]
    n = len(there)
    mean, spread = float(np.mean(there)), float(np.std(there, ddof=1))
    if not spread:
        return Propagated(name, value, sd, mean, 0.0, 0.0, sd > 0, *counts)
    kurtosis = float(np.mean((there - mean) ** 4)) / spread**4
    error = spread * math.sqrt(max(kurtosis - 1 + 2 / (n - 1), 0.0) / (4 * n))
    bends = abs(sd - spread) > WIDE * error
    return Propagated(name, value, sd, mean, spread, error, bends, *counts)
