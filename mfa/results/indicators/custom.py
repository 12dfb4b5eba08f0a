"""The indicators that a scenario defines: weighted sums over flows, or the ratio of two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set

from mfa.properties import per_unit
from mfa.results.accounts.flows import Flow, pool_node
from mfa.system import CustomIndicator, Material, Selector

Links = Callable[[], Sequence[Flow]]


def value(
    indicator: CustomIndicator,
    flows: Sequence[Flow],
    links: Links,
    materials: Mapping[str, Material],
    without: Set[str] = frozenset(),
) -> tuple[float, float | None]:
    """Numerator, of flows that touch no node of `without`, and denominator (None where it is a sum)."""
    top = _sum(indicator.numerator, flows, links, materials, without)
    if not indicator.denominator:
        return top, None
    return top, _sum(indicator.denominator, flows, links, materials)


def uncounted(
    indicator: CustomIndicator, flows: Sequence[Flow], links: Links, materials: Mapping[str, Material]
) -> dict[str, set[str]]:
    """Way of counting → chosen materials that flow but have no such property."""
    found: dict[str, set[str]] = {}
    for selector in (*indicator.numerator, *indicator.denominator):
        count = per_unit(selector.count)
        bare = {f.material for f in chosen(selector, flows, links) if count(materials[f.material]) is None}
        if bare:
            found.setdefault(selector.count, set()).update(bare)
    return found


def _sum(
    selectors: Iterable[Selector],
    flows: Sequence[Flow],
    links: Links,
    materials: Mapping[str, Material],
    without: Set[str] = frozenset(),
) -> float:
    total = 0.0
    for selector in selectors:
        count = per_unit(selector.count)
        per = {m: count(materials[m]) or 0.0 for m in selector.materials if m in materials}
        total += sum(
            selector.weight.value * f.amount * per[f.material]
            for f in chosen(selector, flows, links)
            if f.source not in without and f.target not in without
        )
    return total


def lacking(
    indicator: CustomIndicator, flows: Sequence[Flow], links: Links, short: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Processes that the numerator counts and that lack an input, each with that input."""
    found = {
        end
        for selector in indicator.numerator
        if selector.weight.value > 0
        for flow in chosen(selector, flows, links)
        for end in (flow.source, flow.target)
        if end in short
    }
    return tuple((p, short[p]) for p in sorted(found))


def chosen(selector: Selector, flows: Sequence[Flow], links: Links) -> Iterator[Flow]:
    """The flows that a selector names; with both ends written, the links between them."""
    both = selector.sources is not None and selector.targets is not None
    for flow in links() if both else flows:
        if flow.material in selector.materials:
            pool = pool_node(flow.material)
            source, target = (flow.source, flow.target) if both else (None, None)
            if not both and selector.sources is not None and flow.target == pool:
                source = flow.source
            if not both and selector.targets is not None and flow.source == pool:
                target = flow.target
            if _named(source, selector.sources) and _named(target, selector.targets):
                yield flow


def _named(node: str | None, wanted: frozenset[str] | None) -> bool:
    return wanted is None or node in wanted
