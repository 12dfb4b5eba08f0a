"""A sweep of a scenario: solved, kept while it goes on, printed elsewhere, written and drawn here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mfa.errors import Error, Fault, check_language
from mfa.input.load import Loaded, as_names
from mfa.results.tables import Table
from mfa.studies.sweeps import crews, points
from mfa.studies.sweeps.crews import Crew
from mfa.studies.sweeps.point_solver import Row, Task
from mfa.studies.sweeps.points import Points
from mfa.studies.sweeps.swept import Swept, chosen

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int], None]
ENDINGS = (".csv", ".parquet")


@dataclass(frozen=True)
class Sweep(Swept):
    """The points of a sweep solved, in the order of its table."""

    @property
    def frame(self) -> pd.DataFrame:
        """The table as a DataFrame with a plain index."""
        return self.table.frame()

    def to_json(self) -> dict[str, Any]:
        """The scenario and the table as a list of rows."""
        rows = [dict(zip(self.table.columns, row, strict=True)) for row in self.table.rows]
        return {"scenario": self.system.name, "period": self.system.period, "sweep": rows}

    def picture(self, path: str | Path, *, lang: str = "en") -> None:
        """Draw the indicators over one varied figure, or the first of them over two.

        Raises
        ------
        mfa.Error
            more than two figures or words are varied, or no point has a value; another ending or language
        mfa.Failure
            the file cannot be written
        """
        from mfa.show.charts.response import response

        check_language(lang)
        response(self, path, lang=lang)


def sweep(
    loaded: Loaded,
    vary: Mapping[str, str | Sequence[str]] | Sequence[tuple[str, str]] = (),
    *,
    table: str | Path | None = None,
    levers: bool = False,
    indicators: str | Sequence[str] = (),
    out: str | Path | None = None,
    picture: str | Path | None = None,
    processes: int | None = None,
    scheduler: str | None = None,
    lang: str = "en",
    progress: Progress = lambda done, count: None,
) -> Sweep:
    """Solve a scenario for many values of some figures; see `Scenario.sweep`.

    Parameters
    ----------
    vary : path → what it takes; pairs where they come from a command line
    levers : also over every combination of the levels of the scenario's levers
    progress : called as it goes on, with how many points are done, and of how many

    Raises
    ------
    mfa.Error
        a path, quantity, indicator or file name that cannot be; an unfinished sweep of other inputs
    mfa.Failure
        a file cannot be written, or a process broke down
    """
    check_language(lang)
    asked = _points(vary, table, points.of_levers(loaded) if levers else ())
    _check_years(loaded, asked)
    figures = asked.without_levers
    points.check(figures, loaded)
    names = chosen(loaded.system, as_names("indicators", indicators))
    task = Task(loaded, asked, *points.base(figures, loaded), names)
    _check_files(Swept(task.base, asked, names, ()), out, picture)
    crew = Crew(processes, scheduler)
    crew.check()
    key = _key(task)
    if out is None:
        done: dict[int, list[Row]] = {}
        for start, rows in crew.chunks(task, crews.starts(len(asked)), key):
            done[start] = rows
            progress(min(len(asked), len(done) * crews.CHUNK), len(asked))
        found = _swept(task, done)
    else:
        found = _kept(task, crew, key, Path(out), progress)
    if picture is not None:
        found.picture(picture, lang=lang)
    return found


def _check_years(loaded: Loaded, asked: Points) -> None:
    """Refuse to vary which years are run, where each point is a run through several."""
    paths = (a.path for a in asked.axes) if loaded.system.periods else ()
    faults = [
        Fault("sweep-years", None, {"path": path[:60]})
        for path in paths
        if path.split(".")[0] in ("year", "periods")
    ]
    if faults:
        raise Error(faults)


def _points(
    vary: Mapping[str, str | Sequence[str]] | Sequence[tuple[str, str]],
    table: str | Path | None,
    levers: tuple[points.Axis, ...],
) -> Points:
    if table is not None and (vary or levers):
        raise Error([Fault("sweep-both", None)])
    if table is not None:
        return points.from_table(Path(table))
    pairs = vary.items() if isinstance(vary, Mapping) else vary
    if not isinstance(vary, Mapping | Sequence) or isinstance(vary, str):
        raise Error([Fault("argument-vary", None, {"text": repr(vary)[:60]})])
    written = ((p, t if isinstance(t, str) else ", ".join(map(str, t))) for p, t in pairs)
    return points.from_variations(written, levers)


def _check_files(about: Swept, out: str | Path | None, picture: str | Path | None) -> None:
    """Refuse files that could not be written, before anything is solved."""
    from mfa.show.files import needed

    if out is not None:
        if Path(out).suffix not in ENDINGS:
            raise Error([Fault("sweep-ending", None, {"file": Path(out).name, "known": ", ".join(ENDINGS)})])
        if Path(out).suffix == ".parquet":
            needed()
    if picture is not None:
        from mfa.show.charts.response import check
        from mfa.show.charts.style import ending

        ending(picture)
        check(about)


def _kept(
    task: Task,
    crew: Crew,
    key: str,
    out: Path,
    progress: Progress,
) -> Sweep:
    """Solve what the journal beside the file does not have yet, then put the table in place."""
    from mfa.show.files import csv_text, parquet_bytes, write_atomically
    from mfa.show.journal import journal

    count = len(task.points)
    with journal(out, key) as kept:
        left = [start for start in crews.starts(count) if start not in kept.done]
        for start, rows in crew.chunks(task, left, key) if left else ():
            kept.add(start, rows)
            progress(min(count, len(kept.done) * crews.CHUNK), count)
        found = _swept(task, {start: list(map(_row, rows)) for start, rows in kept.done.items()})
        made: Table = found.table
        write_atomically(out, csv_text(made) if out.suffix == ".csv" else parquet_bytes(made))
        kept.remove()
    return found


def _row(cells: Sequence[Any]) -> Row:
    """A row as it was before it was kept as JSON."""
    inputs, values, met, error = cells
    return Row(tuple(inputs), tuple(values), tuple(met), error)


def _swept(task: Task, done: Mapping[int, Sequence[Row]]) -> Sweep:
    rows = [row for start in sorted(done) for row in done[start]]
    return Sweep(task.base, task.points, task.names, rows)


def _key(task: Task) -> str:
    """What is the same for the same sweep: files, what lies over them, points, indicators, versions."""
    from mfa.show.folders import digest
    from mfa.show.run_folder import versions

    loaded = task.loaded
    told = {
        "files": [digest(f.read_bytes()) for f in loaded.files],
        "variants": loaded.variants,
        "levers": dict(loaded.levers),
        "set": loaded.settings or {},
        "layers": loaded.system.layers,
        "allocation": loaded.system.allocation,
        "points": points.told(task.points),
        "indicators": task.names,
        "chunk": crews.CHUNK,
        "versions": versions(),
    }
    return digest(json.dumps(told))
