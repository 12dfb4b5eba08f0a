"""A plan over several periods: solved, printed elsewhere, told as JSON and written as a scenario here."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from mfa.errors import Error, Fault, FaultWithoutPlace
from mfa.input.load import Loaded, of_year
from mfa.results.periods import solve_periods
from mfa.results.run import Run
from mfa.studies.plan.plan_conflicts import Contradiction
from mfa.studies.plan.planned import Planned
from mfa.studies.plan.planned_scenario import scenario_text
from mfa.studies.plan.years_planner import ChoiceOverYears, PlannedYears, YearsPlanner
from mfa.system import System


class Writable:
    """A plan that can be written as a scenario."""

    loaded: Loaded
    best: Planned | PlannedYears | None

    def to_yaml(self, folder: str | Path = ".") -> str:
        """The planned scenario, extending this one as seen from a folder; over periods with schedules.

        Where variants or levels are picked the changes stand in a variant `plan`, to be picked after them.

        Raises
        ------
        mfa.Error
            there is no plan
        """
        if self.best is None:
            raise Error([Fault("plan-no-file", None, {"name": self.loaded.system.name})])
        return scenario_text(self.loaded, self.best.system, Path(folder))

    def write(self, path: str | Path) -> None:
        """Write the planned scenario to a file.

        Raises
        ------
        mfa.Error
            there is no plan; another ending than .yaml
        mfa.Failure
            the file cannot be written
        """
        from mfa.show.files import write_atomically

        file = Path(path)
        if file.suffix not in (".yaml", ".yml"):
            raise Error([Fault("plan-ending", None, {"file": file.name})])
        write_atomically(file, self.to_yaml(file.parent))


@dataclass(frozen=True)
class YearsPlan(Writable):
    """What a plan over several periods gave.

    Attributes
    ----------
    loaded : the scenario
    runs : (period,) it, as it stands
    best : the best plan; None where there is none
    contradiction : why there is none
    """

    loaded: Loaded
    runs: tuple[Run, ...] = field(repr=False)
    best: PlannedYears | None
    contradiction: Contradiction | None = None

    @property
    def system(self) -> System:
        """The scenario as it stands in the last period, for names, units and bounds."""
        return self.runs[-1].system

    @property
    def possible(self) -> bool:
        """Whether there is a plan."""
        return self.best is not None

    @property
    def values(self) -> dict[str, dict[int, float]]:
        """Path → period → the decided figure, native units; empty where there is no plan."""
        if self.best is None:
            return {}
        periods = self.best.periods
        return {c.decision.path: dict(zip(periods, c.values, strict=True)) for c in self.best.choices}

    def to_json(self) -> dict[str, Any]:
        """Everything in native units."""
        made: dict[str, Any] = {"scenario": self.system.name, "possible": self.possible}
        if self.contradiction is not None:
            members = [{"kind": o.kind, "ids": list(o.ids)} for o in self.contradiction.members]
            made |= {"contradiction": members, "method": self.contradiction.method}
        if self.best is not None:
            made |= _told(self.best)
        return made


def plan_over_years(loaded: Loaded) -> YearsPlan:
    """The best plan of a scenario with periods or stocks in use.

    Raises
    ------
    mfa.Error
        a goal that cannot be, a scenario that does not solve, a process with a delay
    mfa.Failure
        the solver gives no answer
    """
    delayed = [p for p in loaded.system.processes.values() if p.delay and loaded.system.periods]
    if delayed:  # what is under way is no stock of the system that is planned
        place = delayed[0].delay.place if delayed[0].delay else None
        raise Error([Fault("plan-delay", place, {"process": delayed[0].id})])
    read_again = partial(of_year, loaded)
    runs = solve_periods(loaded.system, read_again).runs
    try:
        best = YearsPlanner(loaded.system, runs, read_again).best()
    except FaultWithoutPlace as unplaced:
        raise Error([unplaced.at(loaded.system.plan.place)]) from None
    if isinstance(best, Contradiction):
        return YearsPlan(loaded, runs, None, best)
    return YearsPlan(loaded, runs, best)


def _told(best: PlannedYears) -> dict[str, Any]:
    """A plan for `json.dumps`."""
    return {
        "periods": list(best.periods),
        "goals": dict(best.goals),
        "decisions": [_choice(c) for c in best.choices],
        "binding": [
            {"kind": s.origin.kind, "ids": list(s.origin.ids), "price": s.price, "periods": list(s.periods)}
            for s in best.shadows
        ],
        "costs": [{**asdict(c), "total": c.total} for c in best.costs],
        "costs_today": [{**asdict(c), "total": c.total} for c in best.today],
        "targets": [_aimed(run) for run in best.runs],
        "targets_by_merit_order": [_aimed(run) for run in best.replay],
        "carried_out": best.carried_out,
        "differences": [
            {"period": period, "process": d.process, "plan": d.plan, "merit_order": d.replay}
            for period, found in zip(best.periods, best.differences, strict=False)
            for d in found
        ],
        "exact": best.exact,
        "gap": best.gap,
    }


def _aimed(run: Run) -> dict[str, float | None]:
    return {r.name: r.value for r in run.indicator_list if r.aimed}


def _choice(choice: ChoiceOverYears) -> dict[str, Any]:
    return {
        "path": choice.decision.path,
        "today": list(choice.today),
        "values": list(choice.values),
        "invested": list(choice.invested),
        "brings": None if choice.brings is None else asdict(choice.brings),
    }
