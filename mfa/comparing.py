"""Two scenarios beside each other: compared, printed elsewhere, written here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mfa.errors import Error, Fault, check_language, nearest
from mfa.result import Result
from mfa.scenario import load
from mfa.studies import compare as studies
from mfa.studies.compare import Share

if TYPE_CHECKING:
    from mfa.results.run import Run
    from mfa.results.tables import Table
    from mfa.show.sankey.diagram import Sankey
    from mfa.studies.sampling.paired import Paired
    from mfa.studies.sampling.sampled import Asked, Progress, Sampled


@dataclass(frozen=True)
class Comparison(studies.Comparison):
    """Two runs side by side, and what they are called; with samples, their changes pair by pair."""

    titles: tuple[str, str]
    paired: Paired | None = None

    def with_samples(
        self,
        samples: int,
        seed: int = 1,
        names: Sequence[str] = (),
        progress: Progress = lambda done, count: None,
    ) -> Comparison:
        """The comparison with samples of both runs in which shared figures are drawn alike.

        Parameters
        ----------
        samples, seed : as `Scenario.solve` takes them
        names : indicators beside those with a target in either run
        progress : called as samples of both runs are done, with how many and of how many

        Raises
        ------
        mfa.Error
            an indicator that neither run has; numbers that cannot be;
            more than a fifth of the samples is invalid
        """
        (found,) = with_samples([self], samples, seed, names, progress)
        return found

    def shares(self, names: Sequence[str] = ()) -> list[Share]:
        """The change of some indicators by cause; with no names, of the targets that changed.

        Raises
        ------
        mfa.Error
            an indicator that neither run has
        """
        changed = {c.name for c in self.indicators}
        wanted = list(names) or [n for n in self.main_indicators if n in changed]
        self.check(wanted)
        return self.split(wanted)

    def check(self, names: Sequence[str]) -> None:
        """Refuse indicators that neither run has.

        Raises
        ------
        mfa.Error
            each of them
        """
        known = {r.name for x in (self.a, self.b) for r in x.indicator_list}
        unknown = [n for n in names if n not in known]
        if unknown:
            raise Error(
                [Fault("compare-indicator", None, {"id": n[:80], "near": nearest(n, known)}) for n in unknown]
            )

    def to_json(self, shares: list[Share] | None = None) -> dict[str, Any]:
        """What is compared, and every table as a list of rows; with samples, how they were drawn."""
        tables = self._tables(self.shares() if shares is None else shares)
        rows = {t.name: [dict(zip(t.columns, row, strict=True)) for row in t.rows] for t in tables}
        drawn = {"samples": [s.to_json() for s in (self.paired.a, self.paired.b)]} if self.paired else {}
        return {"a": self.titles[0], "b": self.titles[1], **rows, **drawn}

    def _tables(self, shares: list[Share]) -> list[Table]:
        from mfa.show.terminal.print_comparison import all_tables, paired_table

        return all_tables(self, shares) + ([paired_table(self.paired)] if self.paired else [])

    def write(
        self, folder: str | Path, shares: list[Share] | None = None, *, html: bool = False, lang: str = "en"
    ) -> list[Path]:
        """Write the tables, with `html` the page too, and a manifest: all files or none.

        Raises
        ------
        mfa.Error
            another language
        mfa.Failure
            the folder cannot be written, or another run is writing there; it is as before
        """
        from mfa.show.folders import write_together
        from mfa.show.run_folder import versions, with_manifest

        check_language(lang)
        found = self.shares() if shares is None else shares
        about = {"compared": list(self.titles), "versions": versions()}
        return write_together(Path(folder), with_manifest(about, self._files(found, lang, html=html)))

    def _files(self, shares: list[Share], lang: str, *, html: bool) -> Iterator[tuple[str, str | bytes]]:
        from mfa.show.files import csv_text
        from mfa.show.report.comparison_page import comparison_page

        for found in self._tables(shares):
            yield f"{found.name}.csv", csv_text(found)
        if html:
            yield "compare.html", comparison_page(self, shares, self.titles, lang, self.paired)


def with_samples(
    found: Sequence[Comparison],
    samples: int,
    seed: int = 1,
    names: Sequence[str] = (),
    progress: Progress = lambda done, count: None,
) -> Iterator[Comparison]:
    """Comparisons with one first run, each with its samples; that run is sampled once for all of them.

    Parameters and errors are those of `Comparison.with_samples`.
    """
    from mfa.studies.sampling.paired import paired

    for each in found:
        each.check(names)
    pairs = paired(found[0].a, [each.b for each in found], samples, seed, names, progress, draw=_drawn)
    yield from (replace(each, paired=one) for each, one in zip(found, pairs, strict=True))


def compare(
    a: Result | str,
    b: Result | str,
    *,
    samples: int | None = None,
    seed: int = 1,
    indicators: str | Sequence[str] = (),
) -> Comparison:
    """Set two runs side by side; `a` is what `b` is compared with.

    Of a run through several years, the last is compared; `Result.year` gives another.

    Parameters
    ----------
    a, b : results, or names of scenarios that are solved first, each with variants and levels of
        levers where wanted: `"jiaokou-2025+market-limited"`, `"jiaokou-2025+LEVER=LEVEL"`
    samples, seed, indicators : also solve both for so many draws, see `Comparison.with_samples`

    Raises
    ------
    mfa.Error
        a scenario does not load or solve

    Examples
    --------
    >>> import mfa
    >>> found = mfa.compare("alumina-red-mud", "alumina-red-mud+market-limited")
    >>> [change.path for change in found.inputs][:2]
    ['ceramsite-panel-line.basis', 'ceramsite-panel-line.capacity']
    """
    runs = [solved(x) if isinstance(x, str) else x for x in (a, b)]
    titles = [x if isinstance(x, str) else _title(x) for x in (a, b)]
    found = Comparison(runs[0].last, runs[1].last, (titles[0], titles[1]))
    names = [indicators] if isinstance(indicators, str) else list(indicators)
    return found if samples is None else found.with_samples(samples, seed, names)


def sankey(
    of: Sequence[Result | str], path: str | Path | None = None, *, difference: bool = False, **options: Any
) -> Sankey:
    """Draw runs on one layout and scale: below each other, behind the slider of a page, or as a difference.

    Parameters
    ----------
    of : results, or names of scenarios as of `compare`, at least two; of a run through several years
        each year, for a difference the last
    path : .png, .svg, .pdf, .html or .json
    difference : of two, what is more in the second and what is less
    options : as of `Result.sankey`; one layer

    Raises
    ------
    mfa.Error
        a scenario does not load or solve, or an option that cannot be
    """
    from mfa.show.sankey.several import side_by_side

    found = [solved(x) if isinstance(x, str) else x for x in of]
    runs = [one for run in found for one in ((run.last,) if difference else run.each)]
    if len(found) == 1 and found[0].runs and not difference:  # each year of one scenario is called by it
        options.setdefault("titles", [str(run.system.year) for run in runs])
    return side_by_side(runs, path, difference=difference, **options)


def solved(name: str) -> Result:
    """The run of `SCENARIO`, `SCENARIO+variant+variant` or `SCENARIO+lever=level`."""
    file, *laid = name.split("+")
    variants = [x for x in laid if "=" not in x]
    levers = dict(x.split("=", 1) for x in laid if "=" in x)
    return load(file, variants=variants, levers=levers).solve()


def _drawn(run: Run, asked: Asked, progress: Progress) -> Sampled:
    """The samples of a run; of one through several years those of the year that it shows."""
    if isinstance(run, Result):
        from mfa.sampling import with_samples

        found = with_samples(run, asked, progress).sampled
        assert found is not None  # since what is compared is a run of one year
        return found
    from mfa.studies.sampling.sampled import sampled

    return sampled(run, asked, progress)


def _title(result: Result) -> str:
    levels = (f"{lever}={level}" for lever, level in result.loaded.levers.items())
    return "+".join((result.system.name, *result.loaded.variants, *levels))
