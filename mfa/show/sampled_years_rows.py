"""The samples of a run through several years as tables: chances of targets, bands of indicators."""

from __future__ import annotations

from collections.abc import Sequence

from mfa.results.indicators.target import Indicator
from mfa.show.over_years import OverYears
from mfa.show.sampled_words import in_one_unit, probability_text
from mfa.show.text import indicator_name, more_digits, word, written
from mfa.show.years_rows import Table
from mfa.studies.sampling.sampled_years import Chance, SampledYears

HEADS = ("year", "met", "by", "written", "lasting")
"""The columns of the table of chances; `written` is `by` without default spreads."""
QUANTILES = ("p05", "p50", "p95")


def chance_tables(over: OverYears, drawn: SampledYears, lang: str) -> list[tuple[str, Table]]:
    """Of each target a heading and a row a year: how likely it is met, reached by then, met from then on.

    Where figures are spread by default, that it is reached by then stands there by written ranges alone too.
    """
    plain = drawn.plain.chances if drawn.plain else ()
    heads = [word(f"reached-{head}", lang) for head in HEADS if plain or head != "written"]
    found = []
    for name, number in dict.fromkeys((c.name, c.number) for c in drawn.chances):
        mine = [c for c in drawn.chances if (c.name, c.number) == (name, number)]
        other = [c for c in plain if (c.name, c.number) == (name, number)]
        rows = [
            (
                str(mine[i].period),
                *map(probability_text, (mine[i].met, mine[i].reached)),
                *((probability_text(other[i].reached),) if other else ()),
                probability_text(mine[i].lasting),
            )
            for i in over.columns
        ]
        found.append((_heading(over, mine, lang), Table(heads, rows)))
    return found


def _heading(over: OverYears, chances: Sequence[Chance], lang: str) -> str:
    """The target with its bound; where it goes by years, that each has its own, and the last."""
    last = chances[-1]
    rows = over.runs[-1].indicators_named({last.name})
    row = next(r for r in rows if (r.minimum, r.maximum) == (last.least, last.most))
    bound = row.minimum if row.minimum is not None else row.maximum
    side = "least" if row.minimum is not None else "most"
    shown = word(f"bound-{side}", lang, bound=written(row, bound, more_digits(row, bound or 0.0)))
    if any((c.least, c.most) != (last.least, last.most) for c in chances):
        shown = word("bound-of-each-year", lang, last=shown)
    return word("reached-title", lang, name=indicator_name(over.runs[-1].system, row.name, lang), bound=shown)


def band_table(over: OverYears, drawn: SampledYears, lang: str) -> Table:
    """The 5 %, 50 % and 95 % quantiles of each indicator that was sampled, by years shown."""
    rows: list[tuple[str, ...]] = []
    for name in drawn.years[-1].statistics:
        found = [drawn.years[i].statistics.get(name) for i in over.columns]
        row = _central(over, name)
        if row is None or not any(f is not None and f.p50 is not None for f in found):
            continue
        many = [None if f is None else getattr(f, q) for q in QUANTILES for f in found]
        cells, unit = in_one_unit(row, many)
        for k, quantile in enumerate(QUANTILES):
            label = indicator_name(over.runs[-1].system, name, lang)
            own = cells[k * len(found) : (k + 1) * len(found)]
            named = {"name": label, "quantile": word(f"samples-{quantile}", lang)}
            rows.append((word("reached-quantile", lang, **named), *own, unit))
    return Table(["", *(str(over.years[i]) for i in over.columns), ""], rows)


def _central(over: OverYears, name: str) -> Indicator | None:
    return next(iter(over.runs[-1].indicators_named({name})), None)
