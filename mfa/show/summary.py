"""The answer of a run, worked out once: ids and numbers, no words, no language.

Whoever shows a run (terminal, report, workbook, notebook, charts) takes its rows from here
and chooses how many of them, where they stand and how they are written.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from mfa.catalogue import (
    ACCOUNTS,
    BY_ID,
    FACTORS,
    FOOTPRINT,
    HEADLINE,
    OF_TRANSPORT,
    PER_EMISSION,
    RECOVERY,
    SOLID,
    TOPICS,
    definition,
    is_account,
    is_waste_rate,
)
from mfa.checks.closure import Closure
from mfa.checks.standing import figures, standing
from mfa.engine.network import TAKER
from mfa.results.accounts.energy import factor
from mfa.results.accounts.flows import Flow
from mfa.results.accounts.ledger import ENTERS, LEAVES
from mfa.results.accounts.substances import KG_PER_T
from mfa.results.accounts.waste import WORTH, Leftover, WasteFlow, arising
from mfa.results.indicators.target import Indicator
from mfa.results.warnings import RunWarning
from mfa.show.summary_rows import (
    FullTaker,
    Group,
    Groups,
    Heap,
    LargestUnused,
    Layer,
    MassBalance,
    Plant,
    Source,
    Split,
    UnsoldWaste,
    Unused,
    Waste,
    Wastes,
)
from mfa.studies.remedies import Remedy, Ways, by_target
from mfa.system import Material, known

if TYPE_CHECKING:
    from mfa.results.run import Run

ROUNDING = 1e-6  # a rest of a sum over groups below this share of it is none
FULL = 1 - 1e-9  # of what a taker could take at most
GROUP_COLUMNS = tuple(d.id for d in sorted(ACCOUNTS, key=lambda d: d.column) if d.column)
STANDING = ("ha", "person")  # units of what is held for a year and crosses no line
INTO_GROUND = ("landfilled", "unclassed", "filled-in")
"""What is deposited: waste of a statutory class, of none (stripped rock), what is no waste (backfill)."""
OWN = "own"
"""The topic of the scenario's own indicators."""


@dataclass(frozen=True)
class Summary:
    """What a run says, with the ways to missed targets that were looked for."""

    result: Run
    found: Sequence[Remedy] = ()

    @cached_property
    def targets(self) -> tuple[Indicator, ...]:
        """The indicators that have a bound."""
        return tuple(r for r in self.result.indicator_list if r.aimed)

    @cached_property
    def waste_rates(self) -> tuple[Indicator, ...]:
        """The rates of the classes of waste: what a run without targets is asked first."""
        return tuple(r for r in self.result.indicator_list if is_waste_rate(r.name))

    @cached_property
    def unused(self) -> tuple[Unused, ...]:
        """Industrial solid waste that is unsold, stored, disposed of, dumped, by taker, the largest first."""
        found = [
            Unused(m, use.node, use.fate, use.amount)
            for m, waste in self._counted
            for use in waste.uses
            if use.fate != "utilisation" and use.amount > 0
        ]
        return tuple(sorted(found, key=lambda u: (-u.amount, u.material, u.node)))

    @cached_property
    def unsold_wastes(self) -> tuple[UnsoldWaste, ...]:
        """Industrial solid waste in products that nobody takes, by waste and process, the largest first."""
        sums: dict[tuple[str, str], float] = {}
        over: dict[tuple[str, str], Leftover] = {}
        for m, waste in self._counted:
            for use in waste.uses:
                if use.leftover is not None and use.amount > WORTH * waste.size:
                    sums[m, use.node] = sums.get((m, use.node), 0.0) + use.amount
                    over[m, use.node] = use.leftover
        found = [UnsoldWaste(m, n, amount, over[m, n]) for (m, n), amount in sums.items()]
        return tuple(sorted(found, key=lambda u: (-u.amount, u.material, u.node)))

    @cached_property
    def split(self) -> Split | None:
        """The rate of utilisation of industrial solid waste by basis; None where no taker has one."""
        sums: dict[str, float] = {}
        for _, waste in self._counted:
            for use in waste.uses:
                if use.fate == "utilisation":
                    sums[use.basis] = sums.get(use.basis, 0.0) + use.amount
        whole = self.wastes(SOLID).total.to_count(("utilised",))
        if whole <= 0 or not any(sums.get(b) for b in ("measured", "stated", "assumed")):
            return None
        part = {b: amount / whole for b, amount in sums.items()}
        known = part.get("measured", 0.0) + part.get("stated", 0.0)
        return Split(known, part.get("assumed", 0.0), part.get("", 0.0))

    @cached_property
    def assumed_takers(self) -> tuple[tuple[str, float], ...]:
        """Takers of assumed size with the industrial solid waste that they use, t a year, largest first."""
        sums: dict[str, float] = {}
        for _, waste in self._counted:
            for use in waste.uses:
                if use.fate == "utilisation" and use.basis == "assumed":
                    sums[use.node] = sums.get(use.node, 0.0) + use.amount
        return tuple(sorted(sums.items(), key=lambda pair: -pair[1]))

    @property
    def _counted(self) -> Iterable[tuple[str, WasteFlow]]:
        """The industrial solid wastes that are tonnes."""
        materials = self.result.system.materials
        return ((m, w) for m, w in self.result.wastes.items() if w.tonnes and materials[m].waste == SOLID)

    @cached_property
    def largest_unused(self) -> LargestUnused | None:
        """The unused waste with the greatest sum over its ways; None where all is used."""
        if not self.unused:
            return None
        sums: dict[str, float] = {}
        for u in self.unused:
            sums[u.material] = sums.get(u.material, 0.0) + u.amount
        material = max(sums, key=lambda m: sums[m])
        share = sums[material] / sum(sums.values())
        places = tuple(u for u in self.unused if u.material == material)
        return LargestUnused(material, sums[material], share, places)

    @cached_property
    def full_takers(self) -> tuple[FullTaker, ...]:
        """The processes and buyers that take all they can of a waste that is not all used, list by list."""
        compiled, state = self.result.compiled, self.result.state
        wanted = {u.material for u in self.unused}
        found = []
        for i, (listed, entry) in enumerate(zip(compiled.structure.entries, compiled.entries, strict=True)):
            material = compiled.structure.pools[listed.pool]
            if listed.side != TAKER or material not in wanted or entry.kind not in ("process", "export"):
                continue
            most = self.result.accounts.ledger.most(i)
            if state.handed[i] >= most * FULL > 0:
                found.append(FullTaker(material, entry.node, most))
        return tuple(found)

    def wastes(self, waste_class: str | None = None) -> Wastes:
        """The wastes that arise or come out of yards; of one class, or of all."""
        found = arising(self.result.system, self.result.wastes, waste_class)
        return Wastes(tuple(Waste(m, account) for m, account in found))

    def crossing(self, side: Literal["import", "export"]) -> tuple[Flow, ...]:
        """What enters or leaves the park, native units a year: masses first, the largest first."""
        materials = self.result.system.materials
        return self._masses_first(
            f
            for f in self.result.flow_list
            if (f.source if side == "import" else f.target) == side
            and materials[f.material].unit not in STANDING
        )

    @cached_property
    def held(self) -> tuple[Flow, ...]:
        """What the park holds all year rather than moves: land, staff."""
        materials = self.result.system.materials
        line = (f for f in self.result.flow_list if f.source == "import" or f.target == "export")
        return tuple(f for f in line if materials[f.material].unit in STANDING)

    @cached_property
    def plants(self) -> tuple[Plant, ...]:
        """Every process with its level and what holds it, those that move most mass first."""
        b = self.result.accounts.ledger
        mass = b.per_pool(lambda m: m.unit_mass)[b.pool] * b.amount
        moved = np.maximum(b.by_process(np.where(b.out, mass, 0.0)), b.by_process(np.where(b.out, 0.0, mass)))
        order = sorted(range(len(b.processes)), key=lambda i: (-float(moved[i]), b.processes[i].id))
        return tuple(self._plant(i) for i in order)

    def _plant(self, at: int) -> Plant:
        b = self.result.accounts.ledger
        process, unit = b.processes[at], self.result.system.materials[b.processes[at].per].unit
        most = float(b.compiled.values.capacity[at])
        capacity = most if np.isfinite(most) else None
        level = float(b.state.level[at])
        return Plant(process.id, level, f"{unit}/a", capacity, self.result.reasons.of[process.id])

    @cached_property
    def heaps(self) -> tuple[Heap, ...]:
        """The stocks that hold or move anything, the largest first."""
        system, table = self.result.system, self.result.table("stocks")
        rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        found = [
            Heap(
                stock := str(r["stock"]),
                opening := float(r["opening"] or 0.0),
                float(r["closing"] or 0.0) - opening,
                str(r["unit"]),
                known(system.stocks[stock].capacity),
            )
            for r in rows
            if r["opening"] or r["inflow"] or r["outflow"]
        ]
        return tuple(sorted(found, key=lambda h: (h.unit, -h.closing)))

    @cached_property
    def unsold(self) -> tuple[Flow, ...]:
        """Products without a buyer, ordered likewise."""
        materials = self.result.system.materials
        left = (f for f in self.result.flow_list if f.target == "surplus")
        return self._masses_first(f for f in left if materials[f.material].kind == "product")

    def _masses_first(self, found: Iterable[Flow]) -> tuple[Flow, ...]:
        materials = self.result.system.materials
        return tuple(sorted(found, key=lambda f: (not materials[f.material].is_mass, -f.amount)))

    @cached_property
    def gaps(self) -> tuple[Flow, ...]:
        """Every pool's surplus and shortage, the largest first within each unit."""
        materials = self.result.system.materials
        found = (f for f in self.result.flow_list if f.target == "surplus" or f.source == "shortage")
        return tuple(sorted(found, key=lambda f: (materials[f.material].unit, -f.amount)))

    @cached_property
    def indicators(self) -> Mapping[str, Indicator]:
        """Name → indicator, as judged."""
        return {r.name: r for r in self.result.indicator_list}

    @cached_property
    def key_figures(self) -> tuple[Indicator, ...]:
        """The accounts that a planner asks for first, where they are not nothing."""
        found = (self.indicators.get(d.id) for d in ACCOUNTS if d.key_figure)
        return tuple(r for r in found if r is not None and r.value)

    @cached_property
    def accounts(self) -> tuple[Indicator, ...]:
        """The accounts that the terminal prints, where they are not nothing."""
        return tuple(
            r for r in self.result.indicator_list if is_account(r.name) and BY_ID[r.name].printed and r.value
        )

    @cached_property
    def own(self) -> tuple[Indicator, ...]:
        """The scenario's own indicators, as it lists them, those without a value included."""
        return tuple(self.indicators[o.id] for o in self.result.system.indicators)

    @cached_property
    def topics(self) -> Mapping[str, tuple[Indicator, ...]]:
        """Topic → rates, accounts and recoveries of the whole park that have a value; then all of `OWN`."""
        made: dict[str, list[Indicator]] = {}
        for r in self.result.indicator_list:
            single = (
                r.name.startswith((f"{RECOVERY}:", f"{PER_EMISSION}:", f"{FOOTPRINT}:")) and "@" not in r.name
            )
            built_in = is_waste_rate(r.name) or is_account(r.name) or single
            found = definition(r.name)
            if r.value is not None and built_in and found is not None:
                made.setdefault(found.topic, []).append(r)
        made |= {OWN: list(self.own)} if self.own else {}
        return {t: tuple(made[t]) for t in (*TOPICS, OWN) if t in made}

    @cached_property
    def factors(self) -> Mapping[str, float]:
        """The factors that the accounts stand on, the scenario's own or the defaults."""
        left_out = () if self.result.accounts.haulage.asked else OF_TRANSPORT
        return {name: factor(self.result.system, name) for name in FACTORS if name not in left_out}

    @cached_property
    def price_years(self) -> tuple[int, ...]:
        """The years of the prices behind the output value."""
        return tuple(self.result.accounts.value.years)

    @cached_property
    def mass_balance(self) -> MassBalance:
        """What enters and leaves of everything that is a mass."""
        ledger = self.result.accounts.ledger
        mass = ledger.per_pool(lambda m: m.unit_mass)
        into_ground = np.array([_into_ground(m) for m in ledger.materials])
        leaving = {n: ledger.crossing(n, mass).total for n in LEAVES if n != "deposit"}
        leaving |= {n: ledger.crossing("deposit", mass * (into_ground == n)).total for n in INTO_GROUND}
        entering = {n: ledger.crossing(n, mass).total for n in ENTERS}
        return MassBalance(entering, leaving, ledger.taken(mass).total)

    def groups(self, kind: str) -> Groups | None:
        """The groups of a kind (`site`, `sector` …); None where no indicator is split by it."""
        mark = f"@{kind}:"
        names = dict.fromkeys(n.partition(mark)[2] for n in self.indicators if mark in n)
        if not names:
            return None
        rows = sorted((self._group(n, f"{mark}{n}") for n in names), key=lambda g: -g.amounts["output-value"])
        whole = self._group("", "")
        apart = {c: v - math.fsum(g.amounts[c] for g in rows) for c, v in whole.amounts.items()}
        apart = {c: v if abs(v) > ROUNDING * abs(whole.amounts[c]) else 0.0 for c, v in apart.items()}
        return Groups(tuple(rows), apart, whole)

    def _group(self, name: str, mark: str) -> Group:
        found = {c: self.indicators.get(f"{c}{mark}") for c in (*GROUP_COLUMNS, HEADLINE)}
        values = {c: r.value if r else None for c, r in found.items()}
        return Group(name, {c: values[c] or 0.0 for c in GROUP_COLUMNS}, values[HEADLINE])

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The elements and oxides that the scenario lists, over the whole park."""
        parks = ((name, self.result.layer(name).park) for name in self.result.system.layers)
        return tuple(
            Layer(name, *(x / KG_PER_T for x in (park.inputs, park.outputs, park.residue)))
            for name, park in parks
        )

    @cached_property
    def open_recipes(self) -> tuple[Closure, ...]:
        """The layers of recipes that do not close."""
        return tuple(c for c in self.result.closures if not c.closes)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The sources, those with most figures first."""
        system = self.result.system
        counts: dict[str, Counter[str]] = {}
        for f in figures(system):
            counts.setdefault(system.sources.get(f.source, f.source), Counter())[f.confidence] += 1
        return tuple(Source(*pair) for pair in sorted(counts.items(), key=lambda pair: -pair[1].total()))

    @cached_property
    def trust(self) -> Counter[str]:
        """Confidence → how many figures of the system have it."""
        return sum((s.figures for s in self.sources), Counter())

    @cached_property
    def standing(self) -> Counter[str]:
        """Kind of source → how many figures stand on it."""
        return standing(self.result.system)

    @cached_property
    def warnings(self) -> tuple[RunWarning, ...]:
        """What the run warns of."""
        return tuple(w for w in self.result.warning_list if w.code != "note")

    @cached_property
    def noted(self) -> tuple[str, ...]:
        """Where the scenario has notes of its own."""
        return tuple(dict.fromkeys(w.place for w in self.result.warning_list if w.code == "note"))

    @cached_property
    def ways(self) -> tuple[Ways, ...]:
        """The ways out of each missed target on solid waste."""
        return by_target(self.found)


def _into_ground(material: Material) -> str:
    """Which of `INTO_GROUND` a deposit of it is."""
    if material.kind != "waste":
        return "filled-in"
    return "landfilled" if material.waste else "unclassed"
