"""What `mfa run` prints: the targets first, then what keeps them from being met."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from mfa.catalogue import BY_ID, FACTORS, HEADLINE, is_account
from mfa.engine.network import TAKER
from mfa.results.accounts.energy import factor
from mfa.results.accounts.flows import Flow
from mfa.results.accounts.substances import KG_PER_T
from mfa.results.accounts.waste import FATE_WORDS, Account, arising
from mfa.results.run import Run
from mfa.show.terminal.table import bold, coloured, dim, line, table
from mfa.show.text import (
    _label,
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

MOST_ROWS = 12


def print_answer(result: Run, lang: str, folder: Path | None) -> None:
    """Print a run for a person."""
    system = result.system
    year = f" · {system.year}" if system.year else ""
    line(bold(system.name), f" · {system.label[lang]}{year}\n")
    _targets(result, lang)
    _obstacles(result, lang)
    _wastes(result, lang)
    print_accounts(result, lang)
    print_layers(result, lang)
    _crossing(result, lang)
    _warnings(result, lang)
    if folder:
        line(dim(word("written", lang, folder=folder)))
    line(
        dim(
            word(
                "solved",
                lang,
                processes=len(system.processes),
                pools=len(system.pools),
                method=result.state.method,
                iterations=result.state.iterations,
                residual=f"{result.state.residual:.0e}",
            )
        )
    )


def _targets(result: Run, lang: str) -> None:
    rows = [r for r in result.indicator_list if r.aimed]
    if rows:
        for row in rows:
            colour = {"true": "green", "false": "red"}.get(row.met, "yellow")
            line(coloured(target_sentence(row, result, lang), colour))
    else:
        for row in result.indicator_list:
            if row.name == HEADLINE:
                line(
                    word(
                        "no-target",
                        lang,
                        name=indicator_name(row.name, result, lang),
                        value=percent(row.value),
                    )
                )
    line()


def _obstacles(result: Run, lang: str) -> None:
    """Who stores, disposes of or dumps industrial solid waste, largest first; who is full."""
    if all(r.met in ("", "true") for r in result.indicator_list):
        return
    rows = []
    for material, waste in result.wastes.items():
        if waste.tonnes and result.system.materials[material].waste == "industrial-solid":
            rows += [
                (u.amount, material, u.node, u.fate)
                for u in waste.uses
                if u.fate != "utilisation" and u.amount > 0
            ]
    rows.sort(reverse=True)
    if not rows:
        return
    cells = [
        (
            _label(result, m, lang),
            node_label(result, node, lang),
            word(f"word-{FATE_WORDS[fate]}", lang),
            amount(a),
        )
        for a, m, node, fate in rows[:MOST_ROWS]
    ]
    heads = [word(f"word-{w}", lang) for w in ("waste", "node", "fate", "amount")]
    table(word("obstacles", lang), heads, cells, left=3)
    _full(result, [m for _, m, _, _ in rows], lang)


def _full(result: Run, materials: list[str], lang: str) -> None:
    """The utilising takers of these wastes that take all that they can."""
    full: dict[str, list[str]] = defaultdict(list)
    compiled, state = result.compiled, result.state
    for i, (listed, entry) in enumerate(zip(compiled.structure.entries, compiled.entries, strict=True)):
        material = compiled.structure.pools[listed.pool]
        if listed.side != TAKER or material not in materials or entry.kind not in ("process", "export"):
            continue
        most = result.accounts.ledger.most(i)
        if state.handed[i] >= most * (1 - 1e-9) > 0:
            full[material].append(f"{node_label(result, entry.node, lang)} ({mega(most, 't/a')})")
    for material in dict.fromkeys(materials):
        if full[material]:
            names = ", ".join(full[material])
            line(word("full-takers", lang, material=_label(result, material, lang), names=names))
    if full:
        line()


def _wastes(result: Run, lang: str) -> None:
    """A table for each class of waste, with its own sum."""
    for waste_class, title in (("industrial-solid", "waste-table"), ("hazardous", "hazardous-table")):
        arisen = arising(result.system, result.wastes, waste_class)
        if not arisen:
            continue
        rows = [_waste_row(_label(result, m, lang), a) for m, a in arisen]
        rows.append(_waste_row(word("word-all", lang), sum((a for _, a in arisen), Account())))
        heads = [
            word(f"word-{w}", lang)
            for w in ("waste", "generated", "utilised", "disposed", "stored", "dumped", "rate")
        ]
        table(word(title, lang), heads, rows)


def _waste_row(name: str, a: Account) -> tuple[str, ...]:
    numbers = (a.generated, a.utilised, a.disposed, a.stored, a.dumped)
    return (name, *(amount(n) for n in numbers), percent(a.utilisation))


def _crossing(result: Run, lang: str) -> None:
    """What is sold, bought and left without a buyer, in the native units."""
    crossing = (
        ("made-table", [f for f in result.flow_list if f.target == "export"]),
        ("bought-table", [f for f in result.flow_list if f.source == "import"]),
        ("unsold-table", [f for f in result.flow_list if f.target == "surplus" and _is_product(result, f)]),
    )
    for key, found in crossing:
        by_kind = sorted(found, key=lambda f: (result.system.materials[f.material].unit != "t", -f.amount))
        rows = [
            (
                _label(result, f.material, lang),
                mega(f.amount, f"{result.system.materials[f.material].unit}/a"),
            )
            for f in by_kind
        ]
        if rows:
            table(word(key, lang), [word("word-material", lang), word("word-amount", lang)], rows)


def _is_product(result: Run, flow: Flow) -> bool:
    return result.system.materials[flow.material].kind == "product"


def _warnings(result: Run, lang: str) -> None:
    if result.warning_list:
        line(bold(word("warnings-title", lang)))
        for finding in result.warning_list:
            if finding.code != "note":
                line("  ", coloured("!", "yellow"), f" {finding.text(lang)}")
        noted = list(dict.fromkeys(f.place for f in result.warning_list if f.code == "note"))
        if noted:
            line("  ", word("notes", lang, count=len(noted), names=", ".join(noted)))
        line()


def print_accounts(result: Run, lang: str) -> None:
    """Every account that has a value, with the factors and the price year behind them."""
    shown = [r for r in result.indicator_list if is_account(r.name) and BY_ID[r.name].printed and r.value]
    if not shown:
        return
    cells = [(word(f"indicator-{r.name}", lang), *figure(r)) for r in shown]
    table(word("accounts-title", lang), ["", word("word-amount", lang), ""], cells, last_left=True)
    _basis(result, {r.name for r in shown}, lang)
    line()


def print_layers(result: Run, lang: str) -> None:
    """What enters and leaves of every layer that the scenario lists."""
    for name in result.system.layers:
        park = result.layer(name).park
        amounts = {
            k: number(v / KG_PER_T)
            for k, v in (("inputs", park.inputs), ("outputs", park.outputs), ("residue", park.residue))
        }
        line(word("layer-title", lang, name=name, **amounts))
    if result.system.layers:
        line()


def _basis(result: Run, shown: set[str], lang: str) -> None:
    """The factors that the figures stand on; the scenario's own, or the defaults."""
    used = {factor for name in shown for factor in BY_ID[name].factors}
    words = [word(f"factor-{n}", lang, value=f"{factor(result.system, n):g}") for n in FACTORS if n in used]
    if words:
        line(dim(word("accounts-factors", lang, factors=", ".join(words))))
    years = result.accounts.value.years
    if years and "output-value" in shown:
        line(dim(word("accounts-prices", lang, years=", ".join(map(str, years)))))
