"""The charts and the picture of the flows as inline SVG: text stays text, ids of one never meet another's."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from html import escape
from io import StringIO
from itertools import count
from typing import TYPE_CHECKING, Any

from mfa.results.run import Run
from mfa.show.charts.cost_bars import costs
from mfa.show.charts.merit_order import merit
from mfa.show.charts.style import word as chart_word
from mfa.show.charts.waste_fates import wastes
from mfa.show.reproducible import reproducible
from mfa.show.sankey.diagram import sankey
from mfa.show.sankey.overview import overview
from mfa.show.summary import Summary
from mfa.show.text import material_name, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PROLOGUE = re.compile(r"\A.*?(?=<svg)", re.DOTALL)
METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
ID = re.compile(r'(id="|url\(#|href="#)')


class Pictures:
    """Numbers the charts of one page, so that the page is the same every time.

    `prefix` tells their ids from those of other such charts of the page.
    """

    def __init__(self, prefix: str = "c") -> None:
        self._numbers, self._prefix = count(1), prefix

    def svg(self, draw: Callable[[], Axes], alt: str, *, tight: bool = False) -> str:
        """A chart drawn by matplotlib as an inline SVG with a text alternative; `tight` without margins."""
        figure = draw().get_figure(root=True)
        assert figure is not None
        out = StringIO()
        with reproducible():
            figure.savefig(out, format="svg", metadata={"Date": None}, bbox_inches="tight" if tight else None)
        return self.inline(out.getvalue(), alt)

    def inline(self, text: str, alt: str) -> str:
        """An SVG file's text as part of a page."""
        body = METADATA.sub("", PROLOGUE.sub("", text))
        mark = f"{self._prefix}{next(self._numbers)}-"
        body = ID.sub(lambda m: f"{m.group(1)}{mark}", body)
        return body.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1)


def run_pictures(summary: Summary, lang: str) -> dict[str, Any]:
    """The charts and the flow picture of a run, each with its caption, by their names in the template."""
    result, system = summary.result, summary.result.system
    pictures = Pictures()
    made: dict[str, Any] = {"waste_chart": "", "merit_chart": "", "cost_chart": "", "flow_picture": ""}
    classes = {system.materials[w.material].waste for w in summary.wastes().rows}
    if classes:
        main = "industrial-solid" if "industrial-solid" in classes else None
        draw = partial(wastes, result, lang=lang, waste_class=main)
        made["waste_chart"] = pictures.svg(draw, word("report-wastes", lang))
    if summary.unused:
        top = summary.unused[0].material
        made["merit_chart"] = pictures.svg(
            partial(merit, result, top, lang=lang), material_name(system, top, lang)
        )
    if result.costs_list:
        made["cost_chart"] = pictures.svg(partial(costs, result, lang=lang), chart_word("costs", lang))
    if result.link_list:
        made["flow_picture"] = pictures.inline(_flow_picture(result, lang), word("report-flows", lang))
    return made


def _flow_picture(result: Run, lang: str) -> str:
    """The Sankey of the run as the text of an SVG file."""
    from mfa.show.sankey.print import svg

    made = sankey(result, lang=lang, **overview(result))
    return svg(made.geometry, lang)
