"""All targets of a run beside each other: each value as a share of its bound."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mfa.errors import Error, Fault
from mfa.results.indicators.target import Indicator
from mfa.results.run import Run
from mfa.show.charts.frame import Row, Words, bar, frame, place
from mfa.show.charts.style import BLUE, INK, ORANGE, SOFT, VERMILION, Look, finish, pt, word
from mfa.show.text import indicator_name, more_digits, scenario_line, written

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOK = {
    "true": ("✓", Look(BLUE)),
    "false": ("✗", Look(VERMILION, "////")),
    "unproven": ("?", Look(ORANGE, "....")),
}
WHOLE = 100.0  # per cent: the bound


class Aim(NamedTuple):
    """A bound of an indicator: `share` is value ÷ bound in per cent, None where there is none."""

    row: Indicator
    sign: str
    bound: float

    @property
    def share(self) -> float | None:
        """Value ÷ bound, per cent; nothing of no value or a bound that is not above zero."""
        if self.row.value is None or self.bound <= 0:
            return None
        return WHOLE * self.row.value / self.bound


def aims(result: Run) -> list[Aim]:
    """Every bound of every indicator, in the order of the table."""
    return [
        Aim(row, sign, bound)
        for row in result.indicator_list
        for sign, bound in (("≥", row.minimum), ("≤", row.maximum))
        if bound is not None
    ]


def targets(result: Run, path: str | Path | None = None, *, ax: Axes | None = None, lang: str = "en") -> Axes:
    """Draw every target as a bar that ends at its value; the line is the bound.

    Raises
    ------
    mfa.Error
        the scenario has no targets
    """
    found = aims(result)
    if not found:
        raise Error([Fault("chart-no-targets", None, {})])
    made = frame(
        ax,
        [Row(indicator_name(result.system, aim.row.name, lang)) for aim in found],
        heading=word("targets", lang),
        note=scenario_line(result.system, lang),
        x_label=word("share-of-bound", lang),
    )
    for i, aim in enumerate(found):
        bar(made, i, 0.0, aim.share or 0.0, _state(aim)[1], gid=f"target {aim.row.name}")
    made.axvline(WHOLE, color=INK, linewidth=pt(1.0))
    words = [
        Words(max(aim.share or 0.0, 0.0), i, _figures(aim, lang), colour=_ink(aim))
        for i, aim in enumerate(found)
    ]
    shares = [aim.share for aim in found if aim.share is not None]
    place(made, words, min([0.0, *shares]), max([WHOLE, *shares]))
    return finish(made, path)


def _state(aim: Aim) -> tuple[str, Look]:
    return LOOK.get(aim.row.met, ("–", Look(SOFT)))


def _ink(aim: Aim) -> str:
    return VERMILION if aim.row.met == "false" else INK


def _figures(aim: Aim, lang: str) -> str:
    """The mark, the value and its bound."""
    more = more_digits(aim.row, aim.bound)
    bound = f"{aim.sign} {written(aim.row, aim.bound, more)}"
    if aim.row.value is None:
        return f"– {word('no-value', lang)} ({bound})"
    return f"{_state(aim)[0]} {written(aim.row, more=more)} ({bound})"
