"""A scenario → a workbook: its answer, what it was run with, and every table of the run."""

from __future__ import annotations

import io
from pathlib import Path

from mfa.errors import Error, Fault, check_language
from mfa.input.load import Loaded
from mfa.results.run import Run
from mfa.show.files import write_atomically
from mfa.system import System


def export(scenario: Loaded, result: Run, shown: Run, path: Path, lang: str = "en") -> None:
    """Write a workbook that `mfa run` reads back to the same numbers.

    Parameters
    ----------
    result : the run of this scenario, whose tables have all its years
    shown : what the first sheet tells of: of a run through several years, the last
    path : the file, ending in .xlsx
    lang : language of what explains the sheets

    Raises
    ------
    mfa.Error
        a chain alone; another ending or language; more rows or letters than Excel holds
    Failure
        the file cannot be written
    """
    from mfa.show.workbook.chart_sheet import write_charts
    from mfa.show.workbook.formats import Paper
    from mfa.show.workbook.input_sheets import write_inputs
    from mfa.show.workbook.result_sheets import write_results
    from mfa.show.workbook.sheet_lines import lines
    from mfa.show.workbook.standalone import flat
    from mfa.show.workbook.summary_sheet import write_answer

    check_language(lang)
    if path.suffix.lower() != ".xlsx":
        raise Error([Fault("book-ending", None, {"file": str(path)})])
    if scenario.is_chain:
        raise Error([Fault("book-chain", None, {"name": scenario.system.name})])
    system = scenario.system
    found = lines(flat(scenario.assembly, system))
    target = io.BytesIO()
    paper = Paper(target)
    write_answer(paper, shown, lang)
    write_charts(paper, shown, lang)
    write_inputs(paper, found, _labels(system, lang), lang)
    write_results(paper, result, lang)
    paper.book.close()
    write_atomically(path, target.getvalue())


def _labels(system: System, lang: str) -> dict[str, str]:
    made = {m.id: m.label[lang] for m in system.materials.values()}
    made |= {s.id: s.label[lang] for s in system.stocks.values()}
    return made | {p.id: p.label[lang] for p in system.processes.values()}
