"""Signals that end the program: they pass through all that cleans up, and decide the exit code."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class _Taken:
    """The signal that the command in hand was told to end by; 0 while there is none."""

    number = 0


def end_if_signalled() -> None:
    """End here if a signal came, whatever became of the exception that it raised.

    A library in compiled code that is being imported turns an exit into an error of its own.

    Raises
    ------
    KeyboardInterrupt
        after Ctrl-C
    SystemExit
        with 128 + its number after another signal
    """
    if _Taken.number == signal.SIGINT:
        raise KeyboardInterrupt
    if _Taken.number:
        sys.exit(128 + _Taken.number)


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let a signal to end pass through all that cleans up; exit with 128 + its number."""
    mine = threading.current_thread() is threading.main_thread()
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # one that is ignored (nohup) or handled by a caller stays so
    before = {n: signal.getsignal(n) for n in numbers if mine}
    before = {n: h for n, h in before.items() if h in (signal.SIG_DFL, signal.default_int_handler)}
    _Taken.number = 0
    for number in before:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _: FrameType | None) -> None:
    _Taken.number = number
    end_if_signalled()
