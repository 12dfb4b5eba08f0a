"""A brief as one page of A4 for those who decide."""

from __future__ import annotations

from functools import partial
from importlib import resources

import mfa
from mfa.show.brief_curve import CurveInWords
from mfa.show.brief_rows import BriefInWords
from mfa.show.charts.style import DPI, drawn_at
from mfa.show.charts.years import years
from mfa.show.magnitudes import written_for
from mfa.show.paper_size import POINTS, PaperSize
from mfa.show.report.page import template
from mfa.show.report.pictures import Pictures
from mfa.show.text import word
from mfa.studies.brief import Brief

WIDTH, HEIGHT = 72 * POINTS["mm"], 34 * POINTS["mm"]  # what an A4 sheet leaves beside the first table
TYPE = 6.5  # points, as small as is read in print


def _curve(words: BriefInWords) -> dict[str, str] | None:
    """The chart of the years, what it is called, and what lies in yards; None without one."""
    curve = CurveInWords(words)
    if not curve.found:
        return None
    draw = partial(
        years,
        {name: {y: r.value for y, r in rows.items()} for name, rows in curve.found.items()},
        heading="",
        unit=words.brief.target.unit,
        target=curve.bounds or None,
        at_most=words.brief.target.minimum is None,
        lang=words.lang,
    )
    with drawn_at(PaperSize(WIDTH, HEIGHT, TYPE, DPI)):
        picture = Pictures().svg(draw, curve.heading, tight=True)
    return {"heading": curve.heading, "picture": picture, "yards": curve.yards()}


def brief_page(brief: Brief, lang: str = "en") -> str:
    """The page as HTML: one file, no script, nothing loaded from elsewhere."""
    with written_for(lang):
        words = BriefInWords(brief, lang)
        page: str = template("brief.html").render(
            lang="zh-Hans" if lang == "zh" else "en",
            css=resources.files("mfa.show.report").joinpath("brief.css").read_text(encoding="utf-8"),
            word=partial(word, lang=lang),
            title=words.title,
            answer=words.answer(),
            rates=words.rates(),
            takers=words.assumed_takers(),
            decisions=(words.decision_heads(), words.decisions()),
            curve=_curve(words),
            sales=words.sales(),
            prices=words.prices(),
            prices_title=words.prices_title(),
            scopes=any(i.name == "co2" for i in brief.run.indicator_list),
            year=brief.run.system.period,
            spread=words.spread(),
            name=brief.run.system.name,
            version=mfa.__version__,
        )
    return page
