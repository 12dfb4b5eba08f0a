"""A scenario: what users load, change, solve and draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mfa.engine.compile import Compiled, compile_system
from mfa.errors import Error, Fault, FaultWithoutPlace
from mfa.input.load import Loaded, as_names, checked, not_scenario, paths_and_values, read_scenario
from mfa.input.merge import merge
from mfa.input.records import replaced
from mfa.properties import layer
from mfa.result import Result
from mfa.results.accounts.footprint import check_allocation
from mfa.results.run import solve_compiled
from mfa.system import Allocation

if TYPE_CHECKING:
    import networkx as nx
    from matplotlib.axes import Axes

    from mfa.show.flowsheet.matplotlib_page import Page
    from mfa.show.terminal.print_system import OriginLine


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

    def solve(self, *, samples: int | None = None, seed: int | None = None) -> Result:
        """Run it: compile the network, solve it, hand the solution to the tables.

        Raises
        ------
        mfa.Error
            lists that contradict each other, or a recycle of gain >= 1; `samples`, which this
            version cannot draw yet
        """
        if samples is not None or seed is not None:
            raise Error([Fault("argument-later", None, {"what": "samples"})])
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
        own = paths_and_values(settings)
        laid = {k: v for k, v in (self.settings or {}).items() if k not in own} | dict(own)
        if self.is_chain and laid:
            raise Error([not_scenario(self.path)])
        assembly = merge.with_settings(self.merged, laid)
        system = replaced.with_settings(self.system, assembly, own) or checked(assembly)
        layers = tuple(dict.fromkeys((*system.layers, *self.system.layers)))
        system = replace(system, layers=layers, allocation=self.system.allocation)
        like = vars(self).get("_compiled", self._like)
        return replace(self, system=system, settings=laid, _like=like)

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
        """The same scenario with more substance layers: elements (`Ga`) or oxides (`Na2O`), one or several.

        Raises
        ------
        mfa.Error
            a name is neither
        """
        faults, wanted = [], as_names("names", names)
        for name in wanted:
            try:
                layer(name)
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

    def picture(self, path: str | Path | None = None, *, ax: Axes | None = None, lang: str = "en") -> Page:
        """Draw recipes and lists as a diagram: to a file (.png .svg .pdf) or onto matplotlib axes."""
        from mfa.show.flowsheet.flowsheet import chain_picture

        return chain_picture(self.system, path, ax=ax, lang=lang)

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

        result = self.solve()
        export(self, result, Path(path), lang)
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
