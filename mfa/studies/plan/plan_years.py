"""The programme of a plan over several periods: that of each, and what links them.

What is paid for stands in every later period, renewed at the end of its life. Yards carry what they hold from
period to period; what leaves a stock in use is a sum over what entered it, with the shares of its lifetime.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from mfa.decisions import MONEY
from mfa.engine.cohorts import Cohorts
from mfa.engine.network import GIVER, TAKER, Floats
from mfa.results.run import Run
from mfa.storage import Periods, Stock
from mfa.studies.plan.plan_model import AIMED, PlanModel
from mfa.studies.plan.plan_rows import Origin, Row, Rows, Terms
from mfa.studies.plan.plan_solver import Programme
from mfa.studies.plan.plan_sums import Form
from mfa.studies.plan.plan_variables import SIDE
from mfa.system import System

Named = list[tuple[float, Origin]]


class PlanYears:
    """The programme of all periods of a scenario.

    Attributes
    ----------
    models : (period,) the programme of each
    begin : (period + 1,) the first column of each, then that of the yards
    links : what links the periods; `link_periods` (row,) the position of the later one

    Parameters
    ----------
    system : the scenario, its schedules as they are written
    runs : (period,) each as the scenario stands
    """

    def __init__(self, system: System, runs: Sequence[Run]) -> None:
        self.system, self.task = system, system.plan
        self.periods = system.periods or Periods(system.period, system.period)
        self.models = [PlanModel(run, linked=True) for run in runs]
        self.begin = np.cumsum([0, *(len(m.columns.low) for m in self.models)]).tolist()
        yards = [s.id for s in system.stocks.values() if not s.lifetime]
        count, width = len(runs), self.begin[-1]
        starts = [width + i * (count + 1) for i in range(len(yards))]
        self.heaps = {y: range(b, b + count + 1) for y, b in zip(yards, starts, strict=True)}
        self.width = width + len(yards) * (count + 1)
        links = list(self._links())
        self.links = Rows.of(row for _, row in links)
        self.link_periods = [t for t, _ in links]

    # ------------------------------------------------------------ the whole
    @property
    def rows(self) -> Rows:
        """All constraints, period after period, then the links."""
        own = zip(self.models, self.begin, strict=False)
        return Rows.joined([*(replace(m.rows, column=m.rows.column + b) for m, b in own), self.links])

    @property
    def period_of(self) -> Sequence[int]:
        """(row,) the position of its period, since origins do not say it."""
        inner = [t for t, m in enumerate(self.models) for _ in range(len(m.rows))]
        return [*inner, *self.link_periods]

    def programme(self, rows: Rows) -> Programme:
        """The programme of some rows, without a goal."""
        columns = [m.columns for m in self.models]
        rest = self.width - self.begin[-1]
        low = np.concatenate([*(np.array(c.low) for c in columns), np.zeros(rest)])
        high = np.concatenate([*(np.array(c.high) for c in columns), np.full(rest, np.inf)])
        whole = tuple(w + b for c, b in zip(columns, self.begin, strict=False) for w in c.whole)
        return Programme(rows.matrix(self.width), rows.low, rows.high, low, high, whole)

    def part(self, x: Floats, period: int) -> Floats:
        """The variables of a period."""
        return x[self.begin[period] : self.begin[period + 1]]

    def weighed_by(self, runs: Sequence[Run], hair: float = AIMED) -> None:
        """Count the amounts of each period as the accounts of a run of it do."""
        self.models = [m.weighed_by(run, hair) for m, run in zip(self.models, runs, strict=True)]

    # ------------------------------------------------------------ goals
    def worth(self, name: str) -> Floats:
        """(period,) what a period counts in a goal: its years; money i years later 1 ÷ (1 + discount)^i."""
        step = self.periods.step
        if name not in MONEY:
            return np.full(len(self.models), float(step))
        years = np.array(self.periods.starts)[:, None] - self.periods.first + np.arange(step)
        made: Floats = ((1.0 + self.task.discount) ** -years.astype(float)).sum(axis=1)
        return made

    def goal(self, name: str) -> Form:
        """What is to be least or most, over all periods."""
        row, constant = np.zeros(self.width), 0.0
        for t, (model, worth) in enumerate(zip(self.models, self.worth(name).tolist(), strict=True)):
            form = model.goal(name)[0]
            row[self.begin[t] : self.begin[t + 1]] = worth * form.row
            constant += worth * form.constant
        return Form(row, constant)

    # ------------------------------------------------------------ links
    def _links(self) -> Iterator[tuple[int, Row]]:
        yield from self._of_decisions()
        for stock in self.system.stocks.values():
            yield from self._of_yard(stock) if not stock.lifetime else ()
        yield from self._of_stocks_in_use()

    def _of_decisions(self) -> Iterator[tuple[int, Row]]:
        """What is paid for once stands from then on."""
        for number, d in enumerate(self.task.decide):
            if d.is_list or not d.costs:
                continue
            for t in range(1, len(self.models)):
                now, before = (self.models[u].built[number] for u in (t, t - 1))
                pairs = [(now.added, before.added), (now.binary, before.binary)]
                pairs += list(zip(now.pieces, before.pieces, strict=True))
                for a, b in pairs:
                    if a >= 0:
                        yield t, Row([(self.begin[t] + a, 1.0), (self.begin[t - 1] + b, -1.0)], 0.0, np.inf)

    def _entries(self, period: int, stock: str, side: int) -> Terms:
        """What a stock takes (TAKER) or gives by the lists of a period, units a year."""
        model = self.models[period]
        lines = zip(model.structure.entries, model.run.compiled.entries, strict=True)
        at = [e for e, (line, entry) in enumerate(lines) if (entry.node, line.side) == (stock, side)]
        return [(self.begin[period] + c, w) for e in at for c, w in model.amount(e)]

    def _fixed(self, period: int, stock: str, side: int) -> float:
        """What it takes or gives in a period whatever is decided: a drive."""
        compiled, leaving = self.models[period].run.compiled, self.models[period].leaving
        amounts = enumerate(zip(compiled.outside, compiled.values.outside.tolist(), strict=True))
        own = (a for i, (o, a) in amounts if (o.node, o.side) == (stock, side) and i not in leaving)
        return float(sum(own))

    def _of_yard(self, stock: Stock) -> Iterator[tuple[int, Row]]:
        """It holds what it held before, what came and less what went; never more than it has room for."""
        heap, step = self.heaps[stock.id], float(self.periods.step)
        first = stock.initial.value if stock.initial else 0.0
        yield 0, Row([(heap[0], 1.0)], first, first)
        for t, model in enumerate(self.models):
            now = model.system.stocks[stock.id]
            into, out = (self._entries(t, stock.id, side) for side in (TAKER, GIVER))
            came, went = (self._fixed(t, stock.id, side) for side in (TAKER, GIVER))
            moved = [*((c, -w * step) for c, w in into), *((c, w * step) for c, w in out)]
            change = (came - went) * step
            yield t, Row([(heap[t + 1], 1.0), (heap[t], -1.0), *moved], change, change)
            sides = (SIDE[TAKER], SIDE[GIVER])
            taking, giving = (Origin("room", (stock.material, side, stock.id)) for side in sides)
            if now.capacity and into:
                terms = [(heap[t], 1.0), *((c, w * step) for c, w in into)]
                yield t, Row(terms, -np.inf, now.capacity.value - came * step, taking)
            if out or went:
                terms = [(heap[t], 1.0), *((c, -w * step) for c, w in out)]
                yield t, Row(terms, went * step, np.inf, giving)

    def _of_stocks_in_use(self) -> Iterator[tuple[int, Row]]:
        """What leaves in a period: of what was there at first, and of what entered up to then."""
        stocks = [s for s in self.system.stocks.values() if s.lifetime]
        if not stocks:
            return
        old, shares = shares_that_leave(stocks, self.periods)
        for i, stock in enumerate(stocks):
            for t, model in enumerate(self.models):
                terms, end = list[tuple[int, float]](), float(old[t, i])
                for u in range(t + 1):
                    share = float(shares[u, t, i])
                    terms += [(c, -w * share) for c, w in self._entries(u, stock.id, TAKER) if share]
                    end += share * self._fixed(u, stock.id, TAKER)
                outside = model.run.compiled.outside
                column = next(c for at, c in model.leaving.items() if outside[at].node == stock.id)
                yield t, Row([(self.begin[t] + column, 1.0), *terms], end, end)


def shares_that_leave(stocks: Sequence[Stock], periods: Periods) -> tuple[Floats, Floats]:
    """What leaves stocks in use: of what was there at first, and of what enters.

    Returns
    -------
    old : (period, stock) what leaves a year of what was there at first
    shares : (period of entry, period, stock) the share of an inflow that leaves in each period
    """
    count, n, step = len(periods.starts), len(stocks), float(periods.step)
    old = _leaving(stocks, periods, np.zeros((count, n)))
    shares = np.zeros((count, count, n))
    for u in range(count):
        inflow = np.zeros((count, n))
        inflow[u] = step
        shares[u] = _leaving(stocks, periods, inflow) - old
    return old, np.where(np.abs(shares) > ROUNDING, shares, 0.0)


ROUNDING = 1e-13  # of an inflow: differences of sums of cohorts below it are none


def _leaving(stocks: Sequence[Stock], periods: Periods, inflow: Floats) -> Floats:
    """(period, stock) what leaves a year, given what enters in each period."""
    cohorts, made = Cohorts(stocks, periods), np.zeros(inflow.shape)
    for t, entering in enumerate(inflow):
        made[t] = (cohorts.leaving + cohorts.at_once * entering) / periods.step
        cohorts.enter(entering)
    return made
