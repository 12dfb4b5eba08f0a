"""Period after period: each a run of its own, with what the stocks hand over from the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mfa.delayed import with_delays
from mfa.engine.cohorts import Cohorts
from mfa.engine.compile import Compiled, compile_system
from mfa.errors import Error, Fault
from mfa.parameters.schedules import schedules
from mfa.results.run import Run, solve_compiled
from mfa.storage import Carried, Periods, Stock
from mfa.system import Figure, System

ROUNDING = 1e-12  # by which a drive may be above a capacity, as when files are checked
SPENT = 1e-12  # of what goes through a yard: what is left there below is rounding


class PeriodRuns(NamedTuple):
    """The run of each period, and the cohorts of the stocks in use; None where there are no such stocks."""

    runs: tuple[Run, ...]
    cohorts: Cohorts | None


def solve_periods(
    system: System,
    read_again: Callable[[int], System],
    like: Compiled | None = None,
    solve: Callable[[System, Compiled], Run] = solve_compiled,
) -> PeriodRuns:
    """The run of each period of a system, in order; of one without periods, that of its one year.

    Parameters
    ----------
    read_again : the system read for another first year, asked for where a schedule changes how
        other figures are converted
    like : a network that may be wired alike
    solve : gives the run of a period

    Raises
    ------
    mfa.Error
        a figure of some year cannot be, a cohort has outlived its lifetime, or a network that has
        no answer
    """
    heaps = Heaps(with_delays(system, ()) if system.periods else system, periods_of(system))
    runs: list[Run] = []
    compiled = like
    past: list[System] = []
    for written in period_systems(system, read_again):
        now = heaps.opened(with_delays(written, past) if system.periods else written)
        past.append(written)
        _check_drives(now)
        compiled = compiled.refilled(now) if compiled else compile_system(now)
        runs.append(solve(now, compiled))
        heaps.close(runs[-1])
    return PeriodRuns(tuple(runs), heaps.cohorts)


def periods_of(system: System) -> Periods:
    """The periods of a system; of one without, its one year."""
    return system.periods or Periods(system.period, system.period)


def period_systems(system: System, read_again: Callable[[int], System]) -> Iterator[System]:
    """The system of each period as it is written: schedules at their values, stocks as they begin.

    Raises
    ------
    mfa.Error
        a figure of some year cannot be
    """
    periods, found = periods_of(system), schedules(system)
    if found.converting and periods.step > 1:
        raise Error([Fault("schedule-in-step", found.converting.place, {"step": periods.step})])
    for start in periods.starts:
        years = range(start, start + periods.step)
        now = schedules(read_again(start)).at(years) if found.converting else found.at(years)
        yield replace(now, year=system.year and start)


def _check_drives(system: System) -> None:
    """Refuse what is driven above its capacity in this year."""
    faults = []
    for key, figure in system.drive.items():
        most = system.processes[key].capacity if key in system.processes else None
        if most and figure.value > most.value * (1 + ROUNDING):
            unit = f"{system.materials[system.processes[key].per].unit}/a"
            amounts = {"drive": f"{figure.value:.6g} {unit}", "most": f"{most.value:.6g} {unit}"}
            values = {"id": key, "year": system.period, "other": most.place, **amounts}
            faults.append(Fault("drive-above-capacity-year", figure.place, values))
    if faults:
        raise Error(faults)


class Heaps:
    """What lies in each stock from one period to the next."""

    def __init__(self, system: System, periods: Periods) -> None:
        stocks = system.stocks.values()
        self.span = periods.step
        self.yards = {s.id: s.initial.value if s.initial else 0.0 for s in stocks if not s.lifetime}
        self.in_use = [s for s in stocks if s.lifetime]
        self.cohorts = Cohorts(self.in_use, periods) if self.in_use else None
        self._refuse_outlived()

    def _refuse_outlived(self) -> None:
        """Cohorts of which nothing could be left by their lifetime."""
        if self.cohorts is None:
            return
        faults = []
        for i, stock in enumerate(self.in_use):
            for at, (year, figure) in enumerate(sorted(stock.cohorts, key=lambda c: c[0])):
                if figure.value and not self.cohorts.born[at, i]:
                    faults.append(Fault("cohort-gone", figure.place, {"stock": stock.id, "year": year}))
        if faults:
            raise Error(faults)

    def opened(self, system: System) -> System:
        """The system of a period with what lies in its stocks, and what they give and must take."""
        made, drive = dict(system.stocks), dict(system.drive)
        for key, heap in self.yards.items():
            stock = replace(made[key], initial=_amount(made[key].initial, heap))
            if key in drive and drive[key].value * self.span > heap * (1 + ROUNDING):
                most = heap / self.span
                stock = replace(stock, carried=Carried(refused=drive[key].value - most))
                drive[key] = replace(drive[key], value=most)
            made[key] = stock
        for i, stock in enumerate(self.in_use):
            made[stock.id] = self._in_use(i, made[stock.id], drive.get(stock.id))
        return replace(system, stocks=made, drive=drive)

    def _in_use(self, i: int, stock: Stock, held: Figure | None) -> Stock:
        """A stock in use at the opening of a period; with a demanded amount, what it then takes."""
        assert self.cohorts is not None
        opening, leaving = float(self.cohorts.opening[i]), float(self.cohorts.leaving[i])
        at_once = float(self.cohorts.at_once[i])
        inflow, refused = None, 0.0
        if held is not None:
            if at_once >= 1:
                raise Error([Fault("stock-holds-nothing", held.place, {"stock": stock.id})])
            lacking = (held.value - (opening - leaving)) / self.span
            inflow, refused = max(lacking, 0.0) / (1 - at_once), max(-lacking, 0.0)
        carried = Carried(leaving / self.span, at_once, inflow, refused)
        return replace(stock, initial=_amount(None, opening), carried=carried)

    def close(self, run: Run) -> None:
        """Take over what a period leaves behind."""
        table = run.table("stocks")
        rows = {str(row[1]): dict(zip(table.columns, row, strict=True)) for row in table.rows}
        for key in self.yards:
            opening, closing, into = (_number(rows[key][c]) for c in ("opening", "closing", "inflow"))
            spent = closing <= SPENT * (opening + into * self.span)
            self.yards[key] = 0.0 if spent else closing
        if self.cohorts is not None:
            inflows = [_number(rows[s.id]["inflow"]) * self.span for s in self.in_use]
            self.cohorts.enter(np.array(inflows))


def _number(cell: object) -> float:
    assert isinstance(cell, float)
    return cell


def _amount(written: Figure | None, amount: float) -> Figure:
    """What is there at the opening of a period, as a figure of it."""
    return replace(written, value=amount) if written else Figure(amount, f"{amount:.12g}")
