"""Where each waste goes: stacked bars by source material and fate."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mfa.errors import Error, Fault, nearest
from mfa.input.records.custom_indicators import WASTES as CLASSES
from mfa.results.accounts.waste import Account
from mfa.results.run import Run
from mfa.show.charts.frame import Row, Words, bar, frame, place
from mfa.show.charts.style import LOOKS, Scale, finish, word
from mfa.show.summary import Summary
from mfa.show.text import material_name, scenario_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 12  # rows; the others are one bar
NEGLIGIBLE = 1e-9  # of a bar: a fate below it has no colour in the legend
NAMED = ("industrial-solid", "hazardous")


class Heap(NamedTuple):
    """A waste, or several small ones together, by fate; t a year."""

    name: str
    account: Account

    @property
    def total(self) -> float:
        """All that is utilised, unsold, disposed of, stored and dumped."""
        return math.fsum(getattr(self.account, fate) for fate in LOOKS)


def heaps(result: Run, lang: str, most: int, waste_class: str | None) -> list[Heap]:
    """The wastes, largest first; beyond `most` bars the small ones are one «other» at the end."""
    found = [
        Heap(material_name(result.system, w.material, lang), w.account)
        for w in Summary(result).wastes(waste_class).rows
    ]
    found.sort(key=lambda h: (-h.total, h.name))
    if len(found) <= most:
        return found
    rest = found[most - 1 :]
    together = sum((h.account for h in rest), Account())
    return [*found[: most - 1], Heap(word("others", lang, count=len(rest)), together)]


def wastes(
    result: Run,
    path: str | Path | None = None,
    *,
    ax: Axes | None = None,
    lang: str = "en",
    most: int = MOST,
    waste_class: str | None = None,
) -> Axes:
    """Draw every waste as a bar of what is utilised, unsold, disposed of, stored and dumped.

    Parameters
    ----------
    most : greatest number of bars; the smallest wastes share the last
    waste_class : only wastes of this class, such as `industrial-solid` or `hazardous`

    Raises
    ------
    mfa.Error
        there is no waste to draw, or no such class
    """
    if waste_class is not None and waste_class not in CLASSES:
        values = {
            "name": waste_class[:60],
            "known": ", ".join(CLASSES),
            "near": nearest(waste_class, CLASSES),
        }
        raise Error([Fault("chart-class", None, values)])
    found = heaps(result, lang, most, waste_class)
    if not found:
        raise Error([Fault("chart-empty", None, {})])
    scale = Scale.of([h.total for h in found], "t/a")
    shown = [f for f in LOOKS if any(abs(getattr(h.account, f)) > NEGLIGIBLE * h.total for h in found)]
    made = frame(
        ax,
        [Row(h.name) for h in found],
        heading=word(f"wastes-{waste_class}" if waste_class in NAMED else "wastes", lang),
        note=_note(result, waste_class, lang),
        x_label=scale.unit,
        legend=[(word(f"fate-{f}", lang), LOOKS[f]) for f in shown],
    )
    least = 0.0
    for i, heap in enumerate(found):
        least = min(least, _stack(made, i, heap, scale))
    words = [Words(max(h.total, 0.0) * scale.factor, i, _figures(h, lang)) for i, h in enumerate(found)]
    place(made, words, least, max(h.total for h in found) * scale.factor)
    return finish(made, path)


def _note(result: Run, waste_class: str | None, lang: str) -> str:
    """The scenario, and that hazardous waste is among the bars of all classes."""
    named = scenario_line(result.system, lang)
    if waste_class is not None or not heaps(result, lang, 1, "hazardous"):
        return named
    return word("wastes-mixed", lang, scenario=named)


def _stack(ax: Axes, row: int, heap: Heap, scale: Scale) -> float:
    """The pieces of a bar from zero to the right; what yards lose stands left of zero. Its left end."""
    right, left = 0.0, 0.0
    for fate, look in LOOKS.items():
        amount = getattr(heap.account, fate) * scale.factor
        if amount > 0:
            bar(ax, row, right, amount, look, gid=fate)
            right += amount
        elif amount < 0:
            bar(ax, row, left + amount, -amount, look, gid=fate)
            left += amount
    return left


def _figures(heap: Heap, lang: str) -> str:
    """Total and the share that is utilised."""
    total = Scale.of([heap.total], "t/a").text(heap.total)
    used = heap.account.utilised / heap.total if heap.total > 0 else 0.0  # from a yard to a dump: 0 of 0
    share = Scale.of([], "1").text(used)
    return word("heap", lang, total=total, share=share)
