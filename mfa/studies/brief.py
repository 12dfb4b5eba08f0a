"""The one page for those who decide: years × conditions, what decides, what must be sold.

Runs come in, numbers go out; nothing here is in words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mfa.catalogue import SOLID
from mfa.presentation import Condition, OpenDecision
from mfa.results.indicators.target import Indicator
from mfa.results.run import Run
from mfa.studies.sampling.sampled import Asked, Sampled, sampled
from mfa.studies.sampling.statistics import Probability

DRAWS = 500  # an error of 0.02 at most, in some seconds


@dataclass(frozen=True)
class Row:
    """A condition with the indicator in every year; None where the year does not offer its variants.

    `run` is that of the year of the brief.
    """

    condition: Condition
    values: tuple[Indicator | None, ...]
    run: Run | None

    @property
    def known(self) -> tuple[float, ...]:
        """The values that there are."""
        return tuple(v.value for v in self.values if v is not None and v.value is not None)


@dataclass(frozen=True)
class Weighed:
    """A decision with the indicator at its less and at its more favourable end, in the year of the brief."""

    decision: OpenDecision
    worse: float | None
    better: float | None

    @property
    def span(self) -> float:
        """How much it moves."""
        return (self.better or 0.0) - (self.worse or 0.0)


@dataclass(frozen=True)
class Sale:
    """A good made with industrial solid waste: how much is sold under each condition, t a year."""

    material: str
    amounts: tuple[float | None, ...]


@dataclass(frozen=True)
class Curve:
    """A condition with a run for each year of a scenario that goes through several."""

    condition: Condition
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Chance:
    """How often draws of the uncertain figures of a condition meet the target, in the year of the brief."""

    condition: Condition
    found: Probability
    sampled: Sampled


@dataclass(frozen=True)
class Brief:
    """What the page tells.

    Attributes
    ----------
    run : the year of the brief, as the scenario stands
    years : one run a year, as the scenarios stand, in their order
    rows : one a condition
    weighed : one a decision, in the order of the outline
    sales : of the year of the brief, the most sold first, a value a condition
    curves : the first conditions year by year, where the outline names a scenario for it
    chance : of the best condition; None where no figure is uncertain, or it runs through several years
    """

    run: Run
    years: tuple[Run, ...]
    rows: tuple[Row, ...]
    weighed: tuple[Weighed, ...]
    sales: tuple[Sale, ...]
    curves: tuple[Curve, ...] = ()
    chance: Chance | None = None

    @property
    def target(self) -> Indicator:
        """The indicator of the brief in its year, as the scenario stands."""
        return indicator_of(self.run, self.run.system.brief.indicator)

    @property
    def range(self) -> tuple[float, float] | None:
        """Least and most over all conditions and decisions in the year of the brief; None without any."""
        at = self.years.index(self.run)
        found = [r.values[at] for r in self.rows]
        values = [v.value for v in found if v is not None and v.value is not None]
        values += [x for w in self.weighed for x in (w.worse, w.better) if x is not None]
        return (min(values), max(values)) if values else None

    @property
    def reached(self) -> tuple[tuple[Row, Run], ...]:
        """Conditions and years in which the target is met."""
        return tuple(
            (row, year)
            for row in self.rows
            for value, year in zip(row.values, self.years, strict=True)
            if value is not None and value.met == "true"
        )


def brief(
    run: Run,
    years: Sequence[Run],
    conditions: Sequence[Condition],
    runs: Mapping[tuple[str, ...], Sequence[Run | None]],
    curves: Sequence[Curve] = (),
) -> Brief:
    """The page of a scenario.

    Parameters
    ----------
    run : the scenario as it stands, one of `years`
    years : the years as their scenarios stand
    conditions : the rows of the table
    runs : variants → the run of each year, None where it does not offer them
    curves : conditions year by year
    """
    name, at = run.system.brief.indicator, years.index(run)
    rows = (_row(c, runs[c.variants], at, name) for c in conditions)
    weighed = (
        Weighed(d, _value(runs[d.worse][at], name), _value(runs[d.better][at], name))
        for d in run.system.brief.decisions
    )
    sales = _sales([runs[c.variants][at] for c in conditions])
    return Brief(run, tuple(years), tuple(rows), tuple(weighed), sales, tuple(curves))


def _row(condition: Condition, runs: Sequence[Run | None], at: int, name: str) -> Row:
    values = tuple(indicator_of(r, name) if r is not None else None for r in runs)
    return Row(condition, values, runs[at])


def chance_of(made: Brief) -> Chance | None:
    """The chance of the target under the condition whose value in the year of the brief is the best.

    Raises
    ------
    mfa.Error
        more than a fifth of the draws cannot be
    """
    name, sign = made.target.name, 1 if made.target.minimum is not None else -1
    of = [
        (row, row.run, value) for row in made.rows if row.run and (value := _value(row.run, name)) is not None
    ]
    if not of:
        return None
    row, run, _ = max(of, key=lambda each: sign * each[2])
    if run.system.carries:
        return None
    drawn = sampled(run, Asked(DRAWS, indicators=(name,), without=False))
    aim = indicator_of(run, name)
    if not drawn.plan.uncertain or not aim.aimed:
        return None
    return Chance(row.condition, drawn.probabilities[name, (aim.minimum, aim.maximum)], drawn)


def indicator_of(run: Run, name: str) -> Indicator:
    """The row of an indicator that the run has."""
    return next(r for r in run.indicator_list if r.name == name)


def _value(run: Run | None, name: str) -> float | None:
    return indicator_of(run, name).value if run else None


def _sales(runs: Sequence[Run | None]) -> tuple[Sale, ...]:
    found = [sold_with_waste(r) if r else None for r in runs]
    most = {m: max(f.get(m, 0.0) for f in found if f) for f in found if f for m in f}
    order = sorted((m for m in most if most[m] > 0), key=lambda m: (-most[m], m))
    return tuple(Sale(m, tuple(None if f is None else f.get(m, 0.0) for f in found)) for m in order)


def sold_with_waste(run: Run) -> dict[str, float]:
    """Material → t a year that leave the park: wastes that are sold, and what their users make."""
    system, users, own = run.system, set[str](), set[str]()
    for material, waste in run.wastes.items():
        if waste.tonnes and system.materials[material].waste == SOLID:
            used = {u.node for u in waste.uses if u.fate == "utilisation" and u.amount > 0}
            users |= used & set(system.processes)
            own |= {material} if "export" in used else set()
    made = own | {f.material for f in run.flow_list if f.source in users and _counts(run, f.material)}
    sold: dict[str, float] = {}
    for f in run.flow_list:
        if f.target == "export" and f.material in made:
            mass = f.amount * (system.materials[f.material].unit_mass or 0.0)
            sold[f.material] = math.fsum((sold.get(f.material, 0.0), mass))
    return sold


def _counts(run: Run, material: str) -> bool:
    """Whether it is a good that somebody must buy: a mass that is no waste."""
    of = run.system.materials[material]
    return bool(of.unit_mass) and not of.waste


def unknown_variants(
    asked: Iterable[Condition | OpenDecision], offered: Mapping[str, Sequence[str]]
) -> list[tuple[Condition | OpenDecision, str]]:
    """Rows with a variant that no scenario of the brief offers."""
    known = {name for names in offered.values() for name in names}
    found = []
    for row in asked:
        wanted = row.variants if isinstance(row, Condition) else (*row.worse, *row.better)
        found += [(row, name) for name in wanted if name not in known]
    return found
