"""The report of a run: what the page says, in rows and sentences; the template lays it out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, partial
from importlib import resources
from typing import Any

import mfa
from mfa.results.accounts.waste import FATE_WORDS
from mfa.results.indicators.target import Indicator
from mfa.results.run import Run
from mfa.show.headline import headline_notes, value_note
from mfa.show.magnitudes import written_for
from mfa.show.report.over_years_section import years_section
from mfa.show.report.pictures import run_pictures
from mfa.show.report.samples import band_sentence, ranges, samples_section
from mfa.show.report.sections import CONFIDENCES, Rows, others, sections
from mfa.show.report.what_decides import deciding_section
from mfa.show.sampled_words import band, chance, probability_text
from mfa.show.summary import Summary
from mfa.show.text import (
    figure,
    indicator_name,
    material_name,
    mega,
    more_digits,
    node_name,
    percent,
    remedy_brings,
    remedy_ends,
    remedy_name,
    solved_line,
    standing_text,
    target_sentence,
    tonnes,
    tonnes_unit,
    word,
    written,
)
from mfa.studies.remedies import Remedy, Ways
from mfa.studies.sampling.sampled import Sampled
from mfa.studies.sampling.sampled_years import SampledYears, Samples
from mfa.system import System

MOST_UNUSED = 12
MOST_REMEDIES = 8
MOST_PLACES = 3  # of the largest unused waste, and ways to a target, in a sentence
MOST_DISPLACED = 2


def report_page(
    result: Run,
    found: list[Remedy],
    lang: str = "en",
    manifest: Mapping[str, Any] | None = None,
    sampled: Samples | None = None,
    runs: Sequence[Run] = (),
    flows: str = "",
) -> str:
    """The report as HTML: one file, no script, nothing loaded from elsewhere.

    Parameters
    ----------
    result : the solved scenario
    found : what each way to a missed target would add
    lang : `en` or `zh`
    manifest : versions, inputs with hashes and command, printed at the end
    sampled : its samples: the chance of each target and the band of each figure then stand beside it
    runs : those of all years, of which `result` is the last, where there are several
    flows : the page of their flows with a slider, beside this one, to which each year then leads
    """
    with written_for(lang):
        return _rendered(Summary(result, found), result, lang, manifest, sampled, runs, flows)


def _rendered(
    summary: Summary,
    result: Run,
    lang: str,
    manifest: Mapping[str, Any] | None,
    drawn: Samples | None,
    runs: Sequence[Run],
    flows: str,
) -> str:
    over_years = drawn if isinstance(drawn, SampledYears) else None
    sampled = drawn.years[-1] if isinstance(drawn, SampledYears) else drawn
    page: str = template("report.html").render(
        lang="zh-Hans" if lang == "zh" else "en",
        css=style(),
        word=partial(word, lang=lang),
        tonnes_unit=tonnes_unit(),
        over_years=years_section(runs, lang, over_years, flows),
        **_answer(summary, result.system, lang, sampled),
        **samples_section(summary, sampled, lang),
        decides=deciding_section(result, sampled, lang),
        **run_pictures(summary, lang),
        **sections(summary, result.system, lang),
        solved=solved_line(result.system, result.state, lang),
        run=(manifest or {}).get("run", ""),
        manifest=json.dumps(manifest, indent=2, ensure_ascii=False) if manifest else "",
        version=mfa.__version__,
    )
    return page


def _answer(summary: Summary, system: System, lang: str, sampled: Sampled | None) -> dict[str, Any]:
    return {
        "title": system.label[lang],
        "name": system.name,
        "year": system.year or "",
        "answers": _verdicts(summary, system, lang, sampled),
        "notes": headline_notes(summary, lang),
        "gauges": [_gauge(r, system, lang, sampled) for r in summary.targets if r.value is not None],
        "largest": _largest(summary, system, lang),
        "no_ways": _no_ways(summary, lang),
        "ways": _best_ways(summary, system, lang),
        "trust": _trust(summary, lang, sampled),
        "key_figures": [
            (indicator_name(system, r.name, lang), *figure(r), band(r, sampled) if sampled else "")
            for r in summary.key_figures
        ],
        "value_note": value_note(summary, lang),
        "unused": _unused(summary, system, lang),
        "remedies": [
            (word(title, lang, name=indicator_name(system, w.indicator, lang)), rows)
            for w in summary.ways
            for title, group in (("remedies-title", _measures(w)), ("remedies-ceilings", _ceilings(w)))
            if (rows := _remedies(group, system, lang))
        ],
    }


# ---------------------------------------------------------------- the answer
def _verdicts(summary: Summary, system: System, lang: str, sampled: Sampled | None) -> list[dict[str, str]]:
    """State, sentence and chance of each target; without targets, the rates of waste and their bands."""
    if summary.targets:
        return [
            {
                "state": r.met or "empty",
                "text": target_sentence(r, system, lang),
                "chance": chance(summary.result, r, sampled, lang) if sampled else "",
            }
            for r in summary.targets
        ]
    rows = [r for r in summary.waste_rates if r.value is not None]
    return [
        {
            "state": "",
            "text": word(
                "no-target", lang, name=indicator_name(system, r.name, lang), value=percent(r.value)
            ),
            "chance": band_sentence(r, sampled, lang) if sampled else "",
        }
        for r in rows
    ]


def _gauge(row: Indicator, system: System, lang: str, sampled: Sampled | None) -> dict[str, str]:
    """A target as a bar in one row: its value and bound on a scale that holds both, in words beside it."""
    bound = row.minimum if row.minimum is not None else row.maximum or 0.0
    value = row.value or 0.0
    whole = 1.0 if row.unit == "1" and max(value, bound) <= 1 else 1.1 * max(value, bound) or 1.0
    return {
        "state": row.met or "empty",
        "name": indicator_name(system, row.name, lang),
        "value": written(row, more=more_digits(row, bound)),
        "bound": ("≥ " if row.minimum is not None else "≤ ") + written(row, bound, more_digits(row, bound)),
        "to": f"{100 * max(value, 0.0) / whole:.4g}",
        "mark": f"{100 * bound / whole:.4g}",
        "chance": probability_text(sampled.probabilities[row.name, (row.minimum, row.maximum)])
        if sampled
        else "",
    }


def _largest(summary: Summary, system: System, lang: str) -> str:
    """A sentence on the largest unused waste, all its ways together."""
    found = summary.largest_unused
    if found is None:
        return word("report-all-used", lang)
    places = found.places[:MOST_PLACES]
    return word(
        "report-largest",
        lang,
        material=material_name(system, found.material, lang),
        amount=mega(found.amount, "t/a"),
        share=percent(found.share),
        where=", ".join(f"{node_name(system, u.node, lang)} {mega(u.amount, 't/a')}" for u in places),
    )


def _no_ways(summary: Summary, lang: str) -> str:
    """A sentence on the first missed target, where no measure would improve it."""
    if not summary.ways or summary.ways[0].measures:
        return ""
    return word("report-no-measure" if summary.ways[0].single else "report-no-way", lang)


def _best_ways(summary: Summary, system: System, lang: str) -> Rows:
    """Of the first missed target, the best measures and the best ceiling: what each reaches and brings along.

    Then what all together reach.
    """
    if not summary.ways:
        return []
    ways = summary.ways[0]
    together = [ways.together] if ways.together else []
    return [_way(r, system, lang) for r in (*ways.measures[:MOST_PLACES], *ways.ceilings[:1], *together)]


def _way(r: Remedy, system: System, lang: str) -> tuple[str, ...]:
    """A remedy, what it reaches, points, what it brings along; a ceiling says that it is one."""
    kind = word("report-is-ceiling", lang) if r.ceiling and r.way != "all" else ""
    met = " ✓" if r.met == "true" and not r.ceiling else ""
    name, brings = remedy_name(system, r, lang), remedy_brings(system, r, lang)
    return (f"{kind}{name}", f"{percent(r.value)}{met}", f"{r.gain * 100:+.2f}", brings)


def _trust(summary: Summary, lang: str, sampled: Sampled | None) -> str:
    """A sentence on how sure the figures behind the numbers are."""
    count = summary.trust.total()
    shares = {c or "unstated": percent(summary.trust[c] / count) if count else "" for c in CONFIDENCES}
    trust = word("report-trust", lang, count=count, **shares)
    standing = word("report-standing", lang, line=standing_text(summary.standing, lang))
    return trust + (ranges(sampled, lang) if sampled else word("report-no-range", lang)) + standing


# ---------------------------------------------------------------- tables
def _unused(summary: Summary, system: System, lang: str) -> Rows:
    """Waste, where it goes, fate, t a year, share; the smaller ones in one row, then the sum."""
    if not summary.unused:
        return []
    total = sum(u.amount for u in summary.unused)
    rows: Rows = [
        (
            material_name(system, u.material, lang),
            node_name(system, u.node, lang),
            word(f"word-{FATE_WORDS[u.fate]}", lang),
            tonnes(u.amount),
            percent(u.amount / total),
        )
        for u in summary.unused[:MOST_UNUSED]
    ]
    rest = summary.unused[MOST_UNUSED:]
    if rest:
        small = sum(u.amount for u in rest)
        rows.append((others(len(rest), lang), "", "", tonnes(small), percent(small / total)))
    return [*rows, (word("word-all", lang), "", "", tonnes(total), percent(1.0))]


def _measures(ways: Ways) -> list[Remedy]:
    """What the table of measures shows; all together, where that is one."""
    together = [ways.together] if ways.together and not ways.together.ceiling else []
    return [*ways.measures[:MOST_REMEDIES], *together]


def _ceilings(ways: Ways) -> list[Remedy]:
    """What the table of ceilings shows."""
    together = [ways.together] if ways.together and ways.together.ceiling else []
    return [*ways.ceilings[:MOST_REMEDIES], *together]


def _remedies(shown: Sequence[Remedy], system: System, lang: str) -> Rows:
    """Measure, now, then, times, indicator, points, what it brings along, in their order."""
    rows: Rows = []
    for r in shown:
        times = f"{r.after / r.before:.3g}" if r.before > 0 else ""
        value = f"{percent(r.value)}{' ✓' if r.met == 'true' else ''}"
        name = remedy_name(system, r, lang) + _displaced(r, system, r.unit, lang)
        numbers = (*remedy_ends(r), times, value, f"{r.gain * 100:+.2f}")
        rows.append((name, *numbers, remedy_brings(system, r, lang)))
    return rows


def _displaced(r: Remedy, system: System, unit: str, lang: str) -> str:
    """Who gets less by it."""
    if not r.displaced:
        return ""
    most = r.displaced[:MOST_DISPLACED]
    names = ", ".join(f"{node_name(system, n, lang)} {mega(a, unit)}" for n, a in most)
    return " " + word("report-displaced", lang, names=names)


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
