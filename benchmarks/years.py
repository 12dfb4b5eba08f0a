"""Stocks in use over many years beside flodym, and a park through 14 years beside 14 single solves.

`python -m benchmarks.years [PYTHON]`: PYTHON is an interpreter that has flodym; without it, ours alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np

import mfa
from benchmarks.solver import fastest
from mfa.engine.cohorts import Cohorts
from mfa.engine.compile import compile_system
from mfa.errors import Place
from mfa.results.run import solve_compiled
from mfa.storage import Lifetime, Periods, Stock
from mfa.system import Figure

SIZES = ((100, 200), (1000, 200))  # stocks, years
PARK = Path(__file__).parent.parent / "scenarios" / "jiaokou-2022-2035.yaml"
HERE = Place("here", 1, 1)

FLODYM = """
import json, resource, sys, time
import numpy as np
from flodym import Dimension, DimensionSet, StockArray
from flodym.lifetime_models import WeibullLifetime
from flodym.stocks import InflowDrivenDSM
stocks, years, seed = map(int, sys.argv[1:])
rng = np.random.default_rng(seed)
shape, scale = 1 + 3 * rng.random(stocks), 5 + 40 * rng.random(stocks)
inflow = 100 * rng.random((years, stocks))
dims = DimensionSet(dim_list=[
    Dimension(name="time", letter="t", items=list(range(2000, 2000 + years)), dtype=int),
    Dimension(name="stocks", letter="s", items=[f"s{i}" for i in range(stocks)], dtype=str),
])
start = time.perf_counter()
lifetime = WeibullLifetime(dims=dims, time_letter="t", weibull_shape=np.tile(shape, (years, 1)),
                           weibull_scale=np.tile(scale, (years, 1)))
made = InflowDrivenDSM(dims=dims, inflow=StockArray(dims=dims, values=inflow), lifetime_model=lifetime,
                       time_letter="t")
made.compute()
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "closing": made.stock.values[-1].tolist(), "peak": peak}))
"""


def draws(stocks: int, years: int) -> tuple[list[Stock], np.ndarray]:
    """Stocks with Weibull lifetimes, and (year, stock) what enters."""
    rng = np.random.default_rng(1)
    shape, scale = (1 + 3 * rng.random(stocks)).tolist(), (5 + 40 * rng.random(stocks)).tolist()
    inflow = 100 * rng.random((years, stocks))
    made = []
    for i in range(stocks):
        lifetime = Lifetime("weibull", HERE, shape=Figure(shape[i]), scale=Figure(scale[i]))
        made.append(Stock(f"s{i}", {}, "part", HERE, becomes="scrap", lifetime=lifetime))
    return made, inflow


def ours(stocks: list[Stock], inflow: np.ndarray) -> Cohorts:
    """The cohorts after all years, entered one year after the other as a run does."""
    made = Cohorts(stocks, Periods(2000, 2000 + len(inflow) - 1))
    for amounts in inflow:
        made.enter(amounts)
    return made


def stocks_beside_flodym(python: str | None) -> None:
    """Time and memory of both; the stocks that they end with must agree."""
    for count, years in SIZES:
        stocks, inflow = draws(count, years)
        seconds = fastest(lambda: ours(stocks, inflow), 5)  # noqa: B023
        tracemalloc.start()
        closing = ours(stocks, inflow).opening
        peak = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        print(f"{count} stocks × {years} years: {seconds * 1e3:.1f} ms, {peak:.0f} MB at most")
        if python is None:
            continue
        asked = [python, "-c", FLODYM, str(count), str(years), "1"]
        other = json.loads(subprocess.run(asked, capture_output=True, check=True, text=True).stdout)
        apart = np.max(np.abs(np.array(other["closing"]) / closing - 1))
        print(
            f"  flodym: {other['seconds']:.2f} s, {other['peak']:.0f} MB (its process), {apart:.0e} apart:",
            end=" ",
        )
        print(f"{other['seconds'] / seconds:.0f} times as long")


def park() -> None:
    """The park through its years beside each of these as a scenario of one year, without accounts."""
    scenario = mfa.load(PARK)
    runs = scenario.solve().runs

    def alone() -> None:
        for run in runs:
            solve_compiled(run.system, compile_system(run.system))

    together, single = fastest(scenario.solve, 5), fastest(alone, 5)
    print(
        f"park, {len(runs)} years: {together * 1e3:.0f} ms, as single solves {single * 1e3:.0f} ms: ", end=""
    )
    print(f"{together / single:.2f} times")


if __name__ == "__main__":
    stocks_beside_flodym(sys.argv[1] if len(sys.argv) > 1 else None)
    park()
