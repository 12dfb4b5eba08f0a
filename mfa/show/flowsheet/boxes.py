"""What stands in the picture of a chain: boxes of processes, pools and stocks, and the arcs between them.

A material that only one side of the recipes knows, or a utility that nearly all need, is no
box of its own: it is a line in the box of each process, marked with where it comes from or goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mfa.errors import message
from mfa.results.accounts.flows import pool_node
from mfa.show.sankey.geometry import FONT
from mfa.show.sankey.labels import number, text_width, wrap
from mfa.system import Coefficient, Entry, Process, System

Role = Literal["process", "pool", "stock"]
Mark = Literal["import", "export", "emission", "deposit", "network", "open", "process"]

NAME, SMALL = 9.5, 7.5  # points of type, of names and of all else
NAME_LINE, LINE = 11.5, 9.5  # points from line to line
CARD, PILL = 178.0, 92.0  # points that the text of a process and of a pool may be wide
PAD, INDENT, MARK_ROOM = 5.0, 10.0, 7.0
LEAST_WIDTH = {"process": 110.0, "pool": 64.0, "stock": 64.0}
PORT_PITCH = {"process": 12.0, "pool": 6.0, "stock": 6.0}
UTILITIES = {"energy", "fuel", "water", "emission"}
SEVERAL = 2  # entries of a list, or boxes that a material meets, from which their order is worth drawing
HUB = 4  # boxes that a utility may meet and still be a pool of its own; more lines would cross everything
MOST_OTHERS = 8  # names in a pool; more would make it higher than its process
CIRCLED = 10  # ranks that are written ①…⑩, which every font has
FIRM = "\N{NO-BREAK SPACE}"

# each unit with the smaller ones that it is written in, and the least number it is written for
FINER = {
    "t": (("t", 1.0, 0.1), ("kg", 1e3, 1.0), ("g", 1e6, 0.0)),
    "MWh": (("MWh", 1.0, 1.0), ("kWh", 1e3, 0.0)),
    "GJ": (("GJ", 1.0, 1.0), ("MJ", 1e3, 0.0)),
}


@dataclass(frozen=True)
class Stream:
    """A material that crosses the edge of one box only: its text, in lines, and its marks.

    `node` is the process or stock that it names, if it names one.
    """

    material: str
    kind: str
    lines: tuple[str, ...]
    enters: bool
    marks: tuple[Mark, ...]
    node: str = ""

    @property
    def indent(self) -> float:
        """The room of the marks before (or after) its text."""
        return MARK_ROOM * (len(self.marks) - 1) + INDENT


@dataclass(frozen=True)
class Box:
    """A process, pool or stock with all that is written in it."""

    id: str
    role: Role
    kind: str
    name: tuple[str, ...]
    notes: tuple[str, ...]
    streams: tuple[Stream, ...]

    @property
    def width(self) -> float:
        """The width in points that its texts need; boxes in one layer are drawn equally wide."""
        texts = [text_width(t, NAME) for t in self.name] + [text_width(t, SMALL) for t in self.notes]
        texts += [text_width(t, SMALL) + s.indent for s in self.streams for t in s.lines]
        return max([LEAST_WIDTH[self.role], *(wide + 2 * PAD for wide in texts)])

    @property
    def head(self) -> float:
        """The height of name and notes."""
        return 2 * PAD + NAME_LINE * len(self.name) + LINE * len(self.notes)

    def height(self, ports: int) -> float:
        """Its height in points with so many arcs at its busier side."""
        lines = sum(len(s.lines) for s in self.streams)
        if self.role == "process":
            text = self.head + (LINE * lines + PAD if lines else 0.0)
            return max(text, PORT_PITCH[self.role] * (ports + 1))
        return max(self.head + LINE * lines, PORT_PITCH[self.role] * (ports + 1))


@dataclass(frozen=True)
class Arc:
    """A material from one box to another; `text` is its coefficient at the process.

    `double` is a stock that takes and gives.
    """

    source: str
    target: str
    material: str
    kind: str
    text: str
    main: bool
    double: bool = False


@dataclass(frozen=True)
class Parts:
    """All boxes and arcs, in the order of the files."""

    boxes: tuple[Box, ...]
    arcs: tuple[Arc, ...]


def word(key: str, lang: str, **values: object) -> str:
    """A word of the picture."""
    return message(f"chain-{key}", values, lang)


def coefficient(value: float, unit: str, per: str) -> str:
    """A coefficient in the unit that gives a number people can read.

    >>> coefficient(1.3274, "t", "t"), coefficient(0.0003, "t", "t"), coefficient(0.082, "MWh", "t")
    ('1.33 t/t', '300 g/t', '82 kWh/t')
    """
    finer = FINER.get(unit, ((unit, 1.0, 0.0),))
    name, factor = next((name, factor) for name, factor, least in finer if value * factor >= least)
    return f"{number(value * factor)} {name}/{per}"


def parts(system: System, lang: str) -> Parts:
    """The boxes and arcs of a system."""
    shared = _shared(system)
    boxes = [_process(system, p, shared, lang) for p in system.processes.values()]
    boxes += [_pool(system, m, lang) for m in system.pools if m in shared]
    arcs = [arc for p in system.processes.values() for arc in _recipe(system, p, shared)]
    for key, stock in system.stocks.items():
        if stock.material in shared:
            name = _folded(stock.label[lang], PILL - 2 * PAD, NAME)
            boxes.append(Box(key, "stock", system.materials[stock.material].kind, name, (), ()))
            arcs.append(_yard(system, key))
            if stock.becomes in shared:
                becomes = system.materials[stock.becomes]
                arcs.append(Arc(key, pool_node(becomes.id), becomes.id, becomes.kind, "", main=False))
    return Parts(tuple(boxes), tuple(arcs))


def around(whole: Parts, process: str, lang: str) -> Parts:
    """A process with its pools; who else makes, takes or stores what is there stands in the pool."""
    own = [a for a in whole.arcs if process in (a.source, a.target)]
    pools = {end for a in own for end in (a.source, a.target)} - {process}
    names = {b.id: " ".join(b.name) for b in whole.boxes}
    others = [a for a in whole.arcs if a not in own and pools & {a.source, a.target}]
    shown = (
        b if b.id == process else _with_others(b, others, names, lang)
        for b in whole.boxes
        if b.id in {process, *pools}
    )
    return Parts(tuple(shown), tuple(own))


def _with_others(pool: Box, others: Sequence[Arc], names: Mapping[str, str], lang: str) -> Box:
    """A pool with the names of its other makers and takers, by their places; of very many, how many more."""
    found = list(pool.streams)
    for enters in (True, False):
        mine = [a for a in others if pool.id == (a.target if enters else a.source)]
        mine.sort(key=lambda a: _place(a.text) or "\uffff")  # those in no list last
        ends = [a.source if enters else a.target for a in mine]
        texts = [_place(a.text) + names[end] for a, end in zip(mine, ends, strict=True)]
        if len(texts) > MOST_OTHERS:
            texts = [*texts[:MOST_OTHERS], word("others", lang, count=len(texts) - MOST_OTHERS)]
            ends = [*ends[:MOST_OTHERS], ""]
        for text, end in zip(texts, ends, strict=True):
            lines = _folded(text, PILL - 2 * PAD, SMALL)
            found.append(Stream(pool.id, pool.kind, lines, enters, ("process",), end))
    return replace(pool, streams=tuple(sorted(found, key=lambda s: not s.enters)))


def _place(text: str) -> str:
    """The place in a list with which the text of an arc begins."""
    head, _, _ = text.partition(" ")
    return f"{head} " if head[:1] in {"(", *map(chr, range(0x2460, 0x2460 + CIRCLED))} else ""


def _shared(system: System) -> set[str]:
    """The materials that have a box of their own."""
    makers = dict.fromkeys(system.pools, 0)
    users = dict(makers)
    for p in system.processes.values():
        for recipe, count in ((p.outputs, makers), (p.inputs, users)):
            for m in recipe:
                count[m] += 1
    stored = {m for s in system.stocks.values() for m in (s.material, s.becomes)}
    found = set()
    for m, pool in system.pools.items():
        met, kind = makers[m] + users[m], system.materials[m].kind
        listed = max(sum(e.kind == "process" for e in side) for side in (pool.takers, pool.givers))
        if not met or (kind in UTILITIES and met > HUB):
            continue
        own = kind not in UTILITIES and kind != "resource" and met >= SEVERAL
        if (makers[m] and users[m]) or listed >= SEVERAL or m in stored or own:
            found.add(m)
    return found


def _process(system: System, process: Process, shared: set[str], lang: str) -> Box:
    per = system.materials[process.per]
    texts = [word("per", lang, unit=per.unit, material=per.label[lang])]
    if process.capacity:
        texts.append(word("capacity", lang, value=_rate(process.capacity.value, per.unit)))
    notes = [line for text in texts for line in _folded(text, CARD - 2 * PAD, SMALL)]
    streams = [
        _stream(system, process, m, c, enters, lang)
        for recipe, enters in ((process.inputs, True), (process.outputs, False))
        for m, c in recipe.items()
        if m not in shared
    ]
    name = _folded(process.label[lang], CARD - 2 * PAD, NAME)
    return Box(process.id, "process", "", name, tuple(notes), tuple(streams))


def _rate(value: float, unit: str) -> str:
    """A capacity with the prefix that suits it."""
    for size, prefix in ((1e6, "M"), (1e3, "k")):
        if unit == "t" and value >= size:
            return f"{number(value / size)} {prefix}{unit}/a"
    return f"{number(value)} {unit}/a"


def _stream(system: System, process: Process, m: str, c: Coefficient, enters: bool, lang: str) -> Stream:
    material = system.materials[m]
    size = coefficient(c.figure.value, material.unit, system.materials[process.per].unit)
    text = f"{material.label[lang]} {size.replace(' ', FIRM)}"
    lines = _folded(text, CARD - 2 * PAD - INDENT, SMALL)
    return Stream(m, material.kind, lines, enters, _marks(system, m, enters))


def _folded(text: str, room: float, size: float) -> tuple[str, ...]:
    """A text in lines of about `room` points."""
    return tuple(wrap(text, room * FONT / size))


def _marks(system: System, m: str, enters: bool) -> tuple[Mark, ...]:
    """Where a material that is a line of a box comes from, or goes to, in the order of its list."""
    others = [p for p in system.processes.values() if m in (p.outputs if enters else p.inputs)]
    if others:
        return ("network",)
    pool = system.pools[m]
    found: list[Mark] = [e.kind for e in _boundary(pool.givers if enters else pool.takers)]  # type: ignore[misc]
    outer = system.supply if enters else system.demand
    if m in outer:
        found.insert(0, "import" if enters else "export")
    return tuple(dict.fromkeys(found)) or ("open",)


def _boundary(entries: Iterable[Entry]) -> Iterator[Entry]:
    return (e for e in sorted(entries, key=lambda e: e.tier) if e.kind not in ("process", "stock"))


def _pool(system: System, m: str, lang: str) -> Box:
    """A pool with what crosses the boundary there."""
    pool, material = system.pools[m], system.materials[m]
    streams = []
    for entries, outer, enters in ((pool.givers, system.supply, True), (pool.takers, system.demand, False)):
        if m in outer:
            kind: Mark = "import" if enters else "export"
            streams.append(Stream(m, material.kind, (word(kind, lang),), enters, (kind,)))
        for e in _boundary(entries):
            text = _rank(entries, e.tier) + word(e.kind, lang)
            streams.append(Stream(m, material.kind, (text,), enters, (e.kind,)))  # type: ignore[arg-type]
    name = _folded(material.label[lang], PILL - 2 * PAD, NAME)
    return Box(pool_node(m), "pool", material.kind, name, (), tuple(streams))


def _rank(entries: Sequence[Entry], tier: int) -> str:
    """The place in a list of several entries."""
    if len(entries) < SEVERAL:
        return ""
    return (chr(0x245F + tier) if tier <= CIRCLED else f"({tier})") + " "


def _recipe(system: System, process: Process, shared: set[str]) -> Iterator[Arc]:
    """The arcs of a process to and from the pools that are boxes."""
    per = system.materials[process.per].unit
    for recipe, takes in ((process.inputs, True), (process.outputs, False)):
        for m, c in recipe.items():
            if m not in shared:
                continue
            pool, material = system.pools[m], system.materials[m]
            entries = pool.takers if takes else pool.givers
            rank = next((_rank(entries, e.tier) for e in entries if e.node == process.id), "")
            text = rank + coefficient(c.figure.value, material.unit, per)
            ends = (pool_node(m), process.id) if takes else (process.id, pool_node(m))
            yield Arc(*ends, m, material.kind, text, main=m == process.per)


def _yard(system: System, key: str) -> Arc:
    """The arc between a stock and its pool."""
    m = system.stocks[key].material
    pool = system.pools[m]
    takes, gives = ([e for e in side if e.node == key] for side in (pool.takers, pool.givers))
    ends = (key, pool_node(m)) if gives and not takes else (pool_node(m), key)
    entries, own = (pool.takers, takes) if takes else (pool.givers, gives)
    text = _rank(entries, own[0].tier).strip() if own else ""
    return Arc(*ends, m, system.materials[m].kind, text, main=False, double=bool(takes and gives))


def text_room(arc: Arc) -> float:
    """The width that the text of an arc takes."""
    return text_width(arc.text, SMALL) + 10.0 if arc.text else 0.0
