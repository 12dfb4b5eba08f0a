"""The language in which the command line speaks: asked for, or that of the person's computer."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import pairwise

import click

from mfa.errors import LANGUAGES, message

VARIABLES = ("MFA_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def environment() -> str:
    """The language of the first variable that is set: Chinese for `zh_CN.UTF-8`, English for any other."""
    found = next(filter(None, map(os.environ.get, VARIABLES)), "")
    return "zh" if found.lower().startswith("zh") else "en"


def asked_for(arguments: Sequence[str]) -> str:
    """The language of a call, before it is parsed: what its last `--lang` says, else the environment's."""
    pairs = [*pairwise(arguments), *(tuple(a.split("=", 1)) for a in arguments if a.startswith("--lang="))]
    said = [value for name, value in pairs if name == "--lang" and value in LANGUAGES]
    return said[-1] if said else environment()


def said(key: str, ctx: click.Context | None, **values: object) -> str:
    """A text of the command line in the language of its call."""
    called = ctx.find_root().obj if ctx is not None else None
    return message(key, values, called or environment())
