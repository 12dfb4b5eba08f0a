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
from tests.networks import JOINT, MIXED, SMOOTH, STRONG_JOINT, WEAK, Mode, Network, Place, random_network

ARRAYS = ("coefficient", "external", "driven", "capacity", "limit", "percent", "share")
STEP = 1e-5
MOST = 8  # numbers of each network


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


def compare(seed: int, pools: int, mode: Mode) -> tuple[int, int] | None:
    """How many derivatives of a generated network agree, and how many stand at a kink; None of no answer."""
    structure, values = random_network(seed, pools, mode).compiled()
    try:
        wiring = wire(structure)
        state = solve_wired(wiring, values)
        adjoint, one = Adjoint(wiring, values, state), Sum(wiring, seed)
        slopes, near = one.slopes(adjoint), adjoint.near()
    except (GainError, LostError, OrderError, Failure, linear.Singular):
        return None
    assert adjoint.solves == 2
    size = one.size(values, state)
    places = [
        (array, at)
        for array in ARRAYS
        for at, value in enumerate(getattr(values, array).tolist())
        if np.isfinite(value) and (value or array == "external")
    ]
    agreed = kinks = 0
    for i in np.random.default_rng(seed).permutation(len(places))[:MOST]:
        array, at = places[i]
        scale = abs(float(getattr(values, array)[at])) or 1.0
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
    found, seed = [], 0
    while len(found) < 10:
        one = compare(seed, pools, mode)
        found += [one] if one else []
        seed += 1
    agreed, kinks = np.sum(found, axis=0).tolist()
    assert agreed > 50
    assert agreed > kinks


# ---------------------------------------------------------------- by hand
def solved(network: Network) -> tuple[Adjoint, Wiring]:
    """A network solved, with its derivatives."""
    structure, values = network.compiled()
    wiring = wire(structure)
    return Adjoint(wiring, values, solve_wired(wiring, values)), wiring


def chain(capacity: float = 30.0, returned: float = 0.0) -> Network:
    """100 t of ore: 0.5 t of mud a tonne, a kiln takes up to its capacity and returns a part as ore."""
    network = Network({"ore": 100.0, "mud": 0.0})
    network.process("mill", {"ore": 1.0}, {"mud": 0.5})
    network.process("kiln", {"mud": 2.0}, {"ore": returned} if returned else {}, capacity=capacity)
    network.takers("ore", "mill")
    network.takers("mud", "kiln", Place())
    return network


def test_a_chain_by_hand() -> None:
    """Level of the kiln 50 ÷ 2 = 25: by drive 0.25, by mud 50, by its own input -12.5, by its capacity 0."""
    adjoint, wiring = solved(chain())
    weights = np.array([0.0, 0.0, 0.5])  # of the kiln's input, 2 t a unit
    slopes = adjoint.of(flow=weights)
    assert adjoint.state.level.tolist() == [100.0, 25.0]
    assert slopes.external.tolist() == pytest.approx([0.25, 0.5])
    assert slopes.coefficient.tolist() == pytest.approx([-25.0, 50.0, 0.0])
    assert slopes.capacity[1] == 0
    assert adjoint.solves == 1
    full, _ = solved(chain(capacity=20.0))
    slopes = full.of(flow=weights)
    assert slopes.capacity[1] == pytest.approx(1.0)
    assert slopes.external.tolist() == pytest.approx([0.0, 0.0])
    assert wiring.structure.pools == ("ore", "mud")


def test_a_recycle_by_hand() -> None:
    """Ore is x = 100 + r·x/4, so 100 ÷ (1 - r/4); by r 25 ÷ (1 - r/4)², by what comes in 1 ÷ (1 - r/4)."""
    r = 0.8
    adjoint, _ = solved(chain(capacity=np.inf, returned=r))
    slopes = adjoint.of(flow=np.array([1.0, 0.0, 0.0, 0.0]))  # of the mill's ore
    assert adjoint.state.level[0] == pytest.approx(100 / (1 - r / 4))
    assert slopes.external[0] == pytest.approx(1 / (1 - r / 4))
    assert slopes.coefficient[3] == pytest.approx(25 / (1 - r / 4) ** 2)


def test_a_shared_tier_by_hand() -> None:
    """60 t among weights 1, 2, 3 of which the second holds 10: 50·w ÷ (w + 3) to the first."""
    network = Network({"mud": 60.0})
    network.takers("mud", Place(None, 1, 1.0), Place(None, 1, 2.0, limit=10.0), Place(None, 1, 3.0))
    adjoint, _ = solved(network)
    slopes = adjoint.of(entry=np.array([1.0, 0.0, 0.0]))
    assert adjoint.state.handed.tolist() == pytest.approx([12.5, 10.0, 37.5])
    assert slopes.external[0] == pytest.approx(0.25)
    assert slopes.limit[1] == pytest.approx(-0.25)
    assert slopes.share.tolist() == pytest.approx([50 * 3 / 16, 0.0, -50 / 16])


def test_kinks_are_found_by_who_moves_them() -> None:
    """A kiln exactly full: mud, its own input and its capacity move that; what lies far off does not."""
    network = chain(capacity=25.0)
    network.external["sand"] = 10.0
    network.takers("sand", Place(limit=4.0))
    adjoint, wiring = solved(network)
    (kink,) = adjoint.kinks
    assert (wiring.structure.pools[kink.pool], wiring.structure.processes[wiring.process[kink.entry]]) == (
        "mud",
        "kiln",
    )
    near = adjoint.near()
    assert np.all(np.abs(near.coefficient) > 1e-3)
    assert abs(near.capacity[1]) > 1e-3
    assert near.limit[-1] == 0
    assert near.external[2] == 0
    away, _ = solved(chain(capacity=25.1))
    assert not away.kinks


def test_an_idle_pool_is_a_kink_of_what_feeds_it() -> None:
    """Nothing of a pool flows: more of it would, less would be short."""
    adjoint, wiring = solved(Network({"idle": 0.0, "other": 5.0}))
    assert [wiring.structure.pools[k.pool] for k in adjoint.kinks] == ["idle"]
    near = adjoint.near()
    assert near.external[0] != 0
    assert near.external[1] == 0
