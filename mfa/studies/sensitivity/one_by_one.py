"""One figure after the other at both ends of its written range, all others as written."""

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
from mfa.studies.sweeps.crews import EVERYBODY, Crew

TAILS = (0.05, 0.95)  # of a distribution without ends
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


def bars(
    central: Run,
    names: Sequence[str],
    progress: Progress = lambda n, of: None,
    crew: Crew = EVERYBODY,
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
    both_ends = [ends(f) for f in wanted]
    changes = [(f.key, u) for f, both in zip(wanted, both_ends, strict=True) for u in both]
    found = moved(central, plan, drawn, changes, names, progress, crew)
    made = {}
    for name in names:
        y = column(found, name)
        middle = float(y[-1])
        rows = []
        for i, (factor, both) in enumerate(zip(wanted, both_ends, strict=True)):
            low, high = factor.at(np.array(both)).tolist()
            at = [None if math.isnan(v) else float(v) for v in y[2 * i : 2 * i + 2]]
            rows.append(Bar(name, factor.name, low, high, at[0], at[1]))
        moving = [b for b in rows if b.effect(middle) > 1e-9 * abs(middle)]
        made[name] = middle, sorted(moving, key=lambda b: (-b.effect(middle), b.path))
    return made


def ends(factor: Factor) -> tuple[float, float]:
    """The probabilities of both ends of a figure."""
    if factor.kind == "choice":
        half = 0.5 / len(factor.figure.choice)
        return half, 1 - half
    return (0.0, 1.0) if factor.kind in ENDED else TAILS


def column(found: Outputs, name: str) -> Floats:
    """(sample,) the values of an indicator."""
    made: Floats = found.values[:, [r[0] for r in found.rows].index(name)]
    return made


def moved(
    central: Run,
    plan: DrawPlan,
    drawn: Sequence[Factor],
    changes: Sequence[tuple[str, float]],
    names: Sequence[str],
    progress: Progress,
    crew: Crew,
) -> Outputs:
    """The indicators with one figure at another probability in each sample; in the last as written."""
    count = len(changes) + 1
    u: Mapping[str, Floats] = {f.key: np.full(count, f.central) for f in drawn}
    for i, (key, probability) in enumerate(changes):
        u[key][i] = probability
    return solved(central, laid(plan, u), names, count, progress, crew)
