"""The charts of a run on a sheet of a workbook, as images."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from mfa.results.run import Run
from mfa.show.charts.cost_bars import costs
from mfa.show.charts.style import file_of, word
from mfa.show.charts.targets import aims, targets
from mfa.show.charts.waste_fates import heaps, wastes
from mfa.show.magnitudes import written_for
from mfa.show.workbook.formats import Paper

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME = "charts"  # with a small letter, as all sheets that are not read
TAB = "#C00000"
DOTS = 192.0  # twice those of a screen, so that they are sharp when a sheet is enlarged
ROW = 15.0  # points, the height of a row


def write_charts(paper: Paper, result: Run, lang: str) -> None:
    """Write the sheet, where a run has targets, wastes or costs."""
    row, page = 2, None
    for name, draw in _drawings(result, lang):
        if page is None:
            page = paper.sheet(NAME, TAB)
            page.write_string(0, 0, word("sheet", lang), paper.remark)
        with written_for(lang):
            figure = draw().get_figure(root=True)
        assert figure is not None
        image = BytesIO(file_of(figure, ".png", DOTS))
        about = {"image_data": image, "description": name, "x_scale": 1.0, "y_scale": 1.0}
        page.insert_image(row, 0, f"{name}.png", about)
        row += int(figure.get_figheight() * 72 / ROW) + 2


def _drawings(result: Run, lang: str) -> Iterator[tuple[str, Callable[[], Axes]]]:
    """The charts that the run has something for."""
    if aims(result):
        yield "targets", lambda: targets(result, lang=lang)
    if heaps(result, lang, 1, None):
        yield "wastes", lambda: wastes(result, lang=lang)
    if result.costs_list:
        yield "costs", lambda: costs(result, lang=lang)
