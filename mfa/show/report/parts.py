"""What the report of a run says, as plain texts and rows; the template only lays it out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from mfa.catalogue import ACCOUNTS, BY_ID, HEADLINE, RECOVERY, TOPICS, definition, is_account, is_waste_rate
from mfa.result import Result
from mfa.results.accounts.ledger import ENTERS, LEAVES
from mfa.results.accounts.substances import KG_PER_T
from mfa.results.accounts.waste import FATE_WORDS, Account, arising
from mfa.results.indicators.target import Indicator
from mfa.show.report.clauses import clause
from mfa.show.text import (
    amount,
    figure,
    indicator_name,
    mega,
    node_label,
    number,
    percent,
    target_sentence,
    word,
)
from mfa.studies.remedies import Remedy
from mfa.system import Coefficient, Fate, Figure, System

MOST_UNUSED = 12
MOST_REMEDIES = 12
MOST_WASTES = 15
MOST_CROSSING = 20
MOST_SOURCES = 15
ROUNDING = 1e-6
CONFIDENCES = ("high", "medium", "low", "")
Rows = list[tuple[str, ...]]


@dataclass(frozen=True)
class Answer:
    """A target's verdict: its state for the colour, and the sentence."""

    state: str
    text: str


def answers(result: Result, lang: str) -> list[Answer]:
    """One sentence a target; without targets, the rates as they are."""
    rows = [r for r in result.indicator_list if r.aimed]
    if rows:
        return [Answer(r.met or "empty", target_sentence(r, result, lang)) for r in rows]
    plain = [r for r in result.indicator_list if is_waste_rate(r.name) and r.value is not None]
    return [
        Answer("", word("no-target", lang, name=indicator_name(r.name, result, lang), value=percent(r.value)))
        for r in plain
    ]


@dataclass(frozen=True)
class Unused:
    """A waste that is not utilised: where it goes and how much."""

    material: str
    node: str
    fate: Fate
    amount: float


def unused(result: Result) -> list[Unused]:
    """Industrial solid waste that is stored, disposed of or dumped, by taker, largest first."""
    found = [
        Unused(m, use.node, use.fate, use.amount)
        for m, waste in result.wastes.items()
        if waste.tonnes and result.system.materials[m].waste == "industrial-solid"
        for use in waste.uses
        if use.fate != "utilisation" and use.amount > 0
    ]
    return sorted(found, key=lambda u: (-u.amount, u.material, u.node))


def unused_rows(result: Result, found: list[Unused], lang: str) -> Rows:
    """Waste, where it goes, fate, t a year, share; the smaller ones in one row, then the sum."""
    total = sum(u.amount for u in found)
    rows: Rows = [
        (
            result.system.materials[u.material].label[lang],
            node_label(result, u.node, lang),
            word(f"word-{FATE_WORDS[u.fate]}", lang),
            amount(u.amount),
            percent(u.amount / total),
        )
        for u in found[:MOST_UNUSED]
    ]
    rest = found[MOST_UNUSED:]
    if rest:
        small = sum(u.amount for u in rest)
        name = word("report-others", lang, count=len(rest))
        rows.append((name, "", "", amount(small), percent(small / total)))
    return [*rows, (word("word-all", lang), "", "", amount(total), percent(1.0))]


def largest(result: Result, found: list[Unused], lang: str) -> str:
    """A sentence on the largest unused waste, all its ways together."""
    totals: Counter[str] = Counter()
    for u in found:
        totals[u.material] += u.amount  # type: ignore[assignment]
    if not totals:
        return word("report-all-used", lang)
    material, most = totals.most_common(1)[0]
    share = most / sum(totals.values())
    places = [u for u in found if u.material == material]
    where = ", ".join(f"{node_label(result, u.node, lang)} {mega(u.amount, 't/a')}" for u in places[:3])
    label = result.system.materials[material].label[lang]
    return word(
        "report-largest", lang, material=label, amount=mega(most, "t/a"), share=percent(share), where=where
    )


def remedy_text(result: Result, r: Remedy, lang: str) -> str:
    """A way in words."""
    if r.way == "all":
        return word("remedy-all", lang)
    materials = result.system.materials
    return word(
        f"remedy-{r.way}",
        lang,
        node=node_label(result, r.node, lang),
        material=materials[r.material].label[lang],
        lacking=materials[r.lacking].label[lang] if r.lacking else "",
    )


def remedy_rows(result: Result, found: list[Remedy], name: str, lang: str) -> Rows:
    """Measure, takes now, would take, times, indicator, points, more used: of one target, best first."""
    mine = [r for r in found if r.indicator == name]
    rows: Rows = []
    shown = [r for r in mine if r.way != "all"][:MOST_REMEDIES] + [r for r in mine if r.way == "all"]
    for r in shown:
        unit = f"{result.system.materials[r.material].unit}/a" if r.material else ""
        ends = (mega(r.before, unit), mega(r.after, unit)) if r.material else ("", "")
        times = f"{r.after / r.before:.3g}" if r.before > 0 else ""
        rows.append(
            (
                remedy_text(result, r, lang) + _displaced(result, r, lang),
                *ends,
                times,
                f"{percent(r.value)}{' ✓' if r.met == 'true' else ''}",
                f"{r.gain * 100:+.2f}",
                mega(r.amount, "t/a"),
            )
        )
    return rows


def _displaced(result: Result, r: Remedy, lang: str) -> str:
    """Who gets less by it."""
    if not r.displaced:
        return ""
    unit = f"{result.system.materials[r.material].unit}/a"
    names = ", ".join(f"{node_label(result, n, lang)} {mega(a, unit)}" for n, a in r.displaced[:2])
    return " " + word("report-displaced", lang, names=names)


def best_ways(result: Result, found: list[Remedy], name: str, lang: str) -> str:
    """A sentence: the three best single measures, and what all together reach."""
    mine = [r for r in found if r.indicator == name]
    single = [r for r in mine if r.way != "all"][:3]
    if not single:
        return word("report-no-way", lang)
    ways = "; ".join(
        f"{remedy_text(result, r, lang)} → {percent(r.value)} ({r.gain * 100:+.1f})" for r in single
    )
    text = word("report-ways", lang, ways=ways)
    whole = next((r for r in mine if r.way == "all"), None)
    if whole is None:
        return text
    key = "report-together-met" if whole.met == "true" else "report-together-short"
    bound = next((r.minimum for r in result.indicator_list if r.name == name and r.minimum is not None), 0.0)
    points = f"{abs((whole.value or 0.0) - bound) * 100:.2f}"
    return text + " " + word(key, lang, value=percent(whole.value), points=points)


def trust(result: Result, lang: str) -> str:
    """A sentence on what the numbers are and how sure the figures behind them are."""
    found = figures(result.system)
    counts = Counter(f.confidence for f in found)
    shares = {c or "unstated": percent(counts[c] / len(found)) if found else "" for c in CONFIDENCES}
    return word("report-trust", lang, count=len(found), **shares)


def key_rows(result: Result, lang: str) -> Rows:
    """The accounts that a planner asks for first: indicator, value, unit."""
    rows = {r.name: r for r in result.indicator_list}
    found = [rows[d.id] for d in ACCOUNTS if d.key_figure and d.id in rows and rows[d.id].value]
    return [(indicator_name(r.name, result, lang), *figure(r)) for r in found]


def indicator_rows(result: Result, lang: str) -> list[tuple[str, Rows]]:
    """By topic: indicator, value, unit, formula, document; the scenario's own at the end."""
    own = {o.id for o in result.system.indicators}
    made: dict[str, Rows] = {}
    for r in result.indicator_list:
        built_in = is_waste_rate(r.name) or is_account(r.name) or r.name.startswith(f"{RECOVERY}:")
        if not (built_in or r.name in own) or r.value is None:
            continue
        found = definition(r.name)
        value, unit = figure(r)
        row = (indicator_name(r.name, result, lang), value, unit, *clause(r.name, lang))
        made.setdefault("own" if r.name in own or found is None else found.topic, []).append(row)
    return [(word(f"report-topic-{t}", lang), made[t]) for t in (*TOPICS, "own") if t in made]


def waste_rows(result: Result, waste_class: str, lang: str) -> Rows:
    """Waste, generated, utilised, disposed, stored, dumped, rate of a class; largest first; the sum."""
    arisen = [
        (result.system.materials[m].label[lang], account)
        for m, account in arising(result.system, result.wastes, waste_class)
    ]
    if not arisen:
        return []
    named, rest = arisen[:MOST_WASTES], arisen[MOST_WASTES:]
    if rest:
        named = [*named, (word("report-others", lang, count=len(rest)), sum((a for _, a in rest), Account()))]
    total = (word("word-all", lang), sum((a for _, a in arisen), Account()))
    return [_waste_row(name, a) for name, a in (*named, total)]


def _waste_row(name: str, a: Account) -> tuple[str, ...]:
    numbers = (a.generated, a.utilised, a.disposed, a.stored, a.dumped)
    return (name, *(amount(n) for n in numbers), percent(a.utilisation))


def crossing_rows(result: Result, side: str, lang: str) -> Rows:
    """Material, amount, unit of what enters (`import`) or leaves (`export`); small masses in one row."""
    materials = result.system.materials
    found = [f for f in result.flow_list if (f.source if side == "import" else f.target) == side]
    found.sort(key=lambda f: (materials[f.material].unit != "t", -f.amount))
    masses = [f for f in found if materials[f.material].is_mass]
    shown = [*masses[:MOST_CROSSING], *(f for f in found if not materials[f.material].is_mass)]
    rows: Rows = [
        (materials[f.material].label[lang], number(f.amount), f"{materials[f.material].unit}/a")
        for f in shown
    ]
    rest = masses[MOST_CROSSING:]
    if rest:
        row = (word("report-others", lang, count=len(rest)), number(sum(f.amount for f in rest)), "t/a")
        rows.insert(MOST_CROSSING, row)
    return rows


def mass_rows(result: Result, lang: str) -> Rows:
    """The mass balance of the park, t a year: what enters, what leaves where, the difference."""
    ledger = result.accounts.ledger
    mass = ledger.per_pool(lambda m: m.is_mass)
    into = {n: ledger.crossing(n, mass).total for n in ENTERS}
    out = {n: ledger.crossing(n, mass).total for n in LEAVES}
    rows: Rows = [(word(f"report-mass-{n}", lang), number(v), "") for n, v in into.items() if v]
    rows += [(word(f"report-mass-{n}", lang), "", number(v)) for n, v in out.items() if v]
    open_ends = ledger.taken(mass).total
    if abs(open_ends) > 1e-9 * sum(into.values()):
        rows.append((word("report-mass-open", lang), "", number(open_ends)))
    return [
        *rows,
        (word("word-all", lang), number(sum(into.values())), number(sum(out.values()) + open_ends)),
    ]


GROUP_COLUMNS = [d.id for d in sorted(ACCOUNTS, key=lambda d: d.column) if d.column]


def group_rows(result: Result, kind: str, lang: str) -> Rows:
    """Group, output value, value added, energy, CO2, fresh water, waste rate; what is in none; sum."""
    rows = {r.name: r.value or 0.0 for r in result.indicator_list}
    names = dict.fromkeys(n.partition(f"@{kind}:")[2] for n in rows if f"@{kind}:" in n)
    if not names:
        return []
    ordered = sorted(names, key=lambda n: -rows.get(f"output-value@{kind}:{n}", 0.0))
    made: Rows = [
        (
            n,
            *(_cell(c, rows.get(f"{c}@{kind}:{n}", 0.0)) for c in GROUP_COLUMNS),
            percent(rows[f"{HEADLINE}@{kind}:{n}"]) if f"{HEADLINE}@{kind}:{n}" in rows else "",
        )
        for n in ordered
    ]
    whole = {c: rows.get(c, 0.0) for c in GROUP_COLUMNS}
    apart = {c: v - sum(rows.get(f"{c}@{kind}:{n}", 0.0) for n in names) for c, v in whole.items()}
    apart = {c: v if abs(v) > ROUNDING * abs(whole[c]) else 0.0 for c, v in apart.items()}
    if any(apart.values()):
        made.append((word("report-apart", lang), *(_cell(c, apart[c]) for c in GROUP_COLUMNS), ""))
    return [
        *made,
        (word("word-all", lang), *(_cell(c, whole[c]) for c in GROUP_COLUMNS), percent(rows.get(HEADLINE))),
    ]


def _cell(name: str, value: float) -> str:
    return figure(Indicator(name, value, BY_ID[name].unit))[0] if abs(value) > 1e-9 else ""


def layer_rows(result: Result) -> Rows:
    """Layer, enters, leaves, residue in t a year, share not accounted for."""
    made = []
    for name in result.system.layers:
        park = result.layer(name).park
        share = park.residue / park.inputs if park.inputs else 0.0
        made.append(
            (name, *(number(x / KG_PER_T) for x in (park.inputs, park.outputs, park.residue)), percent(share))
        )
    return made


def closure_rows(result: Result) -> Rows:
    """Process, layer, inputs, outputs, error of every recipe that does not close."""
    return [
        (c.process, c.layer, f"{c.inputs:.6g}", f"{c.outputs:.6g}", f"{c.error or 0:+.2%}")
        for c in result.closures
        if not c.closes
    ]


def source_rows(system: System, lang: str) -> Rows:
    """Source, figures that stand on it, and how many of them are of which confidence; then the sum."""
    counts: dict[str, Counter[str]] = {}
    for f in figures(system):
        cite = system.sources.get(f.source, f.source) or word("report-no-source", lang)
        counts.setdefault(cite, Counter())[f.confidence] += 1
    ordered = sorted(counts.items(), key=lambda pair: -pair[1].total())
    named, rest = ordered[:MOST_SOURCES], ordered[MOST_SOURCES:]
    if rest:
        more = sum((by for _, by in rest), Counter())
        named = [*named, (word("report-others", lang, count=len(rest)), more)]
    whole = (word("word-all", lang), sum(counts.values(), Counter()))
    return [
        (cite, str(by.total()), *(str(by[c]) if by[c] else "" for c in CONFIDENCES))
        for cite, by in (*named, whole)
    ]


def figures(system: System) -> list[Figure]:
    """The figures of a system that come from a source: coefficients, limits, drives, prices."""
    coefficients: list[Coefficient] = [
        c
        for p in system.processes.values()
        for c in (*p.inputs.values(), *p.outputs.values())
        if not c.reference
    ]
    found = [c.figure for c in coefficients]
    found += [p.capacity for p in system.processes.values() if p.capacity]
    found += [*system.drive.values(), *system.demand.values(), *system.supply.values()]
    entries = (e for p in system.pools.values() for e in (*p.takers, *p.givers))
    found += [f for e in entries for f in (e.limit, e.percent) if f is not None]
    found += [m.price for m in system.materials.values() if m.price]
    return found
