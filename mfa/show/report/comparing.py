"""Several scenarios compared with the first: solved, printed, written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mfa.errors import Error, Fault, nearest
from mfa.result import Result
from mfa.scenario import load
from mfa.show.files import csv_text
from mfa.show.folders import write_together
from mfa.show.report.comparison_page import comparison_page
from mfa.show.run_folder import versions, with_manifest
from mfa.show.terminal.print_comparison import all_tables, print_comparison, to_json
from mfa.studies.compare import Comparison, Share, compare


def compare_all(
    given: Sequence[str], names: Sequence[str], lang: str, out: Path | None, *, html: bool, silent: bool
) -> list[dict[str, Any]]:
    """Compare the first scenario with each of the others; print, write, and give the tables back.

    Raises
    ------
    mfa.Error
        a scenario does not load or solve, or an indicator is not known
    """
    runs = [solved(name) for name in given]
    made = []
    for name, run in zip(given[1:], runs[1:], strict=True):
        comparison = compare(runs[0], run)
        changed = {c.name for c in comparison.indicators}
        wanted = list(names) or [n for n in comparison.main_indicators if n in changed]
        _known(comparison, wanted)
        shares = comparison.split(wanted)
        if out is not None:
            folder = out if len(given) == 2 else out / name
            about = {"compared": [given[0], name], "versions": versions()}
            files = _files(comparison, shares, (given[0], name), lang, html=html)
            write_together(folder, with_manifest(about, files))
        if not silent:
            print_comparison(comparison, shares, (given[0], name), lang)
        made.append({"a": given[0], "b": name, **to_json(comparison, shares)})
    return made


def _files(
    comparison: Comparison, shares: list[Share], titles: tuple[str, str], lang: str, *, html: bool
) -> Iterator[tuple[str, str | bytes]]:
    for found in all_tables(comparison, shares):
        yield f"{found.name}.csv", csv_text(found)
    if html:
        yield "compare.html", comparison_page(comparison, shares, titles, lang)


def solved(name: str) -> Result:
    """The run of `SCENARIO` or `SCENARIO+variant+variant`."""
    file, *variants = name.split("+")
    return load(file, variants=variants).solve()


def _known(comparison: Comparison, wanted: Sequence[str]) -> None:
    known = {r.name for x in (comparison.a, comparison.b) for r in x.indicator_list}
    unknown = [n for n in wanted if n not in known]
    if unknown:
        raise Error(
            [Fault("compare-indicator", None, {"id": n[:80], "near": nearest(n, known)}) for n in unknown]
        )
