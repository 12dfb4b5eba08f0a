"""A plan of a scenario: solved, printed elsewhere, told as JSON and written as a scenario here."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mfa import units
from mfa.decisions import MOST_POINTS, Aim, FrontTask
from mfa.engine.compile import compile_system
from mfa.errors import Error, Fault, FaultWithoutPlace
from mfa.input.load import Loaded, not_scenario
from mfa.planning_years import Writable, YearsPlan, plan_over_years
from mfa.results.run import Run, solve_compiled
from mfa.studies.plan.plan_alternatives import alternatives
from mfa.studies.plan.plan_apart import SLACK, Apart, apart
from mfa.studies.plan.plan_conflicts import Contradiction
from mfa.studies.plan.plan_front import Front, front
from mfa.studies.plan.plan_robust import Hopeless, Progress, Robust, Share, robust
from mfa.studies.plan.planned import Choice, Planned, planned
from mfa.studies.plan.planner import Planner
from mfa.system import System


@dataclass(frozen=True)
class Plan(Writable):
    """What a plan gave.

    Attributes
    ----------
    loaded : the scenario
    run : it, as it stands
    best : the best plan; None where there is none
    contradiction : why there is none
    others : the next best that differ in a yes/no decision, the best first
    apart : plans that are nearly as good and differ most
    front : plans between the best of two aims
    robust : in how many draws the targets of the best hold, where that was asked for
    share : the share of draws that was asked for
    wanted : how many other plans were asked for
    hopeless : where there is no plan for draws: in how many no sizes let all targets hold
    """

    loaded: Loaded
    run: Run = field(repr=False)
    best: Planned | None
    contradiction: Contradiction | None = None
    others: tuple[Planned, ...] = ()
    front: Front | None = None
    apart: Apart | None = None
    robust: Robust | None = None
    share: Share | None = None
    wanted: int = 0
    hopeless: int = 0

    @property
    def system(self) -> System:
        """The scenario, for names and units."""
        return self.run.system

    @property
    def possible(self) -> bool:
        """Whether there is a plan."""
        return self.best is not None

    @property
    def values(self) -> dict[str, float]:
        """Path → the decided figure, native units; empty where there is no plan."""
        return {c.decision.path: c.value for c in self.best.choices} if self.best else {}

    def to_json(self) -> dict[str, Any]:
        """Everything in native units."""
        made: dict[str, Any] = {"scenario": self.system.name, "possible": self.possible}
        if self.contradiction is not None:
            members = [{"kind": o.kind, "ids": list(o.ids)} for o in self.contradiction.members]
            made |= {"contradiction": members, "method": self.contradiction.method}
        if self.hopeless and self.share is not None:
            made["robust"] = {**self.share._asdict(), "hopeless": self.hopeless}
        if self.best is not None:
            made |= _told(self.best)
        if self.others:
            made["alternatives"] = [_told(p) for p in self.others]
        if self.apart is not None:
            told = [{"distance": d, **_told(p)} for d, p in self.apart.plans]
            made["apart"] = {"slack": self.apart.slack, "plans": told}
        if self.front is not None:
            made["front"] = {
                "objectives": [{"name": a.name, "maximise": a.maximise} for a in self.front.aims],
                "points": [
                    {"values": list(p.values), "decisions": [_choice(c) for c in p.planned.choices]}
                    for p in self.front.points
                ],
            }
        if self.robust is not None:
            made["robust"] = _shares(self.robust)
        return made

    def picture(self, path: str | Path, *, lang: str = "en") -> None:
        """Draw the front to a file that ends in .png, .svg or .pdf.

        Raises
        ------
        mfa.Error
            there is no front; another ending
        mfa.Failure
            the file cannot be written
        """
        from mfa.show.charts.trade_off import trade_off

        if self.front is None or not self.front.points:
            raise Error([Fault("plan-no-front", None, {"name": self.system.name})])
        trade_off(self.system, self.front, path, lang=lang)


MOST_DRAWS = 500  # each keeps a programme, some 3 MB of a park


def front_of(one: str, two: str, points: int) -> FrontTask:
    """A front as it is asked for.

    Raises
    ------
    mfa.Error
        not two objectives; too few or too many points
    """
    aims = Aim.of(one), Aim.of(two)
    if aims[0].name == aims[1].name:
        raise Error([Fault("pareto-objectives", None, {"count": 1})])
    if not 2 <= points <= MOST_POINTS:
        raise Error([Fault("pareto-points", None, {"count": points, "most": MOST_POINTS})])
    return FrontTask(aims, points)


def share_of(given: float | str, draws: int, seed: int) -> Share:
    """A share of draws as it is asked for.

    Raises
    ------
    mfa.Error
        it is not above 0 and up to 1; too few or too many draws
    """
    share = _fraction(given)
    if not 0 < share <= 1:
        raise Error([Fault("plan-share", None, {"given": str(given)[:40]})])
    if not 2 <= draws <= MOST_DRAWS:
        raise Error([Fault("plan-draws", None, {"given": draws, "most": MOST_DRAWS})])
    return Share(share, draws, seed)


def slack_of(given: float | str) -> float:
    """How much worse than the best near-optimal plans may be.

    Raises
    ------
    mfa.Error
        it is not from 0 to 1
    """
    slack = _fraction(given)
    if not 0 <= slack <= 1:
        raise Error([Fault("plan-slack", None, {"given": str(given)[:40]})])
    return slack


def _fraction(given: float | str) -> float:
    """A share as a fraction of 1; NaN where it is none."""
    try:
        return units.ratio(given) if isinstance(given, str) else float(given)
    except (FaultWithoutPlace, TypeError, ValueError):
        return math.nan


def check_picture(loaded: Loaded, path: str | Path, *, asked: bool = False) -> None:
    """Refuse a picture that there is no front for, or no way to draw; nothing has to be planned for it.

    Parameters
    ----------
    asked : whether a front is asked for beside the scenario's own

    Raises
    ------
    mfa.Error
        no front is asked for and the scenario has no section `pareto:`; an ending that is not drawn
    """
    from mfa.show.charts.style import ending

    ending(path)
    if loaded.system.plan.front is None and not asked:
        raise Error([Fault("plan-no-front", None, {"name": loaded.system.name})])


def make_plan(
    loaded: Loaded,
    *,
    count: int = 0,
    slack: float | None = None,
    pareto: FrontTask | None = None,
    share: Share | None = None,
    progress: Progress = lambda done, count: None,
) -> Plan | YearsPlan:
    """The best plan of a scenario; see `Scenario.plan`.

    With a share of draws it is the best whose targets hold in them; alternatives and front are those of the
    figures as they are written.

    Raises
    ------
    mfa.Error
        a scenario without `plan:`, a goal that cannot be, a scenario that does not solve; a chain alone
    mfa.Failure
        the solver gives no answer
    """
    if loaded.is_chain:
        raise Error([not_scenario(loaded.path)])
    task = loaded.system.plan
    if not task.decide:
        raise Error([Fault("plan-none", None, {"name": loaded.system.name})])
    if share is not None and not loaded.system.targets:
        raise Error([Fault("plan-no-target", None, {"name": loaded.system.name})])
    if loaded.system.carries:
        if count or pareto or share or task.front:
            raise Error([Fault("plan-years-alone", task.place)])
        return plan_over_years(loaded)
    run = solve_compiled(loaded.system, compile_system(loaded.system))
    try:
        planner, held = Planner(run), None
        best = planner.best()
        if isinstance(best, Contradiction):
            return Plan(loaded, run, None, best)
        by_answers = slack is None and any(b.binary >= 0 for b in planner.model.built.values())
        others = alternatives(planner, best, count) if by_answers else ()
        near = None
        if count and not by_answers:
            near = apart(planner, best, count, SLACK if slack is None else slack)
        wanted = pareto or task.front
        points = front(run, wanted) if wanted else None
        chosen = planned(best) if share is None else None
        if share is not None:
            found = robust(run, share, progress)
            if isinstance(found, Contradiction):
                return Plan(loaded, run, None, found, share=share)
            if isinstance(found, Hopeless):
                return Plan(loaded, run, None, share=share, hopeless=found.count)
            chosen, held = found
    except FaultWithoutPlace as unplaced:
        raise Error([unplaced.at(task.place)]) from None
    return Plan(loaded, run, chosen, None, others, points, near, held, share, count)


def _told(planned: Planned) -> dict[str, Any]:
    """A plan for `json.dumps`."""
    targets = {r.name: r.value for r in planned.run.indicator_list if r.aimed}
    then = {r.name: r.value for r in planned.replay.indicator_list if r.aimed} if planned.replay else {}
    return {
        "goals": dict(planned.goals),
        "decisions": [_choice(c) for c in planned.choices],
        "binding": [
            {"kind": s.origin.kind, "ids": list(s.origin.ids), "price": s.price} for s in planned.shadows
        ],
        "costs": {**asdict(planned.costs), "total": planned.costs.total},
        "costs_today": {**asdict(planned.today), "total": planned.today.total},
        "targets": targets,
        "targets_by_merit_order": then,
        "carried_out": planned.carried_out,
        "differences": [
            {"process": d.process, "plan": d.plan, "merit_order": d.replay} for d in planned.differences
        ],
        "exact": planned.exact,
        "gap": planned.gap,
    }


def _shares(found: Robust) -> dict[str, Any]:
    """In how many draws targets hold, for `json.dumps`."""
    known = {"planned": found.planned, "fresh": found.fresh, "by_merit_order": found.replayed}
    shares = {k: {"share": p.value, "error": p.error, "draws": p.samples} for k, p in known.items() if p}
    return {**found.asked._asdict(), **shares, "hopeless": found.hopeless, "settled": found.settled}


def _choice(choice: Choice) -> dict[str, Any]:
    return {
        "path": choice.decision.path,
        "today": choice.today,
        "value": choice.value,
        "investment": choice.investment,
        "yearly": choice.yearly,
        "brings": None if choice.brings is None else asdict(choice.brings),
    }
