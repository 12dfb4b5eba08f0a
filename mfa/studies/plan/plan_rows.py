"""Constraints of a plan as arrays: many rows at once, each with the origin that names it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import scipy.sparse as sp

from mfa.engine.network import Bools, Floats, Ints

Kind = Literal[
    "capacity",
    "limit",
    "percent",
    "room",
    "drive",
    "idle",
    "market",
    "sold",
    "taken",
    "short",
    "target",
    "least",
    "most",
]
Terms = list[tuple[int, float]]


class Origin(NamedTuple):
    """Where a constraint comes from: its kind, and the ids or the path that say which.

    `ids`: of `capacity`, `drive`, `idle` a process; of `limit`, `percent`, `room` material, side, node; of
    `market`, `sold`, `taken`, `short` a material; of `target` its number; of `least`, `most` that of a
    decision.
    """

    kind: Kind
    ids: tuple[str, ...]


class Row(NamedTuple):
    """A constraint `low <= Σ terms <= high`; without an origin it always holds."""

    terms: Terms
    low: float
    high: float
    origin: Origin | None = None


@dataclass(frozen=True)
class Rows:
    """Constraints `low <= A x <= high`.

    Attributes
    ----------
    at, column, weight : (term,) the row and column of each term of A, and its factor
    low, high : (row,)
    origins : (row,)
    """

    at: Ints
    column: Ints
    weight: Floats
    low: Floats
    high: Floats
    origins: Sequence[Origin | None]

    def __len__(self) -> int:
        return len(self.low)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Rows:
        """Rows that were written one by one."""
        rows = list(rows)
        return cls(
            np.repeat(np.arange(len(rows)), np.array([len(r.terms) for r in rows], np.int64)),
            np.array([c for r in rows for c, _ in r.terms], np.int64),
            np.array([w for r in rows for _, w in r.terms], np.float64),
            np.array([r.low for r in rows], np.float64),
            np.array([r.high for r in rows], np.float64),
            [r.origin for r in rows],
        )

    @classmethod
    def single(
        cls,
        column: Ints,
        low: Floats | float,
        high: Floats | float,
        origins: Sequence[Origin | None],
        weight: Floats | None = None,
    ) -> Rows:
        """Rows of one term each."""
        n = len(column)
        factor = np.ones(n) if weight is None else weight
        return cls(np.arange(n), column, factor, np.full(n, low), np.full(n, high), origins)

    @classmethod
    def linked(cls, parts: Iterable[tuple[Ints, Ints, Any]], low: Any, high: Any, count: int) -> Rows:
        """Rows that always hold, their terms in parts: row, column, factor (an array or one for all)."""
        at, column, weight = zip(*((a, c, np.full(len(a), w)) for a, c, w in parts), strict=True)
        return cls(
            np.concatenate(at).astype(np.int64),
            np.concatenate(column).astype(np.int64),
            np.concatenate(weight),
            np.full(count, low),
            np.full(count, high),
            [None] * count,
        )

    @classmethod
    def joined(cls, blocks: Iterable[Rows]) -> Rows:
        """One after the other."""
        blocks = [b for b in blocks if len(b)]
        if not blocks:
            return cls.of(())
        starts = np.cumsum([0, *(len(b) for b in blocks[:-1])]).tolist()
        return cls(
            np.concatenate([b.at + start for b, start in zip(blocks, starts, strict=True)]),
            np.concatenate([b.column for b in blocks]),
            np.concatenate([b.weight for b in blocks]),
            np.concatenate([b.low for b in blocks]),
            np.concatenate([b.high for b in blocks]),
            [o for b in blocks for o in b.origins],
        )

    def matrix(self, columns: int) -> Any:
        """(row, column) A, terms of one place added up."""
        return sp.csr_matrix((self.weight, (self.at, self.column)), (len(self), columns))

    def end(self, row: int) -> float:
        """The end of a row; of one with two, the lower."""
        return next((float(e) for e in (self.low[row], self.high[row]) if np.isfinite(e)), 0.0)

    def freed(self, mine: Bools) -> tuple[Floats, Floats]:
        """(row,) the ends, without one where a row is not among `mine`."""
        return np.where(mine, self.low, -np.inf), np.where(mine, self.high, np.inf)
