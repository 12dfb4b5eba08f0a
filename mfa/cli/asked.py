"""How a command is to answer, whatever it is asked."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

Form = Literal["text", "json", "github", "md"]
"""Words for a terminal, JSON, workflow commands of GitHub, Markdown."""
FORMS: tuple[Form, ...] = get_args(Form)


class Asked(NamedTuple):
    """The options that every command has."""

    form: Form
    quiet: bool
    lang: str
    debug: bool
