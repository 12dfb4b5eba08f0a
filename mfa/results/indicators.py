"""All indicators of a run: waste, energy, carbon, water, value, resources, and its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from mfa.engine.network import Floats
from mfa.input.indicators import ACCOUNTS, GROUPS, PER_SEWAGE, RECOVERY, members_of
from mfa.records import System, Target
from mfa.results.accounts import SPECS, Accounts, Spec, sewage
from mfa.results.flows import Flow
from mfa.results.indicator import Indicator, judged
from mfa.results.own import value as own_value
from mfa.results.ratios import waste_indicators
from mfa.results.waste import WasteFlow

Targets = Mapping[str, Sequence[Target]]


def indicators(
    system: System,
    wastes: Mapping[str, WasteFlow],
    short: Mapping[str, str],
    accounts: Accounts,
    recovery: Callable[[str], float | None],
    flows: Sequence[Flow],
    links: Callable[[], Sequence[Flow]],
) -> list[Indicator]:
    """Every indicator of a run, targets judged.

    Parameters
    ----------
    wastes : waste → where it goes
    short : process → one of its inputs whose pool is in shortage
    recovery : element or oxide → the share of it recovered
    links : makes the flows without pools, for indicators that name both ends
    """
    targets: dict[str, list[Target]] = {}
    for target in system.targets:
        targets.setdefault(target.indicator, []).append(target)
    made = list(waste_indicators(system, wastes, short, targets))
    specs = {n: s for n, s in SPECS.items() if n in targets or _arises(s, accounts)}
    specs |= {f"{PER_SEWAGE}:{m.id}": sewage(m.id) for m in system.materials.values() if m.water == "sewage"}
    for name, spec in specs.items():
        made += _account(name, spec, accounts, targets.get(name, ()), short)
    made += _grouped(accounts, specs, targets)
    made += _recoveries(system, recovery, targets)
    made += _own(system, flows, links, targets)
    return made


def _arises(spec: Spec, accounts: Accounts) -> bool:
    """Whether a run has anything that the indicator counts; what is not known is nothing."""
    totals = [part(accounts).total for part in (spec.top, spec.bottom) if part]
    return any(t != 0 and not np.isnan(t) for t in totals)


def _account(
    name: str, spec: Spec, accounts: Accounts, targets: Sequence[Target], short: Mapping[str, str]
) -> Iterator[Indicator]:
    top, bottom = spec.top(accounts).total, spec.bottom(accounts).total if spec.bottom else None
    unit = ACCOUNTS.get(name, "1")
    value = spec.value(top, bottom)
    if not targets:
        yield Indicator(name, value, unit)
        return

    def missing(bound: float) -> float:
        return abs(bound * (1.0 if bottom is None else bottom) / spec.scale - top)

    lacking, sure = _doubts(spec, accounts, short, top)
    for target in targets:
        certain = spec.value(sure, bottom) if target.minimum is not None else None
        yield judged(name, unit, value, target, missing if spec.tonnes else None, certain, lacking)


def _doubts(
    spec: Spec, accounts: Accounts, short: Mapping[str, str], top: float
) -> tuple[tuple[tuple[str, str], ...], float]:
    """Processes that lack an input which counts here, and the numerator without what they take."""
    if spec.weight is None:
        return (), top
    b, weight = accounts.ledger, spec.weight(accounts)
    counted = {m.id for m, w in zip(b.materials, weight.tolist(), strict=True) if w}
    taken = b.inputs(weight)
    found = []
    sure = top
    for process, amount in zip(b.processes, taken.tolist(), strict=True):
        if process.id in short and (amount > 0 or short[process.id] in counted):
            found.append((process.id, short[process.id]))
            sure -= amount
    return tuple(found), sure


def _grouped(accounts: Accounts, specs: Mapping[str, Spec], targets: Targets) -> Iterator[Indicator]:
    """Each indicator of each chain, site, sector, project and enterprise that has one."""
    names, matrix = _memberships(accounts)
    if not names:
        return
    for name, spec in ((n, s) for n, s in specs.items() if s.grouped):
        top = matrix @ spec.top(accounts).by_process
        bottom = matrix @ spec.bottom(accounts).by_process if spec.bottom else None
        for i, group in enumerate(names):
            row = f"{name}@{group}"
            value = spec.value(float(top[i]), None if bottom is None else float(bottom[i]))
            aims = targets.get(row, ())
            yield from (judged(row, ACCOUNTS.get(name, "1"), value, t) for t in aims)
            if not aims and value:
                yield Indicator(row, value, ACCOUNTS.get(name, "1"))


def _memberships(accounts: Accounts) -> tuple[list[str], Floats]:
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


def _recoveries(
    system: System, recovery: Callable[[str], float | None], targets: Targets
) -> Iterator[Indicator]:
    """The recovery of every layer that the scenario lists, aims at or claims."""
    wanted = [f"{RECOVERY}:{name}" for name in system.layers]
    claimed = [n for c in system.claims if c.kind == "indicators" for n in c.names]
    wanted += [n for n in (*targets, *claimed) if n.startswith(f"{RECOVERY}:")]
    for name in dict.fromkeys(wanted):
        value = recovery(name.partition(":")[2])
        aims = targets.get(name, ())
        yield from (judged(name, "1", value, t) for t in aims)
        if not aims:
            yield Indicator(name, value, "1")


def _own(
    system: System, flows: Sequence[Flow], links: Callable[[], Sequence[Flow]], targets: Targets
) -> Iterator[Indicator]:
    """The scenario's own indicators."""
    for one in system.indicators:
        top, bottom = own_value(one, flows, links, system.materials)
        value = top if bottom is None else top / bottom if bottom else None
        aims = targets.get(one.id, ())
        yield from (judged(one.id, one.unit, value, t) for t in aims)
        if not aims:
            yield Indicator(one.id, value, one.unit)
