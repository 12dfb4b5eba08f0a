"""The group of all commands, and how their help is written: texts by key, in the language of the call."""

from __future__ import annotations

import re
from typing import Any

import click
from click.formatting import HelpFormatter

import mfa
from mfa.cli.language import said
from mfa.cli.misuse import Misuse
from mfa.errors import catalogue, nearest

CLAUSE_END = re.compile(r"[；：。]|[.;:](?=\s|$)")
LATER = ("reconcile", "explore")


class Command(click.Command):
    """A command whose help stands in the messages: `help-COMMAND`, `option-COMMAND-NAME`, `option-NAME`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as click does; what is left over is an error in the language of the call."""
        ctx.allow_extra_args = True
        try:
            rest = super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx  # click leaves it out where an option lacks its value
            raise
        if ctx.args and not isinstance(self, click.Group):
            raise Misuse("misuse-extra", ctx, names=" ".join(ctx.args)[:80])
        return rest

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first clause of the help, for the list of commands."""
        text = said(f"help-{self.name}", click.get_current_context(silent=True))
        return CLAUSE_END.split(text)[0]

    def format_usage(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        """The line of usage."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=f"{said('cli-usage', ctx)} ")

    def format_help_text(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        """What the command does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(said(f"help-{self.name}", ctx))

    def format_options(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        """The options, each with its text."""
        records = [self._record(ctx, p) for p in self.get_params(ctx) if isinstance(p, click.Option)]
        with formatter.section(said("cli-options", ctx)):
            formatter.write_dl([r for r in records if r is not None])

    def _record(self, ctx: click.Context, option: click.Option) -> tuple[str, str] | None:
        """How an option is written, and what it is for; None where it is hidden."""
        written = option.get_help_record(ctx)
        if written is None:
            return None
        name = option.opts[-1].lstrip("-")
        own = f"option-{self.name}-{name}"
        text = said(own if own in catalogue() else f"option-{name}", ctx)
        return written[0], f"{text}  {said('cli-required', ctx)}" if option.required else text


class _Commands(Command, click.Group):
    """Says of the commands still to come that they are not there yet."""

    command_class = Command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        name = args[0] if args else ""
        if name in LATER:
            raise Misuse("misuse-later", ctx, what=f"mfa {name}")
        if args and self.get_command(ctx, name) is None:
            raise Misuse("misuse-command", ctx, name=name[:60], near=nearest(name, self.commands))
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        """The options, then the commands."""
        Command.format_options(self, ctx, formatter)
        commands = [(n, self.commands[n].get_short_help_str()) for n in self.list_commands(ctx)]
        with formatter.section(said("cli-commands", ctx)):
            formatter.write_dl(commands)


@click.group(name="mfa", cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(mfa.__version__, prog_name="mfa")
def cli() -> None:
    """`mfa`: whatever its commands have in common is an option of theirs."""
