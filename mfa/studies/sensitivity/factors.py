"""The independent draws behind a sampled run, each with the figure, document, process and chain it is of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Literal

import numpy as np

from mfa.engine.network import Floats
from mfa.parameters import Path, figure_at
from mfa.studies.sampling.draws import DrawPlan
from mfa.studies.sampling.spread import Shape, quantile
from mfa.studies.sampling.uncertain import Uncertain, key_of
from mfa.system import Figure, System, number

By = Literal["figure", "document", "process", "chain"]
KINDS: tuple[By, ...] = ("figure", "document", "process", "chain")
FARTHEST = 1e-6  # from 0 and 1, where a probability has a normal score that steps can be taken from
HALVINGS = 60  # of an interval of probabilities: to the last digit
EVEN = (np.arange(400) + 0.5) / 400  # probabilities over which the spread of a figure is worked out


@dataclass(frozen=True)
class Factor:
    """One stream of probabilities, and the figure that it draws.

    Attributes
    ----------
    key : of its stream
    name : the path of the figure, as people write it
    kind : its distribution; `gamma` of a part of a split by concentration
    document, process, chain : what it belongs to; empty where nothing does
    """

    key: str
    name: str
    figure: Figure
    kind: str
    shape: Shape
    by_default: bool
    document: str
    process: str
    chain: str

    def group(self, by: By) -> str:
        """What it belongs to."""
        return self.name if by == "figure" else str(getattr(self, by))

    def at(self, u: Floats) -> Floats:
        """The figure at probabilities, all that it is written by being as written."""
        if self.kind == "gamma":
            from scipy.special import gammaincinv

            return np.asarray(gammaincinv(self.shape.value, u), np.float64)
        return quantile(self.kind, u, self.shape)

    @cached_property
    def central(self) -> float:
        """The probability at which the figure is as written."""
        low, high = 0.0, 1.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            below = float(self.at(np.array([middle]))[0]) < float(self.shape.value)
            low, high = (middle, high) if below else (low, middle)
        return min(max(low, FARTHEST), 1 - FARTHEST)

    @cached_property
    def sd(self) -> float:
        """The standard deviation of the figure."""
        return float(np.std(self.at(EVEN)))

    @cached_property
    def relative(self) -> float:
        """The standard deviation of its logarithm; where it may be 0, over its mean."""
        found = self.at(EVEN)
        if np.all(found > 0):
            return float(np.std(np.log(found)))
        return float(np.std(found) / abs(np.mean(found))) if np.mean(found) else 0.0


def factors(plan: DrawPlan) -> list[Factor]:
    """All that is drawn: figures, balance flows drawn by default, parts of splits by concentration."""
    found = [_of_figure(plan, u) for u in plan.uncertain]
    return [*found, *_balances(plan), *_parts(plan)]


def _of_figure(plan: DrawPlan, one: Uncertain) -> Factor:
    shape = plan.shape(one.path, one.figure, {}, one.gsd, one.top)
    belongs = _belongs(plan.system, one.path, one.figure)
    return Factor(one.key, one.name, one.figure, one.kind, shape, one.by_default, *belongs)


def _balances(plan: DrawPlan) -> Iterator[Factor]:
    for recipe in plan.recipes:
        for flow in (*recipe.inputs, *recipe.outputs):
            figure = figure_at(plan.system, flow.path)
            if flow.drawn_here and figure is not None:
                shape = Shape(flow.value, gsd=float(np.exp(np.sqrt(flow.variance))))
                belongs = _belongs(plan.system, flow.path, figure)
                key, name = f"{key_of(flow.path)}#0", plan.names[flow.path]
                yield Factor(key, name, figure, "lognormal", shape, True, *belongs)


def _parts(plan: DrawPlan) -> Iterator[Factor]:
    for paths in plan.dirichlet:
        figures = [figure_at(plan.system, p) for p in paths]
        whole = sum(number(f) for f in figures)
        for path, figure in zip(paths, figures, strict=True):
            concentration = number(plan.system.processes[path.member].concentration)
            if figure is not None:
                shape = Shape(concentration * figure.value / whole)
                belongs = _belongs(plan.system, path, figure)
                yield Factor(f"{key_of(path)}#0", plan.names[path], figure, "gamma", shape, False, *belongs)


def _belongs(system: System, path: Path, figure: Figure) -> tuple[str, str, str]:
    """Document, process and chain of a figure; the file stands for the chain of what no process has."""
    process = path.member if path.section in ("processes", "drive") else ""
    if process not in system.processes:
        process = str(path.field[1]) if path.section == "pools" else ""
    known = system.processes.get(process)
    source = figure.source
    if not source and path.section == "materials":
        source = system.materials[path.member].source
    file = PurePath(figure.place.file).stem if figure.place else ""
    return source, known.id if known else "", known.chain if known and known.chain else file
