"""The accounts of a run as a table: energy, carbon, water, value, resources, layers."""

from __future__ import annotations

from mfa.input.indicators import ACCOUNTS
from mfa.result import Result
from mfa.results.energy import DEFAULTS, factor
from mfa.results.indicator import ROUNDING, Indicator
from mfa.results.layers import KG_PER_T
from mfa.show.screen import dim, line, number, percent, table, word

MOST_MORE = 10  # a bound is kept from 1e-12 on (`holds`), 2 + 10 decimals of a percentage
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


def figure(row: Indicator, value: float | None = None, more: int = 0) -> tuple[str, str]:
    """An indicator's value and unit as people read it: shares per cent, money in 亿元.

    Parameters
    ----------
    value : a bound or another value of it, written alike
    more : digits beyond the usual
    """
    shown = (row.value or 0.0) if value is None else value
    if row.unit == "1" and _is_share(row):
        return percent(shown, more), ""
    if row.unit == "CNY/a":
        return number(shown / 1e8, more), "亿元/a"
    return number(shown, more), "" if row.unit == "1" else row.unit


def written(row: Indicator, value: float | None = None, more: int = 0) -> str:
    """As `figure`, value and unit in one."""
    return " ".join(figure(row, value, more)).strip()


def _is_share(row: Indicator) -> bool:
    """Whether a ratio is written per cent: it or one of its bounds is at most 1, up to rounding."""
    stated = (x for x in (row.value, row.minimum, row.maximum) if x is not None)
    return min(stated, default=0.0) <= 1 + ROUNDING


def more_digits(row: Indicator, bound: float) -> int:
    """How many digits beyond the usual tell a value that misses its bound from it."""
    if row.met != "false" or row.value is None:
        return 0
    for more in range(MOST_MORE):
        value, gap = figure(row, more=more)[0], f"{abs(row.value - bound) * 100:.{2 + more}f}"
        if value != figure(row, bound, more)[0] and (row.unit != "1" or float(gap) > 0):
            return more
    return MOST_MORE


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
