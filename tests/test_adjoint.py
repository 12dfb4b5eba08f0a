"""Derivatives by transposed solves against differences of whole solves, and by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mfa.engine import linear
from mfa.engine.adjoint import MOVED, Adjoint
from mfa.engine.network import GainError, LostError, OrderError, State, Values
from mfa.engine.solver import solve_wired
from mfa.engine.wiring import Wiring, wire
from mfa.errors import Failure
from tests.networks import JOINT, MIXED, SMOOTH, STRONG_JOINT, WEAK, Mode, random_network

ARRAYS = ("coefficient", "external", "driven", "capacity", "limit", "percent", "share")
STEP = 1e-5


class Sum:
    """A weighted sum of the amounts of a network, all weights drawn."""

    def __init__(self, wiring: Wiring, seed: int) -> None:
        s, dice = wiring.structure, np.random.default_rng(seed)
        self.process = s.flow_process
        self.flow, self.entry = dice.normal(size=len(s.flow_pool)), dice.normal(size=len(s.entries))
        self.surplus, self.shortage = dice.normal(size=len(s.pools)), dice.normal(size=len(s.pools))

    def at(self, values: Values, state: State) -> float:
        """The sum."""
        amount = values.coefficient * state.level[self.process]
        return float(
            self.flow @ amount
            + self.entry @ state.handed
            + self.surplus @ state.surplus
            + self.shortage @ state.shortage
        )

    def size(self, values: Values, state: State) -> float:
        """What its terms add up to."""
        amount = values.coefficient * state.level[self.process]
        sums = (state.handed, state.surplus, state.shortage)
        weights = (self.entry, self.surplus, self.shortage)
        return float(
            np.abs(self.flow) @ amount + sum(np.abs(w) @ a for w, a in zip(weights, sums, strict=True))
        )

    def slopes(self, adjoint: Adjoint) -> Values:
        """Its derivatives."""
        return adjoint.of(flow=self.flow, entry=self.entry, surplus=self.surplus, shortage=self.shortage)


def moved(values: Values, array: str, at: int, to: float) -> Values:
    """The values with another number in one place."""
    changed = getattr(values, array).copy()
    changed[at] = to
    return replace(values, **{array: changed})


def difference(wiring: Wiring, values: Values, one: Sum, array: str, at: int) -> float | None:
    """The central difference of whole solves; None where a side has no answer."""
    value = float(getattr(values, array)[at])
    h = STEP * (abs(value) or 1.0)
    found = []
    for sign in (1, -1):
        side = moved(values, array, at, value + sign * h)
        try:
            found.append(one.at(side, solve_wired(wiring, side)))
        except (GainError, LostError, Failure):
            return None
    return (found[0] - found[1]) / (2 * h)


def compare(seed: int, pools: int, mode: Mode) -> tuple[int, int]:
    """How many derivatives of a generated network agree, and how many stand at a kink."""
    structure, values = random_network(seed, pools, mode).compiled()
    try:
        wiring = wire(structure)
        state = solve_wired(wiring, values)
        adjoint, one = Adjoint(wiring, values, state), Sum(wiring, seed)
        slopes, near = one.slopes(adjoint), adjoint.near()
    except (GainError, LostError, OrderError, Failure, linear.Singular):
        return 0, 0
    assert adjoint.solves == 2
    size = one.size(values, state)
    agreed = kinks = 0
    for array in ARRAYS:
        for at, value in enumerate(getattr(values, array).tolist()):
            if not np.isfinite(value) or (value == 0 and array != "external"):
                continue
            scale = abs(value) or 1.0
            if abs(getattr(near, array)[at]) * scale > MOVED:
                kinks += 1
                continue
            other = difference(wiring, values, one, array, at)
            if other is not None:
                slope = float(getattr(slopes, array)[at])
                assert abs(slope - other) * scale <= 1e-6 * max(size, abs(other) * scale), (array, at)
                agreed += 1
    return agreed, kinks


@pytest.mark.parametrize("mode", [WEAK, MIXED, SMOOTH, JOINT, STRONG_JOINT])
@pytest.mark.parametrize("pools", [3, 6, 12, 20])
def test_derivatives_are_differences_away_from_kinks(pools: int, mode: Mode) -> None:
    """Ten networks of each kind, 200 in all: loops, tied lists, tiers, percentages, caps."""
    agreed = kinks = 0
    for seed in range(10):
        one, two = compare(seed, pools, mode)
        agreed, kinks = agreed + one, kinks + two
    assert agreed > 60
