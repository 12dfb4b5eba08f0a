"""Networks for timing: like a park many times over, deep, and with recycles that reach far."""

from __future__ import annotations

import numpy as np

from mfa.engine.network import TAKER, ListEntry, Structure, Values

USERS = 3
CHAIN = 25
BACK = 0.05
LAYERS = 20
ON = 3


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


def far_recycles(processes: int, seed: int = 0) -> tuple[Structure, Values]:
    """Twenty layers of pools, one process a pool: what reaches far makes one large loop without a hub.

    A process hands on 40-70 % of what it takes, in equal parts to three random pools of the next
    layer; half of them return 10-30 % to a random pool of the layer before. Half are capped, one
    pool in four has a firm supply.
    """
    rng = np.random.default_rng(seed)
    width = processes // LAYERS
    n = width * LAYERS
    node = np.arange(n)
    feeds = np.repeat(node[: n - width], ON)
    onto = (feeds // width + 1) * width + rng.integers(0, width, len(feeds))
    returning = width + np.flatnonzero(rng.random(n - width) < 0.5)
    before = (returning // width - 1) * width + rng.integers(0, width, len(returning))
    structure = Structure(
        tuple(f"m{i}" for i in node),
        tuple(f"p{i}" for i in node),
        np.concatenate([node, onto, before]),
        np.concatenate([node, feeds, returning]),
        np.concatenate([np.full(n, -1), np.full(len(feeds) + len(returning), 1)]),
        tuple(ListEntry(i, TAKER, 1, i) for i in range(n)),
    )
    on, back = rng.uniform(0.4, 0.7, n), rng.uniform(0.1, 0.3, len(returning))
    values = Values(
        np.concatenate([np.ones(n), on[feeds] / ON, back]),
        np.where(rng.random(n) < 0.25, rng.uniform(10, 100, n), 0.0),
        np.full(n, np.nan),
        np.where(rng.random(n) < 0.5, rng.uniform(5, 60, n), np.inf),
        np.full(n, np.inf),
        np.full(n, np.inf),
        np.ones(n),
    )
    return structure, values
