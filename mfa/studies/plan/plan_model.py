"""A scenario with its decisions as a mixed-integer linear programme, straight from the compiled network.

Recipes and balances always hold; every other constraint has an origin, so that it can be named.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from mfa.checks.lists import idle
from mfa.decisions import Decision
from mfa.engine.network import TAKER, Floats, Ints
from mfa.parameters import Path, parse
from mfa.results.accounts.uptake import NO_PRODUCT
from mfa.results.run import Run
from mfa.studies.lp.weighed_sums import Weighed
from mfa.studies.plan.plan_priorities import Priorities
from mfa.studies.plan.plan_rows import Kind, Origin, Row, Rows, Terms
from mfa.studies.plan.plan_sums import PlanSums
from mfa.studies.plan.plan_variables import SIDE, Built, Columns

AIMED = 1e-10  # relative: what rounding of a programme of a few rows takes from a target
SHORT = 1e-9  # relative: what may be short or sold beyond today's, by rounding
OF_WEIGHING = ("rows", "aims", "sums", "operating", "_weighed")  # what the accounts of another run change
OF_COLUMNS = ("operating", "capital")  # what is as long as there are variables
ENDS: tuple[Kind, Kind] = ("least", "most")


class PlanModel(PlanSums):
    """The programme of one scenario: its variables, its sums, and its constraints.

    `lasting` are those that no weighing changes; `rows` are they and the targets.

    Parameters
    ----------
    hair : relative: by how much more than its bound a target is asked for, so that rounding meets it
    spare : whether what is built beyond what the plan itself uses is kept, for draws that use it
    linked : whether it is one of several periods; then nothing here bounds yards, or says what stocks give
    """

    def __init__(
        self,
        run: Run,
        weighing: Run | None = None,
        hair: float = AIMED,
        *,
        spare: bool = False,
        linked: bool = False,
    ) -> None:
        super().__init__(run, weighing, linked=linked)
        self.hair, self.spare = hair, spare
        self.lasting = Rows.joined(self._lasting())

    def weighed_by(self, run: Run, hair: float) -> PlanModel:
        """The same programme, its amounts counted as the accounts of another run do."""
        return self._with(ledger=run.accounts.ledger, hair=hair)

    def aimed_at(self, goals: tuple[tuple[str, float], ...], *, maximise: bool) -> PlanModel:
        """The same programme with other goals."""
        return self._with(task=replace(self.task, goals=goals, maximise=maximise))

    def with_columns(self, columns: Columns) -> PlanModel:
        """The same programme with further variables, which none of its constraints knows, or without."""
        return self._with(columns=columns)

    def _with(self, **changed: Any) -> PlanModel:
        """A copy that shares all that does not depend on what is changed."""
        made = copy.copy(self)
        kept = OF_COLUMNS if "columns" in changed else ()
        for name in (*kept, *(OF_WEIGHING if "ledger" in changed or "hair" in changed else ())):
            vars(made).pop(name, None)
        vars(made).update(changed)
        return made

    @cached_property
    def rows(self) -> Rows:
        """All constraints."""
        return Rows.joined([self.lasting, self.aims])

    @cached_property
    def aims(self) -> Rows:
        """The targets."""
        return Rows.of(self._targets())

    def _lasting(self) -> Iterator[Rows]:
        yield self._balances()
        yield from self._of_processes()
        yield from self._of_lists()
        yield Rows.of(self._of_decisions())
        if self.task.keeps_priorities:
            yield from Priorities(self).rows()
        else:
            yield self._sold()
        yield self._taken()
        yield self._short()
        yield self._outlets()

    def _short(self) -> Rows:
        """Nothing is shorter than today; of a waste there is nothing that could be lacking."""
        origins = [
            None if m.waste or m.residue_of else Origin("short", (m.id,)) for m in self.ledger.materials
        ]
        most = self.run.state.shortage * (1 + SHORT)
        return Rows.single(self.shortage + np.arange(len(origins)), -np.inf, most, origins)

    def _outlets(self) -> Rows:
        """Nothing is left over where a decided list has an outlet without any limit; that stays in it."""
        decided = {d.order[0] for d in self.task.decide if d.is_list and d.order[1] == SIDE[TAKER]}
        found = set()
        for e, entry in enumerate(self.run.compiled.entries):
            stock = self.system.stocks.get(entry.node)
            bounded = np.isfinite(self.limits[e]) or np.isfinite(self.values.percent[e])
            bounded |= entry.kind == "process" or (stock is not None and stock.capacity is not None)
            if self.lines.side[e] == TAKER and not bounded:
                found.add(int(self.lines.pool[e]))
        pools = [p for p in sorted(found) if self.structure.pools[p] in decided]
        return Rows.single(self.surplus + np.array(pools, np.int64), -np.inf, 0.0, [None] * len(pools))

    def _balances(self) -> Rows:
        """Supply + shortage = demand + surplus in every pool."""
        s, v, lines = self.structure, self.values, self.lines
        n = len(s.pools)
        pools, crossing = np.arange(n), np.flatnonzero(lines.process < 0)
        fixed, decided = self._outside()
        at, column, weight = decided
        parts = [
            (pools, self.surplus + pools, -1.0),
            (pools, self.shortage + pools, 1.0),
            (s.flow_pool, s.flow_process, s.flow_side * v.coefficient),
            (lines.pool[crossing], self.entries + crossing, -lines.side[crossing].astype(np.float64)),
            (np.array(at, np.int64), np.array(column, np.int64), np.array(weight, np.float64)),
        ]
        return Rows.linked(parts, -fixed, -fixed, n)

    def _outside(self) -> tuple[Floats, tuple[list[int], list[int], list[float]]]:
        """Supplies, demands and driven stocks: (pool,) what is fixed, and the terms of what is decided."""
        s, terms = self.structure, list[tuple[int, int, float]]()
        fixed = np.zeros(len(s.pools))
        amounts = self.values.outside.tolist()
        for i, (outside, amount) in enumerate(zip(self.run.compiled.outside, amounts, strict=True)):
            if i in self.leaving:
                terms.append((outside.pool, self.leaving[i], -float(outside.side)))
                continue
            section = "demand" if outside.node == "export" else "supply"
            number = self.decided.get(Path(section, s.pools[outside.pool]))
            if number is None or outside.node not in ("export", "import"):
                fixed[outside.pool] -= outside.side * amount
            else:
                terms += [(outside.pool, c, -outside.side * w) for c, w in self.value_of(number)]
        for path, number in self.decided.items():  # what nobody demands or supplies today
            if path.section in ("demand", "supply") and path.member not in getattr(self.system, path.section):
                sign, pool = -1.0 if path.section == "demand" else 1.0, s.pools.index(path.member)
                terms += [(pool, c, sign * w) for c, w in self.value_of(number)]
        at, column, weight = ([t[i] for t in terms] for i in range(3))
        return fixed, (at, column, weight)  # type: ignore[return-value]

    def _of_processes(self) -> Iterator[Rows]:
        """Drives and capacities; what stands idle stays idle unless the plan decides about it."""
        names, driven, capacity = self.structure.processes, self.values.driven, self.values.capacity
        position = {name: i for i, name in enumerate(names)}
        chosen = {p.section: {} for p in self.decided}  # type: dict[str, dict[int, int]]
        for path, number in self.decided.items():
            if path.section in ("drive", "processes"):
                chosen[path.section][position[path.member]] = number
        drives, sizes = chosen.get("drive", {}), chosen.get("processes", {})
        yield Rows.of(Row([(i, 1.0), *_less(self.value_of(d))], 0.0, 0.0) for i, d in drives.items())
        at = self._without(np.flatnonzero(~np.isnan(driven)), drives)
        yield Rows.single(at, driven[at], driven[at], [Origin("drive", (names[i],)) for i in at.tolist()])
        still = [position[p] for p in idle(self.system) if p not in self._awake]
        yield Rows.single(
            np.array(still, np.int64), -np.inf, 0.0, [Origin("idle", (names[i],)) for i in still]
        )
        yield Rows.of(Row([(i, 1.0), *_less(self.value_of(d))], -np.inf, 0.0) for i, d in sizes.items())
        at = self._without(np.flatnonzero(np.isfinite(capacity)), sizes)
        yield Rows.single(at, -np.inf, capacity[at], [Origin("capacity", (names[i],)) for i in at.tolist()])

    @staticmethod
    def _without(at: Ints, decided: Mapping[int, int]) -> Ints:
        return np.array([i for i in at.tolist() if i not in decided], np.int64)

    @cached_property
    def _awake(self) -> set[str]:
        """Processes whose size or drive is decided."""
        return {p.member for p in self.decided if p.section in ("processes", "drive")}

    def _of_lists(self) -> Iterator[Rows]:
        v, lines, decided = self.values, self.lines, self.decided_limits()
        yield Rows.of(
            Row([*self.amount(e), *_less(self.value_of(d))], -np.inf, 0.0) for e, d in decided.items()
        )
        limit = self.limits
        at = self._without(np.flatnonzero(np.isfinite(limit)), decided)
        origins = [Origin(self._limit_kind(e), self._ids(e)) for e in at.tolist()]
        yield Rows.single(lines.column[at], -np.inf, limit[at], origins, lines.factor[at])
        yield Rows.of(map(self._percent, np.flatnonzero(np.isfinite(v.percent)).tolist()))

    def _limit_kind(self, e: int) -> Kind:
        entry = self.run.compiled.entries[e]
        return "room" if entry.kind == "stock" and not entry.limit else "limit"

    def _ids(self, e: int) -> tuple[str, str, str]:
        """Material, side and node of an entry."""
        line = self.structure.entries[e]
        return self.structure.pools[line.pool], SIDE[line.side], self.run.compiled.entries[e].node

    def _percent(self, e: int) -> Row:
        """At most a share of what its list hands out."""
        lines, line = self.lines, self.structure.entries[e]
        mine = np.flatnonzero((lines.pool == line.pool) & (lines.side == line.side)).tolist()
        left = self.surplus if line.side == TAKER else self.shortage
        whole = [*(t for other in mine for t in self.amount(other)), (left + line.pool, 1.0)]
        share = [(c, -w * float(self.values.percent[e])) for c, w in whole]
        return Row([*self.amount(e), *share], -np.inf, 0.0, Origin("percent", self._ids(e)))

    def _of_decisions(self) -> Iterator[Row]:
        """The ends of a figure; what is built if anything is; parts by size; what is sold."""
        for number, b in self.built.items():
            d = self.task.decide[number]
            if not d.is_open(self.system.period):
                continue
            least, most = (Origin(kind, (str(number),)) for kind in ENDS)
            if d.low > b.today and b.binary >= 0:
                yield Row([(b.added, 1.0), (b.binary, b.today - d.low)], 0.0, np.inf, least)
            else:
                yield Row(self.value_of(number), d.low, np.inf, least)
            if b.binary >= 0:
                yield Row([(b.added, 1.0), (b.binary, -self._room(d, b))], -np.inf, 0.0, most)
            yield Row(self.value_of(number), -np.inf, d.high, most)
            yield from self._of_pieces(d, b)
            if d.market is not None:
                yield self._market(d)

    def _room(self, d: Decision, b: Built) -> float:
        """The most that can be built."""
        return max(d.high - b.today, 0.0)

    def _of_pieces(self, d: Decision, b: Built) -> Iterator[Row]:
        """Parts add up to what is built; a part is begun when the one before it is full."""
        if not b.pieces:
            return
        yield Row([(b.added, 1.0), *((p, -1.0) for p in b.pieces)], 0.0, 0.0)
        widths = [min(self.columns.high[p], self._room(d, b)) for p in b.pieces]
        for i, z in enumerate(b.filled):
            yield Row([(b.pieces[i], 1.0), (z, -widths[i])], 0.0, np.inf)
            yield Row([(b.pieces[i + 1], 1.0), (z, -widths[i + 1])], -np.inf, 0.0)

    def _market(self, d: Decision) -> Row:
        """All that leaves by export of what a process is there for."""
        path = parse(d.path, self.system)
        material = self.system.processes[path.member].per if path else ""
        pool, sold = self.structure.pools.index(material), float(d.market or 0.0)
        lines = zip(self.structure.entries, self.run.compiled.entries, strict=True)
        terms = [
            (self.entries + e, 1.0)
            for e, (line, entry) in enumerate(lines)
            if (line.pool, line.side, entry.kind) == (pool, TAKER, "export")
        ]
        number = self.decided.get(Path("demand", material))
        if number is not None:
            terms += self.value_of(number)
        elif material in self.system.demand:
            sold -= self.system.demand[material].value
        return Row(terms, -np.inf, sold, Origin("market", (material,)))

    # ------------------------------------------------------------ what is made of what
    def _made_from(self, users: set[int]) -> set[int]:
        """Pools of goods that some processes make, at once or further on."""
        s = self.structure
        flows = list(zip(s.flow_pool.tolist(), s.flow_process.tolist(), s.flow_side.tolist(), strict=True))
        found: set[int] = set()
        while True:
            made = {pool for pool, p, side in flows if side > 0 and p in users and pool in self._goods}
            further = {p for pool, p, side in flows if side < 0 and pool in made}
            if made <= found and further <= users:
                return found
            found, users = found | made, users | further

    @cached_property
    def _goods(self) -> set[int]:
        """Pools of what is made to be used or sold."""
        materials = enumerate(self.ledger.materials)
        return {i for i, m in materials if m.kind not in NO_PRODUCT and not (m.waste or m.residue_of)}

    @cached_property
    def made_of_waste(self) -> list[int]:
        """Pools of goods that waste goes into, at once or further on; all of them has to be taken."""
        s = self.structure
        wastes = {i for i, m in enumerate(self.ledger.materials) if m.waste or m.residue_of}
        flows = zip(s.flow_pool.tolist(), s.flow_process.tolist(), s.flow_side.tolist(), strict=True)
        return sorted(self._made_from({p for pool, p, side in flows if side < 0 and pool in wastes}))

    def _sold(self) -> Rows:
        """Goods about whose makers nothing is decided or written are sold no more than today.

        Else whatever can be bought and sold at a profit would be, however much.
        """
        s = self.structure
        decided = {i for i, p in enumerate(s.processes) if p in self._awake}
        free = self._made_from(decided)
        bounded = set(np.flatnonzero(np.isfinite(self.values.capacity)).tolist()) | decided
        made = s.flow_side > 0
        makers: dict[int, set[int]] = {}
        for pool, process in zip(s.flow_pool[made].tolist(), s.flow_process[made].tolist(), strict=True):
            makers.setdefault(pool, set()).add(process)
        found = []
        for e, (line, entry) in enumerate(zip(s.entries, self.run.compiled.entries, strict=True)):
            if entry.kind != "export" or line.pool not in self._goods or line.pool in free:
                continue
            exempt = bool(makers.get(line.pool)) and makers[line.pool] <= bounded
            exempt |= Path("pools", s.pools[line.pool], ("takers", "export", "limit")) in self.decided
            if not exempt:
                found.append(e)
        at = np.array(found, np.int64)
        origins = [Origin("sold", (s.pools[s.entries[e].pool],)) for e in found]
        return Rows.single(self.entries + at, -np.inf, self.run.state.handed[at] * (1 + SHORT), origins)

    def _taken(self) -> Rows:
        """Nothing that is made of waste is left over or dumped, so that its use counts whole."""
        pools, found = set(self.made_of_waste), [(self.surplus + p, p) for p in self.made_of_waste]
        lines = zip(self.structure.entries, self.run.compiled.entries, strict=True)
        for e, (line, entry) in enumerate(lines):
            if line.pool in pools and line.side == TAKER and entry.kind in ("emission", "deposit", "stock"):
                lost = entry.kind == "emission" or (entry.kind == "deposit" and entry.fate != "utilisation")
                lost |= entry.kind == "stock" and self.ledger.materials[line.pool].kind == "intermediate"
                if lost:
                    found.append((self.entries + e, line.pool))
        origins = [Origin("taken", (self.structure.pools[pool],)) for _, pool in found]
        return Rows.single(np.array([c for c, _ in found], np.int64), -np.inf, 0.0, origins)

    def _targets(self) -> Iterator[Row]:
        """A ratio is multiplied by its denominator, which is exact."""
        for number, target in enumerate(self.system.targets):
            for least, bound in ((True, target.minimum), (False, target.maximum)):
                if bound is None:
                    continue
                found = self.weighed(target.indicator)
                if found is not None:
                    yield self._target(found, bound, Origin("target", (str(number),)), least=least)

    def _target(self, of: Weighed, bound: float, origin: Origin, *, least: bool) -> Row:
        hair = 0.0 if of.bottom is not None and bound >= of.scale else self.hair  # more than all there is not
        aimed = bound * (1 + hair if least else 1 - hair)
        top = self.form(of.top)
        row, end = top.row, aimed - top.constant
        if of.bottom is not None:
            bottom = self.form(of.bottom)
            row = top.row - bottom.row * (aimed / of.scale)
            end = bottom.constant * aimed / of.scale - top.constant
        terms = [(int(i), float(row[i])) for i in np.flatnonzero(row)]
        return Row(terms, end if least else -np.inf, np.inf if least else end, origin)


def _less(terms: Terms) -> Terms:
    return [(c, -w) for c, w in terms]
