"""What decides the answer of a sampled run: whose its variance is, and what to find out first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from mfa.results.run import Run
from mfa.show.sensitivity_words import per_cent, share_name
from mfa.show.text import indicator_name, word
from mfa.studies.sampling.sampled import Sampled
from mfa.studies.sensitivity.designed import Outputs
from mfa.studies.sensitivity.factors import By
from mfa.studies.sensitivity.shares import FEWEST, Explained, Share, explained
from mfa.studies.sweeps.swept import chosen

MOST: tuple[tuple[By, int], ...] = (("document", 5), ("figure", 10), ("chain", 5))
"""What is shown, and how many of each."""
MOST_ASKED = 3  # indicators: the first targets
MOST_NEXT = 5
MOST_CITED = 110  # characters of a citation
DECIDED = 0.8  # of what all figures explain, each alone: who carries so much decides


class Bar(NamedTuple):
    """A row: names, a bar from 0 to its share with its error as a line, and both in words.

    `to`, `low` and `high` are per cent of the longest bar's end.
    """

    names: tuple[str, ...]
    to: str
    low: str
    high: str
    text: str


def deciding_section(run: Run, sampled: Sampled | None, lang: str) -> list[dict[str, Any]]:
    """What the page says of each of the first targets, by the names in the template; none without samples."""
    if sampled is None or not sampled.plan.uncertain:
        return []
    names = [n for n in chosen(run.system, ()) if _moves(sampled, n)][:MOST_ASKED]
    if not names:
        return []
    values = Outputs(sampled.rows, sampled.values, sampled.met)
    asked = sampled.asked._replace(samples=sampled.count, until=None, indicators=tuple(names))
    alone = not run.system.correlations
    return [_part(run, e, lang) for e in explained(run, asked, values, learn=alone, again=False)]


def _moves(sampled: Sampled, name: str) -> bool:
    """Whether an indicator has enough samples, and not all of one value."""
    if name not in sampled.statistics:
        return False
    values = sampled.samples_of(name)
    known = values[~np.isnan(values)]
    return len(known) >= FEWEST and bool(np.ptp(known) > 0)


def _part(run: Run, one: Explained, lang: str) -> dict[str, Any]:
    found = {by: one.clear(by, most) for by, most in MOST}
    whole = {"share": per_cent(one.whole.value), "error": per_cent(one.whole.error)}
    return {
        "name": indicator_name(run.system, one.indicator, lang),
        "answer": _answer(run, one, lang),
        "whole": word("decides-whole" if one.whole.value < 1 else "decides-all", lang, **whole),
        "groups": [
            (
                word(f"sensitivity-most-{by}", lang),
                _bars(run, shares, lang),
                word(f"sensitivity-none-{by}", lang),
            )
            for by, shares in found.items()
        ],
        "next": _next(run, one, lang),
    }


def _answer(run: Run, one: Explained, lang: str) -> str:
    """Which documents carry most of the variance, the fewest that do; or that none stands out."""
    clear = one.clear("document", len(one.shares))
    count = f"{one.samples:,}".replace(",", " ")
    if not clear:
        return word("decides-none", lang, count=count)
    shares = np.cumsum([s.share for s in clear])
    most = min(int(np.searchsorted(shares, DECIDED * one.whole.value)) + 1, len(clear))
    names = [share_name(run.system, s, lang, MOST_CITED)[-1] for s in clear[:most]]
    error = math.sqrt(sum(s.error**2 for s in clear[:most]))
    values = {"count": most, "share": per_cent(float(shares[most - 1])), "error": per_cent(error)}
    values |= {"names": ("；" if lang == "zh" else "; ").join(names), "samples": count}
    key = "decides-one" if most == 1 else "decides-several"
    text = word(key, lang, **values)
    all_told = shares[most - 1] >= DECIDED * one.whole.value
    text = text if all_told else text + word("decides-rest", lang)
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def _bars(run: Run, shares: Sequence[Share], lang: str) -> list[Bar]:
    end = max((s.share + s.error for s in shares), default=1.0)

    def at(value: float) -> str:
        return f"{100 * min(max(value / end, 0.0), 1.0):.4g}"

    return [
        Bar(
            share_name(run.system, s, lang, MOST_CITED),
            at(s.share),
            at(s.share - s.error),
            at(s.share + s.error),
            f"{per_cent(s.share)} ± {per_cent(s.error)}",
        )
        for s in shares
    ]


def _next(run: Run, one: Explained, lang: str) -> dict[str, Any] | None:
    """What to find out first, and by how much spread and doubt would fall; None where that is unknown."""
    if all(s.sd_falls is None for s in one.shares):
        return None
    heads = ["", word("sensitivity-document", lang), word("sensitivity-sd-falls", lang)]
    heads += [word("sensitivity-doubt-falls", lang)] if one.doubted else []
    rows = []
    for s in one.clear_next(MOST_NEXT):
        falls = [(s.sd_falls, s.sd_falls_error)]
        falls += [(s.doubt_falls, s.doubt_falls_error)] if one.doubted else []
        cells = ("–" if v is None or e is None else f"{per_cent(v)} ± {per_cent(e)}" for v, e in falls)
        rows.append((*share_name(run.system, s, lang, MOST_CITED), *cells))
    nothing = word("sensitivity-next-none-figure", lang)
    return {"title": word("sensitivity-next-figure", lang), "heads": heads, "rows": rows, "nothing": nothing}
