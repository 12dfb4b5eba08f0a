"""What the report of a run says, as plain texts and rows; the template only lays it out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from mfa.input.indicators import ACCOUNTS
from mfa.records import Coefficient, Figure, System
from mfa.result import Result
from mfa.results.indicator import Indicator
from mfa.results.layers import KG_PER_T
from mfa.results.ratios import KINDS
from mfa.show.accounts import figure
from mfa.show.answer import indicator_name, node_label, target_sentence
from mfa.show.report.clauses import clause
from mfa.show.screen import amount, mega, number, percent, word
from mfa.studies.remedies import Remedy

MOST_UNUSED = 12
MOST_REMEDIES = 12
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
    plain = [r for r in result.indicator_list if r.name in KINDS and r.value is not None]
    return [
        Answer("", word("no-target", lang, name=indicator_name(r.name, result, lang), value=percent(r.value)))
        for r in plain
    ]


@dataclass(frozen=True)
class Unused:
    """A waste that is not utilised: where it goes and how much."""

    material: str
    node: str
    fate: str
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
    """Waste, where it goes, fate, t a year."""
    words = {"disposal": "disposed", "storage": "stored", "dumped": "dumped"}
    return [
        (
            result.system.materials[u.material].label[lang],
            node_label(result, u.node, lang),
            word(f"word-{words[u.fate]}", lang),
            amount(u.amount),
        )
        for u in found[:MOST_UNUSED]
    ]


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
    """Way, takes now, then, indicator, points, more used: of one target, best first."""
    mine = [r for r in found if r.indicator == name]
    rows: Rows = []
    shown = [r for r in mine if r.way != "all"][:MOST_REMEDIES] + [r for r in mine if r.way == "all"]
    for r in shown:
        unit = f"{result.system.materials[r.material].unit}/a" if r.material else ""
        ends = (mega(r.before, unit), mega(r.after, unit)) if r.material else ("", "")
        rows.append(
            (
                remedy_text(result, r, lang),
                *ends,
                f"{percent(r.value)}{' ✓' if r.met == 'true' else ''}",
                f"+{r.gain * 100:.2f}",
                mega(r.amount, "t/a"),
            )
        )
    return rows


def best_ways(result: Result, found: list[Remedy], name: str, lang: str) -> str:
    """A sentence: the three best single ways, and what all together reach."""
    mine = [r for r in found if r.indicator == name]
    single = [r for r in mine if r.way != "all"][:3]
    if not single:
        return word("report-no-way", lang)
    ways = "; ".join(
        f"{remedy_text(result, r, lang)} → {percent(r.value)} (+{r.gain * 100:.1f})" for r in single
    )
    text = word("report-ways", lang, ways=ways)
    whole = next((r for r in mine if r.way == "all"), None)
    return text + (" " + word("report-together", lang, value=percent(whole.value)) if whole else "")


def indicator_rows(result: Result, lang: str) -> Rows:
    """Indicator, value, unit, formula, clause: waste ratios, accounts and the scenario's own."""
    own = {o.id for o in result.system.indicators}
    rows: Rows = []
    for r in result.indicator_list:
        shown = r.name in KINDS or r.name in ACCOUNTS or r.name in own or r.name.startswith("recovery:")
        if shown and r.value is not None:
            value, unit = figure(r)
            found = clause(r.name)
            rows.append((indicator_name(r.name, result, lang), value, unit, found.formula, found.document))
    return rows


def waste_rows(result: Result, waste_class: str, lang: str) -> Rows:
    """Waste, generated, utilised, disposed, stored, dumped, rate of one class; largest first."""
    found = [
        (result.system.materials[m].label[lang], w.account())
        for m, w in result.wastes.items()
        if w.tonnes and result.system.materials[m].waste == waste_class
    ]
    arisen = sorted((f for f in found if f[1].generated > 0), key=lambda f: -f[1].generated)
    return [
        (
            name,
            *(amount(x) for x in (a.generated, a.utilised, a.disposed, a.stored, a.dumped)),
            percent(a.utilisation),
        )
        for name, a in arisen
    ]


def crossing_rows(result: Result, side: str, lang: str) -> Rows:
    """Material, amount, unit of what enters (`import`) or leaves (`export`)."""
    found = [f for f in result.flow_list if (f.source if side == "import" else f.target) == side]
    found.sort(key=lambda f: (result.system.materials[f.material].unit != "t", -f.amount))
    return [
        (
            result.system.materials[f.material].label[lang],
            number(f.amount),
            f"{result.system.materials[f.material].unit}/a",
        )
        for f in found
    ]


def group_rows(result: Result, kind: str, lang: str) -> Rows:
    """Group, output value, value added, energy, CO2, fresh water, waste rate of sites or sectors."""
    rows = {r.name: r for r in result.indicator_list if f"@{kind}:" in r.name}
    names = dict.fromkeys(n.partition(f"@{kind}:")[2] for n in rows)
    columns = (
        "output-value",
        "value-added",
        "energy-use",
        "co2",
        "fresh-water",
        "industrial-solid-waste-utilisation",
    )
    made = []
    for name in names:
        cells = [rows.get(f"{c}@{kind}:{name}") for c in columns]
        made.append((name, *("" if c is None or c.value is None else figure(c)[0] for c in cells)))
    key = {n: (rows.get(f"output-value@{kind}:{n}") or Indicator("", 0.0, "")).value or 0.0 for n in names}
    return sorted(made, key=lambda r: -key[r[0]])


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
    """Source, figures that stand on it, and how many of them are of which confidence."""
    counts: dict[str, Counter[str]] = {}
    for f in figures(system):
        counts.setdefault(f.source, Counter())[f.confidence] += 1
    rows = []
    for source, by in sorted(counts.items(), key=lambda pair: -sum(pair[1].values())):
        cite = system.sources.get(source, source) or word("report-no-source", lang)
        rows.append((cite, str(sum(by.values())), *(str(by[c]) if by[c] else "" for c in CONFIDENCES)))
    return rows


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
