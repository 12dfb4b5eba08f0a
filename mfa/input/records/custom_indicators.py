"""The indicators that a scenario defines: selectors of flows, checked and resolved to ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from mfa import units
from mfa.catalogue import BY_ID, GROUPS, members_of
from mfa.errors import Fault, FaultWithoutPlace, nearest
from mfa.input.records.figures import Reader
from mfa.input.schema.assessment_forms import IndicatorForm, SelectorForm
from mfa.input.schema.fields import Label
from mfa.input.yaml.tree import Items, Node, Tree, place_of
from mfa.properties import Factor, layer
from mfa.storage import Stock
from mfa.system import BOUNDARY_SYNONYMS, BOUNDARY_WORDS, ONE, CustomIndicator, Material, Process, Selector

COUNTS: Mapping[str, str] = {"mass": "t", "wet": "t_wet", "energy": "GJ", "value": "CNY", "co2": "t"}
AMOUNT = "amount"
WASTES = ("industrial-solid", "hazardous", "domestic")
ANY_PROCESS = "process"


class CustomIndicators:
    """Reads the section `indicators:` of a scenario."""

    def __init__(
        self,
        materials: Mapping[str, Material],
        processes: Mapping[str, Process],
        stocks: Mapping[str, Stock],
        reader: Reader,
    ) -> None:
        self.materials, self.processes, self.stocks, self.reader = materials, processes, stocks, reader

    def indicator(self, key: str, form: IndicatorForm, tree: Tree, section: Tree) -> CustomIndicator | None:
        """One indicator, or None and its faults."""
        start = len(self.reader.faults)
        if key in BY_ID:
            self.reader.faults.append(Fault("indicator-taken", section.keys_at[key], {"id": key}))
        if not form.numerator:
            self.reader.faults.append(Fault("indicator-empty", section.keys_at[key], {"id": key}))
        sides = {side: self._side(form, tree, side) for side in ("numerator", "denominator")}
        source = self.reader.source(form.source, tree)
        if len(self.reader.faults) > start:
            return None
        top, bottom = (self._unit(tree, side, found) for side, found in sides.items())
        if len(self.reader.faults) > start:
            return None
        unit = f"{top}/a" if not form.denominator else "1" if top == bottom else f"{top}/{bottom}"
        label = (form.label or Label()).texts(key)
        return CustomIndicator(
            key, label, unit, tuple(sides["numerator"]), tuple(sides["denominator"]), source
        )

    def _side(self, form: IndicatorForm, tree: Tree, side: str) -> list[Selector]:
        written: list[SelectorForm] = getattr(form, side)
        nodes = tree.get(side)
        given = nodes if isinstance(nodes, Items) else ()
        found = [self._selector(w, n, form, tree) for w, n in zip(written, given, strict=True)]
        return [s for s in found if s]

    def _selector(self, form: SelectorForm, node: Node, whole: IndicatorForm, tree: Tree) -> Selector | None:
        assert isinstance(node, Tree)
        start = len(self.reader.faults)
        weight = self.reader.figure(form.weight, node["weight"], _plain, signed=True) if form.weight else None
        count = form.count or whole.count
        self._count(count, place_of(node if form.count else tree, ("count",)))
        chosen = self._materials(form, node)
        ends = [self._ends(getattr(form, key), node, key) for key in ("source", "target")]
        if len(self.reader.faults) > start:
            return None
        return Selector(frozenset(chosen), ends[0], ends[1], count, weight or ONE)

    def _count(self, count: str, place: object) -> None:
        if count in COUNTS or count == AMOUNT:
            return
        try:
            layer(count, self.reader.substances)
        except FaultWithoutPlace:
            known = ", ".join((AMOUNT, *COUNTS))
            near = nearest(count, (AMOUNT, *COUNTS, *self.reader.substances))
            values = {"text": count[:60], "known": known, "near": near}
            self.reader.faults.append(Fault("count-unknown", place, values))  # type: ignore[arg-type]

    def _materials(self, form: SelectorForm, node: Tree) -> list[str]:
        """The materials that all of the written conditions leave."""
        kinds = {m.kind for m in self.materials.values()}
        tests: list[tuple[str, Iterable[str], Callable[[Material], str]]] = [
            ("material", self.materials, lambda m: m.id),
            ("kind", kinds, lambda m: m.kind),
            ("waste", WASTES, lambda m: m.waste),
        ]
        left = list(self.materials.values())
        for key, known, of in tests:
            wanted = self._names(getattr(form, key), node, key, known)
            if wanted is not None:
                left = [m for m in left if of(m) in wanted]
        return [m.id for m in left]

    def _names(
        self, written: list[str] | None, node: Tree, key: str, known: Iterable[str]
    ) -> set[str] | None:
        if written is None:
            return None
        known = list(known)
        for i, name in enumerate(written):
            if name not in known:
                meant = BOUNDARY_SYNONYMS.get(name, name)
                values = {"id": name[:60], "key": key, "near": nearest(meant, known)}
                self.reader.faults.append(Fault("selector-unknown", place_of(node, (key, i)), values))
        return set(written)

    def _ends(self, written: list[str] | None, node: Tree, key: str) -> frozenset[str] | None:
        """The nodes that a text or a list names: ids, boundary words, `process`, groups."""
        if written is None:
            return None
        groups = {
            f"{kind}:{m}": kind
            for p in self.processes.values()
            for kind in GROUPS
            for m in members_of(p, kind)
        }
        known = (ANY_PROCESS, *self.processes, *self.stocks, *BOUNDARY_WORDS, *groups)
        names = self._names(written, node, key, known) or set()
        found = set(names)
        for name in names:
            if name == ANY_PROCESS:
                found |= set(self.processes)
            elif name in groups:
                kind, member = name.split(":", 1)
                found |= {p.id for p in self.processes.values() if member in members_of(p, kind)}
        return frozenset(found)

    def _unit(self, tree: Tree, side: str, selectors: list[Selector]) -> str:
        """The one unit of all that a side adds up."""
        units = {u for s in selectors for u in self._units(s)}
        if len(units) > 1:
            values = {"side": side, "units": ", ".join(sorted(units))}
            self.reader.faults.append(Fault("indicator-units", place_of(tree, (side,), key=True), values))
        return next(iter(units), "t")

    def _units(self, selector: Selector) -> set[str]:
        if selector.count == AMOUNT:
            return {self.materials[m].unit for m in selector.materials}
        return {COUNTS.get(selector.count, f"kg {selector.count}")}


COUNTED = re.compile(r"\bkg ([A-Za-z][A-Za-z0-9()-]*)")


def bound_factor(of: str) -> Factor:
    """Unit text → what one of it is in the unit of an indicator, which may name what it counts.

    `kg Cu/t` is a mass per mass, so that a bound is one in `kg Cu/t`, `kg/t`, `%` or ppm.

    >>> [bound_factor("kg Cu/t")(unit) for unit in ("%", "kg/t", "g Cu/t", "ppm")]
    [10.0, 1.0, 0.001, 0.001]
    """
    to, named = COUNTED.sub("kg", of), COUNTED.findall(of)

    def factor(unit: str) -> float:
        if named and not unit:  # a share or so many kg/t: a number alone does not say
            raise FaultWithoutPlace("unit-bare", to=of, example=of)
        bare = unit
        for name in named:
            bare = re.sub(rf"(?<=\S) {re.escape(name)}(?=\s*(?:/|$))", "", bare)
        try:
            return units.factor(bare, to)
        except FaultWithoutPlace as unplaced:
            values = {**unplaced.values, "to": of} if "to" in unplaced.values else unplaced.values
            raise FaultWithoutPlace(unplaced.key, **values) from None

    return units.ratio_factor if of == "1" else factor


def _plain(unit: str) -> float:
    if unit:
        raise FaultWithoutPlace("unit-not-wanted", unit=unit[:40])
    return 1.0
