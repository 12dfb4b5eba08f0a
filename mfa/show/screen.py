"""Tables and numbers for a terminal: Chinese counted as wide, plain text elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from mfa.errors import message

if TYPE_CHECKING:
    from rich.console import Console

WIDEST = 200


def console() -> Console:
    """The terminal; wide and without colour where the output is not one."""
    import sys

    from rich.console import Console

    on_terminal = sys.stdout.isatty()
    return Console(width=None if on_terminal else WIDEST, highlight=False, soft_wrap=not on_terminal)


def word(key: str, lang: str, **values: object) -> str:
    """A word or sentence of the screen."""
    return message(key, values, lang)


def table(
    out: Console, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1
) -> None:
    """A titled table; the first `left` columns are text, the rest numbers."""
    from rich.table import Table
    from rich.text import Text

    made = Table(
        title=Text(title, style="bold"), title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
    for i, name in enumerate(columns):
        made.add_column(Text(name, style="dim"), justify="left" if i < left else "right", no_wrap=True)
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    out.print(made)
    out.print()


def amount(value: float) -> str:
    """A tonnage as people read it: thousands apart, about four figures.

    >>> amount(2706769.1), amount(45.227), amount(0.0), amount(0.00123)
    ('2,706,769', '45.23', '0', '0.00123')
    """
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


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


def percent(value: float | None) -> str:
    """A fraction per cent, two decimals.

    >>> percent(0.8970302)
    '89.70 %'
    """
    return "–" if value is None else f"{value:.2%}".replace("%", " %")
