"""The command that sets scenarios beside each other: compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

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
    pair,
    refuse_folderless,
    sampling_options,
    told,
)
from mfa.show.stream import progress_line, say_json

if TYPE_CHECKING:
    from mfa.comparing import Comparison


@cli.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="A [B …]")
@click.option("--variant", "variants", multiple=True, metavar="NAME")
@click.option("--lever", "levers", multiple=True, metavar="LEVER=LEVEL")
@click.option("--indicator", "names", multiple=True, metavar="NAME")
@click.option("--out", type=NamedPath(file_okay=False, path_type=Path))
@click.option("--html", is_flag=True)
@sampling_options
@common
@formats
def compare(
    scenarios: tuple[str, ...],
    variants: tuple[str, ...],
    levers: tuple[str, ...],
    names: tuple[str, ...],
    out: Path | None,
    html: bool,
    draws: Draws,
    form: Form,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """`mfa compare`."""
    from mfa.comparing import solved
    from mfa.show.terminal.annotations import annotate, of_comparison
    from mfa.show.terminal.print_comparison import print_comparison

    refuse_folderless({"--html": html}, out)
    if (variants or levers) and len(scenarios) > 1:
        raise Misuse("misuse-several", option="--variant" if variants else "--lever")
    levels = ("=".join(pair(text, "--lever red-mud-outlets=plan")) for text in levers)
    given = [*scenarios, *(f"{scenarios[0]}+{name}" for name in (*variants, *levels))]
    if len(given) < 2:
        raise Misuse("misuse-alone")
    runs = [solved(name) for name in given]
    pairs = [
        replace(mfa.compare(runs[0], run), titles=(given[0], name))
        for name, run in zip(given[1:], runs[1:], strict=True)
    ]
    found = []
    for comparison in _sampled(pairs, draws, names, lang, shown=not quiet and form == "text"):
        shares = comparison.shares(names)
        if out is not None:
            folder = out if len(pairs) == 1 else out / comparison.titles[1]
            comparison.write(folder, shares, html=html, lang=lang)
        if form == "github":
            annotate(of_comparison(comparison, comparison.titles, lang), quiet=quiet)
        elif form != "json" and not quiet:
            print_comparison(comparison, shares, comparison.titles, lang, comparison.paired)
        found.append(comparison.to_json(shares))
    if form == "json":
        say_json(found)


def _sampled(
    pairs: Sequence[Comparison], draws: Draws, names: Sequence[str], lang: str, *, shown: bool
) -> Sequence[Comparison]:
    """The comparisons, with samples where they are asked for."""
    from mfa.comparing import with_samples

    if draws.samples is None:
        return pairs
    with progress_line(shown=shown) as show:
        return list(with_samples(pairs, draws.samples, draws.seed, names, told("sample", show, lang)))
