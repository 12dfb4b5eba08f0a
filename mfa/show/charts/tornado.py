"""What moves an indicator: the effect of each input's low and high end, the largest first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mfa.show.charts.frame import Row, Words, bar, frame, place
from mfa.show.charts.style import INK, ORANGE, SKY, Look, Scale, finish, pt, remarks, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 12  # rows; the others move the value less than these
LOW, HIGH = Look(SKY), Look(ORANGE, "////")


def tornado(
    rows: Sequence[tuple[str, float, float]],
    path: str | Path | None = None,
    *,
    central: float,
    indicator: str,
    unit: str = "1",
    most: int = MOST,
    ax: Axes | None = None,
    lang: str = "en",
) -> Axes:
    """Draw the indicator at both ends of every input, around its central value.

    Parameters
    ----------
    rows : (label of the input, indicator at its low end, indicator at its high end), in `unit`
    central : the indicator with all inputs at their central values
    indicator : its name, for the title
    most : greatest number of bars; a note says how many smaller ones there are

    Raises
    ------
    ValueError
        no rows, or a value that is not finite
    """
    if not rows or not all(math.isfinite(x) for _, *ends in rows for x in (*ends, central)):
        raise ValueError("a tornado needs rows of finite values")
    ranked = sorted(rows, key=lambda row: (-_effect(row, central), row[0]))
    shown, rest = ranked[:most], ranked[most:]
    scale = Scale.of([central, *(x for _, *ends in shown for x in ends)], unit)
    notes = [word("central", lang, value=scale.text(central))]
    if rest:
        change = scale.change(_effect(rest[0], central), lang).lstrip("+±")
        notes.append(word("smaller", lang, count=len(rest), change=change))
    made = frame(
        ax,
        [Row(label) for label, _, _ in shown],
        heading=word("tornado", lang, indicator=indicator),
        note=remarks(notes, lang),
        x_label=scale.unit,
        legend=[(word("tornado-low", lang), LOW), (word("tornado-high", lang), HIGH)],
    )
    middle, words = central * scale.factor, []
    for i, (_, low, high) in enumerate(shown):
        words += _pair(made, i, middle, low, high, scale)
    made.axvline(middle, color=INK, linewidth=pt(1.0))
    values = [x * scale.factor for _, *ends in shown for x in (*ends, central)]
    place(made, words, min(values), max(values))
    return finish(made, path)


def _effect(row: tuple[str, float, float], central: float) -> float:
    """How far an input moves the indicator at most."""
    _, low, high = row
    return max(abs(low - central), abs(high - central), abs(high - low))


def _pair(ax: Axes, row: int, middle: float, low: float, high: float, scale: Scale) -> list[Words]:
    """Both ends of an input; where they lie on one side, each has half of the row."""
    ends = [(low, LOW, "low"), (high, HIGH, "high")]
    one_side = (low - middle / scale.factor) * (high - middle / scale.factor) > 0
    words = []
    for k, (value, look, name) in enumerate(ends):
        x = value * scale.factor
        at, tall = (row - 0.16 + 0.32 * k, 0.3) if one_side else (row, 0.6)
        bar(ax, at, min(x, middle), abs(x - middle), look, height=tall, gid=f"{name} {row}")
        if not one_side:
            words.append(Words(x, row, scale.bare(value), before=x < middle or (x == middle and k == 0)))
    if one_side:
        left = max(low, high) * scale.factor < middle
        far = min(low, high) if left else max(low, high)
        text = f"{scale.bare(low)} | {scale.bare(high)}"
        words.append(Words(far * scale.factor, row, text, before=left))
    return words


def of_scenarios(
    rows: Sequence[tuple[str, float]],
    path: str | Path | None = None,
    *,
    central: float,
    base: str,
    indicator: str,
    unit: str = "1",
    most: int = MOST,
    ax: Axes | None = None,
    lang: str = "en",
) -> Axes:
    """Draw what the indicator is in each of several runs, around its value in one of them.

    Parameters
    ----------
    rows : (name of the run, indicator), in `unit`
    central, base : the indicator in the run that the others are held against, and the name of that
    """
    ranked = sorted(rows, key=lambda row: (-abs(row[1] - central), row[0]))
    shown, rest = ranked[:most], ranked[most:]
    scale = Scale.of([central, *(x for _, x in shown)], unit)
    notes = [word("tornado-base", lang, base=base, value=scale.text(central))]
    if rest:
        change = scale.change(abs(rest[0][1] - central), lang).lstrip("+±")
        notes.append(word("smaller", lang, count=len(rest), change=change))
    made = frame(
        ax,
        [Row(label) for label, _ in shown],
        heading=word("tornado", lang, indicator=indicator),
        note=remarks(notes, lang),
        x_label=scale.unit,
        legend=[(word("tornado-less", lang), LOW), (word("tornado-more", lang), HIGH)],
    )
    middle, words = central * scale.factor, []
    for i, (_, value) in enumerate(shown):
        x, look = value * scale.factor, LOW if value < central else HIGH
        bar(made, i, min(x, middle), abs(x - middle), look, gid=f"run {i}")
        figures = word("moved", lang, value=scale.text(value), change=scale.change(value - central, lang))
        words.append(Words(max(x, middle), i, figures))  # right of the line, where a short page has room
    made.axvline(middle, color=INK, linewidth=pt(1.0))
    ends = [middle, *(value * scale.factor for _, value in shown)]
    place(made, words, min(ends), max(ends))
    return finish(made, path)
