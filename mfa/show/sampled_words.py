"""What the samples of a run say, in words and rows, for the terminal and the report."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from mfa.results.indicators.target import Indicator
from mfa.results.run import Run
from mfa.show.magnitudes import step, units
from mfa.show.summary import Summary
from mfa.show.text import figure, indicator_name, number, word, written
from mfa.studies.sampling.sampled import Asked, Sampled
from mfa.studies.sampling.sampled_years import Samples
from mfa.studies.sampling.statistics import Probability, Statistics

MOST_INVALID = 5  # reasons that are named
NEAR = 1e-4  # of a bound: no statistic of a park is known to a ten-thousandth
HEADS = ("written", "mean", "sd", "p05", "p50", "p95")
"""The columns of the table of indicators."""


def samples_title(sampled: Samples, lang: str) -> str:
    """How many samples, drawn how, and how many figures were spread as written and by default."""
    return drawn_title(sampled.asked, sampled.count, sampled.by_range, sampled.by_default, lang)


def drawn_title(asked: Asked, count: int, by_range: int, by_default: int, lang: str) -> str:
    """The same of what was drawn for another question."""
    return word(
        "samples-title",
        lang,
        count=f"{count:,}".replace(",", " "),
        method=word(f"samples-{asked.method}", lang),
        seed=asked.seed,
        written=by_range,
        default=by_default,
    )


def chance(result: Run, row: Indicator, sampled: Sampled, lang: str) -> str:
    """A sentence on how likely a target is met, with and without default spreads."""
    bounds = row.minimum, row.maximum
    found = sampled.probabilities[row.name, bounds]
    bound = row.minimum if row.minimum is not None else row.maximum
    side = "min" if row.minimum is not None else "max"
    name = indicator_name(result.system, row.name, lang)
    values = _figures(found)
    text = word(f"samples-chance-{side}", lang, name=name, bound=written(row, bound), **values)
    if found.unproven:
        share = f"{found.unproven / found.samples:.1%}".replace("%", " %")
        text += word("samples-unproven", lang, share=share)
    near = _near(row, sampled)
    if near:
        text += word("samples-near", lang, share=f"{near / found.samples:.1%}".replace("%", " %"))
    without = sampled.written_alone.get((row.name, bounds))
    return text + (word("samples-without", lang, **_figures(without)) if without else "")


def _near(row: Indicator, sampled: Sampled) -> int:
    """How many samples miss a target by less than anybody measures (`NEAR`): slivers of a few kilograms."""
    at = list(sampled.rows).index((row.name, row.minimum, row.maximum))
    missed = (v for v, words in zip(sampled.values[:, at], sampled.met, strict=True) if words[at] == "false")
    bounds = [b for b in (row.minimum, row.maximum) if b is not None]
    return sum(min(abs(v - b) / abs(b) if b else abs(v) for b in bounds) <= NEAR for v in missed)


def probability_text(found: Probability) -> str:
    """A probability with its error: `0.26 ± 0.02`."""
    return "{p} ± {error}".format(**_figures(found))


def _figures(found: Probability) -> dict[str, str]:
    """A probability and its error, to the digit that the error knows."""
    digits = max(2, -math.floor(math.log10(found.error)))
    return {"p": f"{found.value:.{digits}f}", "error": f"{found.error:.{digits}f}"}


def band(row: Indicator, sampled: Sampled) -> str:
    """The 5–95 % band of an indicator with its unit; empty where no sample has a value."""
    found = sampled.statistics.get(row.name)
    if found is None or found.p05 is None or found.p95 is None:
        return ""
    (low, high), unit = in_one_unit(row, (found.p05, found.p95))
    return f"{low} – {high} {unit}".strip()


def in_one_unit(row: Indicator, values: Sequence[float | None]) -> tuple[list[str], str]:
    """Values of an indicator as people read them, all in the unit of the largest; a dash for None."""
    known = [abs(v) for v in values if v is not None]
    if units() == "zh" and row.unit not in ("1", "CNY/a"):
        unit, size = step(max(known, default=0.0), row.unit)
        return ["–" if v is None else number(v / size) for v in values], unit
    return ["–" if v is None else figure(row, v)[0] for v in values], figure(row, 0.0)[1]


def doubts(sampled: Samples, lang: str) -> Iterator[str]:
    """Samples that do not count, draws that were held, samples that were solved one by one."""
    if sampled.invalid:
        found = sampled.invalid.items()
        reasons = [f"{path or word(f'samples-code-{code}', lang)} ({n})" for (code, path), n in found]
        more = ", …" if len(reasons) > MOST_INVALID else ""
        names = ", ".join(reasons[:MOST_INVALID]) + more
        yield word("samples-left-out", lang, count=sampled.count - sampled.valid, names=names)
    if sampled.held:
        names = ", ".join(f"{path} ({n})" for path, n in sampled.held.most_common(MOST_INVALID))
        yield word("samples-held", lang, names=names)
    if sampled.alone:
        yield word("samples-alone", lang, count=sampled.alone)


def heads(lang: str) -> list[str]:
    """The heads of the table of indicators, between its name and its unit."""
    return [word(f"samples-{h}", lang) for h in HEADS]


def rows(result: Run, shown: Sequence[Indicator], sampled: Sampled, lang: str) -> list[tuple[str, ...]]:
    """Name, `HEADS`, unit of each indicator that was sampled, each once."""
    each = {r.name: r for r in shown if r.name in sampled.statistics}.values()
    return [_row(result, r, sampled.statistics[r.name], lang) for r in each]


def main_rows(summary: Summary) -> tuple[Indicator, ...]:
    """The indicators that the table shows: targets, the scenario's own, key figures."""
    return (*summary.targets, *summary.own, *summary.key_figures)


def _row(result: Run, row: Indicator, found: Statistics, lang: str) -> tuple[str, ...]:
    numbers = (row.value, found.mean, found.sd, found.p05, found.p50, found.p95)
    cells, unit = in_one_unit(row, numbers)
    return (indicator_name(result.system, row.name, lang), *cells, unit)
