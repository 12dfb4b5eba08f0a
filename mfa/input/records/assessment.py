"""What a scenario aims at and asks for: factors, custom indicators, targets, claims, layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from mfa import catalogue, units
from mfa.catalogue import FACTORS
from mfa.decisions import PlanTask
from mfa.errors import Fault, FaultWithoutPlace, nearest
from mfa.input.merge.assembly import Assembly
from mfa.input.records.brief_section import outline
from mfa.input.records.claims import Claims
from mfa.input.records.custom_indicators import CustomIndicators, bound_factor
from mfa.input.records.figures import Reader
from mfa.input.records.plan_section import Plans
from mfa.input.records.sankey_section import drawing
from mfa.input.schema.assessment_forms import BriefForm, ClaimForm, IndicatorForm, SankeyForm, TargetForm
from mfa.input.schema.fields import Quantity
from mfa.input.schema.forms import SiteForm
from mfa.input.schema.plan_form import ParetoForm, PlanForm
from mfa.input.schema.validate import validate
from mfa.input.yaml.tree import Items, Node, Tree
from mfa.presentation import BriefOutline, Drawing
from mfa.properties import layer
from mfa.storage import Stock
from mfa.system import Claim, CustomIndicator, Figure, Material, Pool, Process, Target

F = TypeVar("F", bound=BaseModel)


@dataclass(frozen=True)
class Assessment:
    """The sections of a scenario that no flow depends on."""

    factors: Mapping[str, Figure]
    indicators: tuple[CustomIndicator, ...]
    targets: tuple[Target, ...]
    claims: tuple[Claim, ...]
    layers: tuple[str, ...]
    sankey: Drawing
    brief: BriefOutline
    sites: Mapping[str, Mapping[str, Figure]]
    plan: PlanTask


def assessment(
    materials: Mapping[str, Material],
    processes: Mapping[str, Process],
    stocks: Mapping[str, Stock],
    pools: Mapping[str, Pool],
    driven: Mapping[str, Figure],
    assembly: Assembly,
    known_outside: Callable[[str], bool],
    reader: Reader,
) -> Assessment:
    """All of them; faults go to the reader.

    `known_outside` says whether a name is defined elsewhere.
    """
    scenario = assembly.scenario
    start = len(reader.faults)
    custom: dict[str, CustomIndicator] = {}
    reads = CustomIndicators(materials, processes, stocks, reader)
    section = scenario.child("indicators")
    for key, indicator in _forms(IndicatorForm, section, "indicators", reader):
        made = reads.indicator(key, indicator, section.child(key), section)
        if made:
            custom[key] = made
    if len(reader.faults) > start:
        custom |= {k: CustomIndicator(k, {}, "", (), ()) for k in section if k not in custom}
    claims = Claims(materials, processes, stocks, custom, reader)
    aims = targets(scenario, materials, processes, custom, reader)
    return Assessment(
        factors(scenario, reader),
        tuple(custom.values()),
        aims,
        tuple(_claims(scenario, claims, reader)),
        _layers(scenario, reader),
        _sankey(scenario, materials, processes, stocks, known_outside, reader),
        _brief(scenario, aims, assembly.beside, reader),
        _sites(scenario, {p.site for p in processes.values() if p.site}, reader),
        _plan(scenario, Plans(assembly, materials, processes, pools, driven, custom, reader)),
    )


def _plan(scenario: Tree, reads: Plans) -> PlanTask:
    section, wanted = scenario.get("plan"), scenario.get("pareto")
    form = _form(PlanForm, section, ("plan",), reads.reader) if isinstance(section, Tree) else None
    pareto = _form(ParetoForm, wanted, ("pareto",), reads.reader) if isinstance(wanted, Tree) else None
    front = reads.front(pareto, wanted) if pareto and isinstance(wanted, Tree) else None
    if form is None or not isinstance(section, Tree):
        return PlanTask(front=front)
    return replace(reads.task(form, section), front=front)


def targets(
    scenario: Tree,
    materials: Mapping[str, Material],
    processes: Mapping[str, Process],
    own: Mapping[str, CustomIndicator],
    reader: Reader,
) -> tuple[Target, ...]:
    """The targets; their faults go to the reader."""
    section = scenario.child("targets")
    found = (
        _target(key, form, section, materials, processes, own, reader)
        for key, form in _forms(TargetForm, section, "targets", reader)
    )
    return tuple(t for t in found if t)


def _sankey(
    scenario: Tree,
    materials: Mapping[str, Material],
    processes: Mapping[str, Process],
    stocks: Mapping[str, Stock],
    known_outside: Callable[[str], bool],
    reader: Reader,
) -> Drawing:
    section = scenario.get("sankey")
    form = _form(SankeyForm, section, ("sankey",), reader) if isinstance(section, Tree) else None
    if form is None or not isinstance(section, Tree):
        return Drawing()
    return drawing(form, section, materials, processes, stocks, known_outside, reader)


def _brief(scenario: Tree, aims: tuple[Target, ...], beside: Path, reader: Reader) -> BriefOutline:
    section = scenario.get("brief")
    form = _form(BriefForm, section, ("brief",), reader) if isinstance(section, Tree) else None
    if form is None or not isinstance(section, Tree):
        return BriefOutline(aims[0].indicator if aims else "")
    return outline(form, section, aims, beside, reader)


def _form(form: type[F], node: Node, path: tuple[str, ...], reader: Reader) -> F | None:
    found, faults = validate(form, node, path)
    reader.faults += faults
    return found


def _forms(form: type[F], section: Tree, name: str, reader: Reader) -> Iterator[tuple[str, F]]:
    for key in section:
        found = _form(form, section[key], (name, key), reader)
        if found is not None:
            yield key, found


def _claims(scenario: Tree, reads: Claims, reader: Reader) -> Iterator[Claim]:
    section = scenario.get("claims")
    for number, tree in enumerate(section if isinstance(section, Items) else (), 1):
        form = _form(ClaimForm, tree, ("claims", str(number)), reader)
        found = reads.claim(number, form, tree) if form and isinstance(tree, Tree) else None
        if found:
            yield found


def _layers(scenario: Tree, reader: Reader) -> tuple[str, ...]:
    section = scenario.get("layers")
    made = []
    for node in section if isinstance(section, Items) else ():
        try:
            made.append(layer(str(node), reader.substances).name)
        except FaultWithoutPlace as unplaced:
            reader.faults.append(unplaced.at(node.place))
    return tuple(dict.fromkeys(made))


def _sites(scenario: Tree, known: Set[str], reader: Reader) -> dict[str, dict[str, Figure]]:
    """Site → site → distance, km, as written; each pair once, or twice alike."""
    section = scenario.child("sites")
    made: dict[str, dict[str, Figure]] = {}
    for one, form in _forms(SiteForm, section, "sites", reader):
        written = section.child(one).child("distances")
        for two, quantity in form.distances.items():
            for name, place in ((one, section.keys_at[one]), (two, written.keys_at[two])):
                if name not in known:
                    values = {"id": name[:60], "near": nearest(name, known)}
                    reader.faults.append(Fault("site-unknown", place, values))
            figure = reader.figure(quantity, written[two], partial(units.factor, to="km"))
            other = made.get(two, {}).get(one)
            if figure and other and other.value != figure.value:
                values = {"one": one, "two": two, "text": figure.text, "other_text": other.text}
                reader.faults.append(Fault("distance-twice", figure.place, {**values, "other": other.place}))
            if figure:
                made.setdefault(one, {})[two] = figure
    return made


def factors(scenario: Tree, reader: Reader) -> dict[str, Figure]:
    """The factors that the scenario sets; their faults go to the reader."""
    section = scenario.child("factors")
    made = {}
    for key in section:
        if key not in FACTORS:
            values = {"id": key[:60], "known": ", ".join(FACTORS), "near": nearest(key, FACTORS)}
            reader.faults.append(Fault("factor-unknown", section.keys_at[key], values))
            continue
        quantity = _form(Quantity, section[key], ("factors", key), reader)
        figure = (
            reader.figure(quantity, section[key], partial(units.factor, to=FACTORS[key].unit))
            if quantity
            else None
        )
        if figure:
            made[key] = figure
    return made


def currencies(scenario: Tree, reader: Reader) -> dict[str, Figure]:
    """CNY for one unit of other money, by its code; their faults go to the reader."""
    section = scenario.child("currencies")
    known = tuple(units.CURRENCIES.values())
    made = {}
    for key in section:
        if key not in known:
            values = {"id": key[:60], "known": ", ".join(known), "near": nearest(key, known)}
            reader.faults.append(Fault("currency-unknown", section.keys_at[key], values))
            continue
        quantity = _form(Quantity, section[key], ("currencies", key), reader)
        figure = reader.figure(quantity, section[key], partial(units.factor, to="CNY")) if quantity else None
        if figure and not figure.value:
            reader.faults.append(Fault("currency-zero", figure.place, {"id": key}))
        elif figure:
            made[key] = figure
    return made


def _bound(
    quantity: Quantity, node: Tree, key: str, of: str, reader: Reader, most: float = float("inf")
) -> Figure | None:
    """A figure in the unit of an indicator; a share is at most `most`."""
    if of == "1":
        return reader.ratio(quantity, node[key], most=most)
    return reader.figure(quantity, node[key], bound_factor(of))


def _target(
    key: str,
    form: TargetForm,
    section: Tree,
    materials: Mapping[str, Material],
    processes: Mapping[str, Process],
    custom: Mapping[str, CustomIndicator],
    reader: Reader,
) -> Target | None:
    """One bound; a fault where the indicator is not known."""
    tree = section.child(key)
    reader.source(form.source, tree)
    try:
        of = catalogue.unit(key, materials, processes, custom, reader.substances)
    except FaultWithoutPlace as unplaced:
        reader.faults.append(unplaced.at(section.keys_at[key]))
        return None
    if not of:  # a custom indicator that is faulty itself
        return None
    most = 1.0 if key not in custom and catalogue.is_share(key) else float("inf")
    minimum = _bound(form.min, tree, "min", of, reader, most) if form.min else None
    maximum = _bound(form.max, tree, "max", of, reader, most) if form.max else None
    return Target(key, minimum, maximum, section.keys_at[key], form.source)
