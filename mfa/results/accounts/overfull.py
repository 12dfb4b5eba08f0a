"""Outputs that would hold more of the followed elements than there is room for in their mass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mfa.engine.network import Floats
from mfa.properties import OTHER, element_shares, layer
from mfa.results.accounts.ledger import Ledger
from mfa.results.accounts.substances import KG_PER_T, Substance
from mfa.system import Material, number

ROUNDING = 0.005  # of the mass: published compositions are rounded, and may add up to 100.5 %

Filling = tuple[tuple[str, ...], Floats, Floats]
"""Elements, (flow,) tonnes a year of them, (pool,) the share of the mass that they can be."""


@dataclass(frozen=True)
class Overfull:
    """An output of a process with `held` t a year of some elements where there is room for `room`."""

    process: str
    material: str
    elements: tuple[str, ...]
    held: float
    room: float


def overfull(layers: Iterable[Substance]) -> list[Overfull]:
    """The outputs of a run that cannot hold what its layers put into them, each with the worst excess.

    One element has the room of the whole mass, or of its own share and `other` where the material
    has a composition; all of them together have that of the whole mass. Oxides count as their element.
    """
    followed = {layer(one.name).element: one for one in layers}
    if not followed:
        return []
    compositions = next(iter(followed.values())).compositions
    ledger = compositions.ledger
    held = {e: _tonnes(one) for e, one in followed.items()}
    tonnes = np.where(ledger.out, ledger.amount, 0.0) * compositions.tonnes[ledger.pool]
    wanted: list[Filling] = [((e,), held[e], _room(ledger, e)) for e in held]
    if len(held) > 1:
        wanted.append((tuple(held), np.sum(list(held.values()), axis=0), np.ones(len(ledger.materials))))
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
    return one.carried.flow / (layer(one.name).per_element * KG_PER_T)


def _room(ledger: Ledger, element: str) -> Floats:
    """(pool,) the share of the mass that can be an element."""

    def share(material: Material) -> float:
        if not material.composition:
            return 1.0
        return element_shares(material).get(element, 0.0) + number(material.composition.get(OTHER))

    return ledger.per_pool(share)
