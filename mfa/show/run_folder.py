"""A run → its folder: tables, pages and the manifest that says what belongs to it."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mfa
from mfa.input.merge import library
from mfa.show.files import csv_text, needed, parquet_bytes
from mfa.show.folders import MANIFEST, digest, write_together
from mfa.show.labelled import labelled

if TYPE_CHECKING:
    from mfa.input.load import Loaded
    from mfa.results.run import Run
    from mfa.show.sankey.diagram import Sankey
    from mfa.studies.remedies import Remedy
    from mfa.studies.sampling.sampled_years import Samples

LIBRARIES = ("numpy", "scipy", "pint", "pydantic", "PyYAML", "molmass")
SANKEY = "sankey.html"
DIGITS = 12  # of a run's SHA-256: two runs in 10 000 share them once in five million times


@dataclass(frozen=True)
class Extras:
    """What a run writes beside its tables and its manifest."""

    parquet: bool = False
    sankey: bool = False
    report: bool = False
    remedies: bool = False
    labels: bool = False
    keep: bool = False
    tables: tuple[str, ...] = ()


def write_run(
    result: Run,
    shown: Sequence[Run],
    remedies: Callable[[], list[Remedy]],
    folder: Path,
    scenario: Loaded,
    command: Sequence[str],
    extras: Extras,
    lang: str,
    sampled: Samples | None = None,
) -> list[Path]:
    """Write the files of a run into a folder, all of them or none, in the place of an earlier run's.

    `shown` is what pages show: the run of each year, or the one.
    `remedies` finds what each way to a missed target would add, where the files tell it.

    Raises
    ------
    mfa.Error
        Parquet without pyarrow
    Failure
        a file cannot be written, or another run is writing there
    """
    if extras.parquet:
        needed()
    about = manifest(result, scenario, command, sampled)
    files = _files(result, shown, scenario, remedies, extras, about, lang, sampled)
    samples = _samples(sampled, extras) if sampled and extras.keep else ()
    return write_together(folder, with_manifest(about, chain(files, samples)))


def _samples(sampled: Samples, extras: Extras) -> Iterator[tuple[str, str | bytes]]:
    table = sampled.table()
    yield "samples.csv", csv_text(table)
    if extras.parquet:
        yield "samples.parquet", parquet_bytes(table)


def with_manifest(
    about: dict[str, Any], files: Iterator[tuple[str, str | bytes]]
) -> Iterator[tuple[str, str | bytes]]:
    """The files as they come, then the manifest that lists them."""
    listed = []
    for name, content in files:
        listed.append({"file": name, "sha256": digest(content)})
        yield name, content
    yield MANIFEST, json.dumps(about | {"files": listed}, indent=2, ensure_ascii=False) + "\n"


def _files(
    result: Run,
    shown: Sequence[Run],
    scenario: Loaded,
    remedies: Callable[[], list[Remedy]],
    extras: Extras,
    about: dict[str, Any],
    lang: str,
    sampled: Samples | None,
) -> Iterator[tuple[str, str | bytes]]:
    for name in (*result.written, *extras.tables):
        table = result.table(name, lang if extras.labels else "en")
        if extras.labels:
            table = labelled(table, result.system, lang)
        yield f"{name}.csv", csv_text(table)
        if extras.parquet:
            yield f"{name}.parquet", parquet_bytes(table)
    if extras.remedies:
        from mfa.show.terminal.print_remedies import remedies_table

        yield "remedies.csv", csv_text(remedies_table(shown[-1], remedies()))
    if extras.sankey:
        yield SANKEY, _sankey(shown, scenario, lang).page(about["run"])
    if extras.report:
        from mfa.show.report import report_page

        flows = SANKEY if extras.sankey else ""
        yield "report.html", report_page(shown[-1], remedies(), lang, about, sampled, shown, flows)


def _sankey(shown: Sequence[Run], scenario: Loaded, lang: str) -> Sankey:
    """The flows of the run; of several years all on one layout, with a slider."""
    from mfa.show.sankey.command_text import command_text
    from mfa.show.sankey.diagram import sankey
    from mfa.show.sankey.several import side_by_side

    if len(shown) > 1:
        years = [str(run.system.period) for run in shown]
        return side_by_side(shown, titles=years, page=True, lang=lang)
    return sankey(shown[-1], lang=lang, page=True, call=command_text(scenario, {}))


def manifest(
    result: Run, scenario: Loaded, command: Sequence[str] = (), sampled: Samples | None = None
) -> dict[str, Any]:
    """What is needed to run the same again: versions, inputs with hashes, what was laid over them.

    `run` is the same for whoever runs the same files with the same settings and versions.
    """
    run = {
        "scenario": result.system.name,
        "variants": list(scenario.variants),
        "levers": dict(scenario.levers),
        "set": dict(scenario.settings or {}),
        "layers": list(result.system.layers),
        **({"allocation": result.system.allocation} if result.system.allocation else {}),
        **({"sampling": _sampling(sampled)} if sampled else {}),
    }
    inputs = [{"file": library.shown(f), "sha256": digest(f.read_bytes())} for f in scenario.files]
    made_with = versions()
    told = json.dumps([run, [i["sha256"] for i in inputs], made_with], sort_keys=True)
    return {
        "run": digest(told)[:DIGITS],
        **run,
        "command": list(command),
        "seed": sampled.asked.seed if sampled else None,
        "inputs": inputs,
        "versions": made_with,
        "solver": {
            "method": result.state.method,
            "iterations": result.state.iterations,
            "residual": result.state.residual,
        },
    }


def _sampling(sampled: Samples) -> dict[str, Any]:
    asked = sampled.asked
    return {"samples": sampled.count, "seed": asked.seed, "method": asked.method, "until_error": asked.until}


def versions() -> dict[str, str]:
    """The versions of mfa, Python and the libraries that numbers depend on."""
    return {"mfa": mfa.__version__, "python": platform.python_version()} | {
        name: version(name) for name in LIBRARIES
    }
