"""The accounts of a run as a table: energy, carbon, water, value, resources, layers."""

from __future__ import annotations

from mfa.input.indicators import ACCOUNTS
from mfa.result import Result
from mfa.results.energy import DEFAULTS, factor
from mfa.results.indicator import Indicator
from mfa.results.layers import KG_PER_T
from mfa.show.screen import dim, line, number, percent, table, word

HIDDEN = ("purchases", "energy-productivity", "water-productivity", "iso59020-")


def print_accounts(result: Result, lang: str) -> None:
    """Every account that has a value, with the factors and the price year behind them."""
    rows = [r for r in result.indicator_list if r.name in ACCOUNTS and _has_value(r)]
    shown = [r for r in rows if not r.name.startswith(HIDDEN)]
    if not shown:
        return
    cells = [(word(f"indicator-{r.name}", lang), *figure(r)) for r in shown]
    table(word("accounts-title", lang), ["", word("word-amount", lang), ""], cells, last_left=True)
    _basis(result, {r.name for r in shown}, lang)
    line()


def print_layers(result: Result, lang: str) -> None:
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


def _has_value(row: Indicator) -> bool:
    return row.value is not None and row.value != 0


def figure(row: Indicator) -> tuple[str, str]:
    """An indicator's value and unit as people read it: ratios per cent, money in 亿元."""
    value = row.value or 0.0
    if row.unit == "1" and value <= 1:
        return percent(value), ""
    if row.unit == "CNY/a":
        return number(value / 1e8), "亿元/a"
    return number(value), "" if row.unit == "1" else row.unit


def _basis(result: Result, shown: set[str], lang: str) -> None:
    """The factors that the figures stand on; the scenario's own, or the defaults."""
    used = {n for n in DEFAULTS if any(_uses(n, name) for name in shown)}
    words = [word(f"factor-{n}", lang, value=f"{factor(result.system, n):g}") for n in DEFAULTS if n in used]
    if words:
        line(dim(word("accounts-factors", lang, factors=", ".join(words))))
    years = result.accounts.value.years
    if years and "output-value" in shown:
        line(dim(word("accounts-prices", lang, years=", ".join(map(str, years)))))


def _uses(factor_name: str, indicator: str) -> bool:
    if factor_name.endswith("-co2"):
        return indicator in ("co2", "co2-scope-2", "co2-intensity")
    if factor_name == "electricity-equivalent":
        return indicator.endswith("-equivalent")
    return indicator in ("energy-use", "energy-intensity")
