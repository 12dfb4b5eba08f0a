"""A file checked: read, solved with each of its variants and levels, and judged recipe by recipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from mfa.checks.check import Check, check_system
from mfa.errors import Error, Fault
from mfa.result import Result
from mfa.results.warnings import IMPOSSIBLE, impossible
from mfa.scenario import Scenario, load


def check(name: str | Path) -> Check:
    """Check a chain or a scenario; a scenario with each of its variants and levels is also solved.

    Raises
    ------
    mfa.Error
        the faults of the file
    """
    scenario = load(name)
    runs = [] if scenario.is_chain else _solve_all(scenario)
    found = check_system(scenario.system, str(name))
    return replace(found, strict_faults=(*found.strict_faults, *_impossible(runs)))


def _solve_all(scenario: Scenario) -> list[Result]:
    """The scenario and each of its variants and levels; the faults of all of them together."""
    runs = [scenario.solve()]
    faults: list[Fault] = []
    levels = [{lever: level} for lever, found in scenario.lever_levels.items() for level in found]
    for variants, levers in [*(([v], {}) for v in scenario.variant_names), *(([], x) for x in levels)]:
        try:
            runs.append(load(scenario.path, variants=variants, levers=levers).solve())
        except Error as error:
            faults += error.faults
    if faults:
        raise Error(faults)
    return runs


def _impossible(runs: Iterable[Result]) -> Iterator[Fault]:
    """Outputs that cannot hold what the layers of a run put into them: of each the first run's, as placed."""
    told = set[object]()
    for run in runs:
        for one in run.overfull:
            if (one.process, one.material) not in told:
                told.add((one.process, one.material))
                yield Fault(IMPOSSIBLE, run.system.processes[one.process].place, impossible(one))
