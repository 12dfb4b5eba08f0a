"""The part of the report that goes over all years of a run: targets, charts, indicators and stocks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from mfa.errors import Error
from mfa.results.run import Run
from mfa.show.charts.several_runs import Named, years_of
from mfa.show.charts.stock_areas import stock_of
from mfa.show.over_years import OverYears
from mfa.show.report.pictures import Pictures
from mfa.show.sampled_words import doubts, samples_title
from mfa.show.sampled_years_rows import band_table, chance_tables
from mfa.show.text import indicator_name, node_name, word
from mfa.show.years_rows import indicator_table, short_lines, stock_table, target_lines
from mfa.studies.sampling.sampled_years import SampledYears

MOST_LINES = 3  # charts of indicators: one for each target, the first ones
MOST_STOCKS = 3  # charts of stocks: those in use before yards; the table below them names all


def years_section(
    runs: Sequence[Run], lang: str, drawn: SampledYears | None = None, flows: str = ""
) -> dict[str, Any] | None:
    """What the page says of all years, by the names in the template; None of a run of one year.

    `flows` is a page of all years, to which each then leads.
    """
    if len(runs) < 2:
        return None
    over = OverYears(runs)
    charts, notes = _charts(over, lang, drawn)
    stocks = stock_table(over, lang)
    return {
        "span": over.span,
        "links": {str(y): f"{flows}#year={y}" for y in over.years} if flows else {},
        "last": over.years[-1],
        "targets": [("false" if r.since is None else "true", text) for r, text in target_lines(over, lang)],
        "notes": [*short_lines(over, lang), *notes],
        "charts": charts,
        "indicators": indicator_table(over, lang),
        "stocks": stocks if stocks.rows else None,
        "stock_charts": _stock_charts(over, lang),
        "chances": chance_tables(over, drawn, lang) if drawn else [],
        "bands": band_table(over, drawn, lang) if drawn else None,
        "drawn": [samples_title(drawn, lang), *doubts(drawn, lang)] if drawn else [],
    }


def _stock_charts(over: OverYears, lang: str) -> list[str]:
    """What is in use by year of entry, then yards."""
    system, pictures = over.runs[-1].system, Pictures("k")
    held = sorted((h for h in over.heaps if max(h.closing) > 0), key=lambda h: not h.in_use)
    return [
        pictures.svg(partial(stock_of, over.runs, h.stock, None, lang), node_name(system, h.stock, lang))
        for h in held[:MOST_STOCKS]
    ]


def _charts(over: OverYears, lang: str, drawn: SampledYears | None) -> tuple[list[str], list[str]]:
    """A line for each of the first targets, then the fates of industrial solid waste; and why one is not."""
    system = over.runs[-1].system
    valued = [n for n in over.aims if any(n in of and of[n].value is not None for of in over.aimed)]
    asked = [(name, indicator_name(system, name, lang)) for name in valued[:MOST_LINES]]
    if any(m.waste == "industrial-solid" for m in system.materials.values()):
        asked.append(("industrial-solid", word("report-wastes", lang)))
    pictures, made, notes = Pictures("y"), [], []
    samples = drawn.years if drawn else (None,) * len(over.runs)
    named = [Named(run, system.name, own) for run, own in zip(over.runs, samples, strict=True)]
    for of, alt in asked:
        try:
            made.append(pictures.svg(partial(years_of, named, (of,), None, lang), alt))
        except Error as error:  # what a yard gives back is no area
            notes += [fault.text(lang) for fault in error.faults]
    return made, notes
