"""What `mfa run` prints of a run through several years: targets, indicators and stocks by year."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mfa.results.run import Run
from mfa.show.over_years import OverYears
from mfa.show.terminal.table import bold, coloured, dim, line, table
from mfa.show.text import solved_line, word
from mfa.show.years_rows import indicator_table, short_lines, stock_table, target_lines, worst_line


def print_years(runs: Sequence[Run], lang: str, folder: Path | None, *, full: bool = False) -> None:
    """Print a run through several years for a person; `full` shows every year and all printed indicators."""
    over, system = OverYears(runs, every=full), runs[-1].system
    line(bold(system.name), f" · {system.label[lang]} · {over.span}\n")
    for reached, text in target_lines(over, lang):
        colour = "green" if reached.always else "red" if reached.since is None else "yellow"
        line(coloured(text, colour))
    for text in (*short_lines(over, lang), *worst_line(over, lang)):
        line(coloured("!", "yellow"), f" {text}")
    line()
    table("", *indicator_table(over, lang), last_left=True)
    stocks = stock_table(over, lang)
    if stocks.rows:
        table(word("years-stocks", lang), *stocks, last_left=True)
    if len(over.columns) < len(over.years):
        line(dim(word("years-more", lang, year=over.years[len(over.years) // 2])))
    if folder:
        line(dim(word("written", lang, folder=folder)))
    line(dim(solved_line(system, runs[-1].state, lang)))
