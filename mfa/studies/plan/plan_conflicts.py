"""Why a plan is impossible: a set of constraints that contradict one another, none of which can be left out.

First every constraint that has an origin may be violated at a cost, measured against its own size; those
whose violation has a price in the cheapest way cannot hold together (Farkas). Then each is left out in turn:
where the rest is still impossible, it does not belong to the set. Where only whole numbers make the plan
impossible, the second step begins with all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import scipy.sparse as sp

from mfa.errors import Failure
from mfa.studies.plan.plan_model import PlanModel
from mfa.studies.plan.plan_rows import Kind, Origin, Row, Rows
from mfa.studies.plan.plan_solver import Programme

PRICED = 1e-9  # relative to the largest price: below it a price is rounding
LEFT_OUT_FIRST: tuple[Kind, ...] = (  # what people can change least is kept last, so that it is named
    *("short", "room", "sold", "taken", "idle", "percent", "least", "capacity", "limit"),
    *("most", "drive", "market", "target"),
)


@dataclass(frozen=True)
class Contradiction:
    """Constraints that cannot hold together; any of them left out, the others can.

    `method`: `elastic` where violations and their prices pointed to them, `deletion` where only the
    leaving out of one after the other did.
    """

    members: tuple[Origin, ...]
    method: Literal["elastic", "deletion"]


def contradiction(model: PlanModel, more: Sequence[Row] = ()) -> Contradiction:
    """A minimal set of constraints of an impossible plan that contradict one another.

    Raises
    ------
    mfa.Failure
        the programme is possible after all
    """
    rows = Rows.joined([model.rows, Rows.of(more)])
    return contradiction_in(programme_of(model, rows), rows)


def contradiction_in(programme: Programme, rows: Rows) -> Contradiction:
    """The same of any programme; rows of one origin stand and fall together.

    Raises
    ------
    mfa.Failure
        the programme is possible after all
    """
    origins = list(dict.fromkeys(o for o in rows.origins if o is not None))
    method: Literal["elastic", "deletion"] = "elastic"
    chosen = _priced(programme, rows)
    if not chosen or _possible(programme, rows, chosen):
        chosen, method = origins, "deletion"
        if _possible(programme, rows, chosen):
            raise Failure("a plan that was called impossible is possible")
    kept = sorted(chosen, key=lambda o: LEFT_OUT_FIRST.index(o.kind))
    relaxed = replace(programme, whole=())
    if programme.whole and not _possible(relaxed, rows, kept):
        kept = _without_idle(relaxed, rows, kept)  # far quicker, and few are left for the whole numbers
    return Contradiction(tuple(reversed(_without_idle(programme, rows, kept))), method)


def _without_idle(programme: Programme, rows: Rows, kept: list[Origin]) -> list[Origin]:
    """What is left of contradicting origins when each is left out in turn where the rest contradict still."""
    for origin in list(kept):
        rest = [o for o in kept if o != origin]
        if not _possible(programme, rows, rest):
            kept = rest
    return kept


def is_possible(model: PlanModel, rows: Rows, origins: Collection[Origin]) -> bool:
    """Whether constraints of some origins can hold together, with recipes and balances."""
    return _possible(programme_of(model, rows), rows, origins)


def _possible(programme: Programme, rows: Rows, origins: Collection[Origin]) -> bool:
    """The same, the other rows of a programme let go."""
    wanted = set(origins)
    mine = np.array([o is None or o in wanted for o in rows.origins], bool)
    return programme.is_possible(rows.freed(mine))


def programme_of(model: PlanModel, rows: Rows) -> Programme:
    """The programme of some rows, without a goal."""
    c = model.columns
    matrix = rows.matrix(len(c.low))
    return Programme(matrix, rows.low, rows.high, np.array(c.low), np.array(c.high), tuple(c.whole))


def _priced(hard: Programme, rows: Rows) -> list[Origin]:
    """The origins that the cheapest violation touches, whole numbers let go."""
    soft = np.array([i for i, o in enumerate(rows.origins) if o is not None], np.int64)
    ends = np.abs(np.stack([rows.low[soft], rows.high[soft]]))
    size = np.maximum(np.where(np.isfinite(ends), ends, 0.0).max(axis=0, initial=0.0), 1.0)
    slack = sp.csr_matrix((size, (soft, np.arange(len(soft)))), (len(rows), len(soft)))
    matrix = sp.csr_matrix(sp.hstack([hard.matrix, slack, -slack]))
    zeros, free = np.zeros(2 * len(soft)), np.full(2 * len(soft), np.inf)
    elastic = Programme(matrix, hard.low, hard.high, np.append(hard.bottom, zeros), np.append(hard.top, free))
    found = elastic.solved(np.append(np.zeros(len(hard.bottom)), np.ones(2 * len(soft))))
    prices = np.abs(found.dual[soft]) * size
    priced = soft[prices > PRICED * prices.max(initial=0.0)].tolist()
    return list(dict.fromkeys(o for i in priced if (o := rows.origins[i]) is not None))
