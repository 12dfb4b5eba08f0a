"""Charts as inline SVG: text stays text, ids of one chart never meet those of another."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from html import escape
from importlib import resources
from io import StringIO
from itertools import count
from typing import TYPE_CHECKING, Any

import mfa
from mfa.catalogue import FACTORS, GROUPS
from mfa.results.accounts.energy import factor
from mfa.results.accounts.waste import arising
from mfa.results.run import Run
from mfa.show.charts.gauge import gauge
from mfa.show.charts.merit_order import merit
from mfa.show.charts.waste_fates import wastes
from mfa.show.report import parts
from mfa.show.reproducible import reproducible
from mfa.show.sankey.diagram import sankey
from mfa.show.text import indicator_name, word
from mfa.studies.remedies import Remedy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PROLOGUE = re.compile(r"\A.*?(?=<svg)", re.DOTALL)
METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
ID = re.compile(r'(id="|url\(#|href="#)')


class Pictures:
    """Numbers the charts of one page, so that the page is the same every time."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def svg(self, draw: Callable[[], Axes], alt: str) -> str:
        """A chart drawn by matplotlib as an inline SVG with a text alternative."""
        figure = draw().get_figure(root=True)
        assert figure is not None
        out = StringIO()
        with reproducible():
            figure.savefig(out, format="svg", metadata={"Date": None})
        return self.inline(out.getvalue(), alt)

    def inline(self, text: str, alt: str) -> str:
        """An SVG file's text as part of a page."""
        body = METADATA.sub("", PROLOGUE.sub("", text))
        number = next(self._numbers)
        body = ID.sub(lambda m: f"{m.group(1)}c{number}-", body)
        return body.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1)


MIN_SHARE = 0.03
MOST_PROCESSES = 40
GROUPED = tuple(g for g in GROUPS if g in ("site", "sector"))


def report_page(
    result: Run, found: list[Remedy], lang: str = "en", manifest: Mapping[str, Any] | None = None
) -> str:
    """The report as HTML: one file, no script, nothing loaded from elsewhere.

    Parameters
    ----------
    result : the solved scenario
    found : what each way to a missed target would add
    lang : `en` or `zh`
    manifest : versions, inputs with hashes and command, printed at the end
    """
    page: str = template("report.html").render(
        lang="zh-Hans" if lang == "zh" else "en",
        css=style(),
        word=partial(word, lang=lang),
        **_answer(result, found, lang),
        **_pictures(result, lang),
        **_tables(result, lang),
        run=(manifest or {}).get("run", ""),
        manifest=json.dumps(manifest, indent=2, ensure_ascii=False) if manifest else "",
        version=mfa.__version__,
    )
    return page


def _answer(result: Run, found: list[Remedy], lang: str) -> dict[str, Any]:
    system = result.system
    missed = list(dict.fromkeys(r.indicator for r in found))
    unused = parts.unused(result)
    return {
        "title": system.label[lang],
        "name": system.name,
        "year": system.year or "",
        "answers": parts.answers(result, lang),
        "largest": parts.largest(result, unused, lang),
        "ways": parts.best_ways(result, found, missed[0], lang) if missed else "",
        "trust": parts.trust(result, lang),
        "key_figures": parts.key_rows(result, lang),
        "unused": parts.unused_rows(result, unused, lang),
        "remedies": [
            (indicator_name(name, result, lang), parts.remedy_rows(result, found, name, lang))
            for name in missed
        ],
    }


def _pictures(result: Run, lang: str) -> dict[str, Any]:
    """The charts and the flow picture as inline SVG, each with its caption."""
    pictures = Pictures()
    aimed = list(dict.fromkeys(r.name for r in result.indicator_list if r.aimed and r.value is not None))
    gauges = [
        pictures.svg(partial(gauge, result, name, lang=lang), indicator_name(name, result, lang))
        for name in aimed
    ]
    unused = parts.unused(result)
    made: dict[str, Any] = {"gauges": gauges, "waste_chart": "", "merit_chart": "", "flow_picture": ""}
    classes = {result.system.materials[m].waste for m, _ in arising(result.system, result.wastes)}
    if classes:
        main = "industrial-solid" if "industrial-solid" in classes else None
        draw = partial(wastes, result, lang=lang, waste_class=main)
        made["waste_chart"] = pictures.svg(draw, word("report-wastes", lang))
    if unused:
        top = unused[0].material
        made["merit_chart"] = pictures.svg(
            partial(merit, result, top, lang=lang), result.system.materials[top].label[lang]
        )
    if result.link_list:
        made["flow_picture"] = pictures.inline(_flow_picture(result, lang), word("report-flows", lang))
    return made


def _flow_picture(result: Run, lang: str) -> str:
    """The Sankey of the run as the text of an SVG file: by site where there are many processes."""
    from mfa.show.sankey.print import svg

    processes = result.system.processes.values()
    by = "site" if len(processes) > MOST_PROCESSES and any(p.site for p in processes) else None
    airs = [m.id for m in result.system.materials.values() if m.main_resource is False and not m.price]
    made = sankey(result, lang=lang, by=by, min_share=MIN_SHARE, without=("water", "emission", *airs))
    return svg(made.geometry, lang)


def _tables(result: Run, lang: str) -> dict[str, Any]:
    system = result.system
    return {
        "wastes": parts.waste_rows(result, "industrial-solid", lang),
        "hazardous": parts.waste_rows(result, "hazardous", lang),
        "indicators": parts.indicator_rows(result, lang),
        "factors": [word(f"factor-{n}", lang, value=f"{factor(system, n):g}") for n in FACTORS],
        "groups": [(kind, rows) for kind in GROUPED if (rows := parts.group_rows(result, kind, lang))],
        "bought": parts.crossing_rows(result, "import", lang),
        "bought_count": sum(f.source == "import" for f in result.flow_list),
        "sold_count": sum(f.target == "export" for f in result.flow_list),
        "sold": parts.crossing_rows(result, "export", lang),
        "mass": parts.mass_rows(result, lang),
        "layers": parts.layer_rows(result),
        "open_recipes": parts.closure_rows(result),
        "sources": parts.source_rows(system, lang),
        "warnings": [f.text(lang) for f in result.warning_list if f.code != "note"],
        "solved": word(
            "solved",
            lang,
            processes=len(system.processes),
            pools=len(system.pools),
            method=result.state.method,
            iterations=result.state.iterations,
            residual=f"{result.state.residual:.0e}",
        ),
    }


@cache
def template(name: str) -> Any:
    """A template of this folder; everything that it prints is escaped."""
    import jinja2

    loader = jinja2.PackageLoader("mfa.show.report", "")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template(name)


@cache
def style() -> str:
    """The style sheet of both pages."""
    return resources.files("mfa.show.report").joinpath("report.css").read_text(encoding="utf-8")
