"""Other plans: the next best that say yes and no otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mfa.studies.plan.plan_as_run import ROUNDING
from mfa.studies.plan.plan_rows import Row
from mfa.studies.plan.plan_variables import Built
from mfa.studies.plan.planned import Planned, Solution, planned
from mfa.studies.plan.planner import Planner

YES = 0.5  # of an answer, which is 0 or 1 up to a tolerance


def alternatives(planner: Planner, best: Solution, count: int) -> tuple[Planned, ...]:
    """The next best plans, each with other yes/no decisions than all before it, the best first.

    No-good cuts: of a plan with the answers z*, at least one answer must be another,
    Σ over yes (1 − z) + Σ over no z ≥ 1. A yes with nothing built is no other network: such a plan is passed
    over, and so is every one between what it builds and what it says yes to, which has the same best plan.
    """
    mine = [b for b in planner.model.built.values() if b.binary >= 0]
    found, cuts, last = list[Solution](), [_cut(best, mine)], best
    while len(found) < count:
        further = planner.best(cuts)
        if not isinstance(further, Solution):
            break
        last = further
        cuts.append(_cut(last, mine))
        if not any(_is_yes(last, b) and not _is_built(last, b) for b in mine):
            found.append(last)
    return tuple(planned(f) for f in found)


def _is_yes(found: Solution, built: Built) -> bool:
    return bool(found.x[built.binary] > YES)


def _is_built(found: Solution, built: Built) -> bool:
    return bool(found.x[built.added] > ROUNDING * max(float(found.x.max(initial=0.0)), 1.0))


def _cut(found: Solution, mine: Sequence[Built]) -> Row:
    """At least one of what is built is not, or one of what it says no to is."""
    built = [b.binary for b in mine if _is_yes(found, b) and _is_built(found, b)]
    no = [b.binary for b in mine if not _is_yes(found, b)]
    return Row([*((c, -1.0) for c in built), *((c, 1.0) for c in no)], 1.0 - len(built), np.inf)
