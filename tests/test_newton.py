"""The end of a block: whatever the sizes of its pools, each is balanced."""

from __future__ import annotations

from collections import Counter

import pytest

from mfa.engine.equations import GOOD
from mfa.engine.network import GainError, LostError
from mfa.engine.solver import solve
from tests.networks import large_network


@pytest.mark.parametrize(
    ("pools", "side", "spread"),
    [(60, (-3, -0.2), 0.5), (40, (-7, 0), 3), (25, (-9, -1), 4)],
    ids=["plain", "wide", "wider"],
)
def test_large_networks_are_balanced(pools: int, side: tuple[float, float], spread: float) -> None:
    """250 networks of 100 processes end balanced in every pool, or with a recycle that is named.

    Pools of a block may differ by ten orders of magnitude: what a path rounds in a large one is
    much in a small one.
    """
    found: Counter[str] = Counter()
    for seed in range(250):
        structure, values = large_network(seed, pools, side, spread).compiled()
        try:
            state = solve(structure, values)
        except (GainError, LostError) as error:
            found[type(error).__name__] += 1
            continue
        found[state.method] += 1
        found["rounded"] += state.residual > GOOD  # by less than the rounding of the largest amount
    assert found["rounded"] <= 1
    assert found["GainError"] + found["LostError"] <= 25
