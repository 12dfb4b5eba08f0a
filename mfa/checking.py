"""A file checked: read, solved with each of its variants and levels, and judged recipe by recipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from mfa.checks.check import Check, check_system
from mfa.engine.compile import compile_system
from mfa.errors import Error, Failure, Fault
from mfa.input.load import of_year, without_own
from mfa.input.merge import names
from mfa.parameters import parse
from mfa.results.periods import period_systems
from mfa.results.run import Run, solve_compiled
from mfa.results.warnings import IMPOSSIBLE, impossible
from mfa.scenario import Scenario, load
from mfa.studies.no_effect import sets_a_result, unchanged
from mfa.system import System


def check(name: str | Path) -> Check:
    """Check a chain or a scenario; a scenario with each of its variants and levels is also solved.

    Raises
    ------
    mfa.Error
        the faults of the file; an alias of a chain that another chain has too
    """
    scenario = load(name)
    claimed = names.claimed(scenario.path) if scenario.is_chain else []
    if claimed:
        raise Error(claimed)
    found = check_system(scenario.system, str(name), _later(scenario))
    if scenario.is_chain:
        return found
    every = _runs(scenario)
    base = every[-1]
    others = _others(scenario)
    told = {} if scenario.system.carries else others  # a variant may change earlier years alone
    idle = (unchanged(run, base, key, called) for (key, called), run in told.items())
    own = () if scenario.system.carries else _own_settings(scenario, base)
    warnings = (*found.warnings, *filter(None, idle), *own)
    impossible = _impossible([*every, *others.values()])
    return replace(found, warnings=warnings, strict_faults=(*found.strict_faults, *impossible))


def _later(scenario: Scenario) -> Iterator[System]:
    """The system of each period of a scenario that runs through several."""
    if scenario.system.periods is not None:
        yield from period_systems(scenario.system, partial(of_year, scenario))


def _runs(scenario: Scenario) -> tuple[Run, ...]:
    """The run of each year without what a result tells beside, which would be found for each again."""
    if scenario.system.carries:
        return scenario.solve().each
    return (solve_compiled(scenario.system, compile_system(scenario.system)),)


def _others(scenario: Scenario) -> dict[tuple[str, str], Run]:
    """The run with each variant and each level, by how it is told; the faults of all of them together."""
    laid = [
        *((("no-effect-variant", v), [v], {}) for v in scenario.variant_names),
        *(
            (("no-effect-lever", f"{lever}={level}"), [], {lever: level})
            for lever, levels in scenario.lever_levels.items()
            for level in levels
        ),
    ]
    runs: dict[tuple[str, str], Run] = {}
    faults: list[Fault] = []
    for told, variants, levers in laid:
        try:
            runs[told] = _runs(load(scenario.path, variants=variants, levers=levers))[-1]
        except Error as error:
            faults += error.faults
    if faults:
        raise Error(faults)
    return runs


def _own_settings(scenario: Scenario, base: Run) -> Iterator[Fault]:
    """Lines of the file's own `set` without which every result is the same."""
    for path in scenario.merged.scenario.child("set"):
        if sets_a_result(parse(path, scenario.system)):
            with suppress(Error, Failure):
                system = without_own(scenario, path)
                other = solve_compiled(system, base.compiled.refilled(system))
                told = unchanged(base, other, "no-effect-own", path, path)
                if told:
                    yield told


def _impossible(runs: Iterable[Run]) -> Iterator[Fault]:
    """Outputs that cannot hold what the layers of a run put into them: of each the first run's, as placed."""
    told = set[object]()
    for run in runs:
        for one in run.overfull:
            if (one.process, one.material) not in told:
                told.add((one.process, one.material))
                yield Fault(IMPOSSIBLE, run.system.processes[one.process].place, impossible(one))
