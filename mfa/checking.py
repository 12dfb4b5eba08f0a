"""A file checked: read, solved with each of its variants, and judged recipe by recipe."""

from __future__ import annotations

from pathlib import Path

from mfa.checks.check import Check, check_system
from mfa.errors import Error, Fault
from mfa.scenario import Scenario, load


def check(name: str | Path) -> Check:
    """Check a chain or a scenario; a scenario with each of its variants is also solved.

    Raises
    ------
    mfa.Error
        the faults of the file
    """
    scenario = load(name)
    if not scenario.is_chain:
        _solve_all(scenario)
    return check_system(scenario.system, str(name))


def _solve_all(scenario: Scenario) -> None:
    """The scenario and each of its variants; the faults of all variants together."""
    scenario.solve()
    faults: list[Fault] = []
    for variant in scenario.variant_names:
        try:
            load(scenario.path, variants=[variant]).solve()
        except Error as error:
            faults += error.faults
    if faults:
        raise Error(faults)
