"""Samples whose draws are laid down: probabilities of each figure, or one figure changed at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mfa.engine.network import Bools, Floats
from mfa.parameters import Path
from mfa.results.run import Run
from mfa.studies.sampling.blocks import blocks
from mfa.studies.sampling.draws import DrawPlan, Draws
from mfa.studies.sampling.sampler import Sampler
from mfa.studies.sampling.streams import Streams
from mfa.studies.sweeps.crews import EVERYBODY, Crew

LEAST = 4  # samples, since a sampler looks at the first four
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Laid(Streams):
    """Streams whose probabilities are given: key → (sample,)."""

    u: Mapping[str, Floats] = field(default_factory=dict)

    def block(self, start: int, size: int) -> Mapping[str, Floats]:
        """Those of some samples."""
        return {key: self.u[key][start : start + size] for key in self.keys}

    def further(self, key: str, number: int, start: int, size: int) -> Floats:
        """Of a further draw; the middle where nothing is drawn by it."""
        found = self.u.get(f"{key}#{number}")
        return np.full(size, 0.5) if found is None else found[start : start + size]


@dataclass(frozen=True)
class LaidPlan(DrawPlan):
    """A plan whose probabilities are given."""

    u: Mapping[str, Floats] = field(default_factory=dict)

    @cached_property
    def streams(self) -> Streams:
        """The given ones."""
        keys = tuple(one.key for one in self.uncertain)
        return Laid(keys, self.seed, self.method, self.count, u=self.u)


def laid(plan: DrawPlan, u: Mapping[str, Floats]) -> LaidPlan:
    """The plan with given probabilities, key → (sample,); of few, the last are repeated."""
    size = len(next(iter(u.values()), ()))
    more = {k: np.concatenate([v, np.full(max(0, LEAST - size), v[-1])]) for k, v in u.items()}
    return LaidPlan(plan.system, plan.seed, "random", max(size, LEAST), more)


class Change(NamedTuple):
    """A figure that is another one, native units."""

    path: Path
    value: float


@dataclass(frozen=True)
class ChangePlan(DrawPlan):
    """A plan of samples in each of which one figure alone is another than it is written."""

    changes: Sequence[Change] = ()

    def block(self, start: int, size: int) -> Draws:
        """The figures of the samples from `start`; after the last they are as written."""
        values = {c.path: np.full(size, self.central(c.path)) for c in self.changes}
        for i, change in enumerate(self.changes[start : start + size]):
            values[change.path][i] = change.value
        nothing: Mapping[Path, Bools] = {}
        self.hold(values)
        return Draws(size, values, nothing, Counter())


class Outputs(NamedTuple):
    """What comes out: (sample, row) values of indicators, NaN where a sample does not count; whether met."""

    rows: Sequence[tuple[str, float | None, float | None]]
    values: Floats
    met: Sequence[tuple[str | None, ...]]


def solved(
    central: Run,
    plan: DrawPlan,
    names: Sequence[str],
    count: int,
    progress: Progress = lambda n, of: None,
    crew: Crew = EVERYBODY,
) -> Outputs:
    """The indicators of some samples of a plan."""
    sampler = Sampler(central, plan, names, tables=False)
    values, met, done = [], list[tuple[str | None, ...]](), 0
    for block in blocks(sampler, max(count, LEAST), crew, drawn=False):
        values.append(block.values)
        met += block.met
        done += len(block.values)
        progress(min(done, count), count)
    return Outputs(sampler.row_keys, np.concatenate(values)[:count], met[:count])
