"""Remedies of a missed target: what keeps a waste from being used, and what each way out adds.

For every waste that is left over, stored, disposed of or dumped: the takers that are full,
those that lack a side input, and processes that could take it but stand idle. Each is mended
alone and the whole network solved again, so that the gain is exact, side effects included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mfa.catalogue import BY_ID, PER_WASTE, is_waste_rate
from mfa.checks.lists import idle
from mfa.engine.network import TAKER
from mfa.results.accounts.waste import Account, entry_fate
from mfa.results.indicators.target import Indicator
from mfa.results.indicators.waste_rates import UTILISED, covered, waste_indicators
from mfa.results.run import Run
from mfa.studies.mixture import attempt
from mfa.system import ONE, Entry, System

Way = Literal["raise", "start", "buy", "all"]
FULL = 1 - 1e-9
USEFUL = 1e-9


@dataclass(frozen=True)
class Remedy:
    """One way out, tried alone.

    Attributes
    ----------
    way : `raise` a full taker's limit and capacity, `start` an idle process, `buy` a side input
        that a taker lacks, or `all` of them together
    material, node : the waste and its taker; `lacking` the side input of `buy`
    before, after : what the taker takes, native units a year
    displaced : takers that use the waste and then get less, each with how much less
    value, gain : the indicator then, and by how much it is better
    amount : by how much more is used (numerator of the target), t a year
    met : of the target then: true, false, unproven
    """

    indicator: str
    way: Way
    material: str
    node: str
    lacking: str
    before: float
    after: float
    displaced: tuple[tuple[str, float], ...]
    value: float | None
    gain: float
    amount: float
    met: str


@dataclass(frozen=True)
class Ways:
    """The ways out of one missed target: each alone, best first, and all of them together."""

    indicator: str
    single: tuple[Remedy, ...]
    together: Remedy | None


@dataclass(frozen=True)
class _Trial:
    way: Way
    material: str
    node: str
    lacking: str
    mend: Callable[[System], System]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from other trials."""
        return self.way, self.material, self.node, self.lacking


def remedies(result: Run) -> list[Remedy]:
    """Ways to a missed target on solid waste, best first; empty where every target is met.

    Parameters
    ----------
    result : the solved scenario
    """
    runs: dict[tuple[str, str, str, str], Run | None] = {}
    found: list[Remedy] = []
    for row in result.indicator_list:
        if row.minimum is None or row.met not in ("false", "unproven") or not _is_waste(row.name):
            continue
        trials = list(_trials(result, row.name))
        for trial in trials:
            if trial.key not in runs:
                runs[trial.key] = attempt(trial.mend(result.system))
        tried = [_remedy(result, then, row, t) for t in trials if (then := runs[t.key]) is not None]
        found += sorted((r for r in tried if r.gain > USEFUL), key=_rank)
        if len(trials) > 1:
            best = max((r.gain for r in tried), default=0.0)
            found += [r for r in _together(result, row, trials) if r.gain > best - USEFUL]
    return found


def by_target(found: Sequence[Remedy]) -> tuple[Ways, ...]:
    """Remedies, target by target."""
    made = []
    for name in dict.fromkeys(r.indicator for r in found):
        mine = [r for r in found if r.indicator == name]
        together = next((r for r in mine if r.way == "all"), None)
        made.append(Ways(name, tuple(r for r in mine if r.way != "all"), together))
    return tuple(made)


def _rank(remedy: Remedy) -> tuple[float, str, str]:
    """Best first; gains that differ by rounding alone are equal."""
    return -round(remedy.gain, 9), remedy.material, remedy.node


def _is_waste(name: str) -> bool:
    return is_waste_rate(name) or name.startswith(f"{PER_WASTE}:")


def _wastes(result: Run, name: str) -> list[str]:
    """The wastes and residues that an indicator counts and that are not all used, largest first."""
    if is_waste_rate(name):
        parents = [m for m in result.wastes if BY_ID[name].covers(result.system.materials[m])]
    else:
        parents = [name.partition(":")[2]]
    left = {p: sum(u.amount for u in result.wastes[p].uses if u.fate != "utilisation") for p in parents}
    ordered = sorted((p for p in parents if left[p] > 0), key=lambda p: -left[p])
    return [m for p in ordered for m in _family(result.system, p)]


def _family(system: System, parent: str) -> list[str]:
    """A waste and what is left of it after treatment, as far as they are pools."""
    found = [parent]
    for m in found:
        found += [k.id for k in system.materials.values() if k.residue_of == m and k.id not in found]
    return [m for m in found if m in system.pools]


def _trials(result: Run, name: str) -> Iterator[_Trial]:
    for material in _wastes(result, name):
        yield from _listed(result, material)
        yield from _idle(result, material)


def _listed(result: Run, material: str) -> Iterator[_Trial]:
    """Utilising takers that are full, or held back by another list."""
    system, compiled = result.system, result.compiled
    for i, (line, entry) in enumerate(zip(compiled.structure.entries, compiled.entries, strict=True)):
        if compiled.structure.pools[line.pool] != material or line.side != TAKER:
            continue
        if entry.kind not in ("process", "export") or entry_fate(system, entry) != "utilisation":
            continue
        if _is_full(result, i):
            yield _Trial("raise", material, entry.node, "", _raised(material, entry))
        for lacking in _held_back(system, entry, material):
            yield _Trial("buy", material, entry.node, lacking, _bought(entry.node, lacking))


def _is_full(result: Run, i: int) -> bool:
    """Whether its limit or its capacity keeps it from taking more."""
    full = bool(result.state.handed[i] >= result.accounts.ledger.most(i) * FULL)
    process = result.compiled.structure.entries[i].process
    if process >= 0:
        full = full or bool(result.state.level[process] >= result.compiled.values.capacity[process] * FULL)
    return full


def _held_back(system: System, entry: Entry, material: str) -> list[str]:
    """Other materials whose taker lists the process stands in as well."""
    if entry.kind != "process":
        return []
    return [
        m
        for m, pool in system.pools.items()
        if m != material and any(e.kind == "process" and e.node == entry.node for e in pool.takers)
    ]


def _idle(result: Run, material: str) -> Iterator[_Trial]:
    """Idle processes that could use the material."""
    for name in idle(result.system):
        process = result.system.processes[name]
        if material in process.inputs and process.fate == "utilisation":
            yield _Trial("start", material, name, "", _started(material, name))


def _raised(material: str, entry: Entry) -> Callable[[System], System]:
    """Without its limit and the capacity of its process, after the others that use all that they take.

    So it takes what they leave, and what is gained is not taken from them.
    """

    def mend(system: System) -> System:
        pool = system.pools[material]
        others = tuple(e for e in pool.takers if (e.node, e.kind) != (entry.node, entry.kind))
        open_entry = replace(entry, limit=None, percent=None, share=ONE)
        takers = _before_waste(system, material, others, open_entry)
        changed = replace(system, pools={**system.pools, material: replace(pool, takers=takers)})
        if entry.kind != "process":
            return changed
        process = replace(system.processes[entry.node], capacity=None)
        return replace(changed, processes={**system.processes, entry.node: process})

    return mend


def _before_waste(
    system: System, material: str, takers: tuple[Entry, ...], entry: Entry
) -> tuple[Entry, ...]:
    """The list with an entry on a tier of its own before the first that does not use the waste whole."""
    at = next((i for i, e in enumerate(takers) if not _uses_whole(system, material, e)), len(takers))
    last = max((e.tier for e in takers[:at]), default=0)
    later = tuple(replace(e, tier=e.tier + last + 2) for e in takers[at:])
    return (*takers[:at], replace(entry, tier=last + 1), *later)


def _bought(node: str, lacking: str) -> Callable[[System], System]:
    """The side input is bought where it lacks: the process asks for it instead of waiting for it."""

    def mend(system: System) -> System:
        pool = system.pools[lacking]
        takers = tuple(e for e in pool.takers if e.node != node)
        givers = pool.givers
        if not any(e.kind == "import" and not (e.limit or e.percent) for e in givers):
            tier = max((e.tier for e in givers), default=0) + 1
            givers = (*givers, Entry("import", "import", tier, system.processes[node].place))
        return replace(system, pools={**system.pools, lacking: replace(pool, takers=takers, givers=givers)})

    return mend


def _started(material: str, node: str) -> Callable[[System], System]:
    """In the list before the first taker that does not use the waste."""

    def mend(system: System) -> System:
        pool = system.pools[material]
        entry = Entry(node, "process", 1, system.processes[node].place)
        takers = _before_waste(system, material, pool.takers, entry)
        return replace(system, pools={**system.pools, material: replace(pool, takers=takers)})

    return mend


def _uses_whole(system: System, material: str, entry: Entry) -> bool:
    """Whether an entry uses the waste, and leaves no residue of it."""
    if entry.kind not in ("process", "export") or entry_fate(system, entry) != "utilisation":
        return False
    if entry.kind == "export":
        return True
    family = _family(system, material)
    return not any(m in family for m in system.processes[entry.node].outputs)


def _together(result: Run, row: Indicator, trials: list[_Trial]) -> list[Remedy]:
    """All ways at once, as far as the network can then still be solved; they may get in each other's way."""
    system = result.system
    for trial in trials:
        system = trial.mend(system)
    then = attempt(system)
    if then is None:
        return []
    return [_remedy(result, then, row, _Trial("all", "", "", "", lambda s: s))]


def _remedy(result: Run, then: Run, row: Indicator, trial: _Trial) -> Remedy:
    aimed = [t for t in then.system.targets if t.indicator == row.name]
    rows = waste_indicators(then.system, then.wastes, then.lacking, {row.name: aimed})
    new = next(r for r in rows if r.name == row.name and r.minimum == row.minimum)
    return Remedy(
        row.name,
        trial.way,
        trial.material,
        trial.node,
        trial.lacking,
        _taken(result, trial),
        _taken(then, trial),
        _displaced(result, then, trial),
        new.value,
        (new.value or 0.0) - (row.value or 0.0),
        _counted(then, row.name) - _counted(result, row.name),
        new.met,
    )


def _counted(result: Run, name: str) -> float:
    """The numerator of a ratio, t a year."""
    rate = BY_ID.get(name)
    if rate is None:
        members, fates = [result.wastes[name.partition(":")[2]]], UTILISED
    else:
        members, fates = covered(result.system, result.wastes, rate), rate.fates
    return sum((w.account() for w in members), Account()).counted(fates)


def _displaced(result: Run, then: Run, trial: _Trial) -> tuple[tuple[str, float], ...]:
    """Who used the waste before and gets less of it now, largest first."""
    users = (
        {u.node for u in result.wastes[trial.material].uses if u.fate == "utilisation"}
        if (trial.material in result.wastes)
        else set()
    )
    before, after = (
        {f.target: f.amount for f in x.flow_list if f.material == trial.material} for x in (result, then)
    )
    less = {n: before[n] - after.get(n, 0.0) for n in before if n in users and n != trial.node}
    found = [(n, a) for n, a in less.items() if a > USEFUL * before[n]]
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0])))


def _taken(result: Run, trial: _Trial) -> float:
    return sum(f.amount for f in result.flow_list if f.material == trial.material and f.target == trial.node)
