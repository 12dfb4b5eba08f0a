"""Runs of a changed system, which may have become unsolvable."""

from __future__ import annotations

from mfa.engine.compile import compile_system
from mfa.engine.solver import solve
from mfa.engine.state import GainError, LostError, OrderError
from mfa.errors import Failure
from mfa.records import System
from mfa.result import Result


def attempt(system: System) -> Result | None:
    """The run of a changed system; None where the change makes it unsolvable."""
    compiled = compile_system(system)
    try:
        return Result(system, compiled, solve(compiled.structure, compiled.values))
    except (GainError, LostError, OrderError, Failure):
        return None
