"""System → network: the one place where names become positions.

Takes the checked records; gives the structure, the values and, for the way back, which
record each entry and flow came from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mfa.engine.network import GIVER, TAKER, Floats, ListEntry, Structure, Values, read_only
from mfa.engine.returns import Return, alike, returning
from mfa.engine.wiring import Wiring, wire
from mfa.parameters import Path, parse
from mfa.parameters.values import balance_of
from mfa.system import Entry, Figure, System


@dataclass(frozen=True, slots=True)
class Outside:
    """A fixed amount that enters a pool (`side` GIVER) or leaves it (TAKER).

    `node` is `import` for a supply, `export` for a demand, or the id of a stock: a driven yard,
    what leaves a stock in use, or what one of a demanded amount takes.
    """

    pool: int
    node: str
    side: int


@dataclass(frozen=True)
class Compiled:
    """A network with the records behind its entries.

    Attributes
    ----------
    entries : (entry,) the record of each list entry, in the order of the structure
    outside : (outside,) what each supply, demand, driven yard and stock in use is
    returns : what leaves stocks in use in the period of its entry
    """

    structure: Structure
    values: Values
    entries: tuple[Entry, ...]
    outside: tuple[Outside, ...] = ()
    returns: tuple[Return, ...] = ()

    @cached_property
    def wiring(self) -> Wiring:
        """What the solver derives from the structure that it solves, once.

        Raises
        ------
        mfa.engine.network.OrderError
            lists contradict each other
        """
        return wire(returning(self.structure, self.returns))

    def refilled(self, system: System) -> Compiled:
        """The network of another system; where it is the same but for its values, the wiring is kept."""
        made = compile_system(system)
        wired = "wiring" in vars(self) and alike(made.returns, self.returns)
        if wired and made.structure.same(self.structure):
            vars(made)["wiring"] = self.wiring
        return made

    def with_values(self, values: Values) -> Compiled:
        """The same network, wired already, with other values (`filled`)."""
        made = replace(self, values=values)
        vars(made)["wiring"] = self.wiring
        return made


def compile_system(system: System) -> Compiled:
    """The network of a system."""
    pools, processes = tuple(system.pools), tuple(system.processes)
    pool_at = {m: i for i, m in enumerate(pools)}
    process_at = {p: i for i, p in enumerate(processes)}
    flows = [
        (pool_at[m], process_at[p.id], side, c.figure.value)
        for p in system.processes.values()
        for side, recipe in ((-1, p.inputs), (1, p.outputs))
        for m, c in recipe.items()
        if c.figure.value > 0
    ]
    lines = [
        (ListEntry(pool_at[m], side, e.tier, process_at[e.node] if e.kind == "process" else -1), e)
        for m, pool in system.pools.items()
        for side, entries in ((TAKER, pool.takers), (GIVER, pool.givers))
        for e in entries
    ]
    table = np.array([f[:3] for f in flows], np.int64).reshape(-1, 3)
    listed = Counter(line.process for line, _ in lines)
    largest = {process_at[p.id] for p in system.processes.values() if p.serves == "largest"}
    structure = Structure(
        pools,
        processes,
        table[:, 0].copy(),
        table[:, 1].copy(),
        table[:, 2].copy(),
        tuple(line for line, _ in lines),
        frozenset(p for p, found in listed.items() if found > 1 and p in largest),
    )
    coefficients = np.array([f[3] for f in flows], float)
    records = tuple(e for _, e in lines)
    sides = [line.side for line, _ in lines]
    outside, fixed = _outside(system, pool_at)
    returns = _returns(system, records, outside)
    values = Values(
        coefficient=coefficients,
        external=_external(outside, fixed, len(pools)),
        driven=_numbers(system.drive, processes, np.nan),
        capacity=_numbers({p.id: p.capacity for p in system.processes.values()}, processes, np.inf),
        limit=np.array([_limit(e, s, system) for e, s in zip(records, sides, strict=True)], float),
        percent=np.array([e.percent.value if e.percent else np.inf for e in records], float),
        share=np.array([e.share.value for e in records], float),
        outside=np.array(fixed, float),
    )
    read_only(structure.flow_pool, structure.flow_process, structure.flow_side)
    read_only(*vars(values).values())
    return Compiled(structure, values, records, outside, returns)


def _external(outside: Sequence[Outside], amounts: Sequence[float] | Floats, pools: int) -> Floats:
    """(pool,) what comes from outside less what leaves."""
    made = np.zeros(pools)
    np.add.at(made, [o.pool for o in outside], [-o.side * a for o, a in zip(outside, amounts, strict=True)])
    return made


class Slot(NamedTuple):
    """Where a figure stands in `Values`: an array and a position in it.

    A coefficient of a process with a `balance` flow moves that too, at `closing` in the same
    array, by `slope` (1 or -1) times its own change.
    """

    array: str
    at: int
    closing: int = -1
    slope: float = 0.0


def slot(compiled: Compiled, system: System, text: str) -> Slot | None:
    """Where the figure of a path stands in the values; None where it stands nowhere alone.

    A composition or a price is not among the values; the limit of a yard is also bounded by its
    room. Such a change needs the system (`parameters.with_value`), and for another network
    (a coefficient of 0, a new limit beside none) `compile_system`.
    """
    path, s = parse(text, system), compiled.structure
    match path:
        case Path("drive", key, ()) if key in system.processes:
            return Slot("driven", s.processes.index(key)) if key in system.drive else None
        case Path("drive" | "demand" | "supply" as section, key, ()) if key in getattr(system, section):
            node = {"demand": "export", "supply": "import"}.get(section, key)
            pool = s.pools.index(system.stocks[key].material if section == "drive" else key)
            found = (i for i, o in enumerate(compiled.outside) if (o.pool, o.node) == (pool, node))
            return Slot("outside", next(found))
        case Path("processes", key, ("capacity",)) if key in system.processes:
            return Slot("capacity", s.processes.index(key))
        case Path("processes", key, ("inputs" | "outputs" as side, str(material))) if key in system.processes:
            return _coefficient_slot(compiled, system, key, side, material)
        case Path("pools", key, ("takers" | "givers" as side, node, "limit" | "share" as what)):
            return _entry_slot(compiled, key, TAKER if side == "takers" else GIVER, str(node), what)
    return None


def _flow(compiled: Compiled, process: str, side: str, material: str) -> int | None:
    """The position of a coefficient; None where it is 0, so that the network does not have it."""
    s = compiled.structure
    if material not in s.pools:
        return None
    at = (s.flow_process == s.processes.index(process)) & (s.flow_pool == s.pools.index(material))
    found = np.flatnonzero(at & (s.flow_side == (-1 if side == "inputs" else 1)))
    return int(found[0]) if len(found) else None


def _coefficient_slot(compiled: Compiled, system: System, key: str, side: str, material: str) -> Slot | None:
    at, process = _flow(compiled, key, side, material), system.processes[key]
    balance = balance_of(process)
    mass = system.materials[material].unit_mass
    if at is None or balance is None or balance == (side, material) or not mass:
        return None if at is None else Slot("coefficient", at)
    closing = _flow(compiled, key, *balance)
    mass /= system.materials[balance[1]].unit_mass
    slope = -mass if balance[0] == side else mass
    return None if closing is None else Slot("coefficient", at, closing, slope)


def _entry_slot(compiled: Compiled, material: str, side: int, node: str, what: str) -> Slot | None:
    s = compiled.structure
    for at, (line, entry) in enumerate(zip(s.entries, compiled.entries, strict=True)):
        if (s.pools[line.pool], line.side, entry.node) == (material, side, node):
            if what == "share":
                return Slot("share", at)
            if entry.percent:
                return Slot("percent", at)
            return None if entry.kind == "stock" else Slot("limit", at)
    return None


def filled(compiled: Compiled, numbers: Mapping[Slot, float]) -> Values:
    """The values with other numbers in some slots, native units; coefficients must stay above 0."""
    changed: dict[str, Floats] = {}
    for where, number in numbers.items():
        array = changed.setdefault(where.array, getattr(compiled.values, where.array).copy())
        if where.closing >= 0:
            array[where.closing] += where.slope * (number - array[where.at])
        array[where.at] = number
    if "outside" in changed:
        pools = len(compiled.structure.pools)
        changed["external"] = _external(compiled.outside, changed["outside"], pools)
    read_only(*changed.values())
    return replace(compiled.values, **changed)


def _numbers(figures: Mapping[str, Figure | None], names: tuple[str, ...], absent: float) -> np.ndarray:
    found = [figures.get(n) for n in names]
    return np.array([f.value if f else absent for f in found], float)


def _outside(system: System, pool_at: Mapping[str, int]) -> tuple[tuple[Outside, ...], list[float]]:
    """What the scenario supplies, demands and digs out of yards, each with its amount."""
    found = [(Outside(pool_at[m], "import", GIVER), f.value) for m, f in system.supply.items()]
    found += [(Outside(pool_at[m], "export", TAKER), f.value) for m, f in system.demand.items()]
    found += [
        (Outside(pool_at[system.stocks[k].material], k, GIVER), f.value)
        for k, f in system.drive.items()
        if k in system.stocks and not system.stocks[k].lifetime
    ]
    for stock in (s for s in system.stocks.values() if s.lifetime):
        leaving, at_once, inflow, _ = stock.carried
        if inflow is not None:
            found.append((Outside(pool_at[stock.material], stock.id, TAKER), inflow))
            leaving += at_once * inflow
        found.append((Outside(pool_at[stock.becomes], stock.id, GIVER), leaving))
    return tuple(o for o, _ in found), [a for _, a in found]


def _returns(system: System, entries: Sequence[Entry], outside: Sequence[Outside]) -> tuple[Return, ...]:
    """What leaves the stocks in use that stand in lists in the period of its entry."""
    found = []
    for at, entry in enumerate(entries):
        stock = system.stocks.get(entry.node) if entry.kind == "stock" else None
        if stock and stock.lifetime and stock.carried.at_once > 0:
            to = next(i for i, o in enumerate(outside) if (o.node, o.side) == (stock.id, GIVER))
            found.append(Return(stock.id, at, to, outside[to].pool, stock.carried.at_once))
    return tuple(found)


def _limit(entry: Entry, side: int, system: System) -> float:
    """The written limit; a yard also takes or gives no more a year than its room or its heap."""
    written = entry.limit.value if entry.limit else np.inf
    if entry.kind != "stock":
        return written
    stock = system.stocks[entry.node]
    heap = stock.initial.value if stock.initial else 0.0
    room = max(stock.capacity.value - heap, 0.0) if stock.capacity else np.inf
    return float(min(written, (room if side == TAKER else heap) / system.span))
