"""Remedies of a missed target: what keeps a waste from being used, and what each way out adds.

Every way is tried alone and the whole network solved again, so that the gain is exact, side
effects included, and stands with what it brings along: products to sell, goods to buy, energy,
CO2, money. What stays within the figures of the files comes first, ceilings last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mfa.catalogue import BY_ID, PER_WASTE, is_waste_rate
from mfa.properties import tonnes_per_unit
from mfa.results.accounts.waste import Account
from mfa.results.indicators.target import Indicator
from mfa.results.indicators.waste_rates import UTILISED, covered, waste_indicators
from mfa.results.run import Run
from mfa.studies.consequences import Beside, Consequences
from mfa.studies.mixture import attempt
from mfa.studies.trials import MOST_MADE, Trial, Way, less, outlets, ranges, steered, wastes_left

USEFUL = 1e-9
ROUNDING = 1 + 1e-9
MOST_GROWTH = 3.0  # times today's size; a plant or market beyond it is another project, not a measure
MOST_LESS = 0.25  # of a drive; beyond it the plan is another plan
HALVINGS = 8  # of `MOST_LESS`: the drive is found to 0.1 % of itself


@dataclass(frozen=True)
class Remedy:
    """One way out, tried alone.

    Attributes
    ----------
    way : `raise` a full taker's limit and capacity; `start` an idle process; `buy` a side input that
        a taker lacks; `sell` a product that nobody takes; `range`: a figure at the better end of its
        written range; `less` of what makes the waste; `variant` of the scenario; `all` of `raise`,
        `start`, `buy` and `sell` together
    material, node : the waste and its taker; of `sell` the product and `export`; of `range` what the
        figure is of; of `less` the waste and the process (or demanded material) that is lowered
    lacking : the side input of `buy`
    path : the figure of `range` and `less`
    variant, label : of `variant`, its name, and what it is called in both languages
    before, after : what the taker takes, native units a year; of `range` and `less` the figure
    unit : of `before` and `after`
    size : the level at which `node` is tried, units of its reference a year; 0 where it is no process
    displaced : takers that use the waste and then get less, each with how much less
    value, gain : the indicator then, and by how much it is better
    amount : by how much more is used (numerator of the target), t a year
    met : of the target then: true, false, unproven
    within : whether it stays within what the files write: a range, a capacity, a limit, a variant
    ceiling : whether it is no measure as it stands: it takes a plant or buyer of more than three times
        today's size (or, without a written capacity, one that stands idle), or buys more mass than it
        uses waste; `all` is one where any of its parts is, alone or with the others
    brings : what it brings along
    """

    indicator: str
    way: Way
    material: str
    node: str
    lacking: str
    path: str
    variant: str
    label: Mapping[str, str]
    before: float
    after: float
    unit: str
    size: float
    displaced: tuple[tuple[str, float], ...]
    value: float | None
    gain: float
    amount: float
    met: str
    within: bool
    ceiling: bool
    brings: Consequences


@dataclass(frozen=True)
class Ways:
    """The ways out of one missed target: each alone, in their order, and all of them together."""

    indicator: str
    single: tuple[Remedy, ...]
    together: Remedy | None

    @property
    def measures(self) -> tuple[Remedy, ...]:
        """Those that are no ceilings."""
        return tuple(r for r in self.single if not r.ceiling)

    @property
    def ceilings(self) -> tuple[Remedy, ...]:
        """Those that are no measures as they stand."""
        return tuple(r for r in self.single if r.ceiling)


@dataclass(frozen=True)
class Variant:
    """A variant of the scenario, solved: its name, its label in both languages, its run."""

    name: str
    label: Mapping[str, str]
    run: Run


def remedies(result: Run, variants: Callable[[], Sequence[Variant]] = tuple) -> list[Remedy]:
    """Ways to a missed target on solid waste; empty where every target is met.

    Those within the figures of the files come first, then those beyond, then ceilings, each the best
    first; all together stand last.

    Parameters
    ----------
    result : the solved scenario
    variants : gives the variants that the scenario offers beside; asked only where a target is missed
    """
    found: list[Remedy] = []
    missed = [r for r in result.indicator_list if _is_missed(r)]
    search = _Search(result, variants() if missed else ())
    for row in missed:
        found += search.found(row)
    return found


def by_target(found: Sequence[Remedy]) -> tuple[Ways, ...]:
    """Remedies, target by target."""
    made = []
    for name in dict.fromkeys(r.indicator for r in found):
        mine = [r for r in found if r.indicator == name]
        together = next((r for r in mine if r.way == "all"), None)
        made.append(Ways(name, tuple(r for r in mine if r.way != "all"), together))
    return tuple(made)


def _is_missed(row: Indicator) -> bool:
    is_waste = is_waste_rate(row.name) or row.name.startswith(f"{PER_WASTE}:")
    return row.minimum is not None and row.met in ("false", "unproven") and is_waste


def _rank(remedy: Remedy) -> tuple[bool, bool, float, str, str, str]:
    """Within what is written, beyond, ceilings; each best first, gains but for rounding."""
    beyond = not (remedy.within or remedy.ceiling)
    place = remedy.ceiling, beyond, -round(remedy.gain, 9)
    return *place, remedy.material, remedy.node, remedy.path or remedy.variant


class _Search:
    """The ways out of the missed targets of one run; what is solved for one target serves all."""

    def __init__(self, result: Run, variants: Sequence[Variant]) -> None:
        self.result = result
        self.variants = variants
        self.runs: dict[tuple[object, ...], Run | None] = {}
        self.beside = Beside(result)
        self.brought: dict[Run, Consequences] = {}

    def found(self, row: Indicator) -> list[Remedy]:
        """The remedies of one target."""
        ways = list(outlets(self.result, row.name))
        tried = self.useful(row, [*ways, *ranges(self.result, row.name), *self.less(row)])
        tried += self.useful_variants(row)
        together = self.together(row, ways, tried) if len(ways) > 1 else []
        return [*sorted(tried, key=_rank), *together]

    def useful(self, row: Indicator, trials: Sequence[Trial]) -> list[Remedy]:
        """Of some trials, those that help."""
        pairs = ((t, self.run(t)) for t in trials)
        return [r for t, then in pairs if then is not None and (r := self.remedy(then, row, t))]

    def run(self, trial: Trial) -> Run | None:
        """The run of the changed park; None where it cannot be solved."""
        if trial.key not in self.runs:
            self.runs[trial.key] = attempt(trial.mend(self.result.system))
        return self.runs[trial.key]

    def useful_variants(self, row: Indicator) -> list[Remedy]:
        """The variants of the scenario that help."""
        made = []
        for v in self.variants:
            trial = Trial("variant", lambda s: s, variant=v.name, label=v.label, within=True)
            made.append(self.remedy(v.run, row, trial))
        return [r for r in made if r]

    def less(self, row: Indicator) -> Iterator[Trial]:
        """Less of what makes the largest wastes, each by the drive that their makers run for."""
        paths = set()
        for waste in wastes_left(self.result, row.name)[:MOST_MADE]:
            path = steered(self.result, waste)
            if path and path not in paths:
                paths.add(path)
                yield less(self.result.system, waste, path, self.least(row, waste, path))

    def gain_of(self, row: Indicator, waste: str, path: str, share: float) -> float:
        """By how much an indicator is better with less of a drive."""
        then = self.run(less(self.result.system, waste, path, share))
        return -1.0 if then is None else self.judged(then, row)[1]

    def least(self, row: Indicator, waste: str, path: str) -> float:
        """The least share less with which the target holds; `MOST_LESS` where it does not hold with that."""
        missing = (row.minimum or 0.0) - (row.value or 0.0)
        if self.gain_of(row, waste, path, MOST_LESS) < missing or missing <= 0:
            return MOST_LESS
        low, high = 0.0, MOST_LESS
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            holds = self.gain_of(row, waste, path, middle) >= missing
            low, high = (low, middle) if holds else (middle, high)
        return high

    def together(self, row: Indicator, ways: list[Trial], tried: list[Remedy]) -> list[Remedy]:
        """All ways at once, where that can be solved and is no worse than the best of them."""
        system = self.result.system
        for trial in ways:
            system = trial.mend(system)
        mine = [r for r in tried if r.way in ("raise", "start", "buy", "sell")]
        then = attempt(system)
        made = self.remedy(then, row, Trial("all", lambda s: s)) if then else None
        if then is None or made is None or made.gain < max((r.gain for r in mine), default=0.0) - USEFUL:
            return []
        large = any(self.is_large(t, then) for t in ways if t.way != "sell")
        buys_more = made.brings.bought_mass > made.amount * ROUNDING
        return [replace(made, ceiling=large or buys_more or any(r.ceiling for r in mine))]

    def is_large(self, trial: Trial, then: Run) -> bool:
        """Whether a taker grows beyond what is written, and by more than three times."""
        before, after = _taken(self.result, trial), _taken(then, trial)
        return not trial.within and after > MOST_GROWTH * before * ROUNDING

    def judged(self, then: Run, row: Indicator) -> tuple[Indicator, float]:
        """The indicator in another run, held against the same target, and by how much it is better."""
        aimed = [t for t in self.result.system.targets if t.indicator == row.name]
        rows = waste_indicators(then.system, then.wastes, then.lacking, {row.name: aimed})
        new = next(r for r in rows if r.name == row.name and r.minimum == row.minimum)
        return new, (new.value or 0.0) - (row.value or 0.0)

    def remedy(self, then: Run, row: Indicator, trial: Trial) -> Remedy | None:
        """What a trial adds; None where it adds nothing."""
        new, gain = self.judged(then, row)
        if gain <= USEFUL:
            return None
        if then not in self.brought:
            self.brought[then] = self.beside.consequences(then)
        brings = self.brought[then]
        before, after = trial.figures or (_taken(self.result, trial), _taken(then, trial))
        material = self.result.system.materials.get(trial.material)
        return Remedy(
            row.name,
            trial.way,
            trial.material,
            trial.node,
            trial.lacking,
            trial.path,
            trial.variant,
            trial.label,
            before,
            after,
            trial.unit or (f"{material.unit}/a" if material else ""),
            _level(then, trial.node),
            _displaced(self.result, then, trial),
            new.value,
            gain,
            _counted(then, row.name) - _counted(self.result, row.name),
            new.met,
            trial.within,
            self.is_ceiling(trial, then, after - before, brings),
            brings,
        )

    def is_ceiling(self, trial: Trial, then: Run, used: float, brings: Consequences) -> bool:
        """Whether a taker would grow too much, or buys more mass than it uses waste."""
        if trial.way not in ("raise", "start", "buy"):
            return False
        tonnes = tonnes_per_unit(self.result.system.materials[trial.material])
        buys_more = tonnes is not None and brings.bought_mass > used * tonnes * ROUNDING
        return buys_more or self.is_large(trial, then)


def _counted(result: Run, name: str) -> float:
    """The numerator of a ratio, t a year."""
    rate = BY_ID.get(name)
    if rate is None:
        members, fates = [result.wastes[name.partition(":")[2]]], UTILISED
    else:
        members, fates = covered(result.system, result.wastes, rate), rate.fates
    return sum((w.account() for w in members), Account()).counted(fates)


def _displaced(result: Run, then: Run, trial: Trial) -> tuple[tuple[str, float], ...]:
    """Who used the waste before and gets less of it now, largest first."""
    if trial.way not in ("raise", "start", "buy") or trial.material not in result.wastes:
        return ()
    users = {u.node for u in result.wastes[trial.material].uses if u.fate == "utilisation"}
    before, after = (
        {f.target: f.amount for f in x.flow_list if f.material == trial.material} for x in (result, then)
    )
    less_of = {n: before[n] - after.get(n, 0.0) for n in before if n in users and n != trial.node}
    found = [(n, a) for n, a in less_of.items() if a > USEFUL * before[n]]
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0])))


def _taken(result: Run, trial: Trial) -> float:
    return sum(f.amount for f in result.flow_list if f.material == trial.material and f.target == trial.node)


def _level(result: Run, node: str) -> float:
    names = result.compiled.structure.processes
    return float(result.state.level[names.index(node)]) if node in names else 0.0
