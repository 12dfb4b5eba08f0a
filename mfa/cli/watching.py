"""A command again and again: whenever a file that went into its answer is saved."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from mfa.cli.asked import Asked
from mfa.cli.failing import say_failure
from mfa.errors import message
from mfa.input.merge.library import shown
from mfa.input.seen_files import State, seeing, state

LOOK = 0.2  # seconds between two looks: hundreds of files take a millisecond
SETTLE = 0.05  # seconds without a change, after which an editor has written all of a file


def watch(answer: Callable[[], object], asked: Asked) -> None:
    """Answer, wait until a file that was asked for is another, answer again; Ctrl-C ends it.

    Faults of the input and failures are told, and the watch goes on: what mends them is a file
    that was read, or that was looked for and is not there yet.
    """
    while True:
        with seeing() as seen:
            try:
                answer()
            except Exception as error:
                say_failure(error, asked)
        _say("watch-waits", asked, count=sum(was is not None for was in seen.values()))
        changed = _wait(seen)
        _say("watch-saved", asked, names=", ".join(map(shown, changed)))


def _wait(seen: Mapping[Path, State]) -> list[Path]:
    """The files that are no longer as they were seen, once they have stopped changing."""
    while not (changed := [p for p, was in seen.items() if state(p) != was]):
        time.sleep(LOOK)
    before: list[State] = []
    while (now := [state(p) for p in changed]) != before:
        before = now
        time.sleep(SETTLE)
    return changed


def _say(key: str, asked: Asked, **values: object) -> None:
    """A line on stderr, so that stdout holds answers alone."""
    if not asked.quiet:
        click.echo(click.style(message(key, values, asked.lang), dim=True), err=True)
