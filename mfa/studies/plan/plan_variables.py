"""The variables of a plan: what flows, and of each decision how much is built.

Levels of processes, amounts over the boundary and to stocks by entry, what is left over and what is short of
each material; of each decision the part up to today's figure, what is built beyond, and whether it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mfa.decisions import Decision
from mfa.engine.network import GIVER, TAKER, Bools, Floats, Ints
from mfa.parameters import Path, figure_at, parse
from mfa.results.accounts.ledger import Ledger
from mfa.results.run import Run
from mfa.studies.plan.plan_rows import Terms

SIDE = {TAKER: "takers", GIVER: "givers"}


@dataclass(frozen=True)
class Built:
    """The columns of one decision: the part up to today's figure, what is built, whether it is.

    `pieces` are the columns of its parts by size, `filled` say that a part is full.
    """

    today: float
    base: int
    added: int
    binary: int = -1
    pieces: tuple[int, ...] = ()
    filled: tuple[int, ...] = ()


class EntryArrays(NamedTuple):
    """(entry,) where each place of a list stands, and its amount: `factor` times the variable `column`."""

    pool: Ints
    side: Ints
    tier: Ints
    process: Ints
    column: Ints
    factor: Floats


@dataclass
class Columns:
    """Columns as they are added."""

    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)

    def add(self, low: float, high: float, cost: float = 0.0, *, whole: bool = False) -> int:
        """A further column."""
        at = len(self.low)
        self.low.append(low)
        self.high.append(high)
        self.cost.append(cost)
        if whole:
            self.whole.append(at)
        return at

    def copied(self) -> Columns:
        """The same, to be added to."""
        return Columns([*self.low], [*self.high], [*self.cost], [*self.whole])

    def add_yes_no(self, count: int) -> Ints:
        """Further columns that are 0 or 1."""
        at = np.arange(len(self.low), len(self.low) + count)
        self.low += [0.0] * count
        self.high += [1.0] * count
        self.cost += [0.0] * count
        self.whole += at.tolist()
        return at


def annuity(discount: float, life: float) -> float:
    """The share of an investment that is paid each year of its life.

    a = i ÷ (1 − (1 + i)^−n), with interest i and life n; 1 ÷ n without interest.

    >>> round(annuity(0.08, 20.0), 6)
    0.101852
    """
    return discount / (1 - (1 + discount) ** -life) if discount else 1 / life


class PlanVariables:
    """The variables of one scenario.

    Parameters
    ----------
    run : the scenario as it stands, solved: its network, and what is short today
    weighing : a run whose accounts say what each amount counts; the scenario's own, or that of a plan
    linked : whether it is one of several periods, so that what lies in stocks is decided with the others
    """

    def __init__(self, run: Run, weighing: Run | None = None, *, linked: bool = False) -> None:
        self.run, self.system, self.task, self.linked = run, run.system, run.system.plan, linked
        self.ledger: Ledger = (weighing or run).accounts.ledger
        self.structure, self.values = run.compiled.structure, run.compiled.values
        self.columns = Columns()
        self.levels = len(self.structure.processes)
        self.entries = self.levels
        self.surplus = self.entries + len(self.structure.entries)
        self.shortage = self.surplus + len(self.structure.pools)
        self._add_flows()
        figures = ((i, d) for i, d in enumerate(self.task.decide) if not d.is_list)
        self.built: dict[int, Built] = {i: self._add_decision(d) for i, d in figures}
        self.leaving = self._add_leaving() if linked else {}

    def _add_flows(self) -> None:
        s, c = self.structure, self.columns
        ends = [np.inf if line.process < 0 else 0.0 for line in s.entries]
        c.high += [np.inf] * len(s.processes) + ends + [np.inf] * (2 * len(s.pools))
        c.low += [0.0] * len(c.high)
        c.cost += [0.0] * len(c.high)

    def _add_leaving(self) -> Mapping[int, int]:
        """What leaves each stock in use: its position among what comes from outside → its column."""
        outside = enumerate(self.run.compiled.outside)
        stocks = {s.id for s in self.system.stocks.values() if s.lifetime}
        return {i: self.columns.add(0.0, np.inf) for i, o in outside if o.node in stocks and o.side == GIVER}

    def _add_decision(self, d: Decision) -> Built:
        """The columns of a figure; what is built costs its annuity, the rest nothing."""
        today, share = self.today(d), self.annuity_of(d)
        path = parse(d.path, self.system)
        is_amount = path is not None and path.section in ("drive", "demand", "supply")
        there = min(today, d.high)  # of a capacity or limit, which nothing is gained by giving up
        base = self.columns.add(0.0 if is_amount else there, today if is_amount else there)
        open_ = d.is_open(self.system.period)
        added = self.columns.add(0.0, np.inf if open_ else 0.0, 0.0 if d.pieces else d.invest * share)
        binary = self.columns.add(0.0, float(open_), d.fixed * share, whole=True) if d.fixed else -1
        sizes = [0.0, *(p.size for p in d.pieces[:-1]), np.inf]
        parts = tuple(
            self.columns.add(0.0, size - before, p.invest * share)
            for before, size, p in zip(sizes, sizes[1:], d.pieces, strict=False)
        )
        filled = tuple(self.columns.add(0.0, 1.0, whole=True) for _ in parts[1:])
        return Built(today, base, added, binary, parts, filled)

    def today(self, d: Decision) -> float:
        """What is there without the plan; of a figure that nobody wrote, nothing."""
        if d.today is not None:
            return d.today
        path = parse(d.path, self.system)
        figure = figure_at(self.system, path) if path else None
        return figure.value if figure else 0.0

    @cached_property
    def decided(self) -> Mapping[Path, int]:
        """Where figures are decided → the number of the decision."""
        found = {parse(d.path, self.system): i for i, d in enumerate(self.task.decide) if not d.is_list}
        return {path: i for path, i in found.items() if path is not None}

    def value_of(self, number: int) -> Terms:
        """The value of a decided figure."""
        return [(self.built[number].base, 1.0), (self.built[number].added, 1.0)]

    def annuity_of(self, d: Decision) -> float:
        """The share of an investment that is paid each year."""
        return annuity(self.task.discount, d.life)

    @cached_property
    def entry_at(self) -> Mapping[tuple[str, str, str], int]:
        """(material, side, node) → the position of its entry; the first where a node stands there twice."""
        pools, found = self.structure.pools, dict[tuple[str, str, str], int]()
        for e, (line, entry) in enumerate(
            zip(self.structure.entries, self.run.compiled.entries, strict=True)
        ):
            found.setdefault((pools[line.pool], SIDE[line.side], entry.node), e)
        return found

    @cached_property
    def lines(self) -> EntryArrays:
        """The entries as arrays."""
        s = self.structure
        fields = np.array([(e.pool, e.side, e.tier, e.process) for e in s.entries], np.int64).reshape(-1, 4)
        pool, side, tier, process = fields.T
        column, factor = self.entries + np.arange(len(pool)), np.ones(len(pool))
        runs = np.flatnonzero(process >= 0)
        column[runs] = process[runs]
        keys = zip(pool[runs].tolist(), process[runs].tolist(), (-side[runs]).tolist(), strict=True)
        factor[runs] = self.values.coefficient[[self.ledger.flow_at[key] for key in keys]]
        return EntryArrays(pool, side, tier, process, column, factor)

    @cached_property
    def limits(self) -> Floats:
        """(entry,) the most that it takes or gives; of a stock of several periods, what is written."""
        found = self.values.limit.copy()
        for e in np.flatnonzero(self.of_heaps).tolist():
            entry = self.run.compiled.entries[e]
            found[e] = entry.limit.value if entry.limit else np.inf
        return found

    @cached_property
    def of_heaps(self) -> Bools:
        """(entry,) whether it stands for a stock of several periods."""
        return np.array([self.linked and e.kind == "stock" for e in self.run.compiled.entries], bool)

    def used(self, path: Path) -> Terms:
        """What a capacity or limit bounds."""
        if path.section == "processes":
            return [(self.structure.processes.index(path.member), 1.0)]
        side, node = (str(f) for f in path.field[:2])
        return self.amount(self.entry_at[path.member, side, node])

    def amount(self, e: int) -> Terms:
        """What an entry takes or gives."""
        return [(int(self.lines.column[e]), float(self.lines.factor[e]))]

    def decided_limits(self) -> Mapping[int, int]:
        """Entry whose limit is decided → the number of the decision."""
        found = {}
        for path, number in self.decided.items():
            if path.section == "pools":
                side, node = (str(f) for f in path.field[:2])
                found[self.entry_at[path.member, side, node]] = number
        return found
