"""CO2 that a run may miss or invent: the holes of its recipes times what runs, and what they put in doubt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mfa.checks.carbon_closure import carbon_gaps
from mfa.engine.network import Bools
from mfa.errors import Fault
from mfa.results.accounts.accounts import Accounts
from mfa.results.indicators.target import Indicator

DIFFERS = 0.20  # scope 1 by recipes and by factors: defaults of guidelines are within it of good recipes
DOUBTED = (
    0.01  # of an indicator: what holes may cover before its target is unproven, the tolerance of recipes
)
ON_SCOPE_1 = ("scope_1", "scope_1_combustion", "scope_1_process", "co2")  # sums that a hole makes wrong


@dataclass(frozen=True)
class Hole:
    """A hole in the CO2 account of a run.

    `process` is its position, -1 where it is the park's; `amount` is t CO2 a year, None where
    nothing tells how much.
    """

    code: str
    process: int
    node: str
    material: str
    amount: float | None
    message: Fault


def holes(accounts: Accounts) -> list[Hole]:
    """The holes of processes that run, and scope 1 by recipes far from that by factors."""
    ledger = accounts.ledger
    at = {p.id: i for i, p in enumerate(ledger.processes)}
    found = []
    for gap in carbon_gaps(ledger.system):
        level = float(ledger.state.level[at[gap.process]])
        if level > 0:
            amount = None if gap.co2 is None else gap.co2 * level
            fault = replace(gap.fault(ledger.system, level), place=None)
            found.append(Hole(gap.code, at[gap.process], gap.process, gap.material, amount, fault))
    return found + _differing(accounts)


def _differing(accounts: Accounts) -> list[Hole]:
    """The two ways of counting, where both count something."""
    by_factor = accounts.combustion_by_factor.total + accounts.process_by_factor.total
    difference = accounts.carbon.difference()
    by_recipes = by_factor + difference
    largest = max(by_recipes, by_factor)
    if min(by_recipes, by_factor) <= 0 or abs(difference) <= DIFFERS * largest:
        return []
    values = {
        "recipes": f"{by_recipes:,.0f}",
        "factors": f"{by_factor:,.0f}",
        "share": f"{abs(difference) / largest:.0%}".replace("%", " %"),
    }
    fault = Fault("carbon-differs", None, values)
    return [Hole("carbon-differs", -1, "", "", abs(difference), fault)]


def proven(
    row: Indicator, numerator: str, counted: float, found: Callable[[], Sequence[Hole]], members: Bools
) -> Indicator:
    """A met target on scope 1 as it is, or unproven where holes cover more than 1 % of what it counts.

    Parameters
    ----------
    numerator : the sum that the indicator counts, by its name in the catalogue
    counted : that sum, t CO2 a year
    found : gives the holes, looked for only where they may matter
    members : (process,) whose holes matter; those of the park matter where all do
    """
    if row.met != "true" or numerator not in ON_SCOPE_1:
        return row
    mine = [h for h in found() if (members[h.process] if h.process >= 0 else bool(np.all(members)))]
    wide = [h for h in mine if h.amount is None or h.amount > 0]
    covered = sum(h.amount or 0.0 for h in wide)
    if covered <= DOUBTED * abs(counted) and all(h.amount is not None for h in wide):
        return row
    return replace(row, met="unproven", holes=tuple(h.node for h in wide))
