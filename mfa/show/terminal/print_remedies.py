"""What `mfa run --remedies` prints and writes: what each way out of a missed target would add."""

from __future__ import annotations

from mfa.results.run import Run
from mfa.results.tables import Table
from mfa.show.terminal.table import line, table
from mfa.show.text import indicator_name, mega, percent, remedy_name, word
from mfa.studies.remedies import Remedy, by_target
from mfa.system import System

COLUMNS = (
    *("indicator", "way", "material", "node", "lacking", "before", "after", "displaced", "unit"),
    *("value", "gain", "amount", "met"),
)
MOST_ROWS = 20


def remedies_table(result: Run, found: list[Remedy]) -> Table:
    """period, indicator, way, material, node, lacking, before, after, displaced, unit, value … met."""
    rows = [
        (
            result.system.period,
            r.indicator,
            r.way,
            r.material or None,
            r.node or None,
            r.lacking or None,
            r.before,
            r.after,
            "; ".join(f"{n} {a:.6g}" for n, a in r.displaced) or None,
            f"{result.system.materials[r.material].unit}/a" if r.material else None,
            r.value,
            r.gain,
            r.amount,
            r.met,
        )
        for r in found
    ]
    return Table("remedies", ("period", *COLUMNS), rows)


def print_remedies(result: Run, found: list[Remedy], lang: str) -> None:
    """Print them for a person, target by target, best first."""
    if not found:
        line(word("remedies-none", lang))
        return
    heads = [word(f"remedy-head-{h}", lang) for h in ("way", "takes", "then", "value", "gain", "more")]
    for ways in by_target(found):
        title = word("remedies-title", lang, name=indicator_name(result.system, ways.indicator, lang))
        shown = [*ways.single[:MOST_ROWS], *([ways.together] if ways.together else [])]
        table(title, heads, [_row(result.system, r, lang) for r in shown])
        if len(ways.single) > MOST_ROWS:
            line(word("remedies-more", lang, count=len(ways.single) - MOST_ROWS), "\n")


def _row(system: System, r: Remedy, lang: str) -> tuple[str, ...]:
    value = f"{percent(r.value)} {'✓' if r.met == 'true' else ''}".strip()
    ends = ("", "")
    if r.material:
        unit = f"{system.materials[r.material].unit}/a"
        ends = (mega(r.before, unit), mega(r.after, unit))
    return remedy_name(system, r, lang), *ends, value, f"{r.gain * 100:+.2f}", mega(r.amount, "t/a")
