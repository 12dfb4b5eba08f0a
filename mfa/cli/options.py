"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from mfa.errors import Fault, message
from mfa.show.fonts import noting
from mfa.show.stream import say_json

F = TypeVar("F", bound=Callable[..., Any])
MOST_FAULTS = 200  # one slip of a generator makes thousands, which hide the first


class NamedPath(click.Path):
    """A path that says where: an empty one, as an unset shell variable leaves it, is an error."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, checked as click does."""
        if not str(value).strip():
            self.fail("the path is empty; name a file or folder ('.' is the current folder)", param, ctx)
        return super().convert(value, param, ctx)


def common(command: F) -> F:
    """The options that every command has; a note of characters that its pictures could not show."""
    made = _noting(command)
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
    """What lies over a scenario file; the command gets it as `over`, which is what `mfa.load` takes."""
    made = _laid_over(command)
    for option in (
        click.option(
            "--set", "settings", multiple=True, metavar="PATH=QUANTITY", help="Fix a figure; repeatable."
        ),
        click.option(
            *("--lever", "levers"),
            multiple=True,
            metavar="LEVER=LEVEL",
            help="The level of a lever, over the variants; repeatable.",
        ),
        click.option(
            "--variant", "variants", multiple=True, metavar="NAME", help="A variant; repeatable, later wins."
        ),
    ):
        made = option(made)
    return made


def _laid_over(command: F) -> F:
    """The command, its three options put together."""

    @wraps(command)
    def run(
        *given: Any, variants: Sequence[str], levers: Sequence[str], settings: Sequence[str], **options: Any
    ) -> Any:
        over = {
            "variants": variants,
            "levers": dict(pair(text, "--lever red-mud-outlets=plan") for text in levers),
            "settings": dict(pair(text, "--set 'road-base.capacity=2 Mt/a'") for text in settings),
        }
        return command(*given, over=over, **options)

    return cast(F, run)


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


def pair(text: str, example: str) -> tuple[str, str]:
    """`NAME=VALUE`."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise click.UsageError(f"'{text[:80]}' is not NAME=VALUE; write it like {example}")
    return name.strip(), value.strip()


def say_namesake(name: str, lang: str, *, quiet: bool) -> None:
    """Print on stderr that a name means a scenario though a chain bears it too."""
    from mfa.input.load import namesake
    from mfa.input.merge import library

    chain = None if quiet else namesake(name)
    if chain is not None:
        click.echo(message("name-shared", {"name": name, "file": library.shown(chain)}, lang), err=True)


def say_file(path: Path, *, as_json: bool, quiet: bool) -> None:
    """Print the name of the file that a command wrote."""
    if as_json:
        say_json({"file": str(path)})
    elif not quiet:
        click.echo(str(path))


def say_faults(faults: Sequence[Fault], lang: str) -> None:
    """Print faults on stderr, the first of many."""
    for fault in faults[:MOST_FAULTS]:
        click.echo(fault.text(lang), err=True)
    if len(faults) > MOST_FAULTS:
        click.echo(message("faults-more", {"count": f"{len(faults) - MOST_FAULTS:,}"}, lang), err=True)
