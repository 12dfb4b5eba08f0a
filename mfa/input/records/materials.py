"""Material forms → records: native units checked, compositions read as species."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from mfa import units
from mfa.errors import Fault, FaultWithoutPlace, nearest
from mfa.input.records.figures import Reader
from mfa.input.schema.fields import Quantity
from mfa.input.schema.forms import MaterialForm
from mfa.input.yaml.tree import Tree, place_of
from mfa.properties import OTHER, basis, is_formula
from mfa.system import GJ_PER, MASS_UNIT, ONE, ZERO, Figure, Material, known

NATIVE_UNITS = ("t", "MWh", "GJ", "m3", "Nm3", "Sm3", "person", "piece", "ha", "m2", "CNY")
VOLUMES = ("m3", "Nm3", "Sm3")
FULL = 1.005  # published compositions are rounded, and may add to a little more than 1


def material(key: str, form: MaterialForm, tree: Tree, reader: Reader) -> Material:
    """The record of one material, faults gathered in the reader."""
    unit = _unit(form, tree, reader)
    moisture = _moisture(form, tree, reader)
    density, density_unit = _density(form, tree, reader)
    mass, enthalpy = _mass(form, unit, tree, reader), _enthalpy(form, tree, reader)
    weight = GJ_PER[unit] / enthalpy.value if enthalpy else known(mass)
    bare = units.Basis(unit, known(moisture), known(density), density_unit, mass=weight)
    lhv = _figure(
        form.lhv, tree, "lhv", reader, lambda u: units.coefficient_factor(u, units.Basis("GJ"), bare)
    )
    label = form.label.texts(key) if form.label else {"en": key, "zh": key}
    return Material(
        id=key,
        label=label,
        kind=form.kind,
        unit=unit,
        place=tree.place,
        composition=_composition(form.composition, tree, reader),
        moisture=moisture,
        density=density,
        density_unit=density_unit,
        lhv=lhv,
        mass=mass,
        enthalpy=enthalpy,
        carbon=_ratio(form.carbon, tree, "carbon", reader),
        waste=form.waste or "",
        code=form.code,
        residue_of=form.residue_of or "",
        bulk=form.bulk,
        common=form.common,
        parent_equivalent=_equivalent(form.parent_equivalent, tree, reader),
        ghg=form.ghg or "",
        gwp=_plain(form.gwp, tree, "gwp", reader) or ONE,
        water=form.water or "",
        renewable=form.renewable,
        carrier=form.carrier,
        co2_factor=_co2_per_unit(form.co2_factor, "co2-factor", tree, bare, lhv, reader),
        upstream_co2=_co2_per_unit(form.upstream_co2, "upstream-co2", tree, bare, lhv, reader),
        main_resource=form.main_resource,
        price_year=form.price_year,
        price_vat=_ratio(form.price_vat, tree, "price-vat", reader) or ZERO,
        source=reader.source(form.source, tree),
    )


def price(quantity: Quantity, tree: Tree, key: str, of: Material, reader: Reader) -> Figure | None:
    """A price in CNY per native unit."""
    per = basis(of)
    return reader.figure(quantity, tree[key], lambda u: units.coefficient_factor(u, reader.money, per))


def _unit(form: MaterialForm, tree: Tree, reader: Reader) -> str:
    if form.kind == "energy" and form.unit not in GJ_PER:
        key = "energy-unit" if "unit" in tree else "energy-unit-missing"
        reader.faults.append(Fault(key, place_of(tree, ("unit",)), {"unit": form.unit[:40]}))
        return "MWh"
    if form.unit not in NATIVE_UNITS:
        values = {
            "unit": form.unit[:40],
            "known": ", ".join(NATIVE_UNITS),
            "near": nearest(form.unit, NATIVE_UNITS),
        }
        reader.faults.append(Fault("native-unit", place_of(tree, ("unit",)), values))
        return "t"
    return form.unit


def _figure(
    quantity: Quantity | None, tree: Tree, key: str, reader: Reader, factor: Callable[[str], float]
) -> Figure | None:
    return reader.figure(quantity, tree[key], factor) if quantity else None


def _ratio(quantity: Quantity | None, tree: Tree, key: str, reader: Reader) -> Figure | None:
    return reader.ratio(quantity, tree[key]) if quantity else None


def _moisture(form: MaterialForm, tree: Tree, reader: Reader) -> Figure | None:
    found = _ratio(form.moisture, tree, "moisture", reader)
    if found and found.value >= 1:
        place = place_of(tree, ("moisture", "value"))
        reader.faults.append(Fault("moisture-whole", place, {}))
        return None
    return found


def _density(form: MaterialForm, tree: Tree, reader: Reader) -> tuple[Figure | None, str]:
    if form.density is None:
        return None, ""
    text = form.density.value or next(iter(form.density.years.values()), "")
    for volume in VOLUMES:
        try:
            _, unit = units.split(text)
            units.factor(unit, f"t/{volume}")
        except FaultWithoutPlace:
            continue
        break
    else:
        if not form.density.balance:
            place = place_of(tree, ("density", "value"))
            reader.faults.append(Fault("density-unit", place, {"text": text[:60]}))
            return None, ""
    found = reader.figure(form.density, tree["density"], partial(units.factor, to=f"t/{volume}"))
    if found and not found.value:
        reader.faults.append(Fault("density-zero", found.place, {"text": text[:60]}))
    return (found, volume) if found and found.value > 0 else (None, "")


def _mass(form: MaterialForm, unit: str, tree: Tree, reader: Reader) -> Figure | None:
    """Tonnes in one piece, m2 …; what is tonnes, energy or volume has other words for it."""
    if form.mass is None:
        return None
    other = "enthalpy" if unit in GJ_PER else "density" if unit in VOLUMES else ""
    if other or unit in (MASS_UNIT, "CNY"):
        key = "mass-elsewhere" if other else "mass-of-mass"
        values = {"unit": unit, "other": other}
        reader.faults.append(Fault(key, tree.keys_at["mass"], values))
        return None
    to, of = units.Basis("t"), units.Basis(unit)
    return _positive(
        _figure(form.mass, tree, "mass", reader, lambda u: units.coefficient_factor(u, to, of)), reader
    )


def _enthalpy(form: MaterialForm, tree: Tree, reader: Reader) -> Figure | None:
    """GJ/t of an energy that a mass carries, such as steam."""
    if form.enthalpy is None:
        return None
    if form.kind != "energy":
        reader.faults.append(Fault("enthalpy-of-matter", tree.keys_at["enthalpy"], {"kind": form.kind}))
        return None
    return _positive(
        _figure(form.enthalpy, tree, "enthalpy", reader, partial(units.factor, to="GJ/t")), reader
    )


def _positive(found: Figure | None, reader: Reader) -> Figure | None:
    """A figure that others are divided by."""
    if found and not found.value:
        reader.faults.append(Fault("mass-zero", found.place, {"text": found.text[:60]}))
        return None
    return found


def _equivalent(quantity: Quantity | None, tree: Tree, reader: Reader) -> Figure:
    if quantity is None:
        return ONE
    mass = units.Basis("t")
    node = tree["parent-equivalent"]
    found = reader.figure(quantity, node, lambda u: units.coefficient_factor(u, mass, mass) if u else 1.0)
    return found or ONE


def _co2_per_unit(
    quantity: Quantity | None, key: str, tree: Tree, bare: units.Basis, lhv: Figure | None, reader: Reader
) -> Figure | None:
    """An emission factor, t CO2 per native unit; per energy it goes by the heating value."""
    per = replace(bare, lhv=lhv.value) if lhv else bare
    return _figure(quantity, tree, key, reader, lambda u: units.coefficient_factor(u, units.Basis("t"), per))


def _plain(quantity: Quantity | None, tree: Tree, key: str, reader: Reader) -> Figure | None:
    def factor(unit: str) -> float:
        if unit:
            raise FaultWithoutPlace("unit-not-wanted", unit=unit[:40])
        return 1.0

    return _figure(quantity, tree, key, reader, factor)


def _composition(written: Mapping[str, Quantity], tree: Tree, reader: Reader) -> dict[str, Figure]:
    """Species and declared substances → mass fraction; what is not named up to 100 % is `other`."""
    node = tree.child("composition")
    shares: dict[str, Figure] = {}
    for species, quantity in written.items():
        if species != OTHER and species not in reader.substances and not is_formula(species):
            values = {"text": species[:60], "near": nearest(species, reader.substances)}
            reader.faults.append(Fault("formula", node.keys_at[species], values))
        found = reader.ratio(quantity, node[species])
        if found:
            shares[species] = found
    total = sum(f.value for f in shares.values())
    if total > FULL:
        values = {"total": f"{100 * total:.6g}"}
        reader.faults.append(Fault("composition-sum", node.keys_at[list(written)[-1]], values))
    elif shares and total < 1 - 1e-9:
        rest = shares.get(OTHER, Figure(0.0, "balance", tree.keys_at["composition"]))
        shares[OTHER] = replace(rest, value=rest.value + 1 - total)
    return shares


def lineage(key: str, materials: Mapping[str, Material]) -> list[str]:
    """A material and those that it is a residue of, until one comes again."""
    found: dict[str, None] = {}
    while key in materials and key not in found:
        found[key] = None
        key = materials[key].residue_of
    return list(found)
