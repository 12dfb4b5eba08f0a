"""Why a plan is impossible: a set of constraints that contradict one another, none of which can be left out.

First every constraint that has an origin may be violated at a cost, measured against its own size; those
whose violation has a price in the cheapest way cannot hold together (Farkas). Then each is left out in turn:
where the rest is still impossible, it does not belong to the set. Where only whole numbers make the plan
impossible, the second step begins with all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse as sp

from mfa.errors import Failure
from mfa.studies.plan.plan_model import PlanModel
from mfa.studies.plan.plan_solver import Programme
from mfa.studies.plan.plan_variables import Kind, Origin, Row

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
    rows = [*model.rows, *more]
    origins = list(dict.fromkeys(r.origin for r in rows if r.origin is not None))
    method: Literal["elastic", "deletion"] = "elastic"
    chosen = _priced(model, rows)
    if not chosen or is_possible(model, rows, chosen):
        chosen, method = origins, "deletion"
        if is_possible(model, rows, chosen):
            raise Failure("a plan that was called impossible is possible")
    kept = sorted(chosen, key=lambda o: LEFT_OUT_FIRST.index(o.kind))
    for origin in list(kept):
        rest = [o for o in kept if o != origin]
        if not is_possible(model, rows, rest):
            kept = rest
    return Contradiction(tuple(reversed(kept)), method)


def is_possible(model: PlanModel, rows: Sequence[Row], origins: Collection[Origin]) -> bool:
    """Whether constraints of some origins can hold together, with recipes and balances."""
    wanted = set(origins)
    mine = [r for r in rows if r.origin is None or r.origin in wanted]
    programme = programme_of(model, mine)
    return programme.solved(np.zeros(len(programme.bottom))).status == "optimal"


def programme_of(model: PlanModel, rows: Sequence[Row]) -> Programme:
    """The programme of some rows, without a goal."""
    c = model.columns
    low, high = np.array([r.low for r in rows]), np.array([r.high for r in rows])
    return Programme(model.matrix(rows), low, high, np.array(c.low), np.array(c.high), tuple(c.whole))


def _priced(model: PlanModel, rows: Sequence[Row]) -> list[Origin]:
    """The origins that the cheapest violation touches, whole numbers let go."""
    soft = [i for i, r in enumerate(rows) if r.origin is not None]
    hard = programme_of(model, rows)
    size = [max(*(abs(e) for e in (rows[i].low, rows[i].high) if np.isfinite(e)), 1.0) for i in soft]
    at = (np.array(soft, np.int64), np.arange(len(soft)))
    slack = sp.csr_matrix((np.array(size), at), (len(rows), len(soft)))
    matrix = sp.csr_matrix(sp.hstack([hard.matrix, slack, -slack]))
    zeros, free = np.zeros(2 * len(soft)), np.full(2 * len(soft), np.inf)
    elastic = Programme(matrix, hard.low, hard.high, np.append(hard.bottom, zeros), np.append(hard.top, free))
    found = elastic.solved(np.append(np.zeros(len(hard.bottom)), np.ones(2 * len(soft))))
    prices = np.abs(found.dual[soft]) * np.array(size)
    largest = prices.max(initial=0.0)
    return list(
        dict.fromkeys(
            origin
            for i, price in zip(soft, prices.tolist(), strict=True)
            if (origin := rows[i].origin) is not None and price > PRICED * largest
        )
    )
