"""Flows that are drawn by default are brought to close the mass of their recipe.

A spread that nobody wrote says how far a figure may be off by itself. Drawn apart, 1.5 t of iron for
1 t of castings and 0.5 t of returns would make or lose iron; so each is moved as little as its spread
makes likely: factor exp(∓λ·s²·m), s² the variance of its logarithm, m its share of the mass, one λ
for a recipe and sample. This is the most likely correction of independent lognormals to first order
(least squares as in data reconciliation). A balance flow counts as one more figure by its confidence;
flows with a written uncertainty, references and exact ones stay as they are drawn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mfa.engine.network import Floats
from mfa.parameters import Path
from mfa.parameters.values import balance_of
from mfa.studies.sampling.spread import Number, Shape, quantile
from mfa.studies.sampling.uncertain import key_of
from mfa.system import GJ_PER, Coefficient, Material, Process, System

STEPS = 60  # of Newton; spreads of 40 % take fewer than ten
CLOSED = 1e-13  # of the mass that goes in: some roundings
LONGEST = 2.0  # a step of a logarithm: e² at once, so that no exponential overflows


@dataclass(frozen=True)
class Flow:
    """A flow of a recipe: its coefficient as written, and the variance of its logarithm, 0 where it stays."""

    path: Path
    material: Material
    value: float
    variance: float
    balance: bool


@dataclass(frozen=True)
class Recipe:
    """A recipe whose default spreads keep its mass.

    Attributes
    ----------
    inputs, outputs : the flows that have a mass
    ratio : mass in over mass out as written; 1 with a balance flow
    """

    inputs: tuple[Flow, ...]
    outputs: tuple[Flow, ...]
    ratio: float

    @property
    def key(self) -> str:
        """The path of the balance flow, whose spread has a stream of its own."""
        return next((key_of(f.path) for f in (*self.inputs, *self.outputs) if f.balance), "")

    def close(self, values: dict[Path, Floats], u: Floats) -> None:
        """Move the flows that are drawn by default, in place; `u` (sample,) draws the balance flow."""
        into = [self._mass(f, values, u) for f in self.inputs]
        out = [self._mass(f, values, u) * self.ratio for f in self.outputs]
        weights = self._weights()
        powers = [-w for w in weights[: len(into)]] + weights[len(into) :]
        drawn = np.array([np.broadcast_to(m, u.shape) for m in (*into, *out)])
        factors = _closing(drawn, np.array(powers), len(into))
        for flow, factor in zip((*self.inputs, *self.outputs), factors, strict=True):
            if flow.variance and not flow.balance:
                values[flow.path] = values[flow.path] * factor

    def _mass(self, flow: Flow, values: Mapping[Path, Floats], u: Floats) -> Number:
        value: Number = values.get(flow.path, flow.value)
        if flow.balance and flow.variance:
            shape = Shape(flow.value, gsd=math.exp(math.sqrt(flow.variance)))
            value = quantile("lognormal", u, shape)
        return value * unit_mass(flow.material, values)

    def _weights(self) -> list[float]:
        """How much each flow moves with λ: variance times its share of the mass."""
        masses = [f.value * f.material.unit_mass for f in self.inputs]
        masses += [f.value * f.material.unit_mass * self.ratio for f in self.outputs]
        flows = (*self.inputs, *self.outputs)
        weights = [f.variance * m for f, m in zip(flows, masses, strict=True)]
        return [w / max(weights) for w in weights]


def _closing(drawn: Floats, powers: Floats, inputs: int) -> Floats:
    """(flow, sample) factors exp(power·λ) by which masses in and out become equal, by Newton's method.

    Where no λ does that, because what stays is more than all else can be, they are as near as STEPS bring it.
    """
    sign = np.where(np.arange(len(drawn)) < inputs, 1.0, -1.0)[:, None]
    power, found = powers[:, None], np.zeros(drawn.shape[1])
    for _ in range(STEPS):
        moved = drawn * np.exp(power * found)
        open_ = (sign * moved).sum(axis=0)
        if np.all(np.abs(open_) <= CLOSED * moved.sum(axis=0)):
            break
        steep = (sign * power * moved).sum(axis=0)
        step = np.divide(-open_, steep, out=np.zeros_like(open_), where=steep != 0)
        found = found + np.clip(step, -LONGEST, LONGEST)
    made: Floats = np.exp(power * found)
    return made


def recipe(system: System, process: Process, free: Mapping[Path, float]) -> Recipe | None:
    """The recipe of a process; None where no free flow has a mass, or one side has none.

    Parameters
    ----------
    free : flow that is drawn by default → its geometric standard deviation
    """
    sides = []
    for side, flows in (("inputs", process.inputs), ("outputs", process.outputs)):
        found = (_flow(system, process.id, side, name, c, free) for name, c in flows.items())
        sides.append(tuple(f for f in found if f.value * f.material.unit_mass > 0))
    inputs, outputs = sides
    if not any(f.variance and not f.balance for f in (*inputs, *outputs)) or not (inputs and outputs):
        return None
    masses = [sum(f.value * f.material.unit_mass for f in flows) for flows in sides]
    return Recipe(inputs, outputs, 1.0 if balance_of(process) else masses[0] / masses[1])


def _flow(
    system: System, process: str, side: str, name: str, coefficient: Coefficient, free: Mapping[Path, float]
) -> Flow:
    path = Path("processes", process, (side, name))
    gsd = free.get(path, 1.0)
    if coefficient.balance:
        gsd = 1 + system.spreads.get(coefficient.figure.confidence, 0.0)
    variance = math.log(gsd) ** 2
    return Flow(path, system.materials[name], coefficient.figure.value, variance, coefficient.balance)


def unit_mass(material: Material, values: Mapping[Path, Floats]) -> Number:
    """(sample,) tonnes in one native unit (`Material.unit_mass`)."""
    mass = values.get(Path("materials", material.id, ("mass",)))
    enthalpy = values.get(Path("materials", material.id, ("enthalpy",)))
    if material.is_mass or (mass is None and enthalpy is None):
        return material.unit_mass
    return GJ_PER[material.unit] / enthalpy if enthalpy is not None else mass  # type: ignore[return-value]
