"""The way through the program: files → system → network → solution → result."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mfa.engine.compile import Compiled, compile_system
from mfa.engine.state import GainError, LostError, OrderError
from mfa.errors import Error, Fault, Place, Short
from mfa.input import assemble, build, checks, library
from mfa.input.assembly import Assembly
from mfa.input.book import is_book, read_book
from mfa.input.reading import read
from mfa.input.substances import layer
from mfa.records import System
from mfa.result import Result

if TYPE_CHECKING:
    import networkx as nx
    from matplotlib.axes import Axes

    from mfa.show.chain.paper import Page

NAMED = 8  # pools of a block that a message names


@dataclass(frozen=True)
class Scenario:
    """A scenario, or a chain alone: parsed, checked, unit-converted.

    Attributes
    ----------
    system : the checked records
    path : the file it was loaded from
    files : every file that it was put together from
    variants, settings : what was laid over the file
    variant_names : the variants that the file offers
    is_chain : whether it is a chain alone, with nothing that drives it
    """

    system: System
    path: Path
    files: tuple[Path, ...]
    variants: tuple[str, ...] = ()
    settings: Mapping[str, str] | None = None
    variant_names: tuple[str, ...] = ()
    is_chain: bool = False

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
        from mfa.engine.solver import solve

        compiled = compile_system(self.system)
        try:
            state = solve(compiled.structure, compiled.values)
        except GainError as error:
            raise Error([_gain(self.system, compiled, error)]) from None
        except LostError as error:
            raise Error([_lost(self.system, compiled, error)]) from None
        except OrderError as error:
            raise Error([_order(compiled, error)]) from None
        return Result(self.system, compiled, state)

    def replace(self, settings: Mapping[str, str]) -> Scenario:
        """The same scenario with some figures set, by path: `{"road-base.capacity": "2 Mt/a"}`."""
        return load(self.path, variants=self.variants, settings={**(self.settings or {}), **settings})

    def with_layers(self, names: Sequence[str]) -> Scenario:
        """The same scenario with more substance layers: elements (`Ga`) or oxides (`Na2O`).

        Raises
        ------
        mfa.Error
            a name is neither
        """
        faults = []
        for name in names:
            try:
                layer(name)
            except Short as short:
                faults.append(short.at(None))
        if faults:
            raise Error(faults)
        layers = tuple(dict.fromkeys((*self.system.layers, *names)))
        return replace(self, system=replace(self.system, layers=layers))

    def __repr__(self) -> str:
        from mfa.show.notebook import scenario_text

        return scenario_text(self)

    def _repr_html_(self) -> str:
        from mfa.show.notebook import scenario_html

        return scenario_html(self)

    def picture(self, path: str | Path | None = None, *, ax: Axes | None = None, lang: str = "en") -> Page:
        """Draw recipes and lists as a diagram: to a file (.png .svg .pdf) or onto matplotlib axes."""
        from mfa.show.chainpicture import chain_picture

        return chain_picture(self.system, path, ax=ax, lang=lang)

    def graph(self) -> nx.DiGraph:
        """The bipartite graph of pools and processes; edges carry `coefficient` and `unit`."""
        from mfa.show.graph import graph

        return graph(self.system)

    def run(
        self, folder: str | Path | None = None, *, command: Sequence[str] = (), parquet: bool = False
    ) -> Result:
        """Solve, and write every table and `manifest.json` into a folder, each file atomically.

        With `parquet` every table is also written as `NAME.parquet`, which needs pyarrow.
        """
        result = self.solve()
        if folder is not None:
            from mfa.show.files import write_run

            write_run(result, Path(folder), self, command, parquet=parquet)
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
    path: str | Path, *, variants: Sequence[str] = (), settings: Mapping[str, str] | None = None
) -> Scenario:
    """Load a scenario (or a chain alone) from a file, or by the id of a shipped one.

    Parameters
    ----------
    path : the YAML file, a workbook that `export` wrote, or an id such as `alumina-red-mud`
    variants : names under `variants:`, later ones win
    settings : path → quantity, laid over everything

    Raises
    ------
    mfa.Error
        every fault of the files, each with its place
    """
    file = locate(path)
    assembly, system = gather(file, variants, settings)
    names = tuple(assembly.scenario.child("variants"))
    alone = "scenario" not in assembly.scenario
    return Scenario(system, file, tuple(assembly.files), tuple(variants), settings, names, alone)


def gather(
    file: Path, variants: Sequence[str] = (), settings: Mapping[str, str] | None = None
) -> tuple[Assembly, System]:
    """The merged trees of a file and the checked system made of them.

    Raises
    ------
    mfa.Error
        every fault of the files
    """
    shown = library.shown(file)
    tree, chain_of = read_book(file, shown) if is_book(file) else (read(file, shown), {})
    if assemble.is_chain(tree):
        if variants or settings:
            place = Place(library.shown(file), 1, 1)
            raise Error([Fault("chain-not-scenario", place, {"file": library.shown(file)})])
        assembly = assemble.chain(file, tree)
    else:
        assembly = assemble.scenario(file, tree, variants, settings)
    assembly.chain_of.update(chain_of)
    system = build.system(assembly)
    checks.check_lists(system)
    return assembly, system


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
        except Short as short:
            fault = short.at(None)
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
