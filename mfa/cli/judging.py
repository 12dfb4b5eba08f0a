"""The command that sets a plan's claims, or statistics of several years, beside the model: audit."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import mfa
from mfa.cli.asked import Form
from mfa.cli.group import cli
from mfa.cli.misuse import Misuse
from mfa.cli.options import (
    Draws,
    NamedPath,
    common,
    formats,
    of_year,
    sampling_options,
    scenario_options,
    year_option,
)
from mfa.errors import message
from mfa.show.stream import progress_line, say_json

if TYPE_CHECKING:
    from mfa.result import Result


@cli.command()
@click.argument("scenario")
@click.option("--out", type=NamedPath(file_okay=False, path_type=Path))
@click.option("--years", is_flag=True)
@click.option("--strict", is_flag=True)
@sampling_options
@year_option
@scenario_options
@common
@formats
def audit(
    scenario: str,
    out: Path | None,
    years: bool,
    strict: bool,
    draws: Draws,
    year: int | None,
    over: Mapping[str, Any],
    form: Form,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """`mfa audit`."""
    from mfa.show.terminal.annotations import annotate, of_audit
    from mfa.show.terminal.print_audit import print_audit
    from mfa.studies.claimed import claims_of

    if years and draws.samples is not None:
        raise Misuse("misuse-audit-samples")
    solved = of_year(mfa.load(scenario, **over).solve(), year)
    if years:
        _hindcast(solved, out, strict=strict, form=form, quiet=quiet, lang=lang)
        return
    result = solved.last
    with progress_line(shown=not quiet and form == "text") as show:
        count_of = len(claims_of(result.system))
        found = mfa.audit(
            result,
            lambda what, count: show(
                message(f"audit-progress-{what}", {"count": count, "all": count_of}, lang)
            ),
            samples=draws.samples,
            seed=draws.seed,
        )
    if out is not None:
        found.write(out, lang=lang)
    if form == "github":
        annotate(of_audit(found, result.system, lang, strict=strict), quiet=quiet)
    elif form == "json":
        say_json(found.to_json(lang))
    elif not quiet:
        print_audit(found, result.system.name, lang)
    if strict and not found.passes:
        sys.exit(1)


def _hindcast(result: Result, out: Path | None, *, strict: bool, form: Form, quiet: bool, lang: str) -> None:
    """`mfa audit --years`."""
    from mfa.show.terminal.print_hindcast import print_hindcast

    found = mfa.hindcast(result)
    if out is not None:
        found.write(out, lang=lang)
    if form == "json":
        say_json(found.to_json(lang))
    elif not quiet:
        print_hindcast(found.scores, result.system.name, lang)
    if strict and not found.passes:
        sys.exit(1)
