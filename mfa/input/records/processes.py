"""Process forms → records: coefficients per unit of the reference, balance flows closed."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace
from functools import partial

from mfa import units
from mfa.errors import Fault, FaultWithoutPlace, Place, nearest
from mfa.input.records.delays import delay
from mfa.input.records.figures import Reader
from mfa.input.records.materials import lineage
from mfa.input.records.uncertainty import split
from mfa.input.schema.fields import Quantity
from mfa.input.schema.forms import ProcessForm
from mfa.input.yaml.tree import Tree, place_of
from mfa.properties import basis, closing_amount, layer, reconverted
from mfa.system import ONE_PER_CENT, Coefficient, Figure, Kind, Material, Process, number

MADE: tuple[Kind, ...] = ("product", "intermediate", "energy")  # what a process is counted by, it makes
YEAR_DAYS = 365  # a bare number up to here is days of operation, above it hours
EXACT = 1e-9  # figures as they are typed, read in another unit, agree this well


def process(
    key: str,
    form: ProcessForm,
    tree: Tree,
    materials: Mapping[str, Material],
    reader: Reader,
    chain: str,
    lists: Mapping[tuple[str, str, str], Place],
    faulty: Set[str] = frozenset(),
) -> Process | None:
    """The record of one process; None where its materials are not all known.

    `lists` say where a list names a node: (node, material, side). Of `faulty` materials it is
    known that they exist, so that their absence is no fault.
    """
    if not _known(form, tree, materials, reader, faulty):
        return None
    hours = _operating(form, tree, reader)
    inputs = _side(form, tree, "inputs", materials, reader)
    outputs = _side(form, tree, "outputs", materials, reader)
    if form.per in (*form.inputs, *form.outputs):
        _reference(form, tree, inputs, outputs, reader)
    elif _is_made(key, form.per, tree, materials, lists, reader):
        outputs[form.per] = Coefficient(Figure(1.0, "1", tree.place), reference=True)
    if form.per in (*inputs, *outputs):
        _balance(key, form, tree, inputs, outputs, materials, reader)
    _residues(form, tree, outputs, materials, reader)
    label = form.label.texts(key) if form.label else {"en": key, "zh": key}
    parts, concentration = split(form, tree, outputs, reader)
    return Process(
        id=key,
        label=label,
        per=form.per,
        inputs=inputs,
        outputs=outputs,
        place=tree.place,
        chain=chain,
        capacity=_capacity(form, tree, materials, reader, hours),
        operating_hours=hours,
        fate=form.fate,
        allocation=form.allocation,
        serves=form.serves,
        tolerance=_tolerance(form, tree, reader),
        heat_pump=form.heat_pump,
        placeholder=form.placeholder,
        site=form.site,
        sector=form.sector,
        project=form.project,
        enterprise=form.enterprise,
        basis=form.basis or "",
        value_added=reader.ratio(form.value_added, tree["value-added"]) if form.value_added else None,
        system_cost=_system_cost(form, tree, materials, reader),
        transfer=_transfer(form, tree, reader),
        split=parts,
        concentration=concentration,
        delay=delay(form.delay, tree, reader),
    )


def rate(
    quantity: Quantity, tree: Tree, key: str, of: Material, reader: Reader, hours: Figure | None
) -> Figure | None:
    """A rate per year in native units; per h, per d and power are scaled by the hours."""
    kind, operating = basis(of), number(hours, units.YEAR_HOURS)
    return reader.figure(quantity, tree[key], lambda u: units.rate_factor(u, kind, operating))


def _known(
    form: ProcessForm, tree: Tree, materials: Mapping[str, Material], reader: Reader, faulty: Set[str]
) -> bool:
    start = len(reader.faults)
    for side in ("inputs", "outputs"):
        recipe = tree.child(side)
        for name in recipe:
            if name not in materials and name not in faulty:
                reader.unknown_material(name, recipe.keys_at[name], materials)
    if form.per not in materials and form.per not in faulty:
        reader.unknown_material(form.per, place_of(tree, ("per",)), materials)
    used = {*form.inputs, *form.outputs, form.per}
    return len(reader.faults) == start and used <= materials.keys()


def _operating(form: ProcessForm, tree: Tree, reader: Reader) -> Figure | None:
    if form.operating is None:
        return None
    found = reader.figure(form.operating, tree["operating"], _hours)
    if found and not 0 < found.value <= units.YEAR_HOURS:
        number_, unit = units.split(found.text)
        likely = "d/a" if number_ <= YEAR_DAYS else "h/a"
        key = "operating-range" if unit else "operating-bare"
        reader.faults.append(Fault(key, found.place, {"text": found.text[:60], "unit": likely}))
        return None
    return found


def _hours(unit: str) -> float:
    try:
        return units.factor(unit, "h/a")
    except FaultWithoutPlace as unplaced:
        raise (
            FaultWithoutPlace("operating-unit", unit=unit[:40])
            if unplaced.key == "unit-dimension"
            else unplaced
        ) from None


def _side(
    form: ProcessForm, tree: Tree, side: str, materials: Mapping[str, Material], reader: Reader
) -> dict[str, Coefficient]:
    written: Mapping[str, Quantity] = getattr(form, side)
    per = basis(materials[form.per])
    made = {}
    for name, quantity in written.items():
        node = tree.child(side)[name]
        if quantity.balance:
            made[name] = Coefficient(
                Figure(0.0, "balance", place_of(node, ()), source=reader.source(quantity.source, node)), True
            )
            continue
        of = basis(materials[name])
        with reader.about(name, form.per):
            found = reader.figure(quantity, node, partial(units.coefficient_factor, of=of, per=per))
        if found:
            made[name] = Coefficient(found)
    return made


def _is_made(
    key: str,
    per: str,
    tree: Tree,
    materials: Mapping[str, Material],
    lists: Mapping[tuple[str, str, str], Place],
    reader: Reader,
) -> bool:
    """Whether a reference that is left out is plainly an output; else a fault that asks for its side."""
    if (key, per, "givers") in lists:
        return True
    taken = lists.get((key, per, "takers"))
    if taken is None and materials[per].kind in MADE:
        return True
    name, at = ("reference-taken", {"other": taken}) if taken else ("reference-nowhere", {})
    values = {"process": key, "per": per, "unit": materials[per].unit, **at}
    reader.faults.append(Fault(name, place_of(tree, ("per",)), values))
    return False


def _reference(
    form: ProcessForm,
    tree: Tree,
    inputs: dict[str, Coefficient],
    outputs: dict[str, Coefficient],
    reader: Reader,
) -> None:
    """The reference that is written stands with exactly 1: as an output or, if it is none, as an input."""
    side, recipe = ("outputs", outputs) if form.per in form.outputs else ("inputs", inputs)
    given: Quantity = getattr(form, side)[form.per]
    place = place_of(tree, (side, form.per, "value"))
    found = recipe.get(form.per)
    if given.balance or any((given.range, given.sd, given.cv, given.gsd, given.choice)):
        reader.faults.append(Fault("reference-fixed", place, {"per": form.per}))
    elif found and abs(found.figure.value - 1) > EXACT:
        reader.faults.append(Fault("reference-one", place, {"per": form.per, "text": found.figure.text[:60]}))
    if found:
        recipe[form.per] = Coefficient(found.figure, reference=True)


def _balance(
    key: str,
    form: ProcessForm,
    tree: Tree,
    inputs: dict[str, Coefficient],
    outputs: dict[str, Coefficient],
    materials: Mapping[str, Material],
    reader: Reader,
) -> None:
    """Close the process's mass by its balance flow, if it has one and all others are known."""
    asked = [
        (s, m)
        for s, recipe in (("inputs", inputs), ("outputs", outputs))
        for m in recipe
        if recipe[m].balance
    ]
    if not asked:
        return
    side, name = asked[0]
    place = place_of(tree, (side, name), key=True)
    if len(asked) > 1:
        values = {"process": key, "first": ".".join(asked[0])}
        reader.faults.append(Fault("balance-twice", place_of(tree, asked[1], key=True), values))
        return
    if not materials[name].unit_mass:
        reader.faults.append(Fault("balance-no-mass", place, {"material": name}))
        return
    if len(inputs) < len(form.inputs) or not form.outputs.keys() <= outputs.keys():
        return
    try:
        value = closing_amount(key, side, name, inputs, outputs, materials)
    except FaultWithoutPlace as unplaced:
        reader.faults.append(unplaced.at(place))
        return
    recipe = inputs if side == "inputs" else outputs
    quantity: Quantity = getattr(form, side)[name]
    node = tree.child(side)[name]
    of, per = basis(materials[name]), basis(materials[form.per])
    factor = partial(units.coefficient_factor, of=of, per=per)
    bounds = reader.bounds(quantity, node, factor)
    figure = Figure(
        value,
        "balance",
        place,
        written=bounds,
        source=reader.source(quantity.source, node),
        confidence=quantity.confidence or "",
        note=quantity.note,
    )
    recipe[name] = Coefficient(reconverted(figure, factor), balance=True)


def _residues(
    form: ProcessForm,
    tree: Tree,
    outputs: dict[str, Coefficient],
    materials: Mapping[str, Material],
    reader: Reader,
) -> None:
    """What each output says that it is left of: wastes that the process takes, or `none`."""
    for name, quantity in form.outputs.items():
        if quantity.residue_of is None or name not in outputs:
            continue
        place = place_of(tree, ("outputs", name, "residue-of"))
        parents = () if quantity.residue_of == ["none"] else tuple(quantity.residue_of)
        for parent in parents:
            if parent not in materials:
                reader.unknown_material(parent, place, materials)
            elif not any(parent in lineage(m, materials) for m in form.inputs):
                values = {"id": name, "parent": parent, "near": nearest(parent, form.inputs)}
                reader.faults.append(Fault("residue-not-taken", place, values))
        if not materials[name].waste:
            reader.faults.append(Fault("residue-no-waste", place, {"id": name}))
        outputs[name] = replace(outputs[name], residue_of=parents)


def _capacity(
    form: ProcessForm,
    tree: Tree,
    materials: Mapping[str, Material],
    reader: Reader,
    hours: Figure | None,
) -> Figure | None:
    if form.capacity is None:
        return None
    with reader.about(form.per):
        return rate(form.capacity, tree, "capacity", materials[form.per], reader, hours)


def _system_cost(
    form: ProcessForm, tree: Tree, materials: Mapping[str, Material], reader: Reader
) -> Figure | None:
    """Labour, capital and services, CNY per unit of the reference."""
    if form.system_cost is None:
        return None
    per = basis(materials[form.per])
    return reader.figure(
        form.system_cost, tree["system-cost"], lambda u: units.coefficient_factor(u, reader.money, per)
    )


def _transfer(form: ProcessForm, tree: Tree, reader: Reader) -> dict[str, dict[str, Figure]]:
    """Element or declared substance → output → its share of what the inputs bring; at most all of it."""
    section = tree.child("transfer")
    made: dict[str, dict[str, Figure]] = {}
    for name, shares in form.transfer.items():
        try:
            element = layer(name, reader.substances).element
            if element in made:
                raise FaultWithoutPlace("transfer-twice", layer=name, element=element)
        except FaultWithoutPlace as unplaced:
            reader.faults.append(unplaced.at(section.keys_at[name]))
            continue
        made[element] = _shares(form, section, name, shares, reader)
    return made


def _shares(
    form: ProcessForm, section: Tree, name: str, shares: Mapping[str, Quantity], reader: Reader
) -> dict[str, Figure]:
    node = section.child(name)
    outputs = [*form.outputs, *([form.per] if form.per not in form.inputs else [])]
    made: dict[str, Figure] = {}
    for output, quantity in shares.items():
        if output not in outputs:
            values = {"id": output[:60], "layer": name, "near": nearest(output, outputs)}
            reader.faults.append(Fault("transfer-output", node.keys_at[output], values))
        found = reader.ratio(quantity, node[output])
        if found:
            made[output] = found
    total = sum(f.value for f in made.values())
    if total > 1 + EXACT:
        values = {"layer": name, "total": f"{100 * total:.6g}"}
        reader.faults.append(Fault("transfer-sum", section.keys_at[name], values))
    return made


def _tolerance(form: ProcessForm, tree: Tree, reader: Reader) -> Figure:
    found = reader.ratio(form.tolerance, tree["tolerance"]) if form.tolerance else None
    return found or ONE_PER_CENT
