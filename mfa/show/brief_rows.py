"""A brief in words: the sentences and tables that terminal and page lay out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from mfa.presentation import Condition
from mfa.results.indicators.target import Indicator
from mfa.results.run import Run
from mfa.show.magnitudes import Units, units
from mfa.show.sampled_words import probability_text
from mfa.show.summary import Summary
from mfa.show.text import (
    figure,
    indicator_name,
    material_name,
    mega,
    node_name,
    number,
    word,
    written,
)
from mfa.studies.brief import Brief, Weighed, indicator_of

Rows = list[tuple[str, ...]]
PRICES = ("fresh-water", "co2-scope-1", "co2", "energy-use-equivalent", "output-value")
"""Indicators of what the projects take from the county and give it."""
SCALED: Mapping[Units, Mapping[str, tuple[str, float]]] = {
    "si": {"t/a": ("Mt/a", 1e6), "m3/a": ("Mm3/a", 1e6), "tce/a": ("Mtce/a", 1e6)},
    "zh": {"t/a": ("万t/a", 1e4), "m3/a": ("万m3/a", 1e4), "tce/a": ("万tce/a", 1e4)},
}
"""Units of accounts on a page about a park: one for all years."""
MOST_ASSUMED = 6  # takers of assumed size that a line names
MOST_SOLD = 10  # goods; a market for less than the tenth decides nothing
LARGE: Mapping[Units, tuple[str, float]] = {"si": ("Mt/a", 1e6), "zh": ("万t/a", 1e4)}
"""The unit of masses on a page about a park, and how many tonnes it is."""


@dataclass(frozen=True)
class BriefInWords:
    """What the page says, in one language."""

    brief: Brief
    lang: str

    @property
    def title(self) -> str:
        """What the scenario is called."""
        return self.brief.run.system.label[self.lang]

    @cached_property
    def years(self) -> list[str]:
        """The heads of the columns of years."""
        return [str(r.system.period) for r in self.brief.years]

    @cached_property
    def name(self) -> str:
        """What the indicator is called."""
        return indicator_name(self.brief.run.system, self.brief.target.name, self.lang)

    def answer(self) -> list[str]:
        """The range and the target, whether it is reached, what to do first."""
        found = [self._range(), self._reached()]
        best = self.by_weight()
        if best and best[0].decision.advice[self.lang]:
            found.append(word("brief-first", self.lang, advice=best[0].decision.advice[self.lang]))
        return found

    def _range(self) -> str:
        target, ends = self.brief.target, self.brief.range
        bound = target.minimum if target.minimum is not None else target.maximum
        return word(
            "brief-range",
            self.lang,
            name=self.name,
            year=self.brief.run.system.period,
            low=self.short(ends[0]) if ends else "–",
            high=self.short(ends[1]) if ends else "–",
            side="≥" if target.minimum is not None else "≤",
            bound=self._bound(target, bound),
            unit=self.unit,
        )

    def _bound(self, target: Indicator, bound: float | None) -> str:
        """A target as it was set: 95 %, not 95.00 %."""
        if bound is None or not self._is_share:
            return written(target, bound)
        return f"{100 * bound:g} %"

    def _reached(self) -> str:
        met = self.brief.reached
        if not met:
            return word("brief-never", self.lang, chance=self._chance())
        names = [f"{self._condition(row.condition)} ({year.system.period})" for row, year in met]
        return word("brief-reached", self.lang, names="; ".join(dict.fromkeys(names)), chance=self._chance())

    def _chance(self) -> str:
        """How likely the best condition meets the target; in words where no draw does, or each."""
        chance = self.brief.chance
        if chance is None:
            return ""
        found = chance.found
        key = "none" if not found.met else "all" if found.met == found.samples else "some"
        year = self.brief.run.system.period
        return word(
            f"brief-chance-{key}", self.lang, year=year, p=probability_text(found), count=found.samples
        )

    def spread(self) -> str:
        """How many draws count, of how many figures, how many of these by their confidence alone."""
        chance = self.brief.chance
        if chance is None:
            return word("brief-not-drawn", self.lang)
        drawn = chance.sampled
        out = drawn.count - drawn.valid
        values = {
            "count": drawn.valid,
            "all": f"{drawn.by_range + drawn.by_default:,}".replace(",", " "),
            "default": drawn.by_default,
            "out": word("brief-draws-out", self.lang, count=out) if out else "",
        }
        return word("brief-drawn", self.lang, **values)

    @property
    def unit(self) -> str:
        """The unit of all rates of the page."""
        return "%" if self._is_share else self.brief.target.unit

    @property
    def _is_share(self) -> bool:
        return self.brief.target.unit == "1"

    def short(self, value: float | None) -> str:
        """The indicator without its unit: whole per cent, other units in about four digits."""
        if value is None:
            return "–"
        return f"{100 * value:.0f}" if self._is_share else number(value)

    def _condition(self, condition: Condition) -> str:
        return condition.label[self.lang]

    def rates(self) -> tuple[list[str], Rows]:
        """Heads and rows: condition, a column a year, how much of it is of assumed size."""
        year = self.brief.run.system.period
        points = word("brief-points-of-rate", self.lang) if self._is_share else self.unit
        more = [word("brief-assumed", self.lang, year=year, unit=points)] if self._split else []
        heads = [self._in_unit(self.name, self.unit), *self.years, *more]
        rows: Rows = []
        for row, summary in zip(self.brief.rows, self._summaries, strict=True):
            cells = (self.short(v.value) + _mark(v) if v is not None else "" for v in row.values)
            rows.append(
                (self._condition(row.condition), *cells, *([self._assumed(summary)] if self._split else []))
            )
        return heads, rows

    @cached_property
    def _split(self) -> bool:
        """Whether any run says who vouches for its takers."""
        return any(summary is not None and summary.split is not None for summary in self._summaries)

    @cached_property
    def _summaries(self) -> list[Summary | None]:
        """A row each: what its run says in the year of the brief."""
        return [Summary(row.run) if row.run is not None else None for row in self.brief.rows]

    def _assumed(self, summary: Summary | None) -> str:
        split = summary.split if summary is not None else None
        return "" if split is None else self.short(split.assumed + split.unsaid)

    def assumed_takers(self) -> str:
        """The takers of assumed size that use most, under the condition that counts most of them."""
        told = zip(self.brief.rows, self._summaries, strict=True)
        found = [(row, s, s.split.assumed) for row, s in told if s and s.split and s.assumed_takers]
        if not found:
            return ""
        row, summary, _ = max(found, key=lambda f: f[2])
        system, most = summary.result.system, summary.assumed_takers[:MOST_ASSUMED]
        names = (f"{node_name(system, n, self.lang)} {mega(a, 't/a')}" for n, a in most)
        joint = "、" if self.lang == "zh" else ", "
        return word(
            "brief-takers", self.lang, condition=self._condition(row.condition), names=joint.join(names)
        )

    def by_weight(self) -> list[Weighed]:
        """The decisions, those that move most first."""
        return sorted(self.brief.weighed, key=lambda w: -abs(w.span))

    def decisions(self) -> Rows:
        """Decision, its less and its more favourable end, points between them, what to do."""
        return [
            (
                w.decision.label[self.lang],
                self.short(w.worse),
                self.short(w.better),
                f"{100 * w.span:+.0f}" if self._is_share else f"{w.span:+.4g}",
                w.decision.advice[self.lang],
            )
            for w in self.by_weight()
        ]

    def decision_heads(self) -> list[str]:
        """Of the table of decisions."""
        year = self.brief.run.system.period
        heads = ("brief-decision", "brief-worse", "brief-better", "brief-points", "brief-advice")
        return [word(h, self.lang, year=year, unit=self.unit) for h in heads]

    def sales(self) -> tuple[list[str], Rows]:
        """Heads and rows: what is sold that is made with industrial solid waste, a column a condition."""
        shown = [i for i, r in enumerate(self.brief.rows) if r.run is not None]
        heads = [word("brief-good", self.lang, unit=_large_unit())]
        heads += [self._condition(self.brief.rows[i].condition) for i in shown]
        rows: Rows = []
        for sale in self.brief.sales[:MOST_SOLD]:
            systems = (
                r.run.system for r in self.brief.rows if r.run and sale.material in r.run.system.materials
            )
            name = material_name(next(systems), sale.material, self.lang)
            rows.append((name, *(_large(sale.amounts[i]) for i in shown)))
        rest = self.brief.sales[MOST_SOLD:]
        if rest:
            sums = (sum(s.amounts[i] or 0.0 for s in rest) for i in shown)
            rows.append((word("brief-others", self.lang, count=len(rest)), *map(_large, sums)))
        return heads, rows

    def prices(self) -> tuple[list[str], Rows]:
        """Heads and rows: what it takes and makes year by year, as the scenarios stand."""
        rows: Rows = [(label, *cells) for label, cells in self._amounts()]
        for name in PRICES:
            found = [next((r for r in y.indicator_list if r.name == name), None) for y in self.brief.years]
            known = [r for r in found if r is not None and r.value is not None]
            if known:
                unit = SCALED[units()].get(known[-1].unit, (figure(known[-1])[1],))[0]
                label = self._in_unit(indicator_name(self.brief.run.system, name, self.lang), unit)
                rows.append((label, *map(_scaled, found)))
        return ["", *self.years], rows

    def prices_title(self) -> str:
        """What the table of `prices` is called, and the condition that it holds for."""
        plain = next((r.condition for r in self.brief.rows if not r.condition.variants), None)
        condition = self._condition(plain) if plain else self.title
        return word("brief-prices", self.lang, condition=condition)

    def _in_unit(self, name: str, unit: str) -> str:
        return f"{name}{'，' if self.lang == 'zh' else ', '}{unit}"

    def _amounts(self) -> Iterator[tuple[str, list[str]]]:
        """What is missing to the target, and land, year by year."""
        gaps = [indicator_of(r, self.brief.target.name).distance_amount for r in self.brief.years]
        if any(g is not None for g in gaps):
            label = word("brief-missing", self.lang, unit=_large_unit())
            yield label, ["" if g is None else _large(g) for g in gaps]
        land = [_land(r) for r in self.brief.years]
        if any(land):
            yield from self._land_rows(land)

    def _land_rows(self, land: list[dict[str, float]]) -> Iterator[tuple[str, list[str]]]:
        """What is held in all, and by whom most; one row where one holds it all."""
        largest = max((a, n) for of in land for n, a in of.items())[1]
        system = next(r.system for r, of in zip(self.brief.years, land, strict=True) if largest in of)
        name, unit = node_name(system, largest, self.lang), word("brief-hectares", self.lang)
        if all(set(of) <= {largest} for of in land):
            label = self._in_unit(word("brief-land-of", self.lang, name=name), unit)
            yield label, [number(of.get(largest, 0.0)) for of in land]
            return
        yield self._in_unit(word("brief-land", self.lang), unit), [number(sum(of.values())) for of in land]
        yield word("brief-of-it", self.lang, name=name), [number(of.get(largest, 0.0)) for of in land]


def _land(run: Run) -> dict[str, float]:
    """Process → hectares that it holds."""
    flows = (f for f in run.flow_list if run.system.materials[f.material].unit == "ha")
    return {f.target: f.amount for f in flows if f.target in run.system.processes}


def _scaled(row: Indicator | None) -> str:
    """A value in the unit of its line; empty where there is none."""
    if row is None or row.value is None:
        return ""
    size = SCALED[units()].get(row.unit)
    if size is None:
        return figure(row)[0]
    return f"{row.value / size[1]:,.2f}" if units() == "si" else f"{row.value / size[1]:,.0f}"


def _mark(value: Indicator) -> str:
    return " ✓" if value.met == "true" else ""


def _large_unit() -> str:
    return LARGE[units()][0]


def _large(value: float | None) -> str:
    """Tonnes a year in the large unit, to two or no decimals; a dash where there is nothing."""
    if not value:
        return "–"
    return f"{value / LARGE[units()][1]:,.2f}" if units() == "si" else f"{value / LARGE[units()][1]:,.0f}"
