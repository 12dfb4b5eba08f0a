"""What `mfa run` prints: the targets first, then what keeps them from being met."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from mfa.catalogue import BY_ID, HEADLINE
from mfa.results.accounts.flows import Flow
from mfa.results.accounts.waste import FATE_WORDS
from mfa.results.run import Run
from mfa.show.headline import headline_notes
from mfa.show.summary import Summary
from mfa.show.terminal.table import bold, coloured, dim, line, table
from mfa.show.text import (
    account_cells,
    account_columns,
    account_heads,
    figure,
    figure_or_dash,
    indicator_name,
    layer_name,
    material_name,
    mega,
    node_name,
    number,
    percent,
    scenario_title,
    solved_line,
    target_sentence,
    target_state,
    word,
)
from mfa.system import System

MOST_ROWS = 12


def print_answer(result: Run, lang: str, folder: Path | None) -> None:
    """Print a run for a person."""
    system, summary = result.system, Summary(result)
    line(bold(system.name), f" · {scenario_title(system, lang)}\n")
    _targets(summary, system, lang)
    if not result.targets_met:
        _obstacles(summary, system, lang)
    _wastes(summary, system, lang)
    _accounts(summary, system, lang)
    _own(summary, system, lang)
    _layers(summary, system, lang)
    _crossing(summary, system, lang)
    _warnings(summary, lang)
    if folder:
        line(dim(word("written", lang, folder=folder)))
    line(dim(solved_line(system, result.state, lang)))


def _targets(summary: Summary, system: System, lang: str) -> None:
    """The targets in colour, without any the rate that is asked for first; what stands beside it."""
    for row in summary.targets:
        colour = {"true": "green", "false": "red"}.get(row.met, "yellow")
        line(coloured(target_sentence(row, system, lang), colour))
    headline = summary.indicators.get(HEADLINE)
    if headline and not summary.targets:
        name = indicator_name(system, HEADLINE, lang)
        line(word("no-target", lang, name=name, value=percent(headline.value)))
    for note in headline_notes(summary, lang):
        line("  ", note)
    line()


def _obstacles(summary: Summary, system: System, lang: str) -> None:
    """Who stores, disposes of or dumps industrial solid waste, largest first; who is full."""
    if not summary.unused:
        return
    rows = [
        (
            material_name(system, u.material, lang),
            node_name(system, u.node, lang),
            word(f"word-{FATE_WORDS[u.fate]}", lang),
            number(u.amount),
        )
        for u in summary.unused[:MOST_ROWS]
    ]
    heads = [word(f"word-{w}", lang) for w in ("waste", "node", "fate", "amount")]
    table(word("obstacles", lang), heads, rows, left=3)
    full: dict[str, list[str]] = defaultdict(list)
    for t in summary.full_takers:
        most = mega(t.most, f"{system.materials[t.material].unit}/a")
        full[t.material].append(f"{node_name(system, t.node, lang)} ({most})")
    for material in dict.fromkeys(u.material for u in summary.unused):
        if full[material]:
            names = ", ".join(full[material])
            line(word("full-takers", lang, material=material_name(system, material, lang), names=names))
    line()


def _wastes(summary: Summary, system: System, lang: str) -> None:
    """A table for each class of waste, with its own sum."""
    for waste_class, title in (("industrial-solid", "waste-table"), ("hazardous", "hazardous-table")):
        wastes = summary.wastes(waste_class)
        if not wastes.rows:
            continue
        columns = account_columns(wastes.total)
        rows = [
            (material_name(system, w.material, lang), *account_cells(w.account, columns)) for w in wastes.rows
        ]
        rows.append((word("word-all", lang), *account_cells(wastes.total, columns)))
        table(word(title, lang), account_heads(columns, lang), rows)


def _accounts(summary: Summary, system: System, lang: str) -> None:
    """Every account that has a value, with the factors and the price year behind them."""
    if not summary.accounts:
        return
    rows = [(indicator_name(system, r.name, lang), *figure(r)) for r in summary.accounts]
    table(word("accounts-title", lang), ["", word("word-amount", lang), ""], rows, last_left=True)
    shown = {r.name for r in summary.accounts}
    used = {factor for name in shown for factor in BY_ID[name].factors}
    words = [word(f"factor-{n}", lang, value=f"{v:g}") for n, v in summary.factors.items() if n in used]
    if words:
        line(dim(word("accounts-factors", lang, factors=", ".join(words))))
    if summary.price_years and "output-value" in shown:
        line(dim(word("accounts-prices", lang, years=", ".join(map(str, summary.price_years)))))
    line()


def _own(summary: Summary, system: System, lang: str) -> None:
    """The scenario's own indicators, with the state of their targets."""
    if not summary.own:
        return
    heads = ["", word("word-amount", lang), word("word-target", lang)]
    rows = [
        (indicator_name(system, r.name, lang), " ".join(figure_or_dash(r)).strip(), target_state(r, lang))
        for r in summary.own
    ]
    table(word("own-title", lang), heads, rows, last_left=True)


def _layers(summary: Summary, system: System, lang: str) -> None:
    """What enters and leaves of every layer that the scenario lists."""
    for one in summary.layers:
        amounts = {"inputs": one.entering, "outputs": one.leaving, "residue": one.residue}
        name = layer_name(system, one.name, lang)
        line(word("layer-title", lang, name=name, **{k: number(v) for k, v in amounts.items()}))
    if summary.layers:
        line()


def _crossing(summary: Summary, system: System, lang: str) -> None:
    """What is sold, bought and left without a buyer, in the native units."""
    tables: tuple[tuple[str, Sequence[Flow]], ...] = (
        ("made-table", summary.crossing("export")),
        ("bought-table", summary.crossing("import")),
        ("unsold-table", summary.unsold),
    )
    for key, found in tables:
        rows = [
            (
                material_name(system, f.material, lang),
                mega(f.amount, f"{system.materials[f.material].unit}/a"),
            )
            for f in found
        ]
        if rows:
            table(word(key, lang), [word("word-material", lang), word("word-amount", lang)], rows)


def _warnings(summary: Summary, lang: str) -> None:
    if not (summary.warnings or summary.noted):
        return
    line(bold(word("warnings-title", lang)))
    for warning in summary.warnings:
        line("  ", coloured("!", "yellow"), f" {warning.text(lang)}")
    if summary.noted:
        line("  ", word("notes", lang, count=len(summary.noted), names=", ".join(summary.noted)))
    line()
