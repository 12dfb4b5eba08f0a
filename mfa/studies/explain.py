"""Why a number of a run is what it is: list by list up to the drive, and what one more would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from mfa.catalogue import HEADLINE
from mfa.engine.compile import Compiled, Outside
from mfa.engine.network import GIVER, TAKER, Floats
from mfa.errors import Error, Fault, nearest
from mfa.results.accounts.flows import Flow, far_end, pool_node
from mfa.results.indicators.target import Indicator
from mfa.results.reasons import Held, Reason
from mfa.results.run import Run, solve_compiled
from mfa.studies.contributions import Contribution, contributions
from mfa.system import Side

MOST_STEPS = 12  # up to the drive; longer ways are told by their beginning
STEP = 1e-6  # of the amount that is changed: small enough to meet no bend, large beside rounding
WORTH = 1e-4  # of the largest change in a unit: less is of no interest
NOTHING = 1e-7  # a unit: rounding of a difference over a small step
Kind = Literal["process", "material", "stock", "indicator"]


@dataclass(frozen=True)
class Place:
    """One line of a list, or a firm supply or demand: how much, of how much at most, and what holds it."""

    node: str
    amount: float
    most: float | None = None
    held: Held | Literal["firm", "open"] = "firm"


@dataclass(frozen=True)
class Step:
    """On the way up to the drive: `share` of a material comes from a node, or is asked for by it."""

    side: Side
    material: str
    node: str
    share: float
    reason: Reason | None


@dataclass(frozen=True)
class Change:
    """What one unit more changes, a year: of a flow over the park's line, or of an indicator."""

    name: str
    node: str
    per_unit: float
    unit: str


@dataclass(frozen=True)
class More:
    """One more of something (`what`, in `unit` a year), and what changes by it, the largest first."""

    what: Literal["level", "capacity", "limit", "supply", "demand"]
    name: str
    unit: str
    changes: tuple[Change, ...]
    rate: float | None
    co2: float


@dataclass(frozen=True)
class Explanation:
    """Of a process, material, stock or indicator.

    Attributes
    ----------
    givers, takers : of a material or stock, the places of both lists and all that is firm; of a process,
        the list that decides over it
    inputs, outputs : of a process, (material, amount a year)
    steps : up to what is driven
    more : what one unit more of it would change; None where nothing can be more
    row, numerator, denominator : of an indicator
    """

    kind: Kind
    name: str
    givers: tuple[Place, ...] = ()
    takers: tuple[Place, ...] = ()
    inputs: tuple[tuple[str, float], ...] = ()
    outputs: tuple[tuple[str, float], ...] = ()
    reason: Reason | None = None
    steps: tuple[Step, ...] = ()
    more: More | None = None
    row: Indicator | None = None
    numerator: tuple[Contribution, ...] = ()
    denominator: tuple[Contribution, ...] = ()


def explain(run: Run, name: str) -> Explanation:
    """Why a process, material, stock or indicator of a run is what it is.

    Parameters
    ----------
    name : an id, or a label in either language

    Raises
    ------
    mfa.Error
        the run has nothing of that name
    """
    kind, key = _named(run, name)
    if kind == "process":
        return _process(run, key)
    if kind == "indicator":
        return _indicator(run, key)
    material = key if kind == "material" else run.system.stocks[key].material
    places = _places(run, material)
    return Explanation(
        kind,
        key,
        givers=places["givers"],
        takers=places["takers"],
        steps=tuple(_way_up(run, "takers", material)),
        more=_one_more(run, "supply", material),
    )


def _named(run: Run, name: str) -> tuple[Kind, str]:
    """Kind and id of what a name means: ids first, then labels."""
    system, rows = run.system, {r.name: r for r in run.indicator_list}
    members: tuple[tuple[Kind, Mapping[str, object]], ...] = (
        ("process", system.processes),
        ("material", system.pools),
        ("stock", system.stocks),
        ("indicator", rows),
    )
    for kind, found in members:
        if name in found:
            return kind, name
    labelled = (
        *((k, p.label) for k, p in system.processes.items()),
        *((k, system.materials[k].label) for k in system.pools),
        *((k, s.label) for k, s in system.stocks.items()),
    )
    wanted = name.casefold()
    for key, label in labelled:
        if wanted in (text.casefold() for text in label.values()):
            return _named(run, key)
    known = [k for _, found in members for k in found]
    raise Error([Fault("explain-unknown", None, {"id": name[:60], "near": nearest(name, known)})])


def _indicator(run: Run, name: str) -> Explanation:
    row = next(r for r in run.indicator_list if r.name == name)
    top, bottom = contributions(run, name)
    return Explanation("indicator", name, row=row, numerator=top, denominator=bottom)


# ---------------------------------------------------------------- lists
def _places(run: Run, material: str) -> dict[Side, tuple[Place, ...]]:
    """Both sides of a pool: what is firm, then the lists in their order, then what stays open."""
    reasons, b = run.reasons, run.accounts.ledger
    pool = run.compiled.structure.pools.index(material)
    listed = {
        side: [
            Place(run.compiled.entries[e].node, float(b.state.handed[e]), _finite(b.most(e)), reasons.held(e))
            for e in reasons.lists.get((pool, number), ())
        ]
        for side, number in (("takers", TAKER), ("givers", GIVER))
    }
    names = {side: {p.node for p in found} for side, found in listed.items()}
    firm: dict[Side, list[Place]] = {"takers": [], "givers": []}
    for flow in run.flow_list:
        if flow.material == material:
            side, node = _side(flow)
            if node not in names[side] and node not in ("surplus", "shortage"):
                firm[side].append(Place(node, flow.amount))
    made: dict[Side, tuple[Place, ...]] = {}
    open_: tuple[tuple[Side, str, Floats], ...] = (
        ("takers", "surplus", b.state.surplus),
        ("givers", "shortage", b.state.shortage),
    )
    for side, word, amounts in open_:
        amount = amounts[pool]
        left = [Place(word, float(amount), None, "open")] if amount > 0 else []
        largest = sorted(firm[side], key=lambda p: -p.amount)
        made[side] = (*largest, *listed[side], *left)
    return made


def _side(flow: Flow) -> tuple[Side, str]:
    """On which side of its pool a flow is, and its other end."""
    return "takers" if flow.source == pool_node(flow.material) else "givers", far_end(flow)


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


# ---------------------------------------------------------------- processes
def _process(run: Run, key: str) -> Explanation:
    reason = run.reasons.of[key]
    flows = [f for f in run.flow_list if key in (f.source, f.target)]
    places = _places(run, reason.material) if reason.material else {"takers": (), "givers": ()}
    deciding = {reason.side: places[reason.side]} if reason.side else {}
    return Explanation(
        "process",
        key,
        givers=deciding.get("givers", ()),
        takers=deciding.get("takers", ()),
        inputs=tuple((f.material, f.amount) for f in flows if f.target == key),
        outputs=tuple((f.material, f.amount) for f in flows if f.source == key),
        reason=reason,
        steps=tuple(_way_up(run, reason.side, reason.material)) if reason.side else (),
        more=_more_of_process(run, key, reason),
    )


def _way_up(run: Run, side: Side, material: str) -> Iterator[Step]:
    """Up to what is driven: the largest maker of what is taken, the largest taker of what is made."""
    seen: set[str] = set()
    while len(seen) < MOST_STEPS:
        ends: Side = "givers" if side == "takers" else "takers"
        found = [f for f in run.flow_list if f.material == material and _side(f)[0] == ends]
        if not found:
            return
        most = max(found, key=lambda f: f.amount)
        node = _side(most)[1]
        reason = run.reasons.of.get(node)
        yield Step(side, material, node, most.amount / sum(f.amount for f in found), reason)
        if reason is None or not reason.side or node in seen:
            return
        seen.add(node)
        side, material = reason.side, reason.material


def _more_of_process(run: Run, key: str, reason: Reason) -> More | None:
    """One more of what holds a process."""
    if reason.held in ("unlisted", "held"):
        return None
    at = run.compiled.structure.processes.index(key)
    if reason.held == "driven":
        return _one_more(run, "level", key, at)
    if reason.held == "capacity":
        return _one_more(run, "capacity", key, at)
    if reason.held == "limit":
        s = run.compiled.structure
        mine = (e for e in run.reasons.entries[at] if s.pools[s.entries[e].pool] == reason.material)
        entry = next(e for e in mine if run.reasons.held(e) == "limit")
        if np.isfinite(run.compiled.values.limit[entry]):
            return _one_more(run, "limit", reason.material, entry)
        return None
    return _one_more(run, "supply" if reason.side == "takers" else "demand", reason.material)


# ---------------------------------------------------------------- one more
def _one_more(
    run: Run, what: Literal["level", "capacity", "limit", "supply", "demand"], name: str, at: int = -1
) -> More | None:
    """The run with a little more of something, and the difference over how much more it is."""
    if what in ("supply", "demand"):
        b, pool = run.accounts.ledger, run.compiled.structure.pools.index(name)
        step = STEP * (float((b.made + b.entering)[pool]) or 1.0)
        changed = _with_outside(run.compiled, pool, what == "supply", step)
    else:
        array = "driven" if what == "level" else what
        amounts = getattr(run.compiled.values, array).copy()
        step = STEP * (float(amounts[at]) or 1.0)
        amounts[at] += step
        changed = replace(run.compiled, values=replace(run.compiled.values, **{array: amounts}))
    try:
        then = solve_compiled(run.system, changed)
    except Error:  # a recycle reaches a gain of 1 just there
        return None
    of = run.system.processes[name].per if what in ("level", "capacity") else name
    old, new = _rate(run), _rate(then)
    rate = None if old is None or new is None else (new - old) / step
    co2 = (then.accounts.co2.total - run.accounts.co2.total) / step
    cause = {"supply": (name, "import"), "demand": (name, "export")}.get(what)
    changes = tuple(_changes(run, then, step, cause))
    return More(what, name, run.system.materials[of].unit, changes, rate, co2)


def _with_outside(compiled: Compiled, pool: int, enters: bool, amount: float) -> Compiled:
    """The network with one more supply, or demand, of a pool."""
    values, one = compiled.values, Outside(pool, *(("import", GIVER) if enters else ("export", TAKER)))
    external = values.external.copy()
    external[pool] += amount if enters else -amount
    more = replace(values, external=external, outside=np.append(values.outside, amount))
    return replace(compiled, values=more, outside=(*compiled.outside, one))


def _rate(run: Run) -> float | None:
    return next((r.value for r in run.indicator_list if r.name == HEADLINE), None)


def _changes(run: Run, then: Run, step: float, cause: tuple[str, str] | None) -> Iterator[Change]:
    """What crosses the park's line, goes into stocks or stays open, per unit, the largest first.

    `cause` is what is supplied or demanded more, which is no change by it.
    """
    materials = run.system.materials
    ends: dict[tuple[str, str], float] = {cause: -step} if cause else {}
    for sign, one in ((-1.0, run), (1.0, then)):
        for flow in one.flow_list:
            node = _side(flow)[1]
            if node not in run.system.processes:
                key = flow.material, node
                ends[key] = ends.get(key, 0.0) + sign * flow.amount
    per_unit = {k: v / step for k, v in ends.items()}
    largest: dict[str, float] = {}
    for (material, _), change in per_unit.items():
        unit = materials[material].unit
        largest[unit] = max(largest.get(unit, 0.0), abs(change))
    for key in sorted(per_unit, key=lambda k: (not materials[k[0]].is_mass, -abs(per_unit[k]))):
        unit = materials[key[0]].unit
        if abs(per_unit[key]) > max(WORTH * largest[unit], NOTHING):
            yield Change(*key, per_unit[key], unit)
