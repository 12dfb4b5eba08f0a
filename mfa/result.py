"""The result of a run as users hold it: the run, what is asked of it, and how it is shown and written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mfa.errors import Error, Failure, check_language
from mfa.input.load import Loaded, variant_label, with_variant
from mfa.results.run import Run, solve_compiled
from mfa.results.warnings import RunWarning

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mfa.results.tables import Table
    from mfa.show.sankey.diagram import Sankey
    from mfa.studies.explain import Explanation
    from mfa.studies.remedies import Remedy, Variant
    from mfa.studies.sampling.sampled import Sampled


@dataclass(frozen=True, eq=False)
class Result(Run):
    """What one run gives; equal only to itself.

    Attributes
    ----------
    loaded : what was solved, with its files, for the manifest
    sampled : its samples, where it was solved with some; the tables then have their statistics
    """

    loaded: Loaded = field(repr=False)
    sampled: Sampled | None = field(default=None, repr=False)

    def table(self, name: str, lang: str = "en") -> Table:
        """A table by its name, with the statistics of the samples where there are some.

        Raises
        ------
        mfa.Error
            another language than `en` and `zh`
        """
        found = super().table(name, lang)
        return self.sampled.beside(found) if self.sampled else found

    @cached_property
    def warning_list(self) -> list[RunWarning]:
        """The warnings of the run, and what was laid over the scenario and changes no result."""
        from mfa.studies.no_effect import without_effect

        found = [*super().warning_list, *(self.sampled.warnings if self.sampled else ())]
        return [*found, *without_effect(self, self.loaded, found)] if self._laid else found

    @property
    def _laid(self) -> bool:
        """Whether anything lies over the file."""
        return bool(self.loaded.settings or self.loaded.variants or self.loaded.levers)

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """All tables as lists of rows, ready for `json.dumps`; with samples, how they were drawn.

        Raises
        ------
        mfa.Error
            another language than `en` and `zh`
        """
        made = super().to_json(lang)
        return {**made, "samples": self.sampled.to_json()} if self.sampled else made

    def remedies(self) -> list[Remedy]:
        """What each way out of a missed target on solid waste would add alone, found by solving again."""
        return list(self._remedies)

    @cached_property
    def _remedies(self) -> tuple[Remedy, ...]:
        from mfa.studies.remedies import remedies

        return tuple(remedies(self, self._variants))

    def _variants(self) -> list[Variant]:
        """The variants that the scenario offers beside those it is solved with, each solved."""
        from mfa.studies.remedies import Variant

        found = []
        for name in self.loaded.variant_names:
            if name in self.loaded.variants:
                continue
            try:
                with_it = with_variant(self.loaded, name)
                run = solve_compiled(with_it, self.compiled.refilled(with_it))
            except (Error, Failure):  # it does not go with what is laid over the file here
                continue
            found.append(Variant(name, variant_label(self.loaded, name), run))
        return found

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

        return explain(self, name)

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
        asked = Extras(parquet, sankey, report, remedies, labels, keep)
        return write_run(self, self.remedies, Path(folder), self.loaded, command, asked, lang, self.sampled)

    def report(self, path: str | Path, *, lang: str = "en") -> None:
        """Write the report of the run: one self-contained HTML page, printable, en or zh.

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
        page = report_page(self, self.remedies(), lang, manifest(self, self.loaded, (), self.sampled))
        write_atomically(Path(path), page)

    def chart(
        self,
        kind: Literal["gauge", "targets", "wastes", "merit", "costs"],
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

        `mfa.chart` draws several runs.

        Parameters
        ----------
        path : ends in .png, .svg or .pdf
        of : an indicator, a class of waste or a material; None is the first target, all wastes
        for_, width, height, font, dpi : the size, as `mfa.show.paper_size.paper_size` takes it

        Raises
        ------
        mfa.Error
            the run has no such indicator or material, the ending is not drawn, or the size cannot be
        mfa.Failure
            the file cannot be written
        """
        from mfa.show.charts.draw import draw
        from mfa.show.charts.several_runs import Named
        from mfa.show.charts.style import ending
        from mfa.show.paper_size import paper_size

        check_language(lang)
        ending(path)
        size = paper_size(for_, width=width, height=height, font=font, dpi=dpi)
        draw(kind, [Named(self, self.system.name)], [of] if of else [], Path(path), lang, size)

    def sankey(self, path: str | Path | None = None, *, ax: Axes | None = None, **options: Any) -> Sankey:
        """Draw the flows: to a file (.png .svg .pdf .html), onto matplotlib axes, or into a notebook.

        `options` are those of `mfa.show.sankey.diagram.sankey`: `layer`, `unit`, `by`, `focus`, `steps`,
        `loops`, `min_share`, `without`, `order`, `colours`, `spread`, `lang`.
        """
        from mfa.show.sankey.command_text import command_text
        from mfa.show.sankey.diagram import sankey

        return sankey(self, path, ax=ax, call=command_text(self.loaded, options), **options)

    def sankey_data(self, format: str = "json", **options: Any) -> dict[str, Any]:
        """The flows of that picture for other programs: `json`, `floweaver`, `d3` or `plotly`."""
        return self.sankey(page=True, **options).data(format)

    def __repr__(self) -> str:
        from mfa.show.notebook import result_text

        return result_text(self)

    def _repr_html_(self) -> str:
        from mfa.show.notebook import result_html
        from mfa.show.sankey.command_text import command_text

        return result_html(self, partial(command_text, self.loaded))
