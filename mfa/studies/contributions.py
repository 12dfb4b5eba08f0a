"""Who brings what to an indicator of the whole park: its numerator and its denominator, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mfa.catalogue import PER_WASTE, Definition, definition
from mfa.results.accounts.flows import far_end
from mfa.results.accounts.ledger import Part
from mfa.results.accounts.waste import FATE_WORDS
from mfa.results.run import Run
from mfa.system import Selector

ROUNDING = 1e-9  # of a sum: parts that miss it by less make it up


@dataclass(frozen=True)
class Contribution:
    """What a node brings to a sum, `material` where it is a flow; no node: what no process brings."""

    node: str
    material: str
    amount: float


Parts = tuple[Contribution, ...]
Sums = tuple[list[Contribution], list[Contribution]]


def contributions(run: Run, name: str) -> tuple[Parts, Parts]:
    """Who brings what to the numerator and the denominator of an indicator of the whole park.

    Each the largest first; none where the indicator has no such parts (of a group, of an element's
    recovery), no denominator where it is an amount.
    """
    top, bottom = _sums(run, name)
    return _largest(top), _largest(bottom)


def _largest(found: Sequence[Contribution]) -> Parts:
    return tuple(sorted((c for c in found if c.amount), key=lambda c: -abs(c.amount)))


def _sums(run: Run, name: str) -> Sums:
    own = next((o for o in run.system.indicators if o.id == name), None)
    if own is not None:
        return _chosen(run, own.numerator), _chosen(run, own.denominator)
    found = definition(name)
    if found is None or "@" in name:
        return [], []
    material = name.partition(":")[2]
    if found.waste_class or found.id == PER_WASTE:
        return _waste_sums(run, found, material)
    top = _of_processes(run, run.accounts.sum(found.numerator, material), found.scale)
    if not found.denominator:
        return top, []
    bottom = _of_processes(run, run.accounts.sum(found.denominator, material))
    return (top, bottom) if top and bottom else ([], [])


def _of_processes(run: Run, part: Part, scale: float = 1.0) -> list[Contribution]:
    """What each process brings, and what none does; nothing where that is not known."""
    amounts = part.by_process * scale
    if np.isnan(amounts).any():
        return []
    ids = [p.id for p in run.accounts.ledger.processes]
    apart = part.total * scale - float(amounts.sum())
    rest = [Contribution("", "", apart)] if abs(apart) > ROUNDING * abs(part.total * scale) else []
    return [Contribution(p, "", a) for p, a in zip(ids, amounts.tolist(), strict=True)] + rest


def _chosen(run: Run, selectors: Sequence[Selector]) -> list[Contribution]:
    """The flows that an own indicator counts, by their far end."""
    flows = run.chosen_flows
    return [
        Contribution(far_end(f), f.material, s.weight.value * (flows.counted(s.count, f) or 0.0))
        for s in selectors
        for f in flows.chosen(s)
    ]


def _waste_sums(run: Run, found: Definition, single: str) -> Sums:
    """Uses that count, and what generates: of one waste, or of those of a class; a tonnage has no below."""
    materials = run.system.materials
    wanted = {
        m: w
        for m, w in run.wastes.items()
        if (m == single if single else w.tonnes and found.covers(materials[m]))
    }
    made = [Contribution(n, m, a) for m, w in wanted.items() for n, a in w.made.items()]
    if found.fates == ("generated",):
        return made, []
    uses = [
        Contribution(u.node, m, u.amount)
        for m, w in wanted.items()
        for u in w.uses
        if FATE_WORDS[u.fate] in found.fates
    ]
    if found.unit != "1":
        return uses, []
    accounts = {m: w.account() for m, w in wanted.items()}
    old = [Contribution("from-stock", m, a.to_count(found.fates) - a.generated) for m, a in accounts.items()]
    return uses, made + old
