"""What a run warns of: shortages, surpluses, open recipes, doubtful targets, idle plant."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mfa.catalogue import WASTE_CLASSES, definition
from mfa.checks import lists
from mfa.checks.closure import Closure, open_recipe
from mfa.checks.residues import unstated
from mfa.engine.compile import Compiled
from mfa.engine.network import TAKER, State
from mfa.errors import Fault
from mfa.properties import greenhouse
from mfa.results.accounts.accounts import Accounts
from mfa.results.accounts.overfull import Overfull
from mfa.results.accounts.substances import Substance
from mfa.results.accounts.waste import WORTH, Use, WasteFlow
from mfa.results.carbon_gaps import Hole
from mfa.results.held_back import HeldBack, held_back
from mfa.results.indicators.custom import ChosenFlows, Uncounted
from mfa.results.indicators.target import Indicator
from mfa.system import System
from mfa.units import readable

REMARKS = ("zero-ratio", "idle", "note")  # codes of what is worth knowing and makes no figure doubtful
EMPTY: Mapping[str, HeldBack] = {}
FULL = 1e-9  # of the size: what is within is met or full, looser than any rounding, closer than any figure


@dataclass(frozen=True)
class RunWarning:
    """A row of the table `warnings`: a message with its amount."""

    code: str
    place: str
    amount: float | None
    unit: str
    message: Fault

    def text(self, lang: str = "en") -> str:
        """The words of it."""
        return self.message.text(lang)


def run_warnings(
    system: System,
    compiled: Compiled,
    state: State,
    wastes: Mapping[str, WasteFlow],
    rows: Sequence[Indicator],
    closures: Sequence[Closure],
    doubts: Sequence[RunWarning] = (),
    holes: Sequence[Hole] = (),
) -> list[RunWarning]:
    """Everything worth a warning, shortages first."""
    found = _shortages(system, compiled, state)
    found += _refused(system)
    found += _surpluses(system, compiled, state)
    found += _targets(rows)
    found += [RunWarning(h.code, h.node, h.amount, "t/a" if h.amount else "", h.message) for h in holes]
    own = {one.id for one in system.indicators}
    unknown = {w.place for w in doubts if w.code == UNKNOWN}
    found += _empty([r for r in rows if r.name not in unknown], own)
    found += _identity(wastes)
    found += _residues(wastes)
    found += _unsold(system, wastes)
    found += [_plain(f.key, str(f.values["process"]), f) for f in unstated(system)]
    found += _uncounted(system, wastes)
    found += _recipes(system, closures)
    found += _delays(system, state)
    found += doubts
    for fault in lists.outside_bounds(system):
        found.append(_plain("balance-outside", str(fault.values["process"]), fault))
    for fault in lists.sold_without_limit(system):
        found.append(_plain("sold-without-limit", f"pool:{fault.values['material']}", fault))
    for note in (*system.notes, *lists.serving_few(system)):
        of = note.values.get("id")  # what is about no member has a code of its own
        found.append(_plain("note", str(of), note) if of else _plain(note.key, "", note))
    names = lists.idle(system)
    if names:
        found.append(
            _plain("idle", "", Fault("idle", None, {"names": ", ".join(names), "count": len(names)}))
        )
    return found


def _plain(code: str, place: str, fault: Fault) -> RunWarning:
    return RunWarning(code, place, None, "", Fault(fault.key, None, fault.values))


def _shortages(system: System, compiled: Compiled, state: State) -> list[RunWarning]:
    short = {m: a for m, a in zip(compiled.structure.pools, state.shortage.tolist(), strict=True) if a > 0}
    return _open("shortage", system, compiled, short, held_back(system, compiled, state))


def _refused(system: System) -> list[RunWarning]:
    """What was demanded of stocks and cannot be: more dug out than lies there, less held than stays."""
    found = []
    for stock in (s for s in system.stocks.values() if s.carried.refused > 0):
        unit = system.materials[stock.material].unit
        amount = stock.carried.refused
        if stock.lifetime:
            code, amount = "stock-too-large", amount * system.span
        else:
            code, unit = "yard-exhausted", f"{unit}/a"
        values = {"stock": stock.id, "amount": readable(amount), "unit": unit}
        found.append(RunWarning(code, stock.id, amount, unit, Fault(code, None, values)))
    return found


def _delays(system: System, state: State) -> list[RunWarning]:
    """Delays that have no effect in a run of one year."""
    running = zip(system.processes.values(), state.level.tolist(), strict=True)
    return [
        _plain("delay-ignored", p.id, Fault("delay-ignored", None, {"process": p.id, "delay": p.delay.text}))
        for p, level in running
        if p.delay and level > 0
    ]


def _surpluses(system: System, compiled: Compiled, state: State) -> list[RunWarning]:
    over = {
        m: a
        for m, a in zip(compiled.structure.pools, state.surplus.tolist(), strict=True)
        if a > 0 and system.materials[m].kind != "product"
    }
    return _open("surplus", system, compiled, over)


def _open(
    code: str,
    system: System,
    compiled: Compiled,
    amounts: Mapping[str, float],
    held: Mapping[str, HeldBack] = EMPTY,
) -> list[RunWarning]:
    """Pools with something left over or missing, and who could mend it; `held`: who could give more."""
    if not amounts:
        return []
    side = TAKER if code == "surplus" else -TAKER
    full: dict[str, list[str]] = defaultdict(list)
    idle: dict[str, list[str]] = defaultdict(list)
    for line, entry in zip(compiled.structure.entries, compiled.entries, strict=True):
        if line.side == side:
            full[compiled.structure.pools[line.pool]].append(entry.node)
    for process in lists.idle(system):
        recipe = system.processes[process]
        for material in recipe.inputs if side == TAKER else recipe.outputs:
            idle[material].append(process)
    made = []
    for material, amount in sorted(amounts.items()):
        unit = f"{system.materials[material].unit}/a"
        key = f"{code}-{'full' if material in full else 'idle' if material in idle else 'nobody'}"
        values = {
            "material": material,
            "amount": readable(amount),
            "unit": unit,
            "names": ", ".join(full.get(material) or idle.get(material) or ()),
        }
        if material in held:
            key, by = f"{code}-held", held[material]
            more = readable(min(by.more, amount))
            values |= {"process": by.process, "more": more, "names": ", ".join(by.lists)}
        made.append(RunWarning(code, f"pool:{material}", amount, unit, Fault(key, None, values)))
    return made


def _targets(rows: Sequence[Indicator]) -> list[RunWarning]:
    made = []
    for row in rows:
        if row.met == "unproven" and row.holes:
            names = ", ".join(dict.fromkeys(h for h in row.holes if h)) or "carbon-differs"
            fault = Fault("unproven-carbon", None, {"indicator": row.name, "names": names})
            made.append(RunWarning("unproven", row.name, None, "", fault))
        elif row.met == "unproven":
            values = {"indicator": row.name, "names": ", ".join(f"{p}: {m}" for p, m in row.doubtful)}
            made.append(RunWarning("unproven", row.name, None, "", Fault("unproven", None, values)))
    return made


def _empty(rows: Sequence[Indicator], own: Collection[str]) -> list[RunWarning]:
    """Ratios of what does not arise, all in one line."""
    empty = [row for row in rows if row.value is None]
    names = [row.name for row in empty if row.unit == "1" or row.aimed or row.name in own]
    if not names:
        return []
    fault = Fault("zero-ratio", None, {"names": ", ".join(names), "count": len(names)})
    return [RunWarning("zero-ratio", "", None, "", fault)]


def _identity(wastes: Mapping[str, WasteFlow]) -> list[RunWarning]:
    """G = (U - U₀) + S + (D - D₀) + X + V, checked in every run."""
    made = []
    for material, waste in wastes.items():
        account = waste.account()
        size = max(account.generated + waste.from_yards, 1e-300)
        if abs(account.gap) > FULL * size:
            values = {"material": material, "amount": readable(account.gap)}
            made.append(
                RunWarning(
                    "identity", f"pool:{material}", account.gap, "t/a", Fault("identity", None, values)
                )
            )
    return made


def _uncounted(system: System, wastes: Mapping[str, WasteFlow]) -> list[RunWarning]:
    """Wastes that no sum of tonnes can hold."""
    made = []
    for material in (m for m, w in wastes.items() if not w.tonnes):
        if system.materials[material].waste not in WASTE_CLASSES:
            continue
        values = {"material": material, "unit": system.materials[material].unit}
        made.append(_plain("waste-uncounted", f"pool:{material}", Fault("waste-uncounted", None, values)))
    return made


def _residues(wastes: Mapping[str, WasteFlow]) -> list[RunWarning]:
    """Processes that make more residue, counted as the waste it comes from, than they take of it."""
    made = []
    for material, waste in wastes.items():
        for use in waste.uses:
            if use.amount < -FULL * max(sum(waste.made.values()) + waste.from_yards, 1e-300):
                values = {"process": use.node, "material": material, "amount": readable(-use.amount)}
                fault = Fault("residue-above-waste", None, values)
                made.append(RunWarning("residue-above-waste", use.node, -use.amount, "t/a", fault))
    return made


def _unsold(system: System, wastes: Mapping[str, WasteFlow]) -> list[RunWarning]:
    """Processes that make products of waste that nobody takes."""
    made = []
    for material, waste in wastes.items():
        found: dict[str, list[Use]] = defaultdict(list)
        for use in waste.uses:
            if use.fate == "unsold" and use.amount > WORTH * waste.size:
                found[use.node].append(use)
        for node, uses in found.items():
            amount, left = math.fsum(u.amount for u in uses), uses[0].leftover
            assert left is not None
            values = {
                "material": material,
                "amount": readable(amount),
                "process": left.process,
                "product": left.product,
                "left": f"{readable(left.amount)} {system.materials[left.product].unit}/a",
            }
            made.append(RunWarning("unsold", node, amount, "t/a", Fault("unsold", None, values)))
    return made


def _recipes(system: System, closures: Sequence[Closure]) -> list[RunWarning]:
    worst: dict[str, Closure] = {}
    for c in closures:
        if not c.closes and abs(c.error or 0) > abs(worst[c.process].error or 0 if c.process in worst else 0):
            worst[c.process] = c
    made = []
    for process, c in worst.items():
        made.append(RunWarning("recipe-open", process, c.error, "1", open_recipe(system, c)))
    return made


MOST_NAMES = 12  # in one line of a warning
UNKNOWN = "content-unknown"
IMPOSSIBLE = "layer-impossible"


def account_faults(
    system: System,
    accounts: Accounts,
    rows: Sequence[Indicator],
    layers: Sequence[Substance],
    overfull: Sequence[Overfull],
    own: ChosenFlows,
) -> list[RunWarning]:
    """Everything that an account had to leave out, and what cannot be in it.

    Parameters
    ----------
    layers : those that the scenario lists, and those that its own indicators count
    """
    aimed = {r.name.partition("@")[0] for r in rows if r.aimed}
    found = [*_unpriced(accounts), *_price_years(accounts), *_without_share(accounts, aimed)]
    placeholders = _placeholders(accounts)
    found += _weightless_gases(accounts)
    found += _unknown_distances(accounts)
    for layer in layers:
        if layer.unknown and layer.name in system.layers:
            fault = Fault("layer-gap", None, {"layer": layer.name, **_names(layer.unknown)})
            found.append(("layer-gap", layer.name, fault))
        if layer.negative:
            fault = Fault("layer-negative", None, {"layer": layer.name, **_names(layer.negative)})
            found.append(("layer-negative", layer.name, fault))
    for one in system.indicators:
        found += [_uncounted_of(one.id, missing) for missing in own.uncounted(one)]
    return placeholders + [_plain(*parts) for parts in found] + [_impossible(o) for o in overfull]


def _impossible(one: Overfull) -> RunWarning:
    """A flow that the layers put more into than its mass can hold."""
    fault = Fault(IMPOSSIBLE, None, impossible(one))
    return RunWarning(IMPOSSIBLE, one.process, one.held - one.room, "t/a", fault)


def impossible(one: Overfull) -> dict[str, object]:
    """The values of the message on it."""
    return {
        "process": one.process,
        "material": one.material,
        "layer": " + ".join(one.elements),
        "held": readable(one.held),
        "room": readable(one.room),
    }


def _uncounted_of(indicator: str, missing: Uncounted) -> tuple[str, str, Fault]:
    """What an indicator counts as nothing, or cannot count at all."""
    code = UNKNOWN if missing.of_layer else "uncounted"
    values = {**_names(missing.materials), "indicator": indicator, "what": missing.what}
    if missing.of_layer:
        values["gaps"] = str(_names(missing.gaps)["names"])
    return code, indicator, Fault(code, None, values)


def _unpriced(accounts: Accounts) -> list[tuple[str, str, Fault]]:
    """Products that are sold without a price, where others have one."""
    b = accounts.ledger
    prices = accounts.value.prices
    if not np.any(prices):
        return []
    sold = (b.boundary["export"] > 0) & (prices == 0)
    names = [b.materials[i].id for i in np.flatnonzero(sold) if b.materials[i].kind == "product"]
    return [("unpriced", "", Fault("unpriced", None, _names(names)))] if names else []


def _weightless_gases(accounts: Accounts) -> list[tuple[str, str, Fault]]:
    """Greenhouse gases that leave in a unit that nothing relates to tonnes."""
    b = accounts.ledger
    names = [
        m.id
        for m, left in zip(b.materials, b.boundary["emission"].tolist(), strict=True)
        if left > 0 and m.ghg and greenhouse(m) is None
    ]
    values = {**_names(names), "indicator": "co2", "what": "mass"}
    return [("uncounted", "co2", Fault("uncounted", None, values))] if names else []


def _unknown_distances(accounts: Accounts) -> list[tuple[str, str, Fault]]:
    """Links that lorries carry and whose distance nobody states, the heaviest first."""
    names = [f"{h.material} {h.source} → {h.target}" for h in accounts.haulage.unknown]
    return [("distance-unknown", "", Fault("distance-unknown", None, _names(names)))] if names else []


def _price_years(accounts: Accounts) -> list[tuple[str, str, Fault]]:
    years = accounts.value.years
    if len(years) < 2:
        return []
    return [("price-years", "", Fault("price-years", None, {"years": ", ".join(map(str, years))}))]


def _without_share(accounts: Accounts, aimed: set[str]) -> list[tuple[str, str, Fault]]:
    """Processes with an output value but no share of value added; told where any has one or is aimed at."""
    value = accounts.value
    bare = value.uncovered
    known = any(p.value_added for p in accounts.ledger.processes)
    if not bare.sum() or not (known or any(d.needs_value_added for d in map(definition, aimed) if d)):
        return []
    names = [accounts.ledger.processes[i].id for i in np.argsort(-bare, kind="stable") if bare[i] > 0]
    share = f"{float(bare.sum()) / value.output.total:.1%}".replace("%", " %")
    return [("no-value-added", "", Fault("no-value-added", None, {"share": share, **_names(names)}))]


def _placeholders(accounts: Accounts) -> list[RunWarning]:
    """How much output value stands on processes that are no founded recipe, the largest first."""
    value = accounts.value
    part = value.on_placeholders
    if not part.sum():
        return []
    names = [accounts.ledger.processes[i].id for i in np.argsort(-part, kind="stable") if part[i] > 0]
    amount = float(part.sum())
    share = f"{amount / value.output.total:.1%}".replace("%", " %")
    fault = Fault("placeholder", None, {"amount": f"{amount / 1e8:.4g}", "share": share, **_names(names)})
    return [RunWarning("placeholder", "", amount, "CNY/a", fault)]


def _names(names: Sequence[str]) -> dict[str, object]:
    more = ", …" if len(names) > MOST_NAMES else ""
    return {"names": ", ".join(names[:MOST_NAMES]) + more, "count": len(names)}
