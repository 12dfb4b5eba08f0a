"""A run through several years in words: targets, indicators and stocks, for the terminal and the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mfa.results.indicators.target import Indicator
from mfa.results.warnings import REMARKS
from mfa.show.magnitudes import step, units
from mfa.show.over_years import OverYears, Reached, spans
from mfa.show.text import (
    figure,
    indicator_name,
    material_name,
    mega,
    more_digits,
    node_name,
    number,
    percent,
    warning_text,
    word,
    written,
)

Row = tuple[str, ...]


class Table(NamedTuple):
    """Heads and rows of a table."""

    heads: list[str]
    rows: list[Row]


def target_lines(over: OverYears, lang: str) -> list[tuple[Reached, str]]:
    """Each target in a sentence: from when on it is reached, and the value of the last year."""
    found = []
    for name in over.aims:
        rows = [of[name] for of in over.aimed if name in of]
        if rows and rows[-1].aimed:
            reached = over.reached(name)
            found.append((reached, _target(rows, reached, over, lang)))
    return found


def _target(rows: Sequence[Indicator], reached: Reached, over: OverYears, lang: str) -> str:
    last, system = rows[-1], over.runs[-1].system
    missed = "ended" if reached.years else "never"
    key = "always" if reached.always else missed if reached.since is None else "since"
    return word(
        f"years-target-{key}",
        lang,
        name=indicator_name(system, last.name, lang),
        bound=_bound(rows, lang),
        since=reached.since,
        until=reached.years[-1] if reached.years else "",
        year=system.period,
        value="–" if last.value is None else written(last, more=more_digits(last, _aim(last))),
    )


def _bound(rows: Sequence[Indicator], lang: str) -> str:
    """The bound of all years; where it goes by years, that each year has its own, and the last."""
    last = rows[-1]
    least = last.minimum is not None
    bound = _aim(last)
    shown = written(last, bound, more_digits(last, bound))
    text = word("bound-least" if least else "bound-most", lang, bound=shown)
    alike = all((r.minimum, r.maximum) == (last.minimum, last.maximum) for r in rows)
    return text if alike else word("bound-of-each-year", lang, last=text)


def _aim(row: Indicator) -> float:
    """The lower bound of a target; the upper one where it has no lower."""
    return row.minimum if row.minimum is not None else row.maximum or 0.0


def short_lines(over: OverYears, lang: str) -> list[str]:
    """What is short, and which stocks cannot do what is asked of them, in which years."""
    system = over.runs[-1].system
    lines = []
    for material, years in over.short.items():
        name = material_name(system, material, lang)
        lines.append(word("years-short", lang, name=name, years=spans(years, system.span)))
    for stock, years in over.refused.items():
        name = node_name(system, stock, lang)
        lines.append(word("years-refused", lang, name=name, years=spans(years, system.span)))
    return lines


def worst_line(over: OverYears, lang: str) -> list[str]:
    """The worst other warning of the last year, with how many more it has; nothing where it has none."""
    system = over.runs[-1].system
    found = [w for w in over.runs[-1].warning_list if w.code not in (*REMARKS, "shortage")]
    if not found:
        return []
    text = warning_text(found[0], system, lang)
    more = word("years-warnings-more", lang, count=len(found) - 1) if len(found) > 1 else ""
    return [word("years-warning", lang, year=system.period, text=text) + more]


def indicator_table(over: OverYears, lang: str) -> Table:
    """The indicators of the years that are shown, each in one unit."""
    rows = []
    for row in over.figures:
        name = next(r.name for r in row if r is not None)
        cells, unit = _alike(row)
        rows.append((indicator_name(over.runs[-1].system, name, lang), *cells, unit))
    return Table(["", *(str(over.years[i]) for i in over.columns), ""], rows)


def stock_table(over: OverYears, lang: str) -> Table:
    """What lies in each stock at the end of each year shown, and when a yard is full."""
    system = over.runs[-1].system
    rows = []
    for heap in over.heaps:
        room = "" if heap.room is None else mega(heap.room, heap.unit)
        note = "" if heap.full is None else word("years-full", lang, year=heap.full)
        note = word("years-in-use", lang) if heap.in_use else note
        note = word("years-under-way", lang) if system.stocks[heap.stock].delays else note
        closing = [mega(heap.closing[i], heap.unit) for i in over.columns]
        name, opening = node_name(system, heap.stock, lang), mega(heap.opening, heap.unit)
        rows.append((name, opening, *closing, room, note))
    years = [str(over.years[i]) for i in over.columns]
    return Table(
        [word("word-stock", lang), word("word-opening", lang), *years, word("word-room", lang), ""], rows
    )


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
