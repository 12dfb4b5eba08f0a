"""Plans of the park: building the programme beside solving it, and what is asked of it further.

`python -m benchmarks.plans`, processor time; `--robust` adds plans for draws, half a minute.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import mfa
from mfa.decisions import Aim, FrontTask
from mfa.engine.compile import compile_system
from mfa.planning import make_plan
from mfa.results.run import Run, solve_compiled
from mfa.studies.plan.plan_apart import apart
from mfa.studies.plan.plan_conflicts import contradiction, programme_of
from mfa.studies.plan.plan_front import front
from mfa.studies.plan.plan_model import PlanModel
from mfa.studies.plan.plan_robust import Share, robust
from mfa.studies.plan.planned import Solution
from mfa.studies.plan.planner import Planner

YEARS = ("2025", "2030")
RATE = "industrial-solid-waste-utilisation"
OTHERS = (  # processes that stand idle or small in the park, each a yes or no in the last programme
    *("red-mud-desulfuriser", "foam-glass", "gypsum-board", "road-base-cement-pg", "red-mud-subgrade-fill"),
    *("road-base-binder", "magnesium-slag-clinker", "red-mud-dry-stack", "cbc-ceramic", "red-mud-iron-hgms"),
    "tailings-backfill",
)


def taken(act: Callable[[], object], times: int = 5) -> float:
    """The least processor time of some calls, ms."""
    found = []
    for _ in range(times):
        start = time.process_time()
        act()
        found.append(1e3 * (time.process_time() - start))
    return min(found)


def fresh(name: str, *variants: str) -> Run:
    """The scenario as it stands, solved; nothing of its accounts made yet."""
    system = mfa.load(name, variants=["assumed-outlets", *variants]).system
    return solve_compiled(system, compile_system(system))


def steps(year: str) -> dict[str, float]:
    """What a plan is made of."""
    run = fresh(f"jiaokou-{year}-plan")
    model = PlanModel(run)
    loaded = mfa.load(f"jiaokou-{year}-plan", variants=["assumed-outlets"])
    cost = model.goal("capital")[0].row

    def weights() -> None:
        model.weighed_by(run, model.hair).rows  # noqa: B018

    def matrix() -> None:
        programme_of(model, model.rows)

    def solve() -> None:
        programme_of(model, model.rows).solved(cost)

    weights()
    build = taken(lambda: PlanModel(run)) + taken(matrix)
    return {
        "constraints as arrays, and the matrix": build,
        "what accounts count, as weights": taken(weights),
        "one solve, whole numbers and the rest": taken(solve)
        - taken(lambda: programme_of(model, model.rows)),
        "a plan, with its run and what decisions bring": taken(lambda: make_plan(loaded), 3),
    }


def further() -> dict[str, float]:
    """What is asked beside the best plan."""
    run = fresh("jiaokou-2025-plan")
    planner = Planner(run)
    best = planner.best()
    assert isinstance(best, Solution)
    narrow = PlanModel(fresh("jiaokou-2025-plan", "buyers-within-reach"))
    task = FrontTask((Aim(RATE, True), Aim("co2")), 6)
    return {
        "why there is no plan (buyers within reach)": taken(lambda: contradiction(narrow), 1),
        "3 plans up to 10 % worse that differ most": taken(lambda: apart(planner, best, 3, 0.1), 1),
        "a front of 6 plans, rate and CO2": taken(lambda: front(run, task), 1),
    }


def over_years() -> dict[str, float]:
    """Fourteen years: nine sizes, and twenty that are yes or no."""
    nine = mfa.load("jiaokou-2022-2035-plan", variants=["assumed-outlets"])
    text = nine.path.read_text(encoding="utf-8").split("variants:")[0]
    text = text.replace("jiaokou-2022-2035.yaml", "jiaokou-2022-2035")
    text = re.sub(r"(path: [a-z-]+\.capacity, )", r"\1fixed: 500 万元, ", text)
    more = "".join(
        f"    - {{path: {p}.capacity, max: 2 Mt/a, fixed: 500 万元, invest: {80 + 10 * i} CNY/t, "
        "today: 0 t/a}\n"
        for i, p in enumerate(OTHERS)
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "twenty.yaml"
        file.write_text(text.replace("    - {order:", more + "    - {order:", 1), encoding="utf-8")
        twenty = mfa.load(file, variants=["assumed-outlets"])
        narrow = mfa.load("jiaokou-2022-2035-plan", variants=["assumed-outlets", "buyers-within-reach"])
        return {
            "14 years, nine sizes, run again year by year": taken(lambda: make_plan(nine), 1),
            "14 years, twenty that are yes or no": taken(lambda: make_plan(twenty), 1),
            "14 years, why there is no plan": taken(lambda: make_plan(narrow), 1),
        }


def report(*, draws: bool = False) -> None:
    """Print all."""
    tables = [steps(year) for year in YEARS]
    print(f"### Plans of the park\n\n| step | {', ms | '.join(YEARS)}, ms |\n|---|--:|--:|")
    for step in tables[0]:
        print(f"| {step} | " + " | ".join(f"{t[step]:.1f}" for t in tables) + " |")
    for step, took in {**further(), **over_years()}.items():
        print(f"| {step} | {took:.0f} | |")
    if draws:
        run = fresh("jiaokou-2025-plan")
        for count in (50, 100):
            took = taken(lambda n=count: robust(run, Share(0.9, n), lambda done, held: None), 1)  # type: ignore[misc]
            print(f"| 90 % of {count} draws, and judging it by {count} others | {took:.0f} | |")


if __name__ == "__main__":
    report(draws="--robust" in sys.argv)
