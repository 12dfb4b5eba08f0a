"""What a picture is asked to show, checked; what is not said stands as the scenario says."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from mfa import units
from mfa.errors import Error, Fault, FaultWithoutPlace, nearest
from mfa.input.records.sankey_section import COLOUR, tags
from mfa.show.sankey.selection import WAYS, Start, groups
from mfa.system import BOUNDARY_SYNONYMS, BOUNDARY_WORDS, Kind, System

PREFIX = re.compile(r"(\w+):(.+)")


@dataclass(frozen=True)
class Options:
    """What is shown and how.

    `of` is process → group; `pinned` are drawn nodes in the order asked for, `order` in that of the files.
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
) -> Options:
    """The options of a picture; those that are None are the scenario's own.

    Raises
    ------
    mfa.Error
        every name that the run does not have, and every value that is no tag, share, colour or number
    """
    faults: list[Fault] = []
    own = system.sankey
    by = own.by if by is None else by
    if by not in WAYS:
        faults.append(_among("sankey-by", by, WAYS))
        by = WAYS[0]
    of = groups(system, by)
    starts = _starts(system, of, [focus] if isinstance(focus, str) else list(focus), faults)
    if steps is not None and (isinstance(steps, bool) or not isinstance(steps, int) or steps < 1):
        faults.append(Fault("sankey-steps", None, {"text": str(steps)[:40]}))
    if steps is not None and not focus:
        faults.append(Fault("sankey-steps-alone", None, {}))
    things = [*system.materials, *get_args(Kind)]
    left = own.without if without is None else tuple(without)
    for name in [*left, *(colours or {})]:
        _known(name, things, {"what": "material or kind", "what_zh": "物料或种类"}, faults)
    for colour in (colours or {}).values():
        if not COLOUR.match(colour):
            faults.append(Fault("drawing-colour", None, {"text": str(colour)[:40]}))
    nodes = [*system.processes, *system.stocks, *tags(system.processes.values())]
    for name in order or ():
        _known(name, nodes, {"what": "process, stock or tag", "what_zh": "过程、库存或分组标签"}, faults)
    share = own.min_share if min_share is None else _share(min_share, faults)
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
    )


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
