"""Commands that solve: run, sweep, check."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

import mfa
from mfa.cli.asked import Asked, Form
from mfa.cli.failing import say_faults
from mfa.cli.group import cli
from mfa.cli.misuse import Misuse
from mfa.cli.options import (
    NamedPath,
    common,
    formats,
    of_year,
    pair,
    refuse_folderless,
    say_file,
    say_namesake,
    scenario_options,
    told,
    year_option,
)
from mfa.cli.watching import watch
from mfa.errors import message
from mfa.show.stream import progress_line, say_json
from mfa.system import Allocation

if TYPE_CHECKING:
    from mfa.result import Result
    from mfa.studies.sampling.streams import Method


@cli.command()
@click.argument("scenario")
@click.option("--out", type=NamedPath(file_okay=False, path_type=Path))
@click.option("--require-targets", is_flag=True)
@click.option("--sankey", "picture", is_flag=True)
@click.option("--parquet", is_flag=True)
@click.option("--remedies", "mend", is_flag=True)
@click.option("--layer", "layers", multiple=True, metavar="NAME")
@click.option("--allocation", type=click.Choice(["mass", "energy", "value", "main"]))
@click.option("--samples", type=int, metavar="N")
@click.option("--seed", type=int, default=1, metavar="N")
@click.option("--method", type=click.Choice(["random", "lhs", "sobol"]), default="random")
@click.option("--until-error", metavar="SHARE")
@click.option("--indicator", "names", multiple=True, metavar="NAME")
@click.option("--keep", is_flag=True)
@click.option("--processes", type=int, metavar="N")
@click.option("--scheduler", metavar="tcp://HOST:PORT")
@click.option("--gaussian", is_flag=True)
@click.option("--report", is_flag=True)
@click.option("--full", is_flag=True)
@click.option("--labels", is_flag=True)
@click.option("--cohorts", is_flag=True)
@click.option("--watch", "watching", is_flag=True)
@year_option
@scenario_options
@common
@formats
def run(
    scenario: str,
    out: Path | None,
    require_targets: bool,
    picture: bool,
    parquet: bool,
    mend: bool,
    layers: tuple[str, ...],
    allocation: Allocation | None,
    samples: int | None,
    seed: int,
    method: Method,
    until_error: str | None,
    names: tuple[str, ...],
    keep: bool,
    processes: int | None,
    scheduler: str | None,
    gaussian: bool,
    report: bool,
    full: bool,
    labels: bool,
    cohorts: bool,
    watching: bool,
    year: int | None,
    over: Mapping[str, Any],
    form: Form,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """`mfa run`."""
    extras = {"sankey": picture, "parquet": parquet, "report": report, "labels": labels}
    extras |= {"keep": keep, "cohorts": cohorts}
    refuse_folderless({f"--{name}": asked for name, asked in extras.items()}, out)
    if watching and require_targets:
        raise Misuse("misuse-watch")
    _refuse_of_samples(drawn=samples is not None or until_error is not None)
    draws: dict[str, Any] = {"samples": samples, "seed": seed, "method": method, "until_error": until_error}
    draws |= {"indicators": names, "keep": keep, "gaussian": gaussian}
    draws |= {"processes": processes, "scheduler": scheduler}

    def answer() -> Result:
        loaded = mfa.load(scenario, **over).with_layers(layers).with_allocation(allocation)
        with progress_line(shown=not quiet and form == "text") as show:
            result = loaded.solve(**draws, progress=told("sample", show, lang))
        if keep and not (result.sampled or result.sampled_years):
            raise Misuse("misuse-keep")
        result = of_year(result, year)
        if out is not None:
            result.write(out, command=["mfa", *sys.argv[1:]], lang=lang, remedies=mend, **extras)
        if form in ("text", "md"):
            _print_run(result, lang, out, mend=mend, full=full, quiet=quiet)
        else:
            _say_run(result, form, lang, strict=require_targets, quiet=quiet)
        return result

    if watching:
        watch(answer, Asked(form, quiet, lang, debug))
    elif not answer().targets_met and require_targets:
        sys.exit(1)


def _say_run(result: Result, form: Form, lang: str, *, strict: bool, quiet: bool) -> None:
    """A run for a program: as annotations, or as JSON."""
    from mfa.show.terminal.annotations import annotate, of_runs

    if form == "github":
        annotate(of_runs(result.each, lang, strict=strict), quiet=quiet)
    else:
        say_json(result.to_json(lang))


def _refuse_of_samples(*, drawn: bool) -> None:
    """Refuse options that say how samples are drawn where none are asked for."""
    source = click.get_current_context().get_parameter_source
    given = [
        n for n in ("seed", "method", "processes", "scheduler") if source(n) is ParameterSource.COMMANDLINE
    ]
    if given and not drawn:
        raise Misuse("misuse-of-samples", option=f"--{given[0]}")


def _print_run(
    result: Result, lang: str, folder: Path | None, *, mend: bool, full: bool, quiet: bool
) -> None:
    """A run for a person, with the ways to its missed targets where they are asked for."""
    if quiet:
        return
    if result.runs:
        from mfa.show.terminal.print_years import print_years

        print_years(result.runs, lang, folder, full=full)
    else:
        from mfa.show.terminal.print_run import print_answer

        print_answer(result, lang, folder, full=full)
    if result.sampled:
        from mfa.show.terminal.print_samples import print_samples

        print_samples(result, result.sampled, lang, full=full)
    if result.sampled_years:
        from mfa.show.terminal.print_sampled_years import print_sampled_years

        print_sampled_years(result.runs, result.sampled_years, lang, full=full)
    if result.gaussian:
        from mfa.show.terminal.print_propagation import print_propagation

        print_propagation(result, result.gaussian, lang)
    if mend:
        from mfa.show.terminal.print_remedies import print_remedies

        print_remedies(result.last, result.remedies(), lang)


@cli.command()
@click.argument("scenario")
@click.argument("name")
@click.option("--picture", type=NamedPath(dir_okay=False, path_type=Path))
@year_option
@scenario_options
@common
def explain(
    scenario: str,
    name: str,
    picture: Path | None,
    year: int | None,
    over: Mapping[str, Any],
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """`mfa explain`."""
    from mfa.show.terminal.print_explanation import print_explanation

    result = of_year(mfa.load(scenario, **over).solve(), year).last
    found = result.explain(name)
    if picture is not None:
        if found.kind == "indicator":
            raise Misuse("misuse-explain-picture")
        result.sankey(picture, focus=[found.name], steps=1, lang=lang)
    if as_json:
        say_json(asdict(found))
    elif not quiet:
        print_explanation(result, found, lang)


@cli.command()
@click.argument("scenario")
@click.option("--vary", multiple=True, metavar="PATH=FROM..TO UNIT:N")
@click.option("--table", type=NamedPath(dir_okay=False, path_type=Path))
@click.option("--levers", "all_levers", is_flag=True)
@click.option("--indicator", "names", multiple=True, metavar="NAME")
@click.option("--out", type=NamedPath(dir_okay=False, path_type=Path))
@click.option("--picture", type=NamedPath(dir_okay=False, path_type=Path))
@click.option("--processes", type=int)
@click.option("--scheduler", metavar="tcp://HOST:PORT")
@scenario_options
@common
def sweep(
    scenario: str,
    vary: tuple[str, ...],
    table: Path | None,
    all_levers: bool,
    names: tuple[str, ...],
    out: Path | None,
    picture: Path | None,
    processes: int | None,
    scheduler: str | None,
    over: Mapping[str, Any],
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """`mfa sweep`."""
    from mfa.show.terminal.print_sweep import print_sweep
    from mfa.sweeping import sweep as swept

    pairs = [pair(text, "--vary 'road-base.capacity=1..2 Mt/a:20'") for text in vary]
    loaded = mfa.load(scenario, **over)
    done = 0

    def tell(count: int, count_of: int) -> None:
        nonlocal done
        done = count
        told("sweep", show, lang)(count, count_of)

    try:
        with progress_line(shown=not (quiet or as_json)) as show:
            found = swept(
                loaded,
                pairs,
                table=table,
                levers=all_levers,
                indicators=names,
                out=out,
                picture=picture,
                processes=processes,
                scheduler=scheduler,
                lang=lang,
                progress=tell,
            )
    except KeyboardInterrupt:
        if out is not None and done and not quiet:
            click.echo(message("sweep-stopped", {"count": f"{done:,}", "file": str(out)}, lang), err=True)
        raise
    if as_json:
        say_json(found.to_json())
    elif not quiet:
        print_sweep(found, lang)
        for path in (out, picture):
            if path is not None:
                say_file(path, as_json=False, quiet=False)


@cli.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--strict", is_flag=True)
@common
@formats
def check(files: tuple[str, ...], strict: bool, form: Form, quiet: bool, lang: str, debug: bool) -> None:
    """`mfa check`."""
    from mfa.show.terminal.annotations import annotate, of_check
    from mfa.show.terminal.print_check import print_check

    asked = Asked(form, quiet, lang, debug)
    reports, failed = [], False
    for name in files:
        try:
            report = mfa.check(name)
        except mfa.Error as error:
            failed = True
            say_faults(error.faults, asked)
            continue
        reports.append(report)
        say_namesake(name, lang, quiet=quiet)
        if form == "github":
            annotate(of_check(report, lang, strict=strict), quiet=quiet)
        elif form != "json" and not quiet:
            print_check(report, lang)
    if form == "json":
        say_json([r.to_json(lang) for r in reports])
    if failed:
        sys.exit(2)
    if strict and any(r.strict_faults for r in reports):
        if form == "json" or (quiet and form != "github"):
            say_faults([f for r in reports for f in r.strict_faults], Asked("text", quiet, lang, debug))
        sys.exit(1)
