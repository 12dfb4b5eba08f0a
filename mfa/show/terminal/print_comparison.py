"""What `mfa compare` prints and writes: inputs that differ, results, and the change by cause."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mfa.results.tables import Table
from mfa.show.comparison_rows import InWords
from mfa.show.terminal.table import bold, dim, line, table
from mfa.show.text import word
from mfa.studies.compare import Change, Comparison, Share
from mfa.studies.sampling.paired import Paired
from mfa.studies.sampling.statistics import COLUMNS

MOST_INPUTS = 40
MOST_FLOWS = 15


def inputs_table(comparison: Comparison) -> Table:
    """path, before, after, unit."""
    rows = [(c.path, c.before, c.after, c.unit or None) for c in comparison.inputs]
    return Table("inputs", ("path", "before", "after", "unit"), rows)


def changes_table(name: str, found: Sequence[Change]) -> Table:
    """name, before, after, change, relative, unit."""
    rows = [(c.name, c.before, c.after, c.absolute, c.relative, c.unit) for c in found]
    return Table(name, ("name", "before", "after", "change", "relative", "unit"), rows)


def causes_table(found: list[Share]) -> Table:
    """indicator, cause, change."""
    return Table(
        "causes", ("indicator", "cause", "change"), [(s.indicator, s.cause, s.change) for s in found]
    )


def paired_table(paired: Paired) -> Table:
    """indicator, unit, values as written, pairs, statistics of the change, probabilities and errors."""
    words = ("rises", "better", "met_before", "met_after")
    chances = [name for word_ in words for name in (word_, f"{word_}_error")]
    columns = ("indicator", "unit", "before", "after", "pairs", *COLUMNS, *chances)
    rows = []
    for c in paired.changes:
        found = [x for p in (c.rises, c.better, *c.met) for x in ((p.value, p.error) if p else (None, None))]
        shown = (None if x is None or math.isnan(x) else x for x in found)
        rows.append((c.name, c.unit, c.before, c.after, c.pairs, *c.change, *shown))
    return Table("paired", columns, rows, {*columns[2:]})


def all_tables(comparison: Comparison, shares: list[Share]) -> list[Table]:
    """Everything that a comparison has."""
    return [
        inputs_table(comparison),
        changes_table("indicators", comparison.indicators),
        changes_table("flows", comparison.flows),
        changes_table("layers", comparison.layers),
        causes_table(shares),
    ]


def print_comparison(
    comparison: Comparison,
    shares: list[Share],
    titles: tuple[str, str],
    lang: str,
    paired: Paired | None = None,
) -> None:
    """Print it for a person: inputs first."""
    words = InWords(comparison, lang)
    line(bold(word("compare-title", lang, a=titles[0], b=titles[1])), "\n")
    _inputs(words, titles)
    heads = ["", *titles, word("compare-change", lang), "%"]
    rows = words.indicators()
    if not rows and not comparison.flows and not comparison.layers:
        line(word("compare-same", lang), "\n")
        return
    if rows:
        table(word("compare-indicators", lang), heads, rows)
        _causes(words, shares)
    if paired:
        print_paired(words, paired, titles)
    for name, found in (("flows", comparison.flows), ("layers", comparison.layers)):
        if found:
            table(word(f"compare-{name}", lang), heads, words.links(found[:MOST_FLOWS]))
            _more(len(found) - MOST_FLOWS, lang)


def print_paired(words: InWords, paired: Paired, titles: tuple[str, str]) -> None:
    """Print the changes over samples, and what was drawn."""
    line(bold(words.pairs_title(paired, titles)))
    table("", words.pairs_heads(titles), words.pairs(paired))


def _inputs(words: InWords, titles: tuple[str, str]) -> None:
    rows, lang = words.inputs(), words.lang
    if not rows:
        line(word("compare-no-input", lang), "\n")
        return
    table(word("compare-inputs", lang, count=len(rows)), ["", *titles, ""], rows[:MOST_INPUTS])
    _more(len(rows) - MOST_INPUTS, lang)


def _more(count: int, lang: str) -> None:
    """How many rows are not shown."""
    if count > 0:
        line(dim(word("compare-more", lang, count=count)), "\n")


def _causes(words: InWords, shares: list[Share]) -> None:
    lang, units = words.lang, {c.name: c.unit for c in words.comparison.indicators}
    for name in dict.fromkeys(s.indicator for s in shares):
        scale = 100.0 if units.get(name) == "1" else 1.0
        mine = sorted((s for s in shares if s.indicator == name), key=lambda s: -abs(s.change))
        rows = [(words.cause(s.cause), f"{s.change * scale:+,.4g}") for s in mine]
        rows.append((word("word-all", lang), f"{sum(s.change for s in mine) * scale:+,.4g}"))
        unit = word("compare-points", lang) if scale == 100 else units.get(name, "")
        table(word("compare-causes", lang, name=words.indicator(name)), ["", unit], rows)
