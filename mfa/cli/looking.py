"""Commands that look things up: show, list, convert, schema, init."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import click

import mfa
from mfa.cli.group import Command, cli
from mfa.cli.misuse import Misuse
from mfa.cli.options import NamedPath, common, say_file, say_namesake, scenario_options, size_options
from mfa.show.stream import say_json


@cli.command()
@click.argument("name")
@click.option("--origin", is_flag=True)
@click.option("--picture", type=NamedPath(dir_okay=False, path_type=Path))
@click.option("--process", metavar="NAME")
@size_options
@scenario_options
@common
def show(
    name: str,
    origin: bool,
    picture: Path | None,
    process: str | None,
    size: Mapping[str, Any],
    over: Mapping[str, Any],
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """`mfa show`."""
    from mfa.show.terminal.print_system import print_system
    from mfa.show.text import word

    if picture is None:
        for option, given in {"process": process, **size}.items():
            if given is not None:
                raise Misuse("misuse-show-picture", option=f"--{option.rstrip('_')}")
    loaded = mfa.load(name, **over)
    say_namesake(name, lang, quiet=quiet)
    if origin:
        lines = loaded.origin()
        if as_json:
            say_json([line._asdict() for line in lines])
        elif not quiet:
            for line in lines:
                note = f" ({word('origin-skipped', lang)})" if line.skipped else ""
                click.echo(f"{line.path}: {line.value}  # {line.place}{note}")
        return
    if picture is not None:
        loaded.picture(picture, lang=lang, process=process, **size)
        say_file(picture, as_json=as_json, quiet=quiet)
        return
    print_system(loaded.system, lang, as_json=as_json, quiet=quiet)


@cli.command("list")
@click.argument("what", required=False, metavar="[SECTION|WORD]")
@common
def list_(what: str | None, as_json: bool, quiet: bool, lang: str, debug: bool) -> None:
    """`mfa list`."""
    from mfa.show.terminal.print_lists import print_listing

    found = mfa.listing(what)
    if as_json:
        say_json({k: {x.id: x.to_json() for x in members} for k, members in found.items()})
    elif not quiet:
        print_listing(found, lang)


class _Negative(Command):
    """Takes `-5 t` for a quantity, not for an option: its minus becomes the sign of mathematics."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [re.sub(r"^-(?=\.?[0-9])", "−", a) for a in args])


@cli.command(cls=_Negative)
@click.argument("quantity")
@click.argument("unit")
@common
def convert(quantity: str, unit: str, as_json: bool, quiet: bool, lang: str, debug: bool) -> None:
    """`mfa convert`."""
    value = mfa.quantity(quantity).to(unit)
    if as_json:
        say_json({"value": value.magnitude, "unit": value.unit})
    elif not quiet:
        click.echo(f"{value.magnitude:.15g}")


@cli.command()
@click.argument("kind", required=False, type=click.Choice(["chain", "scenario"]))
@click.option("--for", "of", metavar="FILE")
@common
def schema(
    kind: Literal["chain", "scenario"] | None,
    of: str | None,
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """`mfa schema`."""
    made = mfa.load(of).json_schema if of else mfa.json_schema
    found = made(kind) if kind else {k: made(k) for k in ("chain", "scenario")}
    if not quiet:
        say_json(found, indent=2)


@cli.command()
@click.argument("folder", type=NamedPath(path_type=Path))
@common
def init(folder: Path, as_json: bool, quiet: bool, lang: str, debug: bool) -> None:
    """`mfa init`."""
    written = mfa.make_project(folder)
    if as_json:
        say_json([str(p) for p in written])
    elif not quiet:
        for path in written:
            click.echo(str(path))
        click.echo(f"\nmfa run {written[-1]}")
