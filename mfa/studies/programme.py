"""Everything that a system allows, as one linear programme: recipes, balances, limits.

Variables are the level of every process, the amount of every input and output, the output
value of every output, and what crosses every boundary or stock entry. With `ranged` each
coefficient, price and share may lie anywhere in its written range, independently of the
others; without, each has its value. Merit orders do not bind: any dispatch is allowed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from mfa.engine.network import GIVER, TAKER, Floats
from mfa.records import Coefficient, Figure, Process, System
from mfa.results.ledger import Ledger
from mfa.results.value import WORTHLESS, passes_on, price

TWO_SD = 2.0
SPREAD = {"low": (0.5, 2.0), "medium": (0.8, 1.25)}
REACHED = 1e-7
HAIR = 1e-9
LEAVING = ("product", "waste", "emission", "water")
ENDS = {"export": TAKER, "emission": TAKER, "deposit": TAKER, "import": GIVER}


def bounds(figure: Figure) -> tuple[float, float]:
    """The range of a figure: as written, or two standard deviations; else its value alone."""
    if figure.low is not None and figure.high is not None:
        return figure.low, figure.high
    if figure.sd is not None:
        return max(figure.value - TWO_SD * figure.sd, 0.0), figure.value + TWO_SD * figure.sd
    if figure.gsd is not None:
        return figure.value / figure.gsd**2, figure.value * figure.gsd**2
    return figure.value, figure.value


def _hair(figure: Figure) -> tuple[float, float]:
    """A fixed figure with room for rounding, which a solver's presolve does not forgive."""
    return figure.value * (1 - HAIR), figure.value * (1 + HAIR)


def trusted(figure: Figure) -> tuple[float, float]:
    """The range of a price or share: where none is written, its confidence widens it."""
    low, high = bounds(figure)
    if low == high:
        factors = SPREAD.get(figure.confidence, (1.0, 1.0))
        return figure.value * factors[0], figure.value * factors[1]
    return low, high


@dataclass(frozen=True)
class Form:
    """A linear form: weights of variables by column."""

    columns: tuple[int, ...]
    weights: tuple[float, ...]

    def minus(self, other: Form, factor: float) -> Form:
        """This form less a multiple of another."""
        return Form(self.columns + other.columns, self.weights + tuple(-factor * w for w in other.weights))


def total(forms: list[Form]) -> Form:
    """The sum of forms."""
    return Form(tuple(c for f in forms for c in f.columns), tuple(w for f in forms for w in f.weights))


@dataclass(frozen=True)
class Bound:
    """`low <= form <= high`; `size` is what a violation is measured against."""

    form: Form
    low: float | None
    high: float | None
    size: float


@dataclass(frozen=True)
class Programme:
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
            "surplus": len(s.pools),
        }
        found, at = {}, 0
        for name, size in sizes.items():
            found[name] = at
            at += size
        return {**found, "end": at}

    @cached_property
    def scale(self) -> Floats:
        """(variable,) native units in one unit of a variable: millions, so that numbers are alike."""
        scale = np.full(self.starts["end"], 1e3)
        scale[self.starts["value"] : self.starts["entry"]] = 1e6
        return scale

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

    @cached_property
    def handed_out(self) -> Floats:
        """(flow,) share of an output that its enterprise hands out, as in the run; 1 where nothing runs."""
        from mfa.results.value import Value

        worth = Value(self.ledger).shares
        return np.where(self.ledger.amount > 0, worth, 1.0)

    def _rows(self) -> Iterator[tuple[Form, float, float]]:
        """Every constraint of the model: form, low, high."""
        yield from self._recipes()
        yield from self._values()
        yield from self._masses()
        if self.levels != "fixed":
            yield from self._pools()

    def _recipes(self) -> Iterator[tuple[Form, float, float]]:
        """A flow is low to high times its level; a balance flow follows from the mass alone."""
        for f, (_, _, _, coefficient) in enumerate(self._coefficients):
            flow, level = self.column("flow", f), self.column("level", int(self.ledger.process[f]))
            figure = coefficient.figure
            if coefficient.balance and self.ranged:
                continue
            low, high = bounds(figure) if self.ranged else (figure.value, figure.value)
            if low == high:
                yield Form((flow, level), (1.0, -low)), 0.0, 0.0
            else:
                yield Form((flow, level), (1.0, -low)), 0.0, np.inf
                yield Form((flow, level), (1.0, -high)), -np.inf, 0.0

    def _values(self) -> Iterator[tuple[Form, float, float]]:
        """Output value of an output by its price, value added by its process's share."""
        for f, (process, material, out, _) in enumerate(self._coefficients):
            record = self.system.materials[material]
            value, flow, added = (self.column(k, f) for k in ("value", "flow", "added"))
            if not out or record.kind in WORTHLESS or record.price is None or passes_on(process):
                yield Form((value, added), (1.0, 1.0)), 0.0, 0.0
                continue
            net = price(record) / record.price.value if record.price.value else 0.0
            ends = trusted(record.price) if self.ranged else (record.price.value, record.price.value)
            low, high = (e * net * float(self.handed_out[f]) for e in ends)
            yield Form((value, flow), (1.0, -low)), 0.0, np.inf
            yield Form((value, flow), (1.0, -high)), -np.inf, 0.0
            share = process.value_added
            low, high = (0.0, 0.0)
            if share is not None:
                low, high = trusted(share) if self.ranged else (share.value, share.value)
            yield Form((added, value), (1.0, -low)), 0.0, np.inf
            yield Form((added, value), (1.0, -high)), -np.inf, 0.0

    def _masses(self) -> Iterator[tuple[Form, float, float]]:
        """With ranges, what goes into a process comes out of it, within its tolerance."""
        if not self.ranged:
            return
        sides: dict[str, tuple[list[int], list[float], float]] = {}
        balanced = {p.id for p, _, _, c in self._coefficients if c.balance}
        for f, (process, material, out, _) in enumerate(self._coefficients):
            if self.system.materials[material].is_mass:
                columns, signs, _ = sides.setdefault(process.id, ([], [], 0.0))
                columns.append(self.column("flow", f))
                signs.append(-1.0 if out else 1.0)
        for process_id, (columns, signs, _) in sides.items():
            slack = 0.0 if process_id in balanced else self.system.processes[process_id].tolerance
            if min(signs) < 0 < max(signs):
                least = tuple(w if w > 0 else w * (1 - slack) for w in signs)
                most = tuple(w if w > 0 else w * (1 + slack) for w in signs)
                yield Form(tuple(columns), least), 0.0, np.inf
                yield Form(tuple(columns), most), -np.inf, 0.0

    def _pools(self) -> Iterator[tuple[Form, float, float]]:
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
        for pool in range(len(s.pools)):
            for kind, sign in (("supply", 1.0), ("demand", -1.0), ("surplus", -1.0)):
                columns[pool].append(self.column(kind, pool))
                signs[pool].append(sign)
            yield Form(tuple(columns[pool]), tuple(signs[pool])), 0.0, 0.0

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
                    ends = bounds(figure) if self.ranged else _hair(figure)
                low[column], high[column] = (0.0, ends[1]) if self.levels == "open" else ends
        high[self.starts["surplus"] : self.starts["end"]] = self._left_over
        self._drive(low, high)
        return low, high

    @property
    def _left_over(self) -> Floats:
        """(pool,) what may be left over: as in the run; with open levels any product or waste."""
        free = self.ledger.per_pool(lambda m: m.kind in LEAVING) * (self.levels == "open")
        hair = HAIR * (self.ledger.made + self.ledger.boundary["import"])
        return np.where(free > 0, np.inf, self.ledger.state.surplus * (1 + HAIR) + hair)

    def _drive(self, low: Floats, high: Floats) -> None:
        """Levels that are given."""
        if self.levels == "fixed":
            for i, level in enumerate(self.ledger.state.level.tolist()):
                low[i], high[i] = level * (1 - HAIR), level * (1 + HAIR)
        for i, process in enumerate(self.system.processes):
            figure = self.system.drive.get(process)
            if figure is not None and self.levels != "open":
                low[i], high[i] = bounds(figure) if self.ranged else _hair(figure)

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
    def _matrix(self) -> tuple[sp.csr_matrix, Floats, Floats]:
        """The constraints as rows, scaled to the variables."""
        rows = list(self._rows())
        return (
            self._stacked([r[0] for r in rows]),
            np.array([r[1] for r in rows]),
            np.array([r[2] for r in rows]),
        )

    def _stacked(self, forms: list[Form]) -> sp.csr_matrix:
        row = np.repeat(np.arange(len(forms)), [len(f.columns) for f in forms])
        column = np.fromiter((c for f in forms for c in f.columns), np.int64)
        weight = np.fromiter((w for f in forms for w in f.weights), np.float64)
        return sp.csr_matrix((weight * self.scale[column], (row, column)), (len(forms), self.starts["end"]))

    def violation(self, wanted: list[Bound]) -> float:
        """The least sum of relative violations of some bounds; 0 where all can hold together."""
        ends_of = [(b, sign, end) for b in wanted for sign, end in ((1.0, b.low), (-1.0, b.high))]
        sides = [(b, sign, end) for b, sign, end in ends_of if end is not None]
        n = self.starts["end"]
        rows = self._stacked([b.form for b, _, _ in sides])
        factor = np.array([sign / b.size for b, sign, _ in sides])
        ends = np.array([end for _, _, end in sides])
        wish = sp.hstack([sp.diags(factor) @ rows, sp.identity(len(sides))])
        cost = np.concatenate([np.zeros(n), np.ones(len(sides))])
        found = self._solved(cost, -wish, -factor * ends)
        return float("inf") if found is None else found

    @cached_property
    def possible(self) -> bool:
        """Whether the constraints hold together at all; not where the scenario has a shortage."""
        return self._solved(np.zeros(self.starts["end"]), None, None) is not None

    def extreme(self, form: Form, sign: float) -> float | None:
        """The least (sign 1) or greatest (sign -1) value of a form; None where there is no end."""
        row = self._stacked([form]).toarray().ravel() * sign
        found = self._solved(row, None, None)
        return None if found is None else sign * found

    def _solved(self, cost: Floats, upper: sp.spmatrix | None, most: Floats | None) -> float | None:
        matrix, low, high = self._matrix
        extra = len(cost) - self.starts["end"]
        wide = sp.hstack([matrix, sp.csr_matrix((matrix.shape[0], extra))]).tocsr() if extra else matrix
        equal = low == high
        finite_low, finite_high = ~equal & np.isfinite(low), ~equal & np.isfinite(high)
        least = sp.vstack([wide[finite_high], -wide[finite_low], *([upper] if upper is not None else [])])
        ends = np.concatenate([high[finite_high], -low[finite_low], most if most is not None else []])
        below, above = self._limits
        box: Any = np.column_stack(
            [
                np.concatenate([below / self.scale, np.zeros(extra)]),
                np.concatenate([above / self.scale, np.full(extra, np.inf)]),
            ]
        )
        found = linprog(cost, least, ends, wide[equal], low[equal], box, method="highs")
        return float(found.fun or 0.0) if found.status == 0 else None
