"""Plans whose targets hold in a share of the draws of the uncertain figures.

Sample average approximation (Luedtke & Ahmed 2008) with Benders' cuts: the sizes are the same in all draws,
who takes how much may be another in each. The best sizes for the figures as written are tried in every draw;
what is missed there gives a cut for the sizes, which binds unless the draw is among those that may fail;
again, until enough draws hold. What comes out is judged by draws that the plan has not seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mfa.engine.network import Floats
from mfa.parameters import figure_at, parse
from mfa.results.run import Run, solve_compiled
from mfa.studies.plan.plan_as_run import with_decided
from mfa.studies.plan.plan_conflicts import Contradiction
from mfa.studies.plan.plan_draws import ENOUGH, DrawnPlan, Miss, cut
from mfa.studies.plan.plan_model import PlanModel
from mfa.studies.plan.plan_rows import Row
from mfa.studies.plan.planned import Planned, Solution, planned
from mfa.studies.plan.planner import Planner
from mfa.studies.sampling.draws import DrawPlan
from mfa.studies.sampling.sampled import Asked, sampled
from mfa.studies.sampling.sampler import Sampler
from mfa.studies.sampling.statistics import Probability, probability
from mfa.system import System

MOST_ROUNDS = 40  # of cuts; those of the park need under ten

Progress = Callable[[int, int], None]


class Share(NamedTuple):
    """What is asked: the share of draws in which all targets hold, of how many draws, by which seed."""

    share: float
    draws: int = 100
    seed: int = 1

    @property
    def most_failing(self) -> int:
        """How many draws may fail."""
        return self.draws - math.ceil(self.share * self.draws - 1e-9)


@dataclass(frozen=True)
class Hopeless:
    """In `count` draws no sizes within their bounds let all targets hold, which is more than may fail."""

    asked: Share
    count: int


@dataclass(frozen=True)
class Robust:
    """In how many draws the targets of a plan hold.

    Attributes
    ----------
    planned : in the programme, of the draws that it was made with, who takes how much being open in each
    fresh : the same, of as many other draws
    replayed : these under the merit orders of the planned scenario; None where that does not solve
    hopeless : draws among the first that no sizes within their bounds let hold, or without an answer
    settled : whether the programme got as far as it was asked to
    """

    asked: Share
    planned: Probability
    fresh: Probability
    replayed: Probability | None
    hopeless: int
    settled: bool


def robust(run: Run, asked: Share, progress: Progress) -> tuple[Planned, Robust] | Hopeless | Contradiction:
    """The best plan whose targets hold with the figures as written, and in a share of draws.

    Parameters
    ----------
    progress : called in each round with its number and in how many draws the targets hold

    Raises
    ------
    mfa.Error
        figures that cannot be drawn; a goal that cannot be
    mfa.Failure
        the solver gives no answer
    """
    sought = _Robust(run, asked, progress)
    if sought.hopeless > asked.most_failing:
        return Hopeless(asked, sought.hopeless)
    found = sought.best()
    if isinstance(found, Contradiction):
        return found
    solution, held, settled = found
    plan = planned(solution)
    in_sample = Probability(held, 0, asked.draws)
    fresh = sought.fresh(solution, asked.seed + 1)
    replayed = None if plan.replay is None else _judged(plan.replay, asked.draws, asked.seed + 1)
    return plan, Robust(asked, in_sample, fresh, replayed, sought.hopeless, settled)


class _Robust:
    """The draws of a scenario, and the cuts that they gave."""

    def __init__(self, run: Run, asked: Share, progress: Progress) -> None:
        self.run, self.asked, self.progress = run, asked, progress
        self.planner = Planner(run, spare=True)
        model = self.planner.model
        self.sizes = {c: self._ends(model, c) for b in model.built.values() for c in (b.base, b.added)}
        self._columns = np.array(list(self.sizes), np.int64)
        self.draws = {i: d for i, d in self._drawn(asked.seed).items() if d.least <= ENOUGH}
        self.cuts: list[tuple[int, Miss, Floats]] = []

    @property
    def hopeless(self) -> int:
        """How many draws fail with any sizes."""
        return self.asked.draws - len(self.draws)

    def _drawn(self, seed: int) -> dict[int, DrawnPlan]:
        """The draws that have an answer."""
        system = _as_written(self.planner.model)
        plan = DrawPlan(system, seed, "random", self.asked.draws)
        central = solve_compiled(system, self.run.compiled.refilled(system))
        runs = Sampler(central, plan, (), tables=False).runs(0, self.asked.draws)
        return {i: DrawnPlan(drawn, self._columns) for i, drawn in runs if isinstance(drawn, Run)}

    def fresh(self, found: Solution, seed: int) -> Probability:
        """In how many other draws the targets of a plan hold, with the accounts of each."""
        at, held = found.x[self._columns], 0
        for draw in self._drawn(seed).values():
            draw.miss(at)
            draw.weigh()
            held += draw.miss(at).met
        return Probability(held, 0, self.asked.draws)

    @staticmethod
    def _ends(model: PlanModel, column: int) -> tuple[float, float]:
        """The least and largest value of the column of a decision."""
        number, b = next((n, b) for n, b in model.built.items() if column in (b.base, b.added))
        room = max(model.task.decide[number].high - b.today, 0.0)
        c = model.columns
        return c.low[column], min(c.high[column], room if column == b.added else np.inf)

    def best(self) -> tuple[Solution, int, bool] | Contradiction:
        """The best plan, in how many draws it holds, and whether that is enough.

        Draws are counted by the accounts of the scenario as it stands first, then by those of the plan.
        """
        found = self._cut_down()
        if isinstance(found, Contradiction):
            return found
        for draw in self.draws.values():
            draw.weigh()
        self.cuts.clear()
        return self._cut_down()

    def _cut_down(self) -> tuple[Solution, int, bool] | Contradiction:
        """Cuts until enough draws hold."""
        needed, settled, held = self.asked.draws - self.asked.most_failing, False, 0
        best = self._master()
        for round_ in range(1, MOST_ROUNDS + 1):
            if isinstance(best, Contradiction):
                return best
            at = best.x[self._columns]
            misses = {i: draw.miss(at) for i, draw in self.draws.items()}
            held = sum(m.met for m in misses.values())
            settled = held >= needed
            self.progress(round_, held)
            if settled or round_ == MOST_ROUNDS:
                break
            self.cuts += [(i, m, at) for i, m in misses.items() if not m.met and np.isfinite(m.amount)]
            best = self._master()
        assert isinstance(best, Solution)
        return best, held, settled

    def _master(self) -> Solution | Contradiction:
        """The best plan that keeps the cuts of all draws but those that may fail."""
        columns, failing = self.planner.model.columns.copied(), dict[int, int]()
        may_fail = self.asked.most_failing - self.hopeless
        if may_fail > 0:
            named = sorted({i for i, _, _ in self.cuts})
            failing = dict(zip(named, columns.add_yes_no(len(named)).tolist(), strict=True))
        rows = [cut(miss, self.sizes, at, failing.get(i, -1)) for i, miss, at in self.cuts]
        if failing:
            rows.append(Row([(c, 1.0) for c in failing.values()], -np.inf, float(may_fail)))
        return self.planner.best(rows, columns=columns)


def _as_written(model: PlanModel) -> System:
    """The scenario, what is decided not uncertain in it."""
    system = model.system
    for d in model.task.decide:
        path = None if d.is_list else parse(d.path, system)
        figure = figure_at(system, path) if path else None
        if figure is not None:
            system = with_decided(system, d, figure.value)
    return system


def _judged(run: Run, draws: int, seed: int) -> Probability:
    """In how many draws a run meets all its targets."""
    targets = tuple(t.indicator for t in run.system.targets)
    found = sampled(run, Asked(draws, seed, indicators=targets, without=False))
    return probability([_all(words) for words in found.met])


def _all(words: tuple[str | None, ...]) -> str | None:
    """The word for several targets together."""
    return "true" if words and all(w == "true" for w in words) else "false"
