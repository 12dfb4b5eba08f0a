"""The whole park (jiaokou-2035): every step of a run, and one sparse LU of its matrix beside the solve."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.sparse import csc_array
from scipy.sparse.linalg import splu

import mfa
from benchmarks.solver import fastest
from mfa.engine.compile import compile_system
from mfa.engine.equations import Equations
from mfa.engine.solver import solve, solve_wired
from mfa.engine.wiring import wire
from mfa.results.accounts.costs import Costs
from mfa.results.accounts.substances import Compositions, Substance

SCENARIO = Path(__file__).parent.parent / "scenarios" / "jiaokou-2035.yaml"
CHANGE = {"bauxite-mining.capacity": "2 Mt/a"}


def accounts() -> None:
    """All accounts, layers and costs of the solved park, beside reading its files and one solve."""
    scenario = mfa.load(SCENARIO)
    result = scenario.solve()

    def fresh() -> mfa.Result:
        return mfa.Result(result.system, result.compiled, result.state)

    def layer() -> None:
        result.layer("Al2O3")
        Substance("Al2O3", result.compositions).park  # noqa: B018

    times = {
        "read, check, convert": fastest(lambda: mfa.load(SCENARIO), 3),
        "one network solve": fastest(lambda: solve(result.compiled.structure, result.compiled.values), 7),
        "all indicators, groups included": fastest(lambda: fresh().indicator_list, 5),
        "compositions, once for all layers": fastest(lambda: Compositions(result.accounts.ledger), 5),
        "one layer": fastest(layer, 7),
        "all costs (ISO 14051)": fastest(lambda: Costs(result.accounts.ledger).centres(), 5),
    }
    print("### Accounts of the park\n\n| step | ms |\n|---|--:|")
    for name, took in times.items():
        print(f"| {name} | {1e3 * took:.2f} |")
    made = times["all indicators, groups included"] + times["all costs (ISO 14051)"]
    print(f"\nall accounts ÷ reading: {made / times['read, check, convert']:.2f}; ", end="")
    print(f"one layer ÷ solve: {times['one layer'] / times['one network solve']:.2f}")


def report() -> None:
    scenario = mfa.load(SCENARIO)
    compiled = compile_system(scenario.system)
    wiring = wire(compiled.structure)
    state = solve_wired(wiring, compiled.values)
    pattern = wiring.pattern
    n = len(compiled.structure.pools)
    slopes = Equations(wiring, compiled.values).slopes(state.net)
    matrix = csc_array(np.eye(n)) - csc_array((slopes, (pattern.rows, pattern.cols)), shape=(n, n))
    right = np.ones(n)
    scenario.solve()
    times = {
        "read, check, convert": fastest(lambda: mfa.load(SCENARIO), 3),
        "compile": fastest(lambda: compile_system(scenario.system), 5),
        "wire": fastest(lambda: wire(compiled.structure).pattern, 5),
        "replace one capacity": fastest(lambda: scenario.replace(CHANGE), 7),
        "replace, solve, wastes": fastest(lambda: scenario.replace(CHANGE).solve().wastes, 7),
        "solve": fastest(lambda: solve_wired(wiring, compiled.values), 7),
        "one SuperLU of the matrix": fastest(lambda: splu(csc_array(matrix)).solve(right), 7),
    }
    print(f"### The park: {len(compiled.structure.processes)} processes, {n} pools\n")
    print(f"{state.method}, {state.iterations} steps, residual {state.residual:.0e}\n")
    print("| step | ms |\n|---|--:|")
    for name, took in times.items():
        print(f"| {name} | {1e3 * took:.2f} |")
    print(f"\nsolve ÷ LU: {times['solve'] / times['one SuperLU of the matrix']:.1f}")


if __name__ == "__main__":
    report()
    accounts()
