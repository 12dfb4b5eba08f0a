"""The change of an indicator from one scenario to another, split by cause."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from mfa.show.charts.frame import Row, Words, bar, frame, place
from mfa.show.charts.style import BLUE, GREEN, SOFT, VERMILION, Look, Scale, finish, pt, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mfa.show.comparison_rows import InWords
    from mfa.studies.compare import Change, Share

EXACT = 1e-9  # relative: what the steps may miss their sum by
FLAT = 0.15  # of the highest level: smaller changes would hardly be seen on an axis from zero
SLIVER = 0.004
"""Steps below this share of the axis would be thinner than the lines that join them."""
TOTAL, RISE, FALL = Look(BLUE), Look(GREEN), Look(VERMILION, "////")


def waterfall(
    steps: Sequence[tuple[str, float]],
    path: str | Path | None = None,
    *,
    start: tuple[str, float],
    end: tuple[str, float],
    unit: str = "1",
    heading: str = "",
    ax: Axes | None = None,
    lang: str = "en",
) -> Axes:
    """Draw the start, every change from there, and the end.

    Parameters
    ----------
    steps : (label, change), in the order in which they are drawn, in `unit`; those too small to be
        seen are one bar «other» at the end
    start, end : (label, value), in `unit`
    unit : `1` for a share (drawn per cent, changes in percentage points), else as written
    heading : in place of «From … to …»

    Raises
    ------
    ValueError
        start and changes do not add up to the end
    """
    steps = _visible(steps, _levels(steps, start[1], end[1]), lang)
    levels = _levels(steps, start[1], end[1])
    scale = Scale.of([*levels, end[1]], unit)
    base = _base(levels)
    made = frame(
        ax,
        [Row(start[0]), *(Row(label) for label, _ in steps), Row(end[0])],
        heading=heading or word("waterfall", lang, start=start[0], end=end[0]),
        note=word("not-zero", lang) if base else "",
        x_label=scale.unit,
    )
    words = [_total(made, 0, start[1], base, scale), _total(made, len(steps) + 1, end[1], base, scale)]
    for i, (_, change) in enumerate(steps, 1):
        low, high = sorted((levels[i - 1], levels[i]))
        bar(
            made,
            i,
            low * scale.factor,
            (high - low) * scale.factor,
            RISE if change >= 0 else FALL,
            gid=f"step {i}",
        )
        words.append(Words(high * scale.factor, i, scale.change(change, lang)))
    for i, level in enumerate(levels):
        x = level * scale.factor
        made.plot([x, x], [i - 0.31, i + 1.31], color=SOFT, linewidth=pt(0.7), zorder=0.6)
    low, high = min([base, *levels, end[1]]), max([base, *levels, end[1]])
    if low < 0:
        low -= 0.02 * (high - low)
        made.axvline(0, color=SOFT, linewidth=pt(0.8))
    place(made, words, low * scale.factor, high * scale.factor)
    return finish(made, path)


def _levels(steps: Sequence[tuple[str, float]], start: float, end: float) -> list[float]:
    """The value at the start and after each change, checked against the end."""
    changes = [change for _, change in steps]
    reached = math.fsum([start, *changes])
    size = max(abs(x) for x in (start, end, *changes))
    if not abs(reached - end) <= EXACT * size:
        raise ValueError(f"{start} and the changes add up to {reached}, not to {end}")
    return [start, *(start + change for change in accumulate(changes))]


def _visible(
    steps: Sequence[tuple[str, float]], levels: Sequence[float], lang: str
) -> list[tuple[str, float]]:
    """The steps, slivers put together where there are several; the sum stays."""
    least = SLIVER * (max(levels) - _base(levels))
    small = [step for step in steps if abs(step[1]) < least]
    if len(small) < 2:
        return list(steps)
    rest = word("others", lang, count=len(small)), math.fsum(change for _, change in small)
    return [*(step for step in steps if abs(step[1]) >= least), rest]


def _base(levels: Sequence[float]) -> float:
    """Where bars start: zero, or nearer where the changes would be too small to see."""
    low, high = min(levels), max(levels)
    spread = high - low
    if spread == 0 or low <= 0 or spread >= FLAT * high:
        return 0.0
    return low - 0.6 * spread


def _total(ax: Axes, row: int, value: float, base: float, scale: Scale) -> Words:
    bar(ax, row, base * scale.factor, (value - base) * scale.factor, TOTAL, gid=f"total {row}")
    return Words(max(value, base) * scale.factor, row, scale.text(value))


def by_cause(
    words: InWords,
    change: Change,
    shares: Sequence[Share],
    titles: tuple[str, str],
    path: str | Path | None = None,
) -> Axes:
    """Draw the change of an indicator between two runs by cause, the largest part first."""
    assert change.before is not None
    assert change.after is not None
    return waterfall(
        [(words.cause(s.cause), s.change) for s in sorted(shares, key=lambda s: -abs(s.change))],
        path,
        start=(titles[0], change.before),
        end=(titles[1], change.after),
        unit=change.unit,
        heading=words.indicator(change.name),
        lang=words.lang,
    )
