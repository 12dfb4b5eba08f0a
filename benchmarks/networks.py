"""Networks like a park many times over, for timing: pushes with losses, priorities, capacities."""

from __future__ import annotations

import numpy as np

from mfa.engine.network import TAKER, ListEntry, Structure, Values

USERS = 3
CHAIN = 25
BACK = 0.05


def pushed(pools: int, seed: int = 0) -> tuple[Structure, Values]:
    """Pools in chains of 25; each has three users in order of priority, the first two capped.

    A user turns what it takes into 5-20 % of it in another pool of its chain, 95 % of them
    downstream and 5 % back upstream (recycle loops); one pool in four has a firm supply.
    """
    rng = np.random.default_rng(seed)
    place = np.repeat(np.arange(pools), USERS)
    rank = np.tile(np.arange(USERS), pools)
    start = place // CHAIN * CHAIN
    inside = place - start
    last = np.minimum(CHAIN, pools - start) - 1
    down = np.minimum(inside + rng.integers(1, 5, len(place)), last)
    up = np.maximum(inside - rng.integers(1, 4, len(place)), 0)
    target = start + np.where(rng.random(len(place)) < BACK, up, down)
    target = np.where(target == place, start + (inside + 1) % (last + 1), target)
    users = np.arange(len(place))
    external = np.where(rng.random(pools) < 0.25, rng.uniform(10, 100, pools), 0.0)
    limit = np.where(rank < USERS - 1, rng.uniform(0.5, 30, len(place)), np.inf)
    entries = tuple(
        ListEntry(int(m), TAKER, int(r) + 1, int(u)) for m, r, u in zip(place, rank, users, strict=True)
    )
    structure = Structure(
        tuple(f"m{i}" for i in range(pools)),
        tuple(f"p{i}" for i in users),
        np.concatenate([place, target]),
        np.concatenate([users, users]),
        np.concatenate([np.full(len(place), -1), np.full(len(place), 1)]),
        entries,
    )
    coefficient = np.concatenate([np.ones(len(place)), rng.uniform(0.05, 0.2, len(place))])
    values = Values(
        coefficient,
        external,
        np.full(len(place), np.nan),
        np.full(len(place), np.inf),
        limit,
        np.full(len(place), np.inf),
        np.ones(len(place)),
    )
    return structure, values


def handed_on(pools: int, seed: int = 0) -> tuple[Structure, Values]:
    """One chain as deep as it has pools; each hands on 99.99 %, every second step is capped."""
    rng = np.random.default_rng(seed)
    steps = np.arange(pools - 1)
    entries = tuple(ListEntry(i, TAKER, 1, i) for i in range(pools - 1))
    structure = Structure(
        tuple(f"m{i}" for i in range(pools)),
        tuple(f"p{i}" for i in range(pools - 1)),
        np.concatenate([steps, steps + 1]),
        np.concatenate([steps, steps]),
        np.repeat([-1, 1], pools - 1),
        entries,
    )
    values = Values(
        np.repeat([1.0, 0.9999], pools - 1),
        np.append(100.0, rng.choice([0.0, 1.0, -1.0], pools - 1)),
        np.full(pools - 1, np.nan),
        np.where(steps % 2, rng.uniform(20, 120, pools - 1), np.inf),
        np.full(pools - 1, np.inf),
        np.full(pools - 1, np.inf),
        np.ones(pools - 1),
    )
    return structure, values
