"""What a picture is asked to show, checked; what is not said stands as the scenario says."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast, get_args

from mfa import units
from mfa.errors import Error, Fault, FaultWithoutPlace, nearest
from mfa.input.records.sankey_section import COLOUR, tags
from mfa.presentation import Drawing
from mfa.show.sankey.common import Pools
from mfa.show.sankey.selection import WAYS, Start, groups
from mfa.system import BOUNDARY_SYNONYMS, BOUNDARY_WORDS, Kind, System

MIN_SHARE = 0.001  # of the largest: below it a band of a park is thinner than half a point
DOWNSTREAM, UPSTREAM = "down", "up"
POOLS = get_args(Pools)
PREFIX = re.compile(r"(\w+):(.+)")


@dataclass(frozen=True)
class Options:
    """What is shown and how.

    `of` is process → group; `node` is the one whose inputs and outputs are shown, `only` the materials.
    With `traced` flows show what comes from the first start, with `upstream` what gets to it. `water`
    is None where nobody says; `pinned` are drawn nodes in the order asked for, `order` in that of the files.
    """

    by: str
    of: Mapping[str, str]
    starts: tuple[Start, ...]
    steps: int | None
    loops: bool
    min_share: float
    without: tuple[str, ...]
    pinned: tuple[str, ...]
    order: tuple[str, ...]
    colours: Mapping[str, str]
    node: str = ""
    only: tuple[str, ...] = ()
    rest: bool = True
    traced: bool = False
    upstream: bool = False
    water: bool | None = None
    pools: Pools = "left-out"


def choose(
    system: System,
    *,
    by: str | None = None,
    focus: str | Sequence[str] = (),
    steps: int | None = None,
    loops: bool = False,
    min_share: float | str | None = None,
    without: Collection[str] | None = None,
    order: Sequence[str] | None = None,
    colours: Mapping[str, str] | None = None,
    process: str | None = None,
    only: str | Collection[str] = (),
    rest: bool = True,
    traced: str | bool = False,
    water: bool | None = None,
    pools: str = "left-out",
) -> Options:
    """The options of a picture; those that are None are the scenario's own.

    Raises
    ------
    mfa.Error
        every name that the run does not have, and every value that is no tag, share, colour or number
    """
    faults: list[Fault] = []
    own = system.sankey
    by = _way(own.by if by is None else by, faults)
    of = groups(system, by)
    starts = _starts(system, of, [focus] if isinstance(focus, str) else list(focus), faults)
    _check_steps(steps, focus, faults)
    left = own.without if without is None else tuple(without)
    materials = (only,) if isinstance(only, str) else tuple(only)
    _check_things(system, [*left, *(colours or {})], materials, faults)
    node = _node(system, of, process, faults) if process is not None else ""
    _one_view(process, focus, materials, traced, faults)
    _check_looks(system, pools, (colours or {}).values(), order or (), faults)
    whole = process is not None or bool(materials) or bool(traced)
    share = _usual(own, whole=whole) if min_share is None else _share(min_share, faults)
    if faults:
        raise Error(faults)
    return Options(
        by,
        of,
        starts,
        steps,
        loops,
        share,
        left,
        _pinned(by, of, own.order if order is None else order),
        tuple(dict.fromkeys(of.get(p, p) for p in system.processes)),
        {**own.colours, **(colours or {})},
        node,
        materials,
        rest,
        bool(traced),
        traced == UPSTREAM,
        water,
        cast(Pools, pools),
    )


def _way(by: str, faults: list[Fault]) -> str:
    """The tag that puts processes together."""
    if by in WAYS:
        return by
    faults.append(_among("sankey-by", by, WAYS))
    return WAYS[0]


def _usual(own: Drawing, *, whole: bool) -> float:
    """The share where no option says one: the scenario's, else none where a picture is small by itself."""
    return own.min_share if own.min_share is not None else 0.0 if whole else MIN_SHARE


def _check_steps(steps: int | None, focus: str | Sequence[str], faults: list[Fault]) -> None:
    """That the number of steps is one, and of something."""
    if steps is not None and (isinstance(steps, bool) or not isinstance(steps, int) or steps < 1):
        faults.append(Fault("sankey-steps", None, {"text": str(steps)[:40]}))
    if steps is not None and not focus:
        faults.append(Fault("sankey-steps-alone", None, {}))


def _check_things(
    system: System, things: Sequence[str], materials: Sequence[str], faults: list[Fault]
) -> None:
    """That the run has the materials, or kinds, that are named."""
    for name in things:
        known = [*system.materials, *get_args(Kind)]
        _known(name, known, {"what": "material or kind", "what_zh": "物料或种类"}, faults)
    for name in materials:
        _known(name, [*system.materials], {"what": "material", "what_zh": "物料"}, faults)


def _check_looks(
    system: System, pools: str, colours: Iterable[str], order: Sequence[str], faults: list[Fault]
) -> None:
    """That colours and ways to draw pools are such, and that the run has the nodes of an order."""
    if pools not in POOLS:
        faults.append(_among("sankey-pools-how", pools, POOLS))
    for colour in colours:
        if not COLOUR.match(colour):
            faults.append(Fault("drawing-colour", None, {"text": str(colour)[:40]}))
    nodes = [*system.processes, *system.stocks, *tags(system.processes.values())]
    for name in order:
        _known(name, nodes, {"what": "process, stock or tag", "what_zh": "过程、库存或分组标签"}, faults)


def _node(system: System, of: Mapping[str, str], name: str, faults: list[Fault]) -> str:
    """The process, stock or group whose inputs and outputs are shown."""
    start = _start(system, of, name)
    known = [*system.processes, *system.stocks, *_tags(of)]
    if start is None or start.is_material or start.id in BOUNDARY_WORDS:
        near = nearest(name, known)
        faults.append(Fault("sankey-process", None, {"text": name[:60], "near": near}))
        return ""
    return start.id


def _one_view(
    process: str | None,
    focus: str | Sequence[str],
    only: Sequence[str],
    traced: str | bool,
    faults: list[Fault],
) -> None:
    """Faults of asking for two pictures at once, and for shares of nothing."""
    views = (("process", process is not None), ("focus", bool(focus)), ("only", bool(only)))
    asked = [name for name, is_asked in views if is_asked]
    if len(asked) > 1:
        faults.append(Fault("sankey-one-view", None, {"names": ", ".join(asked)}))
    if traced not in (False, True, DOWNSTREAM, UPSTREAM):
        faults.append(_among("sankey-traced-way", str(traced), (DOWNSTREAM, UPSTREAM)))
    if traced and not focus:
        faults.append(Fault("sankey-traced-alone", None, {}))


def _share(given: float | str, faults: list[Fault]) -> float:
    """A share from 0 up to 1, from a number or a text."""
    try:
        share = units.ratio(str(given))
        if not 0 <= share < 1:
            raise FaultWithoutPlace("above-one" if share >= 1 else "negative", text=str(given)[:60])
        return share
    except FaultWithoutPlace as unplaced:
        faults.append(unplaced.at(None))
        return 0.0


def _pinned(by: str, of: Mapping[str, str], asked: Sequence[str]) -> tuple[str, ...]:
    """Drawn nodes in the order asked for."""
    drawn = set(of.values())
    named = (f"{by}:{name}" if f"{by}:{name}" in drawn else of.get(name, name) for name in asked)
    return tuple(dict.fromkeys(named))


def _starts(
    system: System, of: Mapping[str, str], focus: Sequence[str], faults: list[Fault]
) -> tuple[Start, ...]:
    if len(focus) > 2:
        faults.append(Fault("sankey-focus-count", None, {"count": len(focus)}))
        return ()
    found = [_start(system, of, name) for name in focus]
    for name, start in zip(focus, found, strict=True):
        if start is None:
            known = [*system.processes, *system.stocks, *system.materials, *BOUNDARY_WORDS, *_tags(of)]
            near = nearest(BOUNDARY_SYNONYMS.get(name, name), known)
            faults.append(Fault("sankey-focus", None, {"text": name[:60], "near": near}))
    return tuple(s for s in found if s)


def _tags(of: Mapping[str, str]) -> list[str]:
    return sorted({group.partition(":")[2] for group in of.values()})


def _start(system: System, of: Mapping[str, str], name: str) -> Start | None:
    """A process (or its group), stock, material or group, in this order; a prefix such as `site:` decides."""
    prefixed = PREFIX.fullmatch(name)
    kind, bare = prefixed.groups() if prefixed else ("", name)
    drawn = {*of.values()}
    if kind in ("", "process", "stock") and (bare in system.processes or bare in system.stocks):
        return Start(of.get(bare, bare))
    if kind in ("", "material") and bare in system.materials:
        return Start(bare, is_material=True)
    if name in drawn:
        return Start(name)
    group = next((g for g in sorted(drawn) if g.partition(":")[2] == name), "")
    if group or name in BOUNDARY_WORDS:
        return Start(group or name)
    return None


def _among(key: str, text: str, known: Sequence[str]) -> Fault:
    values = {"text": str(text)[:60], "known": ", ".join(known), "near": nearest(str(text), known)}
    return Fault(key, None, values)


def _known(name: str, known: Sequence[str], what: Mapping[str, str], faults: list[Fault]) -> None:
    if name not in known:
        values = {"id": str(name)[:60], "near": nearest(str(name), known), **what}
        faults.append(Fault("drawing-unknown", None, values))
