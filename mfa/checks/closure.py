"""Does each recipe close? Mass, every checkable element and declared substance, energy out over in.

Error = (in - out) ÷ turnover for mass, ÷ max(in, out, 0.5 % of the turnover) for an
element. The turnover is max(in, out) without what a process returns as the same material
and, when anything else flows, without kind `water`, so that circulation hides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mfa.errors import Fault, Place
from mfa.properties import element_shares, energy_content, unresolved
from mfa.system import Coefficient, Material, Process, System

FLOOR = 0.005  # of the turnover: the error of a trace element is measured against so much, not against itself
ROUNDING = 1e-9  # shares as they are typed add up to 1 this well


@dataclass(frozen=True)
class Closure:
    """One layer of one process, per unit of its reference.

    `error` is a fraction, empty where the layer is not checkable; `reason` then names the
    flow whose composition is missing.
    """

    process: str
    layer: str
    inputs: float
    outputs: float
    error: float | None
    closes: bool
    reason: str = ""


@dataclass(frozen=True)
class EnergyRatio:
    """Energy out over in by lower heating value, GJ per unit of the reference."""

    process: str
    inputs: float
    outputs: float
    heat_pump: bool

    @property
    def ratio(self) -> float | None:
        """Out ÷ in; None where nothing that carries energy goes in (wind, sun, the grid)."""
        return self.outputs / self.inputs if self.inputs > 0 else None

    @property
    def plausible(self) -> bool:
        """Whether no more comes out than goes in, or a heat pump says so."""
        return self.heat_pump or self.ratio is None or self.ratio <= 1 + ROUNDING


def closures(system: System) -> list[Closure]:
    """Mass and elements of every process, in the order of the processes."""
    shares = {k: element_shares(m) for k, m in system.materials.items()}
    return [c for p in system.processes.values() for c in _process(p, system.materials, shares)]


def open_recipe(system: System, found: Closure, place: Place | None = None) -> Fault:
    """That a layer of a process does not close, and what may be behind it."""
    process = system.processes[found.process]
    values = {"process": process.id, "layer": found.layer, "error": f"{found.error:+.2%}"}
    if process.is_assumed_output and (found.error or 0.0) < 0:
        values |= {"per": process.per, "unit": system.materials[process.per].unit}
        return Fault("recipe-open-per", place, values)
    return Fault("recipe-open", place, values)


def energies(system: System) -> list[EnergyRatio]:
    """Energy out over in of every process with an energy or fuel output."""
    found = []
    for process in system.processes.values():
        kinds = {system.materials[m].kind for m in process.outputs}
        if kinds & {"energy", "fuel"}:
            into = _energy(process.inputs, system.materials)
            out = _energy(process.outputs, system.materials)
            found.append(EnergyRatio(process.id, into, out, process.heat_pump))
    return found


def _energy(recipe: Mapping[str, Coefficient], materials: Mapping[str, Material]) -> float:
    return sum(_amount(recipe, m) * energy_content(materials[m]) for m in recipe)


def _amount(recipe: Mapping[str, Coefficient], material: str) -> float:
    found = recipe.get(material)
    return found.figure.value if found is not None else 0.0


def _process(
    process: Process, materials: Mapping[str, Material], shares: Mapping[str, Mapping[str, float]]
) -> list[Closure]:
    named = {m: materials[m].unit_mass for m in (*process.inputs, *process.outputs)}
    flows = [
        (m, mass * _amount(process.inputs, m), mass * _amount(process.outputs, m))
        for m, mass in named.items()
    ]
    flows = [f for f in flows if f[1] or f[2]]
    if not flows:
        return []
    turnover = _turnover(flows, materials)
    into, out = sum(f[1] for f in flows), sum(f[2] for f in flows)
    error = (into - out) / turnover if turnover else 0.0
    mass = Closure(process.id, "mass", into, out, error, abs(error) <= process.tolerance.value + ROUNDING)
    layers = dict.fromkeys(e for m, _, _ in flows for e in shares[m])
    return [mass, *(_element(process, e, flows, turnover, materials, shares) for e in sorted(layers))]


Flow = tuple[str, float, float]  # material, t in, t out


def _turnover(flows: Iterable[Flow], materials: Mapping[str, Material]) -> float:
    """max(in, out) without returns and, when anything else flows, without water."""
    once = [(m, i - min(i, o), o - min(i, o)) for m, i, o in flows]
    dry = [f for f in once if materials[f[0]].kind != "water" and (f[1] or f[2])]
    counted = dry or once
    return max(sum(f[1] for f in counted), sum(f[2] for f in counted))


def _element(
    process: Process,
    element: str,
    flows: list[Flow],
    turnover: float,
    materials: Mapping[str, Material],
    shares: Mapping[str, Mapping[str, float]],
) -> Closure:
    into = sum(i * shares[m].get(element, 0.0) for m, i, _ in flows)
    out = sum(o * shares[m].get(element, 0.0) for m, _, o in flows)
    hidden = {
        m: abs(i - o) * unresolved(materials[m], element) for m, i, o in flows if element not in shares[m]
    }
    if sum(hidden.values()) > FLOOR * turnover * (1 + ROUNDING):
        worst = max(hidden, key=lambda m: hidden[m])
        return Closure(process.id, element, into, out, None, True, worst)
    base = max(into, out, FLOOR * turnover)
    error = (into - out) / base if base else 0.0
    return Closure(process.id, element, into, out, error, abs(error) <= process.tolerance.value + ROUNDING)
