"""What went wrong in a command: bad input as its faults, anything else in one line."""

from __future__ import annotations

from collections.abc import Sequence

import click

import mfa
from mfa.cli.asked import Asked
from mfa.cli.ending import end_if_signalled
from mfa.errors import Fault, message
from mfa.show.stream import say_json
from mfa.show.terminal.table import bold, line

MOST_FAULTS = 200  # one slip of a generator makes thousands, which hide the first


def say_failure(error: Exception, asked: Asked) -> int:
    """Print why a command could not do what it was asked; its exit code.

    Raises
    ------
    Exception
        the failure itself, where `--debug` asks for it
    KeyboardInterrupt, SystemExit
        where it comes of a signal to end
    """
    end_if_signalled()
    if isinstance(error, mfa.Error):
        say_faults(error.faults, asked)
        if asked.form == "json":
            say_json({"errors": [_as_json(f, asked.lang) for f in error.faults]})
        return 2
    if asked.debug:
        raise error
    first = str(error).splitlines()[0] if str(error) else ""
    kind = "" if isinstance(error, mfa.Failure) else f"{type(error).__name__}: "
    click.echo(message("cli-failed", {"what": f"{kind}{first}"}, asked.lang), err=True)
    return 3


def say_faults(faults: Sequence[Fault], asked: Asked) -> None:
    """Print the first of many faults on stderr, on a page of Markdown too; as annotations on stdout alone."""
    shown, lang = faults[:MOST_FAULTS], asked.lang
    if asked.form == "github":
        from mfa.show.terminal.annotations import annotate, of_faults

        annotate(of_faults(shown, lang))
        return
    lines = [f.text(lang) for f in shown]
    if len(faults) > MOST_FAULTS:
        lines.append(message("faults-more", {"count": f"{len(faults) - MOST_FAULTS:,}"}, lang))
    for text in lines:
        click.echo(text, err=True)
    if asked.form == "md":
        line(bold(message("faults-title", {"count": f"{len(faults):,}"}, lang)))
        for text in lines:
            line("  ", text)


def _as_json(fault: Fault, lang: str) -> dict[str, str | None]:
    return {
        "key": fault.key,
        "place": str(fault.place) if fault.place else None,
        "text": fault.text(lang),
    }
