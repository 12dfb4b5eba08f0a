"""The command line: reads arguments, calls one function, prints.

Exit codes: 0 done; 1 done, and something asked for does not hold; 2 bad input; 3 the
program failed; 130 interrupted, 143 terminated, 129 where the terminal was closed. Every
command imports what it needs in its own body.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import TextIO, cast

import click

import mfa
from mfa.cli import drawing, looking, running  # noqa: F401  each brings its commands
from mfa.cli.group import LATER, cli
from mfa.cli.options import say_faults
from mfa.show.stream import Output, say_json

__all__ = ["LATER", "cli", "main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point: turns what goes wrong into one message and an exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    before = sys.stdout, sys.stderr
    sys.stdout = cast("TextIO", Output(sys.stdout, answer=True))
    sys.stderr = cast("TextIO", Output(sys.stderr, answer=False))
    try:
        with _ended_by_signals():
            sys.exit(_code(given))
    finally:
        sys.stdout, sys.stderr = before


def _code(given: Sequence[str]) -> int:
    """Run a command; its exit code."""
    try:
        code = cli.main(given, prog_name="mfa", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return 2
    except (KeyboardInterrupt, click.Abort):
        return 130
    except Exception as error:
        return _failed(error, given)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let a signal to end pass through all that cleans up, as Ctrl-C does; exit with 128 + its number."""

    def end(number: int, _: object) -> None:
        sys.exit(128 + number)

    mine = threading.current_thread() is threading.main_thread()
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # one that is ignored (nohup) or handled by a caller stays so
    taken = [n for n in numbers if mine and signal.getsignal(n) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


def _failed(error: Exception, given: Sequence[str]) -> int:
    """Print bad input as its faults (2), anything else in one line (3)."""
    if isinstance(error, mfa.Error):
        lang = "zh" if "--lang=zh" in given or ("--lang", "zh") in pairwise(given) else "en"
        say_faults(error.faults, lang)
        if "--json" in given:
            faults = [
                {"key": f.key, "place": str(f.place) if f.place else None, "text": f.text(lang)}
                for f in error.faults
            ]
            say_json({"errors": faults})
        return 2
    if "--debug" in given:
        raise error
    first = str(error).splitlines()[0] if str(error) else ""
    kind = "" if isinstance(error, mfa.Failure) else f"{type(error).__name__}: "
    click.echo(f"mfa failed: {kind}{first}", err=True)
    return 3
