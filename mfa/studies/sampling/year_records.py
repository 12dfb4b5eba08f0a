"""Samples of a run over periods from records: each sample has stocks of its own, from period to period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from mfa.delayed import with_delays
from mfa.engine.batch import solve_batch, stacked
from mfa.engine.compile import Compiled
from mfa.engine.network import Floats
from mfa.engine.returns import with_shares, without_shares
from mfa.errors import Error, Failure
from mfa.parameters import Path
from mfa.results.periods import Heaps, periods_of
from mfa.results.run import Run, solve_compiled
from mfa.studies.sampling.drawn_systems import DrawnSystems, Sample, flow_name
from mfa.studies.sampling.sampler import FAILURE, Reason
from mfa.system import System


class Solved(NamedTuple):
    """The run of a sample in a period, or why there is none; whether it was solved alone."""

    sample: int
    run: Run | Reason
    alone: bool


@dataclass(frozen=True)
class YearRecords:
    """Makes and solves the systems of some samples, period by period.

    Attributes
    ----------
    system : with its periods, as it is read
    written : of each period, as written (`period_systems`)
    runs : of each period, of the figures as written
    paths : of each period, the figures that are drawn or follow
    """

    system: System
    written: Sequence[System]
    runs: Sequence[Run]
    paths: Sequence[tuple[Path, ...]]

    def solved(self, drawn: Mapping[int, Sequence[Floats]]) -> Iterator[list[Solved]]:
        """Period by period, the samples that still can be.

        Parameters
        ----------
        drawn : sample → of each period, (path,) its figures
        """
        heaps: dict[int, Heaps] = {}
        past: dict[int, list[System]] = {i: [] for i in drawn}
        left = list(drawn)
        for t in range(len(self.written)):
            sampled = {i: self._drawn[t].sample(drawn[i][t]) for i in left}
            made = {i: self._delayed(one, past[i]) for i, one in sampled.items()}
            if not t:
                heaps = {i: Heaps(one.system, periods_of(self.system)) for i, one in made.items()}
            found = list(self._period(t, made, heaps))
            for one in found:
                if isinstance(one.run, Run):
                    heaps[one.sample].close(one.run)
            yield found
            left = [one.sample for one in found if isinstance(one.run, Run)]

    @cached_property
    def _drawn(self) -> list[DrawnSystems]:
        return [DrawnSystems(s, p) for s, p in zip(self.written, self.paths, strict=True)]

    def _delayed(self, sample: Sample, past: list[System]) -> Sample:
        """The sample with what is under way, and its system as drawn among those of periods gone by."""
        if self.system.periods is None or not any(p.delay for p in self.system.processes.values()):
            return sample
        found = sample._replace(system=with_delays(sample.system, past))
        past.append(sample.system)
        return found

    def _period(self, t: int, made: Mapping[int, Sample], heaps: Mapping[int, Heaps]) -> Iterator[Solved]:
        """The samples of a period: networks like that of the written figures at once, others alone."""
        central = self.runs[t].compiled
        ready: dict[int, tuple[System, Compiled]] = {}
        for i, sample in made.items():
            try:
                opened = heaps[i].opened(sample.system)
            except Error as error:
                yield Solved(i, (error.faults[0].key, ""), True)
                continue
            ready[i] = opened, central.refilled(opened)
        alike = [i for i, (_, c) in ready.items() if "wiring" in vars(c)]
        values = [with_shares(ready[i][1].values, ready[i][1].returns) for i in alike]
        batch = solve_batch(central.wiring, stacked(values)) if alike else None
        at = {i: n for n, i in enumerate(alike)}
        for i, (system, compiled) in ready.items():
            n = at.get(i)
            if batch is None or n is None or batch.left[n]:
                yield Solved(i, self._alone(made[i], system, compiled), True)
                continue
            state, own = without_shares(batch.state(n), compiled.values, compiled.returns)
            yield Solved(i, self._judged(made[i], Run(system, compiled.with_values(own), state)), False)

    def _alone(self, sample: Sample, system: System, compiled: Compiled) -> Run | Reason:
        """The run of a sample by the plain solver, or why there is none."""
        try:
            return self._judged(sample, solve_compiled(system, compiled))
        except Error as error:
            return error.faults[0].key, ""
        except Failure:
            return FAILURE, ""

    def _judged(self, sample: Sample, run: Run) -> Run | Reason:
        """The run, unless a flow would be negative of a process that runs in it."""
        at = run.compiled.structure.processes.index
        for process, where in sample.negative:
            if run.state.level[at(process)] > 0:
                return "sample-negative", flow_name(self.system, process, where)
        return run
