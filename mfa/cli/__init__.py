"""The command line: reads arguments, calls one function, prints.

Exit codes: 0 done; 1 done, and something asked for does not hold; 2 bad input; 3 the
program failed; 130 interrupted. Every command imports what it needs in its own body.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
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
