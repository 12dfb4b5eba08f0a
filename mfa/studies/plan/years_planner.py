"""Plans over several periods: what is built when, put through the periods again under the merit orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mfa.decisions import MONEY, Decision
from mfa.engine.compile import Compiled
from mfa.engine.network import Floats
from mfa.engine.returns import without_shares
from mfa.errors import Error, Failure, FaultWithoutPlace
from mfa.parameters import parse, with_figure
from mfa.results.periods import PeriodRuns, solve_periods
from mfa.results.run import Run, solve_compiled
from mfa.studies.consequences import Beside, Consequences
from mfa.studies.mixture import attempt
from mfa.studies.plan.plan_as_run import ROUNDING, cleaned, figure_of, state_of, with_decided
from mfa.studies.plan.plan_conflicts import Contradiction, contradiction_in
from mfa.studies.plan.plan_orders import with_orders
from mfa.studies.plan.plan_rows import Origin
from mfa.studies.plan.plan_solver import Solved
from mfa.studies.plan.plan_years import PlanYears
from mfa.studies.plan.planned import (
    Costs,
    Difference,
    ShadowOverYears,
    costs_of,
    dearest,
    differences,
    price_of,
)
from mfa.studies.plan.planner import accounts_agree, check_goals, missed_by_a_hair, refuse_unanswered
from mfa.system import Figure, System

MOST_ROUNDS = 4  # of solving again with the accounts of the plan; those of the park need two
AMOUNTS = ("drive", "demand", "supply")  # decided figures that may be less again in a later year

ReadAgain = Callable[[int], System]


@dataclass(frozen=True)
class ChoiceOverYears:
    """A decided figure of every period, native units.

    Attributes
    ----------
    today, values : (period,) without and with the plan
    invested : (period,) CNY, when it is built
    brings : what the last period has with it and would not have without it, under the merit orders
    """

    decision: Decision
    today: tuple[float, ...]
    values: tuple[float, ...]
    invested: tuple[float, ...]
    brings: Consequences | None


@dataclass(frozen=True)
class PlannedYears:
    """A plan over several periods.

    Attributes
    ----------
    periods : the name of each
    goals : each goal over all periods; money as its worth in the first year
    choices : the decided figures
    shadows : binding constraints, the dearest first
    costs, today : (period,) of the plan, and of the scenario as it stands
    runs : (period,) the plan as runs, priorities left aside
    system : the planned scenario
    replay : (period,) the same under its merit orders; empty where that cannot be solved
    differences : (period,) processes that run otherwise then, the largest first
    exact : whether accounts and programme agree
    gap : how far the best that is not excluded may be, relative
    """

    periods: tuple[int, ...]
    goals: tuple[tuple[str, float], ...]
    choices: tuple[ChoiceOverYears, ...]
    shadows: tuple[ShadowOverYears, ...]
    costs: tuple[Costs, ...]
    today: tuple[Costs, ...]
    runs: tuple[Run, ...]
    system: System
    replay: tuple[Run, ...]
    differences: tuple[tuple[Difference, ...], ...]
    exact: bool
    gap: float

    @property
    def carried_out(self) -> bool:
        """Whether the merit orders run every process as the plan does, in every period."""
        return bool(self.replay) and not any(self.differences)


class YearsPlanner:
    """The plan of a scenario with periods.

    Parameters
    ----------
    runs : (period,) as the scenario stands
    read_again : the scenario read for another first year, as `solve_periods` takes it

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        a goal that is not linear, or a ratio
    """

    def __init__(self, system: System, runs: Sequence[Run], read_again: ReadAgain) -> None:
        self.system, self.task, self.runs, self.read_again = system, system.plan, runs, read_again
        self.model = PlanYears(system, runs)
        names = [name for name, _ in self.task.goals]
        for model in self.model.models:
            check_goals(model, names)
        for name in names:
            found = None if name in MONEY else self.model.models[0].weighed(name)
            if found is not None and found.bottom is not None:
                raise FaultWithoutPlace("plan-ratio-years", name=name[:80])

    def best(self) -> PlannedYears | Contradiction:
        """The best plan, or why there is none.

        Raises
        ------
        mfa.errors.FaultWithoutPlace
            a goal without an end
        mfa.Failure
            the solver gives no answer
        """
        sign = -1.0 if self.task.maximise else 1.0
        for round_ in range(MOST_ROUNDS):
            rows = self.model.rows
            programme = self.model.programme(rows)
            goals = (w * self.model.goal(name).row for name, w in self.task.goals)
            solved = programme.solved(sign * sum(goals, np.zeros(self.model.width)))
            if solved.status == "infeasible":
                return contradiction_in(programme, rows)
            refuse_unanswered(solved)
            x = [cleaned(m, self.model.part(solved.x, t)) for t, m in enumerate(self.model.models)]
            runs = self._as_runs(x)
            each = zip(self.model.models, x, runs, strict=True)
            agrees = all(accounts_agree(m, part, run) for m, part, run in each)
            if (agrees and not any(map(missed_by_a_hair, runs))) or round_ == MOST_ROUNDS - 1:
                break
            self.model.weighed_by(runs)
        return self._told(solved, x, runs, agrees)

    # ------------------------------------------------------------ the planned scenario
    def _figures(self, x: Sequence[Floats]) -> dict[int, tuple[float, ...]]:
        """Number of a decision → (period,) its figure; what is paid for is never given up."""
        found = {}
        for number in self.model.models[0].built:
            d, own = self.task.decide[number], zip(self.model.models, x, strict=True)
            values = np.array([figure_of(m, number, part) for m, part in own])
            path = parse(d.path, self.system)
            if path is not None and path.section not in AMOUNTS:
                today = np.array([m.built[number].today for m in self.model.models])
                built = np.maximum.accumulate(values - today).clip(0)
                values = np.maximum(values, np.minimum(today, d.high) + built)
            found[number] = tuple(values.tolist())
        return found

    def _with(self, system: System, figures: dict[int, tuple[float, ...]]) -> System:
        """The scenario with decided figures, each by years."""
        starts = self.model.periods.starts
        for number, values in figures.items():
            d = self.task.decide[number]
            path = parse(d.path, system)
            assert path is not None
            years = tuple(zip(starts, values, strict=True))
            text = f"{values[0]:.12g}"
            figure = Figure(values[0], text, d.place, years=years, interpolate="step")
            system = with_figure(system, path, figure)
        return system

    def _as_runs(self, x: Sequence[Floats]) -> tuple[Run, ...]:
        """The plan put through the periods as if it were a run."""
        figures, starts = self._figures(x), self.model.periods.starts

        def taken(now: System, compiled: Compiled) -> Run:
            t = starts.index(now.period)
            state = state_of(self.model.models[t], x[t])
            given = [state.handed[r.entry] for r in compiled.returns]
            state = replace(state, level=np.append(state.level, given))
            state, values = without_shares(state, compiled.values, compiled.returns)
            return Run(now, compiled.with_values(values), state)

        made = solve_periods(
            self._with(self.system, figures), lambda y: self._with(self.read_again(y), figures), solve=taken
        )
        return made.runs

    def _replayed(self, system: System, change: Callable[[System], System]) -> PeriodRuns | None:
        try:
            return solve_periods(system, lambda year: change(self.read_again(year)), solve=solve_compiled)
        except (Error, Failure):
            return None

    # ------------------------------------------------------------ what is told of it
    def _told(self, solved: Solved, x: Sequence[Floats], runs: tuple[Run, ...], agrees: bool) -> PlannedYears:
        figures, models = self._figures(x), self.model.models

        def change(system: System) -> System:
            return with_orders(self._with(system, figures), runs)

        system = change(self.system)
        replay = self._replayed(system, change)
        again = replay.runs if replay else ()
        capital = [float(m.capital @ part) for m, part in zip(models, x, strict=True)]
        return PlannedYears(
            periods=self.model.periods.starts,
            goals=tuple((name, self.model.goal(name).at(solved.x)) for name, _ in self.task.goals),
            choices=tuple(self._choices(figures, x, again)),
            shadows=tuple(self._shadows(solved)),
            costs=tuple(costs_of(run, c) for run, c in zip(runs, capital, strict=True)),
            today=tuple(costs_of(run, 0.0) for run in self.runs),
            runs=runs,
            system=system,
            replay=again,
            differences=tuple(tuple(differences(a, b)) for a, b in zip(runs, again, strict=False)),
            exact=agrees,
            gap=solved.gap,
        )

    def _choices(
        self, figures: dict[int, tuple[float, ...]], x: Sequence[Floats], replay: tuple[Run, ...]
    ) -> Iterator[ChoiceOverYears]:
        models = self.model.models
        for number, values in figures.items():
            d = self.task.decide[number]
            today = tuple(m.built[number].today for m in models)
            stands = [self._invested(number, t, part) for t, part in enumerate(x)]
            invested = tuple(max(b - a, 0.0) for a, b in zip([0.0, *stands], stands, strict=False))
            brings = None
            if replay and abs(values[-1] - today[-1]) > ROUNDING * max(values[-1], today[-1]):
                last = replay[-1]
                without = attempt(with_decided(last.system, d, today[-1]), last.compiled)
                brings = Beside(without).consequences(last) if without else None
            yield ChoiceOverYears(d, today, values, invested, brings)

    def _invested(self, number: int, period: int, x: Floats) -> float:
        """All that was paid for a decision up to a period, CNY."""
        model = self.model.models[period]
        b, d = model.built[number], self.task.decide[number]
        columns = [c for c in (b.added, b.binary, *b.pieces) if c >= 0]
        return float(sum(model.capital[c] * x[c] for c in columns)) / model.annuity_of(d)

    def _shadows(self, solved: Solved) -> Iterator[ShadowOverYears]:
        """What binds, of all periods together; targets first, drives last, the dearest first."""
        sign = -1.0 if self.task.maximise else 1.0
        rows, periods = self.model.rows, self.model.period_of
        prices: dict[Origin, list[tuple[float, float, int]]] = {}
        for i in np.flatnonzero(solved.dual).tolist():
            origin, t = rows.origins[i], periods[i]
            if origin is None or origin.kind == "short":
                continue
            dual, part = sign * float(solved.dual[i]), self.model.part(solved.x, t)
            price, worth = price_of(self.model.models[t], origin, dual, part, rows.end(i))
            prices.setdefault(origin, []).append((price, worth, t))
        starts = self.model.periods.starts
        found = [
            (
                sum(worth for _, worth, _ in own),
                ShadowOverYears(o, sum(p for p, _, _ in own), tuple(sorted({starts[t] for *_, t in own}))),
            )
            for o, own in prices.items()
        ]
        yield from (shadow for _, shadow in dearest(found))
