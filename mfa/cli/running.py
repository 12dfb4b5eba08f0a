"""Commands that solve: run, audit, compare, check."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

import mfa
from mfa.cli.group import cli
from mfa.cli.options import NamedPath, common, pair, say_faults, say_namesake, scenario_options
from mfa.errors import message
from mfa.show.stream import progress_line, say_json
from mfa.system import Allocation


@cli.command()
@click.argument("scenario")
@click.option(
    "--out", type=NamedPath(file_okay=False, path_type=Path), help="Write tables and manifest here."
)
@click.option("--require-targets", is_flag=True, help="Exit with 1 unless every target is met.")
@click.option("--sankey", "picture", is_flag=True, help="Also write sankey.html into --out.")
@click.option("--parquet", is_flag=True, help="Also write the tables as Parquet into --out.")
@click.option("--remedies", "mend", is_flag=True, help="Also say what each way to a missed target would add.")
@click.option(
    "--layer",
    "layers",
    multiple=True,
    metavar="NAME",
    help="Follow an element or oxide (Ga, Na2O); repeatable.",
)
@click.option(
    "--allocation",
    type=click.Choice(["mass", "energy", "value", "main"]),
    help="Also give the footprints of products; joint products share by this rule.",
)
@click.option("--samples", type=int, hidden=True)
@click.option("--gaussian", is_flag=True, hidden=True)
@click.option("--report", is_flag=True, help="Also write report.html into --out.")
@scenario_options
@common
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
    gaussian: bool,
    report: bool,
    over: Mapping[str, Any],
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """Solve a scenario and print what becomes of it."""
    later = {"--samples": samples is not None, "--gaussian": gaussian}
    for name, asked in later.items():
        if asked:
            raise click.UsageError(f"'{name}' is not available yet in this version")
    for name, asked in {"--sankey": picture, "--parquet": parquet, "--report": report}.items():
        if asked and out is None:
            raise click.UsageError(f"'{name}' writes into a folder; name it with '--out DIR'")
    loaded = mfa.load(scenario, **over).with_layers(layers)
    result = loaded.with_allocation(allocation).solve()
    if out is not None:
        command = ["mfa", *sys.argv[1:]]
        result.write(
            out, command=command, parquet=parquet, sankey=picture, report=report, remedies=mend, lang=lang
        )
    if as_json:
        say_json(result.to_json(lang))
    elif not quiet:
        from mfa.show.terminal.print_run import print_answer

        print_answer(result, lang, out)
        if mend:
            from mfa.show.terminal.print_remedies import print_remedies

            print_remedies(result, result.remedies(), lang)
    if require_targets and not result.targets_met:
        sys.exit(1)


@cli.command()
@click.argument("scenario")
@click.option(
    "--out", type=NamedPath(file_okay=False, path_type=Path), help="Write claims.csv and conflicts.csv here."
)
@click.option(
    "--strict", is_flag=True, help="Exit with 1 where a claim contradicts the model or another claim."
)
@scenario_options
@common
def audit(
    scenario: str,
    out: Path | None,
    strict: bool,
    over: Mapping[str, Any],
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """Set the claims of a plan beside the model; name those that cannot hold together."""
    from mfa.show.terminal.print_audit import print_audit

    result = mfa.load(scenario, **over).solve()
    with progress_line(shown=not (quiet or as_json)) as show:
        count_of = len(result.system.claims)
        found = mfa.audit(
            result,
            lambda what, count: show(
                message(f"audit-progress-{what}", {"count": count, "all": count_of}, lang)
            ),
        )
    if out is not None:
        found.write(out, lang=lang)
    if as_json:
        say_json(found.to_json(lang))
    elif not quiet:
        print_audit(found, result.system.name, lang)
    if strict and not found.passes:
        sys.exit(1)


@cli.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="A [B …]")
@click.option(
    "--variant", "variants", multiple=True, metavar="NAME", help="Compare one scenario with variants of it."
)
@click.option(
    *("--lever", "levers"),
    multiple=True,
    metavar="LEVER=LEVEL",
    help="Compare one scenario with levels of its levers.",
)
@click.option(
    "--indicator",
    "names",
    multiple=True,
    metavar="NAME",
    help="Split the change of this one by cause; repeatable.",
)
@click.option("--out", type=NamedPath(file_okay=False, path_type=Path), help="Write the tables here.")
@click.option("--html", is_flag=True, help="Also write compare.html into --out.")
@common
def compare(
    scenarios: tuple[str, ...],
    variants: tuple[str, ...],
    levers: tuple[str, ...],
    names: tuple[str, ...],
    out: Path | None,
    html: bool,
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """Compare A with B, C …: inputs that differ, results, and what changes an indicator.

    A name may carry variants and levels: jiaokou-2025+market-limited, SCENARIO+LEVER=LEVEL.
    """
    from mfa.comparing import solved
    from mfa.show.terminal.print_comparison import print_comparison

    if html and out is None:
        raise click.UsageError("'--html' writes into a folder; name it with '--out DIR'")
    if (variants or levers) and len(scenarios) > 1:
        option = "--variant" if variants else "--lever"
        raise click.UsageError(f"'{option}' goes with one scenario; write 'A A+variant' for several")
    levels = ("=".join(pair(text, "--lever red-mud-outlets=plan")) for text in levers)
    given = [*scenarios, *(f"{scenarios[0]}+{name}" for name in (*variants, *levels))]
    if len(given) < 2:
        raise click.UsageError(
            "nothing to compare with; name a second scenario, a variant with '--variant' "
            "or a level with '--lever'"
        )
    runs = [solved(name) for name in given]
    found = []
    for name, run in zip(given[1:], runs[1:], strict=True):
        comparison = replace(mfa.compare(runs[0], run), titles=(given[0], name))
        shares = comparison.shares(names)
        if out is not None:
            comparison.write(out if len(given) == 2 else out / name, shares, html=html, lang=lang)
        if not (as_json or quiet):
            print_comparison(comparison, shares, comparison.titles, lang)
        found.append(comparison.to_json(shares))
    if as_json:
        say_json(found)


@cli.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--strict", is_flag=True, help="Exit with 1 where a recipe does not close or lacks a source.")
@common
def check(files: tuple[str, ...], strict: bool, as_json: bool, quiet: bool, lang: str, debug: bool) -> None:
    """Check chains and scenarios: faults, closure of every recipe, sources, energy."""
    from mfa.show.terminal.print_check import print_check

    reports, failed = [], False
    for name in files:
        try:
            report = mfa.check(name)
        except mfa.Error as error:
            failed = True
            say_faults(error.faults, lang)
            continue
        reports.append(report)
        say_namesake(name, lang, quiet=quiet)
        if not quiet and not as_json:
            print_check(report, lang)
    if as_json:
        say_json([r.to_json(lang) for r in reports])
    if failed:
        sys.exit(2)
    if strict and any(r.strict_faults for r in reports):
        if quiet or as_json:
            say_faults([f for r in reports for f in r.strict_faults], lang)
        sys.exit(1)
