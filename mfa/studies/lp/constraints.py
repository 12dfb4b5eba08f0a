"""Where a figure may lie: its written range, two standard deviations, or what its confidence allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
import scipy.sparse as sp

from mfa.checks.lists import idle
from mfa.engine.network import Floats
from mfa.properties import price
from mfa.results.accounts.ledger import Ledger
from mfa.results.accounts.value import WORTHLESS, Value
from mfa.studies.lp.linear_form import LinearForm
from mfa.system import Coefficient, Figure, Material, Process, System

TWO_SD = 2.0  # 95 % of a normal distribution
SPREAD = {"low": (0.5, 2.0), "medium": (0.8, 1.25)}
ROUNDING_SLACK = 1e-8  # relative, a tenth of REACHED of the programme: a run must fit its own programme


def bounds(figure: Figure) -> tuple[float, float]:
    """The range of a figure: as written, or two standard deviations; else its value alone."""
    if figure.low is not None and figure.high is not None:
        return figure.low, figure.high
    if figure.sd is not None:
        return max(figure.value - TWO_SD * figure.sd, 0.0), figure.value + TWO_SD * figure.sd
    if figure.gsd is not None:
        return figure.value / figure.gsd**2, figure.value * figure.gsd**2
    return figure.value, figure.value


def rounding_slack(figure: Figure) -> tuple[float, float]:
    """A fixed figure with room for rounding, which a solver's presolve does not forgive."""
    return figure.value * (1 - ROUNDING_SLACK), figure.value * (1 + ROUNDING_SLACK)


def trusted(figure: Figure) -> tuple[float, float]:
    """The range of a price or share: where none is written, its confidence widens it."""
    low, high = bounds(figure)
    if low == high:
        factors = SPREAD.get(figure.confidence, (1.0, 1.0))
        return figure.value * factors[0], figure.value * factors[1]
    return low, high


def _opening(signs: list[float], amounts: list[float]) -> float:
    """How far what a recipe takes is from what it makes, relative to that; 0 where it makes nothing."""
    into = sum(a for s, a in zip(signs, amounts, strict=True) if s > 0)
    out = sum(a for s, a in zip(signs, amounts, strict=True) if s < 0)
    return abs(into / out - 1) + ROUNDING_SLACK if into and out else 0.0


SMALLEST = 1e-300  # above what underflows, so that nothing is divided by zero
WIDER = 1.25  # with figures in their ranges trade may grow by a quarter; more would be another plan
LEAVING = ("product", "waste", "emission", "water")


class Dug(NamedTuple):
    """What the pool of a stock gets (`side` GIVER) or loses (TAKER) whatever its lists say."""

    node: str
    pool: int
    side: int
    figure: Figure


@dataclass(frozen=True)
class Constraints:
    """The constraints of one system.

    Attributes
    ----------
    ledger : the solved run, for patterns (who nets what) and sizes
    ranged : whether figures may lie anywhere in their ranges
    limited : whether capacities and limits bind
    levels : `open`, or `driven`: drives, demands and supplies of the scenario bind, and nothing is
        left over that is not in the run; or `fixed`: every process runs as in the run (a drive
        within its range), and pools need not balance
    """

    ledger: Ledger
    ranged: bool
    limited: bool = True
    levels: Literal["open", "driven", "fixed"] = "open"

    @property
    def system(self) -> System:
        """The system it belongs to."""
        return self.ledger.system

    @cached_property
    def starts(self) -> dict[str, int]:
        """Where each kind of variable begins: level, flow, value, entry, outside, surplus; `end`."""
        s = self.ledger.compiled.structure
        sizes = {
            "level": len(s.processes),
            "flow": len(s.flow_pool),
            "value": len(s.flow_pool),
            "added": len(s.flow_pool),
            "entry": len(s.entries),
            "demand": len(s.pools),
            "supply": len(s.pools),
            "dug": len(self.dug),
            "surplus": len(s.pools),
        }
        found, at = {}, 0
        for name, size in sizes.items():
            found[name] = at
            at += size
        return {**found, "end": at}

    @cached_property
    def scale(self) -> Floats:
        """(variable,) native units in one unit of a variable: about what it is in the run, at least 1."""
        b = self.ledger
        worth = np.maximum(b.amount, 1.0) * b.per_pool(price)[b.pool]
        crossing = np.maximum(b.made, 1.0)
        sizes = {
            "level": b.state.level,
            "flow": b.amount,
            "value": worth,
            "added": worth,
            "entry": b.state.handed,
            "demand": crossing,
            "supply": crossing,
            "dug": np.array([d.figure.value for d in self.dug]),
            "surplus": crossing,
        }
        found: Floats = np.maximum(np.concatenate([sizes[k] for k in self.starts if k != "end"]), 1.0)
        return found

    @cached_property
    def dug(self) -> list[Dug]:
        """What yards are driven to give, and what stocks in use take and give, as in the run."""
        compiled, system = self.ledger.compiled, self.system
        amounts = compiled.values.outside.tolist()
        pairs = zip(compiled.outside, amounts, strict=True)
        return [
            Dug(o.node, o.pool, o.side, Figure(a) if system.stocks[o.node].lifetime else system.drive[o.node])
            for o, a in pairs
            if o.node in system.stocks
        ]

    def column(self, kind: str, i: int) -> int:
        """The column of a variable."""
        return self.starts[kind] + i

    @cached_property
    def _coefficients(self) -> list[tuple[Process, str, bool, Coefficient]]:
        """(flow,) process, material, whether output, coefficient."""
        b = self.ledger
        found = []
        for pool, process, out in zip(b.pool.tolist(), b.process.tolist(), b.out.tolist(), strict=True):
            record, material = b.processes[process], b.materials[pool].id
            found.append((record, material, out, (record.outputs if out else record.inputs)[material]))
        return found

    def _rows(self) -> Iterator[tuple[LinearForm, float, float]]:
        """Every constraint of the model: form, low, high."""
        yield from self._recipes()
        yield from self._values()
        yield from self._masses()
        if self.levels != "fixed":
            yield from self._pools()

    def _recipes(self) -> Iterator[tuple[LinearForm, float, float]]:
        """A flow is low to high times its level; a balance flow follows from the mass alone."""
        for f, (_, _, _, coefficient) in enumerate(self._coefficients):
            figure = coefficient.figure
            if coefficient.balance and self.ranged:
                continue
            ends = bounds(figure) if self.ranged else (figure.value, figure.value)
            yield from self._between("flow", "level", f, int(self.ledger.process[f]), ends)

    def _values(self) -> Iterator[tuple[LinearForm, float, float]]:
        """Output value: of an enterprise and material, what it hands out at its price; value added by share.

        What an enterprise nets in in the run may be worth anything up to all that it makes, since
        the value is then no linear function of the flows; at fixed levels it is nothing.
        """
        for (_, pool), flows in self._handlings.items():
            outs = [f for f in flows if self.ledger.out[f]]
            low, high = self._price_ends(self.ledger.materials[pool])
            if high == 0 or (self.levels == "fixed" and not self._hands_out(flows)):
                yield from ((LinearForm((self.column("value", f),), (1.0,)), 0.0, 0.0) for f in outs)
            else:
                yield from self._worth(flows, outs, low, high)
        for f, (process, _, out, _) in enumerate(self._coefficients):
            share = process.value_added if out else None
            ends = (0.0, 0.0)
            if share is not None:
                ends = trusted(share) if self.ranged else (share.value, share.value)
            yield from self._between("added", "value", f, f, ends)
            if not out:
                yield LinearForm((self.column("value", f),), (1.0,)), 0.0, 0.0

    @cached_property
    def _handlings(self) -> dict[tuple[int, int], list[int]]:
        """(enterprise, pool) → the flows of that material at that enterprise."""
        enterprise = Value(self.ledger).enterprise[self.ledger.process].tolist()
        found: dict[tuple[int, int], list[int]] = {}
        for f, key in enumerate(zip(enterprise, self.ledger.pool.tolist(), strict=True)):
            found.setdefault(key, []).append(f)
        return found

    def _price_ends(self, material: Material) -> tuple[float, float]:
        """The lowest and highest price without VAT."""
        if material.kind in WORTHLESS or material.price is None or not material.price.value:
            return 0.0, 0.0
        net = price(material) / material.price.value
        ends = trusted(material.price) if self.ranged else (material.price.value, material.price.value)
        return ends[0] * net, ends[1] * net

    def _hands_out(self, flows: list[int]) -> bool:
        """Whether an enterprise hands out of a material more than it takes in, or does nothing with it."""
        amounts = [float(self.ledger.signed[f]) for f in flows]
        return sum(amounts) < 0 or not any(amounts)

    def _worth(
        self, flows: list[int], outs: list[int], low: float, high: float
    ) -> Iterator[tuple[LinearForm, float, float]]:
        values = tuple(self.column("value", f) for f in outs)
        columns = values + tuple(self.column("flow", f) for f in flows)
        ones = (1.0,) * len(values)
        signs = [1.0 if self.ledger.out[f] else -1.0 for f in flows]
        yield LinearForm(columns, ones + tuple(-low * s for s in signs)), 0.0, np.inf
        if self._hands_out(flows):
            yield LinearForm(columns, ones + tuple(-high * s for s in signs)), -np.inf, 0.0
        for f in outs:
            yield LinearForm((self.column("value", f), self.column("flow", f)), (1.0, -high)), -np.inf, 0.0

    def _between(
        self, what: str, of: str, i: int, j: int, ends: tuple[float, float]
    ) -> Iterator[tuple[LinearForm, float, float]]:
        """One variable between two multiples of another."""
        pair = (self.column(what, i), self.column(of, j))
        if ends[0] == ends[1]:
            yield LinearForm(pair, (1.0, -ends[0])), 0.0, 0.0
        else:
            yield LinearForm(pair, (1.0, -ends[0])), 0.0, np.inf
            yield LinearForm(pair, (1.0, -ends[1])), -np.inf, 0.0

    def _masses(self) -> Iterator[tuple[LinearForm, float, float]]:
        """With ranges, what goes into a process comes out of it, within its tolerance.

        A recipe that is open by more than that stays as open as it is written.
        """
        if not self.ranged:
            return
        sides: dict[str, tuple[list[int], list[float], list[float]]] = {}
        balanced = {p.id for p, _, _, c in self._coefficients if c.balance}
        for f, (process, material, out, coefficient) in enumerate(self._coefficients):
            mass = self.system.materials[material].unit_mass
            if mass:
                columns, signs, amounts = sides.setdefault(process.id, ([], [], []))
                columns.append(self.column("flow", f))
                signs.append(-mass if out else mass)
                amounts.append(coefficient.figure.value)
        for process_id, (columns, signs, amounts) in sides.items():
            slack = 0.0
            if process_id not in balanced:
                slack = max(self.system.processes[process_id].tolerance.value, _opening(signs, amounts))
            if min(signs) < 0 < max(signs):
                least = tuple(w if w > 0 else w * (1 - slack) for w in signs)
                most = tuple(w if w > 0 else w * (1 + slack) for w in signs)
                yield LinearForm(tuple(columns), least), 0.0, np.inf
                yield LinearForm(tuple(columns), most), -np.inf, 0.0

    def _pools(self) -> Iterator[tuple[LinearForm, float, float]]:
        """Supply = demand + surplus in every pool; nothing is short."""
        b, s = self.ledger, self.ledger.compiled.structure
        columns: list[list[int]] = [[] for _ in s.pools]
        signs: list[list[float]] = [[] for _ in s.pools]
        for f, (pool, out) in enumerate(zip(b.pool.tolist(), b.out.tolist(), strict=True)):
            columns[pool].append(self.column("flow", f))
            signs[pool].append(1.0 if out else -1.0)
        for e, line in enumerate(s.entries):
            if line.process < 0:
                columns[line.pool].append(self.column("entry", e))
                signs[line.pool].append(-float(line.side))
        for i, one in enumerate(self.dug):
            columns[one.pool].append(self.column("dug", i))
            signs[one.pool].append(-float(one.side))
        for pool in range(len(s.pools)):
            for kind, sign in (("supply", 1.0), ("demand", -1.0), ("surplus", -1.0)):
                columns[pool].append(self.column(kind, pool))
                signs[pool].append(sign)
            yield LinearForm(tuple(columns[pool]), tuple(signs[pool])), 0.0, 0.0

    @cached_property
    def _limits(self) -> tuple[Floats, Floats]:
        """(variable,) lowest and highest amount of each variable, native units."""
        b, v = self.ledger, self.ledger.compiled.values
        low, high = np.zeros(self.starts["end"]), np.full(self.starts["end"], np.inf)
        if self.limited:
            high[: len(v.capacity)] = [
                (bounds(p.capacity)[1] if self.ranged else p.capacity.value) if p.capacity else np.inf
                for p in b.processes
            ]
            self._limit_entries(high)
        for kind, figures in (("demand", self.system.demand), ("supply", self.system.supply)):
            at = {m.id: self.column(kind, i) for i, m in enumerate(b.materials)}
            for material, column in at.items():
                figure = figures.get(material)
                ends = (0.0, 0.0)
                if figure is not None:
                    ends = bounds(figure) if self.ranged else rounding_slack(figure)
                low[column], high[column] = (0.0, ends[1]) if self.levels == "open" else ends
        for i, one in enumerate(self.dug):
            column = self.column("dug", i)
            ends = bounds(one.figure) if self.ranged else rounding_slack(one.figure)
            low[column], high[column] = (0.0, ends[1]) if self.levels == "open" else ends
        high[self.starts["surplus"] : self.starts["end"]] = self._left_over
        if self.levels == "driven":
            self._as_in_the_run(high)
        self._drive(low, high)
        return low, high

    def _as_in_the_run(self, high: Floats) -> None:
        """Nothing new is bought that the park makes, sold that is made of no waste, or started."""
        b, s = self.ledger, self.ledger.compiled.structure
        wider = WIDER if self.ranged else 1 + ROUNDING_SLACK
        wastes = {m.id for m in b.materials if m.waste or m.residue_of}
        eaters = [any(m in wastes for m in p.inputs) for p in b.processes]
        from_waste = {int(p) for p, q in zip(b.pool[b.out], b.process[b.out], strict=True) if eaters[q]}
        for e, (line, entry) in enumerate(zip(s.entries, b.compiled.entries, strict=True)):
            bound = entry.kind == "import" and b.made[line.pool] > 0
            bound |= entry.kind == "export" and line.pool not in from_waste
            if bound:
                column = self.column("entry", e)
                slack = ROUNDING_SLACK * float(b.made[line.pool])
                high[column] = min(high[column], float(b.state.handed[e]) * wider + slack)
        for name in idle(self.system):
            high[s.processes.index(name)] = 0.0

    @property
    def _left_over(self) -> Floats:
        """(pool,) what may be left over: as in the run; with open levels any product or waste."""
        free = self.ledger.per_pool(lambda m: m.kind in LEAVING) * (self.levels == "open")
        slack = ROUNDING_SLACK * (self.ledger.made + self.ledger.boundary["import"])
        return np.where(free > 0, np.inf, self.ledger.state.surplus * (1 + ROUNDING_SLACK) + slack)

    def _drive(self, low: Floats, high: Floats) -> None:
        """Levels that are given."""
        if self.levels == "fixed":
            for i, level in enumerate(self.ledger.state.level.tolist()):
                low[i], high[i] = level * (1 - ROUNDING_SLACK), level * (1 + ROUNDING_SLACK)
        for i, process in enumerate(self.system.processes):
            figure = self.system.drive.get(process)
            if figure is not None and self.levels != "open":
                low[i], high[i] = bounds(figure) if self.ranged else rounding_slack(figure)

    def _limit_entries(self, high: Floats) -> None:
        """A limit of a list binds what crosses the boundary, or what the process takes or gives."""
        b, s = self.ledger, self.ledger.compiled.structure
        sides = s.flow_side.tolist()
        flow_at = {k: f for f, k in enumerate(zip(b.pool.tolist(), b.process.tolist(), sides, strict=True))}
        limits = b.compiled.values.limit.tolist()
        for e, (line, entry, limit) in enumerate(zip(s.entries, b.compiled.entries, limits, strict=True)):
            widened = entry.limit if self.ranged and entry.kind != "stock" else None
            most = bounds(widened)[1] if widened else limit
            if line.process < 0:
                high[self.column("entry", e)] = most
            elif (line.pool, line.process, -line.side) in flow_at:
                column = self.column("flow", flow_at[line.pool, line.process, -line.side])
                high[column] = min(high[column], most)

    @cached_property
    def matrix(self) -> tuple[sp.csr_matrix, Floats, Floats]:
        """The constraints as rows, each scaled to its largest term; all their ends are 0 or endless."""
        rows = list(self._rows())
        matrix = self.stacked([r[0] for r in rows])
        if not rows:  # nothing flows at all
            return matrix, np.zeros(0), np.zeros(0)
        size = np.maximum(abs(matrix).max(axis=1).toarray().ravel(), SMALLEST)
        return sp.diags(1 / size) @ matrix, np.array([r[1] for r in rows]), np.array([r[2] for r in rows])

    def stacked(self, forms: list[LinearForm]) -> sp.csr_matrix:
        """(form, variable) forms as rows, in the units of `scale`."""
        row = np.repeat(np.arange(len(forms)), [len(f.columns) for f in forms])
        column = np.fromiter((c for f in forms for c in f.columns), np.int64)
        weight = np.fromiter((w for f in forms for w in f.weights), np.float64)
        return sp.csr_matrix((weight * self.scale[column], (row, column)), (len(forms), self.starts["end"]))

    @property
    def box(self) -> tuple[Floats, Floats]:
        """(variable,) lowest and highest, in the units of `scale`."""
        below, above = self._limits
        return below / self.scale, above / self.scale
