"""Outputs that would hold more of what the layers follow than there is room for in their mass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mfa.engine.network import Floats
from mfa.properties import element_shares, is_formula, unresolved
from mfa.results.accounts.ledger import Ledger
from mfa.results.accounts.substances import KG_PER_T, Substance

ROUNDING = 0.005  # of the mass: published compositions are rounded, and may add up to 100.5 %

Filling = tuple[tuple[str, ...], Floats, Floats]
"""Elements or substances, (flow,) tonnes a year of them, (pool,) the share of the mass that they can be."""


@dataclass(frozen=True)
class Overfull:
    """An output with `held` t a year of some elements or substances where there is room for `room`."""

    process: str
    material: str
    elements: tuple[str, ...]
    held: float
    room: float


def overfull(layers: Iterable[Substance]) -> list[Overfull]:
    """The outputs of a run that cannot hold what its layers put into them, each with the worst excess.

    One has the room of the whole mass, or of its own share and what is unresolved where the material
    has a composition. All elements together have that of the whole mass, and so have all declared
    substances, which elements may be in. Oxides count as their element.
    """
    followed = {one.of.element: one for one in layers}
    if not followed:
        return []
    compositions = next(iter(followed.values())).compositions
    ledger = compositions.ledger
    held = {e: _tonnes(one) for e, one in followed.items()}
    tonnes = np.where(ledger.out, ledger.amount, 0.0) * compositions.tonnes[ledger.pool]
    wanted: list[Filling] = [((e,), held[e], _room(ledger, e)) for e in held]
    for is_element in (True, False):
        names = tuple(e for e in held if is_formula(e) == is_element)
        if len(names) > 1:
            wanted.append((names, np.sum([held[e] for e in names], axis=0), np.ones(len(ledger.materials))))
    return _worst(ledger, tonnes, wanted)


def _worst(ledger: Ledger, tonnes: Floats, wanted: Sequence[Filling]) -> list[Overfull]:
    """Of each output the elements, alone or together, that exceed their room by most."""
    found: dict[int, Overfull] = {}
    for elements, held, share in wanted:
        room = tonnes * share[ledger.pool]
        for f in np.flatnonzero((tonnes > 0) & (held > room + ROUNDING * tonnes)).tolist():
            names = ledger.processes[ledger.process[f]].id, ledger.materials[ledger.pool[f]].id
            one = Overfull(*names, elements, float(held[f]), float(room[f]))
            if f not in found or one.held - one.room > found[f].held - found[f].room:
                found[f] = one
    return [found[f] for f in sorted(found)]


def _tonnes(one: Substance) -> Floats:
    """(flow,) tonnes of the element of a layer."""
    return one.carried.flow / (one.of.per_element * KG_PER_T)


def _room(ledger: Ledger, element: str) -> Floats:
    """(pool,) the share of the mass that can be an element or substance."""
    return ledger.per_pool(lambda m: element_shares(m).get(element, 0.0) + unresolved(m, element))
