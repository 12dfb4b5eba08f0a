"""The tables of several periods as one: the rows of each in their order, with its period."""

from __future__ import annotations

from collections.abc import Sequence

from mfa.engine.cohorts import Cohorts
from mfa.results.run import Run
from mfa.results.tables import Cell, Table
from mfa.system import System

COHORTS = "cohorts"


def joined(runs: Sequence[Run], name: str, lang: str) -> Table:
    """A table of all periods; where one period's has no column `period`, with that before the others."""
    found = [(run.system.period, run.table(name, lang)) for run in runs]
    columns, numbers = found[0][1].columns, found[0][1].numbers
    if "period" in columns:
        return Table(name, columns, [row for _, table in found for row in table.rows], numbers)
    rows: list[tuple[Cell, ...]] = [(period, *row) for period, table in found for row in table.rows]
    return Table(name, ("period", *columns), rows, numbers)


def written(runs: Sequence[Run]) -> tuple[str, ...]:
    """The tables that any of the periods writes, in their order."""
    return tuple(dict.fromkeys(name for run in runs for name in run.written))


def cohorts(system: System, found: Cohorts | None, only: int | None = None) -> Table:
    """period, stock, cohort, amount, unit: what is left of each year of entry at the end of each period.

    `only` is the one period that is wanted; None is all.
    """
    rows: list[tuple[Cell, ...]] = []
    for number, period in enumerate(found.periods.starts if found else ()):
        assert found is not None
        if only not in (None, period):
            continue
        present = found.present(number)
        for i, stock in enumerate(found.stocks):
            unit = system.materials[stock.material].unit
            pairs = zip(found.years[:, i].tolist(), present[:, i].tolist(), strict=False)
            rows += [(period, stock.id, year, amount, unit) for year, amount in pairs if amount > 0]
    return Table(COHORTS, ("period", "stock", "cohort", "amount", "unit"), rows)
