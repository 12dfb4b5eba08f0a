"""All indicators of a run: waste, energy, carbon, water, value, resources, and its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Protocol

import numpy as np

from mfa.catalogue import (
    ACCOUNTS,
    FOOTPRINT,
    GROUPS,
    PER_SEWAGE,
    RECOVERY,
    Definition,
    definition,
    emissions,
    footprint_unit,
    members_of,
)
from mfa.engine.network import Bools, Floats
from mfa.results.accounts.accounts import Accounts
from mfa.results.accounts.ledger import Part
from mfa.results.accounts.waste import WasteFlow
from mfa.results.carbon_gaps import Hole, proven
from mfa.results.indicators.custom import ChosenFlows
from mfa.results.indicators.target import Indicator, judged
from mfa.results.indicators.wanted import Wanted
from mfa.results.indicators.waste_rates import waste_indicators
from mfa.system import System, Target

Targets = Mapping[str, Sequence[Target]]


class Facts(Protocol):
    """What indicators are made of; each part may be worked out when first asked for."""

    @property
    def system(self) -> System:
        """The records of the run."""

    @property
    def wastes(self) -> Mapping[str, WasteFlow]:
        """Waste → where it goes."""

    @property
    def lacking(self) -> Mapping[str, str]:
        """Process → one of its inputs whose pool is in shortage."""

    @property
    def accounts(self) -> Accounts:
        """Energy, carbon, water, value and resources."""

    @property
    def chosen_flows(self) -> ChosenFlows:
        """The flows that the scenario's own indicators choose from."""

    @property
    def carbon_holes(self) -> Sequence[Hole]:
        """What the CO2 account may miss or invent."""

    def recovery(self, name: str) -> float | None:
        """The share of an element or oxide that is recovered."""

    def footprint_co2(self, material: str) -> float | None:
        """CO2 equivalent, t, in one native unit of a material."""


def indicators(facts: Facts, only: Collection[str] | None = None) -> list[Indicator]:
    """Every indicator of a run, targets judged; or `only` those of some names, and what they need.

    One that is asked for by name has a row also where nothing arises that it counts. A name that
    this run has nothing of at all (a waste that nothing touches) has none.
    """
    system = facts.system
    wanted = Wanted(only)
    targets: dict[str, list[Target]] = {}
    for target in system.targets:
        if target.indicator in wanted:
            targets.setdefault(target.indicator, []).append(target)
    made: list[Indicator] = []
    if wanted.any_of(_counts_waste):
        made += waste_indicators(system, facts.wastes, facts.lacking, targets, wanted)
    aimed = {name.partition("@")[0] for name in targets}
    sums = [one for one in _sums(facts, wanted) if one.listed or one.name in aimed or one.arises]
    for one in sums:
        if one.name in wanted:
            made += _account(one, facts, targets.get(one.name, ()))
    made += _grouped(facts, sums, targets, wanted)
    made += _asked(RECOVERY, system, targets, facts.recovery, lambda _: "1", wanted, system.layers)
    per = partial(_footprint_unit, system)
    made += _asked(FOOTPRINT, system, targets, facts.footprint_co2, per, wanted)
    made += _custom(facts, targets, wanted)
    told = {row.name for row in made}
    made += _untouched({name: aims for name, aims in targets.items() if name not in told})
    return [row for row in made if row.name in wanted]


def _untouched(targets: Targets) -> Iterator[Indicator]:
    """The rows of targets on what nothing in this run touches: an amount is 0, a ratio has no value."""
    for name, aims in targets.items():
        found = definition(name)
        unit = found.unit if found else "1"
        value = 0.0 if found and not found.denominator and unit != "1" else None
        yield from (judged(name, unit, value, target) for target in aims)


def _counts_waste(name: str) -> bool:
    found = definition(name)
    return found is not None and bool(found.fates)


def _sums(facts: Facts, wanted: Wanted) -> Iterator[_Sums]:
    """The indicators of the catalogue that are made of sums, of the park or any group."""
    materials = facts.system.materials
    treated = [f"{PER_SEWAGE}:{m.id}" for m in materials.values() if m.water == "sewage"]
    bases = None if wanted.names is None else {n.partition("@")[0] for n in wanted.names}
    for name in (*(d.id for d in ACCOUNTS), *treated, *emissions(materials)):
        found = definition(name)
        if found and (bases is None or name in bases):
            yield _Sums(name, found, facts.accounts, listed=bases is not None or name in treated)


class _Sums:
    """An indicator of the catalogue with its two sums of one run; `listed` also where nothing arises."""

    def __init__(self, name: str, found: Definition, accounts: Accounts, *, listed: bool) -> None:
        self.name, self.definition, self.accounts, self.listed = name, found, accounts, listed
        self.material = name.partition("@")[0].partition(":")[2]

    @cached_property
    def numerator(self) -> Part:
        return self.accounts.sum(self.definition.numerator, self.material)

    @cached_property
    def denominator(self) -> Part | None:
        name = self.definition.denominator
        return self.accounts.sum(name, self.material) if name else None

    @property
    def arises(self) -> bool:
        """Whether a run has anything that the indicator counts; what is not known is nothing."""
        totals = [part.total for part in (self.numerator, self.denominator) if part]
        return any(t != 0 and not np.isnan(t) for t in totals)

    def value(self, top: float, bottom: float | None) -> float | None:
        """The figure of two sums; None for 0 ÷ 0 and for what is not known."""
        scale = self.definition.scale
        if bottom is None:
            return None if np.isnan(top) else top * scale
        if np.isnan(top) or np.isnan(bottom) or bottom <= 0:
            return None
        return top / bottom * scale


def _account(one: _Sums, facts: Facts, targets: Sequence[Target]) -> Iterator[Indicator]:
    name, unit = one.name, one.definition.unit
    top, bottom = one.numerator.total, one.denominator.total if one.denominator else None
    value = one.value(top, bottom)
    if not targets:
        yield Indicator(name, value, unit)
        return

    def missing(bound: float) -> float:
        return abs(bound * (1.0 if bottom is None else bottom) / one.definition.scale - top)

    every = np.ones(len(facts.accounts.ledger.processes), bool)
    for target in targets:
        lacking, certain = _doubts(one, facts.lacking, every, (top, bottom), target)
        amount = missing if one.definition.tonnes else None
        row = judged(name, unit, value, target, amount, certain, lacking)
        yield proven(row, one.definition.numerator, top, lambda: facts.carbon_holes, every)


def _doubts(
    one: _Sums,
    short: Mapping[str, str],
    members: Bools,
    sums: tuple[float, float | None],
    target: Target,
) -> tuple[tuple[tuple[str, str], ...], float | None]:
    """Members whose missing input makes a bound unproven, and the value that is sure; None where none is.

    A least value must be reached without what they take of what counts, or bring; a greatest one
    without what they bring to the denominator. What counts and is missing itself leaves nothing sure.
    """
    accounts = one.accounts
    processes = accounts.ledger.processes
    lacks = members & np.array([p.id in short for p in processes], bool)
    if one.definition.weight:
        lacks, brought = _taking(accounts, short, lacks, accounts.weight(one.definition.weight, one.material))
        sure = one.value(sums[0] - float(brought @ lacks), sums[1]) if target.minimum is not None else None
    elif target.minimum is not None:
        brought = one.numerator.by_process
        lacks = lacks & (brought > 0)
        sure = one.value(sums[0] - float(brought[lacks].sum()), sums[1])
    elif one.denominator is not None and sums[1] is not None:
        brought = one.denominator.by_process
        lacks = lacks & (brought > 0)
        sure = one.value(sums[0], sums[1] - float(brought[lacks].sum()))
    else:
        return (), None
    names = [processes[i].id for i in np.flatnonzero(lacks).tolist()]
    return tuple((n, short[n]) for n in names), sure


def _taking(
    accounts: Accounts, short: Mapping[str, str], lacks: Bools, weight: Floats
) -> tuple[Bools, Floats]:
    """(process,) those that take some of what counts, or lack it, and how much they take."""
    b = accounts.ledger
    counted = {m.id for m, w in zip(b.materials, weight.tolist(), strict=True) if w}
    needs = np.array([short.get(p.id) in counted for p in b.processes], bool)
    taken = b.inputs(weight).by_process
    return lacks & (needs | (taken > 0)), taken


def _grouped(facts: Facts, found: Sequence[_Sums], targets: Targets, wanted: Wanted) -> Iterator[Indicator]:
    """Each indicator of each chain, site, sector, project and enterprise that has one."""
    if not wanted.groups:
        return
    names, matrix = memberships(facts.accounts)
    if not names:
        return
    for one in (s for s in found if s.definition.grouped):
        top = matrix @ one.numerator.by_process
        bottom = matrix @ one.denominator.by_process if one.denominator else None
        for i, group in enumerate(names):
            row, unit = f"{one.name}@{group}", one.definition.unit
            sums = float(top[i]), None if bottom is None else float(bottom[i])
            value = one.value(*sums)
            for target in targets.get(row, ()):
                lacking, sure = _doubts(one, facts.lacking, matrix[i] > 0, sums, target)
                aimed = judged(row, unit, value, target, None, sure, lacking)
                holes, mine = (lambda: facts.carbon_holes), matrix[i] > 0
                yield proven(aimed, one.definition.numerator, sums[0], holes, mine)
            if row not in targets and (value or wanted.asks(row)):
                yield Indicator(row, value, unit)


def memberships(accounts: Accounts) -> tuple[list[str], Floats]:
    """The names of all groups and (group, process) who belongs to them."""
    groups: dict[str, list[int]] = {}
    for kind in GROUPS:
        for i, process in enumerate(accounts.ledger.processes):
            for member in members_of(process, kind):
                groups.setdefault(f"{kind}:{member}", []).append(i)
    matrix = np.zeros((len(groups), len(accounts.ledger.processes)))
    for row, members in zip(matrix, groups.values(), strict=True):
        row[members] = 1.0
    return list(groups), matrix


def _footprint_unit(system: System, material: str) -> str:
    return footprint_unit(system.materials[material])


def _asked(
    family: str,
    system: System,
    targets: Targets,
    value_of: Callable[[str], float | None],
    unit_of: Callable[[str], str],
    wanted: Wanted,
    listed: Sequence[str] = (),
) -> Iterator[Indicator]:
    """The indicators of a family that the scenario lists, aims at or claims."""
    names = [f"{family}:{name}" for name in listed]
    claimed = [n for c in system.claims if c.kind == "indicators" for n in c.names]
    names += [n for n in (*targets, *claimed, *(wanted.names or ())) if n.startswith(f"{family}:")]
    for name in (n for n in dict.fromkeys(names) if n in wanted):
        member = name.partition(":")[2]
        value, unit, aims = value_of(member), unit_of(member), targets.get(name, ())
        yield from (judged(name, unit, value, t) for t in aims)
        if not aims:
            yield Indicator(name, value, unit)


def _custom(facts: Facts, targets: Targets, wanted: Wanted) -> Iterator[Indicator]:
    """The custom indicators; a least value must be reached without flows of who lacks an input."""
    for one in facts.system.indicators:
        if one.id not in wanted:
            continue
        own, short = facts.chosen_flows, facts.lacking
        value = own.value(one)
        for target in targets.get(one.id, ()):
            lacking = own.lacking(one, short) if target.minimum is not None else ()
            certain = own.value(one, frozenset(n for n, _ in lacking))
            yield judged(one.id, one.unit, value, target, None, certain, lacking)
        if one.id not in targets:
            yield Indicator(one.id, value, one.unit)
