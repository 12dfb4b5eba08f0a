"""What `mfa run` prints of a run through several years: targets, indicators and stocks by year."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mfa.results.indicators.target import Indicator
from mfa.results.run import Run
from mfa.results.warnings import REMARKS
from mfa.show.magnitudes import step, units
from mfa.show.over_years import OverYears, Reached, spans
from mfa.show.terminal.table import bold, coloured, dim, line, table
from mfa.show.text import (
    figure,
    indicator_name,
    material_name,
    mega,
    node_name,
    number,
    percent,
    solved_line,
    warning_text,
    word,
    written,
)


def print_years(runs: Sequence[Run], lang: str, folder: Path | None, *, full: bool = False) -> None:
    """Print a run through several years for a person; `full` shows every year and all printed indicators."""
    over, system = OverYears(runs, every=full), runs[-1].system
    line(bold(system.name), f" · {system.label[lang]} · {over.years[0]}–{over.years[-1] + system.span - 1}\n")
    for name in over.aims:
        rows = [of[name] for of in over.aimed if name in of]
        if rows and rows[-1].aimed:
            reached = over.reached(name)
            colour = "green" if reached.always else "red" if reached.since is None else "yellow"
            line(coloured(_target(rows, reached, runs, lang), colour))
    _worst(over, runs, lang)
    line()
    _indicators(over, runs, lang)
    _stocks(over, lang)
    if len(over.columns) < len(over.years):
        line(dim(word("years-more", lang, year=over.years[len(over.years) // 2])))
    if folder:
        line(dim(word("written", lang, folder=folder)))
    line(dim(solved_line(system, runs[-1].state, lang)))


def _target(rows: Sequence[Indicator], reached: Reached, runs: Sequence[Run], lang: str) -> str:
    """One target in a sentence: from when on it is reached, and the value of the last year."""
    last, best = rows[-1], runs[-1].system
    missed = "ended" if reached.years else "never"
    key = "always" if reached.always else missed if reached.since is None else "since"
    return word(
        f"years-target-{key}",
        lang,
        name=indicator_name(best, last.name, lang),
        bound=_bound(rows, lang),
        since=reached.since,
        until=reached.years[-1] if reached.years else "",
        year=best.period,
        value=_cell(last),
    )


def _bound(rows: Sequence[Indicator], lang: str) -> str:
    """The bound of all years; where it goes by years, that each year has its own, and the last."""
    last = rows[-1]
    least = last.minimum is not None
    bound = last.minimum if least else last.maximum
    text = word("bound-least" if least else "bound-most", lang, bound=written(last, bound))
    alike = all((r.minimum, r.maximum) == (last.minimum, last.maximum) for r in rows)
    return text if alike else word("bound-of-each-year", lang, last=text)


def _cell(row: Indicator | None) -> str:
    """A value without its unit, which the row says once; a dash where there is none."""
    return "–" if row is None or row.value is None else written(row) if row.unit != "1" else figure(row)[0]


def _worst(over: OverYears, runs: Sequence[Run], lang: str) -> None:
    """What is short in which years; the worst warning of the last year, with how many more it has."""
    system = runs[-1].system
    for material, years in over.short.items():
        name = material_name(system, material, lang)
        text = word("years-short", lang, name=name, years=spans(years, system.span))
        line(coloured("!", "yellow"), f" {text}")
    for stock, years in over.refused.items():
        text = word(
            "years-refused", lang, name=node_name(system, stock, lang), years=spans(years, system.span)
        )
        line(coloured("!", "yellow"), f" {text}")
    found = [w for w in runs[-1].warning_list if w.code not in (*REMARKS, "shortage")]
    if found:
        text = warning_text(found[0], system, lang)
        more = word("years-warnings-more", lang, count=len(found) - 1) if len(found) > 1 else ""
        line(coloured("!", "yellow"), f" {word('years-warning', lang, year=system.period, text=text)}{more}")


def _indicators(over: OverYears, runs: Sequence[Run], lang: str) -> None:
    heads = ["", *(str(over.years[i]) for i in over.columns), ""]
    rows = []
    for row in over.figures:
        name = next(r.name for r in row if r is not None)
        cells, unit = _alike(row)
        rows.append((indicator_name(runs[-1].system, name, lang), *cells, unit))
    table("", heads, rows, last_left=True)


def _stocks(over: OverYears, lang: str) -> None:
    """What lies in each stock at the end of each year shown, and when a yard is full."""
    system = over.runs[-1].system
    rows = []
    for heap in over.heaps:
        room = "" if heap.room is None else mega(heap.room, heap.unit)
        note = "" if heap.full is None else word("years-full", lang, year=heap.full)
        note = word("years-in-use", lang) if heap.in_use else note
        closing = [mega(heap.closing[i], heap.unit) for i in over.columns]
        name, opening = node_name(system, heap.stock, lang), mega(heap.opening, heap.unit)
        rows.append((name, opening, *closing, room, note))
    if rows:
        years = [str(over.years[i]) for i in over.columns]
        heads = [word("word-stock", lang), word("word-opening", lang), *years, word("word-room", lang), ""]
        table(word("years-stocks", lang), heads, rows, last_left=True)


def _alike(rows: Sequence[Indicator | None]) -> tuple[list[str], str]:
    """Values of one indicator in one unit, that of the largest; a dash where there is none."""
    values = [None if row is None else row.value for row in rows]
    known = [row for row in rows if row is not None and row.value is not None]
    if not known:
        return ["–"] * len(values), ""
    largest = max(known, key=lambda row: abs(row.value or 0.0))
    shown, unit = figure(largest)
    if largest.unit == "1" and shown.endswith("%"):
        return [percent(v) for v in values], ""
    size = 1e8 if largest.unit == "CNY/a" else 1.0
    if units() == "zh" and largest.unit != "CNY/a":
        size = step(largest.value or 0.0, largest.unit)[1]
    return ["–" if v is None else number(v / size) for v in values], unit
