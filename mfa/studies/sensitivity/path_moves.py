"""What a figure moves without anything being solved: numbers of the network, and what accounts count by.

Most figures are one number of the network, or two where a balance flow closes the recipe. For others the
system is made a little below and above, and what its conversion gives is compared: conversions are products
and sums of figures, so that the difference is their derivative to some 1e-10.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mfa.engine.batch import ARRAYS
from mfa.engine.compile import Slot, compile_system, slot
from mfa.engine.network import Values
from mfa.errors import Error, Failure, FaultWithoutPlace
from mfa.parameters import with_value
from mfa.results.run import Run
from mfa.system import System

STEP = 1e-5  # of a figure: its square and the rounding over it are both about 1e-10
STILL = 1e-9  # of a number per relative change of a figure: less is rounding


@dataclass(frozen=True)
class Moved:
    """What a unit of a figure moves.

    Attributes
    ----------
    numbers : array and place of each number of the network, and by how much
    direct : indicator → its derivative with all amounts as they are, where accounts count by the figure
    """

    numbers: Sequence[tuple[str, int, float]]
    direct: Mapping[str, float]

    def through(self, by: Values) -> float:
        """What that is worth by the derivatives of an indicator by each number."""
        return sum(float(getattr(by, array)[at]) * change for array, at, change in self.numbers)


def moves(run: Run, path: str, value: float, names: Sequence[str], *, apart: bool) -> Moved | None:
    """What a figure moves; None where another network follows, or the system cannot be.

    Parameters
    ----------
    value : the figure, not 0
    names : the indicators that may count by it
    apart : the network does not go by it
    """
    where = None if apart else slot(run.compiled, run.system, path)
    if where is not None:
        return Moved(of_slot(where), {})
    try:
        sides = [with_value(run.system, path, value * (1 + s * STEP)) for s in (1, -1)]
        numbers = [] if apart else _numbers(run, sides, value)
    except (Error, Failure, FaultWithoutPlace):
        return None
    if numbers is None:
        return None
    there = [_indicators(Run(system, run.compiled, run.state), names) for system in sides]
    direct = {}
    for name, above, below in zip(names, *there, strict=True):
        if above is None or below is None:
            return None
        direct[name] = (above - below) / (2 * STEP * value)
    return Moved(numbers, direct)


def of_slot(where: Slot) -> list[tuple[str, int, float]]:
    """The numbers that a slot moves."""
    closing = [("coefficient", where.closing, where.slope)] if where.closing >= 0 else []
    return [(where.array, where.at, 1.0), *closing]


def _numbers(run: Run, sides: Sequence[System], value: float) -> list[tuple[str, int, float]] | None:
    """The numbers that differ between two systems, per unit of a figure; None of another network."""
    above, below = (compile_system(s) for s in sides)
    structure = run.compiled.structure
    if not (above.structure.same(structure) and below.structure.same(structure)):
        return None
    found = []
    for array in ARRAYS:
        if array == "external":
            continue  # the sums of what stands in `outside`
        one, two, base = (getattr(c.values, array) for c in (above, below, run.compiled))
        with np.errstate(invalid="ignore"):
            change = np.where(np.isfinite(base), one - two, 0.0) / (2 * STEP)
        for at in np.flatnonzero(np.abs(change) > STILL * np.abs(np.nan_to_num(base))).tolist():
            found.append((array, at, float(change[at]) / value))
    return found


def _indicators(run: Run, names: Sequence[str]) -> list[float | None]:
    found = {r.name: r.value for r in run.indicators_named(names)}
    return [found.get(n) for n in names]
