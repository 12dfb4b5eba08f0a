"""Many samples at once give, sample by sample, what the plain solver gives one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import mfa
from mfa.engine.batch import solve_batch, stacked
from mfa.engine.batch_lists import Bounds, fill, serve, slopes
from mfa.engine.merit import fill as fill_one
from mfa.engine.network import GainError, LostError, OrderError, Values
from mfa.engine.solver import solve_wired
from mfa.engine.wiring import Wiring, wire
from mfa.errors import Failure
from tests.networks import JOINT, MIXED, STRONG, STRONG_JOINT, WEAK, Mode, random_network

SAMPLES = 12
FIELDS = ("net", "level", "handed", "surplus", "shortage")


def varied(values: Values, seed: int) -> list[Values]:
    """The values themselves, then some with coefficients, caps and drives a few eighths off."""
    dice = np.random.default_rng(seed)

    def moved(array: np.ndarray) -> np.ndarray:
        return array * dice.choice([0.75, 0.875, 1.0, 1.125, 1.25], array.shape)

    made = [values]
    for _ in range(SAMPLES - 1):
        numbers = {
            n: moved(getattr(values, n)) for n in ("coefficient", "external", "capacity", "limit", "share")
        }
        made.append(replace(values, **numbers))
    return made


def agree(wiring: Wiring, values: list[Values]) -> int:
    """Check every sample that the batch solves; how many it leaves to the plain solver."""
    batch = solve_batch(wiring, stacked(values))
    for i, one in enumerate(values):
        try:
            plain = solve_wired(wiring, one)
        except (GainError, LostError, Failure):
            assert batch.left[i]
            continue
        if batch.left[i]:
            continue
        found = batch.state(i)
        size = max(
            float(np.max(np.abs(plain.net), initial=0.0)), float(np.max(plain.level, initial=0.0)), 1e-9
        )
        for name in FIELDS:
            np.testing.assert_allclose(
                getattr(found, name), getattr(plain, name), rtol=1e-9, atol=1e-11 * size
            )
    return int(batch.left.sum())


@pytest.mark.parametrize("pools", [2, 4, 8, 15])
@pytest.mark.parametrize("mode", [WEAK, MIXED, STRONG, JOINT, STRONG_JOINT])
def test_samples_of_generated_networks(pools: int, mode: Mode) -> None:
    """Tied lists, shared tiers, percentages, loops: generated networks, their figures moved."""
    left = total = 0
    for seed in range(12):
        structure, values = random_network(seed, pools, mode).compiled()
        try:
            wiring = wire(structure)
        except OrderError:
            continue
        left += agree(wiring, varied(values, seed))
        total += SAMPLES
    assert total > 100
    assert mode not in (WEAK, MIXED) or left < total / 2  # strong loops follow their path


def test_water_is_filled_as_for_one_sample() -> None:
    """A tier of three with every kind of cap, for amounts from nothing to more than all."""
    dice = np.random.default_rng(3)
    weight, cap = dice.integers(1, 5, (3, 200)) / 2, dice.integers(0, 9, (3, 200)) / 2
    cap[0, ::3] = np.inf
    amount = dice.integers(0, 30, 200) / 2
    found = fill(amount, weight, cap)
    for i in range(200):
        one, _ = fill_one(amount[i], 1.0, weight[:, i], cap[:, i], np.zeros(3))
        np.testing.assert_allclose(found[:, i], one, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("name", ["jiaokou-2030", "jiaokou-2035", "alumina-red-mud", "chain-magnesium"])
def test_samples_of_shipped_scenarios(name: str) -> None:
    """Coefficients a tenth off, capacities and drives too: all at once as one by one, none left."""
    compiled = mfa.load(name).solve().compiled
    dice, values = np.random.default_rng(1), [compiled.values]
    for _ in range(7):
        numbers = {
            n: getattr(compiled.values, n) * dice.uniform(0.9, 1.1, getattr(compiled.values, n).shape)
            for n in ("coefficient", "external", "capacity", "driven", "limit")
        }
        values.append(replace(compiled.values, **numbers))
    assert agree(compiled.wiring, values) == 0


@pytest.mark.parametrize("whole", [0.0, 2.0, 5.0, 11.0, 40.0])
def test_slopes_of_a_list_are_its_differences(whole: float) -> None:
    """A cap of 3, 30 % but at most 6, 50 %, and the rest: who gets how much of one more."""
    cap = np.array([3.0, 6.0, np.inf, np.inf])[:, None]
    bounds = Bounds(cap, np.array([np.inf, 0.3, 0.5, np.inf])[:, None])
    tiers, share = [[0], [1], [2], [3]], np.ones((4, 1))

    def handed(amount: float) -> np.ndarray:
        found = dict(serve(tiers, np.array([amount]), bounds, share))
        return np.array([found.get(e, np.zeros(1))[0] for e in range(4)])

    rising = dict(slopes(tiers, np.array([whole]), bounds))
    step = 1e-6
    expected = (handed(whole) - handed(whole - step)) / step if whole else np.zeros(4)
    shares = [float(rising[e][0]) if e in rising else 0.0 for e in range(4)]
    assert shares == pytest.approx(expected, abs=1e-6)
