"""Options that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import click

from mfa.cli.asked import FORMS, Asked, Form
from mfa.cli.failing import say_failure
from mfa.cli.language import environment
from mfa.cli.misuse import Misuse
from mfa.errors import message
from mfa.show.fonts import noting
from mfa.show.magnitudes import units_of, written_in
from mfa.show.paper_size import NAMED
from mfa.show.sankey.sheet import TEXTS
from mfa.show.stream import say_json
from mfa.show.terminal.table import laid_out

if TYPE_CHECKING:
    from mfa.result import Result

F = TypeVar("F", bound=Callable[..., Any])


class NamedPath(click.Path):
    """A path that says where: an empty one, as an unset shell variable leaves it, is an error."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, checked as click does."""
        if not str(value).strip():
            raise Misuse("misuse-path-empty", ctx, name=param.get_error_hint(ctx) if param and ctx else "")
        return super().convert(value, param, ctx)


def common(command: F) -> F:
    """The options that every command has; what goes wrong is told as they ask."""
    made = _told(_noting(command))
    for option in (
        click.option("--debug", is_flag=True),
        click.option("--json", "as_json", is_flag=True),
        click.option("--quiet", is_flag=True),
        click.option("--units", type=click.Choice(["si", "zh"])),
        click.option("--lang", type=click.Choice(["en", "zh"]), default=environment),
    ):
        made = option(made)
    return made


def _told(command: F) -> F:
    """The command, its amounts in the units asked for; bad input and failures become its exit code."""

    @wraps(command)
    def run(*given: Any, **options: Any) -> Any:
        chosen = options.pop("units") or units_of(options["lang"])
        with written_in(chosen), laid_out(markdown=form_of(options) == "md"):
            try:
                return command(*given, **options)
            except (click.ClickException, click.Abort):
                raise
            except Exception as error:
                sys.exit(say_failure(error, _asked(options)))

    return cast(F, run)


def _asked(options: Mapping[str, Any]) -> Asked:
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
            raise Misuse("misuse-format", form=options["form"])
        options["form"] = form_of(options)
        del options["as_json"]
        return command(*given, **options)

    return click.option("--format", "form", type=click.Choice(FORMS))(cast(F, run))


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
        click.option("--set", "settings", multiple=True, metavar="PATH=QUANTITY"),
        click.option("--lever", "levers", multiple=True, metavar="LEVER=LEVEL"),
        click.option("--variant", "variants", multiple=True, metavar="NAME"),
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


def year_option(command: F) -> F:
    """Which year of a scenario that runs through several is shown."""
    return click.option("--year", type=int, metavar="YEAR")(command)


def of_year(result: Result, year: int | None) -> Result:
    """The run of a year that is asked for, else all of them."""
    return result if year is None else result.year(year)


def picture_options(command: F) -> F:
    """What a Sankey picture shows, and how."""
    for option in (
        click.option("--colour", "colours", multiple=True, metavar="NAME=#RRGGBB"),
        click.option("--order", multiple=True, metavar="NAME"),
        click.option("--without", multiple=True, metavar="NAME"),
        click.option("--min-share", metavar="SHARE"),
        click.option("--loops", is_flag=True),
        click.option("--steps", type=int),
        click.option("--title/--no-title", default=None),
        click.option("--pools", type=click.Choice(["left-out", "stubs"])),
        click.option("--water/--no-water", default=None),
        click.option("--rest", type=click.Choice(["on", "off"])),
        click.option("--traced", is_flag=False, flag_value="down", type=click.Choice(["down", "up"])),
        click.option("--only", multiple=True, metavar="MATERIAL"),
        click.option("--process", metavar="NAME"),
        click.option("--focus", multiple=True, metavar="NAME"),
        click.option("--by", metavar="TAG"),
        click.option("--unit"),
        click.option("--layer", multiple=True, metavar="LAYER"),
        click.option("--format", "format_", metavar="NAME"),
        click.option("--text", type=click.Choice(TEXTS)),
    ):
        command = option(command)
    return command


class Draws(NamedTuple):
    """What samples are asked for, if any."""

    samples: int | None
    seed: int


PLAIN = Draws(None, 1)
"""No samples."""


def sampling_options(command: F) -> F:
    """How many samples; the command gets them as `draws`."""

    @wraps(command)
    def run(*given: Any, samples: int | None, seed: int, **options: Any) -> Any:
        return command(*given, draws=Draws(samples, seed), **options)

    made = click.option("--seed", type=int, default=1, metavar="N")(cast(F, run))
    return click.option("--samples", type=int, metavar="N")(made)


def told(key: str, show: Callable[[str], None], lang: str) -> Callable[[int, int], None]:
    """What tells on a line of progress, by the message `KEY-progress`, how many of all are done."""

    def tell(done: int, count: int) -> None:
        show(message(f"{key}-progress", {"count": f"{done:,}", "all": f"{count:,}"}, lang))

    return tell


def refuse_folderless(options: Mapping[str, bool], folder: Path | None) -> None:
    """Options that write into a folder need one."""
    for name, given in options.items():
        if given and folder is None:
            raise Misuse("misuse-folder", option=name)


def size_options(command: F) -> F:
    """How large a picture is; the command gets it as `size`, which is what pictures take by these names."""

    @wraps(command)
    def run(
        *given: Any,
        for_: str | None,
        width: str | None,
        height: str | None,
        font: str | None,
        dpi: int | None,
        **options: Any,
    ) -> Any:
        size = {"for_": for_, "width": width, "height": height, "font": font, "dpi": dpi}
        return command(*given, size=size, **options)

    made = cast(F, run)
    for option in (
        click.option("--dpi", type=int, metavar="N"),
        click.option("--font", metavar="SIZE"),
        click.option("--height", metavar="LENGTH"),
        click.option("--width", metavar="LENGTH"),
        click.option("--for", "for_", type=click.Choice(list(NAMED))),
    ):
        made = option(made)
    return made


def pair(text: str, example: str) -> tuple[str, str]:
    """`NAME=VALUE`."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise Misuse("misuse-pair", text=text[:80], example=example)
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
