"""What `mfa run --remedies` prints and writes: what each way out of a missed target would add."""

from __future__ import annotations

from collections.abc import Sequence

from mfa.results.run import Run
from mfa.results.tables import Table
from mfa.show.terminal.table import dim, line, table
from mfa.show.text import indicator_name, mega, percent, remedy_brings, remedy_ends, remedy_name, word
from mfa.studies.remedies import Remedy, Ways, by_target
from mfa.system import System

COLUMNS = (
    *("indicator", "way", "material", "node", "lacking", "path", "variant", "before", "after", "unit"),
    *("size", "displaced", "value", "gain", "amount", "met", "within", "ceiling"),
    *("sold", "bought", "energy", "co2", "money", "unsold"),
)
MOST_ROWS = 12


def remedies_table(result: Run, found: list[Remedy]) -> Table:
    """period, indicator, way, material, node … met, within, ceiling, and what each brings along."""
    rows = [
        (
            result.system.period,
            r.indicator,
            r.way,
            r.material or None,
            r.node or None,
            r.lacking or None,
            r.path or None,
            r.variant or None,
            r.before if r.unit else None,
            r.after if r.unit else None,
            r.unit or None,
            r.size or None,
            _listed(r.displaced),
            r.value,
            r.gain,
            r.amount,
            r.met,
            str(r.within).lower(),
            str(r.ceiling).lower(),
            _listed(r.brings.sold),
            _listed(r.brings.bought),
            r.brings.energy,
            r.brings.co2,
            r.brings.money,
            r.brings.unsold,
        )
        for r in found
    ]
    return Table("remedies", ("period", *COLUMNS), rows)


def _listed(amounts: Sequence[tuple[str, float]]) -> str | None:
    """Ids, each with an amount."""
    return "; ".join(f"{name} {amount:.6g}" for name, amount in amounts) or None


def print_remedies(result: Run, found: list[Remedy], lang: str) -> None:
    """Print them for a person, target by target: measures, then ceilings, then all together."""
    if not found:
        line(word("remedies-none", lang))
        return
    for ways in by_target(found):
        _print_ways(result.system, ways, lang)


def _print_ways(system: System, ways: Ways, lang: str) -> None:
    name = indicator_name(system, ways.indicator, lang)
    last = (ways.together,) if ways.together else ()
    measures, ceilings = ways.measures, ways.ceilings
    is_ceiling = bool(ceilings) or any(r.ceiling for r in last)
    _print_group(system, "remedies-title", name, (measures, () if is_ceiling else last), lang)
    if is_ceiling:
        _print_group(system, "remedies-ceilings", name, (ceilings, last), lang)


def _print_group(
    system: System, title: str, name: str, group: tuple[Sequence[Remedy], Sequence[Remedy]], lang: str
) -> None:
    """A table of some remedies, then what each brings along, by the numbers of the table."""
    single, last = group
    shown = [*single[:MOST_ROWS], *last]
    if not shown:
        return
    heads = [word(f"remedy-head-{h}", lang) for h in ("way", "takes", "then", "value", "gain", "more")]
    rows = [_row(system, i, r, lang) for i, r in enumerate(shown, 1)]
    table(word(title, lang, name=name), heads, rows)
    line(dim(word("remedies-brings", lang)))
    for i, r in enumerate(shown, 1):
        line(f"{i:>3}. {remedy_brings(system, r, lang)}")
    more = len(single) - MOST_ROWS
    line(f"\n{word('remedies-more', lang, count=more)}\n" if more > 0 else "")


def _row(system: System, number: int, r: Remedy, lang: str) -> tuple[str, ...]:
    value = f"{percent(r.value)} {'✓' if r.met == 'true' else ''}".strip()
    name = f"{number}. {remedy_name(system, r, lang)}"
    return (
        name,
        *remedy_ends(r),
        value,
        f"{r.gain * 100:+.2f}",
        mega(r.amount if abs(r.amount) >= 1 else 0.0, "t/a"),
    )
