"""List: every parameter of a system with its path, its value and its unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from mfa.storage import Stock
from mfa.system import Coefficient, Entry, Figure, Material, Process, System


class Parameter(NamedTuple):
    """A path (`bayer-digestion.inputs.bauxite`), its value and the unit that it is counted in.

    `whole`: it stands for a member with all its details, a process, material or stock.
    """

    path: str
    value: float | str
    unit: str
    whole: bool = False


def listed(system: System) -> dict[str, Parameter]:
    """Everything that a scenario and its chains put into a run, by path."""
    found = [
        *_rates(system.drive, lambda k: _driven_unit(system, k), "{}.level"),
        *_rates(system.demand, lambda k: f"{system.materials[k].unit}/a", "demand.{}"),
        *_rates(system.supply, lambda k: f"{system.materials[k].unit}/a", "supply.{}"),
    ]
    for process in system.processes.values():
        found += _process(process, system.materials)
    for material in system.materials.values():
        found += _material(material)
    for stock in system.stocks.values():
        found += _stock(stock, system.materials[stock.material].unit)
    for pool in system.pools.values():
        unit = f"{system.materials[pool.material].unit}/a"
        for side, entries in (("takers", pool.takers), ("givers", pool.givers)):
            found += _list(pool.material, side, entries, unit)
    found += [Parameter(f"factors.{k}", f.value, "") for k, f in system.factors.items()]
    found += [Parameter(f"currencies.{k}", f.value, "CNY") for k, f in system.currencies.items()]
    for t in system.targets:
        bounds = (("min", t.minimum), ("max", t.maximum))
        found += [Parameter(f"targets.{t.indicator}.{k}", v, "") for k, v in bounds if v is not None]
    for site, others in system.sites.items():
        found += [Parameter(f"sites.{site}.distances.{o}", f.value, "km") for o, f in others.items()]
    if system.layers:
        found.append(Parameter("layers", ", ".join(system.layers), ""))
    return {i.path: i for i in found}


def _driven_unit(system: System, key: str) -> str:
    of = system.processes[key].per if key in system.processes else system.stocks[key].material
    return f"{system.materials[of].unit}/a"


def _rates(figures: Mapping[str, Figure], unit: Callable[[str], str], path: str) -> Iterator[Parameter]:
    for key, figure in figures.items():
        yield Parameter(path.format(key), figure.value, unit(key))


def _process(process: Process, materials: Mapping[str, Material]) -> Iterator[Parameter]:
    per = materials[process.per].unit
    yield Parameter(process.id, "process", "", True)
    sides: tuple[tuple[str, Mapping[str, Coefficient]], ...] = (
        ("inputs", process.inputs),
        ("outputs", process.outputs),
    )
    for side, recipe in sides:
        for material, coefficient in recipe.items():
            unit = f"{materials[material].unit}/{per}"
            yield Parameter(f"{process.id}.{side}.{material}", coefficient.figure.value, unit)
    if process.capacity:
        yield Parameter(f"{process.id}.capacity", process.capacity.value, f"{per}/a")
    if process.operating_hours is not None:
        yield Parameter(f"{process.id}.operating", process.operating_hours.value, "h/a")
    yield Parameter(f"{process.id}.tolerance", process.tolerance.value, "1")
    for key, figure in (("value-added", process.value_added), ("system-cost", process.system_cost)):
        if figure:
            unit = "1" if key == "value-added" else f"CNY/{per}"
            yield Parameter(f"{process.id}.{key}", figure.value, unit)
    tags = {
        "fate": process.fate,
        "allocation": process.allocation or "",
        "site": process.site,
        "sector": process.sector,
        "project": process.project,
        "enterprise": process.enterprise,
        "basis": process.basis,
        "heat-pump": "true" if process.heat_pump else "",
        "placeholder": "true" if process.placeholder else "",
        "serves": "largest" if process.serves == "largest" else "",
        "delay": process.delay.text if process.delay else "",
    }
    yield from (Parameter(f"{process.id}.{k}", v, "") for k, v in tags.items() if v)
    for element, shares in process.transfer.items():
        for output, share in shares.items():
            yield Parameter(f"{process.id}.transfer.{element}.{output}", share.value, "1")


def _material(material: Material) -> Iterator[Parameter]:
    yield Parameter(material.id, "material", "", True)
    if material.price:
        yield Parameter(f"price.{material.id}", material.price.value, f"CNY/{material.unit}")
    numbers = {
        "moisture": material.moisture,
        "carbon": material.carbon,
        "lhv": material.lhv,
        "density": material.density,
        "mass": material.mass,
        "enthalpy": material.enthalpy,
        "co2-factor": material.co2_factor,
        "upstream-co2": material.upstream_co2,
        "gwp": material.gwp if material.ghg else None,
        "price-vat": material.price_vat if material.price_vat.value else None,
        "parent-equivalent": material.parent_equivalent if material.residue_of else None,
    }
    yield from (Parameter(f"{material.id}.{k}", f.value, "") for k, f in numbers.items() if f)
    shares = material.composition.items()
    yield from (Parameter(f"{material.id}.composition.{s}", f.value, "1") for s, f in shares)
    main = material.main_resource
    words = {
        "kind": material.kind,
        "unit": material.unit,
        "waste": material.waste,
        "residue-of": material.residue_of,
        "ghg": material.ghg,
        "water": material.water,
        "renewable": "true" if material.renewable else "",
        "carrier": "" if material.carrier else "false",
        "main-resource": "" if main is None else str(main).lower(),
    }
    yield from (Parameter(f"{material.id}.{k}", v, "") for k, v in words.items() if v)


def _stock(stock: Stock, unit: str) -> Iterator[Parameter]:
    yield Parameter(stock.id, "stock", "", True)
    for key, figure in (("initial", stock.initial), ("capacity", stock.capacity)):
        if figure:
            yield Parameter(f"{stock.id}.{key}", figure.value, unit)
    yield Parameter(f"{stock.id}.fate", stock.fate, "")
    if stock.delays and stock.lifetime and stock.lifetime.mean:
        yield Parameter(f"{stock.delays}.delay", stock.lifetime.mean.text, "")


def _list(material: str, side: str, entries: tuple[Entry, ...], unit: str) -> Iterator[Parameter]:
    if entries:
        yield Parameter(f"{material}.{side}", " → ".join(_tiers(entries)), "")
    for e in entries:
        if e.limit:
            yield Parameter(f"{material}.{side}.{e.node}.limit", e.limit.value, unit)
        if e.percent:
            yield Parameter(f"{material}.{side}.{e.node}.limit", e.percent.value, "1")
        if e.share.value != 1:
            yield Parameter(f"{material}.{side}.{e.node}.share", e.share.value, "")
        if e.distance:
            yield Parameter(f"{material}.{side}.{e.node}.distance", e.distance.value, "km")
        if e.fate:
            yield Parameter(f"{material}.{side}.{e.node}.fate", e.fate, "")


def _tiers(entries: tuple[Entry, ...]) -> Iterator[str]:
    """The order of a list; who shares a tier stands with a plus."""
    tiers: dict[int, list[str]] = {}
    for e in entries:
        tiers.setdefault(e.tier, []).append(e.node)
    yield from (" + ".join(names) for names in tiers.values())
