"""The tornado of a run: an indicator at both ends of each figure's written range."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mfa.errors import Error, Fault
from mfa.results.run import Run
from mfa.show.charts.tornado import tornado
from mfa.show.magnitudes import written_for
from mfa.show.text import indicator_name, path_name
from mfa.studies.sensitivity.one_by_one import Bar

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def range_bars(
    run: Run, name: str, central: float, rows: Sequence[Bar], path: str | Path | None, *, lang: str = "en"
) -> Axes:
    """Draw them, the largest effect first; an end that cannot be stands at the central value.

    Raises
    ------
    mfa.Error
        no figure moves the indicator
    """
    if not rows:
        raise Error([Fault("sensitivity-still", None, {"name": name})])
    unit = next(r.unit for r in run.indicators_named({name}) if r.name == name)
    ends = [
        (
            path_name([run.system], row.path, lang),
            central if row.at_low is None else row.at_low,
            central if row.at_high is None else row.at_high,
        )
        for row in rows
    ]
    with written_for(lang):
        return tornado(
            ends,
            path,
            central=central,
            indicator=indicator_name(run.system, name, lang),
            unit=unit,
            lang=lang,
        )
