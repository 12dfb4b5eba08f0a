"""The figures that a plan states, each tied to one quantity of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mfa import units
from mfa.catalogue import is_share, unit
from mfa.errors import Fault, FaultWithoutPlace, nearest
from mfa.input.records.custom_indicators import bound_factor
from mfa.input.records.figures import Reader
from mfa.input.schema.assessment_forms import ClaimForm
from mfa.input.schema.fields import Label, Quantity
from mfa.input.yaml.tree import Tree, place_of
from mfa.properties import Factor, basis
from mfa.storage import Periods, Stock
from mfa.system import (
    BOUNDARY_SYNONYMS,
    BOUNDARY_WORDS,
    Claim,
    CustomIndicator,
    Figure,
    Material,
    Process,
    number,
)

KINDS = ("level", "capacity", "flow", "indicator", "sum", "not-modelled")
BOUNDS = ("value", "min", "max")
TOLERANCE = 0.05  # what a claim without one may be off: published figures are rounded to two digits


class Claims:
    """Reads the section `claims:` of a scenario."""

    def __init__(
        self,
        materials: Mapping[str, Material],
        processes: Mapping[str, Process],
        stocks: Mapping[str, Stock],
        custom: Mapping[str, CustomIndicator],
        reader: Reader,
    ) -> None:
        self.materials, self.processes, self.stocks, self.custom = materials, processes, stocks, custom
        self.reader = reader

    def claim(self, number: int, form: ClaimForm, tree: Tree) -> Claim | None:
        """One claim, or None and its faults."""
        start = len(self.reader.faults)
        self.reader.source(form.source, tree)
        kinds = [k for k in KINDS if getattr(form, k.replace("-", "_"))]
        stated = [b for b in BOUNDS if getattr(form, b)]
        if len(kinds) != 1:
            self.reader.faults.append(Fault("claim-quantity", tree.place, {"known": ", ".join(KINDS)}))
        if stated not in (["value"], ["min"], ["max"], ["min", "max"]) and kinds != ["not-modelled"]:
            self.reader.faults.append(Fault("claim-bound", tree.place, {}))
        if len(self.reader.faults) > start:
            return None
        return self._made(number, form, tree, kinds[0], stated)

    def _made(self, number: int, form: ClaimForm, tree: Tree, kind: str, stated: list[str]) -> Claim | None:
        start = len(self.reader.faults)
        if kind == "not-modelled":
            text = next((q.value or "" for q in (getattr(form, b) for b in stated)), "")
            return self._record(number, form, tree, "none", (), "", {}, text)
        names, unit_of, factor = getattr(self, f"_{kind}")(form, tree)
        if len(self.reader.faults) > start or not unit_of:
            return None
        most = self._most(names, unit_of)
        found = {b: self._figure(getattr(form, b), tree, b, factor, most) for b in stated}
        low, high = found.get("min"), found.get("max")
        if low and high and low.value > high.value:
            values = {"min": low.text, "max": high.text}
            self.reader.faults.append(Fault("claim-order", low.place, values))
        if len(self.reader.faults) > start:
            return None
        texts = {"value": "", "min": "≥ ", "max": "≤ "}
        text = ", ".join(f"{texts[b]}{f.text}" for b, f in found.items() if f)
        name = "indicators" if kind in ("indicator", "sum") else kind
        return self._record(number, form, tree, name, names, unit_of, found, text)

    def _record(
        self,
        number: int,
        form: ClaimForm,
        tree: Tree,
        kind: str,
        names: tuple[str, ...],
        unit_of: str,
        found: Mapping[str, Figure | None],
        text: str,
    ) -> Claim:
        value, low, high = (f.value if f else None for f in (found.get(b) for b in BOUNDS))
        spread = self.reader.ratio(form.tolerance, tree["tolerance"]) if form.tolerance else None
        tolerance = spread.value if spread else TOLERANCE
        if value is not None:
            low, high = value * (1 - tolerance), value * (1 + tolerance)
        outside = form.not_modelled.texts("") if form.not_modelled else {}
        label = (form.label or form.not_modelled or Label()).texts(" ".join((kind, *names)))
        return Claim(
            number,
            label,
            kind,  # type: ignore[arg-type]
            names,
            unit_of,
            value,
            low,
            high,
            text,
            tree.place,
            form.source,
            form.note,
            outside,
            *_written(unit_of, found),
            year=form.year,
        )

    def _most(self, names: tuple[str, ...], unit_of: str) -> float | None:
        """The greatest share that a rate can be; None for what is no rate, or may exceed 1."""
        single = unit_of == "1" and len(names) == 1
        bounded = single and names[0] not in self.custom and is_share(names[0])
        return 1.0 if bounded else None

    def _figure(
        self, quantity: Quantity, tree: Tree, key: str, factor: Factor, most: float | None
    ) -> Figure | None:
        if most is not None:
            return self.reader.ratio(quantity, tree[key], most=most)
        return self.reader.figure(quantity, tree[key], factor)

    def _process(self, name: str, tree: Tree, key: str) -> tuple[tuple[str, ...], str, Factor]:
        process = self.processes.get(name)
        if process is None:
            values = {"id": name[:60], "near": nearest(name, self.processes)}
            self.reader.faults.append(Fault("entry-unknown", place_of(tree, (key,)), values))
            return (), "", units.ratio
        of = self.materials[process.per]
        hours = number(process.operating_hours, units.YEAR_HOURS)
        return (name,), f"{of.unit}/a", lambda u: units.rate_factor(u, basis(of), hours)

    def _level(self, form: ClaimForm, tree: Tree) -> tuple[tuple[str, ...], str, Factor]:
        return self._process(form.level or "", tree, "level")

    def _capacity(self, form: ClaimForm, tree: Tree) -> tuple[tuple[str, ...], str, Factor]:
        return self._process(form.capacity or "", tree, "capacity")

    def _flow(self, form: ClaimForm, tree: Tree) -> tuple[tuple[str, ...], str, Factor]:
        """A flow: of a material, from a source or to a target."""
        flow = form.flow or {}
        material = flow.get("material", "")
        node = tree.child("flow")
        if not material:
            values = {"parent": "flow", "parent_zh": "flow", "key": "material"}
            self.reader.faults.append(Fault("key-missing", node.place, values))
            return (), "", units.ratio
        if material not in self.materials:
            self.reader.unknown_material(material, place_of(node, ("material",)), self.materials)
            return (), "", units.ratio
        known = (*self.processes, *self.stocks, *BOUNDARY_WORDS)
        ends = [flow.get("source", ""), flow.get("target", "")]
        if bool(ends[0]) == bool(ends[1]):
            self.reader.faults.append(Fault("claim-flow", node.place, {}))
        for key, end in zip(("source", "target"), ends, strict=True):
            if end and end not in known:
                values = {"id": end[:60], "near": nearest(BOUNDARY_SYNONYMS.get(end, end), known)}
                self.reader.faults.append(Fault("entry-unknown", place_of(node, (key,)), values))
        self._possible(material, ends, node)
        of = self.materials[material]
        return (material, *ends), f"{of.unit}/a", lambda u: units.rate_factor(u, basis(of), None)

    def _possible(self, material: str, ends: list[str], node: Tree) -> None:
        """A process must make what comes from it, and take what goes to it."""
        source, target = ends
        process = self.processes.get(source or target)
        if process and material not in (process.outputs if source else process.inputs):
            values = {"process": process.id, "material": material, "side": "outputs" if source else "inputs"}
            self.reader.faults.append(Fault("claim-no-flow", node.place, values))

    def _indicator(self, form: ClaimForm, tree: Tree) -> tuple[tuple[str, ...], str, Factor]:
        return self._indicators([form.indicator or ""], tree, "indicator")

    def _sum(self, form: ClaimForm, tree: Tree) -> tuple[tuple[str, ...], str, Factor]:
        return self._indicators(form.sum, tree, "sum")

    def _indicators(self, names: list[str], tree: Tree, key: str) -> tuple[tuple[str, ...], str, Factor]:
        found = []
        for i, name in enumerate(names):
            try:
                found.append(unit(name, self.materials, self.processes, self.custom))
            except FaultWithoutPlace as unplaced:
                at = (key, i) if key == "sum" else (key,)
                self.reader.faults.append(unplaced.at(place_of(tree, at)))
        if len(set(found)) > 1:
            values = {"units": ", ".join(sorted(set(found)))}
            self.reader.faults.append(Fault("claim-units", place_of(tree, (key,), key=True), values))
        of = found[0] if found else "1"
        return tuple(names), of, bound_factor(of)


def year_faults(claims: Sequence[Claim], periods: Periods | None, year: int | None) -> list[Fault]:
    """The claims on a year that the scenario does not run."""
    if periods:
        first, last = periods.first, periods.starts[-1] + periods.step - 1
        run, span = range(first, last + 1), f"{first}–{last}"
    else:
        run, span = range(year or 0, (year or 0) + 1), str(year or "-")
    return [
        Fault("claim-year", c.place, {"year": c.year, "span": span})
        for c in claims
        if c.year is not None and c.year not in run
    ]


def _written(unit_of: str, found: Mapping[str, Figure | None]) -> tuple[str, float]:
    """The unit in which a claim is written, and what one of it is in the unit of its quantity."""
    for figure in found.values():
        count, name = units.as_written(figure.text) if figure else (0.0, "")
        if figure and count and figure.value:
            return name, figure.value / count
    return unit_of, 1.0
