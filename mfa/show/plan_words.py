"""The words of a plan: what a constraint, a goal, a decision is called, and what one more of it adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mfa import catalogue
from mfa.decisions import MONEY, Aim, Decision
from mfa.properties import tonnes_per_unit
from mfa.results.indicators.target import Indicator
from mfa.results.run import Run
from mfa.show.text import indicator_name, material_name, mega, node_name, number, path_name, word, written
from mfa.studies.plan.plan_rows import Origin
from mfa.studies.plan.planned import Choice
from mfa.system import System

MOST_UNPRICED = 5
MOST_CHANGES = 2  # decisions that are named of a plan of a front
LEAST_CHANGE = 1e-4  # of what a decision may be: what changes by less is not named
POINT = 0.01  # a share is talked about by percentage points


def money(value: float, per: str = "/a") -> str:
    """An amount of money: in 亿元 (1e8 CNY), below a million in 万元."""
    if abs(value) >= 1e6:
        return f"{number(value / 1e8)} 亿元{per}"
    return f"{number(value / 1e4)} 万元{per}" if value else "0"


def goal_value(system: System, name: str, value: float) -> str:
    """A goal as people read it."""
    if name in MONEY:
        return money(value)
    head, _, material = name.partition(":")
    if head in ("import", "surplus") and material in system.materials:
        return mega(value, f"{system.materials[material].unit}/a")
    own = {i.id: i for i in system.indicators}
    unit = catalogue.unit(name, system.materials, system.processes, own, tuple(system.substances))
    return written(Indicator(name, value, unit))


@dataclass(frozen=True)
class Words:
    """What is said of the plan of one scenario."""

    system: System
    lang: str

    def goal(self, name: str) -> str:
        """What is to be least or most."""
        head, _, material = name.partition(":")
        if name in MONEY:
            return word(f"plan-goal-{name}", self.lang)
        if head in ("import", "surplus") and material in self.system.materials:
            return word(
                f"plan-goal-{head}", self.lang, material=material_name(self.system, material, self.lang)
            )
        return indicator_name(self.system, name, self.lang)

    def decision(self, decision: Decision) -> str:
        """A decided figure."""
        return decision.label.get(self.lang) or path_name([self.system], decision.path, self.lang)

    def origin(self, origin: Origin) -> str:
        """A constraint in the user's words."""
        s, ids = self.system, origin.ids
        match origin.kind:
            case "target":
                return self._target(int(ids[0]))
            case "least" | "most":
                d = s.plan.decide[int(ids[0])]
                unit = self.unit_of(d)
                end = mega(d.low if origin.kind == "least" else d.high, unit)
                return word(f"plan-origin-{origin.kind}", self.lang, figure=self.decision(d), end=end)
            case "limit" | "percent" | "room":
                material, _, node = ids
                values = {"node": node_name(s, node, self.lang), "end": self._limit(ids)}
                return word(
                    f"plan-origin-{origin.kind}",
                    self.lang,
                    material=material_name(s, material, self.lang),
                    **values,
                )
            case "capacity" | "drive" | "idle":
                process = s.processes[ids[0]]
                figure = process.capacity if origin.kind == "capacity" else s.drive.get(ids[0])
                end = mega(figure.value, f"{s.materials[process.per].unit}/a") if figure else ""
                node = node_name(s, ids[0], self.lang)
                return word(f"plan-origin-{origin.kind}", self.lang, node=node, end=end)
        return word(f"plan-origin-{origin.kind}", self.lang, material=material_name(s, ids[0], self.lang))

    def _limit(self, ids: tuple[str, ...]) -> str:
        material, side, node = ids
        entry = next(e for e in getattr(self.system.pools[material], side) if e.node == node)
        if entry.percent:
            return str(entry.percent.text)
        return mega(entry.limit.value, f"{self.system.materials[material].unit}/a") if entry.limit else ""

    def _target(self, at: int) -> str:
        target, s = self.system.targets[at], self.system
        own = {i.id: i for i in s.indicators}
        unit = catalogue.unit(target.indicator, s.materials, s.processes, own, tuple(s.substances))
        least = target.minimum is not None
        bound = target.minimum if least else target.maximum
        row = Indicator(target.indicator, bound, unit, target.minimum, target.maximum)
        name = indicator_name(s, target.indicator, self.lang)
        return word("seek-bound-min" if least else "seek-bound-max", self.lang, name=name, bound=written(row))

    def unit_of(self, decision: Decision) -> str:
        """The native unit of a decided figure."""
        head = decision.path.split(".")[0]
        process = self.system.processes.get(head)
        material = (
            process.per
            if process
            else next((m for m in decision.path.split(".") if m in self.system.materials), "")
        )
        return f"{self.system.materials[material].unit}/a" if material else ""

    def step(self, origin: Origin) -> str:
        """One more of a constraint."""
        s, ids = self.system, origin.ids
        if origin.kind == "target":
            own = {i.id: i for i in s.indicators}
            name = s.targets[int(ids[0])].indicator
            unit = catalogue.unit(name, s.materials, s.processes, own, tuple(s.substances))
            return word("plan-step-point", self.lang) if unit == "1" else f"1 {unit}"
        if origin.kind in ("least", "most"):
            return f"1 {self.unit_of(s.plan.decide[int(ids[0])])}"
        material = s.processes[ids[0]].per if origin.kind in ("capacity", "drive", "idle") else ids[0]
        return f"1 {s.materials[material].unit}/a"

    def price(self, price: float, origin: Origin | None = None, per: str = "/a") -> str:
        """What that adds to the goal."""
        goals = self.system.plan.goals
        if origin is not None and self.step(origin) == word("plan-step-point", self.lang):
            price *= POINT
        sign = "+" if price > 0 else ""
        if len(goals) == 1 and goals[0][0] in MONEY:
            return f"{sign}{money(price, per)}" if abs(price) >= 1e4 else f"{sign}{number(price)} CNY{per}"
        unit = "" if len(goals) != 1 else self.goal_unit(goals[0][0])
        unit = "" if unit == "1" else unit
        return f"{sign}{number(price)} {unit}".strip()

    def aim(self, aim: Aim) -> str:
        """What a front is to be best in."""
        name = self.goal(aim.name)
        return word("plan-front-most", self.lang, goal=name) if aim.maximise else name

    def changes(self, choices: Sequence[Choice], before: Sequence[float], most: int = MOST_CHANGES) -> str:
        """Which decisions differ most from what they were, each as a share of what it may be."""
        gaps = [
            (abs(c.value - b) / max(c.decision.high, c.today, 1e-300), c, b)
            for c, b in zip(choices, before, strict=True)
        ]
        shown = sorted((g for g in gaps if g[0] > LEAST_CHANGE), key=lambda g: -g[0])[:most]
        parts = []
        for _, c, old in shown:
            unit = self.unit_of(c.decision)
            parts.append(f"{self.decision(c.decision)} {mega(old, unit)} → {mega(c.value, unit)}")
        return ("；" if self.lang == "zh" else "; ").join(parts)

    def goal_unit(self, name: str) -> str:
        """The unit of a goal; nothing for money, whose unit goes by its size."""
        head, _, material = name.partition(":")
        s = self.system
        if name in MONEY:
            return ""
        if head in ("import", "surplus") and material in s.materials:
            return f"{s.materials[material].unit}/a"
        own = {i.id: i for i in s.indicators}
        return catalogue.unit(name, s.materials, s.processes, own, tuple(s.substances))

    def unpriced(self, run: Run) -> str:
        """Goods that cross the boundary without a price, the most first; they count for nothing in a cost."""
        found: dict[str, float] = {}
        for f in run.flow_list:
            material = run.system.materials[f.material]
            crosses = "import" in (f.source, f.target) or "export" in (f.source, f.target)
            if crosses and material.price is None and material.kind not in ("water", "emission", "waste"):
                found[f.material] = found.get(f.material, 0.0) + f.amount * (tonnes_per_unit(material) or 0.0)
        names = [m for m in sorted(found, key=lambda m: -found[m]) if found[m] > 0][:MOST_UNPRICED]
        return ", ".join(material_name(run.system, m, self.lang) for m in names)
