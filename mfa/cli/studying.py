"""Commands that ask how an answer depends on its figures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import mfa
from mfa.cli.group import cli
from mfa.cli.options import NamedPath, common, say_file, scenario_options, told
from mfa.show.stream import progress_line, say_json

if TYPE_CHECKING:
    from mfa.studies.sensitivity.factors import By
    from mfa.studies.sensitivity.found import Method

METHODS = ("samples", "local", "tornado", "gaussian", "morris", "sobol")


@cli.command()
@click.argument("scenario")
@click.option("--indicator", "names", multiple=True, metavar="NAME")
@click.option("--method", type=click.Choice(METHODS), default="samples")
@click.option("--next", "next_", is_flag=True)
@click.option("--by", type=click.Choice(["figure", "document", "process", "chain"]), default="document")
@click.option("--samples", type=int, metavar="N")
@click.option("--seed", type=int, default=1, metavar="N")
@click.option("--processes", type=int, metavar="N")
@click.option("--scheduler", metavar="tcp://HOST:PORT")
@click.option("--out", type=NamedPath(dir_okay=False, path_type=Path))
@click.option("--picture", type=NamedPath(dir_okay=False, path_type=Path))
@scenario_options
@common
def sensitivity(
    scenario: str,
    names: tuple[str, ...],
    method: Method,
    next_: bool,
    by: By,
    samples: int | None,
    seed: int,
    processes: int | None,
    scheduler: str | None,
    out: Path | None,
    picture: Path | None,
    over: Mapping[str, Any],
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """`mfa sensitivity`."""
    from mfa import sensing
    from mfa.show.terminal.print_sensitivity import print_sensitivity

    if out is not None:
        sensing.check_file(out)
    if picture is not None:
        sensing.check_picture(method, picture)
    result = mfa.load(scenario, **over).solve()
    with progress_line(shown=not (quiet or as_json)) as show:
        found = sensing.sensitivity(
            result,
            method=method,
            indicators=names,
            samples=samples,
            seed=seed,
            by=by,
            next_=next_,
            processes=processes,
            scheduler=scheduler,
            progress=told("sample", show, lang),
        )
    if out is not None:
        found.write(out)
    if picture is not None:
        found.picture(picture, lang=lang)
    if as_json:
        say_json(found.to_json())
    elif not quiet:
        print_sensitivity(found, lang)
        for path in (out, picture):
            if path is not None:
                say_file(path, as_json=False, quiet=False)
