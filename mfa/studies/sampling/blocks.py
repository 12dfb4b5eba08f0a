"""Blocks of samples in their order, by whoever solves them: this process, its threads, others, a cluster.

A sample is the same in whatever block it is solved, so that the size of blocks and the crew change no number.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from uuid import uuid4

from mfa.results.run import Run
from mfa.studies.sampling.draws import DrawPlan
from mfa.studies.sampling.sampler import AT_ONCE, Block, Sampler
from mfa.studies.sampling.streams import PER_STEP
from mfa.studies.sweeps import crews
from mfa.studies.sweeps.crews import Crew

BLOCK = 256  # samples solved together where others wait for them: the step of `--until-error`, of progress
MOST = 1024  # samples on arrays: twice as many are not quicker, and take twice the room
FEW = 16  # samples by records that are handed out: some 0.7 s of a park, for which Ctrl-C waits
HELD = 400_000_000  # bytes of a block on arrays, whatever the network
ARRAYS = (
    16  # of flows and figures that are held at once for each sample: figures, draws, amounts, their copies
)
WHOLE = 48  # the same where all accounts are made of them


@dataclass(frozen=True)
class SampleWork:
    """What a crew needs to solve any block.

    Attributes
    ----------
    size : samples of a block
    drawn : whether the drawn figures of the samples are wanted
    """

    central: Run
    plan: DrawPlan
    names: tuple[str, ...] | None
    tables: bool
    size: int
    most: int
    drawn: bool = True

    def solver(self) -> Callable[[int], Block]:
        """What solves a block by its first sample."""
        return self.of(Sampler(self.central, self.plan, self.names, tables=self.tables))

    def of(self, sampler: Sampler) -> Callable[[int], Block]:
        """The same by a sampler that is there already."""

        def block(start: int) -> Block:
            made = sampler.block(start, min(self.size, self.most - start))
            return made if self.drawn else replace(made, drawn=made.drawn[:0])

        return block


@dataclass(frozen=True)
class _Ready:
    """Work whose sampler has worked out all that blocks share."""

    solve: Callable[[int], Block]

    def solver(self) -> Callable[[int], Block]:
        return self.solve


def blocks(
    sampler: Sampler, most: int, crew: Crew, *, drawn: bool = True, even: bool = False
) -> Generator[Block, None, None]:
    """The blocks of samples in their order.

    What is worked out on arrays goes to threads, whose numpy runs at the same time. What needs records is
    Python, which does not: it goes to processes, where a number of them is asked for, since a script must
    be made for that (`if __name__ == "__main__":`).

    Parameters
    ----------
    most : samples there are
    drawn : whether their figures are wanted
    even : blocks of `BLOCK`, whatever is quickest
    """
    sampler.block(0, min(PER_STEP, most))  # what all blocks share, before threads ask for it at once
    size = BLOCK if even else _size(sampler, most, crew)
    names = None if sampler.all else sampler.names
    work = SampleWork(sampler.central, sampler.plan, names, bool(sampler.tables), size, most, drawn)
    starts = range(0, most, size)
    ready = _Ready(work.of(sampler))
    here = min(crew.count, len(starts))
    if crew.scheduler is not None:
        found = crews.on_cluster(_packed(work), starts, crew.scheduler, uuid4().hex)
    elif here > 1 and sampler.fast:
        found = crews.threads(ready, starts, here)
    elif here > 1 and crew.processes is not None:
        found = crews.together(_packed(work), starts, here)
    else:
        found = crews.alone(ready, starts)
    yield from _in_order(found, starts)


def _size(sampler: Sampler, most: int, crew: Crew) -> int:
    """How many samples a block has, a multiple of 4: something for everybody, and no more than has room."""
    if not sampler.fast:
        return FEW if crew.scheduler is not None or crew.processes not in (None, 1) else AT_ONCE
    rows = len(sampler.central.compiled.values.coefficient) + len(sampler.paths)
    arrays = WHOLE if sampler.all else ARRAYS
    room = HELD // (8 * arrays * rows * crew.count)
    each = most // crew.count + PER_STEP
    return max(1, min(MOST, room, max(BLOCK, each)) // PER_STEP) * PER_STEP


def _packed(work: SampleWork) -> SampleWork:
    """The work without what is worked out of it, to be sent to others."""
    run = work.central
    return replace(
        work,
        central=Run(run.system, replace(run.compiled), run.state),
        plan=replace(work.plan),
    )


def _in_order(
    found: Generator[tuple[int, Block], None, None], starts: Sequence[int]
) -> Generator[Block, None, None]:
    """The blocks by their numbers, those that come early held back."""
    waiting: dict[int, Block] = {}
    due = iter(starts)
    following = next(due)
    with closing(found):
        for start, block in found:
            waiting[start] = block
            while following in waiting:
                yield waiting.pop(following)
                following = next(due, -1)
