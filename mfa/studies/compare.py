"""Compare: which inputs differ, what becomes of the results, and which input changes which result.

The change of an indicator is split by cause with Shapley's value: the mean, over all orders
in which the differences could be made one after the other, of what each adds. The parts add
up to the whole change exactly, whatever the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import factorial

from mfa.catalogue import HEADLINE, definition
from mfa.errors import Error
from mfa.parameters import Parameter, listed
from mfa.results.accounts.flows import Flow
from mfa.results.run import Run
from mfa.studies.mixture import Cause, attempt, blend, by_kind, single, together
from mfa.system import CustomIndicator, Material, Selector

MOST_CAUSES = 6  # fair shares take 2^6 = 64 mixtures, each a solve
MOST_PARTS = 80  # differences of one input each that are tried alone to find the causes: 80 solves
REST = "rest"
SAME = 1e-12  # relative; runs of the same input agree to the last digits but for the order of sums


@dataclass(frozen=True)
class InputChange:
    """An input that is not the same; `before` or `after` is None where it is not there."""

    path: str
    before: float | str | None
    after: float | str | None
    unit: str


@dataclass(frozen=True)
class Change:
    """A result in both runs."""

    name: str
    before: float | None
    after: float | None
    unit: str

    @property
    def absolute(self) -> float | None:
        """After - before."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def relative(self) -> float | None:
        """(after - before) ÷ before; None where before is 0."""
        return self.absolute / abs(self.before) if self.absolute is not None and self.before else None


@dataclass(frozen=True)
class LinkChange(Change):
    """What one node gives another of a material, in both runs; `layer`: the part of it that is meant."""

    material: str
    source: str
    target: str
    layer: str = ""


@dataclass(frozen=True)
class Share:
    """What one cause adds to the change of an indicator, in its unit."""

    indicator: str
    cause: str
    change: float


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side."""

    a: Run
    b: Run

    @property
    def main_indicators(self) -> list[str]:
        """What is split by cause when nobody says: targets of either run, else the rate of utilisation."""
        aimed = [t.indicator for x in (self.a, self.b) for t in x.system.targets if "@" not in t.indicator]
        rows = {r.name for x in (self.a, self.b) for r in x.indicator_list}
        return list(dict.fromkeys(aimed)) or [HEADLINE] * (HEADLINE in rows)

    @cached_property
    def inputs(self) -> list[InputChange]:
        """The inputs that differ, by path."""
        one, two = listed(self.a.system), listed(self.b.system)
        made = []
        apart = {
            i.path for i in (*one.values(), *two.values()) if i.whole and (i.path in one) != (i.path in two)
        }
        for path in sorted({*one, *two}):
            before, after = one.get(path), two.get(path)
            if not _same(before, after) and not _belongs(path, apart):
                unit = (after or before or Parameter("", "", "")).unit
                made.append(
                    InputChange(path, before.value if before else None, after.value if after else None, unit)
                )
        return made + self._definitions

    @property
    def _definitions(self) -> list[InputChange]:
        """The scenarios' own indicators that are not defined alike."""
        one, two = ({i.id: formula(i) for i in x.system.indicators} for x in (self.a, self.b))
        return [InputChange(f"indicators.{k}", one.get(k), two.get(k), "") for k in sorted(self._apart)]

    @cached_property
    def indicators(self) -> list[Change]:
        """Indicators of the whole park that differ."""
        one, two = ({r.name: r for r in x.indicator_list if "@" not in r.name} for x in (self.a, self.b))
        made = []
        for name in {**one, **two}:
            before, after = one.get(name), two.get(name)
            unit = (after or before).unit  # type: ignore[union-attr]
            # a sum that has nothing to count has no row; what only one scenario defines has no value
            absent = 0.0 if unit.endswith("/a") and name not in self._apart else None
            made.append(
                Change(name, before.value if before else absent, after.value if after else absent, unit)
            )
        return [c for c in made if not _close(c.before, c.after)]

    @cached_property
    def flows(self) -> list[LinkChange]:
        """Links that differ, named `material: supplier → taker`, the largest change first (`_rank`)."""
        return self._links(self.a.link_list, self.b.link_list)

    @cached_property
    def layers(self) -> list[LinkChange]:
        """Links of the layers of either scenario that differ, kg a year, named `layer: material: …`."""
        return [
            change
            for name in dict.fromkeys((*self.a.system.layers, *self.b.system.layers))
            for change in self._layer(name)
        ]

    def _layer(self, name: str) -> list[LinkChange]:
        try:
            one, two = (x.layer(name).links(x.flow_list) for x in (self.a, self.b))
        except Error:  # it has no steady state in one of them: nothing to set beside
            return []
        return self._links(one, two, name)

    def _links(self, before: Sequence[Flow], after: Sequence[Flow], layer: str = "") -> list[LinkChange]:
        one, two = ({(f.material, f.source, f.target): f.amount for f in x} for x in (before, after))
        made = []
        for key in {**one, **two}:
            material, source, target = key
            unit = "kg/a" if layer else f"{self.material(material).unit}/a"
            name = f"{layer}: " * bool(layer) + f"{material}: {source} → {target}"
            amounts = one.get(key, 0.0), two.get(key, 0.0)
            made.append(LinkChange(name, *amounts, unit, *key, layer))
        return sorted((c for c in made if not _close(c.before, c.after)), key=self._rank)

    def _rank(self, change: LinkChange) -> tuple[bool, bool, float, str]:
        """Tonnes before other units, and water, whose tonnes hide all others, last among them."""
        water = self.material(change.material).kind == "water"
        return change.unit not in ("t/a", "kg/a"), water, -abs(change.absolute or 0.0), change.name

    def material(self, name: str) -> Material:
        """A material of either run."""
        return self.b.system.materials.get(name) or self.a.system.materials[name]

    def split(self, names: Sequence[str]) -> list[Share]:
        """The change of some indicators by cause; empty for one that has no value in some blend.

        Up to `MOST_CAUSES` parts that differ are causes of their own. Of more, those that change
        the first indicator most when they alone change are, and the rest is one; of very many,
        the causes are kinds: processes, pools, drives, properties.
        """
        found = self._causes(names)
        values = self._values(found, names)
        made = []
        for name in names:
            if all(v.get(name) is not None for v in values.values()):
                made += [Share(name, c.name, _shapley(c, found, values, name)) for c in found]
        return made

    def _causes(self, names: Sequence[str]) -> list[Cause]:
        parts = single(self.a.system, self.b.system)
        if len(parts) <= MOST_CAUSES:
            return parts
        if len(parts) > MOST_PARTS:
            return by_kind(parts)
        start = self._of((), names[:1]).get(names[0])
        effect = {p: _size(start, self._of((p,), names[:1]).get(names[0])) for p in parts}
        ranked = sorted(parts, key=lambda p: (-effect[p], p.name))
        own, others = ranked[: MOST_CAUSES - 1], ranked[MOST_CAUSES - 1 :]
        return [
            *(p for p in own if effect[p] > 0),
            together([*(p for p in own if effect[p] <= 0), *others], REST),
        ]

    def _values(
        self, found: Sequence[Cause], names: Sequence[str]
    ) -> dict[frozenset[Cause], dict[str, float | None]]:
        """The indicators of every blend."""
        made = {}
        for size in range(len(found) + 1):
            for chosen in combinations(found, size):
                made[frozenset(chosen)] = self._of(chosen, names)
        return made

    def _of(self, chosen: Sequence[Cause], names: Sequence[str]) -> dict[str, float | None]:
        result = attempt(blend(self.a.system, self.b.system, chosen))
        if result is None:
            return {}
        try:
            rows = {r.name: r.value for r in result.indicator_list}
        except Error:  # a substance has no steady state
            return {}
        return {n: None if n in self._apart else rows.get(n, _absent(n)) for n in names}

    @cached_property
    def _apart(self) -> set[str]:
        """The scenarios' own indicators that are not the same in both."""
        one, two = ({i.id: i for i in x.system.indicators} for x in (self.a, self.b))
        plain = {
            k: [(i.numerator, i.denominator) if i else None for i in (one.get(k), two.get(k))]
            for k in {**one, **two}
        }
        return {k for k, (before, after) in plain.items() if before != after}


def formula(indicator: CustomIndicator) -> str:
    """What an own indicator sums up, and what it is divided by.

    Each term names the materials, and where they come from or go to.
    """
    sides = [" + ".join(map(_term, side)) for side in (indicator.numerator, indicator.denominator)]
    return " ÷ ".join(f"({side})" if sides[1] else side for side in sides if side)


def _term(selector: Selector) -> str:
    """One selector as text."""
    weight = "" if selector.weight.value == 1 else f"{selector.weight.value:.12g} · "
    count = "" if selector.count == "amount" else f"{selector.count} of "
    ends = (selector.sources or (), sorted(selector.materials), selector.targets or ())
    return weight + count + " → ".join(", ".join(sorted(e)) for e in ends if e)


def _size(before: float | None, after: float | None) -> float:
    """How much a value changes; 0 where either is missing."""
    return 0.0 if before is None or after is None else abs(after - before)


def _absent(name: str) -> float | None:
    """What an indicator without a row is: a sum that has nothing to count is 0, a rate has no value."""
    found = definition(name)
    return 0.0 if found is not None and found.unit.endswith("/a") else None


def _shapley(
    cause: Cause,
    found: Sequence[Cause],
    values: dict[frozenset[Cause], dict[str, float | None]],
    name: str,
) -> float:
    """Σ over subsets S without the cause of |S|!(n-|S|-1)!/n! · (v(S + cause) - v(S)); Shapley 1953."""
    others = [c for c in found if c is not cause]
    n, total = len(found), 0.0
    for size in range(n):
        weight = factorial(size) * factorial(n - size - 1) / factorial(n)
        for chosen in combinations(others, size):
            less, more = values[frozenset(chosen)][name], values[frozenset((*chosen, cause))][name]
            total += weight * ((more or 0.0) - (less or 0.0))
    return total


def _belongs(path: str, apart: set[str]) -> bool:
    """Whether a path is a detail of a process or stock that is only in one of the runs."""
    head, _, rest = path.partition(".")
    return bool(rest) and (head in apart or (head == "price" and rest in apart))


def _same(before: Parameter | None, after: Parameter | None) -> bool:
    if before is None or after is None:
        return before is after
    if isinstance(before.value, float) and isinstance(after.value, float):
        return _close(before.value, after.value)
    return before.value == after.value


def _close(before: float | None, after: float | None) -> bool:
    if before is None or after is None:
        return before is after
    return abs(after - before) <= SAME * max(abs(before), abs(after))
