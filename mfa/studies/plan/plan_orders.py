"""The lists under which the merit order carries a plan out: who is in it, each up to its amount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mfa.checks.lists import idle
from mfa.engine.network import GIVER, TAKER
from mfa.results.run import Run
from mfa.system import Entry, Figure, Pool, System


def with_orders(system: System, planned: Sequence[Run], *, spare: bool = False) -> System:
    """The planned scenario with the lists that it decides.

    Who takes or gives nothing in the plan leaves the list. Each other gets a tier of its own, in today's
    order, and its planned amount as limit; the last keeps today's, unless the plan leaves something over.
    In a plan for many draws a process with a capacity has no limit but that, and who is no process stays in
    the list, after the others: they take more in some of them.

    Parameters
    ----------
    planned : the plan as a run; of several periods one each, whose limits then go by years
    spare : whether it is a plan for many draws
    """
    for d in system.plan.decide:
        if d.is_list:
            material, side = d.order
            entries = _entries(planned, material, side, spare=spare)
            pool = system.pools[material]
            changed = replace(pool, takers=entries) if side == "takers" else replace(pool, givers=entries)
            system = _with_pool(system, changed)
    return system


def _with_pool(system: System, pool: Pool) -> System:
    return replace(system, pools={**system.pools, pool.material: pool})


def _entries(planned: Sequence[Run], material: str, side: str, *, spare: bool) -> tuple[Entry, ...]:
    """The entries of one list, from the amounts of the plan."""
    lists = [_amounts(run, material, side) for run in planned]
    order: list[Entry] = []
    for found in lists:
        at = 0
        for entry, _ in found:
            known = next((i for i, e in enumerate(order) if e.node == entry.node), None)
            if known is None:
                order.insert(at, entry)
            at = (at if known is None else known) + 1
    kept = _idle_ends(planned[0], material, side) if spare else []
    rest = max((_rest(run, material, side) for run in planned), default=0.0)
    made = []
    for number, entry in enumerate(order, 1):
        is_last = number == len(order) and rest <= 0 and not kept
        amounts = [next((a for e, a in found if e.node == entry.node), 0.0) for found in lists]
        limit = entry.limit if is_last else _limit(planned, amounts)
        if spare and entry.kind == "process" and planned[0].system.processes[entry.node].capacity is not None:
            limit = None
        made.append(replace(entry, tier=number, limit=limit, percent=None, unlimited=False))
    made += [replace(entry, tier=number) for number, entry in enumerate(kept, len(made) + 1)]
    return tuple(made)


def _limit(planned: Sequence[Run], amounts: Sequence[float]) -> Figure:
    """What an entry takes or gives, year by year where there are several."""
    years = tuple((run.system.period, a) for run, a in zip(planned, amounts, strict=True))
    text = f"{amounts[0]:.12g}"
    return Figure(amounts[0], text, years=years if len(years) > 1 else (), interpolate="step")


def _rest(planned: Run, material: str, side: str) -> float:
    """What the plan leaves over, or lacks."""
    pool, state = planned.compiled.structure.pools.index(material), planned.state
    return float((state.surplus if side == "takers" else state.shortage)[pool])


def _amounts(planned: Run, material: str, side: str) -> list[tuple[Entry, float]]:
    """Who takes or gives in the plan, with how much, in today's order."""
    s, state = planned.compiled.structure, planned.state
    pool, sign = s.pools.index(material), TAKER if side == "takers" else GIVER
    lines = enumerate(zip(s.entries, planned.compiled.entries, strict=True))
    found = [
        (entry, float(state.handed[e]))
        for e, (line, entry) in lines
        if (line.pool, line.side) == (pool, sign) and state.handed[e] > 0
    ]
    at = next((i for i, (entry, _) in enumerate(found) if entry.kind != "process"), len(found))
    found[at:at] = _newly_run(planned, material, side)
    return found


def _idle_ends(planned: Run, material: str, side: str) -> list[Entry]:
    """Yards and boundaries that take or give nothing in the plan."""
    pool, sign = planned.compiled.structure.pools.index(material), TAKER if side == "takers" else GIVER
    lines = enumerate(zip(planned.compiled.structure.entries, planned.compiled.entries, strict=True))
    return [
        entry
        for e, (line, entry) in lines
        if (line.pool, line.side) == (pool, sign) and entry.kind != "process" and planned.state.handed[e] <= 0
    ]


def _newly_run(planned: Run, material: str, side: str) -> list[tuple[Entry, float]]:
    """Processes that stand idle today, run in the plan and belong into the list.

    Where the other side of the pool serves them (what they take is bought) they ask, and stand in no list.
    """
    still, other = set(idle(planned.system)), GIVER if side == "takers" else TAKER
    lines = zip(planned.compiled.structure.entries, planned.state.handed.tolist(), strict=True)
    pool = planned.compiled.structure.pools.index(material)
    if any((line.pool, line.side) == (pool, other) and amount > 0 for line, amount in lines):
        return []
    made = []
    for process, level in zip(planned.accounts.ledger.processes, planned.state.level.tolist(), strict=True):
        recipe = process.inputs if side == "takers" else process.outputs
        if process.id in still and level > 0 and material in recipe:
            amount = level * recipe[material].figure.value
            made.append((Entry(process.id, "process", 1, process.place), amount))
    return made
