"""The lists under which the merit order carries a plan out: who is in it, each up to its amount."""

from __future__ import annotations

from dataclasses import replace

from mfa.checks.lists import idle
from mfa.engine.network import GIVER, TAKER
from mfa.results.run import Run
from mfa.studies.plan.plan_model import PlanModel
from mfa.system import Entry, Figure, Pool, System


def with_orders(planned: Run, model: PlanModel) -> System:
    """The planned scenario with the lists that it decides.

    Who takes or gives nothing in the plan leaves the list. Each other gets a tier of its own, in today's
    order, and its planned amount as limit; the last keeps today's, unless the plan leaves something over.
    In a plan for many draws a process with a capacity has no limit but that, and who is no process stays in
    the list, after the others: they take more in some of them.
    """
    system = planned.system
    for d in model.task.decide:
        if d.is_list:
            material, side = d.order
            entries = _entries(planned, material, side, spare=model.spare)
            pool = system.pools[material]
            changed = replace(pool, takers=entries) if side == "takers" else replace(pool, givers=entries)
            system = _with_pool(system, changed)
    return system


def _with_pool(system: System, pool: Pool) -> System:
    return replace(system, pools={**system.pools, pool.material: pool})


def _entries(planned: Run, material: str, side: str, *, spare: bool) -> tuple[Entry, ...]:
    """The entries of one list, from the amounts of the plan."""
    s, state, system = planned.compiled.structure, planned.state, planned.system
    pool, sign = s.pools.index(material), TAKER if side == "takers" else GIVER
    lines = enumerate(zip(s.entries, planned.compiled.entries, strict=True))
    found = [
        (entry, float(state.handed[e]))
        for e, (line, entry) in lines
        if (line.pool, line.side) == (pool, sign) and state.handed[e] > 0
    ]
    at = next((i for i, (entry, _) in enumerate(found) if entry.kind != "process"), len(found))
    found[at:at] = _newly_run(planned, material, side)
    kept = _idle_ends(planned, pool, sign) if spare else []
    rest = float((state.surplus if sign == TAKER else state.shortage)[pool])
    made = []
    for number, (entry, amount) in enumerate(found, 1):
        is_last = number == len(found) and rest <= 0 and not kept
        limit = entry.limit if is_last else Figure(amount, f"{amount:.12g}")
        if spare and entry.kind == "process" and system.processes[entry.node].capacity is not None:
            limit = None
        made.append(replace(entry, tier=number, limit=limit, percent=None, unlimited=False))
    made += [replace(entry, tier=number) for number, entry in enumerate(kept, len(made) + 1)]
    return tuple(made)


def _idle_ends(planned: Run, pool: int, sign: int) -> list[Entry]:
    """Yards and boundaries that take or give nothing in the plan."""
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
