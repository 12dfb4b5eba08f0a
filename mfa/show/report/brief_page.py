"""A brief as one page of A4 for those who decide."""

from __future__ import annotations

from functools import partial
from importlib import resources

import mfa
from mfa.show.brief_rows import BriefInWords
from mfa.show.magnitudes import written_for
from mfa.show.report.page import template
from mfa.show.text import word
from mfa.studies.brief import Brief


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
            sales=words.sales(),
            prices=words.prices(),
            prices_title=words.prices_title(),
            scopes=any(i.name == "co2" for i in brief.run.indicator_list),
            year=brief.run.system.period,
            name=brief.run.system.name,
            version=mfa.__version__,
        )
    return page
