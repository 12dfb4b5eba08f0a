"""What `mfa audit` prints and writes: every claim beside the model, then the sets that clash."""

from __future__ import annotations

from collections import Counter

from mfa.results.tables import Cell, Table
from mfa.show.sampled_words import drawn_title, probability_text
from mfa.show.terminal.table import bold, coloured, dim, line, table
from mfa.show.text import number, word
from mfa.studies.audit import Audit, Verdict
from mfa.studies.lp.programme import TIME_LIMIT
from mfa.studies.sampling.claims_placed import ClaimsPlaced, Placed, ordered
from mfa.studies.sampling.statistics import COLUMNS
from mfa.system import Claim

COLOURS = {
    "holds": "green",
    "stated": "cyan",
    "contradicts": "red",
    "differs": "red",
    "weak": "yellow",
    "dispatch": "yellow",
}
PLACE_COLOURS = {"outside": "red", "tail": "yellow", "within": "green", "fixed": "cyan"}
RARE = 0.05  # chance that no sample shows what is as likely as is said: 95 % sure
ORDER = (
    *("contradicts", "differs", "undecided", "dispatch", "weak", "no-value", "holds", "stated"),
    "not-modelled",
)
PLACED = ("samples", *COLUMNS, "below", "below_error", "above", "above_error", "place")
"""The columns of a claim among samples: how many have a figure, its spread, how often beyond the claim."""
MOST_CONFLICTS = 8  # what a reader checks; the rest is in the table


def claims_table(audit: Audit, lang: str = "en") -> Table:
    """claim, label, quantity, stated, low … possible_low, possible_high, verdict, reason, source, note.

    All figures of a row are in its `unit`, the one in which the claim is written. With samples also
    those of `PLACED`.
    """
    placed = audit.placed.claims if audit.placed else {}
    rows = [
        (
            v.claim.number,
            v.claim.label[lang],
            _quantity(v.claim),
            v.claim.text,
            *(_in_unit(v.claim, e) for e in (v.claim.low, v.claim.high)),
            v.claim.written or None,
            *(_in_unit(v.claim, e) for e in (v.model, v.low, v.high)),
            v.word,
            v.reason.text(lang),
            v.claim.source or None,
            v.claim.note or None,
            *(_placed_cells(placed.get(v.claim.number)) if audit.placed else ()),
        )
        for v in audit.verdicts
    ]
    ends = ("low", "high", "unit", "model", "possible_low", "possible_high")
    columns = ("claim", "label", "quantity", "stated", *ends, "verdict", "reason", "source", "note")
    return Table("claims", (*columns, *(PLACED if audit.placed else ())), rows)


def _placed_cells(one: Placed | None) -> tuple[Cell, ...]:
    """The columns of `PLACED`; nothing for a claim that the model has no figure for."""
    if one is None or one.where is None:
        return (None if one is None else 0, *(None,) * (len(PLACED) - 1))
    spread = (_in_unit(one.claim, x) for x in one.statistics)
    chances = (x for p in (one.below, one.above) for x in (p.value, p.error))
    return (one.samples, *spread, *chances, one.where)


def conflicts_table(audit: Audit) -> Table:
    """conflict, claim, because (`recipes`, `limits`, `twice`): one row a member, the gravest first."""
    rows = [
        (i, c.number, conflict.because)
        for i, conflict in enumerate(audit.conflicts, 1)
        for c in conflict.claims
    ]
    return Table("conflicts", ("conflict", "claim", "because"), rows)


def all_tables(audit: Audit, lang: str) -> tuple[Table, Table]:
    """Everything that an audit has."""
    return claims_table(audit, lang), conflicts_table(audit)


def print_audit(audit: Audit, name: str, lang: str) -> None:
    """Print it for a person."""
    if not audit.verdicts:
        line(word("audit-empty", lang, name=name))
        return
    counts: Counter[str] = Counter(v.word for v in audit.verdicts)
    parts = [f"{counts[w]} {word(f'audit-word-{w}', lang)}" for w in ORDER if counts[w]]
    line(bold(word("audit-title", lang, name=name, count=len(audit.verdicts))), " ", ", ".join(parts), "\n")
    heads = [
        word(f"audit-head-{h}", lang) for h in ("verdict", "claim", "stated", "model", "possible", "note")
    ]
    ordered = sorted(audit.verdicts, key=lambda v: (ORDER.index(v.word), v.claim.number))
    table("", heads, [_row(v, lang) for v in ordered], left=2, last_left=True)
    _reasons(ordered, lang)
    if audit.placed:
        _places(audit.placed, lang)
    _opened(audit, lang)
    _conflicts(audit, lang)


def _places(found: ClaimsPlaced, lang: str) -> None:
    """Where the claims stand among the samples, those that no sample reaches first."""
    line(bold(drawn_title(found.asked, found.asked.most, found.by_range, found.by_default, lang)))
    if found.valid < found.asked.most:
        line("  ", word("report-range-counted", lang, valid=found.valid, count=found.asked.most))
    heads = [word(f"audit-head-{h}", lang) for h in ("place", "claim", "stated", "band", "below", "above")]
    shown = ordered(list(found.claims.values()))
    table("", heads, [_place_row(p, lang) for p in shown], left=2)
    rare = f"{1 - RARE ** (1 / max(found.valid, 1)):.2g}"
    for where in dict.fromkeys(p.where for p in shown if p.where):
        name = coloured(word(f"audit-place-{where}", lang), PLACE_COLOURS[where])
        line("  ", name, ": ", word(f"audit-place-means-{where}", lang, rare=rare))
    line()


def _place_row(one: Placed, lang: str) -> tuple[str, ...]:
    """A claim, the band of the model in its unit, how often the model is below and above it."""
    claim = one.claim
    name = f"{claim.number} {claim.label[lang]}"
    if one.where is None:
        return word("audit-word-no-value", lang), name, claim.text, "", "", ""
    low, high = (_in_unit(claim, x) for x in (one.statistics.p05, one.statistics.p95))
    ends = [] if low is None or high is None else [number(x) for x in (low, high)]
    band = f"{' – '.join(ends if one.moves else ends[:1])} {claim.written}".strip()
    sides = ((claim.low, one.below), (claim.high, one.above))
    chances = ("" if bound is None else probability_text(p) for bound, p in sides)
    return word(f"audit-place-{one.where}", lang), name, claim.text, band, *chances


def _row(v: Verdict, lang: str) -> tuple[str, ...]:
    """Stated, model and possible range in the unit of the claim, and where it stands in the plan."""
    low, high, model = (_in_unit(v.claim, e) for e in (v.low, v.high, v.model))
    ends = ["…" if e is None else number(e) for e in (low, high)]
    return (
        word(f"audit-word-{v.word}", lang),
        f"{v.claim.number} {v.claim.label[lang]}",
        v.claim.text,
        "" if model is None else f"{number(model)} {v.claim.written}".strip(),
        "" if low is None and high is None else " – ".join(ends),
        v.claim.note,
    )


def _in_unit(claim: Claim, value: float | None) -> float | None:
    """A figure in the unit in which the claim is written."""
    return None if value is None else value / claim.size


def _quantity(claim: Claim) -> str:
    return " + ".join(claim.names) if claim.kind == "indicators" else " ".join((claim.kind, *claim.names))


def _reasons(ordered: list[Verdict], lang: str) -> None:
    """What each word means, once, and why claims are not modelled."""
    for w in dict.fromkeys(v.word for v in ordered):
        if w not in ("not-modelled", "holds"):
            line(
                "  ",
                coloured(word(f"audit-word-{w}", lang), COLOURS.get(w, "yellow")),
                ": ",
                word(f"audit-means-{w}", lang, seconds=f"{TIME_LIMIT:g}"),
            )
    for v in ordered:
        if v.word == "not-modelled":
            line(dim(f"  {v.claim.number} {v.claim.label[lang]}: {v.claim.not_modelled[lang]}"))
    line()


def _conflicts(audit: Audit, lang: str) -> None:
    if not audit.complete:
        line(coloured("!", "yellow"), " ", word("audit-incomplete", lang, seconds=f"{TIME_LIMIT:g}"))
    if not audit.conflicts:
        if audit.complete:
            line(word("audit-no-conflict", lang))
        return
    line(bold(word("audit-conflicts", lang, count=len(audit.conflicts))))
    for i, conflict in enumerate(audit.conflicts[:MOST_CONFLICTS], 1):
        line(f"  {i}. ", word(f"audit-because-{conflict.because}", lang))
        for c in conflict.claims:
            line(f"     {c.number} {c.label[lang]}: {c.text}")
    if len(audit.conflicts) > MOST_CONFLICTS:
        line(dim("  " + word("audit-more-conflicts", lang, count=len(audit.conflicts) - MOST_CONFLICTS)))
    line()


def _opened(audit: Audit, lang: str) -> None:
    """Recipes that are open by more than their tolerance."""
    for c in audit.opened:
        values = {"process": c.process, "percent": f"{abs(c.error or 0.0):.2%}".replace("%", " %")}
        line(coloured("!", "yellow"), " ", word("audit-opened", lang, **values))
