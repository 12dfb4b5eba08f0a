"""A sampled run: blocks of samples one after the other, until there are enough, and their statistics."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mfa import units
from mfa.engine.network import Floats
from mfa.errors import Error, Fault, FaultWithoutPlace
from mfa.results.run import Run
from mfa.results.tables import Cell, Table
from mfa.results.warnings import RunWarning
from mfa.studies.sampling.blocks import blocks
from mfa.studies.sampling.draws import DrawPlan
from mfa.studies.sampling.sampler import Block, Sampler
from mfa.studies.sampling.statistics import COLUMNS, NOTHING, Probability, Statistics, probability, statistics
from mfa.studies.sampling.streams import METHODS, Method
from mfa.studies.sampling.table_rows import SINGLE, columns_of
from mfa.studies.sweeps.crews import EVERYBODY, Crew
from mfa.system import System, Target

AT_ONCE = 64  # rows of a table whose samples are brought together at once
MOST = 1_000_000  # samples without end are asked for by mistake
MOST_UNTIL = 100_000  # samples, where an error is asked for and no number
MOST_KEPT = 500_000_000  # bytes of drawn figures: 35 000 samples of a park; beyond it they are not kept
MOST_INVALID = 0.2  # of the samples: more, and what is left says nothing of the park
SOME_INVALID = 0.01
SEEDS = 2**64

Progress = Callable[[int, int], None]
Bounds = tuple[float | None, float | None]


class Asked(NamedTuple):
    """What is asked of a sampled run.

    Attributes
    ----------
    samples : how many, or at most; None where `until` alone says when it ends
    until : the error of the probability of each target at which it ends, a number or `0.5 %`
    indicators : those that are wanted, and targets; empty is all, and the tables of flows
    keep : keep the figures of every sample whatever room they take
    without : find the probabilities without default spreads too, which draws and solves once more
    crew : who solves the samples
    """

    samples: int | None
    seed: int = 1
    method: Method = "random"
    until: float | str | None = None
    indicators: tuple[str, ...] = ()
    keep: bool = False
    without: bool = True
    crew: Crew = EVERYBODY

    @property
    def most(self) -> int:
        """How many samples there are at most."""
        return MOST_UNTIL if self.samples is None else self.samples

    def checked(self, targets: Sequence[Target]) -> Asked:
        """The same.

        Raises
        ------
        mfa.Error
            numbers out of range, a method that is none, an error without targets or with `lhs`
        """
        self.crew.check()
        whole = isinstance(self.most, int) and not isinstance(self.most, bool)
        if not whole or not 2 <= self.most <= MOST:
            values = {"given": str(self.samples)[:40], "most": f"{MOST:,}"}
            raise Error([Fault("samples-count", None, values)])
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or not 0 <= self.seed < SEEDS:
            raise Error([Fault("samples-seed", None, {"given": str(self.seed)[:40]})])
        if self.method not in METHODS:
            known = ", ".join(METHODS)
            raise Error([Fault("samples-method", None, {"given": str(self.method)[:40], "known": known})])
        if self.until is not None:
            error = _share(self.until)
            if not 0 < error < 1:
                raise Error([Fault("samples-until", None, {"given": str(self.until)[:40]})])
            if self.method == "lhs":
                raise Error([Fault("samples-until-lhs", None)])
            if not targets:
                raise Error([Fault("samples-until-target", None)])
            return self._replace(until=error)
        return self


def _share(given: float | str) -> float:
    """A share as a fraction of 1; NaN where it is none."""
    try:
        return units.ratio(given) if isinstance(given, str) else float(given)
    except (FaultWithoutPlace, TypeError, ValueError):
        return math.nan


@dataclass(frozen=True)
class Sampled:
    """The samples of a run.

    Attributes
    ----------
    plan : what was drawn, and how
    rows : (row,) the indicators, with the bounds of each row
    drawn : (sample, path) the figures, native units; no rows where there is no room for them (`MOST_KEPT`)
    values : (sample, row) of the indicators, NaN where there is none or the sample does not count
    met : (sample, row) whether targets are met
    tables : (table, column) → the statistics of each row of the central run
    invalid : (code, path) → samples that do not count for that reason
    held : path → in how many samples its draw was held at a bound
    alone : samples that were solved one by one
    written_alone : target → its probability without default spreads, where there are any
    """

    asked: Asked
    plan: DrawPlan
    rows: Sequence[tuple[str, float | None, float | None]]
    paths: Sequence[str]
    drawn: Floats
    values: Floats
    met: Sequence[tuple[str | None, ...]]
    tables: Mapping[tuple[str, str], Sequence[Statistics]]
    invalid: Mapping[tuple[str, str], int]
    invalid_at: Mapping[int, tuple[str, str]]
    held: Counter[str]
    alone: int
    written_alone: Mapping[tuple[str, Bounds], Probability] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """All samples."""
        return len(self.values)

    @property
    def valid(self) -> int:
        """Samples that count."""
        return self.count - sum(self.invalid.values())

    @property
    def by_default(self) -> int:
        """How many figures were spread by their confidence, since none is written."""
        return sum(u.by_default for u in self.plan.uncertain)

    @property
    def by_range(self) -> int:
        """How many figures were spread as it is written."""
        return len(self.plan.uncertain) - self.by_default

    @cached_property
    def statistics(self) -> Mapping[str, Statistics]:
        """Indicator → what its samples say."""
        names = [name for name, _, _ in self.rows]
        return dict(zip(names, statistics(self.values), strict=True))

    @cached_property
    def probabilities(self) -> Mapping[tuple[str, Bounds], Probability]:
        """Indicator and bounds → how often the target is met."""
        return _probabilities(self.rows, self.met, self.invalid_at)

    def samples_of(self, name: str) -> Floats:
        """(sample,) the values of an indicator."""
        at = [n for n, _, _ in self.rows].index(name)
        found: Floats = self.values[:, at]
        return found

    def has_values(self, name: str) -> bool:
        """Whether some sample has a value of an indicator."""
        found = self.statistics.get(name)
        return found is not None and found.mean is not None

    def beside(self, table: Table) -> Table:
        """A table of the central run with the columns of its samples."""
        if table.name == "indicators":
            return self._beside_indicators(table)
        columns = [c for c in columns_of(table.name) if (table.name, c) in self.tables]
        found = [self.tables[table.name, c] for c in columns]
        names = [n if table.name in SINGLE else f"{c}_{n}" for c in columns for n in COLUMNS]
        rows = [
            (*row, *(cell for one in of for cell in one)) for row, *of in zip(table.rows, *found, strict=True)
        ]
        return Table(table.name, (*table.columns, *names), rows, {*table.numbers, *names})

    def _beside_indicators(self, table: Table) -> Table:
        name, least, most = (table.columns.index(c) for c in ("indicator", "min", "max"))
        more = ("probability", "probability_error")
        rows = []
        for row in table.rows:
            found = self.probabilities.get((str(row[name]), (row[least], row[most])))  # type: ignore[arg-type]
            chance = (found.value, found.error) if found else (None, None)
            rows.append((*row, *self.statistics.get(str(row[name]), NOTHING), *chance))
        columns = (*table.columns, *COLUMNS, *more)
        return Table(table.name, columns, rows, {*table.numbers, *COLUMNS, *more})

    def table(self) -> Table:
        """A row a sample: number, why it does not count, its figures, its indicators."""
        names = dict.fromkeys(name for name, _, _ in self.rows)
        first = {name: i for i, (name, _, _) in reversed(list(enumerate(self.rows)))}
        rows: list[tuple[Cell, ...]] = []
        for i in range(self.count):
            code, path = self.invalid_at.get(i, (None, None))
            values = (float(self.values[i, first[n]]) for n in names)
            shown = (None if v != v else v for v in values)
            rows.append((i, code, path or None, *self.drawn[i].tolist(), *shown))
        numbers = {*self.paths, *names}
        return Table("samples", ("sample", "invalid", "path", *self.paths, *names), rows, numbers)

    @property
    def warnings(self) -> list[RunWarning]:
        """What the samples warn of: that many do not count."""
        share = 1 - self.valid / self.count
        if share <= SOME_INVALID:
            return []
        fault = Fault("samples-invalid", None, blame(self.invalid, self.count))
        return [RunWarning("samples-invalid", "", None, "", fault)]

    def to_json(self) -> dict[str, object]:
        """How it was sampled, for `json.dumps`."""
        return {
            "samples": self.count,
            "valid": self.valid,
            "seed": self.asked.seed,
            "method": self.asked.method,
            "spread_as_written": self.by_range,
            "spread_by_default": self.by_default,
            "solved_one_by_one": self.alone,
            "invalid": [{"code": c, "path": p, "samples": n} for (c, p), n in self.invalid.items()],
            "held": dict(self.held),
            "without_default_spreads": [
                {"indicator": n, "min": low, "max": high, "probability": p.value, "error": p.error}
                for (n, (low, high)), p in self.written_alone.items()
            ],
        }


def _probabilities(
    rows: Sequence[tuple[str, float | None, float | None]],
    met: Sequence[tuple[str | None, ...]],
    invalid: Mapping[int, object],
) -> dict[tuple[str, Bounds], Probability]:
    valid = [m for i, m in enumerate(met) if i not in invalid]
    return {
        (name, (low, high)): probability([m[i] for m in valid])
        for i, (name, low, high) in enumerate(rows)
        if low is not None or high is not None
    }


def check_one_year(system: System) -> None:
    """Refuse what goes by the samples of one year where a scenario runs through several.

    Raises
    ------
    mfa.Error
        the scenario has periods, or stocks in use
    """
    if system.carries:
        raise Error([Fault("sample-years", None)])


def sampled(central: Run, asked: Asked, progress: Progress = lambda done, count: None) -> Sampled:
    """Draw, solve and count the samples of a run.

    Raises
    ------
    mfa.Error
        what is asked cannot be; figures that cannot be drawn; more than a fifth of the samples is invalid
    """
    asked = asked.checked(central.system.targets)
    targets = [t.indicator for t in central.system.targets]
    names = (*targets, *asked.indicators) if asked.indicators else None
    found = _sampled(central, asked, names, progress, tables=names is None)
    if not found.by_default or not targets or not asked.without:
        return found
    system = replace(central.system, spreads={})
    plain = Run(system, central.compiled, central.state)
    less = Asked(found.count, asked.seed, asked.method, crew=asked.crew)
    without = _sampled(plain, less, targets, lambda done, count: None, tables=False)
    return replace(found, written_alone=without.probabilities)


def _sampled(
    central: Run, asked: Asked, names: Sequence[str] | None, progress: Progress, *, tables: bool
) -> Sampled:
    plan = DrawPlan(central.system, asked.seed, asked.method, asked.most)
    sampler = Sampler(central, plan, names, tables=tables)
    room = 8 * asked.most * len(sampler.paths)
    found: list[Block] = []
    done = 0
    drawn = asked.keep or room <= MOST_KEPT
    coming = blocks(sampler, asked.most, asked.crew, drawn=drawn, even=asked.until is not None)
    with closing(coming):
        for block in coming:
            found.append(block)
            done += len(block.values)
            progress(done, asked.most)
            if asked.until is not None and settled(sampler.row_keys, found, float(asked.until)):
                break
    invalid_at = {i: why for b in found for i, why in b.invalid.items()}
    invalid = Counter(invalid_at.values())
    count = sum(len(b.values) for b in found)
    refuse_invalid(invalid, count)
    return Sampled(
        asked,
        plan,
        sampler.row_keys,
        [plan.names[p] for p in sampler.paths],
        np.concatenate([b.drawn for b in found]),
        np.concatenate([b.values for b in found]),
        [m for b in found for m in b.met],
        dict(_of_tables(found)),
        dict(invalid.most_common()),
        invalid_at,
        sum((b.held for b in found), Counter[str]()),
        sum(b.alone for b in found),
    )


def _of_tables(blocks: Sequence[Block]) -> Iterator[tuple[tuple[str, str], Sequence[Statistics]]]:
    for key, first in blocks[0].tables.items():
        parts = (slice(i, i + AT_ONCE) for i in range(0, first.shape[1], AT_ONCE))
        together = (np.concatenate([b.tables[key][:, part] for b in blocks]) for part in parts)
        yield key, [one for some in together for one in statistics(some)]


def settled(
    rows: Sequence[tuple[str, float | None, float | None]], blocks: Sequence[Block], until: float
) -> bool:
    """Whether the probability of every target is known to the error that is asked for."""
    invalid = {i: 1 for b in blocks for i in b.invalid}
    found = _probabilities(rows, [m for b in blocks for m in b.met], invalid)
    return all(p.error <= until for p in found.values())


def refuse_invalid(invalid: Mapping[tuple[str, str], int], count: int) -> None:
    """Refuse samples of which more than a fifth does not count.

    Raises
    ------
    mfa.Error
        which figure is most often to blame
    """
    if sum(invalid.values()) > MOST_INVALID * count:
        raise Error([Fault("samples-invalid-many", None, blame(invalid, count))])


def blame(invalid: Mapping[tuple[str, str], int], count: int) -> dict[str, object]:
    """How many samples are invalid, and what is most often to blame."""
    (code, path), most = max(invalid.items(), key=lambda item: item[1])
    total = sum(invalid.values())
    share = f"{total / count:.1%}".replace("%", " %")
    return {"share": share, "count": total, "all": count, "path": path or code, "most": most}
