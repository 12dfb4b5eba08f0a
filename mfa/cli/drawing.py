"""Commands that write pictures, pages and workbooks: sankey, chart, brief, export."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

import mfa
from mfa.cli.group import cli
from mfa.cli.misuse import Misuse
from mfa.cli.options import (
    NamedPath,
    common,
    pair,
    picture_options,
    say_file,
    scenario_options,
    size_options,
)
from mfa.errors import message
from mfa.show.chart_kinds import KINDS, Kind
from mfa.show.stream import progress_line, say_json


@cli.command()
@click.argument("scenario")
@click.option("-o", "--output", required=True, type=NamedPath(dir_okay=False, path_type=Path))
@picture_options
@scenario_options
@common
def sankey(
    scenario: str,
    output: Path,
    format_: str | None,
    over: Mapping[str, Any],
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
    **asked: Any,
) -> None:
    """`mfa sankey`."""
    if format_ and output.suffix != ".json":
        raise Misuse("misuse-sankey-format")
    result = mfa.load(scenario, **over).solve()
    colours = dict(pair(text, "'red-mud=#b02a0e'") for text in asked.pop("colours"))
    options = {key: value for key, value in asked.items() if value not in (None, ())}
    made = result.sankey(lang=lang, colours=colours, **options)
    made.save(output, format_)
    say_file(output, as_json=as_json, quiet=quiet)


@cli.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("--of", multiple=True, metavar="NAME")
@click.option("-o", "--output", required=True, type=NamedPath(dir_okay=False, path_type=Path))
@size_options
@scenario_options
@common
def chart(
    kind: Kind,
    scenarios: tuple[str, ...],
    of: tuple[str, ...],
    output: Path,
    size: Mapping[str, Any],
    over: Mapping[str, Any],
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """`mfa chart`."""
    for option, given in zip(("--variant", "--lever", "--set"), over.values(), strict=True):
        if given and len(scenarios) > 1:
            raise Misuse("misuse-several", option=option)
    runs: list[Any] = [mfa.load(scenarios[0], **over).solve()] if any(over.values()) else list(scenarios)
    mfa.chart(kind, runs, output, of=of, lang=lang, **size)
    say_file(output, as_json=as_json, quiet=quiet)


@cli.command()
@click.argument("scenario")
@click.option("-o", "--output", type=NamedPath(dir_okay=False, path_type=Path))
@scenario_options
@common
def brief(
    scenario: str,
    output: Path | None,
    over: Mapping[str, Any],
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """`mfa brief`."""
    from mfa.show.terminal.print_brief import print_brief

    if output is not None and output.suffix != ".html":
        raise Misuse("misuse-brief-file", name=output.name[:60])
    loaded = mfa.load(scenario, **over)
    with progress_line(shown=not (quiet or as_json)) as show:
        found = mfa.brief(
            loaded, lambda done, of: show(message("brief-progress", {"count": done, "all": of}, lang))
        )
    if output is not None:
        found.write(output, lang=lang)
        say_file(output, as_json=as_json, quiet=quiet)
    elif as_json:
        say_json(found.to_json())
    elif not quiet:
        print_brief(found, lang)


@cli.command()
@click.argument("scenario")
@click.option("--xlsx", required=True, type=NamedPath(dir_okay=False, path_type=Path))
@scenario_options
@common
def export(
    scenario: str,
    xlsx: Path,
    over: Mapping[str, Any],
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """`mfa export`."""
    mfa.load(scenario, **over).export(xlsx, lang=lang)
    say_file(xlsx, as_json=as_json, quiet=quiet)
