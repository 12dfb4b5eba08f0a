"""Options that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from mfa.cli.asked import FORMS, Asked, Form
from mfa.cli.failing import say_failure
from mfa.errors import message
from mfa.show.fonts import noting
from mfa.show.stream import say_json
from mfa.show.terminal.table import laid_out

F = TypeVar("F", bound=Callable[..., Any])


class NamedPath(click.Path):
    """A path that says where: an empty one, as an unset shell variable leaves it, is an error."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, checked as click does."""
        if not str(value).strip():
            self.fail("the path is empty; name a file or folder ('.' is the current folder)", param, ctx)
        return super().convert(value, param, ctx)


def common(command: F) -> F:
    """The options that every command has; what goes wrong is told as they ask."""
    made = _told(_noting(command))
    for option in (
        click.option("--debug", is_flag=True, help="Show the traceback of a failure."),
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option("--quiet", is_flag=True, help="Print nothing but errors."),
        click.option(
            "--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of what is printed."
        ),
    ):
        made = option(made)
    return made


def _told(command: F) -> F:
    """The command; bad input and failures are printed and become its exit code."""

    @wraps(command)
    def run(*given: Any, **options: Any) -> Any:
        with laid_out(markdown=form_of(options) == "md"):
            try:
                return command(*given, **options)
            except (click.ClickException, click.Abort):
                raise
            except Exception as error:
                sys.exit(say_failure(error, asked_by(options)))

    return cast(F, run)


def asked_by(options: Mapping[str, Any]) -> Asked:
    """What the common options ask for."""
    return Asked(form_of(options), options["quiet"], options["lang"], options["debug"])


def form_of(options: Mapping[str, Any]) -> Form:
    """How the answer is printed: as `--format` or its synonym `--json` says."""
    as_json, form = options.get("as_json", False), options.get("form")
    return "json" if as_json and form is None else form or "text"


def formats(command: F) -> F:
    """Adds `--format`; the command is given `form` in the place of `as_json`."""

    @wraps(command)
    def run(*given: Any, **options: Any) -> Any:
        if options["as_json"] and options["form"] not in (None, "json"):
            raise click.UsageError(f"'--json' is '--format json'; leave it out for '{options['form']}'")
        options["form"] = form_of(options)
        del options["as_json"]
        return command(*given, **options)

    return click.option("--format", "form", type=click.Choice(FORMS), help="How it is printed.")(cast(F, run))


def _noting(command: F) -> F:
    """The command, followed by one line on stderr if no font had some characters of what it drew."""

    @wraps(command)
    def run(*given: Any, **options: Any) -> Any:
        with noting() as lacking:
            made = command(*given, **options)
        if lacking and not options["quiet"]:
            words = {"characters": " ".join(sorted(lacking))}
            click.echo(message("characters-lacking", words, options["lang"]), err=True)
        return made

    return cast(F, run)


def scenario_options(command: F) -> F:
    """What lies over a scenario file."""
    for option in (
        click.option(
            "--set", "settings", multiple=True, metavar="PATH=QUANTITY", help="Fix a figure; repeatable."
        ),
        click.option(
            "--variant", "variants", multiple=True, metavar="NAME", help="A variant; repeatable, later wins."
        ),
    ):
        command = option(command)
    return command


def picture_options(command: F) -> F:
    """What a Sankey picture shows, and how."""
    for option in (
        click.option(
            "--colour", "colours", multiple=True, metavar="NAME=#RRGGBB", help="A material or kind."
        ),
        click.option("--order", multiple=True, metavar="NAME", help="A node; repeatable, the first on top."),
        click.option(
            "--without", multiple=True, metavar="NAME", help="Leave out a material, or a kind such as water."
        ),
        click.option(
            "--min-share", metavar="SHARE", help="Bundle flows below this share of the largest: '0.1 %'."
        ),
        click.option("--loops", is_flag=True, help="Draw flows inside a group as loops."),
        click.option("--steps", type=int, help="How many flows in a row --focus follows."),
        click.option(
            "--focus",
            multiple=True,
            metavar="NAME",
            help="Only what leads to a material, process, stock or group and away from it; two: the way.",
        ),
        click.option("--by", metavar="TAG", help="A node a chain, site, sector, project or enterprise."),
        click.option("--unit", help="Another unit of the layer; MWh shows what is counted in it."),
        click.option(
            "--layer",
            multiple=True,
            metavar="LAYER",
            help="mass, wet, energy, value, cost, co2, an element or oxide; repeatable for .html.",
        ),
        click.option("--format", "format_", metavar="NAME", help="Of .json: json, floweaver, d3, plotly."),
    ):
        command = option(command)
    return command


def settings_of(pairs: Sequence[str]) -> dict[str, str]:
    """`PATH=QUANTITY` pairs; later ones win."""
    return dict(pair(text, "--set 'road-base.capacity=2 Mt/a'") for text in pairs)


def pair(text: str, example: str) -> tuple[str, str]:
    """`NAME=VALUE`."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise click.UsageError(f"'{text[:80]}' is not NAME=VALUE; write it like {example}")
    return name.strip(), value.strip()


def say_file(path: Path, *, as_json: bool, quiet: bool) -> None:
    """Print the name of the file that a command wrote."""
    if as_json:
        say_json({"file": str(path)})
    elif not quiet:
        click.echo(str(path))
