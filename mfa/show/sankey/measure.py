"""What the bands of a picture stand for: mass, energy, value, cost, CO2, or a substance in the flows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mfa import units
from mfa.errors import Error, Fault, FaultWithoutPlace, nearest
from mfa.properties import layer as substance
from mfa.properties import per_unit, price
from mfa.results.accounts.flows import Flow, links, pool_node
from mfa.results.run import Run
from mfa.show.magnitudes import step
from mfa.show.sankey.geometry import LOSS, LOST, Link, Remark
from mfa.show.sankey.labels import LANGS, word

LAYERS = {"mass": "t", "wet": "t_wet", "energy": "GJ", "value": "CNY", "co2": "t", "cost": "CNY"}
"""The layers that every run has, and the unit of each; those of substances come in kg."""

DEFAULT = "mass"
INSTEAD = ("energy", "value", "co2")
"""What is drawn of a run without any mass: its energy, else what is nearest to that."""

SYSTEM_COST = "*system-cost"
"""The material of the labour, capital and services that a process gets in the cost layer."""

AMOUNT = "amount:"
"""Before the unit, the key of a layer of the materials that are counted in it."""

CONTENT = "kg"
READABLE = {"kg": ("t", 1e6), "CNY": ("万元", 1e7)}
NOISE = 1e-6  # of what a process gets: what its recipe does not close is no loss
LEAST_UNACCOUNTED = 1e-3  # of the largest flow: a gap below it is thinner than a band that is seen


@dataclass(frozen=True)
class Counted:
    """The flows of one layer in one unit a year; `names` is the label of a declared substance."""

    key: str
    unit: str
    links: tuple[Link, ...]
    factor: float = 1.0
    remarks: tuple[Remark, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def label(self, lang: str) -> str:
        """The layer in words."""
        if self.key in LAYERS:
            return word(f"layer-{self.key}", lang)
        if self.key.startswith(AMOUNT):
            return word("layer-amount", lang, unit=self.unit)
        return word("layer-substance", lang, name=self.names.get(lang, self.key))


def count_default(result: Run, unit: str | None = None, *, scaled: bool = False) -> Counted:
    """The layer that is drawn when nobody says: mass, or another that has flows where nothing weighs.

    Raises
    ------
    mfa.Error
        nothing flows at all, or the unit does not fit
    """
    if unit in _native(result) or any(_counted(result, DEFAULT)):
        return count(result, DEFAULT, unit, scaled=scaled)
    key = next((k for k in INSTEAD if any(_counted(result, k))), DEFAULT)
    counted = count(result, key, unit, scaled=scaled)
    remark = Remark("no-mass", 0.0, {lang: counted.label(lang) for lang in LANGS})
    return replace(counted, remarks=(remark, *counted.remarks))


def count(result: Run, key: str, unit: str | None = None, *, scaled: bool = False) -> Counted:
    """The links of a run, each counted as `key` says; only those above zero.

    Parameters
    ----------
    key : `mass`, `wet`, `energy`, `value`, `co2`, `cost`, an element, an oxide or a declared substance
    unit : another unit of the same quantity; with `mass` also a native unit such as `MWh`:
        then the materials counted in it are shown
    scaled : without `unit`, the one in which the largest flow is a short number

    Raises
    ------
    mfa.Error
        there is no such layer, nothing flows in it, or the unit does not fit
    """
    if key == "mass" and unit and unit in _native(result):
        found = [f for f in result.link_list if result.system.materials[f.material].unit == unit]
        return Counted(AMOUNT + unit, unit, _drawn(found, 1.0))
    flows = _flows(result, key)
    if not flows:
        raise Error([Fault("sankey-layer-empty", None, {"text": key[:60]})])
    own = LAYERS.get(key, CONTENT)
    largest = max((f.amount for f in flows if f.source != f.target), default=flows[0].amount)
    shown, share = short_unit(own, largest) if scaled and unit is None else _unit(result, own, unit, largest)
    if key == "energy":
        flows, remarks = _with_losses(result, flows, share)
    else:
        remarks = () if key in LAYERS else _remarks(result, key, share, largest)
    names = result.system.substances.get(key, {})
    return Counted(key, shown, _drawn(flows, share), share, remarks, names)


def _native(result: Run) -> list[str]:
    """The native units of what flows, but that of mass."""
    found = {m.unit for m in result.system.materials.values() if not m.is_mass}
    return sorted(found & {result.system.materials[f.material].unit for f in result.link_list})


def _drawn(flows: Sequence[Flow], share: float) -> tuple[Link, ...]:
    return tuple(Link(f.source, f.target, f.material, f.amount * share) for f in flows)


def _unit(result: Run, own: str, wanted: str | None, largest: float) -> tuple[str, float]:
    """The unit that is shown, and what one of the layer's own units is in it."""
    if wanted is None:
        wanted = next((u for u, limit in (READABLE.get(own, ("", math.inf)),) if largest >= limit), own)
    try:
        return wanted, 1 / units.factor(wanted, own)
    except FaultWithoutPlace:
        known = ", ".join(["t", *_native(result)] if own == "t" else [own])
        raise Error([Fault("sankey-unit", None, {"unit": wanted[:40], "known": known})]) from None


def short_unit(own: str, largest: float) -> tuple[str, float]:
    """The unit in which the largest flow is a short number, as readers of the language write it."""
    native, wet, _ = own.partition("_wet")
    name, size = step(largest, native)
    return name + wet, 1 / size


def _flows(result: Run, key: str) -> list[Flow]:
    if key == "cost":
        return [f for f in _costs(result) if f.amount > 0]
    if key in LAYERS:
        return list(_counted(result, key))
    try:
        substance(key, result.system.substances)
    except FaultWithoutPlace:
        near = nearest(key, (*LAYERS, *result.system.substances))
        values = {"text": key[:60], "known": ", ".join(LAYERS), "near": near}
        raise Error([Fault("sankey-layer", None, values)]) from None
    return result.layer(key).links(result.flow_list)


def _counted(result: Run, key: str) -> Iterator[Flow]:
    """One factor a material."""
    of: Callable[..., float | None] = per_unit(key)
    for flow in result.link_list:
        each = of(result.system.materials[flow.material])
        if each and each * flow.amount > 0:
            yield replace(flow, amount=each * flow.amount)


def _remarks(result: Run, key: str, share: float, largest: float) -> tuple[Remark, ...]:
    """What the recipes do not account for, where it is worth a word."""
    gaps = math.fsum(abs(b.residue) for b in result.layer(key).balances() if b.place != "park")
    return (Remark("unaccounted", gaps * share),) if gaps > LEAST_UNACCOUNTED * largest else ()


def _with_losses(result: Run, flows: Sequence[Flow], share: float) -> tuple[list[Flow], tuple[Remark, ...]]:
    """The flows of energy with what conversion loses, and the sums of that and of what is gained.

    A process that passes energy on loses what goes in and does not come out. What a process gets that
    passes none on ends there: it is used.
    """
    into: dict[str, list[float]] = {}
    out: dict[str, list[float]] = {}
    for flow in flows:
        into.setdefault(flow.target, []).append(flow.amount)
        out.setdefault(flow.source, []).append(flow.amount)
    got = {p: math.fsum(into.get(p, ())) for p in result.system.processes if p in out}
    kept = {p: amount - math.fsum(out[p]) for p, amount in got.items()}
    least = LEAST_UNACCOUNTED * max(f.amount for f in flows)
    lost = [Flow(LOST, p, LOSS, amount) for p, amount in kept.items() if amount > NOISE * got[p]]
    gained = math.fsum(-amount for amount in kept.values() if amount < 0)
    sums = (("losses", math.fsum(f.amount for f in lost)), ("gains", gained))
    return [*flows, *lost], tuple(Remark(key, share * amount) for key, amount in sums if amount > least)


def _costs(result: Run) -> Iterator[Flow]:
    """Material flow cost accounting on every link, and what a process costs beside its materials."""
    costs, structure = result.costs, result.compiled.structure
    ledger, carried = costs.ledger, costs.carried
    inner = {}
    for pool, process, out, amount in zip(
        ledger.pool.tolist(), ledger.process.tolist(), ledger.out.tolist(), carried.flow.tolist(), strict=True
    ):
        material, node = structure.pools[pool], structure.processes[process]
        own = pool_node(material)
        inner[material, *((node, own) if out else (own, node))] = amount
    mean = dict(zip(structure.pools, carried.mean.tolist(), strict=True))
    made = []
    for flow in result.flow_list:
        amount = inner.get((flow.material, flow.source, flow.target))
        if amount is None:
            enters = flow.target == pool_node(flow.material)
            each = price(result.system.materials[flow.material]) if enters else mean[flow.material]
            amount = flow.amount * each
        made.append(replace(flow, amount=amount))
    yield from links(f for f in made if f.amount > 0)
    for process, amount in zip(structure.processes, costs.system.tolist(), strict=True):
        yield Flow(SYSTEM_COST, "import", process, amount)
