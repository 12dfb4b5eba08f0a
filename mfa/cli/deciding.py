"""Commands that decide: seek, plan."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

import mfa
from mfa.cli.group import cli
from mfa.cli.misuse import Misuse
from mfa.cli.options import NamedPath, common, say_file, scenario_options, told
from mfa.decisions import MOST_POINTS
from mfa.errors import message
from mfa.show.stream import progress_line, say_json


@cli.command()
@click.argument("scenario")
@click.option("--vary", metavar="PATH")
@click.option("--from", "low", metavar="QUANTITY")
@click.option("--to", "high", metavar="QUANTITY")
@click.option("--until", metavar="'INDICATOR >= QUANTITY'")
@click.option("--each", is_flag=True)
@scenario_options
@common
def seek(
    scenario: str,
    vary: str | None,
    low: str | None,
    high: str | None,
    until: str | None,
    each: bool,
    over: Mapping[str, Any],
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """`mfa seek`."""
    from mfa.seeking import seek as sought
    from mfa.show.terminal.print_seek import print_seek

    if (vary is None) != each or (each and (low or high)):
        raise Misuse("misuse-seek")
    loaded = mfa.load(scenario, **over)
    with progress_line(shown=not (quiet or as_json)) as show:
        tell = told("seek", show, lang)
        found = sought(loaded, vary, until, low=low, high=high, each=each, progress=tell)
    if as_json:
        say_json(found.to_json())
    elif not quiet:
        print_seek(found, lang)
    if not found.reached:
        sys.exit(1)


@cli.command()
@click.argument("scenario")
@click.option("--out", type=NamedPath(dir_okay=False, path_type=Path))
@click.option("--alternatives", type=int, default=0, metavar="N")
@click.option("--slack", metavar="SHARE")
@click.option("--pareto", metavar="OBJECTIVE,OBJECTIVE,N")
@click.option("--picture", type=NamedPath(dir_okay=False, path_type=Path))
@click.option("--robust", metavar="SHARE")
@click.option("--samples", type=int, metavar="N")
@click.option("--seed", type=int, metavar="N")
@scenario_options
@common
def plan(
    scenario: str,
    out: Path | None,
    alternatives: int,
    slack: str | None,
    pareto: str | None,
    picture: Path | None,
    robust: str | None,
    samples: int | None,
    seed: int | None,
    over: Mapping[str, Any],
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """`mfa plan`."""
    from mfa.planning import check_picture
    from mfa.planning_years import YearsPlan
    from mfa.show.terminal.print_plan import print_plan
    from mfa.show.terminal.print_plan_years import print_years_plan

    if robust is None and (samples is not None or seed is not None):
        raise Misuse("misuse-robust")
    if alternatives < 0:
        raise Misuse("misuse-alternatives", text=str(alternatives))
    loaded, wanted = mfa.load(scenario, **over), _front(pareto)
    draws = 100 if samples is None else samples  # as `Scenario.plan` has it
    if picture is not None:
        check_picture(loaded, picture, asked=wanted is not None)
    with progress_line(shown=not (quiet or as_json)) as show:
        found = loaded.plan(
            alternatives=alternatives,
            slack=slack,
            pareto=wanted,
            robust=robust,
            samples=draws,
            seed=1 if seed is None else seed,
            progress=lambda number, held: show(
                message("plan-progress", {"round": number, "held": held, "count": draws}, lang)
            ),
        )
    if as_json:
        say_json(found.to_json())
    elif not quiet:
        print_years_plan(found, lang) if isinstance(found, YearsPlan) else print_plan(found, lang)
    if not found.possible:
        sys.exit(1)
    if out is not None:
        found.write(out)
        say_file(out, as_json=False, quiet=quiet or as_json)
    if picture is not None and not isinstance(found, YearsPlan):
        found.picture(picture, lang=lang)
        say_file(picture, as_json=False, quiet=quiet or as_json)


def _front(text: str | None) -> tuple[str, str, int] | None:
    """Two objectives and a number of points."""
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 3 or not parts[2].isdigit() or not 2 <= int(parts[2]) <= MOST_POINTS:
        raise Misuse("misuse-pareto", text=text[:80])
    return parts[0], parts[1], int(parts[2])
