"""A stock's form → its record: a yard, or a stock in use with its lifetime and its cohorts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from mfa import units
from mfa.errors import Fault
from mfa.input.records.figures import Reader
from mfa.input.schema.fields import Quantity
from mfa.input.schema.forms import Lifetime as LifetimeForm
from mfa.input.schema.forms import StockForm
from mfa.input.yaml.tree import Items, Text, Tree, place_of
from mfa.properties import Factor, basis
from mfa.storage import Lifetime, Stock
from mfa.system import Figure, Material

PARAMETERS = ("mean", "sd", "shape", "scale")
NARROWEST = 1e-3  # sd over mean: below it a lifetime is a fixed one for any period of a year
ROUNDING = 1e-9  # by which the shares of a table may be above 100 %


def stock(key: str, form: StockForm, tree: Tree, materials: Mapping[str, Material], reader: Reader) -> Stock:
    """One stock of a material that is known; its faults go to the reader."""
    of = materials[form.material]
    label = form.label.texts(key) if form.label else {"en": key, "zh": key}
    capacity = _amount(form.capacity, tree, "capacity", of, reader)
    if form.becomes and form.lifetime:
        _check_in_use(key, form, tree, materials, reader)
        lifetime = _lifetime(form.lifetime, tree.child("lifetime"), reader)
        cohorts = _cohorts(key, form.initial, tree, of, reader) if form.initial else ()
        found = (form.becomes, lifetime, cohorts)
        return Stock(key, label, of.id, tree.place, None, None, form.fate, *found)
    initial = _amount(form.initial, tree, "initial", of, reader)
    if initial and capacity and initial.value > capacity.value:
        values = {"stock": key, "initial": initial.text, "capacity": capacity.text, "other": capacity.place}
        reader.faults.append(Fault("stock-overfull", initial.place, values))
    return Stock(key, label, of.id, tree.place, initial, capacity, form.fate)


def amount_of(material: Material) -> Factor:
    """Unit text → native units of a material, of amounts."""
    return partial(_factor, kind=basis(material))


def _factor(unit: str, kind: units.Basis) -> float:
    return units.amount_factor(unit, kind)


def _amount(quantity: Quantity | None, tree: Tree, field: str, of: Material, reader: Reader) -> Figure | None:
    return reader.figure(quantity, tree[field], amount_of(of)) if quantity else None


def _check_in_use(
    key: str, form: StockForm, tree: Tree, materials: Mapping[str, Material], reader: Reader
) -> None:
    """What a stock in use keeps and becomes: two materials of one unit, no waste, no room."""
    of, other = materials[form.material], materials.get(str(form.becomes))
    if other is None:
        reader.unknown_material(str(form.becomes), place_of(tree, ("becomes",)), materials)
    elif other.unit != of.unit:
        values = {"stock": key, "material": of.id, "unit": of.unit, "becomes": other.id, "other": other.unit}
        reader.faults.append(Fault("becomes-unit", place_of(tree, ("becomes",)), values))
    if of.waste:
        place = place_of(tree, ("material",))
        reader.faults.append(Fault("in-use-waste", place, {"stock": key, "material": of.id}))
    if form.capacity:
        reader.faults.append(
            Fault("in-use-capacity", place_of(tree, ("capacity",), key=True), {"stock": key})
        )


def _lifetime(form: LifetimeForm, tree: Tree, reader: Reader) -> Lifetime | None:
    """A lifetime in years; None where it is faulty."""
    if form.table is not None:
        table = _table(form.table, tree, reader)
        return Lifetime("table", tree.place, table=table, inflow_at=form.inflow_at) if table else None
    assert form.dist is not None
    found: dict[str, Figure] = {}
    for name in PARAMETERS:
        quantity: Quantity | None = getattr(form, name)
        if quantity is None:
            continue
        to = "1" if name == "shape" else "a"
        figure = reader.figure(quantity, tree[name], units.ratio_factor if to == "1" else _years)
        if figure is None:
            return None
        wrong = reader.point(quantity, tree[name], figure, lambda value: value <= 0)
        if wrong:
            values = {"name": name, "text": wrong[1][:60]}
            reader.faults.append(Fault("lifetime-positive", wrong[0], values))
            return None
        found[name] = figure
    mean, sd = found.get("mean"), found.get("sd")
    if form.dist in ("weibull", "gamma") and mean and sd and sd.value < NARROWEST * mean.value:
        values = {"sd": sd.text[:60], "mean": mean.text[:60]}
        reader.faults.append(Fault("lifetime-narrow", sd.place, values))
        return None
    own = (mean, sd, found.get("shape"), found.get("scale"))
    return Lifetime(form.dist, tree.place, *own, inflow_at=form.inflow_at)


def _years(unit: str) -> float:
    return units.factor(unit, "a")


def _table(texts: Sequence[str], tree: Tree, reader: Reader) -> tuple[float, ...]:
    """The shares that leave at age 0, 1, 2 …; empty where one is faulty."""
    nodes, start, shares = tree["table"], len(reader.faults), []
    assert isinstance(nodes, Items)
    for text, node in zip(texts, nodes, strict=True):
        share = reader.ratio(Quantity.model_validate(text), node)
        shares.append(share.value if share else 0.0)
    if len(reader.faults) == start and not 0 < sum(shares) <= 1 + ROUNDING:
        values = {"sum": f"{100 * sum(shares):.6g} %"}
        reader.faults.append(Fault("lifetime-table", nodes.place, values))
    return tuple(shares) if len(reader.faults) == start else ()


def _cohorts(
    key: str, quantity: Quantity, tree: Tree, of: Material, reader: Reader
) -> tuple[tuple[int, Figure], ...]:
    """What is there at the opening of the first period, by its year of entry."""
    node = tree["initial"]
    if not quantity.years or reader.year is None:
        name = "cohorts-years" if not quantity.years else "cohorts-without-year"
        reader.faults.append(Fault(name, node.place, {"stock": key}))
        return ()
    found = []
    for year, text in quantity.years.items():
        place = place_of(node, (year,))
        if int(year) >= reader.year:
            values = {"stock": key, "year": year, "first": reader.year}
            reader.faults.append(Fault("cohort-late", place, values))
            continue
        figure = reader.figure(Quantity.model_validate(text), Text(text, place), amount_of(of))
        if figure:
            found.append((int(year), figure))
    return tuple(found)
