"""What `mfa brief` prints."""

from __future__ import annotations

from mfa.show.brief_curve import CurveInWords
from mfa.show.brief_rows import BriefInWords
from mfa.show.terminal.table import bold, dim, line, table
from mfa.show.text import word
from mfa.studies.brief import Brief


def print_brief(brief: Brief, lang: str) -> None:
    """Print what the page tells, in its order."""
    words = BriefInWords(brief, lang)
    line(bold(words.title), "\n")
    for sentence in words.answer():
        line(sentence)
    if brief.chance:
        line(dim(words.spread()))
    line()
    heads, rows = words.rates()
    table(word("brief-rates", lang), heads, rows)
    if takers := words.assumed_takers():
        line(dim(takers), "\n")
    curve = CurveInWords(words)
    if curve.found:
        heads, rows = curve.table()
        table(curve.heading, heads, rows)
        if yards := curve.yards():
            line(dim(yards), "\n")
    if rows := words.decisions():
        table(word("brief-decisions", lang), words.decision_heads(), rows, last_left=True)
    heads, rows = words.sales()
    if rows:
        table(word("brief-sales", lang, year=brief.run.system.period), heads, rows)
    heads, rows = words.prices()
    table(words.prices_title(), heads, rows)
