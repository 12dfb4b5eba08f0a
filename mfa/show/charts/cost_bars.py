"""What processes cost: material, energy and system cost of each, and the part that losses carry away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mfa.errors import Error, Fault
from mfa.results.accounts.costs import CentreCost
from mfa.results.run import Run
from mfa.show.charts.frame import Row, Words, bar, frame, place
from mfa.show.charts.style import BLUE, ORANGE, SKY, Look, Scale, finish, remarks, word
from mfa.show.text import node_name, scenario_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 12  # rows; a sum of the others would count what one passes on to the next again
LOOKS = {"material": Look(BLUE), "energy": Look(ORANGE, "////"), "system": Look(SKY, "....")}


def costs(
    result: Run,
    path: str | Path | None = None,
    *,
    ax: Axes | None = None,
    lang: str = "en",
    most: int = MOST,
) -> Axes:
    """Draw the processes with the greatest cost (ISO 14051), each a bar of what it gets.

    Parameters
    ----------
    most : greatest number of bars; a note says how many processes are not drawn

    Raises
    ------
    mfa.Error
        nothing in the run has a cost
    """
    found = sorted(result.costs_list, key=lambda c: (-_total(c), c.process))
    if not found:
        raise Error([Fault("chart-no-costs", None, {})])
    shown = found[:most]
    scale = Scale.of([_total(c) for c in shown], "CNY/a")
    notes = [scenario_line(result.system, lang)]
    if len(found) > most:
        notes.append(word("costs-largest", lang, shown=most, count=len(found)))
    made = frame(
        ax,
        [Row(node_name(result.system, c.process, lang)) for c in shown],
        heading=word("costs", lang),
        note=remarks(notes, lang),
        x_label=scale.unit,
        legend=[(word(f"cost-{part}", lang), look) for part, look in LOOKS.items()],
    )
    ends = [_stack(made, i, centre, scale) for i, centre in enumerate(shown)]
    words = [Words(ends[i][1], i, _figures(c, scale, lang)) for i, c in enumerate(shown)]
    place(made, words, min(left for left, _ in ends), max(right for _, right in ends))
    return finish(made, path)


def _total(centre: CentreCost) -> float:
    return centre.material + centre.energy + centre.system


def _stack(ax: Axes, row: int, centre: CentreCost, scale: Scale) -> tuple[float, float]:
    """The parts of a bar from zero, what a process is paid for taking left of it; its two ends."""
    left, right = 0.0, 0.0
    for part, look in LOOKS.items():
        amount = getattr(centre, part) * scale.factor
        if amount > 0:
            bar(ax, row, right, amount, look, gid=part)
            right += amount
        elif amount < 0:
            bar(ax, row, left + amount, -amount, look, gid=part)
            left += amount
    return left, right


def _figures(centre: CentreCost, scale: Scale, lang: str) -> str:
    """The cost, and the share of it that losses carry away."""
    total, carried = _total(centre), centre.products + centre.losses
    share = "–" if carried <= 0 else Scale.of([], "1").text(centre.losses / carried)
    return word("cost-figures", lang, total=scale.text(total), share=share)
