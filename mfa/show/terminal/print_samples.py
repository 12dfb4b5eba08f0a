"""What `mfa run --samples` prints: chances of targets, spreads of indicators, what was drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mfa.results.indicators.target import Indicator
from mfa.results.run import Run
from mfa.show.summary import Summary
from mfa.show.terminal.table import bold, dim, line, table
from mfa.show.text import figure, figure_or_dash, indicator_name, word, written
from mfa.studies.sampling.sampled import Sampled
from mfa.studies.sampling.statistics import Probability, Statistics

MOST_INVALID = 5  # reasons that are named


def print_samples(result: Run, sampled: Sampled, lang: str, *, full: bool = False) -> None:
    """Print the samples of a run for a person; `full` lists every indicator."""
    counts = {
        "count": f"{sampled.count:,}".replace(",", " "),
        "method": word(f"samples-{sampled.asked.method}", lang),
        "seed": sampled.asked.seed,
        "written": sampled.by_range,
        "default": sampled.by_default,
    }
    line(bold(word("samples-title", lang, **counts)))
    for row in (r for r in result.indicator_list if r.aimed):
        line("  ", _chance(result, row, sampled, lang))
    for text in _doubts(sampled, lang):
        line("  ", dim(text))
    line()
    rows = [r for r in _shown(result, full=full) if r.name in sampled.statistics]
    heads = [word(f"samples-{h}", lang) for h in ("written", "mean", "sd", "p05", "p50", "p95")]
    cells = [_row(result, r, sampled.statistics[r.name], lang) for r in rows]
    table(word("samples-table", lang), ["", *heads, ""], cells, last_left=True)


def _shown(result: Run, *, full: bool) -> list[Indicator]:
    """The indicators of the table, each once: targets, the scenario's own and the key figures, or all."""
    summary = Summary(result)
    some = (*summary.targets, *summary.own, *summary.key_figures)
    rows = result.indicator_list if full else some
    return list({r.name: r for r in rows}.values())


def _chance(result: Run, row: Indicator, sampled: Sampled, lang: str) -> str:
    bounds = row.minimum, row.maximum
    found = sampled.probabilities[row.name, bounds]
    bound = row.minimum if row.minimum is not None else row.maximum
    side = "min" if row.minimum is not None else "max"
    name = indicator_name(result.system, row.name, lang)
    text = word(f"samples-chance-{side}", lang, name=name, bound=written(row, bound), **_figures(found))
    if found.unproven:
        share = f"{found.unproven / found.samples:.1%}".replace("%", " %")
        text += word("samples-unproven", lang, share=share)
    without = sampled.written_alone.get((row.name, bounds))
    return text + (word("samples-without", lang, **_figures(without)) if without else "")


def _figures(found: Probability) -> dict[str, str]:
    """A probability and its error, to the digit that the error knows."""
    digits = max(2, -math.floor(math.log10(found.error)))
    return {"p": f"{found.value:.{digits}f}", "error": f"{found.error:.{digits}f}"}


def _doubts(sampled: Sampled, lang: str) -> Iterator[str]:
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


def _row(result: Run, row: Indicator, found: Statistics, lang: str) -> tuple[str, ...]:
    numbers = (found.mean, found.sd, found.p05, found.p50, found.p95)
    cells = ["–" if v is None else figure(row, v)[0] for v in numbers]
    value, unit = figure_or_dash(row)
    return (indicator_name(result.system, row.name, lang), value, *cells, unit)
