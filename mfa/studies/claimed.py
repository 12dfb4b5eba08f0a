"""What a claim is about: the claims of a year, and the model's figure for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mfa.results.run import Run
from mfa.system import Claim, System


def claims_of(system: System) -> tuple[Claim, ...]:
    """The claims on the year of a system, and those that say none."""
    years = range(system.period, system.period + system.span)
    return tuple(c for c in system.claims if c.year is None or c.year in years)


def value_of(run: Run, claim: Claim) -> float | None:
    """What the model gives, in the unit of the claim's quantity; None where it has no value."""
    return values_of(run, [claim])[0]


def values_of(run: Run, claims: Sequence[Claim]) -> list[float | None]:
    """What the model gives for each claim; the indicators of all of them are worked out together."""
    names = {n for c in claims if c.kind == "indicators" for n in c.names}
    rows = {r.name: r.value for r in run.indicators_named(names) if r.value is not None} if names else {}
    return [_value(run, claim, rows) for claim in claims]


def _value(run: Run, claim: Claim, rows: Mapping[str, float | None]) -> float | None:
    if claim.kind == "level":
        names = run.compiled.structure.processes
        return float(run.state.level[names.index(claim.names[0])])
    if claim.kind == "capacity":
        capacity = run.system.processes[claim.names[0]].capacity
        return capacity.value if capacity else None
    if claim.kind == "flow":
        material, source, target = claim.names
        return sum(
            f.amount
            for f in run.flow_list
            if f.material == material and ((source and f.source == source) or (target and f.target == target))
        )
    absent = 0.0 if claim.unit.endswith("/a") else None  # a sum that has nothing to count has no row
    found = [rows.get(n, absent) for n in claim.names]
    return None if any(v is None for v in found) else sum(v for v in found if v is not None)
