"""Where a recipe leaves the CO2 account incomplete: carbon lost, gases that close a mass, weightless goods.

Everything is per native unit of the reference, so that a run only multiplies by its levels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mfa.checks.closure import FLOOR, ROUNDING
from mfa.errors import Fault
from mfa.properties import CO2_PER_C, carbon_content, energy_content, tonnes_per_unit, unresolved
from mfa.system import Coefficient, Material, Process, System

CO2 = "CO2"


@dataclass(frozen=True)
class CarbonGap:
    """One hole in the CO2 account of a recipe.

    `co2` is t CO2 per native unit of the reference that the account may miss or invent, None where
    nothing tells how much; `key` is the message.
    """

    code: str
    key: str
    process: str
    material: str
    co2: float | None

    def fault(self, system: System, level: float | None = None) -> Fault:
        """Its message, at the process; with a level in t CO2 a year, else per unit of the reference."""
        process = system.processes[self.process]
        per = f"{system.materials[process.per].unit} {process.per}"
        co2 = self.co2 or 0.0
        said = f"{co2:.3g} t CO2/{per}" if level is None else f"{co2 * level:,.0f} t CO2/a"
        amount = f" ({said})" if self.co2 else ""
        return Fault(
            self.key, process.place, {"process": self.process, "material": self.material, "amount": amount}
        )


def carbon_gaps(system: System) -> list[CarbonGap]:
    """Every hole, in the order of the processes."""
    return [gap for p in system.processes.values() for gap in _gaps(p, system.materials)]


def _gaps(process: Process, materials: Mapping[str, Material]) -> Iterator[CarbonGap]:
    lost = _lost(process, materials)
    if lost:
        yield lost
    for material, c in process.outputs.items():
        if c.balance and materials[material].ghg:
            into, out = _known(process.inputs, materials), _known(process.outputs, materials)
            if abs(into - out) > _slack(process, materials, max(into, out)):
                co2 = abs(into - out) * CO2_PER_C
                yield CarbonGap("carbon-by-balance", "carbon-by-balance", process.id, material, co2)
    yield from _weightless(process, materials)


def _lost(process: Process, materials: Mapping[str, Material]) -> CarbonGap | None:
    """Carbon that goes in, comes out in nothing, and no output is a greenhouse gas."""
    if any(materials[m].ghg for m in process.outputs):
        return None
    into = _known(process.inputs, materials)
    fuel = _known({m: c for m, c in process.inputs.items() if materials[m].kind == "fuel"}, materials)
    lost = into - _known(process.outputs, materials) + _uncounted(process, materials)
    lost = max(min(lost, fuel), lost - _room(process, materials))
    if lost > _slack(process, materials, into):
        names = sorted(
            (m for m in process.inputs if carbon_content(materials[m]).known),
            key=lambda m: -carbon_content(materials[m]).known * process.inputs[m].figure.value,
        )
        return CarbonGap("carbon-lost", "carbon-lost", process.id, names[0], lost * CO2_PER_C)
    burnt = _burnt_unknown(process, materials)
    return CarbonGap("carbon-lost", "carbon-lost-unknown", process.id, burnt, None) if burnt else None


def _known(recipe: Mapping[str, Coefficient], materials: Mapping[str, Material]) -> float:
    """Known carbon, t, per unit of the reference."""
    return sum(c.figure.value * carbon_content(materials[m]).known for m, c in recipe.items())


def _uncounted(process: Process, materials: Mapping[str, Material]) -> float:
    """Carbon, t, that leaves as CO2 in emissions that say nothing of `ghg`."""
    per_co2 = 1 / CO2_PER_C
    found = 0.0
    for m, c in process.outputs.items():
        share = materials[m].composition.get(CO2) if materials[m].kind == "emission" else None
        if share is not None:
            found += c.figure.value * share.value * (tonnes_per_unit(materials[m]) or 0.0) * per_co2
    return found


def _room(process: Process, materials: Mapping[str, Material]) -> float:
    """Goods of which nothing is known, t: carbon that is no fuel may be there."""
    room = 0.0
    for m, c in process.outputs.items():
        material = materials[m]
        if material.kind not in ("emission", "water", "energy"):
            tonnes = tonnes_per_unit(material)
            room += c.figure.value * unresolved(material, "C") * (math.inf if tonnes is None else tonnes)
    return room


def _slack(process: Process, materials: Mapping[str, Material], carbon: float) -> float:
    """Carbon, t, by which a recipe may be open: its tolerance, as `mfa check` takes it of an element."""
    turnover = max(
        sum(c.figure.value * materials[m].unit_mass for m, c in side.items() if materials[m].kind != "water")
        for side in (process.inputs, process.outputs)
    )
    return (process.tolerance.value + ROUNDING) * max(carbon, FLOOR * turnover)


def _burnt_unknown(process: Process, materials: Mapping[str, Material]) -> str:
    """A fuel of unknown carbon whose energy comes out in no other carrier of matter; empty where none."""

    def energy(recipe: Mapping[str, Coefficient]) -> float:
        matter = ((materials[m], c) for m, c in recipe.items() if materials[m].kind != "energy")
        return sum(c.figure.value * energy_content(m) for m, c in matter)

    unknown = [
        m
        for m in process.inputs
        if materials[m].kind == "fuel"
        and energy_content(materials[m])
        and carbon_content(materials[m]).unresolved > FLOOR
    ]
    into = energy(process.inputs)
    return unknown[0] if unknown and into - energy(process.outputs) > process.tolerance.value * into else ""


def _weightless(process: Process, materials: Mapping[str, Material]) -> Iterator[CarbonGap]:
    """A flow that closes a mass in which a good has no part."""
    closing = [m for m, c in (*process.inputs.items(), *process.outputs.items()) if c.balance]
    if not closing:
        return
    for material in process.outputs:
        m = materials[material]
        if not m.unit_mass and m.kind != "energy":
            gas = materials[closing[0]]
            co2 = (
                process.outputs[closing[0]].figure.value if gas.ghg and closing[0] in process.outputs else 0.0
            )
            yield CarbonGap("balance-weightless", "balance-weightless", process.id, material, co2)
