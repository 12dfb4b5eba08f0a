"""The command line: reads arguments, calls one function, prints.

Exit codes: 0 done; 1 done, and something asked for does not hold; 2 bad input; 3 the
program failed; 130 interrupted, 143 terminated, 129 where the terminal was closed. Every
command imports what it needs in its own body.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TextIO, cast

import click

# each brings its commands
from mfa.cli import beside, deciding, drawing, judging, looking, running, studying  # noqa: F401
from mfa.cli.asked import Asked
from mfa.cli.ending import ended_by_signals
from mfa.cli.failing import say_failure
from mfa.cli.group import LATER, cli
from mfa.cli.language import asked_for
from mfa.cli.misuse import say_misuse
from mfa.show.stream import Output

__all__ = ["LATER", "cli", "main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point: turns what goes wrong into one message and an exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    before = sys.stdout, sys.stderr
    sys.stdout = cast("TextIO", Output(sys.stdout, answer=True))
    sys.stderr = cast("TextIO", Output(sys.stderr, answer=False))
    try:
        with ended_by_signals():
            sys.exit(_code(given))
    finally:
        sys.stdout, sys.stderr = before


def _code(given: Sequence[str]) -> int:
    """Run a command, which tells its own faults and failures; its exit code."""
    lang = asked_for(given)
    try:
        code = cli.main(given, prog_name="mfa", standalone_mode=False, obj=lang)
        return code if isinstance(code, int) else 0
    except click.UsageError as error:
        say_misuse(error)
        return 2
    except (KeyboardInterrupt, click.Abort):
        return 130
    except Exception as error:  # outside of any command, as where help cannot be written
        return say_failure(error, Asked("text", quiet=False, lang=lang, debug="--debug" in given))
