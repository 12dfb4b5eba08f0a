"""What went wrong in a command: bad input as its faults, anything else in one line."""

from __future__ import annotations

from collections.abc import Sequence

import click

import mfa
from mfa.cli.asked import Asked
from mfa.errors import Fault, message
from mfa.show.stream import say_json

MOST_FAULTS = 200  # one slip of a generator makes thousands, which hide the first


def say_failure(error: Exception, asked: Asked) -> int:
    """Print why a command could not do what it was asked; its exit code.

    Raises
    ------
    Exception
        the failure itself, where `--debug` asks for it
    """
    if isinstance(error, mfa.Error):
        say_faults(error.faults, asked.lang)
        if asked.form == "json":
            say_json({"errors": [_as_json(f, asked.lang) for f in error.faults]})
        return 2
    if asked.debug:
        raise error
    first = str(error).splitlines()[0] if str(error) else ""
    kind = "" if isinstance(error, mfa.Failure) else f"{type(error).__name__}: "
    click.echo(f"mfa failed: {kind}{first}", err=True)
    return 3


def say_faults(faults: Sequence[Fault], lang: str) -> None:
    """Print faults on stderr, the first of many."""
    for fault in faults[:MOST_FAULTS]:
        click.echo(fault.text(lang), err=True)
    if len(faults) > MOST_FAULTS:
        click.echo(message("faults-more", {"count": f"{len(faults) - MOST_FAULTS:,}"}, lang), err=True)


def _as_json(fault: Fault, lang: str) -> dict[str, str | None]:
    return {
        "key": fault.key,
        "place": str(fault.place) if fault.place else None,
        "text": fault.text(lang),
    }
