"""The group of all commands."""

from __future__ import annotations

from typing import Any

import click

import mfa

LATER = ("seek", "plan", "sensitivity", "reconcile", "explore")


class _Commands(click.Group):
    """Says of the commands still to come that they are not there yet."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] in LATER:
            raise click.UsageError(f"'mfa {args[0]}' is not available yet in this version")
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(mfa.__version__, prog_name="mfa")
def cli() -> None:
    """Material flows of an industrial park: products, by-products, waste, utilisation rates."""
