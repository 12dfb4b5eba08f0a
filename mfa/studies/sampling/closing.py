"""Flows that are drawn by default are brought to close the mass and the energy of their recipe.

A spread that nobody wrote says how far a figure may be off by itself. Drawn apart, 1.5 t of iron for
1 t of castings and 0.5 t of returns would make or lose iron; so each is moved as little as its spread
makes likely: factor exp(∓λ·s²·m), s² the variance of its logarithm, m its share of the mass, one λ
for a recipe and sample. This is the most likely correction of independent lognormals to first order
(least squares as in data reconciliation). A balance flow counts as one more figure by its confidence;
flows with a written uncertainty, references and exact ones stay as they are drawn.

Flows without mass (electricity, heat, wind) close the energy in the same way, where the recipe closes
it as written: what gives 1 MWh of electricity for 1 MWh of wind does so in every sample.

Water closes before all else, where it does as written: what is taken in and not in products leaves as vapour
or wastewater, and must not be made up by what solids lose. Water that was computed is drawn with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mfa.engine.adding import adding
from mfa.engine.network import Floats
from mfa.parameters import Path
from mfa.parameters.values import balance_of
from mfa.properties import energy_content, is_carrier
from mfa.studies.sampling.spread import Number, Shape, quantile
from mfa.studies.sampling.uncertain import key_of
from mfa.system import GJ_PER, Coefficient, Material, Process, System

STEPS = 60  # of Newton; spreads of 40 % take fewer than ten
CLOSED = 1e-13  # of the mass that goes in: some roundings
WATER = 1e-3  # of the water that goes in: what is written to three digits closes
LONGEST = 2.0  # a step of a logarithm: e² at once, so that no exponential overflows

Content = Callable[[Material, Mapping[Path, Floats]], Number]


@dataclass(frozen=True)
class Flow:
    """A flow of a recipe: its coefficient as written, and the variance of its logarithm, 0 where it stays.

    `computed`: it is written as what closes the water, and drawn here alone.
    """

    path: Path
    material: Material
    value: float
    variance: float
    balance: bool
    computed: bool = False

    @property
    def drawn_here(self) -> bool:
        """Whether no other draw has it."""
        return (self.balance or self.computed) and self.variance > 0


@dataclass(frozen=True)
class Recipe:
    """A recipe whose default spreads keep its mass, or its energy.

    Attributes
    ----------
    inputs, outputs : the flows that have a mass; or an energy
    ratio : mass in over mass out as written; 1 with a balance flow
    content : material, drawn figures → what of it is in one native unit (`unit_mass`)
    """

    inputs: tuple[Flow, ...]
    outputs: tuple[Flow, ...]
    ratio: float
    content: Content

    @property
    def powers(self) -> list[float]:
        """(flow,) how much each moves with λ: variance times its share of the mass; inputs the other way."""
        masses = [f.value * self.content(f.material, {}) for f in self.inputs]
        masses += [f.value * self.content(f.material, {}) * self.ratio for f in self.outputs]
        flows = (*self.inputs, *self.outputs)
        weights = [f.variance * m for f, m in zip(flows, masses, strict=True)]
        most = max(weights)
        return [float(-w if i < len(self.inputs) else w) / float(most) for i, w in enumerate(weights)]


class Closing:
    """Closes the mass of recipes, all at once.

    Attributes
    ----------
    keys : the streams that draw balance and computed flows, in the order of the rows that `close` takes
    """

    def __init__(self, recipes: Sequence[Recipe]) -> None:
        found = [(k, r, f, p) for k, r in enumerate(recipes) for f, p in _flows(r)]
        self._content = [r.content for _, r, _, _ in found]
        self._flows = [f for _, _, f, _ in found]
        self._recipe = np.array([k for k, *_ in found], np.int64)
        self._count = len(recipes)
        self._side = _column(1.0 if f in r.inputs else -1.0 for _, r, f, _ in found)
        self._scale = _column(1.0 if f in r.inputs else r.ratio for _, r, f, _ in found)
        self._power = _column(p for *_, p in found)
        self._moving = np.flatnonzero([f.variance > 0 and not f.balance for f in self._flows])
        self._drawn = [i for i, f in enumerate(self._flows) if f.drawn_here]
        self.keys = tuple(key_of(self._flows[i].path) for i in self._drawn)
        self._median = _column(self._flows[i].value for i in self._drawn)
        self._gsd = _column(math.exp(math.sqrt(self._flows[i].variance)) for i in self._drawn)

    def close(self, values: dict[Path, Floats], u: Floats, size: int) -> None:
        """Move the flows that are drawn by default, in place; `u` (key, sample) draws those of `keys`."""
        if not self._count:
            return
        rows = quantile("lognormal", u, Shape(self._median, gsd=self._gsd))
        drawn = dict(zip(self._drawn, rows, strict=True))
        factors = np.exp(self._power[self._moving] * self._found(self._masses(values, drawn, size)))
        for i, factor in zip(self._moving.tolist(), factors, strict=True):
            path = self._flows[i].path
            values[path] = (drawn[i] if i in drawn else values[path]) * factor

    def _masses(self, values: Mapping[Path, Floats], drawn: Mapping[int, Floats], size: int) -> Floats:
        """(flow, sample) tonnes a unit of its process; of outputs by the ratio of their recipe."""
        made = np.empty((len(self._flows), size))
        for i, flow in enumerate(self._flows):
            content = self._content[i](flow.material, values)
            np.multiply(values.get(flow.path, flow.value), content, out=made[i])
        for i, row in drawn.items():
            np.multiply(row, unit_mass(self._flows[i].material, values), out=made[i])
        made *= self._scale
        return made

    def _found(self, drawn: Floats) -> Floats:
        """(moving flow, sample) λ by which masses in and out become equal, by Newton's method.

        Where no λ does that, because what stays is more than all else can be, they are as near as STEPS
        bring it. A sample stands still once it is closed, whatever the others do.
        """
        moves = np.flatnonzero(self._power[:, 0])
        stays = np.flatnonzero(self._power[:, 0] == 0)
        adds = adding(self._recipe[stays], self._count)
        open_stays, mass_stays = adds @ (self._side[stays] * drawn[stays]), adds @ drawn[stays]
        found = np.zeros((self._count, drawn.shape[1]))
        active = np.arange(self._count)
        for _ in range(STEPS):
            place = np.full(self._count, -1)
            place[active] = np.arange(len(active))
            rows = moves[place[self._recipe[moves]] >= 0]
            at, power = place[self._recipe[rows]], self._power[rows]
            moved = drawn[rows] * np.exp(power * found[active][at])
            adds = adding(at, len(active))
            mass = adds @ moved + mass_stays[active]
            moved *= self._side[rows]
            left = adds @ moved + open_stays[active]
            steep = adds @ (power * moved)
            going = (np.abs(left) > CLOSED * mass) & (steep != 0)
            step = np.divide(-left, steep, out=np.zeros(left.shape), where=going)
            found[active] += np.clip(step, -LONGEST, LONGEST)
            active = active[going.any(axis=1)]
            if not len(active):
                break
        return found[self._recipe[self._moving]]


def _flows(of: Recipe) -> Iterator[tuple[Flow, float]]:
    return zip((*of.inputs, *of.outputs), of.powers, strict=True)


def _column(found: Iterable[float]) -> Floats:
    return np.array(list(found), float).reshape(-1, 1)


def recipe(system: System, process: Process, free: Mapping[Path, float]) -> Recipe | None:
    """The recipe of a process; None where no free flow has a mass, or one side has none.

    Parameters
    ----------
    free : flow that is drawn by default → its geometric standard deviation
    """
    water = water_recipe(system, process, free)
    closed = {f.path for f in (*water.inputs, *water.outputs)} if water else set()
    found = _sides(system, process, {p: g for p, g in free.items() if p not in closed}, unit_mass)
    if found is None:
        return None
    inputs, outputs, ratio = found
    return Recipe(inputs, outputs, 1.0 if balance_of(process) else ratio, unit_mass)


def water_recipe(system: System, process: Process, free: Mapping[Path, float]) -> Recipe | None:
    """The same of what is nothing but water; None where it does not close as written, or closes the mass."""
    found = _sides(system, process, free, unit_water)
    if found is None or abs(1 - found[2]) > WATER:
        return None
    inputs, outputs = (tuple(_with_computed(system, f) for f in side) for side in found[:2])
    if any(f.balance for f in (*inputs, *outputs)):
        return None
    return Recipe(inputs, outputs, found[2], unit_water)


def _with_computed(system: System, flow: Flow) -> Flow:
    """The flow; one that was computed from the others is as free as its confidence says."""
    _, member, (side, name) = flow.path
    figure = getattr(system.processes[member], str(side))[name].figure
    if flow.variance or figure.dist or system.source_kinds.get(figure.source) != "computed":
        return flow
    gsd = 1 + system.spreads.get(figure.confidence, 0.0)
    return replace(flow, variance=math.log(gsd) ** 2, computed=True)


def unit_water(material: Material, values: Mapping[Path, Floats]) -> Number:
    """(sample,) tonnes in one native unit of what is nothing but water; 0 of others."""
    share = material.composition.get("H2O")
    pure = share is not None and share.value >= 1
    return unit_mass(material, values) if pure and material.has_mass else 0.0


def energy_recipe(system: System, process: Process, free: Mapping[Path, float]) -> Recipe | None:
    """The same of energy, closed by free flows without mass; None where it does not close as written."""
    massless = {p: g for p, g in free.items() if not system.materials[str(p.field[1])].has_mass}
    found = _sides(system, process, massless, unit_energy)
    if found is None or abs(1 - found[2]) > process.tolerance.value:
        return None
    inputs, outputs = (
        tuple(replace(f, balance=False, variance=0.0 if f.balance else f.variance) for f in side)
        for side in found[:2]
    )
    return Recipe(inputs, outputs, found[2], unit_energy)


def _sides(
    system: System, process: Process, free: Mapping[Path, float], content: Content
) -> tuple[tuple[Flow, ...], tuple[Flow, ...], float] | None:
    """Inputs, outputs, and in over out as written; None where nothing is free, or one side has nothing."""
    sides = []
    for side, flows in (("inputs", process.inputs), ("outputs", process.outputs)):
        found = (_flow(system, process.id, side, name, c, free) for name, c in flows.items())
        sides.append(tuple(f for f in found if f.value * content(f.material, {}) > 0))
    inputs, outputs = sides
    if not any(f.variance and not f.balance for f in (*inputs, *outputs)) or not (inputs and outputs):
        return None
    sums = [float(sum(f.value * content(f.material, {}) for f in flows)) for flows in sides]
    return inputs, outputs, sums[0] / sums[1]


def _flow(
    system: System, process: str, side: str, name: str, coefficient: Coefficient, free: Mapping[Path, float]
) -> Flow:
    path = Path("processes", process, (side, name))
    gsd = free.get(path, 1.0)
    if coefficient.balance:
        gsd = 1 + system.spreads.get(coefficient.figure.confidence, 0.0)
    variance = math.log(gsd) ** 2
    return Flow(path, system.materials[name], coefficient.figure.value, variance, coefficient.balance)


def unit_energy(material: Material, values: Mapping[Path, Floats]) -> Number:
    """(sample,) GJ in one native unit of an energy carrier, 0 of others (`energy_content`)."""
    if not is_carrier(material):
        return 0.0
    drawn = values.get(Path("materials", material.id, ("lhv",)))
    return energy_content(material) if drawn is None or material.unit in GJ_PER else drawn


def unit_mass(material: Material, values: Mapping[Path, Floats]) -> Number:
    """(sample,) tonnes in one native unit (`Material.unit_mass`)."""
    mass = values.get(Path("materials", material.id, ("mass",)))
    enthalpy = values.get(Path("materials", material.id, ("enthalpy",)))
    if material.is_mass or (mass is None and enthalpy is None):
        return material.unit_mass
    return GJ_PER[material.unit] / enthalpy if enthalpy is not None else mass  # type: ignore[return-value]
