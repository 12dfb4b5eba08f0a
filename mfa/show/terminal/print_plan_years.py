"""What `mfa plan` prints of a plan over several periods: what is built when, and each period beside it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from mfa.decisions import MONEY
from mfa.parameters import listed, parse
from mfa.results.indicators.target import Indicator
from mfa.results.run import Run
from mfa.show.over_years import spans
from mfa.show.plan_words import Words, goal_value, money
from mfa.show.terminal.print_plan import print_contradiction, shown
from mfa.show.terminal.table import bold, coloured, dim, line, table
from mfa.show.text import (
    brings_text,
    indicator_name,
    mega,
    node_name,
    percent,
    reason_text,
    scenario_title,
    word,
)
from mfa.studies.plan.years_planner import ChoiceOverYears, PlannedYears
from mfa.system import System

if TYPE_CHECKING:
    from mfa.planning_years import YearsPlan

MOST_BINDING = 12  # constraints; the dearest are what people can act on
MOST_STEPS = 4  # of one decision; the others stand in the written scenario
MOST_DIFFERING = 10


def print_years_plan(found: YearsPlan, lang: str) -> None:
    """Print it for a person."""
    system = found.system
    line(bold(scenario_title(found.loaded.system, lang)), "\n")
    if found.contradiction is not None:
        print_contradiction(system, found.contradiction, lang)
        return
    assert found.best is not None
    _print_goals(system, found.best, lang)
    _print_decisions(system, found.best, lang)
    _print_binding(system, found.best, lang)
    _print_periods(found, found.best, lang)
    _print_replay(system, found.best, lang)
    _print_notes(system, found.best, lang)


def _print_goals(system: System, best: PlannedYears, lang: str) -> None:
    words, key = Words(system, lang), "plan-most" if system.plan.maximise else "plan-least"
    years = {"span": f"{best.periods[0]}–{best.periods[-1]}", "first": best.periods[0]}
    rate = f"{100 * system.plan.discount:.3g} %"
    for name, value in best.goals:
        amount = money(value, "") if name in MONEY else goal_value(system, name, value).replace("/a", "")
        kind = "worth" if name in MONEY else "sum"
        told = word(f"plan-years-{kind}", lang, amount=amount, rate=rate, **years)
        line(word(key, lang, goal=words.goal(name), value=told))
    line()


def _print_decisions(system: System, best: PlannedYears, lang: str) -> None:
    words = Words(system, lang)
    units = {parse(path, best.runs[-1].system): p.unit for path, p in listed(best.runs[-1].system).items()}

    def row(number: int, c: ChoiceOverYears) -> tuple[str, ...]:
        unit = units.get(parse(c.decision.path, system), "")
        name = f"{number}. {words.decision(c.decision)}"
        return (name, mega(c.today[-1], unit), money(sum(c.invested), ""), _steps(best.periods, c, unit))

    heads = [word(f"plan-head-{h}", lang) for h in ("decision", "today", "invested", "by-years")]
    rows = [row(i, c) for i, c in enumerate(best.choices, 1)]
    rows.append((word("plan-all", lang), "", money(sum(sum(c.invested) for c in best.choices), ""), ""))
    table(word("plan-decisions", lang), heads, rows, last_left=True)
    told = [(i, c.brings) for i, c in enumerate(best.choices, 1) if c.brings is not None]
    if told:
        line(dim(word("plan-years-brings", lang, year=best.periods[-1])))
        for i, brings in told:
            line(f"{i:>3}. {brings_text(system, brings, lang)}")
        line()


def _steps(periods: Sequence[int], choice: ChoiceOverYears, unit: str) -> str:
    """From which year a decided figure is what; the first and the last where there are many."""
    pairs = zip(periods, choice.values, strict=True)
    steps = [(next(same)[0], value) for value, same in groupby(pairs, key=lambda p: mega(p[1], unit))]
    steps = [s for i, s in enumerate(steps) if i or float(choice.values[0])]
    left = len(steps) - MOST_STEPS
    if left > 0:
        steps = [*steps[: MOST_STEPS - 1], steps[-1]]
    texts = [f"{year}: {value}" for year, value in steps]
    if left > 0:
        texts.insert(-1, "…")
    return ", ".join(texts) or "–"


def _print_binding(system: System, best: PlannedYears, lang: str) -> None:
    words = Words(best.runs[-1].system, lang)
    rows = [
        (
            words.origin(s.origin),
            spans(s.periods),
            words.step(s.origin).removesuffix("/a" if s.origin.kind == "room" else " "),  # what lies there
            words.price(s.price, s.origin, per=""),
        )
        for s in best.shadows[:MOST_BINDING]
    ]
    if rows:
        heads = [word(f"plan-head-{h}", lang) for h in ("binds", "periods", "step", "adds")]
        table(word("plan-years-binding", lang, year=best.periods[-1]), heads, rows, 3)


def _print_periods(found: YearsPlan, best: PlannedYears, lang: str) -> None:
    """Year by year: targets, what is invested, what the year costs."""
    names = list(dict.fromkeys(name for run in best.runs for name in _aimed(run)))
    line(word("plan-years-targets", lang))
    for i, name in enumerate(names, 1):
        line(f"  {i}  {indicator_name(found.system, name, lang)}")
    line()
    heads = [word("plan-head-period", lang)]
    for i in range(1, len(names) + 1):
        heads += [word(f"plan-head-{h}", lang, number=i) for h in ("target-today", "target-plan")]
        heads += [] if best.carried_out else [word("plan-head-target-replay", lang, number=i)]
    heads += [word(f"plan-head-{h}", lang) for h in ("spent", "total")]
    rows = []
    for t, (period, run) in enumerate(zip(best.periods, best.runs, strict=True)):
        cells = [str(period)]
        for name in names:
            again = best.replay[t] if best.replay else None
            cells += [shown(_aimed(r).get(name)) for r in (found.runs[t], run)]
            cells += [] if best.carried_out else [shown(_aimed(again).get(name))]
        spent = sum(c.invested[t] for c in best.choices)
        rows.append((*cells, money(spent, ""), money(best.costs[t].total)))
    table(word("plan-years-beside", lang), heads, rows)


def _aimed(run: Run | None) -> dict[str, Indicator]:
    names = {t.indicator for t in run.system.targets} if run else set()
    return {r.name: r for r in run.indicators_named(names) if r.aimed} if run else {}


def _print_replay(system: System, best: PlannedYears, lang: str) -> None:
    if not best.replay:
        line(coloured("✗", "red") + " ", word("plan-not-run", lang))
        return
    if best.carried_out:
        line(coloured("✓", "green") + " ", word("plan-years-carried-out", lang))
        return
    rows = []
    found = [(t, d) for t, own in zip(best.periods, best.differences, strict=True) for d in own]
    for period, d in found[:MOST_DIFFERING]:
        unit = f"{system.materials[system.processes[d.process].per].unit}/a"
        name, why = node_name(system, d.process, lang), reason_text(system, d.reason, lang)
        rows.append((str(period), name, mega(d.plan, unit), mega(d.replay, unit), why))
    heads = [word(f"plan-head-{h}", lang) for h in ("period", "process", "plan", "replay", "why")]
    table(word("plan-differs", lang), heads, rows, 2, last_left=True)
    if len(found) > MOST_DIFFERING:
        line(dim(word("plan-more", lang, count=len(found) - MOST_DIFFERING)))
    if not any(d.is_list for d in system.plan.decide):
        line(word("plan-order-hint", lang))


def _print_notes(system: System, best: PlannedYears, lang: str) -> None:
    words, notes = Words(system, lang), []
    assumed = [words.decision(c.decision) for c in best.choices if c.decision.assumed and any(c.invested)]
    if assumed:
        notes.append(word("plan-note-assumed", lang, names=", ".join(assumed)))
    bare = words.unpriced(best.runs[-1])
    if bare and any(name == "cost" for name, _ in best.goals):
        notes.append(word("plan-note-unpriced", lang, names=bare))
    if not best.exact:
        notes.append(word("plan-note-inexact", lang))
    if best.gap > 1e-6:
        notes.append(word("plan-note-gap", lang, gap=percent(best.gap)))
    for note in notes:
        line(dim(note))
