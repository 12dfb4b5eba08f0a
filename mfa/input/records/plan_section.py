"""What a plan may decide: the section `plan:`, its paths resolved and its figures in native units."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from mfa import catalogue, units
from mfa.decisions import DISCOUNT, LIFE, MONEY, MOST_POINTS, Aim, Decision, FrontTask, Piece, PlanTask
from mfa.errors import Fault, FaultWithoutPlace, nearest
from mfa.input.records.figures import Reader
from mfa.input.records.materials import price
from mfa.input.records.processes import rate
from mfa.input.schema.fields import Quantity
from mfa.input.schema.plan_form import ParetoForm, PlanDecisionForm, PlanForm
from mfa.input.yaml.tree import Items, Tree, place_of
from mfa.parameters import Path, parse
from mfa.parameters.path import SIDES, Members
from mfa.system import CustomIndicator, Figure, Material, Pool, Process

FAMILIES = ("import", "surplus")  # `import:MATERIAL`, native units a year


class Plans:
    """Reads the section `plan:` of a scenario."""

    def __init__(
        self,
        members: Members,
        materials: Mapping[str, Material],
        processes: Mapping[str, Process],
        pools: Mapping[str, Pool],
        driven: Mapping[str, Figure],
        own: Mapping[str, CustomIndicator],
        reader: Reader,
    ) -> None:
        self.members, self.materials, self.processes, self.pools = members, materials, processes, pools
        self.driven, self.own, self.reader = driven, own, reader

    def task(self, form: PlanForm, tree: Tree) -> PlanTask:
        """The section as a record; its faults go to the reader."""
        key = "minimise" if form.minimise is not None else "maximise"
        nodes = tree.get("decide")
        trees = nodes if isinstance(nodes, Items) else ()
        pairs = zip(form.decide, trees, strict=True)
        found = [self._decision(d, t) for d, t in pairs if isinstance(t, Tree)]
        if not form.decide:
            self._fault("plan-nothing", tree, ())
        discount = self.reader.ratio(form.discount, tree["discount"]) if form.discount else None
        return PlanTask(
            tuple(self._goals(form.minimise or form.maximise or {}, tree, key)),
            form.maximise is not None,
            tuple(d for d in found if d),
            discount.value if discount else DISCOUNT,
            form.priorities == "kept",
            place=tree.place,
        )

    def front(self, form: ParetoForm, tree: Tree) -> FrontTask | None:
        """The section `pareto:` as a record; its faults go to the reader."""
        start, aims = len(self.reader.faults), [Aim.of(text) for text in form.objectives]
        if len(aims) != 2 or aims[0].name == aims[1].name:
            self._fault("pareto-objectives", tree, ("objectives",), count=len(aims))
        for aim in aims:
            list(self._goals({aim.name: "1"}, tree, "objectives"))
        if not 2 <= form.points <= MOST_POINTS:
            self._fault("pareto-points", tree, ("points",), count=form.points, most=MOST_POINTS)
        return FrontTask((aims[0], aims[1]), form.points) if len(self.reader.faults) == start else None

    def _fault(self, key: str, tree: Tree, at: tuple[str, ...], **values: object) -> None:
        self.reader.faults.append(Fault(key, place_of(tree, at), values))

    def _goals(self, goals: Mapping[str, str], tree: Tree, key: str) -> Iterator[tuple[str, float]]:
        """What is to be least or most, each with its weight."""
        for name, text in goals.items():
            head, _, material = name.partition(":")
            if head in FAMILIES and material in self.materials:
                pass
            elif name not in MONEY:
                try:
                    catalogue.unit(name, self.materials, self.processes, self.own, self.reader.substances)
                except FaultWithoutPlace as unplaced:
                    self.reader.faults.append(unplaced.at(place_of(tree, (key,))))
            try:
                weight = float(text)
            except ValueError:
                weight = math.nan
            if not math.isfinite(weight):
                self._fault("plan-weight", tree, (key,), text=text[:40], name=name[:60])
            yield name, weight

    def _decision(self, form: PlanDecisionForm, tree: Tree) -> Decision | None:
        if form.order is not None:
            return self._list(form, tree)
        start, path = len(self.reader.faults), parse(form.path or "", self.members)
        of = self._material(path) if path else None
        if path is None or of is None:
            self._fault("plan-path", tree, ("path",), path=(form.path or "")[:120])
            return None
        material, hours = of
        amount = partial(self._amount, form=form, tree=tree, of=material, hours=hours)
        low, high, today = (amount(key) for key in ("min", "max", "today"))
        if form.max is None:
            self._fault("plan-max", tree, (), path=(form.path or "")[:120])
        if low is not None and high is not None and low > high:
            self._fault("plan-bounds", tree, ("min",), path=(form.path or "")[:120])
        invest = self._money(form, tree, material)
        fixed = self._once(form, tree)
        life = self._life(form, tree)
        market = self._market(form, tree, path)
        pieces = tuple(self._pieces(form, tree, material, hours))
        if len(self.reader.faults) > start or high is None:
            return None
        written = [q for q in (form.invest, form.fixed, *(p.invest for p in form.pieces)) if q]
        return Decision(
            form.path or "",
            ("", ""),
            form.label.texts("") if form.label else {},
            low or 0.0,
            high,
            today,
            invest,
            fixed,
            pieces,
            life,
            market,
            place_of(tree, ("path",)),
            any(q.basis == "assumed" or q.confidence == "low" for q in written),
            form.from_,
        )

    def _list(self, form: PlanDecisionForm, tree: Tree) -> Decision | None:
        material, _, side = (form.order or "").rpartition(".")
        if side not in SIDES or material not in self.pools:
            near = nearest(material, self.pools)
            self._fault("plan-order", tree, ("order",), text=(form.order or "")[:80], near=near)
            return None
        place = place_of(tree, ("order",))
        return Decision("", (material, side), {}, 0.0, 0.0, None, 0.0, 0.0, (), LIFE, None, place)

    def _material(self, path: Path) -> tuple[Material, Figure | None] | None:
        """What a figure is an amount of, with the hours of its process; None where no plan can choose it."""
        match path:
            case Path("processes", key, ("capacity",)) if key in self.processes:
                process = self.processes[key]
            case Path("drive", key, ()) if key in self.processes and key in self.driven:
                process = self.processes[key]
            case Path("demand" | "supply", key, ()) if key in self.materials:
                return self.materials[key], None
            case Path("pools", key, (side, node, "limit")) if side in SIDES and key in self.pools:
                entries = getattr(self.pools[key], str(side))
                entry = next((e for e in entries if e.node == node), None)
                return (self.materials[key], None) if entry and not entry.percent else None
            case _:
                return None
        return self.materials[process.per], process.operating_hours

    def _amount(
        self, key: str, form: PlanDecisionForm, tree: Tree, of: Material, hours: Figure | None
    ) -> float | None:
        quantity: Quantity | None = getattr(form, key)
        found = rate(quantity, tree, key, of, self.reader, hours) if quantity else None
        return found.value if found else None

    def _money(self, form: PlanDecisionForm, tree: Tree, of: Material) -> float:
        """CNY for each native unit a year that is built."""
        found = price(form.invest, tree, "invest", of, self.reader) if form.invest else None
        return found.value if found else 0.0

    def _once(self, form: PlanDecisionForm, tree: Tree) -> float:
        to: Callable[[str], float] = partial(units.amount_factor, basis=self.reader.money)
        found = self.reader.figure(form.fixed, tree["fixed"], to) if form.fixed else None
        return found.value if found else 0.0

    def _life(self, form: PlanDecisionForm, tree: Tree) -> float:
        found = (
            self.reader.figure(form.life, tree["life"], partial(units.factor, to="a")) if form.life else None
        )
        if found and found.value <= 0:
            self._fault("plan-life", tree, ("life",), text=found.text[:40])
        return found.value if found else LIFE

    def _market(self, form: PlanDecisionForm, tree: Tree, path: Path) -> float | None:
        """The most that is sold of the reference material of the process that is decided."""
        if form.market is None:
            return None
        if path.section not in ("processes", "drive"):
            self._fault("plan-market", tree, ("market",))
            return None
        of = self.materials[self.processes[path.member].per]
        found = rate(form.market, tree, "market", of, self.reader, None)
        return found.value if found else None

    def _pieces(
        self, form: PlanDecisionForm, tree: Tree, of: Material, hours: Figure | None
    ) -> Iterator[Piece]:
        nodes, last = tree.get("pieces"), 0.0
        for piece, node in zip(form.pieces, nodes if isinstance(nodes, Items) else (), strict=True):
            if isinstance(node, Tree):
                size = rate(piece.up_to, node, "up-to", of, self.reader, hours)
                invest = price(piece.invest, node, "invest", of, self.reader)
                if size and invest and size.value <= last:
                    self._fault("plan-pieces", node, ("up-to",), text=size.text[:40])
                if size and invest:
                    last = size.value
                    yield Piece(size.value, invest.value)
