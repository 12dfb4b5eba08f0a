"""A comparison of two runs as one page: inputs first, then results and the change by cause."""

from __future__ import annotations

from functools import partial

import mfa
from mfa.show.charts.waterfall import by_cause
from mfa.show.comparison_rows import InWords
from mfa.show.magnitudes import written_for
from mfa.show.report.page import style, template
from mfa.show.report.pictures import Pictures
from mfa.show.terminal.print_comparison import MOST_FLOWS
from mfa.show.text import word
from mfa.studies.compare import Comparison, Share
from mfa.studies.sampling.paired import Paired


def comparison_page(
    comparison: Comparison,
    shares: list[Share],
    titles: tuple[str, str],
    lang: str = "en",
    paired: Paired | None = None,
) -> str:
    """The comparison as HTML: one file, no script, nothing loaded from elsewhere."""
    with written_for(lang):
        return _rendered(InWords(comparison, lang), comparison, shares, titles, lang, paired)


def _rendered(
    words: InWords,
    comparison: Comparison,
    shares: list[Share],
    titles: tuple[str, str],
    lang: str,
    paired: Paired | None,
) -> str:
    page: str = template("compared.html").render(
        lang="zh-Hans" if lang == "zh" else "en",
        css=style(),
        word=partial(word, lang=lang),
        titles=titles,
        inputs=words.inputs(),
        indicators=words.indicators(),
        pairs=(words.pairs_title(paired, titles), words.pairs_heads(titles), words.pairs(paired))
        if paired
        else None,
        flows=words.links(comparison.flows[: 4 * MOST_FLOWS]),
        layers=words.links(comparison.layers[: 4 * MOST_FLOWS]),
        waterfalls=_waterfalls(words, shares, titles),
        version=mfa.__version__,
    )
    return page


def _waterfalls(words: InWords, shares: list[Share], titles: tuple[str, str]) -> list[str]:
    """A waterfall for every indicator that was split by cause."""
    pictures = Pictures()
    made = []
    for change in words.comparison.indicators:
        mine = [s for s in shares if s.indicator == change.name]
        if mine and change.before is not None and change.after is not None:
            draw = partial(by_cause, words, change, mine, titles)
            made.append(pictures.svg(draw, change.name))
    return made
