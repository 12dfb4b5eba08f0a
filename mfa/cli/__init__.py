"""The command line: reads arguments, calls one function, prints.

Exit codes: 0 done; 1 done, and something asked for does not hold; 2 bad input; 3 the
program failed; 130 interrupted. Every command imports what it needs in its own body.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from itertools import pairwise

import click

import mfa
from mfa.cli import drawing, looking, running  # noqa: F401  each brings its commands
from mfa.cli.group import LATER, ReaderGone, cli

__all__ = ["LATER", "cli", "main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point: turns what goes wrong into one message and an exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = cli.main(given, prog_name="mfa", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)
    except ReaderGone:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        sys.exit(_failed(error, given))


def _failed(error: Exception, given: Sequence[str]) -> int:
    """Print bad input as its faults (2), anything else in one line (3)."""
    if isinstance(error, mfa.Error):
        lang = "zh" if "--lang=zh" in given or ("--lang", "zh") in pairwise(given) else "en"
        click.echo(error.text(lang), err=True)
        if "--json" in given:
            faults = [
                {"key": f.key, "place": str(f.place) if f.place else None, "text": f.text(lang)}
                for f in error.faults
            ]
            click.echo(json.dumps({"errors": faults}, ensure_ascii=False))
        return 2
    if "--debug" in given:
        raise error
    first = str(error).splitlines()[0] if str(error) else ""
    kind = "" if isinstance(error, mfa.Failure) else f"{type(error).__name__}: "
    click.echo(f"mfa failed: {kind}{first}", err=True)
    return 3
