"""What `mfa run --samples` prints: chances of targets, spreads of indicators, what was drawn."""

from __future__ import annotations

from mfa.results.run import Run
from mfa.show.sampled_words import chance, doubts, heads, main_rows, rows, samples_title
from mfa.show.summary import Summary
from mfa.show.terminal.table import bold, dim, line, table
from mfa.show.text import word
from mfa.studies.sampling.sampled import Sampled


def print_samples(result: Run, sampled: Sampled, lang: str, *, full: bool = False) -> None:
    """Print the samples of a run for a person; `full` lists every indicator."""
    line(bold(samples_title(sampled, lang)))
    for row in (r for r in result.indicator_list if r.aimed):
        line("  ", chance(result, row, sampled, lang))
    for text in doubts(sampled, lang):
        line("  ", dim(text))
    line()
    shown = result.indicator_list if full else main_rows(Summary(result))
    cells = rows(result, shown, sampled, lang)
    table(word("samples-table", lang), ["", *heads(lang), ""], cells, last_left=True)
