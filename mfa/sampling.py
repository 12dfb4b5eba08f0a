"""Samples of a result: of its one year, or of all the years that it runs through."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from mfa.input.load import of_year
from mfa.result import Result
from mfa.results.periods import solve_periods
from mfa.studies.sampling.sampled import Asked, Progress, sampled
from mfa.studies.sampling.sampled_years import sampled_years


def with_samples(result: Result, asked: Asked, progress: Progress = lambda done, count: None) -> Result:
    """The result with samples; of a run through several years, each sample goes through all of them.

    The result of one of these years gets the samples of that year.

    Raises
    ------
    mfa.Error
        what is asked cannot be; figures that cannot be drawn; more than a fifth of the samples is invalid
    """
    system = result.loaded.system
    if not system.carries:
        return replace(result, sampled=sampled(result, asked, progress))
    again = partial(of_year, result.loaded)
    runs = result.runs or solve_periods(system, again, result.compiled).runs
    found = sampled_years(system, again, runs, asked, progress)
    if result.runs:
        return replace(result, sampled_years=found)
    return replace(result, sampled=found.years[found.periods.index(result.system.period)])
