"""Substance layers: how much of an element or declared substance every flow carries, kg a year.

What comes over the boundary or from a stock has the composition of its material. An output
has that of its material too, unless its process gives transfer coefficients of the element,
or it is the only output without a composition: then it takes what is left. Pools mix. What a
recipe does not account for is a row of its own, never spread over others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mfa.engine.linear import Singular
from mfa.engine.network import Bools, Floats
from mfa.engine.tracing import Carried, trace
from mfa.errors import Error, Fault
from mfa.properties import Layer, element_shares, tonnes_per_unit
from mfa.results.accounts.flows import Flow, links, pool_node
from mfa.results.accounts.ledger import LEAVES, Ledger
from mfa.system import ZERO, Material

KG_PER_T = 1000.0
NEGLIGIBLE = 1e-12  # as the solver takes for nothing
WHOLE = 1 - 1e-12  # shares that add to 1 but for rounding
MOST_NAMES = 12  # in one line of a warning


@dataclass(frozen=True)
class Balance:
    """What goes into a process or the park in one layer, what comes out, and the difference."""

    layer: str
    place: str
    inputs: float
    outputs: float

    @property
    def residue(self) -> float:
        """Inputs - outputs, kg a year."""
        return self.inputs - self.outputs


class Compositions:
    """The elements and declared substances in every material of a run, worked out once for all layers."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.shares = [element_shares(m) for m in ledger.materials]
        self.tonnes = ledger.per_pool(tonnes_per_unit)
        self.declared: Bools = ledger.column(np.array([_is_declared(m) for m in ledger.materials], bool))

    def of(self, element: str) -> Floats:
        """(pool,) t of an element or substance in one native unit; 0 where it is not named."""
        return self.ledger.figures([s.get(element) for s in self.shares]) * self.tonnes


def _is_declared(material: Material) -> bool:
    """Whether its content is known: a composition of something with tonnes, or no mass at all."""
    if material.composition:
        return tonnes_per_unit(material) is not None
    return not material.unit_mass


@dataclass(frozen=True)
class Substance:
    """One layer of a run: of an element, an oxide or a declared substance."""

    of: Layer
    compositions: Compositions

    @property
    def name(self) -> str:
        """What it is called in tables."""
        return self.of.name

    @property
    def ledger(self) -> Ledger:
        """The amounts that it goes by."""
        return self.compositions.ledger

    @cached_property
    def content(self) -> Floats:
        """(pool,) kg of the layer per native unit, where declared."""
        return self.compositions.of(self.of.element) * (self.of.per_element * KG_PER_T)

    @cached_property
    def transferred(self) -> tuple[Bools, Floats]:
        """(process,), (flow,) which processes give transfer coefficients, and the shares of outputs."""
        element = self.of.element
        b = self.ledger
        gives = np.array([element in p.transfer for p in b.processes], bool)
        share: list[float | None] = [None] * len(b.pool)
        for f in np.flatnonzero((b.compiled.structure.flow_side > 0) & gives[b.process]).tolist():
            process, material = b.processes[b.process[f]], b.materials[b.pool[f]].id
            share[f] = process.transfer[element].get(material, ZERO).value
        return b.column(gives), b.figures(share)

    @cached_property
    def _blank(self) -> Bools:
        """(flow,) running outputs whose content nothing declares."""
        b = self.ledger
        gives, _ = self.transferred
        blank: Bools = b.out & (b.amount > 0) & ~self.compositions.declared[b.pool] & ~gives[b.process]
        return blank

    @cached_property
    def _only_undeclared(self) -> Bools:
        """(flow,) outputs that are the only one of their process whose content nothing declares."""
        b = self.ledger
        alone: Bools = b.gathered(self._blank, b.process, len(b.processes)) == 1
        return self._blank & alone[b.process]

    @cached_property
    def rest(self) -> Bools:
        """(flow,) outputs that take the rest; not in a loop of no way out (cooling water): it holds none."""
        b = self.ledger
        share = np.where(self._only_undeclared, 1.0, self.transferred[1])
        lossy = b.by_process(share * (b.amount > 0)) < WHOLE
        drained = b.leaving > NEGLIGIBLE * (b.made + b.entering)
        while True:
            drains = lossy | (b.by_process(np.where(drained[b.pool] & (b.amount > 0), share, 0.0)) > 0)
            takes = ~b.out & (b.amount > 0) & drains[b.process]
            more = drained | (b.gathered(takes, b.pool, len(drained)) > 0)
            if (more == drained).all():
                return self._only_undeclared & drained[b.pool]
            drained = more

    @cached_property
    def carried(self) -> Carried:
        """The solved layer.

        Raises
        ------
        mfa.errors.Error
            a loop keeps all of it, so that there is no steady state
        """
        b = self.ledger
        gives, share = self.transferred
        rest = self.rest
        known_out = b.out & ~gives[b.process] & self.compositions.declared[b.pool]
        fixed = np.where(known_out, b.amount * self.content[b.pool], 0.0)
        taken = b.by_process(fixed)
        fixed = np.where(rest, -taken[b.process], fixed)
        share = np.where(rest, 1.0, share)
        given = self.ledger.entering * self.content  # what is not declared counts as none
        try:
            return trace(
                b.compiled.structure,
                b.amount,
                given,
                b.made + b.entering,
                share,
                fixed,
                b.column(np.zeros(len(b.processes))),
            )
        except Singular:
            raise Error([self._loop()]) from None

    def _loop(self) -> Fault:
        gives = [p for p, g in zip(self.ledger.processes, self.transferred[0].tolist(), strict=True) if g]
        values = {"layer": self.name, "names": ", ".join(p.id for p in gives[:MOST_NAMES])}
        return Fault("layer-loop", gives[0].place if gives else None, values)

    def flows(self, found: list[Flow]) -> list[Flow]:
        """The layer on every flow of a run, kg a year; > 0 only."""
        b, carried = self.ledger, self.carried
        inner: dict[tuple[str, str, str], float] = {}
        structure = b.compiled.structure
        for pool, process, out, amount in zip(
            b.pool.tolist(), b.process.tolist(), b.out.tolist(), carried.flow.tolist(), strict=True
        ):
            node, own = structure.processes[process], pool_node(structure.pools[pool])
            inner[structure.pools[pool], *((node, own) if out else (own, node))] = amount
        at = {m: i for i, m in enumerate(structure.pools)}
        made = []
        for flow in found:
            carried_by = inner.get((flow.material, flow.source, flow.target))
            if carried_by is None:
                i = at[flow.material]
                enters = flow.target == pool_node(flow.material)
                carried_by = flow.amount * float(self.content[i] if enters else carried.mean[i])
            made.append(Flow(flow.material, flow.source, flow.target, carried_by))
        floor = NEGLIGIBLE * max((abs(f.amount) for f in made), default=0.0)
        return [f for f in made if abs(f.amount) > floor]

    def links(self, found: list[Flow]) -> list[Flow]:
        """The layer without pools: supplier → taker."""
        return links(self.flows(found))

    def balances(self) -> Iterator[Balance]:
        """Every process that has any of it, and the park as a whole."""
        carried = self.carried
        for name, into, out in zip(
            self.ledger.compiled.structure.processes, carried.into.tolist(), carried.out.tolist(), strict=True
        ):
            if into or out:
                yield Balance(self.name, name, into, out)
        yield self.park

    @cached_property
    def park(self) -> Balance:
        """All that enters the park and leaves it; the difference is the sum of all residues."""
        return Balance(self.name, "park", *self.crossing)

    @property
    def crossing(self) -> tuple[Any, Any]:
        """What enters the park and leaves it, kg a year; of samples (sample,)."""
        b, mean = self.ledger, self.carried.mean
        return b.added(self.content * b.entering), sum(b.added(b.boundary[n] * mean) for n in LEAVES)

    @cached_property
    def unknown(self) -> list[str]:
        """Materials whose content nothing declares: imported or made without a composition."""
        b = self.ledger
        gaps = self.ledger.entering * ~self.compositions.declared
        residue = np.abs(self.carried.residue) > NEGLIGIBLE * np.abs(self.carried.into)
        held = self._only_undeclared & ~self.rest & residue[b.process]
        bare = (self._blank & ~self._only_undeclared) | held
        gaps = gaps + b.gathered(np.where(bare, b.amount, 0.0), b.pool, len(b.materials))
        return [m.id for m, gap in zip(b.materials, gaps.tolist(), strict=True) if gap > 0]

    @cached_property
    def negative(self) -> list[str]:
        """Materials that would carry less than nothing: they take the rest, and the rest is below zero."""
        floor = NEGLIGIBLE * float(np.abs(self.carried.flow).max(initial=0.0))
        pools = {int(p) for p in self.ledger.pool[self.carried.flow < -floor]}
        return [self.ledger.materials[p].id for p in sorted(pools)]

    @property
    def recovery(self) -> float | None:
        """The share that is recovered of the element; None where none enters."""
        found = float(self.recovered)
        return None if np.isnan(found) else found

    @cached_property
    def recovered(self) -> Any:
        """Element in the products sold that are richer in it than what brings it in, ÷ element brought in.

        The feed is every import that holds the element; products count from its mean grade on. NaN where
        none enters; of samples (sample,).
        """
        b = self.ledger
        brought = self.ledger.entering * self.content * self.compositions.declared
        whole = b.added(brought)
        feed = b.added(np.where(brought > 0, b.entering * self.compositions.tonnes, 0.0))
        grade = np.divide(whole, feed, out=np.full_like(whole, np.nan), where=feed > 0)
        sold = b.boundary["export"] * b.per_pool(lambda m: m.kind == "product" and m.has_mass)
        rich = self.carried.mean > grade
        recovered = b.added(sold * self.carried.mean * rich)
        return np.divide(recovered, whole, out=np.full_like(whole, np.nan), where=whole > 0)
