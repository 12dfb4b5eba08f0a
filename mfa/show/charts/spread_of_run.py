"""The distribution of an indicator over the samples of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mfa.errors import Error, Fault, nearest
from mfa.results.indicators.target import Indicator
from mfa.results.run import Run
from mfa.show.chart_kinds import check_samples
from mfa.show.charts.distribution import of_samples
from mfa.show.charts.several_runs import Named
from mfa.show.text import indicator_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def spread_of(named: Named, name: str, path: Path | None, lang: str) -> Axes:
    """Draw the samples of an indicator with its target and its value as written.

    Raises
    ------
    mfa.Error
        the run has no samples, no such indicator, or no sample in which it has a value
    """
    run, sampled = named.run, named.sampled
    check_samples("distribution", sampled.count if sampled else None)
    assert sampled is not None
    row = row_of(run, name)
    if not sampled.has_values(name):
        raise Error([Fault("chart-samples-empty", None, {"name": name})])
    return of_samples(row, sampled, indicator_name(run.system, name, lang), path, lang=lang)


def row_of(run: Run, name: str) -> Indicator:
    """An indicator of a run.

    Raises
    ------
    mfa.Error
        it has none of that name
    """
    rows = run.indicators_named({name})
    if not rows:
        known = [row.name for row in run.indicator_list]
        raise Error([Fault("chart-indicator", None, {"name": name[:60], "near": nearest(name, known)})])
    return rows[0]
