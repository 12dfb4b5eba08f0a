"""What `mfa plan` prints: decisions, what binds, cost, and whether the merit orders would carry it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa.parameters import listed, parse
from mfa.results.indicators.target import Indicator
from mfa.results.run import Run
from mfa.show.plan_words import Words, goal_value, money
from mfa.show.terminal.print_plan_others import print_hopeless, print_others
from mfa.show.terminal.table import bold, coloured, dim, line, table
from mfa.show.text import (
    brings_text,
    indicator_name,
    mega,
    more_digits,
    node_name,
    percent,
    reason_text,
    scenario_title,
    word,
    written,
)
from mfa.studies.plan.plan_conflicts import Contradiction
from mfa.studies.plan.planned import Choice, Planned
from mfa.system import System

if TYPE_CHECKING:
    from mfa.planning import Plan

MOST_BINDING = 12  # constraints; the dearest are what people can act on
MOST_DIFFERING = 10


def print_plan(found: Plan, lang: str) -> None:
    """Print it for a person."""
    line(bold(scenario_title(found.system, lang)), "\n")
    if found.contradiction is not None:
        print_contradiction(found.system, found.contradiction, lang)
        if found.share is not None:
            values = {"share": percent(found.share.share, -2), "count": found.share.draws}
            line(dim(word("plan-robust-impossible", lang, **values)))
        return
    if found.best is None:
        print_hopeless(found, lang)
        return
    _print_best(found, found.best, lang)
    for number, other in enumerate(found.others, 2):
        line(bold(word("plan-alternative", lang, number=number)), "\n")
        _print_goal(found.system, other, lang)
        _print_decisions(found.system, other, lang)
    if found.apart is None and len(found.others) < found.wanted:
        line(word("plan-no-other", lang, count=len(found.others)))
    print_others(found, lang)


def print_contradiction(system: System, found: Contradiction, lang: str) -> None:
    """Why there is no plan."""
    words = Words(system, lang)
    line(coloured("✗", "red") + " ", word("plan-impossible", lang), "\n")
    for origin in found.members:
        line("  · ", words.origin(origin))
    line("\n", dim(word(f"plan-method-{found.method}", lang)))


def _print_best(found: Plan, best: Planned, lang: str) -> None:
    _print_goal(found.system, best, lang)
    _print_decisions(found.system, best, lang)
    _print_binding(found.system, best, lang)
    _print_costs(best, lang)
    _print_beside(found.run, best, lang)
    _print_notes(found, best, lang)


def _print_goal(system: System, best: Planned, lang: str) -> None:
    key = "plan-most" if system.plan.maximise else "plan-least"
    for name, value in best.goals:
        line(word(key, lang, goal=Words(system, lang).goal(name), value=goal_value(system, name, value)))
    line()


def _print_decisions(system: System, best: Planned, lang: str) -> None:
    words = Words(system, lang)
    units = {parse(path, best.system): p.unit for path, p in listed(best.system).items()}

    def row(number: int, c: Choice) -> tuple[str, ...]:
        unit = units.get(parse(c.decision.path, system), "")
        name = f"{number}. {words.decision(c.decision)}"
        return (name, mega(c.today, unit), mega(c.value, unit), money(c.investment, ""), money(c.yearly))

    heads = [word(f"plan-head-{h}", lang) for h in ("decision", "today", "planned", "invested", "yearly")]
    rows = [row(i, c) for i, c in enumerate(best.choices, 1)]
    invested, yearly = (sum(getattr(c, part) for c in best.choices) for part in ("investment", "yearly"))
    rows.append((word("plan-all", lang), "", "", money(invested, ""), money(yearly)))
    table(word("plan-decisions", lang), heads, rows)
    told = [(i, c.brings) for i, c in enumerate(best.choices, 1) if c.brings is not None]
    if told:
        line(dim(word("plan-brings", lang)))
        for i, brings in told:
            line(f"{i:>3}. {brings_text(system, brings, lang)}")
        line()


def _print_binding(system: System, best: Planned, lang: str) -> None:
    words = Words(system, lang)
    rows = [
        (words.origin(s.origin), words.step(s.origin), words.price(s.price, s.origin))
        for s in best.shadows[:MOST_BINDING]
    ]
    if rows:
        heads = [word(f"plan-head-{h}", lang) for h in ("binds", "step", "adds")]
        table(word("plan-binding", lang), heads, rows, 2)


def _print_costs(best: Planned, lang: str) -> None:
    parts = ("capital", "purchases", "sales", "system", "total")
    rows = [
        (word(f"plan-cost-{p}", lang), money(getattr(best.today, p)), money(getattr(best.costs, p)))
        for p in parts
    ]
    heads = [word(f"plan-head-{h}", lang) for h in ("cost", "today", "planned")]
    table(word("plan-costs", lang), heads, rows)


def _print_beside(run: Run, best: Planned, lang: str) -> None:
    """Targets and goals of the plan beside those of its run under merit orders, and what differs."""
    now, then = (_aimed(r) for r in (run, best.replay))
    rows = [
        (
            indicator_name(run.system, row.name, lang),
            shown(now.get(row.name)),
            shown(row),
            shown(then.get(row.name)),
        )
        for row in _aimed(best.run).values()
    ]
    heads = [word(f"plan-head-{h}", lang) for h in ("target", "today", "plan", "replay")]
    table(word("plan-beside", lang), heads, rows)
    if best.replay is None:
        line(coloured("✗", "red") + " ", word("plan-not-run", lang))
    elif best.carried_out:
        line(coloured("✓", "green") + " ", word("plan-carried-out", lang))
    else:
        _print_differences(best, lang)


def _aimed(run: Run | None) -> dict[str, Indicator]:
    return {r.name: r for r in run.indicator_list if r.aimed} if run else {}


def shown(row: Indicator | None) -> str:
    """An indicator beside its bound."""
    if row is None or row.value is None:
        return "–"
    sign = {"true": " ✓", "false": " ✗", "unproven": " ?"}.get(row.met, "")
    bound = row.minimum if row.minimum is not None else row.maximum
    return written(row, more=more_digits(row, bound or 0.0)) + sign


def _print_differences(best: Planned, lang: str) -> None:
    system = best.system

    def row(process: str, planned: float, replay: float, why: str) -> tuple[str, ...]:
        unit = f"{system.materials[system.processes[process].per].unit}/a"
        return node_name(system, process, lang), mega(planned, unit), mega(replay, unit), why

    rows = [
        row(d.process, d.plan, d.replay, reason_text(system, d.reason, lang))
        for d in best.differences[:MOST_DIFFERING]
    ]
    heads = [word(f"plan-head-{h}", lang) for h in ("process", "plan", "replay", "why")]
    table(word("plan-differs", lang), heads, rows, last_left=True)
    more = len(best.differences) - MOST_DIFFERING
    if more > 0:
        line(dim(word("plan-more", lang, count=more)))
    if not any(d.is_list for d in system.plan.decide):
        line(word("plan-order-hint", lang))


def _print_notes(found: Plan, best: Planned, lang: str) -> None:
    words = Words(found.system, lang)
    notes = []
    assumed = [words.decision(c.decision) for c in best.choices if c.decision.assumed and c.investment]
    if assumed:
        notes.append(word("plan-note-assumed", lang, names=", ".join(assumed)))
    bare = words.unpriced(best.run)
    if bare and any(name == "cost" for name, _ in best.goals):
        notes.append(word("plan-note-unpriced", lang, names=bare))
    if not best.exact:
        notes.append(word("plan-note-inexact", lang))
    if best.gap > 1e-6:
        notes.append(word("plan-note-gap", lang, gap=percent(best.gap)))
    for note in notes:
        line(dim(note))
