"""The indicators that a scenario defines: weighted sums over flows, or the ratio of two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from mfa.properties import WAYS
from mfa.results.accounts.flows import Flow, pool_node
from mfa.results.accounts.layer_contents import LayerContents
from mfa.system import CustomIndicator, Material, Selector


class Uncounted(NamedTuple):
    """Materials that an indicator chooses and cannot count; `gaps` are those that lack a composition."""

    what: str
    materials: tuple[str, ...]
    gaps: tuple[str, ...] = ()

    @property
    def of_layer(self) -> bool:
        """Whether the content of a layer is unknown, so that there is no value at all."""
        return self.what not in WAYS


@dataclass(frozen=True)
class ChosenFlows:
    """What indicators of one's own choose among the flows of a run, and what they count of it.

    Attributes
    ----------
    links : makes the flows without pools, for selectors that name both ends
    contents : element or oxide → what flows carry of it
    """

    materials: Mapping[str, Material]
    flows: Sequence[Flow]
    links: Callable[[], Sequence[Flow]]
    contents: Callable[[str], LayerContents]

    def sums(
        self, indicator: CustomIndicator, without: Set[str] = frozenset()
    ) -> tuple[float | None, float | None]:
        """Numerator, of flows that touch no node of `without`, and denominator; None is not known."""
        return self._sum(indicator.numerator, without), self._sum(indicator.denominator)

    def value(self, indicator: CustomIndicator, without: Set[str] = frozenset()) -> float | None:
        """The sum or ratio; None where a content is not known, and for 0 ÷ 0."""
        top, bottom = self.sums(indicator, without)
        if not indicator.denominator or top is None:
            return top
        return top / bottom if bottom else None

    def uncounted(self, indicator: CustomIndicator) -> list[Uncounted]:
        """By way of counting, what flows but cannot be counted."""
        found: dict[str, list[Flow]] = {}
        for selector in (*indicator.numerator, *indicator.denominator):
            bare = [f for f in self.chosen(selector) if self.counted(selector.count, f) is None]
            found.setdefault(selector.count, []).extend(bare)
        made = []
        for count, flows in found.items():
            names = tuple(sorted({f.material for f in flows}))
            gaps = () if count in WAYS else tuple(self.contents(count).gaps(flows))
            made += [Uncounted(count, names, gaps)] if flows else []
        return made

    def lacking(self, indicator: CustomIndicator, short: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """Processes that the numerator counts and that lack an input, each with that input."""
        found = {
            end
            for selector in indicator.numerator
            if selector.weight.value > 0
            for flow in self.chosen(selector)
            for end in (flow.source, flow.target)
            if end in short
        }
        return tuple((p, short[p]) for p in sorted(found))

    def chosen(self, selector: Selector) -> Iterator[Flow]:
        """The flows that a selector names; with both ends written, the links between them."""
        both = selector.sources is not None and selector.targets is not None
        for flow in self.links() if both else self.flows:
            if flow.material in selector.materials:
                pool = pool_node(flow.material)
                source, target = (flow.source, flow.target) if both else (None, None)
                if not both and selector.sources is not None and flow.target == pool:
                    source = flow.source
                if not both and selector.targets is not None and flow.source == pool:
                    target = flow.target
                if _named(source, selector.sources) and _named(target, selector.targets):
                    yield flow

    def _sum(self, selectors: Iterable[Selector], without: Set[str] = frozenset()) -> float | None:
        total = 0.0
        for selector in selectors:
            for flow in self.chosen(selector):
                if flow.source in without or flow.target in without:
                    continue
                amount = self.counted(selector.count, flow)
                if amount is None and selector.count not in WAYS:
                    return None
                total = total + selector.weight.value * (0.0 if amount is None else amount)
        return total

    def counted(self, count: str, flow: Flow) -> float | None:
        """What a flow counts: by a property of its material, or by the layer of an element."""
        if count not in WAYS:
            return self.contents(count).of(flow)
        per = WAYS[count](self.materials[flow.material])
        return None if per is None else flow.amount * per


def layers_of(indicators: Iterable[CustomIndicator]) -> tuple[str, ...]:
    """The elements and oxides that some indicators count, each once."""
    counts = (s.count for one in indicators for s in (*one.numerator, *one.denominator))
    return tuple(dict.fromkeys(c for c in counts if c not in WAYS))


def _named(node: str | None, wanted: frozenset[str] | None) -> bool:
    return wanted is None or node in wanted
