"""The charts that one run has, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from mfa.catalogue import HEADLINE
from mfa.results.run import Run
from mfa.show.charts.gauge import gauge
from mfa.show.charts.merit_order import merit
from mfa.show.charts.waste_fates import wastes
from mfa.show.magnitudes import written_for


def draw(
    kind: Literal["gauge", "wastes", "merit"], result: Run, name: str | None, path: Path, lang: str
) -> None:
    """Draw a chart to a file; `name` is an indicator, a class of waste or a material.

    Raises
    ------
    mfa.Error
        the run has no such indicator or material, or the ending is not drawn
    """
    with written_for(lang):
        if kind == "gauge":
            aimed = next((r.name for r in result.indicator_list if r.aimed), HEADLINE)
            gauge(result, name or aimed, path, lang=lang)
        elif kind == "wastes":
            wastes(result, path, lang=lang, waste_class=name)
        else:
            merit(result, name or "", path, lang=lang)
