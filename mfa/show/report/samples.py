"""What the report of a sampled run says of its samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from mfa.results.indicators.target import ROUNDING, Indicator
from mfa.show.charts.distribution import of_samples
from mfa.show.report.pictures import Pictures
from mfa.show.sampled_words import doubts, heads, in_one_unit, main_rows, rows, samples_title
from mfa.show.summary import Summary
from mfa.show.text import indicator_name, word
from mfa.studies.sampling.sampled import Sampled


def samples_section(summary: Summary, sampled: Sampled | None, lang: str) -> dict[str, Any]:
    """What was drawn, what does not count, and the spread of each indicator; nothing without samples."""
    if sampled is None:
        return {"samples": None}
    counted = word("report-range-counted", lang, valid=sampled.valid, count=sampled.count)
    shown = (*summary.targets, *summary.waste_rates, *main_rows(summary))
    section = {
        "title": samples_title(sampled, lang),
        "doubts": [counted, *doubts(sampled, lang), *_outside(summary, shown, sampled, lang)],
        "heads": ["", *heads(lang), ""],
        "rows": rows(summary.result, shown, sampled, lang),
        "picture": _picture(summary, sampled, lang),
    }
    return {"samples": section}


def _outside(summary: Summary, shown: Sequence[Indicator], sampled: Sampled, lang: str) -> Iterator[str]:
    """Which values as written lie outside the band of their samples, so that they are not typical."""
    names = [indicator_name(summary.result.system, r.name, lang) for r in shown if _is_outside(r, sampled)]
    if names:
        comma = "、" if lang == "zh" else ", "
        yield word("report-outside", lang, names=comma.join(dict.fromkeys(names)))


def _is_outside(row: Indicator, sampled: Sampled) -> bool:
    found = sampled.statistics.get(row.name)
    if found is None or found.p05 is None or found.p95 is None or row.value is None:
        return False
    room = ROUNDING * abs(row.value)
    return not found.p05 - room <= row.value <= found.p95 + room


def _picture(summary: Summary, sampled: Sampled, lang: str) -> str:
    """The distribution of the first target; without a target, of the first rate of waste."""
    shown = (*summary.targets, *summary.waste_rates)
    row = next((r for r in shown if sampled.has_values(r.name)), None)
    if row is None:
        return ""
    name = indicator_name(summary.result.system, row.name, lang)
    # a prefix of its own, so that its ids meet none of the other pictures
    return Pictures("s").svg(partial(of_samples, row, sampled, name, lang=lang), name)


def band_sentence(row: Indicator, sampled: Sampled, lang: str) -> str:
    """Between what nine of ten samples are; empty where no sample has a value."""
    found = sampled.statistics.get(row.name)
    if found is None or found.p05 is None or found.p95 is None:
        return ""
    (low, high), _ = in_one_unit(row, (found.p05, found.p95))
    return word("report-band-sentence", lang, low=low, high=high)


def ranges(sampled: Sampled, lang: str) -> str:
    """The end of a sentence: how many figures were drawn as written, and how many by their confidence."""
    return word("report-range", lang, written=sampled.by_range, default=sampled.by_default)
