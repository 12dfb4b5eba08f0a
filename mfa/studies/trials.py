"""What is tried to mend a missed target on waste: each trial is a changed park.

What others decide: takers that are full, idle processes, lacking side inputs, products without
a buyer. What a planner decides: the end of a written range, less of what makes the waste.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from mfa.catalogue import BY_ID, is_waste_rate
from mfa.checks.lists import idle, places
from mfa.engine.network import TAKER
from mfa.errors import FaultWithoutPlace
from mfa.parameters import figure_at, parse, with_value
from mfa.results.accounts.flows import Flow
from mfa.results.accounts.uptake import NO_PRODUCT
from mfa.results.accounts.waste import entry_fate
from mfa.results.run import Run
from mfa.system import ONE, Entry, System

Way = Literal["raise", "start", "buy", "sell", "range", "less", "variant", "all"]
FULL = 1 - 1e-9
MOST_MADE = 3  # largest wastes whose makers are looked at; less of a small one mends no rate


@dataclass(frozen=True)
class Trial:
    """One change of the park.

    Attributes
    ----------
    way, material, node, lacking, path, variant, label : as of the `Remedy` that it may become
    within : whether it stays within what the files write (a range, a capacity, a variant)
    figures : a figure that it changes, before and then; None where it is the taker that changes
    unit : of that figure
    mend : the park with the change
    """

    way: Way
    mend: Callable[[System], System]
    material: str = ""
    node: str = ""
    lacking: str = ""
    path: str = ""
    variant: str = ""
    label: Mapping[str, str] = field(default_factory=dict)
    within: bool = False
    figures: tuple[float, float] | None = None
    unit: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from other trials."""
        return self.way, self.material, self.node, self.lacking, self.path, self.variant, self.figures


# ---------------------------------------------------------------- which wastes
def wastes_left(result: Run, name: str) -> list[str]:
    """The wastes that an indicator counts and that are not all used, largest first."""
    if is_waste_rate(name):
        parents = [m for m in result.wastes if BY_ID[name].covers(result.system.materials[m])]
    else:
        parents = [name.partition(":")[2]]
    left = {p: sum(u.amount for u in result.wastes[p].uses if u.fate != "utilisation") for p in parents}
    return sorted((p for p in parents if left[p] > 0), key=lambda p: -left[p])


def _family(system: System, parent: str) -> list[str]:
    """A waste and what is left of it after treatment, as far as they are pools."""
    found = [parent]
    for m in found:
        found += [k.id for k in system.materials.values() if k.residue_of == m and k.id not in found]
    return [m for m in found if m in system.pools]


def outlets(result: Run, name: str) -> Iterator[Trial]:
    """Ways to use more of what is left: every full, idle or held back taker, every missing buyer."""
    wastes = wastes_left(result, name)
    for material in (m for p in wastes for m in _family(result.system, p)):
        yield from _listed(result, material)
        yield from _idle(result, material)
    for product in _without_buyer(result, wastes):
        yield Trial("sell", _sold(product), product, "export")


# ---------------------------------------------------------------- takers
def _full_takers(result: Run, material: str) -> Iterator[tuple[int, Entry]]:
    """The utilising places in the list of a waste, each with its number."""
    compiled = result.compiled
    for i, (line, entry) in enumerate(zip(compiled.structure.entries, compiled.entries, strict=True)):
        if compiled.structure.pools[line.pool] != material or line.side != TAKER:
            continue
        if entry.kind in ("process", "export") and entry_fate(result.system, entry) == "utilisation":
            yield i, entry


def _listed(result: Run, material: str) -> Iterator[Trial]:
    """Utilising takers that are full, or held back by another list."""
    system = result.system
    for i, entry in _full_takers(result, material):
        if _is_full(result, i):
            yield Trial("raise", _raised(material, entry), material, entry.node)
        within = bool(entry.limit or entry.percent) or _bounded(system, entry.node)
        for lacking in _held_back(system, entry, material):
            yield Trial("buy", _bought(entry.node, lacking), material, entry.node, lacking, within=within)


def _bounded(system: System, node: str) -> bool:
    """Whether a capacity is written for a process."""
    return node in system.processes and system.processes[node].capacity is not None


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


def _idle(result: Run, material: str) -> Iterator[Trial]:
    """Idle processes that could use the material."""
    for name in idle(result.system):
        process = result.system.processes[name]
        if material in process.inputs and process.fate == "utilisation":
            within = _bounded(result.system, name)
            yield Trial("start", _started(material, name), material, name, within=within)


def _raised(material: str, entry: Entry) -> Callable[[System], System]:
    """Without its limit and the capacity of its process, after the others that use all that they take.

    So it takes what they leave, and what is gained is not taken from them.
    """

    def mend(system: System) -> System:
        pool = system.pools[material]
        others = tuple(e for e in pool.takers if (e.node, e.kind) != (entry.node, entry.kind))
        open_entry = replace(entry, limit=None, percent=None, share=ONE)
        changed = _with_takers(system, material, _before_waste(system, material, others, open_entry))
        if entry.kind != "process":
            return changed
        process = replace(system.processes[entry.node], capacity=None)
        return replace(changed, processes={**system.processes, entry.node: process})

    return mend


def _with_takers(system: System, material: str, takers: tuple[Entry, ...]) -> System:
    pool = replace(system.pools[material], takers=takers)
    return replace(system, pools={**system.pools, material: pool})


def _before_waste(
    system: System, material: str, takers: tuple[Entry, ...], entry: Entry
) -> tuple[Entry, ...]:
    """The list with an entry on a tier of its own before the first that does not use the waste whole."""
    at = next((i for i, e in enumerate(takers) if not _uses_whole(system, material, e)), len(takers))
    return _inserted(takers, entry, at)


def _inserted(takers: tuple[Entry, ...], entry: Entry, at: int) -> tuple[Entry, ...]:
    """The list with an entry on a tier of its own at a place."""
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
        entry = Entry(node, "process", 1, system.processes[node].place)
        takers = _before_waste(system, material, system.pools[material].takers, entry)
        return _with_takers(system, material, takers)

    return mend


def _uses_whole(system: System, material: str, entry: Entry) -> bool:
    """Whether an entry uses the waste, and leaves no residue of it."""
    if entry.kind not in ("process", "export") or entry_fate(system, entry) != "utilisation":
        return False
    if entry.kind == "export":
        return True
    family = _family(system, material)
    return not any(m in family for m in system.processes[entry.node].outputs)


# ---------------------------------------------------------------- buyers
def _without_buyer(result: Run, wastes: list[str]) -> list[str]:
    """Products that hold unsold waste and that nobody takes all of, in order of the way to them."""
    unsold = [u.node for w in wastes for u in result.wastes[w].uses if u.fate == "unsold" and u.amount > 0]
    system, found, seen = result.system, dict[str, None](), dict.fromkeys(unsold)
    left = {f.material for f in result.flow_list if _is_lost(system, f)}
    queue = list(seen)
    for node in queue:
        for product in system.processes[node].outputs if node in system.processes else ():
            pool = system.pools.get(product)
            if pool is None or system.materials[product].kind in NO_PRODUCT:
                continue
            if product in left:
                found[product] = None
            further = [e.node for e in pool.takers if e.kind == "process" and e.node not in seen]
            seen |= dict.fromkeys(further)
            queue += further
    return list(found)


def _is_lost(system: System, flow: Flow) -> bool:
    """Whether a product goes where nobody has asked for it."""
    yard = flow.target in system.stocks and system.materials[flow.material].kind == "intermediate"
    return yard or flow.target in ("surplus", "deposit", "emission")


def _sold(product: str) -> Callable[[System], System]:
    """Somebody buys all of it that the others do not take."""

    def mend(system: System) -> System:
        takers = system.pools[product].takers
        kept = tuple(e for e in takers if e.kind not in ("stock", "deposit", "emission"))
        buyer = Entry("export", "export", 1, system.materials[product].place)
        at = next((i for i, e in enumerate(takers) if e not in kept), len(takers))
        return _with_takers(system, product, _inserted(takers, buyer, at))

    return mend


# ---------------------------------------------------------------- written ranges
def ranges(result: Run, name: str) -> Iterator[Trial]:
    """Figures with a written range, each at its better end: makers low, full takers high."""
    system = result.system
    for number, parent in enumerate(wastes_left(result, name)):
        made = result.wastes[parent].made
        if made and number < MOST_MADE:
            maker = max(made, key=lambda p: made[p])
            yield from _at_end(system, parent, maker, f"{maker}.outputs.{parent}", "low")
        for material in _family(system, parent):
            for i, entry in _full_takers(result, material):
                if _is_full(result, i):
                    yield from _at_high(system, material, entry)
    for product in _without_buyer(result, wastes_left(result, name)):
        yield from _at_end(system, product, "export", f"{product}.takers.export.limit", "high")


def _at_high(system: System, material: str, entry: Entry) -> Iterator[Trial]:
    """Limit, capacity and use of a full taker at the top of their ranges."""
    node = entry.node
    yield from _at_end(system, material, node, f"{material}.takers.{node}.limit", "high")
    if entry.kind == "process":
        yield from _at_end(system, material, node, f"{node}.capacity", "high")
        yield from _at_end(system, material, node, f"{node}.inputs.{material}", "high")


def _at_end(
    system: System, material: str, node: str, text: str, end: Literal["low", "high"]
) -> Iterator[Trial]:
    path = parse(text, system)
    figure = figure_at(system, path) if path else None
    best = getattr(figure, end, None)
    if figure is None or best is None or best == figure.value:
        return

    def mend(changed: System) -> System:
        return with_value(changed, text, best)

    try:
        mend(system)
    except FaultWithoutPlace:  # the balance of the recipe would be negative
        return
    figures = figure.value, float(best)
    unit = _unit(system, material, node, text)
    yield Trial("range", mend, material, node, path=text, within=True, figures=figures, unit=unit)


def _unit(system: System, material: str, node: str, text: str) -> str:
    """The native unit of a figure of a range."""
    own = system.materials[material].unit
    if text.endswith(".limit"):
        entry = next(e for e in system.pools[material].takers if e.node == node)
        return f"{own}/a" if entry.limit else "1"
    per = system.materials[system.processes[node].per].unit
    return f"{per}/a" if text.endswith(".capacity") else f"{own}/{per}"


# ---------------------------------------------------------------- less of what makes the waste
def steered(result: Run, waste: str) -> str:
    """The drive or demand that the largest maker of a waste runs for, as a path; empty where none is found.

    A process that gives runs for the largest taker of what it gives, one that takes for the
    largest maker of what it takes, and so on to one that is driven.
    """
    made, system = result.wastes[waste].made, result.system
    process, listed, seen = max(made, key=lambda p: made[p], default=""), places(system), set[str]()
    while process:
        if process in system.drive:
            return f"{process}.level"
        seen.add(process)
        steps = [(p.material, p.side) for p in listed.get(process, [])]
        asked = [m for m, side in steps if side == "givers" and m in system.demand]
        if asked:
            return f"demand.{asked[0]}"
        process = max((_largest(result, *step, seen) for step in steps), default=(0.0, ""))[1]
    return ""


def _largest(result: Run, material: str, side: str, seen: set[str]) -> tuple[float, str]:
    """The process that takes most of what is given, or gives most of what is taken, and how much."""
    mine = (f for f in result.flow_list if f.material == material)
    ends = ((f.amount, *((f.source, f.target) if side == "givers" else (f.target, f.source))) for f in mine)
    named = ((amount, node) for amount, at, node in ends if at == f"pool:{material}" and node not in seen)
    return max((pair for pair in named if pair[1] in result.system.processes), default=(0.0, ""))


def less(system: System, waste: str, path: str, share: float) -> Trial:
    """A drive or demand lowered by a share."""
    head, _, tail = path.partition(".")
    is_drive = tail == "level"
    node = head if is_drive else tail
    now = (system.drive if is_drive else system.demand)[node].value
    material = system.processes[node].per if node in system.processes else node
    if node in system.stocks:
        material = system.stocks[node].material
    then = now * (1 - share)
    unit = f"{system.materials[material].unit}/a"
    return Trial(
        "less",
        lambda changed: with_value(changed, path, then),
        waste,
        node,
        path=path,
        within=True,
        figures=(now, then),
        unit=unit,
    )
