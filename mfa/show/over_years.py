"""A run through several years as numbers: indicators by year, targets reached, yards that fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from mfa.catalogue import ACCOUNTS, HEADLINE
from mfa.results.indicators.target import Indicator
from mfa.results.run import Run
from mfa.results.warnings import FULL
from mfa.system import known

MOST_COLUMNS = 6  # years beside a name and a target on a terminal of 100 columns; the report shows the same


@dataclass(frozen=True)
class Reached:
    """In which years a target is met.

    Attributes
    ----------
    years : those in which it is
    since : the first of those that go on to the end; None where the last year misses it
    """

    years: tuple[int, ...]
    since: int | None
    always: bool


@dataclass(frozen=True)
class Heap:
    """A stock over the years: opening of the first period, closing of each; `full` is the year when it is."""

    stock: str
    unit: str
    opening: float
    closing: tuple[float, ...]
    room: float | None
    full: int | None
    in_use: bool


def spans(years: Sequence[int], step: int = 1) -> str:
    """Years as runs: what follows one another stands as first–last.

    >>> spans([2022, 2025, 2026, 2027])
    '2022, 2025–2027'
    """
    found: list[list[int]] = []
    for year in years:
        if found and year - found[-1][-1] == step:
            found[-1].append(year)
        else:
            found.append([year])
    return ", ".join(f"{f[0]}–{f[-1]}" if len(f) > 1 else str(f[0]) for f in found)


class OverYears:
    """What is told of the periods of a run.

    Parameters
    ----------
    every : all years and all indicators that are printed; otherwise at most `MOST_COLUMNS` years
    """

    def __init__(self, runs: Sequence[Run], *, every: bool = False) -> None:
        self.runs, self.every = runs, every
        self.years = tuple(run.system.period for run in runs)

    @property
    def span(self) -> str:
        """The first and the last year."""
        return f"{self.years[0]}–{self.years[-1] + self.runs[-1].system.span - 1}"

    @cached_property
    def aims(self) -> tuple[str, ...]:
        """The indicators with a target, in their order; without any, the rate that is asked for first."""
        aims = tuple(dict.fromkeys(t.indicator for run in self.runs for t in run.system.targets))
        return aims or (HEADLINE,)

    @cached_property
    def aimed(self) -> list[dict[str, Indicator]]:
        """Of each period, those indicators by name."""
        return [{r.name: r for r in run.indicators_named(self.aims)} for run in self.runs]

    def reached(self, name: str) -> Reached:
        """When a target is met."""
        pairs = zip(self.years, self.aimed, strict=True)
        met = [(year, name in rows and rows[name].met == "true") for year, rows in pairs]
        missed = [i for i, (_, is_met) in enumerate(met) if not is_met]
        after = missed[-1] + 1 if missed else 0
        since = self.years[after] if after < len(met) else None
        return Reached(tuple(y for y, is_met in met if is_met), since, not missed)

    @cached_property
    def columns(self) -> tuple[int, ...]:
        """The places of the years that are shown: the ends, where a target is reached or has a point."""
        if self.every or len(self.years) <= MOST_COLUMNS:
            return tuple(range(len(self.years)))
        last = len(self.years) - 1
        wanted = [0, last]
        wanted += [self.years.index(r.since) for r in map(self.reached, self.aims) if r.since in self.years]
        figures = [b for t in self.runs[0].system.targets for b in (t.least, t.most) if b]
        wanted += [self.years.index(y) for f in figures for y, _ in f.years if y in self.years]
        wanted += [round(last * part / (MOST_COLUMNS - 1)) for part in range(1, MOST_COLUMNS - 1)]
        return tuple(sorted(list(dict.fromkeys(wanted))[:MOST_COLUMNS]))

    @cached_property
    def figures(self) -> list[tuple[Indicator | None, ...]]:
        """The rows of indicators by shown years: targets, then the accounts that are asked for first."""
        asked = (d.id for d in ACCOUNTS if (d.printed if self.every else d.key_figure))
        names = [name for name in asked if name not in self.aims]
        more = [{r.name: r for r in self.runs[i].indicators_named(names)} for i in self.columns]
        found = [self.aimed[i] | rows for i, rows in zip(self.columns, more, strict=True)]
        rows = [tuple(of.get(name) for of in found) for name in (*self.aims, *names)]
        return [row for i, row in enumerate(rows) if i < len(self.aims) or any(r and r.value for r in row)]

    @cached_property
    def short(self) -> dict[str, list[int]]:
        """The materials that are short, each with the years in which they are."""
        found: dict[str, list[int]] = {}
        for year, run in zip(self.years, self.runs, strict=True):
            amounts = run.state.shortage.tolist()
            for material, amount in zip(run.compiled.structure.pools, amounts, strict=True):
                if amount > 0:
                    found.setdefault(material, []).append(year)
        return found

    @cached_property
    def refused(self) -> dict[str, list[int]]:
        """The stocks that could not do what was demanded of them, each with the years."""
        found: dict[str, list[int]] = {}
        for year, run in zip(self.years, self.runs, strict=True):
            for stock in run.system.stocks.values():
                if stock.carried.refused > 0:
                    found.setdefault(stock.id, []).append(year)
        return found

    @cached_property
    def heaps(self) -> list[Heap]:
        """The stocks that hold or move anything: yards, then what is in use."""
        tables = [run.table("stocks") for run in self.runs]
        rows = [[dict(zip(t.columns, row, strict=True)) for row in t.rows] for t in tables]
        found = []
        for key, per_year in ((str(each[0]["stock"]), each) for each in zip(*rows, strict=True)):
            if not any(r[c] for r in per_year for c in ("opening", "inflow", "outflow")):
                continue
            rooms = [known(run.system.stocks[key].capacity) for run in self.runs]
            closing = [float(r["closing"] or 0.0) for r in per_year]
            filled = zip(self.years, closing, rooms, strict=True)
            full = next((y for y, c, room in filled if room is not None and c >= room * (1 - FULL)), None)
            in_use = self.runs[0].system.stocks[key].lifetime is not None
            opening, unit = float(per_year[0]["opening"] or 0.0), str(per_year[0]["unit"])
            found.append(Heap(key, unit, opening, tuple(closing), rooms[-1], full, in_use))
        return sorted(found, key=lambda h: (h.in_use, h.unit, -h.closing[-1]))
