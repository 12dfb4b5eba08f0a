"""What `mfa seek` prints: the smallest change that reaches a bound, or why none does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa.results.indicators.target import Indicator
from mfa.show.terminal.table import bold, coloured, dim, line, table
from mfa.show.text import (
    indicator_name,
    material_name,
    mega,
    node_name,
    number,
    path_name,
    percent,
    scenario_title,
    word,
    written,
)
from mfa.studies.seek import FEW_STEPS, Found
from mfa.studies.trials import Trial
from mfa.system import System

if TYPE_CHECKING:
    from mfa.seeking import Seek

MOST_ROWS = 15
MOST_WAYS = 4  # of one material


def print_seek(found: Seek, lang: str) -> None:
    """Print it for a person."""
    line(bold(scenario_title(found.system, lang)), "\n")
    line(word("seek-aim", lang, aim=_aim(found, lang), now=_shown(found, found.now)), "\n")
    if found.each:
        _print_each(found, lang)
    else:
        _print_one(found, found.found[0], lang)


def _aim(found: Seek, lang: str) -> str:
    name = indicator_name(found.system, found.aim.indicator, lang)
    least = found.aim.minimum is not None
    bound = found.aim.minimum if least else found.aim.maximum
    return word("seek-bound-min" if least else "seek-bound-max", lang, name=name, bound=_shown(found, bound))


def _shown(found: Seek, value: float | None) -> str:
    """A value of the indicator as people read it."""
    bounds = found.aim.minimum, found.aim.maximum
    row = Indicator(found.aim.indicator, value, found.unit, *bounds)
    return written(row) if value is not None else "–"


def _amount(value: float, unit: str) -> str:
    return percent(value) if unit == "1" else number(value) if not unit else mega(value, unit)


def _print_one(found: Seek, one: Found, lang: str) -> None:
    values = {
        "figure": path_name([found.system], one.path, lang),
        "today": _amount(one.today, one.unit),
        "low": _amount(one.low, one.unit),
        "high": _amount(one.high, one.unit),
    }
    if one.value is not None:
        then = _amount(one.value, one.unit)
        change = f"{one.value / one.today - 1:+.1%}".replace("%", " %") if one.today else ""
        reached = _shown(found, one.reached)
        sign = coloured("✓", "green")
        line(f"{sign} ", word("seek-found", lang, then=then, change=change, value=reached, **values))
        line(word("seek-range" if one.within else "seek-no-range", lang) if one.written else "")
        return
    best = _shown(found, one.best)
    line(
        coloured("✗", "red") + " ",
        word("seek-not-found", lang, best=best, at=_amount(one.at, one.unit), **values),
    )
    if found.blocked:
        line()
        rows = [
            (
                material_name(found.system, b.material, lang),
                mega(b.amount, f"{found.system.materials[b.material].unit}/a") if b.amount else "",
                "; ".join(_way(found.system, t, lang) for t in b.ways[:MOST_WAYS])
                or word("seek-no-way", lang),
            )
            for b in found.blocked
        ]
        heads = [word(f"seek-head-{h}", lang) for h in ("left", "amount", "ways")]
        table(word("seek-left", lang), heads, rows, last_left=True)


def _way(system: System, trial: Trial, lang: str) -> str:
    """What keeps a taker from taking more, and what would change that."""
    node = node_name(system, trial.node, lang)
    lacking = material_name(system, trial.lacking, lang) if trial.lacking else ""
    return word(f"seek-way-{trial.way}", lang, node=node, lacking=lacking)


def _print_each(found: Seek, lang: str) -> None:
    reached = [f for f in found.found if f.value is not None]
    if reached:
        heads = [word(f"seek-head-{h}", lang) for h in ("figure", "today", "then", "change", "range")]
        rows = [_row(found, f, lang) for f in reached[:MOST_ROWS]]
        table(word("seek-each", lang), heads, rows, last_left=True)
    missed = [f for f in found.found if f.value is None and f.best is not None and f.best != found.now]
    if missed and not reached:
        heads = [word(f"seek-head-{h}", lang) for h in ("figure", "today", "then", "best")]
        rows = [
            (
                path_name([found.system], f.path, lang),
                _amount(f.today, f.unit),
                _amount(f.at, f.unit),
                _shown(found, f.best),
            )
            for f in missed[:MOST_ROWS]
        ]
        table(word("seek-none", lang), heads, rows)
    line(dim(word("seek-count", lang, count=len(found.found), reached=len(reached), steps=FEW_STEPS)))


def _row(found: Seek, f: Found, lang: str) -> tuple[str, ...]:
    then = f.value or 0.0
    change = f"{then / f.today - 1:+.1%}".replace("%", " %") if f.today else ""
    key = "seek-in-range" if f.within else "seek-beyond-range" if f.written else "seek-unranged"
    return (
        path_name([found.system], f.path, lang),
        _amount(f.today, f.unit),
        _amount(then, f.unit),
        change,
        word(key, lang),
    )
