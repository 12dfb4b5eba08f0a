"""The result of a run as users hold it: the run, what is asked of it, and how it is shown and written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mfa.engine.cohorts import Cohorts
from mfa.errors import Error, Failure, Fault, check_language
from mfa.input.load import Loaded, of_year, read_scenario, variant_label, with_variant
from mfa.results.joined import COHORTS, cohorts, joined, written
from mfa.results.periods import PeriodRuns, solve_periods
from mfa.results.run import Run, solve_compiled
from mfa.results.tables import Table
from mfa.results.warnings import RunWarning

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from mfa.sensing import Sensitivity
    from mfa.show.sankey.diagram import Sankey
    from mfa.studies.explain import Explanation
    from mfa.studies.remedies import Remedy, Variant
    from mfa.studies.sampling.sampled import Sampled
    from mfa.studies.sampling.sampled_years import SampledYears
    from mfa.studies.sensitivity.factors import By
    from mfa.studies.sensitivity.found import Method
    from mfa.studies.sensitivity.propagation import Propagated


@dataclass(frozen=True, eq=False)
class Result(Run):
    """What one run gives; equal only to itself.

    Attributes
    ----------
    loaded : what was solved, with its files, for the manifest
    sampled : its samples, where it was solved with some; the tables then have their statistics
    gaussian : the spread of its indicators to first order, where it was asked for
    runs : the run of each period, where there are several; tables then have the rows of all of them,
        and everything that shows one run (accounts, charts, Sankey) shows the last
    in_use : the cohorts of the stocks in use, where there are any
    sampled_years : the samples of all periods, where it was solved with some; those of one are in
        `year(2030).sampled`
    """

    loaded: Loaded = field(repr=False)
    sampled: Sampled | None = field(default=None, repr=False)
    gaussian: tuple[Propagated, ...] = field(default=(), repr=False)
    runs: tuple[Run, ...] = field(default=(), repr=False)
    in_use: Cohorts | None = field(default=None, repr=False)
    sampled_years: SampledYears | None = field(default=None, repr=False)

    def year(self, year: int) -> Result:
        """The run of one year, or of the period that it lies in, as a result of its own.

        Raises
        ------
        mfa.Error
            the scenario does not run through that year
        """
        runs = self.runs or (self,)
        for number, run in enumerate(runs):
            if run.system.period <= year < run.system.period + run.system.span:
                return self._period(number) if self.runs else self
        last = runs[-1].system
        values = {"year": year, "first": runs[0].system.period, "last": last.period + last.span - 1}
        raise Error([Fault("year-not-run", None, values)])

    def _period(self, number: int) -> Result:
        """The run of a period, with its samples, as a result of its own."""
        run, drawn = self.runs[number], self.sampled_years
        sampled = drawn.years[number] if drawn else None
        return Result(run.system, run.compiled, run.state, self.loaded, sampled, in_use=self.in_use)

    @cached_property
    def last(self) -> Result:
        """The run of the last year alone; this one where there are not several."""
        return self.year(self.system.period) if self.runs else self

    @cached_property
    def each(self) -> tuple[Result, ...]:
        """The run of each year, as results of their own; this one where there are not several."""
        return tuple(self.year(run.system.period) for run in self.runs) or (self,)

    def table(self, name: str, lang: str = "en") -> Table:
        """A table by its name, of all periods, with the statistics of the samples where there are some.

        `cohorts` is what stocks in use hold by year of entry.

        Raises
        ------
        mfa.Error
            another language than `en` and `zh`
        """
        if name == COHORTS:
            return cohorts(self.system, self.in_use, None if self.runs else self.system.period)
        if not self.runs:
            found = super().table(name, lang)
            return self.sampled.beside(found) if self.sampled else found
        check_language(lang)
        if self.sampled_years and name == self.sampled_years.name:
            return self.sampled_years.reached()
        return joined(self.each, name, lang)

    @property
    def written(self) -> tuple[str, ...]:
        """The tables that a run writes; see `Run.written`."""
        if not self.runs:
            return super().written
        return (*written(self.runs), *((self.sampled_years.name,) if self.sampled_years else ()))

    @property
    def indicators(self) -> pd.DataFrame:
        """Indicators and targets, indexed by `indicator`, of several periods by (`period`, `indicator`)."""
        if not self.runs:
            return super().indicators
        return self.table("indicators").frame().set_index(["period", "indicator"])

    @property
    def cohorts(self) -> pd.DataFrame:
        """What is left in stocks in use at the end of each period, by year of entry."""
        return self.table(COHORTS).frame()

    @property
    def targets_met(self) -> bool:
        """Whether every target has a value, is met and proven, in every period."""
        return all(run.targets_met for run in self.runs) if self.runs else super().targets_met

    @cached_property
    def warning_list(self) -> list[RunWarning]:
        """The warnings of the run, and what was laid over the scenario and changes no result."""
        from mfa.studies.no_effect import without_effect

        found = [*super().warning_list, *(self.sampled.warnings if self.sampled else ())]
        alone = self._laid and not self.loaded.system.carries  # leaving it out would change other years too
        return [*found, *without_effect(self, self.loaded, found)] if alone else found

    @property
    def _laid(self) -> bool:
        """Whether anything lies over the file."""
        return bool(self.loaded.settings or self.loaded.variants or self.loaded.levers)

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """All tables as lists of rows, ready for `json.dumps`; with samples, how they were drawn.

        Of several periods also their `periods`.

        Raises
        ------
        mfa.Error
            another language than `en` and `zh`
        """
        made = super().to_json(lang)
        if self.runs:
            made = {"periods": [r.system.period for r in self.runs], **made}
        if self.gaussian:
            made = {**made, "gaussian": [row._asdict() for row in self.gaussian]}
        drawn = self.sampled_years or self.sampled
        return {**made, "samples": drawn.to_json()} if drawn else made

    def remedies(self) -> list[Remedy]:
        """What each way out of a missed target on solid waste would add alone, found by solving again."""
        return list(self._remedies)

    @cached_property
    def _remedies(self) -> tuple[Remedy, ...]:
        from mfa.studies.remedies import remedies

        return tuple(remedies(self.last, self._variants))

    def _variants(self) -> list[Variant]:
        """The variants that the scenario offers beside those it is solved with, each solved."""
        from mfa.studies.remedies import Variant

        found = []
        for name in self.loaded.variant_names:
            if name in self.loaded.variants:
                continue
            try:
                run = self._with_variant(name)
            except (Error, Failure):  # it does not go with what is laid over the file here
                continue
            found.append(Variant(name, variant_label(self.loaded, name), run))
        return found

    def _with_variant(self, name: str) -> Run:
        """The run with one more variant, of the same year."""
        system = with_variant(self.loaded, name)
        if not system.carries:
            return solve_compiled(system, self.compiled.refilled(system))
        read = read_scenario(
            self.loaded.path, (*self.loaded.variants, name), self.loaded.settings, self.loaded.levers
        )
        found = solve_periods(system, partial(of_year, read), self.compiled)
        return of_periods(found, self.loaded).year(self.system.period)

    def explain(self, name: str) -> Explanation:
        """Why a process, material, stock or indicator is what it is: list by list up to the drive.

        Parameters
        ----------
        name : an id, or a label in either language

        Raises
        ------
        mfa.Error
            the run has nothing of that name
        """
        from mfa.studies.explain import explain

        return explain(self.last, name)

    def sensitivity(
        self,
        *,
        method: Method = "samples",
        indicators: str | Sequence[str] = (),
        samples: int | None = None,
        seed: int = 1,
        by: By = "document",
        next_: bool = False,
        processes: int | None = None,
        scheduler: str | None = None,
    ) -> Sensitivity:
        """How indicators depend on the figures: whose uncertainty theirs is, what to find out next.

        Parameters
        ----------
        method : `samples` (share of the variance of each figure, document, process and chain), `local`
            (elasticities and shadow values), `tornado` (one by one over written ranges), `gaussian`
            (first-order propagation beside sampling), `morris`, `sobol` (both by SALib)
        indicators : names; by default those with targets, else the rates of waste
        samples : how many, by default 2000, or those of the result; of `morris` and `sobol` the most solves
        by : `figure`, `document`, `process` or `chain`: what `morris` and `sobol` group figures by
        next_ : of `samples`, also what falls away if figures and documents become known to `high`
        processes, scheduler : who samples, as for `Scenario.solve`

        Raises
        ------
        mfa.Error
            an indicator, method or number that cannot be; nothing is uncertain; SALib is not installed
        """
        from mfa.sensing import sensitivity

        asked: dict[str, Any] = {"method": method, "indicators": indicators, "samples": samples, "seed": seed}
        asked |= {"by": by, "next_": next_, "processes": processes, "scheduler": scheduler}
        return sensitivity(self, **asked)

    def write(
        self,
        folder: str | Path,
        *,
        command: Sequence[str] = (),
        parquet: bool = False,
        sankey: bool = False,
        report: bool = False,
        remedies: bool = False,
        labels: bool = False,
        keep: bool = False,
        cohorts: bool = False,
        lang: str = "en",
    ) -> list[Path]:
        """Write every table and `manifest.json` into a folder: all files or none; gives their paths.

        Files that an earlier run wrote there and this one does not are removed, others left alone.

        Parameters
        ----------
        command : what the manifest tells as the command
        parquet : also every table as `NAME.parquet`, which needs pyarrow
        sankey, report, remedies : also `sankey.html`, `report.html`, `remedies.csv`
        labels : a column of labels beside every column of ids, and the warnings, in `lang`
        keep : also `samples.csv`, the figures and indicators of every sample
        cohorts : also what stocks in use hold by year of entry, as `cohorts.csv`
        lang : language of the pages

        Raises
        ------
        mfa.Error
            `parquet` without pyarrow, or another language
        mfa.Failure
            the folder cannot be written, or another run is writing there; it is as before
        """
        from mfa.show.run_folder import Extras, write_run

        check_language(lang)
        asked = Extras(parquet, sankey, report, remedies, labels, keep, (COHORTS,) if cohorts else ())
        loaded, into = self.loaded, Path(folder)
        drawn = self.sampled_years or self.sampled
        return write_run(self, self.each, self.remedies, into, loaded, command, asked, lang, drawn)

    def report(self, path: str | Path, *, lang: str = "en") -> None:
        """Write the report of the run: one self-contained HTML page, printable, en or zh.

        Of a run through several years it goes over all of them, then over the last.

        Raises
        ------
        mfa.Error
            another language
        mfa.Failure
            the file cannot be written
        """
        from mfa.show.files import write_atomically
        from mfa.show.report import report_page
        from mfa.show.run_folder import manifest

        check_language(lang)
        drawn = self.sampled_years or self.sampled
        about = manifest(self, self.loaded, (), drawn)
        page = report_page(self.last, self.remedies(), lang, about, drawn, self.each)
        write_atomically(Path(path), page)

    def chart(
        self,
        kind: Literal["gauge", "targets", "wastes", "merit", "costs", "distribution", "years", "stocks"],
        path: str | Path,
        of: str | None = None,
        *,
        lang: str = "en",
        for_: str | None = None,
        width: str | float | None = None,
        height: str | float | None = None,
        font: str | float | None = None,
        dpi: float | None = None,
    ) -> None:
        """Draw a chart to a file: a target, all of them, wastes by fate, who takes a material, costs.

        `years` draws an indicator, or the fates of a class of waste, over the years of a run through
        several, `stocks` a stock by year of entry, or a yard; the others show the last. `distribution`
        is of a run with samples. `mfa.chart` draws several runs.

        Parameters
        ----------
        path : ends in .png, .svg or .pdf
        of : an indicator, a class of waste, a material or a stock; None is the first target, all wastes
        for_, width, height, font, dpi : the size, as `mfa.show.paper_size.paper_size` takes it

        Raises
        ------
        mfa.Error
            the run has no such indicator or material, the ending is not drawn, or the size cannot be
        mfa.Failure
            the file cannot be written
        """
        from mfa.show.chart_kinds import OVER_YEARS
        from mfa.show.charts.draw import draw
        from mfa.show.charts.several_runs import Named
        from mfa.show.charts.style import ending
        from mfa.show.paper_size import paper_size

        check_language(lang)
        ending(path)
        size = paper_size(for_, width=width, height=height, font=font, dpi=dpi)
        shown = self.each if kind in OVER_YEARS else (self.last,)
        runs = [Named(run, run.system.name, run.sampled) for run in shown]
        draw(kind, runs, [of] if of else [], Path(path), lang, size)

    def sankey(self, path: str | Path | None = None, *, ax: Axes | None = None, **options: Any) -> Sankey:
        """Draw the flows: to a file (.png .svg .pdf .html), onto matplotlib axes, or into a notebook.

        `options` are those of `mfa.show.sankey.diagram.sankey`: `layer`, `unit`, `by`, `focus`, `steps`,
        `loops`, `min_share`, `without`, `order`, `colours`, `spread`, `lang`. With samples
        `spread="samples"` shows the standard deviation of each flow as the pale edge of its band.
        """
        from mfa.show.sankey.command_text import command_text
        from mfa.show.sankey.diagram import sankey

        asked = dict(options)
        if self.sampled and options.get("spread") == "samples":
            asked |= {"samples": self.sampled.count, "seed": self.sampled.asked.seed}
        call = command_text(self.loaded, asked)
        return sankey(self.last, path, ax=ax, call=call, sampled=self.sampled, **options)

    def sankey_data(self, format: str = "json", **options: Any) -> dict[str, Any]:
        """The flows of that picture for other programs: `json`, `floweaver`, `d3` or `plotly`."""
        return self.sankey(page=True, **options).data(format)

    def __repr__(self) -> str:
        from mfa.show.notebook import result_text

        return result_text(self.last)

    def _repr_html_(self) -> str:
        from mfa.show.notebook import result_html
        from mfa.show.sankey.command_text import command_text

        return result_html(self.last, partial(command_text, self.loaded))


def of_periods(found: PeriodRuns, loaded: Loaded) -> Result:
    """The result of periods that were solved one after the other; of one period, its run."""
    run, runs = found.runs[-1], found.runs if len(found.runs) > 1 else ()
    return Result(run.system, run.compiled, run.state, loaded, runs=runs, in_use=found.cohorts)
