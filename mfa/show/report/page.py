"""The report of a run: what the page says, in rows and sentences; the template lays it out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, partial
from importlib import resources
from typing import Any

import mfa
from mfa.catalogue import BY_ID, GROUPS
from mfa.results.accounts.flows import Flow
from mfa.results.accounts.waste import FATE_WORDS
from mfa.results.indicators.target import Indicator
from mfa.results.run import Run
from mfa.show.headline import headline_notes
from mfa.show.report.pictures import run_pictures
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
    remedy_brings,
    remedy_ends,
    remedy_name,
    solved_line,
    target_sentence,
    target_state,
    word,
)
from mfa.studies.remedies import Remedy, Ways
from mfa.system import System

MOST_UNUSED = 12
MOST_REMEDIES = 12
MOST_WASTES = 15
MOST_CROSSING = 20
MOST_SOURCES = 15
MOST_PLACES = 3  # of the largest unused waste, and ways to a target, in a sentence
MOST_DISPLACED = 2
NOTHING = 1e-9  # an amount of a group below this is an empty cell
CONFIDENCES = ("high", "medium", "low", "")
GROUPED = tuple(g for g in GROUPS if g in ("site", "sector"))
INDICATOR_COLUMNS = ("indicator", "value", "unit", "formula", "clause")
OWN_COLUMNS = ("indicator", "value", "unit", "target")
Rows = list[tuple[str, ...]]


def report_page(
    result: Run, found: list[Remedy], lang: str = "en", manifest: Mapping[str, Any] | None = None
) -> str:
    """The report as HTML: one file, no script, nothing loaded from elsewhere.

    Parameters
    ----------
    result : the solved scenario
    found : what each way to a missed target would add
    lang : `en` or `zh`
    manifest : versions, inputs with hashes and command, printed at the end
    """
    summary = Summary(result, found)
    page: str = template("report.html").render(
        lang="zh-Hans" if lang == "zh" else "en",
        css=style(),
        word=partial(word, lang=lang),
        **_answer(summary, result.system, lang),
        **run_pictures(summary, lang),
        **_tables(summary, result.system, lang),
        solved=solved_line(result.system, result.state, lang),
        run=(manifest or {}).get("run", ""),
        manifest=json.dumps(manifest, indent=2, ensure_ascii=False) if manifest else "",
        version=mfa.__version__,
    )
    return page


def _answer(summary: Summary, system: System, lang: str) -> dict[str, Any]:
    return {
        "title": system.label[lang],
        "name": system.name,
        "year": system.year or "",
        "answers": _verdicts(summary, system, lang),
        "notes": headline_notes(summary, lang),
        "largest": _largest(summary, system, lang),
        "no_ways": _no_ways(summary, lang),
        "ways": _best_ways(summary, system, lang),
        "trust": _trust(summary, lang),
        "key_figures": [(indicator_name(system, r.name, lang), *figure(r)) for r in summary.key_figures],
        "unused": _unused(summary, system, lang),
        "remedies": [
            (word(title, lang, name=indicator_name(system, w.indicator, lang)), rows)
            for w in summary.ways
            for title, group in (("remedies-title", _measures(w)), ("remedies-ceilings", _ceilings(w)))
            if (rows := _remedies(group, system, lang))
        ],
    }


def _tables(summary: Summary, system: System, lang: str) -> dict[str, Any]:
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
        "warnings": [w.text(lang) for w in summary.warnings],
    }


# ---------------------------------------------------------------- the answer
def _verdicts(summary: Summary, system: System, lang: str) -> list[dict[str, str]]:
    """State and sentence of each target; without targets, the rates of waste as they are."""
    if summary.targets:
        return [
            {"state": r.met or "empty", "text": target_sentence(r, system, lang)} for r in summary.targets
        ]
    texts = (
        word("no-target", lang, name=indicator_name(system, r.name, lang), value=percent(r.value))
        for r in summary.waste_rates
        if r.value is not None
    )
    return [{"state": "", "text": text} for text in texts]


def _largest(summary: Summary, system: System, lang: str) -> str:
    """A sentence on the largest unused waste, all its ways together."""
    found = summary.largest_unused
    if found is None:
        return word("report-all-used", lang)
    places = found.places[:MOST_PLACES]
    return word(
        "report-largest",
        lang,
        material=material_name(system, found.material, lang),
        amount=mega(found.amount, "t/a"),
        share=percent(found.share),
        where=", ".join(f"{node_name(system, u.node, lang)} {mega(u.amount, 't/a')}" for u in places),
    )


def _no_ways(summary: Summary, lang: str) -> str:
    """A sentence on the first missed target, where no measure would improve it."""
    if not summary.ways or summary.ways[0].measures:
        return ""
    return word("report-no-measure" if summary.ways[0].single else "report-no-way", lang)


def _best_ways(summary: Summary, system: System, lang: str) -> Rows:
    """Of the first missed target, the best measures and the best ceiling: what each reaches and brings along.

    Then what all together reach.
    """
    if not summary.ways:
        return []
    ways = summary.ways[0]
    together = [ways.together] if ways.together else []
    return [_way(r, system, lang) for r in (*ways.measures[:MOST_PLACES], *ways.ceilings[:1], *together)]


def _way(r: Remedy, system: System, lang: str) -> tuple[str, ...]:
    """A remedy, what it reaches, points, what it brings along; a ceiling says that it is one."""
    kind = word("report-is-ceiling", lang) if r.ceiling and r.way != "all" else ""
    met = " ✓" if r.met == "true" else ""
    name, brings = remedy_name(system, r, lang), remedy_brings(system, r, lang)
    return (f"{kind}{name}", f"{percent(r.value)}{met}", f"{r.gain * 100:+.2f}", brings)


def _trust(summary: Summary, lang: str) -> str:
    """A sentence on how sure the figures behind the numbers are."""
    count = summary.trust.total()
    shares = {c or "unstated": percent(summary.trust[c] / count) if count else "" for c in CONFIDENCES}
    return word("report-trust", lang, count=count, **shares)


# ---------------------------------------------------------------- tables
def _others(count: int, lang: str) -> str:
    return word("report-others", lang, count=count)


def _unused(summary: Summary, system: System, lang: str) -> Rows:
    """Waste, where it goes, fate, t a year, share; the smaller ones in one row, then the sum."""
    if not summary.unused:
        return []
    total = sum(u.amount for u in summary.unused)
    rows: Rows = [
        (
            material_name(system, u.material, lang),
            node_name(system, u.node, lang),
            word(f"word-{FATE_WORDS[u.fate]}", lang),
            number(u.amount),
            percent(u.amount / total),
        )
        for u in summary.unused[:MOST_UNUSED]
    ]
    rest = summary.unused[MOST_UNUSED:]
    if rest:
        small = sum(u.amount for u in rest)
        rows.append((_others(len(rest), lang), "", "", number(small), percent(small / total)))
    return [*rows, (word("word-all", lang), "", "", number(total), percent(1.0))]


def _measures(ways: Ways) -> list[Remedy]:
    """What the table of measures shows; all together, where that is one."""
    together = [ways.together] if ways.together and not ways.together.ceiling else []
    return [*ways.measures[:MOST_REMEDIES], *together]


def _ceilings(ways: Ways) -> list[Remedy]:
    """What the table of ceilings shows."""
    together = [ways.together] if ways.together and ways.together.ceiling else []
    return [*ways.ceilings[:MOST_REMEDIES], *together]


def _remedies(shown: Sequence[Remedy], system: System, lang: str) -> Rows:
    """Measure, now, then, times, indicator, points, what it brings along, in their order."""
    rows: Rows = []
    for r in shown:
        times = f"{r.after / r.before:.3g}" if r.before > 0 else ""
        value = f"{percent(r.value)}{' ✓' if r.met == 'true' else ''}"
        name = remedy_name(system, r, lang) + _displaced(r, system, r.unit, lang)
        numbers = (*remedy_ends(r), times, value, f"{r.gain * 100:+.2f}")
        rows.append((name, *numbers, remedy_brings(system, r, lang)))
    return rows


def _displaced(r: Remedy, system: System, unit: str, lang: str) -> str:
    """Who gets less by it."""
    if not r.displaced:
        return ""
    most = r.displaced[:MOST_DISPLACED]
    names = ", ".join(f"{node_name(system, n, lang)} {mega(a, unit)}" for n, a in most)
    return " " + word("report-displaced", lang, names=names)


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
        named.append((_others(more, lang), *account_cells(wastes.rest(MOST_WASTES), columns)))
    rows = [*named, (word("word-all", lang), *account_cells(wastes.total, columns))]
    return account_heads(columns, lang), rows


def _own(row: Indicator, system: System, lang: str) -> tuple[str, ...]:
    """Name, value, unit, target with its state."""
    return (indicator_name(system, row.name, lang), *figure_or_dash(row), target_state(row, lang))


def _indicator(row: Indicator, system: System, lang: str) -> tuple[str, ...]:
    """Name, value, unit, formula, document."""
    return (indicator_name(system, row.name, lang), *figure(row), *clause(row.name, lang))


def _crossing(found: Sequence[Flow], system: System, lang: str) -> Rows:
    """Material, amount, unit, the smaller masses in one row."""

    def row(flow: Flow) -> tuple[str, ...]:
        unit = f"{system.materials[flow.material].unit}/a"
        return (material_name(system, flow.material, lang), number(flow.amount), unit)

    masses = [f for f in found if system.materials[f.material].is_mass]
    rows = [row(f) for f in masses[:MOST_CROSSING]]
    rest = masses[MOST_CROSSING:]
    if rest:
        rows.append((_others(len(rest), lang), number(sum(f.amount for f in rest)), "t/a"))
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
        rows.append((_others(len(rest), lang), *_counts(sum((s.figures for s in rest), Counter()))))
    return [*rows, (word("word-all", lang), *_counts(summary.trust))]


def _counts(by: Counter[str]) -> tuple[str, ...]:
    """In all, and of each confidence; nothing for none."""
    return (str(by.total()), *(str(by[c]) if by[c] else "" for c in CONFIDENCES))


@cache
def template(name: str) -> Any:
    """A template of this folder; everything that it prints is escaped."""
    import jinja2

    loader = jinja2.PackageLoader("mfa.show.report", "")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template(name)


@cache
def style() -> str:
    """The style sheet of both pages."""
    return resources.files("mfa.show.report").joinpath("report.css").read_text(encoding="utf-8")
