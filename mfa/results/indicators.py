"""Indicators of solid waste, their targets and the distance to them.

Each indicator is a function of an `Account`; its formula and clause stand at the account.
Values are fractions (unit `1`) or tonnes a year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, replace

from mfa.records import Process, System, Target
from mfa.results.waste import Account, WasteFlow

CLASSES = {"industrial-solid": "industrial-solid-waste", "hazardous": "hazardous-waste"}
AMOUNTS = {
    "generated": "generated",
    "utilised": "utilised",
    "utilised_old": "utilised-from-storage",
    "disposed": "disposed",
    "disposed_old": "disposed-from-storage",
    "stored": "stored",
    "dumped": "dumped",
}
Ratio = Callable[[Account], float | None]


@dataclass(frozen=True)
class Kind:
    """A ratio indicator: its function, and what counts in its numerator and denominator."""

    ratio: Ratio
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
GROUPS: Mapping[str, Callable[[Process], str]] = {
    "chain": lambda p: p.chain,
    "site": lambda p: p.site,
    "sector": lambda p: p.sector,
}


@dataclass(frozen=True)
class Indicator:
    """A row of the table `indicators`; `met` is true, false, unproven or empty.

    `doubtful` are the processes that make it unproven, each with the input it lacks.
    """

    name: str
    value: float | None
    unit: str
    minimum: float | None = None
    maximum: float | None = None
    met: str = ""
    distance: float | None = None
    distance_amount: float | None = None
    doubtful: tuple[tuple[str, str], ...] = ()


def indicators(system: System, wastes: Mapping[str, WasteFlow], short: Mapping[str, str]) -> list[Indicator]:
    """All indicators of a run.

    Parameters
    ----------
    wastes : waste → where it goes
    short : process → one of its inputs whose pool is in shortage
    """
    targets: dict[str, list[Target]] = {}
    for target in system.targets:
        targets.setdefault(target.indicator, []).append(target)
    made = []
    for name, kind, members in _ratios(system, wastes):
        made += _rows(name, kind, members, targets.get(name, []), short)
    for waste_class, name in CLASSES.items():
        members = _of_class(system, wastes, waste_class)
        if members:
            total = sum((w.account() for w in members), Account())
            made += [
                Indicator(f"{name}-{word}", getattr(total, field), "t/a") for field, word in AMOUNTS.items()
            ]
    for name, (waste_class, kind) in KINDS.items():
        for group, member, part in _grouped(system, _of_class(system, wastes, waste_class)):
            made.append(Indicator(f"{name}@{group}:{member}", kind.ratio(part), "1"))
    return made


def _ratios(system: System, wastes: Mapping[str, WasteFlow]) -> Iterator[tuple[str, Kind, list[WasteFlow]]]:
    aimed = {t.indicator for t in system.targets}
    for name, (waste_class, kind) in KINDS.items():
        members = _of_class(system, wastes, waste_class)
        if members or name in aimed:
            yield name, kind, members
    for material, waste in wastes.items():
        yield f"utilisation:{material}", UTILISATION, [waste]
    for name in sorted(aimed - KINDS.keys() - {f"utilisation:{m}" for m in wastes}):
        yield name, UTILISATION, []  # a waste that nothing of this run touches


def _of_class(system: System, wastes: Mapping[str, WasteFlow], waste_class: str) -> list[WasteFlow]:
    return [w for m, w in wastes.items() if w.tonnes and system.materials[m].waste == waste_class]


def _grouped(system: System, members: list[WasteFlow]) -> Iterator[tuple[str, str, Account]]:
    """The waste that each chain, site and sector makes, shared as its pool is."""
    for group, of in GROUPS.items():
        names = dict.fromkeys(of(system.processes[p]) for w in members for p in w.made)
        for name in filter(None, names):
            parts = [_part(w, {p for p in w.made if of(system.processes[p]) == name}) for w in members]
            yield group, name, sum(parts, Account())


def _part(waste: WasteFlow, makers: Set[str]) -> Account:
    whole = sum(waste.made.values())
    mine = sum(a for p, a in waste.made.items() if p in makers)
    return waste.account().scaled(mine / whole) if whole > 0 else Account()


def _rows(
    name: str, kind: Kind, members: list[WasteFlow], targets: list[Target], short: Mapping[str, str]
) -> list[Indicator]:
    account = sum((w.account() for w in members), Account())
    if not targets:
        return [Indicator(name, kind.ratio(account), "1")]
    takers = {u.node for w in members for u in w.uses if u.amount > 0 and u.node in short}
    lacking = tuple((t, short[t]) for t in sorted(takers))
    sure = sum((w.account(takers) for w in members), Account())
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
    """The value beside its bound; reached only with the help of doubtful takers: unproven."""
    value = kind.ratio(account)
    if value is None:
        return Indicator(name, None, "1", target.minimum, target.maximum)
    bound = target.minimum if target.minimum is not None else target.maximum
    assert bound is not None
    missing = bound * kind.denominator(account) - kind.numerator(account)
    if target.minimum is None:
        missing = -missing
    reached = _holds(value, target)
    certain = kind.ratio(sure)
    proven = certain is not None and _holds(certain, target)
    met = "false" if not reached else "true" if proven else "unproven"
    amount = 0.0 if reached else missing
    doubtful = lacking if met == "unproven" else ()
    return Indicator(name, value, "1", target.minimum, target.maximum, met, value - bound, amount, doubtful)


def _holds(value: float, target: Target) -> bool:
    """Whether a value keeps its bound, up to rounding."""
    low = target.minimum is None or value >= target.minimum - 1e-12
    return low and (target.maximum is None or value <= target.maximum + 1e-12)
