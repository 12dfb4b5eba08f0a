"""Indicators of solid waste: ratios and amounts by class, by waste, and by group.

Which fates a rate counts stands in the catalogue, how it is counted in `Account`. Values are
fractions (unit `1`) or tonnes a year.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace

from mfa.catalogue import (
    BY_ID,
    GROUPS,
    HEADLINE,
    PER_WASTE,
    WASTE_AMOUNTS,
    WASTE_CLASSES,
    WASTE_RATES,
    Definition,
    definition,
    members_of,
)
from mfa.results.accounts.waste import Account, WasteFlow
from mfa.results.indicators.target import Indicator, judged
from mfa.results.indicators.wanted import EVERY, Wanted
from mfa.system import System, Target

UTILISED = BY_ID[HEADLINE].fates
FIELDS = ("generated", "utilised", "utilised_old", "disposed", "disposed_old", "stored", "dumped", "unsold")


Targets = Mapping[str, Sequence[Target]]
Doubt = tuple[tuple[tuple[str, str], ...], Account]
"""Takers that lack an input, each with that input, and the account without what they take."""


def waste_indicators(
    system: System,
    wastes: Mapping[str, WasteFlow],
    short: Mapping[str, str],
    targets: Targets,
    wanted: Wanted = EVERY,
) -> Iterator[Indicator]:
    """All indicators of solid waste of a run, or those that are wanted.

    Parameters
    ----------
    wastes : waste → where it goes
    short : process → one of its inputs whose pool is in shortage
    """
    for name, fates, members in _rates(system, wastes, targets, wanted):
        if name in wanted:
            total = sum((w.account() for w in members), Account())
            yield from _rows(name, fates, members, total, _doubtful(members, short), targets.get(name, ()))
    for name in WASTE_CLASSES.values():
        members = covered(system, wastes, BY_ID[f"{name}-generated"])
        total = sum((w.account() for w in members), Account())
        for field, word in zip(FIELDS, WASTE_AMOUNTS, strict=True):
            row = f"{name}-{word}"
            if row in wanted and (members or row in targets or wanted.asks(row)):
                yield from _amount(row, field, total, _doubtful(members, short), targets.get(row, ()))
    yield from _groups(system, wastes, targets, short, wanted)


def _rates(
    system: System, wastes: Mapping[str, WasteFlow], targets: Targets, wanted: Wanted
) -> Iterator[tuple[str, Sequence[str], list[WasteFlow]]]:
    for rate in WASTE_RATES:
        members = covered(system, wastes, rate)
        if members or rate.id in targets or wanted.asks(rate.id):
            yield rate.id, rate.fates, members
    for material, waste in wastes.items():
        yield f"{PER_WASTE}:{material}", UTILISED, [waste]
    for name in sorted({*targets, *(wanted.names or ())}):
        head, _, material = name.partition(":")
        if head == PER_WASTE and material not in wastes and "@" not in material:
            yield name, UTILISED, []  # a waste that nothing of this run touches


def covered(system: System, wastes: Mapping[str, WasteFlow], rate: Definition) -> list[WasteFlow]:
    """The wastes that a rate or an amount counts, where they are tonnes."""
    return [w for m, w in wastes.items() if w.tonnes and rate.covers(system.materials[m])]


def _amount(
    name: str,
    field: str,
    total: Account,
    doubt: Doubt,
    targets: Sequence[Target],
) -> Iterator[Indicator]:
    """An amount; what doubtful takers use is not believed, and may just as well be stored or dumped."""
    value: float = getattr(total, field)
    if not targets:
        yield Indicator(name, value, "t/a")
    lacking, sure = doubt
    least = {"stored": value + sure.dumped - total.dumped}.get(field, getattr(sure, field))
    for target in targets:
        yield judged(name, "t/a", value, target, lambda bound: abs(value - bound), least, lacking)


def _doubtful(members: Sequence[WasteFlow], short: Mapping[str, str]) -> Doubt:
    """Takers that lack an input, each with that input, and the account without what they take."""
    takers = {u.node for w in members for u in w.uses if u.amount > 0 and u.node in short}
    sure = sum((w.account(takers) for w in members), Account())
    return tuple((t, short[t]) for t in sorted(takers)), sure


def _groups(
    system: System,
    wastes: Mapping[str, WasteFlow],
    targets: Targets,
    short: Mapping[str, str],
    wanted: Wanted,
) -> Iterator[Indicator]:
    """The ratios of the waste that each group makes, shared as its pool is; more where it is asked for."""
    asked = {n for n in (*targets, *(wanted.names or ())) if "@" in n}
    for rate in WASTE_RATES if wanted.groups else ():
        members = covered(system, wastes, rate)
        for group in GROUPS:
            for member, part in grouped(system, members, group):
                row = f"{rate.id}@{group}:{member}"
                if row not in asked:
                    yield Indicator(row, part.rate(rate.fates), "1")
    for row in sorted(asked):
        found = definition(row)
        if found and found.fates and row in wanted:
            yield from _of_group(row, found, system, wastes, targets.get(row, ()), short)


def _of_group(
    row: str,
    found: Definition,
    system: System,
    wastes: Mapping[str, WasteFlow],
    targets: Sequence[Target],
    short: Mapping[str, str],
) -> Iterator[Indicator]:
    """A rate, an amount or the rate of one waste of a group; it may make nothing of it."""
    base, _, whose = row.partition("@")
    (group, _, member), one = whose.partition(":"), base.partition(":")[2]
    members = [w for m, w in wastes.items() if m == one] if one else covered(system, wastes, found)
    makers = [w for w in members if _makers(system, w, group, member)]
    part = dict(grouped(system, makers, group)).get(member, Account())
    lacking, _ = _doubtful(makers, short)
    sure = dict(grouped(system, makers, group, {n for n, _ in lacking})).get(member, Account())
    if found.unit != "1":
        field = FIELDS[WASTE_AMOUNTS.index(found.fates[0])]
        yield from _amount(row, field, part, (lacking, sure), targets)
    else:
        yield from _rows(row, found.fates, makers, part, (lacking, sure), targets)


def grouped(
    system: System, members: Sequence[WasteFlow], group: str, without: Set[str] = frozenset()
) -> Iterator[tuple[str, Account]]:
    """The account of what each group of processes makes; uses by processes in `without` are not believed."""
    names = dict.fromkeys(n for w in members for p in w.made for n in members_of(system.processes[p], group))
    for name in names:
        made = [_makers(system, w, group, name) for w in members]
        yield name, sum((_part(w, m, without) for w, m in zip(members, made, strict=True) if m), Account())


def _makers(system: System, waste: WasteFlow, group: str, name: str) -> set[str]:
    """The members of a group that make a waste."""
    return {p for p in waste.made if name in members_of(system.processes[p], group)}


def _part(waste: WasteFlow, makers: Set[str], without: Set[str]) -> Account:
    whole = sum(waste.made.values())
    mine = sum(a for p, a in waste.made.items() if p in makers)
    return waste.account(without).scaled(mine / whole) if whole > 0 else Account()


def _rows(
    name: str,
    fates: Sequence[str],
    members: Sequence[WasteFlow],
    account: Account,
    doubt: Doubt,
    targets: Sequence[Target],
) -> list[Indicator]:
    if not targets:
        return [Indicator(name, account.rate(fates), "1")]
    lacking, sure = doubt
    rows = [_against(name, fates, account, sure, t, lacking) for t in targets]
    return rows if all(w.tonnes for w in members) else [replace(r, distance_amount=None) for r in rows]


def _against(
    name: str,
    fates: Sequence[str],
    account: Account,
    sure: Account,
    target: Target,
    lacking: tuple[tuple[str, str], ...],
) -> Indicator:
    """The value beside its bound, and the tonnes that are missing or too much."""

    def missing(bound: float) -> float:
        return abs(bound * account.to_count(fates) - account.counted(fates))

    return judged(name, "1", account.rate(fates), target, missing, sure.rate(fates), lacking)
