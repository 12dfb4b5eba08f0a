"""What `mfa compare` prints and writes: inputs that differ, results, and the change by cause."""

from __future__ import annotations

from mfa.results.tables import Table
from mfa.show.terminal.table import bold, dim, line, table
from mfa.show.text import number, percent, word
from mfa.studies.compare import Change, Comparison, Share

MOST_INPUTS = 40
MOST_FLOWS = 15


def inputs_table(comparison: Comparison) -> Table:
    """path, before, after, unit."""
    rows = [(c.path, c.before, c.after, c.unit or None) for c in comparison.inputs]
    return Table("inputs", ("path", "before", "after", "unit"), rows)


def changes_table(name: str, found: list[Change]) -> Table:
    """name, before, after, change, relative, unit."""
    rows = [(c.name, c.before, c.after, c.absolute, c.relative, c.unit) for c in found]
    return Table(name, ("name", "before", "after", "change", "relative", "unit"), rows)


def causes_table(found: list[Share]) -> Table:
    """indicator, cause, change."""
    return Table(
        "causes", ("indicator", "cause", "change"), [(s.indicator, s.cause, s.change) for s in found]
    )


def all_tables(comparison: Comparison, shares: list[Share]) -> list[Table]:
    """Everything that a comparison has."""
    return [
        inputs_table(comparison),
        changes_table("indicators", comparison.indicators),
        changes_table("flows", comparison.flows),
        causes_table(shares),
    ]


def print_comparison(comparison: Comparison, shares: list[Share], titles: tuple[str, str], lang: str) -> None:
    """Print it for a person: inputs first."""
    line(bold(word("compare-title", lang, a=titles[0], b=titles[1])), "\n")
    _inputs(comparison, titles, lang)
    heads = ["", *titles, word("compare-change", lang), "%"]
    rows = [change_row(c) for c in comparison.indicators]
    flows = comparison.flows
    if not rows and not flows:
        line(word("compare-same", lang), "\n")
        return
    if rows:
        table(word("compare-indicators", lang), heads, rows)
        _causes(comparison, shares, lang)
    if flows:
        table(word("compare-flows", lang), heads, [change_row(c) for c in flows[:MOST_FLOWS]])
    if len(flows) > MOST_FLOWS:
        line(dim(word("compare-more", lang, count=len(flows) - MOST_FLOWS)), "\n")


def input_rows(comparison: Comparison) -> list[tuple[str, ...]]:
    """Path, before, after, unit of every input that differs."""
    return [(c.path, _cell(c.before), _cell(c.after), c.unit) for c in comparison.inputs]


def _inputs(comparison: Comparison, titles: tuple[str, str], lang: str) -> None:
    rows = input_rows(comparison)
    if not rows:
        line(word("compare-no-input", lang), "\n")
        return
    table(word("compare-inputs", lang, count=len(rows)), ["", *titles, ""], rows[:MOST_INPUTS])
    if len(rows) > MOST_INPUTS:
        line(dim(word("compare-more", lang, count=len(rows) - MOST_INPUTS)), "\n")


def _cell(value: float | str | None) -> str:
    if value is None:
        return "–"
    return number(value) if isinstance(value, float) else value


def change_row(c: Change) -> tuple[str, ...]:
    """Name, before, after, change, per cent as people read them."""
    if c.unit == "1":
        points = "" if c.absolute is None else f"{c.absolute * 100:+.2f}"
        return c.name, percent(c.before), percent(c.after), points, _relative(c)
    change = "" if c.absolute is None else f"{'+' if c.absolute > 0 else ''}{number(c.absolute)}"
    return f"{c.name} [{c.unit}]", _cell(c.before), _cell(c.after), change, _relative(c)


def _relative(c: Change) -> str:
    return "" if c.relative is None else f"{c.relative * 100:+.1f}"


def _causes(comparison: Comparison, shares: list[Share], lang: str) -> None:
    units = {c.name: c.unit for c in comparison.indicators}
    for name in dict.fromkeys(s.indicator for s in shares):
        scale = 100.0 if units.get(name) == "1" else 1.0
        mine = sorted((s for s in shares if s.indicator == name), key=lambda s: -abs(s.change))
        rows = [(cause_label(s.cause, lang), f"{s.change * scale:+,.4g}") for s in mine]
        rows.append((word("word-all", lang), f"{sum(s.change for s in mine) * scale:+,.4g}"))
        unit = "%-points" if scale == 100 else units.get(name, "")
        table(word("compare-causes", lang, name=name), ["", unit], rows)


def cause_label(cause: str, lang: str) -> str:
    """A cause in words: what kind of part, and its id."""
    kind, _, key = cause.partition(":")
    return word(f"cause-{kind}", lang, id=key)
