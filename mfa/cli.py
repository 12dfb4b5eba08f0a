"""The command line: reads arguments, calls one function, prints.

Exit codes: 0 done; 1 done, and something asked for does not hold; 2 bad input; 3 the
program failed; 130 interrupted. Every command imports what it needs in its own body.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

import mfa

F = TypeVar("F", bound=Callable[..., Any])
LATER = ("seek", "plan", "sensitivity", "reconcile", "sweep", "explore")


class _ReaderGone(Exception):
    """Who read the output has stopped; click would make exit code 1 of a BrokenPipeError."""


class _Commands(click.Group):
    """Says of the commands still to come that they are not there yet."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; output that nobody reads ends it quietly."""
        try:
            made = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            raise _ReaderGone from None
        return made

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] in LATER:
            raise click.UsageError(f"'mfa {args[0]}' is not available yet in this version")
        return super().resolve_command(ctx, args)


def common(command: F) -> F:
    """The options that every command has."""
    for option in (
        click.option("--debug", is_flag=True, help="Show the traceback of a failure."),
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option("--quiet", is_flag=True, help="Print nothing but errors."),
        click.option(
            "--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of what is printed."
        ),
    ):
        command = option(command)
    return command


def scenario_options(command: F) -> F:
    """What lies over a scenario file."""
    for option in (
        click.option(
            "--set", "settings", multiple=True, metavar="PATH=QUANTITY", help="Fix a figure; repeatable."
        ),
        click.option(
            "--variant", "variants", multiple=True, metavar="NAME", help="A variant; repeatable, later wins."
        ),
    ):
        command = option(command)
    return command


def picture_options(command: F) -> F:
    """What a Sankey picture shows, and how."""
    for option in (
        click.option(
            "--colour", "colours", multiple=True, metavar="NAME=#RRGGBB", help="A material or kind."
        ),
        click.option("--order", multiple=True, metavar="NAME", help="A node; repeatable, the first on top."),
        click.option(
            "--without", multiple=True, metavar="NAME", help="Leave out a material, or a kind such as water."
        ),
        click.option(
            "--min-share", metavar="SHARE", help="Bundle flows below this share of the largest: '0.1 %'."
        ),
        click.option("--loops", is_flag=True, help="Draw flows inside a group as loops."),
        click.option("--steps", type=int, help="How many flows in a row --focus follows."),
        click.option(
            "--focus",
            multiple=True,
            metavar="NAME",
            help="Only what leads to a material, process, stock or group and away from it; two: the way.",
        ),
        click.option("--by", metavar="TAG", help="A node a chain, site, sector, project or enterprise."),
        click.option("--unit", help="Another unit of the layer; MWh shows what is counted in it."),
        click.option(
            "--layer",
            multiple=True,
            metavar="LAYER",
            help="mass, wet, energy, value, cost, co2, an element or oxide; repeatable for .html.",
        ),
        click.option("--format", "format_", metavar="NAME", help="Of .json: json, floweaver, d3, plotly."),
    ):
        command = option(command)
    return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(mfa.__version__, prog_name="mfa")
def cli() -> None:
    """Material flows of an industrial park: products, by-products, waste, utilisation rates."""


@cli.command()
@click.argument("scenario")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write tables and manifest here."
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
    samples: int | None,
    gaussian: bool,
    report: bool,
    variants: tuple[str, ...],
    settings: tuple[str, ...],
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
    loaded = mfa.load(scenario, variants=variants, settings=_settings(settings)).with_layers(layers)
    result = loaded.run(out, command=["mfa", *sys.argv[1:]], parquet=parquet)
    if picture and out is not None:
        result.sankey(out / "sankey.html", lang=lang)
    if report and out is not None:
        _report(loaded, result, out, lang)
    if as_json:
        click.echo(json.dumps(result.to_json(lang), ensure_ascii=False))
    elif not quiet:
        from mfa.show.answer import print_answer

        print_answer(result, lang, out)
    if mend:
        _mend(result, out, lang, as_json or quiet)
    if require_targets and not result.targets_met:
        sys.exit(1)


def _report(loaded: mfa.Scenario, result: mfa.Result, out: Path, lang: str) -> None:
    """Write report.html beside the tables."""
    from mfa.show.files import manifest, write_atomically
    from mfa.show.report import report_page

    page = report_page(result, lang, manifest(result, loaded, ["mfa", *sys.argv[1:]]))
    write_atomically(out / "report.html", page)


def _mend(result: mfa.Result, out: Path | None, lang: str, silent: bool) -> None:
    """Print the remedies, and write them beside the tables."""
    from mfa.show.files import csv_text, write_atomically
    from mfa.show.remedied import print_remedies, remedies_table

    found = result.remedies()
    if out is not None:
        write_atomically(out / "remedies.csv", csv_text(remedies_table(result, found)))
    if not silent:
        print_remedies(result, found, lang)


@cli.command()
@click.argument("scenario")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write claims.csv and conflicts.csv here."
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
    variants: tuple[str, ...],
    settings: tuple[str, ...],
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """Set the claims of a plan beside the model; name those that cannot hold together."""
    from mfa.show.audited import claims_table, conflicts_table, print_audit, to_json
    from mfa.show.files import csv_text, write_atomically

    result = mfa.load(scenario, variants=variants, settings=_settings(settings)).solve()
    found = result.audit()
    if out is not None:
        for table in (claims_table(found, lang), conflicts_table(found)):
            write_atomically(out / f"{table.name}.csv", csv_text(table))
    if as_json:
        click.echo(json.dumps(to_json(found, lang), ensure_ascii=False))
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
    "--indicator",
    "names",
    multiple=True,
    metavar="NAME",
    help="Split the change of this one by cause; repeatable.",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write the tables here.")
@click.option("--html", is_flag=True, help="Also write compare.html into --out.")
@common
def compare(
    scenarios: tuple[str, ...],
    variants: tuple[str, ...],
    names: tuple[str, ...],
    out: Path | None,
    html: bool,
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """Compare A with B, C …: inputs that differ, results, and what changes an indicator.

    A name may carry a variant: jiaokou-2025+market-limited.
    """
    from mfa.show.report.comparing import compare_all

    if html and out is None:
        raise click.UsageError("'--html' writes into a folder; name it with '--out DIR'")
    if variants and len(scenarios) > 1:
        raise click.UsageError("'--variant' goes with one scenario; write 'A A+variant' for several")
    given = [*scenarios, *(f"{scenarios[0]}+{v}" for v in variants)]
    if len(given) < 2:
        raise click.UsageError(
            "nothing to compare with; name a second scenario, or a variant with '--variant'"
        )
    found = compare_all(given, names, lang, out, html=html, silent=as_json or quiet)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))


@cli.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--strict", is_flag=True, help="Exit with 1 where a recipe does not close or lacks a source.")
@common
def check(files: tuple[str, ...], strict: bool, as_json: bool, quiet: bool, lang: str, debug: bool) -> None:
    """Check chains and scenarios: faults, closure of every recipe, sources, energy."""
    from mfa.check import check_file
    from mfa.show.checked import print_check

    reports, failed = [], False
    for name in files:
        try:
            report = check_file(name)
        except mfa.Error as error:
            failed = True
            click.echo(error.text(lang), err=True)
            continue
        reports.append(report)
        if not quiet and not as_json:
            print_check(report, lang)
    if as_json:
        click.echo(json.dumps([r.to_json(lang) for r in reports], ensure_ascii=False))
    if failed:
        sys.exit(2)
    if strict and any(r.strict_faults for r in reports):
        if quiet or as_json:
            for fault in (f for r in reports for f in r.strict_faults):
                click.echo(fault.text(lang), err=True)
        sys.exit(1)


@cli.command()
@click.argument("name")
@click.option("--origin", is_flag=True, help="Print the merged scenario with FILE:LINE of every value.")
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw recipes and lists: .png .svg .pdf.",
)
@scenario_options
@common
def show(
    name: str,
    origin: bool,
    picture: Path | None,
    variants: tuple[str, ...],
    settings: tuple[str, ...],
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """Show a chain or scenario as a table."""
    from mfa.show.origin import origin_lines, print_system
    from mfa.show.screen import word

    if origin:
        lines = origin_lines(name, variants, _settings(settings))
        if as_json:
            click.echo(json.dumps([line._asdict() for line in lines], ensure_ascii=False))
        elif not quiet:
            for line in lines:
                note = f" ({word('origin-skipped', lang)})" if line.skipped else ""
                click.echo(f"{line.path}: {line.value}  # {line.place}{note}")
        return
    loaded = mfa.load(name, variants=variants, settings=_settings(settings))
    if picture is not None:
        loaded.picture(picture, lang=lang)
        click.echo(str(picture))
        return
    print_system(loaded.system, lang, as_json=as_json, quiet=quiet)


@cli.command()
@click.argument("kind", type=click.Choice(["gauge", "wastes", "merit"]))
@click.argument("scenario")
@click.argument("name", required=False)
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help=".png .svg .pdf"
)
@scenario_options
@common
def chart(
    kind: Literal["gauge", "wastes", "merit"],
    scenario: str,
    name: str | None,
    output: Path,
    variants: tuple[str, ...],
    settings: tuple[str, ...],
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """Draw a chart: the gauge of a target, wastes by fate, or the merit order of a material NAME."""
    from mfa.show.charts.draw import draw

    if kind == "merit" and name is None:
        raise click.UsageError("'merit' needs the material; write it like 'mfa chart merit SCENARIO red-mud -o FILE'")
    result = mfa.load(scenario, variants=variants, settings=_settings(settings)).solve()
    draw(kind, result, name, output, lang)
    if as_json:
        click.echo(json.dumps({"file": str(output)}, ensure_ascii=False))
    elif not quiet:
        click.echo(str(output))


@cli.command("list")
@click.argument("what", required=False, type=click.Choice(["chains", "scenarios", "indicators", "units"]))
@common
def list_(what: str | None, as_json: bool, quiet: bool, lang: str, debug: bool) -> None:
    """List chains, scenarios, indicators and units."""
    from mfa.show.listing import listing

    found = listing(what, lang)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    elif not quiet:
        for title, rows in found.items():
            click.echo(title)
            for key, text in rows.items():
                click.echo(f"  {key:<50} {text}".rstrip())


@cli.command()
@click.argument("quantity")
@click.argument("unit")
@common
def convert(quantity: str, unit: str, as_json: bool, quiet: bool, lang: str, debug: bool) -> None:
    """Print a quantity in another unit: mfa convert '240 万t/a' t/a."""
    value = mfa.quantity(quantity).to(unit)
    if as_json:
        click.echo(json.dumps({"value": value.magnitude, "unit": value.unit}, ensure_ascii=False))
    elif not quiet:
        click.echo(f"{value.magnitude:.15g}")


@cli.command()
@click.argument("scenario")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help=".png .svg .pdf .html .json",
)
@picture_options
@scenario_options
@common
def sankey(
    scenario: str,
    output: Path,
    format_: str | None,
    variants: tuple[str, ...],
    settings: tuple[str, ...],
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
    **asked: Any,
) -> None:
    """Draw the flows of a scenario; what no option says stands as its section sankey: says."""
    if format_ and output.suffix != ".json":
        raise click.UsageError("'--format' is of flows written to a file that ends in .json")
    result = mfa.load(scenario, variants=variants, settings=_settings(settings)).solve()
    colours = dict(_pair(text, "'red-mud=#b02a0e'") for text in asked.pop("colours"))
    options = {key: value for key, value in asked.items() if value not in (None, ())}
    made = result.sankey(lang=lang, colours=colours, **options)
    made.save(output, format_)
    if as_json:
        click.echo(json.dumps({"file": str(output)}, ensure_ascii=False))
    elif not quiet:
        click.echo(str(output))


@cli.command()
@click.argument("scenario")
@click.option(
    "--xlsx", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The workbook to write."
)
@scenario_options
@common
def export(
    scenario: str,
    xlsx: Path,
    variants: tuple[str, ...],
    settings: tuple[str, ...],
    as_json: bool,
    quiet: bool,
    lang: str,
    debug: bool,
) -> None:
    """Write a workbook of inputs and results; edit it, then mfa run FILE.xlsx."""
    mfa.load(scenario, variants=variants, settings=_settings(settings)).export(xlsx, lang=lang)
    if as_json:
        click.echo(json.dumps({"file": str(xlsx)}, ensure_ascii=False))
    elif not quiet:
        click.echo(str(xlsx))


@cli.command()
@click.argument("kind", required=False, type=click.Choice(["chain", "scenario"]))
@common
def schema(
    kind: Literal["chain", "scenario"] | None, as_json: bool, quiet: bool, lang: str, debug: bool
) -> None:
    """Print the JSON Schema of chain or scenario files (of both: one object), for editors."""
    from mfa.input.schema import json_schema

    found = json_schema(kind) if kind else {k: json_schema(k) for k in ("chain", "scenario")}
    if not quiet:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@common
def init(folder: Path, as_json: bool, quiet: bool, lang: str, debug: bool) -> None:
    """Make a small project that runs."""
    from mfa.show.project import make_project

    written = make_project(folder)
    if as_json:
        click.echo(json.dumps([str(p) for p in written], ensure_ascii=False))
    elif not quiet:
        for path in written:
            click.echo(str(path))
        click.echo(f"\nmfa run {written[-1]}")


def _settings(pairs: Sequence[str]) -> dict[str, str]:
    """`PATH=QUANTITY` pairs; later ones win."""
    return dict(_pair(text, "--set 'road-base.capacity=2 Mt/a'") for text in pairs)


def _pair(text: str, example: str) -> tuple[str, str]:
    """`NAME=VALUE`."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise click.UsageError(f"'{text[:80]}' is not NAME=VALUE; write it like {example}")
    return name.strip(), value.strip()


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point: turns what goes wrong into one message and an exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = cli.main(given, prog_name="mfa", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)
    except _ReaderGone:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        sys.exit(_failed(error, given))


def _failed(error: Exception, given: Sequence[str]) -> int:
    """Print bad input as its faults (2), anything else in one line (3)."""
    if isinstance(error, mfa.Error):
        lang = "zh" if "--lang=zh" in given or ("--lang", "zh") in pairwise(given) else "en"
        click.echo(error.text(lang), err=True)
        if "--json" in given:
            faults = [
                {"key": f.key, "place": str(f.place) if f.place else None, "text": f.text(lang)}
                for f in error.faults
            ]
            click.echo(json.dumps({"errors": faults}, ensure_ascii=False))
        return 2
    if "--debug" in given:
        raise error
    first = str(error).splitlines()[0] if str(error) else ""
    kind = "" if isinstance(error, mfa.Failure) else f"{type(error).__name__}: "
    click.echo(f"mfa failed: {kind}{first}", err=True)
    return 3


if __name__ == "__main__":
    main()
