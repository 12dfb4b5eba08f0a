"""The way through the program: files → system → network → solution → result."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mfa.checks import lists
from mfa.engine.compile import Compiled, compile_system
from mfa.engine.network import GainError, LostError, OrderError
from mfa.errors import Error, Fault, FaultWithoutPlace, Place
from mfa.input.merge import library, merge
from mfa.input.merge.assembly import Assembly
from mfa.input.records import builder, replaced
from mfa.input.workbook.read import is_book, read_book
from mfa.input.yaml.reader import read
from mfa.properties import layer
from mfa.result import Result
from mfa.system import System

if TYPE_CHECKING:
    import networkx as nx
    from matplotlib.axes import Axes

    from mfa.show.flowsheet.drawing import Page

NAMED = 8  # pools of a block that a message names


@dataclass(frozen=True)
class Scenario:
    """A scenario, or a chain alone: parsed, checked, unit-converted; equal where all that it says is.

    Attributes
    ----------
    system : the checked records
    path : the file it was loaded from
    files : every file that it was put together from
    variants, settings : what was laid over the file
    variant_names : the variants that the file offers
    is_chain : whether it is a chain alone, with nothing that drives it
    merged : what the files say, before `settings`; nothing is read again to change a figure
    """

    system: System
    path: Path
    files: tuple[Path, ...]
    merged: Assembly = field(repr=False, compare=False)
    variants: tuple[str, ...] = ()
    settings: Mapping[str, str] | None = None
    variant_names: tuple[str, ...] = ()
    is_chain: bool = False
    _like: Compiled | None = field(default=None, repr=False, compare=False)

    @cached_property
    def _compiled(self) -> Compiled:
        """The network; where it is wired like the one that figures were replaced in, with its wiring."""
        return self._like.refilled(self.system) if self._like else compile_system(self.system)

    @property
    def assembly(self) -> Assembly:
        """What the files say, with `settings` laid over it."""
        return merge.with_settings(self.merged, self.settings or {})

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
        from mfa.engine.solver import solve_wired

        compiled = self._compiled
        try:
            state = solve_wired(compiled.wiring, compiled.values)
        except GainError as error:
            raise Error([_gain(self.system, compiled, error)]) from None
        except LostError as error:
            raise Error([_lost(self.system, compiled, error)]) from None
        except OrderError as error:
            raise Error([_order(compiled, error)]) from None
        return Result(self.system, compiled, state)

    def replace(self, settings: Mapping[str, str]) -> Scenario:
        """The same scenario with some figures set, by path: `{"road-base.capacity": "2 Mt/a"}`.

        Its layers stay; the files are not read again.

        Raises
        ------
        mfa.Error
            every path that names nothing and every value that cannot be; a chain alone
        """
        own = _settings(settings)
        laid = {k: v for k, v in (self.settings or {}).items() if k not in own} | dict(own)
        if self.is_chain and laid:
            raise Error([_not_scenario(self.path)])
        assembly = merge.with_settings(self.merged, laid)
        system = replaced.with_settings(self.system, assembly, own) or checked(assembly)
        layers = tuple(dict.fromkeys((*system.layers, *self.system.layers)))
        like = vars(self).get("_compiled", self._like)
        return replace(self, system=replace(system, layers=layers), settings=laid, _like=like)

    def with_layers(self, names: str | Sequence[str]) -> Scenario:
        """The same scenario with more substance layers: elements (`Ga`) or oxides (`Na2O`), one or several.

        Raises
        ------
        mfa.Error
            a name is neither
        """
        faults, wanted = [], _names("names", names)
        for name in wanted:
            try:
                layer(name)
            except FaultWithoutPlace as unplaced:
                faults.append(unplaced.at(None))
        if faults:
            raise Error(faults)
        layers = tuple(dict.fromkeys((*self.system.layers, *wanted)))
        return replace(self, system=replace(self.system, layers=layers))

    def __hash__(self) -> int:
        return hash((self.path, self.variants, *sorted((self.settings or {}).items())))

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

    def run(
        self,
        folder: str | Path | None = None,
        *,
        command: Sequence[str] = (),
        parquet: bool = False,
        sankey: bool = False,
        report: bool = False,
        remedies: bool = False,
        lang: str = "en",
    ) -> Result:
        """Solve, and write every table and `manifest.json` into a folder: all files or none.

        Files that an earlier run wrote there and this one does not are removed, others left alone.

        Parameters
        ----------
        folder : where to write; None writes nothing
        command : what the manifest tells as the command
        parquet : also every table as `NAME.parquet`, which needs pyarrow
        sankey, report, remedies : also `sankey.html`, `report.html`, `remedies.csv`
        lang : language of the pages

        Raises
        ------
        mfa.Error
            what `solve` raises; `parquet` without pyarrow
        mfa.Failure
            the folder cannot be written, or another run is writing there; it is as before
        """
        result = self.solve()
        if folder is not None:
            from mfa.show.run_folder import Extras, write_run

            extras = Extras(parquet, sankey, report, remedies)
            write_run(result, Path(folder), self, command, extras, lang)
        return result

    def export(self, path: str | Path, *, lang: str = "en") -> Result:
        """Solve, and write a workbook (.xlsx) of inputs and results that `load` reads back.

        Raises
        ------
        mfa.Error
            a chain alone, another ending, or more rows than Excel holds
        """
        from mfa.show.workbook.export import export

        return export(self, Path(path), lang)


def load(
    path: str | Path,
    *,
    variants: str | Sequence[str] | None = None,
    settings: Mapping[str, str] | None = None,
) -> Scenario:
    """Load a scenario (or a chain alone) from a file, or by the id of a shipped one.

    Parameters
    ----------
    path : the YAML file, a workbook that `export` wrote, or an id such as `alumina-red-mud`
    variants : a name under `variants:`, or several, later ones win
    settings : path → quantity, laid over everything

    Raises
    ------
    mfa.Error
        every fault of the files, each with its place; variants or settings of another kind
    """
    chosen = _names("variants", variants)
    laid = _settings(settings)
    file = locate(path)
    merged = read_merged(file, chosen, settings)
    assembly = merge.with_settings(merged, laid)
    system = checked(assembly)
    merged = replace(merged, forms=assembly.forms)  # with those of the lists, which `checked` added
    names = tuple(merged.scenario.child("variants"))
    alone = "scenario" not in merged.scenario
    return Scenario(system, file, tuple(merged.files), merged, chosen, settings, names, alone)


def _names(what: str, given: str | Sequence[str] | None) -> tuple[str, ...]:
    """One name, several or none, as a tuple."""
    if given is None or isinstance(given, str):
        return () if given is None else (given,)
    if not isinstance(given, Iterable) or not all(isinstance(n, str) for n in given):
        raise Error([Fault("argument-names", None, {"what": what, "text": repr(given)[:60]})])
    return tuple(given)


def _settings(given: Mapping[str, str] | None) -> Mapping[str, str]:
    """Paths and their quantities; none where nothing is given."""
    if given is not None and not isinstance(given, Mapping):
        values = {"text": repr(given)[:60], "example": "{'PROCESS.capacity': '2 Mt/a'}"}
        raise Error([Fault("argument-settings", None, values)])
    return given or {}


def read_merged(file: Path, variants: Sequence[str], settings: Mapping[str, str] | None) -> Assembly:
    """The merged trees of a file, `settings` not yet laid over them.

    Raises
    ------
    mfa.Error
        faults of single files; variants or settings for a chain alone
    """
    shown = library.shown(file)
    tree, chain_of = read_book(file, shown) if is_book(file) else (read(file, shown), {})
    if not merge.is_chain(tree):
        assembly = merge.scenario(file, tree, variants)
    elif variants or settings:
        raise Error([_not_scenario(file)])
    else:
        assembly = merge.chain(file, tree)
    assembly.chain_of.update(chain_of)
    return assembly


def checked(assembly: Assembly) -> System:
    """The system of merged trees, its lists checked.

    Raises
    ------
    mfa.Error
        every fault that the trees show
    """
    system = builder.system(assembly)
    lists.check_lists(system)
    return system


def _not_scenario(file: Path) -> Fault:
    shown = library.shown(file)
    return Fault("chain-not-scenario", Place(shown, 1, 1), {"file": shown})


def locate(path: str | Path) -> Path:
    """The file of a path, or of the id of a scenario or chain beside or shipped.

    Raises
    ------
    mfa.Error
        there is none
    """
    file = Path(path)
    if file.suffix in (".yaml", ".yml") or is_book(file) or len(file.parts) > 1 or os.path.lexists(file):
        return file
    for kind in ("scenarios", "chains"):
        try:
            return library.find(str(path), kind, Path("here.yaml"))
        except FaultWithoutPlace as unplaced:
            fault = unplaced.at(None)
            if kind == "scenarios":
                first = fault
    raise Error([first])


def _gain(system: System, compiled: Compiled, error: GainError) -> Fault:
    """A recycle that feeds itself, with its gain and that of its block."""
    cycle, place = _recycle(system, compiled, error.cycle)
    values = {"cycle": cycle, "gain": f"{error.gain:.4g}", "block": f"{error.block_gain:.4g}"}
    return Fault("recycle-gain", place, values)


def _lost(system: System, compiled: Compiled, error: LostError) -> Fault:
    """A block without a defined answer: its pools, and the heaviest cycle where there is one."""
    names = [compiled.structure.pools[p] for p in error.pools]
    more = f", … ({len(names)})" if len(names) > NAMED else ""
    values = {"pools": ", ".join(names[:NAMED]) + more}
    if not error.cycle:
        lists = (e.place for n in names for e in (*system.pools[n].takers, *system.pools[n].givers))
        return Fault("recycle-lost", next(lists, None), values)
    cycle, place = _recycle(system, compiled, error.cycle)
    return Fault("recycle-lost-cycle", place, {**values, "cycle": cycle, "gain": f"{error.gain:.4g}"})


def _recycle(system: System, compiled: Compiled, cycle: Sequence[int]) -> tuple[str, Place | None]:
    """The recycle in order, back to its first pool, and where its first process stands."""
    s = compiled.structure
    names = [s.pools[n] if i % 2 == 0 else f"[{s.processes[n]}]" for i, n in enumerate(cycle)]
    place = system.processes[s.processes[cycle[1]]].place if len(cycle) > 1 else None
    return " → ".join([*names, *names[:1]]), place


def _order(compiled: Compiled, error: OrderError) -> Fault:
    names = ", ".join(f"'{compiled.structure.processes[p]}'" for p in error.processes)
    at = [compiled.entries[e].place for e in error.entries]
    return Fault("several-orders", at[0], {"names": names, "other": at[-1]})
