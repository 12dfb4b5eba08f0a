"""Who solves the points of a sweep: this process, several on this machine, or the workers of a Dask cluster.

All give the same rows, bit for bit: a point is solved from the same start wherever that is.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from typing import Any

from mfa.errors import Error, Failure, Fault, missing_extra
from mfa.studies.sweeps.point_solver import LeverSolver, PointSolver, Row, Task, solver_of

CHUNK = 25  # points that are handed out and kept together: about half a second of a park
AHEAD = 2  # chunks for each process, so that none waits for the next
PATIENCE = "10s"  # in which a scheduler answers

Chunk = tuple[int, list[Row]]
"""The number of its first point, and the rows."""


def starts(points: int) -> range:
    """The first points of all chunks."""
    return range(0, points, CHUNK)


def processors() -> int:
    """How many processes can run at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def alone(task: Task, wanted: Sequence[int]) -> Iterator[Chunk]:
    """Chunks solved in this process, one after the other."""
    solver = solver_of(task)
    for start in wanted:
        yield start, _solved(solver, start)


def _solved(solver: PointSolver | LeverSolver, start: int) -> list[Row]:
    return solver.rows(range(start, min(start + CHUNK, len(solver.task.points))))


# ---------------------------------------------------------------- processes of this machine
def together(task: Task, wanted: Sequence[int], processes: int) -> Iterator[Chunk]:
    """Chunks solved in several processes, as they are done.

    Raises
    ------
    mfa.Failure
        a process ended before its work
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(task,))
    waiting = iter(wanted)
    try:
        with _deaf():
            running = {pool.submit(_chunk, start) for start in islice(waiting, AHEAD * processes)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            running |= {pool.submit(_chunk, start) for start in islice(waiting, len(done))}
            yield from _results(done)
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


def _results(done: set[Future[Chunk]]) -> Iterator[Chunk]:
    return (future.result() for future in done)


_ours: list[PointSolver | LeverSolver] = []
"""In a process of a crew: its solver."""


def _begin(task: Task) -> None:
    """Make ready a process: it leaves Ctrl-C to the first, and ends when that does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it cannot be begun deaf
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _ours[:] = [solver_of(task)]


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _chunk(start: int) -> Chunk:
    return start, _solved(_ours[0], start)


# ---------------------------------------------------------------- Dask
def on_cluster(task: Task, wanted: Sequence[int], scheduler: str, key: str) -> Iterator[Chunk]:
    """Chunks solved by the workers of a Dask scheduler, as they are done.

    Parameters
    ----------
    scheduler : its address, such as `tcp://host:8786`
    key : tells this task from all others

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
        held = client.scatter(pickle.dumps(task), broadcast=True, hash=False)
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
"""In a worker of a cluster: the solver of each thread, by its task."""


def remote(packed: bytes, key: str, start: int) -> Chunk:
    """A chunk solved by a worker, which unpacks a task once."""
    if getattr(_theirs, "key", "") != key:
        _theirs.key, _theirs.solver = key, solver_of(pickle.loads(packed))
    return start, _solved(_theirs.solver, start)
