"""Charts of several runs: the years of a park, a change by cause, what moves an indicator."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mfa.catalogue import HEADLINE
from mfa.errors import Error, Fault, nearest
from mfa.input.records.custom_indicators import WASTES as CLASSES
from mfa.results.indicators.target import Indicator
from mfa.results.run import Run
from mfa.show.charts.style import LOOKS, listed, word
from mfa.show.charts.tornado import of_scenarios
from mfa.show.charts.waste_fates import NAMED
from mfa.show.charts.waterfall import by_cause
from mfa.show.charts.years import COLOURS, Bands, years
from mfa.show.comparison_rows import InWords
from mfa.show.summary import Summary
from mfa.show.text import indicator_name
from mfa.studies.compare import Comparison
from mfa.studies.sampling.sampled import Sampled

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Named(NamedTuple):
    """A run and what it is called beside others, and its samples where it has some."""

    run: Run
    name: str
    sampled: Sampled | None = None


def years_of(runs: Sequence[Named], of: Sequence[str], path: Path | None, lang: str) -> Axes:
    """Indicators, or the fates of a class of waste, over the years of the runs.

    Several runs through several years are a line each of one indicator.

    Raises
    ------
    mfa.Error
        a run without a year, two of one year, no such indicator, or several that no axis shares
    """
    through: dict[str, list[Run]] = {}
    drawn: dict[str, dict[int, Sampled]] = {}
    for one in runs:
        through.setdefault(one.name, []).append(one.run)
        if one.sampled:
            drawn.setdefault(one.name, {})[one.run.system.year or 0] = one.sampled
    if len(of) <= 1 and len(through) > 1 and not set(of) & set(CLASSES) and _each_through(through):
        return _scenarios({name: _by_year(own) for name, own in through.items()}, of, path, lang, drawn)
    sampled = {year: found for own in drawn.values() for year, found in own.items()}
    return _one_line(_by_year([one.run for one in runs]), of, path, lang, sampled)


def _each_through(through: Mapping[str, Sequence[Run]]) -> bool:
    """Whether each goes through several years."""
    return all(len(own) > 1 for own in through.values())


def _scenarios(
    through: Mapping[str, Mapping[int, Run]],
    of: Sequence[str],
    path: Path | None,
    lang: str,
    drawn: Mapping[str, Mapping[int, Sampled]],
) -> Axes:
    """One indicator of several runs through several years, with their bands and the bound that all have."""
    runs = [run for by_year in through.values() for run in by_year.values()]
    name = of[0] if of else _main(runs[0])
    heading = _called(runs, name, lang)
    rows = {k: {y: _row(run, name) for y, run in by_year.items()} for k, by_year in through.items()}
    series = _values(rows)
    bounds, at_most = _bounds(next(iter(rows.values())))
    shared = all(_bounds(found) == (bounds, at_most) for found in rows.values())
    bands = {k: _band(drawn.get(k, {}), name) for k in rows}
    if len(series) > len(COLOURS):
        raise Error([Fault("chart-years-scenarios", None, {"count": len(series), "most": len(COLOURS)})])
    return years(
        series,
        path,
        heading=heading,
        unit=next(row.unit for found in rows.values() for row in found.values() if row),
        note=_told(drawn.values(), bands, lang),
        target=bounds if shared and bounds else None,
        at_most=at_most,
        bands=bands,
        lang=lang,
    )


def _values(rows: Mapping[str, Mapping[int, Indicator | None]]) -> dict[str, dict[int, float | None]]:
    """Rows as series of numbers; a run in which nothing of it happens is a gap."""
    series = {
        name: {year: row.value if row else None for year, row in found.items()}
        for name, found in rows.items()
    }
    if not any(v is not None for values in series.values() for v in values.values()):
        raise Error([Fault("chart-empty", None, {})])
    return series


def _one_line(
    by_year: Mapping[int, Run],
    of: Sequence[str],
    path: Path | None,
    lang: str,
    sampled: Mapping[int, Sampled],
) -> Axes:
    """Indicators, with bands of their samples, or fates over the years of runs that follow one another."""
    runs = list(by_year.values())
    if len(of) == 1 and of[0] in CLASSES:
        return _fates(by_year, of[0], path, lang)
    names = list(of) or [_main(runs[0])]
    rows = {name: {year: _row(run, name) for year, run in by_year.items()} for name in names}
    called = {name: _called(runs, name, lang) for name in names}
    units = {row.unit for found in rows.values() for row in found.values() if row}
    if len(units) > 1 or len(names) > len(COLOURS):
        values = {"units": listed(sorted(units), lang), "most": len(COLOURS)}
        raise Error([Fault("chart-years-units", None, values)])
    bounds, at_most = _bounds(rows[names[0]]) if len(names) == 1 else ({}, False)
    bands = {called[name]: _band(sampled, name) for name in names}
    told = _told([sampled], bands, lang)
    return years(
        _values({called[name]: found for name, found in rows.items()}),
        path,
        heading=listed(called.values(), lang),
        note=" · ".join([_span(by_year), *([told] if told else [])]),
        unit=units.pop(),
        target=bounds or None,
        at_most=at_most,
        bands=bands,
        lang=lang,
    )


def _told(drawn: Iterable[Mapping[int, Sampled]], bands: Bands, lang: str) -> str:
    """What the bands are; nothing where there are none."""
    counts = [len(s.values) for own in drawn for s in own.values()] if any(bands.values()) else []
    return word("years-band", lang, count=max(counts)) if counts else ""


def _band(sampled: Mapping[int, Sampled], name: str) -> dict[int, tuple[float, float]]:
    """Year → between what nine of ten samples of an indicator are."""
    found = {year: one.statistics[name] for year, one in sampled.items() if name in one.statistics}
    return {y: (s.p05, s.p95) for y, s in found.items() if s.p05 is not None and s.p95 is not None}


def _by_year(runs: Sequence[Run]) -> dict[int, Run]:
    faults = [Fault("chart-no-year", None, {"name": r.system.name}) for r in runs if not r.system.year]
    found: dict[int, Run] = {}
    for run in sorted(runs, key=lambda r: r.system.year or 0):
        year = run.system.year or 0
        if year in found:
            names = {"a": found[year].system.name, "b": run.system.name, "year": year}
            faults.append(Fault("chart-year-twice", None, names))
        found[year] = run
    if faults:
        raise Error(faults)
    return found


def _span(by_year: Mapping[int, Run]) -> str:
    """The scenarios, in the order of their years."""
    return " · ".join(dict.fromkeys(run.system.name for run in by_year.values()))


def _main(run: Run) -> str:
    """The first target; the rate of utilisation where there is none."""
    return next((r.name for r in run.indicator_list if r.aimed), HEADLINE)


def _row(run: Run, name: str) -> Indicator | None:
    """The first row of an indicator; a run in which nothing of it happens has none."""
    return next((r for r in run.indicator_list if r.name == name), None)


def _known(runs: Sequence[Run], name: str) -> Run:
    """The first run that has an indicator."""
    for run in runs:
        if _row(run, name):
            return run
    known = [row.name for run in runs for row in run.indicator_list]
    raise Error([Fault("chart-indicator", None, {"name": name[:60], "near": nearest(name, known)})])


def _called(runs: Sequence[Run], name: str, lang: str) -> str:
    return indicator_name(_known(runs, name).system, name, lang)


def _bounds(rows: Mapping[int, Indicator | None]) -> tuple[dict[int, float], bool]:
    """The bounds of the years that have one; lower ones before upper ones."""
    least = {y: r.minimum for y, r in rows.items() if r and r.minimum is not None}
    most = {y: r.maximum for y, r in rows.items() if r and r.maximum is not None}
    return (least, False) if least else (most, True)


def _fates(by_year: Mapping[int, Run], waste_class: str, path: Path | None, lang: str) -> Axes:
    """What becomes of a class of waste, stacked; what yards give back is no area and is refused."""
    accounts = {year: Summary(run).wastes(waste_class).total for year, run in by_year.items()}
    series = {
        fate: {year: getattr(a, fate) for year, a in accounts.items()}
        for fate in LOOKS
        if any(getattr(a, fate) for a in accounts.values())
    }
    below = ((f, y) for f, values in series.items() for y, v in values.items() if v < 0)
    lost = [f"{word(f'fate-{f}', lang)} {y}" for f, y in below]
    if lost:
        raise Error([Fault("chart-fate-negative", None, {"names": listed(lost, lang)})])
    if not series:
        raise Error([Fault("chart-empty", None, {})])
    return years(
        series,
        path,
        heading=word(f"fates-{waste_class}" if waste_class in NAMED else "fates", lang),
        note=_span(by_year),
        unit="t/a",
        areas=True,
        lang=lang,
    )


def change_of(a: Named, b: Named, of: Sequence[str], path: Path | None, lang: str) -> Axes:
    """How an indicator changes from one run to the other, by cause.

    Raises
    ------
    mfa.Error
        no such indicator, it does not change, or it has no value somewhere between the two
    """
    comparison = Comparison(a.run, b.run)
    words = InWords(comparison, lang)
    changed = {c.name: c for c in comparison.indicators}
    name = of[0] if of else next((n for n in comparison.main_indicators if n in changed), "")
    if name:
        _known((a.run, b.run), name)
    change = changed.get(name)
    if change is None:
        raise Error([Fault("chart-no-change", None, {"a": a.name, "b": b.name})])
    shares = comparison.split([name])
    if not shares or change.before is None or change.after is None:
        raise Error([Fault("chart-no-split", None, {"name": name})])
    return by_cause(words, change, shares, (a.name, b.name), path)


def moved_by(base: Named, others: Sequence[Named], of: Sequence[str], path: Path | None, lang: str) -> Axes:
    """What an indicator would be in each other run, around its value in the first.

    Raises
    ------
    mfa.Error
        no such indicator, or a run in which it has no value
    """
    name = of[0] if of else _main(base.run)
    known = _known([base.run, *(o.run for o in others)], name)
    rows = {n.name: _row(n.run, name) for n in (base, *others)}
    values = {k: row.value if row else None for k, row in rows.items()}
    lacking = [k for k, v in values.items() if v is None or not math.isfinite(v)]
    if lacking:
        raise Error([Fault("chart-lacking-value", None, {"name": name, "runs": listed(lacking, lang)})])
    found = {k: v for k, v in values.items() if v is not None}
    row = _row(known, name)
    assert row is not None
    return of_scenarios(
        [(other.name, found[other.name]) for other in others],
        path,
        central=found[base.name],
        base=base.name,
        indicator=indicator_name(known.system, name, lang),
        unit=row.unit,
        lang=lang,
    )
