"""Tables and numbers for a terminal: Chinese counted as wide, plain text elsewhere."""

from __future__ import annotations

from mfa.catalogue import RECOVERY
from mfa.errors import message
from mfa.results.indicators.target import ROUNDING, Indicator
from mfa.results.run import Run
from mfa.show.sankey.geometry import BOUNDARY
from mfa.show.sankey.labels import word as boundary_word

GROUPED = 1e15  # from here on digits are none of the figure's


def word(key: str, lang: str, **values: object) -> str:
    """A word or sentence of the screen."""
    return message(key, values, lang)


def amount(value: float) -> str:
    """A tonnage as people read it: thousands apart, about four figures.

    >>> amount(2706769.1), amount(45.227), amount(0.0), amount(0.00123)
    ('2,706,769', '45.23', '0', '0.00123')
    """
    return number(value)


def number(value: float, more: int = 0) -> str:
    """A figure of any size and sign with about four digits, or `more` than that.

    >>> number(0.35), number(-12345.6), number(1.23456e-5), number(0.0), number(2e300)
    ('0.35', '-12,346', '1.235e-05', '0', '2e+300')
    """
    return f"{value:,.{more}f}" if 1000 <= abs(value) < GROUPED else f"{value:.{4 + more}g}"


def mega(value: float, unit: str) -> str:
    """A rate with the prefix that suits it.

    >>> mega(413_000.0, "t/a"), mega(2_706_769.1, "t/a"), mega(12.0, "t/a")
    ('413 kt/a', '2.707 Mt/a', '12 t/a')
    """
    if unit.startswith("t") and abs(value) >= 1e6:
        return f"{value / 1e6:.4g} M{unit}"
    if unit.startswith("t") and abs(value) >= 1e3:
        return f"{value / 1e3:.4g} k{unit}"
    return f"{amount(value)} {unit}"


def percent(value: float | None, more: int = 0) -> str:
    """A fraction per cent, two decimals, or `more` than that.

    >>> percent(0.8970302)
    '89.70 %'
    """
    return "–" if value is None else f"{value:.{2 + more}%}".replace("%", " %")


def target_sentence(row: Indicator, result: Run, lang: str) -> str:
    """A target in one sentence: value, bound, how far off."""
    bound = row.minimum if row.minimum is not None else row.maximum
    name = indicator_name(row.name, result, lang)
    if row.value is None or bound is None:
        return word("target-empty", lang, name=name)
    side = "target" if row.minimum is not None else "target-max"
    state = {"true": "met", "false": "missed"}.get(row.met, "unproven")
    key = "target-unproven" if state == "unproven" else f"{side}-{state}"
    more = more_digits(row, bound)
    values = {"name": name, "value": written(row, more=more), "bound": written(row, bound, more)}
    if state == "missed" and row.unit != "1":
        key = f"{key}-by"
        values["distance"] = written(row, abs(row.distance or 0.0))
    elif state == "missed" and row.distance_amount is None:
        key = f"{key}-points"
    points = f"{abs(row.distance or 0) * 100:.{2 + more}f}"
    return word(key, lang, points=points, amount=mega(row.distance_amount or 0.0, "t/a"), **values)


def indicator_name(name: str, result: Run, lang: str) -> str:
    """An indicator's name in words, its group included."""
    base, _, group = name.partition("@")
    own = next((o for o in result.system.indicators if o.id == base), None)
    head, _, member = base.partition(":")
    if own is not None:
        text = own.label[lang]
    elif head == RECOVERY:
        text = word("indicator-recovery", lang, element=member)
    elif member:
        known = result.system.materials.get(member)
        key = "indicator-utilisation" if head == "utilisation" else "indicator-sewage-of"
        text = word(key, lang, material=known.label[lang] if known else member)
    else:
        text = word(f"indicator-{base}", lang)
    return f"{text} ({group})" if group else text


def _label(result: Run, material: str, lang: str) -> str:
    return result.system.materials[material].label[lang]


def node_label(result: Run, node: str, lang: str) -> str:
    """A process, stock or boundary in words."""
    if node in result.system.processes:
        return result.system.processes[node].label[lang]
    if node in result.system.stocks:
        return result.system.stocks[node].label[lang]
    return word(f"node-{node}", lang)


MOST_MORE = 10  # a bound is kept from 1e-12 on (`holds`), 2 + 10 decimals of a percentage


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


def node_name(result: Run, node: str, lang: str) -> str:
    """A process or stock by its label, the boundary by its word."""
    system = result.system
    if node in BOUNDARY:
        return boundary_word(node, lang)
    member = system.processes.get(node) or system.stocks.get(node)
    return member.label[lang] if member else node


def indicator_label(result: Run, name: str, lang: str) -> str:
    """An indicator in words where there are any, else by its id."""
    for own in result.system.indicators:
        if own.id == name:
            return own.label[lang]
    try:
        return indicator_name(name, result, lang)
    except KeyError:
        return name


def scenario_line(result: Run, lang: str) -> str:
    """The scenario's name, and its year where the name does not hold it."""
    system = result.system
    name = system.label[lang]
    if not system.year or str(system.year) in name:
        return name
    return message("chart-scenario-year", {"name": name, "year": system.year}, lang)
