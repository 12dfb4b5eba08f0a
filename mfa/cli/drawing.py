"""Commands that write pictures, pages and workbooks: sankey, chart, brief, export."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import mfa
from mfa.cli.group import cli
from mfa.cli.misuse import Misuse
from mfa.cli.options import (
    PLAIN,
    Draws,
    NamedPath,
    common,
    of_year,
    pair,
    picture_options,
    sampling_options,
    say_file,
    scenario_options,
    size_options,
    told,
    year_option,
)
from mfa.errors import Fault
from mfa.show.chart_kinds import KINDS, Kind
from mfa.show.stream import progress_line, say_json

if TYPE_CHECKING:
    from mfa.result import Result
    from mfa.show.sankey.diagram import Sankey


@cli.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO …")
@click.option("--caption", is_flag=True)
@click.option("--difference", is_flag=True)
@click.option("-o", "--output", required=True, type=NamedPath(dir_okay=False, path_type=Path))
@sampling_options
@picture_options
@size_options
@year_option
@scenario_options
@common
def sankey(
    scenarios: tuple[str, ...],
    caption: bool,
    difference: bool,
    output: Path,
    draws: Draws,
    format_: str | None,
    size: Mapping[str, Any],
    year: int | None,
    over: Mapping[str, Any],
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
    **asked: Any,
) -> None:
    """`mfa sankey`."""
    from mfa.show.run_folder import manifest
    from mfa.show.sankey.caption import write_caption
    from mfa.show.terminal.print_shares import print_shares

    if format_ and output.suffix != ".json":
        raise Misuse("misuse-sankey-format")
    if caption and output.suffix not in (".png", ".svg", ".pdf"):
        raise Misuse("misuse-caption")
    colours = dict(pair(text, "'red-mud=#b02a0e'") for text in asked.pop("colours"))
    given = {**asked, **size}
    options = {key: value for key, value in given.items() if value not in (None, ())} | {"colours": colours}
    if "rest" in options:
        options["rest"] = options["rest"] == "on"
    several = len(scenarios) > 1 or difference
    if draws.samples is not None:
        if several:
            raise Misuse("misuse-several", option="--samples")
        options["spread"] = "samples"
    results = _each(scenarios, over, year) if several else [_of_one(scenarios[0], over, year, draws)]
    slider = bool(results[0].runs) and output.suffix == ".html"  # over the years of one scenario
    if several or slider:
        made = _several(results, difference=difference, options={"lang": lang, **options}, path=output)
    else:
        made = results[0].sankey(lang=lang, page=output.suffix in (".html", ".json"), **options)
        made.save(output, format_)
    if not (as_json or quiet):
        print_shares(made, lang)
    say_file(output, as_json=as_json, quiet=quiet)
    if caption:
        manifests = [manifest(r, r.loaded, ["mfa", *sys.argv[1:]]) for r in results]
        for file in write_caption(made, output, manifests):
            say_file(file, as_json=as_json, quiet=quiet)


def _of_one(scenario: str, over: Mapping[str, Any], year: int | None, draws: Draws = PLAIN) -> Result:
    """A scenario solved, of one year where that is asked for."""
    from mfa.studies.sampling.sampled import check_one_year

    loaded = mfa.load(scenario, **over)
    if draws.samples is not None:
        check_one_year(loaded.system)  # over years no flows are sampled
    return of_year(loaded.solve(samples=draws.samples, seed=draws.seed), year)


def _each(scenarios: tuple[str, ...], over: Mapping[str, Any], year: int | None) -> list[Result]:
    """Each of several scenarios solved; what is laid over one is said in its name."""
    from mfa.comparing import solved

    if over["variants"] or over["levers"] or over["settings"] or year is not None:
        raise Misuse("misuse-several", option="--variant / --lever / --set / --year")
    return [solved(name) for name in scenarios]


def _several(results: list[Result], *, difference: bool, options: dict[str, Any], path: Path) -> Sankey:
    """Several runs on one layout and scale, or the difference of two."""
    layers = options.pop("layer", ())
    if len(layers) > 1:
        raise mfa.Error([Fault("sankey-layers-one", None)])
    return mfa.sankey(results, path, layer=layers[0] if layers else "", difference=difference, **options)


@cli.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("--of", multiple=True, metavar="NAME")
@sampling_options
@click.option("-o", "--output", required=True, type=NamedPath(dir_okay=False, path_type=Path))
@size_options
@year_option
@scenario_options
@common
def chart(
    kind: Kind,
    scenarios: tuple[str, ...],
    of: tuple[str, ...],
    draws: Draws,
    output: Path,
    size: Mapping[str, Any],
    year: int | None,
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
    if year is not None and len(scenarios) > 1:
        raise Misuse("misuse-several", option="--year")
    runs: list[Any] = list(scenarios)
    if any(over.values()) or year is not None:
        runs = [_of_one(scenarios[0], over, year)]
    mfa.chart(kind, runs, output, of=of, samples=draws.samples, seed=draws.seed, lang=lang, **size)
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
        found = mfa.brief(loaded, told("brief", show, lang))
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
