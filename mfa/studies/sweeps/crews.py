"""Who solves: this process, its threads, several processes of this machine, the workers of a Dask cluster.

What is solved are the points of a sweep, or the samples of a run. All give the same rows, bit for bit:
a point is solved from the same start wherever that is.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol, TypeVar

from mfa.errors import Error, Failure, Fault, missing_extra

CHUNK = 25  # points that are handed out and kept together: about half a second of a park
AHEAD = 2  # chunks for each process, so that none waits for the next
PATIENCE = "10s"  # in which a scheduler answers

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Chunks = Generator[tuple[int, T], None, None]
"""Chunks as they are done, each with the number of its first point."""


class Work(Protocol[T_co]):
    """What is handed out in chunks, each told by the number of its first point."""

    def solver(self) -> Callable[[int], T_co]:
        """What solves a chunk, ready for many."""


def starts(points: int) -> range:
    """The first points of all chunks."""
    return range(0, points, CHUNK)


def processors() -> int:
    """How many processes can run at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Crew:
    """Who solves.

    Attributes
    ----------
    processes : how many at once here; None is one for each processor
    scheduler : the address of a Dask scheduler, whose workers do it instead
    """

    processes: int | None = None
    scheduler: str | None = None

    def check(self) -> None:
        """Refuse what cannot be, before anything is solved.

        Raises
        ------
        mfa.Error
            less than one process; Dask is asked for and not installed
        """
        if self.processes is not None and self.processes < 1:
            raise Error([Fault("sweep-processes", None, {"count": self.processes})])
        if self.scheduler is not None:
            dask()

    @property
    def count(self) -> int:
        """How many solve at once here."""
        return self.processes or processors()

    def chunks(self, work: Work[T], wanted: Sequence[int], key: str) -> Chunks[T]:
        """The chunks as they are done, each with the number of its first point.

        Parameters
        ----------
        key : tells this work from all others
        """
        if self.scheduler is not None:
            return on_cluster(work, wanted, self.scheduler, key)
        here = min(self.count, len(wanted))
        return alone(work, wanted) if here < 2 else together(work, wanted, here)


EVERYBODY = Crew()
"""As many as there are processors."""


def alone(work: Work[T], wanted: Sequence[int]) -> Chunks[T]:
    """Chunks solved in this process, one after the other."""
    solve = work.solver()
    for start in wanted:
        yield start, solve(start)


def threads(work: Work[T], wanted: Sequence[int], count: int) -> Chunks[T]:
    """Chunks solved by threads of this process, as they are done: for work that is done in numpy."""
    solve = work.solver()
    pool = ThreadPoolExecutor(count)
    try:
        yield from _handed_out(lambda start: pool.submit(_numbered, solve, start), wanted, count)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _numbered(solve: Callable[[int], T], start: int) -> tuple[int, T]:
    return start, solve(start)


def _handed_out(
    submit: Callable[[int], Future[tuple[int, T]]], wanted: Sequence[int], count: int
) -> Chunks[T]:
    """Results as they are done, of some chunks at a time."""
    waiting = iter(wanted)
    with _deaf():
        running = {submit(start) for start in islice(waiting, AHEAD * count)}
    while running:
        done, running = wait(running, return_when=FIRST_COMPLETED)
        running |= {submit(start) for start in islice(waiting, len(done))}
        yield from (future.result() for future in done)


# ---------------------------------------------------------------- processes of this machine
def together(work: Work[T], wanted: Sequence[int], processes: int) -> Chunks[T]:
    """Chunks solved in several processes, as they are done.

    Raises
    ------
    mfa.Failure
        a process ended before its work
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(work,))
    try:
        yield from _handed_out(lambda start: pool.submit(_chunk, start), wanted, processes)
    except BrokenProcessPool:
        raise Failure("a process of the sweep ended before its work; is there enough memory?") from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes that begin in the block never hear of Ctrl-C; this one does, at its end."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_ours: list[Callable[[int], Any]] = []
"""In a process of a crew: its solver."""


def _begin(work: Work[Any]) -> None:
    """Make ready a process: it leaves Ctrl-C to the first, and ends when that does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it cannot be begun deaf
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _ours[:] = [work.solver()]


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _chunk(start: int) -> tuple[int, Any]:
    return start, _ours[0](start)


# ---------------------------------------------------------------- Dask
def on_cluster(work: Work[T], wanted: Sequence[int], scheduler: str, key: str) -> Chunks[T]:
    """Chunks solved by the workers of a Dask scheduler, as they are done.

    Parameters
    ----------
    scheduler : its address, such as `tcp://host:8786`
    key : tells this work from all others

    Raises
    ------
    mfa.Error
        Dask is not installed here, or no scheduler with workers answers
    """
    distributed = dask()
    with _client(distributed, scheduler) as client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise Error([Fault("sweep-workers", None, {"address": scheduler[:80]})])
        held = client.scatter(pickle.dumps(work), broadcast=True, hash=False)
        waiting = iter(wanted)
        first = [client.submit(remote, held, key, s, pure=False) for s in islice(waiting, AHEAD * threads)]
        running = distributed.as_completed(first, loop=client.loop)
        for future in running:
            for start in islice(waiting, 1):
                running.add(client.submit(remote, held, key, start, pure=False))
            yield future.result()


def dask() -> Any:
    """The package `distributed`, which the extra [cluster] brings.

    Raises
    ------
    mfa.Error
        it is not installed
    """
    try:
        import distributed
    except ImportError:
        raise missing_extra("--scheduler", "distributed", "cluster") from None
    return distributed


def _client(distributed: Any, scheduler: str) -> Any:
    try:
        return distributed.Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError):  # nobody there, or no address
        raise Error([Fault("sweep-scheduler", None, {"address": scheduler[:80]})]) from None


_theirs = threading.local()
"""In a worker of a cluster: the solver of each thread, by its key."""


def remote(packed: bytes, key: str, start: int) -> tuple[int, Any]:
    """A chunk solved by a worker, which unpacks the work once."""
    if getattr(_theirs, "key", "") != key:
        _theirs.key, _theirs.solver = key, pickle.loads(packed).solver()
    return start, _theirs.solver(start)
