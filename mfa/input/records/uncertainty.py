"""How figures go together in draws: splits of processes, default spreads, rank correlations."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from mfa import units
from mfa.errors import Fault, FaultWithoutPlace, Place
from mfa.input.records.figures import Reader
from mfa.input.schema.assessment_forms import CorrelationForm, SpreadsForm
from mfa.input.schema.forms import ProcessForm
from mfa.input.schema.validate import validate
from mfa.input.yaml.tree import Items, Node, Tree, place_of
from mfa.parameters import figure_at, parse
from mfa.system import SPREADS, Coefficient, Correlation, Figure, System


def split(
    form: ProcessForm, tree: Tree, outputs: Mapping[str, Coefficient], reader: Reader
) -> tuple[tuple[str, ...], Figure | None]:
    """The outputs of a process that keep their sum, and their concentration; faults go to the reader."""
    names = tuple(form.split)
    for i, name in enumerate(names):
        place = place_of(tree, ("split", i))
        found = outputs.get(name)
        if found is None and name not in form.outputs:
            reader.faults.append(Fault("split-unknown", place, {"id": name}))
        elif name in names[:i]:
            reader.faults.append(Fault("split-twice", place, {"id": name}))
        elif found and (found.balance or found.reference):
            reader.faults.append(Fault("split-fixed", place, {"id": name}))
    if names and len(names) < 2:
        reader.faults.append(Fault("split-alone", place_of(tree, ("split",)), {"id": names[0]}))
    if form.concentration is None:
        parts = [outputs[n].figure for n in names if n in outputs]
        if names and len(parts) == len(names) and all(f.dist for f in parts):
            reader.faults.append(Fault("split-no-rest", place_of(tree, ("split",)), {}))
        return names, None
    place = place_of(tree, ("concentration",), key=True)
    if not names:
        reader.faults.append(Fault("concentration-alone", place, {}))
    found_ = reader.figure(form.concentration, tree["concentration"], _plain)
    if found_ and not found_.value > 0:
        reader.faults.append(Fault("concentration-zero", place, {}))
    return names, found_


def _plain(unit: str) -> float:
    if unit:
        raise FaultWithoutPlace("unit-not-wanted", unit=unit[:40])
    return 1.0


def spreads(scenario: Tree, reader: Reader) -> Mapping[str, float]:
    """Gsd - 1 by confidence of figures without a written uncertainty; empty for none at all."""
    section = scenario.get("spreads")
    if section is None:
        return SPREADS
    form, faults = validate(SpreadsForm, section, ("spreads",))
    reader.faults += faults
    if form is None or form.none_at_all:
        return {}
    assert isinstance(section, Tree)
    made = dict(SPREADS)
    for name, key in (("high", "high"), ("medium", "medium"), ("low", "low"), ("none", "")):
        quantity = getattr(form, name)
        figure = reader.figure(quantity, section[name], units.ratio_factor) if quantity else None
        if figure:
            made[key] = figure.value
    return made


def correlations(scenario: Tree, reader: Reader) -> tuple[Correlation, ...]:
    """The written rank correlations; whether their paths have figures is seen in `correlation_faults`."""
    section = scenario.get("correlate")
    nodes: Sequence[Node] = section if isinstance(section, Items) else ()
    made = []
    for i, node in enumerate(nodes):
        form, faults = validate(CorrelationForm, node, ("correlate", i))
        reader.faults += faults
        if form is None:
            continue
        place = place_of(node, (2,))
        rho = _number(form.rho)
        if not -1 <= rho <= 1:
            reader.faults.append(Fault("correlate-rho", place, {"text": form.rho[:40]}))
            continue
        made.append(Correlation(form.paths[0], form.paths[1], rho, node.place))
    return tuple(made)


def _number(text: str) -> float:
    try:
        return units.ratio(text)
    except FaultWithoutPlace:
        return math.nan


def correlation_faults(system: System) -> Iterator[Fault]:
    """Correlations of what is no figure, of one with itself, of one pair twice."""
    seen: dict[frozenset[object], Place] = {}
    for one in system.correlations:
        paths = [parse(text, system) for text in (one.one, one.other)]
        for text, path in zip((one.one, one.other), paths, strict=True):
            if path is None or figure_at(system, path) is None:
                yield Fault("path-unknown", one.place, {"path": text[:120], "near": ""})
        pair = frozenset(paths)
        if None in paths:
            continue
        if len(pair) < 2 or pair in seen:
            key = "correlate-itself" if len(pair) < 2 else "correlate-twice"
            other = {"other": seen[pair]} if pair in seen else {}
            yield Fault(key, one.place, {"path": one.one[:120], **other})
        seen[pair] = one.place
