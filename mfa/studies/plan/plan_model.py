"""A scenario with its decisions as a mixed-integer linear programme, straight from the compiled network.

Recipes and balances always hold; every other constraint has an origin, so that it can be named.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from mfa.checks.lists import idle
from mfa.decisions import Decision
from mfa.engine.network import TAKER
from mfa.parameters import Path, parse
from mfa.results.accounts.uptake import NO_PRODUCT
from mfa.results.run import Run
from mfa.studies.lp.weighed_sums import Weighed
from mfa.studies.plan.plan_priorities import Priorities
from mfa.studies.plan.plan_sums import PlanSums
from mfa.studies.plan.plan_variables import Built, Kind, Origin, Row, Terms

AIMED = 1e-10  # relative: what rounding of a programme of a few rows takes from a target
SHORT = 1e-9  # relative: what may be short or sold beyond today's, by rounding
ENDS: tuple[Kind, Kind] = ("least", "most")


class PlanModel(PlanSums):
    """The programme of one scenario: its variables, its sums, and `rows`, its constraints.

    Parameters
    ----------
    hair : relative: by how much more than its bound a target is asked for, so that rounding meets it
    """

    def __init__(self, run: Run, weighing: Run | None = None, hair: float = AIMED) -> None:
        super().__init__(run, weighing)
        self.hair = hair
        self.rows = list(self._rows())

    def _rows(self) -> Iterator[Row]:
        yield from self._balances()
        yield from self._of_processes()
        yield from self._of_lists()
        yield from self._of_decisions()
        if self.task.keeps_priorities:
            yield from Priorities(self).rows()
        else:
            yield from self._sold()
        yield from self._taken()
        for pool, amount in enumerate(self.run.state.shortage.tolist()):
            material = self.ledger.materials[pool]
            missing = Origin("short", (material.id,))  # of a waste there is nothing that could be lacking
            origin = None if material.waste or material.residue_of else missing
            yield Row([(self.shortage + pool, 1.0)], -np.inf, amount * (1 + SHORT), origin)
        yield from self._targets()

    def _balances(self) -> Iterator[Row]:
        """Supply + shortage = demand + surplus in every pool."""
        s, v = self.structure, self.values
        n = len(s.pools)
        terms: list[Terms] = [[(self.surplus + i, -1.0), (self.shortage + i, 1.0)] for i in range(n)]
        signed = (s.flow_side * v.coefficient).tolist()
        for pool, process, w in zip(s.flow_pool.tolist(), s.flow_process.tolist(), signed, strict=True):
            terms[pool].append((process, w))
        for e, line in enumerate(s.entries):
            if line.process < 0:
                terms[line.pool].append((self.entries + e, -float(line.side)))
        fixed = np.zeros(len(s.pools))
        for outside, amount in zip(self.run.compiled.outside, v.outside.tolist(), strict=True):
            section = "demand" if outside.node == "export" else "supply"
            number = self.decided.get(Path(section, s.pools[outside.pool]))
            if number is None or outside.node not in ("export", "import"):
                fixed[outside.pool] -= outside.side * amount
            else:
                sign = -float(outside.side)
                terms[outside.pool] += [(c, sign * w) for c, w in self.value_of(number)]
        for path, number in self.decided.items():  # what nobody demands or supplies today
            if path.section in ("demand", "supply") and path.member not in getattr(self.system, path.section):
                sign = -1.0 if path.section == "demand" else 1.0
                terms[s.pools.index(path.member)] += [(c, sign * w) for c, w in self.value_of(number)]
        for pool, row in enumerate(terms):
            yield Row(row, -fixed[pool], -fixed[pool])

    def _of_processes(self) -> Iterator[Row]:
        """Drives and capacities; what stands idle stays idle unless the plan decides about it."""
        still = set(idle(self.system)) - self._awake
        for i, process in enumerate(self.ledger.processes):
            level, driven = [(i, 1.0)], float(self.values.driven[i])
            chosen = self.decided.get(Path("drive", process.id))
            if chosen is not None:
                yield Row([*level, *_less(self.value_of(chosen))], 0.0, 0.0)
            elif not np.isnan(driven):
                yield Row(level, driven, driven, Origin("drive", (process.id,)))
            if process.id in still:
                yield Row(level, -np.inf, 0.0, Origin("idle", (process.id,)))
            size = self.decided.get(Path("processes", process.id, ("capacity",)))
            if size is not None:
                yield Row([*level, *_less(self.value_of(size))], -np.inf, 0.0)
            elif np.isfinite(self.values.capacity[i]):
                yield Row(level, -np.inf, float(self.values.capacity[i]), Origin("capacity", (process.id,)))

    @cached_property
    def _awake(self) -> set[str]:
        """Processes whose size or drive is decided."""
        return {p.member for p in self.decided if p.section in ("processes", "drive")}

    def _of_lists(self) -> Iterator[Row]:
        s, v = self.structure, self.values
        lists: dict[tuple[int, int], list[int]] = {}
        for e, line in enumerate(s.entries):
            lists.setdefault((line.pool, line.side), []).append(e)
        for e, (line, entry) in enumerate(zip(s.entries, self.run.compiled.entries, strict=True)):
            side = "takers" if line.side == TAKER else "givers"
            ids = s.pools[line.pool], side, entry.node
            number = self.decided.get(Path("pools", ids[0], (side, entry.node, "limit")))
            if number is not None:
                yield Row([*self.amount(e), *_less(self.value_of(number))], -np.inf, 0.0)
            elif np.isfinite(v.limit[e]):
                kind: Kind = "room" if entry.kind == "stock" and not entry.limit else "limit"
                yield Row(self.amount(e), -np.inf, float(v.limit[e]), Origin(kind, ids))
            if np.isfinite(v.percent[e]):
                whole = [t for other in lists[line.pool, line.side] for t in self.amount(other)]
                left = self.surplus if line.side == TAKER else self.shortage
                share = [(c, -w * float(v.percent[e])) for c, w in [*whole, (left + line.pool, 1.0)]]
                yield Row([*self.amount(e), *share], -np.inf, 0.0, Origin("percent", ids))

    def _of_decisions(self) -> Iterator[Row]:
        """The ends of a figure; what is built if anything is; parts by size; what is sold."""
        for number, b in self.built.items():
            d = self.task.decide[number]
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

    def _sold(self) -> Iterator[Row]:
        """Goods about whose makers nothing is decided or written are sold no more than today.

        Else whatever can be bought and sold at a profit would be, however much.
        """
        s = self.structure
        decided = {i for i, p in enumerate(s.processes) if p in self._awake}
        free = self._made_from(decided)
        bounded = {i for i, c in enumerate(self.values.capacity.tolist()) if np.isfinite(c)} | decided
        makers: dict[int, set[int]] = {}
        flows = zip(s.flow_pool.tolist(), s.flow_process.tolist(), s.flow_side.tolist(), strict=True)
        for pool, process, side in flows:
            if side > 0:
                makers.setdefault(pool, set()).add(process)
        for e, (line, entry) in enumerate(zip(s.entries, self.run.compiled.entries, strict=True)):
            material = s.pools[line.pool]
            exempt = line.pool not in self._goods or line.pool in free
            exempt |= bool(makers.get(line.pool)) and makers[line.pool] <= bounded
            exempt |= Path("pools", material, ("takers", "export", "limit")) in self.decided
            if entry.kind == "export" and not exempt:
                most = float(self.run.state.handed[e]) * (1 + SHORT)
                yield Row([(self.entries + e, 1.0)], -np.inf, most, Origin("sold", (material,)))

    def _taken(self) -> Iterator[Row]:
        """Nothing that is made of waste is left over or dumped, so that its use counts whole."""
        lines = list(zip(self.structure.entries, self.run.compiled.entries, strict=True))
        for pool in self.made_of_waste:
            material = self.ledger.materials[pool]
            origin = Origin("taken", (material.id,))
            yield Row([(self.surplus + pool, 1.0)], -np.inf, 0.0, origin)
            for e, (line, entry) in enumerate(lines):
                lost = entry.kind == "emission" or (entry.kind == "deposit" and entry.fate != "utilisation")
                lost |= entry.kind == "stock" and material.kind == "intermediate"
                if line.pool == pool and line.side == TAKER and lost:
                    yield Row([(self.entries + e, 1.0)], -np.inf, 0.0, origin)

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
