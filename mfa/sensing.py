"""How a run's indicators depend on its figures: worked out, printed elsewhere, written and drawn here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mfa.errors import Error, Fault, check_language
from mfa.input.load import as_names
from mfa.studies.sampling.draws import DrawPlan
from mfa.studies.sampling.sampled import Asked
from mfa.studies.sensitivity.designed import Outputs, Progress, solved
from mfa.studies.sensitivity.elasticities import slopes
from mfa.studies.sensitivity.factors import KINDS, By
from mfa.studies.sensitivity.found import METHODS, Found, Method
from mfa.studies.sensitivity.one_by_one import Bar, bars
from mfa.studies.sensitivity.propagation import Propagated, propagated
from mfa.studies.sensitivity.salib_designs import morris, sobol
from mfa.studies.sensitivity.shares import Explained, explained
from mfa.studies.sweeps.crews import Crew
from mfa.studies.sweeps.swept import chosen

if TYPE_CHECKING:
    import pandas as pd

    from mfa.result import Result

SAMPLES = 2000


@dataclass(frozen=True)
class Sensitivity(Found):
    """How indicators depend on the figures of a run; see `Found`."""

    @property
    def frame(self) -> pd.DataFrame:
        """The table as a DataFrame with a plain index."""
        return self.table.frame()

    def to_json(self) -> dict[str, Any]:
        """The scenario, the method and the table as a list of rows; of samples, each indicator's spread."""
        rows = [dict(zip(self.table.columns, row, strict=True)) for row in self.table.rows]
        made = {
            "scenario": self.run.system.name,
            "period": self.run.system.period,
            "method": self.method,
            "sensitivity": rows,
        }
        if self.explained:
            made["indicators"] = [_spread(e) for e in self.explained]
        if self.solves:
            made |= {"solves": self.solves, "left_out": self.left_out}
        return made

    def write(self, path: str | Path) -> None:
        """Write the table as CSV.

        Raises
        ------
        mfa.Error
            another ending than .csv
        mfa.Failure
            the file cannot be written
        """
        from mfa.show.files import csv_text, write_atomically

        check_file(path)
        write_atomically(Path(path), csv_text(self.table))

    def picture(self, path: str | Path, *, lang: str = "en") -> None:
        """Draw the tornado of the first indicator: .png, .svg or .pdf.

        Raises
        ------
        mfa.Error
            another method than `tornado`, nothing that moves, another ending or language
        mfa.Failure
            the file cannot be written
        """
        from mfa.show.charts.range_bars import range_bars

        check_language(lang)
        check_picture(self.method, path)
        name = self.names[0]
        rows = [r for r in self.rows if isinstance(r, Bar) and r.indicator == name]
        assert self.central is not None
        range_bars(self.run, name, self.central[name], rows, path, lang=lang)


def _spread(one: Explained) -> dict[str, object]:
    chance = one.probability
    return {
        "indicator": one.indicator,
        "samples": one.samples,
        "mean": one.mean,
        "sd": one.sd,
        "probability": chance.value if chance else None,
        "probability_error": chance.error if chance else None,
    }


def check_file(path: str | Path) -> None:
    """Refuse a table in another form than CSV."""
    if Path(path).suffix != ".csv":
        raise Error([Fault("sweep-ending", None, {"file": Path(path).name, "known": ".csv"})])


def check_picture(method: Method, path: str | Path) -> None:
    """Refuse a picture that cannot be drawn."""
    from mfa.show.charts.style import ending

    ending(path)
    if method != "tornado":
        raise Error([Fault("sensitivity-picture", None, {"method": method})])


def sensitivity(
    of: Result,
    *,
    method: Method = "samples",
    indicators: str | Sequence[str] = (),
    samples: int | None = None,
    seed: int = 1,
    by: By = "document",
    next_: bool = False,
    processes: int | None = None,
    scheduler: str | None = None,
    progress: Progress = lambda done, count: None,
) -> Sensitivity:
    """How the indicators of a run depend on its figures; see `Result.sensitivity`.

    Parameters
    ----------
    progress : called as samples are solved, with how many and of how many

    Raises
    ------
    mfa.Error
        an indicator, method or number that cannot be; nothing is uncertain; SALib is not installed; the
        scenario runs through several years
    """
    _check_words(method, by, next_=next_)
    if of.loaded.system.carries:
        raise Error([Fault("sample-years", None)])
    names = chosen(of.system, as_names("indicators", indicators))
    crew = Crew(processes, scheduler)
    asked = Asked(SAMPLES if samples is None else samples, seed, "random", None, names, crew=crew)
    asked = asked.checked(of.system.targets)
    if method == "samples":
        known = None if samples is not None else _known(of, names)
        if known is not None and of.sampled is not None:
            asked = of.sampled.asked._replace(
                samples=len(known.values), until=None, indicators=names, crew=crew
            )
        found = explained(of, asked, known, learn=next_, progress=progress)
        return Sensitivity(of, method, names, [s for e in found for s in e.shares], found)
    if method == "local":
        return Sensitivity(of, method, names, slopes(of, names, progress))
    if method == "tornado":
        made = bars(of, names, progress, crew)
        central = {name: value for name, (value, _) in made.items()}
        return Sensitivity(of, method, names, [b for _, some in made.values() for b in some], central=central)
    if method == "gaussian":
        plan = DrawPlan(of.system, asked.seed, asked.method, asked.most)
        sampled = solved(of, plan, names, asked.most, progress, crew)
        return Sensitivity(of, method, names, propagated(of, names, sampled, progress, crew))
    study = morris if method == "morris" else sobol
    design = study(of, names, by, asked.most, asked.seed, progress, crew)
    return Sensitivity(of, method, names, design.rows, solves=design.solves, left_out=design.left_out)


def _check_words(method: str, by: str, *, next_: bool) -> None:
    for key, given, known in (("method", method, METHODS), ("by", by, KINDS)):
        if given not in known:
            values = {"given": str(given)[:40], "known": ", ".join(known)}
            raise Error([Fault(f"sensitivity-{key}", None, values)])
    if next_ and method != "samples":
        raise Error([Fault("sensitivity-next", None, {"method": method})])


def to_first_order(
    of: Result, indicators: str | Sequence[str] = (), progress: Progress = lambda done, count: None
) -> tuple[Propagated, ...]:
    """The spread of indicators to first order, beside that of the samples of a run where it has some.

    Parameters
    ----------
    progress : called as whole solves are done, with how many and of how many

    Raises
    ------
    mfa.Error
        a name that is no indicator
    """
    names = chosen(of.system, as_names("indicators", indicators))
    return tuple(propagated(of, names, _known(of, names), progress))


def _known(of: Result, names: Sequence[str]) -> Outputs | None:
    """The samples of a sampled run, where it has these indicators."""
    found = of.sampled
    if found is None or not set(names) <= {name for name, _, _ in found.rows}:
        return None
    return Outputs(found.rows, found.values, found.met)
