"""Indicators of solid waste: ratios and amounts by class, by waste, and by group.

Each ratio is a function of an `Account`; its formula and clause stand there. Values are
fractions (unit `1`) or tonnes a year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from mfa.catalogue import GROUPS, PER_WASTE, WASTE_AMOUNTS, WASTE_CLASSES, members_of
from mfa.results.accounts.waste import Account, WasteFlow
from mfa.results.indicators.target import Indicator, judged
from mfa.system import System, Target

FIELDS = ("generated", "utilised", "utilised_old", "disposed", "disposed_old", "stored", "dumped")


@dataclass(frozen=True)
class Kind:
    """A ratio indicator: what counts in its numerator and denominator."""

    ratio: Callable[[Account], float | None]
    numerator: Callable[[Account], float]
    denominator: Callable[[Account], float]


UTILISATION = Kind(lambda a: a.utilisation, lambda a: a.utilised, lambda a: a.generated + a.utilised_old)
BOTH = Kind(
    lambda a: a.utilisation_and_disposal,
    lambda a: a.utilised + a.disposed,
    lambda a: a.generated + a.utilised_old + a.disposed_old,
)
DISPOSAL = Kind(lambda a: a.disposal, lambda a: a.disposed, lambda a: a.generated + a.disposed_old)

KINDS: Mapping[str, tuple[str, Kind]] = {
    "industrial-solid-waste-utilisation": ("industrial-solid", UTILISATION),
    "industrial-solid-waste-utilisation-and-disposal": ("industrial-solid", BOTH),
    "hazardous-waste-disposal": ("hazardous", DISPOSAL),
    "hazardous-waste-utilisation-and-disposal": ("hazardous", BOTH),
}
Targets = Mapping[str, Sequence[Target]]


def waste_indicators(
    system: System, wastes: Mapping[str, WasteFlow], short: Mapping[str, str], targets: Targets
) -> Iterator[Indicator]:
    """All indicators of solid waste of a run.

    Parameters
    ----------
    wastes : waste → where it goes
    short : process → one of its inputs whose pool is in shortage
    """
    for name, kind, members in _ratios(system, wastes, targets):
        yield from _rows(name, kind, members, targets.get(name, ()), short)
    for waste_class, name in WASTE_CLASSES.items():
        members = of_class(system, wastes, waste_class)
        total = sum((w.account() for w in members), Account())
        for field, word in zip(FIELDS, WASTE_AMOUNTS, strict=True):
            if members or f"{name}-{word}" in targets:
                row = f"{name}-{word}"
                yield from _amount(row, field, total, members, targets.get(row, ()), short)
    yield from _groups(system, wastes, targets, short)


def _ratios(
    system: System, wastes: Mapping[str, WasteFlow], targets: Targets
) -> Iterator[tuple[str, Kind, list[WasteFlow]]]:
    for name, (waste_class, kind) in KINDS.items():
        members = of_class(system, wastes, waste_class)
        if members or name in targets:
            yield name, kind, members
    for material, waste in wastes.items():
        yield f"{PER_WASTE}:{material}", UTILISATION, [waste]
    for name in sorted(targets):
        head, _, material = name.partition(":")
        if head == PER_WASTE and material not in wastes:
            yield name, UTILISATION, []  # a waste that nothing of this run touches


def of_class(system: System, wastes: Mapping[str, WasteFlow], waste_class: str) -> list[WasteFlow]:
    """The wastes of one class that are tonnes."""
    return [w for m, w in wastes.items() if w.tonnes and system.materials[m].waste == waste_class]


def _amount(
    name: str,
    field: str,
    total: Account,
    members: Sequence[WasteFlow],
    targets: Sequence[Target],
    short: Mapping[str, str],
) -> Iterator[Indicator]:
    """An amount; what doubtful takers use is not believed, and may just as well be stored or dumped."""
    value: float = getattr(total, field)
    if not targets:
        yield Indicator(name, value, "t/a")
    lacking, sure = _doubtful(members, short)
    least = {"stored": value + sure.dumped - total.dumped}.get(field, getattr(sure, field))
    for target in targets:
        yield judged(name, "t/a", value, target, lambda bound: abs(value - bound), least, lacking)


def _doubtful(
    members: Sequence[WasteFlow], short: Mapping[str, str]
) -> tuple[tuple[tuple[str, str], ...], Account]:
    """Takers that lack an input, each with that input, and the account without what they take."""
    takers = {u.node for w in members for u in w.uses if u.amount > 0 and u.node in short}
    sure = sum((w.account(takers) for w in members), Account())
    return tuple((t, short[t]) for t in sorted(takers)), sure


def _groups(
    system: System, wastes: Mapping[str, WasteFlow], targets: Targets, short: Mapping[str, str]
) -> Iterator[Indicator]:
    """The ratios of the waste that each group makes, shared as its pool is."""
    for name, (waste_class, kind) in KINDS.items():
        members = of_class(system, wastes, waste_class)
        for group in GROUPS:
            for member, part in grouped(system, members, group):
                row = f"{name}@{group}:{member}"
                aims = targets.get(row, ())
                if aims:
                    makers = [w for w in members if _makers(system, w, group, member)]
                    lacking, _ = _doubtful(makers, short)
                    sure = dict(grouped(system, members, group, {n for n, _ in lacking}))[member]
                    yield from (_against(row, kind, part, sure, t, lacking) for t in aims)
                if not aims:
                    yield Indicator(row, kind.ratio(part), "1")


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
    name: str, kind: Kind, members: list[WasteFlow], targets: Sequence[Target], short: Mapping[str, str]
) -> list[Indicator]:
    account = sum((w.account() for w in members), Account())
    if not targets:
        return [Indicator(name, kind.ratio(account), "1")]
    lacking, sure = _doubtful(members, short)
    rows = [_against(name, kind, account, sure, t, lacking) for t in targets]
    return rows if all(w.tonnes for w in members) else [replace(r, distance_amount=None) for r in rows]


def _against(
    name: str,
    kind: Kind,
    account: Account,
    sure: Account,
    target: Target,
    lacking: tuple[tuple[str, str], ...],
) -> Indicator:
    """The value beside its bound, and the tonnes that are missing or too much."""

    def missing(bound: float) -> float:
        return abs(bound * kind.denominator(account) - kind.numerator(account))

    return judged(name, "1", kind.ratio(account), target, missing, kind.ratio(sure), lacking)
