"""What a run warns of: shortages, surpluses, open recipes, doubtful targets, idle plant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mfa.engine.compile import Compiled
from mfa.engine.network import TAKER
from mfa.engine.state import State
from mfa.errors import Fault
from mfa.input import checks
from mfa.input.closure import Closure
from mfa.input.indicators import WASTE_CLASSES
from mfa.records import System
from mfa.results.indicator import Indicator
from mfa.results.waste import WasteFlow

FULL = 1e-9


@dataclass(frozen=True)
class Finding:
    """A row of the table `warnings`: a message with its amount."""

    code: str
    place: str
    amount: float | None
    unit: str
    message: Fault

    def text(self, lang: str = "en") -> str:
        """The words of it."""
        return self.message.text(lang)


def findings(
    system: System,
    compiled: Compiled,
    state: State,
    wastes: Mapping[str, WasteFlow],
    rows: Sequence[Indicator],
    closures: Sequence[Closure],
    doubts: Sequence[tuple[str, str, Fault]] = (),
) -> list[Finding]:
    """Everything worth a warning, shortages first."""
    found = _shortages(system, compiled, state)
    found += _surpluses(system, compiled, state)
    found += _targets(rows)
    found += _empty(rows)
    found += _identity(wastes)
    found += _residues(wastes)
    found += _uncounted(system, wastes)
    found += _recipes(closures)
    found += [_plain(code, place, fault) for code, place, fault in doubts]
    for fault in checks.outside_bounds(system):
        found.append(_plain("balance-outside", str(fault.values["process"]), fault))
    for fault in checks.sold_without_limit(system):
        found.append(_plain("sold-without-limit", f"pool:{fault.values['material']}", fault))
    for note in system.notes:
        found.append(_plain("note", str(note.values["id"]), note))
    names = checks.idle(system)
    if names:
        found.append(
            _plain("idle", "", Fault("idle", None, {"names": ", ".join(names), "count": len(names)}))
        )
    return found


def _plain(code: str, place: str, fault: Fault) -> Finding:
    return Finding(code, place, None, "", Fault(fault.key, None, fault.values))


def _shortages(system: System, compiled: Compiled, state: State) -> list[Finding]:
    made = []
    for i, material in enumerate(compiled.structure.pools):
        amount = float(state.shortage[i])
        if amount > 0:
            made.append(_open("shortage", system, compiled, state, i, material, amount))
    return sorted(made, key=lambda f: f.place)


def _surpluses(system: System, compiled: Compiled, state: State) -> list[Finding]:
    made = []
    for i, material in enumerate(compiled.structure.pools):
        amount = float(state.surplus[i])
        if amount > 0 and system.materials[material].kind != "product":
            made.append(_open("surplus", system, compiled, state, i, material, amount))
    return sorted(made, key=lambda f: f.place)


def _open(
    code: str, system: System, compiled: Compiled, state: State, i: int, material: str, amount: float
) -> Finding:
    """A pool with something left over or missing, and who could mend it."""
    side = TAKER if code == "surplus" else -TAKER
    full = [
        compiled.entries[e].node
        for e, line in enumerate(compiled.structure.entries)
        if line.pool == i and line.side == side
    ]
    idle = [
        p
        for p in checks.idle(system)
        if material in (system.processes[p].inputs if side == TAKER else system.processes[p].outputs)
    ]
    unit = f"{system.materials[material].unit}/a"
    key = f"{code}-{'full' if full else 'idle' if idle else 'nobody'}"
    values = {
        "material": material,
        "amount": f"{amount:,.4g}",
        "unit": unit,
        "names": ", ".join(full or idle),
    }
    return Finding(code, f"pool:{material}", amount, unit, Fault(key, None, values))


def _targets(rows: Sequence[Indicator]) -> list[Finding]:
    made = []
    for row in rows:
        if row.met == "unproven":
            values = {"indicator": row.name, "names": ", ".join(f"{p}: {m}" for p, m in row.doubtful)}
            made.append(Finding("unproven", row.name, None, "", Fault("unproven", None, values)))
    return made


def _empty(rows: Sequence[Indicator]) -> list[Finding]:
    """Ratios of wastes that do not arise, all in one line."""
    names = [row.name for row in rows if row.value is None and (row.unit == "1" or row.aimed)]
    if not names:
        return []
    fault = Fault("zero-ratio", None, {"names": ", ".join(names), "count": len(names)})
    return [Finding("zero-ratio", "", None, "", fault)]


def _identity(wastes: Mapping[str, WasteFlow]) -> list[Finding]:
    """G = (U - U₀) + S + (D - D₀) + X, checked in every run."""
    made = []
    for material, waste in wastes.items():
        account = waste.account()
        size = max(account.generated + waste.from_yards, 1e-300)
        if abs(account.gap) > FULL * size:
            values = {"material": material, "amount": f"{account.gap:,.4g}"}
            made.append(
                Finding("identity", f"pool:{material}", account.gap, "t/a", Fault("identity", None, values))
            )
    return made


def _uncounted(system: System, wastes: Mapping[str, WasteFlow]) -> list[Finding]:
    """Wastes that no sum of tonnes can hold."""
    made = []
    for material in (m for m, w in wastes.items() if not w.tonnes):
        if system.materials[material].waste not in WASTE_CLASSES:
            continue
        values = {"material": material, "unit": system.materials[material].unit}
        made.append(_plain("waste-uncounted", f"pool:{material}", Fault("waste-uncounted", None, values)))
    return made


def _residues(wastes: Mapping[str, WasteFlow]) -> list[Finding]:
    """Processes that make more residue, counted as the waste it comes from, than they take of it."""
    made = []
    for material, waste in wastes.items():
        for use in waste.uses:
            if use.amount < -FULL * max(sum(waste.made.values()) + waste.from_yards, 1e-300):
                values = {"process": use.node, "material": material, "amount": f"{-use.amount:,.4g}"}
                fault = Fault("residue-above-waste", None, values)
                made.append(Finding("residue-above-waste", use.node, -use.amount, "t/a", fault))
    return made


def _recipes(closures: Sequence[Closure]) -> list[Finding]:
    worst: dict[str, Closure] = {}
    for c in closures:
        if not c.closes and abs(c.error or 0) > abs(worst[c.process].error or 0 if c.process in worst else 0):
            worst[c.process] = c
    made = []
    for process, c in worst.items():
        values = {"process": process, "layer": c.layer, "error": f"{c.error:+.2%}"}
        made.append(Finding("recipe-open", process, c.error, "1", Fault("recipe-open", None, values)))
    return made
