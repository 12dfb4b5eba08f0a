"""A sampled run over periods: the statistics of each, and how likely each target is reached by when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mfa.engine.network import Bools
from mfa.errors import Error, Fault
from mfa.results.periods import period_systems
from mfa.results.run import Run
from mfa.results.tables import Cell, Table
from mfa.results.warnings import RunWarning
from mfa.studies.sampling.blocks import BLOCK
from mfa.studies.sampling.sampled import (
    MOST_INVALID,
    MOST_KEPT,
    Asked,
    Progress,
    Sampled,
    blame,
    settled,
)
from mfa.studies.sampling.sampler import Block
from mfa.studies.sampling.statistics import Probability
from mfa.studies.sampling.year_plans import YearPlan, drawn_in_all, year_plans
from mfa.studies.sampling.year_sampler import YearSampler
from mfa.studies.sweeps.swept import chosen
from mfa.system import System

REACHED = "reached"
"""The table of `SampledYears.reached`."""


class Chance(NamedTuple):
    """How likely a target is met in a period, and reached by then.

    Attributes
    ----------
    number : of the target among those on its indicator
    met : in this period
    reached : in this one or in one before it
    lasting : in this one and in all that follow
    """

    period: int
    name: str
    number: int
    least: float | None
    most: float | None
    met: Probability
    reached: Probability
    lasting: Probability


@dataclass(frozen=True)
class SampledYears:
    """The samples of a run over periods; each is a whole path, and counts in all periods or in none.

    Attributes
    ----------
    periods : the first year of each
    years : of each period, its samples
    plain : the same targets without default spreads, where there are any
    name : of the table of `reached`
    """

    asked: Asked
    periods: tuple[int, ...]
    years: tuple[Sampled, ...]
    plain: SampledYears | None = None
    name: str = REACHED

    @property
    def count(self) -> int:
        """All samples."""
        return self.years[0].count

    @property
    def valid(self) -> int:
        """Samples that count."""
        return self.years[0].valid

    @property
    def invalid(self) -> Mapping[tuple[str, str], int]:
        """(code, path) → samples that do not count for that reason."""
        return self.years[0].invalid

    @property
    def alone(self) -> int:
        """Samples of which some period was solved one by one."""
        return self.years[0].alone

    @cached_property
    def held(self) -> Counter[str]:
        """Path → in how many samples its draw was held at a bound, in the period with most of them."""
        found: Counter[str] = Counter()
        for year in self.years:
            found |= year.held
        return found

    @cached_property
    def by_default(self) -> int:
        """How many figures were spread by their confidence in some period, since none is written."""
        return sum(u.by_default for u in drawn_in_all([y.plan for y in self.years]))

    @cached_property
    def by_range(self) -> int:
        """How many figures were spread as it is written."""
        return len(drawn_in_all([y.plan for y in self.years])) - self.by_default

    @property
    def warnings(self) -> list[RunWarning]:
        """What the samples warn of: that many do not count."""
        return self.years[0].warnings

    @cached_property
    def chances(self) -> tuple[Chance, ...]:
        """Of each target and period how likely it is; targets in their order, then periods."""
        numbers = _targets(self.years[0].rows)
        return tuple(c for name, number in numbers for c in self._of_target(name, number))

    def _of_target(self, name: str, number: int) -> Iterator[Chance]:
        at = [_places(year.rows, name)[number] for year in self.years]
        words = [[m[k] for m in year.met] for year, k in zip(self.years, at, strict=True)]
        counted = [i for i in range(self.count) if i not in self.years[0].invalid_at]
        met: Bools = np.array([[w[i] == "true" for i in counted] for w in words]).reshape(len(at), -1)
        by = np.logical_or.accumulate(met)
        on = np.logical_and.accumulate(met[::-1])[::-1]
        for t, (period, k) in enumerate(zip(self.periods, at, strict=True)):
            unproven = sum(words[t][i] == "unproven" for i in counted)
            of = (int(met[t].sum()), unproven, len(counted))
            more = (Probability(int(x[t].sum()), 0, len(counted)) for x in (by, on))
            _, least, most = self.years[t].rows[k]
            yield Chance(period, name, number, least, most, Probability(*of), *more)

    def reached(self) -> Table:
        """period, indicator, min, max; each probability, its error, and it by written ranges alone."""
        plain = {(c.period, c.name, c.number): c for c in self.plain.chances} if self.plain else {}
        rows: list[tuple[Cell, ...]] = []
        for c in self.chances:
            other = plain.get((c.period, c.name, c.number))
            cells: list[Cell] = [c.period, c.name, c.least, c.most]
            for field in ("met", "reached", "lasting"):
                found: Probability = getattr(c, field)
                cells += [found.value, found.error, getattr(other, field).value if other else None]
            rows.append(tuple(cells))
        numbers = [
            f"{a}{b}"
            for a in ("probability", "reached_by", "lasting_from")
            for b in ("", "_error", "_as_written")
        ]
        return Table(REACHED, ("period", "indicator", "min", "max", *numbers), rows, {"min", "max", *numbers})

    def table(self) -> Table:
        """A row a sample and period: both, why it does not count, its figures there, its indicators there."""
        tables = [year.table() for year in self.years]
        columns = tuple(dict.fromkeys(c for t in tables for c in t.columns[1:]))
        rows: list[tuple[Cell, ...]] = []
        for period, table in zip(self.periods, tables, strict=True):
            for row in table.rows:
                cells = dict(zip(table.columns, row, strict=True))
                rows.append((row[0], period, *(cells.get(c) for c in columns)))
        numbers = {n for t in tables for n in t.numbers}
        return Table("samples", ("sample", "period", *columns), rows, numbers)

    def to_json(self) -> dict[str, object]:
        """How it was sampled, and how likely each target is reached by when, for `json.dumps`."""
        first = self.years[0].to_json() | {"held": dict(self.held)}
        first |= {"spread_as_written": self.by_range, "spread_by_default": self.by_default}
        del first["without_default_spreads"]  # which the rows of each period have
        table = self.reached()
        return {**first, REACHED: [dict(zip(table.columns, row, strict=True)) for row in table.rows]}


Samples = Sampled | SampledYears
"""The samples of a run of one period or of several."""


def _targets(rows: Sequence[tuple[str, float | None, float | None]]) -> list[tuple[str, int]]:
    """The targets among rows: the indicator, and which of its targets it is."""
    names = dict.fromkeys(n for n, low, high in rows if (low, high) != (None, None))
    return [(name, number) for name in names for number in range(len(_places(rows, name)))]


def _places(rows: Sequence[tuple[str, float | None, float | None]], name: str) -> list[int]:
    return [k for k, (n, low, high) in enumerate(rows) if n == name and (low, high) != (None, None)]


def sampled_years(
    system: System,
    read_again: Callable[[int], System],
    runs: Sequence[Run],
    asked: Asked,
    progress: Progress = lambda done, count: None,
) -> SampledYears:
    """Draw, solve and count the samples of a run over periods.

    The targets are sampled, and the indicators asked for; without both, the rates of waste.

    Parameters
    ----------
    system : with its periods, as it is read
    read_again : as `solve_periods` takes it
    runs : of each period, of the figures as written

    Raises
    ------
    mfa.Error
        what is asked cannot be; figures that cannot be drawn; more than a fifth of the samples is invalid
    """
    asked = asked.checked(system.targets)
    targets = tuple(dict.fromkeys(t.indicator for t in system.targets))
    names = tuple(dict.fromkeys((*targets, *asked.indicators))) or chosen(system, ())
    written = list(period_systems(system, read_again))
    found = _sampled(system, written, runs, asked, names, progress)
    if not found.by_default or not targets or not asked.without:
        return found
    less = Asked(found.count, asked.seed, asked.method, indicators=targets)
    certain = [replace(one, spreads={}) for one in written]
    plain = _sampled(system, certain, runs, less, targets, lambda done, count: None)
    years = zip(found.years, plain.years, strict=True)
    both = tuple(replace(one, written_alone=other.probabilities) for one, other in years)
    return replace(found, years=both, plain=plain)


def _sampled(
    system: System,
    written: Sequence[System],
    runs: Sequence[Run],
    asked: Asked,
    names: Sequence[str],
    progress: Progress,
) -> SampledYears:
    plans = year_plans(written, asked.seed, asked.method, asked.most)
    sampler = YearSampler(system, written, runs, plans, names)
    room = 8 * asked.most * sum(map(len, sampler.paths))
    blocks: list[list[Block]] = []
    for start in range(0, asked.most, BLOCK):
        blocks.append(sampler.blocks(start, min(BLOCK, asked.most - start)))
        done = start + len(blocks[-1][0].values)
        if room > MOST_KEPT and not asked.keep:
            blocks[-1] = [replace(b, drawn=b.drawn[:0]) for b in blocks[-1]]
        progress(done, asked.most)
        if asked.until is not None and _all_settled(sampler, blocks, float(asked.until)):
            break
    _check_valid(blocks)
    years = [_year(asked, plans[t], sampler, t, [block[t] for block in blocks]) for t in range(len(plans))]
    return SampledYears(asked, tuple(run.system.period for run in runs), tuple(years))


def _all_settled(sampler: YearSampler, blocks: Sequence[Sequence[Block]], until: float) -> bool:
    """Whether the probability of every target in every period is known to the error that is asked for."""
    return all(settled(rows, [b[t] for b in blocks], until) for t, rows in enumerate(sampler.rows))


def _check_valid(blocks: Sequence[Sequence[Block]]) -> None:
    invalid = Counter(why for block in blocks for why in block[0].invalid.values())
    count = sum(len(block[0].values) for block in blocks)
    if invalid.total() > MOST_INVALID * count:
        raise Error([Fault("samples-invalid-many", None, blame(invalid, count))])


def _year(asked: Asked, plan: YearPlan, sampler: YearSampler, t: int, blocks: Sequence[Block]) -> Sampled:
    """The samples of one period."""
    invalid_at = {i: why for b in blocks for i, why in b.invalid.items()}
    return Sampled(
        asked,
        plan,
        sampler.rows[t],
        [plan.names[p] for p in sampler.paths[t]],
        np.concatenate([b.drawn for b in blocks]),
        np.concatenate([b.values for b in blocks]),
        [m for b in blocks for m in b.met],
        {},
        dict(Counter(invalid_at.values()).most_common()),
        invalid_at,
        sum((b.held for b in blocks), Counter[str]()),
        sum(b.alone for b in blocks),
    )
