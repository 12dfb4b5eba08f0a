"""The sections of the report below the answer, in rows: wastes, accounts, processes, stocks, sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from mfa.catalogue import BY_ID, GROUPS
from mfa.results.accounts.flows import Flow
from mfa.results.indicators.target import Indicator
from mfa.show.summary import GROUP_COLUMNS, OWN, Summary
from mfa.show.text import (
    account_cells,
    account_columns,
    account_heads,
    clause,
    figure,
    figure_or_dash,
    indicator_name,
    layer_name,
    material_name,
    mega,
    node_name,
    number,
    percent,
    reason_text,
    target_state,
    warning_text,
    wet_amount,
    word,
)
from mfa.system import System

MOST_WASTES = 15
MOST_CROSSING = 20
MOST_PLANTS = 40
MOST_SOURCES = 15
NOTHING = 1e-9  # an amount of a group below this is an empty cell
CONFIDENCES = ("high", "medium", "low", "")
GROUPED = tuple(g for g in GROUPS if g in ("site", "sector"))
INDICATOR_COLUMNS = ("indicator", "value", "unit", "formula", "clause")
OWN_COLUMNS = ("indicator", "value", "unit", "target")
Rows = list[tuple[str, ...]]


def others(count: int, lang: str) -> str:
    """The row of what is left out."""
    return word("report-others", lang, count=count)


def sections(summary: Summary, system: System, lang: str) -> dict[str, Any]:
    """What the page says below the answer, by the names in the template."""
    bought, sold = summary.crossing("import"), summary.crossing("export")
    return {
        "wastes": _wastes(summary, "industrial-solid", system, lang),
        "hazardous": _wastes(summary, "hazardous", system, lang),
        "indicators": [
            (
                word(f"report-topic-{topic}", lang),
                [
                    word(f"report-{head}", lang)
                    for head in (OWN_COLUMNS if topic == OWN else INDICATOR_COLUMNS)
                ],
                [(_own if topic == OWN else _indicator)(r, system, lang) for r in rows],
            )
            for topic, rows in summary.topics.items()
        ],
        "factors": [word(f"factor-{n}", lang, value=f"{v:g}") for n, v in summary.factors.items()],
        "groups": [(kind, rows) for kind in GROUPED if (rows := _groups(summary, kind, lang))],
        "bought": _crossing(bought, system, lang),
        "bought_count": len(bought),
        "sold_count": len(sold),
        "sold": _crossing(sold, system, lang),
        "held": [_held(f, system, lang) for f in summary.held],
        "plants": _plants(summary, system, lang),
        "stocks": _stocks(summary, system, lang),
        "mass": _mass(summary, lang),
        "layers": [
            (
                layer_name(system, x.name, lang),
                *map(number, (x.entering, x.leaving, x.residue)),
                percent(x.share),
            )
            for x in summary.layers
        ],
        "open_recipes": [
            (c.process, c.layer, f"{c.inputs:.6g}", f"{c.outputs:.6g}", f"{c.error or 0:+.2%}")
            for c in summary.open_recipes
        ],
        "sources": _sources(summary, lang),
        "warnings": [warning_text(w, system, lang) for w in summary.warnings],
    }


def _wastes(
    summary: Summary, waste_class: str, system: System, lang: str
) -> tuple[Sequence[str], Rows] | None:
    """Heads and rows: waste, its account, rate, of a class; the smaller ones in one row, then the sum."""
    wastes = summary.wastes(waste_class)
    if not wastes.rows:
        return None
    columns = account_columns(wastes.total)
    named = [
        (material_name(system, w.material, lang), *account_cells(w.account, columns))
        for w in wastes.rows[:MOST_WASTES]
    ]
    more = len(wastes.rows) - MOST_WASTES
    if more > 0:
        named.append((others(more, lang), *account_cells(wastes.rest(MOST_WASTES), columns)))
    rows = [*named, (word("word-all", lang), *account_cells(wastes.total, columns))]
    return account_heads(columns, lang), rows


def _own(row: Indicator, system: System, lang: str) -> tuple[str, ...]:
    """Name, value, unit, target with its state."""
    return (indicator_name(system, row.name, lang), *figure_or_dash(row), target_state(row, lang))


def _indicator(row: Indicator, system: System, lang: str) -> tuple[str, ...]:
    """Name, value, unit, formula, document."""
    return (indicator_name(system, row.name, lang), *figure(row), *clause(row.name, lang))


def _crossing(found: Sequence[Flow], system: System, lang: str) -> Rows:
    """Material, amount (dry), wet amount where it has a moisture; the smaller masses in one row."""

    def row(flow: Flow) -> tuple[str, ...]:
        wet = wet_amount(system, flow.material, flow.amount)
        amount = mega(flow.amount, f"{system.materials[flow.material].unit}/a")
        return material_name(system, flow.material, lang), amount, "" if wet is None else mega(wet, "t/a")

    masses = [f for f in found if system.materials[f.material].is_mass]
    rows = [row(f) for f in masses[:MOST_CROSSING]]
    rest = masses[MOST_CROSSING:]
    if rest:
        rows.append((others(len(rest), lang), mega(sum(f.amount for f in rest), "t/a"), ""))
    return rows + [row(f) for f in found[len(masses) :]]


def _mass(summary: Summary, lang: str) -> Rows:
    """What enters, what leaves where, what recipes lose; then the sum."""
    balance = summary.mass_balance
    rows: Rows = [(word(f"report-mass-{n}", lang), number(v), "") for n, v in balance.entering.items() if v]
    rows += [(word(f"report-mass-{n}", lang), "", number(v)) for n, v in balance.leaving.items() if v]
    if not balance.closes:
        rows.append((word("report-mass-open", lang), "", number(balance.unclosed)))
    return [*rows, (word("word-all", lang), number(balance.total_in), number(balance.total_out))]


def _groups(summary: Summary, kind: str, lang: str) -> Rows:
    """Group, the columns of groups, rate of utilisation; what is in none; the whole park."""
    groups = summary.groups(kind)
    if groups is None:
        return []

    def row(name: str, amounts: Mapping[str, float], rate: str) -> tuple[str, ...]:
        return (name, *(_amount(c, amounts[c]) for c in GROUP_COLUMNS), rate)

    rows = [row(g.name, g.amounts, "" if g.rate is None else percent(g.rate)) for g in groups.rows]
    if any(groups.apart.values()):
        rows.append(row(word("report-apart", lang), groups.apart, ""))
    whole = groups.whole
    return [*rows, row(word("word-all", lang), whole.amounts, percent(whole.rate))]


def _amount(name: str, value: float) -> str:
    return figure(Indicator(name, value, BY_ID[name].unit))[0] if abs(value) > NOTHING else ""


def _sources(summary: Summary, lang: str) -> Rows:
    """Source, figures that stand on it, how many of them of which confidence; then the sum."""
    named, rest = summary.sources[:MOST_SOURCES], summary.sources[MOST_SOURCES:]
    rows = [(s.cite or word("report-no-source", lang), *_counts(s.figures)) for s in named]
    if rest:
        rows.append((others(len(rest), lang), *_counts(sum((s.figures for s in rest), Counter()))))
    return [*rows, (word("word-all", lang), *_counts(summary.trust))]


def _counts(by: Counter[str]) -> tuple[str, ...]:
    """In all, and of each confidence; nothing for none."""
    return (str(by.total()), *(str(by[c]) if by[c] else "" for c in CONFIDENCES))


def _held(flow: Flow, system: System, lang: str) -> str:
    amount = f"{number(flow.amount)} {system.materials[flow.material].unit}"
    return word("held-line", lang, name=material_name(system, flow.material, lang), amount=amount)


def _plants(summary: Summary, system: System, lang: str) -> Rows:
    """Process, level, capacity, load, what holds it: those that move most first, the others in one row."""
    rows: Rows = [
        (
            node_name(system, p.process, lang),
            mega(p.level, p.unit),
            "" if p.capacity is None else mega(p.capacity, p.unit),
            "" if p.load is None else f"{p.load:.0%}".replace("%", " %"),
            reason_text(system, p.reason, lang),
        )
        for p in summary.plants[:MOST_PLANTS]
    ]
    more = len(summary.plants) - MOST_PLANTS
    return [*rows, (others(more, lang), "", "", "", "")] if more > 0 else rows


def _stocks(summary: Summary, system: System, lang: str) -> Rows:
    """Stock, opening, change, closing, room."""
    return [
        (
            node_name(system, h.stock, lang),
            mega(h.opening, h.unit),
            mega(h.change, f"{h.unit}/a"),
            mega(h.closing, h.unit),
            "" if h.most is None else mega(h.most, h.unit),
        )
        for h in summary.heaps
    ]
