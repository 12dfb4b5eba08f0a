"""Stocks in use over the periods of a run: what entered when, what of it leaves in each period.

All stocks are served at once with arrays (cohort, stock). The cohorts of the run whose
lifetime is the same for all years of entry need one survival curve a stock; the others,
and those that were there before, are evaluated at their own ages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mfa.engine.lifetimes import Parameters, parameters, survival, varies
from mfa.engine.network import Floats, Ints
from mfa.storage import Lifetime, Periods, Stock

ENTRY = {"start": 0.0, "middle": 0.5, "end": 1.0}  # when in its period a cohort counts as entered


@dataclass(frozen=True)
class Group:
    """Stocks of one kind of lifetime.

    Attributes
    ----------
    members : positions among the stocks
    parameters : (cohort, member), or (1, member) where they are the same for all cohorts
    gone : (age, member) of lifetimes by table, what has left up to an age in whole years
    """

    dist: str
    members: Ints
    parameters: Parameters | None
    gone: Floats


class Cohorts:
    """The cohorts of some stocks in use, period after period.

    Memory grows with (cohort, stock) alone, its work with (cohort, stock) a period.

    Attributes
    ----------
    opening : (stock,) what is there at the opening of the period that comes next
    leaving : (stock,) what leaves in that period of what was there before it; units of the stock
    at_once : (stock,) the share of that period's inflow that leaves in it
    born : (cohort, stock) what entered, those from before the run first
    before : how many of the cohorts were there before

    Parameters
    ----------
    stocks : each with a lifetime
    """

    def __init__(self, stocks: Sequence[Stock], periods: Periods) -> None:
        self.stocks, self.periods, self.period = stocks, periods, 0
        self.lifetimes = [s.lifetime for s in stocks if s.lifetime]
        starts, step = np.array(periods.starts), periods.step
        self.before = max((len(s.cohorts) for s in stocks), default=0)
        self.years = self._years(starts)
        self.widths = np.where(np.arange(len(self.years)) < self.before, 1, step)
        part = np.array([ENTRY[one.inflow_at] for one in self.lifetimes])
        self.entered: Floats = self.years + self.widths[:, None] * part
        self.varying = np.flatnonzero([varies(one) for one in self.lifetimes])
        self.groups = self._groups()
        self.everyone, self.old = np.arange(len(stocks)), np.arange(self.before)
        self.left = self._left(self.everyone, self.old, periods.first)  # of those from before
        self.born = np.zeros(self.years.shape)
        self._put_before()
        self.opening: Floats = (self.born[: self.before] * self.left).sum(axis=0)
        self._curves(starts + step)
        self._begin()

    # ------------------------------------------------------------ set up
    def _years(self, starts: Ints) -> Ints:
        """(cohort, stock) the years of entry; where a stock has fewer from before, the first period's."""
        made = np.full((self.before + len(starts), len(self.stocks)), starts[0])
        made[self.before :] = starts[:, None]
        for i, stock in enumerate(self.stocks):
            known = sorted(year for year, _ in stock.cohorts)
            made[: len(known), i] = known
        return made

    def _groups(self) -> list[Group]:
        found: dict[tuple[str, bool, bool], list[int]] = {}
        for i, one in enumerate(self.lifetimes):
            found.setdefault((one.dist, one.shape is not None, varies(one)), []).append(i)
        made = []
        for (dist, _, _), numbers in found.items():
            own = [self.lifetimes[i] for i in numbers]
            table = dist == "table"
            of = None if table else parameters(own, self.years[:, numbers])
            made.append(Group(dist, np.array(numbers), of, _gone(own) if table else np.zeros((0, 0))))
        return made

    def _put_before(self) -> None:
        """The cohorts from before, as large as they were at first; 0 where nothing can be left of one."""
        for i, stock in enumerate(self.stocks):
            for at, (_, figure) in enumerate(sorted(stock.cohorts, key=lambda c: c[0])):
                left = self.left[at, i]
                self.born[at, i] = figure.value / left if left else 0.0

    def _curves(self, ends: Ints) -> None:
        """The survival of the first cohort of the run; what it loses from period to period, last first."""
        first = np.full(len(ends), self.before)
        curve = self._shares(self.everyone, first, ends[:, None])
        self.kept = curve[0]
        self.fading = np.zeros(curve.shape)
        self.fading[:-1] = (curve[:-1] - curve[1:])[::-1]
        self.fading[:, self.varying] = 0.0
        self.young = np.zeros((0, len(self.varying)))  # shares left of the run's own cohorts that vary

    # ------------------------------------------------------------ shares that are left
    def _left(self, stocks: Ints, cohorts: Ints, end: int) -> Floats:
        """(cohort, stock) the share left of some cohorts where a year begins."""
        if not len(cohorts):
            return np.ones((0, len(stocks)))
        return self._shares(stocks, cohorts, np.full((len(cohorts), 1), end))

    def _shares(self, stocks: Ints, cohorts: Ints, ends: Ints) -> Floats:
        """(cohort, stock) the share left of cohorts, each where its year `ends` (cohort, 1) begins."""
        found = np.ones((len(cohorts), len(stocks)))
        place = np.full(len(self.stocks), -1)
        place[stocks] = np.arange(len(stocks))
        for group in self.groups:
            inside = np.flatnonzero(place[group.members] >= 0)
            own = group.members[inside]
            if not len(own):
                continue
            grid = np.ix_(cohorts, own)
            if group.parameters is None:
                found[:, place[own]] = self._by_table(group.gone[:, inside], grid, ends)
                continue
            one, two = (p[:, inside] if len(p) == 1 else p[np.ix_(cohorts, inside)] for p in group.parameters)
            found[:, place[own]] = survival(group.dist, ends - self.entered[grid], one, two)
        return found

    def _by_table(self, gone: Floats, grid: tuple[Ints, ...], ends: Ints) -> Floats:
        """What a table leaves: of a longer period, the mean over its years of entry."""
        years, widths = self.years[grid], self.widths[grid[0]]
        left = np.zeros(years.shape)
        for later in range(self.periods.step):
            age = ends - years - later - 1
            at = np.clip(age, 0, len(gone) - 1)
            share = np.where(age < 0, 1.0, 1.0 - np.take_along_axis(gone, at, axis=0))
            left += np.where(later < widths, share / widths, 0.0)
        return left

    # ------------------------------------------------------------ from period to period
    @property
    def end(self) -> int:
        """The year that begins where the period ends."""
        return self.periods.starts[self.period] + self.periods.step

    def _begin(self) -> None:
        """What leaves in the period that comes next, of which nothing has entered yet."""
        t, m, count = self.period, self.before, len(self.fading)
        if t == count:
            return
        self.leaving: Floats = np.einsum(
            "cs,cs->s", self.born[m : m + t], self.fading[count - 1 - t : count - 1]
        )
        self.at_once: Floats = 1.0 - self.kept
        if m:
            left = self._left(self.everyone, self.old, self.end)
            self.leaving += (self.born[:m] * (self.left - left)).sum(axis=0)
            self.left = left
        if len(self.varying):
            self._begin_varying(np.arange(m, m + t + 1))

    def _begin_varying(self, cohorts: Ints) -> None:
        """The same of the stocks whose cohorts are not alike."""
        now = self._left(self.varying, cohorts, self.end)
        lost = self.born[np.ix_(cohorts[:-1], self.varying)] * (self.young - now[:-1])
        self.leaving[self.varying] += lost.sum(axis=0)
        self.at_once[self.varying] = 1.0 - now[-1]
        self.young = now

    def enter(self, inflow: Floats) -> None:
        """End the period with what entered in it, units of the stock: (stock,)."""
        self.born[self.before + self.period] = inflow
        self.opening = self.opening - self.leaving + inflow * (1.0 - self.at_once)
        self.period += 1
        self._begin()

    def present(self, period: int) -> Floats:
        """(cohort, stock) what is left of each cohort at the end of a period; units of the stock."""
        cohorts = np.arange(self.before + period + 1)
        end = self.periods.starts[period] + self.periods.step
        return self.born[: len(cohorts)] * self._left(self.everyone, cohorts, end)


def _gone(lifetimes: Sequence[Lifetime]) -> Floats:
    """(age, stock) what has left up to an age in whole years, of lifetimes by table."""
    tables = [one.table for one in lifetimes]
    longest = max(map(len, tables))
    padded = np.array([[*t, *[0.0] * (longest - len(t))] for t in tables])
    gone: Floats = np.minimum(np.cumsum(padded, axis=1), 1.0).T
    return gone
