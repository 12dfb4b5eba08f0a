"""The spread of indicators to first order, beside that of samples where there are some."""

from __future__ import annotations

from collections.abc import Sequence

from mfa.results.run import Run
from mfa.show.terminal.table import bold, dim, line
from mfa.show.text import indicator_name, word, written
from mfa.studies.sensitivity.propagation import Propagated


def print_propagation(run: Run, rows: Sequence[Propagated], lang: str) -> None:
    """Print it for a person, below a run."""
    line(bold(word("propagation-title", lang)), "\n")
    for row in rows:
        of_indicator(run, row, lang)


def of_indicator(run: Run, one: Propagated, lang: str) -> None:
    """What is known of one indicator."""
    found = [r for r in run.indicators_named({one.indicator}) if r.name == one.indicator]
    row = next((r for r in found if r.aimed), found[0])

    def shown(value: float | None) -> str:
        return "–" if value is None else written(row, value)

    line(bold(indicator_name(run.system, one.indicator, lang)))
    words = {"value": shown(one.value), "sd": shown(one.sd)}
    line("  ", word("sensitivity-gaussian", lang, **words))
    if one.sampled_sd is not None:
        words = {"mean": shown(one.mean), "sampled": shown(one.sampled_sd), "error": shown(one.error)}
        line("  ", word("sensitivity-gaussian-samples", lang, **words))
    if one.nonlinear:
        line("  ", word("sensitivity-nonlinear", lang))
    if one.left_out:
        line("  ", word("sensitivity-steps", lang, count=one.left_out))
    counts = {"exact": f"{one.exact:,}", "differences": f"{one.differences:,}"}
    line("  ", dim(word("sensitivity-how", lang, **counts)), "\n")
