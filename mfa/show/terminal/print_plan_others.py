"""What `mfa plan` prints beside the best plan: near-optimal ones, a front, and how many draws hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa.show.plan_words import Words, goal_value
from mfa.show.terminal.table import coloured, dim, line, table
from mfa.show.text import mega, number, percent, word
from mfa.studies.plan.plan_apart import Apart
from mfa.studies.plan.plan_front import Front
from mfa.studies.plan.plan_robust import Robust
from mfa.studies.plan.planned import Planned
from mfa.studies.sampling.statistics import Probability
from mfa.system import System

if TYPE_CHECKING:
    from mfa.planning import Plan

SAME = 1e-6  # of what a decision may be: it differs in no plan


def print_others(found: Plan, lang: str) -> None:
    """Print them for a person."""
    assert found.best is not None
    if found.robust is not None:
        _print_robust(found.robust, lang)
    if found.apart is not None:
        _print_apart(found.system, found.best, found.apart, lang)
    if found.front is not None:
        _print_front(found.system, found.front, lang)


def print_hopeless(found: Plan, lang: str) -> None:
    """Why there is no plan for a share of draws."""
    assert found.share is not None
    draws, count = found.share.draws, found.hopeless
    values = {"count": count, "draws": draws, "most": percent(1 - count / draws, -2)}
    line(coloured("✗", "red") + " ", word("plan-robust-hopeless", lang, **values))


def _print_robust(found: Robust, lang: str) -> None:
    known = {"planned": found.planned, "fresh": found.fresh, "replayed": found.replayed}
    rows = [_share(key, p, lang) for key, p in known.items() if p is not None]
    line()
    table(
        word("plan-robust", lang), [word(f"plan-head-{h}", lang) for h in ("judged", "share", "error")], rows
    )
    if found.replayed is not None and found.replayed.value < found.fresh.value:
        line(word("plan-robust-lists", lang))
    if found.hopeless:
        line(dim(word("plan-robust-failing", lang, count=found.hopeless)))
    if not found.settled:
        line(word("plan-robust-unsettled", lang, share=percent(found.asked.share, -2)))


def _share(key: str, share: Probability, lang: str) -> tuple[str, ...]:
    error = (
        "" if key == "planned" else f"± {percent(share.error, -1)}"
    )  # of its own draws the share is what it is
    return word(f"plan-robust-{key}", lang, count=share.samples), percent(share.value, -1), error


def _print_apart(system: System, best: Planned, found: Apart, lang: str) -> None:
    """A column a plan, a row each goal and each decision that differs."""
    line()
    slack = f"{100 * found.slack:g} %"
    if not found.plans:
        line(word("plan-apart-none", lang, slack=slack))
        return
    words, plans = Words(system, lang), [best, *(p for _, p in found.plans)]
    heads = [word("plan-head-decision", lang)]
    heads += [word("plan-head-number", lang, number=i) for i in range(1, len(plans) + 1)]
    rows = [
        (words.goal(name), *(goal_value(system, name, dict(p.goals)[name]) for p in plans))
        for name, _ in best.goals
    ]
    rows.append((word("plan-head-distance", lang), "", *(number(d) for d, _ in found.plans)))
    for choices in zip(*(p.choices for p in plans), strict=True):
        decision, values = choices[0].decision, [c.value for c in choices]
        if max(values) - min(values) > SAME * max(decision.high, *values):
            unit = words.unit_of(decision)
            rows.append((words.decision(decision), *(mega(v, unit) for v in values)))
    table(word("plan-apart", lang, slack=slack), heads, rows)


def _print_front(system: System, front: Front, lang: str) -> None:
    """A row a plan: both aims, and what is decided otherwise than in the one before it."""
    line()
    if not front.points:
        line(word("plan-front-none", lang))
        return
    words = Words(system, lang)
    heads = ["", *(words.aim(aim) for aim in front.aims), word("plan-head-change", lang)]
    rows = []
    before = [c.today for c in front.points[0].planned.choices]
    for i, point in enumerate(front.points, 1):
        values = [goal_value(system, n, v) for n, v in zip(front.names, point.values, strict=True)]
        rows.append((str(i), *values, words.changes(point.planned.choices, before)))
        before = [c.value for c in point.planned.choices]
    table(word("plan-front", lang), heads, rows, last_left=True)
    if front.freed:
        line(dim(word("plan-front-freed", lang)))
