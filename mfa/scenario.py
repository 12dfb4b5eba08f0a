"""A scenario: what users load, change, solve and draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mfa.engine.compile import Compiled, compile_system
from mfa.errors import Error, Failure, FaultWithoutPlace
from mfa.input.load import Loaded, as_names, of_year, read_scenario, with_settings
from mfa.properties import layer
from mfa.result import Result, of_periods
from mfa.results.accounts.footprint import check_allocation
from mfa.results.periods import solve_periods
from mfa.results.run import solve_compiled
from mfa.system import Allocation

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    from matplotlib.axes import Axes

    from mfa.planning import Plan
    from mfa.planning_years import YearsPlan
    from mfa.seeking import Seek
    from mfa.sensing import Sensitivity
    from mfa.show.flowsheet.matplotlib_page import Page
    from mfa.show.terminal.print_system import OriginLine
    from mfa.studies.sampling.sampled import Progress
    from mfa.studies.sampling.streams import Method


@dataclass(frozen=True)
class Scenario(Loaded):
    """A scenario, or a chain alone, ready to be solved; equal where all that it says is."""

    _like: Compiled | None = field(default=None, repr=False, compare=False)

    def __hash__(self) -> int:
        return super().__hash__()

    @cached_property
    def _compiled(self) -> Compiled:
        """The network; where it is wired like the one that figures were replaced in, with its wiring."""
        return self._like.refilled(self.system) if self._like else compile_system(self.system)

    def solve(
        self,
        *,
        samples: int | None = None,
        seed: int = 1,
        method: Method = "random",
        until_error: float | str | None = None,
        indicators: str | Sequence[str] = (),
        keep: bool = False,
        gaussian: bool = False,
        processes: int | None = None,
        scheduler: str | None = None,
        progress: Progress = lambda done, count: None,
    ) -> Result:
        """Run it: compile the network, solve it, hand the solution to the tables.

        With `periods`, each year is solved in its turn with what the stocks hand over; see `Result.year`.

        Parameters
        ----------
        samples : also solve it for so many draws of its uncertain figures; the tables then have their
            statistics (`mean`, `sd`, `p05` …), targets their `probability`
        seed : 0 to 2^64 - 1; the same seed gives the same draws, in every scenario
        method : `random`, `lhs` (Latin hypercube) or `sobol` (scrambled)
        until_error : go on until the probability of every target is known to this error, `"0.5 %"`; then
            `samples` is the most that are drawn
        indicators : sample these and the targets alone, which is quicker; by default every indicator,
            and flows, links and levels
        keep : keep the drawn figures of every sample however many there are
        gaussian : also the spread of the indicators to first order, from exact derivatives
            (`Result.gaussian`); with samples, whether both differ by more than sampling explains
        processes : how many cores sample; by default all, where everything is worked out on arrays
        scheduler : the address of a Dask scheduler, whose workers sample instead
        progress : called as samples are done, with how many and of how many

        Raises
        ------
        mfa.Error
            lists that contradict each other, or a recycle of gain >= 1; numbers of samples that cannot
            be; more than a fifth of the samples is invalid
        """
        if gaussian:
            from mfa.studies.sampling.sampled import check_one_year

            check_one_year(self.system)
        result = self._solved()
        if samples is not None or until_error is not None:
            from mfa.sampling import with_samples
            from mfa.studies.sampling.sampled import Asked
            from mfa.studies.sweeps.crews import Crew
            from mfa.studies.sweeps.swept import chosen

            names = chosen(self.system, as_names("indicators", indicators)) if indicators else ()
            asked = Asked(samples, seed, method, until_error, names, keep, crew=Crew(processes, scheduler))
            result = with_samples(result, asked, progress)
        if gaussian:
            from mfa.sensing import to_first_order

            result = replace(result, gaussian=to_first_order(result, indicators, progress))
        return result

    def _solved(self) -> Result:
        """The run of the figures as they are written."""
        if self.system.carries:
            return of_periods(solve_periods(self.system, partial(of_year, self), self._like), self)
        run = solve_compiled(self.system, self._compiled)
        return Result(run.system, run.compiled, run.state, self)

    def replace(self, settings: Mapping[str, str]) -> Scenario:
        """The same scenario with some figures set, by path: `{"road-base.capacity": "2 Mt/a"}`.

        Its layers and its allocation stay; the files are not read again.

        Raises
        ------
        mfa.Error
            every path that names nothing and every value that cannot be; a chain alone
        """
        system, laid = with_settings(self, settings)
        return replace(self, system=system, settings=laid, _like=vars(self).get("_compiled", self._like))

    def sweep(
        self,
        vary: Mapping[str, str | Sequence[str]] | None = None,
        *,
        table: str | Path | None = None,
        levers: bool = False,
        indicators: str | Sequence[str] = (),
        out: str | Path | None = None,
        picture: str | Path | None = None,
        processes: int | None = None,
        scheduler: str | None = None,
        lang: str = "en",
    ) -> pd.DataFrame:
        """Solve it for many values of some figures: one row a point, the same as single runs give.

        Columns: `point`, the varied paths and the indicators (`NAME [unit]`, native units), `NAME met`
        of each indicator with a target, `error`, the code of why a point has no solution.

        Parameters
        ----------
        vary : path → `"0.1..0.5 Mt/a:20"` (evenly spaced) or a list of quantities; all combinations
        levers : also over every combination of the levels of its levers, a column a lever
        table : instead, a CSV file: a header of paths, each row the quantities of a point
        indicators : names; by default those with targets, else the rates of waste
        out : a file for the table, .csv or .parquet; what a kill left undone goes on at the next call
        picture : a file .png, .svg or .pdf: lines over one path, a map over two
        processes : how many; by default one a core. A script that is run as a program then needs
            `if __name__ == "__main__":` around it
        scheduler : address of a Dask scheduler (`tcp://host:8786`) whose workers solve the points

        Raises
        ------
        mfa.Error
            a path, quantity, indicator or file name that cannot be; an unfinished sweep of other
            inputs beside `out`; Dask is not installed or does not answer
        mfa.Failure
            a file cannot be written, or a process broke down
        """
        from mfa.sweeping import sweep

        return sweep(
            self,
            vary or {},
            table=table,
            levers=levers,
            indicators=indicators,
            out=out,
            picture=picture,
            processes=processes,
            scheduler=scheduler,
            lang=lang,
        ).frame

    def sensitivity(self, **options: Any) -> Sensitivity:
        """Solve it, and ask how its indicators depend on its figures; options of `Result.sensitivity`.

        Raises
        ------
        mfa.Error
            as `solve` and `Result.sensitivity`
        """
        return self.solve().sensitivity(**options)

    def seek(
        self,
        vary: str | None = None,
        until: str | None = None,
        *,
        low: str | None = None,
        high: str | None = None,
        each: bool = False,
    ) -> Seek:
        """The smallest change of one figure that reaches a bound, or every figure ranked by it.

        Parameters
        ----------
        vary : the path of a figure, as `replace` takes it
        until : `"industrial-solid-waste-utilisation >= 95 %"`; by default the scenario's first target
        low, high : between which quantities it is sought; by default as far as it makes a difference
        each : instead of `vary`, every capacity, limit, level, share and coefficient alone

        Raises
        ------
        mfa.Error
            a path, quantity, indicator or bound that cannot be; a chain alone
        """
        from mfa.seeking import seek

        return seek(self, vary, until, low=low, high=high, each=each)

    def plan(
        self,
        *,
        alternatives: int = 0,
        slack: float | str | None = None,
        pareto: tuple[str, str, int] | None = None,
        robust: float | str | None = None,
        samples: int = 100,
        seed: int = 1,
        progress: Progress = lambda done, count: None,
    ) -> Plan | YearsPlan:
        """The best choice of what its section `plan:` leaves open, beside its run under the merit orders.

        Parameters
        ----------
        alternatives : how many of the next best plans that differ in a yes/no decision; where nothing is
            one, or with `slack`, of plans that are nearly as good and differ most
        slack : by how much these may be worse, a number or `"5 %"`
        pareto : two objectives (`"co2"`, `"max industrial-solid-waste-utilisation"`) and a number of
            points: also the plans between the best of the two; by default the section `pareto:`
        robust : the share of draws in which all targets are to hold, a number or `"90 %"`
        samples, seed : of `robust`: how many draws, and by which seed; the next seed's judge the plan
        progress : of `robust`: called in each round with its number and how many draws hold

        Raises
        ------
        mfa.Error
            no section `plan:`, a goal that is not linear, a share or number that cannot be, figures that
            cannot be drawn; a chain alone
        mfa.Failure
            the solver gives no answer
        """
        from mfa.planning import front_of, make_plan, share_of, slack_of

        share = None if robust is None else share_of(robust, samples, seed)
        worse = None if slack is None else slack_of(slack)
        ends = front_of(*pareto) if pareto else None
        return make_plan(self, count=alternatives, slack=worse, pareto=ends, share=share, progress=progress)

    def with_allocation(self, rule: Allocation | None) -> Scenario:
        """The same scenario with footprints of products, joint products sharing by a rule; None: without.

        Raises
        ------
        mfa.Error
            no such rule
        """
        check_allocation(rule)
        return replace(self, system=replace(self.system, allocation=rule))

    def with_layers(self, names: str | Sequence[str]) -> Scenario:
        """The same scenario with more layers: elements (`Ga`), oxides (`Na2O`), declared substances (`ash`).

        Raises
        ------
        mfa.Error
            a name is none of these
        """
        faults, wanted = [], as_names("names", names)
        for name in wanted:
            try:
                layer(name, self.system.substances)
            except FaultWithoutPlace as unplaced:
                faults.append(unplaced.at(None))
        if faults:
            raise Error(faults)
        layers = tuple(dict.fromkeys((*self.system.layers, *wanted)))
        return replace(self, system=replace(self.system, layers=layers))

    def __repr__(self) -> str:
        from mfa.show.notebook import scenario_text

        return scenario_text(self)

    def _repr_html_(self) -> str:
        from mfa.show.notebook import scenario_html

        return scenario_html(self)

    def picture(
        self,
        path: str | Path | None = None,
        *,
        ax: Axes | None = None,
        lang: str = "en",
        process: str | None = None,
        for_: str | None = None,
        width: str | float | None = None,
        height: str | float | None = None,
        font: str | float | None = None,
        dpi: float | None = None,
    ) -> Page:
        """Draw recipes and lists as a diagram: to a file (.png .svg .pdf) or onto matplotlib axes.

        What does not run is grey in the picture of a scenario; that of a chain alone shows no run.

        Parameters
        ----------
        process : only this one, its pools, and who else makes or takes what is there
        for_, width, height, font, dpi : the size, as `mfa.show.paper_size.paper_size` takes it

        Raises
        ------
        mfa.Error
            another ending or language, no such process, or a size that cannot be or is too small
        """
        from mfa.show.flowsheet.flowsheet import chain_picture
        from mfa.show.paper_size import paper_size

        size = paper_size(for_, width=width, height=height, font=font, dpi=dpi)
        run = None if self.is_chain else self._run()
        unsolved = run is None and not self.is_chain
        asked: dict[str, Any] = {"process": process, "run": run, "unsolved": unsolved, "size": size}
        return chain_picture(self.system, path, ax=ax, lang=lang, **asked)

    def _run(self) -> Result | None:
        """The run, or None where it has none: the picture of a faulty scenario helps to mend it."""
        try:
            return self.solve()
        except (Error, Failure):
            return None

    def json_schema(self, kind: Literal["chain", "scenario"]) -> dict[str, Any]:
        """JSON Schema of chain or scenario files, for editors, that offers the ids of this scenario."""
        from mfa.input.known_ids import known_ids
        from mfa.input.schema.completions import json_schema

        return json_schema(kind, known_ids(self))

    def graph(self) -> nx.DiGraph:
        """The bipartite graph of pools and processes; edges carry `coefficient` and `unit`."""
        from mfa.show.graph import graph

        return graph(self.system)

    def origin(self) -> list[OriginLine]:
        """Every value of the merged scenario: its path, what it says, and the place where it was written."""
        from mfa.show.terminal.print_system import origin_lines

        return origin_lines(self)

    def export(self, path: str | Path, *, lang: str = "en") -> Result:
        """Solve, and write a workbook (.xlsx) of inputs and results that `load` reads back.

        Raises
        ------
        mfa.Error
            a chain alone, another ending, or more rows than Excel holds
        """
        from mfa.show.workbook.export import export

        export(self, result := self.solve(), result.last, Path(path), lang)
        return result


def load(
    path: str | Path,
    *,
    variants: str | Sequence[str] | None = None,
    levers: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
) -> Scenario:
    """Load a scenario (or a chain alone) from a file, or by the id of a shipped one.

    Parameters
    ----------
    path : the YAML file, a workbook that `export` wrote, or an id such as `alumina-red-mud`
    variants : a name under `variants:`, or several, later ones win
    levers : lever → the level picked of it, laid over the variants
    settings : path → quantity, laid over everything

    Raises
    ------
    mfa.Error
        every fault of the files, each with its place; variants, levers or settings of another kind
    """
    found = read_scenario(path, variants, settings, levers)
    return Scenario(**{f.name: getattr(found, f.name) for f in fields(found)})
