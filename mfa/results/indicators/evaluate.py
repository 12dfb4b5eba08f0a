"""All indicators of a run: waste, energy, carbon, water, value, resources, and its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from mfa.catalogue import ACCOUNTS, GROUPS, PER_SEWAGE, RECOVERY, members_of
from mfa.engine.network import Bools, Floats
from mfa.results.accounts.accounts import SPECS, Accounts, Spec, sewage
from mfa.results.accounts.flows import Flow
from mfa.results.accounts.waste import WasteFlow
from mfa.results.indicators.custom import lacking as lacking_in
from mfa.results.indicators.custom import value as own_value
from mfa.results.indicators.target import Indicator, judged
from mfa.results.indicators.waste_rates import waste_indicators
from mfa.system import System, Target

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
    made += _grouped(accounts, specs, targets, short)
    made += _recoveries(system, recovery, targets)
    made += _own(system, flows, links, targets, short)
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

    every = np.ones(len(accounts.ledger.processes), bool)
    for target in targets:
        lacking, certain = _doubts(spec, accounts, short, every, (top, bottom), target)
        yield judged(name, unit, value, target, missing if spec.tonnes else None, certain, lacking)


def _doubts(
    spec: Spec,
    accounts: Accounts,
    short: Mapping[str, str],
    members: Bools,
    sums: tuple[float, float | None],
    target: Target,
) -> tuple[tuple[tuple[str, str], ...], float | None]:
    """Members whose missing input makes a bound unproven, and the value that is sure; None where none is.

    A least value must be reached without what they take of what counts, or bring; a greatest one
    without what they bring to the denominator. What counts and is missing itself leaves nothing sure.
    """
    processes = accounts.ledger.processes
    lacks = members & np.array([p.id in short for p in processes], bool)
    if spec.weight is not None:
        lacks, brought = _taking(accounts, short, lacks, spec.weight(accounts))
        sure = spec.value(sums[0] - float(brought @ lacks), sums[1]) if target.minimum is not None else None
    elif target.minimum is not None:
        brought = spec.top(accounts).by_process
        lacks = lacks & (brought > 0)
        sure = spec.value(sums[0] - float(brought[lacks].sum()), sums[1])
    elif spec.bottom is not None and sums[1] is not None:
        brought = spec.bottom(accounts).by_process
        lacks = lacks & (brought > 0)
        sure = spec.value(sums[0], sums[1] - float(brought[lacks].sum()))
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
    taken = b.inputs(weight)
    return lacks & (needs | (taken > 0)), taken


def _grouped(
    accounts: Accounts, specs: Mapping[str, Spec], targets: Targets, short: Mapping[str, str]
) -> Iterator[Indicator]:
    """Each indicator of each chain, site, sector, project and enterprise that has one."""
    names, matrix = _memberships(accounts)
    if not names:
        return
    for name, spec in ((n, s) for n, s in specs.items() if s.grouped):
        top = matrix @ spec.top(accounts).by_process
        bottom = matrix @ spec.bottom(accounts).by_process if spec.bottom else None
        for i, group in enumerate(names):
            row, unit = f"{name}@{group}", ACCOUNTS.get(name, "1")
            sums = float(top[i]), None if bottom is None else float(bottom[i])
            value = spec.value(*sums)
            for target in targets.get(row, ()):
                lacking, sure = _doubts(spec, accounts, short, matrix[i] > 0, sums, target)
                yield judged(row, unit, value, target, None, sure, lacking)
            if row not in targets and value:
                yield Indicator(row, value, unit)


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
    system: System,
    flows: Sequence[Flow],
    links: Callable[[], Sequence[Flow]],
    targets: Targets,
    short: Mapping[str, str],
) -> Iterator[Indicator]:
    """The scenario's own indicators; a least value must be reached without flows of who lacks an input."""
    for one in system.indicators:
        top, bottom = own_value(one, flows, links, system.materials)
        value = top if bottom is None else top / bottom if bottom else None
        for target in targets.get(one.id, ()):
            lacking = lacking_in(one, flows, links, short) if target.minimum is not None else ()
            sure, _ = own_value(one, flows, links, system.materials, frozenset(n for n, _ in lacking))
            certain = sure if bottom is None else sure / bottom if bottom else None
            yield judged(one.id, one.unit, value, target, None, certain, lacking)
        if one.id not in targets:
            yield Indicator(one.id, value, one.unit)
