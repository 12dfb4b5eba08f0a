"""The whole solve beside one HiGHS LP, a Newton step, deep, wide and far networks from 10³ to 10⁶ pools."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_array

from benchmarks.networks import USERS, far_recycles, handed_on, pushed
from mfa.engine import linear
from mfa.engine.equations import Equations
from mfa.engine.network import Structure, Values
from mfa.engine.solver import solve_wired
from mfa.engine.wiring import wire

WEIGHTS = np.array([1.0, 0.5, 0.2])


def fastest(call: Callable[[], object], repeats: int) -> float:
    best = np.inf
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def lp(structure: Structure, values: Values) -> tuple[np.ndarray, float]:
    """The users' amounts by one LP: pool balances, capacities, prices that fall with the rank.

    A tonne handed to a user is worth 1, 0.5 or 0.2 by rank; with at most 20 % of it coming
    back as something else, no detour is worth more than an earlier rank, so that the optimum
    is the merit order.
    """
    pools, users = len(structure.pools), len(structure.processes)
    place, target = structure.flow_pool[:users], structure.flow_pool[users:]
    rows = np.concatenate([place, target, np.arange(pools)])
    cols = np.concatenate([np.arange(users), np.arange(users), users + np.arange(pools)])
    data = np.concatenate([np.ones(users), -values.coefficient[users:], np.ones(pools)])
    balance = csc_array((data, (rows, cols)), shape=(pools, users + pools))
    rank = np.tile(np.arange(USERS), pools)
    cost = np.concatenate([-WEIGHTS[rank], np.zeros(pools)])
    top = np.concatenate([values.limit, np.full(pools, np.inf)])
    bounds = np.column_stack([np.zeros(users + pools), top])
    start = time.perf_counter()
    found = linprog(cost, A_eq=balance, b_eq=values.external, bounds=bounds, method="highs")
    return found.x[:users], time.perf_counter() - start


def beside_lp(pools: int, repeats: int = 7) -> str:
    structure, values = pushed(pools)
    wiring = wire(structure)
    state = solve_wired(wiring, values)
    amounts, lp_time = lp(structure, values)
    lp_time = min(lp_time, *(lp(structure, values)[1] for _ in range(2)))
    ours = fastest(lambda: solve_wired(wiring, values), repeats)
    apart = np.max(np.abs(amounts - state.handed)) / np.max(state.handed)
    ratio = f"**{lp_time / ours:.0f}×**"
    return f"| {pools:,} × {USERS} | {1e3 * lp_time:.0f} | {1e3 * ours:.2f} | {ratio} | {apart:.0e} |"


def newton_step(pools: int) -> str:
    """Serve all lists, take the slopes, solve the linear system: one step."""
    structure, values = pushed(pools)
    wiring = wire(structure)
    equations = Equations(wiring, values)
    pattern = wiring.pattern
    point = equations.at(equations.b)

    def step() -> None:
        at = equations.at(point.net)
        linear.solve(pattern.plan, equations.slopes(at.net), at.residual)

    step()
    took = fastest(step, 3)
    return f"| {pools:,} | {1e3 * took:.2f} | {1e6 * took / pools:.3f} |"


def whole_solve(pools: int) -> str:
    """A deep chain, a wide network and far recycles, solved whole."""
    times = []
    for made in (handed_on, pushed, far_recycles):
        structure, values = made(pools)
        wiring = wire(structure)
        solve_wired(wiring, values)
        times.append(fastest(partial(solve_wired, wiring, values), 3))
    return f"| {pools:,} | {' | '.join(f'{1e3 * t:.1f}' for t in times)} |"


def report(quick: bool = False) -> None:
    print("### One solve beside one LP (HiGHS)\n")
    print("| pools × users | LP ms | mfa ms | ratio | largest difference |\n|---|--:|--:|--:|--:|")
    for pools in (2_000, 20_000):
        print(beside_lp(pools))
    print("\n### One Newton step\n\n| pools | ms | µs a pool |\n|--:|--:|--:|")
    for pools in (1_000, 10_000, 100_000) if quick else (1_000, 10_000, 100_000, 1_000_000):
        print(newton_step(pools))
    print("\n### One solve\n")
    print("| pools | one chain, ms | 3 users a pool, ms | far recycles, ms |\n|--:|--:|--:|--:|")
    for pools in (1_000, 10_000, 100_000) if quick else (1_000, 10_000, 100_000, 1_000_000):
        print(whole_solve(pools))


if __name__ == "__main__":
    report()
