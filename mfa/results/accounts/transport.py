"""Transport: tonne-kilometres between sites and to the boundary, their freight and their CO2.

Every link from a supplier to a taker is hauled over the distance of their sites (`sites:` of the
scenario, the same both ways), a link over the boundary or with a yard over the `distance` of its
entry. Lorries carry wet tonnes. Water, emissions and energies are piped and wired. It stands outside
scopes 1 and 2. A distance that nobody states is listed, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.engine.batch import BatchState
from mfa.properties import dry_share, tonnes_per_unit
from mfa.results.accounts.energy import factor
from mfa.results.accounts.flow_samples import FlowSamples
from mfa.results.accounts.flows import Flow, flows, links
from mfa.results.accounts.ledger import Ledger, Part

PIPED = ("water", "emission", "energy")
NOT_MOVED = ("shortage", "surplus", "emission")


@dataclass(frozen=True)
class Haul:
    """What is carried from a supplier to a taker: wet t a year, km; None where the distance is not known."""

    material: str
    source: str
    target: str
    tonnes: float
    distance: float | None

    @property
    def work(self) -> float | None:
        """Tonne-kilometres a year."""
        return None if self.distance is None else self.tonnes * self.distance


@dataclass(frozen=True)
class Transport:
    """The transport account of one run; nothing where neither sites nor entries state a distance."""

    ledger: Ledger

    @property
    def asked(self) -> bool:
        """Whether the scenario states any distance."""
        system = self.ledger.system
        entries = (e for p in system.pools.values() for e in (*p.takers, *p.givers))
        return bool(system.sites) or any(e.distance for e in entries)

    @cached_property
    def hauls(self) -> list[Haul]:
        """Every link that lorries carry, those within a site left out."""
        if not self.asked:
            return []
        state = self.ledger.state
        if isinstance(state, BatchState):
            return list(self._hauls(FlowSamples(self.ledger).link_list))
        return list(self._hauls(links(flows(self.ledger.compiled, state))))

    def _hauls(self, found: list[Flow]) -> Iterator[Haul]:
        materials = self.ledger.system.materials
        for link in found:
            material = materials[link.material]
            tonnes = tonnes_per_unit(material)
            if material.kind in PIPED or tonnes is None or {link.source, link.target} & set(NOT_MOVED):
                continue
            distance = self._distance(link)
            if distance is None or np.any(distance != 0):
                wet = link.amount * tonnes / dry_share(material)
                yield Haul(link.material, link.source, link.target, wet, distance)

    def _distance(self, link: Flow) -> float | None:
        """The way of a link, km; None where a part of it is not known."""
        processes, pool = self.ledger.system.processes, self.ledger.system.pools[link.material]
        source, target = processes.get(link.source), processes.get(link.target)
        if source and target:
            return 0.0 if source is target else self._between(source.site, target.site)
        ends = [] if source else [(pool.givers, link.source)]
        ends += [] if target else [(pool.takers, link.target)]
        known = [e.distance.value for es, node in ends for e in es if e.node == node and e.distance]
        return sum(known) if len(known) == len(ends) else None

    def _between(self, one: str, other: str) -> float | None:
        if one and one == other:
            return 0.0
        return self.distances.get((one, other))

    @cached_property
    def distances(self) -> Mapping[tuple[str, str], float]:
        """Between two sites, km, both ways."""
        stated = [
            (a, b, f.value) for a, others in self.ledger.system.sites.items() for b, f in others.items()
        ]
        return {pair: km for a, b, km in stated for pair in ((a, b), (b, a))}

    @cached_property
    def work(self) -> Part:
        """Tonne-kilometres a year."""
        b, works = self.ledger, [h.work for h in self.hauls]
        total = sum((w for w in works if w is not None), b.added(b.zeros(1)))
        none = b.column(np.zeros(len(b.processes)))
        return Part(total, none, None if self.asked else b.weights())

    @property
    def cost(self) -> Part:
        """Freight, CNY a year."""
        return self.work * factor(self.ledger.system, "freight")

    @property
    def co2(self) -> Part:
        """Carbon dioxide of the lorries, t a year."""
        return self.work * factor(self.ledger.system, "freight-co2")

    @property
    def unknown(self) -> list[Haul]:
        """What is carried over a distance that nobody states, the largest first."""
        return sorted((h for h in self.hauls if h.distance is None), key=lambda h: -h.tonnes)
