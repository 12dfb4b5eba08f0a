"""A stock over the years: what is in use by year of entry, or what lies in a yard and its room."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mfa.errors import Error, Fault, nearest
from mfa.results.joined import COHORTS
from mfa.results.run import Run
from mfa.show.charts.style import BROWN, Look, remarks, word
from mfa.show.charts.years import Series, years
from mfa.show.over_years import Heap, OverYears
from mfa.show.text import node_name
from mfa.show.text import word as common
from mfa.system import known

if TYPE_CHECKING:
    from matplotlib.axes import Axes

AGES = ("#08306b", "#2171b5", "#4292c6", "#6baed6", "#9ecae1", "#c6dbef")
"""From old to young, each lighter than the one before, in grey too: ColorBrewer's «Blues»."""


def stock_of(runs: Sequence[Run], of: str | None, path: Path | None, lang: str) -> Axes:
    """A stock at the end of each year: in use by year of entry, a yard with its room as a line.

    Parameters
    ----------
    runs : of each year, with the table `cohorts`
    of : a stock; None is the first in use, where there is none the largest yard

    Raises
    ------
    mfa.Error
        a run of one year alone, no such stock, or one that holds nothing
    """
    if len(runs) < 2:
        raise Error([Fault("chart-stocks-years", None, {"name": runs[0].system.name})])
    heap = _chosen(OverYears(runs).heaps, runs, of)
    when = [run.system.period for run in runs]
    rooms = [known(run.system.stocks[heap.stock].capacity) for run in runs]
    series = by_entry(runs, heap.stock) if heap.in_use else {word("lies", lang): _of(when, heap.closing)}
    colours = AGES if heap.in_use else (BROWN,)
    name = node_name(runs[-1].system, heap.stock, lang)
    said = [runs[-1].system.name, word("stock-end", lang)]
    full = [] if heap.full is None else [common("years-full", lang, year=heap.full)]
    return years(
        series,
        path,
        heading=word("stock-by-entry", lang, name=name) if heap.in_use else name,
        note=remarks([" · ".join(said), *full], lang),
        unit=heap.unit,
        areas=True,
        looks={entry: Look(colour) for entry, colour in zip(series, colours, strict=False)},
        target={y: room for y, room in zip(when, rooms, strict=True) if room is not None} or None,
        bound_word="room",
        lang=lang,
    )


def _of(when: Sequence[int], amounts: Sequence[float]) -> dict[int, float | None]:
    """Year → amount; rounding below zero is nothing."""
    return {year: max(amount, 0.0) for year, amount in zip(when, amounts, strict=True)}


def _chosen(heaps: Sequence[Heap], runs: Sequence[Run], of: str | None) -> Heap:
    stocks = runs[-1].system.stocks
    if of is not None and of not in stocks:
        raise Error([Fault("chart-stock", None, {"name": of[:60], "near": nearest(of, list(stocks))})])
    held = [h for h in heaps if max(h.closing) > 0]
    first = sorted(held, key=lambda h: not h.in_use)
    chosen = next((h for h in first if of is None or h.stock == of), None)
    if chosen is None:
        raise Error([Fault("chart-empty", None, {})])
    return chosen


def by_entry(runs: Sequence[Run], stock: str) -> Series:
    """Years of entry → year → what is left of them at its end, in the unit of the stock, oldest first.

    What was there before the first year is one group; the years of the run are bundled evenly, so that
    there are at most as many as colours.
    """
    tables = [run.table(COHORTS) for run in runs]
    rows = [(row[0], row[2], row[3]) for table in tables for row in table.rows if row[1] == stock]
    left = [(int(str(p)), int(str(c)), float(a or 0.0)) for p, c, a in rows]
    periods = [run.system.period for run in runs]
    found: dict[str, dict[int, float | None]] = {}
    for group in _bundles(sorted({c for _, c, _ in left}), periods[0]):
        name = str(group[0]) if len(group) == 1 else f"{group[0]}–{group[-1]}"
        found[name] = {y: sum(a for p, c, a in left if p == y and c in group) for y in periods}
    return found


def _bundles(entries: Sequence[int], first: int) -> list[Sequence[int]]:
    """Years of entry in groups of neighbours: those before the first period, then equally many each.

    >>> [list(g) for g in _bundles([2018, 2021, *range(2025, 2035)], 2025)]
    [[2018, 2021], [2025, 2026], [2027, 2028], [2029, 2030], [2031, 2032], [2033, 2034]]
    """
    if len(entries) <= len(AGES):
        return [[entry] for entry in entries]
    old, own = [e for e in entries if e < first], [e for e in entries if e >= first]
    many = -(-len(own) // (len(AGES) - bool(old)))
    return [group for group in (old, *(own[i : i + many] for i in range(0, len(own), many))) if group]
