"""What `mfa run --samples` prints of a run through several years: chances by year, bands, what was drawn."""

from __future__ import annotations

from collections.abc import Sequence

from mfa.results.run import Run
from mfa.show.over_years import OverYears
from mfa.show.sampled_words import doubts, samples_title
from mfa.show.sampled_years_rows import band_table, chance_tables
from mfa.show.terminal.table import bold, dim, line, table
from mfa.show.text import word
from mfa.studies.sampling.sampled_years import SampledYears


def print_sampled_years(runs: Sequence[Run], drawn: SampledYears, lang: str, *, full: bool = False) -> None:
    """Print the samples of a run through several years for a person; `full` shows every year."""
    over = OverYears(runs, every=full)
    line(bold(samples_title(drawn, lang)))
    for text in doubts(drawn, lang):
        line("  ", dim(text))
    line()
    for heading, rows in chance_tables(over, drawn, lang):
        table(heading, *rows)
    table(word("samples-table", lang), *band_table(over, drawn, lang), last_left=True)
