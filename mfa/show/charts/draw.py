"""The charts that there are, by name: of one run, and of several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mfa.catalogue import HEADLINE
from mfa.show.chart_kinds import MOST_RUNS, check
from mfa.show.charts.cost_bars import costs
from mfa.show.charts.gauge import gauge
from mfa.show.charts.merit_order import merit
from mfa.show.charts.several_runs import Named, change_of, moved_by, years_of
from mfa.show.charts.spread_of_run import spread_of
from mfa.show.charts.stock_areas import stock_of
from mfa.show.charts.style import drawn_at
from mfa.show.charts.targets import targets
from mfa.show.charts.waste_fates import wastes
from mfa.show.magnitudes import written_for
from mfa.show.paper_size import PaperSize

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw(
    kind: str,
    runs: Sequence[Named],
    of: Sequence[str],
    path: Path | None,
    lang: str,
    size: PaperSize | None = None,
) -> Axes:
    """Draw a chart, to a file where a path is given.

    Parameters
    ----------
    runs : the run; each year of it for `stocks`; the two of a waterfall; the first of a tornado is what
        the others are held against
    of : indicators, a class of waste, a material or a stock, as the kind takes them

    Raises
    ------
    mfa.Error
        no such kind, indicator or material; more or fewer runs or names than the kind takes; an
        ending that is not drawn; a size that does not hold the chart
    """
    count = len({named.name for named in runs}) if kind == "stocks" else len(runs)
    check(kind, count, of)
    with written_for(lang), drawn_at(size):
        if kind == "stocks":
            return stock_of([named.run for named in runs], of[0] if of else None, path, lang)
        if kind in MOST_RUNS:
            return _several(kind, runs, of, path, lang)
        return _one(kind, runs[0], of[0] if of else None, path, lang)


def _one(kind: str, named: Named, of: str | None, path: Path | None, lang: str) -> Axes:
    run = named.run
    aimed = next((r.name for r in run.indicator_list if r.aimed), HEADLINE)
    drawings: dict[str, Callable[[], Axes]] = {
        "gauge": lambda: gauge(run, of or aimed, path, lang=lang),
        "targets": lambda: targets(run, path, lang=lang),
        "wastes": lambda: wastes(run, path, lang=lang, waste_class=of),
        "merit": lambda: merit(run, of or "", path, lang=lang),
        "costs": lambda: costs(run, path, lang=lang),
        "distribution": lambda: spread_of(named, of or aimed, path, lang),
    }
    return drawings[kind]()


def _several(kind: str, runs: Sequence[Named], of: Sequence[str], path: Path | None, lang: str) -> Axes:
    if kind == "waterfall":
        return change_of(runs[0], runs[1], of, path, lang)
    if kind == "years":
        return years_of(runs, of, path, lang)
    return moved_by(runs[0], runs[1:], of, path, lang)
