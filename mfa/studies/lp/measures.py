"""The quantities that claims name, as linear forms in the variables of a programme.

Levels and flows are variables. An indicator is a sum of weighted flows over another; what an
account decides by looking at the run (who nets what, whose waste it is) is kept as in the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.catalogue import BY_ID, WASTE_AMOUNTS, WASTE_CLASSES, definition, members_of
from mfa.engine.network import GIVER, TAKER, Floats
from mfa.properties import greenhouse, per_unit, price
from mfa.results.accounts.accounts import Accounts
from mfa.results.accounts.value import passes_on
from mfa.results.accounts.waste import FATE_WORDS, WasteAccounts, entry_fate
from mfa.studies.lp.constraints import LinearForm, total
from mfa.studies.lp.programme import Programme
from mfa.system import Claim, CustomIndicator, Process, Selector

FATES = {word: fate for fate, word in FATE_WORDS.items()}
EMPTY = LinearForm((), ())


@dataclass(frozen=True)
class Quantity:
    """What a claim is about: one form, or one over another times `scale`."""

    top: LinearForm
    bottom: LinearForm | None = None
    scale: float = 1.0


class Measures:
    """The linear forms of one programme."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.ledger = programme.ledger
        self.accounts = Accounts(self.ledger)

    def of(self, claim: Claim) -> Quantity | None:
        """The form of a claim; None where its quantity is not linear in the flows, or nothing can flow."""
        if not self.programme.starts["end"]:
            return None
        if claim.kind == "level":
            i = list(self.programme.system.processes).index(claim.names[0])
            return Quantity(LinearForm((self.programme.column("level", i),), (1.0,)))
        if claim.kind == "flow":
            return Quantity(self.flow(*claim.names))
        if claim.kind != "indicators":
            return None
        parts = [self.indicator(name) for name in claim.names]
        if any(p is None for p in parts) or not parts:
            return None
        known = [p for p in parts if p is not None]
        if len(known) == 1:
            return known[0]
        if any(p.bottom for p in known):
            return None
        return Quantity(total([p.top for p in known]))

    def flow(self, material: str, source: str, target: str) -> LinearForm:
        """What goes from a node into the pool of a material, or from the pool to a node."""
        side = GIVER if source else TAKER
        node = source or target
        if material not in self.ledger.compiled.structure.pools:  # nothing of the run touches it
            return EMPTY
        pool = self.ledger.compiled.structure.pools.index(material)
        b = self.ledger
        if node in self.programme.system.processes:
            wanted = (b.pool == pool) & (b.out == bool(source))
            names = b.compiled.structure.processes
            found = [f for f in np.flatnonzero(wanted).tolist() if names[b.process[f]] == node]
            return self._ones("flow", found)
        fixed = {"import": "supply", "export": "demand", "surplus": "surplus"}.get(node)
        own = self._ones(fixed, [pool]) if fixed else EMPTY
        if source:
            own = total(
                [own, self._ones("dug", [i for i, (k, _) in enumerate(self.programme.dug) if k == node])]
            )
        return total([own, self._ones("entry", self._entries(lambda e, n: n == node, side, pool))])

    def _ones(self, kind: str, at: Iterable[int]) -> LinearForm:
        columns = tuple(self.programme.column(kind, i) for i in at)
        return LinearForm(columns, (1.0,) * len(columns))

    def _entries(self, test: Callable[[int, str], bool], side: int, pool: int) -> list[int]:
        s = self.ledger.compiled.structure
        return [
            e
            for e, (line, entry) in enumerate(zip(s.entries, self.ledger.compiled.entries, strict=True))
            if line.pool == pool and line.side == side and line.process < 0 and test(e, entry.node)
        ]

    def indicator(self, name: str) -> Quantity | None:
        """The form of an indicator, its group included."""
        head, _, group = name.partition("@")
        members = self._members(group)
        waste = self._waste(head) if not group else None
        if waste is not None:
            return waste
        own = next((o for o in self.programme.system.indicators if o.id == head), None)
        if own is not None:
            return self._own(own)
        if head in ("output-value", "value-added"):
            return Quantity(self._worth("value" if head == "output-value" else "added", members))
        maker = self._whole.get(head) if not group else None
        if maker is not None:
            return Quantity(maker())
        pair = self._ratios.get(head) if not group else None
        if pair is not None:
            return Quantity(pair[0](), pair[1](), BY_ID[head].scale)
        return None

    def _own(self, indicator: CustomIndicator) -> Quantity | None:
        """An indicator that the scenario defines, where each selector names one end."""
        sides = [self._selected(s) for s in (indicator.numerator, indicator.denominator)]
        if sides[0] is None or sides[1] is None:
            return None
        return Quantity(sides[0], sides[1] if indicator.denominator else None)

    def _selected(self, selectors: Sequence[Selector]) -> LinearForm | None:
        found: list[LinearForm] = []
        for s in selectors:
            if s.sources is not None and s.targets is not None:
                return None
            count = per_unit(s.count)
            for material in sorted(s.materials & set(self.ledger.compiled.structure.pools)):
                per = s.weight * (count(self.programme.system.materials[material]) or 0.0)
                for node in sorted(s.sources or s.targets or ()):
                    ends = (node, "") if s.sources is not None else ("", node)
                    form = self.flow(material, *ends)
                    found.append(LinearForm(form.columns, tuple(per * w for w in form.weights)))
        return total(found)

    def _members(self, group: str) -> Floats:
        """(process,) 1 for the members of a group, of everything without one."""
        kind, _, member = group.partition(":")

        def belongs(p: Process) -> float:
            return float(not group or member in members_of(p, kind))

        return self.ledger.per_process(belongs)

    def _worth(self, kind: str, members: Floats) -> LinearForm:
        b = self.ledger
        makes = members * b.per_process(lambda p: not passes_on(p))
        return self._ones(kind, np.flatnonzero(b.out & (makes[b.process] > 0)).tolist())

    @cached_property
    def _whole(self) -> dict[str, Callable[[], LinearForm]]:
        """The sums over the park that are linear in what crosses its line and in the flows."""
        energy = self.accounts.energy
        prices = self.ledger.per_pool(price)
        (power, per_power), (heat, per_heat) = self.accounts.carbon.bought_factors
        bought = power * per_power + heat * per_heat

        def gases(*origins: str) -> LinearForm:
            weight = self.ledger.per_pool(lambda m: greenhouse(m) if m.ghg in origins else 0.0)
            return self._crossing("emission", weight)

        return {
            "energy-use": lambda: self._energy(energy.calorific),
            "energy-use-equivalent": lambda: self._energy(energy.equivalent),
            "sales": lambda: self._crossing("export", prices),
            "purchases": lambda: self._crossing("import", prices),
            "co2": lambda: total([gases("combustion", "process"), self._crossing("import", bought)]),
            "co2-scope-1": lambda: gases("combustion", "process"),
            "co2-scope-2": lambda: self._crossing("import", bought),
            "fresh-water": self._fresh,
        }

    @cached_property
    def _ratios(self) -> dict[str, tuple[Callable[[], LinearForm], Callable[[], LinearForm]]]:
        """Ratios of such sums."""
        every = np.ones(len(self.ledger.processes))

        def added() -> LinearForm:
            return self._worth("added", every)

        def reused() -> LinearForm:
            return self._inputs(lambda w: w in ("reused", "circulating"))

        def sewage(out: bool) -> LinearForm:
            water = self.accounts.water
            weight = water.kind("sewage") if out else water.kind("sewage") * water.own
            return self._flows(np.where(self.ledger.out == out, weight[self.ledger.pool], 0.0))

        return {
            "energy-intensity": (self._whole["energy-use"], added),
            "energy-intensity-equivalent": (self._whole["energy-use-equivalent"], added),
            "co2-intensity": (self._whole["co2"], added),
            "water-intensity": (self._fresh, added),
            "industrial-water-reuse-without-circulation": (
                lambda: self._inputs(lambda w: w == "reused"),
                lambda: total([self._fresh(), self._inputs(lambda w: w == "reused")]),
            ),
            "industrial-water-reuse": (reused, lambda: total([self._fresh(), reused()])),
            "sewage-treatment": (lambda: sewage(False), lambda: sewage(True)),
        }

    def _crossing(self, name: str, weight: Floats) -> LinearForm:
        """What crosses a boundary, weighted."""
        s = self.ledger.compiled.structure
        columns, weights = [], []
        for e, (line, entry) in enumerate(zip(s.entries, self.ledger.compiled.entries, strict=True)):
            if entry.kind == name and weight[line.pool]:
                columns.append(self.programme.column("entry", e))
                weights.append(float(weight[line.pool]))
        fixed = {"import": "supply", "export": "demand"}.get(name)
        for pool in np.flatnonzero(weight).tolist() if fixed else ():
            columns.append(self.programme.column(fixed or "", pool))
            weights.append(float(weight[pool]))
        return LinearForm(tuple(columns), tuple(weights))

    def _flows(self, weight: Floats) -> LinearForm:
        """Flows weighted (flow,)."""
        at = np.flatnonzero(weight).tolist()
        return LinearForm(
            tuple(self.programme.column("flow", f) for f in at), tuple(float(weight[f]) for f in at)
        )

    def _energy(self, weight: Floats) -> LinearForm:
        """Import + extraction - export - stock gain."""
        b = self.ledger
        wins = self.accounts.energy.extraction(weight) > 0
        extracted = self._flows(np.where(b.out & wins[b.process], weight[b.pool], 0.0))
        stored = [self._stocked(weight, side) for side in (TAKER, GIVER)]
        return total([self._crossing("import", weight), extracted, stored[1]]).minus(
            total([self._crossing("export", weight), stored[0]]), 1.0
        )

    def _stocked(self, weight: Floats, side: int) -> LinearForm:
        s = self.ledger.compiled.structure
        found = [
            (self.programme.column("entry", e), float(weight[line.pool]))
            for e, (line, entry) in enumerate(zip(s.entries, self.ledger.compiled.entries, strict=True))
            if entry.kind == "stock" and line.side == side and weight[line.pool]
        ]
        if side == GIVER:
            found += [
                (self.programme.column("dug", i), float(weight[pool]))
                for i, (_, pool) in enumerate(self.programme.dug)
            ]
        return LinearForm(tuple(c for c, _ in found), tuple(w for _, w in found))

    def _fresh(self) -> LinearForm:
        """Fresh water that industry takes, net, by those who take more than they pass on."""
        b, water = self.ledger, self.accounts.water
        weight = water.primary
        taking = (b.taken(weight) >= 0) & (water.industry > 0)
        sign = np.where(b.out, -1.0, 1.0)
        return self._flows(np.where(taking[b.process], sign * weight[b.pool], 0.0))

    def _inputs(self, test: Callable[[str], bool]) -> LinearForm:
        b = self.ledger
        weight = b.per_pool(lambda m: test(m.water))
        return self._flows(np.where(b.out, 0.0, weight[b.pool]))

    def _waste(self, name: str) -> Quantity | None:
        """The ratios and amounts of a class of waste, or of one waste."""
        found = definition(name)
        if found is None or not found.fates:
            return None
        if not found.waste_class:
            return self._waste_of("", found.fates, [name.partition(":")[2]])
        parents = [m.id for m in self.ledger.materials if m.waste == found.waste_class and not m.residue_of]
        word = name.removeprefix(f"{WASTE_CLASSES[found.waste_class]}-") if found.unit != "1" else ""
        return self._waste_of(word, found.fates, parents)

    def _waste_of(self, word: str, fates: Sequence[str], parents: list[str]) -> Quantity | None:
        made, uses, old = self._account(parents)
        if word == "generated":
            return Quantity(made)
        if word in FATES:
            return Quantity(uses[FATES[word]])
        if word in WASTE_AMOUNTS:
            return Quantity(old[FATES[word.removesuffix("-from-storage")]])
        names = [FATES[w] for w in fates]
        return Quantity(total([uses[n] for n in names]), total([made, *(old[n] for n in names)]))

    def _account(self, parents: list[str]) -> tuple[LinearForm, dict[str, LinearForm], dict[str, LinearForm]]:
        """Generated; what is used by fate; what storage gave by fate."""
        books = self._books
        made: list[LinearForm] = []
        uses: dict[str, list[LinearForm]] = {f: [] for f in FATES.values()}
        old: dict[str, list[LinearForm]] = {f: [] for f in FATES.values()}
        for parent in parents:
            if parent not in books.made_by:
                continue
            made += [self._weighted(f, books.equal[parent]) for f in self._sides(parent, out=True)]
            for material in (m for m, r in books.root.items() if r == parent and m in books.made_by):
                for fate, form in self._family(books, parent, material):
                    uses[fate].append(form)
            for fate, form in self._yards(books, parent):
                old[fate].append(form)
        return total(made), {k: total(v) for k, v in uses.items()}, {k: total(v) for k, v in old.items()}

    @cached_property
    def _books(self) -> WasteAccounts:
        return WasteAccounts(self.ledger.system, self.ledger.compiled, self.ledger.state)

    def _weighted(self, flow: int, weight: float) -> LinearForm:
        return LinearForm((self.programme.column("flow", flow),), (weight,))

    def _sides(self, material: str, *, out: bool) -> list[int]:
        b = self.ledger
        pool = b.compiled.structure.pools.index(material)
        return np.flatnonzero((b.pool == pool) & (b.out == out)).tolist()

    def _family(self, books: WasteAccounts, parent: str, material: str) -> Iterator[tuple[str, LinearForm]]:
        """What takers of a waste or residue do with it, and what leaves processes as residue again."""
        b, s = self.ledger, self.ledger.compiled.structure
        weight = books.equal[material] * books.own[material]
        fates = self._listed_fates(material)
        for f in self._sides(material, out=False):
            process = b.processes[b.process[f]]
            yield fates.get(process.id, process.fate), self._weighted(f, weight)
        pool = s.pools.index(material)
        for e in self._entries(lambda e, n: True, TAKER, pool):
            column = self.programme.column("entry", e)
            yield entry_fate(b.system, b.compiled.entries[e]), LinearForm((column,), (weight,))
        yield "utilisation", LinearForm((self.programme.column("demand", pool),), (weight,))
        yield "dumped", LinearForm((self.programme.column("surplus", pool),), (weight,))
        if books.is_residue(material):
            for f in self._sides(material, out=True):
                process = b.processes[b.process[f]]
                mine = books.equal[material] * books.input_share(process.id, parent, books.own)
                yield fates.get(process.id, process.fate), self._weighted(f, -mine)

    def _listed_fates(self, material: str) -> dict[str, str]:
        """Process → the fate of its entry in the takers of a material."""
        s = self.ledger.compiled.structure
        pool = s.pools.index(material)
        return {
            entry.node: entry_fate(self.ledger.system, entry)
            for line, entry in zip(s.entries, self.ledger.compiled.entries, strict=True)
            if line.pool == pool and line.side == TAKER and entry.kind == "process"
        }

    def _yards(self, books: WasteAccounts, parent: str) -> Iterator[tuple[str, LinearForm]]:
        """What yards give, split between use and disposal as in the run."""
        account = books.flow(parent).account()
        whole = account.utilised_old + account.disposed_old
        share = account.utilised_old / whole if whole > 0 else 1.0
        s = self.ledger.compiled.structure
        for material in (m for m, r in books.root.items() if r == parent and m in books.made_by):
            pool = s.pools.index(material)
            stocks = [
                e
                for e in self._entries(lambda e, n: True, GIVER, pool)
                if self.ledger.compiled.entries[e].kind == "stock"
            ]
            dug = [i for i, (_, of) in enumerate(self.programme.dug) if of == pool]
            columns = [self.programme.column("entry", e) for e in stocks]
            for column in columns + [self.programme.column("dug", i) for i in dug]:
                yield "utilisation", LinearForm((column,), (books.equal[material] * share,))
                yield "disposal", LinearForm((column,), (books.equal[material] * (1 - share),))
