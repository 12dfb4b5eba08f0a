"""Networks for the tests: a builder that reads by names, and generators of random ones.

All random numbers are multiples of 1/8, so that floats and fractions mean the same and exact
zeros, ties and saturated pools do occur.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from mfa.engine.network import GIVER, TAKER, ListEntry, Structure, Values

INF = float("inf")
Pick = Callable[[Sequence[Any]], Any]


# ---------------------------------------------------------------- by names
@dataclass(frozen=True)
class Place:
    """A list entry; no process means a stock or the boundary, no tier one after the last."""

    process: str | None = None
    tier: int | None = None
    share: float = 1.0
    limit: float = INF
    percent: float = INF


@dataclass
class Process:
    """A recipe per unit of level."""

    inputs: dict[str, float]
    outputs: dict[str, float]
    capacity: float = INF
    driven: float = float("nan")
    largest: bool = False


@dataclass
class Network:
    """A network written by names; `compiled` gives what the solver takes."""

    external: dict[str, float]
    processes: dict[str, Process] = field(default_factory=dict)
    lists: dict[tuple[str, int], list[Place]] = field(default_factory=dict)

    def process(
        self,
        name: str,
        inputs: Mapping[str, float] | None = None,
        outputs: Mapping[str, float] | None = None,
        capacity: float = INF,
        driven: float = float("nan"),
        largest: bool = False,
    ) -> None:
        """Add a process."""
        self.processes[name] = Process(dict(inputs or {}), dict(outputs or {}), capacity, driven, largest)

    def takers(self, pool: str, *places: str | Place) -> None:
        """Write the taker list of a pool, in order."""
        self.lists[pool, TAKER] = [p if isinstance(p, Place) else Place(p) for p in places]

    def givers(self, pool: str, *places: str | Place) -> None:
        """Write the giver list of a pool, in order."""
        self.lists[pool, GIVER] = [p if isinstance(p, Place) else Place(p) for p in places]

    def pool(self, name: str) -> int:
        """Return the position of a pool."""
        return list(self.external).index(name)

    def compiled(self) -> tuple[Structure, Values]:
        """Return structure and values in the order of writing."""
        pools, names = list(self.external), list(self.processes)
        flows = [
            (pools.index(material), j, side, value)
            for j, process in enumerate(self.processes.values())
            for side, row in ((-1, process.inputs), (1, process.outputs))
            for material, value in row.items()
        ]
        entries, places = [], []
        for (pool, side), row in self.lists.items():
            tier = 0
            for place in row:
                tier = tier + 1 if place.tier is None else place.tier
                j = -1 if place.process is None else names.index(place.process)
                entries.append(ListEntry(pools.index(pool), side, tier, j))
                places.append(place)
        structure = Structure(
            tuple(pools),
            tuple(names),
            np.array([f[0] for f in flows], dtype=np.int64),
            np.array([f[1] for f in flows], dtype=np.int64),
            np.array([f[2] for f in flows], dtype=np.int64),
            tuple(entries),
            frozenset(j for j, p in enumerate(self.processes.values()) if p.largest),
        )
        values = Values(
            np.array([f[3] for f in flows], dtype=float),
            np.array(list(self.external.values()), dtype=float),
            np.array([p.driven for p in self.processes.values()], dtype=float),
            np.array([p.capacity for p in self.processes.values()], dtype=float),
            np.array([p.limit for p in places], dtype=float),
            np.array([p.percent for p in places], dtype=float),
            np.array([p.share for p in places], dtype=float),
        )
        return structure, values


# ---------------------------------------------------------------- at random
@dataclass(frozen=True)
class Mode:
    """What the generator draws from."""

    side: tuple[float, ...]
    sides: tuple[int, ...]
    entries: tuple[int, ...]
    bounded: tuple[bool, ...] = (True, False)
    several: tuple[int, ...] = (0, 0, 1, 2)
    percent: tuple[float, ...] = (INF, INF, INF, 0.25, 0.5, 0.75)
    forward: tuple[bool, ...] = (False,)
    largest: tuple[bool, ...] = ()


WEAK = Mode(side=(0.125, 0.125, 0.25), sides=(0, 1, 2), entries=(0, 1, 1, 2, 3), forward=(True, True, False))
MIXED = Mode(side=(0.125, 0.25, 0.5, 0.75), sides=(0, 1, 1, 2), entries=(0, 1, 1, 2))
STRONG = Mode(
    side=(0.5, 0.625, 0.75, 0.875, 1.0, 1.25),
    sides=(1, 1, 2, 3),
    entries=(1, 1, 1, 2),
    bounded=(True, True, True, False),
    several=(0, 0, 0, 1),
)
SMOOTH = Mode(
    side=(0.125, 0.25, 0.5),
    sides=(0, 1, 1, 2),
    entries=(0, 1, 2),
    bounded=(False,),
    percent=(INF,),
    several=(0, 1),
)
JOINT = replace(MIXED, several=(1, 1, 2, 3), largest=(True, True, False))
STRONG_JOINT = replace(STRONG, several=(1, 1, 1, 2), largest=(True,))
AMOUNTS = (0.0, 0.5, 0.125, 1.0, 1.5, 2.0, 3.0, 0.0, -0.125, -0.5, -1.0, -1.5, -2.0, -3.0)
CAPS = (0.25, 0.5, 0.75, 1.0, 1.0, 1.5, 2.0, 0.0)


class _Drawing:
    """One network in the making; `pick` chooses from a sequence."""

    def __init__(self, pick: Pick, pools: int, mode: Mode) -> None:
        self.pick, self.mode = pick, mode
        self.net = Network({f"m{i}": pick(AMOUNTS) for i in range(pools)})
        self.names = list(self.net.external)
        self.rows: dict[tuple[str, int], list[tuple[int, Place]]] = {
            (m, s): [] for m in self.names for s in (TAKER, GIVER)
        }

    def sides(self, near: str) -> dict[str, float]:
        """Draw the flows of a process beside the listed one."""
        start = self.names.index(near) + 1
        found: dict[str, float] = {}
        for _ in range(self.pick(self.mode.sides)):
            ahead = (
                self.names[start:] if self.pick(self.mode.forward) and start < len(self.names) else self.names
            )
            found[self.pick(ahead)] = self.pick(self.mode.side)
        return found

    def recipe(self, lists: Sequence[tuple[str, int]]) -> str:
        """Add a process that stands in the lists; a material may come out on both sides."""
        inputs, outputs = {}, {}
        for material, coefficient in self.sides(lists[0][0]).items():
            (inputs if self.pick((True, False)) else outputs)[material] = coefficient
        for material, side in lists:
            (inputs if side == TAKER else outputs)[material] = self.pick((1.0, 1.0, 0.5, 2.0))
        name = f"p{len(self.net.processes)}"
        capacity = self.pick(CAPS) if self.pick(self.mode.bounded) else INF
        self.net.process(name, inputs, outputs, capacity)
        return name

    def place(self, process: str | None, tier: int | None = None) -> Place:
        """Draw limits and a share for a place."""
        bounded = self.pick((False, False, True)) and any(self.mode.bounded)
        limit = self.pick(CAPS) if bounded else INF
        percent = self.pick(self.mode.percent) if self.pick((False, True)) else INF
        return Place(process, tier, self.pick((1.0, 1.0, 2.0, 3.0)), limit, percent)

    def several(self, rank: int, blocked: set[tuple[str, int]]) -> None:
        """Add a process in two or three lists; it is served as number `rank` of its kind.

        One that serves the largest comes before the takers of its pools that follow.
        """
        largest = bool(self.mode.largest) and self.pick(self.mode.largest)
        open_lists = [key for key in self.rows if key not in blocked and not (largest and key[1] == TAKER)]
        lists: list[tuple[str, int]] = []
        for _ in range(self.pick((2, 2, 3))):
            free = [key for key in open_lists if key[0] not in {m for m, _ in lists}]
            if free:
                lists.append(self.pick(free))
        if len(lists) < 2:
            return
        name = self.recipe(lists)
        self.net.processes[name].largest = largest
        for key in lists:
            self.rows[key].append((rank, self.place(name)))
            if not largest:
                blocked.add((key[0], -key[1]))

    def fill(self, key: tuple[str, int]) -> None:
        """Write a list: the processes in several lists by rank, others before, between, behind."""
        row, tier, alone = [], 0, True
        several = [place for _, place in sorted(self.rows[key], key=lambda item: item[0])]
        singles = [None] * self.pick(self.mode.entries)
        while several or singles:
            if several and (not singles or self.pick((True, False))):
                tier, alone = tier + 1, True
                place = several.pop(0)
                row.append(Place(place.process, tier, 1.0, place.limit, place.percent))
                continue
            singles.pop()
            tier = tier if not alone and self.pick((True, False)) else tier + self.pick((1, 1, 2))
            alone = False
            row.append(self.place(self.recipe([key]) if self.pick((True, True, True, False)) else None, tier))
        if row:
            self.net.lists[key] = row

    def saturate(self, pool: str) -> None:
        """Set the external amount to exactly what the takers, or the givers, can carry."""
        side = self.pick((TAKER, GIVER))
        total = 0.0
        for place in self.net.lists.get((pool, side), []):
            cap = place.limit
            if place.process is not None:
                process = self.net.processes[place.process]
                coefficient = (process.inputs if side == TAKER else process.outputs)[pool]
                cap = min(cap, process.capacity * coefficient)
            total += cap if cap < INF else 0.0
        self.net.external[pool] = side * total

    def drive(self) -> None:
        """Add a driven process and an idle one."""
        for driven in self.pick(((), (0.5,), (1.0,), (2.0, float("nan")))):
            first = self.pick(self.names)
            inputs, outputs = self.sides(first), self.sides(first)
            self.net.process(f"p{len(self.net.processes)}", inputs, {**outputs, first: 1.0}, INF, driven)


def draw_network(pick: Pick, pools: int, mode: Mode) -> Network:
    """Draw a network with `pick`, which chooses from a sequence."""
    drawing = _Drawing(pick, pools, mode)
    blocked: set[tuple[str, int]] = set()
    for rank in range(pick(mode.several) * (1 + pools // 8)):
        drawing.several(rank, blocked)
    for key in list(drawing.rows):
        drawing.fill(key)
    drawing.drive()
    for _ in range(1 + pools // 8):
        if pick((True, False, False)):
            drawing.saturate(pick(drawing.names))
    return drawing.net


def random_network(seed: int, pools: int, mode: Mode) -> Network:
    """Return the network that belongs to a seed."""
    return draw_network(random.Random(seed).choice, pools, mode)


@st.composite
def networks(draw: st.DrawFn, least: int = 1, most: int = 4, mode: Mode = MIXED) -> Network:
    """Give networks of `least` to `most` pools; what fails shrinks to few and first choices."""
    pools = draw(st.integers(least, most))
    return draw_network(lambda options: draw(st.sampled_from(list(options))), pools, mode)


def in_lists(structure: Structure, order: list[int]) -> list[int]:
    """Mend an order of entries so that every list keeps its own order."""
    queues: dict[tuple[int, int], list[int]] = {}
    for i, e in enumerate(structure.entries):
        queues.setdefault((e.pool, e.side), []).append(i)
    return [queues[structure.entries[i].pool, structure.entries[i].side].pop(0) for i in order]


def shuffled(network: Network, seed: int) -> tuple[Structure, Values, list[int], list[int], list[int]]:
    """Return the network with everything renumbered, and where pools, processes, entries went."""
    structure, values = network.compiled()
    dice = random.Random(seed)
    pool, process, entry, flow = (
        dice.sample(range(count), count)
        for count in (
            len(structure.pools),
            len(structure.processes),
            len(structure.entries),
            len(structure.flow_pool),
        )
    )
    entry = in_lists(structure, entry)
    new_pool, new_process = {m: k for k, m in enumerate(pool)}, {p: k for k, p in enumerate(process)}
    rows = [structure.entries[i] for i in entry]
    moved = Structure(
        tuple(structure.pools[m] for m in pool),
        tuple(structure.processes[p] for p in process),
        np.array([new_pool[int(structure.flow_pool[f])] for f in flow], dtype=np.int64),
        np.array([new_process[int(structure.flow_process[f])] for f in flow], dtype=np.int64),
        structure.flow_side[flow],
        tuple(ListEntry(new_pool[e.pool], e.side, e.tier, new_process.get(e.process, -1)) for e in rows),
        frozenset(new_process[p] for p in structure.largest),
    )
    numbers = Values(
        values.coefficient[flow],
        values.external[pool],
        values.driven[process],
        values.capacity[process],
        values.limit[entry],
        values.percent[entry],
        values.share[entry],
    )
    return moved, numbers, pool, process, entry
