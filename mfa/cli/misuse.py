"""Errors of use: a call that cannot be read, told with the usage of its command."""

from __future__ import annotations

from typing import Any

import click

from mfa.cli.language import said
from mfa.errors import nearest


class Misuse(click.UsageError):
    """A call that asks for what cannot be: the key of a message and its values."""

    def __init__(self, key: str, ctx: click.Context | None = None, **values: object) -> None:
        super().__init__(key, ctx or click.get_current_context(silent=True))
        self.key = key
        self.values = values


def say_misuse(error: click.UsageError) -> None:
    """Print the usage of the command, where to find more, and what is wrong, on stderr."""
    key, values = _message(error)
    if not key:  # help for a call without arguments
        error.show()
        return
    ctx = error.ctx
    if ctx is not None:
        click.echo(ctx.get_usage(), err=True)
        click.echo(f"{said('cli-try', ctx, command=ctx.command_path)}\n", err=True)
    click.echo(said("cli-error", ctx, text=said(key, ctx, **values)), err=True)


def _message(error: click.UsageError) -> tuple[str, dict[str, object]]:
    """The message of an error of use, of this command line or of click; an empty key for any other."""
    if isinstance(error, Misuse):
        return error.key, error.values
    if isinstance(error, click.NoSuchOption):
        known = [o for p in error.ctx.command.get_params(error.ctx) for o in p.opts] if error.ctx else []
        return "misuse-option", {"name": error.option_name, "near": nearest(error.option_name, known)}
    if isinstance(error, click.MissingParameter) and error.param is not None:
        kind = "option" if isinstance(error.param, click.Option) else "argument"
        return f"misuse-missing-{kind}", {"name": _hint(error)}
    if isinstance(error, click.BadParameter) and error.param is not None:
        return _of_value(error.param.type, _hint(error))
    if isinstance(error, click.BadOptionUsage):
        command = error.ctx.command if error.ctx else None
        params = command.params if command else []
        flag = any(isinstance(p, click.Option) and p.is_flag and error.option_name in p.opts for p in params)
        return "misuse-flag" if flag else "misuse-no-value", {"name": error.option_name}
    return "", {}


def _of_value(kind: click.ParamType[Any], name: str) -> tuple[str, dict[str, object]]:
    """What a value of a type had to be."""
    if isinstance(kind, click.Choice):
        return "misuse-choice", {"name": name, "known": ", ".join(map(str, kind.choices))}
    if isinstance(kind, click.Path):
        return "misuse-is-folder" if kind.file_okay else "misuse-is-file", {"name": name}
    return "misuse-whole", {"name": name}


def _hint(error: click.BadParameter) -> str:
    """The parameter as it is written in a call."""
    assert error.param is not None
    return error.param.get_error_hint(error.ctx) if error.ctx else str(error.param.name)
