"""How a command is to answer, whatever it is asked."""

from __future__ import annotations

from typing import Literal, NamedTuple

Form = Literal["text", "json", "github", "md"]
"""Words for a terminal, JSON, workflow commands of GitHub, Markdown."""


class Asked(NamedTuple):
    """The options that every command has."""

    form: Form
    quiet: bool
    lang: str
    debug: bool
