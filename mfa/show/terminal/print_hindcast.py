"""What `mfa audit --years` prints and writes: model and statistic by year, bias, mean absolute error."""

from __future__ import annotations

from collections.abc import Sequence

from mfa.results.tables import Table
from mfa.show.terminal.table import bold, dim, line, table
from mfa.show.text import number, percent, word
from mfa.studies.hindcast import Point, Score
from mfa.system import Claim

POINTS = ("claim", "label", "year", "unit", "statistic", "model", "difference", "put_in", "within", "source")
Row = tuple[str | int | float | None, ...]
SCORES = ("quantity", "label", "unit", "tested", "bias", "mean_absolute_error", "mean_statistic")


def hindcast_tables(scores: Sequence[Score], lang: str) -> tuple[Table, Table]:
    """Statistics one by one, and quantities; figures in the unit in which the first claim is written."""
    points = [_point(p, s.points[0].claim, lang) for s in scores for p in s.points]
    rows = [_score(s, lang) for s in scores]
    return Table("hindcast", POINTS, points), Table("scores", SCORES, rows)


def _point(p: Point, first: Claim, lang: str) -> Row:
    figures = (None if x is None else x / first.size for x in (p.statistic, p.model, p.difference))
    flags = ("true" if flag else "false" for flag in (p.put_in, p.within))
    label, source = p.claim.label[lang], p.claim.source or None
    return p.claim.number, label, p.year, first.written or None, *figures, *flags, source


def _score(s: Score, lang: str) -> Row:
    first = s.points[0].claim
    means = (s.bias, s.mean_absolute_error, s.mean_statistic)
    figures = (None if x is None else x / first.size for x in means)
    quantity = " ".join((first.kind, *(n for n in first.names if n)))
    return quantity, first.label[lang], first.written or None, len(s.tested), *figures


def print_hindcast(scores: Sequence[Score], name: str, lang: str) -> None:
    """Print it for a person."""
    if not scores:
        line(word("hindcast-empty", lang, name=name))
        return
    heads = [word(f"hindcast-head-{h}", lang) for h in ("year", "statistic", "model", "difference")]
    for s in scores:
        first = s.points[0].claim
        line(bold(first.label[lang]), f", {first.written}" if first.written else "")
        table("", [*heads, "%", ""], [_row(p, first, lang) for p in s.points], last_left=True)
        _means(s, first, lang)


def _row(p: Point, first: Claim, lang: str) -> tuple[str, ...]:
    figures = ["–" if x is None else number(x / first.size) for x in (p.statistic, p.model, p.difference)]
    share = percent(p.difference / p.statistic) if p.difference is not None and p.statistic else ""
    note = word("hindcast-put-in", lang) if p.put_in else "" if p.within else word("hindcast-outside", lang)
    return (str(p.year), *figures, share, note)


def _means(s: Score, first: Claim, lang: str) -> None:
    """Bias and mean absolute error in a sentence, with the years that test."""
    if s.bias is None or s.mean_absolute_error is None or s.mean_statistic is None:
        line(dim(word("hindcast-untested", lang)), "\n")
        return
    unit, means = first.written, {"bias": s.bias, "error": s.mean_absolute_error}
    texts = {k: f"{number(x / first.size)} {unit}".strip() for k, x in means.items()}
    shares = {
        f"{k}_share": percent(x / s.mean_statistic) if s.mean_statistic else "–" for k, x in means.items()
    }
    line(word("hindcast-score", lang, count=len(s.tested), **texts, **shares), "\n")
