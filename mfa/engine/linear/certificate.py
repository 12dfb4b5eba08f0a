"""A proof that a cycle of shares dies out."""

from __future__ import annotations

import numpy as np

from mfa.engine.linear.limits import EPS
from mfa.engine.linear.planning import Plan
from mfa.engine.linear.singular import Singular
from mfa.engine.linear.solving import solve
from mfa.engine.network import Floats


def contraction(plan: Plan, values_abs: Floats) -> bool:
    """Whether the spectral radius of a nonnegative G is certainly < 1.

    The certificate is a vector ``v > 0`` with ``(I - G) v > 0``: the solution of
    ``(I - G) v = 1``. Its signs are checked with a margin above the rounding of the check itself,
    so True is a proof; False means that the radius is >= 1 or within rounding of it.

    Parameters
    ----------
    plan : the pattern of G
    values_abs : (given,) >= 0, in the order of the entries given to `plan`
    """
    merged = plan.entries.merged(values_abs)
    if not np.all(merged >= 0.0):
        raise ValueError("a value is negative or not a number")
    try:
        v = solve(plan, values_abs, np.ones(plan.n))
    except (Singular, ValueError):  # or beyond the largest number
        return False
    if not np.all(v > 0.0):
        return False
    fed = plan.entries.product(merged)(v)
    margin = (plan.entries.widest + 8) * EPS * (v + fed)
    return bool(np.all(v - fed > margin))
