"""The claims of a plan judged: audited, printed elsewhere, written here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mfa.comparing import solved
from mfa.errors import check_language
from mfa.result import Result
from mfa.studies import audit as studies
from mfa.studies.audit import Progress
from mfa.studies.hindcast import Score
from mfa.studies.hindcast import hindcast as score
from mfa.studies.sampling.claims_placed import ClaimsPlaced, claims_placed
from mfa.studies.sampling.sampled import Asked, check_one_year


@dataclass(frozen=True)
class Audit(studies.Audit):
    """What became of all claims of a scenario; not `complete` where the search for sets took too long."""

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """Both tables as lists of rows, whether the search for sets came to its end, and open recipes.

        With samples, the rows of claims have their places, and how they were drawn stands beside them.
        """
        from mfa.show.terminal.print_audit import all_tables

        tables = all_tables(self, lang)
        rows = {t.name: [dict(zip(t.columns, row, strict=True)) for row in t.rows] for t in tables}
        opened = [{"process": c.process, "error": c.error} for c in self.opened]
        drawn = {"samples": _drawn(self.placed)} if self.placed else {}
        return {**rows, "complete": self.complete, "open_recipes": opened, **drawn}

    def write(self, folder: str | Path, *, lang: str = "en") -> list[Path]:
        """Write `claims.csv` and `conflicts.csv` into a folder, both or none.

        Raises
        ------
        mfa.Error
            another language
        mfa.Failure
            the folder cannot be written, or another run is writing there; it is as before
        """
        from mfa.show.files import csv_text
        from mfa.show.folders import write_together
        from mfa.show.terminal.print_audit import all_tables

        check_language(lang)
        return write_together(Path(folder), ((f"{t.name}.csv", csv_text(t)) for t in all_tables(self, lang)))


def _drawn(placed: ClaimsPlaced) -> dict[str, object]:
    return {
        "samples": placed.asked.most,
        "valid": placed.valid,
        "seed": placed.asked.seed,
        "method": placed.asked.method,
        "spread_as_written": placed.by_range,
        "spread_by_default": placed.by_default,
    }


@dataclass(frozen=True)
class Hindcast:
    """A run through several years beside the statistics of these years: a score for each quantity."""

    scores: tuple[Score, ...]

    @property
    def passes(self) -> bool:
        """Whether the model is within the tolerance of every statistic."""
        return all(p.within for s in self.scores for p in s.points)

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """The tables `hindcast` (a row for each statistic) and `scores` (one for each quantity), as rows."""
        from mfa.show.terminal.print_hindcast import hindcast_tables

        tables = hindcast_tables(self.scores, lang)
        return {t.name: [dict(zip(t.columns, row, strict=True)) for row in t.rows] for t in tables}

    def write(self, folder: str | Path, *, lang: str = "en") -> list[Path]:
        """Write `hindcast.csv` and `scores.csv` into a folder, both or none.

        Raises
        ------
        mfa.Error
            another language
        mfa.Failure
            the folder cannot be written, or another run is writing there; it is as before
        """
        from mfa.show.files import csv_text
        from mfa.show.folders import write_together
        from mfa.show.terminal.print_hindcast import hindcast_tables

        check_language(lang)
        tables = hindcast_tables(self.scores, lang)
        return write_together(Path(folder), ((f"{t.name}.csv", csv_text(t)) for t in tables))


def hindcast(of: Result | str) -> Hindcast:
    """The claims with a year beside the run of that year, with bias and mean absolute error.

    Parameters
    ----------
    of : a result of several years, or the name of a scenario, solved first

    Raises
    ------
    mfa.Error
        the scenario does not load or solve
    """
    run = solved(of) if isinstance(of, str) else of
    return Hindcast(score(run.each))


def audit(
    of: Result | str,
    progress: Progress = lambda what, count: None,
    *,
    samples: int | None = None,
    seed: int = 1,
) -> Audit:
    """The scenario's claims beside its run, and the sets of claims that cannot hold together.

    Of a run through several years, the last is audited, with the claims on that year and those that
    say none; `Result.year` gives another, `mfa.hindcast` scores them all.

    Parameters
    ----------
    of : a result, or the name of a scenario, solved first: `"jiaokou-claims"`
    progress : called as it goes on: `("claims", judged so far)`, then `("sets", found so far)`, then
        `("samples", solved so far)`
    samples, seed : also place each claim among so many samples of the model, as `Scenario.solve` takes them

    Raises
    ------
    mfa.Error
        the scenario does not load or solve; numbers of samples that cannot be; samples of a run through
        several years; more than a fifth of the samples is invalid
    """
    run = solved(of) if isinstance(of, str) else of
    if samples is not None:
        check_one_year(run.loaded.system)
        Asked(samples, seed).checked(run.system.targets)
    found = studies.audit(run.last, progress)
    placed = None
    if samples is not None:
        placed = claims_placed(run.last, samples, seed, lambda done, count: progress("samples", done))
    return Audit(found.verdicts, found.conflicts, found.complete, found.opened, placed)
