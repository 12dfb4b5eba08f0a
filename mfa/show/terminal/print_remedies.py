"""What `mfa run --remedies` prints and writes: what each way out of a missed target would add."""

from __future__ import annotations

from mfa.results.run import Run
from mfa.results.tables import Table
from mfa.show.terminal.table import line, table
from mfa.show.text import indicator_name, mega, node_label, percent, word
from mfa.studies.remedies import Remedy

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
    for name in dict.fromkeys(r.indicator for r in found):
        mine = [r for r in found if r.indicator == name]
        heads = [word(f"remedy-head-{h}", lang) for h in ("way", "takes", "then", "value", "gain", "more")]
        title = word("remedies-title", lang, name=indicator_name(name, result, lang))
        shown = [r for r in mine if r.way != "all"][:MOST_ROWS] + [r for r in mine if r.way == "all"]
        table(title, heads, [_row(result, r, lang) for r in shown])
        if len(mine) > len(shown):
            line(word("remedies-more", lang, count=len(mine) - len(shown)), "\n")


def _row(result: Run, r: Remedy, lang: str) -> tuple[str, ...]:
    gain = f"{r.gain * 100:+.2f}"
    more = mega(r.amount, "t/a")
    value = f"{percent(r.value)} {'✓' if r.met == 'true' else ''}".strip()
    if r.way == "all":
        return word("remedy-all", lang), "", "", value, gain, more
    material = result.system.materials[r.material]
    lacking = result.system.materials[r.lacking].label[lang] if r.lacking else ""
    way = word(
        f"remedy-{r.way}",
        lang,
        node=node_label(result, r.node, lang),
        material=material.label[lang],
        lacking=lacking,
    )
    return way, mega(r.before, f"{material.unit}/a"), mega(r.after, f"{material.unit}/a"), value, gain, more
