"""The samples of an indicator against its target: a histogram or the cumulated share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mfa.show.charts.style import (
    BLUE,
    INK,
    SMALL,
    SOFT,
    VERMILION,
    Scale,
    beside,
    canvas,
    dress,
    finish,
    head_room,
    listed,
    page_height,
    page_width,
    pt,
    remarks,
    title,
    word,
    write,
)
from mfa.show.sampled_words import probability_text

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from mfa.results.indicators.target import Indicator
    from mfa.studies.sampling.sampled import Sampled

    Floats = NDArray[np.float64]

HEIGHT = 300.0  # points of the usual chart
BEHIND = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
"""White behind words that a line may run through."""
LEAST_BINS, MOST_BINS = 8, 60


class Spread(NamedTuple):
    """Sorted samples that have a value, how many have none, and the share that keeps the bounds."""

    values: Floats
    without: int
    met: float


def spread(values: Sequence[float] | Floats, minimum: float | None, maximum: float | None) -> Spread:
    """The samples in order.

    Raises
    ------
    ValueError
        no sample has a value
    """
    import numpy as np

    given = np.asarray(values, dtype=float).ravel()
    found = np.sort(given[np.isfinite(given)])
    if not found.size:
        raise ValueError("no sample has a value")
    low = -math.inf if minimum is None else minimum
    high = math.inf if maximum is None else maximum
    met = float(np.mean((found >= low) & (found <= high)))
    return Spread(found, given.size - found.size, met)


def distribution(
    values: Sequence[float] | Floats,
    path: str | Path | None = None,
    *,
    indicator: str,
    minimum: float | None = None,
    maximum: float | None = None,
    unit: str = "1",
    central: float | None = None,
    chance: str = "",
    cumulative: bool = False,
    ax: Axes | None = None,
    lang: str = "en",
) -> Axes:
    """Draw how the samples are spread, and which share keeps the bounds.

    Parameters
    ----------
    values : samples in `unit`; what is not finite has no value and is left out and counted
    indicator : its name, for the title
    minimum, maximum : the target
    central : the value of the figures as they are written, which is marked
    chance : how likely the target is met, where it is known otherwise than by counting `values`
    cumulative : the share of samples at or below each value in place of a histogram

    Raises
    ------
    ValueError
        no sample has a value
    """
    found = spread(values, minimum, maximum)
    scale = Scale.of([abs(found.values).max(), abs(central or 0.0)], unit)
    y_label = word("cumulative" if cumulative else "share-of-samples", lang)
    heading = word("distribution", lang, indicator=indicator)
    note = _note(found, minimum, maximum, scale, lang, chance)
    margins = pt(52), pt(20), pt(40), head_room(heading, note) + pt(8)
    made = canvas(ax, page_width(), page_height(HEIGHT), margins)
    dress(made, x_label=scale.unit, y_label=y_label)
    made.spines["left"].set_visible(True)
    made.spines["left"].set_color(SOFT)
    title(made, heading, note, left=pt(42) if ax is None else 0, own=ax is None)
    bounds = [("≥", minimum), ("≤", maximum)]
    drawn = [(sign, b) for sign, b in bounds if b is not None]
    if cumulative:
        _steps(made, found, scale, [b for _, b in drawn])
    else:
        _bars(made, found, scale, minimum, maximum)
        made.set_ylim(0, made.get_ylim()[1] * (1.2 if central is not None else 1.0))
    if central is not None:
        _as_written(made, central * scale.factor, word("as-written", lang, value=scale.text(central)))
    for sign, bound in drawn:
        _bound(made, bound * scale.factor, word("target", lang, bound=f"{sign} {scale.text(bound)}"))
    return finish(made, path)


def of_samples(
    row: Indicator, sampled: Sampled, name: str, path: str | Path | None = None, *, lang: str = "en"
) -> Axes:
    """Draw the samples of an indicator of a run, with its target and its value as written.

    Raises
    ------
    ValueError
        no sample has a value
    """
    found = sampled.probabilities.get((row.name, (row.minimum, row.maximum)))
    return distribution(
        sampled.samples_of(row.name),
        path,
        indicator=name,
        minimum=row.minimum,
        maximum=row.maximum,
        unit=row.unit,
        central=row.value,
        chance=probability_text(found) if found else "",
        lang=lang,
    )


def _note(
    found: Spread, minimum: float | None, maximum: float | None, scale: Scale, lang: str, chance: str
) -> str:
    """Share that keeps the target, median and the middle nine tenths."""
    import numpy as np

    low, median, high = np.quantile(found.values, (0.05, 0.5, 0.95)).tolist()
    count = f"{found.values.size:,}".replace(",", "\N{NO-BREAK SPACE}")
    bounds = [f"{s} {scale.text(b)}" for s, b in (("≥", minimum), ("≤", maximum)) if b is not None]
    if bounds and chance:
        parts = [word("chance-met", lang, p=chance, count=count, bound=listed(bounds, lang))]
    elif bounds:
        share = f"{100 * found.met:.1f} %"
        parts = [word("share-met", lang, share=share, count=count, bound=listed(bounds, lang))]
    else:
        parts = [word("samples", lang, count=count)]
    parts.append(word("median", lang, value=scale.text(median)))
    parts.append(word("interval", lang, low=scale.bare(low), high=scale.text(high)))
    if found.without:
        parts.append(word("without-value", lang, count=found.without))
    return remarks(parts, lang)


def edges(values: Floats, bound: float | None) -> Floats:
    """Edges of equal bins (rule of Freedman and Diaconis); the bound is one of them if among them."""
    import numpy as np

    low, high = float(values[0]), float(values[-1])
    if low == high:
        half = abs(low) * 0.01 or 0.5
        return np.array([low - half, low + half])
    count = min(max(len(np.histogram_bin_edges(values, "fd")) - 1, LEAST_BINS), MOST_BINS)
    wide = (high - low) / count
    if bound is None or not low < bound < high:
        return np.linspace(low, high, count + 1)
    below, above = math.ceil((bound - low) / wide), math.ceil((high - bound) / wide)
    return np.asarray(bound + wide * np.arange(-below, above + 1), dtype=float)


def _bars(ax: Axes, found: Spread, scale: Scale, minimum: float | None, maximum: float | None) -> None:
    """The histogram; bins that miss the target are hatched."""
    import numpy as np

    at = edges(found.values, minimum if minimum is not None else maximum)
    counts, _ = np.histogram(found.values, at)
    share = 100 * counts / found.values.size
    for i, height in enumerate(share.tolist()):
        middle = float(at[i] + at[i + 1]) / 2
        missed = (minimum is not None and middle < minimum) or (maximum is not None and middle > maximum)
        look: dict[str, Any] = {"facecolor": VERMILION, "hatch": "////"} if missed else {"facecolor": BLUE}
        left, wide = float(at[i]) * scale.factor, float(at[i + 1] - at[i]) * scale.factor
        ax.bar(left, height, wide, align="edge", edgecolor="white", linewidth=pt(0.5), gid=f"bin {i}", **look)
    ax.set_ylim(0, 1.12 * float(share.max()))


def _steps(ax: Axes, found: Spread, scale: Scale, bounds: Sequence[float]) -> None:
    """The cumulated share; where it crosses a bound stands its value."""
    import numpy as np

    size = found.values.size
    x, y = found.values * scale.factor, 100 * np.arange(1, size + 1) / size
    ax.step(
        np.concatenate([x[:1], x]), np.concatenate([[0.0], y]), where="post", color=BLUE, linewidth=pt(1.8)
    )
    ax.set_ylim(0, 112)
    ax.set_yticks([0, 20, 40, 60, 80, 100])
    for bound in bounds:
        below = 100 * float(np.mean(found.values < bound))
        ax.plot([bound * scale.factor], [below], "o", color=INK, markersize=pt(5))
        left = bound * scale.factor > float(np.mean(ax.get_xlim()))
        text = f" {below:.1f} % " if not left else f"{below:.1f} %  "
        write(ax, bound * scale.factor, below, text, ha="right" if left else "left", va="bottom")


def _as_written(ax: Axes, x: float, text: str) -> None:
    """The value of the figures as written: a dashed line, its words below those of a target."""
    look = {"color": SOFT, "linewidth": pt(1.2), "linestyle": (0, (4, 2)), "gid": "as written"}
    _upright(ax, x, text, 2, look)


def _bound(ax: Axes, x: float, text: str) -> None:
    """The line of a bound with its words above the bars."""
    _upright(ax, x, text, 1, {"color": INK, "linewidth": pt(1.6), "gid": "target"})


def _upright(ax: Axes, x: float, text: str, row: int, look: dict[str, Any]) -> None:
    """An upright line with its words in a row from the top, on the side that has room."""
    low, high = ax.get_xlim()
    margin = 0.02 * (high - low)
    ax.set_xlim(min(low, x - margin), max(high, x + margin))
    low, high = ax.get_xlim()
    ax.axvline(x, **look)
    left = x > (low + high) / 2
    beside(
        ax,
        text,
        (x, 1),
        (-4 if left else 4, -2 - 1.4 * SMALL * (row - 1)),
        xycoords=ax.get_xaxis_transform(),
        ha="right" if left else "left",
        va="top",
        fontsize=SMALL,
        color=SOFT,
        bbox=BEHIND,
    )
